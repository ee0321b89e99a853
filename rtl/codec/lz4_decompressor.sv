// SPDX-License-Identifier: Apache-2.0
//
// Decompressor of one page: takes a packed page (LZ4 block, raw, or one 8-byte pattern)
// and gives the 4096 bytes of it in 128 beats, or an error. A sequence of LZ4, literals
// and match together, takes one cycle as long as it is not more than 32 bytes and has
// at most 14 literals; offsets do not matter.
//
//   packed   +------+   +-------------+   +---------+   +---------+
//   beats -->| form |-->| words, ring |-->| parse   |-->| extract |--> queue of items
//            +------+   | pre-decode  |   +---------+   +---------+      |
//                       +-------------+                                  |
//      +-----------------------------------------------------------------+
//      |    +-------+   +------+   +------+   +-------------------+
//      +--->| split |-->| plan |-->| copy |-->| finish: CRC, rows |--> plain beats
//           +-------+   +------+   +------+   +-------------------+
//
// Pages follow each other without a gap, up to MostPages are inside, and leave in order.
// An LZ4 page is good when liblz4's LZ4_decompress_safe() makes 4096 bytes of it, no
// offset is 0, and the CRC32C is the expected one. A page that is not ends early or on
// time with a last beat that says why; of several errors, the first one met. Nothing is
// stuck then: the rest of the packed page is dropped.
//
// A page without stalls takes at most its packed length in bytes and 168 cycles.
// Between in_* and out_* there is no combinational path.

`include "check.svh"

module lz4_decompressor (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  codec_pkg::packed_beat_t  in_i,

  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output codec_pkg::plain_beat_t   out_o,

  output lib_pkg::engine_stats_t   stats_o
);

  logic                 word_valid, word_ready, page_valid, page_ready;
  logic [127:0]         word_data;
  lz4d_pkg::word_info_t word_info;
  logic [31:0]          page_crc;

  lz4d_form u_form (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_i,
    .word_valid_o(word_valid), .word_ready_i(word_ready),
    .word_data_o(word_data), .word_info_o(word_info),
    .page_valid_o(page_valid), .page_ready_i(page_ready), .page_crc_o(page_crc)
  );

  // Expected CRCs of the pages inside.
  logic        crc_valid, crc_ready;
  logic [31:0] crc;
  logic [4:0]  pages;

  lib_fifo #(.Width(32), .Depth(lz4d_pkg::MostPages)) u_pages (
    .clk_i, .rst_ni,
    .in_valid_i(page_valid), .in_ready_o(page_ready), .in_data_i(page_crc),
    .out_valid_o(crc_valid), .out_ready_i(crc_ready), .out_data_o(crc),
    .level_o(pages)
  );

  logic                 ahead_valid;
  logic [127:0]         ahead_data;
  logic [32:0]          ahead_is255;
  lz4d_pkg::word_info_t ahead_info;
  logic [3:0]           at;
  logic [1:0]           advance;
  logic [127:0]         data0, data1;
  logic [7:0]           data2;

  lz4d_words u_words (
    .clk_i, .rst_ni,
    .word_valid_i(word_valid), .word_ready_o(word_ready),
    .word_data_i(word_data), .word_info_i(word_info),
    .ahead_valid_o(ahead_valid), .ahead_data_o(ahead_data), .ahead_is255_o(ahead_is255),
    .ahead_info_o(ahead_info),
    .at_i(at), .advance_i(advance), .data0_o(data0), .data1_o(data1), .data2_o(data2)
  );

  logic             marks_valid;
  lz4d_pkg::marks_t marks;

  lz4d_predecode u_predecode (
    .clk_i, .rst_ni,
    .in_valid_i(ahead_valid), .in_data_i(ahead_data), .in_is255_i(ahead_is255), .in_info_i(ahead_info),
    .out_valid_o(marks_valid), .out_o(marks)
  );

  logic            items_full, step_valid;
  lz4d_pkg::step_t step;
  logic [263:0]    step_data;

  lz4d_parse u_parse (
    .clk_i, .rst_ni,
    .marks_valid_i(marks_valid), .marks_i(marks),
    .at_o(at), .advance_o(advance), .data0_i(data0), .data1_i(data1), .data2_i(data2),
    .stall_i(items_full), .step_valid_o(step_valid), .step_o(step), .step_data_o(step_data)
  );

  logic            made_valid, item_valid, item_ready;
  lz4d_pkg::item_t made, item;

  lz4d_extract u_extract (
    .clk_i, .rst_ni,
    .step_valid_i(step_valid), .step_i(step), .step_data_i(step_data),
    .item_valid_o(made_valid), .item_o(made)
  );

  lz4d_items #(.FullAt(lz4d_pkg::ItemDepth - 6)) u_items (
    .clk_i, .rst_ni,
    .full_o(items_full), .in_valid_i(made_valid), .in_i(made),
    .out_valid_o(item_valid), .out_ready_i(item_ready), .out_o(item)
  );

  logic             rows_full, judged_valid, judged_last, plan_valid;
  lz4d_pkg::chunk_t chunk;
  logic [2:0]       judged_error;
  lz4d_pkg::plan_t  plan;

  lz4d_split u_split (
    .clk_i, .rst_ni,
    .item_valid_i(item_valid), .item_ready_o(item_ready), .item_i(item),
    .stall_i(rows_full), .chunk_o(chunk),
    .judged_valid_o(judged_valid), .judged_last_o(judged_last), .judged_error_o(judged_error)
  );

  lz4d_plan u_plan (
    .clk_i, .rst_ni,
    .chunk_i(chunk),
    .judged_valid_i(judged_valid), .judged_last_i(judged_last), .judged_error_i(judged_error),
    .plan_valid_o(plan_valid), .plan_o(plan)
  );

  logic         row_valid, row_last;
  logic [255:0] row_data;
  logic [2:0]   row_error;

  lz4d_copy u_copy (
    .clk_i, .rst_ni,
    .plan_valid_i(plan_valid), .plan_i(plan),
    .row_valid_o(row_valid), .row_data_o(row_data), .row_last_o(row_last), .row_error_o(row_error)
  );

  lz4d_finish u_finish (
    .clk_i, .rst_ni,
    .row_valid_i(row_valid), .row_data_i(row_data), .row_last_i(row_last), .row_error_i(row_error),
    .stall_o(rows_full),
    .page_valid_i(crc_valid), .page_ready_o(crc_ready), .page_crc_i(crc),
    .out_valid_o, .out_ready_i, .out_o
  );

  engine_stats #(.MostInside(lz4d_pkg::MostPages + 2)) u_stats (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_i(in_ready_o), .in_last_i(in_i.last),
    .out_valid_i(out_valid_o), .out_ready_i, .out_last_i(out_o.last),
    .stats_o
  );

  logic unused;
  assign unused = &{1'b0, pages};

endmodule
