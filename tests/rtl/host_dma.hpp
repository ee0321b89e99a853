/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's memory as blocks of the card see it through rtl/pcie/dma_pkg.sv: reads are
 * answered line by line in any order, also between each other, or fail; writes are kept.
 * Every rule of that package is checked.
 */
#ifndef HOST_DMA_HPP
#define HOST_DMA_HPP

#include <array>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "dma_bits.hpp"
#include "stream.hpp"

namespace rtl
{

using HostLine = std::array<uint8_t, 64>;

/* Lines by number; those that are not there cannot be read. */
using HostMemory = std::map<uint64_t, HostLine>;

struct HostTiming {
	/* Cycles from request to the first line that may come. */
	unsigned int latency = 0;
	/* Percent of the cycles in which a line comes, if one can. */
	unsigned int busy = 100;
	/* Lines of a request come in any order, also beside other requests'. */
	bool shuffled = false;
};

/* Answers a stream of read_req_t; to be used as a stream of rtl::cycle(). */
class HostReads
{
	struct Read {
		uint64_t line;
		unsigned int tag;
		bool probe;
		uint64_t from;
		std::vector<unsigned int> left;
	};

	const CData *valid_;
	CData *ready_;
	const VlWide<3> *request_;
	CData *answer_valid_;
	VlWide<17> *answer_;
	HostMemory &memory_;
	Random random_;
	Pacer pacer_;
	HostTiming timing_;
	std::deque<Read> reads_;
	std::set<uint64_t> swallowed_;
	uint64_t now_ = 0, lines_ = 0, requests_ = 0;

	void accept()
	{
		Read read{get_bits(*request_, read_line_at, 58),
			  unsigned(get_bits(*request_, 0, dma_tag_bits)),
			  get_bits(*request_, read_probe_at, 1) != 0,
			  now_ + timing_.latency,
			  {}};
		unsigned int lines = unsigned(get_bits(*request_, read_lines_at, 7));

		if (lines < 1 || lines > 64 || (read.probe && lines != 1) ||
		    read.line / 64 != (read.line + lines - 1) / 64)
			throw Broken("a read of " + std::to_string(lines) + " lines from line " +
				     std::to_string(read.line));
		for (const Read &other : reads_) {
			if (other.tag == read.tag)
				throw Broken("a tag is used twice");
		}
		for (unsigned int n = 0; n < lines; n++)
			read.left.push_back(n);
		reads_.push_back(read);
		requests_++;
	}

	void answer()
	{
		*answer_valid_ = 0;
		std::memset(static_cast<void *>(answer_), 0x5a, sizeof(*answer_) - 4);
		if (reads_.empty() || random_.below(100) >= timing_.busy)
			return;

		size_t at = timing_.shuffled ? random_.below(reads_.size()) : 0;
		Read &read = reads_[at];

		if (now_ < read.from)
			return;

		size_t which = timing_.shuffled ? random_.below(read.left.size()) : 0;
		unsigned int offset = read.left[which];
		auto line = memory_.find(read.line + offset);
		bool error = line == memory_.end();

		/* An error may stand for many lines. */
		if (error && random_.one_in(2)) {
			for (unsigned int n : read.left)
				swallowed_.insert(read.line + n);
			read.left.clear();
		} else {
			read.left.erase(read.left.begin() + long(which));
		}
		set_bits(*answer_, rsp_tag_at, dma_tag_bits, read.tag);
		set_bits(*answer_, rsp_error_at, 1, error);
		set_bits(*answer_, rsp_last_at, 1, read.left.empty());
		set_bits(*answer_, rsp_offset_at, 6, error ? random_.below(64) : offset);
		if (!error && !read.probe)
			std::memcpy(static_cast<void *>(answer_), line->second.data(), 64);
		*answer_valid_ = 1;
		lines_ += !error;
		if (read.left.empty())
			reads_.erase(reads_.begin() + long(at));
	}

      public:
	HostReads(const CData *valid, CData *ready, const VlWide<3> *request, CData *answer_valid,
		  VlWide<17> *answer, HostMemory &memory, uint64_t seed)
	    : valid_(valid), ready_(ready), request_(request), answer_valid_(answer_valid),
	      answer_(answer), memory_(memory), random_(seed), pacer_(seed + 1)
	{
		*ready_ = 0;
		*answer_valid_ = 0;
	}

	void timing(HostTiming timing)
	{
		timing_ = timing;
	}

	void pace(Pace pace)
	{
		pacer_.set(pace);
	}

	bool idle() const
	{
		return reads_.empty();
	}

	/* An error stood for this line, whether it is there or not. */
	bool swallowed(uint64_t line) const
	{
		return swallowed_.count(line) != 0;
	}

	uint64_t requests() const
	{
		return requests_;
	}

	void before()
	{
		answer();
		*ready_ = pacer_.next();
		if (*valid_ && *ready_)
			accept();
		now_++;
	}

	void after(uint64_t)
	{
	}

	void reset()
	{
		reads_.clear();
		*answer_valid_ = 0;
	}
};

/* A write as it was accepted, with its data. */
struct HostWrite {
	uint64_t addr;
	unsigned int tag;
	std::vector<uint8_t> data;
};

/* Takes a stream of write_req_t and its data. */
class HostWrites
{
	const CData *valid_, *data_valid_;
	CData *ready_, *data_ready_;
	const VlWide<3> *request_;
	const VlWide<16> *data_;
	Pacer pacer_, data_pacer_;
	std::deque<HostWrite> open_;
	std::deque<HostWrite> done_;
	std::deque<size_t> lengths_;

      public:
	HostWrites(const CData *valid, CData *ready, const VlWide<3> *request,
		   const CData *data_valid, CData *data_ready, const VlWide<16> *data,
		   uint64_t seed)
	    : valid_(valid), data_valid_(data_valid), ready_(ready), data_ready_(data_ready),
	      request_(request), data_(data), pacer_(seed), data_pacer_(seed + 1)
	{
	}

	void pace(Pace pace)
	{
		pacer_.set(pace);
		data_pacer_.set(pace);
	}

	std::deque<HostWrite> &done()
	{
		return done_;
	}

	void before()
	{
		*ready_ = pacer_.next();
		*data_ready_ = data_pacer_.next() && !open_.empty();
		if (*data_valid_ && *data_ready_) {
			HostWrite &write = open_.front();
			size_t left = lengths_.front() - write.data.size();
			const uint8_t *bytes = reinterpret_cast<const uint8_t *>(data_);

			write.data.insert(write.data.end(), bytes,
					  bytes + std::min<size_t>(left, 64));
			if (write.data.size() == lengths_.front()) {
				done_.push_back(write);
				open_.pop_front();
				lengths_.pop_front();
			}
		}
		if (*valid_ && *ready_) {
			size_t dwords = get_bits(*request_, write_dwords_at, 11);
			uint64_t addr = get_bits(*request_, write_dword_at, 62) << 2;

			if (dwords < 1 || dwords > 1024 ||
			    addr >> 12 != (addr + 4 * dwords - 1) >> 12)
				throw Broken("a write of " + std::to_string(dwords) +
					     " dwords at " + std::to_string(addr));
			open_.push_back({addr, unsigned(get_bits(*request_, 0, dma_tag_bits)), {}});
			lengths_.push_back(4 * dwords);
		}
	}

	void after(uint64_t)
	{
	}
};

} // namespace rtl

#endif /* HOST_DMA_HPP */
