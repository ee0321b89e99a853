/* SPDX-License-Identifier: Apache-2.0 */
/* A very small driver: see driver.h. */
#include <string.h>
#include <time.h>

#include <linux/pci_regs.h>

#include "driver.h"

#define PATIENCE_MS 10000
#define ENTRIES     (1u << DRIVER_SHIFT)

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void *driver_at(struct driver *driver, uint64_t addr)
{
	return driver->client->memory + (addr - HOST_BASE);
}

bool driver_up(struct driver *driver, struct client *client)
{
	const uint64_t end = now_ms() + PATIENCE_MS;
	const uint64_t attributes = PAMC_PREP(PAMC_AQ_ATTR_SQ_SHIFT, DRIVER_SHIFT) |
				    PAMC_PREP(PAMC_AQ_ATTR_CQ_SHIFT, DRIVER_SHIFT);

	memset(driver, 0, sizeof(*driver));
	driver->client = client;
	driver->admin = (struct driver_queue){.qid = 0, .sq = DRIVER_ASQ, .cq = DRIVER_ACQ};
	driver->io = (struct driver_queue){.qid = 1, .sq = DRIVER_SQ, .cq = DRIVER_CQ};
	memset(driver_at(driver, DRIVER_ASQ), 0, 0x4000);
	client_set(client, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND,
		   PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
	client_set(client, PAMC_BAR_REGS, PAMC_REG_CTRL, 0, 4);
	/* Until the reset is complete READY may still be that of the last client. */
	while (client_get(client, PAMC_BAR_REGS, PAMC_REG_STATUS, 4) & PAMC_STATUS_READY_MASK)
		if (now_ms() > end)
			return false;
	client_set(client, PAMC_BAR_REGS, PAMC_REG_AQ_ATTR, attributes, 4);
	client_set(client, PAMC_BAR_REGS, PAMC_REG_ASQ_BASE, DRIVER_ASQ, 8);
	client_set(client, PAMC_BAR_REGS, PAMC_REG_ACQ_BASE, DRIVER_ACQ, 8);
	client_set(client, PAMC_BAR_REGS, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK, 4);
	while (client_get(client, PAMC_BAR_REGS, PAMC_REG_STATUS, 4) != PAMC_STATUS_READY_MASK)
		if (now_ms() > end)
			return false;
	return true;
}

void driver_submit(struct driver *driver, struct driver_queue *queue, void *sqe)
{
	struct pamc_sqe *entry = sqe;
	uint8_t *ring = driver_at(driver, queue->sq);

	entry->cid = queue->tail;
	entry->sq_index = queue->tail;
	memcpy(ring + queue->tail % ENTRIES * sizeof(*entry), entry, sizeof(*entry));
	queue->tail++;
	client_set(driver->client, PAMC_BAR_DB, queue->qid * PAMC_DB_STRIDE + PAMC_DB_SQ_TAIL,
		   queue->tail, 4);
}

bool driver_reap(struct driver *driver, struct driver_queue *queue, struct pamc_cqe *cqe, int ms)
{
	const uint64_t end = now_ms() + (uint64_t)ms;
	const unsigned int phase = !(queue->head / ENTRIES % 2);
	volatile struct pamc_cqe *entry = driver_at(driver, queue->cq);

	entry += queue->head % ENTRIES;
	while ((entry->status & 1) != phase) {
		if (now_ms() > end || !client_pump(driver->client, 1))
			return false;
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	memcpy(cqe, driver_at(driver, queue->cq) + queue->head % ENTRIES * sizeof(*cqe),
	       sizeof(*cqe));
	queue->head++;
	client_set(driver->client, PAMC_BAR_DB, queue->qid * PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD,
		   queue->head, 4);
	return true;
}

void driver_arm(struct driver *driver, struct driver_queue *queue)
{
	client_set(driver->client, PAMC_BAR_DB, queue->qid * PAMC_DB_STRIDE + PAMC_DB_CQ_HEAD,
		   queue->head | PAMC_DB_CQ_HEAD_ARM_MASK, 4);
}

int driver_run(struct driver *driver, struct driver_queue *queue, void *sqe, struct pamc_cqe *cqe)
{
	struct pamc_cqe unused;

	if (!cqe)
		cqe = &unused;
	driver_submit(driver, queue, sqe);
	return driver_reap(driver, queue, cqe, PATIENCE_MS) ? cqe->status >> 1 & 0xff : -1;
}

bool driver_make_queue(struct driver *driver, uint16_t flags)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_QP_CREATE, .id = 1};

	sqe.p.qp_create.sq_base = DRIVER_SQ;
	sqe.p.qp_create.cq_base = DRIVER_CQ;
	sqe.p.qp_create.sq_shift = DRIVER_SHIFT;
	sqe.p.qp_create.cq_shift = DRIVER_SHIFT;
	sqe.p.qp_create.vector = 1;
	sqe.p.qp_create.flags = flags;
	return driver_run(driver, &driver->admin, &sqe, NULL) == PAMC_STATUS_SUCCESS;
}

bool driver_make_pool(struct driver *driver)
{
	struct pamc_pool_info info = {.type = PAMC_POOL_TYPE_PERSISTENT, .name = "test"};
	struct pamc_admin_sqe sqe = {
	    .opcode = PAMC_ADMIN_POOL_CREATE, .addr = DRIVER_DATA, .length = sizeof(info)};
	struct pamc_cqe cqe;

	memcpy(driver_at(driver, DRIVER_DATA), &info, sizeof(info));
	if (driver_run(driver, &driver->admin, &sqe, &cqe) != PAMC_STATUS_SUCCESS)
		return false;
	driver->pool = cqe.result;
	return true;
}

int driver_page(struct driver *driver, enum pamc_op op, uint64_t index, uint64_t addr)
{
	struct pamc_sqe sqe = {
	    .opcode = (uint8_t)op, .pool = driver->pool, .index = index, .addr = addr};

	return driver_run(driver, &driver->io, &sqe, NULL);
}
