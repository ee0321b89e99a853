// SPDX-License-Identifier: Apache-2.0
//
// The keyed hash of the index (sim/model/hash.h): SipHash-1-3 over whole 64-bit words.
// One hash a cycle; what is asked for comes out Latency cycles later, with the payload
// that went in beside it.
//
// Half a round is a stage: two 64-bit additions side by side and an exclusive or behind
// them. Words are mixed in behind the additions, where they cost no level of logic.

module index_hash #(
  parameter int unsigned Words = 2,
  parameter int unsigned PayloadBits = 1,
  // Derived, not to be set.
  parameter int unsigned Rounds  = Words + 3,
  parameter int unsigned Latency = 2 * Rounds + 2
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Stays as it is.
  input  logic [127:0]           secret_i,

  input  logic                   valid_i,
  // The first word in the lowest bits.
  input  logic [64*Words-1:0]    words_i,
  input  logic [PayloadBits-1:0] payload_i,

  output logic                   valid_o,
  output logic [63:0]            hash_o,
  output logic [PayloadBits-1:0] payload_o
);

  logic [63:0] k0, k1;
  assign {k1, k0} = secret_i;

  // State and words as they enter stage s: stages 0 ... 2 * Rounds - 1 are half rounds.
  localparam int unsigned Halves = 2 * Rounds;
  logic [64*(Halves+1)-1:0]       a_q, b_q, c_q, d_q;
  logic [64*Words*(Halves+1)-1:0] words_q;
  logic [PayloadBits*Latency-1:0] payload_q;
  logic [Latency-1:0]             valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else         valid_q <= {valid_q[Latency-2:0], valid_i};
  end
  always_ff @(posedge clk_i) begin
    payload_q <= {payload_q[PayloadBits*(Latency-1)-1:0], payload_i};
  end

  always_ff @(posedge clk_i) begin
    a_q[0 +: 64] <= k0 ^ 64'h736f6d6570736575;
    b_q[0 +: 64] <= k1 ^ 64'h646f72616e646f6d;
    c_q[0 +: 64] <= k0 ^ 64'h6c7967656e657261;
    d_q[0 +: 64] <= k1 ^ 64'h7465646279746573 ^ words_i[63:0];
    words_q[0 +: 64*Words] <= words_i;
  end

  for (genvar r = 0; r < Rounds; r++) begin : gen_round
    localparam int unsigned S = 128 * r;
    localparam int unsigned W = 64 * Words * 2 * r;

    // First half.
    logic [63:0] a, c;
    assign a = a_q[S +: 64] + b_q[S +: 64];
    assign c = c_q[S +: 64] + d_q[S +: 64];
    always_ff @(posedge clk_i) begin
      a_q[S+64 +: 64] <= a;
      c_q[S+64 +: 64] <= c;
      b_q[S+64 +: 64] <= {b_q[S +: 51], b_q[S+51 +: 13]} ^ a;
      d_q[S+64 +: 64] <= {d_q[S +: 48], d_q[S+48 +: 16]} ^ c;
      words_q[W+64*Words +: 64*Words] <= words_q[W +: 64*Words];
    end

    // Second half. Mixed in behind it: the round's own word, and that of the next, or, when
    // the words are all in, the mark of the end.
    logic [63:0] a2, c2, own, next, mark;
    assign a2 = {a_q[S+64 +: 32], a_q[S+96 +: 32]} + d_q[S+64 +: 64];
    assign c2 = c_q[S+64 +: 64] + b_q[S+64 +: 64];
    if (r < Words) begin : gen_own
      assign own = words_q[W+64*Words+64*r +: 64];
    end else begin : gen_no_own
      assign own = '0;
    end
    if (r + 1 < Words) begin : gen_next
      assign next = words_q[W+64*Words+64*(r+1) +: 64];
    end else begin : gen_no_next
      assign next = '0;
    end
    assign mark = r + 1 == Words ? 64'hff : 64'h0;
    always_ff @(posedge clk_i) begin
      a_q[S+128 +: 64] <= a2 ^ own;
      c_q[S+128 +: 64] <= {c2[31:0], c2[63:32]} ^ mark;
      b_q[S+128 +: 64] <= {b_q[S+64 +: 47], b_q[S+111 +: 17]} ^ c2;
      d_q[S+128 +: 64] <= {d_q[S+64 +: 43], d_q[S+107 +: 21]} ^ a2 ^ next;
      words_q[W+128*Words +: 64*Words] <= words_q[W+64*Words +: 64*Words];
    end
  end

  logic [63:0] hash_q;
  always_ff @(posedge clk_i) begin
    hash_q <= a_q[64*Halves +: 64] ^ b_q[64*Halves +: 64] ^ c_q[64*Halves +: 64] ^
              d_q[64*Halves +: 64];
  end

  assign valid_o   = valid_q[Latency-1];
  assign hash_o    = hash_q;
  assign payload_o = payload_q[PayloadBits*(Latency-1) +: PayloadBits];

  logic unused;
  assign unused = &{1'b0, words_q[64*Words*Halves +: 64*Words]};

endmodule
