/* SPDX-License-Identifier: Apache-2.0 */
/* What has to do with many pages or lines is done piece by piece. */
#ifndef VAULT_BOUNDED_HPP
#define VAULT_BOUNDED_HPP

#include "vault_flash.hpp"

namespace vault_bench
{

/* They go in several commands, each of which takes so many. */
inline void many_dead(uint64_t seed)
{
	Mix mix;

	mix.flash = true;
	mix.ephemeral = mix.limits = false;
	mix.same = 0;
	mix.pools = 1;
	WithFlash both(mix, seed);

	both.dut().dram.latency = 3;
	both.pool_create();
	for (unsigned int n = 0; n < 2 * VAULT_TIER_OLDEST_DEAD + 3; n++)
		both.put(both.pools[0], WithFlash::handle_of(0, n));
	both.put(both.pools[0], WithFlash::handle_of(1, 0));
	both.flush_object(both.pools[0], WithFlash::handle_of(0, 0));
	auto dead = [&] { return both.dut().figures().dead_pages; };

	for (unsigned int n = 1; n <= 2; n++) {
		both.ask_oldest();
		tap_check(both.agains == n, "it went on");
		tap_check(dead() == (2 - n) * VAULT_TIER_OLDEST_DEAD + 3, "others went");
		/* Others come between. */
		both.put(both.pools[0], WithFlash::handle_of(1, n));
		both.compare();
	}
	both.demote();
	tap_check(both.agains == 2, "it was to be asked again");
	tap_check(dead() == 0, "some stayed");
	both.compare();
}

/* Entries are moved about while a part of flash is being lost, step by step of the index. */
inline void lost(uint64_t seed)
{
	Mix mix;

	mix.flash = mix.durable = mix.whole_index = true;
	mix.ephemeral = mix.limits = false;
	mix.pools = 1;
	WithFlash both(mix, seed);

	both.dut().dram.latency = 3;
	for (unsigned int n = 0; n == 0 || !both.pools[0].durable; n++) {
		if (n)
			both.pool_destroy(0);
		both.pool_create();
	}
	const Pool &pool = both.pools[0];
	constexpr uint64_t flash = 1ull << 40, gone = flash + (1 << 20);
	constexpr uint32_t units = 1 << 20;
	std::vector<unsigned int> there;
	unsigned int next = 0, pieces = 0;
	auto at = [](unsigned int n) { return WithFlash::handle_of(n / 1000, n % 1000); };
	auto found = [&](uint64_t place) {
		bool good = both.find_in_flash(pool, at(next), place);

		if (good)
			there.push_back(next);
		next++;
		return good;
	};
	auto changes = [&] {
		for (unsigned int n = 0; n < 40; n++) {
			size_t which = both.random().below(there.size());

			both.remove(both.pools[0], at(there[which]));
			there[which] = there.back();
			there.pop_back();
			found(flash);
		}
	};
	auto moves = [&] {
		vault_model_figures figures;

		vault_model_read_figures(both.model(), &figures);
		return figures.index_moves;
	};

	while (found(next % 2 ? gone + next : flash)) {
	}
	both.compare();
	uint64_t before = moves();
	unsigned int full = next;

	while (!both.lose(gone, units)) {
		pieces++;
		changes();
	}
	std::printf("# %u pages in %u buckets, lost in %u steps, %llu entries moved "
		    "meanwhile\n",
		    full, both.layout().buckets, pieces + 1,
		    (unsigned long long)(moves() - before));
	tap_check(pieces > 3 && moves() > before + 40, "too little moved");
	both.compare();
	for (unsigned int n : there)
		tap_check(both.is_lost(pool, at(n)) == (n < full && n % 2),
			  n < full && n % 2 ? "a page was missed" : "a page is lost that is not");
	/* It is over; another one is given up. */
	tap_check(!both.lose(flash, 1), "too few buckets");
	tap_check(both.lose(0, 0), "it was not given up");
	std::vector<bool> are(next);

	for (unsigned int n : there)
		are[n] = both.is_lost(pool, at(n));
	for (unsigned int n = 0; n < 4; n++)
		changes();
	for (unsigned int n : there)
		tap_check(both.is_lost(pool, at(n)) == (n < are.size() && are[n]),
			  "a page was lost after that");
	both.compare();
}

/* A long page is not read whole before it is written: it is taken back when a line fails, and stays
 * where it is. */
inline void lost_on_the_way(uint64_t seed)
{
	Mix mix;

	mix.flash = true;
	mix.ephemeral = mix.limits = false;
	mix.pools = 1;
	mix.raw = 100;
	mix.most_order = 4;
	mix.dram = 2 << 20;
	WithFlash both(mix, seed);

	both.dut().dram.latency = 3;
	for (unsigned int n = 0; n == 0 || both.pools[0].order < 3; n++) {
		if (n)
			both.pool_destroy(0);
		both.pool_create();
	}
	both.put(both.pools[0], WithFlash::handle_of(0, 0));
	both.demote();
	uint32_t free = both.dut().figures().free_units;

	for (uint32_t line : {0u, 30u, 64u, 65u, 200u, both.last_bytes() / 64}) {
		both.promote_last(int(line));
		tap_check(both.dut().figures().free_units == free, "memory was lost");
	}
	both.promote_last(-1);
	tap_check(both.long_promotions == 1, "it does not come back");
}

} // namespace vault_bench

#endif /* VAULT_BOUNDED_HPP */
