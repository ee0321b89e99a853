// SPDX-License-Identifier: Apache-2.0
/*
 * The card in RTL with flash behind its memory: cycles of a get by where the page is, of puts
 * while pages go to flash, and how much more it holds. As JSON, for flash.py. The firmware runs
 * on the host, at the card's mailbox, and takes no time but that of its accesses there; --core is
 * a few gets with all of it on the card's own core.
 *
 * usage: flash_rtl [--seed=N] [--short] [--core]
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "card_host.hpp"
#include "nand_flash.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1, depth = 8;
constexpr uint64_t memory_bytes = 1 << 20, alone = 40;
/* Of which the core's tables and buffers take most. */
constexpr uint64_t core_bytes = 736 << 10;
/* Puts while pages go to flash, gets alone, gets beside such puts: --short takes a third of the
 * time. */
uint64_t demoted = 200;
unsigned int gets = 40, beside_gets = 8;
/* flash_pkg::page_op_t; bits of the mailbox's words. */
constexpr uint32_t page_read = 0, page_program = 1, block_erase = 2, end_there = 1u << 4,
		   ask_there = 1u << 31;

/* Where the cycles of a get from flash go: until its page was asked for and firmware saw it, until
 * the flash was asked, until the last of it had come, until the lane was told, until it was
 * over. */
struct Stages {
	uint64_t asked = 0, started = 0, came = 0, told = 0, over = 0;
	unsigned int reads = 0, chunks = 0;
	/* The firmware's accesses to the mailbox, lines of card memory that the core had, until the
	 * flash was asked and after it had answered. */
	unsigned int accesses_before = 0, accesses_after = 0;
	uint64_t lines_before = 0, lines_after = 0;
};

class Bench
{
	CardHost card_;
	std::vector<Bytes> pages_;
	uint32_t pool_ = 0;
	std::vector<uint64_t> buffer_;
	pamc_identify identify_{};
	Stages stages_;
	bool part_ = false;
	std::function<void()> pump_;

	static rtl_card::Figures figures(bool core)
	{
		rtl_card::Figures made;

		made.flash.blocks = core ? 8 : 12;
		made.firmware.tier = true;
		made.firmware.core = core;
		return made;
	}

      public:
	Bench(uint64_t seed, bool core)
	    : card_(core ? core_bytes : memory_bytes, seed, figures(core))
	{
		pamc_pool_info info{};
		pamc_admin_sqe sqe{};

		for (const PageFile &file : tap_page_files())
			pages_.insert(pages_.end(), file.pages.begin(), file.pages.end());
		/* As programs have them, whatever their files' order. */
		rtl::Random random(seed);
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
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		pool_ = card_.create_pool(info);
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

	void accessed(uint32_t offset, bool write, uint32_t value)
	{
		stages_.accesses_before += !stages_.started;
		stages_.accesses_after += stages_.came && !stages_.told;
		if (!write && offset == MAILBOX_TIER_FETCH && value & ask_there && !stages_.asked)
			stages_.asked = now();
		if (write && offset == MAILBOX_FLASH_PART)
			part_ = true;
		written.window += offset == MAILBOX_WINDOW_DATA;
		if (write && offset == MAILBOX_FLASH) {
			written.reads += (value & 7) == page_read;
			written.programs += (value & 7) == page_program;
			written.erases += (value & 7) == block_erase;
			if (part_ && (value & 7) == page_read) {
				if (!stages_.reads++) {
					stages_.started = now();
					stages_.lines_before = card_.sim().lines;
				}
				stages_.chunks += value >> 24;
			}
			part_ = false;
		}
		if (!write && offset == MAILBOX_FLASH_END && value & end_there && !stages_.told) {
			stages_.came = now();
			stages_.accesses_after = 0;
			stages_.lines_after = card_.sim().lines;
		}
		if (write && offset == MAILBOX_TIER_FETCH && !stages_.told) {
			stages_.told = now();
			stages_.lines_after = card_.sim().lines - stages_.lines_after;
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
		uint64_t began = now(), lines = card_.sim().lines;

		stages_ = {};
		submit(opcode, index, 0);
		end();
		if (opcode == PAMC_OP_GET)
			check(index, 0);
		for (uint64_t *when : {&stages_.asked, &stages_.started, &stages_.came,
				       &stages_.told, &stages_.over})
			*when = *when ? *when - began : 0;
		stages_.lines_before -= stages_.lines_before ? lines : 0;
		return stages_.over;
	}

	/* Until nothing goes to flash any more. */
	void settle()
	{
		for (uint64_t last = now() + 20'000'000; card_.sim().idle() < 2000; card_.step())
			tap_check(now() < last, "it does not rest");
	}

	struct Written {
		uint64_t programs = 0, erases = 0, reads = 0, window = 0;
	} written;
};

void tell(const char *what, std::vector<uint64_t> cycles)
{
	std::sort(cycles.begin(), cycles.end());
	std::printf("\"%s\": {\"median\": %llu, \"p90\": %llu}, ", what,
		    (unsigned long long)cycles[cycles.size() / 2],
		    (unsigned long long)cycles[cycles.size() * 9 / 10]);
}

/* What the flash itself takes. */
uint64_t flash_alone(const Stages &at)
{
	return uint64_t(onfi::Shape{}.read) * at.reads +
	       at.chunks * uint64_t(onfi::stored_bytes) * onfi::built_period;
}

void run(uint64_t seed)
{
	Bench bench(seed, false);
	std::vector<uint64_t> put, from_memory, from_flash;
	std::vector<uint64_t> beside, seen, started, flash, told, lane, bare, over;
	unsigned int open = 0;
	const bool verbose = std::getenv("VERBOSE") != nullptr;
	uint64_t next = 0, ended = 0, began, held_alone = 0, first;

	std::printf("{");
	for (; next < alone; next++)
		put.push_back(bench.one(PAMC_OP_PUT, next));
	/* Until the first page has gone; then as many at a time as there are buffers. */
	while (bench.in_flash() == 0)
		bench.one(PAMC_OP_PUT, next++);
	held_alone = next;
	began = bench.now();
	first = next;
	const uint64_t last = next + demoted + depth;
	auto pump = [&] {
		while (auto done = bench.card().poll(qid)) {
			tap_check(CardHost::status(done->cqe) == PAMC_STATUS_SUCCESS,
				  "a put fails");
			ended++;
			if (next < last)
				bench.submit(PAMC_OP_PUT, next++, done->cqe.cid);
		}
	};

	for (unsigned int slot = 0; slot < depth; slot++)
		bench.submit(PAMC_OP_PUT, next++, slot);
	bench.set_pump(pump);
	while (next < last || ended < last - first) {
		bench.card().step();
		pump();
	}
	bench.set_pump({});
	std::printf(
	    "\"put_cycles_while_demoting\": %.0f, \"programs\": %llu, \"erases\": %llu, "
	    "\"reads\": %llu, \"window_words\": %llu, ",
	    double(bench.now() - began) / double(next - first),
	    (unsigned long long)bench.written.programs, (unsigned long long)bench.written.erases,
	    (unsigned long long)bench.written.reads, (unsigned long long)bench.written.window);

	/* Gets one by one while others put and pages go to flash. */
	uint64_t got = 0, since = bench.now();
	const uint64_t before = next;
	auto mixed = [&] {
		while (auto done = bench.card().poll(qid)) {
			unsigned int slot = done->cqe.cid;

			tap_check(CardHost::status(done->cqe) == PAMC_STATUS_SUCCESS,
				  "a command fails");
			if (slot == 0) {
				bench.check(got * 3 + 1, 0);
				beside.push_back(done->when - since);
				since = bench.now();
				if (++got < beside_gets)
					bench.submit(PAMC_OP_GET, got * 3 + 1, 0);
			} else if (got < beside_gets) {
				bench.submit(PAMC_OP_PUT, next++, slot);
			}
			open -= got >= beside_gets;
		}
	};
	for (unsigned int slot = 0; slot < depth; slot++)
		bench.submit(slot ? PAMC_OP_PUT : PAMC_OP_GET, slot ? next++ : 1, slot);
	open = depth;
	began = bench.now();
	bench.set_pump(mixed);
	while (open > 0) {
		bench.card().step();
		mixed();
	}
	bench.set_pump({});
	std::printf("\"put_cycles_beside_gets\": %.0f, ",
		    double(bench.now() - began) / double(next - before));
	tell("get_from_flash_beside_puts", beside);

	bench.settle();
	for (unsigned int n = 0; n < gets; n++) {
		from_memory.push_back(bench.one(PAMC_OP_GET, next - 1 - n));
		from_flash.push_back(bench.one(PAMC_OP_GET, n * 3));
		const Stages &at = bench.stages();
		seen.push_back(at.asked);
		started.push_back(at.started - at.asked);
		flash.push_back(at.came - at.started);
		told.push_back(at.told - at.came);
		lane.push_back(at.over - at.told);
		bare.push_back(flash_alone(at));
		if (verbose)
			std::fprintf(stderr,
				     "get %u: %llu %llu %llu %llu %llu, %u reads of %u chunks\n", n,
				     (unsigned long long)at.asked, (unsigned long long)at.started,
				     (unsigned long long)at.came, (unsigned long long)at.told,
				     (unsigned long long)at.over, at.reads, at.chunks);
		over.push_back(1000 * at.over / bare.back());
	}
	tell("stage_until_seen", seen);
	tell("stage_until_asked", started);
	tell("stage_flash", flash);
	tell("stage_until_told", told);
	tell("stage_lane", lane);
	tell("flash_alone", bare);
	tell("per_mille_of_flash_alone", over);
	tell("put", put);
	tell("get_from_memory", from_memory);
	tell("get_from_flash", from_flash);
	std::printf("\"pages_in_memory_alone\": %llu, \"pages\": %llu, \"pages_in_flash\": %llu, "
		    "\"memory_bytes\": %llu, \"flash_bytes\": %llu, \"seed\": %llu}\n",
		    (unsigned long long)held_alone, (unsigned long long)next,
		    (unsigned long long)bench.in_flash(),
		    (unsigned long long)bench.identify().usable_bytes,
		    (unsigned long long)bench.identify().flash_bytes, (unsigned long long)seed);
}

/* A few gets alone, the firmware on the card's core. */
void run_on_core(uint64_t seed)
{
	constexpr uint64_t wanted = 8, most = 400;
	Bench bench(seed, true);
	std::vector<uint64_t> from_memory, from_flash, seen, started, flash, told, lane, bare,
	    reads, accesses, lines, accesses_after, lines_after;
	const bool verbose = std::getenv("VERBOSE") != nullptr;
	uint64_t next = 0;

	while (bench.in_flash() < wanted) {
		tap_check(next < most, "pages do not get to flash");
		bench.one(PAMC_OP_PUT, next++);
		if (verbose)
			std::fprintf(stderr, "put %llu: %llu cycles\n", (unsigned long long)next,
				     (unsigned long long)bench.now());
	}
	bench.settle();
	for (unsigned int n = 0; n < wanted; n++) {
		from_memory.push_back(bench.one(PAMC_OP_GET, next - 1));
		bench.settle();
		from_flash.push_back(bench.one(PAMC_OP_GET, n));

		const Stages &at = bench.stages();

		seen.push_back(at.asked);
		started.push_back(at.started - at.asked);
		flash.push_back(at.came - at.started);
		told.push_back(at.told - at.came);
		lane.push_back(at.over - at.told);
		bare.push_back(flash_alone(at));
		reads.push_back(at.reads);
		accesses.push_back(at.accesses_before);
		lines.push_back(at.lines_before);
		accesses_after.push_back(at.accesses_after);
		lines_after.push_back(at.lines_after);
		bench.settle();
	}
	std::printf("{");
	tell("stage_until_seen", seen);
	tell("stage_until_asked", started);
	tell("stage_flash", flash);
	tell("stage_until_told", told);
	tell("stage_lane", lane);
	tell("flash_alone", bare);
	tell("flash_reads", reads);
	tell("accesses_until_asked", accesses);
	tell("lines_until_asked", lines);
	tell("accesses_until_told", accesses_after);
	tell("lines_until_told", lines_after);
	tell("get_from_memory", from_memory);
	tell("get_from_flash", from_flash);
	std::printf("\"pages\": %llu, \"pages_in_flash\": %llu, \"seed\": %llu}\n",
		    (unsigned long long)next, (unsigned long long)bench.in_flash(),
		    (unsigned long long)seed);
}

} /* namespace */

int main(int argc, char **argv)
{
	uint64_t seed = 1;
	bool core = false;

	for (int n = 1; n < argc; n++) {
		if (std::string(argv[n]).rfind("--seed=", 0) == 0)
			seed = std::strtoull(argv[n] + 7, nullptr, 0);
		if (std::string(argv[n]) == "--short")
			demoted = 40, gets = 24, beside_gets = 2;
		core |= std::string(argv[n]) == "--core";
	}
	if (core)
		setenv("PAMCARD_MANAGEMENT", "core", 1);
	try {
		(core ? run_on_core : run)(seed);
	} catch (const std::exception &error) {
		std::fprintf(stderr, "flash_rtl: %s\n", error.what());
		return 1;
	}
	return 0;
}
