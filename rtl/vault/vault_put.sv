// SPDX-License-Identifier: Apache-2.0
//
// A put: vault_put, put_page, find_room and store_page of the model, and making an object
// (vault_object_create). The page is written before its slot points to it, and what it
// replaces is freed behind that: so a lookup beside it finds the one or the other. Only
// when there is no room for both does the old one go first.
//
// A page that is found in flash after power was away is put as a stub (recovers_i; recover_new of
// the model): that takes what room there is, and no promise is asked.
// One that comes back from flash (promotes_i; vault_tier_promote of the model) takes that, too, and
// its stub stays if there is none; promises hold against it. Neither counts as a put.
//
// The first half finds out where the handle is and makes its object if need be, the second
// finds room and writes; make_room may be called from both as often as it helps.

`include "check.svh"

module vault_put (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  // Entries that the index may have. Stays as it is.
  input  logic [31:0]             slot_limit_i,
  // There is flash: persistent pages are in lists, too.
  input  logic                    flash_i,

  input  logic                    call_i,
  input  vault_pkg::command_t     command_i,
  // What vault_puts has tried already.
  input  vault_puts_pkg::tried_e  tried_i,
  // It is OP_TIER_RECOVER of a page that is not there; OP_TIER_PROMOTE of one that is.
  input  logic                    recovers_i,
  input  logic                    promotes_i,
  // Its stream is taken, and nothing else is done; some of what comes back was lost by the end of that.
  output logic                    writes_o,
  input  logic                    lost_i,
  input  vault_pkg::tier_args_t   args_i,
  output logic                    done_o,
  output vault_pkg::result_e      result_o,
  // REFUSED, as there is no memory, which flash may help: its stream was not taken, and it does
  // not count.
  output logic                    short_o,

  // The object that must stay although it has no page, or nowhere.
  output logic [31:0]             held_o,
  input  logic [31:0]             used_i,
  input  logic [63:0]             age_i,

  output vault_pkg::mem_req_t     mem_o,
  input  vault_pkg::mem_rsp_t     mem_i,
  output vault_pkg::index_req_t   index_o,
  input  vault_pkg::index_rsp_t   index_i,
  output vault_pkg::row_req_t     row_o,
  input  vault_pkg::row_rsp_t     row_i,
  output vault_pkg::object_req_t  object_o,
  input  vault_pkg::object_rsp_t  object_i,
  output logic                    object_forget_o,
  output vault_pkg::store_req_t   store_o,
  input  vault_pkg::store_rsp_t   store_i,
  output vault_pkg::call_t        forget_o,
  input  vault_pkg::return_t      forget_i,
  output vault_pkg::call_t        evict_o,
  input  vault_pkg::return_t      evict_i,
  output vault_pkg::call_t        room_o,
  input  vault_pkg::return_t      room_i,
  output vault_pkg::call_t        settle_o,
  input  vault_pkg::return_t      settle_i,
  output vault_pkg::change_t      change_o
);

  typedef enum logic [5:0] {
    S_IDLE, S_TYPE, S_FIND_OBJECT, S_FIND_PAGE,
    // The pool's own limit.
    S_LIMIT, S_LIMIT_EVICT, S_REFIND,
    // A new object.
    S_NEW, S_NEW_ALLOC, S_NEW_ROOM, S_NEW_BOOK, S_NEW_WRITE, S_NEW_INSERT, S_NEW_UNBOOK, S_NEW_UNDO,
    // Room for the page.
    S_ROOM, S_ALLOC, S_NO_ROOM, S_BOOK, S_PROMISED, S_REFUSED, S_REMOVE_OLD, S_FORGET_OLD, S_MAKE_ROOM,
    // It is written and told.
    S_NEIGHBOUR, S_NEWEST, S_WRITE, S_STUB, S_WRITTEN, S_REPLACE, S_FORGET, S_INSERT, S_UNDO, S_UNBOOK,
    S_ADD_OBJECT, S_ADD_ROW, S_LINK, S_LIST,
    // The end, whatever came of it.
    S_SETTLE, S_DRAIN, S_COUNT_DROPPED, S_COUNT, S_DONE
  } state_e;
  state_e state_q;

  // The page is being searched for beside; that has failed.
  logic                         search_q, lost_q, early;
  vault_puts_pkg::tried_e       tried_q;
  logic                         ephemeral_q, listed_q, durable_q, have_q, slot_q, evicted_q, stored_q, error_q, drained_q, short_q;
  logic [31:0]                  object_q, previous_q, oldest_q, newest_q, unit_q;
  logic [1:0]                   newest_at_q;
  logic [63:0]                  oldest_age_q;
  logic [29:0]                  location_q;
  logic [63:0]                  old_q;
  logic                         full, wide, held_q;
  logic [vault_pkg::StreamBits-1:0] bytes;
  logic                         quiet;
  assign quiet = recovers_i || promotes_i;
  assign full  = used_i >= slot_limit_i;
  assign wide  = command_i.index[63:48] != '0;
  assign bytes = recovers_i ? vault_pkg::HeaderBytes + 17'(record_pkg::StubBits / 8) : command_i.bytes + vault_pkg::HeaderBytes + (wide ? vault_pkg::WideBytes : '0) +
                 (listed_q ? vault_pkg::NodeBytes : '0);

  // What the slot holds: the page that is replaced.
  index_pkg::slot_t             old;
  logic [31:0]  h_object, h_previous, h_next;
  logic [63:0]  h_index, h_age, h_link;
  logic [13:0]  h_shape;
  logic         h_fifo, h_chained, h_single, h_is_stub;
  record_pkg::stub_t h_stub;
  logic [1:0]   h_node_at;
  logic [11:0]  h_blocks;
  logic [255:0] h_table;
  assign old = old_q;
  vault_header u_header (
    .window_i(index_i.window), .object_o(h_object), .index_o(h_index), .shape_o(h_shape), .fifo_o(h_fifo),
    .node_at_o(h_node_at), .previous_o(h_previous), .next_o(h_next), .age_o(h_age), .chained_o(h_chained),
    .link_o(h_link), .single_o(h_single), .blocks_o(h_blocks), .table_o(h_table),
    .is_stub_o(h_is_stub), .stub_o(h_stub)
  );

  logic over_limit, first_page;
  assign over_limit = !recovers_i && row_i.row.limit != '0 && row_i.row.pages >= row_i.row.limit;
  assign first_page = newest_q == vault_pkg::Nowhere;

  state_e found_state, ended;
  // An object is there, or one has to be made.
  assign found_state = have_q ? S_ROOM : S_NEW;
  // Nothing was written: the payload is still to come.
  assign ended       = quiet ? S_DONE : drained_q || short_q ? S_COUNT_DROPPED : S_DRAIN;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:         if (call_i) state_q <= S_TYPE;
        S_TYPE:         if (row_i.done) state_q <= row_i.row.in_use && !row_i.row.dead ? S_FIND_OBJECT : ended;
        S_FIND_OBJECT: if (index_i.done) begin
          state_q <= index_i.error ? ended : !index_i.ok ? S_LIMIT : early ? S_ALLOC : S_FIND_PAGE;
        end
        S_FIND_PAGE:    if (index_i.done) state_q <= index_i.error ? ended : index_i.ok ? S_ROOM : S_LIMIT;
        S_LIMIT: if (row_i.done) begin
          if (over_limit)     state_q <= ephemeral_q ? S_LIMIT_EVICT : ended;
          else if (evicted_q) state_q <= S_REFIND;
          else                state_q <= found_state;
        end
        S_LIMIT_EVICT:  if (evict_i.done) state_q <= evict_i.ok && !evict_i.error ? S_LIMIT : ended;
        S_REFIND:       if (index_i.done) state_q <= index_i.error ? ended : index_i.ok ? S_ROOM : S_NEW;

        S_NEW:          state_q <= full ? S_NEW_ROOM : S_NEW_ALLOC;
        S_NEW_ALLOC:    if (store_i.done) state_q <= store_i.ok ? S_NEW_BOOK : S_NEW_ROOM;
        S_NEW_ROOM:     if (room_i.done) state_q <= room_i.ok && !room_i.error ? S_NEW : ended;
        S_NEW_BOOK:     if (row_i.done) state_q <= row_i.ok ? S_NEW_WRITE : S_NEW_UNDO;
        S_NEW_WRITE:    if (object_i.done) state_q <= object_i.error ? S_NEW_UNBOOK : S_NEW_INSERT;
        S_NEW_INSERT:   if (index_i.done) state_q <= index_i.ok ? S_ROOM : S_NEW_UNBOOK;
        S_NEW_UNBOOK:   if (row_i.done) state_q <= S_NEW_UNDO;
        S_NEW_UNDO:     if (store_i.done) state_q <= ended;

        S_ROOM: begin
          if (!slot_q && full)                               state_q <= recovers_i ? S_SETTLE : S_MAKE_ROOM;
          else if (tried_q == vault_puts_pkg::TRIED_ROOM)     state_q <= S_NO_ROOM;
          else if (tried_q == vault_puts_pkg::TRIED_PROMISED) state_q <= S_REFUSED;
          else                                               state_q <= S_ALLOC;
        end
        S_ALLOC:        if (store_i.done) state_q <= store_i.ok ? S_BOOK : S_NO_ROOM;
        S_NO_ROOM:      if (!search_q) state_q <= lost_q || quiet ? S_SETTLE : slot_q ? S_REMOVE_OLD : S_MAKE_ROOM;
        S_BOOK:         if (row_i.done) state_q <= !row_i.ok ? S_PROMISED : recovers_i ? S_STUB : listed_q ? S_NEIGHBOUR : S_NEWEST;
        S_PROMISED:     if (store_i.done) state_q <= S_REFUSED;
        S_REFUSED:      if (!search_q) state_q <= !lost_q && slot_q && !quiet ? S_REMOVE_OLD : S_SETTLE;
        S_REMOVE_OLD:   if (index_i.done) state_q <= index_i.ok ? S_FORGET_OLD : S_SETTLE;
        S_FORGET_OLD:   if (forget_i.done) state_q <= forget_i.error ? S_SETTLE : S_ROOM;
        S_MAKE_ROOM:    if (room_i.done) state_q <= room_i.ok && !room_i.error ? S_ROOM : S_SETTLE;

        S_NEIGHBOUR:    if (!search_q) state_q <= lost_q ? S_UNDO : S_NEWEST;
        S_NEWEST:       if (row_i.done) state_q <= S_WRITE;
        S_WRITE:        if (store_i.done) state_q <= S_WRITTEN;
        S_STUB:         if (mem_i.done) state_q <= S_WRITTEN;
        S_WRITTEN:      if (!search_q) state_q <= lost_q || error_q ? S_UNDO : slot_q ? S_REPLACE : S_INSERT;
        S_REPLACE:      if (index_i.done) state_q <= index_i.ok ? S_FORGET : S_UNDO;
        S_FORGET:       if (forget_i.done) state_q <= S_ADD_OBJECT;
        S_INSERT:       if (index_i.done) state_q <= index_i.ok ? S_ADD_OBJECT : S_UNDO;
        S_UNDO:         if (store_i.done) state_q <= S_UNBOOK;
        S_UNBOOK:       if (row_i.done) state_q <= S_SETTLE;
        S_ADD_OBJECT:   if (object_i.done) state_q <= S_ADD_ROW;
        S_ADD_ROW:      if (row_i.done) state_q <= !listed_q ? S_SETTLE : row_i.row.newest == vault_pkg::Nowhere ? S_LIST : S_LINK;
        S_LINK:         if (mem_i.done) state_q <= S_LIST;
        S_LIST:         if (row_i.done) state_q <= S_SETTLE;

        S_SETTLE:        if (settle_i.done) state_q <= ended;
        S_DRAIN:         if (store_i.done) state_q <= S_COUNT_DROPPED;
        S_COUNT_DROPPED: state_q <= S_COUNT;
        S_COUNT:         state_q <= S_DONE;
        default:         state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        have_q       <= 1'b0;
        slot_q       <= 1'b0;
        evicted_q    <= 1'b0;
        stored_q     <= 1'b0;
        error_q      <= 1'b0;
        drained_q    <= 1'b0;
        held_q       <= 1'b0;
        lost_q       <= 1'b0;
        short_q      <= 1'b0;
        tried_q      <= tried_i;
      end
      S_TYPE: if (row_i.done) begin
        ephemeral_q <= row_i.row.ephemeral;
        durable_q   <= row_i.row.durable;
        listed_q    <= !recovers_i && (row_i.row.ephemeral || flash_i && (row_i.row.durable ||
                       command_i.bytes > vault_pkg::StaysBytes - vault_pkg::HeaderBytes));
        error_q     <= !row_i.row.in_use || row_i.row.dead;
      end
      S_FIND_OBJECT, S_REFIND: if (index_i.done) begin
        error_q  <= index_i.error;
        have_q   <= index_i.ok;
        object_q <= index_i.entry[31:0];
      end
      S_FIND_PAGE: if (index_i.done) error_q <= index_i.error;
      S_LIMIT_EVICT: if (evict_i.done) begin
        evicted_q <= 1'b1;
        error_q   <= evict_i.error;
      end
      S_NEW_ALLOC: object_q <= store_i.unit;
      // Neither a full index nor what is others' is for flash to help.
      S_NEW_ROOM, S_MAKE_ROOM: if (room_i.done) begin
        error_q <= room_i.error;
        short_q <= flash_i && !recovers_i && !ephemeral_q && !full && !room_i.ok && !room_i.error;
      end
      S_NEW_WRITE: if (object_i.done) error_q <= object_i.error;
      S_NEW_INSERT: if (index_i.done) error_q <= index_i.error;
      // From here on: what makes room may take the object's only page.
      S_ROOM: begin
        held_q <= 1'b1;
        if (slot_q || !full) tried_q <= vault_puts_pkg::TRIED_NOTHING;
      end
      S_ALLOC: held_q <= 1'b1;
      S_NO_ROOM, S_REFUSED, S_NEIGHBOUR, S_WRITTEN: if (!search_q && lost_q) error_q <= 1'b1;
      S_REMOVE_OLD: if (index_i.done) error_q <= !index_i.ok;
      S_FORGET_OLD: if (forget_i.done) begin
        slot_q  <= 1'b0;
        error_q <= forget_i.error;
      end
      S_NEWEST: if (row_i.done) begin
        // In a list, what it replaces will be gone from before it.
        previous_q <= slot_q && row_i.row.newest == old.unit_at ? h_previous : row_i.row.newest;
        unit_q     <= store_i.unit;
      end
      S_WRITE: begin
        drained_q <= 1'b1;
        if (store_i.done) error_q <= !store_i.ok || (promotes_i && lost_i);
      end
      S_STUB: if (mem_i.done) error_q <= mem_i.error;
      S_REPLACE: if (index_i.done) error_q <= !index_i.ok;
      S_INSERT: if (index_i.done) error_q <= index_i.error;
      S_FORGET: if (forget_i.done && forget_i.error) error_q <= 1'b1;
      S_ADD_OBJECT: if (object_i.done && object_i.error) error_q <= 1'b1;
      S_ADD_ROW: if (row_i.done) begin
        stored_q     <= 1'b1;
        oldest_q     <= row_i.row.oldest;
        newest_q     <= row_i.row.newest;
        newest_at_q  <= row_i.row.newest_at;
        oldest_age_q <= row_i.row.oldest_age;
      end
      S_LINK: if (mem_i.done && mem_i.error) error_q <= 1'b1;
      S_SETTLE: begin
        held_q <= 1'b0;
        if (settle_i.done && settle_i.error) error_q <= 1'b1;
      end
      default: ;
    endcase
    if ((search_q || state_q == S_FIND_PAGE) && index_i.done) begin
      slot_q     <= index_i.ok;
      lost_q     <= index_i.error;
      location_q <= index_i.location;
      old_q      <= index_i.entry;
    end
  end

  // row_i is still that of S_TYPE then.
  assign early = !recovers_i && !promotes_i && row_i.row.limit == '0 && !full && tried_q == vault_puts_pkg::TRIED_NOTHING;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                                                       search_q <= 1'b0;
    else if (state_q == S_FIND_OBJECT && index_i.done)                 search_q <= index_i.ok && early;
    else if (index_i.done)                                             search_q <= 1'b0;
  end

  // Its record, with no CRC.
  record_pkg::stub_t   stub;
  record_pkg::header_t header;
  always_comb begin
    stub              = '0;
    stub.place        = args_i.place;
    stub.version      = args_i.version;
    stub.bytes        = args_i.bytes;
    stub.stored       = args_i.bytes - 32'(vault_pkg::FlashHeaderBytes);
    header            = '0;
    header.wide       = wide;
    header.shape      = record_pkg::StubShape;
    header.index_high = command_i.index[47:32];
    header.index_low  = command_i.index[31:0];
    header.object     = object_q[30:0];
  end

  // The node's second word in the record of the page that was the newest.
  logic [95:0] next_strb;
  assign next_strb = 96'hf0 << {{1'b0, newest_at_q} + 3'd2, 3'd0};

  logic [255:0] object_words, page_words;
  assign object_words = {command_i.object, 64'(command_i.contents)};
  assign page_words   = {128'd0, command_i.index, 32'd0, object_q};

  vault_pkg::sums_t page_sums, taken_sums;
  always_comb begin
    page_sums        = '0;
    page_sums.pages  = 32'd1;
    page_sums.stored = 40'(command_i.stored);
    page_sums.same   = 32'(command_i.same);
    page_sums.raw    = 32'(command_i.raw);
    // How its blocks are coded is not known before it is read.
    if (recovers_i) begin
      page_sums.stored = 40'(args_i.bytes) - 40'(vault_pkg::FlashHeaderBytes);
      page_sums.same   = '0;
      page_sums.raw    = '0;
    end
    taken_sums       = '0;
    taken_sums.units = store_i.sum;
  end

  always_comb begin
    index_o = '0;
    case (state_q)
      S_FIND_OBJECT, S_REFIND: begin
        index_o.valid    = 1'b1;
        index_o.op       = vault_pkg::INDEX_FIND_OBJECT;
        index_o.anywhere = 1'b1;
        index_o.words    = object_words;
      end
      S_NEW_INSERT: begin
        index_o.valid = 1'b1;
        index_o.op    = vault_pkg::INDEX_INSERT_OBJECT;
        index_o.words = object_words;
        index_o.unit  = object_q;
        index_o.units = store_i.units;
      end
      S_INSERT: begin
        index_o.valid = 1'b1;
        index_o.op    = vault_pkg::INDEX_INSERT_PAGE;
        index_o.words = page_words;
        index_o.unit  = store_i.unit;
        index_o.units = store_i.units;
      end
      S_REMOVE_OLD, S_REPLACE: begin
        index_o.valid    = 1'b1;
        index_o.op       = state_q == S_REPLACE ? vault_pkg::INDEX_REPLACE : vault_pkg::INDEX_REMOVE;
        index_o.location = location_q;
        index_o.entry    = old_q;
        index_o.unit     = store_i.unit;
        index_o.units    = store_i.units;
      end
      default: ;
    endcase
    if (search_q || state_q == S_FIND_PAGE) begin
      index_o.valid = 1'b1;
      index_o.op    = vault_pkg::INDEX_FIND_PAGE;
      index_o.words = page_words;
    end
  end

  always_comb begin
    row_o = '0;
    case (state_q)
      S_TYPE, S_LIMIT, S_NEWEST: begin
        row_o.valid = 1'b1;
        row_o.op    = vault_pkg::ROW_READ;
      end
      // An object's room, or a page's; taken back when it cannot be entered.
      S_NEW_BOOK, S_NEW_UNBOOK: begin
        row_o.valid    = 1'b1;
        row_o.op       = vault_pkg::ROW_BOOK;
        row_o.fits     = state_q == S_NEW_BOOK;
        row_o.subtract = state_q == S_NEW_UNBOOK;
        row_o.sums     = taken_sums;
        row_o.slots    = 32'd1;
        row_o.records  = 32'd1;
      end
      S_BOOK, S_UNBOOK: begin
        row_o.valid    = 1'b1;
        row_o.op       = vault_pkg::ROW_BOOK;
        row_o.fits     = state_q == S_BOOK && !recovers_i;
        row_o.trial    = 1'b1;
        row_o.trial_stored = command_i.stored;
        row_o.subtract = state_q == S_UNBOOK;
        row_o.sums     = taken_sums;
        row_o.slots    = 32'd1;
      end
      S_ADD_ROW: begin
        row_o.valid   = 1'b1;
        row_o.op      = vault_pkg::ROW_BOOK;
        row_o.sums    = page_sums;
        row_o.records = 32'd1;
      end
      S_LIST: begin
        row_o.valid     = 1'b1;
        row_o.op        = vault_pkg::ROW_LIST;
        row_o.oldest    = first_page ? unit_q : oldest_q;
        row_o.newest    = unit_q;
        row_o.newest_at = {1'b0, wide} + {1'b0, store_i.count != 10'd1};
        row_o.age       = first_page ? age_i + 64'd1 : oldest_age_q;
      end
      default: ;
    endcase
    if (row_o.valid) row_o.number = command_i.contents;
  end

  always_comb begin
    object_o = '0;
    if (state_q == S_NEW_WRITE || state_q == S_ADD_OBJECT) begin
      object_o.valid               = 1'b1;
      object_o.op                  = state_q == S_NEW_WRITE ? vault_pkg::OBJECT_NEW : vault_pkg::OBJECT_BOOK;
      object_o.unit                = object_q;
      object_o.sums                = page_sums;
      object_o.sums.units          = store_i.sum;
      object_o.object.id           = command_i.object;
      object_o.object.contents     = 16'(command_i.contents);
      object_o.object.record_units = store_i.sum;
    end

    mem_o = '0;
    if (state_q == S_LINK) begin
      mem_o.valid = 1'b1;
      mem_o.write = 1'b1;
      mem_o.unit  = newest_q;
      mem_o.strb  = next_strb;
      mem_o.data  = {24{unit_q}};
    end

    if (state_q == S_STUB) begin
      mem_o.valid = 1'b1;
      mem_o.write = 1'b1;
      mem_o.unit  = store_i.unit;
      mem_o.strb  = '1;
      mem_o.data  = wide ? 768'({stub, command_i.index, header}) : 768'({stub, header});
    end

    store_o = '0;
    case (state_q)
      S_NEW_ALLOC: begin
        store_o.valid = 1'b1;
        store_o.op    = vault_pkg::STORE_ALLOC;
        store_o.bytes = vault_pkg::ObjectBytes;
        store_o.most  = 10'd1;
      end
      S_ALLOC: begin
        store_o.valid = 1'b1;
        store_o.op    = vault_pkg::STORE_ALLOC;
        store_o.bytes = bytes;
        store_o.most  = recovers_i ? 10'd1 : vault_pkg::MostExtents;
      end
      S_NEW_UNDO, S_PROMISED, S_UNDO: begin
        store_o.valid = 1'b1;
        store_o.op    = vault_pkg::STORE_UNDO;
      end
      S_WRITE: begin
        store_o.valid    = 1'b1;
        store_o.op       = vault_pkg::STORE_WRITE;
        store_o.bytes    = command_i.bytes;
        store_o.object   = object_q[30:0];
        store_o.index    = command_i.index;
        store_o.crc      = command_i.crc;
        store_o.shape    = command_i.shape;
        store_o.fifo     = listed_q;
        store_o.previous = previous_q;
        store_o.age      = age_i + 64'd1;
      end
      S_DRAIN: begin
        store_o.valid = 1'b1;
        store_o.op    = vault_pkg::STORE_DRAIN;
        store_o.bytes = command_i.bytes;
      end
      default: ;
    endcase
  end

  always_comb begin
    forget_o = '0;
    evict_o  = '0;
    room_o   = '0;
    settle_o = '0;
    case (state_q)
      S_FORGET_OLD, S_FORGET: forget_o.valid = 1'b1;
      S_LIMIT_EVICT: begin
        evict_o.valid = 1'b1;
        evict_o.what  = 32'(command_i.contents);
      end
      S_NEW_ROOM, S_MAKE_ROOM: room_o.valid = 1'b1;
      S_SETTLE: begin
        settle_o.valid = 1'b1;
        settle_o.what  = object_q;
      end
      default: ;
    endcase
  end

  // What is told of it. An ephemeral page that is not stored was dropped at once.
  logic dropped, refused;
  assign dropped = !stored_q && !error_q && ephemeral_q;
  assign refused = !stored_q && !dropped;
  always_comb begin
    change_o = '0;
    case (state_q)
      S_NEW_INSERT:    change_o.objects_add = index_i.done && index_i.ok;
      S_INSERT:        change_o.index_full = index_i.done && !index_i.ok && !index_i.error;
      S_ADD_ROW: if (row_i.done) begin
        change_o.extents_add = 32'(store_i.count);
        change_o.flash_add = recovers_i;
        if (durable_q && !recovers_i) change_o.durable_add = command_i.bytes + vault_pkg::FlashHeaderBytes;
      end
      S_LIST:          change_o.age_next = row_i.done;
      S_COUNT_DROPPED: begin
        change_o.happened.valid = dropped;
        change_o.happened.what  = vault_pkg::EVENT_EVICTED;
      end
      S_COUNT: begin
        change_o.happened.valid = !short_q || error_q;
        change_o.happened.what  = refused ? vault_pkg::EVENT_REFUSED : vault_pkg::EVENT_PUT;
      end
      default: ;
    endcase
    if (change_o.happened.valid) begin
      change_o.happened.contents = command_i.contents;
      change_o.happened.pages    = 32'd1;
    end else begin
      change_o.happened = '0;
    end
  end

  assign held_o          = held_q ? object_q : vault_pkg::Nowhere;
  assign object_forget_o = state_q == S_NEW_UNDO;
  assign done_o          = state_q == S_DONE;
  assign writes_o        = state_q == S_WRITE;
  // Its stream was not taken, also when something failed behind that.
  assign short_o         = short_q;
  // What fails behind the index's change loses memory or sums, not the page, which is found.
  assign result_o        = stored_q ? vault_pkg::RESULT_DONE : error_q ? vault_pkg::RESULT_ERROR :
                           dropped ? vault_pkg::RESULT_DROPPED : vault_pkg::RESULT_REFUSED;

  logic unused;
  assign unused = &{1'b0, mem_i.key_error, old, h_object, h_next, h_index, h_age, h_link, h_shape, h_fifo, h_chained, h_single,
                    h_node_at, h_blocks, h_table, h_is_stub, h_stub, row_i, object_i, index_i, forget_i.ok, mem_i.data,
                    settle_i.ok, command_i, object_q[31], args_i};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i)
  // Nothing else is asked of the index during the search.
  `PAMC_ASSERT(a_search_alone, !search_q || state_q == S_ALLOC || state_q == S_NO_ROOM || state_q == S_BOOK ||
                               state_q == S_PROMISED || state_q == S_REFUSED || state_q == S_NEIGHBOUR ||
                               state_q == S_NEWEST || state_q == S_WRITE || state_q == S_WRITTEN)

endmodule
