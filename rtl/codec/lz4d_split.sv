// SPDX-License-Identifier: Apache-2.0
//
// Gives every item its place in the page, cuts it into chunks of at most 32 bytes, and
// checks the places: what comes out writes inside the page and reads what was written
// before, or is a page's last chunk with an error and writes nothing.
//
// One chunk a cycle. The place is a sum in a loop; the checks are made in the two cycles
// behind it. After an error the rest of the page's items are dropped, one a cycle
// however long they are.
//
// LZ4's rules for the end of a block: a match begins 12 bytes before the page's end at
// the latest and leaves 5 bytes at least. The page ends with literals, which end the
// packed page too.

`include "check.svh"

module lz4d_split (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  logic              item_valid_i,
  output logic              item_ready_o,
  input  lz4d_pkg::item_t   item_i,

  // Chunks, not to be stalled at once: up to 3 may come after stall_i. What is wrong with
  // a chunk comes one cycle behind it, together with whether there is a chunk at all: a
  // chunk with an error is the page's last one, and its positions mean nothing.
  input  logic              stall_i,
  output lz4d_pkg::chunk_t  chunk_o,
  output logic              judged_valid_o,
  output logic              judged_last_o,
  output logic [2:0]        judged_error_o
);

  localparam logic [12:0] PageEnd    = 13'(codec_pkg::PageBytes);
  localparam logic [12:0] LastStart  = 13'(codec_pkg::PageBytes - codec_pkg::Lz4MatchStartMargin);
  localparam logic [12:0] LastEnd    = 13'(codec_pkg::PageBytes - codec_pkg::Lz4LastLiterals);

  // The item in work, its total and literals what is left of them.
  logic            valid_q, starts_q;
  lz4d_pkg::item_t item_q;
  logic [12:0]     place_q;
  logic [15:0]     offset_q;   // of the latest match, for what goes on with it

  // More is left than a chunk.
  logic            long_q;

  logic go, long, done, skip;
  logic [5:0]  bytes;
  logic [12:0] place_d;
  logic [15:0] offset;
  assign go      = valid_q && !stall_i;
  assign long    = long_q && !skip;
  assign done    = go && !long;
  assign bytes   = long ? 6'd32 : item_q.total[5:0];
  assign place_d = place_q + 13'(bytes);
  assign offset  = item_q.more ? offset_q : item_q.offset;

  assign item_ready_o = !valid_q || done;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      place_q <= '0;
    end else begin
      if (item_ready_o) valid_q <= item_valid_i;
      if (go) place_q <= done && item_q.last ? '0 : place_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (item_ready_o) begin
      item_q   <= item_i;
      long_q   <= item_i.total > 13'd32;
      starts_q <= item_i.match;
    end else if (go) begin
      item_q.total <= item_q.total - 13'd32;
      item_q.count <= '0;
      long_q       <= item_q.total > 13'd64;
      starts_q     <= 1'b0;
    end
    if (go && item_q.match) offset_q <= item_q.offset;
  end

  `PAMC_ASSERT(a_long, !valid_q || long_q == (item_q.total > 13'd32))

  // First cycle of a chunk: where it is.
  logic             valid1_q;
  lz4d_pkg::chunk_t chunk1_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid1_q <= 1'b0;
    else         valid1_q <= go;
  end

  always_ff @(posedge clk_i) begin
    chunk1_q.literals <= item_q.literals;
    chunk1_q.first    <= item_q.first;
    chunk1_q.from     <= place_q;
    chunk1_q.split    <= place_q + 13'(item_q.count);
    chunk1_q.to       <= place_d;
    chunk1_q.offset   <= offset;
    chunk1_q.match    <= item_q.match || item_q.more;
    chunk1_q.starts   <= starts_q;
    chunk1_q.same     <= item_q.same;
    chunk1_q.last     <= item_q.last && !long;
    chunk1_q.error    <= item_q.error;
  end

  // Second: what is wrong with it.
  logic             valid2_q;
  lz4d_pkg::chunk_t chunk2_q;
  // No offset, or to before the page; literals, match beyond where they may go.
  logic             bad_offset_q, literals_over_q, literals_full_q, match_over_q, match_bad_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid2_q <= 1'b0;
    else         valid2_q <= valid1_q;
  end

  always_ff @(posedge clk_i) begin
    chunk2_q        <= chunk1_q;
    bad_offset_q    <= chunk1_q.match && (chunk1_q.offset == '0 || chunk1_q.offset > 16'(chunk1_q.split));
    literals_over_q <= chunk1_q.split > PageEnd;
    literals_full_q <= chunk1_q.split == PageEnd;
    match_over_q    <= chunk1_q.match && chunk1_q.to > PageEnd;
    match_bad_q     <= chunk1_q.match && !chunk1_q.same &&
                       ((chunk1_q.starts && chunk1_q.split > LastStart) || chunk1_q.to > LastEnd);
  end

  // Third: the page's first error counts.
  logic [2:0] error;
  always_comb begin
    if (chunk2_q.error != codec_pkg::DECODE_OK) error = chunk2_q.error;
    else if (literals_over_q)                   error = codec_pkg::DECODE_OVERRUN;
    else if (literals_full_q && !chunk2_q.last) error = codec_pkg::DECODE_TRAILING;
    else if (bad_offset_q)                      error = codec_pkg::DECODE_OFFSET;
    else if (match_over_q || match_bad_q)       error = codec_pkg::DECODE_OVERRUN;
    else if (chunk2_q.last && !literals_full_q && !chunk2_q.same)
                                                error = codec_pkg::DECODE_UNDERRUN;
    else                                        error = codec_pkg::DECODE_OK;
  end

  // The page in the third cycle had an error before; does the item in work belong to it?
  logic dead_q, dead_d;
  assign dead_d = valid2_q ? !chunk2_q.last && (dead_q || error != codec_pkg::DECODE_OK) : dead_q;
  assign skip   = dead_q && !(valid1_q && chunk1_q.last) && !(valid2_q && chunk2_q.last);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      dead_q         <= 1'b0;
      judged_valid_o <= 1'b0;
    end else begin
      dead_q         <= dead_d;
      judged_valid_o <= valid2_q && !dead_q;
    end
  end

  always_ff @(posedge clk_i) begin
    judged_last_o  <= chunk2_q.last || error != codec_pkg::DECODE_OK;
    judged_error_o <= error;
  end

  assign chunk_o = chunk2_q;

`ifndef SYNTHESIS
  // Checked here, as the receiver finds it.
  lz4d_pkg::chunk_t judged_q;
  always_ff @(posedge clk_i) judged_q <= chunk2_q;

  logic good, unused;
  assign unused = &{1'b0, judged_q};
  assign good   = judged_valid_o && judged_error_o == codec_pkg::DECODE_OK;
  `PAMC_ASSERT(a_inside_page, !good || judged_q.to <= PageEnd)
  `PAMC_ASSERT(a_in_order, !good || (judged_q.from <= judged_q.split && judged_q.split <= judged_q.to))
  `PAMC_ASSERT(a_at_most_32, !good || judged_q.to - judged_q.from <= 13'd32)
  `PAMC_ASSERT(a_source_inside, !good || !judged_q.match ||
                                (judged_q.offset != '0 && judged_q.offset <= 16'(judged_q.split)))
  `PAMC_ASSERT(a_last_is_full, !good || !judged_last_o || judged_q.to == PageEnd)
  `PAMC_ASSERT(a_full_is_last, !good || judged_last_o || judged_q.to < PageEnd)
`endif

`ifdef FORMAL
  // What the parser and the extraction owe: at most 16 literals, nothing else without a
  // match; a match of 4 bytes at least; a pattern is an item of its own page.
  //
  // Is a page begun and not ended: with what was taken, what was cut into chunks, what
  // was judged.
  logic taken_open_q, cut_open_q, judged_open_q, open2, open1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {taken_open_q, cut_open_q, judged_open_q} <= '0;
    end else begin
      if (item_valid_i && item_ready_o) taken_open_q <= !item_i.last;
      if (go)       cut_open_q    <= !(done && item_q.last);
      if (valid2_q) judged_open_q <= !chunk2_q.last;
    end
  end
  assign open2 = valid2_q ? !chunk2_q.last : judged_open_q;
  assign open1 = valid1_q ? !chunk1_q.last : open2;
  `PAMC_ASSERT(f_open, cut_open_q == open1 && (!dead_q || judged_open_q))
  `PAMC_ASSERT(f_taken, taken_open_q == (valid_q ? !item_q.last : cut_open_q))
  `PAMC_ASSERT(f_begin, cut_open_q || place_q == '0)
  `PAMC_ASSUME(m_count, item_i.count <= 5'd16 && !(item_i.match && item_i.more))
  `PAMC_ASSUME(m_alone, item_i.match || item_i.more || item_i.total == 13'(item_i.count))
  `PAMC_ASSUME(m_match, !item_i.match || item_i.same || (item_i.total >= 13'(item_i.count) + 13'd4 &&
                        item_i.total <= 13'(item_i.count) + 13'd274))
  `PAMC_ASSUME(m_more, !item_i.more || (item_i.count == '0 && item_i.total <= 13'd255))
  `PAMC_ASSUME(m_last, !item_i.last || item_i.same || (!item_i.match && !item_i.more))
  `PAMC_ASSUME(m_error, item_i.error == '0 || (item_i.last && !item_i.same))
  `PAMC_ASSUME(m_same, !item_i.same || (item_i.match && item_i.last && item_i.count == 5'd8 &&
                       item_i.offset == 16'd8 && item_i.total == PageEnd && !taken_open_q))

  // The item in work keeps to that, as far as it is left.
  `PAMC_ASSERT(f_item, !valid_q || (item_q.count <= 5'd16 && 13'(item_q.count) <= item_q.total &&
                       !(item_q.match && item_q.more) &&
                       (item_q.match || item_q.more || item_q.total == 13'(item_q.count)) &&
                       (!item_q.last || item_q.same || (!item_q.match && !item_q.more)) &&
                       (item_q.error == '0 || (item_q.last && !item_q.same))))
  `PAMC_ASSERT(f_same, !valid_q || !item_q.same || (item_q.match && item_q.last && item_q.offset == 16'd8 &&
                       place_q + item_q.total == PageEnd && item_q.total[4:0] == '0 &&
                       item_q.total != '0 && item_q.total <= PageEnd &&
                       item_q.count == (item_q.total == PageEnd ? 5'd8 : 5'd0) &&
                       (cut_open_q || item_q.total == PageEnd) && !skip))

  // Chunks follow each other: where the page was after the third cycle, after the second,
  // after the first.
  logic [12:0] after3_q, after2, after1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       after3_q <= '0;
    else if (valid2_q) after3_q <= chunk2_q.last ? '0 : chunk2_q.to;
  end
  assign after2 = !valid2_q ? after3_q : chunk2_q.last ? '0 : chunk2_q.to;
  assign after1 = !valid1_q ? after2 : chunk1_q.last ? '0 : chunk1_q.to;
  `PAMC_ASSERT(f_chain, place_q == after1 && (!valid1_q || chunk1_q.from == after2) &&
                        (!valid2_q || chunk2_q.from == after3_q))
  `PAMC_ASSERT(f_alive_inside, dead_q || after3_q < PageEnd)

  // A chunk of a page that is alive: sizes, and what the checks beside it say.
  logic alive1, alive2;
  assign alive1 = valid1_q && !(dead_q && !(valid2_q && chunk2_q.last));
  assign alive2 = valid2_q && !dead_q;
  `PAMC_ASSERT(f_chunk1, !alive1 || (chunk1_q.split - chunk1_q.from <= 13'd16 &&
                         chunk1_q.split - chunk1_q.from <= chunk1_q.to - chunk1_q.from &&
                         chunk1_q.to - chunk1_q.from <= 13'd32 &&
                         (chunk1_q.match || chunk1_q.to == chunk1_q.split)))
  `PAMC_ASSERT(f_chunk2, !alive2 || (chunk2_q.split - chunk2_q.from <= 13'd16 &&
                         chunk2_q.split - chunk2_q.from <= chunk2_q.to - chunk2_q.from &&
                         chunk2_q.to - chunk2_q.from <= 13'd32 &&
                         (chunk2_q.match || chunk2_q.to == chunk2_q.split)))
  `PAMC_ASSERT(f_last1, !valid1_q || !chunk1_q.last || chunk1_q.same || !chunk1_q.match)
  `PAMC_ASSERT(f_last2, !valid2_q || !chunk2_q.last || chunk2_q.same || !chunk2_q.match)
  `PAMC_ASSERT(f_same1, !alive1 || !chunk1_q.same ||
                        (chunk1_q.match && chunk1_q.offset == 16'd8 && chunk1_q.split >= 13'd8 && chunk1_q.to <= PageEnd &&
                         chunk1_q.last == (chunk1_q.to == PageEnd) && chunk1_q.error == '0))
  `PAMC_ASSERT(f_same2, !alive2 || !chunk2_q.same ||
                        (chunk2_q.match && chunk2_q.offset == 16'd8 && chunk2_q.split >= 13'd8 && chunk2_q.to <= PageEnd &&
                         chunk2_q.last == (chunk2_q.to == PageEnd) && chunk2_q.error == '0))
  `PAMC_ASSERT(f_checks2, !valid2_q ||
                          (bad_offset_q == (chunk2_q.match && (chunk2_q.offset == '0 ||
                                            chunk2_q.offset > 16'(chunk2_q.split))) &&
                           literals_over_q == (chunk2_q.split > PageEnd) &&
                           literals_full_q == (chunk2_q.split == PageEnd) &&
                           match_over_q == (chunk2_q.match && chunk2_q.to > PageEnd) &&
                           !(match_bad_q && chunk2_q.same)))

  // A row of 32 bytes is full with one chunk at most, and the page's last chunk ends one
  // (lz4d_plan, whose emit this is): no page has more rows than fit in it.
  logic [7:0] rows_q;
  logic       emit;
  assign emit = judged_last_o || judged_q.to[12:5] != judged_q.from[12:5];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)             rows_q <= '0;
    else if (judged_valid_o) rows_q <= judged_last_o ? '0 : rows_q + 8'(emit);
  end
  `PAMC_ASSERT(a_most_rows, !judged_valid_o || rows_q + 8'(emit) <= 8'(codec_pkg::PageBytes / codec_pkg::PlainOutBytes))
  `PAMC_ASSERT(f_rows, rows_q == (judged_valid_o ? judged_q.from[12:5] : dead_q ? '0 : after3_q[12:5]) &&
                       (!judged_valid_o || (judged_q.from < PageEnd &&
                        (judged_last_o ? dead_q || after3_q == '0 : !dead_q && after3_q == judged_q.to))))

  `PAMC_COVER(c_match, good && judged_q.match && judged_q.from == 13'd64)
  `PAMC_COVER(c_overrun, judged_valid_o && judged_error_o == codec_pkg::DECODE_OVERRUN)
`endif

endmodule
