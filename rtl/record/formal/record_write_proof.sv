// SPDX-License-Identifier: Apache-2.0
//
// record_write never writes a byte outside the extents it was given, for ever: what is
// put into a line, at the door of record_bursts, lies between the beginning and the end of
// the extent under way. That the line then goes to where it belongs is record_bursts_proof.

`include "check.svh"

module record_write_proof (
  input logic                   clk_i,
  input logic                   cmd_valid_i,
  input record_pkg::write_cmd_t cmd_i,
  input logic                   extent_valid_i,
  input record_pkg::extent_t    extent_i,
  input logic                   stream_valid_i,
  input logic                   req_ready_i,
  input logic                   wdata_ready_i,
  input logic                   done_ready_i
);

  localparam int unsigned LineBits = dram_pkg::LineBits;
  localparam logic [LineBits-1:0] Base = 30'h40;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic             req_valid, wdata_valid;
  dram_pkg::req_t   req;
  dram_pkg::wdata_t wdata;
  logic             cmd_ready, extent_ready, stream_ready, done_valid, done_error;

  record_write #(.Depth(4), .BurstLines(2)) dut (
    .clk_i, .rst_ni, .base_i(Base),
    .cmd_valid_i, .cmd_ready_o(cmd_ready), .cmd_i,
    .extent_valid_i, .extent_ready_o(extent_ready), .extent_i,
    .stream_valid_i, .stream_ready_o(stream_ready), .stream_i('0),
    .req_valid_o(req_valid), .req_ready_i, .req_o(req),
    .wdata_valid_o(wdata_valid), .wdata_ready_i, .wdata_o(wdata),
    .done_valid_o(done_valid), .done_ready_i, .done_error_o(done_error)
  );

  // Extents of a store.
  logic [32:0] extent_end;
  assign extent_end = {1'b0, extent_i.unit} + {25'd0, extent_i.units};
  `PAMC_ASSUME(m_in_store, extent_end <= 33'h7fff_0000 && extent_i.units >= 8'd3)

  // What is inside.
  (* hierconn *) wire                      \dut.begun_q ;
  (* hierconn *) wire                      \dut.cur_valid_q ;
  (* hierconn *) wire                      \dut.next_valid_q ;
  (* hierconn *) wire [40:0]               \dut.cur_q ;
  (* hierconn *) wire [40:0]               \dut.next_q ;
  (* hierconn *) wire [9:0]                \dut.left_q ;
  (* hierconn *) wire [2:0]                \dut.at_q ;
  (* hierconn *) wire [7:0]                \dut.mask_q ;
  (* hierconn *) wire [7:0]                \dut.mask ;
  (* hierconn *) wire                      \dut.emit ;
  (* hierconn *) wire [2:0]                \dut.prefix_words_q ;
  (* hierconn *) wire [LineBits-1:0]       \dut.u_bursts.line_q ;
  (* hierconn *) wire [6:0]                \dut.u_bursts.lines_q ;

  record_pkg::extent_t cur, next;
  assign cur  = \dut.cur_q ;
  assign next = \dut.next_q ;

  // Words, counted from unit 0.
  logic [35:0] begins, ends, line_word;
  logic [32:0] cur_end, next_end;
  assign cur_end   = {1'b0, cur.unit} + {25'd0, cur.units};
  assign next_end  = {1'b0, next.unit} + {25'd0, next.units};
  assign begins    = {2'b00, cur.unit, 2'b00};
  assign ends      = {1'b0, cur_end, 2'b00};
  assign line_word = {3'b000, LineBits'(\dut.u_bursts.line_q + LineBits'(\dut.u_bursts.lines_q ) - Base), 3'b000};

  `PAMC_ASSERT(i_cur, !\dut.cur_valid_q || (cur_end <= 33'h7fff_0000 && cur.units >= 8'd3))
  `PAMC_ASSERT(i_next, !\dut.next_valid_q || (next_end <= 33'h7fff_0000 && next.units >= 8'd3))
  `PAMC_ASSERT(i_begun, !\dut.begun_q || (\dut.cur_valid_q && \dut.left_q != '0))
  `PAMC_ASSERT(i_left, !\dut.begun_q || line_word + {33'd0, \dut.at_q } + {26'd0, \dut.left_q } == ends)
  `PAMC_ASSERT(i_at, !\dut.begun_q || line_word + {33'd0, \dut.at_q } >= begins)
  `PAMC_ASSERT(i_lines, !\dut.begun_q || \dut.u_bursts.lines_q < 7'd2)
  `PAMC_ASSERT(i_prefix, !\dut.begun_q || \dut.left_q > {7'd0, \dut.prefix_words_q })
  logic [7:0] from_extent, in_extent, in_front;
  for (genvar n = 0; n < 8; n++) begin : g_word
    assign from_extent[n] = line_word + 36'(n) >= begins;
    assign in_extent[n]   = from_extent[n] && line_word + 36'(n) < ends;
    assign in_front[n]    = 3'(n) < \dut.at_q ;
  end
  `PAMC_ASSERT(i_mask, !\dut.begun_q || (\dut.mask_q & ~(from_extent & in_front)) == '0)
  `PAMC_ASSERT(a_inside, !\dut.emit || (\dut.mask & ~in_extent) == '0)

endmodule
