// SPDX-License-Identifier: Apache-2.0
//
// SYNC of a durable pool: waits until flash has all of it, which may take as long as many programs
// of flash do. So it waits here and not in exec_flush, and its question is put again and again, with
// what others ask of flash between (exec_ask). One SYNC at a time.

`include "check.svh"

module exec_sync (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // Stays until its result is taken.
  input  logic                          job_valid_i,
  output logic                          job_ready_o,
  input  logic [exec_pkg::SlotBits-1:0] job_slot_i,

  // Held until done.
  output logic                          ask_valid_o,
  output ask_pkg::kind_e                ask_kind_o,
  input  logic                          ask_done_i,
  input  ask_pkg::answer_e             ask_answer_i,

  output logic                          result_valid_o,
  input  logic                          result_ready_i,
  output exec_pkg::result_t             result_o
);

  localparam logic [15:0] FieldNone = 16'hffff;

  typedef enum logic [1:0] {
    IDLE,
    ASK,
    AGAIN,
    RESULT
  } state_e;
  state_e     state_q;
  logic [7:0] status_q;
  logic       on_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      status_q <= '0;
      on_q     <= 1'b0;
    end else begin
      case (state_q)
        IDLE: begin
          on_q <= 1'b0;
          if (job_valid_i) state_q <= ASK;
        end
        ASK: begin
          if (ask_done_i) begin
            state_q  <= ask_answer_i == ask_pkg::ANSWER_AGAIN ? AGAIN : RESULT;
            status_q <= ask_answer_i == ask_pkg::ANSWER_DONE ? pamc_pkg::STATUS_SUCCESS : pamc_pkg::STATUS_INTERNAL;
            on_q     <= 1'b1;
          end
        end
        // Taken back for a cycle, as it is another question now.
        AGAIN:   state_q <= ASK;
        default: if (result_ready_i) state_q <= IDLE;
      endcase
    end
  end

  assign ask_valid_o = state_q == ASK;
  assign ask_kind_o  = on_q ? ask_pkg::ASK_SYNC_ON : ask_pkg::ASK_SYNC;

  always_comb begin
    result_o        = '0;
    result_o.slot   = job_slot_i;
    result_o.status = status_q;
    result_o.field  = FieldNone;
  end
  assign result_valid_o = state_q == RESULT;
  assign job_ready_o    = result_valid_o && result_ready_i;

  `PAMC_ASSERT(a_held, state_q == IDLE || job_valid_i)

endmodule
