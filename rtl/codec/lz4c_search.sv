// SPDX-License-Identifier: Apache-2.0
//
// Finds the matches of pages: windows in, one a cycle, matches out. A pipeline that
// never stalls; who issues windows sees to it that there is room for their records. Its
// stages, by the module that holds them:
//
//    0        window as issued
//    1        lz4c_hash      keys of the eight positions
//    2 -  6   lz4c_table     guesses
//    7        addresses of the guesses' text
//    8 -  9   lz4c_text x 8  their text
//   10 - 14   lz4c_starts    the best match of each start
//   15 - 21   lz4c_choose    what to do, wherever the window's first free byte is
//   22 - 23   lz4c_decide    what is done (compares ahead at stage 19)

`include "check.svh"

module lz4c_search (
  input  logic               clk_i,
  input  logic               rst_ni,
  // After reset; no windows before.
  output logic               ready_o,
  // Words of pages as they come in, each at least two windows before it is looked at.
  input  logic               word_i,
  input  logic [8:0]         word_index_i,
  input  logic [63:0]        word_data_i,
  input  logic               valid_i,
  input  lz4c_pkg::window_t  win_i,
  // For each window, in order: it is decided on; and its record, if it has one.
  output logic               decided_o,
  output logic               record_valid_o,
  output lz4c_pkg::record_t  record_o
);

  localparam int unsigned W    = lz4c_pkg::WindowBytes;
  localparam int unsigned Span = lz4c_pkg::SpanBytes;

  // Two packages cannot refer to each other.
  `PAMC_PARAM(g_start, lz4c_pkg::LastStart == codec_pkg::PageBytes - codec_pkg::Lz4MatchStartMargin)
  `PAMC_PARAM(g_end, lz4c_pkg::LastEnd == codec_pkg::PageBytes - codec_pkg::Lz4LastLiterals)

  // The window on its way, as long as each part is needed. [n]: stage n + 1.
  logic [20:0]                               valid_q;
  logic [20:0][lz4c_pkg::WindowBits-1:0]     index_q;
  logic [20:0]                               same_q;
  logic [18:0][63:0]                         own_q;
  logic [8:0][8*(Span-W)-1:0]                behind_q;
  logic [8:0][63:0]                          prior_q;
  logic [lz4c_pkg::EpochBits-1:0]            epoch1_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[19:0], valid_i};
  end

  always_ff @(posedge clk_i) begin
    index_q  <= {index_q[19:0], win_i.index};
    same_q   <= {same_q[19:0], win_i.same};
    own_q    <= {own_q[17:0], win_i.text[63:0]};
    behind_q <= {behind_q[7:0], win_i.text[8*Span-1:64]};
    prior_q <= {prior_q[7:0], win_i.prior};
    epoch1_q <= win_i.epoch;
  end

  // 1
  logic [W-1:0] start_ok;
  logic [W*lz4c_pkg::KeyBits-1:0] keys;

  lz4c_hash u_hash (
    .clk_i, .index_i(win_i.index), .text_i(win_i.text[8*(W+15)-1:0]),
    .start_ok_o(start_ok), .keys_o(keys)
  );

  // 2 - 6
  logic [W-1:0]    guess6;
  logic [W*12-1:0] guesses6;

  lz4c_table u_table (
    .clk_i, .rst_ni, .ready_o,
    .valid_i(valid_q[0]), .index_i(index_q[0]), .epoch_i(epoch1_q),
    .start_ok_i(start_ok), .keys_i(keys),
    .guess_o(guess6), .guesses_o(guesses6)
  );

  // Words enter the text memories when a window that came with them could first ask for
  // them, not earlier, as they overwrite those of the page before.
  localparam int unsigned Delay = 5;
  logic [Delay-1:0]       write_q;
  logic [Delay-1:0][8:0]  word_q;
  logic [Delay-1:0][63:0] data_q;
  logic                   write;
  logic [8:0]             word;
  logic [63:0]            data;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_q <= '0;
    else write_q <= {write_q[Delay-2:0], word_i};
  end

  always_ff @(posedge clk_i) begin
    word_q <= {word_q[Delay-2:0], word_index_i};
    data_q <= {data_q[Delay-2:0], word_data_i};
  end

  assign write = write_q[Delay-1];
  assign word  = word_q[Delay-1];
  assign data  = data_q[Delay-1];

  // 7: where the window's first byte would be, and how far back that is.
  logic [W-1:0][12:0] address_q;
  logic [W-1:0]       guess7_q;
  logic [7:0][W-1:0][11:0] offset_q;  // stages 7 - 14

  always_ff @(posedge clk_i) begin
    guess7_q <= guess6;
    for (int unsigned i = 0; i < W; i++) begin
      address_q[i]   <= {1'b0, guesses6[12*i +: 12]} - 13'(i);
      offset_q[0][i] <= {index_q[5], 3'(i)} - guesses6[12*i +: 12];
    end
    offset_q[7:1] <= offset_q[6:0];
  end

  // 8 - 9: text, and which of its bytes count: not those before the page, and late in
  // the page not those that the next one may have overwritten.
  logic [W-1:0][8*Span-1:0] text9;
  logic [W-1:0]             guess8_q, guess9_q;
  logic [W-1:0][4:0]        skip_d, skip_q;
  logic [W-1:0][Span-1:0]   count_d, count_q;
  logic [12:0]              bound;
  assign bound = index_q[6] >= lz4c_pkg::LateFrom ? 13'(8 * lz4c_pkg::LateWords)
                                                                : 13'd0;

  for (genvar i = 0; i < W; i++) begin : gen_text
    lz4c_text u_text (
      .clk_i, .write_i(write), .word_i(word), .data_i(data),
      .address_i(address_q[i]), .text_o(text9[i])
    );

    // Bytes of the span before the bound.
    logic [12:0] missing;
    assign missing    = bound - address_q[i];
    assign skip_d[i] = missing[12] ? 5'd0 : missing > 13'(Span) ? 5'(Span) : missing[4:0];
    assign count_d[i] = {Span{1'b1}} << skip_q[i];
  end

  always_ff @(posedge clk_i) begin
    guess8_q <= guess7_q;
    guess9_q <= guess8_q;
    skip_q   <= skip_d;
    count_q  <= count_d;
  end

  // 10 - 14
  logic [W-1:0][4:0]                    ends14, ends;
  logic [W-1:0][lz4c_pkg::DiagBits-1:0] diag14;

  lz4c_starts u_starts (
    .clk_i, .index_i(index_q[8]), .text_i({behind_q[8], own_q[8]}), .prior_i(prior_q[8]),
    .guess_i(guess9_q), .guess_text_i(text9), .guess_valid_i(count_q),
    .ends_o(ends14), .diagonal_o(diag14)
  );

  // 14: no match starts in the last bytes of the page. 15: the offsets.
  logic [W-1:0][11:0] offset15_d, offset15_q;
  // Widened, as a choice among powers of two of bits is a plain multiplexer.
  logic [15:0][15:0]  offsets;

  always_comb begin
    offsets = '0;
    for (int unsigned d = 0; d < lz4c_pkg::Fixed; d++) offsets[d] = 16'(W >> d);
    for (int unsigned n = 0; n < W; n++) offsets[lz4c_pkg::Fixed+n] = 16'(offset_q[7][n]);
  end

  logic [W-1:0] start14_q;

  for (genvar i = 0; i < W; i++) begin : gen_offset
    always_ff @(posedge clk_i) start14_q[i] <= {index_q[12], 3'(i)} <= 12'(lz4c_pkg::LastStart);
    assign ends[i] = start14_q[i] ? ends14[i] : 5'd0;

    assign offset15_d[i] = offsets[diag14[i]][11:0];
  end

  always_ff @(posedge clk_i) offset15_q <= offset15_d;

  // 15 - 21
  logic [W-1:0][lz4c_pkg::RowBits-1:0] rows;
  logic [W-1:0][4:0]                        ends21;
  logic [W-1:0][11:0]                       offset21;

  lz4c_choose u_choose (
    .clk_i, .ends_i(ends), .offset1_i(offset15_q),
    .rows_o(rows), .ends_o(ends21), .offset_o(offset21)
  );

  // 22 - 23
  lz4c_decide u_decide (
    .clk_i, .rst_ni,
    .ahead_index_i(index_q[18]), .ahead_text_i(own_q[18]),
    .write_i(write), .word_i(word), .data_i(data),
    .valid_i(valid_q[20]), .index_i(index_q[20]), .same_i(same_q[20]),
    .rows_i(rows), .ends_i(ends21), .offset_i(offset21),
    .decided_o, .record_valid_o, .record_o
  );

  // A page's words may reach the text memories while the one before is looked at: as far
  // as its last windows do not look (LateWords). Comparing ahead is the last look.
  `PAMC_ASSERT(TextNotOverwritten,
               !(write && valid_q[18] && word < index_q[18]) ||
               (index_q[18] >= lz4c_pkg::LateFrom && word < 9'(lz4c_pkg::LateWords)))
  // And a window finds what is behind it: the two words after it were written before.
  `PAMC_ASSERT(TextWritten, !(write && valid_q[6] && index_q[6] < lz4c_pkg::LastWindow - 9'd1 &&
                              word >= index_q[6]) || word > index_q[6] + 9'd2)

endmodule
