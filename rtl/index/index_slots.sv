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

  // Also as a bit: to make one of the number takes longer than to find it.
  logic             any;
  logic [Slots-1:0] lowest_bit, above;
  lib_first #(.Width(Slots)) u_lowest (.set_i(spare_q), .any_o(any), .first_o(lowest_bit), .above_o(above), .place_o(lowest));
  assign refill = (!next_valid_q || take_i) && any;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      spare_q      <= '1;
      next_valid_q <= 1'b0;
      next_q       <= '0;
    end else begin
      for (int unsigned n = 0; n < Slots; n++) begin
        if (free_i && free_slot_i == SlotBits'(n)) spare_q[n] <= 1'b1;
        if (refill && lowest_bit[n]) spare_q[n] <= 1'b0;
      end
      if (refill) next_q <= lowest;
      next_valid_q <= refill || (next_valid_q && !take_i);
    end
  end
  assign valid_o = next_valid_q;
  assign slot_o  = next_q;

  logic unused;
  assign unused = ^above;

  `PAMC_ASSUME(m_take_valid, !take_i || next_valid_q)
  `PAMC_ASSUME(m_free_taken, !free_i || (!spare_q[free_slot_i] && !(next_valid_q && next_q == free_slot_i)))

endmodule
