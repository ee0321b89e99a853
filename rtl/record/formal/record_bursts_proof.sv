// SPDX-License-Identifier: Apache-2.0
//
// record_bursts writes each line to where it belongs, once: any one line, watched from
// when it comes, is in a request for the very place that the extent's beginning and the
// lines before it give, and its strobes are those of its mask. Lines are attributed to
// requests as dram_pkg says, by counting both. A burst's lines are all here when it is
// asked for, so the memory never waits for them.

`include "check.svh"

module record_bursts_proof (
  input logic                          clk_i,
  input logic                          begin_i,
  input logic [dram_pkg::LineBits-1:0] begin_line_i,
  input logic                          line_valid_i,
  input logic [7:0]                    mask_i,
  input logic                          extent_end_i,
  input logic                          page_end_i,
  input logic                          error_i,
  input logic                          req_ready_i,
  input logic                          wdata_ready_i,
  input logic                          done_ready_i,
  // Free: which line to watch.
  input logic                          watch_i
);

  localparam int unsigned LineBits = dram_pkg::LineBits;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic             line_ready, req_valid, wdata_valid, done_valid, done_error;
  dram_pkg::req_t   req;
  dram_pkg::wdata_t wdata;

  record_bursts #(.Depth(4), .BurstLines(2), .WordBits(1)) dut (
    .clk_i, .rst_ni, .begin_i, .begin_line_i,
    .line_valid_i, .line_ready_o(line_ready), .line_i('0), .mask_i, .extent_end_i,
    .page_end_i, .error_i,
    .req_valid_o(req_valid), .req_ready_i, .req_o(req),
    .wdata_valid_o(wdata_valid), .wdata_ready_i, .wdata_o(wdata),
    .done_valid_o(done_valid), .done_ready_i, .done_error_o(done_error)
  );

  // An extent begins, has lines up to its end; nothing between extents.
  logic                inside_q = 1'b0, watching_q = 1'b0, asked_for_q = 1'b0, over_q = 1'b0;
  logic [LineBits-1:0] line_q, place_q;
  // More than there can be lines inside.
  logic [3:0]          came_q = '0, asked_q = '0, given_q = '0, target_q = '0;
  logic [7:0]          mask_q = '0;
  logic [2:0]          ends_q = '0;
  logic                hit, here;
  logic [3:0]          offset;
  `PAMC_ASSUME(m_ready, !line_valid_i || (line_ready && inside_q))
  `PAMC_ASSUME(m_begin, !begin_i || !inside_q)
  `PAMC_ASSUME(m_page_end, !page_end_i || extent_end_i)
  assign offset = target_q - asked_q;
  assign hit    = watching_q && !asked_for_q && req_valid && offset < 4'(req.lines);
  assign here   = watching_q && wdata_valid && given_q == target_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (begin_i) {inside_q, line_q} <= {1'b1, begin_line_i};
      if (line_valid_i) begin
        inside_q <= !extent_end_i;
        line_q   <= line_q + 1'b1;
        came_q   <= came_q + 4'd1;
        if (watch_i && !watching_q && !over_q) begin
          watching_q <= 1'b1;
          target_q   <= came_q;
          place_q    <= line_q;
          mask_q     <= mask_i;
        end
      end
      if (req_valid && req_ready_i) begin
        asked_q <= asked_q + 4'(req.lines);
        if (hit) asked_for_q <= 1'b1;
      end
      if (wdata_valid && wdata_ready_i) begin
        given_q <= given_q + 4'd1;
        if (here) {watching_q, over_q} <= 2'b01;
      end
      // Pages that ended and were not told of.
      ends_q <= ends_q + 3'(line_valid_i && page_end_i) - 3'(done_valid && done_ready_i);
    end
  end

  `PAMC_ASSERT(a_place, !hit || req.line + LineBits'(offset) == place_q)
  `PAMC_ASSERT(a_asked_before_given, !here || asked_for_q)
  `PAMC_ASSERT(a_passed_by, !watching_q || asked_for_q || offset < 4'd8)
  logic [63:0] strb;
  for (genvar n = 0; n < 64; n++) begin : g_want
    assign strb[n] = mask_q[n/8];
  end
  `PAMC_ASSERT(a_strobes, !here || wdata.strb == strb)
  `PAMC_ASSERT(a_write, !req_valid || req.write)
  `PAMC_ASSERT(a_all_are_here, asked_q - given_q <= came_q - given_q)
  `PAMC_ASSERT(a_memory_never_waits, wdata_valid == (asked_q != given_q))
  `PAMC_ASSERT(a_done_of_a_page, !done_valid || ends_q != '0)

  `PAMC_COVER(c_watched_given, over_q && place_q != begin_line_i && mask_q == 8'h3c)
  `PAMC_COVER(c_done, done_valid && ends_q == 3'd2)

endmodule
