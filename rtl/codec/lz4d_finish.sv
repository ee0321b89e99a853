// SPDX-License-Identifier: Apache-2.0
//
// The end of a page: its rows wait here for the receiver, its last one for the CRC of
// all of them, which is compared with the one the page came with.

`include "check.svh"

module lz4d_finish #(
  // Rows that wait here; those of them kept for what is on its way when stall_o comes.
  parameter int unsigned Rows  = 32,
  parameter int unsigned Slack = 12
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Rows; Slack - 1 of them may still come in cycles with stall_o.
  input  logic                   row_valid_i,
  input  logic [255:0]           row_data_i,
  input  logic                   row_last_i,
  input  logic [2:0]             row_error_i,
  output logic                   stall_o,

  // Expected CRC of the page whose rows leave next; taken with its last row.
  input  logic                   page_valid_i,
  output logic                   page_ready_o,
  input  logic [31:0]            page_crc_i,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output codec_pkg::plain_beat_t out_o
);

  localparam int unsigned LevelBits = $clog2(Rows + 1);

  logic                 rows_room, row_valid;
  logic [LevelBits-1:0] rows;
  logic [255:0] data;
  logic         last, ready_valid;
  logic [2:0]   error;
  logic         beat_valid, beat_ready, out_valid_q;

  lib_fifo #(.Width(260), .Depth(Rows)) u_rows (
    .clk_i, .rst_ni,
    .in_valid_i(row_valid_i), .in_ready_o(rows_room), .in_data_i({row_error_i, row_last_i, row_data_i}),
    .out_valid_o(row_valid), .out_ready_i(beat_ready && (!last || ready_valid)), .out_data_o({error, last, data}),
    .level_o(rows)
  );

  logic first_q, stall_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first_q <= 1'b1;
      stall_q <= 1'b0;
    end else begin
      if (row_valid_i) first_q <= row_last_i;
      stall_q <= rows >= LevelBits'(Rows - Slack);
    end
  end
  assign stall_o = stall_q;

  // CRCs of finished pages.
  logic        crc_valid, crc_room;
  logic [31:0] crc, ready_crc;
  logic [4:0]  crcs;

  crc32c #(.DataBytes(codec_pkg::PlainOutBytes)) u_crc (
    .clk_i, .rst_ni,
    .valid_i(row_valid_i), .first_i(first_q), .last_i(row_last_i), .data_i(row_data_i),
    .valid_o(crc_valid), .crc_o(crc)
  );

  lib_fifo #(.Width(32), .Depth(lz4d_pkg::MostPages)) u_crcs (
    .clk_i, .rst_ni,
    .in_valid_i(crc_valid), .in_ready_o(crc_room), .in_data_i(crc),
    .out_valid_o(ready_valid), .out_ready_i(beat_ready && last && row_valid), .out_data_o(ready_crc),
    .level_o(crcs)
  );

  codec_pkg::plain_beat_t beat, out_q;
  always_comb begin
    beat.data  = data;
    beat.last  = last;
    beat.crc   = ready_crc;
    beat.error = codec_pkg::DECODE_OK;
    if (last) begin
      if (error != codec_pkg::DECODE_OK)  beat.error = codec_pkg::decode_error_e'(error);
      else if (ready_crc != page_crc_i)   beat.error = codec_pkg::DECODE_CRC;
    end
  end
  // Whether it is a page's last row comes late, so each that waits for it is told by itself.
  assign beat_valid   = row_valid && (!last || ready_valid);
  assign beat_ready   = !out_valid_q || out_ready_i;
  assign page_ready_o = beat_ready && last && row_valid && ready_valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         out_valid_q <= 1'b0;
    else if (beat_ready) out_valid_q <= beat_valid;
  end

  always_ff @(posedge clk_i) begin
    if (beat_ready) out_q <= beat;
  end

  assign out_valid_o = out_valid_q;
  assign out_o       = out_q;

  logic unused;
  assign unused = &{1'b0, crcs};

  `PAMC_ASSERT(a_room_for_rows, !row_valid_i || rows_room)
  `PAMC_ASSERT(a_room_for_crcs, !crc_valid || crc_room)
  `PAMC_ASSERT(a_page_is_known, !page_ready_o || page_valid_i)

endmodule
