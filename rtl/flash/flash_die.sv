// SPDX-License-Identifier: Apache-2.0
//
// What the sequencer knows of one die: the command it has been given, and how far that is.
// A die whose command takes the bus more than once asks for it each time; while its array
// works, the bus is others'.
//
//   idle --take--> First --bus--> Work --ready--> Check --bus--> Data --bus--> Tell --> idle
//
// It is ready when its R/B# says so, or always if it has none: then its status byte decides,
// and is asked again every PollCycles. Whoever is not ready after TimeoutCycles is told of as
// silent, and no command but Reset and Status is sent to it until a Reset has come to an end.

`include "check.svh"

module flash_die #(
  parameter int unsigned WbCycles      = 25,
  parameter int unsigned PollCycles    = 250,
  parameter int unsigned TimeoutCycles = 25_000_000
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                take_i,
  input  flash_pkg::command_t take_command_i,
  output logic                idle_o,
  output flash_pkg::command_t command_o,

  // Wants the bus: for its command (first), its status (check), or the page's data (data).
  output logic                first_o,
  output logic                check_o,
  output logic                data_o,
  // Nothing may be sent to it: a command is only gone through for its data.
  output logic                silent_o,
  output logic                working_o,

  // What it wanted has been done.
  input  logic                done_i,
  input  logic [7:0]          status_i,   // of a check

  output logic                tell_o,
  output flash_pkg::result_t  result_o,
  output logic [7:0]          status_o,
  input  logic                told_i,

  input  logic                ready_i     // R/B#, not synchronous
);

  typedef enum logic [2:0] {Idle, First, Settle, Work, Check, Data, Tell} state_t;
  state_t              state_q;
  flash_pkg::command_t command_q;
  flash_pkg::result_t  result_q;
  logic                silent_q;
  logic [7:0]          status_q;
  logic [31:0]         since_q, poll_q;
  logic [1:0]          ready_q;

  logic resets, asks, late, worked;
  assign resets = command_q.op == flash_pkg::Reset;
  assign asks   = command_q.op == flash_pkg::Status;
  assign late   = since_q >= TimeoutCycles;
  assign worked = status_i[flash_pkg::StatusReady];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ready_q <= '0;
    else         ready_q <= {ready_q[0], ready_i};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= Idle;
      silent_q <= 1'b0;
      since_q  <= '0;
      poll_q   <= '0;
      result_q <= flash_pkg::Done;
      status_q <= '0;
    end else begin
      since_q <= since_q + 32'd1;
      if (poll_q != '0) poll_q <= poll_q - 32'd1;
      case (state_q)
        Idle: if (take_i) begin
          state_q  <= take_command_i.op == flash_pkg::Status ? Check : First;
          result_q <= flash_pkg::Done;
          status_q <= '0;
        end
        First: if (done_i) begin
          since_q <= '0;
          poll_q  <= WbCycles;
          case (command_q.op)
            flash_pkg::ReadId, flash_pkg::Column: state_q <= Tell;
            default:                              state_q <= Settle;
          endcase
          if (silent_o) begin
            result_q <= flash_pkg::Silent;
            state_q  <= Tell;
          end
        end
        // It may take as long to say that it is busy.
        Settle: if (poll_q == '0) state_q <= Work;
        Work: begin
          if (late) begin
            silent_q <= 1'b1;
            result_q <= flash_pkg::Silent;
            state_q  <= Tell;
          end else if (ready_q[1] && poll_q == '0) begin
            state_q <= Check;
          end
        end
        Check: if (done_i) begin
          status_q <= status_i;
          poll_q   <= PollCycles;
          if (asks) begin
            state_q <= Tell;
          end else if (!worked) begin
            state_q <= Work;
          end else begin
            if (resets) silent_q <= 1'b0;
            if (status_i[flash_pkg::StatusFail] && !resets) result_q <= flash_pkg::Failed;
            case (command_q.op)
              flash_pkg::Params: state_q <= Data;
              flash_pkg::Read:   state_q <= status_i[flash_pkg::StatusFail] || command_q.joined ? Tell : Data;
              default:           state_q <= Tell;
            endcase
          end
        end
        Data:    if (done_i) state_q <= Tell;
        default: if (told_i) state_q <= Idle;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (take_i && idle_o) command_q <= take_command_i;
  end

  assign idle_o    = state_q == Idle;
  assign command_o = command_q;
  assign first_o   = state_q == First;
  assign check_o   = state_q == Check;
  assign data_o    = state_q == Data;
  assign silent_o  = silent_q && !resets && !asks;
  assign working_o = state_q == Settle || state_q == Work;
  assign tell_o    = state_q == Tell;
  assign result_o  = result_q;
  assign status_o  = status_q;

  `PAMC_ASSERT(a_done_was_wanted, !done_i || first_o || check_o || data_o)

endmodule
