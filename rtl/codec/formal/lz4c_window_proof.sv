// SPDX-License-Identifier: Apache-2.0
//
// lz4c_window makes one window of each word, in order and with the right neighbours; it
// issues whenever it can, so that a page's end waits for nothing. Any one word of any
// page is watched.

`include "check.svh"

module lz4c_window_proof (
  input logic        clk_i,
  input logic        in_valid_i,
  input logic [63:0] in_data_i,
  input logic        page_free_i,
  input logic        issue_ok_i,
  // Free: watch the word that is taken.
  input logic        watch_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic              ready, word, issue, win_valid;
  logic [8:0]        word_index;
  lz4c_pkg::window_t win;

  lz4c_window dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(ready), .in_data_i, .page_free_i,
    .word_o(word), .word_index_o(word_index), .issue_ok_i, .issue_o(issue),
    .win_valid_o(win_valid), .win_o(win)
  );

  // Words and windows since the beginning, modulo.
  logic [8:0] words_q = '0, windows_q = '0;
  logic [2:0] inside;
  assign inside = 3'(words_q - windows_q);

  logic [lz4c_pkg::EpochBits-1:0] page_q = '0;
  logic                           issued_q = 1'b0;
  logic [8:0]                     issued_index_q = '0;
  logic [lz4c_pkg::EpochBits-1:0] issued_page_q = '0;

  // The watched word: its place, its value; whether it waits for its window; how many
  // windows behind its own the latest one is.
  logic        waits_q = 1'b0;
  logic [8:0]  at_q = '0;
  logic [63:0] value_q = '0;
  logic [2:0]  behind;
  assign behind = 3'(at_q - windows_q);
  // As of the window that is out now: the watched word was so far behind its own.
  logic        told_q = 1'b0;
  logic [2:0]  told_behind_q = '0;

  // The first word of the page that words are taken of, and of the watched word's page;
  // whether the latter's last window is still to come, behind the last one of the page
  // before it.
  logic [63:0] first_q = '0, watched_first_q = '0;
  logic        owed_q = 1'b0, later_q = 1'b0, last_told_q = 1'b0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (word) words_q <= words_q + 9'd1;
      if (issue) windows_q <= windows_q + 9'd1;
      if (issue && windows_q == 9'd511) page_q <= page_q + 1'b1;
      if (issue) begin
        issued_index_q <= windows_q;
        issued_page_q  <= page_q;
      end
      if (word && !owed_q && !waits_q && watch_i) begin
        waits_q <= 1'b1;
        at_q    <= words_q;
        value_q <= in_data_i;
      end else if (issue && waits_q && behind == '0) begin
        waits_q <= 1'b0;
      end
      issued_q <= issue;
      if (issue) begin
        told_q        <= waits_q;
        told_behind_q <= behind;
      end
      if (word && words_q == '0) first_q <= in_data_i;
      last_told_q <= issue && windows_q == 9'd511 && owed_q && !later_q;
      if (word && !owed_q && !waits_q && watch_i) begin
        owed_q          <= 1'b1;
        later_q         <= words_q < windows_q && !(issue && windows_q == 9'd511);
        watched_first_q <= words_q == '0 ? in_data_i : first_q;
      end else if (issue && windows_q == 9'd511) begin
        if (later_q) later_q <= 1'b0;
        else owed_q <= 1'b0;
      end
    end
  end

  `PAMC_ASSERT(a_index, words_q == word_index)
  `PAMC_ASSERT(a_no_loss, inside <= 3'd4 && words_q - windows_q == {6'd0, inside})
  `PAMC_ASSERT(a_valid, win_valid == issued_q)
  `PAMC_ASSERT(a_window, !win_valid || (win.index == issued_index_q && win.epoch == issued_page_q))

  // The watched word is in its window and in the two before it, if they are of its page,
  // and precedes the next one.
  logic [8:0] before_end;
  assign before_end = 9'd511 - win.index;
  `PAMC_ASSERT(a_own, !(win_valid && told_q && told_behind_q == 3'd0) || win.text[63:0] == value_q)
  `PAMC_ASSERT(a_next, !(win_valid && told_q && told_behind_q == 3'd1) ||
               win.text[127:64] == (before_end >= 9'd1 ? value_q : 64'd0))
  `PAMC_ASSERT(a_third, !(win_valid && told_q && told_behind_q == 3'd2) ||
               win.text[191:128] == (before_end >= 9'd2 ? value_q : 64'd0))
  logic [63:0] latest_q = '0;
  always_ff @(posedge clk_i) if (win_valid) latest_q <= win.text[63:0];
  logic one_before_q = 1'b0;
  always_ff @(posedge clk_i) if (rst_ni && win_valid) one_before_q <= 1'b1;
  `PAMC_ASSERT(a_prior, !(win_valid && one_before_q) || win.prior == latest_q)
  `PAMC_ASSERT(a_zero_at_the_end, !(win_valid && win.index == 9'd511) || win.text[191:64] == '0)
  `PAMC_ASSERT(a_zero_before_the_end, !(win_valid && win.index == 9'd510) || win.text[191:128] == '0)
  // A page of one word only: every word, the watched one, is the first.
  `PAMC_ASSERT(a_same, !(win_valid && win.same && last_told_q) || value_q == watched_first_q)
  `PAMC_ASSERT(a_same_is_last, !(win_valid && win.same) || win.index == 9'd511)

  // Progress: a window whose two words behind are there is issued, and so are those whose
  // page has come to its end; and there is room unless windows wait.
  `PAMC_ASSERT(a_issues, !(issue_ok_i && inside >= 3'd3) || issue)
  `PAMC_ASSERT(a_page_end_waits_for_nothing, !(issue_ok_i && words_q == '0 && inside != '0) || issue)
  `PAMC_ASSERT(a_takes, ready == (inside < 3'd4 && (words_q != '0 || page_free_i)))
  `PAMC_ASSERT(a_no_early_page, !(word && words_q == '0) || page_free_i)
  `PAMC_ASSERT(a_only_when_allowed, !issue || issue_ok_i)

  // For induction.
  (* hierconn *) wire [2:0]   \dut.count_q ;
  (* hierconn *) wire [8:0]   \dut.window_q ;
  (* hierconn *) wire [255:0] \dut.word_q ;
  (* hierconn *) wire [lz4c_pkg::EpochBits-1:0] \dut.epoch_q ;
  `PAMC_ASSERT(i_count, \dut.count_q == inside)
  `PAMC_ASSERT(i_window, \dut.window_q == windows_q)
  `PAMC_ASSERT(i_epoch, \dut.epoch_q == page_q)
  `PAMC_ASSERT(i_watched_inside, !waits_q || (at_q - windows_q < {6'd0, inside}))
  `PAMC_ASSERT(i_watched, !waits_q || \dut.word_q [64*behind +: 64] == value_q)
  `PAMC_ASSERT(i_latest, !(one_before_q && !win_valid) || win.text[63:0] == latest_q)
  `PAMC_ASSERT(i_told, !(waits_q && win_valid && told_q) || told_behind_q != '0)

  // The watched word's page is still coming in, or all of it is in.
  logic coming;
  assign coming = owed_q && words_q != '0 && (words_q < windows_q) == later_q;
  (* hierconn *) wire [63:0] \dut.first_q ;
  (* hierconn *) wire        \dut.same_q ;
  (* hierconn *) wire        \dut.front_same_q ;
  `PAMC_ASSERT(i_first, words_q == '0 || \dut.first_q == first_q)
  `PAMC_ASSERT(i_coming, !coming || watched_first_q == first_q)
  `PAMC_ASSERT(i_same, !(coming && \dut.same_q ) || value_q == watched_first_q)
  `PAMC_ASSERT(i_front_same, !(owed_q && !coming && \dut.front_same_q ) || value_q == watched_first_q)
  `PAMC_ASSERT(i_later, !later_q || (owed_q && words_q != '0 && words_q < windows_q))
  `PAMC_ASSERT(i_owed, !(owed_q && words_q == '0) || windows_q != '0)
  `PAMC_ASSERT(i_waits_is_owed, !waits_q || (owed_q && later_q == (at_q < windows_q)))

  `PAMC_COVER(c_window, win_valid && told_q && told_behind_q == 3'd0)
  logic [2:0] row_q = '0;
  always_ff @(posedge clk_i) row_q <= word && issue ? row_q + 3'd1 : '0;
  `PAMC_COVER(c_full_speed, row_q == 3'd7)
  `PAMC_COVER(c_full, inside == 3'd4)

endmodule
