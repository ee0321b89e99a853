// SPDX-License-Identifier: Apache-2.0
//
// The encoder's parity is the remainder of a division, bit after bit, of the chunk's
// complement: for a small code, and chunks of which one bit at most is set. The encoder is
// affine in its data (nothing but exclusive or joins two bits), so what holds for zero and for
// each bit alone holds for all. Streams stall as they like.

`include "check.svh"

module flash_bch_encode_proof (
  input logic clk_i,
  input logic in_valid_i,
  input logic out_ready_i
);

  localparam int unsigned Data   = 64;
  localparam int unsigned Parity = 40;
  localparam logic [Parity-1:0] Generator = 40'h0004820009;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [6:0] place;
  logic [Data-1:0] data;
  assign data = place < 7'(Data) ? Data'(1) << place : '0;

  function [Parity-1:0] serial(input logic [Data-1:0] value);
    integer k;
    serial = '0;
    for (k = 0; k < Data; k = k + 1) begin
      serial = {serial[Parity-2:0], 1'b0} ^ (serial[Parity-1] ^ value[k] ? Generator : {Parity{1'b0}});
    end
  endfunction

  logic [Parity-1:0] remainder;
  assign remainder = serial(~data);
  // The highest coefficient first, complemented, and the mark.
  logic [127:0] wanted;
  for (genvar n = 0; n < Parity; n++) begin : g_wanted
    assign wanted[Data + n] = !remainder[Parity-1-n];
  end
  assign wanted[Data-1:0]         = data;
  assign wanted[127:Data + Parity] = '0;

  logic        in_ready, out_valid, out_last;
  logic [31:0] out_data;
  logic        in_q = 1'b0;
  logic [2:0]  out_q = 3'd0;
  flash_bch_encode #(
    .Bytes(4), .DataBytes(8), .ParityBits(Parity), .MarkBytes(3), .Generator(Generator)
  ) dut (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o(in_ready), .in_data_i(in_q ? data[63:32] : data[31:0]),
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data), .out_last_o(out_last)
  );
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      in_q  <= in_q ^ (in_valid_i && in_ready);
      out_q <= out_q + 3'(out_valid && out_ready_i);
    end
  end

  // Two chunks.
  `PAMC_ASSERT(a_stored, !out_valid || out_data == wanted[32*out_q[1:0] +: 32])
  `PAMC_ASSERT(a_last, !out_valid || out_last == (out_q[1:0] == 2'd3))
  `PAMC_COVER(c_second_chunk, out_valid && out_q == 3'd7)

endmodule
