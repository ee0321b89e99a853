// SPDX-License-Identifier: Apache-2.0
//
// Where a key belongs: sim/model/hash.h and index_key() of index.c, for one key at a time,
// half a round of SipHash-1-3 a cycle, so that it costs but one round's adders. The last
// key is remembered: a page that was not found is inserted without another hash.

`include "check.svh"

module vault_hash (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Stay as they are.
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,

  // The secrets are others from now on.
  input  logic                             clear_i,
  // Held until done. An object has four words, a page two; the first in the lowest bits.
  input  logic                             valid_i,
  input  logic                             object_i,
  input  logic [255:0]                     words_i,
  output logic                             done_o,
  output index_pkg::key_t                  key_o
);

  typedef enum logic [2:0] {S_IDLE, S_FIRST, S_SECOND, S_PLACE, S_DONE} state_e;
  state_e       state_q;
  logic [63:0]  a_q, b_q, c_q, d_q;
  logic [255:0] words_q;
  logic         object_q, known_q;
  // Rounds to go; of them with a word of its own.
  logic [2:0]   left_q, words_left_q;
  logic [127:0] secret;
  assign secret = object_i ? object_secret_i : page_secret_i;

  logic same;
  assign same = known_q && object_q == object_i && words_q == words_i;

  // Halves of a round.
  logic [63:0] a1, c1, a2, c2, own, next;
  assign a1   = a_q + b_q;
  assign c1   = c_q + d_q;
  assign a2   = {a_q[31:0], a_q[63:32]} + d_q;
  assign c2   = c_q + b_q;
  // Words are used up from the lowest; words_q stays as it is, to be compared.
  logic [2:0]  at_q;
  logic [511:0] all;
  assign all  = {256'd0, words_q};
  assign own  = words_left_q != '0 ? all[{1'b0, at_q[1:0], 6'd0} +: 64] : '0;
  assign next = words_left_q > 3'd1 ? all[{1'b0, at_q[1:0] + 2'd1, 6'd0} +: 64] : '0;

  logic [63:0] hash;
  logic        placed, place_q, unused_payload;
  index_pkg::key_t key, key_q;
  assign hash = a_q ^ b_q ^ c_q ^ d_q;

  index_place u_place (
    .clk_i, .rst_ni, .buckets_i,
    .kind_i(object_q ? index_pkg::KindObject : index_pkg::KindPage),
    .valid_i(place_q), .hash_i(hash), .payload_i(1'b0),
    .valid_o(placed), .key_o(key), .payload_o(unused_payload)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
      known_q <= 1'b0;
      place_q <= 1'b0;
    end else begin
      place_q <= 1'b0;
      case (state_q)
        S_IDLE:   if (valid_i) state_q <= same ? S_DONE : S_FIRST;
        S_FIRST:  state_q <= S_SECOND;
        S_SECOND: begin
          state_q <= left_q == 3'd1 ? S_PLACE : S_FIRST;
          place_q <= left_q == 3'd1;
        end
        S_PLACE: if (placed) begin
          state_q <= S_DONE;
          known_q <= 1'b1;
        end
        default:  state_q <= S_IDLE;
      endcase
      if (clear_i || (state_q == S_IDLE && valid_i && !same)) known_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      // If it is the same key, nothing of this is used.
      S_IDLE: if (valid_i) begin
        a_q          <= secret[63:0]   ^ 64'h736f6d6570736575;
        b_q          <= secret[127:64] ^ 64'h646f72616e646f6d;
        c_q          <= secret[63:0]   ^ 64'h6c7967656e657261;
        d_q          <= secret[127:64] ^ 64'h7465646279746573 ^ words_i[63:0];
        words_q      <= words_i;
        object_q     <= object_i;
        words_left_q <= object_i ? 3'd4 : 3'd2;
        left_q       <= object_i ? 3'd7 : 3'd5;
        at_q         <= '0;
      end
      S_FIRST: begin
        a_q <= a1;
        c_q <= c1;
        b_q <= {b_q[50:0], b_q[63:51]} ^ a1;
        d_q <= {d_q[47:0], d_q[63:48]} ^ c1;
      end
      S_SECOND: begin
        a_q <= a2 ^ own;
        c_q <= {c2[31:0], c2[63:32]} ^ (words_left_q == 3'd1 ? 64'hff : 64'h0);
        b_q <= {b_q[46:0], b_q[63:47]} ^ c2;
        d_q <= {d_q[42:0], d_q[63:43]} ^ a2 ^ next;
        left_q <= left_q - 3'd1;
        at_q   <= at_q + 3'd1;
        if (words_left_q != '0) words_left_q <= words_left_q - 3'd1;
      end
      S_PLACE: if (placed) key_q <= key;
      default: ;
    endcase
  end

  assign done_o = state_q == S_DONE;
  assign key_o  = key_q;

  logic unused;
  assign unused = &{1'b0, unused_payload, at_q[2]};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || valid_i)

endmodule
