// SPDX-License-Identifier: Apache-2.0
/*
 * A firmware for tests of the core (mcu.cpp): tells at the mailbox what it finds, then does
 * what it is told there, until that is its end.
 */
#include "mcu_probe.h"
#include "image.h"
#include "mcu.h"

#include "nor.h"

static uint32_t zeroes[4];
static uint32_t three[3] = {1, 2, 3};
static struct {
	volatile uint32_t word;
	volatile uint8_t bytes[8];
} kept __attribute__((section(".kept")));

static volatile uint32_t *const card = (volatile uint32_t *)MCU_CARD;

static void tell(uint32_t place, uint32_t value)
{
	mcu_write(MCU_MAILBOX + 4 * place, value);
}

/* Erase, program, read: the last two words differ only in what was programmed. */
static uint32_t use_flash(void)
{
	static const uint8_t bytes[6] = {1, 2, 3, 4, 5, 6};
	uint32_t words[2];

	nor_erase(PROBE_SECTOR);
	nor_program(PROBE_SECTOR + 1, bytes, sizeof(bytes));
	nor_read(PROBE_SECTOR, words, 2);
	return words[0] ^ words[1];
}

static void obey(uint32_t command, uint32_t with)
{
	switch (command) {
	case PROBE_SLEEP:
		mcu_write(MCU_WAKE, with);
		tell(PROBE_ANSWER, mcu_read(MCU_SLEEP));
		break;
	case PROBE_SPIN:
		mcu_write(MCU_WATCHDOG, with);
		for (;;) {
		}
	case PROBE_TRAP:
		__asm__ volatile(".word 0");
		break;
	case PROBE_NOWHERE:
		tell(PROBE_ANSWER, mcu_read(with));
		break;
	case PROBE_WRITE:
		kept.word = with;
		tell(PROBE_ANSWER, 0);
		break;
	case PROBE_READ:
		tell(PROBE_ANSWER, kept.word);
		break;
	case PROBE_BYTES:
		for (uint32_t n = 0; n < 8; n++) {
			kept.bytes[n] = (uint8_t)(with + n);
		}
		tell(PROBE_ANSWER, *(volatile uint32_t *)(kept.bytes + 4));
		break;
	case PROBE_FLASH:
		tell(PROBE_ANSWER, use_flash());
		break;
	case PROBE_CRC:
		mcu_write(MCU_CRC, ~0u);
		for (uint32_t n = 0; n < 32; n++) {
			with = probe_next(with);
			mcu_write(MCU_CRC_WORD, with);
		}
		tell(PROBE_ANSWER, ~mcu_read(MCU_CRC));
		break;
	case PROBE_HEALTHY:
		mcu_keep(KEPT_TRIES, 0);
		tell(PROBE_ANSWER, 0);
		break;
	case PROBE_POKE:
		*(volatile uint8_t *)(uintptr_t)with = 0;
		tell(PROBE_ANSWER, 0);
		break;
	case PROBE_CARD_LINE:
		mcu_write(MCU_CARD_LINE, with);
		tell(PROBE_ANSWER, mcu_read(MCU_CARD_LINE));
		break;
	case PROBE_CARD_WORK:
		tell(PROBE_ANSWER, probe_work(card, with));
		break;
	case PROBE_CARD_FILL:
		for (uint32_t n = 0; n < PROBE_CARD_WORDS; n++) {
			card[n] = n * with;
		}
		tell(PROBE_ANSWER, 0);
		break;
	case PROBE_CARD_SUM:
		tell(PROBE_ANSWER, probe_sum(card));
		break;
	case PROBE_CARD_READ:
		tell(PROBE_ANSWER, card[with]);
		break;
	case PROBE_RESTART:
		mcu_write(MCU_ASK_RESTART, 1);
		break;
	default:
		break;
	}
}

int main(void)
{
	uint32_t random = mcu_read(MCU_RANDOM), cycles = mcu_read(MCU_CYCLES);

	tell(PROBE_BOOT, mcu_kept(KEPT_BOOT));
	tell(PROBE_WHY, mcu_read(MCU_RESTART));
	tell(PROBE_KEPT, kept.word);
	/* Data and memory are as C wants them, also the next time. */
	tell(PROBE_DATA, three[0]++ + three[1] + three[2] + zeroes[0]++);
	tell(PROBE_RANDOM, random == mcu_read(MCU_RANDOM));
	tell(PROBE_DRAM, mcu_read(MCU_DRAM_LINES));
	tell(PROBE_READY, mcu_read(MCU_CYCLES) - cycles);
	for (;;) {
		obey(mcu_read(MCU_MAILBOX + 4 * PROBE_COMMAND),
		     mcu_read(MCU_MAILBOX + 4 * PROBE_WITH));
	}
}
