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

  // An index of a ring as it is kept: with its parity on top. It is 0 with parity 0 when a queue
  // pair begins, and as its parity is moved on with it, a wrong one stays wrong until then.
  localparam int unsigned IndexBits = 17;

  // Whether the parity of the next index is another one: of so many bits that change, the lowest
  // zero and the ones below it.
  function automatic logic index_flips(input logic [15:0] index);
    index_flips = 1'b0;
    for (int n = 15; n >= 0; n--) begin
      if (!index[n]) index_flips = n % 2 == 0;
    end
  endfunction

  function automatic logic [IndexBits-1:0] index_after(input logic [IndexBits-1:0] word);
    index_after = {word[16] ^ index_flips(word[15:0]), word[15:0] + 16'd1};
  endfunction

  // Where injected errors (ecc_pkg) find which memory: the first of its bits. That of an index
  // has as many as are between it and the next.
  localparam int unsigned PlaceTail   = 0;
  localparam int unsigned PlaceHead   = 32;
  localparam int unsigned PlaceFresh  = 64;
  localparam int unsigned PlaceShift  = 128;
  localparam int unsigned PlaceIssued = 160;
  localparam int unsigned PlaceNext   = 192;
  localparam int unsigned PlacePosted = 224;
  // Of QueueIrq.
  localparam int unsigned PlaceConfig   = 0;
  localparam int unsigned PlaceCoalesce = 32;
  localparam int unsigned PlaceDue      = 96;
  // Of QueueBatch.
  localparam int unsigned PlaceLine      = 0;
  localparam int unsigned PlaceCid       = 544;
  localparam int unsigned PlacePushedCid = 576;

endpackage
