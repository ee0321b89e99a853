// SPDX-License-Identifier: Apache-2.0
//
// What a flash channel and its bus are asked, what they answer, what they count; commands and
// status bits of ONFI.

/* verilator lint_off UNUSEDPARAM */
package flash_pkg;

  localparam int unsigned RowBits    = 24;   // three address cycles
  localparam int unsigned ColumnBits = 16;   // two
  localparam int unsigned DieBits    = 3;    // at most 8 dies a channel

  typedef enum logic [2:0] {
    Reset   = 3'd0,
    ReadId  = 3'd1,   // from address column[7:0]
    Params  = 3'd2,   // the parameter page
    Read    = 3'd3,   // a page, or the part of it from column on
    Column  = 3'd4,   // another part of the page that was read last
    Program = 3'd5,
    Erase   = 3'd6,   // the block of the row
    Status  = 3'd7    // the status byte alone
  } op_t;

  // ---- the bus (flash_sequencer) ----

  // A command to a die. Joined: another plane's follows (32h, 11h, D1h instead of 30h, 10h,
  // D0h); Status: of the row's plane (78h). Length is in bytes; of Reset, Erase and
  // Status 0, of the others at least 1.
  typedef struct packed {
    op_t                   op;
    logic                  joined;
    logic [DieBits-1:0]    die;
    logic [RowBits-1:0]    row;
    logic [ColumnBits-1:0] column;
    logic [15:0]           length;
    logic [7:0]            tag;
  } command_t;
  localparam int unsigned CommandBits = 71;

  typedef enum logic [1:0] {
    Done    = 2'd0,
    Failed  = 2'd1,   // the die says FAIL
    Silent  = 2'd2    // the die was not ready in time, or has not been since and was not reset
  } result_t;

  // All of a read's data have left before its answer; if it was not Done, there are none.
  typedef struct packed {
    result_t            result;
    logic [DieBits-1:0] die;
    logic [7:0]         tag;
    logic [7:0]         status;   // as read last
  } answer_t;
  localparam int unsigned AnswerBits = 21;

  // Bits of the status byte.
  localparam int unsigned StatusFail  = 0;
  localparam int unsigned StatusReady = 6;

  // Counters; they wrap.
  typedef struct packed {
    logic [31:0] busy;       // cycles in which the bus was somebody's
    logic [31:0] waiting;    // cycles in which it was nobody's, and a die worked
    logic [31:0] reads;
    logic [31:0] programs;
    logic [31:0] erases;
    logic [31:0] failed;
    logic [31:0] silent;
    logic [31:0] bytes_in;   // from the dies
    logic [31:0] bytes_out;
  } stats_t;

  // ---- the channel (flash_channel) ----

  typedef enum logic [2:0] {
    PageRead    = 3'd0,   // count chunks from first on
    PageProgram = 3'd1,   // all of it
    BlockErase  = 3'd2,
    BlockMark   = 3'd3,   // the maker's, as status of its end: not FFh in a bad block
    DieReset    = 3'd4,
    DieStatus   = 3'd5
  } page_op_t;

  typedef struct packed {
    page_op_t           op;
    logic [DieBits-1:0] die;
    logic [15:0]        block;
    logic [15:0]        page;    // of the block
    logic [7:0]         first;   // chunk of the page
    logic [7:0]         count;
    logic [7:0]         tag;
  } request_t;
  localparam int unsigned RequestBits = 62;

  // What was found in the chunks that a read delivered.
  typedef struct packed {
    logic       erased;          // all of them: data are ones
    logic       uncorrectable;   // in one at least; or some are erased and some are not, as in
                                 // a page whose program was cut short
    logic [6:0] corrected;       // the most wrong bits in one that was corrected
  } found_t;
  localparam int unsigned FoundBits = 9;

  typedef enum logic [2:0] {
    EndDone          = 3'd0,
    EndFailed        = 3'd1,   // the die says FAIL
    EndSilent        = 3'd2,   // as above
    EndUncorrectable = 3'd3,   // a read; its data have left, and are not to be trusted
    EndRefused       = 3'd4    // no such die, page, chunks or operation: nothing was done
  } end_result_t;

  // Of each request one, when its last beat of data has been taken.
  typedef struct packed {
    end_result_t        result;
    logic [DieBits-1:0] die;
    logic [7:0]         tag;
    logic [7:0]         status;   // the die's byte as read last; of BlockMark, the mark
    found_t             found;
  } end_t;
  localparam int unsigned EndBits = 31;

  // Counters; they wrap. Latency: cycles from a request's being begun to its end, of reads.
  typedef struct packed {
    logic [31:0] corrected;        // bits
    logic [31:0] corrected_most;   // in one chunk
    logic [31:0] uncorrectable;    // pages
    logic [31:0] erased;           // pages
    logic [31:0] refused;
    logic [31:0] latency;
    logic [31:0] latency_max;
    logic [31:0] latency_sum;
  } channel_stats_t;

  // ---- between channel and card memory (flash_dma) ----

  // What memory is to have of a read's chunks, in words of 4 bytes: so many after so many of the
  // first chunk, the first one at this word of the first line.
  typedef struct packed {
    logic [15:0] words;
    logic [3:0]  at;
    logic [7:0]  skip;
  } part_t;
  localparam int unsigned PartBits = 28;

  // ---- what a get wants (flash_fetch) ----

  // place: (block × pages + page) × units + unit, of 32 bytes, the blocks numbered die × blocks + block.
  typedef struct packed {
    logic [31:0] place;
    logic [16:0] bytes;
  } fetch_t;

  // Counters; they wrap. Left: to firmware, of those that it lets the card read.
  typedef struct packed {
    logic [31:0] reads;
    logic [31:0] left;
    logic [31:0] finding;     // cycles in which one was looked up
    logic [31:0] reading;     // cycles in which one was read
    logic [31:0] reading_max; // of one
  } fetch_stats_t;

  typedef struct packed {
    logic       good;
    logic [6:0] corrected;    // most bits in one chunk
  } fetch_end_t;

  // Counters; they wrap.
  typedef struct packed {
    logic [31:0] busy;        // cycles in which a die had a request
    logic [31:0] waiting;     // cycles in which the channel's data waited for memory, or it for them
    logic [31:0] lines_in;    // from the dies to memory
    logic [31:0] lines_out;
    logic [31:0] damaged;     // of these, lines that memory could not correct
  } dma_stats_t;

  // All counters of a channel, in words: channel_stats_t, stats_t, two of engine_stats_t (reads,
  // programs), dma_stats_t.
  localparam int unsigned CounterWords = 8 + 9 + 9 + 9 + 5;

endpackage
