// SPDX-License-Identifier: Apache-2.0
//
// The compressor's inside: geometry, and what its stages hand to each other. The
// algorithm is told in sim/model/lz4_card.h, whose C code gives the same output bit for
// bit; a change here is one there.

/* verilator lint_off UNUSEDPARAM */
package lz4c_pkg;

  // A window, the bytes that one cycle is about, and what is looked at behind it.
  localparam int unsigned WindowBytes = 8;
  localparam int unsigned BehindBytes = 16;
  localparam int unsigned SpanBytes   = WindowBytes + BehindBytes;
  localparam int unsigned WindowBits  = 9;
  localparam logic [WindowBits-1:0] LastWindow = 9'd511;

  // Table of recent positions: banks work side by side, each serves one position a cycle.
  localparam int unsigned Banks    = 32;
  localparam int unsigned BankBits = 5;
  localparam int unsigned Sets     = 32;
  localparam int unsigned SetBits  = 5;
  localparam int unsigned Ways     = 4;
  localparam int unsigned TagBits  = 4;
  localparam int unsigned NearBits = 4;
  localparam int unsigned FarBits  = 4;
  // Pages are told apart by a number of this many bits; see lz4c_bank.
  localparam int unsigned EpochBits = 6;

  // Diagonals: those of fixed offset, tried first, and one guess for each position.
  localparam int unsigned Fixed     = 4;
  localparam int unsigned Diagonals = Fixed + WindowBytes;
  localparam int unsigned DiagBits  = 4;

  // No match starts in the last 12 bytes of a page, none covers the last 5 (codec_pkg).
  localparam int unsigned LastStart = 4096 - 12;
  localparam int unsigned LastEnd   = 4096 - 5;

  // While the last windows are looked at, the next page enters the text memories: the
  // last windows cannot match a page's first words. In words of 8 bytes.
  localparam int unsigned LateWords = 24;
  localparam logic [WindowBits-1:0] LateFrom = 9'(512 - LateWords);

  // Records that find room, in number: a window is issued if its own one will.
  localparam int unsigned RecordDepth = 64;

  // A window on its way through the search.
  typedef struct packed {
    logic [WindowBits-1:0]    index;
    // In a page's last window: all words of the page are alike.
    logic                     same;
    // Number of the page, modulo.
    logic [EpochBits-1:0]     epoch;
    logic [8*WindowBytes-1:0] prior;  // the window before (of no meaning in window 0)
    logic [8*SpanBytes-1:0]   text;    // window and what follows, zero beyond the page
  } window_t;

  // What the table wants to know of a position.
  typedef struct packed {
    logic [BankBits-1:0] bank;
    logic [SetBits-1:0]  set_index;
    logic [TagBits-1:0]  tag;
    logic [NearBits-1:0] tag_near;
    logic [FarBits-1:0]  tag_far;
  } key_t;
  localparam int unsigned KeyBits = BankBits + SetBits + TagBits + NearBits + FarBits;

  // What to do in a window whose first free byte is known: at most two matches, by
  // their starts; how many bytes of the following windows they cover; whether the last
  // one may go on, and its offset.
  typedef struct packed {
    logic        first;
    logic [2:0]  first_start;
    logic        second;
    logic [2:0]  second_start;
    logic [4:0]  beyond;  // 0 ... 16
    logic        open;
    logic [11:0] offset;
  } row_t;
  localparam int unsigned RowBits = 26;

  // A whole match: bytes start ... ends - 1 of the page are a copy from offset before.
  typedef struct packed {
    logic        valid;
    logic [11:0] start;
    logic [11:0] ends;
    logic [11:0] offset;
  } match_t;

  // The matches whose ends became known in a window, in order.
  typedef struct packed {
    logic   last;  // the page's last window
    logic   same;
    match_t third;
    match_t second;
    match_t first;
  } record_t;

  // A sequence of the LZ4 block format: literals of the page, then a match, but for the
  // page's final one.
  typedef struct packed {
    logic        first;       // of the page
    logic        last;
    logic        same;        // last: the page is one 8-byte word all over
    logic [11:0] literal_at;
    logic [12:0] literals;
    logic [11:0] match;       // length - 4
    logic [11:0] offset;
  } sequence_t;

  // A sequence taken apart for lz4c_emit. A nibble of 15 is followed by bytes that add up
  // to the rest of the number; "more" if one byte is not enough.
  typedef struct packed {
    logic        last;
    logic        same;
    logic        hopeless;       // with these literals the page is sure to be too long
    logic        single;         // one chunk takes all (but for further bytes of match)
    logic        literal_more;
    logic        match_more;
    logic [1:0]  head_count;
    logic [15:0] head;
    logic [4:0]  head_literals;  // of the first chunk, with at most one byte of length
    logic [11:0] literal_at;
    logic [12:0] literals_left;  // after the first chunk
    logic [11:0] literals_left_at;
    logic [12:0] literal_rest;   // what further bytes stand for
    logic [1:0]  tail_count;
    logic [23:0] tail;
    logic [12:0] match_rest;
  } prepared_t;

  // Up to 16 bytes of output: head, literals of the page, tail, in this order.
  typedef struct packed {
    logic        restart;  // forget what the page's output was so far
    logic        last;     // of the page; kind and length count
    logic [7:0]  kind;
    logic [12:0] length;
    logic [1:0]  head_count;
    logic [15:0] head;
    logic [4:0]  literal_count;
    logic [11:0] literal_at;
    logic [1:0]  tail_count;
    logic [23:0] tail;
  } chunk_t;

  // The hash of four bytes, the first in bits 7:0: CRC-16/CCITT without initial value.
  // Each bit is the parity of some of the input.
  function logic [15:0] hash(input logic [31:0] bytes);
    hash = {^(bytes & 32'h880c2c8e), ^(bytes & 32'h440616c7), ^(bytes & 32'h22038b63),
            ^(bytes & 32'h9181c5b1), ^(bytes & 32'h40ccced6), ^(bytes & 32'h206667eb),
            ^(bytes & 32'h10b3b375), ^(bytes & 32'h88d9d9ba), ^(bytes & 32'hc4ec6c5d),
            ^(bytes & 32'h6276b62e), ^(bytes & 32'h313b5b97), ^(bytes & 32'h109181c5),
            hash_low(bytes)};
  endfunction

  // Its lowest bits, for those who need no more.
  function logic [3:0] hash_low(input logic [31:0] bytes);
    hash_low = {^(bytes & 32'h88c8c0e2), ^(bytes & 32'h44646071), ^(bytes & 32'h2232b038),
                ^(bytes & 32'h1119581c)};
  endfunction

endpackage
