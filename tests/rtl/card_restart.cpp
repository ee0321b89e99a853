// SPDX-License-Identifier: Apache-2.0
/*
 * The management core restarts again and again under load, at any moment: the data path goes
 * on meanwhile, no page is lost, every admin command is answered once and does what it says.
 * It does so as it is told to; or as its firmware crashes, or hangs, while pages go to flash.
 */
#include <map>

#include "card_host.hpp"
#include "core.hpp"
#include "pamc_mailbox.h"
#include "pamc_mcu.h"
#include "tap.hpp"

extern "C" {
/* firmware/platform/riscv/images.S */
extern const uint8_t mcu_image_begin[], mcu_image_end[];
}

namespace
{

constexpr unsigned int shift = 4, most = 8;

class Load
{
	CardHost &card_;
	rtl::Random random_;
	const std::vector<PageFile> files_ = tap_page_files();
	uint32_t pool_;
	/* Which are put to again and again: the card does not fill. */
	const uint64_t handles_;
	const unsigned int pace_;
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

	/* A sampled page, but for its first bytes, which no other one has. */
	void fill(uint64_t page, uint64_t seed)
	{
		const std::vector<Bytes> &pages = files_[seed % files_.size()].pages;
		const Bytes &sample = pages[seed / files_.size() % pages.size()];

		std::copy(sample.begin(), sample.end(), card_.page(page).begin());
		std::memcpy(card_.page(page).data(), &seed, sizeof(seed));
	}

      public:
	unsigned int puts = 0, gets = 0, from_flash = 0;

	Load(CardHost &card, uint32_t pool, uint64_t seed, uint64_t handles, unsigned int pace)
	    : card_(card), random_(seed), pool_(pool), handles_(handles), pace_(pace)
	{
		for (unsigned int n = 0; n < most; n++)
			free_.push_back(card.allocate());
	}

	/* Puts that wait for room leave some of it to gets. */
	bool next_gets()
	{
		auto puts_inside = std::count_if(inside_.begin(), inside_.end(),
						 [](const auto &at) { return !at.second.get; });

		return !stored_.empty() && (puts_inside >= most / 2 || random_.one_in(2));
	}

	void submit(std::optional<uint64_t> wanted = {})
	{
		pamc_sqe sqe{};
		bool get = wanted || next_gets();
		uint64_t page = free_.back();

		free_.pop_back();
		sqe.cid = ++cid_;
		sqe.opcode = get ? PAMC_OP_GET : PAMC_OP_PUT;
		sqe.pool = pool_;
		sqe.addr = page;
		sqe.index = wanted ? *wanted
			    : get  ? stored_[random_.below(stored_.size())]
				   : next_++ % handles_;
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
			from_flash += cqe.info >> 24 == PAMC_TIER_FLASH;
		} else {
			if (stored_.size() < handles_)
				stored_.push_back(command.index);
			puts++;
		}
	}

	void step()
	{
		if (!free_.empty() && card_.room(1) && random_.one_in(pace_))
			submit();
		if (auto done = card_.poll(1))
			take(done->cqe);
		card_.step();
	}

	/* Cycles that it takes. */
	uint64_t drain(uint64_t limit = 1'000'000)
	{
		uint64_t n = 0;

		for (; !inside_.empty(); n++) {
			if (auto done = card_.poll(1))
				take(done->cqe);
			card_.step();
			tap_check(n < limit,
				  std::to_string(inside_.size()) + " commands do not end");
		}
		return n;
	}

	/* A get of each page. */
	void all()
	{
		for (uint64_t index : std::vector<uint64_t>(stored_)) {
			submit(index);
			drain();
		}
	}
};

uint64_t fw_restarts(CardHost &card)
{
	return card.log<pamc_log_health>(PAMC_LOG_HEALTH).fw_restarts;
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
	Load load(card, card.create_pool(info), seed, 600, 200);

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

/* The end of the loader's memory, which is zero: no instruction; and the firmware's code has an
 * endless loop. */
constexpr uint32_t no_code = MCU_ROM + MCU_ROM_BYTES - 4;

uint32_t endless()
{
	constexpr uint8_t code[] = {0x01, 0xa0}; /* c.j . */
	const uint8_t *at = std::search(mcu_image_begin, mcu_image_end, code, code + 2);

	tap_check(at != mcu_image_end && (at - mcu_image_begin) % 2 == 0, "no endless loop");
	return MCU_RAM + uint32_t(at - mcu_image_begin);
}

/* Firmware that has just asked flash for something goes on where it should not. */
void astray(uint64_t seed, const std::vector<uint32_t> &where)
{
	/* spec/mcu.toml */
	constexpr unsigned int watchdog = 1, trap = 2;
	constexpr uint64_t patience = 20'000'000;
	constexpr unsigned int seldom = 1000;
	rtl_card::Figures figures;

	figures.flash.blocks = 8;
	figures.flash.read = 2000;
	figures.flash.program = 6000;
	figures.flash.erase = 10000;
	figures.firmware.tier = true;

	CardHost card(736 << 10, seed, figures);
	rtl_card::Core *core = card.management().core();
	pamc_pool_info info{};
	bool asked = false;
	auto counter = [&](uint32_t which) { return card.management().counter(which); };
	/* How often the tier has begun anew: it lifts the vault's clock then. */
	auto begun = [&] { return counter(MAILBOX_COUNTER_TIER_CLOCK) >> 40; };

	card.start();
	card.create_queue(1, shift);
	info.type = PAMC_POOL_TYPE_PERSISTENT;

	Load load(card, card.create_pool(info, patience), seed, 250, 700);
	auto until = [&](const char *what, const std::function<bool()> &over, unsigned int every) {
		for (uint64_t last = card.now() + patience; card.now() % every || !over();
		     load.step())
			tap_check(card.now() < last, what);
	};
	card.sim().on_access = [&](uint32_t offset, bool write, uint32_t) {
		asked |= write && offset == MAILBOX_FLASH;
	};
	until(
	    "pages do not get to flash", [&] { return counter(MAILBOX_COUNTER_TIER_PAGES) >= 4; },
	    seldom);
	std::printf("# %u puts, %u gets until pages are in flash; %llu cycles\n", load.puts,
		    load.gets, (unsigned long long)card.now());
	for (unsigned int n = 0; n < where.size(); n++) {
		const bool hangs = where[n] != no_code;
		pamc_admin_sqe listen{};
		std::optional<CardHost::Done> told;

		listen.opcode = PAMC_ADMIN_ASYNC_EVENT;
		card.submit(0, listen, false);
		card.doorbell(0);

		const uint64_t before = begun(), began = card.now();

		asked = false;
		until("flash is not asked", [&] { return asked; }, 1);
		core->jump(where[n]);

		const unsigned int done = load.puts + load.gets, flash = load.from_flash;

		if (hangs) {
			for (unsigned int left = 20'000; left; left--)
				load.step();
			tap_check(!core->asleep() && core->restarts() == n, "it does not hang");
			core->watchdog(20'000);
		}
		until("it does not restart", [&] { return core->restarts() == n + 1; }, 1);
		tap_check(core->why() == (hangs ? watchdog : trap), "RESTART says another reason");

		const unsigned int meanwhile = load.puts + load.gets;

		until("no event", [&] { return bool(told = card.poll(0)); }, 1);
		tap_check(told->cqe.result == PAMC_EVENT_FIRMWARE &&
			      told->cqe.info == PAMC_LOG_FIRMWARE,
			  "event " + std::to_string(told->cqe.result));
		until("the tier was not in it", [&] { return begun() != before; }, seldom);
		std::printf("# %s: %u commands until the restart, %u until the tier was back, %u "
			    "of pages in flash; %llu cycles\n",
			    hangs ? "hang" : "crash", meanwhile - done,
			    load.puts + load.gets - meanwhile, load.from_flash - flash,
			    (unsigned long long)(card.now() - began));
		tap_check(load.puts + load.gets > done, "the data path stands");
		tap_check(!hangs || meanwhile > done, "the data path stands while the core hangs");
		tap_check(load.from_flash > flash, "no get of a page in flash is answered");
		tap_check(fw_restarts(card) == n + 1, "restarts are not counted");
	}

	const uint64_t kept = counter(MAILBOX_COUNTER_TIER_PAGES);

	until(
	    "pages do not go to flash any more",
	    [&] { return counter(MAILBOX_COUNTER_TIER_PAGES) > kept; }, seldom);
	/* Memory is full: puts wait for pages that leave, 82,000 cycles each by the core, and most
	 * of them for several, behind others (docs/flash.md, Figures). */
	std::printf("# what was inside took %llu cycles\n",
		    (unsigned long long)load.drain(patience));
	load.all();
	tap_check(card.read32(PAMC_REG_STATUS) == PAMC_STATUS_READY_MASK, "STATUS");
	std::printf("# %u puts, %u gets, %llu pages in flash, %llu cycles\n", load.puts, load.gets,
		    (unsigned long long)counter(MAILBOX_COUNTER_TIER_PAGES),
		    (unsigned long long)card.now());
}

} // namespace

int main(int argc, char **argv)
{
	std::setvbuf(stdout, nullptr, _IOLBF, 0);
	Tap tap(argc, argv);

	/* There is no other way. */
	setenv("PAMCARD_MANAGEMENT", "core", 1);
	tap.run("restarts under load",
		[&] { under_load(tap.seed(), Tap::wants_long() ? 500 : 4); });
	tap.run("a crash and a hang while pages go to flash",
		[&] { astray(tap.seed(), {no_code, endless()}); });
	return tap.done();
}
