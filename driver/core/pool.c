// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: creation and destruction, and what concerns a pool as a whole.
 */
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core.h"

static bool params_are_valid(const struct pam_pool_params *params)
{
	if (params->type != PAM_EPHEMERAL && params->type != PAM_PERSISTENT)
		return false;
	if (params->order > PAM_MAX_ORDER)
		return false;
	if (params->flags & ~(PAM_POOL_EXCLUSIVE | PAM_POOL_FROZEN | PAM_POOL_DURABLE))
		return false;
	if (params->flags & PAM_POOL_DURABLE && params->type != PAM_PERSISTENT)
		return false;
	if (params->reserve && params->type != PAM_PERSISTENT)
		return false;
	return !params->limit || params->reserve <= params->limit;
}

/* It becomes the name of a sysfs folder. */
static bool name_is_valid(const char *name)
{
	return *name && strnlen(name, PAM_NAME_LEN) < PAM_NAME_LEN && !strchr(name, '/') &&
	       strcmp(name, ".") && strcmp(name, "..");
}

static bool name_is_taken(struct pam_backend *backend, const char *name)
{
	struct pam_pool *pool;

	lockdep_assert_held(&backend->pools_lock);
	list_for_each_entry(pool, &backend->pools, list)
		if (!strcmp(pool->params.name, name))
			return true;
	return false;
}

static void pool_drained(struct percpu_ref *requests)
{
	complete(&container_of(requests, struct pam_pool, requests)->drained);
}

/* The last reference is gone; called by sysfs.c. */
void pam_pool_free(struct pam_pool *pool)
{
	free_percpu(pool->counts);
	percpu_ref_exit(&pool->requests);
	put_device(&pool->backend->dev);
	kfree(pool);
}

static struct pam_pool *alloc_pool(struct pam_backend *backend,
				   const struct pam_pool_params *params)
{
	struct pam_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	if (!pool)
		return NULL;
	pool->counts = alloc_percpu(struct pam_pool_counts);
	if (!pool->counts)
		goto free_pool;
	if (percpu_ref_init(&pool->requests, pool_drained, PERCPU_REF_ALLOW_REINIT, GFP_KERNEL))
		goto free_counts;
	pool->backend = backend;
	pool->ops = backend->ops;
	pool->params = *params;
	init_completion(&pool->drained);
	init_completion(&pool->detached);
	init_waitqueue_head(&pool->resumed);
	init_rwsem(&pool->admin);
	get_device(&backend->dev);
	kobject_init(&pool->kobj, &pam_pool_ktype);
	return pool;

free_counts:
	free_percpu(pool->counts);
free_pool:
	kfree(pool);
	return NULL;
}

/* Makes the backend's half, or finds it again. */
static int make_half(struct pam_backend *backend, struct pam_pool *pool, bool open)
{
	bool durable = open || pool->params.flags & PAM_POOL_DURABLE;
	int err;

	if (durable && !backend->ops->pool_open) {
		dev_err(&backend->dev, "pool \"%s\": this backend has no durable pools\n",
			pool->params.name);
		return -EOPNOTSUPP;
	}
	if (!open)
		return backend->ops->pool_create(backend, &pool->params, &pool->priv);
	err = backend->ops->pool_open(backend, &pool->params, &pool->priv);
	if (err)
		return err;
	if (params_are_valid(&pool->params) && pool->params.flags & PAM_POOL_DURABLE)
		return 0;
	dev_err(&backend->dev, "pool \"%s\": what was found makes no sense\n",
		pool->params.name);
	backend->ops->pool_close(backend, pool->priv);
	return -EOPNOTSUPP;
}

/* Ends the backend's half; pages that can be found again stay when @keep. */
static void end_half(struct pam_pool *pool, bool keep)
{
	if (keep && pool->params.flags & PAM_POOL_DURABLE)
		pool->ops->pool_close(pool->backend, pool->priv);
	else
		pool->ops->pool_destroy(pool->backend, pool->priv);
}

/* Gets the backend's half and publishes the pool; the caller holds a call. */
static int attach_pool(struct pam_backend *backend, struct pam_pool *pool, bool open)
{
	int err;

	lockdep_assert_held(&backend->pools_lock);
	/*
	 * The call was got before the lock.  If the backend began to unregister in
	 * between, it may have emptied the list already, and would wait for ever
	 * for a pool that it does not find there.
	 */
	if (percpu_ref_is_dying(&backend->calls) || READ_ONCE(backend->lost))
		return -ENODEV;
	if (name_is_taken(backend, pool->params.name))
		return -EEXIST;
	if (!try_module_get(backend->ops->owner))
		return -ENODEV;
	pool->can_poll = backend->ops->poll;
	err = make_half(backend, pool, open);
	if (err)
		goto put_module;
	pool->exclusive = pool->params.flags & PAM_POOL_EXCLUSIVE;
	err = kobject_add(&pool->kobj, backend->pools_kobj, "%s", pool->params.name);
	if (err)
		goto destroy;
	list_add_tail(&pool->list, &backend->pools);
	return 0;

destroy:
	end_half(pool, open);
put_module:
	module_put(backend->ops->owner);
	return err;
}

static struct pam_pool *get_pool(struct pam_backend *backend,
				 const struct pam_pool_params *params, bool open)
{
	struct pam_pool *pool;
	int err = -ENODEV;

	if (!params_are_valid(params) || !name_is_valid(params->name))
		return ERR_PTR(-EINVAL);
	pool = alloc_pool(backend, params);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	/* This call becomes the pool's own. */
	if (percpu_ref_tryget_live(&backend->calls)) {
		mutex_lock(&backend->pools_lock);
		err = attach_pool(backend, pool, open);
		mutex_unlock(&backend->pools_lock);
		if (err)
			percpu_ref_put(&backend->calls);
	}
	if (err) {
		kobject_put(&pool->kobj);
		return ERR_PTR(err);
	}
	return pool;
}

/**
 * pam_pool_create() - make a pool
 * @backend: who keeps its pages, from pam_backend_get(); may be put afterwards
 * @params: what it is to be; copied
 *
 * Pins the backend's module until the pool is destroyed or the backend goes away
 * by itself.
 *
 * Context: may sleep.
 * Return: the pool, to be ended by pam_pool_destroy() or pam_pool_close(); -EINVAL
 * (bad name, type, order, flags or reserve), -EEXIST (the backend has one of that
 * name, or a durable one that nobody uses), -ENODEV (it is gone), -ENOSPC (the
 * reserve cannot be promised), -EOPNOTSUPP (the backend has not this type or order,
 * or no durable pools), -ENOMEM.
 */
struct pam_pool *pam_pool_create(struct pam_backend *backend,
				 const struct pam_pool_params *params)
{
	return get_pool(backend, params, false);
}
EXPORT_SYMBOL_GPL(pam_pool_create);

/**
 * pam_pool_open() - find a durable pool again
 * @backend: who keeps its pages, from pam_backend_get(); may be put afterwards
 * @name: its name
 *
 * One that was let go of, by whom and whyever: pam_pool_close(), a backend that
 * went away, a host that went down; or that lost power.  After power was away it
 * has what the last pam_sync() covered; of what was put or flushed since, each
 * operation may have been undone.
 *
 * Context: may sleep.
 * Return: the pool, as from pam_pool_create(); -ENOENT (there is none), -ENOTUNIQ
 * (there are several, which others must have made), -EEXIST (it is in use; what is
 * lost has to be closed first), -EINVAL (bad name), -ENODEV (the backend is gone),
 * -EOPNOTSUPP (it has no durable pools, or this one is not for this system), -ENOMEM.
 */
struct pam_pool *pam_pool_open(struct pam_backend *backend, const char *name)
{
	struct pam_pool_params params = {
		.type = PAM_PERSISTENT,
		.flags = PAM_POOL_DURABLE,
	};

	if (strscpy(params.name, name, sizeof(params.name)) < 0)
		return ERR_PTR(-EINVAL);
	return get_pool(backend, &params, true);
}
EXPORT_SYMBOL_GPL(pam_pool_open);

/*
 * Takes a pool, or with NULL any, out of the backend's list, and out of sysfs; the
 * one who succeeds calls pam_pool_detach().  The pool, with a reference, or NULL.
 */
struct pam_pool *pam_pool_take(struct pam_backend *backend, struct pam_pool *pool)
{
	mutex_lock(&backend->pools_lock);
	if (!pool)
		pool = list_first_entry_or_null(&backend->pools, struct pam_pool, list);
	else if (list_empty(&pool->list))
		pool = NULL;
	if (pool) {
		list_del_init(&pool->list);
		kobject_get(&pool->kobj);
		kobject_del(&pool->kobj);
	}
	mutex_unlock(&backend->pools_lock);
	return pool;
}

/* Keeps new requests out and waits for those under way. */
static void stop_requests(struct pam_pool *pool)
{
	reinit_completion(&pool->drained);
	percpu_ref_kill(&pool->requests);
	wait_for_completion(&pool->drained);
}

/* Ends the backend's half of a pool that the caller took; @keep: a durable one's pages. */
void pam_pool_detach(struct pam_pool *pool, bool keep)
{
	struct pam_backend *backend = pool->backend;

	down_write(&pool->admin);
	WRITE_ONCE(pool->dead, true);
	stop_requests(pool);
	end_half(pool, keep);
	up_write(&pool->admin);
	wake_up_all(&pool->resumed);
	module_put(backend->ops->owner);
	percpu_ref_put(&backend->calls);
	complete_all(&pool->detached);
}

static void put_pool(struct pam_pool *pool, bool keep)
{
	if (pam_pool_take(pool->backend, pool)) {
		pam_pool_detach(pool, keep);
		kobject_put(&pool->kobj);
	} else {
		wait_for_completion(&pool->detached);
	}
	kobject_put(&pool->kobj);
}

/**
 * pam_pool_destroy() - forget all pages and the pool
 * @pool: from pam_pool_create() or pam_pool_open(); nobody else may be using it any more
 *
 * A durable pool that lost power is found and destroyed, too; one whose backend is
 * gone is not, and can be opened again when that is back.
 *
 * Requests under way are waited for, so when this returns no @done of the caller
 * runs or will run.  Not to be called from one.
 *
 * Context: may sleep.
 */
void pam_pool_destroy(struct pam_pool *pool)
{
	put_pool(pool, false);
}
EXPORT_SYMBOL_GPL(pam_pool_destroy);

/**
 * pam_pool_close() - let go of a durable pool
 * @pool: from pam_pool_create() or pam_pool_open(); nobody else may be using it any more
 *
 * The pool and its pages stay, for pam_pool_open().  This is no pam_sync().  One that
 * is not durable could not be found again, so it is destroyed.  For the rest as
 * pam_pool_destroy().
 *
 * Context: may sleep.
 */
void pam_pool_close(struct pam_pool *pool)
{
	put_pool(pool, true);
}
EXPORT_SYMBOL_GPL(pam_pool_close);

static int set_params(struct pam_pool *pool, const struct pam_pool_params *params)
{
	int err;

	lockdep_assert_held_write(&pool->admin);
	if (!params_are_valid(params))
		return -EINVAL;
	if (pam_pool_lost(pool))
		return -ENODEV;
	err = pool->ops->pool_set(pool->backend, pool->priv, params);
	if (err)
		return err;
	pool->params.flags = params->flags;
	pool->params.reserve = params->reserve;
	pool->params.limit = params->limit;
	WRITE_ONCE(pool->exclusive, params->flags & PAM_POOL_EXCLUSIVE);
	return 0;
}

/**
 * pam_pool_set() - change flags, reserve and limit
 * @pool: from pam_pool_create()
 * @params: the new ones; type, order and whether it is durable must be the pool's,
 *	the name is ignored
 *
 * A put that is submitted after this returned follows the new ones.  A limit below
 * what the pool holds drops nothing of a persistent pool.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL; -ENOSPC (the reserve cannot be promised); -ENODEV; or what the
 * backend failed with. On failure nothing is changed.
 */
int pam_pool_set(struct pam_pool *pool, const struct pam_pool_params *params)
{
	int err = -EINVAL;

	down_write(&pool->admin);
	if (params->type == pool->params.type && params->order == pool->params.order &&
	    !((params->flags ^ pool->params.flags) & PAM_POOL_DURABLE))
		err = set_params(pool, params);
	up_write(&pool->admin);
	return err;
}
EXPORT_SYMBOL_GPL(pam_pool_set);

/* For sysfs: as pam_pool_set(), of this flag alone. */
int pam_pool_set_frozen(struct pam_pool *pool, bool frozen)
{
	struct pam_pool_params params;
	int err;

	down_write(&pool->admin);
	params = pool->params;
	params.flags &= ~PAM_POOL_FROZEN;
	if (frozen)
		params.flags |= PAM_POOL_FROZEN;
	err = set_params(pool, &params);
	up_write(&pool->admin);
	return err;
}

/* For sysfs: as pam_pool_set(), of the limit alone. */
int pam_pool_set_limit(struct pam_pool *pool, u64 limit)
{
	struct pam_pool_params params;
	int err;

	down_write(&pool->admin);
	params = pool->params;
	params.limit = limit;
	err = set_params(pool, &params);
	up_write(&pool->admin);
	return err;
}

static int flush_stopped(struct pam_pool *pool)
{
	unsigned int noio;
	int err;

	stop_requests(pool);
	/* Reclaim may be waiting for this pool: allocations here must not wait for it. */
	noio = memalloc_noio_save();
	err = pool->ops->pool_flush(pool->backend, pool->priv);
	memalloc_noio_restore(noio);
	percpu_ref_reinit(&pool->requests);
	wake_up_all(&pool->resumed);
	return err;
}

/**
 * pam_pool_flush() - forget all pages
 * @pool: from pam_pool_create()
 *
 * Requests under way complete first; pam_submit() waits meanwhile, and
 * pam_submit_nowait() returns -EAGAIN.
 *
 * Context: may sleep; not from a @done.
 * Return: 0, also when the backend is lost as then nothing is left, but for -ENODEV
 * of a durable pool; or what the backend failed with.
 */
int pam_pool_flush(struct pam_pool *pool)
{
	int err;

	down_write(&pool->admin);
	if (!pam_pool_lost(pool))
		err = flush_stopped(pool);
	else
		err = pool->params.flags & PAM_POOL_DURABLE ? -ENODEV : 0;
	up_write(&pool->admin);
	return err;
}
EXPORT_SYMBOL_GPL(pam_pool_flush);

/**
 * pam_pool_stats() - what the backend knows of the pool
 * @pool: from pam_pool_create()
 * @stats: filled in
 *
 * Context: may sleep.
 * Return: 0, -ENODEV, or what the backend failed with.
 */
int pam_pool_stats(struct pam_pool *pool, struct pam_pool_stats *stats)
{
	int err = -ENODEV;

	memset(stats, 0, sizeof(*stats));
	down_read(&pool->admin);
	if (!pam_pool_lost(pool))
		err = pool->ops->pool_stats(pool->backend, pool->priv, stats);
	up_read(&pool->admin);
	return err;
}
EXPORT_SYMBOL_GPL(pam_pool_stats);

/**
 * pam_sync() - wait until what is stored is as safe as the pool's type promises
 * @pool: from pam_pool_create()
 *
 * Covers operations that completed before; for a durable pool they survive power
 * loss afterwards.
 *
 * Context: may sleep.
 * Return: 0, -ENODEV, or what the backend failed with.
 */
int pam_sync(struct pam_pool *pool)
{
	int err = -ENODEV;

	down_read(&pool->admin);
	if (!pam_pool_lost(pool))
		err = pool->ops->sync(pool->backend, pool->priv);
	up_read(&pool->admin);
	return err;
}
EXPORT_SYMBOL_GPL(pam_sync);

/**
 * pam_pool_params() - what the pool is
 * @pool: from pam_pool_create()
 *
 * Name, type and order never change; the rest may, by pam_pool_set() and by sysfs.
 *
 * Context: any.
 * Return: the parameters, valid as long as @pool.
 */
const struct pam_pool_params *pam_pool_params(const struct pam_pool *pool)
{
	return &pool->params;
}
EXPORT_SYMBOL_GPL(pam_pool_params);

/**
 * pam_pool_lost() - whether the pool's backend is gone
 * @pool: from pam_pool_create()
 *
 * Once true it stays so: see pam_backend_lost().  All that is left to do with the
 * pool is to destroy it.
 *
 * Context: any.
 * Return: true when its pages are gone for good.
 */
bool pam_pool_lost(const struct pam_pool *pool)
{
	return READ_ONCE(pool->dead) || READ_ONCE(pool->backend->lost);
}
EXPORT_SYMBOL_GPL(pam_pool_lost);
