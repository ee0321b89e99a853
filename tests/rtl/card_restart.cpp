// SPDX-License-Identifier: Apache-2.0
/*
 * The management core restarts again and again under load, at any moment: the data path goes
 * on meanwhile, no page is lost, every admin command is answered once and does what it says.
 */
#include <map>

#include "card_host.hpp"
#include "core.hpp"
#include "tap.hpp"

namespace
{

constexpr unsigned int shift = 4, most = 8;
/* Handles, which are put to again and again: the card does not fill. */
constexpr uint64_t handles = 600;

class Load
{
	CardHost &card_;
	rtl::Random random_;
	uint32_t pool_;
	uint64_t next_ = 0;
	std::vector<uint64_t> free_;
	struct Command {
		uint64_t index, page;
		bool get;
		uint64_t seed; /* of a get: what it has to find */
	};
	std::map<uint16_t, Command> inside_;
	std::vector<uint64_t> stored_;
	std::map<uint64_t, uint64_t> seeds_;
	uint16_t cid_ = 0;

	void fill(uint64_t page, uint64_t seed)
	{
		rtl::Random bytes(seed);

		for (unsigned int n = 0; n < 4096; n++)
			card_.page(page)[n] = uint8_t(bytes() & (n % 64 < 20 ? 0xff : 3));
	}

      public:
	unsigned int puts = 0, gets = 0;

	Load(CardHost &card, uint32_t pool, uint64_t seed) : card_(card), random_(seed), pool_(pool)
	{
		for (unsigned int n = 0; n < most; n++)
			free_.push_back(card.allocate());
	}

	void submit()
	{
		pamc_sqe sqe{};
		bool get = !stored_.empty() && random_.one_in(2);
		uint64_t page = free_.back();

		free_.pop_back();
		sqe.cid = ++cid_;
		sqe.opcode = get ? PAMC_OP_GET : PAMC_OP_PUT;
		sqe.pool = pool_;
		sqe.addr = page;
		sqe.index = get ? stored_[random_.below(stored_.size())] : next_++ % handles;
		if (get) {
			card_.page(page).fill(0);
		} else {
			seeds_[sqe.index] = random_();
			fill(page, seeds_[sqe.index]);
		}
		inside_[sqe.cid] = {sqe.index, page, get, seeds_[sqe.index]};
		card_.submit(1, sqe, true);
	}

	void take(const pamc_cqe &cqe)
	{
		auto found = inside_.find(cqe.cid);

		tap_check(found != inside_.end(), "a completion of no command");

		Command command = found->second;
		CardHost::Page got = card_.page(command.page);

		inside_.erase(found);
		free_.push_back(command.page);
		tap_check(CardHost::status(cqe) == PAMC_STATUS_SUCCESS,
			  "status " + std::to_string(CardHost::status(cqe)));
		if (command.get) {
			fill(command.page, command.seed);
			tap_check(got == card_.page(command.page), "another page than was put");
			gets++;
		} else {
			if (stored_.size() < handles)
				stored_.push_back(command.index);
			puts++;
		}
	}

	void step()
	{
		if (!free_.empty() && card_.room(1) && random_.one_in(200))
			submit();
		if (auto done = card_.poll(1))
			take(done->cqe);
		card_.step();
	}

	void drain()
	{
		for (uint64_t n = 0; !inside_.empty(); n++) {
			if (auto done = card_.poll(1))
				take(done->cqe);
			card_.step();
			tap_check(n < 1'000'000, "commands do not end");
		}
	}
};

uint64_t fw_restarts(CardHost &card)
{
	pamc_admin_sqe sqe{};
	pamc_log_health health;

	sqe.opcode = PAMC_ADMIN_LOG;
	sqe.id = PAMC_LOG_HEALTH;
	sqe.addr = card.allocate();
	sqe.length = sizeof(health);
	tap_check(CardHost::status(card.admin(sqe, 5'000'000)) == PAMC_STATUS_SUCCESS, "LOG");
	std::memcpy(&health, card.page(sqe.addr).data(), sizeof(health));
	return health.fw_restarts;
}

void under_load(uint64_t seed, unsigned int restarts)
{
	CardHost card(8 << 20, seed);
	rtl::Random random(seed);
	rtl_card::Core *core = card.management().core();
	pamc_pool_info info{};
	unsigned int made = 0, moved = 0;
	std::vector<uint32_t> pools;

	tap_check(core != nullptr, "the firmware is not on the core: PAMCARD_MANAGEMENT=core");
	card.start();
	card.create_queue(1, shift);
	info.type = PAMC_POOL_TYPE_PERSISTENT;

	uint32_t epoch = card.read32(PAMC_REG_BOOT_EPOCH);
	Load load(card, card.create_pool(info), seed);

	for (unsigned int n = 0; n < restarts; n++) {
		pamc_admin_sqe sqe{};
		uint64_t addr = card.allocate();
		unsigned int before;
		bool destroy = !pools.empty() && random.one_in(2);

		/* An admin command under way, and the core restarts somewhere in it. */
		std::memcpy(card.page(addr).data(), &info, sizeof(info));
		sqe.cid = uint16_t(1000 + n);
		sqe.opcode = destroy ? PAMC_ADMIN_POOL_DESTROY : PAMC_ADMIN_POOL_CREATE;
		sqe.id = destroy ? pools.back() : 0;
		sqe.addr = destroy ? 0 : addr;
		sqe.length = destroy ? 0 : sizeof(info);
		card.submit(0, sqe, false);
		card.doorbell(0);
		for (uint64_t left = random.below(random.one_in(3) ? 3000 : 40000); left; left--)
			load.step();
		core->restart();
		made++;
		before = load.puts + load.gets;

		std::optional<CardHost::Done> done;

		for (uint64_t cycles = 0; !(done = card.poll(0)); cycles++) {
			load.step();
			tap_check(cycles < 5'000'000, "an admin command is not answered");
		}
		tap_check(
		    done->cqe.cid == sqe.cid && CardHost::status(done->cqe) == PAMC_STATUS_SUCCESS,
		    "restart " + std::to_string(n) + ": command " + std::to_string(done->cqe.cid) +
			", status " + std::to_string(CardHost::status(done->cqe)));
		moved += load.puts + load.gets - before;
		if (destroy)
			pools.pop_back();
		else
			pools.push_back(done->cqe.result);
	}
	load.drain();
	for (unsigned int n = 0; n < 20000; n++) {
		tap_check(!card.poll(0), "an admin command is answered twice");
		card.step();
	}
	tap_check(fw_restarts(card) == made, "restarts are not counted in the health log");
	tap_check(card.read32(PAMC_REG_STATUS) == PAMC_STATUS_READY_MASK, "STATUS");
	tap_check(card.read32(PAMC_REG_BOOT_EPOCH) == epoch, "another boot epoch");
	tap_check(moved > 0, "the data path stands while the core restarts");

	/* All pools are there, and nothing else. */
	pamc_admin_sqe sqe{};

	sqe.opcode = PAMC_ADMIN_POOL_LIST;
	sqe.addr = card.allocate();
	sqe.length = 4096;
	tap_check(card.admin(sqe, 5'000'000).info == pools.size() + 1,
		  "pools are missing, or too many");
	std::printf("# %u restarts, %u puts, %u gets, of these %u while the core was restarting\n",
		    made, load.puts, load.gets, moved);
}

} // namespace

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	/* There is no other way. */
	setenv("PAMCARD_MANAGEMENT", "core", 1);
	tap.run("restarts under load",
		[&] { under_load(tap.seed(), Tap::wants_long() ? 500 : 4); });
	return tap.done();
}
