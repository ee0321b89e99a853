// SPDX-License-Identifier: Apache-2.0
//
// The way in: everything that changes what a queue pair has to do goes through one
// pipeline, in order, one item a cycle: the host's writes, looks at push slots whose
// entry may have come early, and what the control has to say. So each item is judged
// by a state that all items before it have left, and nothing can fall between.
//
//   cycle 0   accepted; a push slot is read and written
//         1   the slot as it is now -> CRC
//       2-4   CRC32C of all 64 bytes, which is a constant if push_crc is right
//         3   its queue pair is told
//         4   out, to be judged (queue_doorbell.sv)
//
// The pipeline never stops. The host waits for a cycle at a time, in which something else enters,
// and while a queue pair begins.

`include "check.svh"

module queue_intake #(
  parameter int unsigned QueuePairs = 64
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Nothing of the host enters just now.
  input  logic                   hold_i,

  input  logic                   host_valid_i,
  output logic                   host_ready_o,
  input  dma_pkg::host_write_t   host_i,

  // A look at a slot.
  input  logic                   look_valid_i,
  output logic                   look_ready_o,
  input  logic [5:0]             look_qid_i,
  input  logic [4:0]             look_slot_i,

  // Control; goes first.
  input  logic                   control_valid_i,
  input  queue_core_pkg::item_kind_e control_kind_i,
  input  logic [5:0]             control_qid_i,

  // Of the item that is out in the next cycle, its queue pair and line.
  output logic [5:0]             next_qid_o,
  output logic [511:0]           next_line_o,
  output logic                   item_valid_o,
  output queue_core_pkg::item_t  item_o,
  // Of a push slot: its content, and whether push_crc is right.
  output logic [511:0]           line_o,
  output logic                   crc_ok_o
);

  localparam int unsigned QpBits = $clog2(QueuePairs);
  // CRC32C of any message that is followed by its own CRC32C.
  localparam logic [31:0] Residue = 32'h48674bc7;

  assign look_ready_o = !control_valid_i && !hold_i;
  assign host_ready_o = !control_valid_i && !look_valid_i && !hold_i;

  // Dwords of the host's line, if it is not partial: they are written as a whole then, so one byte
  // of each tells.
  logic [15:0] dwords;
  for (genvar i = 0; i < 16; i++) begin : g_dword
    assign dwords[i] = host_i.strb[4*i];
  end

  queue_core_pkg::item_t item_d;
  logic                  valid_d, ours;
  assign ours    = host_i.bar == pamc_pkg::BAR_DB[2:0];
  assign valid_d = control_valid_i || (!hold_i && (look_valid_i || (host_valid_i && ours)));

  always_comb begin
    item_d.kind    = queue_core_pkg::ITEM_HOST;
    item_d.qid     = host_i.line[17:12];
    item_d.line    = host_i.line[11:6];
    item_d.dwords  = dwords;
    item_d.partial = host_i.partial;
    if (control_valid_i || look_valid_i) begin
      item_d.kind    = control_valid_i ? control_kind_i : queue_core_pkg::ITEM_LOOK;
      item_d.qid     = control_valid_i ? control_qid_i : look_qid_i;
      item_d.line    = {1'b1, look_slot_i};
      item_d.dwords  = '0;
      item_d.partial = 1'b0;
    end
  end

  // Cycle 0: the slot.
  logic         slot_write;
  logic [511:0] old_line;
  assign slot_write = host_valid_i && host_ready_o && ours && !host_i.partial && host_i.line[11] &&
                      32'(host_i.line[17:12]) < QueuePairs;

  queue_slots #(.Lines(32 * QueuePairs)) u_slots (
    .clk_i,
    .line_i({item_d.qid[QpBits-1:0], item_d.line[4:0]}),
    .write_i(slot_write ? dwords : 16'd0),
    .data_i(host_i.data),
    .data_o(old_line)
  );

  // Cycles 1 to 4.
  logic                  valid1_q, valid2_q, valid3_q, valid4_q;
  queue_core_pkg::item_t item1_q, item2_q, item3_q, item4_q;
  logic [511:0]          data1_q, line, line2_q, line3_q, line4_q;

  always_comb begin
    for (int i = 0; i < 16; i++) begin
      line[32*i +: 32] = item1_q.dwords[i] ? data1_q[32*i +: 32] : old_line[32*i +: 32];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {valid4_q, valid3_q, valid2_q, valid1_q} <= '0;
    end else begin
      {valid4_q, valid3_q, valid2_q, valid1_q} <= {valid3_q, valid2_q, valid1_q, valid_d};
    end
  end

  always_ff @(posedge clk_i) begin
    item1_q <= item_d;
    item2_q <= item1_q;
    item3_q <= item2_q;
    item4_q <= item3_q;
    data1_q <= host_i.data;
    line2_q <= line;
    line3_q <= line2_q;
    line4_q <= line3_q;
  end

  logic        crc_valid;
  logic [31:0] crc;

  crc32c #(.DataBytes(64)) u_crc (
    .clk_i, .rst_ni,
    .valid_i(valid1_q), .first_i(1'b1), .last_i(1'b1), .data_i(line),
    .valid_o(crc_valid), .crc_o(crc)
  );

  assign next_qid_o   = item3_q.qid;
  assign next_line_o  = line3_q;
  assign item_valid_o = valid4_q;
  assign item_o       = item4_q;
  assign line_o       = line4_q;
  assign crc_ok_o     = crc == Residue;

  logic [15:0] some, all;
  for (genvar i = 0; i < 16; i++) begin : g_whole
    assign some[i] = |host_i.strb[4*i +: 4];
    assign all[i]  = &host_i.strb[4*i +: 4];
  end
  `PAMC_ASSUME(m_partial, !host_valid_i || (some != '0 && host_i.partial == (some != all)))
  `PAMC_ASSERT(a_crc_in_step, crc_valid == valid4_q)

endmodule
