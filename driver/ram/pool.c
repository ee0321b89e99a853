// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools of pam_ram: creation, change, destruction, figures.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "../compat.h"
#include "ram.h"

/* Bytes of an entry, without what it points to. */
size_t ram_entry_size(unsigned int order)
{
	return struct_size_t(struct ram_entry, block, 1U << order);
}

static void init_stripes(struct ram_pool *pool)
{
	u32 i;

	for (i = 0; i < RAM_STRIPES; i++) {
		struct ram_stripe *stripe = &pool->stripe[i];

		spin_lock_init(&stripe->lock);
		stripe->table = stripe->first;
		stripe->buckets = RAM_BUCKETS;
	}
}

static void free_pool(struct ram_pool *pool)
{
	u32 i;

	atomic_long_sub(RAM_STRIPES * sizeof(*pool->stripe) +
			atomic_long_read(&pool->table_bytes), &ram.used);
	for (i = 0; i < RAM_STRIPES; i++)
		if (pool->stripe[i].table != pool->stripe[i].first)
			kvfree(pool->stripe[i].table);
	if (pool->zs)
		zs_destroy_pool(pool->zs);
	kvfree(pool->stripe);
	kfree(pool);
}

static struct ram_pool *alloc_pool(const struct pam_pool_params *params)
{
	static atomic_t serial;
	struct ram_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	char name[32];

	if (!pool)
		return NULL;
	pool->stripe = kvcalloc(RAM_STRIPES, sizeof(*pool->stripe), GFP_KERNEL);
	if (!pool->stripe) {
		kfree(pool);
		return NULL;
	}
	atomic_long_add(RAM_STRIPES * sizeof(*pool->stripe), &ram.used);
	init_stripes(pool);
	pool->ephemeral = params->type == PAM_EPHEMERAL;
	pool->order = params->order;
	pool->frozen = params->flags & PAM_POOL_FROZEN;
	pool->limit = params->limit;
	get_random_bytes(&pool->key, sizeof(pool->key));
	spin_lock_init(&pool->lru_lock);
	INIT_LIST_HEAD(&pool->lru);
	spin_lock_init(&pool->spare_lock);
	INIT_LIST_HEAD(&pool->spares);
	INIT_WORK(&pool->grow, ram_grow);
	/* Not the pool's own: one of the same name may just be going away. */
	snprintf(name, sizeof(name), "pam_ram-%u", atomic_inc_return(&serial));
	pool->zs = zs_create_pool(name);
	if (!pool->zs) {
		free_pool(pool);
		return NULL;
	}
	return pool;
}

int ram_pool_create(struct pam_backend *backend, const struct pam_pool_params *params, void **priv)
{
	struct ram_pool *pool = alloc_pool(params);
	int err = 0;

	if (!pool)
		return -ENOMEM;
	if (!ram_overcommits())
		err = ram_set_spares(pool, params->reserve);
	if (err) {
		free_pool(pool);
		return err;
	}
	write_lock(&ram.pools_lock);
	list_add_tail(&pool->list, &ram.pools);
	write_unlock(&ram.pools_lock);
	*priv = pool;
	return 0;
}

void ram_pool_destroy(struct pam_backend *backend, void *priv)
{
	struct ram_pool *pool = priv;

	write_lock(&ram.pools_lock);
	list_del(&pool->list);
	write_unlock(&ram.pools_lock);
	ram_remove_all(pool);
	cancel_work_sync(&pool->grow);
	ram_set_spares(pool, 0);
	free_pool(pool);
}

int ram_pool_set(struct pam_backend *backend, void *priv, const struct pam_pool_params *params)
{
	struct ram_pool *pool = priv;
	int err = 0;

	if (!ram_overcommits())
		err = ram_set_spares(pool, params->reserve);
	if (err)
		return err;
	WRITE_ONCE(pool->frozen, params->flags & PAM_POOL_FROZEN);
	WRITE_ONCE(pool->limit, params->limit);
	return 0;
}

int ram_pool_flush(struct pam_backend *backend, void *priv)
{
	ram_remove_all(priv);
	return 0;
}

int ram_pool_stats(struct pam_backend *backend, void *priv, struct pam_pool_stats *stats)
{
	struct ram_pool *pool = priv;
	u32 i;

	for (i = 0; i < RAM_STRIPES; i++) {
		struct ram_stripe *stripe = &pool->stripe[i];

		spin_lock(&stripe->lock);
		stats->pages += stripe->pages;
		stats->same_pages += stripe->same_pages;
		stats->stored_bytes += stripe->stored_bytes;
		spin_unlock(&stripe->lock);
	}
	stats->evicted = atomic_long_read(&pool->evicted);
	stats->used_bytes = (u64)zs_get_total_pages(pool->zs) * PAGE_SIZE +
			    stats->pages * ram_entry_size(pool->order) +
			    pool->spares_held * (PAGE_SIZE << pool->order) +
			    RAM_STRIPES * sizeof(*pool->stripe) +
			    atomic_long_read(&pool->table_bytes);
	return 0;
}
