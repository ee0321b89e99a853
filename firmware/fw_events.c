// SPDX-License-Identifier: Apache-2.0
/*
 * Asynchronous events: what happened waits here for an ASYNC_EVENT command, and the
 * commands wait here for something to happen. Of each kind only the latest is kept, so a
 * host that does not listen costs nothing. And the error log, which is one of them.
 */
#include "fw_priv.h"

/* In one step. */
#define MOST_ERRORS 8u

void fw_event_wait(struct fw *fw)
{
	if (fw->waiting_count == PAMC_MAX_AEN) {
		fw_fail(&fw->outcome, PAMC_STATUS_NO_RESOURCES, NO_FIELD);
		return;
	}
	fw->waiting[fw->waiting_count++] = fw->sqe.cid;
	fw->outcome.later = true;
}

/* No longer waits; its cid. */
static uint16_t take_waiting(struct fw *fw, uint32_t place)
{
	uint16_t cid = fw->waiting[place];

	fw->waiting_count--;
	for (; place < fw->waiting_count; place++) {
		fw->waiting[place] = fw->waiting[place + 1];
	}
	return cid;
}

bool fw_event_abort(struct fw *fw, int32_t cid)
{
	for (uint32_t n = 0; n < fw->waiting_count; n++) {
		if (cid < 0 || fw->waiting[n] == cid) {
			fw_complete_aborted(fw, take_waiting(fw, n));
			return true;
		}
	}
	return false;
}

void fw_raise(struct fw *fw, uint32_t event, uint32_t info)
{
	if (fw->event_mask >> event & 1) {
		fw->events |= 1u << event;
		fw->event_info[event] = info;
	}
}

void fw_report_events(struct fw *fw)
{
	for (uint32_t event = 0; event < FW_EVENTS && fw->waiting_count; event++) {
		if (fw->events >> event & 1) {
			struct fw_outcome outcome = {
			    .result = event,
			    .info = fw->event_info[event],
			    .field = NO_FIELD,
			};

			fw->events &= ~(1u << event);
			fw_complete(fw, take_waiting(fw, 0), &outcome, NULL);
		}
	}
}

/* Event PRESSURE: once, until there was more room again. */
void fw_watch_pressure(struct fw *fw)
{
	uint64_t percent = 0;
	bool pressed;

	if (!fw->pressure) {
		return;
	}
	if (fw->layout.units) {
		percent = fw_counter(fw, MAILBOX_COUNTER_STORE_FREE_UNITS) * 100 / fw->layout.units;
	}
	pressed = percent < fw->pressure;
	if (pressed && !fw->pressed) {
		fw_raise(fw, PAMC_EVENT_PRESSURE, (uint32_t)percent);
	}
	fw->pressed = pressed;
}

/* Event HEALTH, once for each warning until it is none any more. All blocks of flash are looked at
 * for their share, so that is done rarely. */
#define RARELY 64u
void fw_watch_health(struct fw *fw)
{
	uint32_t now = fw->warned & HEALTH_SPARE;

	if (fw->watches++ % RARELY == 0) {
		now = fw_spare_low(fw) ? HEALTH_SPARE : 0;
	}
	now |= fw_hot(fw) ? HEALTH_HOT : 0;
	if (now & ~fw->warned) {
		fw_raise(fw, PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
	}
	fw->warned = now;
}

/* ---------------------------------------------------------------- errors */

void fw_log_error(struct fw *fw, const struct pamc_log_error *entry)
{
	struct pamc_log_error *kept;

	/* A count of its own, as this core divides 64 bits by a kilobyte of code. */
	fw->error_last = (fw->error_last + 1) % FW_ERRORS;
	kept = &fw->errors[fw->error_last];
	*kept = *entry;
	kept->sequence = ++fw->error_sequence;
	kept->time_ns = fw_time_ns(fw);
	fw_raise(fw, PAMC_EVENT_ERROR, PAMC_LOG_ERROR);
}

/* Damage is what HEALTH warns of, and told once; the log has each. */
static void note_damage(struct fw *fw, uint8_t status)
{
	if (status == PAMC_STATUS_UNCORRECTABLE && !fw->damage_told) {
		fw->damage_told = true;
		fw_raise(fw, PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
	}
}

void fw_take_errors(struct fw *fw)
{
	for (uint32_t most = 0; most < MOST_ERRORS && (fw_read(fw, MAILBOX_EVENTS) & HAS_ERROR);
	     most++) {
		uint32_t word[MAILBOX_ERROR_WORDS];

		for (uint32_t n = 0; n < MAILBOX_ERROR_WORDS; n++) {
			word[n] = fw_read(fw, MAILBOX_ERROR + 4 * n);
		}
		fw_write(fw, MAILBOX_ERROR_NEXT, 0);
		note_damage(fw, (uint8_t)word[1]);
		fw_log_error(fw, &(struct pamc_log_error){
				     .qid = word[0] & 63,
				     .cid = (uint16_t)(word[0] >> 16),
				     .status = (uint8_t)word[1],
				     .opcode = (uint8_t)(word[1] >> 8),
				     .field = (uint16_t)(word[1] >> 16),
				     .pool = word[2],
				     .addr = word[3] | (uint64_t)word[4] << 32,
				     .index = word[5] | (uint64_t)word[6] << 32,
				 });
	}
}

void fw_take_fault(struct fw *fw)
{
	uint32_t qid = fw_read(fw, MAILBOX_FAULT) & 63;
	uint64_t addr = fw_read64(fw, MAILBOX_FAULT_ADDR);

	/* Without the admin queue pair nobody could be told in another way; while it is given up,
	 * that is told already. */
	if (qid == 0 && (fw->state == FW_RUNNING || fw->state == FW_STOPPING)) {
		fw_fatal(fw, PAMC_FATAL_ADMIN_DMA);
	}
	fw_log_error(fw, &(struct pamc_log_error){
			     .qid = (uint16_t)qid,
			     .status = PAMC_STATUS_DMA_FAULT,
			     .field = NO_FIELD,
			     .addr = addr,
			 });
	/* Last, as it can be done once. */
	fw_write(fw, MAILBOX_FAULT, 0);
}
