// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that say where each slot's page is, and who works on it.  swap.h
 * explains the states, generations and bits.
 *
 * Every change is one compare-and-exchange, so a word is always consistent, and
 * freeing a slot (atomic context) never waits for anything: when it meets BUSY, it
 * leaves FREED for the holder.
 */
#include "swap.h"

/* What is counted by place. */
static void slot_moved(struct pam_swap *swap, enum slot_where from, enum slot_where to)
{
	if (from == to)
		return;
	if (from == SLOT_CARD)
		swap_count(swap, STAT_SLOTS_CARD, -1);
	if (from == SLOT_BACKING)
		swap_count(swap, STAT_SLOTS_BACKING, -1);
	if (to == SLOT_CARD)
		swap_count(swap, STAT_SLOTS_CARD, 1);
	if (to == SLOT_BACKING)
		swap_count(swap, STAT_SLOTS_BACKING, 1);
}

static u32 slot_word(enum slot_where where, u32 gen)
{
	return FIELD_PREP(SLOT_WHERE, where) | FIELD_PREP(SLOT_GEN, gen);
}

/* Takes BUSY if nobody has it; *@old is the word as it was seen last. */
static bool slot_try(atomic_t *word, u32 *old)
{
	int seen = atomic_read(word);

	do {
		if (seen & SLOT_BUSY) {
			*old = seen;
			return false;
		}
	} while (!atomic_try_cmpxchg_acquire(word, &seen, seen | SLOT_BUSY));
	*old = seen;
	return true;
}

/**
 * slot_lock - take a slot for an operation, or park the operation
 * @swap: the device
 * @io: the operation; @io->slot says which slot
 *
 * Return: true when the slot is locked; @io->word is its word then. False when it
 * was not free: @io is parked and will appear on @swap->granted, with the lock.
 */
bool slot_lock(struct pam_swap *swap, struct swap_io *io)
{
	atomic_t *word = &swap->slots[io->slot];
	unsigned long flags;
	int old;

	if (likely(slot_try(word, &io->word)))
		return true;

	spin_lock_irqsave(&swap->queue_lock, flags);
	for (;;) {
		if (slot_try(word, &io->word)) {
			spin_unlock_irqrestore(&swap->queue_lock, flags);
			return true;
		}
		old = io->word;
		/* The holder cannot miss it: it looks for WAIT when it unlocks. */
		if (atomic_try_cmpxchg(word, &old, old | SLOT_WAIT))
			break;
	}
	list_add_tail(&io->pam.list, &swap->parked);
	spin_unlock_irqrestore(&swap->queue_lock, flags);
	swap_count(swap, STAT_SLOT_WAITS, 1);
	return false;
}

/*
 * Hands a locked slot with waiters to the one that came first.  Returns false when
 * the slot was freed meanwhile, which has to be done before: the waiter may have
 * come after the free.
 */
static bool slot_hand_over(struct pam_swap *swap, u32 slot, enum slot_where where, u32 gen)
{
	atomic_t *word = &swap->slots[slot];
	struct swap_io *io, *first = NULL;
	bool more = false, done = false;
	unsigned long flags;
	u32 new;
	int old;

	spin_lock_irqsave(&swap->queue_lock, flags);
	list_for_each_entry(io, &swap->parked, pam.list) {
		if (io->slot != slot)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = io;
	}
	new = slot_word(where, gen);
	old = atomic_read(word);
	if (WARN_ON_ONCE(!first)) {
		done = atomic_try_cmpxchg_release(word, &old, new);
	} else if (!(old & SLOT_FREED) &&
		   atomic_try_cmpxchg(word, &old, new | SLOT_BUSY | (more ? SLOT_WAIT : 0))) {
		first->word = new;
		list_move_tail(&first->pam.list, &swap->granted);
		done = true;
	}
	spin_unlock_irqrestore(&swap->queue_lock, flags);
	if (done)
		queue_work(swap->wq, &swap->work);
	return done;
}

/**
 * slot_unlock - end an operation on a slot
 * @swap: the device
 * @slot: locked by the caller
 * @where: where its page is now
 * @gen: its generation now
 *
 * Carries out a free that came meanwhile, then hands the slot to the next waiter.
 * Context: any.
 */
void slot_unlock(struct pam_swap *swap, u32 slot, enum slot_where where, u32 gen)
{
	atomic_t *word = &swap->slots[slot];
	int old = atomic_read(word);

	slot_moved(swap, slot_where(old), where);
	for (;;) {
		if (unlikely(old & SLOT_FREED)) {
			enum slot_where freed = SLOT_ABSENT;

			/* Not flushed here: this may be a backend's completion. */
			if (where == SLOT_CARD || where == SLOT_DEAD)
				freed = SLOT_DEAD;
			slot_moved(swap, where, freed);
			where = freed;
			atomic_andnot(SLOT_FREED, word);
		} else if (unlikely(old & SLOT_WAIT)) {
			if (slot_hand_over(swap, slot, where, gen))
				break;
		} else if (atomic_try_cmpxchg_release(word, &old, slot_word(where, gen))) {
			break;
		}
		old = atomic_read(word);
	}
	if (where == SLOT_DEAD)
		swap_defer_flush(swap, slot);
}

/**
 * slot_begin_free - a slot's content is not needed any more
 * @swap: the device
 * @slot: which
 * @gen: set to its generation when true is returned
 *
 * Return: true when the pool has a page to be flushed: the slot is locked, and the
 * caller unlocks it as ABSENT with the next generation once it has issued the
 * flush, or else as DEAD. False when nothing is left to do.
 * Context: any.
 */
bool slot_begin_free(struct pam_swap *swap, u32 slot, u32 *gen)
{
	atomic_t *word = &swap->slots[slot];
	int old = atomic_read(word);
	enum slot_where where;
	u32 new;

	do {
		where = slot_where(old);
		if (old & SLOT_BUSY)
			new = old | SLOT_FREED;
		else if (where == SLOT_CARD)
			new = old | SLOT_BUSY;
		else if (where == SLOT_BACKING || where == SLOT_LOST)
			new = slot_word(SLOT_ABSENT, slot_gen(old));
		else
			return false;
	} while (!atomic_try_cmpxchg(word, &old, new));

	if (old & SLOT_BUSY)
		return false;
	*gen = slot_gen(old);
	if (where == SLOT_CARD)
		return true;
	slot_moved(swap, where, SLOT_ABSENT);
	return false;
}

/**
 * slot_take_dead - decide to flush a dead slot now
 * @swap: the device
 * @slot: which
 * @may_wrap: no flush of this device was outstanding a moment ago, and the caller
 *	is the only one who began any since
 * @gen: set to the generation to flush
 *
 * A slot that is BUSY is left alone: it either gets a new page, or is deferred
 * again when it is unlocked dead.
 *
 * Return: 1 when the slot is ABSENT with the next generation and the caller must
 * flush (@slot, *@gen); 0 when there is nothing to flush; -EAGAIN when this needs
 * @may_wrap.
 */
int slot_take_dead(struct pam_swap *swap, u32 slot, bool may_wrap, u32 *gen)
{
	atomic_t *word = &swap->slots[slot];
	int old = atomic_read(word);
	u32 next;

	do {
		if ((old & SLOT_BUSY) || slot_where(old) != SLOT_DEAD)
			return 0;
		next = slot_gen(old) + 1;
		if (next > SLOT_GEN_LAST) {
			if (!may_wrap)
				return -EAGAIN;
			next = 0;
		}
	} while (!atomic_try_cmpxchg(word, &old, slot_word(SLOT_ABSENT, next)));
	*gen = slot_gen(old);
	return 1;
}
