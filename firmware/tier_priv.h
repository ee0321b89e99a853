/* SPDX-License-Identifier: Apache-2.0 */
/* What the tier's parts tell each other. */
#ifndef TIER_PRIV_H
#define TIER_PRIV_H

#include "flash.h"
#include "fw_priv.h"
#include "hal_tier.h"
#include "order.h"
#include "tier.h"

#define TIER_POOLS 64u /* durable ones */
/* Longest record: 16 blocks of 4 KiB that do not compress, their table, what is in front. */
#define TIER_RECORD_MOST (8u + 16u * (4096u + 2u))
/* uid of a pool that is not durable: its contents, which no two pools have at a time. */
#define TIER_OTHER (1u << 31)

struct tier_pool {
	uint32_t uid; /* 0: none */
	uint32_t contents;
	uint32_t id; /* the firmware's, by which it is known after a restart */
	uint32_t found;
	uint64_t flushed; /* the version of the last flush of all of it */
};

/* A record that was leaving DRAM as the core was restarted: the vault names it no more as one
 * that may go. key.pool 0: none. */
struct tier_left {
	struct fl_key key;
	uint64_t version;
};

/* A restart cut the tier off: what has to be done before it goes on. */
enum tier_resumes {
	TIER_WHOLE,    /* nothing */
	TIER_LOOKS,    /* at what was leaving DRAM */
	TIER_REBUILDS, /* what it knew of flash */
};

/* Reads of flash that are remembered: a power of two. */
#define TIER_SEEN 1024u
struct tier_seen {
	uint32_t page; /* a hash of its handle */
	uint32_t when; /* in reads; 0: never */
};

/* SANITIZE: what a die is at (tier_wipe.c). */
#define TIER_DIES 64u
struct tier_wiper {
	uint32_t block, page;
	uint8_t state;
	uint8_t tries; /* erases of the block that did not help */
};

struct tier {
	struct fw *fw;
	struct hal *hal;
	struct fl *fl;
	struct fl_config config;
	struct tier_geometry geometry;
	struct hal_flash *flash;
	void *fl_memory;
	bool ready;
	uint8_t resumes;
	uint32_t left_most, left_end; /* of left: room; behind the last one */
	uint32_t left_before, cursor; /* while it looks */
	struct tier_left *left;
	uint64_t
	    dirty;     /* of durable records, what only DRAM may have; config.dirty_bytes at most */
	bool demoting; /* between the two marks of free memory */
	bool pressed;  /* there is so little of it that demotion does not give way to reads */
	uint32_t lingers; /* steps for which it still does, */
	uint32_t row;     /* and reads for which it has */
	bool rests;       /* flash broke, and nothing wakes this for memory that is short */
	bool still;       /* a restart cut it off, and it does not come to go on */
	bool no_memory;   /* a durable page had no place in DRAM after power was away */
	bool again;       /* in this step, pages that were flushed have gone instead of a record */

	/* What the data path waits for. */
	bool busy;
	bool started;
	uint32_t moved_before;
	uint64_t moved_bytes; /* since it was asked */
	struct hal_tier_request request;
	/* A SYNC that takes turns with what else is asked. */
	bool sync_open;   /* it is inside */
	bool sync_sealed; /* all that it is about was handed to flash */
	uint32_t sync_contents;
	uint32_t sync_turn; /* steps of this turn */
	uint32_t granted;   /* hal_tier_grant */
	struct fl_sync syncing;
	/* A record, beside it. */
	bool fetching;
	bool fetch_started;
	bool comes_back; /* to DRAM, as it was read lately */
	struct hal_tier_request fetch;
	struct fl_read read;
	struct fl_sync sync;
	uint32_t reads;
	struct tier_seen seen[TIER_SEEN];

	/* SANITIZE. */
	bool wiping; /* until the next start */
	struct fw_wiped wiped;
	struct tier_wiper wiper[TIER_DIES];

	/* Blocks that forget. */
	uint32_t care_turn;
	uint64_t timestamp; /* the firmware's, as it was looked at last */
	uint64_t cared;     /* cycles */

	uint32_t idle;  /* steps on end that came to nothing */
	uint32_t moved; /* records, from DRAM to flash */
	uint64_t recovered;
	uint32_t changing; /* id of the pool that was made or destroyed last */
	struct tier_pool pools[TIER_POOLS];
	_Alignas(8) uint8_t record[TIER_RECORD_MOST];
};

/* ---- tier_owner.c ---- */

extern const struct fl_owner tier_owner;

/* False: the pool is gone. */
bool tier_from_key(struct tier *tier, const struct fl_key *key, struct hal_tier_record *record);
struct fl_record tier_as_put(struct tier *tier, const struct hal_tier_record *record);
void tier_key(struct tier *tier, const struct hal_tier_record *record, struct fl_key *key);
uint32_t tier_uid(const struct tier *tier, uint32_t contents);
struct tier_pool *tier_pool_of(struct tier *tier, uint32_t uid);
/* Hands the record in tier->record to flash. */
enum fl_result tier_send(struct tier *tier, const struct hal_tier_record *record);
/* FL_OK: one was sent, or there may be one behind pages that have gone; FL_FULL: there is none, or
 * it has no place; FL_BROKEN: it is damaged, or flash is broken. */
enum fl_result tier_send_oldest(struct tier *tier, uint32_t which);
/* A version for a flush: above all puts before it, below all after it. */
uint64_t tier_flush_version(struct tier *tier);

/* ---- tier_resume.c ---- */

/* Some of what has to be done before it goes on. */
void tier_resume_step(struct tier *tier);
/* All of it, on the spot. */
void tier_resume_all(struct tier *tier);
/* Of what was leaving: one is handed to flash. As tier_send_oldest. */
enum fl_result tier_send_left(struct tier *tier);
/* False: not now. */
bool tier_send_if_left(struct tier *tier, const struct hal_tier_record *record);

/* ---- tier.c ---- */

uint32_t tier_left_most(const struct tier_geometry *geometry);
struct fl_config tier_config(const struct tier_geometry *geometry);
/* Where its parts are in its memory. */
void tier_lay_out(struct tier *tier, const struct tier_geometry *geometry);
void tier_take_notices(struct tier *tier);
/* When there is something to demote. */
void tier_wake(struct tier *tier);
/* Durable puts may come in without asking, if they may. */
void tier_grant(struct tier *tier);
void tier_no_grant(struct tier *tier);
/* False: nothing has happened for so long that nothing will. */
bool tier_worked(struct tier *tier, bool did);
/* Waits for flash that has nothing in it; worn: and that is known from before. */
enum fl_result tier_format(struct tier *tier, bool worn);
/* What is put from now on is later than all that was found; flash is promised. */
void tier_begin(struct tier *tier);
/* Some work; lets time pass if there is none. False: nothing comes of it any more. */
bool tier_go_on(struct tier *tier);
/* Waits for what flash is to have, on the spot. False: it does not come to that. */
bool tier_sync(struct tier *tier);

/* ---- tier_wipe.c ---- */

bool tier_wipe(struct fw *fw, bool restart, struct fw_wiped *so_far);

/* ---- tier_serve.c ---- */

/* Is a record asked for? */
bool tier_asked_to_read(struct tier *tier);
/* Of one that is, something can be done now. */
bool tier_read_waits(const struct tier *tier);
/* False: it is not answered, or nothing was asked. */
bool tier_fetch(struct tier *tier);
/* Of a record that is asked for what can be done now. False: nothing. */
bool tier_read_on(struct tier *tier);
/* All else that is asked. did: the translation layer goes on by itself. False: it is not answered,
 * or nothing was. */
bool tier_serve(struct tier *tier, bool did);

/* ---- tier_pools.c ---- */

/* Which pools there are, says the firmware. False: this does not know all that it says. */
bool tier_pools_again(struct tier *tier);
bool tier_rebuilt_pool(void *context, uint32_t uid, void *own, uint64_t *flushed);
void tier_recovered_pool(void *context, uint32_t uid, const void *own);
uint8_t tier_pool_create(struct fw *fw, const struct fw_pool *pool);
uint8_t tier_pool_set(struct fw *fw, const struct fw_pool *pool);
uint8_t tier_pool_flush(struct fw *fw, const struct fw_pool *pool, uint32_t contents);
uint8_t tier_pool_destroy(struct fw *fw, const struct fw_pool *pool);

#endif /* TIER_PRIV_H */
