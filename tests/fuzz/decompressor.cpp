// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer target: packed pages for the verilated decompressor, liblz4 beside it. An
// input is a page: one byte that says how it is told and sent, then its bytes. The model
// lives on from input to input, so that a page can harm the next one; an input that
// fails only in company is found by running the whole corpus.

#include "unpacker.hpp"

namespace
{

/* Bits of the first byte. */
constexpr uint8_t kind_bits = 3;
constexpr uint8_t one_beat_less = 4, one_beat_more = 8, wrong_crc = 16, other_length = 32;
constexpr uint8_t slow_in = 64, slow_out = 128;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Unpacker unpacker(1);

	if (size < 2)
		return 0;
	uint8_t how = data[0];
	PackedPage page = packed(how & kind_bits, Bytes(data + 1, data + size), 0);

	if (page.kind == KIND_SAME)
		page.data.resize(8);
	if (page.kind == KIND_RAW)
		page.data.resize(page_bytes);
	page.length = unsigned(page.data.size());
	page.beats = beats_of(page.length);
	if (how & other_length)
		page.length = (page.length + data[1]) % 8192;
	/* What liblz4 reads is what is told, zeros behind what there is. */
	if (page.kind == KIND_LZ4 && page.length <= page_bytes) {
		page.data.resize(page.length);
		page.beats = std::max(1u, beats_of(page.length));
	}
	if (how & one_beat_less && page.beats > 1)
		page.beats--;
	if (how & one_beat_more)
		page.beats++;

	Verdict outcome = verdict(page);

	if (outcome.errors == 1u << DECODE_CRC) {
		page.crc = crc32c(outcome.page.data(), page_bytes);
		if (how & wrong_crc)
			page.crc ^= 1u << (data[1] & 31);
		outcome = verdict(page);
	}
	unpacker.pace(how & slow_in ? rtl::Pace{2, 3} : rtl::Pace{},
		      how & slow_out ? rtl::Pace{1, 3} : rtl::Pace{});
	try {
		unpacker.push(page, outcome);
		unpacker.run();
	} catch (const std::exception &error) {
		std::fprintf(stderr, "%s\n", error.what());
		std::abort();
	}
	return 0;
}
