// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Contract cases about one page at a time: what a get returns after which puts
 * and flushes, in both types of pool and all page sizes.
 */
#include "scene.h"

/* Runs a list of steps in a persistent and in an ephemeral pool of 4 KiB pages. */
static int in_both(struct contract_env *env, void (*steps)(struct scene *s))
{
	static const enum contract_type types[] = {CONTRACT_PERSISTENT, CONTRACT_EPHEMERAL};
	int verdict = CONTRACT_PASS;

	for (unsigned int i = 0; i < 2 && verdict == CONTRACT_PASS; i++) {
		struct scene s;

		if (scene_begin_plain(&s, env, types[i], 0))
			steps(&s);
		if (s.failed)
			env->ops->log(env, "in a pool that is %s", i ? "ephemeral" : "persistent");
		verdict = scene_end(&s);
	}
	return verdict;
}

static void round_trip(struct scene *s)
{
	for (unsigned int kind = 0; kind < CONTENT_KINDS; kind++)
		step_put(s, scene_handle(s, 1, kind), kind, 100 + kind);
	for (unsigned int kind = 0; kind < CONTENT_KINDS; kind++)
		step_get(s, scene_handle(s, 1, kind), kind, 100 + kind);
	/* A get that is not exclusive leaves the page there. */
	for (unsigned int kind = 0; kind < CONTENT_KINDS; kind++)
		step_get(s, scene_handle(s, 1, kind), kind, 100 + kind);
	step_pages(s, CONTENT_KINDS);
}

static int run_round_trip(struct contract_env *env)
{
	return in_both(env, round_trip);
}

static int run_same_filled(struct contract_env *env)
{
	static const uint64_t words[] = {0, ~0ull, 0x0101010101010101ull, 1ull << 63, 1};
	struct scene s;

	if (scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0)) {
		for (unsigned int i = 0; i < 5; i++)
			step_put(&s, scene_handle(&s, 1, i), CONTENT_SAME, words[i]);
		for (unsigned int i = 0; i < 5; i++)
			step_get(&s, scene_handle(&s, 1, i), CONTENT_SAME, words[i]);
	}
	return scene_end(&s);
}

/* All but same-filled: the odd byte is where a careless test would not look. */
static int run_almost_same(struct contract_env *env)
{
	static const unsigned int places[] = {0, 1, 7, 8, 2048, 4088, 4095};
	struct scene s;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	for (unsigned int i = 0; i < 7 && !s.failed; i++) {
		const struct contract_handle h = scene_handle(&s, 1, i);

		memset(s.page, 0, s.bytes);
		((unsigned char *)s.page)[places[i]] = 1;
		memcpy(s.want, s.page, s.bytes);
		scene_status(&s, "put", env->ops->put(env, s.pool, &h, s.page), 0);
		memset(s.page, 0x5a, s.bytes);
		scene_status(&s, "get", env->ops->get(env, s.pool, &h, s.page, 0), 0);
		if (!s.failed && memcmp(s.page, s.want, s.bytes) != 0)
			scene_fail(&s, "a page with one odd byte came back changed");
	}
	return scene_end(&s);
}

static int run_orders(struct contract_env *env)
{
	int verdict = CONTRACT_PASS;

	for (unsigned int order = 0; order <= env->max_order && verdict == CONTRACT_PASS; order++) {
		struct scene s;

		if (scene_begin_plain(&s, env, CONTRACT_PERSISTENT, order))
			round_trip(&s);
		/* Replaced by a page whose blocks are of other kinds, and gone. */
		step_put(&s, scene_handle(&s, 1, CONTENT_BLOCKS), CONTENT_BLOCKS, 202);
		step_get(&s, scene_handle(&s, 1, CONTENT_BLOCKS), CONTENT_BLOCKS, 202);
		step_flush_page(&s, scene_handle(&s, 1, CONTENT_BLOCKS));
		step_miss(&s, scene_handle(&s, 1, CONTENT_BLOCKS));
		step_pages(&s, CONTENT_KINDS - 1);
		if (s.failed)
			env->ops->log(env, "pages of order %u", order);
		verdict = scene_end(&s);
	}
	return verdict;
}

static void put_put_get(struct scene *s)
{
	const struct contract_handle h = scene_handle(s, 1, 1);

	/* Each kind replaced by each other: sizes grow and shrink. */
	for (unsigned int from = 0; from < CONTENT_KINDS; from++) {
		for (unsigned int to = 0; to < CONTENT_KINDS; to++) {
			step_put(s, h, from, 10 + from);
			step_put(s, h, to, 20 + to);
			step_get(s, h, to, 20 + to);
		}
	}
	step_pages(s, 1);
}

static int run_put_put_get(struct contract_env *env)
{
	return in_both(env, put_put_get);
}

static void get_get(struct scene *s)
{
	const struct contract_handle h = scene_handle(s, 1, 1);

	step_miss(s, h);
	/* Neighbours change nothing about it. */
	step_put(s, scene_handle(s, 1, 2), CONTENT_TEXT, 2);
	step_put(s, scene_handle(s, 2, 1), CONTENT_TEXT, 3);
	step_miss(s, h);
	step_put(s, h, CONTENT_TEXT, 1);
	step_get(s, h, CONTENT_TEXT, 1);
}

static int run_get_get(struct contract_env *env)
{
	return in_both(env, get_get);
}

static void flush_page(struct scene *s)
{
	const struct contract_handle h = scene_handle(s, 1, 1);

	/* Of nothing, of a page, twice, and then a put again. */
	step_flush_page(s, h);
	step_put(s, h, CONTENT_REAL, 1);
	step_put(s, scene_handle(s, 1, 2), CONTENT_REAL, 2);
	step_flush_page(s, h);
	step_miss(s, h);
	step_flush_page(s, h);
	step_miss(s, h);
	step_get(s, scene_handle(s, 1, 2), CONTENT_REAL, 2);
	step_put(s, h, CONTENT_REAL, 3);
	step_get(s, h, CONTENT_REAL, 3);
	step_pages(s, 2);
}

static int run_flush_page(struct contract_env *env)
{
	return in_both(env, flush_page);
}

static void flush_pool(struct scene *s)
{
	for (unsigned int i = 0; i < 40; i++)
		step_put(s, scene_handle(s, i % 5, i), CONTENT_TEXT, i);
	step_flush_pool(s);
	step_pages(s, 0);
	for (unsigned int i = 0; i < 40; i++)
		step_miss(s, scene_handle(s, i % 5, i));
	step_flush_pool(s);
	step_put(s, scene_handle(s, 1, 1), CONTENT_TEXT, 99);
	step_get(s, scene_handle(s, 1, 1), CONTENT_TEXT, 99);
	step_pages(s, 1);
}

static int run_flush_pool(struct contract_env *env)
{
	return in_both(env, flush_pool);
}

static void exclusive_get(struct scene *s)
{
	const struct contract_handle h = scene_handle(s, 1, 1);

	step_put(s, h, CONTENT_REAL, 1);
	step_get_exclusive(s, h, CONTENT_REAL, 1);
	step_miss(s, h);
	step_pages(s, 0);
	step_put(s, h, CONTENT_SAME, 2);
	step_get(s, h, CONTENT_SAME, 2);
	step_get_exclusive(s, h, CONTENT_SAME, 2);
	step_miss(s, h);
	if (!s->failed)
		scene_status(s, "exclusive get of nothing",
			     s->env->ops->get(s->env, s->pool, &h, s->page, CONTRACT_EXCLUSIVE),
			     -ENOENT);
}

static int run_exclusive_get(struct contract_env *env)
{
	return in_both(env, exclusive_get);
}

static int run_exclusive_pool(struct contract_env *env)
{
	const struct contract_params params = {.type = CONTRACT_EPHEMERAL,
					       .flags = CONTRACT_POOL_EXCLUSIVE};
	struct scene s;

	if (scene_begin(&s, env, &params)) {
		const struct contract_handle h = scene_handle(&s, 1, 1);

		step_put(&s, h, CONTENT_REAL, 1);
		step_get(&s, h, CONTENT_REAL, 1);
		step_miss(&s, h);
		/* The flag can be taken back. */
		step_set(&s, 0, 0);
		step_put(&s, h, CONTENT_REAL, 2);
		step_get(&s, h, CONTENT_REAL, 2);
		step_get(&s, h, CONTENT_REAL, 2);
	}
	return scene_end(&s);
}

static void frozen(struct scene *s)
{
	const struct contract_handle held = scene_handle(s, 1, 1);
	const struct contract_handle kept = scene_handle(s, 1, 2);
	const struct contract_handle other = scene_handle(s, 1, 3);

	step_put(s, held, CONTENT_TEXT, 1);
	step_put(s, kept, CONTENT_TEXT, 2);
	step_put(s, other, CONTENT_TEXT, 3);
	step_set(s, CONTRACT_POOL_FROZEN, 0);
	step_put_fails(s, scene_handle(s, 1, 4), -EPERM);
	step_miss(s, scene_handle(s, 1, 4));
	/* The refused put flushes what the handle held: nothing older may survive it. */
	step_put_fails(s, held, -EPERM);
	step_miss(s, held);
	step_get(s, kept, CONTENT_TEXT, 2);
	step_flush_page(s, other);
	step_miss(s, other);
	step_pages(s, 1);
	/* Thawed. */
	step_set(s, 0, 0);
	step_miss(s, held);
	step_put(s, held, CONTENT_TEXT, 5);
	step_get(s, held, CONTENT_TEXT, 5);
	step_get(s, kept, CONTENT_TEXT, 2);
}

static int run_frozen(struct contract_env *env)
{
	return in_both(env, frozen);
}

static int run_sync(struct contract_env *env)
{
	struct scene s;

	if (scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0)) {
		scene_status(&s, "sync of nothing", env->ops->sync(env, s.pool), 0);
		step_put(&s, scene_handle(&s, 1, 1), CONTENT_REAL, 1);
	}
	if (!s.failed)
		scene_status(&s, "sync", env->ops->sync(env, s.pool), 0);
	step_get(&s, scene_handle(&s, 1, 1), CONTENT_REAL, 1);
	return scene_end(&s);
}

static int run_query(struct contract_env *env)
{
	struct contract_handle h;
	struct scene s;

	if (!env->ops->query)
		return CONTRACT_SKIP;
	if (scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0)) {
		h = scene_handle(&s, 1, 1);
		scene_status(&s, "query of nothing", env->ops->query(env, s.pool, &h), -ENOENT);
		step_put(&s, h, CONTENT_RANDOM, 1);
	}
	if (!s.failed)
		scene_status(&s, "query", env->ops->query(env, s.pool, &h), 0);
	/* It has not consumed the page, not even where gets do. */
	step_set(&s, CONTRACT_POOL_EXCLUSIVE, 0);
	if (!s.failed)
		scene_status(&s, "query", env->ops->query(env, s.pool, &h), 0);
	step_get(&s, h, CONTENT_RANDOM, 1);
	if (!s.failed)
		scene_status(&s, "query of what is gone", env->ops->query(env, s.pool, &h),
			     -ENOENT);
	return scene_end(&s);
}

static const struct contract_case cases[] = {
    {"round-trip", "1", "a get returns exactly the bytes of the put, whatever they are",
     run_round_trip},
    {"same-filled", "1", "pages of one repeated word come back", run_same_filled},
    {"almost-same-filled", "1", "one odd byte in a uniform page is not lost", run_almost_same},
    {"page-orders", "1 3", "pages of 4 to 64 KiB, blocks of any kind within", run_orders},
    {"put-put-get", "1 2", "the last put wins, whatever size it and the older one have",
     run_put_put_get},
    {"get-get", "8", "what missed keeps missing until it is put", run_get_get},
    {"flush-page", "3", "a flushed page is gone, its neighbours are not", run_flush_page},
    {"flush-pool", "3", "a flushed pool is empty and usable", run_flush_pool},
    {"exclusive-get", "1 3", "an exclusive get brings the page and flushes it", run_exclusive_get},
    {"exclusive-pool", "1 3", "a pool can make every get exclusive", run_exclusive_pool},
    {"frozen-pool", "2 9", "a frozen pool refuses puts, and each refused put flushes its handle",
     run_frozen},
    {"sync", "1", "sync succeeds and changes nothing", run_sync},
    {"query", "1 8", "query tells presence and changes nothing", run_query},
};

const struct contract_group contract_pages = {cases, sizeof(cases) / sizeof(cases[0])};
