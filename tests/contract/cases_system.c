// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Contract cases about what happens around a page: other threads, other domains,
 * resets, power loss and faults. Nearly all need optional parts of the
 * environment.
 */
#include "scene.h"

/* ---- threads ---- */

#define THREADS 4u
#define ROUNDS  150u

/* What the threads of a case share. */
struct crew {
	struct scene *s;
	uint64_t done; /* put number that has completed; one-writer */
	bool stop;
	bool failed;
};

/* A thread's own scene: the shared pool, buffers of its own. */
static bool hire(struct crew *crew, struct scene *own)
{
	struct contract_env *env = crew->s->env;

	*own = *crew->s;
	own->page = env->ops->page_alloc(env, own->params.order);
	own->want = env->ops->page_alloc(env, own->params.order);
	if (!own->page || !own->want)
		scene_fail(own, "no memory for page buffers");
	return !own->failed;
}

static void dismiss(struct crew *crew, struct scene *own)
{
	own->pool = NULL; /* the crew's */
	if (scene_end(own) != CONTRACT_PASS)
		__atomic_store_n(&crew->failed, true, __ATOMIC_RELAXED);
}

static int run_crew(struct contract_env *env, enum contract_type type,
		    void (*work)(void *arg, unsigned int thread))
{
	struct crew crew;
	struct scene s;

	if (!env->ops->parallel)
		return CONTRACT_SKIP;
	memset(&crew, 0, sizeof(crew));
	crew.s = &s;
	if (scene_begin_plain(&s, env, type, 0))
		scene_status(&s, "start of threads", env->ops->parallel(env, work, &crew, THREADS),
			     0);
	s.failed |= crew.failed;
	return scene_end(&s);
}

/* Everyone in an object of its own: nobody is disturbed. */
static void work_apart(void *arg, unsigned int thread)
{
	struct crew *crew = arg;
	struct scene own;

	if (hire(crew, &own)) {
		for (unsigned int i = 0; i < ROUNDS; i++) {
			const struct contract_handle h = scene_handle(&own, thread, i % 8);

			step_put(&own, h, i % CONTENT_KINDS, i);
			step_get(&own, h, i % CONTENT_KINDS, i);
			if (i % 5 == 0)
				step_flush_page(&own, h);
			if (i % 5 == 0)
				step_miss(&own, h);
		}
	}
	dismiss(crew, &own);
}

static int run_threads_apart(struct contract_env *env)
{
	return run_crew(env, CONTRACT_PERSISTENT, work_apart);
}

/* Is the scene's page whole? Then its seed. */
static bool read_seed(struct scene *s, struct contract_handle h, uint64_t *seed)
{
	int status;

	if (s->failed)
		return false;
	status = s->env->ops->get(s->env, s->pool, &h, s->page, 0);
	if (status == -ENOENT)
		return false;
	if (!scene_status(s, "get", status, 0))
		return false;
	*seed = content_seed(s->page);
	step_compare(s, CONTENT_RANDOM, *seed);
	return !s->failed;
}

/* Thread 0 writes ever higher numbers, the others must never read one too low. */
static void work_one_writer(void *arg, unsigned int thread)
{
	struct crew *crew = arg;
	struct scene own;

	if (hire(crew, &own)) {
		const struct contract_handle h = scene_handle(&own, 1, 1);
		uint64_t seen = 0;

		for (uint64_t i = 1; thread == 0 && i <= ROUNDS; i++) {
			step_put(&own, h, CONTENT_RANDOM, i);
			__atomic_store_n(&crew->done, i, __ATOMIC_RELEASE);
		}
		while (thread != 0 && !own.failed &&
		       !__atomic_load_n(&crew->stop, __ATOMIC_ACQUIRE)) {
			uint64_t done = __atomic_load_n(&crew->done, __ATOMIC_ACQUIRE);
			uint64_t seed = 0;

			if (!read_seed(&own, h, &seed) && done && !own.failed)
				scene_fail(&own, "a page that is only replaced was missing");
			else if (seed < done || seed < seen)
				scene_fail(&own, "an older page came back than was put before");
			seen = seed;
		}
	}
	/* Also when it failed: nobody waits for it. */
	if (thread == 0)
		__atomic_store_n(&crew->stop, true, __ATOMIC_RELEASE);
	dismiss(crew, &own);
}

static int run_threads_one_writer(struct contract_env *env)
{
	return run_crew(env, CONTRACT_PERSISTENT, work_one_writer);
}

/*
 * All write, read and flush one handle. What is read was put by someone, whole,
 * and no reader sees a writer's puts in another order than they were made.
 */
static void work_all(void *arg, unsigned int thread)
{
	uint64_t seen[THREADS] = {0};
	struct crew *crew = arg;
	struct scene own;

	if (hire(crew, &own)) {
		const struct contract_handle h = scene_handle(&own, 1, 1);

		for (uint64_t i = 1; i <= ROUNDS; i++) {
			uint64_t seed, writer;

			step_put(&own, h, CONTENT_RANDOM, (uint64_t)thread << 32 | i);
			if (i % 7 == 0)
				step_flush_page(&own, h);
			if (!read_seed(&own, h, &seed))
				continue;
			writer = seed >> 32;
			if (writer >= THREADS || (uint32_t)seed < seen[writer])
				scene_fail(&own, "a page came back that nobody put last");
			else
				seen[writer] = (uint32_t)seed;
		}
	}
	dismiss(crew, &own);
}

static int run_threads_all(struct contract_env *env)
{
	return run_crew(env, CONTRACT_EPHEMERAL, work_all);
}

/* ---- domains ---- */

static int run_domains(struct contract_env *env)
{
	struct contract_handle h;
	struct scene s;

	if (!env->ops->use_domain)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	h = scene_handle(&s, 1, 1);
	step_put(&s, h, CONTENT_TEXT, 1);
	if (!s.failed && scene_status(&s, "other domain", env->ops->use_domain(env, 1), 0)) {
		scene_status(&s, "get from another domain",
			     env->ops->get(env, s.pool, &h, s.page, 0), -EACCES);
		step_put_fails(&s, h, -EACCES);
		scene_status(&s, "flush from another domain", env->ops->flush_page(env, s.pool, &h),
			     -EACCES);
		scene_status(&s, "object flush from another domain",
			     env->ops->flush_object(env, s.pool, h.object), -EACCES);
		env->ops->use_domain(env, 0);
	}
	/* Not even the refused put touched it. */
	step_get(&s, h, CONTENT_TEXT, 1);
	return scene_end(&s);
}

/* ---- resets ---- */

static int run_reset(struct contract_env *env)
{
	struct scene p, e;

	if (!env->ops->reset)
		return CONTRACT_SKIP;
	scene_begin_plain(&p, env, CONTRACT_PERSISTENT, 0);
	scene_begin_plain(&e, env, CONTRACT_EPHEMERAL, 0);
	for (unsigned int i = 0; i < 50; i++) {
		step_put(&p, scene_handle(&p, 1, i), i % CONTENT_KINDS, i);
		step_put(&e, scene_handle(&e, 1, i), CONTENT_TEXT, 1000 + i);
		step_put(&e, scene_handle(&e, 1, i), CONTENT_TEXT, i);
	}
	if (!p.failed)
		scene_status(&p, "reset", env->ops->reset(env), 0);
	for (unsigned int i = 0; i < 50; i++) {
		step_get(&p, scene_handle(&p, 1, i), i % CONTENT_KINDS, i);
		step_get_maybe(&e, scene_handle(&e, 1, i), CONTENT_TEXT, i);
	}
	step_pages(&p, 50);
	step_put(&p, scene_handle(&p, 1, 0), CONTENT_TEXT, 7);
	step_get(&p, scene_handle(&p, 1, 0), CONTENT_TEXT, 7);
	return scene_end(&e) | scene_end(&p);
}

static int run_power_cycle(struct contract_env *env)
{
	struct contract_handle h;
	struct scene p, e;

	if (!env->ops->power_cycle)
		return CONTRACT_SKIP;
	scene_begin_plain(&p, env, CONTRACT_PERSISTENT, 0);
	scene_begin_plain(&e, env, CONTRACT_EPHEMERAL, 0);
	h = scene_handle(&p, 1, 1);
	step_put(&p, h, CONTENT_RANDOM, 1);
	step_put(&e, h, CONTENT_RANDOM, 2);
	if (!p.failed)
		scene_status(&p, "power cycle", env->ops->power_cycle(env), 0);
	/* Ephemeral: misses. Persistent: errors, which a miss is not. */
	step_miss(&e, h);
	if (!p.failed) {
		int status = env->ops->get(env, p.pool, &h, p.page, 0);

		if (status >= 0 || status == -ENOENT)
			scene_fail(&p, "a lost persistent page is not reported as an error");
	}
	/* New pools work. */
	scene_end(&e);
	if (scene_begin_plain(&e, env, CONTRACT_PERSISTENT, 0)) {
		step_miss(&e, h);
		step_put(&e, h, CONTENT_RANDOM, 3);
		step_get(&e, h, CONTENT_RANDOM, 3);
	}
	return scene_end(&e) | scene_end(&p);
}

/* ---- faults ---- */

/* Turns the fault on, or tells that the case must be skipped. */
static bool provoke(struct scene *s, enum contract_fault fault, int *verdict)
{
	int status;

	if (s->failed)
		return false;
	status = s->env->ops->fault(s->env, fault, true);
	if (status == -EOPNOTSUPP)
		*verdict = CONTRACT_SKIP;
	else
		scene_status(s, "fault injection", status, 0);
	return status == 0;
}

static int run_put_refused(struct contract_env *env)
{
	int verdict = CONTRACT_PASS;
	struct contract_handle h;
	struct scene s;

	if (!env->ops->fault)
		return CONTRACT_SKIP;
	for (unsigned int type = 0; type < 2 && verdict == CONTRACT_PASS; type++) {
		scene_begin_plain(&s, env, type, 0);
		h = scene_handle(&s, 1, 1);
		step_put(&s, h, CONTENT_REAL, 1);
		if (provoke(&s, CONTRACT_FAULT_REFUSE, &verdict)) {
			step_put_fails(&s, h, -ENOSPC);
			env->ops->fault(env, CONTRACT_FAULT_REFUSE, false);
			step_miss(&s, h);
			step_put(&s, h, CONTENT_REAL, 2);
			step_get(&s, h, CONTENT_REAL, 2);
		}
		verdict |= scene_end(&s);
	}
	return verdict;
}

/* Is the damage told, and never taken for data? */
static void damaged(struct scene *s, struct contract_handle h)
{
	int status;

	if (s->failed)
		return;
	status = s->env->ops->get(s->env, s->pool, &h, s->page, 0);
	if (status != -EBADMSG && !(status == -ENOENT && s->params.type == CONTRACT_EPHEMERAL))
		scene_status(s, "get of a damaged page", status, -EBADMSG);
}

static int run_damage(struct contract_env *env)
{
	int verdict = CONTRACT_PASS;
	struct contract_handle h, other;
	struct scene s;

	if (!env->ops->fault)
		return CONTRACT_SKIP;
	for (unsigned int type = 0; type < 2 && verdict == CONTRACT_PASS; type++) {
		scene_begin_plain(&s, env, type, 0);
		h = scene_handle(&s, 1, 1);
		other = scene_handle(&s, 1, 2);
		step_put(&s, h, CONTENT_RANDOM, 1);
		step_put(&s, other, CONTENT_RANDOM, 2);
		if (provoke(&s, CONTRACT_FAULT_FLIP, &verdict)) {
			damaged(&s, h);
			env->ops->fault(env, CONTRACT_FAULT_FLIP, false);
			/* It does not heal; its neighbour is whole. */
			damaged(&s, h);
			step_get(&s, other, CONTENT_RANDOM, 2);
			step_put(&s, h, CONTENT_RANDOM, 3);
			step_get(&s, h, CONTENT_RANDOM, 3);
			step_flush_page(&s, h);
			step_miss(&s, h);
		}
		verdict |= scene_end(&s);
	}
	return verdict;
}

static int run_transfer_fails(struct contract_env *env)
{
	int verdict = CONTRACT_PASS;
	struct contract_handle h, other;
	struct scene s;

	if (!env->ops->fault)
		return CONTRACT_SKIP;
	scene_begin_plain(&s, env, CONTRACT_PERSISTENT, 0);
	h = scene_handle(&s, 1, 1);
	other = scene_handle(&s, 1, 2);
	step_put(&s, h, CONTENT_RANDOM, 1);
	step_put(&s, other, CONTENT_RANDOM, 2);
	if (provoke(&s, CONTRACT_FAULT_DMA, &verdict)) {
		/* Only pages suffer, not the rings by which all is asked for. */
		step_set(&s, 0, 0);
		step_put_fails(&s, h, -EIO);
		if (!s.failed)
			scene_status(&s, "exclusive get that cannot be delivered",
				     env->ops->get(env, s.pool, &other, s.page, CONTRACT_EXCLUSIVE),
				     -EIO);
		env->ops->fault(env, CONTRACT_FAULT_DMA, false);
		/* The put failed: absent. The get failed: still there. */
		step_miss(&s, h);
		step_get(&s, other, CONTENT_RANDOM, 2);
	}
	return verdict | scene_end(&s);
}

static const struct contract_case cases[] = {
    {"threads-apart", "4", "threads in different objects do not disturb each other",
     run_threads_apart},
    {"threads-one-writer", "1 4", "readers never see an older page than was put before",
     run_threads_one_writer},
    {"threads-all", "1 4", "readers, writers and flushers of one handle see whole pages in order",
     run_threads_all},
    {"domains", "12", "another domain's pool can neither be read nor changed", run_domains},
    {"reset", "10", "a reset keeps persistent pages and brings nothing older back", run_reset},
    {"power-cycle", "10", "after power loss ephemeral pages miss, persistent ones are errors",
     run_power_cycle},
    {"put-refused", "2", "a refused put leaves nothing older behind", run_put_refused},
    {"damage", "6", "a damaged page is an error, never data", run_damage},
    {"transfer-fails", "2 6", "a failed transfer: the put is absent, the page of the get stays",
     run_transfer_fails},
};

const struct contract_group contract_system = {cases, sizeof(cases) / sizeof(cases[0])};
