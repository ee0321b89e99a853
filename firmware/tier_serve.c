// SPDX-License-Identifier: Apache-2.0
/* What the data path asks the tier for, one thing at a time; a command of a host waits for it. */
#include "tier_priv.h"

/* A put that found no memory waits until so many records have left, if there are. */
#define ROOM_RECORDS 4u

static void answer(struct tier *tier, enum hal_tier_answer what)
{
	tier->busy = false;
	hal_tier_answer(tier->hal, what);
}

static void read_record(struct tier *tier)
{
	struct fl_read *read = &tier->read;

	if (!tier->started) {
		memset(read, 0, sizeof(*read));
		tier_key(tier, &tier->request.record, &read->record.key);
		read->record.version = tier->request.record.version;
		read->record.bytes = tier->request.record.bytes;
		read->at = tier->request.record.place;
		read->to = tier->request.to;
		tier->started = fl_read_start(tier->fl, read);
		if (!tier->started) {
			answer(tier, HAL_TIER_FAILED);
		}
		return;
	}
	if (fl_read_done(tier->fl)) {
		tier->row++;
		answer(tier, read->result == FL_OK     ? HAL_TIER_DONE
			     : read->result == FL_FULL ? HAL_TIER_AGAIN
						       : HAL_TIER_FAILED);
	}
}

/* Until some have left. What is in a buffer that does not get full is written, too. */
static void make_room(struct tier *tier, bool did)
{
	uint32_t left = tier->moved - tier->moved_before;
	enum fl_result sent;

	if (left >= ROOM_RECORDS) {
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

static void sync(struct tier *tier)
{
	enum fl_result sent;

	if (!tier->started) {
		sent = tier_send_oldest(tier, tier->request.record.contents);
		if (sent == FL_BROKEN) {
			answer(tier, HAL_TIER_FAILED);
		} else if (sent == FL_FULL) {
			fl_sync_start(tier->fl, &tier->sync);
			tier->started = true;
		}
	} else if (fl_sync_done(tier->fl, &tier->sync)) {
		answer(tier, HAL_TIER_DONE);
	}
}

bool tier_asked(struct tier *tier)
{
	if (!tier->busy && hal_tier_asked(tier->hal, &tier->request)) {
		tier->busy = true;
		tier->started = false;
		tier->moved_before = tier->moved;
	}
	return tier->busy;
}

bool tier_asked_to_read(struct tier *tier)
{
	return tier_asked(tier) && tier->request.ask == HAL_TIER_READ;
}

bool tier_serve(struct tier *tier, bool did)
{
	if (!tier_asked(tier)) {
		return false;
	}
	if (!tier->ready || fl_ready(tier->fl) != FL_OK) {
		answer(tier, HAL_TIER_FAILED);
		return true;
	}
	switch (tier->request.ask) {
	case HAL_TIER_READ:
		read_record(tier);
		break;
	case HAL_TIER_ROOM:
		make_room(tier, did);
		break;
	case HAL_TIER_DURABLE_ROOM:
		make_durable_room(tier);
		break;
	case HAL_TIER_SYNC:
		sync(tier);
		break;
	default:
		flush(tier);
		break;
	}
	return !tier->busy;
}
