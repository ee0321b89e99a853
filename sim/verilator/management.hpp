/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management core of the Verilated card: the firmware (firmware/), compiled for the
 * host, at the card's mailbox. What the firmware needs of its platform (firmware/hal.h) is
 * in management.cpp.
 */
#ifndef MANAGEMENT_HPP
#define MANAGEMENT_HPP

#include <vector>

#include "fw.h"
#include "mailbox_bus.hpp"

/* The firmware's platform. */
struct hal {
	rtl_card::MailboxBus &card;
	uint64_t random;
};

namespace rtl_card
{

struct Settings {
	uint64_t dram_bytes = 256ull << 20;
	unsigned int queue_pairs = PAMC_MAX_QP;
	unsigned int vectors = PAMC_MAX_VECTORS;
	uint64_t seed = 1;
};

class Management
{
	MailboxBus &card_;
	hal hal_;
	fw_platform platform_{};
	fw fw_{};

      public:
	Management(MailboxBus &card, const Settings &settings);

	/* From power-up on, and after each loss of power. */
	void power_on(bool first);

	/* Deals with what waits; in every cycle. */
	void serve();

	/* It deals with something that takes longer. */
	bool busy() const
	{
		return fw_busy(&fw_);
	}

	/* Something that nobody waits for; false: nothing to do. */
	bool background();

	/* Cycles that a quiet card still has to run for its interrupt timers. */
	uint64_t linger() const;

	/* For tests of hosts: puts find no space from now on, or do again. */
	void set_full(bool full);

	/* A log page as it is now; empty: there is none. */
	std::vector<uint8_t> log(unsigned int page);

	/* A counter of the card: MAILBOX_COUNTER_... */
	uint64_t counter(unsigned int which);
};

} // namespace rtl_card

#endif /* MANAGEMENT_HPP */
