// SPDX-License-Identifier: Apache-2.0
//
// The management core with what it needs: the core, its memories, its registers, and ways to
// the mailbox and to card memory. One bus: the core's access is held until one of them is ready.
//
// The core's clock stands while it sleeps; all else is on the card's clock.

module mcu_top #(
  // What the ROM holds; empty: a simulation fills it.
  parameter              RomFile = "",
  parameter int unsigned FlashHalfCycles = 2
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // mailbox.sv
  output logic             access_o,
  output logic             write_o,
  output logic [12:2]      addr_o,
  output logic [31:0]      data_o,
  input  logic             ack_i,
  input  logic [31:0]      data_i,
  input  logic             irq_i,

  // Lines of card memory: mcu_line.sv.
  output logic             line_access_o,
  output logic             line_write_o,
  output logic [dram_pkg::LineBits-1:0] line_o,
  output logic [511:0]     line_data_o,
  input  logic             line_ack_i,
  input  logic             line_error_i,
  input  logic [511:0]     line_data_i,

  // Events of RAM; of the cache's words, its tags.
  input  ecc_pkg::inject_t inject_i,
  output ecc_pkg::event_t  ecc_o,
  output ecc_pkg::event_t  ecc_lines_o,
  output ecc_pkg::event_t  ecc_tags_o,

  // The board: boot flash (SPI NOR), random numbers, another one when one was taken; how much
  // card memory there is, and that all of it is to be zero up to a line that is the core's (0:
  // there is none), percent done.
  output logic             flash_cs_no,
  output logic             flash_sck_o,
  output logic             flash_mosi_o,
  input  logic             flash_miso_i,
  input  logic [31:0]      random_i,
  output logic             random_taken_o,
  input  logic [31:0]      dram_lines_i,
  output logic             clear_o,
  output logic [31:0]      clear_end_o,
  input  logic [6:0]       cleared_i,

  // The board, or a debugger, restarts the core.
  input  logic             restart_i,
  output logic             restarting_o,
  // Nothing happens here until something comes to the mailbox, or it is time.
  output logic             asleep_o
);

  logic        core_clk, core_rst_n, trap, valid, ready, asleep;
  logic [31:0] addr, data, answer, restart, watchdog, kick_cycles, lock, card_line, card_lines_q;
  logic [3:0]  strobe;
  logic        kick, ask_restart;

  // ---- The core.

  lib_clock_gate u_clock (.clk_i, .enable_i(!asleep), .clk_o(core_clk));

  mcu_core u_core (
    .clk_i(core_clk), .rst_ni(core_rst_n), .trap_o(trap),
    .valid_o(valid), .addr_o(addr), .strobe_o(strobe), .data_o(data), .ready_i(ready), .data_i(answer)
  );

  // ---- Who is asked.

  logic        rom, ram, mail, regs, card, nowhere, ram_ready, ram_lost, mail_ready, rom_ready, regs_ready;
  logic        card_ready, card_lost, card_idle, go;
  logic [31:0] rom_data, ram_data, mail_data, regs_data, card_data;
  logic [27:0] offset;
  assign go      = valid && core_rst_n;
  assign offset  = addr[27:0];
  assign rom     = go && addr[31:28] == mcu_pkg::ROM_AREA && 32'(offset) < mcu_pkg::ROM_BYTES && strobe == '0;
  assign ram     = go && addr[31:28] == mcu_pkg::RAM_AREA && 32'(offset) < mcu_pkg::RAM_BYTES &&
                   (strobe == '0 || 32'(offset) >= lock);
  assign mail    = go && addr[31:28] == mcu_pkg::MAILBOX_AREA && 32'(offset) < mcu_pkg::MAILBOX_BYTES;
  assign regs    = go && addr[31:28] == mcu_pkg::REGS_AREA && 32'(offset) < mcu_pkg::REGS_BYTES;
  assign card    = go && addr[31:28] == mcu_pkg::CARD_AREA && 32'(offset[27:6]) < card_lines_q;
  assign nowhere = go && !rom && !ram && !mail && !regs && !card;
  assign ready   = (rom && rom_ready) || (ram && ram_ready) || (mail && mail_ready) || (regs && regs_ready) ||
                   (card && card_ready);
  assign answer  = rom ? rom_data : ram ? ram_data : mail ? mail_data : regs ? regs_data : card_data;
  // Of the area, there are so many lines.
  always_ff @(posedge clk_i) card_lines_q <= card_line != '0 && card_line < dram_lines_i ? dram_lines_i - card_line : '0;

  mcu_rom #(.File(RomFile)) u_rom (
    .clk_i, .rst_ni, .valid_i(rom), .at_i(offset[$clog2(mcu_pkg::ROM_BYTES)-1:2]), .ready_o(rom_ready), .data_o(rom_data)
  );

  mcu_ram u_ram (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_o),
    .valid_i(ram), .at_i(offset[$clog2(mcu_pkg::RAM_BYTES)-1:2]), .strobe_i(strobe), .data_i(data),
    .ready_o(ram_ready), .lost_o(ram_lost), .data_o(ram_data)
  );

  mcu_dram u_dram (
    .clk_i, .rst_ni, .inject_i, .words_event_o(ecc_lines_o), .tags_event_o(ecc_tags_o),
    .base_i(card_line[dram_pkg::LineBits-1:0]),
    .valid_i(card), .at_i(offset[27:2]), .strobe_i(strobe), .data_i(data), .ready_o(card_ready), .data_o(card_data),
    .lost_o(card_lost),
    .access_o(line_access_o), .write_o(line_write_o), .line_o, .data_line_o(line_data_o),
    .ack_i(line_ack_i), .error_i(line_error_i), .data_line_i(line_data_i), .idle_o(card_idle)
  );

  mcu_mail u_mail (
    .clk_i, .rst_ni,
    .valid_i(mail), .write_i(strobe != '0), .addr_i(offset[12:2]), .data_i(data), .ready_o(mail_ready), .data_o(mail_data),
    .access_o, .write_o, .addr_o, .data_mail_o(data_o), .ack_i, .data_mail_i(data_i)
  );

  mcu_regs #(.FlashHalfCycles(FlashHalfCycles)) u_regs (
    .clk_i, .rst_ni, .core_rst_ni(core_rst_n),
    .valid_i(regs), .write_i(strobe != '0), .addr_i(offset[mcu_pkg::RegBits-1:2]), .data_i(data),
    .ready_o(regs_ready), .data_o(regs_data), .mail_i(irq_i), .asleep_o(asleep),
    .ask_restart_o(ask_restart), .kick_o(kick), .kick_cycles_o(kick_cycles), .watchdog_i(watchdog), .restart_i(restart),
    .random_i, .random_taken_o, .dram_lines_i, .lock_o(lock), .card_line_o(card_line), .clear_o, .cleared_i,
    .flash_cs_no, .flash_sck_o, .flash_mosi_o, .flash_miso_i
  );

  mcu_restart u_restart (
    .clk_i, .rst_ni, .trap_i(trap), .lost_i(ram_lost), .line_lost_i(card_lost), .nowhere_i(nowhere), .ask_i(ask_restart || restart_i),
    .kick_i(kick), .kick_cycles_i(kick_cycles), .asleep_i(asleep), .left_o(watchdog),
    .core_rst_no(core_rst_n), .restart_o(restart)
  );

  assign asleep_o     = asleep && card_idle;
  assign clear_end_o  = card_line;
  assign restarting_o = !core_rst_n;

  logic unused;
  assign unused = ^addr[1:0];

endmodule
