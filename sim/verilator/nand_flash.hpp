/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAND flash at the card's pins: dies that check times and rules there (nand_die.hpp), with the
 * physics of sim/nand behind them. The pins' part has commands, status and the card's time;
 * the model has what is stored, in the form in which the channel stores it, and what becomes of
 * it: bad blocks, wear, raw bit errors (so many as it draws for each codeword, at places
 * drawn here), pages and blocks that lost power in the middle.
 *
 *	onfi::Flash flash(model, shape, period, seed);
 *	answer = flash.cycle(number, bus);	of channel number, before each of the card's clock
 *edges
 */
#ifndef NAND_FLASH_HPP
#define NAND_FLASH_HPP

#include <array>
#include <memory>
#include <set>
#include <vector>

/* Functions and structs of one name. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "nand.h"
#pragma GCC diagnostic pop
#include "nand_die.hpp"
#include "nand_shape.hpp"

namespace onfi
{

/* rtl/flash/flash_bch_pkg.sv: a chunk of 1 KiB as it is stored; corrected in it at most. */
constexpr unsigned int chunk_bytes = 1024, stored_bytes = 1096, correctable = 40;

/* The model for so many channels of so many dies. */
inline nand_config config_of(const Shape &shape, unsigned int channels, unsigned int dies,
			     unsigned int chunks, unsigned int pages, uint64_t seed)
{
	nand_config config{};

	config.channels = channels;
	config.dies = dies;
	config.planes = 1;
	config.blocks = shape.blocks;
	config.pages = pages;
	config.page_bytes = chunks * stored_bytes;
	config.codeword_bytes = stored_bytes;
	config.correctable = correctable;
	config.bus_mb_s = 1000000; /* the bus is the pins' */
	config.factory_bad = shape.bad;
	config.endurance = shape.endurance;
	config.bits = shape.bits;
	config.bits_erases = shape.bits_erases;
	config.bits_reads = shape.bits_reads;
	config.bits_days = shape.bits_days;
	config.seed = seed;
	return config;
}

/* A die whose array is one of the model's. */
class ModelDie : public Die
{
	struct nand *model_;
	unsigned int number_, pages_;

	void rule(bool good) const
	{
		if (!good && !nand_is_off(model_))
			throw rtl::Broken("flash: the array was at work");
	}

	void array_read() override
	{
		cache_.assign(nand_config_of(model_)->page_bytes, 0);
		rule(nand_read(model_, number_, row_ / pages_, row_ % pages_, cache_.data()));
	}

	void array_program() override
	{
		Bytes page = input_;

		page.resize(nand_config_of(model_)->page_bytes, 0xff);
		rule(nand_program(model_, number_, row_ / pages_, row_ % pages_, page.data()));
	}

	void array_erase() override
	{
		rule(nand_erase(model_, number_, row_ / pages_));
	}

	void array_tear() override
	{
		nand_abort(model_, number_);
	}

	void array_over() override
	{
		uint32_t corrected;
		nand_result result = nand_end(model_, number_, &corrected);

		if (result == NAND_MISUSE)
			throw rtl::Broken("flash: misused");
		fail_ = result == NAND_FAILED;
		if (changing_ || result == NAND_OFF || cache_.empty())
			return;
		for (unsigned int word = 0; word * stored_bytes < cache_.size(); word++)
			flip(word, nand_wrong_bits(model_, number_, word));
		/* Behind the page's data, as its maker counts. */
		if (row_ % pages_ == 0 && nand_factory_bad(model_, number_, row_ / pages_))
			cache_[cache_.size() / stored_bytes * chunk_bytes] = 0;
	}

	void flip(unsigned int word, unsigned int bits)
	{
		std::set<unsigned int> places;

		/* More make no difference: it is noise. */
		bits = std::min(bits, 4u * unsigned(stored_bytes));
		while (places.size() < bits)
			places.insert(unsigned(random_.below(8 * stored_bytes)));
		for (unsigned int place : places)
			cache_[word * stored_bytes + place / 8] ^= uint8_t(1u << place % 8);
	}

      public:
	ModelDie(struct nand *model, unsigned int number, uint64_t seed, const Times &times)
	    : Die(seed, times), model_(model), number_(number), pages_(nand_config_of(model)->pages)
	{
		page_bytes = nand_config_of(model)->page_bytes;
	}
};

/* A bus's pins, as the card's top has them for one channel. */
struct Bus {
	unsigned int ce_n; /* a bit a die */
	bool cle, ale, we_n, re_n, dq_oe;
	uint8_t dq;
};

struct Answer {
	uint8_t dq;
	unsigned int ready; /* a bit a die */
};

class Flash
{
	struct nand *model_;
	unsigned int dies_;
	struct Channel {
		std::vector<std::unique_ptr<ModelDie>> dies;
		/* Bytes on their way back, as flash_sequencer's ReadDelay. */
		std::array<uint8_t, 2> line{};
	};
	std::vector<Channel> channels_;

      public:
	Flash(struct nand *model, const Shape &shape, unsigned int period, uint64_t seed)
	    : model_(model), dies_(nand_config_of(model)->dies)
	{
		Times times;

		times.read = unsigned(shape.read);
		times.program = unsigned(shape.program);
		times.erase = unsigned(shape.erase);
		times.reset = unsigned(shape.reset);
		times.period = period;
		channels_.resize(nand_config_of(model)->channels);
		for (unsigned int n = 0; n < nand_dies(model); n++)
			channels_[n / dies_].dies.push_back(
			    std::make_unique<ModelDie>(model, n, seed + n, times));
	}

	unsigned int channels() const
	{
		return unsigned(channels_.size());
	}

	Die &die(unsigned int number)
	{
		return *channels_[number / dies_].dies[number % dies_];
	}

	/* Power goes, and comes. */
	void power_cycle()
	{
		if (!nand_is_off(model_))
			nand_cut_now(model_);
		for (auto &channel : channels_)
			for (auto &die : channel.dies)
				die->lose_power();
		nand_power_on(model_);
	}

	Answer cycle(unsigned int number, const Bus &bus)
	{
		Channel &channel = channels_[number];
		Answer answer{channel.line[1], 0};
		uint8_t byte = 0xff;
		unsigned int selected = 0, driven = 0;

		if (nand_is_off(model_))
			return {0xff, 0};
		for (unsigned int n = 0; n < dies_; n++) {
			bool ce = !(bus.ce_n >> n & 1);

			selected += ce;
			driven += channel.dies[n]->cycle(
			    {ce, bus.cle, bus.ale, !bus.we_n, !bus.re_n, bus.dq}, byte);
			answer.ready |= unsigned(channel.dies[n]->ready()) << n;
		}
		if (selected > 1)
			throw rtl::Broken("flash: two dies are selected");
		if (driven && bus.dq_oe)
			throw rtl::Broken("flash: both sides drive DQ");
		channel.line[1] = channel.line[0];
		channel.line[0] = byte;
		return answer;
	}
};

} // namespace onfi

#endif /* NAND_FLASH_HPP */
