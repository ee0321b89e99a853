// SPDX-License-Identifier: Apache-2.0
//
// For ever: one call is open at most, it stays open until it is done, and a caller that
// waits sees each other one served at most once before it.

module vault_turn_proof (
  input logic       clk_i,
  input logic [2:0] begin_i,
  input logic       done_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic [2:0] call_q, grant, grant_q;
  logic       done;
  // Of caller 0: how often others were done while it waited.
  logic [1:0] waited_q;
  assign done = done_i && grant != '0;
  vault_turn #(.Callers(3)) dut (.clk_i, .rst_ni, .call_i(call_q), .done_i(done), .grant_o(grant));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      call_q   <= '0;
      grant_q  <= '0;
      waited_q <= '0;
    end else begin
      call_q  <= (call_q & ~(done ? grant : 3'd0)) | (begin_i & ~call_q);
      grant_q <= done ? 3'd0 : grant;
      if (!call_q[0] || grant[0]) waited_q <= '0;
      else if (done)              waited_q <= waited_q + 2'd1;
      assert ((grant & (grant - 3'd1)) == '0 && (grant & ~call_q) == '0);
      assert (grant_q == '0 || grant == grant_q);
      cover (done && grant[2]);
      cover (grant[0] && waited_q == 2'd2);
    end
  end

endmodule
