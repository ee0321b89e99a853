// SPDX-License-Identifier: Apache-2.0
//
// Whatever is asked of a die and whatever the bus answers: a request has one end, none before
// its answer, and none that calls a read good, or uncorrectable, before its data have left;
// the Reset after power-up has none; an end that is offered stays as it is until taken.

`include "check.svh"

module flash_channel_die_proof (
  input logic                clk_i,
  input logic                take_i,
  input flash_pkg::request_t request_i,
  input logic                answer_i,
  input flash_pkg::result_t  result_i,
  input logic [7:0]          status_i,
  input logic                mark_i,
  input logic [7:0]          mark_data_i,
  input logic                data_end_i,
  input flash_pkg::found_t   found_i,
  input logic                end_taken_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                   idle, asleep, end_valid, end_read;
  flash_pkg::request_t    request;
  flash_pkg::end_result_t result;
  flash_pkg::found_t      found;
  logic [7:0]             status;
  logic [31:0]            latency;
  flash_channel_die dut (
    .clk_i, .rst_ni, .idle_o(idle), .asleep_o(asleep), .take_i, .take_request_i(request_i),
    .request_o(request), .answer_i, .result_i, .status_i, .mark_i, .mark_data_i, .data_end_i, .found_i,
    .end_valid_o(end_valid), .end_taken_i, .end_result_o(result), .end_status_o(status),
    .end_found_o(found), .end_read_o(end_read), .latency_o(latency)
  );

  // What has been seen of what is open.
  logic                woken_q = 1'b0, open_q = 1'b0, silent_q = 1'b0, answered_q = 1'b0, data_q = 1'b0;
  flash_pkg::result_t  answer_q;
  flash_pkg::request_t taken_q;
  logic                reads;
  assign reads = taken_q.op == flash_pkg::PageRead;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (take_i) begin
        woken_q    <= 1'b1;
        open_q     <= 1'b1;
        silent_q   <= !woken_q;
        answered_q <= 1'b0;
        data_q     <= 1'b0;
        taken_q    <= request_i;
      end else if ((end_valid && end_taken_i) || (open_q && silent_q && answered_q)) begin
        open_q     <= 1'b0;
      end
      if (answer_i) begin
        answered_q <= 1'b1;
        answer_q   <= result_i;
      end
      if (data_end_i) data_q <= 1'b1;
    end
  end

  `PAMC_ASSUME(m_take, !take_i || idle || asleep)
  `PAMC_ASSUME(m_answer, !answer_i || (open_q && !answered_q))
  `PAMC_ASSUME(m_result, result_i != 2'd3)
  `PAMC_ASSUME(m_data, !data_end_i || (open_q && !silent_q && reads && !data_q &&
                                       !(answered_q && answer_q != flash_pkg::Done)))
  `PAMC_ASSUME(m_mark, !mark_i || (open_q && !silent_q && !answered_q && taken_q.op == flash_pkg::BlockMark))

  `PAMC_ASSERT(a_one_end, !end_valid || (open_q && !silent_q))
  `PAMC_ASSERT(a_end_has_answer, !end_valid || answered_q)
  `PAMC_ASSERT(a_good_has_data, !(end_valid && reads && (result == flash_pkg::EndDone ||
               result == flash_pkg::EndUncorrectable)) || data_q)
  `PAMC_ASSERT(a_fault_is_told, !(end_valid && found.uncorrectable) || result == flash_pkg::EndUncorrectable)
  `PAMC_ASSERT(a_failure_is_told, !end_valid || (answer_q == flash_pkg::Failed) == (result == flash_pkg::EndFailed))
  `PAMC_ASSERT(a_no_end_is_lost, !(open_q && !silent_q && answered_q &&
               (!reads || data_q || answer_q != flash_pkg::Done)) || end_valid)
  `PAMC_ASSERT(a_idle, idle == (woken_q && !open_q) && asleep == !woken_q)
  `PAMC_ASSERT(a_request_stays, !open_q || request == taken_q)
  // For the induction: the die knows what has been seen.
  (* hierconn *) wire       \dut.busy_q ;
  (* hierconn *) wire       \dut.answered_q ;
  (* hierconn *) wire       \dut.waking_q ;
  (* hierconn *) wire       \dut.data_ended_q ;
  (* hierconn *) wire [1:0] \dut.result_q ;
  `PAMC_ASSERT(a_same, \dut.busy_q == open_q && (woken_q || !open_q))
  `PAMC_ASSERT(a_same_of_it, !open_q || (\dut.answered_q == answered_q && \dut.waking_q == silent_q &&
               (!answered_q || \dut.result_q == answer_q) && \dut.data_ended_q == data_q))
  `PAMC_COVER(c_end, end_valid && reads && result == flash_pkg::EndUncorrectable)
  `PAMC_COVER(c_failed, end_valid && !reads && result == flash_pkg::EndFailed)

  logic unused;
  assign unused = &{1'b0, status, latency, end_read};

endmodule
