// SPDX-License-Identifier: Apache-2.0
//
// queue_pick picks a request if there is one, and none is between the one served last and
// it: so no request is passed over.

`include "check.svh"

module queue_pick_proof (
  input  logic       clk_i,
  input  logic [4:0] request_i,
  input  logic       serve_i,
  // Free: another request.
  input  logic [2:0] other_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic       any;
  logic [2:0] place;
  logic [4:0] bit_;

  queue_pick #(.Width(5)) dut (.clk_i, .rst_ni, .request_i, .serve_i, .any_o(any), .place_o(place), .bit_o(bit_));

  // The one served last; at first the last of all.
  logic [2:0] last_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) last_q <= 3'd4;
    else if (serve_i && any) last_q <= place;
  end

  // Places from the one after the last on.
  function [2:0] after(input logic [2:0] at, input logic [2:0] last);
    after = at > last ? at - last - 3'd1 : at + 3'd4 - last;
  endfunction

  (* hierconn *) wire [4:0] \dut.behind_q ;

  `PAMC_ASSUME(m_other, other_i < 3'd5)
  `PAMC_ASSERT(a_any, any == (request_i != '0))
  `PAMC_ASSERT(a_request, !any || (place < 3'd5 && request_i[place]))
  `PAMC_ASSERT(a_bit, bit_ == (any ? 5'd1 << place : 5'd0))
  `PAMC_ASSERT(a_first, !any || !request_i[other_i] || after(place, last_q) <= after(other_i, last_q))
  // For induction.
  `PAMC_ASSERT(i_last, last_q < 3'd5 && \dut.behind_q == 5'h1e << last_q)

  `PAMC_COVER(c_round, serve_i && any && place == 3'd1 && last_q == 3'd3 && request_i[0] == 1'b0)

endmodule
