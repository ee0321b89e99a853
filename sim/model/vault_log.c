// SPDX-License-Identifier: Apache-2.0
/* The vault's figures for IDENTIFY and the logs. */
#include "vault_priv.h"

static uint64_t bytes_of(uint64_t units)
{
	return units * STORE_UNIT;
}

void vault_identify(struct vault *vault, struct pamc_identify *identify)
{
	uint64_t worst = vault_worst_units(0);
	uint64_t pages = (vault->store.units - vault->committed_units) / worst;
	uint64_t by_slots = (vault->slot_limit - vault->committed_slots) / VAULT_WORST_SLOTS;

	identify->dram_bytes = vault->dram_bytes;
	identify->usable_bytes = bytes_of(vault->store.units);
	identify->worst_page_bytes = bytes_of(worst);
	identify->promisable_pages = pages < by_slots ? pages : by_slots;
	identify->max_pools = VAULT_POOLS - 1;
	identify->max_objects = (uint32_t)(vault->slot_limit / VAULT_WORST_SLOTS);
	identify->codecs = 1u << PAMC_CODEC_RAW | 1u << PAMC_CODEC_LZ4 | 1u << PAMC_CODEC_SAME;
	identify->index_bits = 64;
}

/* What is held, and what of it is whose; dead pages count until they are reclaimed. */
static void add_contents(const struct vault_contents *contents, struct pamc_log_capacity *capacity)
{
	uint64_t blocks = contents->sums.pages << contents->order;

	capacity->data_bytes += blocks * PAMC_BLOCK_SIZE;
	capacity->stored_bytes += contents->sums.stored;
	capacity->pages += blocks;
	capacity->same_pages += contents->sums.same;
	capacity->raw_pages += contents->sums.raw;
	if (contents->type == PAMC_POOL_TYPE_EPHEMERAL) {
		capacity->ephemeral_pages += blocks;
	} else if (contents->reserve_units > contents->sums.units) {
		capacity->promised_bytes +=
		    bytes_of(contents->reserve_units - contents->sums.units);
	}
	capacity->pools++;
}

void vault_capacity(struct vault *vault, struct pamc_log_capacity *capacity)
{
	capacity->total_bytes = vault->dram_bytes;
	capacity->usable_bytes = bytes_of(vault->store.units);
	capacity->index_bytes = vault->index_bytes;
	capacity->map_bytes = vault->map_bytes;
	capacity->free_bytes = bytes_of(vault->store.free_units);
	capacity->used_bytes = capacity->usable_bytes - capacity->free_bytes;
	capacity->promised_bytes = 0;
	capacity->stored_bytes = 0;
	capacity->data_bytes = 0;
	capacity->pages = 0;
	capacity->same_pages = 0;
	capacity->raw_pages = 0;
	capacity->ephemeral_pages = 0;
	capacity->pools = 0;
	for (unsigned int i = 0; i < vault->contents_top; i++) {
		if (vault->contents[i].in_use && !vault->contents[i].dead) {
			add_contents(&vault->contents[i], capacity);
		}
	}
	capacity->extents = vault->extents;
	capacity->index_slots = (uint64_t)vault->index.buckets * INDEX_BUCKET_SLOTS;
	capacity->index_used = vault->index.used;
	capacity->stash_used = vault->index.stash_used;
	capacity->objects = vault->objects;
	capacity->dead_pages = vault->dead_pages;
}

void vault_counters(struct vault *vault, struct pamc_log_counters *counters)
{
	counters->puts = vault->counters.puts;
	counters->puts_refused = vault->counters.puts_refused;
	counters->gets = vault->counters.gets;
	counters->misses = vault->counters.misses;
	counters->flushes = vault->counters.flushes;
	counters->evictions = vault->counters.evictions;
	counters->crc_errors = vault->counters.crc_errors;
	counters->merges = vault->store.merges;
	counters->splits = vault->store.splits;
	counters->index_moves = vault->index.moves;
	counters->index_full = vault->counters.index_full;
}
