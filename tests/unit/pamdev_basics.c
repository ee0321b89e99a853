// SPDX-License-Identifier: Apache-2.0
/*
 * libpamdev without queues: URIs and what is said about bad ones, statuses,
 * histograms, memory, pools and their names.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

static char message[256];

static struct pamdev *open_card(const char *uri)
{
	struct pamdev_open_options options = PAMDEV_OPEN_OPTIONS_INIT;
	struct pamdev *dev;
	int status;

	message[0] = '\0';
	options.message = message;
	options.message_size = sizeof(message);
	status = pamdev_open(uri, &options, &dev);
	errno = -status;
	return dev;
}

static bool test_uris(struct tap *tap)
{
	static const struct {
		const char *uri;
		int error;
		const char *names; /* must be in the message */
	} bad[] = {
	    {"", EINVAL, "model:"},
	    {"pci:0000:01:00.0", EINVAL, "pci:0000"},
	    {"model", EINVAL, "vfio-user:"},
	    {"model:ram=1G", EINVAL, "'ram'"},
	    {"model:dram=lots", EINVAL, "dram"},
	    {"model:dram=-1", EINVAL, "-1"},
	    {"model:dram=1K", EINVAL, "range"},
	    {"model:dram", EINVAL, "dram"},
	    {"model:dram=99999999999999999999", EINVAL, "dram"},
	    {"model:dram=99999999999999G", EINVAL, "dram"},
	    {"model:queues=1", EINVAL, "range"},
	    {"model:fault_dma=5000000000", EINVAL, "fault_dma"},
	    {"model:serial=0123456789012345678901234", EINVAL, "serial"},
	    {"vfio-user:", EINVAL, "PATH"},
	    {"vfio-user:/nonexistent/card", ENOENT, "/nonexistent/card"},
	};

	(void)tap;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct pamdev *dev = open_card(bad[i].uri);

		TAP_CHECK(!dev, "%s was opened", bad[i].uri);
		TAP_CHECK(errno == bad[i].error, "%s: %d", bad[i].uri, errno);
		TAP_CHECK(strstr(message, bad[i].names), "%s: '%s'", bad[i].uri, message);
	}
	TAP_CHECK(pamdev_open(NULL, NULL, &(struct pamdev *){NULL}) == -EINVAL, "NULL");
	return true;
}

static bool test_two_cards(struct tap *tap)
{
	struct pamdev *a = open_card("model:dram=16M,seed=1,serial=ONE,queues=8,vectors=2");
	struct pamdev *b = open_card("model:dram=32M,seed=1,,serial=TWO");
	struct pamc_identify one, two;
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {{1, 2, 3}, 4};
	struct pamdev_pool *pool, *other;
	char page[4096] = "of card one";

	(void)tap;
	TAP_CHECK(a && b, "%s", message);
	TAP_CHECK(pamdev_identify(a, &one) == 0 && pamdev_identify(b, &two) == 0, "identify");
	TAP_CHECK(memcmp(one.serial, "ONE", 4) == 0 && memcmp(two.serial, "TWO", 4) == 0, "serial");
	TAP_CHECK(one.dram_bytes == 16 << 20 && two.dram_bytes == 32 << 20, "dram");
	TAP_CHECK(PAMC_GET(PAMC_CAP_QPS, one.cap) == 8, "queues");
	TAP_CHECK(strcmp(pamdev_uri(b), "model:dram=32M,seed=1,,serial=TWO") == 0, "uri");
	TAP_CHECK(pamdev_pool_create(a, &options, &pool) == 0, "pool");
	TAP_CHECK(pamdev_pool_create(b, &options, &other) == 0, "pool");
	TAP_CHECK(pamdev_put(pool, &handle, page) == 0, "put");
	TAP_CHECK(pamdev_get(other, &handle, page, 0) == -ENOENT, "the cards share pages");
	pamdev_pool_destroy(pool);
	pamdev_pool_close(other);
	pamdev_close(a);
	pamdev_close(b);
	pamdev_close(NULL);
	return true;
}

static bool test_statuses(struct tap *tap)
{
	(void)tap;
	TAP_CHECK(status_errno(PAMC_STATUS_SUCCESS) == 0, "success");
	TAP_CHECK(status_errno(PAMC_STATUS_MISS) == -ENOENT, "miss");
	TAP_CHECK(status_errno(PAMC_STATUS_FROZEN) == -EPERM, "frozen");
	/* Each has an errno, and each errno a text; also those of a newer card. */
	for (unsigned int status = 1; status < 256; status++) {
		int error = status_errno(status);

		TAP_CHECK(error < 0, "status %u", status);
		TAP_CHECK(*pamdev_strerror(error), "errno %d", error);
	}
	TAP_CHECK(strcmp(pamdev_strerror(-EPERM), "pool is frozen") == 0, "text");
	TAP_CHECK(strcmp(pamdev_strerror(123456), "unknown error") == 0, "text");
	TAP_CHECK(strcmp(pamdev_version(), "0.1.0") == 0, "%s", pamdev_version());
	return true;
}

/* The formula of the interface, forwards. */
static unsigned int bucket_of(uint64_t v)
{
	unsigned int k = 0;
	unsigned int bucket;

	if (v < 4)
		return (unsigned int)v;
	while (v >> (k + 1))
		k++;
	bucket = 4 * (k - 1) + ((v >> (k - 2)) & 3);
	return bucket < PAMC_HIST_BUCKETS ? bucket : PAMC_HIST_BUCKETS - 1;
}

static bool test_percentiles(struct tap *tap)
{
	struct pamc_log_latency latency = {0};

	TAP_CHECK(pamdev_latency_percentile(&latency, 50) == 0, "of nothing");
	for (unsigned int i = 0; i < 2000; i++) {
		/* Below the last bucket, which has no end. */
		uint64_t ns = tap_random(tap) >> (32 + tap_below(tap, 31));
		uint64_t found;

		memset(&latency, 0, sizeof(latency));
		latency.count = 1;
		latency.bucket[bucket_of(ns)] = 1;
		found = pamdev_latency_percentile(&latency, 99);
		TAP_CHECK(found > ns && found <= ns + ns / 4 + 1, "%llu gives %llu",
			  (unsigned long long)ns, (unsigned long long)found);
	}
	memset(&latency, 0, sizeof(latency));
	latency.count = 1000;
	latency.bucket[bucket_of(100)] = 985;
	latency.bucket[bucket_of(5000)] = 15;
	TAP_CHECK(pamdev_latency_percentile(&latency, 50) < 200, "p50");
	TAP_CHECK(pamdev_latency_percentile(&latency, 99) > 5000, "p99");
	return true;
}

static bool test_memory(struct tap *tap)
{
	struct pamdev *dev = open_card("model:dram=8M");
	char *a, *b;
	int fd;

	(void)tap;
	TAP_CHECK(dev, "%s", message);
	a = pamdev_alloc(dev, 1);
	b = pamdev_alloc(dev, 100000);
	TAP_CHECK(a && b && !((uintptr_t)a % 4096) && !((uintptr_t)b % 4096), "alignment");
	TAP_CHECK(!a[0] && !a[4095] && !b[99999], "zeroed");
	TAP_CHECK(!pamdev_alloc(dev, 0) && !pamdev_alloc(dev, SIZE_MAX), "sizes");
	fd = memfd_create("test", MFD_CLOEXEC);
	TAP_CHECK(ftruncate(fd, 8192) == 0, "memfd");
	TAP_CHECK(pamdev_register(dev, a, 4096, fd, 0) == -EEXIST, "over what is there");
	TAP_CHECK(pamdev_register(dev, a + 1, 4096, fd, 0) == -EINVAL, "alignment");
	TAP_CHECK(pamdev_register(dev, (void *)0x10000000, 100, fd, 0) == -EINVAL, "size");
	TAP_CHECK(pamdev_register(dev, (void *)0x10000000, 4096, -1, 0) == -EINVAL, "fd");
	TAP_CHECK(pamdev_unregister(dev, a) == -ENOENT, "not registered");
	pamdev_free(dev, a);
	pamdev_free(dev, NULL);
	/* Many times more than there is room for at once. */
	for (unsigned int i = 0; i < 2000; i++)
		pamdev_free(dev, pamdev_alloc(dev, 4096));
	close(fd);
	/* b is left to close. */
	pamdev_close(dev);
	return true;
}

static bool test_pool_options(struct tap *tap)
{
	struct pamdev *dev = open_card("model:dram=8M");
	struct pamdev_pool_options good = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_pool_options bad[5] = {good, good, good, good, good};
	struct pamc_pool_info info;
	struct pamdev_pool *pool;

	(void)tap;
	TAP_CHECK(dev, "%s", message);
	bad[0].order = 5;
	bad[1].type = 2;
	bad[2].flags = 1u << 30;
	bad[3].name = "a name of thirty-two characters!";
	bad[4].reserve = 1ull << 40;
	for (unsigned int i = 0; i < 5; i++) {
		int status = pamdev_pool_create(dev, &bad[i], &pool);

		TAP_CHECK(status == (i == 4 ? -ENOSPC : -EINVAL) && !pool, "%u: %d", i, status);
	}
	good.name = "a name of thirty-one characters";
	good.order = 3;
	good.limit = 77;
	good.owner[1] = 99;
	TAP_CHECK(pamdev_pool_create(dev, &good, &pool) == 0, "create");
	TAP_CHECK(pamdev_pool_page_size(pool) == 32768, "page size");
	TAP_CHECK(pamdev_pool_info(pool, &info) == 0, "info");
	TAP_CHECK(info.id == pamdev_pool_id(pool) && info.order == 3 && info.limit == 77 &&
		      info.owner[1] == 99,
		  "info");
	TAP_CHECK(strcmp((char *)info.name, good.name) == 0, "%s", info.name);
	/* Only what is named changes. */
	TAP_CHECK(pamdev_pool_set(pool, PAMC_POOL_SET_LIMIT, ~0u, 1000000, 5) == 0, "set");
	TAP_CHECK(pamdev_pool_info(pool, &info) == 0, "info");
	TAP_CHECK(info.limit == 5 && info.flags == 0 && info.reserve == 0, "set");
	TAP_CHECK(pamdev_pool_destroy(pool) == 0, "destroy");
	pamdev_close(dev);
	return true;
}

static bool test_pool_names(struct tap *tap)
{
	enum { POOLS = 70 };
	struct pamdev *dev = open_card("model:dram=16M");
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_pool *pools[POOLS], *again, *twin;
	struct pamc_pool_info infos[POOLS + 1];
	char name[16];

	(void)tap;
	TAP_CHECK(dev, "%s", message);
	options.name = name;
	for (unsigned int i = 0; i < POOLS; i++) {
		snprintf(name, sizeof(name), "pool %u", i);
		TAP_CHECK(pamdev_pool_create(dev, &options, &pools[i]) == 0, "create");
	}
	TAP_CHECK(pamdev_pool_list(dev, 0, infos, POOLS + 1) == POOLS, "list");
	TAP_CHECK(pamdev_pool_list(dev, 0, infos, 10) == 10, "part of the list");
	for (unsigned int i = 0; i < POOLS; i++) {
		snprintf(name, sizeof(name), "pool %u", i);
		TAP_CHECK(pamdev_pool_open(dev, name, &again) == 0, "%s", name);
		TAP_CHECK(pamdev_pool_id(again) == pamdev_pool_id(pools[i]), "%s", name);
		pamdev_pool_close(again);
	}
	TAP_CHECK(pamdev_pool_open(dev, "pool", &again) == -ENOENT && !again, "part of a name");
	TAP_CHECK(pamdev_pool_open(dev, "", &again) == -EINVAL, "no name");
	TAP_CHECK(pamdev_pool_create(dev, &options, &twin) == 0, "second of a name");
	TAP_CHECK(pamdev_pool_open(dev, name, &again) == -ENOTUNIQ, "which of the two?");
	TAP_CHECK(pamdev_pool_open_id(dev, pamdev_pool_id(twin), &again) == 0, "by id");
	TAP_CHECK(pamdev_pool_destroy(twin) == 0, "destroy");
	/* A handle of what is gone. */
	TAP_CHECK(pamdev_pool_flush(again) == -ENXIO, "stale pool");
	TAP_CHECK(pamdev_flush_page(again, &(struct pamdev_handle){{0}, 0}) == -ENXIO, "stale");
	pamdev_pool_close(again);
	TAP_CHECK(pamdev_pool_open_id(dev, 0xfffffff0, &again) == -ENOENT, "no such id");
	for (unsigned int i = 0; i < POOLS; i++)
		pamdev_pool_close(pools[i]);
	pamdev_close(dev);
	return true;
}

static bool test_logs(struct tap *tap)
{
	struct pamdev *dev = open_card("model:dram=8M");
	struct pamc_log_latency latency[PAMC_LAT_COUNT];
	struct pamc_log_capacity capacity;
	char more[8192];

	(void)tap;
	TAP_CHECK(dev, "%s", message);
	TAP_CHECK(pamdev_log(dev, PAMC_LOG_CAPACITY, 0, &capacity, sizeof(capacity)) ==
		      sizeof(capacity),
		  "capacity");
	TAP_CHECK(capacity.total_bytes == 8 << 20 &&
		      capacity.total_bytes ==
			  capacity.usable_bytes + capacity.index_bytes + capacity.map_bytes,
		  "capacity adds up");
	TAP_CHECK(pamdev_log(dev, PAMC_LOG_LATENCY, 0, latency, sizeof(latency)) == sizeof(latency),
		  "latency");
	TAP_CHECK(pamdev_log(dev, PAMC_LOG_CAPACITY, 0, more, sizeof(more)) == sizeof(capacity),
		  "no more than there is");
	TAP_CHECK(memcmp(more + 8, (char *)&capacity + 8, 16) == 0, "same");
	TAP_CHECK(pamdev_log(dev, PAMC_LOG_CAPACITY, 8, more, 8) == 8, "from the middle");
	TAP_CHECK(memcmp(more, (char *)&capacity + 8, 8) == 0, "same");
	TAP_CHECK(pamdev_log(dev, PAMC_LOG_CAPACITY, 1 << 20, more, 8) == 0, "beyond the end");
	TAP_CHECK(pamdev_log(dev, 200, 0, more, 8) == -ENOENT, "no such log");
	pamdev_close(dev);
	return true;
}

static bool test_features(struct tap *tap)
{
	struct pamdev *dev = open_card("model:dram=8M");
	struct pamdev *flash;
	uint64_t value = 1, most = 0;

	(void)tap;
	TAP_CHECK(dev, "%s", message);
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_PRESSURE, &value) == 0 && !value, "default");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_TEMPERATURE, &value) == 0 && value == 358,
		  "default");
	TAP_CHECK(pamdev_feature_set(dev, PAMC_FEATURE_PRESSURE, 7) == 0, "set");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_PRESSURE, &value) == 0 && value == 7,
		  "kept");
	TAP_CHECK(pamdev_feature_set(dev, PAMC_FEATURE_PRESSURE, 101) == -EINVAL, "too much");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_PRESSURE, &value) == 0 && value == 7,
		  "changed by what was refused");
	/* Of 64 bits; and what a reset does to both. */
	TAP_CHECK(pamdev_feature_set(dev, PAMC_FEATURE_TIMESTAMP, 1ull << 60) == 0, "timestamp");
	TAP_CHECK(pamdev_reset(dev) == 0, "reset");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_PRESSURE, &value) == 0 && !value, "reset");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_TIMESTAMP, &value) == 0 && value >> 60 == 1,
		  "timestamp");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_COALESCE, &value) == -EINVAL, "a queue's");
	TAP_CHECK(pamdev_feature_set(dev, PAMC_FEATURE_COALESCE, 1) == -EINVAL, "a queue's");
	TAP_CHECK(pamdev_feature_get(dev, 99, &value) == -ENOENT, "no such feature");
	TAP_CHECK(pamdev_feature_set(dev, 99, 1) == -ENOENT, "no such feature");
	TAP_CHECK(pamdev_feature_get(dev, PAMC_FEATURE_DIRTY_BUDGET, &value) == -EOPNOTSUPP,
		  "no flash");
	TAP_CHECK(pamdev_feature_set(dev, PAMC_FEATURE_DIRTY_BUDGET, 1) == -EOPNOTSUPP, "no flash");
	pamdev_close(dev);

	flash = open_card("model:dram=4M,flash=32M");
	TAP_CHECK(flash, "%s", message);
	TAP_CHECK(pamdev_feature_get(flash, PAMC_FEATURE_DIRTY_BUDGET, &most) == 0 && most,
		  "flash");
	TAP_CHECK(pamdev_feature_set(flash, PAMC_FEATURE_DIRTY_BUDGET, most + 1) == -EINVAL,
		  "more than the default");
	TAP_CHECK(pamdev_feature_set(flash, PAMC_FEATURE_DIRTY_BUDGET, most / 2) == 0,
		  "half of it");
	pamdev_close(flash);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "URIs and what is said about bad ones", test_uris);
	tap_run(&tap, "two cards in one process", test_two_cards);
	tap_run(&tap, "statuses, errnos, texts", test_statuses);
	tap_run(&tap, "percentiles of histograms", test_percentiles);
	tap_run(&tap, "memory", test_memory);
	tap_run(&tap, "options of pools", test_pool_options);
	tap_run(&tap, "names of pools", test_pool_names);
	tap_run(&tap, "log pages", test_logs);
	tap_run(&tap, "features", test_features);
	return tap_done(&tap);
}
