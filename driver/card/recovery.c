// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens when something goes wrong.
 *
 * A watchdog looks at the card, and at its oldest commands, a few times per
 * timeout.  The ladder: look for a completion whose interrupt was lost; abort the
 * command; reset the controller and issue again what it had; reset the function;
 * give the card up, so that every request, present and future, fails at once.
 * Each step has an end in time, so nothing waits for ever.  README.md has a
 * picture.
 *
 * PUT, GET and FLUSH may be executed twice in their order and come to the same, as
 * order.c sees to it, so they are issued again.  The exception is an exclusive GET
 * (pcard_outcome in queue.c).
 */
#include <linux/delay.h>

#include "card.h"

/* The watchdog looks so many times per timeout, but at least every second. */
#define PCARD_LOOKS		10

static unsigned long pcard_period(void)
{
	return msecs_to_jiffies(clamp(pcard_options.timeout_ms / PCARD_LOOKS, 20U, 1000U));
}

static u32 pcard_age(const struct pcard_cmd *cmd)
{
	return (u32)jiffies - cmd->start;
}

static void pcard_set_state(struct pcard *card, enum pcard_state state)
{
	WRITE_ONCE(card->state, state);
	wake_up_all(&card->state_changed);
}

/**
 * pcard_recover - ask for a controller reset
 * @card: the card
 * @reason: why, for the log; a constant
 *
 * Any context.  Without effect when the card is not live.
 */
void pcard_recover(struct pcard *card, const char *reason)
{
	if (READ_ONCE(card->state) != PCARD_LIVE)
		return;
	WRITE_ONCE(card->reset_reason, reason);
	queue_work(card->wq, &card->reset_work);
}

/**
 * pcard_despair - ask for the card to be given up
 * @card: the card
 * @reason: why, for the log; a constant
 *
 * Any context.  A reset in progress ends in it, too.
 */
void pcard_despair(struct pcard *card, const char *reason)
{
	dev_err(pcard_dev(card), "%s\n", reason);
	WRITE_ONCE(card->hopeless, true);
	pcard_recover(card, reason);
}

/**
 * pcard_stop_queues - from now on requests and admin commands wait
 * @card: the card, live; reset_lock is held
 *
 * Does not touch the card.
 */
void pcard_stop_queues(struct pcard *card)
{
	unsigned int i;

	lockdep_assert_held(&card->reset_lock);
	pcard_set_state(card, PCARD_PAUSED);
	for (i = 0; i < card->nr_queues; i++)
		pcard_queue_set_state(&card->queues[i], PCARD_QUEUE_STOPPED);
	pcard_admin_give_up(card);
}

/* A controller that does not react is reset from outside; its pools stay. */
static int pcard_reset_function(struct pcard *card)
{
	int ret;

	if (!pci_device_is_present(card->pdev))
		return -ENODEV;
	dev_warn(pcard_dev(card), "resetting the function\n");
	pci_save_state(card->pdev);
	ret = pcie_reset_flr(card->pdev, PCI_RESET_DO_RESET);
	pci_restore_state(card->pdev);
	pci_save_state(card->pdev);
	return ret ?: pcard_disable(card);
}

/* A card that lost power has lost its configuration space, too. */
static void pcard_restore_config(struct pcard *card)
{
	u16 command;

	pci_read_config_word(card->pdev, PCI_COMMAND, &command);
	if (command & PCI_COMMAND_MASTER || PCI_POSSIBLE_ERROR(command))
		return;
	pci_restore_state(card->pdev);
	pci_save_state(card->pdev);
}

/**
 * pcard_quiesce - take everything back from a card whose queues are stopped
 * @card: the card; reset_lock is held
 *
 * Sleeps.  On success the card touches no host memory, and what it had not
 * completed waits to be issued again.
 * Return: 0, -ENODEV, -ETIMEDOUT or -ENOTTY (function reset failed, or there is none),
 * -EIO (pcard_despair).
 */
int pcard_quiesce(struct pcard *card)
{
	unsigned int i;
	int ret;

	lockdep_assert_held(&card->reset_lock);
	/* While probing there is nothing to restore yet. */
	if (card->epoch)
		pcard_restore_config(card);
	ret = pcard_gone(card) ? -ENODEV : pcard_disable(card);
	if (ret == -ETIMEDOUT)
		ret = pcard_reset_function(card);
	if (ret)
		return ret;
	for (i = 0; i < card->nr_queues; i++)
		pcard_queue_rewind(&card->queues[i]);
	return READ_ONCE(card->hopeless) ? -EIO : 0;
}

/**
 * pcard_go_live - bring a quiesced card up and let requests flow
 * @card: the card; reset_lock is held
 *
 * Sleeps.  A controller that fails to come up is reset and tried again.
 * Return: 0, or a negative errno: the card is to be given up.
 */
int pcard_go_live(struct pcard *card)
{
	unsigned int tries, i;
	int ret = 0;

	lockdep_assert_held(&card->reset_lock);
	for (tries = 0; tries < PCARD_MAX_TRIES; tries++) {
		/* What others left behind is not worth a second try. */
		ret = pcard_bring_up(card, !tries);
		if (!ret || ret == -ENODEV)
			break;
		dev_err(pcard_dev(card), "bring-up failed: %d\n", ret);
		pcard_admin_give_up(card);
		if (pcard_quiesce(card))
			break;
	}
	if (ret)
		return ret;
	card->pci_deadline = 0;
	pcard_set_state(card, PCARD_LIVE);
	for (i = 0; i < card->nr_queues; i++) {
		pcard_queue_set_state(&card->queues[i], PCARD_QUEUE_RUNS);
		pcard_queue_kick(&card->queues[i]);
	}
	return 0;
}

/**
 * pcard_close - all requests fail, now and in future
 * @card: the card; reset_lock is held
 *
 * Sleeps.  The card is kept from host memory before that is given back.
 */
void pcard_close(struct pcard *card)
{
	unsigned int i;

	lockdep_assert_held(&card->reset_lock);
	/* First, so that no new requests come. */
	if (card->backend)
		pam_backend_lost(card->backend);
	for (i = 0; i < card->nr_queues; i++)
		pcard_queue_set_state(&card->queues[i], PCARD_QUEUE_DEAD);
	pcard_set_state(card, PCARD_DEAD);
	pcard_admin_give_up(card);
	if (pci_device_is_present(card->pdev))
		pci_clear_master(card->pdev);
	for (i = 0; i < card->nr_queues; i++) {
		pcard_queue_rewind(&card->queues[i]);
		pcard_queue_kick(&card->queues[i]);
	}
}

/**
 * pcard_die - give the card up
 * @card: the card; reset_lock is held
 * @reason: why, for the log
 *
 * Sleeps.
 */
void pcard_die(struct pcard *card, const char *reason)
{
	if (card->state == PCARD_DEAD)
		return;
	dev_err(pcard_dev(card), "%s: the card is given up, its pages are lost\n", reason);
	pcard_close(card);
}

/**
 * pcard_restart - bring a card back whose queues were stopped
 * @card: the card; reset_lock is held
 *
 * Sleeps.  Return: 0, or -ENODEV: the card was given up.
 */
int pcard_restart(struct pcard *card)
{
	int ret = pcard_quiesce(card);

	if (!ret)
		ret = pcard_go_live(card);
	if (!ret)
		return 0;
	pcard_die(card, ret == -ENODEV ? "the card does not answer" :
					 "the controller does not come back");
	return -ENODEV;
}

/**
 * pcard_reset - controller reset of a live card
 * @card: the card; reset_lock is held
 *
 * Sleeps.  Return: 0, or -ENODEV: the card was given up.
 */
int pcard_reset(struct pcard *card)
{
	int ret;

	lockdep_assert_held(&card->reset_lock);
	if (card->state != PCARD_LIVE)
		return card->state == PCARD_DEAD ? -ENODEV : -EBUSY;
	card->resets++;
	pcard_stop_queues(card);
	ret = pcard_restart(card);
	if (!ret)
		dev_info(pcard_dev(card), "back after a controller reset\n");
	return ret;
}

static u64 pcard_completions(struct pcard *card)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < card->nr_queues; i++)
		sum += READ_ONCE(card->queues[i].counters.completions);
	return sum;
}

static void pcard_reset_work(struct work_struct *work)
{
	struct pcard *card = container_of(work, struct pcard, reset_work);
	u64 completions = pcard_completions(card);

	mutex_lock(&card->reset_lock);
	if (card->state == PCARD_LIVE) {
		if (completions != card->completions_seen)
			card->fruitless_resets = 0;
		card->completions_seen = completions;
		if (READ_ONCE(card->hopeless)) {
			pcard_die(card, card->reset_reason);
		} else if (card->fruitless_resets++ >= PCARD_MAX_RESETS) {
			pcard_die(card, "resets do not help");
		} else {
			dev_warn(pcard_dev(card), "controller reset: %s\n", card->reset_reason);
			pcard_reset(card);
		}
	}
	mutex_unlock(&card->reset_lock);
}

struct pcard_suspect {
	u32 age;
	u16 cid;
	bool aborted;
};

/* The oldest command of @q; marks it as aborted when it is to be. */
static struct pcard_suspect pcard_oldest(struct pcard_queue *q, u32 timeout)
{
	struct pcard_suspect found = { };
	struct pcard_cmd *oldest = NULL;
	unsigned int i;

	spin_lock_irq(&q->lock);
	for (i = 0; i < q->depth; i++)
		if (q->cmds[i].request && (!oldest || pcard_age(&q->cmds[i]) > pcard_age(oldest)))
			oldest = &q->cmds[i];
	if (oldest) {
		found.age = pcard_age(oldest);
		found.cid = oldest->cid;
		found.aborted = oldest->aborted;
		if (found.age > timeout && !oldest->aborted) {
			oldest->aborted = true;
			q->counters.timeouts++;
			q->counters.aborts++;
		}
	}
	spin_unlock_irq(&q->lock);
	return found;
}

static void pcard_watch_queue(struct pcard *card, struct pcard_queue *q)
{
	u32 timeout = msecs_to_jiffies(pcard_options.timeout_ms);
	struct pcard_suspect suspect, again;
	int ret;

	suspect = pcard_oldest(q, U32_MAX);
	if (suspect.age >= pcard_period() || !list_empty_careful(&q->waiting))
		pcard_queue_check(q);
	if (suspect.age <= timeout)
		return;
	suspect = pcard_oldest(q, timeout);
	if (suspect.age <= timeout)
		return;
	if (suspect.aborted) {
		/* It had as long again, and the card said that it would complete. */
		if (suspect.age > 2 * timeout)
			pcard_recover(card, "an aborted command did not complete");
		return;
	}
	dev_warn(pcard_dev(card), "queue %u: command %#x did not complete in %u ms, aborting it\n",
		 q->ring.qid, suspect.cid, pcard_options.timeout_ms);
	ret = pcard_admin_abort(card, q->ring.qid, suspect.cid);
	/* Also when the card does not have it: it may just have completed. */
	pcard_queue_check(q);
	if (ret != -ENOENT)
		return;
	again = pcard_oldest(q, U32_MAX);
	if (again.cid == suspect.cid && again.age > timeout)
		pcard_recover(card, "the card lost a command");
}

static void pcard_watch_live(struct pcard *card)
{
	u32 status = pcard_read(card, PAMC_REG_STATUS);
	unsigned int i;

	if (pcard_gone(card)) {
		pcard_recover(card, "the card does not answer");
		return;
	}
	if (status & PAMC_STATUS_FATAL_MASK || !(status & PAMC_STATUS_READY_MASK)) {
		pcard_recover(card, "the controller stopped by itself");
		return;
	}
	pcard_admin_poll(card);
	for (i = 0; i < card->nr_queues; i++)
		pcard_watch_queue(card, &card->queues[i]);
}

static void pcard_watch_work(struct work_struct *work)
{
	struct pcard *card = container_of(work, struct pcard, watch_work.work);
	enum pcard_state state = READ_ONCE(card->state);
	unsigned long deadline = READ_ONCE(card->pci_deadline);

	if (state == PCARD_LIVE) {
		pcard_watch_live(card);
	} else if (state == PCARD_PAUSED && deadline && time_after(jiffies, deadline)) {
		mutex_lock(&card->reset_lock);
		if (card->state == PCARD_PAUSED && card->pci_deadline)
			pcard_die(card, "PCI error recovery did not end");
		mutex_unlock(&card->reset_lock);
	}
	pcard_watch(card);
}

/**
 * pcard_watch - let the watchdog look in a while
 * @card: the card
 */
void pcard_watch(struct pcard *card)
{
	if (READ_ONCE(card->state) != PCARD_DEAD)
		queue_delayed_work(card->wq, &card->watch_work, pcard_period());
}

/**
 * pcard_recovery_init - initialize what recovery needs
 * @card: the card
 */
void pcard_recovery_init(struct pcard *card)
{
	mutex_init(&card->reset_lock);
	init_waitqueue_head(&card->state_changed);
	INIT_WORK(&card->reset_work, pcard_reset_work);
	INIT_DELAYED_WORK(&card->watch_work, pcard_watch_work);
	card->state = PCARD_PAUSED;
}
