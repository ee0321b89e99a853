/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queue pairs: random hosts on many of them, by ring and by push slot, honest and
 * hostile; DMA that is slow, out of order and fails; queue pairs that come and go.
 */
#include "queue_hosts.hpp"

using namespace queue;

namespace
{

void check_counters(Bench &bench)
{
	uint64_t bad_min = 0, bad_max = 0;

	for (const Pair &pair : bench.pairs) {
		bad_min += pair.ref.bad_min;
		bad_max += pair.ref.bad_max;
	}
	tap_check(bench.counter(0) == bench.completions, "counter: completions");
	tap_check(bench.counter(1) == bench.interrupts, "counter: interrupts");
	tap_check(bench.counter(6) >= bad_min && bench.counter(6) <= bad_max,
		  "counter: bad doorbells " + std::to_string(bench.counter(6)) + ", not " +
		      std::to_string(bad_min) + " to " + std::to_string(bad_max));
	if (bench.deleted || bench.faults)
		return;
	tap_check(bench.counter(5) == bench.pushed, "counter: pushed");
	tap_check(bench.counter(3) == bench.entries - bench.pushed, "counter: fetched");
}

void random_case(Tap &tap, const std::string &name, unsigned int count, const Host &host,
		 const Options &options, uint64_t cycles)
{
	tap.run(name, [&] {
		Bench bench(tap.seed() * 77 + count);
		std::vector<unsigned int> qids = some(count);

		bench.set(options);
		create_all(bench, qids, true);
		play(bench, qids, host, Tap::wants_long() ? 20 * cycles : cycles);
		finish(bench, qids, host, host.lost || host.hostile || host.push < 100);
		check_counters(bench);
		tell(bench);
	});
}

/* Cycles from the one in which the line is taken to that in which the entry is offered. */
void latency_case(Tap &tap)
{
	tap.run("latency of a push and of a doorbell", [&] {
		Bench bench(tap.seed());
		uint64_t longest[2] = {}, shortest[2] = {~UINT64_C(0), ~UINT64_C(0)};
		Options options;

		options.latency_min = options.latency_max = 250;
		bench.set(options);
		bench.create(5, bench.config_of(5, 6, 6, false));
		for (unsigned int n = 0; n < 100; n++) {
			unsigned int way = n % 2;
			uint64_t index = bench.write_entry(5), taken = bench.host_taken();

			if (way)
				bench.ring(5, index + 1);
			else
				bench.push(5, index);
			while (bench.host_taken() == taken)
				bench.step();
			uint64_t cycles = bench.wait_entry(1000) + 1;

			longest[way] = std::max(longest[way], cycles);
			shortest[way] = std::min(shortest[way], cycles);
			bench.steps(500);
			consume(bench, 5, 1, false);
			bench.steps(20);
		}
		std::printf(
		    "# push: %llu to %llu cycles; doorbell: %llu to %llu, with 250 of the host\n",
		    static_cast<unsigned long long>(shortest[0]),
		    static_cast<unsigned long long>(longest[0]),
		    static_cast<unsigned long long>(shortest[1]),
		    static_cast<unsigned long long>(longest[1]));
		tap_check(bench.pushed == 50, "a push was not taken");
		tap_check(longest[0] <= 12, "a push takes too long");
		tap_check(longest[1] <= 285, "a doorbell takes too long");
	});
}

void speed_case(Tap &tap, unsigned int count)
{
	tap.run("speed of " + std::to_string(count) + " queues", [&] {
		Bench bench(tap.seed());
		std::vector<unsigned int> qids;
		Options options;

		options.latency_min = options.latency_max = 250;
		options.exec_min = options.exec_max = 1;
		bench.set(options);
		for (unsigned int qid = 1; qid <= count; qid++) {
			qids.push_back(qid);
			bench.create(qid, bench.config_of(qid, 8, 8, false));
		}
		uint64_t before = 0, least = ~UINT64_C(0), most = 0;
		const uint64_t cycles = 30000;

		for (uint64_t n = 0; n < cycles + 2000; n++) {
			unsigned int qid = qids[n / 8 % qids.size()];
			Pair &pair = bench.pairs[qid];

			if (n == 2000)
				before = bench.entries;
			if (n % 8 == 0 && bench.room(qid) >= 32) {
				while (bench.room(qid))
					bench.write_entry(qid);
				bench.ring(qid, pair.written);
			}
			if (n % 8 == 4)
				consume(bench, qid, pair.ref.posted - pair.consumed, false);
			bench.step();
		}
		for (unsigned int qid : qids) {
			least = std::min(least, bench.pairs[qid].ref.handed);
			most = std::max(most, bench.pairs[qid].ref.handed);
		}
		double speed = double(bench.entries - before) / double(cycles);

		std::printf(
		    "# %.3f entries a cycle, one in %.1f cycles; a queue pair %llu to %llu\n",
		    speed, 1 / speed, static_cast<unsigned long long>(least),
		    static_cast<unsigned long long>(most));
		tap_check(speed >= 0.125, "too slow");
		tap_check(most - least <= most / 10, "not fair");
		finish(bench, qids, Host());
		check_counters(bench);
	});
}

/* Lines one after the other to all queue pairs, which nobody repeats. */
void burst_case(Tap &tap, bool push)
{
	tap.run(push ? "a burst of pushes to all queues" : "a burst of doorbells to all queues",
		[&] {
			Bench bench(tap.seed());
			std::vector<unsigned int> qids = some(64);

			create_all(bench, qids, false);
			uint64_t taken = bench.host_taken(), start = bench.dut.now();

			for (unsigned int n = 0; n < 4 * 64; n++) {
				uint64_t index = bench.write_entry(n % 64);

				if (push)
					bench.push(n % 64, index);
				else
					bench.ring(n % 64, index + 1);
			}
			while (bench.unsent())
				bench.step();
			uint64_t cycles = bench.dut.now() - start;

			taken = bench.host_taken() - taken;
			finish(bench, qids, Host(), false);
			std::printf("# %llu writes in %llu cycles, %llu entries pushed\n",
				    static_cast<unsigned long long>(taken),
				    static_cast<unsigned long long>(cycles),
				    static_cast<unsigned long long>(bench.pushed));
			tap_check(cycles < 5 * 64, "the host had to wait");
			check_counters(bench);
		});
}

void coalesce_case(Tap &tap, bool sleeps)
{
	tap.run(sleeps ? "hosts that sleep until the interrupt" : "coalesced interrupts", [&] {
		Bench bench(tap.seed());
		std::vector<unsigned int> qids = some(16);
		Host host;

		for (unsigned int qid : qids) {
			Config config = bench.config_of(qid, 5, 5, true);

			config.usec = unsigned(bench.random.below(3) * bench.random.below(30));
			config.count =
			    unsigned(bench.random.below(2) * bench.random.between(1, 40));
			if (sleeps && !config.usec)
				config.count = unsigned(bench.random.below(2));
			bench.create(qid, config);
		}
		host.sleeps = sleeps;
		host.arm = 70;
		for (unsigned int round = 0; round < 4; round++) {
			/* Busy, then with little to do. */
			host.submit = round % 2 ? 2 : 20;
			host.consume = round < 2 ? 20 : 3;
			play(bench, qids, host, 25000);
		}
		finish(bench, qids, host);
		check_counters(bench);
		tell(bench);
	});
}

void full_case(Tap &tap)
{
	tap.run("hosts that do not consume stall nobody else", [&] {
		Bench bench(tap.seed());
		std::vector<unsigned int> slow = some(32), fast;
		Host host, never;

		for (unsigned int qid = 1; qid < 64; qid += 2)
			fast.push_back(qid);
		create_all(bench, slow, true);
		create_all(bench, fast, true);
		never.consume = 0;
		never.submit = 90;
		play(bench, slow, never, 40000);
		uint64_t before = bench.entries;

		play(bench, fast, host, 20000);
		tap_check(bench.entries - before > 2000, "others are stalled");
		for (unsigned int qid : slow)
			tap_check(bench.pairs[qid].ref.handed == bench.pairs[qid].ref.cq_entries(),
				  "a completion ring is not full");
		tap_check(bench.counter(2) >= slow.size(), "counter: stalls");
		finish(bench, slow, host);
		finish(bench, fast, host);
		check_counters(bench);
	});
}

void admin_case(Tap &tap)
{
	tap.run("I/O that is not taken does not stop queue 0", [&] {
		Bench bench(tap.seed());
		std::vector<unsigned int> qids = some(16), admin{0};
		Options options;
		Host host;

		create_all(bench, qids, true);
		options.io = {1, 1u << 30};
		bench.set(options);
		play(bench, qids, host, 5000);
		uint64_t before = bench.pairs[0].ref.posted;

		play(bench, admin, host, 20000);
		tap_check(bench.pairs[0].ref.posted > before + 500, "queue 0 is stopped");
		bench.set(Options());
		finish(bench, qids, host);
	});
}

void stop_case(Tap &tap)
{
	tap.run("nothing is taken after a stop", [&] {
		Bench bench(tap.seed());
		std::vector<unsigned int> qids = some(16);
		Host host;

		create_all(bench, qids, true);
		for (unsigned int round = 0; round < 20; round++) {
			play(bench, qids, host, 500);
			bench.dut->stop_i = 1;
			play(bench, qids, host, 600);
			uint64_t before = bench.entries;

			play(bench, qids, host, 200);
			tap_check(bench.entries == before, "an entry after the stop");
			bench.dut->stop_i = 0;
		}
		finish(bench, qids, host);
		check_counters(bench);
	});
}

void wrap_case(Tap &tap)
{
	tap.run("indices go round", [&] {
		Bench bench(tap.seed());
		std::vector<unsigned int> qids{0, 63};
		Options options;
		Host host;

		options.exec_max = 5;
		options.latency_max = 30;
		bench.set(options);
		for (unsigned int qid : qids)
			bench.create(qid, bench.config_of(qid, 5 + qid / 32, 6, true));
		host.submit = host.consume = 80;
		host.burst = 32;
		host.push = 70;
		while (std::min(bench.pairs[0].written, bench.pairs[63].written) < 70000)
			play(bench, qids, host, 1000);
		finish(bench, qids, host);
		check_counters(bench);
		tell(bench);
	});
}

/* Rings: 60 and 56 bits and 7 to check them; domains: 16 and 6. */
const std::vector<std::pair<unsigned int, unsigned int>> memories = {
    {rtl::QUEUE_FETCH, 67}, {rtl::QUEUE_POST, 63}, {rtl::QUEUE_DOMAIN, 22}};

/* Of a queue pair whose words are damaged twice, nothing goes to a wrong place. */
void lost_case(Tap &tap)
{
	for (auto target : memories) {
		unsigned int memory = target.first;
		tap.run("a word of a queue pair is lost, memory " + std::to_string(memory), [&] {
			Bench bench(tap.seed() * 13 + memory);

			bench.create(3, bench.config_of(3, 5, 6, false));
			bench.flips.make({target}, 1, 2);
			bench.steps(1);
			bench.flips.make({}, 0, 0);
			bench.create(9, bench.config_of(9, 5, 6, false));
			uint64_t entries = bench.entries, completions = bench.completions;

			bench.lossy = 9;
			for (unsigned int n = 0; n < 4; n++)
				bench.ring(9, bench.write_entry(9) + 1);
			bench.steps(3000);
			tap_check(bench.flips.lost[memory] > 0, "nothing was lost");
			if (memory == rtl::QUEUE_FETCH)
				tap_check(bench.entries == entries, "entries from nowhere");
			if (memory == rtl::QUEUE_POST)
				tap_check(bench.completions == completions,
					  "completions to nowhere");
			if (memory == rtl::QUEUE_DOMAIN)
				tap_check(bench.aborted_of_lossy == 4,
					  "entries of no domain were executed");
			/* The other one works. */
			completions = bench.completions;
			bench.ring(3, bench.write_entry(3) + 1);
			bench.steps(3000);
			tap_check(bench.completions == completions + 1,
				  "another queue pair stands");
		});
	}
}

/* Queue pairs come, go, break; commands are aborted; so many of their words damaged. */
void life_case(Tap &tap, const std::string &name, unsigned int count, unsigned int errors,
	       const Options &paces, bool flips = false)
{
	tap.run(name, [&] {
		Bench bench(tap.seed() * 31 + count);
		std::vector<unsigned int> qids = some(count);
		rtl::Random &random = bench.random;
		Options options = paces;
		Host host;
		Op op = CREATE;
		bool asked = false;
		unsigned int whom = 0;
		uint64_t aborted = 0;

		options.error_one_in = errors;
		options.exact_irq = false;
		bench.set(options);
		host.hostile = 5;
		host.submit = 30;
		host.burst = 30;
		if (flips)
			bench.flips.make(memories, 2, 1);
		create_all(bench, qids, true);
		for (uint64_t n = 0; n < (Tap::wants_long() ? 2000000u : 150000u); n++) {
			unsigned int qid = qids[random.below(qids.size())];
			Pair &pair = bench.pairs[qid];

			if (asked && bench.control_idle()) {
				if (op == DELETE || op == DISCARD)
					bench.ended(op, whom);
				asked = false;
			} else if (!asked && random.one_in(300)) {
				whom = qid;
				if (!pair.alive) {
					bench.create(qid, bench.config_of(
							      qid, unsigned(random.between(4, 8)),
							      8, random.below(2)));
					continue;
				}
				op = random.one_in(30) ? DISCARD
				     : random.below(3) ? DELETE
						       : COALESCE;
				if (op == COALESCE) {
					pair.ref.config.usec = unsigned(random.below(20));
					pair.ref.config.count = unsigned(random.below(20));
					bench.control(op, qid, pair.ref.config);
				} else {
					bench.end(op, qid);
				}
				asked = true;
			} else if (!asked && random.one_in(50)) {
				bench.abort(qid, uint16_t(pair.ref.handed + random.below(60) - 5));
			}
			if (bench.unsent() < 40 && random.one_in(4))
				turn(bench, qid, host);
			bench.step();
		}
		while (!bench.control_idle())
			bench.step();
		if (asked && (op == DELETE || op == DISCARD))
			bench.ended(op, whom);
		bench.steps(100); /* doorbells that are under way */
		finish(bench, qids, host);
		tap_check(!bench.aborts_open(), "an abort has no answer");
		for (unsigned int qid : qids) {
			const Pair &pair = bench.pairs[qid];

			aborted += pair.aborted;
			tap_check(!pair.alive || pair.failed == pair.broken,
				  "a fault was not told");
		}
		bench.end(DISCARD, 0);
		bench.finish_control();
		bench.ended(DISCARD, 0);
		bench.steps(1000);
		check_counters(bench);
		tap_check(bench.dut->valid_o == 0, "queue pairs are left over");
		tap_check(bench.aborts_found && bench.aborts_lost, "no aborts");
		tap_check(!errors || bench.faults, "no faults");
		for (auto [memory, width] : memories)
			tap_check((bench.flips.corrected[memory] > 0) == flips &&
				      bench.flips.lost[memory] == 0,
				  "errors corrected");
		std::printf("# %llu ended, %llu faults, aborts: %llu found, %llu not\n",
			    static_cast<unsigned long long>(bench.deleted),
			    static_cast<unsigned long long>(bench.faults),
			    static_cast<unsigned long long>(bench.aborts_found),
			    static_cast<unsigned long long>(bench.aborts_lost));
		tell(bench);
	});
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	Host host;
	Options plain, slow;

	slow.host = {20, 10};
	slow.read = {3, 10};
	slow.write = {3, 8};
	slow.irq = {2, 20};
	slow.io = {4, 8};
	slow.admin = {2, 20};

	latency_case(tap);
	speed_case(tap, 1);
	speed_case(tap, 8);
	host.push = 0;
	random_case(tap, "ring only, 1 queue", 1, host, plain, 20000);
	random_case(tap, "ring only, 8 queues", 8, host, plain, 30000);
	host.push = 100;
	host.lost = 0;
	random_case(tap, "push only, 1 queue", 1, host, plain, 20000);
	random_case(tap, "push only, 8 queues", 8, host, slow, 30000);
	random_case(tap, "push only, 64 queues", 64, host, plain, 40000);
	host = Host();
	random_case(tap, "ring and push, 64 queues", 64, host, plain, 60000);
	random_case(tap, "ring and push, 16 queues, slow", 16, host, slow, 60000);
	host.hostile = 20;
	random_case(tap, "hostile hosts, 4 queues", 4, host, plain, 60000);
	random_case(tap, "hostile hosts, 64 queues, slow", 64, host, slow, 60000);
	burst_case(tap, true);
	burst_case(tap, false);
	coalesce_case(tap, false);
	coalesce_case(tap, true);
	full_case(tap);
	admin_case(tap);
	stop_case(tap);
	wrap_case(tap);
	life_case(tap, "queue pairs come and go", 16, 0, plain);
	life_case(tap, "single errors in what is known of queue pairs", 16, 0, plain, true);
	lost_case(tap);
	life_case(tap, "queue pairs come, break and go", 64, 150, slow);
	return tap.done();
}
