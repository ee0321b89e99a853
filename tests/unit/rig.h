/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host made of memory, to test the card model from its outside: bus addresses
 * that can be forbidden, a clock that only moves when told to, interrupts that are
 * counted, and queue pairs as a driver would keep them.
 */
#ifndef RIG_H
#define RIG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pam_model.h"
#include "pamc_if.h"

/* Host memory is RIG_MEMORY bytes from this bus address on. */
#define RIG_BASE   UINT64_C(0x100000000)
#define RIG_MEMORY (UINT64_C(4) << 20)
#define RIG_PAGES  (RIG_MEMORY / PAMC_BLOCK_SIZE)
/* A bus address where there is nothing. */
#define RIG_NOWHERE UINT64_C(0x7000000000)
/* Calls of pam_model_run before a completion is given up. */
/* Accesses that are recorded. */
#define RIG_RECORDS  64
#define RIG_PATIENCE 10000

/* What the card may do with a page of host memory. */
enum rig_access {
	RIG_NONE = 0,
	RIG_READ = 1,
	RIG_WRITE = 2,
	RIG_ALL = 3,
};

/* One access of the card to host memory. */
struct rig_access_record {
	uint64_t addr;
	size_t len;
	bool write;
};

struct rig {
	struct pam_model *model;
	uint8_t *memory;
	uint8_t access[RIG_PAGES];
	uint64_t used; /* bytes handed out by rig_alloc */
	uint64_t now;  /* ns */
	uint64_t tick; /* ns that every look at the clock takes */
	atomic_uint interrupts[PAMC_MAX_VECTORS];
	atomic_uint wakes;
	unsigned int faults; /* accesses refused */
	bool in_place;       /* the card may write to memory itself (dma_place) */
	/* Called before a read of host memory, to change it under the card's nose. */
	void (*before_read)(struct rig *rig, uint64_t addr, size_t len);
	void *before_read_arg;
	/* The latest accesses, all of them while record_count is not more than RIG_RECORDS. */
	struct rig_access_record records[RIG_RECORDS];
	unsigned int record_count;
	/* Called from wake() and irq(), on whatever thread they come; may be NULL. */
	void (*on_wake)(struct rig *rig);
	void (*on_irq)(struct rig *rig, unsigned int vector);
};

/* A queue pair as its owner sees it. */
struct rig_queue {
	struct rig *rig;
	unsigned int qid;
	uint64_t sq, cq; /* bus addresses */
	unsigned int sq_shift, cq_shift;
	uint16_t tail; /* entries written */
	uint16_t head; /* completions consumed */
	uint16_t cid;  /* of the latest entry */
};

union rig_sqe {
	struct pamc_sqe io;
	struct pamc_admin_sqe admin;
};

/*
 * A powered card that is not enabled yet; config may be NULL. A rig that is still open
 * is closed before; a new one must be all zero. False: the card would not start.
 */
bool rig_open(struct rig *rig, const struct pam_model_config *config);
void rig_close(struct rig *rig);
/* size bytes of host memory, 4 KiB aligned, zeroed, RIG_ALL; its bus address. */
uint64_t rig_alloc(struct rig *rig, size_t size);
void *rig_at(struct rig *rig, uint64_t addr);
void rig_allow(struct rig *rig, uint64_t addr, size_t size, enum rig_access access);

uint64_t rig_read(struct rig *rig, unsigned int offset, unsigned int len);
void rig_write(struct rig *rig, unsigned int offset, uint64_t value, unsigned int len);
void rig_doorbell(struct rig *rig, unsigned int qid, unsigned int offset, uint32_t value);
/* Runs the card until it has nothing more to do at once. */
void rig_run(struct rig *rig);

/* Enables the card with an admin queue pair of 1 << shift entries. False: not ready. */
bool rig_enable(struct rig *rig, struct rig_queue *admin, unsigned int shift);
void rig_disable(struct rig *rig);
/* Opens, enables, and makes I/O queue pair 1 (domain 0, no interrupts). */
bool rig_start(struct rig *rig, const struct pam_model_config *config, struct rig_queue *admin,
	       struct rig_queue *io);

struct rig_queue_config {
	unsigned int sq_shift, cq_shift, vector;
	uint16_t domain, coalesce_count, coalesce_usec;
	bool irq;
};

/* Status of QP_CREATE. Rings come from rig_alloc. */
enum pamc_status rig_queue_create(struct rig_queue *admin, struct rig_queue *queue,
				  unsigned int qid, const struct rig_queue_config *config);
enum pamc_status rig_queue_delete(struct rig_queue *admin, unsigned int qid);

/* Gives the entry a cid and an index, and writes it into the ring; no doorbell. */
void rig_enter(struct rig_queue *queue, union rig_sqe *sqe);
/* Rings SQ_TAIL for all that was entered. */
void rig_ring(struct rig_queue *queue);
/* Enters and rings. */
void rig_submit(struct rig_queue *queue, union rig_sqe *sqe);
/* Takes the next completion if there is one; acknowledges it when ack is true. */
bool rig_poll(struct rig_queue *queue, struct pamc_cqe *cqe, bool ack);
/* Runs the card until there is a completion and takes it. False: there was none. */
bool rig_wait(struct rig_queue *queue, struct pamc_cqe *cqe);
void rig_ack(struct rig_queue *queue, bool arm);
/* Submits, waits, and gives the status; cqe may be NULL. INTERNAL also when nothing came. */
enum pamc_status rig_command(struct rig_queue *queue, union rig_sqe *sqe, struct pamc_cqe *cqe);

enum pamc_status rig_status(const struct pamc_cqe *cqe);
/* sqe with push_crc and sq_index right, into its push slot, as one write. */
void rig_push(struct rig_queue *queue, const union rig_sqe *sqe);
void rig_seal(union rig_sqe *sqe);

/* An admin command with data at addr. */
enum pamc_status rig_admin(struct rig_queue *admin, unsigned int opcode, uint32_t id, uint64_t addr,
			   uint32_t length, struct pamc_cqe *cqe);
/* A pool in domain; 0 when it was refused. */
uint32_t rig_pool(struct rig_queue *admin, enum pamc_pool_type type, unsigned int order,
		  uint16_t domain, uint32_t flags);
/* PUT, GET, FLUSH_PAGE... of one page of object 7 without a list. */
enum pamc_status rig_page(struct rig_queue *queue, unsigned int opcode, uint32_t pool,
			  uint64_t index, uint64_t addr, unsigned int flags);
/* The latest entry of the error log. */
struct pamc_log_error rig_last_error(struct rig *rig);
/* A page's content for a seed: in part repetitive, as memory is. */
void rig_fill(void *page, size_t size, uint64_t seed);

#endif /* RIG_H */
