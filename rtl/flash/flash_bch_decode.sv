// SPDX-License-Identifier: Apache-2.0
//
// Stored chunks as they come from the flash, to data that are right. A chunk with nothing
// wrong passes at the rate at which it came; others wait in their buffers for solver and
// search, which work on one each, so that a chunk with errors takes no longer than the flash
// takes for the next one. Chunks leave in the order they came.
//
//   in --> buffers (4 chunks) ----------------------------> corrections --> out
//     `--> syndromes --> right, or erased -------------------^    ^
//                  `---> solve --> search --> corrections, verdict'
//
// What is said of a chunk comes with its last beat. Data of one that cannot be corrected are
// as they were read, those of an erased one are all ones.

`include "check.svh"

module flash_bch_decode #(
  parameter int unsigned Bytes = 4
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Whole stored chunks.
  input  logic                  in_valid_i,
  output logic                  in_ready_o,
  input  logic [8*Bytes-1:0]    in_data_i,

  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  output logic [8*Bytes-1:0]    out_data_o,
  output logic                  out_last_o,
  output flash_bch_pkg::chunk_t out_chunk_o   // with the last beat
);

  localparam int unsigned Width    = 8 * Bytes;
  localparam int unsigned Words    = flash_bch_pkg::DataBytes / Bytes;
  localparam int unsigned WordBits = $clog2(Words);
  localparam int unsigned Beats    = flash_bch_pkg::StoredBytes / Bytes;
  localparam int unsigned BeatBits = $clog2(Beats);
  localparam int unsigned M        = flash_bch_pkg::M;

  // ---- in ----
  logic [Width-1:0]    buffer_q [4*Words];
  logic [1:0]          in_slot_q, out_slot_q;
  logic [2:0]          used_q;                // buffers that are being filled, or full
  logic [BeatBits-1:0] in_beat_q;
  logic                in_move, in_last, in_begins, out_ends;
  logic                full, kept_soon_q;
  assign in_begins = in_beat_q == '0;
  assign in_last   = in_beat_q == BeatBits'(Beats - 1);
  // Chunks are longer than what is registered here is late.
  assign in_ready_o = (!in_begins || used_q != 3'd4) && !(in_last && kept_soon_q);
  assign in_move    = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_beat_q   <= '0;
      in_slot_q   <= '0;
      used_q      <= '0;
      kept_soon_q <= 1'b0;
    end else begin
      if (in_move) begin
        in_beat_q <= in_last ? '0 : in_beat_q + 1'b1;
        if (in_last) in_slot_q <= in_slot_q + 1'b1;
      end
      used_q      <= used_q + 3'(in_move && in_begins) - 3'(out_ends);
      kept_soon_q <= full;
    end
  end
  always_ff @(posedge clk_i) begin
    if (in_move && in_beat_q < BeatBits'(Words)) begin
      buffer_q[{in_slot_q, in_beat_q[WordBits-1:0]}] <= in_data_i;
    end
  end

  // ---- what is wrong ----
  logic         done, wrong, erased, s_valid, s_ready, l_valid, l_ready, l_last, l_failed;
  logic [6:0]   zeros, l_errors;
  logic [M-1:0] s_data, l_data;
  flash_bch_syndrome #(.Bytes(Bytes)) u_syndrome (
    .clk_i, .rst_ni,
    .valid_i(in_move), .last_i(in_last), .data_i(in_data_i),
    .done_o(done), .wrong_o(wrong), .erased_o(erased), .zeros_o(zeros),
    .full_o(full), .out_valid_o(s_valid), .out_ready_i(s_ready), .out_data_o(s_data)
  );
  flash_bch_solve u_solve (
    .clk_i, .rst_ni,
    .in_valid_i(s_valid), .in_ready_o(s_ready), .in_data_i(s_data),
    .out_valid_o(l_valid), .out_ready_i(l_ready), .out_data_o(l_data),
    .out_last_o(l_last), .out_failed_o(l_failed), .out_errors_o(l_errors)
  );

  // At most one correction a word, and none that is not wanted: so there is room for those
  // of one chunk, when those before it have left.
  logic                fix_in, fix_room, fix_valid, fix_take, v_done, v_bad;
  logic [WordBits-1:0] fix_in_word, fix_word;
  logic [Width-1:0]    fix_in_flip, fix_flip;
  logic [6:0]          v_count;
  logic [1:0]          fix_slot;
  logic                slot_valid, slot_room;
  logic [1:0]          slot, slot_in_q;
  logic [6:0]          fix_level;
  flash_bch_chien #(.Bytes(Bytes)) u_chien (
    .clk_i, .rst_ni,
    .in_valid_i(l_valid), .in_ready_o(l_ready), .in_data_i(l_data),
    .in_last_i(l_last), .in_failed_i(l_failed), .in_errors_i(l_errors),
    .room_i(fix_level < 7'd56), .fix_valid_o(fix_in), .fix_word_o(fix_in_word), .fix_flip_o(fix_in_flip),
    .done_o(v_done), .uncorrectable_o(v_bad), .corrected_o(v_count)
  );

  // Whose chunks are being worked on: that of the search leaves when it is done.
  logic [2:0] slot_level;
  lib_fifo #(.Width(2), .Depth(4)) u_slots (
    .clk_i, .rst_ni,
    .in_valid_i(done && wrong), .in_ready_o(slot_room), .in_data_i(slot_in_q),
    .out_valid_o(slot_valid), .out_ready_i(v_done), .out_data_o(slot), .level_o(slot_level)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)   slot_in_q <= '0;
    else if (done) slot_in_q <= slot_in_q + 1'b1;
  end

  lib_fifo #(.Width(2 + WordBits + Width), .Depth(64)) u_fixes (
    .clk_i, .rst_ni,
    .in_valid_i(fix_in), .in_ready_o(fix_room), .in_data_i({slot, fix_in_word, fix_in_flip}),
    .out_valid_o(fix_valid), .out_ready_i(fix_take), .out_data_o({fix_slot, fix_word, fix_flip}),
    .level_o(fix_level)
  );

  // Of all chunks, and of those that were wrong.
  logic       first_valid, first_room, first_wrong, first_erased, second_valid, second_room, second_bad;
  logic [6:0] first_zeros, second_count;
  logic [2:0] first_level, second_level;
  lib_fifo #(.Width(9), .Depth(4)) u_first (
    .clk_i, .rst_ni,
    .in_valid_i(done), .in_ready_o(first_room), .in_data_i({wrong, erased, zeros}),
    .out_valid_o(first_valid), .out_ready_i(out_ends),
    .out_data_o({first_wrong, first_erased, first_zeros}), .level_o(first_level)
  );
  lib_fifo #(.Width(8), .Depth(4)) u_second (
    .clk_i, .rst_ni,
    .in_valid_i(v_done), .in_ready_o(second_room), .in_data_i({v_bad, v_count}),
    .out_valid_o(second_valid), .out_ready_i(out_ends && first_wrong),
    .out_data_o({second_bad, second_count}), .level_o(second_level)
  );

  // ---- out ----
  // A word is asked for, read, put right, and stands in a queue that has room for it.
  flash_bch_pkg::chunk_t chunk;
  logic                  ask, read_q, read_last_q, out_room;
  logic [WordBits-1:0]   out_word_q, read_word_q;
  logic [Width-1:0]      read_data_q, right;
  logic [1:0]            read_slot_q;
  flash_bch_pkg::chunk_t read_chunk_q;
  logic [2:0]            out_level;
  logic                  here;
  assign ask      = first_valid && (!first_wrong || second_valid) && out_level < 3'd3;
  assign out_ends = ask && out_word_q == WordBits'(Words - 1);

  assign chunk.erased        = first_erased;
  assign chunk.uncorrectable = first_wrong && second_bad;
  assign chunk.corrected     = first_erased ? first_zeros :
                               first_wrong && !second_bad ? second_count : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_word_q <= '0;
      out_slot_q <= '0;
      read_q     <= 1'b0;
    end else begin
      if (ask)      out_word_q <= out_word_q + 1'b1;
      if (out_ends) out_slot_q <= out_slot_q + 1'b1;
      read_q <= ask;
    end
  end
  always_ff @(posedge clk_i) begin
    read_data_q  <= buffer_q[{out_slot_q, out_word_q}];
    read_word_q  <= out_word_q;
    read_slot_q  <= out_slot_q;
    read_last_q  <= out_ends;
    read_chunk_q <= chunk;
  end

  assign here     = fix_valid && fix_slot == read_slot_q && fix_word == read_word_q;
  assign fix_take = read_q && here;
  assign right    = read_chunk_q.erased ? {Width{1'b1}} :
                    read_data_q ^ (here && !read_chunk_q.uncorrectable ? fix_flip : '0);

  lib_fifo #(.Width(Width + 1 + flash_bch_pkg::ChunkBits), .Depth(4)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(read_q), .in_ready_o(out_room), .in_data_i({read_chunk_q, read_last_q, right}),
    .out_valid_o, .out_ready_i, .out_data_o({out_chunk_o, out_last_o, out_data_o}),
    .level_o(out_level)
  );

  logic unused;
  assign unused = &{1'b0, slot_level, first_level, second_level};

  `PAMC_ASSERT(a_queues_have_room, (first_room || !done) && (slot_room || !(done && wrong)) &&
               (second_room || !v_done) && (fix_room || !fix_in) && (out_room || !read_q))
  `PAMC_ASSERT(a_search_has_a_chunk, slot_valid || !v_done)

endmodule
