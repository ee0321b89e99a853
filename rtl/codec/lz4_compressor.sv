// SPDX-License-Identifier: Apache-2.0
//
// Compresses pages: 4 KiB in as 512 words of 8 bytes, one LZ4 block out (or the page as
// it is, or its one 8-byte word), with its length and the CRC32C of what came in. Takes
// 8 bytes a cycle, page after page without a gap; a page's output begins when all of it
// has been seen, some 50 cycles after its last word. How it finds matches is told in
// sim/model/lz4_card.h, whose output is the same bit for bit.
//
//   words ─┬─ window ── search ── sequence ── prepare ── emit ── pack ── output ─→ beats
//          ├─ CRC32C ───────────────────────────────────────────────────────┘
//          └─ literals' memory (in pack)
//
// Two pages may be between the input and the emitter, and two from there on, besides
// what the last queue holds. There is no combinational path between the streams. A reset
// forgets all pages; the table is cleared in the 32 cycles after it.

`include "check.svh"

module lz4_compressor (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  logic [8*codec_pkg::PlainInBytes-1:0] in_data_i,

  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output codec_pkg::packed_beat_t out_o,

  output lib_pkg::engine_stats_t  stats_o
);

  // Words, and the pages they are of.
  logic       word, page_end;
  logic [8:0] word_index;
  logic [1:0] word_page, pages_q;

  lz4c_pages u_pages (
    .clk_i, .rst_ni,
    .word_i(word), .word_index_i(word_index), .page_end_i(page_end),
    .pages_o(pages_q), .page_o(word_page)
  );

  // Windows.
  logic              issue, issue_ok, win_valid, search_ready;
  lz4c_pkg::window_t win;

  lz4c_window u_window (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i,
    .page_free_i(!pages_q[1]),
    .word_o(word), .word_index_o(word_index),
    .issue_ok_i(issue_ok), .issue_o(issue), .win_valid_o(win_valid), .win_o(win)
  );

  // The page's CRC.
  logic        crc_valid;
  logic [31:0] crc;

  crc32c #(.DataBytes(codec_pkg::PlainInBytes)) u_crc (
    .clk_i, .rst_ni,
    .valid_i(word), .first_i(word_index == 9'd0), .last_i(word_index == lz4c_pkg::LastWindow),
    .data_i(in_data_i), .valid_o(crc_valid), .crc_o(crc)
  );

  // Matches.
  logic              decided, record_valid, record_room, rec_valid, rec_ready;
  lz4c_pkg::record_t record, rec;
  assign issue_ok = search_ready && record_room;

  lz4c_search u_search (
    .clk_i, .rst_ni, .ready_o(search_ready),
    .word_i(word), .word_index_i(word_index), .word_data_i(in_data_i),
    .valid_i(win_valid), .win_i(win),
    .decided_o(decided), .record_valid_o(record_valid), .record_o(record)
  );

  lz4c_records u_records (
    .clk_i, .rst_ni,
    .room_o(record_room), .issue_i(issue),
    .decided_i(decided), .record_valid_i(record_valid), .record_i(record),
    .out_valid_o(rec_valid), .out_ready_i(rec_ready), .out_o(rec)
  );

  // Output.
  logic                seq_valid, seq_ready, chunk_valid;
  lz4c_pkg::sequence_t seq;
  lz4c_pkg::chunk_t    chunk;
  logic                prep_valid, prep_ready;
  lz4c_pkg::prepared_t prep;
  logic [12:0]         total;
  logic                page_ok, page_begin;

  logic              take_valid, take_ready;
  lz4c_pkg::record_t take;

  lib_skid #(.Width($bits(rec))) u_take (
    .clk_i, .rst_ni,
    .in_valid_i(rec_valid), .in_ready_o(rec_ready), .in_data_i(rec),
    .out_valid_o(take_valid), .out_ready_i(take_ready), .out_data_o(take)
  );

  lz4c_sequence u_sequence (
    .clk_i, .rst_ni,
    .in_valid_i(take_valid), .in_ready_o(take_ready), .in_i(take),
    .out_valid_o(seq_valid), .out_ready_i(seq_ready), .out_o(seq)
  );

  lz4c_prepare u_prepare (
    .clk_i, .rst_ni,
    .in_valid_i(seq_valid), .in_ready_o(seq_ready), .in_i(seq), .total_i(total),
    .out_valid_o(prep_valid), .out_ready_i(prep_ready), .out_o(prep)
  );

  lz4c_emit u_emit (
    .clk_i, .rst_ni,
    .in_valid_i(prep_valid), .in_ready_o(prep_ready), .in_i(prep), .total_o(total),
    .page_ok_i(page_ok), .page_begin_o(page_begin), .page_end_o(page_end),
    .chunk_valid_o(chunk_valid), .chunk_o(chunk)
  );

  logic         write, page;
  logic [7:0]   write_at, kind;
  logic [127:0] write_data;
  logic [12:0]  length;

  lz4c_pack u_pack (
    .clk_i, .rst_ni,
    .word_i(word), .word_at_i({word_page[0], word_index}), .word_data_i(in_data_i),
    .chunk_valid_i(chunk_valid), .chunk_i(chunk),
    .write_o(write), .write_at_o(write_at), .write_data_o(write_data),
    .page_o(page), .kind_o(kind), .length_o(length)
  );

  lz4c_output u_output (
    .clk_i, .rst_ni,
    .word_i(word), .word_at_i({word_page, word_index}), .word_data_i(in_data_i),
    .page_ok_o(page_ok), .page_begin_i(page_begin),
    .write_i(write), .write_at_i(write_at), .write_data_i(write_data),
    .page_i(page), .kind_i(kind), .length_i(length),
    .crc_valid_i(crc_valid), .crc_i(crc),
    .out_valid_o, .out_ready_i, .out_o
  );

  // Pages inside: two in front of the emitter, two behind it, and one for each beat that
  // the output's queue of 8 takes, as a page of one word is one beat.
  engine_stats #(.MostInside(12)) u_stats (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_i(in_ready_o), .in_last_i(word_index == lz4c_pkg::LastWindow),
    .out_valid_i(out_valid_o), .out_ready_i, .out_last_i(out_o.last),
    .stats_o
  );

  logic unused;
  assign unused = pages_q[0];

endmodule
