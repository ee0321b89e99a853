// SPDX-License-Identifier: Apache-2.0
//
// Hands entries out. Batches that are ready take turns, an entry each; entries of queue
// pair 0 leave by a way of their own, so whoever executes pages cannot block the
// management. An entry takes two cycles, and there is room for it before it is picked:
// nothing waits here that could keep others waiting.
//
//   cycle 0   pick a batch
//         1   which queue pair, read the entry
//         2   aborted? out; the next one may be picked
//
// Domains are protected; an entry whose queue pair's domain is lost is aborted. So is one that is
// wrong itself, as far as that is known by the parity of its line: it has its command identifier
// from the copy of it then, by which its completion is told; and one of a queue pair whose index
// is wrong. Nobody looks whether an entry of queue pair 0 is aborted: it gets an opcode that is none.
//
// A batch that could not be read ends its queue pair: nothing of it is handed out any
// more, and the management is told.

`include "check.svh"

module queue_handout #(
  parameter int unsigned QueuePairs = 64,
  // Derived, not to be set.
  parameter int unsigned QpBits = $clog2(QueuePairs),
  parameter int unsigned Batches = queue_core_pkg::Batches,
  parameter int unsigned BatchBits = queue_core_pkg::BatchBits
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  output ecc_pkg::event_t        ecc_o,
  // An index was found to be wrong; an entry was.
  output logic                   lost_o,
  output logic                   entry_lost_o,

  input  logic                   init_i,
  input  logic [QpBits-1:0]      init_qid_i,
  input  logic [15:0]            init_domain_i,
  // Next cycle is not a good one for init_i.
  output logic                   busy_o,

  input  logic [QueuePairs-1:0]  valid_i,
  output logic [QueuePairs-1:0]  broken_o,

  // Batches (queue_batches.sv).
  input  logic [Batches-1:0]     ready_i,
  input  logic [Batches-1:0]     admin_i,
  input  logic [Batches-1:0]     failed_i,
  input  logic [Batches-1:0]     failing_i,
  output logic [BatchBits-1:0]   take_batch_o,
  output logic                   take_o,
  output logic                   take_drop_o,
  input  logic [QpBits-1:0]      take_qid_i,
  input  logic                   take_pushed_i,
  input  logic [511:0]           take_line_i,
  input  logic [15:0]            take_cid_i,
  // Part of the line is wrong, which is known late; that copy of the command identifier is.
  input  logic [3:0]             take_wrong_i,
  input  logic                   take_cid_wrong_i,

  // Index of the next entry, in three ways to read; and a second one of it.
  input  logic [QpBits-1:0]      db_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] db_next_o,
  input  logic [QpBits-1:0]      post_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] post_next_o,
  input  logic [QpBits-1:0]      control_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] control_next_o,
  output logic [15:0]            control_second_o,

  // An entry passes; is it to be aborted?
  output logic                   pass_o,
  output logic [5:0]             pass_qid_o,
  output logic [15:0]            pass_cid_o,
  input  logic                   pass_abort_i,

  output logic                   io_valid_o,
  input  logic                   io_ready_i,
  output queue_pkg::entry_t      io_o,

  output logic                   admin_valid_o,
  input  logic                   admin_ready_i,
  output queue_pkg::entry_t      admin_o,

  output logic                   fault_valid_o,
  input  logic                   fault_ready_i,
  output logic [5:0]             fault_qid_o,
  // Of the first entry that could not be read.
  output logic [15:0]            fault_index_o
);

  localparam int unsigned Depth = 4;
  localparam int unsigned LevelBits = $clog2(Depth + 1);

  // Cycle 0. Room as of a cycle ago, of which the entry that was in cycle 2 then has a part:
  // the one that is in cycle 2 now may go to the same place.
  logic [LevelBits-1:0] io_level, admin_level;
  logic                 io_room_q, admin_room_q, pass_q, take_q;
  logic                 fault_valid_q, fault_wrong_q, fails_q;
  logic [Batches-1:0]   request;
  logic                 any, picking, unused_bit;
  logic [Batches-1:0]   pick_bit;
  logic [BatchBits-1:0] pick, batch_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      io_room_q    <= 1'b0;
      admin_room_q <= 1'b0;
    end else begin
      io_room_q    <= io_level + LevelBits'(pass_q) <= LevelBits'(Depth - 2);
      admin_room_q <= admin_level + LevelBits'(pass_q) <= LevelBits'(Depth - 2);
    end
  end
  // Those that could not be read wait while a fault does. A batch that begins anew may wait a cycle too long.
  logic [Batches-1:0]   held_q;
  logic                 fault_valid;
  assign fault_valid = fails_q || (fault_valid_q && !fault_ready_i && !fault_wrong_q);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= '0;
    else         held_q <= fault_valid ? failed_i | failing_i : '0;
  end
  assign request    = ready_i & (admin_i & {Batches{admin_room_q}} | ~admin_i & {Batches{io_room_q}}) & ~held_q;

  // While it is not told yet that a batch could not be read, none is picked.
  assign picking = !take_q && !fails_q;

  queue_pick #(.Width(Batches)) u_pick (
    .clk_i, .rst_ni, .request_i(request), .serve_i(picking), .any_o(any), .place_o(pick), .bit_o(pick_bit)
  );

  assign unused_bit = ^pick_bit;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      take_q  <= 1'b0;
      batch_q <= '0;
    end else begin
      take_q <= any && picking;
      if (!take_q) batch_q <= pick;
    end
  end

  // Cycle 1.
  logic [QueuePairs-1:0] broken_q;
  logic                  alive, drop, fails;
  logic [QpBits-1:0]     qid, pass_qid_q;
  assign qid   = take_qid_i;
  assign alive = valid_i[qid] && !broken_q[qid];
  assign drop  = !alive || failed_i[batch_q];
  assign fails = take_q && alive && failed_i[batch_q];

  assign take_batch_o = batch_q;
  assign take_o       = take_q;
  assign take_drop_o  = drop;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      broken_q      <= '0;
      fault_valid_q <= 1'b0;
      fails_q       <= 1'b0;
      pass_q        <= 1'b0;
    end else begin
      // In cycle 2: before another entry of the queue pair is in cycle 1.
      fails_q       <= fails;
      if (fails_q) broken_q[pass_qid_q] <= 1'b1;
      if (init_i) broken_q[init_qid_i] <= 1'b0;
      fault_valid_q <= fault_valid;
      pass_q        <= take_q && !drop;
    end
  end

  // Twice: what a queue pair that ends has to wait for is known even if one is wrong.
  logic [queue_core_pkg::IndexBits-1:0] next_q [QueuePairs];
  logic [queue_core_pkg::IndexBits-1:0] next, next_d, next_w;
  logic [15:0] second_q [QueuePairs];
  logic [5:0]  fault_qid_q;
  logic [15:0] fault_index_q;
  always_ff @(posedge clk_i) begin
    pass_qid_q <= qid;
    if (fails_q) begin
      fault_qid_q   <= 6'(pass_qid_q);
      fault_index_q <= next[15:0];
      // Where it broke is not known, and so not told.
      fault_wrong_q <= ^next;
    end
  end

  // Cycle 2.
  logic [15:0] domain;
  logic        never, lost;
  ecc_ram #(.Memory(ecc_pkg::QueueDomain), .Width(16), .Depth(QueuePairs)) u_domains (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_o),
    .write_i(init_i), .write_at_i(init_qid_i), .write_data_i(init_domain_i),
    .read_i(take_q), .read_at_i(qid), .look_i(pass_q), .data_o(domain), .wait_o(never), .error_o(lost)
  );
  assign next   = next_q[pass_qid_q];
  assign next_d = init_i ? '0 : queue_core_pkg::index_after(next);
  queue_inject #(.Place(queue_core_pkg::PlaceNext)) u_next (
    .clk_i, .rst_ni, .inject_i, .write_i(pass_q || init_i), .word_i(next_d), .word_o(next_w)
  );

  logic wrong;
  assign wrong = ^next;
  always_ff @(posedge clk_i) begin
    if (pass_q || init_i) begin
      next_q[init_i ? init_qid_i : pass_qid_q]   <= next_w;
      second_q[init_i ? init_qid_i : pass_qid_q] <= init_i ? 16'd0 : second_q[pass_qid_q] + 16'd1;
    end
  end

  // Told one and two cycles later.
  logic       lost_q, passed_q, entry_lost_q;
  logic [4:0] entry_wrong_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {lost_q, passed_q, entry_lost_q} <= '0;
    else         {lost_q, passed_q, entry_lost_q} <= {(pass_q || fails_q) && wrong, pass_q, passed_q && entry_wrong_q != '0};
  end
  always_ff @(posedge clk_i) entry_wrong_q <= {take_cid_wrong_i, take_wrong_i};

  logic [31:0] now_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) now_q <= '0;
    else now_q <= now_q + 32'd1;
  end

  logic unused;
  assign unused = never;

  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  pamc_pkg::sqe_t    sqe;
  /* verilator lint_on UNUSEDSIGNAL */
  queue_pkg::entry_t entry, io, admin;
  pamc_pkg::sqe_t    entry_sqe, admin_sqe, admin_told;
  logic              refused, admin_refused;
  logic [3:0]        io_wrong, admin_wrong;
  assign sqe           = take_line_i;
  assign refused       = lost || wrong || take_cid_wrong_i;
  assign entry.aborted = pass_abort_i || refused;
  assign entry.pushed  = take_pushed_i;
  assign entry.qid     = 6'(pass_qid_q);
  assign entry.domain  = domain;
  assign entry.start   = now_q;
  assign entry.sqe     = entry_sqe;
  always_comb begin
    entry_sqe     = take_line_i;
    entry_sqe.cid = take_cid_wrong_i ? sqe.cid : take_cid_i;
  end

  logic to_admin, io_taken, admin_taken;
  assign to_admin = pass_qid_q == '0;

  lib_fifo #(.Width($bits(entry)), .Depth(Depth)) u_io (
    .clk_i, .rst_ni,
    .in_valid_i(pass_q && !to_admin), .in_ready_o(io_taken), .in_data_i(entry),
    .out_valid_o(io_valid_o), .out_ready_i(io_ready_i), .out_data_o(io),
    .level_o(io_level)
  );

  lib_fifo #(.Width(1 + $bits(entry)), .Depth(Depth)) u_admin (
    .clk_i, .rst_ni,
    .in_valid_i(pass_q && to_admin), .in_ready_o(admin_taken), .in_data_i({refused, entry}),
    .out_valid_o(admin_valid_o), .out_ready_i(admin_ready_i), .out_data_o({admin_refused, admin}),
    .level_o(admin_level)
  );

  // What is known late is looked at on the way out.
  queue_late #(.Width(4), .Depth(Depth)) u_io_late (
    .clk_i, .rst_ni, .push_i(pass_q && !to_admin), .data_i(take_wrong_i),
    .pop_i(io_valid_o && io_ready_i), .data_o(io_wrong)
  );
  queue_late #(.Width(4), .Depth(Depth)) u_admin_late (
    .clk_i, .rst_ni, .push_i(pass_q && to_admin), .data_i(take_wrong_i),
    .pop_i(admin_valid_o && admin_ready_i), .data_o(admin_wrong)
  );

  assign admin_sqe = admin.sqe;
  always_comb begin
    io_o          = io;
    io_o.aborted  = io.aborted || io_wrong != '0;
    admin_told        = admin_sqe;
    admin_told.opcode = admin_sqe.opcode | {8{admin_refused || admin_wrong != '0}};
    admin_o           = admin;
    admin_o.sqe       = admin_told;
    admin_o.aborted   = admin.aborted || admin_wrong != '0;
  end

  assign busy_o         = pass_q;
  assign broken_o       = broken_q;
  assign db_next_o      = next_q[db_qid_i];
  assign post_next_o    = next_q[post_qid_i];
  assign control_next_o = next_q[control_qid_i];
  assign control_second_o = second_q[control_qid_i];
  assign lost_o         = lost_q;
  assign entry_lost_o   = entry_lost_q;
  // A wrong command identifier is nobody's.
  assign pass_o         = pass_q && !take_cid_wrong_i;
  assign pass_qid_o     = 6'(pass_qid_q);
  assign pass_cid_o     = take_cid_i;
  assign fault_valid_o  = fault_valid_q && !fault_wrong_q;
  assign fault_qid_o    = fault_qid_q;
  assign fault_index_o  = fault_index_q;

  `PAMC_ASSERT(a_held, !fault_valid_q || (failed_i & ~held_q) == '0)
  `PAMC_ASSERT(a_cid, !pass_q || take_cid_wrong_i || take_wrong_i != '0 || take_cid_i == sqe.cid)
  `PAMC_ASSERT(a_room, !pass_q || (to_admin ? admin_taken : io_taken))
  `PAMC_ASSERT(a_init_alone, !init_i || !pass_q)

endmodule
