// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's life: switched on, it has a pool, its tables and a disk; switched off,
 * nothing of that.  It can be switched off only while nobody has the disk open, so
 * never while it is swapped to; everything else that can happen to it (the backend
 * disappears above all) must be survived with the disk open.
 */
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "swap.h"

static int swap_open(struct gendisk *disk, blk_mode_t mode)
{
	struct pam_swap *swap = disk->private_data;

	return swap->claimed ? -ENXIO : 0;
}

static const struct block_device_operations swap_fops = {
	.owner = THIS_MODULE,
	.open = swap_open,
	.submit_bio = swap_submit_bio,
	.swap_slot_free_notify = swap_free_notify,
};

static void swap_lost_work(struct work_struct *work)
{
	struct pam_swap *swap = container_of(work, struct pam_swap, lost_work);

	swap_err(swap, "backend %s is gone, and with it the pages it held%s\n",
		 swap->backend_name, swap->backing ?
		 "; going on with the backing device" : "");
	/* From here the block layer fails what is sent to the disk. */
	if (!swap->backing)
		blk_mark_disk_dead(swap->disk);
}

/**
 * swap_backend_lost - the backend said that it is gone
 * @swap: the device
 *
 * Context: any; may be called again and again.
 */
void swap_backend_lost(struct pam_swap *swap)
{
	if (!test_and_set_bit(0, &swap->lost))
		queue_work(swap->wq, &swap->lost_work);
}

static u64 swap_largest_of(struct pam_backend *backend)
{
	struct pam_backend_info info;
	u64 slots;

	if (pam_backend_query(backend, &info))
		return 0;
	/* Backends count in 4 KiB, slots are the kernel's pages. */
	slots = info.promisable_pages >> (PAGE_SHIFT - ilog2(SZ_4K));
	if (slots <= SWAP_FLUSHES)
		return 0;
	return min_t(u64, slots - SWAP_FLUSHES, SWAP_MAX_SLOTS) << PAGE_SHIFT;
}

/**
 * swap_largest - the largest size without a backing device, now
 * @swap: a device; its backend is asked
 *
 * Return: bytes; 0 when there is no such backend, or it cannot promise anything.
 */
u64 swap_largest(struct pam_swap *swap)
{
	struct pam_backend *backend = pam_backend_get(swap->backend_name);
	u64 size;

	if (!backend)
		return 0;
	size = swap_largest_of(backend);
	pam_backend_put(backend);
	return size;
}

static int swap_make_pool(struct pam_swap *swap)
{
	struct pam_pool_params params = {
		.type = PAM_PERSISTENT,
		/* Swap has no use for a refusal, so without a backing device: none. */
		.reserve = swap->backing ? 0 : (u64)swap->nr_slots + SWAP_FLUSHES,
	};
	struct pam_pool *pool;

	strscpy(params.name, config_item_name(&swap->group.cg_item), sizeof(params.name));
	pool = pam_pool_create(swap->backend, &params);
	if (IS_ERR(pool)) {
		int error = PTR_ERR(pool);

		if (error == -ENOSPC)
			swap_err(swap, "%s cannot promise %llu bytes, at most %llu now; set a smaller size or a backing_dev\n",
				 swap->backend_name, (u64)swap->nr_slots << PAGE_SHIFT,
				 swap_largest_of(swap->backend));
		else
			swap_err(swap, "%s made no pool: error %d\n", swap->backend_name, error);
		return error;
	}
	swap->pool = pool;
	return 0;
}

static int swap_make_tables(struct pam_swap *swap)
{
	unsigned int tag;

	swap->slots = vmalloc_array(swap->nr_slots, sizeof(*swap->slots));
	swap->dead = vzalloc(BITS_TO_LONGS(swap->nr_slots) * sizeof(long));
	swap->ios = vcalloc(SWAP_IOS, sizeof(*swap->ios));
	swap->flushes = vcalloc(SWAP_FLUSHES, sizeof(*swap->flushes));
	swap->stats = alloc_percpu(struct swap_stats);
	swap->wq = alloc_workqueue("%s", WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, 0,
				   config_item_name(&swap->group.cg_item));
	if (!swap->slots || !swap->dead || !swap->ios || !swap->flushes || !swap->stats ||
	    !swap->wq ||
	    sbitmap_init_node(&swap->io_tags, SWAP_IOS, -1, GFP_KERNEL, NUMA_NO_NODE, false,
			      true) ||
	    sbitmap_init_node(&swap->flush_tags, SWAP_FLUSHES, -1, GFP_KERNEL, NUMA_NO_NODE,
			      false, true)) {
		swap_err(swap, "not enough memory for the tables of %u slots\n", swap->nr_slots);
		return -ENOMEM;
	}
	memset32((u32 *)swap->slots, FIELD_PREP(SLOT_GEN, SLOT_GEN_FIRST), swap->nr_slots);
	for (tag = 0; tag < SWAP_IOS; tag++) {
		swap->ios[tag].swap = swap;
		swap->ios[tag].tag = tag;
	}
	for (tag = 0; tag < SWAP_FLUSHES; tag++) {
		swap->flushes[tag].swap = swap;
		swap->flushes[tag].tag = tag;
	}
	spin_lock_init(&swap->queue_lock);
	INIT_LIST_HEAD(&swap->parked);
	INIT_LIST_HEAD(&swap->granted);
	INIT_LIST_HEAD(&swap->to_backing);
	bio_list_init(&swap->queued);
	swap->queue_in = 0;
	swap->queue_out = 0;
	INIT_LIST_HEAD(&swap->sleepers);
	init_waitqueue_head(&swap->flush_wait);
	atomic_set(&swap->flushing, 0);
	INIT_WORK(&swap->work, swap_work);
	INIT_WORK(&swap->flush_work, swap_flush_work);
	INIT_WORK(&swap->lost_work, swap_lost_work);
	return 0;
}

static int swap_make_disk(struct pam_swap *swap)
{
	struct queue_limits limits = {
		.logical_block_size = PAGE_SIZE,
		.physical_block_size = PAGE_SIZE,
		.io_min = PAGE_SIZE,
		.io_opt = PAM_BATCH * PAGE_SIZE,
		/* Whole pages in memory too: a slot is not put together from pieces. */
		.dma_alignment = PAGE_SIZE - 1,
		.max_hw_sectors = SZ_16M >> SECTOR_SHIFT,
		.max_segments = USHRT_MAX,
		.max_segment_size = UINT_MAX,
		.discard_granularity = PAGE_SIZE,
		.max_hw_discard_sectors = SZ_1G >> SECTOR_SHIFT,
		.max_write_zeroes_sectors = SZ_1G >> SECTOR_SHIFT,
		/*
		 * The backend compresses and checksums while it reads a page, so
		 * the page must not change then.  Not rotational: else swap turns
		 * read-ahead by address off for all swap devices.
		 */
		.features = BLK_FEAT_STABLE_WRITES | BLK_FEAT_IO_STAT |
			    (swap->synchronous ? BLK_FEAT_SYNCHRONOUS : 0),
	};
	struct gendisk *disk;
	int error;

	disk = blk_alloc_disk(&limits, NUMA_NO_NODE);
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	strscpy(disk->disk_name, config_item_name(&swap->group.cg_item), DISK_NAME_LEN);
	disk->flags = GENHD_FL_NO_PART;
	disk->fops = &swap_fops;
	disk->private_data = swap;
	set_capacity(disk, (sector_t)swap->nr_slots << (PAGE_SHIFT - SECTOR_SHIFT));
	swap->disk = disk;
	swap->claimed = false;
	error = device_add_disk(NULL, disk, swap_stat_groups);
	if (error) {
		swap_err(swap, "the disk could not be added: error %d\n", error);
		put_disk(disk);
		swap->disk = NULL;
	}
	return error;
}

/* Frees whatever there is; the disk is gone and nothing is outstanding. */
static void swap_free(struct pam_swap *swap)
{
	if (swap->wq)
		destroy_workqueue(swap->wq);
	if (swap->pool)
		pam_pool_destroy(swap->pool);
	if (swap->backend)
		pam_backend_put(swap->backend);
	swap_backing_close(swap);
	sbitmap_free(&swap->io_tags);
	sbitmap_free(&swap->flush_tags);
	free_percpu(swap->stats);
	vfree(swap->flushes);
	vfree(swap->ios);
	vfree(swap->dead);
	vfree(swap->slots);
	/* sbitmap_free() leaves pointers behind. */
	memset(&swap->io_tags, 0, sizeof(swap->io_tags));
	memset(&swap->flush_tags, 0, sizeof(swap->flush_tags));
	swap->wq = NULL;
	swap->pool = NULL;
	swap->backend = NULL;
	swap->stats = NULL;
	swap->flushes = NULL;
	swap->ios = NULL;
	swap->dead = NULL;
	swap->slots = NULL;
}

static int swap_check_size(struct pam_swap *swap)
{
	u64 slots = swap->size >> PAGE_SHIFT;

	if (!slots) {
		swap_err(swap, "set size first; without a backing_dev at most %llu now\n",
			 swap_largest_of(swap->backend));
		return -EINVAL;
	}
	if (slots > SWAP_MAX_SLOTS) {
		swap_err(swap, "size %llu is too large, at most %llu\n", swap->size,
			 (u64)SWAP_MAX_SLOTS << PAGE_SHIFT);
		return -EFBIG;
	}
	swap->nr_slots = slots;
	return 0;
}

static int swap_get_backend(struct pam_swap *swap)
{
	struct pam_backend *backend;

	if (!swap->backend_name[0]) {
		swap_err(swap, "set backend first; /sys/class/pam lists them\n");
		return -EINVAL;
	}
	backend = pam_backend_get(swap->backend_name);
	if (!backend) {
		swap_err(swap, "there is no backend %s; /sys/class/pam lists them\n",
			 swap->backend_name);
		return -ENODEV;
	}
	swap->backend = backend;
	return 0;
}

/**
 * swap_power_on - switch a device on: make its disk
 * @swap: off; its lock is held
 *
 * Return: 0; -EINVAL when the configuration is not complete; -ENODEV when the
 * backend is not there; -ENOSPC when it cannot promise the size; -EFBIG; -ENOMEM;
 * or what opening the backing device said. The log says which and what to do.
 */
int swap_power_on(struct pam_swap *swap)
{
	u64 size = swap->size;
	int error;

	swap->lost = 0;
	swap->flush_hold = false;
	error = swap_get_backend(swap);
	if (!error && swap->backing_path)
		error = swap_backing_open(swap);
	if (!error)
		error = swap_check_size(swap);
	if (!error)
		error = swap_make_tables(swap);
	if (!error)
		error = swap_make_pool(swap);
	if (!error)
		error = swap_make_disk(swap);
	if (error) {
		swap_free(swap);
		swap->size = size;
		return error;
	}
	swap->powered = true;
	return 0;
}

/**
 * swap_power_off - switch a device off; all it holds is gone
 * @swap: on; its lock is held
 *
 * Return: 0, or -EBUSY while the disk is open, e.g. swapped to.
 */
int swap_power_off(struct pam_swap *swap)
{
	struct gendisk *disk = swap->disk;

	mutex_lock(&disk->open_mutex);
	if (disk_openers(disk)) {
		mutex_unlock(&disk->open_mutex);
		return -EBUSY;
	}
	swap->claimed = true;
	mutex_unlock(&disk->open_mutex);

	/* Nothing is told to the block layer any more. */
	set_bit(0, &swap->lost);
	cancel_work_sync(&swap->lost_work);
	del_gendisk(disk);
	cancel_work_sync(&swap->flush_work);
	swap_flush_wait(swap);
	put_disk(disk);
	swap->disk = NULL;
	swap->powered = false;
	swap_free(swap);
	return 0;
}

static int __init swap_init(void)
{
	return swap_configfs_register();
}

static void __exit swap_exit(void)
{
	swap_configfs_unregister();
}

module_init(swap_init);
module_exit(swap_exit);

MODULE_DESCRIPTION("Swap and block devices on page-accessible memory");
MODULE_LICENSE("GPL");
