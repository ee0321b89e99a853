// SPDX-License-Identifier: Apache-2.0
//
// Read and write packets take turns on RQ, packet by packet; the one that has nothing
// to send gives way. Who has its turn is a register, settled while the last beat of the
// packet before moves: no path leads from one side's valid to the other's ready, and
// between packets no cycle is lost but when the turn has to change because one side has
// run dry.

`include "check.svh"

module pcie_rq_arbiter (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               read_valid_i,
  output logic               read_ready_o,
  input  pcie_pkg::rq_beat_t read_i,

  input  logic               write_valid_i,
  output logic               write_ready_o,
  input  pcie_pkg::rq_beat_t write_i,

  output logic               out_valid_o,
  input  logic               out_ready_i,
  output pcie_pkg::rq_beat_t out_o
);

  // Writes have the turn; beats of a packet are still to come.
  logic writes_q, inside_q;

  logic               valid, ready;
  pcie_pkg::rq_beat_t beat;
  assign valid = writes_q ? write_valid_i : read_valid_i;
  assign beat  = writes_q ? write_i : read_i;

  assign read_ready_o  = ready && !writes_q;
  assign write_ready_o = ready && writes_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      writes_q <= 1'b0;
      inside_q <= 1'b0;
    end else begin
      if (valid && ready) inside_q <= !beat.last;
      // Its packet is over or it has none: the other's turn, if that has one.
      if (valid ? ready && beat.last : !inside_q) begin
        writes_q <= writes_q ? !read_valid_i : write_valid_i;
      end
    end
  end

  lib_skid #(.Width(527)) u_skid (
    .clk_i, .rst_ni,
    .in_valid_i(valid), .in_ready_o(ready), .in_data_i(beat),
    .out_valid_o, .out_ready_i, .out_data_o(out_o)
  );

  `PAMC_ASSERT(a_first, !valid || beat.first == !inside_q)

endmodule
