// SPDX-License-Identifier: Apache-2.0
//
// Round robin: the first request above the one that was served last, or else the first
// of all. Whoever asks is served after at most Width - 1 others.

`include "check.svh"

module queue_pick #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Width)
) (
  input  logic [Width-1:0]     request_i,
  input  logic [PlaceBits-1:0] last_i,
  output logic                 any_o,
  output logic [PlaceBits-1:0] place_o
);

  `PAMC_PARAM(g_width, Width >= 2)

  logic [Width-1:0]     above;
  logic                 any_above, unused;
  logic [Width-1:0]     bit_first, bit_above, rest_first, rest_above;
  logic [PlaceBits-1:0] first, first_above;
  assign above = request_i & ~({Width{1'b1}} >> (PlaceBits'(Width - 1) - last_i));

  lib_first #(.Width(Width)) u_first (.set_i(request_i), .any_o, .first_o(bit_first), .above_o(rest_first),
                              .place_o(first));
  lib_first #(.Width(Width)) u_above (
    .set_i(above), .any_o(any_above), .first_o(bit_above), .above_o(rest_above), .place_o(first_above)
  );

  assign unused  = ^{bit_first, rest_first, bit_above, rest_above};
  assign place_o = any_above ? first_above : first;

endmodule
