// SPDX-License-Identifier: Apache-2.0
/*
 * What the vault promises about space: reserves are kept whatever else is stored,
 * ephemeral pages go oldest first and only when they must, flushed memory is of
 * use again, and damage is reported.
 */
#include "crc32c.h"
#include "tap.h"
#include "vault.h"

#define DRAM (4u << 20)

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
	struct pamc_pool_info info = {
	    .type = type, .order = (uint8_t)order, .reserve = reserve, .limit = limit};

	return vault_pool_create(card->vault, &info) == PAMC_STATUS_SUCCESS ? info.id : 0;
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
	size_t bytes = (size_t)TAP_PAGE << vault_pool_info(card->vault, pool)->order;
	struct vault_page page;

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
	uint32_t flushed = 0;

	vault_flush_page(card->vault, pool, &handle, &flushed);
	return flushed;
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
	struct pamc_identify identify = {0};

	vault_identify(card->vault, &identify);
	return identify.promisable_pages;
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

	while (vault_pool_info(card->vault, pools[0])->evicted +
		   vault_pool_info(card->vault, pools[1])->evicted <
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
	TAP_CHECK(vault_pool_set(card->vault, limited, PAMC_POOL_SET_LIMIT, 0, 0, 4) ==
		      PAMC_STATUS_SUCCESS,
		  "a lower limit");
	TAP_CHECK(vault_pool_info(card->vault, limited)->pages == 4, "%llu pages",
		  (unsigned long long)vault_pool_info(card->vault, limited)->pages);
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
	struct pamc_log_capacity capacity = {0};

	vault_capacity(card->vault, &capacity);
	for (uint64_t i = 0; i < 2 * capacity.index_slots; i++) {
		TAP_CHECK(put(card, pool, i / 1000, i, SAME) == PAMC_STATUS_SUCCESS, "put");
		TAP_CHECK(there(card, pool, i / 1000, i), "page %llu", (unsigned long long)i);
	}
	vault_capacity(card->vault, &capacity);
	TAP_CHECK(capacity.index_used > capacity.index_slots * 9 / 10, "%llu slots used",
		  (unsigned long long)capacity.index_used);
	TAP_CHECK(capacity.free_bytes > 0, "memory was full first");
	return consistent(card);
}

/* Others take all they can get, of every kind; then the promise is called in. */
static bool reserve_kept(struct card *card)
{
	uint64_t reserve = promisable(card) / 2;
	uint32_t promised = persistent(card, reserve);
	uint32_t greedy = persistent(card, 0);
	uint32_t cache = ephemeral(card, 0);

	TAP_CHECK(promised && greedy && cache, "pools");
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
	while (vault_pool_info(card->vault, pool)->pages < reserve) {
		uint64_t next = tiny + vault_pool_info(card->vault, pool)->pages;

		TAP_CHECK(put(card, pool, 2 + next, next, RANDOM) == PAMC_STATUS_SUCCESS,
			  "%llu of %llu promised pages",
			  (unsigned long long)vault_pool_info(card->vault, pool)->pages,
			  (unsigned long long)reserve);
	}
	return consistent(card);
}

static bool reserves_refused(struct card *card)
{
	uint64_t all = promisable(card);
	uint32_t pool = persistent(card, all);

	TAP_CHECK(pool != 0, "what is promisable cannot be promised");
	TAP_CHECK(promisable(card) == 0, "%llu more", (unsigned long long)promisable(card));
	TAP_CHECK(persistent(card, 2) == 0, "promised twice");
	TAP_CHECK(persistent(card, UINT64_MAX) == 0, "promised the world");
	TAP_CHECK(new_pool(card, PAMC_POOL_TYPE_PERSISTENT, 4, UINT64_MAX / 16, 0) == 0,
		  "promised the world");
	TAP_CHECK(vault_pool_set(card->vault, pool, PAMC_POOL_SET_RESERVE, 0, all + 1, 0) ==
		      PAMC_STATUS_NO_SPACE,
		  "a larger reserve");
	TAP_CHECK(vault_pool_set(card->vault, pool, PAMC_POOL_SET_RESERVE, 0, all / 2, 0) ==
		      PAMC_STATUS_SUCCESS,
		  "a smaller reserve");
	TAP_CHECK(persistent(card, all - all / 2) != 0, "the rest");
	put(card, pool, 1, 1, RANDOM);
	TAP_CHECK(vault_pool_flush(card->vault, pool) == PAMC_STATUS_SUCCESS, "flush");
	TAP_CHECK(promisable(card) == 0, "a flush ended the promise");
	TAP_CHECK(vault_pool_destroy(card->vault, pool) == PAMC_STATUS_SUCCESS, "destroy");
	TAP_CHECK(vault_pool_destroy(card->vault, pool) == PAMC_STATUS_BAD_POOL, "destroyed twice");
	TAP_CHECK(persistent(card, all / 2) != 0, "a destroyed pool keeps its promise");
	return consistent(card);
}

/* What is flushed lazily is found as soon as it is wanted. */
static bool lazy_flush(struct card *card)
{
	uint32_t pool = persistent(card, 0);
	uint32_t other = persistent(card, 0);
	uint64_t most = fill_up(card, pool, 1, RANDOM);
	struct pamc_log_capacity capacity;
	uint32_t flushed;

	TAP_CHECK(put(card, other, 1, 0, RANDOM) == PAMC_STATUS_NO_SPACE, "not full");
	TAP_CHECK(vault_flush_object(card->vault, pool, (const uint64_t[3]){1}, &flushed) ==
			  PAMC_STATUS_SUCCESS &&
		      flushed == most,
		  "%u flushed of %llu", flushed, (unsigned long long)most);
	for (uint64_t i = 0; i < most; i++) {
		TAP_CHECK(get(card, pool, 1, i) == PAMC_STATUS_MISS, "page %llu survived",
			  (unsigned long long)i);
	}
	vault_capacity(card->vault, &capacity);
	TAP_CHECK(capacity.dead_pages == most && capacity.pages == 0, "%llu dead",
		  (unsigned long long)capacity.dead_pages);
	TAP_CHECK(consistent(card), "with dead pages");
	/* The same object is another one now; its pages are not mixed up with the dead ones. */
	TAP_CHECK(put(card, pool, 1, 5, TEXT) == PAMC_STATUS_SUCCESS, "put after flush");
	TAP_CHECK(fill_up(card, other, 1, RANDOM) >= most - 2, "flushed memory is not found");
	TAP_CHECK(get(card, pool, 1, 5) == PAMC_STATUS_SUCCESS, "the new page");
	TAP_CHECK(vault_pool_flush(card->vault, other) == PAMC_STATUS_SUCCESS, "pool flush");
	TAP_CHECK(fill_up(card, pool, 2, RANDOM) >= most - 2, "flushed memory is not found");
	TAP_CHECK(vault_pool_destroy(card->vault, pool) == PAMC_STATUS_SUCCESS, "destroy");
	while (vault_background(card->vault, 10)) {
	}
	vault_capacity(card->vault, &capacity);
	TAP_CHECK(capacity.used_bytes == 0 && capacity.dead_pages == 0, "%llu bytes are left",
		  (unsigned long long)capacity.used_bytes);
	return consistent(card);
}

/* Many flushes in a row, more than there are places for dead contents. */
static bool flush_storm(struct card *card)
{
	uint32_t pool = ephemeral(card, 0);

	for (uint64_t i = 0; i < 2000; i++) {
		TAP_CHECK(put(card, pool, i, i, TEXT) == PAMC_STATUS_SUCCESS, "put");
		TAP_CHECK(vault_pool_flush(card->vault, pool) == PAMC_STATUS_SUCCESS, "flush");
		TAP_CHECK(!there(card, pool, i, i), "flushed page");
	}
	return consistent(card);
}

static bool frozen(struct card *card)
{
	uint32_t pool = persistent(card, 0);

	put(card, pool, 1, 1, TEXT);
	put(card, pool, 1, 2, TEXT);
	TAP_CHECK(vault_pool_set(card->vault, pool, PAMC_POOL_SET_FLAGS, PAMC_POOL_FROZEN, 0, 0) ==
		      PAMC_STATUS_SUCCESS,
		  "freeze");
	TAP_CHECK(put(card, pool, 1, 1, RANDOM) == PAMC_STATUS_FROZEN, "put to a frozen pool");
	TAP_CHECK(!there(card, pool, 1, 1), "the older version survived");
	TAP_CHECK(get(card, pool, 1, 2) == PAMC_STATUS_SUCCESS, "get from a frozen pool");
	TAP_CHECK(flush(card, pool, 1, 2) == 1, "flush in a frozen pool");
	TAP_CHECK(vault_pool_set(card->vault, pool, PAMC_POOL_SET_FLAGS, 0, 0, 0) ==
		      PAMC_STATUS_SUCCESS,
		  "thaw");
	TAP_CHECK(put(card, pool, 1, 1, RANDOM) == PAMC_STATUS_SUCCESS, "put after thawing");
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
		vault_pool_destroy(card->vault, pool);
	}
	while (vault_background(card->vault, 1000)) {
	}
	return consistent(card);
}

static bool pools(struct card *card)
{
	struct pamc_pool_info bad[] = {
	    {.type = 2},
	    {.order = 5},
	    {.flags = 8},
	    {.type = PAMC_POOL_TYPE_EPHEMERAL, .reserve = 1},
	    {.type = PAMC_POOL_TYPE_EPHEMERAL, .flags = PAMC_POOL_DURABLE},
	    {.type = PAMC_POOL_TYPE_PERSISTENT, .reserve = 2, .limit = 1},
	};
	struct pamc_pool_info durable = {.type = PAMC_POOL_TYPE_PERSISTENT,
					 .flags = PAMC_POOL_DURABLE};
	uint32_t first = 0;
	unsigned int count = 0;
	uint32_t previous = 0;
	uint32_t id;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_CHECK(vault_pool_create(card->vault, &bad[i]) == PAMC_STATUS_BAD_FIELD,
			  "bad pool %zu", i);
	}
	TAP_CHECK(vault_pool_create(card->vault, &durable) == PAMC_STATUS_NOT_SUPPORTED, "durable");
	while ((id = ephemeral(card, 0)) != 0) {
		first = first ? first : id;
		count++;
	}
	TAP_CHECK(count == 255, "%u pools", count);
	count = 0;
	for (id = vault_pool_next(card->vault, 0); id; id = vault_pool_next(card->vault, id + 1)) {
		TAP_CHECK(id > previous, "ids do not rise");
		previous = id;
		count++;
	}
	TAP_CHECK(count == 255, "%u pools listed", count);
	put(card, first, 1, 1, TEXT);
	TAP_CHECK(vault_pool_destroy(card->vault, first) == PAMC_STATUS_SUCCESS, "destroy");
	TAP_CHECK(!vault_pool_info(card->vault, first), "info of no pool");
	TAP_CHECK(vault_pool_flush(card->vault, first) == PAMC_STATUS_BAD_POOL, "flush of no pool");
	id = ephemeral(card, 0);
	TAP_CHECK(id != 0 && id != first, "a new pool has an old id");
	TAP_CHECK(!there(card, id, 1, 1), "a new pool has an old page");
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
CASE(frozen)
CASE(refused_is_absent)
CASE(flips)
CASE(pools)

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
	tap_run(&tap, "frozen pools", test_frozen);
	tap_run(&tap, "a refused put leaves the handle absent", test_refused_is_absent);
	tap_run(&tap, "flipped bits are found", test_flips);
	tap_run(&tap, "pools and their ids", test_pools);
	tap_run(&tap, "card sizes", test_bad_sizes);
	return tap_done(&tap);
}
