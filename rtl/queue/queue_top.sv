// SPDX-License-Identifier: Apache-2.0
//
// The queue pairs: from what the host writes to entries, from completions to what the
// host reads, and its interrupts. rtl/queue/README.md has the figure.

`include "check.svh"

module queue_top #(
  parameter int unsigned QueuePairs = 64,
  parameter int unsigned CyclesPerUs = 250,
  // This client's part of DMA tags.
  parameter logic [dma_pkg::ClientBits-1:0] Client = '0
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t        inject_i,
  output logic [ecc_pkg::Memories-1:0][1:0] ecc_o,

  // Writes by the host; those to other BARs are ignored.
  input  logic                    host_valid_i,
  output logic                    host_ready_o,
  input  dma_pkg::host_write_t    host_i,

  // Reads of submission rings.
  output logic                    read_valid_o,
  input  logic                    read_ready_i,
  output dma_pkg::read_req_t      read_o,
  input  logic                    rsp_valid_i,
  input  dma_pkg::read_rsp_t      rsp_i,

  // Writes of completion entries, each with its data.
  output logic                    write_valid_o,
  input  logic                    write_ready_i,
  output dma_pkg::write_req_t     write_o,
  output logic [127:0]            write_data_o,

  // Interrupts; the entries that they tell of have been taken by the write path.
  output logic                    irq_valid_o,
  input  logic                    irq_ready_i,
  output logic [5:0]              irq_vector_o,

  // Entries of I/O queue pairs, and of queue pair 0.
  output logic                    io_valid_o,
  input  logic                    io_ready_i,
  output queue_pkg::entry_t       io_o,
  output logic                    admin_valid_o,
  input  logic                    admin_ready_i,
  output queue_pkg::entry_t       admin_o,

  // Completions, in any order.
  input  logic                    done_valid_i,
  output logic                    done_ready_o,
  input  queue_pkg::completion_t  done_i,

  input  logic                    control_valid_i,
  output logic                    control_ready_o,
  input  queue_pkg::control_t     control_i,
  output logic                    control_rsp_valid_o,
  input  logic                    control_rsp_ready_i,
  output queue_pkg::control_rsp_t control_rsp_o,

  // A queue pair broke.
  output logic                    fault_valid_o,
  input  logic                    fault_ready_i,
  output queue_pkg::fault_t       fault_o,

  // Shutting down: no more entries are taken from rings and slots.
  input  logic                    stop_i,
  // Queue pairs that exist.
  output logic [QueuePairs-1:0]   valid_o,
  output queue_pkg::counters_t    counters_o
);

  `PAMC_PARAM(g_queue_pairs, QueuePairs >= 2 && QueuePairs <= 64)

  localparam int unsigned QpBits    = $clog2(QueuePairs);
  localparam int unsigned Batches   = queue_core_pkg::Batches;
  localparam int unsigned BatchBits = queue_core_pkg::BatchBits;

  // Control.
  logic                       init, coalesce, drop, busy;
  logic [QpBits-1:0]          control_qid;
  queue_pkg::config_t         cfg;
  logic                       control_item, control_item_ready;
  queue_core_pkg::item_kind_e control_kind;
  logic [5:0]                 control_item_qid;
  logic                       judged_control, judged_poll;

  // Items.
  logic                       item_valid, crc_ok;
  queue_core_pkg::item_t      item;
  logic [511:0]               line, read_line;
  logic                       enter_q, enter_ready;
  queue_core_pkg::item_kind_e enter_kind_q;
  logic [5:0]                 enter_qid_q;
  logic                       look_valid, look_ready;
  logic [5:0]                 look_qid;
  logic [4:0]                 look_slot;

  // The item's queue pair.
  logic [QueuePairs-1:0]      valid, broken, stalled;
  logic [5:0]                 read_qid;
  logic [QpBits-1:0]          db_qid, look_at, item_at;
  logic [15:0]                db_next, db_tail;
  logic [queue_core_pkg::IndexBits-1:0] read_next, item_issued, read_posted;
  logic                       judged, may_push;
  logic [511:0]               db_line;
  queue_core_pkg::item_kind_e db_kind;
  logic                       tail_moved, head_moved, arm, push, push_ok, exists, idle;

  // Fetch and batches.
  logic [QpBits-1:0]          fetch_qid, take_qid, finish_qid;
  logic [queue_core_pkg::IndexBits-1:0] fetch_tail, fetch_head;
  logic                       fetch_full, item_full, free_io, free_admin, fetch, finish, stall;
  logic [3:0]                 fetch_count;
  logic [BatchBits-1:0]       batch, take_batch;
  logic [Batches-1:0]         ready, ready_admin, failed, failing;
  logic                       take, take_drop, take_pushed, handing, none;
  logic [511:0]               take_line;
  logic [15:0]                take_cid;
  logic [3:0]                 take_wrong;
  logic                       take_cid_wrong;

  // Aborts.
  logic                       pass, pass_abort, poll_valid, poll_ready, abort, abort_end;
  logic                       over_valid;
  logic                       over_ready, over_found;
  logic [5:0]                 pass_qid, poll_qid, abort_qid;
  logic [15:0]                pass_cid, abort_cid, abort_tail;
  logic [3:0]                 abort_tag, over_tag;

  // Completions.
  logic                       posting, posted, irq_busy;
  logic [QpBits-1:0]          post_qid, posted_qid, irq_qid, irq_busy_qid;
  logic [queue_core_pkg::IndexBits-1:0] post_next, irq_head, irq_posted, control_next, control_posted;
  logic [15:0]                second_next, second_posted;

  // Where an index was found to be wrong; settings of interrupts, an entry.
  logic control_lost, doorbell_lost, fetch_lost, handout_lost, post_lost, irq_lost;
  logic settings_lost, entry_lost;

  // Before a queue pair begins, hold keeps pushes, fetches and completions away. Of a push it is
  // enough that there could be one, which is known early.
  logic hold, stop_q, broken_q;
  assign busy = may_push || finish || handing || posting;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stop_q <= 1'b0;
    else         stop_q <= stop_i;
  end

  queue_control #(.QueuePairs(QueuePairs)) u_control (
    .clk_i, .rst_ni, .lost_o(control_lost),
    .control_valid_i, .control_ready_o, .control_i,
    .rsp_valid_o(control_rsp_valid_o), .rsp_ready_i(control_rsp_ready_i), .rsp_o(control_rsp_o),
    .valid_i(valid), .broken_i(broken), .busy_i(busy),
    .hold_o(hold), .init_o(init), .coalesce_o(coalesce), .qid_o(control_qid), .config_o(cfg),
    .item_valid_o(control_item), .item_ready_i(control_item_ready), .item_kind_o(control_kind),
    .item_qid_o(control_item_qid),
    .judged_i(judged_control), .judged_exists_i(exists), .judged_tail_i(db_tail),
    .none_i(none), .next_i(control_next), .posted_i(control_posted),
    .second_next_i(second_next), .second_posted_i(second_posted),
    .irq_busy_i(irq_busy), .irq_qid_i(irq_busy_qid), .drop_o(drop),
    .abort_o(abort), .abort_qid_o(abort_qid), .abort_cid_o(abort_cid), .abort_tag_o(abort_tag),
    .abort_tail_o(abort_tail), .end_o(abort_end),
    .over_valid_i(over_valid), .over_ready_o(over_ready), .over_tag_i(over_tag),
    .over_found_i(over_found)
  );

  queue_abort u_abort (
    .clk_i, .rst_ni,
    .start_i(abort), .start_qid_i(abort_qid), .start_cid_i(abort_cid), .start_tag_i(abort_tag),
    .start_tail_i(abort_tail), .end_i(abort_end), .end_qid_i(6'(control_qid)),
    .pass_i(pass), .pass_qid_i(pass_qid), .pass_cid_i(pass_cid), .pass_abort_o(pass_abort),
    .poll_valid_o(poll_valid), .poll_ready_i(poll_ready), .poll_qid_o(poll_qid),
    .poll_i(judged_poll), .poll_over_i(!exists || broken_q || idle), .poll_next_i(db_next),
    .over_valid_o(over_valid), .over_ready_i(over_ready), .over_tag_o(over_tag),
    .over_found_o(over_found)
  );

  // Control enters when it wants to, a poll when there is no control; a cycle later, from a register,
  // as the host, which has to wait then, is far away.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) enter_q <= 1'b0;
    else         enter_q <= control_item || poll_valid;
  end
  always_ff @(posedge clk_i) begin
    enter_kind_q <= control_item ? control_kind : queue_core_pkg::ITEM_POLL;
    enter_qid_q  <= control_item ? control_item_qid : poll_qid;
  end
  assign control_item_ready = enter_ready;
  assign poll_ready         = enter_ready && !control_item;
  assign enter_ready        = 1'b1;

  queue_intake #(.QueuePairs(QueuePairs)) u_intake (
    .clk_i, .rst_ni,
    .hold_i(hold), .host_valid_i, .host_ready_o, .host_i,
    .look_valid_i(look_valid), .look_ready_o(look_ready), .look_qid_i(look_qid),
    .look_slot_i(look_slot),
    .control_valid_i(enter_q), .control_kind_i(enter_kind_q), .control_qid_i(enter_qid_q),
    .next_qid_o(read_qid), .next_line_o(read_line), .item_valid_o(item_valid), .item_o(item), .line_o(line), .crc_ok_o(crc_ok)
  );

  // The item, and the one behind it.
  assign item_at        = item.qid[QpBits-1:0];
  assign look_at        = read_qid[QpBits-1:0];
  assign judged_poll    = judged && db_kind == queue_core_pkg::ITEM_POLL;
  assign judged_control = judged && (db_kind == queue_core_pkg::ITEM_CREATE ||
                                     db_kind == queue_core_pkg::ITEM_DELETE ||
                                     db_kind == queue_core_pkg::ITEM_ABORT);
  always_ff @(posedge clk_i) broken_q <= broken[item_at];
  assign push_ok        = !stop_q && !broken_q && !item_full &&
                          (db_qid == '0 ? free_admin : free_io);

  queue_doorbell #(.QueuePairs(QueuePairs)) u_doorbell (
    .clk_i, .rst_ni, .inject_i, .lost_o(doorbell_lost),
    .init_i(init), .init_qid_i(control_qid), .init_sq_shift_i(cfg.sq_shift),
    .init_cq_shift_i(cfg.cq_shift),
    .read_qid_i(read_qid), .read_line_i(read_line), .next_i(read_next), .posted_i(read_posted),
    .item_valid_i(item_valid), .item_i(item), .line_i(line), .crc_ok_i(crc_ok), .issued_i(item_issued),
    .qid_o(db_qid), .push_ok_i(push_ok), .valid_o(valid),
    .kind_o(db_kind), .judged_o(judged), .line_o(db_line), .may_push_o(may_push), .next_o(db_next),
    .tail_moved_o(tail_moved), .head_moved_o(head_moved), .arm_o(arm), .push_o(push),
    .exists_o(exists), .idle_o(idle), .tail_o(db_tail),
    .fetch_qid_i(fetch_qid), .fetch_tail_o(fetch_tail), .fetch_head_o(fetch_head),
    .irq_qid_i(irq_qid), .irq_head_o(irq_head),
    .look_valid_o(look_valid), .look_ready_i(look_ready), .look_qid_o(look_qid),
    .look_slot_o(look_slot),
    .bad_doorbell_o(counters_o.bad_doorbell), .pushed_o(counters_o.pushed),
    .push_dropped_o(counters_o.push_dropped)
  );

  ecc_pkg::event_t fetch_ecc, handout_ecc, post_ecc;
  always_comb begin
    ecc_o                       = '0;
    ecc_o[ecc_pkg::QueueFetch]  = fetch_ecc;
    ecc_o[ecc_pkg::QueuePost]   = post_ecc;
    ecc_o[ecc_pkg::QueueDomain] = handout_ecc;
    // As event_t: corrected, lost. Of a queue pair that ends its second indices have done.
    ecc_o[ecc_pkg::QueueIndex]  = {control_lost, doorbell_lost || fetch_lost || handout_lost || post_lost || irq_lost};
    ecc_o[ecc_pkg::QueueIrq]    = {1'b0, settings_lost};
    ecc_o[ecc_pkg::QueueBatch]  = {1'b0, entry_lost};
  end

  queue_fetch #(.QueuePairs(QueuePairs), .Client(Client)) u_fetch (
    .clk_i, .rst_ni, .inject_i, .ecc_o(fetch_ecc), .lost_o(fetch_lost),
    .init_i(init), .init_qid_i(control_qid), .init_config_i(cfg),
    .valid_i(valid), .broken_i(broken), .stop_i(stop_q), .hold_i(hold),
    .db_qid_i(db_qid), .tail_moved_i(tail_moved), .head_moved_i(head_moved), .push_i(push),
    .look_qid_i(item_at), .look_issued_o(item_issued),
    .qid_o(fetch_qid), .tail_i(fetch_tail), .head_i(fetch_head), .full_i(fetch_full),
    .free_io_i(free_io), .free_admin_i(free_admin), .alloc_o(fetch), .alloc_count_o(fetch_count),
    .alloc_batch_i(batch), .finish_i(finish), .finish_qid_i(finish_qid),
    .read_valid_o, .read_ready_i, .read_o,
    .no_room_o(stalled), .stall_o(stall), .fetched_o(counters_o.fetched),
    .cq_full_stalls_o(counters_o.cq_full_stalls)
  );

  queue_batches #(.QueuePairs(QueuePairs)) u_batches (
    .clk_i, .rst_ni, .inject_i,
    .init_i(init), .init_qid_i(control_qid),
    .push_i(push), .push_line_i(db_line),
    .fetch_i(fetch), .fetch_count_i(fetch_count), .fetch_batch_o(batch),
    .free_io_o(free_io), .free_admin_o(free_admin),
    .db_qid_i(db_qid), .look_qid_i(item_at), .look_full_o(item_full), .fetch_qid_i(fetch_qid), .fetch_full_o(fetch_full),
    .control_qid_i(control_qid), .control_none_o(none),
    .rsp_valid_i, .rsp_i,
    .ready_o(ready), .admin_o(ready_admin), .failed_o(failed), .failing_o(failing),
    .take_batch_i(take_batch), .take_i(take), .take_drop_i(take_drop), .take_qid_o(take_qid),
    .take_pushed_o(take_pushed), .take_line_o(take_line), .take_cid_o(take_cid),
    .take_wrong_o(take_wrong), .take_cid_wrong_o(take_cid_wrong),
    .finish_o(finish), .finish_qid_o(finish_qid)
  );

  queue_handout #(.QueuePairs(QueuePairs)) u_handout (
    .clk_i, .rst_ni, .inject_i, .ecc_o(handout_ecc), .lost_o(handout_lost), .entry_lost_o(entry_lost),
    .init_i(init), .init_qid_i(control_qid), .init_domain_i(cfg.domain), .busy_o(handing),
    .valid_i(valid), .broken_o(broken),
    .ready_i(ready), .admin_i(ready_admin), .failed_i(failed), .failing_i(failing),
    .take_batch_o(take_batch), .take_o(take), .take_drop_o(take_drop), .take_qid_i(take_qid),
    .take_pushed_i(take_pushed), .take_line_i(take_line), .take_cid_i(take_cid),
    .take_wrong_i(take_wrong), .take_cid_wrong_i(take_cid_wrong),
    .db_qid_i(look_at), .db_next_o(read_next), .post_qid_i(post_qid), .post_next_o(post_next),
    .control_qid_i(control_qid), .control_next_o(control_next),
    .control_second_o(second_next),
    .pass_o(pass), .pass_qid_o(pass_qid), .pass_cid_o(pass_cid), .pass_abort_i(pass_abort),
    .io_valid_o, .io_ready_i, .io_o, .admin_valid_o, .admin_ready_i, .admin_o,
    .fault_valid_o, .fault_ready_i, .fault_qid_o(fault_o.qid), .fault_index_o(fault_o.index)
  );

  queue_post #(.QueuePairs(QueuePairs), .Client(Client)) u_post (
    .clk_i, .rst_ni, .inject_i, .ecc_o(post_ecc), .lost_o(post_lost),
    .init_i(init), .init_qid_i(control_qid), .init_config_i(cfg), .hold_i(hold), .busy_o(posting),
    .broken_i(broken), .drop_i(drop),
    .done_valid_i, .done_ready_o, .done_i,
    .next_qid_o(post_qid), .next_i(post_next),
    .write_valid_o, .write_ready_i, .write_o, .write_data_o,
    .db_qid_i(look_at), .db_posted_o(read_posted), .irq_qid_i(irq_qid), .irq_posted_o(irq_posted),
    .control_qid_i(control_qid), .control_posted_o(control_posted),
    .control_second_o(second_posted),
    .posted_o(posted), .posted_qid_o(posted_qid), .completions_o(counters_o.completions)
  );

  queue_irq #(.QueuePairs(QueuePairs), .CyclesPerUs(CyclesPerUs)) u_irq (
    .clk_i, .rst_ni, .inject_i, .lost_o(irq_lost), .settings_lost_o(settings_lost),
    .init_i(init), .coalesce_i(coalesce), .init_qid_i(control_qid), .init_config_i(cfg),
    .valid_i(valid),
    .head_moved_i(head_moved), .arm_i(arm), .head_qid_i(db_qid),
    .posted_i(posted), .posted_qid_i(posted_qid),
    .stall_i(stall), .stall_qid_i(fetch_qid), .stalled_i(stalled),
    .qid_o(irq_qid), .qid_head_i(irq_head), .qid_posted_i(irq_posted),
    .irq_valid_o, .irq_ready_i, .irq_vector_o,
    .busy_o(irq_busy), .busy_qid_o(irq_busy_qid), .interrupts_o(counters_o.interrupts)
  );

  assign valid_o = valid;

endmodule
