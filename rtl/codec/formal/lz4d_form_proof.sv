// SPDX-License-Identifier: Apache-2.0
//
// Whatever comes into lz4d_form, pages of the right form and of any wrong one, "last"
// early, late or never: what it passes on are pages that begin once and end once, of at
// most 256 words; a page ends well just when its kind and length are possible and its
// "last" is where the length says; and a beat moves whenever both receivers can take one.

`include "check.svh"

module lz4d_form_proof (
  input logic                    clk_i,
  input logic                    in_valid_i,
  input codec_pkg::packed_beat_t in_i,
  input logic                    word_ready_i,
  input logic                    page_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                 in_ready, word_valid, page_valid;
  logic [127:0]         word_data;
  lz4d_pkg::word_info_t info;
  logic [31:0]          page_crc;

  lz4d_form dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_i,
    .word_valid_o(word_valid), .word_ready_i, .word_data_o(word_data), .word_info_o(info),
    .page_valid_o(page_valid), .page_ready_i, .page_crc_o(page_crc)
  );

  // What came in: between a page's first beat and its "last"; which beat of it this is
  // (from 511 on it is only known that there were more); what its first beat said.
  logic        inside_q = 1'b0;
  logic [8:0]  count_q = '0, index;
  logic [12:0] length_q = '0, length;
  logic [7:0]  kind_q = '0, kind;
  logic        beat, first;
  assign beat   = in_valid_i && in_ready;
  assign first  = !inside_q;
  assign index  = first ? 9'd0 : count_q;
  assign length = first ? in_i.length : length_q;
  assign kind   = first ? in_i.kind : kind_q;

  // What went out: a page was begun and has not ended.
  logic       open_q = 1'b0;
  logic [8:0] words_q = '0;

  always_ff @(posedge clk_i) begin
    if (rst_ni && beat) begin
      inside_q <= !in_i.last;
      count_q  <= index == 9'd511 ? 9'd511 : index + 9'd1;
      length_q <= length;
      kind_q   <= kind;
    end
    if (rst_ni && word_valid) begin
      open_q  <= !info.last;
      words_q <= info.last ? 9'd0 : words_q + 9'd1;
    end
  end

  // The page as it should be.
  logic       possible, is_end, good;
  logic [8:0] final_index;
  assign possible    = kind == pamc_pkg::CODEC_LZ4 ? length != '0 && length <= 13'd4096 :
                       kind == pamc_pkg::CODEC_RAW ? length == 13'd4096 :
                       kind == pamc_pkg::CODEC_SAME && length == 13'd8;
  assign final_index = 9'((length - 13'd1) >> 4);
  assign is_end      = index == final_index;
  assign good        = possible && is_end && in_i.last;

  `PAMC_ASSERT(a_moves, in_ready == (word_ready_i && page_ready_i))
  `PAMC_ASSERT(a_only_with_a_beat, beat || !(word_valid || page_valid))
  // Once for each page, with its first word: a beat that nobody takes is lost here.
  `PAMC_ASSERT(a_begins, page_valid == (beat && first) && (!page_valid || page_crc == in_i.crc))
  `PAMC_ASSERT(a_begins_with_a_word, !page_valid || (word_valid && !open_q))
  `PAMC_ASSERT(a_inside_a_page, !word_valid || open_q || page_valid)
  `PAMC_ASSERT(a_data, !word_valid || word_data == in_i.data)
  // No word of it is left out before the end; after that all are.
  `PAMC_ASSERT(a_no_word_lost, word_valid == (beat && (first || open_q)))
  // However it ends, the page has ended when its "last" has come.
  `PAMC_ASSERT(a_ends_by_last, !(beat && in_i.last && word_valid) || info.last)
  `PAMC_ASSERT(a_at_most_256, !word_valid || words_q < 9'd256)
  `PAMC_ASSERT(a_good_end, !word_valid || !info.last || info.bad != good)
  `PAMC_ASSERT(a_bad_is_last, !word_valid || !info.bad || info.last)
  `PAMC_ASSERT(a_mode, !word_valid || info.bad ||
               info.mode == (!first || kind == pamc_pkg::CODEC_LZ4 ? lz4d_pkg::MODE_LZ4 :
                             kind == pamc_pkg::CODEC_RAW ? lz4d_pkg::MODE_RAW : lz4d_pkg::MODE_SAME))
  // Bytes from this word on.
  logic [13:0] left;
  assign left = 14'(length) - {1'b0, index, 4'd0};
  `PAMC_ASSERT(a_left, !word_valid || info.bad || info.left == (left > 14'd63 ? 6'd63 : left[5:0]))

  // For induction.
  (* hierconn *) wire        \dut.inside_q ;
  (* hierconn *) wire        \dut.drop_q ;
  (* hierconn *) wire [12:0] \dut.left_q ;
  `PAMC_ASSERT(i_inside, \dut.inside_q == inside_q)
  `PAMC_ASSERT(i_drop, \dut.drop_q == (inside_q && !open_q))
  `PAMC_ASSERT(i_open, !open_q || inside_q)
  `PAMC_ASSERT(i_words, words_q == (open_q ? count_q : 9'd0))
  `PAMC_ASSERT(i_page, !open_q || (possible && count_q != '0 && count_q <= final_index))
  `PAMC_ASSERT(i_left, !open_q || 14'(\dut.left_q ) + {1'b0, count_q, 4'd0} == 14'(length_q))

  `PAMC_COVER(c_good, word_valid && info.last && !info.bad && words_q == 9'd3)
  `PAMC_COVER(c_late, beat && in_i.last && !word_valid)
  `PAMC_COVER(c_early, word_valid && info.bad && in_i.last && words_q == 9'd2)

endmodule
