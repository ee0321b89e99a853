// SPDX-License-Identifier: Apache-2.0
/*
 * The allocator in RTL beside the model's own code: the same commands, the same extents,
 * and after each batch the same memory, map, lists and counters, byte for byte.
 */
#include <lz4.h>

#include <map>

#include "flips.hpp"
#include "line_memory.hpp"
#include "store_alloc/Vstore_alloc.h"
#include "stream.hpp"
#include "tap.hpp"

extern "C" {
#include "store.h"
}

namespace
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
	Figures alloc_answer, alloc_all, free_answer, free_all;

	Bench(uint32_t units, uint64_t seed)
	    : units_(units), units_line_(MAP_LINE + uint32_t(store_map_bytes(units) / 64) + 3),
	      bytes_((uint64_t(units_line_) + units / 2 + 2) * 64),
	      model_units_(uint64_t(units) * STORE_UNIT), model_map_(store_map_bytes(units)),
	      dut_(seed), commands_(&dut_->cmd_valid_i, &dut_->cmd_ready_o, &dut_->cmd_i, seed + 1),
	      answers_(&dut_->answer_valid_o, &dut_->answer_ready_i, &dut_->answer_o, seed + 2),
	      random_(seed + 3), memory(dut_, bytes_, seed + 4),
	      flips(&dut_->inject_i, &dut_->ecc_o, seed + 5)
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
		for (auto &extent : held[name])
			free_one(extent);
		held.erase(name);
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
		rtl::cycle(dut_, commands_, answers_, memory, flips);
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
	tap.run("random sizes, fill, latencies and gaps", [&] {
		uint64_t operations = 0;

		for (unsigned int run = 0; run < 60 * times; run++) {
			rtl::Random random(tap.seed() * 1000 + run);
			Bench bench(uint32_t(run % 4 == 0 ? random.between(300, 2000)
							  : random.between(2000, 12000)),
				    random());

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
		start = bench.now();
		uint64_t before = bench.operations;

		churn(bench, 4000, 950, 2, sizes);
		bench.settle();
		std::printf("# %.1f cycles an operation, back to back\n",
			    double(bench.now() - start) / double(bench.operations - before));
		bench.alloc_answer = bench.free_answer = bench.alloc_all = bench.free_all = {};
		churn(bench, 2000, 950, 0, sizes);
		std::printf(
		    "# alone: allocation %s cycles to its last extent, free %s to its answer "
		    "(min / median / 99 %%)\n",
		    bench.alloc_answer.text().c_str(), bench.free_answer.text().c_str());
		std::printf("# ... %s and %s until the next can begin\n",
			    bench.alloc_all.text().c_str(), bench.free_all.text().c_str());
		bench.compare();
	});
	return tap.done();
}
