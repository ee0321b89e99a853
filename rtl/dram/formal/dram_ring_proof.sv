// SPDX-License-Identifier: Apache-2.0
//
// A request, any one, watched, is held against everyone who asks for one of its lines from
// when it was entered until its last beat, which is the last of as many as it has, and comes
// after those of all that were entered before it.

`include "check.svh"

module dram_ring_proof (
  input logic        clk_i,
  input logic        push_i,
  input logic [29:0] line_i,
  input logic [6:0]  beats_i,
  input logic        beat_i,
  input logic [29:0] ask_line_i,
  input logic [29:0] ask_last_line_i,
  input logic        watch_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic        full, empty, beat_last, touches;
  logic [15:0] since;
  logic [29:0] last_line;
  assign last_line = line_i + 30'(beats_i) - 30'd1;
  dram_ring #(.Depth(2)) dut (
    .clk_i, .rst_ni, .push_i, .line_i, .last_line_i(last_line), .beats_i,
    .full_o(full), .empty_o(empty), .beat_i, .beat_last_o(beat_last), .now_i('0),
    .since_o(since), .ask_line_i, .ask_last_line_i, .touches_o(touches)
  );

  `PAMC_ASSUME(m_room, !push_i || !full)
  `PAMC_ASSUME(m_wanted, !beat_i || !empty)
  `PAMC_ASSUME(m_beats, beats_i != '0 && beats_i <= 7'd4)

  // Beats that come before the watched request's first, and its own.
  logic        watching_q = 1'b0, done_q = 1'b0;
  logic [29:0] line_q, last_q;
  logic [9:0]  all_q = '0, left_q = '0;
  logic [9:0]  all;
  assign all = all_q + (push_i ? 10'(beats_i) : '0) - 10'(beat_i);
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      all_q <= all;
      if (push_i && watch_i && !watching_q && !done_q) begin
        watching_q <= 1'b1;
        left_q     <= all;
        line_q     <= line_i;
        last_q     <= last_line;
      end else if (watching_q && beat_i) begin
        left_q <= left_q - 10'd1;
        if (left_q == 10'd1) begin
          watching_q <= 1'b0;
          done_q     <= 1'b1;
        end
      end
    end
  end

  `PAMC_ASSERT(a_held, !(watching_q && ask_line_i <= last_q && line_q <= ask_last_line_i) || touches)
  `PAMC_ASSERT(a_last, !(watching_q && beat_i && left_q == 10'd1) || beat_last)
  `PAMC_ASSERT(a_empty, empty == (all_q == '0))

  `PAMC_COVER(c_last_of_three, watching_q && beat_i && left_q == 10'd1 && full)

endmodule
