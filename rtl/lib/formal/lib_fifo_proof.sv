// SPDX-License-Identifier: Apache-2.0
//
// lib_fifo loses nothing, doubles nothing and keeps the order: any one beat, watched
// from the moment it is taken, comes out unchanged after exactly those that were taken
// before it. Depth is no power of two here, so that the wrap is proved, too.

`include "check.svh"

module lib_fifo_proof #(
  parameter int unsigned Depth = 5
) (
  input logic       clk_i,
  input logic       in_valid_i,
  input logic [3:0] in_data_i,
  input logic       out_ready_i,
  // Free: which of the beats to watch.
  input logic       watch_i
);

  localparam int unsigned LevelBits = $clog2(Depth + 1);
  localparam int unsigned PlaceBits = $clog2(Depth);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                 in_ready, out_valid;
  logic [3:0]           out_data;
  logic [LevelBits-1:0] level;

  lib_fifo #(.Width(4), .Depth(Depth)) dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_data_i,
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data), .level_o(level)
  );

  logic push, pop;
  assign push = in_valid_i && in_ready;
  assign pop  = out_valid && out_ready_i;

  // How many are inside; while one is watched, how many of them are before it.
  logic [LevelBits-1:0] level_q = '0;
  logic                 watching_q = 1'b0;
  logic                 done_q = 1'b0;
  logic [LevelBits-1:0] before_q = '0;
  logic [3:0]           data_q = 4'd0;
  // The first cycle out of reset only gets the queue ready.
  logic                 awake_q = 1'b0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      awake_q <= 1'b1;
      level_q <= level_q + LevelBits'(push) - LevelBits'(pop);
      if (!watching_q && !done_q && push && watch_i) begin
        watching_q <= 1'b1;
        before_q   <= level_q - LevelBits'(pop);
        data_q     <= in_data_i;
      end else if (watching_q && pop) begin
        before_q <= before_q - 1'b1;
        if (before_q == '0) begin
          watching_q <= 1'b0;
          done_q     <= 1'b1;
        end
      end
    end
  end

  `PAMC_ASSERT(a_watched_comes_unchanged,
               !(watching_q && before_q == '0) || (out_valid && out_data == data_q))
  `PAMC_ASSERT(a_watched_is_inside, !watching_q || before_q < level_q)
  `PAMC_ASSERT(a_level, level == level_q)
  `PAMC_ASSERT(a_valid, out_valid == (level_q != '0))
  `PAMC_ASSERT(a_ready, in_ready == (awake_q && level_q != LevelBits'(Depth)))

  // What is offered stays until taken.
  logic       offered_q = 1'b0;
  logic [3:0] offer_q = 4'd0;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= out_data;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (out_valid && out_data == offer_q))

  // For induction: where the watched beat waits.
  (* hierconn *) wire [PlaceBits-1:0] \dut.read_at_q ;
  (* hierconn *) wire [PlaceBits-1:0] \dut.peek_at ;
  (* hierconn *) wire [3:0]           \dut.peek ;
  logic [31:0] place;
  assign place = 32'(\dut.read_at_q ) + 32'(before_q);
  assign \dut.peek_at = PlaceBits'(place >= Depth ? place - Depth : place);
  `PAMC_ASSERT(i_watched_waits, !watching_q || \dut.peek == data_q)
  `PAMC_ASSERT(i_awake, awake_q || level_q == '0)
  `PAMC_ASSERT(i_before, !watching_q || awake_q)

  `PAMC_COVER(c_full, level_q == LevelBits'(Depth))
  `PAMC_COVER(c_watched_from_the_end_of_a_full_queue,
              watching_q && before_q == LevelBits'(Depth - 1))
  logic [2:0] in_row_q = 3'd0;
  always_ff @(posedge clk_i) in_row_q <= push && pop ? in_row_q + 3'd1 : 3'd0;
  `PAMC_COVER(c_full_speed, in_row_q == 3'd7)

endmodule
