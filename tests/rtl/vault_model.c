// SPDX-License-Identifier: Apache-2.0
#include "vault_model.h"

#include <string.h>

#include "vault_priv.h"

void vault_model_read_layout(const struct vault *vault, struct vault_model_layout *layout)
{
	*layout = (struct vault_model_layout){
	    .dram = vault->dram,
	    .dram_bytes = vault->dram_bytes,
	    .index_bytes = vault->index_bytes,
	    .units_at = vault->dram_bytes - (uint64_t)vault->store.units * STORE_UNIT,
	    .units = vault->store.units,
	    .buckets = vault->index.buckets,
	    .slot_limit = vault->slot_limit,
	    .page_key = {vault->page_key.k0, vault->page_key.k1},
	    .object_key = {vault->object_key.k0, vault->object_key.k1},
	};
}

void vault_model_read_figures(const struct vault *vault, struct vault_model_figures *figures)
{
	*figures = (struct vault_model_figures){
	    .committed_units = vault->committed_units,
	    .committed_slots = vault->committed_slots,
	    .dead_sums_pages = vault->dead_objects.pages,
	    .dead_sums_units = vault->dead_objects.units,
	    .dead_sums_stored = vault->dead_objects.stored,
	    .dead_sums_same = vault->dead_objects.same,
	    .dead_sums_raw = vault->dead_objects.raw,
	    .dead_pages = vault->dead_pages,
	    .extents = vault->extents,
	    .objects = vault->objects,
	    .age = vault->age,
	    .sweep_step = vault->sweep_step,
	    .puts = vault->totals[VAULT_PUTS],
	    .puts_refused = vault->totals[VAULT_REFUSED],
	    .evictions = vault->totals[VAULT_EVICTED],
	    .flushes = vault->totals[VAULT_FLUSHES],
	    .index_full = vault->index_full,
	    .index_used = vault->index.used,
	    .index_moves = vault->index.moves,
	    .stash_used = vault->index.stash_used,
	    .free_units = vault->store.free_units,
	    .runs = vault->store.runs,
	    .merges = vault->store.merges,
	    .splits = vault->store.splits,
	    .durable_bytes = vault->durable_bytes,
	    .flash_pages = vault->flash_pages,
	};
}

void vault_model_encode(struct vault *vault, unsigned int contents, const void *data,
			struct vault_model_page *page)
{
	struct vault_encoded encoded;

	vault_encode(vault, &vault->contents[contents], data, &encoded);
	page->shape = encoded.page.shape;
	page->bytes = (uint32_t)encoded.stream_bytes;
	page->stored = encoded.stored;
	page->same = encoded.same;
	page->raw = encoded.raw;
	memset(page->stream, 0, sizeof(page->stream));
	memcpy(page->stream, encoded.stream, encoded.stream_bytes);
}

uint64_t vault_model_worst_units(unsigned int order)
{
	return vault_worst_units(order, false);
}

bool vault_model_sweep_step(struct vault *vault)
{
	return vault_sweep_step(vault);
}

void vault_model_set_slot_limit(struct vault *vault, uint64_t limit)
{
	vault->slot_limit = limit;
}

uint64_t vault_model_locate(struct vault *vault, unsigned int contents,
			    const struct vault_handle *handle, uint32_t *object)
{
	const uint64_t *slot;

	*object = vault_object_find(vault, &vault->contents[contents], handle->object);
	if (*object == VAULT_NO_OBJECT) {
		return 0;
	}
	slot = vault_page_find(vault, *object, handle->index);
	return slot ? *slot : 0;
}
