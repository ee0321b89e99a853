// SPDX-License-Identifier: Apache-2.0
#include "card_sim.hpp"

#include <algorithm>

#include "pamc_if.h"

/* Which model: card_top, or a variant of it with other parameters (build.mk). */
#ifndef CARD_MODEL
#define CARD_MODEL        Vcard_top
#define CARD_MODEL_HEADER "card_top/Vcard_top.h"
#endif
#include CARD_MODEL_HEADER
#if VM_TRACE
#include <verilated_fst_c.h>
#endif

namespace rtl_card
{

/* An access to the mailbox takes six cycles; one that takes so many hangs. */
constexpr unsigned int patience = 1000;

struct Sim::Model : rtl::Clocked<CARD_MODEL> {
	using Clocked::Clocked;

	pcie::Ports host_ports()
	{
		return pcie::ports_of(*operator->());
	}

	dram::Ports memory_ports()
	{
		return dram::ports_of(*operator->());
	}
};

#if VM_TRACE

/* A window of commands: they are counted when their completions leave. */
struct Sim::Waves {
	Model &top;
	VerilatedFstC file;
	std::string path;
	uint64_t from, last;

	Waves(Model &model, const char *where, uint64_t first, uint64_t commands)
	    : top(model), path(where), from(first), last(first - 1 + commands)
	{
		if (last < from)
			last = ~0ull;
		file.set_time_unit("1ns");
		file.set_time_resolution("1ns");
		top->trace(&file, 99);
		file.open(where);
	}

	~Waves()
	{
		top.on_half = nullptr;
		file.close();
	}

	void begin()
	{
		/* A half of a cycle is two nanoseconds. */
		top.on_half = [this](uint64_t time) { file.dump(2 * time); };
	}
};

bool Sim::record(const char *path, uint64_t from, uint64_t commands)
{
	waves_ = std::make_unique<Waves>(*model_, path, from, commands);
	return waves_->file.isOpen();
}

void Sim::record_ends()
{
	waves_.reset();
}

/* After each cycle. */
void Sim::record_step()
{
	uint64_t done = completions_ + host_->counts().completions;

	if (done >= waves_->last)
		waves_.reset();
	else if (done + 1 >= waves_->from && !(*model_).on_half)
		waves_->begin();
}

#else

struct Sim::Waves {
};

bool Sim::record(const char *, uint64_t, uint64_t)
{
	return false;
}

void Sim::record_ends()
{
}

void Sim::record_step()
{
}

#endif

Sim::Sim(uint64_t seed, const Figures &figures)
    : model_(std::make_unique<Model>(seed)), flash_(figures.flash, seed)
{
	Model &top = *model_;

	host_ = std::make_unique<pcie::RootComplex>(top.host_ports(), seed);
	host_->options() = figures.host;
	memory_ = std::make_unique<dram::Slave>(top.memory_ports(), seed);
	memory_->timing = figures.memory;
	memory_->junk = seed | 1;
	top->mcu_access_i = 0;
	top->mcu_ecc_i = top->mcu_ecc_lines_i = top->mcu_ecc_tags_i = 0;
	top->mcu_line_access_i = 0;
	top->nand_blocks_i = SData(figures.flash.blocks);
	top->nand_dq_i = 0;
	top->nand_ready_i = 0;
	top.reset();
	now_ = top.now();
	host_->set_bus_master(true);
}

Sim::~Sim() = default;

void Sim::step()
{
	Model &top = *model_;

	flash_.cycle(*top.operator->());
	rtl::cycle(top, *host_, *memory_);
	now_ = top.now();
	if (waves_)
		record_step();

	bool idle = top->idle_o && host_->waiting() == 0 && host_->reads() == 0 &&
		    memory_->idle() && !top->mcu_access_i && !top->mcu_line_access_i && !awake_;

	follow_access();
	idle_ = idle ? idle_ + 1 : 0;
}

void Sim::power_cycle()
{
	Model &top = *model_;
	pcie::Options options = host_->options();
	auto on_read = host_->on_read;
	auto on_write = host_->on_write;
	auto on_interrupt = host_->on_interrupt;
	auto held_until = host_->held_until;
	auto refuses = host_->refuses;
	auto host_time = host_->host_time;

	completions_ += host_->counts().completions;
	host_ = std::make_unique<pcie::RootComplex>(top.host_ports(), now());
	host_->options() = options;
	host_->on_read = on_read;
	host_->on_write = on_write;
	host_->on_interrupt = on_interrupt;
	host_->held_until = held_until;
	host_->refuses = refuses;
	host_->host_time = host_time;
	clear_memory();
	flash_.power_cycle();
	top->mcu_access_i = 0;
	top->mcu_line_access_i = 0;
	access_ = line_access_ = NONE;
	awake_ = false;
	top.reset();
	now_ = top.now();
	host_->set_bus_master(true);
	idle_ = 0;
}

void Sim::clear_memory(uint64_t end)
{
	if (end) {
		memory_->forget(end);
		return;
	}

	auto on_read = memory_->on_read;
	dram::Timing timing = memory_->timing;
	dram::Manner manner = memory_->manner;

	memory_ = std::make_unique<dram::Slave>(model_->memory_ports(), now());
	memory_->timing = timing;
	memory_->manner = manner;
	memory_->pace();
	memory_->junk = now() | 1;
	memory_->on_read = on_read;
}

bool Sim::wants_management()
{
	return (*model_)->mcu_irq_o;
}

void Sim::offer(uint32_t offset, bool write, uint32_t value)
{
	Model &top = *model_;

	top->mcu_access_i = 1;
	top->mcu_write_i = write;
	top->mcu_addr_i = SData(offset >> 2);
	top->mcu_data_i = value;
}

bool Sim::begin(uint32_t offset, bool write, uint32_t value)
{
	if (access_ != NONE)
		return false;
	offer(offset, write, value);
	begun_ = {offset, value, write};
	access_ = BEGUN;
	return true;
}

bool Sim::answered(uint32_t &data)
{
	if (access_ != OVER)
		return false;
	access_ = NONE;
	data = answer_;
	if (on_access)
		on_access(begun_.offset, begun_.write, begun_.write ? begun_.value : data);
	return true;
}

bool Sim::begin_line(uint32_t line, bool write, const uint32_t *data)
{
	Model &top = *model_;

	if (line_access_ != NONE)
		return false;
	top->mcu_line_access_i = 1;
	top->mcu_line_write_i = write;
	top->mcu_line_i = line;
	if (write)
		std::copy(data, data + 16, top->mcu_line_data_i.data());
	line_access_ = BEGUN;
	lines++;
	return true;
}

const uint32_t *Sim::answered_line(bool &error)
{
	if (line_access_ != OVER)
		return nullptr;
	line_access_ = NONE;
	error = line_error_;
	return line_.data();
}

void Sim::core_memory(unsigned int event)
{
	(*model_)->mcu_ecc_i = event & 3;
	(*model_)->mcu_ecc_lines_i = event >> 2 & 3;
	(*model_)->mcu_ecc_tags_i = event >> 4 & 3;
}

uint32_t Sim::damage() const
{
	return (*model_)->mcu_inject_o;
}

void Sim::manager_awake(bool awake)
{
	awake_ = awake;
}

/* Held until it is over, as below. */
void Sim::follow_access()
{
	Model &top = *model_;

	if (access_ == ANSWERED) {
		top->mcu_access_i = 0;
		access_ = OVER;
	} else if (access_ == BEGUN && top->mcu_ack_o) {
		answer_ = top->mcu_data_o;
		access_ = ANSWERED;
	}
	if (line_access_ == ANSWERED) {
		top->mcu_line_access_i = 0;
		line_access_ = OVER;
	} else if (line_access_ == BEGUN && top->mcu_line_ack_o) {
		std::copy_n(top->mcu_line_data_o.data(), 16, line_.begin());
		line_error_ = top->mcu_line_error_o;
		line_access_ = ANSWERED;
	}
}

uint32_t Sim::access(uint32_t offset, bool write, uint32_t value)
{
	Model &top = *model_;

	/* The core's goes before; it hears of its end later. */
	while (access_ == BEGUN || access_ == ANSWERED)
		step();
	offer(offset, write, value);
	for (unsigned int n = 0; n < patience; n++) {
		step();
		if (top->mcu_ack_o) {
			uint32_t data = top->mcu_data_o;

			/* Held until it is over. */
			step();
			top->mcu_access_i = 0;
			if (on_access)
				on_access(offset, write, write ? value : data);
			return data;
		}
	}
	throw rtl::Broken("the mailbox does not answer");
}

uint32_t Sim::read(uint32_t offset)
{
	return access(offset, false, 0);
}

void Sim::write(uint32_t offset, uint32_t value)
{
	access(offset, true, value);
}

void Sim::enable_interrupts()
{
	/* A reset of the function has cleared it; pamsim holds back what a host that has not
	 * set it must not see. */
	host_->set_bus_master(true);
	for (uint32_t vector = 0; vector < PAMC_MAX_VECTORS; vector++) {
		uint64_t address = host_->options().msi_base + 16 * vector;
		uint32_t entry[4] = {uint32_t(address), uint32_t(address >> 32), vector, 0};

		host_->mmio_write(PAMC_BAR_REGS, PAMC_MSIX_TABLE + 16 * vector, entry,
				  sizeof(entry));
	}
	host_->set_msix(true, false);
}

} // namespace rtl_card
