// SPDX-License-Identifier: Apache-2.0
/*
 * Ports that ask for random lines, close to each other, beside a memory that does
 * everything at the moment it is accepted; and what bandwidth there is.
 */
#include "dram.hpp"
#include "dram_test/Vdram_test.h"
#include "stream.hpp"
#include "tap.hpp"

namespace
{

constexpr unsigned int PORTS = 5;

struct Request {
	bool write;
	uint64_t line;
	unsigned int lines;
};

struct Line {
	std::array<uint8_t, 64> data;
	uint64_t strb;
};

/* Who asks at one port. */
struct Port {
	bool enabled = true;
	/* Chance of a write in 256; lines from ... */
	unsigned int writes = 128;
	uint64_t first = 0, lines = 64;
	unsigned int most = 8, least = 1;
	/* Lines one after the other instead of at random. */
	bool streams = false;
	uint64_t at = 0;
	/* Requests that may be asked for and not answered. */
	unsigned int ahead = 1000;
	rtl::Pacer pacer{0}, wdata_pacer{0};

	std::deque<Request> offered;
	std::deque<Line> wdata;
	struct Wanted {
		std::array<uint8_t, 64> data;
		uint64_t line;
		bool last;
	};
	std::deque<Wanted> wanted;
	unsigned int open = 0;
	uint64_t done = 0, lines_read = 0;
};

class Bench
{
	rtl::Clocked<Vdram_test> dut_;
	rtl::Random random_;
	std::map<uint64_t, std::array<uint8_t, 64>> reference_;
	std::array<bool, PORTS> req_taken_{}, wdata_taken_{};

	void fill(Port &port)
	{
		Request made{random_.below(256) < port.writes, 0,
			     unsigned(random_.between(port.least, port.most))};

		if (port.streams) {
			made.line = port.first + port.at;
			port.at = (port.at + made.lines) % port.lines;
		} else {
			made.line = port.first + random_.below(port.lines);
		}
		if (made.write)
			for (unsigned int n = 0; n < made.lines; n++) {
				Line line;

				for (unsigned int word = 0; word < 8; word++) {
					uint64_t value = random_();
					std::memcpy(&line.data[word * 8], &value, 8);
				}
				line.strb = random_.one_in(3) ? random_() : ~0ull;
				if (random_.one_in(8))
					line.strb = 0;
				port.wdata.push_back(line);
			}
		port.offered.push_back(made);
	}

	/* In the order of acceptance. */
	void accept(Port &port, unsigned int number)
	{
		Request request = port.offered.front();

		port.offered.pop_front();
		if (request.write) {
			/* Its lines are the first that were not accepted yet. */
			for (unsigned int n = 0; n < request.lines; n++) {
				const Line &line = port.wdata[accepted_lines[number]++];
				auto &to = reference_[request.line + n];

				for (unsigned int byte = 0; byte < 64; byte++)
					if (line.strb >> byte & 1)
						to[byte] = line.data[byte];
			}
			port.done++;
		} else {
			for (unsigned int n = 0; n < request.lines; n++)
				port.wanted.push_back({reference_[request.line + n],
						       request.line + n, n + 1 == request.lines});
			port.open++;
		}
	}

      public:
	dram::Slave memory;
	std::array<Port, PORTS> ports;
	std::array<size_t, PORTS> accepted_lines{};
	std::set<uint64_t> bad_lines;
	uint64_t errors = 0;

	explicit Bench(uint64_t seed)
	    : dut_(seed), random_(seed + 1), memory(dram::ports_of(*dut_.operator->()), seed + 2)
	{
		dut_->req_valid_i = 0;
		dut_->wdata_valid_i = 0;
		dut_->urgent_i = 0;
		memory.ids = PORTS;
		for (unsigned int n = 0; n < PORTS; n++) {
			ports[n].pacer = rtl::Pacer(seed + 10 + n);
			ports[n].wdata_pacer = rtl::Pacer(seed + 20 + n);
		}
		dut_.reset();
	}

	Vdram_test *operator->()
	{
		return dut_.operator->();
	}

	rtl::Random &random()
	{
		return random_;
	}

	uint64_t now() const
	{
		return dut_.now();
	}

	uint64_t stat(unsigned int which)
	{
		return rtl::get_bits(dut_->stats_o, 32 * (9 - which), 32);
	}

	void before()
	{
		uint8_t *req = reinterpret_cast<uint8_t *>(&dut_->req_i);
		uint8_t *wdata = reinterpret_cast<uint8_t *>(&dut_->wdata_i);

		(void)req;
		for (unsigned int n = 0; n < PORTS; n++) {
			Port &port = ports[n];

			if (port.enabled && port.offered.empty() && port.open < port.ahead &&
			    port.pacer.next())
				fill(port);
			bool valid = !port.offered.empty();

			if (valid && !(dut_->req_valid_i >> n & 1)) {
				const Request &request = port.offered.front();

				rtl::set_bits(dut_->req_i, 38 * n, 38,
					      uint64_t(request.write) << 37 | request.line << 7 |
						  request.lines);
				dut_->req_valid_i |= CData(1u << n);
			}
			/* Data may even come before the request is accepted. */
			if (!port.wdata.empty() && !(dut_->wdata_valid_i >> n & 1) &&
			    port.wdata_pacer.next()) {
				std::memcpy(wdata + 72 * n, port.wdata.front().data.data(), 64);
				std::memcpy(wdata + 72 * n + 64, &port.wdata.front().strb, 8);
				dut_->wdata_valid_i |= CData(1u << n);
			}
		}
	}

	void cycle()
	{
		before();
		memory.before();
		unsigned int taken = dut_->req_valid_i & dut_->req_ready_o;
		unsigned int data_taken = dut_->wdata_valid_i & dut_->wdata_ready_o;

		tap_check((taken & (taken - 1)) == 0, "two accepted at once: no order");
		/* What comes in this cycle was accepted before. */
		for (unsigned int n = 0; n < PORTS; n++)
			if (dut_->rdata_valid_o >> n & 1)
				check(n);
		dut_.edge();
		memory.after(dut_.now());
		for (unsigned int n = 0; n < PORTS; n++) {
			if (taken >> n & 1) {
				accept(ports[n], n);
				dut_->req_valid_i &= CData(~(1u << n));
			}
			if (data_taken >> n & 1) {
				tap_check(accepted_lines[n] > 0, "data taken before its request");
				ports[n].wdata.pop_front();
				accepted_lines[n]--;
				dut_->wdata_valid_i &= CData(~(1u << n));
			}
		}
	}

	void check(unsigned int n)
	{
		Port &port = ports[n];

		tap_check(!port.wanted.empty(), "a line too many");
		auto wanted = port.wanted.front();

		port.wanted.pop_front();
		bool last = rtl::get_bits(dut_->rdata_o, 512, 1);
		bool error = rtl::get_bits(dut_->rdata_o, 513, 1);

		tap_check(last == wanted.last, "last");
		tap_check(error == (bad_lines.count(wanted.line) != 0), "error bit");
		errors += error;
		tap_check(error || std::memcmp(&dut_->rdata_o, wanted.data.data(), 64) == 0,
			  "port " + std::to_string(n) + " reads line " +
			      std::to_string(wanted.line) + " as it was not when accepted");
		port.lines_read++;
		if (last) {
			port.open--;
			port.done++;
		}
	}

	/* No new requests, until all is done. */
	void settle()
	{
		uint64_t start = now();
		bool busy = true;

		for (auto &port : ports)
			port.enabled = false;
		while (busy) {
			busy = !memory.idle();
			for (auto &port : ports)
				busy |= !port.offered.empty() || !port.wanted.empty() ||
					!port.wdata.empty();
			cycle();
			tap_check(now() - start < 100000, "it hangs");
		}
		for (unsigned int n = 0; n < 50; n++)
			cycle();
		for (auto &port : ports)
			port.enabled = true;
	}

	void compare()
	{
		settle();
		for (auto &[line, data] : reference_) {
			std::array<uint8_t, 64> held;

			memory.read(line * 64, held.data(), 64);
			tap_check(bad_lines.count(line) || held == data,
				  "line " + std::to_string(line) + " differs afterwards");
		}
	}

	void run(uint64_t cycles)
	{
		for (uint64_t end = now() + cycles; now() < end;)
			cycle();
	}
};

rtl::Pace any_pace(rtl::Random &random)
{
	if (random.below(2))
		return {};
	return {1 + unsigned(random.below(12)), unsigned(random.below(6))};
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	unsigned int times = Tap::wants_long() ? 10 : 1;

	tap.run("random ports on few lines", [&] {
		uint64_t conflicts = 0, requests = 0;

		for (unsigned int round = 0; round < 25 * times; round++) {
			Bench bench(tap.seed() * 1000 + round);
			auto &random = bench.random();

			bench->urgent_i = CData(random.below(32));
			for (unsigned int phase = 0; phase < 3; phase++) {
				for (auto &port : bench.ports) {
					port.most = round % 3 == 0 ? 1 : round % 3 == 1 ? 8 : 64;
					port.lines = random.below(2) ? 8 : 300;
					port.writes = unsigned(random.below(256));
					port.pacer.set(any_pace(random));
					port.wdata_pacer.set(any_pace(random));
				}
				bench.memory.manner = {any_pace(random), any_pace(random),
						       any_pace(random), any_pace(random),
						       any_pace(random), random.below(2) != 0};
				bench.memory.pace();
				bench.run(3000);
				bench.compare();
			}
			conflicts += bench.stat(4);
			for (auto &port : bench.ports) {
				tap_check(port.done > 0, "a port was starved");
				requests += port.done;
			}
			tap_check(bench.stat(8) == 0 && bench.stat(9) == 0, "errors counted");
			tap_check(bench.stat(2) == bench.memory.counts.read_lines &&
				      bench.stat(3) == bench.memory.counts.write_lines,
				  "lines counted");
		}
		std::printf("# %llu requests, %llu conflicts\n", (unsigned long long)requests,
			    (unsigned long long)conflicts);
	});
	tap.run("errors of memory", [&] {
		Bench bench(tap.seed());

		for (uint64_t line = 0; line < 4; line++) {
			bench.memory.flip(line * 64 + 9, 1);
			if (line >= 2) {
				bench.memory.flip(line * 64 + 14, 7);
				bench.bad_lines.insert(line);
			}
		}
		for (auto &port : bench.ports) {
			port.writes = 0;
			port.lines = 8;
		}
		bench.run(3000);
		bench.settle();
		tap_check(bench.errors > 10 && bench.stat(9) == bench.errors, "errors counted");
		tap_check(bench.memory.counts.corrected > 10, "single bits are corrected");
		bench.memory.refuse_writes(500);
		bench.bad_lines.clear();
		for (auto &port : bench.ports) {
			port.writes = 256;
			port.first = 496;
		}
		bench.run(500);
		bench.settle();
		tap_check(bench.stat(8) > 0, "refused writes are counted");
	});
	tap.run("urgent ports go first and starve nobody", [&] {
		Bench bench(tap.seed());

		bench->urgent_i = 1;
		for (unsigned int n = 0; n < PORTS; n++) {
			bench.ports[n].first = n * 100000;
			bench.ports[n].lines = 90000;
			bench.ports[n].most = n == 0 ? 1 : 16;
			bench.ports[n].least = bench.ports[n].most;
			bench.ports[n].writes = 0;
		}
		bench.run(20000);
		std::string text;

		for (auto &port : bench.ports) {
			tap_check(port.done > 100, "starved");
			text += " " + std::to_string(port.done);
		}
		std::printf(
		    "# requests done, the first port urgent and of single lines, the others "
		    "16 lines:%s\n",
		    text.c_str());
	});
	tap.run("bandwidth", [&] {
		auto measure = [&](const char *what, unsigned int active, auto set) {
			Bench bench(tap.seed());

			for (unsigned int n = 0; n < PORTS; n++) {
				bench.ports[n].first = uint64_t(n) << 24;
				bench.ports[n].lines = 1u << 22;
				bench.ports[n].enabled = n < active;
				bench.ports[n].writes = 0;
				set(bench.ports[n]);
			}
			bench.run(2000);
			uint64_t lines = 0, before = bench.stat(2) + bench.stat(3),
				 start = bench.now();
			uint64_t ended = 0, sum = bench.stat(5);

			for (auto &port : bench.ports)
				ended -= port.done;
			bench.run(20000);
			lines = bench.stat(2) + bench.stat(3) - before;
			for (auto &port : bench.ports)
				ended += port.done;
			std::printf(
			    "# %s: %.2f lines, %.1f bytes a cycle; a read takes %.0f cycles, "
			    "at most %llu; %llu at a time\n",
			    what, double(lines) / double(bench.now() - start),
			    64 * double(lines) / double(bench.now() - start),
			    ended ? double(bench.stat(5) - sum) / double(ended) : 0.0,
			    (unsigned long long)bench.stat(6), (unsigned long long)bench.stat(7));
		};
		auto single = [](Port &port) { port.most = 1; };
		auto alone = [](Port &port) {
			port.most = 1;
			port.ahead = 1;
		};
		auto pages = [](Port &port) { port.most = port.least = 16; };
		auto streams = [](Port &port) {
			port.most = port.least = 16;
			port.streams = true;
		};
		auto mixed = [](Port &port) {
			port.most = port.least = 16;
			port.writes = 128;
		};

		measure("one random line after the other, one port", 1, alone);
		measure("random lines, one port", 1, single);
		measure("random lines, five ports", PORTS, single);
		measure("1 KiB at random, one port", 1, pages);
		measure("1 KiB at random, five ports", PORTS, pages);
		measure("1 KiB in a row, five ports", PORTS, streams);
		measure("1 KiB at random, half of them writes, five ports", PORTS, mixed);
	});
	return tap.done();
}
