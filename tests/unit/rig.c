// SPDX-License-Identifier: Apache-2.0
/*
 * The host made of memory that the tests of the card model share.
 */
#include "rig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"

/* ---------------------------------------------------------------- host side */

static bool allowed(struct rig *rig, uint64_t addr, size_t len, enum rig_access access)
{
	if (addr < RIG_BASE || len > RIG_MEMORY || addr - RIG_BASE > RIG_MEMORY - len) {
		return false;
	}
	for (uint64_t page = (addr - RIG_BASE) / PAMC_BLOCK_SIZE;
	     page <= (addr - RIG_BASE + len - 1) / PAMC_BLOCK_SIZE; page++) {
		if (!(rig->access[page] & access)) {
			return false;
		}
	}
	return true;
}

static void record(struct rig *rig, uint64_t addr, size_t len, bool write)
{
	rig->records[rig->record_count++ % RIG_RECORDS] =
	    (struct rig_access_record){.addr = addr, .len = len, .write = write};
}

static int dma_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct rig *rig = ctx;

	record(rig, addr, len, false);
	if (rig->before_read) {
		rig->before_read(rig, addr, len);
	}
	if (!allowed(rig, addr, len, RIG_READ)) {
		rig->faults++;
		return -EFAULT;
	}
	memcpy(buf, rig->memory + (addr - RIG_BASE), len);
	return 0;
}

/*
 * The last word of a completion goes last and is released: it holds the phase bit,
 * which tells another thread that the rest is there.
 */
static void copy_completion(uint8_t *to, const uint8_t *from)
{
	uint32_t last;

	memcpy(to, from, sizeof(struct pamc_cqe) - sizeof(last));
	memcpy(&last, from + sizeof(struct pamc_cqe) - sizeof(last), sizeof(last));
	atomic_store_explicit(
	    (_Atomic uint32_t *)(void *)(to + sizeof(struct pamc_cqe) - sizeof(last)), last,
	    memory_order_release);
}

static int dma_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	struct rig *rig = ctx;
	uint8_t *to;

	record(rig, addr, len, true);
	if (!allowed(rig, addr, len, RIG_WRITE)) {
		rig->faults++;
		return -EFAULT;
	}
	to = rig->memory + (addr - RIG_BASE);
	if (len == sizeof(struct pamc_cqe) && addr % len == 0) {
		copy_completion(to, buf);
	} else {
		memcpy(to, buf, len);
	}
	return 0;
}

static void *dma_place(void *ctx, uint64_t addr, size_t len)
{
	struct rig *rig = ctx;

	if (!rig->in_place || !allowed(rig, addr, len, RIG_WRITE)) {
		return NULL;
	}
	record(rig, addr, len, true);
	return rig->memory + (addr - RIG_BASE);
}

static void irq(void *ctx, unsigned int vector)
{
	struct rig *rig = ctx;

	atomic_fetch_add(&rig->interrupts[vector], 1);
	if (rig->on_irq) {
		rig->on_irq(rig, vector);
	}
}

static void wake(void *ctx)
{
	struct rig *rig = ctx;

	atomic_fetch_add(&rig->wakes, 1);
	if (rig->on_wake) {
		rig->on_wake(rig);
	}
}

static uint64_t now_ns(void *ctx)
{
	struct rig *rig = ctx;

	return rig->now += rig->tick;
}

bool rig_open(struct rig *rig, const struct pam_model_config *config)
{
	struct pam_model_host host = {
	    .dma_read = dma_read,
	    .dma_write = dma_write,
	    .dma_place = dma_place,
	    .irq = irq,
	    .wake = wake,
	    .now_ns = now_ns,
	    .ctx = rig,
	};
	struct pam_model_config usual;

	rig_close(rig); /* what a failed case left */
	memset(rig, 0, sizeof(*rig));
	rig->now = 1000;
	rig->memory = aligned_alloc(PAMC_BLOCK_SIZE, RIG_MEMORY);
	if (!rig->memory) {
		return false;
	}
	memset(rig->memory, 0, RIG_MEMORY);
	pam_model_config_init(&usual);
	usual.dram_bytes = UINT64_C(8) << 20;
	usual.seed = 1;
	return pam_model_create(config ? config : &usual, &host, &rig->model) == 0;
}

void rig_close(struct rig *rig)
{
	pam_model_destroy(rig->model);
	free(rig->memory);
	rig->model = NULL;
	rig->memory = NULL;
}

uint64_t rig_alloc(struct rig *rig, size_t size)
{
	uint64_t addr = RIG_BASE + rig->used;

	size = (size + PAMC_BLOCK_SIZE - 1) / PAMC_BLOCK_SIZE * PAMC_BLOCK_SIZE;
	if (size > RIG_MEMORY - rig->used) {
		abort(); /* the test wants more memory than the rig has */
	}
	rig->used += size;
	memset(rig_at(rig, addr), 0, size);
	rig_allow(rig, addr, size, RIG_ALL);
	return addr;
}

void *rig_at(struct rig *rig, uint64_t addr)
{
	return rig->memory + (addr - RIG_BASE);
}

void rig_allow(struct rig *rig, uint64_t addr, size_t size, enum rig_access access)
{
	memset(rig->access + (addr - RIG_BASE) / PAMC_BLOCK_SIZE, access,
	       (size + PAMC_BLOCK_SIZE - 1) / PAMC_BLOCK_SIZE);
}

/* ---------------------------------------------------------------- registers */

uint64_t rig_read(struct rig *rig, unsigned int offset, unsigned int len)
{
	return pam_model_reg_read(rig->model, PAMC_BAR_REGS, offset, len);
}

void rig_write(struct rig *rig, unsigned int offset, uint64_t value, unsigned int len)
{
	pam_model_reg_write(rig->model, PAMC_BAR_REGS, offset, &value, len);
}

void rig_doorbell(struct rig *rig, unsigned int qid, unsigned int offset, uint32_t value)
{
	pam_model_reg_write(rig->model, PAMC_BAR_DB, (uint64_t)qid * PAMC_DB_STRIDE + offset,
			    &value, sizeof(value));
}

void rig_run(struct rig *rig)
{
	for (unsigned int i = 0; i < RIG_PATIENCE && pam_model_run(rig->model, 16); i++) {
	}
}

/* ---------------------------------------------------------------- queue pairs */

static void queue_init(struct rig *rig, struct rig_queue *queue, unsigned int qid,
		       unsigned int sq_shift, unsigned int cq_shift)
{
	*queue = (struct rig_queue){
	    .rig = rig,
	    .qid = qid,
	    .sq = rig_alloc(rig, sizeof(struct pamc_sqe) << sq_shift),
	    .cq = rig_alloc(rig, sizeof(struct pamc_cqe) << cq_shift),
	    .sq_shift = sq_shift,
	    .cq_shift = cq_shift,
	};
}

bool rig_enable(struct rig *rig, struct rig_queue *admin, unsigned int shift)
{
	queue_init(rig, admin, 0, shift, shift);
	rig_write(rig, PAMC_REG_AQ_ATTR, shift | shift << PAMC_AQ_ATTR_CQ_SHIFT_SHIFT, 4);
	rig_write(rig, PAMC_REG_ASQ_BASE, admin->sq, 8);
	rig_write(rig, PAMC_REG_ACQ_BASE, admin->cq, 8);
	rig_write(rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK, 4);
	rig_run(rig);
	return rig_read(rig, PAMC_REG_STATUS, 4) == PAMC_STATUS_READY_MASK;
}

void rig_disable(struct rig *rig)
{
	rig_write(rig, PAMC_REG_CTRL, 0, 4);
	rig_run(rig);
}

bool rig_start(struct rig *rig, const struct pam_model_config *config, struct rig_queue *admin,
	       struct rig_queue *io)
{
	struct rig_queue_config usual = {.sq_shift = 5, .cq_shift = 5};

	return rig_open(rig, config) && rig_enable(rig, admin, 5) &&
	       rig_queue_create(admin, io, 1, &usual) == PAMC_STATUS_SUCCESS;
}

enum pamc_status rig_queue_create(struct rig_queue *admin, struct rig_queue *queue,
				  unsigned int qid, const struct rig_queue_config *config)
{
	union rig_sqe sqe = {.admin = {.opcode = PAMC_ADMIN_QP_CREATE, .id = qid}};

	queue_init(admin->rig, queue, qid, config->sq_shift, config->cq_shift);
	sqe.admin.p.qp_create.sq_base = queue->sq;
	sqe.admin.p.qp_create.cq_base = queue->cq;
	sqe.admin.p.qp_create.sq_shift = (uint8_t)config->sq_shift;
	sqe.admin.p.qp_create.cq_shift = (uint8_t)config->cq_shift;
	sqe.admin.p.qp_create.vector = (uint16_t)config->vector;
	sqe.admin.p.qp_create.domain = config->domain;
	sqe.admin.p.qp_create.flags = config->irq ? PAMC_QP_IRQ : 0;
	sqe.admin.p.qp_create.coalesce_count = config->coalesce_count;
	sqe.admin.p.qp_create.coalesce_usec = config->coalesce_usec;
	return rig_command(admin, &sqe, NULL);
}

enum pamc_status rig_queue_delete(struct rig_queue *admin, unsigned int qid)
{
	return rig_admin(admin, PAMC_ADMIN_QP_DELETE, qid, 0, 0, NULL);
}

void rig_enter(struct rig_queue *queue, union rig_sqe *sqe)
{
	unsigned int slot = queue->tail & ((1u << queue->sq_shift) - 1);

	sqe->io.cid = ++queue->cid;
	sqe->io.sq_index = queue->tail;
	memcpy(rig_at(queue->rig, queue->sq + slot * sizeof(*sqe)), sqe, sizeof(*sqe));
	queue->tail++;
}

void rig_ring(struct rig_queue *queue)
{
	rig_doorbell(queue->rig, queue->qid, PAMC_DB_SQ_TAIL, queue->tail);
}

void rig_submit(struct rig_queue *queue, union rig_sqe *sqe)
{
	rig_enter(queue, sqe);
	rig_ring(queue);
}

void rig_seal(union rig_sqe *sqe)
{
	sqe->io.push_crc = crc32c(sqe, PAMC_PUSH_CRC_BYTES);
}

void rig_push(struct rig_queue *queue, const union rig_sqe *sqe)
{
	union rig_sqe sealed = *sqe;
	unsigned int slot = sealed.io.sq_index % PAMC_PUSH_SLOTS;

	rig_seal(&sealed);
	pam_model_reg_write(queue->rig->model, PAMC_BAR_DB,
			    (uint64_t)queue->qid * PAMC_DB_STRIDE + PAMC_DB_PUSH +
				slot * sizeof(sealed),
			    &sealed, sizeof(sealed));
}

bool rig_poll(struct rig_queue *queue, struct pamc_cqe *cqe, bool ack)
{
	unsigned int slot = queue->head & ((1u << queue->cq_shift) - 1);
	uint8_t *at = rig_at(queue->rig, queue->cq + slot * sizeof(*cqe));
	unsigned int phase = !(queue->head >> queue->cq_shift & 1);
	uint32_t last =
	    atomic_load_explicit((_Atomic uint32_t *)(void *)(at + 12), memory_order_acquire);

	if ((last >> 16 & 1) != phase) {
		return false;
	}
	memcpy(cqe, at, sizeof(*cqe));
	queue->head++;
	if (ack) {
		rig_ack(queue, false);
	}
	return true;
}

void rig_ack(struct rig_queue *queue, bool arm)
{
	rig_doorbell(queue->rig, queue->qid, PAMC_DB_CQ_HEAD,
		     queue->head | (arm ? PAMC_DB_CQ_HEAD_ARM_MASK : 0));
}

bool rig_wait(struct rig_queue *queue, struct pamc_cqe *cqe)
{
	for (unsigned int i = 0; i < RIG_PATIENCE; i++) {
		if (rig_poll(queue, cqe, true)) {
			return true;
		}
		if (!pam_model_run(queue->rig->model, 16)) {
			return rig_poll(queue, cqe, true);
		}
	}
	return false;
}

enum pamc_status rig_status(const struct pamc_cqe *cqe)
{
	return cqe->status >> 1 & 0xff;
}

enum pamc_status rig_command(struct rig_queue *queue, union rig_sqe *sqe, struct pamc_cqe *cqe)
{
	struct pamc_cqe own;

	cqe = cqe ? cqe : &own;
	rig_submit(queue, sqe);
	if (!rig_wait(queue, cqe) || cqe->cid != queue->cid || cqe->qid != queue->qid) {
		return PAMC_STATUS_INTERNAL;
	}
	return rig_status(cqe);
}

/* ---------------------------------------------------------------- commands */

enum pamc_status rig_admin(struct rig_queue *admin, unsigned int opcode, uint32_t id, uint64_t addr,
			   uint32_t length, struct pamc_cqe *cqe)
{
	union rig_sqe sqe = {
	    .admin = {.opcode = (uint8_t)opcode, .id = id, .addr = addr, .length = length}};

	return rig_command(admin, &sqe, cqe);
}

uint32_t rig_pool(struct rig_queue *admin, enum pamc_pool_type type, unsigned int order,
		  uint16_t domain, uint32_t flags)
{
	uint64_t addr = rig_alloc(admin->rig, sizeof(struct pamc_pool_info));
	struct pamc_pool_info info = {
	    .type = (uint8_t)type, .order = (uint8_t)order, .domain = domain, .flags = flags};
	struct pamc_cqe cqe = {0};

	memcpy(rig_at(admin->rig, addr), &info, sizeof(info));
	if (rig_admin(admin, PAMC_ADMIN_POOL_CREATE, 0, addr, sizeof(info), &cqe) !=
	    PAMC_STATUS_SUCCESS) {
		return 0;
	}
	return cqe.result;
}

enum pamc_status rig_page(struct rig_queue *queue, unsigned int opcode, uint32_t pool,
			  uint64_t index, uint64_t addr, unsigned int flags)
{
	union rig_sqe sqe = {.io = {.opcode = (uint8_t)opcode,
				    .flags = (uint8_t)flags,
				    .pool = pool,
				    .object = {7, 7, 7},
				    .index = index,
				    .addr = addr}};

	return rig_command(queue, &sqe, NULL);
}

struct pamc_log_error rig_last_error(struct rig *rig)
{
	struct pamc_log_error error = {0};

	pam_model_log(rig->model, PAMC_LOG_ERROR, &error, sizeof(error));
	return error;
}

void rig_fill(void *page, size_t size, uint64_t seed)
{
	uint8_t *at = page;

	for (size_t i = 0; i < size; i += 8) {
		uint64_t word = i % 64 < 40 ? seed : (seed + i) * UINT64_C(0x9e3779b97f4a7c15);

		memcpy(at + i, &word, sizeof(word));
	}
}
