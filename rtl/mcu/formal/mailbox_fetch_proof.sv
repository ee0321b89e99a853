// SPDX-License-Identifier: Apache-2.0
//
// Whatever firmware writes: a question is answered once, by the card only if its own read of it has
// ended well and firmware did not hold it before; firmware may answer it only when the card reads no more.
// The vault is asked while firmware has no command there.

`include "check.svh"

module mailbox_fetch_proof (
  input logic                    clk_i,
  input logic                    write_i,
  input logic [12:0]             addr_i,
  input logic [31:0]             data_i,
  input logic                    flash_i,
  input logic                    fetch_valid_i,
  input ask_pkg::ask_t           fetch_i,
  input logic                    other_i,
  input logic                    answered_i,
  input logic                    vault_free_i,
  input logic                    find_done_i,
  input vault_pkg::answer_t      answer_i,
  input vault_pkg::tier_record_t record_i,
  input logic                    read_end_i,
  input flash_pkg::fetch_end_t   end_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                          done, left, find, look, read_valid, waits;
  logic [31:0]                   data;
  flash_pkg::fetch_t             read;
  flash_pkg::fetch_stats_t       stats;
  logic [dram_pkg::LineBits-1:0] line;
  mailbox_fetch #(.Ends(2)) dut (
    .clk_i, .rst_ni, .write_i, .addr_i, .data_i, .data_o(data), .flash_i, .fetch_valid_i, .fetch_i, .done_o(done),
    .other_i, .left_o(left), .answered_i, .vault_free_i, .find_o(find), .find_done_i, .answer_i, .record_i,
    .look_o(look), .read_valid_o(read_valid), .read_o(read), .read_line_o(line), .read_end_i, .end_i,
    .event_o(waits), .stats_o(stats)
  );

  (* hierconn *) wire [2:0] \dut.state_q ;
  (* hierconn *) wire [7:0] \dut.number_q ;
  (* hierconn *) wire       \dut.hold_q ;
  (* hierconn *) wire       \dut.asked_q ;

  // Of the question: its read has ended well; firmware has held it before.
  logic good_q = 1'b0, held_q = 1'b0, over_q = 1'b0, holds;
  assign holds = write_i && addr_i == mailbox_pkg::TIER_READ && data_i[23:16] == \dut.number_q && data_i[0];
  logic unholds;
  assign unholds = write_i && addr_i == mailbox_pkg::TIER_READ && data_i[23:16] == \dut.number_q && !data_i[0];
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      good_q <= fetch_valid_i && (good_q || (read_end_i && end_i.good));
      held_q <= look && (holds || (held_q && !unholds));
      over_q <= fetch_valid_i && (over_q || done || answered_i);
    end
  end

  // exec_ask: a question stays until it is answered, then goes for a cycle at least.
  `PAMC_ASSUME(m_valid, !$past(rst_ni && fetch_valid_i && !(done || answered_i)) || over_q || fetch_valid_i)
  `PAMC_ASSUME(m_gone, !over_q || !fetch_valid_i)
  // mailbox_tier: firmware's answer counts when it may be given.
  `PAMC_ASSUME(m_answered, !answered_i || ($past(left) && left && fetch_valid_i && !over_q))
  `PAMC_ASSUME(m_find, !find_done_i || find)
  `PAMC_ASSUME(m_end, !read_end_i || read_valid)

  `PAMC_ASSERT(a_done, !done || (fetch_valid_i && good_q && !over_q))
  `PAMC_ASSERT(a_left, !left || (fetch_valid_i && !over_q && !look))
  `PAMC_ASSERT(a_find, !rst_ni || !$past(rst_ni) || !find || $past(find) || $past(vault_free_i))
  `PAMC_ASSERT(a_read, !read_valid || !find)
  // Held before its read ended: the card does not answer.
  `PAMC_ASSERT(a_hold, !rst_ni || !$past(rst_ni && read_valid && read_end_i && (held_q ? !unholds : holds)) || \dut.state_q != 3'd6)

  `PAMC_ASSERT(a_states, !rst_ni || \dut.state_q != 3'd7)
  `PAMC_ASSERT(a_asked, !rst_ni || !\dut.asked_q || \dut.state_q == 3'd1)
  `PAMC_ASSERT(a_told, !rst_ni || \dut.state_q != 3'd6 || good_q)
  `PAMC_ASSERT(a_open, !rst_ni || \dut.state_q == 3'd0 || \dut.state_q == 3'd5 || (fetch_valid_i && !over_q))
  `PAMC_ASSERT(a_noted, !rst_ni || !look || \dut.hold_q == held_q)

  (* hierconn *) wire [1:0] \dut.u_ends.level_q ;
  `PAMC_ASSERT(a_room, !rst_ni || !look || \dut.u_ends.level_q < 2'd2)
  `PAMC_ASSERT(a_level, !rst_ni || \dut.u_ends.level_q <= 2'd2)

  `PAMC_COVER(c_done, done)
  `PAMC_COVER(c_held, \dut.state_q == 3'd3 && answered_i)
  `PAMC_COVER(c_left, \dut.state_q == 3'd4 && $past(read_valid))

endmodule
