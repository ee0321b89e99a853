// SPDX-License-Identifier: Apache-2.0
/*
 * The mailbox's words: which file each is dealt with in, and those about registers, holds
 * and host memory themselves. They mean what spec/mailbox.toml says.
 */
#include "card.h"

#include <string.h>

/* DMA: what is to be done, in the upper half. */
enum { DMA_READ, DMA_WRITE, DMA_PROBE };

#define WINDOW_WRITES (1u << 31)

/* CAUSE, READY and the rest of STATUS. */
#define SERVING (PAMC_STATUS_READY_MASK | PAMC_STATUS_FATAL_MASK)

/* ---------------------------------------------------------------- registers, holds */

static void clear_events(struct pam_model *model, uint32_t which)
{
	/* What the host does from here on sets them again. */
	if (which & HAS_CTRL) {
		atomic_store(&model->control, 0);
	}
	if (which & HAS_FALL) {
		atomic_store(&model->enable_fell, 0);
	}
}

static void set_status(struct pam_model *model, uint32_t value)
{
	model->serving = (value & SERVING) == PAMC_STATUS_READY_MASK;
	reg_set(model, PAMC_REG_STATUS, UINT32_MAX, value);
}

static void set_hold(struct pam_model *model, uint32_t value)
{
	struct hal *hal = &model->hal;
	uint32_t changed = hal->hold ^ value;

	hal->hold = value;
	if (changed & value & HOLD_STOP) {
		/* What is held back has happened, and nobody is to wait for it any longer. */
		complete_held(model, NEVER, MAX_HELD);
	}
	if (changed & (HOLD_STOP | HOLD_REFUSE)) {
		/* What was not taken meanwhile is waiting for its answer. */
		atomic_fetch_or(&model->rung, UINT64_MAX);
	}
	if ((value & HOLD_FLR_DONE) && hal->flr) {
		regs_reset(model);
		atomic_store(&model->rung, 0);
		hal->flr = false;
	}
}

/* Commands take effect one after the other, so none is inside when the firmware looks; but
 * a shutdown is for what was fetched already, too. */
static uint32_t idle(const struct pam_model *model)
{
	bool open = (model->hal.hold & HOLD_STOP) && (card_servable(model) || model->held_count);

	return open ? 2 : 3;
}

/* ---------------------------------------------------------------- host memory */

static void dma(struct pam_model *model, uint32_t value)
{
	struct hal *hal = &model->hal;
	uint64_t addr = mailbox_word64(hal, MAILBOX_DMA_ADDR);
	uint32_t bytes = value & 0x1fff;
	uint8_t *buffer = (uint8_t *)hal->buffer;
	struct command none = {.status = PAMC_STATUS_SUCCESS};
	bool good;

	switch (value >> 16 & 3) {
	case DMA_READ:
		/* Hardware reads whole lines, and the bytes lie in the buffer as in those. */
		good = dma_read(model, &none, addr, buffer + addr % 64, bytes);
		break;
	case DMA_WRITE:
		/* Its fault is drawn by the probe before it. */
		good = dma_write_ring(model, addr, buffer, bytes);
		break;
	default:
		/* Whether it can be written to, a host is not asked before: the write tells. */
		good = !card_fault(model, PAM_MODEL_FAULT_DMA);
		model->counters.dma_faults += !good;
		break;
	}
	hal->dma_error = !good;
}

/* ---------------------------------------------------------------- reading */

/* Half of a value: the low word keeps the high one for the next read. */
static uint32_t half(struct hal *hal, uint32_t offset, uint32_t base,
		     uint64_t (*read)(struct pam_model *))
{
	uint64_t value;

	if (offset != base) {
		return hal->high;
	}
	value = read(hal->model);
	hal->high = (uint32_t)(value >> 32);
	return (uint32_t)value;
}

static uint32_t read_register(struct pam_model *model, unsigned int offset)
{
	return (uint32_t)reg_get(model, offset);
}

uint32_t hal_read(struct hal *hal, uint32_t offset)
{
	struct pam_model *model = hal->model;

	if (offset >= MAILBOX_BUFFER) {
		return hal->buffer[(offset - MAILBOX_BUFFER) / 4 % MAILBOX_BUFFER_WORDS];
	}
	if (offset >= MAILBOX_ADMIN && offset < MAILBOX_ADMIN + 4 * MAILBOX_ADMIN_WORDS) {
		return mailbox_admin_word(model, (offset - MAILBOX_ADMIN) / 4);
	}
	if (offset >= MAILBOX_ERROR && offset < MAILBOX_ERROR + 4 * MAILBOX_ERROR_WORDS) {
		return hal->error[hal->error_first][(offset - MAILBOX_ERROR) / 4];
	}
	if (offset >= MAILBOX_VAULT_ROW && offset < MAILBOX_VAULT_ROW + sizeof(hal->row)) {
		return hal->row[(offset - MAILBOX_VAULT_ROW) / 4];
	}
	switch (offset) {
	case MAILBOX_EVENTS:
		return mailbox_events(model);
	case MAILBOX_CTRL:
		return read_register(model, PAMC_REG_CTRL);
	case MAILBOX_AQ_ATTR:
		return read_register(model, PAMC_REG_AQ_ATTR);
	case MAILBOX_ASQ_BASE:
	case MAILBOX_ASQ_BASE + 4:
		return read_register(model, PAMC_REG_ASQ_BASE + (offset - MAILBOX_ASQ_BASE));
	case MAILBOX_ACQ_BASE:
	case MAILBOX_ACQ_BASE + 4:
		return read_register(model, PAMC_REG_ACQ_BASE + (offset - MAILBOX_ACQ_BASE));
	case MAILBOX_NOW:
		return (uint32_t)card_now(model);
	case MAILBOX_IDLE:
		return idle(model);
	case MAILBOX_POOL_BUSY:
	case MAILBOX_WATCH:
		return 0; /* never inside when it is looked at */
	case MAILBOX_CONTROL_ANSWER:
		return mailbox_answer(model);
	case MAILBOX_FAULT:
		return mailbox_fault(model);
	case MAILBOX_FAULT_ADDR:
	case MAILBOX_FAULT_ADDR + 4:
		return half(hal, offset, MAILBOX_FAULT_ADDR, mailbox_fault_addr);
	case MAILBOX_DMA_ERROR:
		return hal->dma_error;
	case MAILBOX_WINDOW_DATA:
		hal->window += 4;
		return vault_memory_word(model->vault, hal->window - 4);
	case MAILBOX_VAULT_RESULT:
		return hal->vault_result;
	case MAILBOX_VAULT_VALUE:
		return hal->vault_value;
	case MAILBOX_COUNTER:
	case MAILBOX_COUNTER + 4:
		return half(hal, offset, MAILBOX_COUNTER, mailbox_counter);
	case MAILBOX_LATENCY:
	case MAILBOX_LATENCY + 4:
		return half(hal, offset, MAILBOX_LATENCY, mailbox_latency);
	case MAILBOX_CONTENTS_COUNTER:
	case MAILBOX_CONTENTS_COUNTER + 4:
		return half(hal, offset, MAILBOX_CONTENTS_COUNTER, mailbox_contents_counter);
	default:
		return offset / 4 < sizeof(hal->word) / 4 ? mailbox_word(hal, offset) : 0;
	}
}

/* ---------------------------------------------------------------- writing */

void hal_write(struct hal *hal, uint32_t offset, uint32_t value)
{
	struct pam_model *model = hal->model;

	if (offset >= MAILBOX_BUFFER) {
		hal->buffer[(offset - MAILBOX_BUFFER) / 4 % MAILBOX_BUFFER_WORDS] = value;
		return;
	}
	if (offset == MAILBOX_WINDOW) {
		hal->window = (value & ~WINDOW_WRITES) * UINT64_C(64);
		hal->window_writes = value & WINDOW_WRITES;
	}
	if (offset == MAILBOX_WINDOW_DATA && hal->window_writes) {
		vault_memory_write(model->vault, hal->window, value);
		hal->window += 4;
	}
	if (offset / 4 >= sizeof(hal->word) / 4) {
		return;
	}
	hal->word[offset / 4] = value;
	switch (offset) {
	case MAILBOX_EVENTS:
		clear_events(model, value);
		break;
	case MAILBOX_STATUS:
		set_status(model, value);
		break;
	case MAILBOX_BOOT_EPOCH + 4:
		reg_set(model, PAMC_REG_BOOT_EPOCH, UINT64_MAX,
			mailbox_word64(hal, MAILBOX_BOOT_EPOCH));
		break;
	case MAILBOX_RESETS:
		reg_set(model, PAMC_REG_RESETS, UINT32_MAX, value);
		break;
	case MAILBOX_HOLD:
		set_hold(model, value);
		break;
	case MAILBOX_ADMIN_NEXT:
		mailbox_admin_taken(model);
		break;
	case MAILBOX_DONE:
		mailbox_done(model, value);
		break;
	case MAILBOX_CONTROL:
		mailbox_control(model, value);
		break;
	case MAILBOX_CONTROL_ANSWER:
		mailbox_answer_taken(model);
		break;
	case MAILBOX_POOL:
		mailbox_pool(model, value);
		break;
	case MAILBOX_VAULT:
		mailbox_vault(model, value);
		break;
	case MAILBOX_CONTENTS_SELECT:
		mailbox_contents_select(model, value);
		break;
	case MAILBOX_ERROR_NEXT:
		mailbox_error_taken(model);
		break;
	case MAILBOX_FAULT:
		hal->faults &= hal->faults - 1;
		break;
	case MAILBOX_DMA:
		dma(model, value);
		break;
	default:
		break;
	}
}
