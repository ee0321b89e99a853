/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec of one 4 KiB block: same-filled (an 8-byte pattern), LZ4 block
 * format, or raw when compression gains too little. Block by block and without any
 * history, as the hardware's lanes do it. LZ4 blocks are liblz4's, which is fast, or
 * bit for bit the card's; both decode all the same.
 */
#ifndef CODEC_H
#define CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include "pamc_if.h"

#define CODEC_PATTERN_BYTES 8u
/* A block that LZ4 makes no shorter than this is kept raw, which is faster to read. */
#define CODEC_LZ4_MOST (PAMC_BLOCK_SIZE - 64)

struct codec;

/* NULL: no memory. */
struct codec *codec_create(void);
void codec_destroy(struct codec *codec);

/* From now on blocks become what the card's hardware makes of them (lz4_card.h). False: no memory.
 */
bool codec_use_card(struct codec *codec);

/*
 * Encodes a block into out (room for PAMC_BLOCK_SIZE bytes); *length is 1 ...
 * PAMC_BLOCK_SIZE. RAW writes nothing to out: the block itself is to be stored.
 */
enum pamc_codec codec_encode(struct codec *codec, const void *block, void *out, uint32_t *length);

/* Decodes length bytes into a block. False: they cannot be what codec_encode made. */
bool codec_decode(enum pamc_codec how, const void *in, uint32_t length, void *block);

#endif /* CODEC_H */
