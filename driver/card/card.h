/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Driver of the PAM card: what its files share.
 *
 *	main.c		module and its parameters
 *	pci.c		finding and leaving a card
 *	power.c		sleep, PCI errors and resets
 *	ctrl.c		the controller: ready wait, version, bring-up
 *	order.c		commands on one page, over a reset
 *	recovery.c	watchdog, timeout, abort, controller reset, re-issue, loss
 *	ring.c		rings and doorbells of any queue pair
 *	queue.c		I/O queue pairs: issue, completion, poll, interrupt
 *	setup.c		I/O queue pairs: memory, CPUs, vectors
 *	io.c		operations of the PAM core on pages
 *	pool.c		operations of the PAM core on pools
 *	admin.c		admin commands
 *	event.c		asynchronous events
 *	firmware.c	new firmware
 *	sysfs.c		what the operator sees
 *
 * Locks, outer first:
 *	pcard.reset_lock	one change of state at a time
 *	pcard_admin.mutex	one admin command at a time, and the list of pools
 *	pcard_queue.lock,	the rings, taken with interrupts off; completions are
 *	pcard_admin.lock	called after they are dropped
 *
 * The bring-up after a reset runs under reset_lock and allocates nothing, as
 * memory may wait for the pages it is about to re-issue.
 */
#ifndef PAM_CARD_H
#define PAM_CARD_H

#include <linux/completion.h>
#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/uuid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "pam.h"
#include "pamc_if.h"

/* Times a request is issued in all, over aborts and resets. */
#define PCARD_MAX_TRIES		3

/* log2 of the classes of pages by which order.c tells whether two may be the same. */
#define PCARD_CLASS_BITS	8
/* Controller resets in a row without one completion, until the card is given up. */
#define PCARD_MAX_RESETS	3
/* How long PCI error recovery may take, until the card is given up. */
#define PCARD_PCI_RECOVERY_MS	60000
#define PCARD_ADMIN_SHIFT	PAMC_MIN_QUEUE_SHIFT
#define PCARD_ADMIN_DATA	8192
#define PCARD_EVENTS		2

enum pcard_push {
	PCARD_PUSH_OFF,
	PCARD_PUSH_ON,
	PCARD_PUSH_AUTO,
};

/* Module parameters; main.c describes them. */
struct pcard_options {
	unsigned int timeout_ms;
	unsigned int queues;
	unsigned int queue_depth;
	unsigned int coalesce_count;
	unsigned int coalesce_usec;
	enum pcard_push push;
	bool crc;
	bool adopt;
	uuid_t owner;
};

extern struct pcard_options pcard_options;

/**
 * struct pcard_ring - the two rings of a queue pair and its doorbell page
 * @sq: submission ring
 * @cq: completion ring
 * @sq_dma: bus address of @sq
 * @cq_dma: bus address of @cq
 * @db: doorbell page
 * @tail: next submission entry; runs freely, as @head
 * @head: next completion entry
 * @acked: value of @head that the card was told last
 * @qid: number of the queue pair
 * @sq_shift: log2 of the entries of @sq
 * @cq_shift: log2 of the entries of @cq
 * @combining: @db is mapped write-combining, so writes must be flushed
 * @armed: the card was asked for an interrupt that did not come yet
 */
struct pcard_ring {
	void *sq;
	struct pamc_cqe *cq;
	dma_addr_t sq_dma;
	dma_addr_t cq_dma;
	void __iomem *db;
	u32 tail;
	u32 head;
	u32 acked;
	u16 qid;
	u8 sq_shift;
	u8 cq_shift;
	bool combining;
	bool armed;
};

/* Content of pam_request.priv. */
struct pcard_request {
	struct pcard_queue *queue;
	struct pcard_pool *pool;
	dma_addr_t dma;
	u32 bytes;		/* 0: no page */
	u32 waiting_since;	/* jiffies when mapping failed first; 0: it did not */
	u32 crc;		/* of the page */
	u32 poll_epoch;		/* see struct pcard_cmd; 0: not polled */
	int status;
	u16 slot;
	u8 opcode;
	u8 flags;
	u8 tries;
};

static_assert(sizeof(struct pcard_request) <= PAM_REQUEST_PRIV);

#define PCARD_MAPPED	BIT(0)	/* dma is valid */
#define PCARD_EXCLUSIVE	BIT(1)
#define PCARD_REISSUED	BIT(2)	/* may have been executed before a reset */
#define PCARD_INTERNAL	BIT(3)	/* the driver's own: completes private */
#define PCARD_PUT_FAILED BIT(4)	/* a flush in place of a put that failed: ends in -EIO */

static inline struct pcard_request *pcard_request(struct pam_request *request)
{
	return (struct pcard_request *)request->priv;
}

/* A command that the card has. */
struct pcard_cmd {
	struct pam_request *request;	/* NULL: the slot is free */
	u32 seq;		/* value of ring.tail; orders commands */
	u32 start;		/* jiffies */
	u32 poll_epoch;		/* polled while equal to the queue's */
	u16 cid;		/* slot, and a generation above it */
	bool aborted;		/* ABORT was sent */
	u8 class;		/* of its page (order.c) */
};

enum pcard_queue_state {
	PCARD_QUEUE_RUNS,
	PCARD_QUEUE_STOPPED,	/* requests wait */
	PCARD_QUEUE_DEAD,	/* requests fail */
};

/* For people; written under the queue's lock, read without. */
struct pcard_counters {
	u64 commands;
	u64 completions;
	u64 pushes;
	u64 doorbells;
	u64 arms;
	u64 interrupts;
	u64 poll_hits;
	u64 missed_interrupts;
	u64 queue_full;
	u64 map_failures;
	u64 bad_completions;
	u64 timeouts;
	u64 aborts;
	u64 reissued;
};

/**
 * struct pcard_queue - an I/O queue pair
 * @lock: guards all below
 * @ring: its rings
 * @state: whether requests may be issued
 * @nr_free: free slots, their numbers are the first of @free
 * @depth: slots
 * @nr_polled: commands whose submitter polls, so that they need no interrupt
 * @poll_epoch: advances when pollers go to sleep; never 0
 * @nr_wide: how many commands in flight touch a whole object (order.c)
 * @classes: how many of the others touch a page of each class
 * @cmds: command slots
 * @free: slot numbers
 * @waiting: requests without a slot, in order
 * @counters: for people
 * @card: the card
 * @dev: for DMA mapping
 * @irq: Linux interrupt number
 * @cpus: those that submit here
 */
struct pcard_queue {
	spinlock_t lock;	/* guards all below */
	struct pcard_ring ring;
	enum pcard_queue_state state;
	unsigned int nr_free;
	unsigned int depth;
	unsigned int nr_polled;
	u32 poll_epoch;
	u16 nr_wide;
	u16 classes[1 << PCARD_CLASS_BITS];
	struct pcard_cmd *cmds;
	u16 *free;
	struct list_head waiting;
	struct pcard_counters counters;
	struct pcard *card;
	struct device *dev;
	int irq;
	cpumask_t cpus;
} ____cacheline_aligned_in_smp;

struct pcard_event {
	u32 event;
	u32 info;
};

/**
 * struct pcard_admin - the admin queue pair
 * @mutex: held by who has a command there; guards @data and pcard.pools
 * @data: what commands transfer
 * @lock: guards @ring and what follows
 * @cid: of the command in progress
 * @busy: there is one
 * @given_up: the last one was ended without an answer because of a reset
 * @failed: commands fail until the controller is up again
 * @cqe: its completion
 * @done: signals @cqe or @given_up
 * @asked: ASYNC_EVENT commands that the card has, by their number
 * @events: their answers; event 0 = none
 * @event_work: reports @events and asks for more
 */
struct pcard_admin {
	struct mutex mutex;	/* held by who has a command there */
	void *data;
	dma_addr_t data_dma;
	spinlock_t lock;	/* guards all below */
	struct pcard_ring ring;
	u16 cid;
	bool busy;
	bool given_up;
	bool failed;
	struct pamc_cqe cqe;
	struct completion done;
	bool asked[PCARD_EVENTS];
	struct pcard_event events[PCARD_EVENTS];
	struct work_struct event_work;
};

enum pcard_state {
	PCARD_PAUSED,		/* coming up, in reset, suspended */
	PCARD_LIVE,
	PCARD_DEAD,
};

struct pcard {
	struct pci_dev *pdev;
	void __iomem *regs;
	void __iomem *db;
	bool combining;
	bool push;
	unsigned int max_order;
	u64 cap;
	u64 epoch;
	struct pamc_identify identify;
	int id;
	char name[16];
	struct pam_backend *backend;

	struct mutex reset_lock;	/* one change of state at a time */
	enum pcard_state state;
	wait_queue_head_t state_changed;
	unsigned long pci_deadline;	/* jiffies; 0: no PCI recovery in progress */
	unsigned int fruitless_resets;
	bool hopeless;			/* no further reset: to be given up */
	u64 completions_seen;
	u64 resets;
	const char *reset_reason;
	struct workqueue_struct *wq;
	struct work_struct reset_work;
	struct delayed_work watch_work;

	struct pcard_admin admin;
	unsigned int nr_vectors;
	unsigned int nr_queues;
	struct pcard_queue *queues;
	struct pcard_queue **queue_of;	/* by CPU */

	struct list_head pools;
	struct dentry *debugfs;
	struct fw_upload *upload;	/* NULL: there are no slots for firmware */
	bool upload_canceled;
};

/**
 * struct pcard_pool - a pool on the card
 * @node: in pcard.pools
 * @card: the card
 * @id: as the card calls it; changes when the pool had to be made again
 * @bytes: page size
 * @persistent: not ephemeral
 * @durable: pages that were synced come back with power, under another id
 * @unique: no other durable pool on the card that is ours has its name
 * @lost: its pages are gone with the card's memory, or what came back is older
 * @params: as the core gave them, for making it again
 */
struct pcard_pool {
	struct list_head node;
	struct pcard *card;
	u32 id;
	u32 bytes;
	bool persistent;
	bool durable;
	bool unique;
	bool lost;
	struct pam_pool_params params;
};

#define pcard_dev(card) (&(card)->pdev->dev)

/* power.c */
extern const struct dev_pm_ops pcard_pm_ops;
extern const struct pci_error_handlers pcard_error_handlers;

/* pci.c */
extern struct pci_driver pcard_driver;

/* ctrl.c */
u32 pcard_read(struct pcard *card, unsigned int reg);
bool pcard_gone(struct pcard *card);
int pcard_identify_interface(struct pcard *card);
int pcard_disable(struct pcard *card);
void pcard_notify_shutdown(struct pcard *card);
int pcard_bring_up(struct pcard *card, bool sweep);

/* order.c */
void pcard_order_enter(struct pcard_queue *q, struct pcard_cmd *cmd);
void pcard_order_leave(struct pcard_queue *q, struct pcard_cmd *cmd);
bool pcard_order_waits(const struct pcard_queue *q, struct pam_request *request);
bool pcard_order_allows_again(const struct pcard_queue *q, const struct pcard_cmd *cmd);

/* recovery.c */
void pcard_recovery_init(struct pcard *card);
void pcard_watch(struct pcard *card);
void pcard_recover(struct pcard *card, const char *reason);
void pcard_despair(struct pcard *card, const char *reason);
void pcard_stop_queues(struct pcard *card);
int pcard_quiesce(struct pcard *card);
int pcard_go_live(struct pcard *card);
int pcard_reset(struct pcard *card);
int pcard_restart(struct pcard *card);
void pcard_close(struct pcard *card);
void pcard_die(struct pcard *card, const char *reason);

/* ring.c */
int pcard_ring_alloc(struct pcard *card, struct pcard_ring *ring, u16 qid, u8 sq_shift,
		     u8 cq_shift);
void pcard_ring_free(struct pcard *card, struct pcard_ring *ring);
void pcard_ring_reset(struct pcard_ring *ring);

/* setup.c */
int pcard_queues_alloc(struct pcard *card);
void pcard_queues_free(struct pcard *card);
int pcard_queues_irq(struct pcard *card);
void pcard_queues_irq_free(struct pcard *card);

/* queue.c */
irqreturn_t pcard_queue_irq(int irq, void *data);
void pcard_queue_submit(struct pcard_queue *q, struct list_head *batch);
void pcard_queue_kick(struct pcard_queue *q);
unsigned int pcard_queue_poll(struct pcard_queue *q, bool sleep);
void pcard_queue_check(struct pcard_queue *q);
void pcard_queue_rewind(struct pcard_queue *q);
void pcard_queue_set_state(struct pcard_queue *q, enum pcard_queue_state state);

/* io.c */
extern const struct pam_backend_ops pcard_ops;
bool pcard_map(struct device *dev, struct pam_request *request);
void pcard_unmap(struct device *dev, struct pam_request *request);
void pcard_finish(struct pcard_queue *q, struct list_head *done);

/* pool.c */
int pcard_pool_create(struct pam_backend *backend, const struct pam_pool_params *params,
		      void **priv);
int pcard_pool_open(struct pam_backend *backend, struct pam_pool_params *params, void **priv);
void pcard_pool_close(struct pam_backend *backend, void *priv);
void pcard_pool_destroy(struct pam_backend *backend, void *priv);
int pcard_pool_set(struct pam_backend *backend, void *priv,
		   const struct pam_pool_params *params);
int pcard_pool_flush(struct pam_backend *backend, void *priv);
int pcard_pool_stats(struct pam_backend *backend, void *priv, struct pam_pool_stats *stats);
int pcard_pools_after_loss(struct pcard *card);
void pcard_pools_sweep(struct pcard *card);
int pcard_pools_persistent_pages(struct pcard *card, u64 *pages);
ssize_t pcard_pools_emit_unused(struct pcard *card, char *buf);

/* admin.c */
const char *pcard_status_text(enum pamc_status status);
irqreturn_t pcard_admin_irq(int irq, void *data);
void pcard_admin_poll(struct pcard *card);
void pcard_admin_give_up(struct pcard *card);
void pcard_admin_start(struct pcard *card);
void pcard_admin_ask_event(struct pcard *card, unsigned int number);
int pcard_admin_begin(struct pcard *card);
void pcard_admin_end(struct pcard *card);
int pcard_admin_command(struct pcard *card, struct pamc_admin_sqe *sqe, size_t bytes);
bool pcard_admin_retry(struct pcard *card, int ret);
int pcard_admin_run(struct pcard *card, struct pamc_admin_sqe *sqe, void *buffer, size_t bytes);
int pcard_admin_abort(struct pcard *card, u16 qid, u16 cid);
int pcard_admin_create_queue(struct pcard *card, struct pcard_queue *q, unsigned int vector);
int pcard_admin_log(struct pcard *card, u32 page, void *buffer, size_t bytes);

/* event.c */
void pcard_event_work(struct work_struct *work);

/* firmware.c */
void pcard_firmware_add(struct pcard *card);
void pcard_firmware_remove(struct pcard *card);

/* sysfs.c */
extern const struct attribute_group *pcard_groups[];
void pcard_debugfs_add(struct pcard *card);
void pcard_debugfs_init(void);
void pcard_debugfs_exit(void);

/* Tells the card that everything before @ring->tail is valid. */
static inline void pcard_ring_doorbell(struct pcard_ring *ring)
{
	if (ring->combining)
		wmb(); /* writel waits for the entries only when it does not combine */
	writel(ring->tail & PAMC_DB_SQ_TAIL_INDEX_MASK, ring->db + PAMC_DB_SQ_TAIL);
	if (ring->combining)
		wmb(); /* out with it */
}

/* Tells the card what was consumed; @arm: and asks for an interrupt when there is more. */
static inline void pcard_ring_ack(struct pcard_ring *ring, bool arm)
{
	u32 value = ring->head & PAMC_DB_CQ_HEAD_INDEX_MASK;

	if (arm)
		value |= PAMC_DB_CQ_HEAD_ARM_MASK;
	ring->acked = ring->head;
	ring->armed |= arm;
	writel(value, ring->db + PAMC_DB_CQ_HEAD);
	if (ring->combining)
		wmb(); /* out with it */
}

/* The next completion, or NULL; the caller advances ring->head when it is done with it. */
static inline const struct pamc_cqe *pcard_ring_peek(const struct pcard_ring *ring)
{
	u32 head = READ_ONCE(ring->head);
	const struct pamc_cqe *cqe = &ring->cq[head & (BIT(ring->cq_shift) - 1)];
	u16 phase = ~(head >> ring->cq_shift) & 1;

	if ((le16_to_cpu(READ_ONCE(cqe->status)) & 1) != phase)
		return NULL;
	/* The phase comes last: the rest is valid, and so is the data. */
	dma_rmb();
	return cqe;
}

static inline enum pamc_status pcard_cqe_status(const struct pamc_cqe *cqe)
{
	return (le16_to_cpu(cqe->status) >> 1) & 0xff;
}

static inline bool pcard_queue_waits(const struct pcard_queue *q)
{
	return q->depth - q->nr_free > q->nr_polled;
}

#endif /* PAM_CARD_H */
