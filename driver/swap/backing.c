// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that the pool refused: on an optional block device, at the same place, so
 * nothing has to be allocated or remembered but "this slot is there".  Nothing is
 * ever lost or failed while that device works, however full the backend is.
 *
 * The bio for it is part of the operation.  It is submitted by the worker, as a
 * refusal arrives in any context.
 */
#include <linux/sched/mm.h>

#include "swap.h"

/**
 * swap_backing_open - open the configured backing device
 * @swap: the device; its size is taken from the backing device when it is 0
 *
 * Return: 0 or what opening it said; -ENOSPC when it is too small; -EINVAL when its
 * blocks are larger than a page.
 */
int swap_backing_open(struct pam_swap *swap)
{
	struct block_device *bdev;
	u64 size;

	swap->backing = bdev_file_open_by_path(swap->backing_path, BLK_OPEN_READ | BLK_OPEN_WRITE,
					       swap, NULL);
	if (IS_ERR(swap->backing)) {
		int error = PTR_ERR(swap->backing);

		swap->backing = NULL;
		swap_err(swap, "cannot open backing_dev %s: error %d%s\n", swap->backing_path,
			 error, error == -EBUSY ? " (it is in use)" : "");
		return error;
	}
	bdev = file_bdev(swap->backing);
	size = round_down(bdev_nr_bytes(bdev), PAGE_SIZE);
	if (bdev_logical_block_size(bdev) > PAGE_SIZE) {
		swap_err(swap, "backing_dev %s has blocks of %u bytes, at most %lu can be used\n",
			 swap->backing_path, bdev_logical_block_size(bdev), PAGE_SIZE);
		swap_backing_close(swap);
		return -EINVAL;
	}
	if (!swap->size)
		swap->size = size;
	if (swap->size > size) {
		swap_err(swap, "size is %llu, but backing_dev %s has only %llu bytes\n",
			 swap->size, swap->backing_path, size);
		swap_backing_close(swap);
		return -ENOSPC;
	}
	return 0;
}

/**
 * swap_backing_close - let go of the backing device, if there is one
 * @swap: the device
 */
void swap_backing_close(struct pam_swap *swap)
{
	if (swap->backing)
		bdev_fput(swap->backing);
	swap->backing = NULL;
}

static void backing_done(struct bio *bio)
{
	struct swap_io *io = bio->bi_private;
	blk_status_t status = bio->bi_status;
	bool write = op_is_write(bio_op(bio));

	bio_uninit(bio);
	if (unlikely(status))
		swap_err_limited(io->swap, "slot %u: %s of backing_dev %s failed\n", io->slot,
				 write ? "write" : "read", io->swap->backing_path);
	/* A failed read may succeed later; after a failed write nothing is right. */
	swap_io_end(io, status && write ? SLOT_LOST : SLOT_BACKING, status);
}

/**
 * swap_to_backing - let the backing device do an operation
 * @io: a read or write that holds its slot's lock
 *
 * Context: any.
 */
void swap_to_backing(struct swap_io *io)
{
	struct pam_swap *swap = io->swap;
	unsigned long flags;

	spin_lock_irqsave(&swap->queue_lock, flags);
	list_add_tail(&io->pam.list, &swap->to_backing);
	spin_unlock_irqrestore(&swap->queue_lock, flags);
	queue_work(swap->wq, &swap->work);
}

/**
 * swap_issue_backing - submit what waits for the backing device
 * @swap: the device
 *
 * Context: the worker.
 */
void swap_issue_backing(struct pam_swap *swap)
{
	struct swap_io *io, *next;
	struct blk_plug plug;
	unsigned int noio;
	LIST_HEAD(list);

	spin_lock_irq(&swap->queue_lock);
	list_splice_init(&swap->to_backing, &list);
	spin_unlock_irq(&swap->queue_lock);
	if (list_empty(&list))
		return;
	/*
	 * Reclaim may be waiting for these writes, but not in this thread: what the
	 * backing device's driver allocates must not wait for reclaim in turn.
	 */
	noio = memalloc_noio_save();
	blk_start_plug(&plug);
	list_for_each_entry_safe(io, next, &list, pam.list) {
		blk_opf_t opf = io->parent->bi_opf;
		struct bio *bio = &io->bio;

		list_del(&io->pam.list);
		swap_count(swap, op_is_write(opf) ? STAT_BACKING_WRITES : STAT_BACKING_READS, 1);
		opf &= REQ_OP_MASK | REQ_SYNC | REQ_META | REQ_PRIO | REQ_SWAP;
		bio_init(bio, file_bdev(swap->backing), &io->vec, 1, opf);
		bio->bi_vcnt = 1;
		bio->bi_iter.bi_size = PAGE_SIZE;
		bio->bi_iter.bi_sector = (sector_t)io->slot << (PAGE_SHIFT - SECTOR_SHIFT);
		bio->bi_private = io;
		bio->bi_end_io = backing_done;
		submit_bio(bio);
	}
	/* Submits what was held back. */
	blk_finish_plug(&plug);
	memalloc_noio_restore(noio);
}
