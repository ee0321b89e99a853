/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware of the card's management core, as its platform sees it: one struct that
 * holds all there is, and a loop
 *
 *	fw_power_on(&fw, &platform);
 *	for (;;) {
 *		fw_step(&fw);
 *		if (!fw_busy(&fw) && nothing waits in the mailbox)
 *			fw_background(&fw);
 *	}
 *
 * Nothing else is remembered, nothing is allocated, and no call takes longer than a few
 * waits for the data path, each of which has a limit.
 */
#ifndef FW_H
#define FW_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"
#include "pamc_if.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FW_POOLS    256u /* place 0 is never used */
#define FW_ABORTS   8u   /* as many as the queues take */
#define FW_ERRORS   63u  /* of the error log; an empty entry ends it */
#define FW_DONE     16u  /* completions that the queues have not taken yet */
#define FW_EVENTS   8u
#define FW_MEMORIES 32u /* on the chip: ecc_pkg::Memories */
#define FW_REVISION "0.1"
/* Room for what a step changes: asserted where it is used. */
#define FW_JOURNAL_WORDS 200u

struct fw;
struct fw_pool;

/* Of flash, for IDENTIFY and logs. */
struct fw_tier_figures {
	uint64_t bytes;
	uint64_t used; /* of these, by records that are still wanted */
	struct pamc_log_wear wear;
	uint32_t blocks;
	bool broken;
};

/* Of flash, while SELF_TEST reads it. */
struct fw_patrolled {
	uint32_t percent;
	uint32_t good, failed; /* blocks */
	uint64_t first;        /* that failed: die << 32 | block */
};

/* Of flash, while SANITIZE erases it: blocks. */
struct fw_wiped {
	uint32_t blocks, good; /* good: were read back, and are erased */
	uint32_t marked;       /* by the maker, of which known are known to be */
	uint32_t known;
	uint32_t failed;
	uint64_t first; /* of these: die << 32 | block */
	bool formatted; /* when it is over: start finds a format that knows of wear */
};

/* What the firmware's other parts ask of the tier in flash (tier.h). */
struct fw_tier_ops {
	/* The vault is new: finds the durable pools (fw_pool_found). False: flash cannot be used.
	 */
	bool (*start)(struct fw *fw);
	/* Erases all of it and reads it back, some of it in a call; start must follow. True: that
	 * was all. */
	bool (*wipe)(struct fw *fw, bool restart, struct fw_wiped *so_far);
	/* Reads a page of each die, or of every block that has pages, some of it in a call. True:
	 * that was all. */
	bool (*patrol)(struct fw *fw, bool restart, bool every, struct fw_patrolled *so_far);
	/* Some of its work. True: there is more. */
	bool (*run)(struct fw *fw);
	/* Takes the vault's notices, when it cannot go on for having too many. */
	void (*notices)(struct fw *fw);
	/* All of durable pools is in flash, on return. */
	bool (*settle)(struct fw *fw);
	void (*figures)(struct fw *fw, struct fw_tier_figures *figures);
	/* Promises contents so many pages of an order: of DRAM and flash together. False: it
	 * cannot. And how many 4 KiB pages it could promise. */
	bool (*reserve)(struct fw *fw, uint32_t contents, uint32_t order, bool durable,
			uint64_t pages);
	uint64_t (*promisable)(struct fw *fw);
	/* Bytes of durable pools that only DRAM may have; another figure must be within limit. */
	uint64_t (*dirty_budget)(struct fw *fw, uint64_t *limit);
	void (*set_dirty_budget)(struct fw *fw, uint64_t bytes);
	/* Of durable pools; statuses. flush: before the pool's contents become others. */
	uint8_t (*pool_create)(struct fw *fw, const struct fw_pool *pool);
	uint8_t (*pool_set)(struct fw *fw, const struct fw_pool *pool);
	uint8_t (*pool_flush)(struct fw *fw, const struct fw_pool *pool, uint32_t contents);
	uint8_t (*pool_destroy)(struct fw *fw, const struct fw_pool *pool);
};

/* What the firmware is told of the card that it runs on. */
struct fw_platform {
	struct hal *hal;
	uint64_t dram_bytes;
	/* Kept by the platform over losses of power. */
	uint64_t power_cycles, unsafe_shutdowns;
	uint32_t queue_pairs, vectors;
	uint32_t cycles_per_us;
	uint32_t clock_khz; /* as hosts are told; 0: there is no clock to tell of */
	/* Cycles that anything inside the card may take; 0: 40 million. */
	uint64_t patience;
	uint8_t serial[24], model[40];
	/* Of the firmware itself; slots 0: it is part of the card. */
	bool journal; /* the core may restart at any time: fw_restart() */
	uint64_t restarts;
	uint8_t slots, slot, boot_reason;
	bool fatal; /* hosts were told that no image would start, with the card in use */
	uint8_t revision[16];
	/* As its image says; state 0: whatever another image's is. */
	uint32_t security, state;
	const struct hal_boot *boot; /* NULL: there are no slots to be written */
	/* Flash, if there is any; the index is larger for it. */
	const struct fw_tier_ops *tier;
	void *tier_state;
	uint64_t flash_bytes;
	uint32_t flash_endurance; /* erases of a block; 0: not told */
};

/* Division of card memory, in bytes, units, buckets (fw_layout.c). */
struct fw_layout {
	uint64_t index_bytes, map_bytes;
	uint32_t buckets, units, slot_limit;
};

/* Counts of contents: the mailbox's CONTENTS_SELECT numbers them so. */
enum fw_pool_count {
	FW_PUTS,
	FW_REFUSED,
	FW_EVICTED,
	FW_FLUSHES,
	FW_GETS,
	FW_MISSES,
	FW_DAMAGED,
	FW_POOL_COUNTS,
};

/* What the vault does not know of a pool. id 0: there is none. */
struct fw_pool {
	uint32_t id;
	uint32_t uses; /* of this place in the table */
	uint8_t type, order;
	uint16_t domain;
	uint32_t flags;
	uint16_t contents;
	uint64_t reserve, limit;
	uint64_t owner[2];
	uint64_t before[FW_POOL_COUNTS]; /* of contents that it had before */
	uint8_t name[PAMC_POOL_NAME_LEN];
};

struct fw_queue {
	bool valid;
	uint16_t coalesce_count, coalesce_usec;
};

/* What an admin command comes to. */
struct fw_outcome {
	uint64_t addr;
	uint32_t result, info;
	uint16_t field;
	uint8_t status;
	bool later; /* another one completes it, or nothing yet */
};

/* An ABORT: its own cid, whom it aborts; the queues have answered; they or the executor had
 * the command. */
struct fw_aborting {
	bool used, answered, found;
	uint16_t cid;
	uint32_t target;
};

struct fw_done {
	uint32_t result, info, word;
};

/* What the command that is executed waits for. */
enum fw_wait {
	FW_WAIT_NONE,
	FW_WAIT_POOL,  /* commands of its pool */
	FW_WAIT_IDLE,  /* all commands */
	FW_WAIT_ORDER, /* the queues' answer */
	FW_WAIT_FLASH, /* boot flash */
};

enum fw_state {
	FW_RUNNING,
	FW_STOPPING,       /* shutdown: commands that are inside end */
	FW_DISCARD_ORDER,  /* a reset: the queues are to be told */
	FW_DISCARD_ANSWER, /* they give up what they have */
	FW_DISCARD_IDLE,   /* what is inside ends */
	FW_DISCARD_CLEAR,  /* a vault that was lost is made anew */
	FW_FLR_END,
};

struct fw_job {
	struct pamc_log_progress log;
	uint8_t step;
	bool extended;  /* SELF_TEST */
	uint8_t wrong;  /* sums on end */
	uint8_t at;     /* how far the step is */
	bool formatted; /* SANITIZE */
	uint64_t since;
};

/* FW_DOWNLOAD, FW_ACTIVATE (fw_update.c). */
struct fw_update {
	uint8_t slot; /* that takes an image; 0: none */
	uint8_t step; /* of the command that is executed */
	uint8_t target;
	bool stored, pending, restart;
	uint32_t have, bytes;  /* of the image */
	uint32_t erased;       /* of the slot */
	uint32_t at, crc, end; /* what is checked; where the piece ends */
	uint64_t since;
	uint32_t first[64]; /* its first page, which is written last */
	struct hal_verify verify;
};

/* What a step that the core was restarted in had done by then (fw_restart.c). */
enum fw_open { FW_CLOSED, FW_STEP, FW_PUMP };

/* A step as it began, and what of it cannot be done twice. */
struct fw_journal {
	enum fw_open open;
	uint32_t events;                   /* that the step deals with */
	uint32_t written;                  /* WRITTEN, when it began */
	struct pamc_admin_sqe sqe;         /* the entry that it took */
	uint32_t answer;                   /* the queues' answer that it took */
	uint32_t place, uses;              /* of the pool that it makes; place 0: none */
	uint32_t entries, orders, answers; /* that it took or gave before the restart */
	uint64_t before[FW_JOURNAL_WORDS];
};

struct fw {
	struct fw_platform platform;
	struct fw_layout layout;

	/* From here to errors: what a step changes, and may have to be done again. */

	/* The controller. */
	enum fw_state state;
	bool ready, fatal, stopped, stop_wanted, look, flr;
	uint8_t cause;
	uint32_t hold, resets;
	uint64_t epoch, started, since;

	/* The command that is executed. */
	struct pamc_admin_sqe sqe;
	struct fw_outcome outcome;
	enum fw_wait wait;
	uint64_t wait_since;

	struct fw_done done[FW_DONE];
	uint32_t done_first, done_count;
	uint64_t done_since;

	/* Of the host's session. */
	struct fw_queue queues[PAMC_MAX_QP];
	uint16_t waiting[PAMC_MAX_AEN]; /* cids of ASYNC_EVENT, the oldest first */
	uint32_t waiting_count;
	struct fw_aborting aborts[FW_ABORTS];
	uint32_t watched; /* of aborts; FW_ABORTS: none */
	uint32_t events, event_info[FW_EVENTS];
	uint64_t event_mask, pressure, temperature;
	bool pressed;
	uint32_t warned; /* warnings of HEALTH that an event told of */
	uint32_t watches, ticks;

	/* Of the boot. */
	bool tier_busy; /* the tier has more to do */
	uint64_t timestamp, timestamp_at;
	uint64_t error_sequence, admin, admin_errors, admin_aborts;
	bool damage_told;
	struct fw_job self_test, sanitize;
	uint32_t lost[FW_MEMORIES]; /* words, as known */
	bool vault_lost;            /* what the vault must know of all pages was among them */
	uint32_t cleared;           /* of card memory, percent, while the vault is made anew */
	uint32_t error_last;        /* of errors, the place of the newest */
	struct pamc_log_error errors[FW_ERRORS];
	struct fw_pool pools[FW_POOLS];
	struct fw_update update;
	struct fw_journal journal;

	/* A log page while it is written; of the sizes, LATENCY's is the largest. */
	uint64_t page[PAMC_LAT_COUNT * sizeof(struct pamc_log_latency) / 8];
};

/* From power-up on, and after each loss of power. */
void fw_power_on(struct fw *fw, const struct fw_platform *platform);

/* The core that runs the firmware was restarted, in the midst of anything; the card's data
 * path and fw were not. */
void fw_restart(struct fw *fw, const struct fw_platform *platform);

/* The same, and fw is not of this firmware: all pages are lost. */
void fw_start_over(struct fw *fw, const struct fw_platform *platform);

/* Deals with one thing that waits. */
void fw_step(struct fw *fw);

/* fw_step has something to do even if nothing waits in the mailbox. */
bool fw_busy(const struct fw *fw);

/* The same, but for long work (SELF_TEST, SANITIZE), which may wait for all else. */
bool fw_due(const struct fw *fw);

/* Some work that nobody waits for. False: there is no more. */
bool fw_background(struct fw *fw);

/* Makes log page number in fw->page as it is now; its bytes, 0: there is no such page. */
uint32_t fw_log(struct fw *fw, uint32_t number);

/* A counter of the card: MAILBOX_COUNTER_... */
uint64_t fw_counter(struct fw *fw, uint32_t which);

/* For tests of hosts: puts find no space from now on, or do again. */
void fw_set_full(struct fw *fw, bool full);

#ifdef __cplusplus
}
#endif

#endif /* FW_H */
