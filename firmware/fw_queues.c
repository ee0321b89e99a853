// SPDX-License-Identifier: Apache-2.0
/*
 * Queue pairs, and ABORT: the queues answer when they have come across its command, and the
 * executor is asked until that is over, if it is inside.
 */
#include "fw_priv.h"

/* CONTROL_ATTR */
#define ATTR_IRQ (1u << 14)
/* WATCH */
#define WATCH (1u << 31)

static bool shift_wrong(uint32_t shift)
{
	return shift < PAMC_MIN_QUEUE_SHIFT || shift > PAMC_MAX_QUEUE_SHIFT;
}

static bool ring_wrong(uint64_t base, uint32_t shift, uint32_t entry)
{
	return base % PAMC_BLOCK_SIZE != 0 || base + ((uint64_t)entry << shift) - 1 < base;
}

bool fw_ring_good(uint64_t base, uint32_t shift, uint32_t entry)
{
	return !shift_wrong(shift) && !ring_wrong(base, shift, entry);
}

static bool create(struct fw *fw, uint32_t qid, uint64_t sq, uint64_t cq, uint32_t attr,
		   uint32_t coalesce)
{
	fw_write64(fw, MAILBOX_CONTROL_SQ, sq);
	fw_write64(fw, MAILBOX_CONTROL_CQ, cq);
	fw_write(fw, MAILBOX_CONTROL_ATTR, attr);
	fw_write(fw, MAILBOX_CONTROL_COALESCE, coalesce);
	fw->queues[qid] = (struct fw_queue){true, (uint16_t)coalesce, (uint16_t)(coalesce >> 16)};
	return fw_order(fw, CONTROL_CREATE, qid, TAG_ORDER, 0);
}

/* Queue pair 0. There is no other one, so the answer comes at once. */
bool fw_queue_start(struct fw *fw, uint64_t sq, uint64_t cq, uint32_t sq_shift, uint32_t cq_shift)
{
	if (!create(fw, 0, sq, cq, sq_shift | cq_shift << 4 | ATTR_IRQ, 0) ||
	    (!fw_answered_before(fw) && !fw_wait_for(fw, MAILBOX_EVENTS, HAS_ANSWER, HAS_ANSWER,
						     "the queues do not answer"))) {
		return false;
	}
	fw_next_answer(fw);
	return true;
}

/* Offset of the first wrong field of a QP_CREATE, or NO_FIELD. */
static uint32_t qp_create_wrong(const struct pamc_admin_sqe *sqe, uint32_t vectors)
{
	if (shift_wrong(sqe->p.qp_create.sq_shift)) {
		return FIELD(p.qp_create.sq_shift);
	}
	if (shift_wrong(sqe->p.qp_create.cq_shift) ||
	    sqe->p.qp_create.cq_shift < sqe->p.qp_create.sq_shift) {
		return FIELD(p.qp_create.cq_shift);
	}
	if (ring_wrong(sqe->p.qp_create.sq_base, sqe->p.qp_create.sq_shift,
		       sizeof(struct pamc_sqe))) {
		return FIELD(p.qp_create.sq_base);
	}
	if (ring_wrong(sqe->p.qp_create.cq_base, sqe->p.qp_create.cq_shift,
		       sizeof(struct pamc_cqe))) {
		return FIELD(p.qp_create.cq_base);
	}
	if (sqe->p.qp_create.flags & ~PAMC_QP_ALL_FLAGS) {
		return FIELD(p.qp_create.flags);
	}
	if ((sqe->p.qp_create.flags & PAMC_QP_IRQ) && sqe->p.qp_create.vector >= vectors) {
		return FIELD(p.qp_create.vector);
	}
	return sqe->p.qp_create.rsvd ? FIELD(p.qp_create.rsvd) : NO_FIELD;
}

void fw_qp_create(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	uint32_t wrong = qp_create_wrong(sqe, fw->platform.vectors);
	uint32_t qid = sqe->id;
	uint32_t attr;

	if (qid == 0 || qid >= fw->platform.queue_pairs || fw->queues[qid].valid) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_QUEUE, FIELD(id));
		return;
	}
	if (wrong != NO_FIELD) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, wrong);
		return;
	}
	attr = sqe->p.qp_create.sq_shift | (uint32_t)sqe->p.qp_create.cq_shift << 4 |
	       (uint32_t)sqe->p.qp_create.domain << 16;
	if (sqe->p.qp_create.flags & PAMC_QP_IRQ) {
		attr |= ATTR_IRQ | (sqe->p.qp_create.vector & 63u) << 8;
	}
	create(fw, qid, sqe->p.qp_create.sq_base, sqe->p.qp_create.cq_base, attr,
	       sqe->p.qp_create.coalesce_count | (uint32_t)sqe->p.qp_create.coalesce_usec << 16);
	fw_admin_wait(fw, FW_WAIT_ORDER);
}

void fw_qp_delete(struct fw *fw)
{
	uint32_t qid = fw->sqe.id;

	if (qid == 0 || qid >= PAMC_MAX_QP || !fw->queues[qid].valid) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_QUEUE, FIELD(id));
		return;
	}
	fw->queues[qid].valid = false;
	fw_order(fw, CONTROL_DELETE, qid, TAG_ORDER, 0);
	fw_admin_wait(fw, FW_WAIT_ORDER);
}

/* ---------------------------------------------------------------- ABORT */

void fw_abort(struct fw *fw)
{
	uint32_t cid = fw->sqe.p.abort.cid;
	uint32_t qid = fw->sqe.id;

	if (qid >= PAMC_MAX_QP || !fw->queues[qid].valid) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_QUEUE, FIELD(id));
		return;
	}
	if (cid > UINT16_MAX) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.abort.cid));
		return;
	}
	if (qid == 0) {
		/* Other admin commands are over before the next one starts. */
		if (!fw_event_abort(fw, (int32_t)cid)) {
			fw->outcome.status = PAMC_STATUS_NOT_FOUND;
		}
		return;
	}
	for (uint32_t n = 0; n < FW_ABORTS; n++) {
		if (!fw->aborts[n].used) {
			fw->aborts[n] = (struct fw_aborting){
			    .used = true, .cid = fw->sqe.cid, .target = cid | qid << 16};
			fw->outcome.later = true;
			fw_order(fw, CONTROL_ABORT, qid, TAG_ABORT + n, cid);
			return;
		}
	}
	fw_fail(&fw->outcome, PAMC_STATUS_NO_RESOURCES, NO_FIELD);
}

static void watch(struct fw *fw, const struct fw_aborting *abort)
{
	fw_write(fw, MAILBOX_WATCH, abort->target | WATCH);
}

static void watch_none(struct fw *fw)
{
	fw->watched = FW_ABORTS;
	fw_write(fw, MAILBOX_WATCH, 0);
}

/* The queues are done with the command of an ABORT: it may be executed now. The ABORT is
 * completed behind it; one at a time is looked after. */
static void watch_next(struct fw *fw)
{
	for (uint32_t n = 0; n < FW_ABORTS && fw->watched == FW_ABORTS; n++) {
		if (fw->aborts[n].answered) {
			fw->watched = n;
			watch(fw, &fw->aborts[n]);
		}
	}
}

void fw_aborts_drop(struct fw *fw)
{
	watch_none(fw);
	for (uint32_t n = 0; n < FW_ABORTS; n++) {
		if (fw->aborts[n].used) {
			fw_complete_aborted(fw, fw->aborts[n].cid);
			fw->aborts[n] = (struct fw_aborting){0};
		}
	}
}

void fw_aborts_resume(struct fw *fw)
{
	if (fw->watched < FW_ABORTS) {
		watch(fw, &fw->aborts[fw->watched]);
	} else {
		watch_none(fw);
	}
}

static void abort_answered(struct fw *fw, struct fw_aborting *abort, bool found)
{
	if (!abort->used) {
		return;
	}
	/* It may be over before its turn to be watched comes. */
	watch(fw, abort);
	abort->found = found || (fw_read(fw, MAILBOX_WATCH) & 1);
	abort->answered = true;
	if (fw->watched < FW_ABORTS) {
		watch(fw, &fw->aborts[fw->watched]);
	} else {
		watch_next(fw);
	}
}

void fw_take_left(struct fw *fw)
{
	struct fw_outcome outcome = {.status = PAMC_STATUS_SUCCESS, .field = NO_FIELD};
	uint32_t watched = fw->watched;

	watch_none(fw);
	if (watched < FW_ABORTS) {
		if (!fw->aborts[watched].found) {
			outcome.status = PAMC_STATUS_NOT_FOUND;
		}
		fw_complete(fw, fw->aborts[watched].cid, &outcome, NULL);
		fw->aborts[watched] = (struct fw_aborting){0};
	}
	watch_next(fw);
}

void fw_take_answer(struct fw *fw)
{
	uint32_t answer = fw_next_answer(fw);
	uint32_t tag = answer & ANSWER_TAG;

	if (tag >= TAG_ABORT) {
		abort_answered(fw, &fw->aborts[tag - TAG_ABORT], answer & ANSWER_FOUND);
	} else {
		fw_admin_ordered(fw);
	}
}
