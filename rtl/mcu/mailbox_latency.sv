// SPDX-License-Identifier: Apache-2.0
//
// Latency histograms (log page LATENCY) of four kinds of commands, with count and sum.
// Buckets are those of the card interface, of nanoseconds; the sum is kept in cycles, and
// the card's cycle is CycleNs long. Counted from power-up; one command every four cycles
// is kept up with, which is more than come.

`include "check.svh"

module mailbox_latency #(
  parameter int unsigned CycleNs = 4
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        event_i,
  input  logic [1:0]  kind_i,
  input  logic [31:0] cycles_i,

  // mailbox.toml, LATENCY_SELECT; the value comes two cycles later.
  input  logic [10:0] select_i,
  output logic [63:0] value_o
);

  // v below 4: v; else 4 (k - 1) + the two bits below the highest, k.
  logic [34:0] ns;
  logic [5:0]  top;
  logic [1:0]  below;
  logic [8:0]  bucket;
  assign ns = 35'(cycles_i) * 35'(CycleNs);
  always_comb begin
    top = 6'd0;
    for (int unsigned n = 0; n < 35; n++) if (ns[n]) top = 6'(n);
    below  = 2'(ns >> (top - 6'd2));
    bucket = ns < 35'd4 ? {7'd0, ns[1:0]} : {1'b0, top - 6'd1, 2'b00} + {7'd0, below};
  end

  // Cleared after reset, one place a cycle.
  logic [47:0] mem_q [512];
  logic [9:0]  clear_q;
  logic        clearing;
  assign clearing = !clear_q[9];

  // An event: its bucket a cycle later, read, added, written.
  logic        seen_q, read_q;
  logic [8:0]  place_q, place2_q;
  logic [47:0] data_q;
  logic [3:0][63:0] count_q, sum_q;
  logic [10:7] select_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clear_q <= '0;
      seen_q  <= 1'b0;
      read_q  <= 1'b0;
      count_q <= '0;
      sum_q   <= '0;
    end else begin
      if (clearing) clear_q <= clear_q + 10'd1;
      seen_q <= event_i;
      read_q <= seen_q;
      if (event_i) begin
        count_q[kind_i] <= count_q[kind_i] + 64'd1;
        sum_q[kind_i]   <= sum_q[kind_i] + 64'(cycles_i);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    place_q  <= {kind_i, bucket > 9'd127 ? 7'd127 : bucket[6:0]};
    place2_q <= place_q;
    data_q   <= mem_q[seen_q ? place_q : select_i[8:0]];
    if (clearing) mem_q[clear_q[8:0]] <= '0;
    else if (read_q) mem_q[place2_q] <= data_q + 48'd1;
    select_q <= select_i[10:7];
  end

  always_comb begin
    case (select_q[10:9])
      2'd0:    value_o = {16'd0, data_q};
      2'd1:    value_o = count_q[select_q[8:7]];
      default: value_o = sum_q[select_q[8:7]];
    endcase
  end

  `PAMC_ASSUME(m_events_apart, !(event_i && (seen_q || read_q)))

endmodule
