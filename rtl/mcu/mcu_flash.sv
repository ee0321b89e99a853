// SPDX-License-Identifier: Apache-2.0
//
// The boot flash: a SPI NOR memory (mode 0), a byte or four at a time. Which commands it is
// sent, and that it is selected around them, is the firmware's business
// (firmware/platform/riscv/nor.c). A bit takes 2 * HalfCycles.

module mcu_flash #(
  parameter int unsigned HalfCycles = 2
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Until ready_o. Four bytes are only read, the first comes to data_o[7:0].
  input  logic        go_i,
  // Whoever asked is no more.
  input  logic        stop_i,
  input  logic        four_i,
  input  logic [7:0]  byte_i,
  output logic        ready_o,
  output logic [31:0] data_o,

  output logic        sck_o,
  output logic        mosi_o,
  input  logic        miso_i
);

  localparam int unsigned Bits = $clog2(HalfCycles + 1);

  logic [Bits-1:0] left_q;
  logic            high_q, busy_q, done_q;
  logic [5:0]      bits_q;
  logic [7:0]      out_q;
  logic [31:0]     in_q, in;
  logic            tick;
  assign tick = left_q == '0;
  assign in   = {in_q[30:0], miso_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {busy_q, done_q, high_q} <= '0;
      left_q                   <= '0;
      bits_q                   <= '0;
    end else begin
      done_q <= 1'b0;
      if (stop_i) begin
        {busy_q, high_q} <= '0;
      end else if (!busy_q) begin
        busy_q <= go_i && !done_q;
        bits_q <= four_i ? 6'd32 : 6'd8;
        left_q <= Bits'(HalfCycles - 1);
      end else if (!tick) begin
        left_q <= left_q - Bits'(1);
      end else begin
        left_q <= Bits'(HalfCycles - 1);
        high_q <= !high_q;
        // Bits go out with the falling edge and are taken with it, half a bit after they came.
        if (high_q) begin
          bits_q <= bits_q - 6'd1;
          if (bits_q == 6'd1) {busy_q, done_q} <= 2'b01;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!busy_q) begin
      out_q <= four_i ? '0 : byte_i;
    end else if (tick && high_q) begin
      out_q <= {out_q[6:0], 1'b0};
      in_q  <= in;
    end
  end

  assign ready_o = done_q;
  assign data_o  = {in_q[7:0], in_q[15:8], in_q[23:16], in_q[31:24]};
  assign sck_o   = high_q;
  assign mosi_o  = out_q[7];

endmodule
