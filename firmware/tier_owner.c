// SPDX-License-Identifier: Apache-2.0
/* What the flash translation layer asks of the owner of its records, answered by the vault. */
#include "tier_priv.h"

uint32_t tier_uid(const struct tier *tier, uint32_t contents)
{
	for (uint32_t i = 0; i < TIER_POOLS; i++) {
		if (tier->pools[i].uid && tier->pools[i].contents == contents) {
			return tier->pools[i].uid;
		}
	}
	return TIER_OTHER | contents;
}

struct tier_pool *tier_pool_of(struct tier *tier, uint32_t uid)
{
	for (uint32_t i = 0; i < TIER_POOLS; i++) {
		if (tier->pools[i].uid == uid) {
			return &tier->pools[i];
		}
	}
	return NULL;
}

void tier_key(struct tier *tier, const struct hal_tier_record *record, struct fl_key *key)
{
	memcpy(key->object, record->object, sizeof(key->object));
	key->index = record->index;
	key->pool =
	    record->durable ? tier_uid(tier, record->contents) : TIER_OTHER | record->contents;
	key->zero = 0;
}

bool tier_from_key(struct tier *tier, const struct fl_key *key, struct hal_tier_record *record)
{
	const struct tier_pool *pool;

	memset(record, 0, sizeof(*record));
	memcpy(record->object, key->object, sizeof(record->object));
	record->index = key->index;
	if (key->pool & TIER_OTHER) {
		record->contents = key->pool & ~TIER_OTHER;
		return true;
	}
	pool = tier_pool_of(tier, key->pool);
	if (!pool || !key->pool) {
		return false;
	}
	record->contents = pool->contents;
	record->durable = true;
	return true;
}

struct fl_record tier_as_put(struct tier *tier, const struct hal_tier_record *record)
{
	struct fl_record put = {
	    .version = record->version,
	    .bytes = record->bytes,
	    .flags = FL_PERSISTENT | (record->durable ? FL_DURABLE : 0),
	};

	tier_key(tier, record, &put.key);
	return put;
}

enum fl_result tier_send(struct tier *tier, const struct hal_tier_record *record)
{
	struct fl_record put = tier_as_put(tier, record);
	enum fl_result result = fl_put(tier->fl, &put, tier->record, record->place);

	if (result == FL_OK) {
		hal_tier_leaving(tier->hal, record);
	}
	return result;
}

enum fl_result tier_send_oldest(struct tier *tier, uint32_t which)
{
	struct hal_tier_record record = {.damaged = false};
	struct fl_record put;
	enum fl_result takes;

	/* What was on its way before a restart is the older. */
	if (tier->left_end != 0) {
		takes = tier_send_left(tier);
		if (takes != FL_FULL) {
			return takes;
		}
	}
	/* Its bytes are only copied if there is a place for them. */
	if (hal_tier_oldest(tier->hal, which, &record, NULL)) {
		put = tier_as_put(tier, &record);
		takes = fl_takes(tier->fl, &put);
		if (takes != FL_OK) {
			return takes;
		}
		if (hal_tier_oldest(tier->hal, which, &record, tier->record)) {
			return tier_send(tier, &record);
		}
	}
	if (record.damaged) {
		return FL_BROKEN;
	}
	tier->again |= record.again;
	return record.again ? FL_OK : FL_FULL;
}

uint64_t tier_flush_version(struct tier *tier)
{
	struct hal_tier_figures figures;
	uint64_t version;

	hal_tier_read(tier->hal, &figures);
	fl_version_reached(tier->fl, figures.clock);
	version = fl_version(tier->fl);
	hal_tier_set_clock(tier->hal, version);
	return version;
}

/* ---------------------------------------------------------------- the owner's answers */

static enum fl_state state(void *context, const struct fl_key *key, fl_place at)
{
	struct tier *tier = context;
	struct hal_tier_record record;

	if (!tier_from_key(tier, key, &record) || !hal_tier_find(tier->hal, &record, NULL)) {
		return FL_STALE;
	}
	if (record.place == at) {
		return FL_CURRENT;
	}
	return record.durable && record.place && !(record.place & FL_FLASH) ? FL_DIRTY : FL_STALE;
}

static bool move(void *context, const struct fl_record *moved, fl_place from, fl_place to)
{
	struct tier *tier = context;
	struct hal_tier_record record;

	if (!tier_from_key(tier, &moved->key, &record)) {
		return false;
	}
	record.version = moved->version;
	record.place = from;
	record.bytes = moved->bytes;
	if (!hal_tier_move(tier->hal, &record, to)) {
		return false;
	}
	if (!(from & FL_FLASH)) {
		tier->moved++;
		tier->moved_bytes += moved->bytes;
	}
	return true;
}

static bool write_back(void *context, const struct fl_key *key)
{
	struct tier *tier = context;
	struct hal_tier_record record;

	if (!tier_from_key(tier, key, &record) ||
	    !hal_tier_find(tier->hal, &record, tier->record) || (record.place & FL_FLASH)) {
		return true;
	}
	return record.leaving ? tier_send_if_left(tier, &record)
			      : tier_send(tier, &record) == FL_OK;
}

static bool lost(void *context, const struct fl_key *key, fl_place at, uint32_t units)
{
	struct tier *tier = context;
	struct hal_tier_record record;

	if (!key) {
		if (!hal_tier_lose(tier->hal, at, units)) {
			return false;
		}
	} else if (tier_from_key(tier, key, &record) && hal_tier_find(tier->hal, &record, NULL) &&
		   record.place == at) {
		hal_tier_move(tier->hal, &record, FL_NOWHERE);
	}
	fw_raise(tier->fw, PAMC_EVENT_HEALTH, PAMC_LOG_HEALTH);
	return true;
}

/* Records come before their pools; contents of those are made when the first one comes. */
static struct tier_pool *pool_for(struct tier *tier, uint32_t uid)
{
	struct tier_pool *pool = tier_pool_of(tier, uid);

	if (pool) {
		return pool;
	}
	pool = tier_pool_of(tier, 0);
	if (!pool || fw_vault(tier->fw, VAULT_CREATE) != VAULT_RESULT_DONE) {
		return NULL;
	}
	pool->uid = uid;
	pool->contents = fw_vault_value(tier->fw);
	hal_tier_durable(tier->hal, pool->contents, 0);
	return pool;
}

static bool recovered(void *context, const struct fl_record *found, fl_place at, fl_place *before,
		      uint32_t *before_bytes)
{
	struct tier *tier = context;
	struct hal_tier_record record;

	if (!pool_for(tier, found->key.pool) || !tier_from_key(tier, &found->key, &record)) {
		tier->no_memory = true;
		return false;
	}
	record.version = found->version;
	record.place = at;
	record.bytes = found->bytes;
	if (!hal_tier_recover(tier->hal, &record, before, before_bytes)) {
		/* One that is older than what is known already, or there was no room. */
		tier->no_memory |= !hal_tier_find(tier->hal, &record, NULL);
		return false;
	}
	tier->recovered += *before == FL_NOWHERE;
	return true;
}

static void recovered_pool(void *context, uint32_t uid, const void *own)
{
	struct tier *tier = context;

	if (pool_for(tier, uid)) {
		tier_recovered_pool(tier, uid, own);
	} else {
		tier->no_memory = true;
	}
}

static void rebuilds(void *context, uint64_t version)
{
	const struct tier *tier = context;

	hal_tier_set_clock(tier->hal, version);
}

static bool known(void *context, const struct fl_key *key)
{
	struct tier *tier = context;
	struct hal_tier_record record;

	return tier_from_key(tier, key, &record) && hal_tier_find(tier->hal, &record, NULL) &&
	       record.place != 0;
}

static void drops(void *context)
{
	tier_take_notices(context);
}

const struct fl_owner tier_owner = {
    .state = state,
    .move = move,
    .write_back = write_back,
    .lost = lost,
    .recovered = recovered,
    .recovered_pool = recovered_pool,
    .rebuilds = rebuilds,
    .rebuilt_pool = tier_rebuilt_pool,
    .known = known,
    .drops = drops,
};
