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
		begin(opcode, index);
		return end();
	}

	/* That nobody waits for yet. */
	void begin(uint8_t opcode, uint64_t index)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.pool = pool;
		sqe.object[0] = 5;
		sqe.index = index;
		sqe.addr = buffer_;
		card_.submit(qid, sqe, true);
	}

	/* A put, and a SYNC. */
	void begin_sync(uint64_t index)
	{
		put(index, index);
		begin(PAMC_OP_SYNC, 0);
	}

	unsigned int end()
	{
		return CardHost::status(card_.wait(qid, patience).cqe);
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

/* How often the tier has begun anew: each time it lifts the vault's clock. */
uint64_t begun(CardHost &card)
{
	return card.management().counter(MAILBOX_COUNTER_TIER_CLOCK) >> 40;
}

/* The loader takes an image that never rests for one that does not work. */
void quiet(CardHost &card)
{
	for (uint64_t n = 0; !card.management().core()->asleep(); n++, card.step())
		tap_check(n < patience, "the core does not come to rest");
}

/* The core restarts while pages go to flash and come back, most of them in the midst of the tier's
 * work: it goes on, and so does what a host waits for. */
void restarts_under_load(uint64_t seed)
{
	constexpr uint64_t more = 4, most = 400;
	const unsigned int wanted = Tap::wants_long() ? 5 : 1;
	CardHost card(dram_bytes, seed, flash());
	rtl::Random random(seed);
	Pages pages(card);
	uint64_t count = 0, before, began;
	unsigned int tries = 0, hits = 0;

	pages.create(0);
	while (in_flash(card) < more) {
		tap_check(count < most, "pages do not get to flash");
		tap_check(pages.put(count, count) == PAMC_STATUS_SUCCESS, "a put");
		count++;
	}
	quiet(card);
	while (hits < wanted) {
		tap_check(++tries < 30, "no restart hits the tier");
		before = begun(card);
		for (unsigned int n = 0; n < 2; n++)
			tap_check(pages.put(count + n, count + n) == PAMC_STATUS_SUCCESS, "a put");
		count += 2;
		pages.begin(PAMC_OP_GET, random.below(more));
		for (uint64_t left = random.below(60'000); left; left--)
			card.step();
		card.management().core()->restart();
		began = card.now();
		tap_check(pages.end() == PAMC_STATUS_SUCCESS, "what a host waited for");
		began = card.now() - began;
		for (uint64_t n = 0; n < more; n++)
			pages.get(n, n);
		quiet(card);
		if (begun(card) != before) {
			hits++;
			std::printf(
			    "# restart %u hit the tier: %llu cycles until what was asked was "
			    "there\n",
			    tries, (unsigned long long)began);
		}
	}
	std::printf(
	    "# %u of %u restarts in the midst of the tier's work; %llu of %llu pages in flash\n",
	    hits, tries, (unsigned long long)in_flash(card), (unsigned long long)count);
	for (uint64_t n = 0; n < count; n++)
		pages.get(n, n);
	tap_check(card.read32(PAMC_REG_STATUS) == PAMC_STATUS_READY_MASK, "STATUS");
}

/* What is durable is there when power comes again; a core that restarts, beside the tier's work or
 * in the midst of it, goes on with it, and a SYNC then is as good as any. */
void restarts(uint64_t seed)
{
	constexpr uint64_t first = 4, other = 100;
	const unsigned int wanted = Tap::wants_long() ? 5 : 1;
	CardHost card(dram_bytes, seed, flash());
	rtl::Random random(seed);
	rtl_card::Core *core = card.management().core();
	Pages pages(card);
	uint64_t count = 0, before, began;
	unsigned int tries = 0, hits = 0;
	uint32_t durable;

	pages.create(0);
	tap_check(pages.put(other, other) == PAMC_STATUS_SUCCESS, "a put");
	uint32_t plain = pages.pool;
	pages.create(PAMC_POOL_DURABLE);
	durable = pages.pool;
	for (; count < first; count++)
		tap_check(pages.put(count, count) == PAMC_STATUS_SUCCESS, "a durable put");
	tap_check(pages.execute(PAMC_OP_SYNC, 0) == PAMC_STATUS_SUCCESS, "a sync");
	tap_check(in_flash(card) == count, "not all are in flash");
	quiet(card);
	before = begun(card);
	core->restart();
	for (uint64_t n = 0; n < count; n++)
		pages.get(n, n);
	tap_check(begun(card) == before, "the tier was not cut off");

	/* In the midst of it, sooner or later. */
	while (hits < wanted) {
		tap_check(++tries < 20, "no restart hits the tier");
		before = begun(card);
		pages.begin_sync(count);
		count++;
		for (uint64_t left = random.below(150'000); left; left--)
			card.step();
		core->restart();
		began = card.now();
		tap_check(pages.end() == PAMC_STATUS_SUCCESS, "a sync");
		tap_check(in_flash(card) == count, "not all are in flash after a restart");
		if (begun(card) != before) {
			hits++;
			std::printf(
			    "# restart %u hit the tier: %llu cycles until a sync was over\n", tries,
			    (unsigned long long)(card.now() - began));
		}
		for (uint64_t n = 0; n < count; n++)
			pages.get(n, n);
		quiet(card);
	}
	/* What was flushed does not come back, also not by what a restart makes anew. */
	tap_check(pages.execute(PAMC_OP_FLUSH_PAGE, 1) == PAMC_STATUS_SUCCESS, "a flush");
	tap_check(pages.execute(PAMC_OP_SYNC, 0) == PAMC_STATUS_SUCCESS, "a sync");
	pages.pool = plain;
	pages.get(other, other);
	pages.pool = durable;
	tap_check(card.read32(PAMC_REG_STATUS) == PAMC_STATUS_READY_MASK, "STATUS");

	card.sim().power_cycle();
	card.management().power_on(false);
	pages.begin();
	pages.find_pool();
	for (uint64_t n = 0; n < count; n++) {
		if (n != 1)
			pages.get(n, n);
	}
	tap_check(pages.try_get(1, 1) == PAMC_STATUS_MISS, "a page that was flushed");
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
	tap.run("restarts under load", [&] { restarts_under_load(tap.seed()); });
	tap.run("restarts, and power", [&] { restarts(tap.seed()); });
	return tap.done();
}
