// SPDX-License-Identifier: Apache-2.0
//
// Is the record that a candidate leads to the one that is looked for? The first 32 bytes
// of an object's or a page's record (sim/model/vault_priv.h, record.h) hold all that its
// key is made of: also the wide index, behind header and link. Two cycles.

module index_compare (
  input  logic         clk_i,

  input  logic [255:0] head_i,
  // The key of an object, or else that of a page.
  input  logic         is_object_i,
  input  logic [index_pkg::ContentsBits-1:0] contents_i,
  input  logic [191:0] id_i,
  input  logic [index_pkg::ObjectBits-1:0]   object_i,
  input  logic [63:0]  index_i,

  output logic         match_o
);

  // A page's index: 48 bits in the header, or all of it behind.
  logic        wide, chained;
  logic [63:0] index;
  assign wide    = head_i[94];
  assign chained = head_i[95];
  assign index   = !wide ? {16'h0, head_i[79:32]} : chained ? head_i[255:192] : head_i[191:128];

  logic [7:0] same_q;
  logic       is_object_q, match_q;
  always_ff @(posedge clk_i) begin
    is_object_q <= is_object_i;
    // First the parts,
    same_q[0] <= head_i[63:0] == id_i[63:0];
    same_q[1] <= head_i[127:64] == id_i[127:64];
    same_q[2] <= head_i[191:128] == id_i[191:128];
    same_q[3] <= head_i[207:192] == contents_i;
    same_q[4] <= head_i[index_pkg::ObjectBits-1:0] == object_i;
    same_q[5] <= index[63:48] == index_i[63:48];
    same_q[6] <= index[47:24] == index_i[47:24];
    same_q[7] <= index[23:0] == index_i[23:0];
    // then all.
    match_q <= is_object_q ? &same_q[3:0] : &same_q[7:4];
  end
  assign match_o = match_q;

endmodule
