// SPDX-License-Identifier: Apache-2.0
//
// The boot loader's words. A board's build gives the file that has them
// (build/firmware/riscv/rom.hex); a simulation writes them by itself before it starts the
// clock, so that a model is not made for one loader.
//
// Not protected: it is loaded with the FPGA's configuration, whose own check (AMD: SEM, CRC
// of frames) covers it, and is read for a moment after a start.

module mcu_rom #(
  parameter              File = "",
  // Derived, not to be set.
  parameter int unsigned Words = mcu_pkg::ROM_BYTES / 4,
  parameter int unsigned AtBits = $clog2(Words)
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  logic              valid_i,
  input  logic [AtBits-1:0] at_i,
  output logic              ready_o,
  output logic [31:0]       data_o
);

  logic [31:0] mem_q [Words] /* verilator public_flat_rw */;
  logic [31:0] read_q;
  logic        there_q;

  if (File != "") begin : gen_file
    initial $readmemh(File, mem_q);
  end

  always_ff @(posedge clk_i) read_q <= mem_q[at_i];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) there_q <= 1'b0;
    else         there_q <= valid_i && !there_q;
  end
  assign ready_o = there_q;
  assign data_o  = read_q;

endmodule
