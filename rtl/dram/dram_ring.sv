// SPDX-License-Identifier: Apache-2.0
//
// Requests that memory has not finished, in their order: which lines they touch, and how
// many beats they still want. One such ring for the reads of each port, which come in the
// order of the requests, and one for all writes.

`include "check.svh"

module dram_ring #(
  parameter int unsigned Depth = 8,
  // All are finished by one beat, whatever beats_i says.
  parameter bit OneBeat = 1'b0
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          push_i,
  input  logic [dram_pkg::LineBits-1:0] line_i,
  input  logic [dram_pkg::LineBits-1:0] last_line_i,
  input  logic [6:0]                    beats_i,
  output logic                          full_o,
  output logic                          empty_o,

  // A beat of the oldest one; whether it would be its last; since when it is here.
  input  logic                          beat_i,
  output logic                          beat_last_o,
  input  logic [15:0]                   now_i,
  output logic [15:0]                   since_o,

  // Does any of them touch these lines?
  input  logic [dram_pkg::LineBits-1:0] ask_line_i,
  input  logic [dram_pkg::LineBits-1:0] ask_last_line_i,
  output logic                          touches_o
);

  `PAMC_PARAM(g_depth, Depth >= 2 && (Depth & (Depth - 1)) == 0)

  localparam int unsigned PlaceBits = $clog2(Depth);

  logic [dram_pkg::LineBits-1:0] line_q [Depth];
  logic [dram_pkg::LineBits-1:0] last_q [Depth];
  logic [6:0]                    beats_q [Depth];
  logic [15:0]                   since_q [Depth];
  logic [Depth-1:0]              valid_q;
  logic [PlaceBits-1:0]          put_q, get_q;
  logic [6:0]                    beat_q;

  logic pop;
  assign beat_last_o = OneBeat || beat_q == beats_q[get_q] - 7'd1;
  assign since_o     = since_q[get_q];
  assign pop         = beat_i && beat_last_o;
  assign full_o      = valid_q[put_q];
  assign empty_o     = !valid_q[get_q];

  logic [Depth-1:0] touches;
  always_comb begin
    for (int unsigned n = 0; n < Depth; n++) begin
      touches[n] = valid_q[n] && ask_line_i <= last_q[n] && line_q[n] <= ask_last_line_i;
    end
  end
  assign touches_o = touches != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      put_q   <= '0;
      get_q   <= '0;
      beat_q  <= '0;
    end else begin
      if (push_i) begin
        put_q          <= put_q + 1'b1;
        valid_q[put_q] <= 1'b1;
      end
      if (pop) begin
        get_q          <= get_q + 1'b1;
        valid_q[get_q] <= 1'b0;
      end
      if (beat_i) beat_q <= pop ? '0 : beat_q + 7'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) begin
      line_q[put_q]  <= line_i;
      last_q[put_q]  <= last_line_i;
      beats_q[put_q] <= beats_i;
      since_q[put_q] <= now_i;
    end
  end

`ifdef FORMAL
  // For proofs: does any of them touch this line?
  logic [dram_pkg::LineBits-1:0] watch_line;
  logic [Depth-1:0]              watch;
  logic                          watched;
  always_comb begin
    for (int unsigned n = 0; n < Depth; n++) begin
      watch[n] = valid_q[n] && watch_line >= line_q[n] && watch_line <= last_q[n];
    end
  end
  assign watched = watch != '0;

  // Those that are here are in a row.
  logic [Depth-1:0] in_row;
  always_comb begin
    for (int unsigned n = 0; n < Depth; n++) begin
      in_row[n] = PlaceBits'(PlaceBits'(n) - get_q) < PlaceBits'(put_q - get_q) ||
                  (put_q == get_q && valid_q[get_q]);
    end
  end
  `PAMC_ASSERT(i_in_row, valid_q == in_row)
`endif

  `PAMC_ASSERT(a_push_has_room, !push_i || !full_o)
  `PAMC_ASSERT(a_beat_is_wanted, !beat_i || !empty_o)

endmodule
