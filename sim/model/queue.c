// SPDX-License-Identifier: Apache-2.0
/*
 * Queue pairs: from an index that moved to an entry that is executed.
 *
 * Entries come from the ring, FETCH_BATCH at a time, or out of a push slot when its
 * entry is exactly the next one. Either way the entry is copied first and looked at
 * after, as the host may change its memory at any time. No entry is executed before
 * there is room for its completion, so a host that stops consuming stalls its own
 * queue pair and nothing else.
 */
#include "card.h"

#include <string.h>

#include "crc32c.h"

/* What a push slot holds, seen from the tail. */
enum slot_state {
	SLOT_TORN,  /* not whole, or not any more */
	SLOT_NEXT,  /* the entry at the tail */
	SLOT_AHEAD, /* one of the entries after it, arrived early */
	SLOT_STALE, /* one that the tail has passed */
};

void queue_create(struct pam_model *model, unsigned int qid, const struct queue_config *config)
{
	struct queue_pair *qp = &model->qps[qid];

	qp->sq_base = config->sq_base;
	qp->cq_base = config->cq_base;
	qp->cq_shift = config->cq_shift;
	qp->vector = config->vector;
	qp->domain = config->domain;
	qp->irq = config->irq;
	qp->coalesce_count = config->coalesce_count;
	qp->coalesce_usec = config->coalesce_usec;
	qp->irq_due = NEVER;
	qp->broken = false;
	qp->stalled = false;
	qp->inflight = 0;
	qp->slots_pending = 0;
	qp->aborts = 0;
	qp->fetched_at = 0;
	qp->fetched_count = 0;
	qp->valid = true;
	atomic_store(&qp->slots_written, 0);
	for (unsigned int slot = 0; slot < PAMC_PUSH_SLOTS; slot++) {
		for (unsigned int word = 0; word < SLOT_WORDS; word++) {
			/* All zero is no entry: its CRC would not be zero. */
			atomic_store_explicit(&qp->slots[slot][word], 0, memory_order_relaxed);
		}
	}
	atomic_store(&qp->cq, INDEX_VALID | (uint64_t)config->cq_shift << 32);
	atomic_store(&qp->sq, INDEX_VALID | (uint64_t)config->sq_shift << 32);
}

void queue_delete(struct pam_model *model, unsigned int qid)
{
	struct queue_pair *qp = &model->qps[qid];
	uint64_t bit = UINT64_C(1) << qid;

	atomic_store(&qp->sq, 0);
	atomic_store(&qp->cq, 0);
	complete_forget(model, qp);
	qp->valid = false;
	qp->inflight = 0;
	qp->fetched_count = 0;
	qp->fetched_at = 0;
	model->active &= ~bit;
	model->starved &= ~bit;
	model->timed &= ~bit;
	if (qid != 0) {
		abort_passed(model, qp, true);
	}
}

void queue_broken(struct pam_model *model, struct queue_pair *qp, uint64_t addr)
{
	qp->broken = true;
	qp->fault_addr = addr;
	model->hal.faults |= UINT64_C(1) << qp->qid;
	abort_passed(model, qp, true);
}

uint16_t queue_next(struct queue_pair *qp)
{
	uint16_t head = INDEX_HIGH(atomic_load(&qp->sq));

	return (uint16_t)(head - (qp->fetched_count - qp->fetched_at));
}

/* ---------------------------------------------------------------- push slots */

/* Copies a slot and says what it is. */
static enum slot_state slot_read(struct queue_pair *qp, unsigned int slot, uint16_t tail,
				 union entry *entry)
{
	for (unsigned int word = 0; word < SLOT_WORDS; word++) {
		entry->words[word] =
		    atomic_load_explicit(&qp->slots[slot][word], memory_order_relaxed);
	}
	if (entry->io.push_crc != crc32c(entry, PAMC_PUSH_CRC_BYTES) ||
	    entry->io.sq_index % PAMC_PUSH_SLOTS != slot) {
		return SLOT_TORN;
	}

	uint16_t ahead = (uint16_t)(entry->io.sq_index - tail);

	if (ahead == 0) {
		return SLOT_NEXT;
	}
	return ahead < PAMC_PUSH_SLOTS ? SLOT_AHEAD : SLOT_STALE;
}

/*
 * Makes a slot's content invalid, unless the host has begun to write its next entry
 * there: an entry must not come back when the index has gone once around.
 */
static void slot_wipe(struct queue_pair *qp, unsigned int slot, const union entry *entry)
{
	uint32_t crc = entry->io.push_crc;

	qp->slots_pending &= ~(1u << slot);
	atomic_compare_exchange_strong(&qp->slots[slot][SLOT_WORDS - 1], &crc, ~crc);
}

/* Looks at every slot that was written to; those of entries ahead stay pending. */
static void slots_tidy(struct pam_model *model, struct queue_pair *qp, uint16_t tail)
{
	for (uint32_t pending = qp->slots_pending; pending; pending &= pending - 1) {
		unsigned int slot = (unsigned int)__builtin_ctz(pending);
		union entry entry;
		enum slot_state state = slot_read(qp, slot, tail, &entry);

		if (state == SLOT_TORN) {
			qp->slots_pending &= ~(1u << slot);
		} else if (state == SLOT_STALE) {
			slot_wipe(qp, slot, &entry);
			model->counters.push_dropped++;
		}
	}
}

/* Takes the entry at the tail out of its slot. False: it is not there. */
static bool slot_take(struct pam_model *model, struct queue_pair *qp, uint64_t word)
{
	uint16_t tail = INDEX_LOW(word);
	unsigned int slot = tail % PAMC_PUSH_SLOTS;
	union entry *entry = &qp->fetched[0];

	if (!(qp->slots_pending & 1u << slot) || slot_read(qp, slot, tail, entry) != SLOT_NEXT) {
		return false;
	}

	uint64_t next = index_make(word, (uint16_t)(tail + 1), (uint16_t)(tail + 1));

	if (!atomic_compare_exchange_strong(&qp->sq, &word, next)) {
		return false; /* SQ_TAIL was quicker: its copy counts */
	}
	slot_wipe(qp, slot, entry);
	model->counters.pushed++;
	qp->fetched_at = 0;
	qp->fetched_count = 1;
	return true;
}

/* ---------------------------------------------------------------- ring */

/* Copies entries from the ring. False: it cannot be reached. */
static bool ring_fetch(struct pam_model *model, struct queue_pair *qp, uint64_t word)
{
	uint16_t head = INDEX_HIGH(word);
	unsigned int entries = INDEX_ENTRIES(word);
	unsigned int at = head & (entries - 1);
	unsigned int count = (uint16_t)(INDEX_LOW(word) - head);

	count = count < FETCH_BATCH ? count : FETCH_BATCH;
	count = count < entries - at ? count : entries - at;
	if (!dma_read_ring(model, qp->sq_base + at * SQE_SIZE, qp->fetched, count * SQE_SIZE)) {
		queue_broken(model, qp, qp->sq_base + at * SQE_SIZE);
		return false;
	}
	model->counters.fetched += count;
	qp->fetched_at = 0;
	qp->fetched_count = count;
	while (!atomic_compare_exchange_weak(
	    &qp->sq, &word, index_make(word, INDEX_LOW(word), (uint16_t)(head + count)))) {
	}
	return true;
}

/* Gets more entries into qp->fetched. False: there are none now. */
static bool fetch(struct pam_model *model, struct queue_pair *qp)
{
	for (;;) {
		/* In this order: what was rung before is seen, what comes later rings again. */
		if (atomic_load_explicit(&qp->slots_written, memory_order_relaxed)) {
			qp->slots_pending |= atomic_exchange(&qp->slots_written, 0);
		}

		uint64_t word = atomic_load(&qp->sq);

		if (INDEX_LOW(word) != INDEX_HIGH(word)) {
			if (qp->slots_pending) {
				slots_tidy(model, qp, INDEX_LOW(word));
			}
			return ring_fetch(model, qp, word);
		}
		if (!qp->slots_pending) {
			return false;
		}
		if (slot_take(model, qp, word)) {
			return true;
		}
		if (atomic_load(&qp->sq) == word) {
			slots_tidy(model, qp, INDEX_LOW(word));
			return false;
		}
	}
}

/* ---------------------------------------------------------------- service */

/* Whether a command may start: there is room for its completion. */
static bool has_room(struct pam_model *model, struct queue_pair *qp)
{
	uint64_t cq = atomic_load(&qp->cq);
	unsigned int waiting = (uint16_t)(INDEX_HIGH(cq) - INDEX_LOW(cq));

	if (waiting + qp->inflight >= INDEX_ENTRIES(cq)) {
		if (!qp->stalled) {
			qp->stalled = true;
			model->counters.cq_full_stalls++;
		}
		interrupt_consider(model, qp);
		return false;
	}
	qp->stalled = false;
	if (model->held_count >= MAX_HELD) {
		model->starved |= UINT64_C(1) << qp->qid;
		return false;
	}
	return true;
}

/* The firmware executes it, now or later. */
static void execute_admin(struct pam_model *model, struct queue_pair *qp, const union entry *entry,
			  uint64_t *now)
{
	qp->inflight++;
	mailbox_admin(model, entry, *now);
	management_serve(model);
	*now = card_now(model);
}

static void execute(struct pam_model *model, struct queue_pair *qp, const union entry *entry,
		    uint64_t *now)
{
	struct command command = {
	    .qp = qp,
	    .entry = entry,
	    .start_ns = *now,
	    .status = PAMC_STATUS_SUCCESS,
	    .field = NO_FIELD,
	    .latency = -1,
	};

	qp->inflight++;
	if ((model->hal.hold & HOLD_REFUSE) || (qp->aborts && abort_wants(model, qp, entry))) {
		exec_abort(model, &command, PAMC_STATUS_ABORTED);
	} else {
		exec_io(model, &command);
	}
	*now = card_now(model);
	complete(model, &command, *now);
	if (qp->aborts) {
		abort_passed(model, qp, false);
	}
}

unsigned int queue_serve(struct pam_model *model, struct queue_pair *qp, unsigned int budget,
			 uint64_t *now)
{
	unsigned int done = 0;

	if (qp->valid) {
		interrupt_consider(model, qp); /* CQ_HEAD may have armed it */
	}
	while (done < budget && qp->valid && !qp->broken) {
		bool got = qp->fetched_at < qp->fetched_count;

		if (!got && ((model->hal.hold & HOLD_STOP) || !fetch(model, qp))) {
			abort_passed(model, qp, true); /* there is nothing more to find */
			break;
		}
		if (!has_room(model, qp) || (qp->qid == 0 && !mailbox_takes_admin(model))) {
			break;
		}
		(qp->qid == 0 ? execute_admin : execute)(model, qp, &qp->fetched[qp->fetched_at++],
							 now);
		done++;
	}
	if (done < budget) {
		model->active &= ~(UINT64_C(1) << qp->qid);
	}
	return done;
}
