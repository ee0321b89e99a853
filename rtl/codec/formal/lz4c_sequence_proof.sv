// SPDX-License-Identifier: Apache-2.0
//
// lz4c_sequence tells every match of every record once, in order, with just the literals
// between: its sequences cover the page without a gap, and any one match, watched, has
// come out when its record is done with. It never stalls but for who takes.

`include "check.svh"

module lz4c_sequence_proof (
  input logic              clk_i,
  input logic              in_valid_i,
  input lz4c_pkg::record_t in_i,
  input logic              out_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                in_ready, out_valid;
  lz4c_pkg::sequence_t seq;

  lz4c_sequence dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_i,
    .out_valid_o(out_valid), .out_ready_i, .out_o(seq)
  );

  // What the search gives: matches in order, long enough, of text of the page, behind
  // those of the records before; some match, or the page's end.
  logic [11:0] done_q = '0;
  logic [11:0] after_first, after_second, after_third;
  logic        in_order, in_page;
  assign after_first  = in_i.first.valid ? in_i.first.ends : done_q;
  assign after_second = in_i.second.valid ? in_i.second.ends : after_first;
  assign after_third  = in_i.third.valid ? in_i.third.ends : after_second;

  logic [2:0] fine;
  assign fine[0] = !in_i.first.valid ||
                   (in_i.first.start >= done_q && in_i.first.ends >= in_i.first.start + 12'd4 &&
                    in_i.first.start <= 12'(lz4c_pkg::LastStart) &&
                    in_i.first.ends <= 12'(lz4c_pkg::LastEnd) &&
                    in_i.first.offset != '0 && in_i.first.offset <= in_i.first.start);
  assign fine[1] = !in_i.second.valid ||
                   (in_i.second.start >= after_first &&
                    in_i.second.ends >= in_i.second.start + 12'd4 &&
                    in_i.second.start <= 12'(lz4c_pkg::LastStart) &&
                    in_i.second.ends <= 12'(lz4c_pkg::LastEnd) &&
                    in_i.second.offset != '0 && in_i.second.offset <= in_i.second.start);
  assign fine[2] = !in_i.third.valid ||
                   (in_i.third.start >= after_second &&
                    in_i.third.ends >= in_i.third.start + 12'd4 &&
                    in_i.third.start <= 12'(lz4c_pkg::LastStart) &&
                    in_i.third.ends <= 12'(lz4c_pkg::LastEnd) &&
                    in_i.third.offset != '0 && in_i.third.offset <= in_i.third.start);
  assign in_order = fine == 3'b111;
  assign in_page  = in_i.last || in_i.first.valid || in_i.second.valid || in_i.third.valid;
  `PAMC_ASSUME(m_record, !in_valid_i || (in_order && in_page))

  // What is offered stays.
  logic              waits_q = 1'b0;
  lz4c_pkg::record_t record_q;
  always_ff @(posedge clk_i) begin
    waits_q  <= rst_ni && in_valid_i && !in_ready;
    record_q <= in_i;
  end
  `PAMC_ASSUME(m_offer_holds, !waits_q || (in_valid_i && in_i == record_q))

  // Any match: whether it has come out in this page, or is being offered.
  (* anyconst *) logic [11:0] start;
  (* anyconst *) logic [11:0] ends;
  (* anyconst *) logic [11:0] offset;

  // Bytes covered by the sequences that were taken.
  logic [11:0] covered_q = '0;
  logic [12:0] literals_end, match_end;
  logic        shown, came_q = 1'b0;
  assign literals_end = {1'b0, covered_q} + seq.literals;
  assign match_end    = literals_end + {1'b0, seq.match} + 13'd4;
  assign shown        = out_valid && !seq.last && literals_end == {1'b0, start} &&
                        match_end == {1'b0, ends} && seq.offset == offset;

  // The record that was done with in the cycle before had it.
  logic        has, had_q = 1'b0, first_q = 1'b1;
  assign has = (in_i.first.valid && in_i.first.start == start && in_i.first.ends == ends &&
                in_i.first.offset == offset) ||
               (in_i.second.valid && in_i.second.start == start && in_i.second.ends == ends &&
                in_i.second.offset == offset) ||
               (in_i.third.valid && in_i.third.start == start && in_i.third.ends == ends &&
                in_i.third.offset == offset);
  logic        had_last_q = 1'b0, had_same_q = 1'b0;

  always_ff @(posedge clk_i) begin
    had_q      <= rst_ni && in_valid_i && in_ready && has;
    had_last_q <= rst_ni && in_valid_i && in_ready && in_i.last;
    had_same_q <= in_i.same;
    if (rst_ni && in_valid_i && in_ready) done_q <= in_i.last ? 12'd0 : after_third;
    if (rst_ni && out_valid && out_ready_i) begin
      covered_q <= seq.last ? 12'd0 : match_end[11:0];
      came_q    <= !seq.last && (came_q || shown);
      first_q   <= seq.last;
    end
  end

  `PAMC_ASSERT(a_literals_follow, !out_valid || seq.literal_at == covered_q)
  `PAMC_ASSERT(a_ends_with_the_page, !(out_valid && seq.last) || literals_end == 13'd4096)
  `PAMC_ASSERT(a_match_in_page, !(out_valid && !seq.last) || match_end <= 13'(lz4c_pkg::LastEnd))
  `PAMC_ASSERT(a_offset, !(out_valid && !seq.last) ||
               (seq.offset != '0 && {1'b0, seq.offset} <= literals_end))
  `PAMC_ASSERT(a_first, !out_valid || seq.first == first_q)
  `PAMC_ASSERT(a_last, !had_last_q || (out_valid && seq.last && seq.same == had_same_q))
  `PAMC_ASSERT(a_same_is_last, !(out_valid && seq.same) || seq.last)
  // The watched match is out, or (in front of the page's end) was.
  logic came_before_q = 1'b0;
  always_ff @(posedge clk_i) came_before_q <= came_q || shown;
  `PAMC_ASSERT(a_watched_comes, !had_q || shown || came_q || (had_last_q && came_before_q))

  // A sequence a cycle: the register is only empty when nothing was there.
  logic could_q = 1'b0;
  always_ff @(posedge clk_i) could_q <= rst_ni && in_valid_i;
  `PAMC_ASSERT(a_never_idle, !could_q || out_valid)
  logic offered_q = 1'b0;
  lz4c_pkg::sequence_t offer_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= seq;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (out_valid && seq == offer_q))

  // For induction: what is gone of the record, and where the sequences stand.
  (* hierconn *) wire [3:0]  \dut.gone_q ;
  (* hierconn *) wire [11:0] \dut.anchor_q ;
  (* hierconn *) wire        \dut.first_q ;
  logic [11:0] told;
  logic [3:0]  parts;
  assign parts = {in_i.last, in_i.third.valid, in_i.second.valid, in_i.first.valid};
  // Where the register's sequence ends.
  logic [11:0] out_end;
  assign out_end = !out_valid ? covered_q : seq.last ? 12'd0 : match_end[11:0];
  assign told = \dut.gone_q [2] ? in_i.third.ends : \dut.gone_q [1] ? in_i.second.ends :
                \dut.gone_q [0] ? in_i.first.ends : done_q;
  logic [2:0] told_watched;
  assign told_watched[0] = \dut.gone_q [0] && in_i.first.start == start &&
                           in_i.first.ends == ends && in_i.first.offset == offset;
  assign told_watched[1] = \dut.gone_q [1] && in_i.second.start == start &&
                           in_i.second.ends == ends && in_i.second.offset == offset;
  assign told_watched[2] = \dut.gone_q [2] && in_i.third.start == start &&
                           in_i.third.ends == ends && in_i.third.offset == offset;
  `PAMC_ASSERT(i_anchor, \dut.anchor_q == out_end)
  `PAMC_ASSERT(i_gone, \dut.gone_q == '0 || waits_q)
  `PAMC_ASSERT(i_gone_parts, !in_valid_i || ((\dut.gone_q & ~parts) == '0 && !\dut.gone_q [3]))
  logic [2:0] above;  // some part behind this one is gone
  assign above = {1'b0, \dut.gone_q [2], |\dut.gone_q [2:1]};
  `PAMC_ASSERT(i_gone_in_order, !in_valid_i || (above & parts[2:0] & ~\dut.gone_q [2:0]) == '0)
  `PAMC_ASSERT(i_something_left, !in_valid_i || (parts & ~\dut.gone_q ) != '0)
  `PAMC_ASSERT(i_told, !in_valid_i || \dut.anchor_q == told)
  `PAMC_ASSERT(i_told_watched, !(in_valid_i && told_watched != '0) || shown || came_q)
  `PAMC_ASSERT(i_nothing_waits, in_valid_i || \dut.anchor_q == done_q)
  `PAMC_ASSERT(i_first, \dut.first_q == (out_valid ? seq.last : first_q))

  `PAMC_COVER(c_watched, had_q && shown)
  `PAMC_COVER(c_three_and_the_end, had_last_q && had_q && start == 12'd4000)
  logic [2:0] row_q = '0;
  always_ff @(posedge clk_i) row_q <= out_valid && out_ready_i ? row_q + 3'd1 : '0;
  `PAMC_COVER(c_full_speed, row_q == 3'd6)

endmodule
