// SPDX-License-Identifier: Apache-2.0
//
// However long windows are under way, and whichever of them have a record: all records
// find room in lz4c_records, and what is promised to none is free, so that none of the
// room gets lost. That records come out in order is lib_fifo_proof's.

`include "check.svh"

module lz4c_records_proof (
  input logic               clk_i,
  input logic               issue_i,
  input logic               decided_i,
  input logic               record_valid_i,
  input lz4c_pkg::record_t  record_i,
  input logic               out_ready_i
);

  localparam int unsigned Depth = lz4c_pkg::RecordDepth;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic              room, out_valid, issue;
  lz4c_pkg::record_t out;
  // In the first cycle the table is still to be cleared.
  logic              awake_q = 1'b0;
  assign issue = issue_i && room && awake_q;

  lz4c_records dut (
    .clk_i, .rst_ni, .room_o(room), .issue_i(issue), .decided_i, .record_valid_i, .record_i,
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  // Windows issued and not decided on: lz4c_search tells of each once.
  logic [7:0] under_way_q = '0;
  `PAMC_ASSUME(m_decided, !decided_i || under_way_q != '0)
  `PAMC_ASSUME(m_record, !record_valid_i || decided_i)
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {awake_q, under_way_q} <= '0;
    end else begin
      awake_q     <= 1'b1;
      under_way_q <= under_way_q + 8'(issue) - 8'(decided_i);
    end
  end

  (* hierconn *) wire [6:0] \dut.level ;
  (* hierconn *) wire [6:0] \dut.room_q ;
  (* hierconn *) wire       \dut.u_fifo.in_ready_q ;
  `PAMC_ASSERT(a_none_lost, 9'(\dut.room_q ) + 9'(under_way_q) + 9'(\dut.level ) == 9'(Depth))
  `PAMC_ASSERT(i_ready, !awake_q || \dut.u_fifo.in_ready_q == (\dut.level != 7'(Depth)))
  `PAMC_ASSERT(i_awake, awake_q || under_way_q == '0)

  `PAMC_COVER(c_full, under_way_q == 8'd3 && \dut.level == 7'd4)

endmodule
