/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash's coder and decoder against the code's definition (bch_reference.hpp) and a
 * vector of Linux' lib/bch.c: chunks of random and of real data with any number of wrong bits,
 * erased ones, streams that stall, at 4 and at 8 bytes a cycle.
 */
#include <map>
#include <set>

#include "bch_reference.hpp"
#include "flash_bch_decode/Vflash_bch_decode.h"
#include "flash_bch_decode_8/Vflash_bch_decode_8.h"
#include "flash_bch_encode/Vflash_bch_encode.h"
#include "flash_bch_encode_8/Vflash_bch_encode_8.h"
#include "stream.hpp"
#include "tap.hpp"

namespace
{

using bch::Chunk;

/* A chunk that came out. */
struct Out {
	Chunk bytes;
	unsigned int said; /* with the last beat: chunk_t of the decoder */
	uint64_t when;

	bool erased() const
	{
		return said >> 8 & 1;
	}
	bool uncorrectable() const
	{
		return said >> 7 & 1;
	}
	unsigned int corrected() const
	{
		return said & 0x7f;
	}
};

inline unsigned int said_of(const Vflash_bch_encode &)
{
	return 0;
}
inline unsigned int said_of(const Vflash_bch_encode_8 &)
{
	return 0;
}
template <class Model> unsigned int said_of(const Model &model)
{
	return model.out_chunk_o;
}

/* Either engine: bytes in, chunks out. */
template <class Model, unsigned int WIDTH> class Engine
{
	rtl::Clocked<Model> dut_;
	rtl::Pacer in_pacer_, out_pacer_;
	std::deque<uint8_t> in_;
	Chunk out_now_;
	uint64_t held_ = 0;
	bool holds_ = false;

      public:
	std::deque<Out> out;

	explicit Engine(uint64_t seed) : dut_(seed), in_pacer_(seed + 1), out_pacer_(seed + 2)
	{
		dut_->in_valid_i = 0;
		dut_->out_ready_i = 0;
		dut_.reset();
	}

	void pace(rtl::Pace in, rtl::Pace out_pace)
	{
		in_pacer_.set(in);
		out_pacer_.set(out_pace);
	}

	void push(const Chunk &bytes)
	{
		in_.insert(in_.end(), bytes.begin(), bytes.end());
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	void cycle()
	{
		if (!dut_->in_valid_i && in_pacer_.next() && !in_.empty()) {
			uint64_t beat = 0;

			for (unsigned int n = 0; n < WIDTH; n++)
				beat |= uint64_t(in_[n]) << 8 * n;
			std::memcpy(&dut_->in_data_i, &beat, WIDTH);
			dut_->in_valid_i = 1;
		}
		dut_->out_ready_i = out_pacer_.next();
		uint64_t data = 0;

		std::memcpy(&data, &dut_->out_data_o, WIDTH);
		tap_check(!holds_ || (dut_->out_valid_o && data == held_),
			  "a beat that was offered has changed");
		holds_ = dut_->out_valid_o && !dut_->out_ready_i;
		held_ = data;
		bool taken = dut_->in_valid_i && dut_->in_ready_o;

		if (dut_->out_valid_o && dut_->out_ready_i) {
			for (unsigned int n = 0; n < WIDTH; n++)
				out_now_.push_back(uint8_t(data >> 8 * n));
			if (dut_->out_last_o) {
				out.push_back({out_now_, said_of(*dut_.operator->()), now()});
				out_now_.clear();
			}
		}
		dut_.edge();
		if (taken) {
			in_.erase(in_.begin(), in_.begin() + WIDTH);
			dut_->in_valid_i = 0;
		}
	}

	void wait(size_t chunks)
	{
		uint64_t end = now() + 20000 * (chunks + 1);

		while (out.size() < chunks) {
			cycle();
			tap_check(now() < end, "it hangs");
		}
	}
};

Chunk any_data(rtl::Random &random)
{
	Chunk data(bch::DATA);

	for (auto &byte : data)
		byte = uint8_t(random());
	return data;
}

std::set<unsigned int> flip(Chunk &stored, unsigned int bits, rtl::Random &random,
			    unsigned int from = 0, unsigned int to = 8 * (bch::DATA + bch::PARITY))
{
	std::set<unsigned int> places;

	while (places.size() < bits)
		places.insert(from + unsigned(random.below(to - from)));
	for (unsigned int place : places)
		stored[place / 8] ^= uint8_t(1u << place % 8);
	return places;
}

/* What was sent, and what must come. */
struct Sent {
	Chunk data;
	bool erased;
	unsigned int wrong;
};

template <class Decoder> void take(Decoder &decoder, std::deque<Sent> &sent)
{
	while (!decoder.out.empty()) {
		const Out &out = decoder.out.front();
		const Sent &want = sent.front();
		std::string what = " of a chunk with " + std::to_string(want.wrong) + " wrong bits";

		tap_check(out.erased() == want.erased, "erased" + what);
		tap_check(!out.uncorrectable(), "uncorrectable" + what);
		tap_check(out.corrected() == want.wrong,
			  std::to_string(out.corrected()) + " corrected" + what);
		tap_check(out.bytes == want.data, "data" + what);
		decoder.out.pop_front();
		sent.pop_front();
	}
}

template <class Encoder> Chunk encode(Encoder &encoder, const Chunk &data)
{
	encoder.push(data);
	encoder.wait(1);
	Chunk stored = encoder.out.front().bytes;

	encoder.out.pop_front();
	return stored;
}

template <class Encoder, class Decoder>
void both_ways(Tap &tap, const std::string &name, unsigned int stride)
{
	unsigned int times = Tap::wants_long() ? 20 : 1;

	tap.run(name + "parity is that of the definition, and Linux'", [&] {
		rtl::Random random(tap.seed());
		Encoder encoder(tap.seed());
		static const char linux_parity[] =
		    "24e40b0cc92ef64d044bc471a0dd5950d17af5fdb9e79936fc5278b4762740edc27a3261f1"
		    "72dd5570c6a4f8a262b0f1749fd1d2f5d4fe09fc250d4144f437ab719abe776df9";
		Chunk data(bch::DATA);
		std::string hex;

		for (unsigned int n = 0; n < bch::DATA; n++)
			data[n] = uint8_t(7 * n + 3 * (n >> 8));
		Chunk stored = encode(encoder, data);

		for (unsigned int n = 0; n < bch::PARITY; n++) {
			char text[3];

			std::snprintf(text, sizeof(text), "%02x", stored[bch::DATA + n]);
			hex += text;
		}
		tap_check(hex == linux_parity, "the parity is not Linux'");
		for (unsigned int round = 0; round < 40; round++) {
			encoder.pace({1 + unsigned(random.below(8)), unsigned(random.below(4))},
				     {1 + unsigned(random.below(8)), unsigned(random.below(4))});
			data = any_data(random);
			if (round == 0)
				data.assign(bch::DATA, 0xff);
			tap_check(encode(encoder, data) == bch::encode(data), "stored chunk");
		}
		data.assign(bch::DATA, 0xff);
		stored = encode(encoder, data);
		for (unsigned int n = 0; n < bch::DATA + bch::PARITY; n++)
			tap_check(stored[n] == 0xff, "all ones are no code word");
	});
	tap.run(name + "real pages, 0 to 40 wrong bits, back to back and with stalls", [&] {
		rtl::Random random(tap.seed());
		Encoder encoder(tap.seed());
		Decoder decoder(tap.seed() + 1);
		std::deque<Sent> sent;
		unsigned int number = 0, skip = unsigned(random.below(30));

		for (const auto &file : tap_page_files())
			for (const auto &page : file.pages) {
				if (skip-- != 0)
					continue;
				skip = times > 1 ? 0 : 30;
				for (unsigned int part = 0; part < 4; part++) {
					Chunk data(page.begin() + part * bch::DATA,
						   page.begin() + (part + 1) * bch::DATA);
					Chunk stored = encode(encoder, data);
					/* Bursts of right ones between. */
					unsigned int bits = number / 8 % 2 ? number % bch::T : 0;

					flip(stored, bits, random);
					decoder.push(stored);
					sent.push_back({data, false, bits});
					if (++number % 16 == 0)
						decoder.pace(
						    {1 + unsigned(random.below(300)),
						     unsigned(random.below(3) * random.below(50))},
						    {1 + unsigned(random.below(300)),
						     unsigned(random.below(3) * random.below(50))});
				}
				decoder.wait(sent.size());
				take(decoder, sent);
			}
		std::printf("# %u chunks\n", number);
	});
	tap.run(name + "any number up to 40, in data, in parity, in a row", [&] {
		rtl::Random random(tap.seed());
		Decoder decoder(tap.seed() + 1);
		std::deque<Sent> sent;

		for (unsigned int round = 0; round < times; round++)
			for (unsigned int bits = 0; bits <= bch::T; bits += stride) {
				static const unsigned int all = 8 * (bch::DATA + bch::PARITY);
				Chunk data = any_data(random), stored = bch::encode(data);
				Chunk whole = stored, tail = stored, near = stored, ends = stored;
				unsigned int start = unsigned(random.below(all - 64));

				flip(whole, bits, random);
				flip(tail, bits, random, 8 * bch::DATA);
				flip(near, bits, random, start, start + 64);
				if (bits >= 2) {
					ends[0] ^= 1;
					ends[bch::DATA + bch::PARITY - 1] ^= 0x80;
				}
				/* The mark may be damaged, too. */
				ends[bch::STORED - 1] ^= uint8_t(1u << random.below(8));
				for (const Chunk &chunk : {whole, tail, near})
					decoder.push(chunk), sent.push_back({data, false, bits});
				decoder.push(ends),
				    sent.push_back({data, false, bits >= 2 ? 2u : 0});
			}
		decoder.wait(sent.size());
		take(decoder, sent);
	});
	tap.run(name + "erased chunks", [&] {
		rtl::Random random(tap.seed());
		Decoder decoder(tap.seed() + 1);
		std::deque<Sent> sent;
		Chunk ones(bch::DATA, 0xff), erased(bch::STORED, 0xff);

		for (unsigned int bits = 0; bits <= bch::T; bits++) {
			Chunk now = erased, written = bch::encode(ones);

			flip(now, bits, random);
			for (unsigned int n = 0; n < random.below(7); n++)
				now[bch::STORED - 1 - n % 2] &= uint8_t(~(1u << n));
			decoder.push(now);
			sent.push_back({ones, true, bits});
			/* Written ones are data. */
			flip(written, bits, random);
			decoder.push(written);
			sent.push_back({ones, false, bits});
		}
		decoder.wait(sent.size());
		take(decoder, sent);
		/* More than that is no erased chunk any more. */
		flip(erased, bch::T + 1, random);
		decoder.push(erased);
		decoder.wait(1);
		tap_check(!decoder.out[0].erased() && decoder.out[0].uncorrectable(),
			  "more than 40 in an erased chunk");
	});
}

using Encoder4 = Engine<Vflash_bch_encode, 4>;
using Decoder4 = Engine<Vflash_bch_decode, 4>;
using Encoder8 = Engine<Vflash_bch_encode_8, 8>;
using Decoder8 = Engine<Vflash_bch_decode_8, 8>;

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int times = Tap::wants_long() ? 50 : 1;

	both_ways<Encoder4, Decoder4>(tap, "4 bytes: ", 1);
	both_ways<Encoder8, Decoder8>(tap, "8 bytes: ", 4);
	tap.run("the definition's decoder corrects what was encoded", [&] {
		rtl::Random random(tap.seed());

		for (unsigned int bits : {0u, 1u, 17u, bch::T}) {
			Chunk data = any_data(random), stored = bch::encode(data);

			flip(stored, bits, random);
			bch::Decoded decoded = bch::decode(stored);
			tap_check(!decoded.uncorrectable && decoded.corrected == bits &&
				      decoded.data == data,
				  "reference");
		}
	});
	tap.run("41 to 80 wrong bits are found out", [&] {
		rtl::Random random(tap.seed());
		Decoder4 decoder(tap.seed() + 1);
		unsigned int lies = 0, chunks = 0, alike = 0;
		std::deque<std::pair<Chunk, Chunk>> sent;

		for (unsigned int n = 0; n < 120 * times; n++) {
			Chunk data = any_data(random), stored = bch::encode(data);

			flip(stored, bch::T + 1 + n % bch::T, random);
			decoder.push(stored);
			decoder.wait(1);
			const Out &out = decoder.out.front();

			chunks++;
			lies += !out.uncorrectable();
			if (out.uncorrectable())
				tap_check(
				    std::equal(out.bytes.begin(), out.bytes.end(), stored.begin()),
				    "data that could not be corrected are not as read");
			if (!out.uncorrectable() || n % 20 == 0) {
				bch::Decoded wanted = bch::decode(stored);

				alike++;
				tap_check(out.uncorrectable() == wanted.uncorrectable &&
					      out.corrected() == wanted.corrected &&
					      out.bytes == wanted.data,
					  "another answer than the definition's");
			}
			decoder.out.pop_front();
		}
		std::printf("# %u chunks, %u taken for another; %u asked of the definition\n",
			    chunks, lies, alike);
		tap_check(lies == 0,
			  "a chunk is taken for another; that is less likely than 2^-190");
	});
	tap.run("cycles", [&] {
		rtl::Random random(tap.seed());

		for (unsigned int bits : {0u, 1u, 5u, 10u, 20u, 30u, 40u}) {
			Decoder4 decoder(tap.seed());
			Chunk stored = bch::encode(any_data(random));

			flip(stored, bits, random);
			decoder.push(stored);
			decoder.wait(1);
			uint64_t alone = decoder.now();

			for (unsigned int n = 0; n < 12; n++)
				decoder.push(stored);
			decoder.wait(13);
			uint64_t each = (decoder.out[12].when - decoder.out[4].when) / 8;

			std::printf("# %u wrong: alone %llu from first beat in to last out, %llu a "
				    "chunk in a row\n",
				    bits, (unsigned long long)alone - 2, (unsigned long long)each);
			tap_check(bits != 0 || each == bch::STORED / 4,
				  "right chunks do not pass at line rate");
		}
	});
	return tap.done();
}
