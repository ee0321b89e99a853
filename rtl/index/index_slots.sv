// SPDX-License-Identifier: Apache-2.0
//
// Numbers that are given out and come back: at most one holder of each. The one that is
// next is in a register, so that taking it costs no time.

`include "check.svh"

module index_slots #(
  parameter int unsigned SlotBits = 4
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  output logic                valid_o,
  input  logic                take_i,
  output logic [SlotBits-1:0] slot_o,

  input  logic                free_i,
  input  logic [SlotBits-1:0] free_slot_i
);

  localparam int unsigned Slots = 1 << SlotBits;

  // Neither next nor given out.
  logic [Slots-1:0]    spare_q;
  logic                next_valid_q;
  logic [SlotBits-1:0] next_q, lowest;
  logic                refill;

  always_comb begin
    lowest = '0;
    for (int i = Slots - 1; i >= 0; i--) begin
      if (spare_q[i]) lowest = SlotBits'(i);
    end
  end
  assign refill = (!next_valid_q || take_i) && spare_q != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      spare_q      <= '1;
      next_valid_q <= 1'b0;
      next_q       <= '0;
    end else begin
      if (free_i) spare_q[free_slot_i] <= 1'b1;
      if (refill) begin
        spare_q[lowest] <= 1'b0;
        next_q          <= lowest;
      end
      next_valid_q <= refill || (next_valid_q && !take_i);
    end
  end
  assign valid_o = next_valid_q;
  assign slot_o  = next_q;

  `PAMC_ASSUME(m_take_valid, !take_i || next_valid_q)
  `PAMC_ASSUME(m_free_taken, !free_i || (!spare_q[free_slot_i] && !(next_valid_q && next_q == free_slot_i)))

endmodule
