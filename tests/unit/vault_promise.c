// SPDX-License-Identifier: Apache-2.0
/*
 * Promises of memory and flash together: what they rest on, for records of every length, and
 * what is granted.
 */
#include "tap.h"
#include "vault_priv.h"

#define DRAM  (4u << 20)
#define FLASH (64ull << 20)

/* What vault_promise.c rests on: stubs and objects, and records that flash has no room for. */
TAP_CASE(exchange)
{
	const size_t node =
	    sizeof(struct record_header) + sizeof(uint64_t) + sizeof(struct record_node);

	TAP_CHECK(store_worst_units(sizeof(struct record_header) + sizeof(struct record_stub)) <=
		  VAULT_STUB_UNITS);
	TAP_CHECK(store_worst_units(sizeof(struct vault_object)) <= VAULT_STUB_UNITS);
	for (unsigned int order = 0; order <= PAMC_MAX_PAGE_ORDER; order++) {
		size_t table = order ? sizeof(uint16_t) << order : 0;

		for (size_t stored = 1; stored <= (size_t)PAMC_BLOCK_SIZE << order; stored++) {
			uint64_t cost =
			    VAULT_FLASH_COST(sizeof(struct vault_tier_header) + table + stored);

			TAP_CHECK(store_worst_units(node + table + stored) <=
				      VAULT_STUB_UNITS + cost / VAULT_FLASH_A_UNIT,
				  "order %u, %zu bytes", order, stored);
		}
	}
	return true;
}

/* What flash takes at most is not less than pages of flash are filled at least. */
TAP_CASE(packing)
{
	for (unsigned int n = 0; n < 200; n++) {
		uint32_t page = n % 2 ? 8192 - 64 : 16384 - 64, fill = page;
		uint64_t pages = 0, cost = 0;
		uint32_t most = 1 + (uint32_t)tap_below(tap, 4104);

		for (unsigned int i = 0; i < 2000; i++) {
			uint32_t bytes = 1 + (uint32_t)tap_below(tap, most);
			uint32_t length = (bytes + 31) / 32 * 32 + 56;

			if (n % 3 == 0) {
				length = (4104 + 31) / 32 * 32 + 56;
				bytes = 4104;
			}
			if (fill + length > page) {
				pages++;
				fill = 0;
			}
			fill += length;
			cost += VAULT_FLASH_COST(bytes);
		}
		TAP_CHECK(cost >= (pages - 1) * page, "%llu pages of %u", (unsigned long long)pages,
			  page);
	}
	return true;
}

static uint64_t promisable(const struct vault *vault)
{
	return vault_tier_promisable(vault, VAULT_WORST_SLOTS, vault_flash_worst(0));
}

static bool promise(struct vault *vault, uint32_t contents, uint64_t pages, bool durable)
{
	return vault_tier_reserve(vault, contents, pages * VAULT_WORST_SLOTS,
				  pages * vault_flash_worst(0), durable);
}

static bool granted(struct vault *vault)
{
	uint32_t one = vault_contents_create(vault, PAMC_POOL_TYPE_PERSISTENT, 0);
	uint32_t other = vault_contents_create(vault, PAMC_POOL_TYPE_PERSISTENT, 0);
	uint64_t least, most, raw = DRAM / PAMC_BLOCK_SIZE;

	/* Without room in flash it is what memory holds at worst, but for the cache. */
	least = promisable(vault);
	TAP_CHECK(least > raw / 2 && least < raw, "%llu", (unsigned long long)least);
	TAP_CHECK(promise(vault, one, least, false));
	TAP_EQUAL(promisable(vault), 0);
	TAP_CHECK(!promise(vault, other, 1, false));
	TAP_CHECK(promise(vault, one, 0, false));
	TAP_CHECK(!promise(vault, one, 1, true), "durable pages are promised without flash");

	/* Flash adds what it has room for, less the stubs of that. */
	vault_tier_set_promise(vault, 1000 * vault_flash_worst(0));
	most = promisable(vault);
	TAP_CHECK(most > least + 900 && most < least + 1000, "%llu, without flash %llu",
		  (unsigned long long)most, (unsigned long long)least);
	TAP_CHECK(!promise(vault, one, most + 1, false));
	TAP_CHECK(promise(vault, one, most / 2, false));
	TAP_EQUAL(promisable(vault), most - most / 2);
	TAP_CHECK(promise(vault, other, most - most / 2, false));
	TAP_CHECK(!promise(vault, other, most, false));
	TAP_EQUAL(promisable(vault), 0);
	/* Flash that has shrunk takes no promise back, and makes none. */
	vault_tier_set_promise(vault, 0);
	TAP_CHECK(promise(vault, other, most - most / 2, false));
	TAP_CHECK(promise(vault, other, most / 4, false));
	TAP_CHECK(!promise(vault, other, most / 4 + 1, false));
	TAP_CHECK(promise(vault, one, 0, false) && promise(vault, other, 0, false));

	/* Durable pages are not kept in memory instead, whoever else fills flash. */
	vault_tier_set_promise(vault, 1000 * vault_flash_worst(0));
	TAP_CHECK(!promise(vault, one, 1001, true));
	TAP_CHECK(promise(vault, one, 400, true));
	TAP_EQUAL(promisable(vault), 600);
	vault_contents_abandon(vault, one, false);
	TAP_EQUAL(promisable(vault), most);

	/* No more than there are stubs for. */
	vault_tier_set_promise(vault, 1ull << 50);
	most = promisable(vault);
	TAP_CHECK(most * 2 * VAULT_STUB_UNITS * STORE_UNIT < DRAM && most > 4 * raw, "%llu",
		  (unsigned long long)most);
	return true;
}

TAP_CASE(grants)
{
	struct vault *vault;
	bool good;

	TAP_EQUAL(vault_create(DRAM, 1, &vault), 0);
	vault_tier_use(vault, FLASH);
	good = granted(vault);
	vault_destroy(vault);
	return good;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "memory and flash can stand in for each other", exchange);
	tap_run(&tap, "a record takes no more of flash than is counted", packing);
	tap_run(&tap, "what there is is promised, once", grants);
	return tap_done(&tap);
}
