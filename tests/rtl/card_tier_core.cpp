// SPDX-License-Identifier: Apache-2.0
/*
 * The card with flash behind its memory, and all of its firmware on its own core: pages go to
 * flash and come back, what is durable outlives a loss of power, and the core restarts.
 */
#include "card_host.hpp"
#include "core.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1;
constexpr uint64_t dram_bytes = 736 << 10;
/* Cycles: the core takes its time. */
constexpr uint64_t patience = 20'000'000;

rtl_card::Figures flash()
{
	rtl_card::Figures figures;

	figures.flash.blocks = 8;
	figures.flash.read = 2000;
	figures.flash.program = 6000;
	figures.flash.erase = 10000;
	figures.firmware.tier = true;
	figures.firmware.core = true;
	return figures;
}

class Pages
{
	CardHost &card_;
	uint64_t buffer_ = 0;

	/* Several records are in a page of flash. */
	void fill(uint64_t page)
	{
		rtl::Random random(page);

		for (unsigned int n = 0; n < 4096; n++)
			card_.page(buffer_)[n] = uint8_t(random() & (n % 64 < 16 ? 0xff : 1));
	}

      public:
	uint32_t pool = 0;

	explicit Pages(CardHost &card) : card_(card)
	{
		begin();
	}

	void begin()
	{
		card_.start();
		card_.create_queue(qid, 5);
		if (!buffer_)
			buffer_ = card_.allocate();
	}

	void create(uint32_t flags)
	{
		pamc_pool_info info{};

		info.type = PAMC_POOL_TYPE_PERSISTENT;
		info.flags = flags;
		pool = card_.create_pool(info, patience);
	}

	unsigned int execute(uint8_t opcode, uint64_t index)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pool;
		sqe.object[0] = 5;
		sqe.index = index;
		sqe.addr = buffer_;
		card_.submit(qid, sqe, true);
		return CardHost::status(card_.wait(qid, patience).cqe);
	}

	/* A put, and a SYNC that nobody waits for yet. */
	void begin_sync(uint64_t index)
	{
		pamc_sqe sqe{};

		put(index, index);
		sqe.opcode = PAMC_OP_SYNC;
		sqe.pool = pool;
		card_.submit(qid, sqe, true);
	}

	void end_sync()
	{
		card_.wait(qid, patience);
	}

	/* The only one that is left. */
	void find_pool()
	{
		pamc_admin_sqe sqe{};
		pamc_pool_info info;

		sqe.opcode = PAMC_ADMIN_POOL_LIST;
		sqe.addr = buffer_;
		sqe.length = 4096;
		tap_check(card_.admin(sqe, patience).info == 1, "pools are missing, or too many");
		std::memcpy(&info, card_.page(buffer_).data(), sizeof(info));
		pool = info.id;
	}

	unsigned int put(uint64_t index, uint64_t page)
	{
		fill(page);
		return execute(PAMC_OP_PUT, index);
	}

	unsigned int try_get(uint64_t index, uint64_t page)
	{
		card_.page(buffer_).fill(0);

		unsigned int status = execute(PAMC_OP_GET, index);
		CardHost::Page got = card_.page(buffer_);

		if (status == PAMC_STATUS_SUCCESS) {
			fill(page);
			tap_check(got == card_.page(buffer_), "bytes of " + std::to_string(index));
		}
		return status;
	}

	void get(uint64_t index, uint64_t page)
	{
		unsigned int status = try_get(index, page);

		tap_check(status == PAMC_STATUS_SUCCESS, "a get of " + std::to_string(index) +
							     ": status " + std::to_string(status));
	}
};

uint64_t in_flash(CardHost &card)
{
	return card.management().counter(MAILBOX_COUNTER_TIER_PAGES);
}

void demotion(uint64_t seed)
{
	constexpr uint64_t more = 4, most = 300;
	CardHost card(dram_bytes, seed, flash());
	Pages pages(card);
	uint64_t began = card.now(), count = 0;

	std::printf("# %llu cycles of the core from power-up to its sleep\n",
		    (unsigned long long)card.management().core()->now());
	tap_check(card.read32(PAMC_REG_CAP) & PAMC_CAP_FLASH_MASK, "there is no flash");
	pages.create(0);
	while (in_flash(card) < more) {
		tap_check(count < most, "pages do not get to flash");
		tap_check(pages.put(count, count) == PAMC_STATUS_SUCCESS, "a put");
		count++;
	}
	std::printf("# %llu of %llu pages in flash after %llu cycles\n",
		    (unsigned long long)in_flash(card), (unsigned long long)count,
		    (unsigned long long)(card.now() - began));
	began = card.now();
	for (uint64_t n = 0; n < more; n++)
		pages.get(n, n);
	std::printf("# %llu cycles a get from there\n",
		    (unsigned long long)(card.now() - began) / more);
	for (uint64_t n = 0; n < count; n++)
		pages.get(n, n);
}

/* What is durable is there when power comes again; a core that restarts beside the tier's work goes
 * on with it, one that restarts in the midst of it serves what is in memory, and tells no lies. */
void restarts(uint64_t seed)
{
	constexpr uint64_t count = 4, other = 100;
	CardHost card(dram_bytes, seed, flash());
	rtl::Random random(seed);
	rtl_card::Core *core = card.management().core();
	Pages pages(card);
	uint32_t durable;
	unsigned int tries = 0;

	auto quiet = [&] {
		for (uint64_t n = 0; !core->asleep(); n++, card.step())
			tap_check(n < patience, "the core does not come to rest");
	};
	auto check = [&] {
		for (uint64_t n = 0; n < count; n++)
			pages.get(n, n);
	};

	pages.create(0);
	tap_check(pages.put(other, other) == PAMC_STATUS_SUCCESS, "a put");
	uint32_t plain = pages.pool;
	pages.create(PAMC_POOL_DURABLE);
	durable = pages.pool;
	for (uint64_t n = 0; n < count; n++)
		tap_check(pages.put(n, n) == PAMC_STATUS_SUCCESS, "a durable put");
	tap_check(pages.execute(PAMC_OP_SYNC, 0) == PAMC_STATUS_SUCCESS, "a sync");
	tap_check(in_flash(card) == count, "not all are in flash");
	quiet();
	core->restart();
	check();
	tap_check(pages.put(count, count) == PAMC_STATUS_SUCCESS, "a put after a restart");
	tap_check(pages.execute(PAMC_OP_SYNC, 0) == PAMC_STATUS_SUCCESS, "a sync after a restart");
	tap_check(in_flash(card) == count + 1, "it is not in flash");

	/* In the midst of it, sooner or later. */
	unsigned int status = PAMC_STATUS_SUCCESS;

	while (status == PAMC_STATUS_SUCCESS) {
		tap_check(++tries < 20, "no restart hits the tier");
		pages.begin_sync(count + 1 + tries);
		for (uint64_t left = random.below(150'000); left; left--)
			card.step();
		core->restart();
		pages.end_sync();
		status = pages.try_get(0, 0);
	}
	std::printf("# restart %u hit the tier: status %u\n", tries, status);
	for (uint64_t n = 0; n <= count; n++)
		tap_check(pages.try_get(n, n) != PAMC_STATUS_MISS, "a page is gone");
	pages.pool = plain;
	pages.get(other, other);
	tap_check(pages.put(other + 1, 5) == PAMC_STATUS_SUCCESS, "no put any more");
	pages.get(other + 1, 5);
	pages.pool = durable;
	tap_check(pages.execute(PAMC_OP_SYNC, 0) != PAMC_STATUS_SUCCESS, "a sync to nowhere");
	tap_check(card.read32(PAMC_REG_STATUS) == PAMC_STATUS_READY_MASK, "STATUS");

	card.sim().power_cycle();
	card.management().power_on(false);
	pages.begin();
	pages.find_pool();
	for (uint64_t n = 0; n <= count; n++)
		pages.get(n, n);
	tap_check(pages.put(0, 77) == PAMC_STATUS_SUCCESS, "a put after power");
	tap_check(pages.execute(PAMC_OP_SYNC, 0) == PAMC_STATUS_SUCCESS, "a sync after power");
	pages.get(0, 77);
}

} // namespace

int main(int argc, char **argv)
{
	std::setvbuf(stdout, nullptr, _IOLBF, 0);
	Tap tap(argc, argv);

	setenv("PAMCARD_MANAGEMENT", "core", 1);
	tap.run("more pages than memory holds", [&] { demotion(tap.seed()); });
	tap.run("restarts, and power", [&] { restarts(tap.seed()); });
	return tap.done();
}
