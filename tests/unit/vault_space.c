// SPDX-License-Identifier: Apache-2.0
/*
 * What the vault promises about space: reserves are kept whatever else is stored,
 * ephemeral pages go oldest first and only when they must, flushed memory is of
 * use again, and damage is reported.
 */
#include "crc32c.h"
#include "tap.h"
#include "vault_pools.h"

#define DRAM (4u << 20)
#define NONE VAULT_NO_CONTENTS

struct card {
	struct tap *tap;
	struct vault *vault;
	uint8_t page[16 * TAP_PAGE];
	uint8_t back[16 * TAP_PAGE];
};

static bool consistent(struct card *card)
{
	char message[200] = "";
	int error = vault_check(card->vault, message, sizeof(message));

	TAP_CHECK(error == 0, "%s", message);
	return true;
}

static uint32_t new_pool(struct card *card, enum pamc_pool_type type, unsigned int order,
			 uint64_t reserve, uint64_t limit)
{
	return pool_create(card->vault, type, order, reserve, limit);
}

static uint32_t persistent(struct card *card, uint64_t reserve)
{
	return new_pool(card, PAMC_POOL_TYPE_PERSISTENT, 0, reserve, 0);
}

static uint32_t ephemeral(struct card *card, uint64_t limit)
{
	return new_pool(card, PAMC_POOL_TYPE_EPHEMERAL, 0, 0, limit);
}

enum kind { SAME, TEXT, RANDOM };

static void fill(struct card *card, enum kind kind, size_t bytes, uint64_t seed)
{
	uint64_t *words = (uint64_t *)card->page;

	for (size_t i = 0; i < bytes / sizeof(*words); i++) {
		uint64_t mixed = (seed + 1) * 0x9e3779b97f4a7c15ull + i * 0xd1342543de82ef95ull;

		mixed = (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93ull;
		mixed ^= mixed >> 32;
		words[i] = kind == SAME ? seed : kind == TEXT && i % 4 ? seed : mixed;
	}
}

static enum pamc_status put(struct card *card, uint32_t pool, uint64_t object, uint64_t index,
			    enum kind kind)
{
	struct vault_handle handle = {{object}, index};
	struct vault_page page;
	struct vault_row row;
	size_t bytes;

	vault_read_contents(card->vault, pool, &row);
	bytes = (size_t)TAP_PAGE << row.order;
	fill(card, kind, bytes, object * 1000003 + index);
	return vault_put(card->vault, pool, &handle, card->page, crc32c(card->page, bytes), &page);
}

static enum pamc_status get(struct card *card, uint32_t pool, uint64_t object, uint64_t index)
{
	struct vault_handle handle = {{object}, index};
	struct vault_page page;

	return vault_get(card->vault, pool, &handle, card->back, &page);
}

static bool there(struct card *card, uint32_t pool, uint64_t object, uint64_t index)
{
	struct vault_handle handle = {{object}, index};
	struct vault_page page;

	return vault_query(card->vault, pool, &handle, &page) == PAMC_STATUS_SUCCESS;
}

static uint32_t flush(struct card *card, uint32_t pool, uint64_t object, uint64_t index)
{
	struct vault_handle handle = {{object}, index};

	return vault_flush_page(card->vault, pool, &handle);
}

/* Puts until refused; returns how many were taken. */
static uint64_t fill_up(struct card *card, uint32_t pool, uint64_t object, enum kind kind)
{
	uint64_t index = 0;

	while (put(card, pool, object, index, kind) == PAMC_STATUS_SUCCESS) {
		index++;
	}
	return index;
}

static uint64_t promisable(struct card *card)
{
	struct vault_figures figures;
	uint64_t by_units, by_slots;

	vault_read_figures(card->vault, &figures);
	by_units = (figures.units - figures.committed_units) / vault_worst_units(0, false);
	by_slots = (figures.slot_limit - figures.committed_slots) / VAULT_WORST_SLOTS;
	return by_units < by_slots ? by_units : by_slots;
}

/* One of two pools, in no order. */
static unsigned int either(uint64_t i)
{
	return (i + 1) * 2654435761u >> 20 & 1;
}

/* The oldest page goes first, whichever pool it is in, and no page goes before it must. */
static bool eviction_order(struct card *card)
{
	uint32_t pools[2] = {ephemeral(card, 0), ephemeral(card, 0)};
	uint64_t puts = 0;
	uint64_t first_kept;

	while (vault_counts(card->vault, pools[0])[VAULT_EVICTED] +
		   vault_counts(card->vault, pools[1])[VAULT_EVICTED] <
	       200) {
		TAP_CHECK(put(card, pools[either(puts)], 7, puts, RANDOM) == PAMC_STATUS_SUCCESS,
			  "ephemeral put refused");
		puts++;
	}
	for (first_kept = 0; !there(card, pools[either(first_kept)], 7, first_kept); first_kept++) {
	}
	TAP_CHECK(first_kept == 200, "%llu oldest are gone", (unsigned long long)first_kept);
	for (uint64_t i = first_kept; i < puts; i++) {
		TAP_CHECK(get(card, pools[either(i)], 7, i) == PAMC_STATUS_SUCCESS,
			  "page %llu of %llu is gone", (unsigned long long)i,
			  (unsigned long long)puts);
	}
	/* A page put anew is young again. */
	put(card, pools[either(first_kept)], 7, first_kept, RANDOM);
	put(card, pools[0], 8, 0, RANDOM);
	put(card, pools[0], 8, 1, RANDOM);
	TAP_CHECK(there(card, pools[either(first_kept)], 7, first_kept), "was young");
	return consistent(card);
}

/* A pool at its limit drops its own oldest page, not another pool's older one. */
static bool limits(struct card *card)
{
	uint32_t old = ephemeral(card, 0);
	uint32_t limited = ephemeral(card, 10);
	uint32_t refusing = new_pool(card, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 10);

	TAP_CHECK(put(card, old, 1, 1, TEXT) == PAMC_STATUS_SUCCESS, "put");
	for (uint64_t i = 0; i < 15; i++) {
		TAP_CHECK(put(card, limited, i % 3, i, TEXT) == PAMC_STATUS_SUCCESS, "put");
		TAP_CHECK(put(card, refusing, 1, i, TEXT) ==
			      (i < 10 ? PAMC_STATUS_SUCCESS : PAMC_STATUS_NO_SPACE),
			  "put %llu", (unsigned long long)i);
	}
	for (uint64_t i = 0; i < 15; i++) {
		TAP_CHECK(there(card, limited, i % 3, i) == (i >= 5), "page %llu",
			  (unsigned long long)i);
	}
	TAP_CHECK(there(card, old, 1, 1), "another pool's page went");
	TAP_CHECK(put(card, refusing, 1, 3, RANDOM) == PAMC_STATUS_SUCCESS,
		  "replacing at the limit");
	vault_contents_limit(card->vault, limited, 4);
	TAP_CHECK(pool_pages(card->vault, limited) == 4, "%llu pages",
		  (unsigned long long)pool_pages(card->vault, limited));
	TAP_CHECK(there(card, limited, 2, 14) && !there(card, limited, 1, 10), "the oldest stayed");
	return consistent(card);
}

/* The page to be dropped for a new one is the last of the same object. */
static bool limit_of_one(struct card *card)
{
	uint32_t pool = ephemeral(card, 1);

	for (uint64_t i = 0; i < 100; i++) {
		TAP_CHECK(put(card, pool, i / 10, i, TEXT) == PAMC_STATUS_SUCCESS, "put");
		TAP_CHECK(get(card, pool, i / 10, i) == PAMC_STATUS_SUCCESS, "page %llu",
			  (unsigned long long)i);
		TAP_CHECK(consistent(card), "after page %llu", (unsigned long long)i);
	}
	return true;
}

/* So many tiny pages that the index is full before the memory: still the oldest go. */
static bool full_index(struct card *card)
{
	uint32_t pool = ephemeral(card, 0);
	struct vault_figures figures;

	vault_read_figures(card->vault, &figures);
	for (uint64_t i = 0; i < 2 * figures.slots; i++) {
		TAP_CHECK(put(card, pool, i / 1000, i, SAME) == PAMC_STATUS_SUCCESS, "put");
		TAP_CHECK(there(card, pool, i / 1000, i), "page %llu", (unsigned long long)i);
	}
	vault_read_figures(card->vault, &figures);
	TAP_CHECK(figures.index_used > figures.slots * 9 / 10, "%llu slots used",
		  (unsigned long long)figures.index_used);
	TAP_CHECK(figures.free_units > 0, "memory was full first");
	return consistent(card);
}

/* Others take all they can get, of every kind; then the promise is called in. */
static bool reserve_kept(struct card *card)
{
	uint64_t reserve = promisable(card) / 2;
	uint32_t promised = persistent(card, reserve);
	uint32_t greedy = persistent(card, 0);
	uint32_t cache = ephemeral(card, 0);

	TAP_CHECK(promised != NONE && greedy != NONE && cache != NONE, "pools");
	TAP_CHECK(fill_up(card, greedy, 1, RANDOM) > 0, "nothing for the unreserved pool");
	for (uint64_t i = 0; i < 2000; i++) {
		put(card, cache, i % 7, i, i % 3 ? RANDOM : TEXT);
	}
	TAP_CHECK(consistent(card), "with the promise open");
	for (uint64_t i = 0; i < reserve; i++) {
		/* Each in an object of its own: the worst for index and objects. */
		TAP_CHECK(put(card, promised, 100 + i, i, RANDOM) == PAMC_STATUS_SUCCESS,
			  "promised page %llu of %llu", (unsigned long long)i,
			  (unsigned long long)reserve);
	}
	/* Full as it is, replacing within the reserve works. */
	for (uint64_t i = 0; i < reserve; i += 3) {
		TAP_CHECK(put(card, promised, 100 + i, i, i % 2 ? RANDOM : SAME) ==
			      PAMC_STATUS_SUCCESS,
			  "replaced page %llu", (unsigned long long)i);
	}
	return consistent(card);
}

/* A pool that shredded its memory with tiny pages still gets what was promised. */
static bool reserve_in_shreds(struct card *card)
{
	uint64_t reserve = promisable(card);
	uint32_t pool = persistent(card, reserve);
	uint64_t tiny = fill_up(card, pool, 1, SAME);

	TAP_CHECK(tiny > 4 * reserve, "%llu tiny pages for %llu promised", (unsigned long long)tiny,
		  (unsigned long long)reserve);
	/* Leave only as many as leave most of the reserve to be called in, far apart. */
	for (uint64_t i = 0; i < tiny; i++) {
		if (i % (tiny / (reserve / 4)) != 0) {
			TAP_CHECK(flush(card, pool, 1, i) == 1, "page %llu", (unsigned long long)i);
		}
	}
	while (pool_pages(card->vault, pool) < reserve) {
		uint64_t next = tiny + pool_pages(card->vault, pool);

		TAP_CHECK(put(card, pool, 2 + next, next, RANDOM) == PAMC_STATUS_SUCCESS,
			  "%llu of %llu promised pages",
			  (unsigned long long)pool_pages(card->vault, pool),
			  (unsigned long long)reserve);
	}
	return consistent(card);
}

static bool reserves_refused(struct card *card)
{
	uint64_t all = promisable(card);
	uint32_t pool = persistent(card, all);

	TAP_CHECK(pool != NONE, "what is promisable cannot be promised");
	TAP_CHECK(promisable(card) == 0, "%llu more", (unsigned long long)promisable(card));
	TAP_CHECK(persistent(card, 2) == NONE, "promised twice");
	TAP_CHECK(persistent(card, UINT64_MAX) == NONE, "promised the world");
	TAP_CHECK(new_pool(card, PAMC_POOL_TYPE_PERSISTENT, 4, UINT64_MAX / 16, 0) == NONE,
		  "promised the world");
	TAP_CHECK(!pool_reserve(card->vault, pool, 0, all + 1), "a larger reserve");
	TAP_CHECK(pool_reserve(card->vault, pool, 0, all / 2), "a smaller reserve");
	TAP_CHECK(persistent(card, all - all / 2) != NONE, "the rest");
	put(card, pool, 1, 1, RANDOM);
	pool = pool_flush(card->vault, pool);
	TAP_CHECK(promisable(card) == 0, "a flush ended the promise");
	vault_contents_abandon(card->vault, pool, false);
	TAP_CHECK(persistent(card, all / 2) != NONE, "a destroyed pool keeps its promise");
	return consistent(card);
}

/* What is flushed lazily is found as soon as it is wanted. */
static bool lazy_flush(struct card *card)
{
	uint32_t pool = persistent(card, 0);
	uint32_t other = persistent(card, 0);
	uint64_t most = fill_up(card, pool, 1, RANDOM);
	struct vault_figures figures;
	uint32_t flushed;

	TAP_CHECK(put(card, other, 1, 0, RANDOM) == PAMC_STATUS_NO_SPACE, "not full");
	flushed = vault_flush_object(card->vault, pool, (const uint64_t[3]){1});
	TAP_CHECK(flushed == most, "%u flushed of %llu", flushed, (unsigned long long)most);
	for (uint64_t i = 0; i < most; i++) {
		TAP_CHECK(get(card, pool, 1, i) == PAMC_STATUS_MISS, "page %llu survived",
			  (unsigned long long)i);
	}
	vault_read_figures(card->vault, &figures);
	TAP_CHECK(figures.dead_pages == most && pool_pages(card->vault, pool) == 0, "%llu dead",
		  (unsigned long long)figures.dead_pages);
	TAP_CHECK(consistent(card), "with dead pages");
	/* The same object is another one now; its pages are not mixed up with the dead ones. */
	TAP_CHECK(put(card, pool, 1, 5, TEXT) == PAMC_STATUS_SUCCESS, "put after flush");
	TAP_CHECK(fill_up(card, other, 1, RANDOM) >= most - 2, "flushed memory is not found");
	TAP_CHECK(get(card, pool, 1, 5) == PAMC_STATUS_SUCCESS, "the new page");
	other = pool_flush(card->vault, other);
	TAP_CHECK(fill_up(card, pool, 2, RANDOM) >= most - 2, "flushed memory is not found");
	vault_contents_abandon(card->vault, pool, false);
	while (vault_background(card->vault, 10)) {
	}
	vault_read_figures(card->vault, &figures);
	TAP_CHECK(figures.dead_pages == 0 && pool_used_bytes(card->vault) == 0,
		  "%llu bytes are left", (unsigned long long)pool_used_bytes(card->vault));
	return consistent(card);
}

/* Many flushes in a row, more than there are places for dead contents. */
static bool flush_storm(struct card *card)
{
	uint32_t pool = ephemeral(card, 0);

	for (uint64_t i = 0; i < 2000; i++) {
		TAP_CHECK(put(card, pool, i, i, TEXT) == PAMC_STATUS_SUCCESS, "put");
		pool = pool_flush(card->vault, pool);
		TAP_CHECK(!there(card, pool, i, i), "flushed page");
	}
	return consistent(card);
}

/* What the executor does with a put to a frozen pool. */
static bool refused(struct card *card)
{
	uint32_t pool = persistent(card, 0);
	struct vault_handle handle = {{1}, 1};

	put(card, pool, 1, 1, TEXT);
	put(card, pool, 1, 2, TEXT);
	vault_refuse(card->vault, pool, &handle);
	TAP_CHECK(vault_counts(card->vault, pool)[VAULT_REFUSED] == 1 &&
		      vault_counts(card->vault, pool)[VAULT_FLUSHES] == 0,
		  "counts");
	TAP_CHECK(!there(card, pool, 1, 1), "the older version survived");
	TAP_CHECK(get(card, pool, 1, 2) == PAMC_STATUS_SUCCESS, "another page is gone");
	return consistent(card);
}

/* A put refused for space leaves nothing of the older version. */
static bool refused_is_absent(struct card *card)
{
	uint32_t pool = persistent(card, 0);
	uint64_t most = fill_up(card, pool, 1, TEXT);
	uint64_t absent = 0;

	for (uint64_t i = 0; i < most; i++) {
		if (put(card, pool, 1, i, RANDOM) != PAMC_STATUS_SUCCESS) {
			TAP_CHECK(!there(card, pool, 1, i), "page %llu", (unsigned long long)i);
			absent++;
		}
	}
	TAP_CHECK(absent > 0, "nothing was refused");
	return consistent(card);
}

/* A flipped bit anywhere is found; then the page is an error, or gone if ephemeral. */
static bool flips(struct card *card)
{
	for (unsigned int round = 0; round < 600; round++) {
		bool keeps = round % 2;
		unsigned int order = (unsigned int)tap_below(card->tap, 5);
		uint32_t pool =
		    new_pool(card, keeps ? PAMC_POOL_TYPE_PERSISTENT : PAMC_POOL_TYPE_EPHEMERAL,
			     order, 0, 0);
		struct vault_handle handle = {{1}, round};
		enum pamc_status status;

		put(card, pool, 1, round, (enum kind)(round % 3));
		TAP_CHECK(get(card, pool, 1, round) == PAMC_STATUS_SUCCESS, "get");
		TAP_CHECK(vault_flip_bit(card->vault, pool, &handle, tap_random(card->tap)),
			  "flip");
		status = get(card, pool, 1, round);
		/* Not every bit of a compressed page matters; what is returned must be right. */
		if (status == PAMC_STATUS_SUCCESS) {
			TAP_CHECK(round % 3 == TEXT && memcmp(card->back, card->page,
							      (size_t)TAP_PAGE << order) == 0,
				  "damage went unseen");
		} else {
			TAP_CHECK(status == PAMC_STATUS_UNCORRECTABLE, "status %d", status);
			TAP_CHECK(get(card, pool, 1, round) ==
				      (keeps ? PAMC_STATUS_UNCORRECTABLE : PAMC_STATUS_MISS),
				  "after the error");
		}
		TAP_CHECK(put(card, pool, 1, round, TEXT) == PAMC_STATUS_SUCCESS, "put anew");
		TAP_CHECK(get(card, pool, 1, round) == PAMC_STATUS_SUCCESS, "healed by a put");
		vault_contents_abandon(card->vault, pool, false);
	}
	while (vault_background(card->vault, 1000)) {
	}
	return consistent(card);
}

/* All numbers, and one whose page is not found by who has the number next. */
static bool numbers(struct card *card)
{
	uint32_t first = ephemeral(card, 0);
	unsigned int count = 1;

	put(card, first, 1, 1, TEXT);
	while (ephemeral(card, 0) != NONE) {
		count++;
	}
	TAP_CHECK(count == VAULT_CONTENTS, "%u contents", count);
	vault_contents_abandon(card->vault, first, false);
	TAP_CHECK(ephemeral(card, 0) == first, "not the one that is free");
	TAP_CHECK(!there(card, first, 1, 1), "new contents have an old page");
	TAP_CHECK(ephemeral(card, 0) == NONE, "one too many");
	return consistent(card);
}

/* Nothing is left of what was, and the counts go on. */
static bool starts_anew(struct card *card)
{
	struct vault_keys keys = {.page = {1, 2}, .object = {3, 4}};
	uint32_t pool = persistent(card, 7);
	struct vault_figures figures;

	fill_up(card, pool, 1, RANDOM);
	vault_init(card->vault, &keys);
	TAP_CHECK(consistent(card), "inconsistent");
	vault_read_figures(card->vault, &figures);
	TAP_CHECK(figures.free_units == figures.units && figures.committed_units == 0 &&
		      figures.index_used == 0 && figures.objects == 0,
		  "something is left");
	TAP_CHECK(figures.totals[VAULT_PUTS] > 0, "counts are gone");
	vault_clear_totals(card->vault);
	vault_read_figures(card->vault, &figures);
	TAP_CHECK(figures.totals[VAULT_PUTS] == 0, "counts are left");
	TAP_CHECK(persistent(card, 0) == pool && !there(card, pool, 1, 0), "an old page");
	TAP_CHECK(put(card, pool, 1, 0, TEXT) == PAMC_STATUS_SUCCESS, "put");
	return consistent(card);
}

static bool with_card(struct tap *tap, bool (*function)(struct card *))
{
	struct card *card = calloc(1, sizeof(*card));
	bool passed;

	if (!card) {
		abort();
	}
	card->tap = tap;
	passed = vault_create(DRAM, tap->seed, &card->vault) == 0 && function(card);
	vault_destroy(card->vault);
	free(card);
	return passed;
}

#define CASE(name)                                                                                 \
	static bool test_##name(struct tap *tap)                                                   \
	{                                                                                          \
		return with_card(tap, name);                                                       \
	}
CASE(eviction_order)
CASE(limits)
CASE(limit_of_one)
CASE(full_index)
CASE(reserve_kept)
CASE(reserve_in_shreds)
CASE(reserves_refused)
CASE(lazy_flush)
CASE(flush_storm)
CASE(refused)
CASE(refused_is_absent)
CASE(flips)
CASE(numbers)
CASE(starts_anew)

static bool test_bad_sizes(struct tap *tap)
{
	struct vault *vault = NULL;

	TAP_CHECK(vault_create(0, tap->seed, &vault) < 0, "no DRAM");
	TAP_CHECK(vault_create((1 << 20) - 64, tap->seed, &vault) < 0, "too little DRAM");
	TAP_CHECK(vault_create(1ull << 40, tap->seed, &vault) < 0, "too much DRAM");
	TAP_CHECK(vault_create((64ull << 30), tap->seed, &vault) == 0, "64 GiB");
	vault_destroy(vault);
	vault_destroy(NULL);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "ephemeral pages go oldest first", test_eviction_order);
	tap_run(&tap, "limits hold", test_limits);
	tap_run(&tap, "a limit of one page", test_limit_of_one);
	tap_run(&tap, "a full index drops the oldest pages", test_full_index);
	tap_run(&tap, "a reserve is kept on a card full of others' pages", test_reserve_kept);
	tap_run(&tap, "a reserve is kept in shredded memory", test_reserve_in_shreds);
	tap_run(&tap, "reserves never exceed what there is", test_reserves_refused);
	tap_run(&tap, "lazily flushed memory is found when wanted", test_lazy_flush);
	tap_run(&tap, "any number of pool flushes", test_flush_storm);
	tap_run(&tap, "a put that is not to be", test_refused);
	tap_run(&tap, "a refused put leaves the handle absent", test_refused_is_absent);
	tap_run(&tap, "flipped bits are found", test_flips);
	tap_run(&tap, "numbers of contents", test_numbers);
	tap_run(&tap, "a vault starts anew", test_starts_anew);
	tap_run(&tap, "card sizes", test_bad_sizes);
	return tap_done(&tap);
}
