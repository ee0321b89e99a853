// SPDX-License-Identifier: Apache-2.0
/*
 * SELF_TEST and SANITIZE: long work, done step by step when no command is executed, and
 * told in log pages. A controller reset does not end it.
 */
#include "fw_priv.h"

enum job_outcome { OUTCOME_NONE, OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_ABORTED };

#define TEST_SHORT    1u
#define TEST_EXTENDED 2u
#define TEST_ABORT    15u

/* Before memory is cleared nothing may be under way to it. */
enum sanitize_step { SANITIZE_PAUSE, SANITIZE_DRAIN, SANITIZE_CLEAR };

bool fw_job_running(const struct fw *fw)
{
	return fw->self_test.log.running || fw->sanitize.log.running;
}

static void job_start(struct fw *fw, struct fw_job *job)
{
	job->step = 0;
	job->log.running = 1;
	job->log.percent = 0;
	job->log.runs++;
	job->since = fw_now(fw);
}

static void job_end(struct fw *fw, struct fw_job *job, enum job_outcome outcome, uint32_t log)
{
	job->log.running = 0;
	job->log.outcome = (uint8_t)outcome;
	job->log.step = outcome == OUTCOME_FAILED ? job->step : 0;
	if (outcome == OUTCOME_PASSED) {
		job->log.percent = 100;
	}
	fw_raise(fw, PAMC_EVENT_SELF_TEST, log);
}

void fw_self_test(struct fw *fw)
{
	uint32_t test = fw->sqe.id;

	if (test == TEST_ABORT) {
		if (fw->self_test.log.running) {
			job_end(fw, &fw->self_test, OUTCOME_ABORTED, PAMC_LOG_SELF_TEST);
		}
	} else if (test != TEST_SHORT && test != TEST_EXTENDED) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(id));
	} else if (fw_job_running(fw)) {
		fw->outcome.status = PAMC_STATUS_NOT_READY;
	} else {
		job_start(fw, &fw->self_test);
	}
}

static void sanitize_pause(struct fw *fw)
{
	fw_hold(fw, HOLD_PAUSE, 0);
	fw->sanitize.since = fw_now(fw);
	fw->sanitize.step = SANITIZE_DRAIN;
}

void fw_sanitize(struct fw *fw)
{
	if (fw->sanitize.log.running) {
		fw->outcome.status = PAMC_STATUS_NOT_READY;
		return;
	}
	if (fw->self_test.log.running) {
		job_end(fw, &fw->self_test, OUTCOME_ABORTED, PAMC_LOG_SELF_TEST);
	}
	job_start(fw, &fw->sanitize);
	/* No command that comes after it is executed on what is to be destroyed. */
	sanitize_pause(fw);
}

/* The vault answers; what the data path can be asked to do is no more yet. */
static void self_test_step(struct fw *fw)
{
	bool good = fw_vault(fw, VAULT_READ) == VAULT_RESULT_DONE;

	job_end(fw, &fw->self_test, good ? OUTCOME_PASSED : OUTCOME_FAILED, PAMC_LOG_SELF_TEST);
}

static void sanitize_end(struct fw *fw, enum job_outcome outcome)
{
	fw_hold(fw, 0, HOLD_PAUSE);
	job_end(fw, &fw->sanitize, outcome, PAMC_LOG_SANITIZE);
}

static void sanitize_drain(struct fw *fw)
{
	/* A reset meanwhile lets commands in again, as they cannot be given up otherwise. */
	if (!(fw->hold & HOLD_PAUSE)) {
		fw->sanitize.step = SANITIZE_PAUSE;
	} else if (fw_read(fw, MAILBOX_IDLE) & IDLE_INSIDE) {
		fw_pools_forget(fw);
		fw_new_epoch(fw);
		fw_hold(fw, HOLD_OFFLINE, HOLD_PAUSE);
		fw->wiped = !fw->platform.tier || fw->platform.tier->wipe(fw);
		fw->sanitize.log.percent = (uint8_t)hal_clear_memory(fw->platform.hal, 1);
		fw->sanitize.step = SANITIZE_CLEAR;
	} else if (fw_overdue_inside(fw, fw->sanitize.since)) {
		sanitize_end(fw, OUTCOME_FAILED);
		fw_stuck(fw, "commands do not end for SANITIZE");
	}
}

/* Memory was cleared. Without a vault pages cannot be reached, and hosts are told so; with a
 * block that could not be erased it is a card all the same. */
static void sanitize_finish(struct fw *fw)
{
	bool laid_out = fw_lay_out(fw);

	fw_hold(fw, 0, laid_out ? HOLD_OFFLINE : 0);
	sanitize_end(fw, laid_out && fw->wiped ? OUTCOME_PASSED : OUTCOME_FAILED);
}

static void sanitize_step(struct fw *fw)
{
	switch (fw->sanitize.step) {
	case SANITIZE_PAUSE:
		sanitize_pause(fw);
		break;
	case SANITIZE_DRAIN:
		sanitize_drain(fw);
		break;
	default:
		if (fw->sanitize.log.percent < 100) {
			fw->sanitize.log.percent = (uint8_t)hal_clear_memory(fw->platform.hal, 0);
		} else {
			sanitize_finish(fw);
		}
		break;
	}
}

void fw_job_step(struct fw *fw)
{
	if (fw->sanitize.log.running) {
		sanitize_step(fw);
	} else {
		self_test_step(fw);
	}
}
