// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dropping ephemeral pages, oldest first: to make room for a put, and when the
 * kernel is short of memory.
 */
#include <linux/shrinker.h>

#include "ram.h"

static struct shrinker *ram_shrinker;

/* Whose turn it is in this pool; false: it has none. */
static bool oldest_of(struct ram_pool *pool, struct pam_handle *handle, u64 *stamp)
{
	struct ram_entry *entry;

	spin_lock(&pool->lru_lock);
	entry = list_first_entry_or_null(&pool->lru, struct ram_entry, lru);
	if (entry) {
		*handle = entry->handle;
		*stamp = entry->stamp;
	}
	spin_unlock(&pool->lru_lock);
	return entry;
}

/* Drops the pool's oldest page, unless it is replaced just now. False: there is none. */
bool ram_evict_from(struct ram_pool *pool)
{
	struct pam_handle handle;
	u64 stamp;

	if (!pool->ephemeral || !oldest_of(pool, &handle, &stamp))
		return false;
	ram_remove(pool, &handle, stamp);
	atomic_long_inc(&pool->evicted);
	return true;
}

/* Drops the oldest page of all pools. False: there is none to drop. */
bool ram_evict_oldest(void)
{
	struct ram_pool *pool, *victim = NULL;
	u64 stamp, oldest = U64_MAX;
	struct pam_handle handle;
	bool dropped = false;

	read_lock(&ram.pools_lock);
	list_for_each_entry(pool, &ram.pools, list) {
		if (pool->ephemeral && oldest_of(pool, &handle, &stamp) && stamp < oldest) {
			victim = pool;
			oldest = stamp;
		}
	}
	if (victim)
		dropped = ram_evict_from(victim);
	read_unlock(&ram.pools_lock);
	return dropped;
}

static unsigned long count_ephemeral(struct shrinker *shrinker, struct shrink_control *control)
{
	unsigned long pages = 0;
	struct ram_pool *pool;

	read_lock(&ram.pools_lock);
	list_for_each_entry(pool, &ram.pools, list)
		if (pool->ephemeral)
			pages += atomic_long_read(&pool->pages);
	read_unlock(&ram.pools_lock);
	return pages ?: SHRINK_EMPTY;
}

static unsigned long drop_ephemeral(struct shrinker *shrinker, struct shrink_control *control)
{
	unsigned long dropped = 0;

	while (dropped < control->nr_to_scan && ram_evict_oldest())
		dropped++;
	return dropped ?: SHRINK_STOP;
}

int ram_shrinker_register(void)
{
	ram_shrinker = shrinker_alloc(0, "pam_ram");
	if (!ram_shrinker)
		return -ENOMEM;
	ram_shrinker->count_objects = count_ephemeral;
	ram_shrinker->scan_objects = drop_ephemeral;
	shrinker_register(ram_shrinker);
	return 0;
}

void ram_shrinker_unregister(void)
{
	shrinker_free(ram_shrinker);
}
