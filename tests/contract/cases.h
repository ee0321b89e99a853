/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The contract of page-accessible memory as test cases: one set, written once,
 * for everything that claims to keep it (docs/contract.md says which case tests
 * which rule).
 *
 * The same files are compiled into a userspace program (libpamdev on model: and
 * vfio-user:) and into a kernel module (the PAM core over pam_card and pam_ram).
 * So they use nothing of libc but memcpy, memset and memcmp, get memory only from
 * the environment, and keep their stack frames small.
 *
 * Whoever wants to be tested fills in a struct contract_env and calls
 * contract_run for each i below contract_count().
 */
#ifndef PAM_CONTRACT_CASES_H
#define PAM_CONTRACT_CASES_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

/* Unit of page sizes: a pool's page is CONTRACT_BLOCK << order bytes. */
#define CONTRACT_BLOCK     4096u
#define CONTRACT_MAX_ORDER 4u
/* Most requests of one submit(). */
#define CONTRACT_BATCH 32u

/* Results of a case. */
#define CONTRACT_PASS 0
#define CONTRACT_FAIL 1
#define CONTRACT_SKIP 2 /* the environment cannot do what the case needs */

struct contract_env;
/* The environment's own. */
struct contract_pool;

struct contract_handle {
	uint64_t object[3];
	uint64_t index;
};

enum contract_type {
	CONTRACT_EPHEMERAL,
	CONTRACT_PERSISTENT,
};

/* Flags of a pool. */
#define CONTRACT_POOL_EXCLUSIVE 1u /* every get is exclusive */
#define CONTRACT_POOL_FROZEN    2u /* puts are refused */
#define CONTRACT_POOL_DURABLE   4u /* persistent: what is synced survives power loss */

struct contract_params {
	enum contract_type type;
	unsigned int order;
	unsigned int flags;
	uint64_t reserve; /* pages; persistent pools only */
	uint64_t limit;   /* pages; 0 = none */
};

enum contract_op {
	CONTRACT_PUT,
	CONTRACT_GET,
	CONTRACT_FLUSH_PAGE,
	CONTRACT_FLUSH_OBJECT,
};

/* Flag of a get. */
#define CONTRACT_EXCLUSIVE 1u

/* One operation of a batch. */
struct contract_request {
	enum contract_op op;
	unsigned int flags;
	struct contract_handle handle;
	void *page; /* of page_alloc; PUT and GET */
	int status; /* set by submit() */
};

/* Faults that an environment may be able to provoke. */
enum contract_fault {
	CONTRACT_FAULT_REFUSE, /* every put is refused */
	CONTRACT_FAULT_FLIP,   /* a bit of a stored page is damaged before each get */
	CONTRACT_FAULT_DMA,    /* transfers from and to host memory fail */
};

/*
 * What an environment offers. Statuses are 0 or a negative errno: -ENOENT the
 * page is absent; -ENOSPC a put was refused; -EPERM a put was refused because
 * the pool is frozen; -EBADMSG the stored page is damaged; -EACCES the pool is
 * another domain's; others as they come.
 *
 * A NULL in the optional part skips the cases that need it. With `parallel`, all
 * but pool_create and pool_destroy must work from several threads at once.
 */
struct contract_ops {
	/* 0 and *pool, or -ENOSPC (the reserve cannot be promised) or others. */
	int (*pool_create)(struct contract_env *env, const struct contract_params *params,
			   struct contract_pool **pool);
	void (*pool_destroy)(struct contract_env *env, struct contract_pool *pool);
	/* Changes flags, reserve and limit to those of params. */
	int (*pool_set)(struct contract_env *env, struct contract_pool *pool,
			const struct contract_params *params);
	int (*pool_flush)(struct contract_env *env, struct contract_pool *pool);
	/* Pages the pool holds now. */
	int (*pool_pages)(struct contract_env *env, struct contract_pool *pool, uint64_t *pages);

	int (*put)(struct contract_env *env, struct contract_pool *pool,
		   const struct contract_handle *handle, void *page);
	int (*get)(struct contract_env *env, struct contract_pool *pool,
		   const struct contract_handle *handle, void *page, unsigned int flags);
	int (*flush_page)(struct contract_env *env, struct contract_pool *pool,
			  const struct contract_handle *handle);
	int (*flush_object)(struct contract_env *env, struct contract_pool *pool,
			    const uint64_t object[3]);
	int (*sync)(struct contract_env *env, struct contract_pool *pool);
	/*
	 * Hands over count (at most CONTRACT_BATCH) requests in this order as one
	 * batch, waits for all and sets each one's status. 0, or an errno when
	 * they could not be handed over at all.
	 */
	int (*submit)(struct contract_env *env, struct contract_pool *pool,
		      struct contract_request *requests, unsigned int count);

	/* A buffer for a page of this order, aligned to 8 bytes at least; NULL: no memory. */
	void *(*page_alloc)(struct contract_env *env, unsigned int order);
	void (*page_free)(struct contract_env *env, void *page, unsigned int order);
	/* Zeroed memory, at most 64 KiB; NULL: none left. */
	void *(*alloc)(struct contract_env *env, size_t bytes);
	void (*free)(struct contract_env *env, void *memory);
	/* A line without newline. Formats used: %s %u %d %llu %llx. */
	void (*log)(struct contract_env *env, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

	/* ---- optional ---- */

	/* 4 KiB pages that could be promised to a new pool now. */
	int (*promisable)(struct contract_env *env, uint64_t *pages);
	/* 0 = present, -ENOENT = absent; changes nothing. */
	int (*query)(struct contract_env *env, struct contract_pool *pool,
		     const struct contract_handle *handle);
	/* Resets the controller and recovers; the pools stay valid. */
	int (*reset)(struct contract_env *env);
	/* Power loss and return; the pools may still be used (and destroyed) and have lost all. */
	int (*power_cycle)(struct contract_env *env);
	/* After power_cycle: *pool, which may be NULL, becomes the last pool that was created with
	 * CONTRACT_POOL_DURABLE. -ENOENT: there is none. */
	int (*pool_reopen)(struct contract_env *env, struct contract_pool **pool);
	/* Lets go of a durable pool, and takes what stands between the cases and the backend
	 * away and back, as when a host restarts; pool_reopen finds it again. */
	int (*restart)(struct contract_env *env, struct contract_pool *pool);
	/* Turns a fault on or off. -EOPNOTSUPP: not this one. */
	int (*fault)(struct contract_env *env, enum contract_fault fault, bool on);
	/* What the calling thread does next goes through queue `which` (0 or 1). */
	int (*use_queue)(struct contract_env *env, unsigned int which);
	/* What follows comes from this domain; 0 = the one that the pools belong to. */
	int (*use_domain)(struct contract_env *env, unsigned int domain);
	/* Calls work(arg, 0) ... work(arg, threads - 1), each in its own thread, and waits. */
	int (*parallel)(struct contract_env *env, void (*work)(void *arg, unsigned int thread),
			void *arg, unsigned int threads);
	/* Fills a block with number `seed` of some real memory content, always the same. */
	void (*real_block)(struct contract_env *env, uint64_t seed, void *block);
};

struct contract_env {
	const struct contract_ops *ops;
	void *ctx;
	unsigned int max_order;  /* largest page order, at most CONTRACT_MAX_ORDER */
	unsigned int index_bits; /* page indices of this many bits are accepted */
	/*
	 * Incompressible 4 KiB pages that fill the backend for certain; 0 = too
	 * many to try, which skips the cases that fill it.
	 */
	uint64_t fill_pages;
	/*
	 * Of these, what memory alone can hold at most, when there is flash behind it for at
	 * least four times as many; 0 = there is none, which skips the cases about it.
	 */
	uint64_t cache_pages;
	uint64_t random_steps; /* of long random runs on a slow backend; 0: as many as they like */
	uint64_t seed;         /* of handles and contents */
};

struct contract_case {
	const char *name;
	const char *rules; /* of docs/contract.md, e.g. "1 2" */
	const char *text;  /* what must hold, one line */
	int (*run)(struct contract_env *env);
};

unsigned int contract_count(void);
/* i below contract_count(). */
const struct contract_case *contract_get(unsigned int i);
/* CONTRACT_PASS, CONTRACT_FAIL (and why through log), CONTRACT_SKIP. Leaves no pool behind. */
int contract_run(struct contract_env *env, unsigned int i);

#endif /* PAM_CONTRACT_CASES_H */
