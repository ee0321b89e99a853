// SPDX-License-Identifier: Apache-2.0
//
// From a chunk's syndromes to its error locator, the polynomial whose roots tell where the
// wrong bits are: Berlekamp's and Massey's algorithm without division, for binary codes,
// where every other step has nothing to do. Two coefficients at a time and four
// multipliers: a chunk may take as long as the flash takes to deliver the next one.
//
//   r = 0 ... T-1:   d = sum of L[i] S[2r+1-i]
//                    L' = g L + d B
//                    if d and n <= r:  B' = x^2 L, n' = 2r+1-n, g' = d;   else B' = x^2 B
//   from L = 1, B = x, n = 0, g = 1.
//
// Where d is zero, L is left alone (a factor g would not move its roots). B's x^2 are counted,
// not carried out: words of two coefficients make it a distance in words.
//
// Out comes L, coefficients 0 to T, with n, the number of errors if there are no more than
// T. n > T is found on the way: then failed_o, with a single beat.

`include "check.svh"

module flash_bch_solve (
  input  logic                        clk_i,
  input  logic                        rst_ni,

  // S1, S3 ...
  input  logic                        in_valid_i,
  output logic                        in_ready_o,
  input  logic [flash_bch_pkg::M-1:0] in_data_i,

  output logic                        out_valid_o,
  input  logic                        out_ready_i,
  output logic [flash_bch_pkg::M-1:0] out_data_o,
  output logic                        out_last_o,
  output logic                        out_failed_o,
  output logic [6:0]                  out_errors_o
);

  localparam int unsigned M     = flash_bch_pkg::M;
  localparam int unsigned T     = flash_bch_pkg::T;
  localparam int unsigned Words = T / 2 + 1;

  // Two coefficients, the even one below.
  logic [2*M-1:0] syndrome_q [T];      // {S[2k+1], S[2k]}; S[0] counts as 0
  logic [2*M-1:0] locator_q [32];
  logic [2*M-1:0] prior_q [64];       // B, in one of two halves

  `PAMC_PARAM(g_words, Words <= 32 && T % 2 == 0)

  typedef enum logic [2:0] {Load, Sum, SumWait, Turn, Update, UpdateWait, Give} state_t;
  state_t     state_q;
  logic [6:0] round_q, errors_q;       // r, n
  logic [5:0] word_q;                  // the one being read
  logic [5:0] far_q;                   // B's distance
  logic [5:0] top_q;                   // B's last word
  logic       half_q;
  logic       wait_q;
  logic [M-1:0] scale_q, off_q;        // g, d
  logic       failed_q, odd_q;

  // ---- load: even syndromes are squares of earlier ones ----
  logic [2*M-1:0] earlier;
  logic [M-1:0]   even;
  assign earlier = syndrome_q[word_q >> 1];
  assign even    = word_q == '0 ? '0 :
                   flash_bch_pkg::square(word_q[0] ? earlier[2*M-1:M] : earlier[M-1:0]);
  logic load;
  assign in_ready_o = state_q == Load;
  assign load       = in_valid_i && in_ready_o;

  // ---- what is read ----
  logic [5:0]     sum_at, prior_at;
  logic [5:0]     last_word, sum_last, update_last;
  logic [6:0]     longer;
  logic [2*M-1:0] locator, syndrome, prior;
  assign last_word   = errors_q[6:1];
  assign longer      = {round_q[5:0], 1'b1} - errors_q;
  assign sum_at      = round_q[5:0] - word_q;
  assign prior_at   = word_q - far_q;
  assign sum_last    = last_word < round_q[5:0] ? last_word : round_q[5:0];
  assign locator     = word_q <= last_word ? locator_q[word_q[4:0]] : '0;
  assign syndrome    = syndrome_q[sum_at];
  assign prior      = word_q >= far_q && prior_at <= top_q ? prior_q[{half_q, prior_at[4:0]}] : '0;

  logic swap_q;
  assign update_last = swap_q ? longer[6:1] : last_word;

  // ---- two sums of two products each ----
  logic         issue_sum, issue_update, sum1_q, update1_q, update2_q;
  logic [4:0]   word1_q, word2_q;
  logic [2*M-1:0] x1_q, z1_q;
  logic [M-1:0]   u1_q, v1_q, w1_q;
  logic [flash_bch_pkg::ProductBits-1:0] low, high, low2_q, high2_q, all_q;
  assign issue_sum    = state_q == Sum;
  assign issue_update = state_q == Update;
  // As a sum: L[2w] S[2(r-w)+1] and L[2w+1] S[2(r-w)]. As an update: g L + d B, twice.
  assign low  = flash_bch_pkg::product(x1_q[M-1:0], u1_q) ^
                (update1_q ? flash_bch_pkg::product(z1_q[M-1:0], w1_q) : '0);
  assign high = flash_bch_pkg::product(x1_q[2*M-1:M], v1_q) ^
                (update1_q ? flash_bch_pkg::product(z1_q[2*M-1:M], w1_q) : '0);

  always_ff @(posedge clk_i) begin
    x1_q    <= locator;
    z1_q    <= prior;
    u1_q    <= issue_sum ? syndrome[2*M-1:M] : scale_q;
    v1_q    <= issue_sum ? syndrome[M-1:0] : scale_q;
    w1_q    <= off_q;
    word1_q <= word_q[4:0];
    word2_q <= word1_q;
    low2_q  <= low;
    high2_q <= high;
    if (state_q == Load || state_q == Turn) all_q <= '0;
    else if (sum1_q)                        all_q <= all_q ^ low ^ high;
  end

  always_ff @(posedge clk_i) begin
    if (load) syndrome_q[word_q] <= {in_data_i, even};
  end
  logic [2*M-1:0] updated;
  assign updated = {flash_bch_pkg::reduce(high2_q), flash_bch_pkg::reduce(low2_q)};
  always_ff @(posedge clk_i) begin
    if (in_ready_o)     locator_q[0]            <= (2*M)'(1);
    else if (update2_q) locator_q[word2_q] <= updated;
  end
  // The other half: no word is overwritten before it is read.
  always_ff @(posedge clk_i) begin
    if (in_ready_o)                  prior_q[0] <= (2*M)'(1) << M;
    else if (issue_update && swap_q) prior_q[{!half_q, word_q[4:0]}] <= locator;
  end

  // ---- steps ----
  logic [M-1:0] off;
  logic         last_round, longer_now, gone;
  assign off        = flash_bch_pkg::reduce(all_q);
  assign last_round = round_q == 7'(T - 1);
  assign longer_now = errors_q <= round_q;
  assign gone       = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= Load;
      word_q    <= '0;
      round_q   <= '0;
      errors_q  <= '0;
      far_q     <= '0;
      top_q     <= '0;
      half_q    <= 1'b0;
      wait_q    <= '0;
      failed_q  <= 1'b0;
      odd_q     <= 1'b0;
      sum1_q    <= 1'b0;
      update1_q <= 1'b0;
      update2_q <= 1'b0;
    end else begin
      sum1_q    <= issue_sum;
      update1_q <= issue_update;
      update2_q <= update1_q;
      case (state_q)
        Load: begin
          round_q  <= '0;
          errors_q <= '0;
          far_q    <= '0;
          top_q    <= '0;
          half_q   <= 1'b0;
          failed_q <= 1'b0;
          odd_q    <= 1'b0;
          if (load) begin
            word_q <= word_q + 1'b1;
            if (word_q == 6'(T - 1)) begin
              word_q  <= '0;
              state_q <= Sum;
            end
          end
        end
        Sum: begin
          word_q <= word_q + 1'b1;
          if (word_q == sum_last) state_q <= SumWait;
        end
        SumWait: state_q <= Turn;
        Turn: begin
          word_q <= '0;
          if (off == '0) begin
            far_q   <= far_q + 1'b1;
            round_q <= round_q + 1'b1;
            state_q <= last_round ? Give : Sum;
          end else if (longer_now && longer > 7'(T)) begin
            failed_q <= 1'b1;
            state_q  <= Give;
          end else begin
            state_q <= Update;
          end
        end
        Update: begin
          word_q <= word_q + 1'b1;
          wait_q <= 1'b0;
          if (word_q == update_last) state_q <= UpdateWait;
        end
        UpdateWait: begin
          if (wait_q) begin
            word_q  <= '0;
            round_q <= round_q + 1'b1;
            state_q <= last_round ? Give : Sum;
            if (swap_q) begin
              errors_q <= longer;
              half_q   <= !half_q;
              far_q    <= 6'd1;
              top_q    <= last_word;
            end else begin
              far_q <= far_q + 1'b1;
            end
          end
        end
        default: begin
          if (gone) begin
            odd_q  <= !odd_q;
            word_q <= odd_q ? word_q + 1'b1 : word_q;
            if (out_last_o) begin
              word_q  <= '0;
              state_q <= Load;
            end
          end
        end
      endcase
      if (state_q == UpdateWait) wait_q <= 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (state_q == Load) scale_q <= M'(1);
    if (state_q == Turn) begin
      off_q  <= off;
      swap_q <= longer_now;
    end
    if (state_q == UpdateWait && wait_q && swap_q) scale_q <= off_q;
  end

  assign out_valid_o  = state_q == Give;
  assign out_data_o   = odd_q ? locator[2*M-1:M] : locator[M-1:0];
  assign out_last_o   = failed_q || word_q == 6'(T / 2);
  assign out_failed_o = failed_q;
  assign out_errors_o = errors_q;

  `PAMC_ASSERT(a_errors_in_range, errors_q <= 7'(T))

endmodule
