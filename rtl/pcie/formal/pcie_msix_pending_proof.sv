// SPDX-License-Identifier: Apache-2.0
//
// pcie_msix_pending loses no interrupt and invents none: for any one vector, watched,
// whatever was asked for is pending or on its way until it leaves after it was asked
// for, nothing leaves that nobody asked for, what is on its way was not masked when it
// was chosen, and one that may be sent is sent after at most as many others as there are
// vectors.

`include "check.svh"

module pcie_msix_pending_proof #(
  parameter int unsigned Vectors = 4
) (
  input logic                       clk_i,
  input logic                       irq_valid_i,
  input logic [$clog2(Vectors)-1:0] irq_i,
  input logic                       enable_i,
  input logic [Vectors-1:0]         mask_i,
  input logic                       fire_ready_i,
  // Free, but the same at all times.
  input logic [$clog2(Vectors)-1:0] any_i
);

  localparam int unsigned VectorBits = $clog2(Vectors);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic [VectorBits-1:0] watch_q = '0;
  always_ff @(posedge clk_i) if (!rst_ni) watch_q <= any_i;

  logic [Vectors-1:0]    pending;
  logic                  fire_valid, fires, asks;
  logic [VectorBits-1:0] fire;

  pcie_msix_pending #(.Vectors(Vectors)) dut (
    .clk_i, .rst_ni, .clear_i(1'b0), .irq_valid_i, .irq_i, .enable_i, .mask_i,
    .pending_o(pending), .fire_valid_o(fire_valid), .fire_ready_i, .fire_o(fire)
  );

  assign asks  = irq_valid_i && irq_i == watch_q;
  assign fires = fire_valid && fire_ready_i && fire == watch_q;

  // Asked for and not sent since. Asked for more often than sent, in small numbers.
  logic       owed_q = 1'b0, blocked_q = 1'b0;
  logic [3:0] credit_q = '0;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      owed_q   <= asks || (owed_q && !fires);
      credit_q <= credit_q + 4'(asks && credit_q < 4'd8) - 4'(fires);
      blocked_q <= !enable_i || mask_i[watch_q];
    end
  end

  // Chosen, then offered; in between it is the last that was chosen.
  (* hierconn *) wire               \dut.chosen_q ;
  (* hierconn *) wire [Vectors-1:0] \dut.last ;
  logic on_its_way;
  assign on_its_way = (fire_valid && fire == watch_q) || (\dut.chosen_q && \dut.last [watch_q]);
  `PAMC_ASSERT(a_none_lost, !owed_q || pending[watch_q] || on_its_way)
  `PAMC_ASSERT(a_none_invented, !fires || credit_q != '0)
  `PAMC_ASSERT(i_credit, 4'(pending[watch_q]) + 4'(on_its_way) <= credit_q && credit_q <= 4'd8)

  // Begins its way only when nothing masks it.
  logic was_on_its_way_q = 1'b0;
  always_ff @(posedge clk_i) was_on_its_way_q <= rst_ni && on_its_way && !fires;
  `PAMC_ASSERT(a_not_masked, !(on_its_way && !was_on_its_way_q) || !blocked_q)

  // An offer stands.
  logic                  waits_q = 1'b0;
  logic [VectorBits-1:0] fire_q = '0;
  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && fire_valid && !fire_ready_i;
    fire_q  <= fire;
  end
  `PAMC_ASSERT(a_stands, !waits_q || (fire_valid && fire == fire_q))

  // Others that are chosen while it could be: at most as many as there are vectors. And one of
  // two cycles goes to somebody, if all that is offered is taken at once.
  (* hierconn *) wire               \dut.take ;
  (* hierconn *) wire               \dut.found_behind ;
  (* hierconn *) wire [Vectors-1:0] \dut.bit_first ;
  (* hierconn *) wire [Vectors-1:0] \dut.bit_behind ;
  logic       could, is_chosen;
  logic [3:0] patience_q = '0;
  logic [1:0] idle_q = '0;
  assign could     = pending[watch_q] && enable_i && !mask_i[watch_q];
  assign is_chosen = \dut.take && (\dut.found_behind ? \dut.bit_behind [watch_q] : \dut.bit_first [watch_q]);
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      patience_q <= could && !is_chosen ? patience_q + 4'(\dut.take && patience_q != '1) : '0;
      idle_q     <= could && fire_ready_i && !\dut.take ? idle_q + 2'(idle_q != '1) : '0;
    end
  end
  `PAMC_ASSERT(a_turn, 32'(patience_q) <= Vectors)
  `PAMC_ASSERT(a_at_work, idle_q <= 2'd1)

  // For induction: the further it waits, the nearer is its turn.
  (* hierconn *) wire [Vectors-1:0] \dut.may_q ;
  (* hierconn *) wire [Vectors-1:0] \dut.behind_q ;
  (* hierconn *) wire [VectorBits-1:0] \dut.fire ;
  `PAMC_ASSERT(i_behind, \dut.behind_q == ~({Vectors{1'b1}} >> (VectorBits'(Vectors - 1) - \dut.fire )))
  `PAMC_ASSERT(i_fire, !fire_valid || \dut.fire == fire)
  logic [VectorBits-1:0] distance;  // vectors before it in the circle
  assign distance = watch_q - \dut.fire - VectorBits'(1);
  `PAMC_ASSERT(i_at_work, idle_q == '0 || (\dut.may_q [watch_q] && !\dut.chosen_q ))
  `PAMC_ASSERT(i_may, patience_q == '0 || \dut.may_q [watch_q])
  `PAMC_ASSERT(i_turn, patience_q == '0 || 32'(patience_q) + 32'(distance) <= Vectors)

  `PAMC_COVER(c_sent_twice, credit_q == 4'd1 && fires && patience_q == '0 && pending == '0)
  `PAMC_COVER(c_waits, patience_q == 4'd3)

endmodule
