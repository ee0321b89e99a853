/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's LZ4 compressor, bit for bit: what lz4_card_encode() makes of a page is
 * what rtl/codec/lz4_compressor.sv makes of it. It exists so that RTL and model can
 * be compared byte by byte, and so that an idea can be tried on thousands of pages in
 * seconds before any RTL is touched; the model's own codec (codec.h) is liblz4, which
 * is faster.
 *
 * The parse takes the page in windows of 8 bytes, one a cycle in hardware:
 *
 *   1. Each position's next 4 bytes are hashed. A set of a bank of the table holds the
 *      latest positions with that hash. A bank serves one position a window (the first
 *      that wants it) and gives the best guess among its ways; then the position is
 *      entered, oldest out.
 *   2. A guess is a *diagonal*: an offset, for which the whole window and the 16 bytes
 *      behind it are compared with the text that far back. So a guess found by one
 *      position serves all starts in the window, and its length is exact. Offsets 1, 2,
 *      4 and 8 are always tried; the table cannot know them yet.
 *   3. For each start the diagonal that ends last is kept, and of the starts those at
 *      most two are taken that make the window cheapest (3 bytes a match, 1 a literal,
 *      half a byte off for each byte matched beyond the window).
 *   4. A match that reaches 16 bytes beyond its window stays open and grows by up to 8
 *      bytes a window.
 */
#ifndef LZ4_CARD_H
#define LZ4_CARD_H

#include <stdint.h>

#include "pamc_if.h"

struct lz4_card;

/* The table's shape; lz4_card_shape_default is the hardware's. Powers of two. */
struct lz4_card_shape {
	unsigned int banks;     /* 1 ... 64 */
	unsigned int sets;      /* of a bank, 1 ... 256 */
	unsigned int ways;      /* 1 ... 16, any number */
	unsigned int tag_bits;  /* of the hash, kept to tell guesses apart, 0 ... 8 */
	unsigned int near_bits; /* of the hash of bytes 4-7, 0 ... 8 */
	unsigned int far_bits;  /* of the hash of bytes 12-15, 0 ... 8 */
};

extern const struct lz4_card_shape lz4_card_shape_default;

/* shape NULL: the default. NULL: no memory, or a shape out of range. */
struct lz4_card *lz4_card_create(const struct lz4_card_shape *shape);
void lz4_card_destroy(struct lz4_card *card);

/* As codec_encode(): room for PAMC_BLOCK_SIZE bytes at out, RAW writes nothing there. */
enum pamc_codec lz4_card_encode(struct lz4_card *card, const void *page, void *out,
				uint32_t *length);

/* The hash of four bytes: CRC-16/CCITT without initial value, so linear over GF(2). */
uint16_t lz4_card_hash(const uint8_t bytes[4]);

#endif /* LZ4_CARD_H */
