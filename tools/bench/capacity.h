/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the capacity benchmark asks of a store of pages, so that the card's vault
 * and the kernel's zram go through exactly the same phases.
 */
#ifndef CAPACITY_H
#define CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE 4096u

/* What became of a put. */
enum outcome {
	STORED,
	REFUSED_GONE, /* no room; the handle is absent now */
	REFUSED_KEPT  /* no room; the older version stays */
};

/* Memory, all in bytes. */
struct usage {
	uint64_t compressed; /* sum of the pages as compressed (raw ones as they are) */
	uint64_t used;       /* memory for that, and its share of all metadata */
	uint64_t total;      /* the limit: all memory, all metadata included */
	uint64_t extents;    /* pieces the pages are in; 0: not known */
	double index_load;   /* 0: there is no index */
};

struct target {
	void *state;
	enum outcome (*put)(void *state, uint32_t index, const void *page);
	void (*drop)(void *state, uint32_t index);
	void (*get)(void *state, uint32_t index, void *page);
	void (*measure)(void *state, struct usage *usage);
	/* Moves pages together, if that is something a user can ask for; or NULL. */
	void (*compact)(void *state);
	void (*close)(void *state);
};

/* A card's vault with so much DRAM. Ends the program when it cannot. */
void target_vault(struct target *target, uint64_t bytes, uint64_t seed);

/* /dev/zram0, already loaded, given its limit, algorithm and size here. */
void target_zram(struct target *target, uint64_t bytes);

/* Prints to stderr what went wrong, and ends the program. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

#endif /* CAPACITY_H */
