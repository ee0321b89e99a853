// SPDX-License-Identifier: Apache-2.0
/* Two-choice buckets with one-step displacement and a stash; index.h tells the idea. */
#include "index.h"

#include <string.h>

/* x mapped evenly onto 0 ... n-1. */
static uint32_t scale(uint32_t x, uint32_t n)
{
	return (uint32_t)((uint64_t)x * n >> 32);
}

/*
 * The other bucket of an entry, from either: their sum (mod buckets) depends on
 * the tag alone.
 */
static uint32_t other_bucket(const struct index *index, uint32_t bucket, uint64_t tag)
{
	uint32_t sum = scale((uint32_t)tag * 0x9e3779b1u, index->buckets);

	return sum >= bucket ? sum - bucket : sum + index->buckets - bucket;
}

static uint64_t tag_of(uint64_t entry)
{
	return entry >> INDEX_TAG_SHIFT & INDEX_TAG_MASK;
}

static uint64_t *bucket_at(struct index *index, uint32_t bucket)
{
	return index->slots + (size_t)bucket * INDEX_BUCKET_SLOTS;
}

static unsigned int bucket_load(struct index *index, uint32_t bucket)
{
	const uint64_t *slots = bucket_at(index, bucket);
	unsigned int load = 0;

	for (unsigned int i = 0; i < INDEX_BUCKET_SLOTS; i++) {
		load += slots[i] != 0;
	}
	return load;
}

static uint64_t *bucket_free_slot(struct index *index, uint32_t bucket)
{
	uint64_t *slots = bucket_at(index, bucket);

	for (unsigned int i = 0; i < INDEX_BUCKET_SLOTS; i++) {
		if (slots[i] == 0) {
			return &slots[i];
		}
	}
	return NULL;
}

void index_init(struct index *index, uint64_t *slots, uint32_t buckets)
{
	memset(index, 0, sizeof(*index));
	index->slots = slots;
	index->buckets = buckets;
}

struct index_key index_key(const struct index *index, uint64_t hash, enum index_kind kind)
{
	uint64_t tag = hash & INDEX_TAG_MASK;
	struct index_key key;

	key.first = scale((uint32_t)(hash >> 32), index->buckets);
	key.second = other_bucket(index, key.first, tag);
	key.match = (uint64_t)kind << INDEX_KIND_SHIFT | tag << INDEX_TAG_SHIFT;
	__builtin_prefetch(index->slots + (size_t)key.first * INDEX_BUCKET_SLOTS);
	__builtin_prefetch(index->slots + (size_t)key.second * INDEX_BUCKET_SLOTS);
	return key;
}

static uint64_t *slot_by_cursor(struct index *index, struct index_key key, unsigned int cursor)
{
	if (cursor < INDEX_BUCKET_SLOTS) {
		return bucket_at(index, key.first) + cursor;
	}
	if (cursor < 2 * INDEX_BUCKET_SLOTS) {
		return bucket_at(index, key.second) + cursor - INDEX_BUCKET_SLOTS;
	}
	return &index->stash[cursor - 2 * INDEX_BUCKET_SLOTS].slot;
}

uint64_t *index_next(struct index *index, struct index_key key, unsigned int *cursor)
{
	unsigned int end = 2 * INDEX_BUCKET_SLOTS + index->stash_used;

	while (*cursor < end) {
		uint64_t *slot = slot_by_cursor(index, key, (*cursor)++);

		if ((*slot & INDEX_MATCH_MASK) == key.match) {
			return slot;
		}
	}
	return NULL;
}

/* Moves an entry of a full bucket to its other one; returns the slot that became free. */
static uint64_t *displace(struct index *index, uint32_t bucket)
{
	uint64_t *slots = bucket_at(index, bucket);

	for (unsigned int i = 0; i < INDEX_BUCKET_SLOTS; i++) {
		uint32_t other = other_bucket(index, bucket, tag_of(slots[i]));
		uint64_t *place = bucket_free_slot(index, other);

		if (place) {
			*place = slots[i];
			index->moves++;
			index->moved = slots[i];
			return &slots[i];
		}
	}
	return NULL;
}

bool index_insert(struct index *index, struct index_key key, uint64_t entry)
{
	bool second = bucket_load(index, key.second) < bucket_load(index, key.first);
	uint64_t *slot = bucket_free_slot(index, second ? key.second : key.first);

	index->moved = 0;
	if (!slot) {
		slot = displace(index, key.first);
	}
	if (!slot) {
		slot = displace(index, key.second);
	}
	if (slot) {
		*slot = entry;
	} else if (index->stash_used < INDEX_STASH) {
		index->stash[index->stash_used++] = (struct index_stashed){entry, key.first};
	} else {
		return false;
	}
	index->used++;
	return true;
}

static void stash_remove(struct index *index, struct index_stashed *stashed)
{
	*stashed = index->stash[--index->stash_used];
	index->stash[index->stash_used] = (struct index_stashed){0};
}

void index_remove(struct index *index, uint64_t *slot)
{
	struct index_stashed *stashed = (struct index_stashed *)slot;
	uint32_t bucket;

	index->used--;
	if (stashed >= index->stash && stashed < index->stash + INDEX_STASH) {
		stash_remove(index, stashed);
		return;
	}
	*slot = 0;
	/* An entry of the stash that belongs here comes home. */
	bucket = (uint32_t)((slot - index->slots) / INDEX_BUCKET_SLOTS);
	for (unsigned int i = 0; i < index->stash_used; i++) {
		stashed = &index->stash[i];
		if (stashed->bucket == bucket ||
		    other_bucket(index, stashed->bucket, tag_of(stashed->slot)) == bucket) {
			*slot = stashed->slot;
			stash_remove(index, stashed);
			return;
		}
	}
}

uint64_t *index_scan(struct index *index, uint32_t step, unsigned int *place)
{
	bool stash = step == index->buckets;
	unsigned int end = stash ? index->stash_used : INDEX_BUCKET_SLOTS;

	while (*place < end) {
		unsigned int i = (*place)++;
		uint64_t *slot = stash ? &index->stash[i].slot : bucket_at(index, step) + i;

		if (*slot != 0) {
			return slot;
		}
	}
	return NULL;
}
