// SPDX-License-Identifier: Apache-2.0
//
// Why a search sees all of a change or nothing (the argument is in index_table.sv): for
// any commands, any memory and any pace, and for ever,
//   - a search that was accepted after a change asks for no line while the change is under
//     way, if it has a bucket or the tag of it, or if the change is one that must not be
//     overtaken;
//   - between the moment of change, when the stash changes, and the last write no search is
//     anywhere between its first and its last request;
//   - nothing is written, and no stash changed, but then.
// So an entry that was removed before a search was accepted is gone from all that it reads.

`include "check.svh"

module index_table_proof (
  input logic                clk_i,
  input logic                command_valid_i,
  input index_pkg::command_t command_i,
  input logic                answer_ready_i,
  input logic                soon_valid_i,
  input logic [23:0]         soon_bucket_i,
  input logic                req_ready_i,
  input logic                wdata_ready_i,
  input logic                rdata_valid_i,
  input dram_pkg::rdata_t    rdata_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic               command_ready, answer_valid, req_valid, wdata_valid, soon_ready;
  index_pkg::answer_t answer;
  dram_pkg::req_t     req;
  dram_pkg::wdata_t   wdata;
  logic [31:0]        used;
  logic [63:0]        moves;
  logic [5:0]         level;
  ecc_pkg::event_t ecc, ecc_ahead, ecc_places;
  logic            failed;
  index_table #(.Finds(2), .Ahead(2)) dut (
    .ecc_ahead_o(ecc_ahead), .ecc_places_o(ecc_places), .soon_valid_i, .soon_ready_o(soon_ready), .soon_bucket_i,
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .failed_o(failed), .base_line_i('0), .buckets_i(24'd64),
    .command_valid_i, .command_ready_o(command_ready), .command_i,
    .answer_valid_o(answer_valid), .answer_ready_i, .answer_o(answer),
    .req_valid_o(req_valid), .req_ready_i, .req_o(req),
    .wdata_valid_o(wdata_valid), .wdata_ready_i, .wdata_o(wdata),
    .rdata_valid_i, .rdata_i, .used_o(used), .moves_o(moves), .stash_level_o(level)
  );

  (* hierconn *) wire        \dut.search_q ;
  (* hierconn *) wire        \dut.search_load ;
  (* hierconn *) wire        \dut.search_begin ;
  (* hierconn *) wire        \dut.search_fire ;
  (* hierconn *) wire        \dut.committing_q ;
  (* hierconn *) wire        \dut.commit_go ;
  (* hierconn *) wire        \dut.change_start ;
  (* hierconn *) wire        \dut.change_busy ;
  (* hierconn *) wire        \dut.change_exclusive ;
  (* hierconn *) wire        \dut.change_request ;
  (* hierconn *) wire        \dut.change_write ;
  (* hierconn *) wire        \dut.stash_add ;
  (* hierconn *) wire        \dut.stash_remove ;
  (* hierconn *) wire        \dut.stash_replace ;
  (* hierconn *) wire        \dut.stash_clear ;
  (* hierconn *) wire [23:0] \dut.change_first ;
  (* hierconn *) wire [23:0] \dut.change_second ;
  (* hierconn *) wire [23:0] \dut.change_match ;
  (* hierconn *) wire [246:0] \dut.search_command_q ;
  index_pkg::command_t search;
  assign search = \dut.search_command_q ;

  // The search that is asking for its lines was accepted after the change under way.
  logic after_q = 1'b0, meets;
  assign meets = \dut.change_exclusive || search.op == index_pkg::OP_SCAN ||
                 search.key.first == \dut.change_first || search.key.first == \dut.change_second ||
                 search.key.second == \dut.change_first || search.key.second == \dut.change_second ||
                 search.key.match == \dut.change_match ;
  always_ff @(posedge clk_i) begin
    if (\dut.search_load )       after_q <= \dut.change_busy ;
    else if (\dut.change_start ) after_q <= 1'b0;
  end

  `PAMC_ASSERT(a_none_overtakes_what_it_meets,
               !(\dut.search_q && after_q && \dut.change_busy && meets))
  `PAMC_ASSERT(a_none_searches_a_change, !(\dut.committing_q && \dut.search_q ))
  `PAMC_ASSERT(a_nothing_asked_at_the_change,
               !(\dut.search_fire && (\dut.committing_q || \dut.commit_go )))
  `PAMC_ASSERT(a_writes_when_committing, \dut.committing_q || !(\dut.change_request && \dut.change_write ))
  `PAMC_ASSERT(a_stash_at_the_change,
               \dut.commit_go || !(\dut.stash_add || \dut.stash_remove ||
                                    \dut.stash_replace || \dut.stash_clear ))
  // A change starts only when the last one is over, with all its requests.
  `PAMC_ASSERT(a_one_change, !(\dut.change_start && \dut.change_busy ))

  // Not proved here: a change's lines come while it waits for them. That is, the memory and
  // the queue of owners keep the order.
  (* hierconn *) wire \dut.owner_change ;
  `PAMC_ASSUME(m_lines, !(rdata_valid_i && \dut.owner_change ) ||
                        \dut.u_change.state_q == 4'd1 || \dut.u_change.state_q == 4'd4)

  // For induction: which states of a change are behind the commit.
  (* hierconn *) wire [3:0] \dut.u_change.state_q ;
  logic writing;
  assign writing = \dut.u_change.state_q == 4'd8 || \dut.u_change.state_q == 4'd9 ||
                   \dut.u_change.state_q == 4'd10;
  `PAMC_ASSERT(i_committing, \dut.committing_q == writing || (\dut.committing_q && !\dut.change_busy ))
  `PAMC_ASSERT(i_state, \dut.u_change.state_q <= 4'd10)
  // Where the searches are (index_find_proof has more of it).
  (* hierconn *) wire       \dut.search_second_q ;
  (* hierconn *) wire [1:0] \dut.u_find.open_q ;
  (* hierconn *) wire       \dut.u_find.room_q ;
  (* hierconn *) wire [1:0] \dut.u_find.searches ;
  (* hierconn *) wire [1:0] \dut.u_find.stashes ;
  (* hierconn *) wire [1:0] \dut.u_find.answers ;
  (* hierconn *) wire       \dut.u_find.agree_valid_q ;
  (* hierconn *) wire       \dut.u_find.agree_last_q ;
  (* hierconn *) wire       \dut.u_find.hit_valid_q ;
  (* hierconn *) wire       \dut.u_find.hit_last_q ;
  (* hierconn *) wire       \dut.u_find.u_searches.in_ready_q ;
  (* hierconn *) wire       \dut.u_find.u_stash.in_ready_q ;
  (* hierconn *) wire       \dut.u_find.u_answers.in_ready_q ;
  logic awake_q = 1'b0;
  always_ff @(posedge clk_i) awake_q <= rst_ni;
  `PAMC_ASSERT(i_somewhere, 32'(\dut.u_find.open_q ) == 32'(\dut.u_find.searches ) +
                            32'(\dut.u_find.agree_valid_q && \dut.u_find.agree_last_q ) +
                            32'(\dut.u_find.hit_valid_q && \dut.u_find.hit_last_q ) +
                            32'(\dut.u_find.answers ))
  `PAMC_ASSERT(i_stash, 32'(\dut.u_find.open_q ) == 32'(\dut.search_second_q ) +
                        32'(\dut.u_find.stashes ) + 32'(\dut.u_find.answers ))
  `PAMC_ASSERT(i_second, !\dut.search_second_q || (\dut.search_q ))
  `PAMC_ASSERT(i_room, \dut.u_find.open_q <= 2'd2 &&
                       \dut.u_find.room_q == (awake_q && \dut.u_find.open_q != 2'd2))
  `PAMC_ASSERT(i_ready, !awake_q || (\dut.u_find.u_searches.in_ready_q == (\dut.u_find.searches != 2'd2) &&
                                     \dut.u_find.u_stash.in_ready_q == (\dut.u_find.stashes != 2'd2) &&
                                     \dut.u_find.u_answers.in_ready_q == (\dut.u_find.answers != 2'd2)))
  `PAMC_ASSERT(i_awake, awake_q || \dut.u_find.open_q == 2'd0)

  // What it must not be overtaken for does not come up on its way.
  logic [5:0] level_q = '0;
  logic       busy_q = 1'b0;
  always_ff @(posedge clk_i) begin
    level_q <= level;
    busy_q  <= \dut.change_busy && !\dut.committing_q && !\dut.commit_go ;
  end
  `PAMC_ASSERT(i_level, !busy_q || level == level_q)

endmodule
