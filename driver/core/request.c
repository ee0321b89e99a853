// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: from the frontend to the backend and back.  This is the path of every
 * page: it allocates nothing, takes no lock and writes to no cacheline that
 * another CPU uses.
 */
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "core.h"
#include "pam_trace.h"

static unsigned int poll_us = 10;
module_param(poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us, "Microseconds that a synchronous operation polls before it sleeps (0 = not at all)");

/* A synchronous operation, on the stack of its caller. */
struct pam_sync_op {
	struct pam_request request;
	struct completion done;
};

/*
 * Gets the right to call the backend's submit. 0, -EAGAIN (nowait, and the
 * pool is being flushed), -ENODEV.
 */
static int enter_pool(struct pam_pool *pool, bool nowait)
{
	for (;;) {
		if (likely(percpu_ref_tryget_live(&pool->requests))) {
			if (likely(!READ_ONCE(pool->backend->lost)))
				return 0;
			percpu_ref_put(&pool->requests);
			return -ENODEV;
		}
		if (READ_ONCE(pool->dead))
			return -ENODEV;
		if (nowait)
			return -EAGAIN;
		wait_event(pool->resumed, READ_ONCE(pool->dead) ||
			   !percpu_ref_is_dying(&pool->requests));
	}
}

static void leave_pool(struct pam_pool *pool)
{
	percpu_ref_put(&pool->requests);
}

/* What an operation comes to when the backend is gone; docs/contract.md, rule 10. */
static int lost_status(const struct pam_request *request)
{
	switch (request->op) {
	case PAM_GET:
		return request->pool->params.type == PAM_EPHEMERAL ? -ENOENT : -ENODEV;
	case PAM_PUT:
		return -ENODEV;
	default:
		/* Nothing is left, but for what may come back. */
		return request->pool->params.flags & PAM_POOL_DURABLE ? -ENODEV : 0;
	}
}

static void finish(struct pam_request *request, int status)
{
	struct pam_pool *pool = request->pool;
	u64 ns = ktime_get_ns() - request->start_ns;

	if (status == -ENODEV)
		status = lost_status(request);
	trace_pam_done(request, status, ns);
	pam_stats_done(pool, request->op, status, ns);
	request->status = status;
	request->done(request);
}

/**
 * pam_request_done() - a backend gives a request back
 * @request: one that @ops->submit took
 * @status: as in &struct pam_request; -ENODEV when the backend is gone, which
 *	becomes what pam_backend_lost() says
 *
 * Calls the request's @done, once per request.
 *
 * Context: any, up to hard interrupt; also from within @ops->submit or @ops->poll.
 * The caller may hold no lock that its submit takes, as @done may submit.
 */
void pam_request_done(struct pam_request *request, int status)
{
	struct pam_pool *pool = request->pool;

	finish(request, status);
	/* Last, as the pool may go with it. */
	percpu_ref_put(&pool->requests);
}
EXPORT_SYMBOL_GPL(pam_request_done);

/* Prepares the requests; how many there are. */
static unsigned int start_batch(struct pam_pool *pool, struct list_head *batch)
{
	u64 now = ktime_get_ns();
	struct pam_request *request;
	unsigned int requests = 0;

	list_for_each_entry(request, batch, list) {
		request->pool = pool;
		request->start_ns = now;
		request->status = -EINPROGRESS;
		if (request->op == PAM_GET && READ_ONCE(pool->exclusive))
			request->flags |= PAM_GET_EXCLUSIVE;
		trace_pam_submit(request);
		requests++;
	}
	return requests;
}

/* Answers for a backend that is gone; the requests hold no reference of the pool. */
static void fail_batch(struct list_head *batch)
{
	struct pam_request *request, *next;

	list_for_each_entry_safe(request, next, batch, list) {
		list_del_init(&request->list);
		/*
		 * Its submitter may still poll for it.  Zeros tell the backend that
		 * it never got the request; else it would find there what an earlier
		 * use of the request left.
		 */
		memset(request->priv, 0, sizeof(request->priv));
		finish(request, -ENODEV);
	}
}

/* With the pool entered: the backend takes the batch. */
static int hand_over(struct pam_pool *pool, struct list_head *batch, unsigned int requests,
		     bool nowait)
{
	unsigned int left;
	int err;

	percpu_ref_get_many(&pool->requests, requests);
	err = pool->ops->submit(pool->backend, pool->priv, batch, nowait);
	left = list_count_nodes(batch);
	if (likely(!left)) {
		pam_stats_submit(pool, requests);
		return 0;
	}
	percpu_ref_put_many(&pool->requests, left);
	pam_stats_submit(pool, requests - left);
	WARN_ONCE(!nowait || err != -EAGAIN, "%s left %u requests, status %d",
		  pam_backend_name(pool->backend), left, err);
	return -EAGAIN;
}

static int submit(struct pam_pool *pool, struct list_head *batch, bool nowait)
{
	unsigned int requests;
	int err;

	err = enter_pool(pool, nowait);
	if (err == -EAGAIN)
		return err;
	requests = start_batch(pool, batch);
	if (err) {
		pam_stats_submit(pool, requests);
		fail_batch(batch);
		return 0;
	}
	err = hand_over(pool, batch, requests, nowait);
	leave_pool(pool);
	return err;
}

/**
 * pam_submit() - hand over operations
 * @pool: from pam_pool_create()
 * @batch: &struct pam_request by their @list, at most PAM_BATCH; @op, @flags,
 *	@handle, @page, @done and @private are set. Empty on return
 *
 * Each request's @done is called when it completed, maybe before this returns, and
 * whatever becomes of the backend.  On one handle, operations submitted by one CPU
 * take effect in their order; so do operations of which one was submitted after the
 * other completed.
 *
 * Context: may sleep, for the backend's queue to have room or for pam_pool_flush() to
 * end. Allocates nothing.
 * Return: 0.
 */
int pam_submit(struct pam_pool *pool, struct list_head *batch)
{
	int err;

	might_sleep();
	while ((err = submit(pool, batch, false)))
		/* Only a backend that breaks its rules comes here. */
		cond_resched();
	return err;
}
EXPORT_SYMBOL_GPL(pam_submit);

/**
 * pam_submit_nowait() - hand over operations without sleeping
 * @pool: from pam_pool_create()
 * @batch: as pam_submit(); on return holds what was not taken
 *
 * Context: any. From within an interrupt handler a backend may have to decline:
 * that is the -EAGAIN below, and the caller goes on in process context.
 * Return: 0; -EAGAIN: requests are left on @batch, the first ones may have been taken.
 */
int pam_submit_nowait(struct pam_pool *pool, struct list_head *batch)
{
	return submit(pool, batch, true);
}
EXPORT_SYMBOL_GPL(pam_submit_nowait);

static void sync_op_done(struct pam_request *request)
{
	complete(request->private);
}

/**
 * pam_poll() - look for completions instead of waiting for an interrupt
 * @request: submitted with PAM_POLLED; may be done, must still be the caller's
 * @sleep: the caller is going to sleep, so that from now on interrupts are needed
 *
 * Every submission with PAM_POLLED needs a call with @sleep, unless it is seen done
 * before.
 *
 * Context: any that the backend's @ops->poll allows; @done is called from within.
 * Return: how many requests, of anyone, completed.
 */
unsigned int pam_poll(struct pam_request *request, bool sleep)
{
	struct pam_pool *pool = request->pool;
	unsigned int completed;

	/* Also of a pool that lets no new ones in; none left means that it is done. */
	if (!pool->can_poll || !percpu_ref_tryget(&pool->requests))
		return 0;
	completed = pool->ops->poll(pool->backend, request, sleep);
	percpu_ref_put(&pool->requests);
	return completed;
}
EXPORT_SYMBOL_GPL(pam_poll);

/* Polls until the operation is done, the time is over or someone needs the CPU. */
static void poll_op(struct pam_sync_op *op, u64 ns)
{
	u64 end = op->request.start_ns + ns;

	while (!completion_done(&op->done)) {
		bool sleep = need_resched() || ktime_get_ns() >= end;

		pam_poll(&op->request, sleep);
		if (sleep)
			break;
		cpu_relax();
	}
}

static int run(struct pam_pool *pool, struct pam_sync_op *op)
{
	u64 poll_ns = pool->can_poll ? READ_ONCE(poll_us) * (u64)NSEC_PER_USEC : 0;
	LIST_HEAD(batch);

	init_completion(&op->done);
	op->request.done = sync_op_done;
	op->request.private = &op->done;
	if (poll_ns)
		op->request.flags |= PAM_POLLED;
	list_add(&op->request.list, &batch);
	pam_submit(pool, &batch);
	if (poll_ns)
		poll_op(op, poll_ns);
	wait_for_completion_io(&op->done);
	return op->request.status;
}

/**
 * pam_put_page() - store a page
 * @pool: from pam_pool_create()
 * @handle: its name; an older page of that name is replaced
 * @page: first of the pool's page size of contiguous bytes, which must not change
 *	before this returns
 *
 * Context: may sleep; fit for reclaim.
 * Return: 0, or as @status of &struct pam_request; then the handle is absent.
 */
int pam_put_page(struct pam_pool *pool, const struct pam_handle *handle, struct page *page)
{
	struct pam_sync_op op = {
		.request = { .op = PAM_PUT, .handle = *handle, .page = page },
	};

	return run(pool, &op);
}
EXPORT_SYMBOL_GPL(pam_put_page);

/**
 * pam_get_page() - bring a page back
 * @pool: from pam_pool_create()
 * @handle: its name
 * @page: where to; the pool's page size of contiguous bytes. Undefined on failure
 * @flags: PAM_GET_EXCLUSIVE, or 0
 *
 * Context: may sleep; fit for reclaim.
 * Return: 0; -ENOENT: there is no such page; or as @status of &struct pam_request.
 */
int pam_get_page(struct pam_pool *pool, const struct pam_handle *handle, struct page *page,
		 unsigned int flags)
{
	struct pam_sync_op op = {
		.request = { .op = PAM_GET, .flags = flags, .handle = *handle, .page = page },
	};

	return run(pool, &op);
}
EXPORT_SYMBOL_GPL(pam_get_page);

/**
 * pam_flush_page() - forget a page
 * @pool: from pam_pool_create()
 * @handle: its name
 *
 * Context: may sleep; fit for reclaim.
 * Return: 0, also when there was none; or as @status of &struct pam_request.
 */
int pam_flush_page(struct pam_pool *pool, const struct pam_handle *handle)
{
	struct pam_sync_op op = {
		.request = { .op = PAM_FLUSH_PAGE, .handle = *handle },
	};

	return run(pool, &op);
}
EXPORT_SYMBOL_GPL(pam_flush_page);

/**
 * pam_flush_object() - forget all pages of an object
 * @pool: from pam_pool_create()
 * @object: its id
 *
 * Pages that are put while this runs may be forgotten or not.
 *
 * Context: may sleep; fit for reclaim.
 * Return: 0, also when there was none; or as @status of &struct pam_request.
 */
int pam_flush_object(struct pam_pool *pool, const u64 object[3])
{
	struct pam_sync_op op = {
		.request = { .op = PAM_FLUSH_OBJECT },
	};

	memcpy(op.request.handle.object, object, sizeof(op.request.handle.object));
	return run(pool, &op);
}
EXPORT_SYMBOL_GPL(pam_flush_object);
