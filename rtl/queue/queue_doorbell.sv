// SPDX-License-Identifier: Apache-2.0
//
// Judges what comes out of the intake, one item a cycle, and owns what the host sets:
// tail of each submission ring, head of each completion ring, and which push slots hold
// something.
//
//   cycle 3 of the intake   the state of the item's queue pair is read
//                       4   the item is judged
//                       5   the state is written, all others are told
//
// What the two items before changed is not in the tables yet when the state is read, and comes
// from where it is. What others have (next, posted) may be some cycles old by then: it only
// grows, and what the host says of it was written to the host's memory before.
//
// A slot is "fresh" from the write of its push_crc on until its entry was taken or
// passed; only then it counts. So an entry does not come back when the indices have
// gone round, and nothing needs to be erased.
//
// What is kept has a parity, and so has what others keep of a queue pair. One of which anything is
// wrong is to all items as if it were not there, until it ends: nothing of it moves, and what is
// wrong is not written again.
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
  input  ecc_pkg::inject_t       inject_i,
  // Something was found to be wrong.
  output logic                   lost_o,

  // Before ITEM_CREATE: rings of the queue pair.
  input  logic                   init_i,
  input  logic [QpBits-1:0]      init_qid_i,
  input  logic [3:0]             init_sq_shift_i,
  input  logic [3:0]             init_cq_shift_i,

  // The next item's line and its queue pair, of which others have:
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  input  logic [511:0]           read_line_i,
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic [5:0]             read_qid_i,
  input  logic [queue_core_pkg::IndexBits-1:0] next_i,    // its next entry to be handed out
  input  logic [queue_core_pkg::IndexBits-1:0] posted_i,

  input  logic                   item_valid_i,
  input  queue_core_pkg::item_t  item_i,
  input  logic [511:0]           line_i,
  input  logic                   crc_ok_i,
  // Entries before it are handed out or on their way, of the item's queue pair.
  input  logic [queue_core_pkg::IndexBits-1:0] issued_i,

  output logic [QueuePairs-1:0]  valid_o,

  // In the cycle after an item was judged, of its queue pair. A batch may be had for it?
  output logic [QpBits-1:0]      qid_o,
  input  logic                   push_ok_i,
  output queue_core_pkg::item_kind_e kind_o,
  output logic                   judged_o,
  output logic [511:0]           line_o,
  // There may be a push.
  output logic                   may_push_o,
  output logic                   tail_moved_o,
  output logic                   head_moved_o,
  output logic                   arm_o,
  output logic                   push_o,
  // Answer to ITEM_ABORT and ITEM_POLL: nothing more is to come; the tail.
  output logic                   exists_o,
  output logic                   idle_o,
  output logic [15:0]            tail_o,
  // As it was read.
  output logic [15:0]            next_o,

  // Second and third way to read.
  input  logic [QpBits-1:0]      fetch_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] fetch_tail_o,
  output logic [queue_core_pkg::IndexBits-1:0] fetch_head_o,
  input  logic [QpBits-1:0]      irq_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] irq_head_o,

  // Slots to look at.
  output logic                   look_valid_o,
  input  logic                   look_ready_i,
  output logic [5:0]             look_qid_o,
  output logic [4:0]             look_slot_o,

  output logic [31:0]            bad_doorbell_o,
  output logic [31:0]            pushed_o,
  output logic [31:0]            push_dropped_o
);

  typedef struct packed {
    logic        valid;
    logic        wrong;
    logic [15:0] tail;
    logic [15:0] head;
    logic [31:0] fresh;
  } state_t;

  // Each with its parity.
  logic [16:0] tail_q [QueuePairs];
  logic [16:0] head_q [QueuePairs];
  logic [32:0] fresh_q [QueuePairs];
  logic [8:0]  shift_q [QueuePairs];
  logic [QueuePairs-1:0] valid_q;

  logic [8:0] shift_w;
  queue_inject #(.Place(queue_core_pkg::PlaceShift), .Width(9)) u_shift (
    .clk_i, .rst_ni, .inject_i, .write_i(init_i),
    .word_i({^{init_cq_shift_i, init_sq_shift_i}, init_cq_shift_i, init_sq_shift_i}), .word_o(shift_w)
  );
  always_ff @(posedge clk_i) begin
    if (init_i) shift_q[init_qid_i] <= shift_w;
  end

  // The next item's queue pair is read: its state is what the item before it leaves.
  logic [QpBits-1:0] read_qid, qid, judged_qid_q;
  logic              judged_q, from_item, from_judged;
  state_t            state_q, after, after_q;
  logic [15:0]       next_q, posted_q, sq_entries, cq_entries_q, full_tail_q;
  logic [8:0]        shift;
  logic [16:0]       read_tail_word, read_head_word;
  logic [32:0]       read_fresh_word;
  logic              read_wrong, others_wrong_q;
  assign read_qid    = read_qid_i[QpBits-1:0];
  assign qid         = item_i.qid[QpBits-1:0];
  assign from_item   = item_valid_i && qid == read_qid;
  assign from_judged = judged_q && judged_qid_q == read_qid;
  assign shift       = shift_q[read_qid];
  assign sq_entries  = 16'd1 << shift[3:0];
  assign read_tail_word  = tail_q[read_qid];
  assign read_head_word  = head_q[read_qid];
  assign read_fresh_word = fresh_q[read_qid];
  assign read_wrong      = ^read_tail_word || ^read_head_word || ^read_fresh_word;
  always_ff @(posedge clk_i) begin
    state_q      <= from_item   ? after :
                    from_judged ? after_q : {valid_q[read_qid], read_wrong, read_tail_word[15:0], read_head_word[15:0],
                                             read_fresh_word[31:0]};
    next_q       <= next_i[15:0];
    posted_q     <= posted_i[15:0];
    full_tail_q  <= next_i[15:0] + sq_entries;
    cq_entries_q <= 16'd1 << shift[7:4];
    // Of what items do not change.
    others_wrong_q <= ^next_i || ^posted_i || ^shift;
  end

  // Its indices, which may be compared with what is one round of the slots behind; and slots
  // before the new tail's.
  localparam int unsigned TailDword = 32'(pamc_pkg::DB_SQ_TAIL[5:2]);
  localparam int unsigned HeadDword = 32'(pamc_pkg::DB_CQ_HEAD[5:2]);
  /* verilator lint_off UNUSEDSIGNAL */
  pamc_pkg::db_sq_tail_t read_tail;
  pamc_pkg::sqe_t        read_sqe;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [10:0]           tail_before_q, index_before_q;
  logic                  tail_good_q;
  logic [31:0]           before_index_q;
  assign read_tail = read_line_i[32*TailDword +: 32];
  assign read_sqe  = read_line_i;
  always_ff @(posedge clk_i) begin
    tail_good_q    <= read_tail.index - next_i[15:0] <= sq_entries;
    tail_before_q  <= read_tail.index[15:5] - 11'd1;
    index_before_q <= read_sqe.sq_index[15:5] - 11'd1;
    for (int i = 0; i < 32; i++) before_index_q[i] <= read_tail.index[4:0] > 5'(i);
  end

  // The item, and its queue pair.
  logic        exists, lost;
  logic [15:0] tail, head;
  logic [31:0] fresh;
  assign exists = 32'(item_i.qid) < QueuePairs && state_q.valid && !state_q.wrong && !others_wrong_q;
  assign lost   = 32'(item_i.qid) < QueuePairs && state_q.valid && (state_q.wrong || others_wrong_q);
  assign tail   = state_q.tail;
  assign head   = state_q.head;
  assign fresh  = state_q.fresh;

  logic host, create, remove, good, is_slot, is_register;
  assign host        = item_valid_i && item_i.kind == queue_core_pkg::ITEM_HOST;
  assign create      = item_valid_i && item_i.kind == queue_core_pkg::ITEM_CREATE;
  assign remove      = item_valid_i && item_i.kind == queue_core_pkg::ITEM_DELETE;
  assign good        = exists && !item_i.partial;
  assign is_slot     = item_i.line[5];
  assign is_register = item_i.line == pamc_pkg::DB_SQ_TAIL[11:6];

  // SQ_TAIL.
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  pamc_pkg::db_sq_tail_t sq_tail;
  pamc_pkg::db_cq_head_t cq_head;
  pamc_pkg::sqe_t        sqe;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [15:0] waiting;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [15:0] tail_back;
  /* verilator lint_on UNUSEDSIGNAL */
  logic        sq_write, tail_good, tail_rung;
  assign sq_tail    = line_i[32*TailDword +: 32];
  // Both are at most a ring ahead of what is handed out, so the sign tells which is further.
  assign tail_back  = tail - sq_tail.index;
  assign waiting    = tail - next_q;
  assign sq_write   = host && good && is_register && item_i.dwords[TailDword];
  assign tail_good  = tail_good_q;
  assign tail_rung  = sq_write && tail_good && tail_back[15];

  // Slots that the tail passes: those from its own on, before the new one's; if they are in
  // this order, else all but those between. All, if it goes once around or more.
  logic [31:0] from_tail, passed;
  logic [10:0] round;
  logic        passes_all, straight, round_off, before_off;
  assign round        = sq_tail.index[15:5];
  assign straight     = tail[4:0] <= sq_tail.index[4:0];
  assign passes_all   = straight ? round_off : before_off;
  assign round_off    = tail[15:5] != round;
  assign before_off   = tail[15:5] != tail_before_q;
  always_comb begin
    for (int i = 0; i < 32; i++) from_tail[i] = tail[4:0] <= 5'(i);
    // Which of both it is is not waited for.
    passed = straight ? {32{round_off}} | (from_tail & before_index_q) : {32{before_off}} | from_tail | before_index_q;
  end

  // CQ_HEAD.
  logic        cq_write, head_good;
  assign cq_head   = line_i[32*HeadDword +: 32];
  assign cq_write  = host && good && is_register && item_i.dwords[HeadDword];
  assign head_good = cq_head.index - head <= posted_q - head;

  // Push slots.
  logic [4:0]     slot;
  logic           beyond, look, slot_item, whole, next_one, stale, ring_full;
  assign sqe       = line_i;
  assign slot      = item_i.line[4:0];
  assign look      = item_valid_i && exists && item_i.kind == queue_core_pkg::ITEM_LOOK;
  assign slot_item = (host && good && is_slot) || look;
  // Its index is ahead of the tail by as many as there are slots, or more.
  assign beyond    = (sqe.sq_index[4:0] < tail[4:0] ? index_before_q : sqe.sq_index[15:5]) != tail[15:5];
  // push_crc is the last dword.
  assign whole     = crc_ok_i && (fresh[slot] || item_i.dwords[15]) && sqe.sq_index[4:0] == slot;
  // It is never more than full.
  assign ring_full = tail == full_tail_q;
  assign next_one  = slot_item && whole && sqe.sq_index == tail && !ring_full;
  assign stale     = slot_item && whole && beyond;

  // The state after it.
  logic        tail_moved, head_moved;
  logic [15:0] tail_d;
  logic [31:0] fresh_d;
  assign tail_moved = tail_rung || next_one;
  assign head_moved = cq_write && head_good;
  assign tail_d     = next_one ? tail + 16'd1 : sq_tail.index;

  always_comb begin
    fresh_d = fresh;
    if (slot_item && item_i.dwords[15]) fresh_d[slot] = 1'b1;
    if (next_one || stale) fresh_d[slot] = 1'b0;
    if (tail_rung) fresh_d = fresh & ~passed;
    after       = state_q;
    after.fresh = fresh_d;
    if (tail_moved) after.tail  = tail_d;
    if (head_moved) after.head  = cq_head.index;
    if (remove)     after.valid = 1'b0;
    if (create)     after       = {2'b10, 64'd0};
  end

  // Judged: is written, and told. Of a push it is seen now whether it may become a batch: all
  // entries before it have to be issued. If the item before it was one that became a batch, they
  // are.
  logic                  push, tail_moved_q, head_moved_q, arm_q, next_one_q, room_q, in_turn_q, exists_q, drained_q;
  logic [15:0]           before_q, told_next_q;
  logic [511:0]          line_q;
  logic                  write, lost_q;
  logic [16:0]           tail_w, head_w;
  logic [32:0]           fresh_w;
  queue_core_pkg::item_kind_e kind_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {judged_q, tail_moved_q, head_moved_q, next_one_q} <= '0;
      lost_q  <= 1'b0;
      valid_q <= '0;
    end else begin
      judged_q     <= item_valid_i;
      // Of one that ends it is of no consequence any more, and not to stop what begins after a reset.
      lost_q       <= item_valid_i && !remove && (lost || (exists && ^issued_i));
      tail_moved_q <= tail_moved;
      head_moved_q <= head_moved;
      next_one_q   <= next_one;
      if (judged_q) valid_q[judged_qid_q] <= after_q.valid;
    end
  end
  always_ff @(posedge clk_i) begin
    judged_qid_q <= qid;
    after_q      <= after;
    kind_q       <= item_i.kind;
    arm_q        <= cq_head.arm;
    exists_q     <= exists && !(^issued_i);
    before_q     <= tail;
    told_next_q  <= next_q;
    drained_q    <= waiting == '0;
    line_q       <= line_i;
    room_q       <= tail - head < cq_entries_q;
    in_turn_q    <= (issued_i[15:0] == tail && !(^issued_i)) || (push && judged_qid_q == qid);
    if (write) begin
      tail_q[judged_qid_q]  <= tail_w;
      head_q[judged_qid_q]  <= head_w;
      fresh_q[judged_qid_q] <= fresh_w;
    end
  end
  assign write = judged_q && !after_q.wrong;
  queue_inject #(.Place(queue_core_pkg::PlaceTail)) u_tail (
    .clk_i, .rst_ni, .inject_i, .write_i(write), .word_i({^after_q.tail, after_q.tail}), .word_o(tail_w)
  );
  queue_inject #(.Place(queue_core_pkg::PlaceHead)) u_head (
    .clk_i, .rst_ni, .inject_i, .write_i(write), .word_i({^after_q.head, after_q.head}), .word_o(head_w)
  );
  queue_inject #(.Place(queue_core_pkg::PlaceFresh), .Width(33)) u_fresh (
    .clk_i, .rst_ni, .inject_i, .write_i(write), .word_i({^after_q.fresh, after_q.fresh}), .word_o(fresh_w)
  );
  assign push = next_one_q && in_turn_q && room_q && push_ok_i;

  assign lost_o       = lost_q;
  assign qid_o        = judged_qid_q;
  assign kind_o       = kind_q;
  assign judged_o     = judged_q;
  assign line_o       = line_q;
  assign may_push_o   = next_one_q;
  assign valid_o      = valid_q;
  assign tail_moved_o = tail_moved_q;
  assign head_moved_o = head_moved_q;
  assign arm_o        = arm_q;
  assign push_o       = push;
  assign exists_o     = exists_q;
  assign tail_o       = before_q;
  assign next_o       = told_next_q;
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
  logic       tail_fresh, tail_fresh_q;
  assign behind_tail = tail[4:0] + 5'd1;
  assign tail_fresh  = next_one ? fresh[behind_tail] : fresh[sq_tail.index[4:0]] && !passes_all;

  assign look_take  = !look_valid_q && look_any;
  always_ff @(posedge clk_i) tail_fresh_q <= tail_fresh;
  assign look_set   = tail_moved_q && tail_fresh_q ? QueuePairs'(1) << judged_qid_q : '0;
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

  // The slot is that of the tail as it is when the look goes: later moves look again. A wrong one
  // is seen when the look is judged.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [16:0] look_tail;
  /* verilator lint_on UNUSEDSIGNAL */
  assign look_tail    = tail_q[look_qid_q];
  assign look_valid_o = look_valid_q;
  assign look_qid_o   = 6'(look_qid_q);
  assign look_slot_o  = look_tail[4:0];

  `PAMC_ASSERT(a_fits, !(item_valid_i && exists) || waiting <= 16'(full_tail_q - next_q))
  `PAMC_ASSERT(a_rung, !(sq_write && tail_good) || tail_back[15] == (16'(sq_tail.index - next_q) > waiting))
  `PAMC_ASSERT(a_beyond, !(item_valid_i && is_slot) || beyond == (16'(sqe.sq_index - tail) >= 16'(pamc_pkg::PUSH_SLOTS)))
  `PAMC_ASSERT(a_tail_fresh, !tail_moved || tail_fresh == fresh_d[tail_d[4:0]])

  // A look that is on its way through the intake, behind what is judged now.
  localparam int unsigned Way = 8;
  logic [Way-1:0]        way_valid_q, way_own;
  logic [Way*QpBits-1:0] way_qid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) way_valid_q <= '0;
    else         way_valid_q <= {way_valid_q[Way-2:0], look_valid_q && look_ready_i};
  end
  always_ff @(posedge clk_i) way_qid_q <= {way_qid_q[(Way-1)*QpBits-1:0], look_qid_q};
  always_comb begin
    for (int unsigned n = 0; n < Way; n++) way_own[n] = way_valid_q[n] && way_qid_q[n*QpBits +: QpBits] == judged_qid_q;
  end

  // Nothing more comes of what is in rings and slots by now: all is handed out, and no
  // slot waits to be looked at, or is being looked at.
  assign idle_o = drained_q && !look_q[judged_qid_q] && !(look_valid_q && look_qid_q == judged_qid_q) && way_own == '0;

  // Counters.
  logic [1:0]  bad, bad_now_q;
  logic [5:0]  dropped, dropped_now_q;
  logic        stale_q, dropped_one_q;
  logic [31:0] forgotten_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      forgotten_q   <= '0;
      dropped_one_q <= 1'b0;
      dropped_now_q <= '0;
      stale_q       <= 1'b0;
      bad_now_q     <= '0;
    end else begin
      stale_q       <= stale;
      bad_now_q     <= bad;
      dropped_now_q <= dropped;
      forgotten_q   <= tail_rung ? fresh & passed : '0;
      dropped_one_q <= stale_q || (next_one_q && !push);
    end
  end
  always_comb begin
    bad = 2'd0;
    if (host && !lost) begin
      if (!good || !(is_slot || sq_write || cq_write)) bad = 2'd1;
      else bad = 2'(sq_write && !tail_good) + 2'(cq_write && !head_good);
    end
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
      bad_q     <= bad_q + 32'(bad_now_q);
      pushed_q  <= pushed_q + 32'(push);
      dropped_q <= dropped_q + 32'(dropped_now_q);
    end
  end

  assign bad_doorbell_o = bad_q;
  assign pushed_o       = pushed_q;
  assign push_dropped_o = dropped_q;

`ifdef FORMAL
  // A further way to read, from which the proof's invariants speak.
  logic [QpBits-1:0] peek_at;
  logic [8:0]        peek_shift;
  logic [32:0]       peek_fresh;
  assign peek_shift = shift_q[peek_at];
  assign peek_fresh = fresh_q[peek_at];
`endif

endmodule
