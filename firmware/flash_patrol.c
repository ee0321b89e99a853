// SPDX-License-Identifier: Apache-2.0
/*
 * For SELF_TEST: flash is read, the first page of a block of each die, or of every block that has
 * been filled, one after the other beside all else. What is corrected there counts as any read
 * does, so that a block which is getting worse is written anew.
 */
#include "flash_priv.h"

/* Blocks of a die that may be as a loss of power left them, being free, before the die is at
 * fault. */
#define TRIES 4u

/* The block that is due, or the next one that there is something to be said of. FL_NONE: no more.
 */
static uint32_t wanted(struct fl *fl)
{
	struct fl_patrol *patrol = &fl->patrol;

	while (patrol->block < fl->blocks_all) {
		uint32_t state = fl->blocks[patrol->block].state;

		if (state == FL_BLOCK_CLOSED || (!patrol->every && state == FL_BLOCK_FREE)) {
			return patrol->block;
		}
		patrol->block++;
	}
	return FL_NONE;
}

/* Its read is over. */
static void note(struct fl *fl)
{
	struct fl_patrol *patrol = &fl->patrol;
	uint32_t block = patrol->io.block;
	bool good = fl_io_good(&patrol->io);

	patrol->block = block + 1;
	if (good) {
		patrol->told.good++;
	} else if (fl->blocks[block].state == FL_BLOCK_CLOSED || ++patrol->tries == TRIES) {
		if (patrol->told.failed++ == 0) {
			patrol->told.first = block;
		}
	} else {
		return;
	}
	patrol->tries = 0;
	if (!patrol->every) {
		patrol->block += fl->config.blocks - 1;
		patrol->block -= patrol->block % fl->config.blocks;
	}
}

bool fl_patrol(struct fl *fl, bool restart, bool every, struct fl_patrolled *so_far)
{
	struct fl_patrol *patrol = &fl->patrol;
	uint32_t block;

	/* A layer that has begun anew meanwhile knows nothing of it. */
	if (restart || !patrol->open) {
		struct fl_io io = patrol->io;

		*patrol = (struct fl_patrol){.io = io, .open = true, .every = every};
		patrol->stale = io.state != FL_IO_IDLE;
	}
	if (fl_io_over(&patrol->io)) {
		if (!patrol->stale) {
			note(fl);
		}
		patrol->stale = false;
	}
	if (patrol->io.state == FL_IO_IDLE) {
		block = wanted(fl);
		patrol->open = block != FL_NONE;
		if (patrol->open) {
			fl_io_read(fl, &patrol->io, block, 0, NULL);
		}
	}
	patrol->told.percent = patrol->block * 100 / fl->blocks_all;
	*so_far = patrol->told;
	return !patrol->open;
}
