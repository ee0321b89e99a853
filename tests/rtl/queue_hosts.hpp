/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random hosts of queue pairs, honest and hostile, and how they are played.
 */
#ifndef QUEUE_HOSTS_HPP
#define QUEUE_HOSTS_HPP

#include "queue_bench.hpp"

namespace queue
{

/* How the host of a queue pair behaves; percent where nothing else is said. */
struct Host {
	unsigned int submit = 20; /* in a turn */
	unsigned int push = 50;   /* instead of the tail */
	unsigned int burst = 8;   /* entries, at most */
	unsigned int torn = 30, shuffled = 50, doubled = 10, lost = 5;
	unsigned int hostile = 0;
	unsigned int consume = 20, arm = 50;
	bool sleeps = false; /* consumes after an interrupt only */
};

struct Piece {
	uint64_t index;
	unsigned int from, to;
};

/* Hands over so many new entries. */
inline void submit(Bench &bench, unsigned int qid, const Host &host, uint64_t count)
{
	rtl::Random &random = bench.random;
	std::vector<Piece> pieces;
	bool push = random.below(100) < host.push, ring = !push;
	Pair &pair = bench.pairs[qid];

	while (count--) {
		uint64_t index = bench.write_entry(qid);

		if (!push)
			continue;
		if (index >= pair.sq_head + PAMC_PUSH_SLOTS) {
			ring = true; /* its slot is not free */
			continue;
		}
		unsigned int at = 0;
		bool torn = random.below(100) < host.torn;

		while (at < 64) {
			unsigned int to = torn ? at + 4 * unsigned(random.between(1, 16)) : 64;

			to = std::min(to, 64u);
			if (random.below(100) < host.lost)
				ring = true;
			else
				pieces.push_back({index, at, to});
			if (random.below(100) < host.doubled)
				pieces.push_back({index, at, to});
			at = to;
		}
	}
	if (random.below(100) < host.shuffled) {
		for (size_t n = pieces.size(); n > 1; n--)
			std::swap(pieces[n - 1], pieces[random.below(n)]);
	}
	bool early = random.one_in(4);

	if (ring && early)
		bench.ring(qid, pair.written);
	for (const Piece &piece : pieces)
		bench.push(qid, piece.index, piece.from, piece.to);
	if (ring && !early)
		bench.ring(qid, pair.written);
}

/* Writes that make no sense. */
inline void annoy(Bench &bench, unsigned int qid)
{
	rtl::Random &random = bench.random;
	const Pair &pair = bench.pairs[qid];
	uint64_t page = qid * PAMC_DB_STRIDE, junk[8];
	uint32_t value;

	for (auto &word : junk)
		word = random();
	switch (random.below(8)) {
	case 0:
		bench.ring(qid,
			   pair.ref.handed + pair.ref.sq_entries() + random.between(100, 50000));
		break;
	case 1:
		bench.consume(qid, pair.ref.posted + random.between(100, 50000), true);
		break;
	case 2: /* a tail of some time ago */
		bench.ring(qid,
			   pair.written - random.below(std::min<uint64_t>(pair.written + 1, 20)));
		break;
	case 3: /* where nothing is */
		bench.host_write(page + 64 * random.between(1, 31), junk,
				 4 * random.between(1, 16));
		break;
	case 4: /* not a whole dword */
		bench.host_write(page + 64 * random.between(0, 63) + random.below(32), junk,
				 random.between(1, 3));
		break;
	case 5: /* another BAR */
		bench.host_write(page, junk, 8, PAMC_BAR_REGS);
		break;
	case 6: /* the head that it has, and a tail of old, in one */
		value = uint16_t(pair.consumed);
		junk[0] = uint16_t(pair.written);
		junk[1] = value;
		bench.host_write(page, junk, 12);
		break;
	default: /* rubbish in the slot of an entry that will not be pushed before a tail */
		bench.host_write(page + PAMC_DB_PUSH + 64 * random.below(32), junk,
				 4 * random.between(1, 16));
		break;
	}
}

inline void consume(Bench &bench, unsigned int qid, uint64_t count, bool arm)
{
	bench.pairs[qid].consumed += count;
	bench.consume(qid, bench.pairs[qid].consumed, arm);
}

/* A turn of a host. */
inline void turn(Bench &bench, unsigned int qid, const Host &host, bool submits = true)
{
	rtl::Random &random = bench.random;
	Pair &pair = bench.pairs[qid];

	if (!pair.alive || pair.ending)
		return;
	uint64_t room = bench.room(qid), waiting = pair.ref.posted - pair.consumed;

	if (submits && room && random.below(100) < host.submit)
		submit(bench, qid, host, random.between(1, std::min<uint64_t>(room, host.burst)));
	if (random.below(100) < host.hostile)
		annoy(bench, qid);
	if (host.sleeps) {
		if (pair.irqs || pair.consumed == 0) {
			/* The first time there may be nothing yet. */
			pair.irqs = 0;
			consume(bench, qid, waiting, true);
		}
	} else if (random.below(100) < host.consume) {
		consume(bench, qid, random.below(waiting + 1), random.below(100) < host.arm);
	}
}

/* Runs the hosts for so many cycles; a turn of some queue pair every few cycles. */
inline void play(Bench &bench, const std::vector<unsigned int> &qids, const Host &host,
		 uint64_t cycles)
{
	while (cycles--) {
		if (bench.unsent() < 40 && bench.random.one_in(4))
			turn(bench, qids[bench.random.below(qids.size())], host);
		bench.step();
	}
}

/* Until all that was submitted is completed and consumed. */
inline void finish(Bench &bench, const std::vector<unsigned int> &qids, const Host &host,
		   bool rings = true)
{
	for (unsigned int round = 0; round < 4000; round++) {
		bool all = !bench.commands_open() && bench.unsent() == 0;

		for (unsigned int qid : qids) {
			Pair &pair = bench.pairs[qid];

			if (!pair.alive || pair.broken)
				continue;
			bool over =
			    pair.ref.posted == pair.written && pair.consumed == pair.written;

			all = all && over;
			if (over || pair.ending)
				continue;
			if (rings && round % 16 == 0)
				bench.ring(qid, pair.written);
			if (host.sleeps)
				turn(bench, qid, host, false);
			else
				consume(bench, qid, pair.ref.posted - pair.consumed, false);
		}
		if (all) {
			bench.steps(200);
			return;
		}
		bench.steps(100);
	}
	for (unsigned int qid : qids) {
		const Pair &pair = bench.pairs[qid];

		if (pair.alive && !pair.broken && pair.consumed != pair.written)
			bench.broken(qid, std::to_string(pair.written) + " written, tail " +
					      std::to_string(pair.ref.tail) + ", " +
					      std::to_string(pair.ref.handed) + " handed out, " +
					      std::to_string(pair.ref.posted) + " posted");
	}
	bench.broken("commands are left over");
}

inline std::vector<unsigned int> some(unsigned int count)
{
	std::vector<unsigned int> qids;

	for (unsigned int qid = 0; qid < count; qid++)
		qids.push_back(qid * (queue_pairs / count));
	return qids;
}

inline void create_all(Bench &bench, const std::vector<unsigned int> &qids, bool irq)
{
	for (unsigned int qid : qids) {
		unsigned int shift = unsigned(bench.random.between(4, 7));

		bench.create(
		    qid, bench.config_of(qid, shift, shift + unsigned(bench.random.below(2)), irq));
	}
}

inline void tell(Bench &bench)
{
	std::printf("# %llu entries, %llu of them pushed, %llu interrupts, %llu cycles\n",
		    static_cast<unsigned long long>(bench.entries),
		    static_cast<unsigned long long>(bench.pushed),
		    static_cast<unsigned long long>(bench.interrupts),
		    static_cast<unsigned long long>(bench.dut.now()));
}

} // namespace queue

#endif /* QUEUE_HOSTS_HPP */
