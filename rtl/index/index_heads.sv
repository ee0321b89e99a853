// SPDX-License-Identifier: Apache-2.0
//
// Reads the first 32 bytes of records: they begin at multiples of 32 bytes, so one line
// has them. As many may be asked for as there are slots.

`include "check.svh"

module index_heads #(
  parameter int unsigned SlotBits = 4
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // Stays as it is.
  input  logic [dram_pkg::LineBits-1:0] base_line_i,

  input  logic                          ask_i,
  input  logic [SlotBits-1:0]           ask_slot_i,
  input  logic [index_pkg::UnitBits-1:0] ask_unit_i,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  // In the order in which they were asked for.
  output logic                          head_valid_o,
  output logic [SlotBits-1:0]           head_slot_o,
  output logic                          head_error_o,
  output logic [255:0]                  head_o
);

  localparam int unsigned Slots     = 1 << SlotBits;
  localparam int unsigned LevelBits = SlotBits + 1;
  localparam int unsigned L         = dram_pkg::LineBits;

  logic                ask_room, wait_room, waits;
  logic [L-1:0]        line;
  logic                half, head_valid_q, head_error_q;
  logic [SlotBits-1:0] slot, head_slot_q;
  logic [255:0]        head_q;
  logic [LevelBits-1:0] asked, waiting;

  lib_fifo #(.Width(L), .Depth(Slots)) u_ask (
    .clk_i, .rst_ni, .in_valid_i(ask_i), .in_ready_o(ask_room),
    .in_data_i(base_line_i + ask_unit_i[L:1]),
    .out_valid_o(req_valid_o), .out_ready_i(req_ready_i), .out_data_o(line), .level_o(asked)
  );
  assign req_o.write = 1'b0;
  assign req_o.line  = line;
  assign req_o.lines = 7'd1;

  lib_fifo #(.Width(SlotBits + 1), .Depth(Slots)) u_wait (
    .clk_i, .rst_ni, .in_valid_i(ask_i), .in_ready_o(wait_room),
    .in_data_i({ask_slot_i, ask_unit_i[0]}),
    .out_valid_o(waits), .out_ready_i(rdata_valid_i), .out_data_o({slot, half}),
    .level_o(waiting)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) head_valid_q <= 1'b0;
    else         head_valid_q <= rdata_valid_i;
  end
  always_ff @(posedge clk_i) begin
    head_slot_q  <= slot;
    head_error_q <= rdata_i.error;
    head_q       <= half ? rdata_i.data[511:256] : rdata_i.data[255:0];
  end
  assign head_valid_o = head_valid_q;
  assign head_slot_o  = head_slot_q;
  assign head_error_o = head_error_q;
  assign head_o       = head_q;

  logic unused;
  assign unused = &{1'b0, asked, waiting, rdata_i.last, ask_unit_i[index_pkg::UnitBits-1:L+1]};

  `PAMC_ASSUME(m_room, !ask_i || (ask_room && wait_room))
  `PAMC_ASSUME(m_line_asked_for, !rdata_valid_i || waits)

endmodule
