/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookups of handles against a vault of the model. All that the vault does to its index is
 * done to the RTL's table by commands; records are read from the vault's own memory. So
 * after every operation the two tables are the same, and each lookup's answer has to be
 * that of the model's locate(), also when entries are moved, others come and go, and
 * objects are flushed while it is under way.
 */
#include <algorithm>
#include <cstdio>
#include <tuple>

#include "crc32c.h"
#include "index_lookup_bench.hpp"

namespace
{

using namespace index_port;

/* Handles: few objects, indexes of all widths. */
class World
{
	Bench &bench_;
	rtl::Random random_;
	std::vector<uint32_t> pools_;
	std::vector<std::pair<uint32_t, struct vault_handle>> known_;
	Bytes page_ = Bytes(4096);

      public:
	World(Bench &bench, uint64_t seed) : bench_(bench), random_(seed)
	{
		for (unsigned int n = 0; n < 3; n++)
			create(n == 2 ? PAMC_POOL_TYPE_EPHEMERAL : PAMC_POOL_TYPE_PERSISTENT);
	}

	void create(pamc_pool_type type)
	{
		uint32_t pool = pool_create(bench_.vault(), type, 0, 0, 0);

		tap_check(pool != VAULT_NO_CONTENTS, "test: no pool");
		pools_.push_back(pool);
	}

	/* Its contents are others from now on. */
	void flush(uint32_t pool)
	{
		uint32_t fresh = pool_flush(bench_.vault(), pool);

		std::replace(pools_.begin(), pools_.end(), pool, fresh);
		for (auto &known : known_)
			known.first = known.first == pool ? fresh : known.first;
	}

	rtl::Random &random()
	{
		return random_;
	}

	uint32_t pool()
	{
		return pools_[random_.below(pools_.size())];
	}

	struct vault_handle handle(unsigned int objects)
	{
		uint64_t object = random_.below(objects);
		struct vault_handle handle = {{object, 0, 0}, random_.below(200)};

		/* Ids that differ in one word only. */
		handle.object[object % 3] = object * 0x0123456789abcdefull;
		if (random_.one_in(4))
			handle.index |= random_.between(1, 3) << 48;
		else if (random_.one_in(4))
			handle.index |= random_.between(1, 3) << random_.between(30, 46);
		return handle;
	}

	void store(uint32_t pool, const struct vault_handle &handle)
	{
		struct vault_page info;

		/* Small pages and long ones, which make chains where memory is shredded. */
		for (size_t n = 0; n < 4096; n++)
			page_[n] = n < 8 || random_.one_in(2) ? uint8_t(handle.index + n)
							      : uint8_t(n / 64);
		if (random_.one_in(3))
			std::fill(page_.begin(), page_.end(), uint8_t(handle.index));
		vault_put(bench_.vault(), pool, &handle, page_.data(), crc32c(page_.data(), 4096),
			  &info);
		bench_.sync();
		known_.emplace_back(pool, handle);
		if (known_.size() > 400)
			known_.erase(known_.begin() + long(random_.below(400)));
	}

	void change(unsigned int objects)
	{
		uint32_t of = pool();
		struct vault_handle which = handle(objects);

		if (!known_.empty() && random_.one_in(3))
			std::tie(of, which) = known_[random_.below(known_.size())];
		switch (random_.below(20)) {
		case 0:
			vault_flush_object(bench_.vault(), of, which.object);
			break;
		case 1:
		case 2:
		case 3:
		case 4:
			vault_flush_page(bench_.vault(), of, &which);
			break;
		case 5:
			vault_background(bench_.vault(), 20);
			break;
		case 6:
			if (random_.one_in(8))
				flush(of);
			break;
		default:
			store(of, which);
		}
		bench_.sync();
	}

	std::pair<uint32_t, struct vault_handle> pick(unsigned int objects)
	{
		if (!known_.empty() && !random_.one_in(4))
			return known_[random_.below(known_.size())];
		return {pool(), handle(objects)};
	}

	void lookup(unsigned int objects, bool loose)
	{
		auto [of, which] = pick(objects);
		Wanted wanted = bench_.want(of, which);

		wanted.loose = loose;
		wanted.quick = random_.one_in(2);
		bench_.lookup(of, which, wanted);
	}
};

const rtl::DramManner manners[] = {
    {2, 0, {}, {}, {}},
    {3, 9, {3, 2}, {1, 5}, {4, 2}},
    {45, 0, {}, {}, {}},
    {10, 70, {5, 1}, {}, {1, 2}},
};

void pace(Bench &bench, unsigned int round)
{
	bench.manner(manners[round % 4], round % 3 ? rtl::Pace{} : rtl::Pace{2, 9},
		     round % 5 ? rtl::Pace{} : rtl::Pace{1, 30});
}

/* A vault at work; lookups between its operations; so many bits of rows of the cache wrong. */
void vault_at_work(uint64_t seed, unsigned int rounds, unsigned int objects, unsigned int flips = 0)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);

	/* Twice 120 bits and 8 to check them. Of the recent ones only single errors are seen. */
	if (flips == 1)
		bench.flips().make({{rtl::INDEX_CACHE, 2 * 128}, {rtl::INDEX_RECENT, 254}}, 20, 1);
	else if (flips)
		bench.flips().make({{rtl::INDEX_CACHE, 2 * 128}}, 20, flips);

	for (unsigned int round = 0; round < rounds; round++) {
		pace(bench, round);
		for (unsigned int n = 0; n < 12; n++)
			world.change(objects);
		bench.commands_taken();
		for (unsigned int n = 0; n < 60; n++)
			world.lookup(objects, false);
		bench.drain();
		if (round % 16 == 0)
			bench.compare();
	}
	bench.compare();
	std::printf("# %llu lookups, %llu changes, %llu cycles\n",
		    (unsigned long long)bench.lookups(), (unsigned long long)bench.changes(),
		    (unsigned long long)bench.now());
	if (!flips)
		return;
	std::printf("# %llu of %llu damaged rows were met\n",
		    (unsigned long long)bench.flips().corrected[rtl::INDEX_CACHE],
		    (unsigned long long)bench.flips().made[rtl::INDEX_CACHE]);
	tap_check(bench.flips().corrected[rtl::INDEX_CACHE] > 20, "none was met");
	tap_check(flips > 1 || bench.flips().corrected[rtl::INDEX_RECENT] > 20,
		  "none of the recent ones");
	tap_check(bench.flips().all_lost() == 0, "something was lost");
}

/*
 * Others' entries come and go in the same buckets, with the same tags, while lookups are
 * under way: candidates that are none, and searches that must begin anew.
 */
void beside_changes(uint64_t seed, unsigned int rounds)
{
	constexpr unsigned int objects = 6;
	Bench bench(1 << 20, seed);
	World world(bench, seed);
	rtl::Random random(seed + 9);

	for (unsigned int n = 0; n < 150; n++)
		world.change(objects);
	for (unsigned int round = 0; round < rounds; round++) {
		std::vector<std::pair<struct index_key, uint64_t>> fillers;
		uint32_t unit = 0, other = 0;

		pace(bench, round);
		for (unsigned int n = 0; n < 120; n++) {
			auto [of, which] = world.pick(objects);
			Wanted wanted = bench.want(of, which);

			wanted.loose = true;
			wanted.quick = random.one_in(2);
			bench.lookup(of, which, wanted);
			if (random.one_in(2))
				bench.cycle();
			/* They lead to the record of the page before. */
			if (wanted.entry && index_unit(wanted.entry) != unit) {
				other = unit;
				unit = index_unit(wanted.entry);
			}
			if (other && fillers.size() < 60 && random.one_in(2)) {
				struct index_key key = wanted.place.key;
				uint64_t entry = index_entry(key, other, uint32_t(fillers.size()));

				if (index_insert(bench.index(), key, entry))
					fillers.emplace_back(key, entry);
			} else if (!fillers.empty() && random.one_in(3)) {
				size_t at = random.below(fillers.size());
				unsigned int cursor = 0;
				uint64_t *slot;

				while ((slot = index_next(bench.index(), fillers[at].first,
							  &cursor)) != nullptr) {
					if (*slot == fillers[at].second)
						break;
				}
				index_remove(bench.index(), slot);
				fillers.erase(fillers.begin() + long(at));
			}
		}
		/* The vault must find none of them. */
		for (auto &filler : fillers) {
			unsigned int cursor = 0;
			uint64_t *slot;

			while ((slot = index_next(bench.index(), filler.first, &cursor)) !=
			       nullptr) {
				if (*slot == filler.second)
					break;
			}
			index_remove(bench.index(), slot);
		}
		bench.compare();
		for (unsigned int n = 0; n < 10; n++)
			world.change(objects);
		bench.drain();
	}
	std::printf("# %llu lookups beside %llu changes, %llu cycles; %llu quick ones wrong\n",
		    (unsigned long long)bench.lookups(), (unsigned long long)bench.changes(),
		    (unsigned long long)bench.now(), (unsigned long long)bench.others());
	tap_check(bench.others() > 50, "test: few candidates are wrong");
}

/*
 * A page's entry goes, under a lookup, from its second bucket to the first, in front of a
 * candidate that was not the right one: where the search has been already.
 */
void entries_move(uint64_t seed, unsigned int rounds)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);
	rtl::Random random(seed + 7);
	unsigned int moved = 0;

	auto only = [&](uint32_t bucket, uint64_t match) {
		struct index_key key = {bucket, bucket, match};

		return key;
	};
	auto slot_of = [&](uint32_t bucket, uint64_t entry) {
		uint64_t *slots = bench.index()->slots + size_t(bucket) * 8;

		return std::find(slots, slots + 8, entry);
	};
	for (unsigned int n = 0; n < 100; n++)
		world.change(4);
	bench.drain();
	bench.manner(manners[2], {}, {});
	for (unsigned int round = 0; round < rounds; round++) {
		auto [of, which] = world.pick(4);
		Wanted wanted = bench.want(of, which);
		struct index_key key = wanted.place.key;
		uint64_t entry = wanted.entry;
		uint64_t other = key.match ^ 1ull << 32;
		/* Some other record, with the page's tag. */
		uint64_t wrong = index_entry(key, index_unit(entry) ^ 2, 1);

		if (!entry || key.first == key.second || bench.index()->stash_used ||
		    std::count(bench.index()->slots + key.first * 8,
			       bench.index()->slots + key.first * 8 + 8, 0u) < 3)
			continue;
		index_remove(bench.index(), wanted.place.slot);
		index_insert(bench.index(), only(key.first, other), other | 1);
		index_insert(bench.index(), only(key.first, key.match), wrong);
		index_remove(bench.index(), slot_of(key.first, other | 1));
		if (!index_insert(bench.index(), only(key.second, key.match), entry))
			throw std::runtime_error("test: no place");
		bench.drain();
		wanted.loose = true;
		wanted.quick = random.one_in(2);
		bench.lookup(of, which, wanted);
		for (unsigned int wait = unsigned(random.below(150)); wait > 0; wait--)
			bench.cycle();
		index_insert(bench.index(), only(key.first, key.match), entry);
		index_remove(bench.index(), slot_of(key.second, entry));
		bench.drain();
		index_remove(bench.index(), slot_of(key.first, wrong));
		bench.drain();
		moved++;
	}
	bench.compare();
	tap_check(moved > rounds / 4, "test: few entries have moved");
}

/* An object is flushed while it is looked up; who asks afterwards must not find it. */
void objects_go(uint64_t seed, unsigned int rounds)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);
	rtl::Random random(seed + 5);
	uint32_t pool = world.pool();

	for (unsigned int round = 0; round < rounds; round++) {
		struct vault_handle handle = {{round % 70, 5, round % 2}, random()};

		pace(bench, round / 8);
		world.store(pool, handle);
		bench.drain();
		Wanted wanted = bench.want(pool, handle);
		wanted.loose = true;
		/* At any moment of the first lookup, or of one that the cache answers. */
		bench.lookup(pool, handle, wanted);
		for (unsigned int n = unsigned(random.below(round % 2 ? 250 : 120)); n > 0; n--) {
			bench.cycle();
			if (random.one_in(40))
				bench.lookup(pool, handle, wanted);
		}
		bench.may_be_gone(handle, wanted.place.object);
		vault_flush_object(bench.vault(), pool, handle.object);
		bench.sync();
		bench.commands_taken();
		for (unsigned int n = 0; n < 3; n++) {
			bench.lookup(pool, handle, bench.want(pool, handle));
			for (unsigned int wait = unsigned(random.below(120)); wait > 0; wait--)
				bench.cycle();
		}
		bench.drain();
		vault_background(bench.vault(), 1000);
		bench.sync();
	}
	bench.compare();
}

/* An object goes under a lookup, and its number and place become another's, who has a page of
 * the index that is looked for: it must not be found. */
void numbers_come_back(uint64_t seed, unsigned int rounds)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);
	rtl::Random random(seed + 9);
	uint32_t mine = world.pool(), theirs = world.pool();
	unsigned int back = 0;

	bench.manner(manners[2], {}, {});
	for (unsigned int round = 0; round < rounds; round++) {
		struct vault_handle first = {{round, 1, 0}, 1}, asked = {{round, 1, 0}, 7};
		struct vault_handle other = {{round, 2, 0}, 7};

		world.store(mine, first);
		bench.drain();
		if (round % 2) /* the cache knows the object */
			bench.lookup(mine, asked, bench.want(mine, asked));
		bench.drain();

		Wanted wanted = bench.want(mine, asked);

		tap_check(!wanted.entry, "test: a page that nobody stored");
		wanted.may_be_gone = true;
		for (unsigned int n = 0; n < 4; n++) {
			wanted.quick = n % 2;
			bench.lookup(mine, asked, wanted);
		}
		for (unsigned int wait = unsigned(random.below(250)); wait > 0; wait--)
			bench.cycle();
		vault_flush_page(bench.vault(), mine, &first);
		bench.sync();
		world.store(theirs, other);
		back += bench.want(theirs, other).place.object == wanted.place.object;
		bench.drain();
		vault_flush_object(bench.vault(), theirs, other.object);
		vault_background(bench.vault(), 1000);
		bench.sync();
		bench.drain();
	}
	std::printf("# %u of %u numbers came back\n", back, rounds);
	tap_check(back > rounds / 4, "test: few numbers come back");
	bench.compare();
}

void errors(uint64_t seed)
{
	Bench bench(1 << 20, seed);
	World world(bench, seed);

	for (unsigned int n = 0; n < 100; n++)
		world.change(5);
	bench.drain();
	for (unsigned int n = 0; n < 200; n++) {
		auto [of, which] = world.pick(5);
		Wanted wanted = bench.want(of, which);

		if (!wanted.entry)
			continue;
		wanted.error = true;
		wanted.quick = n % 4 == 1;
		if (n % 2)
			bench.dram().break_line(table_line + wanted.place.key.first);
		else
			bench.records().break_line(bench.inside().units_at / 64 +
						   index_unit(wanted.entry) / 2);
		bench.lookup(of, which, wanted);
		bench.drain();
		bench.dram().mend();
		bench.records().mend();
		world.lookup(5, false);
		bench.drain();
	}
}

/* Words of lookups are damaged on their way: such a lookup may fail, but none may find what it
 * was not asked for, teach the caches so, or miss what is there. */
void damaged_lookups(uint64_t seed, unsigned int rounds, unsigned int objects)
{
	constexpr unsigned int words[] = {rtl::LOOKUP_HANDLES, rtl::LOOKUP_KEYS, rtl::LOOKUP_FOUND};
	Bench bench(1 << 20, seed);
	World world(bench, seed);

	for (unsigned int round = 0; round < rounds; round++) {
		pace(bench, round);
		for (unsigned int n = 0; n < 12; n++)
			world.change(objects);
		bench.commands_taken();
		bench.may_fail(true);
		bench.flips().make({{rtl::LOOKUP_HANDLES, 272 + 14},
				    {rtl::LOOKUP_KEYS, 74 + 3},
				    {rtl::LOOKUP_FOUND, 202 + 8}},
				   25, 1);
		for (unsigned int n = 0; n < 60; n++)
			world.lookup(objects, false);
		bench.drain();
		bench.flips().make({}, 0, 1);
		/* What was meant for the next write is made in one of these. */
		for (unsigned int n = 0; n < 20; n++)
			world.lookup(objects, false);
		bench.drain();
		bench.may_fail(false);
		for (unsigned int n = 0; n < 40; n++)
			world.lookup(objects, false);
		bench.drain();
	}
	bench.compare();
	std::printf("# %llu of %llu lookups have failed\n", (unsigned long long)bench.failed(),
		    (unsigned long long)bench.lookups());
	for (unsigned int memory : words) {
		std::printf("# memory %u: %llu damaged, met %llu times\n", memory,
			    (unsigned long long)bench.flips().made[memory],
			    (unsigned long long)bench.flips().lost[memory]);
		tap_check(bench.flips().lost[memory] > rounds / 2, "few were met");
	}
	tap_check(bench.failed() > rounds, "few have failed");
	tap_check(bench.failed() * 2 < bench.lookups(), "most have failed");
}

void figures(uint64_t seed)
{
	Bench bench(8 << 20, seed);
	World world(bench, seed);
	std::vector<struct vault_handle> handles;
	uint32_t pool = world.pool();
	uint64_t start, cold, warm, quick, rate_warm, rate_cold;

	bench.manner(manners[2], {}, {});
	for (unsigned int n = 0; n < 2000; n++) {
		handles.push_back({{n % 4 == 0 ? n + 100 : n % 4, 0, 0}, n});
		world.store(pool, handles.back());
		bench.commands_taken();
	}
	bench.drain();
	auto one = [&](unsigned int n, bool hasty = false) {
		Wanted wanted = bench.want(pool, handles[n]);

		wanted.quick = hasty;
		start = bench.now();
		bench.lookup(pool, handles[n], wanted);
		bench.drain();
		return bench.now() - start;
	};
	auto many = [&](unsigned int first, unsigned int step) {
		start = bench.now();
		for (unsigned int n = first; n < 2000; n += step)
			bench.lookup(pool, handles[n], bench.want(pool, handles[n]));
		bench.drain();
		return bench.now() - start;
	};
	cold = one(1);
	warm = one(1);
	quick = one(1, true);
	one(5);
	rate_warm = many(1, 4);
	rate_cold = many(0, 4);
	std::printf("# memory of 45 cycles: object cached %llu cycles, one every %.1f, quick %llu; "
		    "not cached %llu, one every %.1f\n",
		    (unsigned long long)warm, double(rate_warm) / 500, (unsigned long long)quick,
		    (unsigned long long)cold, double(rate_cold) / 500);
	tap_check(warm < 160 && cold < 280 && quick < 110, "lookups are slow");
	tap_check(rate_warm < 500 * 11, "few lookups at a time");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int longer = Tap::wants_long() ? 20 : 1;

	tap.run("figures", [&] { figures(tap.seed()); });
	tap.run("few objects", [&] { vault_at_work(tap.seed(), 200 * longer, 6); });
	tap.run("many objects", [&] { vault_at_work(tap.seed() + 1, 200 * longer, 400); });
	tap.run("beside changes", [&] { beside_changes(tap.seed(), 120 * longer); });
	tap.run("entries that move", [&] { entries_move(tap.seed(), 300 * longer); });
	tap.run("objects that go", [&] { objects_go(tap.seed(), 400 * longer); });
	tap.run("numbers that come back", [&] { numbers_come_back(tap.seed(), 300 * longer); });
	tap.run("errors of the memory", [&] { errors(tap.seed()); });
	tap.run("errors in rows of the cache", [&] {
		vault_at_work(tap.seed() + 60, 30, 8, 1);
		vault_at_work(tap.seed() + 61, 30, 8, 2);
	});
	tap.run("errors in lookups on their way", [&] {
		damaged_lookups(tap.seed() + 70, 60 * longer, 6);
		damaged_lookups(tap.seed() + 71, 60 * longer, 300);
	});
	return tap.done();
}
