// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Contract cases about many handles: that none is taken for another, that
 * objects and pools are flushed alone, and that batches and queues keep order.
 */
#include "scene.h"

static uint64_t top_index(const struct contract_env *env)
{
	return env->index_bits >= 64 ? ~0ull : (1ull << env->index_bits) - 1;
}

/* Bit b of the handle turned over: 0-191 the object, then the index. */
static struct contract_handle flip(struct contract_handle handle, unsigned int bit)
{
	if (bit < 192)
		handle.object[bit / 64] ^= 1ull << (bit % 64);
	else
		handle.index ^= 1ull << (bit - 192);
	return handle;
}

static int run_one_bit(struct contract_env *env)
{
	unsigned int bits = 192 + env->index_bits;
	struct contract_handle base;
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	base = scene_handle(&s, 7, 5);
	step_put(&s, base, CONTENT_TEXT, 1000);
	for (unsigned int b = 0; b < bits; b++) {
		step_miss(&s, flip(base, b));
		step_put(&s, flip(base, b), CONTENT_TEXT, b);
	}
	for (unsigned int b = 0; b < bits; b++)
		step_get(&s, flip(base, b), CONTENT_TEXT, b);
	step_get(&s, base, CONTENT_TEXT, 1000);
	step_flush_page(&s, base);
	step_miss(&s, base);
	step_pages(&s, bits);
	for (unsigned int b = 0; b < bits; b += 17)
		step_get(&s, flip(base, b), CONTENT_TEXT, b);
	return scene_end(&s);
}

static int run_index_extremes(struct contract_env *env)
{
	uint64_t top = top_index(env);
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	step_put(&s, scene_handle(&s, 1, 0), CONTENT_TEXT, 1);
	step_put(&s, scene_handle(&s, 1, top), CONTENT_TEXT, 2);
	step_put(&s, scene_handle(&s, 1, top - 1), CONTENT_TEXT, 3);
	step_put(&s, scene_handle(&s, 1, top / 2), CONTENT_TEXT, 4);
	step_get(&s, scene_handle(&s, 1, 0), CONTENT_TEXT, 1);
	step_get(&s, scene_handle(&s, 1, top), CONTENT_TEXT, 2);
	step_get(&s, scene_handle(&s, 1, top - 1), CONTENT_TEXT, 3);
	step_get(&s, scene_handle(&s, 1, top / 2), CONTENT_TEXT, 4);
	if (top != ~0ull && !s.failed) {
		const struct contract_handle beyond = scene_handle(&s, 1, top + 1);

		/* Refused, not folded onto index 0. */
		if (env->ops->put(env, s.pool, &beyond, s.page) >= 0)
			scene_fail(&s, "a put beyond the highest index was taken");
		step_get(&s, scene_handle(&s, 1, 0), CONTENT_TEXT, 1);
	}
	return scene_end(&s);
}

/* All-zero and all-one objects are as good as any. */
static int run_object_extremes(struct contract_env *env)
{
	static const struct contract_handle zero;
	const struct contract_handle ones = {{~0ull, ~0ull, ~0ull}, 0};
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	step_miss(&s, zero);
	step_miss(&s, ones);
	step_put(&s, zero, CONTENT_TEXT, 1);
	step_put(&s, ones, CONTENT_TEXT, 2);
	step_get(&s, zero, CONTENT_TEXT, 1);
	step_get(&s, ones, CONTENT_TEXT, 2);
	step_flush_object(&s, zero);
	step_miss(&s, zero);
	step_get(&s, ones, CONTENT_TEXT, 2);
	return scene_end(&s);
}

static int run_flush_object(struct contract_env *env)
{
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	for (unsigned int i = 0; i < 60; i++)
		step_put(&s, scene_handle(&s, i % 3, i), CONTENT_TEXT, i);
	step_flush_object(&s, scene_handle(&s, 1, 0));
	for (unsigned int i = 0; i < 60; i++) {
		if (i % 3 == 1)
			step_miss(&s, scene_handle(&s, 1, i));
		else
			step_get(&s, scene_handle(&s, i % 3, i), CONTENT_TEXT, i);
	}
	step_pages(&s, 40);
	/* The object lives again, and without what it held before. */
	step_put(&s, scene_handle(&s, 1, 1), CONTENT_TEXT, 100);
	step_get(&s, scene_handle(&s, 1, 1), CONTENT_TEXT, 100);
	step_miss(&s, scene_handle(&s, 1, 4));
	step_flush_object(&s, scene_handle(&s, 1, 0));
	step_miss(&s, scene_handle(&s, 1, 1));
	step_flush_object(&s, scene_handle(&s, 99, 0));
	step_pages(&s, 40);
	return scene_end(&s);
}

static int run_two_pools(struct contract_env *env)
{
	struct scene a, b;

	scene_begin_plain(&a, env, CONTRACT_PERSISTENT, 0);
	scene_begin_plain(&b, env, CONTRACT_EPHEMERAL, 0);
	for (unsigned int i = 0; i < 20; i++) {
		step_put(&a, scene_handle(&a, 1, i), CONTENT_TEXT, i);
		step_miss(&b, scene_handle(&b, 1, i));
		step_put(&b, scene_handle(&b, 1, i), CONTENT_TEXT, 100 + i);
	}
	step_flush_page(&a, scene_handle(&a, 1, 3));
	step_flush_object(&b, scene_handle(&b, 1, 0));
	for (unsigned int i = 0; i < 20; i++) {
		if (i != 3)
			step_get(&a, scene_handle(&a, 1, i), CONTENT_TEXT, i);
		step_miss(&b, scene_handle(&b, 1, i));
	}
	step_flush_pool(&b);
	step_pages(&a, 19);
	return scene_end(&a) | scene_end(&b);
}

static int run_pool_destroyed(struct contract_env *env)
{
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	/* Several rounds, so that pool ids and memory are used again. */
	for (unsigned int round = 0; round < 5 && !s.failed; round++) {
		for (unsigned int i = 0; i < 30; i++)
			step_miss(&s, scene_handle(&s, 1, i));
		step_pages(&s, 0);
		for (unsigned int i = 0; i < 30; i++)
			step_put(&s, scene_handle(&s, 1, i), i % CONTENT_KINDS, i + round * 100);
		if (s.failed)
			break;
		env->ops->pool_destroy(env, s.pool);
		s.pool = NULL;
		scene_status(&s, "pool create", env->ops->pool_create(env, &s.params, &s.pool), 0);
	}
	step_pages(&s, 0);
	return scene_end(&s);
}

/* ---- batches ---- */

/* Requests and their page buffers; the first `used` are filled in. */
struct batch {
	struct scene *s;
	struct contract_request *requests;
	unsigned int used;
};

static bool batch_begin(struct batch *b, struct scene *s)
{
	struct contract_env *env = s->env;

	b->s = s;
	b->used = 0;
	b->requests = env->ops->alloc(env, CONTRACT_BATCH * sizeof(*b->requests));
	if (!b->requests) {
		scene_fail(s, "no memory for a batch");
		return false;
	}
	for (unsigned int i = 0; i < CONTRACT_BATCH; i++) {
		b->requests[i].page = env->ops->page_alloc(env, s->params.order);
		if (!b->requests[i].page)
			scene_fail(s, "no memory for a batch");
	}
	return !s->failed;
}

static void batch_end(struct batch *b)
{
	struct contract_env *env = b->s->env;

	for (unsigned int i = 0; b->requests && i < CONTRACT_BATCH; i++) {
		if (b->requests[i].page)
			env->ops->page_free(env, b->requests[i].page, b->s->params.order);
	}
	if (b->requests)
		env->ops->free(env, b->requests);
}

static struct contract_request *batch_add(struct batch *b, enum contract_op op,
					  struct contract_handle handle)
{
	struct contract_request *r = &b->requests[b->used++];

	r->op = op;
	r->flags = 0;
	r->handle = handle;
	r->status = 1;
	return r;
}

static void batch_put(struct batch *b, struct contract_handle handle, uint64_t seed)
{
	struct contract_request *r = batch_add(b, CONTRACT_PUT, handle);

	content_fill(b->s->env, r->page, b->s->bytes, seed % CONTENT_KINDS, seed);
}

static void batch_get(struct batch *b, struct contract_handle handle)
{
	memset(batch_add(b, CONTRACT_GET, handle)->page, 0x5a, b->s->bytes);
}

static void batch_submit(struct batch *b)
{
	struct contract_env *env = b->s->env;

	if (!b->s->failed)
		scene_status(b->s, "submit",
			     env->ops->submit(env, b->s->pool, b->requests, b->used), 0);
}

/* Request i must have this status, and a get of status 0 the content of batch_put's seed. */
static void batch_expect(struct batch *b, unsigned int i, int status, uint64_t seed)
{
	struct contract_request *r = &b->requests[i];

	if (!scene_status(b->s, "request of a batch", r->status, status)) {
		b->s->env->ops->log(b->s->env, "it is request %u of %u", i, b->used);
		return;
	}
	if (r->op != CONTRACT_GET || status != 0)
		return;
	memcpy(b->s->page, r->page, b->s->bytes);
	step_compare(b->s, seed % CONTENT_KINDS, seed);
	if (b->s->failed)
		b->s->env->ops->log(b->s->env, "it is request %u of %u", i, b->used);
}

static int run_batch(struct contract_env *env)
{
	struct batch b;
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	if (!batch_begin(&b, &s))
		goto out;
	for (unsigned int i = 0; i < CONTRACT_BATCH; i++)
		batch_put(&b, scene_handle(&s, i % 3, i), i);
	batch_submit(&b);
	for (unsigned int i = 0; i < CONTRACT_BATCH; i++)
		batch_expect(&b, i, 0, i);
	b.used = 0;
	for (unsigned int i = 0; i < CONTRACT_BATCH; i++)
		batch_get(&b, scene_handle(&s, i % 3, i));
	batch_submit(&b);
	for (unsigned int i = 0; i < CONTRACT_BATCH; i++)
		batch_expect(&b, i, 0, i);
	/* Batches and single calls see the same pages. */
	step_get(&s, scene_handle(&s, 1, 4), 4 % CONTENT_KINDS, 4);
	step_pages(&s, CONTRACT_BATCH);
out:
	batch_end(&b);
	return scene_end(&s);
}

static int run_batch_order(struct contract_env *env)
{
	struct contract_handle h, other;
	struct batch b;
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	if (!batch_begin(&b, &s))
		goto out;
	h = scene_handle(&s, 1, 1);
	other = scene_handle(&s, 1, 2);
	batch_get(&b, h);                        /* 0: miss */
	batch_put(&b, h, 10);                    /* 1 */
	batch_get(&b, h);                        /* 2: 10 */
	batch_put(&b, h, 21);                    /* 3 */
	batch_put(&b, other, 32);                /* 4 */
	batch_get(&b, h);                        /* 5: 21 */
	batch_add(&b, CONTRACT_FLUSH_PAGE, h);   /* 6 */
	batch_get(&b, h);                        /* 7: miss */
	batch_put(&b, h, 43);                    /* 8 */
	batch_add(&b, CONTRACT_FLUSH_OBJECT, h); /* 9 */
	batch_get(&b, h);                        /* 10: miss */
	batch_get(&b, other);                    /* 11: miss */
	batch_put(&b, h, 54);                    /* 12 */
	batch_get(&b, h);                        /* 13: 54 */
	b.requests[13].flags = CONTRACT_EXCLUSIVE;
	batch_get(&b, h);     /* 14: miss */
	batch_put(&b, h, 66); /* 15 */
	batch_submit(&b);
	for (unsigned int i = 0; i < b.used; i++) {
		static const unsigned char seeds[16] = {[2] = 10, [5] = 21, [13] = 54};
		bool miss = i == 0 || i == 7 || i == 10 || i == 11 || i == 14;

		batch_expect(&b, i, miss ? -ENOENT : 0, seeds[i]);
	}
	step_get(&s, h, 66 % CONTENT_KINDS, 66);
	step_pages(&s, 1);
out:
	batch_end(&b);
	return scene_end(&s);
}

/* One handle in all of a batch: only the last put may be seen. */
static int run_batch_one_handle(struct contract_env *env)
{
	struct contract_handle h;
	struct batch b;
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_EPHEMERAL, env->max_order ? 1 : 0);
	if (!batch_begin(&b, &s))
		goto out;
	h = scene_handle(&s, 1, 1);
	for (unsigned int round = 0; round < 8; round++) {
		b.used = 0;
		for (unsigned int i = 0; i < CONTRACT_BATCH / 2; i++) {
			batch_put(&b, h, round * 100 + i);
			batch_get(&b, h);
		}
		batch_submit(&b);
		for (unsigned int i = 0; i < b.used; i++)
			batch_expect(&b, i, 0, round * 100 + i / 2);
	}
	step_pages(&s, 1);
out:
	batch_end(&b);
	return scene_end(&s);
}

/* What fails in a batch fails alone. */
static int run_batch_failures(struct contract_env *env)
{
	const struct contract_params params = {.type = CONTRACT_PERSISTENT, .limit = 4};
	unsigned int taken = 0;
	struct batch b;
	struct scene s;

	scene_begin(&s, env, &params);
	if (!batch_begin(&b, &s))
		goto out;
	for (unsigned int i = 0; i < 8; i++)
		batch_put(&b, scene_handle(&s, 1, i), i);
	for (unsigned int i = 0; i < 8; i++)
		batch_get(&b, scene_handle(&s, 1, i));
	batch_submit(&b);
	/* Four find room; which ones is nobody's business, as handles have no order. */
	for (unsigned int i = 0; i < 8; i++) {
		bool stored = b.requests[i].status == 0;

		taken += stored;
		batch_expect(&b, i, stored ? 0 : -ENOSPC, 0);
		batch_expect(&b, 8 + i, stored ? 0 : -ENOENT, i);
	}
	if (taken != params.limit)
		scene_fail(&s, "not as many pages were taken as the pool's limit says");
out:
	batch_end(&b);
	return scene_end(&s);
}

static int run_queues(struct contract_env *env)
{
	struct contract_handle h;
	struct scene s;

	if (!env->ops->use_queue)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	h = scene_handle(&s, 1, 1);
	/* Completed on one queue before it was submitted on the other. */
	for (unsigned int i = 0; i < 50; i++) {
		env->ops->use_queue(env, i & 1);
		step_put(&s, h, CONTENT_TEXT, i);
		env->ops->use_queue(env, !(i & 1));
		step_get(&s, h, CONTENT_TEXT, i);
		step_flush_page(&s, h);
		env->ops->use_queue(env, i & 1);
		step_miss(&s, h);
	}
	env->ops->use_queue(env, 0);
	return scene_end(&s);
}

static const struct contract_case cases[] = {
    {"one-bit-handles", "1", "handles that differ in one bit of any part are different pages",
     run_one_bit},
    {"index-extremes", "1", "index 0 and the highest work; one beyond is refused",
     run_index_extremes},
    {"object-extremes", "1", "objects of all zeroes and all ones are objects like others",
     run_object_extremes},
    {"flush-object", "3", "all pages of the object are gone and no others", run_flush_object},
    {"two-pools", "1 3", "the same handle in two pools is two pages", run_two_pools},
    {"pool-destroyed", "3 11", "a destroyed pool's pages never show in a new one",
     run_pool_destroyed},
    {"batch", "5", "a batch does what single calls do", run_batch},
    {"batch-order", "4 5", "requests of a batch on one handle take effect in order",
     run_batch_order},
    {"batch-one-handle", "1 4 5", "puts and gets of one handle in one batch never mix",
     run_batch_one_handle},
    {"batch-failures", "2 5", "a request that fails harms no other of its batch",
     run_batch_failures},
    {"across-queues", "4", "what completed on one queue is seen from another", run_queues},
};

const struct contract_group contract_handles = {cases, sizeof(cases) / sizeof(cases[0])};
