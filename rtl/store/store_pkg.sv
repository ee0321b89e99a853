// SPDX-License-Identifier: Apache-2.0
//
// The store: which units of card DRAM are free. The layout is that of sim/model/store.h,
// bit for bit (tests/rtl/store.cpp compares the numbers); commands and answers are those of
// store_alloc.

/* verilator lint_off UNUSEDPARAM */
package store_pkg;

  localparam int unsigned UnitBytes = 32;
  // No run, free or given, is shorter: that bounds the extents of a page.
  localparam int unsigned MinRun    = 3;
  // Longest extent: its length has 8 bits in the index and in links.
  localparam int unsigned MaxExtent = 255;
  // Lists for exact lengths, and one for all longer runs.
  localparam int unsigned Bins      = MaxExtent + 2;
  localparam int unsigned BinBits   = 9;
  localparam logic [BinBits-1:0] LongBin = 9'd256;
  // At the start of an extent when another follows.
  localparam int unsigned LinkBytes = 8;
  localparam logic [31:0] Nowhere   = 32'hffff_ffff;
  // Most extents of an allocation.
  localparam int unsigned MostExtents = 1023;

  typedef enum logic [1:0] {
    // bytes, most: extents that hold so many bytes, each but the last with room for a link.
    CMD_ALLOC = 2'd0,
    // unit, units: one extent.
    CMD_FREE  = 2'd1,
    // units: a store of so many free units, in memory and a map that are all zero.
    CMD_INIT  = 2'd2
  } kind_e;

  typedef struct packed {
    kind_e       kind;
    logic [31:0] unit;
    logic [31:0] units;
    logic [16:0] bytes;
    logic [9:0]  most;
  } cmd_t;

  // One beat for each extent of an allocation, "last" with the last; all other commands
  // have one. A beat that is not ok is a last one: an allocation failed and what extents it
  // gave before are void; or the command made no sense, and did nothing.
  typedef struct packed {
    logic [31:0] unit;
    logic [7:0]  units;
    logic        last;
    logic        ok;
  } answer_t;

  typedef struct packed {
    logic [31:0] free_units;
    logic [31:0] runs;
    logic [63:0] merges;
    logic [63:0] splits;
  } counters_t;

  // ---- inside ----

  // What a unit of a free run may hold: links and length in its first 12 bytes, the length
  // again in its last 4.
  typedef struct packed {
    logic [31:0] footer;
    logic [31:0] length;
    logic [31:0] previous;
    logic [31:0] next;
  } words_t;

  // What a line is read for.
  typedef enum logic [2:0] {
    GET_MAP    = 3'd0,
    GET_BEHIND = 3'd1,  // header of the run behind an extent
    GET_FOOTER = 3'd2,  // last unit of the run before it
    GET_BEFORE = 3'd3,  // its header
    GET_HEAD   = 3'd4   // header of a list's head
  } get_e;

  // A request to card DRAM, in units. Of a write, these words are written to the unit;
  // or, "scrub", lines lines of zeros from this unit on, the last up to its middle only
  // when "half". Reads are of one line. A write that is "later" may be done when the read
  // that follows it has come: the two are of one unit, but not of the same words.
  typedef struct packed {
    logic        write;
    logic        later;
    logic        scrub;
    logic        half;
    get_e        get;
    logic [6:0]  lines;
    logic [31:0] unit;
    // footer, length, previous, next
    logic [3:0]  mask;
    words_t      words;
  } op_t;

  typedef struct packed {
    logic        clear;
    logic [31:0] unit;
    logic [7:0]  units;
  } map_op_t;

  typedef struct packed {
    // All its units were used; they are free now.
    logic        good;
    logic        before_free;
    logic        behind_free;
  } map_done_t;

  // A list, as far as it is on chip: its first run, and, if known, the one after that.
  typedef struct packed {
    logic        known;
    logic [31:0] next;
    logic [31:0] head;
  } list_t;

  typedef enum logic [1:0] {
    RUN_UNLINK = 2'd0,  // a run of units, with these neighbours, leaves its list
    RUN_LINK   = 2'd1,  // a run becomes its list's first
    RUN_TRIM   = 2'd2   // the first long run becomes so short, but stays a long one
  } run_e;

  typedef struct packed {
    run_e        kind;
    // More units than the longest extent has; told beside them, as it takes time to find.
    logic        is_long;
    logic [31:0] unit;
    logic [31:0] units;
    logic [31:0] next;
    logic [31:0] previous;
  } run_cmd_t;

  // What changes a list: written together. If the next run is not known, the header of the
  // head is read at the same time. set_long: the first long run's length is given, too.
  typedef struct packed {
    logic        set_list;
    logic [8:0]  bin;
    logic        occupied;
    list_t       entry;
    logic        set_long;
    logic [31:0] long_units;
  } list_write_t;

  // Changes of the counters in a cycle.
  typedef struct packed {
    logic [31:0] free_units;  // added
    logic [31:0] runs;        // added
    logic [1:0]  merges;
    logic        splits;
  } count_t;

endpackage
