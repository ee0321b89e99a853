/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The allocator in RTL and the model's own code, each command done to both; memory of one,
 * hints of what will be freed, and figures.
 */
#ifndef STORE_BENCH_HPP
#define STORE_BENCH_HPP

#include <map>

#include "flips.hpp"
#include "line_memory.hpp"
#include "store_alloc/Vstore_alloc.h"
#include "stream.hpp"
#include "tap.hpp"

extern "C" {
#include "store.h"
}

namespace store_bench
{

enum { ALLOC = 0, FREE = 1, INIT = 2 };

/* Cycles, in order of size when asked. */
class Figures
{
	std::vector<uint64_t> values_;

      public:
	void add(uint64_t value)
	{
		values_.push_back(value);
	}

	std::string text()
	{
		if (values_.empty())
			return "none";
		std::sort(values_.begin(), values_.end());
		return std::to_string(values_.front()) + " / " +
		       std::to_string(values_[values_.size() / 2]) + " / " +
		       std::to_string(values_[values_.size() * 99 / 100]);
	}
};

struct Wanted {
	unsigned int kind;
	std::vector<store_extent> extents;
	bool ok;
	/* Or not: who knows. */
	bool either;
	uint8_t mark;
	unsigned int holding;
};

/* Extents that will be freed, and some that will not, or are none. */
class Hints
{
	Vstore_alloc &top_;
	rtl::Random random_;
	bool takes_ = false;

	void offer(uint32_t unit, uint32_t units)
	{
		top_.soon_unit_i = unit;
		top_.soon_units_i = uint8_t(units);
		top_.soon_valid_i = 1;
	}

      public:
	std::deque<store_extent> soon;
	/* One cycle in so many brings one that means nothing; 0: none does. */
	unsigned int noise = 0;

	Hints(Vstore_alloc &top, uint64_t seed) : top_(top), random_(seed)
	{
		top_.soon_valid_i = 0;
	}

	void before()
	{
		if (!top_.soon_valid_i && !soon.empty()) {
			offer(soon.front().unit, soon.front().units);
			soon.pop_front();
		} else if (!top_.soon_valid_i && noise && random_.one_in(noise)) {
			uint64_t any = random_();

			offer(any & 1 ? uint32_t(any >> 32) : uint32_t(any >> 32) % 12000,
			      uint32_t(any >> 8) & 255);
		}
		takes_ = top_.soon_valid_i && top_.soon_ready_o;
	}

	void after(uint64_t)
	{
		if (takes_)
			top_.soon_valid_i = 0;
	}
};

class Bench
{
	static constexpr uint32_t MAP_LINE = 8;

	uint32_t units_;
	uint32_t units_line_;
	std::vector<uint8_t> bytes_;
	std::vector<uint8_t> model_units_, model_map_;
	store store_{};

	rtl::Clocked<Vstore_alloc> dut_;
	rtl::Source<VlWide<3>> commands_;
	rtl::Sink<QData> answers_;
	rtl::Random random_;
	Hints hints_;

	std::deque<Wanted> wanted_;
	size_t got_ = 0;
	/* When the first beats of commands were taken. */
	std::deque<uint64_t> taken_;
	uint64_t counted_ = 0, taken_last_ = 0;
	std::deque<unsigned int> kinds_;
	/* Whose time it is until the next command can begin. */
	Figures *running_ = nullptr;

      public:
	rtl::LineMemory<Vstore_alloc> memory;
	rtl::Flips flips;
	/* Allocations held, by number; those that were answered can be freed. */
	std::map<unsigned int, std::vector<store_extent>> held;
	std::vector<unsigned int> freeable;
	unsigned int number = 0;
	uint64_t operations = 0, chained = 0, refused = 0;
	uint32_t held_units = 0;
	/* Commands may fail from now on. */
	bool lossy = false;
	bool told = false;
	/* Cycles from an announcement to its command. */
	unsigned int ahead = 0;
	Figures alloc_answer, alloc_all, free_answer, free_all;

	Bench(uint32_t units, uint64_t seed)
	    : units_(units), units_line_(MAP_LINE + uint32_t(store_map_bytes(units) / 64) + 3),
	      bytes_((uint64_t(units_line_) + units / 2 + 2) * 64),
	      model_units_(uint64_t(units) * STORE_UNIT), model_map_(store_map_bytes(units)),
	      dut_(seed), commands_(&dut_->cmd_valid_i, &dut_->cmd_ready_o, &dut_->cmd_i, seed + 1),
	      answers_(&dut_->answer_valid_o, &dut_->answer_ready_i, &dut_->answer_o, seed + 2),
	      random_(seed + 3), hints_(*dut_.operator->(), seed + 6),
	      memory(dut_, bytes_, seed + 4), flips(&dut_->inject_i, &dut_->ecc_o, seed + 5)
	{
		dut_->units_line_i = units_line_;
		dut_->map_line_i = MAP_LINE;
		dut_->peek_bin_i = 0;
		dut_.reset();
		init();
	}

	void pace(rtl::Pace pace)
	{
		commands_.pace(pace);
		answers_.pace(pace);
		memory.pace(pace);
	}

	void command(unsigned int kind, uint32_t unit, uint32_t units, uint32_t bytes,
		     unsigned int most)
	{
		VlWide<3> beat{};

		rtl::set_bits(beat, 0, 10, most);
		rtl::set_bits(beat, 10, 17, bytes);
		rtl::set_bits(beat, 27, 32, units);
		rtl::set_bits(beat, 59, 32, unit);
		rtl::set_bits(beat, 91, 2, kind);
		commands_.push(beat);
		kinds_.push_back(kind);
		operations++;
	}

	void init()
	{
		std::fill(bytes_.begin(), bytes_.end(), 0);
		std::fill(model_units_.begin(), model_units_.end(), 0);
		std::fill(model_map_.begin(), model_map_.end(), 0);
		store_init(&store_, model_units_.data(), model_map_.data(), units_);
		command(INIT, 0, units_, 0, 0);
		wanted_.push_back({INIT, {{0, 0}}, true, false, 0, 0});
		settle();
	}

	/* Announces some of what may be freed, in no order. */
	void hint_some()
	{
		while (!freeable.empty() && hints_.soon.size() < 8) {
			auto &extents = held[freeable[random_.below(freeable.size())]];
			hints_.soon.push_back(extents[random_.below(extents.size())]);
		}
	}

	/* Tells whether it should succeed. */
	bool alloc(size_t bytes, unsigned int most = 1023)
	{
		static store_extent extents[1024];
		unsigned int count = store_alloc(&store_, bytes, extents, most);
		Wanted wanted{ALLOC, {}, count > 0, false, uint8_t(1 + random_.below(255)), number};

		wanted.extents.assign(extents, extents + count);
		for (auto &extent : wanted.extents) {
			std::memset(store_at(&store_, extent.unit), wanted.mark,
				    extent.units * STORE_UNIT);
			held_units += extent.units;
		}
		command(ALLOC, 0, 0, uint32_t(bytes), most);
		if (count > 0)
			held[number++] = wanted.extents;
		else
			refused++;
		chained += count > 1;
		wanted_.push_back(wanted);
		return count > 0;
	}

	void free_one(store_extent extent)
	{
		store_free(&store_, extent);
		held_units -= extent.units;
		command(FREE, extent.unit, extent.units, 0, 0);
		wanted_.push_back({FREE, {extent}, true, false, 0, 0});
	}

	void free_held(size_t which)
	{
		unsigned int name = freeable[which];

		freeable[which] = freeable.back();
		freeable.pop_back();
		if (told)
			hints_.soon.insert(hints_.soon.end(), held[name].begin(), held[name].end());
		for (unsigned int n = 0; n < ahead; n++)
			cycle();
		for (auto &extent : held[name])
			free_one(extent);
		held.erase(name);
	}

	/* Hints: of each extent that is freed; and, in one cycle of so many, without a meaning. */
	void hint(bool all, unsigned int noise)
	{
		told = all;
		hints_.noise = noise;
	}

	/* What will be refused, if memory is asked. */
	void free_any()
	{
		auto &extents = held.begin()->second;

		bad(FREE, extents[0].unit, extents[0].units, true);
		held.erase(held.begin());
	}

	/* As before the next init(). */
	void forget()
	{
		held.clear();
		freeable.clear();
		held_units = 0;
	}

	/* Makes no sense: nothing must happen. */
	void bad(unsigned int kind, uint32_t unit, uint32_t units, bool either = false)
	{
		command(kind, unit, units, 0, 0);
		wanted_.push_back({kind, {{unit, units}}, false, either, 0, 0});
	}

	const store &model() const
	{
		return store_;
	}

	size_t waiting() const
	{
		return wanted_.size();
	}

	void answer(QData beat, uint64_t when)
	{
		tap_check(!wanted_.empty(), "an answer too many");
		Wanted &wanted = wanted_.front();
		uint32_t unit = uint32_t(beat >> 10);
		uint32_t units = uint32_t(beat >> 2 & 255);
		bool last = beat >> 1 & 1, ok = beat & 1;

		if (ok) {
			tap_check(wanted.kind != ALLOC || !wanted.ok ||
				      got_ < wanted.extents.size(),
				  "an extent too many");
			if (wanted.kind == ALLOC && wanted.ok) {
				store_extent extent = wanted.extents[got_++];

				tap_check(unit == extent.unit && units == extent.units,
					  "extent " + std::to_string(unit) + "+" +
					      std::to_string(units) + ", want " +
					      std::to_string(extent.unit) + "+" +
					      std::to_string(extent.units));
				/* Its owner writes at once. */
				memory.write(uint64_t(units_line_) * 64 +
						 uint64_t(unit) * STORE_UNIT,
					     units * STORE_UNIT, wanted.mark);
				tap_check(last == (got_ == wanted.extents.size()), "last");
			}
		}
		if (!last)
			return;
		/* Who knows what it could still do. */
		wanted.either |= lossy && !ok;
		tap_check(wanted.either || ok == wanted.ok,
			  "kind " + std::to_string(wanted.kind) + " answered " +
			      std::to_string(ok) + ", want " + std::to_string(wanted.ok));
		uint64_t began = taken_.front();

		taken_.pop_front();
		if (wanted.kind == ALLOC && ok)
			alloc_answer.add(when - began);
		if (wanted.kind == FREE && ok)
			free_answer.add(when - began);
		if (wanted.kind == ALLOC && ok)
			freeable.push_back(wanted.holding);
		got_ = 0;
		wanted_.pop_front();
	}

	void cycle()
	{
		rtl::cycle(dut_, commands_, answers_, hints_, memory, flips);
		if (running_ != nullptr && dut_->cmd_ready_o) {
			running_->add(dut_.now() - taken_last_);
			running_ = nullptr;
		}
		while (counted_ < commands_.count()) {
			unsigned int kind = kinds_.front();

			kinds_.pop_front();
			taken_.push_back(taken_last_ = dut_.now());
			running_ = kind == ALLOC ? &alloc_all : kind == FREE ? &free_all : nullptr;
			counted_++;
		}
		while (!answers_.taken().empty()) {
			auto beat = answers_.taken().front();

			answers_.taken().pop_front();
			answer(beat.beat, beat.when);
		}
	}

	/* Until so many commands at most are not answered. */
	void settle(size_t most = 0)
	{
		uint64_t start = dut_.now();

		while (wanted_.size() > most || (most == 0 && (dut_->busy_o || !memory.idle()))) {
			cycle();
			tap_check(dut_.now() - start < 20000000, "it hangs");
		}
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	bool broken()
	{
		return dut_->broken_o;
	}

	/* Units that the model has given out and not taken back are as their owners left them. */
	void compare_owned()
	{
		const uint8_t *units = &bytes_[uint64_t(units_line_) * 64];

		for (auto &[name, extents] : held) {
			if (std::find(freeable.begin(), freeable.end(), name) == freeable.end())
				continue;
			for (auto &extent : extents)
				for (size_t n = 0; n < extent.units * STORE_UNIT; n++)
					tap_check(units[extent.unit * STORE_UNIT + n] ==
						      *static_cast<uint8_t *>(
							  store_at(&store_, extent.unit)),
						  "unit " + std::to_string(extent.unit) +
						      " of an owner was written");
		}
	}

	void compare_numbers()
	{
		tap_check(!broken(), "broken");
		uint64_t merges = rtl::get_bits(dut_->counters_o, 64, 64);
		uint64_t splits = rtl::get_bits(dut_->counters_o, 0, 64);
		uint64_t runs = rtl::get_bits(dut_->counters_o, 128, 32);
		uint64_t free_units = rtl::get_bits(dut_->counters_o, 160, 32);

		tap_check(free_units == store_.free_units,
			  "free units " + std::to_string(free_units) + ", want " +
			      std::to_string(store_.free_units));
		tap_check(runs == store_.runs, "runs");
		tap_check(merges == store_.merges, "merges");
		tap_check(splits == store_.splits, "splits");
	}

	void compare()
	{
		settle();
		compare_numbers();
		const uint8_t *map = &bytes_[MAP_LINE * 64];
		const uint8_t *units = &bytes_[uint64_t(units_line_) * 64];

		for (size_t n = 0; n < model_map_.size(); n++)
			tap_check(map[n] == model_map_[n],
				  "map differs at byte " + std::to_string(n));
		if (std::memcmp(units, model_units_.data(), model_units_.size()) != 0)
			for (size_t n = 0; n < model_units_.size(); n++)
				tap_check(units[n] == model_units_[n],
					  "unit " + std::to_string(n / STORE_UNIT) +
					      " differs at byte " + std::to_string(n % STORE_UNIT));
		/* Nothing around them was touched. */
		for (size_t n = 0; n < bytes_.size(); n++) {
			if (n == MAP_LINE * 64)
				n += model_map_.size();
			if (n == uint64_t(units_line_) * 64)
				n += model_units_.size();
			if (n < bytes_.size())
				tap_check(bytes_[n] == 0, "written outside");
		}
		for (unsigned int bin = 0; bin < STORE_BINS; bin++) {
			dut_->peek_bin_i = bin;
			cycle();
			cycle();
			/* That way to read corrects nothing. */
			tap_check(dut_->peek_head_o == store_.head[bin] ||
				      flips.made[rtl::STORE_LISTS],
				  "head of list " + std::to_string(bin));
		}
		char message[200] = "";

		tap_check(store_check(&store_, message, sizeof(message)) == 0, message);
	}

	rtl::Random &random()
	{
		return random_;
	}
};

} // namespace store_bench

#endif /* STORE_BENCH_HPP */
