// SPDX-License-Identifier: Apache-2.0
//
// The index's layout in card DRAM, which is that of sim/model/index.h, and what passes
// between the index and those who use it. tests/rtl/index.cpp compares the numbers here
// with the C header's.

/* verilator lint_off UNUSEDPARAM */
package index_pkg;

  // A bucket is a line of card DRAM.
  localparam int unsigned BucketSlots /* verilator public */ = 8;
  localparam int unsigned BucketBytes /* verilator public */ = 64;
  localparam int unsigned StashPlaces /* verilator public */ = 32;

  // A slot, from its lowest bit on.
  localparam int unsigned UnitBits  /* verilator public */ = 32;
  localparam int unsigned TagBits   /* verilator public */ = 22;
  localparam int unsigned UnitsBits /* verilator public */ = 8;
  localparam int unsigned KindBits  /* verilator public */ = 2;
  localparam int unsigned SlotBits = 64;

  localparam logic [1:0] KindEmpty  /* verilator public */ = 2'd0;
  localparam logic [1:0] KindPage   /* verilator public */ = 2'd1;
  localparam logic [1:0] KindObject /* verilator public */ = 2'd2;

  // Spreads a tag over 32 bits.
  localparam logic [31:0] TagFactor = 32'h9e3779b1;

  // 64 GiB with a bucket for each 6 KiB are 11.2 million buckets.
  localparam int unsigned BucketBits = 24;
  // A candidate's number: 8 slots of each bucket, then the stash.
  localparam int unsigned CursorBits = 6;
  // Who asks tells answers apart by it.
  localparam int unsigned IdBits = 8;
  localparam int unsigned EpochBits = 16;

  // All zero when empty.
  typedef struct packed {
    logic [KindBits-1:0]  kind;
    // Units of the first extent.
    logic [UnitsBits-1:0] units;
    logic [TagBits-1:0]   tag;
    // Its first unit.
    logic [UnitBits-1:0]  unit_at;
  } slot_t;

  // What a candidate must agree in.
  typedef struct packed {
    logic [KindBits-1:0] kind;
    logic [TagBits-1:0]  tag;
  } match_t;

  // Where a key belongs.
  typedef struct packed {
    logic [BucketBits-1:0] first;
    logic [BucketBits-1:0] second;
    match_t                match;
  } key_t;

  // Where an entry is: slot of a bucket, or place in the stash.
  typedef struct packed {
    logic                  stash;
    logic [BucketBits-1:0] bucket;
    logic [4:0]            slot;
  } location_t;

  typedef enum logic [2:0] {
    // The first candidate for key at or behind cursor, in index_next's order.
    OP_FIND    = 3'd0,
    // entry, for key. Not ok: no place, nothing was changed.
    OP_INSERT  = 3'd1,
    // What is at location, if that still is "expected". Not ok: it has been moved or is
    // gone; look it up again.
    OP_REMOVE  = 3'd2,
    // The same, and entry takes its place.
    OP_REPLACE = 3'd3,
    // The first entry at or behind place "cursor" of bucket key.first; the stash if that
    // is the number of buckets.
    OP_SCAN    = 3'd4,
    // All buckets empty, stash and counters too. Before anything else.
    OP_INIT    = 3'd5
  } op_e;

  typedef struct packed {
    op_e                   op;
    logic [IdBits-1:0]     id;
    key_t                  key;
    logic [CursorBits-1:0] cursor;
    location_t             location;
    slot_t                 expected;
    slot_t                 entry;
  } command_t;

  // One for each command. Those of FIND and SCAN come in the order of their commands, those
  // of the others, too; but the two may overtake each other.
  typedef struct packed {
    logic [IdBits-1:0]     id;
    logic                  ok;
    // The memory could not correct a bucket; nothing was found or changed.
    logic                  error;
    // There is a further candidate; cursor is where to go on. Only if epoch is the same in
    // the next answer, too: else entries may have moved to where the search has been.
    logic                  more;
    logic [CursorBits-1:0] cursor;
    logic [EpochBits-1:0]  epoch;
    location_t             location;
    // What was found; of INSERT what was moved to make room, 0: nothing.
    slot_t                 entry;
  } answer_t;

  // A result of a search in one place: the first hit, and whether there are others.
  typedef struct packed {
    logic       any;
    logic       more;
    logic [4:0] place;
    slot_t      entry;
  } hit_t;

  // ---- lookups of handles ----

  // In records (sim/model/vault_priv.h) and index keys.
  localparam int unsigned ContentsBits = 16;
  localparam int unsigned ObjectBits = 31;

  typedef struct packed {
    // The first candidate for the page will do, its record unread: who asks reads it.
    logic                    quick;
    logic [IdBits-1:0]       id;
    // The number of what the handle's pool holds; not the pool's.
    logic [ContentsBits-1:0] contents;
    logic [191:0]            object;
    logic [63:0]             index;
  } handle_t;

  // Come in any order.
  typedef struct packed {
    logic [IdBits-1:0]     id;
    // The memory could not correct a line; nothing else counts.
    logic                  error;
    // There is such an object; its number.
    logic                  object_found;
    logic [ObjectBits-1:0] object;
    // There is such a page: its slot, where that is, and the first 32 bytes of its record:
    // header, then link and wide index if it has them. A quick answer has no such bytes,
    // and its page may be another one.
    logic                  page_found;
    slot_t                 entry;
    location_t             location;
    logic [255:0]          head;
    // Where the page belongs; when there is no object, where that belongs.
    key_t                  key;
  } place_t;

  // The other bucket of an entry, when the sum of the two (mod buckets) is known.
  function [BucketBits-1:0] other(input logic [BucketBits-1:0] sum,
                                  input logic [BucketBits-1:0] bucket,
                                  input logic [BucketBits-1:0] buckets);
    other = sum >= bucket ? sum - bucket : sum + buckets - bucket;
  endfunction

  // The lowest of eight that is set; 7 if none is.
  function [2:0] lowest8(input logic [7:0] set);
    casez (set)
      8'b???????1: lowest8 = 3'd0;
      8'b??????10: lowest8 = 3'd1;
      8'b?????100: lowest8 = 3'd2;
      8'b????1000: lowest8 = 3'd3;
      8'b???10000: lowest8 = 3'd4;
      8'b??100000: lowest8 = 3'd5;
      8'b?1000000: lowest8 = 3'd6;
      default:     lowest8 = 3'd7;
    endcase
  endfunction

  // How many of eight are set.
  function [3:0] count8(input logic [7:0] set);
    count8 = 4'(set[0]) + 4'(set[1]) + 4'(set[2]) + 4'(set[3]) +
             4'(set[4]) + 4'(set[5]) + 4'(set[6]) + 4'(set[7]);
  endfunction

endpackage
