// SPDX-License-Identifier: Apache-2.0
/*
 * Pools: what the vault does not know of them (names, owners, promises in pages). The
 * vault has contents; a pool that is flushed gets others.
 */
#include "fw_priv.h"

/* POOL_ATTR */
#define ATTR_CONTENTS(nr) ((uint32_t)(nr) << 16)
#define ATTR_ORDER(order) ((uint32_t)(order) << 25)
#define ATTR_EPHEMERAL    (1u << 28)
#define ATTR_EXCLUSIVE    (1u << 29)
#define ATTR_FROZEN       (1u << 30)
#define ATTR_VALID        (1u << 31)
#define CONTENTS_CLEAR    (1u << 31)
#define CONTENTS_COUNTERS 8u
/* Of a pool's id: the place in the table; above it, how often that was used. */
#define PLACE_BITS 8u
/* The vault's: vault_pkg. VAULT_ROW, word 0. */
#define CONTENTS   512u
#define ROW_IN_USE 1u
#define ROW_DEAD   2u

static struct fw_pool *find(struct fw *fw, uint32_t id)
{
	struct fw_pool *pool = &fw->pools[id % FW_POOLS];

	return id != 0 && pool->id == id ? pool : NULL;
}

/* Tells the executor what it must know of a pool. */
static void show(struct fw *fw, const struct fw_pool *pool, bool valid)
{
	fw_write(fw, MAILBOX_POOL_ATTR,
		 pool->domain | ATTR_CONTENTS(pool->contents) | ATTR_ORDER(pool->order) |
		     (pool->type == PAMC_POOL_TYPE_EPHEMERAL ? ATTR_EPHEMERAL : 0) |
		     (pool->flags & PAMC_POOL_EXCLUSIVE ? ATTR_EXCLUSIVE : 0) |
		     (pool->flags & PAMC_POOL_FROZEN ? ATTR_FROZEN : 0) | (valid ? ATTR_VALID : 0));
	fw_write(fw, MAILBOX_POOL, pool->id);
}

static uint64_t contents_count(struct fw *fw, uint32_t contents, uint32_t kind)
{
	fw_write(fw, MAILBOX_CONTENTS_SELECT, contents << 3 | kind);
	return fw_read64(fw, MAILBOX_CONTENTS_COUNTER);
}

/* New contents, with counters that start at 0. A result of the vault. */
static uint32_t create_contents(struct fw *fw, uint8_t type, uint8_t order, uint16_t *contents)
{
	uint32_t result =
	    fw_vault(fw, VAULT_CREATE | (type == PAMC_POOL_TYPE_EPHEMERAL ? VAULT_EPHEMERAL : 0) |
			     VAULT_ORDER(order));

	if (result == VAULT_RESULT_DONE) {
		*contents = (uint16_t)fw_vault_value(fw);
		for (uint32_t kind = 0; kind < CONTENTS_COUNTERS; kind++) {
			fw_write(fw, MAILBOX_CONTENTS_SELECT,
				 CONTENTS_CLEAR | (uint32_t)*contents << 3 | kind);
		}
	}
	return result;
}

/* Promises pages to contents of an order, with a pool's flags, and limits them. A status. */
static uint8_t set_bounds(struct fw *fw, uint32_t contents, uint32_t order, uint32_t flags,
			  uint64_t reserve, uint64_t limit)
{
	const struct fw_tier_ops *tier = fw->platform.tier;
	uint64_t all = fw->platform.dram_bytes + (tier ? fw->platform.flash_bytes : 0);
	uint32_t what = VAULT_SET_LIMIT | (tier ? 0 : VAULT_SET_RESERVE);

	/* More than the card has blocks: refused before the product overflows. */
	if (reserve > all / PAMC_BLOCK_SIZE ||
	    (tier && !tier->reserve(fw, contents, order, flags & PAMC_POOL_DURABLE, reserve))) {
		return PAMC_STATUS_NO_SPACE;
	}
	fw_write64(fw, MAILBOX_VAULT_UNITS, reserve * fw_worst_units(order, false));
	fw_write(fw, MAILBOX_VAULT_SLOTS, (uint32_t)(reserve * WORST_SLOTS));
	/* A limit beyond all that there is is none. */
	fw_write(fw, MAILBOX_VAULT_LIMIT,
		 limit > all / UNIT_BYTES || limit > UINT32_MAX ? 0 : (uint32_t)limit);
	switch (fw_vault(fw, VAULT_SET | what | VAULT_CONTENTS(contents))) {
	case VAULT_RESULT_DONE:
		return PAMC_STATUS_SUCCESS;
	case VAULT_RESULT_REFUSED:
		return PAMC_STATUS_NO_SPACE;
	default:
		return PAMC_STATUS_INTERNAL;
	}
}

/* Whether there can be such a pool at all; the vault knows if its promise fits. A status. */
static uint8_t check(const struct fw *fw, uint8_t type, uint8_t order, uint32_t flags,
		     uint64_t reserve, uint64_t limit)
{
	if (type > PAMC_POOL_TYPE_PERSISTENT || order > PAMC_MAX_PAGE_ORDER ||
	    (flags & ~PAMC_POOL_ALL_FLAGS)) {
		return PAMC_STATUS_BAD_FIELD;
	}
	if (type == PAMC_POOL_TYPE_EPHEMERAL && (reserve != 0 || (flags & PAMC_POOL_DURABLE))) {
		return PAMC_STATUS_BAD_FIELD;
	}
	if (limit != 0 && reserve > limit) {
		return PAMC_STATUS_BAD_FIELD;
	}
	return (flags & PAMC_POOL_DURABLE) && !fw->platform.tier ? PAMC_STATUS_NOT_SUPPORTED
								 : PAMC_STATUS_SUCCESS;
}

static bool durable(const struct fw_pool *pool)
{
	return pool->flags & PAMC_POOL_DURABLE;
}

/* ---------------------------------------------------------------- POOL_CREATE */

/* What the host describes becomes the pool of a place, with an id. */
static void take(struct fw_pool *pool, uint32_t place, const struct pamc_pool_info *wanted,
		 uint16_t contents)
{
	uint32_t uses = pool->uses;

	memset(pool, 0, sizeof(*pool));
	pool->uses = uses + 1;
	pool->id = uses << PLACE_BITS | place;
	pool->type = wanted->type;
	pool->order = wanted->order;
	pool->domain = wanted->domain;
	pool->flags = wanted->flags;
	pool->contents = contents;
	pool->reserve = wanted->reserve;
	pool->limit = wanted->limit;
	memcpy(pool->owner, wanted->owner, sizeof(pool->owner));
	memcpy(pool->name, wanted->name, sizeof(pool->name));
	pool->name[sizeof(pool->name) - 1] = 0;
}

void fw_pool_create(struct fw *fw)
{
	struct fw_outcome *out = &fw->outcome;
	struct pamc_pool_info wanted;
	uint32_t place = 1;
	uint16_t contents;
	uint8_t status;

	if (!fw_host_read(fw, fw->sqe.addr, &wanted, sizeof(wanted), out)) {
		return;
	}
	status = wanted.rsvd ? PAMC_STATUS_BAD_FIELD
			     : check(fw, wanted.type, wanted.order, wanted.flags, wanted.reserve,
				     wanted.limit);
	if (status != PAMC_STATUS_SUCCESS) {
		fw_fail(out, status, FIELD(addr));
		return;
	}
	while (place < FW_POOLS && fw->pools[place].id) {
		place++;
	}
	if (place == FW_POOLS ||
	    create_contents(fw, wanted.type, wanted.order, &contents) != VAULT_RESULT_DONE) {
		fw_fail(out, PAMC_STATUS_NO_RESOURCES, FIELD(addr));
		return;
	}
	status = set_bounds(fw, contents, wanted.order, wanted.flags, wanted.reserve, wanted.limit);
	if (status != PAMC_STATUS_SUCCESS) {
		fw_vault(fw, VAULT_ABANDON | VAULT_CONTENTS(contents));
		fw_fail(out, status, FIELD(addr));
		return;
	}
	fw_makes_pool(fw, place);
	take(&fw->pools[place], place, &wanted, contents);
	if (durable(&fw->pools[place])) {
		status = fw->platform.tier->pool_create(fw, &fw->pools[place]);
	}
	if (status != PAMC_STATUS_SUCCESS) {
		fw->pools[place].id = 0;
		fw_vault(fw, VAULT_ABANDON | VAULT_CONTENTS(contents));
		fw_fail(out, status, FIELD(addr));
		return;
	}
	show(fw, &fw->pools[place], true);
	out->result = fw->pools[place].id;
}

uint32_t fw_pool_found(struct fw *fw, const struct fw_pool *found)
{
	uint32_t place = 1;
	struct fw_pool *pool;
	uint32_t uses;

	while (place < FW_POOLS && fw->pools[place].id) {
		place++;
	}
	if (place == FW_POOLS) {
		return 0;
	}
	pool = &fw->pools[place];
	uses = pool->uses;
	*pool = *found;
	pool->uses = uses + 1;
	pool->id = uses << PLACE_BITS | place;
	/* A promise that this card cannot make is none; what was kept is there all the same. */
	if (set_bounds(fw, pool->contents, pool->order, pool->flags, pool->reserve, pool->limit) !=
	    PAMC_STATUS_SUCCESS) {
		pool->reserve = 0;
		set_bounds(fw, pool->contents, pool->order, pool->flags, 0, pool->limit);
	}
	show(fw, pool, true);
	return pool->id;
}

/* ---------------------------------------------------------------- POOL_LIST */

/* The pool with the lowest id from this one on, or NULL. */
static const struct fw_pool *next_from(const struct fw *fw, uint32_t id)
{
	const struct fw_pool *next = NULL;

	for (uint32_t place = 1; place < FW_POOLS; place++) {
		const struct fw_pool *pool = &fw->pools[place];

		if (pool->id && pool->id >= id && (!next || pool->id < next->id)) {
			next = pool;
		}
	}
	return next;
}

static uint64_t count_of(struct fw *fw, const struct fw_pool *pool, enum fw_pool_count kind)
{
	return pool->before[kind] + contents_count(fw, pool->contents, kind);
}

static void describe(struct fw *fw, const struct fw_pool *pool, struct pamc_pool_info *info)
{
	memset(info, 0, sizeof(*info));
	info->id = pool->id;
	info->type = pool->type;
	info->order = pool->order;
	info->domain = pool->domain;
	info->flags = pool->flags;
	info->reserve = pool->reserve;
	info->limit = pool->limit;
	memcpy(info->name, pool->name, sizeof(info->name));
	memcpy(info->owner, pool->owner, sizeof(info->owner));
	fw_vault(fw, VAULT_READ | VAULT_CONTENTS(pool->contents));
	info->pages = fw_row(fw, 1);
	info->used_bytes = (uint64_t)fw_row(fw, 2) * UNIT_BYTES;
	info->stored_bytes = fw_row64(fw, 3);
	info->same_pages = fw_row(fw, 5);
	info->raw_pages = fw_row(fw, 6);
	info->puts = count_of(fw, pool, FW_PUTS);
	info->puts_refused = count_of(fw, pool, FW_REFUSED);
	info->evicted = count_of(fw, pool, FW_EVICTED);
	info->flushes = count_of(fw, pool, FW_FLUSHES);
	info->gets = count_of(fw, pool, FW_GETS);
	info->misses = count_of(fw, pool, FW_MISSES);
	info->errors = count_of(fw, pool, FW_DAMAGED);
}

void fw_pool_list(struct fw *fw)
{
	uint32_t room = fw->sqe.length / sizeof(struct pamc_pool_info), written = 0, count = 0;
	const struct fw_pool *pool;
	struct pamc_pool_info info;

	for (uint32_t id = fw->sqe.id; (pool = next_from(fw, id)) != NULL; id = pool->id + 1) {
		count++;
		if (written < room) {
			describe(fw, pool, &info);
			if (!fw_host_write(fw, fw->sqe.addr + (uint64_t)written * sizeof(info),
					   &info, sizeof(info), &fw->outcome)) {
				return;
			}
			written++;
		}
		if (pool->id == UINT32_MAX) {
			break;
		}
	}
	fw->outcome.result = written;
	fw->outcome.info = count;
}

/* ---------------------------------------------------------------- changes */

/* What a POOL_SET makes of a pool. A status. */
static uint8_t changed_by(const struct fw *fw, const struct fw_pool *pool, struct fw_pool *next)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	uint32_t what = sqe->p.pool_set.what;

	*next = *pool;
	if (what & PAMC_POOL_SET_FLAGS) {
		next->flags = sqe->p.pool_set.flags;
	}
	if (what & PAMC_POOL_SET_RESERVE) {
		next->reserve = sqe->p.pool_set.reserve;
	}
	if (what & PAMC_POOL_SET_LIMIT) {
		next->limit = sqe->p.pool_set.limit;
	}
	/* What a pool survives was settled when it was made. */
	if (durable(pool) && !durable(next)) {
		return PAMC_STATUS_BAD_FIELD;
	}
	if (!durable(pool) && durable(next)) {
		return next->type == PAMC_POOL_TYPE_EPHEMERAL ? PAMC_STATUS_BAD_FIELD
							      : PAMC_STATUS_NOT_SUPPORTED;
	}
	return check(fw, next->type, next->order, next->flags, next->reserve, next->limit);
}

/* The field that a POOL_SET is refused for. */
static uint32_t set_wrong(const struct pamc_admin_sqe *sqe, const struct fw_pool *pool)
{
	uint32_t what = sqe->p.pool_set.what;

	if ((what & PAMC_POOL_SET_FLAGS) &&
	    ((sqe->p.pool_set.flags ^ pool->flags) & PAMC_POOL_DURABLE)) {
		return FIELD(p.pool_set.flags);
	}
	return what & PAMC_POOL_SET_RESERVE ? FIELD(p.pool_set.reserve) : FIELD(p.pool_set.limit);
}

/* False: the entry makes no sense, and the outcome says so. */
static bool set_sensible(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	uint32_t what = sqe->p.pool_set.what;

	if (what & ~PAMC_POOL_SET_ALL_FLAGS) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.pool_set.what));
		return false;
	}
	if ((what & PAMC_POOL_SET_FLAGS) && (sqe->p.pool_set.flags & ~PAMC_POOL_ALL_FLAGS)) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.pool_set.flags));
		return false;
	}
	return true;
}

/* Commands that are inside go by what the pool was: no others come in, and they end. */
void fw_pool_change(struct fw *fw)
{
	const struct pamc_admin_sqe *sqe = &fw->sqe;
	const struct fw_pool *pool = find(fw, sqe->id);
	struct fw_pool next;
	uint8_t status;

	if (sqe->opcode == PAMC_ADMIN_POOL_SET && !set_sensible(fw)) {
		return;
	}
	if (!pool) {
		fw_fail(&fw->outcome, PAMC_STATUS_BAD_POOL, FIELD(id));
		return;
	}
	if (sqe->opcode == PAMC_ADMIN_POOL_SET) {
		status = changed_by(fw, pool, &next);
		if (status != PAMC_STATUS_SUCCESS) {
			fw_fail(&fw->outcome, status, set_wrong(sqe, pool));
			return;
		}
	}
	fw_hold(fw, HOLD_PAUSE, 0);
	fw_write(fw, MAILBOX_POOL_BUSY, pool->id % FW_POOLS);
	/* A flush gives its promise up for a moment: no other pool may take it. */
	fw_admin_wait(fw, sqe->opcode == PAMC_ADMIN_POOL_FLUSH ? FW_WAIT_IDLE : FW_WAIT_POOL);
}

static void destroy(struct fw *fw, struct fw_pool *pool)
{
	uint8_t status =
	    durable(pool) ? fw->platform.tier->pool_destroy(fw, pool) : PAMC_STATUS_SUCCESS;

	if (status != PAMC_STATUS_SUCCESS) {
		fw_fail(&fw->outcome, status, NO_FIELD);
		return;
	}
	show(fw, pool, false);
	fw_vault(fw, VAULT_ABANDON | VAULT_CONTENTS(pool->contents));
	pool->id = 0;
}

/* New contents before the old ones are dead; if there are none, the pool stays as it is. */
static void flush(struct fw *fw, struct fw_pool *pool)
{
	uint32_t pages;
	uint16_t contents, old;
	uint8_t status;

	fw_vault(fw, VAULT_READ | VAULT_CONTENTS(pool->contents));
	pages = fw_row(fw, 1);
	if (pages == 0) {
		return;
	}
	if (create_contents(fw, pool->type, pool->order, &contents) != VAULT_RESULT_DONE) {
		fw_fail(&fw->outcome, PAMC_STATUS_NO_RESOURCES, NO_FIELD);
		return;
	}
	status =
	    durable(pool) ? fw->platform.tier->pool_flush(fw, pool, contents) : PAMC_STATUS_SUCCESS;
	if (status != PAMC_STATUS_SUCCESS) {
		fw_vault(fw, VAULT_ABANDON | VAULT_CONTENTS(contents));
		fw_fail(&fw->outcome, status, NO_FIELD);
		return;
	}
	for (uint32_t kind = 0; kind < FW_POOL_COUNTS; kind++) {
		pool->before[kind] += contents_count(fw, pool->contents, kind);
	}
	pool->before[FW_FLUSHES] += pages;
	old = pool->contents;
	pool->contents = contents;
	fw_vault(fw, VAULT_ABANDON | VAULT_COUNT_FLUSH | VAULT_CONTENTS(old));
	status = set_bounds(fw, contents, pool->order, pool->flags, pool->reserve, pool->limit);
	if (status != PAMC_STATUS_SUCCESS) {
		fw_fail(&fw->outcome, PAMC_STATUS_INTERNAL, NO_FIELD);
	}
	show(fw, pool, true);
}

static void set(struct fw *fw, struct fw_pool *pool)
{
	struct fw_pool next;
	uint8_t status;

	changed_by(fw, pool, &next);
	status = set_bounds(fw, pool->contents, next.order, next.flags, next.reserve, next.limit);
	if (status != PAMC_STATUS_SUCCESS) {
		fw_fail(&fw->outcome, status, set_wrong(&fw->sqe, pool));
		return;
	}
	*pool = next;
	/* Flash that cannot be told has the pool as it was; the pool is changed all the same. */
	if (durable(pool)) {
		fw->platform.tier->pool_set(fw, pool);
	}
	show(fw, pool, true);
}

void fw_pool_changed(struct fw *fw)
{
	struct fw_pool *pool = find(fw, fw->sqe.id);

	if (!pool) {
		return; /* destroyed already, before a restart */
	}
	switch (fw->sqe.opcode) {
	case PAMC_ADMIN_POOL_DESTROY:
		destroy(fw, pool);
		break;
	case PAMC_ADMIN_POOL_FLUSH:
		flush(fw, pool);
		break;
	default:
		set(fw, pool);
		break;
	}
}

void fw_pools_forget(struct fw *fw)
{
	for (uint32_t place = 1; place < FW_POOLS; place++) {
		if (fw->pools[place].id) {
			show(fw, &fw->pools[place], false);
			fw->pools[place].id = 0;
		}
	}
}

void fw_pools_hide(struct fw *fw)
{
	fw_write(fw, MAILBOX_POOL_ATTR, 0);
	for (uint32_t place = 1; place < FW_POOLS; place++) {
		fw_write(fw, MAILBOX_POOL, place);
	}
}

/* Nobody has them: a step had made them, or was about to give them up. */
static bool orphaned(const struct fw *fw, uint32_t contents)
{
	for (uint32_t place = 1; place < FW_POOLS; place++) {
		if (fw->pools[place].id && fw->pools[place].contents == contents) {
			return false;
		}
	}
	return true;
}

void fw_pools_repair(struct fw *fw, uint32_t place, uint32_t uses)
{
	if (place) {
		struct fw_pool *pool = &fw->pools[place];

		pool->id = uses << PLACE_BITS | place;
		show(fw, pool, false);
		memset(pool, 0, sizeof(*pool));
		/* Its id may have been seen: by who guesses. */
		pool->uses = uses + 1;
	}
	for (uint32_t contents = 0; contents < CONTENTS; contents++) {
		fw_vault(fw, VAULT_READ | VAULT_CONTENTS(contents));
		if ((fw_row(fw, 0) & (ROW_IN_USE | ROW_DEAD)) == ROW_IN_USE &&
		    orphaned(fw, contents)) {
			fw_vault(fw, VAULT_ABANDON | VAULT_CONTENTS(contents));
		}
	}
	for (place = 1; place < FW_POOLS; place++) {
		struct fw_pool *pool = &fw->pools[place];

		if (pool->id) {
			fw_vault(fw, VAULT_READ | VAULT_CONTENTS(pool->contents));
			if ((fw_row(fw, 0) & (ROW_IN_USE | ROW_DEAD)) == ROW_IN_USE) {
				set_bounds(fw, pool->contents, pool->order, pool->flags,
					   pool->reserve, pool->limit);
				show(fw, pool, true);
			}
		}
	}
}
