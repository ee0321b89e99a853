// SPDX-License-Identifier: Apache-2.0
//
// Cuts read requests into packets of at most the maximum read request size, each with a
// tag of its own, and sends them to RQ. A packet that may not be sent, because the card
// is no bus master, goes to abort_* instead and ends like one that failed.
//
// A packet leaves only when its completions have room in the hard block: at most
// MaxLines lines are on their way.

`include "check.svh"

module pcie_read_issue #(
  parameter int unsigned Tags = 64,
  parameter int unsigned Slots = 64,
  parameter int unsigned MaxLines = 512,
  // Derived, not to be set.
  parameter int unsigned TagBits = $clog2(Tags),
  parameter int unsigned SlotBits = $clog2(Slots)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  bus_master_i,
  // 128 << n bytes.
  input  logic [2:0]            max_read_req_i,

  input  logic                  req_valid_i,
  output logic                  req_ready_o,
  input  dma_pkg::read_req_t    req_i,

  // Places of requests and tags of packets.
  input  logic                  slot_valid_i,
  output logic                  slot_ready_o,
  input  logic [SlotBits-1:0]   slot_i,
  input  logic                  tag_valid_i,
  output logic                  tag_ready_o,
  input  logic [TagBits-1:0]    tag_i,

  // A request came: its place, what it is called, how many packets it is.
  output logic                  open_valid_o,
  output logic [SlotBits-1:0]   open_slot_o,
  output logic [dma_pkg::TagBits-1:0] open_name_o,
  output logic [5:0]            open_packets_o,

  // A packet is about to leave.
  output logic                  issue_valid_o,
  output logic [TagBits-1:0]    issue_tag_o,
  output pcie_pkg::read_info_t  issue_info_o,
  input  logic [31:0]           now_i,

  // A packet ended that had so many lines.
  input  logic                  return_valid_i,
  input  logic [6:0]            return_lines_i,

  output logic                  rq_valid_o,
  input  logic                  rq_ready_i,
  output pcie_pkg::rq_beat_t    rq_o,

  output logic                  abort_valid_o,
  input  logic                  abort_ready_i,
  output logic [TagBits-1:0]    abort_tag_o,

  // Waits for a tag or for room.
  output logic                  starved_o,
  output logic                  idle_o
);

  `PAMC_PARAM(g_max_lines, MaxLines >= 64 && MaxLines < 4096)

  // The request at work.
  logic                active_q, probe_q;
  logic [63:6]         line_q;
  logic [6:0]          left_q;
  logic [5:0]          offset_q;
  logic [SlotBits-1:0] slot_q;

  logic accept;
  assign req_ready_o  = !active_q && slot_valid_i;
  assign accept       = req_valid_i && req_ready_o;
  assign slot_ready_o = accept;

  // 2 << n lines a packet, at most 64. The setting is heard a cycle later, ready for use.
  logic [2:0] size, size_q;
  logic [6:0] now_most_q, most_q, left;
  logic [5:0] round_q, packets;
  assign size    = max_read_req_i > 3'd5 ? 3'd5 : max_read_req_i;
  assign packets = 6'((8'(req_i.lines) + 8'(round_q)) >> (4'(size_q) + 4'd1));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      size_q     <= '0;
      now_most_q <= 7'd2;
      round_q    <= 6'd1;
    end else begin
      size_q     <= size;
      now_most_q <= 7'd2 << size;
      round_q    <= 6'((7'd2 << size) - 7'd1);
    end
  end

  logic                        open_q;
  logic [dma_pkg::TagBits-1:0] open_name_q;
  logic [5:0]                  open_packets_q;

  // The packet that leaves: its lines, and whether it is the last, are there before it.
  logic       out_valid_q, out_abort_q, out_free, issue;
  logic [6:0] lines_q;
  logic       last_q;
  // Lines that may still leave.
  logic [11:0] space_q;
  logic        room;
  assign left     = left_q - lines_q;
  assign out_free = !out_valid_q || (out_abort_q ? abort_ready_i : rq_ready_i);
  assign room     = space_q >= 12'(lines_q);
  assign issue    = active_q && out_free && tag_valid_i && room;
  assign tag_ready_o = issue;

  logic [63:6]        out_line_q;
  logic [6:0]         out_lines_q;
  logic               out_probe_q;
  logic [TagBits-1:0] out_tag_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      out_valid_q <= 1'b0;
      out_abort_q <= 1'b0;
      open_q      <= 1'b0;
      space_q     <= 12'(MaxLines);
    end else begin
      if (accept) active_q <= 1'b1;
      else if (issue && last_q) active_q <= 1'b0;
      open_q <= accept;
      if (out_free) out_valid_q <= issue;
      if (out_free) out_abort_q <= !bus_master_i;
      space_q <= space_q + (return_valid_i ? 12'(return_lines_i) : 12'd0) - (issue ? 12'(lines_q) : 12'd0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      probe_q        <= req_i.probe;
      line_q         <= req_i.line;
      left_q         <= req_i.lines;
      last_q         <= req_i.lines <= now_most_q;
      lines_q        <= req_i.lines <= now_most_q ? req_i.lines : now_most_q;
      most_q         <= now_most_q;
      offset_q       <= '0;
      slot_q         <= slot_i;
      open_name_q    <= req_i.tag;
      open_packets_q <= packets;
    end else if (issue) begin
      line_q   <= line_q + 58'(lines_q);
      left_q   <= left;
      last_q   <= left <= most_q;
      lines_q  <= left <= most_q ? left : most_q;
      offset_q <= offset_q + lines_q[5:0];
    end
    if (out_free) begin
      out_line_q  <= line_q;
      out_lines_q <= lines_q;
      out_probe_q <= probe_q;
      out_tag_q   <= tag_i;
    end
  end

  assign open_valid_o   = open_q;
  assign open_slot_o    = slot_q;
  assign open_name_o    = open_name_q;
  assign open_packets_o = open_packets_q;

  assign issue_valid_o = issue;
  assign issue_tag_o   = tag_i;
  assign issue_info_o.probe   = probe_q;
  assign issue_info_o.slot    = 6'(slot_q);
  assign issue_info_o.offset_end = offset_q + lines_q[5:0];
  assign issue_info_o.lines      = lines_q;
  assign issue_info_o.line_end   = line_q[11:6] + lines_q[5:0];
  assign issue_info_o.started = now_i;

  // A probe is the read of one dword of which no byte is wanted.
  pcie_pkg::rq_desc_t desc;
  always_comb begin
    desc          = '0;
    desc.req_type = pcie_pkg::REQ_MEM_READ;
    desc.address  = {out_line_q, 4'd0};
    desc.dwords   = out_probe_q ? 11'd1 : {out_lines_q, 4'd0};
    desc.tag      = 8'(out_tag_q);
  end

  assign rq_valid_o    = out_valid_q && !out_abort_q;
  assign rq_o.first    = 1'b1;
  assign rq_o.last     = 1'b1;
  assign rq_o.first_be = out_probe_q ? 4'h0 : 4'hf;
  assign rq_o.last_be  = out_probe_q ? 4'h0 : 4'hf;
  assign rq_o.dwords   = 5'd4;
  assign rq_o.data     = {384'd0, desc};

  assign abort_valid_o = out_valid_q && out_abort_q;
  assign abort_tag_o   = out_tag_q;

  assign starved_o = active_q && out_free && !(tag_valid_i && room);
  assign idle_o    = !active_q && !out_valid_q;

  `PAMC_ASSUME(m_lines, !req_valid_i || (req_i.lines != '0 && 8'(req_i.line[11:6]) + 8'(req_i.lines) <= 8'd64))
  `PAMC_ASSUME(m_probe, !req_valid_i || !req_i.probe || req_i.lines == 7'd1)
  `PAMC_ASSERT(a_space, 32'(space_q) <= MaxLines)
  `PAMC_ASSERT(a_returns, !return_valid_i || 32'(space_q) + 32'(return_lines_i) <= MaxLines)

endmodule
