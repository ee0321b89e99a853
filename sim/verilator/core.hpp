/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management core in RTL (rtl/mcu/mcu_top.sv) with its board: boot flash, random numbers,
 * how much memory there is. It is a model of its own: it meets the card's at the mailbox's
 * bus, so that it can run alone, a hundred times as fast, while nothing else happens.
 */
#ifndef CORE_HPP
#define CORE_HPP

#include <functional>
#include <memory>
#include <optional>

#include "boot_flash.hpp"

namespace rtl_card
{

class Core
{
	struct Model;
	std::unique_ptr<Model> model_;
	BootFlash flash_;
	uint64_t now_ = 0;
	std::optional<uint32_t> jump_;

	void take_jump();

      public:
	/* Asked for another number when one was taken. */
	std::function<uint32_t()> random;
	/* Card memory is to be zero up to this byte; 0: all of it. */
	std::function<void(uint64_t end)> clear;
	/* Words of RAM, of the cache, of its tags that were corrected, lost. */
	uint64_t corrected = 0, lost = 0;

	explicit Core(uint64_t seed);
	~Core();

	BootFlash &flash()
	{
		return flash_;
	}

	/* What the ROM holds, in bytes, words of 4; without it, the product's loader. */
	void load_rom(const uint8_t *from, size_t bytes);

	/* Power comes: RAM holds anything, boot flash what it held. */
	void power_on(uint64_t dram_bytes);

	/* One cycle of the card's clock. */
	void step();

	/* Of the core's clock and its time, since the beginning. */
	uint64_t now() const
	{
		return now_;
	}

	/* An access to the mailbox; it is held until answer(), which is for the next cycle. */
	bool accesses() const;
	bool writes() const;
	uint32_t offset() const;
	uint32_t value() const;
	void answer(uint32_t data);

	/* An access to card memory, held as one to the mailbox is: a line of 16 words. error:
	 * memory could not correct it. */
	bool line_accesses() const;
	bool line_writes() const;
	uint32_t line() const;
	const uint32_t *line_data() const;
	void answer_line(const uint32_t *data, bool error);

	/* Something waits in the mailbox. */
	void wake(bool waits);

	/* What its memories tell in this cycle: ecc_pkg::event_t of RAM, above it of the cache's
	 * words, of its tags. */
	unsigned int memory_event() const;

	bool asleep() const;
	bool restarting() const;

	/* The board restarts the core. */
	void restart();

	/* The firmware goes on there instead of where it next jumps to through a register: a
	 * pointer was overwritten. */
	void jump(uint32_t to);

	/* The watchdog has so few cycles left, as if time had passed. */
	void watchdog(uint32_t cycles);

	/* RESTART (pamc_mcu.h): why the core started last, how often it was restarted. */
	unsigned int why() const;
	unsigned int restarts() const;

	/* The next write to one of them is damaged: rtl/lib/ecc_pkg.sv, inject_t. */
	enum Memory { LINES = 10, TAGS = 11, RAM = 12 };
	void damage(unsigned int first, unsigned int second, Memory memory = RAM);
	void damage(uint32_t inject);
};

} // namespace rtl_card

#endif /* CORE_HPP */
