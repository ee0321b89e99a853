// SPDX-License-Identifier: Apache-2.0
/* What the data path asks the tier for, a record and one other thing at a time; a command of a host
 * waits for it. */
#include "tier_priv.h"

/* A SYNC has so many steps of the tier, then others have a turn. */
#define SYNC_STEPS 32u

#define ONE_BLOCK_MOST (8u + 4096u)
/* A put that found no memory waits until so many records have left, if there are; or as much as so
 * many of one block can be, as long ones take flash as long as all their blocks. */
#define ROOM_RECORDS 4u
#define ROOM_BYTES   (ROOM_RECORDS * ONE_BLOCK_MOST)

/* A page read twice within as many reads as memory could hold such pages, and as are remembered,
 * comes back to it. A scan reads each page once, however long it is. */
#define UNITS_A_PAGE 40u
/* Nothing comes back when less than one unit in so many is free: it would only go again. */
#define FREE_SHARE 16u

static void answer(struct tier *tier, enum hal_tier_answer what)
{
	tier->busy = false;
	hal_tier_answer(tier->hal, what);
}

static void fetched(struct tier *tier, enum hal_tier_answer what)
{
	tier->fetching = false;
	hal_tier_fetch_answer(tier->hal, what);
}

static uint32_t hash_of(const struct hal_tier_record *record)
{
	uint64_t hash = record->contents;

	for (unsigned int n = 0; n < 4; n++) {
		hash ^= n < 3 ? record->object[n] : record->index;
		hash *= 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

/* Notes that it was read, and whether it was lately. */
static bool read_often(struct tier *tier, const struct hal_tier_record *record, uint32_t window)
{
	uint32_t page = hash_of(record);
	struct tier_seen *seen = &tier->seen[page % TIER_SEEN];
	bool before = seen->when != 0 && seen->page == page;
	uint32_t since;

	tier->reads += tier->reads == UINT32_MAX ? 2 : 1;
	since = tier->reads - seen->when;
	*seen = (struct tier_seen){.page = page, .when = tier->reads};
	return before && since < window;
}

/* Is it to come back to memory? Found out while flash reads it. */
static bool comes_back(struct tier *tier)
{
	struct hal_tier_record *record = &tier->fetch.record;
	uint32_t page = record->bytes > ONE_BLOCK_MOST ? record->bytes / UNIT_BYTES : UNITS_A_PAGE;
	struct hal_tier_figures figures;

	/* A durable page in DRAM alone would be one that flash does not have yet. */
	if (record->durable || tier->resumes != TIER_WHOLE) {
		return false;
	}
	hal_tier_fetched(tier->hal, record);
	hal_tier_read(tier->hal, &figures);
	return read_often(tier, record, figures.units / page) &&
	       figures.free_units > figures.units / FREE_SHARE;
}

/* The data path reads it, and answers it as well: what is left is to tell, before it has, whether
 * it comes back to memory first. False: that goes on. */
static bool read_beside(struct tier *tier)
{
	if (!tier->fetch_started) {
		tier->fetch_started = true;
		tier->comes_back = comes_back(tier);
		hal_tier_hold(tier->hal, &tier->fetch, tier->comes_back);
	}
	switch (hal_tier_reads(tier->hal, &tier->fetch)) {
	case HAL_TIER_READS:
		return false;
	case HAL_TIER_HAS_READ:
		if (tier->comes_back) {
			hal_tier_promote(tier->hal, &tier->fetch.record, tier->fetch.to);
		}
		fetched(tier, HAL_TIER_DONE);
		break;
	case HAL_TIER_LEFT:
	case HAL_TIER_OVER:
		tier->fetching = false;
		break;
	}
	tier->row++;
	return true;
}

static void read_record(struct tier *tier)
{
	struct fl_read *read = &tier->read;

	if (!tier->fetch_started) {
		read->record.bytes = tier->fetch.record.bytes;
		read->at = tier->fetch.record.place;
		read->to = tier->fetch.to;
		tier->fetch_started = fl_read_start(tier->fl, read);
		if (!tier->fetch_started) {
			fetched(tier, HAL_TIER_FAILED);
			return;
		}
		fl_read_on(tier->fl);
		tier->comes_back = comes_back(tier);
		return;
	}
	if (fl_read_done(tier->fl)) {
		tier->row++;
		/* Before the answer: until then nothing else comes to where its bytes are. */
		if (tier->comes_back && read->result == FL_OK) {
			hal_tier_promote(tier->hal, &tier->fetch.record, tier->fetch.to);
		}
		fetched(tier, read->result == FL_OK     ? HAL_TIER_DONE
			      : read->result == FL_FULL ? HAL_TIER_AGAIN
							: HAL_TIER_FAILED);
	}
}

/* Until some have left. What is in a buffer that does not get full is written, too. */
static void make_room(struct tier *tier, bool did)
{
	enum fl_result sent;

	if (tier->moved - tier->moved_before >= ROOM_RECORDS || tier->moved_bytes >= ROOM_BYTES) {
		answer(tier, HAL_TIER_DONE);
		return;
	}
	sent = tier_send_oldest(tier, HAL_TIER_ANY);
	if (sent == FL_OK || (sent == FL_BUSY && did)) {
		return;
	}
	if (sent == FL_BUSY && !fl_idle(tier->fl)) {
		return;
	}
	if (!tier->started) {
		fl_sync_start(tier->fl, &tier->sync);
		tier->started = true;
	} else if (fl_sync_done(tier->fl, &tier->sync)) {
		answer(tier, tier->moved != tier->moved_before ? HAL_TIER_DONE : HAL_TIER_NO);
	}
}

/* What may become dirty has its place in flash kept for it: it is not to be taken up by what
 * was dirty before. So nothing comes in while there is no room for more than that. */
static void make_durable_room(struct tier *tier)
{
	enum fl_result room = fl_room(tier->fl), sent;
	struct hal_tier_figures now;

	/* Else they could keep it from ever coming to an end. */
	if (tier->sync_open && !tier->sync_sealed && !fw_gives_up(tier->fw) &&
	    tier->sync_contents == tier->request.record.contents) {
		answer(tier, HAL_TIER_AGAIN);
		return;
	}
	if (room != FL_OK) {
		if (room != FL_BUSY) {
			answer(tier, room == FL_FULL ? HAL_TIER_NO : HAL_TIER_FAILED);
		}
		return;
	}
	hal_tier_read(tier->hal, &now);
	/* A page at a time is always allowed: flash was promised no less. */
	if (now.durable_bytes == 0 ||
	    now.durable_bytes + tier->request.record.bytes <= tier->dirty) {
		answer(tier, HAL_TIER_DONE);
		return;
	}
	sent = tier_send_oldest(tier, HAL_TIER_DURABLE);
	if (sent == FL_BROKEN) {
		answer(tier, HAL_TIER_FAILED);
	} else if (sent == FL_FULL && !tier->started) {
		/* All are on their way; perhaps in a buffer that does not get full. */
		fl_sync_start(tier->fl, &tier->sync);
		tier->started = true;
	} else if (sent == FL_FULL && fl_sync_done(tier->fl, &tier->sync)) {
		/* What is counted still was flushed with its object or pool. */
		answer(tier, HAL_TIER_DONE);
	}
}

static void flush(struct tier *tier)
{
	uint64_t version = tier_flush_version(tier);
	enum fl_result result;
	struct fl_key key;

	tier_key(tier, &tier->request.record, &key);
	result = tier->request.ask == HAL_TIER_FLUSH_PAGE
		     ? fl_flush(tier->fl, &key, version)
		     : fl_flush_object(tier->fl, &key, version);
	if (result != FL_BUSY) {
		answer(tier, result == FL_OK ? HAL_TIER_DONE : HAL_TIER_FAILED);
	} else if (!tier->started || fl_sync_done(tier->fl, &tier->sync)) {
		/* Older flushes are forgotten when what they are about is written anew; a buffer
		 * that does not get full must not be in the way. */
		fl_sync_start(tier->fl, &tier->sync);
		tier->started = true;
	}
}

static void sync_ends(struct tier *tier, enum hal_tier_answer what)
{
	tier->sync_open = false;
	answer(tier, what);
}

/* It takes as long as flash does, so it gives others turns. */
static void sync(struct tier *tier)
{
	enum fl_result sent;

	/* Its completion goes nowhere, and the reset waits for it. */
	if (fw_gives_up(tier->fw)) {
		sync_ends(tier, HAL_TIER_FAILED);
		return;
	}
	if (!tier->sync_sealed) {
		sent = tier_send_oldest(tier, tier->sync_contents);
		if (sent == FL_BROKEN) {
			sync_ends(tier, HAL_TIER_FAILED);
			return;
		}
		if (sent == FL_FULL) {
			fl_sync_start(tier->fl, &tier->syncing);
			tier->sync_sealed = true;
		}
	} else if (fl_sync_done(tier->fl, &tier->syncing)) {
		sync_ends(tier, HAL_TIER_DONE);
		return;
	}
	if (++tier->sync_turn >= SYNC_STEPS) {
		answer(tier, HAL_TIER_AGAIN);
	}
}

/* One that a restart of the core forgot begins anew. */
static void sync_begin(struct tier *tier)
{
	const struct hal_tier_request *request = &tier->request;

	if (request->ask != HAL_TIER_SYNC_ON || !tier->sync_open ||
	    tier->sync_contents != request->record.contents) {
		tier->sync_open = true;
		/* Puts of its pool are to ask. */
		tier_no_grant(tier);
		tier->sync_sealed = false;
		tier->sync_contents = request->record.contents;
	}
	tier->sync_turn = 0;
}

bool tier_asked_to_read(struct tier *tier)
{
	uint32_t corrected;
	uint64_t place;

	if (!tier->fetching && hal_tier_fetch_asked(tier->hal, &tier->fetch)) {
		tier->fetching = true;
		tier->fetch_started = false;
	}
	while (hal_tier_has_read(tier->hal, &place, &corrected)) {
		if (tier->fl) {
			fl_note_read(tier->fl, place, corrected);
		}
	}
	return tier->fetching;
}

bool tier_read_waits(const struct tier *tier)
{
	return !tier->fetch_started || (!tier->fetch.by_itself && fl_read_done(tier->fl));
}

bool tier_read_on(struct tier *tier)
{
	if (tier->fetch.by_itself) {
		return read_beside(tier);
	}
	if (tier->fetch_started ? !fl_read_on(tier->fl) : fl_ready(tier->fl) != FL_OK) {
		return false;
	}
	read_record(tier);
	fl_read_count(tier->fl);
	return true;
}

bool tier_fetch(struct tier *tier)
{
	if (!tier_asked_to_read(tier)) {
		return false;
	}
	/* While it begins anew, what stands in flash can be read from where it is, once it can;
	 * also when nothing can be written there any more. */
	if (tier->fetch.by_itself) {
		read_beside(tier);
	} else if (tier->resumes == TIER_WHOLE && !tier->ready) {
		fetched(tier, HAL_TIER_FAILED);
	} else if (tier->fl) {
		read_record(tier);
	}
	return !tier->fetching;
}

static bool asked(struct tier *tier)
{
	if (!tier->busy && hal_tier_asked(tier->hal, &tier->request)) {
		tier->busy = true;
		tier->started = false;
		tier->moved_before = tier->moved;
		tier->moved_bytes = 0;
		if (tier->request.ask == HAL_TIER_SYNC || tier->request.ask == HAL_TIER_SYNC_ON) {
			sync_begin(tier);
		}
	}
	return tier->busy;
}

bool tier_serve(struct tier *tier, bool did)
{
	if (!asked(tier)) {
		return false;
	}
	if (!tier->ready || fl_ready(tier->fl) != FL_OK) {
		answer(tier, HAL_TIER_FAILED);
		return true;
	}
	switch (tier->request.ask) {
	case HAL_TIER_ROOM:
		make_room(tier, did);
		break;
	case HAL_TIER_DURABLE_ROOM:
		make_durable_room(tier);
		break;
	case HAL_TIER_SYNC:
	case HAL_TIER_SYNC_ON:
		sync(tier);
		break;
	default:
		flush(tier);
		break;
	}
	return !tier->busy;
}
