// SPDX-License-Identifier: Apache-2.0
//
// Nobody is passed over for ever: a port that wants is the next one after a number of picks
// that shrinks with every pick that is not its own. For an urgent port that is twice its
// distance in its round, and one more when others are about to have their turn; for another
// one, eight times its distance, less the urgent picks since the last turn of the others.

`include "check.svh"

module dram_pick_proof #(
  parameter int unsigned Ports = 5,
  parameter int unsigned PortBits = $clog2(Ports)
) (
  input logic             clk_i,
  input logic [Ports-1:0] wants_i,
  input logic             pick_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [Ports-1:0]    urgent;
  (* anyconst *) logic [PortBits-1:0] watched;
  `PAMC_ASSUME(m_watched, 32'(watched) < Ports)

  logic                any;
  logic [Ports-1:0]    port_bit;
  logic [PortBits-1:0] port;
  dram_pick #(.Ports(Ports)) dut (
    .clk_i, .rst_ni, .wants_i, .urgent_i(urgent), .pick_i, .any_o(any), .port_o(port_bit)
  );
  always_comb begin
    port = '0;
    for (int unsigned n = 0; n < Ports; n++) if (port_bit[n]) port = port | PortBits'(n);
  end

  (* hierconn *) wire [Ports-1:0]    \dut.behind_urgent_q ;
  (* hierconn *) wire [Ports-1:0]    \dut.behind_other_q ;
  (* hierconn *) wire [2:0]          \dut.patience_q ;

  // The last one of each round.
  logic [PortBits-1:0] last_urgent_q, last_other_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      last_urgent_q <= '0;
      last_other_q  <= '0;
    end else if (pick_i && any) begin
      if (urgent[port]) last_urgent_q <= port;
      else              last_other_q  <= port;
    end
  end

  // Ports between the last one of its round and the watched one.
  logic        is_urgent;
  logic [7:0]  last, distance, rank, rank_q;
  logic        waited_q = 1'b0;
  assign is_urgent = urgent[watched];
  assign last      = is_urgent ? 8'(last_urgent_q) : 8'(last_other_q);
  assign distance  = 8'(watched) > last ? 8'(watched) - last - 8'd1 :
                     8'(watched) + 8'(Ports) - last - 8'd1;
  assign rank      = is_urgent ? 8'd2 * distance + 8'(\dut.patience_q == 3'd7) :
                     8'd8 * distance + 8'd7 - 8'(\dut.patience_q );

  always_ff @(posedge clk_i) begin
    waited_q <= rst_ni && wants_i[watched] && pick_i && port != watched;
    rank_q   <= rank;
  end

  `PAMC_ASSERT(a_who_wants, !any || wants_i[port])
  `PAMC_ASSERT(a_one_bit, port_bit == (any ? Ports'(1) << port : '0))
  `PAMC_ASSERT(a_one_is_picked, any == (wants_i != '0))
  `PAMC_ASSERT(a_comes_nearer, !waited_q || rank < rank_q)
  `PAMC_ASSERT(a_bound, rank < 8'd8 * 8'(Ports))
  `PAMC_ASSERT(i_last, 32'(last_urgent_q) < Ports && 32'(last_other_q) < Ports)
  `PAMC_ASSERT(i_behind, \dut.behind_urgent_q == {Ports{1'b1}} << 1 << last_urgent_q &&
                         \dut.behind_other_q == {Ports{1'b1}} << 1 << last_other_q)

  `PAMC_COVER(c_others_after_urgent, waited_q && is_urgent && !urgent[0] && rank_q == 8'd5)
  `PAMC_COVER(c_waits_long, waited_q && !is_urgent && rank == 8'd2)

endmodule
