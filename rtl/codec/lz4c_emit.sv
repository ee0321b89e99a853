// SPDX-License-Identifier: Apache-2.0
//
// Writes sequences in the LZ4 block format: as chunks of up to 16 bytes, one a cycle,
// each with the bytes that are known here (token, lengths, offset) and the place in the
// page of the literals among them. Most sequences are one chunk. None takes more cycles
// than the windows that it covers, so this keeps up with the search, unless windows
// with two matches abound.
//
//   head                 literals        tail
//   token [length]       up to 14 / 16   offset (2) [length]
//
// When the output gets longer than is worth it, the rest of the page's sequences are
// dropped and the page is sent as it came in (lz4c_output has it); a page of one 8-byte
// word becomes that word. Both start the page's output anew. Whether it is too long is
// known some cycles after a chunk, so some more may have been written by then, even
// beyond 4096 bytes; the end of the page waits for it.

`include "check.svh"

module lz4c_emit (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  lz4c_pkg::prepared_t in_i,
  // Bytes of the page's output, as far as they are counted: some cycles late.
  output logic [12:0]         total_o,
  // A page's output may begin.
  input  logic                page_ok_i,
  // It began; it ended.
  output logic                page_begin_o,
  output logic                page_end_o,
  // What takes chunks takes one every cycle.
  output logic                chunk_valid_o,
  output lz4c_pkg::chunk_t    chunk_o
);

  localparam logic [12:0] Most = 13'(codec_pkg::Lz4MostBytes);
  // Cycles until the total counts a chunk.
  localparam logic [2:0]  Count = 3'd4;

  typedef enum logic [2:0] {
    Begin,        // of a page
    Head,         // of a sequence
    LiteralMore,  // further bytes of a number of literals
    Literals,
    MatchMore,    // further bytes of a length
    Finish,       // the last sequence is out: was it short enough
    Raw
  } state_e;

  state_e      state_q, state_d;
  logic [12:0] left_q, left_d;          // literals
  logic [11:0] at_q, at_d;              // of the first of them
  logic [12:0] more_q, more_d;          // what further bytes of a length stand for
  logic        too_long_q, too_long_d;  // the page is to be raw
  logic [2:0]  quiet_q, quiet_d;        // cycles since the last chunk, up to Count
  logic        valid_d, over_q, hopeless;
  lz4c_pkg::chunk_t chunk_d;

  // Bytes that stand for more_q, two at most in a chunk.
  logic        more_one, more_two;
  logic [7:0]  more_rest;
  assign more_one  = more_q < 13'd255;
  assign more_two  = more_q < 13'd510;
  assign more_rest = more_q[7:0] - 8'd255;

  // The literals that are left fit one chunk, with what follows them.
  logic left_fit;
  assign left_fit = left_q[12:4] == '0 ? in_i.last || left_q[3:0] <= 4'd13
                                       : in_i.last && left_q == 13'd16;

  // After a sequence.
  state_e done_state;
  assign done_state = in_i.last ? Finish : Head;

  always_comb begin
    state_d      = state_q;
    left_d       = left_q;
    at_d         = at_q;
    more_d       = more_q;
    in_ready_o   = 1'b0;
    page_begin_o = 1'b0;
    page_end_o   = 1'b0;
    hopeless     = 1'b0;

    valid_d               = 1'b0;
    chunk_d.restart       = 1'b0;
    chunk_d.last          = 1'b0;
    chunk_d.kind          = pamc_pkg::CODEC_LZ4;
    chunk_d.length        = total_o;
    chunk_d.head_count    = 2'd0;
    chunk_d.head          = in_i.head;
    chunk_d.literal_count = 5'd0;
    chunk_d.literal_at    = at_q;
    chunk_d.tail_count    = 2'd0;
    chunk_d.tail          = in_i.tail;

    case (state_q)
      Begin: begin
        // Once for all sequences of the page; the count of the one before has ended.
        if (in_valid_i && page_ok_i && quiet_q == Count) begin
          page_begin_o = 1'b1;
          state_d      = Head;
        end
      end

      Head: begin
        left_d   = in_i.literals_left;
        at_d     = in_i.literals_left_at;
        more_d   = in_i.literal_more ? in_i.literal_rest : in_i.match_rest;
        hopeless = in_valid_i && in_i.hopeless;
        if (in_valid_i && in_i.same) begin
          valid_d               = 1'b1;
          chunk_d.restart       = 1'b1;
          chunk_d.last          = 1'b1;
          chunk_d.kind          = pamc_pkg::CODEC_SAME;
          chunk_d.length        = 13'(codec_pkg::SameBytes);
          chunk_d.literal_count = 5'(codec_pkg::SameBytes);
          chunk_d.literal_at    = 12'd0;
          in_ready_o            = 1'b1;
          page_end_o            = 1'b1;
          state_d               = Begin;
        end else if (in_valid_i && too_long_q) begin
          in_ready_o = 1'b1;
          if (in_i.last) state_d = Raw;
        end else if (in_valid_i) begin
          valid_d               = 1'b1;
          chunk_d.head_count    = in_i.head_count;
          chunk_d.literal_count = in_i.head_literals;
          chunk_d.literal_at    = in_i.literal_at;
          if (in_i.literal_more) begin
            state_d = LiteralMore;
          end else if (in_i.single) begin
            chunk_d.tail_count = in_i.tail_count;
            in_ready_o         = !in_i.match_more;
            state_d            = in_i.match_more ? MatchMore : done_state;
          end else begin
            state_d = Literals;
          end
        end
      end

      LiteralMore, MatchMore: begin
        valid_d            = 1'b1;
        chunk_d.head_count = more_one ? 2'd1 : 2'd2;
        chunk_d.head       = {more_two ? more_rest : 8'd255, more_one ? more_q[7:0] : 8'd255};
        more_d             = more_q - 13'd510;
        if (more_two) begin
          more_d     = in_i.match_rest;
          in_ready_o = state_q == MatchMore;
          state_d    = state_q == MatchMore ? done_state : Literals;
        end
      end

      Literals: begin
        valid_d               = !too_long_q;
        chunk_d.literal_count = left_q[12:4] == '0 ? {1'b0, left_q[3:0]} : 5'd16;
        left_d                = left_q - 13'd16;
        at_d                  = at_q + 12'd16;
        more_d                = in_i.match_rest;
        if (too_long_q) begin
          in_ready_o = 1'b1;
          state_d    = in_i.last ? Raw : Head;
        end else if (left_fit) begin
          chunk_d.tail_count = in_i.tail_count;
          in_ready_o         = !in_i.match_more;
          state_d            = in_i.match_more ? MatchMore : done_state;
        end else if (left_q[12:4] == '0) begin
          // 14 or 15 of them: what follows needs a chunk of its own.
          left_d = 13'd0;
        end
      end

      Finish: begin
        if (too_long_q) begin
          state_d = Raw;
        end else if (quiet_q == Count) begin
          valid_d      = 1'b1;
          chunk_d.last = 1'b1;
          page_end_o   = 1'b1;
          state_d      = Begin;
        end
      end

      default: begin  // Raw
        valid_d         = 1'b1;
        chunk_d.restart = 1'b1;
        chunk_d.last    = 1'b1;
        chunk_d.kind    = pamc_pkg::CODEC_RAW;
        chunk_d.length  = 13'(codec_pkg::PageBytes);
        page_end_o      = 1'b1;
        state_d         = Begin;
      end
    endcase
  end

  // A page that is too long stays so.
  assign too_long_d = state_q != Begin && (too_long_q || hopeless || over_q);
  assign quiet_d    = valid_d ? 3'd0 : quiet_q == Count ? Count : quiet_q + 3'd1;

  // The total: a chunk's bytes; their sum; whether that is too much.
  logic       counts_q;
  logic [4:0] bytes_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= Begin;
      too_long_q    <= 1'b0;
      quiet_q       <= 3'd0;
      chunk_valid_o <= 1'b0;
      counts_q      <= 1'b0;
      total_o       <= '0;
      over_q        <= 1'b0;
    end else begin
      state_q       <= state_d;
      too_long_q    <= too_long_d;
      quiet_q       <= quiet_d;
      chunk_valid_o <= valid_d;
      counts_q      <= chunk_valid_o && chunk_o.kind == pamc_pkg::CODEC_LZ4;
      if (page_begin_o) total_o <= '0;
      else if (counts_q) total_o <= total_o + 13'(bytes_q);
      over_q <= total_o > Most && state_q != Begin;  // not that of the page before
    end
  end

  always_ff @(posedge clk_i) begin
    left_q  <= left_d;
    at_q    <= at_d;
    more_q  <= more_d;
    chunk_o <= chunk_d;
    bytes_q <= 5'(chunk_o.head_count) + chunk_o.literal_count + 5'(chunk_o.tail_count);
  end

  `PAMC_ASSERT(ChunkFits, !chunk_valid_o ||
               5'(chunk_o.head_count) + chunk_o.literal_count + 5'(chunk_o.tail_count) <= 5'd16)

endmodule
