// SPDX-License-Identifier: Apache-2.0
//
// A word as it was before at most one of its bits, or of its check bits, was wrong; with
// two wrong ones it is said to be lost (ecc_pkg). Three or more may pass for one.

module ecc_decode #(
  parameter int unsigned Width = 64,
  // Derived, not to be set.
  parameter int unsigned CheckBits = ecc_pkg::check_bits(Width)
) (
  // Else nothing is said, and the word is as it came.
  input  logic                 active_i,
  input  logic [Width-1:0]     data_i,
  input  logic [CheckBits-1:0] check_i,
  output logic [Width-1:0]     data_o,
  output ecc_pkg::event_t      event_o
);

  logic [CheckBits-1:0] sum, syndrome;
  ecc_encode #(.Width(Width)) u_encode (.active_i, .data_i, .check_o(sum));
  assign syndrome = sum ^ check_i;

  // Columns that no bit has tell of three wrong bits or more.
  localparam logic [15:0] Last = ecc_pkg::place(Width - 1);
  logic wrong, one;
`ifdef ECC_OFF
  assign wrong = 1'b0;
`else
  assign wrong = active_i && syndrome != '0;
`endif
  if (Last == 16'((32'd1 << (CheckBits - 1)) - 1)) begin : gen_all
    assign one = ^syndrome;
  end else begin : gen_some
    assign one = ^syndrome && 16'(syndrome[CheckBits-1:1]) <= Last;
  end

  // Most of the time nothing is wrong, which is quickly said.
  logic [Width-1:0] flip;
  always_comb begin
    flip = '0;
    if (wrong) begin
      for (int unsigned n = 0; n < Width; n++) flip[n] = 17'(syndrome) == ecc_pkg::column(n);
    end
  end

  assign data_o                = data_i ^ flip;
  assign event_o.corrected     = wrong && one;
  assign event_o.uncorrectable = wrong && !one;

endmodule
