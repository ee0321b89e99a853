// SPDX-License-Identifier: Apache-2.0
/*
 * Start, block by block: which versions are there. A closed block is read by its
 * summaries, from the last one back. One that was open, or has lost a summary, is read
 * page by page.
 *
 * Pages of a block are programmed one after the other, so in an open block only the last
 * page that is there can have been under way when power went: a page is known to be whole
 * when there is one behind it. The last one is a suspect: it may read well now and badly
 * later. It is copied (flash_start.c), if it reads well then, and is not trusted after.
 */
#include "flash_priv.h"

static void next_block(struct fl_start *start)
{
	start->at++;
	start->reading = false;
	start->pending = false;
}

static void tell(struct fl *fl, const struct fl_desc *desc, uint32_t block)
{
	struct fl_record record;

	fl->blocks[block].written += fl_units(desc->bytes);
	if (fl->rebuild) {
		fl_rebuild_tell(fl, desc, block);
		return;
	}
	fl_desc_record(desc, &record);
	if (record.flags & FL_DURABLE) {
		fl_tell_recovered(fl, &record, fl_place_of(fl, block, desc->page, desc->unit));
	}
}

/* What was read last is whole: something is behind it. */
static void tell_pending(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	if (start->pending && start->got == start->parts) {
		for (uint32_t i = 0; i < fl_header(start->then)->count; i++) {
			tell(fl, fl_page_desc(fl, start->then, i), start->at);
		}
		start->pending = false;
	}
}

/* The end of what was open: closed, up to the suspect. */
static void end_of_open(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	struct fl_block *block = &fl->blocks[start->at];
	bool suspect = start->pending && start->got == start->parts;

	if (suspect && start->suspects < sizeof(start->suspect) / sizeof(*start->suspect)) {
		start->suspect[start->suspects++] =
		    (struct fl_suspect){.block = start->at, .page = (uint16_t)start->group};
	}
	block->pages = (uint16_t)(start->pending ? start->group : start->good_end);
	block->padding += (fl->config.pages - block->pages) * (fl->part_bytes / FL_UNIT_BYTES);
	fl_block_state(fl, start->at, FL_BLOCK_CLOSED);
}

static void end_of_block(struct fl *fl, bool open)
{
	if (fl->rebuild) {
		fl_rebuild_end(fl, open);
	}
	next_block(&fl->start);
}

static void end_of_pages(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	bool open = fl->blocks[start->at].state == FL_BLOCK_OPEN;

	if (open && !fl->rebuild) {
		end_of_open(fl);
	} else {
		tell_pending(fl);
	}
	end_of_block(fl, open);
}

static void take_page(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	const struct fl_header *header = fl_header(start->now);
	uint8_t *page = start->now;

	fl->figures.uncorrectable += start->unread;
	start->unread = 0;
	start->whole = start->page;
	if (header->type == FL_PAGE_PART) {
		/* Of the record that is pending, or of none. */
		if (start->pending && header->part == start->got && header->parts == start->parts) {
			start->got++;
		}
		return;
	}
	tell_pending(fl);
	start->pending = header->type == FL_PAGE_DATA;
	start->good_end = start->page;
	if (fl->rebuild && header->type == FL_PAGE_SUMMARY) {
		fl_rebuild_summary(fl);
	}
	if (start->pending) {
		start->group = start->page;
		start->parts = header->parts;
		start->got = 1;
		start->now = start->then;
		start->then = page;
	}
}

static void page_read(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	struct fl_block *block = &fl->blocks[start->at];
	bool open = block->state == FL_BLOCK_OPEN;
	bool good = fl_io_good(&start->io);
	uint32_t end = open ? fl->config.pages : block->pages;

	if (good && open && fl_page_erased(fl, start->now)) {
		end_of_pages(fl);
		return;
	}
	if (good && fl_page_belongs(fl, start->now, start->at, start->page)) {
		take_page(fl);
	} else {
		/* The last page of an open block, or a loss. */
		start->unread++;
		/* Nobody knows what was there: collection has to tell. */
		start->needed |= fl->rebuild;
	}
	if (++start->page >= end) {
		end_of_pages(fl);
	}
}

static void summary_read(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	const struct fl_header *header = fl_header(start->now);

	if (!fl_io_good(&start->io) || !fl_page_belongs(fl, start->now, start->at, start->page) ||
	    header->type != FL_PAGE_SUMMARY) {
		/* All over again, page by page; what was told already does no harm twice. */
		fl->blocks[start->at].written = 0;
		if (fl->rebuild) {
			fl_rebuild_begin(fl);
		}
		fl->blocks[start->at].flags &= (uint8_t)~FL_BLOCK_SUMMARY;
		start->summaries = false;
		start->page = 0;
		return;
	}
	for (uint32_t i = 0; i < header->count; i++) {
		tell(fl, fl_summary_desc(start->now, i), start->at);
	}
	if (header->before == FL_NO_PAGE) {
		end_of_block(fl, false);
	} else {
		start->page = header->before;
	}
}

static void begin_block(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	const struct fl_block *block = &fl->blocks[start->at];

	start->reading = true;
	start->pending = false;
	start->unread = 0;
	start->good_end = 0;
	start->summaries = block->state == FL_BLOCK_CLOSED && (block->flags & FL_BLOCK_SUMMARY);
	start->page = start->summaries ? block->pages - 1u : 0;
	if (block->seq > fl->seq) {
		fl->seq = block->seq;
	}
	if (fl->rebuild) {
		fl_rebuild_begin(fl);
	}
	if (block->state == FL_BLOCK_CLOSED && block->pages == 0) {
		end_of_block(fl, false);
	}
}

/* A block that is free, as far as flash knows. */
static void look(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	switch (fl_rebuild_look(fl)) {
	case FL_LOOK_FREE:
		start->looks = false;
		next_block(start);
		break;
	case FL_LOOK_TAKEN:
		start->looks = false;
		begin_block(fl);
		break;
	default:
		break;
	}
}

bool fl_scan_step(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	if (start->at == fl->blocks_all && fl->rebuild) {
		fl_rebuild_lanes(fl);
		start->state = FL_START_CHECKPOINT;
		start->at = 0;
		return true;
	}
	if (start->at == fl->blocks_all) {
		/* Whatever was drawn before the cut and not found is older than this. */
		fl->seq = ((fl->seq >> FL_EPOCH_SHIFT) + 1) << FL_EPOCH_SHIFT;
		start->state = FL_START_SUSPECTS;
		start->at = 0;
		return true;
	}
	if (!start->reading) {
		uint8_t state = fl->blocks[start->at].state;

		if (fl->rebuild && state == FL_BLOCK_FREE) {
			start->looks = true;
			start->reading = true;
			start->page = 0;
		} else if (state != FL_BLOCK_OPEN && state != FL_BLOCK_CLOSED) {
			start->at++;
		} else {
			begin_block(fl);
		}
		return true;
	}
	if (fl_io_over(&start->io)) {
		if (start->looks) {
			look(fl);
		} else if (start->summaries) {
			summary_read(fl);
		} else {
			page_read(fl);
		}
		return true;
	}
	/* Who reads a record meanwhile comes first. */
	return start->io.state == FL_IO_IDLE && !fl->read &&
	       fl_io_read(fl, &start->io, start->at, start->page, start->now);
}
