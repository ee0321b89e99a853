// SPDX-License-Identifier: Apache-2.0
//
// A small memory that is read without a clock (LUT RAM), by several, and whose words have parities
// (ecc_watch): who uses a wrong one is told in the cycle behind it.

`include "check.svh"

module ecc_checked #(
  parameter int unsigned Memory = 0,
  parameter int unsigned Width = 64,
  parameter int unsigned Depth = 16,
  parameter int unsigned Ports = 1,
  parameter int unsigned Checks = 4,
  // Derived, not to be set.
  parameter int unsigned AtBits = $clog2(Depth)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  ecc_pkg::inject_t             inject_i,
  output ecc_pkg::event_t              ecc_o,

  input  logic                         write_i,
  // May come late: otherwise the word is written over before it is used.
  input  logic                         kept_i,
  input  logic [AtBits-1:0]            write_at_i,
  input  logic [Width-1:0]             write_data_i,

  // The answer in the same cycle, the old one of a word that is being written.
  input  logic [Ports-1:0][AtBits-1:0] read_at_i,
  output logic [Ports-1:0][Width-1:0]  read_data_o,
  // It is used; in the next cycle: it was wrong.
  input  logic [Ports-1:0]             use_i,
  output logic [Ports-1:0]             wrong_o
`ifdef FORMAL
  ,
  // The memory, for proofs, which have a small one.
  output logic [Depth*(Width+Checks)-1:0] words_o
`endif
);

  localparam int unsigned Word = Width + Checks;

  logic [Word-1:0]            word, mem_q [Depth];
  logic [Ports-1:0][Word-1:0] words;
  logic [Ports-1:0]           bad;
  ecc_watch #(.Memory(Memory), .Width(Width), .Ports(Ports), .Checks(Checks)) u_watch (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .write_i(write_i && kept_i), .data_i(write_data_i), .word_o(word),
    .look_i(use_i), .use_i, .word_i(words), .bad_o(bad), .wrong_o
  );
  // Known late, where words are read without a clock.
  logic unused;
  assign unused = &{1'b0, bad};

`ifdef FORMAL
  // Any bit of any word.
  (* anyseq *) logic [Word-1:0] spoils;
  `PAMC_ASSUME(m_one_bit, (spoils & (spoils - 1'b1)) == '0)
`else
  logic [Word-1:0] spoils;
  assign spoils = '0;
`endif

  always_ff @(posedge clk_i) begin
    if (write_i) mem_q[write_at_i] <= word ^ spoils;
  end

  for (genvar n = 0; n < int'(Ports); n++) begin : g_port
    logic [Word-1:0] read;
    assign read           = mem_q[read_at_i[n]];
    assign words[n]       = read;
    assign read_data_o[n] = read[Width-1:0];
  end

`ifdef FORMAL
  for (genvar i = 0; i < int'(Depth); i++) begin : g_words
    assign words_o[i*Word +: Word] = mem_q[i];
  end
`endif

endmodule
