// SPDX-License-Identifier: Apache-2.0
/*
 * SELF_TEST and SANITIZE: long work, done step by step when no command is executed, and
 * told in log pages. A reset of the controller ends SELF_TEST, as nobody waits for it any more,
 * and not SANITIZE.
 */
#include "fw_priv.h"

enum job_outcome { OUTCOME_NONE, OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_ABORTED };

#define TEST_SHORT    1u
#define TEST_EXTENDED 2u
#define TEST_ABORT    15u

/* Before memory is cleared nothing may be under way to it. */
enum sanitize_step {
	SANITIZE_PAUSE,
	SANITIZE_DRAIN,
	SANITIZE_FLASH,
	SANITIZE_CLEAR,
	SANITIZE_LOOK
};

/* Lines of card memory that are marked before it is cleared, and read afterwards. */
#define LOOKS         64u
#define LINE_BYTES    64u
#define WINDOW_WRITES (1u << 31)
/* Of SANITIZE's progress, the share of flash, if there is any. */
#define FLASH_PERCENT 80u

bool fw_job_running(const struct fw *fw)
{
	return fw->self_test.log.running || fw->sanitize.log.running;
}

static void job_start(struct fw *fw, struct fw_job *job)
{
	job->step = 0;
	job->at = job->wrong = 0;
	job->log = (struct pamc_log_progress){.running = 1, .runs = job->log.runs + 1};
	job->since = fw_now(fw);
}

/* Part of what it looked at is wrong; the first is told where. */
static void job_found(struct fw_job *job, uint32_t part, uint64_t detail)
{
	if (!job->log.step) {
		job->log.step = (uint8_t)part;
		job->log.detail = detail;
	}
	job->log.failed++;
}

static void job_end(struct fw *fw, struct fw_job *job, enum job_outcome outcome, uint32_t log)
{
	job->log.running = 0;
	job->log.outcome = (uint8_t)outcome;
	if (outcome == OUTCOME_PASSED) {
		job->log.percent = 100;
	}
	fw_raise(fw, PAMC_EVENT_SELF_TEST, log);
}

void fw_self_test_abort(struct fw *fw)
{
	if (fw->self_test.log.running) {
		job_end(fw, &fw->self_test, OUTCOME_ABORTED, PAMC_LOG_SELF_TEST);
	}
}

void fw_self_test(struct fw *fw)
{
	uint32_t test = fw->sqe.id;

	if (test == TEST_ABORT) {
		fw_self_test_abort(fw);
	} else if (test != TEST_SHORT && test != TEST_EXTENDED) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(id));
	} else if (fw_job_running(fw)) {
		fw->outcome.status = PAMC_STATUS_NOT_READY;
	} else {
		job_start(fw, &fw->self_test);
		fw->self_test.step = PAMC_TEST_PART_TABLES;
		fw->self_test.extended = test == TEST_EXTENDED;
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
	fw_self_test_abort(fw);
	job_start(fw, &fw->sanitize);
	/* No command that comes after it is executed on what is to be destroyed. */
	sanitize_pause(fw);
}

/* ---------------------------------------------------------------- SELF_TEST */

/* Patterns for the page buffer. */
#define PATTERNS          2u
#define PATTERNS_EXTENDED 32u
/* Commands that come and go make sums wrong that are read meanwhile: so often on end, each time
 * with none inside before and after, they are wrong. And so often it is tried at all. */
#define WRONG_SUMS 8u
#define MOST_SUMS  64u
#define CONTENTS   512u
/* VAULT_ROW: word 0. */
#define ROW_IN_USE       1u
#define ROW_EPHEMERAL    4u
#define ROW_ORDER(order) ((uint32_t)(order) << 3)
#define ROW_KNOWN        63u

static void test_next(struct fw_job *job)
{
	job->step++;
	job->at = 0;
	job->log.percent = (uint8_t)(job->step * 100 / (PAMC_TEST_PART_FLASH + 2));
}

static void test_tables(struct fw *fw)
{
	struct fw_job *job = &fw->self_test;

	for (uint32_t place = 1; place < FW_POOLS; place++) {
		const struct fw_pool *pool = &fw->pools[place];

		if (!pool->id) {
			continue;
		}
		if (pool->id == ((pool->uses - 1) << 8 | place) && pool->contents < CONTENTS &&
		    pool->order <= PAMC_MAX_PAGE_ORDER) {
			job->log.checked++;
		} else {
			job_found(job, PAMC_TEST_PART_TABLES, place);
		}
	}
	test_next(job);
}

static uint32_t pattern_of(uint32_t pattern, uint32_t word)
{
	uint32_t value = (word + (pattern >> 1) * MAILBOX_BUFFER_WORDS + 1) * 0x9e3779b9u;

	return pattern & 1 ? ~value : value;
}

/* A pattern, in a step in which nothing else needs the buffer. */
static void test_buffer(struct fw *fw)
{
	struct fw_job *job = &fw->self_test;

	for (uint32_t word = 0; word < MAILBOX_BUFFER_WORDS; word++) {
		fw_write(fw, MAILBOX_BUFFER + 4 * word, pattern_of(job->at, word));
	}
	for (uint32_t word = 0; word < MAILBOX_BUFFER_WORDS; word++) {
		if (fw_read(fw, MAILBOX_BUFFER + 4 * word) != pattern_of(job->at, word)) {
			job_found(job, PAMC_TEST_PART_BUFFER, 4 * word);
			break;
		}
	}
	job->log.checked++;
	if (++job->at == (job->extended ? PATTERNS_EXTENDED : PATTERNS)) {
		test_next(job);
	}
}

/* The vault has each pool as the firmware does. False: it does not answer. */
static bool test_pools(struct fw *fw)
{
	struct fw_job *job = &fw->self_test;

	for (uint32_t place = 1; place < FW_POOLS; place++) {
		const struct fw_pool *pool = &fw->pools[place];
		uint32_t want = ROW_IN_USE | ROW_ORDER(pool->order);

		if (!pool->id) {
			continue;
		}
		want |= pool->type == PAMC_POOL_TYPE_EPHEMERAL ? ROW_EPHEMERAL : 0;
		if (fw_vault(fw, VAULT_READ | VAULT_CONTENTS(pool->contents)) !=
		    VAULT_RESULT_DONE) {
			return false;
		}
		if ((fw_row(fw, 0) & ROW_KNOWN) == want) {
			job->log.checked++;
		} else {
			job_found(job, PAMC_TEST_PART_VAULT, place);
		}
	}
	return true;
}

/* Units of all contents, of what was flushed and is not cleared yet, and free ones. False: the
 * vault does not answer. */
static bool sum_of_units(struct fw *fw, uint32_t *units)
{
	*units = (uint32_t)fw_counter(fw, MAILBOX_COUNTER_VAULT_DEAD_TOTAL_UNITS) +
		 (uint32_t)fw_counter(fw, MAILBOX_COUNTER_STORE_FREE_UNITS);
	for (uint32_t contents = 0; contents < CONTENTS; contents++) {
		if (fw_vault(fw, VAULT_READ | VAULT_CONTENTS(contents)) != VAULT_RESULT_DONE) {
			return false;
		}
		*units += fw_row(fw, 0) & ROW_IN_USE ? fw_row(fw, 2) : 0;
	}
	return true;
}

static void test_vault(struct fw *fw)
{
	struct fw_job *job = &fw->self_test;
	uint32_t idle = fw_read(fw, MAILBOX_IDLE), units;

	if ((job->at == 0 && !test_pools(fw)) || !sum_of_units(fw, &units)) {
		job_found(job, PAMC_TEST_PART_VAULT, 0);
		test_next(job);
		return;
	}
	if (units == fw->layout.units) {
		job->log.checked++;
		test_next(job);
		return;
	}
	idle &= fw_read(fw, MAILBOX_IDLE) & IDLE_INSIDE;
	job->wrong = idle ? job->wrong + 1 : 0;
	if (job->wrong == WRONG_SUMS) {
		job_found(job, PAMC_TEST_PART_VAULT, 0);
		test_next(job);
	} else if (++job->at == MOST_SUMS) {
		test_next(job); /* so much is going on that it cannot be said */
	}
}

static void self_test_end(struct fw *fw)
{
	job_end(fw, &fw->self_test, fw->self_test.log.step ? OUTCOME_FAILED : OUTCOME_PASSED,
		PAMC_LOG_SELF_TEST);
}

static void test_flash(struct fw *fw)
{
	struct fw_job *job = &fw->self_test;
	struct fw_patrolled told = {0};
	uint8_t from = (uint8_t)(PAMC_TEST_PART_FLASH * 100 / (PAMC_TEST_PART_FLASH + 2));

	if (fw->platform.tier) {
		if (!fw->platform.tier->patrol(fw, job->at == 0, job->extended, &told)) {
			job->at = 1;
			job->log.percent = (uint8_t)(from + told.percent * (100u - from) / 100);
			return;
		}
		job->log.checked += told.good;
		if (told.failed) {
			job_found(job, PAMC_TEST_PART_FLASH, told.first);
			job->log.failed += told.failed - 1;
		}
	}
	self_test_end(fw);
}

static void self_test_step(struct fw *fw)
{
	switch (fw->self_test.step) {
	case PAMC_TEST_PART_TABLES:
		test_tables(fw);
		break;
	case PAMC_TEST_PART_BUFFER:
		test_buffer(fw);
		break;
	case PAMC_TEST_PART_VAULT:
		test_vault(fw);
		break;
	default:
		test_flash(fw);
		break;
	}
}

/* ---------------------------------------------------------------- SANITIZE */

static void sanitize_end(struct fw *fw)
{
	fw_hold(fw, 0, HOLD_PAUSE);
	job_end(fw, &fw->sanitize, fw->sanitize.log.step ? OUTCOME_FAILED : OUTCOME_PASSED,
		PAMC_LOG_SANITIZE);
}

/* What card memory is overwritten with is its own affair. So some lines get a mark before, and it
 * must not be there afterwards. */
static uint32_t mark_of(const struct fw *fw)
{
	return (uint32_t)fw->epoch | 1;
}

/* The first, the last, the middle one, others by chance; the same ones in one SANITIZE. */
static uint32_t marked_line(const struct fw *fw, uint32_t n)
{
	uint64_t lines = fw->platform.dram_bytes / LINE_BYTES;

	if (n < 3) {
		return (uint32_t)(n == 0 ? 0 : n == 1 ? lines - 1 : lines / 2);
	}
	return (uint32_t)((mark_of(fw) * n * 0x9e3779b9u) * lines >> 32);
}

/* Do all words of the line have the mark, if it is to be there, or none of them, if not? */
static bool line_is(struct fw *fw, uint32_t line, bool marked)
{
	bool good = true;

	fw_write(fw, MAILBOX_WINDOW_LINES, 1);
	fw_write(fw, MAILBOX_WINDOW, line);
	for (uint32_t word = 0; word < LINE_BYTES / 4; word++) {
		good &= (fw_read(fw, MAILBOX_WINDOW_DATA) == mark_of(fw)) == marked;
	}
	return good && fw_read(fw, MAILBOX_WINDOW) == 0;
}

static void look_at_memory(struct fw *fw, bool marked)
{
	for (uint32_t n = 0; n < LOOKS; n++) {
		uint32_t line = marked_line(fw, n);

		if (!line_is(fw, line, marked)) {
			job_found(&fw->sanitize, PAMC_SANITIZE_PART_MEMORY,
				  (uint64_t)line * LINE_BYTES);
		}
	}
}

/* Read back, as marks that never were would be gone, too; and memory has nothing to write then. */
static void mark_memory(struct fw *fw)
{
	for (uint32_t n = 0; n < LOOKS; n++) {
		fw_write(fw, MAILBOX_WINDOW, marked_line(fw, n) | WINDOW_WRITES);
		for (uint32_t word = 0; word < LINE_BYTES / 4; word++) {
			fw_write(fw, MAILBOX_WINDOW_DATA, mark_of(fw));
		}
	}
	look_at_memory(fw, true);
}

static void clear_memory(struct fw *fw, int restart)
{
	uint32_t begin = fw->platform.tier ? FLASH_PERCENT : 0;
	uint32_t percent;

	if (restart) {
		mark_memory(fw);
	}
	percent = hal_clear_memory(fw->platform.hal, restart);

	fw->sanitize.log.percent = (uint8_t)(begin + percent * (100 - begin) / 100);
	fw->sanitize.step = percent < 100 ? SANITIZE_CLEAR : SANITIZE_LOOK;
}

static void wipe_flash(struct fw *fw, bool restart)
{
	struct fw_job *job = &fw->sanitize;
	struct fw_wiped wiped;
	bool over = fw->platform.tier->wipe(fw, restart, &wiped);

	job->log.checked = wiped.good;
	job->log.failed = 0;
	job->log.percent = (uint8_t)((wiped.good + wiped.failed + wiped.marked) *
				     (uint64_t)FLASH_PERCENT / wiped.blocks);
	job->step = SANITIZE_FLASH;
	job->formatted = wiped.formatted;
	if (over) {
		if (wiped.failed) {
			job_found(job, PAMC_SANITIZE_PART_FLASH, wiped.first);
		}
		job->log.failed = wiped.failed;
		clear_memory(fw, 1);
	}
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
		if (fw->platform.tier) {
			wipe_flash(fw, true);
		} else {
			clear_memory(fw, 1);
		}
	} else if (fw_overdue_inside(fw, fw->sanitize.since)) {
		job_found(&fw->sanitize, PAMC_SANITIZE_PART_DRAIN, 0);
		sanitize_end(fw);
		fw_stuck(fw, "commands do not end for SANITIZE");
	}
}

/* Without a vault pages cannot be reached, and hosts are told so; with a block that could not
 * be erased it is a card all the same. */
static void sanitize_finish(struct fw *fw)
{
	bool laid_out;

	/* Not all of it can be read; but who clears too little, or nothing, leaves a mark. */
	look_at_memory(fw, false);
	laid_out = fw_lay_out(fw);
	if (!laid_out) {
		job_found(&fw->sanitize, PAMC_SANITIZE_PART_LAYOUT, 0);
	}
	fw_hold(fw, 0, laid_out ? HOLD_OFFLINE : 0);
	sanitize_end(fw);
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
	case SANITIZE_FLASH:
		wipe_flash(fw, false);
		break;
	case SANITIZE_CLEAR:
		clear_memory(fw, 0);
		break;
	default:
		sanitize_finish(fw);
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
