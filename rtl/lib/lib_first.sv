// SPDX-License-Identifier: Apache-2.0
//
// The first of several bits that is set. Said by a subtraction (a carry chain) and a few
// ORs, as a loop over the bits costs a simulation some instructions a bit.

`include "check.svh"

module lib_first #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Width)
) (
  input  logic [Width-1:0]     set_i,
  output logic                 any_o,
  // That bit alone, and all above it; zeros if there is none.
  output logic [Width-1:0]     first_o,
  output logic [Width-1:0]     above_o,
  // 0 if there is none.
  output logic [PlaceBits-1:0] place_o
);

  `PAMC_PARAM(g_width, Width >= 2)

  logic [Width-1:0] less;
  assign less    = set_i - 1'b1;
  assign first_o = set_i & ~less;
  assign above_o = ~(set_i ^ less);
  assign any_o   = set_i != '0;

  lib_place #(.Width(Width)) u_place (.bit_i(first_o), .place_o);

endmodule
