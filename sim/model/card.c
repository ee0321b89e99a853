// SPDX-License-Identifier: Apache-2.0
/*
 * The card as a whole: the loop that does its work in turns.
 */
#include "card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

/* ---------------------------------------------------------------- the loop */

/* One queue pair after the other, each for TURN commands; returns how many in all. */
static unsigned int serve_queues(struct pam_model *model, unsigned int budget)
{
	unsigned int used = 0;
	uint64_t now = card_now(model);
	uint64_t ready;

	while ((ready = card_servable(model)) && used < budget && mailbox_takes_errors(model)) {
		uint64_t later = ready >> model->turn << model->turn;
		unsigned int qid = (unsigned int)__builtin_ctzll(later ? later : ready);
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

bool pam_model_run(struct pam_model *model, unsigned int budget)
{
	unsigned int used;
	bool more;

	if (mailbox_events(model)) {
		management_serve(model);
	}
	used = serve_timers(model, budget);
	if (atomic_load_explicit(&model->rung, memory_order_relaxed)) {
		model->active |= atomic_exchange(&model->rung, 0);
	}
	if (!model->serving) {
		model->active = 0;
	}
	if (model->active) {
		used += serve_queues(model, budget - used);
		if (mailbox_events(model)) {
			management_serve(model);
		}
	}
	more = management_background(model);
	/* With the budget used up, more of the completions held back may be due. */
	return more || model->active || (model->held_count && used >= budget) ||
	       atomic_load(&model->rung) || mailbox_events(model);
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
	expected[0] += mailbox_admin_open(model);
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
