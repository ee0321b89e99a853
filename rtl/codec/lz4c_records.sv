// SPDX-License-Identifier: Apache-2.0
//
// The records of windows wait here for the output. As nothing can stall the search, a
// window is issued only if its record is sure to find room: that is promised to it then,
// and is there again when the window turns out to have no record, or its record leaves.

`include "check.svh"

module lz4c_records #(
  parameter int unsigned Depth = lz4c_pkg::RecordDepth
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  // There is room for the record of one more window. One is issued.
  output logic               room_o,
  input  logic               issue_i,
  // A window that was issued is decided on; it has a record.
  input  logic               decided_i,
  input  logic               record_valid_i,
  input  lz4c_pkg::record_t  record_i,

  output logic               out_valid_o,
  input  logic               out_ready_i,
  output lz4c_pkg::record_t  out_o
);

  localparam int unsigned LevelBits = $clog2(Depth + 1);

  logic                 ready;
  logic [LevelBits-1:0] level, room_q;

  lib_fifo #(.Width($bits(record_i)), .Depth(Depth)) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i(record_valid_i), .in_ready_o(ready), .in_data_i(record_i),
    .out_valid_o, .out_ready_i, .out_data_o(out_o),
    .level_o(level)
  );

  logic back_early, back;
  assign back_early = decided_i && !record_valid_i;
  assign back       = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) room_q <= LevelBits'(Depth);
    else room_q <= room_q - LevelBits'(issue_i) + LevelBits'(back_early) + LevelBits'(back);
  end

  assign room_o = room_q != '0;

  `PAMC_ASSERT(RecordRoom, !record_valid_i || ready)
  `PAMC_ASSERT(RoomBounds, room_q <= LevelBits'(Depth))

  logic unused;
  assign unused = ^level;

endmodule
