/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of libpamdev, above the transports:
 *
 *   device.c  open, enable, reset, close
 *   admin.c   admin commands, one at a time
 *   memory.c  memory the card can reach
 *   ring.c    a pair of rings: entries, doorbells, phase bits, sleeping
 *   pool.c    pools
 *   queue.c   queues: their life, and what becomes of them in a reset
 *   prep.c    operations on their way to the card
 *   reap.c    and back
 *   sync.c    synchronous functions, on queues of the device's own
 *   status.c  statuses, errnos, texts
 *   logs.c    log pages
 */
#ifndef PAMDEV_DEVICE_H
#define PAMDEV_DEVICE_H

#include <errno.h>
#include <pthread.h>

#include "transport.h"

#define NS_PER_MS 1000000ull
#define NS_PER_US 1000ull

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define DEFAULT_TIMEOUT_MS 10000u
#define DEFAULT_DEPTH      128u
#define MIN_DEPTH          (1u << PAMC_MIN_QUEUE_SHIFT)
/* The completion ring has twice as many entries as the submission ring. */
#define MAX_DEPTH   (1u << (PAMC_MAX_QUEUE_SHIFT - 1))
#define ADMIN_SHIFT PAMC_MIN_QUEUE_SHIFT
#define SYNC_QUEUES 4u
#define SYNC_DEPTH  MIN_DEPTH
#define MAX_REGIONS 256u

/* ---- rings ---- */

struct ring {
	struct transport *transport;
	struct pamc_sqe *sq; /* 64-byte entries; admin entries go in as bytes */
	struct pamc_cqe *cq;
	uint16_t sq_mask;
	uint16_t cq_mask;
	uint16_t tail;     /* after the last entry written */
	uint16_t rung;     /* after the last entry the card knows of */
	uint16_t head;     /* of the completion ring */
	uint16_t reported; /* the head the card knows of */
	uint16_t taken;    /* entries before it the card has taken */
	uint64_t doorbell; /* offset of its page in PAMC_BAR_DB */
	unsigned int vector;
};

/* Each of the two rings begins on a 4 KiB boundary. */
static inline size_t ring_round(size_t bytes)
{
	return (bytes + PAMC_BLOCK_SIZE - 1) & ~(size_t)(PAMC_BLOCK_SIZE - 1);
}

static inline size_t ring_bytes(unsigned int depth)
{
	return ring_round(depth * sizeof(struct pamc_sqe)) +
	       ring_round(2 * depth * sizeof(struct pamc_cqe));
}

/* Lays empty rings for `depth` entries into memory of ring_bytes(depth), 4 KiB aligned. */
void ring_init(struct ring *ring, struct transport *transport, void *memory, unsigned int depth,
	       unsigned int qid, unsigned int vector);
/* Tells the card about the entries written since the last time. */
int ring_submit(struct ring *ring, bool push);
/* Done with what ring_peek gave. */
void ring_consumed(struct ring *ring);
/* Arms the interrupt and sleeps for it, at most so long; returns early when need be. */
void ring_sleep(struct ring *ring, uint64_t timeout_ns);
uint64_t now_ns(void);

/* The next completion, or NULL; it stays valid until ring_consumed. */
static inline const struct pamc_cqe *ring_peek(const struct ring *ring)
{
	const struct pamc_cqe *cqe = &ring->cq[ring->head & ring->cq_mask];
	/* From sq_head to status: the half that the card makes valid in one write. */
	uint64_t last =
	    __atomic_load_n((const uint64_t *)(const void *)&cqe->sq_head, __ATOMIC_ACQUIRE);
	/* The phase is 1 on the first pass over the ring, then alternates. */
	uint64_t phase = !(ring->head & (ring->cq_mask + 1u));

	return (last >> 48 & 1) == phase ? cqe : NULL;
}

/* ---- devices ---- */

/* Memory the card can reach; entries with size 0 are free. */
struct region {
	_Atomic uintptr_t start;
	_Atomic size_t size;
	bool owned; /* by pamdev_alloc */
};

struct sync_queue {
	pthread_mutex_t lock;
	struct pamdev_queue *queue;
};

struct pamdev {
	struct transport *transport;
	char *uri;
	uint64_t timeout_ns;
	uint64_t cap;
	/* 0, or why the card is out of order; the transport's state comes first. */
	_Atomic int disabled;
	/* Counts controller resets; queues compare it with their own. */
	_Atomic uint32_t generation;
	/* BOOT_EPOCH as of the last enable; pools of another epoch are lost. */
	_Atomic uint64_t epoch;

	/* Admin queue. */
	pthread_mutex_t admin_lock;
	struct ring admin;
	void *admin_rings;
	void *admin_data; /* PAMC_MAX_ADMIN_DATA bytes */
	uint16_t admin_cid;

	pthread_mutex_t qid_lock;
	uint64_t qids; /* bit n: queue pair n is in use */

	pthread_mutex_t region_lock;
	struct region regions[MAX_REGIONS];
	_Atomic unsigned int region_count;

	struct sync_queue sync[SYNC_QUEUES];
};

/* device.c: what keeps the card from working, or 0. */
int device_state(const struct pamdev *dev);
/* Gives up on the controller: no command of it touches memory after this. */
void device_disable(struct pamdev *dev);

/* admin.c */
int admin_start(struct pamdev *dev);
/*
 * Executes a command with out_size bytes of data to the card and in_size bytes
 * from it; cid, addr and length are filled in here. cqe may be NULL. The errno of
 * its status; -ETIMEDOUT.
 */
int admin_command(struct pamdev *dev, struct pamc_admin_sqe *entry, const void *out,
		  size_t out_size, void *in, size_t in_size, struct pamc_cqe *cqe);

/* memory.c */
/* Zeroed memory of the card's, for the library itself; NULL: none. */
void *memory_alloc(struct pamdev *dev, size_t size);
void memory_free(struct pamdev *dev, void *memory);
void memory_free_all(struct pamdev *dev);
/* Can the card reach these bytes? */
bool memory_reachable(const struct pamdev *dev, const void *address, size_t size);

/* status.c */
int status_errno(unsigned int status);

/* ---- pools ---- */

struct pamdev_pool {
	struct pamdev *dev;
	uint64_t epoch;
	uint32_t id;
	uint8_t order;
	uint8_t type;
	uint16_t domain;
};

/* ---- queues ---- */

/* An operation from prep to reap. */
struct slot {
	uint64_t user_data;
	void *copy_to;      /* get: the caller's buffer, of a page that was bounced */
	const void *page;   /* where the data is, for its CRC; NULL: no CRC */
	uint32_t copy_mask; /* getv: bit n: block n was bounced */
	uint32_t sequence;  /* of preparation */
	int16_t forced;     /* this status whatever the card says; 0 = the card's */
	uint16_t entry;     /* index in the submission ring */
	uint8_t opcode;
	uint8_t order;
	bool busy;
	bool list; /* getv, putv: blocks lie apart */
};

struct pamdev_queue {
	struct pamdev *dev;
	struct ring ring;
	struct slot *slots;  /* by cid */
	uint16_t *free_cids; /* stack: the last one used is used next */
	unsigned int free_count;
	unsigned int depth;
	size_t max_bytes; /* of a page */
	uint32_t sequence;
	uint32_t generation;
	uint64_t epoch;
	int broken; /* 0, or what becomes of all that is outstanding */
	bool check_crc;
	bool push_one;
	bool push_all;
	bool reaches_all;
	uint64_t spin_ns;
	unsigned int qid;
	uint16_t domain;
	/* Memory of the card's: rings, bounce pages, block lists. */
	void *rings;
	char *bounce;                            /* max_bytes for each cid */
	uint64_t (*lists)[PAMC_MAX_PAGE_BLOCKS]; /* block addresses, for each cid */
	void *(*scatter)[PAMC_MAX_PAGE_BLOCKS];  /* getv: the caller's blocks */
};

/*
 * queue.c: called when the device's generation has moved on or it is out of
 * order; marks the queue broken, or sets it up again if nothing is outstanding.
 */
void queue_revise(struct pamdev_queue *queue);

/* Is everything as it was when the queue was set up? */
static inline bool queue_current(const struct pamdev_queue *queue)
{
	return likely(atomic_load_explicit(&queue->dev->generation, memory_order_relaxed) ==
			  queue->generation &&
		      !queue->broken);
}

#endif /* PAMDEV_DEVICE_H */
