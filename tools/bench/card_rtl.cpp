// SPDX-License-Identifier: Apache-2.0
/*
 * Cycles of the card in RTL, from its PCI Express streams to its memory: puts and gets of
 * real pages, one at a time (latency) and many outstanding (throughput). Cycle counts are
 * the same on every machine. And how many of these cycles are simulated in a second, which
 * is not.
 *
 * usage: card_rtl [json|speed]		(speed: only that)
 */
#include <chrono>
#include <cstdio>
#include <ctime>

#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1;
constexpr double clock_mhz = double(rtl_card::cycles_per_us);

struct Bench {
	CardHost host;
	std::vector<Bytes> pages;
	std::vector<uint64_t> sources;
	uint64_t target = 0;
	uint32_t pool = 0;

	static rtl_card::Settings settings()
	{
		rtl_card::Settings made;

		made.dram_bytes = 64ull << 20;
		return made;
	}

	Bench() : host(settings())
	{
		pamc_pool_info info{};

		host.start();
		host.create_queue(qid, 6);
		info.type = PAMC_POOL_TYPE_PERSISTENT;
		pool = host.create_pool(info);
		for (const PageFile &file : tap_page_files()) {
			for (size_t n = 0; n < file.pages.size() && n < 64; n++)
				pages.push_back(file.pages[n]);
		}
		for (const Bytes &page : pages) {
			sources.push_back(host.allocate());
			std::memcpy(host.page(sources.back()).data(), page.data(), page.size());
		}
		target = host.allocate(64);
	}

	pamc_sqe entry(unsigned int opcode, size_t which, uint16_t cid) const
	{
		pamc_sqe sqe{};

		sqe.opcode = uint8_t(opcode);
		sqe.cid = cid;
		sqe.pool = pool;
		sqe.object[0] = 1;
		sqe.index = which;
		sqe.addr = opcode == PAMC_OP_PUT ? sources[which] : target + which % 64 * 4096;
		return sqe;
	}

	static void good(const CardHost::Done &done)
	{
		if (CardHost::status(done.cqe) != PAMC_STATUS_SUCCESS)
			throw rtl::Broken("a command failed: " +
					  std::to_string(CardHost::status(done.cqe)));
	}

	/* Cycles from handing over an entry to seeing its completion, one after the other. */
	std::vector<uint64_t> alone(unsigned int opcode, bool push, size_t count)
	{
		std::vector<uint64_t> cycles;

		for (size_t n = 0; n < count; n++) {
			uint64_t start = host.now();

			host.submit(qid, entry(opcode, n, uint16_t(n)), push);
			if (!push)
				host.doorbell(qid);

			CardHost::Done done = host.wait(qid);

			good(done);
			cycles.push_back(done.when - start);
			/* Until all has come to rest. */
			for (unsigned int idle = 0; idle < 400; idle++)
				host.step();
		}
		std::sort(cycles.begin(), cycles.end());
		return cycles;
	}

	/* Cycles for all pages with so many commands outstanding; if there are two opcodes,
	 * they take turns. */
	uint64_t together(std::vector<unsigned int> opcodes, unsigned int outstanding)
	{
		uint64_t start = host.now();
		size_t sent = 0, done = 0;

		while (done < pages.size()) {
			bool rang = false;

			while (sent < pages.size() && sent - done < outstanding && host.room(qid)) {
				host.submit(
				    qid,
				    entry(opcodes[sent % opcodes.size()], sent, uint16_t(sent)),
				    false);
				sent++;
				rang = true;
			}
			if (rang)
				host.doorbell(qid);
			host.step();
			while (auto one = host.poll(qid)) {
				good(*one);
				done++;
			}
			if (host.now() - start > 100'000'000)
				throw rtl::Broken("it hangs");
		}
		return host.now() - start;
	}
};

void latency(Bench &bench, const char *name, unsigned int opcode, bool push, bool json)
{
	std::vector<uint64_t> cycles = bench.alone(opcode, push, 100);

	std::printf(
	    json
		? "  {\"what\": \"%s latency\", \"by\": \"%s\", \"least\": %llu, \"median\": %llu, "
		  "\"most\": %llu},\n"
		: "%-4s %-5s least %5llu, median %5llu, most %5llu cycles",
	    name, push ? "push" : "ring", (unsigned long long)cycles.front(),
	    (unsigned long long)cycles[cycles.size() / 2], (unsigned long long)cycles.back());
	if (!json)
		std::printf(" (median %.2f us)\n", double(cycles[cycles.size() / 2]) / clock_mhz);
}

void throughput(Bench &bench, const char *name, unsigned int opcode, bool json)
{
	for (unsigned int outstanding : {1u, 2u, 4u, 8u, 16u, 32u, 64u}) {
		uint64_t cycles = bench.together({opcode}, outstanding);
		double each = double(cycles) / double(bench.pages.size());

		std::printf(json ? "  {\"what\": \"%s throughput\", \"outstanding\": %u, "
				   "\"cycles_per_page\": %.1f, \"pages_per_s\": %.0f},\n"
				 : "%-4s %2u outstanding: %7.1f cycles a page, %8.0f pages/s",
			    name, outstanding, each, clock_mhz * 1e6 / each);
		if (!json)
			std::printf(", %.2f GB/s\n", clock_mhz * 1e6 / each * 4096 / 1e9);
		std::fflush(stdout);
	}
}

/* Simulated cycles for each second of this thread's time. */
template <class Work> void speed(Bench &bench, const char *name, bool json, Work work)
{
	auto used = [] {
		timespec time;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
		return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
	};
	auto clock = std::chrono::steady_clock::now();
	double start = used();
	uint64_t from = bench.host.now();

	work();

	auto cycles = double(bench.host.now() - from);
	double cpu = used() - start;
	std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - clock;

	std::printf(json ? "  {\"what\": \"simulation speed\", \"of\": \"%s\", "
			   "\"cycles\": %.0f, \"cycles_per_cpu_s\": %.0f, "
			   "\"cycles_per_s\": %.0f},\n"
			 : "simulated %-13s %7.0f cycles, %7.0f a second of CPU, %7.0f elapsed\n",
		    name, cycles, cycles / cpu, cycles / elapsed.count());
	std::fflush(stdout);
}

void speeds(Bench &bench, bool json)
{
	auto rest = [&](unsigned int cycles) {
		for (unsigned int n = 0; n < cycles; n++)
			bench.host.step();
	};
	auto busy = [&](std::vector<unsigned int> opcodes) {
		return [&bench, opcodes] { bench.together(opcodes, 64); };
	};

	rest(2000);
	speed(bench, "idle", json, [&] { rest(50000); });
	speed(bench, "puts", json, busy({PAMC_OP_PUT}));
	speed(bench, "gets", json, busy({PAMC_OP_GET}));
	speed(bench, "puts and gets", json, busy({PAMC_OP_PUT, PAMC_OP_GET}));
}

} /* namespace */

int main(int argc, char **argv)
{
	bool json = argc > 1 && std::string(argv[1]) == "json";
	bool all = argc < 2 || json;

	try {
		Bench bench;
		uint64_t lanes = bench.host.management().counter(MAILBOX_COUNTER_LANES);

		if (json)
			std::printf("[\n");
		else
			std::printf("%u + %u lanes, %.0f MHz, %zu pages; host answers reads after "
				    "%u cycles\n",
				    unsigned(lanes & 0xff), unsigned(lanes >> 8), clock_mhz,
				    bench.pages.size(), bench.host.sim().host().options().latency);
		if (all) {
			throughput(bench, "put", PAMC_OP_PUT, json);
			throughput(bench, "get", PAMC_OP_GET, json);
			latency(bench, "put", PAMC_OP_PUT, false, json);
			latency(bench, "put", PAMC_OP_PUT, true, json);
			latency(bench, "get", PAMC_OP_GET, false, json);
			latency(bench, "get", PAMC_OP_GET, true, json);
		}
		speeds(bench, json);
		if (json)
			std::printf("  {\"what\": \"clock\", \"mhz\": %.0f}\n]\n", clock_mhz);
	} catch (const std::exception &error) {
		std::fprintf(stderr, "card_rtl: %s\n", error.what());
		return 1;
	}
	return 0;
}
