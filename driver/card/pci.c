// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding a card and leaving it: resources, in the order in which they are needed,
 * and back.
 */
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "card.h"

static DEFINE_IDA(pcard_ids);

static int pcard_map_bars(struct pcard *card)
{
	struct pci_dev *pdev = card->pdev;
	int ret;

	if (pci_resource_len(pdev, PAMC_BAR_REGS) < PAMC_BAR_REGS_SIZE ||
	    pci_resource_len(pdev, PAMC_BAR_DB) < PAMC_BAR_DB_SIZE) {
		dev_err(&pdev->dev, "BARs are missing or too small\n");
		return -ENODEV;
	}
	card->regs = ioremap(pci_resource_start(pdev, PAMC_BAR_REGS), PAMC_BAR_REGS_SIZE);
	if (!card->regs)
		return -ENOMEM;
	ret = pcard_identify_interface(card);
	if (ret)
		return ret;
	/*
	 * A push is one bus write only when combined.  Its slots share a page with
	 * the doorbells and two kinds of mapping of one page are not allowed, so
	 * with pushes the doorbells are combining, too, and each is flushed.
	 */
	card->combining = pcard_options.push != PCARD_PUSH_OFF &&
			  PAMC_GET(PAMC_CAP_PUSH, card->cap);
	if (card->combining)
		card->db = ioremap_wc(pci_resource_start(pdev, PAMC_BAR_DB), PAMC_BAR_DB_SIZE);
	else
		card->db = ioremap(pci_resource_start(pdev, PAMC_BAR_DB), PAMC_BAR_DB_SIZE);
	return card->db ? 0 : -ENOMEM;
}

static void pcard_unmap_bars(struct pcard *card)
{
	if (card->db)
		iounmap(card->db);
	if (card->regs)
		iounmap(card->regs);
}

static int pcard_set_dma(struct pcard *card)
{
	struct device *dev = pcard_dev(card);
	unsigned long orders = PAMC_GET(PAMC_CAP_PAGE_ORDERS, card->cap);
	unsigned int order;
	int ret;

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	dma_set_max_seg_size(dev, PAMC_BLOCK_SIZE << PAMC_MAX_PAGE_ORDER);
	/* Bounce buffers are to be aligned as pages are. */
	dma_set_min_align_mask(dev, PAMC_BLOCK_SIZE - 1);

	orders >>= PAGE_SHIFT - PAMC_BLOCK_SHIFT;
	if (!(orders & 1)) {
		dev_err(dev, "the card does not support pages of %lu bytes\n", PAGE_SIZE);
		return -EOPNOTSUPP;
	}
	for (order = 0; order < PAM_MAX_ORDER && orders & BIT(order + 1) &&
	     PAGE_SIZE << (order + 1) <= dma_max_mapping_size(dev); order++)
		;
	card->max_order = order;
	return 0;
}

/* Queue pairs and vectors: one each for every CPU, and one for the admin queue. */
static int pcard_choose_queues(struct pcard *card)
{
	unsigned int wanted = min3(num_possible_cpus(), pcard_options.queues ?: PAMC_MAX_QP,
				   (unsigned int)PAMC_GET(PAMC_CAP_QPS, card->cap) - 1);
	unsigned int vectors = min(wanted + 1,
				   (unsigned int)PAMC_GET(PAMC_CAP_VECTORS, card->cap));
	int ret;

	ret = pci_alloc_irq_vectors(card->pdev, 1, vectors, PCI_IRQ_MSIX);
	if (ret < 0) {
		dev_err(pcard_dev(card), "no MSI-X vector: %d\n", ret);
		return ret;
	}
	card->nr_vectors = ret;
	card->nr_queues = min_t(unsigned int, wanted, max(ret - 1, 1));
	return 0;
}

static int pcard_alloc(struct pcard *card)
{
	struct pcard_admin *admin = &card->admin;
	int ret;

	admin->data = dma_alloc_coherent(pcard_dev(card), PCARD_ADMIN_DATA, &admin->data_dma,
					 GFP_KERNEL);
	if (!admin->data)
		return -ENOMEM;
	ret = pcard_ring_alloc(card, &admin->ring, 0, PCARD_ADMIN_SHIFT, PCARD_ADMIN_SHIFT + 1);
	if (ret)
		return ret;
	/* Swap waits for recovery, so it must not wait for memory. */
	card->wq = alloc_workqueue("%s", WQ_MEM_RECLAIM | WQ_UNBOUND, 0, card->name);
	if (!card->wq)
		return -ENOMEM;
	return pcard_queues_alloc(card);
}

static void pcard_free(struct pcard *card)
{
	struct pcard_admin *admin = &card->admin;

	pcard_queues_free(card);
	if (card->wq)
		destroy_workqueue(card->wq);
	pcard_ring_free(card, &admin->ring);
	if (admin->data)
		dma_free_coherent(pcard_dev(card), PCARD_ADMIN_DATA, admin->data,
				  admin->data_dma);
}

static int pcard_request_irqs(struct pcard *card)
{
	int ret;

	ret = pci_request_irq(card->pdev, 0, pcard_admin_irq, NULL, card, "%s-admin", card->name);
	if (ret)
		return ret;
	ret = pcard_queues_irq(card);
	if (ret) {
		pcard_queues_irq_free(card);
		pci_free_irq(card->pdev, 0, card);
	}
	return ret;
}

static void pcard_free_irqs(struct pcard *card)
{
	pcard_queues_irq_free(card);
	pci_free_irq(card->pdev, 0, card);
}

static int pcard_start(struct pcard *card)
{
	int ret;

	mutex_lock(&card->reset_lock);
	/* A predecessor (a crashed kernel, a boot loader) may have left it running. */
	ret = pcard_quiesce(card);
	if (!ret) {
		pci_set_master(card->pdev);
		ret = pcard_go_live(card);
	}
	mutex_unlock(&card->reset_lock);
	return ret;
}

/* The reverse of pcard_start; afterwards nothing runs on behalf of the card. */
static void pcard_stop(struct pcard *card)
{
	cancel_delayed_work_sync(&card->watch_work);
	cancel_work_sync(&card->reset_work);
	mutex_lock(&card->reset_lock);
	if (card->state != PCARD_DEAD) {
		pcard_stop_queues(card);
		pcard_quiesce(card);
	}
	pcard_close(card);
	mutex_unlock(&card->reset_lock);
	pcard_free_irqs(card);
	cancel_work_sync(&card->admin.event_work);
	/* An interrupt may have asked for it until now; it would find the card dead. */
	cancel_work_sync(&card->reset_work);
}

static int pcard_register(struct pcard *card)
{
	struct pam_backend *backend;

	backend = pam_backend_register(card->name, &pcard_ops, pcard_dev(card), card);
	if (IS_ERR(backend))
		return PTR_ERR(backend);
	/* A reference of our own, as the watchdog may report a loss at any time. */
	mutex_lock(&card->reset_lock);
	card->backend = pam_backend_get(card->name);
	if (card->state == PCARD_DEAD)
		pam_backend_lost(backend);
	mutex_unlock(&card->reset_lock);
	return 0;
}

static void pcard_init(struct pcard *card)
{
	struct pcard_admin *admin = &card->admin;

	pcard_recovery_init(card);
	mutex_init(&admin->mutex);
	spin_lock_init(&admin->lock);
	init_completion(&admin->done);
	INIT_WORK(&admin->event_work, pcard_event_work);
	admin->failed = true;
	INIT_LIST_HEAD(&card->pools);
}

/* With the device enabled: all that has to be undone in reverse. */
static int pcard_set_up(struct pcard *card)
{
	int ret;

	ret = pci_request_mem_regions(card->pdev, KBUILD_MODNAME);
	if (ret)
		return ret;
	ret = pcard_map_bars(card);
	if (ret)
		goto unmap;
	ret = pcard_set_dma(card);
	if (ret)
		goto unmap;
	ret = pcard_choose_queues(card);
	if (ret)
		goto unmap;
	ret = pcard_alloc(card);
	if (ret)
		goto free;
	ret = pcard_request_irqs(card);
	if (ret)
		goto free;
	ret = pcard_start(card);
	if (!ret)
		ret = pcard_register(card);
	if (!ret)
		return 0;
	pcard_stop(card);
free:
	pcard_free(card);
	pci_free_irq_vectors(card->pdev);
unmap:
	pcard_unmap_bars(card);
	pci_release_mem_regions(card->pdev);
	return ret;
}

static int pcard_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pcard *card;
	int ret;

	card = kzalloc(sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	card->pdev = pdev;
	card->id = ida_alloc(&pcard_ids, GFP_KERNEL);
	if (card->id < 0) {
		ret = card->id;
		goto free;
	}
	snprintf(card->name, sizeof(card->name), "pam%d", card->id);
	pcard_init(card);
	pci_set_drvdata(pdev, card);
	ret = pci_enable_device_mem(pdev);
	if (ret)
		goto put_id;
	ret = pcard_set_up(card);
	if (ret)
		goto disable;
	pci_save_state(pdev);
	pcard_debugfs_add(card);
	pcard_watch(card);
	pcard_firmware_add(card);
	dev_info(&pdev->dev, "%s: %.40s, serial %.24s, firmware %.16s, %llu MiB, %u queue pairs of %u, push %s\n",
		 card->name, card->identify.model, card->identify.serial,
		 card->identify.firmware, le64_to_cpu(card->identify.usable_bytes) >> 20,
		 card->nr_queues, card->queues[0].depth, card->push ? "on" : "off");
	return 0;

disable:
	pci_disable_device(pdev);
put_id:
	ida_free(&pcard_ids, card->id);
free:
	kfree(card);
	return ret;
}

static void pcard_remove(struct pci_dev *pdev)
{
	struct pcard *card = pci_get_drvdata(pdev);

	debugfs_remove(card->debugfs);
	/* Without a card there is no point in waiting for answers. */
	mutex_lock(&card->reset_lock);
	if (card->state != PCARD_DEAD && pcard_gone(card))
		pcard_die(card, "removed");
	mutex_unlock(&card->reset_lock);
	pcard_firmware_remove(card);
	/* The watchdog runs until the last request is done. */
	pam_backend_unregister(card->backend);
	pcard_stop(card);
	pam_backend_put(card->backend);
	pcard_free(card);
	pci_free_irq_vectors(pdev);
	pcard_unmap_bars(card);
	pci_release_mem_regions(pdev);
	pci_disable_device(pdev);
	ida_free(&pcard_ids, card->id);
	kfree(card);
}

static void pcard_shutdown(struct pci_dev *pdev)
{
	struct pcard *card = pci_get_drvdata(pdev);

	mutex_lock(&card->reset_lock);
	if (card->state == PCARD_LIVE) {
		pcard_stop_queues(card);
		pcard_notify_shutdown(card);
		pcard_quiesce(card);
	}
	pcard_close(card);
	mutex_unlock(&card->reset_lock);
}

static const struct pci_device_id pcard_table[] = {
	{ PCI_DEVICE(PAMC_PCI_VENDOR, PAMC_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, pcard_table);

struct pci_driver pcard_driver = {
	.name = KBUILD_MODNAME,
	.id_table = pcard_table,
	.probe = pcard_probe,
	.remove = pcard_remove,
	.shutdown = pcard_shutdown,
	.err_handler = &pcard_error_handlers,
	.dev_groups = pcard_groups,
	.driver.pm = pm_sleep_ptr(&pcard_pm_ops),
};
