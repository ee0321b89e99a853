// SPDX-License-Identifier: Apache-2.0
//
// One lane of the decompressor's history: bytes n, n + 32, n + 64 ... of the page. Read
// without a clock, so that it becomes LUT RAM.

module lz4d_lane (
  input  logic       clk_i,

  input  logic       write_i,
  input  logic [6:0] write_row_i,
  input  logic [7:0] write_data_i,

  input  logic [6:0] read_row_i,
  output logic [7:0] read_data_o
);

  logic [7:0] mem_q [128];

  always_ff @(posedge clk_i) begin
    if (write_i) mem_q[write_row_i] <= write_data_i;
  end

  assign read_data_o = mem_q[read_row_i];

endmodule
