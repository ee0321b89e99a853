// SPDX-License-Identifier: Apache-2.0
//
// queue_fetch forgets no doorbell: as long as a queue pair has entries to fetch, it is in
// the round, and it leaves the round only while there really is no room for it (or it has
// all batches it may have). It asks for no entry that was not submitted, for none twice,
// for none beyond ring or 4 KiB, and the entries that it lets into the card never outnumber
// the places of their completions. Any one queue pair is watched, through any number of
// lives; the other one does what it likes.

`include "check.svh"

module queue_fetch_proof #(
  parameter logic [3:0] SqShift = 4'd5,
  parameter logic [3:0] CqShift = 4'd4
) (
  input logic               clk_i,
  input logic               init_i,
  input logic               init_qid_i,
  input queue_pkg::config_t init_config_i,
  input logic [1:0]         valid_i,
  input logic [1:0]         broken_i,
  input logic               stop_i,
  input logic               hold_i,
  input logic               db_qid_i,
  input logic               tail_moved_i,
  input logic               head_moved_i,
  input logic               push_i,
  input logic [15:0]        new_tail_i,
  input logic [15:0]        new_head_i,
  // Indices of the other one may be wrong.
  input logic [16:0]        other_tail_i,
  input logic [16:0]        other_head_i,
  input logic               other_full_i,
  input logic               free_io_i,
  input logic               free_admin_i,
  input logic [4:0]         batch_i,
  input logic               finish_i,
  input logic               finish_qid_i,
  input logic               other_qid_i,
  input logic               read_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic       watch;
  logic [3:0] sq_shift, cq_shift;
  assign sq_shift = SqShift;
  assign cq_shift = CqShift;

  logic        qid, alloc, stall, read_valid;
  logic [3:0]  count;
  logic [1:0]  no_room;
  logic [16:0] issued_out;
  logic        lost;
  logic [31:0] fetched, stalls;
  dma_pkg::read_req_t read;

  // The watched one: its indices, its batches; begun and since then valid.
  logic [15:0] tail_q = '0, head_q = '0, issued_q = '0;
  logic [3:0]  owned_q = '0;
  logic        begun_q = 1'b0, life_q = 1'b0;
  logic [1:0]  dead_q = '0;

  logic valid, starts, tail_moves, head_moves, pushes, finishes, allocates;
  assign valid      = valid_i[watch];
  assign starts     = init_i && init_qid_i == watch;
  assign tail_moves = tail_moved_i && db_qid_i == watch;
  assign head_moves = head_moved_i && db_qid_i == watch;
  assign pushes     = push_i && db_qid_i == watch;
  assign finishes   = finish_i && finish_qid_i == watch;
  assign allocates  = alloc && qid == watch;

  ecc_pkg::event_t ecc;
  queue_fetch #(.QueuePairs(2)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .lost_o(lost), .init_i, .init_qid_i, .init_config_i, .valid_i, .broken_i, .stop_i, .hold_i,
    .db_qid_i, .tail_moved_i, .head_moved_i, .push_i, .look_qid_i(other_qid_i), .look_issued_o(issued_out),
    .qid_o(qid), .tail_i(qid == watch ? {^tail_q, tail_q} : other_tail_i),
    .head_i(qid == watch ? {^head_q, head_q} : other_head_i),
    .full_i(qid == watch ? owned_q == 4'd8 : other_full_i),
    .free_io_i, .free_admin_i, .alloc_o(alloc), .alloc_count_o(count), .alloc_batch_i(batch_i),
    .finish_i, .finish_qid_i, .read_valid_o(read_valid), .read_ready_i, .read_o(read),
    .no_room_o(no_room), .stall_o(stall), .fetched_o(fetched), .cq_full_stalls_o(stalls)
  );

  logic [15:0] sq_entries, cq_entries;
  assign sq_entries = 16'd1 << sq_shift;
  assign cq_entries = 16'd1 << cq_shift;

  // What control and doorbells see to.
  `PAMC_ASSUME(m_init_alone, !(init_i && (push_i || alloc)))
  `PAMC_ASSUME(m_starts, !starts || (!valid && dead_q == 2'd3 && owned_q == '0 &&
               init_config_i.sq_shift == sq_shift && init_config_i.cq_shift == cq_shift))
  `PAMC_ASSUME(m_valid, !valid || begun_q)
  `PAMC_ASSUME(m_no_second_life, !(valid && !life_q) || dead_q == 2'd3)
  `PAMC_ASSUME(m_moves, !(tail_moves || head_moves || pushes) || valid)
  `PAMC_ASSUME(m_tail, !tail_moves || (new_tail_i - issued_q <= sq_entries &&
               new_tail_i - issued_q > tail_q - issued_q))
  `PAMC_ASSUME(m_head, !head_moves || new_head_i - head_q <= issued_q - head_q)
  `PAMC_ASSUME(m_push, !push_i || tail_moved_i)
  `PAMC_ASSUME(m_push_next, !pushes || (issued_q == tail_q && issued_q - head_q < cq_entries &&
               owned_q != 4'd8 && new_tail_i == tail_q + 16'd1))
  `PAMC_ASSUME(m_item, !(head_moves && tail_moves && pushes))
  `PAMC_ASSUME(m_finish, !finishes || owned_q != '0)

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      life_q <= valid;
      dead_q <= valid ? 2'd0 : dead_q == 2'd3 ? 2'd3 : dead_q + 2'd1;
      if (starts) begin
        begun_q  <= 1'b1;
        tail_q   <= '0;
        head_q   <= '0;
        issued_q <= '0;
      end else begin
        if (tail_moves) tail_q <= new_tail_i;
        if (head_moves) head_q <= new_head_i;
        issued_q <= issued_q + (pushes ? 16'd1 : allocates ? 16'(count) : 16'd0);
        // It ends: another start has to come first.
        if (life_q && !valid) begun_q <= 1'b0;
      end
      owned_q <= owned_q + 4'(pushes || allocates) - 4'(finishes);
    end
  end

  (* hierconn *) wire [1:0]  \dut.want_q ;
  (* hierconn *) wire [1:0]  \dut.no_room_q ;
  (* hierconn *) wire [1:0]  \dut.full_q ;
  (* hierconn *) wire [1:0]  \dut.state_q ;
  (* hierconn *) wire        \dut.qid_q ;
  (* hierconn *) wire        \dut.touched_q ;
  (* hierconn *) wire        \dut.tail_moved_q ;
  (* hierconn *) wire        \dut.head_moved_q ;
  (* hierconn *) wire        \dut.moved_qid_q ;
  (* hierconn *) wire        \dut.had_all_q ;
  (* hierconn *) wire [15:0] \dut.waiting_q ;
  (* hierconn *) wire [15:0] \dut.owed_q ;
  (* hierconn *) wire [15:0] \dut.issued_now_q ;
  (* hierconn *) wire [3:0]  \dut.sq_shift ;
  (* hierconn *) wire [3:0]  \dut.cq_shift ;
  (* hierconn *) wire        \dut.peek_at ;
  (* hierconn *) wire [16:0] \dut.peek_issued ;
  (* hierconn *) wire        \dut.parity_q ;
  (* hierconn *) wire        \dut.wrong_q ;
  (* hierconn *) wire [7:0]  \dut.peek_shift ;
  assign \dut.peek_at = watch;

  // No doorbell is lost.
  logic tail_heard, head_heard;
  assign tail_heard = \dut.tail_moved_q && \dut.moved_qid_q == watch;
  assign head_heard = \dut.head_moved_q && \dut.moved_qid_q == watch;
  `PAMC_ASSERT(a_in_the_round, !(valid && tail_q != issued_q) || \dut.want_q [watch] || tail_heard)
  `PAMC_ASSERT(a_no_room, !(valid && \dut.no_room_q [watch]) || issued_q - head_q >= cq_entries || head_heard)
  `PAMC_ASSERT(a_full, !(valid && \dut.full_q [watch]) || owned_q == 4'd8)
  // Room, and nothing but what was submitted, once.
  `PAMC_ASSERT(a_room, !valid || issued_q - head_q <= cq_entries)
  `PAMC_ASSERT(a_batch, !allocates || (valid && count != '0 && 16'(count) <= tail_q - issued_q &&
               16'(count) <= cq_entries - (issued_q - head_q)))
  logic [15:0] at;
  assign at = issued_q & (sq_entries - 16'd1);
  `PAMC_ASSERT(a_edge, !allocates || (at + 16'(count) <= sq_entries &&
               7'(at[5:0]) + 7'(count) <= 7'd64))
  `PAMC_ASSERT(a_owned, owned_q <= 4'd8)

  // For induction: what is read is the state, or was before something happened.
  logic looks, decides, read_all, lately;
  logic [15:0] tail_read, head_read;
  assign tail_read = \dut.issued_now_q + \dut.waiting_q ;
  assign head_read = \dut.issued_now_q - \dut.owed_q ;
  assign lately  = valid && life_q;
  assign looks   = \dut.qid_q == watch && \dut.state_q == 2'd1;
  assign decides = \dut.qid_q == watch && (\dut.state_q == 2'd2 || \dut.state_q == 2'd3) && lately;
  assign read_all = \dut.waiting_q != '0;
  `PAMC_ASSERT(i_issued, !begun_q || \dut.peek_issued == {^issued_q, issued_q})
  `PAMC_ASSERT(i_shift, !begun_q || \dut.peek_shift == {cq_shift, sq_shift})
  `PAMC_ASSERT(i_shifts_read, !decides || (\dut.sq_shift == sq_shift && \dut.cq_shift == cq_shift))
  `PAMC_ASSERT(i_parity, !decides || (!\dut.wrong_q && \dut.parity_q == ^\dut.issued_now_q ))
  // What has just happened is heard in this cycle.
  `PAMC_ASSERT(i_untouched, !(decides && !\dut.touched_q && !tail_heard && !head_heard) ||
               (tail_read == tail_q && head_read == head_q && \dut.issued_now_q == issued_q &&
                \dut.had_all_q == (owned_q == 4'd8)))
  `PAMC_ASSERT(i_touched, !(decides && read_all) ||
               (\dut.issued_now_q == issued_q && tail_read - issued_q <= tail_q - issued_q &&
                issued_q - head_q <= issued_q - head_read &&
                issued_q - head_read <= cq_entries && (\dut.had_all_q || owned_q != 4'd8)))
  `PAMC_ASSERT(i_dead, dead_q == '0 || !life_q)
  `PAMC_ASSERT(i_life, !life_q || (begun_q && dead_q == '0))
  `PAMC_ASSERT(i_gone, !(dead_q != '0 && \dut.qid_q == watch) || \dut.state_q == 2'd0 ||
               (dead_q == 2'd1 && \dut.state_q != 2'd0) || (dead_q == 2'd2 && \dut.state_q == 2'd2))
  `PAMC_ASSERT(i_heard, !(tail_heard || head_heard) || life_q)
  `PAMC_ASSERT(i_ring, !begun_q || (tail_q - issued_q <= sq_entries && issued_q - head_q <= cq_entries))
  `PAMC_ASSERT(i_before, !begun_q || life_q || (tail_q == '0 && head_q == '0 && issued_q == '0 &&
               !\dut.want_q [watch] && !\dut.no_room_q [watch] && !\dut.full_q [watch]))

  `PAMC_COVER(c_pushed, pushes && issued_q == 16'd8)
  `PAMC_COVER(c_batch, allocates && count == 4'd8)

endmodule
