// SPDX-License-Identifier: Apache-2.0
//
// The code keeps what it promises, for a width: without errors the word comes out and
// nothing is said; with any one bit of word and check bits wrong, the word comes out and one
// is said to have been corrected; with any two, it is said to be lost.
//
// Proved of the word zero. It is true of all words, as the encoder is linear: with one data
// bit turned, whatever the others are, exactly the check bits of its column turn; so the
// decoder's syndrome depends on the wrong bits only, and all that it decides on the syndrome.
// That check bits are sums of data bits can be seen in the encoder; it is proved of one width.

module ecc_width #(
  parameter int unsigned Width = 64,
  // Prove the encoder linear.
  parameter bit          Linear = 1'b0
) (
  // Free: a word; the wrong bits, if any.
  input  logic [Width-1:0] data_i,
  input  logic             first_i,
  input  logic             second_i,
  input  logic [9:0]       first_at_i,
  input  logic [9:0]       second_at_i,
  output logic             ok
);

  localparam int unsigned CheckBits = ecc_pkg::check_bits(Width);
  localparam int unsigned Word      = Width + CheckBits;

  // ---- Linear.

  logic [CheckBits-1:0] check, zero_check;
  logic [Width-1:0]     linear;
  ecc_encode #(.Width(Width)) u_check (.active_i(1'b1), .data_i, .check_o(check));
  for (genvar n = 0; n < Width; n++) begin : gen_bit
    if (Linear) begin : gen_linear
      logic [CheckBits-1:0] turned;
      ecc_encode #(.Width(Width)) u_turned (.active_i(1'b1), .data_i(data_i ^ (Width'(1) << n)), .check_o(turned));
      assign linear[n] = (turned ^ check) == CheckBits'(ecc_pkg::column(n));
    end else begin : gen_not
      assign linear[n] = 1'b1;
    end
  end
  ecc_encode #(.Width(Width)) u_zero (.active_i(1'b1), .data_i('0), .check_o(zero_check));

  // ---- What is decided.

  logic [Word-1:0]  word;
  logic [Width-1:0] data;
  ecc_pkg::event_t  found;
  assign word = (first_i ? Word'(1) << first_at_i : '0) ^ (second_i ? Word'(1) << second_at_i : '0);
  ecc_decode #(.Width(Width)) u_decode (
    .active_i(1'b1), .data_i(word[Width-1:0]), .check_i(word[Word-1:Width]), .data_o(data), .event_o(found)
  );

  logic possible, right;
  assign possible = 32'(first_at_i) < Word && 32'(second_at_i) < Word && (!second_i || first_i) &&
                    !(second_i && first_at_i == second_at_i);
  assign right    = second_i ? found.uncorrectable && !found.corrected :
                    data == '0 && found.corrected == first_i && !found.uncorrectable;

  assign ok = zero_check == '0 && linear == '1 && (!possible || right);

endmodule
