// SPDX-License-Identifier: Apache-2.0
//
// Interrupts that were asked for and not sent: a bit each. One that may be sent is
// chosen, the vectors taking turns, and leaves by fire_*, a cycle later; from then on a new
// request is a new interrupt. A vector that is masked, or all of them (enable_i), waits. One is
// chosen every two cycles.

`include "check.svh"

module pcie_msix_pending #(
  parameter int unsigned Vectors = 64,
  // Derived, not to be set.
  parameter int unsigned VectorBits = $clog2(Vectors)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Forgets everything.
  input  logic                  clear_i,

  // Always taken.
  input  logic                  irq_valid_i,
  input  logic [VectorBits-1:0] irq_i,

  input  logic                  enable_i,
  input  logic [Vectors-1:0]    mask_i,
  output logic [Vectors-1:0]    pending_o,

  output logic                  fire_valid_o,
  input  logic                  fire_ready_i,
  output logic [VectorBits-1:0] fire_o
);

  logic [Vectors-1:0]    pending_q, pending_d, may_q, may, behind;
  // Vectors after the one that was chosen last, and that one; choices as bits: pcie_tags says why.
  logic [Vectors-1:0]    behind_q, last, bit_first, bit_behind, after_first, after_behind;
  logic                  fire_valid_q, found, found_behind, take;
  // A choice is made a number when it has been made.
  logic                  chosen_q;
  logic [VectorBits-1:0] fire, fire_q, choice, choice_behind, unused;

  // Looked at for two cycles: as of one ago, and whether it is still so.
  assign may    = may_q & pending_q & ~mask_i;
  assign behind = may & behind_q;
  lib_first #(.Width(Vectors)) u_first (
    .set_i(may), .any_o(found), .first_o(bit_first), .above_o(after_first), .place_o(choice)
  );
  lib_first #(.Width(Vectors)) u_behind (
    .set_i(behind), .any_o(found_behind), .first_o(bit_behind), .above_o(after_behind),
    .place_o(choice_behind)
  );
  assign take   = found && enable_i && !chosen_q && (!fire_valid_q || fire_ready_i);
  assign last   = ~behind_q & {1'b1, behind_q[Vectors-1:1]};
  lib_place #(.Width(Vectors)) u_fire (.bit_i(last), .place_o(fire));
  assign unused = choice ^ choice_behind;

  always_comb begin
    pending_d = pending_q;
    if (take) pending_d = pending_q & ~(found_behind ? bit_behind : bit_first);
    if (irq_valid_i) pending_d[irq_i] = 1'b1;
    if (clear_i) pending_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pending_q    <= '0;
      may_q        <= '0;
      chosen_q     <= 1'b0;
      fire_valid_q <= 1'b0;
      fire_q       <= '0;
      behind_q     <= {{(Vectors-1){1'b1}}, 1'b0};
    end else begin
      pending_q <= pending_d;
      may_q     <= pending_q & ~mask_i;
      chosen_q  <= take && !clear_i;
      if (take) behind_q <= found_behind ? after_behind : after_first;
      if (chosen_q) begin
        fire_valid_q <= !clear_i;
        fire_q       <= fire;
      end else if (fire_ready_i) begin
        fire_valid_q <= 1'b0;
      end
    end
  end

  assign pending_o    = pending_q;
  assign fire_valid_o = fire_valid_q;
  assign fire_o       = fire_q;

  `PAMC_ASSERT(a_chosen_has_room, !chosen_q || !fire_valid_q)

endmodule
