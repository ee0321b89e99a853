/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bench of the queue pairs knows of each of them and of what is under way.
 */
#ifndef QUEUE_PARTS_HPP
#define QUEUE_PARTS_HPP

#include <set>

#include "queue_ref.hpp"

namespace queue
{

using HostWrite = VlWide<19>;
using ReadRequest = VlWide<3>;
using Response = VlWide<17>;
using WriteRequest = VlWide<3>;
using EntryBeat = VlWide<18>;
using Done = VlWide<3>;
using Control = VlWide<7>;

constexpr unsigned int queue_pairs = 64;
constexpr unsigned int cycles_per_us = 50;

enum Op : unsigned int { CREATE, DELETE, DISCARD, COALESCE, ABORT };

/* A queue pair, both sides of it. */
struct Pair {
	Ref ref;
	bool alive = false;
	bool ending = false; /* DELETE or DISCARD was asked for */
	bool failed = false; /* a read of its ring was answered with an error */
	bool broken = false; /* and the card has said so */
	unsigned int generation = 0;
	std::vector<Entry> ring;
	uint64_t written = 0;  /* entries in the ring */
	uint64_t read = 0;     /* entries that the card asked for, or took from slots */
	uint64_t sq_head = 0;  /* as the latest completion says */
	uint64_t consumed = 0; /* completion entries */
	unsigned int irqs = 0; /* since the host looked last */
	unsigned int pushed = 0;
	uint64_t aborted = 0;
	uint16_t fault_index = 0;
	std::set<uint16_t> told; /* cids of ABORTs that were told to have found theirs */
};

/* A command that is out. */
struct Command {
	unsigned int qid;
	uint64_t index;
	uint16_t cid;
	uint64_t due;
};

struct Completion {
	unsigned int qid, generation;
	uint64_t index;
	uint32_t result, info;
	unsigned int cid, status;
	bool logged;
};

struct Read {
	unsigned int tag, lines, left, qid, generation;
	uint64_t index;
	uint64_t due;
	std::vector<unsigned int> order;
	bool fails;
};

struct Abort {
	bool used = false, found = false, must = false, may = true;
	unsigned int qid, generation;
	uint16_t cid;
	uint64_t since;
};

struct Options {
	rtl::Pace host, read, write, irq, io, admin;
	unsigned int latency_min = 20, latency_max = 300; /* of reads */
	unsigned int exec_min = 1, exec_max = 200;
	unsigned int error_one_in = 0;
	bool exact_irq = true;
};

} // namespace queue

#endif /* QUEUE_PARTS_HPP */
