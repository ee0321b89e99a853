// SPDX-License-Identifier: Apache-2.0
/*
 * The vault against a map that is right by being simple: random operations on
 * few handles of several pools, on a small card that is mostly full, with every
 * invariant checked between the phases.
 */
#include "crc32c.h"
#include "tap.h"
#include "vault_pools.h"

#define POOLS   4u
#define OBJECTS 5u
#define INDICES 120u
#define HANDLES (POOLS * OBJECTS * INDICES)
#define LONGEST (16 * TAP_PAGE)

/* The latest page put under a handle: made again from seed to compare. */
struct want {
	bool present;
	uint64_t seed;
};

struct world {
	struct tap *tap;
	struct vault *vault;
	uint32_t pool[POOLS];
	unsigned int order[POOLS];
	bool ephemeral[POOLS];
	struct want want[HANDLES];
	uint8_t page[LONGEST];
	uint8_t back[LONGEST];
	uint64_t refused;
	uint64_t dropped;
	uint64_t hits;
};

static size_t page_bytes(const struct world *world, unsigned int pool)
{
	return (size_t)TAP_PAGE << world->order[pool];
}

static void make_page(struct world *world, unsigned int pool, uint64_t seed)
{
	struct tap *tap = world->tap;
	uint64_t saved = tap->random;

	tap->random = seed;
	for (size_t at = 0; at < page_bytes(world, pool); at += TAP_PAGE) {
		tap_fill_block(tap, world->page + at);
	}
	tap->random = saved;
}

static struct vault_handle handle_of(unsigned int handle)
{
	unsigned int object = handle / INDICES % OBJECTS;
	uint64_t index = handle % INDICES;

	/* Some indices need all 64 bits, or differ in the upper ones alone. */
	if (index % 4 == 3) {
		index |= 1ull << (32 + index % 32);
	}
	return (struct vault_handle){{object, 0, (uint64_t)object << 63}, index};
}

static unsigned int pool_of(unsigned int handle)
{
	return handle / (OBJECTS * INDICES);
}

static bool check(struct world *world)
{
	char message[200] = "";
	int error = vault_check(world->vault, message, sizeof(message));

	TAP_CHECK(error == 0, "%s", message);
	return true;
}

static bool do_put(struct world *world, unsigned int number)
{
	unsigned int pool = pool_of(number);
	struct vault_handle handle = handle_of(number);
	struct want *want = &world->want[number];
	struct vault_page page;
	enum pamc_status status;

	want->seed = tap_random(world->tap);
	make_page(world, pool, want->seed);
	status = vault_put(world->vault, world->pool[pool], &handle, world->page,
			   crc32c(world->page, page_bytes(world, pool)), &page);
	want->present = status == PAMC_STATUS_SUCCESS;
	world->refused += !want->present;
	TAP_CHECK(want->present || (status == PAMC_STATUS_NO_SPACE && !world->ephemeral[pool]),
		  "put gives %d", status);
	return true;
}

static bool do_get(struct world *world, unsigned int number)
{
	unsigned int pool = pool_of(number);
	struct vault_handle handle = handle_of(number);
	struct want *want = &world->want[number];
	struct vault_page page;
	struct vault_page asked;
	enum pamc_status query = vault_query(world->vault, world->pool[pool], &handle, &asked);
	enum pamc_status status =
	    vault_get(world->vault, world->pool[pool], &handle, world->back, &page);

	TAP_CHECK(status == query, "get gives %d, query %d", status, query);
	if (status == PAMC_STATUS_MISS) {
		TAP_CHECK(!want->present || world->ephemeral[pool], "page %u is lost", number);
		world->dropped += want->present;
		/* What missed keeps missing. */
		want->present = false;
		return true;
	}
	TAP_CHECK(status == PAMC_STATUS_SUCCESS, "get gives %d", status);
	TAP_CHECK(want->present, "page %u is there though it was flushed", number);
	make_page(world, pool, want->seed);
	TAP_CHECK(memcmp(world->page, world->back, page_bytes(world, pool)) == 0,
		  "page %u has other bytes", number);
	TAP_CHECK(page.crc == crc32c(world->page, page_bytes(world, pool)) &&
		      asked.crc == page.crc && asked.stored_bytes == page.stored_bytes,
		  "page %u is told wrongly", number);
	world->hits++;
	return true;
}

static bool do_flush(struct world *world, unsigned int number)
{
	unsigned int pool = pool_of(number);
	struct vault_handle handle = handle_of(number);
	bool present = world->want[number].present;
	uint32_t flushed;

	flushed = vault_flush_page(world->vault, world->pool[pool], &handle);
	TAP_CHECK(flushed == present || (world->ephemeral[pool] && !flushed), "%u flushed",
		  flushed);
	world->want[number].present = false;
	return true;
}

/* All pages of an object, or of a pool. */
static void forget(struct world *world, unsigned int from, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		world->want[from + i].present = false;
	}
}

static bool do_flush_many(struct world *world, unsigned int number)
{
	unsigned int pool = pool_of(number);
	struct vault_handle handle = handle_of(number);

	if (tap_below(world->tap, 4) == 0) {
		world->pool[pool] = pool_flush(world->vault, world->pool[pool]);
		forget(world, pool * OBJECTS * INDICES, OBJECTS * INDICES);
		TAP_CHECK(pool_pages(world->vault, world->pool[pool]) == 0,
			  "pages after a pool flush");
		return true;
	}
	vault_flush_object(world->vault, world->pool[pool], handle.object);
	forget(world, number - number % INDICES, INDICES);
	return true;
}

static bool do_any(struct world *world, unsigned int puts)
{
	unsigned int number = (unsigned int)tap_below(world->tap, HANDLES);
	unsigned int what = (unsigned int)tap_below(world->tap, 1000);

	if (what < puts) {
		return do_put(world, number);
	}
	if (what == 999) {
		return do_flush_many(world, number);
	}
	if (what == 998) {
		vault_background(world->vault, (unsigned int)tap_below(world->tap, 200));
		return true;
	}
	return what % 3 ? do_get(world, number) : do_flush(world, number);
}

static bool verify_all(struct world *world)
{
	for (unsigned int number = 0; number < HANDLES; number++) {
		if (!do_get(world, number)) {
			return false;
		}
	}
	return true;
}

static bool phases(struct world *world, unsigned int rounds)
{
	/* Filling up, full, emptying, and full again. */
	static const unsigned int puts[] = {900, 600, 300, 800};

	for (unsigned int phase = 0; phase < 4; phase++) {
		for (unsigned int round = 0; round < rounds; round++) {
			if (!do_any(world, puts[phase])) {
				return false;
			}
		}
		if (!check(world) || !verify_all(world)) {
			return false;
		}
	}
	return true;
}

static bool all_gone(struct world *world)
{
	struct vault_figures figures;

	for (unsigned int pool = 0; pool < POOLS; pool++) {
		vault_contents_abandon(world->vault, world->pool[pool], false);
	}
	while (vault_background(world->vault, 1000)) {
	}
	vault_read_figures(world->vault, &figures);
	TAP_CHECK(figures.free_units == figures.units && figures.index_used == 0 &&
		      figures.objects == 0 && figures.extents == 0 && figures.dead_pages == 0,
		  "%u units are lost", figures.units - figures.free_units);
	return check(world);
}

static bool world_open(struct world *world, struct tap *tap, const unsigned int *orders)
{
	memset(world, 0, sizeof(*world));
	world->tap = tap;
	TAP_CHECK(vault_create(1 << 20, tap->seed, &world->vault) == 0, "create");
	for (unsigned int pool = 0; pool < POOLS; pool++) {
		world->order[pool] = orders[pool];
		world->ephemeral[pool] = pool >= POOLS / 2;
		world->pool[pool] = pool_create(world->vault,
						world->ephemeral[pool] ? PAMC_POOL_TYPE_EPHEMERAL
								       : PAMC_POOL_TYPE_PERSISTENT,
						orders[pool], 0, pool == POOLS - 1 ? 50 : 0);
		TAP_CHECK(world->pool[pool] != VAULT_NO_CONTENTS, "pool");
	}
	return true;
}

static bool run_world(struct tap *tap, const unsigned int *orders, unsigned int rounds)
{
	struct world *world = malloc(sizeof(*world));
	bool passed;

	if (!world) {
		abort();
	}
	passed = world_open(world, tap, orders) && phases(world, rounds);
	if (passed) {
		printf("# %llu hits, %llu puts refused, %llu ephemeral pages dropped\n",
		       (unsigned long long)world->hits, (unsigned long long)world->refused,
		       (unsigned long long)world->dropped);
	}
	passed = passed && all_gone(world);
	vault_destroy(world->vault);
	free(world);
	return passed;
}

static bool test_short(struct tap *tap)
{
	return run_world(tap, (const unsigned int[]){0, 0, 0, 0}, 15000);
}

static bool test_mixed(struct tap *tap)
{
	return run_world(tap, (const unsigned int[]){0, 3, 1, 2}, 8000);
}

static bool test_long(struct tap *tap)
{
	return run_world(tap, (const unsigned int[]){4, 2, 0, 4}, 4000);
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "4 KiB pages agree with the map", test_short);
	tap_run(&tap, "pages of mixed sizes agree with the map", test_mixed);
	tap_run(&tap, "long pages agree with the map", test_long);
	return tap_done(&tap);
}
