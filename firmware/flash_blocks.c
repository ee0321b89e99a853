// SPDX-License-Identifier: Apache-2.0
/*
 * The table of blocks: which are free, which is written next so that wear is even, which
 * are given up, which have to be rewritten before they forget.
 */
#include "flash_priv.h"

static bool die_in_use(const struct fl *fl, uint32_t die)
{
	for (uint32_t i = 0; i < FL_STREAMS * FL_LANES_MOST; i++) {
		const struct fl_lane *lane = &fl->lanes[i];

		if (lane->state != FL_LANE_CLOSED && lane->block / fl->config.blocks == die) {
			return true;
		}
	}
	return false;
}

/* Looks at every block once: fewer than 10000 of them, and once for a block written. */
uint32_t fl_block_take(struct fl *fl, enum fl_stream stream, bool journal)
{
	/* When cold data is moved to even out wear, it goes where much was erased. */
	bool worn = stream == FL_GC && fl->gc.mode == FL_MODE_LEVEL && !journal;
	bool used[FL_DIES_MOST];
	uint32_t least = FL_NONE;
	uint32_t most = 0;
	uint32_t best = FL_NONE;
	uint64_t best_score = 0;

	for (uint32_t die = 0; die < fl->config.dies; die++) {
		used[die] = die_in_use(fl, die);
	}
	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		const struct fl_block *at = &fl->blocks[block];
		uint64_t score;

		if (at->state != FL_BLOCK_BAD && at->state != FL_BLOCK_ANCHOR) {
			most = at->erases > most ? at->erases : most;
			if (at->state == FL_BLOCK_CLOSED) {
				least = at->erases < least ? at->erases : least;
			}
		}
		if (at->state != FL_BLOCK_FREE || (at->flags & FL_BLOCK_HELD)) {
			continue;
		}
		score = 1ull + (worn ? at->erases : FL_NONE - at->erases);
		score += used[block / fl->config.blocks] ? 0 : 1ull << 33;
		if (score > best_score) {
			best_score = score;
			best = block;
		}
	}
	fl->level = least != FL_NONE && most > least + fl->config.wear_spread;
	return best;
}

static bool counts_due(const struct fl_block *at)
{
	return at->state == FL_BLOCK_CLOSED && (at->flags & (FL_BLOCK_RETIRE | FL_BLOCK_REFRESH));
}

void fl_block_state(struct fl *fl, uint32_t block, enum fl_block_state state)
{
	struct fl_block *at = &fl->blocks[block];

	fl->free -= at->state == FL_BLOCK_FREE;
	fl->due -= counts_due(at);
	at->state = (uint8_t)state;
	fl->free += at->state == FL_BLOCK_FREE;
	fl->due += counts_due(at);
	if (state == FL_BLOCK_FREE) {
		at->valid = 0;
		at->written = 0;
		at->padding = 0;
		at->pages = 0;
		at->flags = 0;
		at->seq = 0;
		fl->tombs_changed = true;
	}
	if (state == FL_BLOCK_CLOSED) {
		fl->gc.stuck = 0;
	}
}

void fl_block_flag(struct fl *fl, uint32_t block, uint32_t flag)
{
	struct fl_block *at = &fl->blocks[block];

	fl->due -= counts_due(at);
	at->flags |= (uint8_t)flag;
	fl->due += counts_due(at);
}

/* The journal hears of it when there is room; until then it only fails again. */
void fl_block_bad(struct fl *fl, uint32_t block)
{
	fl_block_state(fl, block, FL_BLOCK_BAD);
	fl->figures.bad_grown++;
	if (fl_journal_room(fl, 1)) {
		fl_journal_block(fl, FL_ENTRY_BAD, block);
	}
}

void fl_wiped(struct fl *fl, uint32_t block, bool good)
{
	fl->blocks[block].erases += good;
	if (!good && fl->blocks[block].state != FL_BLOCK_BAD) {
		fl_block_bad(fl, block);
	}
}

static void refresh_data(struct fl *fl, uint32_t block)
{
	fl_block_flag(fl, block, FL_BLOCK_REFRESH);
	/* What is still open is closed for that. */
	for (uint32_t i = 0; i < FL_STREAMS * FL_LANES_MOST; i++) {
		struct fl_lane *lane = &fl->lanes[i];

		if (lane->state >= FL_LANE_OPEN && lane->block == block) {
			lane->retire = true;
		}
	}
}

void fl_refresh(struct fl *fl, uint32_t block)
{
	const struct fl_block *at = &fl->blocks[block];

	switch (at->state) {
	case FL_BLOCK_OPEN:
	case FL_BLOCK_CLOSED:
		if (!(at->flags & FL_BLOCK_REFRESH)) {
			refresh_data(fl, block);
		}
		break;
	case FL_BLOCK_JOURNAL:
	case FL_BLOCK_ANCHOR:
		/* Another checkpoint goes elsewhere, and has a journal of its own. A start ends
		 * with one anyway. */
		if (fl->start.state == FL_START_READY) {
			fl_check_begin(fl);
		}
		break;
	default:
		break;
	}
}

/* What a power cut makes it forget of a block's reads: less than one of so many steps. */
#define READ_STEPS 16u

static uint32_t read_step(const struct fl *fl)
{
	return fl->config.refresh_reads / READ_STEPS + 1;
}

void fl_reads_known(struct fl *fl, uint32_t block, uint32_t reads)
{
	fl->blocks[block].reads = reads;
	fl->blocks[block].told = (uint16_t)(reads / read_step(fl));
}

static void tell_reads(struct fl *fl, uint32_t block)
{
	struct fl_block *at = &fl->blocks[block];

	if (fl->start.state != FL_START_READY || at->reads > fl->config.refresh_reads ||
	    at->reads < (at->told + 1u) * read_step(fl) || !fl_journal_room(fl, 1)) {
		return;
	}
	fl_reads_known(fl, block, at->reads);
	fl_journal_add(fl, &(struct fl_entry){
			       .type = FL_ENTRY_READS,
			       .arg = block,
			       .x = {at->seq, at->reads},
			   });
	fl_journal_want(fl, fl->journal.added);
}

void fl_count_read(struct fl *fl, uint32_t block, uint32_t corrected)
{
	struct fl_block *at = &fl->blocks[block];

	fl->figures.corrected_bits += corrected;
	at->reads++;
	if (at->state == FL_BLOCK_CLOSED || at->state == FL_BLOCK_OPEN) {
		tell_reads(fl, block);
	}
	if ((fl->config.refresh_bits && corrected >= fl->config.refresh_bits) ||
	    at->reads >= fl->config.refresh_reads) {
		fl_refresh(fl, block);
	}
}
