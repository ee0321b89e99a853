/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Verilated card with what is around it: host and PCI Express hard block
 * (root_complex.hpp), card memory (dram.hpp), and the bus of the management core. Time
 * passes only in step(); the bus functions step until their access is over.
 *
 * Not for several threads. Whatever breaks a rule throws rtl::Broken.
 */
#ifndef CARD_SIM_HPP
#define CARD_SIM_HPP

#include <functional>
#include <memory>

#include "dram.hpp"
#include "root_complex.hpp"

namespace rtl_card
{

/* Cycles of the card in a microsecond, as its CyclesPerUs. */
constexpr uint64_t cycles_per_us = 250;

class Sim
{
	/* The Verilated model: only card_sim.cpp, compiled for each, knows which. */
	struct Model;
	std::unique_ptr<Model> model_;
	std::unique_ptr<pcie::RootComplex> host_;
	std::unique_ptr<dram::Slave> memory_;
	uint64_t idle_ = 0, now_ = 0;

      public:
	explicit Sim(uint64_t seed);
	~Sim();

	pcie::RootComplex &host()
	{
		return *host_;
	}

	dram::Slave &memory()
	{
		return *memory_;
	}

	void step();

	/* Cycles since the beginning. */
	uint64_t now() const
	{
		return now_;
	}

	/* For so many cycles nothing has been under way. */
	uint64_t idle() const
	{
		return idle_;
	}

	/* Power is lost: the card starts anew, and its memory is all zero. */
	void power_cycle();

	/* Card memory is all zero from now on. */
	void clear_memory();

	/* Something waits for the management core. */
	bool wants_management();

	/* Words of the mailbox (pamc_mailbox.h). */
	uint32_t read(uint32_t offset);
	void write(uint32_t offset, uint32_t value);
	uint64_t read64(uint32_t offset);
	void write64(uint32_t offset, uint64_t value);

	/* The MSI-X table: vector n is a write of n. After a reset of the function. */
	void enable_interrupts();

      private:
	uint32_t access(uint32_t offset, bool write, uint32_t value);
};

} // namespace rtl_card

#endif /* CARD_SIM_HPP */
