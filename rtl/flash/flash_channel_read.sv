// SPDX-License-Identifier: Apache-2.0
//
// Pages as their bytes come from the bus, to data that are right, and what was found in each.
// Bytes of a page come in a row, and pages leave in the order they came; a die has one at a
// time, and where it is from is asked of the die when its data come out of the decoder.

`include "check.svh"

module flash_channel_read #(
  parameter int unsigned Bytes = 4
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          byte_valid_i,
  output logic                          byte_ready_o,
  input  logic [7:0]                    byte_i,
  input  logic                          byte_last_i,
  input  logic [flash_pkg::DieBits-1:0] byte_die_i,

  // Of the die whose data are next: its request, and the row of it.
  output logic [flash_pkg::DieBits-1:0] die_o,
  input  logic [flash_pkg::RowBits-1:0] row_i,
  input  logic [7:0]                    first_i,
  input  logic [7:0]                    count_i,
  input  logic [7:0]                    tag_i,

  output logic                          out_valid_o,
  input  logic                          out_ready_i,
  output logic [8*Bytes-1:0]            out_data_o,
  output logic                          out_last_o,   // of a request
  output logic [flash_pkg::DieBits-1:0] out_die_o,
  output logic [7:0]                    out_tag_o,
  output flash_pkg::found_t             out_found_o,  // with the last beat

  // Bits that were corrected in a chunk.
  output logic                          corrected_valid_o,
  output logic [6:0]                    corrected_o,

  output lib_pkg::engine_stats_t        stats_o
);

  localparam int unsigned DieBits   = flash_pkg::DieBits;
  localparam int unsigned Width     = 8 * Bytes;
  localparam int unsigned PlaceBits = $clog2(Bytes);

  // ---- to beats ----
  logic [PlaceBits-1:0] place_q;
  logic [Width-9:0]     held_q;
  logic                 place_last, begins_q, c_valid, c_ready, c_move;
  assign place_last   = place_q == PlaceBits'(Bytes - 1);
  assign byte_ready_o = !place_last || c_ready;
  assign c_valid      = byte_valid_i && place_last;
  assign c_move       = c_valid && c_ready;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q  <= '0;
      begins_q <= 1'b1;
    end else begin
      if (byte_valid_i && byte_ready_o) place_q <= place_last ? '0 : place_q + 1'b1;
      if (c_move) begins_q <= byte_last_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (byte_valid_i && !place_last) held_q[8*place_q +: 8] <= byte_i;
  end

  logic       page_room, page_valid, page_done;
  logic [3:0] page_level;
  lib_fifo #(.Width(DieBits), .Depth(8)) u_pages (
    .clk_i, .rst_ni,
    .in_valid_i(c_move && begins_q), .in_ready_o(page_room), .in_data_i(byte_die_i),
    .out_valid_o(page_valid), .out_ready_i(page_done), .out_data_o(die_o), .level_o(page_level)
  );

  // ---- right ----
  logic                  d_valid, d_ready, d_move, d_last;
  logic [Width-1:0]      d_data;
  flash_bch_pkg::chunk_t d_chunk;
  // Most of a channel's registers, and nothing to do but with a read's data.
  logic decode_clk;
  lib_idle_clock #(.Linger(63)) u_clock (.clk_i, .rst_ni, .busy_i(byte_valid_i || page_valid), .clk_o(decode_clk));
  // Whose byte it is, a mark or data, is long in coming: the decoder has it a cycle later. The page is
  // known by then, and so the clock runs.
  logic             beat_valid, beat_ready;
  logic [Width-1:0] beat;
  lib_skid #(.Width(Width)) u_beat (
    .clk_i, .rst_ni, .in_valid_i(c_valid), .in_ready_o(c_ready), .in_data_i({byte_i, held_q}),
    .out_valid_o(beat_valid), .out_ready_i(beat_ready), .out_data_o(beat)
  );
  flash_bch_decode #(.Bytes(Bytes)) u_decode (
    .clk_i(decode_clk), .rst_ni,
    .in_valid_i(beat_valid), .in_ready_o(beat_ready), .in_data_i(beat),
    .out_valid_o(d_valid), .out_ready_i(d_ready), .out_data_o(d_data), .out_last_o(d_last),
    .out_chunk_o(d_chunk)
  );

  // ---- what was found, of this page so far, and with this chunk ----
  logic [7:0]        number_q;
  logic              bad_q, erased_q, written_q;
  logic [6:0]        most_q;
  logic              bad, erased, written, ends;
  flash_pkg::found_t found;
  assign d_move  = d_valid && d_ready;
  assign ends    = d_last && number_q + 8'd1 == count_i;
  assign bad     = bad_q || d_chunk.uncorrectable;
  assign erased  = erased_q || d_chunk.erased;
  assign written = written_q || !d_chunk.erased;
  assign found.uncorrectable = bad || (erased && written);
  assign found.erased        = erased && !written;
  assign found.corrected     = d_chunk.corrected > most_q ? d_chunk.corrected : most_q;
  assign page_done           = d_move && ends;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      number_q  <= '0;
      bad_q     <= 1'b0;
      erased_q  <= 1'b0;
      written_q <= 1'b0;
      most_q    <= '0;
    end else if (d_move && d_last) begin
      number_q  <= ends ? '0 : number_q + 8'd1;
      bad_q     <= !ends && bad;
      erased_q  <= !ends && erased;
      written_q <= !ends && written;
      most_q    <= ends ? '0 : found.corrected;
    end
  end
  assign corrected_valid_o = d_move && d_last;
  assign corrected_o       = d_chunk.corrected;

  // ---- as they were written ----
  flash_scramble #(
    .Bytes(Bytes), .RowBits(flash_pkg::RowBits), .SideBits(DieBits + 8 + 1 + flash_pkg::FoundBits)
  ) u_scramble (
    .clk_i, .rst_ni, .row_i, .chunk_i(first_i + number_q),
    .in_valid_i(d_valid), .in_ready_o(d_ready), .in_data_i(d_data), .in_plain_i(d_chunk.erased),
    .in_side_i({die_o, tag_i, ends, found}),
    .out_valid_o, .out_ready_i, .out_data_o, .out_side_o({out_die_o, out_tag_o, out_last_o, out_found_o})
  );

  engine_stats u_stats (
    .clk_i, .rst_ni,
    .in_valid_i(c_valid), .in_ready_i(c_ready), .in_last_i(byte_last_i),
    .out_valid_i(out_valid_o), .out_ready_i, .out_last_i(out_last_o), .stats_o
  );

  logic unused;
  assign unused = &{1'b0, page_level};

  `PAMC_ASSERT(a_whole_beats, !(byte_valid_i && byte_last_i) || place_last)
  `PAMC_ASSERT(a_pages_have_room, page_room || !(c_move && begins_q))
  `PAMC_ASSERT(a_data_have_a_page, page_valid || !d_valid)

endmodule
