/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The RTL's CRC32C against include/crc32c.h: messages of any number of beats, one right
 * after the other or with gaps, at both widths that are used.
 */
#include "crc32c.h"

#include "crc32c_32/Vcrc32c_32.h"
#include "crc32c_8/Vcrc32c_8.h"
#include "stream.hpp"
#include "tap.hpp"

namespace
{

/* Sends messages and takes answers. Beats come with probability 1/gap. */
template <class Model, unsigned int Width> class Bench
{
	rtl::Clocked<Model> crc_;
	rtl::Random random_;
	std::deque<std::pair<uint64_t, uint32_t>> wanted_; /* when, what */

	void cycle()
	{
		crc_.edge();
		if (!crc_->valid_o)
			return;
		tap_check(!wanted_.empty(), "an answer that nobody asked for");
		tap_check(wanted_.front().first == crc_.now(), "an answer at the wrong time");
		tap_check(wanted_.front().second == crc_->crc_o, "a wrong answer");
		wanted_.pop_front();
	}

      public:
	explicit Bench(uint64_t seed) : crc_(seed), random_(seed)
	{
		crc_->valid_i = 0;
		crc_.reset();
	}

	void send(const Bytes &message, unsigned int gap)
	{
		tap_check(message.size() % Width == 0, "test: not a whole number of beats");
		for (size_t at = 0; at < message.size(); at += Width) {
			while (gap > 1 && !random_.one_in(gap)) {
				/* What is not valid means nothing. */
				crc_->valid_i = 0;
				crc_->first_i = random_.below(2);
				crc_->last_i = random_.below(2);
				cycle();
			}
			crc_->valid_i = 1;
			crc_->first_i = at == 0;
			crc_->last_i = at + Width == message.size();
			std::memcpy(&crc_->data_i, message.data() + at, Width);
			if (crc_->last_i)
				wanted_.emplace_back(crc_.now() + 3,
						     crc32c(message.data(), message.size()));
			cycle();
		}
	}

	void end()
	{
		crc_->valid_i = 0;
		for (unsigned int i = 0; i < 4; i++)
			cycle();
		tap_check(wanted_.empty(), "an answer is missing");
	}
};

template <class Model, unsigned int Width> void run(Tap &tap, const std::string &name)
{
	tap.run(name + " messages of 1 to 40 beats", [&] {
		Bench<Model, Width> bench(tap.seed());
		rtl::Random random(tap.seed());

		for (unsigned int i = 0; i < 3000; i++) {
			Bytes message(Width * random.between(1, 40));

			for (auto &byte : message)
				byte = uint8_t(random());
			bench.send(message, i < 1000 ? 1 : unsigned(random.between(1, 3)));
		}
		bench.end();
	});
	tap.run(name + " memory pages, back to back", [&] {
		Bench<Model, Width> bench(tap.seed());

		for (const auto &file : tap_page_files())
			for (const auto &page : file.pages)
				bench.send(page, 1);
		bench.end();
	});
	tap.run(name + " single bits", [&] {
		Bench<Model, Width> bench(tap.seed());

		for (unsigned int bit = 0; bit < 8 * Width; bit++) {
			Bytes message(2 * Width);

			message[bit / 8] = uint8_t(1u << bit % 8);
			bench.send(message, 1);
		}
		bench.end();
	});
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	run<Vcrc32c_8, 8>(tap, "8 bytes:");
	run<Vcrc32c_32, 32>(tap, "32 bytes:");
	return tap.done();
}
