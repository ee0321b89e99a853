// SPDX-License-Identifier: Apache-2.0
/*
 * Completions: from the ring to the caller, checked and copied where need be;
 * waiting; aborting; and what is due when there is no card any more to complete
 * anything.
 */
#include <string.h>

#include "crc32c.h"
#include "device.h"

static void slot_free(struct pamdev_queue *queue, uint16_t cid)
{
	queue->slots[cid].busy = false;
	queue->free_cids[queue->free_count++] = cid;
}

/* CRC32C of the page that a get brought. */
static uint32_t arrived_crc(const struct pamdev_queue *queue, uint16_t cid)
{
	const struct slot *slot = &queue->slots[cid];
	uint32_t crc = 0;

	if (!slot->list)
		return crc32c(slot->page, (size_t)PAMC_BLOCK_SIZE << slot->order);
	for (unsigned int i = 0; i < 1u << slot->order; i++)
		crc = crc32c_extend(crc, (const void *)(uintptr_t)queue->lists[cid][i],
				    PAMC_BLOCK_SIZE);
	return crc;
}

/* Brings a got page to where the caller wants it. */
static void copy_out(const struct pamdev_queue *queue, uint16_t cid)
{
	const struct slot *slot = &queue->slots[cid];
	const char *bounce = queue->bounce + cid * queue->max_bytes;

	if (slot->copy_to)
		memcpy(slot->copy_to, bounce, (size_t)PAMC_BLOCK_SIZE << slot->order);
	for (unsigned int i = 0; slot->copy_mask >> i; i++) {
		if (slot->copy_mask >> i & 1)
			memcpy(queue->scatter[cid][i], bounce + (size_t)i * PAMC_BLOCK_SIZE,
			       PAMC_BLOCK_SIZE);
	}
}

static void fill_in(struct pamdev_queue *queue, const struct pamc_cqe *cqe,
		    struct pamdev_completion *completion)
{
	const struct slot *slot = &queue->slots[cqe->cid];

	completion->user_data = slot->user_data;
	completion->status = status_errno(cqe->status >> 1 & 0xff);
	completion->flushed = 0;
	memset(&completion->page, 0, sizeof(completion->page));
	if (unlikely(slot->forced))
		completion->status = slot->forced;
	if (completion->status != 0)
		return;
	switch (slot->opcode) {
	case PAMC_OP_GET:
		if (queue->check_crc && arrived_crc(queue, cqe->cid) != cqe->result) {
			completion->status = -EBADMSG;
			return;
		}
		copy_out(queue, cqe->cid);
		/* fallthrough */
	case PAMC_OP_PUT:
	case PAMC_OP_QUERY:
		completion->page.crc = cqe->result;
		completion->page.stored_bytes = cqe->info & 0xffffff;
		completion->page.tier = cqe->info >> 24;
		break;
	default:
		completion->flushed = cqe->info;
	}
}

/* What the card has completed, without asking it for more. */
static unsigned int take(struct pamdev_queue *queue, struct pamdev_completion *completions,
			 unsigned int max)
{
	unsigned int count = 0;

	while (count < max) {
		const struct pamc_cqe *cqe = ring_peek(&queue->ring);
		uint16_t cid;

		if (!cqe)
			break;
		cid = cqe->cid;
		/* A card that invents completions is not followed anywhere. */
		if (likely(cid < queue->depth && queue->slots[cid].busy)) {
			fill_in(queue, cqe, &completions[count++]);
			slot_free(queue, cid);
		}
		ring_consumed(&queue->ring);
	}
	return count;
}

/* Everything outstanding ends with what the queue broke of, oldest first. */
static unsigned int take_broken(struct pamdev_queue *queue, struct pamdev_completion *completions,
				unsigned int max)
{
	unsigned int count = 0;

	while (count < max && queue->free_count < queue->depth) {
		uint16_t oldest = 0;
		uint32_t age = 0;

		for (uint16_t i = 0; i < queue->depth; i++) {
			/* Modulo 2^32; nothing outstanding is further apart. */
			if (queue->slots[i].busy &&
			    queue->sequence - queue->slots[i].sequence > age) {
				age = queue->sequence - queue->slots[i].sequence;
				oldest = i;
			}
		}
		memset(&completions[count], 0, sizeof(completions[count]));
		completions[count].user_data = queue->slots[oldest].user_data;
		completions[count].status = queue->broken;
		count++;
		slot_free(queue, oldest);
	}
	queue->ring.rung = queue->ring.tail;
	return count;
}

/* The rare part of reap: nothing was there, so is the card still there? */
static unsigned int take_late(struct pamdev_queue *queue, struct pamdev_completion *completions,
			      unsigned int max)
{
	if (queue->free_count == queue->depth)
		return 0;
	if (unlikely(!queue_current(queue)) || unlikely(device_state(queue->dev)))
		queue_revise(queue);
	return unlikely(queue->broken) ? take_broken(queue, completions, max) : 0;
}

int pamdev_reap(struct pamdev_queue *queue, struct pamdev_completion *completions, unsigned int max)
{
	struct transport *t = queue->dev->transport;
	unsigned int count = take(queue, completions, max);

	if (count < max && t->ops->drive && queue->free_count < queue->depth) {
		t->ops->drive(t);
		count += take(queue, completions + count, max - count);
	}
	if (unlikely(count < max))
		count += take_late(queue, completions + count, max - count);
	return (int)count;
}

/* Nothing came: spin, sleep or give up. True: go on. */
static bool linger(struct pamdev_queue *queue, uint64_t *start, int timeout_ms)
{
	uint64_t now = now_ns();
	uint64_t limit = timeout_ms < 0 ? UINT64_MAX : (uint64_t)timeout_ms * NS_PER_MS;

	if (!*start)
		*start = now;
	if (now - *start >= limit)
		return false;
	if (now - *start < queue->spin_ns)
		__builtin_ia32_pause();
	else
		ring_sleep(&queue->ring, limit - (now - *start));
	return true;
}

int pamdev_wait(struct pamdev_queue *queue, struct pamdev_completion *completions, unsigned int max,
		unsigned int min, int timeout_ms)
{
	struct transport *t = queue->dev->transport;
	unsigned int count = 0;
	uint64_t start = 0;

	if (min > max)
		return -EINVAL;
	for (;;) {
		unsigned int got = take(queue, completions + count, max - count);
		bool more = false;

		count += got;
		if (count >= min || queue->free_count == queue->depth)
			break;
		if (t->ops->drive) {
			more = t->ops->drive(t);
			got += take(queue, completions + count, max - count);
			count += got;
		}
		if (got || more) {
			start = 0;
			continue;
		}
		got = take_late(queue, completions + count, max - count);
		count += got;
		if (!got && !linger(queue, &start, timeout_ms))
			break;
	}
	return (int)count;
}

/* The oldest outstanding operation with this user_data, or NULL. */
static const struct slot *find_oldest(const struct pamdev_queue *queue, uint64_t user_data)
{
	const struct slot *found = NULL;

	for (unsigned int i = 0; i < queue->depth; i++) {
		const struct slot *s = &queue->slots[i];

		if (s->busy && s->user_data == user_data &&
		    (!found || queue->sequence - s->sequence > queue->sequence - found->sequence))
			found = s;
	}
	return found;
}

int pamdev_cancel(struct pamdev_queue *queue, uint64_t user_data)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_ABORT, .id = queue->qid};
	const struct slot *slot = find_oldest(queue, user_data);
	int status;

	if (!slot)
		return -ENOENT;
	/* What the card has not seen cannot be aborted; and a reset has done it already. */
	pamdev_submit(queue);
	if (!queue_current(queue))
		return 0;
	entry.p.abort.cid = (uint32_t)(slot - queue->slots);
	status = admin_command(queue->dev, &entry, NULL, 0, NULL, 0, NULL);
	/* Not there: its completion is on its way, or in the ring already. */
	return status == -ENOENT ? 0 : status;
}
