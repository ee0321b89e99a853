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
  // In three cycles: the time, k, the bucket.
  logic        came_q, topped_q, small_q;
  logic [1:0]  kind_q, kind2_q, below;
  logic [31:0] cycles_q;
  logic [34:0] ns, ns_q;
  logic [5:0]  top, top_q;
  logic [8:0]  bucket;
  assign ns = 35'(cycles_q) * 35'(CycleNs);
  always_comb begin
    top = 6'd0;
    for (int unsigned n = 0; n < 35; n++) if (ns[n]) top = 6'(n);
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {came_q, topped_q} <= '0;
    else         {came_q, topped_q} <= {event_i, came_q};
  end
  always_ff @(posedge clk_i) begin
    if (event_i) begin
      kind_q   <= kind_i;
      cycles_q <= cycles_i;
    end
    if (came_q) begin
      kind2_q <= kind_q;
      ns_q    <= ns;
      top_q   <= top;
      small_q <= ns < 35'd4;
    end
  end
  assign below  = 2'(ns_q >> (top_q - 6'd2));
  assign bucket = small_q ? {7'd0, ns_q[1:0]} : {1'b0, top_q - 6'd1, below};

  // Cleared after reset, one place a cycle.
  logic [47:0] mem_q [512];
  logic [9:0]  clear_q;
  logic        clearing;
  assign clearing = !clear_q[9];

  // An event's bucket: read, added, written.
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
      seen_q <= topped_q;
      read_q <= seen_q;
      for (int unsigned n = 0; n < 4; n++) begin
        if (came_q && kind_q == 2'(n)) begin
          count_q[n] <= count_q[n] + 64'd1;
          sum_q[n]   <= sum_q[n] + 64'(cycles_q);
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    place_q  <= {kind2_q, bucket > 9'd127 ? 7'd127 : bucket[6:0]};
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

  `PAMC_ASSUME(m_events_apart, !(event_i && (came_q || topped_q)))

endmodule
