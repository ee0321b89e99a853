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
  // Derived, not to be set.
  parameter int unsigned TagBits = $clog2(Tags),
  parameter int unsigned SlotBits = $clog2(Slots)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // What left then or before is late, and its quarantine over.
  input  logic [31:0]           late_i,
  input  logic [31:0]           over_i,
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
  logic [TagBits-1:0]    tag_q;
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

  // Only its tag matters here.
  /* verilator lint_off UNUSEDSIGNAL */
  pcie_pkg::rc_desc_t taken;
  /* verilator lint_on UNUSEDSIGNAL */
  assign taken = rc_data_i[95:0];

  always_ff @(posedge clk_i) begin
    if (take_beat || take_event) begin
      first_q       <= !mid_q;
      last_q        <= take_event || rc_last_i;
      discontinue_q <= !take_event && rc_discontinue_i;
      what_q        <= take_event ? event_i : pcie_pkg::EV_COMPLETION;
      tag_q         <= take_event ? event_tag_i : taken.tag[TagBits-1:0];
      data_q        <= rc_data_i;
      before_q      <= data_q[511:96];
    end
  end

  // ---- The tables.

  logic [Tags-1:0]      busy_q, busy_d, quarantine_q, quarantine_d, fresh_q, fresh_d;
  logic [$bits(issue_info_i)-1:0] info_q [Tags];
  logic [7:0]           progress_q [Tags];  // an error so far, lines that are left

  pcie_pkg::rc_desc_t   desc;
  pcie_pkg::read_info_t info;
  logic [6:0]           lines, bytes;
  logic                 plain, follows;
  assign desc  = data_q[95:0];
  assign info  = info_q[tag_q];
  assign lines = desc.dwords[10:4];
  assign bytes = desc.byte_count[12:6];
  assign plain = desc.error_code == pcie_pkg::RC_NORMAL || desc.error_code == pcie_pkg::RC_POISONED;

  // What a beat may be of its packet, known without what else is under way.
  typedef struct packed {
    logic                  beat;
    logic                  first;
    logic                  last;
    logic                  discontinue;
    pcie_pkg::read_event_e what;
    logic [TagBits-1:0]    tag;
    // Of the tag: it can be, is out, is in quarantine; an error so far, lines left; of the packet.
    logic                  exists;
    logic                  busy;
    logic                  quarantine;
    logic                  error;
    logic [6:0]            left;
    logic                  probe;
    logic [SlotBits-1:0]   slot;
    logic [5:0]            offset_end;
    logic [6:0]            asked;
    logic [5:0]            line_end;
    logic [31:0]           age;
    logic                  late;
    logic                  over;
    // Of the completion. By itself: all that was left, or all for a probe; whole lines, no
    // more of them than it says are left; how many are left, and the line behind those.
    logic                  success;
    logic                  refused;
    logic                  poisoned;
    logic                  dword;
    logic                  rest;
    logic                  whole;
    logic                  final_;
    logic [6:0]            lines;
    logic [6:0]            bytes;
    logic [5:0]            end_;
  } look_t;

  // What the beat in front of it does to the same tag has not reached the tables.
  look_t        look, look_q;
  logic [511:0] whole_q;
  logic         busy_after, quarantine_after, error_after;
  logic [31:0]  since_late, since_over;
  assign since_late = late_i - info.started;
  assign since_over = over_i - info.started;
  logic [6:0]   left_after;

  always_comb begin
    look.beat        = beat_q;
    look.first       = first_q;
    look.last        = last_q;
    look.discontinue = discontinue_q;
    look.what        = what_q;
    look.tag         = tag_q;
    look.exists      = (desc.tag >> TagBits) == '0 && desc.error_code != pcie_pkg::RC_BAD_TAG;
    look.busy        = follows ? busy_after : busy_q[tag_q];
    look.quarantine  = follows ? quarantine_after : quarantine_q[tag_q];
    look.error       = follows ? error_after : !fresh_q[tag_q] && progress_q[tag_q][7];
    look.left        = follows ? left_after : fresh_q[tag_q] ? info.lines : progress_q[tag_q][6:0];
    look.probe       = info.probe;
    look.slot        = info.slot[SlotBits-1:0];
    look.offset_end  = info.offset_end;
    look.asked       = info.lines;
    look.line_end    = info.line_end;
    look.age         = now_i - info.started;
    look.late        = !since_late[31];
    look.over        = !since_over[31];
    look.success     = plain && desc.status == pcie_pkg::CPL_SUCCESS;
    look.refused     = desc.error_code == pcie_pkg::RC_BAD_STATUS || (plain && desc.status != pcie_pkg::CPL_SUCCESS);
    look.poisoned    = desc.error_code == pcie_pkg::RC_POISONED || desc.poisoned;
    look.dword       = desc.dwords == 11'd1;
    look.rest        = desc.byte_count <= {desc.dwords, 2'b00};
    look.whole       = desc.dwords[3:0] == '0 && lines != '0 && lines <= bytes && desc.byte_count[5:0] == '0 &&
                       desc.lower_address[5:0] == '0;
    look.final_      = lines == bytes;
    look.lines       = lines;
    look.bytes       = bytes;
    look.end_        = desc.lower_address[11:6] + bytes[5:0];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) look_q <= '0;
    else look_q <= look;
  end
  always_ff @(posedge clk_i) whole_q <= {data_q[95:0], before_q};

  // ---- What a first beat means; kept for the beats behind it.

  // It is what must come next.
  logic fits;
  assign fits = look_q.success && (look_q.probe ? look_q.dword :
                look_q.whole && look_q.bytes == look_q.left && look_q.end_ == look_q.line_end);

  typedef struct packed {
    logic [TagBits-1:0]  tag;
    // What the tables said of it.
    logic                busy;
    logic                quarantine;
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
    // Of the packet: lines left behind it, all of its lines.
    logic [6:0]          left;
    logic [6:0]          lines;
    // Beats still to come.
    logic [6:0]          beats;
    logic [31:0]         latency;
    pcie_pkg::read_event_e what;
  } context_t;

  context_t now, kept_q, this_;

  always_comb begin
    now          = '0;
    now.tag      = look_q.tag;
    now.busy       = look_q.busy;
    now.quarantine = look_q.quarantine;
    now.slot     = look_q.slot;
    now.offset   = look_q.offset_end - look_q.left[5:0];
    now.left     = look_q.left - look_q.lines;
    now.lines    = look_q.asked;
    now.latency  = look_q.age;
    now.what     = look_q.what;
    case (look_q.what)
      pcie_pkg::EV_COMPLETION: begin
        now.known    = look_q.exists && look_q.busy;
        now.stray    = !now.known;
        // All that was left, or an error: nothing more can come.
        now.release_ = look_q.exists && look_q.quarantine && (look_q.refused || (look_q.success && look_q.rest));
        now.ends     = !fits || look_q.probe || look_q.final_;
        now.error    = !fits || look_q.poisoned || look_q.error;
        now.clean    = fits || look_q.refused;
        now.deliver  = now.known && fits && !look_q.poisoned && !look_q.probe;
        now.beats    = fits && !look_q.probe ? look_q.lines : '0;
      end
      pcie_pkg::EV_ABORT: begin
        // Not out any more if something came for it that nobody had asked for.
        now.known = look_q.busy;
        now.ends  = 1'b1;
        now.error = 1'b1;
        now.clean = 1'b1;
      end
      pcie_pkg::EV_TIMEOUT: begin
        now.known = look_q.busy && look_q.late;
        now.ends  = 1'b1;
        now.error = 1'b1;
      end
      default: now.release_ = look_q.quarantine && look_q.over;
    endcase
  end

  assign this_ = look_q.first ? now : kept_q;

  // The completion has as many beats as it must, and none was damaged.
  logic sound, ends, error, done;
  assign sound = !look_q.discontinue && this_.beats == '0;
  assign done  = look_q.beat && look_q.last;
  assign ends  = done && this_.known && this_.ends;
  assign error = this_.error || !sound;

  always_ff @(posedge clk_i) begin
    if (look_q.beat) begin
      kept_q        <= this_;
      kept_q.beats  <= this_.beats - 7'd1;
      kept_q.offset <= this_.offset + 6'(!look_q.first);
      // Where beats are missing or too many, nobody knows what comes next.
      if (this_.beats == '0) begin
        kept_q.error   <= 1'b1;
        kept_q.deliver <= 1'b0;
      end
    end
    if (done && this_.known && !this_.ends) progress_q[this_.tag] <= {error, this_.left};
    if (issue_valid_i) info_q[issue_tag_i] <= issue_info_i;
  end

  logic put, release_;
  assign release_ = done && this_.release_ && !look_q.discontinue;
  assign put      = (ends && this_.clean) || release_;

  // What the tables will say of its tag, for a beat right behind it.
  assign follows          = done && (this_.known || this_.release_) && this_.tag == tag_q;
  assign busy_after       = this_.busy && !ends;
  assign quarantine_after = (this_.quarantine && !release_) || (ends && !this_.clean);
  assign error_after      = error;
  assign left_after       = this_.left;

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
  logic [TagBits-1:0]    tag_back_q;
  assign answer = (look_q.beat && !look_q.first && this_.deliver && (!look_q.last || sound)) || ends;

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
    line_q    <= whole_q;
    by_q      <= this_.what;
    latency_q <= this_.latency;
    lines_q   <= this_.lines;
    tag_back_q <= this_.tag;
  end

  assign busy_o          = busy_q;
  assign quarantine_o    = quarantine_q;
  assign tag_put_o       = put_q;
  assign tag_o           = tag_back_q;
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
  assign unused = &{1'b0, desc, since_late[30:0], since_over[30:0]};

`ifdef FORMAL
  // For the proof, which cannot see into memories.
  logic [Slots-1:0][5:0] all_packets, all_ended;
  logic [Tags-1:0][$bits(issue_info_i)-1:0] all_infos;
  always_comb begin
    for (int n = 0; n < int'(Tags); n++) all_infos[n] = info_q[n];
    for (int n = 0; n < int'(Slots); n++) begin
      all_packets[n] = packets_q[n];
      all_ended[n]   = open_q[n] ? 6'd0 : ended_q[n];
    end
  end
`endif

  `PAMC_ASSERT(a_one_state, (busy_q & quarantine_q) == '0)
  `PAMC_ASSERT(a_issue_is_free, !issue_valid_i || !(busy_q[issue_tag_i] || quarantine_q[issue_tag_i]))

endmodule
