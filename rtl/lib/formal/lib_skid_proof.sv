// SPDX-License-Identifier: Apache-2.0
//
// lib_skid loses nothing, doubles nothing and keeps the order: any one beat, watched
// from the moment it is taken, comes out unchanged after exactly those that were taken
// before it. It takes a beat whenever there is room for one, and holds what it offers.

`include "check.svh"

module lib_skid_proof (
  input logic       clk_i,
  input logic       in_valid_i,
  input logic [3:0] in_data_i,
  input logic       out_ready_i,
  // Free: which of the beats to watch.
  input logic       watch_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic       in_ready, out_valid;
  logic [3:0] out_data;

  lib_skid #(.Width(4)) dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_data_i,
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data)
  );

  logic push, pop;
  assign push = in_valid_i && in_ready;
  assign pop  = out_valid && out_ready_i;

  // How many are inside; while one is watched, how many of them are before it.
  logic [1:0] level_q = 2'd0;
  logic       watching_q = 1'b0;
  logic       done_q = 1'b0;
  logic [1:0] before_q = 2'd0;
  logic [3:0] data_q = 4'd0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      level_q <= level_q + 2'(push) - 2'(pop);
      if (!watching_q && !done_q && push && watch_i) begin
        watching_q <= 1'b1;
        before_q   <= level_q - 2'(pop);
        data_q     <= in_data_i;
      end else if (watching_q && pop) begin
        before_q <= before_q - 2'd1;
        if (before_q == 2'd0) begin
          watching_q <= 1'b0;
          done_q     <= 1'b1;
        end
      end
    end
  end

  `PAMC_ASSERT(a_watched_comes_unchanged,
               !(watching_q && before_q == 2'd0) || (out_valid && out_data == data_q))
  `PAMC_ASSERT(a_watched_is_inside, !watching_q || before_q < level_q)
  `PAMC_ASSERT(a_valid, out_valid == (level_q != 2'd0))
  `PAMC_ASSERT(a_room_for_two, in_ready == (level_q < 2'd2))

  // What is offered stays until taken.
  logic       offered_q = 1'b0;
  logic [3:0] offer_q = 4'd0;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= out_data;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (out_valid && out_data == offer_q))

  // For induction: the watched beat may wait in the spare register for ever.
  (* hierconn *) wire       \dut.spare_valid_q ;
  (* hierconn *) wire [3:0] \dut.spare_data_q ;
  `PAMC_ASSERT(i_spare, \dut.spare_valid_q == (level_q == 2'd2))
  `PAMC_ASSERT(i_watched_in_spare,
               !(watching_q && before_q == 2'd1) || \dut.spare_data_q == data_q)

  // It can run at full speed: four beats in four cycles, one a cycle later.
  logic [2:0] in_row_q = 3'd0;
  always_ff @(posedge clk_i) in_row_q <= push && pop ? in_row_q + 3'd1 : 3'd0;
  `PAMC_COVER(c_full_speed, in_row_q == 3'd4)
  `PAMC_COVER(c_watched_through_spare, done_q && data_q == 4'd9)
  `PAMC_COVER(c_full, level_q == 2'd2)

endmodule
