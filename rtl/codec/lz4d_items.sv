// SPDX-License-Identifier: Apache-2.0
//
// Items wait here for the copying. The parser cannot be stalled at once: what it has
// taken comes two cycles later, so full_o comes early enough for that.

`include "check.svh"

module lz4d_items #(
  parameter int unsigned Depth  = lz4d_pkg::ItemDepth,
  // Items at which it is full. Three may be on their way.
  parameter int unsigned FullAt = Depth - 3
) (
  input  logic            clk_i,
  input  logic            rst_ni,

  // Takes an item whenever there is one, if in no cycle with full_o a step was made that
  // becomes an item two cycles later.
  output logic            full_o,
  input  logic            in_valid_i,
  input  lz4d_pkg::item_t in_i,

  output logic            out_valid_o,
  input  logic            out_ready_i,
  output lz4d_pkg::item_t out_o
);

  localparam int unsigned LevelBits = $clog2(Depth + 1);

  logic                 ready;
  logic [LevelBits-1:0] level;

  lib_fifo #(.Width($bits(in_i)), .Depth(Depth)) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o(ready), .in_data_i(in_i),
    .out_valid_o, .out_ready_i, .out_data_o(out_o),
    .level_o(level)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) full_o <= 1'b0;
    else         full_o <= level >= LevelBits'(FullAt);
  end

  `PAMC_ASSERT(a_room_for_items, !in_valid_i || ready)

  // Nobody but the assertion asks.
  logic unused;
  assign unused = &{1'b0, ready};

endmodule
