// SPDX-License-Identifier: Apache-2.0
/*
 * Flushes that have to be remembered, because older copies are still in flash.
 *
 * Why a tombstone may go, and when: let w be its version. A copy that it covers has a
 * version below w, so it was current only before the flush. Every copy enters a page
 * buffer while it is current (fl_put by the owner's word; collection asks the owner at
 * that moment), and after the flush it is not. So each buffer with such a copy was born
 * before w was drawn, and each block that such a buffer can reach has low <= born < w:
 * a block's low is the birth of the oldest buffer of its stream when it is opened, and
 * buffers born later are younger. That holds for any number of stale copies, and for a
 * buffer that is written again elsewhere because a program failed: it is older than
 * the block that it then goes to, and so that block's low is its birth.
 * Therefore: when no block that holds data and no buffer in use has low <= w, there is no
 * such copy, and there will be none. Free blocks do not count: start does not look at
 * them, and they are erased before they are written. Blocks that wait to be freed do
 * count; a checkpoint frees those first whose copies are in flash.
 * Tombstones go only with a checkpoint, so flash never has less than memory.
 *
 * The table is bounded; when it fills up, collection rewrites the blocks with the lowest
 * low (flash_pick.c), which refreshes what they hold at the same time.
 */
#include "flash_priv.h"

static uint32_t bucket_of(const struct fl *fl, const struct fl_tomb *tomb)
{
	uint64_t hash = tomb->pool * 0x9e3779b97f4a7c15ull + tomb->flags;
	const uint64_t word[4] = {tomb->object[0], tomb->object[1], tomb->object[2], tomb->index};

	for (uint32_t i = 0; i < 4; i++) {
		hash = (hash ^ word[i]) * 0xbf58476d1ce4e5b9ull;
		hash ^= hash >> 29;
	}
	return (uint32_t)(hash >> 20) & (fl->tomb_heads - 1);
}

static bool same(const struct fl_tomb *a, const struct fl_tomb *b)
{
	return a->pool == b->pool && a->flags == b->flags && a->index == b->index &&
	       memcmp(a->object, b->object, sizeof(a->object)) == 0;
}

static struct fl_tomb *find(const struct fl *fl, const struct fl_tomb *like)
{
	uint32_t at = fl->tomb_head[bucket_of(fl, like)];

	while (at != FL_NONE && !same(&fl->tombs[at], like)) {
		at = fl->tomb_next[at];
	}
	return at == FL_NONE ? NULL : &fl->tombs[at];
}

void fl_tombs_index(struct fl *fl)
{
	memset(fl->tomb_head, 0xff, fl->tomb_heads * sizeof(*fl->tomb_head));
	for (uint32_t i = 0; i < fl->tomb_count; i++) {
		uint32_t bucket = bucket_of(fl, &fl->tombs[i]);

		fl->tomb_next[i] = fl->tomb_head[bucket];
		fl->tomb_head[bucket] = i;
	}
}

/* A core that is restarted in the midst of this finds the tombstone, or none. */
static void set(struct fl_tomb *at, const struct fl_tomb *tomb)
{
	*(volatile uint32_t *)&at->pool = 0;
	order_stores();
	memcpy(at->object, tomb->object, sizeof(at->object));
	at->index = tomb->index;
	at->version = tomb->version;
	at->flags = tomb->flags;
	order_stores();
	*(volatile uint32_t *)&at->pool = tomb->pool;
}

/* What is not counted has no pool, whatever a restart of the core may find of the count. */
static void clear_from(struct fl *fl, uint32_t count, uint32_t end)
{
	for (uint32_t i = count; i < end; i++) {
		fl->tombs[i].pool = 0;
	}
	fl->tomb_count = count;
	fl_tombs_index(fl);
}

void fl_tombs_reset(struct fl *fl)
{
	fl->tomb_count = 0;
	memset(fl->tombs, 0, fl->config.tombs * sizeof(*fl->tombs));
	fl_tombs_index(fl);
}

void fl_tombs_keep(struct fl *fl, uint64_t below)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < fl->config.tombs; i++) {
		const struct fl_tomb *tomb = &fl->tombs[i];

		if (tomb->pool != 0 && tomb->version != 0 && tomb->version < below &&
		    tomb->flags <= FL_TOMB_OBJECT) {
			if (i != kept) {
				set(&fl->tombs[kept], tomb);
			}
			kept++;
		}
	}
	clear_from(fl, kept, fl->config.tombs);
}

/* One of a key that is there already only becomes newer. False: no room. */
bool fl_tomb_put(struct fl *fl, const struct fl_tomb *tomb)
{
	struct fl_tomb *old = find(fl, tomb);
	uint32_t bucket = bucket_of(fl, tomb);

	if (old) {
		old->version = tomb->version > old->version ? tomb->version : old->version;
		return true;
	}
	if (fl->tomb_count == fl->config.tombs) {
		return false;
	}
	set(&fl->tombs[fl->tomb_count], tomb);
	fl->tomb_next[fl->tomb_count] = fl->tomb_head[bucket];
	fl->tomb_head[bucket] = fl->tomb_count++;
	return true;
}

static struct fl_tomb tomb_of(const struct fl_key *key, uint64_t version, bool object)
{
	struct fl_tomb tomb = {.index = object ? 0 : key->index,
			       .version = version,
			       .pool = key->pool,
			       .flags = object ? FL_TOMB_OBJECT : 0};

	memcpy(tomb.object, key->object, sizeof(tomb.object));
	return tomb;
}

bool fl_buried(const struct fl *fl, const struct fl_record *record)
{
	const struct fl_pool *pool = fl_pool_find(fl, record->key.pool);
	struct fl_tomb like;
	const struct fl_tomb *tomb;

	if (!(record->flags & FL_DURABLE) || !pool || record->version < pool->flushed) {
		return true;
	}
	for (uint32_t object = 0; object < 2; object++) {
		like = tomb_of(&record->key, 0, object);
		tomb = find(fl, &like);
		if (tomb && record->version < tomb->version) {
			return true;
		}
	}
	return false;
}

uint64_t fl_low(const struct fl *fl)
{
	uint64_t low = fl_oldest_buffer(fl, FL_HOST);
	uint64_t other = fl_oldest_buffer(fl, FL_GC);

	low = other < low ? other : low;
	for (uint32_t block = 0; block < fl->blocks_all; block++) {
		const struct fl_block *at = &fl->blocks[block];

		if (at->state >= FL_BLOCK_OPEN && at->state <= FL_BLOCK_DRAINED && at->seq != 0 &&
		    at->low < low) {
			low = at->low;
		}
	}
	return low;
}

uint32_t fl_tombs_expire(struct fl *fl, bool only_count)
{
	uint64_t low = fl_low(fl);
	uint32_t kept = 0;
	uint32_t gone = 0;

	for (uint32_t i = 0; i < fl->tomb_count; i++) {
		if (fl->tombs[i].version < low) {
			gone++;
		} else if (!only_count) {
			if (i != kept) {
				set(&fl->tombs[kept], &fl->tombs[i]);
			}
			kept++;
		}
	}
	if (!only_count) {
		clear_from(fl, kept, fl->tomb_count);
	}
	return gone;
}

static void journal_tomb(struct fl *fl, const struct fl_tomb *tomb)
{
	struct fl_entry entry = {.type = FL_ENTRY_TOMB, .arg = tomb->pool};

	memcpy(entry.x, tomb->object, sizeof(tomb->object));
	entry.x[3] = tomb->index;
	entry.x[4] = tomb->version;
	entry.x[5] = tomb->flags;
	fl_journal_add(fl, &entry);
}

static enum fl_result bury(struct fl *fl, const struct fl_key *key, uint64_t version, bool object)
{
	struct fl_tomb tomb = tomb_of(key, version, object);

	if (fl->broken || fl->refusal || fl->start.state != FL_START_READY ||
	    !fl_pool_find(fl, key->pool)) {
		return FL_BROKEN;
	}
	if (!fl_journal_room(fl, 1) || !fl_tomb_put(fl, &tomb)) {
		return FL_BUSY;
	}
	journal_tomb(fl, &tomb);
	fl->tombs_changed |= fl->tomb_count % 16 == 0 || fl->tomb_count == fl->config.tombs;
	return FL_OK;
}

/* The rest of the table is for records that collection finds lost: it must be able to go on. */
static bool full_for_owner(const struct fl *fl)
{
	return fl->tomb_count >= fl->config.tombs - fl->config.tombs / 8;
}

enum fl_result fl_flush(struct fl *fl, const struct fl_key *key, uint64_t version)
{
	return full_for_owner(fl) ? FL_BUSY : bury(fl, key, version, false);
}

enum fl_result fl_flush_object(struct fl *fl, const struct fl_key *key, uint64_t version)
{
	return full_for_owner(fl) ? FL_BUSY : bury(fl, key, version, true);
}

bool fl_tomb_lost(struct fl *fl, const struct fl_record *record)
{
	if (!(record->flags & FL_DURABLE) || !fl_pool_find(fl, record->key.pool)) {
		return true;
	}
	return bury(fl, &record->key, record->version + 1, false) == FL_OK;
}

struct fl_pool *fl_pool_find(const struct fl *fl, uint32_t uid)
{
	for (uint32_t i = 0; uid != 0 && i < fl->config.pools; i++) {
		if (fl->pools[i].uid == uid) {
			return &fl->pools[i];
		}
	}
	return NULL;
}

bool fl_pool_known(const struct fl *fl, uint32_t uid)
{
	return fl_pool_find(fl, uid);
}

struct fl_pool *fl_pool_new(struct fl *fl, uint32_t uid)
{
	struct fl_pool *pool = fl_pool_find(fl, uid);

	for (uint32_t i = 0; !pool && i < fl->config.pools; i++) {
		pool = fl->pools[i].uid == 0 ? &fl->pools[i] : NULL;
	}
	if (pool) {
		memset(pool, 0, sizeof(*pool));
		pool->uid = uid;
		fl->next_uid = uid >= fl->next_uid ? uid + 1 : fl->next_uid;
	}
	return pool;
}

enum fl_result fl_pool_create(struct fl *fl, bool durable, const void *own, uint32_t *pool)
{
	struct fl_entry entry = {.type = FL_ENTRY_POOL, .arg = fl->next_uid};
	struct fl_pool *new_pool;

	if (!durable) {
		/* Never looked for at start, so these may be the same each time. */
		*pool = 1u << 31 | fl->next_other++;
		return FL_OK;
	}
	if (fl->broken || fl->refusal || fl->start.state != FL_START_READY) {
		return FL_BROKEN;
	}
	if (!fl_journal_room(fl, 1)) {
		return FL_BUSY;
	}
	new_pool = fl_pool_new(fl, fl->next_uid);
	if (!new_pool) {
		return FL_FULL;
	}
	memcpy(new_pool->own, own, FL_POOL_OWN);
	memcpy(entry.x, own, FL_POOL_OWN);
	*pool = new_pool->uid;
	fl_journal_add(fl, &entry);
	new_pool->created = (uint32_t)fl->journal.added;
	return FL_OK;
}

/* NULL: *result says why no entry of this pool can be added now. */
static struct fl_pool *pool_to_change(struct fl *fl, uint32_t uid, enum fl_result *result)
{
	struct fl_pool *pool = fl_pool_find(fl, uid);

	*result = FL_OK;
	if (!pool || fl->broken || fl->refusal || fl->start.state != FL_START_READY) {
		*result = FL_BROKEN;
	} else if (!fl_journal_room(fl, 1)) {
		*result = FL_BUSY;
	}
	return *result == FL_OK ? pool : NULL;
}

enum fl_result fl_pool_set(struct fl *fl, uint32_t uid, const void *own)
{
	struct fl_entry entry = {.type = FL_ENTRY_POOL_OWN, .arg = uid};
	enum fl_result result;
	struct fl_pool *pool = pool_to_change(fl, uid, &result);

	if (pool) {
		memcpy(entry.x, own, FL_POOL_OWN);
		memcpy(pool->own, own, FL_POOL_OWN);
		fl_journal_add(fl, &entry);
	}
	return result;
}

static enum fl_result pool_entry(struct fl *fl, uint32_t uid, enum fl_entry_type type,
				 uint64_t version)
{
	struct fl_entry entry = {.type = type, .arg = uid};
	enum fl_result result;
	struct fl_pool *pool = pool_to_change(fl, uid, &result);

	if (!pool) {
		return result;
	}
	entry.x[0] = version;
	fl_journal_add(fl, &entry);
	if (type == FL_ENTRY_POOL_FLUSH) {
		pool->flushed = version;
	} else {
		pool->uid = 0;
	}
	return FL_OK;
}

enum fl_result fl_flush_pool(struct fl *fl, uint32_t pool, uint64_t version)
{
	return pool_entry(fl, pool, FL_ENTRY_POOL_FLUSH, version);
}

enum fl_result fl_pool_destroy(struct fl *fl, uint32_t pool)
{
	return pool_entry(fl, pool, FL_ENTRY_POOL_GONE, 0);
}
