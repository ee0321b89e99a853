// SPDX-License-Identifier: Apache-2.0
//
// Turns the words of a page into windows that know what precedes and what follows
// them. A window is issued as soon as the two words behind it are there (or the page
// has no more), so a page never waits for the next one; after that it passes the search
// in lockstep, as nothing behind this module can stall. Words come in and windows go
// out at one a cycle, from page to page without a gap.
//
//      words in →  [3] [2] [1] [0] → window of word 0, text = words 0, 1, 2
//                               └──→ before

`include "check.svh"

module lz4c_window (
  input  logic               clk_i,
  input  logic               rst_ni,
  // Words of a page, 512 of them.
  input  logic               in_valid_i,
  output logic               in_ready_o,
  input  logic [63:0]        in_data_i,
  // A page may begin: there is room for its words.
  input  logic               page_free_i,
  // A word was taken: its place in the page (its data is in_data_i).
  output logic               word_o,
  output logic [8:0]         word_index_o,
  // A window may be issued: there is room for what comes of it.
  input  logic               issue_ok_i,
  output logic               issue_o,
  output logic               win_valid_o,
  output lz4c_pkg::window_t  win_o
);

  localparam int unsigned Depth = 4;

  logic [8:0]                  index_q;
  logic [63:0]                 first_q;
  logic                        same_q;
  logic [2:0]                  count_q, count_d;
  logic [Depth-1:0][63:0]      word_q, word_d;
  logic [8:0]                  window_q;
  logic [lz4c_pkg::EpochBits-1:0] epoch_q;
  // Whether the page at the front was all alike; a page may follow it in the queue.
  logic                        front_same_q;

  assign in_ready_o   = count_q != 3'd4 && (index_q != 9'd0 || page_free_i);
  assign word_o       = in_valid_i && in_ready_o;
  assign word_index_o = index_q;

  // Words behind the window that its page still has, at most two.
  logic [1:0] wanted;
  assign wanted  = window_q == lz4c_pkg::LastWindow ? 2'd0 :
                   window_q == lz4c_pkg::LastWindow - 9'd1 ? 2'd1 : 2'd2;
  assign issue_o = issue_ok_i && count_q > {1'b0, wanted};

  // The queue moves up by one on issue; a new word enters at its end.
  logic [2:0] tail;
  assign tail    = issue_o ? count_q - 3'd1 : count_q;
  assign count_d = word_o ? tail + 3'd1 : tail;

  always_comb begin
    word_d = issue_o ? {word_q[Depth-1], word_q[Depth-1:1]} : word_q;
    for (int unsigned i = 0; i < Depth; i++) begin
      if (word_o && tail == 3'(i)) word_d[i] = in_data_i;
    end
  end

  logic same_now;
  assign same_now = index_q == 9'd0 || (same_q && in_data_i == first_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      index_q      <= 9'd0;
      count_q      <= 3'd0;
      window_q     <= 9'd0;
      epoch_q      <= '0;
      win_valid_o  <= 1'b0;
    end else begin
      count_q     <= count_d;
      win_valid_o <= issue_o;
      if (word_o) index_q <= index_q + 9'd1;
      if (issue_o) begin
        window_q <= window_q + 9'd1;
        if (window_q == lz4c_pkg::LastWindow) epoch_q <= epoch_q + 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    word_q <= word_d;
    if (word_o) begin
      same_q <= same_now;
      if (index_q == 9'd0) first_q <= in_data_i;
      if (index_q == lz4c_pkg::LastWindow) front_same_q <= same_now;
    end
    if (issue_o) begin
      win_o.index  <= window_q;
      win_o.epoch  <= epoch_q;
      win_o.same   <= window_q == lz4c_pkg::LastWindow && front_same_q;
      win_o.prior <= win_o.text[63:0];
      win_o.text   <= {wanted == 2'd2 ? word_q[2] : 64'h0,
                       wanted != 2'd0 ? word_q[1] : 64'h0, word_q[0]};
    end
  end

  `PAMC_ASSERT(QueueBounds, count_q <= 3'd4)
  `PAMC_ASSERT(WindowBehindWords, 9'(index_q - window_q) == {6'd0, count_q})

endmodule
