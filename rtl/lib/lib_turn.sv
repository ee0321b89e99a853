// SPDX-License-Identifier: Apache-2.0
//
// Whose turn it is: the next after the last one that has something, in a circle. All are masks;
// nobody's if nobody has. Who has it, and until when, is for the one who asks to keep.

module lib_turn #(
  parameter int unsigned Width = 4
) (
  input  logic [Width-1:0] valid_i,
  // Those behind the last one.
  input  logic [Width-1:0] behind_i,
  output logic [Width-1:0] turn_o,
  // Those behind that one, of whom it will be the last.
  output logic [Width-1:0] behind_o
);

  logic [Width-1:0] after;
  assign after = valid_i & behind_i;

  always_comb begin
    turn_o   = '0;
    behind_o = '0;
    for (int n = int'(Width) - 1; n >= 0; n--) begin
      if (after != '0 ? after[n] : valid_i[n]) begin
        turn_o    = '0;
        turn_o[n] = 1'b1;
      end
    end
    for (int unsigned n = 0; n < Width; n++) behind_o[n] = (turn_o & ((Width'(1) << n) - 1'b1)) != '0;
  end

endmodule
