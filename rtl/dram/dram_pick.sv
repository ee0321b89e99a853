// SPDX-License-Identifier: Apache-2.0
//
// Whose turn it is: the next port in the round that wants one, urgent ports before others;
// but after seven urgent ones in a row that others had to wait for, it is one of theirs.
// The two have rounds of their own, or one's would spoil the other's. Where a round is, is
// kept as the mask of the ports that come before it begins again.

`include "check.svh"

module dram_pick #(
  parameter int unsigned Ports = 4,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Ports)
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic [Ports-1:0]    wants_i,
  input  logic [Ports-1:0]    urgent_i,
  // One is picked, if any wants.
  input  logic                pick_i,
  output logic                any_o,
  // Which, as a bit.
  output logic [Ports-1:0]    port_o
);

  `PAMC_PARAM(g_ports, Ports >= 2)

  logic [Ports-1:0] behind_urgent_q, behind_other_q;
  logic [2:0]       patience_q;

  // Four candidates at once: of either kind the first behind the last one picked, and the
  // first of all.
  logic [Ports-1:0] urgent, other;
  logic [Ports-1:0] u1_bit, u2_bit, o1_bit, o2_bit, u1_above, u2_above, o1_above, o2_above;
  logic             u1_any, u2_any, o1_any, o2_any, by_urgency, unused;
  assign urgent = wants_i & urgent_i;
  assign other  = wants_i & ~urgent_i;

  logic [3:0][PlaceBits-1:0] places;
  lib_first #(.Width(Ports)) u_urgent_behind (
    .set_i(urgent & behind_urgent_q), .any_o(u1_any), .first_o(u1_bit), .above_o(u1_above), .place_o(places[0])
  );
  lib_first #(.Width(Ports)) u_urgent (
    .set_i(urgent), .any_o(u2_any), .first_o(u2_bit), .above_o(u2_above), .place_o(places[1])
  );
  lib_first #(.Width(Ports)) u_other_behind (
    .set_i(other & behind_other_q), .any_o(o1_any), .first_o(o1_bit), .above_o(o1_above), .place_o(places[2])
  );
  lib_first #(.Width(Ports)) u_other (
    .set_i(other), .any_o(o2_any), .first_o(o2_bit), .above_o(o2_above), .place_o(places[3])
  );
  assign unused = &{1'b0, places};

  assign by_urgency = u2_any && !(o2_any && patience_q == 3'd7);
  assign port_o     = by_urgency ? (u1_any ? u1_bit : u2_bit) : (o1_any ? o1_bit : o2_bit);
  assign any_o      = wants_i != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      behind_urgent_q <= {Ports{1'b1}} << 1;
      behind_other_q  <= {Ports{1'b1}} << 1;
      patience_q      <= '0;
    end else if (pick_i && any_o) begin
      if (by_urgency) behind_urgent_q <= u1_any ? u1_above : u2_above;
      else            behind_other_q  <= o1_any ? o1_above : o2_above;
      patience_q <= !by_urgency || !o2_any ? '0 : patience_q + 3'd1;
    end
  end

  `PAMC_ASSERT(a_picks_who_wants, !any_o || (wants_i & port_o) != '0)

endmodule
