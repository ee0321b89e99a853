// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots that became free.  Their pages are flushed from the pool without waiting
 * for it, at once where that is possible and by a worker where it is not; swap.h
 * says why neither can hurt a newer page of the slot.
 */
#include "swap.h"

static void flush_put(struct swap_flush *flush)
{
	struct pam_swap *swap = flush->swap;

	/* Who switches the device off waits for zero, and then for this section. */
	rcu_read_lock();
	sbitmap_put(&swap->flush_tags, flush->tag);
	atomic_dec(&swap->flushing);
	if (wq_has_sleeper(&swap->flush_wait))
		wake_up_all(&swap->flush_wait);
	rcu_read_unlock();
}

static struct swap_flush *flush_get(struct pam_swap *swap)
{
	int tag;

	atomic_inc(&swap->flushing);
	tag = sbitmap_get(&swap->flush_tags);
	if (tag >= 0)
		return &swap->flushes[tag];
	if (atomic_dec_and_test(&swap->flushing))
		wake_up_all(&swap->flush_wait);
	return NULL;
}

static void flush_done(struct pam_request *request)
{
	struct swap_flush *flush = container_of(request, struct swap_flush, pam);
	struct pam_swap *swap = flush->swap;
	int status = request->status;

	/*
	 * A page whose flush failed is out of reach in the pool, until the same
	 * generation of its slot comes round again or the pool is destroyed.
	 */
	if (unlikely(status))
		swap_err_limited(swap, "slot %u could not be flushed: error %d from %s\n",
				 (u32)request->handle.index, status, swap->backend_name);
	flush_put(flush);
}

static void flush_init(struct swap_flush *flush, u32 slot, u32 gen, struct list_head *batch)
{
	flush->pam.op = PAM_FLUSH_PAGE;
	flush->pam.flags = 0;
	flush->pam.page = NULL;
	flush->pam.done = flush_done;
	slot_handle(&flush->pam.handle, slot, gen);
	list_add_tail(&flush->pam.list, batch);
}

/* Posts the flush of a locked slot's page; false: it has to be deferred. */
static bool flush_post(struct pam_swap *swap, u32 slot, u32 gen)
{
	struct swap_flush *flush;
	LIST_HEAD(batch);

	if (gen == SLOT_GEN_LAST)
		return false;
	flush = flush_get(swap);
	if (!flush)
		return false;
	/* Pairs with the barrier of the worker that wants none to be outstanding. */
	smp_mb__after_atomic();
	if (READ_ONCE(swap->flush_hold)) {
		flush_put(flush);
		return false;
	}
	flush_init(flush, slot, gen, &batch);
	pam_submit_nowait(swap->pool, &batch);
	if (list_empty(&batch))
		return true;
	flush_put(flush);
	return false;
}

/**
 * swap_defer_flush - have the worker flush a dead slot
 * @swap: the device
 * @slot: which
 *
 * Context: any.
 */
void swap_defer_flush(struct pam_swap *swap, u32 slot)
{
	swap_count(swap, STAT_FLUSHES_DEFERRED, 1);
	set_bit(slot, swap->dead);
	queue_work(swap->wq, &swap->flush_work);
}

/**
 * swap_free_notify - swap does not need a slot any more
 * @bdev: the disk
 * @slot: which
 *
 * Context: atomic, spinlocks of swap held, interrupts may be off.
 */
void swap_free_notify(struct block_device *bdev, unsigned long slot)
{
	struct pam_swap *swap = bdev->bd_disk->private_data;
	u32 gen;

	if (slot >= swap->nr_slots || !slot_begin_free(swap, slot, &gen))
		return;
	if (flush_post(swap, slot, gen)) {
		swap_count(swap, STAT_FLUSHES_POSTED, 1);
		slot_unlock(swap, slot, SLOT_ABSENT, gen + 1);
	} else {
		slot_unlock(swap, slot, SLOT_DEAD, gen);
	}
}

/**
 * swap_discard - discard or write-zeroes
 * @swap: the device
 * @bio: it; completed when its slots read as zeros, before they are flushed
 */
void swap_discard(struct pam_swap *swap, struct bio *bio)
{
	u64 slot = DIV_ROUND_UP_ULL((u64)bio->bi_iter.bi_sector << SECTOR_SHIFT, PAGE_SIZE);
	u64 end = ((u64)bio_end_sector(bio) << SECTOR_SHIFT) / PAGE_SIZE;
	u32 gen;

	for (; slot < end; slot++) {
		/* In bulk the worker's batches are cheaper than single flushes. */
		if (slot_begin_free(swap, slot, &gen))
			slot_unlock(swap, slot, SLOT_DEAD, gen);
		if (slot % 4096 == 0)
			cond_resched();
	}
	bio_endio(bio);
}

static void flush_submit(struct pam_swap *swap, struct list_head *batch)
{
	if (!list_empty(batch))
		pam_submit(swap->pool, batch);
}

/*
 * Flushes the dead slots.  Returns true when some were left because their
 * generation wraps, which only @may_wrap allows.
 */
static bool flush_dead(struct pam_swap *swap, bool may_wrap)
{
	bool left = false;
	unsigned int count = 0;
	struct swap_flush *flush = NULL;
	unsigned long slot;
	LIST_HEAD(batch);
	u32 gen;

	for_each_set_bit(slot, swap->dead, swap->nr_slots) {
		if (!flush)
			flush = flush_get(swap);
		if (!flush) {
			/* For the backend alone: what we hold back goes first. */
			flush_submit(swap, &batch);
			wait_event(swap->flush_wait, (flush = flush_get(swap)));
		}
		clear_bit(slot, swap->dead);
		/* Who makes the slot dead from now on sets the bit again. */
		smp_mb__after_atomic();
		switch (slot_take_dead(swap, slot, may_wrap, &gen)) {
		case 0:
			continue;
		case 1:
			break;
		default:
			set_bit(slot, swap->dead);
			left = true;
			continue;
		}
		if (gen == SLOT_GEN_LAST)
			swap_count(swap, STAT_GENERATION_WRAPS, 1);
		flush_init(flush, slot, gen, &batch);
		flush = NULL;
		if (++count % PAM_BATCH == 0) {
			flush_submit(swap, &batch);
			cond_resched();
		}
	}
	flush_submit(swap, &batch);
	if (flush)
		flush_put(flush);
	return left;
}

/**
 * swap_flush_work - flush what could not be flushed when it became free
 * @work: the device's
 */
void swap_flush_work(struct work_struct *work)
{
	struct pam_swap *swap = container_of(work, struct pam_swap, flush_work);

	if (!flush_dead(swap, false))
		return;
	WRITE_ONCE(swap->flush_hold, true);
	/* Either flush_post() sees the hold, or we see that it counted itself. */
	smp_mb();
	wait_event(swap->flush_wait, !atomic_read(&swap->flushing));
	flush_dead(swap, true);
	WRITE_ONCE(swap->flush_hold, false);
}

/**
 * swap_flush_wait - wait for the last flushes of a device that is switched off
 * @swap: the device; nothing of them touches it any more on return
 */
void swap_flush_wait(struct pam_swap *swap)
{
	wait_event(swap->flush_wait, !atomic_read(&swap->flushing));
	synchronize_rcu();
}
