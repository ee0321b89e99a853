/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of what is around the Verilated card, by name: what pamsim's --rtl=LIST
 * sets. Their defaults stand in pcie::Options, dram::Timing and onfi::Shape,
 * and nowhere else.
 */
#ifndef FIGURES_HPP
#define FIGURES_HPP

#include <string>

#include "dram.hpp"
#include "nand_shape.hpp"
#include "root_complex.hpp"

namespace rtl_card
{

struct Firmware {
	bool core = false; /* runs on the core in RTL, not on the host */
	bool tier = false; /* flash is behind card memory */
};

struct Figures {
	pcie::Options host;
	dram::Timing memory;
	onfi::Shape flash;
	Firmware firmware;
};

/* Sets what "KEY=VALUE,..." names; throws std::invalid_argument with a sentence that says
 * what is wrong and what is allowed. */
void set_figures(Figures &figures, const std::string &list);

/* Every figure, a line each: its name, default, range and meaning. */
std::string tell_figures();

} // namespace rtl_card

#endif /* FIGURES_HPP */
