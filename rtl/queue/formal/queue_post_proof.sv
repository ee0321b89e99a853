// SPDX-License-Identifier: Apache-2.0
//
// queue_post writes each completion that it takes exactly once, in the order in which they came,
// as it was given, at its place of the ring and with the phase of this round of it; or counts it
// and writes nothing, if and only if its queue pair is broken, all are being discarded, or an
// index is wrong. The ring's index moves by one with each, and what was written is told with it.
// Any one of two queue pairs is watched. (That of a ring whose place is lost nothing is written
// is seen in tests: the memory's code is left out here.)

`include "check.svh"

module queue_post_proof (
  input logic                   clk_i,
  input logic                   init_i,
  input logic                   init_qid_i,
  input queue_pkg::config_t     init_config_i,
  input logic                   hold_i,
  input logic [1:0]             broken_i,
  input logic                   drop_i,
  input logic                   done_valid_i,
  input queue_pkg::completion_t done_i,
  // Of the one that is asked for; it may be wrong.
  input logic [16:0]            next_i,
  input logic                   write_ready_i,
  input logic                   irq_qid_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic watch;

  ecc_pkg::event_t     ecc;
  logic                lost, busy, done_ready, next_qid, write_valid, posted, posted_qid;
  dma_pkg::write_req_t write;
  logic [127:0]        data;
  logic [16:0]         db_posted, irq_posted, control_posted;
  logic [15:0]         second;
  logic [31:0]         completions;

  queue_post #(.QueuePairs(2)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .lost_o(lost), .init_i, .init_qid_i, .init_config_i, .hold_i,
    .busy_o(busy), .broken_i, .drop_i, .done_valid_i, .done_ready_o(done_ready), .done_i,
    .next_qid_o(next_qid), .next_i, .write_valid_o(write_valid), .write_ready_i, .write_o(write),
    .write_data_o(data), .db_qid_i(watch), .db_posted_o(db_posted), .irq_qid_i, .irq_posted_o(irq_posted),
    .control_qid_i(watch), .control_posted_o(control_posted), .control_second_o(second),
    .posted_o(posted), .posted_qid_o(posted_qid), .completions_o(completions)
  );

  (* hierconn *) wire        \dut.door_q ;
  (* hierconn *) wire        \dut.writing_q ;
  (* hierconn *) wire        \dut.writing_qid_q ;
  (* hierconn *) wire        \dut.look ;
  (* hierconn *) wire        \dut.drop ;
  (* hierconn *) wire        \dut.counts_q ;
  (* hierconn *) wire        \dut.written_q ;
  (* hierconn *) wire        \dut.counts_qid_q ;
  (* hierconn *) wire [16:0] \dut.next_q ;
  (* hierconn *) wire [94:0] \dut.done_q ;
  (* hierconn *) wire [51:0] \dut.base ;
  (* hierconn *) wire [3:0]  \dut.shift ;
  (* hierconn *) wire        \dut.broken_q ;
  (* hierconn *) wire        \dut.peek_at ;
  (* hierconn *) wire [55:0] \dut.peek_ring ;
  assign \dut.peek_at = watch;

  // The completion at the door, and one that is being written, with the index that the queue pair
  // of it had handed out then.
  logic                   door_q = 1'b0, writing_q = 1'b0;
  queue_pkg::completion_t door_done_q, writing_done_q;
  logic [15:0]            head_q;
  // The watched queue pair: its ring; its completions that are over.
  logic                   begun_q = 1'b0;
  logic [51:0]            base_q;
  logic [3:0]             shift_q;
  logic [15:0]            over_q = '0;

  logic starts, takes, looks, reason, drops, leaves, over, mine, broken_q, wrote_q = 1'b0, over_last_q = 1'b0;
  assign starts = init_i && init_qid_i == watch;
  assign takes  = done_valid_i && done_ready;
  assign looks  = \dut.look ;
  assign reason = broken_q || drop_i || ^next_i;
  // Of the other one the index that is kept may be wrong, too.
  assign drops  = mine ? reason : \dut.drop ;
  assign leaves = write_valid && write_ready_i;
  assign mine   = door_done_q.qid[0] == watch;
  assign over   = (looks && mine && drops) || (leaves && writing_done_q.qid[0] == watch);

  `PAMC_ASSUME(m_qid, !done_valid_i || (done_i.qid < 6'd2 && (done_i.qid[0] != watch || begun_q)))
  // A queue pair begins when none of its completions are inside.
  `PAMC_ASSUME(m_init, !init_i || (hold_i && !busy))
  `PAMC_ASSUME(m_starts, !starts || !((door_q && mine) || (done_valid_i && done_i.qid[0] == watch)))

  always_ff @(posedge clk_i) begin
    broken_q <= broken_i[door_q ? door_done_q.qid[0] : done_i.qid[0]];
    if (rst_ni) begin
      wrote_q     <= leaves && writing_done_q.qid[0] == watch;
      over_last_q <= over;
      if (takes) door_done_q <= done_i;
      door_q <= takes || (door_q && !looks);
      if (looks && !drops) begin
        writing_done_q <= door_done_q;
        head_q         <= next_i[15:0];
      end
      writing_q <= (looks && !drops) || (writing_q && !leaves);
      if (starts) begin
        begun_q <= 1'b1;
        base_q  <= init_config_i.cq_base;
        shift_q <= init_config_i.cq_shift;
      end
      over_q <= starts ? '0 : over_q + 16'(over);
    end
  end

  // One at a time, in order: nothing is taken twice, passed over, or made up.
  `PAMC_ASSERT(a_takes, done_ready == !door_q)
  `PAMC_ASSERT(a_looks, !looks || (door_q && !writing_q))
  `PAMC_ASSERT(a_offers, write_valid == writing_q)
  // Nor kept waiting: one that could be looked at is, soon.
  logic [1:0] waits_q = '0;
  always_ff @(posedge clk_i) waits_q <= rst_ni && door_q && !writing_q && !hold_i && !looks ? waits_q + 2'd1 : '0;
  `PAMC_ASSERT(a_soon, waits_q <= 2'd1)
  // Dropped for a reason, and always then.
  `PAMC_ASSERT(a_drops, !(looks && mine) || \dut.drop == reason)

  logic [15:0]    place;
  pamc_pkg::cqe_t cqe;
  assign place = over_q & ((16'd1 << shift_q) - 16'd1);
  always_comb begin
    cqe         = '0;
    cqe.status  = {writing_done_q.logged, 6'd0, writing_done_q.status, !over_q[shift_q]};
    cqe.cid     = writing_done_q.cid;
    cqe.qid     = 16'(writing_done_q.qid);
    cqe.sq_head = head_q;
    cqe.info    = writing_done_q.info;
    cqe.result  = writing_done_q.result;
  end
  logic own;
  assign own = writing_q && writing_done_q.qid[0] == watch;
  `PAMC_ASSERT(a_place, !own || (write.dword == {base_q, 10'd0} + {44'd0, place, 2'd0} && write.dwords == 11'd4))
  `PAMC_ASSERT(a_entry, !own || data == cqe)

  // The index: told with what was written, moved in the same cycle.
  logic [15:0] shown;
  assign shown = over_q - 16'(over_last_q);
  `PAMC_ASSERT(a_index, !begun_q || (db_posted == {^shown, shown} && control_posted == db_posted && second == shown))
  `PAMC_ASSERT(a_told, (posted && posted_qid == watch) == wrote_q)

  // For induction.
  logic known;
  assign known = door_q && mine;
  `PAMC_ASSERT(i_door, \dut.door_q == door_q && (!door_q || \dut.done_q == door_done_q))
  `PAMC_ASSERT(i_door_qid, !door_q || door_done_q.qid < 6'd2)
  `PAMC_ASSERT(i_writing, \dut.writing_q == writing_q && (!writing_q || (\dut.writing_qid_q == writing_done_q.qid[0] &&
               writing_done_q.qid < 6'd2)))
  `PAMC_ASSERT(i_counts, (\dut.counts_q && \dut.counts_qid_q == watch) == over_last_q)
  `PAMC_ASSERT(i_wrote, !wrote_q || over_last_q)
  `PAMC_ASSERT(i_next, !over_last_q || \dut.next_q == {^over_q, over_q})
  `PAMC_ASSERT(i_ring, !begun_q || \dut.peek_ring == {base_q, shift_q})
  `PAMC_ASSERT(i_read, !known || (\dut.base == base_q && \dut.shift == shift_q))
  `PAMC_ASSERT(i_broken, \dut.broken_q == broken_q)
  `PAMC_ASSERT(i_begun, begun_q || !(known || own || over_last_q))
  `PAMC_ASSERT(i_counted_alone, !(\dut.counts_q && writing_q))

  `PAMC_COVER(c_second_round, own && shift_q == 4'd1 && over_q == 16'd2 && leaves)
  `PAMC_COVER(c_dropped, looks && mine && drops && over_q == 16'd1)

endmodule
