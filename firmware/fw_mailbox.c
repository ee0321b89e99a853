// SPDX-License-Identifier: Apache-2.0
/* The mailbox's words, and what they start: counters, the vault, orders, host memory. */
#include "fw_priv.h"

#define DMA_READ  (0u << 16)
#define DMA_WRITE (1u << 16)
#define DMA_PROBE (2u << 16)

/* At EVENTS before the time that the vault takes is looked at. */
#define LOOKS 64u

/* The low word first: a counter's high one is kept for then. */
uint64_t fw_read64(struct fw *fw, uint32_t word)
{
	uint64_t low = fw_read(fw, word);

	return low | (uint64_t)fw_read(fw, word + 4) << 32;
}

void fw_write64(struct fw *fw, uint32_t word, uint64_t value)
{
	fw_write(fw, word, (uint32_t)value);
	fw_write(fw, word + 4, (uint32_t)(value >> 32));
}

uint64_t fw_counter(struct fw *fw, uint32_t which)
{
	fw_write(fw, MAILBOX_COUNTER_SELECT, which);
	return fw_read64(fw, MAILBOX_COUNTER);
}

bool fw_wait_for(struct fw *fw, uint32_t word, uint32_t mask, uint32_t value, const char *what)
{
	uint64_t since = fw_now(fw);

	while ((fw_read(fw, word) & mask) != value) {
		if (fw_overdue(fw, since)) {
			fw_stuck(fw, what);
			return false;
		}
	}
	return true;
}

/* ---------------------------------------------------------------- vault */

uint32_t fw_vault(struct fw *fw, uint32_t word)
{
	uint64_t since = 0;
	uint32_t events;

	fw_write(fw, MAILBOX_VAULT, word);
	for (uint32_t look = 0; (events = fw_read(fw, MAILBOX_EVENTS)) & BUSY_VAULT; look++) {
		/* It may wait for the firmware, in a command that came before this one. */
		if ((events & HAS_DROPPED) && fw->platform.tier) {
			fw->platform.tier->notices(fw);
		}
		/* Most are over before a look at the clock is. */
		if (look == LOOKS) {
			since = fw_now(fw);
		}
		if (look > LOOKS && fw_overdue(fw, since)) {
			fw_stuck(fw, "the vault does not answer");
			return VAULT_RESULT_NONE;
		}
	}
	return fw_read(fw, MAILBOX_VAULT_RESULT);
}

uint32_t fw_vault_value(struct fw *fw)
{
	return fw_read(fw, MAILBOX_VAULT_VALUE);
}

uint32_t fw_row(struct fw *fw, uint32_t word)
{
	return fw_read(fw, MAILBOX_VAULT_ROW + 4 * word);
}

uint64_t fw_row64(struct fw *fw, uint32_t word)
{
	return fw_read64(fw, MAILBOX_VAULT_ROW + 4 * word);
}

/* ---------------------------------------------------------------- queues */

bool fw_order(struct fw *fw, uint32_t op, uint32_t qid, uint32_t tag, uint32_t cid)
{
	if (!fw_wait_for(fw, MAILBOX_EVENTS, BUSY_CONTROL, 0, "the queues take no order")) {
		return false;
	}
	if (!fw_ordered_before(fw)) {
		fw_write(fw, MAILBOX_CONTROL, op | tag << 4 | qid << 8 | cid << 16);
	}
	return true;
}

/* ---------------------------------------------------------------- host memory */

/* How many of the bytes at addr are within its 4 KiB. */
static uint32_t within_block(uint64_t addr, uint32_t bytes)
{
	uint32_t rest = PAMC_BLOCK_SIZE - (uint32_t)(addr % PAMC_BLOCK_SIZE);

	return bytes < rest ? bytes : rest;
}

static bool transfer(struct fw *fw, uint64_t addr, uint32_t what, struct fw_outcome *out)
{
	fw_write64(fw, MAILBOX_DMA_ADDR, addr);
	fw_write(fw, MAILBOX_DMA, what);
	if (!fw_wait_for(fw, MAILBOX_EVENTS, BUSY_DMA, 0, "DMA does not end")) {
		fw_fail(out, PAMC_STATUS_INTERNAL, NO_FIELD);
		return false;
	}
	if (fw_read(fw, MAILBOX_DMA_ERROR)) {
		out->addr = addr;
		fw_fail(out, PAMC_STATUS_DMA_FAULT, FIELD(addr));
		return false;
	}
	return true;
}

/* Where the word at addr is in the buffer after a read: whole lines are read. */
static uint32_t place_of(uint64_t addr)
{
	return MAILBOX_BUFFER + (uint32_t)(addr % 64);
}

bool fw_host_read(struct fw *fw, uint64_t addr, void *to, uint32_t bytes, struct fw_outcome *out)
{
	uint8_t *at = to;

	while (bytes) {
		uint32_t part = within_block(addr, bytes);

		if (!transfer(fw, addr, DMA_READ | ((part + 3) & ~3u), out)) {
			return false;
		}
		for (uint32_t n = 0; n < part; n += 4) {
			uint32_t word = fw_read(fw, place_of(addr) + n);

			memcpy(at + n, &word, part - n < 4 ? part - n : 4);
		}
		addr += part;
		at += part;
		bytes -= part;
	}
	return true;
}

/* The card writes dwords: what follows the last bytes is the host's, and stays as it is. */
static bool last_word(struct fw *fw, uint64_t addr, const uint8_t *from, uint32_t bytes,
		      uint32_t *word, struct fw_outcome *out)
{
	if (!transfer(fw, addr, DMA_READ | 4, out)) {
		return false;
	}
	*word = fw_read(fw, place_of(addr));
	memcpy(word, from, bytes);
	return true;
}

bool fw_host_write(struct fw *fw, uint64_t addr, const void *from, uint32_t bytes,
		   struct fw_outcome *out)
{
	const uint8_t *at = from;

	while (bytes) {
		uint32_t part = within_block(addr, bytes), whole = part & ~3u, word = 0;

		/* A write that goes wrong is not told, so the place is tried before. */
		if (!transfer(fw, addr, DMA_PROBE | 4, out)) {
			return false;
		}
		if (part != whole &&
		    !last_word(fw, addr + whole, at + whole, part - whole, &word, out)) {
			return false;
		}
		if (part != whole) {
			fw_write(fw, MAILBOX_BUFFER + whole, word);
		}
		for (uint32_t n = 0; n < whole; n += 4) {
			memcpy(&word, at + n, 4);
			fw_write(fw, MAILBOX_BUFFER + n, word);
		}
		if (!transfer(fw, addr, DMA_WRITE | ((part + 3) & ~3u), out)) {
			return false;
		}
		addr += part;
		at += part;
		bytes -= part;
	}
	return true;
}
