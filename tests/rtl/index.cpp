/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index against sim/model/index.c: both are given the same commands, and every answer,
 * and after each batch every byte of the buckets, the stash and the counters, must be the
 * same. Commands are sent without waiting for answers, so searches and changes overlap as
 * they like, while the model does one after the other.
 */
#include <cstdio>

#include "index_bench.hpp"
#include "index_hash_2/Vindex_hash_2.h"
#include "index_hash_4/Vindex_hash_4.h"
#include "index_place/Vindex_place.h"
#include "index_table/Vindex_table_index_pkg.h"

namespace
{

using namespace index_port;
using Package = Vindex_table_index_pkg;

static_assert(Package::BucketSlots == INDEX_BUCKET_SLOTS, "slots of a bucket");
static_assert(Package::BucketBytes == INDEX_BUCKET_BYTES, "bytes of a bucket");
static_assert(Package::StashPlaces == INDEX_STASH, "places of the stash");
static_assert(Package::UnitBits == INDEX_TAG_SHIFT, "the unit is below the tag");
static_assert((1ull << Package::TagBits) - 1 == INDEX_TAG_MASK, "bits of the tag");
static_assert(Package::UnitBits + Package::TagBits == INDEX_UNITS_SHIFT, "the tag, then units");
static_assert(INDEX_UNITS_SHIFT + Package::UnitsBits == INDEX_KIND_SHIFT, "units, then the kind");
static_assert(INDEX_KIND_SHIFT + Package::KindBits == 64, "the kind is on top");
static_assert(Package::KindEmpty == INDEX_EMPTY && Package::KindPage == INDEX_PAGE &&
		  Package::KindObject == INDEX_OBJECT,
	      "kinds");

/* How keys are drawn: any, or few buckets and tags, so that all kinds of meetings occur. */
struct index_key draw(Bench &bench, rtl::Random &random, bool hostile)
{
	enum index_kind kind = random.one_in(4) ? INDEX_OBJECT : INDEX_PAGE;
	uint64_t hash = random();

	if (hostile) {
		uint32_t step = uint32_t((1ull << 32) / bench.model().buckets);

		hash = (random.below(6) * step + step / 2) << 32 | random.below(12) * 37;
	}
	return index_key(&bench.model(), hash, kind);
}

void play(Bench &bench, Players &players, rtl::Random &random, unsigned int operations,
	  bool hostile, unsigned int aim)
{
	for (unsigned int n = 0; n < operations; n++) {
		bool more = players.count() < aim ? !random.one_in(4) : random.one_in(4);

		switch (random.below(10)) {
		case 0:
		case 1:
		case 2:
			if (more || players.count() == 0)
				players.insert(draw(bench, random, hostile));
			else
				players.remove();
			break;
		case 3:
			if (players.count())
				players.replace();
			break;
		case 4:
			if (random.one_in(2))
				players.stale();
			else if (random.one_in(4))
				players.scan();
			break;
		case 5: {
			unsigned int cursor = unsigned(random.below(49));

			bench.find(draw(bench, random, hostile), cursor);
			break;
		}
		default:
			players.find();
		}
	}
}

const rtl::DramManner manners[] = {
    {1, 0, {}, {}, {}},
    {3, 8, {3, 2}, {1, 9}, {4, 2}},
    {45, 0, {}, {}, {}},
    {20, 60, {5, 1}, {2, 2}, {1, 3}},
    {2, 2, {1, 4}, {1, 1}, {1, 1}},
};

void random_tables(uint64_t seed, bool hostile, unsigned int rounds, bool flips = false)
{
	rtl::Random random(seed);
	uint64_t operations = 0, cycles = 0, moves = 0, failed = 0, corrected = 0, ahead = 0,
		 places = 0;

	for (uint32_t buckets : {2u, 3u, 97u, 128u, 211u}) {
		Bench bench(buckets, seed + buckets);
		Players players(bench, seed + buckets);

		/* Entries and their buckets, 112 bits and 8 to check them. */
		if (flips)
			bench.flips().make({{rtl::STASH, 120},
					    {rtl::INDEX_AHEAD, 8 * 72},
					    {rtl::AHEAD_PLACES, 25}},
					   10, 1);
		for (unsigned int round = 0; round < rounds; round++) {
			const auto &manner = manners[random.below(5)];

			bench.manner(manner, round % 3 ? rtl::Pace{} : rtl::Pace{3, 5},
				     round % 4 ? rtl::Pace{} : rtl::Pace{2, 20});
			if (round % 3 == 0) {
				/* To the brim, and some that find no place. */
				unsigned int refused = 0;

				for (unsigned int n = 0; n < 400 && refused < 3; n++)
					refused += !players.insert(draw(bench, random, hostile));
				failed += refused;
			}
			play(bench, players, random, 900, hostile,
			     unsigned(buckets * 8 * random.between(2, 20) / 20));
			bench.compare();
		}
		operations += bench.done();
		cycles += bench.now();
		moves += bench.model().moves;
		corrected += bench.flips().corrected[rtl::STASH];
		ahead += bench.flips().corrected[rtl::INDEX_AHEAD];
		places += bench.flips().corrected[rtl::AHEAD_PLACES];
		tap_check(bench.flips().all_lost() == 0, "something was lost");
	}
	std::printf("# %llu commands in %llu cycles, %llu moves, %llu refused\n",
		    (unsigned long long)operations, (unsigned long long)cycles,
		    (unsigned long long)moves, (unsigned long long)failed);
	if (flips)
		std::printf("# %llu entries of stashes corrected, %llu lines that were read ahead "
			    "dropped, %llu more as their bucket was not known any more\n",
			    (unsigned long long)corrected, (unsigned long long)ahead,
			    (unsigned long long)places);
	tap_check((corrected > 50) == flips && (ahead > 50) == flips && (places > 50) == flips,
		  "errors corrected");
}

/* When an entry of the stash is lost, no search is answered: it could be the one. */
void stash_lost(uint64_t seed)
{
	for (unsigned int round = 0; round < 10; round++) {
		rtl::Random random(seed + round);
		Bench bench(40, seed + round);
		uint32_t unit = 0;

		bench.manner(manners[round % 4], {}, {});
		bench.lossy = true;
		bench.flips().make({{rtl::STASH, 120}}, 20, 2);
		for (unsigned int n = 0; n < 400 && !bench.failed(); n++) {
			struct index_key key = draw(bench, random, false);

			bench.insert(key, index_entry(key, ++unit, 1));
		}
		bench.drain();
		tap_check(bench.failed() && bench.flips().lost[rtl::STASH] == 1,
			  "nothing was lost");
		bench.must_fail = true;
		for (unsigned int n = 0; n < 50; n++) {
			unsigned int cursor = 0;

			bench.find(draw(bench, random, false), cursor);
		}
		bench.drain();
	}
}

/* How full it gets before the first refusal; must be what the model's own test sees. */
void first_failure(uint64_t seed)
{
	rtl::Random random(seed);
	Bench bench(500, seed);
	uint32_t unit = 0;

	bench.manner(manners[0], {}, {});
	for (;;) {
		struct index_key key = draw(bench, random, false);

		if (!bench.insert(key, index_entry(key, ++unit, 1)))
			break;
	}
	bench.compare();
	tap_check(bench.model().stash_used == INDEX_STASH, "refused with room in the stash");
	std::printf("# first refusal at %.3f of %u slots, %llu moves\n", unit / 4000.0, 4000,
		    (unsigned long long)bench.model().moves);
	tap_check(unit > 3800, "refused early");
	/* All come home or leave. */
	for (uint32_t step = 0; step <= 500; step++) {
		unsigned int place = 0;
		uint64_t *slot;

		while ((slot = bench.scan(step, place)) != nullptr) {
			bench.remove(bench.where(slot), *slot);
			place = 0;
		}
	}
	bench.compare();
	tap_check(bench.model().used == 0, "the table is not empty");
}

/* Cycles with a memory of 45 cycles, printed, and bounded so that it stays so. */
void figures(uint64_t seed)
{
	rtl::Random random(seed);
	Bench bench(4000, seed);
	std::vector<std::pair<struct index_key, uint64_t>> entries;
	uint64_t start;

	bench.manner(manners[2], {}, {});
	bench.ahead = 0;
	auto took = [&] {
		bench.drain();
		return bench.now() - start;
	};
	auto begin = [&] {
		bench.drain();
		start = bench.now();
	};

	begin();
	for (unsigned int n = 0; n < 1000; n++) {
		struct index_key key = draw(bench, random, false);

		entries.emplace_back(key, index_entry(key, n + 1, 3));
		bench.insert(key, entries.back().second);
	}
	double insert = double(took()) / 1000;
	unsigned int cursor = 0;
	begin();
	bench.find(entries[0].first, cursor);
	uint64_t latency = took();
	begin();
	for (unsigned int n = 0; n < 1000; n++) {
		cursor = 0;
		bench.find(entries[n].first, cursor);
	}
	double rate = double(took()) / 1000;
	begin();
	for (unsigned int n = 0; n < 1000; n++) {
		struct index_key key = draw(bench, random, false);

		cursor = 0;
		bench.find(entries[n].first, cursor);
		bench.find(entries[(n + 1) % 1000].first, cursor = 0);
		bench.find(entries[(n + 2) % 1000].first, cursor = 0);
		bench.insert(key, index_entry(key, n + 2000, 3));
	}
	double mixed = double(took()) / 1000;
	double remove[2];
	for (unsigned int told = 0; told < 2; told++) {
		bench.ahead = told ? 4 : 0;
		begin();
		for (unsigned int n = 500 * told; n < 500 * told + 500; n++) {
			cursor = 0;
			uint64_t *slot = index_next(&bench.model(), entries[n].first, &cursor);

			bench.remove(bench.where(slot), *slot);
		}
		remove[told] = double(took()) / 500;
	}
	/* A table so full that each insert has to move one. */
	Bench full(100, seed);
	full.manner(manners[2], {}, {});
	while (full.model().used < 780) {
		struct index_key key = draw(full, random, false);

		full.insert(key, index_entry(key, 1, 1));
	}
	full.drain();
	start = full.now();
	uint64_t moves = full.model().moves;
	for (unsigned int n = 0; n < 10; n++) {
		struct index_key key = draw(full, random, false);

		full.insert(key, index_entry(key, 1, 1));
	}
	full.drain();
	std::printf("# memory of 45 cycles: FIND answered after %llu, one every %.2f; INSERT %.1f, "
		    "REMOVE %.1f, %.1f told ahead; three FINDs and an INSERT %.1f; INSERT at a "
		    "load of 0.98: %.1f, "
		    "%llu moves in 10\n",
		    (unsigned long long)latency, rate, insert, remove[0], remove[1], mixed,
		    double(full.now() - start) / 10,
		    (unsigned long long)(full.model().moves - moves));
	tap_check(rate < 2.2, "searches are slow");
	tap_check(latency < 65 && insert < 70 && remove[0] < 70, "latency");
	tap_check(remove[1] < 35, "what was read ahead is not used");
	tap_check(mixed < 75, "searches do not overlap with changes");
}

void errors(uint64_t seed)
{
	rtl::Random random(seed);
	Bench bench(64, seed);

	bench.ahead = 0;
	Players players(bench, seed);

	play(bench, players, random, 500, false, 300);
	for (unsigned int n = 0; n < 60; n++) {
		Asked asked;

		asked.key = draw(bench, random, false);
		asked.what = n % 3 == 0 ? FIND : n % 3 == 1 ? INSERT : REMOVE;
		asked.entry = index_entry(asked.key, n + 100000, 1);
		asked.location = {false, asked.key.first, n % 8};
		asked.expected = bench.model().slots[asked.key.first * 8 + n % 8];
		bench.broken(asked,
			     asked.what == REMOVE || n % 2 ? asked.key.first : asked.key.second);
		bench.compare();
	}
	play(bench, players, random, 500, false, 300);
	bench.compare();
}

template <class Model, unsigned int Words> void hashes(uint64_t seed)
{
	rtl::Clocked<Model> model(seed);
	rtl::Random random(seed);
	std::deque<uint64_t> wanted;
	struct hash_key key = {random(), random()};
	uint64_t first = 0, latency = 0;

	model->valid_i = 0;
	put(model->secret_i, 0, 64, key.k0);
	put(model->secret_i, 64, 64, key.k1);
	model.reset();
	for (unsigned int n = 0; n < 20000; n++) {
		uint64_t words[Words];

		model->valid_i = n < 19900 && (n < 1000 || random.one_in(2));
		for (auto &word : words)
			word = random.one_in(4) ? random.below(3) : random();
		std::memcpy(&model->words_i, words, sizeof(words));
		model->payload_i = words[0] & 1;
		if (model->valid_i && wanted.empty() && latency == 0)
			first = model.now();
		if (model->valid_i)
			wanted.push_back(hash_words(&key, words, Words) ^ (words[0] & 1) << 63);
		model.edge();
		if (!model->valid_o)
			continue;
		if (latency == 0)
			latency = model.now() - first;
		tap_check(!wanted.empty(), "a hash that nobody asked for");
		tap_check((model->hash_o ^ uint64_t(model->payload_o) << 63) == wanted.front(),
			  "a wrong hash");
		wanted.pop_front();
	}
	tap_check(wanted.empty(), "a hash is missing");
	std::printf("# %u words: %llu cycles\n", Words, (unsigned long long)latency);
}

void places(uint64_t seed)
{
	rtl::Random random(seed);

	for (uint32_t buckets : {2u, 3u, 1000u, 65536u, 11184810u, 16777215u}) {
		rtl::Clocked<Vindex_place> place(seed);
		std::deque<struct index_key> wanted;
		std::vector<uint64_t> none(8);
		struct index model;

		/* index_key() only starts to fetch what it computes the place of. */
		index_init(&model, none.data(), buckets);
		place->valid_i = 0;
		place->buckets_i = buckets;
		place->kind_i = INDEX_OBJECT;
		place.reset();
		for (unsigned int n = 0; n < 4000; n++) {
			uint64_t hash = random();

			if (n % 5 == 0)
				hash |= 0xffffffff00000000ull;
			if (n % 7 == 0)
				hash |= 0x3fffff;
			place->valid_i = n < 3900 && random.one_in(2);
			place->hash_i = hash;
			if (place->valid_i)
				wanted.push_back(index_key(&model, hash, INDEX_OBJECT));
			place.edge();
			if (!place->valid_o)
				continue;
			struct index_key got = take_key(place->key_o, 0);
			tap_check(!wanted.empty() && got.first == wanted.front().first &&
				      got.second == wanted.front().second &&
				      got.match == wanted.front().match,
				  "a wrong place");
			wanted.pop_front();
		}
		tap_check(wanted.empty(), "a place is missing");
	}
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int rounds = Tap::wants_long() ? 120 : 14;

	tap.run("hash of 2 words", [&] { hashes<Vindex_hash_2, 2>(tap.seed()); });
	tap.run("hash of 4 words", [&] { hashes<Vindex_hash_4, 4>(tap.seed()); });
	tap.run("places of keys", [&] { places(tap.seed()); });
	tap.run("figures", [&] { figures(tap.seed()); });
	tap.run("first refusal", [&] { first_failure(tap.seed()); });
	tap.run("errors of the memory", [&] { errors(tap.seed()); });
	tap.run("random commands", [&] { random_tables(tap.seed(), false, rounds); });
	tap.run("hostile keys", [&] { random_tables(tap.seed() + 1, true, rounds); });
	tap.run("single errors in the stash",
		[&] { random_tables(tap.seed() + 2, true, rounds, true); });
	tap.run("an entry of the stash that is lost", [&] { stash_lost(tap.seed() + 3); });
	return tap.done();
}
