// SPDX-License-Identifier: Apache-2.0
//
// Completions to answers. Each packet of a read has its row in a table, found by its
// tag: what it asked for and how much of that has come. All that may happen to a tag
// that is out passes through here, one thing after the other: completions, packets that
// were not sent, timeouts and the end of quarantine.
//
// A completion is taken for what it says only if it is what must come next: its bytes
// are whole lines, begin where the last one ended, and are as many as it says are left.
// A read is cut by the host at multiples of 64 bytes, so a line is in one completion,
// behind a descriptor of three dwords: the shift is always the same.
//
// A packet ends with its last line, with an error status, or with the first thing that
// cannot be; then its tag goes to quarantine. Its last answer tells of the error, and is
// the request's last if no other packet of it is out.

`include "check.svh"

module pcie_read_return #(
  parameter int unsigned Tags = 64,
  parameter int unsigned Slots = 64,
  parameter int unsigned Timeout = 2_500_000,
  parameter int unsigned Quarantine = 25_000_000,
  parameter int unsigned ShortTimeout = 25_000,
  parameter int unsigned ShortQuarantine = 250_000,
  // Derived, not to be set.
  parameter int unsigned TagBits = $clog2(Tags),
  parameter int unsigned SlotBits = $clog2(Slots)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  short_i,
  input  logic [31:0]           now_i,

  input  logic                  rc_valid_i,
  output logic                  rc_ready_o,
  input  logic [511:0]          rc_data_i,
  input  logic                  rc_last_i,
  input  logic                  rc_discontinue_i,

  // Aborts, timeouts, ends of quarantine.
  input  logic                  event_valid_i,
  output logic                  event_ready_o,
  input  pcie_pkg::read_event_e event_i,
  input  logic [TagBits-1:0]    event_tag_i,

  input  logic                  open_valid_i,
  input  logic [SlotBits-1:0]   open_slot_i,
  input  logic [dma_pkg::TagBits-1:0] open_name_i,
  input  logic [5:0]            open_packets_i,

  input  logic                  issue_valid_i,
  input  logic [TagBits-1:0]    issue_tag_i,
  input  pcie_pkg::read_info_t  issue_info_i,

  output logic [Tags-1:0]       busy_o,
  output logic [Tags-1:0]       quarantine_o,

  output logic                  tag_put_o,
  output logic [TagBits-1:0]    tag_o,
  output logic                  slot_put_o,
  output logic [SlotBits-1:0]   slot_o,
  output logic                  return_valid_o,
  output logic [6:0]            return_lines_o,

  output logic                  rsp_valid_o,
  output dma_pkg::read_rsp_t    rsp_o,

  // What happened, for the counters.
  output logic                  ended_o,
  output logic [31:0]           ended_latency_o,
  output logic                  ended_error_o,
  output pcie_pkg::read_event_e ended_by_o,
  output logic                  stray_o,
  output logic                  expired_o
);

  // ---- What comes next: a beat, or between packets something else.

  logic mid_q;  // the next beat is not the first of its completion
  logic take_event, take_beat;
  assign take_event    = event_valid_i && !mid_q;
  assign take_beat     = rc_valid_i && !take_event;
  assign rc_ready_o    = !take_event;
  assign event_ready_o = !mid_q;

  logic                  beat_q, first_q, last_q, discontinue_q;
  pcie_pkg::read_event_e what_q;
  logic [TagBits-1:0]    event_tag_q;
  logic [511:0]          data_q;
  logic [415:0]          before_q;  // of the beat before, what is no descriptor

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mid_q  <= 1'b0;
      beat_q <= 1'b0;
    end else begin
      if (take_beat) mid_q <= !rc_last_i;
      beat_q <= take_beat || take_event;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take_beat || take_event) begin
      first_q       <= !mid_q;
      last_q        <= take_event || rc_last_i;
      discontinue_q <= !take_event && rc_discontinue_i;
      what_q        <= take_event ? event_i : pcie_pkg::EV_COMPLETION;
      event_tag_q   <= event_tag_i;
      data_q        <= rc_data_i;
      before_q      <= data_q[511:96];
    end
  end

  // ---- The tables.

  logic [Tags-1:0]      busy_q, busy_d, quarantine_q, quarantine_d, fresh_q, fresh_d;
  pcie_pkg::read_info_t info_q [Tags];
  logic [7:0]           progress_q [Tags];  // an error so far, lines that came

  pcie_pkg::rc_desc_t   desc;
  logic [TagBits-1:0]   tag;
  pcie_pkg::read_info_t info;
  logic [7:0]           progress;
  logic                 completion;
  assign desc       = data_q[95:0];
  assign completion = what_q == pcie_pkg::EV_COMPLETION;
  assign tag        = completion ? desc.tag[TagBits-1:0] : event_tag_q;
  assign info       = info_q[tag];
  assign progress   = fresh_q[tag] ? '0 : progress_q[tag];

  // ---- What a first beat means; kept for the beats behind it.

  logic [6:0]  lines, missing;
  logic [31:0] age, timeout, expiry;
  logic        tag_exists, plain, success, poisoned, refused, fits, final_;
  assign lines      = desc.dwords[10:4];
  assign missing    = info.lines - progress[6:0];
  assign age        = now_i - info.started;
  assign timeout    = short_i ? 32'(ShortTimeout) : 32'(Timeout);
  assign expiry     = short_i ? 32'(ShortTimeout + ShortQuarantine) : 32'(Timeout + Quarantine);
  assign tag_exists = (desc.tag >> TagBits) == '0 && desc.error_code != pcie_pkg::RC_BAD_TAG;
  assign plain      = desc.error_code == pcie_pkg::RC_NORMAL || desc.error_code == pcie_pkg::RC_POISONED;
  assign success    = plain && desc.status == pcie_pkg::CPL_SUCCESS;
  assign refused    = desc.error_code == pcie_pkg::RC_BAD_STATUS || (plain && !success);
  assign poisoned   = desc.error_code == pcie_pkg::RC_POISONED || desc.poisoned;
  // It is what must come next.
  assign fits = success && (info.probe ? desc.dwords == 11'd1 :
                desc.dwords[3:0] == '0 && lines != '0 && lines <= missing &&
                desc.byte_count == {missing, 6'd0} &&
                desc.lower_address == {info.line + progress[5:0], 6'd0});
  assign final_ = info.probe || lines == missing;

  typedef struct packed {
    logic [TagBits-1:0]  tag;
    // Tag is out; tag is in quarantine and this ends it; the completion is of no packet.
    logic                known;
    logic                release_;
    logic                stray;
    // The packet ends; with an error; and its tag may be used again.
    logic                ends;
    logic                error;
    logic                clean;
    // Its lines are answers.
    logic                deliver;
    logic [SlotBits-1:0] slot;
    logic [5:0]          offset;
    logic [6:0]          came;
    logic [6:0]          lines;
    // Beats still to come.
    logic [6:0]          beats;
    logic [31:0]         latency;
    pcie_pkg::read_event_e what;
  } context_t;

  context_t now, kept_q, this_;

  always_comb begin
    now          = '0;
    now.tag      = tag;
    now.slot     = info.slot[SlotBits-1:0];
    now.offset   = info.offset + progress[5:0];
    now.came     = progress[6:0] + lines;
    now.lines    = info.lines;
    now.latency  = age;
    now.what     = what_q;
    case (what_q)
      pcie_pkg::EV_COMPLETION: begin
        now.known    = tag_exists && busy_q[tag];
        now.stray    = !now.known;
        // All that was left, or an error: nothing more can come.
        now.release_ = tag_exists && quarantine_q[tag] &&
                       (refused || (success && desc.byte_count <= {desc.dwords, 2'b00}));
        now.ends     = !fits || final_;
        now.error    = !fits || poisoned || progress[7];
        now.clean    = fits || refused;
        now.deliver  = now.known && fits && !poisoned && !info.probe;
        now.beats    = fits && !info.probe ? lines : '0;
      end
      pcie_pkg::EV_ABORT: begin
        now.known = 1'b1;
        now.ends  = 1'b1;
        now.error = 1'b1;
        now.clean = 1'b1;
      end
      pcie_pkg::EV_TIMEOUT: begin
        now.known = busy_q[tag] && age > timeout;
        now.ends  = 1'b1;
        now.error = 1'b1;
      end
      default: now.release_ = quarantine_q[tag] && age > expiry;
    endcase
  end

  assign this_ = first_q ? now : kept_q;

  // The completion has as many beats as it must, and none was damaged.
  logic sound, ends, error, done;
  assign sound = !discontinue_q && this_.beats == '0;
  assign done  = beat_q && last_q;
  assign ends  = done && this_.known && this_.ends;
  assign error = this_.error || !sound;

  always_ff @(posedge clk_i) begin
    if (beat_q) begin
      kept_q        <= this_;
      kept_q.beats  <= this_.beats - 7'd1;
      kept_q.offset <= this_.offset + 6'(!first_q);
      // Where beats are missing or too many, nobody knows what comes next.
      if (this_.beats == '0) begin
        kept_q.error   <= 1'b1;
        kept_q.deliver <= 1'b0;
      end
    end
    if (done && this_.known && !this_.ends) progress_q[this_.tag] <= {error, this_.came};
    if (issue_valid_i) info_q[issue_tag_i] <= issue_info_i;
  end

  logic put, release_;
  assign release_ = done && this_.release_ && !discontinue_q;
  assign put      = (ends && this_.clean) || release_;

  always_comb begin
    busy_d       = busy_q;
    quarantine_d = quarantine_q;
    fresh_d      = fresh_q;
    if (done && this_.known) fresh_d[this_.tag] = 1'b0;
    if (ends) busy_d[this_.tag] = 1'b0;
    if (ends && !this_.clean) quarantine_d[this_.tag] = 1'b1;
    if (release_) quarantine_d[this_.tag] = 1'b0;
    if (issue_valid_i) begin
      busy_d[issue_tag_i]  = 1'b1;
      fresh_d[issue_tag_i] = 1'b1;
    end
  end

  // ---- The answer; then, if it is the request's last.

  logic                  answer, end_q, error_q, answer_q;
  logic [SlotBits-1:0]   slot_q;
  logic [5:0]            offset_q;
  logic [511:0]          line_q;
  pcie_pkg::read_event_e by_q;
  logic [31:0]           latency_q;
  logic [6:0]            lines_q;
  logic                  put_q, stray_q, expired_q;
  logic [TagBits-1:0]    tag_q;
  assign answer = (beat_q && !first_q && this_.deliver && (!last_q || sound)) || ends;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q       <= '0;
      quarantine_q <= '0;
      fresh_q      <= '0;
      answer_q     <= 1'b0;
      end_q        <= 1'b0;
      put_q        <= 1'b0;
      stray_q      <= 1'b0;
      expired_q    <= 1'b0;
    end else begin
      busy_q       <= busy_d;
      quarantine_q <= quarantine_d;
      fresh_q      <= fresh_d;
      answer_q     <= answer;
      end_q        <= ends;
      put_q        <= put;
      stray_q      <= done && this_.stray;
      expired_q    <= put && this_.what == pcie_pkg::EV_EXPIRE;
    end
  end

  always_ff @(posedge clk_i) begin
    error_q   <= ends && error;
    slot_q    <= this_.slot;
    offset_q  <= this_.offset;
    line_q    <= {data_q[95:0], before_q};
    by_q      <= this_.what;
    latency_q <= this_.latency;
    lines_q   <= this_.lines;
    tag_q     <= this_.tag;
  end

  assign busy_o          = busy_q;
  assign quarantine_o    = quarantine_q;
  assign tag_put_o       = put_q;
  assign tag_o           = tag_q;
  assign return_valid_o  = end_q;
  assign return_lines_o  = lines_q;
  assign ended_o         = end_q;
  assign ended_latency_o = latency_q;
  assign ended_error_o   = error_q;
  assign ended_by_o      = by_q;
  assign stray_o         = stray_q;
  assign expired_o       = expired_q;

  // Packets of a request that ended, under its place: not counted when it is fresh.
  logic [5:0]                  packets_q [Slots];
  logic [dma_pkg::TagBits-1:0] name_q [Slots];
  logic [5:0]                  ended_q [Slots];
  logic [Slots-1:0]            open_q;
  logic [5:0]                  ended;
  logic                        last;
  assign ended = open_q[slot_q] ? 6'd1 : ended_q[slot_q] + 6'd1;
  assign last  = end_q && ended == packets_q[slot_q];

  always_ff @(posedge clk_i) begin
    if (open_valid_i) packets_q[open_slot_i] <= open_packets_i;
    if (open_valid_i) name_q[open_slot_i] <= open_name_i;
    if (end_q) ended_q[slot_q] <= ended;
  end

  logic               rsp_valid_q, slot_put_q;
  dma_pkg::read_rsp_t rsp_q;
  logic [SlotBits-1:0] slot_back_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q      <= '0;
      rsp_valid_q <= 1'b0;
      slot_put_q  <= 1'b0;
    end else begin
      if (end_q) open_q[slot_q] <= 1'b0;
      if (open_valid_i) open_q[open_slot_i] <= 1'b1;
      rsp_valid_q <= answer_q;
      slot_put_q  <= last;
    end
  end

  always_ff @(posedge clk_i) begin
    rsp_q.tag    <= name_q[slot_q];
    rsp_q.error  <= error_q;
    rsp_q.last   <= last;
    rsp_q.offset <= offset_q;
    rsp_q.data   <= line_q;
    slot_back_q  <= slot_q;
  end

  assign rsp_valid_o = rsp_valid_q;
  assign rsp_o       = rsp_q;
  assign slot_put_o  = slot_put_q;
  assign slot_o      = slot_back_q;

  logic unused;
  assign unused = &{1'b0, desc};

  `PAMC_ASSERT(a_one_state, (busy_q & quarantine_q) == '0)
  `PAMC_ASSERT(a_issue_is_free, !issue_valid_i || !(busy_q[issue_tag_i] || quarantine_q[issue_tag_i]))

endmodule
