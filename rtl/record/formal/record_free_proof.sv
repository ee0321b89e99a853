// SPDX-License-Identifier: Apache-2.0
//
// record_free makes progress and comes to exactly one end for each command, whatever the
// memory gives: an extent is told at least every six cycles in which it waits for nobody,
// no chain is longer than MostExtents, nothing is told between commands, and all that is
// asked for is in the store.

`include "check.svh"

module record_free_proof (
  input logic             clk_i,
  input logic             cmd_valid_i,
  input logic [31:0]      cmd_unit_i,
  input logic [7:0]       cmd_units_i,
  input logic             req_ready_i,
  input logic             rdata_valid_i,
  input dram_pkg::rdata_t rdata_i,
  input logic             extent_ready_i
);

  localparam int unsigned LineBits = dram_pkg::LineBits;
  localparam logic [LineBits-1:0] Base = 30'h40;
  localparam logic [31:0] Units = 32'h10_0000;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                     cmd_ready, req_valid, extent_valid;
  dram_pkg::req_t           req;
  record_pkg::free_extent_t extent;

  record_free dut (
    .clk_i, .rst_ni, .base_i(Base), .units_i(Units),
    .cmd_valid_i, .cmd_ready_o(cmd_ready), .cmd_unit_i, .cmd_units_i,
    .req_valid_o(req_valid), .req_ready_i, .req_o(req), .rdata_valid_i, .rdata_i,
    .extent_valid_o(extent_valid), .extent_ready_i, .extent_o(extent)
  );

  (* hierconn *) wire        \dut.tell ;
  (* hierconn *) wire        \dut.room ;
  (* hierconn *) wire [41:0] \dut.told ;
  (* hierconn *) wire [2:0]  \dut.state_q ;
  (* hierconn *) wire [9:0]  \dut.count_q ;
  (* hierconn *) wire [31:0] \dut.unit_q ;
  (* hierconn *) wire [15:0] \dut.units_q ;
  (* hierconn *) wire        \dut.head_q ;
  (* hierconn *) wire        \dut.more_q ;

  record_pkg::free_extent_t told;
  logic                     push;
  assign told = \dut.told ;
  assign push = \dut.tell && \dut.room ;

  // A command is under way; a line was asked for; cycles since something was told.
  logic       busy_q = 1'b0, asked_q = 1'b0, stalled;
  logic [9:0] told_q = '0;
  logic [2:0] quiet_q = '0;
  `PAMC_ASSUME(m_asked, !rdata_valid_i || asked_q)
  assign stalled = (req_valid && !req_ready_i) || (asked_q && !rdata_valid_i) ||
                   (\dut.tell && !\dut.room );

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (cmd_valid_i && cmd_ready) busy_q <= 1'b1;
      else if (push && told.last) busy_q <= 1'b0;
      if (req_valid && req_ready_i) asked_q <= 1'b1;
      else if (rdata_valid_i) asked_q <= 1'b0;
      if (!busy_q || push) quiet_q <= '0;
      else if (!stalled) quiet_q <= quiet_q + 3'd1;
      if (!busy_q) told_q <= '0;
      else if (push) told_q <= told_q + 10'd1;
    end
  end

  `PAMC_ASSERT(a_told_in_command, !\dut.tell || busy_q)
  `PAMC_ASSERT(a_one_command, cmd_ready == !busy_q)
  `PAMC_ASSERT(a_progress, quiet_q < 3'd6)
  `PAMC_ASSERT(a_bounded, 32'(told_q) <= record_pkg::MostExtents)
  `PAMC_ASSERT(a_error_is_last, !\dut.tell || told.last || !told.error)
  `PAMC_ASSERT(a_possible, !\dut.tell || told.units == '0 ||
               (told.units >= 8'd3 && {1'b0, told.unit} + {25'd0, told.units} <= {1'b0, Units}))
  `PAMC_ASSERT(a_reads_in_store, !req_valid ||
               (!req.write && req.lines == 7'd1 && req.line >= Base && req.line < Base + Units[LineBits:1]))

  // For induction: the state tells how long it has been quiet.
  `PAMC_ASSERT(i_busy, busy_q == (\dut.state_q != 3'd0))
  `PAMC_ASSERT(i_state, \dut.state_q <= 3'd5)
  `PAMC_ASSERT(i_asked, asked_q == (\dut.state_q == 3'd3))
  `PAMC_ASSERT(i_count, !busy_q || (told_q == \dut.count_q && 32'(told_q) < record_pkg::MostExtents))
  `PAMC_ASSERT(i_quiet, !busy_q || quiet_q <= (\dut.state_q == 3'd5 ? 3'd0 : \dut.state_q - 3'd1))
  `PAMC_ASSERT(i_unit, \dut.state_q <= 3'd1 ||
               (\dut.units_q >= 16'd3 && \dut.units_q <= 16'd255 &&
                {1'b0, \dut.unit_q } + {17'd0, \dut.units_q } <= {1'b0, Units}))
  `PAMC_ASSERT(i_head, \dut.state_q != 3'd1 || (\dut.head_q && \dut.count_q == '0))

  `PAMC_COVER(c_chain, push && told.last && !told.error && told_q == 10'd2)
  `PAMC_COVER(c_error, push && told.last && told.error && told_q == 10'd1)
  `PAMC_COVER(c_refused, push && told.units == '0)

endmodule
