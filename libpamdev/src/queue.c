// SPDX-License-Identifier: Apache-2.0
/*
 * Queues: creation, deletion, and what becomes of them when the controller was
 * reset under them or the card has gone.
 */
#include <stdlib.h>
#include <string.h>

#include "device.h"

static int qid_take(struct pamdev *dev)
{
	unsigned int count = (unsigned int)PAMC_GET(PAMC_CAP_QPS, dev->cap);
	int qid = -ENOSPC;

	pthread_mutex_lock(&dev->qid_lock);
	for (unsigned int i = 1; i < count && i < PAMC_MAX_QP && qid < 0; i++) {
		if (!(dev->qids >> i & 1)) {
			dev->qids |= 1ull << i;
			qid = (int)i;
		}
	}
	pthread_mutex_unlock(&dev->qid_lock);
	return qid;
}

/* A number of an older generation was freed by the reset. */
static void qid_give(struct pamdev_queue *queue)
{
	struct pamdev *dev = queue->dev;

	pthread_mutex_lock(&dev->qid_lock);
	if (atomic_load(&dev->generation) == queue->generation)
		dev->qids &= ~(1ull << queue->qid);
	pthread_mutex_unlock(&dev->qid_lock);
}

/* Makes the card's half of the queue pair. */
static int queue_connect(struct pamdev_queue *queue)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_QP_CREATE};
	struct pamdev *dev = queue->dev;
	unsigned int shift = (unsigned int)__builtin_ctz(queue->depth);
	unsigned int vector;
	int qid;
	int status;

	queue->generation = atomic_load(&dev->generation);
	queue->epoch = atomic_load(&dev->epoch);
	qid = qid_take(dev);
	if (qid < 0)
		return qid;
	queue->qid = (unsigned int)qid;
	vector = queue->qid % dev->transport->vectors;
	ring_init(&queue->ring, dev->transport, queue->rings, queue->depth, queue->qid, vector);
	entry.id = queue->qid;
	entry.p.qp_create.sq_base = (uintptr_t)queue->ring.sq;
	entry.p.qp_create.cq_base = (uintptr_t)queue->ring.cq;
	entry.p.qp_create.sq_shift = (uint8_t)shift;
	entry.p.qp_create.cq_shift = (uint8_t)(shift + 1);
	entry.p.qp_create.vector = (uint16_t)vector;
	entry.p.qp_create.domain = queue->domain;
	entry.p.qp_create.flags = PAMC_QP_IRQ;
	status = admin_command(dev, &entry, NULL, 0, NULL, 0, NULL);
	if (status != 0)
		qid_give(queue);
	return status;
}

static void slots_reset(struct pamdev_queue *queue)
{
	queue->free_count = queue->depth;
	for (unsigned int i = 0; i < queue->depth; i++) {
		queue->slots[i].busy = false;
		queue->free_cids[i] = (uint16_t)(queue->depth - 1 - i);
	}
}

void queue_revise(struct pamdev_queue *queue)
{
	int state = device_state(queue->dev);

	if (state != 0) {
		queue->broken = state;
		return;
	}
	if (queue->free_count != queue->depth) {
		/* Its commands went with the reset; it comes back when they are reaped. */
		queue->broken = -ECANCELED;
		return;
	}
	slots_reset(queue);
	queue->broken = queue_connect(queue);
}

static void queue_release(struct pamdev_queue *queue)
{
	struct pamdev *dev = queue->dev;

	memory_free(dev, queue->rings);
	memory_free(dev, queue->bounce);
	memory_free(dev, queue->lists);
	free(queue->scatter);
	free(queue->free_cids);
	free(queue->slots);
	free(queue);
}

static int queue_memory(struct pamdev_queue *queue)
{
	struct pamdev *dev = queue->dev;
	unsigned int depth = queue->depth;

	queue->slots = calloc(depth, sizeof(*queue->slots));
	queue->free_cids = calloc(depth, sizeof(*queue->free_cids));
	queue->scatter = calloc(depth, sizeof(*queue->scatter));
	queue->rings = memory_alloc(dev, ring_bytes(depth));
	/* Backed by memory only where it is used. */
	queue->bounce = memory_alloc(dev, depth * queue->max_bytes);
	queue->lists = memory_alloc(dev, depth * sizeof(*queue->lists));
	if (!queue->slots || !queue->free_cids || !queue->scatter || !queue->rings ||
	    !queue->bounce || !queue->lists)
		return device_state(dev) ? device_state(dev) : -ENOMEM;
	slots_reset(queue);
	return 0;
}

static void queue_choose(struct pamdev_queue *queue, const struct pamdev_queue_options *options)
{
	const struct transport *t = queue->dev->transport;
	bool can_push = PAMC_GET(PAMC_CAP_PUSH, queue->dev->cap);

	queue->check_crc =
	    options->crc == PAMDEV_CRC_CHECK || (options->crc == PAMDEV_CRC_AUTO && t->check_crc);
	queue->push_all = can_push && options->submission == PAMDEV_SUBMIT_PUSH;
	queue->push_one = queue->push_all ||
			  (can_push && t->push_saves && options->submission == PAMDEV_SUBMIT_AUTO);
	queue->reaches_all = t->reaches_all;
	queue->spin_ns = (options->spin_us ? options->spin_us : t->spin_us) * NS_PER_US;
	if (options->spin_us == UINT32_MAX)
		queue->spin_ns = UINT64_MAX;
}

int pamdev_queue_create(struct pamdev *dev, const struct pamdev_queue_options *options,
			struct pamdev_queue **queue)
{
	static const struct pamdev_queue_options defaults = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamdev_queue *made;
	unsigned int depth;
	int status;

	*queue = NULL;
	if (!options)
		options = &defaults;
	depth = options->depth ? options->depth : DEFAULT_DEPTH;
	if (depth < MIN_DEPTH || depth > MAX_DEPTH || (depth & (depth - 1)) ||
	    options->max_order > PAMC_MAX_PAGE_ORDER || options->crc > PAMDEV_CRC_NONE ||
	    options->submission > PAMDEV_SUBMIT_RING)
		return -EINVAL;
	status = device_state(dev);
	if (status != 0)
		return status;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->dev = dev;
	made->depth = depth;
	made->domain = options->domain;
	made->max_bytes = (size_t)PAMC_BLOCK_SIZE << options->max_order;
	queue_choose(made, options);
	status = queue_memory(made);
	if (status == 0)
		status = queue_connect(made);
	if (status != 0) {
		queue_release(made);
		return status;
	}
	*queue = made;
	return 0;
}

void pamdev_queue_destroy(struct pamdev_queue *queue)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_QP_DELETE};
	struct pamdev *dev;

	if (!queue)
		return;
	dev = queue->dev;
	if (!queue->broken && device_state(dev) == 0 &&
	    atomic_load(&dev->generation) == queue->generation) {
		entry.id = queue->qid;
		/* If the card cannot do even that, admin_command has disabled it. */
		if (admin_command(dev, &entry, NULL, 0, NULL, 0, NULL) == 0)
			qid_give(queue);
	}
	queue_release(queue);
}

unsigned int pamdev_queue_outstanding(const struct pamdev_queue *queue)
{
	return queue->depth - queue->free_count;
}
