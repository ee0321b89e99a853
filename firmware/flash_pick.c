// SPDX-License-Identifier: Apache-2.0
/*
 * Which block is collected next and why, and how an emptied one becomes free.
 *
 * Reasons, the most urgent first: free blocks run low (the block that gives most room for
 * least copying, older ones and less worn ones first); tombstones run low (the block with
 * the oldest content); a block is to be refreshed or given up; wear is uneven (the block
 * that was erased least: what it holds never changes).
 *
 * Room that can be won is counted in dead records and in what a sync left empty, not in
 * what did not fit at the end of pages: that is there again after a copy. So each
 * collection for room removes garbage for good, and they come to an end.
 */
#include "flash_priv.h"

#define STEP 256u

static uint32_t capacity(const struct fl *fl)
{
	return (fl->config.pages - 1) * (fl->part_bytes / FL_UNIT_BYTES);
}

static uint32_t gain(const struct fl_block *block)
{
	return block->written - block->valid + block->padding;
}

static bool tombs_low(const struct fl *fl)
{
	return fl->tomb_count * 4 > fl->config.tombs * 3;
}

/* Free blocks, and those that will be without more work. */
static uint32_t free_soon(const struct fl *fl)
{
	return fl->free + fl->drains;
}

static bool no_block(const struct fl *fl, enum fl_gc_mode mode)
{
	return fl->gc.stuck >> mode & 1;
}

/* Is there room for the copies of a whole block, whatever the host's lanes still take for
 * what they accepted (a block each)? */
static bool enough(const struct fl *fl)
{
	uint32_t fresh = fl_stream_space(fl, FL_GC) >= fl->config.pages ? 0 : 2;

	return fl->free > fl->keep + fl->config.lanes + fresh;
}

static enum fl_gc_mode reason(const struct fl *fl)
{
	uint32_t per_block = fl->config.pages - 1 - fl->parts_most;
	uint32_t low = fl->reserve + fl->config.lanes + 1 + fl->dirty_pages / per_block;

	if (!enough(fl) || fl->drains == FL_DRAINS) {
		return FL_MODE_NONE;
	}
	if (free_soon(fl) < low && !no_block(fl, FL_MODE_NEED)) {
		return FL_MODE_NEED;
	}
	if (tombs_low(fl) && !no_block(fl, FL_MODE_OLDEST)) {
		return FL_MODE_OLDEST;
	}
	if (fl->due > 0 && !no_block(fl, FL_MODE_DUE)) {
		return FL_MODE_DUE;
	}
	return fl->level && !no_block(fl, FL_MODE_LEVEL) ? FL_MODE_LEVEL : FL_MODE_NONE;
}

bool fl_gc_wanted(const struct fl *fl)
{
	return reason(fl) != FL_MODE_NONE;
}

static uint64_t score(const struct fl *fl, const struct fl_block *block, enum fl_gc_mode mode)
{
	uint64_t age = fl->seq > block->seq ? fl->seq - block->seq : 0;

	switch (mode) {
	case FL_MODE_OLDEST:
		return ~block->low;
	case FL_MODE_DUE:
		return block->flags & (FL_BLOCK_RETIRE | FL_BLOCK_REFRESH) ? gain(block) + 1ull : 0;
	case FL_MODE_LEVEL:
		return FL_NONE - block->erases;
	default:
		if (gain(block) < capacity(fl) / 16) {
			return 0;
		}
		if (block->valid == 0) {
			return ~0ull - block->erases;
		}
		age = age > 1u << 20 ? 1u << 20 : age;
		return ((uint64_t)gain(block) * (age + 64) * 16 / (block->valid + 1)) * 16 /
		       (16 + block->erases);
	}
}

/* One that is open has the oldest content: it is closed, so that it can be collected. */
static void retire_open(struct fl *fl, uint64_t oldest)
{
	for (uint32_t stream = 0; stream < FL_STREAMS; stream++) {
		if (fl_oldest_buffer(fl, (enum fl_stream)stream) < oldest) {
			fl_seal(fl, (enum fl_stream)stream);
		}
	}
	for (uint32_t i = 0; i < FL_STREAMS * FL_LANES_MOST; i++) {
		struct fl_lane *lane = &fl->lanes[i];

		if (lane->state >= FL_LANE_OPEN && fl->blocks[lane->block].low < oldest) {
			lane->retire = true;
		}
	}
}

static void chosen(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;

	if (gc->mode == FL_MODE_OLDEST) {
		retire_open(fl, gc->best == FL_NONE ? fl->seq : fl->blocks[gc->best].low);
	}
	if (gc->best == FL_NONE) {
		gc->stuck |= (uint8_t)(1u << gc->mode);
		gc->state = FL_GC_IDLE;
		return;
	}
	gc->victim = gc->best;
	gc->by_summary = fl->blocks[gc->victim].flags & FL_BLOCK_SUMMARY;
	gc->end = fl->blocks[gc->victim].pages;
	gc->source_page = gc->by_summary ? (uint16_t)(gc->end - 1) : 0;
	gc->data_page = FL_NO_PAGE;
	gc->suspect = false;
	gc->asked = false;
	gc->state = FL_GC_SOURCE;
	if (gc->mode >= FL_MODE_DUE) {
		fl->level = false;
	}
}

bool fl_pick_step(struct fl *fl)
{
	struct fl_gc *gc = &fl->gc;
	uint32_t end;

	if (gc->state == FL_GC_IDLE) {
		gc->mode = (uint8_t)reason(fl);
		if (gc->mode == FL_MODE_NONE) {
			return false;
		}
		gc->cursor = 0;
		gc->best = FL_NONE;
		gc->best_score = 0;
		gc->state = FL_GC_SELECT;
		return true;
	}
	end = gc->cursor + STEP < fl->blocks_all ? gc->cursor + STEP : fl->blocks_all;
	for (; gc->cursor < end; gc->cursor++) {
		const struct fl_block *block = &fl->blocks[gc->cursor];
		uint64_t worth = block->state == FL_BLOCK_CLOSED
				     ? score(fl, block, (enum fl_gc_mode)gc->mode)
				     : 0;

		if (worth > gc->best_score) {
			gc->best_score = worth;
			gc->best = gc->cursor;
		}
	}
	if (gc->cursor == fl->blocks_all) {
		chosen(fl);
	}
	return true;
}

/*
 * A block all of which was moved is free when the copies are in flash, and then the
 * journal says so: in a page that is begun when the pages that name the copies' blocks are
 * complete. Were it the same page, and torn by a power cut, a start to which it reads badly
 * could erase one of those blocks as free, and the next one, to which it reads well, would
 * look for the copies there. Flushes that made records stale are in that page or before.
 */
static bool drain(struct fl *fl, struct fl_drain *drain)
{
	bool bad = fl->blocks[drain->block].flags & FL_BLOCK_RETIRE;

	if (drain->journal == 0) {
		if (!fl_written(fl, FL_HOST, drain->serial[FL_HOST]) ||
		    !fl_written(fl, FL_GC, drain->serial[FL_GC]) || !fl_journal_room(fl, 1)) {
			return false;
		}
		if (fl->journal.durable < fl->journal.opened) {
			fl_journal_want(fl, fl->journal.opened);
			return false;
		}
		fl_journal_block(fl, bad ? FL_ENTRY_BAD : FL_ENTRY_FREE, drain->block);
		drain->journal = fl->journal.added;
		fl_journal_want(fl, drain->journal);
		return true;
	}
	if (fl->journal.durable < drain->journal) {
		return false;
	}
	fl_block_state(fl, drain->block, bad ? FL_BLOCK_BAD : FL_BLOCK_FREE);
	fl->figures.collected++;
	*drain = fl->drain[--fl->drains];
	return true;
}

static void watch_tombs(struct fl *fl)
{
	if (fl->tombs_changed && tombs_low(fl) && fl->start.state == FL_START_READY &&
	    !fl->check.due) {
		fl->tombs_changed = false;
		if (fl_tombs_expire(fl, true) * 8 > fl->config.tombs) {
			fl_check_begin(fl);
		}
	}
}

/* Is what is being filled what an emptied block waits for? */
static bool awaited(const struct fl *fl, uint32_t stream)
{
	const struct fl_write *write = &fl->write[stream];

	for (uint32_t i = 0; write->filling != FL_NONE && i < fl->drains; i++) {
		if (fl->drain[i].journal == 0 &&
		    fl->drain[i].serial[stream] >= write->bufs[write->filling].serial) {
			return true;
		}
	}
	return false;
}

bool fl_drain_step(struct fl *fl)
{
	bool did = false;

	for (uint32_t i = 0; i < fl->drains; i++) {
		did |= drain(fl, &fl->drain[i]);
	}
	watch_tombs(fl);
	/* No more to copy with it: what waits is not to wait for a full page. */
	if (fl->drains > 0 && fl->gc.state == FL_GC_IDLE && !fl_gc_wanted(fl)) {
		for (uint32_t stream = 0; stream < FL_STREAMS; stream++) {
			if (awaited(fl, stream)) {
				fl_seal(fl, (enum fl_stream)stream);
				did = true;
			}
		}
	}
	return did;
}
