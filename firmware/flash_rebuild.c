// SPDX-License-Identifier: Apache-2.0
/*
 * Start when no power was lost, but all that memory knew: the owner's index has lived on and
 * is the truth. It is asked for each record that is met; what it points to is current, and
 * stays where it is. Nothing was torn: what a die had begun it has ended.
 *
 * What flash does not know yet, as it was in the journal's buffers:
 * - that a free block was opened. Its pages have a life that is later than all that flash
 *   knows of; so of each free block a page is looked at;
 * - that flushes are to be remembered. The table of them is in memory still (fl_tombs_keep); and
 *   a durable record of which the owner has no version at all gets a tombstone if there is none;
 * - what became of pools: the owner is asked.
 * The checkpoint at the end has all of it, so that this is as after any loss of power from then
 * on; and if power goes before, it is as it was when the processor was restarted: until that
 * checkpoint is there, what became free is not written (FL_BLOCK_HELD), as it may be the only one
 * that flash knows of.
 *
 * Open blocks are gone on with, as nothing in them is torn: so no room is lost, however
 * often this happens.
 */
#include "flash_priv.h"

void fl_rebuild(struct fl *fl, uint64_t version)
{
	fl_version_reached(fl, version);
	fl_start(fl);
}

/* ---- What was on its way ---- */

static uint32_t records_a_page(uint32_t page_bytes)
{
	return page_bytes / (uint32_t)(sizeof(struct fl_desc) + FL_UNIT_BYTES);
}

uint32_t fl_left_most(const struct fl_config *config)
{
	return fl_buffers(config) * records_a_page(config->page_bytes);
}

bool fl_left(void *memory, const struct fl_config *config, uint32_t *cursor,
	     struct fl_record *record)
{
	struct fl *fl = memory;
	uint32_t most = records_a_page(config->page_bytes);

	fl_lay_out(fl, config);
	while (*cursor < fl->bufs * most) {
		const struct fl_buf *buf = &fl->write[FL_HOST].bufs[*cursor / most];
		const struct fl_header *header = fl_header(buf->page);
		uint32_t item = *cursor % most;

		if (buf->state == FL_BUF_FREE || header->part != 0 || item >= header->count) {
			*cursor += most - item;
			continue;
		}
		fl_desc_record(fl_page_desc(fl, buf->page, item), record);
		++*cursor;
		return true;
	}
	return false;
}

/* ---- Pools, flushes ---- */

void fl_rebuild_pools(struct fl *fl)
{
	uint64_t last = fl->start.life > fl->seq ? fl->start.life : fl->seq;

	/* An epoch of its own: later than whatever was drawn, also without flash hearing of it. */
	fl->seq = ((last >> FL_EPOCH_SHIFT) + 1) << FL_EPOCH_SHIFT;
	fl->start.version = fl->seq;
	fl_tombs_keep(fl, fl->seq);
	fl->owner.rebuilds(fl->owner.context, fl->seq);
	for (uint32_t i = 0; i < fl->config.pools; i++) {
		struct fl_pool *pool = &fl->pools[i];
		uint64_t flushed = 0;

		if (pool->uid == 0) {
			continue;
		}
		if (!fl->owner.rebuilt_pool(fl->owner.context, pool->uid, pool->own, &flushed)) {
			pool->uid = 0;
		} else if (flushed > pool->flushed && flushed < fl->seq) {
			pool->flushed = flushed;
		}
	}
}

/* ---- Blocks that flash takes for free ---- */

enum fl_look fl_rebuild_look(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	struct fl_block *block = &fl->blocks[start->at];
	const struct fl_header *header = fl_header(start->now);
	bool good = fl_io_good(&start->io) && fl_page_good(fl, start->now);

	if (good) {
		if (header->type < FL_PAGE_DATA || header->type > FL_PAGE_SUMMARY ||
		    header->seq <= start->life || header->page != start->page) {
			return FL_LOOK_FREE;
		}
		fl_block_state(fl, start->at, FL_BLOCK_OPEN);
		block->seq = header->seq;
		block->erases++;
		block->day = fl->day;
		fl_reads_known(fl, start->at, 0);
		start->found = true;
		return FL_LOOK_TAKEN;
	}
	if (fl_io_good(&start->io) && fl_page_erased(fl, start->now)) {
		return FL_LOOK_FREE;
	}
	if (++start->page < fl->config.pages) {
		return FL_LOOK_ON;
	}
	/* Nothing of it can be read; if the owner points here, collection has to tell. */
	fl_block_state(fl, start->at, FL_BLOCK_CLOSED);
	block->seq = 1;
	block->low = 1;
	block->pages = (uint16_t)fl->config.pages;
	fl_block_flag(fl, start->at, FL_BLOCK_RETIRE);
	return FL_LOOK_FREE;
}

/* ---- Records ---- */

/*
 * Which records of the block that is gone through were counted, by their first unit, in buffers
 * that collection needs later: the owner may tell that one was dropped before it is asked for it,
 * or after. Behind the block it has told of all that were not counted.
 */
static uint8_t *count_bit(struct fl *fl, fl_place at, uint8_t *bit)
{
	uint32_t unit = (uint32_t)at - fl_block_of(fl, at) * fl->config.pages * fl->units;

	*bit = (uint8_t)(1u << unit % 8);
	return unit / 8 < fl->config.page_bytes ? fl->gc.source + unit / 8
	       : unit / 8 < 2 * fl->config.page_bytes
		   ? fl->gc.data + (unit / 8 - fl->config.page_bytes)
		   : NULL;
}

static void count(struct fl *fl, fl_place at, uint32_t bytes)
{
	uint8_t bit, *bits = count_bit(fl, at, &bit);

	if (bits) {
		*bits |= bit;
	}
	fl->blocks[fl_block_of(fl, at)].valid += fl_units(bytes);
}

bool fl_rebuild_counted(struct fl *fl, fl_place at)
{
	uint32_t block = fl_block_of(fl, at);
	uint8_t bit, *bits = count_bit(fl, at, &bit);
	bool counted;

	if (fl->start.state != FL_START_BLOCKS) {
		return fl->start.state > FL_START_BLOCKS;
	}
	if (block != fl->start.at || !fl->start.reading) {
		return block < fl->start.at;
	}
	counted = bits && (*bits & bit);
	if (counted) {
		*bits &= (uint8_t)~bit;
	}
	return counted;
}

static void clear_counts(struct fl *fl)
{
	uint32_t bytes = fl->config.pages * fl->units / 8 + 1;
	uint32_t first = bytes < fl->config.page_bytes ? bytes : fl->config.page_bytes;

	memset(fl->gc.source, 0, first);
	bytes -= first;
	memset(fl->gc.data, 0, bytes < fl->config.page_bytes ? bytes : fl->config.page_bytes);
}

void fl_rebuild_begin(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	struct fl_block *block = &fl->blocks[start->at];

	clear_counts(fl);
	block->valid = 0;
	block->written = 0;
	start->low = block->seq;
	start->needed = false;
	start->before = FL_NO_PAGE;
	start->whole = FL_NO_PAGE;
	start->descs = 0;
	start->lane = FL_NONE;
	/* The collector's first. */
	for (uint32_t i = 0; block->state == FL_BLOCK_OPEN && i < FL_STREAMS * FL_LANES_MOST; i++) {
		uint32_t number = (i + FL_GC * FL_LANES_MOST) % (FL_STREAMS * FL_LANES_MOST);
		const struct fl_lane *lane = &fl->lanes[number];

		if (lane->summary && lane->state == FL_LANE_CLOSED && lane->count == 0) {
			start->lane = number;
			break;
		}
	}
	fl_rebuild_summary(fl);
	start->before = FL_NO_PAGE;
}

/* One was read, or none is there yet: what is in the next one begins here. */
void fl_rebuild_summary(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	start->before = (uint16_t)start->page;
	start->descs = 0;
	if (start->lane != FL_NONE) {
		memset(fl->lanes[start->lane].summary, 0xff, fl->config.page_bytes);
		memset(fl->lanes[start->lane].summary, 0, sizeof(struct fl_header));
	}
}

/* No version of it is to come back. */
static void bury(struct fl *fl, const struct fl_record *record)
{
	struct fl_tomb tomb = {
	    .index = record->key.index, .version = fl->start.version, .pool = record->key.pool};

	memcpy(tomb.object, record->key.object, sizeof(tomb.object));
	if (!fl_tomb_put(fl, &tomb)) {
		fl->broken = true;
	}
}

void fl_rebuild_tell(struct fl *fl, const struct fl_desc *desc, uint32_t block)
{
	fl_place at = fl_place_of(fl, block, desc->page, desc->unit);
	struct fl_start *start = &fl->start;
	struct fl_record record;

	fl_desc_record(desc, &record);
	if (record.version < start->low) {
		start->low = record.version;
	}
	if (start->lane != FL_NONE && start->descs < fl_summary_most(fl)) {
		*fl_summary_desc(fl->lanes[start->lane].summary, start->descs) = *desc;
	}
	start->descs++;
	switch (fl->owner.state(fl->owner.context, &record.key, at)) {
	case FL_CURRENT:
		count(fl, at, desc->bytes);
		start->needed = true;
		break;
	case FL_DIRTY:
		start->needed = true;
		break;
	default:
		if ((record.flags & FL_DURABLE) && !fl_buried(fl, &record) &&
		    !fl->owner.known(fl->owner.context, &record.key)) {
			bury(fl, &record);
		}
		break;
	}
}

/* ---- The end of a block ---- */

static void close_open(struct fl *fl, uint32_t next)
{
	struct fl_start *start = &fl->start;
	struct fl_block *block = &fl->blocks[start->at];
	uint32_t end = start->whole == FL_NO_PAGE ? 0 : start->whole + 1u;

	block->pages = (uint16_t)end;
	block->padding += (fl->config.pages - end) * (fl->part_bytes / FL_UNIT_BYTES);
	if (start->before != FL_NO_PAGE && start->before + 1u == end && end == fl->config.pages) {
		fl_block_flag(fl, start->at, FL_BLOCK_SUMMARY);
	}
	if (end < next) {
		/* Its last page could not be programmed. */
		fl_block_flag(fl, start->at, FL_BLOCK_RETIRE);
	}
	fl_block_state(fl, start->at, FL_BLOCK_CLOSED);
}

static void go_on(struct fl *fl, uint32_t next)
{
	struct fl_start *start = &fl->start;
	struct fl_lane *lane = &fl->lanes[start->lane];

	lane->block = start->at;
	lane->next = (uint16_t)next;
	lane->sent = 0;
	lane->summaries = (uint16_t)start->descs;
	lane->before = start->before;
	lane->closing = false;
	lane->failed = false;
	lane->retire = false;
	lane->state = FL_LANE_OPEN;
}

void fl_rebuild_end(struct fl *fl, bool open)
{
	struct fl_start *start = &fl->start;
	struct fl_block *block = &fl->blocks[start->at];
	uint32_t next = start->page;

	fl->owner.drops(fl->owner.context);
	if (start->found) {
		/* Not when it was opened, but as good: no copy in it is of an older version. */
		block->low = start->low;
		start->found = false;
	}
	if (!start->needed && !(block->flags & FL_BLOCK_RETIRE)) {
		fl_block_state(fl, start->at, FL_BLOCK_FREE);
		fl_block_flag(fl, start->at, FL_BLOCK_HELD);
	} else if (open && start->lane != FL_NONE && start->whole + 1u == next &&
		   next < fl->config.pages && start->descs <= fl_summary_most(fl)) {
		go_on(fl, next);
	} else if (open) {
		close_open(fl, next);
	}
}

/* ---- The end of them all ---- */

static uint32_t space(const struct fl *fl, const struct fl_lane *lane)
{
	return lane->state == FL_LANE_OPEN ? fl->config.pages - lane->next : 0;
}

/* Nobody knows which stream had which block. Collection gets those with most room: what a host
 * puts has to wait for it. */
void fl_rebuild_lanes(struct fl *fl)
{
	for (uint32_t i = 0; i < fl->config.lanes; i++) {
		struct fl_lane *host = &fl->lanes[FL_HOST * FL_LANES_MOST + i];

		for (uint32_t j = 0; j < fl->config.lanes; j++) {
			struct fl_lane *other = &fl->lanes[FL_GC * FL_LANES_MOST + j];
			struct fl_lane was = *host;

			if (space(fl, host) > space(fl, other)) {
				*host = *other;
				*other = was;
				host->stream = FL_HOST;
				other->stream = FL_GC;
			}
		}
	}
}
