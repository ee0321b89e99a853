// SPDX-License-Identifier: Apache-2.0
//
// queue_doorbell forgets no doorbell and makes none up: of a queue pair that is there, each tail
// that the host writes, that its ring can have and that is newer than the one it has, becomes the
// tail, and each head of entries that were posted the head; queue_fetch and queue_irq are told in
// the cycle after the item was judged, and can read it from the next on. Else the tail moves by a
// push alone, by one, and a push becomes a batch only if it is the tail's and all before it are
// issued. Of what is wrong nothing moves. Any one of two queue pairs is watched; items are any, as
// queue_intake brings them (its proof), and checksums are free.

`include "check.svh"

module queue_doorbell_proof (
  input logic                  clk_i,
  input logic                  init_i,
  input logic                  init_qid_i,
  input logic [3:0]            init_sq_shift_i,
  input logic [3:0]            init_cq_shift_i,
  // The item that is judged in the next cycle.
  input logic                  read_valid_i,
  input queue_core_pkg::item_t read_i,
  input logic [511:0]          read_line_i,
  input logic                  crc_ok_i,
  // What others have: of the watched one if it is read then.
  input logic [15:0]           next_i,
  input logic [15:0]           posted_i,
  input logic [15:0]           issued_i,
  input logic                  next_wrong_i,
  input logic                  posted_wrong_i,
  input logic                  issued_wrong_i,
  input logic                  push_ok_i,
  input logic                  look_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic watch;

  logic                  item_valid_q = 1'b0;
  queue_core_pkg::item_t item_q;
  logic [511:0]          line_q;
  always_ff @(posedge clk_i) begin
    item_valid_q <= rst_ni && read_valid_i;
    item_q       <= read_i;
    line_q       <= read_line_i;
  end

  logic                       lost, qid, judged, may_push, tail_moved, head_moved, arm, push, exists, idle;
  logic                       look_valid;
  logic [1:0]                 valid;
  logic [5:0]                 look_qid;
  logic [4:0]                 look_slot;
  logic [15:0]                tail_out, next_out;
  logic [16:0]                fetch_tail, fetch_head, irq_head;
  logic [31:0]                bad, pushed, dropped;
  logic [511:0]               line_out;
  queue_core_pkg::item_kind_e kind;

  queue_doorbell #(.QueuePairs(2)) dut (
    .clk_i, .rst_ni, .inject_i('0), .lost_o(lost), .init_i, .init_qid_i, .init_sq_shift_i, .init_cq_shift_i,
    .read_line_i, .read_qid_i(read_i.qid), .next_i({^next_i ^ next_wrong_i, next_i}),
    .posted_i({^posted_i ^ posted_wrong_i, posted_i}), .item_valid_i(item_valid_q), .item_i(item_q), .line_i(line_q),
    .crc_ok_i, .issued_i({^issued_i ^ issued_wrong_i, issued_i}), .valid_o(valid), .qid_o(qid), .push_ok_i,
    .kind_o(kind), .judged_o(judged), .line_o(line_out), .may_push_o(may_push), .tail_moved_o(tail_moved),
    .head_moved_o(head_moved), .arm_o(arm), .push_o(push), .exists_o(exists), .idle_o(idle), .tail_o(tail_out),
    .next_o(next_out), .fetch_qid_i(watch), .fetch_tail_o(fetch_tail), .fetch_head_o(fetch_head),
    .irq_qid_i(watch), .irq_head_o(irq_head), .look_valid_o(look_valid), .look_ready_i, .look_qid_o(look_qid),
    .look_slot_o(look_slot), .bad_doorbell_o(bad), .pushed_o(pushed), .push_dropped_o(dropped)
  );

  // The watched one: there; its indices and fresh slots, and those of a cycle ago; its rings.
  logic        valid_q = 1'b0, valid_last_q = 1'b0, sized_q = 1'b0;
  logic [15:0] tail_q = '0, head_q = '0, tail_last_q = '0, head_last_q = '0;
  logic [31:0] fresh_q = '0, fresh_last_q = '0;
  logic [3:0]  sq_shift_q, cq_shift_q;
  // What others had when it was read.
  logic [15:0] next_q, posted_q;
  logic        wrong_q;

  logic mine, host, wrote_tail, wrote_head;
  logic [15:0] tail_written, head_written, sq_entries, tail_d, head_d;
  pamc_pkg::sqe_t sqe;
  assign mine         = item_valid_q && item_q.qid == 6'(watch);
  assign host         = mine && item_q.kind == queue_core_pkg::ITEM_HOST && valid_q && !wrong_q && !item_q.partial;
  assign tail_written = line_q[15:0];
  assign head_written = line_q[79:64];
  assign sq_entries   = 16'd1 << sq_shift_q;
  assign sqe          = line_q;
  // SQ_TAIL and CQ_HEAD are dwords 0 and 2 of the page's first line (spec/card.toml).
  assign wrote_tail = host && item_q.line == 6'd0 && item_q.dwords[0] && tail_written - next_q <= sq_entries &&
                      tail_written - next_q > tail_q - next_q;
  assign wrote_head = host && item_q.line == 6'd0 && item_q.dwords[2] && head_written - head_q <= posted_q - head_q;
  // A slot's entry that is whole is the tail's.
  logic [4:0] slot;
  logic       slot_item, pushes;
  assign slot      = item_q.line[4:0];
  assign slot_item = (host && item_q.line[5]) ||
                     (mine && item_q.kind == queue_core_pkg::ITEM_LOOK && valid_q && !wrong_q);
  assign pushes    = slot_item && crc_ok_i && (fresh_q[slot] || item_q.dwords[15]) && sqe.sq_index[4:0] == slot &&
                     sqe.sq_index == tail_q && tail_q - next_q != sq_entries;
  assign tail_d    = wrote_tail ? tail_written : pushes ? tail_q + 16'd1 : tail_q;
  assign head_d    = wrote_head ? head_written : head_q;

  logic creates, removes, starts;
  assign creates = mine && item_q.kind == queue_core_pkg::ITEM_CREATE;
  assign removes = mine && item_q.kind == queue_core_pkg::ITEM_DELETE;
  assign starts  = init_i && init_qid_i == watch;

  // What the control sees to; numbers of queue pairs that are not there come from the host alone,
  // and are not looked at here, as there are two.
  `PAMC_ASSUME(m_qid, read_i.qid < 6'd2)
  `PAMC_ASSUME(m_create, !creates || (!valid_q && sized_q))
  `PAMC_ASSUME(m_starts, !starts || (!valid_q && !creates && init_sq_shift_i <= pamc_pkg::MAX_QUEUE_SHIFT[3:0]))
  // Looks write nothing.
  `PAMC_ASSUME(m_look, read_i.kind != queue_core_pkg::ITEM_LOOK || (read_i.dwords == '0 && read_i.line[5]))
  // What is handed out was submitted, as far as it was told.
  logic [15:0] tail_now, next_last, next_last_q = '0;
  assign tail_now  = creates || !valid_last_q ? '0 : tail_last_q;
  assign next_last = creates ? '0 : next_last_q;
  `PAMC_ASSUME(m_next, !((valid_q || creates) && read_i.qid == 6'(watch)) || next_i - next_last <= tail_now - next_last)
  always_ff @(posedge clk_i) begin
    next_q   <= next_i;
    posted_q <= posted_i;
    wrong_q  <= next_wrong_i || posted_wrong_i;
    if (rst_ni) begin
      valid_last_q <= valid_q;
      tail_last_q  <= tail_q;
      head_last_q  <= head_q;
      fresh_last_q <= fresh_q;
      if (starts) {sized_q, sq_shift_q, cq_shift_q} <= {1'b1, init_sq_shift_i, init_cq_shift_i};
      if (creates) begin
        {valid_q, tail_q, head_q, fresh_q} <= {1'b1, 64'd0};
        next_last_q                        <= '0;
      end else begin
        if (removes) valid_q <= 1'b0;
        tail_q <= tail_d;
        head_q <= head_d;
        if (mine) fresh_q <= \dut.fresh_d ;
        if (valid_q && read_i.qid == 6'(watch)) next_last_q <= next_i;
      end
    end
  end

  (* hierconn *) wire [31:0] \dut.fresh_d ;
  (* hierconn *) wire [65:0] \dut.state_q ;
  (* hierconn *) wire [65:0] \dut.after_q ;
  (* hierconn *) wire        \dut.judged_q ;
  (* hierconn *) wire        \dut.judged_qid_q ;
  (* hierconn *) wire [15:0] \dut.next_q ;
  (* hierconn *) wire [15:0] \dut.posted_q ;
  (* hierconn *) wire [15:0] \dut.full_tail_q ;
  (* hierconn *) wire        \dut.others_wrong_q ;
  (* hierconn *) wire        \dut.tail_good_q ;
  (* hierconn *) wire [10:0] \dut.tail_before_q ;
  (* hierconn *) wire [10:0] \dut.index_before_q ;
  (* hierconn *) wire [31:0] \dut.before_index_q ;
  (* hierconn *) wire        \dut.peek_at ;
  (* hierconn *) wire [8:0]  \dut.peek_shift ;
  (* hierconn *) wire [32:0] \dut.peek_fresh ;
  assign \dut.peek_at = watch;

  // So it is with the other one, of which nothing is kept here.
  (* hierconn *) wire [15:0] \dut.waiting ;
  `PAMC_ASSUME(m_other, !item_valid_q || mine || (\dut.waiting <= 16'(\dut.full_tail_q - \dut.next_q ) &&
               16'(\dut.full_tail_q - \dut.next_q ) <= 16'd1 << pamc_pkg::MAX_QUEUE_SHIFT))

  // Told in the next cycle, and kept.
  logic mine_q = 1'b0, tail_moved_q = 1'b0, head_moved_q = 1'b0, pushes_q = 1'b0, arm_q;
  logic [15:0] tail_before_q;
  logic        all_issued_q, pushed_last_q = 1'b0;
  always_ff @(posedge clk_i) begin
    mine_q        <= rst_ni && mine;
    tail_moved_q  <= rst_ni && (wrote_tail || pushes);
    head_moved_q  <= rst_ni && wrote_head;
    pushes_q      <= rst_ni && pushes;
    arm_q         <= line_q[95];
    tail_before_q <= tail_q;
    all_issued_q  <= issued_i == tail_q && !issued_wrong_i;
    // Of the item before it in a row.
    pushed_last_q <= rst_ni && push && qid == watch;
  end
  `PAMC_ASSERT(a_tail_moved, (tail_moved && qid == watch) == tail_moved_q)
  `PAMC_ASSERT(a_head_moved, (head_moved && qid == watch) == head_moved_q)
  `PAMC_ASSERT(a_arm, !head_moved_q || arm == arm_q)
  `PAMC_ASSERT(a_tail, !valid_last_q || fetch_tail == {^tail_last_q, tail_last_q})
  `PAMC_ASSERT(a_head, !valid_last_q || (fetch_head == {^head_last_q, head_last_q} && irq_head == fetch_head))
  `PAMC_ASSERT(a_valid, valid[watch] == valid_last_q)
  `PAMC_ASSERT(a_push, !(push && qid == watch) || (pushes_q && (all_issued_q || pushed_last_q)))
  `PAMC_ASSERT(a_push_line, !(push && qid == watch) || line_out[447:432] == tail_before_q)

  // For induction.
  logic [15:0] waiting;
  assign waiting = tail_q - next_q;
  `PAMC_ASSERT(i_state, !mine || (\dut.state_q [65] == valid_q && (!valid_q || \dut.state_q [64:0] == {1'b0, tail_q, head_q, fresh_q})))
  `PAMC_ASSERT(i_after, !(mine_q && \dut.judged_q ) || (\dut.judged_qid_q == watch && \dut.after_q [65] == valid_q &&
               (!valid_q || \dut.after_q [64:0] == {1'b0, tail_q, head_q, fresh_q})))
  `PAMC_ASSERT(i_judged, \dut.judged_q == (mine_q || (\dut.judged_q && \dut.judged_qid_q != watch)))
  `PAMC_ASSERT(i_still, mine_q || (valid_q == valid_last_q && tail_q == tail_last_q && head_q == head_last_q && fresh_q == fresh_last_q))
  `PAMC_ASSERT(i_fresh, !valid_last_q || \dut.peek_fresh == {^fresh_last_q, fresh_last_q})
  `PAMC_ASSERT(i_shift, !sized_q || \dut.peek_shift == {^{cq_shift_q, sq_shift_q}, cq_shift_q, sq_shift_q})
  `PAMC_ASSERT(i_size, !sized_q || sq_shift_q <= pamc_pkg::MAX_QUEUE_SHIFT[3:0])
  `PAMC_ASSERT(i_sized, sized_q || (!valid_q && !valid_last_q))
  `PAMC_ASSERT(i_others, !(mine && valid_q) || (\dut.next_q == next_q && \dut.posted_q == posted_q && \dut.others_wrong_q == wrong_q &&
               \dut.full_tail_q == 16'(next_q + sq_entries)))
  `PAMC_ASSERT(i_before, !(mine && valid_q) || \dut.tail_good_q == (16'(tail_written - next_q) <= sq_entries))
  `PAMC_ASSERT(i_parts, !mine || (\dut.tail_before_q == 11'(line_q[15:5] - 11'd1) && \dut.index_before_q == 11'(line_q[447:437] - 11'd1)))
  logic [31:0] before_index;
  always_comb begin
    for (int i = 0; i < 32; i++) before_index[i] = line_q[4:0] > 5'(i);
  end
  `PAMC_ASSERT(i_before_index, !mine || \dut.before_index_q == before_index)
  // The ring holds what waits.
  `PAMC_ASSERT(i_ring, !valid_q || tail_q - next_last_q <= sq_entries)
  `PAMC_ASSERT(i_ring_last, !(valid_q && valid_last_q) || (tail_last_q - next_last_q <= tail_q - next_last_q))
  `PAMC_ASSERT(i_read, !(mine && valid_q && valid_last_q) || (tail_q - next_q <= sq_entries && next_q == next_last_q))

  `PAMC_COVER(c_twice, tail_moved_q && pushed_last_q)
  `PAMC_COVER(c_rung, wrote_tail && wrote_head && tail_q == 16'd1)
  `PAMC_COVER(c_wrong, mine && valid_q && wrong_q && lost)

endmodule
