/* SPDX-License-Identifier: Apache-2.0 */
/* What a campaign of faults (faults.hpp) does, and what it keeps account of. */
#ifndef FAULTS_PLAN_HPP
#define FAULTS_PLAN_HPP

#include <cstdint>
#include <set>

namespace card_faults
{

/* What is done to the card; one in so many, 0: never. */
struct Plan {
	const char *name;
	/* PCI Express: reads of pages, or rings, too, with each fault. */
	unsigned int transfers = 0, dropped = 0, strays = 0;
	bool rings = false;
	/* Card memory: a payload that is read is wrong; bits that flip, one in so many cycles,
	 * by one or by two in 8 bytes. */
	unsigned int payload = 0, single = 0, twin = 0;
	/* Memories on the chip that put a wrong bit right, or are caches: the next write of one of
	 * them has one, once in so many cycles. */
	unsigned int chip = 0;
	/* Commands from reset to reset. */
	unsigned int resets = 0;
	uint64_t dram = 4 << 20;
};

/* A page's pool, and what it may hold by now. */
struct Page {
	unsigned int pool = 0;
	uint64_t index = 0;
	bool busy = false;
	/* Numbers of puts; 0: nothing. */
	std::set<uint64_t> may = {0};
	/* It was found damaged: it stays an error until it is put or flushed. */
	bool damaged = false;
};

struct Pool {
	uint32_t id = 0;
	uint8_t type = 0, order = 0;
};

} // namespace card_faults

#endif /* FAULTS_PLAN_HPP */
