/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flash_channel with four dies at its pins: pages there and back, bits that flip in any number,
 * erased pages and torn ones, dies that fail or hang, streams that stall, resets in the middle;
 * and how long a page takes.
 */
#include "flash_channel_bench.hpp"
#include "flash_channel_page/Vflash_channel_page.h"
#include "flash_channel_small/Vflash_channel_small.h"

namespace
{

using namespace channel;

constexpr unsigned int CHUNKS = 2, PAGES = onfi::Die::PAGES, BLOCKS = 4;
using Small = Bench<Vflash_channel_small, CHUNKS>;

/* Wrong bits of each chunk that a read delivers. */
using Flips = std::vector<unsigned int>;

/* A channel and what its dies hold. */
struct Rig {
	Small bench;
	rtl::Random random;
	std::array<std::map<uint32_t, Bytes>, DIES> held;
	std::array<std::array<unsigned int, BLOCKS>, DIES> next{};
	std::array<std::deque<Flips>, DIES> flips; /* of reads that were sent */
	struct Want {
		Request request;
		unsigned int result = DONE;
		Bytes data{};
		Found found{};
		bool any = false; /* nobody knows what is there: those data, these, or none */
		Bytes other{};
	};
	std::map<unsigned int, Want> want;
	uint64_t corrected = 0, most = 0, uncorrectable = 0, erased = 0, refused = 0, failed = 0,
		 reads = 0, programs = 0, erases = 0;

	explicit Rig(uint64_t seed) : bench(seed), random(seed + 99)
	{
		for (unsigned int n = 0; n < DIES; n++)
			bench.dies[n]->wrong_bits = [this, n](uint32_t, Bytes &page) {
				if (flips[n].empty())
					return;
				for (unsigned int chunk = 0; chunk < flips[n].front().size();
				     chunk++)
					flip(page, chunk, flips[n].front()[chunk], random);
				flips[n].pop_front();
			};
	}

	void pace()
	{
		auto any = [this](unsigned int work) {
			return rtl::Pace{1 + unsigned(random.below(work)),
					 unsigned(random.below(3) * random.below(work))};
		};

		bench.pace(any(40), any(60), any(900));
	}

	void read(unsigned int die, uint32_t row, unsigned int first, unsigned int count,
		  const Flips &wrong)
	{
		Want w{{READ, die, row / PAGES, row % PAGES, first, count}};
		auto at = held[die].find(row);
		Bytes page = at != held[die].end() ? at->second : Bytes(Small::PAGE, 0xff);

		for (unsigned int n = first; n < first + count; n++) {
			if (wrong[n] > bch::T) {
				w.result = UNCORRECTABLE;
			} else {
				w.found.corrected = std::max(w.found.corrected, wrong[n]);
				corrected += wrong[n];
				most = std::max<uint64_t>(most, wrong[n]);
			}
		}
		w.found.uncorrectable = w.result == UNCORRECTABLE;
		w.found.erased = at == held[die].end() && !w.found.uncorrectable;
		w.data.assign(page.begin() + first * bch::DATA,
			      page.begin() + (first + count) * bch::DATA);
		flips[die].push_back(wrong);
		uncorrectable += w.found.uncorrectable;
		erased += w.found.erased;
		reads++;
		want[bench.send(w.request)] = w;
	}

	void program(unsigned int die, unsigned int block)
	{
		uint32_t row = block * PAGES + next[die][block]++;
		Want w{{PROGRAM, die, block, row % PAGES}};
		Bytes page = bench.bytes();

		if (random.one_in(4))
			page.assign(Small::PAGE, random.one_in(2) ? 0xff : 0);
		if (bench.dies[die]->fail_programs.count(row))
			w.result = FAILED;
		else
			held[die][row] = page;
		failed += w.result == FAILED;
		programs++;
		want[bench.send(w.request, page)] = w;
	}

	void erase(unsigned int die, unsigned int block)
	{
		Want w{{ERASE, die, block}};

		if (bench.dies[die]->fail_erases.count(block)) {
			w.result = FAILED;
		} else {
			for (unsigned int p = 0; p < PAGES; p++)
				held[die].erase(block * PAGES + p);
			next[die][block] = 0;
		}
		failed += w.result == FAILED;
		erases++;
		want[bench.send(w.request)] = w;
	}

	/* Of something that is not there. */
	void refuse()
	{
		static const Request wrong[] = {
		    {READ, DIES, 0, 0, 0, 1},   {READ, 0, 0, PAGES, 0, 1}, {READ, 1, 0, 0, 0, 0},
		    {READ, 2, 0, 0, 1, CHUNKS}, {READ, 3, 0, 0, 255, 2},   {PROGRAM, 7, 0, 0},
		    {PROGRAM, 1, 0, 0xffff},    {ERASE, DIES + 1},         {Op(STATUS + 1), 0},
		    {Op(STATUS + 2), 3},
		};
		Want w{wrong[random.below(std::size(wrong))], REFUSED};

		refused++;
		want[bench.send(w.request, w.request.op == PROGRAM ? bench.bytes() : Bytes())] = w;
	}

	Flips any_flips()
	{
		Flips wrong(CHUNKS);

		for (auto &bits : wrong)
			switch (random.below(6)) {
			case 0:
				bits = unsigned(random.below(bch::T + 1));
				break;
			case 1:
				bits = bch::T;
				break;
			case 2:
				bits = random.one_in(2) ? bch::T + 1 + unsigned(random.below(60))
							: unsigned(random.below(4));
				break;
			default:
				bits = 0;
			}
		return wrong;
	}

	void any()
	{
		unsigned int die = unsigned(random.below(DIES));
		unsigned int block = unsigned(random.below(BLOCKS));
		unsigned int which = unsigned(random.below(20));

		if (which < 8 && next[die][block] < PAGES) {
			program(die, block);
		} else if (which == 8) {
			erase(die, block);
		} else if (which == 9) {
			refuse();
		} else if (which == 10) {
			Want w{{random.one_in(2) ? RESET : STATUS, die}};

			want[bench.send(w.request)] = w;
		} else {
			unsigned int first = unsigned(random.below(CHUNKS));
			unsigned int pages = next[die][block];
			uint32_t row =
			    block * PAGES + unsigned(random.below(pages + !(pages && which < 18)));

			read(die, std::min(row, BLOCKS * PAGES - 1), first,
			     1 + unsigned(random.below(CHUNKS - first)), any_flips());
		}
	}

	void check(const End &end)
	{
		const Want &w = want.at(end.tag);
		std::string what = " of operation " + std::to_string(w.request.op) + ", die " +
				   std::to_string(w.request.die) + ", block " +
				   std::to_string(w.request.block) + ", page " +
				   std::to_string(w.request.page);

		if (w.any) {
			/* Whole, empty, or an error. */
			bool whole =
			    (end.data == w.data || end.data == w.other) && !end.found.erased;
			bool empty = end.found.erased &&
				     end.data == Bytes(w.request.count * bch::DATA, 0xff);

			tap_check(end.result == UNCORRECTABLE ||
				      (end.result == DONE && (whole || empty)),
				  "wrong data as good" + what);
		} else {
			tap_check(end.result == w.result,
				  "result " + std::to_string(end.result) + what);
			tap_check(end.result != DONE || end.data == w.data, "data" + what);
			tap_check(end.found.uncorrectable || end.found == w.found, "found" + what);
		}
		want.erase(end.tag);
	}

	void finish(size_t leave = 0)
	{
		while (bench.open() > leave) {
			bench.wait(1);
			check(bench.ends.front());
			bench.ends.pop_front();
		}
		tap_check(leave || (bench.left() == 0 && want.empty()), "data are left");
	}
};

void figures(Tap &tap)
{
	using Page = Bench<Vflash_channel_page, 16>;
	constexpr unsigned int TR = 15000, TPROG = 175000; /* 60 us, 700 us at 4 ns */
	onfi::Times times;

	times.read = TR;
	times.program = TPROG;
	times.period = 1;
	Page bench(tap.seed(), times);
	Bytes page = bench.bytes();
	unsigned int wrong = 0;

	for (auto &die : bench.dies)
		die->wrong_bits = [&](uint32_t, Bytes &bytes) {
			for (unsigned int n = 0; n < 16; n++)
				flip(bytes, n, wrong, bench.random);
		};
	bench.run({RESET, 0});
	std::printf("# pages of 16 KiB, a byte a cycle, tR %u cycles, tPROG %u\n", TR, TPROG);
	uint64_t start = bench.now();
	tap_check(bench.run({PROGRAM, 0, 0, 0}, page).result == DONE, "program");
	std::printf("# program: %llu cycles, %llu beside tPROG\n",
		    (unsigned long long)(bench.now() - start),
		    (unsigned long long)(bench.now() - start - TPROG));
	for (unsigned int count : {16u, 4u, 1u})
		for (unsigned int bits : {0u, 10u, 40u}) {
			wrong = bits;
			start = bench.now();
			End end = bench.run({READ, 0, 0, 0, 0, count});
			uint64_t took = bench.now() - start, bytes = count * bch::STORED;

			tap_check(end.result == DONE && end.found.corrected == bits, "read");
			tap_check(end.data == Bytes(page.begin(), page.begin() + count * bch::DATA),
				  "data");
			tap_check(took < TR + bytes + 4000, "a read is slow");
			std::printf(
			    "# read of %2u chunks, %2u wrong bits each: %llu cycles = tR + "
			    "%llu transfer + %llu (%.1f %% over tR, %.1f %% over both)\n",
			    count, bits, (unsigned long long)took, (unsigned long long)bytes,
			    (unsigned long long)(took - TR - bytes), 100.0 * double(took - TR) / TR,
			    100.0 * double(took - TR - bytes) / double(TR + bytes));
		}
	wrong = 10;
	for (unsigned int die = 1; die < DIES; die++)
		bench.send({PROGRAM, die, 0, 0}, page);
	bench.wait(3);
	bench.ends.clear();
	start = bench.now();
	uint64_t blocked = bench.read_stat(3);
	for (unsigned int n = 0; n < 16; n++)
		bench.send({READ, n % DIES, 0, 0, 0, 16});
	bench.wait(16);
	uint64_t each = (bench.now() - start) / 16;

	for (const End &end : bench.ends)
		tap_check(end.result == DONE && end.data == page, "a die's data");
	std::printf(
	    "# four dies in turn: %llu cycles a page, %llu of them transfer; blocked %llu\n",
	    (unsigned long long)each, (unsigned long long)(16 * bch::STORED),
	    (unsigned long long)(bench.read_stat(3) - blocked));
	tap_check(each < TR + 16 * bch::STORED, "dies wait for each other");
	tap_check(bench.read_stat(5) <= DIES && bench.read_stat(0) == 25, "pages counted");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int times = Tap::wants_long() ? 20 : 1;

	tap.run("what is stored is the format's, and comes back", [&] {
		Small bench(tap.seed());
		Bytes page = bench.bytes();

		tap_check(bench.run({PROGRAM, 1, 0x1234, 0}, page).result == DONE, "program");
		const Bytes *held = bench.dies[1]->held(0x1234 * PAGES);
		tap_check(held != nullptr, "it is not there");
		tap_check(Bytes(held->begin(), held->begin() + CHUNKS * bch::STORED) ==
			      stored_page(page, 0x1234 * PAGES),
			  "another format");
		End end = bench.run({READ, 1, 0x1234, 0, 0, CHUNKS});
		tap_check(end.result == DONE && end.data == page, "read");
		end = bench.run({READ, 1, 0x1234, 0, 1, 1});
		tap_check(end.data == Bytes(page.begin() + bch::DATA, page.end()), "a part");
		tap_check(bench.run({STATUS, 1}).status == 0xe0, "status");
		tap_check(bench.run({ERASE, 1, 0x1234}).result == DONE, "erase");
		end = bench.run({READ, 1, 0x1234, 0, 0, CHUNKS});
		tap_check(end.found.erased && end.data == Bytes(Small::PAGE, 0xff), "erased");
		tap_check(bench.run({MARK, 2, 3}).status == 0xff, "mark of a good block");
		bench.dies[2]->wrong_bits = [](uint32_t, Bytes &held_page) {
			held_page[Small::PAGE] = 0;
		};
		tap_check(bench.run({MARK, 2, 3}).status == 0, "mark of a bad block");
	});
	tap.run("a page that is erased in part is not good", [&] {
		Small bench(tap.seed());
		Bytes page = bench.bytes();

		bench.run({PROGRAM, 0, 0, 0}, page);
		for (unsigned int chunk = 0; chunk < CHUNKS; chunk++) {
			bench.dies[0]->wrong_bits = [&](uint32_t, Bytes &held) {
				std::fill_n(held.begin() + chunk * bch::STORED, +bch::STORED, 0xff);
			};
			tap_check(bench.run({READ, 0, 0, 0, 0, CHUNKS}).result == UNCORRECTABLE,
				  "torn page");
		}
		tap_check(bench.stat(2) == 2, "counter");
	});
	tap.run("a page is as good as its worst chunk", [&] {
		Rig rig(tap.seed());

		for (unsigned int block = 0; block < 2; block++)
			rig.program(0, block);
		for (const Flips &wrong :
		     {Flips{bch::T, 3}, Flips{3, bch::T}, Flips{0, bch::T + 1},
		      Flips{bch::T + 1, 0}, Flips{200, bch::T}, Flips{1, 0}, Flips{0, 0}})
			for (unsigned int block = 0; block < 3; block++)
				rig.read(0, block * PAGES, 0, CHUNKS, wrong);
		rig.finish();
	});
	tap.run("random requests, wrong bits, failures, streams that stall", [&] {
		for (unsigned int round = 0; round < 3 * times; round++) {
			Rig rig(tap.seed() * 100 + round);

			rig.bench.no_ready_pins = round % 3 == 2;
			for (unsigned int n = 0; n < 3; n++) {
				unsigned int die = unsigned(rig.random.below(DIES));

				rig.bench.dies[die]->fail_programs.insert(
				    uint32_t(rig.random.below(BLOCKS * 3)));
				rig.bench.dies[die]->fail_erases.insert(
				    uint32_t(rig.random.below(BLOCKS)));
			}
			for (unsigned int n = 0; n < 100; n++) {
				if (n % 20 == 0)
					rig.pace();
				rig.any();
				if (rig.bench.open() > 12 || rig.random.one_in(8))
					rig.finish(size_t(rig.random.below(8)));
			}
			rig.finish();
			for (unsigned int n = 0; n < 10; n++)
				rig.bench.cycle();
			tap_check(
			    rig.bench.stat(0) == rig.corrected && rig.bench.stat(1) == rig.most &&
				rig.bench.stat(2) == rig.uncorrectable &&
				rig.bench.stat(3) == rig.erased && rig.bench.stat(4) == rig.refused,
			    "counters");
			tap_check(rig.bench.bus_stat(2) == rig.reads &&
				      rig.bench.bus_stat(3) == rig.programs &&
				      rig.bench.bus_stat(4) == rig.erases &&
				      rig.bench.bus_stat(5) == rig.failed,
				  "counters of the bus");
			tap_check(rig.bench.read_stat(0) == rig.reads &&
				      rig.bench.read_stat(4) == 0 &&
				      rig.bench.program_stat(0) == rig.programs &&
				      rig.bench.program_stat(4) == 0,
				  "counters of the streams");
			std::printf(
			    "# %llu reads (%llu uncorrectable, %llu erased), %llu programs, "
			    "%llu erases, %llu failed, %llu refused; %llu bits corrected\n",
			    (unsigned long long)rig.reads, (unsigned long long)rig.uncorrectable,
			    (unsigned long long)rig.erased, (unsigned long long)rig.programs,
			    (unsigned long long)rig.erases, (unsigned long long)rig.failed,
			    (unsigned long long)rig.refused, (unsigned long long)rig.corrected);
		}
	});
	tap.run("reset in the middle", [&] {
		for (unsigned int round = 0; round < 4 * times; round++) {
			Rig rig(tap.seed() * 100 + 50 + round);

			for (unsigned int n = 0; n < 8; n++)
				rig.program(n % DIES, n / DIES);
			rig.finish();
			rig.pace();
			auto before = rig.held;
			for (unsigned int n = 0; n < 8; n++)
				rig.any();
			for (uint64_t n = rig.random.below(60000); n > 0; n--)
				rig.bench.cycle();
			/* A die's array works; it is the first to be asked after. */
			unsigned int first = 0;
			for (unsigned int n = 0; n < 4000 * DIES; n++) {
				first = n % DIES;
				if (round % 4 != 3 && rig.bench.dies[first]->busy())
					break;
				if (first == 0 && round % 4 != 3)
					rig.bench.cycle();
			}
			/* Open programs and erases may have been, or not, or in part. */
			for (End &end : rig.bench.ends)
				rig.check(end);
			std::array<std::set<uint32_t>, DIES> unknown;
			for (const auto &[tag, w] : rig.want) {
				if (w.result == REFUSED)
					continue;
				for (unsigned int p = 0; p < PAGES; p++)
					if (w.request.op == ERASE ||
					    (w.request.op == PROGRAM && p == w.request.page))
						unknown[w.request.die].insert(
						    w.request.block * PAGES + p);
			}
			rig.want.clear();
			rig.bench.reset();
			for (auto &queue : rig.flips)
				queue.clear();
			rig.bench.pace({}, {}, {});
			for (unsigned int k = 0; k < DIES; k++) {
				unsigned int die = (first + k) % DIES;

				for (const auto &[row, data] : rig.held[die])
					if (!unknown[die].count(row))
						rig.read(die, row, 0, CHUNKS, Flips(CHUNKS));
				for (uint32_t row : unknown[die]) {
					/* An erase may have left what was there before. */
					auto old = before[die].find(row);

					rig.read(die, row, 0, CHUNKS, Flips(CHUNKS));
					for (auto &[tag, w] : rig.want)
						if (w.request.die == die &&
						    w.request.block * PAGES + w.request.page ==
							row) {
							w.any = true;
							if (old != before[die].end())
								w.other = old->second;
						}
				}
			}
			rig.finish();
			for (unsigned int die = 0; die < DIES; die++) {
				rig.erase(die, 0);
				rig.program(die, 0);
				rig.read(die, 0, 0, CHUNKS, {3, bch::T});
			}
			rig.finish();
		}
	});
	tap.run("a die that hangs", [&] {
		Small bench(tap.seed());
		Bytes page = bench.bytes();

		bench.run({PROGRAM, 0, 0, 0}, page);
		bench.dies[1]->hang = true;
		bench.send({READ, 1, 0, 0, 0, CHUNKS});
		bench.send({READ, 0, 0, 0, 0, CHUNKS});
		bench.wait(2);
		tap_check(bench.ends[0].result == DONE && bench.ends[0].data == page,
			  "the others go on");
		tap_check(bench.ends[1].result == SILENT && bench.ends[1].die == 1, "it is silent");
		bench.ends.clear();
		tap_check(bench.run({PROGRAM, 1, 0, 0}, page).result == SILENT, "program");
		tap_check(bench.run({PROGRAM, 2, 0, 0}, page).result == DONE, "another's");
		tap_check(bench.run({READ, 2, 0, 0, 0, CHUNKS}).data == page, "its data");
		tap_check(bench.run({RESET, 1}).result == SILENT, "reset does not help");
		bench.dies[1]->revive();
		tap_check(bench.run({RESET, 1}).result == DONE, "reset helps");
		tap_check(bench.run({PROGRAM, 1, 0, 0}, page).result == DONE, "program");
		tap_check(bench.run({READ, 1, 0, 0, 0, CHUNKS}).data == page, "data");
	});
	tap.run("cycles a page", [&] { figures(tap); });
	return tap.done();
}
