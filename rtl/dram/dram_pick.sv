// SPDX-License-Identifier: Apache-2.0
//
// Whose turn it is: the next port in the round that wants one, urgent ports before others;
// but after seven urgent ones in a row that others had to wait for, it is one of theirs.
// The two have rounds of their own, or one's would spoil the other's.

`include "check.svh"

module dram_pick #(
  parameter int unsigned Ports = 4,
  // Derived, not to be set.
  parameter int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic [Ports-1:0]    wants_i,
  input  logic [Ports-1:0]    urgent_i,
  // One is picked, if any wants.
  input  logic                pick_i,
  output logic                any_o,
  output logic [PortBits-1:0] port_o
);

  logic [PortBits-1:0] last_urgent_q, last_other_q, last;
  logic [2:0]          patience_q;

  // Candidates behind the last one picked go first.
  logic [Ports-1:0]    among, behind;
  logic                by_urgency, others_wait;
  assign others_wait = (wants_i & ~urgent_i) != '0;
  assign by_urgency  = (wants_i & urgent_i) != '0 && !(others_wait && patience_q == 3'd7);

  always_comb begin
    among  = wants_i & (by_urgency ? urgent_i : ~urgent_i);
    last   = by_urgency ? last_urgent_q : last_other_q;
    for (int unsigned n = 0; n < Ports; n++) behind[n] = among[n] && PortBits'(n) > last;
    port_o = '0;
    for (int unsigned n = 0; n < Ports; n++) begin
      if (among[Ports-1-n]) port_o = PortBits'(Ports - 1 - n);
    end
    for (int unsigned n = 0; n < Ports; n++) begin
      if (behind[Ports-1-n]) port_o = PortBits'(Ports - 1 - n);
    end
  end
  assign any_o = wants_i != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      last_urgent_q <= '0;
      last_other_q  <= '0;
      patience_q    <= '0;
    end else if (pick_i && any_o) begin
      if (by_urgency) last_urgent_q <= port_o;
      else            last_other_q  <= port_o;
      patience_q <= !by_urgency || !others_wait ? '0 : patience_q + 3'd1;
    end
  end

  `PAMC_ASSERT(a_picks_who_wants, !any_o || wants_i[port_o])

endmodule
