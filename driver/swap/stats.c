// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/block/NAME/pam/: a device's counters since it was switched on, one a file.
 * README.md says what each counts.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "swap.h"

static u64 swap_sum(struct pam_swap *swap, enum swap_stat stat)
{
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(swap->stats, cpu)->count[stat];
	/* Differences of a moment ago on another CPU may not be seen yet. */
	return max(sum, 0LL);
}

struct swap_stat_attr {
	struct device_attribute attr;
	enum swap_stat stat;
};

static ssize_t swap_stat_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct pam_swap *swap = dev_to_disk(dev)->private_data;
	enum swap_stat stat = container_of(attr, struct swap_stat_attr, attr)->stat;

	return sysfs_emit(page, "%llu\n", swap_sum(swap, stat));
}

#define SWAP_STAT(file, which) \
	static struct swap_stat_attr stat_##file = { \
		.attr = __ATTR(file, 0444, swap_stat_show, NULL), \
		.stat = which, \
	}

SWAP_STAT(read_bios, STAT_READ_BIOS);
SWAP_STAT(write_bios, STAT_WRITE_BIOS);
SWAP_STAT(puts, STAT_PUTS);
SWAP_STAT(puts_refused, STAT_PUTS_REFUSED);
SWAP_STAT(put_ns, STAT_PUT_NS);
SWAP_STAT(gets, STAT_GETS);
SWAP_STAT(get_ns, STAT_GET_NS);
SWAP_STAT(zero_reads, STAT_ZERO_READS);
SWAP_STAT(flushes_posted, STAT_FLUSHES_POSTED);
SWAP_STAT(flushes_deferred, STAT_FLUSHES_DEFERRED);
SWAP_STAT(flushes_saved, STAT_FLUSHES_SAVED);
SWAP_STAT(generation_wraps, STAT_GENERATION_WRAPS);
SWAP_STAT(backing_reads, STAT_BACKING_READS);
SWAP_STAT(backing_writes, STAT_BACKING_WRITES);
SWAP_STAT(read_errors, STAT_READ_ERRORS);
SWAP_STAT(write_errors, STAT_WRITE_ERRORS);
SWAP_STAT(slot_waits, STAT_SLOT_WAITS);
SWAP_STAT(bios_queued, STAT_BIOS_QUEUED);
SWAP_STAT(write_waits, STAT_WRITE_WAITS);
SWAP_STAT(slots_card, STAT_SLOTS_CARD);
SWAP_STAT(slots_backing, STAT_SLOTS_BACKING);

/* What the backend knows of our pool; errors of asking it are passed on. */
static ssize_t swap_pool_stat(struct device *dev, char *page, size_t offset)
{
	struct pam_swap *swap = dev_to_disk(dev)->private_data;
	struct pam_pool_stats stats;
	int error = pam_pool_stats(swap->pool, &stats);

	return error ?: sysfs_emit(page, "%llu\n", *(u64 *)((void *)&stats + offset));
}

#define SWAP_POOL_STAT(file) \
	static ssize_t file##_show(struct device *dev, struct device_attribute *attr, char *page) \
	{ \
		return swap_pool_stat(dev, page, offsetof(struct pam_pool_stats, file)); \
	} \
	static DEVICE_ATTR_RO(file)

SWAP_POOL_STAT(pages);
SWAP_POOL_STAT(stored_bytes);
SWAP_POOL_STAT(used_bytes);
SWAP_POOL_STAT(same_pages);

static struct attribute *swap_stat_attrs[] = {
	&stat_read_bios.attr.attr,
	&stat_write_bios.attr.attr,
	&stat_puts.attr.attr,
	&stat_puts_refused.attr.attr,
	&stat_put_ns.attr.attr,
	&stat_gets.attr.attr,
	&stat_get_ns.attr.attr,
	&stat_zero_reads.attr.attr,
	&stat_flushes_posted.attr.attr,
	&stat_flushes_deferred.attr.attr,
	&stat_flushes_saved.attr.attr,
	&stat_generation_wraps.attr.attr,
	&stat_backing_reads.attr.attr,
	&stat_backing_writes.attr.attr,
	&stat_read_errors.attr.attr,
	&stat_write_errors.attr.attr,
	&stat_slot_waits.attr.attr,
	&stat_bios_queued.attr.attr,
	&stat_write_waits.attr.attr,
	&stat_slots_card.attr.attr,
	&stat_slots_backing.attr.attr,
	&dev_attr_pages.attr,
	&dev_attr_stored_bytes.attr,
	&dev_attr_used_bytes.attr,
	&dev_attr_same_pages.attr,
	NULL,
};

static const struct attribute_group swap_stat_group = {
	.name = "pam",
	.attrs = swap_stat_attrs,
};

const struct attribute_group *swap_stat_groups[] = { &swap_stat_group, NULL };
