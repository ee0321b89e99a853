// SPDX-License-Identifier: Apache-2.0
//
// Round robin: the first request above the one that was served last, or else the first
// of all. Whoever asks is served after at most Width - 1 others.
//
// Who was served last is kept as the mask of all above it, and a choice is told as a bit,
// too: to make either of a number takes longer than to find it.

`include "check.svh"

module queue_pick #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Width)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic [Width-1:0]     request_i,
  // What is chosen, if anything, is served.
  input  logic                 serve_i,
  output logic                 any_o,
  output logic [PlaceBits-1:0] place_o,
  // That place alone; zeros if there is none.
  output logic [Width-1:0]     bit_o
);

  `PAMC_PARAM(g_width, Width >= 2)

  logic [Width-1:0]     behind_q, above;
  logic                 any_above;
  logic [Width-1:0]     bit_first, bit_above, rest_first, rest_above;
  logic [PlaceBits-1:0] first, first_above;
  assign above = request_i & behind_q;

  lib_first #(.Width(Width)) u_first (.set_i(request_i), .any_o, .first_o(bit_first), .above_o(rest_first),
                              .place_o(first));
  lib_first #(.Width(Width)) u_above (
    .set_i(above), .any_o(any_above), .first_o(bit_above), .above_o(rest_above), .place_o(first_above)
  );

  assign place_o = any_above ? first_above : first;
  assign bit_o   = any_above ? bit_above : bit_first;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) behind_q <= '0;
    else if (serve_i && any_o) behind_q <= any_above ? rest_above : rest_first;
  end

endmodule
