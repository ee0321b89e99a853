// SPDX-License-Identifier: Apache-2.0
/*
 * The journal: what changed since the checkpoint, in order. A page of it is written when
 * someone waits for it or when it is full. It has blocks of its own that the checkpoint
 * names, so start finds it without a search; when they come to an end it is time for
 * the next checkpoint. While that is written nothing may change: then there is no room.
 */
#include "flash_priv.h"

static uint32_t entries_most(const struct fl *fl)
{
	return (fl->config.page_bytes - (uint32_t)sizeof(struct fl_header)) /
	       (uint32_t)sizeof(struct fl_entry);
}

bool fl_journal_room(const struct fl *fl, uint32_t entries)
{
	const struct fl_journal *journal = &fl->journal;

	/* Some are kept for blocks that fail. */
	return !journal->frozen &&
	       (journal->muted || journal->count[journal->fill] + entries + 4 <= entries_most(fl));
}

void fl_journal_add(struct fl *fl, const struct fl_entry *entry)
{
	struct fl_journal *journal = &fl->journal;

	journal->added++;
	if (journal->muted || journal->count[journal->fill] == entries_most(fl)) {
		return;
	}
	memcpy(journal->page[journal->fill] + sizeof(struct fl_header) +
		   journal->count[journal->fill] * sizeof(*entry),
	       entry, sizeof(*entry));
	journal->count[journal->fill]++;
	journal->frees[journal->fill] += entry->type == FL_ENTRY_FREE;
}

void fl_journal_block(struct fl *fl, enum fl_entry_type type, uint32_t block)
{
	const struct fl_block *at = &fl->blocks[block];
	struct fl_entry entry = {.type = type, .arg = block};

	entry.x[0] = at->seq;
	entry.x[1] = at->low;
	entry.x[2] = at->erases;
	entry.x[3] = at->day;
	entry.x[4] = at->pages;
	entry.x[5] = at->flags;
	entry.x[6] = at->padding;
	fl_journal_add(fl, &entry);
}

void fl_journal_want(struct fl *fl, uint64_t upto)
{
	if (upto > fl->journal.wanted) {
		fl->journal.wanted = upto;
	}
}

/* Replay: states, not changes, so that it does no harm twice. */
void fl_journal_apply(struct fl *fl, const struct fl_entry *entry)
{
	struct fl_block *block = entry->arg < fl->blocks_all ? &fl->blocks[entry->arg] : NULL;
	struct fl_pool *pool;

	switch (entry->type) {
	case FL_ENTRY_OPEN:
	case FL_ENTRY_CLOSE:
		if (block) {
			fl_block_state(fl, entry->arg,
				       entry->type == FL_ENTRY_OPEN ? FL_BLOCK_OPEN
								    : FL_BLOCK_CLOSED);
			block->seq = entry->x[0];
			block->low = entry->x[1];
			block->erases = (uint32_t)entry->x[2];
			block->day = (uint16_t)entry->x[3];
			block->pages = (uint16_t)entry->x[4];
			block->flags = 0;
			fl_block_flag(fl, entry->arg, (uint32_t)entry->x[5]);
			block->padding = (uint32_t)entry->x[6];
			if (entry->type == FL_ENTRY_OPEN) {
				fl_reads_known(fl, entry->arg, 0);
			}
			fl->start.life = block->seq > fl->start.life ? block->seq : fl->start.life;
		}
		break;
	case FL_ENTRY_FREE:
	case FL_ENTRY_BAD:
		if (block) {
			fl_block_state(fl, entry->arg,
				       entry->type == FL_ENTRY_FREE ? FL_BLOCK_FREE : FL_BLOCK_BAD);
		}
		break;
	case FL_ENTRY_TOMB: {
		struct fl_tomb tomb = {.pool = entry->arg,
				       .index = entry->x[3],
				       .version = entry->x[4],
				       .flags = (uint32_t)entry->x[5]};

		memcpy(tomb.object, entry->x, sizeof(tomb.object));
		if (!fl->rebuild) {
			fl_tomb_put(fl, &tomb);
		}
		break;
	}
	case FL_ENTRY_POOL:
		pool = fl_pool_new(fl, entry->arg);
		if (pool) {
			memcpy(pool->own, entry->x, sizeof(pool->own));
		}
		break;
	case FL_ENTRY_POOL_FLUSH:
	case FL_ENTRY_POOL_GONE:
	case FL_ENTRY_POOL_OWN:
		pool = fl_pool_find(fl, entry->arg);
		if (pool && entry->type == FL_ENTRY_POOL_FLUSH) {
			pool->flushed = entry->x[0];
		} else if (pool && entry->type == FL_ENTRY_POOL_OWN) {
			memcpy(pool->own, entry->x, sizeof(pool->own));
		} else if (pool) {
			pool->uid = 0;
		}
		break;
	case FL_ENTRY_READS:
		if (block && block->seq == entry->x[0]) {
			fl_reads_known(fl, entry->arg, (uint32_t)entry->x[1]);
		}
		break;
	case FL_ENTRY_DAY:
		fl->day = (uint16_t)entry->arg;
		fl->owner_day = (uint16_t)entry->x[0];
		break;
	default:
		break;
	}
}

static bool due(const struct fl *fl)
{
	const struct fl_journal *journal = &fl->journal;
	uint32_t count = journal->count[journal->fill];

	if (journal->poke) {
		return true;
	}
	return count > 0 && (journal->wanted > journal->durable || count + 8 >= entries_most(fl) ||
			     journal->frozen);
}

static void begin_page(struct fl *fl)
{
	struct fl_journal *journal = &fl->journal;

	fl_header(journal->page[journal->fill])->count = (uint16_t)journal->count[journal->fill];
	journal->sent = journal->added;
	journal->sending = true;
	journal->poke = false;
	journal->fill ^= 1;
	journal->count[journal->fill] = 0;
	journal->frees[journal->fill] = 0;
	memset(journal->page[journal->fill], 0, sizeof(struct fl_header));
}

/* On to the next block of the list. */
static void next_block(struct fl_journal *journal)
{
	journal->at++;
	journal->next = 0;
	journal->erased = false;
}

static bool send(struct fl *fl)
{
	struct fl_journal *journal = &fl->journal;
	void *page = journal->page[journal->fill ^ 1];

	if (journal->at == journal->blocks_count) {
		/* A checkpoint has all that this page would tell. */
		journal->exhausted = true;
		return false;
	}
	if (!journal->erased) {
		return fl_io_erase(fl, &journal->io, journal->blocks[journal->at]);
	}
	if (!fl_io_can(fl, &journal->io, journal->blocks[journal->at])) {
		return false;
	}
	fl_header(page)->order = journal->order;
	fl_header(page)->tag = journal->tag;
	fl_page_seal(fl, page, FL_PAGE_JOURNAL, journal->gen, journal->next);
	return fl_io_program(fl, &journal->io, journal->blocks[journal->at], journal->next, page);
}

static void sent(struct fl *fl)
{
	struct fl_journal *journal = &fl->journal;

	if (!fl_io_good(&journal->io)) {
		fl_block_bad(fl, journal->blocks[journal->at]);
		next_block(journal);
		return;
	}
	if (!journal->erased) {
		journal->erased = true;
		fl->blocks[journal->blocks[journal->at]].erases++;
		fl_reads_known(fl, journal->blocks[journal->at], 0);
		return;
	}
	journal->order++;
	journal->next++;
	journal->sending = false;
	journal->durable = journal->sent;
	journal->tail_frees = journal->frees[journal->fill ^ 1];
	fl->figures.journal_pages++;
	if (journal->next == fl->config.pages) {
		next_block(journal);
	}
}

bool fl_journal_step(struct fl *fl)
{
	struct fl_journal *journal = &fl->journal;
	bool did = false;

	if (journal->muted) {
		return false;
	}
	if (fl_io_over(&journal->io)) {
		sent(fl);
		did = true;
	}
	if (!journal->sending && fl->check.state <= FL_CHECK_WAIT && due(fl)) {
		begin_page(fl);
		did = true;
	}
	if (journal->sending && journal->io.state == FL_IO_IDLE && !journal->exhausted) {
		did |= send(fl);
	}
	/* In the last block of the list, and past its half. */
	if (journal->exhausted ||
	    (journal->at + 1 >= journal->blocks_count && journal->next * 2 >= fl->config.pages)) {
		fl->check.due = true;
	}
	return did;
}
