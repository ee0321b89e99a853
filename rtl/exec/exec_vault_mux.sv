// SPDX-License-Identifier: Apache-2.0
//
// Who may tell the vault what to do: one source at a time, from its command to the
// vault's answer, in rotation. The payload of a put comes from the source whose command
// it is, and no more of it than that put has: behind it may stand the next page's, which
// is another command's.

`include "check.svh"

module exec_vault_mux #(
  parameter int unsigned Sources = 4
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // vault_pkg::command_t of each; valid until done.
  input  logic [Sources-1:0]                  valid_i,
  input  logic [Sources-1:0][exec_pkg::VaultCommandWidth-1:0] command_i,
  output logic [Sources-1:0]                  done_o,
  input  logic [Sources-1:0]                  payload_valid_i,
  output logic [Sources-1:0]                  payload_ready_o,
  input  logic [Sources-1:0][127:0]           payload_i,

  output logic                                vault_valid_o,
  input  logic                                vault_ready_i,
  output vault_pkg::command_t                 vault_o,
  output logic                                vault_payload_valid_o,
  input  logic                                vault_payload_ready_i,
  output logic [127:0]                        vault_payload_o,
  input  logic                                vault_answer_i
);

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= 32)
  `PAMC_PARAM(g_width, exec_pkg::VaultCommandWidth == $bits(vault_o))

  // Beats of payload that are still to come.
  localparam int unsigned BeatBits = vault_pkg::StreamBits - 3;
  logic [BeatBits-1:0] left_q;
  vault_pkg::command_t next;
  logic                open;

  typedef enum logic [1:0] {
    IDLE,
    COMMAND,
    ANSWER,
    REST
  } state_e;
  state_e             state_q;
  logic [4:0]         source_q, chosen;
  logic [Sources-1:0] after;

  always_comb begin
    for (int unsigned n = 0; n < Sources; n++) after[n] = valid_i[n] && 5'(n) > source_q;
    chosen = '0;
    for (int n = int'(Sources) - 1; n >= 0; n--) begin
      if (after != '0 ? after[n] : valid_i[n]) chosen = 5'(n);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      source_q <= '0;
      left_q   <= '0;
    end else begin
      if (vault_payload_valid_o && vault_payload_ready_i) left_q <= left_q - 1'b1;
      case (state_q)
        IDLE: begin
          if (valid_i != '0) begin
            state_q  <= COMMAND;
            source_q <= chosen;
            left_q   <= next.op == vault_pkg::OP_PUT ? BeatBits'((next.bytes + 17'd15) >> 4) : '0;
          end
        end
        COMMAND: if (vault_ready_i) state_q <= ANSWER;
        // The source takes its valid back in the cycle after.
        ANSWER:  if (vault_answer_i) state_q <= REST;
        default: state_q <= IDLE;
      endcase
    end
  end

  always_comb begin
    next = '0;
    for (int unsigned n = 0; n < Sources; n++) if (chosen == 5'(n)) next = command_i[n];
  end
  assign open = left_q != '0;

  always_comb begin
    vault_o               = '0;
    vault_payload_o       = '0;
    vault_payload_valid_o = 1'b0;
    for (int unsigned n = 0; n < Sources; n++) begin
      logic own;
      own                = source_q == 5'(n);
      done_o[n]          = own && state_q == ANSWER && vault_answer_i;
      payload_ready_o[n] = own && open && vault_payload_ready_i;
      if (own) begin
        vault_o               = command_i[n];
        vault_payload_o       = payload_i[n];
        vault_payload_valid_o = payload_valid_i[n] && open;
      end
    end
  end
  assign vault_valid_o = state_q == COMMAND;

  logic unused;
  assign unused = ^next;

  `PAMC_ASSERT(a_payload_taken, !(state_q == ANSWER && vault_answer_i) || !open)

endmodule
