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

  logic [Callers-1:0] grant_q, last_q, behind, next;

  // Those behind the last one first.
  always_comb begin
    logic seen;
    seen = 1'b0;
    for (int unsigned n = 0; n < Callers; n++) begin
      behind[n] = call_i[n] && seen;
      if (last_q[n]) seen = 1'b1;
    end
    next = behind != '0 ? behind : call_i;
    next = next & (~next + 1'b1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      grant_q <= '0;
      last_q  <= Callers'(1);
    end else if (grant_q == '0) begin
      grant_q <= next;
    end else if (done_i) begin
      grant_q <= '0;
      last_q  <= grant_q;
    end
  end
  assign grant_o = grant_q;

  `PAMC_ASSUME(m_stays, (grant_q & ~call_i) == '0)
  `PAMC_ASSUME(m_done_is_of_a_call, !done_i || grant_q != '0)
  `PAMC_ASSERT(a_one, (grant_q & (grant_q - 1'b1)) == '0)

endmodule
