// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others do to the card: sleep states, function resets, PCI error recovery.
 *
 * In all of them requests wait and are issued (again) afterwards.  Whether the
 * pages are still there the boot epoch tells, never the fact that the card is back.
 */
#include <linux/pm.h>
#include <linux/suspend.h>

#include "card.h"

/* Requests wait from now on, the card is at rest; false: it is dead. */
static bool pcard_pause(struct pcard *card)
{
	lockdep_assert_held(&card->reset_lock);
	if (card->state == PCARD_LIVE) {
		pcard_stop_queues(card);
		if (pcard_quiesce(card))
			pcard_die(card, "the card could not be quiesced");
	}
	return card->state != PCARD_DEAD;
}

static int pcard_sleep(struct pcard *card, bool power_goes)
{
	if (power_goes) {
		u64 pages;
		int ret = pcard_pools_persistent_pages(card, &pages);

		/* A dead card has nothing to lose; of any other it must be known. */
		if (ret && READ_ONCE(card->state) != PCARD_DEAD) {
			dev_err(pcard_dev(card), "cannot find out whether pages would be lost without power (%d): try again\n",
				ret);
			return -EBUSY;
		}
		if (!ret && pages) {
			dev_err(pcard_dev(card), "%llu pages would be lost without power: empty the persistent pools first (swapoff)\n",
				pages);
			return -EBUSY;
		}
	}
	mutex_lock(&card->reset_lock);
	pcard_pause(card);
	mutex_unlock(&card->reset_lock);
	/* Saved here, the PCI core leaves the card in D0: suspend to idle keeps pages. */
	pci_save_state(card->pdev);
	return 0;
}

static int pcard_suspend(struct device *dev)
{
	return pcard_sleep(dev_get_drvdata(dev), pm_suspend_via_firmware());
}

static int pcard_hibernate(struct device *dev)
{
	return pcard_sleep(dev_get_drvdata(dev), true);
}

static int pcard_wake(struct device *dev)
{
	struct pcard *card = dev_get_drvdata(dev);

	mutex_lock(&card->reset_lock);
	if (card->state == PCARD_PAUSED)
		pcard_restart(card);
	mutex_unlock(&card->reset_lock);
	/* A dead card is no reason for the system not to wake. */
	return 0;
}

const struct dev_pm_ops pcard_pm_ops = {
	.suspend = pm_sleep_ptr(pcard_suspend),
	.resume = pm_sleep_ptr(pcard_wake),
	.freeze = pm_sleep_ptr(pcard_hibernate),
	.thaw = pm_sleep_ptr(pcard_wake),
	.poweroff = pm_sleep_ptr(pcard_hibernate),
	.restore = pm_sleep_ptr(pcard_wake),
};

/* Whoever interferes now must come to an end, or the card is given up. */
static void pcard_expect_end(struct pcard *card)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(PCARD_PCI_RECOVERY_MS);

	WRITE_ONCE(card->pci_deadline, deadline ?: 1);
}

static void pcard_reset_prepare(struct pci_dev *pdev)
{
	struct pcard *card = pci_get_drvdata(pdev);

	mutex_lock(&card->reset_lock);
	if (pcard_pause(card))
		pcard_expect_end(card);
	mutex_unlock(&card->reset_lock);
}

static void pcard_reset_done(struct pci_dev *pdev)
{
	struct pcard *card = pci_get_drvdata(pdev);

	mutex_lock(&card->reset_lock);
	if (card->state == PCARD_PAUSED && !pcard_restart(card))
		dev_info(&pdev->dev, "back after a function reset\n");
	mutex_unlock(&card->reset_lock);
}

static pci_ers_result_t pcard_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct pcard *card = pci_get_drvdata(pdev);
	pci_ers_result_t result = PCI_ERS_RESULT_NEED_RESET;

	if (state == pci_channel_io_normal)
		return PCI_ERS_RESULT_CAN_RECOVER;
	mutex_lock(&card->reset_lock);
	if (state == pci_channel_io_perm_failure)
		pcard_die(card, "permanent PCI failure");
	/* The link is down: no touching of the card before slot_reset. */
	if (card->state == PCARD_LIVE)
		pcard_stop_queues(card);
	if (card->state == PCARD_DEAD)
		result = PCI_ERS_RESULT_DISCONNECT;
	else
		pcard_expect_end(card);
	mutex_unlock(&card->reset_lock);
	return result;
}

static pci_ers_result_t pcard_slot_reset(struct pci_dev *pdev)
{
	struct pcard *card = pci_get_drvdata(pdev);
	pci_ers_result_t result = PCI_ERS_RESULT_DISCONNECT;

	pci_restore_state(pdev);
	pci_save_state(pdev);
	mutex_lock(&card->reset_lock);
	/* After CAN_RECOVER another driver on the bus may have asked for the reset. */
	if (card->state == PCARD_LIVE)
		pcard_stop_queues(card);
	if (card->state == PCARD_PAUSED && !pcard_restart(card))
		result = PCI_ERS_RESULT_RECOVERED;
	mutex_unlock(&card->reset_lock);
	return result;
}

static void pcard_error_resume(struct pci_dev *pdev)
{
	struct pcard *card = pci_get_drvdata(pdev);

	/* The link recovered without slot_reset. */
	mutex_lock(&card->reset_lock);
	if (card->state == PCARD_PAUSED)
		pcard_restart(card);
	mutex_unlock(&card->reset_lock);
	dev_info(&pdev->dev, "PCI error recovery ended\n");
}

const struct pci_error_handlers pcard_error_handlers = {
	.error_detected = pcard_error_detected,
	.slot_reset = pcard_slot_reset,
	.resume = pcard_error_resume,
	.reset_prepare = pcard_reset_prepare,
	.reset_done = pcard_reset_done,
};
