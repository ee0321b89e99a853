/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of the flash translation layer share: NAND model, the layer on it, and a
 * stand-in for the vault, an index in memory that also keeps the history of each key, so
 * that after a power cut it can tell what may be there: the version of the last sync that
 * completed, or a later one; nothing else.
 *
 * Everything that can be cut off returns false when power is gone.
 */
#ifndef FLASH_RIG_H
#define FLASH_RIG_H

#include "flash.h"
#include "nand.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RIG_POOLS   5u /* slots; a pool that is destroyed makes room for another */
#define RIG_OBJECTS 3u
#define RIG_INDICES 40u
#define RIG_KEYS    (RIG_OBJECTS * RIG_INDICES) /* a pool */
#define RIG_SYNCS   2u
#define RIG_LONGEST 9000u

enum rig_pool_state { RIG_NO_POOL, RIG_CREATING, RIG_ALIVE, RIG_DESTROYING };

struct rig_entry {
	uint64_t version; /* 0: absent */
	fl_place place;
	bool on_its_way;
	bool lost;
	/* Versions it had since the last sync, 0 for absent; [0] is that of the sync. */
	uint64_t *history;
	uint32_t history_count;
	uint32_t history_room;
	uint32_t mark[RIG_SYNCS]; /* place in the history when a sync began */
};

struct rig_pool {
	enum rig_pool_state state;
	bool durable;
	bool came_back;
	uint32_t uid;
	struct rig_entry entries[RIG_KEYS];
};

struct rig_sync {
	bool busy;
	struct fl_sync sync;
	uint32_t pool;
	enum rig_pool_state was;
};

struct rig {
	struct nand *nand;
	struct hal_flash *hal; /* the model's own, unless a test puts another way to it here, */
	void (*pass)(struct rig *rig); /* and how time passes when nothing can be done */
	/* Where records are read to, and how they come from there; NULL: to the test's memory. */
	void *data_path;
	void (*fetch)(struct rig *rig, void *to, uint32_t bytes);
	void *own_hal;
	struct fl_config config;
	struct fl *fl;
	void *memory;
	uint64_t random;
	uint64_t places;
	uint64_t dirty_bytes;
	uint32_t usual_bytes; /* most of most records */
	struct rig_pool pools[RIG_POOLS];
	struct rig_sync syncs[RIG_SYNCS];
	struct fl_sync last_sync;
	/* The flash is a poor one (flash_power.c); so many of its blocks have come to fail. */
	bool poor;
	uint32_t worn;
	char wrong[160]; /* the first thing that is not as it must be */
	/* Outcomes, so that a test can tell that it has tested something. */
	uint64_t puts, flushes, synced, destroyed, recovered, refused, lost, lost_goes;
};

struct nand_config rig_nand_config(uint64_t seed);
struct fl_config rig_fl_config(const struct nand_config *nand);
struct rig *rig_new(const struct nand_config *nand, const struct fl_config *config, uint64_t seed);
void rig_free(struct rig *rig);
/* Power comes (again): a new layer without memory. Formats if there is nothing. */
bool rig_power_on(struct rig *rig);
bool rig_format(struct rig *rig);
/* One step of the layer, or time passes. */
bool rig_step(struct rig *rig);
bool rig_settle(struct rig *rig);

/* slot, key: which entry. Records are made from key and version. */
bool rig_create(struct rig *rig, uint32_t slot, bool durable);
bool rig_put(struct rig *rig, uint32_t slot, uint32_t key);
bool rig_demote(struct rig *rig, uint32_t slot, uint32_t key);
bool rig_flush(struct rig *rig, uint32_t slot, uint32_t key);
bool rig_flush_object(struct rig *rig, uint32_t slot, uint32_t object);
bool rig_flush_pool(struct rig *rig, uint32_t slot);
bool rig_destroy(struct rig *rig, uint32_t slot);
bool rig_sync_start(struct rig *rig, uint32_t slot);
bool rig_sync(struct rig *rig, uint32_t slot);
/* Something at random. */
bool rig_random(struct rig *rig);

/* Reads everything and compares. */
bool rig_read_all(struct rig *rig);
/* Counts of layer and index agree. */
void rig_check(struct rig *rig);
void rig_fault(struct rig *rig, const char *what, uint64_t a, uint64_t b);

uint64_t rig_rand(struct rig *rig, uint64_t below);
uint32_t rig_bytes(const struct rig *rig, uint64_t version);

#ifdef __cplusplus
}
#endif

#endif /* FLASH_RIG_H */
