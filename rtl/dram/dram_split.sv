// SPDX-License-Identifier: Apache-2.0
//
// Requests of up to 64 lines to bursts that do not cross 4 KiB, of which there are two at
// most. Through: what comes when nothing waits here is offered in the same cycle.

`include "check.svh"

module dram_split #(
  parameter int unsigned TagBits = 4,
  parameter bit          Through = 1'b0
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  logic [TagBits-1:0]            in_tag_i,
  input  logic [dram_pkg::LineBits-1:0] in_line_i,
  input  logic [6:0]                    in_lines_i,
  // It ends before the next 4 KiB begin.
  input  logic                          in_fits_i,

  output logic                          out_valid_o,
  input  logic                          out_ready_i,
  output logic [TagBits-1:0]            out_tag_o,
  output logic [dram_pkg::LineBits-1:0] out_line_o,
  output logic [6:0]                    out_lines_o,
  // Of the request.
  output logic                          out_last_o
);

  // The second burst of the request that waits, in which nothing was taken yet.
  logic                          second_q;
  logic [6:0]                    first_lines, to_end, lines;
  logic [dram_pkg::LineBits-1:0] line;
  logic                          free;
  assign to_end      = 7'd64 - {1'b0, in_line_i[5:0]};
  assign first_lines = in_fits_i ? in_lines_i : to_end;
  assign line        = second_q ? {in_line_i[dram_pkg::LineBits-1:6] + 24'd1, 6'd0} : in_line_i;
  assign lines       = second_q ? in_lines_i - to_end : first_lines;

  // The burst that waits for out_ready_i.
  logic                          valid_q, last_q, through;
  logic [TagBits-1:0]            tag_q;
  logic [dram_pkg::LineBits-1:0] line_q;
  logic [6:0]                    lines_q;
  assign through     = Through && !valid_q;
  assign free        = !valid_q || out_ready_i;
  assign in_ready_o  = free && (in_fits_i || second_q);
  assign out_valid_o = valid_q || (Through && in_valid_i);
  assign out_tag_o   = through ? in_tag_i : tag_q;
  assign out_line_o  = through ? line : line_q;
  assign out_lines_o = through ? lines : lines_q;
  assign out_last_o  = through ? in_fits_i || second_q : last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      second_q <= 1'b0;
    end else if (free) begin
      valid_q  <= in_valid_i && !(through && out_ready_i);
      second_q <= in_valid_i && !in_fits_i && !second_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (free) begin
      tag_q   <= in_tag_i;
      line_q  <= line;
      lines_q <= lines;
      last_q  <= in_fits_i || second_q;
    end
  end

  `PAMC_ASSUME(m_fits, !in_valid_i || in_fits_i == (in_lines_i <= to_end))
  `PAMC_ASSERT(a_in_4k, !out_valid_o || 32'(out_line_o[5:0]) + 32'(out_lines_o) <= 64)

endmodule
