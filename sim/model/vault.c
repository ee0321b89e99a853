// SPDX-License-Identifier: Apache-2.0
/* The vault's life, and the path of a page: put, get, query, flush; vault.h has the contract. */
#include "vault.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "vault_priv.h"

/* As in pam_model.h: below this nothing fits, above it units have no 32-bit numbers. */
#define DRAM_LEAST (1ull << 20)
#define DRAM_MOST  (64ull << 30)

static_assert(DRAM_MOST >> STORE_UNIT_SHIFT <= 1ull << 31,
	      "units have 31 bits in a record's header");

/* Draws the hash keys; any function of the seed will do that spreads it. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* What makes a vault an empty one, in memory that is all zero. */
static void lay_out(struct vault *vault, const struct vault_keys *keys)
{
	struct vault_layout layout;
	uint64_t units_bytes;

	vault->page_key = (struct hash_key){keys->page[0], keys->page[1]};
	vault->object_key = (struct hash_key){keys->object[0], keys->object[1]};
	vault->held = VAULT_NO_OBJECT;
	vault_lay_out(vault->dram_bytes, vault->flash_bytes, &layout);
	units_bytes = (uint64_t)layout.units * STORE_UNIT;
	vault->index_bytes = layout.index_bytes;
	vault->map_bytes = layout.map_bytes;
	index_init(&vault->index, (uint64_t *)vault->dram, layout.buckets);
	store_init(&vault->store, vault->dram + vault->dram_bytes - units_bytes,
		   vault->dram + vault->index_bytes, layout.units);
	vault->slot_limit = layout.slot_limit;
}

int vault_create(uint64_t dram_bytes, uint64_t seed, struct vault **created)
{
	struct vault_keys keys;
	struct vault *vault;

	dram_bytes -= dram_bytes % STORE_UNIT;
	if (dram_bytes < DRAM_LEAST || dram_bytes > DRAM_MOST) {
		return -EINVAL;
	}
	vault = calloc(1, sizeof(*vault));
	if (!vault) {
		return -ENOMEM;
	}
	vault->dram = mmap(NULL, dram_bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (vault->dram == MAP_FAILED) {
		free(vault);
		return -ENOMEM;
	}
	/* Access is random: with small pages a third of the time beside the codec is TLB misses. */
	madvise(vault->dram, dram_bytes, MADV_HUGEPAGE);
	vault->dram_bytes = dram_bytes;
	vault->most_extents = store_worst_extents(RECORD_MOST);
	vault->extent_list = calloc(vault->most_extents, sizeof(*vault->extent_list));
	vault->codec = codec_create();
	if (!vault->extent_list || !vault->codec) {
		vault_destroy(vault);
		return -ENOMEM;
	}
	keys = (struct vault_keys){
	    .page = {next_random(&seed), next_random(&seed)},
	    .object = {next_random(&seed), next_random(&seed)},
	};
	lay_out(vault, &keys);
	*created = vault;
	return 0;
}

void vault_destroy(struct vault *vault)
{
	if (!vault) {
		return;
	}
	codec_destroy(vault->codec);
	free(vault->extent_list);
	munmap(vault->dram, vault->dram_bytes);
	free(vault);
}

void vault_init(struct vault *vault, const struct vault_keys *keys)
{
	uint64_t merges = vault->store.merges, splits = vault->store.splits;
	uint64_t moves = vault->index.moves;

	/* Given back to the system, which hands out zeroes; locked memory stays, and is cleared. */
	if (madvise(vault->dram, vault->dram_bytes, MADV_DONTNEED) != 0) {
		memset(vault->dram, 0, vault->dram_bytes);
	}
	memset(&vault->store, 0, offsetof(struct vault, stream) - offsetof(struct vault, store));
	lay_out(vault, keys);
	vault->store.merges = merges;
	vault->store.splits = splits;
	vault->index.moves = moves;
}

int vault_use_card_lz4(struct vault *vault)
{
	return codec_use_card(vault->codec) ? 0 : -ENOMEM;
}

/* Where a handle is: its object and slot, as far as there are such. */
struct place {
	uint32_t object;
	uint64_t *slot;
};

static struct place locate(struct vault *vault, const struct vault_contents *contents,
			   const struct vault_handle *handle)
{
	struct place place = {vault_object_find(vault, contents, handle->object), NULL};

	if (place.object != VAULT_NO_OBJECT) {
		place.slot = vault_page_find(vault, place.object, handle->index);
	}
	return place;
}

/*
 * Finds memory for a page. The old version stays until the new one is written
 * if there is room for both; else it goes first, then dead and ephemeral pages.
 */
static unsigned int find_room(struct vault *vault, struct vault_contents *contents,
			      const struct vault_encoded *encoded, struct place *place,
			      uint32_t *units)
{
	unsigned int count = 0;

	for (;;) {
		enum vault_place placed = VAULT_NO_ROOM;

		if (place->slot || vault->index.used < vault->slot_limit) {
			placed = vault_place(vault, contents, encoded, &count, units);
		}
		if (placed == VAULT_PLACED) {
			return count;
		}
		if (place->slot) {
			vault_page_remove(vault, place->slot);
			place->slot = NULL;
		} else if (placed == VAULT_PROMISED || !vault_make_room(vault)) {
			/* Neither a full index nor what is others' is for flash to help. */
			vault->short_of_room =
			    placed != VAULT_PROMISED && vault->index.used < vault->slot_limit;
			return 0;
		}
	}
}

/* Writes a page whose object exists. False: no place in memory or index; the handle is absent. */
static bool store_page(struct vault *vault, struct vault_contents *contents,
		       const struct vault_handle *handle, struct place *place,
		       struct vault_encoded *encoded)
{
	uint32_t units;
	unsigned int count;
	struct index_key key;
	uint64_t entry;

	encoded->page.object = place->object;
	encoded->page.index = handle->index;
	count = find_room(vault, contents, encoded, place, &units);
	if (count == 0) {
		return false;
	}
	record_write(&vault->store, vault->extent_list, count, &encoded->page, encoded->stream,
		     encoded->stream_bytes);
	key = vault_page_key(vault, place->object, handle->index);
	entry = index_entry(key, vault->extent_list[0].unit, vault->extent_list[0].units);
	if (place->slot) {
		uint64_t old = *place->slot;

		*place->slot = entry;
		vault_page_forget(vault, old);
	} else if (!vault_insert(vault, key, entry)) {
		vault->index_full++;
		vault_unplace(vault, contents, count, units);
		return false;
	}
	vault->extents += count;
	vault_page_added(vault, contents, vault->extent_list[0].unit, units, encoded);
	return true;
}

/* Keeps ephemeral contents below their limit by their own oldest pages. False: full. */
static bool below_limit(struct vault *vault, struct vault_contents *contents)
{
	if (contents->limit == 0) {
		return true;
	}
	while (contents->sums.pages >= contents->limit) {
		if (contents->type != PAMC_POOL_TYPE_EPHEMERAL ||
		    !vault_evict_from(vault, contents)) {
			return false;
		}
	}
	return true;
}

/* As vault_put, once the page is encoded. */
static bool put_page(struct vault *vault, struct vault_contents *contents,
		     const struct vault_handle *handle, struct place *place,
		     struct vault_encoded *encoded)
{
	bool stored;

	if (!place->slot) {
		if (!below_limit(vault, contents)) {
			return false;
		}
		/* The object may have gone with its last page. */
		place->object = vault_object_find(vault, contents, handle->object);
	}
	if (place->object == VAULT_NO_OBJECT) {
		place->object = vault_object_create(vault, contents, handle->object);
	}
	if (place->object == VAULT_NO_OBJECT) {
		return false;
	}
	vault->held = place->object;
	stored = store_page(vault, contents, handle, place, encoded);
	vault->held = VAULT_NO_OBJECT;
	vault_object_settle(vault, place->object);
	return stored;
}

enum pamc_status vault_put(struct vault *vault, uint32_t number, const struct vault_handle *handle,
			   const void *data, uint32_t crc, struct vault_page *page)
{
	struct vault_contents *contents = &vault->contents[number];
	struct place place = locate(vault, contents, handle);
	struct vault_encoded encoded;

	vault->short_of_room = false;
	vault_encode(vault, contents, data, &encoded);
	encoded.page.crc = crc;
	page->crc = crc;
	page->stored_bytes = encoded.stored;
	page->tier = encoded.same == 1u << contents->order ? PAMC_TIER_PATTERN : PAMC_TIER_DRAM;
	if (!put_page(vault, contents, handle, &place, &encoded)) {
		if (contents->type != PAMC_POOL_TYPE_EPHEMERAL) {
			vault_count(vault, contents, VAULT_REFUSED, 1);
			return PAMC_STATUS_NO_SPACE;
		}
		/* An ephemeral put succeeds: this page was dropped at once. */
		vault_count(vault, contents, VAULT_EVICTED, 1);
	}
	vault_count(vault, contents, VAULT_PUTS, 1);
	return PAMC_STATUS_SUCCESS;
}

void vault_refuse(struct vault *vault, uint32_t number, const struct vault_handle *handle)
{
	vault_forget_page(vault, number, handle);
	vault_count(vault, &vault->contents[number], VAULT_REFUSED, 1);
}

enum pamc_status vault_get(struct vault *vault, uint32_t number, const struct vault_handle *handle,
			   void *data, struct vault_page *page)
{
	struct vault_contents *contents = &vault->contents[number];
	struct place place = locate(vault, contents, handle);

	if (!place.slot) {
		vault_count(vault, contents, VAULT_MISSES, 1);
		return PAMC_STATUS_MISS;
	}
	if (!vault_decode(vault, *place.slot, data, page)) {
		vault_count(vault, contents, VAULT_DAMAGED, 1);
		if (contents->type == PAMC_POOL_TYPE_EPHEMERAL) {
			vault_page_remove(vault, place.slot);
		}
		return PAMC_STATUS_UNCORRECTABLE;
	}
	vault_count(vault, contents, VAULT_GETS, 1);
	return PAMC_STATUS_SUCCESS;
}

void vault_get_lost(struct vault *vault, uint32_t number)
{
	vault->contents[number].counts[VAULT_GETS]--;
	vault->totals[VAULT_GETS]--;
}

enum pamc_status vault_query(struct vault *vault, uint32_t number,
			     const struct vault_handle *handle, struct vault_page *page)
{
	struct place place = locate(vault, &vault->contents[number], handle);
	struct vault_sums sums;

	if (!place.slot) {
		return PAMC_STATUS_MISS;
	}
	vault_describe(vault, *place.slot, page, &sums);
	return PAMC_STATUS_SUCCESS;
}

uint32_t vault_forget_page(struct vault *vault, uint32_t number, const struct vault_handle *handle)
{
	struct place place = locate(vault, &vault->contents[number], handle);

	if (!place.slot) {
		return 0;
	}
	vault_page_remove(vault, place.slot);
	return 1;
}

uint32_t vault_flush_page(struct vault *vault, uint32_t number, const struct vault_handle *handle)
{
	uint32_t flushed = vault_forget_page(vault, number, handle);

	vault_count(vault, &vault->contents[number], VAULT_FLUSHES, flushed);
	return flushed;
}

bool vault_flip_bit(struct vault *vault, uint32_t number, const struct vault_handle *handle,
		    uint64_t random)
{
	struct vault_contents *contents = &vault->contents[number];
	struct place place = locate(vault, contents, handle);
	struct record_page record;
	struct record_walk walk;
	struct vault_page page;
	struct vault_sums sums;
	uint64_t bit;

	if (!place.slot) {
		return false;
	}
	record_read(&vault->store, index_unit(*place.slot), &record);
	if (vault_is_stub(&record)) {
		return false;
	}
	vault_describe(vault, *place.slot, &page, &sums);
	bit = random % ((uint64_t)page.stored_bytes * 8);
	if (contents->order > 0) {
		/* Behind the table, which like the header is not payload. */
		bit += (uint64_t)(1u << contents->order) * sizeof(uint16_t) * 8;
	}
	walk = record_first(&vault->store, index_unit(*place.slot), index_units(*place.slot));
	while (bit >= walk.bytes * 8) {
		bit -= walk.bytes * 8;
		record_next(&vault->store, &walk);
	}
	walk.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return true;
}
