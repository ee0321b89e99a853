// SPDX-License-Identifier: Apache-2.0
//
// What is next to one extent, for store_near: header behind, footer before, header before.
// Each is read once, and what the allocator writes to them is entered here at once, a word
// at a time, whether the read has come or not.

`include "check.svh"

module store_near_place (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic [31:0]       units_i,

  // Another extent; only when idle.
  input  logic              load_i,
  input  logic [31:0]       load_unit_i,
  input  logic [31:0]       load_end_i,
  input  logic              forget_i,
  // It is the one that is being freed, which stays the same from a cycle before it is asked for.
  input  logic              current_i,
  input  logic [31:0]       unit_i,
  input  logic [31:0]       end_i,
  output logic              match_o,
  // No read is on its way.
  output logic              idle_o,

  output logic              ask_o,
  output store_pkg::get_e   ask_get_o,
  output logic [31:0]       ask_unit_o,
  input  logic              asked_i,
  // Of header behind, footer, header before.
  input  logic [2:0]        come_i,
  input  logic              come_error_i,
  input  store_pkg::words_t come_words_i,

  input  logic              wrote_i,
  input  logic [31:0]       wrote_unit_i,
  input  logic [3:0]        wrote_mask_i,
  input  store_pkg::words_t wrote_words_i,

  output logic              here_o,
  output logic              header_here_o,
  output logic [95:0]       behind_o,
  output logic [31:0]       footer_o,
  output logic [95:0]       header_o,
  // Of the three: cannot be read.
  output logic [2:0]        error_o
);

  localparam logic [31:0] MinRun = 32'(store_pkg::MinRun);

  logic        valid_q, has_behind_q, has_before_q, match_q;
  logic [31:0] unit_q, end_q, footer_at_q, header_at_q;
  // What is known: words of the headers, next lowest.
  logic [2:0]  behind_has_q, header_has_q;
  logic        footer_has_q;
  logic [95:0] behind_q, header_q;
  logic [31:0] footer_q;
  // Where the footer leads to is known; it is a place where a run can be.
  logic        leads_q, sane_q;
  logic [2:0]  asked_q, way_q, error_q, needs, kinds, kind, all, fails;

  assign all   = {header_has_q == 3'b111, footer_has_q, behind_has_q == 3'b111};
  assign needs = {leads_q && sane_q, has_before_q, has_behind_q} & ~all;
  assign kinds = needs & ~asked_q & ~way_q;
  assign kind  = {kinds[2] && kinds[1:0] == '0, kinds[1] && !kinds[0], kinds[0]};
  assign fails = come_error_i ? come_i & ~all : 3'b000;

  assign ask_o      = valid_q && kinds != '0;
  assign ask_get_o  = kind[0] ? store_pkg::GET_BEHIND : kind[1] ? store_pkg::GET_FOOTER : store_pkg::GET_BEFORE;
  assign ask_unit_o = kind[0] ? end_q : kind[1] ? footer_at_q : header_at_q;

  assign match_o       = valid_q && match_q;
  assign idle_o        = way_q == '0;
  assign here_o        = (!has_behind_q || all[0] || error_q[0]) && (!has_before_q || all[1] || error_q[1]);
  assign header_here_o = all[2] && leads_q || error_q[2];
  assign behind_o      = behind_q;
  assign footer_o      = footer_q;
  assign header_o      = header_q;
  assign error_o       = error_q;

  logic wrote_behind, wrote_footer, wrote_header, lead, footer_comes;
  assign wrote_behind = wrote_i && wrote_unit_i == end_q;
  assign wrote_footer = wrote_i && wrote_unit_i == footer_at_q && wrote_mask_i[3];
  assign wrote_header = wrote_i && wrote_unit_i == header_at_q && leads_q;
  assign footer_comes = come_i[1] && !come_error_i && !footer_has_q;
  // A new footer leads elsewhere; what was read of the old header has to come first.
  assign lead = footer_has_q && !leads_q && !way_q[2] && !wrote_footer;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      way_q   <= '0;
      {asked_q, error_q, behind_has_q, footer_has_q, header_has_q, leads_q} <= '0;
    end else begin
      way_q <= (way_q | (asked_i ? kind : '0)) & ~come_i;
      if (load_i) begin
        valid_q <= !forget_i;
        {asked_q, error_q, behind_has_q, footer_has_q, header_has_q, leads_q} <= '0;
      end else begin
        // What cannot be read is of use only to the free itself.
        if (forget_i || (fails != '0 && !current_i)) valid_q <= 1'b0;
        asked_q <= (asked_q | (asked_i ? kind : '0)) & {!lead, 2'b11};
        error_q <= (error_q | fails) & {!lead, 2'b11};
        if (come_i[0] && !come_error_i) behind_has_q <= 3'b111;
        else if (wrote_behind) behind_has_q <= behind_has_q | wrote_mask_i[2:0];
        if (footer_comes || wrote_footer) footer_has_q <= 1'b1;
        if (lead) header_has_q <= '0;
        else if (come_i[2] && !come_error_i) header_has_q <= 3'b111;
        else if (wrote_header) header_has_q <= header_has_q | wrote_mask_i[2:0];
        if (footer_comes || wrote_footer) leads_q <= 1'b0;
        else if (lead) leads_q <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    // Of one that just comes, it is not known.
    match_q <= unit_q == unit_i && end_q == end_i && !load_i;
    if (load_i) begin
      unit_q       <= load_unit_i;
      end_q        <= load_end_i;
      footer_at_q  <= load_unit_i - 32'd1;
      has_before_q <= load_unit_i != '0;
      has_behind_q <= load_end_i != units_i;
    end
    for (int unsigned w = 0; w < 3; w++) begin
      if (wrote_behind && wrote_mask_i[w]) behind_q[32*w +: 32] <= wrote_words_i[32*w +: 32];
      else if (come_i[0] && !behind_has_q[w]) behind_q[32*w +: 32] <= come_words_i[32*w +: 32];
      if (wrote_header && wrote_mask_i[w]) header_q[32*w +: 32] <= wrote_words_i[32*w +: 32];
      else if (come_i[2] && !header_has_q[w]) header_q[32*w +: 32] <= come_words_i[32*w +: 32];
    end
    if (wrote_footer)      footer_q <= wrote_words_i.footer;
    else if (footer_comes) footer_q <= come_words_i.footer;
    if (lead) begin
      header_at_q <= unit_q - footer_q;
      sane_q      <= footer_q >= MinRun && footer_q <= unit_q;
    end
  end

  `PAMC_ASSERT(a_match, !(match_o && current_i) || (unit_q == unit_i && end_q == end_i))
  `PAMC_ASSERT(a_load_idle, !load_i || idle_o)
  `PAMC_ASSERT(a_come_was_asked, (come_i & ~way_q) == '0)

endmodule
