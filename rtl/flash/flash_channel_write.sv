// SPDX-License-Identifier: Apache-2.0
//
// Pages on their way to the flash: scrambled, coded, as bytes, in the order in which their
// programs were begun. A page's data are taken when its program has been, not before, so they
// find their die ready. Those of a program that was refused are thrown away.

`include "check.svh"

module flash_channel_write #(
  parameter int unsigned Bytes  = 4,
  parameter int unsigned Chunks = 16
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          program_valid_i,
  output logic                          program_ready_o,
  input  logic [flash_pkg::RowBits-1:0] program_row_i,
  input  logic                          program_drop_i,

  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  logic [8*Bytes-1:0]            in_data_i,

  output logic                          byte_valid_o,
  input  logic                          byte_ready_i,
  output logic [7:0]                    byte_o,

  output lib_pkg::engine_stats_t        stats_o
);

  localparam int unsigned RowBits   = flash_pkg::RowBits;
  localparam int unsigned Beats     = flash_bch_pkg::DataBytes / Bytes;
  localparam int unsigned BeatBits  = $clog2(Beats);
  localparam int unsigned PlaceBits = $clog2(Bytes);

  // ---- which page ----
  logic               p_valid, p_done, p_drop;
  logic [RowBits-1:0] p_row;
  logic [3:0]         p_level;
  lib_fifo #(.Width(RowBits + 1), .Depth(8)) u_programs (
    .clk_i, .rst_ni,
    .in_valid_i(program_valid_i), .in_ready_o(program_ready_o), .in_data_i({program_drop_i, program_row_i}),
    .out_valid_o(p_valid), .out_ready_i(p_done), .out_data_o({p_drop, p_row}), .level_o(p_level)
  );

  logic [BeatBits-1:0] beat_q;
  logic [7:0]          chunk_q;
  logic                s_ready, move, chunk_last, page_last;
  assign in_ready_o = p_valid && (p_drop || s_ready);
  assign move       = in_valid_i && in_ready_o;
  assign chunk_last = beat_q == BeatBits'(Beats - 1);
  assign page_last  = chunk_last && chunk_q == 8'(Chunks - 1);
  assign p_done     = move && page_last;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q  <= '0;
      chunk_q <= '0;
    end else if (move) begin
      beat_q <= chunk_last ? '0 : beat_q + 1'b1;
      if (chunk_last) chunk_q <= page_last ? '0 : chunk_q + 8'd1;
    end
  end

  // ---- to bytes ----
  logic               m_valid, m_ready, m_side, c_valid, c_ready, c_last;
  logic [8*Bytes-1:0] m_data, c_data;
  flash_scramble #(.Bytes(Bytes), .RowBits(RowBits)) u_scramble (
    .clk_i, .rst_ni, .row_i(p_row), .chunk_i(chunk_q),
    .in_valid_i(in_valid_i && p_valid && !p_drop), .in_ready_o(s_ready), .in_data_i,
    .in_plain_i(1'b0), .in_side_i(1'b0),
    .out_valid_o(m_valid), .out_ready_i(m_ready), .out_data_o(m_data), .out_side_o(m_side)
  );
  flash_bch_encode #(.Bytes(Bytes)) u_encode (
    .clk_i, .rst_ni,
    .in_valid_i(m_valid), .in_ready_o(m_ready), .in_data_i(m_data),
    .out_valid_o(c_valid), .out_ready_i(c_ready), .out_data_o(c_data), .out_last_o(c_last)
  );

  logic [PlaceBits-1:0] place_q;
  logic [7:0]           out_chunk_q;
  logic                 place_last;
  assign place_last   = place_q == PlaceBits'(Bytes - 1);
  assign byte_valid_o = c_valid;
  assign byte_o       = c_data[8*place_q +: 8];
  assign c_ready      = byte_ready_i && place_last;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q     <= '0;
      out_chunk_q <= '0;
    end else if (c_valid && byte_ready_i) begin
      place_q <= place_last ? '0 : place_q + 1'b1;
      if (place_last && c_last) out_chunk_q <= out_chunk_q == 8'(Chunks - 1) ? '0 : out_chunk_q + 8'd1;
    end
  end

  engine_stats u_stats (
    .clk_i, .rst_ni,
    .in_valid_i(in_valid_i && !p_drop), .in_ready_i(in_ready_o), .in_last_i(page_last),
    .out_valid_i(c_valid), .out_ready_i(byte_ready_i),
    .out_last_i(place_last && c_last && out_chunk_q == 8'(Chunks - 1)), .stats_o
  );

  logic unused;
  assign unused = &{1'b0, p_level, m_side};

endmodule
