// SPDX-License-Identifier: Apache-2.0
/* The vault's figures, for those who tell of the card. */
#include <string.h>

#include "vault_priv.h"

uint32_t vault_memory_word(const struct vault *vault, uint64_t at)
{
	uint32_t word = 0;

	if (at + sizeof(word) <= vault->dram_bytes) {
		memcpy(&word, vault->dram + at, sizeof(word));
	}
	return word;
}

void vault_memory_write(struct vault *vault, uint64_t at, uint32_t word)
{
	if (at + sizeof(word) <= vault->dram_bytes) {
		memcpy(vault->dram + at, &word, sizeof(word));
	}
}

void vault_read_figures(const struct vault *vault, struct vault_figures *figures)
{
	*figures = (struct vault_figures){
	    .dram_bytes = vault->dram_bytes,
	    .index_bytes = vault->index_bytes,
	    .map_bytes = vault->map_bytes,
	    .units = vault->store.units,
	    .free_units = vault->store.free_units,
	    .runs = vault->store.runs,
	    .buckets = vault->index.buckets,
	    .slots = (uint64_t)vault->index.buckets * INDEX_BUCKET_SLOTS,
	    .slot_limit = vault->slot_limit,
	    .index_used = vault->index.used,
	    .stash_used = vault->index.stash_used,
	    .committed_units = vault->committed_units,
	    .committed_slots = vault->committed_slots,
	    .dead_pages = vault->dead_pages,
	    .dead_units = vault->dead_objects.units,
	    .extents = vault->extents,
	    .objects = vault->objects,
	    .merges = vault->store.merges,
	    .splits = vault->store.splits,
	    .index_moves = vault->index.moves,
	    .index_full = vault->index_full,
	};
	memcpy(figures->totals, vault->totals, sizeof(figures->totals));
}

void vault_clear_totals(struct vault *vault)
{
	memset(vault->totals, 0, sizeof(vault->totals));
	vault->store.merges = 0;
	vault->store.splits = 0;
	vault->index.moves = 0;
	vault->index_full = 0;
}
