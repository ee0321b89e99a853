// SPDX-License-Identifier: Apache-2.0
/* The mailbox's words and what is behind them; see mailbox.h. */
#include "mailbox.h"

#include <string.h>

#include "fw_mailbox_bits.h"

#define FLR_DONE (1u << 3)

enum { OP_CREATE, OP_DELETE, OP_DISCARD, OP_COALESCE, OP_ABORT };

static uint32_t word(const struct hal *hal, uint32_t offset)
{
	return hal->word[offset / 4];
}

static void broken(struct hal *hal, const char *what)
{
	if (!hal->broken) {
		hal->broken = what;
	}
}

/* ---------------------------------------------------------------- queues */

static void answer(struct hal *hal, uint32_t value)
{
	hal->answered = true;
	hal->answer = value;
}

/* Entries that were taken and not completed. */
static unsigned int owed(const struct hal *hal)
{
	return hal->taken - hal->done_count;
}

/* The oldest order is dealt with if it can be. */
static void advance_orders(struct hal *hal)
{
	struct mailbox_order order = hal->orders[0];

	if (hal->control_busy && !(hal->stuck & STUCK_CONTROL)) {
		hal->control_busy = false;
	}
	if (hal->order_count == 0 || hal->control_busy || hal->answered ||
	    (hal->stuck & STUCK_ANSWER)) {
		return;
	}
	if (order.op == OP_DISCARD && (owed(hal) || hal->taken != hal->entered)) {
		return;
	}
	hal->order_count--;
	memmove(hal->orders, hal->orders + 1, hal->order_count * sizeof(order));
	if (order.op == OP_ABORT) {
		return; /* mailbox_answer_abort does */
	}
	if (order.op == OP_CREATE) {
		hal->queues |= UINT64_C(1) << order.qid;
	} else if (order.op == OP_DELETE) {
		hal->queues &= ~(UINT64_C(1) << order.qid);
	} else if (order.op == OP_DISCARD) {
		hal->queues = 0;
		hal->discards++;
	}
	answer(hal, order.tag | 16);
}

static void order(struct hal *hal, uint32_t value)
{
	if (hal->control_busy) {
		broken(hal, "an order before the last one was taken");
		return;
	}
	hal->control_busy = true;
	hal->orders[hal->order_count++] = (struct mailbox_order){
	    .op = value & 7,
	    .tag = value >> 4 & 15,
	    .qid = value >> 8 & 63,
	    .cid = value >> 16,
	};
}

void mailbox_answer_abort(struct hal *hal, unsigned int n, bool found)
{
	answer(hal, (8 + n) | (found ? 32 : 0));
}

/* ---------------------------------------------------------------- host memory */

void *mailbox_at(struct hal *hal, uint64_t addr)
{
	return hal->memory + (addr - MAILBOX_BASE);
}

static void dma(struct hal *hal, uint32_t value)
{
	uint64_t addr = word(hal, MAILBOX_DMA_ADDR) | (uint64_t)word(hal, MAILBOX_DMA_ADDR + 4)
							  << 32;
	uint32_t bytes = value & 0x1fff, kind = value >> 16 & 3;
	bool there = addr >= MAILBOX_BASE && addr + bytes <= MAILBOX_BASE + MAILBOX_MEMORY;

	if (hal->dma_busy) {
		broken(hal, "DMA before the last one was over");
	}
	if (addr % 4 || bytes % 4 || bytes == 0 || addr % 4096 + bytes > 4096) {
		broken(hal, "DMA beyond 4 KiB or not by dwords");
		return;
	}
	hal->dma_busy = hal->stuck & STUCK_DMA;
	hal->dma_error = kind != 1 && !there;
	if (!there || hal->dma_busy) {
		if (kind == 1) {
			broken(hal, "a write to where there is nothing");
		}
		return;
	}
	if (kind == 1) {
		memcpy(mailbox_at(hal, addr), hal->buffer, bytes);
	} else if (kind == 0) {
		uint64_t line = addr / 64 * 64;
		uint64_t end = (addr + bytes + 63) / 64 * 64;

		memcpy(hal->buffer, mailbox_at(hal, line), end - line);
	}
}

/* ---------------------------------------------------------------- vault */

static void vault_create(struct hal *hal, uint32_t value)
{
	unsigned int n = 0;

	while (n < MAILBOX_CONTENTS && hal->contents[n].used) {
		n++;
	}
	if (n == MAILBOX_CONTENTS || hal->refuse_create) {
		hal->word[MAILBOX_VAULT_RESULT / 4] = 2;
		return;
	}
	/* Counters are not the vault's. */
	hal->contents[n].used = true;
	hal->contents[n].dead = false;
	hal->contents[n].ephemeral = value >> 6 & 1;
	hal->contents[n].order = value >> 7 & 7;
	hal->contents[n].pages = 0;
	hal->contents[n].reserve = 0;
	hal->word[MAILBOX_VAULT_VALUE / 4] = n;
}

static void vault(struct hal *hal, uint32_t value)
{
	struct mailbox_contents *contents = &hal->contents[value >> 16 & 511];
	uint32_t *row = &hal->word[MAILBOX_VAULT_ROW / 4];

	hal->vault_busy = hal->stuck & STUCK_VAULT;
	hal->word[MAILBOX_VAULT_RESULT / 4] = 0;
	switch (value & 15) {
	case 0:
		memset(hal->contents, 0, sizeof(hal->contents));
		break;
	case 5:
		vault_create(hal, value);
		break;
	case 6:
		contents->used = false;
		break;
	case 7:
		if (hal->refuse_set) {
			hal->word[MAILBOX_VAULT_RESULT / 4] = 2;
			break;
		}
		contents->reserve = word(hal, MAILBOX_VAULT_UNITS);
		contents->limit = word(hal, MAILBOX_VAULT_LIMIT);
		break;
	case 8:
		memset(row, 0, 4 * MAILBOX_VAULT_ROW_WORDS);
		row[0] = contents->used | (uint32_t)contents->ephemeral << 2 | contents->order << 3;
		row[1] = contents->pages;
		row[2] = contents->units;
		row[9] = (uint32_t)contents->reserve;
		break;
	default:
		break;
	}
}

/* ---------------------------------------------------------------- words */

/* The command that is watched is inside. */
static bool watched_inside(const struct hal *hal)
{
	return (word(hal, MAILBOX_WATCH) & 0x3fffff) == hal->inside;
}

static uint32_t events(struct hal *hal)
{
	advance_orders(hal);
	if (hal->done_busy && !(hal->stuck & STUCK_DONE)) {
		hal->done_busy = false;
	}
	if (hal->dma_busy && !(hal->stuck & STUCK_DMA)) {
		hal->dma_busy = false;
	}
	if (hal->vault_busy && !(hal->stuck & STUCK_VAULT)) {
		hal->vault_busy = false;
	}
	if (hal->flr && (word(hal, MAILBOX_HOLD) & FLR_DONE) && !(hal->stuck & STUCK_FLR)) {
		hal->flr = false;
		hal->ctrl = 0;
	}
	return (hal->taken < hal->entered ? HAS_ADMIN : 0) | (hal->error_waits ? HAS_ERROR : 0) |
	       (hal->fault_waits ? HAS_FAULT : 0) | (hal->answered ? HAS_ANSWER : 0) |
	       (hal->ctrl_written ? HAS_CTRL : 0) | (hal->flr ? HAS_FLR : 0) |
	       (hal->ctrl_fell ? HAS_FALL : 0) | (hal->lost_waits ? HAS_LOST : 0) |
	       (word(hal, MAILBOX_WATCH) >> 31 && !watched_inside(hal) ? HAS_LEFT : 0) |
	       (hal->vault_busy ? BUSY_VAULT : 0) | (hal->dma_busy ? BUSY_DMA : 0) |
	       (hal->done_busy ? BUSY_DONE : 0) | (hal->control_busy ? BUSY_CONTROL : 0);
}

static uint32_t half(uint64_t value, uint32_t offset, uint32_t base)
{
	return (uint32_t)(offset == base ? value : value >> 32);
}

static uint64_t contents_count(const struct hal *hal)
{
	uint32_t select = word(hal, MAILBOX_CONTENTS_SELECT);

	return hal->contents[select >> 3 & 511].count[select & 7];
}

static void pass(struct hal *hal)
{
	hal->now += hal->tick;
	hal->accesses++;
	if (hal->crash_in && --hal->crash_in == 0) {
		longjmp(*hal->crash, 1);
	}
}

/* WRITTEN: one more of these. */
static void written(struct hal *hal, unsigned int which)
{
	uint32_t *all = &hal->word[MAILBOX_WRITTEN / 4], mask = 0xffu << 8 * which;

	*all = (*all & ~mask) | ((*all + (1u << 8 * which)) & mask);
}

/* Unless a test says otherwise, as many units are free as no contents have. */
static uint64_t counted(struct hal *hal)
{
	uint32_t which = word(hal, MAILBOX_COUNTER_SELECT) & 511;
	uint64_t free_units = word(hal, MAILBOX_LAYOUT + 16);

	if (which != MAILBOX_COUNTER_STORE_FREE_UNITS || hal->counter[which]) {
		return hal->counter[which];
	}
	for (uint32_t n = 0; n < MAILBOX_CONTENTS; n++) {
		free_units -= hal->contents[n].used ? hal->contents[n].units : 0;
	}
	return free_units;
}

uint32_t hal_read(struct hal *hal, uint32_t offset)
{
	pass(hal);
	if (offset >= MAILBOX_BUFFER) {
		return hal->buffer[(offset - MAILBOX_BUFFER) / 4] |
		       (hal->stuck_bit && offset - MAILBOX_BUFFER == hal->stuck_bit);
	}
	if (offset >= MAILBOX_ADMIN && offset < MAILBOX_ADMIN_NEXT) {
		uint32_t entry[16];

		memcpy(entry, &hal->entries[hal->taken], sizeof(entry));
		return entry[(offset - MAILBOX_ADMIN) / 4];
	}
	switch (offset) {
	case MAILBOX_EVENTS:
		return events(hal);
	case MAILBOX_CTRL:
		return hal->ctrl;
	case MAILBOX_AQ_ATTR:
		return hal->aq_attr;
	case MAILBOX_ASQ_BASE:
	case MAILBOX_ASQ_BASE + 4:
		return half(hal->asq, offset, MAILBOX_ASQ_BASE);
	case MAILBOX_ACQ_BASE:
	case MAILBOX_ACQ_BASE + 4:
		return half(hal->acq, offset, MAILBOX_ACQ_BASE);
	case MAILBOX_IDLE:
		return (hal->stuck & STUCK_INSIDE ? 0 : 1) | (hal->stuck & STUCK_TRAFFIC ? 0 : 2);
	case MAILBOX_POOL_BUSY:
		return (hal->stuck & STUCK_POOL) != 0;
	case MAILBOX_CONTROL_ANSWER:
		return hal->answer;
	case MAILBOX_WATCH:
		return hal->seen;
	case MAILBOX_DMA_ERROR:
		return hal->dma_error;
	case MAILBOX_WINDOW:
		return 0;
	case MAILBOX_WINDOW_DATA:
		/* As if all lines had been written alike. */
		return !hal->cleared ||
			       (hal->uncleared && word(hal, MAILBOX_WINDOW) >= hal->uncleared)
			   ? word(hal, MAILBOX_WINDOW_DATA)
			   : 0;
	case MAILBOX_COUNTER:
	case MAILBOX_COUNTER + 4:
		return half(counted(hal), offset, MAILBOX_COUNTER);
	case MAILBOX_CONTENTS_COUNTER:
	case MAILBOX_CONTENTS_COUNTER + 4:
		return half(contents_count(hal), offset, MAILBOX_CONTENTS_COUNTER);
	default:
		return word(hal, offset);
	}
}

static void done(struct hal *hal, uint32_t value)
{
	if (hal->done_busy) {
		broken(hal, "a completion before the last one was taken");
		return;
	}
	if (owed(hal) == 0) {
		broken(hal, "a completion too many");
		return;
	}
	hal->done[hal->done_count++] = (struct mailbox_done){
	    .result = word(hal, MAILBOX_DONE_RESULT),
	    .info = word(hal, MAILBOX_DONE_INFO),
	    .cid = (uint16_t)value,
	    .status = (uint8_t)(value >> 16),
	    .logged = value >> 31,
	};
	hal->done_busy = true;
}

void hal_write(struct hal *hal, uint32_t offset, uint32_t value)
{
	pass(hal);
	hal->cleared &= offset != MAILBOX_WINDOW_DATA;
	if (offset >= MAILBOX_BUFFER) {
		hal->buffer[(offset - MAILBOX_BUFFER) / 4] = value;
		return;
	}
	hal->word[offset / 4] = value;
	switch (offset) {
	case MAILBOX_EVENTS:
		hal->ctrl_written &= !(value & HAS_CTRL);
		hal->ctrl_fell &= !(value & HAS_FALL);
		hal->lost_waits &= !(value & HAS_LOST);
		break;
	case MAILBOX_ADMIN_NEXT:
		hal->taken++;
		written(hal, 1);
		break;
	case MAILBOX_DONE:
		done(hal, value);
		written(hal, 0);
		break;
	case MAILBOX_CONTROL:
		order(hal, value);
		written(hal, 2);
		break;
	case MAILBOX_CONTROL_ANSWER:
		hal->answered = false;
		written(hal, 3);
		break;
	case MAILBOX_WATCH:
		hal->seen = watched_inside(hal);
		break;
	case MAILBOX_POOL:
		hal->pool_id[value & 255] = value;
		hal->pool_attr[value & 255] = word(hal, MAILBOX_POOL_ATTR);
		break;
	case MAILBOX_VAULT:
		vault(hal, value);
		break;
	case MAILBOX_DMA:
		dma(hal, value);
		break;
	case MAILBOX_ERROR_NEXT:
		hal->error_waits = false;
		break;
	case MAILBOX_FAULT:
		hal->fault_waits = false;
		break;
	case MAILBOX_CONTENTS_SELECT:
		if (value >> 31) {
			hal->contents[value >> 3 & 511].count[value & 7] = 0;
		}
		break;
	default:
		break;
	}
}

uint64_t hal_cycles(struct hal *hal)
{
	return hal->now;
}

uint32_t hal_random(struct hal *hal)
{
	hal->random = hal->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(hal->random >> 32);
}

/* 0 and the same again now and then: neither is to be taken. */
uint64_t hal_epoch(struct hal *hal)
{
	return hal_random(hal) % 3 ? hal->random : hal_random(hal) % 2 ? 0 : hal->fw.epoch;
}

unsigned int hal_clear_memory(struct hal *hal, int restart)
{
	if (restart) {
		hal->clear_steps = 0;
		hal->cleared = true;
		hal->clears++;
	}
	return ++hal->clear_steps < 4 ? hal->clear_steps * 25 : 100;
}

unsigned int hal_temperature(struct hal *hal)
{
	return hal->temperature;
}

void hal_panic(struct hal *hal, const char *what)
{
	hal->panic = what;
	hal->panics++;
}

/* ---------------------------------------------------------------- a host */

void mailbox_open(struct hal *hal)
{
	static const struct fw_platform platform = {
	    .dram_bytes = 64 << 20,
	    .queue_pairs = 16,
	    .vectors = 8,
	    .cycles_per_us = 250,
	    .clock_khz = 250000,
	    .serial = "serial",
	    .model = "model",
	};
	struct fw_platform mine = platform;

	memset(hal, 0, sizeof(*hal));
	hal->tick = 6;
	hal->random = 1;
	hal->aq_attr = 4 | 4 << 4;
	hal->asq = MAILBOX_BASE;
	hal->acq = MAILBOX_BASE + 4096;
	mine.hal = hal;
	fw_power_on(&hal->fw, &mine);
}

void mailbox_run(struct hal *hal, unsigned int steps)
{
	while (steps-- && ((events(hal) & 0xffff) || fw_busy(&hal->fw))) {
		fw_step(&hal->fw);
	}
}

void mailbox_ctrl(struct hal *hal, uint32_t value)
{
	hal->ctrl = value;
	hal->ctrl_written = true;
	hal->ctrl_fell |= !(value & PAMC_CTRL_EN_MASK);
}

uint32_t mailbox_status(const struct hal *hal)
{
	return word(hal, MAILBOX_STATUS);
}

bool mailbox_enable(struct hal *hal)
{
	mailbox_ctrl(hal, PAMC_CTRL_EN_MASK);
	mailbox_run(hal, 1000);
	return mailbox_status(hal) == PAMC_STATUS_READY_MASK;
}

uint16_t mailbox_submit(struct hal *hal, const struct pamc_admin_sqe *sqe)
{
	struct pamc_admin_sqe *entry = &hal->entries[hal->entered];

	*entry = *sqe;
	entry->cid = (uint16_t)(0x100 + hal->entered);
	hal->entered++;
	return entry->cid;
}

const struct mailbox_done *mailbox_find(const struct hal *hal, uint16_t cid)
{
	for (unsigned int n = 0; n < hal->done_count; n++) {
		if (hal->done[n].cid == cid) {
			return &hal->done[n];
		}
	}
	return NULL;
}

/* Entries and completions are counted from 0 again when nothing is outstanding. */
enum pamc_status mailbox_command(struct hal *hal, const struct pamc_admin_sqe *sqe,
				 struct mailbox_done *out)
{
	const struct mailbox_done *found;
	uint16_t cid;

	if (owed(hal) == 0 && hal->taken == hal->entered) {
		hal->taken = hal->entered = hal->done_count = 0;
	}
	cid = mailbox_submit(hal, sqe);
	mailbox_run(hal, 10000);
	found = mailbox_find(hal, cid);
	if (!found) {
		return PAMC_STATUS_INTERNAL;
	}
	if (out) {
		*out = *found;
	}
	return (enum pamc_status)found->status;
}
