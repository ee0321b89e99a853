// SPDX-License-Identifier: Apache-2.0
/*
 * The card as a whole: resets, and the loop that does its work in turns.
 */
#include "card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_KELVIN 358
#define RESET_FIELDS   (PAMC_STATUS_READY_MASK | PAMC_STATUS_FATAL_MASK | PAMC_STATUS_CAUSE_MASK)

uint64_t card_now(struct pam_model *model)
{
	return model->host.now_ns(model->host.ctx);
}

/* splitmix64: well mixed from any seed, also a small one. */
uint64_t card_random(struct pam_model *model)
{
	uint64_t z = model->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

bool card_fault(struct pam_model *model, enum pam_model_fault fault)
{
	uint32_t one_in = model->config.fault_one_in[fault];

	return one_in != 0 && card_random(model) % one_in == 0;
}

void pam_model_set_fault(struct pam_model *model, enum pam_model_fault fault, uint32_t one_in)
{
	if ((unsigned int)fault < PAM_MODEL_FAULT_COUNT) {
		model->config.fault_one_in[fault] = one_in;
	}
}

/* ---------------------------------------------------------------- resets */

void card_fatal(struct pam_model *model, enum pamc_fatal cause)
{
	model->fatal = true;
	model->active = 0;
	reg_set(model, PAMC_REG_STATUS, PAMC_STATUS_FATAL_MASK | PAMC_STATUS_CAUSE_MASK,
		PAMC_STATUS_FATAL_MASK | PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)cause));
}

void card_reset(struct pam_model *model)
{
	held_init(model);
	event_reset(model);
	memset(model->aborts, 0, sizeof(model->aborts));
	for (unsigned int qid = 0; qid < PAMC_MAX_QP; qid++) {
		if (model->qps[qid].valid) {
			queue_delete(model, qid);
		}
	}
	model->pressure_percent = 0;
	model->temperature = DEFAULT_KELVIN;
	model->active = 0;
	model->starved = 0;
	model->timed = 0;
	model->ready = false;
	model->fatal = false;
	model->stopping = false;
	reg_set(model, PAMC_REG_STATUS, RESET_FIELDS, 0);
}

static void count_resets(struct pam_model *model, uint32_t count)
{
	uint32_t resets = (uint32_t)reg_get(model, PAMC_REG_RESETS);

	reg_set(model, PAMC_REG_RESETS, UINT32_MAX, resets + count);
}

static bool ring_good(uint64_t base, unsigned int shift, size_t entry)
{
	return shift >= PAMC_MIN_QUEUE_SHIFT && shift <= PAMC_MAX_QUEUE_SHIFT &&
	       base % PAMC_BLOCK_SIZE == 0 && base + (entry << shift) - 1 >= base;
}

/* CTRL.EN became 1. */
static void start(struct pam_model *model)
{
	uint32_t attr = (uint32_t)reg_get(model, PAMC_REG_AQ_ATTR);
	struct queue_config config = {
	    .sq_base = reg_get(model, PAMC_REG_ASQ_BASE),
	    .cq_base = reg_get(model, PAMC_REG_ACQ_BASE),
	    .sq_shift = PAMC_GET(PAMC_AQ_ATTR_SQ_SHIFT, attr),
	    .cq_shift = PAMC_GET(PAMC_AQ_ATTR_CQ_SHIFT, attr),
	    .irq = true,
	};

	if (!ring_good(config.sq_base, config.sq_shift, SQE_SIZE) ||
	    !ring_good(config.cq_base, config.cq_shift, CQE_SIZE) ||
	    config.cq_shift < config.sq_shift) {
		card_fatal(model, PAMC_FATAL_BAD_ADMIN_QUEUE);
		return;
	}
	queue_create(model, 0, &config);
	model->ready = true;
	reg_set(model, PAMC_REG_STATUS, PAMC_STATUS_READY_MASK, PAMC_STATUS_READY_MASK);
}

/* Follows CTRL.SHUTDOWN: finish what was fetched, then answer ABORTED to the rest. */
static void follow_shutdown(struct pam_model *model, bool wanted)
{
	if (wanted && !model->stopped) {
		model->stopping = true;
	} else if (!wanted && (model->stopping || model->stopped)) {
		model->stopping = false;
		model->stopped = false;
		reg_set(model, PAMC_REG_STATUS, PAMC_STATUS_SHUTDOWN_MASK, 0);
		atomic_fetch_or(&model->rung, UINT64_MAX);
	}
}

static void finish_shutdown(struct pam_model *model)
{
	complete_held(model, NEVER, MAX_HELD);
	while (event_abort(model, -1)) {
	}
	model->stopping = false;
	model->stopped = true;
	reg_set(model, PAMC_REG_STATUS, PAMC_STATUS_SHUTDOWN_MASK, PAMC_STATUS_SHUTDOWN_MASK);
	/* What was not fetched meanwhile is waiting for its answer. */
	atomic_fetch_or(&model->rung, UINT64_MAX);
}

static void follow_control(struct pam_model *model)
{
	uint32_t falls = atomic_load(&model->enable_falls);

	if (falls != model->enable_falls_seen) {
		card_reset(model);
		count_resets(model, falls - model->enable_falls_seen);
		model->enable_falls_seen = falls;
	}

	uint32_t ctrl = (uint32_t)reg_get(model, PAMC_REG_CTRL);

	if ((ctrl & PAMC_CTRL_EN_MASK) && !model->ready && !model->fatal) {
		start(model);
	}
	follow_shutdown(model, ctrl & PAMC_CTRL_SHUTDOWN_MASK);
}

void pam_model_reset(struct pam_model *model)
{
	regs_reset(model);
	card_reset(model);
	model->stopped = false;
	model->enable_falls_seen = atomic_load(&model->enable_falls);
	atomic_store(&model->rung, 0);
	count_resets(model, 1);
}

/* ---------------------------------------------------------------- the loop */

/* One queue pair after the other, each for TURN commands; returns how many in all. */
static unsigned int serve_queues(struct pam_model *model, unsigned int budget)
{
	unsigned int used = 0;
	uint64_t now = card_now(model);

	while (model->active && used < budget) {
		uint64_t later = model->active >> model->turn << model->turn;
		unsigned int qid = (unsigned int)__builtin_ctzll(later ? later : model->active);
		unsigned int room = budget - used;

		used += queue_serve(model, &model->qps[qid], room < TURN ? room : TURN, &now);
		model->turn = (qid + 1) % PAMC_MAX_QP;
	}
	return used;
}

static unsigned int serve_timers(struct pam_model *model, unsigned int budget)
{
	if (!model->held_count && !model->timed) {
		return 0;
	}

	uint64_t now = card_now(model);

	interrupt_timers(model, now);
	return complete_held(model, now, budget);
}

/* What nobody waits for; a little of it is done however busy the queues are. */
static void serve_background(struct pam_model *model, unsigned int budget)
{
	bool task = task_step(model);
	bool vault = vault_background(model->vault, budget ? budget : 1);

	model->untidy = task || vault;
}

bool pam_model_run(struct pam_model *model, unsigned int budget)
{
	unsigned int used;

	if (atomic_load_explicit(&model->control, memory_order_relaxed) &&
	    atomic_exchange(&model->control, 0)) {
		follow_control(model);
	}
	used = serve_timers(model, budget);
	if (atomic_load_explicit(&model->rung, memory_order_relaxed)) {
		model->active |= atomic_exchange(&model->rung, 0);
	}
	if (!model->ready || model->fatal) {
		model->active = 0;
	}
	if (model->active) {
		used += serve_queues(model, budget - used);
		event_pressure(model);
	}
	if (model->stopping && !model->active) {
		finish_shutdown(model);
	}
	if (model->untidy) {
		serve_background(model, budget - used);
	}
	/* With the budget used up, more of the completions held back may be due. */
	return model->active || model->untidy || (model->held_count && used >= budget) ||
	       atomic_load(&model->rung) || atomic_load(&model->control);
}

uint64_t pam_model_next_deadline(struct pam_model *model)
{
	uint64_t due = model->held_count ? model->held[model->heap[0]].due_ns : NEVER;

	for (uint64_t timed = model->timed; timed; timed &= timed - 1) {
		const struct queue_pair *qp = &model->qps[__builtin_ctzll(timed)];

		due = qp->irq_due < due ? qp->irq_due : due;
	}
	if (due == NEVER) {
		return NEVER;
	}

	uint64_t now = card_now(model);

	return due > now ? due - now : 0;
}

/* ---------------------------------------------------------------- checks */

/* Every completion held back belongs to a queue pair that counts it as in flight. */
static int check_inflight(struct pam_model *model, char *message, size_t size)
{
	unsigned int expected[PAMC_MAX_QP] = {0};

	for (unsigned int i = 0; i < model->held_count; i++) {
		expected[model->held[model->heap[i]].qp->qid]++;
	}
	for (unsigned int i = 0; i < PAMC_MAX_AEN; i++) {
		expected[0] += model->events[i].used;
	}
	for (unsigned int i = 0; i < MAX_ABORTS; i++) {
		expected[0] += model->aborts[i].used;
	}
	for (unsigned int qid = 0; qid < PAMC_MAX_QP; qid++) {
		const struct queue_pair *qp = &model->qps[qid];
		uint64_t cq = atomic_load(&qp->cq);
		unsigned int waiting = (uint16_t)(INDEX_HIGH(cq) - INDEX_LOW(cq));

		if (qp->inflight != expected[qid]) {
			snprintf(message, size, "queue pair %u: %u in flight, found %u", qid,
				 qp->inflight, expected[qid]);
			return -EUCLEAN;
		}
		if (qp->valid && waiting + qp->inflight > INDEX_ENTRIES(cq)) {
			snprintf(message, size, "queue pair %u: completion ring overrun", qid);
			return -EUCLEAN;
		}
	}
	return 0;
}

int pam_model_check(struct pam_model *model, char *message, size_t size)
{
	int error = check_inflight(model, message, size);

	return error ? error : vault_check(model->vault, message, size);
}
