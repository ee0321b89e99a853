// SPDX-License-Identifier: Apache-2.0
//
// Commands that only take away: FLUSH_PAGE, FLUSH_OBJECT, and puts that failed before their
// page was looked at, whose handles must be made absent. One at a time: the vault does
// one thing at a time, too. Those that have nothing to do end here as well.
//
// What is durable flash has to forget before the index does, or power that goes would bring it
// back.

`include "check.svh"

module exec_flush (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          job_valid_i,
  output logic                          job_ready_o,
  input  logic [exec_pkg::SlotBits-1:0] job_slot_i,
  input  exec_pkg::command_t            job_i,
  // It was wrong in the cycle before.
  input  logic                          job_bad_i,

  // Is a page there that flash has to forget?
  output logic                          lookup_valid_o,
  input  logic                          lookup_ready_i,
  output exec_pkg::lookup_t             lookup_o,
  input  logic                          found_valid_i,
  input  exec_pkg::found_t              found_i,

  // Held until done.
  output logic                          ask_valid_o,
  output ask_pkg::kind_e                ask_kind_o,
  input  logic                          ask_done_i,
  input  ask_pkg::answer_e             ask_answer_i,

  // Valid until the vault's answer comes.
  output logic                          vault_valid_o,
  output vault_pkg::command_t           vault_o,
  input  logic                          vault_done_i,
  input  vault_pkg::answer_t            vault_answer_i,

  output logic                          result_valid_o,
  input  logic                          result_ready_i,
  output exec_pkg::result_t             result_o
);

  typedef enum logic [2:0] {
    IDLE,
    LOOK,
    FOUND,
    ASK,
    VAULT,
    RESULT
  } state_e;
  state_e      state_q;
  // It has been there for a cycle.
  logic        seen_q;
  logic [7:0]  status_q;
  logic [31:0] info_q;

  // The job stays offered until its result is taken.
  logic whole, flush, nothing, forget, asks;
  assign whole   = job_i.todo == exec_pkg::TASK_FLUSH_OBJECT;
  assign flush   = job_i.todo == exec_pkg::TASK_FLUSH;
  assign forget  = job_i.todo == exec_pkg::TASK_FORGET;
  assign nothing = !whole && !flush && !forget;
  assign asks    = job_i.durable && (whole || forget);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      status_q <= '0;
      info_q   <= '0;
      seen_q   <= 1'b0;
    end else begin
      seen_q <= state_q == IDLE && job_valid_i;
      case (state_q)
        IDLE: begin
          status_q <= job_i.status;
          info_q   <= '0;
          if (job_valid_i && seen_q && !job_bad_i) state_q <= asks ? ASK : nothing ? RESULT : flush && job_i.durable ? LOOK : VAULT;
        end
        LOOK:  if (lookup_ready_i) state_q <= FOUND;
        FOUND: if (found_valid_i) state_q <= found_i.page || found_i.error ? ASK : VAULT;
        ASK: begin
          if (ask_done_i) begin
            // A put that has failed fails no worse if this does.
            if (ask_answer_i == ask_pkg::ANSWER_DONE || forget) state_q <= VAULT;
            else state_q <= RESULT;
            if (ask_answer_i != ask_pkg::ANSWER_DONE && !forget) status_q <= pamc_pkg::STATUS_INTERNAL;
          end
        end
        VAULT: begin
          if (vault_done_i) begin
            state_q <= RESULT;
            if (whole) info_q <= vault_answer_i.value;
            else if (flush) info_q <= {31'd0, vault_answer_i.result == vault_pkg::RESULT_DONE};
            if (vault_answer_i.result == vault_pkg::RESULT_ERROR) status_q <= pamc_pkg::STATUS_INTERNAL;
          end
        end
        default: if (result_ready_i) state_q <= IDLE;
      endcase
    end
  end

  always_comb begin
    lookup_o          = '0;
    lookup_o.contents = job_i.contents;
    lookup_o.object   = job_i.object;
    lookup_o.index    = job_i.index;
  end
  assign lookup_valid_o = state_q == LOOK;

  assign ask_valid_o = state_q == ASK;
  assign ask_kind_o  = whole ? ask_pkg::ASK_FLUSH_OBJECT : ask_pkg::ASK_FLUSH_PAGE;

  always_comb begin
    vault_o          = '0;
    vault_o.op       = whole ? vault_pkg::OP_FLUSH_OBJECT : vault_pkg::OP_REMOVE;
    vault_o.tag      = job_slot_i;
    vault_o.contents = job_i.contents;
    vault_o.object   = job_i.object;
    vault_o.index    = job_i.index;
    vault_o.count    = flush ? vault_pkg::COUNT_FLUSH : vault_pkg::COUNT_NONE;
  end
  assign vault_valid_o = state_q == VAULT;

  always_comb begin
    result_o        = '0;
    result_o.slot   = job_slot_i;
    result_o.status = status_q;
    result_o.field  = job_i.field;
    result_o.info   = info_q;
  end
  assign result_valid_o = state_q == RESULT;
  assign job_ready_o    = result_valid_o && result_ready_i;

  // Most of a command is not for here.
  logic unused;
  assign unused = ^{job_i, vault_answer_i, found_i};

endmodule
