/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that a compressor may stumble over: a fixed list of them, by number, and any
 * number of random ones that look like something. For C and C++.
 */
#ifndef ODD_PAGES_H
#define ODD_PAGES_H

#include <stdint.h>
#include <string.h>

#define ODD_PAGE 4096u

/* splitmix64 */
static inline uint64_t odd_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static inline uint32_t odd_below(uint64_t *state, uint32_t below)
{
	return (uint32_t)(odd_random(state) % below);
}

static inline void odd_fill(uint64_t *state, uint8_t *to, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++) {
		to[i] = (uint8_t)odd_random(state);
	}
}

/* Byte by byte, so that it may overlap, as a match does. */
static inline void odd_copy(uint8_t *page, uint32_t to, uint32_t offset, uint32_t bytes)
{
	for (uint32_t i = to; i < to + bytes && i < ODD_PAGE; i++) {
		page[i] = page[i - offset];
	}
}

static inline void odd_periodic(uint64_t *state, uint8_t *page, uint32_t period)
{
	odd_fill(state, page, period);
	odd_copy(page, period, period, ODD_PAGE);
}

/* CRC-16/CCITT of four bytes: the hash of the card's table. */
static inline uint32_t odd_hash(uint32_t bytes)
{
	uint32_t crc = 0;

	for (unsigned int i = 0; i < 4; i++) {
		crc ^= (bytes >> 8 * i & 255) << 8;
		for (unsigned int bit = 0; bit < 8; bit++) {
			crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
		}
	}
	return crc;
}

/* 16 words that share the low bits of their hash, in random order: one bank, one set. */
static inline void odd_collisions(uint64_t *state, uint8_t *page, uint32_t bits)
{
	uint32_t words[16];
	uint32_t target = odd_below(state, 1u << bits);

	for (unsigned int i = 0; i < 16; i++) {
		do {
			words[i] = (uint32_t)odd_random(state);
		} while ((odd_hash(words[i]) & ((1u << bits) - 1)) != target);
	}
	for (unsigned int at = 0; at < ODD_PAGE; at += 4) {
		memcpy(page + at, &words[odd_below(state, 16)], 4);
	}
}

/* Literals and matches of lengths at which their encoding changes. */
static inline void odd_sequences(uint64_t *state, uint8_t *page)
{
	static const uint16_t edges[] = {0,   1,   11,  12,  13,  14,  15,  16,  17,  18,   19,
					 20,  28,  30,  32,  253, 254, 255, 256, 258, 268,  269,
					 270, 271, 272, 273, 274, 284, 524, 525, 526, 1034, 1290};
	uint32_t at = 1 + odd_below(state, 24);

	odd_fill(state, page, ODD_PAGE);
	while (at < ODD_PAGE) {
		uint32_t wide = odd_below(state, 4) ? 18 : sizeof(edges) / sizeof(edges[0]);
		uint32_t match = 4 + edges[odd_below(state, wide)];
		uint32_t reach = odd_below(state, 2) ? at : at < 24 ? at : 24;

		odd_copy(page, at, 1 + odd_below(state, reach), match);
		at += match + edges[odd_below(state, wide)];
	}
}

/* Places in a page where something changes: its ends, and around edges of windows. */
static const uint16_t odd_places[] = {
    0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
    16,   17,   23,   24,   25,   31,   32,   33,   63,   64,   65,   127,  128,  129,  255,  256,
    511,  512,  1023, 2047, 2048, 2049, 2050, 2051, 2052, 2053, 2054, 2055, 3967, 3968, 3969, 4031,
    4032, 4063, 4064, 4071, 4072, 4073, 4074, 4075, 4076, 4077, 4078, 4079, 4080, 4081, 4082, 4083,
    4084, 4085, 4086, 4087, 4088, 4089, 4090, 4091, 4092, 4093, 4094, 4095};

#define ODD_PLACES ((uint32_t)(sizeof(odd_places) / sizeof(odd_places[0])))

/* Kinds of the fixed list, each with how many there are of it. */
enum odd_kind {
	ODD_SAME,
	ODD_RANDOM,
	ODD_PERIOD,
	ODD_PATTERN_BROKEN,
	ODD_PERIOD_BROKEN,
	ODD_OFFSETS,
	ODD_NEAR_TWINS,
	ODD_TEXT_ZEROES,
	ODD_ZEROES_TEXT,
	ODD_TAIL_MATCH,
	ODD_RAW_EDGE,
	ODD_RAW_EDGE_MATCHES,
	ODD_ALPHABET,
	ODD_COUNTER,
	ODD_COLLISIONS,
	ODD_SEQUENCES,
	ODD_TWO_EACH_WINDOW,
	ODD_LATE_MATCHES,
	ODD_KINDS
};

static inline uint32_t odd_kind_count(enum odd_kind kind)
{
	switch (kind) {
	case ODD_SAME:
		return 4;
	case ODD_RANDOM:
		return 3;
	case ODD_PERIOD:
		return 96;
	case ODD_PATTERN_BROKEN:
	case ODD_PERIOD_BROKEN:
	case ODD_TEXT_ZEROES:
	case ODD_ZEROES_TEXT:
		return ODD_PLACES;
	case ODD_OFFSETS:
		return 48;
	case ODD_NEAR_TWINS:
		return 24;
	case ODD_TAIL_MATCH:
		return 64;
	case ODD_RAW_EDGE:
	case ODD_RAW_EDGE_MATCHES:
		return 64;
	case ODD_ALPHABET:
		return 16;
	case ODD_COUNTER:
		return 8;
	case ODD_COLLISIONS:
		return 8;
	case ODD_SEQUENCES:
		return 48;
	case ODD_TWO_EACH_WINDOW:
		return 8;
	case ODD_LATE_MATCHES:
		return 12;
	default:
		return 0;
	}
}

static inline void odd_page_of(enum odd_kind kind, uint32_t n, uint64_t *state, uint8_t *page)
{
	uint32_t place = odd_places[n % ODD_PLACES];

	odd_fill(state, page, ODD_PAGE);
	switch (kind) {
	case ODD_SAME:
		odd_periodic(state, page, n == 0 ? 8 : n);
		if (n == 3) {
			memset(page, 0, ODD_PAGE);
		}
		break;
	case ODD_PERIOD:
		odd_periodic(state, page, 1 + n);
		break;
	case ODD_PATTERN_BROKEN:
		odd_periodic(state, page, 8);
		page[place] ^= 0x40;
		break;
	case ODD_PERIOD_BROKEN:
		odd_periodic(state, page, 1 + odd_below(state, 40));
		page[place] ^= 0x01;
		break;
	case ODD_OFFSETS:
		/* All 48 pages together have each offset from 64 to 4001. */
		for (uint32_t at = 64; at < ODD_PAGE; at += 48) {
			odd_copy(page, at, at - n, 4 + (at / 48 + n) % 24);
		}
		break;
	case ODD_NEAR_TWINS:
		odd_copy(page, 1024 + n, 1024 + n, ODD_PAGE);
		for (uint32_t at = 1024 + n; at < ODD_PAGE; at += 3 + n) {
			page[at] ^= 0x10;
		}
		break;
	case ODD_TEXT_ZEROES:
		odd_sequences(state, page);
		memset(page + place, 0, ODD_PAGE - place);
		break;
	case ODD_ZEROES_TEXT:
		memset(page, 0, place);
		break;
	case ODD_TAIL_MATCH:
		/* A repeat that begins near the end, or goes up to the last byte. */
		odd_copy(page, ODD_PAGE - 1 - n, 100 + 37 * n, n % 2 ? 64 : 4 + n % 8);
		break;
	case ODD_RAW_EDGE:
		memset(page + 3970 + n, 0, ODD_PAGE - 3970 - n);
		break;
	case ODD_RAW_EDGE_MATCHES:
		/* Each copy saves a byte or few. */
		for (uint32_t i = 0; i < 8 + n / 2; i++) {
			odd_copy(page, 100 + 60 * i, 50, 4 + n % 4);
		}
		break;
	case ODD_ALPHABET:
		for (uint32_t i = 0; i < ODD_PAGE; i++) {
			page[i] = (uint8_t)(page[i] % (2 + n));
		}
		break;
	case ODD_COUNTER:
		for (uint32_t i = 0; i < ODD_PAGE; i += 8) {
			uint64_t value = 0x00007f0012345000ull + i * (1u + n * n * 8);

			memcpy(page + i, &value, 8);
		}
		break;
	case ODD_COLLISIONS:
		odd_collisions(state, page, 5 + n % 6);
		break;
	case ODD_SEQUENCES:
		odd_sequences(state, page);
		break;
	case ODD_TWO_EACH_WINDOW:
		/* Four bytes of the first KiB here, four of there. */
		for (uint32_t at = 1024; at < ODD_PAGE; at += 4) {
			memcpy(page + at, page + odd_below(state, 1020 / (1 + n)), 4);
		}
		break;
	case ODD_LATE_MATCHES:
		/* Too long already when matches come that make it no shorter. */
		for (uint32_t at = 4012 + 2 * n; at < 4080; at += 12 + n) {
			odd_copy(page, at, 2000 + 7 * at % 100, 4 + n % 5);
		}
		break;
	default:
		break;
	}
}

static inline uint32_t odd_page_count(void)
{
	uint32_t count = 0;

	for (unsigned int kind = 0; kind < ODD_KINDS; kind++) {
		count += odd_kind_count((enum odd_kind)kind);
	}
	return count;
}

/* Page n of the fixed list. */
static inline void odd_page(uint32_t n, uint64_t *state, uint8_t *page)
{
	unsigned int kind = 0;

	while (n >= odd_kind_count((enum odd_kind)kind)) {
		n -= odd_kind_count((enum odd_kind)kind++);
	}
	odd_page_of((enum odd_kind)kind, n, state, page);
}

/* A page of pieces: random bytes, copies of earlier ones, runs, few symbols, numbers. */
static inline void odd_random_page(uint64_t *state, uint8_t *page)
{
	uint32_t most = odd_below(state, 3) ? 24 : 600;
	uint32_t literals = 1 + odd_below(state, 6);

	for (uint32_t at = 0; at < ODD_PAGE;) {
		uint32_t bytes = 1 + odd_below(state, most);
		uint32_t kind = odd_below(state, 6 + literals);

		if (bytes > ODD_PAGE - at) {
			bytes = ODD_PAGE - at;
		}
		if (kind == 0) {
			memset(page + at, (int)odd_below(state, 256), bytes);
		} else if (kind == 1) {
			for (uint32_t i = 0; i < bytes; i++) {
				page[at + i] = (uint8_t)('a' + odd_below(state, 4));
			}
		} else if (kind < 5 && at > 0) {
			uint32_t reach = odd_below(state, 2) && at > 32 ? 32 : at;

			odd_copy(page, at, 1 + odd_below(state, reach), bytes);
		} else {
			odd_fill(state, page + at, bytes);
		}
		at += bytes;
	}
}

#endif /* ODD_PAGES_H */
