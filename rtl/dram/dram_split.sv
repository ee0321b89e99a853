// SPDX-License-Identifier: Apache-2.0
//
// Requests of up to 64 lines to bursts that do not cross 4 KiB, of which there are two at
// most.

`include "check.svh"

module dram_split #(
  parameter int unsigned TagBits = 4
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
  logic [6:0]                    first_lines, to_end;
  logic                          free;
  assign to_end      = 7'd64 - {1'b0, in_line_i[5:0]};
  assign first_lines = in_fits_i ? in_lines_i : to_end;
  assign free        = !out_valid_o || out_ready_i;
  assign in_ready_o  = free && (in_fits_i || second_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_valid_o <= 1'b0;
      second_q    <= 1'b0;
    end else if (free) begin
      out_valid_o <= in_valid_i;
      second_q    <= in_valid_i && !in_fits_i && !second_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (free) begin
      out_tag_o   <= in_tag_i;
      out_line_o  <= second_q ? {in_line_i[dram_pkg::LineBits-1:6] + 24'd1, 6'd0} : in_line_i;
      out_lines_o <= second_q ? in_lines_i - to_end : first_lines;
      out_last_o  <= in_fits_i || second_q;
    end
  end

  `PAMC_ASSUME(m_fits, !in_valid_i || in_fits_i == (in_lines_i <= to_end))
  `PAMC_ASSERT(a_in_4k, !out_valid_o || 32'(out_line_o[5:0]) + 32'(out_lines_o) <= 64)

endmodule
