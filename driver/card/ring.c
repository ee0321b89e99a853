// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings and doorbell page of a queue pair, admin or I/O.
 *
 * All entries of a ring are usable, as indices run freely.  The submission ring
 * cannot overflow: there are never more commands than entries, the card fetches
 * in order, and a free command slot means that one of the newest entries was
 * fetched, so all older ones were; sq_head of completions is not needed.  The
 * completion ring cannot either: it is twice as large, and is acknowledged at
 * half at the latest.
 */
#include <linux/dma-mapping.h>

#include "card.h"

/**
 * pcard_ring_alloc - allocate the rings of a queue pair
 * @card: the card, its doorbell BAR mapped
 * @ring: to be filled in
 * @qid: queue pair
 * @sq_shift: log2 of the submission entries
 * @cq_shift: log2 of the completion entries
 *
 * Return: 0 or -ENOMEM.
 */
int pcard_ring_alloc(struct pcard *card, struct pcard_ring *ring, u16 qid, u8 sq_shift,
		     u8 cq_shift)
{
	struct device *dev = pcard_dev(card);

	ring->qid = qid;
	ring->sq_shift = sq_shift;
	ring->cq_shift = cq_shift;
	ring->combining = card->combining;
	ring->db = card->db + qid * PAMC_DB_STRIDE;
	ring->sq = dma_alloc_coherent(dev, sizeof(struct pamc_sqe) << sq_shift, &ring->sq_dma,
				      GFP_KERNEL);
	ring->cq = dma_alloc_coherent(dev, sizeof(struct pamc_cqe) << cq_shift, &ring->cq_dma,
				      GFP_KERNEL);
	if (!ring->sq || !ring->cq) {
		pcard_ring_free(card, ring);
		return -ENOMEM;
	}
	return 0;
}

/**
 * pcard_ring_free - undo pcard_ring_alloc, also a failed or a missing one
 * @card: the card, which does not use the rings any more
 * @ring: the rings
 */
void pcard_ring_free(struct pcard *card, struct pcard_ring *ring)
{
	struct device *dev = pcard_dev(card);

	if (ring->sq)
		dma_free_coherent(dev, sizeof(struct pamc_sqe) << ring->sq_shift, ring->sq,
				  ring->sq_dma);
	if (ring->cq)
		dma_free_coherent(dev, sizeof(struct pamc_cqe) << ring->cq_shift, ring->cq,
				  ring->cq_dma);
	ring->sq = NULL;
	ring->cq = NULL;
}

/**
 * pcard_ring_reset - both rings empty, as the card expects them at creation
 * @ring: the rings; the card does not use them
 */
void pcard_ring_reset(struct pcard_ring *ring)
{
	ring->tail = 0;
	ring->head = 0;
	ring->acked = 0;
	ring->armed = false;
	/* No entry may have the phase of the first pass. */
	memset(ring->cq, 0, sizeof(struct pamc_cqe) << ring->cq_shift);
}
