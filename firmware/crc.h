/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRC_H
#define CRC_H

#include <stdint.h>

/* CRC32C (Castagnoli), by nibbles: small, and quick enough for a boot. Of what comes in
 * pieces: from CRC_NONE on, and inverted in the end. */
#define CRC_NONE 0xffffffffu
static inline uint32_t crc_more(uint32_t crc, const uint8_t *at, uint32_t bytes)
{
	static const uint32_t table[16] = {
	    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	    0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	    0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};

	for (uint32_t n = 0; n < bytes; n++) {
		crc ^= at[n];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

static inline uint32_t crc_of(const uint8_t *at, uint32_t bytes)
{
	return ~crc_more(CRC_NONE, at, bytes);
}

#endif /* CRC_H */
