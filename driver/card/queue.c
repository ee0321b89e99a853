// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O queue pairs: issue, completion, polling, interrupts.
 *
 * One spinlock per queue pair covers both rings.  A queue pair belongs to a CPU
 * (or to a few, if there are not enough), so the lock is hardly ever contended.
 *
 * Nothing is allocated and no register is read here.  A request that finds no
 * free slot, or whose page cannot be mapped now, waits in the queue's list and is
 * issued by a completion, or by the watchdog.
 *
 * Interrupts are asked for (armed) only while a command is in flight that nobody
 * polls for.
 */
#include <linux/crc32c.h>
#include <linux/interrupt.h>
#include <linux/sort.h>

#include "card.h"

/* What a request gets for a status of the card. */
static int pcard_errno(enum pamc_status status)
{
	switch (status) {
	case PAMC_STATUS_SUCCESS:
		return 0;
	case PAMC_STATUS_MISS:
		return -ENOENT;
	case PAMC_STATUS_NO_SPACE:
	case PAMC_STATUS_NO_RESOURCES:
		return -ENOSPC;
	case PAMC_STATUS_FROZEN:
		return -EPERM;
	case PAMC_STATUS_UNCORRECTABLE:
		return -EBADMSG;
	case PAMC_STATUS_ABORTED:
		return -ECANCELED;
	default:
		return -EIO;
	}
}

static struct pamc_sqe *pcard_entry(const struct pcard_queue *q, u32 seq)
{
	return (struct pamc_sqe *)q->ring.sq + (seq & (q->depth - 1));
}

static void pcard_fill(struct pcard_queue *q, struct pamc_sqe *sqe,
		       const struct pam_request *request, const struct pcard_request *r, u16 cid)
{
	sqe->opcode = r->opcode;
	sqe->flags = r->flags & PCARD_EXCLUSIVE ? PAMC_SQE_EXCLUSIVE : 0;
	sqe->cid = cpu_to_le16(cid);
	sqe->pool = cpu_to_le32(READ_ONCE(r->pool->id));
	sqe->object[0] = cpu_to_le64(request->handle.object[0]);
	sqe->object[1] = cpu_to_le64(request->handle.object[1]);
	sqe->object[2] = cpu_to_le64(request->handle.object[2]);
	sqe->index = cpu_to_le64(request->handle.index);
	sqe->addr = cpu_to_le64(r->dma);
	sqe->crc = 0;
	sqe->function = 0;
	sqe->sq_index = cpu_to_le16(q->ring.tail);
	if (r->opcode == PAMC_OP_PUT && pcard_options.crc) {
		sqe->flags |= PAMC_SQE_CRC;
		sqe->crc = cpu_to_le32(r->crc);
	}
}

/* Gives @request a slot and an entry in the ring; the doorbell is the caller's. */
static struct pamc_sqe *pcard_issue(struct pcard_queue *q, struct pam_request *request)
{
	struct pcard_request *r = pcard_request(request);
	u16 slot = q->free[--q->nr_free];
	struct pcard_cmd *cmd = &q->cmds[slot];
	struct pamc_sqe *sqe;

	sqe = pcard_entry(q, q->ring.tail);
	cmd->cid += q->depth;
	cmd->request = request;
	cmd->seq = q->ring.tail;
	cmd->start = jiffies;
	cmd->aborted = false;
	cmd->poll_epoch = r->poll_epoch;
	if (r->poll_epoch == q->poll_epoch)
		q->nr_polled++;
	r->slot = slot;
	r->tries++;
	pcard_order_enter(q, cmd);
	pcard_fill(q, sqe, request, r, cmd->cid);
	q->ring.tail++;
	return sqe;
}

static void pcard_push(struct pcard_queue *q, struct pamc_sqe *sqe)
{
	u32 slot = (q->ring.tail - 1) % PAMC_PUSH_SLOTS;

	sqe->push_crc = cpu_to_le32(~crc32c(~0, sqe, PAMC_PUSH_CRC_BYTES));
	/* The entry is in the ring before the card can know of it. */
	wmb();
	__iowrite64_copy(q->ring.db + PAMC_DB_PUSH + slot * sizeof(*sqe), sqe,
			 sizeof(*sqe) / sizeof(u64));
	if (q->ring.combining)
		wmb(); /* out with it */
	q->counters.pushes++;
}

/*
 * A put fails that the card may never have seen: the page that it was to replace
 * must go all the same, so that a flush takes its place.
 */
static void pcard_fail_put(struct pcard_queue *q, struct pam_request *request)
{
	struct pcard_request *r = pcard_request(request);

	pcard_unmap(q->dev, request);
	r->dma = 0;
	r->bytes = 0;
	r->opcode = PAMC_OP_FLUSH_PAGE;
	r->flags |= PCARD_PUT_FAILED;
	r->tries = 0;
}

/* The flush of pcard_fail_put fails, too: only without the card is the page gone. */
static void pcard_flush_failed(struct pcard_queue *q)
{
	if (q->state == PCARD_QUEUE_RUNS)
		q->state = PCARD_QUEUE_STOPPED;
	pcard_despair(q->card, "a page that a failed put left cannot be flushed");
}

/*
 * Deals with a waiting request that cannot be issued as it is.  True: it can now;
 * false: it is on @done, or (*@later) must wait.
 */
static bool pcard_make_ready(struct pcard_queue *q, struct pam_request *request,
			     struct list_head *done, bool *later)
{
	struct pcard_request *r = pcard_request(request);
	u32 patience = msecs_to_jiffies(pcard_options.timeout_ms);

	r->status = -ENODEV;
	if (q->state == PCARD_QUEUE_RUNS && !r->pool->lost) {
		if (pcard_map(q->dev, request))
			return true;
		/* No bounce buffer or bus address space: some will be freed. */
		q->counters.map_failures++;
		if (!r->waiting_since)
			r->waiting_since = (u32)jiffies | 1;
		*later = (u32)jiffies - r->waiting_since <= patience;
		if (*later)
			return false;
		r->status = -EIO;
		if (r->opcode == PAMC_OP_PUT) {
			pcard_fail_put(q, request);
			return true;
		}
	}
	list_move_tail(&request->list, done);
	return false;
}

static bool pcard_is_ready(const struct pcard_queue *q, const struct pcard_request *r)
{
	return likely(q->state == PCARD_QUEUE_RUNS && !r->pool->lost &&
		      (!r->bytes || r->flags & PCARD_MAPPED));
}

/* Issues what waits, as far as possible. */
static void pcard_pump(struct pcard_queue *q, struct list_head *done)
{
	bool idle = q->nr_free == q->depth;
	struct pam_request *request, *next;
	struct pamc_sqe *sqe = NULL;
	u32 tail = q->ring.tail;
	bool later = false;
	u32 issued;

	if (q->state == PCARD_QUEUE_STOPPED)
		return;
	list_for_each_entry_safe(request, next, &q->waiting, list) {
		if (!pcard_is_ready(q, pcard_request(request)) &&
		    !pcard_make_ready(q, request, done, &later)) {
			if (later)
				break;
			continue;
		}
		if (!q->nr_free) {
			q->counters.queue_full++;
			break;
		}
		if (pcard_order_waits(q, request))
			break;
		list_del(&request->list);
		sqe = pcard_issue(q, request);
	}
	issued = q->ring.tail - tail;
	if (!issued)
		return;
	q->counters.commands += issued;
	if (idle && issued == 1 && q->card->push) {
		pcard_push(q, sqe);
	} else {
		pcard_ring_doorbell(&q->ring);
		q->counters.doorbells++;
	}
	if (!q->ring.armed && pcard_queue_waits(q)) {
		pcard_ring_ack(&q->ring, true);
		q->counters.arms++;
	}
}

/**
 * pcard_queue_submit - take requests
 * @q: queue pair of this CPU
 * @batch: requests, filled in; empty on return
 *
 * Any context.  The requests are issued in order after those that wait already.
 */
void pcard_queue_submit(struct pcard_queue *q, struct list_head *batch)
{
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&q->lock, flags);
	list_splice_tail_init(batch, &q->waiting);
	pcard_pump(q, &done);
	spin_unlock_irqrestore(&q->lock, flags);
	pcard_finish(q, &done);
}

/* Takes the outcome of @cmd; false: it is to be issued once more. */
static bool pcard_outcome(struct pcard_queue *q, struct pcard_cmd *cmd,
			  const struct pamc_cqe *cqe)
{
	struct pcard_request *r = pcard_request(cmd->request);
	enum pamc_status status = pcard_cqe_status(cqe);

	r->status = pcard_errno(status);
	if (likely(status == PAMC_STATUS_SUCCESS)) {
		/* A put's own is needed again should it be issued again. */
		if (r->opcode == PAMC_OP_GET)
			r->crc = le32_to_cpu(cqe->result);
		else if (r->flags & PCARD_PUT_FAILED)
			r->status = -EIO;
		return true;
	}
	if (status == PAMC_STATUS_ABORTED && cmd->aborted && r->tries < PCARD_MAX_TRIES &&
	    pcard_order_allows_again(q, cmd)) {
		r->poll_epoch = 0;
		return false;
	}
	if (r->flags & PCARD_PUT_FAILED) {
		pcard_flush_failed(q);
		return false;
	}
	/*
	 * Did the card execute it before the reset that lost its completion?  Then
	 * the page is in the caller's memory; but perhaps there never was one.
	 */
	if (status == PAMC_STATUS_MISS && r->flags & PCARD_REISSUED &&
	    r->flags & PCARD_EXCLUSIVE && r->pool->persistent)
		r->status = -EIO;
	if (r->status == -EIO)
		dev_warn_ratelimited(q->dev, "queue %u: opcode %#x failed: %s (%#x)\n",
				     q->ring.qid, r->opcode, pcard_status_text(status), status);
	return true;
}

/* Moves requests whose completions arrived to @done. */
static unsigned int pcard_reap(struct pcard_queue *q, struct list_head *done)
{
	const struct pamc_cqe *cqe;
	unsigned int n = 0;

	while ((cqe = pcard_ring_peek(&q->ring))) {
		u16 cid = le16_to_cpu(cqe->cid);
		struct pcard_cmd *cmd = &q->cmds[cid & (q->depth - 1)];
		struct pam_request *request = cmd->request;

		if (unlikely(!request || cmd->cid != cid ||
			     le16_to_cpu(cqe->qid) != q->ring.qid)) {
			q->counters.bad_completions++;
			q->ring.head++;
			pcard_recover(q->card, "a completion names no command in flight");
			continue;
		}
		if (likely(pcard_outcome(q, cmd, cqe)))
			list_add_tail(&request->list, done);
		else
			list_add(&request->list, &q->waiting);
		if (cmd->poll_epoch == q->poll_epoch)
			q->nr_polled--;
		pcard_order_leave(q, cmd);
		cmd->request = NULL;
		q->free[q->nr_free++] = cid & (q->depth - 1);
		WRITE_ONCE(q->ring.head, q->ring.head + 1);
		n++;
	}
	q->counters.completions += n;
	return n;
}

/* From now on, nothing in flight or waiting is polled for. */
static void pcard_end_polling(struct pcard_queue *q)
{
	q->nr_polled = 0;
	/* 0 stands for requests that never are. */
	if (!++q->poll_epoch)
		q->poll_epoch = 1;
}

/* Asks for an interrupt if one is needed; else acknowledges now and then. */
static void pcard_ack(struct pcard_queue *q)
{
	if (pcard_queue_waits(q) && !q->ring.armed) {
		pcard_ring_ack(&q->ring, true);
		q->counters.arms++;
	} else if (q->ring.head - q->ring.acked >= BIT(q->ring.cq_shift) / 2) {
		pcard_ring_ack(&q->ring, false);
	}
}

/**
 * pcard_queue_irq - interrupt handler
 * @irq: number of the interrupt
 * @data: queue pair
 *
 * Return: IRQ_HANDLED, as a poller may have been faster: nothing found means
 * nothing wrong.
 */
irqreturn_t pcard_queue_irq(int irq, void *data)
{
	struct pcard_queue *q = data;
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&q->lock, flags);
	q->counters.interrupts++;
	q->ring.armed = false;
	if (q->state != PCARD_QUEUE_DEAD && pcard_reap(q, &done))
		pcard_pump(q, &done);
	if (q->state == PCARD_QUEUE_RUNS)
		pcard_ack(q);
	spin_unlock_irqrestore(&q->lock, flags);
	pcard_finish(q, &done);
	return IRQ_HANDLED;
}

/**
 * pcard_queue_poll - reap completions
 * @q: queue pair, of any CPU
 * @sleep: pollers are going to sleep: interrupts must come for their requests
 *
 * Any context.
 * Return: how many completions there were.
 */
unsigned int pcard_queue_poll(struct pcard_queue *q, bool sleep)
{
	unsigned int n = 0;
	unsigned long flags;
	LIST_HEAD(done);

	if (!sleep && !pcard_ring_peek(&q->ring))
		return 0;
	spin_lock_irqsave(&q->lock, flags);
	if (q->state != PCARD_QUEUE_DEAD)
		n = pcard_reap(q, &done);
	q->counters.poll_hits += n;
	if (sleep)
		pcard_end_polling(q);
	if (n)
		pcard_pump(q, &done);
	if (q->state == PCARD_QUEUE_RUNS)
		pcard_ack(q);
	spin_unlock_irqrestore(&q->lock, flags);
	pcard_finish(q, &done);
	return n;
}

/**
 * pcard_queue_check - make good for a lost doorbell, push or interrupt
 * @q: a queue pair that has had a command for suspiciously long, or one that
 *	waits for a mapping
 */
void pcard_queue_check(struct pcard_queue *q)
{
	unsigned long flags;
	unsigned int n;
	LIST_HEAD(done);

	spin_lock_irqsave(&q->lock, flags);
	if (q->state == PCARD_QUEUE_RUNS) {
		n = pcard_reap(q, &done);
		if (n && q->ring.armed)
			q->counters.missed_interrupts++;
		pcard_pump(q, &done);
		pcard_ring_doorbell(&q->ring);
		q->ring.armed = false;
		pcard_ack(q);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	pcard_finish(q, &done);
}

/**
 * pcard_queue_kick - issue what waits
 * @q: queue pair; its state may just have changed
 */
void pcard_queue_kick(struct pcard_queue *q)
{
	LIST_HEAD(none);

	pcard_queue_submit(q, &none);
}

static int pcard_cmp_seq(const void *a, const void *b, const void *priv)
{
	const struct pcard_queue *q = priv;

	return (s32)(q->cmds[*(const u16 *)a].seq - q->cmds[*(const u16 *)b].seq);
}

/* Takes a request back; false: it is to be issued once more. */
static bool pcard_take_back(struct pcard_queue *q, struct pam_request *request)
{
	struct pcard_request *r = pcard_request(request);

	r->flags |= PCARD_REISSUED;
	/* Those fail as all that waits does. */
	if (q->state == PCARD_QUEUE_DEAD)
		return false;
	q->counters.reissued++;
	if (r->tries < PCARD_MAX_TRIES)
		return false;
	if (r->opcode == PAMC_OP_PUT) {
		pcard_fail_put(q, request);
		return false;
	}
	if (r->flags & PCARD_PUT_FAILED) {
		pcard_flush_failed(q);
		return false;
	}
	r->status = -EIO;
	return true;
}

/**
 * pcard_queue_rewind - take back what the card had
 * @q: a stopped or dead queue pair that the card does not know any more
 *
 * What completed is completed; the rest goes, in order, to the front of the waiting
 * requests to be issued again, or fails if that happened too often.
 */
void pcard_queue_rewind(struct pcard_queue *q)
{
	struct pam_request *request;
	unsigned int i, n = 0;
	unsigned long flags;
	LIST_HEAD(again);
	LIST_HEAD(done);

	spin_lock_irqsave(&q->lock, flags);
	pcard_reap(q, &done);
	/* The part of @free that is not in use has room for just the slots in use. */
	for (i = 0; i < q->depth; i++)
		if (q->cmds[i].request)
			q->free[q->nr_free + n++] = i;
	sort_r(&q->free[q->nr_free], n, sizeof(u16), pcard_cmp_seq, NULL, q);
	for (i = q->nr_free; i < q->depth; i++) {
		struct pcard_cmd *cmd = &q->cmds[q->free[i]];

		request = cmd->request;
		list_add_tail(&request->list,
			      pcard_take_back(q, request) ? &done : &again);
		pcard_order_leave(q, cmd);
		cmd->request = NULL;
	}
	list_splice(&again, &q->waiting);
	/* The time without a card is no time without a mapping. */
	list_for_each_entry(request, &q->waiting, list)
		pcard_request(request)->waiting_since = 0;
	q->nr_free = q->depth;
	pcard_end_polling(q);
	pcard_ring_reset(&q->ring);
	spin_unlock_irqrestore(&q->lock, flags);
	pcard_finish(q, &done);
}

/**
 * pcard_queue_set_state - let a queue pair run, stop it, or declare it dead
 * @q: queue pair
 * @state: new state; pcard_queue_kick makes it effective for what waits
 */
void pcard_queue_set_state(struct pcard_queue *q, enum pcard_queue_state state)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	q->state = state;
	spin_unlock_irqrestore(&q->lock, flags);
}
