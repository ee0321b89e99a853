// SPDX-License-Identifier: Apache-2.0
/*
 * Checkpoints: all that start needs, in blocks of two dies in turn. Root, table of blocks,
 * pools, tombstones, one behind the other in as many pages as they take, in one block.
 *
 * A page that was being programmed when power went may read well once and badly later, so
 * no decision of start may hang on such a page for good. Therefore:
 * - a checkpoint counts when the first two pages of its journal are there. The first is
 *   begun when the checkpoint is complete, the second when the first is: if the second
 *   reads well just once, the others do for ever;
 * - the old journal is completed first, so that the new checkpoint says exactly what
 *   the old one and its journal say; until both pages are there nothing changes that
 *   either of them tells of, and nothing is written where the old ones are. Which of the
 *   two start takes makes no difference, and it may take the other one the next time;
 * - journal pages name their checkpoint by number and sum.
 *
 * Meanwhile the journal has no room: neither flushes nor new blocks. Records still go to
 * the blocks that are open.
 */
#include "flash_priv.h"

static uint32_t root_bytes(const struct fl *fl, uint32_t tombs)
{
	return (uint32_t)sizeof(fl->root) + fl->blocks_all * (uint32_t)sizeof(*fl->blocks) +
	       fl->config.pools * (uint32_t)sizeof(*fl->pools) +
	       tombs * (uint32_t)sizeof(*fl->tombs);
}

static uint32_t parts_for(const struct fl *fl, uint32_t tombs)
{
	return (root_bytes(fl, tombs) + fl->part_bytes - 1) / fl->part_bytes;
}

/* Most pages of one. */
uint32_t fl_check_parts(const struct fl *fl)
{
	return parts_for(fl, fl->config.tombs);
}

/* Bytes of the checkpoint from `offset` on: to the page, or back into the tables. */
static void copy(struct fl *fl, uint32_t offset, uint8_t *page, uint32_t bytes, bool load)
{
	enum { TOMBS = 3 };
	uint8_t *const table[] = {(uint8_t *)&fl->root, (uint8_t *)fl->blocks, (uint8_t *)fl->pools,
				  (uint8_t *)fl->tombs};
	const uint32_t size[] = {(uint32_t)sizeof(fl->root),
				 fl->blocks_all * (uint32_t)sizeof(*fl->blocks),
				 fl->config.pools * (uint32_t)sizeof(*fl->pools),
				 fl->config.tombs * (uint32_t)sizeof(*fl->tombs)};

	for (uint32_t i = 0; i < sizeof(size) / sizeof(*size) && bytes > 0; i++) {
		uint32_t now;

		if (offset >= size[i]) {
			offset -= size[i];
			continue;
		}
		now = size[i] - offset < bytes ? size[i] - offset : bytes;
		if (!load) {
			memcpy(page, table[i] + offset, now);
		} else if (i != TOMBS || !fl->rebuild) {
			/* Of those memory has younger ones, too, when it was not lost. */
			memcpy(table[i] + offset, page, now);
		}
		page += now;
		bytes -= now;
		offset = 0;
	}
}

/* Does the root name blocks that there are? */
static bool root_names_blocks(const struct fl *fl)
{
	const struct fl_root *root = &fl->root;

	if (root->journals > FL_JOURNAL_MOST || root->journals_before > FL_JOURNAL_MOST) {
		return false;
	}
	for (uint32_t i = 0; i < root->journals; i++) {
		if (root->journal[i] >= fl->blocks_all) {
			return false;
		}
	}
	for (uint32_t i = 0; i < root->journals_before; i++) {
		if (root->journal_before[i] >= fl->blocks_all) {
			return false;
		}
	}
	return true;
}

bool fl_check_load(struct fl *fl, const uint8_t *page, uint32_t part)
{
	const struct fl_header *header = (const struct fl_header *)page;

	if (header->bytes > fl->part_bytes) {
		return false;
	}
	copy(fl, part * fl->part_bytes, (uint8_t *)page + sizeof(*header), header->bytes, true);
	return part != 0 ||
	       (fl->root.blocks == fl->blocks_all && fl->root.pools == fl->config.pools &&
		fl->root.tombs <= fl->config.tombs && root_names_blocks(fl) &&
		header->parts == parts_for(fl, fl->root.tombs));
}

void fl_check_begin(struct fl *fl)
{
	fl->check.due = true;
}

/* Blocks of which the journal says that they are free. */
static void end_drains(struct fl *fl)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < fl->drains; i++) {
		struct fl_drain *drain = &fl->drain[i];

		if (drain->journal != 0 && drain->journal <= fl->journal.durable) {
			bool bad = fl->blocks[drain->block].flags & FL_BLOCK_RETIRE;

			fl_block_state(fl, drain->block, bad ? FL_BLOCK_BAD : FL_BLOCK_FREE);
			fl->figures.collected++;
		} else {
			/* If the journal could not take it, it is told to the next one. */
			drain->journal = 0;
			fl->drain[kept++] = *drain;
		}
	}
	fl->drains = kept;
}

/* The blocks of a new journal. */
static uint32_t take_blocks(struct fl *fl)
{
	uint32_t count = 0;

	while (count < fl->config.journal) {
		uint32_t block = fl_block_take(fl, FL_HOST, true);

		if (block == FL_NONE) {
			break;
		}
		fl_block_state(fl, block, FL_BLOCK_JOURNAL);
		fl->blocks[block].day = fl->day; /* erased when it is written */
		fl->root.journal[count++] = block;
	}
	return count;
}

static void begin_journal(struct fl *fl, uint32_t count)
{
	struct fl_journal *journal = &fl->journal;

	fl->root.journals = count;
	journal->blocks_count = count;
	memcpy(journal->blocks, fl->root.journal, sizeof(journal->blocks));
	journal->gen = ++fl->check.number;
	journal->sent = journal->added;
	journal->tag = 0;
	journal->order = 0;
	journal->at = 0;
	journal->next = 0;
	journal->erased = false;
	journal->exhausted = false;
	journal->sending = false;
	for (uint32_t i = 0; i < 2; i++) {
		journal->count[i] = 0;
		journal->frees[i] = 0;
		memset(journal->page[i], 0, sizeof(struct fl_header));
	}
}

/* A new journal, and the state as it is now. */
static bool take(struct fl *fl)
{
	struct fl_journal *journal = &fl->journal;
	struct fl_root *root = &fl->root;
	uint32_t count;

	memset(root, 0, sizeof(*root));
	/* Before any are given back: those may be needed, if power goes before the end. */
	count = take_blocks(fl);
	if (count == 0) {
		return false;
	}
	root->journals_before = journal->blocks_count;
	memcpy(root->journal_before, journal->blocks, sizeof(root->journal_before));
	for (uint32_t i = 0; i < journal->blocks_count; i++) {
		if (fl->blocks[journal->blocks[i]].state == FL_BLOCK_JOURNAL) {
			fl_block_state(fl, journal->blocks[i], FL_BLOCK_FREE);
		}
	}
	end_drains(fl);
	fl_tombs_expire(fl, false);
	fl->tombs_changed = true;
	root->seq = fl->seq;
	root->bad_grown = fl->figures.bad_grown;
	root->day = fl->day;
	root->owner_day = fl->owner_day;
	root->host_bytes = fl->figures.host_bytes;
	root->flash_bytes = fl->figures.flash_bytes;
	root->next_uid = fl->next_uid;
	root->blocks = fl->blocks_all;
	root->pools = fl->config.pools;
	root->tombs = fl->tomb_count;
	begin_journal(fl, count);
	fl->check.parts = parts_for(fl, fl->tomb_count);
	return true;
}

uint32_t fl_anchor_block(const struct fl *fl, uint32_t number)
{
	uint32_t slot = number / fl->config.anchors;

	if (slot == 0 || fl->config.dies == 1) {
		return number;
	}
	return (fl->config.dies - 1) * fl->config.blocks + number % fl->config.anchors;
}

/* At start: not the checkpoint that start took nor those before it, rather one that it
 * turned down. Number of the anchor, or FL_NONE. */
static uint32_t start_anchor(const struct fl *fl, uint32_t keep)
{
	const struct fl_start *start = &fl->start;
	uint32_t best = FL_NONE;
	uint64_t best_score = 0;

	for (uint32_t i = 0; i < 2 * fl->config.anchors; i++) {
		uint64_t number = start->candidate[i];
		uint32_t above = 0;
		uint64_t score = ~number;

		for (uint32_t j = 0; j < 2 * fl->config.anchors; j++) {
			above += start->candidate[j] > number && start->candidate[j] <= start->base;
		}
		if (fl->blocks[fl_anchor_block(fl, i)].state != FL_BLOCK_ANCHOR ||
		    (number != 0 && number <= start->base && above < keep)) {
			continue;
		}
		score = number > start->base ? ~0ull : score;
		if (score > best_score) {
			best_score = score;
			best = i;
		}
	}
	return best;
}

/* The next block of the other slot that is not bad. */
static uint32_t next_anchor(const struct fl *fl)
{
	uint32_t slot = fl->check.anchor / fl->config.anchors ^ 1;

	for (uint32_t i = 1; i <= fl->config.anchors; i++) {
		uint32_t number =
		    slot * fl->config.anchors + (fl->check.turn[slot] + i) % fl->config.anchors;

		if (fl->blocks[fl_anchor_block(fl, number)].state == FL_BLOCK_ANCHOR) {
			return number;
		}
	}
	return FL_NONE;
}

static bool take_anchor(struct fl *fl)
{
	struct fl_check *check = &fl->check;
	uint32_t number = FL_NONE;

	if (fl->start.state == FL_START_READY) {
		number = next_anchor(fl);
	}
	/* Three are kept, or fewer when too many blocks are bad. */
	for (uint32_t keep = 3; fl->start.state != FL_START_READY && number == FL_NONE && keep > 0;
	     keep--) {
		number = start_anchor(fl, keep);
	}
	if (number == FL_NONE) {
		return false;
	}
	check->next_anchor = number;
	check->turn[number / fl->config.anchors] = (uint8_t)(number % fl->config.anchors);
	check->block = fl_anchor_block(fl, number);
	check->part = 0;
	fl->journal.tag = 0;
	return true;
}

uint64_t fl_check_tag(uint64_t tag, uint32_t sum)
{
	return (tag ^ sum) * 0x9e3779b97f4a7c15ull;
}

static bool write_part(struct fl *fl)
{
	struct fl_check *check = &fl->check;
	struct fl_header *header = fl_header(check->page);
	uint32_t offset = check->part * fl->part_bytes;
	uint32_t left = root_bytes(fl, fl->root.tombs) - offset;

	memset(check->page, 0, fl->config.page_bytes);
	header->bytes = left < fl->part_bytes ? left : fl->part_bytes;
	header->parts = (uint16_t)check->parts;
	header->part = (uint16_t)check->part;
	copy(fl, offset, check->page + sizeof(*header), header->bytes, false);
	fl_page_seal(fl, check->page, FL_PAGE_CHECKPOINT, check->number, check->part);
	check->sum = header->crc;
	return fl_io_program(fl, &check->io, check->block, check->part, check->page);
}

/* A block of the slot failed: the same once more, in another. */
static void again(struct fl *fl)
{
	fl->blocks[fl->check.block].state = FL_BLOCK_BAD;
	fl->figures.bad_grown++;
	if (take_anchor(fl)) {
		fl->check.state = FL_CHECK_ERASE;
	} else {
		fl->broken = true;
	}
}

static void confirm(struct fl *fl)
{
	struct fl_journal *journal = &fl->journal;

	journal->fill = 0;
	journal->sending = true;
	journal->muted = false;
	fl_header(journal->page[1])->count = 0;
	fl->check.state = FL_CHECK_CONFIRM;
}

static void hold_before(struct fl *fl, bool hold)
{
	for (uint32_t i = 0; i < fl->root.journals_before; i++) {
		struct fl_block *block = &fl->blocks[fl->root.journal_before[i]];

		block->flags &= (uint8_t)~FL_BLOCK_HELD;
		block->flags |= hold && block->state == FL_BLOCK_FREE ? FL_BLOCK_HELD : 0;
	}
}

/* Not one of the journal's blocks could be written: the same once more with others, and not with
 * those of the journal before, which counts as long as this one does not. */
static bool again_elsewhere(struct fl *fl)
{
	uint32_t count;

	hold_before(fl, true);
	count = take_blocks(fl);
	if (count == 0) {
		return false;
	}
	begin_journal(fl, count);
	fl->root.bad_grown = fl->figures.bad_grown;
	fl->check.state = FL_CHECK_ERASE;
	return take_anchor(fl);
}

static void finish(struct fl *fl)
{
	if (fl->start.state == FL_START_READY) {
		hold_before(fl, false);
	}
	fl->journal.frozen = false;
	fl->check.due = false;
	fl->check.anchor = fl->check.next_anchor;
	fl->check.state = FL_CHECK_IDLE;
	fl->figures.checkpoints++;
}

static bool begin(struct fl *fl)
{
	if (!take(fl) || !take_anchor(fl)) {
		fl->broken = true;
		return false;
	}
	fl->check.state = FL_CHECK_ERASE;
	return true;
}

bool fl_check_step(struct fl *fl)
{
	struct fl_check *check = &fl->check;
	struct fl_journal *journal = &fl->journal;

	switch (check->state) {
	case FL_CHECK_IDLE:
		if (!check->due || fl->broken) {
			return false;
		}
		journal->frozen = true;
		check->state = FL_CHECK_WAIT;
		return true;
	case FL_CHECK_WAIT:
		/* Nothing of the journal is left to be written, or there is no place for it: then
		 * what it would tell is what nobody was promised yet. */
		return journal->io.state == FL_IO_IDLE &&
		       (journal->muted || journal->exhausted ||
			(!journal->sending && journal->count[journal->fill] == 0)) &&
		       begin(fl);
	case FL_CHECK_ERASE:
		if (fl_io_over(&check->io)) {
			if (fl_io_good(&check->io)) {
				fl->blocks[check->block].erases++;
				fl->blocks[check->block].day = fl->day;
				fl_reads_known(fl, check->block, 0);
				check->state = FL_CHECK_WRITE;
			} else {
				again(fl);
			}
			return true;
		}
		return check->io.state == FL_IO_IDLE && !fl->broken &&
		       fl_io_erase(fl, &check->io, check->block);
	case FL_CHECK_WRITE:
		if (fl_io_over(&check->io)) {
			journal->tag = fl_check_tag(journal->tag, check->sum);
			if (!fl_io_good(&check->io)) {
				again(fl);
			} else if (++check->part == check->parts) {
				confirm(fl);
			}
			return true;
		}
		return fl_io_can(fl, &check->io, check->block) && write_part(fl);
	default:
		if (journal->exhausted) {
			fl->broken = !again_elsewhere(fl);
			return !fl->broken;
		}
		if (journal->sending) {
			return false;
		}
		if (journal->order < 2) {
			journal->sending = true;
			return true;
		}
		finish(fl);
		return true;
	}
}
