// SPDX-License-Identifier: Apache-2.0
/*
 * What the mailbox hands on between the queues and the firmware: admin entries one way,
 * their completions the other, and what went wrong with I/O commands and rings.
 */
#include "card.h"

#include <string.h>

/* ---------------------------------------------------------------- entries */

static struct admin_entry *free_place(struct hal *hal)
{
	for (unsigned int n = 0; n < MAX_ADMIN; n++) {
		if (!hal->admin[n].used) {
			return &hal->admin[n];
		}
	}
	return NULL;
}

bool mailbox_takes_admin(struct pam_model *model)
{
	return !model->hal.waiting && free_place(&model->hal);
}

void mailbox_admin(struct pam_model *model, const union entry *entry, uint64_t start_ns)
{
	struct hal *hal = &model->hal;

	hal->waiting = free_place(hal);
	*hal->waiting = (struct admin_entry){
	    .used = true,
	    .order = hal->admin_order++,
	    .start_ns = start_ns,
	    .entry = *entry,
	};
}

uint32_t mailbox_admin_word(struct pam_model *model, unsigned int word)
{
	return model->hal.waiting ? model->hal.waiting->entry.words[word] : 0;
}

void mailbox_admin_taken(struct pam_model *model)
{
	model->hal.waiting = NULL;
	model->active |= 1; /* the next one may come */
}

unsigned int mailbox_admin_open(const struct pam_model *model)
{
	unsigned int open = 0;

	for (unsigned int n = 0; n < MAX_ADMIN; n++) {
		open += model->hal.admin[n].used && !model->hal.admin[n].dropped;
	}
	return open;
}

/* ---------------------------------------------------------------- completions */

/* The entry that is completed: hosts that use a cid twice get the oldest first. */
static struct admin_entry *completed(struct hal *hal, uint16_t cid)
{
	struct admin_entry *found = NULL;

	for (unsigned int n = 0; n < MAX_ADMIN; n++) {
		struct admin_entry *admin = &hal->admin[n];

		if (admin->used && admin != hal->waiting && admin->entry.admin.cid == cid &&
		    (!found || admin->order < found->order)) {
			found = admin;
		}
	}
	return found;
}

/* The queues have given up all they had; that is so once nothing is owed to them. */
static void discarded(struct hal *hal)
{
	for (unsigned int n = 0; n < MAX_ADMIN; n++) {
		if (hal->admin[n].used) {
			return;
		}
	}
	hal->discarding = false;
	mailbox_answers(hal->model, hal->discard_answer);
}

void mailbox_done(struct pam_model *model, uint32_t value)
{
	struct hal *hal = &model->hal;
	struct admin_entry *admin = completed(hal, (uint16_t)value);
	struct admin_entry done;

	if (!admin) {
		return;
	}
	done = *admin;
	admin->used = false;
	model->active |= 1; /* there may have been no place for another */
	if (!done.dropped) {
		complete_admin(model, &done, mailbox_word(hal, MAILBOX_DONE_RESULT),
			       mailbox_word(hal, MAILBOX_DONE_INFO), value >> 16 & 0xff,
			       value >> 31);
	} else if (hal->discarding) {
		discarded(hal);
	}
}

void mailbox_admin_discard(struct pam_model *model, uint32_t answer)
{
	struct hal *hal = &model->hal;

	if (hal->waiting) {
		hal->waiting->used = false;
		hal->waiting = NULL;
	}
	for (unsigned int n = 0; n < MAX_ADMIN; n++) {
		hal->admin[n].dropped = true;
	}
	hal->discarding = true;
	hal->discard_answer = answer;
	discarded(hal);
}

/* ---------------------------------------------------------------- errors, faults */

bool mailbox_takes_errors(const struct pam_model *model)
{
	return model->hal.error_count + TURN <= MAX_ERRORS;
}

void mailbox_error(struct pam_model *model, const struct command *command)
{
	const struct pamc_sqe *sqe = &command->entry->io;
	struct hal *hal = &model->hal;
	uint32_t *word = hal->error[(hal->error_first + hal->error_count) % MAX_ERRORS];

	word[0] = command->qp->qid | (uint32_t)sqe->cid << 16;
	word[1] = command->status | (uint32_t)sqe->opcode << 8 | (uint32_t)command->field << 16;
	word[2] = sqe->pool;
	memcpy(&word[3], &command->fault_addr, sizeof(command->fault_addr));
	memcpy(&word[5], &sqe->index, sizeof(sqe->index));
	hal->error_count++;
}

void mailbox_error_taken(struct pam_model *model)
{
	struct hal *hal = &model->hal;

	if (hal->error_count) {
		hal->error_first = (hal->error_first + 1) % MAX_ERRORS;
		hal->error_count--;
	}
}

uint32_t mailbox_fault(const struct pam_model *model)
{
	return model->hal.faults ? (uint32_t)__builtin_ctzll(model->hal.faults) : 0;
}

uint64_t mailbox_fault_addr(struct pam_model *model)
{
	return model->hal.faults ? model->qps[mailbox_fault(model)].fault_addr : 0;
}
