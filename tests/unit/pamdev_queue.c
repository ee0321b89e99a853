// SPDX-License-Identifier: Apache-2.0
/*
 * libpamdev's queues on the model: full queues, buffers of every kind, pushes,
 * waiting, aborting, resets under way, and a long random run against a shadow.
 */
#include <errno.h>
#include <time.h>

#include "pamdev.h"
#include "tap.h"

struct rig {
	struct pamdev *dev;
	struct pamdev_pool *pool;
	struct pamdev_queue *queue;
	char *memory; /* the card's */
};

#define MEMORY_PAGES 64u

static bool rig_open(struct rig *rig, const char *uri, const struct pamdev_queue_options *queue,
		     unsigned int order)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;

	memset(rig, 0, sizeof(*rig));
	options.order = order;
	TAP_CHECK(pamdev_open(uri, NULL, &rig->dev) == 0, "%s", uri);
	TAP_CHECK(pamdev_pool_create(rig->dev, &options, &rig->pool) == 0, "pool");
	TAP_CHECK(pamdev_queue_create(rig->dev, queue, &rig->queue) == 0, "queue");
	rig->memory = pamdev_alloc(rig->dev, (size_t)MEMORY_PAGES * TAP_PAGE << order);
	TAP_CHECK(rig->memory, "memory");
	return true;
}

static void rig_close(struct rig *rig)
{
	pamdev_queue_destroy(rig->queue);
	if (rig->pool)
		pamdev_pool_destroy(rig->pool);
	pamdev_close(rig->dev);
}

static struct pamdev_handle handle_of(uint64_t n)
{
	return (struct pamdev_handle){{7, 8, n / 16}, n % 16};
}

/* Submits and waits for `count` completions; all must have this status. */
static bool finish(struct rig *rig, unsigned int count, int status)
{
	struct pamdev_completion done[256];

	TAP_CHECK(pamdev_submit(rig->queue) >= 0, "submit");
	TAP_CHECK(pamdev_wait(rig->queue, done, 256, count, 10000) == (int)count, "wait");
	for (unsigned int i = 0; i < count; i++)
		TAP_CHECK(done[i].status == status, "status %d", done[i].status);
	return true;
}

static bool test_options(struct tap *tap)
{
	struct pamdev_queue_options good = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamdev_queue_options bad[6] = {good, good, good, good, good, good};
	struct pamdev_queue *queues[64];
	struct rig rig;
	unsigned int made = 0;

	(void)tap;
	if (!rig_open(&rig, "model:dram=8M,queues=6", NULL, 2))
		return false;
	bad[0].depth = 8;
	bad[1].depth = 100;
	bad[2].depth = 4096;
	bad[3].max_order = 5;
	bad[4].crc = 3;
	bad[5].submission = 3;
	for (unsigned int i = 0; i < 6; i++)
		TAP_CHECK(pamdev_queue_create(rig.dev, &bad[i], &queues[0]) == -EINVAL, "%u", i);
	/* Six queue pairs: admin, the rig's, four more. */
	good.depth = 2048;
	good.max_order = 0;
	while (pamdev_queue_create(rig.dev, &good, &queues[made]) == 0)
		made++;
	TAP_CHECK(made == 4, "%u queues", made);
	TAP_CHECK(pamdev_queue_create(rig.dev, &good, &queues[4]) == -ENOSPC, "no more");
	/* Its pages are too large for that queue. */
	TAP_CHECK(pamdev_prep_put(queues[0], rig.pool, &(struct pamdev_handle){{0}, 0}, rig.memory,
				  1) == -EINVAL,
		  "order");
	while (made)
		pamdev_queue_destroy(queues[--made]);
	TAP_CHECK(pamdev_queue_create(rig.dev, &good, &queues[0]) == 0, "given back");
	pamdev_queue_destroy(queues[0]);
	rig_close(&rig);
	return true;
}

static bool test_full(struct tap *tap)
{
	struct pamdev_queue_options options = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamdev_completion done[16];
	struct rig rig;

	(void)tap;
	options.depth = 16;
	if (!rig_open(&rig, "model:dram=8M", &options, 0))
		return false;
	/* Many times round the rings. */
	for (uint64_t round = 0; round < 3000; round++) {
		const struct pamdev_handle handle = handle_of(round);

		for (uint64_t i = 0; i < 16; i++)
			TAP_CHECK(pamdev_prep_query(rig.queue, rig.pool, &handle, round + i) == 0,
				  "prep");
		TAP_CHECK(pamdev_prep_query(rig.queue, rig.pool, &handle, 0) == -EAGAIN, "full");
		TAP_CHECK(pamdev_queue_outstanding(rig.queue) == 16, "outstanding");
		TAP_CHECK(pamdev_submit(rig.queue) == 16, "submit");
		TAP_CHECK(pamdev_submit(rig.queue) == 0, "nothing left to submit");
		TAP_CHECK(pamdev_wait(rig.queue, done, 16, 16, 10000) == 16, "wait");
		for (uint64_t i = 0; i < 16; i++)
			TAP_CHECK(done[i].user_data == round + i && done[i].status == -ENOENT,
				  "completion");
	}
	TAP_CHECK(pamdev_reap(rig.queue, done, 16) == 0, "nothing to reap");
	TAP_CHECK(pamdev_wait(rig.queue, done, 16, 1, -1) == 0, "nothing to wait for");
	TAP_CHECK(pamdev_wait(rig.queue, done, 1, 2, 0) == -EINVAL, "min above max");
	rig_close(&rig);
	return true;
}

/* Every alignment that makes a difference, and blocks that lie apart. */
static bool buffers(struct tap *tap, const struct pamdev_queue_options *options)
{
	const size_t size = TAP_PAGE << 2;
	const void *out[4];
	void *in[4];
	char *other;
	struct rig rig;

	if (!rig_open(&rig, "model:dram=8M", options, 2))
		return false;
	other = malloc(6 * size);
	for (unsigned int shift = 0; shift < 4; shift++) {
		static const size_t offsets[] = {0, 1, 64, 4095};
		const struct pamdev_handle handle = handle_of(shift);
		char *page = rig.memory + offsets[shift];

		tap_fill_random(tap, other, size);
		memcpy(page, other, size);
		TAP_CHECK(pamdev_prep_put(rig.queue, rig.pool, &handle, page, 1) == 0, "prep");
		if (!finish(&rig, 1, 0))
			return false;
		memset(page, 0, size);
		TAP_CHECK(pamdev_prep_get(rig.queue, rig.pool, &handle, page, 0, 1) == 0, "prep");
		if (!finish(&rig, 1, 0))
			return false;
		TAP_CHECK(memcmp(page, other, size) == 0, "offset %zu", offsets[shift]);
		TAP_CHECK(page[size] == 0, "written beyond the page");
		/* In pieces: one that the card reaches, one that it does not, and so on. */
		for (unsigned int i = 0; i < 4; i++) {
			out[i] = other + i * TAP_PAGE;
			in[i] = rig.memory + (2 * i + 8) * TAP_PAGE + (i & shift ? 8 : 0);
		}
		TAP_CHECK(pamdev_prep_getv(rig.queue, rig.pool, &handle, in, 0, 1) == 0, "prep");
		if (!finish(&rig, 1, 0))
			return false;
		for (unsigned int i = 0; i < 4; i++)
			TAP_CHECK(memcmp(in[i], out[i], TAP_PAGE) == 0, "block %u", i);
		tap_fill_random(tap, other, size);
		TAP_CHECK(pamdev_prep_putv(rig.queue, rig.pool, &handle, out, 1) == 0, "prep");
		TAP_CHECK(
		    pamdev_prep_get(rig.queue, rig.pool, &handle, page, PAMDEV_EXCLUSIVE, 1) == 0,
		    "prep");
		if (!finish(&rig, 2, 0))
			return false;
		TAP_CHECK(memcmp(page, other, size) == 0, "putv");
	}
	free(other);
	rig_close(&rig);
	return true;
}

static bool test_buffers(struct tap *tap)
{
	struct pamdev_queue_options options = PAMDEV_QUEUE_OPTIONS_INIT;

	if (!buffers(tap, &options))
		return false;
	options.crc = PAMDEV_CRC_CHECK;
	options.submission = PAMDEV_SUBMIT_PUSH;
	return buffers(tap, &options);
}

/* More pushes than there are slots, ring doorbells in between. */
static bool test_push(struct tap *tap)
{
	struct pamdev_queue_options options = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamc_log_counters counters;
	struct rig rig;

	options.submission = PAMDEV_SUBMIT_PUSH;
	options.depth = 128;
	if (!rig_open(&rig, "model:dram=8M", &options, 0))
		return false;
	for (unsigned int round = 0; round < 300; round++) {
		unsigned int count = 1 + (unsigned int)tap_below(tap, 128);

		for (unsigned int i = 0; i < count; i++) {
			const struct pamdev_handle handle = handle_of(i);

			TAP_CHECK(pamdev_prep_put(rig.queue, rig.pool, &handle, rig.memory, i) == 0,
				  "prep");
			/* In parts: slots that are not yet free must not be written again. */
			if (tap_below(tap, 4) == 0)
				pamdev_submit(rig.queue);
		}
		if (!finish(&rig, count, 0))
			return false;
	}
	pamdev_log(rig.dev, PAMC_LOG_COUNTERS, 0, &counters, sizeof(counters));
	TAP_CHECK(counters.pushed > 1000 && counters.fetched > 1000, "%llu pushed, %llu fetched",
		  (unsigned long long)counters.pushed, (unsigned long long)counters.fetched);
	rig_close(&rig);
	return true;
}

/* Pages of what version does the card hold? */
enum { SHADOW = 200 };

static bool random_step(struct tap *tap, struct rig *rig, uint64_t *shadow, unsigned int n)
{
	const struct pamdev_handle handle = handle_of(n);
	struct pamdev_completion done[4];
	char *page = rig->memory + tap_below(tap, 8) * TAP_PAGE + (tap_below(tap, 3) ? 0 : 24);
	uint64_t kind = tap_below(tap, 8);
	uint64_t version = tap_random(tap) | 1;
	int want = shadow[n] ? 0 : -ENOENT;

	if (kind < 3) {
		tap_fill_block(tap, (uint8_t *)page);
		memcpy(page + 4080, &version, 8);
		pamdev_prep_put(rig->queue, rig->pool, &handle, page, 1);
		shadow[n] = version;
		return finish(rig, 1, 0);
	}
	if (kind == 3) {
		pamdev_prep_flush_page(rig->queue, rig->pool, &handle, 1);
		shadow[n] = 0;
		return finish(rig, 1, 0);
	}
	if (kind == 4 && tap_below(tap, 8) == 0) {
		pamdev_prep_flush_object(rig->queue, rig->pool, handle.object, 1);
		for (unsigned int i = n / 16 * 16; i < SHADOW && i < n / 16 * 16 + 16; i++)
			shadow[i] = 0;
		return finish(rig, 1, 0);
	}
	pamdev_prep_get(rig->queue, rig->pool, &handle, page, kind == 5 ? PAMDEV_EXCLUSIVE : 0, 1);
	pamdev_submit(rig->queue);
	TAP_CHECK(pamdev_wait(rig->queue, done, 4, 1, 10000) == 1, "wait");
	TAP_CHECK(done[0].status == want, "%d instead of %d", done[0].status, want);
	TAP_CHECK(want || memcmp(page + 4080, &shadow[n], 8) == 0, "another version");
	shadow[n] = kind == 5 ? 0 : shadow[n];
	return true;
}

static bool test_random(struct tap *tap)
{
	uint64_t shadow[SHADOW] = {0};

	for (unsigned int how = 0; how < 3; how++) {
		struct pamdev_queue_options options = PAMDEV_QUEUE_OPTIONS_INIT;
		struct rig rig;
		char text[256];

		options.depth = 16u << how;
		options.crc = how;
		options.submission = how;
		memset(shadow, 0, sizeof(shadow));
		if (!rig_open(&rig, "model:dram=8M", &options, 0))
			return false;
		for (unsigned int i = 0; i < 4000; i++) {
			if (!random_step(tap, &rig, shadow, (unsigned int)tap_below(tap, SHADOW)))
				return false;
		}
		TAP_CHECK(pamdev_simulate_check(rig.dev, text, sizeof(text)) == 0, "%s", text);
		rig_close(&rig);
	}
	return true;
}

/* A card that takes a minute for a put. */
#define SLOW "model:dram=8M,put_latency=60000000000"

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool test_cancel(struct tap *tap)
{
	const struct pamdev_handle handle = handle_of(1);
	struct pamdev_completion done[4];
	uint64_t start = milliseconds();
	struct rig rig;

	(void)tap;
	if (!rig_open(&rig, SLOW, NULL, 0))
		return false;
	TAP_CHECK(pamdev_prep_put(rig.queue, rig.pool, &handle, rig.memory, 42) == 0, "prep");
	TAP_CHECK(pamdev_submit(rig.queue) == 1, "submit");
	TAP_CHECK(pamdev_wait(rig.queue, done, 4, 1, 100) == 0, "it came at once");
	TAP_CHECK(milliseconds() - start >= 100, "waited too short");
	TAP_CHECK(pamdev_cancel(rig.queue, 41) == -ENOENT, "another's");
	TAP_CHECK(pamdev_cancel(rig.queue, 42) == 0, "cancel");
	TAP_CHECK(pamdev_wait(rig.queue, done, 4, 1, 10000) == 1, "completion");
	TAP_CHECK(done[0].user_data == 42, "whose?");
	TAP_CHECK(done[0].status == -ECANCELED || done[0].status == 0, "%d", done[0].status);
	TAP_CHECK(pamdev_cancel(rig.queue, 42) == -ENOENT, "it is gone");
	TAP_CHECK(milliseconds() - start < 20000, "took too long");
	rig_close(&rig);
	return true;
}

static bool test_timeout(struct tap *tap)
{
	struct pamdev_open_options patience = PAMDEV_OPEN_OPTIONS_INIT;
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	const struct pamdev_handle handle = handle_of(1);
	uint64_t start = milliseconds();
	struct pamdev_pool *pool;
	struct pamdev *dev;
	char page[4096] = "slow";

	(void)tap;
	patience.timeout_ms = 200;
	TAP_CHECK(pamdev_open(SLOW, &patience, &dev) == 0, "open");
	TAP_CHECK(pamdev_pool_create(dev, &options, &pool) == 0, "pool");
	/* The abort makes it complete, whichever way; the card stays in order. */
	for (unsigned int i = 0; i < 3; i++) {
		int status = pamdev_put(pool, &handle, page);

		TAP_CHECK(status == -ETIMEDOUT || status == 0, "%d", status);
	}
	TAP_CHECK(milliseconds() - start >= 600, "no patience");
	TAP_CHECK(milliseconds() - start < 20000, "took too long");
	TAP_CHECK(pamdev_state(dev) == 0, "state");
	TAP_CHECK(pamdev_query(pool, &handle, NULL) <= 0, "query");
	pamdev_pool_destroy(pool);
	pamdev_close(dev);
	return true;
}

/* A queue that is destroyed with operations under way: none touches a buffer later. */
static bool test_destroy_busy(struct tap *tap)
{
	const struct pamdev_handle handle = handle_of(1);
	char *page = malloc(4096 + 8);
	struct rig rig;

	(void)tap;
	if (!rig_open(&rig, "model:dram=8M,get_latency=50000000", NULL, 0))
		return false;
	TAP_CHECK(pamdev_put(rig.pool, &handle, rig.memory) == 0, "put");
	for (unsigned int i = 0; i < 20; i++)
		TAP_CHECK(pamdev_prep_get(rig.queue, rig.pool, &handle, page + 8, 0, i) == 0,
			  "prep");
	TAP_CHECK(pamdev_submit(rig.queue) == 20, "submit");
	pamdev_queue_destroy(rig.queue);
	free(page);
	rig.queue = NULL;
	TAP_CHECK(pamdev_get(rig.pool, &handle, rig.memory, 0) == 0, "the card works on");
	rig_close(&rig);
	return true;
}

static bool test_reset_busy(struct tap *tap)
{
	struct pamdev_completion done[64];
	const struct pamdev_handle handle = handle_of(1);
	struct rig rig;

	(void)tap;
	if (!rig_open(&rig, SLOW, NULL, 0))
		return false;
	for (unsigned int i = 0; i < 20; i++)
		TAP_CHECK(pamdev_prep_put(rig.queue, rig.pool, &handle, rig.memory, i) == 0,
			  "prep");
	TAP_CHECK(pamdev_submit(rig.queue) == 20, "submit");
	/* Prepared, but not known to the card. */
	TAP_CHECK(pamdev_prep_query(rig.queue, rig.pool, &handle, 20) == 0, "prep");
	TAP_CHECK(pamdev_reset(rig.dev) == 0, "reset");
	TAP_CHECK(pamdev_wait(rig.queue, done, 64, 21, 10000) == 21, "all must end");
	for (unsigned int i = 0; i < 21; i++)
		TAP_CHECK(done[i].status == -ECANCELED && done[i].user_data == i, "%u: %d", i,
			  done[i].status);
	/* And the queue lives again. */
	for (unsigned int i = 0; i < 100; i++)
		TAP_CHECK(pamdev_prep_query(rig.queue, rig.pool, &handle, i) == 0, "prep");
	TAP_CHECK(pamdev_submit(rig.queue) == 100, "submit");
	for (int got = 0; got < 100;) {
		int now = pamdev_wait(rig.queue, done, 64, 1, 10000);

		TAP_CHECK(now > 0, "wait");
		got += now;
	}
	/* Resets without anything outstanding. */
	for (unsigned int i = 0; i < 5; i++) {
		TAP_CHECK(pamdev_reset(rig.dev) == 0, "reset");
		TAP_CHECK(pamdev_prep_flush_page(rig.queue, rig.pool, &handle, 5) == 0, "prep");
		if (!finish(&rig, 1, 0))
			return false;
	}
	rig_close(&rig);
	return true;
}

/* Another pool may get the id of one that was lost; its pages must stay its own. */
static bool test_lost_pools(struct tap *tap)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	const struct pamdev_handle handle = handle_of(1);
	struct pamdev_pool *fresh;
	char page[4096] = "new";
	struct rig rig;

	(void)tap;
	if (!rig_open(&rig, "model:dram=8M", NULL, 0))
		return false;
	TAP_CHECK(pamdev_put(rig.pool, &handle, rig.memory) == 0, "put");
	TAP_CHECK(pamdev_simulate_power_cycle(rig.dev) == 0, "power cycle");
	TAP_CHECK(pamdev_reset(rig.dev) == 0, "reset");
	TAP_CHECK(pamdev_pool_create(rig.dev, &options, &fresh) == 0, "pool");
	TAP_CHECK(pamdev_put(fresh, &handle, page) == 0, "put");
	TAP_CHECK(pamdev_put(rig.pool, &handle, rig.memory) == -ENXIO, "put to a lost pool");
	TAP_CHECK(pamdev_get(rig.pool, &handle, rig.memory, 0) == -ENXIO, "get of a lost pool");
	TAP_CHECK(pamdev_flush_object(rig.pool, handle.object) == -ENXIO, "flush");
	TAP_CHECK(pamdev_pool_flush(rig.pool) == -ENXIO, "pool flush");
	TAP_CHECK(pamdev_pool_set(rig.pool, 0, 0, 0, 0) == -ENXIO, "pool set");
	TAP_CHECK(pamdev_pool_destroy(rig.pool) == 0, "destroy");
	rig.pool = fresh;
	memset(page, 0, sizeof(page));
	TAP_CHECK(pamdev_get(fresh, &handle, page, 0) == 0 && strcmp(page, "new") == 0, "get");
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "options of queues, and as many as there are", test_options);
	tap_run(&tap, "full queues, many times round the rings", test_full);
	tap_run(&tap, "buffers of every alignment, and in pieces", test_buffers);
	tap_run(&tap, "pushes", test_push);
	tap_run(&tap, "random operations against a shadow", test_random);
	tap_run(&tap, "cancelling", test_cancel);
	tap_run(&tap, "timeouts of synchronous calls", test_timeout);
	tap_run(&tap, "a queue destroyed while busy", test_destroy_busy);
	tap_run(&tap, "a reset while busy", test_reset_busy);
	tap_run(&tap, "pools lost with power", test_lost_pools);
	return tap_done(&tap);
}
