/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of commands for the card and its model (card_twins.hpp), as data: each step says
 * all of itself, so that any part of a stream is a stream, too. As text a step is a line,
 * fields that are zero left out:
 *
 *	io queue=1 opcode=1 pool=2 object=1 index=17 list=1 data=4711
 */
#ifndef CARD_STREAM_HPP
#define CARD_STREAM_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "stream.hpp"

namespace card_stream
{

enum Kind : uint64_t {
	IO,       /* a command of an I/O queue pair */
	ADMIN,    /* an admin command, all fields as given; its data are not looked at */
	CREATE,   /* POOL_CREATE for place `pool`, which must be free */
	DESTROY,  /* POOL_DESTROY, or POOL_FLUSH if flags is 1, of place `pool` */
	SET,      /* POOL_SET: id is `what` */
	DOORBELL, /* a senseless one: queue, offset, beyond */
	WAIT,     /* the host does nothing but step, offset cycles, and does not poll */
	REST,     /* until everything is over */
	RESET,    /* flags 0: by CTRL.EN, 1: of the function, 2: QP_DELETE of `queue` */
	CHECK,    /* counters and logs are compared */
	KINDS
};

/* Queue pairs 1 to QUEUES, of the domains that domain_of() tells. */
constexpr unsigned int QUEUES = 4;
constexpr unsigned int POOLS = 12;

inline uint16_t domain_of(uint64_t queue)
{
	return queue == QUEUES ? 4 : 3;
}

struct Step {
	uint64_t kind = IO;
	uint64_t queue = 0, opcode = 0, flags = 0;
	/* A pool's place, from 1; then changed by exclusive or. */
	uint64_t pool = 0, pool_xor = 0;
	uint64_t object = 0, object2 = 0, index = 0;
	/* Where the page is. list: 1 in reverse order, of `entry` one block is 8 bytes off;
	 * bad: a block of it cannot be reached; offset is added to addr; high: none at all. */
	uint64_t list = 0, entry = 0, bad = 0, offset = 0, high = 0;
	/* What is put; crc: 1 is sent along, 2 wrong. */
	uint64_t data = 0, crc = 0;
	uint64_t function = 0, rsvd = 0;
	/* 1: the entry is pushed; n: with byte n-2 wrong, and the doorbell rung. */
	uint64_t push = 0;
	/* n: an ABORT follows n-1 cycles later. */
	uint64_t abort = 0;
	/* Admin commands and pools. */
	uint64_t id = 0, p0 = 0, p1 = 0, p2 = 0, p3 = 0, length = 0;
	uint64_t type = 0, order = 0, domain = 0, reserve = 0, limit = 0;
};

struct Stream {
	uint64_t seed = 1;
	uint64_t dram = 8 << 20;
	/* Blocks of each of the RTL's dies behind it, 0: there is no flash. Then only the RTL is
	 * that small. */
	uint64_t flash = 0;
	/* Commands outstanding. 1: one at a time, and then both cards are the same in every
	 * figure, also when they are full. */
	uint64_t window = 1;
	/* How host and card memory behave. */
	uint64_t manner = 0;
	std::vector<Step> steps;
};

std::string to_text(const Stream &stream);
/* Throws if it is none. */
Stream from_text(const std::string &text);

/* A random one. */
enum class Flavour {
	MANY,   /* many commands outstanding, in a card with room */
	FULL,   /* one at a time, in a card that is full most of the time */
	SINGLE, /* one at a time */
	FLASH,  /* some outstanding, in a card most of whose pages are in flash */
};
Stream make(Flavour flavour, uint64_t seed, unsigned int steps);

} // namespace card_stream

#endif /* CARD_STREAM_HPP */
