// SPDX-License-Identifier: Apache-2.0
//
// lz4d_words shows every word to the pre-decoder once, in order, with what is behind it
// in its page, as soon as that is there; and keeps it for the parser, as it came, until
// the parser has gone on. Any one byte of any one word, watched. What the parser owes: it goes on over
// words that are there only, and over at most one that the pre-decoder has not seen.

`include "check.svh"

module lz4d_words_proof (
  input logic                 clk_i,
  input logic                 word_valid_i,
  input logic [127:0]         word_data_i,
  input lz4d_pkg::word_info_t word_info_i,
  input logic [1:0]           advance_i,
  // Free: which of the words to watch.
  input logic                 watch_i
);

  localparam int unsigned Words = lz4d_pkg::RingWords;
  localparam int unsigned Info  = $bits(word_info_i);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                 ready, ahead_valid;
  logic [127:0]         ahead_data, data0, data1;
  logic [32:0]          is255;
  lz4d_pkg::word_info_t ahead_info;
  logic [7:0]           data2;
  logic [3:0]           at_q = '0;
  logic [1:0]           advance;
  assign advance = rst_ni ? advance_i : 2'd0;

  lz4d_words dut (
    .clk_i, .rst_ni, .word_valid_i, .word_ready_o(ready), .word_data_i, .word_info_i,
    .ahead_valid_o(ahead_valid), .ahead_data_o(ahead_data), .ahead_is255_o(is255),
    .ahead_info_o(ahead_info),
    .at_i(at_q), .advance_i(advance), .data0_o(data0), .data1_o(data1), .data2_o(data2)
  );

  (* hierconn *) wire [3:0] \dut.write_at_q ;
  logic push;
  assign push = word_valid_i && ready && rst_ni;

  // Words that the parser has not left, that the pre-decoder has not seen.
  logic [4:0] inside_q = '0, fresh_q = '0;
  // The watched word: words before it that the parser has not left, that the pre-decoder
  // has not seen; itself; and the two behind it, once they are there.
  logic         watching_q = 1'b0, seen_q = 1'b0, left_q = 1'b0;
  logic [3:0]   slot_q = '0;
  logic [4:0]   before_q = '0, before_ahead_q = '0;
  logic [1:0]   behind_q = '0;
  logic [7:0]   data_q = '0, next_q = '0, far_q = '0;
  // Which byte of the words.
  (* anyconst *) logic [3:0] lane;
  logic [7:0] lane_data;
  assign lane_data = word_data_i[8*lane +: 8];
  lz4d_pkg::word_info_t info_q, next_info_q, far_info_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {inside_q, fresh_q, watching_q, seen_q, left_q, before_q, before_ahead_q, behind_q, at_q} <= '0;
    end else begin
      at_q     <= at_q + 4'(advance);
      inside_q <= inside_q + 5'(push) - 5'(advance);
      fresh_q  <= fresh_q + 5'(push) - 5'(ahead_valid);
      if (!watching_q && push && watch_i) begin
        watching_q     <= 1'b1;
        seen_q         <= 1'b0;
        left_q         <= 1'b0;
        behind_q       <= 2'd0;
        slot_q         <= \dut.write_at_q ;
        before_q       <= inside_q - 5'(advance);
        before_ahead_q <= fresh_q - 5'(ahead_valid);
        data_q         <= lane_data;
        info_q         <= word_info_i;
      end else if (watching_q) begin
        if (push && behind_q != 2'd2) begin
          behind_q <= behind_q + 2'd1;
          if (behind_q == 2'd0) {next_q, next_info_q} <= {lane_data, word_info_i};
          else {far_q, far_info_q} <= {word_data_i[7:0], word_info_i};
        end
        before_q <= before_q - 5'(advance);
        if (5'(advance) > before_q) left_q <= 1'b1;
        if (ahead_valid && !seen_q) begin
          before_ahead_q <= before_ahead_q - 5'd1;
          seen_q         <= before_ahead_q == '0;
        end
        if (left_q && seen_q) watching_q <= 1'b0;
      end
    end
  end

  // What the parser does.
  `PAMC_ASSUME(m_inside, 5'(advance) <= inside_q && advance != 2'd3)
  `PAMC_ASSUME(m_seen, fresh_q <= inside_q - 5'(advance) + 5'd1)

  // To the pre-decoder: as soon as two words of its page are behind it, or all there are.
  logic shows, ends1, ends2;
  assign shows = ahead_valid && watching_q && !seen_q && before_ahead_q == '0;
  assign ends1 = behind_q >= 2'd1 && next_info_q.last;
  assign ends2 = behind_q == 2'd2;
  `PAMC_ASSERT(a_shows_soon, !(watching_q && !seen_q && before_ahead_q == '0) ||
               ahead_valid == (info_q.last || ends1 || ends2))
  logic is0, is1;
  assign is0 = data_q == 8'hff;
  assign is1 = next_q == 8'hff;
  `PAMC_ASSERT(a_data, !shows || (ahead_data[8*lane +: 8] == data_q && is255[{2'b00, lane}] == is0))
  `PAMC_ASSERT(a_next, !shows || info_q.last || is255[{2'b01, lane}] == is1)
  `PAMC_ASSERT(a_far, !shows || info_q.last || ends1 || is255[32] == (far_q == 8'hff))
  `PAMC_ASSERT(a_info, !shows || (ahead_info.last == info_q.last && ahead_info.mode == info_q.mode &&
               ahead_info.left == info_q.left && ahead_info.bad == (info_q.bad ||
               (!info_q.last && (next_info_q.bad || (!next_info_q.last && far_info_q.bad))))))
  // To the parser.
  logic here;
  assign here = watching_q && !left_q;
  `PAMC_ASSERT(a_first, !(here && before_q == 5'd0) || data0[8*lane +: 8] == data_q)
  `PAMC_ASSERT(a_second, !(here && before_q == 5'd1) || data1[8*lane +: 8] == data_q)
  `PAMC_ASSERT(a_third, !(here && before_q == 5'd2 && lane == '0) || data2 == data_q)
  logic       awake_q = 1'b0;
  logic [1:0] late_q = '0;
  always_ff @(posedge clk_i) {awake_q, late_q} <= {rst_ni, advance};

  // For induction: where they are.
  (* hierconn *) wire [3:0] \dut.ahead_at_q ;
  (* hierconn *) wire [4:0] \dut.fresh_q ;
  (* hierconn *) wire [4:0] \dut.inside_q ;
  (* hierconn *) wire [1:0] \dut.advance_q ;
  (* hierconn *) wire       \dut.ready_q ;
  logic [4:0] ring, fresh;
  logic [3:0] ahead_at;
  assign ring  = \dut.inside_q ;
  assign fresh = \dut.fresh_q ;
  assign ahead_at = \dut.ahead_at_q ;
  `PAMC_ASSERT(i_late, !awake_q || \dut.advance_q == late_q)
  `PAMC_ASSERT(i_inside, ring == inside_q + 5'(\dut.advance_q ) && inside_q <= 5'(Words))
  `PAMC_ASSERT(i_fresh, fresh == fresh_q && fresh_q <= 5'd3)
  `PAMC_ASSERT(i_write, \dut.write_at_q == at_q + inside_q[3:0])
  `PAMC_ASSERT(i_ahead, \dut.write_at_q == \dut.ahead_at_q + fresh_q[3:0])
  `PAMC_ASSERT(i_ready, (\dut.ready_q ) == (awake_q && ring < 5'(Words)))
  `PAMC_ASSERT(i_awake, awake_q || (inside_q == '0 && fresh_q == '0 && ring == '0))
  `PAMC_ASSERT(i_behind, behind_q <= 2'd2)
  `PAMC_ASSERT(i_place, !here || (before_q < inside_q && slot_q == at_q + before_q[3:0] &&
               (behind_q == 2'd2 ? inside_q - before_q >= 5'd3 : inside_q - before_q == 5'(behind_q) + 5'd1)))
  `PAMC_ASSERT(i_unseen, !(watching_q && !seen_q) || (before_ahead_q < fresh_q && slot_q == ahead_at + before_ahead_q[3:0] &&
               5'(behind_q) + 5'd1 == fresh_q - before_ahead_q))
  // What is in its place in the ring, and in the two behind.
  (* hierconn *) wire [3:0]        \dut.peek_at ;
  (* hierconn *) wire [127:0]      \dut.peek_data ;
  (* hierconn *) wire [7:0]        \dut.peek_byte0 ;
  (* hierconn *) wire [47:0]       \dut.peek_is255 ;
  (* hierconn *) wire [3*Info-1:0] \dut.peek_info ;
  logic [127:0]    slot_data;
  logic [7:0]      slot_byte0;
  logic [15:0]     slot_is255, slot1_is255, slot2_is255;
  logic [Info-1:0] slot_info, slot1_info, slot2_info;
  assign \dut.peek_at = slot_q;
  assign slot_data  = \dut.peek_data ;
  assign slot_byte0 = \dut.peek_byte0 ;
  assign {slot2_is255, slot1_is255, slot_is255} = \dut.peek_is255 ;
  assign {slot2_info, slot1_info, slot_info}    = \dut.peek_info ;
  logic unseen;
  assign unseen = watching_q && !seen_q;
  `PAMC_ASSERT(i_slot, !(here || unseen) || (slot_data[8*lane +: 8] == data_q && (lane != '0 || slot_byte0 == data_q)))
  `PAMC_ASSERT(i_slot_info, !unseen || (slot_is255[lane] == is0 && slot_info == info_q))
  `PAMC_ASSERT(i_slot1, !(unseen && behind_q != 2'd0) || (slot1_is255[lane] == is1 && slot1_info == next_info_q))
  `PAMC_ASSERT(i_slot2, !(unseen && behind_q == 2'd2) || (slot2_is255[0] == (far_q == 8'hff) && slot2_info == far_info_q))

  `PAMC_COVER(c_shown, shows && behind_q == 2'd2)
  `PAMC_COVER(c_three, inside_q == 5'd3)

endmodule
