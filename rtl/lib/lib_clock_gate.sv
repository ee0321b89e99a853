// SPDX-License-Identifier: Apache-2.0
//
// A clock that stands still while nobody needs it. enable_i counts at the rising edge of
// clk_i, so a register of clk_i may drive it. On an FPGA this is a clock buffer with an
// enable (AMD: BUFGCE), which a board's top puts in its place.
//
// What is clocked by clk_o and by clk_i may exchange signals like registers of one clock;
// only, what is clocked by clk_o sees nothing while it stands.

module lib_clock_gate (
  input  logic clk_i,
  input  logic enable_i,
  output logic clk_o
);

  // Changes only while the clock is low, so that no pulse is cut.
  logic enable_q;
  always_ff @(negedge clk_i) enable_q <= enable_i;

  assign clk_o = clk_i && enable_q;

endmodule
