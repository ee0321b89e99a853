// SPDX-License-Identifier: Apache-2.0
//
// Completions become entries of completion rings. There is always room: an entry is
// handed out only when its completion has a place. The ring's index moves in the cycle
// in which the write path takes the entry, so neither an interrupt nor the host's head
// can come before it.
//
// One at a time, two cycles or more each; the next one waits at the door meanwhile. Of a
// queue pair that is broken, or when all
// are being discarded, completions are counted and go nowhere. So do those of a ring whose
// place in the host's memory, which is protected, is lost, or one of whose indices is wrong.

`include "check.svh"

module queue_post #(
  parameter int unsigned QueuePairs = 64,
  parameter logic [dma_pkg::ClientBits-1:0] Client = '0,
  // Derived, not to be set.
  parameter int unsigned QpBits = $clog2(QueuePairs)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  output ecc_pkg::event_t        ecc_o,
  // An index was found to be wrong.
  output logic                   lost_o,

  input  logic                   init_i,
  input  logic [QpBits-1:0]      init_qid_i,
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  input  queue_pkg::config_t     init_config_i,
  /* verilator lint_on UNUSEDSIGNAL */
  // Before init_i, hold_i keeps completions away; while one is being written, it may not come.
  input  logic                   hold_i,
  output logic                   busy_o,

  input  logic [QueuePairs-1:0]  broken_i,
  input  logic                   drop_i,

  input  logic                   done_valid_i,
  output logic                   done_ready_o,
  input  queue_pkg::completion_t done_i,

  // The queue pair's next entry to be handed out.
  output logic [QpBits-1:0]      next_qid_o,
  input  logic [queue_core_pkg::IndexBits-1:0] next_i,

  output logic                   write_valid_o,
  input  logic                   write_ready_i,
  output dma_pkg::write_req_t    write_o,
  output logic [127:0]           write_data_o,

  // Posted entries, in three ways to read; and a second one of it.
  input  logic [QpBits-1:0]      db_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] db_posted_o,
  input  logic [QpBits-1:0]      irq_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] irq_posted_o,
  input  logic [QpBits-1:0]      control_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] control_posted_o,
  output logic [15:0]            control_second_o,

  // An entry of the queue pair was written.
  output logic                   posted_o,
  output logic [QpBits-1:0]      posted_qid_o,
  output logic [31:0]            completions_o
);

  // Twice: what a queue pair that ends has to wait for is known even if one is wrong.
  logic [queue_core_pkg::IndexBits-1:0] posted_q [QueuePairs];
  logic [15:0] second_q [QueuePairs];

  // The one at the door; one that is being written.
  logic                   door_q, writing_q;
  queue_pkg::completion_t done_q;
  logic [QpBits-1:0]      qid, writing_qid_q;
  assign qid = writing_q ? writing_qid_q : done_q.qid[QpBits-1:0];

  // Whether the queue pair of the one at the door is broken, as of a cycle ago: a completion
  // that comes as it breaks may be written.
  logic              broken_q;
  logic [QpBits-1:0] door_qid;
  assign door_qid = door_q ? done_q.qid[QpBits-1:0] : done_i.qid[QpBits-1:0];
  always_ff @(posedge clk_i) broken_q <= broken_i[door_qid];

  // Where its ring is, and how long: read as it comes to the door.
  logic [51:0] base;
  logic [3:0]  shift;
  logic        waits, lost;
`ifdef FORMAL
  logic [56*QueuePairs-1:0] whole;
`endif
  ecc_ram #(.Memory(ecc_pkg::QueuePost), .Width(56), .Depth(QueuePairs), .Late(1'b1)) u_rings (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_o),
    .write_i(init_i), .write_at_i(init_qid_i), .write_data_i({init_config_i.cq_base, init_config_i.cq_shift}),
    .read_i(!door_q), .read_at_i(done_i.qid[QpBits-1:0]), .look_i(door_q && !writing_q && !drop_i && !broken_q),
    .data_o({base, shift}), .wait_o(waits), .error_o(lost)
`ifdef FORMAL
    , .whole_o(whole)
`endif
  );

  logic [queue_core_pkg::IndexBits-1:0] posted_word;
  logic [15:0] posted, place;
  logic        drop, look, written, count, counts_q, written_q, wrong, lost_q;
  assign posted_word = posted_q[qid];
  assign posted  = posted_word[15:0];
  assign wrong   = ^posted_word || ^next_i;
  assign place   = posted & ((16'd1 << shift) - 16'd1);
  assign drop    = drop_i || broken_q || lost || wrong;
  assign look    = door_q && !writing_q && !counts_q && !waits && !hold_i;
  assign written = writing_q && write_ready_i;
  assign count   = written || (look && drop);

  // Counted and told a cycle later: whether an entry is written is known late.
  logic [QpBits-1:0] counts_qid_q;
  logic [queue_core_pkg::IndexBits-1:0] next_q, posted_w;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {counts_q, written_q, lost_q} <= '0;
    else         {counts_q, written_q, lost_q} <= {count, written, look && !drop_i && !broken_q && !lost && wrong};
  end
  queue_inject #(.Place(queue_core_pkg::PlacePosted)) u_posted (
    .clk_i, .rst_ni, .inject_i, .write_i(counts_q || init_i), .word_i(init_i ? '0 : next_q), .word_o(posted_w)
  );
  always_ff @(posedge clk_i) begin
    counts_qid_q <= qid;
    next_q       <= queue_core_pkg::index_after(posted_word);
    if (counts_q || init_i) begin
      posted_q[init_i ? init_qid_i : counts_qid_q] <= posted_w;
      second_q[init_i ? init_qid_i : counts_qid_q] <= init_i ? 16'd0 : second_q[counts_qid_q] + 16'd1;
    end
  end

  pamc_pkg::cqe_t cqe_d, cqe_q;
  logic [61:0]    dword_q;
  assign cqe_d.status  = {done_q.logged, 6'd0, done_q.status, !posted[shift]};
  assign cqe_d.cid     = done_q.cid;
  assign cqe_d.qid     = 16'(done_q.qid);
  assign cqe_d.sq_head = next_i[15:0];
  assign cqe_d.info    = done_q.info;
  assign cqe_d.result  = done_q.result;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      door_q    <= 1'b0;
      writing_q <= 1'b0;
    end else begin
      door_q    <= door_q ? !look : done_valid_i;
      writing_q <= writing_q ? !write_ready_i : look && !drop;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!door_q) done_q <= done_i;
    if (look) begin
      writing_qid_q <= qid;
      cqe_q   <= cqe_d;
      dword_q <= {base, 10'd0} + {44'd0, place, 2'd0};
    end
  end

  logic [31:0] completions_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) completions_q <= '0;
    else completions_q <= completions_q + 32'(written_q);
  end

  assign busy_o           = writing_q || counts_q;
  assign done_ready_o     = !door_q;
  assign next_qid_o       = qid;
  assign write_valid_o    = writing_q;
  assign write_o.dword    = dword_q;
  assign write_o.dwords   = 11'd4;
  assign write_o.tag      = {Client, {(dma_pkg::TagBits - dma_pkg::ClientBits){1'b0}}};
  assign write_data_o     = cqe_q;
  assign db_posted_o      = posted_q[db_qid_i];
  assign irq_posted_o     = posted_q[irq_qid_i];
  assign control_posted_o = posted_q[control_qid_i];
  assign control_second_o = second_q[control_qid_i];
  assign lost_o           = lost_q;
  assign posted_o         = written_q;
  assign posted_qid_o     = counts_qid_q;
  assign completions_o    = completions_q;

  `PAMC_ASSERT(a_init_alone, !init_i || (!count && !counts_q))
  // Exactly one completion comes for an entry.
  `PAMC_ASSUME(m_outstanding, !look || wrong || posted != next_i[15:0])

`ifdef FORMAL
  // A further way to read, from which the proof's invariants speak.
  logic [QpBits-1:0] peek_at;
  logic [55:0]       peek_ring;
  assign peek_ring = whole[56*peek_at +: 56];
`endif

endmodule
