// SPDX-License-Identifier: Apache-2.0
//
// index_find gives one answer for each search, never more nor fewer: what was begun and
// not answered is, at any time, waiting for lines, in one of two registers, or waiting to
// be taken. With that its queues can never overflow: what it asserts of them is proved here,
// too. And it goes on: a search whose lines have come is answered three cycles later.

`include "check.svh"

module index_find_proof #(
  parameter int unsigned Finds = 3
) (
  input logic                clk_i,
  input logic                begin_i,
  input logic [7:0]          id_i,
  input index_pkg::key_t     key_i,
  input logic [5:0]          cursor_i,
  input logic [15:0]         epoch_i,
  input logic                scan_i,
  input logic                scan_stash_i,
  input logic                stash_valid_i,
  input index_pkg::hit_t     stash_i,
  input logic                line_valid_i,
  input logic [511:0]        line_i,
  input logic                line_error_i,
  input logic                answer_ready_i
);

  localparam int unsigned LevelBits = $clog2(Finds + 1);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic               room, answer_valid;
  index_pkg::answer_t answer;
  index_find #(.Finds(Finds)) dut (
    .clk_i, .rst_ni, .begin_i, .id_i, .key_i, .cursor_i, .epoch_i, .scan_i, .scan_stash_i,
    .room_o(room), .stash_valid_i, .stash_i, .stash_error_i(1'b0), .line_valid_i, .line_i, .line_error_i,
    .answer_valid_o(answer_valid), .answer_ready_i, .answer_o(answer)
  );

  (* hierconn *) wire [LevelBits-1:0] \dut.open_q ;
  (* hierconn *) wire [LevelBits-1:0] \dut.searches ;
  (* hierconn *) wire [LevelBits-1:0] \dut.stashes ;
  (* hierconn *) wire [LevelBits-1:0] \dut.answers ;
  (* hierconn *) wire \dut.room_q ;
  (* hierconn *) wire \dut.agree_valid_q ;
  (* hierconn *) wire \dut.agree_last_q ;
  (* hierconn *) wire \dut.hit_valid_q ;
  (* hierconn *) wire \dut.hit_last_q ;
  (* hierconn *) wire \dut.finish ;
  (* hierconn *) wire \dut.take ;
  (* hierconn *) wire \dut.u_searches.in_ready_q ;
  (* hierconn *) wire \dut.u_stash.in_ready_q ;
  (* hierconn *) wire \dut.u_answers.in_ready_q ;

  // What was begun, less what was answered; and the stash's part not given yet.
  logic [LevelBits-1:0] begun_q = '0, owed_q = '0;
  logic                 awake_q = 1'b0;
  logic                 taken;
  assign taken = answer_valid && answer_ready_i;
  `PAMC_ASSUME(m_awake, awake_q || (!begin_i && !stash_valid_i && !line_valid_i))
  `PAMC_ASSUME(m_stash, !stash_valid_i || owed_q != '0)
  logic took_q = 1'b0, took2_q = 1'b0;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      awake_q <= 1'b1;
      begun_q <= begun_q + LevelBits'(begin_i) - LevelBits'(taken);
      owed_q  <= owed_q + LevelBits'(begin_i) - LevelBits'(stash_valid_i);
      {took2_q, took_q} <= {took_q, \dut.take };
    end
  end

  `PAMC_ASSERT(a_open, begun_q == \dut.open_q && 32'(begun_q) <= Finds)
  `PAMC_ASSERT(a_somewhere, 32'(begun_q) == 32'(\dut.searches ) +
                            32'(\dut.agree_valid_q && \dut.agree_last_q ) +
                            32'(\dut.hit_valid_q && \dut.hit_last_q ) + 32'(\dut.answers ))
  `PAMC_ASSERT(a_no_answer_for_nothing, !answer_valid || begun_q != '0)
  `PAMC_ASSERT(a_goes_on, \dut.finish == took2_q)
  `PAMC_ASSERT(a_room, room == (awake_q && 32'(begun_q) < Finds))

  // For induction.
  `PAMC_ASSERT(i_stash, 32'(begun_q) == 32'(owed_q) + 32'(\dut.stashes ) + 32'(\dut.answers ))
  `PAMC_ASSERT(i_first, took_q == (\dut.agree_valid_q && \dut.agree_last_q ))
  `PAMC_ASSERT(i_awake, awake_q || begun_q == '0)
  `PAMC_ASSERT(i_ready, !awake_q || (\dut.u_searches.in_ready_q == (32'(\dut.searches ) < Finds) &&
                                     \dut.u_stash.in_ready_q == (32'(\dut.stashes ) < Finds) &&
                                     \dut.u_answers.in_ready_q == (32'(\dut.answers ) < Finds)))

  `PAMC_COVER(c_full_of_answers, 32'(\dut.answers ) == Finds)
  `PAMC_COVER(c_candidate, answer_valid && answer.ok && answer.more)

endmodule
