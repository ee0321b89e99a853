// SPDX-License-Identifier: Apache-2.0
/* Two cards, one stream: commands out, completions back. */
#include "twins.hpp"

namespace card_stream
{

namespace
{

/* Where pages, lists and data of admin commands are, in both memories. */
constexpr uint64_t SPACES = 0x40000000, LISTS = 0x60000000, DATA = 0x70000000, NOWHERE = 0x7f000000;
constexpr unsigned int SHIFTS[QUEUES + 1] = {4, 6, 4, 5, 4};
/* Cycles without a completion; with flash, in which others' pages may have to be written first. */
constexpr uint64_t PATIENCE = 300'000, FLASH_PATIENCE = 30'000'000;
/* Of flash: dies, pages of a block, bytes. */
constexpr uint64_t BLOCK = 4 * 64 * 4096;
constexpr uint64_t MODEL_DRAM = 8 << 20;
/* Longer than the firmware takes to see an ABORT. */
constexpr unsigned int LATE = 2000;

rtl_card::Figures figures_for(const Stream &stream)
{
	rtl_card::Figures made;

	made.flash.blocks = unsigned(stream.flash);
	made.flash.read = 2000;
	made.flash.program = 6000;
	made.flash.erase = 10000;
	made.firmware.tier = stream.flash;
	return made;
}

uint64_t mixed(uint64_t value)
{
	return rtl::Random(value)();
}

} /* namespace */

uint64_t Twins::space(unsigned int place)
{
	return SPACES + place * 0x20000ull;
}

uint64_t Twins::list(unsigned int place)
{
	return LISTS + place * 0x2000ull;
}

Twins::Handle Twins::handle_of(const pamc_sqe &sqe)
{
	return {sqe.pool, sqe.object[0], sqe.object[2], sqe.index};
}

Twins::Twins(const Stream &stream, const std::vector<PageFile> &files)
    : files_(files), stream_(stream), exact_(stream.window == 1 && !stream.flash),
      patience_(stream.flash ? FLASH_PATIENCE : PATIENCE),
      card_(stream.dram, stream.seed, figures_for(stream)),
      model_(stream.flash ? MODEL_DRAM : stream.dram, stream.seed, stream.flash * BLOCK)
{
	behave();
	map_memory();
	card_.start();
	for (unsigned int queue = 1; queue <= QUEUES; queue++)
		open_queue(queue);
}

/* Delays, gaps, orders and sizes of what is around the card. */
void Twins::behave()
{
	rtl::Random random(stream_.manner);
	pcie::Options &host = card_.sim().host().options();
	dram::Slave &memory = card_.sim().memory();

	if (stream_.manner == 0)
		return;
	host.max_payload = 128u << random.below(3);
	host.max_read_req = 128u << random.below(4);
	host.latency = unsigned(random.between(20, 250));
	host.latency_spread = unsigned(random.one_in(2) ? random.below(300) : 0);
	host.split = random.one_in(2);
	host.reorder = random.one_in(2);
	if (random.one_in(3)) {
		host.rq = {unsigned(random.between(1, 20)), unsigned(random.below(6))};
		host.rc = {unsigned(random.between(1, 20)), unsigned(random.below(6))};
		host.cq = {unsigned(random.between(1, 20)), unsigned(random.below(6))};
	}
	if (random.one_in(3)) {
		memory.manner.r = {unsigned(random.between(1, 20)), unsigned(random.below(6))};
		memory.manner.w = {unsigned(random.between(1, 20)), unsigned(random.below(6))};
		memory.manner.b = {unsigned(random.between(1, 20)), unsigned(random.below(6))};
		memory.manner.mixed = true;
		memory.pace();
	}
}

void Twins::map_memory()
{
	for (HostMemory *memory : {&card_.memory(), &model_.memory()}) {
		for (unsigned int place = 0; place <= PLACES; place++) {
			memory->map(space(place), PAMC_MAX_PAGE_BLOCKS);
			memory->map(list(place), 1);
		}
		memory->map(DATA, 20);
	}
}

void Twins::open_queue(unsigned int queue)
{
	card_.create_queue(queue, SHIFTS[queue], domain_of(queue));

	pamc_cqe cqe = model_.create_queue(queue, domain_of(queue));

	tap_check(CardHost::status(cqe) == PAMC_STATUS_SUCCESS, "the model makes no queue pair");
	rings_[queue] = false;
}

/* ---------------------------------------------------------------- cycles */

std::string Twins::tell(const Sent &sent)
{
	return "opcode " + std::to_string(sent.sqe.opcode) + " flags " +
	       std::to_string(sent.sqe.flags) + " pool " + std::to_string(sent.sqe.pool) +
	       " index " + std::to_string(sent.sqe.index) + " by queue pair " +
	       std::to_string(sent.queue);
}

void Twins::hangs() const
{
	std::string what = "completions do not come, of";

	for (const Sent &sent : sent_)
		what += sent.open ? " (" + tell(sent) + ")" : "";
	throw rtl::Broken(what);
}

void Twins::pump(bool poll)
{
	for (unsigned int queue = 1; queue <= QUEUES; queue++) {
		if (rings_[queue])
			card_.doorbell(queue);
		rings_[queue] = false;
	}
	card_.step();
	for (unsigned int queue = 1; poll && queue <= QUEUES; queue++) {
		while (auto done = card_.poll(queue))
			take(queue, done->cqe);
	}
	if (poll && card_.now() - progress_ > patience_)
		hangs();
}

void Twins::rest()
{
	while (open_)
		pump();
}

/* What the model does in the background at once. */
void Twins::tidy()
{
	for (unsigned int n = 0; card_.management().background(); n++) {
		tap_check(n < (stream_.flash ? FLASH_PATIENCE : 2000),
			  "pages that are dead are not found");
		/* With flash there is more to be waited for. */
		if (stream_.flash)
			card_.step();
	}
	progress_ = card_.now();
}

/* The order of the two would matter, and nobody promises one. */
bool Twins::in_the_way(const Sent &other, const pamc_sqe &sqe, unsigned int queue) const
{
	if (!other.open || other.sqe.pool != sqe.pool)
		return false;
	for (const Pool &pool : pools_) {
		if (pool.id && pool.id == sqe.pool && pool.serial)
			return true;
	}
	if (other.queue == queue)
		return false;
	return std::memcmp(other.sqe.object, sqe.object, sizeof(sqe.object)) == 0 &&
	       (other.sqe.index == sqe.index || other.sqe.opcode == PAMC_OP_FLUSH_OBJECT ||
		sqe.opcode == PAMC_OP_FLUSH_OBJECT);
}

void Twins::wait_for_pool(uint32_t id)
{
	for (size_t place = 0; place < PLACES; place++) {
		while (sent_[place].open && sent_[place].sqe.pool == id)
			pump();
	}
}

/* ---------------------------------------------------------------- completions */

void Twins::compare(const Sent &sent, const pamc_cqe &cqe)
{
	const pamc_cqe &wanted = sent.wanted;
	unsigned int status = CardHost::status(cqe);
	std::string what = tell(sent);

	tap_check((cqe.status & ~1) == (wanted.status & ~1),
		  what + ": status " + std::to_string(status) + ", the model's " +
		      std::to_string(CardHost::status(wanted)));
	tap_check(cqe.result == wanted.result, what + ": another result");
	/* Which tier a page is in is not the same. */
	uint32_t defined = stream_.flash ? 0xffffff : ~0u;

	tap_check((cqe.info & defined) == (wanted.info & defined),
		  what + ": info " + std::to_string(cqe.info) + ", the model's " +
		      std::to_string(wanted.info));
	if (sent.sqe.opcode != PAMC_OP_GET || status == PAMC_STATUS_DMA_FAULT)
		return;
	for (unsigned int block = 0; block < PAMC_MAX_PAGE_BLOCKS; block++) {
		uint64_t addr = space(sent.sqe.cid) + 4096 * block;

		tap_check(card_.page(addr) == model_.memory().page(addr),
			  what + ": other data in block " + std::to_string(block));
	}
}

/* Now that it is known whether the ABORT came in time, the model does the same. */
void Twins::decide(Sent &sent, const pamc_cqe &cqe)
{
	if (CardHost::status(cqe) == PAMC_STATUS_ABORTED) {
		pamc_cqe aborts;

		sent.wanted = model_.execute_aborted(sent.queue, sent.sqe, sent.abort, aborts);
		tap_check(CardHost::status(aborts) == PAMC_STATUS_SUCCESS,
			  "the model's ABORT found nothing");
		report_.aborted++;
	} else {
		sent.wanted = model_.execute(sent.queue, sent.sqe);
	}
	book(sent);
	sent.undecided = false;
}

void Twins::take(unsigned int queue, const pamc_cqe &cqe)
{
	tap_check(cqe.cid < PLACES && cqe.qid == queue, "a completion of nothing");

	Sent &sent = sent_[cqe.cid];
	unsigned int status = CardHost::status(cqe);

	tap_check(sent.open && sent.queue == queue, "a completion too many: " + tell(sent));
	progress_ = card_.now();
	/* Its queue pair was given up; what has come of it is seen to later. */
	if (settling_ && status == PAMC_STATUS_ABORTED)
		return;
	if (sent.undecided)
		decide(sent, cqe);
	compare(sent, cqe);
	report_.io[std::min<unsigned int>(sent.sqe.opcode, 7)][std::min(status, 31u)]++;
	sent.open = false;
	open_--;
}

/* Keeps book of what is stored, from what the model said. */
void Twins::book(Sent &sent)
{
	const pamc_sqe &sqe = sent.sqe;
	Handle handle = handle_of(sqe);
	unsigned int status = CardHost::status(sent.wanted);
	bool exclusive = sqe.flags & PAMC_SQE_EXCLUSIVE;
	bool reached = status != PAMC_STATUS_BAD_POOL && status != PAMC_STATUS_ACCESS_DENIED;

	for (const Pool &pool : pools_)
		exclusive |= pool.id && pool.id == sqe.pool && pool.exclusive;

	auto touch = [&](const Handle &which) {
		auto old = stored_.find(which);

		sent.touched[which] = old == stored_.end() ? std::optional<uint32_t>()
							   : std::optional<uint32_t>(old->second);
		if (old != stored_.end())
			stored_.erase(old);
	};

	if (sqe.opcode == PAMC_OP_PUT && reached) {
		touch(handle);
		if (status == PAMC_STATUS_SUCCESS) {
			stored_[handle] = sent.wanted.result;
			ever_.insert(handle);
		}
	} else if (sqe.opcode == PAMC_OP_FLUSH_PAGE || (sqe.opcode == PAMC_OP_GET && exclusive)) {
		if (status == PAMC_STATUS_SUCCESS)
			touch(handle);
	} else if (sqe.opcode == PAMC_OP_FLUSH_OBJECT && status == PAMC_STATUS_SUCCESS) {
		Handle from{sqe.pool, sqe.object[0], sqe.object[2], 0};

		for (auto at = ever_.lower_bound(from);
		     at != ever_.end() && std::get<0>(*at) == sqe.pool &&
		     std::get<1>(*at) == sqe.object[0] && std::get<2>(*at) == sqe.object[2];
		     ++at)
			touch(*at);
	}
}

/* ---------------------------------------------------------------- I/O commands */

void Twins::fill(uint64_t addr, uint64_t data, unsigned int block)
{
	rtl::Random random(data * 16 + block);
	HostMemory::Page &page = card_.page(addr);

	switch (random.below(8)) {
	case 0:
		page.fill(uint8_t(random()));
		break;
	case 1:
		for (uint8_t &byte : page)
			byte = uint8_t(random());
		break;
	default: {
		const PageFile &file = files_[random.below(files_.size())];
		const Bytes &bytes = file.pages[random.below(file.pages.size())];

		std::copy(bytes.begin(), bytes.end(), page.begin());
	}
	}
	model_.memory().page(addr) = page;
}

/* Where the page is: in a row, or blocks of it by a list. */
void Twins::lay_out(const Step &step, unsigned int place, unsigned int blocks, pamc_sqe &sqe)
{
	uint64_t at = list(place) + mixed(step.data) % (512 - blocks + 1) * 8;

	sqe.addr = space(place);
	if (step.bad && !step.list)
		sqe.addr += 4096 * (PAMC_MAX_PAGE_BLOCKS - blocks + 1);
	if (step.list) {
		for (unsigned int n = 0; n < blocks; n++) {
			uint64_t entry = space(place) + 4096 * (blocks - 1 - n);

			if (step.bad && n == step.data % blocks)
				entry = NOWHERE;
			if (step.entry && n == blocks - 1)
				entry += 8;
			card_.access(at + 8 * n, 8, nullptr, &entry);
			model_.memory().access(at + 8 * n, 8, nullptr, &entry);
		}
		sqe.addr = at;
	}
	sqe.addr += step.offset;
	if (step.high)
		sqe.addr = ~uint64_t(0) << 12;
}

void Twins::io(const Step &step)
{
	const Pool &pool = pools_.at(step.pool);
	unsigned int place = 0, blocks = 1u << pool.order;
	unsigned int queue = unsigned(std::clamp<uint64_t>(step.queue, 1, QUEUES));
	pamc_sqe sqe{};

	sqe.opcode = uint8_t(step.opcode);
	sqe.flags = uint8_t(step.flags);
	sqe.pool = uint32_t(pool.id ^ step.pool_xor);
	sqe.object[0] = step.object;
	sqe.object[2] = step.object2 << 63;
	sqe.index = step.index;
	sqe.function = uint16_t(step.function);
	sqe.rsvd = uint32_t(step.rsvd);

	auto blocked = [&] {
		for (const Sent &other : sent_) {
			if (in_the_way(other, sqe, queue))
				return true;
		}
		return open_ >= std::min<uint64_t>(stream_.window, PLACES) || !card_.room(queue);
	};

	if (open_ == 0)
		progress_ = card_.now();
	while (blocked())
		pump();
	while (sent_[place].open)
		place++;
	progress_ = card_.now();

	for (unsigned int n = 0; n < PAMC_MAX_PAGE_BLOCKS; n++) {
		uint64_t addr = space(place) + 4096 * n;

		if (step.opcode == PAMC_OP_PUT && n < blocks) {
			fill(addr, step.data, n);
		} else {
			card_.page(addr).fill(0xa5);
			model_.memory().page(addr).fill(0xa5);
		}
	}
	sqe.cid = uint16_t(place);
	lay_out(step, place, blocks, sqe);
	if (step.crc) {
		for (unsigned int n = 0; n < blocks; n++) {
			unsigned int block = step.list ? blocks - 1 - n : n;

			sqe.crc = crc32c_extend(
			    sqe.crc, card_.page(space(place) + 4096 * block).data(), 4096);
		}
		sqe.crc ^= step.crc - 1;
	}

	Sent &sent = sent_[place];

	sent = Sent();
	sent.open = true;
	sent.queue = queue;
	sent.blocks = blocks;
	sent.sqe = sqe;
	sent.undecided = step.abort;
	open_++;
	report_.commands++;
	if (step.push <= 1)
		card_.submit(queue, sqe, step.push);
	else
		card_.submit(queue, sqe, true, unsigned(step.push - 2));
	/* A push that is whole, and the next, needs no doorbell. */
	rings_[queue] |= step.push != 1;
	if (step.abort) {
		follow_with_abort(sent, step.abort - 1);
		return;
	}
	sent.wanted = model_.execute(queue, sqe);
	book(sent);
	if (exact_) {
		rest();
		if (sqe.opcode == PAMC_OP_FLUSH_OBJECT)
			tidy();
	} else if (mixed(step.data ^ step.index) % 4 == 0) {
		pump();
	}
}

/* after: of the command; 0: it overtakes the command, whose ring is read late. */
void Twins::follow_with_abort(Sent &sent, uint64_t after)
{
	unsigned int &latency = card_.sim().host().options().latency;
	unsigned int usual = latency;
	uint64_t aborted = report_.aborted;
	pamc_cqe mine, theirs;

	sent.abort.opcode = PAMC_ADMIN_ABORT;
	sent.abort.id = sent.queue;
	sent.abort.p.abort.cid = sent.sqe.cid;
	if (after == 0)
		latency += LATE;
	for (uint64_t n = 0; n < std::max<uint64_t>(after, 1); n++)
		pump();
	card_.submit(0, sent.abort, true);
	for (unsigned int n = 0; n < LATE / 20; n++)
		pump();
	latency = usual;
	mine = card_.wait(0).cqe;
	progress_ = card_.now();
	report_.admins++;
	report_.admin[PAMC_ADMIN_ABORT - 0x80][CardHost::status(mine)]++;
	for (unsigned int queue = 1; queue <= QUEUES; queue++) {
		while (auto done = card_.poll(queue))
			take(queue, done->cqe);
	}
	tap_check(!sent.open, tell(sent) + ": open when its ABORT has completed");
	if (report_.aborted != aborted) {
		tap_check(CardHost::status(mine) == PAMC_STATUS_SUCCESS,
			  "an ABORT says that it failed");
		return;
	}
	theirs = model_.execute(0, sent.abort);
	if (mine.status >> 1 != theirs.status >> 1) {
		/* It found its command, too late. */
		tap_check(CardHost::status(mine) == PAMC_STATUS_SUCCESS, "an ABORT fails");
		report_.late_aborts++;
		ahead_["errors"]--;
	}
}

} // namespace card_stream
