// SPDX-License-Identifier: Apache-2.0
//
// The vault: what it is told and answers, and what its modules tell each other. What is
// kept in card DRAM, and every decision, is that of sim/model/vault*.c, bit for bit.
//
// Inside, modules call each other: the caller holds "valid" and the arguments until the
// callee says "done" for one cycle; what came out stays until the next call. Only one call
// is open at each level, so the requests of all callers of a module are simply ored: who
// does not call drives zeroes.

/* verilator lint_off UNUSEDPARAM */
package vault_pkg;

  localparam int unsigned ContentsBits = 9;
  localparam int unsigned TagBits      = 6;
  localparam logic [31:0] Nowhere      = 32'hffff_ffff;
  // What store_alloc may take for a page; for an object, its bytes.
  localparam logic [9:0]  MostExtents  = 10'd746;
  localparam logic [16:0] ObjectBytes  = 17'd56;
  // Bytes in front of the stream; of the wide index; of the FIFO node.
  localparam logic [16:0] HeaderBytes  = 17'd16;
  localparam logic [16:0] WideBytes    = 17'd8;
  localparam logic [16:0] NodeBytes    = 17'd16;
  localparam int unsigned StreamBits   = 17;

  // ---- operations ----

  typedef enum logic [4:0] {
    // Index and store are empty, the table of contents too; before anything else.
    OP_INIT         = 5'd0,
    // A page: object, index, shape ... crc; its stream comes at payload_i. value: 1 when it was
    // REFUSED for want of memory alone, which flash may help; its stream was not taken.
    OP_PUT          = 5'd1,
    // object, index, count.
    OP_REMOVE       = 5'd2,
    // object. value: pages.
    OP_FLUSH_OBJECT = 5'd3,
    // One step of the sweep. value: 1 when something was found.
    OP_SWEEP        = 5'd4,
    // ephemeral, order. value: the contents' number. May sweep before.
    OP_CREATE       = 5'd5,
    // What is held is dead from now on. count: as flushed. value: pages.
    OP_ABANDON      = 5'd6,
    // set_reserve, set_limit; REFUSED and nothing changed when the reserve cannot be
    // promised. Ephemeral contents are evicted down to the limit. value: pages evicted.
    OP_SET          = 5'd7,
    // row.
    OP_READ         = 5'd8,
    // Of the tier in flash (tier_args_t; what is told is a tier_record_t). ABSENT: there is
    // no such page. REFUSED: it is not the version that is meant, at the place that is meant.
    // The oldest persistent record in DRAM that is not on its way, and its bytes. What was flushed with
    // its object and is older goes, OldestDead pages at most; then it is ABSENT, and value 1: ask again.
    OP_TIER_OLDEST  = 5'd9,
    // contents, object, index. The same for this page; its bytes if it is in DRAM.
    OP_TIER_FIND    = 5'd10,
    // contents, object, index. It is on its way: not the oldest any more.
    OP_TIER_LEAVING = 5'd11,
    // contents, object, index. It is in flash now, or at another place there; to 0: it is lost there.
    OP_TIER_MOVE    = 5'd12,
    // contents, order. Its pages survive power: all of them go to flash.
    OP_TIER_DURABLE = 5'd13,
    // version. Later puts have later ones.
    OP_TIER_CLOCK   = 5'd14,
    // contents, object, index; version, place, bytes. After power was away: it is there, in flash,
    // unless it is known in the same version or a newer one, or there is no room: REFUSED. Told:
    // place and bytes of where it was before, 0: nowhere.
    OP_TIER_RECOVER = 5'd15,
    // place, bytes: units of flash that are lost from there on, and pages that begin there with
    // them. Goes over LoseSteps of the index at most. value 1: that was not all of it; the same command
    // goes on, one of another part begins anew. No bytes: what was begun is given up.
    OP_TIER_LOSE    = 5'd16,
    // contents, reserve_slots, reserve_units as bytes of flash; which is TIER_DURABLE: not to be in
    // memory instead. REFUSED: it cannot be promised, and all is as before.
    OP_TIER_RESERVE = 5'd17,
    // place: so many bytes of flash can be promised.
    OP_TIER_PROMISE = 5'd18,
    // contents, object, index; version, place, bytes. Back to DRAM, if it is not durable: these bytes
    // were read where it is in flash, and begin with this line. Nothing gives way to it: REFUSED.
    OP_TIER_PROMOTE = 5'd19
  } op_e;
  // These and those above.
  localparam op_e FirstTierOp = OP_TIER_OLDEST;
  localparam logic [6:0] OldestDead = 7'd8;
  localparam logic [6:0] LoseSteps  = 7'd64;

  typedef enum logic [1:0] {
    COUNT_NONE    = 2'd0,
    COUNT_FLUSH   = 2'd1,
    // A put that is not to be; counted whether the page was there or not.
    COUNT_REFUSED = 2'd2
  } count_e;

  typedef struct packed {
    op_e                     op;
    logic [TagBits-1:0]      tag;
    logic [ContentsBits-1:0] contents;
    logic [191:0]            object;
    logic [63:0]             index;
    // PUT
    logic [13:0]             shape;
    logic [StreamBits-1:0]   bytes;
    logic [StreamBits-1:0]   stored;
    logic [4:0]              same;
    logic [4:0]              raw;
    logic [31:0]             crc;
    count_e                  count;
    // CREATE
    logic                    ephemeral;
    logic [2:0]              order;
    // SET
    logic                    set_reserve;
    logic                    set_limit;
    logic [39:0]             reserve_units;
    logic [31:0]             reserve_slots;
    logic [31:0]             limit;
  } command_t;

  typedef enum logic [2:0] {
    RESULT_DONE    = 3'd0,  // stored, removed ...
    RESULT_ABSENT  = 3'd1,  // was not there
    RESULT_REFUSED = 3'd2,
    RESULT_DROPPED = 3'd3,  // an ephemeral page for which there was no room
    // Memory could not correct a line, or what it holds makes no sense. A put's handle is
    // absent or as it was; what was to be freed may be lost until the card is initialised.
    RESULT_ERROR   = 3'd4
  } result_e;

  // Whose oldest record.
  typedef enum logic [1:0] {
    TIER_CONTENTS = 2'd0,
    TIER_ANY      = 2'd1,
    TIER_DURABLE  = 2'd2
  } which_e;

  // Arguments of OP_TIER_*, beside the command; they stay while it is inside.
  typedef struct packed {
    which_e      which;
    // The record's bytes are wanted, from this line of card DRAM on; or they are there.
    logic        copy;
    logic [29:0] line;
    logic [63:0] version;
    logic [63:0] place;
    logic [63:0] to;
    logic [31:0] bytes;
  } tier_args_t;

  // A page as the tier sees it. place: in flash the firmware's (0: lost); in DRAM the unit's
  // number and one. bytes: in flash. Stays until the next such command.
  typedef struct packed {
    logic [191:0]            object;
    logic [63:0]             index;
    logic [63:0]             version;
    logic [63:0]             place;
    logic [ContentsBits-1:0] contents;
    logic [31:0]             bytes;
    logic                    durable;
    logic                    leaving;
    logic                    in_flash;
    // In flash: what a get wants to know.
    logic                    lost;
    logic                    known;
  } tier_record_t;

  // A part of flash that is being lost, entry by entry of the index: from a place to one.
  typedef struct packed {
    logic        valid;
    logic [63:0] place;
    logic [63:0] ending;
  } lost_t;

  // A place in flash that no page is at any more.
  localparam int unsigned DropBits = 96;
  typedef struct packed {
    logic [63:0] place;
    logic [31:0] bytes;
  } drop_t;

  // In front of a record's stream in flash: CRC, shape.
  localparam logic [16:0] FlashHeaderBytes = 17'd8;
  // Units of the longest page and of an object, in pieces as small as can be.
  localparam logic [31:0] WorstUnits       = 32'd2244;
  // Records of more bytes than this go to flash.
  localparam logic [16:0] StaysBytes       = 17'd96;

  // What contents are; blocks for same and raw. newest_at: where the newest page's FIFO
  // node is in its record, in 8 bytes less 2.
  typedef struct packed {
    logic        in_use;
    logic        dead;
    logic        ephemeral;
    logic        durable;
    logic [2:0]  order;
    logic [31:0] pages;
    logic [31:0] units;
    logic [39:0] stored;
    logic [31:0] same;
    logic [31:0] raw;
    logic [31:0] slots;
    logic [31:0] records;
    logic [39:0] reserve_units;
    logic [31:0] reserve_slots;
    logic [39:0] reserve_flash;
    logic        reserve_durable;
    logic [31:0] limit;
    logic [31:0] oldest;
    logic [31:0] newest;
    logic [1:0]  newest_at;
    logic [63:0] oldest_age;
  } row_t;

  typedef struct packed {
    logic [TagBits-1:0] tag;
    result_e            result;
    logic [31:0]        value;
    row_t               row;
  } answer_t;

  // Sums of pages.
  typedef struct packed {
    logic [31:0] pages;
    logic [31:0] units;
    logic [39:0] stored;
    logic [31:0] same;
    logic [31:0] raw;
  } sums_t;

  // Of all contents together; dead: of flushed objects in contents that live.
  typedef struct packed {
    logic [47:0] committed_units;
    logic [47:0] committed_slots;
    sums_t       dead;
    logic [31:0] dead_pages;
    logic [31:0] extents;
    logic [31:0] objects;
    logic [63:0] age;
    logic [31:0] sweep_step;
    // Bytes in flash of durable records that are in DRAM; pages in flash.
    logic [39:0] durable_bytes;
    logic [31:0] flash_pages;
    // Bytes of flash that contents hold or were promised, at worst; how many of them want to be
    // nowhere else.
    logic [47:0] committed_flash;
    logic [9:0]  committed_durable;
  } globals_t;

  typedef struct packed {
    logic [63:0] puts;
    logic [63:0] puts_refused;
    logic [63:0] evictions;
    logic [63:0] flushes;
    logic [63:0] index_full;
  } counters_t;

  // For the counters of pools.
  typedef enum logic [1:0] {
    EVENT_PUT     = 2'd0,
    EVENT_REFUSED = 2'd1,
    EVENT_EVICTED = 2'd2,
    EVENT_FLUSHED = 2'd3
  } event_e;

  typedef struct packed {
    logic                    valid;
    logic [ContentsBits-1:0] contents;
    event_e                  what;
    logic [31:0]             pages;
  } event_t;

  // ---- inside: memory ----

  // 96 bytes from a unit on. strb: what of them is written.
  localparam int unsigned WindowBytes = 96;
  localparam int unsigned Window      = 8 * WindowBytes;

  typedef struct packed {
    logic                   valid;
    logic                   write;
    logic [31:0]            unit;
    logic [WindowBytes-1:0] strb;
    logic [Window-1:0]      data;
  } mem_req_t;

  typedef struct packed {
    logic              done;
    // Any of it cannot be read; or the first 32 bytes, where the key of a page or an object is.
    logic              error;
    logic              key_error;
    logic [Window-1:0] data;
  } mem_rsp_t;

  // ---- inside: index ----

  typedef enum logic [2:0] {
    INDEX_FIND_PAGE     = 3'd0,  // words: object, index
    INDEX_FIND_OBJECT   = 3'd1,  // words: contents, id; anywhere: only its unit is wanted
    INDEX_INSERT_PAGE   = 3'd2,  // and unit, units
    INDEX_INSERT_OBJECT = 3'd3,
    INDEX_REMOVE        = 3'd4,  // location, entry
    INDEX_REPLACE       = 3'd5,  // and unit, units
    INDEX_SCAN          = 3'd6,  // step, place
    INDEX_INIT          = 3'd7
  } index_e;

  typedef struct packed {
    logic         valid;
    index_e       op;
    logic         anywhere;
    logic [255:0] words;
    logic [31:0]  unit;
    logic [7:0]   units;
    logic [29:0]  location;
    logic [63:0]  entry;
    logic [23:0]  step;
    logic [5:0]   place;
  } index_req_t;

  // ok: found, or done. window: of the record found, also by a scan when it is a page's.
  typedef struct packed {
    logic              done;
    logic              ok;
    logic              error;
    logic [29:0]       location;
    logic [63:0]       entry;
    logic [5:0]        place;
    logic [Window-1:0] window;
  } index_rsp_t;

  // ---- inside: contents ----

  typedef enum logic [3:0] {
    ROW_READ    = 4'd0,
    // Sums, slots, records; subtract or not. fits: only if the commitments fit (ok), with flash
    // those of a page that is to have so many bytes (trial).
    ROW_BOOK    = 4'd1,
    // oldest, newest, newest_at, age.
    ROW_LIST    = 4'd2,
    // ephemeral, order; number comes back. Not ok: none is unused.
    ROW_CREATE  = 4'd3,
    ROW_ABANDON = 4'd4,
    ROW_RESERVE = 4'd5,
    ROW_LIMIT   = 4'd6,
    // Number of those whose oldest page gives way first. Not ok: there is none.
    ROW_OLDEST  = 4'd7,
    ROW_CLEAR   = 4'd8,
    // which, number. Those whose oldest page goes to flash first.
    ROW_DEMOTE  = 4'd9,
    // order.
    ROW_DURABLE = 4'd10,
    // reserve_slots, reserve_units as bytes of flash, durable.
    ROW_PROMISE = 4'd11
  } row_e;

  typedef struct packed {
    logic                    valid;
    row_e                    op;
    logic [ContentsBits-1:0] number;
    logic                    subtract;
    logic                    fits;
    sums_t                   sums;
    logic [31:0]             slots;
    logic [31:0]             records;
    logic [31:0]             oldest;
    logic [31:0]             newest;
    logic [1:0]              newest_at;
    logic [63:0]             age;
    logic                    ephemeral;
    logic [2:0]              order;
    logic [39:0]             reserve_units;
    logic [31:0]             reserve_slots;
    logic [31:0]             limit;
    which_e                  which;
    logic                    durable;
    logic                    trial;
    logic [16:0]             trial_stored;
  } row_req_t;

  // row: as it was before the operation.
  typedef struct packed {
    logic                    done;
    logic                    ok;
    logic [ContentsBits-1:0] number;
    row_t                    row;
  } row_rsp_t;

  // ---- inside: objects ----

  // In card DRAM.
  typedef struct packed {
    logic [63:0]  stored;
    logic [31:0]  record_units;
    logic [31:0]  raw;
    logic [31:0]  same;
    logic [31:0]  units;
    logic [31:0]  pages;
    logic [15:0]  dead;
    logic [15:0]  contents;
    logic [191:0] id;
  } object_t;

  typedef enum logic [1:0] {
    OBJECT_READ = 2'd0,
    // sums, subtract or not.
    OBJECT_BOOK = 2'd1,
    OBJECT_KILL = 2'd2,
    // object, which is written.
    OBJECT_NEW  = 2'd3
  } object_e;

  typedef struct packed {
    logic        valid;
    object_e     op;
    logic [31:0] unit;
    logic        subtract;
    sums_t       sums;
    object_t     object;
  } object_req_t;

  // object: as it is after the operation.
  typedef struct packed {
    logic    done;
    logic    error;
    object_t object;
  } object_rsp_t;

  // ---- inside: room in the store, and records written there ----

  typedef enum logic [2:0] {
    // bytes, most.
    STORE_ALLOC  = 3'd0,
    // unit, units.
    STORE_FREE   = 3'd1,
    // All that was allocated last.
    STORE_UNDO   = 3'd2,
    // The record, where was allocated last.
    STORE_WRITE  = 3'd3,
    // A payload of so many bytes is thrown away.
    STORE_DRAIN  = 3'd4,
    STORE_INIT   = 3'd5
  } store_e;

  typedef struct packed {
    logic                  valid;
    store_e                op;
    logic [31:0]           unit;
    logic [7:0]            units;
    logic [9:0]            most;
    logic [StreamBits-1:0] bytes;
    // WRITE
    logic [30:0]           object;
    logic [63:0]           index;
    logic [31:0]           crc;
    logic [13:0]           shape;
    logic                  fifo;
    logic [31:0]           previous;
    logic [63:0]           age;
  } store_req_t;

  typedef struct packed {
    logic        done;
    logic        ok;
    logic [31:0] unit;
    logic [7:0]  units;
    logic [9:0]  count;
    logic [31:0] sum;
  } store_rsp_t;

  // ---- inside: calls of one page, object or contents ----

  typedef struct packed {
    logic        valid;
    logic [31:0] what;
  } call_t;

  // Of vault_forget: all of a page; it leaves its list; it leaves its list, and all but the
  // stub that was written at its beginning is freed.
  localparam logic [31:0] ForgetAll    = 32'd0;
  localparam logic [31:0] ForgetList   = 32'd1;
  localparam logic [31:0] ForgetStream = 32'd2;

  typedef struct packed {
    logic done;
    logic ok;
    logic error;
  } return_t;

  // Changes to what is global: added, or subtracted.
  typedef struct packed {
    sums_t       dead_add;
    sums_t       dead_subtract;
    logic [31:0] dead_pages_add;
    logic [31:0] dead_pages_subtract;
    logic [31:0] extents_add;
    logic [31:0] extents_subtract;
    logic        objects_add;
    logic        objects_subtract;
    logic        age_next;
    // The age is at least this.
    logic        age_least;
    logic [63:0] age;
    logic [16:0] durable_add;
    logic [16:0] durable_subtract;
    logic        flash_add;
    logic        flash_subtract;
    logic        sweep_next;
    logic        index_full;
    event_t      happened;
  } change_t;

endpackage
