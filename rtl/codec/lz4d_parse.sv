// SPDX-License-Identifier: Apache-2.0
//
// Walks from token to token, one sequence a cycle. What a byte means as a token was
// worked out beforehand (lz4d_predecode.sv), so the loop from "where" to "where next" is
// a choice among 16 answers, and one among the words that may be next, which are read beside
// it:
//
//     marks_q --> the one of at_q --> advance --> at_q, and marks_q of the word that is next
//
// Sequences of 15 literals or more and matches of 274 bytes or more take some cycles
// longer: their length bytes are summed here, their literals go out 16 at a time.
//
// Each cycle with a word at hand and no stall either goes on by a byte at least, or ends
// the page; so a page takes at most its length and some cycles. In all states the byte
// looked at is inside the page: at_q < left of the word, else the page was ended before.

`include "check.svh"

module lz4d_parse (
  input  logic             clk_i,
  input  logic             rst_ni,

  // Marks of the words, in order; there is room as the ring of words has the same size.
  input  logic             marks_valid_i,
  input  lz4d_pkg::marks_t marks_i,

  // The ring of words: this one, the next, first byte of the one after.
  output logic [3:0]       at_o,
  output logic [1:0]       advance_o,
  input  logic [127:0]     data0_i,
  input  logic [127:0]     data1_i,
  input  logic [7:0]       data2_i,

  // Steps, not to be stalled at once: up to 4 may come after stall_i.
  input  logic             stall_i,
  output logic             step_valid_o,
  output lz4d_pkg::step_t  step_o,
  output logic [263:0]     step_data_o
);

  // One bit tells a token, as what it says comes last.
  typedef enum logic [2:0] {
    AT_LONG  = 3'b000,   // length byte of a literal run
    AT_RUN   = 3'b001,   // literals of a long run, up to ends
    AT_MORE  = 3'b010,   // further length byte of a match
    DRAIN    = 3'b011,   // words of a page that went wrong
    AT_TOKEN = 3'b100
  } state_e;

  // Marks, a ring as large as that of the words: of even words and of odd ones, as the next one of
  // either kind is read at a time. Those of the word looked at are in a register.
  localparam int unsigned MarksBits = $bits(marks_i);
  logic [MarksBits-1:0] even_q [lz4d_pkg::RingWords / 2], odd_q [lz4d_pkg::RingWords / 2];
  logic [MarksBits-1:0] marks_q, even, odd;
  logic [3:0]           write_at_q;

  always_ff @(posedge clk_i) begin
    if (marks_valid_i && !write_at_q[0]) even_q[write_at_q[3:1]] <= marks_i;
    if (marks_valid_i && write_at_q[0])  odd_q[write_at_q[3:1]]  <= marks_i;
  end

  state_e      state_q;
  logic [3:0]  word_q, at_q;
  logic [3:0]  match_q;
  logic        match15_q;
  // End of a literal run, counted from the first byte of the word. From 4096 on it is
  // beyond the page, however far.
  // Kept as a sum and as what else it may be: a byte of it comes late, and there is no time to choose then.
  logic [12:0] ends, sum_q, other_q;
  logic        grows_q;
  assign ends = grows_q ? sum_q : other_q;
  // Words at hand, -1 ... 16; whether there are any.
  logic [5:0]  ready_q;
  logic        any_q;

  lz4d_pkg::marks_t marks;
  lz4d_pkg::kind_e  kind;
  logic [5:0]       token_next;
  logic             is255;
  logic [7:0]       this_byte, next_byte;
  logic [127:0]     data_next;
`ifdef LZ4D_FREE_MARKS
  // In the proof a word's marks are anything that they may be (at the end of the file).
  (* anyseq *) lz4d_pkg::marks_t free_marks;
  assign marks      = free_marks;
`else
  assign marks      = marks_q;
`endif
  assign kind       = lz4d_pkg::kind_e'(marks.kind[4*at_q +: 4]);
  assign token_next = marks.next[6*at_q +: 6];
  assign is255      = marks.is255[{2'b00, at_q}];
  assign data_next  = {data1_i[7:0], data0_i[127:8]};
  assign this_byte  = data0_i[8*at_q +: 8];
  assign next_byte  = data_next[8*at_q +: 8];

  logic go, token;
  assign go    = any_q && !stall_i;
  assign token = state_q[2];

  // A token: what to take, what comes next.
  logic          token_emits;
  lz4d_pkg::op_e token_op;
  state_e        token_state;
  always_comb begin
    token_emits = 1'b1;
    token_state = AT_TOKEN;
    token_op    = lz4d_pkg::OP_ERROR;
    case (kind)
      lz4d_pkg::KIND_SEQ:     token_op = lz4d_pkg::OP_SEQ;
      lz4d_pkg::KIND_SEQ_EXT: token_op = lz4d_pkg::OP_SEQ_EXT;
      lz4d_pkg::KIND_SEQ_CHAIN: begin
        token_op    = lz4d_pkg::OP_SEQ_EXT;
        token_state = AT_MORE;
      end
      lz4d_pkg::KIND_LONG: begin
        token_op    = lz4d_pkg::OP_HEAD;
        token_state = AT_RUN;
      end
      lz4d_pkg::KIND_LONG_CHAIN: begin
        token_emits = 1'b0;
        token_state = AT_LONG;
      end
      lz4d_pkg::KIND_LAST: token_op = lz4d_pkg::OP_LAST;
      lz4d_pkg::KIND_RAW: begin
        token_emits = 1'b0;
        token_state = AT_RUN;
      end
      lz4d_pkg::KIND_SAME: token_op = lz4d_pkg::OP_SAME;
      default:             token_state = DRAIN;
    endcase
  end

  // A length byte: is there another byte behind it? The page does not end before it, so it may only
  // be the last one, and only a word's last byte leads to the next word.
  logic       byte_fails, byte_moves;
  logic [4:0] byte_next;
  assign byte_next  = {&at_q, at_q[3] ^ &at_q[2:0], at_q[2] ^ &at_q[1:0], at_q[1] ^ at_q[0], !at_q[0]};
  assign byte_fails = marks.bad || {1'b0, byte_next} == marks.left;
  assign byte_moves = &at_q && !marks.bad && marks.left != 6'd16;

  // A long run: does it end within 16 bytes, does the page end there, or before that? Its
  // match's length byte is taken along, if it is not too far.
  logic       run_ends, run_last, run_fails, run_ext, run_ext255, run_carry;
  logic [31:0] is255_next;
  logic [5:0] run_next;
  logic [1:0] run_advance;
  assign run_ends    = ends[12:5] == '0 && (!ends[4] || ends[3:0] <= at_q);
  assign run_ext     = match15_q && ends[4:0] != 5'd31;
  assign is255_next  = {1'b0, marks.is255[32:2]};
  assign run_ext255  = is255_next[ends[4:0]];
  // ends + 2 or 3, a LUT for each bit, where a sum would be a chain.
  assign run_next[0] = ends[0] ^ run_ext;
  assign run_carry   = ends[0] && run_ext;
  assign run_next[1] = !ends[1] ^ run_carry;
  assign run_next[2] = ends[2] ^ (ends[1] || run_carry);
  assign run_next[3] = ends[3] ^ (ends[2] && (ends[1] || run_carry));
  assign run_next[4] = ends[4] ^ (&ends[3:2] && (ends[1] || run_carry));
  assign run_next[5] = &ends[4:2] && (ends[1] || run_carry);
  // Whether it ends here comes last, so either case is judged beside it.
  logic       is_last, end_fails, far_fails;
  logic [1:0] end_advance;
  assign is_last     = !marks.bad && {1'b0, ends[4:0]} == marks.left;
  assign end_fails   = marks.bad || run_next >= marks.left;
  assign far_fails   = marks.bad || {2'b01, at_q} >= marks.left;
  assign end_advance = is_last ? {!marks.last, marks.last} : end_fails ? 2'd0 : run_next[5:4];
  assign run_last    = run_ends && is_last;
  // If it is not the last.
  assign run_fails   = run_ends ? end_fails : far_fails;
  assign run_advance = run_ends ? end_advance : {1'b0, !far_fails};

  // The step, and where to go on.
  logic            emit;
  logic [1:0]      advance;
  logic [3:0]      at_d;
  state_e          state_d;
  lz4d_pkg::step_t step;

  always_comb begin
    emit       = 1'b1;
    advance    = 2'd0;
    at_d       = '0;
    state_d    = DRAIN;
    step.op    = lz4d_pkg::OP_ERROR;
    step.at    = at_q;
    step.next  = token_next;
    step.match = match_q;
    step.error = marks.bad ? codec_pkg::DECODE_FORM : codec_pkg::DECODE_TRUNCATED;

    case (state_q)
      AT_LONG, AT_MORE: begin
        // What DRAIN makes of it does not matter.
        advance = {1'b0, byte_moves};
        at_d    = byte_next[3:0];
        if (!byte_fails) begin
          emit    = state_q == AT_MORE;
          step.op = lz4d_pkg::OP_MORE;
          if (is255) state_d = state_q;
          else       state_d = state_q == AT_MORE ? AT_TOKEN : AT_RUN;
        end
      end

      AT_RUN: begin
        advance   = run_advance;
        step.next = run_next;
        if (run_last) begin
          // No length byte here, whatever the token said.
          step.op   = lz4d_pkg::OP_RUN_LAST;
          step.next = {1'b0, ends[4:0]} + 6'd2;
          state_d   = AT_TOKEN;
        end else begin
          // What DRAIN makes of it does not matter.
          at_d = run_ends ? run_next[3:0] : at_q;
        end
        if (!run_last && !run_fails) begin
          if (!run_ends) begin
            step.op = lz4d_pkg::OP_RUN;
            state_d = AT_RUN;
          end else begin
            step.op = run_ext ? lz4d_pkg::OP_TAIL_EXT : lz4d_pkg::OP_TAIL;
            state_d = match15_q && (!run_ext || run_ext255) ? AT_MORE : AT_TOKEN;
          end
        end
      end

      default: begin  // DRAIN
        emit    = 1'b0;
        advance = 2'd1;
        if (marks.last) state_d = AT_TOKEN;
      end
    endcase

    if (token) begin
      emit            = token_emits;
      step.op         = token_op;
      {advance, at_d} = token_next;
      state_d         = token_state;
    end
  end

  // Where a run ends, counted from the word that the parser goes on to. One sum for either state:
  // what the token is comes late, and so do the bytes.
  logic        at15, ends_grows;
  logic [12:0] ends_token, ends_chain, ends_other;
  assign at15       = at_q == 4'd15;
  // Once beyond the page, a chain of length bytes leads no further.
  assign ends_grows = token ? kind == lz4d_pkg::KIND_LONG : state_q == AT_LONG && !ends[12];
  assign ends_chain = (token ? 13'(byte_next[3:0]) : at15 ? ends - 13'd15 : ends + 13'd1) +
                      13'(token ? next_byte : this_byte);
  assign ends_other = state_q == AT_LONG ? ends : ends - 13'd16;
  always_comb begin
    if (kind == lz4d_pkg::KIND_LONG_CHAIN) ends_token = {8'h0, !at15, at_q};
    else                                   ends_token = 13'(codec_pkg::PageBytes);
  end

  // Words at hand in the next cycle, and the word looked at, for each way the parser may go.
  logic [5:0] ready_in, ready_d;
  logic [3:0] word_d;
  logic       any_d;
  assign ready_in = ready_q + 6'(marks_valid_i);
  always_comb begin
    ready_d = ready_in;
    word_d  = word_q;
    any_d   = !ready_in[5] && ready_in[4:0] != '0;
    for (int unsigned n = 1; n < 3; n++) begin
      if (go && advance[n-1]) begin
        ready_d = ready_in - 6'(n);
        word_d  = word_q + 4'(n);
        any_d   = !ready_in[5] && ready_in[4:0] > 5'(n);
      end
    end
  end

  // Marks of the next word: they stay, are read, or come just now. What is right for each way is
  // known from what is at hand; a word that is not at hand is one that may come.
  typedef enum logic [1:0] {MARKS_STAY, MARKS_EVEN, MARKS_ODD, MARKS_COME} marks_e;
  marks_e from_0, from_1, from_2, from;
  assign even   = even_q[word_q[3:1] + 3'd1];
  assign odd    = odd_q[word_q[3:1] + 3'(word_q[0])];
  assign from_0 = any_q ? MARKS_STAY : MARKS_COME;
  assign from_1 = ready_q == 6'd1 ? MARKS_COME : word_q[0] ? MARKS_EVEN : MARKS_ODD;
  assign from_2 = ready_q == 6'd2 ? MARKS_COME : word_q[0] ? MARKS_ODD : MARKS_EVEN;
  assign from   = go && advance[1] ? from_2 : go && advance[0] ? from_1 : from_0;
  // Not as a choice, of which a tool would make a clock enable, which is later than data.
  always_ff @(posedge clk_i) begin
    marks_q <= ({MarksBits{from == MARKS_STAY}} & marks_q) | ({MarksBits{from == MARKS_EVEN}} & even) |
               ({MarksBits{from == MARKS_ODD}} & odd) | ({MarksBits{from == MARKS_COME}} & marks_i);
  end

  assign at_o      = word_q;
  assign advance_o = go ? advance : 2'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_at_q   <= '0;
      word_q       <= '0;
      at_q         <= '0;
      ready_q      <= '0;
      any_q        <= 1'b0;
      state_q      <= AT_TOKEN;
      step_valid_o <= 1'b0;
    end else begin
      write_at_q   <= write_at_q + 4'(marks_valid_i);
      word_q       <= word_d;
      ready_q      <= ready_d;
      any_q        <= any_d;
      step_valid_o <= go && emit;
      if (go) begin
        at_q    <= at_d;
        state_q <= state_d;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (go) begin
      if (token) begin
        match_q   <= this_byte[3:0];
        match15_q <= this_byte[3:0] == 4'd15;
      end
      grows_q <= ends_grows;
      sum_q   <= ends_chain;
      other_q <= token ? ends_token : ends_other;
    end
    step_o      <= step;
    step_data_o <= {data2_i, data1_i, data0_i};
  end

  `PAMC_ASSERT(a_at_inside, !any_q || marks.bad || state_q == DRAIN || {2'b00, at_q} < marks.left)
  `PAMC_ASSERT(a_run_ahead, state_q != AT_RUN || ends >= 13'(at_q))
  `PAMC_ASSERT(a_ready_in_range, ready_q == 6'h3f || ready_q <= 6'(lz4d_pkg::RingWords))
  `PAMC_ASSERT(a_match15, state_q == AT_TOKEN || match15_q == (match_q == 4'd15))
  `PAMC_ASSERT(a_most_two, !go || advance != 2'd3)
  // Each step goes on by a byte, or ends the page, or is the one that begins a raw page.
  `PAMC_ASSERT(a_goes_on, !go || advance != '0 || at_d > at_q || state_d == DRAIN ||
                          (state_q == AT_TOKEN && kind == lz4d_pkg::KIND_RAW))
  `PAMC_ASSERT(a_write_at, write_at_q == word_q + ready_q[3:0])
  `PAMC_ASSERT(a_marks, !any_q || marks_q == (word_q[0] ? odd_q[word_q[3:1]] : even_q[word_q[3:1]]))
  `PAMC_ASSERT(a_any_is_ready, any_q == (!ready_q[5] && ready_q != '0))

`ifdef LZ4D_FREE_MARKS
  // What lz4d_predecode and lz4d_form owe. Of the byte looked at as a token:
  logic [5:0] at6;
  logic       goes_on, nothing;
  assign at6     = {2'b00, at_q};
  assign goes_on = kind == lz4d_pkg::KIND_SEQ || kind == lz4d_pkg::KIND_SEQ_EXT ||
                   kind == lz4d_pkg::KIND_SEQ_CHAIN;
  assign nothing = kind == lz4d_pkg::KIND_CUT || kind == lz4d_pkg::KIND_BAD || kind == lz4d_pkg::KIND_RAW;
  `PAMC_ASSUME(m_kind, kind <= lz4d_pkg::KIND_BAD && marks.bad == (kind == lz4d_pkg::KIND_BAD))
  `PAMC_ASSUME(m_sequence, !goes_on || (token_next >= at6 + 6'd3 && token_next <= at6 + 6'd18 &&
                                        token_next < marks.left))
  `PAMC_ASSUME(m_long, kind != lz4d_pkg::KIND_LONG || (token_next == at6 + 6'd17 && token_next < marks.left))
  `PAMC_ASSUME(m_chain, kind != lz4d_pkg::KIND_LONG_CHAIN || (token_next == at6 + 6'd1 && token_next < marks.left))
  `PAMC_ASSUME(m_last, kind != lz4d_pkg::KIND_LAST || (marks.left <= at6 + 6'd15 &&
                       token_next == (marks.last ? 6'd16 : 6'd32)))
  `PAMC_ASSUME(m_same, kind != lz4d_pkg::KIND_SAME || (marks.last && token_next == 6'd16))
  `PAMC_ASSUME(m_nothing, !nothing || token_next == '0)
  `PAMC_ASSUME(m_marks, !marks_valid_i || ready_q != 6'(lz4d_pkg::RingWords))
  // Of a word: it stays as it is, and what is left of the page gets less by 16 a word.
  logic       ended, moved_q, ended_q, last_q, bad_q, known_q;
  logic [5:0] left_q, passed_q;
  assign ended = go && (state_q == AT_TOKEN ? kind == lz4d_pkg::KIND_LAST || kind == lz4d_pkg::KIND_SAME :
                        state_q == AT_RUN ? run_last : state_q == DRAIN && marks.last);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      known_q <= 1'b0;
      ended_q <= 1'b1;
    end else begin
      known_q <= any_q || (known_q && !go);
      if (go) ended_q <= ended;
    end
  end
  always_ff @(posedge clk_i) begin
    passed_q <= go ? {advance, 4'h0} : any_q ? '0 : passed_q;
    if (any_q) {left_q, last_q, bad_q} <= {marks.left, marks.last, marks.bad};
  end
  assign moved_q = passed_q != '0;
  logic begins;
  assign begins = ended_q && (moved_q || !known_q);
  `PAMC_ASSUME(m_begins, !any_q || !begins || marks.bad || marks.left != '0)
  `PAMC_ASSUME(m_stays, !any_q || begins || moved_q || {marks.left, marks.last, marks.bad} == {left_q, last_q, bad_q})
  `PAMC_ASSUME(m_gets_less, !any_q || begins || !moved_q || state_q == DRAIN ||
                            (left_q != 6'd63 ? marks.left == left_q - passed_q : marks.left >= 6'd63 - passed_q))
  `PAMC_ASSUME(m_ends, !any_q || marks.bad || marks.last == (marks.left <= 6'd16))

  // So no word of another page is touched, and every page's words are all passed.
  `PAMC_ASSERT(f_next_inside, !go || ended || state_d == DRAIN || {advance, at_d} < marks.left)
  `PAMC_ASSERT(f_last_is_end, !go || !marks.last || advance == '0 || ended)
  `PAMC_ASSERT(f_end_is_last, !ended || (marks.last ? advance == 2'd1 : advance == 2'd2 && marks.left > 6'd16 &&
                                         marks.left <= 6'd32))
  `PAMC_ASSERT(f_long_ahead, state_q != AT_LONG || ends >= 13'(at_q) + 13'd15)
  `PAMC_ASSERT(f_state, state_q <= AT_TOKEN)
  `PAMC_ASSERT(f_passed, !known_q || passed_q == 6'd0 || passed_q == 6'd16 || passed_q == 6'd32)
  `PAMC_ASSERT(f_known, known_q || ended_q)
  `PAMC_ASSERT(f_ended, !ended_q || (at_q == '0 && state_q == AT_TOKEN))
  `PAMC_ASSERT(f_inside, !known_q || begins || moved_q || state_q == DRAIN || bad_q || at6 < left_q)
  `PAMC_ASSERT(f_moved_inside, !known_q || ended_q || state_q == DRAIN || {2'b00, at_q} + passed_q < left_q)
  `PAMC_COVER(c_run_last, go && state_q == AT_RUN && run_last)
  `PAMC_COVER(c_drained, go && state_q == DRAIN && marks.last)
`endif

endmodule
