// SPDX-License-Identifier: Apache-2.0
/* Features: what a host may set of the card, until the next reset. */
#include "fw_priv.h"

void fw_features_reset(struct fw *fw)
{
	uint64_t limit;

	fw->event_mask = KNOWN_EVENTS;
	fw->pressure = 0;
	fw->pressed = false;
	fw->temperature = DEFAULT_KELVIN;
	fw->warned = 0;
	fw->watches = 0;
	/* At power-up the tier has not started, and begins with that. */
	if (fw->platform.tier && fw->layout.units) {
		fw->platform.tier->dirty_budget(fw, &limit);
		fw->platform.tier->set_dirty_budget(fw, limit);
	}
}

/* The queue pair that a per-queue feature is about, or NULL. */
static struct fw_queue *queue_of(struct fw *fw)
{
	uint32_t qid = fw->sqe.p.feature.qid;

	if (qid >= PAMC_MAX_QP || !fw->queues[qid].valid) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_QUEUE, FIELD(p.feature.qid));
		return NULL;
	}
	return &fw->queues[qid];
}

void fw_feature_get(struct fw *fw)
{
	const struct fw_queue *queue;
	uint64_t value = 0, limit;

	switch (fw->sqe.id) {
	case PAMC_FEATURE_COALESCE:
		queue = queue_of(fw);
		if (!queue) {
			return;
		}
		value = queue->coalesce_count | (uint64_t)queue->coalesce_usec << 16;
		break;
	case PAMC_FEATURE_EVENT_MASK:
		value = fw->event_mask;
		break;
	case PAMC_FEATURE_PRESSURE:
		value = fw->pressure;
		break;
	case PAMC_FEATURE_TEMPERATURE:
		value = fw->temperature;
		break;
	case PAMC_FEATURE_TIMESTAMP:
		value = fw_time_ns(fw);
		break;
	case PAMC_FEATURE_DIRTY_BUDGET:
		if (!fw->platform.tier) {
			fw_fail(&fw->outcome, PAMC_STATUS_NOT_SUPPORTED, FIELD(id));
			return;
		}
		value = fw->platform.tier->dirty_budget(fw, &limit);
		break;
	default:
		fw_fail(&fw->outcome, PAMC_STATUS_NOT_FOUND, FIELD(id));
		return;
	}
	fw->outcome.result = (uint32_t)value;
	fw->outcome.info = (uint32_t)(value >> 32);
}

/* Largest value of a feature; 0: there is no such feature to set. */
static uint64_t limit_of(struct fw *fw, uint32_t feature)
{
	uint64_t limit = 0;

	switch (feature) {
	case PAMC_FEATURE_COALESCE:
		return UINT32_MAX;
	case PAMC_FEATURE_EVENT_MASK:
		return KNOWN_EVENTS;
	case PAMC_FEATURE_PRESSURE:
		return 100;
	case PAMC_FEATURE_TEMPERATURE:
		return UINT16_MAX;
	case PAMC_FEATURE_TIMESTAMP:
		return UINT64_MAX;
	case PAMC_FEATURE_DIRTY_BUDGET:
		if (fw->platform.tier) {
			fw->platform.tier->dirty_budget(fw, &limit);
		}
		return limit;
	default:
		return 0;
	}
}

static void set_coalesce(struct fw *fw, uint32_t value)
{
	struct fw_queue *queue = queue_of(fw);

	if (!queue) {
		return;
	}
	queue->coalesce_count = (uint16_t)value;
	queue->coalesce_usec = (uint16_t)(value >> 16);
	fw_write(fw, MAILBOX_CONTROL_COALESCE, value);
	fw_order(fw, CONTROL_COALESCE, fw->sqe.p.feature.qid, TAG_ORDER, 0);
	fw_admin_wait(fw, FW_WAIT_ORDER);
}

void fw_feature_set(struct fw *fw)
{
	uint64_t value = fw->sqe.p.feature.value, limit = limit_of(fw, fw->sqe.id);

	if (!limit) {
		fw_fail(&fw->outcome,
			fw->sqe.id == PAMC_FEATURE_DIRTY_BUDGET ? PAMC_STATUS_NOT_SUPPORTED
								: PAMC_STATUS_NOT_FOUND,
			FIELD(id));
		return;
	}
	if (value > limit) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.feature.value));
		return;
	}
	switch (fw->sqe.id) {
	case PAMC_FEATURE_COALESCE:
		set_coalesce(fw, (uint32_t)value);
		break;
	case PAMC_FEATURE_EVENT_MASK:
		fw->event_mask = value;
		fw->events &= (uint32_t)value;
		break;
	case PAMC_FEATURE_PRESSURE:
		fw->pressure = value;
		fw->pressed = false;
		fw_watch_pressure(fw);
		break;
	case PAMC_FEATURE_TEMPERATURE:
		fw->temperature = value;
		fw_watch_health(fw);
		break;
	case PAMC_FEATURE_DIRTY_BUDGET:
		fw->platform.tier->set_dirty_budget(fw, value);
		break;
	default:
		fw->timestamp = value;
		fw->timestamp_at = fw_now(fw);
		break;
	}
}
