/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of one port of dram_pkg: a memory of lines that honours the order in
 * which requests were accepted, with a latency and random gaps. The test itself may write
 * in the same order, as some other port of the card would.
 */
#ifndef LINE_MEMORY_HPP
#define LINE_MEMORY_HPP

#include <deque>
#include <set>
#include <vector>

#include "stream.hpp"

namespace rtl
{

template <class Model> class LineMemory
{
	struct Item {
		enum { READ, WRITE, OTHER } kind;
		uint64_t line;
		unsigned int lines;
		uint64_t due;
		/* OTHER: bytes that somebody else writes. */
		uint64_t at;
		uint64_t count;
		uint8_t value;
	};

	Clocked<Model> &model_;
	std::vector<uint8_t> &bytes_;
	Random random_;
	Pacer req_pacer_, wdata_pacer_;
	std::deque<Item> items_;
	std::deque<VlWide<18>> wdata_;
	unsigned int done_ = 0;
	uint64_t last_due_ = 0;
	bool req_taken_ = false, wdata_taken_ = false;
	QData req_ = 0;
	VlWide<18> wdata_in_;
	uint64_t now_ = 0;

	bool serve()
	{
		if (items_.empty())
			return false;
		Item &item = items_.front();

		if (item.kind == Item::OTHER) {
			std::memset(&bytes_[item.at], item.value, item.count);
			items_.pop_front();
			return true;
		}
		if ((item.line + item.lines) * 64 > bytes_.size())
			throw Broken("a request beyond memory");
		if (item.kind == Item::WRITE) {
			if (wdata_.empty())
				return false;
			uint8_t *to = &bytes_[(item.line + done_) * 64];
			const uint8_t *from = reinterpret_cast<const uint8_t *>(&wdata_.front());
			uint64_t strb = get_bits(wdata_.front(), 512, 64);

			for (unsigned int n = 0; n < 64; n++)
				if (strb >> n & 1)
					to[n] = from[n];
			wdata_.pop_front();
		} else {
			if (now_ < item.due)
				return false;
			uint64_t line = item.line + done_;
			bool last = done_ + 1 == item.lines;

			std::memcpy(&model_->rdata_i, &bytes_[line * 64], 64);
			set_bits(model_->rdata_i, 512, 2, last | (errors.count(line) ? 2 : 0));
			model_->rdata_valid_i = 1;
		}
		if (++done_ == item.lines) {
			done_ = 0;
			bool read = item.kind == Item::READ;

			items_.pop_front();
			return !read;
		}
		return item.kind == Item::WRITE;
	}

      public:
	/* A read's first line comes so many cycles after the request, at least. */
	unsigned int latency = 45;
	unsigned int more_latency = 0;
	/* Lines that cannot be read. */
	std::set<uint64_t> errors;
	uint64_t reads = 0, writes = 0;

	LineMemory(Clocked<Model> &model, std::vector<uint8_t> &bytes, uint64_t seed)
	    : model_(model), bytes_(bytes), random_(seed), req_pacer_(seed + 1),
	      wdata_pacer_(seed + 2)
	{
		model_->rdata_valid_i = 0;
		model_->req_ready_i = 0;
		model_->wdata_ready_i = 0;
	}

	void pace(Pace pace)
	{
		req_pacer_.set(pace);
		wdata_pacer_.set(pace);
	}

	/* As if a port other than the model's wrote, accepted now. */
	void write(uint64_t at, uint64_t count, uint8_t value)
	{
		items_.push_back({Item::OTHER, 0, 0, 0, at, count, value});
	}

	bool idle() const
	{
		return items_.empty();
	}

	void before()
	{
		model_->req_ready_i = req_pacer_.next();
		model_->wdata_ready_i = wdata_pacer_.next();
		req_taken_ = model_->req_valid_o && model_->req_ready_i;
		wdata_taken_ = model_->wdata_valid_o && model_->wdata_ready_i;
		req_ = model_->req_o;
		if (wdata_taken_)
			wdata_in_ = model_->wdata_o;
		model_->rdata_valid_i = 0;
		std::memset(static_cast<void *>(&model_->rdata_i), 0x5a, 64);
		while (serve())
			;
	}

	void after(uint64_t now)
	{
		now_ = now;
		if (wdata_taken_)
			wdata_.push_back(wdata_in_);
		if (req_taken_) {
			bool is_write = req_ >> 37 & 1;
			uint64_t due =
			    now + latency - 1 + (more_latency ? random_.below(more_latency) : 0);

			(is_write ? writes : reads)++;
			items_.push_back({is_write ? Item::WRITE : Item::READ,
					  req_ >> 7 & 0x3fffffff, unsigned(req_ & 127), due, 0, 0,
					  0});
		}
	}
};

} // namespace rtl

#endif /* LINE_MEMORY_HPP */
