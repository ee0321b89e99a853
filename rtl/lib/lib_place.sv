// SPDX-License-Identifier: Apache-2.0
//
// The number of the one bit that is set, out of a mask; 0 if none is. Said by masks, as a
// loop over the bits costs a simulation some instructions a bit.

`include "check.svh"

module lib_place #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Width)
) (
  input  logic [Width-1:0]     bit_i,
  output logic [PlaceBits-1:0] place_o
);

  `PAMC_PARAM(g_width, Width >= 2)

  // Bits whose place has a one there.
  function [Width-1:0] with_bit(input integer place_bit);
    integer n;
    for (n = 0; n < Width; n = n + 1) with_bit[n] = ((n >> place_bit) % 2) == 1;
  endfunction

  for (genvar k = 0; k < PlaceBits; k++) begin : gen_bit
    localparam logic [Width-1:0] Mask = with_bit(k);
    assign place_o[k] = (bit_i & Mask) != '0;
  end

endmodule
