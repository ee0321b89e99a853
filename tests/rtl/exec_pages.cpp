// SPDX-License-Identifier: Apache-2.0
/*
 * Pages between host memory and the lanes: page lists (exec_blocks), pages in
 * (exec_page_in) and out (exec_page_out), each against the plain rule it has to keep,
 * with answers in any order, errors and gaps.
 */
#include "exec_blocks/Vexec_blocks.h"
#include "exec_page_in/Vexec_page_in.h"
#include "exec_page_out/Vexec_page_out.h"
#include "flips.hpp"
#include "host_dma.hpp"
#include "tap.hpp"

namespace
{

rtl::Pace some_pace(rtl::Random &random)
{
	if (random.one_in(2))
		return {};
	return {unsigned(random.between(1, 20)), unsigned(random.between(1, 20))};
}

rtl::HostTiming some_timing(rtl::Random &random)
{
	/* Also slower than a page is handed on. */
	unsigned int busy =
	    unsigned(random.one_in(3) ? random.between(4, 20) : random.between(30, 100));

	return {unsigned(random.below(40)), busy, random.one_in(2)};
}

rtl::HostLine some_line(rtl::Random &random)
{
	rtl::HostLine line;

	for (uint8_t &byte : line)
		byte = uint8_t(random());
	return line;
}

/* ---------------------------------------------------------------- lists */

struct Block {
	uint64_t page;
	bool last, fault, bad;
};

void lists(uint64_t seed)
{
	rtl::Random random(seed);
	rtl::HostMemory memory;
	rtl::Clocked<Vexec_blocks> dut(seed);
	rtl::HostReads reads(&dut->read_valid_o, &dut->read_ready_i, &dut->read_o,
			     &dut->answer_valid_i, &dut->answer_i, memory, seed);

	dut->page_valid_i = 0;
	dut->block_ready_i = 0;
	dut.reset();
	for (unsigned int round = 0; round < 4000; round++) {
		unsigned int order = unsigned(random.below(5)), blocks = 1u << order;
		bool listed = !random.one_in(4);
		bool bad = random.one_in(8), fault = listed && random.one_in(8);
		uint64_t addr = (random() & 0xffffffff) << 12;
		std::vector<uint64_t> wanted;

		memory.clear();
		if (listed)
			addr += random.below((4096 - 8 * blocks) / 8 + 1) * 8;
		for (unsigned int n = 0; n < blocks; n++) {
			uint64_t entry = random() & ~uint64_t(4095), at = addr + 8 * n;

			if (bad && (n == blocks - 1 || random.one_in(blocks)))
				entry |= random.one_in(2) ? 1u << random.below(12)
							  : random.between(1, 4095);
			wanted.push_back(listed ? entry : addr + 4096 * n);
			if (listed) {
				if (!memory.count(at / 64))
					memory[at / 64] = some_line(random);
				std::memcpy(memory[at / 64].data() + at % 64, &entry, 8);
			}
		}
		if (fault)
			memory.erase((addr + random.below(8 * blocks)) / 64);
		reads.timing(some_timing(random));
		reads.pace(some_pace(random));
		dut->page_addr_i = addr;
		dut->page_listed_i = listed;
		dut->page_order_i = uint8_t(order);
		dut->page_valid_i = 1;
		for (unsigned int n = 0, patience = 0; n < blocks; patience++) {
			bool accepted = dut->page_valid_i && dut->page_ready_o;

			tap_check(patience < 10000, "a block does not come");
			dut->block_ready_i = random.one_in(2);
			if (dut->block_valid_o && dut->block_ready_i) {
				tap_check(dut->block_last_o == (n == blocks - 1), "last");
				tap_check(dut->block_fault_o == fault, "fault");
				tap_check(dut->block_bad_o == (listed && bad && !fault), "bad");
				if (!fault && !(listed && bad))
					tap_check(dut->block_addr_o == wanted[n] >> 12, "address");
				n++;
			}
			rtl::cycle(dut, reads);
			if (accepted)
				dut->page_valid_i = 0;
		}
		tap_check(!dut->block_valid_o && reads.idle(), "something was left over");
	}
}

/* ---------------------------------------------------------------- pages in */

struct In {
	uint64_t page;
	bool skip, hole;
};

/* Feeds blocks and looks at the words that come; returns the cycles it took. */
uint64_t pages_in(uint64_t seed, unsigned int blocks, bool calm, rtl::HostTiming fixed,
		  unsigned int bits = 0)
{
	rtl::Random random(seed);
	rtl::HostMemory memory;
	rtl::Clocked<Vexec_page_in> dut(seed);
	rtl::HostReads reads(&dut->read_valid_o, &dut->read_ready_i, &dut->read_o,
			     &dut->answer_valid_i, &dut->answer_i, memory, seed);
	std::deque<In> inside;
	unsigned int made = 0, done = 0, word = 0;
	uint64_t patience = 0;
	rtl::Pacer pacer(seed);
	rtl::Flips flips(&dut->inject_i, nullptr, seed);
	In next{};
	/* With two bits in a word: lines that are lost, in the block that comes out, and in all. */
	uint64_t lost = 0, lost_lines = 0, lost_blocks = 0;

	dut->block_valid_i = 0;
	dut->word_ready_i = 0;
	dut.reset();
	reads.timing(fixed);
	/* Of a line's first part, with its check bits. */
	if (bits)
		flips.make({{rtl::PAGE_IN, bits == 1 ? 576 : 64}}, 40, bits);
	while (done < blocks) {
		if (!calm && random.one_in(500)) {
			reads.timing(some_timing(random));
			reads.pace(some_pace(random));
			pacer.set(some_pace(random));
		}
		if (!dut->block_valid_i && made < blocks) {
			next = {made + 1, !calm && random.one_in(10), !calm && random.one_in(6)};
			for (unsigned int n = 0; n < 64; n++) {
				uint64_t line = next.page * 64 + n;

				memory[line] = some_line(random);
				if (next.hole && (random.one_in(8) || n == 63))
					memory.erase(line);
			}
			dut->block_valid_i = 1;
			dut->block_addr_i = next.page;
			dut->block_skip_i = next.skip;
			made++;
		}
		bool accepted = dut->block_valid_i && dut->block_ready_o;

		dut->word_ready_i = pacer.next();
		dut->eval();
		if (dut->word_valid_o && dut->word_ready_i) {
			const In &block = inside.at(0);
			auto line = memory.find(block.page * 64 + word / 8);
			uint64_t wanted = 0;

			if (!block.skip && line != memory.end())
				std::memcpy(&wanted, line->second.data() + word % 8 * 8, 8);
			if (reads.swallowed(block.page * 64 + word / 8))
				wanted = 0;
			if (bits == 2 && word % 8 == 0 && dut->word_o != wanted) {
				lost_lines++;
				lost = 1;
			} else
				tap_check(dut->word_o == wanted, "word " + std::to_string(word) +
								     " of block " +
								     std::to_string(block.page));
			word++;
			tap_check(dut->done_o == (word == 512), "done");
			if (word == 512) {
				tap_check(dut->done_error_o == (block.skip || block.hole), "error");
				memory.erase(memory.lower_bound(block.page * 64),
					     memory.lower_bound(block.page * 64 + 64));
				tap_check(dut->done_lost_o == lost, "what is lost is told");
				lost_blocks += lost;
				lost = 0;
				inside.pop_front();
				word = 0;
				done++;
			}
			patience = 0;
		} else {
			tap_check(!dut->done_o, "done without a word");
		}
		tap_check(++patience < 20000, "a word does not come");
		flips.before();
		dut->eval();
		flips.count(rtl::PAGE_IN, dut->ecc_o);
		rtl::cycle(dut, reads);
		if (accepted) {
			inside.push_back(next);
			dut->block_valid_i = 0;
		}
	}
	tap_check(dut->idle_o && reads.idle(), "something was left over");
	if (bits)
		std::printf("# %llu lines put right, %llu lost in %llu blocks\n",
			    (unsigned long long)flips.corrected[rtl::PAGE_IN],
			    (unsigned long long)lost_lines, (unsigned long long)lost_blocks);
	tap_check((bits == 1) == (flips.corrected[rtl::PAGE_IN] > 100) &&
		      (bits == 2) == (flips.all_lost() > 100) && flips.all_lost() >= lost_lines,
		  "lines put right and lost");
	return dut.now();
}

/* ---------------------------------------------------------------- pages out */

/* A block that comes; the last of its beats has an error, or all is well. */
struct Out {
	Bytes data;
	bool bad;
};

/* One that is sent, at once or while it comes; what of it was written. */
struct Sending {
	Out block;
	uint64_t addr;
	size_t got;
};

void pages_out(uint64_t seed)
{
	rtl::Random random(seed);
	rtl::Clocked<Vexec_page_out> dut(seed);
	/* crc 32, error 3, last 1, data 256 */
	rtl::Source<VlWide<10>> beats(&dut->beat_valid_i, &dut->beat_ready_o, &dut->beat_i, seed);
	rtl::HostWrites writes(&dut->write_valid_o, &dut->write_ready_i, &dut->write_o,
			       &dut->data_valid_o, &dut->data_ready_i, &dut->data_o, seed);
	std::deque<Out> there, coming;
	std::deque<Sending> sent;
	/* The block that comes is being sent. */
	bool ahead = false;
	uint64_t seen = 0, patience = 0, parts = 0, pieces = 0, forgotten = 0;

	dut->send_valid_i = 0;
	dut->drop_i = 0;
	dut.reset();
	while (seen < 2000) {
		if (random.one_in(300)) {
			beats.pace(some_pace(random));
			writes.pace(some_pace(random));
		}
		if (beats.waiting() < 128) {
			bool bad = random.one_in(6);
			size_t length = bad && random.one_in(2) ? random.between(1, 128) : 128;
			Out block{Bytes(32 * length), bad};

			for (size_t n = 0; n < length; n++) {
				VlWide<10> beat{};

				for (size_t byte = 0; byte < 32; byte++)
					block.data[32 * n + byte] = uint8_t(random());
				std::memcpy(&beat, &block.data[32 * n], 32);
				rtl::set_bits(beat, 256, 1, n == length - 1);
				rtl::set_bits(beat, 257, 3, bad && n == length - 1 ? 1 : 0);
				beats.push(beat);
			}
			coming.push_back(block);
		}
		dut->drop_i = 0;
		dut->send_valid_i = 0;
		dut->send_ahead_i = 0;

		uint64_t addr = (random() & 0xfffffffffffff) << 12;

		tap_check(!dut->begun_o || there.empty(), "begun, and another one is there");
		if (dut->begun_o && random.one_in(10)) {
			sent.push_back({coming.front(), addr, 0});
			ahead = true;
			dut->send_valid_i = 1;
			dut->send_ahead_i = 1;
		} else if (!there.empty() && dut->drop_ready_o &&
			   (there.front().bad || random.one_in(20))) {
			size_t blocks = 1;

			while (blocks < there.size() && random.one_in(2))
				blocks++;
			dut->drop_i = 1;
			dut->drop_blocks_i = uint8_t(blocks);
			there.erase(there.begin(), there.begin() + long(blocks));
			seen += blocks;
		} else if (!there.empty() && !there.front().bad && dut->send_ready_o &&
			   random.one_in(3)) {
			sent.push_back({there.front(), addr, 0});
			there.pop_front();
			dut->send_valid_i = 1;
		}
		if (dut->send_valid_i) {
			dut->send_addr_i = addr >> 12;
			seen++;
			patience = 0;
		}
		beats.before();
		writes.before();
		dut->eval();
		if (dut->block_o) {
			tap_check((dut->block_error_o != 0) == coming.front().bad, "error");
			if (!ahead)
				there.push_back(coming.front());
			ahead = false;
			coming.pop_front();
		}
		dut.edge();
		beats.after(dut.now());
		writes.after(dut.now());
		for (; !writes.done().empty(); writes.done().pop_front()) {
			const rtl::HostWrite &write = writes.done().front();

			while (sent.at(0).block.bad && write.addr != sent[0].addr + sent[0].got) {
				sent.pop_front();
				forgotten++;
			}

			Sending &to = sent[0];

			tap_check(write.addr == to.addr + to.got, "address");
			size_t end = to.got + write.data.size();

			/* In groups, but the last one may come in pieces. */
			tap_check(end % (end < 3584 ? 512 : 128) == 0, "a part of a group");
			pieces += end > 3584 && end < 4096;
			/* The beat with the error stays here. */
			tap_check(to.got + write.data.size() <=
				      to.block.data.size() - (to.block.bad ? 32 : 0),
				  "more than there is");
			tap_check(std::equal(write.data.begin(), write.data.end(),
					     to.block.data.begin() + long(to.got)),
				  "data");
			to.got += write.data.size();
			parts += to.got < 4096;
			if (to.got == 4096)
				sent.pop_front();
		}
		tap_check(++patience < 30000, "nothing is sent any more");
	}
	tap_check(parts > 500 && pieces > 100 && forgotten > 20, "too little was sent ahead");
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	tap.run("lists", [&] { lists(tap.seed()); });
	tap.run("pages in", [&] { pages_in(tap.seed(), 2000, false, {}); });
	tap.run("lines of pages in that have a wrong bit, or two", [&] {
		pages_in(tap.seed() + 1, 1000, false, {}, 1);
		pages_in(tap.seed() + 2, 1000, false, {}, 2);
	});
	tap.run("pages in at full speed", [&] {
		uint64_t cycles = pages_in(tap.seed(), 200, true, {250, 100, false});

		std::printf("# %.1f cycles a page, host latency 250\n", double(cycles) / 200);
		tap_check(cycles < 200 * 513 + 600, "slower than a compressor");
	});
	tap.run("pages out", [&] { pages_out(tap.seed()); });
	return tap.done();
}
