// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index of a pool: from handle to entry.  Putting a page into it takes no
 * memory, as entries are linked and tables grow in the background or not at all;
 * so a promised page always finds its place.
 */
#include <linux/ktime.h>
#include <linux/slab.h>

#include "ram.h"

static bool same_handle(const struct pam_handle *a, const struct pam_handle *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static u32 first_stripe(struct ram_pool *pool, const u64 object[3], u64 *hash)
{
	*hash = siphash(object, 3 * sizeof(*object), &pool->key);
	return *hash % RAM_STRIPES;
}

/* The stripe of a handle, and its hash within. */
struct ram_stripe *ram_stripe_of(struct ram_pool *pool, const struct pam_handle *handle,
				 u32 *hash)
{
	u64 object_hash, page_hash;
	u32 first = first_stripe(pool, handle->object, &object_hash);

	page_hash = siphash_2u64(object_hash, handle->index, &pool->key);
	*hash = page_hash >> 32;
	return &pool->stripe[(first + page_hash % RAM_SPREAD) % RAM_STRIPES];
}

/* All below have the stripe locked. */

static struct hlist_head *bucket_of(struct ram_stripe *stripe, u32 hash)
{
	return &stripe->table[hash & (stripe->buckets - 1)];
}

struct ram_entry *ram_find(struct ram_stripe *stripe, u32 hash, const struct pam_handle *handle)
{
	struct ram_entry *entry;

	hlist_for_each_entry(entry, bucket_of(stripe, hash), hash)
		if (same_handle(&entry->handle, handle))
			return entry;
	return NULL;
}

void ram_link(struct ram_pool *pool, struct ram_stripe *stripe, u32 hash, struct ram_entry *entry)
{
	hlist_add_head(&entry->hash, bucket_of(stripe, hash));
	stripe->pages++;
	stripe->same_pages += entry->same;
	stripe->stored_bytes += ram_stored_bytes(pool, entry);
	atomic_long_inc(&pool->pages);
	entry->stamp = ktime_get_ns();
	if (pool->ephemeral) {
		spin_lock(&pool->lru_lock);
		list_add_tail(&entry->lru, &pool->lru);
		spin_unlock(&pool->lru_lock);
	}
	if (stripe->pages > stripe->buckets * RAM_LOAD)
		queue_work(ram.work, &pool->grow);
}

void ram_unlink(struct ram_pool *pool, struct ram_stripe *stripe, struct ram_entry *entry)
{
	hlist_del(&entry->hash);
	stripe->pages--;
	stripe->same_pages -= entry->same;
	stripe->stored_bytes -= ram_stored_bytes(pool, entry);
	atomic_long_dec(&pool->pages);
	if (pool->ephemeral) {
		spin_lock(&pool->lru_lock);
		list_del(&entry->lru);
		spin_unlock(&pool->lru_lock);
	}
}

/* A persistent pool may not hold more; an ephemeral one drops its oldest afterwards. */
static bool is_full(struct ram_pool *pool)
{
	u64 limit = READ_ONCE(pool->limit);

	return limit && !pool->ephemeral && atomic_long_read(&pool->pages) >= limit;
}

/*
 * Of an unlinked entry, or NULL: gives memory of the reserve back while the stripe is
 * still locked.  Whoever finds the page gone then finds its memory free; else a put
 * that follows could miss the spare it was promised.  What the caller is to free
 * without the lock, as that takes longer, or NULL.
 */
static struct ram_entry *give_back(struct ram_pool *pool, struct ram_entry *entry)
{
	if (!entry || !entry->spare)
		return entry;
	ram_free(pool, entry);
	return NULL;
}

/* All below lock the stripe. */

/*
 * Puts an entry in the place of the older one, which is freed. 0; -ENOSPC: the pool
 * is full, and holds no page of that handle. Puts of other handles at the same moment
 * may each take the last place: the limit is exceeded by as many CPUs at most.
 */
int ram_insert(struct ram_pool *pool, struct ram_entry *entry)
{
	struct ram_stripe *stripe;
	struct ram_entry *old;
	int err = 0;
	u32 hash;

	stripe = ram_stripe_of(pool, &entry->handle, &hash);
	spin_lock(&stripe->lock);
	old = ram_find(stripe, hash, &entry->handle);
	if (old)
		ram_unlink(pool, stripe, old);
	else if (is_full(pool))
		err = -ENOSPC;
	if (!err)
		ram_link(pool, stripe, hash, entry);
	old = give_back(pool, old);
	spin_unlock(&stripe->lock);
	if (old)
		ram_free(pool, old);
	return err;
}

/*
 * Puts a page into memory of the pool's reserve, in the place of the older one.
 * All in one hold of the lock: so no more spares are taken than handles have pages,
 * and a pool that holds fewer pages than its reserve always has one left.
 * 0; -ENOSPC: none is left or the pool is full, and the handle has no page.
 */
int ram_insert_spare(struct ram_pool *pool, const struct pam_handle *handle, struct page *page)
{
	struct ram_entry *old, *spare = NULL;
	struct ram_stripe *stripe;
	u32 hash;

	stripe = ram_stripe_of(pool, handle, &hash);
	spin_lock(&stripe->lock);
	old = ram_find(stripe, hash, handle);
	if (old)
		ram_unlink(pool, stripe, old);
	if (old && old->spare)
		swap(spare, old);
	else if (!is_full(pool))
		spare = ram_take_spare(pool);
	if (spare) {
		ram_pack_spare(pool, spare, handle, page);
		ram_link(pool, stripe, hash, spare);
	}
	spin_unlock(&stripe->lock);
	if (old)
		ram_free(pool, old);
	return spare ? 0 : -ENOSPC;
}

/* Forgets a page; with a stamp other than 0, only if it was put then. */
void ram_remove(struct ram_pool *pool, const struct pam_handle *handle, u64 stamp)
{
	struct ram_stripe *stripe;
	struct ram_entry *entry;
	u32 hash;

	stripe = ram_stripe_of(pool, handle, &hash);
	spin_lock(&stripe->lock);
	entry = ram_find(stripe, hash, handle);
	if (entry && stamp && entry->stamp != stamp)
		entry = NULL;
	if (entry)
		ram_unlink(pool, stripe, entry);
	entry = give_back(pool, entry);
	spin_unlock(&stripe->lock);
	if (entry)
		ram_free(pool, entry);
}

/* Forgets the pages of an object, or with NULL all, that lie in this stripe. */
static void empty_stripe(struct ram_pool *pool, struct ram_stripe *stripe, const u64 *object)
{
	struct ram_entry *entry;
	struct hlist_node *next;
	HLIST_HEAD(removed);
	u32 i;

	spin_lock(&stripe->lock);
	for (i = 0; i < stripe->buckets && stripe->pages; i++) {
		hlist_for_each_entry_safe(entry, next, &stripe->table[i], hash) {
			if (object && memcmp(entry->handle.object, object,
					     sizeof(entry->handle.object)))
				continue;
			ram_unlink(pool, stripe, entry);
			entry = give_back(pool, entry);
			if (entry)
				hlist_add_head(&entry->hash, &removed);
		}
	}
	spin_unlock(&stripe->lock);
	hlist_for_each_entry_safe(entry, next, &removed, hash)
		ram_free(pool, entry);
}

void ram_remove_object(struct ram_pool *pool, const u64 object[3])
{
	u64 hash;
	u32 first = first_stripe(pool, object, &hash), i;

	for (i = 0; i < RAM_SPREAD; i++)
		empty_stripe(pool, &pool->stripe[(first + i) % RAM_STRIPES], object);
}

/* May sleep. */
void ram_remove_all(struct ram_pool *pool)
{
	u32 i;

	for (i = 0; i < RAM_STRIPES; i++) {
		empty_stripe(pool, &pool->stripe[i], NULL);
		cond_resched();
	}
}

/*
 * Brings a page back. 0, -ENOENT, -EBADMSG. The copy is made under the lock, so that
 * it is of one put, and an exclusive get takes what it copied.
 */
int ram_get(struct ram_pool *pool, const struct pam_handle *handle, struct page *page,
	    bool exclusive)
{
	struct ram_entry *entry, *taken = NULL;
	struct ram_stripe *stripe;
	int err = -ENOENT;
	u32 hash;

	stripe = ram_stripe_of(pool, handle, &hash);
	spin_lock(&stripe->lock);
	entry = ram_find(stripe, hash, handle);
	if (entry)
		err = ram_unpack(pool, entry, page);
	if (!err && exclusive) {
		ram_unlink(pool, stripe, entry);
		taken = give_back(pool, entry);
	}
	spin_unlock(&stripe->lock);
	if (taken)
		ram_free(pool, taken);
	return err;
}

static void account_table(struct ram_pool *pool, long buckets)
{
	long bytes = buckets * (long)sizeof(struct hlist_head);

	atomic_long_add(bytes, &pool->table_bytes);
	atomic_long_add(bytes, &ram.used);
}

/* Grows a stripe's table, if it is crowded; the only one who changes its size. */
static void grow_stripe(struct ram_pool *pool, struct ram_stripe *stripe)
{
	/*
	 * Looked at once, without the lock: pages may leave at any time, and a second
	 * look could make a smaller table of it, or try to round up none.
	 */
	u32 pages = READ_ONCE(stripe->pages), buckets, i, hash;
	struct hlist_head *old, *table;
	struct ram_entry *entry;
	struct hlist_node *next;

	if (pages <= stripe->buckets * RAM_LOAD)
		return;
	buckets = roundup_pow_of_two(pages);
	table = kvcalloc(buckets, sizeof(*table), GFP_KERNEL | __GFP_NOWARN);
	if (!table)
		return;
	account_table(pool, buckets);
	spin_lock(&stripe->lock);
	old = stripe->table;
	swap(stripe->buckets, buckets);
	stripe->table = table;
	for (i = 0; i < buckets; i++) {
		hlist_for_each_entry_safe(entry, next, &old[i], hash) {
			hlist_del(&entry->hash);
			ram_stripe_of(pool, &entry->handle, &hash);
			hlist_add_head(&entry->hash, bucket_of(stripe, hash));
		}
	}
	spin_unlock(&stripe->lock);
	if (old != stripe->first) {
		account_table(pool, -(long)buckets);
		kvfree(old);
	}
}

/* Runs when a stripe has become crowded; without memory it stays so, which only costs time. */
void ram_grow(struct work_struct *work)
{
	struct ram_pool *pool = container_of(work, struct ram_pool, grow);
	u32 i;

	for (i = 0; i < RAM_STRIPES; i++) {
		grow_stripe(pool, &pool->stripe[i]);
		cond_resched();
	}
}
