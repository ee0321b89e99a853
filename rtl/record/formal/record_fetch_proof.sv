// SPDX-License-Identifier: Apache-2.0
//
// record_fetch asks only for lines of the store, at most MostLines at once, and only when
// there is room for all that was asked for; whatever the memory gives, and however links
// lead. What it offers stays until taken.

`include "check.svh"

module record_fetch_proof (
  input logic             clk_i,
  input logic             load_i,
  input logic             start_i,
  input logic [31:0]      start_unit_i,
  input logic [7:0]       start_units_i,
  input logic             stop_i,
  input logic             req_ready_i,
  input logic             rdata_valid_i,
  input dram_pkg::rdata_t rdata_i,
  input logic             line_ready_i
);

  localparam int unsigned LineBits = dram_pkg::LineBits;
  localparam int unsigned Depth = 64;
  localparam logic [LineBits-1:0] Base = 30'h40;
  localparam logic [31:0] Units = 32'h10_0000;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                req_valid, start_ok, idle, line_valid, line_half, line_final;
  logic [2:0]          line_start;
  logic [511:0]        line_data;
  dram_pkg::req_t      req;
  logic                header_valid, header_error, memory_error, link_error, more;
  record_pkg::header_t header;
  logic [63:0]         index;
  logic [13:0]         words_before, words;

  record_fetch #(.Depth(Depth)) dut (
    .clk_i, .rst_ni, .base_i(Base), .units_i(Units),
    .start_flat_i(1'b0), .start_line_i('0), .start_bytes_i('0),
    .load_i, .start_i, .start_unit_i, .start_units_i, .start_ok_o(start_ok), .stop_i, .idle_o(idle),
    .req_valid_o(req_valid), .req_ready_i, .req_o(req), .rdata_valid_i, .rdata_i,
    .header_valid_o(header_valid), .header_error_o(header_error), .header_o(header),
    .header_index_o(index),
    .line_valid_o(line_valid), .line_ready_i, .line_data_o(line_data), .line_start_o(line_start),
    .line_half_o(line_half), .line_final_o(line_final),
    .memory_error_o(memory_error), .link_error_o(link_error), .more_o(more),
    .before_o(words_before), .words_o(words)
  );

  (* hierconn *) wire                \dut.want_q ;
  (* hierconn *) wire [LineBits-1:0] \dut.want_line_q ;
  (* hierconn *) wire [10:0]         \dut.want_lines_q ;
  (* hierconn *) wire [6:0]          \dut.room_q ;
  (* hierconn *) wire [6:0]          \dut.coming_q ;
  (* hierconn *) wire [6:0]          \dut.level ;

  // The memory gives what was asked for; lines that are in the queue or to come.
  logic [6:0] coming_q = '0, queued_q = '0;
  logic       take;
  assign take = req_valid && req_ready_i;
  `PAMC_ASSUME(m_asked, !rdata_valid_i || coming_q != '0)
  `PAMC_ASSUME(m_idle, !(start_i || load_i) || (idle && !stop_i))

  (* hierconn *) wire \dut.keep ;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      coming_q <= coming_q + (take ? req.lines : 7'd0) - 7'(rdata_valid_i);
      queued_q <= queued_q + 7'(\dut.keep ) - 7'(line_valid && line_ready_i);
    end
  end

  `PAMC_ASSERT(a_in_store, !req_valid ||
               (!req.write && req.line >= Base && req.lines != '0 && 32'(req.lines) <= dram_pkg::MostLines &&
                {1'b0, req.line} + 31'(req.lines) <= {1'b0, Base} + 31'(Units[LineBits:1])))
  `PAMC_ASSERT(a_room, !take || 32'(coming_q) + 32'(queued_q) + 32'(req.lines) <= Depth)
  `PAMC_ASSERT(a_idle, !idle || (coming_q == '0 && queued_q == '0 && !req_valid))

  logic           offered_q = 1'b0;
  dram_pkg::req_t offer_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && req_valid && !req_ready_i;
    offer_q   <= req;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (req_valid && req == offer_q))

  // For induction.
  `PAMC_ASSERT(i_coming, \dut.coming_q == coming_q)
  `PAMC_ASSERT(i_level, \dut.level == queued_q)
  `PAMC_ASSERT(i_room, 32'(\dut.room_q ) + 32'(coming_q) + 32'(queued_q) == Depth)
  `PAMC_ASSERT(i_want, !\dut.want_q ||
               (\dut.want_line_q >= Base && \dut.want_lines_q != '0 &&
                {1'b0, \dut.want_line_q } + 31'(\dut.want_lines_q ) <= {1'b0, Base} + 31'(Units[LineBits:1])))

  `PAMC_COVER(c_second_extent, take && words != '0)
  `PAMC_COVER(c_full, \dut.room_q == '0)

endmodule
