// SPDX-License-Identifier: Apache-2.0
//
// Who may tell the vault what to do: one source at a time, from its command to the
// vault's answer, in rotation. The payload of a put comes from the source whose command
// it is.

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
    end else begin
      case (state_q)
        IDLE: begin
          if (valid_i != '0) begin
            state_q  <= COMMAND;
            source_q <= chosen;
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
    vault_o               = '0;
    vault_payload_o       = '0;
    vault_payload_valid_o = 1'b0;
    for (int unsigned n = 0; n < Sources; n++) begin
      logic own;
      own                = source_q == 5'(n);
      done_o[n]          = own && state_q == ANSWER && vault_answer_i;
      payload_ready_o[n] = own && (state_q == COMMAND || state_q == ANSWER) && vault_payload_ready_i;
      if (own) begin
        vault_o               = command_i[n];
        vault_payload_o       = payload_i[n];
        vault_payload_valid_o = payload_valid_i[n] && (state_q == COMMAND || state_q == ANSWER);
      end
    end
  end
  assign vault_valid_o = state_q == COMMAND;

endmodule
