// SPDX-License-Identifier: Apache-2.0
//
// Turns a chunk's positions into lanes, so that the copying (lz4d_copy.sv) finds every
// select and row address in a register. Byte n of the page lives in lane n mod 32.
//
// A match's byte k comes from "k mod offset" bytes behind where the match's source
// begins, so that no byte waits for another one of the same chunk, whatever the offset:
// the remainders come from a table, are rotated to the lanes they are for, and the lane
// of the source's first byte is added.
//
//     offset 3, split in lane 5, source begins in lane 2:
//     lane       0  1  2  3  4  5  6  7  8  9 10 ...
//     k                         0  1  2  3  4  5
//     k mod 3                   0  1  2  0  1  2
//     select                    2  3  4  2  3  4
//
// Two cycles, no stalls.

module lz4d_plan (
  input  logic             clk_i,
  input  logic             rst_ni,

  // A chunk; in the next cycle, whether there is one and what is wrong with it.
  input  lz4d_pkg::chunk_t chunk_i,
  input  logic             judged_valid_i,
  input  logic             judged_last_i,
  input  logic [2:0]       judged_error_i,

  output logic             plan_valid_o,
  output lz4d_pkg::plan_t  plan_o
);

  localparam int unsigned Lanes = lz4d_pkg::Lanes;

  // Bit o of a table: bit "place" of k mod o; for o = 0, of k itself.
  function [31:0] remainders(input integer k, input integer place);
    integer o;
    for (o = 0; o < 32; o = o + 1) begin
      remainders[o] = ((((o == 0) ? k : (k % ((o == 0) ? 1 : o))) >> place) & 1) != 0;
    end
  endfunction

  // Bit n: n < below.
  function [31:0] lanes_below(input logic [5:0] below);
    integer n;
    for (n = 0; n < 32; n = n + 1) lanes_below[n] = 6'(n) < below;
  endfunction

  // Lanes of 5 bits, turned up by a number of lanes: lane n takes lane n - by.
  function [159:0] turn_lanes(input logic [159:0] lanes, input logic [4:0] by);
    logic [159:0] a, b, c, d;
    a = by[4] ? {lanes[79:0], lanes[159:80]} : lanes;
    b = by[3] ? {a[119:0], a[159:120]} : a;
    c = by[2] ? {b[139:0], b[159:140]} : b;
    d = by[1] ? {c[149:0], c[159:150]} : c;
    turn_lanes = by[0] ? {d[154:0], d[159:155]} : d;
  endfunction

  // Bytes turned down: byte n takes byte n + by.
  function [127:0] turn_bytes(input logic [127:0] bytes, input logic [3:0] by);
    logic [127:0] a, b, c;
    a = by[3] ? {bytes[63:0], bytes[127:64]} : bytes;
    b = by[2] ? {a[31:0], a[127:32]} : a;
    c = by[1] ? {b[15:0], b[127:16]} : b;
    turn_bytes = by[0] ? {c[7:0], c[127:8]} : c;
  endfunction

  // First cycle: remainders, where the source begins.
  lz4d_pkg::chunk_t chunk_q;
  logic [11:0]      source_q;
  logic [159:0]     remainder_d, remainder_q;   // 32 x 5, of k = 0 ... 31
  logic [4:0]       short_offset;
  assign short_offset = chunk_i.offset[15:5] == '0 ? chunk_i.offset[4:0] : 5'd0;

  for (genvar k = 0; k < Lanes; k++) begin : g_k
    for (genvar place = 0; place < 5; place++) begin : g_place
      localparam logic [31:0] Table = remainders(k, place);
      assign remainder_d[5*k + place] = Table[short_offset];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) plan_valid_o <= 1'b0;
    else         plan_valid_o <= judged_valid_i;
  end

  always_ff @(posedge clk_i) begin
    chunk_q     <= chunk_i;
    source_q    <= chunk_i.split[11:0] - chunk_i.offset[11:0];
    remainder_q <= remainder_d;
  end

  // Second: lanes.
  logic [4:0]   from_lane, split_lane;
  logic [5:0]   split_end, to_end;    // lanes counted on over the row's end
  logic [31:0]  below_from, below_split, below_to, next_split, next_to;
  logic [159:0] turned, select;
  logic [127:0] literals;
  logic [3:0]   turn;
  logic         bad;
  logic [6:0]   row, next_row, source_row, next_source_row, last_next_row;
  logic [31:0]  write, literal, source_wrapped, last_write, own, fresh;
  logic [223:0] read_row;

  assign from_lane   = chunk_q.from[4:0];
  assign split_lane  = chunk_q.split[4:0];
  assign split_end   = {chunk_q.split[5] ^ chunk_q.from[5], chunk_q.split[4:0]};
  assign to_end      = {chunk_q.to[5] ^ chunk_q.from[5], chunk_q.to[4:0]};
  assign below_from  = lanes_below({1'b0, from_lane});
  // In the chunk's first row, and in the next.
  assign below_split = lanes_below(split_end[5] ? 6'd32 : split_end);
  assign below_to    = lanes_below(to_end[5] ? 6'd32 : to_end);
  assign next_split  = split_end[5] ? lanes_below({1'b0, split_end[4:0]}) : 32'h0;
  assign next_to     = to_end[5] ? lanes_below({1'b0, to_end[4:0]}) : 32'h0;

  assign turned   = turn_lanes(remainder_q, split_lane);
  assign turn     = chunk_q.first - chunk_q.from[3:0];
  assign literals = turn_bytes(chunk_q.literals, turn);
  always_comb begin
    for (int n = 0; n < Lanes; n++) select[5*n +: 5] = turned[5*n +: 5] + source_q[4:0];
  end

  assign bad     = judged_error_i != codec_pkg::DECODE_OK;
  assign write   = bad ? 32'h0 : (below_to & ~below_from) | next_to;
  assign literal = (below_split & ~below_from) | next_split;

  // Rows of the lanes, and whose they are. A lane's source is in a row that this chunk or
  // the last one writes, if neither or both are in the next row of two equal ones, or one
  // is. The last chunk is the one whose plan is being offered.
  logic own_same, own_source_on, own_write_on, fresh_same, fresh_source_on, fresh_write_on;
  assign row             = chunk_q.from[11:5];
  assign next_row        = row + 7'd1;
  assign source_row      = source_q[11:5];
  assign next_source_row = source_row + 7'd1;
  assign last_next_row   = plan_o.row + 7'd1;
  assign source_wrapped  = lanes_below({1'b0, source_q[4:0]});
  assign last_write      = plan_valid_o ? plan_o.write : 32'h0;
  assign own_same        = source_row == row;
  assign own_source_on   = next_source_row == row;
  assign own_write_on    = source_row == next_row;
  assign fresh_same      = source_row == plan_o.row;
  assign fresh_source_on = next_source_row == plan_o.row;
  assign fresh_write_on  = source_row == last_next_row;
  always_comb begin
    for (int n = 0; n < Lanes; n++) begin
      read_row[7*n +: 7] = source_wrapped[n] ? next_source_row : source_row;
      own[n]   = literal[n] && (source_wrapped[n] == below_from[n] ? own_same :
                                source_wrapped[n] ? own_source_on : own_write_on);
      fresh[n] = last_write[n] && (source_wrapped[n] == plan_o.wrapped[n] ? fresh_same :
                                   source_wrapped[n] ? fresh_source_on : fresh_write_on);
    end
  end

  always_ff @(posedge clk_i) begin
    plan_o.literals <= literals;
    plan_o.select   <= select;
    plan_o.read_row <= read_row;
    plan_o.own      <= own;
    plan_o.fresh    <= fresh;
    plan_o.write    <= write;
    plan_o.literal  <= literal;
    plan_o.wrapped  <= below_from;
    plan_o.row      <= row;
    plan_o.emit     <= to_end[5] || judged_last_i;
    plan_o.last     <= judged_last_i;
    plan_o.error    <= judged_error_i;
  end

  logic unused;
  assign unused = &{1'b0, chunk_q};

endmodule
