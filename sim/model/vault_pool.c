// SPDX-License-Identifier: Apache-2.0
/* Pools: the table, reserves and commitments, and flushing without looking at pages. */
#include <string.h>

#include "vault_priv.h"

/* A pool's id: the table entry in the low bits, how often it was used above. */
#define POOL_ENTRY_BITS 8u

struct vault_pool *vault_pool_find(struct vault *vault, uint32_t id)
{
	struct vault_pool *pool = &vault->pools[id % VAULT_POOLS];

	return id != 0 && pool->info.id == id ? pool : NULL;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool commits(const struct vault_contents *contents)
{
	return contents->type == PAMC_POOL_TYPE_PERSISTENT && !contents->dead;
}

static void commitment_add(struct vault *vault, const struct vault_contents *contents)
{
	if (commits(contents)) {
		vault->committed_units += larger(contents->sums.units, contents->reserve_units);
		vault->committed_slots += larger(contents->slots, contents->reserve_slots);
	}
}

static void commitment_drop(struct vault *vault, const struct vault_contents *contents)
{
	if (commits(contents)) {
		vault->committed_units -= larger(contents->sums.units, contents->reserve_units);
		vault->committed_slots -= larger(contents->slots, contents->reserve_slots);
	}
}

void vault_charge(struct vault *vault, struct vault_contents *contents, int64_t units,
		  int64_t slots)
{
	commitment_drop(vault, contents);
	contents->sums.units += (uint64_t)units;
	contents->slots += (uint64_t)slots;
	commitment_add(vault, contents);
}

bool vault_committed(const struct vault *vault)
{
	return vault->committed_units <= vault->store.units &&
	       vault->committed_slots <= vault->slot_limit;
}

/* Sets a reserve in pages; false, and as it was, when it cannot be promised. */
static bool set_reserve(struct vault *vault, struct vault_contents *contents, uint64_t pages)
{
	uint64_t old_units = contents->reserve_units;
	uint64_t old_slots = contents->reserve_slots;

	/* More than the card has blocks: refuse before the product overflows. */
	if (pages > vault->dram_bytes / PAMC_BLOCK_SIZE) {
		return false;
	}
	commitment_drop(vault, contents);
	contents->reserve_units = pages * vault_worst_units(contents->order);
	contents->reserve_slots = pages * VAULT_WORST_SLOTS;
	commitment_add(vault, contents);
	if (vault_committed(vault)) {
		return true;
	}
	commitment_drop(vault, contents);
	contents->reserve_units = old_units;
	contents->reserve_slots = old_slots;
	commitment_add(vault, contents);
	return false;
}

static struct vault_contents *contents_unused(struct vault *vault)
{
	for (unsigned int i = 0; i < VAULT_CONTENTS; i++) {
		if (!vault->contents[i].in_use) {
			return &vault->contents[i];
		}
	}
	return NULL;
}

static struct vault_contents *contents_create(struct vault *vault, struct vault_pool *pool)
{
	struct vault_contents *contents = contents_unused(vault);

	/* There are more contents than pools: so some are dead, and end when swept. */
	while (!contents) {
		vault_sweep_step(vault);
		contents = contents_unused(vault);
	}
	*contents = (struct vault_contents){
	    .in_use = true,
	    .type = pool->info.type,
	    .order = pool->info.order,
	    .number = (uint16_t)(contents - vault->contents),
	    .oldest = STORE_NOWHERE,
	    .newest = STORE_NOWHERE,
	    .pool = pool,
	};
	if (contents->number >= vault->contents_top) {
		vault->contents_top = contents->number + 1u;
	}
	pool->contents = contents;
	return contents;
}

/* What is held is dead from now on. */
static void contents_abandon(struct vault *vault, struct vault_contents *contents)
{
	commitment_drop(vault, contents);
	contents->dead = true;
	contents->pool = NULL;
	contents->reserve_units = 0;
	contents->reserve_slots = 0;
	vault->dead_pages += contents->sums.pages;
	vault_contents_settle(contents);
}

void vault_contents_settle(struct vault_contents *contents)
{
	if (contents->dead && contents->records == 0) {
		contents->in_use = false;
	}
}

static enum pamc_status check_info(const struct pamc_pool_info *info)
{
	if (info->type > PAMC_POOL_TYPE_PERSISTENT || info->order > PAMC_MAX_PAGE_ORDER ||
	    info->flags & ~PAMC_POOL_ALL_FLAGS) {
		return PAMC_STATUS_BAD_FIELD;
	}
	if (info->type == PAMC_POOL_TYPE_EPHEMERAL &&
	    (info->reserve != 0 || info->flags & PAMC_POOL_DURABLE)) {
		return PAMC_STATUS_BAD_FIELD;
	}
	if (info->limit != 0 && info->reserve > info->limit) {
		return PAMC_STATUS_BAD_FIELD;
	}
	return info->flags & PAMC_POOL_DURABLE ? PAMC_STATUS_NOT_SUPPORTED : PAMC_STATUS_SUCCESS;
}

/* Copies what the creator of a pool settles; all counts are 0. */
static void take_info(struct vault_pool *pool, const struct pamc_pool_info *info, uint32_t id)
{
	memset(&pool->info, 0, sizeof(pool->info));
	pool->info.id = id;
	pool->info.type = info->type;
	pool->info.order = info->order;
	pool->info.domain = info->domain;
	pool->info.flags = info->flags;
	pool->info.reserve = info->reserve;
	pool->info.limit = info->limit;
	memcpy(pool->info.name, info->name, sizeof(pool->info.name));
	pool->info.name[sizeof(pool->info.name) - 1] = 0;
	memcpy(pool->info.owner, info->owner, sizeof(pool->info.owner));
}

enum pamc_status vault_pool_create(struct vault *vault, struct pamc_pool_info *info)
{
	enum pamc_status status = check_info(info);
	unsigned int entry = 1;
	struct vault_pool *pool;

	if (status != PAMC_STATUS_SUCCESS) {
		return status;
	}
	while (entry < VAULT_POOLS && vault->pools[entry].info.id != 0) {
		entry++;
	}
	if (entry == VAULT_POOLS) {
		return PAMC_STATUS_NO_RESOURCES;
	}
	pool = &vault->pools[entry];
	take_info(pool, info, pool->uses << POOL_ENTRY_BITS | entry);
	contents_create(vault, pool);
	if (!set_reserve(vault, pool->contents, info->reserve)) {
		contents_abandon(vault, pool->contents);
		pool->info.id = 0;
		return PAMC_STATUS_NO_SPACE;
	}
	pool->uses++;
	info->id = pool->info.id;
	return PAMC_STATUS_SUCCESS;
}

enum pamc_status vault_pool_destroy(struct vault *vault, uint32_t id)
{
	struct vault_pool *pool = vault_pool_find(vault, id);

	if (!pool) {
		return PAMC_STATUS_BAD_POOL;
	}
	contents_abandon(vault, pool->contents);
	pool->contents = NULL;
	pool->info.id = 0;
	return PAMC_STATUS_SUCCESS;
}

enum pamc_status vault_pool_flush(struct vault *vault, uint32_t id)
{
	struct vault_pool *pool = vault_pool_find(vault, id);
	struct vault_contents *old;
	struct vault_contents *new;

	if (!pool) {
		return PAMC_STATUS_BAD_POOL;
	}
	old = pool->contents;
	if (old->sums.pages == 0) {
		return PAMC_STATUS_SUCCESS;
	}
	pool->info.flushes += old->sums.pages;
	vault->counters.flushes += old->sums.pages;
	new = contents_create(vault, pool);
	new->reserve_units = old->reserve_units;
	new->reserve_slots = old->reserve_slots;
	contents_abandon(vault, old);
	commitment_add(vault, new);
	return PAMC_STATUS_SUCCESS;
}

enum pamc_status vault_pool_set(struct vault *vault, uint32_t id, uint32_t what, uint32_t flags,
				uint64_t reserve, uint64_t limit)
{
	struct vault_pool *pool = vault_pool_find(vault, id);
	struct pamc_pool_info next;
	enum pamc_status status;

	if (!pool) {
		return PAMC_STATUS_BAD_POOL;
	}
	if (what & ~PAMC_POOL_SET_ALL_FLAGS) {
		return PAMC_STATUS_BAD_FIELD;
	}
	next = pool->info;
	if (what & PAMC_POOL_SET_FLAGS) {
		next.flags = flags;
	}
	if (what & PAMC_POOL_SET_RESERVE) {
		next.reserve = reserve;
	}
	if (what & PAMC_POOL_SET_LIMIT) {
		next.limit = limit;
	}
	status = check_info(&next);
	if (status != PAMC_STATUS_SUCCESS) {
		return status;
	}
	if (next.reserve != pool->info.reserve &&
	    !set_reserve(vault, pool->contents, next.reserve)) {
		return PAMC_STATUS_NO_SPACE;
	}
	pool->info = next;
	while (next.type == PAMC_POOL_TYPE_EPHEMERAL && next.limit != 0 &&
	       pool->contents->sums.pages > next.limit) {
		vault_evict_from(vault, pool->contents);
	}
	return PAMC_STATUS_SUCCESS;
}

const struct pamc_pool_info *vault_pool_info(struct vault *vault, uint32_t id)
{
	struct vault_pool *pool = vault_pool_find(vault, id);
	const struct vault_sums *sums;

	if (!pool) {
		return NULL;
	}
	sums = &pool->contents->sums;
	pool->info.pages = sums->pages;
	pool->info.stored_bytes = sums->stored;
	pool->info.used_bytes = sums->units * STORE_UNIT;
	pool->info.same_pages = sums->same;
	pool->info.raw_pages = sums->raw;
	return &pool->info;
}

uint32_t vault_pool_next(struct vault *vault, uint32_t from)
{
	uint32_t next = 0;

	for (unsigned int entry = 1; entry < VAULT_POOLS; entry++) {
		uint32_t id = vault->pools[entry].info.id;

		if (id != 0 && id >= from && (next == 0 || id < next)) {
			next = id;
		}
	}
	return next;
}
