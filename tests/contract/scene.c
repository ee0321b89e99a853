// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Scenes and page contents for the contract cases; see scene.h.
 */
#include "scene.h"

/* ---- contents ---- */

/* splitmix64: every seed gives another sequence, and a step is a few instructions. */
static uint64_t mix(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static void fill_same(uint64_t *block, uint64_t seed)
{
	for (unsigned int i = 0; i < CONTRACT_BLOCK / 8; i++)
		block[i] = seed;
}

/* The first word is the seed itself, so that a page tells which put it came from. */
static void fill_random(uint64_t *block, uint64_t seed)
{
	uint64_t state = seed;

	block[0] = seed;
	for (unsigned int i = 1; i < CONTRACT_BLOCK / 8; i++)
		block[i] = mix(&state);
}

static void fill_text(uint64_t *block, uint64_t seed)
{
	static const char words[16][8] = {
	    "page   ", "handle ", "object ", "index  ", "card   ", "memory ", "flush  ", "put    ",
	    "get    ", "pool   ", "queue  ", "entry  ", "index= ", "bytes= ", "0x0000 ", "0x7fff "};
	uint64_t state = seed;

	block[0] = seed;
	for (unsigned int i = 1; i < CONTRACT_BLOCK / 8; i++)
		memcpy(&block[i], words[mix(&state) & 15], 8);
}

/* Pointers into one heap, small integers, zeroes, a little entropy. */
static void fill_heap(uint64_t *block, uint64_t seed)
{
	uint64_t state = seed;

	block[0] = seed;
	for (unsigned int i = 1; i < CONTRACT_BLOCK / 8; i++) {
		uint64_t r = mix(&state);

		switch (r >> 61) {
		case 0:
		case 1:
		case 2:
			block[i] = 0x00007f3a40000000ull | (r & 0xffff0);
			break;
		case 3:
		case 4:
			block[i] = r & 0xff;
			break;
		case 5:
			block[i] = r & 0x000000ff000000ffull;
			break;
		case 6:
			block[i] = 0;
			break;
		default:
			block[i] = r;
		}
	}
}

static void fill_block(struct contract_env *env, void *block, enum content kind, uint64_t seed)
{
	switch (kind) {
	case CONTENT_SAME:
		fill_same(block, seed);
		break;
	case CONTENT_TEXT:
		fill_text(block, seed);
		break;
	case CONTENT_RANDOM:
		fill_random(block, seed);
		break;
	default:
		if (env->ops->real_block) {
			env->ops->real_block(env, seed, block);
			memcpy(block, &seed, sizeof(seed));
		} else {
			fill_heap(block, seed);
		}
	}
}

void content_fill(struct contract_env *env, void *page, size_t bytes, enum content kind,
		  uint64_t seed)
{
	unsigned int blocks = bytes / CONTRACT_BLOCK;

	for (unsigned int i = 0; i < blocks; i++) {
		/* Block kinds in turn; SAME blocks of one page all alike. */
		enum content of = kind == CONTENT_BLOCKS ? (seed + i) % CONTENT_BLOCKS : kind;
		uint64_t block_seed = of == CONTENT_SAME ? seed : seed + ((uint64_t)i << 48);

		fill_block(env, (char *)page + (size_t)i * CONTRACT_BLOCK, of, block_seed);
	}
}

uint64_t content_seed(const void *page)
{
	uint64_t seed;

	memcpy(&seed, page, sizeof(seed));
	return seed;
}

/* ---- scenes ---- */

void scene_fail(struct scene *s, const char *why)
{
	if (!s->failed)
		s->env->ops->log(s->env, "%s", why);
	s->failed = true;
}

bool scene_status(struct scene *s, const char *what, int got, int want)
{
	if (s->failed)
		return false;
	if (got == want)
		return true;
	s->env->ops->log(s->env, "%s: status %d instead of %d", what, got, want);
	s->failed = true;
	return false;
}

bool scene_begin(struct scene *s, struct contract_env *env, const struct contract_params *params)
{
	memset(s, 0, sizeof(*s));
	s->env = env;
	s->params = *params;
	s->bytes = (size_t)CONTRACT_BLOCK << params->order;
	s->page = env->ops->page_alloc(env, params->order);
	s->want = env->ops->page_alloc(env, params->order);
	if (!s->page || !s->want) {
		scene_fail(s, "no memory for page buffers");
		return false;
	}
	return scene_status(s, "pool create", env->ops->pool_create(env, params, &s->pool), 0);
}

bool scene_begin_plain(struct scene *s, struct contract_env *env, enum contract_type type,
		       unsigned int order)
{
	const struct contract_params params = {.type = type, .order = order};

	return scene_begin(s, env, &params);
}

int scene_end(struct scene *s)
{
	if (s->pool)
		s->env->ops->pool_destroy(s->env, s->pool);
	if (s->page)
		s->env->ops->page_free(s->env, s->page, s->params.order);
	if (s->want)
		s->env->ops->page_free(s->env, s->want, s->params.order);
	return s->failed ? CONTRACT_FAIL : CONTRACT_PASS;
}

struct contract_handle scene_handle(const struct scene *s, uint64_t object, uint64_t index)
{
	uint64_t state = s->env->seed ^ (object << 20);
	struct contract_handle handle = {.index = index};

	handle.object[0] = mix(&state);
	handle.object[1] = mix(&state);
	handle.object[2] = object;
	return handle;
}

/* ---- steps ---- */

static void say_handle(struct scene *s, const char *what, const struct contract_handle *h)
{
	s->env->ops->log(s->env, "%s of object %llx:%llx:%llx index %llx", what,
			 (unsigned long long)h->object[0], (unsigned long long)h->object[1],
			 (unsigned long long)h->object[2], (unsigned long long)h->index);
}

static void check(struct scene *s, const char *what, const struct contract_handle *h, int got,
		  int want)
{
	if (!scene_status(s, what, got, want))
		say_handle(s, what, h);
}

static int put(struct scene *s, const struct contract_handle *h, enum content kind, uint64_t seed)
{
	content_fill(s->env, s->page, s->bytes, kind, seed);
	return s->env->ops->put(s->env, s->pool, h, s->page);
}

void step_put(struct scene *s, struct contract_handle handle, enum content kind, uint64_t seed)
{
	if (!s->failed)
		check(s, "put", &handle, put(s, &handle, kind, seed), 0);
}

void step_put_fails(struct scene *s, struct contract_handle handle, int status)
{
	if (!s->failed)
		check(s, "put that must fail", &handle, put(s, &handle, CONTENT_RANDOM, 0xbad),
		      status);
}

bool step_put_maybe(struct scene *s, struct contract_handle handle, enum content kind,
		    uint64_t seed)
{
	int status;

	if (s->failed)
		return false;
	status = put(s, &handle, kind, seed);
	if (status == -ENOSPC)
		return false;
	check(s, "put", &handle, status, 0);
	return status == 0;
}

void step_compare(struct scene *s, enum content kind, uint64_t seed)
{
	const unsigned char *got = s->page;
	const unsigned char *want = s->want;
	size_t i;

	if (s->failed)
		return;
	content_fill(s->env, s->want, s->bytes, kind, seed);
	if (memcmp(s->page, s->want, s->bytes) == 0)
		return;
	for (i = 0; got[i] == want[i]; i++)
		;
	s->env->ops->log(s->env, "byte %u of the page is %u instead of %u", (unsigned int)i, got[i],
			 want[i]);
	s->failed = true;
}

/* Whatever was in the buffer before must not pass for the page. */
static int get(struct scene *s, const struct contract_handle *h, unsigned int flags)
{
	memset(s->page, 0x5a, s->bytes);
	return s->env->ops->get(s->env, s->pool, h, s->page, flags);
}

static void get_compare(struct scene *s, const struct contract_handle *h, enum content kind,
			uint64_t seed, unsigned int flags)
{
	if (s->failed)
		return;
	check(s, "get", h, get(s, h, flags), 0);
	if (s->failed)
		return;
	step_compare(s, kind, seed);
	if (s->failed)
		say_handle(s, "get", h);
}

void step_get(struct scene *s, struct contract_handle handle, enum content kind, uint64_t seed)
{
	get_compare(s, &handle, kind, seed, 0);
}

void step_get_exclusive(struct scene *s, struct contract_handle handle, enum content kind,
			uint64_t seed)
{
	get_compare(s, &handle, kind, seed, CONTRACT_EXCLUSIVE);
}

void step_miss(struct scene *s, struct contract_handle handle)
{
	if (s->failed)
		return;
	check(s, "get that must miss", &handle, get(s, &handle, 0), -ENOENT);
	/* Rule 8: it keeps missing. */
	if (!s->failed)
		check(s, "second get that must miss", &handle, get(s, &handle, 0), -ENOENT);
}

bool step_get_maybe(struct scene *s, struct contract_handle handle, enum content kind,
		    uint64_t seed)
{
	int status;

	if (s->failed)
		return false;
	status = get(s, &handle, 0);
	if (status == -ENOENT)
		return false;
	check(s, "get", &handle, status, 0);
	if (s->failed)
		return false;
	step_compare(s, kind, seed);
	if (s->failed)
		say_handle(s, "get", &handle);
	return !s->failed;
}

void step_flush_page(struct scene *s, struct contract_handle handle)
{
	if (!s->failed)
		check(s, "flush page", &handle, s->env->ops->flush_page(s->env, s->pool, &handle),
		      0);
}

void step_flush_object(struct scene *s, struct contract_handle handle)
{
	if (!s->failed)
		check(s, "flush object", &handle,
		      s->env->ops->flush_object(s->env, s->pool, handle.object), 0);
}

void step_flush_pool(struct scene *s)
{
	if (!s->failed)
		scene_status(s, "pool flush", s->env->ops->pool_flush(s->env, s->pool), 0);
}

void step_set(struct scene *s, unsigned int flags, uint64_t limit)
{
	if (s->failed)
		return;
	s->params.flags = flags | (s->params.flags & CONTRACT_POOL_DURABLE);
	s->params.limit = limit;
	scene_status(s, "pool set", s->env->ops->pool_set(s->env, s->pool, &s->params), 0);
}

void step_pages(struct scene *s, uint64_t pages)
{
	uint64_t got = 0;

	if (s->failed)
		return;
	if (!scene_status(s, "pool pages", s->env->ops->pool_pages(s->env, s->pool, &got), 0))
		return;
	if (got == pages)
		return;
	s->env->ops->log(s->env, "the pool holds %llu pages instead of %llu",
			 (unsigned long long)got, (unsigned long long)pages);
	s->failed = true;
}
