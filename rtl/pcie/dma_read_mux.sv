// SPDX-License-Identifier: Apache-2.0
//
// Reads of several clients over one stream: they take turns, request by request. The
// client's number goes into the tag's upper bits, and an answer to the client that is
// named there.

module dma_read_mux #(
  parameter int unsigned Clients = 4
) (
  input  logic                                         clk_i,
  input  logic                                         rst_ni,

  // dma_pkg::read_req_t each.
  input  logic [Clients-1:0]                           req_valid_i,
  output logic [Clients-1:0]                           req_ready_o,
  input  logic [Clients-1:0][dma_pkg::ReadReqBits-1:0] req_i,
  // One client's answer at a time, the same for all.
  output logic [Clients-1:0]                           rsp_valid_o,
  output dma_pkg::read_rsp_t                           rsp_o,

  output logic                                         req_valid_o,
  input  logic                                         req_ready_i,
  output dma_pkg::read_req_t                           req_o,
  input  logic                                         rsp_valid_i,
  input  dma_pkg::read_rsp_t                           rsp_i
);

  logic               room, move;
  dma_pkg::read_req_t req;

  // Whose turn it is, if anybody's; then the one after whoever had it last. All are masks.
  logic [Clients-1:0] turn_q, behind_q, chosen, chosen_behind;
  lib_turn #(.Width(Clients)) u_turn (
    .valid_i(req_valid_i), .behind_i(behind_q), .turn_o(chosen), .behind_o(chosen_behind)
  );

  logic [dma_pkg::ClientBits-1:0]  turn;
  logic [dma_pkg::ReadReqBits-1:0] chosen_req;
  always_comb begin
    turn       = '0;
    chosen_req = '0;
    for (int n = 0; n < int'(Clients); n++) begin
      if (turn_q[n]) turn = turn | dma_pkg::ClientBits'(n);
      if (turn_q[n]) chosen_req = chosen_req | req_i[n];
    end
  end
  // Whoever has the turn offers: an offer stands.
  assign move        = turn_q != '0 && room;
  assign req_ready_o = room ? turn_q : '0;

  always_comb begin
    req = chosen_req;
    req.tag[dma_pkg::TagBits-1-:dma_pkg::ClientBits] = turn;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q   <= '0;
      behind_q <= ~(Clients'(1));
    end else if (turn_q == '0) begin
      turn_q <= chosen;
      if (req_valid_i != '0) behind_q <= chosen_behind;
    end else if (room) begin
      turn_q <= '0;
    end
  end

  lib_skid #(.Width(dma_pkg::ReadReqBits)) u_skid (
    .clk_i, .rst_ni, .in_valid_i(move), .in_ready_o(room), .in_data_i(req),
    .out_valid_o(req_valid_o), .out_ready_i(req_ready_i), .out_data_o(req_o)
  );

  logic [Clients-1:0] rsp_valid_q;
  dma_pkg::read_rsp_t rsp_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rsp_valid_q <= '0;
    end else begin
      for (int n = 0; n < int'(Clients); n++) begin
        rsp_valid_q[n] <= rsp_valid_i && rsp_i.tag[dma_pkg::TagBits-1-:dma_pkg::ClientBits] == dma_pkg::ClientBits'(n);
      end
    end
  end

  always_ff @(posedge clk_i) rsp_q <= rsp_i;

  assign rsp_valid_o = rsp_valid_q;
  assign rsp_o       = rsp_q;

endmodule
