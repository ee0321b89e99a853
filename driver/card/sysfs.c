// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the operator sees: the folder "pam_card" of the PCI device in sysfs, and for
 * people the card's own latencies, counters, space, health and wear in debugfs.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "card.h"

static struct dentry *pcard_debugfs;

#define PCARD_ATTR(name, format, ...)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct pcard *card = dev_get_drvdata(dev);					\
											\
	return sysfs_emit(buf, format "\n", __VA_ARGS__);				\
}											\
static DEVICE_ATTR_RO(name)

/* Sum of a counter over all queue pairs. */
#define PCARD_COUNTER(name) \
	PCARD_ATTR(name, "%llu", pcard_sum(card, offsetof(struct pcard_counters, name)))

static u64 pcard_sum(struct pcard *card, size_t offset)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < card->nr_queues; i++)
		sum += READ_ONCE(*(u64 *)((u8 *)&card->queues[i].counters + offset));
	return sum;
}

static const char *pcard_state_name(struct pcard *card)
{
	switch (READ_ONCE(card->state)) {
	case PCARD_LIVE:
		return "live";
	case PCARD_DEAD:
		return "dead";
	default:
		return "paused";
	}
}

PCARD_ATTR(backend, "%s", card->name);
PCARD_ATTR(state, "%s", pcard_state_name(card));
PCARD_ATTR(serial, "%.24s", card->identify.serial);
PCARD_ATTR(model, "%.40s", card->identify.model);
PCARD_ATTR(firmware, "%.16s", card->identify.firmware);
PCARD_ATTR(boot_epoch, "%#llx", card->epoch);
PCARD_ATTR(queues, "%u", card->nr_queues);
PCARD_ATTR(queue_depth, "%u", card->queues[0].depth);
PCARD_ATTR(push, "%s", card->push ? "on" : "off");
PCARD_ATTR(resets, "%llu", card->resets);
PCARD_COUNTER(commands);
PCARD_COUNTER(completions);
PCARD_COUNTER(pushes);
PCARD_COUNTER(doorbells);
PCARD_COUNTER(arms);
PCARD_COUNTER(interrupts);
PCARD_COUNTER(poll_hits);
PCARD_COUNTER(missed_interrupts);
PCARD_COUNTER(queue_full);
PCARD_COUNTER(map_failures);
PCARD_COUNTER(bad_completions);
PCARD_COUNTER(timeouts);
PCARD_COUNTER(aborts);
PCARD_COUNTER(reissued);

static ssize_t durable_pools_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return pcard_pools_emit_unused(dev_get_drvdata(dev), buf);
}
static DEVICE_ATTR_RO(durable_pools);

static ssize_t reset_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t size)
{
	struct pcard *card = dev_get_drvdata(dev);
	bool yes;
	int ret;

	ret = kstrtobool(buf, &yes);
	if (ret || !yes)
		return ret ?: -EINVAL;
	mutex_lock(&card->reset_lock);
	ret = pcard_reset(card);
	mutex_unlock(&card->reset_lock);
	return ret ?: size;
}
static DEVICE_ATTR_WO(reset);

static struct attribute *pcard_attrs[] = {
	&dev_attr_backend.attr,
	&dev_attr_state.attr,
	&dev_attr_serial.attr,
	&dev_attr_model.attr,
	&dev_attr_firmware.attr,
	&dev_attr_boot_epoch.attr,
	&dev_attr_queues.attr,
	&dev_attr_queue_depth.attr,
	&dev_attr_push.attr,
	&dev_attr_durable_pools.attr,
	&dev_attr_resets.attr,
	&dev_attr_reset.attr,
	&dev_attr_commands.attr,
	&dev_attr_completions.attr,
	&dev_attr_pushes.attr,
	&dev_attr_doorbells.attr,
	&dev_attr_arms.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_poll_hits.attr,
	&dev_attr_missed_interrupts.attr,
	&dev_attr_queue_full.attr,
	&dev_attr_map_failures.attr,
	&dev_attr_bad_completions.attr,
	&dev_attr_timeouts.attr,
	&dev_attr_aborts.attr,
	&dev_attr_reissued.attr,
	NULL
};

/* Not "pam": that is the folder of the backend's device. */
static const struct attribute_group pcard_group = { .name = "pam_card", .attrs = pcard_attrs };

const struct attribute_group *pcard_groups[] = { &pcard_group, NULL };

/* Upper end, in ns, of a bucket of the card's histograms; see PAMC_HIST_BUCKETS. */
static u64 pcard_bucket_end(unsigned int bucket)
{
	unsigned int octave = bucket / 4 + 1;

	if (bucket < 4)
		return bucket;
	return ((4 + bucket % 4 + 1ULL) << (octave - 2)) - 1;
}

static u64 pcard_percentile(const struct pamc_log_latency *log, unsigned int percent)
{
	u64 total = 0, seen = 0, rank;
	unsigned int i;

	for (i = 0; i < PAMC_HIST_BUCKETS; i++)
		total += le64_to_cpu(log->bucket[i]);
	rank = div_u64(total * percent + 99, 100);
	for (i = 0; i < PAMC_HIST_BUCKETS - 1; i++) {
		seen += le64_to_cpu(log->bucket[i]);
		if (seen >= rank)
			break;
	}
	return total ? pcard_bucket_end(i) : 0;
}

static int latency_show(struct seq_file *s, void *unused)
{
	static const char * const names[PAMC_LAT_COUNT] = {
		[PAMC_LAT_PUT] = "put",
		[PAMC_LAT_GET] = "get",
		[PAMC_LAT_MISS] = "miss",
		[PAMC_LAT_FLUSH] = "flush",
	};
	struct pamc_log_latency *log;
	unsigned int i;
	int ret;

	log = kcalloc(PAMC_LAT_COUNT, sizeof(*log), GFP_KERNEL);
	if (!log)
		return -ENOMEM;
	ret = pcard_admin_log(s->private, PAMC_LOG_LATENCY, log, PAMC_LAT_COUNT * sizeof(*log));
	if (!ret)
		seq_puts(s, "command count mean_ns p50_ns p99_ns\n");
	for (i = 0; !ret && i < PAMC_LAT_COUNT; i++) {
		u64 count = le64_to_cpu(log[i].count);

		seq_printf(s, "%s %llu %llu %llu %llu\n", names[i], count,
			   count ? div64_u64(le64_to_cpu(log[i].sum_ns), count) : 0,
			   pcard_percentile(&log[i], 50), pcard_percentile(&log[i], 99));
	}
	kfree(log);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(latency);

static int space_show(struct seq_file *s, void *unused)
{
	struct pamc_log_capacity log;
	int ret = pcard_admin_log(s->private, PAMC_LOG_CAPACITY, &log, sizeof(log));

	if (ret)
		return ret;
	seq_printf(s, "total_bytes %llu\nusable_bytes %llu\nused_bytes %llu\nfree_bytes %llu\n",
		   le64_to_cpu(log.total_bytes), le64_to_cpu(log.usable_bytes),
		   le64_to_cpu(log.used_bytes), le64_to_cpu(log.free_bytes));
	seq_printf(s, "promised_bytes %llu\nstored_bytes %llu\ndata_bytes %llu\n",
		   le64_to_cpu(log.promised_bytes), le64_to_cpu(log.stored_bytes),
		   le64_to_cpu(log.data_bytes));
	seq_printf(s, "pages %llu\nsame_pages %llu\nraw_pages %llu\npools %llu\nobjects %llu\n",
		   le64_to_cpu(log.pages), le64_to_cpu(log.same_pages),
		   le64_to_cpu(log.raw_pages), le64_to_cpu(log.pools),
		   le64_to_cpu(log.objects));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(space);

static int health_show(struct seq_file *s, void *unused)
{
	struct pamc_log_health log;
	int ret = pcard_admin_log(s->private, PAMC_LOG_HEALTH, &log, sizeof(log));

	if (ret)
		return ret;
	seq_printf(s, "warnings %#x\ntemperature %u\nspare_percent %u\nused_percent %u\n",
		   le32_to_cpu(log.warnings), le16_to_cpu(log.temperature), log.spare_percent,
		   log.used_percent);
	seq_printf(s, "power_on_s %llu\npower_cycles %llu\nunsafe_shutdowns %llu\n",
		   le64_to_cpu(log.power_on_s), le64_to_cpu(log.power_cycles),
		   le64_to_cpu(log.unsafe_shutdowns));
	seq_printf(s, "dram_corrected %llu\ndram_uncorrected %llu\nerrors %llu\nfw_restarts %llu\n",
		   le64_to_cpu(log.dram_corrected), le64_to_cpu(log.dram_uncorrected),
		   le64_to_cpu(log.errors), le64_to_cpu(log.fw_restarts));
	seq_printf(s, "chip_corrected %llu\nchip_uncorrected %llu\n",
		   le64_to_cpu(log.chip_corrected), le64_to_cpu(log.chip_uncorrected));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(health);

static int wear_show(struct seq_file *s, void *unused)
{
	struct pcard *card = s->private;
	struct pamc_log_wear log;
	int ret;

	/* Its log would be all zeroes, which reads as flash that is new. */
	if (!card->identify.flash_bytes)
		return -EOPNOTSUPP;
	ret = pcard_admin_log(card, PAMC_LOG_WEAR, &log, sizeof(log));
	if (ret)
		return ret;
	seq_printf(s, "erase_min %llu\nerase_mean %llu\nerase_max %llu\n",
		   le64_to_cpu(log.erase_min), le64_to_cpu(log.erase_mean),
		   le64_to_cpu(log.erase_max));
	seq_printf(s, "host_bytes %llu\nflash_bytes %llu\n", le64_to_cpu(log.host_bytes),
		   le64_to_cpu(log.flash_bytes));
	seq_printf(s, "bad_factory %llu\nbad_grown %llu\nspare_blocks %llu\n",
		   le64_to_cpu(log.bad_factory), le64_to_cpu(log.bad_grown),
		   le64_to_cpu(log.spare_blocks));
	seq_printf(s, "corrected_bits %llu\nuncorrectable %llu\nrefreshed %llu\n",
		   le64_to_cpu(log.corrected_bits), le64_to_cpu(log.uncorrectable),
		   le64_to_cpu(log.refreshed));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(wear);

#define PCARD_NAME(name)	#name "\0"

static int counters_show(struct seq_file *s, void *unused)
{
	/* All there is in that log, from its beginning, in order: one behind the other. */
	static const char names[] = PAMC_LOG_COUNTERS_TABLE(PCARD_NAME);
	const size_t size = sizeof(struct pamc_log_counters);
	__le64 *log = kzalloc(size, GFP_KERNEL);
	const __le64 *value = log;
	const char *name;
	int ret;

	if (!log)
		return -ENOMEM;
	ret = pcard_admin_log(s->private, PAMC_LOG_COUNTERS, log, size);
	for (name = names; !ret && *name; name += strlen(name) + 1)
		seq_printf(s, "%s %llu\n", name, le64_to_cpu(*value++));
	kfree(log);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(counters);

/**
 * pcard_debugfs_add - add a card's folder
 * @card: the card, live
 *
 * Undone by debugfs_remove of card->debugfs.
 */
void pcard_debugfs_add(struct pcard *card)
{
	card->debugfs = debugfs_create_dir(card->name, pcard_debugfs);
	debugfs_create_file("latency", 0400, card->debugfs, card, &latency_fops);
	debugfs_create_file("counters", 0400, card->debugfs, card, &counters_fops);
	debugfs_create_file("space", 0400, card->debugfs, card, &space_fops);
	debugfs_create_file("health", 0400, card->debugfs, card, &health_fops);
	debugfs_create_file("wear", 0400, card->debugfs, card, &wear_fops);
}

/**
 * pcard_debugfs_init - add the module's folder
 */
void pcard_debugfs_init(void)
{
	pcard_debugfs = debugfs_create_dir(KBUILD_MODNAME, NULL);
}

/**
 * pcard_debugfs_exit - remove the module's folder
 */
void pcard_debugfs_exit(void)
{
	debugfs_remove(pcard_debugfs);
}
