// SPDX-License-Identifier: Apache-2.0
//
// ABORTs that look for their command. Every entry on its way out is compared with them.
// One that has not found its command is asked about now and then (a poll, which goes
// through the intake and so sees all that the host has written before): when its queue
// pair has handed out everything, or everything that can have been submitted before the
// ABORT, or never will, it is over. So it is when its queue pair is gone: another one of
// the same number may be made before the next poll.

`include "check.svh"

module queue_abort (
  input  logic        clk_i,
  input  logic        rst_ni,

  // A new one. There is a free place: the management has so many outstanding at most.
  input  logic        start_i,
  input  logic [5:0]  start_qid_i,
  input  logic [15:0] start_cid_i,
  input  logic [3:0]  start_tag_i,
  input  logic [15:0] start_tail_i,

  // A queue pair is gone.
  input  logic        end_i,
  input  logic [5:0]  end_qid_i,

  // An entry passes.
  input  logic        pass_i,
  input  logic [5:0]  pass_qid_i,
  input  logic [15:0] pass_cid_i,
  output logic        pass_abort_o,

  // A poll: asks the intake; its answer, of the queue pair.
  output logic        poll_valid_o,
  input  logic        poll_ready_i,
  output logic [5:0]  poll_qid_o,
  input  logic        poll_i,
  input  logic        poll_over_i,
  input  logic [15:0] poll_next_i,

  // One is over.
  output logic        over_valid_o,
  input  logic        over_ready_i,
  output logic [3:0]  over_tag_o,
  output logic        over_found_o
);

  localparam int unsigned Aborts = queue_core_pkg::Aborts;
  localparam int unsigned PlaceBits = $clog2(Aborts);
  // Cycles from a poll to the next.
  localparam int unsigned PollBits = 5;

  logic [Aborts-1:0]    used_q, found_q, over_q, match, ended;
  logic [6*Aborts-1:0]  qid_q;
  logic [16*Aborts-1:0] cid_q, until_q;
  logic [4*Aborts-1:0]  tag_q;

  for (genvar i = 0; i < Aborts; i++) begin : g_match
    assign match[i] = used_q[i] && !over_q[i] && qid_q[6*i +: 6] == pass_qid_i &&
                      cid_q[16*i +: 16] == pass_cid_i;
    assign ended[i] = end_i && used_q[i] && qid_q[6*i +: 6] == end_qid_i;
  end
  assign pass_abort_o = |match;

  logic [PlaceBits-1:0] free_q, poll, poll_q, over;
  logic [Aborts-1:0]    free_bit_q, first_free, above_free, poll_bit, over_bit;
  logic [PlaceBits-1:0] free;
  logic                 poll_any, over_any, free_any, polls, asks_q, waits_q, void_q;
  logic [PollBits-1:0]  pause_q;
  assign polls = !asks_q && !waits_q && pause_q == '0;

  // Found a cycle before it is needed: ABORTs come further apart.
  lib_first #(.Width(Aborts)) u_free (
    .set_i(~used_q), .any_o(free_any), .first_o(first_free), .above_o(above_free), .place_o(free)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      free_q     <= '0;
      free_bit_q <= Aborts'(1);
    end else begin
      free_q     <= free;
      free_bit_q <= first_free;
    end
  end

  queue_pick #(.Width(Aborts)) u_poll (
    .clk_i, .rst_ni, .request_i(used_q & ~found_q & ~over_q), .serve_i(polls), .any_o(poll_any), .place_o(poll),
    .bit_o(poll_bit)
  );
  queue_pick #(.Width(Aborts)) u_over (
    .clk_i, .rst_ni, .request_i(over_q), .serve_i(gone), .any_o(over_any), .place_o(over), .bit_o(over_bit)
  );

  // Beyond what the ring's tail and push slots could hold when it began, which is read while the poll
  // is on its way.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [15:0] beyond;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [15:0] poll_until_q;
  logic        ends, gone;
  always_ff @(posedge clk_i) poll_until_q <= until_q[16*poll_q +: 16];
  assign beyond = poll_next_i - poll_until_q;
  assign ends   = poll_i && !void_q && (poll_over_i || !beyond[15]);
  assign gone   = over_valid_o && over_ready_i;

  // A poll wants to enter the intake; it is in there.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q  <= '0;
      found_q <= '0;
      over_q  <= '0;
      asks_q  <= 1'b0;
      waits_q <= 1'b0;
      void_q  <= 1'b0;
      poll_q  <= '0;
      pause_q <= '0;
    end else begin
      if (pause_q != '0) pause_q <= pause_q - 1'b1;
      if (polls && poll_any) begin
        asks_q <= 1'b1;
        void_q <= 1'b0;
        poll_q <= poll;
      end
      if (asks_q && poll_ready_i) begin
        asks_q  <= 1'b0;
        waits_q <= 1'b1;
      end
      if (poll_i) begin
        waits_q <= 1'b0;
        pause_q <= '1;
      end
      over_q <= (over_q | (pass_i ? match : '0) | ended |
                 (ends ? used_q & Aborts'(1) << poll_q : '0)) &
                ~(gone ? over_bit : '0);
      used_q <= (used_q & ~(gone ? over_bit : '0)) | (start_i ? free_bit_q : '0);
      // Its place was another one's when the poll began.
      if (start_i && free_q == poll_q && (asks_q || waits_q)) void_q <= 1'b1;
      found_q <= (found_q | (pass_i ? match : '0)) & ~(start_i ? free_bit_q : '0);
    end
  end

  always_ff @(posedge clk_i) begin
    for (int i = 0; i < Aborts; i++) begin
      if (start_i && free_bit_q[i]) begin
        qid_q[6*i +: 6]     <= start_qid_i;
        cid_q[16*i +: 16]   <= start_cid_i;
        tag_q[4*i +: 4]     <= start_tag_i;
        until_q[16*i +: 16] <= start_tail_i + 16'(pamc_pkg::PUSH_SLOTS);
      end
    end
  end

  assign poll_valid_o = asks_q;
  assign poll_qid_o   = qid_q[6*poll_q +: 6];
  assign over_valid_o = over_any;
  assign over_tag_o   = tag_q[4*over +: 4];
  assign over_found_o = found_q[over];

  logic unused;
  assign unused = ^{above_free, free_any, poll_bit};

  `PAMC_ASSUME(m_place, !start_i || used_q != '1)
  `PAMC_ASSERT(a_place_free, !start_i || (used_q & free_bit_q) == '0)

endmodule
