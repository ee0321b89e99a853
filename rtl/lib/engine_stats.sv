// SPDX-License-Identifier: Apache-2.0
//
// Counts what an engine does by watching the streams at its two ends, so that every
// engine is measured alike and none has to count for itself.
//
// A page is inside from the cycle after its first beat was taken up to the cycle in
// which its last beat is taken; several may be, at most MostInside, and they leave in
// the order they came. A page's latency is the number of cycles between these two
// beats. So an engine that has one page at a time is busy for the sum of latencies.
//
// The streams are registered here first, so that watching does not burden them: what
// happens in a cycle is in stats_o three cycles later.

`include "check.svh"

module engine_stats #(
  parameter int unsigned MostInside = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Both streams, seen from the engine. "last" marks the last beat of a page.
  input  logic                   in_valid_i,
  input  logic                   in_ready_i,
  input  logic                   in_last_i,
  input  logic                   out_valid_i,
  input  logic                   out_ready_i,
  input  logic                   out_last_i,

  output lib_pkg::engine_stats_t stats_o
);

  `PAMC_PARAM(g_most_inside, MostInside >= 2)

  // First cycle: the streams as they were.
  logic in_valid_q, in_ready_q, in_last_q;
  logic out_valid_q, out_ready_q, out_last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {in_valid_q, in_ready_q, in_last_q}    <= '0;
      {out_valid_q, out_ready_q, out_last_q} <= '0;
    end else begin
      {in_valid_q, in_ready_q, in_last_q}    <= {in_valid_i, in_ready_i, in_last_i};
      {out_valid_q, out_ready_q, out_last_q} <= {out_valid_i, out_ready_i, out_last_i};
    end
  end

  // Second cycle: pages that enter and leave. Between a page's first and last beat in,
  // the engine's input is in it.
  logic in_page_q;
  logic in_beat, enters, leaves;
  assign in_beat = in_valid_q && in_ready_q;
  assign enters  = in_beat && !in_page_q;
  assign leaves  = out_valid_q && out_ready_q && out_last_q;

  // When the pages inside came; so their number is the number of pages inside.
  localparam int unsigned LevelBits = $clog2(MostInside + 1);
  logic [31:0]          now_q;
  logic                 room, any;
  logic [31:0]          came;
  logic [LevelBits-1:0] occupancy;

  lib_fifo #(.Width(32), .Depth(MostInside)) u_came (
    .clk_i, .rst_ni,
    .in_valid_i(enters), .in_ready_o(room), .in_data_i(now_q),
    .out_valid_o(any), .out_ready_i(leaves), .out_data_o(came),
    .level_o(occupancy)
  );

  logic        left_q;
  logic [31:0] latency_q;
  logic        starved_q, blocked_q, busy_q;
  logic [31:0] occupancy_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      now_q     <= '0;
      in_page_q <= 1'b0;
      left_q    <= 1'b0;
      latency_q <= '0;
      starved_q <= 1'b0;
      blocked_q <= 1'b0;
      busy_q    <= 1'b0;
      occupancy_q  <= '0;
    end else begin
      now_q <= now_q + 32'd1;
      if (in_beat) in_page_q <= !in_last_q;
      left_q <= leaves;
      if (leaves) latency_q <= now_q - came;
      starved_q <= in_page_q && in_ready_q && !in_valid_q;
      blocked_q <= out_valid_q && !out_ready_q;
      busy_q    <= any;
      occupancy_q  <= 32'(occupancy);
    end
  end

  // Third cycle: the counters.
  lib_pkg::engine_stats_t stats_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q <= '0;
    end else begin
      stats_q.pages   <= stats_q.pages + 32'(left_q);
      stats_q.busy    <= stats_q.busy + 32'(busy_q);
      stats_q.starved <= stats_q.starved + 32'(starved_q);
      stats_q.blocked <= stats_q.blocked + 32'(blocked_q);
      stats_q.occupancy  <= occupancy_q;
      if (occupancy_q > stats_q.occupancy_max) stats_q.occupancy_max <= occupancy_q;
      if (left_q) begin
        stats_q.latency     <= latency_q;
        stats_q.latency_sum <= stats_q.latency_sum + latency_q;
        if (latency_q > stats_q.latency_max) stats_q.latency_max <= latency_q;
      end
    end
  end

  assign stats_o = stats_q;

  `PAMC_ASSUME(m_not_too_many, !enters || room)
  `PAMC_ASSUME(m_none_leaves_uncome, !leaves || any)
  `PAMC_ASSERT(a_occupancy_max, stats_q.occupancy <= stats_q.occupancy_max)
  `PAMC_ASSERT(a_latency_max, stats_q.latency <= stats_q.latency_max)

endmodule
