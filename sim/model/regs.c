// SPDX-License-Identifier: Apache-2.0
/*
 * Registers, doorbells and push slots: what the host's loads and stores reach.
 *
 * Any thread may come here at any time, also while the card runs, so all of it is
 * atomic and nothing waits. A doorbell is checked here, against indices that the
 * card publishes, because only here can a bad value be dropped without losing the
 * good one that came before it. Then its queue pair is marked as rung, and the
 * card does the rest.
 */
#include "card.h"

#include <string.h>

#define REG_BYTES (REG_WORDS * 8)
#define LOW32     UINT64_C(0xffffffff)

/* Bits of word that the host may write now. */
static uint64_t writable(unsigned int word, bool enabled)
{
	switch (word * 8) {
	case PAMC_REG_CTRL:
		return PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK;
	case PAMC_REG_RESETS: /* and AQ_ATTR in the upper half */
		return enabled ? 0
			       : (uint64_t)(PAMC_AQ_ATTR_SQ_SHIFT_MASK | PAMC_AQ_ATTR_CQ_SHIFT_MASK)
				     << 32;
	case PAMC_REG_ASQ_BASE:
	case PAMC_REG_ACQ_BASE:
		return enabled ? 0 : UINT64_MAX;
	case PAMC_REG_SCRATCH: /* and BAD_DOORBELL in the upper half */
		return LOW32;
	default:
		return 0;
	}
}

_Static_assert(PAMC_REG_AQ_ATTR == PAMC_REG_RESETS + 4, "writable() knows the pairs");
_Static_assert(PAMC_REG_BAD_DOORBELL == PAMC_REG_SCRATCH + 4, "writable() knows the pairs");
_Static_assert(PAMC_REG_STATUS == PAMC_REG_CTRL + 4, "writable() knows the pairs");

/* Replaces the bits of mask; returns the word as it was. */
static uint64_t word_set(struct pam_model *model, unsigned int word, uint64_t mask, uint64_t value)
{
	uint64_t old = atomic_load(&model->regs[word]);

	while (!atomic_compare_exchange_weak(&model->regs[word], &old,
					     (old & ~mask) | (value & mask))) {
	}
	return old;
}

uint64_t reg_get(struct pam_model *model, unsigned int offset)
{
	return atomic_load(&model->regs[offset / 8]) >> offset % 8 * 8;
}

void reg_set(struct pam_model *model, unsigned int offset, uint64_t mask, uint64_t value)
{
	unsigned int shift = offset % 8 * 8;

	word_set(model, offset / 8, mask << shift, value << shift);
}

void regs_reset(struct pam_model *model)
{
	reg_set(model, PAMC_REG_CTRL, LOW32, PAMC_REG_CTRL_RESET);
	reg_set(model, PAMC_REG_STATUS, LOW32, PAMC_REG_STATUS_RESET);
	reg_set(model, PAMC_REG_AQ_ATTR, LOW32, PAMC_REG_AQ_ATTR_RESET);
	reg_set(model, PAMC_REG_ASQ_BASE, UINT64_MAX, PAMC_REG_ASQ_BASE_RESET);
	reg_set(model, PAMC_REG_ACQ_BASE, UINT64_MAX, PAMC_REG_ACQ_BASE_RESET);
	reg_set(model, PAMC_REG_SCRATCH, LOW32, PAMC_REG_SCRATCH_RESET);
	reg_set(model, PAMC_REG_BAD_DOORBELL, LOW32, PAMC_REG_BAD_DOORBELL_RESET);
}

static void wake(struct pam_model *model)
{
	if (model->host.wake) {
		model->host.wake(model->host.ctx);
	}
}

/* The queue pair has something new; only the first to say so has to wake the card. */
static void ring(struct pam_model *model, unsigned int qid)
{
	uint64_t bit = UINT64_C(1) << qid;

	if (!(atomic_fetch_or(&model->rung, bit) & bit)) {
		wake(model);
	}
}

static void count_bad_doorbell(struct pam_model *model)
{
	atomic_fetch_add(&model->regs[PAMC_REG_BAD_DOORBELL / 8], UINT64_C(1) << 32);
}

static void write_register(struct pam_model *model, unsigned int offset, uint64_t value,
			   unsigned int len)
{
	unsigned int word = offset / 8;
	unsigned int shift = offset % 8 * 8;
	uint64_t mask = len == 8 ? UINT64_MAX : ((UINT64_C(1) << len * 8) - 1) << shift;
	bool enabled = reg_get(model, PAMC_REG_CTRL) & PAMC_CTRL_EN_MASK;

	mask &= writable(word, enabled);
	if (!mask) {
		return;
	}
	value = value << shift & mask;

	uint64_t old = word_set(model, word, mask, value);

	if (word != PAMC_REG_CTRL / 8) {
		return;
	}
	if (old & mask & ~value & PAMC_CTRL_EN_MASK) {
		/* Remembered, so that a reset is seen even when EN is 1 again by then. */
		atomic_store(&model->enable_fell, 1);
	}
	atomic_store(&model->control, 1);
	wake(model);
}

/* False: the value makes no sense for this queue. */
static bool move_tail(struct queue_pair *qp, uint16_t tail)
{
	uint64_t word = atomic_load(&qp->sq);

	do {
		uint16_t head = INDEX_HIGH(word);
		uint16_t ahead = (uint16_t)(tail - head);

		if (!(word & INDEX_VALID) || ahead > INDEX_ENTRIES(word)) {
			return false;
		}
		if (ahead <= (uint16_t)(INDEX_LOW(word) - head)) {
			return true; /* entries cannot be taken back */
		}
	} while (!atomic_compare_exchange_weak(&qp->sq, &word,
					       index_make(word, tail, INDEX_HIGH(word))));
	return true;
}

static bool move_head(struct queue_pair *qp, uint16_t head, bool arm)
{
	uint64_t word = atomic_load(&qp->cq);
	uint64_t next;

	do {
		uint16_t old = INDEX_LOW(word);
		uint16_t posted = INDEX_HIGH(word);

		if (!(word & INDEX_VALID) || (uint16_t)(head - old) > (uint16_t)(posted - old)) {
			return false;
		}
		next = index_make(word, head, posted) | (arm ? INDEX_ARMED : 0);
	} while (!atomic_compare_exchange_weak(&qp->cq, &word, next));
	return true;
}

static bool write_slots(struct queue_pair *qp, unsigned int offset, const void *data,
			unsigned int len)
{
	uint32_t written = 0;

	if (!(atomic_load(&qp->sq) & INDEX_VALID)) {
		return false;
	}
	for (unsigned int i = 0; i < len / 4; i++) {
		unsigned int word = offset / 4 + i;
		uint32_t value;

		memcpy(&value, (const uint8_t *)data + i * 4, sizeof(value));
		atomic_store_explicit(&qp->slots[word / SLOT_WORDS][word % SLOT_WORDS], value,
				      memory_order_relaxed);
		written |= 1u << word / SLOT_WORDS;
	}
	atomic_fetch_or(&qp->slots_written, written);
	return true;
}

static void write_doorbell(struct pam_model *model, unsigned int qid, unsigned int offset,
			   const void *data, unsigned int len)
{
	struct queue_pair *qp = &model->qps[qid];
	unsigned int slots_end = PAMC_DB_PUSH + PAMC_PUSH_SLOTS * SQE_SIZE;
	uint32_t value;
	bool good;

	if (offset >= PAMC_DB_PUSH && offset + len <= slots_end && len % 4 == 0) {
		good = write_slots(qp, offset - PAMC_DB_PUSH, data, len);
	} else if ((offset == PAMC_DB_SQ_TAIL || offset == PAMC_DB_CQ_HEAD) &&
		   (len == 4 || len == 8)) {
		memcpy(&value, data, sizeof(value));
		good = offset == PAMC_DB_SQ_TAIL
			   ? move_tail(qp, (uint16_t)value)
			   : move_head(qp, (uint16_t)value, value & PAMC_DB_CQ_HEAD_ARM_MASK);
	} else {
		good = false;
	}
	if (good) {
		ring(model, qid);
	} else {
		count_bad_doorbell(model);
	}
}

void pam_model_reg_write(struct pam_model *model, unsigned int bar, uint64_t offset,
			 const void *data, unsigned int len)
{
	bool small = len == 1 || len == 2 || len == 4 || len == 8;

	if (len == 0 || len > SQE_SIZE || offset % (small ? len : 4) != 0) {
		return;
	}
	if (bar == PAMC_BAR_REGS && small && offset < REG_BYTES) {
		uint64_t value = 0;

		memcpy(&value, data, len);
		write_register(model, (unsigned int)offset, value, len);
	} else if (bar == PAMC_BAR_DB && offset < PAMC_BAR_DB_SIZE) {
		write_doorbell(model, (unsigned int)(offset / PAMC_DB_STRIDE),
			       (unsigned int)(offset % PAMC_DB_STRIDE), data, len);
	}
}

uint64_t pam_model_reg_read(struct pam_model *model, unsigned int bar, uint64_t offset,
			    unsigned int len)
{
	bool good = len == 1 || len == 2 || len == 4 || len == 8;

	if (!good || bar != PAMC_BAR_REGS || offset >= REG_BYTES || offset % len != 0) {
		return 0;
	}

	uint64_t value = reg_get(model, (unsigned int)offset);

	return len == 8 ? value : value & ((UINT64_C(1) << len * 8) - 1);
}
