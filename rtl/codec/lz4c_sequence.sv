// SPDX-License-Identifier: Apache-2.0
//
// Takes records apart into sequences, one a cycle: a match and the literals between it
// and the one before, and a final sequence of literals only. One register stage.

`include "check.svh"

module lz4c_sequence (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  lz4c_pkg::record_t   in_i,
  output logic                out_valid_o,
  input  logic                out_ready_i,
  output lz4c_pkg::sequence_t out_o
);

  // Parts of the record: three matches and the end of the page; those already gone.
  logic [3:0] parts, gone_q, left, part;
  assign parts = {in_i.last, in_i.third.valid, in_i.second.valid, in_i.first.valid};
  assign left  = parts & ~gone_q;
  // The first that is left.
  assign part  = left & (~left + 4'd1);

  logic take;
  assign take       = in_valid_i && (!out_valid_o || out_ready_i);
  assign in_ready_o = take && left == part;

  logic [35:0]         match;
  logic [11:0]         start, ends, offset;
  logic [11:0]         anchor_q;
  logic                first_q;
  lz4c_pkg::sequence_t out_d;

  always_comb begin
    match = '0;
    if (part[0]) match = {in_i.first.start, in_i.first.ends, in_i.first.offset};
    if (part[1]) match = {in_i.second.start, in_i.second.ends, in_i.second.offset};
    if (part[2]) match = {in_i.third.start, in_i.third.ends, in_i.third.offset};
  end
  assign {start, ends, offset} = match;

  assign out_d.first      = first_q;
  assign out_d.last       = part[3];
  assign out_d.same       = part[3] && in_i.same;
  assign out_d.literal_at = anchor_q;
  assign out_d.literals   = {part[3], start} - {1'b0, anchor_q};
  assign out_d.match      = ends - start - 12'd4;
  assign out_d.offset     = offset;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      gone_q      <= '0;
      anchor_q    <= '0;
      first_q     <= 1'b1;
      out_valid_o <= 1'b0;
    end else begin
      if (!out_valid_o || out_ready_i) out_valid_o <= in_valid_i;
      if (take) begin
        gone_q   <= in_ready_o ? 4'd0 : gone_q | part;
        anchor_q <= ends;  // 0 with the end of the page
        first_q  <= part[3];
      end
    end
  end

  always_ff @(posedge clk_i) if (take) out_o <= out_d;

  `PAMC_ASSERT(RecordHasParts, !in_valid_i || parts != '0)
  `PAMC_ASSERT(MatchesInOrder, !take || part[3] || (start >= anchor_q && ends >= start + 12'd4))
  `PAMC_ASSERT(MatchInPage, !take || part[3] ||
               (offset != '0 && offset <= start && ends <= 12'(lz4c_pkg::LastEnd) &&
                start <= 12'(lz4c_pkg::LastStart)))

endmodule
