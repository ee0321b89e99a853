// SPDX-License-Identifier: Apache-2.0
//
// What passes between the queue pairs, the executor and the management core. Entries and
// completions are those of the card interface (spec/card.toml); here is what goes with
// them inside the card.

/* verilator lint_off UNUSEDPARAM */
package queue_pkg;

  localparam int unsigned QidBits = 6;
  localparam int unsigned EntryBytes = 64;

  // An entry on its way to execution. There is room for its completion, and exactly one
  // completion comes for it.
  typedef struct packed {
    // ABORT named it: it is not to be executed.
    logic                    aborted;
    // It came through a push slot.
    logic                    pushed;
    logic [QidBits-1:0]      qid;
    logic [15:0]             domain;
    // Card clock when the entry was there.
    logic [31:0]             start;
    logic [8*EntryBytes-1:0] sqe;
  } entry_t;

  // status is a pamc_pkg::status_e; logged sets bit 15 of the entry's status.
  typedef struct packed {
    logic [QidBits-1:0] qid;
    logic [15:0]        cid;
    logic               logged;
    logic [7:0]         status;
    logic [31:0]        result;
    logic [31:0]        info;
  } completion_t;

  // A queue pair as QP_CREATE (or, for qid 0, the registers) describes it.
  typedef struct packed {
    logic [63:12] sq_base;
    logic [63:12] cq_base;
    logic [3:0]   sq_shift;
    logic [3:0]   cq_shift;
    logic [5:0]   irq_vector;
    logic         irq;
    logic [15:0]  domain;
    logic [15:0]  coalesce_count;
    logic [15:0]  coalesce_usec;
  } config_t;

  // What the management core may ask for, one after the other, each answered once with
  // its tag. Only ABORT may be answered later than what is asked for after it; at most
  // eight ABORTs may be unanswered.
  typedef enum logic [2:0] {
    // Start queue pair qid with config, from index 0.
    CONTROL_CREATE   = 3'd0,
    // Take no more entries from qid and forget those not yet handed out. Answered when the
    // completions of all that were are sent: from then on nothing of the queue pair touches
    // host memory.
    CONTROL_DELETE   = 3'd1,
    // As DELETE, of all queue pairs, and completions still due are dropped; for resets.
    CONTROL_DISCARD  = 3'd2,
    // New coalesce_count and coalesce_usec of qid, from config.
    CONTROL_COALESCE = 3'd3,
    // Abort command cid of qid. Answered when the entry was handed out as aborted (found = 1)
    // or can no longer come (found = 0).
    CONTROL_ABORT    = 3'd4
  } control_op_e;

  typedef struct packed {
    control_op_e        op;
    logic [3:0]         tag;
    logic [QidBits-1:0] qid;
    logic [15:0]        cid;
    config_t            cfg;
  } control_t;

  typedef struct packed {
    logic [3:0] tag;
    // The queue pair exists (CREATE: did not).
    logic       ok;
    logic       found;
  } control_rsp_t;

  // A read of the queue pair's submission ring failed: it is broken, and only DELETE and
  // DISCARD help. index is that of the first entry that could not be read.
  typedef struct packed {
    logic [QidBits-1:0] qid;
    logic [15:0]        index;
  } fault_t;

  // As in log page COUNTERS and register BAD_DOORBELL, modulo 2^32.
  typedef struct packed {
    logic [31:0] bad_doorbell;
    logic [31:0] pushed;
    logic [31:0] push_dropped;
    logic [31:0] fetched;
    logic [31:0] cq_full_stalls;
    logic [31:0] interrupts;
    logic [31:0] completions;
  } counters_t;

endpackage
