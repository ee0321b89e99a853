// SPDX-License-Identifier: Apache-2.0
//
// Assertions of the RTL, one body for all tools: immediate assertions in a clocked
// process, which Verilator checks in every simulation (--assert) and Yosys turns into
// proof obligations (read_verilog -formal). Synthesis sees nothing of them; Yosys and
// the vendors' tools define SYNTHESIS then.
//
// A module that uses them has clk_i and rst_ni. Nothing is checked in reset. $past()
// may be used in a condition when the condition itself excludes the first cycle.
`ifndef PAMC_CHECK_SVH
`define PAMC_CHECK_SVH

`ifdef SYNTHESIS
`define PAMC_ASSERT(name, cond)
`define PAMC_ASSUME(name, cond)
`define PAMC_COVER(name, cond)
`else
// Holds at every clock edge out of reset.
`ifdef VERILATOR
// Without what Verilator adds to an assertion to find out if it is to be checked, which
// took a tenth of a simulation's time.
`define PAMC_ASSERT(name, cond) \
  always_ff @(posedge clk_i) begin : name \
    if (rst_ni && !(cond)) $fatal(1, "assertion failed: %m"); \
  end
`else
`define PAMC_ASSERT(name, cond) \
  always_ff @(posedge clk_i) begin \
    if (rst_ni) begin \
      name : assert (cond); \
    end \
  end
`endif
// What the surroundings owe the module: checked in simulation, assumed in a proof of
// the module.
`ifdef FORMAL
`define PAMC_ASSUME(name, cond) \
  always_ff @(posedge clk_i) begin \
    if (rst_ni) begin \
      name : assume (cond); \
    end \
  end
`else
`define PAMC_ASSUME(name, cond) `PAMC_ASSERT(name, cond)
`endif
// Can happen, or the checks around it say nothing.
`define PAMC_COVER(name, cond) \
  always_ff @(posedge clk_i) begin \
    if (rst_ni) begin \
      name : cover (cond); \
    end \
  end
`endif

// Elaboration stops when a parameter makes no sense. To be used at module level.
`define PAMC_PARAM(name, cond) \
  if (!(cond)) begin : name \
    $error("parameter check failed: cond"); \
  end

`endif
