// SPDX-License-Identifier: Apache-2.0
//
// The management core: PicoRV32 (rtl/mcu/requirements.txt), rv32imc without interrupts, as
// the firmware polls the mailbox and sleeps by a read that takes long (mcu_regs). What traps
// is told; nothing but a restart helps then.

module mcu_core (
  input  logic        clk_i,
  // Synchronous to it.
  input  logic        rst_ni,
  output logic        trap_o,

  // Held until ready_i.
  output logic        valid_o,
  output logic [31:0] addr_o,
  output logic [3:0]  strobe_o,
  output logic [31:0] data_o,
  input  logic        ready_i,
  input  logic [31:0] data_i
);

  /* verilator lint_off PINCONNECTEMPTY */
  picorv32 #(
    .ENABLE_COUNTERS(1'b0), .ENABLE_COUNTERS64(1'b0), .BARREL_SHIFTER(1'b1), .COMPRESSED_ISA(1'b1),
    .ENABLE_FAST_MUL(1'b1), .ENABLE_DIV(1'b1), .ENABLE_IRQ(1'b0), .PROGADDR_RESET(32'h0)
  ) u_picorv32 (
    .clk(clk_i), .resetn(rst_ni), .trap(trap_o),
    .mem_valid(valid_o), .mem_instr(), .mem_ready(ready_i), .mem_addr(addr_o), .mem_wdata(data_o),
    .mem_wstrb(strobe_o), .mem_rdata(data_i),
    .mem_la_read(), .mem_la_write(), .mem_la_addr(), .mem_la_wdata(), .mem_la_wstrb(),
    .pcpi_valid(), .pcpi_insn(), .pcpi_rs1(), .pcpi_rs2(), .pcpi_wr(1'b0), .pcpi_rd('0), .pcpi_wait(1'b0), .pcpi_ready(1'b0),
    .irq('0), .eoi(), .trace_valid(), .trace_data()
  );
  /* verilator lint_on PINCONNECTEMPTY */

endmodule
