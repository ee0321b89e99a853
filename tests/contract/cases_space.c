// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Contract cases about space: limits, reserves, what happens when the backend is
 * full, and who has to give way.
 */
#include "scene.h"

/* More puts than this without a refusal: the backend is not the size it says. */
static uint64_t give_up(const struct contract_env *env)
{
	return env->fill_pages + env->fill_pages / 4 + 64;
}

/* Fills the scene's persistent pool with incompressible pages 0..n-1; returns n. */
static uint64_t fill_up(struct scene *s, uint64_t object)
{
	uint64_t n = 0;

	while (n < give_up(s->env) &&
	       step_put_maybe(s, scene_handle(s, object, n), CONTENT_RANDOM, n))
		n++;
	if (n >= give_up(s->env))
		scene_fail(s, "the backend never gets full");
	return n;
}

static void verify(struct scene *s, uint64_t object, uint64_t n)
{
	for (uint64_t i = 0; i < n && !s->failed; i++)
		step_get(s, scene_handle(s, object, i), CONTENT_RANDOM, i);
}

/*
 * Puts `puts` pages into an ephemeral pool; then what is left must be the newest
 * ones: returns how many those are.
 */
static uint64_t flood(struct scene *s, uint64_t puts)
{
	uint64_t first = 0;

	for (uint64_t i = 0; i < puts; i++)
		step_put(s, scene_handle(s, 1, i), CONTENT_RANDOM, i);
	while (first < puts && !s->failed &&
	       !step_get_maybe(s, scene_handle(s, 1, first), CONTENT_RANDOM, first))
		first++;
	for (uint64_t i = first; i < puts; i++)
		step_get(s, scene_handle(s, 1, i), CONTENT_RANDOM, i);
	/* Still gone, all of them. */
	for (uint64_t i = 0; i < first; i++)
		step_miss(s, scene_handle(s, 1, i));
	step_pages(s, puts - first);
	return puts - first;
}

static int run_limit_persistent(struct contract_env *env)
{
	const struct contract_params params = {.type = CONTRACT_PERSISTENT, .limit = 4};
	struct scene s;

	scene_begin(&s, env, &params);
	for (unsigned int i = 0; i < 4; i++)
		step_put(&s, scene_handle(&s, 1, i), CONTENT_TEXT, i);
	step_put_fails(&s, scene_handle(&s, 1, 4), -ENOSPC);
	step_miss(&s, scene_handle(&s, 1, 4));
	/* A replacement is not a page more. */
	step_put(&s, scene_handle(&s, 1, 2), CONTENT_RANDOM, 20);
	step_flush_page(&s, scene_handle(&s, 1, 0));
	step_put(&s, scene_handle(&s, 1, 4), CONTENT_TEXT, 4);
	step_put_fails(&s, scene_handle(&s, 1, 0), -ENOSPC);
	step_set(&s, 0, 5);
	step_put(&s, scene_handle(&s, 1, 0), CONTENT_TEXT, 50);
	step_put_fails(&s, scene_handle(&s, 1, 5), -ENOSPC);
	step_get(&s, scene_handle(&s, 1, 0), CONTENT_TEXT, 50);
	step_get(&s, scene_handle(&s, 1, 1), CONTENT_TEXT, 1);
	step_get(&s, scene_handle(&s, 1, 2), CONTENT_RANDOM, 20);
	step_get(&s, scene_handle(&s, 1, 3), CONTENT_TEXT, 3);
	step_get(&s, scene_handle(&s, 1, 4), CONTENT_TEXT, 4);
	step_pages(&s, 5);
	return scene_end(&s);
}

static int run_limit_ephemeral(struct contract_env *env)
{
	const struct contract_params params = {.type = CONTRACT_EPHEMERAL, .limit = 16};
	uint64_t left;
	struct scene s;

	scene_begin(&s, env, &params);
	left = flood(&s, 50);
	if (!s.failed && (left > 16 || left < 8)) {
		env->ops->log(env, "%llu pages are left under a limit of 16",
			      (unsigned long long)left);
		s.failed = true;
	}
	return scene_end(&s);
}

static int run_full(struct contract_env *env)
{
	struct scene s;
	uint64_t n;

	if (!env->fill_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	n = fill_up(&s, 1);
	step_miss(&s, scene_handle(&s, 1, n));
	verify(&s, 1, n);
	step_pages(&s, n);
	/* Room given back is room. */
	for (unsigned int i = 0; i < 16; i++)
		step_flush_page(&s, scene_handle(&s, 1, i * (n / 16)));
	step_put(&s, scene_handle(&s, 2, 0), CONTENT_RANDOM, 7);
	step_get(&s, scene_handle(&s, 2, 0), CONTENT_RANDOM, 7);
	return scene_end(&s);
}

/* Replacing small pages by large ones when full: sooner or later one is refused. */
static int run_full_replace(struct contract_env *env)
{
	const unsigned int small = 64;
	unsigned int refused = small;
	struct scene s;
	uint64_t n;

	if (!env->fill_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	for (unsigned int i = 0; i < small; i++)
		step_put(&s, scene_handle(&s, 2, i), CONTENT_SAME, i);
	n = fill_up(&s, 1);
	for (unsigned int i = 0; i < small && refused == small; i++) {
		if (!step_put_maybe(&s, scene_handle(&s, 2, i), CONTENT_RANDOM, 1000 + i))
			refused = i;
	}
	if (refused == small)
		scene_fail(&s, "the backend was full and still took larger pages for smaller ones");
	for (unsigned int i = 0; i < small; i++) {
		if (i < refused)
			step_get(&s, scene_handle(&s, 2, i), CONTENT_RANDOM, 1000 + i);
		else if (i == refused)
			step_miss(&s, scene_handle(&s, 2, i));
		else
			step_get(&s, scene_handle(&s, 2, i), CONTENT_SAME, i);
	}
	verify(&s, 1, n);
	return scene_end(&s);
}

/* Every freed byte is found again: as many pages fit the second and third time. */
static int run_refill(struct contract_env *env)
{
	uint64_t n, again;
	struct scene s;

	if (!env->fill_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	n = fill_up(&s, 1);
	for (unsigned int round = 0; round < 2 && !s.failed; round++) {
		if (round == 0) {
			for (uint64_t i = 0; i < n; i++)
				step_flush_page(&s, scene_handle(&s, 1, i));
		} else {
			step_flush_object(&s, scene_handle(&s, 1, 0));
		}
		step_pages(&s, 0);
		again = fill_up(&s, 1);
		if (!s.failed && again < n - n / 16) {
			env->ops->log(env, "%llu pages fitted at first, %llu after a flush",
				      (unsigned long long)n, (unsigned long long)again);
			s.failed = true;
		}
		n = again;
	}
	return scene_end(&s);
}

static int run_ephemeral_full(struct contract_env *env)
{
	/* Flash need not take pages that may be dropped. */
	uint64_t room = env->cache_pages ? env->cache_pages : env->fill_pages;
	uint64_t left;
	struct scene s;

	if (!env->fill_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_EPHEMERAL, 0);
	left = flood(&s, room + room / 4 + 64);
	if (!s.failed && left < room / 4) {
		env->ops->log(env, "only %llu pages are left of a full backend",
			      (unsigned long long)left);
		s.failed = true;
	}
	return scene_end(&s);
}

/* Ephemeral pages fill all there is, and make room for persistent ones. */
static int run_ephemeral_yields(struct contract_env *env)
{
	struct scene e, p;
	uint64_t n;

	if (!env->fill_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&e, env, CONTRACT_EPHEMERAL, 0);
	scene_begin_plain(&p, env, CONTRACT_PERSISTENT, 0);
	n = flood(&e, give_up(env)) / 2;
	for (uint64_t i = 0; i < n && !e.failed; i++)
		step_put(&p, scene_handle(&p, 1, i), CONTENT_RANDOM, i);
	if (!e.failed)
		verify(&p, 1, n);
	return scene_end(&e) | scene_end(&p);
}

static int run_persistent_stays(struct contract_env *env)
{
	struct scene e, p;

	if (!env->fill_pages)
		return CONTRACT_SKIP;
	scene_begin_plain(&p, env, CONTRACT_PERSISTENT, 0);
	scene_begin_plain(&e, env, CONTRACT_EPHEMERAL, 0);
	for (uint64_t i = 0; i < 50; i++)
		step_put(&p, scene_handle(&p, 1, i), CONTENT_RANDOM, i);
	if (!p.failed)
		flood(&e, give_up(env));
	verify(&p, 1, 50);
	step_pages(&p, 50);
	return scene_end(&e) | scene_end(&p);
}

/* Promised pages are taken even if nothing else is, and whatever they contain. */
static int run_reserve(struct contract_env *env)
{
	struct contract_params params = {.type = CONTRACT_PERSISTENT};
	struct scene reserved, greedy, e;
	uint64_t promisable = 0;
	int status;

	if (!env->fill_pages || !env->ops->promisable)
		return CONTRACT_SKIP;
	status = env->ops->promisable(env, &promisable);
	params.reserve = promisable / 2;
	scene_begin(&reserved, env, &params);
	scene_begin_plain(&e, env, CONTRACT_EPHEMERAL, 0);
	scene_begin_plain(&greedy, env, CONTRACT_PERSISTENT, 0);
	scene_status(&reserved, "promisable pages", status, 0);
	if (!reserved.failed && promisable < 2)
		scene_fail(&reserved, "an empty backend promises nothing");
	if (!reserved.failed)
		flood(&e, env->fill_pages);
	if (!e.failed)
		fill_up(&greedy, 1);
	for (uint64_t i = 0; i < params.reserve && !reserved.failed; i++)
		step_put(&reserved, scene_handle(&reserved, 1, i), CONTENT_RANDOM, i);
	verify(&reserved, 1, params.reserve);
	return scene_end(&greedy) | scene_end(&e) | scene_end(&reserved);
}

/* A promise that cannot be kept is not given. */
static int run_reserve_refused(struct contract_env *env)
{
	struct contract_params params = {.type = CONTRACT_PERSISTENT};
	struct contract_pool *pool = NULL;
	uint64_t promisable = 0;
	struct scene s;

	if (!env->ops->promisable)
		return CONTRACT_SKIP;
	scene_begin(&s, env, &params);
	scene_status(&s, "promisable pages", env->ops->promisable(env, &promisable), 0);
	params.reserve = promisable + promisable / 8 + 16;
	if (!s.failed)
		scene_status(&s, "creation of a pool with too large a reserve",
			     env->ops->pool_create(env, &params, &pool), -ENOSPC);
	if (pool && s.failed)
		env->ops->pool_destroy(env, pool);
	if (!s.failed)
		scene_status(&s, "too large a reserve", env->ops->pool_set(env, s.pool, &params),
			     -ENOSPC);
	/* The refusal left the pool as it was. */
	step_put(&s, scene_handle(&s, 1, 1), CONTENT_RANDOM, 1);
	step_get(&s, scene_handle(&s, 1, 1), CONTENT_RANDOM, 1);
	return scene_end(&s);
}

static const struct contract_case cases[] = {
    {"limit-persistent", "2 7", "a persistent pool refuses pages beyond its limit",
     run_limit_persistent},
    {"limit-ephemeral", "7 8", "an ephemeral pool drops its oldest pages at its limit",
     run_limit_ephemeral},
    {"full", "2 7", "a full backend refuses puts and keeps all it took", run_full},
    {"full-replace", "2 7", "a replacement refused for space leaves its handle absent",
     run_full_replace},
    {"refill", "7", "all room comes back after flushes", run_refill},
    {"ephemeral-full", "7 8", "puts never fail in an ephemeral pool; the oldest pages go",
     run_ephemeral_full},
    {"ephemeral-yields", "7", "ephemeral pages make room for persistent ones",
     run_ephemeral_yields},
    {"persistent-stays", "7", "ephemeral pages never push out persistent ones",
     run_persistent_stays},
    {"reserve", "7", "promised pages are taken when all else is full", run_reserve},
    {"reserve-refused", "7", "a promise that cannot be kept is refused", run_reserve_refused},
};

const struct contract_group contract_space = {cases, sizeof(cases) / sizeof(cases[0])};
