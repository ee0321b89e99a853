// SPDX-License-Identifier: Apache-2.0
/*
 * What nobody reads gets worse, too: with time, and by reads of its neighbours. So the owner has
 * each block looked after, one after the other and a page of each, at a pace at which all of them
 * have their turn in time. What is found to be old, or to have many wrong bits, is written anew as
 * the collector gets to it: one block at a time, after all else that it is for.
 *
 * Age takes a clock. The card has none without power, so its owner tells what day it is, when it
 * knows. That clock may be wrong, and be set right later; but a block's age must not get less by
 * it, nor the count run to its end. So days are counted here: as many more as the owner's has gone
 * on, at most as many as make anything old; if it has gone back, none. Blocks have the day of their
 * erase by this count, and checkpoint and journal have the count. Before the first day blocks have
 * none, and are old once it has come.
 */
#include "flash_priv.h"

void fl_set_day(struct fl *fl, uint32_t day)
{
	uint32_t most = fl->config.refresh_days, passed = 0;
	struct fl_entry entry = {.type = FL_ENTRY_DAY};

	if (most == 0 || day == 0 || day > UINT16_MAX || day == fl->owner_day ||
	    fl->start.state != FL_START_READY || !fl_journal_room(fl, 1)) {
		return;
	}
	if (fl->day == 0) {
		passed = most + 1;
	} else if (day > fl->owner_day) {
		passed = day - fl->owner_day < most ? day - fl->owner_day : most;
	}
	passed += fl->day;
	fl->day = (uint16_t)(passed < UINT16_MAX ? passed : UINT16_MAX);
	fl->owner_day = (uint16_t)day;
	entry.arg = fl->day;
	entry.x[0] = fl->owner_day;
	fl_journal_add(fl, &entry);
}

/* Not the same blocks first after each start, nor the same pages. */
void fl_care_begin(struct fl *fl)
{
	fl->random = (uint32_t)(fl->seq >> FL_EPOCH_SHIFT) * 0x9e3779b1u;
	fl->care = fl->random % fl->blocks_all;
}

/* Pages of the block that have something that is needed, and were programmed some time ago. */
static uint32_t pages_of(const struct fl *fl, uint32_t block)
{
	const struct fl_journal *journal = &fl->journal;

	switch (fl->blocks[block].state) {
	case FL_BLOCK_CLOSED:
		return fl->blocks[block].pages;
	case FL_BLOCK_OPEN:
		for (uint32_t i = 0; i < FL_STREAMS * FL_LANES_MOST; i++) {
			if (fl->lanes[i].state == FL_LANE_OPEN && fl->lanes[i].block == block) {
				return fl->lanes[i].next;
			}
		}
		return 0;
	case FL_BLOCK_JOURNAL:
		for (uint32_t i = 0; i <= journal->at && i < journal->blocks_count; i++) {
			if (journal->blocks[i] == block && fl->check.state == FL_CHECK_IDLE) {
				return i < journal->at ? fl->config.pages : journal->next;
			}
		}
		return 0;
	case FL_BLOCK_ANCHOR:
		return fl->check.state == FL_CHECK_IDLE &&
			       block == fl_anchor_block(fl, fl->check.anchor)
			   ? fl->check.parts
			   : 0;
	default:
		return 0;
	}
}

static bool old(const struct fl *fl, uint32_t block)
{
	return fl->config.refresh_days && fl->day &&
	       fl->day - fl->blocks[block].day >= (int)fl->config.refresh_days;
}

bool fl_care(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	uint32_t pages;

	if (start->state != FL_START_READY || fl->broken || fl->refusal ||
	    start->io.state != FL_IO_IDLE) {
		return false;
	}
	pages = pages_of(fl, fl->care);
	if (pages > 0 && old(fl, fl->care)) {
		fl_refresh(fl, fl->care);
	} else if (pages > 0) {
		fl->random = fl->random * 1664525u + 1013904223u;
		if (!fl_io_read(fl, &start->io, fl->care, (fl->random >> 8) % pages, NULL)) {
			return false;
		}
	}
	fl->care = (fl->care + 1) % fl->blocks_all;
	fl->figures.cared++;
	return true;
}

/* Wrong bits were counted (fl_count_read). If there are too many, the rest of the block is not to
 * get that far; and of the page itself the collector has another try. */
bool fl_care_step(struct fl *fl)
{
	struct fl_io *io = &fl->start.io;

	if (fl->start.state != FL_START_READY || !fl_io_over(io)) {
		return false;
	}
	if (!fl_io_good(io)) {
		fl_refresh(fl, io->block);
	}
	return true;
}
