// SPDX-License-Identifier: Apache-2.0
/*
 * The allocator in RTL beside the model's own code: the same commands, the same extents,
 * and after each batch the same memory, map, lists and counters, byte for byte.
 */
#include <lz4.h>

#include "store_bench.hpp"

using namespace store_bench;

namespace
{

/* Records of real pages: a header and the compressed page. */
std::vector<size_t> record_sizes()
{
	std::vector<size_t> sizes;
	char packed[LZ4_COMPRESSBOUND(4096)];

	for (const auto &file : tap_page_files())
		for (const auto &page : file.pages) {
			int size = LZ4_compress_default(reinterpret_cast<const char *>(page.data()),
							packed, 4096, 4096);

			sizes.push_back(16 + (size > 0 ? unsigned(size) : 4096));
		}
	return sizes;
}

size_t any_size(rtl::Random &random)
{
	switch (random.below(8)) {
	case 0:
		return random.below(100);
	case 1:
		return 4000 + random.below(200);
	case 2:
		/* More than one extent even in an empty store. */
		return 4000 + random.below(60000);
	case 3:
		/* About the longest extent. */
		return (252 + random.below(8)) * STORE_UNIT;
	default:
		return 300 + random.below(2500);
	}
}

/* Allocates and frees, so that about so much of 1000 is used. */
void churn(Bench &bench, unsigned int rounds, unsigned int target, size_t ahead,
	   const std::vector<size_t> &sizes)
{
	auto &random = bench.random();
	uint64_t units = bench.model().units;

	for (unsigned int round = 0; round < rounds; round++) {
		bool more = uint64_t(bench.held_units) * 1000 < units * target;

		if (random.below(8) == 0)
			more = !more;
		if (more || bench.freeable.empty())
			bench.alloc(sizes.empty() ? any_size(random)
						  : sizes[random.below(sizes.size())],
				    random.one_in(20) ? unsigned(random.below(4)) : 1023);
		else
			bench.free_held(random.below(bench.freeable.size()));
		bench.settle(ahead);
	}
}

void random_paces(Bench &bench)
{
	auto &random = bench.random();

	bench.memory.latency = 3 + unsigned(random.below(60));
	bench.memory.more_latency = random.below(2) ? unsigned(random.below(100)) : 0;
	bench.hint(random.below(2), random.below(2) ? 1 + unsigned(random.below(100)) : 0);
	if (random.below(2))
		bench.pace({1 + unsigned(random.below(8)), unsigned(random.below(8))});
	else
		bench.pace({});
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	auto sizes = record_sizes();
	unsigned int times = Tap::wants_long() ? 10 : 1;

	tap.run("layout", [&] {
		tap_check(STORE_UNIT == 32 && STORE_MIN_RUN == 3 && STORE_MAX_EXTENT == 255 &&
			      STORE_BINS == 257 && STORE_LINK_BYTES == 8,
			  "store_pkg.sv has other numbers than store.h");
	});
	tap.run("first steps", [&] {
		Bench bench(6000, tap.seed());

		bench.compare();
		bench.alloc(1000);
		bench.compare();
		bench.alloc(100000);
		bench.compare();
		while (!bench.freeable.empty()) {
			bench.free_held(0);
			bench.compare();
		}
	});
	tap.run("commands that make no sense", [&] {
		Bench bench(5000, tap.seed());

		for (unsigned int i = 0; i < 60; i++)
			bench.alloc(any_size(bench.random()));
		bench.settle();
		for (unsigned int i = 0; i < 20; i++)
			bench.free_held(bench.random().below(bench.freeable.size()));
		for (unsigned int i = 0; i < 300; i++) {
			uint32_t unit = uint32_t(bench.random().below(5000));
			uint32_t units = uint32_t(3 + bench.random().below(253));

			bool all_used = unit + units <= 5000;
			for (uint32_t n = unit; all_used && n < unit + units; n++)
				all_used = store_is_used(&bench.model(), n);
			if (!all_used)
				bench.bad(FREE, unit, units);
		}
		bench.bad(FREE, 4990, 11);
		bench.bad(FREE, 5000, 3);
		bench.bad(FREE, 0xffffffff, 3);
		bench.bad(FREE, 0xfffffffd, 3);
		bench.bad(FREE, 100, 0);
		bench.bad(FREE, 100, 2);
		bench.bad(FREE, 100, 256);
		bench.bad(FREE, 100, 0xffffffff);
		bench.bad(INIT, 0, 2);
		bench.bad(INIT, 0, 0x80000001);
		bench.bad(3, 0, 100);
		bench.compare();
		churn(bench, 200, 500, 0, {});
		bench.compare();
	});
	tap.run("filled to the last unit, emptied, made anew", [&] {
		for (uint32_t units : {3u, 4u, 100u, 255u, 256u, 257u, 258u, 511u, 512u, 3000u}) {
			Bench bench(units, tap.seed() + units);

			for (unsigned int round = 0; round < 4; round++) {
				unsigned int missed = 0;

				while (missed < 5)
					missed +=
					    !bench.alloc(round == 0 ? 1 : any_size(bench.random()));
				bench.compare();
				while (!bench.freeable.empty())
					bench.free_held(
					    bench.random().below(bench.freeable.size()));
				bench.compare();
				tap_check(bench.model().runs == 1, "one run");
			}
			bench.alloc(77);
			bench.settle();
			bench.forget();
			bench.init();
			bench.compare();
			churn(bench, 20, 500, 2, {});
			bench.compare();
		}
	});
	tap.run("memory that cannot be read", [&] {
		Bench bench(4000, tap.seed());

		churn(bench, 300, 900, 0, {});
		for (uint64_t line = 0; line < 2100; line++)
			bench.memory.errors.insert(line);
		bench.settle();
		for (unsigned int i = 0; i < 20 && !bench.broken(); i++) {
			bench.free_any();
			bench.settle();
		}
		bench.settle();
		tap_check(bench.broken(), "not broken");
		bench.memory.errors.clear();
		for (unsigned int i = 0; i < 20; i++)
			bench.bad(ALLOC, 0, 0);
		bench.settle();
		tap_check(bench.broken(), "not broken any more");
		bench.forget();
		bench.init();
		bench.compare();
		churn(bench, 300, 900, 2, {});
		bench.compare();
	});
	/* Lists: 65 bits and 8 to check them; lines of the map: 8 times 67 and 8. */
	const std::vector<std::pair<unsigned int, unsigned int>> memories = {
	    {rtl::STORE_LISTS, 73}, {rtl::STORE_MAP, 8 * 75}};

	tap.run("single errors on the chip change nothing", [&] {
		uint64_t corrected[2] = {};

		for (unsigned int run = 0; run < 4; run++) {
			Bench bench(uint32_t(3000 + run * 3000), tap.seed() + run);

			bench.flips.make(memories, 60, 1);
			for (unsigned int batch = 0; batch < 4; batch++) {
				random_paces(bench);
				churn(bench, 400, unsigned(bench.random().between(300, 1000)),
				      bench.random().below(6), {});
				bench.compare();
			}
			corrected[0] += bench.flips.corrected[rtl::STORE_LISTS];
			corrected[1] += bench.flips.corrected[rtl::STORE_MAP];
			tap_check(bench.flips.all_lost() == 0, "something was lost");
		}
		tap_check(corrected[0] > 100 && corrected[1] > 100, "nothing was corrected");
	});
	tap.run("lines of the map that are lost are read again", [&] {
		Bench bench(60000, tap.seed());

		bench.flips.make({memories[1]}, 100, 2);
		churn(bench, 1600, 900, bench.random().below(6), {});
		bench.compare();
		tap_check(bench.flips.corrected[rtl::STORE_MAP] > 50, "none was lost");
		tap_check(bench.flips.all_lost() == 0, "something was lost for good");
	});
	tap.run("an extent that is lost before it is given back is told", [&] {
		unsigned int told = 0;

		for (unsigned int run = 0; run < 60; run++) {
			Bench bench(3000, tap.seed() + run);

			churn(bench, 200, 600, 0, {});
			bench.compare();
			/* ecc_pkg.sv: the first of two that are given; more would be needed. */
			bench.flips.once(rtl::EXTENTS, 192, 45);
			bench.alloc(24000, 2);
			bench.settle();
			told += bench.flips.lost[rtl::EXTENTS] == 1;
			tap_check(bench.flips.lost[rtl::EXTENTS] <= 1, "told more than once");
		}
		std::printf("# %u of 60 told\n", told);
		tap_check(told > 30, "few were told");
	});
	tap.run("a list that is lost breaks the store, and nothing else", [&] {
		unsigned int broken = 0;
		for (unsigned int run = 0; run < 40; run++) {
			Bench bench(4000, tap.seed() + run);

			churn(bench, 200, 900, bench.random().below(4), {});
			bench.compare();
			bench.lossy = true;
			bench.flips.make({memories[0]}, 30, 2);
			churn(bench, 400, 700, bench.random().below(4), {});
			bench.settle();
			bench.flips.make({}, 0, 0);
			tap_check(bench.broken() == (bench.flips.lost[rtl::STORE_LISTS] > 0),
				  "broken, or not");
			if (!bench.broken())
				continue;
			broken++;
			bench.compare_owned();
			bench.forget();
			bench.lossy = false;
			/* The first one takes what error was still to be made. */
			bench.init();
			bench.init();
			tap_check(!bench.broken(), "still broken");
			churn(bench, 100, 900, 2, {});
			bench.settle();
		}
		tap_check(broken > 30, "too few broke");
	});
	tap.run("shredded memory, chains, failures in the middle of one", [&] {
		Bench bench(9000, tap.seed());

		while (bench.alloc(1 + bench.random().below(96)))
			bench.settle(3);
		for (unsigned int round = 0; round < 8; round++) {
			bench.settle();
			for (unsigned int i = 0; i < 400 && !bench.freeable.empty(); i++) {
				bench.free_held(bench.random().below(bench.freeable.size()));
				bench.settle(3);
			}
			bench.compare();
			for (unsigned int i = 0; i < 30; i++)
				bench.alloc(3000 + bench.random().below(30000),
					    bench.random().one_in(3)
						? unsigned(bench.random().below(60))
						: 1023);
			bench.compare();
		}
		tap_check(bench.chained > 20 && bench.refused > 20, "no chains or no failures");
		std::printf("# %llu operations, %llu chains, %llu refused\n",
			    (unsigned long long)bench.operations, (unsigned long long)bench.chained,
			    (unsigned long long)bench.refused);
	});
	tap.run("many lists lose their first runs while others' neighbours are read ahead", [&] {
		for (unsigned int run = 0; run < 20 * times; run++) {
			Bench bench(6000, tap.seed() + run);
			auto &random = bench.random();

			churn(bench, 600, 900, 4, {});
			bench.settle();
			for (unsigned int round = 0; round < 40; round++) {
				bench.memory.latency = 3;
				while (bench.held_units * 1000ull > 850ull * 6000 &&
				       !bench.freeable.empty()) {
					bench.free_held(random.below(bench.freeable.size()));
					bench.settle(4);
				}
				bench.settle();
				/* Longer than four allocations take. */
				bench.memory.latency = unsigned(random.between(60, 200));
				for (unsigned int n = 0; n < 10; n++) {
					bench.alloc(STORE_UNIT * (3 + random.below(20)));
					bench.hint_some();
				}
				bench.settle();
			}
			bench.compare();
		}
	});

	tap.run("random sizes, fill, latencies and gaps", [&] {
		uint64_t operations = 0;

		for (unsigned int run = 0; run < 60 * times; run++) {
			rtl::Random random(tap.seed() * 1000 + run);
			/* The largest have more lines of the map than the cache has. */
			Bench bench(uint32_t(run % 4 == 0   ? random.between(300, 2000)
					     : run % 8 == 1 ? random.between(20000, 60000)
							    : random.between(2000, 12000)),
				    random());

			if (run % 8 == 1)
				churn(bench, 1200, 900, 4, {});
			for (unsigned int batch = 0; batch < 6; batch++) {
				random_paces(bench);
				churn(bench, 250, unsigned(random.between(300, 1000)),
				      random.below(6), {});
				bench.compare();
			}
			operations += bench.operations;
		}
		std::printf("# %llu operations\n", (unsigned long long)operations);
	});
	tap.run("records of real pages, 95 % full", [&] {
		Bench bench(60000, tap.seed());
		uint64_t start;

		churn(bench, 3000, 950, 3, sizes);
		bench.compare();
		bench.alloc_answer = bench.free_answer = bench.alloc_all = bench.free_all = {};
		for (unsigned int batch = 0; batch < 10 * times; batch++) {
			churn(bench, 3500, 950, 3, sizes);
			bench.compare();
		}
		std::printf("# %llu operations\n", (unsigned long long)bench.operations);
		/* One command after the other. */
		for (bool told : {false, true}) {
			uint64_t before = bench.operations;

			bench.hint(told, 0);
			start = bench.now();
			churn(bench, 4000, 950, 2, sizes);
			bench.settle();
			std::printf("# %.1f cycles an operation, back to back%s\n",
				    double(bench.now() - start) / double(bench.operations - before),
				    told ? ", frees announced" : "");
		}
		for (bool told : {false, true}) {
			bench.hint(told, 0);
			bench.ahead = told ? 100 : 0;
			bench.alloc_answer = bench.free_answer = bench.alloc_all =
			    bench.free_all = {};
			churn(bench, 2000, 950, 0, sizes);
			std::printf(
			    "# alone%s: allocation %s cycles to its last extent, free %s to its "
			    "answer (min / median / 99 %%)\n",
			    told ? ", announced" : "", bench.alloc_answer.text().c_str(),
			    bench.free_answer.text().c_str());
			std::printf("# ... %s and %s until the next can begin\n",
				    bench.alloc_all.text().c_str(), bench.free_all.text().c_str());
		}
		bench.compare();
	});
	return tap.done();
}
