// SPDX-License-Identifier: Apache-2.0
/*
 * Streams: records are packed into page buffers, one buffer at a time for each stream, and
 * full buffers are dealt out to the stream's lanes. Fresh records and moved ones have
 * streams of their own, because they die at different times. A record longer than a page
 * has a group of buffers to itself, which go to one block, one behind the other.
 */
#include "flash_priv.h"

static uint32_t free_buffers(const struct fl *fl, enum fl_stream stream)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < fl->bufs; i++) {
		count += fl->write[stream].bufs[i].state == FL_BUF_FREE;
	}
	return count;
}

static uint32_t take_buffer(struct fl *fl, enum fl_stream stream)
{
	struct fl_write *write = &fl->write[stream];

	for (uint32_t i = 0; i < fl->bufs; i++) {
		struct fl_buf *buf = &write->bufs[i];

		if (buf->state == FL_BUF_FREE) {
			memset(buf->page, 0xff, fl->config.page_bytes);
			memset(buf->page, 0, sizeof(struct fl_header));
			buf->state = FL_BUF_FILLING;
			buf->serial = ++write->serial;
			buf->born = fl->seq;
			buf->fill = sizeof(struct fl_header);
			buf->padding = 0;
			buf->next = FL_BUFS_MOST;
			fl_header(buf->page)->parts = 1;
			return i;
		}
	}
	return FL_NONE;
}

/* Pages that a lane's block will have left, when a record of several pages still fits. One
 * that waits for a block has that before it. */
static uint32_t lane_space(const struct fl *fl, const struct fl_lane *lane)
{
	uint32_t whole = fl->config.pages - 1 - fl->parts_most;
	uint32_t used = lane->count;

	if (lane->state >= FL_LANE_OPEN) {
		used += lane->failed || lane->closing || lane->retire ? whole : lane->next;
	} else if (lane->count == 0) {
		return 0;
	}
	return used < whole ? whole - used : 0;
}

uint32_t fl_stream_space(const struct fl *fl, enum fl_stream stream)
{
	uint32_t pages = 0;

	for (uint32_t i = 0; i < fl->config.lanes; i++) {
		pages += lane_space(fl, &fl->lanes[stream * FL_LANES_MOST + i]);
	}
	return pages;
}

/* To the lane with the fewest pages before it; when free blocks are few, to one that does
 * not need another of them. */
static void deal(struct fl *fl, enum fl_stream stream, uint32_t first)
{
	struct fl_write *write = &fl->write[stream];
	bool few = fl->free <= fl->reserve;
	struct fl_lane *lane = NULL;
	bool lane_good = false;

	write->turn++;
	for (uint32_t i = 0; i < fl->config.lanes; i++) {
		struct fl_lane *other =
		    &fl->lanes[stream * FL_LANES_MOST + (write->turn + i) % fl->config.lanes];
		bool good = few && lane_space(fl, other) > 0;

		if (!lane || (good && !lane_good) ||
		    (good == lane_good && other->count < lane->count)) {
			lane = other;
			lane_good = good;
		}
	}
	for (uint32_t i = first; i != FL_BUFS_MOST; i = write->bufs[i].next) {
		write->bufs[i].state = FL_BUF_SEALED;
		lane->queue[lane->count++] = (uint8_t)i;
		write->queued++;
	}
}

static uint32_t space_in(const struct fl *fl, const struct fl_buf *buf)
{
	uint32_t taken = buf->fill + fl_header(buf->page)->count * (uint32_t)sizeof(struct fl_desc);

	return taken < fl->config.page_bytes ? fl->config.page_bytes - taken : 0;
}

static void describe(struct fl *fl, struct fl_buf *buf, const struct fl_record *record,
		     fl_place from)
{
	struct fl_header *header = fl_header(buf->page);
	struct fl_desc *desc = fl_page_desc(fl, buf->page, header->count);

	*desc = (struct fl_desc){.index = record->key.index,
				 .version = record->version,
				 .pool = record->key.pool,
				 .bytes = record->bytes,
				 .unit = (uint16_t)(buf->fill / FL_UNIT_BYTES),
				 .parts = header->parts,
				 .flags = record->flags};
	memcpy(desc->object, record->key.object, sizeof(desc->object));
	buf->from[header->count++] = from;
}

void fl_seal(struct fl *fl, enum fl_stream stream)
{
	struct fl_write *write = &fl->write[stream];

	if (write->filling != FL_NONE) {
		struct fl_buf *buf = &write->bufs[write->filling];

		buf->padding = space_in(fl, buf) / FL_UNIT_BYTES;
		deal(fl, stream, write->filling);
		write->filling = FL_NONE;
	}
}

static bool append_small(struct fl *fl, enum fl_stream stream, const struct fl_record *record,
			 const void *bytes, fl_place from)
{
	struct fl_write *write = &fl->write[stream];
	uint32_t length = fl_units(record->bytes) * FL_UNIT_BYTES;
	struct fl_buf *buf;

	if (write->filling != FL_NONE &&
	    space_in(fl, &write->bufs[write->filling]) < length + sizeof(struct fl_desc)) {
		deal(fl, stream, write->filling);
		write->filling = FL_NONE;
	}
	if (write->filling == FL_NONE) {
		write->filling = take_buffer(fl, stream);
		if (write->filling == FL_NONE) {
			return false;
		}
	}
	buf = &write->bufs[write->filling];
	describe(fl, buf, record, from);
	memcpy(buf->page + buf->fill, bytes, record->bytes);
	buf->fill += length;
	return true;
}

/* Bytes of the record in this part. */
static uint32_t part_length(const struct fl *fl, uint32_t bytes, uint32_t part)
{
	uint32_t first = fl->part_bytes - (uint32_t)sizeof(struct fl_desc);
	uint32_t before = part == 0 ? 0 : first + (part - 1) * fl->part_bytes;
	uint32_t most = part == 0 ? first : fl->part_bytes;

	return bytes - before < most ? bytes - before : most;
}

bool fl_append(struct fl *fl, enum fl_stream stream, const struct fl_record *record,
	       const void *bytes, fl_place from, uint32_t *group)
{
	struct fl_write *write = &fl->write[stream];
	uint32_t parts = fl_parts(fl, record->bytes);
	const uint8_t *source = bytes;
	uint32_t last = FL_NONE;
	uint32_t first = FL_NONE;

	if (parts == 1) {
		return append_small(fl, stream, record, bytes, from);
	}
	if (write->filling != FL_NONE) {
		deal(fl, stream, write->filling);
		write->filling = FL_NONE;
	}
	if (free_buffers(fl, stream) < parts) {
		return false;
	}
	for (uint32_t part = 0; part < parts; part++) {
		uint32_t number = take_buffer(fl, stream);
		struct fl_header *header = fl_header(write->bufs[number].page);

		header->parts = (uint16_t)parts;
		header->part = (uint16_t)part;
		if (part == 0) {
			first = number;
			describe(fl, &write->bufs[number], record, from);
		} else {
			write->bufs[last].next = (uint8_t)number;
		}
		last = number;
		if (source) {
			uint32_t length = part_length(fl, record->bytes, part);

			memcpy(write->bufs[number].page + sizeof(*header), source, length);
			source += length;
		}
	}
	if (source) {
		fl_group_close(fl, stream, first);
	} else {
		*group = first;
	}
	return true;
}

uint8_t *fl_group_part(struct fl *fl, enum fl_stream stream, uint32_t group, uint32_t part)
{
	while (part-- > 0) {
		group = fl->write[stream].bufs[group].next;
	}
	return fl->write[stream].bufs[group].page;
}

/* The record is current now, whatever happened while it was copied. */
void fl_group_close(struct fl *fl, enum fl_stream stream, uint32_t group)
{
	deal(fl, stream, group);
}

void fl_group_drop(struct fl *fl, enum fl_stream stream, uint32_t group)
{
	struct fl_write *write = &fl->write[stream];

	while (group != FL_BUFS_MOST) {
		write->bufs[group].state = FL_BUF_FREE;
		group = write->bufs[group].next;
	}
}

bool fl_written(const struct fl *fl, enum fl_stream stream, uint64_t serial)
{
	for (uint32_t i = 0; i < fl->bufs; i++) {
		const struct fl_buf *buf = &fl->write[stream].bufs[i];

		if (buf->state != FL_BUF_FREE && buf->serial <= serial) {
			return false;
		}
	}
	return true;
}

uint64_t fl_oldest_buffer(const struct fl *fl, enum fl_stream stream)
{
	uint64_t oldest = fl->seq;

	for (uint32_t i = 0; i < fl->bufs; i++) {
		const struct fl_buf *buf = &fl->write[stream].bufs[i];

		if (buf->state != FL_BUF_FREE && buf->born < oldest) {
			oldest = buf->born;
		}
	}
	return oldest;
}

/* What is left of the open blocks, and of the free ones that the host may have; a
 * record of several pages may leave as many empty at the end of a block. */
uint32_t fl_host_pages(const struct fl *fl)
{
	uint32_t whole = fl->config.pages - 1 - fl->parts_most;
	uint32_t pages = fl_stream_space(fl, FL_HOST);
	uint32_t used = fl->write[FL_HOST].filling != FL_NONE;
	uint32_t claimed = 0;

	for (uint32_t i = 0; i < fl->config.lanes; i++) {
		const struct fl_lane *lane = &fl->lanes[FL_HOST * FL_LANES_MOST + i];

		claimed += lane->state == FL_LANE_CLOSED && lane->count > 0;
	}
	if (fl->free > fl->reserve + claimed) {
		pages += (fl->free - fl->reserve - claimed) * whole;
	}
	return pages > used ? pages - used : 0;
}

enum fl_result fl_room(const struct fl *fl)
{
	if (fl->broken || fl->start.state != FL_START_READY) {
		return FL_BROKEN;
	}
	if (fl_host_pages(fl) > fl->dirty_pages + fl->parts_most + fl->config.lanes) {
		return FL_OK;
	}
	return (fl->gc.stuck >> FL_MODE_NEED & 1) && fl->gc.state == FL_GC_IDLE && fl->drains == 0
		   ? FL_FULL
		   : FL_BUSY;
}

enum fl_result fl_takes(const struct fl *fl, const struct fl_record *record)
{
	const struct fl_write *write = &fl->write[FL_HOST];
	uint32_t parts = fl_parts(fl, record->bytes);
	enum fl_result room = fl_room(fl);

	if (room == FL_BROKEN || fl->refusal || record->bytes == 0 ||
	    record->bytes > fl->config.record_most) {
		return FL_BROKEN;
	}
	if (record->flags & FL_DURABLE) {
		const struct fl_pool *pool = fl_pool_find(fl, record->key.pool);

		if (!pool) {
			return FL_BROKEN;
		}
		/* Its creation is in flash first: else its uid could be given once more. */
		if ((int32_t)((uint32_t)fl->journal.durable - pool->created) < 0 ||
		    fl_host_pages(fl) < parts + fl->config.lanes) {
			return FL_BUSY;
		}
	} else if (room != FL_OK) {
		return room;
	}
	if (parts == 1 && write->filling != FL_NONE &&
	    space_in(fl, &write->bufs[write->filling]) >=
		fl_units(record->bytes) * FL_UNIT_BYTES + sizeof(struct fl_desc)) {
		return FL_OK;
	}
	return free_buffers(fl, FL_HOST) >= parts ? FL_OK : FL_BUSY;
}

enum fl_result fl_put(struct fl *fl, const struct fl_record *record, const void *bytes,
		      fl_place from)
{
	enum fl_result takes = fl_takes(fl, record);

	if (takes == FL_OK && !fl_append(fl, FL_HOST, record, bytes, from, NULL)) {
		return FL_BUSY;
	}
	if (takes == FL_OK) {
		fl->figures.host_bytes += record->bytes;
	}
	return takes;
}

void fl_drop(struct fl *fl, fl_place at, uint32_t bytes)
{
	if ((at & FL_FLASH) && fl_block_of(fl, at) < fl->blocks_all &&
	    (!fl->rebuild || fl_rebuild_counted(fl, at))) {
		struct fl_block *block = &fl->blocks[fl_block_of(fl, at)];

		/* A pool's pages may be dropped long after it was, when the block is another. */
		block->valid -= fl_units(bytes) < block->valid ? fl_units(bytes) : block->valid;
		fl->gc.stuck &= (uint8_t)~(1u << FL_MODE_NEED);
	}
}
