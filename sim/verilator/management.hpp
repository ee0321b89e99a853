/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management of the Verilated card: the firmware (firmware/), either compiled for the
 * host (management_host.cpp) or, as on a card, on the core in RTL (management_core.cpp). The
 * former is quicker to begin with, and easier to debug.
 */
#ifndef MANAGEMENT_HPP
#define MANAGEMENT_HPP

#include <memory>
#include <vector>

#include "mailbox_bus.hpp"
#include "pamc_if.h"

struct hal_flash;

namespace rtl_card
{

class Core;
class Manager;

struct Settings {
	uint64_t dram_bytes = 256ull << 20;
	unsigned int queue_pairs = PAMC_MAX_QP;
	unsigned int vectors = PAMC_MAX_VECTORS;
	uint64_t seed = 1;
	bool core = false; /* not the host */
	bool tier = false; /* flash, if there is some, is behind card memory */
};

class Management
{
	std::unique_ptr<Manager> manager_;

      public:
	Management(MailboxBus &card, const Settings &settings);
	~Management();

	/* From power-up on, and after each loss of power. */
	void power_on(bool first);

	/* Deals with what waits; in every cycle. */
	void serve();

	/* It deals with something that takes longer. */
	bool busy() const;

	/* Something that nobody waits for; false: nothing to do. */
	bool background();

	/* Cycles that a quiet card still has to run for its interrupt timers. */
	uint64_t linger() const;

	/* For tests of hosts: puts find no space from now on, or do again. */
	void set_full(bool full);

	/* A log page as it is now; empty: there is none, or only the host can ask for it. */
	std::vector<uint8_t> log(unsigned int page);

	/* A counter of the card: MAILBOX_COUNTER_... */
	uint64_t counter(unsigned int which);

	/* The core, if it is one. */
	Core *core();

	/* The firmware's way to the card's flash (firmware/hal_flash_mailbox.h), if it runs on the
	 * host and there is some. With the tier it is the firmware's alone. */
	struct hal_flash *flash();
};

} // namespace rtl_card

#endif /* MANAGEMENT_HPP */
