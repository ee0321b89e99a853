// SPDX-License-Identifier: Apache-2.0
//
// The code keeps what it promises (ecc_width), at each width that is used.

module ecc_proof (
  input  logic [117:0] data_i,
  input  logic         first_i,
  input  logic         second_i,
  input  logic [9:0]   first_at_i,
  input  logic [9:0]   second_at_i,
  output logic         ok
);

  // Of the pool table, lists of the store, contents of the vault (a quarter), the index's
  // stash, lines of the map (an eighth).
  logic [4:0] good;
  ecc_width #(.Width(56)) u_56 (
    .data_i(data_i[55:0]), .first_i, .second_i, .first_at_i, .second_at_i, .ok(good[0])
  );
  ecc_width #(.Width(64), .Linear(1'b1)) u_64 (
    .data_i(data_i[63:0]), .first_i, .second_i, .first_at_i, .second_at_i, .ok(good[1])
  );
  ecc_width #(.Width(65)) u_65 (
    .data_i(data_i[64:0]), .first_i, .second_i, .first_at_i, .second_at_i, .ok(good[2])
  );
  ecc_width #(.Width(112)) u_112 (
    .data_i(data_i[111:0]), .first_i, .second_i, .first_at_i, .second_at_i, .ok(good[3])
  );
  ecc_width #(.Width(118)) u_118 (
    .data_i(data_i[117:0]), .first_i, .second_i, .first_at_i, .second_at_i, .ok(good[4])
  );
  assign ok = good == '1;

endmodule
