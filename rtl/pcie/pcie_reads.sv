// SPDX-License-Identifier: Apache-2.0
//
// Reads of host memory: requests in, packets to RQ, completions from RC, answers out.
// Whatever the host does, a request gets exactly one last answer.

`include "check.svh"

module pcie_reads #(
  parameter int unsigned Tags = 64,
  parameter int unsigned MaxLines = 512,
  parameter int unsigned Timeout = 2_500_000,
  parameter int unsigned Quarantine = 25_000_000,
  // The same when the host wants short ones.
  parameter int unsigned ShortTimeout = 25_000,
  parameter int unsigned ShortQuarantine = 250_000
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  bus_master_i,
  input  logic [2:0]            max_read_req_i,
  // Tags may have more than five bits.
  input  logic                  ext_tag_i,
  // Timeouts are the short ones.
  input  logic                  short_i,

  input  logic                  req_valid_i,
  output logic                  req_ready_o,
  input  dma_pkg::read_req_t    req_i,

  output logic                  rsp_valid_o,
  output dma_pkg::read_rsp_t    rsp_o,

  output logic                  rq_valid_o,
  input  logic                  rq_ready_i,
  output pcie_pkg::rq_beat_t    rq_o,

  input  logic                  rc_valid_i,
  output logic                  rc_ready_o,
  input  logic [511:0]          rc_data_i,
  input  logic                  rc_last_i,
  input  logic                  rc_discontinue_i,

  // No request is open. A tag may still be in quarantine.
  output logic                  idle_o,
  // Fields of reads; the others are zero.
  output pcie_pkg::pcie_stats_t stats_o
);

  // A request has a place while it is open; as many as tags, so tags are the limit.
  localparam int unsigned Slots = Tags < 64 ? Tags : 64;
  localparam int unsigned TagBits = $clog2(Tags);
  localparam int unsigned SlotBits = $clog2(Slots);

  // A packet that left at that time or before is late; its quarantine is over. Times go
  // round, so a later one is one less than 2^31 behind.
  logic [31:0] now_q, late_time_q, over_time_q;

  always_ff @(posedge clk_i) begin
    late_time_q <= now_q - (short_i ? 32'(ShortTimeout) : 32'(Timeout));
    over_time_q <= now_q - (short_i ? 32'(ShortTimeout + ShortQuarantine) : 32'(Timeout + Quarantine));
  end

  logic                tag_valid, tag_ready, tag_put, all_tags;
  logic [TagBits-1:0]  tag, tag_back;
  logic                slot_valid, slot_ready, slot_put, all_slots;
  logic [SlotBits-1:0] slot, slot_back;

  pcie_tags #(.Count(Tags), .Few(Tags < 32 ? Tags : 32)) u_tags (
    .clk_i, .rst_ni, .few_i(!ext_tag_i), .get_valid_o(tag_valid), .get_ready_i(tag_ready), .get_tag_o(tag),
    .put_valid_i(tag_put), .put_tag_i(tag_back), .all_free_o(all_tags)
  );
  pcie_tags #(.Count(Slots)) u_slots (
    .clk_i, .rst_ni, .few_i(1'b0), .get_valid_o(slot_valid), .get_ready_i(slot_ready), .get_tag_o(slot),
    .put_valid_i(slot_put), .put_tag_i(slot_back), .all_free_o(all_slots)
  );

  logic                        open_valid, issue_valid, return_valid, abort_valid, abort_ready;
  logic [SlotBits-1:0]         open_slot;
  logic [dma_pkg::TagBits-1:0] open_name;
  logic [5:0]                  open_packets;
  logic [TagBits-1:0]          issue_tag, abort_tag;
  pcie_pkg::read_info_t        issue_info;
  logic [6:0]                  return_lines;
  logic                        starved, issue_idle;

  pcie_read_issue #(.Tags(Tags), .Slots(Slots), .MaxLines(MaxLines)) u_issue (
    .clk_i, .rst_ni, .bus_master_i, .max_read_req_i, .req_valid_i, .req_ready_o, .req_i,
    .slot_valid_i(slot_valid), .slot_ready_o(slot_ready), .slot_i(slot),
    .tag_valid_i(tag_valid), .tag_ready_o(tag_ready), .tag_i(tag),
    .open_valid_o(open_valid), .open_slot_o(open_slot), .open_name_o(open_name),
    .open_packets_o(open_packets),
    .issue_valid_o(issue_valid), .issue_tag_o(issue_tag), .issue_info_o(issue_info), .now_i(now_q),
    .return_valid_i(return_valid), .return_lines_i(return_lines),
    .rq_valid_o, .rq_ready_i, .rq_o,
    .abort_valid_o(abort_valid), .abort_ready_i(abort_ready), .abort_tag_o(abort_tag),
    .starved_o(starved), .idle_o(issue_idle)
  );

  logic [Tags-1:0]    busy, quarantine;
  logic               watch_valid, watch_expire;
  logic [TagBits-1:0] watch_tag;
  logic               event_ready;

  pcie_read_watch #(.Tags(Tags)) u_watch (
    .clk_i, .rst_ni, .late_i(late_time_q), .over_i(over_time_q), .now_i(now_q), .issue_valid_i(issue_valid), .issue_tag_i(issue_tag),
    .busy_i(busy), .quarantine_i(quarantine),
    .event_valid_o(watch_valid), .event_ready_i(event_ready && !abort_valid),
    .event_expire_o(watch_expire), .event_tag_o(watch_tag)
  );

  pcie_pkg::read_event_e what;
  assign what = abort_valid ? pcie_pkg::EV_ABORT : watch_expire ? pcie_pkg::EV_EXPIRE : pcie_pkg::EV_TIMEOUT;
  assign abort_ready = event_ready;

  // A slice, so that RC's ready does not depend on events.
  logic         rc_valid, rc_ready, rc_last, rc_discontinue;
  logic [511:0] rc_data;
  lib_skid #(.Width(514)) u_rc (
    .clk_i, .rst_ni, .in_valid_i(rc_valid_i), .in_ready_o(rc_ready_o),
    .in_data_i({rc_discontinue_i, rc_last_i, rc_data_i}),
    .out_valid_o(rc_valid), .out_ready_i(rc_ready), .out_data_o({rc_discontinue, rc_last, rc_data})
  );

  logic                  ended, ended_error, stray, expired;
  logic [31:0]           latency;
  pcie_pkg::read_event_e ended_by;

  pcie_read_return #(.Tags(Tags), .Slots(Slots)) u_return (
    .clk_i, .rst_ni, .late_i(late_time_q), .over_i(over_time_q), .now_i(now_q),
    .rc_valid_i(rc_valid), .rc_ready_o(rc_ready), .rc_data_i(rc_data), .rc_last_i(rc_last),
    .rc_discontinue_i(rc_discontinue),
    .event_valid_i(abort_valid || watch_valid), .event_ready_o(event_ready), .event_i(what),
    .event_tag_i(abort_valid ? abort_tag : watch_tag),
    .open_valid_i(open_valid), .open_slot_i(open_slot), .open_name_i(open_name),
    .open_packets_i(open_packets),
    .issue_valid_i(issue_valid), .issue_tag_i(issue_tag), .issue_info_i(issue_info),
    .busy_o(busy), .quarantine_o(quarantine),
    .tag_put_o(tag_put), .tag_o(tag_back), .slot_put_o(slot_put), .slot_o(slot_back),
    .return_valid_o(return_valid), .return_lines_o(return_lines),
    .rsp_valid_o, .rsp_o,
    .ended_o(ended), .ended_latency_o(latency), .ended_error_o(ended_error), .ended_by_o(ended_by),
    .stray_o(stray), .expired_o(expired)
  );

  assign idle_o = issue_idle && all_slots && !open_valid;

  // Counters. They trail by a cycle or two, which nobody can see.
  pcie_pkg::pcie_stats_t s_q;
  logic                  sent_q, probe_q, ended_q, error_q, completion_q, late_q;
  logic [6:0]            lines_q;
  logic [31:0]           latency_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      now_q <= '0;
      s_q   <= '0;
      {sent_q, ended_q} <= '0;
    end else begin
      now_q   <= now_q + 32'd1;
      sent_q  <= rq_valid_o && rq_ready_i;
      ended_q <= ended;
      s_q.read_packets     <= s_q.read_packets + 32'(sent_q);
      s_q.read_lines       <= s_q.read_lines + (sent_q && !probe_q ? 32'(lines_q) : 32'd0);
      s_q.read_stall_tag   <= s_q.read_stall_tag + 32'(starved);
      s_q.read_stall_ready <= s_q.read_stall_ready + 32'(rq_valid_o && !rq_ready_i);
      s_q.read_strays      <= s_q.read_strays + 32'(stray);
      s_q.read_expired     <= s_q.read_expired + 32'(expired);
      s_q.tags             <= s_q.tags + 32'(issue_valid) - 32'(tag_put);
      if (s_q.tags > s_q.tags_max) s_q.tags_max <= s_q.tags;
      if (ended_q) begin
        s_q.read_ends     <= s_q.read_ends + 32'd1;
        s_q.read_errors   <= s_q.read_errors + 32'(error_q && completion_q);
        s_q.read_timeouts <= s_q.read_timeouts + 32'(late_q);
        s_q.read_aborts   <= s_q.read_aborts + 32'(!completion_q && !late_q);
        s_q.read_latency_sum <= s_q.read_latency_sum + latency_q;
        if (latency_q > s_q.read_latency_max) s_q.read_latency_max <= latency_q;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    probe_q      <= rq_o.first_be == '0;
    lines_q      <= rq_o.data[74:68];
    error_q      <= ended_error;
    latency_q    <= latency;
    completion_q <= ended_by == pcie_pkg::EV_COMPLETION;
    late_q       <= ended_by == pcie_pkg::EV_TIMEOUT;
  end

  assign stats_o = s_q;

  logic unused;
  assign unused = &{1'b0, all_tags};

endmodule
