// SPDX-License-Identifier: Apache-2.0
//
// Of any one list, watched: it is told as occupied as it was written last; a search, when
// nothing has changed for its three cycles, finds it if it is the one that was asked for,
// finds one at least as long as the longest run there is, and never one that is empty or
// too short.

`include "check.svh"

module store_seek_proof (
  input logic       clk_i,
  input logic       clear_i,
  input logic       set_valid_i,
  input logic [8:0] set_bin_i,
  input logic       set_occupied_i,
  input logic [8:0] bin_i,
  input logic [7:0] units_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [8:0] watched;
  `PAMC_ASSUME(m_bins, 32'(watched) < store_pkg::Bins && 32'(bin_i) < store_pkg::Bins &&
                       32'(set_bin_i) < store_pkg::Bins)
  `PAMC_ASSUME(m_units, 32'(units_i) >= store_pkg::MinRun)

  logic       occupied, peeked, fit, any;
  logic [8:0] fit_bin, largest_bin;
  store_seek dut (
    .clk_i, .rst_ni, .clear_i, .set_valid_i, .set_bin_i, .set_occupied_i, .bin_i, .occupied_o(occupied),
    .peek_bin_i('0), .peek_occupied_o(peeked), .units_i, .fit_o(fit), .fit_bin_o(fit_bin), .any_o(any),
    .largest_bin_o(largest_bin)
  );

  // The watched list; cycles for which nothing has changed.
  logic       here_q, asked_q, was_q;
  logic [1:0] still_q;
  logic [7:0] units_q;
  always_ff @(posedge clk_i) begin
    units_q <= units_i;
    asked_q <= rst_ni && bin_i == watched;
    was_q   <= here_q;
    if (!rst_ni)                                      here_q <= 1'b0;
    else if (clear_i)                                 here_q <= 1'b0;
    else if (set_valid_i && set_bin_i == watched)     here_q <= set_occupied_i;
    if (!rst_ni || set_valid_i || clear_i)            still_q <= 2'd0;
    else if (units_i != units_q)                      still_q <= 2'd1;
    else if (still_q != 2'd3)                         still_q <= still_q + 2'd1;
  end

  logic found, exact;
  assign found = still_q == 2'd3 && units_i == units_q;
  assign exact = watched == {1'b0, units_i};
  `PAMC_ASSERT(a_occupied, !asked_q || occupied == was_q)
  `PAMC_ASSERT(a_exact, !(found && here_q && exact) || (fit && fit_bin == watched))
  `PAMC_ASSERT(a_enough, !(found && here_q && watched >= {1'b0, units_i}) || fit)
  `PAMC_ASSERT(a_longest, !(found && here_q) || (any && largest_bin >= watched))
  `PAMC_ASSERT(a_not_empty, !(found && !here_q) || !((fit && fit_bin == watched) || (any && largest_bin == watched)))
  `PAMC_ASSERT(a_long_enough, !(found && fit) || fit_bin >= {1'b0, units_i})

  // For induction.
  (* hierconn *) wire [store_pkg::Bins-1:0] \dut.occupied_q ;
  `PAMC_ASSERT(i_bit, \dut.occupied_q [watched] == here_q)

  `PAMC_COVER(c_split, found && here_q && fit && fit_bin == watched && watched == {1'b0, units_i} + 9'd5)

endmodule
