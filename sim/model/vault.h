/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault: where the card keeps pages.  Index (handle to place), store
 * (allocator of card DRAM), codec and CRC behind one small interface, which the
 * executor and the mailbox call and nothing else does.  It knows no queues, no host
 * memory, no time, and of pools only what they hold: their contents, by number.  Names,
 * owners and flags of pools are the firmware's (firmware/fw_pools.c).
 *
 * One thread.  Flushes of objects and pools are lazy: the pages are gone for
 * every get at once, and their memory is found and scrubbed by vault_background,
 * or by a put that would otherwise be refused.  All other calls do bounded work,
 * but such a put, which may have to walk the index.
 *
 * Statuses are enum pamc_status; a put that fails leaves the handle absent.
 */
#ifndef PAM_MODEL_VAULT_H
#define PAM_MODEL_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamc_if.h"

struct vault;

/* Numbers of contents are below; there is room for all pools and for those that are dying. */
#define VAULT_CONTENTS    512u
#define VAULT_NO_CONTENTS UINT32_MAX

/* A handle within contents (design: 192-bit object, 64-bit index). */
struct vault_handle {
	uint64_t object[3];
	uint64_t index;
};

/* What put, get and query tell of a page. */
struct vault_page {
	uint32_t crc;          /* CRC32C of the whole page */
	uint32_t stored_bytes; /* as compressed, all blocks */
	enum pamc_tier tier;
};

/* What is counted, for contents and in all. */
enum vault_count {
	VAULT_PUTS,
	VAULT_REFUSED,
	VAULT_EVICTED,
	VAULT_FLUSHES,
	VAULT_GETS,
	VAULT_MISSES,
	VAULT_DAMAGED,
	VAULT_COUNTS,
};

/* Keys of the hashes of pages and objects. */
struct vault_keys {
	uint64_t page[2];
	uint64_t object[2];
};

/* 0, -EINVAL or -ENOMEM; seed makes the keys. DRAM is backed lazily (MAP_NORESERVE). */
int vault_create(uint64_t dram_bytes, uint64_t seed, struct vault **vault);
void vault_destroy(struct vault *vault);
/* Pages put from now on are compressed as the hardware does it, bit for bit. 0 or -ENOMEM. */
int vault_use_card_lz4(struct vault *vault);
/* As new: nothing is held, and all of card memory is zero. What was counted stays. */
void vault_init(struct vault *vault, const struct vault_keys *keys);

/*
 * Contents. Abandoned ones are dead: their pages are gone for every get, and their
 * number is used anew when the last of them was reclaimed.
 */

/* VAULT_NO_CONTENTS: all numbers are in use. */
uint32_t vault_contents_create(struct vault *vault, enum pamc_pool_type type, unsigned int order);
/* flushed: a host asked for it, and it counts as so many pages flushed. How many pages. */
uint64_t vault_contents_abandon(struct vault *vault, uint32_t contents, bool flushed);
/* Promises persistent contents units of memory and slots of the index, of which
 * vault_layout.h tells what a page takes. False: cannot be promised, all is as before. */
bool vault_contents_reserve(struct vault *vault, uint32_t contents, uint64_t units, uint64_t slots);
/* Most pages, 0 = no limit; ephemeral ones beyond are dropped. */
void vault_contents_limit(struct vault *vault, uint32_t contents, uint64_t pages);

struct vault_row {
	bool in_use, dead, ephemeral, durable;
	uint8_t order;
	uint32_t oldest, newest; /* first units of ephemeral pages, UINT32_MAX: none */
	uint64_t pages, units, stored;
	uint64_t same, raw; /* blocks */
	uint64_t slots, records, reserve_units, reserve_slots, limit, oldest_age;
};
void vault_read_contents(const struct vault *vault, uint32_t contents, struct vault_row *row);
/* VAULT_COUNTS of them; 0 when contents are made. */
uint64_t *vault_counts(struct vault *vault, uint32_t contents);

/*
 * Pages of contents that are in use. A put to ephemeral ones succeeds even when there is no
 * room for the page: then it was dropped at once. Any index is accepted (64 bits); one above
 * 48 bits costs 8 bytes more. data is the whole page, BLOCK_SIZE << order bytes; crc its CRC32C
 * (the caller has computed it over what arrived). get verifies the CRC: UNCORRECTABLE when it is
 * wrong, and then nothing in data may be used. Whether a pool is frozen or its gets are exclusive
 * is the caller's to know.
 */
enum pamc_status vault_put(struct vault *vault, uint32_t contents,
			   const struct vault_handle *handle, const void *data, uint32_t crc,
			   struct vault_page *page);
enum pamc_status vault_get(struct vault *vault, uint32_t contents,
			   const struct vault_handle *handle, void *data, struct vault_page *page);
/* A put that is not to be: the handle is absent, and it counts as refused. */
void vault_refuse(struct vault *vault, uint32_t contents, const struct vault_handle *handle);
/* What vault_get found last did not reach its host: that was no hit. */
void vault_get_lost(struct vault *vault, uint32_t contents);
enum pamc_status vault_query(struct vault *vault, uint32_t contents,
			     const struct vault_handle *handle, struct vault_page *page);
/* How many pages were forgotten. */
uint32_t vault_flush_page(struct vault *vault, uint32_t contents,
			  const struct vault_handle *handle);
/* The same, but nobody asked for it: it is not counted as a flush. */
uint32_t vault_forget_page(struct vault *vault, uint32_t contents,
			   const struct vault_handle *handle);
uint32_t vault_flush_object(struct vault *vault, uint32_t contents, const uint64_t object[3]);

/* Reclaims and scrubs what lazy flushes left, at most budget steps. True: more is left. */
bool vault_background(struct vault *vault, unsigned int budget);

/* Figures of all contents; counts since the vault was made or they were cleared. */
struct vault_figures {
	uint64_t dram_bytes, index_bytes, map_bytes;
	uint32_t units, free_units, runs; /* of memory; free runs */
	uint32_t buckets;
	uint64_t slots, slot_limit, index_used, stash_used;
	uint64_t committed_units, committed_slots; /* of persistent contents */
	uint64_t dead_pages, extents, objects;
	uint64_t dead_units; /* of objects that were flushed and are not cleared yet */
	uint64_t merges, splits, index_moves, index_full;
	uint64_t totals[VAULT_COUNTS];
};
void vault_read_figures(const struct vault *vault, struct vault_figures *figures);
/* Card memory as it is, 4 bytes from this one on; beyond its end there is nothing. */
uint32_t vault_memory_word(const struct vault *vault, uint64_t at);
void vault_memory_write(struct vault *vault, uint64_t at, uint32_t word);
void vault_clear_totals(struct vault *vault);

/* Tests: flips a bit of a stored page's payload. False: nothing is stored there. */
bool vault_flip_bit(struct vault *vault, uint32_t contents, const struct vault_handle *handle,
		    uint64_t random);
/* Every invariant; 0 or -EUCLEAN with the first finding in message. */
int vault_check(struct vault *vault, char *message, size_t size);

#endif /* PAM_MODEL_VAULT_H */
