// SPDX-License-Identifier: Apache-2.0
/*
 * The card in RTL with flash behind its memory: cycles of a get by where the page is, of puts
 * while pages go to flash, and how much more it holds. As JSON, for flash.py. The firmware runs
 * on the host, at the card's mailbox, and takes no time but that of its accesses there; --core is
 * a few gets with all of it on the card's own core.
 *
 * usage: flash_rtl [--seed=N] [--bits=N] [--short] [--starts] [--core]   (--help)
 */
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "flash_rtl_bench.hpp"

namespace
{

constexpr uint64_t alone = 40;
/* Puts while pages go to flash, gets alone, gets beside such puts: --short takes a third of the
 * time. */
uint64_t demoted = 200;
unsigned int gets = 40, beside_gets = 8;
/* Places are in units (flash.h). */
constexpr uint64_t unit_bytes = 32;

void tell(const std::string &what, std::vector<uint64_t> cycles)
{
	std::sort(cycles.begin(), cycles.end());
	std::printf("\"%s\": {\"median\": %llu, \"p90\": %llu}, ", what.c_str(),
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

/* Puts, several at a time. */
struct Puts {
	double cycles; /* for each */
	std::vector<uint64_t> each;

	void tell_as(const std::string &when) const
	{
		std::printf("\"put_cycles_%s\": %.0f, ", when.c_str(), cycles);
		tell("put_" + when, each);
	}
};

/* So many from the page on that is next, always as many at a time as there are buffers. */
Puts puts(Bench &bench, uint64_t &next, uint64_t count)
{
	Puts made;
	std::array<uint64_t, depth> since;
	const uint64_t began = bench.now(), last = next + count;
	auto put = [&](unsigned int slot) {
		since[slot] = bench.now();
		bench.submit(PAMC_OP_PUT, next++, slot);
	};
	auto pump = [&] {
		while (auto done = bench.card().poll(qid)) {
			tap_check(CardHost::status(done->cqe) == PAMC_STATUS_SUCCESS,
				  "a put fails");
			made.each.push_back(done->when - since[done->cqe.cid]);
			if (next < last)
				put(done->cqe.cid);
		}
	};

	for (unsigned int slot = 0; slot < depth; slot++)
		put(slot);
	bench.set_pump(pump);
	while (made.each.size() < count) {
		bench.card().step();
		pump();
	}
	bench.set_pump({});
	made.cycles = double(bench.now() - began) / double(count);
	return made;
}

void run(const Asked &asked)
{
	Bench bench(asked);
	std::vector<uint64_t> put, from_memory, beside;
	Gets from_flash;
	unsigned int open = 0;
	const bool verbose = std::getenv("VERBOSE") != nullptr;
	uint64_t next = 0, began, held_alone = 0;

	for (; next < alone; next++)
		put.push_back(bench.one(PAMC_OP_PUT, next));
	/* Until the first page has gone; then as many at a time as there are buffers. */
	while (bench.in_flash() == 0)
		bench.one(PAMC_OP_PUT, next++);
	held_alone = next;
	const Puts demoting = puts(bench, next, demoted + depth);
	demoting.tell_as("while_demoting");
	std::printf(
	    "\"programs\": %llu, \"erases\": %llu, \"reads\": %llu, \"window_words\": %llu, ",
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
		    "\"memory_bytes\": %llu, \"flash_bytes\": %llu, ",
		    (unsigned long long)held_alone, (unsigned long long)next,
		    (unsigned long long)bench.in_flash(),
		    (unsigned long long)bench.identify().usable_bytes,
		    (unsigned long long)bench.identify().flash_bytes);
}

/* A few of each, the firmware on the card's core. */
void run_on_core(const Asked &asked)
{
	constexpr uint64_t wanted = 8, most = 400, demoted_on_core = 40;
	Bench bench(asked);
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
	puts(bench, next, demoted_on_core).tell_as("while_demoting");
	bench.settle();
	for (unsigned int n = 0; n < wanted; n++) {
		from_memory.push_back(bench.one(PAMC_OP_GET, next - 1));
		bench.settle();
		bench.one(PAMC_OP_GET, n);
		from_flash.add(bench.stages());
		bench.settle();
	}
	from_flash.tell_all();
	tell("get_from_memory", from_memory);
	std::printf("\"pages\": %llu, \"pages_in_flash\": %llu, ", (unsigned long long)next,
		    (unsigned long long)bench.in_flash());
}

/* Of a durable pool beside one that is not, memory far from full: each put and flush of the former
 * asks firmware first. */
void run_durable(const Asked &asked)
{
	constexpr uint64_t count = 40;
	Bench bench(asked);
	const uint32_t pools[] = {bench.pool(), bench.create(PAMC_POOL_DURABLE)};
	const std::string names[] = {"plain", "durable"};
	std::vector<uint64_t> put[2], flush[2];

	for (uint64_t n = 0; n < count; n++)
		for (unsigned int which = 0; which < 2; which++) {
			bench.settle();
			bench.use(pools[which]);
			put[which].push_back(bench.one(PAMC_OP_PUT, n));
		}
	for (uint64_t n = 0; n < count; n++)
		for (unsigned int which = 0; which < 2; which++) {
			bench.settle();
			bench.use(pools[which]);
			flush[which].push_back(bench.one(PAMC_OP_FLUSH_PAGE, n));
		}
	for (unsigned int which = 0; which < 2; which++) {
		uint64_t next = count;

		tell("put_" + names[which], put[which]);
		tell("flush_" + names[which], flush[which]);
		bench.settle();
		bench.use(pools[which]);
		puts(bench, next, count).tell_as(names[which] + "_together");
	}

	/* One while the pool's SYNC is not over yet. */
	uint64_t over[2] = {}, began = bench.now();

	bench.use(pools[1]);
	bench.submit(PAMC_OP_SYNC, 0, 1);
	bench.submit(PAMC_OP_PUT, 2 * count, 0);
	for (unsigned int n = 0; n < 2; n++) {
		CardHost::Done done = bench.card().wait(qid, 50'000'000);

		tap_check(CardHost::status(done.cqe) == PAMC_STATUS_SUCCESS, "SYNC, or a put");
		over[done.cqe.cid] = done.when - began;
	}
	std::printf("\"put_beside_sync\": %llu, \"sync\": %llu, ", (unsigned long long)over[0],
		    (unsigned long long)over[1]);
}

/* Starts after power was gone, which find so many records of a durable pool. */
void run_starts(Asked asked)
{
	constexpr uint64_t counts[] = {100, 600};

	asked.small = true;
	for (uint64_t count : counts) {
		Bench bench(asked);
		uint64_t next = 0;

		bench.use(bench.create(PAMC_POOL_DURABLE));
		puts(bench, next, count);
		bench.one(PAMC_OP_SYNC, 0);
		bench.settle();

		const uint64_t reads = bench.written.reads, cycles = bench.power_cycle();

		tap_check(bench.in_flash() == count, "not all are there again");
		std::printf("\"start_of_%llu\": {\"cycles\": %llu, \"flash_reads\": %llu}, ",
			    (unsigned long long)count, (unsigned long long)cycles,
			    (unsigned long long)(bench.written.reads - reads));
	}
}

const char help[] =
    "usage: flash_rtl [--seed=N] [--bits=N] [--short] [--starts] [--core]\n"
    "Cycles (of 4 ns) of the card in RTL with flash behind its memory, as JSON.\n"
    "  --seed=N  of pages and flash; 1\n"
    "  --bits=N  bits that are wrong in a chunk of 1 KiB on average, with every read; 0.\n"
    "            Otherwise durable pools are left out\n"
    "  --short   fewer commands, a third of the time\n"
    "  --starts  only the time of a start after a loss of power\n"
    "  --core    all of the firmware on the card's core, and little memory: fewer commands\n"
    "VERBOSE=1 tells of each.\n";

} /* namespace */

int main(int argc, char **argv)
{
	Asked asked;
	bool starts = false;

	for (int n = 1; n < argc; n++) {
		const std::string option = argv[n];

		if (option.rfind("--seed=", 0) == 0) {
			asked.seed = std::strtoull(argv[n] + 7, nullptr, 0);
		} else if (option.rfind("--bits=", 0) == 0) {
			asked.bits = std::strtod(argv[n] + 7, nullptr);
		} else if (option == "--short") {
			demoted = 40, gets = 24, beside_gets = 2;
		} else if (option == "--starts") {
			starts = true;
		} else if (option == "--core") {
			asked.core = true;
		} else {
			std::fputs(help, option == "--help" ? stdout : stderr);
			return option == "--help" ? 0 : 2;
		}
	}
	if (asked.core)
		setenv("PAMCARD_MANAGEMENT", "core", 1);
	try {
		std::printf("{");
		if (starts) {
			run_starts(asked);
		} else {
			(asked.core ? run_on_core : run)(asked);
			if (asked.bits == 0)
				run_durable(asked);
		}
		std::printf("\"bits\": %g, \"seed\": %llu}\n", asked.bits,
			    (unsigned long long)asked.seed);
	} catch (const std::exception &error) {
		std::fprintf(stderr, "flash_rtl: %s\n", error.what());
		return 1;
	}
	return 0;
}
