// SPDX-License-Identifier: Apache-2.0
//
// Several writers on one port of card DRAM. A request is accepted here when
// memory accepts it, so that a writer's "done" means what it says; its lines follow in the
// order of requests.

`include "check.svh"

module vault_writes #(
  parameter int unsigned Writers = 2
) (
  input  logic                                             clk_i,
  input  logic                                             rst_ni,

  // dram_pkg::req_t and wdata_t of each.
  input  logic [Writers-1:0]                               req_valid_i,
  output logic [Writers-1:0]                               req_ready_o,
  input  logic [Writers-1:0][dram_pkg::LineBits+7:0]       req_i,
  input  logic [Writers-1:0]                               wdata_valid_i,
  output logic [Writers-1:0]                               wdata_ready_o,
  input  logic [Writers-1:0][575:0]                        wdata_i,

  output logic                                             req_valid_o,
  input  logic                                             req_ready_i,
  output dram_pkg::req_t                                   req_o,
  output logic                                             wdata_valid_o,
  input  logic                                             wdata_ready_i,
  output dram_pkg::wdata_t                                 wdata_o
);

  `PAMC_PARAM(g_writers, Writers >= 2)
  `PAMC_PARAM(g_req, $bits(req_o) == dram_pkg::LineBits + 8 && $bits(wdata_o) == 576)

  localparam int unsigned OrderBits = Writers + 7;

  // Who is offered: chosen, with the request, into a register, then held until accepted. By then its
  // lines have room in the order below, which nobody else can take.
  logic [Writers-1:0] offers_q, last_q, asks, next;
  logic               valid_q, free, fire, order_room, order_soon;
  logic [2:0]         orders;
  dram_pkg::req_t     req;
  // The next one behind the last in a circle, for each place of the last at once: there is not the time
  // to look one after the other.
  assign asks = req_valid_i & ~req_ready_o;
  always_comb begin
    for (int unsigned n = 0; n < Writers; n++) begin
      next[n] = asks[n];
      for (int unsigned last = 0; last < Writers; last++) begin
        for (int unsigned m = 0; m < Writers; m++) begin
          if ((m + Writers - last - 1) % Writers < (n + Writers - last - 1) % Writers && last_q[last] && asks[m]) next[n] = 1'b0;
        end
      end
    end
    req = '0;
    for (int unsigned n = 0; n < Writers; n++) if (next[n]) req |= req_i[n];
  end
  assign free       = !valid_q || fire;
  assign order_soon = valid_q ? orders < 3'd3 : order_room;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      offers_q <= '0;
      last_q   <= Writers'(1);
    end else begin
      if (free) begin
        valid_q  <= order_soon && asks != '0;
        offers_q <= order_soon ? next : '0;
      end
      if (fire) last_q <= offers_q;
    end
  end
  always_ff @(posedge clk_i) if (free) req_o <= req;

  assign req_valid_o = valid_q;
  assign fire        = req_valid_o && req_ready_i;
  assign req_ready_o = req_ready_i ? offers_q : '0;

  // Whose lines come next, and how many.
  logic               lines_valid, lines_end;
  logic [Writers-1:0] owner;
  logic [6:0]         lines, line_q;
  lib_fifo #(.Width(OrderBits), .Depth(4)) u_order (
    .clk_i, .rst_ni,
    .in_valid_i(fire), .in_ready_o(order_room), .in_data_i({offers_q, req_o.lines}),
    .out_valid_o(lines_valid), .out_ready_i(lines_end), .out_data_o({owner, lines}),
    .level_o(orders)
  );

  // A line, too, leaves from a register: memory waits for a request's lines, nobody for their end.
  logic             line_valid, line_free, took;
  dram_pkg::wdata_t line;
  assign line_free = !wdata_valid_o || wdata_ready_i;
  assign took      = line_valid && line_free;
  assign lines_end = took && line_q == lines - 7'd1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      line_q        <= '0;
      wdata_valid_o <= 1'b0;
    end else begin
      if (took)      line_q        <= lines_end ? '0 : line_q + 7'd1;
      if (line_free) wdata_valid_o <= line_valid;
    end
  end
  always_ff @(posedge clk_i) if (line_free) wdata_o <= line;

  always_comb begin
    line       = '0;
    line_valid = 1'b0;
    for (int unsigned n = 0; n < Writers; n++) begin
      if (lines_valid && owner[n]) begin
        line       = wdata_i[n];
        line_valid = wdata_valid_i[n];
      end
    end
  end
  assign wdata_ready_o = lines_valid && line_free ? owner : '0;

  `PAMC_ASSERT(a_valid_offers, valid_q == (offers_q != '0))
  `PAMC_ASSERT(a_lines_have_room, !valid_q || order_room)
  `PAMC_ASSERT(a_offers_one, (offers_q & (offers_q - 1'b1)) == '0)
  `PAMC_ASSERT(a_offers_stay, (offers_q & ~req_valid_i) == '0)

endmodule
