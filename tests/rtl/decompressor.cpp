// SPDX-License-Identifier: Apache-2.0
//
// The decompressor against liblz4: real pages at all of its levels, every offset and
// length, streams that no compressor makes, bad ones, and all of them under stalls.
// Assertions in the RTL are on.

#include "lz4_writer.hpp"
#include "unpacker.hpp"

namespace
{

constexpr rtl::Pace never_rests = {1, 0};
const rtl::Pace paces[][2] = {
    {never_rests, never_rests}, {{1, 1}, never_rests}, {never_rests, {1, 1}}, {{20, 3}, {3, 20}},
    {{3, 40}, {40, 3}},         {{2, 2}, {2, 2}},      {{1, 8}, {1, 8}},
};

PackedPage pack_fast(const Bytes &page, int acceleration)
{
	Bytes block(LZ4_COMPRESSBOUND(page_bytes));
	int size = LZ4_compress_fast(reinterpret_cast<const char *>(page.data()),
				     reinterpret_cast<char *>(block.data()), int(page_bytes),
				     int(block.size()), acceleration);

	block.resize(size_t(size));
	return packed(KIND_LZ4, std::move(block), crc32c(page.data(), page_bytes));
}

PackedPage pack_high(const Bytes &page, int level)
{
	Bytes block(LZ4_COMPRESSBOUND(page_bytes));
	int size = LZ4_compress_HC(reinterpret_cast<const char *>(page.data()),
				   reinterpret_cast<char *>(block.data()), int(page_bytes),
				   int(block.size()), level);

	block.resize(size_t(size));
	return packed(KIND_LZ4, std::move(block), crc32c(page.data(), page_bytes));
}

PackedPage pack_raw(const Bytes &page)
{
	return packed(KIND_RAW, page, crc32c(page.data(), page_bytes));
}

PackedPage pack_same(rtl::Random &random)
{
	uint64_t word = random();
	Bytes page(page_bytes), data(8);

	std::memcpy(data.data(), &word, 8);
	for (size_t n = 0; n < page_bytes; n++)
		page[n] = data[n % 8];
	return packed(KIND_SAME, data, crc32c(page.data(), page_bytes));
}

/* Keeps pages coming, with their number inside bounded. */
void feed(Unpacker &unpacker, const PackedPage &page)
{
	unpacker.push(page);
	unpacker.run(6);
}

void only_good(Unpacker &unpacker)
{
	unpacker.run();
	tap_check(unpacker.count(DECODE_OK) == unpacker.pages(), "a page of these is bad");
}

void real_pages(Unpacker &unpacker, const std::vector<PageFile> &files)
{
	for (const PageFile &file : files) {
		for (const Bytes &page : file.pages) {
			for (int acceleration : {1, 2, 5, 20})
				feed(unpacker, pack_fast(page, acceleration));
			for (int level = 3; level <= LZ4HC_CLEVEL_MAX; level++)
				feed(unpacker, pack_high(page, level));
			feed(unpacker, pack_raw(page));
		}
	}
	unpacker.run();
	/* Pages that got longer cannot be sent as LZ4. */
	tap_check(unpacker.count(DECODE_OK) + unpacker.count(DECODE_FORM) == unpacker.pages(),
		  "a real page is bad");
	std::printf("# %llu pages, %llu longer than a page\n", (unsigned long long)unpacker.pages(),
		    (unsigned long long)unpacker.count(DECODE_FORM));
}

/* One offset, one length of match, at places as they come, up to the page's end. */
void offsets(Unpacker &unpacker, rtl::Random &random)
{
	std::vector<size_t> all;

	for (size_t offset = 1; offset <= 36; offset++)
		all.push_back(offset);
	for (size_t offset :
	     {47, 48, 49, 62, 63, 64, 65, 66, 95, 96, 97, 127, 128, 129, 1023, 1024, 2048})
		all.push_back(offset);
	for (size_t offset : all) {
		for (size_t match = 4; match <= 80; match++) {
			Lz4Writer writer(random);

			/* Far ones need something before. */
			if (offset > 36)
				writer.sequence(40, random.between(1, 40), offset);
			writer.sequence(offset > 36 ? 0 : offset, offset, match);
			while (writer.room() >= match + 20 + 5)
				writer.sequence(random.below(random.one_in(3) ? 20 : 3), offset,
						match);
			writer.last(writer.room());
			feed(unpacker, writer.finish());
		}
	}
	only_good(unpacker);
}

void lengths(Unpacker &unpacker, rtl::Random &random)
{
	std::vector<size_t> literals, matches;

	for (size_t n = 0; n <= 50; n++)
		literals.push_back(n);
	for (size_t edge : {15 + 255, 15 + 2 * 255, 15 + 3 * 255, 15 + 7 * 255}) {
		for (size_t n = edge - 2; n <= edge + 18; n++)
			literals.push_back(n);
	}
	for (size_t n = 4; n <= 24; n++)
		matches.push_back(n);
	for (size_t edge : {19 + 255, 19 + 2 * 255, 19 + 3 * 255, 19 + 7 * 255}) {
		for (size_t n = edge - 2; n <= edge + 2; n++)
			matches.push_back(n);
	}
	for (size_t literal : literals) {
		for (size_t match : matches) {
			Lz4Writer writer(random);

			/* Starts anywhere in a packed word. */
			writer.sequence(1 + random.below(14), 1, 4);
			if (writer.room() >= literal + match + 5)
				writer.sequence(literal, random_offset(random, writer.out()),
						match);
			while (writer.room() >= 200)
				writer.sequence(literal % 50, random_offset(random, writer.out()),
						60);
			writer.last(writer.room());
			feed(unpacker, writer.finish());
		}
	}
	/* Last literals of every number, and what comes before at every place. */
	for (size_t last = 5; last <= 300; last++) {
		Lz4Writer writer(random);
		size_t filler = 1 + random.below(40);

		writer.sequence(filler, random_offset(random, filler),
				writer.room() - filler - last - 20);
		/* No more literals than leave 12 bytes behind the last match's start. */
		writer.sequence(random.below(std::min<size_t>(last, 7) + 1), 3, 8);
		writer.sequence(0, 1, writer.room() - std::max<size_t>(last, 5));
		writer.last(writer.room());
		feed(unpacker, writer.finish());
	}
	only_good(unpacker);

	/* The page that expands most: a match of 4090 bytes; and all literals, which does
	 * not fit. */
	Lz4Writer one(random), literal(random);

	one.sequence(1, 1, page_bytes - 6);
	one.last(5);
	feed(unpacker, one.finish());
	only_good(unpacker);
	literal.last(page_bytes);
	feed(unpacker, literal.finish());
	unpacker.run();
	tap_check(unpacker.count(DECODE_FORM) == 1, "a block of 4114 bytes was not refused");
	/* The longest blocks that fit: short sequences up to 4096 bytes. */
	for (int n = 0; n < 50; n++) {
		Lz4Writer longest(random);

		longest.sequence(4, 4, 4);
		while (longest.room() > 40 && longest.block().size() + longest.room() < 4085)
			longest.sequence(random.below(2), random_offset(random, longest.out()), 4);
		longest.last(longest.room());
		feed(unpacker, longest.finish());
	}
	unpacker.run();
	tap_check(unpacker.count(DECODE_FORM) + unpacker.count(DECODE_OK) == unpacker.pages(),
		  "a long block is bad");
}

void raw_and_same(Unpacker &unpacker, rtl::Random &random, const std::vector<PageFile> &files)
{
	for (int n = 0; n < 400; n++) {
		const auto &pages = files[random.below(files.size())].pages;

		feed(unpacker, pack_same(random));
		if (random.one_in(2))
			feed(unpacker, pack_same(random));
		if (random.one_in(2))
			feed(unpacker, pack_raw(pages[random.below(pages.size())]));
		if (random.one_in(3))
			feed(unpacker, pack_fast(pages[random.below(pages.size())], 1));
	}
	unpacker.run();
	tap_check(unpacker.count(DECODE_OK) + unpacker.count(DECODE_FORM) == unpacker.pages(),
		  "a page of these is bad");
}

void random_streams(Unpacker &unpacker, rtl::Random &random, uint64_t count)
{
	for (uint64_t n = 0; n < count; n++)
		feed(unpacker, random_block(random).finish());
	unpacker.run();
	tap_check(unpacker.count(DECODE_OK) + unpacker.count(DECODE_FORM) == unpacker.pages() &&
		      unpacker.count(DECODE_FORM) < count / 10,
		  "good streams are bad");
}

/* What each error means, by example: exactly this one comes out. */
void errors(Unpacker &unpacker, rtl::Random &random, const Bytes &page)
{
	auto expect = [&](Error error, PackedPage packed, const char *what) {
		Verdict verdict;

		verdict.errors = 1u << error;
		try {
			/* Alone, and between good pages. */
			unpacker.push(packed, verdict);
			unpacker.run();
			unpacker.push(pack_fast(page, 1));
			unpacker.push(packed, verdict);
			unpacker.push(pack_same(random));
			unpacker.run();
		} catch (const rtl::Broken &broken) {
			throw rtl::Broken(std::string(what) + ": " + broken.what());
		}
	};
	auto with = [&](auto write) {
		Lz4Writer writer(random);

		write(writer);
		return writer.finish();
	};

	for (size_t before : {1, 5, 31, 32, 33, 100, 4000}) {
		expect(DECODE_OFFSET, with([&](Lz4Writer &w) {
			       w.sequence(before, 0, 5);
			       w.sequence(0, 1, w.room() - 5);
			       w.last(5);
		       }),
		       "offset 0");
		expect(DECODE_OFFSET, with([&](Lz4Writer &w) {
			       w.sequence(before, before + 1, 5);
			       w.sequence(0, 1, w.room() - 5);
			       w.last(5);
		       }),
		       "offset to before the page");
		expect(DECODE_OFFSET, with([&](Lz4Writer &w) {
			       w.sequence(before, 65535, 5);
			       w.sequence(0, 1, w.room() - 5);
			       w.last(5);
		       }),
		       "largest offset");
	}
	expect(DECODE_OVERRUN, with([&](Lz4Writer &w) {
		       w.sequence(10, 3, 4000);
		       w.sequence(10, 3, 1000);
		       w.last(5);
	       }),
	       "match over the end");
	for (size_t less = 0; less < 5; less++) {
		expect(DECODE_OVERRUN, with([&](Lz4Writer &w) {
			       w.sequence(10, 3, page_bytes - 10 - less);
			       w.last(less ? less : 5);
		       }),
		       "match into the last five bytes");
	}
	for (size_t less = 9; less < 12; less++) {
		expect(DECODE_OVERRUN, with([&](Lz4Writer &w) {
			       w.sequence(10, 3, page_bytes - 10 - less);
			       w.sequence(0, 3, 4);
			       w.last(less - 4);
		       }),
		       "match begins too late");
	}
	expect(DECODE_OVERRUN, with([&](Lz4Writer &w) {
		       w.sequence(10, 3, 4000);
		       w.last(page_bytes - 4010 + 1);
	       }),
	       "literals over the end");
	for (size_t less : {1, 2, 31, 32, 33, 2000}) {
		expect(DECODE_UNDERRUN, with([&](Lz4Writer &w) {
			       w.sequence(10, 3, 2000);
			       w.last(w.room() - less);
		       }),
		       "page not full");
	}
	expect(DECODE_UNDERRUN, packed(KIND_LZ4, {0x00}, 0), "nothing");
	for (size_t cut = 1; cut < 200; cut++) {
		PackedPage good = pack_fast(page, 1);

		if (cut >= good.data.size())
			break;
		good.data.resize(good.data.size() - cut);
		PackedPage bad = packed(KIND_LZ4, good.data, good.crc);

		/* Shorter last literals, or a stream that ends well before. */
		Verdict v = verdict(bad);

		if (v.errors != 1u << DECODE_TRUNCATED)
			continue;
		expect(DECODE_TRUNCATED, bad, "page cut");
	}
	for (Bytes bytes :
	     {Bytes{0xf0}, Bytes{0xf0, 0xff}, Bytes{0xf0, 0xff, 0xff}, Bytes{0xf0, 1, 2},
	      Bytes{0x10, 1, 1}, Bytes{0x10, 1, 1, 0}, Bytes{0x1f, 1, 1, 0},
	      Bytes{0x1f, 1, 1, 0, 255}, Bytes{0x1f, 1, 1, 0, 255, 7}, Bytes{0x1f, 1, 1, 0, 0},
	      Bytes{0x10}, Bytes(4096, 0xff)})
		expect(DECODE_TRUNCATED, packed(KIND_LZ4, bytes, 0), "stream cut");
	/* One or two bytes are an offset that is cut. */
	for (size_t more : {3, 4, 15, 16, 17, 33, 500}) {
		expect(DECODE_TRAILING, with([&](Lz4Writer &w) {
			       w.sequence(10, 3, 3000);
			       w.last(w.room());
			       for (size_t n = 0; n < more; n++)
				       w.block().push_back(uint8_t(random()));
		       }),
		       "bytes behind the page");
	}

	PackedPage good = pack_fast(page, 1), bad;

	for (int bit = 0; bit < 32; bit++) {
		bad = good;
		bad.crc ^= 1u << bit;
		expect(DECODE_CRC, bad, "wrong CRC");
	}
	bad = pack_same(random);
	bad.crc++;
	expect(DECODE_CRC, bad, "wrong CRC of a pattern");
	bad = pack_raw(page);
	bad.crc++;
	expect(DECODE_CRC, bad, "wrong CRC of a raw page");

	for (unsigned int beats : {1u, 2u, good.beats - 1, good.beats + 1, good.beats + 20, 400u}) {
		bad = good;
		bad.beats = beats;
		expect(DECODE_FORM, bad, "last beat at another place than length says");
	}
	for (unsigned int kind : {3u, 4u, 129u, 255u}) {
		bad = good;
		bad.kind = uint8_t(kind);
		expect(DECODE_FORM, bad, "unknown kind");
	}
	for (unsigned int length : {0u, 4097u, 5000u, 8191u}) {
		bad = good;
		bad.length = length;
		bad.beats = std::max(1u, beats_of(length));
		expect(DECODE_FORM, bad, "impossible length");
	}
	for (unsigned int length : {0u, 1u, 7u, 9u, 16u, 4096u}) {
		bad = pack_same(random);
		bad.length = length;
		bad.beats = std::max(1u, beats_of(length));
		expect(DECODE_FORM, bad, "impossible length of a pattern");
	}
	for (unsigned int length : {0u, 8u, 4095u, 4097u}) {
		bad = pack_raw(page);
		bad.length = length;
		bad.beats = std::max(1u, beats_of(length));
		expect(DECODE_FORM, bad, "impossible length of a raw page");
	}
}

/* Something is wrong with the page, perhaps. */
PackedPage mutated(rtl::Random &random, PackedPage page)
{
	size_t changes = random.one_in(2) ? 1 : random.between(1, 8);

	while (changes--) {
		size_t at = random.below(page.data.size());

		switch (random.below(8)) {
		case 0:
		case 1:
			page.data[at] = uint8_t(random());
			break;
		case 2:
			page.data[at] ^= uint8_t(1u << random.below(8));
			break;
		case 3:
			page.data[at] = uint8_t(random.one_in(2) ? 255 : 0);
			break;
		case 4:
			page.data.erase(page.data.begin() + long(at));
			break;
		case 5:
			page.data.insert(page.data.begin() + long(at), uint8_t(random()));
			break;
		case 6:
			if (random.one_in(4))
				page.data.resize(at + 1);
			break;
		default:
			if (random.one_in(4) && at + 20 < page.data.size())
				std::fill_n(page.data.begin() + long(at), random.below(20), 255);
			break;
		}
		if (page.data.empty())
			page.data.push_back(uint8_t(random()));
	}
	page.length = unsigned(page.data.size());
	page.beats = beats_of(page.length);
	if (random.one_in(50))
		page.beats = unsigned(random.between(1, page.beats + 3));
	if (random.one_in(100))
		page.length = unsigned(random.below(8192));
	if (random.one_in(200))
		page.kind = uint8_t(random.below(5));
	if (random.one_in(100))
		page.crc = uint32_t(random());
	if (page.kind == KIND_RAW || page.kind == KIND_SAME)
		page.data.resize(std::max<size_t>(page.length, 8));
	/* What liblz4 reads is what is sent. */
	if (page.kind == KIND_LZ4)
		page.data.resize(page.length);
	return page;
}

void mutations(Unpacker &unpacker, rtl::Random &random, const std::vector<PageFile> &files,
	       uint64_t count)
{
	/* Shorter blocks more often, and long stalls never, for more pages a second. */
	std::vector<std::pair<size_t, const Bytes *>> pages;

	for (const PageFile &file : files) {
		for (const Bytes &page : file.pages)
			pages.emplace_back(pack_fast(page, 1).length, &page);
	}
	std::sort(pages.begin(), pages.end());
	for (uint64_t n = 0; n < count; n++) {
		size_t at = std::min(random.below(pages.size()), random.below(pages.size()));
		const Bytes &page = *pages[at].second;
		PackedPage good = random.one_in(10)  ? random_block(random).finish()
				  : random.one_in(4) ? pack_high(page, 3)
						     : pack_fast(page, int(random.between(1, 4)));

		if (n % 5000 == 0) {
			const auto &pace = paces[n / 5000 % 3];

			unpacker.pace(pace[0], pace[1]);
		}
		feed(unpacker, mutated(random, std::move(good)));
	}
	unpacker.run();
	std::printf("# %llu pages:", (unsigned long long)unpacker.pages());
	for (unsigned int error = 0; error < 8; error++)
		std::printf(" %s %llu", error_name(error),
			    (unsigned long long)unpacker.count(Error(error)));
	std::printf("\n");
	for (unsigned int error = 0; error < 8; error++)
		tap_check(unpacker.count(Error(error)) > 0,
			  std::string("no page ended with ") + error_name(error));
}

PackedPage any_page(rtl::Random &random, const std::vector<PageFile> &files)
{
	const auto &pages = files[random.below(files.size())].pages;
	const Bytes &page = pages[random.below(pages.size())];

	switch (random.below(8)) {
	case 0:
		return pack_same(random);
	case 1:
		return pack_raw(page);
	case 2:
		return random_block(random).finish();
	case 3:
		return mutated(random, pack_fast(page, 1));
	case 4:
		/* Pages of one beat, many of which are inside at a time. */
		return packed(KIND_LZ4, {uint8_t(random.below(16))}, 0);
	default:
		return pack_fast(page, 1);
	}
}

void stalls(Unpacker &unpacker, rtl::Random &random, const std::vector<PageFile> &files)
{
	for (const auto &pace : paces) {
		unpacker.pace(pace[0], pace[1]);
		for (int n = 0; n < 300; n++) {
			unpacker.push(any_page(random, files));
			unpacker.run(random.one_in(20) ? 0 : 40);
		}
		unpacker.run();
	}
}

void resets(Unpacker &unpacker, rtl::Random &random, const std::vector<PageFile> &files, int count)
{
	for (int n = 0; n < count; n++) {
		const auto &pace = paces[random.below(7)];

		unpacker.pace(pace[0], pace[1]);
		for (int page = 0; page < 4; page++)
			unpacker.push(any_page(random, files));
		unpacker.run_cycles(random.below(random.one_in(2) ? 60 : 1000));
		/* Even for less than a cycle: it is asynchronous. */
		unpacker.reset(unsigned(random.below(4)));
		for (int page = 0; page < 2; page++)
			unpacker.push(any_page(random, files));
		unpacker.run();
	}
}

/* Each cycle takes a byte of the packed page at least, or makes 32 of the plain one. */
void bounded(Unpacker &unpacker, rtl::Random &random)
{
	uint64_t longest = 0;
	auto time = [&](const PackedPage &page) {
		/* The rest of a bad page before it is still being dropped. */
		unpacker.run_cycles(page_bytes);
		uint64_t cycles = unpacker.time(page);

		longest = std::max(longest, cycles);
		tap_check(cycles <= page.length + 128 + 40,
			  std::to_string(cycles) + " cycles for " + std::to_string(page.length) +
			      " bytes, the first " + std::to_string(page.data[0]) + ", " +
			      std::to_string(page.data[1 % page.data.size()]));
	};

	for (size_t size : {1, 16, 17, 100, 4096}) {
		for (unsigned int byte = 0; byte < 256; byte += 15) {
			Bytes bytes(size, uint8_t(byte));

			time(packed(KIND_LZ4, bytes, 0));
			bytes[0] = 0x1f;
			time(packed(KIND_LZ4, bytes, 0));
			bytes[0] = 0xf0;
			time(packed(KIND_LZ4, bytes, 0));
		}
	}
	for (int n = 0; n < 300; n++) {
		PackedPage page = random_block(random).finish();

		time(page);
		time(mutated(random, page));
	}
	std::printf("# at most %llu cycles\n", (unsigned long long)longest);
}

/* Cycles of one page alone, first beat in to last beat out. */
void speed(uint64_t seed, const std::vector<PageFile> &files)
{
	for (const PageFile &file : files) {
		Unpacker unpacker(seed);
		std::vector<uint64_t> cycles;

		for (const Bytes &page : file.pages) {
			PackedPage packed = pack_fast(page, 1);

			/* Longer ones are kept raw. */
			if (packed.length <= page_bytes - 64)
				cycles.push_back(unpacker.time(packed));
		}
		std::sort(cycles.begin(), cycles.end());
		uint64_t median = cycles[cycles.size() / 2];

		std::printf(
		    "# %s: %zu pages, cycles: least %llu, median %llu, 99 %% %llu, most %llu\n",
		    file.name.c_str(), cycles.size(), (unsigned long long)cycles[0],
		    (unsigned long long)median,
		    (unsigned long long)cycles[cycles.size() * 99 / 100],
		    (unsigned long long)cycles.back());
		tap_check(median <= 370, "slower than it was");
	}
}

/* Small offsets cost nothing, first bytes come soon, and pages one behind the other. */
void no_cliff(Unpacker &unpacker, rtl::Random &random)
{
	for (size_t offset = 1; offset <= 40; offset++) {
		Lz4Writer writer(random);
		size_t sequences = 1;

		writer.sequence(14, std::min<size_t>(offset, 14), 18);
		for (; writer.room() >= 60; sequences++)
			writer.sequence(1 + random.below(14), std::min(offset, writer.out()), 18);
		writer.last(writer.room());
		uint64_t cycles = unpacker.time(writer.finish());

		tap_check(cycles <= sequences + 40, "offset " + std::to_string(offset) + ": " +
							std::to_string(cycles) + " cycles for " +
							std::to_string(sequences) + " sequences");
	}

	uint64_t start = unpacker.now();

	for (int n = 0; n < 100; n++)
		unpacker.push(pack_same(random));
	unpacker.run();
	uint64_t cycles = unpacker.now() - start;

	tap_check(cycles <= 100 * 128 + 40,
		  "100 patterns took " + std::to_string(cycles) + " cycles");
	uint64_t first = unpacker.first_out(pack_same(random));

	std::printf("# first beat out %llu cycles after the first in\n", (unsigned long long)first);
	tap_check(first <= 30, "first beat too late");
}

} // namespace

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	std::vector<PageFile> files = tap_page_files();
	uint64_t many = Tap::wants_long() ? 30 : 1;
	/* Cases repeat alone. */
	auto run = [&](const char *name, auto function) {
		tap.run(name, [&] {
			Unpacker unpacker(tap.seed());
			rtl::Random random(tap.seed());

			function(unpacker, random);
			unpacker.check_stats();
		});
	};

	/* Short ones first. */
	run("raw-and-same", [&](Unpacker &u, rtl::Random &r) { raw_and_same(u, r, files); });
	run("errors", [&](Unpacker &u, rtl::Random &r) { errors(u, r, files[0].pages[2]); });
	run("stalls", [&](Unpacker &u, rtl::Random &r) { stalls(u, r, files); });
	run("no-cliff", [&](Unpacker &u, rtl::Random &r) { no_cliff(u, r); });
	run("bounded", [&](Unpacker &u, rtl::Random &r) { bounded(u, r); });
	tap.run("speed", [&] { speed(tap.seed(), files); });
	run("resets", [&](Unpacker &u, rtl::Random &r) { resets(u, r, files, int(500 * many)); });
	run("random-streams",
	    [&](Unpacker &u, rtl::Random &r) { random_streams(u, r, 5000 * many); });
	run("lengths", [&](Unpacker &u, rtl::Random &r) { lengths(u, r); });
	run("offsets", [&](Unpacker &u, rtl::Random &r) { offsets(u, r); });
	run("real-pages", [&](Unpacker &u, rtl::Random &) { real_pages(u, files); });
	run("mutations",
	    [&](Unpacker &u, rtl::Random &r) { mutations(u, r, files, 100000 * many); });
	return tap.done();
}
