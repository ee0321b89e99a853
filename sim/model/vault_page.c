// SPDX-License-Identifier: Apache-2.0
/* Single pages: encoding and decoding them, placing them, and keeping the sums. */
#include <string.h>

#include "crc32c.h"
#include "vault_priv.h"

struct index_key vault_page_key(const struct vault *vault, uint32_t object, uint64_t index)
{
	const uint64_t words[] = {object, index};

	return index_key(&vault->index, hash_words(&vault->page_key, words, 2), INDEX_PAGE);
}

uint64_t *vault_page_find(struct vault *vault, uint32_t object, uint64_t index)
{
	struct index_key key = vault_page_key(vault, object, index);
	unsigned int cursor = 0;
	uint64_t *slot;

	while ((slot = index_next(&vault->index, key, &cursor)) != NULL) {
		if (record_matches(&vault->store, index_unit(*slot), object, index)) {
			return slot;
		}
	}
	return NULL;
}

/* Books one block's shape. */
static uint16_t count_block(struct vault_encoded *encoded, enum pamc_codec how, uint32_t bytes)
{
	encoded->stored += bytes;
	encoded->same += how == PAMC_CODEC_SAME;
	encoded->raw += how == PAMC_CODEC_RAW;
	return RECORD_SHAPE(how, bytes);
}

static void encode_blocks(struct vault *vault, unsigned int blocks, const uint8_t *data,
			  struct vault_encoded *encoded)
{
	uint8_t *at = vault->stream + blocks * sizeof(uint16_t);

	for (unsigned int i = 0; i < blocks; i++, data += PAMC_BLOCK_SIZE) {
		uint32_t bytes;
		enum pamc_codec how = codec_encode(vault->codec, data, at, &bytes);
		uint16_t shape = count_block(encoded, how, bytes);

		if (how == PAMC_CODEC_RAW) {
			memcpy(at, data, PAMC_BLOCK_SIZE);
		}
		memcpy(vault->stream + i * sizeof(shape), &shape, sizeof(shape));
		at += bytes;
	}
	encoded->page.shape = RECORD_SHAPE(PAMC_CODEC_RAW, blocks);
	encoded->stream = vault->stream;
	encoded->stream_bytes = (size_t)(at - vault->stream);
}

static void encode_page(struct vault *vault, const struct vault_contents *contents,
			const void *data, struct vault_encoded *encoded)
{
	enum pamc_codec how;
	uint32_t bytes;

	encoded->stored = 0;
	encoded->same = 0;
	encoded->raw = 0;
	encoded->page.flags = contents->type == PAMC_POOL_TYPE_EPHEMERAL ? RECORD_FIFO : 0;
	if (contents->order > 0) {
		encode_blocks(vault, 1u << contents->order, data, encoded);
		return;
	}
	how = codec_encode(vault->codec, data, vault->stream, &bytes);
	encoded->page.shape = count_block(encoded, how, bytes);
	encoded->stream = how == PAMC_CODEC_RAW ? data : vault->stream;
	encoded->stream_bytes = bytes;
}

void vault_encode(struct vault *vault, const struct vault_contents *contents, const void *data,
		  struct vault_encoded *encoded)
{
	encode_page(vault, contents, data, encoded);
	if (vault_tier_takes(vault, contents, encoded->stream_bytes)) {
		encoded->page.flags |= RECORD_FIFO;
	}
}

/* The shapes of a record's blocks, and where their payloads begin in the stream. */
static unsigned int read_shapes(const struct record_page *page, const uint8_t *stream,
				uint16_t shapes[PAMC_MAX_PAGE_BLOCKS], size_t *start)
{
	unsigned int blocks = record_shape_blocks(page->shape);

	shapes[0] = page->shape;
	*start = 0;
	if (blocks > 1) {
		*start = blocks * sizeof(uint16_t);
		memcpy(shapes, stream, *start);
	}
	return blocks;
}

static void describe(const struct record_page *record, const uint16_t *shapes, unsigned int blocks,
		     struct vault_page *page, struct vault_sums *sums)
{
	*sums = (struct vault_sums){.pages = 1};
	for (unsigned int i = 0; i < blocks; i++) {
		sums->stored += record_shape_bytes(shapes[i]);
		sums->same += record_shape_codec(shapes[i]) == PAMC_CODEC_SAME;
		sums->raw += record_shape_codec(shapes[i]) == PAMC_CODEC_RAW;
	}
	page->crc = record->crc;
	page->stored_bytes = (uint32_t)sums->stored;
	page->tier = sums->same == blocks ? PAMC_TIER_PATTERN : PAMC_TIER_DRAM;
}

size_t vault_describe_stream(const struct record_page *record, const uint8_t *stream, size_t bytes,
			     struct vault_page *page, struct vault_sums *sums)
{
	uint16_t shapes[PAMC_MAX_PAGE_BLOCKS];
	unsigned int blocks = record_shape_blocks(record->shape);
	size_t start = 0;

	if (blocks > PAMC_MAX_PAGE_BLOCKS || (blocks > 1 && bytes < blocks * sizeof(*shapes))) {
		*sums = (struct vault_sums){.pages = 1};
		return 0;
	}
	read_shapes(record, stream, shapes, &start);
	describe(record, shapes, blocks, page, sums);
	return start + sums->stored;
}

void vault_describe(struct vault *vault, uint64_t slot, struct vault_page *page,
		    struct vault_sums *sums)
{
	struct record_page record;
	size_t bytes = 0;
	const uint8_t *stream = NULL;

	record_read(&vault->store, index_unit(slot), &record);
	if (vault_is_stub(&record)) {
		vault_tier_describe(vault, index_unit(slot), page, sums);
		return;
	}
	if (record_shape_blocks(record.shape) > 1) {
		stream = record_stream(&vault->store, index_unit(slot), index_units(slot),
				       vault->gathered, &bytes);
	}
	vault_describe_stream(&record, stream, bytes, page, sums);
}

bool vault_decode_stream(const struct record_page *record, const uint8_t *stream, size_t bytes,
			 void *data, struct vault_page *page, struct vault_sums *sums)
{
	uint16_t shapes[PAMC_MAX_PAGE_BLOCKS];
	uint8_t *to = data;
	unsigned int blocks = read_shapes(record, stream, shapes, &(size_t){0});
	size_t at = blocks > 1 ? blocks * sizeof(*shapes) : 0;

	for (unsigned int i = 0; i < blocks; i++, to += PAMC_BLOCK_SIZE) {
		uint32_t length = record_shape_bytes(shapes[i]);

		if (length > bytes - at ||
		    !codec_decode(record_shape_codec(shapes[i]), stream + at, length, to)) {
			return false;
		}
		at += length;
	}
	describe(record, shapes, blocks, page, sums);
	return crc32c(data, (size_t)blocks * PAMC_BLOCK_SIZE) == record->crc;
}

bool vault_decode(struct vault *vault, uint64_t slot, void *data, struct vault_page *page)
{
	struct record_page record;
	struct vault_sums sums;
	const uint8_t *stream;
	size_t bytes;

	record_read(&vault->store, index_unit(slot), &record);
	stream = record_stream(&vault->store, index_unit(slot), index_units(slot), vault->gathered,
			       &bytes);
	return vault_decode_stream(&record, stream, bytes, data, page, &sums);
}

enum vault_place vault_place(struct vault *vault, struct vault_contents *contents,
			     const struct vault_encoded *encoded, unsigned int *count,
			     uint32_t *units)
{
	size_t bytes = record_bytes(&encoded->page, encoded->stream_bytes);

	*count = store_alloc(&vault->store, bytes, vault->extent_list, vault->most_extents);
	if (*count == 0) {
		return VAULT_NO_ROOM;
	}
	*units = 0;
	for (unsigned int i = 0; i < *count; i++) {
		*units += vault->extent_list[i].units;
	}
	vault_charge(vault, contents, *units, 1);
	if (!vault_admits(vault, contents, encoded)) {
		vault_unplace(vault, contents, *count, *units);
		return VAULT_PROMISED;
	}
	return VAULT_PLACED;
}

void vault_unplace(struct vault *vault, struct vault_contents *contents, unsigned int count,
		   uint32_t units)
{
	for (unsigned int i = 0; i < count; i++) {
		store_free(&vault->store, vault->extent_list[i]);
	}
	vault_charge(vault, contents, -(int64_t)units, -1);
}

void vault_page_added(struct vault *vault, struct vault_contents *contents, uint32_t unit,
		      uint32_t units, const struct vault_encoded *encoded)
{
	struct vault_object *object = vault_object_at(vault, encoded->page.object);

	object->pages++;
	object->units += units;
	object->stored += encoded->stored;
	object->same += encoded->same;
	object->raw += encoded->raw;
	contents->sums.pages++;
	contents->sums.stored += encoded->stored;
	contents->sums.same += encoded->same;
	contents->sums.raw += encoded->raw;
	contents->records++;
	if (encoded->page.flags & RECORD_FIFO) {
		vault_fifo_add(vault, contents, unit);
	}
	if (contents->durable) {
		struct vault_sums sums = {.stored = encoded->stored};

		vault->durable_bytes += vault_tier_bytes(contents, &sums);
	}
}

static void sums_subtract(struct vault_sums *from, const struct vault_sums *sums)
{
	from->pages -= sums->pages;
	from->stored -= sums->stored;
	from->same -= sums->same;
	from->raw -= sums->raw;
}

void vault_page_forget(struct vault *vault, uint64_t entry)
{
	struct record_page record;
	struct vault_page page;
	struct vault_sums sums;
	struct vault_contents *contents;
	struct vault_object *object;
	uint32_t extents;
	uint32_t units;

	vault_describe(vault, entry, &page, &sums);
	record_read(&vault->store, index_unit(entry), &record);
	object = vault_object_at(vault, record.object);
	contents = &vault->contents[object->contents];
	if (vault_is_stub(&record)) {
		vault_tier_forgotten(vault, index_unit(entry));
	} else if (contents->durable) {
		vault->durable_bytes -= vault_tier_bytes(contents, &sums);
	}
	if (record.flags & RECORD_FIFO) {
		vault_fifo_remove(vault, contents, index_unit(entry));
	}
	units = record_free(&vault->store, index_unit(entry), index_units(entry), &extents);
	vault->extents -= extents;
	vault->dead_pages -= vault_object_is_dead(vault, object);
	object->pages--;
	object->units -= units;
	object->stored -= sums.stored;
	object->same -= (uint32_t)sums.same;
	object->raw -= (uint32_t)sums.raw;
	if (object->dead) {
		sums_subtract(&vault->dead_objects, &sums);
		vault->dead_objects.units -= units;
	} else {
		sums_subtract(&contents->sums, &sums);
		vault_charge(vault, contents, -(int64_t)units, -1);
	}
	contents->records--;
	vault_object_settle(vault, record.object);
}

void vault_page_remove(struct vault *vault, uint64_t *slot)
{
	uint64_t entry = *slot;

	/* The slot first: forgetting may remove the object's entry and move others. */
	index_remove(&vault->index, slot);
	vault_page_forget(vault, entry);
}
