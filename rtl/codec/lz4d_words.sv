// SPDX-License-Identifier: Apache-2.0
//
// The ring of packed words in front of the parser. A word is written as it comes; it is
// read twice: by the pre-decoder as soon as the two words behind it are there too, or
// the page ends before them, and by the parser.
//
//        parser at word w         pre-decoder        writer
//             |                        |                |
//     ... | w | w+1 | w+2 |  ...     | d | d+1 | d+2 |  |
//
// The memory is read without a clock (LUT RAM).

`include "check.svh"

module lz4d_words (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 word_valid_i,
  output logic                 word_ready_o,
  input  logic [127:0]         word_data_i,
  input  lz4d_pkg::word_info_t word_info_i,

  // To the pre-decoder, in order, never stalled: the word, which of its bytes and of the
  // 17 behind it are 255, and what came with it; its "bad" covers the words behind.
  output logic                 ahead_valid_o,
  output logic [127:0]         ahead_data_o,
  output logic [32:0]          ahead_is255_o,
  output lz4d_pkg::word_info_t ahead_info_o,

  // Word at_i, the one behind it, and the first byte of the next; and how many words
  // the parser is done with.
  input  logic [3:0]           at_i,
  input  logic [1:0]           advance_i,
  output logic [127:0]         data0_o,
  output logic [127:0]         data1_o,
  output logic [7:0]           data2_o
);

  localparam int unsigned Words = lz4d_pkg::RingWords;
  localparam int unsigned InfoBits = $bits(word_info_i);

  logic [127:0]          data_q  [Words];
  logic [7:0]            byte0_q [Words];
  logic [15:0]           is255_q [Words];
  logic [InfoBits-1:0]   info_q  [Words];

  logic [3:0] write_at_q, ahead_at_q;
  // Words that the pre-decoder has not read; words that the parser has not left, of
  // which it tells a cycle late.
  logic [4:0] fresh_q, inside_q;
  logic [4:0] fresh_d, inside_d;
  logic [1:0] advance_q;
  logic       ready_q;

  logic push;
  assign push = word_valid_i && word_ready_o;
  assign word_ready_o = ready_q;

  logic [15:0] is255;
  always_comb begin
    for (int i = 0; i < 16; i++) is255[i] = word_data_i[8*i +: 8] == 8'hff;
  end

  always_ff @(posedge clk_i) begin
    if (push) begin
      data_q[write_at_q]  <= word_data_i;
      byte0_q[write_at_q] <= word_data_i[7:0];
      is255_q[write_at_q] <= is255;
      info_q[write_at_q]  <= word_info_i;
    end
  end

  // The pre-decoder's side.
  lz4d_pkg::word_info_t info0, info1, info2;
  logic [15:0]          is255_0, is255_1, is255_2;
  assign info0   = info_q[ahead_at_q];
  assign info1   = info_q[ahead_at_q + 4'd1];
  assign info2   = info_q[ahead_at_q + 4'd2];
  assign is255_0 = is255_q[ahead_at_q];
  assign is255_1 = is255_q[ahead_at_q + 4'd1];
  assign is255_2 = is255_q[ahead_at_q + 4'd2];

  assign ahead_valid_o = (fresh_q >= 5'd1 && info0.last) ||
                         (fresh_q >= 5'd2 && info1.last) ||
                         fresh_q >= 5'd3;
  assign ahead_data_o  = data_q[ahead_at_q];
  assign ahead_is255_o = {is255_2[0], is255_1, is255_0};

  always_comb begin
    ahead_info_o     = info0;
    ahead_info_o.bad = info0.bad || (!info0.last && (info1.bad || (!info1.last && info2.bad)));
  end

  // The parser's side.
  assign data0_o = data_q[at_i];
  assign data1_o = data_q[at_i + 4'd1];
  assign data2_o = byte0_q[at_i + 4'd2];

  assign fresh_d  = fresh_q + 5'(push) - 5'(ahead_valid_o);
  assign inside_d = inside_q + 5'(push) - 5'(advance_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_at_q <= '0;
      ahead_at_q <= '0;
      fresh_q    <= '0;
      inside_q   <= '0;
      advance_q  <= '0;
      ready_q    <= 1'b0;
    end else begin
      write_at_q <= write_at_q + 4'(push);
      ahead_at_q <= ahead_at_q + 4'(ahead_valid_o);
      fresh_q    <= fresh_d;
      inside_q   <= inside_d;
      advance_q  <= advance_i;
      ready_q    <= inside_d < 5'(Words);
    end
  end

  logic unused;
  assign unused = &{1'b0, is255_2[15:1], info1.mode, info1.left, info2.last, info2.mode, info2.left};

  // The parser may step over a word that the pre-decoder has yet to read.
  `PAMC_ASSERT(a_fresh_in_range, fresh_q <= 5'(Words) && fresh_q <= inside_q + 5'd1)
  `PAMC_ASSERT(a_inside_in_range, inside_q <= 5'(Words))
  `PAMC_ASSERT(a_advance_inside, 5'(advance_i) + 5'(advance_q) <= inside_q)

`ifdef FORMAL
  // A further way to read, from which the proof's invariants speak of what is inside: a
  // place, and the two behind it.
  logic [3:0]          peek_at;
  logic [127:0]        peek_data;
  logic [7:0]          peek_byte0;
  logic [47:0]         peek_is255;
  logic [3*InfoBits-1:0] peek_info;
  assign peek_data  = data_q[peek_at];
  assign peek_byte0 = byte0_q[peek_at];
  assign peek_is255 = {is255_q[peek_at + 4'd2], is255_q[peek_at + 4'd1], is255_q[peek_at]};
  assign peek_info  = {info_q[peek_at + 4'd2], info_q[peek_at + 4'd1], info_q[peek_at]};
`endif

endmodule
