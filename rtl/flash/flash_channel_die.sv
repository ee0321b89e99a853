// SPDX-License-Identifier: Apache-2.0
//
// What the channel knows of one die: its request, what has come of it so far, and its end. A
// request ends when the bus has answered and, if that promised data, their last beat has been
// taken.
//
// Nobody knows what a die was doing when the channel was reset, and after power-up it must
// have had a Reset before anything else: so each gets one first, of which nobody is told.

`include "check.svh"

module flash_channel_die (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Takes a request, or is woken.
  output logic                  idle_o,
  output logic                  asleep_o,
  input  logic                  take_i,
  input  flash_pkg::request_t   take_request_i,
  output flash_pkg::request_t   request_o,

  input  logic                  answer_i,
  input  flash_pkg::result_t    result_i,
  input  logic [7:0]            status_i,
  input  logic                  mark_i,        // the byte of a BlockMark
  input  logic [7:0]            mark_data_i,
  input  logic                  data_end_i,    // the last beat of a read's data has been taken
  input  flash_pkg::found_t     found_i,

  output logic                  end_valid_o,
  input  logic                  end_taken_i,
  output flash_pkg::end_result_t end_result_o,
  output logic [7:0]            end_status_o,
  output flash_pkg::found_t     end_found_o,
  output logic                  end_read_o,
  output logic [31:0]           latency_o
);

  logic                asleep_q, waking_q, busy_q, answered_q, data_ended_q;
  flash_pkg::request_t request_q;
  flash_pkg::result_t  result_q;
  flash_pkg::found_t   found_q;
  logic [7:0]          status_q, mark_q;
  logic [31:0]         since_q;

  logic reads, marks, ends, done;
  assign reads = request_q.op == flash_pkg::PageRead;
  assign marks = request_q.op == flash_pkg::BlockMark;
  assign done  = result_q == flash_pkg::Done;
  assign ends  = busy_q && answered_q && (!reads || waking_q || !done || data_ended_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asleep_q     <= 1'b1;
      waking_q     <= 1'b0;
      busy_q       <= 1'b0;
      answered_q   <= 1'b0;
      data_ended_q <= 1'b0;
      result_q     <= flash_pkg::Done;
      since_q      <= '0;
    end else begin
      since_q <= since_q + 32'd1;
      if (take_i) begin
        busy_q       <= 1'b1;
        waking_q     <= asleep_q;
        asleep_q     <= 1'b0;
        answered_q   <= 1'b0;
        data_ended_q <= 1'b0;
        since_q      <= '0;
      end
      if (answer_i) begin
        answered_q <= 1'b1;
        result_q   <= result_i;
      end
      if (data_end_i) data_ended_q <= 1'b1;
      if (ends && (waking_q || end_taken_i)) busy_q <= 1'b0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (take_i)     request_q <= take_request_i;
    if (answer_i)   status_q  <= status_i;
    if (mark_i)     mark_q    <= mark_data_i;
    if (data_end_i) found_q   <= found_i;
  end

  assign idle_o      = !busy_q && !asleep_q;
  assign asleep_o    = asleep_q;
  assign request_o   = request_q;
  assign end_valid_o = ends && !waking_q;
  assign end_read_o  = reads && done;
  assign latency_o   = since_q;

  always_comb begin
    end_result_o = flash_pkg::EndDone;
    if (result_q == flash_pkg::Failed)      end_result_o = flash_pkg::EndFailed;
    else if (result_q == flash_pkg::Silent) end_result_o = flash_pkg::EndSilent;
    else if (reads && found_q.uncorrectable) end_result_o = flash_pkg::EndUncorrectable;
  end
  assign end_status_o = marks && done ? mark_q : status_q;
  assign end_found_o  = reads && done ? found_q : '0;

  `PAMC_ASSERT(a_one_at_a_time, !take_i || !busy_q)
  `PAMC_ASSERT(a_answer_was_asked_for, !answer_i || (busy_q && !answered_q))
  `PAMC_ASSERT(a_data_were_asked_for, !data_end_i || (busy_q && reads && !waking_q && !data_ended_q))
  `PAMC_ASSERT(a_mark_was_asked_for, !mark_i || (busy_q && marks && !waking_q && !answered_q))

endmodule
