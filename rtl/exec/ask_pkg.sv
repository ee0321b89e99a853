// SPDX-License-Identifier: Apache-2.0
//
// What the executor asks of whoever keeps pages in flash: the firmware (firmware/hal_tier.h,
// whose numbers these are). One record at a time, and beside it one of all else; either stays as it is
// until it is answered.
//
// The key is told, not where the page is: that may change until the question is looked at, and
// OP_TIER_FIND tells it.

/* verilator lint_off UNUSEDPARAM */
package ask_pkg;

  typedef enum logic [2:0] {
    // The page's record in flash is wanted at a line of card DRAM, in bytes as it is there: CRC,
    // shape, zeroes (8 bytes), then the stream.
    ASK_READ         = 3'd0,
    // A put found no memory.
    ASK_ROOM         = 3'd1,
    // A put of so many bytes may be too much for what is not in flash yet.
    ASK_DURABLE_ROOM = 3'd2,
    // Of durable contents, before the index forgets it.
    ASK_FLUSH_PAGE   = 3'd3,
    ASK_FLUSH_OBJECT = 3'd4,
    // All of these contents is to be in flash.
    ASK_SYNC         = 3'd5,
    // The same SYNC, to which AGAIN was the answer.
    ASK_SYNC_ON      = 3'd6
  } kind_e;

  typedef enum logic [1:0] {
    ANSWER_DONE   = 2'd0,
    // READ: it is not there any more; it has to be looked up anew. DURABLE_ROOM, SYNC: not yet; others
    // have a turn before it is asked again.
    ANSWER_AGAIN  = 2'd1,
    // *ROOM: there is none.
    ANSWER_NO     = 2'd2,
    ANSWER_FAILED = 2'd3
  } answer_e;

  typedef struct packed {
    kind_e        kind;
    logic [8:0]   contents;
    logic [191:0] object;
    logic [63:0]  index;
    // DURABLE_ROOM
    logic [16:0]  bytes;
    // READ
    logic [29:0]  line;
  } ask_t;

  localparam int unsigned AskBits = 3 + 9 + 192 + 64 + 17 + 30;

  // Bytes of the longest record in flash, and the lines that are kept for it: a get lane has
  // its own.
  localparam logic [16:0] RecordMost   = 17'd65576;
  localparam int unsigned StagingLines = 1040;

endpackage
