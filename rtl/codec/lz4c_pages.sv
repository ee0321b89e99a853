// SPDX-License-Identifier: Apache-2.0
//
// Which pages' words are kept for the emitter: two, from a page's first word until the
// emitter is done with it and has read the last literals. And the number by which those
// who keep a page's words call it, modulo 4.

`include "check.svh"

module lz4c_pages (
  input  logic       clk_i,
  input  logic       rst_ni,
  // A word is taken: its place in its page.
  input  logic       word_i,
  input  logic [8:0] word_index_i,
  // The emitter is at a page's end.
  input  logic       page_end_i,
  // Pages that are kept: another one may begin when they are not two. The page that
  // words are of.
  output logic [1:0] pages_o,
  output logic [1:0] page_o
);

  // Cycles from the page's end until its last literals have been read.
  localparam int unsigned Late = 5;

  logic [Late-1:0] page_end_q;
  logic            first;
  assign first = word_i && word_index_i == 9'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pages_o    <= 2'd0;
      page_o     <= 2'd0;
      page_end_q <= '0;
    end else begin
      page_end_q <= {page_end_q[Late-2:0], page_end_i};
      pages_o    <= pages_o + {1'b0, first} - {1'b0, page_end_q[Late-1]};
      if (word_i && word_index_i == lz4c_pkg::LastWindow) page_o <= page_o + 2'd1;
    end
  end

  `PAMC_ASSERT(AtMostTwo, pages_o <= 2'd2 && !(first && pages_o[1]))
  `PAMC_ASSERT(NoneEndsTwice, !page_end_q[Late-1] || pages_o != 2'd0)

endmodule
