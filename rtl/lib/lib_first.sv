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

  // Bits whose place has a one there.
  function [Width-1:0] with_bit(input integer place_bit);
    integer n;
    for (n = 0; n < Width; n = n + 1) with_bit[n] = ((n >> place_bit) % 2) == 1;
  endfunction

  for (genvar k = 0; k < PlaceBits; k++) begin : gen_bit
    localparam logic [Width-1:0] Mask = with_bit(k);
    assign place_o[k] = (first_o & Mask) != '0;
  end

endmodule
