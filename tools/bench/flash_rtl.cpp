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
constexpr uint32_t page_read = 0, page_program = 1, block_erase = 2;
/* Words of TIER_FOUND, in bytes; places are in units (flash.h). */
constexpr uint32_t found_place = 8, found_bytes = 16;
constexpr uint64_t unit_bytes = 32;

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

/* What the flash itself takes for a read of the card's. */
uint64_t flash_alone(const Stages &at)
{
	const unsigned int page = onfi::built_chunks * onfi::chunk_bytes;
	uint64_t from = at.place * unit_bytes % page;
	uint64_t chunks = (from + at.bytes - 1) / onfi::chunk_bytes - from / onfi::chunk_bytes + 1;

	return uint64_t(onfi::Shape{}.read) +
	       chunks * uint64_t(onfi::stored_bytes) * onfi::built_period;
}

/* Gets from flash, by stage; those that firmware had to read are told apart. */
struct Gets {
	std::vector<uint64_t> all, found, read, rest, bare, over;
	unsigned int left = 0;

	void add(const Stages &at)
	{
		all.push_back(at.over);
		left += !at.by_itself;
		if (!at.by_itself)
			return;
		found.push_back(at.found);
		read.push_back(at.read);
		rest.push_back(at.over - at.found - at.read);
		bare.push_back(flash_alone(at));
		over.push_back(1000 * at.over / bare.back());
	}

	void tell_all() const
	{
		tap_check(!bare.empty(), "the card reads none by itself");
		tell("stage_found", found);
		tell("stage_flash", read);
		tell("stage_rest", rest);
		tell("flash_alone", bare);
		tell("per_mille_of_flash_alone", over);
		tell("get_from_flash", all);
		std::printf("\"gets_from_flash\": %zu, \"left_to_firmware\": %u, ", all.size(),
			    left);
	}
};

void run(uint64_t seed)
{
	Bench bench(seed, false);
	std::vector<uint64_t> put, from_memory, beside;
	Gets from_flash;
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
		bench.one(PAMC_OP_GET, n * 3);
		from_flash.add(bench.stages());
		if (verbose)
			std::fprintf(stderr, "get %u: %llu %llu %llu\n", n,
				     (unsigned long long)bench.stages().found,
				     (unsigned long long)bench.stages().read,
				     (unsigned long long)bench.stages().over);
	}
	from_flash.tell_all();
	tell("put", put);
	tell("get_from_memory", from_memory);
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
	std::vector<uint64_t> from_memory;
	Gets from_flash;
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
		bench.one(PAMC_OP_GET, n);
		from_flash.add(bench.stages());
		bench.settle();
	}
	std::printf("{");
	from_flash.tell_all();
	tell("get_from_memory", from_memory);
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
