// SPDX-License-Identifier: Apache-2.0
//
// Whatever the host sends, and whenever a clock runs out: a read packet ends exactly once,
// its tag comes back exactly once and is lost nowhere, a request has one last answer, behind
// the ends of all its packets, and the lines of a packet that ended well are all of them,
// each once, in order.
//
// Completions, events and times are free. Owed by the surroundings are only numbers: a tag
// and a slot are used by one at a time, and no more packets are sent than were told.

`include "check.svh"

module pcie_read_return_proof #(
  parameter int unsigned Tags = 2,
  parameter int unsigned Slots = 2,
  parameter int unsigned MaxPackets = 2
) (
  input logic                     clk_i,
  input logic [31:0]              late_i,
  input logic [31:0]              over_i,
  input logic [31:0]              now_i,
  input logic                     rc_valid_i,
  input logic [511:0]             rc_data_i,
  input logic                     rc_last_i,
  input logic                     rc_discontinue_i,
  input logic                     event_valid_i,
  input logic [1:0]               event_i,
  input logic [$clog2(Tags)-1:0]  event_tag_i,
  input logic                     open_valid_i,
  input logic [$clog2(Slots)-1:0] open_slot_i,
  input logic [5:0]               open_packets_i,
  input logic                     issue_valid_i,
  input logic [$clog2(Tags)-1:0]  issue_tag_i,
  input logic [$clog2(Slots)-1:0] issue_slot_i,
  input logic [5:0]               issue_offset_end_i,
  input logic [6:0]               issue_lines_i,
  input logic [5:0]               issue_line_end_i,
  input logic                     issue_probe_i
);

  // Numbers are proved for ever, lines for some cycles. (By a macro: Yosys fails to set a
  // parameter here.)
`ifdef READ_RETURN_NUMBERS
  localparam bit Lines = 1'b0;
`else
  localparam bit Lines = 1'b1;
`endif
  localparam int unsigned TagBits = $clog2(Tags);
  localparam int unsigned SlotBits = $clog2(Slots);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  pcie_pkg::read_info_t  info;
  pcie_pkg::read_event_e what, by;
  assign info = {issue_probe_i, 6'(issue_slot_i), issue_offset_end_i, issue_lines_i, issue_line_end_i, now_i};
  assign what = event_i;

  logic                rc_ready, event_ready, tag_put, slot_put, return_valid, rsp_valid, ended, ended_error, stray, expired;
  logic [Tags-1:0]     busy, quarantine;
  logic [TagBits-1:0]  tag;
  logic [SlotBits-1:0] slot;
  logic [6:0]          return_lines;
  logic [31:0]         latency;
  dma_pkg::read_rsp_t  rsp;

  pcie_read_return #(.Tags(Tags), .Slots(Slots)) dut (
    .clk_i, .rst_ni, .late_i, .over_i, .now_i,
    .rc_valid_i, .rc_ready_o(rc_ready), .rc_data_i, .rc_last_i, .rc_discontinue_i,
    .event_valid_i, .event_ready_o(event_ready), .event_i(what), .event_tag_i,
    .open_valid_i, .open_slot_i, .open_name_i('0), .open_packets_i,
    .issue_valid_i, .issue_tag_i, .issue_info_i(info), .busy_o(busy), .quarantine_o(quarantine),
    .tag_put_o(tag_put), .tag_o(tag), .slot_put_o(slot_put), .slot_o(slot),
    .return_valid_o(return_valid), .return_lines_o(return_lines), .rsp_valid_o(rsp_valid), .rsp_o(rsp),
    .ended_o(ended), .ended_latency_o(latency), .ended_error_o(ended_error), .ended_by_o(by), .stray_o(stray), .expired_o(expired)
  );

  // ---- Who has which number.

  logic [Tags-1:0]  held_q = '0;   // given out, not back
  logic [Tags-1:0]  out_q = '0;    // sent, not ended
  logic [Slots-1:0] open_q = '0;   // given out, not back
  logic [Slots-1:0][5:0] unsent_q, unended_q;
  logic [SlotBits-1:0] slot_q [Tags];

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (tag_put) held_q[tag] <= 1'b0;
      if (issue_valid_i) held_q[issue_tag_i] <= 1'b1;
      if (ended) out_q[tag] <= 1'b0;
      if (issue_valid_i) out_q[issue_tag_i] <= 1'b1;
      if (slot_put) open_q[slot] <= 1'b0;
      if (open_valid_i) open_q[open_slot_i] <= 1'b1;
      for (int n = 0; n < int'(Slots); n++) begin
        if (open_valid_i && open_slot_i == SlotBits'(n)) begin
          unsent_q[n]  <= open_packets_i;
          unended_q[n] <= open_packets_i;
        end else begin
          if (issue_valid_i && issue_slot_i == SlotBits'(n)) unsent_q[n] <= unsent_q[n] - 6'd1;
          if (ended && slot_q[tag] == SlotBits'(n)) unended_q[n] <= unended_q[n] - 6'd1;
        end
      end
      if (issue_valid_i) slot_q[issue_tag_i] <= issue_slot_i;
    end
  end

  `PAMC_ASSUME(m_open, !open_valid_i || (!open_q[open_slot_i] && open_packets_i != '0 && 32'(open_packets_i) <= MaxPackets))
  `PAMC_ASSUME(m_issue, !issue_valid_i || (!held_q[issue_tag_i] && open_q[issue_slot_i] && unsent_q[issue_slot_i] != '0))
  `PAMC_ASSUME(m_lines, !issue_valid_i || (issue_lines_i != '0 && issue_lines_i <= 7'd64 && (!issue_probe_i || issue_lines_i == 7'd1)))
  `PAMC_ASSUME(m_event, !event_valid_i || what != pcie_pkg::EV_COMPLETION)

  // ---- Ends and tags.

  `PAMC_ASSERT(a_end_once, !ended || out_q[tag])
  `PAMC_ASSERT(a_back_once, !tag_put || held_q[tag])
  `PAMC_ASSERT(a_back_after_end, !tag_put || !out_q[tag] || ended)
  `PAMC_ASSERT(a_lines_back, return_valid == ended)
  logic [Tags-1:0] going, ending;
  assign going  = tag_put ? Tags'(1) << tag : '0;
  assign ending = ended ? Tags'(1) << tag : '0;
  `PAMC_ASSERT(a_out, out_q == (busy | ending) && (busy & ending) == '0)
  `PAMC_ASSERT(a_none_lost, held_q == (busy | quarantine | going))
  `PAMC_ASSERT(a_one_place, (busy & quarantine) == '0 && (busy & going) == '0 && (quarantine & going) == '0)

  // ---- Requests.

  `PAMC_ASSERT(a_last, (rsp_valid && rsp.last) == slot_put)
  `PAMC_ASSERT(a_slot_once, !slot_put || open_q[slot])
  `PAMC_ASSERT(a_slot_all, !slot_put || (unsent_q[slot] == '0 && unended_q[slot] == '0))

  // ---- For induction: how many ends a request is to have.

  logic [Slots-1:0][1:0] outs;
  always_comb begin
    outs = '0;
    for (int t = 0; t < int'(Tags); t++)
      for (int n = 0; n < int'(Slots); n++)
        if (out_q[t] && slot_q[t] == SlotBits'(n)) outs[n] = outs[n] + 2'd1;
  end
  logic [Slots-1:0][5:0] total_q;
  always_ff @(posedge clk_i) if (open_valid_i) total_q[open_slot_i] <= open_packets_i;
  (* hierconn *) wire [Slots-1:0] \dut.open_q ;
  (* hierconn *) wire [6*Slots-1:0] \dut.all_packets ;
  (* hierconn *) wire [6*Slots-1:0] \dut.all_ended ;
  logic [Slots-1:0][5:0] all_packets, all_ended;
  assign all_packets = \dut.all_packets ;
  assign all_ended   = \dut.all_ended ;
  logic [Slots-1:0] right;
  always_comb begin
    for (int n = 0; n < int'(Slots); n++)
      right[n] = open_q[n] ? unended_q[n] == unsent_q[n] + 6'(outs[n]) && unended_q[n] <= total_q[n] && unsent_q[n] <= total_q[n] &&
                             total_q[n] != '0 &&
                             32'(total_q[n]) <= MaxPackets && (unended_q[n] == '0) == (slot_put && slot == SlotBits'(n)) &&
                             all_packets[n] == total_q[n] && all_ended[n] + unended_q[n] == total_q[n]
                           : outs[n] == '0;
  end
  `PAMC_ASSERT(i_ends, right == '1)

  // What the pipeline knows of a tag (the first fields of look_t and context_t) is still so,
  // and between two beats of a completion it stays so.
  (* hierconn *) wire [99:0] \dut.look_q ;
  (* hierconn *) wire [71:0] \dut.kept_q ;
  (* hierconn *) wire        \dut.mid_q ;
  (* hierconn *) wire        \dut.beat_q ;
  (* hierconn *) wire        \dut.first_q ;
  (* hierconn *) wire        \dut.last_q ;
  logic look_beat, look_first, look_last, look_busy, look_quarantine, kept_busy, kept_quarantine, kept_known, kept_release;
  logic [TagBits-1:0] look_tag, kept_tag;
  logic [SlotBits-1:0] look_slot, kept_slot, end_slot;
  (* hierconn *) wire [SlotBits-1:0] \dut.slot_q ;
  (* hierconn *) wire [58*Tags-1:0] \dut.all_infos ;
  logic [Tags-1:0][57:0] all_infos;
  logic [Tags-1:0] info_right;
  assign look_slot = \dut.look_q [80];
  assign kept_slot = \dut.kept_q [61];
  assign end_slot  = \dut.slot_q ;
  assign all_infos = \dut.all_infos ;
  always_comb begin
    for (int t = 0; t < int'(Tags); t++) info_right[t] = !out_q[t] || all_infos[t][56:51] == 6'(slot_q[t]);
  end
  `PAMC_ASSERT(i_infos, info_right == '1)
  `PAMC_ASSERT(i_end_slot, !ended || end_slot == slot_q[tag])
  assign {look_beat, look_first, look_last} = \dut.look_q [99:97];
  assign look_tag = \dut.look_q [93];
  assign {look_busy, look_quarantine} = \dut.look_q [91:90];
  assign kept_tag = \dut.kept_q [71];
  assign {kept_busy, kept_quarantine, kept_known, kept_release} = \dut.kept_q [70:67];

  logic open_q1 = 1'b0;  // behind look_q a completion has not ended
  always_ff @(posedge clk_i) if (look_beat) open_q1 <= rst_ni && !look_last;
  logic open_0;          // behind the beat before it
  assign open_0 = look_beat ? !look_last : open_q1;
  `PAMC_ASSERT(i_first, !look_beat || look_first == !open_q1)
  `PAMC_ASSERT(i_second, !\dut.beat_q || \dut.first_q == !open_0)
  `PAMC_ASSERT(i_mid, \dut.mid_q == (\dut.beat_q ? !\dut.last_q : open_0))
  `PAMC_ASSERT(i_look_slot, !(look_beat && look_first && look_busy) || look_slot == slot_q[look_tag])
  `PAMC_ASSERT(i_kept_slot, !(open_q1 && kept_busy) || kept_slot == slot_q[kept_tag])
  `PAMC_ASSERT(i_look, !(look_beat && look_first) || ((!look_busy || busy[look_tag]) && (!look_quarantine || quarantine[look_tag])))
  `PAMC_ASSERT(i_kept, !open_q1 || ((!kept_busy || busy[kept_tag]) && (!kept_quarantine || quarantine[kept_tag]) &&
               (!kept_known || kept_busy) && (!kept_release || kept_quarantine)))

  // ---- Lines of one packet: what leaves for it, seen where its tag is still known.

  (* hierconn *) wire       \dut.answer_q ;
  (* hierconn *) wire [5:0] \dut.offset_q ;
  logic       answer;
  logic [5:0] offset;
  assign answer = \dut.answer_q ;
  assign offset = \dut.offset_q ;

  logic [6:0] came_q [Tags];
  logic [6:0] next_q [Tags];  // a line that was damaged is left out, and the end then tells of an error
  logic [5:0] line;
  assign line = offset - begin_q[tag];
  logic [6:0] lines_q [Tags];
  logic [5:0] begin_q [Tags];
  logic       probe_q [Tags];
  always_ff @(posedge clk_i) begin
    if (answer) begin
      came_q[tag] <= came_q[tag] + 7'd1;
      next_q[tag] <= 7'(line) + 7'd1;
    end
    if (issue_valid_i) begin
      came_q[issue_tag_i]  <= '0;
      next_q[issue_tag_i]  <= '0;
      lines_q[issue_tag_i] <= issue_lines_i;
      begin_q[issue_tag_i] <= issue_offset_end_i - issue_lines_i[5:0];
      probe_q[issue_tag_i] <= issue_probe_i;
    end
  end
  `PAMC_ASSERT(a_answer, !Lines || !answer || out_q[tag])
  `PAMC_ASSERT(a_end_answers, !Lines || !ended || answer)
  `PAMC_ASSERT(a_order, !Lines || !answer || ended_error || probe_q[tag] || 7'(line) >= next_q[tag])
  `PAMC_ASSERT(a_all_lines, !Lines || !ended || ended_error || came_q[tag] + 7'd1 == lines_q[tag])
  `PAMC_ASSERT(a_not_more, !Lines || !answer || ended_error || came_q[tag] < lines_q[tag])

  `PAMC_COVER(c_two_completions, ended && !ended_error && lines_q[tag] == 7'd2 && by == pcie_pkg::EV_COMPLETION)
  `PAMC_COVER(c_probe, ended && !ended_error && probe_q[tag])
  logic quarantined_q = 1'b0;
  always_ff @(posedge clk_i) quarantined_q <= quarantined_q || (rst_ni && quarantine != '0);
  `PAMC_COVER(c_quarantine_ends, quarantined_q && tag_put && expired)
  `PAMC_COVER(c_late_completion, quarantined_q && tag_put && !expired && !ended)
  logic unused;
  assign unused = &{1'b0, rc_ready, event_ready, return_lines, latency, stray, rsp};

endmodule
