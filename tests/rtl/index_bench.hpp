/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index's RTL and sim/model/index.c side by side, given the same commands: the RTL as
 * fast as it takes them, the model one after the other.
 */
#ifndef INDEX_BENCH_HPP
#define INDEX_BENCH_HPP

#include "card_dram.hpp"
#include "flips.hpp"
#include "index_port.hpp"
#include "index_table/Vindex_table.h"
#include "index_table/Vindex_table___024root.h"
#include "tap.hpp"

namespace index_port
{

constexpr uint64_t base_line = 5;

/* What an answer has to be. */
struct Wanted {
	op what;
	bool ok = false, more = false;
	unsigned int cursor = 0;
	Location location;
	uint64_t entry = 0;
};

/* The RTL and the model side by side. */
class Bench
{
	rtl::Clocked<Vindex_table> table_;
	std::vector<uint8_t> memory_;
	rtl::CardDram dram_;
	rtl::Source<Command> commands_;
	rtl::Sink<Answer> answers_;
	/* Buckets to read ahead. */
	rtl::Source<IData> hints_;
	rtl::Random random_;
	rtl::Flips flips_;
	std::vector<uint64_t> slots_;
	struct index model_;
	uint32_t buckets_;
	/* By kind: searches, changes. */
	std::deque<std::pair<uint8_t, Wanted>> wanted_[2];
	uint8_t id_ = 0;
	uint64_t done_ = 0;

	Location location_of(const uint64_t *slot) const
	{
		const auto *stashed = reinterpret_cast<const struct index_stashed *>(slot);

		if (stashed >= model_.stash && stashed < model_.stash + INDEX_STASH)
			return {true, 0, uint32_t(stashed - model_.stash)};
		return {false, uint32_t((slot - model_.slots) / 8),
			uint32_t((slot - model_.slots) % 8)};
	}

	uint64_t *slot_at(const Location &location)
	{
		return location.stash ? &model_.stash[location.slot].slot
				      : &model_.slots[size_t(location.bucket) * 8 + location.slot];
	}

	/* Some are told, some are wrong, some come late. */
	void hint(const Asked &asked)
	{
		if (!ahead || hints_.waiting() > 8)
			return;
		if (asked.what == INSERT && random_.below(4) < ahead) {
			hints_.push(asked.key.first);
			hints_.push(asked.key.second);
		} else if ((asked.what == REMOVE || asked.what == REPLACE) &&
			   !asked.location.stash && random_.below(4) < ahead) {
			hints_.push(asked.location.bucket);
		} else if (!random_.below(8)) {
			hints_.push(uint32_t(random_.below(buckets_)));
		}
	}

	void send(Asked asked, const Wanted &wanted)
	{
		asked.id = id_++;
		hint(asked);
		commands_.push(asked.beat());
		wanted_[wanted.what != FIND && wanted.what != SCAN].emplace_back(asked.id, wanted);
		while (commands_.waiting() > 4)
			cycle();
	}

	void look_at(const Answered &got)
	{
		bool change = wanted_[0].empty() || wanted_[0].front().first != got.id;
		auto &queue = wanted_[change];

		tap_check(!queue.empty() && queue.front().first == got.id,
			  "an answer that nobody waits for");
		const Wanted &want = queue.front().second;
		std::string what = " in an answer to command " + std::to_string(done_) +
				   " of kind " + std::to_string(want.what);

		if (lossy && (got.error || failed())) {
			tap_check(got.error || !must_fail, "a search without the stash" + what);
			queue.pop_front();
			done_++;
			return;
		}
		tap_check(got.ok == want.ok, "ok is wrong" + what);
		tap_check(!got.error, "an error" + what);
		if (got.ok && (want.what == FIND || want.what == SCAN)) {
			tap_check(got.entry == want.entry, "another entry" + what);
			tap_check(got.cursor == want.cursor, "another cursor" + what);
			tap_check(got.more == want.more, "more is wrong" + what);
		}
		if (got.ok && want.what == INSERT)
			tap_check(got.entry == want.entry, "another entry moved" + what);
		if (got.ok && want.what != INIT)
			tap_check(got.location == want.location, "another location" + what);
		queue.pop_front();
		done_++;
	}

      public:
	explicit Bench(uint32_t buckets, uint64_t seed)
	    : table_(seed), memory_((base_line + buckets + 3) * 64, 0xa5),
	      dram_(rtl::dram_ports(table_), memory_, seed),
	      commands_(&table_->command_valid_i, &table_->command_ready_o, &table_->command_i,
			seed + 10),
	      answers_(&table_->answer_valid_o, &table_->answer_ready_i, &table_->answer_o,
		       seed + 11),
	      hints_(&table_->soon_valid_i, &table_->soon_ready_o, &table_->soon_bucket_i,
		     seed + 13),
	      random_(seed + 14), flips_(&table_->inject_i, nullptr, seed + 12),
	      slots_(size_t(buckets) * 8), buckets_(buckets)
	{
		table_->base_line_i = base_line;
		table_->buckets_i = buckets;
		index_init(&model_, slots_.data(), buckets);
		table_.reset();
		Asked asked;
		Wanted wanted{};
		asked.what = wanted.what = INIT;
		wanted.ok = true;
		send(asked, wanted);
		compare();
	}

	rtl::Flips &flips()
	{
		return flips_;
	}

	/* An entry of the stash is lost; searches may have errors from now on. */
	bool failed()
	{
		return table_->failed_o;
	}

	bool lossy = false, must_fail = false;
	/* How many of four changes are told ahead. */
	unsigned int ahead = 3;

	struct index &model()
	{
		return model_;
	}

	uint64_t now() const
	{
		return table_.now();
	}

	uint64_t done() const
	{
		return done_;
	}

	void manner(const rtl::DramManner &manner, rtl::Pace commands, rtl::Pace answers)
	{
		dram_.manner(manner);
		commands_.pace(commands);
		answers_.pace(answers);
		hints_.pace(commands);
	}

	void cycle()
	{
		flips_.count(rtl::STASH, table_->ecc_o);
		flips_.count(rtl::INDEX_AHEAD, table_->ecc_ahead_o);
		flips_.count(rtl::AHEAD_PLACES, table_->ecc_places_o);
		rtl::cycle(table_, dram_, commands_, answers_, hints_, flips_);
		while (!answers_.taken().empty()) {
			look_at(Answered(answers_.taken().front().beat));
			answers_.taken().pop_front();
		}
	}

	/* Until all is answered. */
	void drain()
	{
		uint64_t end = now() + 1000000;

		while (commands_.waiting() || hints_.waiting() || !wanted_[0].empty() ||
		       !wanted_[1].empty() || !dram_.idle() || table_->req_valid_o ||
		       table_->wdata_valid_o) {
			cycle();
			tap_check(now() < end, "no answer");
		}
	}

	void compare()
	{
		drain();
		/* What is wrong in the stash is mended. */
		for (unsigned int n = 0; n < 40; n++)
			cycle();
		auto &root = *table_->rootp;

		tap_check(std::memcmp(memory_.data() + base_line * 64, slots_.data(),
				      slots_.size() * 8) == 0,
			  "the buckets differ");
		for (size_t n = 0; n < base_line * 64; n++)
			tap_check(memory_[n] == 0xa5, "memory below the table was written");
		for (size_t n = (base_line + buckets_) * 64; n < memory_.size(); n++)
			tap_check(memory_[n] == 0xa5, "memory behind the table was written");
		for (unsigned int i = 0; i < INDEX_STASH; i++) {
			tap_check(take(root.index_table__DOT__u_stash__DOT__entry_q, 64 * i, 64) ==
				      model_.stash[i].slot,
				  "the stash's entries differ");
			tap_check(take(root.index_table__DOT__u_stash__DOT__first_q, 24 * i, 24) ==
				      model_.stash[i].bucket,
				  "the stash's buckets differ");
		}
		tap_check(table_->stash_level_o == model_.stash_used, "stash_used differs");
		tap_check(table_->used_o == model_.used, "used differs");
		tap_check(table_->moves_o == model_.moves, "moves differs");
	}

	/* The candidate at or behind cursor; returns the model's slot and moves cursor. */
	uint64_t *find(const struct index_key &key, unsigned int &cursor)
	{
		Asked asked;
		Wanted wanted{};
		uint64_t *slot;

		asked.what = wanted.what = FIND;
		asked.key = key;
		asked.cursor = cursor;
		slot = index_next(&model_, key, &cursor);
		wanted.cursor = cursor;
		if (slot) {
			unsigned int next = cursor;

			wanted.ok = true;
			wanted.location = location_of(slot);
			wanted.entry = *slot;
			wanted.more = index_next(&model_, key, &next) != nullptr;
		}
		send(asked, wanted);
		return slot;
	}

	uint64_t *scan(uint32_t step, unsigned int &place)
	{
		Asked asked;
		Wanted wanted{};
		uint64_t *slot;

		asked.what = wanted.what = SCAN;
		asked.key.first = step;
		asked.cursor = place;
		slot = index_scan(&model_, step, &place);
		wanted.cursor = place;
		if (slot) {
			unsigned int next = place;

			wanted.ok = true;
			wanted.location = location_of(slot);
			wanted.entry = *slot;
			wanted.more = index_scan(&model_, step, &next) != nullptr;
		}
		send(asked, wanted);
		return slot;
	}

	bool insert(const struct index_key &key, uint64_t entry)
	{
		std::vector<uint64_t> before = slots_;
		Asked asked;
		Wanted wanted{};

		asked.what = wanted.what = INSERT;
		asked.key = key;
		asked.entry = entry;
		wanted.ok = index_insert(&model_, key, entry);
		wanted.entry = model_.moved;
		/* Where it went: the slot that was not so before. */
		if (wanted.ok) {
			wanted.location = {true, 0, model_.stash_used - 1};
			for (uint32_t bucket : {key.first, key.second}) {
				for (uint32_t slot = 0; slot < 8; slot++) {
					size_t at = size_t(bucket) * 8 + slot;

					if (slots_[at] == entry && before[at] != entry)
						wanted.location = {false, bucket, slot};
				}
			}
		}
		send(asked, wanted);
		return wanted.ok;
	}

	/* Whether it is what is expected is the table's to find out. */
	void remove(const Location &location, uint64_t expected)
	{
		Asked asked;
		Wanted wanted{};

		asked.what = wanted.what = REMOVE;
		asked.location = wanted.location = location;
		asked.expected = expected;
		wanted.ok = expected != 0 && *slot_at(location) == expected;
		if (wanted.ok)
			index_remove(&model_, slot_at(location));
		send(asked, wanted);
	}

	void replace(const Location &location, uint64_t expected, uint64_t entry)
	{
		Asked asked;
		Wanted wanted{};

		asked.what = wanted.what = REPLACE;
		asked.location = wanted.location = location;
		asked.expected = expected;
		asked.entry = entry;
		wanted.ok = expected != 0 && *slot_at(location) == expected;
		if (wanted.ok)
			*slot_at(location) = entry;
		send(asked, wanted);
	}

	Location where(const uint64_t *slot) const
	{
		return location_of(slot);
	}

	/* An error of the memory in a bucket: answered as such, and nothing is changed. */
	void broken(const Asked &asked, uint32_t bucket)
	{
		Asked marked = asked;

		drain();
		dram_.break_line(base_line + bucket);
		marked.id = id_++;
		/* Read ahead, it is not kept. */
		if (random_.one_in(2)) {
			hints_.push(bucket);
			for (unsigned int n = 0; n < 10 || hints_.waiting() || !dram_.idle(); n++)
				rtl::cycle(table_, dram_, hints_);
		}
		commands_.push(marked.beat());
		while (answers_.taken().empty())
			rtl::cycle(table_, dram_, commands_, answers_);
		Answered got(answers_.taken().front().beat);
		answers_.taken().pop_front();
		tap_check(got.id == marked.id && got.error && !got.ok && !got.more,
			  "a broken bucket is not told of");
		dram_.mend();
		done_++;
	}
};

/* Entries by what they were inserted with. */
class Players
{
	struct Player {
		struct index_key key;
		uint64_t entry;
	};

	Bench &bench_;
	rtl::Random random_;
	std::vector<Player> present_;
	std::vector<Player> gone_;
	uint32_t unit_ = 1;

	/* The model's slot of an entry, without asking the RTL. */
	uint64_t *slot_of(const Player &player)
	{
		unsigned int cursor = 0;
		uint64_t *slot;

		while ((slot = index_next(&bench_.model(), player.key, &cursor)) != nullptr) {
			if (*slot == player.entry)
				return slot;
		}
		throw std::runtime_error("test: the model has lost an entry");
	}

      public:
	Players(Bench &bench, uint64_t seed) : bench_(bench), random_(seed)
	{
	}

	size_t count() const
	{
		return present_.size();
	}

	bool insert(const struct index_key &key)
	{
		Player player = {key, index_entry(key, unit_++, uint32_t(random_.below(256)))};

		if (!bench_.insert(key, player.entry))
			return false;
		present_.push_back(player);
		return true;
	}

	void remove()
	{
		size_t at = random_.below(present_.size());
		Player player = present_[at];

		bench_.remove(bench_.where(slot_of(player)), player.entry);
		present_[at] = present_.back();
		present_.pop_back();
		gone_.push_back(player);
		if (gone_.size() > 64)
			gone_.erase(gone_.begin());
	}

	void replace()
	{
		Player &player = present_[random_.below(present_.size())];
		uint64_t old = player.entry;
		uint64_t *slot = slot_of(player);

		player.entry = index_entry(player.key, unit_++, uint32_t(random_.below(256)));
		bench_.replace(bench_.where(slot), old, player.entry);
	}

	/* All candidates, one search after the other. */
	void find()
	{
		bool gone = !gone_.empty() && (present_.empty() || random_.one_in(4));
		std::vector<Player> &from = gone ? gone_ : present_;
		unsigned int cursor = 0;

		if (from.empty())
			return;
		Player player = from[random_.below(from.size())];
		while (bench_.find(player.key, cursor)) {
		}
	}

	/* A location that no longer is right, or never was. */
	void stale()
	{
		uint32_t bucket = uint32_t(random_.below(bench_.model().buckets));
		Location location = {random_.one_in(3), bucket, uint32_t(random_.below(8))};
		uint64_t expected = random_.one_in(3) ? 0 : random_();

		if (location.stash)
			location = {true, 0, uint32_t(random_.below(32))};
		if (!gone_.empty() && random_.one_in(2))
			expected = gone_[random_.below(gone_.size())].entry;
		if (random_.one_in(2))
			bench_.remove(location, expected);
		else
			bench_.replace(location, expected, random_());
	}

	void scan()
	{
		uint32_t step = uint32_t(random_.one_in(4) ? bench_.model().buckets
							   : random_.below(bench_.model().buckets));
		unsigned int place = random_.one_in(2) ? 0 : unsigned(random_.below(9));

		while (bench_.scan(step, place)) {
		}
	}
};

} // namespace index_port

#endif /* INDEX_BENCH_HPP */
