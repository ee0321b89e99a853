// SPDX-License-Identifier: Apache-2.0
/* Orders of the firmware to the queues, and what they answer. */
#include "card.h"

#include <string.h>

/* CONTROL: queue_pkg::control_op_e. */
enum { CONTROL_CREATE, CONTROL_DELETE, CONTROL_DISCARD, CONTROL_COALESCE, CONTROL_ABORT };

#define ANSWER_OK    (1u << 4)
#define ANSWER_FOUND (1u << 5)
#define ATTR_IRQ     (1u << 14)

void mailbox_answers(struct pam_model *model, uint32_t answer)
{
	struct hal *hal = &model->hal;

	hal->answers[(hal->answer_first + hal->answer_count) % MAX_ANSWERS] = answer;
	hal->answer_count++;
}

void mailbox_answers_abort(struct pam_model *model, unsigned int tag, bool found)
{
	mailbox_answers(model, tag | ANSWER_OK | (found ? ANSWER_FOUND : 0));
}

uint32_t mailbox_answer(const struct pam_model *model)
{
	return model->hal.answers[model->hal.answer_first];
}

void mailbox_answer_taken(struct pam_model *model)
{
	struct hal *hal = &model->hal;

	if (hal->answer_count) {
		hal->answer_first = (hal->answer_first + 1) % MAX_ANSWERS;
		hal->answer_count--;
	}
}

static void create(struct pam_model *model, unsigned int qid)
{
	const struct hal *hal = &model->hal;
	uint32_t attr = mailbox_word(hal, MAILBOX_CONTROL_ATTR);
	uint32_t coalesce = mailbox_word(hal, MAILBOX_CONTROL_COALESCE);

	queue_create(model, qid,
		     &(struct queue_config){
			 .sq_base = mailbox_word64(hal, MAILBOX_CONTROL_SQ),
			 .cq_base = mailbox_word64(hal, MAILBOX_CONTROL_CQ),
			 .sq_shift = attr & 15,
			 .cq_shift = attr >> 4 & 15,
			 .vector = attr >> 8 & 63,
			 .domain = (uint16_t)(attr >> 16),
			 .coalesce_count = (uint16_t)coalesce,
			 .coalesce_usec = (uint16_t)(coalesce >> 16),
			 .irq = attr & ATTR_IRQ,
		     });
}

static void coalesce(struct pam_model *model, struct queue_pair *qp)
{
	uint32_t value = mailbox_word(&model->hal, MAILBOX_CONTROL_COALESCE);

	qp->coalesce_count = (uint16_t)value;
	qp->coalesce_usec = (uint16_t)(value >> 16);
	qp->irq_due = NEVER; /* the new time starts now, if completions wait */
	interrupt_consider(model, qp);
}

/* Every queue pair is given up, with its commands; nothing of them touches host memory. */
static void discard(struct pam_model *model, uint32_t answer)
{
	held_init(model);
	memset(model->aborts, 0, sizeof(model->aborts));
	for (unsigned int qid = 0; qid < PAMC_MAX_QP; qid++) {
		model->qps[qid].aborts = 0;
		if (model->qps[qid].valid) {
			queue_delete(model, qid);
		}
	}
	mailbox_admin_discard(model, answer);
	model->active = 0;
	model->starved = 0;
	model->timed = 0;
}

void mailbox_control(struct pam_model *model, uint32_t value)
{
	unsigned int tag = value >> 4 & 15, qid = value >> 8 & 63;
	uint32_t done = tag | ANSWER_OK;

	switch (value & 7) {
	case CONTROL_CREATE:
		create(model, qid);
		break;
	case CONTROL_DELETE:
		queue_delete(model, qid);
		break;
	case CONTROL_DISCARD:
		discard(model, done);
		return;
	case CONTROL_COALESCE:
		coalesce(model, &model->qps[qid]);
		break;
	case CONTROL_ABORT:
		abort_start(model, tag, qid, (uint16_t)(value >> 16));
		return;
	default:
		return;
	}
	mailbox_answers(model, done);
}
