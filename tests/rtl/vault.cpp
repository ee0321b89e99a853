// SPDX-License-Identifier: Apache-2.0
/*
 * The vault in RTL beside sim/model/vault.c: the same operations with the same keys leave
 * the same card DRAM, byte for byte, and the same sums and counters. The card is so small
 * that it fills: pages are evicted, refused and dropped, memory is shredded, pages get
 * chains of extents, and the sweep has to find what lazy flushes left.
 */
#include "vault_bounded.hpp"

namespace
{

using namespace vault_bench;

void run(Both &both, unsigned int operations)
{
	bool every = std::getenv("VAULT_EVERY") != nullptr;

	both.compare();
	for (unsigned int n = 0; n < operations; n++) {
		try {
			both.step();
			if (every || n % 100 == 99)
				both.compare();
		} catch (const std::exception &error) {
			throw std::runtime_error("operation " + std::to_string(n) + ": " +
						 error.what());
		}
	}
	both.compare();
}

void random_run(const Mix &mix, uint64_t seed, unsigned int operations, bool gaps)
{
	Both both(mix, seed);

	if (gaps) {
		both.dut().pace({4, 6});
		both.dut().dram.more = 60;
	}
	both.dut().dram.latency = gaps ? 20 : 3;
	run(both, operations);
	vault_model_figures figures;

	vault_model_read_figures(both.model(), &figures);
	std::printf(
	    "# %llu cycles, index full %llu times, %llu moved, %llu lookups beside, %llu of "
	    "what changed\n",
	    (unsigned long long)both.dut().now(), (unsigned long long)figures.index_full,
	    (unsigned long long)figures.index_moves, (unsigned long long)both.looked,
	    (unsigned long long)both.changed);
	std::printf("# %llu operations: %llu refused, %llu dropped, %llu evicted, %llu in chains\n",
		    (unsigned long long)both.operations, (unsigned long long)both.refused,
		    (unsigned long long)both.dropped, (unsigned long long)both.evicted,
		    (unsigned long long)both.chained);
}

/* Memory fails under four pools, of which some are ephemeral. */
template <class Sides>
void fail(Mix mix, uint64_t seed, unsigned int rounds, unsigned int operations,
	  bool (*ephemeral)(size_t pool))
{
	uint64_t errors = 0;

	for (unsigned int round = 0; round < rounds; round++) {
		Sides both(mix, seed + round);

		both.dut().dram.latency = 3;
		while (both.pools.size() < 4) {
			mix.ephemeral = ephemeral(both.pools.size());
			mix.persistent = !mix.ephemeral;
			both.mix(mix);
			both.pool_create();
		}
		for (unsigned int n = 0; n < 400; n++)
			both.operation();
		both.compare();
		both.damage(round % 2, operations, errors);
	}
	std::printf("# %llu operations ended with an error\n", (unsigned long long)errors);
	tap_check(errors > 0, "nothing failed");
}

/* Pages of several blocks, with flash behind. */
Mix long_pages()
{
	Mix mix;

	mix.flash = true;
	mix.sparse = 20;
	mix.dram = 2 << 20;
	mix.most_order = 4;
	mix.indices = 20;
	mix.admin = 1;
	return mix;
}

/* The same with flash behind: all that the tier does has to be seen, so many pages that come back
 * and so many of several blocks among them, with some seeds in more rounds than with others. */
void flash_run(const Mix &mix, uint64_t seed, unsigned int operations, bool gaps,
	       uint64_t promotions = 0, uint64_t long_promotions = 0)
{
	WithFlash both(mix, seed);
	auto went = [&] {
		return both.told_bytes > 20 && both.began_leaving > 20 && both.moves > 20 &&
		       both.no_moves > 5 && both.dut().drops.all.size() > 5;
	};
	auto came = [&] {
		return both.promotions >= promotions && both.no_promotions >= promotions &&
		       both.long_promotions >= long_promotions;
	};

	if (gaps) {
		both.dut().pace({4, 6});
		both.dut().dram.more = 60;
	}
	both.dut().dram.latency = gaps ? 20 : 3;
	for (unsigned int round = 0; round == 0 || (round < 6 && !(went() && came())); round++)
		run(both, operations);
	std::printf("# %llu records copied, %llu began to leave, %llu moved, %llu not; "
		    "%llu came back, %llu not; %zu places dropped\n",
		    (unsigned long long)both.told_bytes, (unsigned long long)both.began_leaving,
		    (unsigned long long)both.moves, (unsigned long long)both.no_moves,
		    (unsigned long long)both.promotions, (unsigned long long)both.no_promotions,
		    both.dut().drops.all.size());
	tap_check(went(), "too little went to flash");
	tap_check(came(), "too little came back");
}

} // namespace

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	uint64_t seed = tap.seed();
	unsigned int longer = Tap::wants_long() ? 20 : 1;

	tap.run("a persistent pool", [&] {
		Mix mix;

		mix.ephemeral = false;
		mix.pools = 1;
		mix.indices = 200;
		mix.removes = 10;
		mix.flushes = mix.sweeps = mix.admin = 0;
		random_run(mix, seed, 1000 * longer, false);
	});
	tap.run("persistent pools", [&] {
		Mix mix;

		mix.ephemeral = false;
		mix.lookups = true;
		random_run(mix, seed + 1, 700 * longer, true);
	});
	tap.run("an ephemeral pool", [&] {
		Mix mix;

		mix.persistent = false;
		mix.pools = 1;
		mix.indices = 300;
		mix.removes = 10;
		mix.admin = mix.flushes = 0;
		random_run(mix, seed + 2, 1400 * longer, false);
	});
	tap.run("pools of both kinds", [&] {
		Mix mix;

		mix.pools = 6;
		mix.lookups = true;
		random_run(mix, seed + 3, 1300 * longer, true);
	});
	tap.run("pages of several blocks", [&] {
		Mix mix;

		mix.most_order = 4;
		mix.dram = 2 << 20;
		random_run(mix, seed + 4, 500 * longer, true);
	});
	tap.run("shredded memory", [&] {
		Mix mix;

		mix.most_order = 2;
		mix.same = 40;
		mix.raw = 30;
		mix.indices = 300;
		mix.removes = 25;
		random_run(mix, seed + 5, 1200 * longer, false);
	});
	tap.run("many small pages", [&] {
		Mix mix;

		mix.same = 90;
		mix.raw = 2;
		mix.indices = 400;
		random_run(mix, seed + 6, 1800 * longer, false);
	});
	tap.run("a full index", [&] {
		Mix mix;

		mix.same = 100;
		mix.raw = 0;
		mix.indices = 600;
		mix.objects = 30;
		mix.removes = 5;
		mix.whole_index = true;
		mix.ephemeral = false;
		random_run(mix, seed + 7, 2600 * longer, false);
	});
	/* An object must stay when its only page gives way to another one of its own. */
	tap.run("few entries for many objects", [&] {
		Mix mix;

		mix.same = 90;
		mix.raw = 0;
		mix.indices = 3;
		mix.objects = 40;
		mix.slots = 50;
		mix.persistent = false;
		random_run(mix, seed + 30, 600 * longer, false);
	});
	tap.run("no room for ephemeral pages", [&] {
		Mix mix;

		mix.raw = 60;
		mix.indices = 400;
		mix.removes = 5;
		mix.flushes = mix.sweeps = mix.admin = 0;
		mix.ephemeral = mix.limits = false;
		Both both(mix, seed + 20);

		both.dut().dram.latency = 3;
		both.pool_create();
		for (unsigned int n = 0; n < 3000 && both.refused < 40; n++)
			both.step();
		both.compare();
		mix.ephemeral = true;
		mix.persistent = false;
		mix.most_order = 4;
		both.mix(mix);
		for (unsigned int n = 0; n < 3; n++)
			both.pool_create();
		for (unsigned int n = 0; n < 150 || (!both.dropped && n < 3000); n++)
			both.step();
		both.compare();
		std::printf("# %llu dropped, %llu refused\n", (unsigned long long)both.dropped,
			    (unsigned long long)both.refused);
		tap_check(both.dropped > 0, "no page was dropped");
	});
	tap.run("contents run out", [&] {
		Mix mix;

		mix.same = 100;
		for (bool ephemeral : {false, true}) {
			mix.ephemeral = ephemeral;
			mix.persistent = !ephemeral;
			Both both(mix, seed + 8);

			both.dut().dram.latency = 3;
			both.pool_create();
			for (unsigned int n = 0; n < 530; n++) {
				both.put(both.pools[0], both.handle());
				both.pool_flush(both.pools[0]);
				if (n % 100 == 99)
					both.compare();
			}
		}
	});
	tap.run("pages that go to flash", [&] {
		Mix mix;

		mix.flash = true;
		mix.sparse = 20;
		mix.indices = 40;
		mix.admin = 1;
		mix.tier = 40;
		mix.durable = true;
		mix.lookups = true;
		flash_run(mix, seed + 100, 1500 * longer, true);
	});
	tap.run("long pages that go to flash", [&] {
		Mix mix = long_pages();

		mix.tier = 40;
		mix.durable = true;
		mix.same = 30;
		flash_run(mix, seed + 101, 1100 * longer, false);
	});
	tap.run("long pages that come back from flash", [&] {
		for (bool gaps : {false, true}) {
			Mix mix = long_pages();

			mix.raw = 40;
			mix.tier = 70;
			mix.ephemeral = false;
			mix.lookups = true;
			flash_run(mix, seed + 150 + gaps, 900 * longer, gaps, 5, 6);
		}
	});
	tap.run("a long page of which a line is lost stays in flash",
		[&] { lost_on_the_way(seed + 152); });
	tap.run("pages that come back from flash", [&] {
		for (bool gaps : {false, true}) {
			Mix mix;

			mix.flash = true;
			mix.sparse = 20;
			mix.raw = 30;
			mix.indices = 60;
			mix.admin = 0;
			mix.tier = 70;
			mix.ephemeral = false;
			mix.most_order = 0;
			mix.lookups = true;
			flash_run(mix, seed + 110 + gaps, 1500 * longer, gaps, 5);
		}
	});
	/* Only ephemeral pages may be dropped, though all are in lists. */
	tap.run("full memory before flash", [&] {
		Mix mix;

		mix.flash = true;
		mix.sparse = 20;
		mix.raw = 40;
		mix.indices = 200;
		mix.removes = 5;
		mix.tier = 25;
		/* Neither limits nor pools that go make room. */
		mix.limits = false;
		mix.admin = 0;
		WithFlash both(mix, seed + 104);

		both.dut().dram.latency = 3;
		while (both.pools.size() < 4) {
			mix.ephemeral = both.pools.size() % 2;
			mix.persistent = !mix.ephemeral;
			both.mix(mix);
			both.pool_create();
		}
		run(both, 2000 * longer);
		std::printf("# %llu evicted, %llu refused, %llu moved\n",
			    (unsigned long long)both.evicted, (unsigned long long)both.refused,
			    (unsigned long long)both.moves);
		tap_check(both.evicted > 20 && both.moves > 20, "memory was not full");
	});
	tap.run("shredded memory before flash", [&] {
		Mix mix;

		mix.flash = true;
		mix.sparse = 20;
		mix.ephemeral = false;
		mix.most_order = 2;
		mix.same = 40;
		mix.raw = 30;
		mix.indices = 100;
		mix.removes = 25;
		mix.admin = 1;
		mix.tier = 40;
		flash_run(mix, seed + 102, 1500 * longer, true);
	});
	/* Puts that flash may help: they do not count, and their streams stay where they are. */
	tap.run("memory without room before flash", [&] {
		Mix mix;

		mix.flash = true;
		mix.ephemeral = mix.limits = false;
		mix.raw = 60;
		mix.indices = 300;
		mix.removes = 4;
		mix.flushes = mix.admin = 0;
		mix.tier = 3;
		WithFlash both(mix, seed + 130);

		both.dut().dram.latency = 3;
		run(both, 1200 * longer);
		std::printf("# %llu puts refused, %llu for want of memory\n",
			    (unsigned long long)both.refused,
			    (unsigned long long)both.short_of_room);
		tap_check(both.short_of_room > 20, "memory was not full");
	});
	for (unsigned int n = 0; n < 2; n++)
		tap.run(n ? "promises, flash that is found or lost, full"
			  : "promises, flash that is found or lost",
			[&] {
				Mix mix;

				mix.flash = mix.durable = mix.promises = true;
				mix.sparse = 20;
				mix.most_order = n ? 0 : 3;
				mix.raw = n ? 40 : 10;
				mix.indices = n ? 200 : 60;
				mix.removes = n ? 8 : 20;
				mix.tier = 60;
				mix.limits = false;
				WithFlash both(mix, seed + 120 + n);

				both.dut().dram.latency = 3;
				auto enough = [&] {
					return both.recovered > 20 && both.recovered_again > 3 &&
					       both.loses > 3 && both.reserves > 20 &&
					       both.no_reserves > 3 && both.orders > 0;
				};
				/* How often what is rare comes depends on the seed. */
				for (unsigned int left = 4; left && !enough(); left--)
					run(both, 4500 * longer);
				std::printf("# %llu found, %llu of them known, %llu times lost, "
					    "%llu promises, %llu refused; "
					    "%llu puts refused\n",
					    (unsigned long long)both.recovered,
					    (unsigned long long)both.recovered_again,
					    (unsigned long long)both.loses,
					    (unsigned long long)both.reserves,
					    (unsigned long long)both.no_reserves,
					    (unsigned long long)both.refused);
				tap_check(enough(), "too little was promised or found");
			});
	tap.run("many dead pages before the oldest one", [&] { many_dead(seed + 140); });
	tap.run("a part of flash is lost while the index changes", [&] { lost(seed + 141); });
	/* 16 places may wait; then the vault does, until one is taken. */
	tap.run("places that nobody takes", [&] {
		Mix mix;

		mix.flash = true;
		mix.ephemeral = mix.limits = false;
		mix.same = 0;
		mix.pools = 1;
		WithFlash both(mix, seed + 103);

		both.dut().dram.latency = 3;
		both.pool_create();
		for (unsigned int n = 0; n < 40; n++) {
			both.put(both.pools[0], WithFlash::handle_of(0, n));
			both.demote();
		}
		both.dut().drops.hold = true;
		for (unsigned int n = 0; n < 16; n++)
			both.remove(both.pools[0], WithFlash::handle_of(0, n));
		bool waited = false;

		both.dut().beside = [&] {
			waited |= both.dut().now() % 4096 == 0;
			both.dut().drops.hold = !waited;
		};
		both.remove(both.pools[0], WithFlash::handle_of(0, 16));
		both.dut().beside = [] {};
		tap_check(waited, "it did not wait");
		both.compare();
		/* INIT forgets those that nobody took. */
		both.dut().drops.hold = true;
		for (unsigned int n = 17; n < 22; n++)
			both.remove(both.pools[0], WithFlash::handle_of(0, n));
		size_t taken = both.dut().drops.all.size();
		Command init;

		init.op = INIT;
		tap_check(both.dut().operate(init).result == DONE, "init");
		both.dut().drops.hold = false;
		for (unsigned int n = 0; n < 100; n++)
			both.dut().cycle();
		tap_check(both.dut().drops.all.size() == taken, "places were left");
	});
	tap.run("memory fails before flash", [&] {
		Mix mix;

		mix.flash = true;
		/* Nothing of the first pool is left to be swept. */
		mix.admin = mix.flushes = 0;
		mix.tier = 30;
		mix.indices = 60;
		fail<WithFlash>(mix, seed + 110, 4 * longer, 400, [](size_t n) { return n == 3; });
	});
	tap.run("memory fails", [&] {
		Mix mix;

		mix.admin = 0;
		fail<Both>(mix, seed + 10, 6 * longer, 300, [](size_t n) { return n % 2 == 1; });
	});
	tap.run("many operations at a time", [&] {
		uint64_t refused = 0, diverted = 0, chains = 0;

		for (unsigned int round = 0; round < 6 * longer; round++) {
			Mix mix;

			mix.ephemeral = false;
			mix.indices = round % 2 ? 200 : 40;
			mix.removes = round % 3 == 0 ? 30 : 8;
			mix.sweeps = 1;
			mix.most_order = round % 3 == 2 ? 4 : 0;
			mix.raw = round % 2 ? 30 : 10;
			mix.same = round == 4 ? 80 : 10;
			mix.slots = round == 4 ? 300 : 0;
			Both both(mix, seed + 50 + round);

			for (unsigned int n = 0; n < 3; n++)
				both.pool_create();
			both.dut().pace({4, 6});
			both.dut().dram.more = 60;
			both.dut().dram.latency = round % 2 ? 20 : 45;
			both.many(2 + round * 2, longer > 1 ? 1500 : 600, false);
			refused += both.refused;
			diverted += both.dut().stats()[1];
			chains += both.dut().figures().extents;
		}
		std::printf("# %llu refused, %llu diverted, %llu extents\n",
			    (unsigned long long)refused, (unsigned long long)diverted,
			    (unsigned long long)chains);
		tap_check(refused > 0 && diverted > 0, "never full");
	});
	tap.run("memory fails many at a time", [&] {
		Mix mix;

		mix.ephemeral = false;
		mix.most_order = 2;
		Both both(mix, seed + 70);

		for (unsigned int n = 0; n < 3; n++)
			both.pool_create();
		both.many(8, 500, false);
		for (unsigned int round = 0; !both.failed && round < 10; round++) {
			for (unsigned int n = 0; n < 60; n++)
				both.dut().dram.break_line(
				    both.random().below(both.layout().dram_bytes / 64));
			both.many(8, 1500, true);
		}
		std::printf("# %llu ended with an error\n", (unsigned long long)both.failed);
		tap_check(both.failed > 0, "nothing failed");
	});
	/* Rows: 4 times 119 bits and 8 to check them. */
	const std::vector<std::pair<unsigned int, unsigned int>> memories = {
	    {rtl::CONTENTS, 4 * 127},
	    {rtl::STORE_LISTS, 73},
	    {rtl::STORE_MAP, 8 * 75},
	    {rtl::INDEX_CACHE, 256},
	    {rtl::INDEX_RECENT, 9 + 6 + 31 + 208},
	    {rtl::VAULT_RECENT, 9 + 32 + 201}};

	tap.run("single errors on the chip change nothing", [&] {
		Mix mix;

		mix.pools = 6;
		mix.lookups = true;
		Both both(mix, seed + 80);

		both.dut().flips.make(memories, 100, 1);
		for (unsigned int n = 0; n < 900 * longer; n++) {
			both.step();
			if (n % 100 == 99)
				both.compare();
		}
		std::printf("# corrected: %llu rows, %llu lists, %llu lines, %llu objects\n",
			    (unsigned long long)both.dut().flips.corrected[rtl::CONTENTS],
			    (unsigned long long)both.dut().flips.corrected[rtl::STORE_LISTS],
			    (unsigned long long)both.dut().flips.corrected[rtl::STORE_MAP],
			    (unsigned long long)both.dut().flips.corrected[rtl::INDEX_CACHE]);
		for (auto [memory, width] : memories)
			tap_check(both.dut().flips.corrected[memory] > 0, "none was corrected");
		tap_check(both.dut().flips.all_lost() == 0, "something was lost");
	});
	tap.run("a row that is lost fails the vault until it is made anew", [&] {
		Mix mix;

		mix.admin = 0;
		for (unsigned int round = 0; round < 8; round++) {
			Both both(mix, seed + 90 + round);

			both.dut().dram.latency = 3;
			while (both.pools.size() < 4) {
				mix.ephemeral = both.pools.size() % 2;
				mix.persistent = !mix.ephemeral;
				both.mix(mix);
				both.pool_create();
			}
			for (unsigned int n = 0; n < 200; n++)
				both.operation();
			both.compare();
			both.lose_row();
		}
	});
	tap.run("puts beside each other", [&] {
		for (unsigned int most : {1, 2, 4, 8}) {
			Mix mix;

			mix.dram = 4 << 20;
			mix.indices = 600;
			mix.same = mix.raw = 0;
			mix.ephemeral = mix.limits = false;
			Both both(mix, seed + 40);

			both.pool_create();
			both.beside(both.pools[0], 1, 20);
			double fresh = both.beside(both.pools[0], most, 600);
			auto before = both.dut().stats();
			double replaced = both.beside(both.pools[0], most, 600);
			auto after = both.dut().stats();

			std::printf("# %u at a time: new %.1f cycles each, replaced %.1f; waits",
				    most, fresh, replaced);
			for (size_t n = 0; n < after.size(); n++)
				std::printf(" %u", after[n] - before[n]);
			std::printf("\n");
			/* A memory as it is when others want something, too. */
			both.dut().dram.mux = true;
			for (unsigned int latency : {40, 60, 90}) {
				both.dut().dram.latency = latency;
				auto requests = both.dut().dram.requests;
				double busy = both.beside(both.pools[0], most, 600);

				std::printf("# ... replaced, memory answers after %u and takes "
					    "turns: %.1f; requests a put",
					    latency, busy);
				for (size_t n = 0; n < requests.size(); n++)
					std::printf(" %.1f", double(both.dut().dram.requests[n] -
								    requests[n]) /
								 600);
				std::printf("\n");
			}
		}
	});
	tap.run("figures", [&] {
		Mix mix;

		mix.pools = 1;
		mix.objects = 1;
		mix.indices = 600;
		mix.flushes = mix.sweeps = mix.admin = 0;
		for (bool ephemeral : {false, true}) {
			mix.ephemeral = ephemeral;
			mix.persistent = !ephemeral;
			Both both(mix, seed + 9);

			for (unsigned int n = 0; n < 600; n++)
				both.step();
			both.compare();
			std::printf(
			    "# %s, cycles with a latency of 45 (median, 90th percentile): put new "
			    "%llu %llu, replace %llu %llu, with an eviction %llu %llu, remove "
			    "%llu %llu\n",
			    ephemeral ? "ephemeral" : "persistent",
			    (unsigned long long)cycles_of(both.put_new, 50),
			    (unsigned long long)cycles_of(both.put_new, 90),
			    (unsigned long long)cycles_of(both.put_replace, 50),
			    (unsigned long long)cycles_of(both.put_replace, 90),
			    (unsigned long long)cycles_of(both.put_evict, 50),
			    (unsigned long long)cycles_of(both.put_evict, 90),
			    (unsigned long long)cycles_of(both.remove_cycles, 50),
			    (unsigned long long)cycles_of(both.remove_cycles, 90));
		}
	});
	return tap.done();
}
