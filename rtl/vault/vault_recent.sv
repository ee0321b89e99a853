// SPDX-License-Identifier: Apache-2.0
//
// Objects found lately, by pool's contents and id: most pages come from one of few objects,
// and finding one in the index takes two ways to memory. Where the object's entry is in the
// index is not kept, since entries are moved; whoever wants to remove it has to search.
//
// An object whose entry leaves the index is dropped by its unit, so none is ever stale.

`include "check.svh"

module vault_recent #(
  parameter int unsigned Places = 16
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,

  // The answer comes a cycle later. Where the object would be is vault_recent_place's answer:
  // to add the id up takes a cycle of its own.
  input  logic [8:0]   contents_i,
  input  logic [191:0] id_i,
  input  logic [$clog2(Places)-1:0] place_i,
  output logic         hit_o,
  output logic [31:0]  unit_o,

  // That object is at unit.
  input  logic         set_i,
  // The object at unit is gone.
  input  logic         drop_i,
  input  logic [31:0]  change_unit_i
);

  localparam int unsigned Bits = $clog2(Places);

  logic [200:0]            key, keys_q [Places];
  logic [Places-1:0]       valid_q;
  logic [Places-1:0][31:0] units_q;
  assign key = {contents_i, id_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      if (set_i) valid_q[place_i] <= 1'b1;
      for (int unsigned n = 0; n < Places; n++) begin
        if (clear_i || (drop_i && units_q[n] == change_unit_i)) valid_q[n] <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (set_i) keys_q[place_i] <= key;
    for (int unsigned n = 0; n < Places; n++) begin
      if (set_i && place_i == Bits'(n)) units_q[n] <= change_unit_i;
    end
    hit_o  <= valid_q[place_i] && keys_q[place_i] == key;
    unit_o <= units_q[place_i];
  end

  `PAMC_ASSERT(a_one_change, !(set_i && drop_i))

endmodule
