// SPDX-License-Identifier: Apache-2.0
//
// A slice of a valid/ready stream: no combinational path goes through it, in either
// direction, and it still moves a beat every cycle. What it costs is one cycle of
// latency and two registers of Width bits: when the receiver stalls, the beat that
// the sender is offering has nowhere to go but the spare.
//
// Order is kept, nothing is lost or doubled; out_data_o stays as it is while it waits.

`include "check.svh"

module lib_skid #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  logic             out_valid_q, spare_valid_q;
  logic [Width-1:0] out_data_q, spare_data_q;

  // The output register takes something new: it is empty or being emptied.
  logic out_free;
  assign out_free = !out_valid_q || out_ready_i;

  assign in_ready_o  = !spare_valid_q;
  assign out_valid_o = out_valid_q;
  assign out_data_o  = out_data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_valid_q   <= 1'b0;
      spare_valid_q <= 1'b0;
    end else begin
      if (out_free) out_valid_q <= spare_valid_q || in_valid_i;
      // Filled by a beat that the output cannot take, emptied when it can.
      spare_valid_q <= !out_free && (spare_valid_q || in_valid_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (out_free)      out_data_q   <= spare_valid_q ? spare_data_q : in_data_i;
    if (!spare_valid_q) spare_data_q <= in_data_i;
  end

  `PAMC_ASSERT(a_spare_behind_output, !spare_valid_q || out_valid_q)

endmodule
