// SPDX-License-Identifier: Apache-2.0
//
// Where vault_recent has an object, if it has it.

module vault_recent_place #(
  parameter int unsigned Places = 16,
  // Derived, not to be set.
  parameter int unsigned Bits = $clog2(Places)
) (
  input  logic [8:0]      contents_i,
  input  logic [191:0]    id_i,
  output logic [Bits-1:0] place_o
);

  // Words turned by different amounts, so that two that are alike do not cancel out.
  logic [31:0] fold;
  assign fold    = id_i[31:0] ^ {id_i[60:32], id_i[63:61]} ^ {id_i[88:64], id_i[95:89]} ^
                   {id_i[115:96], id_i[127:116]} ^ {id_i[141:128], id_i[159:142]} ^ {id_i[166:160], id_i[191:167]};
  assign place_o = fold[0 +: Bits] ^ fold[6 +: Bits] ^ fold[11 +: Bits] ^ fold[17 +: Bits] ^ fold[23 +: Bits] ^
                   contents_i[0 +: Bits];

  logic unused;
  assign unused = &{1'b0, fold, contents_i};

endmodule
