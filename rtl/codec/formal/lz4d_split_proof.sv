// SPDX-License-Identifier: Apache-2.0
//
// lz4d_split lets nothing pass that writes outside the page or reads what was not written:
// its own assertions, for all items and stalls; what it assumes of items is at its end.

`include "check.svh"

module lz4d_split_proof (
  input logic            clk_i,
  input logic            item_valid_i,
  input lz4d_pkg::item_t item_i,
  input logic            stall_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  lz4d_split dut (
    .clk_i, .rst_ni, .item_valid_i, .item_ready_o(), .item_i, .stall_i,
    .chunk_o(), .judged_valid_o(), .judged_last_o(), .judged_error_o()
  );

endmodule
