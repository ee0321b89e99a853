// SPDX-License-Identifier: Apache-2.0
/* The card's vault as a target of the capacity benchmark. */
#include "capacity.h"
#include "crc32c.h"
#include "vault.h"

#include <stdlib.h>

struct card {
	struct vault *vault;
	uint32_t pool;
};

static struct vault_handle handle_of(uint32_t index)
{
	return (struct vault_handle){.index = index};
}

static enum outcome put(void *state, uint32_t index, const void *page)
{
	struct card *card = state;
	struct vault_handle handle = handle_of(index);
	struct vault_page stored;

	switch (vault_put(card->vault, card->pool, &handle, page, crc32c(page, PAGE), &stored)) {
	case PAMC_STATUS_SUCCESS:
		return STORED;
	case PAMC_STATUS_NO_SPACE:
		return REFUSED_GONE;
	default:
		fail("the vault answers a put with an error");
	}
}

static void get(void *state, uint32_t index, void *page)
{
	struct card *card = state;
	struct vault_handle handle = handle_of(index);
	struct vault_page stored;

	if (vault_get(card->vault, card->pool, &handle, page, &stored) != PAMC_STATUS_SUCCESS) {
		fail("the vault lost page %u", index);
	}
}

static void drop(void *state, uint32_t index)
{
	struct card *card = state;
	struct vault_handle handle = handle_of(index);

	if (vault_flush_page(card->vault, card->pool, &handle) != 1) {
		fail("the vault had lost page %u", index);
	}
}

/* Index and bitmap have fixed sizes: of them, pages have the share they have of the rest. */
static void measure(void *state, struct usage *usage)
{
	struct card *card = state;
	struct vault_figures figures;
	struct vault_row row;

	vault_read_figures(card->vault, &figures);
	vault_read_contents(card->vault, card->pool, &row);
	usage->compressed = row.stored;
	usage->total = figures.dram_bytes;
	usage->used = (uint64_t)((double)(figures.units - figures.free_units) *
				 (double)figures.dram_bytes / (double)figures.units);
	usage->extents = figures.extents;
	usage->index_load = (double)figures.index_used / (double)figures.slots;
}

static void close_card(void *state)
{
	struct card *card = state;
	char message[200];

	if (vault_check(card->vault, message, sizeof(message)) != 0) {
		fail("the vault is inconsistent: %s", message);
	}
	vault_destroy(card->vault);
	free(card);
}

void target_vault(struct target *target, uint64_t bytes, uint64_t seed)
{
	struct card *card = calloc(1, sizeof(*card));

	if (!card || vault_create(bytes, seed, &card->vault) != 0) {
		fail("a card of %llu bytes cannot be made", (unsigned long long)bytes);
	}
	card->pool = vault_contents_create(card->vault, PAMC_POOL_TYPE_PERSISTENT, 0);
	*target = (struct target){
	    .state = card,
	    .put = put,
	    .get = get,
	    .drop = drop,
	    .measure = measure,
	    .close = close_card,
	};
}
