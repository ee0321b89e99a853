// SPDX-License-Identifier: Apache-2.0
//
// Joins the CRC32Cs of a page's blocks, BlockBytes each, to that of the whole page: one
// block's CRC a cycle, the result is there in the next. A power of two.
//
// With A in front of a block B, crc(AB) = shift(crc(A)) ^ crc(B), where shift is what
// BlockBytes of zeroes do to a CRC's state: x^(8 BlockBytes) times it, modulo the
// polynomial; what initial value and final xor add cancels out. So shift is a constant
// matrix, and a step costs a few XORs a bit.

`include "check.svh"

module crc32c_join #(
  parameter int unsigned BlockBytes = 4096
) (
  input  logic        clk_i,

  input  logic        valid_i,
  input  logic        first_i,  // of a page; forgets what was before
  input  logic [31:0] crc_i,

  output logic [31:0] crc_o
);

  `PAMC_PARAM(g_block_bytes, BlockBytes >= 1 && (BlockBytes & (BlockBytes - 1)) == 0)

  // Bit 31 stands for x^0.
  localparam logic [31:0] Polynomial = 32'h82f63b78;
  localparam logic [31:0] One = 32'h8000_0000;

  // Column n in bits 32n +: 32: what a one in bit n, which is x^(31 - n), becomes.
  function [1023:0] shift(input integer squarings);
    logic [31:0] power, product, factor;
    integer k, n;
    // x, squared so often.
    power = {1'b0, One[31:1]};
    for (k = 0; k < squarings; k = k + 1) begin
      product = 32'h0;
      factor  = power;
      for (n = 31; n >= 0; n = n - 1) begin
        if (power[n]) product = product ^ factor;
        factor = {1'b0, factor[31:1]} ^ (factor[0] ? Polynomial : 32'h0);
      end
      power = product;
    end
    for (n = 31; n >= 0; n = n - 1) begin
      shift[32*n +: 32] = power;
      power = {1'b0, power[31:1]} ^ (power[0] ? Polynomial : 32'h0);
    end
  endfunction

  localparam logic [1023:0] Shift = shift($clog2(8 * BlockBytes));

  logic [31:0] crc_q, shifted;

  always_comb begin
    shifted = 32'h0;
    for (int unsigned n = 0; n < 32; n++) begin
      if (crc_q[n]) shifted = shifted ^ Shift[32*n +: 32];
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) crc_q <= crc_i ^ (first_i ? 32'h0 : shifted);
  end

  assign crc_o = crc_q;

endmodule
