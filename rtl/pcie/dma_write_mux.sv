// SPDX-License-Identifier: Apache-2.0
//
// Writes of several clients over one stream. They take turns; whoever has its request
// taken then gives all its data, so a request that was taken is before all that are
// taken later, whoever's they are. A client's data must come without waiting for any
// other client.
//
// The client's number goes into the tag's upper bits, and "done" to the client that is
// named there.

`include "check.svh"

module dma_write_mux #(
  parameter int unsigned Clients = 4
) (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,

  // dma_pkg::write_req_t each.
  input  logic [Clients-1:0]                            req_valid_i,
  output logic [Clients-1:0]                            req_ready_o,
  input  logic [Clients-1:0][dma_pkg::WriteReqBits-1:0] req_i,
  input  logic [Clients-1:0]                            data_valid_i,
  output logic [Clients-1:0]                            data_ready_o,
  input  logic [Clients-1:0][511:0]                     data_i,
  output logic [Clients-1:0]                            done_valid_o,
  output logic [dma_pkg::TagBits-1:0]                   done_tag_o,

  output logic                                          req_valid_o,
  input  logic                                          req_ready_i,
  output dma_pkg::write_req_t                           req_o,
  output logic                                          data_valid_o,
  input  logic                                          data_ready_i,
  output logic [511:0]                                  data_o,
  input  logic                                          done_valid_i,
  input  logic [dma_pkg::TagBits-1:0]                   done_tag_i,

  output logic                                          idle_o
);

  typedef enum logic [1:0] {STATE_IDLE, STATE_REQUEST, STATE_DATA} state_e;

  state_e              state_q;
  logic [10:0]         left_q;  // dwords still to come
  logic                has_turn, take, beat, last;
  dma_pkg::write_req_t req;

  // Whose turn it is or was last, and those behind that one, as masks: a request is chosen beside
  // whether it is there.
  logic [Clients-1:0] own_q, behind_q, chosen, chosen_behind;
  lib_turn #(.Width(Clients)) u_turn (
    .valid_i(req_valid_i), .behind_i(behind_q), .turn_o(chosen), .behind_o(chosen_behind)
  );

  // When nobody is at it, the last one's next request is taken at once, or else the first client's;
  // another one's turn has to be chosen first. No client hears of its own request.
  logic [dma_pkg::ClientBits-1:0]   own;
  logic [dma_pkg::WriteReqBits-1:0] own_req, chosen_req;
  logic [511:0]                     chosen_data;
  logic                             chosen_valid, offered, others;
  assign has_turn = state_q == STATE_REQUEST || (req_valid_i & own_q) != '0;
  // As the first client needs to know it.
  assign others   = state_q == STATE_REQUEST || (req_valid_i & own_q & ~(Clients'(1))) != '0;
  always_comb begin
    own          = '0;
    own_req      = '0;
    chosen_data  = '0;
    chosen_valid = 1'b0;
    for (int n = 0; n < int'(Clients); n++) begin
      req_ready_o[n]  = state_q != STATE_DATA && req_ready_i && (own_q[n] || (n == 0 && !others));
      data_ready_o[n] = state_q == STATE_DATA && data_ready_i && own_q[n];
      if (own_q[n]) begin
        own          = own | dma_pkg::ClientBits'(n);
        own_req      = own_req | req_i[n];
        chosen_data  = chosen_data | data_i[n];
        chosen_valid = chosen_valid || data_valid_i[n];
      end
    end
    chosen_req = has_turn ? own_req : req_i[0];
  end
  // Whoever has the turn offers: an offer stands.
  assign offered = has_turn || req_valid_i[0];
  assign take    = state_q != STATE_DATA && offered && req_ready_i;
  assign beat    = state_q == STATE_DATA && data_ready_i && chosen_valid;
  assign last    = left_q[10:4] == '0 || left_q == 11'd16;

  always_comb begin
    req = chosen_req;
    req.tag[dma_pkg::TagBits-1-:dma_pkg::ClientBits] = has_turn ? own : '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= STATE_IDLE;
      own_q    <= Clients'(1);
      behind_q <= ~(Clients'(1));
    end else if (state_q == STATE_DATA) begin
      if (beat && last) begin
        state_q <= STATE_IDLE;
        if (req_valid_i != '0) begin
          own_q    <= chosen;
          behind_q <= chosen_behind;
          state_q  <= STATE_REQUEST;
        end
      end
    end else if (take) begin
      state_q <= STATE_DATA;
      if (!has_turn) begin
        own_q    <= Clients'(1);
        behind_q <= ~(Clients'(1));
      end
    end else if (state_q == STATE_IDLE && !offered && req_valid_i != '0) begin
      own_q    <= chosen;
      behind_q <= chosen_behind;
      state_q  <= STATE_REQUEST;
    end
  end

  // Kept before it is known whether it is taken.
  always_ff @(posedge clk_i) begin
    if (state_q != STATE_DATA) left_q <= req.dwords;
    else if (beat) left_q[10:4] <= left_q[10:4] - 7'd1;
  end

  // What takes them has a queue for either.
  assign req_valid_o  = state_q != STATE_DATA && offered;
  assign req_o        = req;
  assign data_valid_o = state_q == STATE_DATA && chosen_valid;
  assign data_o       = chosen_data;

  logic [Clients-1:0]          done_valid_q;
  logic [dma_pkg::TagBits-1:0] done_tag_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_valid_q <= '0;
    end else begin
      for (int n = 0; n < int'(Clients); n++) begin
        done_valid_q[n] <= done_valid_i && done_tag_i[dma_pkg::TagBits-1-:dma_pkg::ClientBits] == dma_pkg::ClientBits'(n);
      end
    end
  end

  always_ff @(posedge clk_i) done_tag_q <= done_tag_i;

  assign done_valid_o = done_valid_q;
  assign done_tag_o   = done_tag_q;
  assign idle_o       = state_q == STATE_IDLE && !req_valid_o;

  `PAMC_ASSERT(a_own, own_q != '0 && (own_q & (own_q - 1'b1)) == '0)
  `PAMC_ASSERT(a_behind, (behind_q & (own_q | (own_q - 1'b1))) == '0 && (behind_q | own_q | (own_q - 1'b1)) == '1)
  `PAMC_ASSUME(m_offers_stand, !take || (req_valid_i & (has_turn ? own_q : Clients'(1))) != '0)

endmodule
