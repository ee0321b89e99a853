// SPDX-License-Identifier: Apache-2.0
//
// The first of several entries that is marked, and whether there are others. No registers.

module index_choose #(
  parameter int unsigned Places = 8
) (
  input  logic [Places-1:0]                     set_i,
  input  logic [index_pkg::SlotBits*Places-1:0] entries_i,
  output index_pkg::hit_t                       hit_o
);

  localparam int unsigned S = index_pkg::SlotBits;

  // The lowest bit that is set, and all others.
  logic [Places-1:0] lowest, rest;
  assign rest   = set_i & (set_i - 1'b1);
  assign lowest = set_i & ~rest;

  index_pkg::slot_t entry;
  logic [4:0]       place;
  always_comb begin
    entry = '0;
    place = '0;
    for (int unsigned i = 0; i < Places; i++) begin
      if (lowest[i]) begin
        entry |= entries_i[S*i +: S];
        place |= 5'(i);
      end
    end
    hit_o.any   = set_i != '0;
    hit_o.more  = rest != '0;
    hit_o.place = place;
    hit_o.entry = entry;
  end

endmodule
