// SPDX-License-Identifier: Apache-2.0
/*
 * What can be promised when there is flash behind memory. A page needs two slots of the index
 * and a stub in memory, wherever it is, and room in flash; what flash has not is kept in memory.
 * So there is a bound for all of it together, whatever the pages contain and wherever they are:
 *
 *	stubs + room for the longest record and a cache + what flash cannot have <= memory
 *
 * Each pool counts with the larger of what it holds and what it was promised. Nothing is
 * counted before the first promise is made: then each put is tried.
 */
#include "vault_priv.h"

uint64_t vault_flash_worst(unsigned int order)
{
	uint64_t table = order > 0 ? sizeof(uint16_t) << order : 0;

	return VAULT_FLASH_COST(sizeof(struct vault_tier_header) + table +
				((uint64_t)PAMC_BLOCK_SIZE << order));
}

/* What pages of an order with so many bytes in all take of flash at most. */
static uint64_t cost(unsigned int order, uint64_t pages, uint64_t stored)
{
	uint64_t table = order > 0 ? sizeof(uint16_t) << order : 0;

	return pages * VAULT_FLASH_COST(sizeof(struct vault_tier_header) + table) +
	       VAULT_FLASH_COST(stored) - VAULT_FLASH_COST(0);
}

static uint64_t cost_of(const struct vault_contents *contents)
{
	return cost(contents->order, contents->sums.pages, contents->sums.stored);
}

struct demand {
	uint64_t flash, slots;
	bool durable; /* some of it cannot be kept in memory */
};

static struct demand demand(const struct vault *vault)
{
	struct demand all = {.slots = vault->committed_slots};

	for (unsigned int i = 0; i < vault->contents_top; i++) {
		const struct vault_contents *contents = &vault->contents[i];

		if (contents->in_use && !contents->dead &&
		    contents->type == PAMC_POOL_TYPE_PERSISTENT) {
			uint64_t held = cost_of(contents);

			all.flash +=
			    held > contents->reserve_flash ? held : contents->reserve_flash;
			all.durable |= contents->reserve_durable;
		}
	}
	return all;
}

static bool fits(const struct vault *vault, const struct demand *all)
{
	uint64_t memory = vault->store.units / VAULT_CACHE_SHARE +
			  vault_worst_units(PAMC_MAX_PAGE_ORDER, true) +
			  all->slots * VAULT_STUB_UNITS;

	if (all->slots > vault->slot_limit) {
		return false;
	}
	if (all->flash > vault->flash_promise) {
		if (all->durable) {
			return false;
		}
		memory += (all->flash - vault->flash_promise) / VAULT_FLASH_A_UNIT + 1;
	}
	return memory <= vault->store.units;
}

bool vault_promise_holds(const struct vault *vault, const struct vault_contents *contents,
			 const struct vault_encoded *encoded)
{
	uint64_t before = cost_of(contents);
	uint64_t after = before + (encoded ? cost(contents->order, 1, encoded->stored) : 0);
	struct demand all;

	if (vault->committed_slots > vault->slot_limit) {
		return false;
	}
	/* What was promised is tried, even if flash has shrunk since. */
	if (vault->reserves == 0 ||
	    (contents->slots <= contents->reserve_slots && after <= contents->reserve_flash)) {
		return true;
	}
	all = demand(vault);
	all.flash += (after > contents->reserve_flash ? after : contents->reserve_flash) -
		     (before > contents->reserve_flash ? before : contents->reserve_flash);
	return fits(vault, &all);
}

bool vault_tier_reserve(struct vault *vault, uint32_t number, uint64_t slots, uint64_t flash,
			bool durable)
{
	struct vault_contents *contents = &vault->contents[number];
	uint64_t old_slots = contents->reserve_slots, old_flash = contents->reserve_flash;
	bool old_durable = contents->reserve_durable;
	struct demand all;

	if (slots > vault->slot_limit) {
		return false;
	}
	vault_reserve_slots(vault, contents, slots * VAULT_STUB_UNITS, slots);
	contents->reserve_flash = flash;
	contents->reserve_durable = durable && slots != 0;
	all = demand(vault);
	/* Less than before is always good. */
	if ((slots <= old_slots && flash <= old_flash) || fits(vault, &all)) {
		return true;
	}
	vault_reserve_slots(vault, contents, old_slots * VAULT_STUB_UNITS, old_slots);
	contents->reserve_flash = old_flash;
	contents->reserve_durable = old_durable;
	return false;
}

uint64_t vault_tier_promisable(const struct vault *vault, uint64_t slots, uint64_t flash)
{
	struct demand now = demand(vault);
	uint64_t good = 0, bad = vault->slot_limit / slots + 1;

	while (bad - good > 1) {
		uint64_t pages = good + (bad - good) / 2;
		struct demand all = {.flash = now.flash + pages * flash,
				     .slots = now.slots + pages * slots,
				     .durable = now.durable};

		if (fits(vault, &all)) {
			good = pages;
		} else {
			bad = pages;
		}
	}
	return good;
}

void vault_tier_set_promise(struct vault *vault, uint64_t flash)
{
	vault->flash_promise = flash;
}
