// SPDX-License-Identifier: Apache-2.0
//
// Decides which entries are read from which ring, and when. Queue pairs with entries to
// fetch take turns, a batch at a time: up to eight entries, within the ring and within
// 4 KiB of the host. Only entries for whose completions there is room are fetched, so
// what has come never waits in the card for a host that does not consume.
//
// A visit takes four cycles: pick, read the state, count, decide. A queue pair that cannot
// go on (no room, all its batches under way) leaves the round until what it waits for
// has happened. If that happens while it is being visited, the visit changes nothing.
// What doorbells say is heard a cycle later: a visit that was decided meanwhile is made again.
//
// Where a ring is in the host's memory is protected, and indices have a parity; of one whose
// place is lost, or an index of which is wrong, nothing is read any more.

`include "check.svh"

module queue_fetch #(
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

  input  logic [QueuePairs-1:0]  valid_i,
  input  logic [QueuePairs-1:0]  broken_i,
  // Nothing more is fetched.
  input  logic                   stop_i,
  // Nothing is fetched just now.
  input  logic                   hold_i,

  // Doorbells: what happened to queue pair db_qid_i; what it needs to know.
  input  logic [QpBits-1:0]      db_qid_i,
  input  logic                   tail_moved_i,
  input  logic                   head_moved_i,
  input  logic                   push_i,
  // Of any queue pair.
  input  logic [QpBits-1:0]      look_qid_i,
  output logic [queue_core_pkg::IndexBits-1:0] look_issued_o,

  output logic [QpBits-1:0]      qid_o,
  input  logic [queue_core_pkg::IndexBits-1:0] tail_i,
  input  logic [queue_core_pkg::IndexBits-1:0] head_i,
  // It has all the batches it may have.
  input  logic                   full_i,

  // Batches.
  input  logic                   free_io_i,
  input  logic                   free_admin_i,
  output logic                   alloc_o,
  output logic [3:0]             alloc_count_o,
  input  logic [queue_core_pkg::BatchBits-1:0] alloc_batch_i,
  input  logic                   finish_i,
  input  logic [QpBits-1:0]      finish_qid_i,

  output logic                   read_valid_o,
  input  logic                   read_ready_i,
  output dma_pkg::read_req_t     read_o,

  // Queue pairs that wait for room in their completion rings; one of them, qid_o, begins to. Both
  // a cycle later.
  output logic [QueuePairs-1:0]  no_room_o,
  output logic                   stall_o,
  output logic [31:0]            fetched_o,
  output logic [31:0]            cq_full_stalls_o
);

  // Entries before it are handed out, or on their way.
  logic [queue_core_pkg::IndexBits-1:0] issued_q [QueuePairs];

  // Who has entries to fetch; who waits for room, until the host's next head, or for a
  // batch of its own; who has been told to have stalled, until it goes on.
  logic [QueuePairs-1:0] want_q, no_room_q, full_q, stalled_q, here;
  // Who could be visited, a cycle ago; it is looked at again when it is decided. Not the one
  // that is being decided, of whom it is not known yet.
  logic [QueuePairs-1:0] candidate_q;
  logic                  deciding;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) candidate_q <= '0;
    else begin
      candidate_q <= want_q & ~no_room_q & ~full_q & valid_i & ~broken_i & ~(deciding ? here : '0) &
                     {{(QueuePairs-1){free_io_i && !stop_i}}, free_admin_i && !stop_i};
    end
  end
  // Nor anybody just after a batch was begun: who could be until then would lose his turn.
  logic alloc, alloc_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) alloc_q <= 1'b0;
    else         alloc_q <= alloc;
  end

  // Doorbells.
  logic              tail_moved_q, head_moved_q;
  logic [QpBits-1:0] moved_qid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {tail_moved_q, head_moved_q} <= '0;
    else         {tail_moved_q, head_moved_q} <= {tail_moved_i, head_moved_i};
  end
  always_ff @(posedge clk_i) moved_qid_q <= db_qid_i;

  typedef enum logic [1:0] {PICK, READ, COUNT, DECIDE} state_e;
  state_e                state_q;
  logic                  alive;
  logic [QpBits-1:0]     qid_q, pick;
  logic [QueuePairs-1:0] pick_bit;
  logic                  pick_any, picking, unused;
  assign picking = state_q == PICK && !alloc_q;

  queue_pick #(.Width(QueuePairs)) u_pick (
    .clk_i, .rst_ni, .request_i(candidate_q), .serve_i(picking), .any_o(pick_any), .place_o(pick),
    .bit_o(pick_bit)
  );
  assign unused = ^pick_bit;

  // Where the rings are; how long.
  logic [51:0] base;
  logic [3:0]  sq_shift, cq_shift;
  logic        waits, lost;
`ifdef FORMAL
  logic [60*QueuePairs-1:0] whole;
`endif
  ecc_ram #(.Memory(ecc_pkg::QueueFetch), .Width(60), .Depth(QueuePairs), .Late(1'b1)) u_rings (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_o),
    .write_i(init_i), .write_at_i(init_qid_i),
    .write_data_i({init_config_i.sq_base, init_config_i.cq_shift, init_config_i.sq_shift}),
    .read_i(state_q == READ), .read_at_i(qid_q), .look_i(state_q == COUNT && alive_q),
    .data_o({base, cq_shift, sq_shift}), .wait_o(waits), .error_o(lost)
`ifdef FORMAL
    , .whole_o(whole)
`endif
  );

  // Entries to be fetched; places of the completion ring that are spoken for.
  logic [15:0] waiting_q, owed_q, issued_now_q;
  logic        had_all_q, alive_q, parity_q, wrong_q;
  logic [queue_core_pkg::IndexBits-1:0] issued;
  assign issued = issued_q[qid_q];

  always_ff @(posedge clk_i) begin
    if (state_q == READ) begin
      waiting_q    <= tail_i[15:0] - issued[15:0];
      owed_q       <= issued[15:0] - head_i[15:0];
      wrong_q      <= ^tail_i || ^head_i || ^issued;
      {parity_q, issued_now_q} <= issued;
      alive_q      <= alive;
      had_all_q    <= full_i;
    end
  end

  // How many: what there is, what has room, up to where the ring or 4 KiB end. Eight stands
  // for more, too.
  logic [15:0] room, entries, sq_mask;
  logic [3:0]  waiting, to_edge, most, room_most;
  logic        none, no_room;
  assign waiting   = waiting_q[15:3] != '0 ? 4'd8 : waiting_q[3:0];
  always_comb begin
    for (int unsigned i = 0; i < 16; i++) entries[i] = cq_shift == 4'(i);
  end
  assign room      = entries - owed_q;
  assign none      = waiting_q == '0;
  assign no_room   = owed_q >= entries;
  assign sq_mask   = (16'd1 << sq_shift) - 16'd1;
  // 64 entries are 4 KiB.
  assign to_edge   = (issued_now_q[5:3] & sq_mask[5:3]) != sq_mask[5:3] ? 4'd8 :
                     {1'b0, ~issued_now_q[2:0] & sq_mask[2:0]} + 4'd1;
  assign most      = waiting < to_edge ? waiting : to_edge;
  assign room_most = room[15:3] != '0 ? 4'd8 : room[3:0];

  // All that, counted: it stays as it is while it is decided.
  logic        none_q, no_room_now_q, lost_q;
  logic [3:0]  most_q, room_q, count;
  logic [15:0] issued_next, at_q;
  // The next index's parity without that of its lowest bits, if the fourth one is 0 or 1: at most
  // eight are added.
  logic [1:0]  upper_q;
  logic        upper, upper_next, lost_told_q;
  assign upper      = parity_q ^ ^issued_now_q[2:0];
  assign upper_next = upper ^ !queue_core_pkg::index_flips({issued_now_q[15:3], 3'b111});
  always_ff @(posedge clk_i) begin
    if (state_q == COUNT) begin
      upper_q       <= issued_now_q[3] ? {upper, upper_next} : {upper_next, upper};
      none_q        <= none;
      no_room_now_q <= no_room;
      lost_q        <= lost || wrong_q;
      most_q        <= most;
      room_q        <= room_most;
      at_q          <= issued_now_q & sq_mask;
    end
  end
  assign count       = room_q < most_q ? room_q : most_q;
  assign issued_next = issued_now_q + 16'(count);

  // Something happened to the queue pair since it was read.
  logic touches, touched_q, read_ready;
  assign touches = ((tail_moved_q || head_moved_q) && moved_qid_q == qid_q) ||
                   (finish_i && finish_qid_i == qid_q);

  logic untouched, free;
  assign deciding  = state_q == DECIDE;
  assign alive     = valid_i[qid_q] && !broken_i[qid_q] && !stop_i;
  assign untouched = deciding && !touched_q && !touches;
  assign free      = qid_q == '0 ? free_admin_i : free_io_i;
  // A push that becomes a batch in this cycle goes first.
  assign alloc     = deciding && alive && !lost_q && !none_q && !no_room_now_q && !had_all_q && !push_i && !hold_i &&
                     read_ready && free;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= PICK;
      qid_q     <= '0;
      touched_q <= 1'b0;
    end else begin
      case (state_q)
        PICK: begin
          touched_q <= 1'b0;
          if (picking && pick_any) begin
            qid_q   <= pick;
            state_q <= READ;
          end
        end
        READ: begin
          touched_q <= touches;
          state_q   <= COUNT;
        end
        COUNT: begin
          touched_q <= touched_q || touches;
          if (!alive || !alive_q) state_q <= PICK;
          else if (!waits)        state_q <= DECIDE;
        end
        default: begin
          touched_q <= touched_q || touches;
          // The way to the host is waited for, and those that go first.
          if (alloc || !alive || lost_q || none_q || no_room_now_q || had_all_q || !free) state_q <= PICK;
        end
      endcase
    end
  end

  logic [QueuePairs-1:0] db_here, finish_here, init_here;
  assign here        = QueuePairs'(1) << qid_q;
  assign db_here     = QueuePairs'(1) << moved_qid_q;
  assign finish_here = QueuePairs'(1) << finish_qid_i;
  assign init_here   = QueuePairs'(1) << init_qid_i;

  logic blocks, stall;
  assign blocks = untouched && alive && !none_q && !lost_q && no_room_now_q;
  assign stall  = blocks && !stalled_q[qid_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      want_q    <= '0;
      no_room_q <= '0;
      full_q    <= '0;
      stalled_q <= '0;
    end else begin
      want_q    <= ((want_q & ~(untouched && (none_q || (alive && lost_q)) ? here : '0)) | (tail_moved_q ? db_here : '0)) &
                   ~(init_i ? init_here : '0);
      no_room_q <= (no_room_q | (blocks ? here : '0)) &
                   ~(head_moved_q ? db_here : '0) & ~(init_i ? init_here : '0);
      full_q    <= (full_q | (untouched && alive && !none_q && !lost_q && had_all_q ? here : '0)) &
                   ~(finish_i ? finish_here : '0) & ~(init_i ? init_here : '0);
      stalled_q <= ((stalled_q | (blocks ? here : '0)) & ~(alloc ? here : '0)) &
                   ~(push_i ? QueuePairs'(1) << db_qid_i : '0) & ~(init_i ? init_here : '0);
    end
  end

  // One way to write: init_i comes only when neither of the others does.
  logic              issue;
  logic [QpBits-1:0] issue_qid;
  logic [queue_core_pkg::IndexBits-1:0] issued_d, issued_w;
  always_comb begin
    issue     = 1'b1;
    issue_qid = qid_q;
    issued_d  = {upper_q[issued_next[3]] ^ ^issued_next[2:0], issued_next};
    if (init_i) begin
      issue_qid = init_qid_i;
      issued_d  = '0;
    end else if (push_i) begin
      issue_qid = db_qid_i;
      issued_d  = queue_core_pkg::index_after(issued_q[db_qid_i]);
    end else begin
      issue     = alloc;
    end
  end

  queue_inject #(.Place(queue_core_pkg::PlaceIssued)) u_issued (
    .clk_i, .rst_ni, .inject_i, .write_i(issue), .word_i(issued_d), .word_o(issued_w)
  );
  always_ff @(posedge clk_i) begin
    if (issue) issued_q[issue_qid] <= issued_w;
  end

  // The request.
  dma_pkg::read_req_t request;
  assign request.probe = 1'b0;
  assign request.line  = {base, 6'd0} + 58'(at_q);
  assign request.lines = 7'(count);
  assign request.tag   = {Client, alloc_batch_i};

  lib_skid #(.Width($bits(request))) u_request (
    .clk_i, .rst_ni,
    .in_valid_i(alloc), .in_ready_o(read_ready), .in_data_i(request),
    .out_valid_o(read_valid_o), .out_ready_i(read_ready_i), .out_data_o(read_o)
  );

  logic [31:0] fetched_q, stalls_q;
  logic [3:0]  more_q;
  logic        stall_q, blocks_q;
  logic [QueuePairs-1:0] no_room_told_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      blocks_q       <= 1'b0;
      no_room_told_q <= '0;
      fetched_q <= '0;
      stalls_q  <= '0;
      more_q    <= '0;
      stall_q   <= 1'b0;
      lost_told_q <= 1'b0;
    end else begin
      lost_told_q <= state_q == COUNT && alive && alive_q && !waits && wrong_q;
      more_q    <= alloc ? count : '0;
      blocks_q       <= blocks;
      no_room_told_q <= no_room_q;
      stall_q   <= stall;
      fetched_q <= fetched_q + 32'(more_q);
      stalls_q  <= stalls_q + 32'(stall_q);
    end
  end

  assign lost_o           = lost_told_q;
  assign look_issued_o    = issued_q[look_qid_i];
  assign qid_o            = qid_q;
  assign alloc_o          = alloc;
  assign alloc_count_o    = count;
  assign no_room_o        = no_room_told_q;
  assign stall_o          = blocks_q;
  assign fetched_o        = fetched_q;
  assign cq_full_stalls_o = stalls_q;

  `PAMC_ASSERT(a_init_alone, !init_i || (!push_i && !alloc))
  `PAMC_ASSERT(a_count, !alloc || (count != '0 && count <= 4'(queue_core_pkg::BatchEntries)))
  `PAMC_ASSERT(a_parity, !alloc || push_i || !(^issued_d))
  `PAMC_ASSERT(a_wrong, !(state_q == COUNT || deciding) || wrong_q || parity_q == ^issued_now_q)
  `PAMC_ASSERT(a_wrong_told, !deciding || !wrong_q || lost_q)
  `PAMC_ASSERT(a_upper, !deciding || upper_q == (issued_now_q[3] ? {upper, upper_next} : {upper_next, upper}))
  `PAMC_ASSERT(a_counted, !deciding || (most_q == most && room_q == room_most && none_q == none && no_room_now_q == no_room &&
                                        at_q == (issued_now_q & sq_mask)))

`ifdef FORMAL
  // A further way to read, from which the proof's invariants speak.
  logic [QpBits-1:0] peek_at;
  logic [queue_core_pkg::IndexBits-1:0] peek_issued;
  logic [7:0]        peek_shift;
  assign peek_issued = issued_q[peek_at];
  assign peek_shift  = whole[60*peek_at +: 8];
`endif

endmodule
