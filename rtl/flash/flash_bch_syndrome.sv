// SPDX-License-Identifier: Apache-2.0
//
// The syndromes of stored chunks, at the rate at which they are read: S1, S3 ... S79, the
// values of the chunk's polynomial at a, a^3 ... a^79. Even ones are squares of those. All
// are zero if nothing is wrong.
//
// It never stalls. Four cycles after a chunk's last beat, done_o says whether anything is
// wrong. If so the syndromes are kept, and leave one after the other; as long as full_o,
// no other chunk may end.
//
// An erased chunk is found here, too: the mark is mostly ones and at most T bits of data and
// parity are zero. All ones is a code word (flash_bch_pkg), so no other is as near, and the
// decoder would come to it: it need not be asked.

`include "check.svh"

module flash_bch_syndrome #(
  parameter int unsigned Bytes = 4
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      valid_i,
  input  logic                      last_i,
  input  logic [8*Bytes-1:0]        data_i,

  // Of a chunk; wrong and erased are never both said.
  output logic                      done_o,
  output logic                      wrong_o,
  output logic                      erased_o,
  output logic [6:0]                zeros_o,   // of an erased one

  output logic                      full_o,
  output logic                      out_valid_o,
  input  logic                      out_ready_i,
  output logic [flash_bch_pkg::M-1:0] out_data_o
);

  localparam int unsigned M     = flash_bch_pkg::M;
  localparam int unsigned T     = flash_bch_pkg::T;
  localparam int unsigned Width = 8 * Bytes;
  localparam int unsigned Mark  = 8 * flash_bch_pkg::MarkBytes;
  localparam int unsigned State = M * T;

  `PAMC_PARAM(g_bytes, Bytes == 4 || Bytes == 8)

  // What bit k of a beat adds to the syndromes: a^((Width-1-k)(2j+1)) to the one of number j.
  function automatic logic [State*Width-1:0] columns();
    for (int unsigned k = 0; k < Width; k++) begin
      for (int unsigned j = 0; j < T; j++) begin
        columns[State*k + M*j +: M] =
          flash_bch_pkg::Power[M * ((Width - 1 - k) * (2 * j + 1)) +: M];
      end
    end
  endfunction
  localparam logic [State*Width-1:0] Columns = columns();

  function automatic logic [State-1:0] share(input logic [Width-1:0] beat);
    share = '0;
    for (int unsigned k = 0; k < Width; k++) begin
      share = share ^ (beat[k] ? Columns[State*k +: State] : '0);
    end
  endfunction

  // Times a^(Width(2j+1)), each.
  function automatic logic [State-1:0] step(input logic [State-1:0] state);
    step = '0;
    for (int unsigned j = 0; j < T; j++) begin
      for (int unsigned c = 0; c < M; c++) begin
        step[M*j +: M] = step[M*j +: M] ^
          (state[M*j + c] ? flash_bch_pkg::Power[M * (Width * (2 * j + 1) + c) +: M] : '0);
      end
    end
  endfunction

  function automatic logic [6:0] ones(input logic [Width-1:0] value);
    ones = '0;
    for (int unsigned k = 0; k < Width; k++) ones = ones + 7'(value[k]);
  endfunction

  // Cycle 1: the beat's complement, without the mark.
  logic             valid1_q, valid2_q, last1_q, last2_q;
  logic [Width-1:0] beat1_q;
  logic             unmarked1_q, unmarked2_q;
  // Cycle 2: its share.
  logic [State-1:0] share2_q;
  logic [6:0]       ones2_q;
  // Cycle 3: the sum.
  logic [State-1:0] state_d, state_q;
  logic [7:0]       zeros_d, zeros_q;

  // More than T are all the same.
  logic [7:0] sum;
  assign sum     = zeros_q + 8'(ones2_q);
  assign zeros_d = sum > 8'(T) ? 8'(T + 1) : sum;
  assign state_d = step(state_q) ^ share2_q;

  // Cycle 4: is it zero?
  logic             keep, keep_q, wrong, erased_q;
  logic [6:0]       zeros3_q;
  logic [State-1:0] kept_q;
  assign keep  = valid2_q && last2_q;
  assign wrong = kept_q != '0 && !erased_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {valid1_q, valid2_q} <= '0;
      {last1_q, last2_q}   <= '0;
      state_q              <= '0;
      zeros_q              <= '0;
      keep_q               <= 1'b0;
      done_o               <= 1'b0;
    end else begin
      {valid2_q, valid1_q} <= {valid1_q, valid_i};
      {last2_q, last1_q}   <= {last1_q, last_i};
      keep_q               <= keep;
      done_o               <= keep_q;
      if (valid2_q) begin
        state_q <= last2_q ? '0 : state_d;
        zeros_q <= last2_q ? '0 : zeros_d;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      beat1_q     <= ~data_i & (last_i ? {Width{1'b1}} >> Mark : {Width{1'b1}});
      unmarked1_q <= ones({{(Width-Mark){1'b0}}, data_i[Width-1 -: Mark]}) > 7'(Mark / 2);
    end
    if (valid1_q) begin
      share2_q    <= share(beat1_q);
      ones2_q     <= ones(beat1_q);
      unmarked2_q <= unmarked1_q;
    end
    erased_q <= unmarked2_q && zeros_d <= 8'(T);
    zeros3_q <= zeros_d[6:0];
    wrong_o  <= wrong;
    erased_o <= erased_q;
    zeros_o  <= zeros3_q;
  end

  // Those of a chunk with errors.
  localparam int unsigned LeftBits = $clog2(T + 1);
  logic [LeftBits-1:0] left_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                         left_q <= '0;
    else if (keep_q && wrong)            left_q <= LeftBits'(T);
    else if (out_valid_o && out_ready_i) left_q <= left_q - 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (keep)                            kept_q <= state_d;
    else if (out_valid_o && out_ready_i) kept_q <= kept_q >> M;
  end
  assign full_o      = left_q != '0;
  assign out_valid_o = left_q != '0;
  assign out_data_o  = kept_q[M-1:0];

  `PAMC_ASSERT(a_not_overwritten, !(keep && full_o))

endmodule
