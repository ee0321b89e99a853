// SPDX-License-Identifier: Apache-2.0
/*
 * CRC32C against its definition, bit by bit: the fast one runs three streams at once
 * and glues them together, which goes wrong only at certain lengths.
 */
#include "crc32c.h"

#include "tap.h"

#define MOST 13000u /* three blocks and a bit */

static uint8_t data[MOST + 8];

static uint32_t slow(const uint8_t *at, size_t size)
{
	uint32_t state = ~0u;

	for (size_t i = 0; i < size; i++) {
		state ^= at[i];
		for (unsigned int bit = 0; bit < 8; bit++) {
			state = state >> 1 ^ (CRC32C_POLYNOMIAL & -(state & 1));
		}
	}
	return ~state;
}

TAP_CASE(published_values)
{
	static const uint8_t zeroes[32];

	TAP_EQUAL(crc32c("123456789", 9), 0xe3069283);
	TAP_EQUAL(crc32c(zeroes, 32), 0x8a9136aa); /* RFC 3720, B.4 */
	TAP_EQUAL(crc32c("", 0), 0);
	return true;
}

TAP_CASE(every_length_near_a_seam)
{
	tap_fill_random(tap, data, sizeof(data));
	for (size_t size = 0; size < 100; size++) {
		TAP_EQUAL(crc32c(data, size), slow(data, size));
	}
	for (size_t seam = 4080; seam <= MOST - 20; seam += 4080) {
		for (size_t size = seam - 20; size < seam + 20; size++) {
			TAP_EQUAL(crc32c(data, size), slow(data, size));
		}
	}
	return true;
}

TAP_CASE(any_place_and_length)
{
	for (unsigned int i = 0; i < 300; i++) {
		size_t at = tap_below(tap, 8);
		size_t size = tap_below(tap, MOST);
		size_t first = tap_below(tap, size + 1);

		tap_fill_random(tap, data, sizeof(data));
		TAP_EQUAL(crc32c(data + at, size), slow(data + at, size));
		TAP_EQUAL(crc32c_extend(crc32c(data + at, first), data + at + first, size - first),
			  slow(data + at, size));
	}
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "published values", published_values);
	tap_run(&tap, "every length near a seam", every_length_near_a_seam);
	tap_run(&tap, "any place and length", any_place_and_length);
	return tap_done(&tap);
}
