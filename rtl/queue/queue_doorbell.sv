// SPDX-License-Identifier: Apache-2.0
//
// Judges what comes out of the intake, one item a cycle, and owns what the host sets:
// tail of each submission ring, head of each completion ring, and which push slots hold
// something.
//
// A slot is "fresh" from the write of its push_crc on until its entry was taken or
// passed; only then it counts. So an entry does not come back when the indices have
// gone round, and nothing needs to be erased.
//
// A push that is the tail moves the tail. If all entries before it are handed out or on
// their way, and there is room for its completion, it becomes a batch of its own and its
// line goes with it (push_*). Otherwise its copy in the ring will be fetched: every
// entry is there, and a queue pair that is behind is served better by batches.

`include "check.svh"

module queue_doorbell #(
  parameter int unsigned QueuePairs = 64,
  // Derived, not to be set.
  parameter int unsigned QpBits = $clog2(QueuePairs)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Before ITEM_CREATE: rings of the queue pair.
  input  logic                   init_i,
  input  logic [QpBits-1:0]      init_qid_i,
  input  logic [3:0]             init_sq_shift_i,
  input  logic [3:0]             init_cq_shift_i,

  input  logic                   item_valid_i,
  input  queue_core_pkg::item_t  item_i,
  input  logic [511:0]           line_i,
  input  logic                   crc_ok_i,

  // State of the item's queue pair that others have.
  output logic [QpBits-1:0]      qid_o,
  input  logic [15:0]            next_i,    // of its next entry to be handed out
  input  logic [15:0]            issued_i,  // entries before are handed out or on their way
  input  logic [15:0]            posted_i,
  // A batch may be had for it, now.
  input  logic                   push_ok_i,

  output logic [QueuePairs-1:0]  valid_o,

  // In the item's cycle, of its queue pair.
  output logic                   tail_moved_o,
  output logic                   head_moved_o,
  output logic                   arm_o,
  output logic                   push_o,
  // Answer to ITEM_ABORT and ITEM_POLL: nothing more is to come; the tail.
  output logic                   exists_o,
  output logic                   idle_o,
  output logic [15:0]            tail_o,

  // Second and third way to read.
  input  logic [QpBits-1:0]      fetch_qid_i,
  output logic [15:0]            fetch_tail_o,
  output logic [15:0]            fetch_head_o,
  input  logic [QpBits-1:0]      irq_qid_i,
  output logic [15:0]            irq_head_o,

  // Slots to look at.
  output logic                   look_valid_o,
  input  logic                   look_ready_i,
  output logic [5:0]             look_qid_o,
  output logic [4:0]             look_slot_o,

  output logic [31:0]            bad_doorbell_o,
  output logic [31:0]            pushed_o,
  output logic [31:0]            push_dropped_o
);

  logic [15:0] tail_q [QueuePairs];
  logic [15:0] head_q [QueuePairs];
  logic [31:0] fresh_q [QueuePairs];
  logic [7:0]  shift_q [QueuePairs];
  logic [QueuePairs-1:0] valid_q;

  always_ff @(posedge clk_i) begin
    if (init_i) shift_q[init_qid_i] <= {init_cq_shift_i, init_sq_shift_i};
  end

  // The item, and its queue pair.
  logic [QpBits-1:0] qid;
  logic              exists;
  logic [15:0]       tail, head, sq_entries, cq_entries;
  logic [31:0]       fresh;
  logic [7:0]        shift;
  assign qid        = item_i.qid[QpBits-1:0];
  assign exists     = 32'(item_i.qid) < QueuePairs && valid_q[qid];
  assign tail       = tail_q[qid];
  assign head       = head_q[qid];
  assign fresh      = fresh_q[qid];
  assign shift      = shift_q[qid];
  assign sq_entries = 16'd1 << shift[3:0];
  assign cq_entries = 16'd1 << shift[7:4];

  logic host, create, remove, good, is_slot, is_register;
  assign host        = item_valid_i && item_i.kind == queue_core_pkg::ITEM_HOST;
  assign create      = item_valid_i && item_i.kind == queue_core_pkg::ITEM_CREATE;
  assign remove      = item_valid_i && item_i.kind == queue_core_pkg::ITEM_DELETE;
  assign good        = exists && !item_i.partial;
  assign is_slot     = item_i.line[5];
  assign is_register = item_i.line == pamc_pkg::DB_SQ_TAIL[11:6];

  // SQ_TAIL.
  localparam int unsigned TailDword = 32'(pamc_pkg::DB_SQ_TAIL[5:2]);
  localparam int unsigned HeadDword = 32'(pamc_pkg::DB_CQ_HEAD[5:2]);
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  pamc_pkg::db_sq_tail_t sq_tail;
  pamc_pkg::db_cq_head_t cq_head;
  pamc_pkg::sqe_t        sqe;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [15:0] tail_ahead, waiting;
  logic        sq_write, tail_good, tail_rung;
  assign sq_tail    = line_i[32*TailDword +: 32];
  assign tail_ahead = sq_tail.index - next_i;
  assign waiting    = tail - next_i;
  assign sq_write   = host && good && is_register && item_i.dwords[TailDword];
  assign tail_good  = tail_ahead <= sq_entries;
  assign tail_rung  = sq_write && tail_good && tail_ahead > waiting;

  // Slots that the tail passes: those from its own on, before the new one's; if they are in
  // this order, else all but those between. All, if it goes once around or more.
  logic [31:0] from_tail, before_index, passed;
  logic [10:0] round, round_before;
  logic        passes_all, straight;
  assign round        = sq_tail.index[15:5];
  assign round_before = round - 11'd1;
  assign straight     = tail[4:0] <= sq_tail.index[4:0];
  assign passes_all   = straight ? tail[15:5] != round : tail[15:5] != round_before;
  always_comb begin
    for (int i = 0; i < 32; i++) begin
      from_tail[i]    = tail[4:0] <= 5'(i);
      before_index[i] = sq_tail.index[4:0] > 5'(i);
    end
    passed = straight ? from_tail & before_index : from_tail | before_index;
    if (passes_all) passed = '1;
  end

  // CQ_HEAD.
  logic        cq_write, head_good;
  assign cq_head   = line_i[32*HeadDword +: 32];
  assign cq_write  = host && good && is_register && item_i.dwords[HeadDword];
  assign head_good = cq_head.index - head <= posted_i - head;

  // Push slots.
  logic [4:0]     slot;
  logic [15:0]    ahead;
  logic           look, slot_item, whole, next_one, stale, ring_full;
  assign sqe       = line_i;
  assign slot      = item_i.line[4:0];
  assign look      = item_valid_i && exists && item_i.kind == queue_core_pkg::ITEM_LOOK;
  assign slot_item = (host && good && is_slot) || look;
  assign ahead     = sqe.sq_index - tail;
  // push_crc is the last dword.
  assign whole     = crc_ok_i && (fresh[slot] || item_i.dwords[15]) && sqe.sq_index[4:0] == slot;
  assign ring_full = waiting >= sq_entries;
  assign next_one  = slot_item && whole && ahead == '0 && !ring_full;
  assign stale     = slot_item && whole && ahead >= 16'(pamc_pkg::PUSH_SLOTS);

  logic push;
  assign push = next_one && issued_i == tail && tail - head < cq_entries && push_ok_i;

  // The state after it.
  logic        tail_moved, head_moved;
  logic [15:0] tail_d, head_d;
  logic [31:0] fresh_d;
  assign tail_moved = tail_rung || next_one;
  assign head_moved = cq_write && head_good;

  always_comb begin
    tail_d  = next_one ? tail + 16'd1 : sq_tail.index;
    head_d  = cq_head.index;
    fresh_d = fresh;
    if (slot_item && item_i.dwords[15]) fresh_d[slot] = 1'b1;
    if (next_one || stale) fresh_d[slot] = 1'b0;
    if (tail_rung) fresh_d = fresh & ~passed;
    if (create) begin
      tail_d  = '0;
      head_d  = '0;
      fresh_d = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (tail_moved || create) tail_q[qid] <= tail_d;
    if (head_moved || create) head_q[qid] <= head_d;
    if (slot_item || tail_rung || create) fresh_q[qid] <= fresh_d;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (create) valid_q[qid] <= 1'b1;
    else if (remove) valid_q[qid] <= 1'b0;
  end

  assign qid_o        = qid;
  assign valid_o      = valid_q;
  assign tail_moved_o = tail_moved;
  assign head_moved_o = head_moved;
  assign arm_o        = cq_head.arm;
  assign push_o       = push;
  assign exists_o     = exists;
  assign tail_o       = tail;
  assign fetch_tail_o = tail_q[fetch_qid_i];
  assign fetch_head_o = head_q[fetch_qid_i];
  assign irq_head_o   = head_q[irq_qid_i];

  // Looks: when the tail comes to a slot that is fresh.
  logic [QueuePairs-1:0] look_q, look_set, look_clear;
  logic                  look_valid_q, look_any;
  logic [QpBits-1:0]     look_qid_q, look_next;
  logic                  look_take;

  logic [QueuePairs-1:0] look_bit;
  queue_pick #(.Width(QueuePairs)) u_look (
    .clk_i, .rst_ni, .request_i(look_q), .serve_i(!look_valid_q), .any_o(look_any), .place_o(look_next),
    .bit_o(look_bit)
  );

  // Of fresh_d, the new tail's: it is not among those passed, unless all are, nor the
  // item's own.
  logic [4:0] behind_tail;
  logic       tail_fresh;
  assign behind_tail = tail[4:0] + 5'd1;
  assign tail_fresh  = next_one ? fresh[behind_tail] : fresh[sq_tail.index[4:0]] && !passes_all;

  assign look_take  = !look_valid_q && look_any;
  assign look_set   = tail_moved && tail_fresh ? QueuePairs'(1) << qid : '0;
  assign look_clear = look_valid_q ? '0 : look_bit;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      look_q       <= '0;
      look_valid_q <= 1'b0;
      look_qid_q   <= '0;
    end else begin
      look_q <= (look_q & ~look_clear) | look_set;
      if (look_take) look_qid_q <= look_next;
      look_valid_q <= look_take || (look_valid_q && !look_ready_i);
    end
  end

  // The slot is that of the tail as it is when the look goes: later moves look again.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [15:0] look_tail;
  /* verilator lint_on UNUSEDSIGNAL */
  assign look_tail    = tail_q[look_qid_q];
  assign look_valid_o = look_valid_q;
  assign look_qid_o   = 6'(look_qid_q);
  assign look_slot_o  = look_tail[4:0];

  `PAMC_ASSERT(a_tail_fresh, !tail_moved || tail_fresh == fresh_d[tail_d[4:0]])

  // Nothing more comes of what is in rings and slots by now: all is handed out, and no
  // slot waits to be looked at.
  assign idle_o = waiting == '0 && !look_q[qid] && !(look_valid_q && look_qid_q == qid);

  // Counters.
  logic [1:0]  bad;
  logic [5:0]  dropped;
  logic        dropped_one_q;
  logic [31:0] forgotten_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      forgotten_q   <= '0;
      dropped_one_q <= 1'b0;
    end else begin
      forgotten_q   <= tail_rung ? fresh & passed : '0;
      dropped_one_q <= stale || (next_one && !push);
    end
  end
  always_comb begin
    bad = 2'd0;
    if (host) begin
      if (!good || !(is_slot || sq_write || cq_write)) bad = 2'd1;
      else bad = 2'(sq_write && !tail_good) + 2'(cq_write && !head_good);
    end
    // tail_rung is of another item than those.
    dropped = 6'(dropped_one_q);
    for (int i = 0; i < 32; i++) dropped = dropped + 6'(forgotten_q[i]);
  end

  logic [31:0] bad_q, pushed_q, dropped_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bad_q     <= '0;
      pushed_q  <= '0;
      dropped_q <= '0;
    end else begin
      bad_q     <= bad_q + 32'(bad);
      pushed_q  <= pushed_q + 32'(push);
      dropped_q <= dropped_q + 32'(dropped);
    end
  end

  assign bad_doorbell_o = bad_q;
  assign pushed_o       = pushed_q;
  assign push_dropped_o = dropped_q;

endmodule
