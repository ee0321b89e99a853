// SPDX-License-Identifier: Apache-2.0
//
// The management core's registers (spec/mcu.toml): time, random numbers, the watchdog,
// sleep, boot flash, sums, what the board says.
//
// Sleep is a read that takes until there is something to do. It needs no interrupt, so
// nothing can come between a look at the mailbox and falling asleep: what has come by then
// answers the read at once.

module mcu_regs #(
  parameter int unsigned FlashHalfCycles = 2
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       core_rst_ni,

  // May be given up at any time.
  input  logic                       valid_i,
  input  logic                       write_i,
  input  logic [mcu_pkg::RegBits-1:2] addr_i,
  input  logic [31:0]                data_i,
  output logic                       ready_o,
  output logic [31:0]                data_o,

  // Something waits in the mailbox.
  input  logic                       mail_i,
  output logic                       asleep_o,

  // mcu_restart
  output logic                       ask_restart_o,
  output logic                       kick_o,
  output logic [31:0]                kick_cycles_o,
  input  logic [31:0]                watchdog_i,
  input  logic [31:0]                restart_i,

  // A board's source of random numbers: another one when this one was taken.
  input  logic [31:0]                random_i,
  output logic                       random_taken_o,
  input  logic [31:0]                dram_lines_i,
  output logic [31:0]                lock_o,
  output logic [31:0]                card_line_o,
  output logic                       clear_o,
  input  logic [6:0]                 cleared_i,
  output logic                       flash_cs_no,
  output logic                       flash_sck_o,
  output logic                       flash_mosi_o,
  input  logic                       flash_miso_i
);

  logic [mcu_pkg::RegBits-1:0] addr;
  logic [63:0]      cycles_q;
  logic [31:0]      high_q, wake_q, left_q, flash_data;
  logic [7:0][31:0] kept_q;
  logic             sleeps, asleep_q, woken, flash, four, flash_ready, select_q, write, read;
  logic             kept;
  logic [31:0]      lock_q, card_line_q;
  assign addr = {addr_i, 2'b00};
  assign kept = addr >= mcu_pkg::KEPT && addr < mcu_pkg::CRC;

  // ---- Accesses that take longer.

  assign sleeps   = valid_i && !write_i && addr == mcu_pkg::SLEEP;
  assign woken    = mail_i || left_q == '0;
  assign four     = addr == mcu_pkg::FLASH_WORD;
  assign flash    = valid_i && (four || (addr == mcu_pkg::FLASH_BYTE && write_i));
  assign ready_o  = flash ? flash_ready : sleeps ? asleep_q && woken : valid_i;
  assign write    = valid_i && write_i;
  assign read     = valid_i && !write_i;
  assign asleep_o = asleep_q && !woken;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) asleep_q <= 1'b0;
    else         asleep_q <= core_rst_ni && sleeps && !(asleep_q && woken);
  end
  always_ff @(posedge clk_i) begin
    if (!asleep_q) left_q <= wake_q;
    else if (left_q != '0) left_q <= left_q - 32'd1;
  end

  mcu_flash #(.HalfCycles(FlashHalfCycles)) u_flash (
    .clk_i, .rst_ni, .go_i(flash), .stop_i(!core_rst_ni), .four_i(four), .byte_i(data_i[7:0]), .ready_o(flash_ready), .data_o(flash_data),
    .sck_o(flash_sck_o), .mosi_o(flash_mosi_o), .miso_i(flash_miso_i)
  );
  logic [31:0] crc;
  mcu_crc u_crc (
    .clk_i, .begin_i(write && addr == mcu_pkg::CRC), .word_i(write && addr == mcu_pkg::CRC_WORD), .data_i, .crc_o(crc)
  );

  assign flash_cs_no = !select_q;
  assign lock_o      = lock_q;
  assign card_line_o = card_line_q;

  // ---- Words.

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycles_q <= '0;
      select_q <= 1'b0;
      kept_q   <= '0;
      lock_q   <= '0;
      card_line_q <= '0;
    end else begin
      cycles_q <= cycles_q + 64'd1;
      if (!core_rst_ni) select_q <= 1'b0;
      else if (write && addr == mcu_pkg::FLASH_SELECT) select_q <= data_i[0];
      if (!core_rst_ni) lock_q <= '0;
      else if (write && addr == mcu_pkg::LOCK && data_i > lock_q) lock_q <= data_i;
      // What is there is in the cache by that number.
      if (write && addr == mcu_pkg::CARD_LINE && card_line_q == '0) card_line_q <= data_i;
      for (int unsigned n = 0; n < 8; n++) begin
        if (write && kept && addr[4:2] == 3'(n)) kept_q[n] <= data_i;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (read && addr == mcu_pkg::CYCLES) high_q <= cycles_q[63:32];
    if (write && addr == mcu_pkg::WAKE) wake_q <= data_i;
  end

  assign ask_restart_o  = write && addr == mcu_pkg::ASK_RESTART && data_i[0];
  assign kick_o         = write && addr == mcu_pkg::WATCHDOG;
  assign kick_cycles_o  = data_i;
  assign random_taken_o = read && addr == mcu_pkg::RANDOM;
  assign clear_o        = write && addr == mcu_pkg::CLEAR;

  always_comb begin
    data_o = '0;
    if (kept) begin
      data_o = kept_q[addr[4:2]];
    end else begin
      case (addr)
        mcu_pkg::CYCLES:        data_o = cycles_q[31:0];
        mcu_pkg::CYCLES + 7'd4: data_o = high_q;
        mcu_pkg::RANDOM:        data_o = random_i;
        mcu_pkg::RESTART:       data_o = restart_i;
        mcu_pkg::WATCHDOG:      data_o = watchdog_i;
        mcu_pkg::SLEEP:         data_o = {31'd0, mail_i};
        mcu_pkg::WAKE:          data_o = wake_q;
        mcu_pkg::DRAM_LINES:    data_o = dram_lines_i;
        mcu_pkg::CLEAR:         data_o = {25'd0, cleared_i};
        mcu_pkg::LOCK:          data_o = lock_q;
        mcu_pkg::CARD_LINE:     data_o = card_line_q;
        mcu_pkg::FLASH_SELECT:  data_o = {31'd0, select_q};
        mcu_pkg::FLASH_BYTE:    data_o = {24'd0, flash_data[31:24]};
        mcu_pkg::FLASH_WORD:    data_o = flash_data;
        mcu_pkg::CRC:           data_o = crc;
        default:                data_o = '0;
      endcase
    end
  end

endmodule
