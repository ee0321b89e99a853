// SPDX-License-Identifier: Apache-2.0
/*
 * What an ABORT asks of the queues. Three things can be the matter with its target:
 *
 * - its completion is held back: it has taken effect, so it is completed at once;
 * - it waits in the ring or in a push slot: it is stopped when its turn comes, because
 *   only then is everything before it done, and an aborted put has to leave its handle
 *   absent whatever came before;
 * - it is nowhere: found out when its queue pair has nothing more, or is past every
 *   entry that could have been submitted before the ABORT.
 *
 * The answer comes after the target's completion.
 */
#include "card.h"

static struct abort_order *free_place(struct pam_model *model)
{
	for (unsigned int i = 0; i < MAX_ABORTS; i++) {
		if (!model->aborts[i].used) {
			return &model->aborts[i];
		}
	}
	return NULL;
}

void abort_start(struct pam_model *model, unsigned int tag, unsigned int qid, uint16_t cid)
{
	struct queue_pair *qp = &model->qps[qid];
	struct abort_order *order = free_place(model);

	if (!qp->valid || qp->broken || !order) {
		mailbox_answers_abort(model, tag, false);
	} else if (complete_early(model, qp, cid)) {
		mailbox_answers_abort(model, tag, true);
	} else {
		*order = (struct abort_order){
		    .used = true,
		    .tag = (uint8_t)tag,
		    .qid = (uint8_t)qid,
		    .cid = cid,
		    .until = (uint16_t)(INDEX_LOW(atomic_load(&qp->sq)) + PAMC_PUSH_SLOTS),
		};
		qp->aborts++;
		model->active |= UINT64_C(1) << qid;
	}
}

bool abort_wants(struct pam_model *model, struct queue_pair *qp, const union entry *entry)
{
	bool wanted = false;

	for (unsigned int i = 0; i < MAX_ABORTS; i++) {
		struct abort_order *order = &model->aborts[i];

		if (order->used && order->qid == qp->qid && order->cid == entry->io.cid) {
			order->found = true;
			wanted = true;
		}
	}
	return wanted;
}

void abort_passed(struct pam_model *model, struct queue_pair *qp, bool all)
{
	uint16_t next = queue_next(qp);

	for (unsigned int i = 0; i < MAX_ABORTS && qp->aborts; i++) {
		struct abort_order *order = &model->aborts[i];
		bool over = all || (int16_t)(next - order->until) >= 0;

		if (order->used && order->qid == qp->qid && (order->found || over)) {
			order->used = false;
			qp->aborts--;
			mailbox_answers_abort(model, order->tag, order->found);
		}
	}
}
