// SPDX-License-Identifier: Apache-2.0
//
// Which bits of a chunk are wrong: the places whose inverse is a root of the error locator,
// found by trying all of them, eight a cycle, from the first bit of the chunk on. That is as
// fast as the flash delivers bytes. It stops when all are found.
//
//   load: coefficient i times a^(-i(StoredBits-1)), the first bit's place; one a cycle
//   then: sum over i >= 1 of c[i] a^(ik) is c[0] where bit k of a byte is wrong;
//         and c[i] *= a^(8i) for the next byte
//
// Corrections of data leave in order, by words of Bytes; what the parity had wrong is only
// counted. Then comes the verdict: fewer roots than errors were expected means that there
// were more than T, and no correction is to be trusted.

`include "check.svh"

module flash_bch_chien #(
  parameter int unsigned Bytes = 4,
  // Derived, not to be set.
  parameter int unsigned WordBits = $clog2(flash_bch_pkg::DataBytes / Bytes)
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,

  // As flash_bch_solve gives it.
  input  logic                        in_valid_i,
  output logic                        in_ready_o,
  input  logic [flash_bch_pkg::M-1:0] in_data_i,
  input  logic                        in_last_i,
  input  logic                        in_failed_i,
  input  logic [6:0]                  in_errors_i,

  // Room for one more than have been sent in the last four cycles.
  input  logic                        room_i,
  output logic                        fix_valid_o,
  output logic [WordBits-1:0]         fix_word_o,
  output logic [8*Bytes-1:0]          fix_flip_o,

  output logic                        done_o,
  output logic                        uncorrectable_o,
  output logic [6:0]                  corrected_o
);

  localparam int unsigned M       = flash_bch_pkg::M;
  localparam int unsigned T       = flash_bch_pkg::T;
  localparam int unsigned State   = M * T;
  localparam int unsigned Trials  = 8;               // places a cycle
  localparam int unsigned Tried   = M * Trials;
  localparam int unsigned Groups  = T / 8;
  // Bytes that can be wrong: not the mark.
  localparam int unsigned Places  = flash_bch_pkg::DataBytes + flash_bch_pkg::ParityBytes;
  localparam int unsigned AtBits  = $clog2(Places + 1);
  localparam logic [M-1:0] First  =
    flash_bch_pkg::power(2 ** M - 1 - (flash_bch_pkg::StoredBits - 1));

  `PAMC_PARAM(g_groups, T % 8 == 0)

  // What bit c of coefficient i, 1 ... T, adds to the sums of a byte's eight places.
  function automatic logic [Tried*State-1:0] columns();
    for (int unsigned i = 1; i <= T; i++) begin
      for (int unsigned c = 0; c < M; c++) begin
        for (int unsigned k = 0; k < Trials; k++) begin
          columns[Tried*(M*(i-1) + c) + M*k +: M] = flash_bch_pkg::Power[M * (i * k + c) +: M];
        end
      end
    end
  endfunction
  localparam logic [Tried*State-1:0] Columns = columns();

  // Sums, each over eight coefficients.
  function automatic logic [Groups*Tried-1:0] sums(input logic [State-1:0] coefficients);
    sums = '0;
    for (int unsigned n = 0; n < State; n++) begin
      sums[Tried*(n/(8*M)) +: Tried] = sums[Tried*(n/(8*M)) +: Tried] ^
        (coefficients[n] ? Columns[Tried*n +: Tried] : '0);
    end
  endfunction

  function automatic logic [State-1:0] step(input logic [State-1:0] coefficients);
    step = '0;
    for (int unsigned i = 1; i <= T; i++) begin
      for (int unsigned c = 0; c < M; c++) begin
        step[M*(i-1) +: M] = step[M*(i-1) +: M] ^
          (coefficients[M*(i-1) + c] ? flash_bch_pkg::Power[M * (Trials * i + c) +: M] : '0);
      end
    end
  endfunction

  // The product of a constant.
  function automatic logic [M-1:0] first(input logic [M-1:0] value);
    first = flash_bch_pkg::reduce(flash_bch_pkg::product(value, First));
  endfunction

  typedef enum logic [1:0] {Load, Settle, Search, Verdict} state_t;
  state_t            state_q;
  logic              failed_q, go;
  logic [6:0]        errors_q, found_q;
  logic [AtBits-1:0] at_q;
  logic [2:0]        left_q;

  // ---- load: two cycles behind ----
  logic         take, take1_q, take2_q;
  logic [M-1:0] power_q, data1_q, power1_q;
  logic [flash_bch_pkg::ProductBits-1:0] data2_q;
  // The last coefficient goes in at the top; the first ends as c[0].
  logic [State+M-1:0] c_q;
  assign in_ready_o = state_q == Load;
  assign take       = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)   power_q <= M'(1);
    else if (take) power_q <= in_last_i ? M'(1) : first(power_q);
  end
  always_ff @(posedge clk_i) begin
    data1_q  <= in_data_i;
    power1_q <= power_q;
    data2_q  <= flash_bch_pkg::product(data1_q, power1_q);
    if (take2_q)  c_q <= {flash_bch_pkg::reduce(data2_q), c_q[State+M-1:M]};
    else if (go)  c_q <= {step(c_q[State+M-1:M]), c_q[M-1:0]};
  end

  // ---- search ----
  // Cycle 1: sums of groups. 2: which places are roots. 3: count, gather words.
  logic                    go1_q, go2_q;
  logic [AtBits-1:0]       at1_q, at2_q;
  logic [Groups*Tried-1:0] sums1_q;
  logic [Tried-1:0]        total;
  logic [Trials-1:0]       roots, roots2_q;
  logic [3:0]              count2;
  assign go = state_q == Search && room_i;

  always_comb begin
    total = {Trials{c_q[M-1:0]}};
    for (int unsigned g = 0; g < Groups; g++) total = total ^ sums1_q[Tried*g +: Tried];
    for (int unsigned k = 0; k < Trials; k++) roots[k] = total[M*k +: M] == '0;
    count2 = '0;
    for (int unsigned k = 0; k < Trials; k++) count2 = count2 + 4'(roots2_q[k]);
  end
  always_ff @(posedge clk_i) begin
    if (go)    sums1_q  <= sums(c_q[State+M-1:M]);
    if (go1_q) roots2_q <= roots;
    at1_q <= at_q;
    at2_q <= at1_q;
  end

  // ---- words ----
  localparam int unsigned LaneBits = $clog2(Bytes);
  logic [8*Bytes-1:0] flip_d;
  logic [8*Bytes-9:0] flip_q;
  logic               word_ends, in_data;
  assign in_data   = at2_q < AtBits'(flash_bch_pkg::DataBytes);
  assign word_ends = go2_q && (&at2_q[LaneBits-1:0]);
  // The first byte is the lowest.
  assign flip_d    = {roots2_q, flip_q};
  logic all_found, last_place;
  assign all_found  = found_q == errors_q;
  assign last_place = at_q == AtBits'(Places - 1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= Load;
      take1_q     <= 1'b0;
      take2_q     <= 1'b0;
      go1_q       <= 1'b0;
      go2_q       <= 1'b0;
      failed_q    <= 1'b0;
      errors_q    <= '0;
      found_q     <= '0;
      at_q        <= '0;
      left_q      <= '0;
      fix_valid_o <= 1'b0;
      done_o      <= 1'b0;
    end else begin
      {take2_q, take1_q} <= {take1_q, take};
      {go2_q, go1_q}     <= {go1_q, go};
      fix_valid_o        <= word_ends && in_data && flip_d != '0;
      done_o             <= state_q == Verdict;
      if (go2_q) found_q <= found_q + 7'(count2);
      case (state_q)
        Load: begin
          at_q    <= '0;
          found_q <= '0;
          left_q  <= 3'd2;
          if (take && in_last_i) begin
            failed_q <= in_failed_i;
            errors_q <= in_errors_i;
            state_q  <= in_failed_i ? Verdict : Settle;
          end
        end
        // Before it with the last coefficients, behind it with the last places.
        Settle: begin
          left_q <= left_q - 1'b1;
          if (left_q == '0) state_q <= at_q == '0 ? Search : Verdict;
        end
        Search: begin
          left_q <= 3'd3;
          if (go) at_q <= at_q + 1'b1;
          // A word is gone through to its end.
          if ((go && last_place) || (all_found && at_q[LaneBits-1:0] == '0 && at_q != '0)) begin
            state_q <= Settle;
          end
        end
        default: state_q <= Load;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (go2_q) flip_q <= flip_d[8*Bytes-1:8];
    fix_word_o      <= at2_q[LaneBits +: WordBits];
    fix_flip_o      <= flip_d;
    uncorrectable_o <= failed_q || !all_found;
    corrected_o     <= found_q;
  end

  `PAMC_ASSERT(a_no_more_roots_than_degree, found_q <= 7'(T))

endmodule
