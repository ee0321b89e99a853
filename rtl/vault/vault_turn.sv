// SPDX-License-Identifier: Apache-2.0
//
// Whose call of a shared module is open, when several modules that work at the same time
// want it: one keeps it from the grant until done, then they take turns.

`include "check.svh"

module vault_turn #(
  parameter int unsigned Callers = 2
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // Each held until done.
  input  logic [Callers-1:0] call_i,
  input  logic               done_i,
  // At most one; the call is handed on while it is set.
  output logic [Callers-1:0] grant_o
);

  `PAMC_PARAM(g_callers, Callers >= 2)

  logic [Callers-1:0] grant_q, next, behind_q, behind;
  lib_turn #(.Width(Callers)) u_turn (.valid_i(call_i), .behind_i(behind_q), .turn_o(next), .behind_o(behind));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      grant_q  <= '0;
      behind_q <= ~(Callers'(1));
    end else if (grant_q == '0) begin
      grant_q <= next;
      if (next != '0) behind_q <= behind;
    end else if (done_i) begin
      grant_q <= '0;
    end
  end
  assign grant_o = grant_q;

  `PAMC_ASSUME(m_stays, (grant_q & ~call_i) == '0)
  `PAMC_ASSUME(m_done_is_of_a_call, !done_i || grant_q != '0)
  `PAMC_ASSERT(a_one, (grant_q & (grant_q - 1'b1)) == '0)

endmodule
