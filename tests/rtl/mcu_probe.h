/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the mailbox between mcu.cpp and the firmware that it tests the core with. */
#ifndef MCU_PROBE_H
#define MCU_PROBE_H

#include <stdint.h>

enum probe_place {
	PROBE_BOOT,
	PROBE_WHY,
	PROBE_STATUS, /* the loader's: MAILBOX_STATUS */
	PROBE_KEPT,
	PROBE_DATA,
	PROBE_RANDOM,
	PROBE_DRAM,
	PROBE_READY, /* told last */
	PROBE_ANSWER,
	PROBE_COMMAND, /* asked until there is one */
	PROBE_WITH,
	PROBE_PLACES,
};

enum probe_command {
	PROBE_NOTHING,
	PROBE_SLEEP,
	PROBE_SPIN,
	PROBE_TRAP,
	PROBE_NOWHERE,
	PROBE_WRITE,
	PROBE_READ,
	PROBE_BYTES,
	PROBE_FLASH,
	PROBE_HEALTHY,
	PROBE_RESTART,
	PROBE_POKE,
	PROBE_CARD_LINE, /* the area begins there */
	PROBE_CARD_WORK, /* accesses to it, all over; a sum of what was read */
	PROBE_CARD_FILL, /* all of it, each word another */
	PROBE_CARD_SUM,  /* of what it holds */
	PROBE_CARD_READ, /* a word */
	PROBE_CRC,       /* of 32 words that come from this one */
};

#define PROBE_SECTOR 0x4000u

/* What PROBE_CARD_* use: four times what the cache holds. */
#define PROBE_CARD_WORDS    0x4000u
#define PROBE_CARD_ACCESSES 3000u

/* The next of a row of numbers; the first is not 0. */
static inline uint32_t probe_next(uint32_t number)
{
	number ^= number << 13;
	number ^= number >> 17;
	return number ^ number << 5;
}

/* What PROBE_CARD_WORK does, in memory of the core's or of the test's; bytes are little-endian. */
static inline uint32_t probe_work(volatile uint32_t *words, uint32_t number)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < PROBE_CARD_ACCESSES; n++) {
		uint32_t at;
		volatile uint8_t *byte;

		number = probe_next(number);
		at = number >> 8 & (PROBE_CARD_WORDS - 1);
		byte = (volatile uint8_t *)(words + at) + (number >> 4 & 3);
		switch (number & 7) {
		case 0:
		case 1:
			words[at] = number;
			break;
		case 2:
			*byte = (uint8_t)(number >> 16);
			break;
		case 3:
			/* The neighbours, of another line perhaps. */
			words[at] += words[(at + 1) & (PROBE_CARD_WORDS - 1)];
			break;
		case 4:
			sum += *byte;
			break;
		default:
			sum = (sum << 1 | sum >> 31) ^ words[at];
			break;
		}
	}
	return sum;
}

static inline uint32_t probe_sum(const volatile uint32_t *words)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < PROBE_CARD_WORDS; n++) {
		sum = (sum << 1 | sum >> 31) ^ words[n];
	}
	return sum;
}

#endif /* MCU_PROBE_H */
