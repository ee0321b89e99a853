// SPDX-License-Identifier: Apache-2.0
/*
 * Start: the newest checkpoint that counts, its journal, then the blocks (flash_scan.c),
 * the last pages of blocks that were open, and a checkpoint that makes it final. Before
 * that checkpoint is there nobody has seen what was found, so a start that is cut off
 * may be decided otherwise by the next one; but nothing that the next one could rest on is
 * overwritten:
 * - blocks that the last page of the journal frees are held: that page may be gone;
 * - so are the blocks of the journal before, for as long as its checkpoint may count again.
 *
 * Start without a loss of power, with an owner that has lived on: flash_rebuild.c.
 */
#include "flash_priv.h"

static void fail(struct fl *fl, bool broken)
{
	fl->start.state = FL_START_FAILED;
	fl->start.tried = broken;
}

void fl_start_failed(struct fl *fl)
{
	fail(fl, true);
}

static void go(struct fl *fl, enum fl_start_state state)
{
	fl->start.state = (uint8_t)state;
	fl->start.at = 0;
	fl->start.page = 0;
	fl->start.order = 0;
}

void fl_format(struct fl *fl)
{
	go(fl, FL_START_MARKS);
}

void fl_start(struct fl *fl)
{
	go(fl, FL_START_ANCHORS);
}

/* ---- Format ---- */

#define MARKS_STEP 64u

static void look_for_marks(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	for (uint32_t i = 0; i < MARKS_STEP && start->at < fl->blocks_all; i++, start->at++) {
		uint32_t die = start->at / fl->config.blocks;

		/* What is known to be bad may have anything where the mark would be. */
		if (fl->blocks[start->at].state != FL_BLOCK_BAD &&
		    hal_flash_marked_bad(fl->hal, die, start->at % fl->config.blocks)) {
			fl_block_state(fl, start->at, FL_BLOCK_BAD);
			fl_block_flag(fl, start->at, FL_BLOCK_FACTORY);
		}
	}
	if (start->at == fl->blocks_all) {
		for (uint32_t i = 0; i < 2 * fl->config.anchors; i++) {
			if (fl->blocks[fl_anchor_block(fl, i)].state != FL_BLOCK_BAD) {
				fl_block_state(fl, fl_anchor_block(fl, i), FL_BLOCK_ANCHOR);
			}
		}
		go(fl, FL_START_ERASE);
	}
}

/* What an older format left must not count. */
static bool erase_anchors(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	uint32_t block = fl_anchor_block(fl, start->at);

	if (fl_io_over(&start->io)) {
		if (!fl_io_good(&start->io)) {
			fl_block_state(fl, block, FL_BLOCK_BAD);
		}
		start->at++;
	} else if (start->io.state == FL_IO_IDLE) {
		if (fl->blocks[block].state == FL_BLOCK_ANCHOR) {
			return fl_io_erase(fl, &start->io, block);
		}
		start->at++;
	} else {
		return false;
	}
	if (start->at == 2 * fl->config.anchors) {
		go(fl, FL_START_CHECKPOINT);
	}
	return true;
}

/* ---- Checkpoints ---- */

/* Reads; true once it is there. */
static bool page_there(struct fl *fl, uint32_t block, uint32_t page, bool *did)
{
	struct fl_start *start = &fl->start;

	*did = true;
	if (fl_io_over(&start->io)) {
		return true;
	}
	*did = start->io.state == FL_IO_IDLE && fl_io_read(fl, &start->io, block, page, start->now);
	return false;
}

static bool checkpoint_page(const struct fl *fl, uint32_t part)
{
	const struct fl_header *header = fl_header(fl->start.now);

	return fl_io_good(&fl->start.io) && fl_page_good(fl, fl->start.now) &&
	       header->type == FL_PAGE_CHECKPOINT && header->part == part;
}

/* The newest that is older than `than`; 0: none. Its anchor's number, too. */
static uint64_t newest_before(struct fl *fl, uint64_t than)
{
	uint64_t best = 0;

	for (uint32_t i = 0; i < 2 * fl->config.anchors; i++) {
		uint64_t number = fl->start.candidate[i];

		if (number > best && number < than) {
			best = number;
			fl->start.anchor = i;
		}
	}
	return best;
}

static void next_candidate(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	uint64_t best = newest_before(fl, start->tried);

	if (best == 0 && start->weak && !start->accept_weak) {
		/* The one before it is gone: an earlier start saw that this one counts. */
		start->accept_weak = true;
		best = newest_before(fl, start->weak + 1);
	}
	if (best == 0) {
		/* A first format that was cut off is none. */
		fail(fl, start->weak != 0 || newest_before(fl, UINT64_MAX) > 1);
		return;
	}
	start->tag = 0;
	start->tried = best;
	go(fl, FL_START_LOAD);
}

static bool read_anchors(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	bool did;

	if (!page_there(fl, fl_anchor_block(fl, start->at), 0, &did)) {
		return did;
	}
	if (checkpoint_page(fl, 0)) {
		start->candidate[start->at] = fl_header(start->now)->seq;
		if (start->candidate[start->at] > fl->check.number) {
			fl->check.number = start->candidate[start->at];
		}
	}
	if (++start->at == 2 * fl->config.anchors) {
		start->tried = UINT64_MAX;
		next_candidate(fl);
	}
	return true;
}

static void loaded(struct fl *fl)
{
	fl->free = 0;
	fl->due = 0;
	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		struct fl_block *at = &fl->blocks[block];

		at->valid = 0;
		at->written = 0;
		fl_reads_known(fl, block, at->reads);
		at->flags &= (uint8_t)~FL_BLOCK_HELD;
		if (at->state == FL_BLOCK_DRAINED) {
			at->state = FL_BLOCK_CLOSED;
		} else if (at->state == FL_BLOCK_OPEN && at->seq == 0) {
			at->state = FL_BLOCK_FREE;
		}
		fl->free += at->state == FL_BLOCK_FREE;
		fl->due += at->state == FL_BLOCK_CLOSED &&
			   (at->flags & (FL_BLOCK_RETIRE | FL_BLOCK_REFRESH));
	}
	for (uint32_t i = 0; i < fl->config.pools; i++) {
		fl->pools[i].created = 0;
	}
	if (!fl->rebuild) {
		fl->tomb_count = fl->root.tombs;
		fl_tombs_index(fl);
	}
	fl->start.life = fl->root.seq;
	if (!fl->rebuild || fl->root.seq > fl->seq) {
		fl->seq = fl->root.seq;
	}
	fl->next_uid = fl->root.next_uid;
	fl->day = fl->root.day;
	fl->owner_day = fl->root.owner_day;
	fl->figures.bad_grown = fl->root.bad_grown;
	fl->figures.host_bytes = fl->root.host_bytes;
	fl->figures.flash_bytes = fl->root.flash_bytes;
	fl->journal.blocks_count = fl->root.journals;
	memcpy(fl->journal.blocks, fl->root.journal, sizeof(fl->journal.blocks));
	go(fl, FL_START_JOURNAL);
}

static bool load(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	const struct fl_header *header = fl_header(start->now);
	bool did;

	if (!page_there(fl, fl_anchor_block(fl, start->anchor), start->page, &did)) {
		return did;
	}
	if (!checkpoint_page(fl, start->page) || header->seq != start->tried ||
	    !fl_check_load(fl, start->now, start->page)) {
		next_candidate(fl);
		return true;
	}
	start->tag = fl_check_tag(start->tag, header->crc);
	if (++start->page == header->parts) {
		loaded(fl);
	}
	return true;
}

/* ---- Journal ---- */

static void release_held(struct fl *fl)
{
	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		fl->blocks[block].flags &= (uint8_t)~FL_BLOCK_HELD;
	}
}

static void apply_page(struct fl *fl)
{
	const struct fl_header *header = fl_header(fl->start.now);
	uint32_t most = fl->part_bytes / (uint32_t)sizeof(struct fl_entry);

	release_held(fl);
	for (uint32_t i = 0; i < header->count && i < most; i++) {
		struct fl_entry entry;

		memcpy(&entry, fl->start.now + sizeof(*header) + i * sizeof(entry), sizeof(entry));
		fl_journal_apply(fl, &entry);
		if (entry.type == FL_ENTRY_FREE && entry.arg < fl->blocks_all) {
			fl_block_flag(fl, entry.arg, FL_BLOCK_HELD);
		}
	}
}

static void journal_read(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	if (start->order < (start->accept_weak ? 0u : 2u)) {
		if (start->order == 1 && start->weak == 0) {
			start->weak = start->tried;
		}
		next_candidate(fl);
		return;
	}
	start->base = start->tried;
	fl->check.anchor = start->anchor;
	for (uint32_t i = 0; i < fl->root.journals_before; i++) {
		fl_block_flag(fl, fl->root.journal_before[i], FL_BLOCK_HELD);
	}
	if (fl->rebuild) {
		fl_rebuild_pools(fl);
	}
	go(fl, FL_START_BLOCKS);
}

static bool read_journal(struct fl *fl)
{
	struct fl_start *start = &fl->start;
	const struct fl_header *header = fl_header(start->now);
	bool did;

	if (start->at == fl->root.journals) {
		journal_read(fl);
		return true;
	}
	if (!page_there(fl, fl->root.journal[start->at], start->page, &did)) {
		return did;
	}
	if (!fl_io_good(&start->io) || !fl_page_good(fl, start->now) ||
	    header->type != FL_PAGE_JOURNAL || header->seq != start->tried ||
	    header->tag != start->tag) {
		start->at++;
		start->page = 0;
		return true;
	}
	if (header->order > start->order) {
		/* A page in between is lost: what came after it cannot be right. */
		fail(fl, true);
		return true;
	}
	if (header->order == start->order) {
		apply_page(fl);
		start->order++;
	}
	if (++start->page == fl->config.pages) {
		start->at++;
		start->page = 0;
	}
	return true;
}

/* ---- The rest ---- */

void fl_tell_recovered(struct fl *fl, const struct fl_record *record, fl_place at)
{
	fl_place before = FL_NOWHERE;
	uint32_t bytes = 0;

	if (record->version > fl->seq) {
		fl->seq = record->version;
	}
	if (fl_buried(fl, record) ||
	    !fl->owner.recovered(fl->owner.context, record, at, &before, &bytes)) {
		return;
	}
	fl->blocks[fl_block_of(fl, at)].valid += fl_units(record->bytes);
	if (before & FL_FLASH) {
		fl->blocks[fl_block_of(fl, before)].valid -= fl_units(bytes);
	}
}

/* The last pages of what was open: copied, one after the other. */
static bool suspects(struct fl *fl)
{
	struct fl_start *start = &fl->start;

	if (fl->gc.state != FL_GC_IDLE) {
		return false;
	}
	if (start->at < start->suspects) {
		fl_gc_suspect(fl, start->suspect[start->at].block, start->suspect[start->at].page);
		start->at++;
		return true;
	}
	fl_seal(fl, FL_GC);
	go(fl, FL_START_SETTLE);
	return true;
}

static bool settle(struct fl *fl)
{
	if (!fl_written(fl, FL_GC, fl->write[FL_GC].serial)) {
		return false;
	}
	go(fl, FL_START_CHECKPOINT);
	return true;
}

static bool last_checkpoint(struct fl *fl)
{
	if (fl->broken) {
		fail(fl, true);
	} else if (fl->start.at == 0) {
		fl->start.at = 1;
		fl_check_begin(fl);
	} else if (!fl->check.due) {
		release_held(fl);
		for (uint32_t i = 0; i < fl->config.pools; i++) {
			if (fl->pools[i].uid && !fl->rebuild) {
				fl->owner.recovered_pool(fl->owner.context, fl->pools[i].uid,
							 fl->pools[i].own);
			}
		}
		fl->rebuild = false;
		fl_care_begin(fl);
		fl->start.state = FL_START_READY;
	} else {
		return false;
	}
	return true;
}

bool fl_start_step(struct fl *fl)
{
	switch (fl->start.state) {
	case FL_START_MARKS:
		look_for_marks(fl);
		return true;
	case FL_START_ERASE:
		return erase_anchors(fl);
	case FL_START_ANCHORS:
		return read_anchors(fl);
	case FL_START_LOAD:
		return load(fl);
	case FL_START_JOURNAL:
		return read_journal(fl);
	case FL_START_BLOCKS:
		return fl_scan_step(fl);
	case FL_START_SUSPECTS:
		return suspects(fl);
	case FL_START_SETTLE:
		return settle(fl);
	case FL_START_CHECKPOINT:
		return last_checkpoint(fl);
	default:
		return false;
	}
}
