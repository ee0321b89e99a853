/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A NAND die at the pins of flash_sequencer, for its tests: ONFI commands, status, ready/busy,
 * minimum times and the rules of programming, each checked; pages that fail, bits that flip, a
 * die that hangs, power that goes. Pages are kept in a map: it is no model of flash's physics,
 * which sim/verilator/nand_flash.hpp puts in its place.
 */
#ifndef NAND_DIE_HPP
#define NAND_DIE_HPP

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "stream.hpp"

namespace onfi
{

struct Pins {
	bool ce, cle, ale, we, re; /* active */
	uint8_t dq;
};

/* In cycles. */
struct Times {
	unsigned int read = 300, program = 900, erase = 2000, reset = 200, dummy = 20, wb = 10;
	unsigned int whr = 20, adl = 100, ccs = 125, rhw = 25, period = 5;
};

class Die
{
      protected:
	using Bytes = std::vector<uint8_t>;

	rtl::Random random_;
	Bytes cache_, input_; /* what was read; what is to be programmed */
	unsigned int row_ = 0;
	bool fail_ = false, changing_ = false;

      private:
	enum class Out { nothing, status, page, id, params };

	Times times_;
	std::map<uint32_t, Bytes> pages_;
	std::map<uint32_t, unsigned int> next_page_; /* of a block */
	Bytes address_;
	unsigned int command_ = 0, column_ = 0;
	Out out_ = Out::nothing, returns_ = Out::nothing;
	uint64_t now_ = 0, ready_at_ = 0, strobe_at_ = 0, command_at_ = 0, address_at_ = 0,
		 read_at_ = 0, column_at_ = 0;
	bool works_ = false;

	void need(bool condition, const char *what) const
	{
		if (!condition)
			throw std::runtime_error(std::string("die: ") + what);
	}

	void work(unsigned int cycles)
	{
		ready_at_ = hang ? ~0ull : now_ + times_.wb + cycles;
		works_ = true;
	}

	Bytes page(uint32_t row)
	{
		auto found = pages_.find(row);

		return found != pages_.end() ? found->second : Bytes(page_bytes, 0xff);
	}

	void take_address()
	{
		if (address_.size() == 5) {
			column_ = address_[0] | unsigned(address_[1]) << 8;
			row_ =
			    address_[2] | unsigned(address_[3]) << 8 | unsigned(address_[4]) << 16;
		}
	}

	/* What the array does, at row_: it begins; its work is over; a command or power has cut it
	 * off. The default has done all of it when it begins. */
	virtual void array_read()
	{
		cache_ = page(row_);
		if (wrong_bits)
			wrong_bits(row_, cache_);
	}

	virtual void array_program()
	{
		uint32_t block = row_ / PAGES;

		need(row_ % PAGES == next_page_[block], "page out of order in its block");
		next_page_[block]++;
		fail_ = fail_programs.count(row_) != 0;
		if (!fail_) {
			Bytes held = page(row_);

			for (size_t n = 0; n < input_.size() && column_ + n < page_bytes; n++)
				held[column_ + n] = input_[n];
			pages_[row_] = held;
		}
	}

	virtual void array_erase()
	{
		fail_ = fail_erases.count(row_ / PAGES) != 0;
		if (!fail_) {
			for (unsigned int n = 0; n < PAGES; n++)
				pages_.erase(row_ / PAGES * PAGES + n);
			next_page_[row_ / PAGES] = 0;
		}
	}

	virtual void array_over()
	{
	}

	/* A page that was being programmed is left with some of its bits. */
	virtual void array_tear()
	{
		if (changing_ && pages_.count(row_))
			for (auto &byte : pages_[row_])
				byte |= uint8_t(random_() & random_());
	}

	void tear()
	{
		if (busy() && works_)
			array_tear();
		works_ = false;
	}

	void confirm(uint8_t code)
	{
		switch (code) {
		case 0x30:
		case 0x32:
			need(command_ == 0x00 && address_.size() == 5, "30h without its address");
			take_address();
			returns_ = Out::page;
			fail_ = changing_ = false;
			reads++;
			array_read();
			work(code == 0x30 ? times_.read : times_.dummy);
			break;
		case 0x10:
		case 0x11:
			need(command_ == 0x80 && address_.size() == 5, "10h without its address");
			take_address();
			programs++;
			array_program();
			changing_ = true;
			work(code == 0x10 ? times_.program : times_.dummy);
			break;
		case 0xd0:
		case 0xd1:
			need(command_ == 0x60 && address_.size() == 3, "D0h without its row");
			row_ =
			    address_[0] | unsigned(address_[1]) << 8 | unsigned(address_[2]) << 16;
			erases++;
			array_erase();
			changing_ = true;
			work(code == 0xd0 ? times_.erase : times_.dummy);
			break;
		case 0xe0:
			need(command_ == 0x05 && address_.size() == 2, "E0h without its column");
			column_ = address_[0] | unsigned(address_[1]) << 8;
			column_at_ = now_;
			out_ = Out::page;
			break;
		default:
			need(false, "a command it does not know");
		}
		command_ = 0x100;
	}

	void command(uint8_t code)
	{
		need(!busy() || code == 0xff || code == 0x70 || code == 0x78,
		     "a command while it is busy");
		command_at_ = now_;
		switch (code) {
		case 0xff:
			tear();
			work(times_.reset);
			works_ = false;
			out_ = returns_ = Out::nothing;
			fail_ = false;
			break;
		case 0x70:
		case 0x78:
			out_ = Out::status;
			break;
		case 0x00:
			/* Back to data, or the beginning of a read. */
			out_ = returns_;
			address_.clear();
			break;
		case 0x90:
			out_ = Out::id;
			address_.clear();
			break;
		case 0xec:
			address_.clear();
			returns_ = Out::params;
			column_ = 0;
			break;
		case 0x05:
		case 0x60:
			address_.clear();
			break;
		case 0x80:
			address_.clear();
			input_.clear();
			break;
		default:
			confirm(code);
			return;
		}
		command_ = code;
	}

	uint8_t read()
	{
		uint8_t status = uint8_t(0x80 | (busy() ? 0 : 0x60) | fail_);

		need(now_ - command_at_ >= times_.whr, "tWHR");
		need(out_ == Out::status || !busy(), "data asked for while it is busy");
		switch (out_) {
		case Out::status:
			return status;
		case Out::page:
			need(column_at_ == 0 || now_ - column_at_ >= times_.ccs, "tCCS");
			return cache_.at(column_++);
		case Out::id:
			return uint8_t("ONFI"[column_++ % 4]);
		case Out::params:
			return uint8_t(3 * column_++ + 1);
		default:
			need(false, "RE# with nothing to read");
			return 0;
		}
	}

      public:
	static constexpr unsigned int PAGE = 2 * 1096 + 64, PAGES = 8;

	std::set<uint32_t> fail_programs, fail_erases; /* rows; blocks */
	std::function<void(uint32_t row, Bytes &page)> wrong_bits;
	bool hang = false;
	unsigned int page_bytes = PAGE; /* of an empty die */
	unsigned int reads = 0, programs = 0, erases = 0;

	explicit Die(uint64_t seed, Times times = {}) : random_(seed), times_(times)
	{
	}

	virtual ~Die() = default;

	bool busy() const
	{
		return now_ < ready_at_;
	}

	/* R/B#: falls within tWB of the command. */
	bool ready() const
	{
		return !busy() || now_ + 5 < command_at_ + times_.wb;
	}

	void revive()
	{
		hang = false;
		ready_at_ = now_ + 100;
	}

	void lose_power()
	{
		tear();
		ready_at_ = now_;
		strobe_at_ = read_at_ = column_at_ = 0;
		command_ = 0x100;
		out_ = returns_ = Out::nothing;
	}

	const Bytes *held(uint32_t row) const
	{
		auto found = pages_.find(row);

		return found != pages_.end() ? &found->second : nullptr;
	}

	/* A cycle's pins; true if the die answers with a byte. */
	bool cycle(const Pins &pins, uint8_t &answer)
	{
		now_++;
		if (!busy()) {
			if (works_)
				array_over();
			works_ = changing_ = false;
		}
		if (!pins.ce || (!pins.we && !pins.re))
			return false;
		need(!(pins.we && pins.re), "WE# and RE# at once");
		need(strobe_at_ == 0 || now_ - strobe_at_ >= times_.period, "tWC or tRC");
		strobe_at_ = now_;
		if (pins.re) {
			answer = read();
			read_at_ = now_;
			return true;
		}
		need(!(pins.cle && pins.ale), "CLE and ALE at once");
		need(read_at_ == 0 || now_ - read_at_ >= times_.rhw, "tRHW");
		if (pins.cle) {
			command(pins.dq);
		} else if (pins.ale) {
			address_.push_back(pins.dq);
			address_at_ = now_;
			if (command_ == 0x90 || command_ == 0xec) {
				column_ = pins.dq;
				if (command_ == 0xec) {
					work(times_.read);
					works_ = false;
				}
			}
		} else {
			need(command_ == 0x80, "data without 80h");
			need(!input_.empty() || now_ - address_at_ >= times_.adl, "tADL");
			input_.push_back(pins.dq);
		}
		return false;
	}
};

} /* namespace onfi */

#endif /* NAND_DIE_HPP */
