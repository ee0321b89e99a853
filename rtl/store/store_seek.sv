// SPDX-License-Identifier: Apache-2.0
//
// Which lists have runs, and which list serves a request best: the exact one; else the
// shortest that leaves a run when split; else one whose runs are one or two units too long
// and go as they are. A search takes three cycles: which of 17 groups of lists, which list
// of the group.

`include "check.svh"

module store_seek (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        clear_i,
  input  logic        set_valid_i,
  input  logic [8:0]  set_bin_i,
  input  logic        set_occupied_i,

  // Has runs; a cycle after it was asked.
  input  logic [8:0]  bin_i,
  output logic        occupied_o,
  input  logic [8:0]  peek_bin_i,
  output logic        peek_occupied_o,

  // To be held for three cycles; then the answer is there as long as it is held.
  input  logic [7:0]  units_i,
  output logic        fit_o,
  output logic [8:0]  fit_bin_o,
  // The longest runs there are.
  output logic        any_o,
  output logic [8:0]  largest_bin_o
);

  localparam int unsigned Groups = 17;
  localparam int unsigned Width  = 16 * Groups;

  logic [store_pkg::Bins-1:0] occupied_q;
  logic                       bin_occupied_q, peek_occupied_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      occupied_q <= '0;
    end else if (clear_i) begin
      occupied_q <= '0;
    end else if (set_valid_i) begin
      occupied_q[set_bin_i] <= set_occupied_i;
    end
  end

  always_ff @(posedge clk_i) begin
    bin_occupied_q  <= occupied_q[bin_i];
    peek_occupied_q <= occupied_q[peek_bin_i];
  end
  assign occupied_o      = bin_occupied_q;
  assign peek_occupied_o = peek_occupied_q;

  // First cycle: what is long enough to be split, and the three that may go as a whole.
  logic [Width-1:0] all, splits_q, all_q;
  logic [2:0]       whole_q;
  // Groups in which there is any.
  logic [Groups-1:0] any_q;
  assign all = Width'(occupied_q);

  always_ff @(posedge clk_i) begin
    splits_q <= all & ({Width{1'b1}} << (9'(units_i) + 9'(store_pkg::MinRun)));
    whole_q  <= all[9'(units_i) +: 3];
    all_q    <= all;
    for (int unsigned g = 0; g < Groups; g++) any_q[g] <= all[16*g +: 16] != '0;
  end

  // Second cycle: the lowest group of the one, the highest of the other.
  logic [4:0]  low_group_d, low_group_q, high_group_d, high_group_q;
  logic [15:0] low_q, high_q, low_d;
  logic [2:0]  whole_2q;
  logic        low_seen;

  // (What is in the lowest group is taken beside its number.)
  always_comb begin
    low_group_d  = 5'd0;
    high_group_d = 5'd0;
    low_d        = '0;
    low_seen     = 1'b0;
    for (int unsigned g = 0; g < Groups; g++) begin
      if (!low_seen) low_d |= splits_q[16*g +: 16];
      low_seen = low_seen || splits_q[16*g +: 16] != '0;
    end
    for (int unsigned g = 0; g < Groups; g++) begin
      if (splits_q[16*(Groups-1-g) +: 16] != '0) low_group_d = 5'(Groups - 1 - g);
      if (any_q[g]) high_group_d = 5'(g);
    end
  end

  always_ff @(posedge clk_i) begin
    low_group_q  <= low_group_d;
    high_group_q <= high_group_d;
    low_q        <= low_d;
    high_q       <= all_q[9'(high_group_d)*16 +: 16];
    whole_2q     <= whole_q;
  end

  // Third cycle.
  logic [3:0] low, high;
  always_comb begin
    low  = 4'd0;
    high = 4'd0;
    for (int unsigned n = 0; n < 16; n++) begin
      if (low_q[15-n]) low = 4'(15 - n);
      if (high_q[n]) high = 4'(n);
    end
  end

  always_ff @(posedge clk_i) begin
    fit_o <= whole_2q != '0 || low_q != '0;
    if (whole_2q[0])       fit_bin_o <= {1'b0, units_i};
    else if (low_q != '0)  fit_bin_o <= {low_group_q, low};
    else if (whole_2q[1])  fit_bin_o <= {1'b0, units_i} + 9'd1;
    else                   fit_bin_o <= {1'b0, units_i} + 9'd2;
    any_o         <= high_q != '0;
    largest_bin_o <= {high_group_q, high};
  end

  `PAMC_ASSERT(a_bin, !set_valid_i || 32'(set_bin_i) < store_pkg::Bins)

endmodule
