// SPDX-License-Identifier: Apache-2.0
//
// lz4c_emit writes of every sequence just what lz4c_prepare_proof says is in it: the
// token, all literals once and in order, bytes of lengths that add up to the lengths, the
// offset; never more than 16 bytes a cycle. A page has one end; as LZ4 it is as long as
// the bytes that were written and not longer than the most; it is raw only if more was
// written or a sequence said that it is hopeless. Something is written in every cycle but
// for dropped sequences, and every state is left after so many cycles.
//
// Chunks are looked at a cycle before they are in the output's register.

`include "check.svh"

module lz4c_emit_proof (
  input logic                clk_i,
  input logic                in_valid_i,
  input lz4c_pkg::prepared_t in_i,
  input logic                page_ok_i
);

  localparam logic [12:0] Most = 13'(codec_pkg::Lz4MostBytes);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic             in_ready, page_begin, page_end, chunk_valid;
  logic [12:0]      total;
  lz4c_pkg::chunk_t chunk;

  lz4c_emit dut (
    .clk_i, .rst_ni, .in_valid_i, .in_ready_o(in_ready), .in_i, .total_o(total),
    .page_ok_i, .page_begin_o(page_begin), .page_end_o(page_end),
    .chunk_valid_o(chunk_valid), .chunk_o(chunk)
  );

  // Names that begin with a backslash end with a blank, which macros take away.
  (* hierconn *) wire                    \dut.valid_d ;
  (* hierconn *) wire [$bits(chunk)-1:0] \dut.chunk_d ;
  (* hierconn *) wire [2:0]              \dut.state_q ;
  (* hierconn *) wire                    \dut.too_long_q ;
  (* hierconn *) wire [12:0]             \dut.left_q ;
  (* hierconn *) wire [11:0]             \dut.at_q ;
  (* hierconn *) wire [12:0]             \dut.more_q ;
  (* hierconn *) wire [2:0]              \dut.quiet_q ;
  (* hierconn *) wire                    \dut.counts_q ;
  (* hierconn *) wire [4:0]              \dut.bytes_q ;
  (* hierconn *) wire                    \dut.over_q ;
  logic             writes, long, counts, over;
  logic [2:0]       state, quiet;
  logic [4:0]       counted;
  logic [11:0]      at;
  logic [12:0]      left, more;
  lz4c_pkg::chunk_t now;
  assign writes  = \dut.valid_d ;
  assign now     = \dut.chunk_d ;
  assign state   = \dut.state_q ;
  assign long    = \dut.too_long_q ;
  assign left    = \dut.left_q ;
  assign at      = \dut.at_q ;
  assign more    = \dut.more_q ;
  assign quiet   = \dut.quiet_q ;
  assign counts  = \dut.counts_q ;
  assign counted = \dut.bytes_q ;
  assign over    = \dut.over_q ;

  localparam logic [2:0] Begin = 3'd0, Head = 3'd1, LiteralMore = 3'd2, Literals = 3'd3,
                         MatchMore = 3'd4, Finish = 3'd5, Raw = 3'd6;
  logic in_page, in_sequence, taken;
  assign in_sequence = state == Head || state == LiteralMore || state == Literals || state == MatchMore;
  assign in_page     = in_sequence || state == Finish;
  assign taken       = in_valid_i && in_ready;

  // What comes in, as lz4c_prepare_proof has it.
  logic        waits_q = 1'b0;
  logic        fits, literals_fit, match_fits;
  lz4c_pkg::prepared_t item_q;
  assign fits         = (in_i.head_count == 2'd1 || in_i.head_count == 2'd2) &&
                        6'(in_i.head_count) + {1'b0, in_i.head_literals} <= 6'd16 && in_i.head_literals <= 5'd14 &&
                        (!in_i.single || 6'(in_i.head_count) + {1'b0, in_i.head_literals} + 6'(in_i.tail_count) <= 6'd16);
  assign literals_fit = in_i.literals_left <= 13'd4096 && (!in_i.single || (in_i.literals_left == '0 && !in_i.literal_more)) &&
                        (!in_i.literal_more || in_i.head_literals == '0) &&
                        (in_i.literals_left == '0 || in_i.literals_left_at == in_i.literal_at + 12'(in_i.head_literals)) &&
                        in_i.literal_rest <= (in_i.literal_more ? 13'd4096 : 13'd8191);
  assign match_fits   = (in_i.last ? in_i.tail_count == 2'd0 && !in_i.match_more : in_i.tail_count[1]) &&
                        (!in_i.match_more || (in_i.tail_count == 2'd3 && in_i.match_rest <= 13'd4096)) &&
                        (!in_i.same || in_i.last);
  `PAMC_ASSUME(m_item, !in_valid_i || (fits && literals_fit && match_fits))
  `PAMC_ASSUME(m_holds, !waits_q || (in_valid_i && in_i == item_q))

  logic [5:0] count;
  assign count = 6'(now.head_count) + {1'b0, now.literal_count} + 6'(now.tail_count);

  // Of the sequence: literals written, what bytes of its lengths have added up to, whether
  // token and offset were written. Of the page: bytes written, and whether they were too
  // many to be counted so; whether it began; whether there was a reason to give it up.
  logic [12:0] literals_q = '0, sum_q = '0, page_q = '0;
  logic        many_q = 1'b0;
  logic        token_q = 1'b0, offset_q = 1'b0, begun_q = 1'b0, reason_q = 1'b0;
  // Cycles in this state.
  logic [8:0]  cycles_q = '0;
  logic [2:0]  state_q = '0;
  logic [12:0] sum;
  logic        is_more;
  assign is_more = state == LiteralMore || state == MatchMore;
  assign sum     = (is_more ? sum_q : '0) + 13'(now.head[7:0]) + (now.head_count == 2'd2 ? 13'(now.head[15:8]) : '0);

  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && in_valid_i && !in_ready;
    item_q  <= in_i;
    if (!rst_ni) begin
      {literals_q, sum_q, page_q, many_q, token_q, offset_q, begun_q, reason_q, cycles_q} <= '0;
      state_q <= Begin;
    end else begin
      state_q  <= state;
      cycles_q <= state != state_q || state == Head ? '0 : cycles_q == 9'd511 ? 9'd511 : cycles_q + 9'd1;
      sum_q    <= is_more && writes ? sum : '0;
      if (taken) {literals_q, token_q, offset_q} <= '0;
      else if (writes && in_sequence) begin
        literals_q <= literals_q + 13'(now.literal_count);
        token_q    <= 1'b1;
        offset_q   <= offset_q || now.tail_count != '0;
      end
      if (page_begin) {many_q, page_q} <= '0;
      else if (writes && !now.restart) begin
        page_q <= page_q + 13'(count);
        many_q <= many_q || {1'b0, page_q} + 14'(count) > 14'd8191;
      end
      if (page_begin || page_end) begun_q <= page_begin;
      reason_q <= !page_begin && (reason_q || (state == Head && in_valid_i && in_i.hopeless) || many_q || page_q > Most);
    end
  end

  // A chunk.
  logic             wrote_q = 1'b0;
  lz4c_pkg::chunk_t was_q;
  always_ff @(posedge clk_i) begin
    wrote_q <= rst_ni && writes;
    was_q   <= now;
  end
  `PAMC_ASSERT(a_comes_out, chunk_valid == wrote_q && (!wrote_q || chunk == was_q))
  `PAMC_ASSERT(a_chunk_fits, !writes || count <= 6'd16)
  `PAMC_ASSERT(a_chunk_of_a_sequence, !(writes && in_sequence) || in_valid_i)

  // A sequence: the first chunk has the token; literals in order; then the offset.
  logic is_first, is_plain;
  assign is_first = state == Head && writes && !now.restart;
  assign is_plain = writes && in_sequence && !now.restart;
  `PAMC_ASSERT(a_token, !is_plain || is_first == !token_q)
  `PAMC_ASSERT(a_head, !is_first || (now.head_count == in_i.head_count && now.head == in_i.head))
  `PAMC_ASSERT(a_literals_follow, !(is_plain && now.literal_count != '0) ||
               now.literal_at == in_i.literal_at + literals_q[11:0])
  `PAMC_ASSERT(a_tail, !(is_plain && now.tail_count != '0) ||
               (now.tail_count == in_i.tail_count && now.tail == in_i.tail && !offset_q &&
                literals_q + 13'(now.literal_count) == 13'(in_i.head_literals) + in_i.literals_left))
  // All of it, if the page was not given up.
  `PAMC_ASSERT(a_all_literals, !taken || long || in_i.same ||
               literals_q + 13'(now.literal_count) == 13'(in_i.head_literals) + in_i.literals_left)
  `PAMC_ASSERT(a_offset, !taken || long || in_i.same || in_i.last == !(offset_q || now.tail_count != '0))
  // Bytes of lengths are 255 but for the last, and add up.
  logic ends_more;
  logic [7:0] last_byte;
  assign ends_more = is_more && (state == MatchMore ? in_ready : more < 13'd510);
  assign last_byte = now.head_count == 2'd2 ? now.head[15:8] : now.head[7:0];
  `PAMC_ASSERT(a_more, !is_more || (writes && now.head_count != '0 && now.literal_count == '0 && now.tail_count == '0 &&
               (now.head_count == 2'd1 || now.head[7:0] == 8'd255) &&
               (ends_more ? last_byte != 8'd255 : now.head_count == 2'd2 && last_byte == 8'd255)))
  `PAMC_ASSERT(a_more_sum, !ends_more || sum == (state == MatchMore ? in_i.match_rest : in_i.literal_rest))
  `PAMC_ASSERT(a_more_if_said, !is_more || (state == MatchMore ? in_i.match_more : in_i.literal_more))
  `PAMC_ASSERT(a_match_more, !(taken && in_i.match_more && !long) || state == MatchMore)

  // A page: begins when it may, ends once, with what was written. Nothing is written but
  // in a page.
  `PAMC_ASSERT(a_begins, !page_begin || (page_ok_i && !begun_q))
  `PAMC_ASSERT(a_in_page, !writes || begun_q)
  `PAMC_ASSERT(a_end_is_last, page_end == (writes && now.last))
  `PAMC_ASSERT(a_restart_is_last, !(writes && now.restart) || now.last)
  `PAMC_ASSERT(a_ends_behind_last, !page_end || (state == Head ? taken && in_i.last : !in_sequence))
  `PAMC_ASSERT(a_length, !(page_end && now.kind == pamc_pkg::CODEC_LZ4) ||
               (now.length == page_q && page_q <= Most && !many_q && count == '0 && !now.restart))
  `PAMC_ASSERT(a_raw, !(page_end && now.kind == pamc_pkg::CODEC_RAW) ||
               (reason_q && now.restart && now.length == 13'd4096 && count == '0))
  `PAMC_ASSERT(a_same, !(page_end && now.kind == pamc_pkg::CODEC_SAME) ||
               (in_i.same && now.restart && now.length == 13'd8 && now.head_count == '0 &&
                now.tail_count == '0 && now.literal_count == 5'd8 && now.literal_at == '0))
  `PAMC_ASSERT(a_kinds, !page_end || now.kind == pamc_pkg::CODEC_LZ4 || now.kind == pamc_pkg::CODEC_RAW ||
               now.kind == pamc_pkg::CODEC_SAME)

  // It goes on.
  `PAMC_ASSERT(a_goes_on, !(in_sequence && in_valid_i) || taken || (writes && count != '0))
  `PAMC_ASSERT(a_forward, !(waits_q && state_q >= Head && state_q <= MatchMore) ||
               (state >= state_q && state <= MatchMore))
  `PAMC_ASSERT(a_leaves_begin, !(state == Begin && state == state_q && cycles_q >= 9'd4 && in_valid_i && page_ok_i) || page_begin)
  `PAMC_ASSERT(a_leaves_finish, state != Finish || state != state_q || cycles_q <= 9'd4)
  `PAMC_ASSERT(a_leaves_raw, state != Raw || cycles_q == '0 || state_q != Raw)
  `PAMC_ASSERT(a_leaves_more, !is_more || state != state_q || cycles_q <= 9'd8)
  `PAMC_ASSERT(a_leaves_literals, state != Literals || state != state_q || cycles_q <= 9'd257)

  // For induction.
  `PAMC_ASSERT(i_state, state <= Raw)
  `PAMC_ASSERT(i_begun, begun_q == (state != Begin))
  `PAMC_ASSERT(i_item, !(in_sequence && state != Head) || waits_q)
  `PAMC_ASSERT(i_between, in_sequence && state != Head || (literals_q == '0 && !token_q && !offset_q))
  `PAMC_ASSERT(i_token, !(in_sequence && state != Head) || (token_q && !in_i.same && !(in_i.single && state != MatchMore)))
  `PAMC_ASSERT(i_literal_more, state != LiteralMore || (literals_q == '0 && !offset_q && in_i.literal_more &&
               left == in_i.literals_left && at == in_i.literals_left_at))
  `PAMC_ASSERT(i_more_sum, !is_more || sum_q + more == (state == MatchMore ? in_i.match_rest : in_i.literal_rest))
  `PAMC_ASSERT(i_more_range, !is_more || more <= 13'd4096)
  `PAMC_ASSERT(i_literals, state != Literals || (!offset_q &&
               literals_q + left == 13'(in_i.head_literals) + in_i.literals_left && left <= in_i.literals_left &&
               (left == '0 || at == in_i.literal_at + literals_q[11:0])))
  `PAMC_ASSERT(i_match_more, state != MatchMore || (offset_q && in_i.match_more &&
               literals_q == 13'(in_i.head_literals) + in_i.literals_left))
  `PAMC_ASSERT(i_cycles_more, !(is_more && state == state_q) || 16'(cycles_q) * 16'd510 + 16'(more) + 16'd510 <= 16'd4096)
  `PAMC_ASSERT(i_cycles_literals, !(state == Literals && state == state_q) ||
               16'(cycles_q) * 16'd16 + 16'(left) <= 16'd4096 + 16'd16)
  `PAMC_ASSERT(i_cycles_quiet, !((state == Begin || state == Finish) && state == state_q) ||
               cycles_q <= {6'd0, quiet} || (state == Begin && quiet == 3'd4))

  // The count, and what is on its way to it.
  logic [12:0] on_the_way;
  assign on_the_way = (chunk_valid && chunk.kind == pamc_pkg::CODEC_LZ4 ?
                       13'(chunk.head_count) + 13'(chunk.literal_count) + 13'(chunk.tail_count) : '0) +
                      (counts ? 13'(counted) : '0);
  `PAMC_ASSERT(i_count, !in_page || many_q || {1'b0, total} + {1'b0, on_the_way} == {1'b0, page_q})
  `PAMC_ASSERT(i_total, !in_page || long || (!many_q && total <= Most + (over ? 13'd32 : 13'd16)))
  `PAMC_ASSERT(i_bytes, (!counts || counted <= 5'd16) && (!chunk_valid ||
               6'(chunk.head_count) + {1'b0, chunk.literal_count} + 6'(chunk.tail_count) <= 6'd16))
  `PAMC_ASSERT(i_over_reason, !(in_page && over) || reason_q)
  `PAMC_ASSERT(i_quiet, quiet <= 3'd4 && (quiet < 3'd1 || !chunk_valid) && (quiet < 3'd2 || !counts))
  `PAMC_ASSERT(i_over, !in_page || quiet < 3'd3 || state == Head || over == (total > Most))
  `PAMC_ASSERT(i_long, state != Finish || quiet < 3'd4 || long || total <= Most)
  `PAMC_ASSERT(i_reason, !long || reason_q)

  `PAMC_COVER(c_long_literals, taken && literals_q > 13'd40)
  `PAMC_COVER(c_match_more, state == MatchMore && cycles_q == 9'd2)
  `PAMC_COVER(c_raw, state == Raw)
  `PAMC_COVER(c_page, page_end && now.kind == pamc_pkg::CODEC_LZ4 && page_q > 13'd20)

endmodule
