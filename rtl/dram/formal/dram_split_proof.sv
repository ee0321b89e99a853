// SPDX-License-Identifier: Apache-2.0
//
// The bursts of a request are its lines, each once and in order, in one burst or in two of which
// the second begins at a multiple of 4 KiB; and a request is taken with its last burst. For ever.

`include "check.svh"

module dram_split_proof #(
  parameter int unsigned LineBits = dram_pkg::LineBits,
  parameter bit          Through  = 1'b0
) (
  input logic                clk_i,
  input logic                in_valid_i,
  input logic [1:0]          in_tag_i,
  input logic [LineBits-1:0] in_line_i,
  input logic [6:0]          in_lines_i,
  input logic                out_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                in_ready, out_valid, out_last;
  logic [1:0]          out_tag;
  logic [LineBits-1:0] out_line;
  logic [6:0]          out_lines;
  dram_split #(.TagBits(2), .Through(Through)) dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_tag_i, .in_line_i, .in_lines_i,
    .in_fits_i(8'(in_line_i[5:0]) + 8'(in_lines_i) <= 8'd64),
    .out_valid_o(out_valid), .out_ready_i, .out_tag_o(out_tag), .out_line_o(out_line), .out_lines_o(out_lines), .out_last_o(out_last)
  );

  // What is offered stays, and ends before the end of memory.
  logic                waits_q = 1'b0;
  logic [LineBits+8:0] offer_q;
  logic [LineBits:0]   in_end;
  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && in_valid_i && !in_ready;
    offer_q <= {in_tag_i, in_line_i, in_lines_i};
  end
  assign in_end = {1'b0, in_line_i} + (LineBits+1)'(in_lines_i);
  `PAMC_ASSUME(m_holds, !waits_q || (in_valid_i && offer_q == {in_tag_i, in_line_i, in_lines_i}))
  `PAMC_ASSUME(m_lines, in_lines_i != '0 && in_lines_i <= 7'd64 && in_end <= {1'b1, {LineBits{1'b0}}})

  // What has left, lines of the request under way, and which one it is: the one taken last until
  // its last burst has left, then the one that is offered; that leaves without being kept if
  // nothing waits (Through).
  (* hierconn *) wire \dut.valid_q ;
  logic                waiting, through;
  assign waiting = \dut.valid_q ;
  assign through = Through && !waiting;
  logic [6:0]          left_q = '0, lines;
  logic [LineBits-1:0] line_q, line;
  logic [6:0]          lines_q;
  logic [1:0]          tag_q, tag;
  logic                taken_q = 1'b0, leaves;
  assign line   = taken_q ? line_q : in_line_i;
  assign lines  = taken_q ? lines_q : in_lines_i;
  assign tag    = taken_q ? tag_q : in_tag_i;
  assign leaves = out_valid && out_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q  <= '0;
      taken_q <= 1'b0;
    end else begin
      if (leaves) left_q <= out_last ? '0 : left_q + out_lines;
      if (in_valid_i && in_ready && !(through && leaves)) {taken_q, tag_q, line_q, lines_q} <= {1'b1, in_tag_i, in_line_i, in_lines_i};
      else if (leaves && out_last) taken_q <= 1'b0;
    end
  end
  `PAMC_ASSERT(a_next, !out_valid || ((taken_q || in_valid_i) && out_line == line + LineBits'(left_q) && out_tag == tag && out_lines != '0))
  `PAMC_ASSERT(a_last, !out_valid || (out_last ? left_q + out_lines == lines : left_q + out_lines < lines))
  `PAMC_ASSERT(a_taken, !(out_valid && out_last) || taken_q || through)
  `PAMC_ASSERT(a_boundary, !out_valid || left_q == '0 || out_line[5:0] == '0)
  `PAMC_ASSERT(a_in_4k, !out_valid || 32'(out_line[5:0]) + 32'(out_lines) <= 64)

  // ---- For induction.
  (* hierconn *) wire \dut.second_q ;
  logic       second;
  logic [6:0] to_end;
  assign to_end = 7'd64 - {1'b0, in_line_i[5:0]};
  assign second = \dut.second_q ;
  `PAMC_ASSERT(i_second, second == ((waiting && !out_last) || (through && left_q != '0)))
  `PAMC_ASSERT(i_second_waits, !second || (in_valid_i && !taken_q && left_q == (waiting ? '0 : to_end)))
  `PAMC_ASSERT(i_first, !second || ((!waiting || out_lines == to_end) && in_lines_i > to_end))
  `PAMC_ASSERT(i_left, left_q == '0 || (out_valid && out_last))
  `PAMC_ASSERT(i_taken, taken_q == (waiting && out_last))

  `PAMC_COVER(c_two, leaves && left_q != '0)
  `PAMC_COVER(c_one, leaves && out_last && left_q == '0 && out_lines == 7'd64)

endmodule
