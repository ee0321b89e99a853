// SPDX-License-Identifier: Apache-2.0
//
// queue_irq loses no wake-up: as long as an armed completion queue has entries that are
// enough for an interrupt, it is marked to be considered, or is being considered by the
// state that it has now; so whatever comes between an arm and a posted entry, the interrupt
// is on its way. If its entries are not enough, its time runs (or it is about to). And an
// interrupt comes only for an arm, with entries, once. Any one queue is watched; that marked
// queues have their turn is queue_pick's proof.

`include "check.svh"

module queue_irq_proof (
  input logic               clk_i,
  input logic               init_i,
  input logic               coalesce_i,
  input logic               init_qid_i,
  input queue_pkg::config_t init_config_i,
  input logic               other_valid_i,
  input logic               head_moved_i,
  input logic               arm_i,
  input logic               head_qid_i,
  input logic               posted_i,
  input logic               posted_qid_i,
  input logic               stall_i,
  input logic               stall_qid_i,
  input logic [15:0]        new_head_i,
  // Indices of the other one may be wrong.
  input logic [16:0]        other_head_i,
  input logic [16:0]        other_posted_i,
  input logic               other_stalled_i,
  input logic               irq_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  localparam logic [15:0] Entries = 16'd16;

  (* anyconst *) logic       watch;
  (* anyconst *) logic       irq;
  (* anyconst *) logic [5:0] vector;

  // The watched queue.
  logic [15:0] head_q = '0, posted_q = '0, count_q = '0, usec_q = '0;
  logic        valid_q = 1'b0, stalled_q = 1'b0, armed_q = 1'b0;

  logic starts, changes, head_moves, posts, stalls;
  assign starts     = init_i && init_qid_i == watch;
  assign changes    = coalesce_i && init_qid_i == watch;
  assign head_moves = head_moved_i && head_qid_i == watch;
  assign posts      = posted_i && posted_qid_i == watch;
  assign stalls     = stall_i && stall_qid_i == watch;

  logic        qid, irq_valid, busy, busy_qid, lost, settings_lost;
  logic [5:0]  irq_vector;
  logic [31:0] interrupts;
  logic [1:0]  valid, stalled;
  assign valid   = watch ? {valid_q, other_valid_i} : {other_valid_i, valid_q};
  assign stalled = watch ? {stalled_q, other_stalled_i} : {other_stalled_i, stalled_q};

  queue_irq #(.QueuePairs(2), .CyclesPerUs(2)) dut (
    .clk_i, .rst_ni, .inject_i('0), .lost_o(lost), .settings_lost_o(settings_lost), .init_i, .coalesce_i, .init_qid_i, .init_config_i, .valid_i(valid),
    .head_moved_i, .arm_i, .head_qid_i, .posted_i, .posted_qid_i, .stall_i, .stall_qid_i,
    .stalled_i(stalled), .qid_o(qid),
    .qid_head_i(qid == watch ? {^head_q, head_q} : other_head_i),
    .qid_posted_i(qid == watch ? {^posted_q, posted_q} : other_posted_i),
    .irq_valid_o(irq_valid), .irq_ready_i, .irq_vector_o(irq_vector),
    .busy_o(busy), .busy_qid_o(busy_qid), .interrupts_o(interrupts)
  );

  // What the others see to. The watched queue begins once.
  `PAMC_ASSUME(m_starts, !starts || (!valid_q && init_config_i.cq_shift == 4'd4 &&
               init_config_i.irq == irq && init_config_i.irq_vector == vector))
  `PAMC_ASSUME(m_one, !(init_i && coalesce_i))
  `PAMC_ASSUME(m_lives, valid_q || !(changes || head_moves || posts || stalls))
  `PAMC_ASSUME(m_head, !head_moves || new_head_i - head_q <= posted_q - head_q)
  `PAMC_ASSUME(m_post, !posts || posted_q - head_q < Entries)

  (* hierconn *) wire        \dut.raise ;
  (* hierconn *) wire [1:0]  \dut.armed_q ;
  (* hierconn *) wire [1:0]  \dut.marked_q ;
  (* hierconn *) wire [1:0]  \dut.timed_q ;
  (* hierconn *) wire [1:0]  \dut.visit_q ;
  (* hierconn *) wire        \dut.qid_q ;
  (* hierconn *) wire        \dut.touched_q ;
  (* hierconn *) wire [15:0] \dut.waiting_q ;
  (* hierconn *) wire [15:0] \dut.count_q ;
  (* hierconn *) wire [15:0] \dut.usec_q ;
  (* hierconn *) wire [15:0] \dut.entries_q ;
  (* hierconn *) wire        \dut.armed_now_q ;
  (* hierconn *) wire        \dut.stalled_now_q ;
  (* hierconn *) wire        \dut.timed_now_q ;
  (* hierconn *) wire        \dut.irq_q ;
  (* hierconn *) wire        \dut.peek_at ;
  (* hierconn *) wire [11:0] \dut.peek_config ;
  (* hierconn *) wire [32:0] \dut.peek_coalesce ;
  (* hierconn *) wire [18:0] \dut.peek_due ;
  (* hierconn *) wire        \dut.index_wrong_q ;
  (* hierconn *) wire        \dut.settings_wrong_q ;
  (* hierconn *) wire        \dut.coalesce_wrong_q ;
  (* hierconn *) wire        \dut.due_wrong_q ;
  assign \dut.peek_at = watch;

  logic raises;
  assign raises = \dut.raise && \dut.qid_q == watch;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (starts) valid_q <= 1'b1;
      if (starts || changes) {count_q, usec_q} <= {init_config_i.coalesce_count,
                                                  init_config_i.coalesce_usec};
      if (head_moves) head_q <= new_head_i;
      if (posts) posted_q <= posted_q + 16'd1;
      stalled_q <= stalls || (stalled_q && !head_moves);
      // By the rule: armed by an arm, not armed after an interrupt.
      armed_q <= (head_moves && arm_i) || (armed_q && !raises);
    end
  end

  logic [15:0] waiting;
  logic        wanted, enough, visited;
  assign waiting = posted_q - head_q;
  assign wanted  = valid_q && irq && armed_q && waiting != '0;
  assign enough  = (count_q == '0 && usec_q == '0) || (count_q != '0 && waiting >= count_q) ||
                   waiting >= Entries || stalled_q;
  assign visited = \dut.qid_q == watch &&
                   (\dut.visit_q == 2'd1 || (\dut.visit_q == 2'd2 && !\dut.touched_q ));

  // No wake-up is lost.
  `PAMC_ASSERT(a_on_its_way, !(wanted && enough) || \dut.marked_q [watch] || visited)
  `PAMC_ASSERT(a_time_runs, !(wanted && usec_q != '0) || \dut.marked_q [watch] || visited ||
               \dut.timed_q [watch])
  // Nor is one made up.
  `PAMC_ASSERT(a_only_if_wanted, !raises || wanted)
  `PAMC_ASSERT(a_enough_or_late, !raises || enough || (usec_q != '0 && \dut.timed_q [watch]))
  `PAMC_ASSERT(a_armed, \dut.armed_q [watch] == armed_q)
  // It leaves.
  logic raised_q = 1'b0;
  always_ff @(posedge clk_i) raised_q <= rst_ni && raises;
  `PAMC_ASSERT(a_leaves, !raised_q || (irq_valid && irq_vector == vector))

  // For induction.
  logic deciding;
  assign deciding = \dut.qid_q == watch && \dut.visit_q == 2'd2;
  `PAMC_ASSERT(i_config, !valid_q || \dut.peek_config == {^{irq, vector, 4'd4}, irq, vector, 4'd4})
  `PAMC_ASSERT(i_coalesce, !valid_q || \dut.peek_coalesce == {^{count_q, usec_q}, count_q, usec_q})
  `PAMC_ASSERT(i_due, !\dut.timed_q [watch] || !(^\dut.peek_due ))
  `PAMC_ASSERT(i_touched, !(deciding && valid_q && \dut.touched_q && armed_q) || \dut.marked_q [watch])
  `PAMC_ASSERT(i_snapshot, !(deciding && valid_q && !\dut.touched_q ) ||
               (\dut.waiting_q == waiting && \dut.armed_now_q == armed_q &&
                \dut.stalled_now_q == stalled_q && \dut.count_q == count_q &&
                \dut.usec_q == usec_q && \dut.entries_q == Entries && \dut.irq_q == irq &&
                \dut.timed_now_q == \dut.timed_q [watch]))
  `PAMC_ASSERT(i_right, !(deciding && valid_q && !\dut.touched_q ) ||
               (!\dut.index_wrong_q && !\dut.settings_wrong_q && !\dut.coalesce_wrong_q &&
                !(\dut.timed_now_q && \dut.due_wrong_q )))
  `PAMC_ASSERT(i_not_yet, valid_q || (!armed_q && !stalled_q && posted_q == '0 && head_q == '0))
  `PAMC_ASSERT(i_ring, waiting <= Entries)
  `PAMC_ASSERT(i_visit, \dut.visit_q != 2'd3)
  `PAMC_ASSERT(i_unwatched, !(deciding && !\dut.touched_q && \dut.armed_now_q ) || valid_q)
  `PAMC_ASSERT(i_free, !irq_valid || \dut.visit_q == 2'd0)
  (* hierconn *) wire [5:0] \dut.vector_q ;
  `PAMC_ASSERT(i_vector, !(deciding && valid_q && !\dut.touched_q ) || \dut.vector_q == vector)

  `PAMC_COVER(c_at_once, raises && count_q == '0 && usec_q == '0)
  `PAMC_COVER(c_count, raises && count_q == 16'd2 && usec_q == '0)
  `PAMC_COVER(c_time_runs, wanted && usec_q == 16'd1 && \dut.timed_q [watch])

endmodule
