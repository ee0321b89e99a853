/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault: where the card keeps pages.  Index (handle to place), store
 * (allocator of card DRAM), codec and CRC behind one small interface, which the
 * queue side of the model (front end, executor, admin) calls and nothing else
 * does.  It knows no queues, no host memory and no time.
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

/* A handle within a pool (design: 192-bit object, 64-bit index). */
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

/* 0, -EINVAL or -ENOMEM; seed keys the hash. DRAM is backed lazily (MAP_NORESERVE). */
int vault_create(uint64_t dram_bytes, uint64_t seed, struct vault **vault);
void vault_destroy(struct vault *vault);
/* Pages put from now on are compressed as the hardware does it, bit for bit. 0 or -ENOMEM. */
int vault_use_card_lz4(struct vault *vault);

/*
 * Pools. create takes type, order, domain, flags, reserve, limit, name, owner from
 * info and sets info->id. NO_SPACE: the reserve cannot be promised. BAD_FIELD,
 * NO_RESOURCES, NOT_SUPPORTED (durable) as named.
 */
enum pamc_status vault_pool_create(struct vault *vault, struct pamc_pool_info *info);
enum pamc_status vault_pool_destroy(struct vault *vault, uint32_t pool);
enum pamc_status vault_pool_flush(struct vault *vault, uint32_t pool);
/* Changes what `what` (PAMC_POOL_SET_*) names. */
enum pamc_status vault_pool_set(struct vault *vault, uint32_t pool, uint32_t what, uint32_t flags,
				uint64_t reserve, uint64_t limit);
/* The pool's present info, or NULL; valid until the next call on the vault. */
const struct pamc_pool_info *vault_pool_info(struct vault *vault, uint32_t pool);
/* The smallest pool id >= from, or 0. */
uint32_t vault_pool_next(struct vault *vault, uint32_t from);

/*
 * Pages. A put to an ephemeral pool succeeds even when there is no room for the
 * page: then it was dropped at once. Any index is accepted (64 bits); one above
 * 48 bits costs 8 bytes more. data is the whole page, BLOCK_SIZE << order bytes; crc its CRC32C
 * (the caller has computed it over what arrived). get verifies the CRC: UNCORRECTABLE when it is
 * wrong, and then nothing in data may be used. The pool's exclusive flag is the caller's to apply.
 */
enum pamc_status vault_put(struct vault *vault, uint32_t pool, const struct vault_handle *handle,
			   const void *data, uint32_t crc, struct vault_page *page);
enum pamc_status vault_get(struct vault *vault, uint32_t pool, const struct vault_handle *handle,
			   void *data, struct vault_page *page);
/* What vault_get found last did not reach its host: that was no hit. */
void vault_get_lost(struct vault *vault, uint32_t pool);
enum pamc_status vault_query(struct vault *vault, uint32_t pool, const struct vault_handle *handle,
			     struct vault_page *page);
/* SUCCESS in any case but a bad pool; *flushed = pages forgotten. */
enum pamc_status vault_flush_page(struct vault *vault, uint32_t pool,
				  const struct vault_handle *handle, uint32_t *flushed);
/* The same, but nobody asked for it: it is not counted as a flush. */
enum pamc_status vault_forget_page(struct vault *vault, uint32_t pool,
				   const struct vault_handle *handle, uint32_t *forgotten);
enum pamc_status vault_flush_object(struct vault *vault, uint32_t pool, const uint64_t object[3],
				    uint32_t *flushed);

/* Reclaims and scrubs what lazy flushes left, at most budget steps. True: more is left. */
bool vault_background(struct vault *vault, unsigned int budget);

/*
 * Figures for IDENTIFY and the logs; each fills in only what the vault knows. Of
 * the counters that is: puts, puts_refused, gets, misses, flushes, evictions,
 * crc_errors, merges, splits, index_moves, index_full.
 */
void vault_identify(struct vault *vault, struct pamc_identify *identify);
void vault_capacity(struct vault *vault, struct pamc_log_capacity *capacity);
void vault_counters(struct vault *vault, struct pamc_log_counters *counters);

/* Tests: flips a bit of a stored page's payload. False: nothing is stored there. */
bool vault_flip_bit(struct vault *vault, uint32_t pool, const struct vault_handle *handle,
		    uint64_t random);
/* Every invariant; 0 or -EUCLEAN with the first finding in message. */
int vault_check(struct vault *vault, char *message, size_t size);

#endif /* PAM_MODEL_VAULT_H */
