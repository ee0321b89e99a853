// SPDX-License-Identifier: Apache-2.0
//
// Turns are fair: whoever is valid gets the next turn or stands nearer to it. For any last one.

module lib_turn_proof #(
  parameter int unsigned Width = 6
) (
  input  logic [Width-1:0] valid_i,
  input  logic [2:0]       last_i,
  output logic             ok
);

  // The next turn, and the one after it, of those that are still valid.
  logic [Width-1:0] behind, turn, next_behind;
  lib_turn #(.Width(Width)) dut (
    .valid_i, .behind_i(behind), .turn_o(turn), .behind_o(next_behind)
  );

  // By steps around the circle: the first valid place after the last one.
  logic [Width-1:0] expected, after;
  logic [2:0]       place;
  logic             found;
  always_comb begin
    for (int unsigned n = 0; n < Width; n++) behind[n] = n > 32'(last_i);
    expected = '0;
    found    = 1'b0;
    place    = last_i;
    for (int unsigned k = 0; k < Width; k++) begin
      place = place == 3'(Width - 1) ? '0 : place + 1'b1;
      if (!found && valid_i[place]) begin
        found           = 1'b1;
        expected[place] = 1'b1;
      end
    end
    for (int unsigned n = 0; n < Width; n++) after[n] = (expected & ((Width'(1) << n) - 1'b1)) != '0;
  end

  assign ok = 32'(last_i) >= Width || (turn == expected && next_behind == after);

endmodule
