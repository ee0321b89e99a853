// SPDX-License-Identifier: Apache-2.0
//
// Whatever commands come and whatever two dies answer, however long they take: DQ is never
// driven while a read's byte is expected, one die is selected at most, and a die whose array
// works gets no command but FFh, 70h, 78h (the assertions of flash_sequencer). Bounded, with
// short times.

`include "check.svh"

module flash_sequencer_proof (
  input logic                clk_i,
  input logic                command_valid_i,
  input flash_pkg::command_t command_i,
  input logic                answer_ready_i,
  input logic                in_valid_i,
  input logic [7:0]          in_data_i,
  input logic                out_ready_i,
  input logic [7:0]          dq_i,
  input logic [1:0]          ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic               command_ready, answer_valid, in_ready, out_valid, out_last;
  logic               cle, ale, we_n, re_n, dq_oe;
  logic [1:0]         ce_n;
  logic [7:0]         out_data, out_tag, dq;
  logic [2:0]         out_die;
  flash_pkg::answer_t answer;
  flash_pkg::stats_t  stats;
  flash_sequencer #(
    .Dies(2), .Period(1), .ReadDelay(1), .CsCycles(0), .WhrCycles(0), .AdlCycles(0), .CcsCycles(0),
    .RhwCycles(0), .WbCycles(1), .PollCycles(1), .TimeoutCycles(6)
  ) dut (
    .clk_i, .rst_ni, .command_valid_i, .command_ready_o(command_ready), .command_i,
    .answer_valid_o(answer_valid), .answer_ready_i, .answer_o(answer),
    .in_valid_i, .in_ready_o(in_ready), .in_data_i,
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data), .out_last_o(out_last),
    .out_die_o(out_die), .out_tag_o(out_tag),
    .ce_no(ce_n), .cle_o(cle), .ale_o(ale), .we_no(we_n), .re_no(re_n), .dq_oe_o(dq_oe), .dq_o(dq),
    .dq_i, .ready_i, .stats_o(stats)
  );

  `PAMC_ASSUME(m_length, command_i.length != '0 && command_i.length <= 16'd2)
  `PAMC_ASSUME(m_die, command_i.die < 3'd2)
  // A strobe goes to a die, and a byte that is driven has a strobe.
  `PAMC_ASSERT(a_strobe_has_a_die, (we_n && re_n) || ce_n != 2'b11)
  `PAMC_ASSERT(a_driven_for_a_strobe, dq_oe == !we_n)
  `PAMC_COVER(c_answer, answer_valid && answer.result == flash_pkg::Done && answer.status[6])
  `PAMC_COVER(c_data, out_valid && out_last)
  `PAMC_COVER(c_silent, answer_valid && answer.result == flash_pkg::Silent)

endmodule
