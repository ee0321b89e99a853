/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queue pairs with a wrong bit in one of the small memories that have a parity: indices of
 * rings, settings of interrupts, entries between host and hand-out. What leaves the card is
 * as right as ever, and in order (queue_bench.hpp); at most one queue pair stands, which is
 * told, and is as good as new when it was ended and begun again.
 */
#include "queue_hosts.hpp"

using namespace queue;

namespace
{

/* rtl/queue/queue_core_pkg.sv: where the bits of a memory's words begin, and how many. */
struct Place {
	const char *name;
	unsigned int memory, from, width;
	bool at_create; /* it is written then and not later */
	bool timed = false;
};

const Place places[] = {
    {"tail", rtl::QUEUE_INDEX, 0, 17, false},
    {"head", rtl::QUEUE_INDEX, 32, 17, false},
    {"fresh slots", rtl::QUEUE_INDEX, 64, 33, false},
    {"sizes of rings", rtl::QUEUE_INDEX, 128, 9, true},
    {"entries issued", rtl::QUEUE_INDEX, 160, 17, false},
    {"next entry", rtl::QUEUE_INDEX, 192, 17, false},
    {"entries posted", rtl::QUEUE_INDEX, 224, 17, false},
    {"interrupt and vector", rtl::QUEUE_IRQ, 0, 12, true},
    {"coalescing", rtl::QUEUE_IRQ, 32, 33, true},
    {"time of an interrupt", rtl::QUEUE_IRQ, 96, 19, false, true},
    {"lines of entries", rtl::QUEUE_BATCH, 0, 527, false},
    {"identifiers of fetched entries", rtl::QUEUE_BATCH, 544, 17, false},
    {"identifiers of pushed entries", rtl::QUEUE_BATCH, 576, 17, false},
};

constexpr unsigned int count = 12;

/* Hosts as honest as all of them, with interrupts of all kinds, or such as wait. */
void begin(Bench &bench, const std::vector<unsigned int> &qids, bool timed, const Place *damaged)
{
	unsigned int whom = unsigned(bench.random.below(qids.size()));

	for (unsigned int n = 0; n < qids.size(); n++) {
		unsigned int shift = unsigned(bench.random.between(4, 7));
		Config config =
		    bench.config_of(qids[n], shift, shift + unsigned(bench.random.below(2)),
				    bench.random.below(8) != 0);

		config.usec = unsigned(bench.random.below(2) * bench.random.below(30));
		config.count = unsigned(bench.random.below(2) * bench.random.between(1, 20));
		if (timed) {
			config.irq = true;
			config.usec = unsigned(bench.random.between(1, 30));
			config.count = 40;
		}
		if (damaged && n == whom) {
			bench.any_lossy = true;
			bench.flips.once(damaged->memory, damaged->from, damaged->width);
			bench.step();
		}
		bench.create(qids[n], config);
	}
}

/* Waits for all that can still come; who has not got all of it. */
std::set<unsigned int> settle(Bench &bench, const std::vector<unsigned int> &qids)
{
	std::set<unsigned int> standing;

	for (unsigned int round = 0; round < 300; round++) {
		standing.clear();
		for (unsigned int qid : qids) {
			Pair &pair = bench.pairs[qid];

			if (pair.consumed == pair.written)
				continue;
			standing.insert(qid);
			if (round % 16 == 0)
				bench.ring(qid, pair.written);
			consume(bench, qid, pair.ref.posted - pair.consumed, false);
		}
		if (standing.empty() || (round >= 100 && standing.size() == 1))
			break;
		bench.steps(100);
	}
	bench.steps(1000);
	tap_check(bench.unsent() == 0 && !bench.commands_open(), "the way in or out is blocked");
	return standing;
}

void end_all(Bench &bench, const std::vector<unsigned int> &qids, bool at_once, const Host &host)
{
	if (at_once) {
		bench.end(DISCARD, 0);
		bench.finish_control();
		bench.ended(DISCARD, 0);
		return;
	}
	/* One after the other, beside what the others do. */
	for (unsigned int qid : qids) {
		uint64_t since = bench.dut.now();

		bench.end(DELETE, qid);
		while (!bench.control_idle()) {
			if (bench.dut.now() - since > 20000)
				bench.broken(qid, "does not end");
			if (bench.unsent() < 40 && bench.random.one_in(4))
				turn(bench, qids[bench.random.below(qids.size())], host);
			bench.step();
		}
		bench.ended(DELETE, qid);
	}
}

/* As long as everything is right. */
void good_round(Bench &bench, const std::vector<unsigned int> &qids, const Host &host)
{
	begin(bench, qids, false, nullptr);
	play(bench, qids, host, 1500);
	finish(bench, qids, host);
	end_all(bench, qids, true, host);
}

void flip_case(Tap &tap, const Place &place)
{
	tap.run(std::string("a wrong bit: ") + place.name, [&] {
		Bench bench(tap.seed() * 41 + place.memory * 1024 + place.from);
		std::vector<unsigned int> qids = some(count);
		const unsigned int rounds = Tap::wants_long() ? 200 : 16;
		unsigned int told_rounds = 0, hurt_rounds = 0, standing_rounds = 0;
		Options options;
		Host host;

		options.exec_max = 400;
		bench.set(options);
		host.submit = 40;
		host.consume = 15;
		for (unsigned int round = 0; round < rounds; round++) {
			uint64_t told = bench.flips.lost[place.memory];
			std::set<unsigned int> standing;

			begin(bench, qids, place.timed, place.at_create ? &place : nullptr);
			play(bench, qids, host, bench.random.between(200, 2500));
			if (!place.at_create) {
				bench.any_lossy = true;
				bench.flips.once(place.memory, place.from, place.width);
			}
			/* Ended in the middle of it, or when nothing more comes. */
			play(bench, qids, host, bench.random.between(400, 2500));
			if (round % 4)
				standing = settle(bench, qids);
			std::set<unsigned int> hurt = bench.hurt;

			hurt.insert(standing.begin(), standing.end());
			if (hurt.size() > 1)
				bench.broken(*hurt.begin(), "is not the only one that is hurt");
			if (place.memory == rtl::QUEUE_BATCH)
				tap_check(standing.empty() && bench.aborted_of_lossy <= 1,
					  "more than one entry is lost");
			told = bench.flips.lost[place.memory] - told;
			if (told == 0 && !hurt.empty())
				bench.broken(*hurt.begin(), "is hurt, and nothing was told");
			tap_check(place.memory != rtl::QUEUE_BATCH || told <= 1,
				  "an entry is told more than once");
			end_all(bench, qids, round % 2, host);
			tap_check(!bench.aborts_open(), "an abort has no answer");
			told_rounds += told > 0;
			hurt_rounds += !hurt.empty();
			standing_rounds += !standing.empty();
			/* All is well again. */
			bench.any_lossy = false;
			bench.hurt.clear();
			bench.aborted_of_lossy = 0;
			uint64_t before = bench.flips.all_lost();

			good_round(bench, qids, host);
			tap_check(bench.flips.all_lost() == before, "it is still told");
		}
		std::printf("# of %u: told %u, somebody hurt %u, one stands %u\n", rounds,
			    told_rounds, hurt_rounds, standing_rounds);
		tap_check(told_rounds > rounds / 8, "hardly any is told");
		/* Put right is what a queue pair that ends has twice, and nothing else. */
		for (unsigned int memory = 0; memory < rtl::MEMORIES; memory++)
			tap_check((bench.flips.corrected[memory] == 0 ||
				   (memory == place.memory && memory == rtl::QUEUE_INDEX)) &&
				      (memory == place.memory || bench.flips.lost[memory] == 0),
				  "another memory is told");
		tell(bench);
	});
}

} /* namespace */

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (const Place &place : places)
		flip_case(tap, place);
	return tap.done();
}
