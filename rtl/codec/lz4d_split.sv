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

  logic go, long, done, skip;
  logic [5:0]  bytes;
  logic [12:0] place_d;
  logic [15:0] offset;
  assign go      = valid_q && !stall_i;
  assign long    = item_q.total > 13'd32 && !skip;
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
      starts_q <= item_i.match;
    end else if (go) begin
      item_q.total <= item_q.total - 13'd32;
      item_q.count <= '0;
      starts_q     <= 1'b0;
    end
    if (go && item_q.match) offset_q <= item_q.offset;
  end

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

endmodule
