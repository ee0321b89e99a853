// SPDX-License-Identifier: Apache-2.0
//
// engine_stats counts what its definition says, three cycles late: a plain count of
// the same events, kept here without any pipeline, agrees with it at all times, and the
// latency told for any one page, watched from its first beat, is the number of cycles
// that page was inside.
//
// Counters are compared in their lowest bits, which cannot hide a difference for long
// and keeps the solver's work small; the width makes no difference to their logic.

`include "check.svh"

module engine_stats_proof (
  input logic clk_i,
  input logic in_valid_i,
  input logic in_ready_i,
  input logic in_last_i,
  input logic out_valid_i,
  input logic out_ready_i,
  input logic out_last_i,
  // Free: which of the pages to watch.
  input logic watch_i
);

  localparam int unsigned MostInside = 3;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  lib_pkg::engine_stats_t stats;

  engine_stats #(.MostInside(MostInside)) dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_i, .in_last_i,
    .out_valid_i, .out_ready_i, .out_last_i, .stats_o(stats)
  );

  logic       in_page_q = 1'b0;
  logic [1:0] inside_q = 2'd0;
  logic       enters, leaves;
  assign enters = in_valid_i && in_ready_i && !in_page_q;
  assign leaves = out_valid_i && out_ready_i && out_last_i;

  // What an engine with pages in it can do.
  `PAMC_ASSUME(m_leaves, !leaves || inside_q != 2'd0)
  `PAMC_ASSUME(m_enters, !enters || 32'(inside_q) < MostInside)
  // Nothing in the first cycle out of reset, when the queue is not ready yet.
  logic awake_q = 1'b0;
  `PAMC_ASSUME(m_awake, awake_q || !enters)

  logic [3:0] pages_q = '0, busy_q = '0, starved_q = '0, blocked_q = '0;

  // One page watched: how many leave before it, when it came.
  logic        watching_q = 1'b0;
  logic [1:0]  before_q = 2'd0;
  logic [31:0] now_q = '0, came_q = '0, took_q = '0;
  logic [2:0]  told_q = 3'd0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      awake_q <= 1'b1;
      now_q   <= now_q + 32'd1;
      if (in_valid_i && in_ready_i) in_page_q <= !in_last_i;
      inside_q  <= inside_q + 2'(enters) - 2'(leaves);
      pages_q   <= pages_q + 4'(leaves);
      busy_q    <= busy_q + 4'(inside_q != 2'd0);
      starved_q <= starved_q + 4'(in_page_q && in_ready_i && !in_valid_i);
      blocked_q <= blocked_q + 4'(out_valid_i && !out_ready_i);
      if (!watching_q && told_q == 3'd0 && enters && watch_i) begin
        watching_q <= 1'b1;
        before_q   <= inside_q - 2'(leaves);
        came_q     <= now_q;
      end
      if (watching_q && leaves) begin
        before_q <= before_q - 2'd1;
        if (before_q == 2'd0) begin
          watching_q <= 1'b0;
          took_q     <= now_q - came_q;
        end
      end
      told_q <= {told_q[1:0], watching_q && leaves && before_q == 2'd0};
    end
  end

  // As of two cycles ago, which is what stats shows.
  logic [3:0] pages1_q = '0, pages2_q = '0, busy1_q = '0, busy2_q = '0;
  logic [3:0] starved1_q = '0, starved2_q = '0, blocked1_q = '0, blocked2_q = '0;
  logic [1:0] inside1_q = '0, inside2_q = '0, inside3_q = '0;
  always_ff @(posedge clk_i) begin
    {pages2_q, pages1_q}              <= {pages1_q, pages_q};
    {busy2_q, busy1_q}                <= {busy1_q, busy_q};
    {starved2_q, starved1_q}          <= {starved1_q, starved_q};
    {blocked2_q, blocked1_q}          <= {blocked1_q, blocked_q};
    {inside3_q, inside2_q, inside1_q} <= {inside2_q, inside1_q, inside_q};
  end

  `PAMC_ASSERT(a_pages, stats.pages[3:0] == pages2_q)
  `PAMC_ASSERT(a_busy, stats.busy[3:0] == busy2_q)
  `PAMC_ASSERT(a_starved, stats.starved[3:0] == starved2_q)
  `PAMC_ASSERT(a_blocked, stats.blocked[3:0] == blocked2_q)
  `PAMC_ASSERT(a_occupancy, stats.occupancy == 32'(inside3_q))
  `PAMC_ASSERT(a_occupancy_max, stats.occupancy_max <= MostInside)
  `PAMC_ASSERT(a_latency, !told_q[2] || stats.latency == took_q)
  `PAMC_ASSERT(a_latency_in_sum, !told_q[2] || stats.latency_max >= took_q)

  // The sum grows by each page's latency, and only then.
  logic [31:0] sum_q = '0, told_pages_q = '0;
  always_ff @(posedge clk_i) begin
    sum_q        <= stats.latency_sum;
    told_pages_q <= stats.pages;
  end
  `PAMC_ASSERT(a_latency_sum, stats.latency_sum ==
               (stats.pages == told_pages_q ? sum_q : sum_q + stats.latency))

  // For induction: what is in the pipeline and in the queue of arrival times.
  (* hierconn *) wire        \dut.in_page_q ;
  (* hierconn *) wire [1:0]  \dut.u_came.level_q ;
  (* hierconn *) wire [1:0]  \dut.u_came.read_at_q ;
  (* hierconn *) wire [1:0]  \dut.u_came.peek_at ;
  (* hierconn *) wire [31:0] \dut.u_came.peek ;
  (* hierconn *) wire [31:0] \dut.now_q ;
  logic       in_page1_q = 1'b0, watching1_q = 1'b0;
  logic [1:0] before1_q = 2'd0;
  always_ff @(posedge clk_i) begin
    in_page1_q  <= in_page_q;
    watching1_q <= watching_q;
    before1_q   <= before_q;
  end
  logic [31:0] place;
  assign place = 32'(\dut.u_came.read_at_q ) + 32'(before1_q);
  assign \dut.u_came.peek_at = 2'(place >= MostInside ? place - MostInside : place);
  `PAMC_ASSERT(i_now, \dut.now_q == now_q)
  `PAMC_ASSERT(i_in_page, \dut.in_page_q == in_page1_q)
  `PAMC_ASSERT(i_level, \dut.u_came.level_q == inside1_q)
  `PAMC_ASSERT(i_inside, 32'(inside_q) <= MostInside)
  `PAMC_ASSERT(i_watched, !watching_q || before_q < inside_q)
  `PAMC_ASSERT(i_watched1, !watching1_q || before1_q < inside1_q)
  `PAMC_ASSERT(i_came, !watching1_q || \dut.u_came.peek == came_q + 32'd1)
  `PAMC_ASSERT(i_awake, awake_q || (inside_q == 2'd0 && !watching_q && told_q == 3'd0 && !in_page_q))

  `PAMC_COVER(c_three_inside, stats.occupancy_max == 32'd3)
  `PAMC_COVER(c_latency_told, told_q[2] && stats.latency == 32'd5 && stats.occupancy_max == 32'd2)
  `PAMC_COVER(c_all_counted, stats.busy > 32'd3 && stats.starved == 32'd1 && stats.blocked == 32'd2)

endmodule
