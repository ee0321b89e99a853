// SPDX-License-Identifier: Apache-2.0
//
// The keyed hash of the index (sim/model/hash.h): SipHash-1-3 over whole 64-bit words.
// One hash a cycle; what is asked for comes out Latency cycles later, with the payload
// that went in beside it.
//
// A round is a stage: two times two 64-bit additions side by side, an exclusive or behind
// each. Words are mixed in behind the additions, where they cost no level of logic.

module index_hash #(
  parameter int unsigned Words = 2,
  parameter int unsigned PayloadBits = 1,
  // Derived, not to be set.
  parameter int unsigned Rounds  = Words + 3,
  parameter int unsigned Latency = Rounds + 1
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

  // State and words as they enter round r.
  logic [64*Rounds-1:0]           a_q, b_q, c_q, d_q;
  logic [64*Words*Rounds-1:0]     words_q;
  logic [63:0]                    hash_q;
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
    localparam int unsigned S = 64 * r;
    localparam int unsigned W = 64 * Words * r;

    logic [63:0] a1, b1, c1, d1, a2, b2, c2, d2;
    assign a1 = a_q[S +: 64] + b_q[S +: 64];
    assign c1 = c_q[S +: 64] + d_q[S +: 64];
    assign b1 = {b_q[S +: 51], b_q[S+51 +: 13]} ^ a1;
    assign d1 = {d_q[S +: 48], d_q[S+48 +: 16]} ^ c1;
    assign a2 = {a1[31:0], a1[63:32]} + d1;
    assign c2 = c1 + b1;
    assign b2 = {b1[46:0], b1[63:47]} ^ c2;
    assign d2 = {d1[42:0], d1[63:43]} ^ a2;

    if (r + 1 < Rounds) begin : gen_next
      // Mixed in behind it: the round's own word, and that of the next, or, when the words are
      // all in, the mark of the end.
      logic [63:0] own, next, mark;
      if (r < Words) begin : gen_own
        assign own = words_q[W+64*r +: 64];
      end else begin : gen_no_own
        assign own = '0;
      end
      if (r + 1 < Words) begin : gen_next_word
        assign next = words_q[W+64*(r+1) +: 64];
      end else begin : gen_no_next_word
        assign next = '0;
      end
      assign mark = r + 1 == Words ? 64'hff : 64'h0;
      always_ff @(posedge clk_i) begin
        a_q[S+64 +: 64] <= a2 ^ own;
        b_q[S+64 +: 64] <= b2;
        c_q[S+64 +: 64] <= {c2[31:0], c2[63:32]} ^ mark;
        d_q[S+64 +: 64] <= d2 ^ next;
        words_q[W+64*Words +: 64*Words] <= words_q[W +: 64*Words];
      end
    end else begin : gen_hash
      always_ff @(posedge clk_i) hash_q <= a2 ^ b2 ^ {c2[31:0], c2[63:32]} ^ d2;
    end
  end

  assign valid_o   = valid_q[Latency-1];
  assign hash_o    = hash_q;
  assign payload_o = payload_q[PayloadBits*(Latency-1) +: PayloadBits];

  logic unused;
  assign unused = &{1'b0, words_q[64*Words*(Rounds-1) +: 64*Words]};

endmodule
