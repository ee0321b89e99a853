// SPDX-License-Identifier: Apache-2.0
/*
 * A submission and a completion ring, and how host and card tell each other
 * about their entries; the admin queue pair and all others work alike.
 *
 * Indices run freely over 16 bits, as the interface has it. The completion ring
 * is twice as long as the submission ring, so its head need not be reported with
 * every completion: half a ring at a time leaves room for all that can come.
 */
#include <string.h>
#include <time.h>

#include "crc32c.h"
#include "device.h"

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

void ring_init(struct ring *ring, struct transport *transport, void *memory, unsigned int depth,
	       unsigned int qid, unsigned int vector)
{
	memset(ring, 0, sizeof(*ring));
	memset(memory, 0, ring_bytes(depth));
	ring->transport = transport;
	ring->sq = memory;
	ring->cq =
	    (struct pamc_cqe *)((char *)memory + ring_round(depth * sizeof(struct pamc_sqe)));
	ring->sq_mask = (uint16_t)(depth - 1);
	ring->cq_mask = (uint16_t)(2 * depth - 1);
	ring->doorbell = (uint64_t)qid * PAMC_DB_STRIDE;
	ring->vector = vector;
}

/* Writes the ring's entry `index` into its push slot as well: doorbell and data in one. */
static int push(struct ring *ring, uint16_t index)
{
	struct pamc_sqe *entry = &ring->sq[index & ring->sq_mask];

	entry->sq_index = index;
	entry->push_crc = crc32c(entry, PAMC_PUSH_CRC_BYTES);
	return ring->transport->ops->write(ring->transport, PAMC_BAR_DB,
					   ring->doorbell + PAMC_DB_PUSH +
					       (index % PAMC_PUSH_SLOTS) * sizeof(*entry),
					   entry, sizeof(*entry));
}

int ring_submit(struct ring *ring, bool push_them)
{
	uint32_t tail = ring->tail;
	int status = 0;

	/* What the card reads must be there before it hears of it. */
	atomic_thread_fence(memory_order_release);
	/* A slot may be written once the card has taken what it held before. */
	if (push_them && (uint16_t)(ring->tail - ring->taken) <= PAMC_PUSH_SLOTS) {
		for (uint16_t i = ring->rung; i != ring->tail && status == 0; i++)
			status = push(ring, i);
	} else {
		status = ring->transport->ops->write(ring->transport, PAMC_BAR_DB,
						     ring->doorbell + PAMC_DB_SQ_TAIL, &tail,
						     sizeof(tail));
	}
	ring->rung = ring->tail;
	return status;
}

static void report_head(struct ring *ring, uint32_t arm)
{
	uint32_t value = ring->head | arm;

	ring->reported = ring->head;
	ring->transport->ops->write(ring->transport, PAMC_BAR_DB, ring->doorbell + PAMC_DB_CQ_HEAD,
				    &value, sizeof(value));
}

void ring_consumed(struct ring *ring)
{
	ring->taken = ring->cq[ring->head & ring->cq_mask].sq_head;
	ring->head++;
	if (unlikely((uint16_t)(ring->head - ring->reported) > ring->sq_mask))
		report_head(ring, 0);
}

void ring_sleep(struct ring *ring, uint64_t timeout_ns)
{
	struct transport *transport = ring->transport;
	/* An interrupt can be lost; then a look now and then finds what it was for. */
	const uint64_t longest = 100 * NS_PER_MS;

	report_head(ring, PAMC_DB_CQ_HEAD_ARM_MASK);
	if (ring_peek(ring))
		return;
	transport->ops->wait(transport, ring->vector, timeout_ns < longest ? timeout_ns : longest);
}
