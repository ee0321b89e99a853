// SPDX-License-Identifier: Apache-2.0
//
// Takes a sequence apart for the emitter, so that what that decides on in a cycle are
// flags, not sums: token, bytes of lengths, how many literals the first chunk takes.
// One register stage behind a stream slice.

`include "check.svh"

module lz4c_prepare (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  lz4c_pkg::sequence_t in_i,
  // Bytes that the page's output has so far, at least.
  input  logic [12:0]         total_i,
  output logic                out_valid_o,
  input  logic                out_ready_i,
  output lz4c_pkg::prepared_t out_o
);

  // Literals that the first chunk has room for beside a byte or two before them; and
  // how many leave room for what follows them, too.
  localparam logic [12:0] HeadMost   = 13'd14;
  localparam logic [12:0] SingleMost = 13'd12;

  logic                valid, ready;
  lz4c_pkg::sequence_t seq;

  lib_skid #(.Width($bits(in_i))) u_skid (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(in_i),
    .out_valid_o(valid), .out_ready_i(ready), .out_data_o(seq)
  );

  logic        long_literals, long_match, all_in_head;
  logic [12:0] literal_rest, match_rest;
  lz4c_pkg::prepared_t out_d;

  assign long_literals = seq.literals >= 13'd15;
  assign long_match    = seq.match >= 12'd15 && !seq.last;
  assign literal_rest  = seq.literals - 13'd15;
  assign match_rest    = {1'b0, seq.match} - 13'd15;
  assign all_in_head   = seq.literals <= HeadMost;

  always_comb begin
    out_d.last          = seq.last;
    out_d.same          = seq.same;
    out_d.hopeless      = {1'b0, seq.first ? 13'd0 : total_i} + {1'b0, seq.literals} >=
                          14'(codec_pkg::Lz4MostBytes);
    out_d.single        = seq.literals <= SingleMost || (seq.last && all_in_head);
    out_d.literal_more  = long_literals && literal_rest >= 13'd255;
    out_d.match_more    = long_match && match_rest >= 13'd255;
    out_d.head_count    = long_literals ? 2'd2 : 2'd1;
    out_d.head          = {out_d.literal_more ? 8'd255 : literal_rest[7:0],
                           long_literals ? 4'd15 : seq.literals[3:0],
                           seq.last ? 4'd0 : long_match ? 4'd15 : seq.match[3:0]};
    out_d.head_literals = out_d.literal_more ? 5'd0 : all_in_head ? seq.literals[4:0] : 5'd14;
    out_d.literal_at    = seq.literal_at;
    out_d.literals_left = out_d.literal_more ? seq.literals :
                          all_in_head ? 13'd0 : seq.literals - HeadMost;
    out_d.literals_left_at = out_d.literal_more ? seq.literal_at : seq.literal_at + 12'(HeadMost);
    out_d.literal_rest  = literal_rest - 13'd255;
    out_d.tail_count    = seq.last ? 2'd0 : long_match ? 2'd3 : 2'd2;
    out_d.tail          = {out_d.match_more ? 8'd255 : match_rest[7:0], 4'h0, seq.offset};
    out_d.match_rest    = match_rest - 13'd255;
  end

  assign ready = !out_valid_o || out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) out_valid_o <= 1'b0;
    else if (ready) out_valid_o <= valid;
  end

  always_ff @(posedge clk_i) if (ready) out_o <= out_d;

endmodule
