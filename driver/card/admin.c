// SPDX-License-Identifier: GPL-2.0-only
/*
 * Admin commands, one at a time; and the commands that wait for events.
 *
 * A command's data goes through one buffer that is allocated with the card: it
 * stays valid for the card whatever becomes of the command, and recovery needs no
 * memory.  A command that times out leaves the queue pair in doubt, so it always
 * ends in a controller reset.
 */
#include <linux/interrupt.h>

#include "card.h"

/* Command ids: those of ASYNC_EVENT are fixed, the others count below them. */
#define PCARD_EVENT_CID		0x8000
/* A missed interrupt costs an admin command this much. */
#define PCARD_ADMIN_POLL_MS	50
/* How long a command may take that goes through all pages of a pool or to flash, at least. */
#define PCARD_ADMIN_BULK_MS	60000U
/* How long one may wait for a card in recovery. */
#define PCARD_ADMIN_PATIENCE_MS	120000

/**
 * pcard_status_text - a status of the card in words
 * @status: of a completion
 *
 * Return: the text, never NULL.
 */
const char *pcard_status_text(enum pamc_status status)
{
#define PCARD_TEXT(name, value, text) { PAMC_STATUS_##name, text },
	static const struct {
		enum pamc_status status;
		const char *text;
	} texts[] = { PAMC_STATUS_TABLE(PCARD_TEXT) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "unknown status";
}

static int pcard_admin_errno(enum pamc_status status)
{
	switch (status) {
	case PAMC_STATUS_SUCCESS:
		return 0;
	case PAMC_STATUS_NO_SPACE:
		return -ENOSPC;
	case PAMC_STATUS_NO_RESOURCES:
		return -ENOMEM;
	case PAMC_STATUS_BAD_FIELD:
	case PAMC_STATUS_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case PAMC_STATUS_NOT_FOUND:
	case PAMC_STATUS_BAD_POOL:
		return -ENOENT;
	default:
		return -EIO;
	}
}

/* With admin->lock held. */
static void pcard_admin_complete(struct pcard *card, const struct pamc_cqe *cqe)
{
	struct pcard_admin *admin = &card->admin;
	u16 cid = le16_to_cpu(cqe->cid);

	if (cid >= PCARD_EVENT_CID && cid < PCARD_EVENT_CID + PCARD_EVENTS) {
		struct pcard_event *event = &admin->events[cid - PCARD_EVENT_CID];

		admin->asked[cid - PCARD_EVENT_CID] = false;
		/* Refused: do not ask again. */
		if (pcard_cqe_status(cqe) != PAMC_STATUS_SUCCESS)
			return;
		event->event = le32_to_cpu(cqe->result);
		event->info = le32_to_cpu(cqe->info);
		schedule_work(&admin->event_work);
	} else if (admin->busy && cid == admin->cid && !le16_to_cpu(cqe->qid)) {
		admin->cqe = *cqe;
		admin->busy = false;
		complete(&admin->done);
	} else {
		pcard_recover(card, "an admin completion names no command in flight");
	}
}

/**
 * pcard_admin_poll - take completions of the admin queue pair
 * @card: the card
 *
 * Any context.
 */
void pcard_admin_poll(struct pcard *card)
{
	struct pcard_admin *admin = &card->admin;
	const struct pamc_cqe *cqe;
	unsigned long flags;
	bool any = false;

	spin_lock_irqsave(&admin->lock, flags);
	while ((cqe = pcard_ring_peek(&admin->ring))) {
		pcard_admin_complete(card, cqe);
		admin->ring.head++;
		any = true;
	}
	/* Events come at any time, so always armed. */
	if (any && !admin->failed)
		pcard_ring_ack(&admin->ring, true);
	spin_unlock_irqrestore(&admin->lock, flags);
}

/**
 * pcard_admin_irq - interrupt handler
 * @irq: number of the interrupt
 * @data: the card
 *
 * Return: IRQ_HANDLED.
 */
irqreturn_t pcard_admin_irq(int irq, void *data)
{
	pcard_admin_poll(data);
	return IRQ_HANDLED;
}

/* With admin->lock held. */
static void pcard_admin_issue(struct pcard_admin *admin, const struct pamc_admin_sqe *sqe)
{
	struct pcard_ring *ring = &admin->ring;
	struct pamc_admin_sqe *to = ring->sq;

	to += ring->tail & (BIT(ring->sq_shift) - 1);
	*to = *sqe;
	to->sq_index = cpu_to_le16(ring->tail);
	ring->tail++;
	pcard_ring_doorbell(ring);
}

/**
 * pcard_admin_start - empty rings, before the controller is enabled
 * @card: the card, disabled
 */
void pcard_admin_start(struct pcard *card)
{
	struct pcard_admin *admin = &card->admin;
	unsigned long flags;

	spin_lock_irqsave(&admin->lock, flags);
	pcard_ring_reset(&admin->ring);
	memset(admin->asked, 0, sizeof(admin->asked));
	admin->busy = false;
	admin->failed = false;
	spin_unlock_irqrestore(&admin->lock, flags);
}

/**
 * pcard_admin_ask_event - let the card report its next event
 * @card: the card
 * @number: below PCARD_EVENTS: which of the outstanding commands is to be renewed
 *
 * Any context.  Has no effect while the card is being reset; the bring-up asks anew.
 */
void pcard_admin_ask_event(struct pcard *card, unsigned int number)
{
	struct pcard_admin *admin = &card->admin;
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_ASYNC_EVENT,
		.cid = cpu_to_le16(PCARD_EVENT_CID + number),
	};
	unsigned long flags;

	spin_lock_irqsave(&admin->lock, flags);
	if (!admin->failed && !admin->asked[number]) {
		admin->asked[number] = true;
		pcard_admin_issue(admin, &sqe);
	}
	spin_unlock_irqrestore(&admin->lock, flags);
}

/**
 * pcard_admin_give_up - end the command in progress, as the card is about to be reset
 * @card: the card
 *
 * Any context.  Until pcard_admin_start, commands fail with -EAGAIN.
 */
void pcard_admin_give_up(struct pcard *card)
{
	struct pcard_admin *admin = &card->admin;
	unsigned long flags;

	spin_lock_irqsave(&admin->lock, flags);
	admin->failed = true;
	if (admin->busy) {
		admin->busy = false;
		admin->given_up = true;
		complete(&admin->done);
	}
	spin_unlock_irqrestore(&admin->lock, flags);
}

static unsigned int pcard_admin_timeout_ms(u8 opcode)
{
	unsigned int ms = pcard_options.timeout_ms;

	/* Their work grows with the pages that the card holds, or flash is erased for them. */
	if (opcode == PAMC_ADMIN_POOL_DESTROY || opcode == PAMC_ADMIN_POOL_FLUSH ||
	    opcode == PAMC_ADMIN_FW_DOWNLOAD || opcode == PAMC_ADMIN_FW_ACTIVATE)
		ms = max(ms, PCARD_ADMIN_BULK_MS);
	return ms;
}

static int pcard_admin_wait(struct pcard *card, u8 opcode)
{
	struct pcard_admin *admin = &card->admin;
	unsigned int timeout_ms = pcard_admin_timeout_ms(opcode);
	unsigned long end = jiffies + msecs_to_jiffies(timeout_ms);
	enum pamc_status status;

	while (!wait_for_completion_timeout(&admin->done,
					    msecs_to_jiffies(PCARD_ADMIN_POLL_MS))) {
		pcard_admin_poll(card);
		if (completion_done(&admin->done))
			continue;
		if (pcard_gone(card))
			return -ENODEV;
		if (time_after(jiffies, end)) {
			dev_err(pcard_dev(card), "admin command %#x: no answer in %u ms\n", opcode,
				timeout_ms);
			return -ETIMEDOUT;
		}
	}
	/* Not admin->failed: what was answered before a reset began, is done. */
	if (admin->given_up)
		return -EAGAIN;
	status = pcard_cqe_status(&admin->cqe);
	if (status != PAMC_STATUS_SUCCESS)
		dev_dbg(pcard_dev(card), "admin command %#x: %s\n", opcode,
			pcard_status_text(status));
	return pcard_admin_errno(status);
}

/**
 * pcard_admin_command - execute an admin command
 * @card: the card, whose admin.mutex is held and admin queue pair works
 * @sqe: the command; cid and addr are filled in
 * @bytes: of data in admin.data, at most PCARD_ADMIN_DATA; 0: none
 *
 * Sleeps.  The completion is in admin.cqe, data in admin.data.
 * Return: 0, or by status -ENOSPC, -ENOMEM (no free pool or queue), -EOPNOTSUPP,
 * -ENOENT, -EIO; -ENODEV: the card is gone; -EAGAIN: it is being reset; -ETIMEDOUT:
 * it needs to be, which has been asked for.
 */
int pcard_admin_command(struct pcard *card, struct pamc_admin_sqe *sqe, size_t bytes)
{
	struct pcard_admin *admin = &card->admin;
	unsigned long flags;
	int ret;

	sqe->addr = bytes ? cpu_to_le64(admin->data_dma) : 0;
	sqe->length = cpu_to_le32(bytes);
	reinit_completion(&admin->done);
	spin_lock_irqsave(&admin->lock, flags);
	if (admin->failed) {
		spin_unlock_irqrestore(&admin->lock, flags);
		return -EAGAIN;
	}
	admin->cid = (admin->cid + 1) % PCARD_EVENT_CID;
	admin->busy = true;
	admin->given_up = false;
	sqe->cid = cpu_to_le16(admin->cid);
	pcard_admin_issue(admin, sqe);
	if (!admin->ring.armed)
		pcard_ring_ack(&admin->ring, true);
	spin_unlock_irqrestore(&admin->lock, flags);

	ret = pcard_admin_wait(card, sqe->opcode);
	if (ret == -ETIMEDOUT || ret == -ENODEV) {
		pcard_admin_give_up(card);
		pcard_recover(card, "an admin command timed out");
	}
	return ret;
}

/**
 * pcard_admin_begin - get the admin queue pair of a live card
 * @card: the card
 *
 * Sleeps, also for a reset in progress.  To be ended by pcard_admin_end.
 * Return: 0, -ENODEV, or -EAGAIN (suspended).
 */
int pcard_admin_begin(struct pcard *card)
{
	unsigned long end = jiffies + msecs_to_jiffies(PCARD_ADMIN_PATIENCE_MS);

	for (;;) {
		enum pcard_state state;

		mutex_lock(&card->admin.mutex);
		state = READ_ONCE(card->state);
		if (state == PCARD_LIVE)
			return 0;
		mutex_unlock(&card->admin.mutex);
		if (state == PCARD_DEAD)
			return -ENODEV;
		if (time_after(jiffies, end))
			return -EAGAIN;
		wait_event_timeout(card->state_changed,
				   READ_ONCE(card->state) != PCARD_PAUSED, HZ);
	}
}

/**
 * pcard_admin_end - give the admin queue pair back
 * @card: the card
 */
void pcard_admin_end(struct pcard *card)
{
	mutex_unlock(&card->admin.mutex);
}

/**
 * pcard_admin_retry - whether to execute a command once more
 * @card: the card; nothing of it is locked
 * @ret: from pcard_admin_command
 *
 * Return: true when a reset came in between; it is over then.
 */
bool pcard_admin_retry(struct pcard *card, int ret)
{
	if (ret != -EAGAIN && ret != -ETIMEDOUT)
		return false;
	/* It may not have begun. */
	flush_work(&card->reset_work);
	return true;
}

/**
 * pcard_admin_run - execute an admin command on a live card
 * @card: the card
 * @sqe: the command
 * @buffer: data, sent with the command and overwritten with what comes back
 * @bytes: of @buffer, at most PCARD_ADMIN_DATA
 *
 * Sleeps.  When a reset comes in between the command is executed once more, so it
 * must be one that can be repeated.
 * Return: as pcard_admin_command.
 */
int pcard_admin_run(struct pcard *card, struct pamc_admin_sqe *sqe, void *buffer, size_t bytes)
{
	unsigned int tries;
	int ret = -EIO;

	for (tries = 0; tries < PCARD_MAX_TRIES; tries++) {
		ret = pcard_admin_begin(card);
		if (ret)
			return ret;
		if (bytes)
			memcpy(card->admin.data, buffer, bytes);
		ret = pcard_admin_command(card, sqe, bytes);
		if (!ret && bytes)
			memcpy(buffer, card->admin.data, bytes);
		pcard_admin_end(card);
		if (!pcard_admin_retry(card, ret))
			break;
	}
	return ret;
}

/**
 * pcard_admin_log - read the beginning of a log page
 * @card: the card
 * @page: which one, PAMC_LOG_*
 * @buffer: where to; what the card did not write is zero
 * @bytes: how much, at most PCARD_ADMIN_DATA
 *
 * Sleeps.  Return: as pcard_admin_command.
 */
int pcard_admin_log(struct pcard *card, u32 page, void *buffer, size_t bytes)
{
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_LOG, .id = cpu_to_le32(page) };

	memset(buffer, 0, bytes);
	return pcard_admin_run(card, &sqe, buffer, bytes);
}

/**
 * pcard_admin_abort - abort a command
 * @card: the card
 * @qid: its queue pair
 * @cid: its id
 *
 * Sleeps, but does not wait for a reset, as the watchdog calls it.
 * Return: 0: it completed or does now; -ENOENT: the card does not have it; else as
 * pcard_admin_command.
 */
int pcard_admin_abort(struct pcard *card, u16 qid, u16 cid)
{
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_ABORT,
		.id = cpu_to_le32(qid),
		.p.abort.cid = cpu_to_le32(cid),
	};
	int ret = -EAGAIN;

	mutex_lock(&card->admin.mutex);
	if (READ_ONCE(card->state) == PCARD_LIVE)
		ret = pcard_admin_command(card, &sqe, 0);
	mutex_unlock(&card->admin.mutex);
	return ret;
}

/**
 * pcard_admin_create_queue - tell the card of an I/O queue pair
 * @card: the card, admin.mutex held
 * @q: the queue pair, its rings empty
 * @vector: its MSI-X vector
 *
 * Sleeps.  Return: as pcard_admin_command.
 */
int pcard_admin_create_queue(struct pcard *card, struct pcard_queue *q, unsigned int vector)
{
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_QP_CREATE,
		.id = cpu_to_le32(q->ring.qid),
		.p.qp_create = {
			.sq_base = cpu_to_le64(q->ring.sq_dma),
			.cq_base = cpu_to_le64(q->ring.cq_dma),
			.sq_shift = q->ring.sq_shift,
			.cq_shift = q->ring.cq_shift,
			.vector = cpu_to_le16(vector),
			.domain = cpu_to_le16(PAMC_DOMAIN_HOST),
			.flags = cpu_to_le16(PAMC_QP_IRQ),
			.coalesce_count = cpu_to_le16(pcard_options.coalesce_count),
			.coalesce_usec = cpu_to_le16(pcard_options.coalesce_usec),
		},
	};

	return pcard_admin_command(card, &sqe, 0);
}
