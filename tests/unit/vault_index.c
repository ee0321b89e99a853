// SPDX-License-Identifier: Apache-2.0
/* The index: what was inserted is found until removed, up to a high load, and a failure is clean.
 */
#include "hash.h"
#include "index.h"
#include "tap.h"

#define BUCKETS 1000u
#define SLOTS   (BUCKETS * INDEX_BUCKET_SLOTS)

struct bench {
	struct index index;
	uint64_t *slots;
	struct hash_key key;
	bool present[2 * SLOTS]; /* by number, which is both key and unit */
	unsigned int count;
};

static struct bench *bench_open(struct tap *tap)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (bench) {
		bench->slots = aligned_alloc(64, (size_t)BUCKETS * INDEX_BUCKET_BYTES);
	}
	if (!bench || !bench->slots) {
		abort();
	}
	memset(bench->slots, 0, (size_t)BUCKETS * INDEX_BUCKET_BYTES);
	bench->key = (struct hash_key){tap_random(tap), tap_random(tap)};
	index_init(&bench->index, bench->slots, BUCKETS);
	return bench;
}

static void bench_close(struct bench *bench)
{
	free(bench->slots);
	free(bench);
}

static struct index_key key_of(struct bench *bench, uint32_t number)
{
	uint64_t word = number;

	return index_key(&bench->index, hash_words(&bench->key, &word, 1), INDEX_PAGE);
}

static uint64_t *find(struct bench *bench, uint32_t number)
{
	struct index_key key = key_of(bench, number);
	unsigned int cursor = 0;
	uint64_t *slot;

	while ((slot = index_next(&bench->index, key, &cursor)) != NULL) {
		if (index_unit(*slot) == number) {
			return slot;
		}
	}
	return NULL;
}

static bool add(struct bench *bench, uint32_t number)
{
	struct index_key key = key_of(bench, number);

	if (!index_insert(&bench->index, key, index_entry(key, number, number % 255 + 1))) {
		return false;
	}
	bench->present[number] = true;
	bench->count++;
	return true;
}

static void take(struct bench *bench, uint32_t number)
{
	index_remove(&bench->index, find(bench, number));
	bench->present[number] = false;
	bench->count--;
}

/* An entry is in the stash only while both its buckets are full. */
static bool stash_needed(struct bench *bench)
{
	for (unsigned int i = 0; i < bench->index.stash_used; i++) {
		struct index_key key = key_of(bench, index_unit(bench->index.stash[i].slot));

		for (unsigned int slot = 0; slot < INDEX_BUCKET_SLOTS; slot++) {
			TAP_CHECK(bench->slots[key.first * INDEX_BUCKET_SLOTS + slot] != 0 &&
				      bench->slots[key.second * INDEX_BUCKET_SLOTS + slot] != 0,
				  "a stashed entry has a free slot");
		}
	}
	return true;
}

static bool all_there(struct bench *bench)
{
	TAP_CHECK(bench->index.used == bench->count, "%llu used, %u present",
		  (unsigned long long)bench->index.used, bench->count);
	for (uint32_t number = 0; number < 2 * SLOTS; number++) {
		const uint64_t *slot = find(bench, number);

		TAP_CHECK((slot != NULL) == bench->present[number], "number %u", number);
		TAP_CHECK(!slot || (index_units(*slot) == number % 255 + 1 &&
				    index_kind(*slot) == INDEX_PAGE),
			  "number %u has another's content", number);
	}
	return true;
}

/* Fills until the first failure; that must come late and leave all as it was. */
static bool fill(struct bench *bench)
{
	uint32_t number = 0;
	uint64_t before;

	while (add(bench, number)) {
		number++;
		TAP_CHECK(number < 2 * SLOTS, "more entries than places");
	}
	before = bench->index.used;
	TAP_CHECK(before >= SLOTS * 97 / 100, "full at %llu of %u slots",
		  (unsigned long long)before, SLOTS);
	printf("# first failure at a load of %.3f, %llu moves\n", (double)before / SLOTS,
	       (unsigned long long)bench->index.moves);
	return all_there(bench);
}

static bool churn(struct tap *tap, struct bench *bench)
{
	for (unsigned int round = 0; round < 20 * SLOTS; round++) {
		uint32_t number = (uint32_t)tap_below(tap, 2 * SLOTS);

		if (bench->present[number]) {
			take(bench, number);
		} else if (bench->count < SLOTS / 16 * 15) {
			TAP_CHECK(add(bench, number), "no place at a load of %.3f",
				  (double)bench->count / SLOTS);
		}
	}
	return all_there(bench);
}

static bool scan_finds_all(struct bench *bench)
{
	unsigned int found = 0;

	for (uint32_t step = 0; step < index_steps(&bench->index); step++) {
		unsigned int place = 0;

		while (index_scan(&bench->index, step, &place) != NULL) {
			found++;
		}
	}
	TAP_CHECK(found == bench->count, "%u of %u", found, bench->count);
	return true;
}

static bool empty(struct bench *bench)
{
	for (uint32_t number = 0; number < 2 * SLOTS; number++) {
		if (bench->present[number]) {
			take(bench, number);
			if (!stash_needed(bench)) {
				return false;
			}
		}
	}
	TAP_CHECK(bench->index.used == 0 && bench->index.stash_used == 0, "not empty");
	for (unsigned int i = 0; i < SLOTS; i++) {
		TAP_CHECK(bench->slots[i] == 0, "slot %u", i);
	}
	return true;
}

static bool test_load(struct tap *tap)
{
	struct bench *bench = bench_open(tap);
	bool passed = fill(bench) && scan_finds_all(bench) && empty(bench);

	bench_close(bench);
	return passed;
}

static bool test_churn(struct tap *tap)
{
	struct bench *bench = bench_open(tap);
	bool passed = churn(tap, bench) && scan_finds_all(bench) && empty(bench);

	bench_close(bench);
	return passed;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "first failure comes late and is clean", test_load);
	tap_run(&tap, "no failure at the load the vault allows", test_churn);
	return tap_done(&tap);
}
