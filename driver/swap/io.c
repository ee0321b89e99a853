// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bios to page operations, and back.
 *
 * A bio is cut into pages; each holds one of the bio's remaining-references, so
 * the last one to end completes it and no record per bio is needed.  Operations
 * go to the pool in batches.  How this cannot deadlock is in swap.h.
 */
#include <linux/completion.h>
#include <linux/highmem.h>

#include "swap.h"

#define SLOT_SECTORS	(PAGE_SIZE >> SECTOR_SHIFT)

/**
 * struct swap_sleeper - who submitted a write and waits until the queue is shorter
 * @list: in the device's list
 * @end: where in the queue the write ends
 * @awake: completed when it may go on
 */
struct swap_sleeper {
	struct list_head list;
	u64 end;
	struct completion awake;
};

static struct swap_io *io_get(struct pam_swap *swap)
{
	int tag = sbitmap_get(&swap->io_tags);

	return tag < 0 ? NULL : &swap->ios[tag];
}

static void io_put(struct swap_io *io)
{
	struct pam_swap *swap = io->swap;

	/* Who polls for it has it, too. */
	if (!atomic_dec_and_test(&io->users))
		return;
	sbitmap_put(&swap->io_tags, io->tag);
	/* Pairs with the queue's lock: who queued before must be seen here. */
	smp_mb();
	if (unlikely(!bio_list_empty(&swap->queued)))
		queue_work(swap->wq, &swap->work);
}

/**
 * swap_io_end - an operation has come to its end
 * @io: the operation; it holds its slot's lock
 * @where: where the slot's page is now
 * @status: what the bio is told
 *
 * Context: any.
 */
void swap_io_end(struct swap_io *io, enum slot_where where, blk_status_t status)
{
	struct pam_swap *swap = io->swap;
	struct bio *parent = io->parent;

	slot_unlock(swap, io->slot, where, slot_gen(io->word));
	if (unlikely(status)) {
		swap_count(swap, op_is_write(bio_op(parent)) ? STAT_WRITE_ERRORS :
			   STAT_READ_ERRORS, 1);
		parent->bi_status = status;
	}
	if (io->acct)
		bdev_end_io_acct(parent->bi_bdev, bio_op(parent), SLOT_SECTORS, io->acct);
	/* The device may be switched off as soon as the bio ended. */
	io_put(io);
	bio_endio(parent);
}

static blk_status_t swap_status(int error)
{
	switch (error) {
	case 0:
		return BLK_STS_OK;
	case -ENOSPC:
	case -EPERM:
		return BLK_STS_NOSPC;
	case -EBADMSG:
		return BLK_STS_MEDIUM;
	default:
		return BLK_STS_IOERR;
	}
}

static void put_done(struct pam_request *request)
{
	struct swap_io *io = container_of(request, struct swap_io, pam);
	struct pam_swap *swap = io->swap;
	int status = request->status;

	if (likely(!status)) {
		swap_count(swap, STAT_PUTS, 1);
		swap_count(swap, STAT_PUT_NS, ktime_get_ns() - request->start_ns);
		if (unlikely(slot_where(io->word) == SLOT_DEAD))
			swap_count(swap, STAT_FLUSHES_SAVED, 1);
		swap_io_end(io, SLOT_CARD, BLK_STS_OK);
		return;
	}
	swap_count(swap, STAT_PUTS_REFUSED, 1);
	if (status == -ENODEV)
		swap_backend_lost(swap);
	/* A put that failed left nothing in the pool, not even an older page. */
	if (swap->backing) {
		swap_to_backing(io);
		return;
	}
	swap_err_limited(swap, "slot %u could not be written: error %d from %s\n", io->slot,
			 status, swap->backend_name);
	swap_io_end(io, SLOT_LOST, swap_status(status));
}

static void get_done(struct pam_request *request)
{
	struct swap_io *io = container_of(request, struct swap_io, pam);
	struct pam_swap *swap = io->swap;
	int status = request->status;

	if (likely(!status)) {
		swap_count(swap, STAT_GETS, 1);
		swap_count(swap, STAT_GET_NS, ktime_get_ns() - request->start_ns);
	} else if (status == -ENODEV) {
		swap_backend_lost(swap);
	} else {
		swap_err_limited(swap, "slot %u could not be read: error %d from %s%s\n",
				 io->slot, status, swap->backend_name,
				 status == -EBADMSG ? " (stored page is damaged)" : "");
	}
	swap_io_end(io, SLOT_CARD, swap_status(status));
}

static void io_request(struct swap_io *io, enum pam_op op, unsigned int flags,
		       struct list_head *batch)
{
	struct pam_request *request = &io->pam;

	request->op = op;
	request->flags = flags;
	request->page = io->vec.bv_page;
	request->done = op == PAM_PUT ? put_done : get_done;
	slot_handle(&request->handle, io->slot, slot_gen(io->word));
	list_add_tail(&request->list, batch);
}

/* The slot is locked: do it, or add it to what is to be submitted with PAM flags. */
static void io_step(struct swap_io *io, unsigned int flags, struct list_head *batch)
{
	struct pam_swap *swap = io->swap;
	enum slot_where where = slot_where(io->word);

	if (op_is_write(bio_op(io->parent))) {
		if (unlikely(test_bit(0, &swap->lost)) && swap->backing)
			swap_to_backing(io);
		else
			io_request(io, PAM_PUT, flags, batch);
		return;
	}
	switch (where) {
	case SLOT_CARD:
		io_request(io, PAM_GET, flags, batch);
		break;
	case SLOT_BACKING:
		swap_to_backing(io);
		break;
	case SLOT_LOST:
		swap_io_end(io, where, BLK_STS_IOERR);
		break;
	case SLOT_ABSENT:
	case SLOT_DEAD:
		memzero_page(io->vec.bv_page, 0, PAGE_SIZE);
		swap_count(swap, STAT_ZERO_READS, 1);
		swap_io_end(io, where, BLK_STS_OK);
		break;
	}
}

static void io_submit(struct pam_swap *swap, struct list_head *batch)
{
	if (!list_empty(batch))
		pam_submit(swap->pool, batch);
}

/*
 * Submits the only batch of a bio, of which the caller holds @mine references, and
 * waits a moment for it.  What takes longer is left to the backend's interrupts.
 */
static void io_submit_polled(struct pam_swap *swap, struct list_head *batch, struct bio *bio,
			     int mine)
{
	u64 end = ktime_get_ns() + SWAP_POLL_NS;
	struct swap_io *last;
	bool sleep = false;

	if (list_empty(batch))
		return;
	last = container_of(list_last_entry(batch, struct pam_request, list), struct swap_io, pam);
	/* It stays ours, so that the backend can be told which one we wait for. */
	atomic_inc(&last->users);
	pam_submit(swap->pool, batch);
	while (!sleep && atomic_read(&bio->__bi_remaining) > mine) {
		sleep = need_resched() || ktime_get_ns() >= end;
		if (!pam_poll(&last->pam, sleep))
			cpu_relax();
	}
	io_put(last);
}

/* The bio's next page, or false when it is none that a slot can take. */
static bool io_init(struct swap_io *io, struct bio *bio)
{
	struct pam_swap *swap = io->swap;
	struct bio_vec vec = bio_iter_iovec(bio, bio->bi_iter);

	if (unlikely(vec.bv_offset || vec.bv_len != PAGE_SIZE ||
		     bio->bi_iter.bi_sector % SLOT_SECTORS)) {
		swap_err_limited(swap, "not made of whole pages: sector %llu, %u bytes at %u\n",
				 (u64)bio->bi_iter.bi_sector, vec.bv_len, vec.bv_offset);
		return false;
	}
	atomic_set(&io->users, 1);
	io->parent = bio;
	io->slot = bio->bi_iter.bi_sector / SLOT_SECTORS;
	io->vec = vec;
	io->acct = 0;
	if (blk_queue_io_stat(swap->disk->queue))
		io->acct = bdev_start_io_acct(bio->bi_bdev, bio_op(bio), jiffies);
	bio_inc_remaining(bio);
	bio_advance_iter(bio, &bio->bi_iter, PAGE_SIZE);
	return true;
}

/*
 * Starts operations for what is left of a bio, as many as are free.  Returns true
 * when all are started; the caller's reference on the bio is still to be dropped.
 * @wait: try to have them done on return; for bios of at most one batch.
 */
static bool swap_start(struct pam_swap *swap, struct bio *bio, bool wait)
{
	int mine = atomic_read(&bio->__bi_remaining);
	unsigned int count = 0;
	LIST_HEAD(batch);
	struct swap_io *io;

	while (bio->bi_iter.bi_size) {
		io = io_get(swap);
		if (unlikely(!io))
			break;
		if (unlikely(!io_init(io, bio))) {
			sbitmap_put(&swap->io_tags, io->tag);
			bio->bi_status = BLK_STS_IOERR;
			bio->bi_iter.bi_size = 0;
			break;
		}
		if (slot_lock(swap, io))
			io_step(io, wait ? PAM_POLLED : 0, &batch);
		if (++count == PAM_BATCH && bio->bi_iter.bi_size) {
			io_submit(swap, &batch);
			count = 0;
		}
	}
	if (wait)
		io_submit_polled(swap, &batch, bio, mine);
	else
		io_submit(swap, &batch);
	return !bio->bi_iter.bi_size;
}

/* Whether so much of the queue is left before @end that a write has to wait. */
static bool queue_is_long(struct pam_swap *swap, u64 end)
{
	return end - swap->queue_out > SWAP_QUEUED * PAGE_SIZE;
}

/* Queues a bio; sleeps when it is a write and the queue is long. */
static void swap_queue(struct pam_swap *swap, struct bio *bio)
{
	struct swap_sleeper sleeper;
	unsigned long flags;
	bool sleep;

	swap_count(swap, STAT_BIOS_QUEUED, 1);
	init_completion(&sleeper.awake);
	spin_lock_irqsave(&swap->queue_lock, flags);
	bio_list_add(&swap->queued, bio);
	swap->queue_in += bio->bi_iter.bi_size;
	sleeper.end = swap->queue_in;
	/* In the same step, so that whoever takes the bio sees who waits for it. */
	sleep = op_is_write(bio_op(bio)) && queue_is_long(swap, sleeper.end);
	if (sleep)
		list_add_tail(&sleeper.list, &swap->sleepers);
	spin_unlock_irqrestore(&swap->queue_lock, flags);
	/* In case that the last operation ended before the bio was queued. */
	queue_work(swap->wq, &swap->work);
	if (sleep) {
		swap_count(swap, STAT_WRITE_WAITS, 1);
		wait_for_completion_io(&sleeper.awake);
	}
}

/* So many bytes of the queue were started: lets those go on who waited for it. */
static void swap_queue_moved(struct pam_swap *swap, unsigned int bytes)
{
	struct swap_sleeper *sleeper, *next;
	LIST_HEAD(awake);

	spin_lock_irq(&swap->queue_lock);
	swap->queue_out += bytes;
	list_for_each_entry_safe(sleeper, next, &swap->sleepers, list) {
		if (queue_is_long(swap, sleeper->end))
			break;
		list_move_tail(&sleeper->list, &awake);
	}
	spin_unlock_irq(&swap->queue_lock);
	/* Each is on the stack of its owner: gone as soon as that is awake. */
	list_for_each_entry_safe(sleeper, next, &awake, list)
		complete(&sleeper->awake);
}

static void swap_read_write(struct pam_swap *swap, struct bio *bio)
{
	bool wait = swap->synchronous && bio->bi_iter.bi_size <= PAM_BATCH * PAGE_SIZE;

	swap_count(swap, op_is_write(bio_op(bio)) ? STAT_WRITE_BIOS : STAT_READ_BIOS, 1);
	/* First come, first served: nobody overtakes a queued bio for ever. */
	if (unlikely(!bio_list_empty(&swap->queued)) || !swap_start(swap, bio, wait)) {
		swap_queue(swap, bio);
		return;
	}
	bio_endio(bio);
}

void swap_submit_bio(struct bio *bio)
{
	struct pam_swap *swap = bio->bi_bdev->bd_disk->private_data;

	switch (bio_op(bio)) {
	case REQ_OP_READ:
	case REQ_OP_WRITE:
		swap_read_write(swap, bio);
		break;
	case REQ_OP_DISCARD:
	case REQ_OP_WRITE_ZEROES:
		swap_discard(swap, bio);
		break;
	default:
		bio->bi_status = BLK_STS_NOTSUPP;
		bio_endio(bio);
	}
}

/* Operations that were handed their slot's lock. */
static void swap_issue_granted(struct pam_swap *swap)
{
	struct swap_io *io, *next;
	unsigned int count = 0;
	LIST_HEAD(granted);
	LIST_HEAD(batch);

	spin_lock_irq(&swap->queue_lock);
	list_splice_init(&swap->granted, &granted);
	spin_unlock_irq(&swap->queue_lock);
	list_for_each_entry_safe(io, next, &granted, pam.list) {
		list_del(&io->pam.list);
		io_step(io, 0, &batch);
		if (++count % PAM_BATCH == 0)
			io_submit(swap, &batch);
	}
	io_submit(swap, &batch);
}

/* Bios that found no operation free; only this worker takes from the list. */
static void swap_issue_queued(struct pam_swap *swap)
{
	struct bio *bio;

	for (;;) {
		unsigned int bytes;
		bool all;

		spin_lock_irq(&swap->queue_lock);
		bio = bio_list_peek(&swap->queued);
		spin_unlock_irq(&swap->queue_lock);
		if (!bio)
			return;
		bytes = bio->bi_iter.bi_size;
		all = swap_start(swap, bio, false);
		swap_queue_moved(swap, bytes - bio->bi_iter.bi_size);
		if (!all)
			return;
		spin_lock_irq(&swap->queue_lock);
		bio_list_pop(&swap->queued);
		spin_unlock_irq(&swap->queue_lock);
		bio_endio(bio);
	}
}

/**
 * swap_work - continue what could not go on where it was begun
 * @work: the device's
 */
void swap_work(struct work_struct *work)
{
	struct pam_swap *swap = container_of(work, struct pam_swap, work);

	swap_issue_backing(swap);
	swap_issue_granted(swap);
	swap_issue_queued(swap);
}
