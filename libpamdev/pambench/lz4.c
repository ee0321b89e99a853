// SPDX-License-Identifier: Apache-2.0
/*
 * What bare liblz4 makes of the same pages: block by block, nothing around it.
 */
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

int lz4_make(struct lz4 *lz4, const struct pages *pages, unsigned int destinations)
{
	uint64_t blocks = pages->count * (pages->size / BLOCK);
	size_t worst = (size_t)LZ4_compressBound((int)BLOCK);

	memset(lz4, 0, sizeof(*lz4));
	lz4->out = malloc(blocks * worst);
	lz4->offset = malloc(blocks * sizeof(*lz4->offset));
	lz4->length = malloc(blocks * sizeof(*lz4->length));
	lz4->destinations = destinations;
	lz4->destination = aligned_alloc(BLOCK, destinations * pages->size);
	return lz4->out && lz4->offset && lz4->length && lz4->destination ? 0 : -1;
}

void lz4_free(struct lz4 *lz4)
{
	free(lz4->out);
	free(lz4->offset);
	free(lz4->length);
	free(lz4->destination);
}

struct loop lz4_compress(struct lz4 *lz4, const struct pages *pages)
{
	unsigned int per_page = (unsigned int)(pages->size / BLOCK);
	int worst = LZ4_compressBound((int)BLOCK);
	struct loop loop = loop_begin();

	for (uint64_t i = 0; i < pages->count; i++) {
		uint64_t first = (uint64_t)pages->visit[i] * per_page;

		for (uint64_t b = first; b < first + per_page; b++) {
			int length = LZ4_compress_default(pages->data + b * BLOCK,
							  lz4->out + lz4->bytes, (int)BLOCK, worst);

			lz4->offset[b] = lz4->bytes;
			lz4->length[b] = (uint32_t)length;
			lz4->bytes += (uint32_t)length;
		}
	}
	loop_end(&loop);
	return loop;
}

struct loop lz4_decompress(struct lz4 *lz4, const struct pages *pages)
{
	unsigned int per_page = (unsigned int)(pages->size / BLOCK);
	struct loop loop = loop_begin();

	for (uint64_t i = 0; i < pages->count; i++) {
		uint64_t first = (uint64_t)pages->visit[i] * per_page;
		char *to = lz4->destination + i % lz4->destinations * pages->size;

		for (uint64_t b = first; b < first + per_page; b++, to += BLOCK) {
			if (LZ4_decompress_safe(lz4->out + lz4->offset[b], to, (int)lz4->length[b],
						(int)BLOCK) != (int)BLOCK)
				loop.failed++;
		}
	}
	loop_end(&loop);
	return loop;
}
