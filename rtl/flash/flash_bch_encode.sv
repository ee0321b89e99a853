// SPDX-License-Identifier: Apache-2.0
//
// Data on their way to the flash, and behind each chunk its parity and mark, Bytes a cycle:
// what flash_bch_pkg calls a stored chunk. While parity leaves, nothing comes in.
//
// A linear feedback register that takes a beat at a time: what falls out at its upper end,
// plus the beat, times x^ParityBits, modulo the generator.

`include "check.svh"

module flash_bch_encode #(
  parameter int unsigned Bytes      = 4,
  // A smaller code, for proofs.
  parameter int unsigned DataBytes  = flash_bch_pkg::DataBytes,
  parameter int unsigned ParityBits = flash_bch_pkg::ParityBits,
  parameter int unsigned MarkBytes  = flash_bch_pkg::MarkBytes,
  parameter logic [ParityBits-1:0] Generator = flash_bch_pkg::Generator
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               in_valid_i,
  output logic               in_ready_o,
  input  logic [8*Bytes-1:0] in_data_i,

  output logic               out_valid_o,
  input  logic               out_ready_i,
  output logic [8*Bytes-1:0] out_data_o,
  output logic               out_last_o   // of a stored chunk
);

  localparam int unsigned Width     = 8 * Bytes;
  localparam int unsigned DataBeats = DataBytes / Bytes;
  localparam int unsigned MoreBeats = (ParityBits / 8 + MarkBytes) / Bytes;
  localparam int unsigned Beats     = DataBeats + MoreBeats;
  localparam int unsigned CountBits = $clog2(Beats);

  `PAMC_PARAM(g_whole_beats, DataBytes % Bytes == 0 && (ParityBits / 8 + MarkBytes) % Bytes == 0)
  `PAMC_PARAM(g_parity, ParityBits % 8 == 0 && ParityBits >= Width)

  // What bit k of what falls out leaves behind, in bits ParityBits*k +: ParityBits. Bit 0 is
  // the highest coefficient.
  function automatic logic [ParityBits*Width-1:0] columns();
    logic [ParityBits-1:0] power;
    power = Generator;
    for (int unsigned k = 0; k < Width; k++) begin
      columns[ParityBits*(Width-1-k) +: ParityBits] = power;
      power = {power[ParityBits-2:0], 1'b0} ^ (power[ParityBits-1] ? Generator : '0);
    end
  endfunction
  localparam logic [ParityBits*Width-1:0] Columns = columns();

  // The register's upper end, in the order of a beat's bits.
  function automatic logic [Width-1:0] upper(input logic [ParityBits-1:0] state);
    for (int unsigned k = 0; k < Width; k++) upper[k] = state[ParityBits-1-k];
  endfunction

  // Behind the parity come ones, which are sent as the mark's zeros.
  function automatic logic [ParityBits-1:0] shift(input logic [ParityBits-1:0] state);
    shift = ~(~state << Width);
  endfunction

  function automatic logic [ParityBits-1:0] step(input logic [ParityBits-1:0] state,
                                                 input logic [Width-1:0] falls);
    step = state << Width;
    for (int unsigned k = 0; k < Width; k++) begin
      step = step ^ (falls[k] ? Columns[ParityBits*k +: ParityBits] : '0);
    end
  endfunction

  logic [CountBits-1:0]  beat_q;
  logic [ParityBits-1:0] state_q;
  logic                  data, last, room, move;
  logic [Width-1:0]      more;
  assign data = beat_q < CountBits'(DataBeats);
  assign last = beat_q == CountBits'(Beats - 1);
  assign move = room && (!data || in_valid_i);
  assign more = ~upper(state_q);

  assign in_ready_o = room && data;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q  <= '0;
      state_q <= '0;
    end else if (move) begin
      beat_q  <= last ? '0 : beat_q + 1'b1;
      state_q <= last ? '0 : data ? step(state_q, upper(state_q) ^ ~in_data_i) : shift(state_q);
    end
  end

  lib_skid #(.Width(Width + 1)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(!data || in_valid_i), .in_ready_o(room), .in_data_i({last, data ? in_data_i : more}),
    .out_valid_o, .out_ready_i, .out_data_o({out_last_o, out_data_o})
  );

  `PAMC_ASSERT(a_beat_in_range, 32'(beat_q) < Beats)

endmodule
