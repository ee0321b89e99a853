// SPDX-License-Identifier: Apache-2.0
/*
 * Log pages: what the card remembers for those who ask how it is.
 */
#include "card.h"

#include <errno.h>
#include <string.h>

/* Bucket of a latency, as PAMC_HIST_BUCKETS defines it. */
static unsigned int bucket_of(uint64_t ns)
{
	if (ns < 4) {
		return (unsigned int)ns;
	}

	unsigned int k = 63 - (unsigned int)__builtin_clzll(ns);
	unsigned int bucket = 4 * (k - 1) + (unsigned int)(ns >> (k - 2) & 3);

	return bucket < PAMC_HIST_BUCKETS ? bucket : PAMC_HIST_BUCKETS - 1;
}

void log_latency(struct pam_model *model, int histogram, uint64_t ns)
{
	struct pamc_log_latency *log = &model->latency[histogram];

	log->count++;
	log->sum_ns += ns;
	log->bucket[bucket_of(ns)]++;
}

uint64_t log_time(struct pam_model *model)
{
	uint64_t now = card_now(model);

	return model->timestamp ? model->timestamp + (now - model->timestamp_at)
				: now - model->started_ns;
}

void log_error(struct pam_model *model, const struct command *command)
{
	const struct pamc_sqe *sqe = &command->entry->io;
	bool io = command->qp->qid != 0;
	uint64_t sequence = ++model->error_sequence;

	model->errors[sequence % ERROR_LOG] = (struct pamc_log_error){
	    .sequence = sequence,
	    .time_ns = log_time(model),
	    .qid = (uint16_t)command->qp->qid,
	    .cid = sqe->cid,
	    .status = (uint8_t)command->status,
	    .opcode = sqe->opcode,
	    .field = command->field,
	    .pool = io ? sqe->pool : 0,
	    .addr = command->fault_addr,
	    .index = io ? sqe->index : 0,
	};
	event_raise(model, PAMC_EVENT_ERROR, PAMC_LOG_ERROR);
}

void log_reset(struct pam_model *model)
{
	memset(&model->counters, 0, sizeof(model->counters));
	memset(model->latency, 0, sizeof(model->latency));
	memset(model->errors, 0, sizeof(model->errors));
	memset(&model->selftest, 0, sizeof(model->selftest));
	memset(&model->sanitize, 0, sizeof(model->sanitize));
	model->error_sequence = 0;
	model->timestamp = 0;
	model->started_ns = card_now(model);
}

unsigned int log_percent_free(struct pam_model *model)
{
	struct pamc_log_capacity capacity = {0};

	vault_capacity(model->vault, &capacity);
	return capacity.usable_bytes
		   ? (unsigned int)(capacity.free_bytes * 100 / capacity.usable_bytes)
		   : 0;
}

/* ---------------------------------------------------------------- pages */

/* Newest first, and one of zeroes that ends the list. */
static size_t render_errors(struct pam_model *model)
{
	struct pamc_log_error *out = (struct pamc_log_error *)model->data;
	uint64_t sequence = model->error_sequence;
	unsigned int count = 0;

	while (count < ERROR_LOG && sequence - count > 0) {
		out[count] = model->errors[(sequence - count) % ERROR_LOG];
		count++;
	}
	memset(out + count, 0, (ERROR_LOG + 1 - count) * sizeof(*out));
	return (ERROR_LOG + 1) * sizeof(*out);
}

static size_t render_health(struct pam_model *model)
{
	struct pamc_log_health health = model->health;

	health.spare_percent = 100;
	health.power_on_s = (card_now(model) - model->started_ns) / 1000000000;
	health.errors = model->error_sequence;
	memcpy(model->data, &health, sizeof(health));
	return sizeof(health);
}

static size_t render_capacity(struct pam_model *model)
{
	struct pamc_log_capacity capacity = {0};

	vault_capacity(model->vault, &capacity);
	memcpy(model->data, &capacity, sizeof(capacity));
	return sizeof(capacity);
}

/*
 * Commands are counted by their completions; what only the vault sees, which also has
 * counts of its own for some of them, is added.
 */
static void add_vault_counters(struct pam_model *model, struct pamc_log_counters *counters)
{
	struct pamc_log_counters seen = {0};

	vault_counters(model->vault, &seen);
	counters->flushes += seen.flushes;
	counters->evictions += seen.evictions;
	counters->crc_errors += seen.crc_errors;
	counters->merges += seen.merges;
	counters->splits += seen.splits;
	counters->index_moves += seen.index_moves;
	counters->index_full += seen.index_full;
}

void log_keep_vault_counters(struct pam_model *model)
{
	add_vault_counters(model, &model->counters);
}

static size_t render_counters(struct pam_model *model)
{
	struct pamc_log_counters counters = model->counters;

	counters.resets = (uint32_t)reg_get(model, PAMC_REG_RESETS);
	add_vault_counters(model, &counters);
	memcpy(model->data, &counters, sizeof(counters));
	return sizeof(counters);
}

static size_t render_zeroes(struct pam_model *model, size_t size)
{
	memset(model->data, 0, size);
	return size;
}

static size_t render_copy(struct pam_model *model, const void *page, size_t size)
{
	memcpy(model->data, page, size);
	return size;
}

size_t log_render(struct pam_model *model, unsigned int log)
{
	switch (log) {
	case PAMC_LOG_ERROR:
		return render_errors(model);
	case PAMC_LOG_HEALTH:
		return render_health(model);
	case PAMC_LOG_LATENCY:
		return render_copy(model, model->latency, sizeof(model->latency));
	case PAMC_LOG_CAPACITY:
		return render_capacity(model);
	case PAMC_LOG_COUNTERS:
		return render_counters(model);
	case PAMC_LOG_WEAR: /* no flash, nothing worn */
		return render_zeroes(model, sizeof(struct pamc_log_wear));
	case PAMC_LOG_FIRMWARE: /* no firmware, no slots */
		return render_zeroes(model, sizeof(struct pamc_log_firmware));
	case PAMC_LOG_SELF_TEST:
		return render_copy(model, &model->selftest.log, sizeof(model->selftest.log));
	case PAMC_LOG_SANITIZE:
		return render_copy(model, &model->sanitize.log, sizeof(model->sanitize.log));
	default:
		return 0;
	}
}

int pam_model_log(struct pam_model *model, unsigned int log, void *data, size_t size)
{
	size_t length = log_render(model, log);

	if (!length) {
		return -ENOENT;
	}
	length = length < size ? length : size;
	memcpy(data, model->data, length);
	return (int)length;
}
