/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card DRAM behind a port of dram_pkg, for tests of those who have such a port: a memory
 * that answers after a latency, with random additions and gaps, and does everything in
 * the order in which it was asked for.
 */
#ifndef CARD_DRAM_HPP
#define CARD_DRAM_HPP

#include <deque>
#include <set>
#include <vector>

#include "stream.hpp"

namespace rtl
{

/* The streams of a port; Model has them by the names that begin with req, wdata, rdata. */
struct DramPorts {
	CData *req_valid, *req_ready;
	const QData *req;
	CData *wdata_valid, *wdata_ready;
	const VlWide<18> *wdata;
	CData *rdata_valid;
	VlWide<17> *rdata;
};

struct DramManner {
	/* Cycles from a request's acceptance to its first line. */
	unsigned int latency = 45;
	/* Most cycles more, drawn for each request. */
	unsigned int more = 0;
	Pace requests, writes, reads;
};

class CardDram
{
	struct Request {
		bool write;
		uint64_t line;
		unsigned int left;
		uint64_t due;
	};

	DramPorts ports_;
	uint8_t *bytes_;
	size_t size_;
	DramManner manner_;
	Random random_;
	Pacer requests_, writes_, reads_;
	std::deque<Request> queue_;
	std::deque<VlWide<18>> lines_;
	uint64_t now_ = 0;
	uint64_t reads_done_ = 0, writes_done_ = 0;
	std::set<uint64_t> broken_;
	bool takes_request_ = false, takes_line_ = false;
	QData request_ = 0;
	VlWide<18> line_{};

	void serve_write()
	{
		Request &request = queue_.front();
		uint8_t data[72];

		if (lines_.empty())
			return;
		std::memcpy(data, &lines_.front(), sizeof(data));
		for (unsigned int n = 0; n < 64; n++) {
			if (data[64 + n / 8] >> n % 8 & 1)
				bytes_[request.line * 64 + n] = data[n];
		}
		lines_.pop_front();
		writes_done_++;
		request.line++;
		if (--request.left == 0)
			queue_.pop_front();
	}

	bool serve_read()
	{
		Request &request = queue_.front();

		if (request.due > now_ || !reads_.next())
			return false;
		std::memcpy(ports_.rdata, &bytes_[request.line * 64], 64);
		set_bits(*ports_.rdata, 512, 1, request.left == 1);
		set_bits(*ports_.rdata, 513, 1, broken_.count(request.line));
		reads_done_++;
		request.line++;
		if (--request.left == 0)
			queue_.pop_front();
		return true;
	}

      public:
	/* bytes: a whole number of lines. */
	CardDram(const DramPorts &ports, std::vector<uint8_t> &bytes, uint64_t seed)
	    : CardDram(ports, bytes.data(), bytes.size(), seed)
	{
	}

	CardDram(const DramPorts &ports, uint8_t *bytes, size_t size, uint64_t seed)
	    : ports_(ports), bytes_(bytes), size_(size), random_(seed), requests_(seed + 1),
	      writes_(seed + 2), reads_(seed + 3)
	{
		*ports_.req_ready = *ports_.wdata_ready = *ports_.rdata_valid = 0;
	}

	void manner(const DramManner &manner)
	{
		manner_ = manner;
		requests_.set(manner.requests);
		writes_.set(manner.writes);
		reads_.set(manner.reads);
	}

	/* Reads of this line come with the mark of an error. */
	void break_line(uint64_t line)
	{
		broken_.insert(line);
	}

	void mend()
	{
		broken_.clear();
	}

	bool idle() const
	{
		return queue_.empty() && lines_.empty();
	}

	uint64_t lines_read() const
	{
		return reads_done_;
	}

	uint64_t lines_written() const
	{
		return writes_done_;
	}

	void before()
	{
		*ports_.req_ready = requests_.next();
		*ports_.wdata_ready = writes_.next();
		*ports_.rdata_valid = 0;
		while (!queue_.empty() && queue_.front().write && !lines_.empty())
			serve_write();
		if (!queue_.empty() && !queue_.front().write)
			*ports_.rdata_valid = serve_read();
		takes_request_ = *ports_.req_valid && *ports_.req_ready;
		takes_line_ = *ports_.wdata_valid && *ports_.wdata_ready;
		request_ = *ports_.req;
		line_ = *ports_.wdata;
	}

	void after(uint64_t now)
	{
		now_ = now;
		if (*ports_.rdata_valid)
			std::memset(static_cast<void *>(ports_.rdata), 0x5a, 64);
		if (takes_request_) {
			Request request = {bool(request_ >> 37 & 1), request_ >> 7 & 0x3fffffff,
					   unsigned(request_ & 0x7f), now + manner_.latency};

			if (manner_.more)
				request.due += random_.below(manner_.more + 1);
			if (request.left == 0 || request.left > 64 ||
			    (request.line + request.left) * 64 > size_)
				throw Broken("a request outside of the memory");
			queue_.push_back(request);
		}
		if (takes_line_)
			lines_.push_back(line_);
	}
};

template <class Model> DramPorts dram_ports(Model &model)
{
	return {&model->req_valid_o,   &model->req_ready_i,   &model->req_o,
		&model->wdata_valid_o, &model->wdata_ready_i, &model->wdata_o,
		&model->rdata_valid_i, &model->rdata_i};
}

} // namespace rtl

#endif /* CARD_DRAM_HPP */
