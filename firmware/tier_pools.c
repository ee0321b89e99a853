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
	fw_pool_found(tier->fw, &found);
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
	struct tier_pool *pool = tier_pool_of(tier, 0);
	enum fl_result result;
	struct own own;
	uint32_t uid;

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
	pool->uid = uid;
	pool->contents = made->contents;
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

	if (!pool) {
		return PAMC_STATUS_INTERNAL;
	}
	tier->idle = 0;
	while ((result = fl_flush_pool(tier->fl, pool->uid, tier_flush_version(tier))) == FL_BUSY &&
	       tier_go_on(tier)) {
	}
	if (result == FL_OK) {
		pool->contents = contents;
		hal_tier_durable(tier->hal, contents, flushed->order);
	}
	return status_of(result);
}

/* A pool that is gone does not come back when power goes next. */
uint8_t tier_pool_destroy(struct fw *fw, const struct fw_pool *gone)
{
	struct tier *tier = fw->platform.tier_state;
	struct tier_pool *pool = of_contents(tier, gone);
	enum fl_result result;

	/* Without one it was destroyed before, and that did not get to flash. */
	if (pool) {
		tier->idle = 0;
		while ((result = fl_pool_destroy(tier->fl, pool->uid)) == FL_BUSY &&
		       tier_go_on(tier)) {
		}
		if (result != FL_OK) {
			return status_of(result);
		}
		pool->uid = 0;
	}
	return tier_sync(tier) ? PAMC_STATUS_SUCCESS : PAMC_STATUS_INTERNAL;
}
