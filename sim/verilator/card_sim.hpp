/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Verilated card with what is around it: host and PCI Express hard block
 * (root_complex.hpp), card memory (dram.hpp), flash if there is some (nand_board.hpp), and the bus
 * of the management core. Time
 * passes only in step(); the bus functions step until their access is over.
 *
 * Not for several threads. Whatever breaks a rule throws rtl::Broken.
 */
#ifndef CARD_SIM_HPP
#define CARD_SIM_HPP

#include <array>
#include <functional>
#include <memory>

#include "dram.hpp"
#include "figures.hpp"
#include "mailbox_bus.hpp"
#include "nand_board.hpp"
#include "root_complex.hpp"

namespace rtl_card
{

class Sim : public MailboxBus
{
	/* The Verilated model: only card_sim.cpp, compiled for each, knows which. */
	struct Model;
	struct Waves;
	std::unique_ptr<Model> model_;
	std::unique_ptr<Waves> waves_;
	std::unique_ptr<pcie::RootComplex> host_;
	std::unique_ptr<dram::Slave> memory_;
	onfi::Board flash_;
	uint64_t idle_ = 0, now_ = 0;
	uint64_t completions_ = 0; /* before the last loss of power */
	/* The core's access: it is on the bus, the mailbox has answered, the core may know. */
	enum { NONE, BEGUN, ANSWERED, OVER } access_ = NONE;
	decltype(access_) line_access_ = NONE;
	uint32_t answer_ = 0;
	struct {
		uint32_t offset, value;
		bool write;
	} begun_{};
	std::array<uint32_t, 16> line_{};
	bool line_error_ = false;
	bool awake_ = false;

      public:
	/* Told of each access of the firmware as it is over, wherever that runs: offset, was it a
	 * write, what was written or read. For who measures; it may not access itself. */
	std::function<void(uint32_t, bool, uint32_t)> on_access;
	/* Lines of card memory that the core read or wrote. */
	uint64_t lines = 0;

	explicit Sim(uint64_t seed, const Figures &figures = {});
	~Sim() override;

	pcie::RootComplex &host()
	{
		return *host_;
	}

	dram::Slave &memory()
	{
		return *memory_;
	}

	/* What stands in the flash behind its pins; null if the board has none. */
	struct nand *flash()
	{
		return flash_.model();
	}

	void step() override;

	uint64_t now() const override
	{
		return now_;
	}

	/* For so many cycles nothing has been under way. */
	uint64_t idle() const
	{
		return idle_;
	}

	/* Writes signals to a file, while the card executes the commands from a number on, so
	 * many of them: from the completion before the first of them to that of the last one.
	 * False: this model cannot (build.mk), or nobody could write the file. */
	bool record(const char *path, uint64_t from, uint64_t commands);

	/* Ends that before its time. */
	void record_ends();

	/* Power is lost: the card starts anew, and its memory is all zero; what was in flash is. */
	void power_cycle();

	void clear_memory(uint64_t end = 0) override;
	bool wants_management() override;
	uint32_t read(uint32_t offset) override;
	void write(uint32_t offset, uint32_t value) override;
	bool begin(uint32_t offset, bool write, uint32_t value) override;
	bool answered(uint32_t &data) override;
	bool begin_line(uint32_t line, bool write, const uint32_t *data) override;
	const uint32_t *answered_line(bool &error) override;
	void manager_awake(bool awake) override;
	void core_memory(unsigned int event) override;
	uint32_t damage() const override;

	/* The MSI-X table: vector n is a write of n. After a reset of the function. */
	void enable_interrupts() override;

      private:
	void record_step();
	void follow_access();
	void offer(uint32_t offset, bool write, uint32_t value);
	uint32_t access(uint32_t offset, bool write, uint32_t value);
};

} // namespace rtl_card

#endif /* CARD_SIM_HPP */
