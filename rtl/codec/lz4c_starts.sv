// SPDX-License-Identifier: Apache-2.0
//
// For each position of a window, the best match that starts there: the one that ends
// last. Twelve diagonals are compared with the window and the 16 bytes behind it: the
// text 8, 4, 2 and 1 bytes back, which the table cannot know yet, and the text that the
// table's eight guesses point to. A diagonal serves all starts, whichever position
// guessed it:
//
//   equal:   1 1 0 1 1 1 1 1 | 1 1 1 1 1 0 ...    (window | behind)
//   start:   0 1 2 3 4 5 6 7
//   ends:    - - - 13 13 ...  13                   (a match is 4 bytes or more)
//
// Five register stages: compare; run behind the window; ends, 12 → 6; 6 → 3; 3 → 1.

module lz4c_starts (
  input  logic                            clk_i,
  // Stage 0. Window with what follows and precedes it.
  input  logic [lz4c_pkg::WindowBits-1:0] index_i,
  input  logic [8*lz4c_pkg::SpanBytes-1:0]   text_i,
  input  logic [8*lz4c_pkg::WindowBytes-1:0] prior_i,
  // Guesses: whether there is one; its text; which of its bytes may be believed.
  input  logic [lz4c_pkg::WindowBytes-1:0]   guess_i,
  input  logic [lz4c_pkg::WindowBytes-1:0][8*lz4c_pkg::SpanBytes-1:0] guess_text_i,
  input  logic [lz4c_pkg::WindowBytes-1:0][lz4c_pkg::SpanBytes-1:0]   guess_valid_i,
  // Stage 5: where the best match of each start ends (0: none) and its diagonal, 0-3
  // for offsets 8, 4, 2, 1 and 4 + n for the guess of position n.
  output logic [lz4c_pkg::WindowBytes-1:0][4:0] ends_o,
  output logic [lz4c_pkg::WindowBytes-1:0][lz4c_pkg::DiagBits-1:0] diagonal_o
);

  localparam int unsigned W     = lz4c_pkg::WindowBytes;
  localparam int unsigned Span  = lz4c_pkg::SpanBytes;
  localparam int unsigned Diags = lz4c_pkg::Diagonals;
  localparam int unsigned Fixed = lz4c_pkg::Fixed;
  localparam int unsigned DiagBits = lz4c_pkg::DiagBits;

  // The last literals of the page match nothing: bytes of the span that may.
  logic [Span-1:0] match_ok;
  always_comb begin
    match_ok = '1;
    for (int unsigned j = 0; j < Span; j++) begin
      if ({1'b0, index_i, 3'b000} + 13'(j) >= 13'(lz4c_pkg::LastEnd)) match_ok[j] = 1'b0;
    end
  end

  // Stage 1.
  logic [Diags-1:0][Span-1:0] equal_d, equal_q;
  logic [8*(W+Span)-1:0]      run;
  assign run = {text_i, prior_i};

  always_comb begin
    for (int unsigned d = 0; d < Fixed; d++) begin
      for (int unsigned j = 0; j < Span; j++) begin
        // Offset 8 >> d; in the first window nothing precedes.
        equal_d[d][j] = match_ok[j] && text_i[8*j +: 8] == run[8*(j + W - (W >> d)) +: 8] &&
                        (index_i != '0 || j >= (W >> d));
      end
    end
    for (int unsigned n = 0; n < W; n++) begin
      equal_d[Fixed+n] = '0;
      if (guess_i[n]) begin
        for (int unsigned j = 0; j < Span; j++) begin
          equal_d[Fixed+n][j] = text_i[8*j +: 8] == guess_text_i[n][8*j +: 8];
        end
        equal_d[Fixed+n] = equal_d[Fixed+n] & guess_valid_i[n] & match_ok;
      end
    end
  end

  always_ff @(posedge clk_i) equal_q <= equal_d;

  // Stage 2: how far each goes on behind the window.
  logic [Diags-1:0][W-1:0] window_q;
  logic [Diags-1:0][4:0]   behind_d, behind_q;

  always_comb begin
    for (int unsigned d = 0; d < Diags; d++) begin
      behind_d[d] = 5'(lz4c_pkg::BehindBytes);
      for (int unsigned j = lz4c_pkg::BehindBytes; j > 0; j--) begin
        if (!equal_q[d][W + j - 1]) behind_d[d] = 5'(j - 1);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    behind_q <= behind_d;
    for (int unsigned d = 0; d < Diags; d++) window_q[d] <= equal_q[d][W-1:0];
  end

  // Stage 3: where each start ends on each diagonal; the better of two. Ends of all starts
  // stand side by side, diagonal by diagonal: a simulation has each in one word.
  function [5*W-1:0] ends_of(input logic [W-1:0] same, input logic [4:0] behind);
    logic [4:0] at;
    for (int unsigned i = 0; i < W; i++) begin
      // First byte at or after the start that differs.
      at = 5'd8 + behind;
      for (int unsigned j = W; j > i; j--) begin
        if (!same[j-1]) at = 5'(j - 1);
      end
      ends_of[5*i +: 5] = at < 5'(i) + 5'd4 ? 5'd0 : at;
    end
  endfunction

  logic [5:0][5*W-1:0]        ends3_q;
  logic [5:0][DiagBits*W-1:0] diag3_q;

  for (genvar p = 0; p < 6; p++) begin : gen_pair
    logic [5*W-1:0]        even, odd, better;
    logic [DiagBits*W-1:0] which;

    // Nothing equal is the most frequent case, which spares simulation the rest.
    always_comb begin
      even = '0;
      odd  = '0;
      if (window_q[2*p] != '0) even = ends_of(window_q[2*p], behind_q[2*p]);
      if (window_q[2*p+1] != '0) odd = ends_of(window_q[2*p+1], behind_q[2*p+1]);
      better = even;
      which  = {W{DiagBits'(2*p)}};
      for (int unsigned i = 0; i < W; i++) begin
        if (odd[5*i +: 5] > even[5*i +: 5]) begin
          better[5*i +: 5]              = odd[5*i +: 5];
          which[DiagBits*i +: DiagBits] = DiagBits'(2*p + 1);
        end
      end
    end

    always_ff @(posedge clk_i) begin
      ends3_q[p] <= better;
      diag3_q[p] <= which;
    end
  end

  // Stage 4.
  logic [2:0][5*W-1:0]        ends4_q;
  logic [2:0][DiagBits*W-1:0] diag4_q;

  for (genvar p = 0; p < 3; p++) begin : gen_four
    logic [5*W-1:0]        better;
    logic [DiagBits*W-1:0] which;

    always_comb begin
      better = ends3_q[2*p];
      which  = diag3_q[2*p];
      for (int unsigned i = 0; i < W; i++) begin
        if (ends3_q[2*p+1][5*i +: 5] > ends3_q[2*p][5*i +: 5]) begin
          better[5*i +: 5]              = ends3_q[2*p+1][5*i +: 5];
          which[DiagBits*i +: DiagBits] = diag3_q[2*p+1][DiagBits*i +: DiagBits];
        end
      end
    end

    always_ff @(posedge clk_i) begin
      ends4_q[p] <= better;
      diag4_q[p] <= which;
    end
  end

  // Stage 5: the three at once.
  logic [W-1:0][4:0]          ends5_d;
  logic [W-1:0][DiagBits-1:0] diag5_d;

  for (genvar i = 0; i < W; i++) begin : gen_best
    logic [4:0] first, second, third;
    assign first  = ends4_q[0][5*i +: 5];
    assign second = ends4_q[1][5*i +: 5];
    assign third  = ends4_q[2][5*i +: 5];

    always_comb begin
      if (first >= second && first >= third) begin
        ends5_d[i] = first;
        diag5_d[i] = diag4_q[0][DiagBits*i +: DiagBits];
      end else if (second >= third) begin
        ends5_d[i] = second;
        diag5_d[i] = diag4_q[1][DiagBits*i +: DiagBits];
      end else begin
        ends5_d[i] = third;
        diag5_d[i] = diag4_q[2][DiagBits*i +: DiagBits];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    ends_o     <= ends5_d;
    diagonal_o <= diag5_d;
  end

endmodule
