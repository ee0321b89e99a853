// SPDX-License-Identifier: Apache-2.0
/* The stand-in for the vault (flash_rig.h): index, history, the owner's answers, life. */
#include "flash_rig_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nand_hal.h"

uint64_t rig_rand(struct rig *rig, uint64_t below)
{
	uint64_t z = rig->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

void rig_fault(struct rig *rig, const char *what, uint64_t a, uint64_t b)
{
	if (!rig->wrong[0]) {
		snprintf(rig->wrong, sizeof(rig->wrong), "%s (%#llx, %#llx)", what,
			 (unsigned long long)a, (unsigned long long)b);
	}
}

struct nand_config rig_nand_config(uint64_t seed)
{
	struct nand_config config = nand_config_small(seed);

	config.blocks = 9;
	return config;
}

struct fl_config rig_fl_config(const struct nand_config *nand)
{
	return (struct fl_config){.dies = nand->channels * nand->dies,
				  .blocks = nand->blocks,
				  .pages = nand->pages,
				  .page_bytes = nand->page_bytes,
				  .lanes = 2,
				  .record_most = RIG_LONGEST,
				  .pools = 8,
				  .tombs = 96,
				  .anchors = 2,
				  .journal = 2,
				  .dirty_bytes = 40000,
				  .refresh_bits = 30,
				  .refresh_reads = 100000,
				  .wear_spread = 1000};
}

/* ---- Records ---- */

struct fl_key rig_key_of(const struct rig *rig, uint32_t slot, uint32_t key)
{
	uint64_t object = key / RIG_INDICES;

	return (struct fl_key){.object = {object, 7, object << 60},
			       .index = key % RIG_INDICES,
			       .pool = rig->pools[slot].uid};
}

static struct rig_entry *find(struct rig *rig, const struct fl_key *key, uint32_t *slot)
{
	uint64_t number = key->object[0] * RIG_INDICES + key->index;

	for (uint32_t i = 0; i < RIG_POOLS; i++) {
		if (rig->pools[i].state != RIG_NO_POOL && rig->pools[i].uid == key->pool &&
		    number < RIG_KEYS) {
			*slot = i;
			return &rig->pools[i].entries[number];
		}
	}
	return NULL;
}

static uint64_t mix(uint64_t value)
{
	value = (value ^ value >> 31) * 0xbf58476d1ce4e5b9ull;
	return value ^ value >> 29;
}

uint32_t rig_bytes(const struct rig *rig, uint64_t version)
{
	uint64_t hash = mix(version * 0x9e3779b97f4a7c15ull);

	if (hash % 24 == 0) {
		return (uint32_t)(4000 + (hash >> 20) % (RIG_LONGEST - 4000 + 1));
	}
	return (uint32_t)(96 + (hash >> 20) % rig->usual_bytes);
}

void rig_make(const struct fl_key *key, uint64_t version, uint8_t *to, uint32_t bytes)
{
	uint64_t state =
	    mix(version + 1) ^ mix(key->index + 3) ^ mix(key->object[0] + 5) ^ key->pool;

	for (uint32_t i = 0; i < bytes; i += 8) {
		uint32_t now = bytes - i < 8 ? bytes - i : 8;

		state = mix(state + 0x9e3779b97f4a7c15ull);
		memcpy(to + i, &state, now);
	}
}

struct fl_record rig_record_of(const struct rig *rig, uint32_t slot, uint32_t key)
{
	const struct rig_pool *pool = &rig->pools[slot];
	uint64_t version = pool->entries[key].version;

	return (struct fl_record){.key = rig_key_of(rig, slot, key),
				  .version = version,
				  .bytes = rig_bytes(rig, version),
				  .flags =
				      pool->durable ? FL_PERSISTENT | FL_DURABLE : FL_EPHEMERAL};
}

bool rig_dirty(const struct rig_pool *pool, const struct rig_entry *entry)
{
	return pool->durable && entry->version != 0 && !entry->lost && !(entry->place & FL_FLASH);
}

/* ---- History ---- */

void rig_remember(struct rig_entry *entry)
{
	if (entry->history_count == entry->history_room) {
		entry->history_room = entry->history_room ? 2 * entry->history_room : 4;
		entry->history = realloc(entry->history, entry->history_room * sizeof(uint64_t));
		if (!entry->history) {
			abort();
		}
	}
	entry->history[entry->history_count++] = entry->version;
}

void rig_forget_before(struct rig_entry *entry, uint32_t place)
{
	memmove(entry->history, entry->history + place,
		(entry->history_count - place) * sizeof(uint64_t));
	entry->history_count -= place;
	for (uint32_t i = 0; i < RIG_SYNCS; i++) {
		entry->mark[i] = entry->mark[i] > place ? entry->mark[i] - place : 0;
	}
}

void rig_start_history(struct rig_entry *entry)
{
	entry->history_count = 0;
	memset(entry->mark, 0, sizeof(entry->mark));
	rig_remember(entry);
}

/* ---- The owner's answers ---- */

static enum fl_state owner_state(void *context, const struct fl_key *key, fl_place at)
{
	struct rig *rig = context;
	uint32_t slot;
	const struct rig_entry *entry = find(rig, key, &slot);

	if (!entry || entry->version == 0) {
		return FL_STALE;
	}
	if (entry->place == at) {
		return FL_CURRENT;
	}
	return rig_dirty(&rig->pools[slot], entry) ? FL_DIRTY : FL_STALE;
}

static bool owner_move(void *context, const struct fl_record *record, fl_place from, fl_place to)
{
	struct rig *rig = context;
	uint32_t slot;
	struct rig_entry *entry = find(rig, &record->key, &slot);

	if (!entry || entry->version != record->version || entry->place != from) {
		return false;
	}
	if (rig_dirty(&rig->pools[slot], entry)) {
		rig->dirty_bytes -= record->bytes;
	}
	entry->place = to;
	entry->on_its_way = false;
	return true;
}

enum fl_result rig_demote_now(struct rig *rig, uint32_t slot, uint32_t key)
{
	struct rig_entry *entry = &rig->pools[slot].entries[key];
	struct fl_record record = rig_record_of(rig, slot, key);
	uint8_t bytes[RIG_LONGEST];
	enum fl_result result;

	rig_make(&record.key, record.version, bytes, record.bytes);
	result = fl_put(rig->fl, &record, bytes, entry->place);
	entry->on_its_way |= result == FL_OK;
	return result;
}

static bool owner_write_back(void *context, const struct fl_key *key)
{
	struct rig *rig = context;
	uint32_t slot;
	struct rig_entry *entry = find(rig, key, &slot);

	return !entry || !rig_dirty(&rig->pools[slot], entry) || entry->on_its_way ||
	       rig_demote_now(rig, slot, (uint32_t)(entry - rig->pools[slot].entries)) == FL_OK;
}

/* Of what has no key, in three goes. */
static bool owner_lost(void *context, const struct fl_key *key, fl_place at, uint32_t units)
{
	struct rig *rig = context;

	if (!key && ++rig->lost_goes % 3 != 0) {
		return false;
	}
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			struct rig_entry *entry = &rig->pools[slot].entries[i];

			if (entry->version && entry->place >= at && entry->place < at + units) {
				entry->lost = true;
				entry->place = FL_NOWHERE;
				rig->lost++;
			}
		}
	}
	return true;
}

static bool owner_recovered(void *context, const struct fl_record *record, fl_place at,
			    fl_place *before, uint32_t *before_bytes)
{
	struct rig *rig = context;
	uint32_t slot;
	struct rig_entry *entry = find(rig, &record->key, &slot);

	if (!entry || !rig->pools[slot].durable) {
		rig_fault(rig, "came back: a record of a pool that is not there", record->key.pool,
			  record->version);
		return false;
	}
	if (record->version <= entry->version) {
		return false;
	}
	if (entry->version) {
		*before = entry->place;
		*before_bytes = rig_bytes(rig, entry->version);
	}
	if (record->bytes != rig_bytes(rig, record->version)) {
		rig_fault(rig, "a record of another length", record->bytes, record->version);
	}
	entry->version = record->version;
	entry->place = at;
	return true;
}

static void owner_recovered_pool(void *context, uint32_t uid, const void *own)
{
	struct rig *rig = context;
	uint32_t slot;

	memcpy(&slot, own, sizeof(slot));
	if (slot >= RIG_POOLS || rig->pools[slot].uid != uid || !rig->pools[slot].durable ||
	    rig->pools[slot].state == RIG_NO_POOL) {
		rig_fault(rig, "came back: a pool that was destroyed", uid, slot);
		return;
	}
	rig->pools[slot].came_back = true;
}

/* ---- Life ---- */

static void pass_model(struct rig *rig)
{
	nand_advance(rig->nand);
}

struct rig *rig_new(const struct nand_config *nand, const struct fl_config *config, uint64_t seed)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	size_t bytes = fl_bytes(config);

	struct hal_flash *hal = malloc(sizeof(*hal));

	if (!rig || !hal || bytes == 0) {
		abort();
	}
	rig->nand = nand_create(nand);
	hal->nand = rig->nand;
	rig->hal = rig->own_hal = hal;
	rig->pass = pass_model;
	rig->config = *config;
	rig->random = seed;
	rig->usual_bytes = 2600;
	rig->memory = malloc(bytes);
	if (!rig->memory) {
		abort();
	}
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			rig_start_history(&rig->pools[slot].entries[i]);
		}
	}
	return rig;
}

void rig_free(struct rig *rig)
{
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			free(rig->pools[slot].entries[i].history);
		}
	}
	nand_destroy(rig->nand);
	free(rig->memory);
	free(rig->own_hal);
	free(rig);
}

bool rig_step(struct rig *rig)
{
	if (!fl_step(rig->fl)) {
		rig->pass(rig);
	}
	return !nand_is_off(rig->nand);
}

bool rig_settle(struct rig *rig)
{
	for (uint32_t i = 0; i < 2000000; i++) {
		if (fl_idle(rig->fl)) {
			return true;
		}
		if (!rig_step(rig)) {
			return false;
		}
	}
	rig_fault(rig, "never idle", 0, 0);
	return true;
}

static bool until_ready(struct rig *rig)
{
	while (fl_ready(rig->fl) == FL_BUSY) {
		if (!rig_step(rig)) {
			return false;
		}
	}
	return true;
}

static void new_layer(struct rig *rig)
{
	const struct fl_owner owner = {.context = rig,
				       .state = owner_state,
				       .move = owner_move,
				       .write_back = owner_write_back,
				       .lost = owner_lost,
				       .recovered = owner_recovered,
				       .recovered_pool = owner_recovered_pool};

	/* Whatever memory holds when power comes. */
	memset(rig->memory, 0xa5, fl_bytes(&rig->config));
	rig->fl = fl_init(rig->memory, &rig->config, rig->hal, &owner);
}

bool rig_format(struct rig *rig)
{
	new_layer(rig);
	fl_format(rig->fl);
	return until_ready(rig);
}

/* What is there now, against what may be. */
static void compare_entry(struct rig *rig, struct rig_pool *pool, struct rig_entry *entry)
{
	bool legal = false;

	for (uint32_t i = 0; i < entry->history_count; i++) {
		legal |= entry->history[i] == entry->version;
	}
	if (pool->came_back && !legal) {
		rig_fault(rig,
			  entry->version < entry->history[0] ? "an older version came back"
							     : "a version came back that may not",
			  entry->version, entry->history[0]);
	}
	rig->recovered += entry->version != 0;
}

static void compare(struct rig *rig)
{
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		struct rig_pool *pool = &rig->pools[slot];

		if (pool->state == RIG_ALIVE && pool->durable && !pool->came_back) {
			rig_fault(rig, "a pool did not come back", pool->uid, slot);
		}
		for (uint32_t i = 0; pool->durable && i < RIG_KEYS; i++) {
			compare_entry(rig, pool, &pool->entries[i]);
		}
		pool->state = pool->durable && pool->came_back ? RIG_ALIVE : RIG_NO_POOL;
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			if (pool->state == RIG_NO_POOL) {
				pool->entries[i].version = 0;
			}
			rig_start_history(&pool->entries[i]);
		}
	}
}

bool rig_power_on(struct rig *rig)
{
	nand_power_on(rig->nand);
	new_layer(rig);
	rig->dirty_bytes = 0;
	memset(rig->syncs, 0, sizeof(rig->syncs));
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		rig->pools[slot].came_back = false;
		for (uint32_t i = 0; i < RIG_KEYS; i++) {
			struct rig_entry *entry = &rig->pools[slot].entries[i];

			entry->version = 0;
			entry->place = FL_NOWHERE;
			entry->on_its_way = false;
			entry->lost = false;
		}
	}
	fl_start(rig->fl);
	if (!until_ready(rig)) {
		return false;
	}
	if (fl_ready(rig->fl) == FL_BLANK) {
		bool known = false;

		for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
			known |= rig->pools[slot].state != RIG_NO_POOL;
		}
		if (known) {
			rig_fault(rig, "blank, and was not", 0, 0);
		}
		return rig_format(rig);
	}
	if (fl_ready(rig->fl) != FL_OK) {
		rig_fault(rig, "does not start", (uint64_t)fl_ready(rig->fl), 0);
		return true;
	}
	compare(rig);
	rig_check(rig);
	return true;
}
