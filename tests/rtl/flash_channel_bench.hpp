/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flash_channel with dies at its pins (nand_die.hpp), and what it owes whoever uses it, checked
 * in every cycle: offered beats stay, data belong to a read that is open, each request has
 * one end, and that comes behind its data.
 */
#ifndef FLASH_CHANNEL_BENCH_HPP
#define FLASH_CHANNEL_BENCH_HPP

#include <array>
#include <deque>
#include <map>
#include <memory>

#include "bch_reference.hpp"
#include "nand_die.hpp"
#include "stream.hpp"
#include "tap.hpp"

namespace channel
{

constexpr unsigned int DIES = 4, READ_DELAY = 2;

enum Op { READ, PROGRAM, ERASE, MARK, RESET, STATUS };
enum Result { DONE, FAILED, SILENT, UNCORRECTABLE, REFUSED };

struct Request {
	Op op;
	unsigned int die, block = 0, page = 0, first = 0, count = 0;
};

struct Found {
	unsigned int corrected;
	bool uncorrectable, erased;

	explicit Found(unsigned int bits = 0)
	    : corrected(bits & 0x7f), uncorrectable(bits >> 7 & 1), erased(bits >> 8 & 1)
	{
	}
	bool operator==(const Found &other) const
	{
		return corrected == other.corrected && uncorrectable == other.uncorrectable &&
		       erased == other.erased;
	}
};

struct End {
	unsigned int result, die, tag, status;
	Found found;
	Bytes data;
	uint64_t when;
};

/* What stands on flash: scrambled by definition, one bit after the other, and coded. */
inline Bytes stored_page(const Bytes &data, uint32_t row)
{
	Bytes stored;

	for (unsigned int chunk = 0; chunk * bch::DATA < data.size(); chunk++) {
		uint64_t product =
		    ((uint64_t(row) << 8 | chunk) + 1) * 0x9e3779b97f4bull & 0xffffffffffffull;
		uint64_t state = product << 16 | (~product & 0xffff);
		Bytes mixed(data.begin() + chunk * bch::DATA,
			    data.begin() + (chunk + 1) * bch::DATA);

		for (unsigned int word = 0; word < bch::DATA / 4; word++) {
			for (unsigned int n = 0; n < 4; n++)
				mixed[4 * word + n] ^= uint8_t(state >> (32 + 8 * n));
			for (unsigned int n = 0; n < 32; n++)
				state = state << 1 ^ (state >> 63 ? 0x1b : 0);
		}
		Bytes coded = bch::encode(mixed);

		stored.insert(stored.end(), coded.begin(), coded.end());
	}
	return stored;
}

template <class Model, unsigned int CHUNKS> class Bench
{
	rtl::Clocked<Model> dut_;
	rtl::Pacer in_pacer_, out_pacer_, end_pacer_;
	std::array<uint8_t, READ_DELAY> line_{};
	std::deque<std::pair<uint64_t, unsigned int>> requests_;
	std::deque<uint8_t> in_;
	struct Open {
		Request request;
		Bytes data;
		bool last = false;
		Found found{};
	};
	std::map<unsigned int, Open> open_; /* by tag */
	unsigned int tag_ = 0;
	uint64_t held_ = 0;
	bool holds_ = false;

	void put(uint32_t word, unsigned int tag, unsigned int die, bool last, unsigned int found)
	{
		auto at = open_.find(tag);

		tap_check(at != open_.end() && at->second.request.op == READ &&
			      at->second.request.die == die && !at->second.last,
			  "data that nobody asked for");
		for (unsigned int n = 0; n < 4; n++)
			at->second.data.push_back(uint8_t(word >> 8 * n));
		at->second.last = last;
		if (last)
			at->second.found = Found(found);
		tap_check(last == (at->second.data.size() == at->second.request.count * bch::DATA),
			  "length of a read's data");
	}

	void end(uint64_t e)
	{
		unsigned int tag = unsigned(e >> 17 & 0xff);
		auto at = open_.find(tag);

		tap_check(at != open_.end(), "an end without a request");
		Open &open = at->second;
		End made{unsigned(e >> 28 & 7),
			 unsigned(e >> 25 & 7),
			 tag,
			 unsigned(e >> 9 & 0xff),
			 Found(e & 0x1ff),
			 open.data,
			 now()};
		bool delivered = open.request.op == READ &&
				 (made.result == DONE || made.result == UNCORRECTABLE);

		tap_check(made.die == open.request.die, "die of an end");
		tap_check(delivered == open.last && delivered == !open.data.empty(),
			  "an end before its data, or data of no use");
		tap_check(made.found == open.found, "end and last beat disagree");
		tap_check((made.result == UNCORRECTABLE) == made.found.uncorrectable,
			  "uncorrectable");
		ends.push_back(made);
		open_.erase(at);
	}

      public:
	static constexpr unsigned int PAGE = CHUNKS * bch::DATA;

	rtl::Random random;
	std::vector<std::unique_ptr<onfi::Die>> dies;
	std::deque<End> ends;
	bool no_ready_pins = false;

	explicit Bench(uint64_t seed, onfi::Times times = {})
	    : dut_(seed), in_pacer_(seed + 1), out_pacer_(seed + 2), end_pacer_(seed + 3),
	      random(seed + 4)
	{
		for (unsigned int n = 0; n < DIES; n++) {
			dies.push_back(std::make_unique<onfi::Die>(seed + 10 + n, times));
			dies[n]->page_bytes = CHUNKS * bch::STORED + 64;
		}
		dut_->dq_i = 0;
		dut_->ready_i = 0xf;
		quiet();
		dut_.reset();
	}

	void quiet()
	{
		dut_->request_valid_i = 0;
		dut_->in_valid_i = 0;
		dut_->out_ready_i = 0;
		dut_->end_ready_i = 0;
	}

	void pace(rtl::Pace in, rtl::Pace out, rtl::Pace end)
	{
		in_pacer_.set(in);
		out_pacer_.set(out);
		end_pacer_.set(end);
	}

	/* The channel forgets everything; what was asked of it is forgotten, too. */
	void reset()
	{
		requests_.clear();
		in_.clear();
		open_.clear();
		ends.clear();
		holds_ = false;
		quiet();
		dut_->rst_ni = 0;
		for (unsigned int n = 0; n < 40; n++) {
			pins();
			dut_.edge();
		}
		dut_->rst_ni = 1;
	}

	/* Returns its tag. */
	unsigned int send(const Request &r, const Bytes &data = {})
	{
		while (open_.count(tag_ & 0xff))
			tag_++;
		unsigned int tag = tag_++ & 0xff;

		requests_.push_back({uint64_t(r.op) << 59 | uint64_t(r.die) << 56 |
					 uint64_t(r.block) << 40 | uint64_t(r.page) << 24 |
					 uint64_t(r.first) << 16 | uint64_t(r.count) << 8 | tag,
				     tag});
		open_[tag] = {r, {}, false, Found()};
		in_.insert(in_.end(), data.begin(), data.end());
		return tag;
	}

	size_t open() const
	{
		return open_.size();
	}

	uint64_t stat(unsigned int which)
	{
		return rtl::get_bits(dut_->stats_o, 32 * (7 - which), 32);
	}
	uint64_t bus_stat(unsigned int which)
	{
		return rtl::get_bits(dut_->bus_stats_o, 32 * (8 - which), 32);
	}
	uint64_t read_stat(unsigned int which)
	{
		return rtl::get_bits(dut_->read_stats_o, 32 * (8 - which), 32);
	}
	uint64_t program_stat(unsigned int which)
	{
		return rtl::get_bits(dut_->program_stats_o, 32 * (8 - which), 32);
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	/* Data that were not taken. */
	size_t left() const
	{
		return in_.size();
	}

	void pins()
	{
		uint8_t byte = uint8_t(random());
		unsigned int selected = 0, driven = 0, ready = 0;

		for (unsigned int n = 0; n < DIES; n++) {
			bool ce = !(dut_->ce_no >> n & 1);

			selected += ce;
			driven += dies[n]->cycle({ce, dut_->cle_o != 0, dut_->ale_o != 0,
						  !dut_->we_no, !dut_->re_no, dut_->dq_o},
						 byte);
			ready |= unsigned(no_ready_pins || dies[n]->ready()) << n;
		}
		tap_check(selected <= 1, "two dies selected");
		tap_check(!driven || !dut_->dq_oe_o, "both drive DQ");
		dut_->dq_i = line_[READ_DELAY - 1];
		for (unsigned int n = READ_DELAY - 1; n > 0; n--)
			line_[n] = line_[n - 1];
		line_[0] = byte;
		dut_->ready_i = CData(ready);
	}

	void cycle()
	{
		pins();
		if (!dut_->request_valid_i && !requests_.empty()) {
			dut_->request_i = requests_.front().first;
			dut_->request_valid_i = 1;
		}
		if (!dut_->in_valid_i && in_.size() >= 4 && in_pacer_.next()) {
			dut_->in_data_i = unsigned(in_[0]) | unsigned(in_[1]) << 8 |
					  unsigned(in_[2]) << 16 | unsigned(in_[3]) << 24;
			dut_->in_valid_i = 1;
		}
		dut_->out_ready_i = out_pacer_.next();
		dut_->end_ready_i = end_pacer_.next();

		bool request_taken = dut_->request_valid_i && dut_->request_ready_o;
		bool in_taken = dut_->in_valid_i && dut_->in_ready_o;
		uint64_t beat = uint64_t(dut_->out_data_o) | uint64_t(dut_->out_tag_o) << 32 |
				uint64_t(dut_->out_last_o) << 40 | uint64_t(dut_->out_die_o) << 41 |
				uint64_t(dut_->out_last_o ? dut_->out_found_o : 0) << 44;

		tap_check(!holds_ || (dut_->out_valid_o && beat == held_),
			  "a beat that was offered has changed");
		holds_ = dut_->out_valid_o && !dut_->out_ready_i;
		held_ = beat;
		if (dut_->out_valid_o && dut_->out_ready_i)
			put(dut_->out_data_o, dut_->out_tag_o, dut_->out_die_o,
			    dut_->out_last_o != 0, dut_->out_found_o);
		if (dut_->end_valid_o && dut_->end_ready_i)
			end(dut_->end_o);
		dut_.edge();
		if (request_taken) {
			requests_.pop_front();
			dut_->request_valid_i = 0;
		}
		if (in_taken) {
			in_.erase(in_.begin(), in_.begin() + 4);
			dut_->in_valid_i = 0;
		}
	}

	void wait(size_t count)
	{
		uint64_t limit = now() + 300000 + 200000 * count;

		while (ends.size() < count) {
			cycle();
			tap_check(now() < limit, "it hangs");
		}
	}

	/* Sends and waits. */
	End run(const Request &r, const Bytes &data = {})
	{
		unsigned int tag = send(r, data);

		wait(1);
		End made = ends.front();
		ends.pop_front();
		tap_check(made.tag == tag && made.die == r.die, "whose end is it");
		return made;
	}

	Bytes bytes(size_t count = PAGE)
	{
		Bytes made(count);

		for (auto &byte : made)
			byte = uint8_t(random());
		return made;
	}
};

/* Other places in each call's chunk are wrong, of data and parity. */
inline void flip(Bytes &page, unsigned int chunk, unsigned int bits, rtl::Random &random)
{
	std::set<unsigned int> places;

	while (places.size() < bits)
		places.insert(unsigned(random.below(8 * (bch::DATA + bch::PARITY))));
	for (unsigned int place : places)
		page[chunk * bch::STORED + place / 8] ^= uint8_t(1u << place % 8);
}

} /* namespace channel */

#endif /* FLASH_CHANNEL_BENCH_HPP */
