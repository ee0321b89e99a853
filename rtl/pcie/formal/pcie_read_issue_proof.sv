// SPDX-License-Identifier: Apache-2.0
//
// pcie_read_issue asks for each line of a request once, in order, in packets none of which
// crosses 4 KiB nor is longer than the host allowed when the request was taken; there are as
// many as it told before. Each packet takes a tag, and no tag is taken without; it is sent, or
// ends as one that was not, once. No more lines are on their way than have room, and what can
// go goes at once. Offers stand.

`include "check.svh"

module pcie_read_issue_proof #(
  parameter int unsigned MaxLines = 512
) (
  input logic        clk_i,
  input logic        bus_master_i,
  input logic [2:0]  max_read_req_i,
  input logic        req_valid_i,
  input logic [dma_pkg::ReadReqBits-1:0] req_i,
  input logic        slot_valid_i,
  input logic [5:0]  slot_i,
  input logic        tag_valid_i,
  input logic [5:0]  tag_i,
  input logic [31:0] now_i,
  input logic        return_valid_i,
  input logic [6:0]  return_lines_i,
  input logic        rq_ready_i,
  input logic        abort_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                 req_ready, slot_ready, tag_ready, opens, issue, rq_valid, abort_valid, starved, idle;
  logic [5:0]           open_slot, open_packets, issue_tag, abort_tag;
  logic [dma_pkg::TagBits-1:0] open_name;
  dma_pkg::read_req_t   req;
  pcie_pkg::read_info_t info;
  pcie_pkg::rq_beat_t   rq;
  pcie_pkg::rq_desc_t   desc;
  assign req  = req_i;
  assign desc = rq.data[127:0];

  pcie_read_issue #(.Tags(64), .Slots(64), .MaxLines(MaxLines)) dut (
    .clk_i, .rst_ni, .bus_master_i, .max_read_req_i, .req_valid_i, .req_ready_o(req_ready), .req_i(req),
    .slot_valid_i, .slot_ready_o(slot_ready), .slot_i, .tag_valid_i, .tag_ready_o(tag_ready), .tag_i,
    .open_valid_o(opens), .open_slot_o(open_slot), .open_name_o(open_name), .open_packets_o(open_packets),
    .issue_valid_o(issue), .issue_tag_o(issue_tag), .issue_info_o(info), .now_i, .return_valid_i, .return_lines_i,
    .rq_valid_o(rq_valid), .rq_ready_i, .rq_o(rq),
    .abort_valid_o(abort_valid), .abort_ready_i, .abort_tag_o(abort_tag), .starved_o(starved), .idle_o(idle)
  );

  // ---- The request at work: what it asks for yet.

  logic        takes;
  logic        probe_q;
  logic [63:6] line_q;
  logic [6:0]  left_q = '0, lines_q, most, most_q = 7'd2, may_q;
  logic [5:0]  slot_q, came_q, told_q, told, sent_q;
  logic [dma_pkg::TagBits-1:0] name_q;
  assign takes = req_valid_i && req_ready;
  // Of the setting of a cycle ago.
  assign most = max_read_req_i == 3'd0 ? 7'd2 : max_read_req_i == 3'd1 ? 7'd4 : max_read_req_i == 3'd2 ? 7'd8 :
                max_read_req_i == 3'd3 ? 7'd16 : max_read_req_i == 3'd4 ? 7'd32 : 7'd64;
  assign told = opens ? open_packets : told_q;

  // The packet that leaves; lines on their way.
  logic        out_q = 1'b0, leaves, out_probe_q, out_master_q;
  logic [63:6] out_line_q;
  logic [6:0]  out_lines_q;
  logic [5:0]  out_tag_q;
  logic [11:0] away_q = '0;
  assign leaves = (rq_valid && rq_ready_i) || (abort_valid && abort_ready_i);
  `PAMC_ASSUME(m_returns, !return_valid_i || 12'(return_lines_i) <= away_q)

  logic opened_q = 1'b0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q   <= '0;
      out_q    <= 1'b0;
      away_q   <= '0;
      most_q   <= 7'd2;
      opened_q <= 1'b0;
    end else begin
      opened_q <= takes;
      most_q   <= most;
      told_q   <= told;
      if (takes) begin
        {probe_q, line_q, left_q, name_q} <= req;
        slot_q <= slot_i;
        may_q  <= most_q;
        came_q <= '0;
        sent_q <= '0;
      end else if (issue) begin
        line_q <= line_q + 58'(info.lines);
        left_q <= left_q - info.lines;
        came_q <= came_q + info.lines[5:0];
        sent_q <= sent_q + 6'd1;
      end
      out_q  <= issue || (out_q && !leaves);
      away_q <= away_q + (issue ? 12'(info.lines) : 12'd0) - (return_valid_i ? 12'(return_lines_i) : 12'd0);
      if (issue) begin
        out_probe_q  <= probe_q;
        out_master_q <= bus_master_i;
        out_line_q   <= line_q;
        out_lines_q  <= info.lines;
        out_tag_q    <= tag_i;
      end
    end
  end

  // ---- Each line once, none else.

  logic last;
  assign last = info.lines == left_q;
  `PAMC_ASSERT(a_takes, slot_ready == takes && (!takes || (slot_valid_i && left_q == '0)))
  `PAMC_ASSERT(a_opens, opens == opened_q && (!opens || (open_slot == slot_q && open_name == name_q && open_packets != '0)))
  `PAMC_ASSERT(a_lines, !issue || (info.lines != '0 && info.lines <= left_q && info.lines <= may_q))
  `PAMC_ASSERT(a_in_4k, !issue || 8'(line_q[11:6]) + 8'(info.lines) <= 8'd64)
  `PAMC_ASSERT(a_packets, !issue || last == (sent_q + 6'd1 == told))
  `PAMC_ASSERT(a_tag, tag_ready == issue && (!issue || (tag_valid_i && issue_tag == tag_i)))
  `PAMC_ASSERT(a_info, !issue || (info.probe == probe_q && info.slot == slot_q && info.started == now_i &&
               info.offset_end == came_q + info.lines[5:0] && info.line_end == line_q[11:6] + info.lines[5:0]))
  `PAMC_ASSERT(a_room, 32'(away_q) <= MaxLines)

  // ---- The packet, sent or not: once.

  `PAMC_ASSERT(a_out, (rq_valid || abort_valid) == out_q && !(rq_valid && abort_valid) && (!issue || !out_q || leaves))
  `PAMC_ASSERT(a_master, !out_q || rq_valid == out_master_q)
  `PAMC_ASSERT(a_abort, !abort_valid || abort_tag == out_tag_q)
  `PAMC_ASSERT(a_beat, !rq_valid || (rq.first && rq.last && rq.dwords == 5'd4))
  `PAMC_ASSERT(a_packet, !rq_valid || (desc.req_type == pcie_pkg::REQ_MEM_READ && desc.tag == 8'(out_tag_q) && desc.address == {out_line_q, 4'd0} &&
               {desc.force_ecrc, desc.attr, desc.tc, desc.requester_id_enable, desc.completer_id, desc.requester_id, desc.poisoned, desc.address_type} == '0))
  // A probe wants no byte of one dword.
  `PAMC_ASSERT(a_length, !rq_valid || (out_probe_q ? desc.dwords == 11'd1 && rq.first_be == '0 && rq.last_be == '0 :
               desc.dwords == 11'(out_lines_q) * 11'd16 && rq.first_be == '1 && rq.last_be == '1))

  logic               rq_waits_q = 1'b0, abort_waits_q = 1'b0;
  pcie_pkg::rq_beat_t rq_q;
  logic [5:0]         abort_tag_q;
  always_ff @(posedge clk_i) begin
    rq_waits_q    <= rst_ni && rq_valid && !rq_ready_i;
    abort_waits_q <= rst_ni && abort_valid && !abort_ready_i;
    rq_q          <= rq;
    abort_tag_q   <= abort_tag;
  end
  `PAMC_ASSERT(a_rq_stands, !rq_waits_q || (rq_valid && rq == rq_q))
  `PAMC_ASSERT(a_abort_stands, !abort_waits_q || (abort_valid && abort_tag == abort_tag_q))

  // ---- What can go goes.

  logic [6:0] next;
  logic       free, room;
  assign next = left_q < may_q ? left_q : may_q;
  assign free = !out_q || leaves;
  assign room = 32'(away_q) + 32'(next) <= MaxLines;
  `PAMC_ASSERT(a_goes, issue == (left_q != '0 && free && tag_valid_i && room))
  `PAMC_ASSERT(a_starved, starved == (left_q != '0 && free && !(tag_valid_i && room)))
  `PAMC_ASSERT(a_comes, left_q != '0 || !slot_valid_i || req_ready)
  `PAMC_ASSERT(a_idle, idle == (left_q == '0 && !out_q))

  // ---- For induction.

  (* hierconn *) wire        \dut.active_q ;
  (* hierconn *) wire        \dut.probe_q ;
  (* hierconn *) wire [57:0] \dut.line_q ;
  (* hierconn *) wire [6:0]  \dut.left_q ;
  (* hierconn *) wire [6:0]  \dut.lines_q ;
  (* hierconn *) wire [6:0]  \dut.most_q ;
  (* hierconn *) wire [6:0]  \dut.now_most_q ;
  (* hierconn *) wire [5:0]  \dut.round_q ;
  (* hierconn *) wire [2:0]  \dut.size_q ;
  (* hierconn *) wire        \dut.last_q ;
  (* hierconn *) wire [5:0]  \dut.offset_q ;
  (* hierconn *) wire [5:0]  \dut.slot_q ;
  (* hierconn *) wire [11:0] \dut.space_q ;
  (* hierconn *) wire        \dut.out_probe_q ;
  (* hierconn *) wire [57:0] \dut.out_line_q ;
  (* hierconn *) wire [6:0]  \dut.out_lines_q ;
  (* hierconn *) wire [5:0]  \dut.out_tag_q ;
  `PAMC_ASSERT(i_most, \dut.size_q <= 3'd5 && \dut.now_most_q == most_q && most_q == 7'd2 << \dut.size_q && \dut.round_q == 6'(most_q - 7'd1))
  `PAMC_ASSERT(i_active, \dut.active_q == (left_q != '0) && left_q <= 7'd64)
  `PAMC_ASSERT(i_request, left_q == '0 || (\dut.probe_q == probe_q && \dut.line_q == line_q && \dut.left_q == left_q && \dut.lines_q == next &&
               \dut.last_q == (left_q <= may_q) && \dut.offset_q == came_q && \dut.most_q == may_q))
  `PAMC_ASSERT(i_slot, !(opened_q || left_q != '0) || \dut.slot_q == slot_q)
  `PAMC_ASSERT(i_may, left_q == '0 || (may_q >= 7'd2 && may_q <= 7'd64 && (may_q & (may_q - 7'd1)) == '0 && 8'(line_q[11:6]) + 8'(left_q) <= 8'd64))
  logic [5:0] togo;  // packets
  always_comb begin
    togo = '0;
    for (int n = 1; n <= 6; n++) if (may_q == 7'd1 << n) togo = 6'((left_q + may_q - 7'd1) >> n);
  end
  `PAMC_ASSERT(i_packets, left_q == '0 || told == sent_q + togo)
  `PAMC_ASSERT(i_fresh, !opened_q || (sent_q == '0 && left_q != '0))
  `PAMC_ASSERT(i_space, 32'(\dut.space_q ) + 32'(away_q) == MaxLines)
  `PAMC_ASSERT(i_out, !out_q || (\dut.out_probe_q == out_probe_q && \dut.out_line_q == out_line_q && \dut.out_lines_q == out_lines_q && \dut.out_tag_q == out_tag_q))

  // A request of several packets, the last of them shorter; one behind the other; one not sent.
  logic aborted_q = 1'b0, full_q = 1'b0;
  always_ff @(posedge clk_i) begin
    aborted_q <= rst_ni && (aborted_q || (abort_valid && abort_ready_i));
    full_q    <= rst_ni && (full_q || (starved && tag_valid_i));
  end
  `PAMC_COVER(c_three, issue && last && sent_q == 6'd2 && info.lines == 7'd3 && leaves)
  `PAMC_COVER(c_page, issue && last && may_q == 7'd64 && info.lines == 7'd64)
  `PAMC_COVER(c_probe, rq_valid && out_probe_q && aborted_q)
  `PAMC_COVER(c_room, issue && full_q)

endmodule
