// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Contract cases about pages that are not in the backend's memory but in flash behind it,
 * and about durable pools, which bring theirs back after power was away. Backends without
 * flash skip all of them.
 */
#include "scene.h"

/* Pages that are four times as much as memory. */
static uint64_t plenty(const struct contract_env *env)
{
	return 4 * env->cache_pages;
}

/* ---- a persistent pool that is larger than memory ---- */

static int run_flash_plenty(struct contract_env *env)
{
	struct scene s;
	uint64_t n = plenty(env);

	if (!env->cache_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	for (uint64_t i = 0; i < n; i++)
		step_put(&s, scene_handle(&s, i >> 8, i), CONTENT_RANDOM, i);
	step_pages(&s, n);
	/* Twice, so that what is read again comes back to memory; and the other way round. */
	for (uint64_t i = 0; i < n; i++) {
		step_get(&s, scene_handle(&s, i >> 8, i), CONTENT_RANDOM, i);
		if (i % 16 == 0)
			step_get(&s, scene_handle(&s, i >> 8, i), CONTENT_RANDOM, i);
	}
	for (uint64_t i = n; i-- > 0;)
		step_get(&s, scene_handle(&s, i >> 8, i), CONTENT_RANDOM, i);
	step_pages(&s, n);
	return scene_end(&s);
}

/*
 * A promise of all that can be promised, which is more than memory holds, is kept: by pages that
 * do not compress, of an object each, and while another pool takes what it can get.
 */
static void fill_promise(struct contract_env *env, unsigned int order, struct scene *s)
{
	struct contract_params params = {.type = CONTRACT_PERSISTENT, .order = order};
	uint64_t promisable = 0;
	struct scene greedy;
	uint64_t n;
	int status = env->ops->promisable(env, &promisable);

	n = promisable >> order;
	params.reserve = n;
	scene_begin(s, env, &params);
	scene_begin_plain(&greedy, env, CONTRACT_PERSISTENT, 0);
	scene_status(s, "promisable pages", status, 0);
	if (!s->failed && promisable <= env->cache_pages)
		scene_fail(s, "no more is promised than memory has");
	/* What is promised to one is not another's. */
	for (uint64_t i = 0; i < n + n / 4 && !greedy.failed; i++)
		step_put_maybe(&greedy, scene_handle(&greedy, 1, i),
			       i % 2 ? CONTENT_RANDOM : CONTENT_TEXT, i);
	for (uint64_t i = 0; i < n && !s->failed; i++)
		step_put(s, scene_handle(s, i, i), CONTENT_RANDOM, i);
	/* Replacing is no less promised. */
	for (uint64_t i = 0; i < n && !s->failed; i += 3)
		step_put(s, scene_handle(s, i, i), CONTENT_RANDOM, n + i);
	for (uint64_t i = n; i-- > 0 && !s->failed;)
		step_get(s, scene_handle(s, i, i), CONTENT_RANDOM, i % 3 ? i : n + i);
	step_pages(s, n);
	if (scene_end(&greedy) != CONTRACT_PASS && !s->failed)
		scene_fail(s, "the other pool");
}

static int run_flash_reserve(struct contract_env *env)
{
	int verdict = CONTRACT_PASS;

	if (!env->cache_pages || !env->ops->promisable)
		return CONTRACT_SKIP;
	for (unsigned int order = 0; order <= env->max_order; order += 2) {
		struct scene s;

		fill_promise(env, order, &s);
		verdict |= scene_end(&s);
	}
	return verdict;
}

/* All kinds of content and the longest pages, which take several pages of flash each. */
static int run_flash_orders(struct contract_env *env)
{
	int verdict = CONTRACT_PASS;

	if (!env->cache_pages)
		return CONTRACT_SKIP;
	for (unsigned int order = 1; order <= env->max_order; order += 3) {
		uint64_t n = (2 * env->cache_pages) >> order;
		struct scene s;

		scene_begin_plain(&s, env, CONTRACT_PERSISTENT, order);
		for (uint64_t i = 0; i < n; i++)
			step_put(&s, scene_handle(&s, 1, i),
				 i % 4 ? CONTENT_RANDOM : i % CONTENT_KINDS, i);
		for (uint64_t i = 0; i < n; i++)
			step_get(&s, scene_handle(&s, 1, i),
				 i % 4 ? CONTENT_RANDOM : i % CONTENT_KINDS, i);
		verdict |= scene_end(&s);
	}
	return verdict;
}

static int run_flash_changes(struct contract_env *env)
{
	uint64_t n = 2 * env->cache_pages;
	struct scene s;

	if (!env->cache_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	for (uint64_t i = 0; i < n; i++)
		step_put(&s, scene_handle(&s, i % 8, i), CONTENT_RANDOM, i);
	/* The oldest are in flash: replaced, flushed, got for good, refused. */
	for (uint64_t i = 0; i < 64; i += 4) {
		step_put(&s, scene_handle(&s, i % 8, i), CONTENT_TEXT, n + i);
		step_flush_page(&s, scene_handle(&s, (i + 1) % 8, i + 1));
		step_get_exclusive(&s, scene_handle(&s, (i + 2) % 8, i + 2), CONTENT_RANDOM, i + 2);
	}
	step_set(&s, CONTRACT_POOL_FROZEN, 0);
	for (uint64_t i = 0; i < 64; i += 4)
		step_put_fails(&s, scene_handle(&s, (i + 3) % 8, i + 3), -EPERM);
	step_set(&s, 0, 0);
	for (uint64_t i = 0; i < 64; i += 4) {
		step_get(&s, scene_handle(&s, i % 8, i), CONTENT_TEXT, n + i);
		step_miss(&s, scene_handle(&s, (i + 1) % 8, i + 1));
		step_miss(&s, scene_handle(&s, (i + 2) % 8, i + 2));
		step_miss(&s, scene_handle(&s, (i + 3) % 8, i + 3));
	}
	step_pages(&s, n - 48);
	step_flush_object(&s, scene_handle(&s, 5, 0));
	for (uint64_t i = 64; i < n; i++) {
		if (i % 8 == 5)
			step_miss(&s, scene_handle(&s, 5, i));
		else
			step_get(&s, scene_handle(&s, i % 8, i), CONTENT_RANDOM, i);
	}
	step_flush_pool(&s);
	step_pages(&s, 0);
	for (uint64_t i = 0; i < n; i += 7)
		step_miss(&s, scene_handle(&s, i % 8, i));
	step_put(&s, scene_handle(&s, 1, 1), CONTENT_RANDOM, 1);
	step_get(&s, scene_handle(&s, 1, 1), CONTENT_RANDOM, 1);
	return scene_end(&s);
}

/* ---- random runs against a map ---- */

#define KEYS  6000u
#define STEPS 12000u

/* What each key holds: the seed that its content was made from, 0: nothing. */
struct model_map {
	struct scene s;
	uint64_t *seed;
	uint64_t *synced; /* durable: as of the last sync */
	uint64_t random;
	uint64_t next;
	unsigned int keys;
};

static uint64_t draw(struct model_map *map, uint64_t below)
{
	uint64_t z = (map->random += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return ((z ^ (z >> 31)) >> 16) % below;
}

static struct contract_handle key(const struct model_map *map, unsigned int k)
{
	return scene_handle(&map->s, k & 15, k >> 4);
}

/* Kinds that compress a little, well, and not at all. */
static enum content kind_of(uint64_t seed)
{
	return seed % 3 ? CONTENT_RANDOM : seed % CONTENT_KINDS;
}

/* Of STEPS, a backend's share of them. */
static unsigned int steps(const struct contract_env *env, unsigned int of)
{
	return env->random_steps ? (unsigned int)(of * env->random_steps / STEPS) : of;
}

static bool map_begin(struct model_map *map, struct contract_env *env, unsigned int flags)
{
	const struct contract_params params = {.type = CONTRACT_PERSISTENT, .flags = flags};

	memset(map, 0, sizeof(*map));
	map->random = env->seed;
	map->next = 1;
	map->keys = 3 * env->cache_pages < KEYS ? (unsigned int)(3 * env->cache_pages) : KEYS;
	map->seed = env->ops->alloc(env, map->keys * sizeof(*map->seed));
	map->synced = env->ops->alloc(env, map->keys * sizeof(*map->synced));
	scene_begin(&map->s, env, &params);
	if (!map->seed || !map->synced)
		scene_fail(&map->s, "no memory for the map");
	return !map->s.failed;
}

static int map_end(struct model_map *map)
{
	struct contract_env *env = map->s.env;

	if (map->seed)
		env->ops->free(env, map->seed);
	if (map->synced)
		env->ops->free(env, map->synced);
	return scene_end(&map->s);
}

static void map_check(struct model_map *map, unsigned int k)
{
	if (map->seed[k])
		step_get(&map->s, key(map, k), kind_of(map->seed[k]), map->seed[k]);
	else
		step_miss(&map->s, key(map, k));
}

static void map_step(struct model_map *map)
{
	unsigned int k = (unsigned int)draw(map, map->keys);
	uint64_t what = draw(map, 1000);

	/* A tenth of the keys is half of what happens. */
	if (draw(map, 2))
		k /= 10;
	if (what < 600) {
		uint64_t seed = map->next++;

		if (step_put_maybe(&map->s, key(map, k), kind_of(seed), seed))
			map->seed[k] = seed;
		else
			map->seed[k] = 0;
	} else if (what < 900) {
		map_check(map, k);
	} else if (what < 960) {
		step_flush_page(&map->s, key(map, k));
		map->seed[k] = 0;
	} else if (what < 998) {
		if (map->seed[k])
			step_get_exclusive(&map->s, key(map, k), kind_of(map->seed[k]),
					   map->seed[k]);
		map->seed[k] = 0;
	} else if (what < 999) {
		step_flush_object(&map->s, key(map, k));
		for (unsigned int other = k & 15; other < map->keys; other += 16)
			map->seed[other] = 0;
	}
}

static int run_flash_random(struct contract_env *env)
{
	struct model_map map;

	if (!env->cache_pages)
		return CONTRACT_SKIP;
	if (map_begin(&map, env, 0)) {
		for (unsigned int k = 0; k < map.keys; k++) {
			map.seed[k] = map.next++;
			step_put(&map.s, key(&map, k), kind_of(map.seed[k]), map.seed[k]);
		}
		for (unsigned int n = 0; n < steps(env, STEPS) && !map.s.failed; n++)
			map_step(&map);
		for (unsigned int k = 0; k < map.keys; k++)
			map_check(&map, k);
	}
	return map_end(&map);
}

/* ---- durable pools ---- */

static bool has_durable(const struct contract_env *env)
{
	return env->cache_pages && env->ops->power_cycle && env->ops->pool_reopen;
}

static void sync_pool(struct scene *s)
{
	if (!s->failed)
		scene_status(s, "sync", s->env->ops->sync(s->env, s->pool), 0);
}

/* Power goes and comes back; the pool is found again by its owner. */
static void cycle(struct scene *s)
{
	if (!s->failed && scene_status(s, "power cycle", s->env->ops->power_cycle(s->env), 0))
		scene_status(s, "finding the pool", s->env->ops->pool_reopen(s->env, &s->pool), 0);
}

static const struct contract_params durable = {.type = CONTRACT_PERSISTENT,
					       .flags = CONTRACT_POOL_DURABLE};

static int run_durable_pages(struct contract_env *env)
{
	uint64_t n = 2 * env->cache_pages, again = n < 200 ? n / 2 : 100;
	struct scene s;

	if (!has_durable(env))
		return CONTRACT_SKIP;
	scene_begin(&s, env, &durable);
	for (uint64_t i = 0; i < n; i++)
		step_put(&s, scene_handle(&s, i >> 6, i), i % CONTENT_KINDS, i);
	sync_pool(&s);
	cycle(&s);
	step_pages(&s, n);
	for (uint64_t i = 0; i < n; i++)
		step_get(&s, scene_handle(&s, i >> 6, i), i % CONTENT_KINDS, i);
	/* It goes on as a pool. */
	for (uint64_t i = 0; i < again; i++)
		step_put(&s, scene_handle(&s, i >> 6, i), CONTENT_RANDOM, n + i);
	step_get(&s, scene_handle(&s, 0, 1), CONTENT_RANDOM, n + 1);
	sync_pool(&s);
	cycle(&s);
	for (uint64_t i = 0; i < 2 * again; i++)
		step_get(&s, scene_handle(&s, i >> 6, i),
			 i < again ? CONTENT_RANDOM : i % CONTENT_KINDS, i < again ? n + i : i);
	return scene_end(&s);
}

/*
 * A promise to a durable pool, which flash alone keeps, is kept while another pool takes what it
 * can get, with syncs in between, and when power was away.
 */
static int run_durable_reserve(struct contract_env *env)
{
	struct contract_params params = durable;
	struct scene s, greedy;
	uint64_t n = 0;
	int status;

	if (!has_durable(env) || !env->ops->promisable)
		return CONTRACT_SKIP;
	scene_begin(&s, env, &params);
	scene_status(&s, "promisable pages", env->ops->promisable(env, &n), 0);
	do {
		n -= n / 16;
		params.reserve = n;
		status = s.failed ? -EIO : env->ops->pool_set(env, s.pool, &params);
	} while (status == -ENOSPC && n > 16);
	if (!s.failed)
		scene_status(&s, "a reserve", status, 0);
	scene_begin_plain(&greedy, env, CONTRACT_PERSISTENT, 0);
	for (uint64_t i = 0; i < 2 * n && !greedy.failed; i++)
		step_put_maybe(&greedy, scene_handle(&greedy, 1, i), CONTENT_RANDOM, i);
	for (uint64_t i = 0; i < n / 2 && !s.failed; i++) {
		step_put(&s, scene_handle(&s, i, i), CONTENT_RANDOM, i);
		if (i % 16 == 0)
			sync_pool(&s);
	}
	sync_pool(&s);
	scene_end(&greedy);
	cycle(&s);
	scene_begin_plain(&greedy, env, CONTRACT_PERSISTENT, 0);
	for (uint64_t i = 0; i < 2 * n && !greedy.failed; i++)
		step_put_maybe(&greedy, scene_handle(&greedy, 1, i), CONTENT_RANDOM, i);
	for (uint64_t i = n / 4; i < n && !s.failed; i++) {
		step_put(&s, scene_handle(&s, i, i), CONTENT_RANDOM, n + i);
		if (i % 64 == 0)
			sync_pool(&s);
	}
	for (uint64_t i = 0; i < n && !s.failed; i++)
		step_get(&s, scene_handle(&s, i, i), CONTENT_RANDOM, i < n / 4 ? i : n + i);
	step_pages(&s, n);
	return scene_end(&greedy) | scene_end(&s);
}

/* Who has a pool learns that power was away, before anything of it is older than it was. */
static int run_durable_lost(struct contract_env *env)
{
	struct contract_handle h, other;
	struct scene s;
	int status = 0;

	if (!has_durable(env))
		return CONTRACT_SKIP;
	scene_begin(&s, env, &durable);
	h = scene_handle(&s, 1, 1);
	other = scene_handle(&s, 1, 2);
	step_put(&s, h, CONTENT_RANDOM, 1);
	sync_pool(&s);
	step_put(&s, h, CONTENT_RANDOM, 2);
	if (!s.failed)
		scene_status(&s, "power cycle", env->ops->power_cycle(env), 0);
	if (!s.failed)
		status = env->ops->get(env, s.pool, &h, s.page, 0);
	if (!s.failed && (status >= 0 || status == -ENOENT))
		scene_fail(&s, "a get, as if power had not been away");
	if (!s.failed && env->ops->put(env, s.pool, &other, s.page) >= 0)
		scene_fail(&s, "a put, as if power had not been away");
	if (!s.failed && env->ops->flush_page(env, s.pool, &h) >= 0)
		scene_fail(&s, "a flush, as if power had not been away");
	if (!s.failed && env->ops->sync(env, s.pool) >= 0)
		scene_fail(&s, "a sync, as if power had not been away");
	if (!s.failed)
		scene_status(&s, "finding the pool", env->ops->pool_reopen(env, &s.pool), 0);
	if (!s.failed)
		scene_status(&s, "get", env->ops->get(env, s.pool, &h, s.page, 0), 0);
	if (!s.failed)
		step_compare(&s, CONTENT_RANDOM, content_seed(s.page) == 2 ? 2 : 1);
	step_miss(&s, other);
	return scene_end(&s);
}

static int run_durable_restart(struct contract_env *env)
{
	const struct contract_params params = {
	    .type = CONTRACT_PERSISTENT, .order = 1, .flags = CONTRACT_POOL_DURABLE, .limit = 100};
	struct contract_pool *twin = NULL;
	struct scene s;

	if (!has_durable(env) || !env->ops->restart)
		return CONTRACT_SKIP;
	scene_begin(&s, env, &params);
	for (uint64_t i = 0; i < 100; i++)
		step_put(&s, scene_handle(&s, 1, i), i % CONTENT_KINDS, i);
	sync_pool(&s);
	if (!s.failed) {
		struct contract_pool *pool = s.pool;

		s.pool = NULL;
		scene_status(&s, "restart", env->ops->restart(env, pool), 0);
	}
	/* Another of its name would hide it. */
	if (!s.failed) {
		scene_status(&s, "a twin", env->ops->pool_create(env, &params, &twin), -EEXIST);
		if (twin)
			env->ops->pool_destroy(env, twin);
	}
	if (!s.failed)
		scene_status(&s, "finding the pool", env->ops->pool_reopen(env, &s.pool), 0);
	step_pages(&s, 100);
	for (uint64_t i = 0; i < 100; i++)
		step_get(&s, scene_handle(&s, 1, i), i % CONTENT_KINDS, i);
	/* It is what it was, and can be changed. */
	step_put_fails(&s, scene_handle(&s, 1, 100), -ENOSPC);
	step_set(&s, CONTRACT_POOL_EXCLUSIVE, 101);
	step_put(&s, scene_handle(&s, 1, 100), CONTENT_RANDOM, 100);
	step_get(&s, scene_handle(&s, 1, 100), CONTENT_RANDOM, 100);
	step_miss(&s, scene_handle(&s, 1, 100));
	return scene_end(&s);
}

/* A pool that only looks durable would be found out too late. */
static int run_durable_refused(struct contract_env *env)
{
	struct contract_pool *pool = NULL;
	struct scene s;
	int status;

	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	status = env->ops->pool_create(env, &durable, &pool);
	if (status == 0)
		env->ops->pool_destroy(env, pool);
	if (!s.failed && (env->cache_pages || status != 0))
		scene_status(&s, "a durable pool", status, env->cache_pages ? 0 : -EOPNOTSUPP);
	return scene_end(&s);
}

static int run_durable_flush(struct contract_env *env)
{
	const uint64_t n = env->cache_pages < 300 ? env->cache_pages / 3 * 3 : 300;
	struct scene s;

	if (!has_durable(env))
		return CONTRACT_SKIP;
	scene_begin(&s, env, &durable);
	for (uint64_t i = 0; i < n; i++)
		step_put(&s, scene_handle(&s, i % 3, i), CONTENT_RANDOM, i);
	sync_pool(&s);
	for (uint64_t i = 0; i < n; i += 3)
		step_flush_page(&s, scene_handle(&s, 0, i));
	step_flush_object(&s, scene_handle(&s, 1, 0));
	step_get_exclusive(&s, scene_handle(&s, 2, 2), CONTENT_RANDOM, 2);
	/* A put that is refused leaves nothing, neither now nor then. */
	step_set(&s, CONTRACT_POOL_FROZEN, 0);
	step_put_fails(&s, scene_handle(&s, 2, 5), -EPERM);
	step_set(&s, 0, 0);
	sync_pool(&s);
	cycle(&s);
	for (uint64_t i = 0; i < n; i++) {
		if (i % 3 == 2 && i > 5)
			step_get(&s, scene_handle(&s, 2, i), CONTENT_RANDOM, i);
		else
			step_miss(&s, scene_handle(&s, i % 3, i));
	}
	step_put(&s, scene_handle(&s, 0, 0), CONTENT_TEXT, 1000);
	step_flush_pool(&s);
	step_put(&s, scene_handle(&s, 0, 3), CONTENT_TEXT, 1001);
	sync_pool(&s);
	cycle(&s);
	step_pages(&s, 1);
	step_get(&s, scene_handle(&s, 0, 3), CONTENT_TEXT, 1001);
	step_miss(&s, scene_handle(&s, 0, 0));
	step_miss(&s, scene_handle(&s, 2, 8));
	return scene_end(&s);
}

/* Destroyed after `cycles` of power, without a look for it in between. */
static int destroy_after(struct contract_env *env, unsigned int cycles)
{
	struct contract_pool *gone = NULL;
	struct scene s, other;

	scene_begin(&s, env, &durable);
	step_put(&s, scene_handle(&s, 1, 1), CONTENT_RANDOM, 1);
	sync_pool(&s);
	if (cycles && !s.failed)
		scene_status(&s, "power cycle", env->ops->power_cycle(env), 0);
	scene_end(&s);
	/* Another pool, which is none that comes back. */
	scene_begin_plain(&other, env, CONTRACT_PERSISTENT, 0);
	step_put(&other, scene_handle(&other, 1, 1), CONTENT_RANDOM, 2);
	if (!other.failed)
		scene_status(&other, "power cycle", env->ops->power_cycle(env), 0);
	if (!other.failed)
		scene_status(&other, "finding a pool that is gone",
			     env->ops->pool_reopen(env, &gone), -ENOENT);
	if (gone)
		env->ops->pool_destroy(env, gone);
	return scene_end(&other) | (s.failed ? CONTRACT_FAIL : CONTRACT_PASS);
}

static int run_durable_destroy(struct contract_env *env)
{
	if (!has_durable(env))
		return CONTRACT_SKIP;
	return destroy_after(env, 0) | destroy_after(env, 1);
}

/*
 * What was put since the last sync may have come to flash or not; what the sync covered has, and
 * nothing older comes back. Puts since then have seeds from `since` on.
 */
static void settle(struct model_map *map, unsigned int k, uint64_t since)
{
	const struct contract_handle h = key(map, k);
	struct scene *s = &map->s;
	uint64_t seed = 0;
	int status;

	if (s->failed)
		return;
	status = s->env->ops->get(s->env, s->pool, &h, s->page, 0);
	if (status != -ENOENT || map->synced[k]) {
		if (!scene_status(s, "get after power came back", status, 0))
			return;
		seed = content_seed(s->page);
		if (seed != map->synced[k] && seed < since)
			scene_fail(s, "a page came back that was replaced or flushed, and synced");
		step_compare(s, kind_of(seed), seed);
	}
	map->seed[k] = seed;
}

static int run_durable_random(struct contract_env *env)
{
	struct model_map map;
	uint64_t since;

	if (!has_durable(env))
		return CONTRACT_SKIP;
	if (map_begin(&map, env, CONTRACT_POOL_DURABLE)) {
		for (unsigned int round = 0; round < 6 && !map.s.failed; round++) {
			for (unsigned int n = 0; n < steps(env, STEPS / 6) && !map.s.failed; n++)
				map_step(&map);
			sync_pool(&map.s);
			memcpy(map.synced, map.seed, map.keys * sizeof(*map.seed));
			since = map.next;
			for (unsigned int n = 0; n < steps(env, 200) && !map.s.failed; n++) {
				unsigned int k = (unsigned int)draw(&map, map.keys);

				map.seed[k] = map.next++;
				step_put(&map.s, key(&map, k), kind_of(map.seed[k]), map.seed[k]);
			}
			cycle(&map.s);
			for (unsigned int k = 0; k < map.keys; k++)
				settle(&map, k, since);
		}
	}
	return map_end(&map);
}

static const struct contract_case cases[] = {
    {"flash-plenty", "1 7", "four times as many pages as memory holds are kept, and come back",
     run_flash_plenty},
    {"flash-reserve", "7", "more than memory has is promised, and kept in full", run_flash_reserve},
    {"flash-orders", "1 7", "pages of all lengths come back from flash", run_flash_orders},
    {"flash-changes", "1 2 3 8 9", "pages in flash are replaced, flushed and refused as others are",
     run_flash_changes},
    {"flash-random", "1 2 3 8", "a random run on more pages than memory holds agrees with a map",
     run_flash_random},
    {"durable-pages", "1 10", "what a sync covered is there after power was away",
     run_durable_pages},
    {"durable-reserve", "7 10", "a durable pool's promise is kept by flash, over a power cycle",
     run_durable_reserve},
    {"durable-lost", "1 10", "who has a durable pool learns that power was away", run_durable_lost},
    {"durable-restart", "1 10", "a durable pool that was let go of is found, as it was",
     run_durable_restart},
    {"durable-refused", "10", "a backend that cannot keep a durable pool refuses it",
     run_durable_refused},
    {"durable-flush", "2 3 10", "what was flushed and synced stays gone when power was away",
     run_durable_flush},
    {"durable-destroy", "3 10", "a durable pool that was destroyed does not come back",
     run_durable_destroy},
    {"durable-random", "1 3 10", "random runs over power cycles agree with what was synced",
     run_durable_random},
};

const struct contract_group contract_flash = {cases, sizeof(cases) / sizeof(cases[0])};
