/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of rtl/vault want to know of the model's vault beside vault.h, in a form
 * that C++ can read.
 */
#ifndef VAULT_MODEL_H
#define VAULT_MODEL_H

#include "vault.h"

struct vault_model_layout {
	const uint8_t *dram;
	uint64_t dram_bytes;
	uint64_t index_bytes;
	uint64_t units_at; /* in bytes */
	uint32_t units;
	uint32_t buckets;
	uint64_t slot_limit;
	uint64_t page_key[2];
	uint64_t object_key[2];
};

/* In the order of vault_pkg::globals_t and counters_t; then index and store. */
struct vault_model_figures {
	uint64_t committed_units, committed_slots;
	uint64_t dead_sums_pages, dead_sums_units, dead_sums_stored, dead_sums_same, dead_sums_raw;
	uint64_t dead_pages, extents, objects, age, sweep_step;
	uint64_t puts, puts_refused, evictions, flushes, index_full;
	uint64_t index_used, index_moves, stash_used;
	uint64_t free_units, runs, merges, splits;
	uint64_t durable_bytes, flash_pages;
};

struct vault_model_page {
	uint16_t shape;
	uint32_t bytes, stored, same, raw;
	uint8_t stream[16 * 4098];
};

void vault_model_read_layout(const struct vault *vault, struct vault_model_layout *layout);
void vault_model_read_figures(const struct vault *vault, struct vault_model_figures *figures);
void vault_model_encode(struct vault *vault, unsigned int contents, const void *data,
			struct vault_model_page *page);
/* For a reserve of so many pages of an order. */
uint64_t vault_model_worst_units(unsigned int order);
bool vault_model_sweep_step(struct vault *vault);
/* So that the index can be full. */
void vault_model_set_slot_limit(struct vault *vault, uint64_t limit);
/* The slot of a handle in contents; 0: there is none. object: its number, or all ones. */
uint64_t vault_model_locate(struct vault *vault, unsigned int contents,
			    const struct vault_handle *handle, uint32_t *object);

#endif /* VAULT_MODEL_H */
