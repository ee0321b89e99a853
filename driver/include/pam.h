/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page-accessible memory (PAM): pages go out and come back whole, by handle.
 *
 * pam.ko stands between frontends, which have pages (pam_swap), and backends,
 * which keep them (pam_card, pam_ram).  The contract is docs/contract.md; its
 * rules are not repeated here.
 *
 * Context: unless a function says otherwise it may sleep and must not be called
 * with a spinlock held.  The put/get/flush path never allocates memory and never
 * waits for anything that does, so it may be used by reclaim (PF_MEMALLOC).
 */
#ifndef PAM_H
#define PAM_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct module;
struct device;
struct pam_backend;
struct pam_pool;

#define PAM_NAME_LEN		32
/* Largest page of a pool: PAGE_SIZE << PAM_MAX_ORDER. */
#define PAM_MAX_ORDER		4
/* Most requests of one pam_submit; as many as swap hands over at once. */
#define PAM_BATCH		32
/* Room a backend has in each request. */
#define PAM_REQUEST_PRIV	64

enum pam_pool_type {
	PAM_EPHEMERAL,
	PAM_PERSISTENT,
};

/* Flags of a pool. */
#define PAM_POOL_EXCLUSIVE	BIT(0)	/* every get is exclusive */
#define PAM_POOL_FROZEN		BIT(1)	/* puts are refused, flushes work */
#define PAM_POOL_DURABLE	BIT(2)	/* persistent; synced pages survive power loss */

/**
 * struct pam_handle - names a page within a pool
 * @object: object id, e.g. a file or a device; 192 bits
 * @index: page index within the object
 */
struct pam_handle {
	u64 object[3];
	u64 index;
};

enum pam_op {
	PAM_PUT,
	PAM_GET,
	PAM_FLUSH_PAGE,
	PAM_FLUSH_OBJECT,
};

/* Flags of a request. */
#define PAM_GET_EXCLUSIVE	BIT(0)	/* get and flush in one step */
/*
 * The submitter polls for the request: the backend need not interrupt for it
 * until pam_backend_ops.poll is told that the submitter goes to sleep.
 */
#define PAM_POLLED		BIT(1)

/**
 * struct pam_request - one operation, owned by the caller until @done
 * @list: links the requests of a batch; the backend's until @done
 * @op: what to do
 * @flags: PAM_GET_EXCLUSIVE, PAM_POLLED
 * @handle: which page
 * @page: PUT, GET: first of the physically contiguous (PAGE_SIZE << order) bytes.
 *	The caller keeps it, and for a put keeps its content stable, until @done.
 * @status: set before @done: 0; -ENOENT get missed; -ENOSPC put refused (no
 *	space, limit); -EPERM put refused (frozen); -EBADMSG stored page is damaged;
 *	-EIO transfer failed; -ENODEV backend gone; -ECANCELED aborted. After any
 *	failed put the handle is absent. Of a gone backend a get from an ephemeral
 *	pool misses, and a flush succeeds unless the pool is durable
 * @done: called once, in any context up to hard interrupt; the request may be
 *	freed or used again in it
 * @private: the caller's
 * @pool: set by pam_submit
 * @start_ns: set by pam_submit, from ktime_get_ns(), for latency statistics
 * @priv: the backend's
 */
struct pam_request {
	struct list_head list;
	enum pam_op op;
	unsigned int flags;
	struct pam_handle handle;
	struct page *page;
	int status;
	void (*done)(struct pam_request *request);
	void *private;
	struct pam_pool *pool;
	u64 start_ns;
	u8 priv[PAM_REQUEST_PRIV] __aligned(8);
};

/**
 * struct pam_pool_params - what a pool is to be
 * @name: for people, unique per backend
 * @type: ephemeral or persistent
 * @order: page size is PAGE_SIZE << order, at most PAM_MAX_ORDER
 * @flags: PAM_POOL_*
 * @reserve: persistent: pages whose puts are promised never to be refused for space;
 *	at most @limit
 * @limit: most pages, 0 = none
 */
struct pam_pool_params {
	char name[PAM_NAME_LEN];
	enum pam_pool_type type;
	unsigned int order;
	unsigned int flags;
	u64 reserve;
	u64 limit;
};

/**
 * struct pam_pool_stats - what the backend knows of a pool
 * @pages: pages held
 * @stored_bytes: their size as compressed
 * @used_bytes: memory of the backend they take
 * @same_pages: of @pages, same-filled
 * @evicted: ephemeral pages dropped for room
 */
struct pam_pool_stats {
	u64 pages;
	u64 stored_bytes;
	u64 used_bytes;
	u64 same_pages;
	u64 evicted;
};

/**
 * struct pam_backend_info - what a backend has
 * @total_bytes: memory for pages
 * @free_bytes: of that, free
 * @flash_bytes: flash behind it; 0: none
 * @promisable_pages: 4 KiB pages that could be promised to a new pool now
 * @max_order: largest page order
 * @durable: it has durable pools
 */
struct pam_backend_info {
	u64 total_bytes;
	u64 free_bytes;
	u64 flash_bytes;
	u64 promisable_pages;
	unsigned int max_order;
	bool durable;
};

/**
 * struct pam_backend_ops - what a backend does
 * @owner: the module, pinned while a pool exists unless the backend is going away
 * @pool_create: make a pool; sets *@priv, which the other calls get. 0, -ENOSPC
 *	(reserve cannot be promised), -EOPNOTSUPP (type, order, durable), -ENOMEM,
 *	-ENODEV; -EEXIST: a durable pool of that name is there
 * @pool_open: optional, as not all have durable pools; without it the core refuses
 *	them. Find the durable pool of @params->name that was let go of, or came back
 *	with power; fills in the rest of *@params and sets *@priv. 0, -ENOENT,
 *	-ENOTUNIQ (several), -EOPNOTSUPP (not a pool for us), -ENOMEM, -ENODEV
 * @pool_close: with @pool_open. Let go of a durable pool, whose pages stay, instead
 *	of @pool_destroy
 * @pool_destroy: forget all pages and the pool; no request is outstanding. Comes for
 *	each pool once, when its frontend destroys it or, unless it is durable, in
 *	pam_backend_unregister(), and frees what the host has of it also when the
 *	device is dead
 * @pool_set: change flags, reserve or limit to those of @params, whose name is not
 *	to be looked at; all or nothing
 * @pool_flush: forget all pages; no request is outstanding, and new ones wait, so
 *	that allocations in it are GFP_NOIO by themselves
 * @pool_stats: fill in *@stats, zeroed before
 * @submit: take the requests of @batch (all of one pool) and complete each through
 *	pam_request_done, in any order but per handle in list order and per submitting
 *	CPU in submission order. Any context, also atomic with interrupts off when
 *	@nowait; must not allocate. When @nowait and it cannot take a request at once
 *	it leaves the rest on @batch and returns -EAGAIN; else 0. Gets of a pool with
 *	PAM_POOL_EXCLUSIVE have PAM_GET_EXCLUSIVE set already.
 * @poll: optional: reap completions now where that of @request will arrive, from
 *	any CPU; returns how many. @request was submitted with PAM_POLLED and may be
 *	done already, but is still the caller's to keep. @sleep: the caller goes to
 *	sleep after this call, so interrupts must come for @request and for all that
 *	was submitted with PAM_POLLED on the same CPU before it.
 * @sync: wait until all completed operations are as safe as the type promises
 * @info: fill in *@info, zeroed before
 *
 * Calls for one pool: create, open, flush, close and destroy come alone; set with no other but
 * submit and poll; stats, sync, submit and poll at any time in between and from any
 * number of CPUs.  All end in bounded time, whatever the device does.
 */
struct pam_backend_ops {
	struct module *owner;
	int (*pool_create)(struct pam_backend *backend, const struct pam_pool_params *params,
			   void **priv);
	int (*pool_open)(struct pam_backend *backend, struct pam_pool_params *params,
			 void **priv);
	void (*pool_close)(struct pam_backend *backend, void *priv);
	void (*pool_destroy)(struct pam_backend *backend, void *priv);
	int (*pool_set)(struct pam_backend *backend, void *priv,
			const struct pam_pool_params *params);
	int (*pool_flush)(struct pam_backend *backend, void *priv);
	int (*pool_stats)(struct pam_backend *backend, void *priv, struct pam_pool_stats *stats);
	int (*submit)(struct pam_backend *backend, void *priv, struct list_head *batch,
		      bool nowait);
	unsigned int (*poll)(struct pam_backend *backend, struct pam_request *request,
			     bool sleep);
	int (*sync)(struct pam_backend *backend, void *priv);
	int (*info)(struct pam_backend *backend, struct pam_backend_info *info);
};

/* Backends. */
struct pam_backend *pam_backend_register(const char *name, const struct pam_backend_ops *ops,
					 struct device *parent, void *priv);
void pam_backend_unregister(struct pam_backend *backend);
void pam_backend_lost(struct pam_backend *backend);
void *pam_backend_priv(const struct pam_backend *backend);
const char *pam_backend_name(const struct pam_backend *backend);
void pam_request_done(struct pam_request *request, int status);

/* Frontends. */
struct pam_backend *pam_backend_get(const char *name);
void pam_backend_put(struct pam_backend *backend);
int pam_backend_query(struct pam_backend *backend, struct pam_backend_info *info);

struct pam_pool *pam_pool_create(struct pam_backend *backend,
				 const struct pam_pool_params *params);
struct pam_pool *pam_pool_open(struct pam_backend *backend, const char *name);
void pam_pool_close(struct pam_pool *pool);
void pam_pool_destroy(struct pam_pool *pool);
int pam_pool_set(struct pam_pool *pool, const struct pam_pool_params *params);
int pam_pool_flush(struct pam_pool *pool);
int pam_pool_stats(struct pam_pool *pool, struct pam_pool_stats *stats);
const struct pam_pool_params *pam_pool_params(const struct pam_pool *pool);
bool pam_pool_lost(const struct pam_pool *pool);

int pam_submit(struct pam_pool *pool, struct list_head *batch);
int pam_submit_nowait(struct pam_pool *pool, struct list_head *batch);
unsigned int pam_poll(struct pam_request *request, bool sleep);

int pam_put_page(struct pam_pool *pool, const struct pam_handle *handle, struct page *page);
int pam_get_page(struct pam_pool *pool, const struct pam_handle *handle, struct page *page,
		 unsigned int flags);
int pam_flush_page(struct pam_pool *pool, const struct pam_handle *handle);
int pam_flush_object(struct pam_pool *pool, const u64 object[3]);
int pam_sync(struct pam_pool *pool);

#endif /* PAM_H */
