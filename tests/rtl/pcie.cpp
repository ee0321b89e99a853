/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's PCI Express side: registers, doorbells and interrupts as the host sees them,
 * random traffic with all that a host may do wrong, and full rate. See pcie_bench.hpp.
 */
#include "pcie_bench.hpp"

namespace
{

using namespace pcie_bench;

void registers(Tap &tap)
{
	Bench b(tap.seed());

	tap_check(b.mmio_read(0, 0) == 0x434d4150, "MAGIC");
	b.mmio_write(0, 0x38, 0x12345678, 4);
	tap_check(b.mmio_read(0, 0x38) == 0x12345678, "SCRATCH");
	/* Every width and place in two registers. */
	uint8_t shadow[16] = {};

	b.mmio_write(0, 0x28, 0, 8);
	b.mmio_write(0, 0x30, 0, 8);
	for (unsigned int i = 0; i < 300; i++) {
		uint8_t bytes[16];
		size_t from = b.random.below(16), length = b.random.between(1, 16 - from);

		for (auto &byte : bytes)
			byte = uint8_t(b.random());
		b.host.mmio_write(0, 0x28 + from, bytes, length);
		std::memcpy(shadow + from, bytes, length);
		from = b.random.below(16);
		length = b.random.between(0, 16 - from);

		auto answer = b.wait(b.host.mmio_read(0, 0x28 + from, length));
		tap_check(answer.status == 0, "a read is not answered");
		for (size_t n = from; n < from + length; n++) {
			uint8_t got = uint8_t(answer.data[n / 4 - from / 4] >> 8 * (n % 4));

			tap_check(got == shadow[n],
				  "byte " + std::to_string(n) + " of two registers");
		}
	}
	/* A whole line, and longer ones, which nobody needs. */
	auto line = b.wait(b.host.mmio_read(0, 0, 64));
	tap_check(line.data.size() == 16 && line.data[0] == 0x434d4150 &&
		      line.data[14] == 0x12345678,
		  "a line of registers");
	tap_check(b.wait(b.host.mmio_read(0, 0x20, 64)).data.at(6) == 0x12345678,
		  "a line, not aligned");
	tap_check(b.wait(b.host.mmio_read(0, 0, 128)).status == 1, "a long read is not supported");
	/* Doorbells are not read. */
	tap_check(b.mmio_read(2, 0x3f000) == 0, "a doorbell reads as zero");
	/* What the card has not, and what is damaged. */
	for (auto type : {pcie::IO_READ, pcie::IO_WRITE, pcie::FETCH_ADD, pcie::SWAP,
			  pcie::COMPARE_SWAP, pcie::MEM_READ_LOCKED}) {
		pcie::HostRequest request;

		request.type = type;
		if (type != pcie::IO_READ && type != pcie::MEM_READ_LOCKED)
			request.data.resize(1);
		tap_check(b.wait(b.host.submit(request)).status == 1,
			  "type " + std::to_string(type) + " is not supported");
	}
	pcie::HostRequest bad;

	bad.type = pcie::MESSAGE;
	bad.data.resize(4);
	bad.dwords = 4;
	bad.last_be = 15;
	b.host.submit(bad);
	bad.type = pcie::MEM_WRITE;
	bad.offset = 0x38;
	bad.dwords = 1;
	bad.last_be = 0;
	bad.data.assign(1, 0xdeadbeef);
	bad.discontinue = true;
	b.host.submit(bad);
	bad.dwords = 128;
	bad.last_be = 15;
	bad.offset = 0;
	bad.data.resize(128);
	b.host.submit(bad);
	bad.type = pcie::MEM_READ;
	bad.data.clear();
	bad.dwords = 1;
	bad.last_be = 0;
	for (unsigned int n = 0; n < 20; n++)
		b.host.submit(bad);
	tap_check(b.mmio_read(0, 0x38) == 0x12345678, "a damaged write has done something");
	/* pcie_stats_t from its end: ..., cq_damaged is word 20, cq_dropped 21. */
	tap_check(b.stat(20) == 22 && b.stat(21) == 1, "drops are counted");
	b.drain();
}

/* Of some dword not all bytes are written. */
bool in_part(uint64_t strobes)
{
	for (unsigned int n = 0; n < 64; n += 4)
		if ((strobes >> n & 15) != 0 && (strobes >> n & 15) != 15)
			return true;
	return false;
}

void doorbells(Tap &tap, bool gaps)
{
	Bench b(tap.seed() ^ 31);

	if (gaps) {
		b.host.options().cq = {6, 3};
		b.host.options().cc = {2, 5};
		b.bells.pace({3, 4});
	}
	struct Line {
		unsigned int line;
		uint64_t strobes;
		uint8_t bytes[64];
	};
	std::deque<Line> wanted;
	uint64_t count = 0;
	std::vector<uint64_t> reads;

	for (unsigned int i = 0; i < 4000; i++) {
		b.host.options().max_payload = i < 2000 ? 256 : 1024;
		size_t length = b.random.one_in(3) ? 64
				: b.random.one_in(2)
				    ? b.random.between(1, 16)
				    : b.random.between(1, b.host.options().max_payload);
		uint64_t offset = b.random.below(64) << 12;

		offset += length == 64 && b.random.one_in(2) ? 0x800 + 64 * b.random.below(32)
							     : b.random.below(4096 - length + 1);
		std::vector<uint8_t> bytes(length);

		for (auto &byte : bytes)
			byte = uint8_t(b.random());
		/* As the host cuts it. */
		uint64_t room = b.host.options().max_payload - offset % 4;
		size_t first = std::min<size_t>(length, room);

		for (size_t part = 0; part < length;) {
			size_t end = part == 0 ? first : length;
			Line line{};
			bool any = false;

			for (size_t n = part; n < end; n++) {
				uint64_t at = offset + n;

				if (any && at % 64 == 0) {
					wanted.push_back(line);
					line = {};
				}
				any = true;
				line.line = unsigned(at / 64);
				line.strobes |= 1ull << at % 64;
				line.bytes[at % 64] = bytes[n];
			}
			wanted.push_back(line);
			part = end;
		}
		b.host.mmio_write(2, offset, bytes.data(), length);
		if (b.random.one_in(20))
			reads.push_back(b.host.mmio_read(0, 4 * b.random.below(16), 4));
		for (unsigned int k = 0;
		     b.host.waiting() > 40 || (i == 3999 && (b.host.waiting() || !wanted.empty()));
		     k++) {

			tap_check(k < 20000, "lines are missing");
			b.step();
			while (!b.bells.taken().empty()) {
				const auto &beat = b.bells.taken().front().beat;
				const auto *data = reinterpret_cast<const uint8_t *>(&beat);
				const Line &w = wanted.front();

				tap_check(!wanted.empty(), "a line that nobody wrote");
				tap_check(rtl::get_bits(beat, 588, 3) == 2 &&
					      rtl::get_bits(beat, 576, 12) == w.line,
					  "a line is elsewhere");
				tap_check(rtl::get_bits(beat, 512, 64) == w.strobes, "strobes");
				tap_check(rtl::get_bits(beat, 591, 1) == in_part(w.strobes),
					  "a part of a dword");
				for (unsigned int n = 0; n < 64; n++)
					tap_check(!(w.strobes >> n & 1) || data[n] == w.bytes[n],
						  "bytes");
				wanted.pop_front();
				b.bells.taken().pop_front();
				count++;
			}
		}
	}
	for (auto id : reads)
		tap_check(b.wait(id).status == 0, "a read among doorbells");
	std::printf("# %llu lines of doorbells\n", static_cast<unsigned long long>(count));
}

/* A read sees what was written before it, even if that has to wait. */
void reads_behind_writes(Tap &tap)
{
	Bench b(tap.seed() ^ 35);

	b.bells.pace({1, 200});
	for (unsigned int i = 0; i < 40; i++) {
		uint64_t line[8] = {i};

		for (uint64_t n = b.random.below(12); n > 0; n--)
			b.host.mmio_write(2, 0x800 + 64 * n, line, 64);
		b.mmio_write(0, 0x38, 1000 + i, 4);
		tap_check(b.mmio_read(0, 0x38) == 1000 + i, "a read has passed a write");
	}
	b.drain();
}

/* Reads whose answers the host does not take stand in no write's way. */
void writes_behind_reads(Tap &tap)
{
	Bench b(tap.seed() ^ 37);
	const uint64_t line[8] = {1};
	std::vector<uint64_t> reads;

	/* One answer, then hardly any. */
	b.host.options().cc = {1, 10000000};
	for (unsigned int i = 0; i < 12; i++)
		reads.push_back(b.host.mmio_read(0, 0x38, 4));
	for (unsigned int i = 0; i < 500; i++)
		b.step();
	b.host.mmio_write(2, 0x800, line, 64);
	for (unsigned int k = 0; b.bells.taken().empty(); k++) {
		tap_check(k < 1000, "a write waits for a read behind which it came");
		b.step();
	}
	b.host.options().cc = {};
	for (auto id : reads)
		tap_check(b.wait(id).status == 0, "a read before a write");
	b.drain();
}

void random_options(Bench &b)
{
	auto &o = b.host.options();

	o.max_payload = 128u << b.random.below(4);
	o.max_read_req = 128u << b.random.below(6);
	o.ext_tag = b.random.one_in(2);
	o.rcb = b.random.one_in(2) ? 64 : 128;
	o.latency = unsigned(b.random.one_in(2) ? b.random.below(20) : b.random.below(400));
	o.latency_spread = b.random.one_in(2) ? 0 : 300;
	o.split = b.random.one_in(2);
	o.reorder = b.random.one_in(2);
	o.bytes_per_cycle = b.random.one_in(4) ? double(b.random.between(40, 60)) : 0;
	o.posted = b.random.one_in(2) ? 0 : unsigned(b.random.between(1, 8));
	o.posted_data = b.random.one_in(2) ? 0 : o.max_payload / 16 + unsigned(b.random.below(64));
	o.non_posted = b.random.one_in(2) ? 0 : unsigned(b.random.between(1, 8));
	o.credit_latency = unsigned(b.random.below(100));
	auto pace = [&] {
		return b.random.one_in(2) ? rtl::Pace{}
					  : rtl::Pace{unsigned(b.random.between(1, 8)),
						      unsigned(b.random.between(1, 6))};
	};
	o.rq = pace();
	/* All that may be on its way comes before the shorter timeout here. */
	o.rc = b.random.one_in(2)
		   ? rtl::Pace{}
		   : rtl::Pace{unsigned(b.random.between(2, 8)), unsigned(b.random.between(1, 2))};
	o.cc = pace();
	o.cq = pace();
	b.knobs.gap_one_in = b.random.one_in(2) ? 0 : unsigned(b.random.between(2, 4));
	b.knobs.read_one_in = unsigned(b.random.between(2, 60));
	b.knobs.write_one_in = unsigned(b.random.between(2, 60));
	b.knobs.most_lines = b.random.one_in(3) ? unsigned(b.random.between(1, 64)) : 64;
	b.knobs.most_dwords = b.random.one_in(3) ? unsigned(b.random.between(1, 1024)) : 1024;
	b.knobs.irq_one_in = b.random.one_in(2) ? 0 : unsigned(b.random.between(5, 200));
}

void traffic(Tap &tap, unsigned int rounds, bool faults, bool resets)
{
	Bench b(tap.seed() ^ (faults ? 41 : 42) ^ (resets ? 64 : 0));
	uint64_t done = 0, failed = 0;

	b.open_interrupts();
	for (unsigned int round = 0; round < rounds; round++) {
		random_options(b);
		b.knobs.may_fail = faults;
		if (faults) {
			auto &o = b.host.options();

			for (unsigned int n = 1; n < pcie::FAULTS; n++)
				o.one_in[n] =
				    b.random.one_in(2) ? 0 : unsigned(b.random.between(10, 200));
			o.stray_one_in = b.random.one_in(2) ? 0 : 20;
			o.late_cycles = unsigned(b.random.between(1000, 9000));
		}
		b.run(3000);
		if (resets) {
			b.reset();
			b.open_interrupts();
		} else {
			b.drain();
			b.check_interrupts();
		}
	}
	done = b.reads_done;
	failed = b.reads_failed;
	std::printf("# %llu reads, %llu of them failed, %llu lines, %llu writes\n",
		    static_cast<unsigned long long>(done), static_cast<unsigned long long>(failed),
		    static_cast<unsigned long long>(b.lines_read),
		    static_cast<unsigned long long>(b.writes_done));
	tap_check(done > 0 && b.writes_done > 0, "nothing happened");
	tap_check(!faults || (failed > 0 && failed < done), "no or all reads failed");
}

/* Words of the MSI-X table: 32 bits and 7 to check them. */
void interrupts(Tap &tap, bool flips)
{
	Bench b(tap.seed() ^ 51);

	b.knobs.read_one_in = b.knobs.write_one_in = 0;
	if (flips)
		b.flips.make({{rtl::MSIX, 39}}, 1, 1);
	b.open_interrupts();
	for (unsigned int n = 0; n < 64; n++) {
		tap_check(b.mmio_read(0, 0x2000 + 16 * n) ==
				  uint32_t(b.host.options().msi_base + 16 * n) &&
			      b.mmio_read(0, 0x2004 + 16 * n) == b.host.options().msi_base >> 32 &&
			      b.mmio_read(0, 0x2008 + 16 * n) == 0xc0de0000 + n &&
			      b.mmio_read(0, 0x200c + 16 * n) == 0,
			  "the table");
		b.irq(n);
	}
	b.drain();
	b.check_interrupts();
	/* Masked: pending, and sent when unmasked. */
	b.mmio_write(0, 0x200c + 16 * 40, 1, 4);
	b.mmio_read(0, 0x200c);
	b.irq(40);
	b.irq(40);
	b.run(50);
	tap_check(b.sent(40) == 1, "a masked vector was sent");
	tap_check(b.mmio_read(0, 0x3004) == 1u << 8 && b.mmio_read(0, 0x3000) == 0, "pending bits");
	b.mmio_write(0, 0x200c + 16 * 40, 0, 4);
	b.mmio_read(0, 0x200c);
	b.run(50);
	tap_check(b.sent(40) == 2 && b.mmio_read(0, 0x3004) == 0,
		  "an unmasked vector was not sent");
	if (flips)
		tap_check(b.flips.corrected[rtl::MSIX] > 200 && b.flips.all_lost() == 0,
			  "errors corrected: " + std::to_string(b.flips.corrected[rtl::MSIX]));
	b.host.set_msix(true, true);
	b.step();
	b.irq(3);
	b.run(50);
	tap_check(b.sent(3) == 1 && b.mmio_read(0, 0x3000) == 8, "the function's mask");
	b.host.set_msix(true, false);
	b.run(50);
	tap_check(b.sent(3) == 2, "the function's mask is gone");
}

/* A message of which a word is lost is not sent. */
void lost_interrupt(Tap &tap)
{
	for (unsigned int word = 0; word < 3; word++) {
		Bench b(tap.seed() ^ 52);

		b.knobs.read_one_in = b.knobs.write_one_in = 0;
		b.open_interrupts();
		b.flips.make({{rtl::MSIX, 39}}, 1, 2);
		b.step();
		b.flips.make({}, 0, 0);
		b.mmio_write(0, 0x2000 + 16 * 7 + 4 * word, 0x1000, 4);
		b.mmio_read(0, 0);
		for (unsigned int n = 6; n < 9; n++)
			b.irq(n);
		b.run(100);
		tap_check(b.sent(6) == 1 && b.sent(8) == 1, "a message was not sent");
		tap_check(b.sent(7) == 0, "a message went somewhere");
		tap_check(b.flips.lost[rtl::MSIX] == 1, "nothing was lost");
		tap_check(b.mmio_read(0, 0x2000 + 16 * 7 + 4 * word) == 0xffffffff,
			  "a word that is lost");
	}
}

void bus_master_and_flr(Tap &tap)
{
	Bench b(tap.seed() ^ 61);

	/* Off: reads fail, writes are dropped, nothing is sent. */
	b.host.set_bus_master(false);
	b.on_bus = false;
	b.knobs.may_fail = true;
	b.run(2000);
	b.drain();
	tap_check(b.reads_done > 20 && b.reads_failed == b.reads_done,
		  "reads without bus mastering");
	tap_check(b.writes_done > 20 && b.host.counts().rq_packets == 0,
		  "writes without bus mastering");
	b.host.set_bus_master(true);
	b.on_bus = true;
	b.knobs.may_fail = false;
	uint64_t failed = b.reads_failed;

	b.run(2000);
	b.drain();
	tap_check(b.reads_failed == failed, "reads with bus mastering");

	/* Function-level reset: registers, when all is idle. */
	b.mmio_write(0, 0x38, 77, 4);
	b.mmio_write(0, 0x200c, 0, 4);
	tap_check(b.mmio_read(0, 0x38) == 77 && b.mmio_read(0, 0x200c) == 0, "registers");
	b.host.options().latency = 500;
	b.read(0, 0x1000, 64);
	while (!b.open_reads())
		b.step();
	for (unsigned int n = 0; n < 20; n++)
		b.step();
	b.dut->idle_i = 0;
	b.host.start_flr();
	for (unsigned int n = 0; n < 300; n++) {
		b.step();
		tap_check(b.host.flr(), "reset is over before a read has ended");
	}
	tap_check(b.dut->flr_o, "the card does not know");
	for (unsigned int n = 0; n < 1000; n++) {
		b.step();
		tap_check(b.host.flr(), "reset is over before the card is idle");
	}
	b.dut->idle_i = 1;
	for (unsigned int n = 0; n < 60; n++)
		b.step();
	tap_check(!b.host.flr() && !b.dut->flr_o, "reset is not over");
	tap_check(b.mmio_read(0, 0x38) == 0 && b.mmio_read(0, 0x200c) == 1,
		  "registers after the reset");
}

/* Payload per cycle of what the streams can at most: packets of 512 bytes take 9 beats. */
void full_rate(Tap &tap)
{
	constexpr unsigned int pages = 200;
	Bench b(tap.seed() ^ 71);

	b.knobs.read_one_in = b.knobs.write_one_in = 0;
	for (unsigned int n = 0; n < pages; n++)
		b.write(n % clients, (1ull << 50) + 4096 * n, 1024);
	uint64_t start = b.dut.now();

	b.drain();
	double cycles = double(b.dut.now() - start), limit = pages * 72.0;

	std::printf("# writes: %u pages in %.0f cycles, %.1f %% of the stream's payload limit, "
		    "%.2f GB/s at 250 MHz\n",
		    pages, cycles, 100 * limit / cycles, pages * 4096 / cycles / 4);
	tap_check(limit / cycles >= 0.95, "writes are slow");

	for (bool both : {false, true}) {
		uint64_t lines = b.lines_read;

		for (unsigned int n = 0; n < pages; n++) {
			b.read(n % clients, 4096 * n, 64);
			if (both)
				b.write(n % clients, (1ull << 50) + 4096 * n, 1024);
		}
		start = b.dut.now();
		b.drain();
		cycles = double(b.dut.now() - start) - (both ? 0 : 200);
		tap_check(b.lines_read - lines == 64 * pages, "lines");
		/* With writes, each packet of which is followed by a read: 10 beats. */
		limit = pages * (both ? 80.0 : 72.0);
		std::printf("# reads%s: %u pages in %.0f cycles%s, %.1f %%, %.2f GB/s\n",
			    both ? " and writes" : "", pages, cycles,
			    both ? "" : " (behind the latency of 200)", 100 * limit / cycles,
			    pages * 4096 / cycles / 4);
		tap_check(limit / cycles >= 0.95, "reads are slow");
	}
}

/* Cycles of pages of writes, or of reads, in packets of 512 bytes. */
double cycles_of(Bench &b, unsigned int pages, bool writes)
{
	uint64_t start = b.dut.now();

	for (unsigned int n = 0; n < pages; n++) {
		if (writes)
			b.write(n % clients, (1ull << 50) + 4096 * n, 1024);
		else
			b.read(n % clients, 4096 * n, 64);
	}
	b.drain();
	return double(b.dut.now() - start);
}

/* What the link and the host's room for requests let through, and no more. */
void host_room(Tap &tap)
{
	constexpr unsigned int pages = 20, packets = 8 * pages, again = 100;
	struct {
		const char *what;
		unsigned int posted, data, non_posted;
		double bytes_per_cycle;
		bool writes;
		double cycles;
	} const cases[] = {
	    {"two writes", 2, 0, 1, 0, true, packets * again / 2},
	    {"data of one write", 0, 63, 1, 0, true, packets * again},
	    {"three reads", 1, 32, 3, 0, false, packets * again / 3},
	    {"a slow link, writes", 0, 0, 0, 16, true, packets * (512 + 16 + 8) / 16},
	    {"a slow link, reads", 0, 0, 0, 16, false, packets * (512 + 12 + 8) / 16},
	};

	for (const auto &c : cases) {
		Bench b(tap.seed() ^ 73);
		auto &o = b.host.options();

		b.knobs.read_one_in = b.knobs.write_one_in = 0;
		o.latency = 50;
		o.credit_latency = again;
		o.posted = c.posted;
		o.posted_data = c.data;
		o.non_posted = c.non_posted;
		o.bytes_per_cycle = c.bytes_per_cycle;

		double cycles = cycles_of(b, pages, c.writes);

		std::printf("# %s: %.0f cycles, %.0f by the figures\n", c.what, cycles, c.cycles);
		tap_check(cycles > 0.97 * c.cycles && cycles < 1.1 * c.cycles + again, c.what);
	}
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int times = Tap::wants_long() ? 20 : 1;

	tap.run("registers", [&] { registers(tap); });
	tap.run("doorbells", [&] { doorbells(tap, false); });
	tap.run("doorbells with gaps", [&] { doorbells(tap, true); });
	tap.run("reads behind writes", [&] { reads_behind_writes(tap); });
	tap.run("writes behind reads", [&] { writes_behind_reads(tap); });
	tap.run("interrupts", [&] { interrupts(tap, false); });
	tap.run("interrupts, with single errors in their table", [&] { interrupts(tap, true); });
	tap.run("an interrupt that is lost", [&] { lost_interrupt(tap); });
	tap.run("bus master, function-level reset", [&] { bus_master_and_flr(tap); });
	tap.run("traffic", [&] { traffic(tap, 120 * times, false, false); });
	tap.run("traffic with faults", [&] { traffic(tap, 120 * times, true, false); });
	tap.run("resets amid traffic", [&] { traffic(tap, 60 * times, true, true); });
	tap.run("full rate", [&] { full_rate(tap); });
	tap.run("link and room of the host", [&] { host_room(tap); });
	return tap.done();
}
