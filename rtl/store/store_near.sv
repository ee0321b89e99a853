// SPDX-License-Identifier: Apache-2.0
//
// What is next to extents that are being freed, or will be soon: the header of what may be a
// free run behind, the footer of what may be one before, and the header that footer leads to.
// They are read when an extent is announced, before it is known whether there are such runs,
// and kept as memory has them (store_near_place): what becomes a header or a footer is written
// as a whole, and by the allocator, and nobody else writes to free runs.
//
// An announcement is a hint. The place of one that is never freed is used again in its turn;
// what cannot be read is forgotten, and read once more by the free itself.

`include "check.svh"

module store_near #(
  parameter int unsigned Places = 4,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Places)
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // The store's size; forgets everything when clear_i; only when quiet.
  input  logic [31:0]         units_i,
  input  logic                clear_i,
  output logic                quiet_o,

  // An extent that will be freed.
  input  logic                soon_valid_i,
  output logic                soon_ready_o,
  input  logic [31:0]         soon_unit_i,
  input  logic [31:0]         soon_end_i,

  // The one that is being freed, as long as free_i. Both neighbours are here, the header
  // before is: as memory has them when what was asked for has been done.
  input  logic                free_i,
  input  logic [31:0]         unit_i,
  input  logic [31:0]         end_i,
  output logic                here_o,
  output logic                header_here_o,
  output store_pkg::words_t   behind_o,
  output logic [31:0]         footer_o,
  output store_pkg::words_t   header_o,
  // Of header behind, footer, header before.
  output logic [2:0]          error_o,

  output logic                op_valid_o,
  input  logic                op_ready_i,
  output store_pkg::op_t      op_o,
  input  logic                got_valid_i,
  input  store_pkg::get_e     got_i,
  input  logic                got_error_i,
  input  store_pkg::words_t   got_words_i,

  // What is asked for, of all: writes are looked at.
  input  logic                asked_i,
  input  store_pkg::op_t      asked_op_i
);

  typedef logic [PlaceBits-1:0] place_t;

  // A write is looked at in the cycle after it was accepted.
  logic              wrote_q;
  logic [31:0]       wrote_unit_q;
  logic [3:0]        wrote_mask_q;
  store_pkg::words_t wrote_words_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wrote_q <= 1'b0;
    else         wrote_q <= asked_i && asked_op_i.write && !asked_op_i.scrub;
  end
  always_ff @(posedge clk_i) begin
    wrote_unit_q  <= asked_op_i.unit;
    wrote_mask_q  <= asked_op_i.mask;
    wrote_words_q <= asked_op_i.words;
  end

  // ---- whose place: in turn ----
  place_t            next_q, current_q, match_at;
  logic              taken_q, starts, hit, soon, begins, takes_in;
  logic [Places-1:0] match, idle, load, current;
  assign hit          = match != '0;
  assign starts       = free_i && !taken_q;
  assign begins       = starts && (hit || idle[next_q]);
  assign takes_in     = begins && !hit;
  assign soon_ready_o = idle[next_q] && !starts && !(taken_q && current_q == next_q);
  assign soon         = soon_valid_i && soon_ready_o;

  always_comb begin
    match_at = '0;
    for (int unsigned n = 0; n < Places; n++) if (match[n]) match_at = place_t'(n);
    load            = '0;
    load[next_q]    = soon || takes_in;
    current         = '0;
    current[current_q] = taken_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_q    <= '0;
      current_q <= '0;
      taken_q   <= 1'b0;
    end else begin
      if (soon || takes_in) next_q <= next_q + 1'b1;
      if (begins) current_q <= hit ? match_at : next_q;
      taken_q <= free_i && (taken_q || begins);
    end
  end

  // ---- reads: chosen, offered, on their way ----
  logic [Places-1:0]       asks, first_ask, ask_bit, chosen;
  logic [Places-1:0][34:0] wants;
  logic [34:0]             want;
  place_t                  ask_at, got_at;
  logic                    choose, valid_q, room, some, got_near;
  logic [4:0]              reads;
  logic [34:0]             want_q;

  always_comb begin
    // The current one goes first, else the first of all.
    for (int unsigned n = 0; n < Places; n++) first_ask[n] = asks[n] && (asks & ((Places'(1) << n) - 1'b1)) == '0;
    ask_bit   = (asks & current) != '0 ? current : first_ask;
    ask_at    = '0;
    want      = '0;
    for (int unsigned n = 0; n < Places; n++) begin
      if (ask_bit[n]) ask_at = ask_at | place_t'(n);
      if (ask_bit[n]) want   = want | wants[n];
    end
    chosen = choose ? ask_bit : '0;
  end
  assign choose = asks != '0 && !valid_q && room;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else         valid_q <= choose || (valid_q && !op_ready_i);
  end
  always_ff @(posedge clk_i) if (choose) want_q <= want;

  assign op_valid_o = valid_q;
  always_comb begin
    op_o       = '0;
    op_o.lines = 7'd1;
    op_o.get   = store_pkg::get_e'(want_q[34:32]);
    op_o.unit  = want_q[31:0];
  end

  // Three of each place at most.
  lib_fifo #(.Width(PlaceBits), .Depth(16)) u_reads (
    .clk_i, .rst_ni,
    .in_valid_i(choose), .in_ready_o(room), .in_data_i(ask_at),
    .out_valid_o(some), .out_ready_i(got_near), .out_data_o(got_at), .level_o(reads)
  );
  assign got_near = got_valid_i && (got_i == store_pkg::GET_BEHIND || got_i == store_pkg::GET_FOOTER ||
                                    got_i == store_pkg::GET_BEFORE);
  assign quiet_o  = reads == '0;

  // ---- the places ----
  logic [Places-1:0]       here, header_here;
  logic [Places-1:0][95:0] behinds, headers;
  logic [Places-1:0][31:0] footers;
  logic [Places-1:0][2:0]  errors;
  for (genvar n = 0; n < int'(Places); n++) begin : g_place
    store_pkg::get_e get;
    logic [31:0]     unit;
    logic            got;
    logic [2:0]      come;
    assign got  = got_near && got_at == place_t'(n);
    assign come = {got && got_i == store_pkg::GET_BEFORE, got && got_i == store_pkg::GET_FOOTER,
                   got && got_i == store_pkg::GET_BEHIND};
    assign wants[n] = {get, unit};
    store_near_place u_place (
      .clk_i, .rst_ni, .units_i,
      .load_i(load[n]), .load_unit_i(starts ? unit_i : soon_unit_i), .load_end_i(starts ? end_i : soon_end_i),
      .forget_i(clear_i || (current[n] && !free_i)), .current_i(current[n] || (begins && match[n])),
      .unit_i, .end_i, .match_o(match[n]), .idle_o(idle[n]),
      .ask_o(asks[n]), .ask_get_o(get), .ask_unit_o(unit), .asked_i(chosen[n]),
      .come_i(come), .come_error_i(got_error_i), .come_words_i(got_words_i),
      .wrote_i(wrote_q), .wrote_unit_i(wrote_unit_q), .wrote_mask_i(wrote_mask_q), .wrote_words_i(wrote_words_q),
      .here_o(here[n]), .header_here_o(header_here[n]), .behind_o(behinds[n]), .footer_o(footers[n]),
      .header_o(headers[n]), .error_o(errors[n])
    );
  end

  assign here_o        = taken_q && here[current_q] && !wrote_q;
  assign header_here_o = taken_q && header_here[current_q] && !wrote_q;
  assign behind_o      = {32'd0, behinds[current_q]};
  assign header_o      = {32'd0, headers[current_q]};
  assign footer_o      = footers[current_q];
  assign error_o       = errors[current_q];

  logic unused;
  assign unused = &{1'b0, asked_op_i};

  `PAMC_ASSERT(a_got_was_asked, !got_near || some)

endmodule
