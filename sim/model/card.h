/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the card model: the state that its files share, and which file does
 * what. The outside is pam_model.h above and vault.h below.
 *
 *   regs.c      registers, doorbells, push slots: any thread, no locks
 *   power.c     making a card, power loss
 *   card.c      resets, the loop that pam_model_run is
 *   queue.c     queue pairs: fetching entries, the life of a queue pair
 *   complete.c  completions: held back, posted, and the interrupts after them
 *   exec.c      I/O commands
 *   dma.c       host memory, with its faults and counters
 *   admin.c     admin commands that manage queues, features and the card
 *   pools.c     admin commands that manage pools
 *   abort.c     command ABORT
 *   logs.c      log pages, latency histograms, the error log
 *   events.c    asynchronous events
 *   selftest.c  self-test and sanitize, done in the background
 *
 * Everything runs on the card thread but what regs.c does; what both touch is
 * _Atomic and named so below.
 */
#ifndef PAM_MODEL_CARD_H
#define PAM_MODEL_CARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pam_model.h"
#include "pamc_if.h"
#include "vault.h"

/* Entries fetched from a ring in one access. */
#define FETCH_BATCH 16
/* Commands of one queue pair before the next one has its turn. */
#define TURN 8
/* Completions that can be held back at once, over all queue pairs. */
#define MAX_HELD 4096
/* ABORT commands that can be outstanding at once. */
#define MAX_ABORTS 8
/* Entries of the error log; with the one that ends it the page is 4 KiB. */
#define ERROR_LOG 63
#define NEVER     UINT64_MAX
#define SQE_SIZE  64u
#define CQE_SIZE  16u
/* Words of a push slot, and the first slot's offset in a doorbell page. */
#define SLOT_WORDS 16u
/* log_error.field: no field was wrong. */
#define NO_FIELD 0xffffu
/* Bit of a completion's status: the error log has an entry for this command. */
#define CQE_LOGGED 0x8000u
/* 64-bit words of the register file: offsets 0 to 0x3f. */
#define REG_WORDS 8

/* Any submission entry; admin entries share the offsets of all that is checked alike. */
union entry {
	struct pamc_sqe io;
	struct pamc_admin_sqe admin;
	uint32_t words[SLOT_WORDS];
};

/*
 * A queue's indices, in one word so that doorbells (any thread) and the card
 * change them together or not at all.
 *
 * Submission: low index = tail, high index = head (entries before it are copied).
 * Completion: low index = head (consumed), high index = posted.
 */
typedef _Atomic uint64_t index_word;

#define INDEX_LOW(word)     ((uint16_t)(word))
#define INDEX_HIGH(word)    ((uint16_t)((word) >> 16))
#define INDEX_SHIFT(word)   ((unsigned int)((word) >> 32) & 0x1f)
#define INDEX_ENTRIES(word) (1u << INDEX_SHIFT(word))
#define INDEX_ARMED         (UINT64_C(1) << 62)
#define INDEX_VALID         (UINT64_C(1) << 63)

/* The word with other indices. */
static inline uint64_t index_make(uint64_t word, uint16_t low, uint16_t high)
{
	return (word & ~UINT64_C(0xffffffff)) | (uint64_t)high << 16 | low;
}

struct queue_pair {
	/* Doorbells: any thread. */
	index_word sq;
	index_word cq;
	_Atomic uint32_t slots_written; /* bit n: push slot n was written to */
	_Atomic uint32_t slots[PAMC_PUSH_SLOTS][SLOT_WORDS];

	/* Fixed from creation to deletion. */
	uint64_t sq_base;
	uint64_t cq_base;
	unsigned int qid;
	unsigned int cq_shift;
	unsigned int vector;
	uint16_t domain;
	bool irq;

	bool valid;
	bool broken;  /* its rings cannot be reached; only deletion helps */
	bool stalled; /* waits for room in its completion ring */
	/* Interrupt coalescing: feature COALESCE, and when the time is up. */
	uint16_t coalesce_count;
	uint16_t coalesce_usec;
	uint64_t irq_due;
	/* Commands taken that have no completion yet: each owns room in the ring. */
	unsigned int inflight;
	/* Push slots still to be looked at. */
	uint32_t slots_pending;
	/* ABORTs that look for a command of this queue pair. */
	unsigned int aborts;
	/* Entries copied from the ring, not yet executed. */
	unsigned int fetched_at;
	unsigned int fetched_count;
	union entry fetched[FETCH_BATCH];
};

/* A command being executed, and what it comes to. */
struct command {
	struct queue_pair *qp;
	const union entry *entry;
	uint64_t start_ns;
	/* Outcome. */
	enum pamc_status status;
	uint16_t field;      /* offset of the wrong field, or NO_FIELD */
	bool deferred;       /* completes later, by whoever took it over */
	uint64_t fault_addr; /* bus address that failed */
	uint32_t result;
	uint32_t info;
	uint64_t hold_ns; /* the completion is held back so long */
	int latency;      /* enum pamc_lat of its histogram, or -1 */
};

/* A completion that waits for its time. */
struct held {
	uint64_t due_ns;
	uint64_t order; /* among equal times, first come first out */
	uint64_t start_ns;
	struct queue_pair *qp;
	int latency;
	union entry entry;
	struct pamc_cqe cqe;
};

/* A command taken over: ASYNC_EVENT waiting for an event, ABORT for its target. */
struct parked {
	bool used;
	uint64_t start_ns;
	union entry entry;
	bool found;     /* ABORT: the target was stopped */
	uint16_t until; /* ABORT: the target comes before this index, or it is not there */
};

struct progress_task {
	bool running;
	unsigned int step;
	unsigned int steps;
	struct pamc_log_progress log;
};

struct pam_model {
	struct pam_model_config config;
	struct pam_model_host host;
	struct vault *vault;

	/* Any thread. */
	_Atomic uint64_t regs[REG_WORDS];
	_Atomic uint64_t rung;         /* bit n: doorbell page n was written to */
	_Atomic uint32_t control;      /* CTRL was written to */
	_Atomic uint32_t enable_falls; /* times that CTRL.EN went from 1 to 0 */

	/* Card thread. */
	uint32_t enable_falls_seen;
	bool ready;
	bool fatal;
	bool stopping;     /* CTRL.SHUTDOWN seen; finishing what was fetched */
	bool stopped;      /* STATUS.SHUTDOWN */
	uint64_t active;   /* bit n: queue pair n may have work */
	uint64_t starved;  /* bit n: queue pair n waits for a place in held */
	uint64_t timed;    /* bit n: queue pair n has an interrupt due */
	unsigned int turn; /* queue pair whose turn it is */
	bool untidy;       /* there is background work: flushed pages, self-test, sanitize */

	struct held *held; /* MAX_HELD of them */
	uint16_t *heap;    /* of indices into held, earliest due on top */
	uint16_t *unused;  /* stack of free indices */
	unsigned int held_count;
	uint64_t held_order;

	struct parked events[PAMC_MAX_AEN];
	struct parked aborts[MAX_ABORTS];

	/* Events that happened and were not reported yet. */
	uint32_t events_pending;
	uint32_t event_info[8];
	bool pressed; /* free space is below the threshold */

	/* Features. */
	uint64_t event_mask;
	uint64_t pressure_percent;
	uint64_t temperature;
	uint64_t timestamp;
	uint64_t timestamp_at; /* now_ns when it was set */

	/* Logs. */
	uint64_t started_ns;
	struct pamc_log_counters counters;
	struct pamc_log_health health;
	struct pamc_log_latency latency[PAMC_LAT_COUNT];
	struct pamc_log_error errors[ERROR_LOG];
	uint64_t error_sequence;

	struct progress_task selftest;
	struct progress_task sanitize;

	uint64_t random;
	unsigned int index_bits;
	struct pamc_identify identify; /* its constant part */

	struct queue_pair qps[PAMC_MAX_QP];
	/* A page on its way, and data of admin commands. */
	_Alignas(64) uint8_t page[PAMC_BLOCK_SIZE << PAMC_MAX_PAGE_ORDER];
	_Alignas(64) uint8_t data[PAMC_MAX_ADMIN_DATA];
};

/* regs.c */
void regs_reset(struct pam_model *model);
uint64_t reg_get(struct pam_model *model, unsigned int offset);
/* Replaces the bits of mask at offset (32 or 64 bits of a register). */
void reg_set(struct pam_model *model, unsigned int offset, uint64_t mask, uint64_t value);

/* card.c */
uint64_t card_now(struct pam_model *model);
/* Drops every queue pair and what belongs to the host's session; pools stay. */
void card_reset(struct pam_model *model);
void card_fatal(struct pam_model *model, enum pamc_fatal cause);
/* power.c: throws the vault away for an empty one. False: no memory, nothing changed. */
bool card_replace_vault(struct pam_model *model);
/* True in one of one_in events (config.fault_one_in). */
bool card_fault(struct pam_model *model, enum pam_model_fault fault);
uint64_t card_random(struct pam_model *model);

/* queue.c */
struct queue_config {
	uint64_t sq_base, cq_base;
	unsigned int sq_shift, cq_shift, vector;
	uint16_t domain, coalesce_count, coalesce_usec;
	bool irq;
};
void queue_create(struct pam_model *model, unsigned int qid, const struct queue_config *config);
/* Drops the queue pair with its commands; nothing of it touches host memory afterwards. */
void queue_delete(struct pam_model *model, unsigned int qid);
/* Executes at most budget commands of the queue pair; returns how many. */
unsigned int queue_serve(struct pam_model *model, struct queue_pair *qp, unsigned int budget,
			 uint64_t *now);
/* The queue pair's index of the next entry to execute. */
uint16_t queue_next(struct queue_pair *qp);
/* Its rings cannot be reached: stops it, or for the admin queue pair the card. */
void queue_broken(struct pam_model *model, struct queue_pair *qp, uint64_t addr);

/* complete.c */
/* Finishes a command: logs, counts, and posts its completion now or later. */
void complete(struct pam_model *model, struct command *command, uint64_t now);
/* Posts what is due at now (NEVER: everything), at most budget; returns how many. */
unsigned int complete_held(struct pam_model *model, uint64_t now, unsigned int budget);
/* Posts a held completion at once. False: none is held for this command. */
bool complete_early(struct pam_model *model, struct queue_pair *qp, uint16_t cid);
/* Forgets the held completions of a queue pair. */
void complete_forget(struct pam_model *model, struct queue_pair *qp);
/* Raises the queue pair's interrupt if it is armed and its time has come. */
void interrupt_consider(struct pam_model *model, struct queue_pair *qp);
/* Raises the interrupts whose coalescing time is up. */
void interrupt_timers(struct pam_model *model, uint64_t now);
/* Sets up the empty heap. */
void held_init(struct pam_model *model);

/* exec.c */
void exec_io(struct pam_model *model, struct command *command);
/* Ends a command that is not to be executed: a put leaves its handle absent all the same. */
void exec_abort(struct pam_model *model, struct command *command, enum pamc_status status);
void command_fail(struct command *command, enum pamc_status status, unsigned int field);

/* dma.c: false = DMA fault, and the command says where. */
bool dma_read(struct pam_model *model, struct command *command, uint64_t addr, void *buf,
	      size_t len);
bool dma_write(struct pam_model *model, struct command *command, uint64_t addr, const void *buf,
	       size_t len);
/* Where the host takes those bytes without dma_write, or NULL; dma_placed must follow. */
void *dma_place(struct pam_model *model, uint64_t addr, size_t len);
/* They are there: what dma_write would have come to. */
bool dma_placed(struct pam_model *model, struct command *command, uint64_t addr, size_t len);
/* Ring accesses: no faults are injected. */
bool dma_read_ring(struct pam_model *model, uint64_t addr, void *buf, size_t len);
bool dma_write_ring(struct pam_model *model, uint64_t addr, const void *buf, size_t len);

/* admin.c, pools.c, abort.c */
void exec_admin(struct pam_model *model, struct command *command);
void pools_create(struct pam_model *model, struct command *command);
void pools_list(struct pam_model *model, struct command *command);
void pools_set(struct pam_model *model, struct command *command);
void pools_flush(struct pam_model *model, struct command *command, bool destroy);
void abort_start(struct pam_model *model, struct command *command);
/* Whether this entry of qp, the next one to execute, is to be aborted. */
bool abort_wants(struct pam_model *model, struct queue_pair *qp, const union entry *entry);
/* Ends the ABORTs of qp that index has passed, or all (the queue pair goes). */
void abort_passed(struct pam_model *model, struct queue_pair *qp, bool all);

/* logs.c */
/* The log page in model->data; its size, or 0 when there is none. */
size_t log_render(struct pam_model *model, unsigned int log);
void log_latency(struct pam_model *model, int histogram, uint64_t ns);
void log_error(struct pam_model *model, const struct command *command);
void log_reset(struct pam_model *model);
/* The vault is about to go, but what it counted since the boot epoch stays. */
void log_keep_vault_counters(struct pam_model *model);
unsigned int log_percent_free(struct pam_model *model);
uint64_t log_time(struct pam_model *model);

/* events.c */
void event_raise(struct pam_model *model, enum pamc_event event, uint32_t info);
void event_wait(struct pam_model *model, struct command *command);
/* Completes an outstanding ASYNC_EVENT as ABORTED: that with cid, or any if cid < 0. */
bool event_abort(struct pam_model *model, int cid);
/* Raises PRESSURE when free space has fallen below the threshold. */
void event_pressure(struct pam_model *model);
void event_reset(struct pam_model *model);
/* Completes a parked command. */
void parked_complete(struct pam_model *model, struct parked *parked, struct command *outcome);
/* Takes a command over, to complete it later. */
void parked_take(struct parked *parked, struct command *command);

/* selftest.c */
void selftest_start(struct pam_model *model, struct command *command);
void sanitize_start(struct pam_model *model, struct command *command);
/* One step of the self-test or sanitize that runs, if any. True: more to do. */
bool task_step(struct pam_model *model);

#endif /* PAM_MODEL_CARD_H */
