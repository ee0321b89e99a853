// SPDX-License-Identifier: Apache-2.0
//
// What a flash channel is asked, what it answers, what it counts; commands and status bits
// of ONFI.

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

endpackage
