// SPDX-License-Identifier: Apache-2.0
//
// Makes data look random to the flash, whose cells wear and disturb each other more when
// neighbours are alike: adds a sequence that begins anew with each chunk, from the row and
// the chunk's number in it, so that no two pages have the same. Adding it twice is not
// adding it: the same block stands before the coder and behind the decoder.
//
// Erased chunks come in with plain_i and stay as they are. It is no encryption.
//
// The sequence is that of x^64 + x^4 + x^3 + x + 1, a primitive polynomial, 8 * Bytes steps a
// beat, from a seed that is never zero and through which each bit of the address has been
// spread by a multiplication.

`include "check.svh"

module flash_scramble #(
  parameter int unsigned Bytes     = 4,
  parameter int unsigned DataBytes = 1024,
  parameter int unsigned RowBits   = 24,
  parameter int unsigned SideBits  = 1      // what goes along with a beat
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // Where the chunk is that comes next; as of its first beat.
  input  logic [RowBits-1:0]  row_i,
  input  logic [7:0]          chunk_i,

  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  logic [8*Bytes-1:0]  in_data_i,
  input  logic                in_plain_i,
  input  logic [SideBits-1:0] in_side_i,

  output logic                out_valid_o,
  input  logic                out_ready_i,
  output logic [8*Bytes-1:0]  out_data_o,
  output logic [SideBits-1:0] out_side_o
);

  localparam int unsigned Width     = 8 * Bytes;
  localparam int unsigned Beats     = DataBytes / Bytes;
  localparam int unsigned CountBits = $clog2(Beats);

  `PAMC_PARAM(g_bytes, Width <= 64 && DataBytes % Bytes == 0 && Beats >= 2)
  `PAMC_PARAM(g_row, RowBits <= 32)

  // Width steps: what the upper Width bits leave behind.
  function automatic logic [63:0] step(input logic [63:0] state);
    step = state;
    for (int unsigned n = 0; n < Width; n++) begin
      step = {step[62:0], 1'b0} ^ (step[63] ? 64'h1b : 64'h0);
    end
  endfunction

  // An odd factor: different addresses have different seeds, and none is zero.
  function automatic logic [63:0] seed(input logic [RowBits-1:0] row, input logic [7:0] chunk);
    logic [47:0] product;
    product = {8'd0, 32'(row), chunk} + 48'd1;
`ifndef FLASH_PLAIN_SEED
    product = product * 48'h9e37_79b9_7f4b;
`endif
    seed    = {product, ~product[15:0]};
  endfunction

  logic [CountBits-1:0] beat_q;
  logic [63:0]          state_q, state;
  logic                 move;
  assign move  = in_valid_i && in_ready_o;
  assign state = beat_q == '0 ? seed(row_i, chunk_i) : state_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)   beat_q <= '0;
    else if (move) beat_q <= beat_q == CountBits'(Beats - 1) ? '0 : beat_q + 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (move) state_q <= step(state);
  end

  lib_skid #(.Width(Width + SideBits)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o,
    .in_data_i({in_side_i, in_plain_i ? in_data_i : in_data_i ^ state[63 -: Width]}),
    .out_valid_o, .out_ready_i, .out_data_o({out_side_o, out_data_o})
  );

endmodule
