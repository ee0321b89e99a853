// SPDX-License-Identifier: Apache-2.0
//
// lz4d_parse goes on in every cycle in which it can, never looks at a byte that is not
// the page's, and leaves exactly the page's words behind: its own assertions, for all
// marks that words may have (define LZ4D_FREE_MARKS), all bytes and all stalls.

`include "check.svh"

module lz4d_parse_proof (
  input logic         clk_i,
  input logic         marks_valid_i,
  input logic [127:0] data0_i,
  input logic [127:0] data1_i,
  input logic         stall_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  lz4d_parse dut (
    .clk_i, .rst_ni, .marks_valid_i, .marks_i('0),
    .at_o(), .advance_o(), .data0_i, .data1_i, .data2_i('0),
    .stall_i, .step_valid_o(), .step_o(), .step_data_o()
  );

endmodule
