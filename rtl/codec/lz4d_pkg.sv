// SPDX-License-Identifier: Apache-2.0
//
// What travels between the blocks of the decompressor (lz4_decompressor.sv, which has
// the drawing of them).

/* verilator lint_off UNUSEDPARAM */
package lz4d_pkg;

  // Packed words kept in front of the parser, and what it parsed in front of the copying.
  localparam int unsigned RingWords = 16;
  localparam int unsigned ItemDepth = 16;
  // Most pages inside at a time.
  localparam int unsigned MostPages = 16;

  localparam int unsigned RingBits = 4;
  localparam int unsigned WordBytes = 16;
  localparam int unsigned Lanes = 32;
  localparam int unsigned LaneBits = 5;

  // How a page is packed: the kinds of pamc_pkg::codec_e that can be unpacked.
  typedef enum logic [1:0] {
    MODE_LZ4  = 2'd0,
    MODE_RAW  = 2'd1,
    MODE_SAME = 2'd2
  } mode_e;

  // What comes with a packed word of 16 bytes.
  typedef struct packed {
    // The form of the page is found wrong here; the page's last word then.
    logic       bad;
    // The page's last word.
    logic       last;
    // How the page is packed, in its first word; MODE_LZ4 in all others.
    mode_e      mode;
    // Bytes left of the page from the word's first on, 63 when there are more.
    logic [5:0] left;
  } word_info_t;

  // What a byte is, if it is a token (lz4d_predecode.sv).
  typedef enum logic [3:0] {
    // A whole sequence; without, with one length byte of its match.
    KIND_SEQ        = 4'd0,
    KIND_SEQ_EXT    = 4'd1,
    // A whole sequence whose match has further length bytes behind.
    KIND_SEQ_CHAIN  = 4'd2,
    // 15 literals or more: one length byte and then 15 of them; or more length bytes, or
    // the page's end near.
    KIND_LONG       = 4'd3,
    KIND_LONG_CHAIN = 4'd4,
    // The last sequence, which ends where the page does.
    KIND_LAST       = 4'd5,
    // The page ends inside the sequence.
    KIND_CUT        = 4'd6,
    // No token but the start of a page that is not LZ4.
    KIND_RAW        = 4'd7,
    KIND_SAME       = 4'd8,
    // The form of the page is wrong, here or in one of the two words behind.
    KIND_BAD        = 4'd9
  } kind_e;

  // A packed word's bytes, taken for tokens, entry n for byte n: its kind and the byte to
  // look at next, counted from the word's first byte; after a page's last sequence, the
  // first byte of the next page; where there is nothing to take, the word's first byte.
  typedef struct packed {
    logic [63:0] kind;   // 16 x kind_e
    logic [95:0] next;   // 16 x 6 bits
    logic [32:0] is255;  // bytes of the word and the 17 behind it
    // The form of the page is wrong in this word or the two behind it.
    logic        bad;
    logic        last;
    logic [5:0]  left;
  } marks_t;

  // What to take out of a packed word and the two behind it, of which only one byte can
  // be wanted.
  typedef enum logic [3:0] {
    OP_SEQ      = 4'd0,   // token at "at", offset at next-2
    OP_SEQ_EXT  = 4'd1,   // token at "at", offset at next-3, length byte at next-1
    OP_LAST     = 4'd2,   // token at "at", and its literals
    OP_HEAD     = 4'd3,   // 15 literals, two behind "at"
    OP_RUN      = 4'd4,   // 16 literals at "at"
    OP_TAIL     = 4'd5,   // literals from "at" up to the offset at next-2
    OP_TAIL_EXT = 4'd6,   // up to the offset at next-3, length byte at next-1
    OP_RUN_LAST = 4'd7,   // literals from "at" up to next-2, where the page ends
    OP_MORE     = 4'd8,   // a further length byte of the match
    OP_SAME     = 4'd9,   // 8 literals at "at" and the match that makes a page of them
    OP_ERROR    = 4'd10   // nothing: the page ends with the error
  } op_e;

  typedef struct packed {
    op_e        op;
    logic [3:0] at;
    logic [5:0] next;
    logic [3:0] match;    // match nibble of the token, for OP_TAIL
    logic [2:0] error;    // codec_pkg::decode_error_e
  } step_t;

  // Up to 16 literals, then match bytes up to total.
  typedef struct packed {
    // Literal n is byte (first + n) mod 16.
    logic [127:0] literals;
    logic [3:0]   first;
    logic [4:0]   count;
    logic [12:0]  total;
    logic [15:0]  offset;
    // A match begins here; goes on from the item before; it is a page of one word.
    logic         match;
    logic         more;
    logic         same;
    // The page ends with this item; with an error, when there is one.
    logic         last;
    logic [2:0]   error;
  } item_t;

  // Up to 32 bytes of output, as positions. Literals go to [from, split), bytes of a
  // match to [split, to).
  typedef struct packed {
    logic [127:0] literals;
    logic [3:0]   first;
    logic [12:0]  from;
    logic [12:0]  split;
    logic [12:0]  to;
    logic [15:0]  offset;
    logic         match;
    logic         starts;   // the match begins here
    logic         same;
    logic         last;     // the page's last chunk
    logic [2:0]   error;
  } chunk_t;

  // A chunk as lanes: what the copying needs, all registered. Byte n of the page is in
  // lane n mod 32, row n / 32.
  typedef struct packed {
    logic [127:0] literals;   // lane n takes byte n mod 16
    logic [159:0] select;     // 32 x 5: from which lane a match's byte comes
    logic [223:0] read_row;   // 32 x 7: of the lanes as sources
    // Sources that are no history yet: the chunk's own literals, what the chunk in the
    // cycle before has written.
    logic [31:0]  own;
    logic [31:0]  fresh;
    logic [31:0]  write;      // lanes that are written
    logic [31:0]  literal;    // those that take a literal
    logic [31:0]  wrapped;    // lanes below the chunk's first, which are one row on
    logic [6:0]   row;        // of the chunk's first byte
    logic         emit;       // a row is full, or the page ends
    logic         last;
    logic [2:0]   error;
  } plan_t;

endpackage
