/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verilated decompressor with a source of packed pages and a sink of plain ones;
 * each page that leaves is compared with its verdict.
 */
#ifndef UNPACKER_HPP
#define UNPACKER_HPP

#include "lz4_decompressor/Vlz4_decompressor.h"
#include "packed_page.hpp"
#include "page_engine.hpp"

struct UnpackerInside {
	PackedPage packed;
	Verdict verdict;
};

/* In codec_pkg::packed_beat_t, from bit 0 on: data, last, kind, length, crc; out
 * codec_pkg::plain_beat_t: data, last, error, crc. */
class Unpacker : public PageEngine<Vlz4_decompressor, VlWide<6>, VlWide<10>, UnpackerInside>
{
	using Inside = UnpackerInside;
	using InBeat = VlWide<6>;
	using OutBeat = VlWide<10>;

	Bytes page_;
	uint64_t errors_[8] = {};
	uint64_t pages_at_reset_ = 0, last_out_ = 0, idle_since_ = 0, bound_ = 0;

	void finished(const OutBeat &beat)
	{
		unsigned int error = unsigned(rtl::get_bits(beat, 257, 3));
		uint32_t crc = uint32_t(rtl::get_bits(beat, 260, 32));
		const Inside &page = inside_.front();
		std::string what = "page " + std::to_string(pages_) + " (kind " +
				   std::to_string(page.packed.kind) + ", " +
				   std::to_string(page.packed.length) + " bytes) ended with " +
				   error_name(error);

		if (page.verdict.good() && page_ != page.verdict.page) {
			size_t at = 0;

			while (at < page_.size() && page_[at] == page.verdict.page[at])
				at++;
			throw rtl::Broken(what + ", and differs from byte " + std::to_string(at) +
					  " of " + std::to_string(page_.size()));
		}
		if (!(page.verdict.errors >> error & 1))
			throw rtl::Broken(
			    what + ", possible errors: " + std::to_string(page.verdict.errors));
		if (error == DECODE_OK && crc != page.packed.crc)
			throw rtl::Broken(what + ", with another CRC");
		if (error == DECODE_CRC && crc != crc32c(page_.data(), page_.size()))
			throw rtl::Broken(what + ", and tells a wrong CRC");
		errors_[error]++;
		pages_++;
		last_out_ = dut_.now();
		page_.clear();
		inside_.pop_front();
	}

	void step() override
	{
		rtl::cycle(dut_, in_, out_);
		for_each_taken([this](const OutBeat &beat) {
			if (inside_.empty())
				throw rtl::Broken("a beat of no page");
			const uint8_t *bytes = reinterpret_cast<const uint8_t *>(&beat);

			page_.insert(page_.end(), bytes, bytes + 32);
			if (page_.size() > page_bytes)
				throw rtl::Broken("more than 128 beats of a page");
			if (rtl::get_bits(beat, 256, 1))
				finished(beat);
			idle_since_ = dut_.now();
		});
		if (inside_.empty())
			idle_since_ = dut_.now();
		else if (dut_.now() - idle_since_ > bound_)
			throw rtl::Broken("nothing came out for " + std::to_string(bound_) +
					  " cycles, at page " + std::to_string(pages_) + " of " +
					  std::to_string(inside_.front().packed.length) + " bytes");
	}

      public:
	explicit Unpacker(uint64_t seed) : PageEngine(seed, [](auto &dut) { return &dut->in_i; })
	{
		pace({}, {});
		reset();
	}

	void pace(rtl::Pace in, rtl::Pace out)
	{
		set_pace(in, out);
		/* A page makes progress every cycle in which it can, or is dropped. */
		bound_ = (page_bytes + 300) * (1 + 2 * (in.rest + out.rest));
	}

	/* Puts a page behind those that are inside. */
	void push(const PackedPage &packed)
	{
		push(packed, verdict(packed));
	}

	void push(const PackedPage &packed, Verdict verdict)
	{
		InBeat beat{};

		rtl::set_bits(beat, 129, 8, packed.kind);
		rtl::set_bits(beat, 137, 13, packed.length);
		rtl::set_bits(beat, 150, 32, packed.crc);
		for (size_t n = 0; n < packed.beats; n++) {
			size_t at = std::min(n * packed_beat_bytes, packed.data.size());
			size_t size = std::min(packed_beat_bytes, packed.data.size() - at);

			std::memset(static_cast<void *>(&beat), 0, packed_beat_bytes);
			std::memcpy(static_cast<void *>(&beat), packed.data.data() + at, size);
			rtl::set_bits(beat, 128, 1, n + 1 == packed.beats);
			in_.push(beat);
		}
		inside_.push_back({packed, std::move(verdict)});
	}

	/* Cycles from the first beat in to the last beat out of one page alone. */
	uint64_t time(const PackedPage &packed)
	{
		run();
		/* Nothing lingers, and the first beat is taken in the next cycle. */
		run_cycles(4);
		uint64_t start = dut_.now();

		push(packed);
		run();
		return last_out_ - start;
	}

	/* Cycles from the first beat in to the first beat out of one page alone. */
	uint64_t first_out(const PackedPage &packed)
	{
		run();
		run_cycles(4);
		uint64_t start = dut_.now();

		push(packed);
		while (page_.empty())
			step();
		uint64_t cycles = dut_.now() - start;

		run();
		return cycles;
	}

	/* What the module counts is what was seen here. */
	void check_stats()
	{
		run();
		run_cycles(6);
		if (stats(8) != pages_ - pages_at_reset_)
			throw rtl::Broken("stats_o counts other pages");
		if (stats(4) != 0)
			throw rtl::Broken("stats_o knows of a page inside");
	}

	/* All that is inside is lost. */
	void reset(unsigned int cycles = 2)
	{
		pages_at_reset_ = pages_;
		lose_all(cycles);
		page_.clear();
		idle_since_ = dut_.now();
	}

	uint64_t count(Error error) const
	{
		return errors_[error];
	}
};

#endif /* UNPACKER_HPP */
