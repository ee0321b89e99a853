/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page codec on real pages: how small, and in how many cycles.
 *
 *	codec [--rtl-pages=N] NAME.pages
 *
 * Prints one JSON object; codec.py beside this runs it on each file and makes the
 * table. README.md tells what each figure is. Exit status 1 when the RTL and its C
 * reference do not agree, or a page does not come back.
 */
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <lz4.h>
#include <lz4hc.h>
#include <zstd.h>

extern "C" {
#include "lz4_card.h"
}
#include "crc32c.h"
#include "lz4_compressor/Vlz4_compressor.h"
#include "lz4_decompressor/Vlz4_decompressor.h"

namespace
{

constexpr size_t page_bytes = 4096;
/* A page that a codec makes no shorter is kept as it is: Lz4MostBytes of codec_pkg. */
constexpr size_t most_bytes = page_bytes - 64;
constexpr size_t packed_beat_bytes = 16, plain_in_bytes = 8, plain_out_bytes = 32;
/* More cycles than any page takes, ten times over. */
constexpr uint64_t patience = 50000;

using Page = std::vector<uint8_t>;

struct Packed {
	uint8_t kind;
	Page data;
	uint32_t crc;
};

[[noreturn]] void fail(const std::string &why)
{
	std::fprintf(stderr, "codec: %s\n", why.c_str());
	std::exit(1);
}

/* Cycles of the first beat in, the first beat out and the last beat out of a page. */
struct Times {
	uint64_t in = 0, first = 0, last = 0;
};

template <class Model> class Engine
{
	VerilatedContext context_;

      protected:
	Model model_{&context_};
	uint64_t now_ = 0;

	Engine()
	{
		model_.in_valid_i = 0;
		model_.out_ready_i = 1;
		model_.rst_ni = 0;
		for (int i = 0; i < 4; i++)
			edge();
		model_.rst_ni = 1;
		/* A table may clear itself after a reset. */
		for (int i = 0; i < 100; i++)
			edge();
	}

	void edge()
	{
		model_.clk_i = 1;
		model_.eval();
		model_.clk_i = 0;
		model_.eval();
		now_++;
	}

	/*
	 * Runs the pages through the engine; alone: each when the one before has left.
	 * offer() puts beat n of page p at the input and returns whether it is the last;
	 * take() gets page p's next beat out and returns whether it is the last.
	 */
	template <class Offer, class Take>
	std::vector<Times> run(size_t pages, bool alone, Offer offer, Take take)
	{
		std::vector<Times> times(pages);
		size_t in_page = 0, in_beat = 0, out_page = 0;
		uint64_t progress = now_;
		bool fresh = true; /* the next beat out is a page's first */

		while (out_page < pages) {
			bool offered = in_page < pages && (!alone || in_page == out_page);
			bool last_in = false, left = false;

			model_.in_valid_i = offered;
			if (offered)
				last_in = offer(in_page, in_beat);
			if (offered && model_.in_ready_o) {
				if (in_beat == 0)
					times[in_page].in = now_;
				in_beat = last_in ? 0 : in_beat + 1;
				in_page += last_in;
			}
			if (model_.out_valid_o) {
				if (fresh)
					times[out_page].first = now_;
				fresh = take(out_page);
				if (fresh)
					times[out_page++].last = now_;
				left = fresh;
			}
			edge();
			if (left)
				progress = now_;
			if (now_ - progress > patience)
				fail("the RTL is stuck at page " + std::to_string(out_page));
			if (left && alone) {
				/* Nothing lingers. */
				model_.in_valid_i = 0;
				for (int i = 0; i < 8; i++)
					edge();
			}
		}
		model_.in_valid_i = 0;
		return times;
	}
};

/* Bits of a beat, from bit low on; width at most 32. */
template <class Beat> uint32_t field(const Beat &beat, unsigned int low, unsigned int width)
{
	uint64_t pair = beat[low / 32];

	if (low % 32 + width > 32)
		pair |= uint64_t(beat[low / 32 + 1]) << 32;
	return uint32_t(pair >> low % 32 & ((uint64_t(1) << width) - 1));
}

class Compressor : Engine<Vlz4_compressor>
{
      public:
	/* Fails unless the RTL makes of each page what is wanted. */
	std::vector<Times> run(const std::vector<Page> &pages, const std::vector<Packed> &wanted,
			       bool alone)
	{
		Page got;

		return Engine::run(
		    pages.size(), alone,
		    [&](size_t page, size_t beat) {
			    std::memcpy(&model_.in_data_i, &pages[page][beat * plain_in_bytes],
					plain_in_bytes);
			    return (beat + 1) * plain_in_bytes == page_bytes;
		    },
		    [&](size_t page) {
			    const auto &beat = model_.out_o;
			    const uint8_t *bytes = reinterpret_cast<const uint8_t *>(&beat);
			    const Packed &want = wanted[page];
			    uint32_t length = field(beat, 137, 13);

			    got.insert(got.end(), bytes, bytes + packed_beat_bytes);
			    if (!field(beat, 128, 1))
				    return false;
			    got.resize(std::min<size_t>(got.size(), length));
			    if (field(beat, 129, 8) != want.kind || length != want.data.size() ||
				field(beat, 150, 32) != want.crc || got != want.data)
				    fail("the RTL packs page " + std::to_string(page) +
					 " differently than the C reference");
			    got.clear();
			    return true;
		    });
	}
};

class Decompressor : Engine<Vlz4_decompressor>
{
      public:
	std::vector<Times> run(const std::vector<Packed> &packed, const std::vector<Page> &wanted,
			       bool alone)
	{
		Page got;

		return Engine::run(
		    packed.size(), alone,
		    [&](size_t page, size_t number) {
			    const Packed &from = packed[page];
			    auto &beat = model_.in_i;
			    size_t at = number * packed_beat_bytes;
			    size_t size = std::min(packed_beat_bytes, from.data.size() - at);
			    bool last = at + packed_beat_bytes >= from.data.size();
			    /* From bit 128 on: last, kind, length, crc. */
			    uint64_t head = uint64_t(last) | uint64_t(from.kind) << 1 |
					    uint64_t(from.data.size()) << 9 |
					    uint64_t(from.crc) << 22;

			    std::memset(&beat, 0, sizeof(beat));
			    std::memcpy(&beat, from.data.data() + at, size);
			    std::memcpy(&beat[4], &head, sizeof(head));
			    return last;
		    },
		    [&](size_t page) {
			    const auto &beat = model_.out_o;
			    const uint8_t *bytes = reinterpret_cast<const uint8_t *>(&beat);

			    got.insert(got.end(), bytes, bytes + plain_out_bytes);
			    if (!field(beat, 256, 1))
				    return false;
			    if (field(beat, 257, 3) != 0 || got != wanted[page])
				    fail("the RTL does not unpack page " + std::to_string(page) +
					 ", error " + std::to_string(field(beat, 257, 3)));
			    got.clear();
			    return true;
		    });
	}
};

bool same_filled(const Page &page)
{
	return std::memcmp(page.data(), page.data() + 8, page_bytes - 8) == 0;
}

size_t counted(size_t bytes)
{
	return bytes > most_bytes ? page_bytes : bytes;
}

void print_spread(const char *name, std::vector<uint64_t> values, const char *after)
{
	std::sort(values.begin(), values.end());
	size_t n = values.size();

	std::printf("\"%s\": {\"min\": %llu, \"median\": %llu, \"p99\": %llu, \"max\": %llu}%s",
		    name, (unsigned long long)values[0], (unsigned long long)values[n / 2],
		    (unsigned long long)values[(99 * n + 99) / 100 - 1],
		    (unsigned long long)values[n - 1], after);
}

/* Back to back: what each page costs. Alone: what one page waits. */
void print_cycles(const char *name, const std::vector<Times> &stream,
		  const std::vector<Times> &alone, const char *after)
{
	std::vector<uint64_t> each, first, last;
	double cycles = double(stream.back().last - stream.front().in);

	for (size_t n = 1; n < stream.size(); n++)
		each.push_back(stream[n].last - stream[n - 1].last);
	for (const Times &page : alone) {
		first.push_back(page.first - page.in);
		last.push_back(page.last - page.in);
	}
	std::printf("\"%s\": {\"bytes_per_cycle\": %.3f, ", name,
		    double(page_bytes * stream.size()) / cycles);
	print_spread("cycles", each, ", ");
	print_spread("first_out", first, ", ");
	print_spread("last_out", last, "}");
	std::printf("%s", after);
}

} /* namespace */

int main(int argc, char **argv)
{
	size_t rtl_pages = 1024;
	const char *path = nullptr;

	for (int i = 1; i < argc; i++) {
		std::string option = argv[i];

		if (option.rfind("--rtl-pages=", 0) == 0)
			rtl_pages = std::strtoul(argv[i] + 12, nullptr, 10);
		else if (option.rfind("--", 0) == 0 || path)
			fail("usage: codec [--rtl-pages=N] NAME.pages");
		else
			path = argv[i];
	}
	if (!path)
		fail("usage: codec [--rtl-pages=N] NAME.pages");

	std::vector<Page> pages;
	std::ifstream in(path, std::ios::binary);
	Page page(page_bytes);
	size_t same = 0;

	if (!in)
		fail(std::string(path) + " cannot be read");
	while (in.read(reinterpret_cast<char *>(page.data()), page_bytes)) {
		if (same_filled(page))
			same++;
		else
			pages.push_back(page);
	}
	if (pages.size() < 2)
		fail(std::string(path) + " has too few pages");

	/* In this order: card, lz4, lz4hc, zstd. */
	std::array<size_t, 4> sizes{}, raw{};
	std::vector<Packed> card, lz4;
	struct lz4_card *encoder = lz4_card_create(nullptr);
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	Page out(ZSTD_compressBound(page_bytes));
	char *out_chars = reinterpret_cast<char *>(out.data());

	for (const Page &each : pages) {
		const char *chars = reinterpret_cast<const char *>(each.data());
		uint32_t crc = crc32c(each.data(), page_bytes), length = 0;
		std::array<size_t, 4> got{};

		uint8_t kind = uint8_t(lz4_card_encode(encoder, each.data(), out.data(), &length));
		if (kind == PAMC_CODEC_RAW)
			card.push_back({kind, each, crc});
		else
			card.push_back({kind, Page(out.begin(), out.begin() + length), crc});
		got[0] = card.back().data.size();

		got[1] = size_t(
		    LZ4_compress_default(chars, out_chars, int(page_bytes), int(out.size())));
		if (got[1] > most_bytes)
			lz4.push_back({PAMC_CODEC_RAW, each, crc});
		else
			lz4.push_back(
			    {PAMC_CODEC_LZ4, Page(out.begin(), out.begin() + long(got[1])), crc});
		got[2] =
		    size_t(LZ4_compress_HC(chars, out_chars, int(page_bytes), int(out.size()), 9));
		got[3] =
		    ZSTD_compressCCtx(zstd, out.data(), out.size(), each.data(), page_bytes, 1);
		if (ZSTD_isError(got[3]))
			fail("zstd failed");
		for (size_t n = 0; n < got.size(); n++) {
			sizes[n] += counted(got[n]);
			raw[n] += counted(got[n]) == page_bytes;
		}
	}
	ZSTD_freeCCtx(zstd);
	lz4_card_destroy(encoder);

	std::printf("{\"pages\": %zu, \"same_filled\": %zu", pages.size(), same);
	const char *names[] = {"card", "lz4", "lz4hc9", "zstd1"};
	std::printf(", \"ratio\": {");
	for (size_t n = 0; n < sizes.size(); n++)
		std::printf("%s\"%s\": %.4f", n ? ", " : "", names[n],
			    double(pages.size() * page_bytes) / double(sizes[n]));
	std::printf("}, \"raw\": {");
	for (size_t n = 0; n < raw.size(); n++)
		std::printf("%s\"%s\": %zu", n ? ", " : "", names[n], raw[n]);
	std::printf("}");

	if (rtl_pages >= 2) {
		rtl_pages = std::min(rtl_pages, pages.size());
		pages.resize(rtl_pages);
		card.resize(rtl_pages);
		lz4.resize(rtl_pages);
		std::printf(", \"rtl_pages\": %zu, ", rtl_pages);
		/* For the life of the process: two models' ends may wait for each other. */
		auto &compressor = *new Compressor;
		auto &decompressor = *new Decompressor;
		auto packs = [&](bool alone) { return compressor.run(pages, card, alone); };
		auto unpacks = [&](const std::vector<Packed> &from, bool alone) {
			return decompressor.run(from, pages, alone);
		};

		print_cycles("compress", packs(false), packs(true), ", ");
		print_cycles("decompress_card", unpacks(card, false), unpacks(card, true), ", ");
		print_cycles("decompress_lz4", unpacks(lz4, false), unpacks(lz4, true), "");
	}
	std::printf("}\n");
	return 0;
}
