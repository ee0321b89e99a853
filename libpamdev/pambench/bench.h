/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pambench: how fast pages go to a card and come back, beside what bare liblz4
 * does with the same pages on the same core in the same minute.
 *
 *   options.c  command line
 *   pages.c	where the pages come from
 *   lz4.c	bare liblz4
 *   card.c	put and get loops, synchronous and asynchronous
 *   main.c	rounds, figures, reports
 */
#ifndef PAMBENCH_BENCH_H
#define PAMBENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamdev.h"

#define BLOCK ((size_t)PAMC_BLOCK_SIZE)

struct options {
	const char *uri;
	const char *source; /* file of pages, "heap", "same", "random" or "pid:N" */
	uint64_t count;     /* pages of the working set */
	unsigned int same_percent;
	unsigned int random_percent;
	unsigned int order;
	unsigned int depth; /* 0: synchronous */
	unsigned int batch;
	unsigned int rounds;
	uint64_t seed;
	bool sequential;
	bool unaligned;
	bool json;
};

/* 0, or the exit code; -1: go on. */
int options_parse(int argc, char *argv[], struct options *options);

/*
 * The working set: count pages of (4 KiB << order) bytes each, and the order in
 * which they are visited.
 */
struct pages {
	char *data;
	size_t size; /* of a page */
	uint64_t count;
	uint32_t *visit;
};

/* Makes them; the memory is the card's. 0, or the exit code after a complaint. */
int pages_make(struct pamdev *dev, const struct options *options, struct pages *pages);
void pages_free(struct pamdev *dev, struct pages *pages);

/* One loop over the working set. */
struct loop {
	uint64_t ns;
	uint64_t cpu_ns;       /* processor time of this thread */
	uint64_t instructions; /* 0: not counted */
	uint64_t failed;       /* misses, refusals and the like */
};

/* Each operation's latency in ns, over all rounds; sorted before it is read. */
struct samples {
	uint32_t *ns;
	uint64_t count;
	uint64_t space;
};

/* ---- bare liblz4 ---- */

struct lz4 {
	char *out;         /* compressed blocks, packed */
	uint64_t *offset;  /* of each block */
	uint32_t *length;  /* of each block */
	uint64_t bytes;    /* of all */
	char *destination; /* where blocks are decompressed to */
	unsigned int destinations;
};

int lz4_make(struct lz4 *lz4, const struct pages *pages, unsigned int destinations);
void lz4_free(struct lz4 *lz4);
struct loop lz4_compress(struct lz4 *lz4, const struct pages *pages);
struct loop lz4_decompress(struct lz4 *lz4, const struct pages *pages);

/* ---- the card ---- */

struct card {
	struct pamdev *dev;
	struct pamdev_pool *pool;
	struct pamdev_queue *queue; /* NULL: synchronous */
	struct pamdev_completion *done;
	uint64_t *started; /* of each operation outstanding */
	char *buffers;     /* that gets go to */
	size_t stride;     /* of them */
	unsigned int depth;
	unsigned int batch;
	bool verify;
};

int card_make(struct card *card, struct pamdev *dev, const struct options *options,
	      const struct pages *pages);
void card_free(struct card *card);
/* samples NULL: speed alone is measured, without a look at the clock for each operation. */
struct loop card_put(struct card *card, const struct pages *pages, struct samples *samples);
/* With verify set, a page that comes back changed counts as failed. */
struct loop card_get(struct card *card, const struct pages *pages, struct samples *samples);

/* ---- time ---- */

uint64_t bench_now(void);
/* Begins and ends a loop: sets its times and instructions; failed is left alone. */
struct loop loop_begin(void);
void loop_end(struct loop *loop);

#endif /* PAMBENCH_BENCH_H */
