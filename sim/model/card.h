/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the card model: the state that its files share, and which file does
 * what. The outside is pam_model.h above and vault.h below.
 *
 *   regs.c      registers, doorbells, push slots: any thread, no locks
 *   power.c     making a card, power loss
 *   card.c      the loop that pam_model_run is
 *   queue.c     queue pairs: fetching entries, the life of a queue pair
 *   complete.c  completions: held back, posted, and the interrupts after them
 *   exec.c      I/O commands
 *   dma.c       host memory, with its faults and counters
 *   abort.c     commands that are to be stopped
 *
 * All that is no page (admin commands, resets, shutdown, pools, events, logs) is the
 * firmware's, at the mailbox that mailbox.h tells of.
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
/* Commands that the queues can be asked to stop at once. */
#define MAX_ABORTS 8
/* Places of the table of pools. */
#define CARD_POOLS 256u
#define NEVER      UINT64_MAX
#define SQE_SIZE   64u
#define CQE_SIZE   16u
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
	bool broken;         /* its rings cannot be reached; only deletion helps */
	uint64_t fault_addr; /* where */
	bool stalled;        /* waits for room in its completion ring */
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

/* The queues look for a command, to stop it. */
struct abort_order {
	bool used;
	uint8_t tag; /* of the answer */
	uint8_t qid;
	uint16_t cid;
	bool found;     /* it was stopped */
	uint16_t until; /* it comes before this index, or it is not there */
};

/* What the executor must know of a pool; the rest of it is the firmware's. */
struct exec_pool {
	uint32_t id;
	uint16_t domain;
	uint16_t contents;
	uint8_t order;
	bool exclusive;
	bool frozen;
	bool valid;
};

/* Of the data path, since power came; the firmware makes log pages of them. */
struct card_counters {
	uint64_t puts, puts_refused, gets, misses, aborts, errors; /* I/O commands */
	uint64_t damaged;                                          /* pages in card memory */
	uint64_t crc_errors; /* those, and pages that came damaged */
	uint64_t pushed, push_dropped, fetched, cq_full_stalls, completions, interrupts;
	uint64_t read_lines, write_dwords, dma_faults;
};

#include "mailbox.h"

struct pam_model {
	struct pam_model_config config;
	struct pam_model_host host;
	struct vault *vault;

	/* Any thread. */
	_Atomic uint64_t regs[REG_WORDS];
	_Atomic uint64_t rung;        /* bit n: doorbell page n was written to */
	_Atomic uint32_t control;     /* CTRL was written to */
	_Atomic uint32_t enable_fell; /* CTRL.EN went from 1 to 0 */

	/* Card thread. */
	bool serving;      /* STATUS is READY and not FATAL */
	uint64_t active;   /* bit n: queue pair n may have work */
	uint64_t starved;  /* bit n: queue pair n waits for a place in held */
	uint64_t timed;    /* bit n: queue pair n has an interrupt due */
	unsigned int turn; /* queue pair whose turn it is */
	bool untidy;       /* flushed pages may be left to find */

	struct held *held; /* MAX_HELD of them */
	uint16_t *heap;    /* of indices into held, earliest due on top */
	uint16_t *unused;  /* stack of free indices */
	unsigned int held_count;
	uint64_t held_order;

	struct exec_pool pools[CARD_POOLS];
	struct abort_order aborts[MAX_ABORTS];
	struct card_counters counters;
	struct pamc_log_latency latency[PAMC_LAT_COUNT];
	struct hal hal;
	uint64_t random;

	struct queue_pair qps[PAMC_MAX_QP];
	/* A page on its way. */
	_Alignas(64) uint8_t page[PAMC_BLOCK_SIZE << PAMC_MAX_PAGE_ORDER];
};

/* regs.c */
void regs_reset(struct pam_model *model);
uint64_t reg_get(struct pam_model *model, unsigned int offset);
/* Replaces the bits of mask at offset (32 or 64 bits of a register). */
void reg_set(struct pam_model *model, unsigned int offset, uint64_t mask, uint64_t value);

/* card.c */
uint64_t card_now(struct pam_model *model);
/* Queue pairs that may have work and may be served: paused, only the one whose entries the
 * firmware executes. */
static inline uint64_t card_servable(const struct pam_model *model)
{
	return model->hal.hold & HOLD_PAUSE ? model->active & 1 : model->active;
}
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
/* Its rings cannot be reached: stops it, and tells the firmware. */
void queue_broken(struct pam_model *model, struct queue_pair *qp, uint64_t addr);

/* complete.c */
/* Finishes an I/O command: counts, tells of errors, and posts its completion now or later. */
void complete(struct pam_model *model, struct command *command, uint64_t now);
/* The same of an admin command, which the firmware counted and logged. */
void complete_admin(struct pam_model *model, const struct admin_entry *admin, uint32_t result,
		    uint32_t info, enum pamc_status status, bool logged);
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

/* abort.c */
/* Looks for a command; the answer with this tag tells what came of it. */
void abort_start(struct pam_model *model, unsigned int tag, unsigned int qid, uint16_t cid);
/* Whether this entry of qp, the next one to execute, is to be aborted. */
bool abort_wants(struct pam_model *model, struct queue_pair *qp, const union entry *entry);
/* Answers for those of qp that index has passed, or all (the queue pair goes). */
void abort_passed(struct pam_model *model, struct queue_pair *qp, bool all);

/* boot_flash.c */
/* Memory of its own, or the file of this name. 0 or negative errno. */
int boot_flash_open(struct hal *hal, const char *file);
void boot_flash_close(struct hal *hal);
/* Which image the loader would start, into hal's platform. False: there is none. */
bool boot_flash_load(struct hal *hal);

/* management.c */
void management_init(struct pam_model *model, uint64_t seed);
void management_power_on(struct pam_model *model);
void management_power_loss(struct pam_model *model);
/* Lets the firmware deal with all that waits. */
void management_serve(struct pam_model *model);
/* A function-level reset, from its beginning to its end. */
void management_reset(struct pam_model *model);
/* Some of what takes long or nobody waits for. True: there is more. */
bool management_background(struct pam_model *model);

/* Word EVENTS: what waits for the firmware. Looked at in every run, so it is to cost nothing. */
static inline uint32_t mailbox_events(struct pam_model *model)
{
	const struct hal *hal = &model->hal;

	if (hal->fatal) {
		return 0; /* nobody looks */
	}
	return (hal->waiting ? HAS_ADMIN : 0) | (hal->error_count ? HAS_ERROR : 0) |
	       (hal->faults ? HAS_FAULT : 0) | (hal->answer_count ? HAS_ANSWER : 0) |
	       (atomic_load_explicit(&model->control, memory_order_relaxed) ? HAS_CTRL : 0) |
	       (atomic_load_explicit(&model->enable_fell, memory_order_relaxed) ? HAS_FALL : 0) |
	       (hal->flr ? HAS_FLR : 0) | (mailbox_word(hal, MAILBOX_WATCH) >> 31 ? HAS_LEFT : 0);
}

/* mailbox_admin.c */
bool mailbox_takes_admin(struct pam_model *model);
void mailbox_admin(struct pam_model *model, const union entry *entry, uint64_t start_ns);
uint32_t mailbox_admin_word(struct pam_model *model, unsigned int word);
void mailbox_admin_taken(struct pam_model *model);
void mailbox_done(struct pam_model *model, uint32_t value);
/* No entry's completion is posted any more; answers when the firmware has given them all. */
void mailbox_admin_discard(struct pam_model *model, uint32_t answer);
/* Entries whose completion is still to be posted. */
unsigned int mailbox_admin_open(const struct pam_model *model);
/* There is room for the errors of a turn. */
bool mailbox_takes_errors(const struct pam_model *model);
void mailbox_error(struct pam_model *model, const struct command *command);
void mailbox_error_taken(struct pam_model *model);
uint32_t mailbox_fault(const struct pam_model *model);
uint64_t mailbox_fault_addr(struct pam_model *model);

/* mailbox_control.c */
void mailbox_control(struct pam_model *model, uint32_t value);
void mailbox_answers(struct pam_model *model, uint32_t answer);
void mailbox_answers_abort(struct pam_model *model, unsigned int tag, bool found);
uint32_t mailbox_answer(const struct pam_model *model);
void mailbox_answer_taken(struct pam_model *model);

/* mailbox_vault.c */
void mailbox_pool(struct pam_model *model, uint32_t id);
void mailbox_vault(struct pam_model *model, uint32_t word);
void mailbox_contents_select(struct pam_model *model, uint32_t select);
uint64_t mailbox_contents_counter(struct pam_model *model);

/* mailbox_tier.c: a card with flash; the same as the vault's functions, but for waiting. */
int flash_create(struct pam_model *model, uint64_t seed);
void flash_destroy(struct pam_model *model);
void flash_power_cycle(struct pam_model *model);
enum pamc_status flash_put(struct pam_model *model, uint32_t contents,
			   const struct vault_handle *handle, const void *data, uint32_t crc,
			   struct vault_page *page);
enum pamc_status flash_get(struct pam_model *model, uint32_t contents,
			   const struct vault_handle *handle, void *data, struct vault_page *page);
enum pamc_status flash_query(struct pam_model *model, uint32_t contents,
			     const struct vault_handle *handle, struct vault_page *page);
/* Before the page, or the object, is flushed: power must not bring it back. */
enum pamc_status flash_bury(struct pam_model *model, uint32_t contents,
			    const struct vault_handle *handle, bool object);
enum pamc_status flash_sync(struct pam_model *model, uint32_t contents);

/* mailbox_counters.c */
void count_latency(struct pam_model *model, int histogram, uint64_t ns);
uint64_t mailbox_latency(struct pam_model *model);
uint64_t mailbox_counter(struct pam_model *model);

#endif /* PAM_MODEL_CARD_H */
