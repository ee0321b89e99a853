// SPDX-License-Identifier: Apache-2.0
//
// queue_batches hands the batches of a queue pair out in the order in which they were
// allocated, each once and with all its entries: at any time exactly the oldest one of the
// queue pair is offered, when it is done, and none else; so no entry comes twice, none is
// passed over, and a queue pair never waits for another one. Any one
// of two queue pairs is watched, which share three batches.

`include "check.svh"

module queue_batches_proof (
  input logic       clk_i,
  input logic       init_i,
  input logic [1:0] init_qid_i,
  input logic       alloc_i,
  input logic       alloc_push_i,
  input logic [1:0] alloc_qid_i,
  input logic [1:0] other_qid_i,
  input logic [3:0] alloc_count_i,
  input logic       rsp_valid_i,
  input logic       rsp_last_i,
  input logic       rsp_error_i,
  input logic [2:0] rsp_batch_i,
  input logic [2:0] take_batch_i,
  input logic       take_i,
  input logic       take_drop_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [1:0] watch;
  `PAMC_ASSUME(m_watch, watch == 2'd1 || watch == 2'd2)

  dma_pkg::read_rsp_t rsp;
  assign rsp = {5'd0, rsp_batch_i, rsp_error_i, rsp_last_i, 6'd0, 512'd0};

  logic [2:0]   batch;
  logic [1:0]   take_qid, finish_qid;
  logic         free_io, free_admin, look_full, fetch_full, none, pushed, finish;
  logic [4:0]   ready, admin, failed, failing;
  logic [511:0] line;
  logic [15:0]  cid;
  logic [3:0]   wrong;
  logic         cid_wrong;

  queue_batches #(.QueuePairs(3), .Batches(5), .BatchBits(3)) dut (
    .clk_i, .rst_ni, .inject_i('0), .init_i, .init_qid_i, .push_i(alloc_i && alloc_push_i), .push_line_i('0),
    .fetch_i(alloc_i && !alloc_push_i), .fetch_count_i(alloc_count_i), .fetch_batch_o(batch),
    .free_io_o(free_io), .free_admin_o(free_admin),
    .db_qid_i(alloc_push_i ? alloc_qid_i : other_qid_i), .look_qid_i(other_qid_i), .look_full_o(look_full),
    .fetch_qid_i(alloc_push_i ? other_qid_i : alloc_qid_i), .fetch_full_o(fetch_full),
    .control_qid_i(watch), .control_none_o(none), .rsp_valid_i, .rsp_i(rsp),
    .ready_o(ready), .admin_o(admin), .failed_o(failed), .failing_o(failing),
    .take_batch_i, .take_i, .take_drop_i, .take_qid_o(take_qid), .take_pushed_o(pushed),
    .take_line_o(line), .take_cid_o(cid), .take_cid_wrong_o(cid_wrong), .take_wrong_o(wrong), .finish_o(finish), .finish_qid_o(finish_qid)
  );

  // Of each batch: it is the watched queue pair's, its number, its entries, those taken, done.
  logic [4:0]  mine_q = '0, done_q = '0;
  logic [14:0] number_q = '0;
  logic [19:0] count_q = '0, entries_q = '0;
  // Numbers of the next one to allocate, and to finish.
  logic [2:0]  next_q = '0, oldest_q = '0;
  logic [2:0]  begun_q = '0;

  `PAMC_ASSUME(m_alloc, !alloc_i || (begun_q[alloc_qid_i] && free_io &&
               (alloc_qid_i == 2'd1 || alloc_qid_i == 2'd2)))
  `PAMC_ASSUME(m_count, alloc_count_i != '0 && alloc_count_i <= 4'd8)
  `PAMC_ASSUME(m_take, !take_i || (take_batch_i < 3'd5 && ready[take_batch_i]))
  `PAMC_ASSUME(m_answer, !rsp_valid_i || rsp_batch_i < 3'd5)
  `PAMC_ASSUME(m_init, !init_i || (!alloc_i && !finish && !begun_q[init_qid_i] &&
               (init_qid_i == 2'd1 || init_qid_i == 2'd2)))
  `PAMC_ASSUME(m_push, alloc_i || !alloc_push_i)
  // Whom the other one of doorbell and fetch looks at.
  `PAMC_ASSUME(m_other, other_qid_i == 2'd1 || other_qid_i == 2'd2)

  logic allocates, finishes;
  assign allocates = alloc_i && alloc_qid_i == watch;
  assign finishes  = finish && mine_q[taken_q];
  // What was taken a cycle ago, of which finish tells.
  logic       took_q = 1'b0, dropped_q = 1'b0;
  logic [2:0] taken_q = '0;
  always_ff @(posedge clk_i) begin
    took_q    <= rst_ni && take_i;
    dropped_q <= take_drop_i;
    taken_q   <= take_batch_i;
  end
  `PAMC_ASSUME(m_not_in_a_row, !(take_i && took_q))

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (init_i) begun_q[init_qid_i] <= 1'b1;
      if (rsp_valid_i && rsp_last_i) done_q[rsp_batch_i] <= 1'b1;
      if (take_i) entries_q[4*take_batch_i +: 4] <= entries_q[4*take_batch_i +: 4] + 4'd1;
      if (finishes) begin
        mine_q[taken_q] <= 1'b0;
        oldest_q             <= oldest_q + 3'd1;
      end
      if (alloc_i) begin
        mine_q[batch]           <= alloc_qid_i == watch;
        done_q[batch]           <= alloc_push_i;
        number_q[3*batch +: 3]  <= next_q;
        count_q[4*batch +: 4]   <= alloc_push_i ? 4'd1 : alloc_count_i;
        entries_q[4*batch +: 4] <= '0;
        if (allocates) next_q <= next_q + 3'd1;
      end
    end
  end

  logic [4:0] oldest;
  for (genvar b = 0; b < 5; b++) begin : g_batch
    assign oldest[b] = mine_q[b] && number_q[3*b +: 3] == oldest_q;
  end

  `PAMC_ASSERT(a_offers_the_oldest, (ready & mine_q) == (oldest & done_q & ~(finish ? 5'd1 << taken_q : 5'd0)))
  `PAMC_ASSERT(a_in_order, !finishes || oldest[taken_q])
  `PAMC_ASSERT(a_all_entries, !(finishes && !dropped_q) || entries_q[4*taken_q +: 4] == count_q[4*taken_q +: 4])
  `PAMC_ASSERT(a_no_more, !(took_q && !finish) || entries_q[4*taken_q +: 4] < count_q[4*taken_q +: 4])
  `PAMC_ASSERT(a_owner, !take_i || (take_qid == watch) == mine_q[take_batch_i])
  `PAMC_ASSERT(a_none, !begun_q[watch] || none == (mine_q == '0))
  `PAMC_ASSERT(a_new_is_free, !alloc_i || !mine_q[batch])

  `PAMC_COVER(c_two, finishes && oldest_q == 3'd2)
  `PAMC_COVER(c_same_cycle, finishes && allocates && next_q == oldest_q + 3'd1)

endmodule
