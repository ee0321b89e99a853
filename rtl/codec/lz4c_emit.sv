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
// When the output is not to be shorter than a raw page, the rest of the page's
// sequences are dropped and the page is written as it is; a page of one 8-byte word
// becomes that word. Both start the page's output anew.

`include "check.svh"

module lz4c_emit (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  lz4c_pkg::sequence_t in_i,
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

  typedef enum logic [2:0] {
    Head,         // of a sequence
    LiteralMore,  // further bytes of a number of literals
    Literals,
    MatchMore,    // further bytes of a length
    Finish,       // the last sequence is out: was it short enough
    Raw
  } state_e;

  state_e      state_q, state_d;
  logic        begun_q, begun_d;        // the page's output has
  logic [12:0] left_q, left_d;          // literals
  logic [11:0] at_q, at_d;              // of the first of them
  logic [12:0] more_q, more_d;          // what further bytes of a length stand for
  logic [12:0] total_q, total_d;        // bytes of the page's output
  logic        too_long_q, too_long_d;  // those are too many: the page is to be raw
  logic        valid_d;
  lz4c_pkg::chunk_t chunk_d;

  // The sequence's parts. A nibble of 15 is followed by bytes that add up to the rest.
  logic        long_literals, long_match;
  logic [12:0] literal_rest, match_rest;
  logic [7:0]  literal_byte, match_byte;
  logic        literal_more, match_more;
  assign long_literals = in_i.literals >= 13'd15;
  assign long_match    = in_i.match >= 12'd15 && !in_i.last;
  assign literal_rest  = in_i.literals - 13'd15;
  assign match_rest    = {1'b0, in_i.match} - 13'd15;
  assign literal_more  = long_literals && literal_rest >= 13'd255;
  assign match_more    = long_match && match_rest >= 13'd255;
  assign literal_byte  = literal_more ? 8'd255 : literal_rest[7:0];
  assign match_byte    = match_more ? 8'd255 : match_rest[7:0];

  logic [7:0]  token;
  logic [1:0]  tail_count;
  logic [23:0] tail;
  assign token      = {long_literals ? 4'd15 : in_i.literals[3:0],
                       in_i.last ? 4'd0 : long_match ? 4'd15 : in_i.match[3:0]};
  assign tail_count = in_i.last ? 2'd0 : long_match ? 2'd3 : 2'd2;
  assign tail       = {match_byte, 4'h0, in_i.offset};

  // Bytes that stand for more_q, two at most in a chunk.
  logic        more_one, more_two;
  logic [12:0] more_rest;
  logic [7:0]  more_second;
  assign more_one    = more_q < 13'd255;
  assign more_rest   = more_q - 13'd255;
  assign more_two    = more_rest < 13'd255;
  assign more_second = more_two ? more_rest[7:0] : 8'd255;

  // After a sequence.
  state_e done_state;
  assign done_state = in_i.last ? Finish : Head;

  always_comb begin
    state_d      = state_q;
    begun_d      = begun_q;
    left_d       = left_q;
    at_d         = at_q;
    more_d       = more_q;
    in_ready_o   = 1'b0;
    page_begin_o = 1'b0;
    page_end_o   = 1'b0;

    valid_d               = 1'b0;
    chunk_d.restart       = 1'b0;
    chunk_d.last          = 1'b0;
    chunk_d.kind          = pamc_pkg::CODEC_LZ4;
    chunk_d.length        = total_q;
    chunk_d.head_count    = 2'd0;
    chunk_d.head          = {literal_byte, token};
    chunk_d.literal_count = 5'd0;
    chunk_d.literal_at    = at_q;
    chunk_d.tail_count    = 2'd0;
    chunk_d.tail          = tail;

    case (state_q)
      Head: begin
        left_d = in_i.literals;
        at_d   = in_i.literal_at;
        more_d = literal_rest - 13'd255;
        if (in_valid_i && !begun_q) begin
          // Room for a page of output, once for all of its sequences.
          begun_d      = page_ok_i;
          page_begin_o = page_ok_i;
        end else if (in_valid_i && in_i.last && in_i.same) begin
          valid_d               = 1'b1;
          chunk_d.restart       = 1'b1;
          chunk_d.last          = 1'b1;
          chunk_d.kind          = pamc_pkg::CODEC_SAME;
          chunk_d.length        = 13'(codec_pkg::SameBytes);
          chunk_d.literal_count = 5'(codec_pkg::SameBytes);
          chunk_d.literal_at    = 12'd0;
          in_ready_o            = 1'b1;
          page_end_o            = 1'b1;
          begun_d               = 1'b0;
        end else if (in_valid_i && too_long_q) begin
          in_ready_o = 1'b1;
          state_d    = in_i.last ? Raw : Head;
          at_d       = 12'd0;
        end else if (in_valid_i) begin
          valid_d            = 1'b1;
          chunk_d.head_count = long_literals ? 2'd2 : 2'd1;
          chunk_d.literal_at = in_i.literal_at;
          if (literal_more) begin
            state_d = LiteralMore;
          end else if (in_i.literals <= 13'd12 || (in_i.last && in_i.literals <= 13'd14)) begin
            chunk_d.literal_count = in_i.literals[4:0];
            chunk_d.tail_count    = tail_count;
            more_d                = match_rest - 13'd255;
            state_d               = match_more ? MatchMore : done_state;
            in_ready_o            = !match_more;
          end else begin
            chunk_d.literal_count = in_i.literals < 13'd14 ? in_i.literals[4:0] : 5'd14;
            left_d                = in_i.literals - 13'(chunk_d.literal_count);
            at_d                  = in_i.literal_at + 12'(chunk_d.literal_count);
            state_d               = Literals;
          end
        end
      end

      LiteralMore: begin
        valid_d            = 1'b1;
        chunk_d.head_count = more_one ? 2'd1 : 2'd2;
        chunk_d.head       = {more_second, more_one ? more_q[7:0] : 8'd255};
        more_d             = more_rest - 13'd255;
        if (more_one || more_two) state_d = Literals;
      end

      Literals: begin
        valid_d               = !too_long_q;
        chunk_d.literal_count = left_q < 13'd16 ? left_q[4:0] : 5'd16;
        left_d                = left_q - 13'(chunk_d.literal_count);
        at_d                  = at_q + 12'd16;
        more_d                = match_rest - 13'd255;
        if (too_long_q) begin
          in_ready_o = 1'b1;
          state_d    = in_i.last ? Raw : Head;
          at_d       = 12'd0;
        end else if (left_q <= 13'd13 || (in_i.last && left_q <= 13'd16)) begin
          chunk_d.tail_count = tail_count;
          state_d            = match_more ? MatchMore : done_state;
          in_ready_o         = !match_more;
        end
      end

      MatchMore: begin
        valid_d            = 1'b1;
        chunk_d.head_count = more_one ? 2'd1 : 2'd2;
        chunk_d.head       = {more_second, more_one ? more_q[7:0] : 8'd255};
        more_d             = more_rest - 13'd255;
        if (more_one || more_two) begin
          state_d    = done_state;
          in_ready_o = 1'b1;
        end
      end

      Finish: begin
        // The total counts the last chunk now.
        at_d = 12'd0;
        if (too_long_q) begin
          state_d = Raw;
        end else begin
          valid_d      = 1'b1;
          chunk_d.last = 1'b1;
          page_end_o   = 1'b1;
          begun_d      = 1'b0;
          state_d      = Head;
        end
      end

      default: begin  // Raw
        valid_d               = 1'b1;
        chunk_d.restart       = at_q == 12'd0;
        chunk_d.last          = at_q == 12'd4080;
        chunk_d.kind          = pamc_pkg::CODEC_RAW;
        chunk_d.length        = 13'(codec_pkg::PageBytes);
        chunk_d.literal_count = 5'd16;
        at_d                  = at_q + 12'd16;
        if (chunk_d.last) begin
          page_end_o = 1'b1;
          begun_d    = 1'b0;
          state_d    = Head;
        end
      end
    endcase
  end

  // Literals of a sequence that cannot all fit are not written in the first place.
  logic hopeless;
  assign hopeless = state_q == Head && in_valid_i && begun_q &&
                    {1'b0, total_q} + {1'b0, in_i.literals} >= {1'b0, Most};

  always_comb begin
    total_d = total_q;
    if (valid_d) begin
      total_d = total_q + 13'(chunk_d.head_count) + 13'(chunk_d.literal_count) +
                13'(chunk_d.tail_count);
    end
    too_long_d = too_long_q || hopeless || total_d > Most;
    if (!begun_d) begin
      total_d    = 13'd0;
      too_long_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= Head;
      begun_q       <= 1'b0;
      total_q       <= '0;
      too_long_q    <= 1'b0;
      chunk_valid_o <= 1'b0;
    end else begin
      state_q       <= state_d;
      begun_q       <= begun_d;
      total_q       <= total_d;
      too_long_q    <= too_long_d;
      chunk_valid_o <= valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    left_q  <= left_d;
    at_q    <= at_d;
    more_q  <= more_d;
    chunk_o <= chunk_d;
  end

  `PAMC_ASSERT(ChunkFits, !chunk_valid_o ||
               5'(chunk_o.head_count) + chunk_o.literal_count + 5'(chunk_o.tail_count) <= 5'd16)

endmodule
