// SPDX-License-Identifier: Apache-2.0
//
// The check bits of a word (ecc_pkg); while nobody looks at them, what they are does not
// matter: a simulation is spared their computation, a circuit a level of logic.
// ECC_OFF: for proofs of what does not concern the code.

module ecc_encode #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned CheckBits = ecc_pkg::check_bits(Width)
) (
  input  logic                 active_i,
  input  logic [Width-1:0]     data_i,
  output logic [CheckBits-1:0] check_o
);

  // Which data bits each check bit is the sum of.
  function automatic logic [CheckBits*Width-1:0] rows();
    logic [16:0] column;
    rows = '0;
    for (int unsigned n = 0; n < Width; n++) begin
      column = ecc_pkg::column(n);
      for (int unsigned c = 0; c < CheckBits; c++) rows[c*Width + n] = column[c];
    end
  endfunction
  localparam logic [CheckBits*Width-1:0] Rows = rows();

`ifdef ECC_OFF
  assign check_o = '0;
  logic unused;
  assign unused = &{1'b0, active_i, data_i, Rows};
`else
`ifndef VERILATOR
  logic unused;
  assign unused = active_i;
`endif
  always_comb begin
    check_o = '0;
`ifdef VERILATOR
    if (active_i) begin
`else
    begin
`endif
      for (int unsigned c = 0; c < CheckBits; c++) check_o[c] = ^(data_i & Rows[c*Width +: Width]);
    end
  end
`endif

endmodule
