/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the contract cases are written in: a scene is one pool, two page buffers
 * and a verdict. Steps do one thing each, check it, and after the first failure
 * do nothing any more; so a case is a plain list of steps without error paths,
 * and scene_end always finds everything to clean up.
 */
#ifndef PAM_CONTRACT_SCENE_H
#define PAM_CONTRACT_SCENE_H

#include "cases.h"

/* Kinds of page content; all are made from a 64-bit seed, and no two seeds agree. */
enum content {
	CONTENT_SAME,   /* one 8-byte word over and over */
	CONTENT_TEXT,   /* compresses about 3:1 */
	CONTENT_RANDOM, /* does not compress */
	CONTENT_REAL,   /* the environment's real memory, or like a heap */
	CONTENT_BLOCKS, /* each 4 KiB block of another kind */
	CONTENT_KINDS
};

struct scene {
	struct contract_env *env;
	struct contract_pool *pool;
	struct contract_params params;
	size_t bytes; /* of a page */
	void *page;   /* what goes out and comes back */
	void *want;   /* what it is compared with */
	bool failed;
};

/* Makes a pool as params say and the buffers. False: the verdict is in already. */
bool scene_begin(struct scene *s, struct contract_env *env, const struct contract_params *params);
/* The same with a pool of this type and order and nothing else set. */
bool scene_begin_plain(struct scene *s, struct contract_env *env, enum contract_type type,
		       unsigned int order);
/* Frees everything; returns the verdict. */
int scene_end(struct scene *s);

/* The step `what` gave status `got` where `want` was due: fails the scene unless equal. */
bool scene_status(struct scene *s, const char *what, int got, int want);
/* Fails the scene with a reason. */
void scene_fail(struct scene *s, const char *why);

/* A handle of the environment's seed: object number and page index. */
struct contract_handle scene_handle(const struct scene *s, uint64_t object, uint64_t index);

void content_fill(struct contract_env *env, void *page, size_t bytes, enum content kind,
		  uint64_t seed);
/* Of a page of CONTENT_RANDOM: the seed it was made from. */
uint64_t content_seed(const void *page);

/* Steps. Each names the handle's page; `kind` and `seed` are its content. */
void step_put(struct scene *s, struct contract_handle handle, enum content kind, uint64_t seed);
/* A put that must end with this status. */
void step_put_fails(struct scene *s, struct contract_handle handle, int status);
/* A put that may be refused for space: true = it was taken. */
bool step_put_maybe(struct scene *s, struct contract_handle handle, enum content kind,
		    uint64_t seed);
/* The get must bring exactly this content. */
void step_get(struct scene *s, struct contract_handle handle, enum content kind, uint64_t seed);
void step_get_exclusive(struct scene *s, struct contract_handle handle, enum content kind,
			uint64_t seed);
void step_miss(struct scene *s, struct contract_handle handle);
/* A get that may miss but must bring this content when it does not: true = hit. */
bool step_get_maybe(struct scene *s, struct contract_handle handle, enum content kind,
		    uint64_t seed);
void step_flush_page(struct scene *s, struct contract_handle handle);
void step_flush_object(struct scene *s, struct contract_handle handle);
void step_flush_pool(struct scene *s);
/* Changes the pool; flags as CONTRACT_POOL_*. */
void step_set(struct scene *s, unsigned int flags, uint64_t limit);
/* The pool must hold this many pages. */
void step_pages(struct scene *s, uint64_t pages);
/* Compares the scene's page with this content. */
void step_compare(struct scene *s, enum content kind, uint64_t seed);

/* The cases, by file; contract_get numbers them through in this order. */
struct contract_group {
	const struct contract_case *cases;
	unsigned int count;
};
extern const struct contract_group contract_pages;   /* one page, one pool */
extern const struct contract_group contract_handles; /* many handles, batches, queues */
extern const struct contract_group contract_space;   /* limits, reserves, eviction */
extern const struct contract_group contract_system;  /* threads, domains, resets, faults */
extern const struct contract_group contract_flash;   /* behind memory; durable pools */

#endif /* PAM_CONTRACT_SCENE_H */
