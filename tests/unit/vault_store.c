// SPDX-License-Identifier: Apache-2.0
/* The store against a shadow: every byte handed out once, found again, scrubbed. */
#include "store.h"
#include "tap.h"

#define UNITS        6000u
#define MOST         3200u
#define ROUNDS       60000u
#define EXTENTS_MOST 1400u

struct allocation {
	struct store_extent *extents;
	unsigned int count;
	uint32_t units;
	uint8_t mark;
};

struct shadow {
	struct store store;
	uint8_t *memory;
	uint8_t *map;
	struct allocation held[MOST];
	unsigned int count;
	uint32_t units;
};

static void shadow_open(struct shadow *shadow)
{
	memset(shadow, 0, sizeof(*shadow));
	shadow->memory = calloc(UNITS, STORE_UNIT);
	shadow->map = calloc(1, store_map_bytes(UNITS));
	if (!shadow->memory || !shadow->map) {
		abort();
	}
	store_init(&shadow->store, shadow->memory, shadow->map, UNITS);
}

static void shadow_close(struct shadow *shadow)
{
	for (unsigned int i = 0; i < shadow->count; i++) {
		free(shadow->held[i].extents);
	}
	free(shadow->memory);
	free(shadow->map);
}

static bool consistent(const struct shadow *shadow)
{
	char message[200] = "";
	int error = store_check(&shadow->store, message, sizeof(message));

	TAP_CHECK(error == 0, "%s", message);
	TAP_CHECK(shadow->store.free_units + shadow->units == UNITS, "%u free, %u held",
		  shadow->store.free_units, shadow->units);
	return true;
}

/* Allocates and marks every byte; tells whether it could. */
static bool grab(struct shadow *shadow, size_t bytes, uint8_t mark, bool *got)
{
	struct store_extent extents[EXTENTS_MOST];
	unsigned int count = store_alloc(&shadow->store, bytes, extents, EXTENTS_MOST);
	struct allocation *held = &shadow->held[shadow->count];
	size_t room = 0;

	*got = count > 0;
	if (count == 0) {
		return true;
	}
	held->units = 0;
	for (unsigned int i = 0; i < count; i++) {
		uint8_t *at = store_at(&shadow->store, extents[i].unit);
		size_t size = (size_t)extents[i].units * STORE_UNIT;

		TAP_CHECK(extents[i].units >= STORE_MIN_RUN && extents[i].units <= STORE_MAX_EXTENT,
			  "%u units", extents[i].units);
		for (size_t byte = 0; byte < size; byte++) {
			TAP_CHECK(at[byte] == 0, "byte %zu of unit %u is not scrubbed", byte,
				  extents[i].unit);
		}
		memset(at, mark, size);
		held->units += extents[i].units;
		room += size - (i + 1 < count ? STORE_LINK_BYTES : 0);
	}
	TAP_CHECK(room >= bytes, "%zu bytes for %zu", room, bytes);
	TAP_CHECK(held->units <= store_worst_units(bytes), "%u units for %zu bytes", held->units,
		  bytes);
	TAP_CHECK(count <= store_worst_extents(bytes), "%u extents for %zu bytes", count, bytes);
	held->extents = malloc(count * sizeof(*extents));
	if (!held->extents) {
		abort();
	}
	memcpy(held->extents, extents, count * sizeof(*extents));
	held->count = count;
	held->mark = mark;
	shadow->units += held->units;
	shadow->count++;
	return true;
}

static bool drop(struct shadow *shadow, unsigned int which)
{
	struct allocation held = shadow->held[which];

	shadow->held[which] = shadow->held[--shadow->count];
	shadow->units -= held.units;
	for (unsigned int i = 0; i < held.count; i++) {
		const uint8_t *at = store_at(&shadow->store, held.extents[i].unit);

		for (size_t byte = 0; byte < (size_t)held.extents[i].units * STORE_UNIT; byte++) {
			TAP_CHECK(at[byte] == held.mark, "unit %u was overwritten",
				  held.extents[i].unit);
		}
		store_free(&shadow->store, held.extents[i]);
	}
	free(held.extents);
	return true;
}

static size_t any_size(struct tap *tap)
{
	switch (tap_below(tap, 8)) {
	case 0:
		return 1 + tap_below(tap, 100);
	case 1:
		return 4000 + tap_below(tap, 200);
	case 2:
		/* A long page: more than one extent even in an empty store. */
		return 4000 + tap_below(tap, 30000);
	default:
		return 300 + tap_below(tap, 2500);
	}
}

static bool random_rounds(struct tap *tap, struct shadow *shadow)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		bool put = shadow->count < MOST && tap_below(tap, 100) < 55;

		if (put) {
			bool got;

			if (!grab(shadow, any_size(tap), (uint8_t)(1 + tap_below(tap, 255)),
				  &got)) {
				return false;
			}
			put = got;
		}
		if (!put && shadow->count > 0 &&
		    !drop(shadow, (unsigned int)tap_below(tap, shadow->count))) {
			return false;
		}
		if (round % 4096 == 0 && !consistent(shadow)) {
			return false;
		}
	}
	return consistent(shadow);
}

static bool drop_all(struct shadow *shadow)
{
	while (shadow->count > 0) {
		if (!drop(shadow, shadow->count - 1)) {
			return false;
		}
	}
	TAP_CHECK(shadow->store.runs == 1, "%u free runs in an empty store", shadow->store.runs);
	TAP_CHECK(shadow->store.merges > 0 && shadow->store.splits > 0, "nothing counted");
	return consistent(shadow);
}

static bool test_random(struct tap *tap)
{
	struct shadow shadow;
	bool passed;

	shadow_open(&shadow);
	passed = random_rounds(tap, &shadow) && drop_all(&shadow);
	shadow_close(&shadow);
	return passed;
}

/* Memory in shreds: every second of the runs free, each of as many units as is drawn. */
static bool shred(struct tap *tap, struct shadow *shadow, unsigned int longest)
{
	bool got = true;

	while (shadow->count < MOST && got) {
		uint64_t units = STORE_MIN_RUN + tap_below(tap, longest - STORE_MIN_RUN + 1);

		if (!grab(shadow, units * STORE_UNIT, 1, &got)) {
			return false;
		}
	}
	/*
	 * Allocation went from one end to the other, so each is between its two
	 * neighbours in the list. Downwards: what drop moves has been passed.
	 */
	for (unsigned int i = shadow->count; i >= 2; i -= 2) {
		if (!drop(shadow, i - 2)) {
			return false;
		}
	}
	TAP_CHECK(shadow->store.runs + 1 >= shadow->store.free_units / longest,
		  "%u units free in %u runs: not shreds", shadow->store.free_units,
		  shadow->store.runs);
	return true;
}

/* All of it is still of use, and no page takes more than the worst figure (grab checks). */
static bool fill_shreds(struct shadow *shadow, size_t page)
{
	uint32_t free_units = shadow->store.free_units;
	unsigned int pages = 0;
	bool got = true;

	while (got) {
		if (!grab(shadow, page, 2, &got)) {
			return false;
		}
		pages += got;
	}
	TAP_CHECK(pages >= free_units / store_worst_units(page), "%u pages in %u units", pages,
		  free_units);
	return consistent(shadow);
}

static bool test_shreds(struct tap *tap)
{
	bool passed = true;

	for (unsigned int round = 0; round < 60 && passed; round++) {
		struct shadow shadow;
		size_t page = round % 3 ? 1 + tap_below(tap, 5000) : 4096 + 24;

		shadow_open(&shadow);
		passed = shred(tap, &shadow, STORE_MIN_RUN + round % 5) &&
			 fill_shreds(&shadow, page) && drop_all(&shadow);
		shadow_close(&shadow);
	}
	return passed;
}

/* Around the longest extent: runs and requests just below, at and above it. */
static bool test_longest(struct tap *tap)
{
	struct shadow shadow;
	bool passed = true;

	(void)tap;
	for (uint32_t units = STORE_MAX_EXTENT - 5; units < STORE_MAX_EXTENT + 10; units++) {
		for (uint32_t want = STORE_MAX_EXTENT - 8; want <= units && passed; want++) {
			bool got;

			shadow_open(&shadow);
			store_init(&shadow.store, shadow.memory, shadow.map, units);
			/* One long run, the rest of the memory does not exist. */
			passed =
			    grab(&shadow, (size_t)want * STORE_UNIT - STORE_LINK_BYTES, 1, &got) &&
			    got && drop(&shadow, 0) && shadow.store.runs == 1 &&
			    shadow.store.free_units == units;
			shadow_close(&shadow);
		}
	}
	return passed;
}

/* Exact fit: in an empty store each size takes what it needs, not a unit more. */
static bool test_exact(struct tap *tap)
{
	struct shadow shadow;
	bool passed = true;

	(void)tap;
	shadow_open(&shadow);
	for (size_t bytes = 1; bytes <= 5000 && passed; bytes += 7) {
		uint32_t units = (uint32_t)((bytes + STORE_UNIT - 1) / STORE_UNIT);
		bool got;

		units = units < STORE_MIN_RUN ? STORE_MIN_RUN : units;
		passed = grab(&shadow, bytes, 1, &got) && got && shadow.held[0].count == 1 &&
			 shadow.held[0].units == units && drop(&shadow, 0);
	}
	passed = passed && consistent(&shadow);
	shadow_close(&shadow);
	return passed;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "random allocations keep every byte", test_random);
	tap_run(&tap, "shredded memory holds pages up to the promised figure", test_shreds);
	tap_run(&tap, "around the longest extent", test_longest);
	tap_run(&tap, "an empty store fits exactly", test_exact);
	return tap_done(&tap);
}
