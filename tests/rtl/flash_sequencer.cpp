/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flash_sequencer with four dies at its pins, which check times and rules (nand_die.hpp):
 * pages that are written, read, erased in any order of dies, dies that fail, that hang,
 * streams that stall.
 */
#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "flash_sequencer_test/Vflash_sequencer_test.h"
#include "nand_die.hpp"
#include "stream.hpp"
#include "tap.hpp"

namespace
{

constexpr unsigned int DIES = 4, READ_DELAY = 2;

enum Op { RESET, READ_ID, PARAMS, READ, COLUMN, PROGRAM, ERASE, STATUS };
enum Result { DONE, FAILED, SILENT };

struct Command {
	Op op;
	unsigned int die;
	uint32_t row = 0;
	unsigned int column = 0, length = 0;
	bool joined = false;
};

struct Answer {
	unsigned int result, die, tag, status;
	Bytes data;
	uint64_t when;
};

class Bench
{
	rtl::Clocked<Vflash_sequencer_test> dut_;
	rtl::Pacer in_pacer_, out_pacer_;
	std::array<uint8_t, READ_DELAY> line_{};
	std::deque<uint64_t> commands_;
	std::deque<uint8_t> in_;
	std::map<unsigned int, Bytes> data_; /* by tag */
	unsigned int tag_ = 0;

      public:
	rtl::Random random;
	std::vector<std::unique_ptr<onfi::Die>> dies;
	std::deque<Answer> answers;
	bool no_ready_pins = false;

	explicit Bench(uint64_t seed)
	    : dut_(seed), in_pacer_(seed + 1), out_pacer_(seed + 2), random(seed + 3)
	{
		for (unsigned int n = 0; n < DIES; n++)
			dies.push_back(std::make_unique<onfi::Die>(seed + 10 + n));
		dut_->command_valid_i = 0;
		dut_->answer_ready_i = 0;
		dut_->in_valid_i = 0;
		dut_->out_ready_i = 0;
		dut_->dq_i = 0;
		dut_->ready_i = 0xf;
		dut_.reset();
	}

	void pace(rtl::Pace in, rtl::Pace out)
	{
		in_pacer_.set(in);
		out_pacer_.set(out);
	}

	/* Returns its tag. */
	unsigned int send(const Command &c, const Bytes &data = {})
	{
		unsigned int tag = tag_++ & 0xff;

		/* The port has 71 bits: the operation is in its upper word. */
		std::array<uint32_t, 3> words{};
		rtl::set_bits(words, 0, 8, tag);
		rtl::set_bits(words, 8, 16, c.length);
		rtl::set_bits(words, 24, 16, c.column);
		rtl::set_bits(words, 40, 24, c.row);
		rtl::set_bits(words, 64, 3, c.die);
		rtl::set_bits(words, 67, 1, c.joined);
		rtl::set_bits(words, 68, 3, c.op);
		commands_.push_back(uint64_t(words[0]) | uint64_t(words[1]) << 32);
		commands_.push_back(words[2]);
		in_.insert(in_.end(), data.begin(), data.end());
		return tag;
	}

	uint64_t stat(unsigned int which)
	{
		return rtl::get_bits(dut_->stats_o, 32 * (8 - which), 32);
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	void cycle()
	{
		/* Pins. */
		uint8_t byte = uint8_t(random());
		unsigned int selected = 0, driven = 0, ready = 0;

		for (unsigned int n = 0; n < DIES; n++) {
			bool ce = !(dut_->ce_no >> n & 1);

			selected += ce;
			driven += dies[n]->cycle({ce, dut_->cle_o != 0, dut_->ale_o != 0,
						  !dut_->we_no, !dut_->re_no, dut_->dq_o},
						 byte);
			ready |= unsigned(no_ready_pins || dies[n]->ready()) << n;
		}
		tap_check(selected <= 1, "two dies selected");
		tap_check(!driven || !dut_->dq_oe_o, "both drive DQ");
		tap_check(dut_->we_no || dut_->dq_oe_o, "WE# without DQ");
		dut_->dq_i = line_[READ_DELAY - 1];
		for (unsigned int n = READ_DELAY - 1; n > 0; n--)
			line_[n] = line_[n - 1];
		line_[0] = byte;
		dut_->ready_i = CData(ready);

		/* Streams. */
		if (!dut_->command_valid_i && !commands_.empty()) {
			std::memcpy(&dut_->command_i, &commands_[0], 8);
			std::memcpy(reinterpret_cast<char *>(&dut_->command_i) + 8, &commands_[1],
				    4);
			dut_->command_valid_i = 1;
		}
		if (!dut_->in_valid_i && !in_.empty() && in_pacer_.next()) {
			dut_->in_data_i = in_.front();
			dut_->in_valid_i = 1;
		}
		dut_->out_ready_i = out_pacer_.next();
		dut_->answer_ready_i = random.below(2) != 0;
		bool command_taken = dut_->command_valid_i && dut_->command_ready_o;
		bool in_taken = dut_->in_valid_i && dut_->in_ready_o;

		if (dut_->out_valid_o && dut_->out_ready_i)
			data_[dut_->out_tag_o].push_back(dut_->out_data_o);
		if (dut_->answer_valid_o && dut_->answer_ready_i) {
			uint64_t a = dut_->answer_o;
			unsigned int tag = unsigned(a >> 8 & 0xff);

			answers.push_back({unsigned(a >> 19 & 3), unsigned(a >> 16 & 7), tag,
					   unsigned(a & 0xff), data_[tag], now()});
			data_.erase(tag);
		}
		dut_.edge();
		if (command_taken) {
			commands_.erase(commands_.begin(), commands_.begin() + 2);
			dut_->command_valid_i = 0;
		}
		if (in_taken) {
			in_.pop_front();
			dut_->in_valid_i = 0;
		}
	}

	void wait(size_t count)
	{
		uint64_t end = now() + 100000 + 60000 * count;

		while (answers.size() < count) {
			cycle();
			tap_check(now() < end, "it hangs");
		}
	}

	/* Sends and waits. */
	Answer run(const Command &c, const Bytes &data = {})
	{
		unsigned int tag = send(c, data);

		wait(1);
		Answer answer = answers.front();
		answers.pop_front();
		tap_check(answer.tag == tag && answer.die == c.die, "whose answer is it");
		return answer;
	}

	Bytes bytes(size_t count)
	{
		Bytes made(count);

		for (auto &byte : made)
			byte = uint8_t(random());
		return made;
	}
};

constexpr unsigned int PAGE = 700, PAGES = onfi::Die::PAGES;

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int times = Tap::wants_long() ? 20 : 1;

	tap.run("reset, identity, parameters, status", [&] {
		Bench bench(tap.seed());

		for (unsigned int die = 0; die < DIES; die++) {
			tap_check(bench.run({RESET, die}).result == DONE, "reset");
			Answer id = bench.run({READ_ID, die, 0, 0x20, 4});
			tap_check(id.result == DONE && id.data == Bytes{'O', 'N', 'F', 'I'},
				  "identity");
			Answer params = bench.run({PARAMS, die, 0, 0, 256});
			tap_check(params.data.size() == 256, "parameter page");
			for (unsigned int n = 0; n < 256; n++)
				tap_check(params.data[n] == uint8_t(3 * n + 1), "parameter page");
			tap_check(bench.run({STATUS, die}).status == 0xe0, "status");
			tap_check(bench.run({STATUS, die, 5, 0, 0, true}).status == 0xe0, "78h");
		}
	});
	tap.run("a page there and back, in parts", [&] {
		Bench bench(tap.seed());
		Bytes page = bench.bytes(PAGE);

		tap_check(bench.run({PROGRAM, 1, 0x10000, 0, PAGE}, page).result == DONE,
			  "program");
		tap_check(bench.run({READ, 1, 0x10000, 0, PAGE}).data == page, "read");
		Answer part = bench.run({READ, 1, 0x10000, 300, 20});
		tap_check(part.data == Bytes(page.begin() + 300, page.begin() + 320), "column");
		part = bench.run({COLUMN, 1, 0, 100, 7});
		tap_check(part.data == Bytes(page.begin() + 100, page.begin() + 107), "05h");
		tap_check(bench.run({ERASE, 1, 0x10003}).result == DONE, "erase");
		tap_check(bench.run({READ, 1, 0x10000, 0, PAGE}).data == Bytes(PAGE, 0xff),
			  "erased");
		/* Two planes: the first is only taken in, the second is waited for. */
		tap_check(bench.run({PROGRAM, 2, 8, 0, PAGE, true}, page).result == DONE, "11h");
		tap_check(bench.run({PROGRAM, 2, 16, 0, PAGE}, page).result == DONE, "10h");
		tap_check(bench.run({READ, 2, 8, 0, PAGE}).data == page, "first plane");
		tap_check(bench.run({ERASE, 2, 8, 0, 0, true}).result == DONE, "d1h");
		tap_check(bench.run({ERASE, 2, 16}).result == DONE, "d0h");
	});
	tap.run("random commands to four dies, streams that stall", [&] {
		for (unsigned int round = 0; round < 6 * times; round++) {
			Bench bench(tap.seed() * 100 + round);
			auto &random = bench.random;
			std::array<std::map<uint32_t, Bytes>, DIES> held;
			std::array<std::array<unsigned int, 4>, DIES> next{};
			std::map<unsigned int, std::pair<Command, Bytes>> open;
			std::array<unsigned int, 3> done{};

			bench.no_ready_pins = round % 3 == 2;
			for (unsigned int n = 0; n < 120; n++) {
				unsigned int die = unsigned(random.below(DIES));
				unsigned int block = unsigned(random.below(4));
				uint32_t row = block * PAGES + next[die][block];
				unsigned int which = unsigned(random.below(8));

				if (n % 20 == 0)
					bench.pace({1 + unsigned(random.below(60)),
						    unsigned(random.below(3) * random.below(80))},
						   {1 + unsigned(random.below(60)),
						    unsigned(random.below(3) * random.below(80))});
				if (which < 4 && next[die][block] < PAGES) {
					Bytes page = bench.bytes(random.between(1, PAGE));
					Command c{PROGRAM, die, row, 0, unsigned(page.size())};

					next[die][block]++;
					page.resize(page.size());
					held[die][row] = page;
					open[bench.send(c, page)] = {c, {}};
				} else if (which == 4) {
					/* A full block's next page would be another block's. */
					Command c{ERASE, die, block * PAGES};

					for (unsigned int p = 0; p < PAGES; p++)
						held[die].erase(block * PAGES + p);
					next[die][block] = 0;
					open[bench.send(c)] = {c, {}};
				} else {
					row = uint32_t(random.below(4 * PAGES));
					Command c{READ, die, row, 0, PAGE};
					Bytes want = held[die][row];

					want.resize(PAGE, 0xff);
					open[bench.send(c)] = {c, want};
				}
				if (n % 4 == 3 || n == 119) {
					bench.wait(open.size());
					for (const Answer &answer : bench.answers) {
						auto &[c, want] = open.at(answer.tag);

						tap_check(answer.result == DONE, "result");
						tap_check(answer.data == want, "data");
						done[c.op == READ ? 0 : c.op == PROGRAM ? 1 : 2]++;
						open.erase(answer.tag);
					}
					bench.answers.clear();
				}
			}
			tap_check(bench.stat(2) == done[0] && bench.stat(3) == done[1] &&
				      bench.stat(4) == done[2] && bench.stat(5) == 0 &&
				      bench.stat(6) == 0,
				  "counters");
		}
	});
	tap.run("one die's array works while another transfers", [&] {
		Bench bench(tap.seed());
		uint64_t start = bench.now();

		bench.run({READ, 0, 0, 0, PAGE});
		uint64_t alone = bench.now() - start;

		start = bench.now();
		for (unsigned int n = 0; n < 16; n++)
			bench.send({READ, n % DIES, 0, 0, PAGE});
		bench.wait(16);
		uint64_t each = (bench.now() - start) / 16;

		std::printf("# a page of %u bytes: %llu cycles alone, %llu each from four dies\n",
			    PAGE, (unsigned long long)alone, (unsigned long long)each);
		tap_check(each < alone && each < 5 * PAGE + 250, "dies wait for each other");
		std::printf("# bus busy %llu, waiting %llu\n", (unsigned long long)bench.stat(0),
			    (unsigned long long)bench.stat(1));
	});
	tap.run("a die that fails", [&] {
		Bench bench(tap.seed());
		Bytes page = bench.bytes(PAGE);

		bench.dies[3]->fail_programs = {1};
		bench.dies[3]->fail_erases = {2};
		tap_check(bench.run({PROGRAM, 3, 0, 0, PAGE}, page).result == DONE, "program");
		Answer failed = bench.run({PROGRAM, 3, 1, 0, PAGE}, page);
		tap_check(failed.result == FAILED && failed.status == 0xe1, "program fails");
		tap_check(bench.run({PROGRAM, 3, 2, 0, PAGE}, page).result == DONE, "the next");
		tap_check(bench.run({ERASE, 3, 2 * PAGES}).result == FAILED, "erase fails");
		tap_check(bench.run({READ, 3, 2, 0, PAGE}).data == page, "read");
		tap_check(bench.stat(5) == 2, "counter");
	});
	tap.run("a die that hangs", [&] {
		for (bool pins : {true, false}) {
			Bench bench(tap.seed());
			Bytes page = bench.bytes(PAGE);

			bench.no_ready_pins = !pins;
			bench.dies[1]->hang = true;
			bench.send({READ, 1, 0, 0, PAGE});
			bench.send({PROGRAM, 0, 0, 0, PAGE}, page);
			bench.send({READ, 0, 0, 0, PAGE});
			bench.wait(3);
			tap_check(bench.answers[0].result == DONE && bench.answers[1].data == page,
				  "the others go on");
			tap_check(bench.answers[2].result == SILENT && bench.answers[2].die == 1 &&
				      bench.answers[2].data.empty(),
				  "it is silent");
			bench.answers.clear();
			/* Nothing is sent to it, and a program's data do not stay in the way. */
			tap_check(bench.run({PROGRAM, 1, 0, 0, PAGE}, page).result == SILENT,
				  "program");
			tap_check(bench.run({READ, 1, 0, 0, PAGE}).result == SILENT, "read");
			tap_check(bench.run({PROGRAM, 2, 0, 0, PAGE}, page).result == DONE,
				  "another");
			tap_check(bench.run({STATUS, 1}).status == 0x80, "status of a busy die");
			tap_check(bench.run({RESET, 1}).result == SILENT, "reset does not help");
			bench.dies[1]->revive();
			tap_check(bench.run({RESET, 1}).result == DONE, "reset helps");
			tap_check(bench.run({PROGRAM, 1, 0, 0, PAGE}, page).result == DONE,
				  "program");
			tap_check(bench.stat(6) == 4, "counter");
		}
	});
	return tap.done();
}
