/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of pam_ram share.
 *
 * A pool is an index of entries, one per page.  The index is cut into stripes, each
 * with a lock and a hash table of its own; an object's pages lie in RAM_SPREAD
 * neighbouring stripes, so that many CPUs can work on one object and yet forgetting
 * an object looks at few stripes.
 *
 * Locks, outermost first: ram.pools_lock, stripe->lock, pool->lru_lock or
 * pool->spare_lock.  All are plain spinlocks: requests are declined in interrupt
 * handlers, as zsmalloc's locks are of that kind too.
 */
#ifndef PAM_RAM_H
#define PAM_RAM_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/lz4.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "pam.h"

#define RAM_STRIPES	4096
#define RAM_SPREAD	64
/* Buckets that a stripe begins with, and entries per bucket that make it grow. */
#define RAM_BUCKETS	4
#define RAM_LOAD	4

/**
 * struct ram_block - where PAGE_SIZE bytes of a page are
 * @where: object of the pool's zsmalloc; of a spare, a struct page
 * @bytes: its size; PAGE_SIZE: as it is, less: compressed by LZ4
 */
struct ram_block {
	unsigned long where;
	unsigned int bytes;
};

/**
 * struct ram_entry - a page held
 * @hash: in a bucket of its stripe
 * @lru: ephemeral: in pool->lru; a free spare: in pool->spares
 * @handle: whose page
 * @stamp: when it was put, ktime_get_ns(); with @handle it names one put
 * @pattern: same-filled: the 8 bytes that repeat; then there are no blocks
 * @crc: CRC32C of the whole page
 * @same: same-filled
 * @spare: holds memory of the pool's reserve, uncompressed
 * @damaged: a test wants it to be
 * @block: 1 << pool->order of them
 */
struct ram_entry {
	struct hlist_node hash;
	struct list_head lru;
	struct pam_handle handle;
	u64 stamp;
	u64 pattern;
	u32 crc;
	bool same;
	bool spare;
	bool damaged;
	struct ram_block block[];
};

/* A 4096th of a pool's index. */
struct ram_stripe {
	spinlock_t lock;	/* Protects all of the stripe, and its entries. */
	u32 buckets;
	u32 pages;
	u32 same_pages;
	u64 stored_bytes;
	struct hlist_head *table;
	struct hlist_head first[RAM_BUCKETS];
};

/**
 * struct ram_pool - a pool
 * @list: in ram.pools
 * @ephemeral: its type
 * @order: of its pages
 * @frozen: puts are refused
 * @limit: most pages; 0 = none
 * @key: hash key
 * @zs: its zsmalloc
 * @pages: pages held
 * @zs_pages: pages of @zs that are in ram.used
 * @table_bytes: memory of grown hash tables
 * @evicted: pages dropped for room
 * @lru_lock: protects @lru
 * @lru: ephemeral: its entries, oldest first
 * @spare_lock: protects the next three
 * @spares: entries with memory that no page is in
 * @spares_held: all spares, free or not
 * @spares_wanted: how many there are to be; the reserve
 * @grow: grows hash tables
 * @stripe: the index
 */
struct ram_pool {
	struct list_head list;
	bool ephemeral;
	unsigned int order;
	bool frozen;
	u64 limit;
	siphash_key_t key;
	struct zs_pool *zs;
	atomic_long_t pages;
	atomic_long_t zs_pages;
	atomic_long_t table_bytes;
	atomic_long_t evicted;
	/* Protects lru. */
	spinlock_t lru_lock;
	struct list_head lru;
	/* Protects the spares. */
	spinlock_t spare_lock;
	struct list_head spares;
	u64 spares_held;
	u64 spares_wanted;
	struct work_struct grow;
	struct ram_stripe *stripe;
};

/**
 * struct ram - the backend
 * @used: bytes of host memory taken: entries, compressed data, spares, tables
 * @pools_lock: protects @pools; read: nothing leaves it
 * @pools: all pools
 * @entries: caches of struct ram_entry by page order
 * @work: runs ram_pool.grow
 */
struct ram {
	atomic_long_t used;
	/* Protects pools. */
	rwlock_t pools_lock;
	struct list_head pools;
	struct kmem_cache *entries[PAM_MAX_ORDER + 1];
	struct workqueue_struct *work;
};

extern struct ram ram;

/* main.c */
u64 ram_limit_bytes(void);
bool ram_overcommits(void);
bool ram_flips(void);
u64 ram_free_bytes(void);
u64 ram_promisable(unsigned int order);

/* pool.c */
size_t ram_entry_size(unsigned int order);
int ram_pool_create(struct pam_backend *backend, const struct pam_pool_params *params, void **priv);
void ram_pool_destroy(struct pam_backend *backend, void *priv);
int ram_pool_set(struct pam_backend *backend, void *priv, const struct pam_pool_params *params);
int ram_pool_flush(struct pam_backend *backend, void *priv);
int ram_pool_stats(struct pam_backend *backend, void *priv, struct pam_pool_stats *stats);

/* index.c */
struct ram_stripe *ram_stripe_of(struct ram_pool *pool, const struct pam_handle *handle,
				 u32 *hash);
struct ram_entry *ram_find(struct ram_stripe *stripe, u32 hash, const struct pam_handle *handle);
void ram_link(struct ram_pool *pool, struct ram_stripe *stripe, u32 hash, struct ram_entry *entry);
void ram_unlink(struct ram_pool *pool, struct ram_stripe *stripe, struct ram_entry *entry);
int ram_insert(struct ram_pool *pool, struct ram_entry *entry);
int ram_insert_spare(struct ram_pool *pool, const struct pam_handle *handle, struct page *page);
void ram_remove(struct ram_pool *pool, const struct pam_handle *handle, u64 stamp);
void ram_remove_object(struct ram_pool *pool, const u64 object[3]);
void ram_remove_all(struct ram_pool *pool);
void ram_grow(struct work_struct *work);
int ram_get(struct ram_pool *pool, const struct pam_handle *handle, struct page *page,
	    bool exclusive);

/* entry.c */
int ram_entry_init(void);
void ram_entry_exit(void);
struct ram_entry *ram_pack(struct ram_pool *pool, const struct pam_handle *handle,
			   struct page *page);
void ram_pack_spare(struct ram_pool *pool, struct ram_entry *entry,
		    const struct pam_handle *handle, struct page *page);
int ram_unpack(struct ram_pool *pool, struct ram_entry *entry, struct page *page);
unsigned int ram_stored_bytes(const struct ram_pool *pool, const struct ram_entry *entry);
void ram_free(struct ram_pool *pool, struct ram_entry *entry);
int ram_set_spares(struct ram_pool *pool, u64 wanted);
struct ram_entry *ram_take_spare(struct ram_pool *pool);

/* evict.c */
int ram_shrinker_register(void);
void ram_shrinker_unregister(void);
bool ram_evict_from(struct ram_pool *pool);
bool ram_evict_oldest(void);

#endif /* PAM_RAM_H */
