// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that are to be there when this kernel is not: what the contract's cases cannot
 * show, as they end with it.
 *
 *	echo pam0 make durable > /sys/kernel/debug/pam_contract/keep
 *	echo pam0 check durable > /sys/kernel/debug/pam_contract/keep
 *
 * The first fills a pool; a durable one is synced and closed, one that is only
 * persistent is held until the module is unloaded.  The second, in the next kernel, opens
 * the durable one, or creates the persistent one as its owner would again, compares all
 * pages (ENOENT: one is not there) and destroys the pool.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/prandom.h>
#include <linux/uaccess.h>

#include "contract.h"

#define KEEP_PAGES	64
#define KEEP_OBJECT	0x6b656570

/* One at a time; protects the two below. */
static DEFINE_MUTEX(keep_lock);
static struct pam_pool *held;
static struct pam_backend *held_backend;

static struct pam_pool *keep_create(struct pam_backend *backend, bool durable)
{
	struct pam_pool_params params = {
		.type = PAM_PERSISTENT,
		.flags = durable ? PAM_POOL_DURABLE : 0,
	};

	strscpy(params.name, durable ? "contract-kept" : "contract-left");
	return pam_pool_create(backend, &params);
}

/* Contents that do not compress, the same in every kernel. */
static void keep_fill(void *data, u64 index)
{
	struct rnd_state state;

	prandom_seed_state(&state, KEEP_OBJECT + index);
	prandom_bytes_state(&state, data, PAGE_SIZE);
}

static int keep_put(struct pam_pool *pool, struct page *page)
{
	struct pam_handle handle = { .object = { KEEP_OBJECT } };
	int err = 0;

	for (; handle.index < KEEP_PAGES && !err; handle.index++) {
		keep_fill(page_address(page), handle.index);
		err = pam_put_page(pool, &handle, page);
	}
	return err ?: pam_sync(pool);
}

static int keep_compare(struct pam_pool *pool, struct page *page, void *wanted)
{
	struct pam_handle handle = { .object = { KEEP_OBJECT } };
	int err = 0;

	for (; handle.index < KEEP_PAGES && !err; handle.index++) {
		keep_fill(wanted, handle.index);
		err = pam_get_page(pool, &handle, page, 0);
		if (!err && memcmp(page_address(page), wanted, PAGE_SIZE))
			err = -EBADMSG;
	}
	return err;
}

static int keep_make(struct pam_backend *backend, bool durable, struct page *page)
{
	struct pam_pool *pool;
	int err;

	if (!durable && held)
		return -EBUSY;
	pool = keep_create(backend, durable);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	err = keep_put(pool, page);
	if (err) {
		pam_pool_destroy(pool);
	} else if (durable) {
		pam_pool_close(pool);
	} else {
		held = pool;
		held_backend = pam_backend_get(pam_backend_name(backend));
	}
	return err;
}

static int keep_check(struct pam_backend *backend, bool durable, struct page *page, void *wanted)
{
	struct pam_pool *pool = durable ? pam_pool_open(backend, "contract-kept") :
					  keep_create(backend, false);
	int err;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	err = keep_compare(pool, page, wanted);
	pam_pool_destroy(pool);
	return err;
}

static int keep_do(const char *name, bool make, bool durable)
{
	struct pam_backend *backend = pam_backend_get(name);
	struct page *page = alloc_page(GFP_KERNEL);
	void *wanted = (void *)__get_free_page(GFP_KERNEL);
	int err = backend ? -ENOMEM : -ENODEV;

	mutex_lock(&keep_lock);
	if (backend && page && wanted)
		err = make ? keep_make(backend, durable, page) :
			     keep_check(backend, durable, page, wanted);
	mutex_unlock(&keep_lock);
	free_page((unsigned long)wanted);
	if (page)
		__free_page(page);
	if (backend)
		pam_backend_put(backend);
	return err;
}

static ssize_t keep_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	char line[64] = "", name[PAM_NAME_LEN], what[8], type[16];
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, size))
		return -EFAULT;
	if (sscanf(line, "%31s %7s %15s", name, what, type) != 3)
		return -EINVAL;
	if ((strcmp(what, "make") && strcmp(what, "check")) ||
	    (strcmp(type, "durable") && strcmp(type, "persistent")))
		return -EINVAL;
	err = keep_do(name, !strcmp(what, "make"), !strcmp(type, "durable"));
	return err ?: size;
}

static const struct file_operations keep_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = keep_write,
};

void keep_init(struct dentry *folder)
{
	debugfs_create_file("keep", 0200, folder, NULL, &keep_fops);
}

/* After the file is gone. */
void keep_exit(void)
{
	if (!held)
		return;
	pam_pool_destroy(held);
	pam_backend_put(held_backend);
}
