// SPDX-License-Identifier: Apache-2.0
/* Same-filled test, LZ4, raw; codec.h tells the idea. */
#include "codec.h"

#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "lz4_card.h"

struct codec {
	LZ4_stream_t lz4;
	struct lz4_card *card; /* NULL: liblz4 */
};

struct codec *codec_create(void)
{
	return calloc(1, sizeof(struct codec));
}

void codec_destroy(struct codec *codec)
{
	if (codec) {
		lz4_card_destroy(codec->card);
		free(codec);
	}
}

bool codec_use_card(struct codec *codec)
{
	if (!codec->card) {
		codec->card = lz4_card_create(NULL);
	}
	return codec->card != NULL;
}

/* All 8-byte words of the block are equal: it equals itself moved by one word. */
static bool is_same_filled(const uint8_t *block)
{
	/* Most blocks differ at once; the library call is for those that do not. */
	if (memcmp(block, block + CODEC_PATTERN_BYTES, CODEC_PATTERN_BYTES) != 0) {
		return false;
	}
	return memcmp(block, block + CODEC_PATTERN_BYTES, PAMC_BLOCK_SIZE - CODEC_PATTERN_BYTES) ==
	       0;
}

enum pamc_codec codec_encode(struct codec *codec, const void *block, void *out, uint32_t *length)
{
	int made;

	if (codec->card) {
		return lz4_card_encode(codec->card, block, out, length);
	}
	if (is_same_filled(block)) {
		memcpy(out, block, CODEC_PATTERN_BYTES);
		*length = CODEC_PATTERN_BYTES;
		return PAMC_CODEC_SAME;
	}
	made =
	    LZ4_compress_fast_extState(&codec->lz4, block, out, PAMC_BLOCK_SIZE, CODEC_LZ4_MOST, 1);
	if (made > 0) {
		*length = (uint32_t)made;
		return PAMC_CODEC_LZ4;
	}
	*length = PAMC_BLOCK_SIZE;
	return PAMC_CODEC_RAW;
}

bool codec_decode(enum pamc_codec how, const void *in, uint32_t length, void *block)
{
	uint8_t *bytes = block;

	switch (how) {
	case PAMC_CODEC_SAME:
		if (length != CODEC_PATTERN_BYTES) {
			return false;
		}
		for (uint32_t i = 0; i < PAMC_BLOCK_SIZE; i += CODEC_PATTERN_BYTES) {
			memcpy(bytes + i, in, CODEC_PATTERN_BYTES);
		}
		return true;
	case PAMC_CODEC_LZ4:
		return LZ4_decompress_safe(in, block, (int)length, PAMC_BLOCK_SIZE) ==
		       PAMC_BLOCK_SIZE;
	case PAMC_CODEC_RAW:
		if (length != PAMC_BLOCK_SIZE) {
			return false;
		}
		memcpy(block, in, PAMC_BLOCK_SIZE);
		return true;
	default:
		return false;
	}
}
