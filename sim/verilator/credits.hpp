/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flow control of PCI Express as the card meets it: what the host has room for, of writes,
 * of their data and of reads, and when it has room again. Completions need none: an
 * endpoint has room for all it asked for.
 */
#ifndef CREDITS_HPP
#define CREDITS_HPP

#include <cstdint>
#include <deque>

namespace pcie
{

class Credits
{
	struct Used {
		uint64_t until;
		bool posted;
		unsigned int data;
	};

	std::deque<Used> used_;
	unsigned int posted_ = 0, data_ = 0, non_posted_ = 0;

	static unsigned int units(unsigned int dwords)
	{
		return (dwords + 3) / 4;
	}

      public:
	void reset()
	{
		*this = {};
	}

	/* Room for one more, if the host has so much in all? 0: it always has. */
	bool for_request(bool posted, unsigned int dwords, unsigned int most_posted,
			 unsigned int most_data, unsigned int most_non_posted) const
	{
		if (!posted)
			return most_non_posted == 0 || non_posted_ < most_non_posted;
		return (most_posted == 0 || posted_ < most_posted) &&
		       (most_data == 0 || data_ + units(dwords) <= most_data);
	}

	void take(bool posted, unsigned int dwords, uint64_t until)
	{
		used_.push_back({until, posted, posted ? units(dwords) : 0});
		(posted ? posted_ : non_posted_)++;
		data_ += used_.back().data;
	}

	void give_back(uint64_t now)
	{
		while (!used_.empty() && used_.front().until <= now) {
			const Used &used = used_.front();

			(used.posted ? posted_ : non_posted_)--;
			data_ -= used.data;
			used_.pop_front();
		}
	}
};

} // namespace pcie

#endif /* CREDITS_HPP */
