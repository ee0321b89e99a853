// SPDX-License-Identifier: Apache-2.0
/* Durable pools: what flash keeps of them beside their pages, and bringing them back. */
#include "tier_priv.h"

/* What fl_pool_create keeps. Figures beyond 24 bits come back as 0: no reserve, no limit. */
struct own {
	uint64_t owner[2];
	uint8_t name[PAMC_POOL_NAME_LEN - 1]; /* the last byte is always 0 */
	uint8_t order_flags;                  /* order, 4 exclusive, 5 frozen */
	uint8_t domain[2];
	uint8_t reserve[3];
	uint8_t limit[3];
};
_Static_assert(sizeof(struct own) == FL_POOL_OWN, "what flash keeps of a pool");

#define OWN_ORDER     7u
#define OWN_EXCLUSIVE 16u
#define OWN_FROZEN    32u

static void put24(uint8_t *to, uint64_t value)
{
	uint32_t kept = value < 1u << 24 ? (uint32_t)value : 0;

	to[0] = (uint8_t)kept;
	to[1] = (uint8_t)(kept >> 8);
	to[2] = (uint8_t)(kept >> 16);
}

static uint32_t get24(const uint8_t *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16;
}

static void describe(const struct fw_pool *pool, struct own *own)
{
	memset(own, 0, sizeof(*own));
	memcpy(own->owner, pool->owner, sizeof(own->owner));
	memcpy(own->name, pool->name, sizeof(own->name));
	own->order_flags =
	    (uint8_t)(pool->order | (pool->flags & PAMC_POOL_EXCLUSIVE ? OWN_EXCLUSIVE : 0) |
		      (pool->flags & PAMC_POOL_FROZEN ? OWN_FROZEN : 0));
	own->domain[0] = (uint8_t)pool->domain;
	own->domain[1] = (uint8_t)(pool->domain >> 8);
	put24(own->reserve, pool->reserve);
	put24(own->limit, pool->limit);
}

/* Its contents are there, and were made without its order being known. */
void tier_recovered_pool(void *context, uint32_t uid, const void *from)
{
	struct tier *tier = context;
	struct tier_pool *pool = tier_pool_of(tier, uid);
	struct own own;
	struct fw_pool found;

	memcpy(&own, from, sizeof(own));
	memset(&found, 0, sizeof(found));
	found.type = PAMC_POOL_TYPE_PERSISTENT;
	found.order = own.order_flags & OWN_ORDER;
	found.domain = (uint16_t)(own.domain[0] | own.domain[1] << 8);
	found.flags = PAMC_POOL_DURABLE |
		      (own.order_flags & OWN_EXCLUSIVE ? PAMC_POOL_EXCLUSIVE : 0) |
		      (own.order_flags & OWN_FROZEN ? PAMC_POOL_FROZEN : 0);
	found.contents = (uint16_t)pool->contents;
	found.reserve = get24(own.reserve);
	found.limit = get24(own.limit);
	memcpy(found.owner, own.owner, sizeof(found.owner));
	memcpy(found.name, own.name, sizeof(own.name));
	hal_tier_durable(tier->hal, pool->contents, found.order);
	pool->id = fw_pool_found(tier->fw, &found);
}

/* ---------------------------------------------------------------- after a restart */

static const struct fw_pool *live(const struct fw *fw, uint32_t id)
{
	const struct fw_pool *pool = &fw->pools[id % FW_POOLS];

	return id != 0 && pool->id == id && (pool->flags & PAMC_POOL_DURABLE) ? pool : NULL;
}

/* One that was being made is made again, and so is one that was being flushed flushed, from
 * the contents that it had. */
bool tier_pools_again(struct tier *tier)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < TIER_POOLS; i++) {
		struct tier_pool *pool = &tier->pools[i];
		const struct fw_pool *of = live(tier->fw, pool->id);

		pool->found = false;
		if (pool->uid && of) {
			pool->contents = of->contents;
			known += pool->id != tier->changing;
		} else {
			pool->uid = 0;
		}
	}
	for (uint32_t place = 0; place < FW_POOLS; place++) {
		uint32_t id = tier->fw->pools[place].id;

		known -= id != tier->changing && live(tier->fw, id) != NULL;
	}
	return known == 0;
}

bool tier_rebuilt_pool(void *context, uint32_t uid, void *own, uint64_t *flushed)
{
	struct tier *tier = context;
	struct tier_pool *pool = tier_pool_of(tier, uid);
	struct own now;

	if (!pool) {
		return false;
	}
	describe(live(tier->fw, pool->id), &now);
	memcpy(own, &now, sizeof(now));
	*flushed = pool->flushed;
	pool->found = true;
	return true;
}

/* What flash says, as a host is told. */
static uint8_t status_of(enum fl_result result)
{
	switch (result) {
	case FL_OK:
		return PAMC_STATUS_SUCCESS;
	case FL_FULL:
		return PAMC_STATUS_NO_RESOURCES;
	default:
		return PAMC_STATUS_INTERNAL;
	}
}

/* The pool is in flash when this is over, or it is not made at all. */
uint8_t tier_pool_create(struct fw *fw, const struct fw_pool *made)
{
	struct tier *tier = fw->platform.tier_state;
	enum fl_result result;
	struct tier_pool *pool;
	struct own own;
	uint32_t uid;

	tier->changing = made->id;
	tier_resume_all(tier);
	pool = tier_pool_of(tier, 0);
	if (!pool || !tier->ready) {
		return pool ? PAMC_STATUS_INTERNAL : PAMC_STATUS_NO_RESOURCES;
	}
	describe(made, &own);
	tier->idle = 0;
	while ((result = fl_pool_create(tier->fl, true, &own, &uid)) == FL_BUSY &&
	       tier_go_on(tier)) {
	}
	if (result != FL_OK) {
		return status_of(result);
	}
	pool->contents = made->contents;
	pool->id = made->id;
	pool->flushed = 0;
	order_stores();
	pool->uid = uid;
	if (!tier_sync(tier)) {
		pool->uid = 0;
		fl_pool_destroy(tier->fl, uid);
		return PAMC_STATUS_INTERNAL;
	}
	hal_tier_durable(tier->hal, made->contents, made->order);
	return PAMC_STATUS_SUCCESS;
}

static struct tier_pool *of_contents(struct tier *tier, const struct fw_pool *pool)
{
	tier_resume_all(tier);
	return tier_pool_of(tier, tier_uid(tier, pool->contents));
}

uint8_t tier_pool_set(struct fw *fw, const struct fw_pool *changed)
{
	struct tier *tier = fw->platform.tier_state;
	const struct tier_pool *pool = of_contents(tier, changed);
	enum fl_result result;
	struct own own;

	if (!pool) {
		return PAMC_STATUS_INTERNAL;
	}
	describe(changed, &own);
	tier->idle = 0;
	while ((result = fl_pool_set(tier->fl, pool->uid, &own)) == FL_BUSY && tier_go_on(tier)) {
	}
	return status_of(result);
}

/* Before the old contents are abandoned: nothing of them may come back. */
uint8_t tier_pool_flush(struct fw *fw, const struct fw_pool *flushed, uint32_t contents)
{
	struct tier *tier = fw->platform.tier_state;
	struct tier_pool *pool = of_contents(tier, flushed);
	enum fl_result result;
	uint64_t version;

	if (!pool) {
		return PAMC_STATUS_INTERNAL;
	}
	tier->idle = 0;
	do {
		version = tier_flush_version(tier);
		result = fl_flush_pool(tier->fl, pool->uid, version);
	} while (result == FL_BUSY && tier_go_on(tier));
	if (result == FL_OK) {
		pool->flushed = version;
		order_stores();
		pool->contents = contents;
		hal_tier_durable(tier->hal, contents, flushed->order);
	}
	return status_of(result);
}

/* A pool that is gone does not come back when power goes next. */
uint8_t tier_pool_destroy(struct fw *fw, const struct fw_pool *gone)
{
	struct tier *tier = fw->platform.tier_state;
	enum fl_result result;
	struct tier_pool *pool;

	tier->changing = gone->id;
	pool = of_contents(tier, gone);
	/* If there is none it was destroyed before, and that did not get to flash. */
	if (pool && fl_pool_known(tier->fl, pool->uid)) {
		tier->idle = 0;
		while ((result = fl_pool_destroy(tier->fl, pool->uid)) == FL_BUSY &&
		       tier_go_on(tier)) {
		}
		if (result != FL_OK) {
			return status_of(result);
		}
	}
	if (!tier_sync(tier)) {
		return PAMC_STATUS_INTERNAL;
	}
	/* Up to here the vault may be asked for its pages: they are there still. */
	if (pool) {
		pool->uid = 0;
	}
	return PAMC_STATUS_SUCCESS;
}
