// SPDX-License-Identifier: Apache-2.0
/*
 * A sector of boot flash that bits are cleared in. Its first two words are counts of what was
 * written down before the sector was last erased; each word from the third on is a power-up.
 * Its lower half starts with all ones, and loses one with each shutdown and each start after
 * one: an odd number is missing from one that ended well. The upper half is zero.
 */
#include "power.h"

#include "image.h"
#include "nor.h"

#define FIRST 2u
#define LAST  (FLASH_SECTOR / 4)
#define FRESH 0x0000ffffu
#define BLANK 0xffffffffu

static uint32_t current, word;

static bool ended_well(uint32_t of)
{
	uint32_t gone = 0;

	for (uint32_t bit = 0; bit < 16; bit++) {
		gone += !(of >> bit & 1);
	}
	return gone % 2;
}

static void put(uint32_t index, uint32_t value)
{
	nor_program(FLASH_POWER + 4 * index, (const uint8_t *)&value, 4);
}

struct power_counts power_count(bool lost)
{
	uint32_t before[FIRST], at;
	struct power_counts counts;

	nor_read(FLASH_POWER, before, FIRST);
	counts.cycles = before[0] == BLANK ? 0 : before[0];
	counts.unsafe = before[1] == BLANK ? 0 : before[1];
	for (at = FIRST; at < LAST; at++) {
		uint32_t next;

		nor_read(FLASH_POWER + 4 * at, &next, 1);
		if (next == BLANK) {
			break;
		}
		word = next;
		current = at;
		counts.cycles++;
		counts.unsafe += !ended_well(next);
	}
	if (!lost && current) {
		/* This one is among them. */
		counts.cycles--;
		counts.unsafe -= !ended_well(word);
		return counts;
	}
	if (at == LAST) {
		nor_erase(FLASH_POWER);
		put(0, counts.cycles);
		put(1, counts.unsafe);
		at = FIRST;
	}
	current = at;
	word = FRESH;
	put(current, word);
	return counts;
}

void power_stopped(bool stopped)
{
	if (word != 0 && ended_well(word) != stopped) {
		word &= (word & 0xffff) - 1;
		put(current, word);
	}
}
