// SPDX-License-Identifier: Apache-2.0
/*
 * The compressor's RTL against its C reference, beat by beat: memory, odd and random
 * pages under all kinds of gaps and stalls, its speed, resets, and the way through the
 * decompressor's RTL. PAMCARD_LONG=1 runs ten times as many random pages.
 */
#include <memory>

#include "lz4_decompressor/Vlz4_decompressor.h"
#include "odd_pages.h"
#include "packer.hpp"

namespace
{

struct Pages {
	std::vector<Bytes> memory; /* sampled from programs */
	std::vector<Bytes> odd;
};

Pages load(uint64_t seed)
{
	Pages pages;

	for (auto &file : tap_page_files())
		pages.memory.insert(pages.memory.end(), file.pages.begin(), file.pages.end());
	for (uint32_t n = 0; n < odd_page_count(); n++) {
		Bytes page(page_bytes);

		odd_page(n, &seed, page.data());
		pages.odd.push_back(page);
	}
	return pages;
}

Bytes random_page(uint64_t *state)
{
	Bytes page(page_bytes);

	odd_random_page(state, page.data());
	return page;
}

/* A page of any sort. */
Bytes any_page(const Pages &pages, rtl::Random &random)
{
	uint64_t state = random();

	switch (random.below(4)) {
	case 0:
		return pages.odd[random.below(pages.odd.size())];
	case 1:
		return random_page(&state);
	default:
		return pages.memory[random.below(pages.memory.size())];
	}
}

rtl::Pace any_pace(rtl::Random &random)
{
	/* None, light, heavy, bursts, long stalls. */
	static const rtl::Pace paces[] = {{1, 0}, {20, 1}, {1, 3}, {40, 40}, {700, 1500}};

	return paces[random.below(sizeof(paces) / sizeof(paces[0]))];
}

void all_in_a_row(Packer &packer, const std::vector<Bytes> &pages)
{
	for (const Bytes &page : pages) {
		packer.push(page);
		packer.run(4);
	}
	packer.run();
}

/* ---- speed ---- */

/* Words of memory pages hardly ever wait, whatever the pages become. */
void full_speed(const Pages &pages, bool with_raw)
{
	Packer packer(1);
	Reference reference;
	std::vector<Bytes> chosen;
	uint64_t first = 0, last = 0, latency = 0, page_latency = 0;

	for (const Bytes &page : pages.memory)
		if (with_raw || reference.pack(page).kind != KIND_RAW)
			chosen.push_back(page);
	packer.on_page = [&](const PackedPage &page, const Packer::Times &times) {
		first = first ? first : times.first_in;
		last = times.last_in;
		if (page.kind != KIND_RAW)
			latency = std::max(latency, times.first_out - times.last_in);
		page_latency = std::max(page_latency, times.last_out - times.first_in);
	};
	/* The table is cleared after reset. */
	packer.run_cycles(64);
	all_in_a_row(packer, chosen);

	uint64_t cycles = last - first + 1, least = chosen.size() * Packer::words_of_page;

	std::printf("# %zu pages, ratio %.3f; %.3f cycles a page; at most %llu from last word to "
		    "first beat (raw pages apart), %llu from first word to last beat\n",
		    chosen.size(), double(chosen.size() * page_bytes) / double(packer.bytes()),
		    double(cycles) / double(chosen.size()), (unsigned long long)latency,
		    (unsigned long long)page_latency);
	/* They do for a page with two matches in most windows. */
	tap_check(cycles <= least + 6,
		  "input waited for " + std::to_string(cycles - least) + " cycles");
}

/* One page after another has left: a page of memory then enters without a wait. */
void single_pages(const Pages &pages, rtl::Random &random)
{
	Packer packer(random());
	uint64_t most[2] = {};
	unsigned int memory = 0;

	packer.on_page = [&](const PackedPage &page, const Packer::Times &times) {
		/* Made-up pages may have two matches in each window; none needs more
		 * than a cycle a match.
		 */
		uint64_t enters = times.last_in - times.first_in + 1;

		tap_check(enters <= Packer::words_of_page * 2,
			  "a page alone took " + std::to_string(enters) + " cycles to enter");
		tap_check(!memory || enters <= Packer::words_of_page + 6,
			  "a memory page alone took " + std::to_string(enters) +
			      " cycles to enter");
		/* A raw page waits for all of it to be looked at. */
		if (page.kind != KIND_RAW)
			most[memory] = std::max(most[memory], times.first_out - times.last_in);
	};
	packer.run_cycles(64);
	for (unsigned int n = 0; n < 200; n++) {
		memory = n % 2;
		packer.push(memory ? pages.memory[random.below(pages.memory.size())]
				   : any_page(pages, random));
		packer.run();
		packer.run_cycles(random.below(100));
	}
	std::printf("# at most %llu cycles from last word to first beat, of memory pages %llu\n",
		    (unsigned long long)std::max(most[0], most[1]), (unsigned long long)most[1]);
	tap_check(most[0] <= 600 && most[1] <= 160, "output begins late");
}

/* ---- gaps and stalls ---- */

void paced(const Pages &pages, rtl::Random &random, rtl::Pace in, rtl::Pace out, unsigned int count)
{
	Packer packer(random());

	packer.pace(in, out);
	for (unsigned int n = 0; n < count; n++) {
		packer.push(any_page(pages, random));
		packer.run(3);
	}
	packer.run();
}

void mixed_paces(const Pages &pages, rtl::Random &random, unsigned int count)
{
	Packer packer(random());

	for (unsigned int n = 0; n < count; n++) {
		packer.pace(any_pace(random), any_pace(random));
		packer.push(any_page(pages, random));
		packer.run(random.below(4));
	}
	packer.run();
}

/* Output stands still until nothing moves any more; all is still there afterwards. */
void blocked_output(const Pages &pages, rtl::Random &random)
{
	for (unsigned int round = 0; round < 40; round++) {
		Packer packer(random());

		for (unsigned int n = 0; n < 6; n++)
			packer.push(round % 4 ? any_page(pages, random) : pages.odd[4]);
		packer.pace({}, {1, 1u << 30});
		packer.run_cycles(4000 + random.below(1000));
		/* Pages that are not a beat each. */
		if (round % 4 == 0)
			tap_check(packer.words() <= 5 * Packer::words_of_page,
				  "more words were taken than there is room for");
		tap_check(packer.words() >= 2 * Packer::words_of_page, "two pages do not fit");
		packer.pace({}, {});
		packer.run();
	}
}

/* As many pages as ever are inside: those of one beat, when nobody takes it. */
void most_inside(rtl::Random &random)
{
	Packer packer(random());

	packer.pace({}, {1, 1u << 30});
	for (unsigned int n = 0; n < 14; n++)
		packer.push(Bytes(page_bytes, uint8_t(n)));
	packer.run_cycles(14 * Packer::words_of_page);
	tap_check(packer.stats(4) > 8, "pages inside: " + std::to_string(packer.stats(4)));
	packer.pace({}, {});
	packer.run();
	packer.run_cycles(4);
	tap_check(packer.stats(8) == 14 && packer.stats(4) == 0,
		  "pages: " + std::to_string(packer.stats(8)) + ", inside " +
		      std::to_string(packer.stats(4)));
}

/*
 * Short matches behind literals that nearly are too long already. Their sequences are
 * written so fast one after the other that the output is beyond 4096 bytes before that
 * is known; more of the same stops it sooner.
 */
void beyond_the_page(rtl::Random &random)
{
	Packer packer(random());

	for (unsigned int n = 0; n < 200; n++) {
		Bytes page(page_bytes);

		for (auto &byte : page)
			byte = uint8_t(random());
		for (size_t at : {4012, 4030, 4047, 4061, 4080}) {
			at -= random.one_in(4);
			std::memcpy(&page[at], &page[at - 300 - random.below(30)], 4);
		}
		packer.push(page);
		packer.run(4);
	}
	packer.run();
	tap_check(packer.count(KIND_RAW) == 200, "a page was not kept raw");
}

/* ---- resets ---- */

void resets(const Pages &pages, rtl::Random &random, unsigned int rounds)
{
	Packer packer(random());
	unsigned int streaming = 0, middle = 0, early = 0;

	for (unsigned int n = 0; n < rounds; n++) {
		packer.pace(any_pace(random), any_pace(random));
		for (unsigned int i = 0; i < 4; i++)
			packer.push(any_page(pages, random));
		switch (n % 4) {
		case 0:
			/* As the table is still being cleared, or just after. */
			packer.run_cycles(random.below(80));
			break;
		case 1:
			/* As output streams. */
			packer.pace({}, {1, 2});
			while (!packer.offers())
				packer.step();
			packer.run_cycles(random.below(60));
			break;
		default:
			packer.run_cycles(random.below(2600));
		}
		early += packer.words() < 40;
		middle += packer.words() % Packer::words_of_page != 0;
		streaming += packer.offers();
		/* Even for less than a cycle: it is asynchronous. */
		packer.reset(unsigned(random.below(4)));
		/* Nothing of before is left. */
		packer.pace(any_pace(random), {});
		packer.push(any_page(pages, random));
		packer.push(any_page(pages, random));
		packer.run();
		packer.reset();
	}
	std::printf("# %u resets in the middle of a page, %u right at the start, %u as output "
		    "streams\n",
		    middle, early, streaming);
	tap_check(streaming > rounds / 10 && middle > rounds / 4 && early > rounds / 20,
		  "the resets are not where they should be");
}

/* ---- the table between pages ---- */

/*
 * Rows of the table carry the page's number, which wraps after 64 pages. Incompressible
 * pages fill all rows; the same page, or one that is moved by a little, finds its like in
 * a row that was not cleared in time. Pages between them leave the rows alone.
 */
void epochs(rtl::Random &random, unsigned int period, unsigned int shift)
{
	Packer packer(random());
	Bytes full(page_bytes), quiet(page_bytes), moved(page_bytes);

	for (auto &byte : full)
		byte = uint8_t(random());
	for (size_t i = 0; i < page_bytes; i++)
		moved[i] = full[(i + shift) % page_bytes];
	quiet[100] = 1;
	for (unsigned int n = 0; n < 220; n++) {
		packer.push(n % period ? quiet : n / period % 2 ? moved : full);
		packer.run(4);
	}
	packer.run();
}

/* The same few words in ever new order: whatever an old row says is likely but wrong. */
void shuffled_words(rtl::Random &random)
{
	Packer packer(random());
	std::vector<uint64_t> words(96);

	for (auto &word : words)
		word = random();
	for (unsigned int n = 0; n < 250; n++) {
		Bytes page(page_bytes);

		for (size_t at = 0; at < page_bytes; at += 8)
			std::memcpy(page.data() + at, &words[random.below(words.size())], 8);
		packer.push(page);
		packer.run(4);
	}
	packer.run();
}

/* ---- counters ---- */

void counters(const Pages &pages, rtl::Random &random)
{
	Packer packer(random());
	uint64_t sum = 0, longest = 0, latest = 0;

	packer.on_page = [&](const PackedPage &, const Packer::Times &times) {
		latest = times.last_out - times.first_in;
		sum += latest;
		longest = std::max(longest, latest);
	};
	packer.pace({8, 2}, {8, 2});
	for (unsigned int n = 0; n < 50; n++)
		packer.push(any_page(pages, random));
	packer.run();
	packer.run_cycles(4);
	tap_check(packer.stats(8) == 50, "pages: " + std::to_string(packer.stats(8)));
	tap_check(packer.stats(4) == 0, "pages inside: " + std::to_string(packer.stats(4)));
	tap_check(packer.stats(3) >= 2 && packer.stats(3) <= 6,
		  "most pages inside: " + std::to_string(packer.stats(3)));
	tap_check(packer.stats(2) == latest && packer.stats(1) == longest && packer.stats(0) == sum,
		  "latencies: " + std::to_string(packer.stats(2)) + " of " +
		      std::to_string(latest) + ", " + std::to_string(packer.stats(1)) + " of " +
		      std::to_string(longest) + ", " + std::to_string(packer.stats(0)) + " of " +
		      std::to_string(sum));
	tap_check(packer.stats(6) > 0 && packer.stats(5) > 0, "never starved or blocked");
}

/* ---- there and back ---- */

/* The compressor's output wired to the decompressor's input. */
class Chain
{
	using Plain = VlWide<10>;

	rtl::Clocked<Vlz4_compressor> packer_;
	rtl::Clocked<Vlz4_decompressor> unpacker_;
	rtl::Source<QData> in_;
	rtl::Sink<Plain> out_;
	Bytes page_;

      public:
	std::deque<Bytes> inside;

	explicit Chain(uint64_t seed)
	    : packer_(seed), unpacker_(seed ^ 3),
	      in_(&packer_->in_valid_i, &packer_->in_ready_o, &packer_->in_data_i, seed ^ 1),
	      out_(&unpacker_->out_valid_o, &unpacker_->out_ready_i, &unpacker_->out_o, seed ^ 2)
	{
		static_assert(sizeof(packer_->out_o) == sizeof(unpacker_->in_i));
		packer_->out_ready_i = 0;
		unpacker_->in_valid_i = 0;
		packer_.reset();
		unpacker_.reset();
	}

	void pace(rtl::Pace in, rtl::Pace out)
	{
		in_.pace(in);
		out_.pace(out);
	}

	void push(const Bytes &page)
	{
		for (size_t at = 0; at < page_bytes; at += 8) {
			QData word;

			std::memcpy(&word, page.data() + at, 8);
			in_.push(word);
		}
		inside.push_back(page);
	}

	void step()
	{
		in_.before();
		out_.before();
		packer_->out_ready_i = unpacker_->in_ready_o;
		unpacker_->in_valid_i = packer_->out_valid_o;
		unpacker_->in_i = packer_->out_o;
		packer_.edge();
		unpacker_.edge();
		in_.after(packer_.now());
		out_.after(unpacker_.now());
		for (; !out_.taken().empty(); out_.taken().pop_front()) {
			const Plain &beat = out_.taken().front().beat;
			const auto *bytes = reinterpret_cast<const uint8_t *>(&beat);

			page_.insert(page_.end(), bytes, bytes + 32);
			tap_check(page_.size() <= page_bytes && !inside.empty(), "too many beats");
			if (!rtl::get_bits(beat, 256, 1))
				continue;
			tap_check(rtl::get_bits(beat, 257, 3) == DECODE_OK,
				  std::string("ended with ") +
				      error_name(unsigned(rtl::get_bits(beat, 257, 3))));
			tap_check(page_ == inside.front(), "another page came back");
			tap_check(rtl::get_bits(beat, 260, 32) ==
				      crc32c(page_.data(), page_.size()),
				  "another CRC came back");
			page_.clear();
			inside.pop_front();
		}
	}

	uint64_t now() const
	{
		return packer_.now();
	}

	void run(size_t most = 0)
	{
		uint64_t pages = inside.size(), since = now();

		while (inside.size() > most) {
			step();
			if (inside.size() != pages) {
				pages = inside.size();
				since = now();
			}
			tap_check(now() - since < 40000, "nothing comes back");
		}
	}
};

void there_and_back(const Pages &pages, rtl::Random &random, unsigned int count, bool gaps)
{
	Chain chain(random());
	uint64_t start = chain.now();

	for (unsigned int n = 0; n < count; n++) {
		if (gaps)
			chain.pace(any_pace(random), any_pace(random));
		chain.push(any_page(pages, random));
		chain.run(4);
	}
	chain.run();
	std::printf("# %u pages, %.1f cycles each\n", count, double(chain.now() - start) / count);
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	Pages pages = load(tap.seed());
	unsigned int times = Tap::wants_long() ? 10 : 1;
	auto run = [&](const std::string &name, auto function) {
		tap.run(name, [&] {
			rtl::Random random(tap.seed());

			function(random);
		});
	};

	run("memory pages that LZ4 shortens, back to back",
	    [&](rtl::Random &) { full_speed(pages, false); });
	run("all memory pages, back to back", [&](rtl::Random &) { full_speed(pages, true); });
	run("odd pages, back to back", [&](rtl::Random &random) {
		Packer packer(random());

		all_in_a_row(packer, pages.odd);
		std::printf("# %llu LZ4, %llu raw, %llu of one word\n",
			    (unsigned long long)packer.count(KIND_LZ4),
			    (unsigned long long)packer.count(KIND_RAW),
			    (unsigned long long)packer.count(KIND_SAME));
		tap_check(packer.count(KIND_RAW) && packer.count(KIND_SAME), "a kind is missing");
	});
	run("random pages, back to back", [&](rtl::Random &random) {
		Packer packer(random());

		for (unsigned int n = 0; n < 400 * times; n++) {
			uint64_t state = random();

			packer.push(random_page(&state));
			packer.run(4);
		}
		packer.run();
	});
	run("pages that come alone", [&](rtl::Random &random) { single_pages(pages, random); });
	run("gaps in the input", [&](rtl::Random &random) {
		paced(pages, random, {30, 1}, {}, 60 * times);
		paced(pages, random, {1, 3}, {}, 30 * times);
		paced(pages, random, {600, 600}, {}, 30 * times);
	});
	run("stalls of the output", [&](rtl::Random &random) {
		paced(pages, random, {}, {30, 1}, 60 * times);
		paced(pages, random, {}, {1, 3}, 60 * times);
		paced(pages, random, {}, {1, 30}, 30 * times);
		paced(pages, random, {}, {900, 3000}, 60 * times);
	});
	run("gaps and stalls of all kinds",
	    [&](rtl::Random &random) { mixed_paces(pages, random, 150 * times); });
	run("output that stands still for long",
	    [&](rtl::Random &random) { blocked_output(pages, random); });
	run("as many pages inside as can be", most_inside);
	run("output that gets longer than a page", beyond_the_page);
	run("resets at any time", [&](rtl::Random &random) { resets(pages, random, 80 * times); });
	for (unsigned int period : {1u, 31u, 32u, 33u, 63u, 64u, 65u}) {
		run("rows of old pages, every " + std::to_string(period) + " pages",
		    [&](rtl::Random &random) { epochs(random, period, period % 2 ? 0 : 8); });
	}
	run("rows of old pages, 64 pages apart, the same page",
	    [&](rtl::Random &random) { epochs(random, 64, 0); });
	run("the same words in ever new order",
	    [&](rtl::Random &random) { shuffled_words(random); });
	run("counters", [&](rtl::Random &random) { counters(pages, random); });
	run("there and back without a gap",
	    [&](rtl::Random &random) { there_and_back(pages, random, 250 * times, false); });
	run("there and back with gaps and stalls",
	    [&](rtl::Random &random) { there_and_back(pages, random, 60 * times, true); });
	return tap.done();
}
