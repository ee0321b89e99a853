// SPDX-License-Identifier: Apache-2.0
//
// CRC32C (Castagnoli, reflected, initial value and final xor all ones) of a message of
// whole beats, DataBytes a cycle; byte n of a beat is in bits 8n+7:8n and byte 0 comes
// first. Equal to crc32c() of include/crc32c.h. It never stalls: beats may come every
// cycle or with gaps, messages back to back; crc_o is valid for one cycle, three
// cycles after the beat with last_i.
//
// A CRC is linear over GF(2), and that is what makes it fast: a beat's share of the
// result depends on the beat alone, so it is computed in a pipeline of any depth (first
// each group of eight bytes for itself, then their sum). Only the step from one state
// to the next is a loop, 32 bits by 32, about 16 terms a bit: two levels of 6-input
// LUTs. What the initial all ones become is a constant, added on the way.
//
//   beat --> groups' shares --> sum, + step(ones) if first --> state' = sum + step(state)
//     cycle      1               2                                3

`include "check.svh"

module crc32c #(
  parameter int unsigned DataBytes = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   valid_i,
  input  logic                   first_i,  // of a message; forgets what was before
  input  logic                   last_i,
  input  logic [8*DataBytes-1:0] data_i,

  output logic                   valid_o,
  output logic [31:0]            crc_o
);

  `PAMC_PARAM(g_data_bytes, DataBytes >= 8 && DataBytes % 8 == 0)

  localparam int unsigned Bits   = 8 * DataBytes;
  localparam int unsigned Groups = DataBytes / 8;
  // The polynomial, bit 31 for x^0.
  localparam logic [31:0] Polynomial = 32'h82f63b78;

  // Which of the beat's bits make up each bit of its share of the state after it: row n
  // in bits Bits*n +: Bits. Bit k of the beat is added to the lowest bit of the state
  // and is then multiplied by x Bits-k times; so, from the last bit to the first, the
  // columns are powers of x. Bit n of the state joins in the beat's bit n.
  function [32*Bits-1:0] matrix(input logic [31:0] polynomial);
    logic [31:0] power;
    integer k, n;
    power = 32'h1;
    for (k = Bits - 1; k >= 0; k = k - 1) begin
      power = {1'b0, power[31:1]} ^ (power[0] ? polynomial : 32'h0);
      for (n = 0; n < 32; n = n + 1) matrix[Bits*n + k] = power[n];
    end
  endfunction

  localparam logic [32*Bits-1:0] Matrix = matrix(Polynomial);

  // Cycle 1: each group's share.
  logic [32*Groups-1:0] share_q;
  // Cycle 2: their sum.
  logic [31:0] sum_d, sum_q;
  // Cycle 3: the state after the beat.
  logic [31:0] ones_step, state_q;
  logic        first1_q, first2_q;
  logic        valid1_q, valid2_q;
  logic        last1_q, last2_q, last3_q;

  for (genvar n = 0; n < 32; n++) begin : g_bit
    assign ones_step[n] = ^Matrix[Bits*n +: 32];
  end

  // Both are asked for only when a beat comes, as they are what costs a simulation time.
  function logic [32*Groups-1:0] shares(input logic [Bits-1:0] data);
    for (int n = 0; n < 32; n++) begin
      for (int g = 0; g < Groups; g++) begin
        shares[32*g + n] = ^(data[64*g +: 64] & Matrix[Bits*n + 64*g +: 64]);
      end
    end
  endfunction

  function logic [31:0] step(input logic [31:0] state);
    for (int n = 0; n < 32; n++) step[n] = ^(state & Matrix[Bits*n +: 32]);
  endfunction

  always_comb begin
    sum_d = share_q[31:0] ^ (first1_q ? ones_step : 32'h0);
    for (int g = 1; g < Groups; g++) sum_d = sum_d ^ share_q[32*g +: 32];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {valid1_q, valid2_q}         <= '0;
      {last1_q, last2_q, last3_q}  <= '0;
    end else begin
      {valid2_q, valid1_q}         <= {valid1_q, valid_i};
      {last3_q, last2_q, last1_q}  <= {last2_q, last1_q, valid_i && last_i};
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i)  share_q <= shares(data_i);
    if (valid1_q) sum_q   <= sum_d;
    {first2_q, first1_q} <= {first1_q, first_i};
    if (valid2_q) state_q <= sum_q ^ (first2_q ? 32'h0 : step(state_q));
  end

  assign valid_o = last3_q;
`ifdef CRC32C_FREE
  // In proofs of who uses it, a message's CRC is anything.
  (* anyseq *) logic [31:0] free_crc;
  assign crc_o   = free_crc;
`else
  assign crc_o   = ~state_q;
`endif

endmodule
