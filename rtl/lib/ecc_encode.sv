// SPDX-License-Identifier: Apache-2.0
//
// The check bits of a word (ecc_pkg); none while nobody looks at them, which spares a
// simulation their computation. ECC_OFF: for proofs of what does not concern the code.

module ecc_encode #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned CheckBits = ecc_pkg::check_bits(Width)
) (
  input  logic                 active_i,
  input  logic [Width-1:0]     data_i,
  output logic [CheckBits-1:0] check_o
);

  // Which data bits a check bit is the sum of.
  function automatic logic [Width-1:0] row(input logic [4:0] check);
    logic [16:0] column;
    row = '0;
    for (int unsigned n = 0; n < Width; n++) begin
      column = ecc_pkg::column(n);
      row[n] = column[check];
    end
  endfunction

`ifdef ECC_OFF
  assign check_o = '0;
  logic unused;
  assign unused = &{1'b0, active_i, data_i, row(5'd0)};
`else
  for (genvar c = 0; c < CheckBits; c++) begin : gen_check
    localparam logic [Width-1:0] Row = row(5'(c));
    always_comb begin
      check_o[c] = 1'b0;
      if (active_i) check_o[c] = ^(data_i & Row);
    end
  end
`endif

endmodule
