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

  assign any_o = |request_i;

  always_comb begin
    place_o = '0;
    for (int i = Width - 1; i >= 0; i--) begin
      if (request_i[i]) place_o = PlaceBits'(i);
    end
    for (int i = Width - 1; i >= 0; i--) begin
      if (request_i[i] && i > 32'(last_i)) place_o = PlaceBits'(i);
    end
  end

endmodule
