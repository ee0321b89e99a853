// SPDX-License-Identifier: Apache-2.0
/*
 * Operations on their way to the card: slot, submission entry, and the copy of a
 * page that the card cannot reach where it is. Nothing here allocates or locks.
 */
#include <string.h>

#include "crc32c.h"
#include "device.h"

/*
 * Starts an operation: takes a slot and the next entry of the ring, with all but
 * the buffer filled in. NULL: none is free.
 */
static struct pamc_sqe *begin(struct pamdev_queue *queue, const struct pamdev_pool *pool,
			      uint8_t opcode, const struct pamdev_handle *handle,
			      uint64_t user_data, struct slot **slot)
{
	struct pamc_sqe *entry;
	struct slot *s;
	uint16_t cid;

	if (unlikely(!queue_current(queue)))
		queue_revise(queue);
	if (unlikely(!queue->free_count))
		return NULL;
	cid = queue->free_cids[--queue->free_count];
	s = &queue->slots[cid];
	s->user_data = user_data;
	s->copy_to = NULL;
	s->page = NULL;
	s->copy_mask = 0;
	s->sequence = queue->sequence++;
	s->forced = 0;
	s->entry = queue->ring.tail;
	s->opcode = opcode;
	s->order = pool->order;
	s->busy = true;
	s->list = false;

	entry = &queue->ring.sq[queue->ring.tail & queue->ring.sq_mask];
	entry->opcode = opcode;
	entry->flags = 0;
	entry->cid = cid;
	entry->pool = pool->id;
	memcpy(entry->object, handle->object, sizeof(entry->object));
	entry->index = handle->index;
	entry->addr = 0;
	entry->crc = 0;
	entry->function = 0;
	entry->rsvd = 0;
	*slot = s;
	return entry;
}

/*
 * The last step. A pool that was lost with power must not be named any more, as
 * its id may be another's; what is due is known without the card.
 */
static int finish(struct pamdev_queue *queue, const struct pamdev_pool *pool,
		  struct pamc_sqe *entry, struct slot *slot)
{
	if (unlikely(pool->epoch != queue->epoch)) {
		bool forgets = pool->type == PAMC_POOL_TYPE_EPHEMERAL;

		if (forgets && (slot->opcode == PAMC_OP_GET || slot->opcode == PAMC_OP_QUERY))
			slot->forced = -ENOENT;
		else
			slot->forced = -ENXIO;
		entry->opcode = PAMC_OP_NOP;
		entry->flags = 0;
	}
	queue->ring.tail++;
	return 0;
}

static bool suits(const struct pamdev_queue *queue, const struct pamdev_pool *pool)
{
	return likely(pool->dev == queue->dev && pamdev_pool_page_size(pool) <= queue->max_bytes);
}

static char *bounce_page(struct pamdev_queue *queue, uint16_t cid)
{
	return queue->bounce + cid * queue->max_bytes;
}

/* Must the page be copied because the card cannot use it where it is? */
static bool must_bounce(const struct pamdev_queue *queue, const void *page, size_t size)
{
	if (unlikely((uintptr_t)page & (PAMC_BLOCK_SIZE - 1)))
		return true;
	return !queue->reaches_all && !memory_reachable(queue->dev, page, size);
}

int pamdev_prep_put(struct pamdev_queue *queue, struct pamdev_pool *pool,
		    const struct pamdev_handle *handle, const void *page, uint64_t user_data)
{
	size_t size = pamdev_pool_page_size(pool);
	struct pamc_sqe *entry;
	struct slot *slot;

	if (!suits(queue, pool) || !page)
		return -EINVAL;
	entry = begin(queue, pool, PAMC_OP_PUT, handle, user_data, &slot);
	if (!entry)
		return -EAGAIN;
	if (must_bounce(queue, page, size))
		page = memcpy(bounce_page(queue, entry->cid), page, size);
	entry->addr = (uintptr_t)page;
	if (queue->check_crc) {
		entry->flags |= PAMC_SQE_CRC;
		entry->crc = crc32c(page, size);
	}
	return finish(queue, pool, entry, slot);
}

int pamdev_prep_get(struct pamdev_queue *queue, struct pamdev_pool *pool,
		    const struct pamdev_handle *handle, void *page, unsigned int flags,
		    uint64_t user_data)
{
	size_t size = pamdev_pool_page_size(pool);
	struct pamc_sqe *entry;
	struct slot *slot;

	if (!suits(queue, pool) || !page || (flags & ~PAMDEV_EXCLUSIVE))
		return -EINVAL;
	entry = begin(queue, pool, PAMC_OP_GET, handle, user_data, &slot);
	if (!entry)
		return -EAGAIN;
	if (must_bounce(queue, page, size)) {
		slot->copy_to = page;
		page = bounce_page(queue, entry->cid);
	}
	entry->addr = (uintptr_t)page;
	entry->flags = flags & PAMDEV_EXCLUSIVE ? PAMC_SQE_EXCLUSIVE : 0;
	if (queue->check_crc)
		slot->page = page;
	return finish(queue, pool, entry, slot);
}

/* Without a buffer. */
static int prep_plain(struct pamdev_queue *queue, struct pamdev_pool *pool, uint8_t opcode,
		      const struct pamdev_handle *handle, uint64_t user_data)
{
	struct pamc_sqe *entry;
	struct slot *slot;

	if (pool->dev != queue->dev)
		return -EINVAL;
	entry = begin(queue, pool, opcode, handle, user_data, &slot);
	return entry ? finish(queue, pool, entry, slot) : -EAGAIN;
}

int pamdev_prep_flush_page(struct pamdev_queue *queue, struct pamdev_pool *pool,
			   const struct pamdev_handle *handle, uint64_t user_data)
{
	return prep_plain(queue, pool, PAMC_OP_FLUSH_PAGE, handle, user_data);
}

int pamdev_prep_flush_object(struct pamdev_queue *queue, struct pamdev_pool *pool,
			     const uint64_t object[3], uint64_t user_data)
{
	const struct pamdev_handle handle = {{object[0], object[1], object[2]}, 0};

	return prep_plain(queue, pool, PAMC_OP_FLUSH_OBJECT, &handle, user_data);
}

int pamdev_prep_sync(struct pamdev_queue *queue, struct pamdev_pool *pool, uint64_t user_data)
{
	static const struct pamdev_handle none;

	return prep_plain(queue, pool, PAMC_OP_SYNC, &none, user_data);
}

int pamdev_prep_query(struct pamdev_queue *queue, struct pamdev_pool *pool,
		      const struct pamdev_handle *handle, uint64_t user_data)
{
	return prep_plain(queue, pool, PAMC_OP_QUERY, handle, user_data);
}

/*
 * Fills in the list of block addresses; blocks that the card cannot reach get a
 * block of the bounce page, which takes their content when out is set.
 */
static void make_list(struct pamdev_queue *queue, struct pamc_sqe *entry, struct slot *slot,
		      const void *const blocks[], bool out)
{
	char *bounce = bounce_page(queue, entry->cid);
	uint64_t *list = queue->lists[entry->cid];
	uint32_t crc = 0;

	for (unsigned int i = 0; i < 1u << slot->order; i++) {
		const void *block = blocks[i];

		if (must_bounce(queue, block, PAMC_BLOCK_SIZE)) {
			block = bounce + (size_t)i * PAMC_BLOCK_SIZE;
			slot->copy_mask |= 1u << i;
			if (out)
				memcpy(bounce + (size_t)i * PAMC_BLOCK_SIZE, blocks[i],
				       PAMC_BLOCK_SIZE);
		}
		list[i] = (uintptr_t)block;
		if (out && queue->check_crc)
			crc = crc32c_extend(crc, block, PAMC_BLOCK_SIZE);
	}
	slot->list = true;
	entry->crc = crc;
	entry->addr = (uintptr_t)list;
	entry->flags |= PAMC_SQE_LIST | (out && queue->check_crc ? PAMC_SQE_CRC : 0);
}

int pamdev_prep_putv(struct pamdev_queue *queue, struct pamdev_pool *pool,
		     const struct pamdev_handle *handle, const void *const blocks[],
		     uint64_t user_data)
{
	struct pamc_sqe *entry;
	struct slot *slot;

	if (!suits(queue, pool) || !blocks)
		return -EINVAL;
	entry = begin(queue, pool, PAMC_OP_PUT, handle, user_data, &slot);
	if (!entry)
		return -EAGAIN;
	make_list(queue, entry, slot, blocks, true);
	return finish(queue, pool, entry, slot);
}

int pamdev_prep_getv(struct pamdev_queue *queue, struct pamdev_pool *pool,
		     const struct pamdev_handle *handle, void *const blocks[], unsigned int flags,
		     uint64_t user_data)
{
	struct pamc_sqe *entry;
	struct slot *slot;

	if (!suits(queue, pool) || !blocks || (flags & ~PAMDEV_EXCLUSIVE))
		return -EINVAL;
	entry = begin(queue, pool, PAMC_OP_GET, handle, user_data, &slot);
	if (!entry)
		return -EAGAIN;
	entry->flags = flags & PAMDEV_EXCLUSIVE ? PAMC_SQE_EXCLUSIVE : 0;
	make_list(queue, entry, slot, (const void *const *)blocks, false);
	memcpy(queue->scatter[entry->cid], blocks, sizeof(*blocks) << slot->order);
	return finish(queue, pool, entry, slot);
}

int pamdev_submit(struct pamdev_queue *queue)
{
	unsigned int count = (uint16_t)(queue->ring.tail - queue->ring.rung);
	bool push = queue->push_all || (queue->push_one && count == 1);
	int status;

	if (!count)
		return queue->broken;
	if (unlikely(!queue_current(queue)) || unlikely(device_state(queue->dev))) {
		queue_revise(queue);
		return queue->broken == -ECANCELED ? (int)count : queue->broken;
	}
	status = ring_submit(&queue->ring, push);
	if (unlikely(status != 0)) {
		queue->broken = status;
		return status;
	}
	return (int)count;
}
