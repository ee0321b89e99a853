// SPDX-License-Identifier: Apache-2.0
/*
 * Command ABORT. Three things can be the matter with its target:
 *
 * - its completion is held back: it has taken effect, so it is completed at once;
 * - it waits in the ring or in a push slot: the ABORT is parked and stops it when
 *   its turn comes, because only then is everything before it done, and an aborted
 *   put has to leave its handle absent whatever came before;
 * - it is nowhere: found out when its queue pair has nothing more, or is past every
 *   entry that could have been submitted before the ABORT.
 *
 * In the end the ABORT completes after its target.
 */
#include "card.h"

#define FIELD(name) offsetof(struct pamc_admin_sqe, name)

static struct parked *free_place(struct pam_model *model)
{
	for (unsigned int i = 0; i < MAX_ABORTS; i++) {
		if (!model->aborts[i].used) {
			return &model->aborts[i];
		}
	}
	return NULL;
}

static bool targets(const struct parked *parked, const struct queue_pair *qp)
{
	return parked->used && parked->entry.admin.id == qp->qid;
}

/* Parks the ABORT until the queue pair has come across its target. */
static void look_for(struct pam_model *model, struct command *command, struct queue_pair *qp)
{
	struct parked *parked = free_place(model);

	if (!parked) {
		command_fail(command, PAMC_STATUS_NO_RESOURCES, NO_FIELD);
		return;
	}
	parked_take(parked, command);
	parked->found = false;
	parked->until = (uint16_t)(INDEX_LOW(atomic_load(&qp->sq)) + PAMC_PUSH_SLOTS);
	qp->aborts++;
	model->active |= UINT64_C(1) << qp->qid;
}

void abort_start(struct pam_model *model, struct command *command)
{
	uint32_t qid = command->entry->admin.id;
	uint32_t cid = command->entry->admin.p.abort.cid;

	if (qid >= PAMC_MAX_QP || !model->qps[qid].valid) {
		command_fail(command, PAMC_STATUS_BAD_QUEUE, FIELD(id));
		return;
	}
	if (cid > UINT16_MAX) {
		command_fail(command, PAMC_STATUS_BAD_FIELD, FIELD(p.abort.cid));
		return;
	}

	struct queue_pair *qp = &model->qps[qid];

	if (qid == 0) {
		/* Other admin commands are over before the next one starts. */
		if (!event_abort(model, (int)cid)) {
			command->status = PAMC_STATUS_NOT_FOUND;
		}
	} else if (qp->broken) {
		command->status = PAMC_STATUS_NOT_FOUND;
	} else if (!complete_early(model, qp, (uint16_t)cid)) {
		look_for(model, command, qp);
	}
}

bool abort_wants(struct pam_model *model, struct queue_pair *qp, const union entry *entry)
{
	bool wanted = false;

	for (unsigned int i = 0; i < MAX_ABORTS; i++) {
		struct parked *parked = &model->aborts[i];

		if (targets(parked, qp) && parked->entry.admin.p.abort.cid == entry->io.cid) {
			parked->found = true;
			wanted = true;
		}
	}
	return wanted;
}

void abort_passed(struct pam_model *model, struct queue_pair *qp, bool all)
{
	uint16_t next = queue_next(qp);

	for (unsigned int i = 0; i < MAX_ABORTS && qp->aborts; i++) {
		struct parked *parked = &model->aborts[i];
		bool over = all || (int16_t)(next - parked->until) >= 0;

		if (targets(parked, qp) && (parked->found || over)) {
			struct command outcome = {
			    .status = parked->found ? PAMC_STATUS_SUCCESS : PAMC_STATUS_NOT_FOUND,
			};

			qp->aborts--;
			parked_complete(model, parked, &outcome);
		}
	}
}
