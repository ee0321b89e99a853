// SPDX-License-Identifier: Apache-2.0
//
// Lines of extents, in order, to bursts of writes: a burst is asked for when all of its
// lines are in the queue, so that the memory need not wait for them, and its lines are
// offered once that has been taken.
//
// mask_i: one bit for each 8 bytes of a line. page_end_i with the last line of a page:
// when the request with that line was accepted, done is told.

`include "check.svh"

module record_bursts #(
  parameter int unsigned Depth = 64,
  parameter int unsigned BurstLines = 32,
  // Of a word; less for a proof, for which data means nothing.
  parameter int unsigned WordBits = 64
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // An extent begins, at this line; not together with a line.
  input  logic                          begin_i,
  input  logic [dram_pkg::LineBits-1:0] begin_line_i,

  // Comes only when ready.
  input  logic                          line_valid_i,
  output logic                          line_ready_o,
  input  logic [8*WordBits-1:0]         line_i,
  input  logic [7:0]                    mask_i,
  input  logic                          extent_end_i,
  input  logic                          page_end_i,
  input  logic                          error_i,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,

  output logic                          done_valid_o,
  input  logic                          done_ready_i,
  output logic                          done_error_o
);

  localparam int unsigned LineBits = dram_pkg::LineBits;
  localparam int unsigned OwedBits = $clog2(Depth + 1);

  `PAMC_PARAM(g_burst, BurstLines <= Depth && BurstLines <= dram_pkg::MostLines)

  // The burst that is being put together.
  logic [LineBits-1:0] line_q;
  logic [6:0]          lines_q, lines;
  logic                burst;
  assign lines = lines_q + 7'd1;
  assign burst = line_valid_i && (extent_end_i || lines == 7'(BurstLines));

  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      line_q  <= begin_line_i;
      lines_q <= 7'd0;
    end else if (line_valid_i) begin
      line_q  <= burst ? line_q + LineBits'(lines) : line_q;
      lines_q <= burst ? 7'd0 : lines;
    end
  end

  logic                                 lines_room, bursts_room;
  logic                                 line_valid, burst_valid, burst_ready;
  logic [8*WordBits+7:0]                line;
  logic [LineBits+8:0]                  made, next;
  logic [OwedBits-1:0]                  level;
  assign line_ready_o = lines_room && bursts_room;
  assign made         = {page_end_i, page_end_i && error_i, line_q, lines};

  lib_fifo #(.Width(8 * WordBits + 8), .Depth(Depth)) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i(line_valid_i), .in_ready_o(lines_room), .in_data_i({mask_i, line_i}),
    .out_valid_o(line_valid), .out_ready_i(wdata_valid_o && wdata_ready_i), .out_data_o(line),
    .level_o(level)
  );

  logic [3:0] bursts;
  lib_fifo #(.Width(LineBits + 9), .Depth(8)) u_bursts (
    .clk_i, .rst_ni,
    .in_valid_i(burst), .in_ready_o(bursts_room), .in_data_i(made),
    .out_valid_o(burst_valid), .out_ready_i(burst_ready), .out_data_o(next),
    .level_o(bursts)
  );

  // Requests; what is said when one has been taken must have room before.
  logic       done_room, page_end, error;
  logic [2:0] dones;
  assign req_o.write     = 1'b1;
  assign {page_end, error, req_o.line, req_o.lines} = next;
  assign req_valid_o     = burst_valid && done_room;
  assign burst_ready     = req_ready_i && done_room;

  lib_fifo #(.Width(1), .Depth(4)) u_done (
    .clk_i, .rst_ni,
    .in_valid_i(req_valid_o && req_ready_i && page_end), .in_ready_o(done_room), .in_data_i(error),
    .out_valid_o(done_valid_o), .out_ready_i(done_ready_i), .out_data_o(done_error_o),
    .level_o(dones)
  );

  // Lines that were asked for and not given yet; whether there are any, which memory waits for.
  logic [OwedBits-1:0] owed_q;
  logic                owes_q, asks, gives;
  assign asks          = req_valid_o && req_ready_i;
  assign gives         = wdata_valid_o && wdata_ready_i;
  assign wdata_valid_o = owes_q;
  assign wdata_o.data  = 512'(line[8*WordBits-1:0]);
  for (genvar n = 0; n < 8; n++) begin : g_strb
    assign wdata_o.strb[8*n +: 8] = {8{line[8*WordBits+n]}};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      owed_q <= '0;
      owes_q <= 1'b0;
    end else begin
      owed_q <= owed_q + (asks ? OwedBits'(req_o.lines) : '0) - OwedBits'(gives);
      // A burst has lines.
      owes_q <= asks || (gives ? owed_q > OwedBits'(1) : owes_q);
    end
  end

  `PAMC_ASSUME(m_line_when_ready, !line_valid_i || (line_ready_o && !begin_i))
`ifndef RECORD_OPEN_QUEUES
  // Where a proof's induction may begin with anything in the queues, these do not hold.
  `PAMC_ASSERT(a_owes, owes_q == (owed_q != '0))
  `PAMC_ASSERT(a_owed_is_here, owed_q <= level)
  `PAMC_ASSERT(a_line_is_here, !wdata_valid_o || line_valid)
  `PAMC_ASSERT(a_burst_not_empty, !req_valid_o || (req_o.lines != '0 && 32'(req_o.lines) <= BurstLines))
`endif

  logic unused;
  assign unused = ^{bursts, dones};

endmodule
