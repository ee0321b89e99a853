// SPDX-License-Identifier: Apache-2.0
//
// lz4c_prepare passes on every sequence once, in order, and holds what it offers: any one
// sequence, watched, comes out behind just those before it. What it says of it is what
// the LZ4 block format wants, and what lz4c_emit_proof assumes.

`include "check.svh"

module lz4c_prepare_proof (
  input logic                clk_i,
  input logic                in_valid_i,
  input lz4c_pkg::sequence_t in_i,
  input logic [12:0]         total_i,
  input logic                out_ready_i,
  // Free: which of the sequences to watch.
  input logic                watch_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                in_ready, out_valid;
  lz4c_pkg::prepared_t out;

  lz4c_prepare dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_i, .total_i,
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  // As lz4c_sequence_proof has it: of a page, one of one word is told with its end.
  `PAMC_ASSUME(m_sequence, !in_valid_i || (in_i.literals <= 13'd4096 && in_i.match < 12'd4092 &&
                           (in_i.last || !in_i.same)))

  logic push, pop;
  assign push = in_valid_i && in_ready && rst_ni;
  assign pop  = out_valid && out_ready_i && rst_ni;

  // Sequences inside; the watched one, and how many are before it; the total as it was
  // when it came to the front.
  logic [1:0]          level_q = '0, before_q = '0;
  logic                watching_q = 1'b0;
  lz4c_pkg::sequence_t seq;
  logic [51:0]         seq_q = '0;
  logic [12:0]         total_q = '0;
  assign seq = seq_q;

  always_ff @(posedge clk_i) begin
    if (!out_valid || out_ready_i) total_q <= total_i;
    if (!rst_ni) begin
      {level_q, before_q, watching_q} <= '0;
    end else begin
      level_q <= level_q + 2'(push) - 2'(pop);
      if (!watching_q && push && watch_i) begin
        watching_q <= 1'b1;
        before_q   <= level_q - 2'(pop);
        seq_q      <= in_i;
      end else if (watching_q && pop) begin
        before_q   <= before_q - 2'd1;
        watching_q <= before_q != '0;
      end
    end
  end

  // It is out.
  logic shown;
  assign shown = watching_q && before_q == '0 && out_valid;

  logic        long_literals, long_match;
  logic [12:0] literal_rest, match_rest;
  assign long_literals = seq.literals >= 13'd15;
  assign long_match    = !seq.last && seq.match >= 12'd15;
  assign literal_rest  = seq.literals - 13'd15;
  assign match_rest    = {1'b0, seq.match} - 13'd15;

  `PAMC_ASSERT(a_kind, !shown || (out.last == seq.last && out.same == seq.same && out.literal_at == seq.literal_at))
  // Token: 15 stands for 15 and more.
  `PAMC_ASSERT(a_token, !shown || out.head[7:0] == {long_literals ? 4'd15 : seq.literals[3:0],
                                   seq.last ? 4'd0 : long_match ? 4'd15 : seq.match[3:0]})
  // Then a byte for up to 254, or 255 and further ones for what is left.
  `PAMC_ASSERT(a_literal_byte, !shown || (out.head_count == (long_literals ? 2'd2 : 2'd1) &&
               (!long_literals || out.head[15:8] == (literal_rest < 13'd255 ? literal_rest[7:0] : 8'd255)) &&
               out.literal_more == (long_literals && literal_rest >= 13'd255) &&
               (!out.literal_more || out.literal_rest == literal_rest - 13'd255)))
  `PAMC_ASSERT(a_offset, !shown || (seq.last ? out.tail_count == 2'd0 :
               out.tail_count == (long_match ? 2'd3 : 2'd2) && out.tail[15:0] == {4'h0, seq.offset}))
  `PAMC_ASSERT(a_match_byte, !shown ||
               ((!long_match || out.tail[23:16] == (match_rest < 13'd255 ? match_rest[7:0] : 8'd255)) &&
                out.match_more == (long_match && match_rest >= 13'd255) &&
                (!out.match_more || out.match_rest == match_rest - 13'd255)))
  // Literals: some with the first chunk, the others behind them.
  `PAMC_ASSERT(a_literals, !shown || (13'(out.head_literals) + out.literals_left == seq.literals &&
               (out.literals_left == '0 || out.literals_left_at == out.literal_at + 12'(out.head_literals))))
  // Hopeless: with the literals, token and a byte of their number at least it is too much.
  `PAMC_ASSERT(a_hopeless, !shown || out.hopeless ==
               ((seq.first ? 14'd0 : {1'b0, total_q}) + {1'b0, seq.literals} >= 14'(codec_pkg::Lz4MostBytes)))

  // What lz4c_emit_proof assumes: chunks fit.
  `PAMC_ASSERT(a_fits, !shown || (6'(out.head_count) + {1'b0, out.head_literals} <= 6'd16 && out.head_literals <= 5'd14 &&
               (!out.single || 6'(out.head_count) + {1'b0, out.head_literals} + 6'(out.tail_count) <= 6'd16)))
  `PAMC_ASSERT(a_literals_fit, !shown || (out.literals_left <= 13'd4096 &&
               (!out.single || (out.literals_left == '0 && !out.literal_more)) &&
               (!out.literal_more || (out.head_literals == '0 && out.literal_rest <= 13'd4096))))
  `PAMC_ASSERT(a_match_fits, !shown || (!out.match_more || (!out.last && out.match_rest <= 13'd4096)) && (!out.same || out.last))

  // The stream.
  logic                offered_q = 1'b0;
  lz4c_pkg::prepared_t offer_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= out;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (out_valid && out == offer_q))
  `PAMC_ASSERT(a_nothing_made_up, !out_valid || level_q != '0)
  `PAMC_ASSERT(a_room, level_q > 2'd2 || in_ready)

  // For induction: where they wait.
  (* hierconn *) wire        \dut.valid ;
  (* hierconn *) wire [51:0] \dut.seq ;
  (* hierconn *) wire        \dut.u_skid.spare_valid_q ;
  (* hierconn *) wire [51:0] \dut.u_skid.spare_data_q ;
  logic [51:0] second, third;
  assign second = \dut.seq ;
  assign third  = \dut.u_skid.spare_data_q ;
  `PAMC_ASSERT(i_level, level_q == 2'(out_valid) + 2'(\dut.valid ) + 2'(\dut.u_skid.spare_valid_q ))
  `PAMC_ASSERT(i_before, !watching_q || before_q < level_q)
  `PAMC_ASSERT(i_waits, !watching_q || shown || (before_q == 2'(out_valid) ? second == seq_q : third == seq_q))
  `PAMC_ASSERT(i_sequence, !watching_q || (seq.literals <= 13'd4096 && seq.match < 12'd4092 && (seq.last || !seq.same)))

  `PAMC_COVER(c_third, watching_q && before_q == 2'd2)
  `PAMC_COVER(c_long, shown && out.literal_more && out.match_more && out.hopeless)

endmodule
