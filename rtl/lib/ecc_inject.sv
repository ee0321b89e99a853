// SPDX-License-Identifier: Apache-2.0
//
// Damages what is written to a memory, once after it was asked to: so the way from an error
// to its report can be tested, on a card as well as in a simulation.

module ecc_inject #(
  parameter int unsigned Memory = 0,
  // Of a word with its check bits.
  parameter int unsigned Width = 72
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  ecc_pkg::inject_t inject_i,

  input  logic             write_i,
  input  logic [Width-1:0] word_i,
  output logic [Width-1:0] word_o
);

  logic       armed_q, mine;
  assign mine = inject_i.valid && inject_i.memory == 5'(Memory);
  logic [9:0] first_q, second_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) armed_q <= 1'b0;
    else if (mine)    armed_q <= 1'b1;
    else if (write_i) armed_q <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (mine) begin
      first_q  <= inject_i.first;
      second_q <= inject_i.second;
    end
  end

  always_comb begin
    word_o = word_i;
`ifndef ECC_OFF
    if (armed_q) word_o = word_i ^ ((Width'(1) << first_q) | (Width'(1) << second_q));
`endif
  end

endmodule
