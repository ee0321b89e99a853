// SPDX-License-Identifier: Apache-2.0
//
// Function-level reset: the card is told (flr_o), and the hard block that it is done when
// the card and all that has to do with host memory have been idle for a while. What the
// function has of registers is held in reset meanwhile.

module pcie_flr (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic in_process_i,
  output logic done_o,

  output logic flr_o,
  input  logic idle_i
);

  // Idle for so many cycles in a row: what is in a register between two blocks, and
  // belongs to neither, has arrived.
  logic [4:0] still_q;
  logic       flr_q, done_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flr_q   <= 1'b0;
      still_q <= '0;
      done_q  <= 1'b0;
    end else begin
      flr_q   <= in_process_i;
      still_q <= !(flr_q && idle_i) ? '0 : still_q == '1 ? still_q : still_q + 5'd1;
      done_q  <= flr_q && in_process_i && still_q == '1;
    end
  end

  assign flr_o  = flr_q;
  assign done_o = done_q;

endmodule
