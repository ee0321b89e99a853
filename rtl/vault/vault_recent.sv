// SPDX-License-Identifier: Apache-2.0
//
// Objects found lately, by pool's contents and id: most pages come from one of few objects,
// and finding one in the index takes two ways to memory. Where the object's entry is in the
// index is not kept, since entries are moved; whoever wants to remove it has to search.
//
// An object whose entry leaves the index is dropped by its unit, so none is ever stale.
//
// Ids may differ in one bit, so every part of what is kept has a parity: what is wrong is dropped
// when it is looked at, and found in the index again. Whether there is an entry is known twice.

`include "check.svh"

module vault_recent #(
  parameter int unsigned Places = 16,
  // Of an object's id.
  parameter int unsigned IdBits = 192
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  ecc_pkg::inject_t inject_i,
  output ecc_pkg::event_t  ecc_o,
  input  logic         clear_i,

  // The answer comes a cycle later. Where the object would be is vault_recent_place's answer:
  // to add the id up takes a cycle of its own.
  input  logic [8:0]   contents_i,
  input  logic [IdBits-1:0] id_i,
  input  logic [$clog2(Places)-1:0] place_i,
  output logic         hit_o,
  output logic [31:0]  unit_o,

  // That object, which was asked for a cycle ago, too, is at unit.
  input  logic         set_i,
  input  logic [31:0]  set_unit_i,
  // The object at unit is gone.
  input  logic         drop_i,
  input  logic [31:0]  drop_unit_i
);

  localparam int unsigned Bits = $clog2(Places);

  // A parity for so many bits.
  localparam int unsigned KeyBits  = 9 + IdBits;
  localparam int unsigned PartBits = 26;
  localparam int unsigned Checks   = (KeyBits + 32 + PartBits - 1) / PartBits;

  logic [KeyBits-1:0]        key, key_w, keys_q [Places];
  logic [Checks-1:0]         checks, checks_w, checks_q [Places];
  logic [Places-1:0]         valid_q, valid2_q;
  logic [Places-1:0][31:0]   units_q;
  logic [31:0]               unit_w;
  assign key = {contents_i, id_i};

  function automatic logic [Checks-1:0] parities(input logic [KeyBits+31:0] word);
    for (int unsigned p = 0; p < Checks; p++) parities[p] = ^(PartBits'(word >> (p * PartBits)));
  endfunction

  assign checks = parities({set_unit_i, key});
  ecc_inject #(.Memory(ecc_pkg::VaultRecent), .Width(Checks + 32 + KeyBits)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i(set_i),
    .word_i({checks, set_unit_i, key}), .word_o({checks_w, unit_w, key_w})
  );

  // What is there is compared in parts, and its parities are, too; whether all of them agree is
  // seen a cycle later, and what is wrong dropped then.
  localparam int unsigned Groups    = 12;
  localparam int unsigned GroupBits = (KeyBits + Groups - 1) / Groups;
  logic [KeyBits-1:0] differs;
  logic [Groups-1:0]  differs_q;
  logic [Checks-1:0]  bad_q;
  logic [Bits-1:0]    at_q;
  logic [Places-1:0]  here_q;   // the same as a mask
  logic               there_q, wrong, wrong_q, event_q;
  assign differs = keys_q[place_i] ^ key;
  assign wrong   = there_q && bad_q != '0;
  assign hit_o   = there_q && bad_q == '0 && differs_q == '0;
  assign ecc_o.corrected     = event_q;
  assign ecc_o.uncorrectable = 1'b0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      valid2_q <= '0;
      there_q  <= 1'b0;
      wrong_q  <= 1'b0;
      event_q  <= 1'b0;
    end else begin
      there_q <= valid_q[place_i] && valid2_q[place_i];
      // It is looked at once more before it is gone, and told once.
      wrong_q <= wrong;
      event_q <= wrong && !wrong_q;
      for (int unsigned n = 0; n < Places; n++) begin
        if (set_i && here_q[n]) begin
          valid_q[n]  <= 1'b1;
          valid2_q[n] <= 1'b1;
        end else if (clear_i || (wrong && here_q[n]) || (drop_i && units_q[n] == drop_unit_i)) begin
          valid_q[n]  <= 1'b0;
          valid2_q[n] <= 1'b0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    at_q  <= place_i;
    bad_q <= checks_q[place_i] ^ parities({units_q[place_i], keys_q[place_i]});
    for (int unsigned g = 0; g < Groups; g++) differs_q[g] <= GroupBits'(differs >> (g * GroupBits)) != '0;
    if (set_i) keys_q[at_q] <= key_w;
    if (set_i) checks_q[at_q] <= checks_w;
    for (int unsigned n = 0; n < Places; n++) begin
      here_q[n] <= place_i == Bits'(n);
      if (set_i && here_q[n]) units_q[n] <= unit_w;
    end
    unit_o <= units_q[place_i];
  end

  `PAMC_ASSERT(a_one_change, !(set_i && drop_i))
  `PAMC_ASSUME(m_set_was_asked_for, !set_i || at_q == place_i)

endmodule
