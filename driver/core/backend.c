// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backends: registration, finding one by name, and going away, announced or not.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "core.h"

static DEFINE_MUTEX(backends_lock);
static LIST_HEAD(backends);

static struct pam_backend *find_backend(const char *name)
{
	struct pam_backend *backend;

	lockdep_assert_held(&backends_lock);
	list_for_each_entry(backend, &backends, list)
		if (!strcmp(dev_name(&backend->dev), name))
			return backend;
	return NULL;
}

static bool name_is_valid(const char *name)
{
	/* It becomes the name of a sysfs folder. */
	return *name && strlen(name) < PAM_NAME_LEN && !strchr(name, '/') &&
	       strcmp(name, ".") && strcmp(name, "..");
}

static bool ops_are_complete(const struct pam_backend_ops *ops)
{
	return ops->pool_create && ops->pool_destroy && ops->pool_set && ops->pool_flush &&
	       ops->pool_stats && ops->submit && ops->sync && ops->info &&
	       !ops->pool_open == !ops->pool_close;
}

static void backend_idle(struct percpu_ref *calls)
{
	complete(&container_of(calls, struct pam_backend, calls)->idle);
}

/* The last reference to the device is gone; sysfs.c names it in the class. */
void pam_backend_free(struct device *dev)
{
	struct pam_backend *backend = container_of(dev, struct pam_backend, dev);

	percpu_ref_exit(&backend->calls);
	kfree(backend);
}

static int add_backend(struct pam_backend *backend)
{
	int err;

	lockdep_assert_held(&backends_lock);
	if (find_backend(dev_name(&backend->dev)))
		return -EEXIST;
	err = device_add(&backend->dev);
	if (err)
		return err;
	backend->pools_kobj = kobject_create_and_add("pools", &backend->dev.kobj);
	if (!backend->pools_kobj) {
		device_del(&backend->dev);
		return -ENOMEM;
	}
	list_add_tail(&backend->list, &backends);
	return 0;
}

/**
 * pam_backend_register() - offer a backend to frontends
 * @name: unique, also the name below /sys/class/pam; shorter than PAM_NAME_LEN
 * @ops: its functions; all but @ops->poll are needed. May be called before this
 *	function returns, and until pam_backend_unregister() returned
 * @parent: device it belongs to, or NULL
 * @priv: the backend's, given back by pam_backend_priv()
 *
 * Context: may sleep.
 * Return: the backend, to be ended by pam_backend_unregister(); -EINVAL (name or
 * functions missing), -EEXIST (name is taken), -ENOMEM.
 */
struct pam_backend *pam_backend_register(const char *name, const struct pam_backend_ops *ops,
					 struct device *parent, void *priv)
{
	struct pam_backend *backend;
	int err;

	if (!name_is_valid(name) || !ops_are_complete(ops))
		return ERR_PTR(-EINVAL);
	backend = kzalloc(sizeof(*backend), GFP_KERNEL);
	if (!backend)
		return ERR_PTR(-ENOMEM);
	backend->ops = ops;
	backend->priv = priv;
	init_completion(&backend->idle);
	err = percpu_ref_init(&backend->calls, backend_idle, 0, GFP_KERNEL);
	if (err) {
		kfree(backend);
		return ERR_PTR(err);
	}
	mutex_init(&backend->pools_lock);
	INIT_LIST_HEAD(&backend->pools);
	backend->dev.class = &pam_class;
	backend->dev.parent = parent;
	device_initialize(&backend->dev);
	err = dev_set_name(&backend->dev, "%s", name);
	if (!err) {
		mutex_lock(&backends_lock);
		err = add_backend(backend);
		mutex_unlock(&backends_lock);
	}
	if (err) {
		put_device(&backend->dev);
		return ERR_PTR(err);
	}
	return backend;
}
EXPORT_SYMBOL_GPL(pam_backend_register);

/**
 * pam_backend_unregister() - end a backend
 * @backend: from pam_backend_register()
 *
 * Pools that still exist lose their pages: @ops->pool_destroy, or pool_close when
 * the pool is durable, is called for each after its last request completed, and
 * from then on they answer as a lost backend's do (see pam_backend_lost()).  Their
 * objects stay until their frontends destroy them.  The backend must complete what
 * it was given, in bounded time; when its device is dead it calls
 * pam_backend_lost() before, so that no more comes.
 *
 * Afterwards no function of the backend is called any more, and its module may go.
 *
 * Context: may sleep; waits for calls into the backend and for requests.
 */
void pam_backend_unregister(struct pam_backend *backend)
{
	struct pam_pool *pool;

	mutex_lock(&backends_lock);
	list_del(&backend->list);
	mutex_unlock(&backends_lock);

	percpu_ref_kill(&backend->calls);
	while ((pool = pam_pool_take(backend, NULL))) {
		pam_pool_detach(pool, true);
		kobject_put(&pool->kobj);
	}
	/* Calls under way, and pools that their frontends are just destroying. */
	wait_for_completion(&backend->idle);
	kobject_put(backend->pools_kobj);
	device_del(&backend->dev);
	put_device(&backend->dev);
}
EXPORT_SYMBOL_GPL(pam_backend_unregister);

/**
 * pam_backend_lost() - the backend's pages are gone for good
 * @backend: from pam_backend_register()
 *
 * For a card that was pulled out or came back from a reset without its pages.
 * From now on requests are answered by the core: a get from an ephemeral pool
 * misses, a flush succeeds as there is nothing left (but not of a durable pool,
 * which can be opened again), all else fails with -ENODEV.
 * Requests the backend has it completes itself, with -ENODEV.  There is no way
 * back: a backend that works again unregisters and registers anew.
 *
 * Context: any.
 */
void pam_backend_lost(struct pam_backend *backend)
{
	WRITE_ONCE(backend->lost, true);
}
EXPORT_SYMBOL_GPL(pam_backend_lost);

/**
 * pam_backend_priv() - the backend's own data
 * @backend: from pam_backend_register()
 *
 * Context: any.
 * Return: the @priv of pam_backend_register().
 */
void *pam_backend_priv(const struct pam_backend *backend)
{
	return backend->priv;
}
EXPORT_SYMBOL_GPL(pam_backend_priv);

/**
 * pam_backend_name() - the backend's name
 * @backend: from pam_backend_register() or pam_backend_get()
 *
 * Context: any.
 * Return: the name, valid as long as @backend.
 */
const char *pam_backend_name(const struct pam_backend *backend)
{
	return dev_name(&backend->dev);
}
EXPORT_SYMBOL_GPL(pam_backend_name);

/**
 * pam_backend_get() - find a backend
 * @name: its name
 *
 * The reference keeps the object, not the backend: it can go away at any time,
 * then pam_pool_create() and pam_backend_query() return -ENODEV.
 *
 * Context: may sleep.
 * Return: the backend, to be given back by pam_backend_put(); NULL: there is none.
 */
struct pam_backend *pam_backend_get(const char *name)
{
	struct pam_backend *backend;

	mutex_lock(&backends_lock);
	backend = find_backend(name);
	if (backend)
		get_device(&backend->dev);
	mutex_unlock(&backends_lock);
	return backend;
}
EXPORT_SYMBOL_GPL(pam_backend_get);

/**
 * pam_backend_put() - give a reference back
 * @backend: from pam_backend_get()
 *
 * Context: may sleep.
 */
void pam_backend_put(struct pam_backend *backend)
{
	put_device(&backend->dev);
}
EXPORT_SYMBOL_GPL(pam_backend_put);

/**
 * pam_backend_query() - what the backend has
 * @backend: from pam_backend_get()
 * @info: filled in
 *
 * Context: may sleep.
 * Return: 0, -ENODEV, or what the backend failed with.
 */
int pam_backend_query(struct pam_backend *backend, struct pam_backend_info *info)
{
	int err;

	if (!percpu_ref_tryget_live(&backend->calls))
		return -ENODEV;
	memset(info, 0, sizeof(*info));
	err = READ_ONCE(backend->lost) ? -ENODEV : backend->ops->info(backend, info);
	percpu_ref_put(&backend->calls);
	return err;
}
EXPORT_SYMBOL_GPL(pam_backend_query);
