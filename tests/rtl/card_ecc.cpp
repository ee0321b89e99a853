// SPDX-License-Identifier: Apache-2.0
/*
 * The whole card with damaged words in its memories on the chip: what is corrected changes
 * no page and is counted; what is lost is an error of those it concerns, or stops the card
 * until a reset, never other data.
 */
#include <map>

#include "card_host.hpp"
#include "flips.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

class Session
{
	rtl::Random random_;
	std::map<std::pair<uint32_t, uint64_t>, uint64_t> content_;
	uint64_t space_ = 0;
	uint16_t cid_ = 0;

	void fill(CardHost::Page &page, uint64_t what)
	{
		rtl::Random random(what);

		for (size_t n = 0; n < page.size(); n += 8) {
			uint64_t word = n % 64 ? n / 512 : random();

			std::memcpy(&page[n], &word, 8);
		}
	}

      public:
	CardHost card;
	uint32_t pools[2] = {};
	uint64_t by_status[32] = {};

	explicit Session(uint64_t seed) : random_(seed), card(8 << 20, seed)
	{
		begin();
	}

	void begin()
	{
		pamc_pool_info info{};

		content_.clear();
		card.start();
		card.create_queue(1, 6);
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		for (uint32_t &pool : pools)
			pool = card.create_pool(info);
		if (!space_)
			space_ = card.allocate();
	}

	/* The second pool becomes one that is. */
	void ephemeral()
	{
		pamc_pool_info info{};

		info.type = PAMC_POOL_TYPE_EPHEMERAL;
		pools[1] = card.create_pool(info);
	}

	/* The next write to the memory is damaged, in so many of the bits from one on. */
	void damage(unsigned int memory, unsigned int width, unsigned int bits,
		    unsigned int from = 0)
	{
		unsigned int first = from + unsigned(random_.below(width)), second = first;

		while (bits == 2 && second == first)
			second = from + unsigned(random_.below(width));
		card.sim().write(MAILBOX_ECC_INJECT, memory | first << 5 | second << 15);
	}

	/* One bit of whichever of two memories is written. */
	void damage_either(unsigned int memory, unsigned int width, unsigned int one,
			   unsigned int other)
	{
		unsigned int bit = unsigned(random_.below(width));

		card.sim().write(MAILBOX_ECC_INJECT,
				 memory | (one + bit) << 5 | (other + bit) << 15);
	}

	uint8_t command(uint8_t opcode, uint32_t pool, uint64_t index)
	{
		pamc_sqe sqe{};
		uint64_t patience = 0;

		sqe.opcode = opcode;
		sqe.cid = cid_++;
		sqe.pool = pool;
		sqe.index = index;
		sqe.addr = opcode == PAMC_OP_PUT || opcode == PAMC_OP_GET ? space_ : 0;
		card.submit(1, sqe, true);
		for (;;) {
			card.step();
			if (auto done = card.poll(1)) {
				uint8_t status = uint8_t(CardHost::status(done->cqe));

				by_status[status]++;
				return status;
			}
			if (++patience > 100000)
				throw rtl::Broken("no completion");
		}
	}

	/* A get whose completion may not come; the card says why. */
	void stopped_get(uint32_t pool, uint64_t index)
	{
		pamc_sqe sqe{};
		uint64_t patience = 0;

		sqe.opcode = PAMC_OP_GET;
		sqe.cid = cid_++;
		sqe.pool = pool;
		sqe.index = index;
		sqe.addr = space_;
		card.submit(1, sqe, true);
		while (!(status() & PAMC_STATUS_FATAL_MASK)) {
			card.step();
			tap_check(!card.poll(1), "a completion by a wrong index");
			tap_check(++patience < 100000, "the card does not stop");
		}
	}

	uint8_t admin_status()
	{
		pamc_admin_sqe sqe{};

		sqe.opcode = PAMC_ADMIN_IDENTIFY;
		sqe.addr = card.allocate();
		sqe.length = 4096;
		return uint8_t(CardHost::status(card.admin(sqe)));
	}

	uint8_t put(uint32_t pool, uint64_t index)
	{
		uint64_t what = random_();

		fill(card.page(space_), what);
		content_[{pool, index}] = 0;
		uint8_t status = command(PAMC_OP_PUT, pool, index);

		if (status == PAMC_STATUS_SUCCESS)
			content_[{pool, index}] = what;
		return status;
	}

	/* What came must be what the last put wrote, or nothing. */
	uint8_t get(uint32_t pool, uint64_t index)
	{
		CardHost::Page wanted;
		uint64_t what = content_[{pool, index}];

		card.page(space_).fill(0xee);
		uint8_t status = command(PAMC_OP_GET, pool, index);

		if (status == PAMC_STATUS_MISS)
			tap_check(what == 0, "a page is gone");
		if (status != PAMC_STATUS_SUCCESS)
			return status;
		tap_check(what != 0, "a page that nobody put");
		fill(wanted, what);
		tap_check(card.page(space_) == wanted, "another page");
		return status;
	}

	uint8_t any(uint32_t pool)
	{
		uint64_t index = random_.below(40);

		switch (random_.below(5)) {
		case 0:
			content_[{pool, index}] = 0;
			return command(PAMC_OP_FLUSH_PAGE, pool, index);
		case 1:
		case 2:
			return put(pool, index);
		default:
			return get(pool, index);
		}
	}

	pamc_log_health health()
	{
		pamc_log_health page;
		std::vector<uint8_t> bytes = card.management().log(PAMC_LOG_HEALTH);

		std::memcpy(&page, bytes.data(), sizeof(page));
		return page;
	}

	uint32_t status()
	{
		return card.read32(PAMC_REG_STATUS);
	}
};

/* The vault has failed: no page is told from it, until a reset makes it work again, empty. */
void failed_until_reset(Session &session)
{
	uint32_t epoch = session.card.read32(PAMC_REG_BOOT_EPOCH);

	for (uint64_t index = 0; index < 40; index++) {
		uint8_t status = session.get(session.pools[index % 2], index);

		tap_check(status == PAMC_STATUS_INTERNAL,
			  "status " + std::to_string(status) + " of a get after it");
	}
	tap_check((session.status() & PAMC_STATUS_FATAL_MASK) &&
		      (session.status() & PAMC_STATUS_CAUSE_MASK) >> 8 == PAMC_FATAL_INTERNAL,
		  "STATUS");
	tap_check(session.health().chip_uncorrected > 0, "the health log");
	session.card.write_register<uint32_t>(PAMC_REG_CTRL, 0);
	while (session.status() & PAMC_STATUS_FATAL_MASK) {
	}
	session.begin();
	tap_check(session.card.read32(PAMC_REG_BOOT_EPOCH) != epoch, "the same epoch");
	for (unsigned int n = 0; n < 60; n++)
		tap_check(session.any(session.pools[n % 2]) <= PAMC_STATUS_MISS, "after the reset");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("single errors", [&] {
		Session session(tap.seed());
		const std::pair<unsigned int, unsigned int> memories[] = {
		    {rtl::POOLS, 63},         {rtl::CONTENTS, 504},    {rtl::STORE_LISTS, 73},
		    {rtl::STORE_MAP, 600},    {rtl::INDEX_CACHE, 256}, {rtl::INDEX_RECENT, 254},
		    {rtl::VAULT_RECENT, 242}, {rtl::COMMANDS, 504},    {rtl::COMMAND_COPY, 62},
		    {rtl::AHEAD_PLACES, 25},  {rtl::PAGE_IN, 576},
		};

		for (unsigned int n = 0; n < 400; n++) {
			auto [memory, width] = memories[n % std::size(memories)];

			session.damage(memory, width, 1);
			uint8_t status = session.any(session.pools[n % 2]);

			tap_check(status == PAMC_STATUS_SUCCESS || status == PAMC_STATUS_MISS,
				  "status " + std::to_string(status));
		}
		pamc_log_health health = session.health();

		std::printf("# %llu corrected\n", (unsigned long long)health.chip_corrected);
		tap_check(health.chip_corrected > 50 && health.chip_uncorrected == 0,
			  "the health log");
	});
	tap.run("a pool that is lost", [&] {
		Session session(tap.seed() + 1);
		pamc_pool_info info{};

		for (unsigned int n = 0; n < 30; n++)
			session.any(session.pools[0]);
		session.damage(rtl::POOLS, 63, 2);
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		uint32_t lost = session.card.create_pool(info);

		for (unsigned int n = 0; n < 30; n++) {
			tap_check(session.any(lost) == PAMC_STATUS_INTERNAL,
				  "a command of that pool");
			tap_check(session.any(session.pools[0]) <= PAMC_STATUS_MISS,
				  "another pool");
		}
		tap_check(session.health().chip_uncorrected == 30, "the health log");
		tap_check(!(session.status() & PAMC_STATUS_FATAL_MASK), "the card stopped");
	});
	tap.run("a row of the vault's table that is lost", [&] {
		Session session(tap.seed() + 2);
		uint32_t epoch = session.card.read32(PAMC_REG_BOOT_EPOCH);

		for (unsigned int n = 0; n < 60; n++)
			session.any(session.pools[n % 2]);
		/* In one of the parts that are protected. */
		session.damage(rtl::CONTENTS, 127, 2);
		unsigned int failed = 0;

		for (unsigned int n = 0; n < 60 && !failed; n++)
			failed = session.any(session.pools[0]) == PAMC_STATUS_INTERNAL;
		tap_check(failed, "nothing failed");
		/* No page is told from an older one any more. */
		for (uint64_t index = 0; index < 40; index++)
			tap_check(session.get(session.pools[index % 2], index) ==
				      PAMC_STATUS_INTERNAL,
				  "a page from a card that failed");
		tap_check((session.status() & PAMC_STATUS_FATAL_MASK) &&
			      (session.status() & PAMC_STATUS_CAUSE_MASK) >> 8 ==
				  PAMC_FATAL_INTERNAL,
			  "STATUS");
		tap_check(session.health().chip_uncorrected > 0 && (session.health().warnings & 32),
			  "the health log");
		/* A reset makes it work again, without its pages, and says so. */
		session.card.write_register<uint32_t>(PAMC_REG_CTRL, 0);
		while (session.status() & PAMC_STATUS_FATAL_MASK) {
		}
		session.begin();
		tap_check(session.card.read32(PAMC_REG_BOOT_EPOCH) != epoch, "the same epoch");
		for (unsigned int n = 0; n < 100; n++)
			tap_check(session.any(session.pools[n % 2]) <= PAMC_STATUS_MISS,
				  "after the reset");
	});
	tap.run("a command that is lost", [&] {
		/* Puts, gets, flushes: whichever comes. */
		for (unsigned int round = 0; round < 6; round++) {
			Session session(tap.seed() + 10 + round);

			for (unsigned int n = 0; n < 30; n++)
				session.any(session.pools[n % 2]);
			/* What is read, and twice what it would be put right from: the first
			 * part's. */
			session.damage(rtl::COMMANDS, 504, 1);
			session.damage(rtl::COMMAND_COPY, 62, 2);
			uint8_t status = session.any(session.pools[0]);

			tap_check(status == PAMC_STATUS_INTERNAL ||
				      status == PAMC_STATUS_DMA_FAULT ||
				      status == PAMC_STATUS_UNCORRECTABLE,
				  "status " + std::to_string(status) + " of what is not known");
			failed_until_reset(session);
		}
	});
	tap.run("lookups that are damaged", [&] {
		Session session(tap.seed() + 6);
		const std::pair<unsigned int, unsigned int> memories[] = {
		    {rtl::LOOKUP_HANDLES, 286}, {rtl::LOOKUP_KEYS, 77}, {rtl::LOOKUP_FOUND, 210}};

		unsigned int failed = 0;

		/* A get that was led astray looks once more; a put may end with INTERNAL. */
		session.ephemeral();
		for (unsigned int n = 0; n < 400; n++) {
			auto [memory, width] = memories[n / 2 % std::size(memories)];

			session.damage(memory, width, 1);
			uint8_t status = session.any(session.pools[n % 2]);

			tap_check(status == PAMC_STATUS_SUCCESS || status == PAMC_STATUS_MISS ||
				      status == PAMC_STATUS_INTERNAL,
				  "status " + std::to_string(status));
			failed += status == PAMC_STATUS_INTERNAL;
		}
		uint64_t lost = session.health().chip_uncorrected;

		std::printf("# %llu were met, %u commands failed\n", (unsigned long long)lost,
			    failed);
		tap_check(lost > 100, "few were met");
		tap_check(failed < 80, "most have failed");
		tap_check(!(session.status() & PAMC_STATUS_FATAL_MASK), "the card stopped");
	});
	tap.run("an extent that is lost", [&] {
		/* By the way of puts beside each other, and by that of one at a time. */
		for (unsigned int round = 0; round < 4; round++) {
			Session session(tap.seed() + 20 + round);

			for (unsigned int n = 0; n < 30; n++)
				session.any(session.pools[n % 2]);
			session.ephemeral();
			/* Its object's room is listed, too, but not used. */
			session.put(session.pools[1], 1);
			/* ecc_pkg.sv: of one at a time; of either writer, whichever it goes to. */
			if (round % 2)
				session.damage(rtl::EXTENTS, 45, 1, 128);
			else
				session.damage_either(rtl::EXTENTS, 48, 0, 64);
			uint8_t status = session.put(session.pools[round % 2], 3);

			/* The other one is let off. */
			session.damage(rtl::EXTENTS, 1, 1, 1000);

			tap_check(status == PAMC_STATUS_INTERNAL,
				  "status " + std::to_string(status) + " of a put, round " +
				      std::to_string(round));
			failed_until_reset(session);
		}
	});
	tap.run("an index of a queue pair that is lost", [&] {
		Session session(tap.seed() + 4);

		for (unsigned int round = 0; round < 4; round++) {
			/* rtl/queue/queue_core_pkg.sv: next entries; entries posted, of which the
			 * second completion tells. */
			bool posted = round % 2;

			for (unsigned int n = 0; n < 20; n++)
				tap_check(session.any(session.pools[n % 2]) <= PAMC_STATUS_MISS,
					  "before");
			session.damage(rtl::QUEUE_INDEX, 17, 1, posted ? 224 : 192);
			if (posted)
				session.any(session.pools[0]);
			session.stopped_get(session.pools[0], round);
			tap_check((session.status() & PAMC_STATUS_CAUSE_MASK) >> 8 ==
				      PAMC_FATAL_INTERNAL,
				  "STATUS");
			tap_check(session.health().chip_uncorrected > 0 &&
				      (session.health().warnings & 32),
				  "the health log");
			session.card.write_register<uint32_t>(PAMC_REG_CTRL, 0);
			while (session.status() & PAMC_STATUS_FATAL_MASK) {
			}
			session.begin();
		}
		for (unsigned int n = 0; n < 50; n++)
			tap_check(session.any(session.pools[n % 2]) <= PAMC_STATUS_MISS,
				  "after the reset");
	});
	tap.run("entries that are lost", [&] {
		Session session(tap.seed() + 5);
		const unsigned int entries = 20;

		for (unsigned int n = 0; n < entries; n++) {
			session.damage(rtl::QUEUE_BATCH, 527, 1);
			tap_check(session.get(session.pools[0], n) == PAMC_STATUS_ABORTED,
				  "an entry that is lost is executed");
			tap_check(session.any(session.pools[0]) <= PAMC_STATUS_MISS,
				  "another entry");
			session.damage(rtl::QUEUE_BATCH, 527, 1);
			tap_check(session.admin_status() == PAMC_STATUS_BAD_OPCODE,
				  "an admin command that is lost is executed");
			tap_check(session.admin_status() == PAMC_STATUS_SUCCESS,
				  "another admin command");
		}
		tap_check(session.health().chip_uncorrected == 2 * entries, "the health log");
		tap_check(!(session.status() & PAMC_STATUS_FATAL_MASK), "the card stopped");
	});
	tap.run("a list of the store that is lost", [&] {
		Session session(tap.seed() + 3);

		for (unsigned int n = 0; n < 60; n++)
			session.any(session.pools[n % 2]);
		unsigned int refused = 0, got = 0;

		for (unsigned int n = 0; n < 200; n++) {
			if (n < 20)
				session.damage(rtl::STORE_LISTS, 73, 2);
			uint8_t status = session.any(session.pools[n % 2]);

			refused += status == PAMC_STATUS_NO_SPACE || status == PAMC_STATUS_INTERNAL;
		}
		/* Pages that were kept are. */
		for (uint64_t index = 0; index < 40; index++)
			got += session.get(session.pools[0], index) == PAMC_STATUS_SUCCESS;
		std::printf("# %u refused, %u pages left\n", refused, got);
		tap_check(refused > 0, "nothing was refused");
		tap_check(session.health().chip_uncorrected > 0, "the health log");
	});
	return tap.done();
}
