// SPDX-License-Identifier: Apache-2.0
//
// queue_intake loses no write by the host, and makes none up: each that it accepts, to the
// doorbells' BAR, comes out once, four cycles later, with what was written; so do looks, and what
// the control has to say; and in the order in which they entered, as nothing stops the pipeline.
// Whose item comes next is told a cycle before, with its line. The checksum is free here, and any
// one dword of the lines is watched.

`include "check.svh"

module queue_intake_proof (
  input logic                       clk_i,
  input logic                       hold_i,
  input logic                       host_valid_i,
  input dma_pkg::host_write_t       host_i,
  input logic                       look_valid_i,
  input logic [5:0]                 look_qid_i,
  input logic [4:0]                 look_slot_i,
  input logic                       control_valid_i,
  input queue_core_pkg::item_kind_e control_kind_i,
  input logic [5:0]                 control_qid_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                  host_ready, look_ready, item_valid, crc_ok;
  logic [5:0]            next_qid;
  logic [511:0]          next_line, line;
  queue_core_pkg::item_t item;

  queue_intake #(.QueuePairs(2)) dut (
    .clk_i, .rst_ni, .hold_i, .host_valid_i, .host_ready_o(host_ready), .host_i,
    .look_valid_i, .look_ready_o(look_ready), .look_qid_i, .look_slot_i,
    .control_valid_i, .control_kind_i, .control_qid_i,
    .next_qid_o(next_qid), .next_line_o(next_line), .item_valid_o(item_valid), .item_o(item), .line_o(line),
    .crc_ok_o(crc_ok)
  );

  // At most one enters in a cycle.
  logic host, look;
  assign host = host_valid_i && host_ready && host_i.bar == pamc_pkg::BAR_DB[2:0];
  assign look = look_valid_i && look_ready;
  `PAMC_ASSERT(a_one, 2'(host) + 2'(look) + 2'(control_valid_i) <= 2'd1)
  // Nobody waits without a reason.
  `PAMC_ASSERT(a_host_ready, host_ready == !(control_valid_i || look_valid_i || hold_i))
  `PAMC_ASSERT(a_look_ready, look_ready == !(control_valid_i || hold_i))

  (* anyconst *) logic [3:0] watch;
  logic [31:0] dword_in, dword_out, dword_next, dword_next_q;
  assign dword_in   = host_i.data[32*watch +: 32];
  assign dword_out  = line[32*watch +: 32];
  assign dword_next = next_line[32*watch +: 32];

  // What entered one to four cycles ago.
  queue_core_pkg::item_t entered, entered_q, entered2_q, entered3_q, entered4_q;
  logic [31:0]           data_q, data2_q, data3_q, data4_q;
  logic [3:0]            valid_q = '0;
  always_comb begin
    entered.kind    = host ? queue_core_pkg::ITEM_HOST : look ? queue_core_pkg::ITEM_LOOK : control_kind_i;
    entered.qid     = host ? host_i.line[17:12] : look ? look_qid_i : control_qid_i;
    entered.line    = host ? host_i.line[11:6] : {1'b1, look_slot_i};
    entered.partial = host && host_i.partial;
    for (int i = 0; i < 16; i++) entered.dwords[i] = host && host_i.strb[4*i];
  end
  always_ff @(posedge clk_i) begin
    valid_q    <= {valid_q[2:0], rst_ni && (host || look || control_valid_i)};
    entered_q  <= entered;
    entered2_q <= entered_q;
    entered3_q <= entered2_q;
    entered4_q <= entered3_q;
    data_q     <= dword_in;
    data2_q    <= data_q;
    data3_q    <= data2_q;
    data4_q    <= data3_q;
  end

  // Comes out: the item, and what it wrote.
  logic told;
  assign told = valid_q[3] && entered4_q.kind != queue_core_pkg::ITEM_CREATE && entered4_q.kind != queue_core_pkg::ITEM_DELETE &&
                entered4_q.kind != queue_core_pkg::ITEM_ABORT && entered4_q.kind != queue_core_pkg::ITEM_POLL;
  `PAMC_ASSERT(a_once, item_valid == valid_q[3])
  `PAMC_ASSERT(a_kind, !valid_q[3] || (item.kind == entered4_q.kind && item.qid == entered4_q.qid &&
               item.dwords == entered4_q.dwords && item.partial == entered4_q.partial))
  `PAMC_ASSERT(a_line, !told || item.line == entered4_q.line)
  `PAMC_ASSERT(a_written, !valid_q[3] || !entered4_q.dwords[watch] || dword_out == data4_q)
  // As was told.
  logic [5:0]   next_qid_q;
  always_ff @(posedge clk_i) begin
    next_qid_q  <= next_qid;
    dword_next_q <= dword_next;
  end
  `PAMC_ASSERT(a_next, !valid_q[3] || (item.qid == next_qid_q && dword_out == dword_next_q))

  // For induction.
  (* hierconn *) wire        \dut.valid1_q ;
  (* hierconn *) wire [31:0] \dut.item1_q ;
  (* hierconn *) wire        \dut.valid2_q ;
  (* hierconn *) wire [31:0] \dut.item2_q ;
  (* hierconn *) wire        \dut.valid3_q ;
  (* hierconn *) wire [31:0] \dut.item3_q ;
  (* hierconn *) wire        \dut.valid4_q ;
  (* hierconn *) wire [31:0] \dut.item4_q ;
  (* hierconn *) wire [511:0] \dut.data1_q ;
  (* hierconn *) wire [511:0] \dut.line2_q ;
  (* hierconn *) wire [511:0] \dut.line3_q ;
  `PAMC_ASSERT(i_valid, valid_q == {\dut.valid4_q , \dut.valid3_q , \dut.valid2_q , \dut.valid1_q })
  logic [511:0] line2, line3, data1;
  assign data1 = \dut.data1_q ;
  assign line2 = \dut.line2_q ;
  assign line3 = \dut.line3_q ;
  function automatic logic same(input queue_core_pkg::item_t is, input queue_core_pkg::item_t was);
    same = is.kind == was.kind && is.qid == was.qid && is.dwords == was.dwords && is.partial == was.partial &&
           (is.line == was.line || (was.kind != queue_core_pkg::ITEM_HOST && was.kind != queue_core_pkg::ITEM_LOOK));
  endfunction
  `PAMC_ASSERT(i_first, !valid_q[0] || (same(\dut.item1_q , entered_q) && data1[32*watch +: 32] == data_q))
  `PAMC_ASSERT(i_second, !valid_q[1] || (same(\dut.item2_q , entered2_q) && (!entered2_q.dwords[watch] || line2[32*watch +: 32] == data2_q)))
  `PAMC_ASSERT(i_third, !valid_q[2] || (same(\dut.item3_q , entered3_q) && (!entered3_q.dwords[watch] || line3[32*watch +: 32] == data3_q)))

  `PAMC_COVER(c_out, item_valid && item.kind == queue_core_pkg::ITEM_HOST && item.dwords == 16'd5)

endmodule
