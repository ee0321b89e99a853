// SPDX-License-Identifier: Apache-2.0
/*
 * I/O commands: an entry is checked field by field, then carried out on the vault.
 *
 * The order of checks is the order of an entry's fields, so that the same wrong
 * entry gets the same status from every card. A put that fails, for whatever
 * reason, ends with its handle absent: the older page must not outlive a newer one
 * that could not be stored.
 */
#include "card.h"

#include "crc32c.h"

#define FIELD(name) offsetof(struct pamc_sqe, name)

void command_fail(struct command *command, enum pamc_status status, unsigned int field)
{
	command->status = status;
	command->field = (uint16_t)field;
}

static bool fail(struct command *command, enum pamc_status status, unsigned int field)
{
	command_fail(command, status, field);
	return false;
}

/* ---------------------------------------------------------------- checks */

/* Flags that an opcode defines. */
static unsigned int flags_of(unsigned int opcode)
{
	switch (opcode) {
	case PAMC_OP_PUT:
		return PAMC_SQE_LIST | PAMC_SQE_CRC;
	case PAMC_OP_GET:
		return PAMC_SQE_LIST | PAMC_SQE_EXCLUSIVE;
	default:
		return 0;
	}
}

static bool check_entry(struct command *command)
{
	const struct pamc_sqe *sqe = &command->entry->io;

	if (sqe->opcode > PAMC_OP_QUERY) {
		return fail(command, PAMC_STATUS_BAD_OPCODE, FIELD(opcode));
	}
	if (sqe->flags & ~flags_of(sqe->opcode)) {
		return fail(command, PAMC_STATUS_BAD_FIELD, FIELD(flags));
	}
	if (sqe->function) {
		return fail(command, PAMC_STATUS_BAD_FIELD, FIELD(function));
	}
	if (sqe->rsvd) {
		return fail(command, PAMC_STATUS_BAD_FIELD, FIELD(rsvd));
	}
	return true;
}

/* The pool, or NULL: there is none, or it is another domain's. */
static const struct exec_pool *check_pool(struct pam_model *model, struct command *command)
{
	uint32_t id = command->entry->io.pool;
	const struct exec_pool *pool = &model->pools[id % CARD_POOLS];

	if (!pool->valid || pool->id != id) {
		command_fail(command, PAMC_STATUS_BAD_POOL, FIELD(pool));
		return NULL;
	}
	if (pool->domain != command->qp->domain) {
		command_fail(command, PAMC_STATUS_ACCESS_DENIED, FIELD(pool));
		return NULL;
	}
	return pool;
}

/* What can be seen of an address without reading a list. */
static bool check_address(struct command *command, unsigned int order)
{
	uint64_t addr = command->entry->io.addr;
	uint64_t size = (uint64_t)PAMC_BLOCK_SIZE << order;
	bool good;

	if (command->entry->io.flags & PAMC_SQE_LIST) {
		good = addr % 8 == 0 && addr % PAMC_BLOCK_SIZE + (8u << order) <= PAMC_BLOCK_SIZE;
	} else {
		good = addr % PAMC_BLOCK_SIZE == 0 && addr + size - 1 >= addr;
	}
	return good || fail(command, PAMC_STATUS_BAD_FIELD, FIELD(addr));
}

/* ---------------------------------------------------------------- transfers */

/* Reads the list of a page's blocks. */
static bool read_list(struct pam_model *model, struct command *command, unsigned int order,
		      uint64_t list[PAMC_MAX_PAGE_BLOCKS])
{
	if (!dma_read(model, command, command->entry->io.addr, list, sizeof(*list) << order)) {
		return false;
	}
	for (unsigned int block = 0; block < 1u << order; block++) {
		if (list[block] % PAMC_BLOCK_SIZE) {
			return fail(command, PAMC_STATUS_BAD_FIELD, FIELD(addr));
		}
	}
	return true;
}

/* Moves the page between model->page and the host. */
static bool transfer(struct pam_model *model, struct command *command, unsigned int order,
		     bool to_host)
{
	uint64_t list[PAMC_MAX_PAGE_BLOCKS];
	uint64_t addr = command->entry->io.addr;
	size_t size = (size_t)PAMC_BLOCK_SIZE << order;

	if (!(command->entry->io.flags & PAMC_SQE_LIST)) {
		return to_host ? dma_write(model, command, addr, model->page, size)
			       : dma_read(model, command, addr, model->page, size);
	}
	if (!read_list(model, command, order, list)) {
		return false;
	}
	for (unsigned int block = 0; block < 1u << order; block++) {
		uint8_t *at = model->page + (size_t)block * PAMC_BLOCK_SIZE;
		bool good = to_host ? dma_write(model, command, list[block], at, PAMC_BLOCK_SIZE)
				    : dma_read(model, command, list[block], at, PAMC_BLOCK_SIZE);

		if (!good) {
			return false;
		}
	}
	return true;
}

/* ---------------------------------------------------------------- commands */

static struct vault_handle handle_of(const struct pamc_sqe *sqe)
{
	return (struct vault_handle){
	    .object = {sqe->object[0], sqe->object[1], sqe->object[2]},
	    .index = sqe->index,
	};
}

static void tell_page(struct command *command, const struct vault_page *page)
{
	command->result = page->crc;
	command->info = (page->stored_bytes & 0xffffff) | (uint32_t)page->tier << 24;
}

/* Before what the index forgets: flash must not bring it back. */
static enum pamc_status bury(struct pam_model *model, const struct exec_pool *pool,
			     const struct vault_handle *handle, bool object)
{
	return model->hal.flash ? flash_bury(model, pool->contents, handle, object)
				: PAMC_STATUS_SUCCESS;
}

static void put(struct pam_model *model, struct command *command, const struct exec_pool *pool)
{
	const struct pamc_sqe *sqe = &command->entry->io;
	struct vault_handle handle = handle_of(sqe);
	struct vault_page page;
	uint32_t crc;

	command->hold_ns = model->config.put_latency_ns;
	if (!check_address(command, pool->order)) {
		return;
	}
	/* Whatever it comes to, from here on. */
	command->latency = PAMC_LAT_PUT;
	if (!transfer(model, command, pool->order, false)) {
		return;
	}
	/* Over what arrived: from here on nothing looks at host memory any more. */
	crc = crc32c(model->page, (size_t)PAMC_BLOCK_SIZE << pool->order);
	if ((sqe->flags & PAMC_SQE_CRC) && crc != sqe->crc) {
		command_fail(command, PAMC_STATUS_CRC_MISMATCH, FIELD(crc));
		return;
	}
	if ((model->hal.hold & HOLD_FULL) || card_fault(model, PAM_MODEL_FAULT_REFUSE)) {
		command->status = PAMC_STATUS_NO_SPACE;
		return;
	}
	if (pool->frozen) {
		vault_refuse(model->vault, pool->contents, &handle);
		command->status = PAMC_STATUS_FROZEN;
		return;
	}
	command->status =
	    model->hal.flash
		? flash_put(model, pool->contents, &handle, model->page, crc, &page)
		: vault_put(model->vault, pool->contents, &handle, model->page, crc, &page);
	if (command->status == PAMC_STATUS_SUCCESS) {
		tell_page(command, &page);
	}
}

static void get(struct pam_model *model, struct command *command, const struct exec_pool *pool)
{
	const struct pamc_sqe *sqe = &command->entry->io;
	size_t size = (size_t)PAMC_BLOCK_SIZE << pool->order;
	struct vault_handle handle = handle_of(sqe);
	struct vault_page page;
	void *place = NULL;

	command->hold_ns = model->config.get_latency_ns;
	if (!check_address(command, pool->order)) {
		return;
	}
	/* A host that can be written to directly saves a copy of every page. */
	if (!(sqe->flags & PAMC_SQE_LIST)) {
		place = dma_place(model, sqe->addr, size);
	}
	if (card_fault(model, PAM_MODEL_FAULT_BIT_FLIP)) {
		vault_flip_bit(model->vault, pool->contents, &handle, card_random(model));
	}
	command->status = model->hal.flash ? flash_get(model, pool->contents, &handle,
						       place ? place : model->page, &page)
					   : vault_get(model->vault, pool->contents, &handle,
						       place ? place : model->page, &page);
	if (command->status != PAMC_STATUS_SUCCESS) {
		model->counters.damaged += command->status == PAMC_STATUS_UNCORRECTABLE;
		command->latency = command->status == PAMC_STATUS_MISS ? PAMC_LAT_MISS : -1;
		return;
	}
	if (!(place ? dma_placed(model, command, sqe->addr, size)
		    : transfer(model, command, pool->order, true))) {
		vault_get_lost(model->vault, pool->contents);
		return; /* also an exclusive get leaves the page where it was */
	}
	command->latency = PAMC_LAT_GET;
	tell_page(command, &page);
	if ((sqe->flags & PAMC_SQE_EXCLUSIVE) || pool->exclusive) {
		command->status = bury(model, pool, &handle, false);
		if (command->status == PAMC_STATUS_SUCCESS) {
			vault_flush_page(model->vault, pool->contents, &handle);
		}
	}
}

static void flush_page(struct pam_model *model, struct command *command,
		       const struct exec_pool *pool)
{
	struct vault_handle handle = handle_of(&command->entry->io);
	struct vault_page page;

	command->latency = PAMC_LAT_FLUSH;
	if (vault_query(model->vault, pool->contents, &handle, &page) == PAMC_STATUS_SUCCESS) {
		command->status = bury(model, pool, &handle, false);
	}
	if (command->status != PAMC_STATUS_SUCCESS) {
		return;
	}
	command->info = vault_flush_page(model->vault, pool->contents, &handle);
}

static void flush_object(struct pam_model *model, struct command *command,
			 const struct exec_pool *pool)
{
	struct vault_handle handle = handle_of(&command->entry->io);

	command->status = bury(model, pool, &handle, true);
	if (command->status != PAMC_STATUS_SUCCESS) {
		return;
	}
	command->info = vault_flush_object(model->vault, pool->contents, handle.object);
	model->untidy = true;
}

static void query(struct pam_model *model, struct command *command, const struct exec_pool *pool)
{
	struct vault_handle handle = handle_of(&command->entry->io);
	struct vault_page page;

	command->status = model->hal.flash
			      ? flash_query(model, pool->contents, &handle, &page)
			      : vault_query(model->vault, pool->contents, &handle, &page);
	if (command->status == PAMC_STATUS_SUCCESS) {
		tell_page(command, &page);
	}
}

/* Makes the handle of a failed put absent, as far as the queue pair may reach it. */
static void forget(struct pam_model *model, const struct command *command)
{
	struct vault_handle handle = handle_of(&command->entry->io);
	struct command probe = *command;
	const struct exec_pool *pool;

	if (command->entry->io.opcode != PAMC_OP_PUT || (model->hal.hold & HOLD_OFFLINE)) {
		return;
	}
	pool = check_pool(model, &probe);
	if (pool) {
		/* The put has failed; it fails no worse if this does. */
		bury(model, pool, &handle, false);
		vault_forget_page(model->vault, pool->contents, &handle);
	}
}

void exec_abort(struct pam_model *model, struct command *command, enum pamc_status status)
{
	forget(model, command);
	command->status = status;
}

void exec_io(struct pam_model *model, struct command *command)
{
	const struct exec_pool *pool;

	if (!check_entry(command)) {
		forget(model, command);
		return;
	}
	if (command->entry->io.opcode == PAMC_OP_NOP) {
		return;
	}
	if (model->hal.hold & HOLD_OFFLINE) {
		command->status = PAMC_STATUS_NOT_READY;
		return;
	}
	pool = check_pool(model, command);
	if (!pool) {
		return;
	}
	switch (command->entry->io.opcode) {
	case PAMC_OP_SYNC:
		/* Commands take effect one after the other, and DRAM is all that is promised
		 * unless the pool is durable. */
		if (model->hal.flash) {
			command->status = flash_sync(model, pool->contents);
		}
		break;
	case PAMC_OP_FLUSH_OBJECT:
		flush_object(model, command, pool);
		break;
	case PAMC_OP_PUT:
		put(model, command, pool);
		break;
	case PAMC_OP_GET:
		get(model, command, pool);
		break;
	case PAMC_OP_FLUSH_PAGE:
		flush_page(model, command, pool);
		break;
	default:
		query(model, command, pool);
		break;
	}
	if (command->status != PAMC_STATUS_SUCCESS) {
		forget(model, command);
	}
}
