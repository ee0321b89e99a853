// SPDX-License-Identifier: Apache-2.0
//
// What the stages of vault_puts hand to each other about a put that is inside.

/* verilator lint_off UNUSEDPARAM */
package vault_puts_pkg;

  // Puts inside; pages written at the same time, each by a writer of its own.
  localparam int unsigned Puts    = 8;
  // Places of the table of recent objects (vault_recent), as a power of two.
  localparam int unsigned RecentBits = 4;
  localparam int unsigned PutBits = 3;
  localparam int unsigned Writers = 2;

  // What the lookup of its handle said, as far as it is needed.
  typedef struct packed {
    logic        error;
    logic        object_found;
    logic        page_found;
    logic [30:0] object;
    logic [63:0] entry;
    logic [29:0] location;
    // index_pkg::key_t
    logic [71:0] key;
    // Of the header of the page that is there.
    logic        fifo;
    logic        chained;
    logic [13:0] shape;
    logic [63:0] link;
  } found_t;

  // The object, and the room that was found: its first extent, how many, units of all.
  typedef struct packed {
    logic [30:0] object;
    logic [31:0] unit;
    logic [7:0]  units;
    logic [9:0]  count;
    logic [31:0] sum;
  } given_t;

  // Not stored: what was given has to be taken back.
  typedef struct packed {
    logic stored;
    logic replaced;
    logic error;
  } outcome_t;

  // What was freed. counted: a page that was there has to leave the sums.
  typedef struct packed {
    logic        error;
    logic        counted;
    logic [31:0] extents;
    logic [31:0] units;
    logic [39:0] stored;
    logic [4:0]  same;
    logic [4:0]  raw;
  } freed_t;

  // What the serial engine need not try again for a put that it has to finish.
  typedef enum logic [1:0] {
    TRIED_NOTHING  = 2'd0,
    // There was no room in the store.
    TRIED_ROOM     = 2'd1,
    // There was, but it is promised to others; it was given back.
    TRIED_PROMISED = 2'd2
  } tried_e;

  // Puts that went this way, and those that the serial engine had to finish; then cycles
  // in which something waited.
  typedef struct packed {
    logic [31:0] puts;
    logic [31:0] diverted;
    // A put, for a place inside; an operation of the serial engine, for those inside to end.
    logic [31:0] wait_inside;
    logic [31:0] wait_drained;
    // Room for a page: for its lookup, for the store.
    logic [31:0] wait_object;
    logic [31:0] wait_room;
    // A writer, for the page's stream.
    logic [31:0] wait_stream;
    // A page that is written: for its lookup, for the index.
    logic [31:0] wait_lookup;
    logic [31:0] wait_index;
    // What it replaces: for the store to free it.
    logic [31:0] wait_free;
  } stats_t;

  localparam int unsigned StatsWidth = 320;

endpackage
