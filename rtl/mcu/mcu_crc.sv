// SPDX-License-Identifier: Apache-2.0
//
// CRC32C of what the firmware gives it word by word, for pages of flash: the core alone takes
// a hundred times as long. As crc32c.h has it, without what is inverted before and after.

module mcu_crc (
  input  logic        clk_i,

  // What it begins with; the next word, its first byte in 7:0.
  input  logic        begin_i,
  input  logic        word_i,
  input  logic [31:0] data_i,
  // In the second cycle after that.
  output logic [31:0] crc_o
);

  localparam logic [31:0] Polynomial = 32'h82f63b78;

  // Linear in each bit: an exclusive or of about half of them.
  function [31:0] after(input logic [31:0] state);
    integer n;
    after = state;
    for (n = 0; n < 32; n = n + 1) after = {1'b0, after[31:1]} ^ (after[0] ? Polynomial : 32'd0);
  endfunction

  logic        word_q;
  logic [31:0] data_q, crc_q;
  always_ff @(posedge clk_i) begin
    word_q <= word_i;
    data_q <= data_i;
    if (begin_i)     crc_q <= data_i;
    else if (word_q) crc_q <= after(crc_q ^ data_q);
  end
  assign crc_o = crc_q;

endmodule
