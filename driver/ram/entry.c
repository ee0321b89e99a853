// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries: a page's content, packed into memory and back, and the spare memory that
 * a reserve's promise is made of.
 */
#include <linux/crc32c.h>
#include <linux/highmem.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "../compat.h"
#include "ram.h"

/*
 * On the way of a page nothing waits for memory: reclaim itself may be calling. A
 * persistent put may dip into the emergency reserves, as reclaim's own allocations
 * do: it gives back more than it takes. An ephemeral one is not worth that.
 */
#define RAM_GFP	(GFP_NOWAIT | __GFP_NOWARN)

/* One CPU's room for compression; used with preemption off. */
struct ram_scratch {
	u8 block[PAGE_SIZE];
	u8 lz4[LZ4_MEM_COMPRESS];
};

static DEFINE_PER_CPU(struct ram_scratch *, ram_scratch);

void ram_entry_exit(void)
{
	unsigned int order;
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu(ram_scratch, cpu));
	for (order = 0; order <= PAM_MAX_ORDER; order++)
		kmem_cache_destroy(ram.entries[order]);
}

int ram_entry_init(void)
{
	unsigned int order;
	char name[32];
	int cpu;

	for (order = 0; order <= PAM_MAX_ORDER; order++) {
		snprintf(name, sizeof(name), "pam_ram_entry_%u", order);
		ram.entries[order] = kmem_cache_create(name, ram_entry_size(order), 0, 0, NULL);
		if (!ram.entries[order])
			goto fail;
	}
	for_each_possible_cpu(cpu) {
		struct ram_scratch *scratch = kvmalloc_node(sizeof(*scratch), GFP_KERNEL,
							    cpu_to_node(cpu));

		if (!scratch)
			goto fail;
		per_cpu(ram_scratch, cpu) = scratch;
	}
	return 0;

fail:
	ram_entry_exit();
	return -ENOMEM;
}

/* Brings ram.used up to date with what zsmalloc took or gave back. */
static void account_zs(struct ram_pool *pool)
{
	long was = atomic_long_read(&pool->zs_pages);
	long now = zs_get_total_pages(pool->zs);

	if (now != was && atomic_long_try_cmpxchg(&pool->zs_pages, &was, now))
		atomic_long_add((now - was) * (long)PAGE_SIZE, &ram.used);
}

static void free_blocks(struct ram_pool *pool, struct ram_entry *entry, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		zs_free(pool->zs, entry->block[i].where);
	account_zs(pool);
}

static void free_spare(struct ram_pool *pool, struct ram_entry *entry)
{
	unsigned int i;

	for (i = 0; i < 1U << pool->order; i++)
		if (entry->block[i].where)
			__free_page((struct page *)entry->block[i].where);
	kmem_cache_free(ram.entries[pool->order], entry);
	atomic_long_sub(ram_entry_size(pool->order) + (PAGE_SIZE << pool->order), &ram.used);
}

/* The memory goes back to the reserve as long as that is to be so large. */
static void return_spare(struct ram_pool *pool, struct ram_entry *entry)
{
	bool keep;

	spin_lock(&pool->spare_lock);
	keep = pool->spares_held <= pool->spares_wanted;
	if (keep)
		list_add(&entry->lru, &pool->spares);
	else
		pool->spares_held--;
	spin_unlock(&pool->spare_lock);
	if (!keep)
		free_spare(pool, entry);
}

/* Frees an entry that is in no stripe any more. */
void ram_free(struct ram_pool *pool, struct ram_entry *entry)
{
	if (entry->spare) {
		return_spare(pool, entry);
		return;
	}
	if (!entry->same)
		free_blocks(pool, entry, 1U << pool->order);
	kmem_cache_free(ram.entries[pool->order], entry);
	atomic_long_sub(ram_entry_size(pool->order), &ram.used);
}

static bool block_is_same(const u64 *word, u64 pattern)
{
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		if (word[i] != pattern)
			return false;
	return true;
}

static bool page_is_same(struct ram_pool *pool, struct page *page, u64 *pattern)
{
	bool same = true;
	unsigned int i;

	for (i = 0; i < 1U << pool->order && same; i++) {
		const u64 *word = kmap_local_page(page + i);

		if (!i)
			*pattern = *word;
		same = block_is_same(word, *pattern);
		kunmap_local(word);
	}
	return same;
}

static u32 page_crc(struct ram_pool *pool, struct page *page)
{
	u32 crc = ~0;
	unsigned int i;

	for (i = 0; i < 1U << pool->order; i++) {
		const void *data = kmap_local_page(page + i);

		crc = crc32c(crc, data, PAGE_SIZE);
		kunmap_local(data);
	}
	return ~crc;
}

static gfp_t gfp_of(const struct ram_pool *pool)
{
	return RAM_GFP | (pool->ephemeral ? __GFP_NOMEMALLOC : 0);
}

static bool has_room(size_t bytes)
{
	u64 limit = ram_limit_bytes();

	return !limit || atomic_long_read(&ram.used) + bytes <= limit;
}

static bool pack_block(struct ram_pool *pool, struct ram_block *block, struct page *page)
{
	struct ram_scratch *scratch = *get_cpu_ptr(&ram_scratch);
	char *data = kmap_local_page(page);
	void *stored = scratch->block;
	bool packed = false;
	int bytes;

	bytes = LZ4_compress_default(data, scratch->block, PAGE_SIZE,
				     zs_huge_class_size(pool->zs) - 1, scratch->lz4);
	if (bytes <= 0) {
		/* Did not fit: zsmalloc would take a whole page for it. */
		bytes = PAGE_SIZE;
		stored = data;
	}
	if (has_room(bytes)) {
		block->bytes = bytes;
		block->where = pam_zs_malloc(pool->zs, bytes,
					     gfp_of(pool) | __GFP_HIGHMEM | __GFP_MOVABLE);
		packed = !IS_ERR_VALUE(block->where);
	}
	if (packed)
		pam_zs_write(pool->zs, block->where, stored, bytes);
	kunmap_local(data);
	put_cpu_ptr(&ram_scratch);
	return packed;
}

static bool pack_blocks(struct ram_pool *pool, struct ram_entry *entry, struct page *page)
{
	unsigned int i;

	for (i = 0; i < 1U << pool->order; i++) {
		if (!pack_block(pool, &entry->block[i], page + i)) {
			free_blocks(pool, entry, i);
			return false;
		}
	}
	account_zs(pool);
	return true;
}

/* Packs a page; NULL: no memory, or no room below the limit. */
struct ram_entry *ram_pack(struct ram_pool *pool, const struct pam_handle *handle,
			   struct page *page)
{
	struct ram_entry *entry;

	if (!has_room(ram_entry_size(pool->order)))
		return NULL;
	entry = kmem_cache_alloc(ram.entries[pool->order], gfp_of(pool));
	if (!entry)
		return NULL;
	entry->handle = *handle;
	entry->spare = false;
	entry->damaged = false;
	entry->same = page_is_same(pool, page, &entry->pattern);
	entry->crc = page_crc(pool, page);
	if (!entry->same && !pack_blocks(pool, entry, page)) {
		kmem_cache_free(ram.entries[pool->order], entry);
		return NULL;
	}
	atomic_long_add(ram_entry_size(pool->order), &ram.used);
	return entry;
}

/* Puts a page into a spare, which cannot fail. */
void ram_pack_spare(struct ram_pool *pool, struct ram_entry *entry,
		    const struct pam_handle *handle, struct page *page)
{
	unsigned int i;

	entry->handle = *handle;
	entry->damaged = false;
	entry->crc = page_crc(pool, page);
	for (i = 0; i < 1U << pool->order; i++)
		copy_highpage((struct page *)entry->block[i].where, page + i);
}

static bool unpack_stored(struct ram_pool *pool, const struct ram_block *block, void *data)
{
	struct ram_scratch *scratch = *get_cpu_ptr(&ram_scratch);
	void *stored = pam_zs_read_begin(pool->zs, block->where, block->bytes, scratch->block);
	int bytes = PAGE_SIZE;

	if (block->bytes == PAGE_SIZE)
		memcpy(data, stored, PAGE_SIZE);
	else
		bytes = LZ4_decompress_safe(stored, data, block->bytes, PAGE_SIZE);
	pam_zs_read_end(pool->zs, block->where, block->bytes, stored);
	put_cpu_ptr(&ram_scratch);
	return bytes == PAGE_SIZE;
}

static bool unpack_block(struct ram_pool *pool, const struct ram_entry *entry, unsigned int i,
			 struct page *page)
{
	bool good = true;
	void *data;

	if (entry->spare) {
		copy_highpage(page, (struct page *)entry->block[i].where);
		return true;
	}
	data = kmap_local_page(page);
	if (entry->same)
		memset64(data, entry->pattern, PAGE_SIZE / sizeof(u64));
	else
		good = unpack_stored(pool, &entry->block[i], data);
	kunmap_local(data);
	return good;
}

static void flip_bit(struct page *page)
{
	u8 *data = kmap_local_page(page);

	data[PAGE_SIZE / 3] ^= 1;
	kunmap_local(data);
}

/* 0, or -EBADMSG: it is not what was put. The caller keeps the entry from going away. */
int ram_unpack(struct ram_pool *pool, struct ram_entry *entry, struct page *page)
{
	unsigned int i;

	for (i = 0; i < 1U << pool->order; i++)
		if (!unpack_block(pool, entry, i, page + i))
			return -EBADMSG;
	entry->damaged |= ram_flips();
	if (unlikely(entry->damaged))
		flip_bit(page);
	return page_crc(pool, page) == entry->crc ? 0 : -EBADMSG;
}

/* What the page takes as compressed. */
unsigned int ram_stored_bytes(const struct ram_pool *pool, const struct ram_entry *entry)
{
	unsigned int bytes = 0, i;

	if (entry->same)
		return sizeof(entry->pattern);
	for (i = 0; i < 1U << pool->order; i++)
		bytes += entry->block[i].bytes;
	return bytes;
}

static struct ram_entry *alloc_spare(struct ram_pool *pool)
{
	/* Without the OOM killer: the promise is refused instead. */
	gfp_t gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
	struct ram_entry *entry = kmem_cache_zalloc(ram.entries[pool->order], gfp);
	unsigned int i;

	if (!entry)
		return NULL;
	entry->spare = true;
	atomic_long_add(ram_entry_size(pool->order) + (PAGE_SIZE << pool->order), &ram.used);
	for (i = 0; i < 1U << pool->order; i++) {
		struct page *page = alloc_page(gfp | __GFP_HIGHMEM);

		if (!page) {
			free_spare(pool, entry);
			return NULL;
		}
		entry->block[i].where = (unsigned long)page;
		entry->block[i].bytes = PAGE_SIZE;
	}
	return entry;
}

struct ram_entry *ram_take_spare(struct ram_pool *pool)
{
	struct ram_entry *entry;

	spin_lock(&pool->spare_lock);
	entry = list_first_entry_or_null(&pool->spares, struct ram_entry, lru);
	if (entry)
		list_del(&entry->lru);
	spin_unlock(&pool->spare_lock);
	return entry;
}

/* Frees spares that are too many and in no use; those in use follow when they are free. */
static void drop_spares(struct ram_pool *pool)
{
	struct ram_entry *entry;

	do {
		spin_lock(&pool->spare_lock);
		entry = NULL;
		if (pool->spares_held > pool->spares_wanted)
			entry = list_first_entry_or_null(&pool->spares, struct ram_entry, lru);
		if (entry) {
			list_del(&entry->lru);
			pool->spares_held--;
		}
		spin_unlock(&pool->spare_lock);
		if (entry)
			free_spare(pool, entry);
	} while (entry);
}

/*
 * Makes the reserve this many pages, by holding memory for each. 0, or -ENOSPC and
 * nothing changed. Calls for one pool come one at a time.
 */
int ram_set_spares(struct ram_pool *pool, u64 wanted)
{
	u64 before = pool->spares_wanted;
	struct ram_entry *entry;

	if (wanted > pool->spares_held && wanted - pool->spares_held > ram_promisable(pool->order))
		return -ENOSPC;
	while (READ_ONCE(pool->spares_held) < wanted) {
		entry = alloc_spare(pool);
		spin_lock(&pool->spare_lock);
		pool->spares_wanted = entry ? wanted : before;
		if (entry) {
			list_add(&entry->lru, &pool->spares);
			pool->spares_held++;
		}
		spin_unlock(&pool->spare_lock);
		if (!entry) {
			drop_spares(pool);
			return -ENOSPC;
		}
		cond_resched();
	}
	spin_lock(&pool->spare_lock);
	pool->spares_wanted = wanted;
	spin_unlock(&pool->spare_lock);
	drop_spares(pool);
	return 0;
}
