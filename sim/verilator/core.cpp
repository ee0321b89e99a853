// SPDX-License-Identifier: Apache-2.0
#include "core.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "mcu_top/Vmcu_top.h"
#include "mcu_top/Vmcu_top___024root.h"
#include "pamc_mcu.h"
#include "stream.hpp"

extern "C" {
/* firmware/platform/riscv/images.S */
extern const uint8_t mcu_rom_begin[], mcu_rom_end[];
}

namespace rtl_card
{

struct Core::Model : rtl::Clocked<Vmcu_top> {
	using Clocked::Clocked;
};

Core::Core(uint64_t seed) : model_(std::make_unique<Model>(seed))
{
	Model &top = *model_;

	top->ack_i = top->data_i = top->irq_i = 0;
	top->inject_i = 0;
	top->line_ack_i = top->line_error_i = 0;
	top->flash_miso_i = 1;
	top->random_i = top->dram_lines_i = 0;
	top->cleared_i = 100;
	top->restart_i = 0;
	load_rom(mcu_rom_begin, size_t(mcu_rom_end - mcu_rom_begin));
}

Core::~Core() = default;

void Core::load_rom(const uint8_t *from, size_t bytes)
{
	auto &rom = (*model_)->rootp->mcu_top__DOT__u_rom__DOT__mem_q;

	if (bytes > MCU_ROM_BYTES)
		throw std::invalid_argument("the boot loader is longer than its ROM");
	for (size_t n = 0; n < MCU_ROM_BYTES / 4; n++) {
		uint32_t word = 0;

		if (4 * n < bytes)
			std::memcpy(&word, from + 4 * n, std::min<size_t>(4, bytes - 4 * n));
		rom[n] = word;
	}
}

void Core::power_on(uint64_t dram_bytes)
{
	Model &top = *model_;
	top->ack_i = top->irq_i = top->line_ack_i = 0;
	top->dram_lines_i = uint32_t(dram_bytes / 64);
	top->random_i = random ? random() : 0;
	top.reset();
}

void Core::step()
{
	Model &top = *model_;
	bool taken = top->random_taken_o;

	if (top->clear_o && clear)
		clear(uint64_t(top->clear_end_o) * 64);
	for (unsigned int events = memory_event(); events; events >>= 2) {
		corrected += events >> 1 & 1;
		lost += events & 1;
	}
	top->flash_miso_i = flash_.step(top->flash_cs_no, top->flash_sck_o, top->flash_mosi_o);
	/* From rising edge to rising edge: what comes in changes behind one, as everywhere on the
	 * card, so that the falling edge, at which the core's clock is gated, sees it. */
	top.half(0);
	if (jump_)
		take_jump();
	top.half(1);
	now_++;
	top->ack_i = 0;
	top->line_ack_i = 0;
	top->inject_i = 0;
	top->restart_i = 0;
	if (taken && random)
		top->random_i = random();
}

bool Core::accesses() const
{
	return (*model_)->access_o;
}

bool Core::writes() const
{
	return (*model_)->write_o;
}

uint32_t Core::offset() const
{
	return uint32_t((*model_)->addr_o) << 2;
}

uint32_t Core::value() const
{
	return (*model_)->data_o;
}

void Core::answer(uint32_t data)
{
	(*model_)->ack_i = 1;
	(*model_)->data_i = data;
}

bool Core::line_accesses() const
{
	return (*model_)->line_access_o;
}

bool Core::line_writes() const
{
	return (*model_)->line_write_o;
}

uint32_t Core::line() const
{
	return (*model_)->line_o;
}

const uint32_t *Core::line_data() const
{
	return (*model_)->line_data_o.data();
}

void Core::answer_line(const uint32_t *data, bool error)
{
	(*model_)->line_ack_i = 1;
	(*model_)->line_error_i = error;
	std::copy(data, data + 16, (*model_)->line_data_i.data());
}

void Core::wake(bool waits)
{
	(*model_)->irq_i = waits;
}

unsigned int Core::memory_event() const
{
	Model &top = *model_;

	return top->ecc_o | unsigned(top->ecc_lines_o) << 2 | unsigned(top->ecc_tags_o) << 4;
}

bool Core::asleep() const
{
	return (*model_)->asleep_o;
}

bool Core::restarting() const
{
	return (*model_)->restarting_o;
}

void Core::restart()
{
	(*model_)->restart_i = 1;
}

void Core::jump(uint32_t to)
{
	jump_ = to;
}

/* Of all instructions jalr alone ends so: the next cycle fetches from there. */
void Core::take_jump()
{
	constexpr unsigned int fetch = 0x40;
	auto &top = *(*model_)->rootp;

	if (top.mcu_top__DOT__u_core__DOT__u_picorv32__DOT__cpu_state != fetch ||
	    !top.mcu_top__DOT__u_core__DOT__u_picorv32__DOT__latched_branch ||
	    !top.mcu_top__DOT__u_core__DOT__u_picorv32__DOT__latched_stalu)
		return;
	top.mcu_top__DOT__u_core__DOT__u_picorv32__DOT__alu_out_q = *jump_;
	jump_.reset();
}

void Core::watchdog(uint32_t cycles)
{
	(*model_)->rootp->mcu_top__DOT__u_restart__DOT__left_q = cycles;
}

unsigned int Core::why() const
{
	return (*model_)->rootp->mcu_top__DOT__u_restart__DOT__why_q;
}

unsigned int Core::restarts() const
{
	return (*model_)->rootp->mcu_top__DOT__u_restart__DOT__count_q;
}

void Core::damage(unsigned int first, unsigned int second, Memory memory)
{
	damage(1u << 25 | memory << 20 | first << 10 | second);
}

void Core::damage(uint32_t inject)
{
	(*model_)->inject_i = inject;
}

} // namespace rtl_card
