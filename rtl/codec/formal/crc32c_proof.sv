// SPDX-License-Identifier: Apache-2.0
//
// crc32c's answer is that of the definition, one bit after the other, which a second
// state goes through here with the same beats.
//
// Solvers are lost in sums over GF(2) of so many bits, so this proves less than it seems
// to and means more: it looks at one message of two beats with at most one bit set. But
// both sides are affine in the bits of beat and state (nothing but exclusive or joins two
// of them), and such functions that agree on zero and on a basis agree on everything: a
// first beat with one bit set, any one of them, leaves states that span all states, and a
// second beat takes each such state further and adds each of its own bits to one state.
// Gaps, and messages one after the other, are for tests/rtl/crc32c.cpp.

`include "check.svh"

module crc32c_proof #(
  parameter int unsigned DataBytes = 8
) (
  input logic                   clk_i,
  input logic                   valid_i,
  input logic                   first_i,
  input logic                   last_i,
  input logic [8*DataBytes-1:0] data_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic        valid;
  logic [31:0] crc;

  crc32c #(.DataBytes(DataBytes)) dut (
    .clk_i, .rst_ni, .valid_i, .first_i, .last_i, .data_i, .valid_o(valid), .crc_o(crc)
  );

  function [31:0] serial(input logic [31:0] state, input logic [8*DataBytes-1:0] data);
    integer k;
    serial = state;
    for (k = 0; k < 8 * DataBytes; k = k + 1) begin
      serial = serial ^ {31'h0, data[k]};
      serial = {1'b0, serial[31:1]} ^ (serial[0] ? 32'h82f63b78 : 32'h0);
    end
  endfunction

  // Beats as of three cycles ago, then the serial state.
  logic                   valid1_q = 1'b0, valid2_q = 1'b0;
  logic                   first1_q = 1'b0, first2_q = 1'b0;
  logic                   last1_q = 1'b0, last2_q = 1'b0, last3_q = 1'b0;
  logic [8*DataBytes-1:0] data1_q = '0, data2_q = '0;
  logic [31:0]            state_q = '0;
  // The first message has begun; what was before it is of no meaning.
  logic                   begun_q = 1'b0;

  always_ff @(posedge clk_i) begin
    {valid2_q, valid1_q} <= {valid1_q, valid_i && rst_ni};
    {first2_q, first1_q} <= {first1_q, first_i};
    {last3_q, last2_q, last1_q} <= {last2_q, last1_q, valid_i && last_i && rst_ni};
    {data2_q, data1_q}   <= {data1_q, data_i};
    if (valid2_q) begin
      state_q <= serial(first2_q ? 32'hffffffff : state_q, data2_q);
      begun_q <= begun_q || first2_q;
    end
  end

  `PAMC_ASSERT(a_valid, valid == last3_q)
  `PAMC_ASSERT(a_crc, !(valid && begun_q) || crc == ~state_q)

  // One message, one bit at most in both of its beats.
  (* anyconst *) logic [31:0] bit_at;
  logic [1:0] beat_q = 2'd0;
  logic       take;
  assign take = valid_i && rst_ni && beat_q != 2'd2;
  always_ff @(posedge clk_i) beat_q <= beat_q + 2'(take);
  `PAMC_ASSUME(m_one_message, !valid_i || (beat_q != 2'd2 && first_i == (beat_q == 2'd0) &&
                                           last_i == (beat_q == 2'd1)))
  logic [2*8*DataBytes-1:0] both;
  assign both = (2*8*DataBytes)'(1) << bit_at;
  `PAMC_ASSUME(m_one_bit, data_i == (beat_q == 2'd0 ? both[8*DataBytes-1:0] :
                                     both[2*8*DataBytes-1:8*DataBytes]))

  // A message of two beats with the bit in the first, and one with it in the second.
  logic [1:0] beats_q = 2'd0;
  logic       bit_in_first_q = 1'b0, bit_in_last_q = 1'b0;
  always_ff @(posedge clk_i) begin
    if (valid2_q) begin
      beats_q        <= first2_q ? 2'd1 : beats_q + 2'd1;
      bit_in_first_q <= first2_q ? data2_q != '0 : bit_in_first_q;
      bit_in_last_q  <= data2_q != '0;
    end
  end
  `PAMC_COVER(c_bit_in_first, valid && begun_q && beats_q == 2'd2 && bit_in_first_q)
  `PAMC_COVER(c_bit_in_second, valid && begun_q && beats_q == 2'd2 && bit_in_last_q)

endmodule
