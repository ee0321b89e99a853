// SPDX-License-Identifier: Apache-2.0
/* Two cards, one stream: admin commands, resets, and the order of it all. */
#include "twins.hpp"

namespace card_stream
{

namespace
{

/* As in card_twins.cpp: data of admin commands, and the place that only settle() uses. */
constexpr uint64_t DATA = 0x70000000, NOWHERE = 0x7f000000;
/* Longest time that a pool's commands, an ABORT's target and the like may take. */
constexpr uint64_t LONGEST = 2'000'000;

} /* namespace */

/* By both; their completions must be the same. */
pamc_cqe Twins::admin(const pamc_admin_sqe &sqe, const char *what)
{
	pamc_cqe mine = card_.admin(sqe, LONGEST), theirs = model_.execute(0, sqe);
	std::string who = std::string(what) + ", opcode " + std::to_string(sqe.opcode) + " id " +
			  std::to_string(sqe.id);

	progress_ = card_.now();
	report_.admins++;
	report_.admin[sqe.opcode >= 0x80 && sqe.opcode < 0x9f ? sqe.opcode - 0x80 : 31]
		     [CardHost::status(mine) & 31]++;
	tap_check(mine.status >> 1 == theirs.status >> 1,
		  who + ": status " + std::to_string(CardHost::status(mine)) + ", the model's " +
		      std::to_string(CardHost::status(theirs)));
	/* A feature's value is two words, of a time. */
	tap_check(mine.result == theirs.result && mine.info == theirs.info,
		  who + ": result " + std::to_string(mine.result) + " " +
		      std::to_string(mine.info) + ", the model's " + std::to_string(theirs.result) +
		      " " + std::to_string(theirs.info));
	return mine;
}

void Twins::admin_step(const Step &step)
{
	pamc_admin_sqe sqe{};
	const uint64_t words[4] = {step.p0, step.p1, step.p2, step.p3};

	sqe.opcode = uint8_t(step.opcode);
	sqe.flags = uint8_t(step.flags);
	sqe.id = uint32_t(step.id);
	std::memcpy(&sqe.p, words, sizeof(words));
	sqe.addr = (step.bad ? NOWHERE : DATA) + step.offset;
	sqe.length = uint32_t(step.length);
	sqe.function = uint16_t(step.function);
	sqe.rsvd = uint32_t(step.rsvd);
	admin(sqe, "an admin command");
}

/* ---------------------------------------------------------------- pools */

void Twins::create(const Step &step)
{
	Pool &pool = pools_.at(step.pool);
	pamc_pool_info info{};
	pamc_admin_sqe sqe{};

	if (pool.id || step.pool == 0)
		return;
	info.type = uint8_t(step.type);
	info.order = uint8_t(step.order);
	info.domain = uint16_t(step.domain);
	info.flags = uint32_t(step.flags);
	info.rsvd = uint32_t(step.rsvd);
	info.reserve = step.reserve;
	info.limit = step.limit;
	std::snprintf(reinterpret_cast<char *>(info.name), sizeof(info.name), "place %u",
		      unsigned(step.pool));
	for (HostMemory *memory : {&card_.memory(), &model_.memory()})
		memory->access(DATA, sizeof(info), nullptr, &info);
	sqe.opcode = PAMC_ADMIN_POOL_CREATE;
	sqe.addr = DATA;
	sqe.length = sizeof(info);

	pamc_cqe made = admin(sqe, "a pool is made");

	if (CardHost::status(made) != PAMC_STATUS_SUCCESS)
		return;
	pool.id = made.result;
	pool.domain = info.domain;
	pool.order = info.order;
	pool.exclusive = info.flags & PAMC_POOL_EXCLUSIVE;
	pool.serial = info.limit != 0;
}

void Twins::destroy(const Step &step)
{
	Pool &pool = pools_.at(step.pool);
	uint32_t id = pool.id;
	pamc_admin_sqe sqe{};

	wait_for_pool(id);
	sqe.opcode = step.flags == 1 ? PAMC_ADMIN_POOL_FLUSH : PAMC_ADMIN_POOL_DESTROY;
	sqe.id = id;

	pamc_cqe cqe = admin(sqe, "a pool is emptied");

	if (exact_)
		tidy();
	if (CardHost::status(cqe) != PAMC_STATUS_SUCCESS)
		return;

	Handle from{id, 0, 0, 0}, to{id + 1, 0, 0, 0};

	stored_.erase(stored_.lower_bound(from), stored_.lower_bound(to));
	if (step.flags != 1) {
		ever_.erase(ever_.lower_bound(from), ever_.lower_bound(to));
		pool = Pool();
	}
}

void Twins::set(const Step &step)
{
	Pool &pool = pools_.at(step.pool);
	pamc_admin_sqe sqe{};

	wait_for_pool(pool.id);
	sqe.opcode = PAMC_ADMIN_POOL_SET;
	sqe.id = pool.id;
	sqe.p.pool_set.what = uint32_t(step.id);
	sqe.p.pool_set.flags = uint32_t(step.flags);
	sqe.p.pool_set.reserve = step.reserve;
	sqe.p.pool_set.limit = step.limit;

	pamc_cqe cqe = admin(sqe, "a pool is changed");

	if (exact_)
		tidy();
	if (CardHost::status(cqe) != PAMC_STATUS_SUCCESS)
		return;
	if (step.id & PAMC_POOL_SET_FLAGS)
		pool.exclusive = step.flags & PAMC_POOL_EXCLUSIVE;
	if (step.id & PAMC_POOL_SET_LIMIT)
		pool.serial |= step.limit != 0;
}

/* ---------------------------------------------------------------- resets */

/* The card is reset, and brought up again. */
void Twins::restart()
{
	unsigned int reads = 0;

	while (card_.read32(PAMC_REG_STATUS) & PAMC_STATUS_READY_MASK)
		tap_check(++reads < 20000, "READY does not fall");
}

void Twins::reset(const Step &step)
{
	std::vector<Sent> unsettled;
	unsigned int only = unsigned(std::clamp<uint64_t>(step.queue, 1, QUEUES));

	if (exact_)
		rest();
	report_.resets++;
	if (step.flags == 2) {
		pamc_admin_sqe sqe{};

		sqe.opcode = PAMC_ADMIN_QP_DELETE;
		sqe.id = only;
		admin(sqe, "a queue pair is deleted");
	} else if (step.flags == 1) {
		card_.sim().host().start_flr();
		for (unsigned int n = 0; card_.sim().host().flr(); n++) {
			tap_check(n < LONGEST, "a function-level reset does not end");
			card_.step();
		}
		model_.reset(true);
		restart();
	} else {
		card_.write_register<uint32_t>(PAMC_REG_CTRL, 0);
		restart();
		model_.reset(false);
	}
	/* What has completed before is as good as ever. */
	settling_ = true;
	for (unsigned int queue = 1; queue <= QUEUES; queue++) {
		if (step.flags == 2 && queue != only)
			continue;
		while (auto done = card_.poll(queue))
			take(queue, done->cqe);
	}
	settling_ = false;
	for (Sent &sent : sent_) {
		if (!sent.open || (step.flags == 2 && sent.queue != only))
			continue;
		unsettled.push_back(sent);
		sent.open = false;
		open_--;
	}
	report_.unsettled += unsettled.size();
	if (step.flags != 2) {
		card_.start();
		model_.start();
	}
	for (unsigned int queue = 1; queue <= QUEUES; queue++) {
		if (step.flags != 2 || queue == only)
			open_queue(queue);
	}
	progress_ = card_.now();
	if (!exact_)
		settle(unsettled);
}

/* Looks at what commands without a completion have come to, and does away with it. */
void Twins::settle(std::vector<Sent> unsettled)
{
	std::map<Handle, std::pair<unsigned int, std::set<uint32_t>>> possible;
	uint64_t target = DATA + 4 * 4096;

	rest();
	for (const Sent &sent : unsettled) {
		for (const auto &[handle, before] : sent.touched) {
			auto &[queue, crcs] = possible[handle];

			queue = sent.queue;
			if (before)
				crcs.insert(*before);
		}
		if (sent.sqe.opcode != PAMC_OP_PUT ||
		    CardHost::status(sent.wanted) != PAMC_STATUS_SUCCESS)
			continue;
		possible[handle_of(sent.sqe)].second.insert(sent.wanted.result);
		/* At a pool's limit the model has dropped another page for it. */
		for (const Pool &pool : pools_) {
			if (!pool.serial || pool.id != sent.sqe.pool)
				continue;
			for (const auto &[handle, crc] : stored_) {
				if (std::get<0>(handle) != pool.id)
					continue;
				possible[handle].first = sent.queue;
				possible[handle].second.insert(crc);
			}
		}
	}
	for (const auto &[handle, what] : possible) {
		pamc_sqe sqe{};
		const auto &[queue, crcs] = what;

		sqe.opcode = PAMC_OP_GET;
		sqe.pool = std::get<0>(handle);
		sqe.object[0] = std::get<1>(handle);
		sqe.object[2] = std::get<2>(handle);
		sqe.index = std::get<3>(handle);
		sqe.addr = target;
		card_.submit(queue, sqe, false);
		card_.doorbell(queue);

		pamc_cqe cqe = card_.wait(queue, LONGEST).cqe;
		unsigned int status = CardHost::status(cqe);

		tap_check(status == PAMC_STATUS_MISS ||
			      (status == PAMC_STATUS_SUCCESS && crcs.count(cqe.result)),
			  "after a reset: status " + std::to_string(status) + " of pool " +
			      std::to_string(sqe.pool) + " index " + std::to_string(sqe.index) +
			      ", or a page that nobody put");
		if (status == PAMC_STATUS_SUCCESS) {
			unsigned int blocks = 1;
			uint32_t crc = 0;

			for (const Pool &pool : pools_)
				blocks = pool.id == sqe.pool ? 1u << pool.order : blocks;
			for (unsigned int n = 0; n < blocks; n++)
				crc =
				    crc32c_extend(crc, card_.page(target + 4096 * n).data(), 4096);
			tap_check(crc == cqe.result, "after a reset: damaged data");
		}
		sqe.opcode = PAMC_OP_FLUSH_PAGE;
		sqe.addr = 0;
		card_.submit(queue, sqe, false);
		card_.doorbell(queue);
		cqe = card_.wait(queue, LONGEST).cqe;
		tap_check(cqe.status >> 1 == model_.execute(queue, sqe).status >> 1,
			  "after a reset: a flush");
		stored_.erase(handle);
	}
	check(true);
}

/* ---------------------------------------------------------------- all */

void Twins::step(const Step &step)
{
	switch (step.kind) {
	case IO:
		return io(step);
	case ADMIN:
		return admin_step(step);
	case CREATE:
		return create(step);
	case DESTROY:
		return destroy(step);
	case SET:
		return set(step);
	case DOORBELL:
		card_.wrong_doorbell(unsigned(step.queue), step.offset, uint32_t(step.p0));
		model_.wrong_doorbell(unsigned(step.queue), step.offset, uint32_t(step.p0));
		return;
	case WAIT:
		for (uint64_t n = 0; n < step.offset; n++)
			pump(false);
		return;
	case REST:
		return rest();
	case RESET:
		return reset(step);
	default:
		return check(false);
	}
}

void Twins::run()
{
	for (const Step &each : stream_.steps) {
		report_.steps++;
		step(each);
	}
	check(false);
	model_.check();
	read_back();
	check(false);
	/* And nothing is left of it all. */
	for (unsigned int place = 1; place <= POOLS; place++) {
		Step gone;

		gone.pool = place;
		if (pools_[place].id)
			destroy(gone);
	}
	empty_ = true;
	check(false);
	model_.check();
}

} // namespace card_stream
