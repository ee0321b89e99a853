/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools for tests of the vault, which knows only what they hold: reserves in pages and
 * flushes, as the firmware makes them of contents (firmware/fw_pools.c). A pool is the
 * number of its contents.
 */
#ifndef VAULT_POOLS_H
#define VAULT_POOLS_H

#include "vault.h"
#include "vault_layout.h"

static inline bool pool_reserve(struct vault *vault, uint32_t pool, unsigned int order,
				uint64_t pages)
{
	struct vault_figures figures;

	vault_read_figures(vault, &figures);
	return pages <= figures.units &&
	       vault_contents_reserve(vault, pool, pages * vault_worst_units(order, false),
				      pages * VAULT_WORST_SLOTS);
}

/* VAULT_NO_CONTENTS: the reserve cannot be promised. */
static inline uint32_t pool_create(struct vault *vault, enum pamc_pool_type type,
				   unsigned int order, uint64_t reserve, uint64_t limit)
{
	uint32_t pool = vault_contents_create(vault, type, order);

	if (pool == VAULT_NO_CONTENTS) {
		return pool;
	}
	if (!pool_reserve(vault, pool, order, reserve)) {
		vault_contents_abandon(vault, pool, false);
		return VAULT_NO_CONTENTS;
	}
	vault_contents_limit(vault, pool, limit);
	return pool;
}

/* The pool's new number. */
static inline uint32_t pool_flush(struct vault *vault, uint32_t pool)
{
	struct vault_row row;
	uint32_t fresh;

	vault_read_contents(vault, pool, &row);
	if (row.pages == 0) {
		return pool;
	}
	fresh = vault_contents_create(
	    vault, row.ephemeral ? PAMC_POOL_TYPE_EPHEMERAL : PAMC_POOL_TYPE_PERSISTENT, row.order);
	if (fresh == VAULT_NO_CONTENTS) {
		return pool;
	}
	vault_contents_abandon(vault, pool, true);
	vault_contents_reserve(vault, fresh, row.reserve_units, row.reserve_slots);
	vault_contents_limit(vault, fresh, row.limit);
	return fresh;
}

static inline uint64_t pool_pages(struct vault *vault, uint32_t pool)
{
	struct vault_row row;

	vault_read_contents(vault, pool, &row);
	return row.pages;
}

static inline uint64_t pool_used_bytes(struct vault *vault)
{
	struct vault_figures figures;

	vault_read_figures(vault, &figures);
	return (uint64_t)(figures.units - figures.free_units) * 32;
}

#endif /* VAULT_POOLS_H */
