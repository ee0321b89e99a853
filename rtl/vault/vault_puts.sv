// SPDX-License-Identifier: Apache-2.0
//
// Puts of pages into persistent contents whose object is known, several at a time: what
// vault_put does one after the other for one page, stage by stage for many. Each put has
// a place in a ring from its command to its answer, and every stage goes round the ring in
// that order, on its own:
//
//   enter ─┬─► look ───────────────────────┐
//          └─► place ──► write (2) ──► enter index ──► free ──► book, answer
//
// No stage waits for one behind it, nor holds what another one needs while it waits; and
// streams are asked for by name. So whatever a stage waits for comes.
//
// Nothing else changes what is kept while a put is inside, but the put at the place stage
// that is diverted: it waits until all before it have ended, is done by the serial engine,
// and what those behind it have looked up is looked up again.

`include "check.svh"

module vault_puts (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Objects found lately (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t              inject_i,
  output ecc_pkg::event_t               ecc_o,

  // Stays as it is.
  input  logic [31:0]                   slot_limit_i,

  // Their extents'.
  output ecc_pkg::event_t               ecc_extents_o,
  // A put that may go this way; and the order of its contents.
  input  logic                          command_valid_i,
  output logic                          command_ready_o,
  input  vault_pkg::command_t           command_i,
  input  logic [2:0]                    order_i,
  output logic                          empty_o,

  // One that the serial engine has to do: nothing here moves until then.
  output logic                          divert_valid_o,
  output vault_pkg::command_t           divert_o,
  output vault_puts_pkg::tried_e        divert_tried_o,
  input  logic                          diverted_i,

  output logic                          answer_valid_o,
  input  logic                          answer_ready_i,
  output vault_pkg::answer_t            answer_o,

  // An object has left the index; all have.
  input  logic                          gone_i,
  input  logic [31:0]                   gone_unit_i,
  input  logic                          clear_i,

  // Calls of what the serial engine has, too.
  output vault_pkg::row_req_t           place_row_o,
  output vault_pkg::row_req_t           book_row_o,
  input  logic [1:0]                    row_grant_i,
  input  vault_pkg::row_rsp_t           row_i,
  output vault_pkg::object_req_t        object_o,
  input  vault_pkg::object_rsp_t        object_i,
  output vault_pkg::mem_req_t           mem_o,
  input  logic                          mem_grant_i,
  input  vault_pkg::mem_rsp_t           mem_i,
  output vault_pkg::change_t            change_o,

  // Lookups; places are always taken.
  output logic                          handle_valid_o,
  input  logic                          handle_ready_i,
  output index_pkg::handle_t            handle_o,
  input  logic                          place_valid_i,
  input  index_pkg::place_t             place_i,

  output logic                          index_valid_o,
  input  logic                          index_ready_i,
  output index_pkg::command_t           index_o,
  input  logic                          found_valid_i,
  input  index_pkg::answer_t            found_i,
  input  logic [31:0]                   index_used_i,
  // Buckets that it will change: for the index to read ahead.
  output logic                          bucket_valid_o,
  input  logic                          bucket_ready_i,
  output logic [index_pkg::BucketBits-1:0] bucket_o,

  output logic                          store_valid_o,
  input  logic                          store_ready_i,
  output store_pkg::cmd_t               store_o,
  input  logic                          given_valid_i,
  input  store_pkg::answer_t            given_i,
  // What will be replaced, and so freed: for the store to read ahead.
  output logic                          soon_valid_o,
  input  logic                          soon_ready_i,
  output logic [31:0]                   soon_unit_o,
  output logic [7:0]                    soon_units_o,

  // Writers of records; stream_begin: the stream of that command is next.
  output logic [vault_puts_pkg::Writers-1:0] write_valid_o,
  input  logic [vault_puts_pkg::Writers-1:0] write_ready_i,
  output record_pkg::write_cmd_t        write_0_o,
  output record_pkg::write_cmd_t        write_1_o,
  output logic [vault_puts_pkg::Writers-1:0] extent_valid_o,
  input  logic [vault_puts_pkg::Writers-1:0] extent_ready_i,
  output record_pkg::extent_t           extent_0_o,
  output record_pkg::extent_t           extent_1_o,
  input  logic [vault_puts_pkg::Writers-1:0] written_valid_i,
  input  logic [vault_puts_pkg::Writers-1:0] written_error_i,
  output logic [vault_puts_pkg::Writers-1:0] stream_begin_o,
  output logic [vault_puts_pkg::Writers-1:0][vault_pkg::TagBits-1:0] stream_tag_o,
  output logic [vault_puts_pkg::Writers-1:0][vault_pkg::StreamBits-1:0] stream_bytes_o,
  input  logic [vault_puts_pkg::Writers-1:0] stream_free_i,
  input  logic [vault_puts_pkg::Writers-1:0] stream_starves_i,

  output vault_puts_pkg::stats_t        stats_o
);

  localparam int unsigned Puts    = vault_puts_pkg::Puts;
  localparam int unsigned Bits    = vault_puts_pkg::PutBits;
  localparam int unsigned Writers = vault_puts_pkg::Writers;

  `PAMC_PARAM(g_puts, Puts == 2 ** Bits && Puts <= 8 && Writers == 2)
  typedef logic [Bits-1:0] put_t;

  // ---- The ring: how far each put is, and whose turn it is in each stage.
  logic [Puts-1:0] used_q, asked_q, came_q, placed_q, begun_q, written_q, failed_q, changed_q, freed_q;
  put_t            enter_at_q, look_at_q, place_at_q, change_at_q, free_at_q, book_at_q, soon_at_q, told_at_q;
  // Each writer has every second place.
  logic [Writers-1:0][Bits-1:0] write_at, written_at;
  logic [Writers-1:0][Bits-2:0] write_at_q, written_at_q;

  // What is known of the put whose turn it is in each stage.
  vault_pkg::command_t      place_command;
  vault_puts_pkg::found_t   place_found;
  vault_puts_pkg::given_t   enter_given;
  vault_puts_pkg::found_t   enter_found;
  vault_puts_pkg::outcome_t free_outcome;
  vault_puts_pkg::found_t   free_found;
  vault_puts_pkg::given_t   free_given;
  vault_pkg::command_t      book_command;
  vault_puts_pkg::given_t   book_given;
  vault_puts_pkg::outcome_t book_outcome;
  vault_puts_pkg::freed_t   book_freed;
  logic [2:0]               free_order;

  // Registers: what memories might lose here would be others' pages.
  (* ram_style = "registers" *) logic [$bits(place_command)-1:0] commands_q [Puts];
  (* ram_style = "registers" *) logic [2:0] orders_q [Puts];
  (* ram_style = "registers" *) logic [vault_puts_pkg::RecentBits-1:0] recents_q [Puts];
  (* ram_style = "registers" *) logic [$bits(place_found)-1:0] founds_q [Puts];
  (* ram_style = "registers" *) logic [$bits(enter_given)-1:0] givens_q [Puts];
  (* ram_style = "registers" *) logic [$bits(free_outcome)-1:0] outcomes_q [Puts];
  (* ram_style = "registers" *) logic [$bits(book_freed)-1:0] freeds_q [Puts];
  assign place_command = commands_q[place_at_q];
  assign place_found   = founds_q[place_at_q];
  assign enter_given   = givens_q[change_at_q];
  assign enter_found   = founds_q[change_at_q];
  assign free_outcome  = outcomes_q[free_at_q];
  assign free_found    = founds_q[free_at_q];
  assign free_given    = givens_q[free_at_q];
  assign book_command  = commands_q[book_at_q];
  assign book_given    = givens_q[book_at_q];
  assign book_outcome  = outcomes_q[book_at_q];
  assign book_freed    = freeds_q[book_at_q];
  assign free_order    = orders_q[free_at_q];

  // Where a put's object is among the recent ones is found in the cycle after it entered; it is
  // asked for in the one after that at the earliest.
  logic                                  enter_q;
  put_t                                  entered_at_q;
  logic [8:0]                            entered_contents_q;
  logic [191:0]                          entered_object_q;
  logic [vault_puts_pkg::RecentBits-1:0] entered_recent, place_recent;
  vault_pkg::command_t                   entered_command;
  assign entered_command = command_i;
  assign place_recent    = recents_q[place_at_q];
  vault_recent_place u_recent_place (
    .contents_i(entered_contents_q), .id_i(entered_object_q), .place_o(entered_recent)
  );

  logic enter, look, again, placed, changed, freed, booked, place_diverts, divert;
  logic [Writers-1:0]       begun, written;
  vault_puts_pkg::found_t   found;
  vault_puts_pkg::given_t   given;
  vault_puts_pkg::outcome_t outcome;
  vault_puts_pkg::freed_t   freed_data;

  assign command_ready_o = !used_q[enter_at_q];
  assign enter           = command_valid_i && command_ready_o;
  assign empty_o         = used_q == '0;

  put_t came_at;
  assign came_at = place_i.id[Bits-1:0];

  // Those before it have ended, nothing is being looked up.
  assign divert         = place_diverts && book_at_q == place_at_q && (asked_q & ~came_q) == '0;
  assign divert_valid_o = divert;
  assign divert_o       = place_command;

  for (genvar w = 0; w < int'(Writers); w++) begin : g_at
    assign write_at[w]   = {write_at_q[w], 1'(w)};
    assign written_at[w] = {written_at_q[w], 1'(w)};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {used_q, asked_q, came_q, placed_q, begun_q, written_q, failed_q, changed_q, freed_q} <= '0;
      {enter_at_q, look_at_q, place_at_q, change_at_q, free_at_q, book_at_q, soon_at_q, told_at_q} <= '0;
      for (int unsigned w = 0; w < Writers; w++) begin
        write_at_q[w]   <= '0;
        written_at_q[w] <= '0;
      end
    end else begin
      if (enter) begin
        used_q[enter_at_q] <= 1'b1;
        enter_at_q         <= enter_at_q + 1'b1;
      end
      if (look && !again) begin
        asked_q[look_at_q] <= 1'b1;
        look_at_q          <= look_at_q + 1'b1;
      end
      if (look && again) came_q[change_at_q] <= 1'b0;
      if (place_valid_i) came_q[came_at] <= 1'b1;
      if (placed) begin
        placed_q[place_at_q] <= 1'b1;
        place_at_q           <= place_at_q + 1'b1;
      end
      for (int unsigned w = 0; w < Writers; w++) begin
        if (begun[w]) begin
          begun_q[write_at[w]] <= 1'b1;
          write_at_q[w]        <= write_at_q[w] + 1'b1;
        end
        if (written[w]) begin
          written_q[written_at[w]] <= 1'b1;
          failed_q[written_at[w]]  <= written_error_i[w];
          written_at_q[w]          <= written_at_q[w] + 1'b1;
        end
      end
      if (changed) begin
        changed_q[change_at_q] <= 1'b1;
        change_at_q            <= change_at_q + 1'b1;
      end
      if (freed) begin
        freed_q[free_at_q] <= 1'b1;
        free_at_q          <= free_at_q + 1'b1;
      end
      if (tells_last || (changed && told_at_q == change_at_q)) told_at_q <= told_at_q + 1'b1;
      if (soon_goes || (freed && soon_at_q == free_at_q)) soon_at_q <= soon_at_q + 1'b1;
      if (booked) begin
        used_q[book_at_q]    <= 1'b0;
        asked_q[book_at_q]   <= 1'b0;
        came_q[book_at_q]    <= 1'b0;
        placed_q[book_at_q]  <= 1'b0;
        begun_q[book_at_q]   <= 1'b0;
        written_q[book_at_q] <= 1'b0;
        // failed_q is only of use with written_q.
        changed_q[book_at_q] <= 1'b0;
        freed_q[book_at_q]   <= 1'b0;
        book_at_q            <= book_at_q + 1'b1;
      end
      // It leaves past all stages; those behind it are looked up anew.
      if (diverted_i) begin
        used_q[place_at_q] <= 1'b0;
        asked_q            <= '0;
        came_q             <= '0;
        place_at_q         <= place_at_q + 1'b1;
        look_at_q          <= place_at_q + 1'b1;
        change_at_q        <= place_at_q + 1'b1;
        free_at_q          <= place_at_q + 1'b1;
        soon_at_q          <= place_at_q + 1'b1;
        told_at_q          <= place_at_q + 1'b1;
        book_at_q          <= place_at_q + 1'b1;
        for (int unsigned w = 0; w < Writers; w++) begin
          if (place_at_q[0] == 1'(w)) begin
            write_at_q[w]   <= write_at_q[w] + 1'b1;
            written_at_q[w] <= written_at_q[w] + 1'b1;
          end
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (enter) begin
      commands_q[enter_at_q] <= command_i;
      orders_q[enter_at_q]   <= order_i;
    end
    enter_q            <= enter;
    entered_at_q       <= enter_at_q;
    entered_contents_q <= entered_command.contents;
    entered_object_q   <= entered_command.object;
    if (enter_q)       recents_q[entered_at_q] <= entered_recent;
    if (place_valid_i) founds_q[came_at]      <= found;
    if (placed)        givens_q[place_at_q]   <= given;
    if (changed)       outcomes_q[change_at_q] <= outcome;
    if (freed)         freeds_q[free_at_q]    <= freed_data;
  end

  // ---- Lookups. One that is to be done again goes first.
  vault_pkg::command_t look_command;
  put_t                look_at;
  assign look_at        = again ? change_at_q : look_at_q;
  assign look_command   = commands_q[look_at];
  // It leaves from a register: others' are chosen against it.
  logic handle_room;
  assign handle_room = !handle_valid_o;
  assign look        = handle_room && (again || (used_q[look_at_q] && !asked_q[look_at_q] && !place_diverts));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) handle_valid_o <= 1'b0;
    else         handle_valid_o <= look || (handle_valid_o && !handle_ready_i);
  end
  always_ff @(posedge clk_i) begin
    if (handle_room) begin
      handle_o              <= '0;
      handle_o.id[Bits-1:0] <= look_at;
      handle_o.contents     <= 16'(look_command.contents);
      handle_o.object       <= look_command.object;
      handle_o.index        <= look_command.index;
    end
  end
  always_comb begin
    found              = '0;
    found.error        = place_i.error;
    found.object_found = place_i.object_found;
    found.page_found   = place_i.page_found;
    found.object       = place_i.object;
    found.entry        = place_i.entry;
    found.location     = place_i.location;
    found.key          = place_i.key;
    found.fifo         = place_i.head[31];
    found.chained      = place_i.head[95];
    found.shape        = place_i.head[93:80];
    found.link         = place_i.head[191:128];
  end

  // ---- Room.
  localparam int unsigned Place = 0;
  localparam int unsigned Free  = 1;
  logic [1:0]             cmd_valid, cmd_ready, answered;
  store_pkg::cmd_t        place_cmd, free_cmd;
  logic                   waits_object, waits_room, alone;
  logic [31:0]            entering;
  logic [Writers-1:0]     extents_room, extents_lost;
  assign ecc_extents_o = {1'b0, extents_lost != '0};
  logic                   extent_add, extents_keep, extents_drop, extent_next, place_w;
  record_pkg::extent_t    new_extent, again_extent;
  localparam int unsigned ExtentBits = $bits(new_extent);
  logic [Writers-1:0][ExtentBits-1:0] again_extents, extents;
  assign place_w      = place_at_q[0];
  assign again_extent = place_w ? again_extents[1] : again_extents[0];
  always_comb begin
    logic [Puts-1:0] others;
    others = used_q;
    others[place_at_q] = 1'b0;
    alone    = others == '0;
    entering = 32'(index_pkg::count8(8'(placed_q & ~changed_q)));
  end

  vault_pkg::row_rsp_t place_row_rsp, book_row_rsp;
  vault_pkg::mem_rsp_t mem_rsp;
  always_comb begin
    place_row_rsp      = row_i;
    place_row_rsp.done = row_i.done && row_grant_i[0];
    book_row_rsp       = row_i;
    book_row_rsp.done  = row_i.done && row_grant_i[1];
    mem_rsp            = mem_i;
    mem_rsp.done       = mem_i.done && mem_grant_i;
  end

  vault_puts_place u_place (
    .clk_i, .rst_ni, .inject_i, .ecc_o,
    .valid_i(used_q[place_at_q] && asked_q[place_at_q] && !placed_q[place_at_q]),
    .command_i(place_command), .recent_at_i(place_recent), .done_o(placed), .given_o(given),
    .divert_o(place_diverts), .tried_o(divert_tried_o), .diverted_i, .alone_i(alone),
    .came_i(came_q[place_at_q]), .found_i(place_found),
    .used_i(index_used_i), .entering_i(entering), .slot_limit_i, .gone_i, .gone_unit_i, .clear_i,
    .row_o(place_row_o), .row_i(place_row_rsp),
    .cmd_valid_o(cmd_valid[Place]), .cmd_ready_i(cmd_ready[Place]), .cmd_o(place_cmd),
    .answer_valid_i(answered[Place]), .answer_i(given_i),
    .extents_room_i(extents_room[place_w]), .extent_add_o(extent_add), .extent_o(new_extent),
    .extents_keep_o(extents_keep), .extents_drop_o(extents_drop),
    .extent_next_o(extent_next), .extent_i(again_extent),
    .waits_object_o(waits_object), .waits_room_o(waits_room)
  );

  // ---- Writing.
  localparam int unsigned WriteBits = $bits(write_0_o);
  logic [Writers-1:0][WriteBits-1:0] writes;
  for (genvar w = 0; w < int'(Writers); w++) begin : g_write
    logic                   own;
    record_pkg::extent_t    own_again, own_extent;
    record_pkg::write_cmd_t own_write;
    assign own              = place_w == 1'(w);
    assign again_extents[w] = own_again;
    assign extents[w]       = own_extent;
    assign writes[w]        = own_write;
    ecc_pkg::event_t own_ecc;
    assign extents_lost[w] = own_ecc.uncorrectable;
    vault_puts_extents #(.Place(ecc_pkg::ExtentsWriter + w * ecc_pkg::ExtentsStep)) u_extents (
      .clk_i, .rst_ni, .inject_i, .ecc_o(own_ecc), .room_o(extents_room[w]), .add_i(own && extent_add), .add_extent_i(new_extent),
      .keep_i(own && extents_keep), .drop_i(own && extents_drop), .next_i(own && extent_next),
      .again_o(own_again),
      .extent_valid_o(extent_valid_o[w]), .extent_ready_i(extent_ready_i[w]), .extent_o(own_extent)
    );

    vault_pkg::command_t    command;
    vault_puts_pkg::given_t own_given;
    assign command   = commands_q[write_at[w]];
    assign own_given = givens_q[write_at[w]];
    vault_puts_write u_write (
      .clk_i, .rst_ni, .valid_i(placed_q[write_at[w]] && !begun_q[write_at[w]]),
      .command_i(command), .object_i(own_given.object), .begun_o(begun[w]),
      .stream_free_i(stream_free_i[w]),
      .write_valid_o(write_valid_o[w]), .write_ready_i(write_ready_i[w]), .write_o(own_write)
    );
    assign stream_begin_o[w] = begun[w];
    assign stream_tag_o[w]   = command.tag;
    assign stream_bytes_o[w] = command.bytes;
    // One under way, and so no other's end.
    assign written[w] = written_valid_i[w] && begun_q[written_at[w]] && !written_q[written_at[w]];

    logic unused_given;
    assign unused_given = &{1'b0, own_given, command, own_ecc};
  end
  assign write_0_o  = writes[0];
  assign write_1_o  = writes[1];
  assign extent_0_o = extents[0];
  assign extent_1_o = extents[1];

  // ---- The index.
  logic index_full, waits_lookup, waits_index;
  vault_puts_enter u_enter (
    .clk_i, .rst_ni, .valid_i(written_q[change_at_q] && !changed_q[change_at_q]),
    .write_error_i(failed_q[change_at_q]), .given_i(enter_given),
    .came_i(came_q[change_at_q]), .found_i(enter_found), .done_o(changed), .outcome_o(outcome),
    .again_valid_o(again), .again_ready_i(handle_room),
    .command_valid_o(index_valid_o), .command_ready_i(index_ready_i), .command_o(index_o),
    .answer_valid_i(found_valid_i), .answer_i(found_i),
    .index_full_o(index_full), .waits_lookup_o(waits_lookup), .waits_index_o(waits_index)
  );

  // It is told of buckets as soon as they are known, of as many puts as it keeps lines for: that
  // of the entry to be replaced, or the two of a new one.
  localparam logic [Bits-1:0] ToldPuts = Bits'(4);
  logic                   tells, tells_none, tells_last, tell_second_q;
  vault_puts_pkg::found_t told_found;
  index_pkg::key_t        told_key;
  index_pkg::location_t   told_location;
  assign told_found    = founds_q[told_at_q];
  assign told_key      = told_found.key;
  assign told_location = told_found.location;
  assign tells         = came_q[told_at_q] && !changed_q[told_at_q] && put_t'(told_at_q - change_at_q) < ToldPuts;
  assign tells_none    = told_found.error || !told_found.object_found || (told_found.page_found && told_location.stash);
  assign bucket_valid_o = tells && !tells_none;
  assign bucket_o      = told_found.page_found ? told_location.bucket : tell_second_q ? told_key.second : told_key.first;
  assign tells_last    = tells && (tells_none || (bucket_ready_i && (told_found.page_found || tell_second_q)));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) tell_second_q <= 1'b0;
    // What is known of it may have been forgotten meanwhile, or have come to an end.
    else         tell_second_q <= tells && !tells_last && !changed && (tell_second_q || bucket_ready_i);
  end

  // ---- The end.
  logic waits_free;
  vault_puts_free u_free (
    .clk_i, .rst_ni, .valid_i(changed_q[free_at_q] && !freed_q[free_at_q]),
    .outcome_i(free_outcome), .found_i(free_found), .given_i(free_given),
    .order_i(free_order), .done_o(freed), .freed_o(freed_data),
    .mem_o, .mem_i(mem_rsp),
    .cmd_valid_o(cmd_valid[Free]), .cmd_ready_i(cmd_ready[Free]), .cmd_o(free_cmd),
    .answer_valid_i(answered[Free]), .answer_i(given_i), .waits_o(waits_free)
  );

  // The store is told of as many as it keeps at a time.
  localparam logic [Bits-1:0] Told = Bits'(4);
  logic                   soon_known, soon_goes;
  vault_puts_pkg::found_t soon_found;
  index_pkg::slot_t       soon_old;
  assign soon_found   = founds_q[soon_at_q];
  assign soon_old     = soon_found.entry;
  assign soon_known   = placed_q[soon_at_q] && came_q[soon_at_q] && !freed_q[soon_at_q] &&
                        put_t'(soon_at_q - free_at_q) < Told;
  assign soon_valid_o = soon_known && soon_found.page_found && !soon_found.error;
  assign soon_goes    = soon_known && (soon_ready_i || !soon_valid_o);
  assign soon_unit_o  = soon_old.unit_at;
  assign soon_units_o = soon_old.units;

  vault_pkg::change_t book_change;
  vault_puts_book u_book (
    .clk_i, .rst_ni, .valid_i(freed_q[book_at_q]),
    .command_i(book_command), .given_i(book_given),
    .outcome_i(book_outcome), .freed_i(book_freed), .done_o(booked),
    .object_o, .object_i, .row_o(book_row_o), .row_i(book_row_rsp), .change_o(book_change),
    .answer_valid_o, .answer_ready_i, .answer_o
  );
  always_comb begin
    change_o            = book_change;
    change_o.index_full = index_full;
  end

  // ---- The store: what gives room back goes first. Answers come in order.
  logic       owner_room, owner_valid, owner, frees;
  logic [2:0] owners;
  assign frees         = cmd_valid[Free];
  assign store_valid_o = cmd_valid != '0 && owner_room;
  assign store_o       = frees ? free_cmd : place_cmd;
  assign cmd_ready     = !owner_room || !store_ready_i ? 2'b00 : frees ? 2'b10 : 2'b01;
  lib_fifo #(.Width(1), .Depth(4)) u_owners (
    .clk_i, .rst_ni,
    .in_valid_i(store_valid_o && store_ready_i), .in_ready_o(owner_room), .in_data_i(frees),
    .out_valid_o(owner_valid), .out_ready_i(given_valid_i && given_i.last), .out_data_o(owner),
    .level_o(owners)
  );
  assign answered[Place] = given_valid_i && owner_valid && !owner;
  assign answered[Free]  = given_valid_i && owner_valid && owner;

  // ---- Figures.
  vault_puts_pkg::stats_t stats_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q <= '0;
    end else begin
      stats_q.puts        <= stats_q.puts + 32'(booked);
      stats_q.diverted    <= stats_q.diverted + 32'(diverted_i);
      stats_q.wait_inside <= stats_q.wait_inside + 32'(command_valid_i && !command_ready_o);
      stats_q.wait_object <= stats_q.wait_object + 32'(waits_object);
      stats_q.wait_room   <= stats_q.wait_room + 32'(waits_room);
      stats_q.wait_stream <= stats_q.wait_stream + 32'(stream_starves_i[0]) + 32'(stream_starves_i[1]);
      stats_q.wait_lookup <= stats_q.wait_lookup + 32'(waits_lookup);
      stats_q.wait_index  <= stats_q.wait_index + 32'(waits_index);
      stats_q.wait_free   <= stats_q.wait_free + 32'(waits_free);
    end
  end
  assign stats_o = stats_q;

  logic unused;
  assign unused = &{1'b0, place_i, owners, look_command, soon_found, soon_old, told_found, told_key, told_location, entered_command};

  `PAMC_ASSUME(m_diverted, !diverted_i || divert)
  `PAMC_ASSERT(a_answers_are_asked_for, !given_valid_i || owner_valid)
  `PAMC_ASSERT(a_each_stage_behind_the_other, (asked_q & ~used_q) == '0 && (placed_q & ~asked_q) == '0 &&
               (begun_q & ~placed_q) == '0 && (written_q & ~begun_q) == '0 && (changed_q & ~written_q) == '0 &&
               (freed_q & ~changed_q) == '0)

endmodule
