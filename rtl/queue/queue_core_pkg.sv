// SPDX-License-Identifier: Apache-2.0
//
// What passes between the blocks of rtl/queue and is nobody else's business.

/* verilator lint_off UNUSEDPARAM */
package queue_core_pkg;

  // Batches: what one read of a ring brings, up to BatchEntries entries, or one entry that
  // was pushed. Their number is a DMA tag without the client's part.
  localparam int unsigned Batches = 32;
  localparam int unsigned BatchBits = 5;
  localparam int unsigned BatchEntries = 8;
  // The first ones are kept for queue pair 0, so that I/O cannot take all.
  localparam int unsigned AdminBatches = 2;
  // Most batches of one queue pair: 64 entries on their way.
  localparam int unsigned QueueBatches = 8;

  // ABORTs that may be looked for at once.
  localparam int unsigned Aborts = 8;

  // What goes through the intake, in order.
  typedef enum logic [2:0] {
    // A write by the host.
    ITEM_HOST   = 3'd0,
    // Look at the push slot of the tail: its entry may have come early.
    ITEM_LOOK   = 3'd1,
    ITEM_CREATE = 3'd2,
    ITEM_DELETE = 3'd3,
    // Whether commands of the queue pair are to come still.
    ITEM_ABORT  = 3'd4,
    ITEM_POLL   = 3'd5
  } item_kind_e;

  typedef struct packed {
    item_kind_e  kind;
    logic [5:0]  qid;
    // Line of the doorbell page.
    logic [5:0]  line;
    // Dwords that were written; whether only a part of some was, then they mean nothing.
    logic [15:0] dwords;
    logic        partial;
  } item_t;

endpackage
