// SPDX-License-Identifier: GPL-2.0-only
/*
 * The controller: is it there, does it speak our version, and bringing it up.
 *
 * Every wait for the card reads registers with pauses in between and has an end:
 * CAP.TIMEOUT, or all-ones, which is what a bus without a card returns.
 */
#include <linux/delay.h>
#include <linux/ktime.h>

#include "card.h"

/* CAP.TIMEOUT is in units of this. */
#define PCARD_TIMEOUT_UNIT_MS	500
/*
 * A doorbell write that takes longer than this is emulated: then a push, which is
 * eight of them, is no gain.
 */
#define PCARD_CHEAP_WRITE_NS	500

/**
 * pcard_read - read a 32-bit register
 * @card: the card
 * @reg: PAMC_REG_*
 *
 * Not for the path of pages.  Return: the value; all-ones when the card is gone.
 */
u32 pcard_read(struct pcard *card, unsigned int reg)
{
	return readl(card->regs + reg);
}

/* 64-bit registers are constant or change in reset only, so halves fit together. */
static u64 pcard_read64(struct pcard *card, unsigned int reg)
{
	return pcard_read(card, reg) | (u64)pcard_read(card, reg + 4) << 32;
}

static void pcard_write(struct pcard *card, unsigned int reg, u32 value)
{
	writel(value, card->regs + reg);
}

static void pcard_write64(struct pcard *card, unsigned int reg, u64 value)
{
	pcard_write(card, reg, lower_32_bits(value));
	pcard_write(card, reg + 4, upper_32_bits(value));
}

/**
 * pcard_gone - whether the card was unplugged, or something else sits in its place
 * @card: the card
 *
 * May sleep.  Return: true when it does not answer as a card.
 */
bool pcard_gone(struct pcard *card)
{
	return pci_dev_is_disconnected(card->pdev) ||
	       pcard_read(card, PAMC_REG_MAGIC) != PAMC_MAGIC;
}

static unsigned int pcard_timeout_ms(struct pcard *card)
{
	unsigned int units = PAMC_GET(PAMC_CAP_TIMEOUT, card->cap);

	return max(units, 1U) * PCARD_TIMEOUT_UNIT_MS;
}

/* Waits until STATUS has @value in @mask: 0, -ENODEV, -EIO (fatal), -ETIMEDOUT. */
static int pcard_wait_status(struct pcard *card, u32 mask, u32 value)
{
	unsigned long end = jiffies + msecs_to_jiffies(pcard_timeout_ms(card));
	unsigned int pause_us = 50;

	for (;;) {
		bool last = time_after(jiffies, end);
		u32 status = pcard_read(card, PAMC_REG_STATUS);

		if (status == U32_MAX)
			return -ENODEV;
		if ((status & mask) == value)
			return 0;
		/* FATAL stays until EN is 0, so it only matters on the way up. */
		if (value && status & PAMC_STATUS_FATAL_MASK) {
			dev_err(pcard_dev(card), "the controller stopped, cause %u\n",
				PAMC_GET(PAMC_STATUS_CAUSE, status));
			return -EIO;
		}
		if (last) {
			dev_err(pcard_dev(card), "STATUS is %#x after %u ms, not %#x in %#x\n",
				status, pcard_timeout_ms(card), value, mask);
			return -ETIMEDOUT;
		}
		usleep_range(pause_us, 2 * pause_us);
		pause_us = min(2 * pause_us, 20000U);
	}
}

/**
 * pcard_identify_interface - check that this is a card that we understand
 * @card: the card, its registers mapped
 *
 * Sleeps.
 * Return: 0, -ENODEV (it is not there), -EPROTONOSUPPORT (another major version),
 * -EIO (it contradicts itself).
 */
int pcard_identify_interface(struct pcard *card)
{
	struct device *dev = pcard_dev(card);
	u32 magic = pcard_read(card, PAMC_REG_MAGIC);
	u32 version = pcard_read(card, PAMC_REG_VERSION);
	/* Any value that no floating bus has. */
	const u32 probe = 0x5a17c3e9;

	if (magic == U32_MAX) {
		dev_err(dev, "registers read all-ones: the card is not there, or its memory space is off\n");
		return -ENODEV;
	}
	if (magic != PAMC_MAGIC) {
		dev_err(dev, "MAGIC is %#x, not %#x: not a PAM card\n", magic, PAMC_MAGIC);
		return -ENODEV;
	}
	if (PAMC_GET(PAMC_VERSION_MAJOR, version) != PAMC_VERSION_MAJOR) {
		dev_err(dev, "the card has interface version %u.%u, this driver knows %u.x: update the %s\n",
			PAMC_GET(PAMC_VERSION_MAJOR, version),
			PAMC_GET(PAMC_VERSION_MINOR, version), PAMC_VERSION_MAJOR,
			PAMC_GET(PAMC_VERSION_MAJOR, version) > PAMC_VERSION_MAJOR ?
			"driver" : "card's firmware");
		return -EPROTONOSUPPORT;
	}
	pcard_write(card, PAMC_REG_SCRATCH, probe);
	if (pcard_read(card, PAMC_REG_SCRATCH) != probe) {
		dev_err(dev, "SCRATCH does not keep what is written: the path to the card is broken\n");
		return -EIO;
	}
	card->cap = pcard_read64(card, PAMC_REG_CAP);
	if (PAMC_GET(PAMC_CAP_QPS, card->cap) < 2 ||
	    PAMC_GET(PAMC_CAP_QPS, card->cap) > PAMC_MAX_QP ||
	    !PAMC_GET(PAMC_CAP_VECTORS, card->cap) ||
	    PAMC_GET(PAMC_CAP_MQS, card->cap) <= PAMC_MIN_QUEUE_SHIFT ||
	    PAMC_GET(PAMC_CAP_MQS, card->cap) > PAMC_MAX_QUEUE_SHIFT) {
		dev_err(dev, "CAP %#llx makes no sense\n", card->cap);
		return -EIO;
	}
	return 0;
}

/**
 * pcard_disable - controller reset: afterwards the card touches no host memory
 * @card: the card
 *
 * Sleeps.  Pools stay.  Return: 0, -ENODEV, -ETIMEDOUT.
 */
int pcard_disable(struct pcard *card)
{
	pcard_write(card, PAMC_REG_CTRL, 0);
	return pcard_wait_status(card, PAMC_STATUS_READY_MASK, 0);
}

/**
 * pcard_notify_shutdown - let the card make ready for loss of power
 * @card: the card
 *
 * Sleeps.  Best effort: power goes in any case.
 */
void pcard_notify_shutdown(struct pcard *card)
{
	pcard_write(card, PAMC_REG_CTRL,
		    PAMC_PREP(PAMC_CTRL_EN, 1) | PAMC_PREP(PAMC_CTRL_SHUTDOWN, 1));
	if (pcard_wait_status(card, PAMC_STATUS_SHUTDOWN_MASK, PAMC_STATUS_SHUTDOWN_MASK))
		dev_warn(pcard_dev(card), "the card did not acknowledge the shutdown\n");
}

static int pcard_enable(struct pcard *card)
{
	struct pcard_ring *ring = &card->admin.ring;

	pcard_admin_start(card);
	pcard_write(card, PAMC_REG_AQ_ATTR, PAMC_PREP(PAMC_AQ_ATTR_SQ_SHIFT, ring->sq_shift) |
		    PAMC_PREP(PAMC_AQ_ATTR_CQ_SHIFT, ring->cq_shift));
	pcard_write64(card, PAMC_REG_ASQ_BASE, ring->sq_dma);
	pcard_write64(card, PAMC_REG_ACQ_BASE, ring->cq_dma);
	pcard_write(card, PAMC_REG_CTRL, PAMC_PREP(PAMC_CTRL_EN, 1));
	return pcard_wait_status(card, PAMC_STATUS_READY_MASK, PAMC_STATUS_READY_MASK);
}

/* So that the card's logs and the host's have the same time; not vital. */
static void pcard_set_time(struct pcard *card)
{
	struct pamc_admin_sqe sqe = {
		.opcode = PAMC_ADMIN_FEATURE_SET,
		.id = cpu_to_le32(PAMC_FEATURE_TIMESTAMP),
		.p.feature.value = cpu_to_le64(ktime_get_real_ns()),
	};

	pcard_admin_command(card, &sqe, 0);
}

/* Is a push worth while?  It is on a bus, and is not where each write is trapped. */
static void pcard_choose_push(struct pcard *card)
{
	struct pcard_queue *q = &card->queues[0];
	u64 best = U64_MAX;
	unsigned int i;

	card->push = pcard_options.push != PCARD_PUSH_OFF && PAMC_GET(PAMC_CAP_PUSH, card->cap);
	if (!card->push || pcard_options.push == PCARD_PUSH_ON)
		return;
	for (i = 0; i < 16; i++) {
		u64 start = ktime_get_ns();

		/* Acknowledges nothing: the queue pair is new. */
		pcard_ring_ack(&q->ring, false);
		best = min(best, ktime_get_ns() - start);
	}
	card->push = best <= PCARD_CHEAP_WRITE_NS;
	dev_dbg(pcard_dev(card), "a doorbell write takes %llu ns: push %s\n", best,
		card->push ? "on" : "off");
}

static int pcard_create_queues(struct pcard *card)
{
	unsigned int i;

	for (i = 0; i < card->nr_queues; i++) {
		unsigned int vector = card->nr_vectors == 1 ? 0 : i + 1;
		int ret = pcard_admin_create_queue(card, &card->queues[i], vector);

		if (ret) {
			dev_err(pcard_dev(card), "queue pair %u cannot be created: %d\n", i + 1,
				ret);
			return ret;
		}
	}
	return 0;
}

static int pcard_identify(struct pcard *card)
{
	struct pamc_admin_sqe sqe = { .opcode = PAMC_ADMIN_IDENTIFY };
	int ret = pcard_admin_command(card, &sqe, sizeof(card->identify));

	if (!ret)
		memcpy(&card->identify, card->admin.data, sizeof(card->identify));
	return ret;
}

/* Pools: which are left, and which are left over. */
static int pcard_check_epoch(struct pcard *card)
{
	u64 epoch = pcard_read64(card, PAMC_REG_BOOT_EPOCH);
	int ret = 0;

	if (card->epoch && epoch != card->epoch) {
		dev_err(pcard_dev(card), "the card lost its memory (boot epoch %#llx, was %#llx)\n",
			epoch, card->epoch);
		ret = pcard_pools_after_loss(card);
	}
	if (!ret)
		card->epoch = epoch;
	return ret;
}

/**
 * pcard_bring_up - from a disabled controller to one that serves all queue pairs
 * @card: the card, disabled; its rings are empty, reset_lock is held
 * @sweep: look for pools that were left behind
 *
 * Sleeps, allocates nothing.  The queue pairs do not run yet: pcard_go_live.
 * Return: 0, -ENODEV, or another negative errno after which a further reset may help.
 */
int pcard_bring_up(struct pcard *card, bool sweep)
{
	unsigned int i;
	int ret;

	if (pcard_gone(card))
		return -ENODEV;
	mutex_lock(&card->admin.mutex);
	ret = pcard_enable(card);
	if (!ret)
		ret = pcard_identify(card);
	if (!ret)
		ret = pcard_check_epoch(card);
	if (!ret)
		ret = pcard_create_queues(card);
	if (!ret) {
		pcard_set_time(card);
		if (sweep)
			pcard_pools_sweep(card);
		pcard_choose_push(card);
		for (i = 0; i < PCARD_EVENTS; i++)
			pcard_admin_ask_event(card, i);
		/* The steps that may fail must not have cost the admin queue pair. */
		if (READ_ONCE(card->admin.failed))
			ret = -EAGAIN;
	}
	mutex_unlock(&card->admin.mutex);
	return ret;
}
