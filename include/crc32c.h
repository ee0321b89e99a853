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

#define CRC32C_POLYNOMIAL 0x82f63b78u

#ifdef __SSE4_2__

#include <string.h>

/* Bytes of one of the three streams; three of them nearly fill a 4 KiB block. */
#define CRC32C_STREAM 1360u

/*
 * What CRC32C_STREAM zero bytes make of a CRC. The operation is linear: entry v of
 * row n is what becomes of the value v in bits 4n+3:4n, and the rest is exclusive or.
 */
static inline uint32_t crc32c_skip_stream(uint32_t crc)
{
	static const uint32_t becomes[8][16] = {
	    {0x00000000, 0x79113270, 0xf22264e0, 0x8b335690, 0xe1a8bf31, 0x98b98d41, 0x138adbd1,
	     0x6a9be9a1, 0xc6bd0893, 0xbfac3ae3, 0x349f6c73, 0x4d8e5e03, 0x2715b7a2, 0x5e0485d2,
	     0xd537d342, 0xac26e132},
	    {0x00000000, 0x889667d7, 0x14c0b95f, 0x9c56de88, 0x298172be, 0xa1171569, 0x3d41cbe1,
	     0xb5d7ac36, 0x5302e57c, 0xdb9482ab, 0x47c25c23, 0xcf543bf4, 0x7a8397c2, 0xf215f015,
	     0x6e432e9d, 0xe6d5494a},
	    {0x00000000, 0xa605caf8, 0x49e7e301, 0xefe229f9, 0x93cfc602, 0x35ca0cfa, 0xda282503,
	     0x7c2deffb, 0x2273faf5, 0x8476300d, 0x6b9419f4, 0xcd91d30c, 0xb1bc3cf7, 0x17b9f60f,
	     0xf85bdff6, 0x5e5e150e},
	    {0x00000000, 0x44e7f5ea, 0x89cfebd4, 0xcd281e3e, 0x1673a159, 0x529454b3, 0x9fbc4a8d,
	     0xdb5bbf67, 0x2ce742b2, 0x6800b758, 0xa528a966, 0xe1cf5c8c, 0x3a94e3eb, 0x7e731601,
	     0xb35b083f, 0xf7bcfdd5},
	    {0x00000000, 0x59ce8564, 0xb39d0ac8, 0xea538fac, 0x62d66361, 0x3b18e605, 0xd14b69a9,
	     0x8885eccd, 0xc5acc6c2, 0x9c6243a6, 0x7631cc0a, 0x2fff496e, 0xa77aa5a3, 0xfeb420c7,
	     0x14e7af6b, 0x4d292a0f},
	    {0x00000000, 0x8eb5fb75, 0x1887801b, 0x96327b6e, 0x310f0036, 0xbfbafb43, 0x2988802d,
	     0xa73d7b58, 0x621e006c, 0xecabfb19, 0x7a998077, 0xf42c7b02, 0x5311005a, 0xdda4fb2f,
	     0x4b968041, 0xc5237b34},
	    {0x00000000, 0xc43c00d8, 0x8d947741, 0x49a87799, 0x1ec49873, 0xdaf898ab, 0x9350ef32,
	     0x576cefea, 0x3d8930e6, 0xf9b5303e, 0xb01d47a7, 0x7421477f, 0x234da895, 0xe771a84d,
	     0xaed9dfd4, 0x6ae5df0c},
	    {0x00000000, 0x7b1261cc, 0xf624c398, 0x8d36a254, 0xe9a5f1c1, 0x92b7900d, 0x1f813259,
	     0x64935395, 0xd6a79573, 0xadb5f4bf, 0x208356eb, 0x5b913727, 0x3f0264b2, 0x4410057e,
	     0xc926a72a, 0xb234c6e6},
	};
	uint32_t skipped = 0;

	for (unsigned int n = 0; n < 8; n++) {
		skipped ^= becomes[n][crc >> 4 * n & 15];
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
	const unsigned char *at = (const unsigned char *)data;
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
	const unsigned char *at = (const unsigned char *)data;

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
