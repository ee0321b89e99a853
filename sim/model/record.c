// SPDX-License-Identifier: Apache-2.0
/* Records in the store's memory; record.h draws their layout. */
#include "record.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct record_header) == 16, "a record's header");
static_assert(sizeof(struct record_link) == STORE_LINK_BYTES, "a link");
static_assert(sizeof(struct record_header) + STORE_LINK_BYTES + sizeof(uint64_t) +
		      sizeof(struct record_node) <
		  STORE_MIN_RUN * STORE_UNIT,
	      "the shortest first extent holds all that precedes the stream");

/* Where flags are in a header. */
#define OBJECT_FIFO   (1u << 31)
#define SHAPE_WIDE    (1u << 14)
#define SHAPE_CHAINED (1u << 15)

#define INDEX_HIGH_BITS 48

static_assert(sizeof(struct record_header) + sizeof(uint64_t) + sizeof(struct record_stub) <=
		  STORE_MIN_RUN * STORE_UNIT,
	      "the shortest run holds a stub");

static uint8_t all_flags(const struct record_page *page, bool chained)
{
	uint8_t flags = page->flags & RECORD_FIFO;

	if (page->index >> INDEX_HIGH_BITS) {
		flags |= RECORD_WIDE;
	}
	return chained ? flags | RECORD_CHAINED : flags;
}

static uint8_t flags_of(const struct record_header *header)
{
	return (header->shape & SHAPE_CHAINED ? RECORD_CHAINED : 0) |
	       (header->shape & SHAPE_WIDE ? RECORD_WIDE : 0) |
	       (header->object & OBJECT_FIFO ? RECORD_FIFO : 0);
}

/* Where what follows the header is, in bytes from the header; the stream comes last. */
static size_t wide_offset(uint8_t flags)
{
	return sizeof(struct record_header) + (flags & RECORD_CHAINED ? STORE_LINK_BYTES : 0);
}

static size_t node_offset(uint8_t flags)
{
	return wide_offset(flags) + (flags & RECORD_WIDE ? sizeof(uint64_t) : 0);
}

static size_t stream_offset(uint8_t flags)
{
	return node_offset(flags) + (flags & RECORD_FIFO ? sizeof(struct record_node) : 0);
}

size_t record_bytes(const struct record_page *page, size_t stream_bytes)
{
	return stream_offset(all_flags(page, false)) + stream_bytes;
}

size_t record_bytes_most(unsigned int order, uint8_t flags)
{
	size_t blocks = (size_t)1 << order;
	size_t table = order ? blocks * sizeof(uint16_t) : 0;

	return stream_offset(RECORD_WIDE | flags) + table + blocks * PAMC_BLOCK_SIZE;
}

/* Writes the link of one extent to the next and tells how many bytes it takes. */
static size_t put_link(uint8_t *at, const struct store_extent *extents, unsigned int count,
		       unsigned int i)
{
	struct record_link link;

	if (i + 1 == count) {
		return 0;
	}
	link.unit = extents[i + 1].unit;
	link.units = (uint16_t)extents[i + 1].units;
	link.more = i + 2 < count;
	memcpy(at, &link, sizeof(link));
	return sizeof(link);
}

void record_write(const struct store *store, const struct store_extent *extents, unsigned int count,
		  const struct record_page *page, const void *stream, size_t stream_bytes)
{
	uint8_t flags = all_flags(page, count > 1);
	const uint8_t *from = stream;
	struct record_header header = {
	    .object = page->object | (flags & RECORD_FIFO ? OBJECT_FIFO : 0),
	    .index_low = (uint32_t)page->index,
	    .index_high = (uint16_t)(page->index >> 32),
	    .shape = (uint16_t)(page->shape | (flags & RECORD_WIDE ? SHAPE_WIDE : 0) |
				(flags & RECORD_CHAINED ? SHAPE_CHAINED : 0)),
	    .crc = page->crc,
	};

	for (unsigned int i = 0; i < count; i++) {
		uint8_t *at = store_at(store, extents[i].unit);
		size_t room = (size_t)extents[i].units * STORE_UNIT;
		size_t taken;

		if (i == 0) {
			memcpy(at, &header, sizeof(header));
			put_link(at + sizeof(header), extents, count, i);
			if (flags & RECORD_WIDE) {
				memcpy(at + wide_offset(flags), &page->index, sizeof(page->index));
			}
			taken = stream_offset(flags);
		} else {
			taken = put_link(at, extents, count, i);
		}
		room -= taken;
		if (room > stream_bytes) {
			room = stream_bytes;
		}
		memcpy(at + taken, from, room);
		from += room;
		stream_bytes -= room;
	}
	assert(stream_bytes == 0);
}

/* The index as far as the header has it, or whole when it stands apart. */
static uint64_t index_of(const struct record_header *header)
{
	uint64_t index = (uint64_t)header->index_high << 32 | header->index_low;
	uint8_t flags = flags_of(header);

	if (flags & RECORD_WIDE) {
		memcpy(&index, (const uint8_t *)header + wide_offset(flags), sizeof(index));
	}
	return index;
}

bool record_matches(const struct store *store, uint32_t unit, uint32_t object, uint64_t index)
{
	const struct record_header *header = store_at(store, unit);

	return (header->object & ~OBJECT_FIFO) == object && index_of(header) == index;
}

void record_read(const struct store *store, uint32_t unit, struct record_page *page)
{
	const struct record_header *header = store_at(store, unit);

	page->object = header->object & ~OBJECT_FIFO;
	page->index = index_of(header);
	page->crc = header->crc;
	page->shape = header->shape & RECORD_SHAPE_MASK;
	page->flags = flags_of(header);
}

struct record_node *record_node(const struct store *store, uint32_t unit)
{
	struct record_header *header = store_at(store, unit);

	return (struct record_node *)((uint8_t *)header + node_offset(flags_of(header)));
}

struct record_stub *record_stub(const struct store *store, uint32_t unit)
{
	struct record_header *header = store_at(store, unit);

	return (struct record_stub *)((uint8_t *)header + stream_offset(flags_of(header)));
}

struct record_walk record_first(const struct store *store, uint32_t unit, uint32_t units)
{
	uint8_t *at = store_at(store, unit);
	const struct record_header *header = (const struct record_header *)at;
	uint8_t flags = flags_of(header);
	size_t taken = stream_offset(flags);
	struct record_walk walk = {
	    .extent = {unit, units},
	    .data = at + taken,
	    .bytes = (size_t)units * STORE_UNIT - taken,
	    .more = flags & RECORD_CHAINED,
	};

	if (walk.more) {
		memcpy(&walk.link, at + sizeof(*header), sizeof(walk.link));
	}
	return walk;
}

bool record_next(const struct store *store, struct record_walk *walk)
{
	size_t taken = 0;
	uint8_t *at;

	if (!walk->more) {
		return false;
	}
	walk->extent = (struct store_extent){walk->link.unit, walk->link.units};
	walk->more = walk->link.more;
	at = store_at(store, walk->extent.unit);
	if (walk->more) {
		memcpy(&walk->link, at, sizeof(walk->link));
		taken = sizeof(walk->link);
	}
	walk->data = at + taken;
	walk->bytes = (size_t)walk->extent.units * STORE_UNIT - taken;
	return true;
}

const uint8_t *record_stream(const struct store *store, uint32_t unit, uint32_t units,
			     uint8_t *scratch, size_t *bytes)
{
	struct record_walk walk = record_first(store, unit, units);
	size_t gathered = 0;

	if (!walk.more) {
		*bytes = walk.bytes;
		return walk.data;
	}
	do {
		size_t part = walk.bytes;

		/* Only padding can lie behind the longest stream. */
		if (part > RECORD_STREAM_MOST - gathered) {
			part = RECORD_STREAM_MOST - gathered;
		}
		memcpy(scratch + gathered, walk.data, part);
		gathered += part;
	} while (record_next(store, &walk));
	*bytes = gathered;
	return scratch;
}

/* Frees the extent of walk and all behind it. */
static uint32_t free_from(struct store *store, struct record_walk walk, uint32_t *extents)
{
	uint32_t freed = 0;
	bool more;

	*extents = 0;
	do {
		struct store_extent extent = walk.extent;

		/* The link is read before its memory is scrubbed. */
		more = record_next(store, &walk);
		store_free(store, extent);
		freed += extent.units;
		++*extents;
	} while (more);
	return freed;
}

uint32_t record_cut(struct store *store, uint32_t unit, uint32_t units, uint32_t *freed,
		    uint32_t *extents)
{
	struct record_walk walk = record_first(store, unit, units);
	uint32_t keep = units < 2 * STORE_MIN_RUN ? units : STORE_MIN_RUN;
	bool more = record_next(store, &walk);

	memset(store_at(store, unit), 0, (size_t)keep * STORE_UNIT);
	*freed = units - keep;
	*extents = 0;
	if (keep < units) {
		store_free(store, (struct store_extent){unit + keep, units - keep});
	}
	if (more) {
		*freed += free_from(store, walk, extents);
	}
	return keep;
}

uint32_t record_free(struct store *store, uint32_t unit, uint32_t units, uint32_t *extents)
{
	return free_from(store, record_first(store, unit, units), extents);
}
