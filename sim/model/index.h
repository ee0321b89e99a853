/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index: where a page or an object record is, by the hash of its key.
 *
 * Buckets of 64 bytes (one DRAM burst) with 8 slots. A key has two buckets: one
 * by its hash, the other from the first and the tag, so that an entry can be
 * moved to its other bucket without its key being read. An insert takes the
 * emptier bucket; when both are full it moves one entry out of the way (one
 * step); when that fails too it takes a place in a small stash (on chip in
 * hardware), and when that is full it fails and has changed nothing.
 *
 * A match of tags is a candidate only: the caller compares the whole key with
 * what is stored at the address.
 */
#ifndef INDEX_H
#define INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_BUCKET_SLOTS 8u
#define INDEX_BUCKET_BYTES 64u
#define INDEX_STASH        32u

/*
 * A slot: bits 31:0 first unit, 53:32 tag, 61:54 units of the first extent,
 * 63:62 kind; all zero when empty.
 */
#define INDEX_TAG_SHIFT   32
#define INDEX_TAG_MASK    0x3fffffull
#define INDEX_UNITS_SHIFT 54
#define INDEX_KIND_SHIFT  62
/* Tag and kind: what a candidate must agree in. */
#define INDEX_MATCH_MASK (3ull << INDEX_KIND_SHIFT | INDEX_TAG_MASK << INDEX_TAG_SHIFT)

enum index_kind { INDEX_EMPTY, INDEX_PAGE, INDEX_OBJECT };

struct index_stashed {
	uint64_t slot;
	uint32_t bucket;
};

struct index {
	uint64_t *slots;
	uint32_t buckets;
	uint32_t stash_used;
	struct index_stashed stash[INDEX_STASH];
	uint64_t used; /* entries, the stash's included */
	uint64_t moves;
	uint64_t moved; /* the entry that made room for the last one that was inserted; 0: none */
};

/* Where a key belongs. */
struct index_key {
	uint32_t first;
	uint32_t second;
	uint64_t match; /* tag and kind, in place */
};

static inline uint32_t index_unit(uint64_t slot)
{
	return (uint32_t)slot;
}

static inline uint32_t index_units(uint64_t slot)
{
	return slot >> INDEX_UNITS_SHIFT & 0xff;
}

static inline enum index_kind index_kind(uint64_t slot)
{
	return (enum index_kind)(slot >> INDEX_KIND_SHIFT);
}

/* slots: zeroed, INDEX_BUCKET_BYTES aligned, buckets (at least 2) of them. */
void index_init(struct index *index, uint64_t *slots, uint32_t buckets);

/* Also starts to fetch both buckets. */
struct index_key index_key(const struct index *index, uint64_t hash, enum index_kind kind);

/* The content of a slot for key: kind and tag of the key, and the place. */
static inline uint64_t index_entry(struct index_key key, uint32_t unit, uint32_t units)
{
	return key.match | (uint64_t)units << INDEX_UNITS_SHIFT | unit;
}

/*
 * Candidates for a key, one after the other: *cursor is 0 at first. NULL: no more.
 * A slot is good until the next insert or remove.
 */
uint64_t *index_next(struct index *index, struct index_key key, unsigned int *cursor);

/* False: no place, nothing was changed. */
bool index_insert(struct index *index, struct index_key key, uint64_t entry);

/* slot is one that index_next or index_scan gave. */
void index_remove(struct index *index, uint64_t *slot);

/* Steps of index_scan: the buckets and the stash. */
static inline uint32_t index_steps(const struct index *index)
{
	return index->buckets + 1;
}

/*
 * All entries of one step: the first occupied slot of it at or behind *place,
 * which starts at 0 and is left behind that slot. NULL: no more in this step.
 * After index_remove of the slot returned, *place must be set to 0 again.
 */
uint64_t *index_scan(struct index *index, uint32_t step, unsigned int *place);

#endif /* INDEX_H */
