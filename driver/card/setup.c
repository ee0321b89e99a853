// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O queue pairs: how many, for which CPUs, with which interrupt.
 *
 * One for each possible CPU, if card and vectors allow; else neighbouring CPUs
 * share.  All their memory is allocated here, once.
 */
#include <linux/interrupt.h>
#include <linux/log2.h>

#include "card.h"

static int pcard_queue_alloc(struct pcard *card, struct pcard_queue *q, u16 qid,
			     unsigned int shift)
{
	unsigned int i;

	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->waiting);
	q->card = card;
	q->dev = pcard_dev(card);
	q->state = PCARD_QUEUE_STOPPED;
	q->depth = BIT(shift);
	q->poll_epoch = 1;
	q->irq = -1;
	q->cmds = kvcalloc(q->depth, sizeof(*q->cmds), GFP_KERNEL);
	q->free = kvcalloc(q->depth, sizeof(*q->free), GFP_KERNEL);
	if (!q->cmds || !q->free)
		return -ENOMEM;
	/* Low slots are used first, and the same ones again: they stay in the cache. */
	for (i = 0; i < q->depth; i++) {
		q->free[i] = q->depth - 1 - i;
		q->cmds[i].cid = i;
	}
	q->nr_free = q->depth;
	return pcard_ring_alloc(card, &q->ring, qid, shift, shift + 1);
}

/**
 * pcard_queues_alloc - allocate all I/O queue pairs and spread the CPUs over them
 * @card: the card; nr_queues is set
 *
 * Return: 0 or -ENOMEM; then pcard_queues_free is needed all the same.
 */
int pcard_queues_alloc(struct pcard *card)
{
	unsigned int max_shift = PAMC_GET(PAMC_CAP_MQS, card->cap) - 1;
	unsigned int shift = clamp_t(unsigned int, ilog2(pcard_options.queue_depth),
				     PAMC_MIN_QUEUE_SHIFT, max_shift);
	unsigned int cpu, rank = 0;
	int ret;
	u16 i;

	card->queues = kvcalloc(card->nr_queues, sizeof(*card->queues), GFP_KERNEL);
	card->queue_of = kvcalloc(nr_cpu_ids, sizeof(*card->queue_of), GFP_KERNEL);
	if (!card->queues || !card->queue_of)
		return -ENOMEM;
	for (i = 0; i < card->nr_queues; i++) {
		ret = pcard_queue_alloc(card, &card->queues[i], i + 1, shift);
		if (ret)
			return ret;
	}
	for_each_possible_cpu(cpu) {
		struct pcard_queue *q;

		/* Neighbours share, should there be fewer queue pairs than CPUs. */
		q = &card->queues[rank++ * card->nr_queues / num_possible_cpus()];
		card->queue_of[cpu] = q;
		cpumask_set_cpu(cpu, &q->cpus);
	}
	return 0;
}

/**
 * pcard_queues_free - undo pcard_queues_alloc
 * @card: the card, which does not use the queue pairs any more
 */
void pcard_queues_free(struct pcard *card)
{
	unsigned int i;

	for (i = 0; card->queues && i < card->nr_queues; i++) {
		struct pcard_queue *q = &card->queues[i];

		if (q->card)
			pcard_ring_free(card, &q->ring);
		kvfree(q->cmds);
		kvfree(q->free);
	}
	kvfree(card->queues);
	kvfree(card->queue_of);
	card->queues = NULL;
	card->queue_of = NULL;
}

/**
 * pcard_queues_irq - request the interrupts of all I/O queue pairs
 * @card: the card, its vectors allocated
 *
 * The affinity is set, not managed by the interrupt core: an interrupt whose CPUs
 * all go offline then moves elsewhere with the commands still in flight, instead
 * of being shut down under them.
 *
 * Return: 0 or a negative errno; then pcard_queues_irq_free is needed all the same.
 */
int pcard_queues_irq(struct pcard *card)
{
	unsigned int i;

	for (i = 0; i < card->nr_queues; i++) {
		struct pcard_queue *q = &card->queues[i];
		unsigned int vector = card->nr_vectors == 1 ? 0 : i + 1;
		int ret;

		ret = pci_request_irq(card->pdev, vector, pcard_queue_irq, NULL, q, "%s-q%u",
				      card->name, i + 1);
		if (ret)
			return ret;
		q->irq = pci_irq_vector(card->pdev, vector);
		if (vector)
			irq_set_affinity_and_hint(q->irq, &q->cpus);
	}
	return 0;
}

/**
 * pcard_queues_irq_free - undo pcard_queues_irq
 * @card: the card
 */
void pcard_queues_irq_free(struct pcard *card)
{
	unsigned int i;

	for (i = 0; card->queues && i < card->nr_queues; i++) {
		struct pcard_queue *q = &card->queues[i];

		if (q->irq < 0)
			continue;
		irq_update_affinity_hint(q->irq, NULL);
		free_irq(q->irq, q);
		q->irq = -1;
	}
}
