/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC32C (Castagnoli, reflected, initial value and final xor all-ones), the one
 * implementation for card model, library, tools and tests. It covers every page
 * from host buffer to host buffer and every pushed entry, so it is on the path
 * of each page and has to cost little beside its compression: with SSE 4.2 three
 * streams of a block run at once, because the instruction has a latency of three.
 */
#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CRC32C_POLYNOMIAL 0x82f63b78u

#ifdef __SSE4_2__

/* Bytes of one of the three streams; three of them nearly fill a 4 KiB block. */
#define CRC32C_STREAM 1360u

/*
 * What CRC32C_STREAM zero bytes make of a CRC: column i is what becomes of bit i,
 * as the operation is linear.
 */
static inline uint32_t crc32c_skip_stream(uint32_t crc)
{
	static const uint32_t column[32] = {
	    0x79113270, 0xf22264e0, 0xe1a8bf31, 0xc6bd0893, 0x889667d7, 0x14c0b95f, 0x298172be,
	    0x5302e57c, 0xa605caf8, 0x49e7e301, 0x93cfc602, 0x2273faf5, 0x44e7f5ea, 0x89cfebd4,
	    0x1673a159, 0x2ce742b2, 0x59ce8564, 0xb39d0ac8, 0x62d66361, 0xc5acc6c2, 0x8eb5fb75,
	    0x1887801b, 0x310f0036, 0x621e006c, 0xc43c00d8, 0x8d947741, 0x1ec49873, 0x3d8930e6,
	    0x7b1261cc, 0xf624c398, 0xe9a5f1c1, 0xd6a79573,
	};
	uint32_t skipped = 0;

	for (unsigned int bit = 0; bit < 32; bit++) {
		skipped ^= column[bit] & -(crc >> bit & 1);
	}
	return skipped;
}

static inline uint64_t crc32c_load(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Advances a raw state (no inversion) over size bytes. */
static inline uint32_t crc32c_step(uint32_t state, const void *data, size_t size)
{
	const unsigned char *at = data;
	uint64_t a = state;

	while (size >= 3 * CRC32C_STREAM) {
		uint64_t b = 0;
		uint64_t c = 0;

		for (size_t i = 0; i < CRC32C_STREAM; i += 8) {
			a = __builtin_ia32_crc32di(a, crc32c_load(at + i));
			b = __builtin_ia32_crc32di(b, crc32c_load(at + i + CRC32C_STREAM));
			c = __builtin_ia32_crc32di(c, crc32c_load(at + i + 2 * CRC32C_STREAM));
		}
		a = crc32c_skip_stream((uint32_t)a) ^ b;
		a = crc32c_skip_stream((uint32_t)a) ^ c;
		at += 3 * CRC32C_STREAM;
		size -= 3 * CRC32C_STREAM;
	}
	for (; size >= 8; at += 8, size -= 8) {
		a = __builtin_ia32_crc32di(a, crc32c_load(at));
	}
	for (; size > 0; at++, size--) {
		a = __builtin_ia32_crc32qi((uint32_t)a, *at);
	}
	return (uint32_t)a;
}

#else

/* Advances a raw state (no inversion) over size bytes, on machines without SSE 4.2. */
static inline uint32_t crc32c_step(uint32_t state, const void *data, size_t size)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < size; i++) {
		state ^= at[i];
		for (unsigned int bit = 0; bit < 8; bit++) {
			state = state >> 1 ^ (CRC32C_POLYNOMIAL & -(state & 1));
		}
	}
	return state;
}

#endif

/* CRC32C of size bytes. */
static inline uint32_t crc32c(const void *data, size_t size)
{
	return ~crc32c_step(~0u, data, size);
}

/*
 * Continues over further bytes: crc32c_extend(crc32c(a), b) is the CRC32C of a
 * followed by b; the CRC32C of nothing is 0.
 */
static inline uint32_t crc32c_extend(uint32_t crc, const void *data, size_t size)
{
	return ~crc32c_step(~crc, data, size);
}

#endif /* CRC32C_H */
