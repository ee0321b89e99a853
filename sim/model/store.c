// SPDX-License-Identifier: Apache-2.0
/*
 * Allocation and freeing of extents; store.h tells the idea.
 *
 * A free run keeps its list links and its length in its first 12 bytes, and its
 * length again in its last 4, where the neighbour behind it finds it when it
 * is freed itself.
 */
#include "store.h"

#include <assert.h>
#include <string.h>

struct run {
	uint32_t next;
	uint32_t previous;
	uint32_t units;
};

static_assert(STORE_UNIT * STORE_MIN_RUN >= 64, "header, links and extensions fit a first extent");

static struct run *run_at(const struct store *store, uint32_t unit)
{
	return store_at(store, unit);
}

/* The copy of the length in the last bytes of the run that ends before unit end. */
static uint32_t *run_footer(const struct store *store, uint32_t end)
{
	return (uint32_t *)((uint8_t *)store_at(store, end) - sizeof(uint32_t));
}

static unsigned int bin_of(uint32_t units)
{
	return units <= STORE_MAX_EXTENT ? units : STORE_MAX_EXTENT + 1;
}

static void mark(struct store *store, uint32_t unit, uint32_t units, bool used)
{
	while (units > 0) {
		uint32_t bit = unit % 64;
		uint32_t bits = 64 - bit < units ? 64 - bit : units;
		uint64_t mask = (bits == 64 ? ~0ull : (1ull << bits) - 1) << bit;

		if (used) {
			store->used[unit / 64] |= mask;
		} else {
			store->used[unit / 64] &= ~mask;
		}
		unit += bits;
		units -= bits;
	}
}

static void run_link(struct store *store, uint32_t unit, uint32_t units)
{
	unsigned int bin = bin_of(units);
	uint32_t head = store->head[bin];
	struct run *run = run_at(store, unit);

	*run = (struct run){.next = head, .previous = STORE_NOWHERE, .units = units};
	*run_footer(store, unit + units) = units;
	if (head != STORE_NOWHERE) {
		run_at(store, head)->previous = unit;
	}
	store->head[bin] = unit;
	store->occupied[bin / 64] |= 1ull << bin % 64;
	store->runs++;
	store->free_units += units;
}

/* Takes a run off its list and scrubs what it kept in its memory. */
static uint32_t run_unlink(struct store *store, uint32_t unit)
{
	struct run *run = run_at(store, unit);
	uint32_t units = run->units;
	unsigned int bin = bin_of(units);

	if (run->previous != STORE_NOWHERE) {
		run_at(store, run->previous)->next = run->next;
	} else {
		store->head[bin] = run->next;
		if (run->next == STORE_NOWHERE) {
			store->occupied[bin / 64] &= ~(1ull << bin % 64);
		}
	}
	if (run->next != STORE_NOWHERE) {
		run_at(store, run->next)->previous = run->previous;
	}
	memset(run, 0, sizeof(*run));
	*run_footer(store, unit + units) = 0;
	store->runs--;
	store->free_units -= units;
	return units;
}

/* The smallest occupied bin >= from, or STORE_BINS. */
static unsigned int bin_at_least(const struct store *store, unsigned int from)
{
	unsigned int word = from / 64;
	uint64_t bits;

	if (from >= STORE_BINS) {
		return STORE_BINS;
	}
	bits = store->occupied[word] & ~0ull << from % 64;
	while (bits == 0) {
		if (++word == sizeof(store->occupied) / sizeof(store->occupied[0])) {
			return STORE_BINS;
		}
		bits = store->occupied[word];
	}
	return word * 64 + (unsigned int)__builtin_ctzll(bits);
}

/* The largest occupied bin; 0 when nothing is free. */
static unsigned int bin_largest(const struct store *store)
{
	unsigned int word = sizeof(store->occupied) / sizeof(store->occupied[0]);

	while (word-- > 0) {
		if (store->occupied[word] != 0) {
			return word * 64 + 63 -
			       (unsigned int)__builtin_clzll(store->occupied[word]);
		}
	}
	return 0;
}

/*
 * Takes units off the end of a run. The run's links stay where they are as long
 * as it is so long that its list does not change. What would remain must not be
 * shorter than STORE_MIN_RUN.
 */
static uint32_t run_cut(struct store *store, uint32_t unit, uint32_t units)
{
	uint32_t length = run_at(store, unit)->units;
	uint32_t rest = length - units;

	if (rest > STORE_MAX_EXTENT) {
		*run_footer(store, unit + length) = 0;
		*run_footer(store, unit + rest) = rest;
		run_at(store, unit)->units = rest;
		store->free_units -= units;
	} else {
		run_unlink(store, unit);
		run_link(store, unit, rest);
	}
	store->splits++;
	return unit + rest;
}

/* Takes a run of one bin, cut down to units when what remains can be a run. */
static struct store_extent take(struct store *store, unsigned int bin, uint32_t units)
{
	uint32_t unit = store->head[bin];
	uint32_t length = run_at(store, unit)->units;

	if (length >= units + STORE_MIN_RUN) {
		unit = run_cut(store, unit, units);
	} else if (length > STORE_MAX_EXTENT) {
		/* Too long to be one extent, too short to leave a run behind the longest one. */
		units = length - STORE_MIN_RUN;
		unit = run_cut(store, unit, units);
	} else {
		units = run_unlink(store, unit);
	}
	mark(store, unit, units, true);
	return (struct store_extent){unit, units};
}

/* One extent of at least units (at most STORE_MAX_EXTENT), as few more as possible. */
static bool take_one(struct store *store, uint32_t units, struct store_extent *extent)
{
	unsigned int bin = units;

	if (store->head[units] == STORE_NOWHERE) {
		/* Rather than give away a remainder too short to be a run, split a longer one. */
		bin = bin_at_least(store, units + STORE_MIN_RUN);
		if (bin == STORE_BINS) {
			bin = bin_at_least(store, units);
		}
		if (bin == STORE_BINS) {
			return false;
		}
		if (bin > STORE_MAX_EXTENT &&
		    run_at(store, store->head[bin])->units < units + STORE_MIN_RUN) {
			/* Cannot be one extent as a whole, nor be cut so short. */
			return false;
		}
	}
	*extent = take(store, bin, units);
	return true;
}

static uint32_t units_for(size_t bytes)
{
	uint32_t units = (uint32_t)((bytes + STORE_UNIT - 1) >> STORE_UNIT_SHIFT);

	return units < STORE_MIN_RUN ? STORE_MIN_RUN : units;
}

unsigned int store_alloc(struct store *store, size_t bytes, struct store_extent *extents,
			 unsigned int most)
{
	unsigned int count = 0;

	if ((uint64_t)store->free_units * STORE_UNIT < bytes) {
		return 0;
	}
	while (count < most) {
		uint32_t units = units_for(bytes);
		unsigned int bin;

		if (units <= STORE_MAX_EXTENT && take_one(store, units, &extents[count])) {
			return count + 1;
		}
		/* No run is long enough: the longest there is, and go on for the rest. */
		bin = bin_largest(store);
		if (bin == 0) {
			break;
		}
		extents[count] = take(store, bin, STORE_MAX_EXTENT);
		bytes -= (size_t)extents[count].units * STORE_UNIT - STORE_LINK_BYTES;
		count++;
	}
	while (count > 0) {
		store_free(store, extents[--count]);
	}
	return 0;
}

void store_free(struct store *store, struct store_extent extent)
{
	uint32_t unit = extent.unit;
	uint32_t units = extent.units;

	memset(store_at(store, unit), 0, (size_t)units << STORE_UNIT_SHIFT);
	mark(store, unit, units, false);
	if (unit + units < store->units && !store_is_used(store, unit + units)) {
		units += run_unlink(store, unit + units);
		store->merges++;
	}
	if (unit > 0 && !store_is_used(store, unit - 1)) {
		uint32_t before = *run_footer(store, unit);

		run_unlink(store, unit - before);
		unit -= before;
		units += before;
		store->merges++;
	}
	run_link(store, unit, units);
}

/* Most extents when no run is shorter than shortest. */
static unsigned int worst_extents(size_t bytes, uint32_t shortest)
{
	size_t least = (size_t)shortest * STORE_UNIT - STORE_LINK_BYTES;

	return (unsigned int)((bytes + least - 1) / least);
}

unsigned int store_worst_extents(size_t bytes)
{
	return worst_extents(bytes, STORE_MIN_RUN);
}

/* Most units when no run taken is shorter than shortest and no remainder is given away. */
static uint32_t worst_units(size_t bytes, uint32_t shortest)
{
	unsigned int extents = worst_extents(bytes, shortest);
	size_t links = (size_t)(extents - 1) * STORE_LINK_BYTES;

	/* Of several extents the last is a shortest run even for a single byte. */
	return units_for(bytes + links) + (extents > 1 ? STORE_MIN_RUN - 1 : 0);
}

uint32_t store_worst_units(size_t bytes)
{
	uint32_t plain = worst_units(bytes, STORE_MIN_RUN);
	/*
	 * Or the last extent gets what would remain of its run, too short to be one.
	 * Longer runs were taken before it: so all were longer than the shortest,
	 * and there are fewer links.
	 */
	uint32_t given = worst_units(bytes, STORE_MIN_RUN + 1) + STORE_MIN_RUN - 1;

	return plain > given ? plain : given;
}

size_t store_map_bytes(uint32_t units)
{
	return ((size_t)units + 511) / 512 * 64;
}

void store_init(struct store *store, void *memory, void *map, uint32_t units)
{
	memset(store, 0, sizeof(*store));
	store->memory = memory;
	store->used = map;
	store->units = units;
	for (unsigned int bin = 0; bin < STORE_BINS; bin++) {
		store->head[bin] = STORE_NOWHERE;
	}
	run_link(store, 0, units);
}
