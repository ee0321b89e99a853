// SPDX-License-Identifier: Apache-2.0
//
// When and where lz4c_pack writes words, and what is in them: in order, once, each just
// when it is full or the page ends. With Data, any one byte of the output, watched, is
// what the chunks say, and zero behind the end. All that is bounded: with Data, solvers
// reach a page's first chunks with their heads and tails, but not the text (c_text needs
// 13 cycles), which is left to tests/rtl/compressor.cpp.

`include "check.svh"

module lz4c_pack_proof #(
  // Bytes, too, not only when and where words are written: takes solvers long.
  parameter bit Data = 1'b1
) (
  input logic             clk_i,
  input logic             word_i,
  input logic [9:0]       word_at_i,
  input logic [63:0]      word_data_i,
  input logic             chunk_valid_i,
  input lz4c_pkg::chunk_t chunk_i
);

  // From a chunk to what is written.
  localparam int unsigned Latency = 7;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic         write, page;
  logic [7:0]   write_at, kind;
  logic [127:0] write_data;
  logic [12:0]  length;
  logic         valid;
  assign valid = rst_ni && chunk_valid_i;

  lz4c_pack dut (
    .clk_i, .rst_ni, .word_i(word_i && rst_ni), .word_at_i, .word_data_i, .chunk_valid_i(valid), .chunk_i,
    .write_o(write), .write_at_o(write_at), .write_data_o(write_data),
    .page_o(page), .kind_o(kind), .length_o(length)
  );

  // Which byte of the output, which one of the text (page parity, place).
  (* anyconst *) logic [11:0] place;
  (* anyconst *) logic [12:0] source;

  // The text's byte, once its pair of words is in; nobody overwrites a page in use.
  logic       known_q = 1'b0, half_q = 1'b0, parity_q = 1'b0;
  logic [7:0] text_q = '0;
  logic       at_pair, at_word;
  assign at_pair = word_i && rst_ni && word_at_i[9:1] == source[12:4];
  assign at_word = at_pair && word_at_i[0] == source[3];
  `PAMC_ASSUME(m_not_overwritten, !(known_q && at_pair))
  `PAMC_ASSUME(m_pairs, !at_pair || word_at_i[0] == half_q)
  `PAMC_ASSUME(m_pairs_together, !(half_q && word_i) || at_pair)

  // Chunks as lz4c_emit makes them; a page's last one ends in the word under way.
  logic [12:0] total_q = '0, base, after;
  logic [5:0]  count;
  assign count = 6'(chunk_i.head_count) + {1'b0, chunk_i.literal_count} + 6'(chunk_i.tail_count);
  assign base  = chunk_i.restart ? 13'd0 : total_q;
  assign after = base + 13'(count);
  `PAMC_ASSUME(m_chunk, chunk_i.head_count <= 2'd2 && count <= 6'd16)
  `PAMC_ASSUME(m_page, !valid || after <= 13'd4096)
  `PAMC_ASSUME(m_last, !(valid && chunk_i.last) || ({2'd0, base[3:0]} + count <= 6'd16 && after != '0))

  // What the watched byte is to be, if it is known.
  logic        here, is_known;
  logic [12:0] index, literal;
  logic [7:0]  value;
  logic        seen_q = 1'b0, sure_q = 1'b0;
  logic [7:0]  value_q = '0;
  assign here    = {1'b0, place} >= base && {1'b0, place} < after;
  assign index   = {1'b0, place} - base;
  assign literal = {1'b0, chunk_i.literal_at} + index - 13'(chunk_i.head_count);

  always_comb begin
    is_known = 1'b1;
    value    = chunk_i.head[7:0];
    if (index < 13'(chunk_i.head_count)) begin
      if (index == 13'd1) value = chunk_i.head[15:8];
    end else if (index < 13'(chunk_i.head_count) + 13'(chunk_i.literal_count)) begin
      is_known = known_q && {parity_q, literal[11:0]} == source && !literal[12];
      value    = text_q;
    end else begin
      case (index - 13'(chunk_i.head_count) - 13'(chunk_i.literal_count))
        13'd0:   value = chunk_i.tail[7:0];
        13'd1:   value = chunk_i.tail[15:8];
        default: value = chunk_i.tail[23:16];
      endcase
    end
  end

  logic fills, ends;
  assign fills = valid && (after[12:4] != base[12:4] || (chunk_i.last && after[3:0] != '0));
  assign ends  = valid && chunk_i.last;

  // All this, as late as the output.
  logic [Latency-1:0]       fills_q = '0, ends_q = '0, whole_q = '0, zero_q = '0, sure_late_q = '0, from_text_q = '0;
  logic [Latency-1:0][7:0]  word_q = '0, byte_q = '0;
  logic now_seen, now_sure, now_text, text_seen_q = 1'b0;
  logic [7:0] now_value;
  assign now_seen  = here || (seen_q && !chunk_i.restart);
  assign now_sure  = here ? is_known : sure_q;
  assign now_value = here ? value : value_q;
  assign now_text  = here ? is_known && index >= 13'(chunk_i.head_count) &&
                            index < 13'(chunk_i.head_count) + 13'(chunk_i.literal_count) : text_seen_q;

  always_ff @(posedge clk_i) begin
    if (at_word) text_q <= word_data_i[8*source[2:0] +: 8];
    if (at_pair) half_q <= ~half_q;
    if (at_pair && word_at_i[0]) known_q <= 1'b1;
    if (valid) begin
      total_q <= chunk_i.last ? 13'd0 : after;
      seen_q  <= now_seen && !chunk_i.last;
      sure_q  <= now_sure;
      value_q <= now_value;
      text_seen_q <= now_text;
      parity_q <= parity_q ^ chunk_i.last;
    end
    fills_q <= {fills_q[Latency-2:0], fills};
    ends_q  <= {ends_q[Latency-2:0], ends};
    word_q  <= {word_q[Latency-2:0], base[11:4]};
    byte_q  <= {byte_q[Latency-2:0], now_value};
    // The word that becomes full has the watched byte, or zero where the page has ended.
    whole_q <= {whole_q[Latency-2:0], fills && now_seen && base[11:4] == place[11:4] && now_sure};
    zero_q  <= {zero_q[Latency-2:0], fills && ends && !now_seen && base[11:4] == place[11:4]};
    from_text_q <= {from_text_q[Latency-2:0], now_text};
    sure_late_q <= {sure_late_q[Latency-2:0], now_sure};
  end

  localparam int unsigned L = Latency - 1;
  `PAMC_ASSERT(a_writes, write == fills_q[L])
  `PAMC_ASSERT(a_place, !write || write_at == word_q[L])
  `PAMC_ASSERT(a_page_end, page == ends_q[L])
  logic [7:0] written;
  assign written = write_data[8*place[3:0] +: 8];
  `PAMC_ASSERT(a_byte, !Data || !whole_q[L] || written == byte_q[L])
  `PAMC_ASSERT(a_zero_behind_the_end, !Data || !zero_q[L] || written == 8'd0)

  `PAMC_COVER(c_text, whole_q[L] && from_text_q[L])
  `PAMC_COVER(c_second_word, whole_q[L] && place > 12'd20)
  `PAMC_COVER(c_zero, zero_q[L])

  logic unused;
  assign unused = ^{kind, length, sure_late_q};

endmodule
