/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What management needs of the card it sits in: its mailbox, time, and what power does to
 * memory. A simulation provides it; each function takes as many of the card's cycles as it
 * needs.
 */
#ifndef MAILBOX_BUS_HPP
#define MAILBOX_BUS_HPP

#include <cstdint>
#include <stdexcept>

namespace rtl_card
{

/* Cycles of the card in a microsecond, as its CyclesPerUs. */
constexpr uint64_t cycles_per_us = 250;

class MailboxBus
{
      public:
	virtual ~MailboxBus() = default;

	/* Cycles since the beginning. */
	virtual uint64_t now() const = 0;

	/* Something waits for the management core. */
	virtual bool wants_management() = 0;

	/* Words of the mailbox (pamc_mailbox.h). */
	virtual uint32_t read(uint32_t offset) = 0;
	virtual void write(uint32_t offset, uint32_t value) = 0;

	/* For a core that lives by the card's cycles: one passes; an access begins, if none is
	 * under way; it is over, and what was read; the core works. */
	virtual void step()
	{
		throw std::logic_error("this card has no place for a core");
	}

	virtual bool begin(uint32_t, bool, uint32_t)
	{
		throw std::logic_error("this card has no place for a core");
	}

	virtual bool answered(uint32_t &)
	{
		return false;
	}

	/* The same for lines of card memory, of 16 words each. */
	virtual bool begin_line(uint32_t, bool, const uint32_t *)
	{
		throw std::logic_error("this card has no place for a core");
	}

	virtual const uint32_t *answered_line(bool &)
	{
		return nullptr;
	}

	virtual void manager_awake(bool)
	{
	}

	/* In this cycle memories of the core have corrected a word (2), or lost one (1): RAM, above
	 * it the cache's words, its tags. */
	virtual void core_memory(unsigned int)
	{
	}

	/* The next write to a memory on the chip is to be damaged: ecc_pkg::inject_t. */
	virtual uint32_t damage() const
	{
		return 0;
	}

	/* Card memory is all zero from now on; up to a byte, if the rest is the core's. */
	virtual void clear_memory(uint64_t end = 0) = 0;

	/* The function has been reset, and its interrupts with it. */
	virtual void enable_interrupts() = 0;

	/* The low word first: a counter's high one is kept for then. */
	uint64_t read64(uint32_t offset)
	{
		uint64_t low = read(offset);

		return low | uint64_t(read(offset + 4)) << 32;
	}

	void write64(uint32_t offset, uint64_t value)
	{
		write(offset, uint32_t(value));
		write(offset + 4, uint32_t(value >> 32));
	}
};

} // namespace rtl_card

#endif /* MAILBOX_BUS_HPP */
