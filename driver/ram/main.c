// SPDX-License-Identifier: GPL-2.0-only
/*
 * pam_ram: a backend in software, compressing pages by LZ4 into the host's own
 * memory.  It is what the card is compared with, and what PAM can be tried with
 * when there is no card.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sizes.h>

#include "ram.h"

static unsigned long limit_mb;
module_param(limit_mb, ulong, 0644);
MODULE_PARM_DESC(limit_mb, "Most memory to take, in MiB, all metadata included (0 = no limit)");

static bool overcommit;
module_param(overcommit, bool, 0444);
MODULE_PARM_DESC(overcommit, "Promise pages without holding memory for them (default N)");

static bool fault_refuse;
module_param(fault_refuse, bool, 0644);
MODULE_PARM_DESC(fault_refuse, "For tests: refuse every put, as if there was no space");

static bool fault_flip;
module_param(fault_flip, bool, 0644);
MODULE_PARM_DESC(fault_flip, "For tests: damage a bit of every page that is read");

static bool fault_transfer;
module_param(fault_transfer, bool, 0644);
MODULE_PARM_DESC(fault_transfer, "For tests: fail every put and get, as if the host's memory could not be reached");

struct ram ram = {
	.pools_lock = __RW_LOCK_UNLOCKED(ram.pools_lock),
	.pools = LIST_HEAD_INIT(ram.pools),
};

static struct pam_backend *ram_backend;

/* Most bytes to take; 0 = no limit. */
u64 ram_limit_bytes(void)
{
	return (u64)READ_ONCE(limit_mb) << 20;
}

/* Are promises made without memory to back them? */
bool ram_overcommits(void)
{
	return overcommit;
}

/* Is a page that is read to be damaged? */
bool ram_flips(void)
{
	return READ_ONCE(fault_flip);
}

static u64 total_bytes(void)
{
	return ram_limit_bytes() ?: (u64)totalram_pages() << PAGE_SHIFT;
}

/* Bytes that could still be taken. */
u64 ram_free_bytes(void)
{
	u64 limit = ram_limit_bytes(), used = atomic_long_read(&ram.used);
	/* Half of what the system could give: it needs some itself. */
	u64 available = (u64)max(si_mem_available(), 0L) << (PAGE_SHIFT - 1);

	if (!limit)
		return available;
	return used < limit ? min(limit - used, available) : 0;
}

/* Pages of this order that could be promised now. */
u64 ram_promisable(unsigned int order)
{
	if (overcommit)
		return total_bytes() >> (PAGE_SHIFT + order);
	return div64_u64(ram_free_bytes(), (PAGE_SIZE << order) + ram_entry_size(order));
}

/* Drops ephemeral pages until the page fits. */
static struct ram_entry *pack_with_room(struct ram_pool *pool, const struct pam_handle *handle,
					struct page *page)
{
	/* Several may share the memory that zsmalloc has to give back for one. */
	unsigned int tries = 32 << pool->order;
	struct ram_entry *entry;

	for (;;) {
		entry = ram_pack(pool, handle, page);
		if (entry || !tries-- || !ram_evict_oldest())
			return entry;
	}
}

static void keep_limit(struct ram_pool *pool)
{
	u64 limit = READ_ONCE(pool->limit);

	while (limit && atomic_long_read(&pool->pages) > limit && ram_evict_from(pool))
		;
}

/* Why a put is not even tried. */
static int refusal(struct ram_pool *pool)
{
	if (READ_ONCE(pool->frozen))
		return -EPERM;
	if (READ_ONCE(fault_refuse))
		return -ENOSPC;
	return READ_ONCE(fault_transfer) ? -EIO : 0;
}

static int put(struct ram_pool *pool, const struct pam_handle *handle, struct page *page)
{
	int err = refusal(pool);
	struct ram_entry *entry;

	if (err) {
		ram_remove(pool, handle, 0);
		return err;
	}
	entry = pack_with_room(pool, handle, page);
	if (!entry && pool->ephemeral) {
		/* Dropped at once, as ephemeral pages may be. */
		ram_remove(pool, handle, 0);
		atomic_long_inc(&pool->evicted);
		return 0;
	}
	if (!entry)
		return ram_insert_spare(pool, handle, page);
	err = ram_insert(pool, entry);
	if (err)
		ram_free(pool, entry);
	else if (pool->ephemeral)
		keep_limit(pool);
	return err;
}

static int get(struct ram_pool *pool, const struct pam_request *request)
{
	if (READ_ONCE(fault_transfer))
		return -EIO;
	return ram_get(pool, &request->handle, request->page,
		       request->flags & PAM_GET_EXCLUSIVE);
}

static int execute(struct ram_pool *pool, const struct pam_request *request)
{
	switch (request->op) {
	case PAM_PUT:
		return put(pool, &request->handle, request->page);
	case PAM_GET:
		return get(pool, request);
	case PAM_FLUSH_PAGE:
		ram_remove(pool, &request->handle, 0);
		return 0;
	case PAM_FLUSH_OBJECT:
		ram_remove_object(pool, request->handle.object);
		return 0;
	default:
		return -EIO;
	}
}

static int ram_submit(struct pam_backend *backend, void *priv, struct list_head *batch, bool nowait)
{
	struct pam_request *request, *next;

	/* zsmalloc's locks may be held by what was interrupted. */
	if (in_hardirq() || in_serving_softirq())
		return -EAGAIN;
	list_for_each_entry_safe(request, next, batch, list) {
		list_del_init(&request->list);
		pam_request_done(request, execute(priv, request));
		if (!nowait)
			cond_resched();
	}
	return 0;
}

static int ram_sync(struct pam_backend *backend, void *priv)
{
	/* Nothing is under way once submit returned. */
	return 0;
}

static int ram_info(struct pam_backend *backend, struct pam_backend_info *info)
{
	/* A new pool takes memory itself before it can promise any. */
	u64 pool_pages = DIV_ROUND_UP(RAM_STRIPES * sizeof(struct ram_stripe), PAGE_SIZE);
	u64 pages = ram_promisable(0);

	info->total_bytes = total_bytes();
	info->free_bytes = ram_free_bytes();
	/* Here pages are the kernel's, which may be larger than pam.h's 4 KiB. */
	info->promisable_pages = (pages - min(pages, pool_pages)) * (PAGE_SIZE / SZ_4K);
	info->max_order = PAM_MAX_ORDER;
	return 0;
}

static const struct pam_backend_ops ram_ops = {
	.owner = THIS_MODULE,
	.pool_create = ram_pool_create,
	.pool_destroy = ram_pool_destroy,
	.pool_set = ram_pool_set,
	.pool_flush = ram_pool_flush,
	.pool_stats = ram_pool_stats,
	.submit = ram_submit,
	.sync = ram_sync,
	.info = ram_info,
};

static int __init ram_init(void)
{
	int err = ram_entry_init();

	if (err)
		return err;
	err = -ENOMEM;
	ram.work = alloc_workqueue("pam_ram", WQ_UNBOUND | WQ_MEM_RECLAIM, 1);
	if (!ram.work)
		goto exit_entries;
	err = ram_shrinker_register();
	if (err)
		goto destroy_work;
	ram_backend = pam_backend_register("ram", &ram_ops, NULL, NULL);
	err = PTR_ERR_OR_ZERO(ram_backend);
	if (err)
		goto unregister_shrinker;
	return 0;

unregister_shrinker:
	ram_shrinker_unregister();
destroy_work:
	destroy_workqueue(ram.work);
exit_entries:
	ram_entry_exit();
	return err;
}

static void __exit ram_exit(void)
{
	pam_backend_unregister(ram_backend);
	ram_shrinker_unregister();
	destroy_workqueue(ram.work);
	ram_entry_exit();
}

module_init(ram_init);
module_exit(ram_exit);

MODULE_DESCRIPTION("Page-accessible memory in host memory, compressed by LZ4");
MODULE_LICENSE("GPL");
