/* SPDX-License-Identifier: Apache-2.0 */
/* What the tier's parts tell each other. */
#ifndef TIER_PRIV_H
#define TIER_PRIV_H

#include "flash.h"
#include "fw_priv.h"
#include "hal_tier.h"
#include "tier.h"

#define TIER_POOLS 64u /* durable ones */
/* Longest record: 16 blocks of 4 KiB that do not compress, their table, what is in front. */
#define TIER_RECORD_MOST (8u + 16u * (4096u + 2u))
/* uid of a pool that is not durable: its contents, which no two pools have at a time. */
#define TIER_OTHER (1u << 31)

struct tier_pool {
	uint32_t uid; /* 0: none */
	uint32_t contents;
};

/* Reads of flash that are remembered: a power of two. */
#define TIER_SEEN 1024u
struct tier_seen {
	uint32_t page; /* a hash of its handle */
	uint32_t when; /* in reads; 0: never */
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
	uint64_t
	    dirty;     /* of durable records, what only DRAM may have; config.dirty_bytes at most */
	bool demoting; /* between the two marks of free memory */
	bool pressed;  /* there is so little of it that demotion does not give way to reads */
	uint32_t lingers; /* steps for which it still does, */
	uint32_t row;     /* and reads for which it has */
	bool rests;       /* flash broke, and nothing wakes this for memory that is short */
	bool still;     /* the core was restarted within an operation: nothing is known any more */
	bool no_memory; /* a durable page had no place in DRAM after power was away */

	/* What the data path waits for. */
	bool busy;
	bool started;
	uint32_t moved_before;
	struct hal_tier_request request;
	struct fl_read read;
	struct fl_sync sync;
	uint32_t reads;
	struct tier_seen seen[TIER_SEEN];

	uint32_t idle;  /* steps on end that came to nothing */
	uint32_t moved; /* records, from DRAM to flash */
	uint64_t recovered;
	struct tier_pool pools[TIER_POOLS];
	_Alignas(8) uint8_t record[TIER_RECORD_MOST];
};

/* ---- tier_owner.c ---- */

extern const struct fl_owner tier_owner;

void tier_key(struct tier *tier, const struct hal_tier_record *record, struct fl_key *key);
uint32_t tier_uid(const struct tier *tier, uint32_t contents);
struct tier_pool *tier_pool_of(struct tier *tier, uint32_t uid);
/* Hands the record in tier->record to flash. */
enum fl_result tier_send(struct tier *tier, const struct hal_tier_record *record);
/* FL_OK: one was sent; FL_FULL: there is none, or it has no place; FL_BROKEN: it is damaged, or
 * flash is broken. */
enum fl_result tier_send_oldest(struct tier *tier, uint32_t which);
/* A version for a flush: above all puts before it, below all after it. */
uint64_t tier_flush_version(struct tier *tier);

/* ---- tier.c ---- */

/* Some work; lets time pass if there is none. False: nothing comes of it any more. */
bool tier_go_on(struct tier *tier);
/* Waits for what flash is to have, on the spot. False: it does not come to that. */
bool tier_sync(struct tier *tier);

/* ---- tier_serve.c ---- */

/* Is something asked; to read a record? */
bool tier_asked(struct tier *tier);
bool tier_asked_to_read(struct tier *tier);
/* did: the translation layer goes on by itself. False: it is not answered, or nothing was. */
bool tier_serve(struct tier *tier, bool did);

/* ---- tier_pools.c ---- */

void tier_recovered_pool(void *context, uint32_t uid, const void *own);
uint8_t tier_pool_create(struct fw *fw, const struct fw_pool *pool);
uint8_t tier_pool_set(struct fw *fw, const struct fw_pool *pool);
uint8_t tier_pool_flush(struct fw *fw, const struct fw_pool *pool, uint32_t contents);
uint8_t tier_pool_destroy(struct fw *fw, const struct fw_pool *pool);

#endif /* TIER_PRIV_H */
