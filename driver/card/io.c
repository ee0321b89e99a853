// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages between the PAM core and the queue pairs: requests in, requests done.
 *
 * A page is contiguous, so one mapping and no page list does for every order.
 * It is mapped before the queue's lock is taken and unmapped after it is dropped,
 * as bounce buffers make that a copy.
 */
#include <linux/crc32c.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>

#include "card.h"

static u32 pcard_page_crc(struct page *page, u32 bytes)
{
	u32 crc = ~0, at;

	for (at = 0; at < bytes; at += PAGE_SIZE) {
		void *data = kmap_local_page(page++);

		crc = crc32c(crc, data, PAGE_SIZE);
		kunmap_local(data);
	}
	return ~crc;
}

static enum dma_data_direction pcard_direction(const struct pcard_request *r)
{
	return r->opcode == PAMC_OP_PUT ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
}

/**
 * pcard_map - map a request's page for the card
 * @dev: the card
 * @request: a request
 *
 * Any context.
 * Return: true when there is nothing (more) to map; false: try again later.
 */
bool pcard_map(struct device *dev, struct pam_request *request)
{
	struct pcard_request *r = pcard_request(request);

	if (!r->bytes || r->flags & PCARD_MAPPED)
		return true;
	r->dma = dma_map_page(dev, request->page, 0, r->bytes, pcard_direction(r));
	if (dma_mapping_error(dev, r->dma))
		return false;
	r->flags |= PCARD_MAPPED;
	return true;
}

/**
 * pcard_unmap - undo pcard_map, if it was done
 * @dev: the card
 * @request: a request that the card does not have
 *
 * Any context.
 */
void pcard_unmap(struct device *dev, struct pam_request *request)
{
	struct pcard_request *r = pcard_request(request);

	if (!(r->flags & PCARD_MAPPED))
		return;
	dma_unmap_page(dev, r->dma, r->bytes, pcard_direction(r));
	r->flags &= ~PCARD_MAPPED;
}

static const u8 pcard_opcodes[] = {
	[PAM_PUT] = PAMC_OP_PUT,
	[PAM_GET] = PAMC_OP_GET,
	[PAM_FLUSH_PAGE] = PAMC_OP_FLUSH_PAGE,
	[PAM_FLUSH_OBJECT] = PAMC_OP_FLUSH_OBJECT,
};

static void pcard_prepare(struct pcard_queue *q, struct pcard_pool *pool,
			  struct pam_request *request)
{
	struct pcard_request *r = pcard_request(request);

	r->queue = q;
	r->pool = pool;
	r->dma = 0;
	r->waiting_since = 0;
	r->opcode = pcard_opcodes[request->op];
	r->bytes = request->op <= PAM_GET ? pool->bytes : 0;
	r->tries = 0;
	r->flags = 0;
	r->poll_epoch = request->flags & PAM_POLLED ? READ_ONCE(q->poll_epoch) : 0;
	if (request->op == PAM_GET && request->flags & PAM_GET_EXCLUSIVE)
		r->flags = PCARD_EXCLUSIVE;
	else if (request->op == PAM_PUT && pcard_options.crc)
		r->crc = pcard_page_crc(request->page, r->bytes);
	pcard_map(q->dev, request);
}

static int pcard_submit(struct pam_backend *backend, void *priv, struct list_head *batch,
			bool nowait)
{
	struct pcard_pool *pool = priv;
	struct pcard_queue *q = pool->card->queue_of[raw_smp_processor_id()];
	struct pam_request *request;

	list_for_each_entry(request, batch, list)
		pcard_prepare(q, pool, request);
	pcard_queue_submit(q, batch);
	return 0;
}

/**
 * pcard_finish - hand requests back
 * @q: their queue pair
 * @done: the requests, their status set
 *
 * Any context, without locks.
 */
void pcard_finish(struct pcard_queue *q, struct list_head *done)
{
	struct pam_request *request, *next;

	list_for_each_entry_safe(request, next, done, list) {
		struct pcard_request *r = pcard_request(request);
		int status = r->status;

		pcard_unmap(q->dev, request);
		if (pcard_options.crc && r->opcode == PAMC_OP_GET && !status &&
		    pcard_page_crc(request->page, r->bytes) != r->crc) {
			dev_err_ratelimited(q->dev, "a page arrived with the wrong CRC\n");
			status = -EBADMSG;
		}
		if (r->flags & PCARD_INTERNAL) {
			request->status = status;
			complete(request->private);
		} else {
			pam_request_done(request, status);
		}
	}
}

static unsigned int pcard_poll(struct pam_backend *backend, struct pam_request *request,
			       bool sleep)
{
	struct pcard_queue *q = pcard_request(request)->queue;

	/* Of a request that the core answered itself, there is none. */
	return q ? pcard_queue_poll(q, sleep) : 0;
}

/* SYNC is a command of the I/O queues, and no request of the core. */
static int pcard_sync(struct pam_backend *backend, void *priv)
{
	struct pcard_pool *pool = priv;
	struct pcard_queue *q = pool->card->queue_of[raw_smp_processor_id()];
	DECLARE_COMPLETION_ONSTACK(done);
	struct pam_request request = { .private = &done };
	struct pcard_request *r = pcard_request(&request);
	LIST_HEAD(batch);

	r->queue = q;
	r->pool = pool;
	r->opcode = PAMC_OP_SYNC;
	r->flags = PCARD_INTERNAL;
	list_add(&request.list, &batch);
	pcard_queue_submit(q, &batch);
	wait_for_completion(&done);
	return request.status;
}

static int pcard_info(struct pam_backend *backend, struct pam_backend_info *info)
{
	struct pcard *card = pam_backend_priv(backend);
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_IDENTIFY };
	struct pamc_log_capacity capacity;
	struct pamc_identify identify = { };
	int ret;

	ret = pcard_admin_run(card, &sqe, &identify, sizeof(identify));
	if (!ret)
		ret = pcard_admin_log(card, PAMC_LOG_CAPACITY, &capacity, sizeof(capacity));
	if (ret)
		return ret;
	info->total_bytes = le64_to_cpu(capacity.usable_bytes);
	info->free_bytes = le64_to_cpu(capacity.free_bytes);
	info->flash_bytes = le64_to_cpu(identify.flash_bytes);
	info->promisable_pages = le64_to_cpu(identify.promisable_pages);
	info->max_order = card->max_order;
	info->durable = PAMC_GET(PAMC_CAP_DURABLE, card->cap);
	return 0;
}

const struct pam_backend_ops pcard_ops = {
	.owner = THIS_MODULE,
	.pool_create = pcard_pool_create,
	.pool_open = pcard_pool_open,
	.pool_close = pcard_pool_close,
	.pool_destroy = pcard_pool_destroy,
	.pool_set = pcard_pool_set,
	.pool_flush = pcard_pool_flush,
	.pool_stats = pcard_pool_stats,
	.submit = pcard_submit,
	.poll = pcard_poll,
	.sync = pcard_sync,
	.info = pcard_info,
};
