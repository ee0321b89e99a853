/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verilated compressor with a source of pages and a sink of packed ones; each beat
 * that leaves is compared with what the C reference makes of the page, bit for bit.
 */
#ifndef PACKER_HPP
#define PACKER_HPP

#include <functional>
#include <memory>

#include "lz4_compressor/Vlz4_compressor.h"
#include "packed_page.hpp"
#include "page_engine.hpp"

extern "C" {
#include "lz4_card.h"
}

/* The reference; what it makes liblz4 must be able to decode. */
class Reference
{
	std::unique_ptr<lz4_card, void (*)(lz4_card *)> card_{lz4_card_create(nullptr),
							      lz4_card_destroy};

      public:
	PackedPage pack(const Bytes &page)
	{
		Bytes out(page_bytes);
		uint32_t length = 0;
		auto kind = uint8_t(lz4_card_encode(card_.get(), page.data(), out.data(), &length));

		if (kind == KIND_RAW)
			out = page;
		out.resize(length);
		if (kind == KIND_LZ4) {
			Bytes back(page_bytes);
			int got = LZ4_decompress_safe(reinterpret_cast<const char *>(out.data()),
						      reinterpret_cast<char *>(back.data()),
						      int(length), int(page_bytes));

			if (got != int(page_bytes) || back != page)
				throw rtl::Broken("liblz4 cannot decode the reference's output");
		}
		return packed(kind, out, crc32c(page.data(), page.size()));
	}
};

/* A page's times, in cycles. */
struct PackerTimes {
	uint64_t first_in = 0, last_in = 0, first_out = 0, last_out = 0;
};

struct PackerInside {
	PackedPage packed;
	PackerTimes times;
};

/* codec_pkg::packed_beat_t, from bit 0 on: data, last, kind, length, crc. */
class Packer : public PageEngine<Vlz4_compressor, QData, VlWide<6>, PackerInside>
{
      public:
	static constexpr unsigned int words_of_page = page_bytes / 8;
	using Times = PackerTimes;

      private:
	using Inside = PackerInside;
	using OutBeat = VlWide<6>;

	Reference reference_;
	unsigned int beat_ = 0;     /* next of the page at the front */
	uint64_t words_ = 0;        /* taken since reset, of pages that are inside */
	uint64_t entering_ = 0;     /* pages at the front of inside_ that are in as a whole */
	uint64_t count_before_ = 0; /* of in_ */
	uint64_t moved_ = 0;        /* when a beat moved last */
	uint64_t bound_ = 0;
	uint64_t kinds_[4] = {};
	uint64_t bytes_ = 0;

	[[noreturn]] void broken(const std::string &what)
	{
		const PackedPage &page = inside_.front().packed;

		throw rtl::Broken("page " + std::to_string(pages_) + " (kind " +
				  std::to_string(page.kind) + ", " + std::to_string(page.length) +
				  " bytes), beat " + std::to_string(beat_) + ": " + what);
	}

	void check(const OutBeat &beat)
	{
		const PackedPage &page = inside_.front().packed;
		const auto *bytes = reinterpret_cast<const uint8_t *>(&beat);
		uint64_t kind = rtl::get_bits(beat, 129, 8), length = rtl::get_bits(beat, 137, 13);

		if (kind != page.kind || length != page.length)
			broken("it says kind " + std::to_string(kind) + ", " +
			       std::to_string(length) + " bytes");
		if (rtl::get_bits(beat, 150, 32) != page.crc)
			broken("the CRC is wrong");
		for (unsigned int i = 0; i < packed_beat_bytes; i++) {
			size_t at = beat_ * packed_beat_bytes + i;

			if (bytes[i] != (at < page.data.size() ? page.data[at] : 0))
				broken("byte " + std::to_string(i) + " is " +
				       std::to_string(bytes[i]));
		}
		if (rtl::get_bits(beat, 128, 1) != (beat_ + 1 == page.beats))
			broken("\"last\" is wrong");
	}

	void word_taken()
	{
		Inside &page = inside_.at(entering_);

		moved_ = dut_.now();
		if (words_ % words_of_page == 0)
			page.times.first_in = dut_.now();
		if (++words_ % words_of_page == 0) {
			page.times.last_in = dut_.now();
			entering_++;
		}
	}

	void beat_taken(const OutBeat &beat)
	{
		moved_ = dut_.now();
		if (entering_ == 0)
			throw rtl::Broken("a beat of no page, or of one that is not in yet");
		check(beat);
		if (beat_ == 0)
			inside_.front().times.first_out = dut_.now();
		if (++beat_ < inside_.front().packed.beats)
			return;
		inside_.front().times.last_out = dut_.now();
		pages_++;
		kinds_[inside_.front().packed.kind & 3]++;
		bytes_ += inside_.front().packed.length;
		if (on_page)
			on_page(inside_.front().packed, inside_.front().times);
		inside_.pop_front();
		entering_--;
		beat_ = 0;
	}

      public:
	/* Called when the last beat of a page is out. */
	std::function<void(const PackedPage &, const Times &)> on_page;

	explicit Packer(uint64_t seed) : PageEngine(seed, [](auto &dut) { return &dut->in_data_i; })
	{
		pace({}, {});
		reset();
	}

	void pace(rtl::Pace in, rtl::Pace out)
	{
		set_pace(in, out);
		/* A page's sequences may take longer to write than its words to come in, and
		 * those of the page before it may be still under way. */
		bound_ = 800 + in.rest + out.rest;
		moved_ = dut_.now();
	}

	/* Puts a page behind those that are inside. */
	void push(const Bytes &page)
	{
		for (size_t at = 0; at < page_bytes; at += 8) {
			QData word;

			std::memcpy(&word, page.data() + at, 8);
			in_.push(word);
		}
		if (inside_.empty())
			moved_ = dut_.now();
		inside_.push_back({reference_.pack(page), {}});
	}

	void step() override
	{
		rtl::cycle(dut_, in_, out_);
		if (in_.count() != count_before_) {
			count_before_ = in_.count();
			word_taken();
		}
		for_each_taken([this](const OutBeat &beat) { beat_taken(beat); });
		if (!inside_.empty() && dut_.now() - moved_ > bound_)
			broken("nothing moved for " + std::to_string(bound_) + " cycles, " +
			       std::to_string(words_) + " words are in");
	}

	/* All that is inside is lost. */
	void reset(unsigned int cycles = 2)
	{
		lose_all(cycles);
		beat_ = 0;
		words_ = 0;
		entering_ = 0;
		pages_ = 0;
		moved_ = dut_.now();
	}

	/* Pages waiting or inside; those of them of which the last word is in. */
	size_t inside() const
	{
		return inside_.size();
	}

	uint64_t whole() const
	{
		return entering_;
	}

	uint64_t words() const
	{
		return words_;
	}

	bool offers() const
	{
		return const_cast<Packer *>(this)->dut_->out_valid_o;
	}

	uint64_t count(Kind kind) const
	{
		return kinds_[kind];
	}

	uint64_t bytes() const
	{
		return bytes_;
	}
};

#endif /* PACKER_HPP */
