// SPDX-License-Identifier: Apache-2.0
//
// vault_recent answers with what was set for a key (any one is watched), and only while that was
// not dropped, though any one bit of it may have been damaged.

`include "check.svh"

module vault_recent_proof (
  input logic         clk_i,
  input logic         spoil_i,
  input logic [9:0]   spoilt_bit_i,
  input logic         clear_i,
  input logic [8:0]   contents_i,
  input logic [2:0]   id_i,
  input logic         set_i,
  input logic [31:0]  set_unit_i,
  input logic         drop_i,
  input logic [31:0]  drop_unit_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  // One bit of what is set next.
  ecc_pkg::inject_t inject;
  ecc_pkg::event_t  found;
  always_comb begin
    inject        = '0;
    inject.valid  = spoil_i;
    inject.memory = 5'(ecc_pkg::VaultRecent);
    inject.first  = spoilt_bit_i;
    inject.second = spoilt_bit_i;
  end

  // A key's place comes from it alone.
  logic        hit;
  logic [31:0] unit;
  vault_recent #(.Places(2), .IdBits(3)) dut (
    .clk_i, .rst_ni, .inject_i(inject), .ecc_o(found), .clear_i,
    .contents_i, .id_i, .place_i(id_i[0]), .hit_o(hit), .unit_o(unit),
    .set_i, .set_unit_i, .drop_i, .drop_unit_i
  );

  (* anyconst *) logic [11:0] key;
  logic        known_q = 1'b0, look_q = 1'b0, before_q = 1'b0;
  logic [31:0] unit_q = '0, before_unit_q = '0;
  logic        ours;
  assign ours = {contents_i, id_i} == key;
  always_ff @(posedge clk_i) begin
    look_q        <= rst_ni && ours;
    before_q      <= known_q;
    before_unit_q <= unit_q;
    if (rst_ni) begin
      if (set_i && ours) begin
        known_q <= 1'b1;
        unit_q  <= set_unit_i;
      end else if (clear_i || (drop_i && known_q && drop_unit_i == unit_q)) begin
        known_q <= 1'b0;
      end
    end
  end
  `PAMC_ASSUME(m_one_change, !(set_i && drop_i))
  `PAMC_ASSERT(a_known, !(look_q && hit) || (before_q && unit == before_unit_q))

  `PAMC_COVER(c_hit, look_q && hit && unit == 32'd7)
  `PAMC_COVER(c_found, look_q && found.corrected)

endmodule
