// SPDX-License-Identifier: Apache-2.0
//
// Walks from token to token, one sequence a cycle. What a byte means as a token was
// worked out beforehand (lz4d_predecode.sv), so the loop from "where" to "where next" is
// a read of 16 answers, a choice and a short addition:
//
//     word_q --> marks of the word --> the one of at_q --> + advance --> word_q, at_q
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

  typedef enum logic [2:0] {
    AT_TOKEN,
    AT_LONG,    // length byte of a literal run
    AT_RUN,     // literals of a long run, up to ends_q
    AT_MORE,    // further length byte of a match
    DRAIN       // words of a page that went wrong
  } state_e;

  // Marks, a ring as large as that of the words.
  localparam int unsigned MarksBits = $bits(marks_i);
  logic [MarksBits-1:0] marks_q [lz4d_pkg::RingWords];
  logic [3:0]           write_at_q;

  always_ff @(posedge clk_i) begin
    if (marks_valid_i) marks_q[write_at_q] <= marks_i;
  end

  state_e      state_q, state_d;
  logic [3:0]  word_q, at_q, at_d;
  logic [3:0]  match_q, match_d;
  // End of a literal run, counted from the first byte of the word. From 4096 on it is
  // beyond the page, however far.
  logic [12:0] ends_q, ends_d;
  // Words at hand, -1 ... 16; whether there are any.
  logic [5:0]  ready_q, ready_d;
  logic        any_q, any_d;

  lz4d_pkg::marks_t marks;
  lz4d_pkg::kind_e  kind;
  logic [5:0]       next;
  logic             is255;
  logic [7:0]       this_byte, next_byte;
  logic [127:0]     data_next;
  assign marks     = marks_q[word_q];
  assign kind      = lz4d_pkg::kind_e'(marks.kind[4*at_q +: 4]);
  assign next      = marks.next[6*at_q +: 6];
  assign is255     = marks.is255[{2'b00, at_q}];
  assign data_next = {data1_i[7:0], data0_i[127:8]};
  assign this_byte = data0_i[8*at_q +: 8];
  assign next_byte = data_next[8*at_q +: 8];

  // The run ends within 16 bytes; and what comes there. Its match has a length byte that
  // can be taken along, if it is not too far.
  logic       run_ends, run_is_last, run_cut, run_ext, run_ext255;
  logic [5:0] run_next;
  assign run_ends    = ends_q[12:5] == '0 && (!ends_q[4] || ends_q[3:0] <= at_q);
  assign run_ext     = match_q == 4'd15 && ends_q[4:0] != 5'd31;
  assign run_ext255  = marks.is255[ends_q[5:0] + 6'd2];
  assign run_next    = ends_q[5:0] + (run_ext ? 6'd3 : 6'd2);
  assign run_is_last = ends_q[5:0] == marks.left;
  assign run_cut     = run_ends ? run_next >= marks.left : {2'b01, at_q} >= marks.left;

  // Next byte in the page?
  logic byte_cut;
  assign byte_cut = {2'b00, at_q} + 6'd1 >= marks.left;

  logic            emit, go;
  logic [5:0]      move;      // where to go on, seen from the word
  logic            whole;     // the page ends here: on to the next one
  logic [12:0]     ends_base, ends_add;
  lz4d_pkg::step_t step;

  assign go = any_q && !stall_i;

  always_comb begin
    state_d    = state_q;
    match_d    = match_q;
    move       = {2'b00, at_q};
    whole      = 1'b0;
    emit       = 1'b0;
    step.op    = lz4d_pkg::OP_SEQ;
    step.at    = at_q;
    step.match = match_q;
    step.error = codec_pkg::DECODE_OK;
    ends_base  = ends_q;
    ends_add   = 13'd0;

    case (state_q)
      AT_TOKEN: begin
        emit    = 1'b1;
        move    = next;
        match_d = this_byte[3:0];
        case (kind)
          lz4d_pkg::KIND_SEQ: ;
          lz4d_pkg::KIND_SEQ_EXT: step.op = lz4d_pkg::OP_SEQ_EXT;
          lz4d_pkg::KIND_SEQ_CHAIN: begin
            step.op = lz4d_pkg::OP_SEQ_EXT;
            state_d = AT_MORE;
          end
          lz4d_pkg::KIND_LONG: begin
            // 15 literals and those of the length byte, from the second next byte on.
            step.op   = lz4d_pkg::OP_HEAD;
            state_d   = AT_RUN;
            ends_base = 13'd17 + 13'(at_q);
            ends_add  = 13'(next_byte);
          end
          lz4d_pkg::KIND_LONG_CHAIN: begin
            emit      = 1'b0;
            state_d   = AT_LONG;
            ends_base = 13'd16 + 13'(at_q);
          end
          lz4d_pkg::KIND_LAST: begin
            step.op = lz4d_pkg::OP_LAST;
            whole   = 1'b1;
          end
          lz4d_pkg::KIND_RAW: begin
            emit      = 1'b0;
            move      = 6'd0;
            state_d   = AT_RUN;
            ends_base = 13'(codec_pkg::PageBytes);
          end
          lz4d_pkg::KIND_SAME: begin
            step.op = lz4d_pkg::OP_SAME;
            whole   = 1'b1;
          end
          default: begin
            step.op    = lz4d_pkg::OP_ERROR;
            step.error = codec_pkg::DECODE_TRUNCATED;
          end
        endcase
      end

      AT_LONG: begin
        move     = {2'b00, at_q} + 6'd1;
        ends_add = 13'(this_byte) + 13'd1;
        if (byte_cut) begin
          step.op    = lz4d_pkg::OP_ERROR;
          step.error = codec_pkg::DECODE_TRUNCATED;
          emit       = 1'b1;
        end else if (!is255) begin
          state_d = AT_RUN;
        end
      end

      AT_RUN: begin
        emit = 1'b1;
        if (run_ends && run_is_last) begin
          step.op = lz4d_pkg::OP_RUN_LAST;
          whole   = 1'b1;
          state_d = AT_TOKEN;
        end else if (run_cut) begin
          step.op    = lz4d_pkg::OP_ERROR;
          step.error = codec_pkg::DECODE_TRUNCATED;
        end else if (run_ends) begin
          step.op = run_ext ? lz4d_pkg::OP_TAIL_EXT : lz4d_pkg::OP_TAIL;
          state_d = match_q == 4'd15 && (!run_ext || run_ext255) ? AT_MORE : AT_TOKEN;
        end else begin
          step.op = lz4d_pkg::OP_RUN;
        end
        move = run_ends ? run_next : {2'b01, at_q};
      end

      AT_MORE: begin
        emit    = 1'b1;
        step.op = lz4d_pkg::OP_MORE;
        move    = {2'b00, at_q} + 6'd1;
        if (byte_cut) begin
          step.op    = lz4d_pkg::OP_ERROR;
          step.error = codec_pkg::DECODE_TRUNCATED;
        end else if (!is255) begin
          state_d = AT_TOKEN;
        end
      end

      default: begin  // DRAIN
        move = 6'd16;
        if (marks.last) begin
          whole   = 1'b1;
          state_d = AT_TOKEN;
        end
      end
    endcase

    // There is no offset, nor a length byte, whatever the token says.
    step.next = step.op == lz4d_pkg::OP_RUN_LAST ? ends_q[5:0] + 6'd2 : move;

    if (marks.bad && state_q != DRAIN) begin
      step.op    = lz4d_pkg::OP_ERROR;
      step.error = codec_pkg::DECODE_FORM;
      emit       = 1'b1;
      whole      = 1'b0;
    end
    if (emit && step.op == lz4d_pkg::OP_ERROR) state_d = DRAIN;
  end

  // A page's last sequence, if it is not long, ends in this word or in the next.
  logic [1:0] advance;
  always_comb begin
    if (whole)                advance = marks.last ? 2'd1 : 2'd2;
    else if (state_d == DRAIN) advance = state_q == DRAIN ? 2'd1 : 2'd0;
    else                      advance = move[5:4];
    at_d   = whole || state_d == DRAIN ? 4'd0 : move[3:0];
    ends_d = ends_base + ends_add - {7'h0, advance, 4'h0};
    // Once beyond the page, a chain of length bytes leads no further.
    if (state_q == AT_LONG && ends_q[12]) ends_d = ends_q;
  end

  assign at_o      = word_q;
  assign advance_o = go ? advance : 2'd0;
  assign ready_d   = ready_q + 6'(marks_valid_i) - 6'(advance_o);
  assign any_d     = !ready_d[5] && ready_d[4:0] != '0;

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
      word_q       <= word_q + 4'(advance_o);
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
      match_q <= match_d;
      ends_q  <= ends_d;
    end
    step_o      <= step;
    step_data_o <= {data2_i, data1_i, data0_i};
  end

  `PAMC_ASSERT(a_at_inside, !any_q || marks.bad || state_q == DRAIN || {2'b00, at_q} < marks.left)
  `PAMC_ASSERT(a_run_ahead, !any_q || state_q != AT_RUN || ends_q >= 13'(at_q))
  `PAMC_ASSERT(a_goes_on, !go || marks.bad || state_q == AT_RUN || state_d == DRAIN || whole ||
                          kind == lz4d_pkg::KIND_RAW || move > {2'b00, at_q})
  `PAMC_ASSERT(a_ready_in_range, ready_q == 6'h3f || ready_q <= 6'(lz4d_pkg::RingWords))

endmodule
