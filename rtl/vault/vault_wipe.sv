// SPDX-License-Identifier: Apache-2.0
//
// Zeroes for the index and the map of units: what fresh memory holds is anything, and an
// entry that nobody wrote must not be found. Units need none: what is free has no meaning,
// and every unit is written before it is given a place in the index.
//
// From first_line_i up to but without end_line_i, in requests of up to MostLines lines; a
// line a cycle when memory takes it. Done when memory has accepted the last line: what is
// read later is zero (dram_pkg).

`include "check.svh"

module vault_wipe (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // Held with the lines until done_o, which is a cycle long.
  input  logic                          call_i,
  input  logic [dram_pkg::LineBits-1:0] first_line_i,
  input  logic [dram_pkg::LineBits-1:0] end_line_i,
  output logic                          done_o,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o
);

  typedef enum logic [2:0] {S_IDLE, S_START, S_ASK, S_LINES, S_DONE} state_e;
  state_e                        state_q;
  logic [dram_pkg::LineBits-1:0] line_q, left_q;
  logic [6:0]                    lines, given_q;
  // Of the cycle before: behind each request but the last there are more lines than one.
  always_ff @(posedge clk_i) left_q <= end_line_i - line_q;
  assign lines = left_q > dram_pkg::LineBits'(dram_pkg::MostLines) ? 7'(dram_pkg::MostLines) : left_q[6:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:  if (call_i) state_q <= first_line_i == end_line_i ? S_DONE : S_START;
        S_START: state_q <= S_ASK;
        S_ASK:   if (req_ready_i) state_q <= S_LINES;
        S_LINES: if (wdata_ready_i && given_q == 7'd1) state_q <= line_q == end_line_i ? S_DONE : S_ASK;
        default: state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == S_IDLE) line_q <= first_line_i;
    if (state_q == S_ASK && req_ready_i) begin
      line_q  <= line_q + dram_pkg::LineBits'(lines);
      given_q <= lines;
    end
    if (state_q == S_LINES && wdata_ready_i) given_q <= given_q - 7'd1;
  end

  assign req_valid_o   = state_q == S_ASK;
  assign wdata_valid_o = state_q == S_LINES;
  assign done_o        = state_q == S_DONE;
  always_comb begin
    req_o        = '0;
    req_o.write  = 1'b1;
    req_o.line   = line_q;
    req_o.lines  = lines;
    wdata_o      = '0;
    wdata_o.strb = '1;
  end

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i)
  `PAMC_ASSUME(m_in_order, !call_i || first_line_i <= end_line_i)
  `PAMC_ASSERT(a_in_range, state_q != S_ASK || (line_q < end_line_i && left_q == end_line_i - line_q))

endmodule
