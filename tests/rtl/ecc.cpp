// SPDX-License-Identifier: Apache-2.0
/*
 * The pool table, of which words are damaged: single errors are corrected, a cycle later;
 * what is lost is told, and only that. Other memories on the chip are damaged in the tests of
 * the blocks that have them, the whole card in card_ecc.cpp.
 */
#include "exec_pools/Vexec_pools.h"
#include "flips.hpp"
#include "tap.hpp"

namespace
{

constexpr unsigned int pools = 256, data_bits = 56, word_bits = 63;
constexpr uint64_t valid_bit = 1ull << 55;

struct Figures {
	unsigned int corrected = 0, lost = 0, right = 0;
};

/* Writes all pools, so many bits of every other word damaged, and reads them back. */
Figures write_and_read(uint64_t seed, unsigned int bits)
{
	rtl::Random random(seed);
	rtl::Clocked<Vexec_pools> dut(seed);
	std::vector<uint64_t> written(pools);
	Figures figures;

	dut->inject_i = 0;
	dut->write_i = dut->read_i = 0;
	dut.reset();
	for (unsigned int pool = 0; pool < pools; pool++) {
		unsigned int first = unsigned(random.below(word_bits)), second = first;

		while (bits == 2 && second == first)
			second = unsigned(random.below(word_bits));
		written[pool] = (random() & ((1ull << data_bits) - 1)) | valid_bit;
		dut->inject_i = pool % 2 ? rtl::flip_word(rtl::POOLS, first, second) : 0;
		dut.edge();
		dut->inject_i = 0;
		dut->write_i = 1;
		dut->write_pool_i = CData(pool);
		dut->write_data_i = written[pool];
		dut.edge();
		dut->write_i = 0;
	}
	for (unsigned int n = 0; n < 4 * pools; n++) {
		unsigned int pool = unsigned(random.below(pools));
		unsigned int corrected = 0, lost = 0, waits = 0;

		dut->read_i = 1;
		dut->read_pool_i = CData(pool);
		dut.edge();
		dut->read_i = 0;
		for (unsigned int cycle = 0; cycle < 4; cycle++) {
			corrected += dut->ecc_o >> 1 & 1;
			lost += dut->ecc_o & 1;
			waits += dut->read_wait_o;
			if (cycle > 0)
				tap_check(!dut->read_wait_o, "waits for longer than a cycle");
			if (!dut->read_wait_o) {
				tap_check(dut->read_error_o == (pool % 2 && bits == 2),
					  "an error, or none");
				tap_check(dut->read_error_o || dut->read_data_o == written[pool],
					  "pool " + std::to_string(pool) + " is another one");
			}
			dut.edge();
		}
		tap_check(corrected == (pool % 2 && bits == 1) && lost == (pool % 2 && bits == 2),
			  "errors told");
		tap_check(waits == pool % 2, "a cycle for each correction");
		figures.corrected += corrected;
		figures.lost += lost;
		figures.right += pool % 2 == 0;
	}
	return figures;
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (unsigned int bits : {1, 2}) {
		tap.run(bits == 1 ? "one bit of pools" : "two bits of pools", [&] {
			Figures figures = write_and_read(tap.seed() + bits, bits);

			std::printf("# %u corrected, %u lost, %u as they were\n", figures.corrected,
				    figures.lost, figures.right);
		});
	}
	return tap.done();
}
