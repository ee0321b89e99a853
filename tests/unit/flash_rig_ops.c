// SPDX-License-Identifier: Apache-2.0
/* The stand-in for the vault (flash_rig.h): what is done to it, and a look at all of it. */
#include "flash_rig_priv.h"

#include <string.h>

/* ---- Operations ---- */

/* Again and again while busy; false: power is gone. */
#define UNTIL(rig, result, call)                                                                   \
	do {                                                                                       \
		uint32_t tries = 0;                                                                \
		while (((result) = (call)) == FL_BUSY) {                                           \
			if (!rig_step(rig)) {                                                      \
				return false;                                                      \
			}                                                                          \
			if (++tries > 200000) {                                                    \
				rig_fault(rig, "busy for ever", 0, 0);                             \
				return true;                                                       \
			}                                                                          \
		}                                                                                  \
	} while (0)

static void leave(struct rig *rig, uint32_t slot, uint32_t key)
{
	struct rig_pool *pool = &rig->pools[slot];
	struct rig_entry *entry = &pool->entries[key];

	if (entry->version == 0) {
		return;
	}
	if (rig_dirty(pool, entry)) {
		rig->dirty_bytes -= rig_bytes(rig, entry->version);
	}
	if (!entry->lost) {
		fl_drop(rig->fl, entry->place, rig_bytes(rig, entry->version));
	}
	entry->version = 0;
	entry->place = FL_NOWHERE;
	entry->on_its_way = false;
	entry->lost = false;
}

bool rig_create(struct rig *rig, uint32_t slot, bool durable)
{
	struct rig_pool *pool = &rig->pools[slot];
	uint8_t own[FL_POOL_OWN] = {0};
	enum fl_result result;

	memcpy(own, &slot, sizeof(slot));
	UNTIL(rig, result, fl_pool_create(rig->fl, durable, own, &pool->uid));
	if (result != FL_OK) {
		rig_fault(rig, "no pool", (uint64_t)result, slot);
		return true;
	}
	pool->durable = durable;
	pool->state = durable ? RIG_CREATING : RIG_ALIVE;
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		rig_start_history(&pool->entries[i]);
	}
	return !durable || rig_sync(rig, slot);
}

/* A durable put is taken when its write can be promised. */
static bool make_room(struct rig *rig, uint32_t slot)
{
	while (rig->dirty_bytes + RIG_LONGEST > rig->config.dirty_bytes) {
		for (uint32_t other = 0; other < RIG_POOLS; other++) {
			struct rig_pool *pool = &rig->pools[other];

			for (uint32_t i = 0; i < RIG_KEYS; i++) {
				enum fl_result result;

				if (pool->state == RIG_ALIVE &&
				    rig_dirty(pool, &pool->entries[i]) &&
				    !pool->entries[i].on_its_way) {
					UNTIL(rig, result, rig_demote_now(rig, other, i));
				}
			}
		}
		if (!rig_sync(rig, slot)) {
			return false;
		}
	}
	return true;
}

bool rig_put(struct rig *rig, uint32_t slot, uint32_t key)
{
	struct rig_pool *pool = &rig->pools[slot];
	struct rig_entry *entry = &pool->entries[key];

	if (pool->durable) {
		enum fl_result room;

		if (!make_room(rig, slot)) {
			return false;
		}
		UNTIL(rig, room, fl_room(rig->fl));
		if (room != FL_OK) {
			rig->refused++;
			return true;
		}
	}
	leave(rig, slot, key);
	entry->version = fl_version(rig->fl);
	entry->place = ++rig->places;
	if (pool->durable) {
		rig->dirty_bytes += rig_bytes(rig, entry->version);
	}
	rig_remember(entry);
	rig->puts++;
	return true;
}

bool rig_demote(struct rig *rig, uint32_t slot, uint32_t key)
{
	const struct rig_entry *entry = &rig->pools[slot].entries[key];
	enum fl_result result;

	if (entry->version == 0 || entry->lost || entry->place & FL_FLASH || entry->on_its_way) {
		return true;
	}
	UNTIL(rig, result, rig_demote_now(rig, slot, key));
	rig->refused += result != FL_OK;
	return true;
}

bool rig_flush(struct rig *rig, uint32_t slot, uint32_t key)
{
	struct rig_pool *pool = &rig->pools[slot];
	enum fl_result result = FL_OK;

	if (pool->durable) {
		struct fl_key name = rig_key_of(rig, slot, key);

		UNTIL(rig, result, fl_flush(rig->fl, &name, fl_version(rig->fl)));
	}
	if (result == FL_OK) {
		leave(rig, slot, key);
		rig_remember(&pool->entries[key]);
		rig->flushes++;
	} else {
		rig_fault(rig, "a flush was refused", (uint64_t)result, key);
	}
	return true;
}

static void leave_range(struct rig *rig, uint32_t slot, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		leave(rig, slot, i);
		rig_remember(&rig->pools[slot].entries[i]);
	}
	rig->flushes++;
}

bool rig_flush_object(struct rig *rig, uint32_t slot, uint32_t object)
{
	enum fl_result result = FL_OK;

	if (rig->pools[slot].durable) {
		struct fl_key name = rig_key_of(rig, slot, object * RIG_INDICES);

		UNTIL(rig, result, fl_flush_object(rig->fl, &name, fl_version(rig->fl)));
	}
	if (result == FL_OK) {
		leave_range(rig, slot, object * RIG_INDICES, (object + 1) * RIG_INDICES);
	}
	return true;
}

bool rig_flush_pool(struct rig *rig, uint32_t slot)
{
	enum fl_result result = FL_OK;

	if (rig->pools[slot].durable) {
		UNTIL(rig, result,
		      fl_flush_pool(rig->fl, rig->pools[slot].uid, fl_version(rig->fl)));
	}
	if (result == FL_OK) {
		leave_range(rig, slot, 0, RIG_KEYS);
	}
	return true;
}

bool rig_destroy(struct rig *rig, uint32_t slot)
{
	struct rig_pool *pool = &rig->pools[slot];
	enum fl_result result = FL_OK;

	if (pool->durable) {
		UNTIL(rig, result, fl_pool_destroy(rig->fl, pool->uid));
	}
	pool->state = RIG_DESTROYING;
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		leave(rig, slot, i);
	}
	rig->destroyed++;
	if (!pool->durable) {
		pool->state = RIG_NO_POOL;
		return true;
	}
	return rig_sync(rig, slot);
}

static void sync_over(struct rig *rig, uint32_t number)
{
	struct rig_sync *sync = &rig->syncs[number];
	struct rig_pool *pool = &rig->pools[sync->pool];

	sync->busy = false;
	rig->synced++;
	if (sync->was == RIG_CREATING) {
		pool->state = RIG_ALIVE;
	} else if (sync->was == RIG_DESTROYING) {
		pool->state = RIG_NO_POOL;
	} else {
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			rig_forget_before(&pool->entries[i], pool->entries[i].mark[number]);
		}
	}
}

static void poll_syncs(struct rig *rig)
{
	for (uint32_t i = 0; i < RIG_SYNCS; i++) {
		if (rig->syncs[i].busy && fl_sync_done(rig->fl, &rig->syncs[i].sync)) {
			sync_over(rig, i);
		}
	}
}

bool rig_sync_start(struct rig *rig, uint32_t slot)
{
	struct rig_pool *pool = &rig->pools[slot];
	struct rig_sync *sync = NULL;
	uint32_t number = 0;

	for (uint32_t tries = 0; !sync; tries++) {
		if (tries > 200000) {
			rig_fault(rig, "a sync never ends", slot, 1);
			return true;
		}
		for (uint32_t i = 0; i < RIG_SYNCS; i++) {
			sync = rig->syncs[i].busy ? sync : &rig->syncs[i];
		}
		if (!sync) {
			if (!rig_step(rig)) {
				return false;
			}
			poll_syncs(rig);
		}
	}
	number = (uint32_t)(sync - rig->syncs);
	for (uint32_t i = 0; pool->state == RIG_ALIVE && i < RIG_KEYS; i++) {
		enum fl_result result;

		if (rig_dirty(pool, &pool->entries[i]) && !pool->entries[i].on_its_way) {
			UNTIL(rig, result, rig_demote_now(rig, slot, i));
			if (result != FL_OK) {
				rig_fault(rig, "what was promised is refused", (uint64_t)result, i);
			}
		}
	}
	for (uint32_t i = 0; i < RIG_KEYS; i++) {
		pool->entries[i].mark[number] = pool->entries[i].history_count - 1;
	}
	*sync = (struct rig_sync){.busy = true, .pool = slot, .was = pool->state};
	fl_sync_start(rig->fl, &sync->sync);
	return true;
}

bool rig_sync(struct rig *rig, uint32_t slot)
{
	if (!rig_sync_start(rig, slot)) {
		return false;
	}
	for (uint32_t i = 0; i < 200000; i++) {
		bool busy = false;

		poll_syncs(rig);
		for (uint32_t j = 0; j < RIG_SYNCS; j++) {
			busy |= rig->syncs[j].busy;
		}
		if (!busy) {
			return true;
		}
		if (!rig_step(rig)) {
			return false;
		}
	}
	rig_fault(rig, "a sync never ends", slot, 0);
	return true;
}

static bool random_in_pool(struct rig *rig, uint32_t slot)
{
	uint32_t key = (uint32_t)rig_rand(rig, RIG_KEYS);
	uint64_t what = rig_rand(rig, 400);

	if (what < 180) {
		return rig_put(rig, slot, key);
	}
	if (what < 300) {
		return rig_demote(rig, slot, key);
	}
	if (what < 360) {
		return rig_flush(rig, slot, key);
	}
	if (what < 390) {
		return rig_sync_start(rig, slot);
	}
	if (what < 396) {
		return rig_flush_object(rig, slot, key / RIG_INDICES);
	}
	if (what < 398) {
		return rig_flush_pool(rig, slot);
	}
	for (uint32_t i = 0; i < RIG_SYNCS; i++) {
		if (rig->syncs[i].busy) {
			return rig_sync(rig, slot);
		}
	}
	return rig_destroy(rig, slot);
}

bool rig_random(struct rig *rig)
{
	uint32_t slot = (uint32_t)rig_rand(rig, RIG_POOLS);
	uint32_t steps = (uint32_t)rig_rand(rig, 6);
	bool on;

	if (rig->pools[slot].state == RIG_NO_POOL) {
		on = rig_create(rig, slot, slot < 3);
	} else {
		on = random_in_pool(rig, slot);
	}
	for (uint32_t i = 0; on && i < steps; i++) {
		on = rig_step(rig);
	}
	if (on) {
		poll_syncs(rig);
	}
	return on;
}

/* ---- Looking ---- */

static bool read_one(struct rig *rig, uint32_t slot, uint32_t key)
{
	const struct rig_entry *entry = &rig->pools[slot].entries[key];
	uint8_t got[RIG_LONGEST];
	uint8_t wanted[RIG_LONGEST];
	struct fl_read read = {.record = rig_record_of(rig, slot, key),
			       .at = entry->place,
			       .to = rig->fetch ? rig->data_path : got};

	if (!fl_read_start(rig->fl, &read)) {
		rig_fault(rig, "a read does not start", entry->place, entry->version);
		return true;
	}
	while (!fl_read_done(rig->fl)) {
		if (!rig_step(rig)) {
			return false;
		}
	}
	if (read.result == FL_FULL && entry->place != read.at) {
		return true; /* moved while it was read */
	}
	if (read.result == FL_BROKEN && rig->lost) {
		return true;
	}
	if (rig->fetch) {
		rig->fetch(rig, got, read.record.bytes);
	}
	rig_make(&read.record.key, read.record.version, wanted, read.record.bytes);
	if (read.result != FL_OK || memcmp(got, wanted, read.record.bytes) != 0) {
		rig_fault(rig, "a record cannot be read", entry->place, (uint64_t)read.result);
	}
	return true;
}

bool rig_read_all(struct rig *rig)
{
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			const struct rig_entry *entry = &rig->pools[slot].entries[i];

			if (entry->version && (entry->place & FL_FLASH) &&
			    !read_one(rig, slot, i)) {
				return false;
			}
		}
	}
	return true;
}

void rig_check(struct rig *rig)
{
	const char *message = fl_check(rig->fl);
	struct fl_figures figures;
	uint64_t units = 0;

	if (message) {
		rig_fault(rig, message, 0, 0);
	}
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			const struct rig_entry *entry = &rig->pools[slot].entries[i];

			if (entry->version && (entry->place & FL_FLASH)) {
				units += (rig_bytes(rig, entry->version) + FL_UNIT_BYTES - 1) /
					 FL_UNIT_BYTES;
			}
		}
	}
	fl_get_figures(rig->fl, &figures);
	if (figures.valid_units != units) {
		rig_fault(rig, "room is counted wrong", figures.valid_units, units);
	}
}
