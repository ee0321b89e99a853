// SPDX-License-Identifier: Apache-2.0
/*
 * Self-test and sanitize: long work that is done in the background, step by step,
 * and told in log pages.
 *
 * The self-test puts pages of every size and kind through the real store and back,
 * in a pool of its own that exists only within one step; the extended one also has
 * every structure of the vault checked. Sanitize destroys the pools, lets the vault
 * scrub what they held, and then replaces all memory by fresh, zeroed one.
 */
#include "card.h"

#include <string.h>

#include "crc32c.h"

enum outcome { OUTCOME_NONE, OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_ABORTED };

#define TEST_SHORT    1
#define TEST_EXTENDED 2
#define TEST_ABORT    15
/* Steps of a self-test: CRC, one for each page size, and the vault's own check. */
#define STEP_CRC   0
#define STEP_PAGES 1
#define STEP_VAULT (STEP_PAGES + PAMC_MAX_PAGE_ORDER + 1)
/* A domain that no queue pair need have: nobody looks into the test's pool. */
#define TEST_DOMAIN 0xffff
/* Steps of vault_background in one step of sanitize. */
#define SCRUB_STEPS 256

static void task_start(struct pam_model *model, struct progress_task *task, unsigned int steps)
{
	task->running = true;
	task->step = 0;
	task->steps = steps;
	task->log.running = 1;
	task->log.percent = 0;
	task->log.runs++;
	model->untidy = true;
}

static void task_end(struct pam_model *model, struct progress_task *task, enum outcome outcome,
		     unsigned int log)
{
	task->running = false;
	task->log.running = 0;
	task->log.outcome = (uint8_t)outcome;
	task->log.step = outcome == OUTCOME_FAILED ? (uint8_t)task->step : 0;
	if (outcome == OUTCOME_PASSED) {
		task->log.percent = 100;
		task->log.detail = 0;
	}
	event_raise(model, PAMC_EVENT_SELF_TEST, log);
}

/* ---------------------------------------------------------------- self-test */

/* Kinds of pages: same-filled, compressible, not compressible. */
static void fill(struct pam_model *model, unsigned int kind, size_t size)
{
	for (size_t at = 0; at < size; at += 8) {
		uint64_t word = kind == 0   ? UINT64_C(0x5a5a5a5a5a5a5a5a)
				: kind == 1 ? at / 64
					    : card_random(model);

		memcpy(model->page + at, &word, sizeof(word));
	}
}

/* One page there and back. The card being full is no fault of it. */
static bool round_trip(struct pam_model *model, uint32_t pool, size_t size)
{
	struct vault_handle handle = {.index = 0};
	struct vault_page page;
	uint32_t flushed;
	uint32_t crc = crc32c(model->page, size);
	enum pamc_status status = vault_put(model->vault, pool, &handle, model->page, crc, &page);

	if (status == PAMC_STATUS_NO_SPACE || status == PAMC_STATUS_NO_RESOURCES) {
		return true;
	}
	if (status != PAMC_STATUS_SUCCESS ||
	    vault_get(model->vault, pool, &handle, model->data, &page) != PAMC_STATUS_SUCCESS ||
	    page.crc != crc || memcmp(model->page, model->data, size) != 0) {
		return false;
	}
	vault_flush_page(model->vault, pool, &handle, &flushed);
	return vault_get(model->vault, pool, &handle, model->data, &page) == PAMC_STATUS_MISS;
}

static bool test_pages(struct pam_model *model, unsigned int order)
{
	struct pamc_pool_info info = {
	    .type = PAMC_POOL_TYPE_EPHEMERAL,
	    .order = (uint8_t)order,
	    .domain = TEST_DOMAIN,
	    .name = "self-test",
	};
	enum pamc_status status = vault_pool_create(model->vault, &info);
	size_t size = (size_t)PAMC_BLOCK_SIZE << order;
	bool good = true;

	if (status == PAMC_STATUS_NO_RESOURCES) {
		return true;
	}
	if (status != PAMC_STATUS_SUCCESS) {
		return false;
	}
	for (unsigned int kind = 0; kind < 3 && good; kind++) {
		fill(model, kind, size);
		good = round_trip(model, info.id, size);
	}
	return vault_pool_destroy(model->vault, info.id) == PAMC_STATUS_SUCCESS && good;
}

static bool test_step(struct pam_model *model, unsigned int step)
{
	char finding[128];

	if (step == STEP_CRC) {
		return crc32c("123456789", 9) == 0xe3069283; /* the published check value */
	}
	if (step < STEP_VAULT) {
		return test_pages(model, step - STEP_PAGES);
	}
	return vault_check(model->vault, finding, sizeof(finding)) == 0;
}

static void selftest_step(struct pam_model *model)
{
	struct progress_task *task = &model->selftest;

	if (!test_step(model, task->step)) {
		task_end(model, task, OUTCOME_FAILED, PAMC_LOG_SELF_TEST);
		return;
	}
	task->step++;
	task->log.percent = (uint8_t)(task->step * 100 / task->steps);
	if (task->step == task->steps) {
		task_end(model, task, OUTCOME_PASSED, PAMC_LOG_SELF_TEST);
	}
}

void selftest_start(struct pam_model *model, struct command *command)
{
	uint32_t test = command->entry->admin.id;

	if (test == TEST_ABORT) {
		if (model->selftest.running) {
			task_end(model, &model->selftest, OUTCOME_ABORTED, PAMC_LOG_SELF_TEST);
		}
	} else if (test != TEST_SHORT && test != TEST_EXTENDED) {
		command_fail(command, PAMC_STATUS_BAD_FIELD, offsetof(struct pamc_admin_sqe, id));
	} else if (model->selftest.running || model->sanitize.running) {
		command->status = PAMC_STATUS_NOT_READY;
	} else {
		task_start(model, &model->selftest,
			   test == TEST_SHORT ? STEP_VAULT : STEP_VAULT + 1);
	}
}

/* ---------------------------------------------------------------- sanitize */

enum { SANITIZE_DESTROY, SANITIZE_SCRUB, SANITIZE_REPLACE, SANITIZE_STEPS };

static void sanitize_step(struct pam_model *model)
{
	struct progress_task *task = &model->sanitize;
	uint32_t pool;

	switch (task->step) {
	case SANITIZE_DESTROY:
		pool = vault_pool_next(model->vault, 0);
		if (pool) {
			vault_pool_destroy(model->vault, pool);
			return;
		}
		break;
	case SANITIZE_SCRUB:
		if (vault_background(model->vault, SCRUB_STEPS)) {
			return;
		}
		break;
	default:
		if (!card_replace_vault(model)) {
			task_end(model, task, OUTCOME_FAILED, PAMC_LOG_SANITIZE);
			return;
		}
		break;
	}
	task->step++;
	task->log.percent = (uint8_t)(task->step * 100 / task->steps);
	if (task->step == task->steps) {
		task_end(model, task, OUTCOME_PASSED, PAMC_LOG_SANITIZE);
	}
}

void sanitize_start(struct pam_model *model, struct command *command)
{
	if (model->sanitize.running) {
		command->status = PAMC_STATUS_NOT_READY;
		return;
	}
	if (model->selftest.running) {
		task_end(model, &model->selftest, OUTCOME_ABORTED, PAMC_LOG_SELF_TEST);
	}
	task_start(model, &model->sanitize, SANITIZE_STEPS);
}

bool task_step(struct pam_model *model)
{
	if (model->sanitize.running) {
		sanitize_step(model);
	} else if (model->selftest.running) {
		selftest_step(model);
	}
	return model->sanitize.running || model->selftest.running;
}
