// SPDX-License-Identifier: Apache-2.0
/*
 * Put and get loops over the working set.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cli/text.h"

/* Buffers that must be copied begin so far off a page boundary. */
#define ODD         64u
#define PATIENCE_MS 30000

static struct pamdev_handle handle_of(uint32_t page)
{
	/* Files of 1024 pages, as a page cache would have. */
	return (struct pamdev_handle){{1, 2, page >> 10}, page & 1023};
}

static uint64_t buffers_of(const struct card *card)
{
	return card->depth ? card->depth : 1;
}

int card_make(struct card *card, struct pamdev *dev, const struct options *options,
	      const struct pages *pages)
{
	struct pamdev_pool_options pool = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_queue_options queue = PAMDEV_QUEUE_OPTIONS_INIT;
	int status;

	memset(card, 0, sizeof(*card));
	card->dev = dev;
	card->depth = options->depth;
	card->batch = options->batch;
	card->stride = pages->size + (options->unaligned ? BLOCK : 0);
	pool.name = "pambench";
	pool.order = options->order;
	status = pamdev_pool_create(dev, &pool, &card->pool);
	if (status == 0 && card->depth) {
		queue.depth = card->depth;
		queue.max_order = options->order;
		status = pamdev_queue_create(dev, &queue, &card->queue);
	}
	if (status != 0)
		return complain(EXIT_FAILED, "%s: %s", pamdev_uri(dev), pamdev_strerror(status));
	card->buffers = pamdev_alloc(dev, (buffers_of(card) + 1) * card->stride);
	card->done = calloc(buffers_of(card), sizeof(*card->done));
	card->started = calloc(buffers_of(card), sizeof(*card->started));
	if (!card->buffers || !card->done || !card->started)
		return complain(EXIT_FAILED, "no memory for buffers");
	if (options->unaligned)
		card->buffers += ODD;
	return 0;
}

void card_free(struct card *card)
{
	pamdev_queue_destroy(card->queue);
	if (card->pool)
		pamdev_pool_destroy(card->pool);
	if (card->buffers)
		pamdev_free(card->dev, (char *)((uintptr_t)card->buffers & ~(BLOCK - 1)));
	free(card->done);
	free(card->started);
}

static void sample(struct samples *samples, uint64_t ns)
{
	if (samples && samples->count < samples->space)
		samples->ns[samples->count++] = ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}

static const char *source(const struct pages *pages, uint32_t page)
{
	return pages->data + page * pages->size;
}

/* What comes of one operation: user_data is its page number and its buffer. */
static void judge(struct card *card, const struct pages *pages, uint32_t page, const char *buffer,
		  int status, bool put, struct loop *loop)
{
	if (status != 0)
		loop->failed++;
	else if (!put && card->verify && memcmp(buffer, source(pages, page), pages->size) != 0)
		loop->failed++;
}

/* ---- synchronous ---- */

static void run_sync(struct card *card, const struct pages *pages, bool put,
		     struct samples *samples, struct loop *loop)
{
	uint64_t before = samples ? bench_now() : 0;

	for (uint64_t i = 0; i < pages->count; i++) {
		uint32_t page = pages->visit[i];
		struct pamdev_handle handle = handle_of(page);
		int status = put ? pamdev_put(card->pool, &handle, source(pages, page))
				 : pamdev_get(card->pool, &handle, card->buffers, 0);
		uint64_t after = samples ? bench_now() : 0;

		sample(samples, after - before);
		before = after;
		judge(card, pages, page, card->buffers, status, put, loop);
	}
}

/* ---- asynchronous ---- */

/* user_data: buffer and page. */
static uint64_t ticket(unsigned int buffer, uint32_t page)
{
	return (uint64_t)buffer << 32 | page;
}

struct flight {
	struct card *card;
	const struct pages *pages;
	struct samples *samples;
	struct loop *loop;
	unsigned int *free;
	unsigned int free_count;
	bool put;
};

static char *buffer_at(const struct card *card, unsigned int buffer)
{
	return card->buffers + buffer * card->stride;
}

static void prepare(struct flight *f, uint32_t page)
{
	unsigned int buffer = f->free[--f->free_count];
	struct pamdev_handle handle = handle_of(page);
	struct card *card = f->card;
	uint64_t data = ticket(buffer, page);

	if (f->put)
		pamdev_prep_put(card->queue, card->pool, &handle, source(f->pages, page), data);
	else
		pamdev_prep_get(card->queue, card->pool, &handle, buffer_at(card, buffer), 0, data);
}

/* Takes completions, at least `least`. False: they do not come. */
static bool collect(struct flight *f, unsigned int least)
{
	struct card *card = f->card;
	int got = pamdev_wait(card->queue, card->done, card->depth, least, PATIENCE_MS);
	uint64_t now = bench_now();

	for (int i = 0; i < got; i++) {
		unsigned int buffer = (unsigned int)(card->done[i].user_data >> 32);

		sample(f->samples, now - card->started[buffer]);
		judge(card, f->pages, (uint32_t)card->done[i].user_data, buffer_at(card, buffer),
		      card->done[i].status, f->put, f->loop);
		f->free[f->free_count++] = buffer;
	}
	return got >= (int)least;
}

static void run_async(struct card *card, const struct pages *pages, bool put,
		      struct samples *samples, struct loop *loop)
{
	unsigned int free_buffers[2048];
	struct flight f = {card, pages, samples, loop, free_buffers, 0, put};
	uint64_t i = 0;
	bool alive = true;

	for (unsigned int b = card->depth; b > 0; b--)
		f.free[f.free_count++] = b - 1;
	while (i < pages->count && alive) {
		unsigned int first = f.free_count;

		while (i < pages->count && first - f.free_count < card->batch)
			prepare(&f, pages->visit[i++]);
		/* One clock reading for the batch: all of it starts now. */
		uint64_t now = bench_now();

		for (unsigned int b = f.free_count; b < first; b++)
			card->started[f.free[b]] = now;
		pamdev_submit(card->queue);
		if (f.free_count < card->batch)
			alive = collect(&f, card->batch);
	}
	if (f.free_count < card->depth && alive)
		alive = collect(&f, card->depth - f.free_count);
	if (!alive)
		loop->failed += card->depth - f.free_count + pages->count - i;
}

static struct loop run(struct card *card, const struct pages *pages, bool put,
		       struct samples *samples)
{
	struct loop loop = loop_begin();

	if (card->queue)
		run_async(card, pages, put, samples, &loop);
	else
		run_sync(card, pages, put, samples, &loop);
	loop_end(&loop);
	return loop;
}

struct loop card_put(struct card *card, const struct pages *pages, struct samples *samples)
{
	return run(card, pages, true, samples);
}

struct loop card_get(struct card *card, const struct pages *pages, struct samples *samples)
{
	return run(card, pages, false, samples);
}
