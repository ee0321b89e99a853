/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors made in memories on the chip (rtl/lib/ecc_pkg.sv): now and then the next write to a
 * memory is damaged in one or two bits; what the card says of it is counted.
 */
#ifndef FLIPS_HPP
#define FLIPS_HPP

#include <array>
#include <vector>

#include "stream.hpp"

namespace rtl
{

/* ecc_pkg.sv */
enum Memory : unsigned int {
	POOLS,
	CONTENTS,
	STORE_LISTS,
	STORE_MAP,
	INDEX_CACHE,
	STASH,
	QUEUE_FETCH,
	QUEUE_POST,
	QUEUE_DOMAIN,
	MSIX,
	MCU_LINES,
	MCU_TAGS,
	INDEX_AHEAD = 13,
	INDEX_RECENT = 14,
	VAULT_RECENT = 15,
	QUEUE_INDEX = 16,
	QUEUE_IRQ = 17,
	QUEUE_BATCH = 18,
	COMMANDS = 19,
	COMMAND_COPY = 20,
	PAGE_IN = 21,
	EXTENTS = 22,
	AHEAD_PLACES = 23,
	LOOKUP_HANDLES = 24,
	LOOKUP_KEYS = 25,
	LOOKUP_FOUND = 26,
	DURABLE = 27,
	MEMORIES = 32
};

inline uint32_t flip_word(unsigned int memory, unsigned int first, unsigned int second)
{
	return 1u << 25 | memory << 20 | first << 10 | second;
}

class Flips
{
	Random random_;
	IData *inject_;
	const QData *found_;
	struct Target {
		unsigned int memory, width;
	};
	std::vector<Target> targets_;
	unsigned int one_in_ = 0, bits_ = 1;
	uint32_t once_ = 0;

      public:
	std::array<uint64_t, MEMORIES> made{}, corrected{}, lost{};

	Flips(IData *inject, const QData *found, uint64_t seed)
	    : random_(seed), inject_(inject), found_(found)
	{
		*inject_ = 0;
	}

	/* From now on, about every so many cycles (0: never); width: bits of a word. */
	void make(std::vector<std::pair<unsigned int, unsigned int>> targets, unsigned int one_in,
		  unsigned int bits)
	{
		targets_.clear();
		for (auto [memory, width] : targets)
			targets_.push_back({memory, width});
		one_in_ = one_in;
		bits_ = bits;
	}

	/* One, in the next cycle, in one of so many bits from one on. */
	void once(unsigned int memory, unsigned int from, unsigned int width)
	{
		unsigned int bit = from + unsigned(random_.below(width));

		once_ = flip_word(memory, bit, bit);
		made[memory]++;
	}

	/* Of a block with one memory. */
	void count(unsigned int memory, unsigned int found)
	{
		corrected[memory] += found >> 1 & 1;
		lost[memory] += found & 1;
	}

	uint64_t all_lost() const
	{
		uint64_t sum = 0;

		for (uint64_t count : lost)
			sum += count;
		return sum;
	}

	void before()
	{
		for (unsigned int n = 0; found_ && n < MEMORIES && *found_; n++)
			count(n, *found_ >> 2 * n & 3);
		*inject_ = once_;
		once_ = 0;
		if (one_in_ == 0 || !random_.one_in(one_in_))
			return;
		const Target &target = targets_[random_.below(targets_.size())];
		unsigned int first = unsigned(random_.below(target.width)), second = first;

		while (bits_ == 2 && second == first)
			second = unsigned(random_.below(target.width));
		*inject_ = flip_word(target.memory, first, second);
		made[target.memory]++;
	}

	void after(uint64_t)
	{
	}
};

} // namespace rtl

#endif
