// SPDX-License-Identifier: Apache-2.0
/* Contents: making and abandoning them, reserves and commitments, limits, counts. */
#include <string.h>

#include "vault_priv.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool commits(const struct vault_contents *contents)
{
	return contents->type == PAMC_POOL_TYPE_PERSISTENT && !contents->dead;
}

static void commitment_add(struct vault *vault, const struct vault_contents *contents)
{
	if (commits(contents)) {
		vault->committed_units += larger(contents->sums.units, contents->reserve_units);
		vault->committed_slots += larger(contents->slots, contents->reserve_slots);
	}
}

static void commitment_drop(struct vault *vault, const struct vault_contents *contents)
{
	if (commits(contents)) {
		vault->committed_units -= larger(contents->sums.units, contents->reserve_units);
		vault->committed_slots -= larger(contents->slots, contents->reserve_slots);
	}
}

void vault_charge(struct vault *vault, struct vault_contents *contents, int64_t units,
		  int64_t slots)
{
	commitment_drop(vault, contents);
	contents->sums.units += (uint64_t)units;
	contents->slots += (uint64_t)slots;
	commitment_add(vault, contents);
}

bool vault_committed(const struct vault *vault)
{
	return vault->committed_units <= vault->store.units &&
	       vault->committed_slots <= vault->slot_limit;
}

void vault_contents_settle(struct vault_contents *contents)
{
	if (contents->dead && contents->records == 0) {
		contents->in_use = false;
	}
}

/* NULL: all are in use. *dying: some of them end when they are swept. */
static struct vault_contents *unused(struct vault *vault, bool *dying)
{
	*dying = false;
	for (unsigned int i = 0; i < VAULT_CONTENTS; i++) {
		if (!vault->contents[i].in_use) {
			return &vault->contents[i];
		}
		*dying |= vault->contents[i].dead;
	}
	return NULL;
}

uint32_t vault_contents_create(struct vault *vault, enum pamc_pool_type type, unsigned int order)
{
	bool dying;
	struct vault_contents *contents = unused(vault, &dying);

	while (!contents && dying) {
		vault_sweep_step(vault);
		contents = unused(vault, &dying);
	}
	if (!contents) {
		return VAULT_NO_CONTENTS;
	}
	*contents = (struct vault_contents){
	    .in_use = true,
	    .type = (uint8_t)type,
	    .order = (uint8_t)order,
	    .number = (uint16_t)(contents - vault->contents),
	    .oldest = STORE_NOWHERE,
	    .newest = STORE_NOWHERE,
	};
	if (contents->number >= vault->contents_top) {
		vault->contents_top = contents->number + 1u;
	}
	return contents->number;
}

uint64_t vault_contents_abandon(struct vault *vault, uint32_t number, bool flushed)
{
	struct vault_contents *contents = &vault->contents[number];
	uint64_t pages = contents->sums.pages;

	if (flushed) {
		vault_count(vault, contents, VAULT_FLUSHES, pages);
	}
	commitment_drop(vault, contents);
	contents->dead = true;
	vault->reserves -= contents->reserve_slots != 0;
	contents->reserve_units = 0;
	contents->reserve_slots = 0;
	contents->reserve_flash = 0;
	contents->reserve_durable = false;
	vault->dead_pages += pages;
	vault_contents_settle(contents);
	return pages;
}

void vault_reserve_slots(struct vault *vault, struct vault_contents *contents, uint64_t units,
			 uint64_t slots)
{
	commitment_drop(vault, contents);
	vault->reserves -= contents->reserve_slots != 0;
	contents->reserve_units = units;
	contents->reserve_slots = slots;
	vault->reserves += slots != 0;
	commitment_add(vault, contents);
}

bool vault_contents_reserve(struct vault *vault, uint32_t number, uint64_t units, uint64_t slots)
{
	struct vault_contents *contents = &vault->contents[number];
	uint64_t old_units = contents->reserve_units, old_slots = contents->reserve_slots;

	/* No more than there is, so that the sums do not overflow. */
	if (units > vault->store.units || slots > vault->slot_limit) {
		return false;
	}
	vault_reserve_slots(vault, contents, units, slots);
	if (vault_committed(vault)) {
		return true;
	}
	vault_reserve_slots(vault, contents, old_units, old_slots);
	return false;
}

void vault_contents_limit(struct vault *vault, uint32_t number, uint64_t pages)
{
	struct vault_contents *contents = &vault->contents[number];

	contents->limit = pages;
	while (contents->type == PAMC_POOL_TYPE_EPHEMERAL && pages != 0 &&
	       contents->sums.pages > pages) {
		vault_evict_from(vault, contents);
	}
}

void vault_read_contents(const struct vault *vault, uint32_t number, struct vault_row *row)
{
	const struct vault_contents *contents = &vault->contents[number];

	*row = (struct vault_row){
	    .in_use = contents->in_use,
	    .dead = contents->dead,
	    .ephemeral = contents->type == PAMC_POOL_TYPE_EPHEMERAL,
	    .durable = contents->durable,
	    .order = contents->order,
	    .pages = contents->sums.pages,
	    .units = contents->sums.units,
	    .stored = contents->sums.stored,
	    .same = contents->sums.same,
	    .raw = contents->sums.raw,
	    .slots = contents->slots,
	    .records = contents->records,
	    .reserve_units = contents->reserve_units,
	    .reserve_slots = contents->reserve_slots,
	    .limit = contents->limit,
	    .oldest = contents->oldest,
	    .newest = contents->newest,
	    .oldest_age = contents->oldest_age,
	};
}

uint64_t *vault_counts(struct vault *vault, uint32_t number)
{
	return vault->contents[number].counts;
}
