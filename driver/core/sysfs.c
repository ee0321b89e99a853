// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/pam: what docs/sysfs.md describes, one value per file.
 */
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "core.h"

#define BACKEND_FILE(field)								\
static ssize_t field##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct pam_backend_info info;							\
	int err = pam_backend_query(container_of(dev, struct pam_backend, dev), &info);	\
											\
	return err ?: sysfs_emit(buf, "%llu\n", (u64)info.field);			\
}											\
static DEVICE_ATTR_RO(field)

BACKEND_FILE(total_bytes);
BACKEND_FILE(free_bytes);
BACKEND_FILE(flash_bytes);
BACKEND_FILE(promisable_pages);
BACKEND_FILE(max_order);
BACKEND_FILE(durable);

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pam_backend *backend = container_of(dev, struct pam_backend, dev);

	return sysfs_emit(buf, "%s\n", READ_ONCE(backend->lost) ? "lost" : "live");
}
static DEVICE_ATTR_RO(state);

static struct attribute *pam_backend_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_total_bytes.attr,
	&dev_attr_free_bytes.attr,
	&dev_attr_flash_bytes.attr,
	&dev_attr_promisable_pages.attr,
	&dev_attr_max_order.attr,
	&dev_attr_durable.attr,
	NULL
};
ATTRIBUTE_GROUPS(pam_backend);

const struct class pam_class = {
	.name = "pam",
	.dev_groups = pam_backend_groups,
	.dev_release = pam_backend_free,
};

/* A file of a pool's folder. */
struct pool_file {
	struct attribute attr;
	ssize_t (*show)(struct pam_pool *pool, const struct pool_file *file, char *buf);
	ssize_t (*store)(struct pam_pool *pool, const char *buf, size_t size);
	/* Which counter, percentile or field of the statistics. */
	unsigned int which;
	unsigned int percent;
};

static struct pam_pool *to_pool(struct kobject *kobj)
{
	return container_of(kobj, struct pam_pool, kobj);
}

static ssize_t pool_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct pool_file *file = container_of(attr, struct pool_file, attr);

	return file->show(to_pool(kobj), file, buf);
}

static ssize_t pool_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			  size_t size)
{
	const struct pool_file *file = container_of(attr, struct pool_file, attr);

	return file->store ? file->store(to_pool(kobj), buf, size) : -EACCES;
}

static void pool_release(struct kobject *kobj)
{
	pam_pool_free(to_pool(kobj));
}

static ssize_t type_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  pool->params.type == PAM_EPHEMERAL ? "ephemeral" : "persistent");
}

static ssize_t order_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%u\n", pool->params.order);
}

static ssize_t reserve_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%llu\n", pool->params.reserve);
}

static ssize_t limit_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%llu\n", pool->params.limit);
}

static ssize_t limit_store(struct pam_pool *pool, const char *buf, size_t size)
{
	u64 limit;
	int err = kstrtou64(buf, 0, &limit);

	return err ?: pam_pool_set_limit(pool, limit) ?: size;
}

static ssize_t exclusive_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%u\n", !!(pool->params.flags & PAM_POOL_EXCLUSIVE));
}

static ssize_t pool_durable_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%u\n", !!(pool->params.flags & PAM_POOL_DURABLE));
}

static ssize_t frozen_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%u\n", !!(pool->params.flags & PAM_POOL_FROZEN));
}

static ssize_t frozen_store(struct pam_pool *pool, const char *buf, size_t size)
{
	bool frozen;
	int err = kstrtobool(buf, &frozen);

	return err ?: pam_pool_set_frozen(pool, frozen) ?: size;
}

static ssize_t counter_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%llu\n", pam_stats_count(pool, file->which));
}

static ssize_t in_flight_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	u64 done = pam_stats_count(pool, PAM_COUNT_DONE);
	u64 submitted = pam_stats_count(pool, PAM_COUNT_SUBMITTED);

	/* A request may complete before it is counted as submitted. */
	return sysfs_emit(buf, "%llu\n", submitted > done ? submitted - done : 0);
}

static ssize_t latency_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	return sysfs_emit(buf, "%llu\n", pam_stats_percentile(pool, file->which, file->percent));
}

static ssize_t stats_show(struct pam_pool *pool, const struct pool_file *file, char *buf)
{
	struct pam_pool_stats stats;
	int err = pam_pool_stats(pool, &stats);

	return err ?: sysfs_emit(buf, "%llu\n", *(u64 *)((char *)&stats + file->which));
}

#define POOL_FILE(_name, _show, _which, _percent)				\
static struct pool_file pool_##_name = {					\
	.attr = { .name = __stringify(_name), .mode = 0444 },			\
	.show = _show, .which = _which, .percent = _percent,			\
}

#define POOL_FILE_RW(_name)							\
static struct pool_file pool_##_name = {					\
	.attr = { .name = __stringify(_name), .mode = 0644 },			\
	.show = _name##_show, .store = _name##_store,				\
}

#define POOL_COUNTER(_name, _which)	POOL_FILE(_name, counter_show, _which, 0)
#define POOL_LATENCY(_name, _which, _percent)					\
	POOL_FILE(_name, latency_show, _which, _percent)
#define POOL_STATS(_name)							\
	POOL_FILE(_name, stats_show, offsetof(struct pam_pool_stats, _name), 0)

POOL_FILE(type, type_show, 0, 0);
POOL_FILE(order, order_show, 0, 0);
POOL_FILE(reserve, reserve_show, 0, 0);
POOL_FILE_RW(limit);
POOL_FILE(exclusive, exclusive_show, 0, 0);
POOL_FILE(durable, pool_durable_show, 0, 0);
POOL_FILE_RW(frozen);
POOL_COUNTER(puts, PAM_COUNT_PUTS);
POOL_COUNTER(puts_refused, PAM_COUNT_PUTS_REFUSED);
POOL_COUNTER(gets, PAM_COUNT_GETS);
POOL_COUNTER(misses, PAM_COUNT_MISSES);
POOL_COUNTER(flushes, PAM_COUNT_FLUSHES);
POOL_COUNTER(errors, PAM_COUNT_ERRORS);
POOL_FILE(in_flight, in_flight_show, 0, 0);
POOL_LATENCY(put_p50_ns, PAM_LATENCY_PUT, 50);
POOL_LATENCY(put_p99_ns, PAM_LATENCY_PUT, 99);
POOL_LATENCY(get_p50_ns, PAM_LATENCY_GET, 50);
POOL_LATENCY(get_p99_ns, PAM_LATENCY_GET, 99);
POOL_LATENCY(flush_p50_ns, PAM_LATENCY_FLUSH, 50);
POOL_LATENCY(flush_p99_ns, PAM_LATENCY_FLUSH, 99);
POOL_STATS(pages);
POOL_STATS(stored_bytes);
POOL_STATS(used_bytes);
POOL_STATS(same_pages);
POOL_STATS(evicted);

static struct attribute *pam_pool_attrs[] = {
	&pool_type.attr, &pool_order.attr, &pool_reserve.attr, &pool_limit.attr,
	&pool_exclusive.attr, &pool_durable.attr, &pool_frozen.attr,
	&pool_puts.attr, &pool_puts_refused.attr, &pool_gets.attr, &pool_misses.attr,
	&pool_flushes.attr, &pool_errors.attr, &pool_in_flight.attr,
	&pool_put_p50_ns.attr, &pool_put_p99_ns.attr, &pool_get_p50_ns.attr,
	&pool_get_p99_ns.attr, &pool_flush_p50_ns.attr, &pool_flush_p99_ns.attr,
	&pool_pages.attr, &pool_stored_bytes.attr, &pool_used_bytes.attr,
	&pool_same_pages.attr, &pool_evicted.attr,
	NULL
};
ATTRIBUTE_GROUPS(pam_pool);

static const struct sysfs_ops pool_sysfs_ops = {
	.show = pool_show,
	.store = pool_store,
};

const struct kobj_type pam_pool_ktype = {
	.release = pool_release,
	.sysfs_ops = &pool_sysfs_ops,
	.default_groups = pam_pool_groups,
};
