// SPDX-License-Identifier: Apache-2.0
/* The division of card DRAM; vault_layout.h has the words. */
#include "vault_layout.h"

#include "vault_priv.h"

/* Beyond one for so much DRAM the index would leave too little for the pages themselves. */
#define DRAM_PER_BUCKET_LEAST 768u

void vault_lay_out(uint64_t dram_bytes, uint64_t flash_bytes, struct vault_layout *layout)
{
	uint32_t most = (uint32_t)(dram_bytes / DRAM_PER_BUCKET_LEAST);
	uint64_t wanted = (dram_bytes + flash_bytes) / VAULT_DRAM_PER_BUCKET;
	uint32_t buckets = wanted < most ? (uint32_t)wanted : most;
	uint64_t rest;
	uint32_t units;

	layout->buckets = buckets;
	layout->index_bytes = (uint64_t)buckets * INDEX_BUCKET_BYTES;
	rest = dram_bytes - layout->index_bytes;
	/* A unit takes its bytes and one bit of the map. */
	units = (uint32_t)(rest * 8 / (STORE_UNIT * 8 + 1));
	while (store_map_bytes(units) + (uint64_t)units * STORE_UNIT > rest) {
		units--;
	}
	/* Whole lines of 64 bytes, so that the units begin with one. */
	units -= units % 2;
	layout->units = units;
	layout->map_bytes = rest - (uint64_t)units * STORE_UNIT;
	layout->slot_limit = VAULT_SLOT_LIMIT((uint64_t)buckets * INDEX_BUCKET_SLOTS);
}

uint64_t vault_worst_units(unsigned int order, bool flash)
{
	return store_worst_units(record_bytes_most(order, flash ? RECORD_FIFO : 0)) +
	       store_worst_units(sizeof(struct vault_object));
}
