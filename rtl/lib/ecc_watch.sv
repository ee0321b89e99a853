// SPDX-License-Identifier: Apache-2.0
//
// Parities of words of a memory that is elsewhere, for words that live so short that nobody need put
// one right: who looks at one knows whether it is wrong, if there is time for that; and who has used
// one is told in the cycle behind it, in time to end what it is about as an error.

`include "check.svh"

module ecc_watch #(
  parameter int unsigned Memory = 0,
  // Of several memories with one number, the first bit that is named for this one.
  parameter int unsigned Place = 0,
  parameter int unsigned Width = 64,
  parameter int unsigned Ports = 1,
  // Parities of a word.
  parameter int unsigned Checks = 4,
  // Derived, not to be set.
  parameter int unsigned Word = Width + Checks
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  ecc_pkg::inject_t           inject_i,
  output ecc_pkg::event_t            ecc_o,

  // What the memory is to be given; only looked at then.
  input  logic                       write_i,
  input  logic [Width-1:0]           data_i,
  output logic [Word-1:0]            word_o,

  // What it gave is looked at: it is wrong. It is used, too; in the next cycle: it was.
  input  logic [Ports-1:0]           look_i,
  input  logic [Ports-1:0]           use_i,
  input  logic [Ports-1:0][Word-1:0] word_i,
  output logic [Ports-1:0]           bad_o,
  output logic [Ports-1:0]           wrong_o
);

  `PAMC_PARAM(g_checks, Checks >= 1 && Checks <= Width)

  localparam int unsigned PartBits = (Width + Checks - 1) / Checks;

  function automatic logic [Checks-1:0] parities(input logic [Width-1:0] data);
    for (int unsigned p = 0; p < Checks; p++) parities[p] = ^(PartBits'(data >> (p * PartBits)));
  endfunction

  logic [Checks-1:0] checks;
  always_comb begin
    checks = '0;
`ifdef VERILATOR
    // Which spares the simulation most of it.
    if (write_i) checks = parities(data_i);
`else
    checks = parities(data_i);
`endif
  end
  // Below Place it becomes a large number, which hits nothing.
  ecc_pkg::inject_t here;
  always_comb begin
    here        = inject_i;
    here.first  = inject_i.first - 10'(Place);
    here.second = inject_i.second - 10'(Place);
  end
  ecc_inject #(.Memory(Memory), .Width(Word)) u_inject (
    .clk_i, .rst_ni, .inject_i(here), .write_i, .word_i({checks, data_i}), .word_o
  );

  for (genvar n = 0; n < int'(Ports); n++) begin : g_port
    logic [Checks-1:0] wrong, wrong_q;
    logic [Word-1:0]   word;
    logic              used_q;
    assign word = word_i[n];
    always_comb begin
      wrong = '0;
`ifdef VERILATOR
      if (look_i[n])
`endif
      wrong = word[Word-1:Width] ^ parities(word[Width-1:0]);
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) used_q <= 1'b0;
      else         used_q <= use_i[n];
    end
    // Whether it is used may be known late.
    always_ff @(posedge clk_i) wrong_q <= wrong;
    assign bad_o[n]   = wrong != '0;
    assign wrong_o[n] = used_q && wrong_q != '0;
  end

  `PAMC_ASSERT(a_used_is_looked_at, (use_i & ~look_i) == '0)

  assign ecc_o.corrected     = 1'b0;
  assign ecc_o.uncorrectable = wrong_o != '0;

endmodule
