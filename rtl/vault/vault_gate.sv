// SPDX-License-Identifier: Apache-2.0
//
// Which way a command goes: puts into persistent contents without a limit go to vault_puts,
// where several are under way, everything else to the serial engine. The two are never at
// work at the same time. Commands are begun in the order in which they came, so neither
// way can keep the other one waiting for long; what vault_puts diverts came before. With
// flash, persistent pages are in lists, as ephemeral ones are, and go the serial way.

`include "check.svh"

module vault_gate (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   flash_i,

  input  logic                   command_valid_i,
  output logic                   command_ready_o,
  input  vault_pkg::command_t    command_i,

  output vault_pkg::row_req_t    row_o,
  input  vault_pkg::row_rsp_t    row_i,

  output logic                   put_valid_o,
  input  logic                   put_ready_i,
  output vault_pkg::command_t    put_o,
  output logic [2:0]             order_o,
  input  logic                   puts_empty_i,
  input  logic                   divert_valid_i,
  input  vault_pkg::command_t    divert_i,
  input  vault_puts_pkg::tried_e tried_i,
  output logic                   diverted_o,

  // The serial engine: works from serial_o until done.
  output logic                   serial_o,
  output vault_pkg::command_t    command_o,
  output vault_puts_pkg::tried_e tried_o,
  input  logic                   done_i,

  output logic                   waits_drained_o
);

  typedef enum logic [1:0] {EMPTY, ROW, FAST, SLOW} front_e;
  front_e                 front_q;
  vault_pkg::command_t    next_q, command_q;
  vault_puts_pkg::tried_e tried_q;
  logic [2:0]             order_q;
  logic                   serial_q, diverted_q, start_divert, start_slow, fast, divert_q;

  assign fast         = row_i.row.in_use && !row_i.row.dead && !row_i.row.ephemeral && row_i.row.limit == '0 && !flash_i;
  // The table of contents is read at no time at which the serial engine may change it.
  assign start_divert = !serial_q && front_q != ROW && divert_q;
  assign start_slow   = !serial_q && front_q == SLOW && puts_empty_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      front_q    <= EMPTY;
      serial_q   <= 1'b0;
      diverted_q <= 1'b0;
      divert_q   <= 1'b0;
    end else begin
      // It is so until it was diverted; to find it out takes long.
      divert_q <= divert_valid_i && !diverted_o;
      case (front_q)
        EMPTY: if (command_valid_i && !serial_q && !start_divert) begin
          front_q <= command_i.op == vault_pkg::OP_PUT ? ROW : SLOW;
        end
        ROW:     if (row_i.done) front_q <= fast ? FAST : SLOW;
        FAST:    if (put_ready_i) front_q <= EMPTY;
        default: if (start_slow) front_q <= EMPTY;
      endcase
      if (start_divert || start_slow) serial_q <= 1'b1;
      else if (done_i)                serial_q <= 1'b0;
      if (!serial_q) diverted_q <= start_divert;
    end
  end

  always_ff @(posedge clk_i) begin
    if (front_q == EMPTY) next_q <= command_i;
    if (front_q == ROW && row_i.done) order_q <= row_i.row.order;
    if (!serial_q) begin
      command_q <= divert_q ? divert_i : next_q;
      tried_q   <= divert_q ? tried_i : vault_puts_pkg::TRIED_NOTHING;
    end
  end

  always_comb begin
    row_o = '0;
    if (front_q == ROW) begin
      row_o.valid  = 1'b1;
      row_o.op     = vault_pkg::ROW_READ;
      row_o.number = next_q.contents;
    end
  end

  assign command_ready_o = front_q == EMPTY && !serial_q && !start_divert;
  assign put_valid_o     = front_q == FAST;
  assign put_o           = next_q;
  assign order_o         = order_q;
  assign serial_o        = serial_q;
  assign command_o       = command_q;
  assign tried_o         = tried_q;
  assign diverted_o      = serial_q && diverted_q && done_i;
  assign waits_drained_o = front_q == SLOW && !serial_q && !puts_empty_i;

  logic unused;
  assign unused = &{1'b0, row_i};

  // A diverted put is inside, so these are never at the same time.
  `PAMC_ASSERT(a_one_starts, !(start_divert && start_slow))
  `PAMC_ASSERT(a_diverted_until_done, !divert_q || divert_valid_i)

endmodule
