// SPDX-License-Identifier: Apache-2.0
//
// No part of the card: all of this folder with a compressor before and a decompressor
// behind it, wired as the card wires them, for tests. Whoever drives it places records.

module record_loop (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic [dram_pkg::LineBits-1:0] base_i,
  input  logic [31:0]                   units_i,

  input  logic                          page_valid_i,
  output logic                          page_ready_o,
  input  logic [4:0]                    page_blocks_i,
  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  logic [63:0]                   in_data_i,
  output logic                          info_valid_o,
  input  logic                          info_ready_i,
  output record_pkg::page_info_t        info_o,

  input  logic                          cmd_valid_i,
  output logic                          cmd_ready_o,
  input  record_pkg::write_cmd_t        cmd_i,
  input  logic                          extent_valid_i,
  output logic                          extent_ready_o,
  input  record_pkg::extent_t           extent_i,
  output logic                          wreq_valid_o,
  input  logic                          wreq_ready_i,
  output dram_pkg::req_t                wreq_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,
  output logic                          written_valid_o,
  input  logic                          written_ready_i,
  output logic                          written_error_o,

  input  logic                          read_valid_i,
  output logic                          read_ready_o,
  input  record_pkg::read_cmd_t         read_i,
  output logic                          rreq_valid_o,
  input  logic                          rreq_ready_i,
  output dram_pkg::req_t                rreq_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,
  output logic                          header_valid_o,
  input  logic                          header_ready_i,
  output record_pkg::read_header_t      header_o,
  output logic                          done_valid_o,
  input  logic                          done_ready_i,
  output record_pkg::read_done_t        done_o,

  output logic                          out_valid_o,
  input  logic                          out_ready_i,
  output codec_pkg::plain_beat_t        out_o
);

  logic                    lane_valid, lane_ready, stream_valid, stream_ready;
  codec_pkg::packed_beat_t lane;
  logic [127:0]            stream;
  lib_pkg::engine_stats_t  compressor_stats, decompressor_stats;

  lz4_compressor u_compressor (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o, .in_data_i,
    .out_valid_o(lane_valid), .out_ready_i(lane_ready), .out_o(lane), .stats_o(compressor_stats)
  );

  record_gather u_gather (
    .clk_i, .rst_ni, .page_valid_i, .page_ready_o, .page_blocks_i, .drop_i(1'b0),
    .in_valid_i(lane_valid), .in_ready_o(lane_ready), .in_i(lane),
    .info_valid_o, .info_ready_i, .info_o,
    .stream_valid_o(stream_valid), .stream_ready_i(stream_ready), .stream_o(stream)
  );

  record_write u_write (
    .clk_i, .rst_ni, .base_i, .cmd_valid_i, .cmd_ready_o, .cmd_i,
    .extent_valid_i, .extent_ready_o, .extent_i,
    .stream_valid_i(stream_valid), .stream_ready_o(stream_ready), .stream_i(stream),
    .req_valid_o(wreq_valid_o), .req_ready_i(wreq_ready_i), .req_o(wreq_o),
    .wdata_valid_o, .wdata_ready_i, .wdata_o,
    .done_valid_o(written_valid_o), .done_ready_i(written_ready_i), .done_error_o(written_error_o)
  );

  logic                    packed_valid, packed_ready;
  codec_pkg::packed_beat_t packed_beat;

  logic              stub_valid;
  record_pkg::stub_t stub;
  record_read u_read (
    .clk_i, .rst_ni, .base_i, .units_i,
    .cmd_valid_i(read_valid_i), .cmd_ready_o(read_ready_o), .cmd_i(read_i),
    .cmd_flat_i(1'b0), .cmd_line_i('0), .cmd_bytes_i('0), .stub_valid_o(stub_valid), .stub_o(stub),
    .req_valid_o(rreq_valid_o), .req_ready_i(rreq_ready_i), .req_o(rreq_o), .rdata_valid_i, .rdata_i,
    .header_valid_o, .header_ready_i, .header_o,
    .packed_valid_o(packed_valid), .packed_ready_i(packed_ready), .packed_o(packed_beat),
    .done_valid_o, .done_ready_i, .done_o
  );

  lz4_decompressor u_decompressor (
    .clk_i, .rst_ni, .in_valid_i(packed_valid), .in_ready_o(packed_ready), .in_i(packed_beat),
    .out_valid_o, .out_ready_i, .out_o, .stats_o(decompressor_stats)
  );

  logic unused;
  assign unused = ^{compressor_stats, decompressor_stats, stub_valid, stub};

endmodule
