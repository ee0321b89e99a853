/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of pam.ko share: the objects behind pam.h's opaque pointers.
 *
 * Two things end independently: a backend (its module is unloaded, its card is
 * pulled) and a pool (its frontend is done with it).  So a pool has two halves.
 * The backend's half goes with whichever ends first; the object itself stays
 * until the frontend destroys it, and answers for a lost backend meanwhile.
 *
 * Locks, outermost first: backends_lock, backend->pools_lock, pool->admin.  None is
 * taken by put, get or flush.
 */
#ifndef PAM_CORE_H
#define PAM_CORE_H

#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/rwsem.h>
#include <linux/wait.h>

#include "pam.h"

/**
 * struct pam_backend - what keeps pages, as the core sees it
 * @ops: the backend's functions
 * @priv: the backend's
 * @lost: its pages are gone and no request can reach it any more
 * @calls: one per call of @ops that belongs to no pool, and one per pool whose
 *	backend half is alive; killed when the backend goes away
 * @idle: completed when the killed @calls reached zero
 * @pools_lock: protects @pools, and keeps creations one at a time
 * @pools: pools whose backend half is alive
 * @pools_kobj: sysfs folder of them
 * @list: in the list of registered backends
 * @dev: device of class pam; its reference count is the backend's
 */
struct pam_backend {
	const struct pam_backend_ops *ops;
	void *priv;
	bool lost;
	struct percpu_ref calls;
	struct completion idle;
	/* Protects what is said above. */
	struct mutex pools_lock;
	struct list_head pools;
	struct kobject *pools_kobj;
	struct list_head list;
	struct device dev;
};

/* Operations whose latency is kept apart. */
enum pam_latency_kind {
	PAM_LATENCY_PUT,
	PAM_LATENCY_GET,
	PAM_LATENCY_FLUSH,
	PAM_LATENCY_KINDS
};

/*
 * Latency buckets: four to the octave from 256 ns to 268 ms, so that a percentile
 * is right within a quarter.
 */
#define PAM_LATENCY_MIN_SHIFT	8
#define PAM_LATENCY_OCTAVES	20
#define PAM_LATENCY_BUCKETS	(PAM_LATENCY_OCTAVES * 4)

/* What is counted; each is a file of the pool's sysfs folder. */
enum pam_counter {
	PAM_COUNT_SUBMITTED,
	PAM_COUNT_DONE,
	PAM_COUNT_PUTS,
	PAM_COUNT_PUTS_REFUSED,
	PAM_COUNT_GETS,
	PAM_COUNT_MISSES,
	PAM_COUNT_FLUSHES,
	PAM_COUNT_ERRORS,
	PAM_COUNTERS
};

/* One CPU's share, so that counting touches no cacheline of another CPU. */
struct pam_pool_counts {
	u64 count[PAM_COUNTERS];
	u64 latency[PAM_LATENCY_KINDS][PAM_LATENCY_BUCKETS];
};

/**
 * struct pam_pool - a pool, owned by its frontend
 * @backend: the pool holds a reference
 * @ops: of the backend; this and @priv only while @requests can be got, or with
 *	@admin held and not @dead
 * @priv: the backend's half of the pool
 * @params: as created or last set
 * @exclusive: copy of PAM_POOL_EXCLUSIVE for the fast path
 * @can_poll: copy of whether @ops has poll
 * @dead: the backend's half is gone; set, with @admin, before @requests is killed
 *	for good
 * @requests: one per request the backend has, and one per call into submit or poll;
 *	killed to keep new ones out
 * @drained: completed when a killed @requests reached zero
 * @resumed: woken when @requests is alive again, or @dead
 * @counts: statistics
 * @admin: read: statistics and sync; write: what changes the pool as a whole
 * @detached: completed when the backend's half is gone
 * @list: in backend->pools; whoever takes it out tears the backend's half down
 * @kobj: sysfs folder; its reference count is the pool's
 */
struct pam_pool {
	struct pam_backend *backend;
	const struct pam_backend_ops *ops;
	void *priv;
	struct pam_pool_params params;
	bool exclusive;
	bool can_poll;
	bool dead;
	struct percpu_ref requests;
	struct completion drained;
	wait_queue_head_t resumed;
	struct pam_pool_counts __percpu *counts;
	struct rw_semaphore admin;
	struct completion detached;
	struct list_head list;
	struct kobject kobj;
};

/* backend.c */
void pam_backend_free(struct device *dev);

/* pool.c */
struct pam_pool *pam_pool_take(struct pam_backend *backend, struct pam_pool *pool);
void pam_pool_detach(struct pam_pool *pool, bool keep);
int pam_pool_set_frozen(struct pam_pool *pool, bool frozen);
int pam_pool_set_limit(struct pam_pool *pool, u64 limit);
void pam_pool_free(struct pam_pool *pool);

/* stats.c */
void pam_stats_submit(struct pam_pool *pool, unsigned int requests);
void pam_stats_done(struct pam_pool *pool, enum pam_op op, int status, u64 ns);
u64 pam_stats_count(struct pam_pool *pool, enum pam_counter counter);
u64 pam_stats_percentile(struct pam_pool *pool, enum pam_latency_kind kind, unsigned int percent);

/* sysfs.c */
extern const struct class pam_class;
extern const struct kobj_type pam_pool_ktype;

#endif /* PAM_CORE_H */
