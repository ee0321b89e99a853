// SPDX-License-Identifier: Apache-2.0
/*
 * Cycles of one card in RTL, from its PCI Express streams to its memory: puts and gets of
 * real pages, one at a time (latency, by stage) and many outstanding (throughput, and what
 * it waits for), as JSON. Cycle counts are the same on every machine. And how many of these
 * cycles are simulated in a second, which is not. card_rtl.py runs it for several numbers of
 * lanes.
 *
 * usage: card_rtl_N [throughput] [latency] [speed] [capacity]	(without: all)
 */
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>

#include "card_host.hpp"
#include "pamc_mailbox.h"
#include "tap.hpp"

namespace
{

constexpr unsigned int qid = 1;
constexpr uint64_t memory_bytes = 64ull << 20, small_memory_bytes = 4ull << 20;

struct Named {
	const char *name;
	unsigned int number;
};

/* What is told of each measurement: by how much these grew. */
constexpr Named counters[] = {
    {"put_lane", MAILBOX_COUNTER_WAIT_PUT_LANE},
    {"put_host", MAILBOX_COUNTER_WAIT_PUT_HOST},
    {"put_codec", MAILBOX_COUNTER_WAIT_PUT_CODEC},
    {"put_vault", MAILBOX_COUNTER_WAIT_PUT_VAULT},
    {"put_result", MAILBOX_COUNTER_WAIT_PUT_RESULT},
    {"put_held", MAILBOX_COUNTER_WAIT_PUT_HELD},
    {"get_lane", MAILBOX_COUNTER_WAIT_GET_LANE},
    {"get_index", MAILBOX_COUNTER_WAIT_GET_INDEX},
    {"get_room", MAILBOX_COUNTER_WAIT_GET_ROOM},
    {"get_memory", MAILBOX_COUNTER_WAIT_GET_MEMORY},
    {"get_codec", MAILBOX_COUNTER_WAIT_GET_CODEC},
    {"get_again", MAILBOX_COUNTER_WAIT_GET_AGAIN},
    {"get_probe", MAILBOX_COUNTER_WAIT_GET_PROBE},
    {"get_host", MAILBOX_COUNTER_WAIT_GET_HOST},
    {"get_vault", MAILBOX_COUNTER_WAIT_GET_VAULT},
    {"get_result", MAILBOX_COUNTER_WAIT_GET_RESULT},
    {"vault_inside", MAILBOX_COUNTER_PUTS_WAIT_INSIDE},
    {"vault_drained", MAILBOX_COUNTER_PUTS_WAIT_DRAINED},
    {"vault_object", MAILBOX_COUNTER_PUTS_WAIT_OBJECT},
    {"vault_room", MAILBOX_COUNTER_PUTS_WAIT_ROOM},
    {"vault_stream", MAILBOX_COUNTER_PUTS_WAIT_STREAM},
    {"vault_lookup", MAILBOX_COUNTER_PUTS_WAIT_LOOKUP},
    {"vault_index", MAILBOX_COUNTER_PUTS_WAIT_INDEX},
    {"vault_free", MAILBOX_COUNTER_PUTS_WAIT_FREE},
    {"hazard", MAILBOX_COUNTER_HAZARD_STALLS},
    {"dram_read_lines", MAILBOX_COUNTER_DRAM_READ_LINES},
    {"dram_write_lines", MAILBOX_COUNTER_DRAM_WRITE_LINES},
    {"dram_conflicts", MAILBOX_COUNTER_DRAM_CONFLICTS},
    {"pcie_read_tag", MAILBOX_COUNTER_PCIE_READ_STALL_TAG},
    {"pcie_read_ready", MAILBOX_COUNTER_PCIE_READ_STALL_READY},
    {"pcie_write_ready", MAILBOX_COUNTER_PCIE_WRITE_STALL_READY},
    {"busy", MAILBOX_COUNTER_BUSY_CYCLES},
};

using Counts = std::map<std::string, uint64_t>;

/* One JSON object after the other, in an array. */
class Json
{
	bool first_ = true;

      public:
	void begin(const char *what)
	{
		std::printf("%s\n{\"what\": \"%s\"", first_ ? "[" : ",", what);
		first_ = false;
	}

	void text(const char *name, const char *value)
	{
		std::printf(", \"%s\": \"%s\"", name, value);
	}

	void number(const char *name, double value)
	{
		std::printf(", \"%s\": %.10g", name, value);
	}

	void counts(const char *name, const Counts &counts)
	{
		std::printf(", \"%s\": {", name);
		for (const auto &[key, value] : counts)
			std::printf("%s\"%s\": %llu", key == counts.begin()->first ? "" : ", ",
				    key.c_str(), (unsigned long long)value);
		std::printf("}");
	}

	void end()
	{
		std::printf("}");
		std::fflush(stdout);
	}

	~Json()
	{
		std::printf("%s\n]\n", first_ ? "[" : "");
	}
};

struct Bench {
	CardHost host;
	std::vector<Bytes> pages;
	std::vector<uint64_t> sources;
	uint64_t target = 0;
	uint32_t pool = 0;
	/* Where the pages of the next new puts go. */
	uint64_t index = 0;
	size_t order = 0;

	explicit Bench(uint64_t bytes) : host(bytes, 1)
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

	/* The object's first page makes the object, which no other put should have to. */
	void make_object()
	{
		host.submit(qid, entry(PAMC_OP_PUT, 0, ~0ull >> 1, 0), false);
		host.doorbell(qid);
		good(host.wait(qid));
	}

	uint64_t counter(unsigned int which)
	{
		return host.management().counter(which);
	}

	Counts counts()
	{
		Counts now;

		for (const Named &one : counters)
			now[one.name] = counter(one.number);
		return now;
	}

	/* Most are of 32 bits and wrap. */
	static Counts growth(const Counts &from, const Counts &to)
	{
		Counts grown;

		for (const auto &[name, value] : to)
			grown[name] = uint32_t(value - from.at(name));
		return grown;
	}

	pamc_sqe entry(unsigned int opcode, size_t which, uint64_t at, uint16_t cid) const
	{
		pamc_sqe sqe{};

		sqe.opcode = uint8_t(opcode);
		sqe.cid = cid;
		sqe.pool = pool;
		sqe.object[0] = 1;
		sqe.index = at;
		sqe.addr = opcode == PAMC_OP_PUT ? sources[which] : target + which % 64 * 4096;
		return sqe;
	}

	static void good(const CardHost::Done &done)
	{
		if (CardHost::status(done.cqe) != PAMC_STATUS_SUCCESS)
			throw rtl::Broken("a command failed: " +
					  std::to_string(CardHost::status(done.cqe)));
	}

	void rest(unsigned int cycles)
	{
		while (cycles--)
			host.step();
	}

	/* Cycles from handing over an entry to seeing its completion, one after the other. */
	std::vector<uint64_t> alone(unsigned int opcode, bool push, size_t count)
	{
		std::vector<uint64_t> cycles;

		for (size_t n = 0; n < count; n++) {
			uint64_t start = host.now();

			size_t which = n * pages.size() / count;

			host.submit(qid, entry(opcode, which, which, uint16_t(n)), push);
			if (!push)
				host.doorbell(qid);

			CardHost::Done done = host.wait(qid);

			good(done);
			cycles.push_back(done.when - start);
			/* Until all has come to rest. */
			rest(400);
		}
		std::sort(cycles.begin(), cycles.end());
		return cycles;
	}

	/* Cycles for every step-th page with so many commands outstanding, at indexes from
	 * base on; if there are two opcodes, they take turns. Each time in another order, so
	 * not in that in which the pages lie in memory. */
	uint64_t together(std::vector<unsigned int> opcodes, unsigned int outstanding,
			  unsigned int step = 1, uint64_t base = 0)
	{
		/* None has a factor in common with how many there are. */
		constexpr size_t strides[] = {45, 101, 187, 263, 331, 29};
		size_t stride = strides[order++ % std::size(strides)];
		uint64_t start = host.now();
		size_t count = pages.size() / step, sent = 0, done = 0;

		while (done < count) {
			bool rang = false;

			while (sent < count && sent - done < outstanding && host.room(qid)) {
				size_t which = sent * stride % count * step;

				host.submit(qid,
					    entry(opcodes[sent % opcodes.size()], which,
						  base + which, uint16_t(sent)),
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

void throughput(Bench &bench, Json &json, const char *name, std::vector<unsigned int> opcodes,
		bool anew)
{
	for (unsigned int outstanding : {1u, 2u, 4u, 8u, 16u, 32u, 64u}) {
		/* Where it takes long, fewer pages will do: the same share of each program. */
		unsigned int step = outstanding < 16 ? 4 : 1;
		uint64_t base = 0;

		if (anew)
			base = bench.index += bench.pages.size();

		Counts before = bench.counts();
		uint64_t cycles = bench.together(opcodes, outstanding, step, base);
		Counts grown = Bench::growth(before, bench.counts());

		json.begin("throughput");
		json.text("of", name);
		json.number("outstanding", outstanding);
		json.number("pages", double(bench.pages.size() / step));
		json.number("cycles", double(cycles));
		json.counts("counters", grown);
		json.end();
	}
}

void latency(Bench &bench, Json &json, const char *name, unsigned int opcode, bool push)
{
	constexpr size_t count = 60;
	unsigned int kind = opcode == PAMC_OP_PUT ? PAMC_LAT_PUT : PAMC_LAT_GET;
	auto card = [&] {
		bench.host.sim().write(MAILBOX_LATENCY_SELECT, 2u << 9 | kind << 7);
		return bench.host.sim().read64(MAILBOX_LATENCY);
	};
	Counts before = bench.counts();
	uint64_t inside = card();
	std::vector<uint64_t> cycles = bench.alone(opcode, push, count);

	inside = card() - inside;

	Counts grown = Bench::growth(before, bench.counts());
	uint64_t sum = 0;

	for (uint64_t one : cycles)
		sum += one;
	json.begin("latency");
	json.text("of", name);
	json.text("by", push ? "push" : "ring");
	json.number("least", double(cycles.front()));
	json.number("median", double(cycles[count / 2]));
	json.number("most", double(cycles.back()));
	json.number("mean", double(sum) / count);
	json.number("mean_in_card", double(inside) / count);
	json.number("commands", count);
	json.counts("counters", grown);
	json.end();
}

/* Simulated cycles for each second of this thread's time. */
template <class Work> void speed(Bench &bench, Json &json, const char *name, Work work)
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

	json.begin("speed");
	json.text("of", name);
	json.number("cycles", cycles);
	json.number("cycles_per_cpu_s", cycles / cpu);
	json.number("cycles_per_s", cycles / elapsed.count());
	json.end();
}

void speeds(Bench &bench, Json &json)
{
	bench.rest(2000);
	speed(bench, json, "idle", [&] { bench.rest(50000); });
	speed(bench, json, "puts", [&] { bench.together({PAMC_OP_PUT}, 64); });
	speed(bench, json, "gets", [&] { bench.together({PAMC_OP_GET}, 64); });
	speed(bench, json, "puts and gets",
	      [&] { bench.together({PAMC_OP_PUT, PAMC_OP_GET}, 64); });
}

/* Pages put at random until one finds no room, then again after a random half was flushed.
 * Sum of compressed sizes (a page that does not compress counts 4096) by all memory. */
class Capacity
{
	Bench bench_{small_memory_bytes};
	rtl::Random random_{1};
	/* Stored bytes by index. */
	std::map<uint64_t, uint64_t> held_;
	uint64_t next_ = 0;

	/* Until a put is refused. */
	void fill()
	{
		constexpr unsigned int outstanding = 16;
		std::map<uint16_t, uint64_t> open;
		bool full = false;

		while (!full || !open.empty()) {
			if (!full && open.size() < outstanding && bench_.host.room(qid)) {
				auto cid = uint16_t(next_);

				bench_.host.submit(qid,
						   bench_.entry(PAMC_OP_PUT,
								random_.below(bench_.pages.size()),
								next_, cid),
						   false);
				bench_.host.doorbell(qid);
				open[cid] = next_++;
			}
			bench_.host.step();
			while (auto one = bench_.host.poll(qid)) {
				if (CardHost::status(one->cqe) == PAMC_STATUS_NO_SPACE)
					full = true;
				else
					Bench::good(*one);
				if (CardHost::status(one->cqe) == PAMC_STATUS_SUCCESS) {
					uint64_t bytes = one->cqe.info & 0xffffff;

					held_[open.at(one->cqe.cid)] = bytes > 4032 ? 4096 : bytes;
				}
				open.erase(one->cqe.cid);
			}
		}
	}

	void discard_half()
	{
		for (auto page = held_.begin(); page != held_.end();) {
			if (random_.one_in(2)) {
				++page;
				continue;
			}
			bench_.host.submit(qid, bench_.entry(PAMC_OP_FLUSH_PAGE, 0, page->first, 0),
					   false);
			bench_.host.doorbell(qid);
			Bench::good(bench_.host.wait(qid));
			page = held_.erase(page);
		}
	}

	void tell(Json &json, const char *phase) const
	{
		uint64_t sum = 0;

		for (const auto &[at, bytes] : held_)
			sum += bytes;
		json.begin("capacity");
		json.text("of", phase);
		json.number("pages", double(held_.size()));
		json.number("compressed_bytes", double(sum));
		json.number("memory_bytes", double(small_memory_bytes));
		json.end();
	}

      public:
	void run(Json &json)
	{
		fill();
		tell(json, "filled to refusal");
		discard_half();
		fill();
		tell(json, "refilled after a random half was discarded");
	}
};

void run(Json &json, const std::vector<std::string> &parts)
{
	auto wanted = [&](const char *part) {
		return parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
	};
	Bench bench(memory_bytes);
	uint64_t lanes = bench.counter(MAILBOX_COUNTER_LANES);

	bench.make_object();
	json.begin("card");
	json.number("put_lanes", double(lanes & 0xff));
	json.number("get_lanes", double(lanes >> 8 & 0xff));
	json.number("clock_mhz", double(rtl_card::cycles_per_us));
	json.number("pages", double(bench.pages.size()));
	json.number("host_latency", bench.host.sim().host().options().latency);
	json.number("max_payload", bench.host.sim().host().options().max_payload);
	json.end();
	if (wanted("throughput"))
		throughput(bench, json, "put new", {PAMC_OP_PUT}, true);
	/* From now on every page is there. */
	bench.together({PAMC_OP_PUT}, 64);
	if (wanted("throughput")) {
		throughput(bench, json, "put replaced", {PAMC_OP_PUT}, false);
		throughput(bench, json, "get", {PAMC_OP_GET}, false);
		throughput(bench, json, "mixed", {PAMC_OP_PUT, PAMC_OP_GET}, false);
	}
	if (wanted("latency")) {
		latency(bench, json, "put", PAMC_OP_PUT, false);
		latency(bench, json, "put", PAMC_OP_PUT, true);
		latency(bench, json, "get", PAMC_OP_GET, false);
		latency(bench, json, "get", PAMC_OP_GET, true);
	}
	if (wanted("speed"))
		speeds(bench, json);
	if (wanted("capacity"))
		Capacity().run(json);
}

} /* namespace */

int main(int argc, char **argv)
{
	try {
		Json json;

		run(json, {argv + 1, argv + argc});
	} catch (const std::exception &error) {
		std::fprintf(stderr, "card_rtl: %s\n", error.what());
		return 1;
	}
	return 0;
}
