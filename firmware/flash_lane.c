// SPDX-License-Identifier: Apache-2.0
/*
 * A lane is one block that a stream writes to: erased just before, then page by page in
 * order, summaries of what was written in between and at the end. When a page cannot be
 * programmed the block is closed where it is and the same buffers go to another one.
 */
#include "flash_priv.h"

static struct fl_buf *buffer(struct fl *fl, const struct fl_lane *lane, uint32_t place)
{
	return &fl->write[lane->stream].bufs[lane->queue[place]];
}

/* May there be another open block? Admission (fl_put) and collection see to it that there
 * may when one is needed. Enough are left for a start after a cut: it
 * does not touch those that the last page of the journal frees (flash_start.c). */
static bool allowed(struct fl *fl)
{
	uint32_t keep = fl->keep;

	if (fl->start.state != FL_START_READY) {
		return true;
	}
	if (fl->free > keep && fl->free - fl->journal.tail_frees <= keep) {
		fl->journal.poke = true;
		return false;
	}
	return fl->free > keep;
}

static bool start_block(struct fl *fl, struct fl_lane *lane)
{
	if (!fl_journal_room(fl, 2) || !allowed(fl)) {
		return false;
	}
	lane->block = fl_block_take(fl, lane->stream, false);
	if (lane->block == FL_NONE || !fl_io_erase(fl, &lane->io, lane->block)) {
		return false;
	}
	lane->state = FL_LANE_ERASING;
	/* Taken: no one else is given it. */
	fl_block_state(fl, lane->block, FL_BLOCK_OPEN);
	fl->blocks[lane->block].seq = 0;
	return true;
}

static void block_erased(struct fl *fl, struct fl_lane *lane)
{
	struct fl_block *block = &fl->blocks[lane->block];

	if (!fl_io_good(&lane->io)) {
		fl_block_bad(fl, lane->block);
		lane->state = FL_LANE_CLOSED;
		return;
	}
	block->low = fl_oldest_buffer(fl, lane->stream);
	block->seq = ++fl->seq;
	block->erases++;
	fl_reads_known(fl, lane->block, 0);
	block->valid = 0;
	block->written = 0;
	block->padding = 0;
	block->pages = 0;
	block->flags = 0;
	block->day = fl->day;
	lane->next = 0;
	lane->sent = 0;
	lane->summaries = 0;
	lane->before = FL_NO_PAGE;
	lane->closing = false;
	lane->failed = false;
	lane->retire = false;
	memset(lane->summary, 0xff, fl->config.page_bytes);
	memset(lane->summary, 0, sizeof(struct fl_header));
	lane->state = FL_LANE_OPEN;
	/* It may have the oldest content now, when there is no closed block to take: it could not
	 * be told to close before. */
	fl->gc.stuck &= (uint8_t)~(1u << FL_MODE_OLDEST);
	fl_journal_block(fl, FL_ENTRY_OPEN, lane->block);
	fl->journal.opened = fl->journal.added;
}

/* The block takes no more. Its last pages are what it says. */
static bool end_block(struct fl *fl, struct fl_lane *lane)
{
	struct fl_block *block = &fl->blocks[lane->block];

	if (!fl_journal_room(fl, 1)) {
		return false;
	}
	/* Of a record of several pages the first ones are not trusted without the last. */
	block->pages = (uint16_t)(lane->failed ? lane->next - lane->sent : lane->next);
	block->flags |= lane->failed ? FL_BLOCK_RETIRE : FL_BLOCK_SUMMARY;
	if (lane->failed || lane->retire) {
		block->padding +=
		    (fl->config.pages - lane->next) * (fl->part_bytes / FL_UNIT_BYTES);
	}
	fl_block_state(fl, lane->block, FL_BLOCK_CLOSED);
	fl_journal_block(fl, FL_ENTRY_CLOSE, lane->block);
	lane->state = FL_LANE_CLOSED;
	lane->sent = 0;
	return true;
}

static bool send_summary(struct fl *fl, struct fl_lane *lane)
{
	struct fl_header *header = fl_header(lane->summary);

	header->count = lane->summaries;
	header->parts = 1;
	header->before = lane->before;
	fl_page_seal(fl, lane->summary, FL_PAGE_SUMMARY, fl->blocks[lane->block].seq, lane->next);
	if (!fl_io_program(fl, &lane->io, lane->block, lane->next, lane->summary)) {
		return false;
	}
	lane->state = FL_LANE_SUMMARY;
	return true;
}

static bool send_page(struct fl *fl, struct fl_lane *lane)
{
	struct fl_buf *buf = buffer(fl, lane, lane->sent);
	struct fl_header *header = fl_header(buf->page);

	header->order = buf->serial;
	for (uint32_t i = 0; i < (header->part ? 0u : header->count); i++) {
		fl_page_desc(fl, buf->page, i)->page = lane->next;
	}
	fl_page_seal(fl, buf->page, header->part ? FL_PAGE_PART : FL_PAGE_DATA,
		     fl->blocks[lane->block].seq, lane->next);
	if (!fl_io_program(fl, &lane->io, lane->block, lane->next, buf->page)) {
		return false;
	}
	lane->state = FL_LANE_DATA;
	return true;
}

/* All pages of a record, or one of many: the index learns where they are. */
static void group_written(struct fl *fl, struct fl_lane *lane)
{
	struct fl_buf *buf = buffer(fl, lane, 0);
	struct fl_block *block = &fl->blocks[lane->block];
	uint32_t parts = lane->sent;

	for (uint32_t i = 0; i < fl_header(buf->page)->count; i++) {
		const struct fl_desc *desc = fl_page_desc(fl, buf->page, i);
		fl_place at = fl_place_of(fl, lane->block, desc->page, desc->unit);
		struct fl_record record;

		*fl_summary_desc(lane->summary, lane->summaries++) = *desc;
		block->written += fl_units(desc->bytes);
		fl_desc_record(desc, &record);
		if (buf->from[i] == FL_FROM_SUSPECT) {
			fl_tell_recovered(fl, &record, at);
		} else if (fl->owner.move(fl->owner.context, &record, buf->from[i], at)) {
			block->valid += fl_units(desc->bytes);
			if (buf->from[i] & FL_FLASH) {
				fl->blocks[fl_block_of(fl, buf->from[i])].valid -=
				    fl_units(desc->bytes);
			}
		}
	}
	block->padding += buf->padding;
	for (uint32_t i = 0; i < parts; i++) {
		buffer(fl, lane, i)->state = FL_BUF_FREE;
	}
	lane->count = (uint8_t)(lane->count - parts);
	for (uint32_t i = 0; i < lane->count; i++) {
		lane->queue[i] = lane->queue[i + parts];
	}
	fl->write[lane->stream].queued -= parts;
	lane->sent = 0;
}

/* What the block is to have next. */
static bool send_next(struct fl *fl, struct fl_lane *lane)
{
	uint32_t left = fl->config.pages - lane->next;
	uint32_t parts = 0;
	uint32_t descs = 0;

	if (!fl_io_can(fl, &lane->io, lane->block)) {
		return false;
	}
	if (lane->sent > 0) {
		return send_page(fl, lane);
	}
	if (lane->count > 0) {
		const struct fl_header *header = fl_header(buffer(fl, lane, 0)->page);

		parts = header->parts;
		descs = header->count;
	}
	if (left == 1 || left < parts + 1 || lane->retire) {
		lane->closing = true;
		return send_summary(fl, lane);
	}
	if (lane->summaries + descs > fl_summary_most(fl)) {
		/* A page for this summary must be left, and one for the last. */
		lane->closing = left < parts + 2;
		return send_summary(fl, lane);
	}
	return lane->count > 0 && send_page(fl, lane);
}

static void summary_written(struct fl *fl, struct fl_lane *lane)
{
	lane->before = lane->next++;
	lane->summaries = 0;
	memset(lane->summary, 0xff, fl->config.page_bytes);
	memset(lane->summary, 0, sizeof(struct fl_header));
	lane->state = lane->closing ? FL_LANE_ENDED : FL_LANE_OPEN;
}

static void page_written(struct fl *fl, struct fl_lane *lane)
{
	lane->next++;
	lane->sent++;
	lane->state = FL_LANE_OPEN;
	if (lane->sent == fl_header(buffer(fl, lane, 0)->page)->parts) {
		group_written(fl, lane);
	}
}

bool fl_lane_step(struct fl *fl, struct fl_lane *lane)
{
	switch (lane->state) {
	case FL_LANE_CLOSED:
		return lane->count > 0 && start_block(fl, lane);
	case FL_LANE_ERASING:
		/* Not while a checkpoint is written: the journal has to hear of it. */
		if (!fl_journal_room(fl, 2) || !fl_io_over(&lane->io)) {
			return false;
		}
		block_erased(fl, lane);
		return true;
	case FL_LANE_OPEN:
		return send_next(fl, lane);
	case FL_LANE_DATA:
	case FL_LANE_SUMMARY:
		if (!fl_io_over(&lane->io)) {
			return false;
		}
		if (!fl_io_good(&lane->io)) {
			lane->failed = true;
			lane->state = FL_LANE_ENDED;
			fl->figures.bad_grown++;
		} else if (lane->state == FL_LANE_SUMMARY) {
			summary_written(fl, lane);
		} else {
			page_written(fl, lane);
		}
		return true;
	default:
		return end_block(fl, lane);
	}
}
