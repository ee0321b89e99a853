// SPDX-License-Identifier: Apache-2.0
/* Pools: what the vault does not know of them (names, owners, promises in pages). */
#include <cstddef>
#include <cstring>

#include "management.hpp"
#include "pamc_mailbox.h"
#include "vault_layout.h"

namespace rtl_card
{

#define FIELD(name) offsetof(pamc_admin_sqe, name)

constexpr uint32_t BUSY_VAULT = 1u << 16;
/* vault_pkg::op_e, result_e, rows of READ */
constexpr uint32_t OP_CREATE = 5, OP_ABANDON = 6, OP_SET = 7, OP_READ = 8;
constexpr uint32_t SET_RESERVE = 1u << 10, SET_LIMIT = 1u << 11, COUNT_FLUSH = 1u << 4;
constexpr uint32_t RESULT_DONE = 0, RESULT_REFUSED = 2;
/* Index slots that a promised page takes at worst: its own and its object's. */
constexpr uint64_t WORST_SLOTS = 2;

Management::Vault Management::vault(uint32_t word)
{
	Vault answer{};

	sim_.write(MAILBOX_VAULT, word);
	wait_for(MAILBOX_EVENTS, BUSY_VAULT, 0, "the vault does not answer");
	answer.result = sim_.read(MAILBOX_VAULT_RESULT);
	answer.value = sim_.read(MAILBOX_VAULT_VALUE);
	if ((word & 15) == OP_READ) {
		for (uint32_t n = 0; n < answer.row.size(); n++)
			answer.row[n] = sim_.read(MAILBOX_VAULT_ROW + 4 * n);
	}
	return answer;
}

Management::Pool *Management::pool(uint32_t id)
{
	Pool *found = &pools_[id % pools_.size()];

	return id != 0 && found->info.id == id ? found : nullptr;
}

/* Tells the executor what it must know of a pool. */
void Management::show_pool(const Pool &pool, bool valid)
{
	const pamc_pool_info &info = pool.info;

	sim_.write(MAILBOX_POOL_ATTR,
		   info.domain | pool.contents << 16 | uint32_t(info.order) << 25 |
		       (info.type == PAMC_POOL_TYPE_EPHEMERAL ? 1u << 28 : 0) |
		       (info.flags & PAMC_POOL_EXCLUSIVE ? 1u << 29 : 0) |
		       (info.flags & PAMC_POOL_FROZEN ? 1u << 30 : 0) | (valid ? 1u << 31 : 0));
	sim_.write(MAILBOX_POOL, info.id);
}

/* Waits until no command of the pool is inside; none may come in. */
void Management::drain(const Pool &pool)
{
	sim_.write(MAILBOX_POOL_BUSY, pool.info.id & 255);
	wait_for(MAILBOX_POOL_BUSY, 1, 0, "commands of a pool do not end");
}

uint64_t Management::contents_counter(unsigned int contents, unsigned int kind)
{
	sim_.write(MAILBOX_CONTENTS_SELECT, contents << 3 | kind);
	return sim_.read64(MAILBOX_CONTENTS_COUNTER);
}

void Management::contents_clear(unsigned int contents)
{
	for (unsigned int kind = 0; kind < 8; kind++)
		sim_.write(MAILBOX_CONTENTS_SELECT, 1u << 31 | contents << 3 | kind);
}

/* Before the pool gets other contents. */
void Management::keep_counters(Pool &pool)
{
	pool.puts += contents_counter(pool.contents, 0);
	pool.refused += contents_counter(pool.contents, 1);
	pool.evicted += contents_counter(pool.contents, 2);
	pool.flushes += contents_counter(pool.contents, 3);
	pool.gets += contents_counter(pool.contents, 4);
	pool.misses += contents_counter(pool.contents, 5);
	pool.errors += contents_counter(pool.contents, 6);
}

/* The counts in info, as of now. */
void Management::fill_in(Pool &pool)
{
	Vault read = vault(OP_READ | pool.contents << 16);
	pamc_pool_info &info = pool.info;

	info.pages = read.row[1];
	info.used_bytes = uint64_t(read.row[2]) * 32;
	info.stored_bytes = read.row[3] | uint64_t(read.row[4]) << 32;
	info.same_pages = read.row[5];
	info.raw_pages = read.row[6];
	info.puts = pool.puts + contents_counter(pool.contents, 0);
	info.puts_refused = pool.refused + contents_counter(pool.contents, 1);
	info.evicted = pool.evicted + contents_counter(pool.contents, 2);
	info.flushes = pool.flushes + contents_counter(pool.contents, 3);
	info.gets = pool.gets + contents_counter(pool.contents, 4);
	info.misses = pool.misses + contents_counter(pool.contents, 5);
	info.errors = pool.errors + contents_counter(pool.contents, 6);
}

/* Promises pages to contents, and sets a limit if there is one. A status. */
uint8_t Management::set_reserve(unsigned int contents, uint64_t pages, unsigned int order,
				std::optional<uint64_t> limit)
{
	/* More than the card has blocks: refused before the product overflows. */
	if (pages > settings_.dram_bytes / PAMC_BLOCK_SIZE)
		return PAMC_STATUS_NO_SPACE;
	sim_.write64(MAILBOX_VAULT_UNITS, pages * vault_worst_units(order));
	sim_.write(MAILBOX_VAULT_SLOTS, uint32_t(pages * WORST_SLOTS));
	if (limit) {
		/* A limit beyond all memory is none. */
		sim_.write(MAILBOX_VAULT_LIMIT,
			   *limit > settings_.dram_bytes / 32 ? 0 : uint32_t(*limit));
	}

	Vault set = vault(OP_SET | SET_RESERVE | (limit ? SET_LIMIT : 0) | contents << 16);

	return set.result == RESULT_DONE      ? PAMC_STATUS_SUCCESS
	       : set.result == RESULT_REFUSED ? PAMC_STATUS_NO_SPACE
					      : PAMC_STATUS_INTERNAL;
}

/* As sim/model/vault_pool.c. */
static uint8_t check_info(const pamc_pool_info &info)
{
	if (info.type > PAMC_POOL_TYPE_PERSISTENT || info.order > PAMC_MAX_PAGE_ORDER ||
	    info.flags & ~PAMC_POOL_ALL_FLAGS)
		return PAMC_STATUS_BAD_FIELD;
	if (info.type == PAMC_POOL_TYPE_EPHEMERAL &&
	    (info.reserve != 0 || info.flags & PAMC_POOL_DURABLE))
		return PAMC_STATUS_BAD_FIELD;
	if (info.limit != 0 && info.reserve > info.limit)
		return PAMC_STATUS_BAD_FIELD;
	return info.flags & PAMC_POOL_DURABLE ? PAMC_STATUS_NOT_SUPPORTED : PAMC_STATUS_SUCCESS;
}

void Management::pool_create(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	pamc_pool_info wanted{};
	unsigned int entry = 1;

	if (!host_read(sqe.addr, &wanted, sizeof(wanted), outcome))
		return;

	uint8_t status = wanted.rsvd ? uint8_t(PAMC_STATUS_BAD_FIELD) : check_info(wanted);

	if (status != PAMC_STATUS_SUCCESS)
		return fail(outcome, status, FIELD(addr));
	while (entry < pools_.size() && pools_[entry].info.id)
		entry++;
	if (entry == pools_.size())
		return fail(outcome, PAMC_STATUS_NO_RESOURCES, FIELD(addr));

	Pool &pool = pools_[entry];
	Vault made = vault(OP_CREATE | (wanted.type == PAMC_POOL_TYPE_EPHEMERAL ? 1u << 6 : 0) |
			   uint32_t(wanted.order) << 7);

	if (made.result != RESULT_DONE)
		return fail(outcome, PAMC_STATUS_NO_RESOURCES, FIELD(addr));
	contents_clear(made.value);
	status = set_reserve(made.value, wanted.reserve, wanted.order, wanted.limit);
	if (status != PAMC_STATUS_SUCCESS) {
		vault(OP_ABANDON | made.value << 16);
		return fail(outcome, status, FIELD(addr));
	}

	uint32_t uses = pool.uses;

	pool = Pool();
	pool.uses = uses + 1;
	pool.contents = made.value;
	pool.info.id = uses << 8 | entry;
	pool.info.type = wanted.type;
	pool.info.order = wanted.order;
	pool.info.domain = wanted.domain;
	pool.info.flags = wanted.flags;
	pool.info.reserve = wanted.reserve;
	pool.info.limit = wanted.limit;
	std::memcpy(pool.info.name, wanted.name, sizeof(wanted.name));
	pool.info.name[sizeof(wanted.name) - 1] = 0;
	std::memcpy(pool.info.owner, wanted.owner, sizeof(wanted.owner));
	show_pool(pool, true);
	outcome.result = pool.info.id;
}

/* Destroys a pool or all that it holds. Its commands are over before. */
void Management::pool_remove(const pamc_admin_sqe &sqe, Outcome &outcome, bool destroy)
{
	Pool *pool = this->pool(sqe.id);

	if (!pool)
		return fail(outcome, PAMC_STATUS_BAD_POOL, FIELD(id));
	hold(1);
	drain(*pool);

	Vault read = vault(OP_READ | pool->contents << 16);

	if (!destroy && read.row[1] == 0) {
		hold(0);
		return;
	}
	if (destroy) {
		show_pool(*pool, false);
		vault(OP_ABANDON | pool->contents << 16);
		pool->info = {};
	} else {
		keep_counters(*pool);
		pool->flushes += read.row[1];
		/* New contents before the old ones are dead, with their promise after. */
		Vault made =
		    vault(OP_CREATE | (pool->info.type == PAMC_POOL_TYPE_EPHEMERAL ? 1u << 6 : 0) |
			  uint32_t(pool->info.order) << 7);

		if (made.result == RESULT_DONE) {
			contents_clear(made.value);
			vault(OP_ABANDON | COUNT_FLUSH | pool->contents << 16);
			pool->contents = made.value;
			set_reserve(pool->contents, pool->info.reserve, pool->info.order,
				    pool->info.limit);
			show_pool(*pool, true);
		} else {
			fail(outcome, PAMC_STATUS_NO_RESOURCES, 0xffff);
		}
	}
	hold(0);
}

void Management::pool_list(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	size_t room = sqe.length / sizeof(pamc_pool_info);
	std::vector<Pool *> found;
	std::vector<pamc_pool_info> list;

	for (Pool &pool : pools_) {
		if (pool.info.id && pool.info.id >= sqe.id)
			found.push_back(&pool);
	}
	std::sort(found.begin(), found.end(),
		  [](const Pool *a, const Pool *b) { return a->info.id < b->info.id; });
	for (Pool *pool : found) {
		if (list.size() < room) {
			fill_in(*pool);
			list.push_back(pool->info);
		}
	}
	if (!list.empty() &&
	    !host_write(sqe.addr, list.data(), list.size() * sizeof(list[0]), outcome))
		return;
	outcome.result = uint32_t(list.size());
	outcome.info = uint32_t(found.size());
}

/* The field that a POOL_SET was refused for. */
static size_t set_wrong(const pamc_admin_sqe &sqe)
{
	uint32_t what = sqe.p.pool_set.what;

	if ((what & PAMC_POOL_SET_FLAGS) && (sqe.p.pool_set.flags & PAMC_POOL_DURABLE))
		return FIELD(p.pool_set.flags);
	return what & PAMC_POOL_SET_RESERVE ? FIELD(p.pool_set.reserve) : FIELD(p.pool_set.limit);
}

void Management::pool_set(const pamc_admin_sqe &sqe, Outcome &outcome)
{
	const auto &p = sqe.p.pool_set;
	Pool *pool = this->pool(sqe.id);

	if (p.what & ~PAMC_POOL_SET_ALL_FLAGS)
		return fail(outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.pool_set.what));
	if ((p.what & PAMC_POOL_SET_FLAGS) && (p.flags & ~PAMC_POOL_ALL_FLAGS))
		return fail(outcome, PAMC_STATUS_BAD_FIELD, FIELD(p.pool_set.flags));
	if (!pool)
		return fail(outcome, PAMC_STATUS_BAD_POOL, FIELD(id));

	pamc_pool_info next = pool->info;

	if (p.what & PAMC_POOL_SET_FLAGS)
		next.flags = p.flags;
	if (p.what & PAMC_POOL_SET_RESERVE)
		next.reserve = p.reserve;
	if (p.what & PAMC_POOL_SET_LIMIT)
		next.limit = p.limit;

	uint8_t status = check_info(next);

	if (status == PAMC_STATUS_SUCCESS) {
		/* Commands that are inside go by what the pool was. */
		hold(1);
		drain(*pool);
		status = set_reserve(pool->contents, next.reserve, next.order, next.limit);
		if (status == PAMC_STATUS_SUCCESS) {
			pool->info = next;
			show_pool(*pool, true);
		}
		hold(0);
	}
	if (status != PAMC_STATUS_SUCCESS)
		fail(outcome, status, set_wrong(sqe));
}

} // namespace rtl_card
