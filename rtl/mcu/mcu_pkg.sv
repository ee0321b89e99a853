// SPDX-License-Identifier: Apache-2.0
//
// What the management core reaches: areas, byte offsets of its registers.
//
// GENERATED from spec/mcu.toml by tools/ifgen; do not edit. "make generate" renews it.

/* verilator lint_off UNUSEDPARAM */
package mcu_pkg;

  // The boot loader. Not to be written.
  localparam logic [3:0]  ROM_AREA = 4'h0;
  localparam int unsigned ROM_BYTES = 32'h8000;

  // Code and data of the firmware, with ECC. Keeps its words when the core restarts.
  localparam logic [3:0]  RAM_AREA = 4'h1;
  localparam int unsigned RAM_BYTES = 32'h20000;

  // spec/mailbox.toml, by words.
  localparam logic [3:0]  MAILBOX_AREA = 4'h2;
  localparam int unsigned MAILBOX_BYTES = 32'h2000;

  // The registers below, by words.
  localparam logic [3:0]  REGS_AREA = 4'h3;
  localparam int unsigned REGS_BYTES = 32'h80;

  // Card memory from CARD_LINE to its end, as far as the area reaches, through a cache that is
  // written back. Others see of it what was there before.
  localparam logic [3:0]  CARD_AREA = 4'h4;
  localparam int unsigned CARD_BYTES = 32'h10000000;

  localparam int unsigned RegBits = 7;

  // Cycles of the card's clock since power-up. Reading the low word keeps the high one for the
  // next read.
  localparam logic [RegBits-1:0] CYCLES = 7'h0;

  // A random number, another one with each read.
  localparam logic [RegBits-1:0] RANDOM = 7'h8;

  // 2:0 why the core started last: 0 power, 1 the watchdog, 2 a trap, 3 a word of RAM was lost,
  // 4 an address that nothing is at, 5 asked for, 6 a line of CARD was lost, which is zero now.
  // 31:8 restarts since power-up; never wraps.
  localparam logic [RegBits-1:0] RESTART = 7'hc;

  // Cycles until the core restarts, counted down from what was written; stands while the core
  // sleeps. After a start it is 0x0fffffff.
  localparam logic [RegBits-1:0] WATCHDOG = 7'h10;

  // Reading takes until something waits in the mailbox (1) or until WAKE (0). The core's clock
  // stands meanwhile.
  localparam logic [RegBits-1:0] SLEEP = 7'h14;

  // For SLEEP: so many cycles from its read.
  localparam logic [RegBits-1:0] WAKE = 7'h18;

  // Card memory that the board has, in lines of 64 bytes.
  localparam logic [RegBits-1:0] DRAM_LINES = 7'h1c;

  // Write: all of card memory before CARD_LINE is to be zero. Read: 6:0 percent done.
  localparam logic [RegBits-1:0] CLEAR = 7'h20;

  // Boot flash: bit 0 1: it is selected.
  localparam logic [RegBits-1:0] FLASH_SELECT = 7'h24;

  // Write: 7:0 is sent; what came back is read. An access takes until it is done.
  localparam logic [RegBits-1:0] FLASH_BYTE = 7'h28;

  // Read: four bytes, the first in 7:0.
  localparam logic [RegBits-1:0] FLASH_WORD = 7'h2c;

  // Writing 1 restarts the core.
  localparam logic [RegBits-1:0] ASK_RESTART = 7'h30;

  // So many bytes of RAM, from its start, cannot be written: to write there restarts the core,
  // as if nothing were there. 0 after each start; then it only grows.
  localparam logic [RegBits-1:0] LOCK = 7'h34;

  // The line of card memory that CARD begins with. Can be written once after power-up; without
  // it there is no CARD.
  localparam logic [RegBits-1:0] CARD_LINE = 7'h38;

  // Kept when the core restarts, 0 at power-up: what the boot loader tells the firmware
  // (firmware/platform/riscv).
  localparam logic [RegBits-1:0] KEPT = 7'h40;

  // CRC32C, as a state without inversions: written, it begins with that; read, it is that of all
  // words since.
  localparam logic [RegBits-1:0] CRC = 7'h60;

  // Write: four more bytes, the first in 7:0.
  localparam logic [RegBits-1:0] CRC_WORD = 7'h64;

endpackage
