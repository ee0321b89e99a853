// SPDX-License-Identifier: Apache-2.0
//
// Scrambled twice, data are what they were, whatever the address and however the streams
// stall; in between they are not.

`include "check.svh"

module flash_scramble_proof (
  input logic        clk_i,
  input logic        in_valid_i,
  input logic [31:0] in_data_i,
  input logic        in_plain_i,
  input logic        out_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [23:0] row;
  (* anyconst *) logic [7:0]  chunk;

  logic        in_ready, mid_valid, mid_ready, mid_plain, out_valid, out_side;
  logic [31:0] mid_data, out_data;
  flash_scramble #(.DataBytes(8)) out (
    .clk_i, .rst_ni, .row_i(row), .chunk_i(chunk),
    .in_valid_i, .in_ready_o(in_ready), .in_data_i, .in_plain_i, .in_side_i(in_plain_i),
    .out_valid_o(mid_valid), .out_ready_i(mid_ready), .out_data_o(mid_data), .out_side_o(mid_plain)
  );
  flash_scramble #(.DataBytes(8)) back (
    .clk_i, .rst_ni, .row_i(row), .chunk_i(chunk),
    .in_valid_i(mid_valid), .in_ready_o(mid_ready), .in_data_i(mid_data), .in_plain_i(mid_plain),
    .in_side_i(1'b0),
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data), .out_side_o(out_side)
  );

  // At most four are inside.
  logic [2:0][31:0] held_q;
  logic [31:0]      held3_q;
  logic [2:0]       level_q = 3'd0;
  logic             push, pop;
  assign push = in_valid_i && in_ready;
  assign pop  = out_valid && out_ready_i;
  always_ff @(posedge clk_i) begin
    if (rst_ni) level_q <= level_q + 3'(push) - 3'(pop);
    if (push) begin
      held3_q <= held_q[2];
      held_q  <= {held_q[1:0], in_data_i};
    end
  end
  logic [31:0] oldest;
  assign oldest = level_q == 3'd1 ? held_q[0] : level_q == 3'd2 ? held_q[1] :
                  level_q == 3'd3 ? held_q[2] : held3_q;

  `PAMC_ASSERT(a_level, level_q <= 3'd4 && (!out_valid || level_q != 3'd0))
  `PAMC_ASSERT(a_itself, !out_valid || out_data == oldest)
  `PAMC_COVER(c_changed, mid_valid && !mid_plain && level_q == 3'd1 && mid_data != held_q[0])
  `PAMC_COVER(c_full, level_q == 3'd4)

  logic unused;
  assign unused = out_side;

endmodule
