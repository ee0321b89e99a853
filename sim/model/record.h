/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page in card DRAM: the record, in one or more extents of the store.
 *
 *   first extent:  header (16) | link (8)? | wide index (8)? | FIFO node (16)? | stream ...
 *   further ones:  link (8)? | stream ...
 *
 * The stream is the blocks' payloads; for pages of more than one block a table
 * of their shapes stands before them. A link is there when another extent
 * follows. The header holds the whole key (object number and page index), so
 * that a hit of the index is verified exactly.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"
#include "pamc_if.h"
#include "store.h"

/* Flags of a record. */
#define RECORD_CHAINED 1u /* a link follows the header */
#define RECORD_WIDE    2u /* bits 63:48 of the index are not zero: it stands apart, too */
#define RECORD_FIFO    4u /* in a list by age: of an ephemeral pool, or to be demoted */

/*
 * A block's shape: bits 11:0 bytes - 1, 13:12 enum pamc_codec. A raw block has
 * PAMC_BLOCK_SIZE bytes; RAW with fewer is the shape of a page of so many blocks,
 * whose own shapes begin the stream.
 */
#define RECORD_SHAPE(codec, bytes) ((uint16_t)((codec) << 12 | ((bytes) - 1)))
#define RECORD_SHAPE_MASK          0x3fffu
static inline uint32_t record_shape_bytes(uint16_t shape)
{
	return (shape & 0xfff) + 1u;
}
static inline enum pamc_codec record_shape_codec(uint16_t shape)
{
	return (enum pamc_codec)(shape >> 12 & 3);
}
static inline unsigned int record_shape_blocks(uint16_t shape)
{
	bool one = record_shape_codec(shape) != PAMC_CODEC_RAW ||
		   record_shape_bytes(shape) == PAMC_BLOCK_SIZE;

	return one ? 1 : record_shape_bytes(shape);
}

/*
 * A page that is in flash keeps a record in DRAM with its key, a stub; this is its shape,
 * which no page has, and what its stream is. It fits the shortest run, whatever its flags.
 */
#define RECORD_STUB_SHAPE RECORD_SHAPE(PAMC_CODEC_RAW, 2048)
struct record_stub {
	uint64_t place; /* in flash */
	uint64_t version;
	uint32_t bytes; /* of the record there */
	uint32_t stored;
	uint32_t zero;
	uint8_t same; /* blocks */
	uint8_t raw;
	uint8_t known; /* the header's CRC is the page's: false after power was away */
	uint8_t lost;
};

/*
 * 16 bytes in front of every page. 48 bits of the index, because pam_swap has a
 * generation above the slot's number; so the flags have to find room elsewhere:
 * FIFO in bit 31 of the object (units have 31 bits), WIDE and CHAINED in bits 14
 * and 15 of the shape.
 */
struct record_header {
	uint32_t object;
	uint32_t index_low;
	uint16_t index_high;
	uint16_t shape;
	uint32_t crc;
};

struct record_link {
	uint32_t unit;
	uint16_t units;
	uint16_t more; /* the extent at unit begins with a link, too */
};

/*
 * Neighbours in a pool's list, oldest page first; ages rise along it. With RECORD_LEAVING
 * in its age it is in no list: it is on its way to flash.
 */
#define RECORD_LEAVING (1ull << 63)
struct record_node {
	uint32_t previous;
	uint32_t next;
	uint64_t age;
};

/* Most bytes of a stream: table and raw blocks. */
#define RECORD_STREAM_MOST (PAMC_MAX_PAGE_BLOCKS * (sizeof(uint16_t) + (size_t)PAMC_BLOCK_SIZE))
/* Most bytes of a record, links not counted. */
#define RECORD_MOST                                                                                \
	(sizeof(struct record_header) + sizeof(uint64_t) + sizeof(struct record_node) +            \
	 RECORD_STREAM_MOST)

/* What a page is, apart from its content. */
struct record_page {
	uint32_t object;
	uint64_t index;
	uint32_t crc;
	uint16_t shape;
	uint8_t flags; /* record_write wants FIFO alone, and finds the others itself */
};

/* Bytes to allocate for a record with these flags (CHAINED does not matter) and stream. */
size_t record_bytes(const struct record_page *page, size_t stream_bytes);

/* Most bytes to allocate for a page with these flags (FIFO), whatever its content. */
size_t record_bytes_most(unsigned int order, uint8_t flags);

/* Fills extents just allocated, which are zeroed. The FIFO node stays zero. */
void record_write(const struct store *store, const struct store_extent *extents, unsigned int count,
		  const struct record_page *page, const void *stream, size_t stream_bytes);

/* Is the record at unit that of this page? */
bool record_matches(const struct store *store, uint32_t unit, uint32_t object, uint64_t index);

void record_read(const struct store *store, uint32_t unit, struct record_page *page);

/* Of a record with shape STUB. */
struct record_stub *record_stub(const struct store *store, uint32_t unit);

/* Of a record with flag FIFO. */
struct record_node *record_node(const struct store *store, uint32_t unit);

/* The extents of a record, first to last; start with record_first. */
struct record_walk {
	struct store_extent extent;
	uint8_t *data; /* the part of the stream that is in this extent */
	size_t bytes;
	bool more;
	struct record_link link;
};
struct record_walk record_first(const struct store *store, uint32_t unit, uint32_t units);
/* False: that was the last. */
bool record_next(const struct store *store, struct record_walk *walk);

/*
 * The stream in one piece: in place if it is, else gathered in scratch, which
 * has RECORD_STREAM_MOST bytes. *bytes includes the padding of the last unit.
 */
const uint8_t *record_stream(const struct store *store, uint32_t unit, uint32_t units,
			     uint8_t *scratch, size_t *bytes);

/* Zeroes the beginning of a record, for another one of the shortest run there, and frees the
 * rest. Returns the units that are kept; *freed and *extents: units and whole
 * extents that went. */
uint32_t record_cut(struct store *store, uint32_t unit, uint32_t units, uint32_t *freed,
		    uint32_t *extents);

/* Frees all extents. Returns their units; *extents = how many they were. */
uint32_t record_free(struct store *store, uint32_t unit, uint32_t units, uint32_t *extents);

#endif /* RECORD_H */
