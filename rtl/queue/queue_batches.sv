// SPDX-License-Identifier: Apache-2.0
//
// Entries between host and hand-out, in batches: a read's entries, or one that was
// pushed. A batch is allocated when its read is asked for, done when the read's last
// answer is there, and freed with its last entry. Batches of one queue pair form a list,
// in order; only the oldest one of each is offered. So a read that takes long, or fails,
// delays its own queue pair only.
//
// Lines have a parity for each 35 bits, and there is a second one of each command identifier,
// with its own. Both are looked at as an entry is taken; what is wrong is told with it.

`include "check.svh"

module queue_batches #(
  parameter int unsigned QueuePairs = 64,
  // Derived, not to be set.
  parameter int unsigned QpBits = $clog2(QueuePairs),
  parameter int unsigned Batches = queue_core_pkg::Batches,
  parameter int unsigned BatchBits = queue_core_pkg::BatchBits
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,

  input  logic                   init_i,
  input  logic [QpBits-1:0]      init_qid_i,

  // A new batch: for db_qid_i, of a pushed entry that comes with it; or for fetch_qid_i, of
  // which fetch_batch_o is the number if it comes. Never both. A push is known late: all that
  // is needed for either is made ready.
  input  logic                   push_i,
  input  logic [511:0]           push_line_i,
  input  logic                   fetch_i,
  input  logic [3:0]             fetch_count_i,
  output logic [BatchBits-1:0]   fetch_batch_o,
  output logic                   free_io_o,
  output logic                   free_admin_o,

  // Whether queue pairs have all the batches they may have, of look_qid_i in the next cycle;
  // whether one has none.
  input  logic [QpBits-1:0]      db_qid_i,
  input  logic [QpBits-1:0]      look_qid_i,
  output logic                   look_full_o,
  input  logic [QpBits-1:0]      fetch_qid_i,
  output logic                   fetch_full_o,
  input  logic [QpBits-1:0]      control_qid_i,
  output logic                   control_none_o,

  input  logic                   rsp_valid_i,
  input  dma_pkg::read_rsp_t     rsp_i,

  // Batches that are the oldest of their queue pairs and done; of which some belong to
  // queue pair 0; some could not be read.
  output logic [Batches-1:0]     ready_o,
  output logic [Batches-1:0]     admin_o,
  output logic [Batches-1:0]     failed_o,
  // Those of which an entry is found to be lost in this cycle.
  output logic [Batches-1:0]     failing_o,

  // Takes an entry of a batch, or drops all of it; not twice in a row. What is said of the
  // batch comes at once, the entry a cycle later.
  input  logic [BatchBits-1:0]   take_batch_i,
  input  logic                   take_i,
  input  logic                   take_drop_i,
  output logic [QpBits-1:0]      take_qid_o,
  output logic                   take_pushed_o,
  output logic [511:0]           take_line_o,
  // The entry's command identifier, from a register; whether that one is wrong, and, late, whether
  // anything in parts of the line is.
  output logic [15:0]            take_cid_o,
  output logic                   take_cid_wrong_o,
  output logic [3:0]             take_wrong_o,

  // It was the batch's last one; a cycle later.
  output logic                   finish_o,
  output logic [QpBits-1:0]      finish_qid_o
);

  localparam int unsigned Entries = queue_core_pkg::BatchEntries;
  localparam int unsigned PlaceBits = $clog2(Entries);

  logic [Batches-1:0]           busy_q, done_q, oldest_q, failed_q, pushed_q;
  logic [Batches*PlaceBits-1:0] place_q;

  // Registers all of them, not memories that might lose whose an entry is.
  // Of a batch: its queue pair, entries, and the next batch of the same queue pair.
  (* ram_style = "registers" *) logic [QpBits-1:0] owner_q [Batches];
  (* ram_style = "registers" *) logic [3:0] count_q [Batches];
  (* ram_style = "registers" *) logic [BatchBits-1:0] after_q [Batches];
  // Of a queue pair: its newest batch, and how many were allocated and finished.
  (* ram_style = "registers" *) logic [BatchBits-1:0] newest_q [QueuePairs];
  (* ram_style = "registers" *) logic [3:0] allocated_q [QueuePairs];
  (* ram_style = "registers" *) logic [3:0] finished_q [QueuePairs];
  // Entries with their parities: fetched ones, and pushed ones.
  localparam int unsigned PartBits = 35;
  localparam int unsigned Parts = 15;
  localparam int unsigned LineBits = 512 + Parts;
  logic [LineBits-1:0]  fetched_q [Batches*Entries];
  logic [LineBits-1:0]  line_q [Batches];
  // What they are called: a block RAM would tell that late.
  (* ram_style = "distributed" *)
  logic [16:0]          cid_q [Batches*Entries];
  logic [16:0]          pushed_cid_q [Batches];

  // A free batch of either kind.
  localparam int unsigned Admin = queue_core_pkg::AdminBatches;
  logic                 free_io, free_admin;
  logic [BatchBits-1:0] batch_io, batch_admin, batch_db, batch_fetch, batch;
  logic [Batches-1:0]   bit_io, bit_admin, bit_db, bit_fetch, above_io, above_admin, is_io;
  assign is_io = {{(Batches-Admin){1'b1}}, {Admin{1'b0}}};
  lib_first #(.Width(Batches)) u_io (
    .set_i(~busy_q & is_io), .any_o(free_io), .first_o(bit_io), .above_o(above_io), .place_o(batch_io)
  );
  lib_first #(.Width(Batches)) u_admin (
    .set_i(~busy_q & ~is_io), .any_o(free_admin), .first_o(bit_admin), .above_o(above_admin), .place_o(batch_admin)
  );
  logic unused;
  assign unused = ^{above_io, above_admin};
  assign bit_db      = db_qid_i == '0 ? bit_admin : bit_io;
  assign bit_fetch   = fetch_qid_i == '0 ? bit_admin : bit_io;
  assign batch_db    = db_qid_i == '0 ? batch_admin : batch_io;
  assign batch_fetch = fetch_qid_i == '0 ? batch_admin : batch_io;

  // Which one is begun.
  logic               alloc;
  logic [Batches-1:0] pushed, begun;
  logic [QpBits-1:0]  alloc_qid;
  assign alloc     = push_i || fetch_i;
  assign alloc_qid = push_i ? db_qid_i : fetch_qid_i;
  assign batch     = push_i ? batch_db : batch_fetch;
  assign pushed    = push_i ? bit_db : '0;
  assign begun     = pushed | (fetch_i ? bit_fetch : '0);

  // Taking.
  logic [QpBits-1:0]    qid;
  logic [PlaceBits-1:0] place;
  logic [3:0]           number, finished_before;
  logic                 finish, finish_q, more, more_q, joined_q;
  logic [BatchBits-1:0] heir, taken_q;
  logic [QpBits-1:0]    taken_qid_q;
  logic [Batches-1:0]   finishing_q;
  assign qid             = owner_q[take_batch_i];
  assign place           = place_q[PlaceBits*take_batch_i +: PlaceBits];
  // That a batch is over is seen to a cycle later; it is not offered any more.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      finish_q    <= 1'b0;
      finishing_q <= '0;
    end else begin
      finish_q    <= finish;
      finishing_q <= finish ? Batches'(1) << take_batch_i : '0;
    end
  end
  assign finish = take_i && (take_drop_i || 4'(place) + 4'd1 == count_q[take_batch_i]);
  always_ff @(posedge clk_i) begin
    taken_q     <= take_batch_i;
    taken_qid_q <= qid;
  end
  assign finished_before = finished_q[taken_qid_q];
  // Its queue pair has more of them; counted a cycle before, beside one that is begun then. Nothing
  // is finished in that cycle, as nothing was taken in the one before.
  assign number = allocated_q[qid] - finished_q[qid];
  always_ff @(posedge clk_i) begin
    more_q   <= number > 4'd1;
    joined_q <= (push_i && db_qid_i == qid) || (fetch_i && fetch_qid_i == qid);
  end
  assign more            = more_q || joined_q;
  assign heir            = after_q[taken_q];

  // Said bit by bit, as an adder for either would become one behind the choice between them.
  function automatic logic [3:0] next_number(input logic [3:0] number_now);
    next_number = number_now ^ {&number_now[2:0], &number_now[1:0], number_now[0], 1'b1};
  endfunction

  // Allocating; it may be that the queue pair's last batch finishes just now.
  logic [3:0] db_allocated, fetch_allocated, db_owned, fetch_owned, db_finished, fetch_finished;
  logic       db_only, fetch_only;
  assign db_allocated    = allocated_q[db_qid_i];
  assign fetch_allocated = allocated_q[fetch_qid_i];
  assign db_owned        = db_allocated - db_finished;
  assign fetch_owned     = fetch_allocated - fetch_finished;
  // Compared with both that it may be, before it is known which.
  assign db_finished     = finished_q[db_qid_i];
  assign fetch_finished  = finished_q[fetch_qid_i];
  assign db_only         = finish_q && taken_qid_q == db_qid_i ? db_allocated == next_number(db_finished)
                                                               : db_allocated == db_finished;
  assign fetch_only      = finish_q && taken_qid_q == fetch_qid_i ? fetch_allocated == next_number(fetch_finished)
                                                                  : fetch_allocated == fetch_finished;
  logic [BatchBits-1:0] newest;
  logic                 follows, look_full_q;
  assign newest  = push_i ? newest_q[db_qid_i] : newest_q[fetch_qid_i];
  // Without batches of its own, the newest one is somebody else's by now.
  assign follows = push_i ? db_owned != '0 : fetch_i && fetch_owned != '0;

  // One that is begun in the same cycle counts, whosever it is.
  logic [3:0] look_owned;
  assign look_owned = allocated_q[look_qid_i] - finished_q[look_qid_i];
  always_ff @(posedge clk_i) look_full_q <= look_owned + 4'(alloc) >= 4'(queue_core_pkg::QueueBatches);

  logic                 rsp_last;
  logic [BatchBits-1:0] rsp_batch;
  logic [Batches-1:0]   answered;
  assign rsp_batch = rsp_i.tag[BatchBits-1:0];
  assign rsp_last  = rsp_valid_i && rsp_i.last;
  assign answered  = Batches'(1) << rsp_batch;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q   <= '0;
      done_q   <= '0;
      oldest_q <= '0;
      failed_q <= '0;
    end else begin
      busy_q   <= (busy_q & ~finishing_q) | begun;
      done_q   <= ((done_q | (rsp_last ? answered : '0)) & ~begun) | pushed;
      failed_q <= (failed_q | failing_o) & ~begun;
      oldest_q <= (oldest_q & ~finishing_q & ~begun) | (finish_q && more ? Batches'(1) << heir : '0) |
                  (push_i && db_only ? bit_db : '0) | (fetch_i && fetch_only ? bit_fetch : '0);
    end
  end

  always_ff @(posedge clk_i) begin
    for (int i = 0; i < Batches; i++) begin
      if (begun[i]) place_q[PlaceBits*i +: PlaceBits] <= '0;
      else if (take_i && BatchBits'(i) == take_batch_i) place_q[PlaceBits*i +: PlaceBits] <= place + 1'b1;
      if (begun[i]) pushed_q[i] <= pushed[i];
    end
    if (alloc) begin
      owner_q[batch]      <= alloc_qid;
      count_q[batch]      <= push_i ? 4'd1 : fetch_count_i;
      newest_q[alloc_qid] <= batch;
    end
    if (follows) after_q[newest] <= batch;
    if (push_i) begin
      line_q[batch_db]       <= {parities(push_line_i), push_line_i} ^ (fetched ? '0 : damage);
      pushed_cid_q[batch_db] <= pushed_cid_w;
    end
  end

  // One way to write each: init_i comes only when neither of the others does.
  always_ff @(posedge clk_i) begin
    if (alloc || init_i) allocated_q[init_i ? init_qid_i : alloc_qid] <=
      init_i ? 4'd0 : push_i ? next_number(db_allocated) : next_number(fetch_allocated);
    if (finish_q || init_i) finished_q[init_i ? init_qid_i : taken_qid_q] <=
      init_i ? 4'd0 : finished_before + 4'd1;
  end

  // Entries.
  logic         take_pushed_q;
  logic         fetched;
  logic [LineBits-1:0] fetched_read_q, line_read_q, damage;
  logic [16:0]  take_cid_q, cid_w, pushed_cid_w;
  logic [Parts-1:0] fetched_wrong, line_wrong;
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  pamc_pkg::sqe_t fetched_sqe, pushed_sqe;
  /* verilator lint_on UNUSEDSIGNAL */
  assign fetched_sqe = rsp_i.data;
  assign pushed_sqe  = push_line_i;
  assign fetched     = rsp_valid_i && !rsp_i.error;

  function automatic logic [Parts-1:0] parities(input logic [511:0] line);
    for (int unsigned p = 0; p < Parts; p++) parities[p] = ^PartBits'(line >> (PartBits * p));
  endfunction

  // Errors made: in the next line of either kind, as the bits to be named are not enough for two.
  queue_inject #(.Memory(ecc_pkg::QueueBatch), .Place(queue_core_pkg::PlaceLine), .Width(LineBits)) u_lines (
    .clk_i, .rst_ni, .inject_i, .write_i(fetched || push_i), .word_i('0), .word_o(damage)
  );
  queue_inject #(.Memory(ecc_pkg::QueueBatch), .Place(queue_core_pkg::PlaceCid)) u_cids (
    .clk_i, .rst_ni, .inject_i, .write_i(fetched), .word_i({^fetched_sqe.cid, fetched_sqe.cid}), .word_o(cid_w)
  );
  queue_inject #(.Memory(ecc_pkg::QueueBatch), .Place(queue_core_pkg::PlacePushedCid)) u_pushed_cids (
    .clk_i, .rst_ni, .inject_i, .write_i(push_i), .word_i({^pushed_sqe.cid, pushed_sqe.cid}), .word_o(pushed_cid_w)
  );

  always_ff @(posedge clk_i) begin
    if (fetched) begin
      fetched_q[{rsp_batch, rsp_i.offset[PlaceBits-1:0]}] <= {parities(rsp_i.data), rsp_i.data} ^ damage;
      cid_q[{rsp_batch, rsp_i.offset[PlaceBits-1:0]}]     <= cid_w;
    end
    fetched_read_q <= fetched_q[{take_batch_i, place}];
    line_read_q    <= line_q[take_batch_i];
    take_cid_q     <= pushed_q[take_batch_i] ? pushed_cid_q[take_batch_i] : cid_q[{take_batch_i, place}];
    take_pushed_q  <= pushed_q[take_batch_i];
  end
  // A block RAM tells late: of each kind what is wrong, before it is known which it is.
  assign fetched_wrong = fetched_read_q[512 +: Parts] ^ parities(fetched_read_q[511:0]);
  assign line_wrong    = line_read_q[512 +: Parts] ^ parities(line_read_q[511:0]);

  assign fetch_batch_o  = batch_fetch;
  assign free_io_o      = free_io;
  assign free_admin_o   = free_admin;
  assign look_full_o    = look_full_q;
  assign fetch_full_o   = fetch_owned >= 4'(queue_core_pkg::QueueBatches);
  assign control_none_o = allocated_q[control_qid_i] == finished_q[control_qid_i];
  assign ready_o        = done_q & oldest_q & ~finishing_q;
  assign admin_o        = ~is_io;
  assign failed_o       = failed_q;
  assign failing_o      = rsp_valid_i && rsp_i.error ? answered : '0;
  assign take_qid_o     = qid;
  assign take_pushed_o  = take_pushed_q;
  assign take_line_o    = take_pushed_q ? line_read_q[511:0] : fetched_read_q[511:0];
  assign take_wrong_o   = {take_pushed_q && line_wrong != '0,
                           !take_pushed_q && fetched_wrong[14:10] != '0,
                           !take_pushed_q && fetched_wrong[9:5] != '0,
                           !take_pushed_q && fetched_wrong[4:0] != '0};
  assign take_cid_o     = take_cid_q[15:0];
  assign take_cid_wrong_o = ^take_cid_q;
  assign finish_o       = finish_q;
  assign finish_qid_o   = taken_qid_q;

  `PAMC_ASSUME(m_one, !(push_i && fetch_i))
  `PAMC_ASSERT(a_alloc_free, !alloc || !busy_q[batch])
  `PAMC_ASSERT(a_oldest_busy, (oldest_q & ~busy_q) == '0)
  `PAMC_ASSERT(a_more, !finish_q || more == (4'(allocated_q[taken_qid_q] - finished_before) > 4'd1))
  `PAMC_ASSERT(a_take_ready, !take_i || ready_o[take_batch_i])
  `PAMC_ASSERT(a_not_too_many, !alloc || (push_i ? db_owned : fetch_owned) < 4'(queue_core_pkg::QueueBatches))
  `PAMC_ASSERT(a_init_alone, !init_i || (!alloc && !finish_q))
  // What pcie/ owes: answers are of reads that were asked for and are not over.
  `PAMC_ASSUME(m_answer, !rsp_valid_i || (busy_q[rsp_batch] && !done_q[rsp_batch]))

endmodule
