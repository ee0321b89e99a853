/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card in RTL with flash behind its memory, for flash_rtl.cpp: commands one by one or several
 * at a time, real pages, and the cycles they take.
 */
#ifndef FLASH_RTL_BENCH_HPP
#define FLASH_RTL_BENCH_HPP

#include <algorithm>
#include <cstdio>

#include "card_host.hpp"
#include "nand_flash.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1, depth = 8;
constexpr uint64_t memory_bytes = 1 << 20;
/* Of which the core's tables and buffers take most. */
constexpr uint64_t core_bytes = 736 << 10;
/* flash_pkg::page_op_t; bits of the mailbox's words. */
constexpr uint32_t page_read = 0, page_program = 1, block_erase = 2;
/* Words of TIER_FOUND, in bytes; places are in units (flash.h). */
constexpr uint32_t found_place = 8, found_bytes = 16;

/* What is asked for. */
struct Asked {
	uint64_t seed = 1;
	bool core = false;
	double bits = 0;    /* wrong in a chunk of flash, on average */
	bool small = false; /* pages that take little flash, made */
};

/* Where the cycles of a get from flash go: until the card knew where its page is, while it read it,
 * and all else. What the card left to firmware has no read of the card's. */
struct Stages {
	uint64_t found = 0, read = 0, over = 0;
	uint64_t place = 0, bytes = 0; /* as firmware saw them */
	bool by_itself = false;
};

class Bench
{
	CardHost card_;
	std::vector<Bytes> pages_;
	uint32_t pool_ = 0;
	std::vector<uint64_t> buffer_;
	pamc_identify identify_{};
	Stages stages_;
	std::function<void()> pump_;

	static rtl_card::Figures figures(const Asked &asked)
	{
		rtl_card::Figures made;

		made.flash.blocks = asked.core ? 8 : 12;
		made.flash.bits = asked.bits;
		made.firmware.tier = true;
		made.firmware.core = asked.core;
		return made;
	}

	/* Of which some bytes do not compress. */
	void make_pages()
	{
		constexpr unsigned int kinds = 64, random_bytes = 400;
		rtl::Random random(kinds);

		for (unsigned int n = 0; n < kinds; n++) {
			pages_.emplace_back(4096);
			for (unsigned int at = 0; at < random_bytes; at++)
				pages_.back()[at] = uint8_t(random());
		}
	}

      public:
	explicit Bench(const Asked &asked)
	    : card_(asked.core ? core_bytes : memory_bytes, asked.seed, figures(asked))
	{
		pamc_admin_sqe sqe{};

		if (asked.small)
			make_pages();
		for (const PageFile &file :
		     asked.small ? std::vector<PageFile>() : tap_page_files())
			pages_.insert(pages_.end(), file.pages.begin(), file.pages.end());
		/* As programs have them, whatever their files' order. */
		rtl::Random random(asked.seed);
		for (size_t n = pages_.size(); n > 1; n--)
			std::swap(pages_[n - 1], pages_[random() % n]);
		card_.sim().on_access = [this](uint32_t offset, bool write, uint32_t value) {
			accessed(offset, write, value);
		};
		/* A host looks for completions while firmware works; here it does so afterwards. */
		auto on_write = card_.sim().host().on_write;
		card_.sim().host().on_write = [this, on_write](uint64_t addr, const void *from,
							       size_t bytes) {
			if (bytes == sizeof(pamc_cqe))
				stages_.over = now();
			return on_write(addr, from, bytes);
		};
		card_.start();
		card_.create_queue(qid, 5);
		pool_ = create(0);
		for (unsigned int n = 0; n < depth; n++)
			buffer_.push_back(card_.allocate());
		sqe.opcode = PAMC_ADMIN_IDENTIFY;
		sqe.addr = buffer_[0];
		sqe.length = sizeof(identify_);
		tap_check(CardHost::status(card_.admin(sqe)) == PAMC_STATUS_SUCCESS, "IDENTIFY");
		std::memcpy(&identify_, card_.page(buffer_[0]).data(), sizeof(identify_));
	}

	const pamc_identify &identify() const
	{
		return identify_;
	}

	uint32_t create(uint32_t flags)
	{
		pamc_pool_info info{};

		info.type = PAMC_POOL_TYPE_PERSISTENT;
		info.flags = flags;
		return card_.create_pool(info, 20'000'000);
	}

	uint32_t pool() const
	{
		return pool_;
	}

	/* Commands are for that one from now on. */
	void use(uint32_t pool)
	{
		pool_ = pool;
	}

	void accessed(uint32_t offset, bool write, uint32_t value)
	{
		if (!write && offset == MAILBOX_TIER_FOUND + found_place)
			stages_.place = value;
		if (!write && offset == MAILBOX_TIER_FOUND + found_bytes)
			stages_.bytes = value;
		written.window += offset == MAILBOX_WINDOW_DATA;
		if (write && offset == MAILBOX_FLASH) {
			written.reads += (value & 7) == page_read;
			written.programs += (value & 7) == page_program;
			written.erases += (value & 7) == block_erase;
		}
		if (pump_)
			pump_();
	}

	/* Called whenever firmware has accessed its mailbox. */
	void set_pump(std::function<void()> pump)
	{
		pump_ = std::move(pump);
	}

	const Stages &stages() const
	{
		return stages_;
	}

	CardHost &card()
	{
		return card_;
	}

	uint64_t in_flash()
	{
		return card_.management().counter(MAILBOX_COUNTER_TIER_PAGES);
	}

	uint64_t now() const
	{
		return card_.now();
	}

	void submit(uint8_t opcode, uint64_t index, unsigned int slot)
	{
		pamc_sqe sqe{};

		sqe.opcode = opcode;
		sqe.cid = uint16_t(slot);
		sqe.pool = pool_;
		sqe.index = index;
		sqe.addr = buffer_[slot];
		if (opcode == PAMC_OP_PUT) {
			const Bytes &page = pages_[index % pages_.size()];

			std::memcpy(card_.page(sqe.addr).data(), page.data(), page.size());
		}
		card_.submit(qid, sqe, true);
	}

	unsigned int end()
	{
		CardHost::Done done = card_.wait(qid, 50'000'000);

		tap_check(CardHost::status(done.cqe) == PAMC_STATUS_SUCCESS, "a command fails");
		return done.cqe.cid;
	}

	/* What a get of this page has to bring. */
	void check(uint64_t index, unsigned int slot)
	{
		tap_check(!std::memcmp(card_.page(buffer_[slot]).data(),
				       pages_[index % pages_.size()].data(), 4096),
			  "another page");
	}

	/* One alone: its cycles. */
	uint64_t one(uint8_t opcode, uint64_t index)
	{
		auto counter = [this](unsigned int which) {
			return card_.management().counter(which);
		};
		uint64_t found = counter(MAILBOX_COUNTER_TIER_READS_FINDING);
		uint64_t read = counter(MAILBOX_COUNTER_TIER_READS_READING);
		uint64_t reads = counter(MAILBOX_COUNTER_TIER_READS);
		uint64_t began = now();

		stages_ = {};
		submit(opcode, index, 0);
		end();
		if (opcode == PAMC_OP_GET)
			check(index, 0);
		stages_.over -= began;
		stages_.found = counter(MAILBOX_COUNTER_TIER_READS_FINDING) - found;
		stages_.read = counter(MAILBOX_COUNTER_TIER_READS_READING) - read;
		stages_.by_itself = counter(MAILBOX_COUNTER_TIER_READS) != reads;
		return stages_.over;
	}

	/* Until nothing goes to flash any more. */
	void settle()
	{
		for (uint64_t last = now() + 20'000'000; card_.sim().idle() < 2000; card_.step())
			tap_check(now() < last, "it does not rest");
	}

	/* Power goes and comes back; cycles until the card is ready. */
	uint64_t power_cycle()
	{
		const uint64_t began = now();

		card_.sim().power_cycle();
		card_.management().power_on(false);
		card_.start();
		return now() - began;
	}

	struct Written {
		uint64_t programs = 0, erases = 0, reads = 0, window = 0;
	} written;
};

} /* namespace */

#endif /* FLASH_RTL_BENCH_HPP */
