/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pam_swap: block devices whose blocks are pages of a persistent PAM pool, made
 * to be swapped to.  It does frontswap's job on kernels that have none: only a
 * block device is told of single slots that became free, and only a block device
 * gets large folios.
 *
 *	configfs.c	what an operator sets; switches a device on and off
 *	dev.c		a device's life: pool, tables, disk
 *	io.c		bios to page operations and back
 *	slots.c		the state of every slot, and who may change it
 *	flush.c		slots that became free
 *	backing.c	pages the pool refused, on an optional block device
 *	stats.c		/sys/block/NAME/pam/
 *
 * Slots
 * -----
 * A slot is PAGE_SIZE bytes of the device.  Its state is one 32-bit word, changed
 * by compare-and-exchange only (slots.c): where its page is, a generation, and
 * three bits: BUSY, FREED, WAIT.
 *
 * BUSY is the slot's lock: at most one operation works on a slot at a time.
 * Concurrent writes to one slot therefore cannot disagree with the pool about
 * which one was last, which matters because a put that fails removes the page:
 * "A succeeds, B fails" leaves the page present or absent depending on an order
 * nobody could know.  An operation that finds its slot BUSY is parked, sets WAIT,
 * and is handed the lock when it is its turn; nobody spins.  No operation waits
 * for a slot while it keeps another one from being submitted.
 *
 * Handles and generations
 * -----------------------
 * The page of a slot has the handle {0, generation << 32 | slot}.  swap tells us
 * that a slot became free under spinlocks, so the page's flush is posted and not
 * waited for, and the slot may be written again before that flush is executed, by
 * another CPU through another queue, in any order.  So:
 *
 *  - Whenever a flush of a slot's page is issued, the slot gets the next
 *    generation in the same step, under BUSY.  The late flush names a handle that
 *    no later put will use; it cannot hurt it.
 *  - Writing a slot that was not freed reuses the handle: a put replaces.
 *  - When a flush cannot be issued at once (no preallocated request is left, or
 *    the backend cannot take it without waiting), the slot is DEAD: it reads as
 *    zeros, keeps its generation, and a worker flushes it later.  A write to a
 *    DEAD slot replaces the dead page, and no flush is needed any more.
 *  - Generations wrap.  A slot at the last generation is never flushed at once
 *    but becomes DEAD, and the worker waits until no flush of this device is
 *    outstanding before it lets generation 0 be used again.  Any earlier flush
 *    under generation 0 was issued before and is complete by then.  So the wrap
 *    is exact however slow a flush is, and 16 bits are enough.  Devices start 64
 *    generations before the wrap, so that it is ordinary, not rare.
 *
 * A flush can be outstanding while its slot holds a page again, so the pool may
 * hold SWAP_FLUSHES pages more than there are slots; the reserve counts them.
 *
 * Progress
 * --------
 * Nothing allocates memory after a device is switched on.  Page operations and
 * flushes come from two fixed pools.  A bio that finds no operation free is
 * queued, first come, first served, and each operation that ends continues the
 * queue through a worker; so nothing sleeps while it holds what others wait for.
 * All waits are for the backend alone, which promises to complete every request.
 *
 * Who writes faster than the backend has to wait, or reclaim puts a whole control
 * group's memory under writeback, finds nothing else there, and the kernel ends a
 * program.  So who submitted a write that had to be queued sleeps until no more than
 * SWAP_QUEUED pages of the queue, up to the write's end, are still to be started.
 * Of queued writes whose submitters went on there are never more, however many
 * submitters there are; and each one that sleeps has one bio there.  What is queued
 * later, or may not sleep, cannot prolong it: the wait ends at the bio's own place.
 * Reads are queued without it, as what reads has little of it under way (a program
 * and its read-ahead), but they count for the writes behind them; discards are not
 * queued.
 *
 * That wait cannot deadlock:
 *  - It is for bios that are the worker's already, down to the last page.  The
 *    sleeper has none of our locks, slots or operations.  Bios on its
 *    current->bio_list come after its own, or belong to devices above this one:
 *    nothing that the backend or the backing device needs.  Requests in its plug
 *    are sent off when it sleeps.
 *  - The worker has a rescuer, never submits to its own device, and allocates
 *    nothing that could make it swap; nor do backends while they take, execute or
 *    recover requests (pam.h).
 *  - When the backend is gone, operations fail or go to the backing device, and the
 *    queue drains as ever.
 *  - A sleeper is inside of the disk's queue, which del_gendisk() waits for, and is
 *    woken by the worker only, which swap_free() waits for.  So neither finds the
 *    device gone.
 *  - Who must not sleep (REQ_NOWAIT) does not come here: the block layer refuses
 *    it for a disk without BLK_FEAT_NOWAIT.
 */
#ifndef PAM_SWAP_H
#define PAM_SWAP_H

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/bitfield.h>
#include <linux/blkdev.h>
#include <linux/configfs.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sbitmap.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "pam.h"

/* Page operations at once, of a device; a 2 MiB folio is 512. */
#define SWAP_IOS		512
/* Pages queued for want of an operation, beyond which writes wait. */
#define SWAP_QUEUED		SWAP_IOS
/* Posted flushes at once, of a device. */
#define SWAP_FLUSHES		256
/* How long the synchronous option polls before it leaves a bio to interrupts. */
#define SWAP_POLL_NS		(20 * NSEC_PER_USEC)

#define SLOT_GEN		GENMASK(15, 0)
#define SLOT_WHERE		GENMASK(18, 16)
#define SLOT_BUSY		BIT(19)
#define SLOT_FREED		BIT(20)
#define SLOT_WAIT		BIT(21)

#define SLOT_GEN_LAST		FIELD_MAX(SLOT_GEN)
#define SLOT_GEN_FIRST		(SLOT_GEN_LAST - 63)

/* What the upper 32 bits of an index leave for slots; the last one is no slot. */
#define SWAP_MAX_SLOTS		U32_MAX

/**
 * enum slot_where - where a slot's page is
 * @SLOT_ABSENT: nowhere; reads as zeros
 * @SLOT_CARD: in the pool
 * @SLOT_BACKING: on the backing device
 * @SLOT_LOST: a write failed; reads fail until the next write or free
 * @SLOT_DEAD: freed, but still to be flushed from the pool; reads as zeros
 */
enum slot_where {
	SLOT_ABSENT,
	SLOT_CARD,
	SLOT_BACKING,
	SLOT_LOST,
	SLOT_DEAD,
};

/* Counters, and their files' names in stats.c. */
enum swap_stat {
	STAT_READ_BIOS,
	STAT_WRITE_BIOS,
	STAT_PUTS,
	STAT_PUTS_REFUSED,
	STAT_PUT_NS,
	STAT_GETS,
	STAT_GET_NS,
	STAT_ZERO_READS,
	STAT_FLUSHES_POSTED,
	STAT_FLUSHES_DEFERRED,
	STAT_FLUSHES_SAVED,
	STAT_GENERATION_WRAPS,
	STAT_BACKING_READS,
	STAT_BACKING_WRITES,
	STAT_READ_ERRORS,
	STAT_WRITE_ERRORS,
	STAT_SLOT_WAITS,
	STAT_BIOS_QUEUED,
	STAT_WRITE_WAITS,
	STAT_SLOTS_CARD,
	STAT_SLOTS_BACKING,
	NR_SWAP_STATS,
};

struct swap_stats {
	s64 count[NR_SWAP_STATS];
};

struct pam_swap;

/**
 * struct swap_io - one slot's read or write
 * @pam: the request; its list also links a waiting operation
 * @swap: the device
 * @parent: the bio it is a part of; one of its remaining-references is ours
 * @users: the operation itself, and who polls for it
 * @tag: its place in the device's table
 * @slot: which slot
 * @word: the slot's word when it was locked
 * @acct: when it began, for the disk's statistics
 * @bio: for the backing device
 * @vec: the page of @bio
 */
struct swap_io {
	struct pam_request pam;
	struct pam_swap *swap;
	struct bio *parent;
	atomic_t users;
	unsigned int tag;
	u32 slot;
	u32 word;
	unsigned long acct;
	struct bio bio;
	struct bio_vec vec;
};

/**
 * struct swap_flush - one posted flush
 * @pam: the request
 * @swap: the device
 * @tag: its place in the device's table
 */
struct swap_flush {
	struct pam_request pam;
	struct pam_swap *swap;
	unsigned int tag;
};

/**
 * struct pam_swap - a device
 * @group: its folder in configfs
 * @lock: held by whoever looks at or changes the configuration
 * @backend_name: configuration: PAM backend
 * @backing_path: configuration: block device for refused pages, or empty
 * @size: configuration: bytes, 0 = that of the backing device
 * @synchronous: configuration: swap waits in place
 * @powered: switched on; the fields below are valid
 * @claimed: being switched off; it cannot be opened any more. Under open_mutex
 * @lost: the backend is gone
 * @backend: the PAM backend
 * @pool: our pool
 * @backing: the backing device, or NULL
 * @disk: the disk
 * @nr_slots: its slots
 * @slots: their words
 * @stats: counters
 * @ios: page operations
 * @io_tags: which of @ios are in use
 * @queue_lock: the innermost lock, taken in any context
 * @parked: operations waiting for a slot's lock
 * @granted: operations that were handed a slot's lock, to be continued
 * @to_backing: operations that go to the backing device
 * @queued: bios waiting for free operations
 * @queue_in: bytes ever queued
 * @queue_out: of these, bytes that operations were started for
 * @sleepers: submitters of queued writes, in the queue's order
 * @wq: runs the works below
 * @work: continues what is @granted, @to_backing, @queued
 * @flushes: posted flushes
 * @flush_tags: which of @flushes are in use
 * @flushing: how many are outstanding
 * @flush_hold: no new ones from frees: the worker waits for @flushing to be 0
 * @flush_wait: for that
 * @dead: slots to flush, one bit a slot
 * @flush_work: flushes them
 * @lost_work: tells the block layer that the backend is gone
 */
struct pam_swap {
	struct config_group group;
	/* Configuration, and switching on and off. */
	struct mutex lock;

	char backend_name[PAM_NAME_LEN];
	char *backing_path;
	u64 size;
	bool synchronous;

	bool powered;
	bool claimed;
	unsigned long lost;
	struct pam_backend *backend;
	struct pam_pool *pool;
	struct file *backing;
	struct gendisk *disk;
	u32 nr_slots;
	atomic_t *slots;
	struct swap_stats __percpu *stats;

	struct swap_io *ios;
	struct sbitmap io_tags;
	/* All up to @sleepers, and the WAIT bit of all slots. */
	spinlock_t queue_lock;
	struct list_head parked;
	struct list_head granted;
	struct list_head to_backing;
	struct bio_list queued;
	u64 queue_in;
	u64 queue_out;
	struct list_head sleepers;
	struct workqueue_struct *wq;
	struct work_struct work;

	struct swap_flush *flushes;
	struct sbitmap flush_tags;
	atomic_t flushing;
	bool flush_hold;
	wait_queue_head_t flush_wait;
	unsigned long *dead;
	struct work_struct flush_work;
	struct work_struct lost_work;
};

#define swap_err(swap, fmt, ...) \
	pr_err("pam_swap: %s: " fmt, config_item_name(&(swap)->group.cg_item), ##__VA_ARGS__)
#define swap_err_limited(swap, fmt, ...) \
	pr_err_ratelimited("pam_swap: %s: " fmt, config_item_name(&(swap)->group.cg_item), \
			   ##__VA_ARGS__)

static inline void swap_count(struct pam_swap *swap, enum swap_stat stat, s64 by)
{
	this_cpu_add(swap->stats->count[stat], by);
}

static inline enum slot_where slot_where(u32 word)
{
	return FIELD_GET(SLOT_WHERE, word);
}

static inline u32 slot_gen(u32 word)
{
	return FIELD_GET(SLOT_GEN, word);
}

static inline void slot_handle(struct pam_handle *handle, u32 slot, u32 gen)
{
	*handle = (struct pam_handle){ .index = (u64)gen << 32 | slot };
}

/* configfs.c */
int swap_configfs_register(void);
void swap_configfs_unregister(void);

/* dev.c */
int swap_power_on(struct pam_swap *swap);
int swap_power_off(struct pam_swap *swap);
u64 swap_largest(struct pam_swap *swap);
void swap_backend_lost(struct pam_swap *swap);

/* io.c */
void swap_submit_bio(struct bio *bio);
void swap_work(struct work_struct *work);
void swap_io_end(struct swap_io *io, enum slot_where where, blk_status_t status);

/* slots.c */
bool slot_lock(struct pam_swap *swap, struct swap_io *io);
void slot_unlock(struct pam_swap *swap, u32 slot, enum slot_where where, u32 gen);
bool slot_begin_free(struct pam_swap *swap, u32 slot, u32 *gen);
int slot_take_dead(struct pam_swap *swap, u32 slot, bool may_wrap, u32 *gen);

/* flush.c */
void swap_free_notify(struct block_device *bdev, unsigned long slot);
void swap_discard(struct pam_swap *swap, struct bio *bio);
void swap_defer_flush(struct pam_swap *swap, u32 slot);
void swap_flush_work(struct work_struct *work);
void swap_flush_wait(struct pam_swap *swap);

/* backing.c */
int swap_backing_open(struct pam_swap *swap);
void swap_backing_close(struct pam_swap *swap);
void swap_to_backing(struct swap_io *io);
void swap_issue_backing(struct pam_swap *swap);

/* stats.c */
extern const struct attribute_group *swap_stat_groups[];

#endif /* PAM_SWAP_H */
