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
// spread by a multiplication: four bits of it a cycle, for which a chunk's first beat waits. The bus
// takes many more cycles for a chunk than there are beats in it, so nothing is lost by that.

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

  // An odd factor: different addresses have different seeds, and none is zero. That is (address
  // + 1) times it, from the address' highest digit on.
  localparam int unsigned AddressBits = RowBits + 8;
`ifndef FLASH_PLAIN_SEED
  localparam int unsigned Digit  = 4;
  localparam logic [47:0] Factor = 48'h9e37_79b9_7f4b;
`else
  localparam int unsigned Digit  = AddressBits;
  localparam logic [47:0] Factor = 48'd1;
`endif
  localparam int unsigned Digits = (AddressBits + Digit - 1) / Digit;

  logic [Digits*Digit-1:0] address_q;
  logic [47:0]             product_q, multiple, multiple_q;
  logic [Digit:0]          digit;
  logic [3:0]              digits_q;   // of the address that are to be added
  logic                    begun_q, ready_q;
  assign digit = {1'b0, address_q[Digits*Digit-1 -: Digit]} + (Digit+1)'(digits_q == 4'd2);
`ifndef FLASH_PLAIN_SEED
  // A table, not a multiplier; what it says is added a cycle later.
  always_comb begin
    multiple = '0;
    for (int unsigned n = 1; n <= 16; n++) if (digit == 5'(n)) multiple = Factor * 48'(n);
  end
`else
  assign multiple = 48'(digit);
`endif

  logic [CountBits-1:0] beat_q;
  logic [63:0]          state_q;
  logic                 room, move, begins, last;
  assign in_ready_o = room && ready_q;
  assign move       = in_valid_i && in_ready_o;
  assign last       = beat_q == CountBits'(Beats - 1);
  assign begins     = in_valid_i && !begun_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q   <= '0;
      digits_q <= '0;
      begun_q  <= 1'b0;
      ready_q  <= 1'b0;
    end else begin
      if (move) beat_q <= last ? '0 : beat_q + 1'b1;
      if (begins) begin
        begun_q  <= 1'b1;
        digits_q <= 4'(Digits + 1);
      end else begin
        if (digits_q != '0) digits_q <= digits_q - 4'd1;
        if (begun_q && digits_q == '0) ready_q <= 1'b1;
      end
      if (move && last) begin
        begun_q <= 1'b0;
        ready_q <= 1'b0;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (begins) begin
      address_q  <= (Digits*Digit)'({row_i, chunk_i});
      product_q  <= '0;
      multiple_q <= '0;
    end else if (digits_q != '0) begin
      address_q  <= address_q << Digit;
      product_q  <= (product_q << Digit) + multiple_q;
      multiple_q <= multiple;
    end
    if (!ready_q)  state_q <= {product_q, ~product_q[15:0]};
    else if (move) state_q <= step(state_q);
  end

  lib_skid #(.Width(Width + SideBits)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(in_valid_i && ready_q), .in_ready_o(room),
    .in_data_i({in_side_i, in_plain_i ? in_data_i : in_data_i ^ state_q[63 -: Width]}),
    .out_valid_o, .out_ready_i, .out_data_o({out_side_o, out_data_o})
  );

endmodule
