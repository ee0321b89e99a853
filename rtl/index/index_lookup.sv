// SPDX-License-Identifier: Apache-2.0
//
// Where a handle is, as locate() of sim/model/vault.c finds it: the object's number, from
// the cache or by the index and a look at the object's record; then the page, by the index
// and a look at the header of its record. Answers come as they are ready.
//
// Every lookup has a slot (index_slots), and is at one place at a time: in a hash pipeline,
// in one of the queues, with the table, or waiting for a line of memory. Each queue has
// room for all of them, so nothing ever stalls and no two can wait for each other.
//
//   handle -> recent? -------+
//          -> hash -> cache -+-> [page] -> hash -> [find page] -+-> table -> [read] -> memory
//                            +-> place -> [find object] --------+                         |
//              [page] or an answer <- match --- compare --- other candidate -> [again] ---+
//
// A quick lookup ends with the first candidate for the page: its record is for who asked to
// read, who needs it anyway and so saves the time of a read.
//
// A search that goes on behind a candidate which was not the right one begins anew if an
// entry may have moved meanwhile (epoch). A page that was found begins anew as a whole if
// its object may have gone meanwhile: then the number that was found for it can be another
// object's by now, and so can the page.

`include "check.svh"

module index_lookup #(
  parameter int unsigned SlotBits = 4
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                 inject_i,
  output ecc_pkg::event_t                  ecc_o,
  output ecc_pkg::event_t                  ecc_recent_o,
  output ecc_pkg::event_t                  ecc_handles_o,
  output ecc_pkg::event_t                  ecc_keys_o,
  output ecc_pkg::event_t                  ecc_found_o,

  // Stay as they are. Units begin at base_line_i, two in a line. Secrets: k1, k0.
  input  logic [dram_pkg::LineBits-1:0]    base_line_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,

  input  logic                             handle_valid_i,
  output logic                             handle_ready_o,
  input  index_pkg::handle_t               handle_i,

  output logic                             place_valid_o,
  input  logic                             place_ready_i,
  output index_pkg::place_t                place_o,

  // The table: FINDs, and their answers, which are always taken.
  output logic                             command_valid_o,
  input  logic                             command_ready_i,
  output index_pkg::command_t              command_o,
  input  logic                             answer_valid_i,
  input  index_pkg::answer_t               answer_i,

  // The slot of an object leaves the index, or all do: told in the cycle after the command is taken.
  input  logic                             drop_i,
  input  logic [index_pkg::TagBits-1:0]    drop_tag_i,
  input  logic                             drop_all_i,

  // A port of card DRAM that only reads.
  output logic                             req_valid_o,
  input  logic                             req_ready_i,
  output dram_pkg::req_t                   req_o,
  input  logic                             rdata_valid_i,
  input  dram_pkg::rdata_t                 rdata_i
);

  localparam int unsigned Slots     = 1 << SlotBits;
  localparam int unsigned LevelBits = SlotBits + 1;
  localparam int unsigned IdKey     = index_pkg::ContentsBits + 192;
  localparam int unsigned RowBits   = 6;
  localparam int unsigned O         = index_pkg::ObjectBits;

  typedef logic [SlotBits-1:0] slot_id_t;

  // ---- a slot for each ----
  logic     begins, ends, slot_free, anew;
  // What ends; what does, or begins anew, from a queue.
  slot_id_t begin_slot, end_slot, queue_slot, free_slot;
  index_slots #(.SlotBits(SlotBits)) u_slots (
    .clk_i, .rst_ni, .valid_o(slot_free), .take_i(begins), .slot_o(free_slot),
    .free_i(ended_q), .free_slot_i(ended_slot_q)
  );
  // Free a cycle after.
  logic     ended_q;
  slot_id_t ended_slot_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ended_q <= 1'b0;
    else         ended_q <= ends;
  end
  always_ff @(posedge clk_i) ended_slot_q <= end_slot;
  // Whether one really begins anew is known late.
  assign handle_ready_o = slot_free && !(any_end && stale_q != '0);
  assign begins         = handle_valid_i && handle_ready_o;
  assign begin_slot     = anew ? queue_slot : free_slot;

  // What is known of it, by who needs it. Each is read before its lookup can end, which
  // takes two hashes' time, or one's and a read of memory.
  // (Whether one really begins is known late; a slot that is free may have anything.)
  localparam int unsigned Anew = 0;
  localparam int unsigned Look = 1;
  localparam int unsigned Page = 2;
  localparam int unsigned Line = 3;
  localparam int unsigned HandleBits = IdKey + 64;
  logic [3:0][HandleBits-1:0] handles;
  logic [3:0]                 handle_wrong;
  ecc_checked #(.Memory(ecc_pkg::LookupHandles), .Width(HandleBits), .Depth(Slots), .Ports(4), .Checks(14)) u_handles (
    .clk_i, .rst_ni, .inject_i, .ecc_o(ecc_handles_o), .write_i(slot_free), .kept_i(begins), .write_at_i(free_slot),
    .write_data_i({handle_i.contents, handle_i.object, handle_i.index}),
    .read_at_i({line_slot, page_slot, hash_slot, queue_slot}), .read_data_o(handles),
    .use_i({line_valid, page_take, hash_valid, anew}), .wrong_o(handle_wrong)
  );
  logic [IdKey-1:0] begin_key;
  assign begin_key = anew ? handles[Anew][64 +: IdKey] : {handle_i.contents, handle_i.object};
  // Whose lookup it is, and its object: nobody would be answered, or another.
  (* ram_style = "registers" *) logic [index_pkg::IdBits-1:0] ids_q [Slots];
  always_ff @(posedge clk_i) if (slot_free) ids_q[free_slot] <= handle_i.id;

  logic [Slots-1:0] quick_q;
  always_ff @(posedge clk_i) if (slot_free) quick_q[free_slot] <= handle_i.quick;

  // ---- the object: one of the last ones, or else by hash and cache ----
  logic               learn, recent_answer, recent_hit;
  slot_id_t           recent_slot;
  logic [O-1:0]       recent_object;
  logic [RowBits-1:0] recent_row, learn_row, drop_row;
  logic               hit;  // in the cache
  logic [O-1:0]       hit_object;
  index_recent #(.RowBits(RowBits), .KeyBits(IdKey), .SlotBits(SlotBits)) u_recent (
    .clk_i, .rst_ni, .inject_i, .ecc_o(ecc_recent_o),
    .look_i(begins), .look_slot_i(free_slot), .look_key_i({handle_i.contents, handle_i.object}),
    .answer_o(recent_answer), .answer_slot_o(recent_slot),
    .hit_o(recent_hit), .hit_object_o(recent_object), .hit_row_o(recent_row),
    .learn_i(learn), .learn_row_i(learn_row),
    .learn_key_i(look3_key_q), .learn_object_i(hit_object),
    .drop_i, .drop_row_i(drop_row), .drop_all_i
  );
  assign drop_row = drop_tag_i[RowBits-1:0];
  // What begins anew has lost its object, and is not looked for here. What was found goes no
  // further than through the hash.
  logic             known_early;
  logic [Slots-1:0] recent_q;
  assign known_early = recent_answer && recent_hit;
  logic             anew_q;
  slot_id_t         anew_slot_q;
  always_ff @(posedge clk_i) begin
    anew_q      <= anew;
    anew_slot_q <= queue_slot;
    for (int unsigned n = 0; n < Slots; n++) begin
      if (recent_answer && recent_slot == SlotBits'(n)) recent_q[n] <= recent_hit;
      if (anew_q && anew_slot_q == SlotBits'(n)) recent_q[n] <= 1'b0;
    end
  end

  logic        hash_valid, hashed;
  logic [63:0] hash;
  slot_id_t    hash_slot;
  index_hash #(.Words(4), .PayloadBits(SlotBits)) u_object_hash (
    .clk_i, .rst_ni, .secret_i(object_secret_i), .valid_i(begins || anew),
    .words_i({begin_key[191:0], 64'(begin_key[IdKey-1 -: index_pkg::ContentsBits])}), .payload_i(begin_slot),
    .valid_o(hashed), .hash_o(hash), .payload_o(hash_slot)
  );
  assign hash_valid = hashed && !recent_q[hash_slot];

  logic     object_place_valid;
  slot_id_t object_place_slot;
  index_pkg::key_t object_key;
  index_place #(.PayloadBits(SlotBits)) u_object_place (
    .clk_i, .rst_ni, .buckets_i, .kind_i(index_pkg::KindObject),
    .valid_i(hash_valid), .hash_i(hash), .payload_i(hash_slot),
    .valid_o(object_place_valid), .key_o(object_key), .payload_o(object_place_slot)
  );

  // The row in the cache is part of the tag.
  logic               look_q, look2_q, look3_q;
  slot_id_t           look_slot_q, look2_slot_q, look3_slot_q;
  logic [RowBits-1:0] look_row_q, look2_row_q, look3_row_q;
  logic [IdKey-1:0]   look_key_q, look2_key_q, look3_key_q;
  logic               look2_wrong_q, look3_wrong_q;
  logic               fill;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {look3_q, look2_q, look_q} <= '0;
    else         {look3_q, look2_q, look_q} <= {look2_q, look_q, hash_valid};
  end
  logic [Slots-1:0] missed_q;
  always_ff @(posedge clk_i) begin
    {look3_slot_q, look2_slot_q, look_slot_q} <= {look2_slot_q, look_slot_q, hash_slot};
    {look3_row_q, look2_row_q, look_row_q} <= {look2_row_q, look_row_q, hash[RowBits-1:0]};
    {look3_key_q, look2_key_q, look_key_q} <= {look2_key_q, look_key_q, handles[Look][64 +: IdKey]};
    {look3_wrong_q, look2_wrong_q} <= {look2_wrong_q, handle_wrong[Look]};
    // Known before the place is.
    if (look3_q) missed_q[look3_slot_q] <= !hit;
  end

  // Learnt, unless something was dropped since the cache was asked, or it was asked for something else.
  logic [1:0] drops_q;
  always_ff @(posedge clk_i) drops_q <= {drops_q[0], drop_i || drop_all_i};
  assign learn        = look3_q && hit && !look3_wrong_q && drops_q == '0 && !drop_i && !drop_all_i;
  assign learn_row    = look3_row_q;

  // An object of the same row went since the look: perhaps this one.
  logic [Slots-1:0]              stale_q;
  logic [Slots-1:0][RowBits-1:0] rows_q;
  always_ff @(posedge clk_i) begin
    if (look_q || known_early || drop_i || drop_all_i) begin
      for (int unsigned n = 0; n < Slots; n++) begin
        if (drop_all_i || (drop_i && rows_q[n] == drop_row)) stale_q[n] <= 1'b1;
        if (look_q && look_slot_q == SlotBits'(n)) begin
          rows_q[n]  <= look_row_q;
          stale_q[n] <= drop_all_i || (drop_i && look_row_q == drop_row);
        end
        if (known_early && recent_slot == SlotBits'(n)) begin
          rows_q[n]  <= recent_row;
          stale_q[n] <= drop_all_i || (drop_i && recent_row == drop_row);
        end
      end
    end
  end

  // ---- what is found ----
  logic               match_object;
  slot_id_t           match_slot;
  logic [O-1:0]       match_number;
  logic [IdKey-1:0]   match_key;
  logic [RowBits-1:0] match_row;

  index_cache #(.RowBits(RowBits), .KeyBits(IdKey), .SlotBits(SlotBits)) u_cache (
    .clk_i, .rst_ni, .inject_i, .ecc_o,
    .look_i(look_q), .look_slot_i(look_slot_q), .look_row_i(look_row_q), .look_key_i(look_key_q),
    .hit_o(hit), .hit_object_o(hit_object),
    .fill_i(fill), .fill_slot_i(match_slot), .fill_row_i(match_row), .fill_key_i(match_key),
    .fill_object_i(match_number),
    .drop_i, .drop_row_i(drop_row), .drop_all_i
  );
  assign fill = match_object;

  // ---- the page: object numbers from the last ones, cache and memory; hash ----
  localparam int unsigned NumberBits = SlotBits + O;
  logic     known_valid, known_take, read_valid, read_take, known_room, read_room;
  logic     early_valid, early_take, early_room, early_now, page_take;
  slot_id_t known_slot, read_slot, early_slot, page_slot;
  logic [O-1:0] known_number, read_number, early_number, page_number;
  logic [LevelBits-1:0] known_level, read_level, early_level;
  lib_fifo #(.Width(NumberBits), .Depth(Slots)) u_early (
    .clk_i, .rst_ni, .in_valid_i(known_early && !early_now), .in_ready_o(early_room),
    .in_data_i({recent_slot, recent_object}), .out_valid_o(early_valid), .out_ready_i(early_take),
    .out_data_o({early_slot, early_number}), .level_o(early_level)
  );
  lib_fifo #(.Width(NumberBits), .Depth(Slots)) u_known (
    .clk_i, .rst_ni, .in_valid_i(look3_q && hit), .in_ready_o(known_room),
    .in_data_i({look3_slot_q, hit_object}), .out_valid_o(known_valid), .out_ready_i(known_take),
    .out_data_o({known_slot, known_number}), .level_o(known_level)
  );
  lib_fifo #(.Width(NumberBits), .Depth(Slots)) u_read (
    .clk_i, .rst_ni, .in_valid_i(match_object), .in_ready_o(read_room),
    .in_data_i({match_slot, match_number}), .out_valid_o(read_valid), .out_ready_i(read_take),
    .out_data_o({read_slot, read_number}), .level_o(read_level)
  );
  // One of them each cycle: none can wait for long. One of the last ones is at once, if no other is.
  assign read_take   = read_valid;
  assign known_take  = known_valid && !read_valid;
  assign early_take  = early_valid && !read_valid && !known_valid;
  assign early_now   = known_early && !early_valid && !read_valid && !known_valid;
  assign page_take   = read_valid || known_valid || early_valid || known_early;
  assign page_slot   = read_valid ? read_slot : known_valid ? known_slot : early_valid ? early_slot : recent_slot;
  assign page_number = read_valid ? read_number : known_valid ? known_number : early_valid ? early_number : recent_object;

  (* ram_style = "registers" *) logic [O-1:0] objects_q [Slots];
  always_ff @(posedge clk_i) if (page_take) objects_q[page_slot] <= page_number;

  logic        page_hash_valid;
  logic [63:0] page_hash;
  slot_id_t    page_hash_slot, page_place_slot;
  index_hash #(.Words(2), .PayloadBits(SlotBits)) u_page_hash (
    .clk_i, .rst_ni, .secret_i(page_secret_i), .valid_i(page_take),
    .words_i({handles[Page][63:0], 64'(page_number)}), .payload_i(page_slot),
    .valid_o(page_hash_valid), .hash_o(page_hash), .payload_o(page_hash_slot)
  );

  logic            page_place_valid;
  index_pkg::key_t page_key;
  index_place #(.PayloadBits(SlotBits)) u_page_place (
    .clk_i, .rst_ni, .buckets_i, .kind_i(index_pkg::KindPage),
    .valid_i(page_hash_valid), .hash_i(page_hash), .payload_i(page_hash_slot),
    .valid_o(page_place_valid), .key_o(page_key), .payload_o(page_place_slot)
  );

  // ---- candidates ----
  logic               again_valid, again_room;
  slot_id_t           again_slot;
  index_pkg::key_t    again_key;
  logic [index_pkg::CursorBits-1:0] again_cursor;

  logic               found_valid;  // a candidate, or that there is none
  slot_id_t           found_slot;
  logic               found_page;   // what was looked for is a page
  index_pkg::key_t    found_key;
  index_pkg::answer_t found;

  logic               key_wrong, anew_wrong;
  slot_id_t           anew_wrong_slot;
  index_searches #(.SlotBits(SlotBits)) u_searches (
    .clk_i, .rst_ni, .inject_i, .ecc_o(ecc_keys_o),
    .object_valid_i(object_place_valid && missed_q[object_place_slot]),
    .object_slot_i(object_place_slot), .object_key_i(object_key),
    .page_valid_i(page_place_valid), .page_slot_i(page_place_slot), .page_key_i(page_key),
    .again_valid_i(again_valid), .again_slot_i(again_slot), .again_key_i(again_key),
    .again_cursor_i(again_cursor), .room_o(again_room),
    .command_valid_o, .command_ready_i, .command_o, .answer_valid_i, .answer_i,
    .found_valid_o(found_valid), .found_slot_o(found_slot), .found_page_o(found_page),
    .found_key_o(found_key), .found_o(found),
    .found_wrong_o(key_wrong), .anew_wrong_o(anew_wrong), .anew_slot_o(anew_wrong_slot)
  );

  // ---- what came of a damaged word: its lookup goes on, and ends as an error ----
  slot_id_t         page_taken_q, found_slot_q;
  logic [Slots-1:0] spoils, spoilt_q, spoilt;
  assign spoilt = spoilt_q | spoils;
  always_ff @(posedge clk_i) {page_taken_q, found_slot_q} <= {page_slot, found_slot};
  always_comb begin
    for (int unsigned n = 0; n < Slots; n++) begin
      spoils[n] = (handle_wrong[Anew] && anew_slot_q == SlotBits'(n)) || (handle_wrong[Look] && look_slot_q == SlotBits'(n)) ||
                  (handle_wrong[Page] && page_taken_q == SlotBits'(n)) || (key_wrong && found_slot_q == SlotBits'(n)) ||
                  (anew_wrong && anew_wrong_slot == SlotBits'(n));
    end
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned n = 0; n < Slots; n++) spoilt_q[n] <= spoilt[n] && !(begins && free_slot == SlotBits'(n));
  end

  // ---- their records ----
  logic               line_valid, line_error, quick;
  slot_id_t           line_slot;
  logic [255:0]       line_head;
  assign quick = found_page && quick_q[found_slot];
  index_heads #(.SlotBits(SlotBits)) u_heads (
    .clk_i, .rst_ni, .base_line_i,
    .ask_i(found_valid && found.ok && !quick), .ask_slot_i(found_slot),
    .ask_unit_i(found.entry.unit_at),
    .req_valid_o, .req_ready_i, .req_o, .rdata_valid_i, .rdata_i,
    .head_valid_o(line_valid), .head_slot_o(line_slot), .head_error_o(line_error),
    .head_o(line_head)
  );

  // The candidate waits here for its record.
  localparam int unsigned FoundBits = $bits(found_page) + $bits(found_key) + $bits(found);
  logic [FoundBits-1:0] candidate;
  logic                 candidate_wrong;
  ecc_checked #(.Memory(ecc_pkg::LookupFound), .Width(FoundBits), .Depth(Slots), .Checks(8)) u_found (
    .clk_i, .rst_ni, .inject_i, .ecc_o(ecc_found_o), .write_i(found_valid), .kept_i(1'b1), .write_at_i(found_slot),
    .write_data_i({found_page, found_key, found}),
    .read_at_i(compare_slot_q), .read_data_o(candidate), .use_i(compare_q), .wrong_o(candidate_wrong)
  );

  // First cycle: all that is to be compared; two more: compared.
  logic [HandleBits-1:0] compare_handle_q;
  logic               compare_page_q;
  index_pkg::key_t    compare_key_q;
  index_pkg::answer_t compare_found_q;
  logic               compare_q, compare2_q, compare3_q;
  logic               error_q, error2_q, error3_q;
  slot_id_t           compare_slot_q, compare2_slot_q, compare3_slot_q;
  logic [255:0]       head_q, head2_q, head3_q;
  logic [O-1:0]       object_q;
  logic               match;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {compare3_q, compare2_q, compare_q} <= '0;
    else         {compare3_q, compare2_q, compare_q} <= {compare2_q, compare_q, line_valid};
  end
  always_ff @(posedge clk_i) begin
    compare_handle_q <= handles[Line];
    object_q         <= objects_q[line_slot];
    {head3_q, head2_q, head_q}     <= {head2_q, head_q, line_head};
    // A damaged handle is known behind its register, a damaged candidate a cycle later.
    {error3_q, error2_q, error_q}  <= {error2_q || candidate_wrong, error_q || handle_wrong[Line], line_error};
    {compare3_slot_q, compare2_slot_q, compare_slot_q} <=
        {compare2_slot_q, compare_slot_q, line_slot};
  end

  logic               found_page1;
  index_pkg::key_t    found_key1;
  index_pkg::answer_t found1;
  assign {found_page1, found_key1, found1} = candidate;
  index_compare u_compare (
    .clk_i, .head_i(head_q), .is_object_i(!found_page1),
    .contents_i(compare_handle_q[HandleBits-1 -: index_pkg::ContentsBits]), .id_i(compare_handle_q[64 +: 192]),
    .object_i(object_q), .index_i(compare_handle_q[63:0]), .match_o(match)
  );

  logic [IdKey-1:0]   match_key_q, match_key2_q;
  logic               page2_q;
  index_pkg::key_t    key2_q;
  index_pkg::answer_t found2_q;
  always_ff @(posedge clk_i) begin
    {match_key2_q, match_key_q} <= {match_key_q, compare_handle_q[64 +: IdKey]};
    {page2_q, key2_q, found2_q}                        <= {found_page1, found_key1, found1};
    {compare_page_q, compare_key_q, compare_found_q}   <= {page2_q, key2_q, found2_q};
  end

  // What it was:
  logic good, bad;
  assign good = compare3_q && !error3_q && match;
  assign bad  = compare3_q && !error3_q && !match;
  assign match_object = good && !compare_page_q;
  assign match_slot   = compare3_slot_q;
  assign match_number = compare_found_q.entry.unit_at[O-1:0];
  assign match_key    = match_key2_q;
  assign match_row    = compare_found_q.entry.tag[RowBits-1:0];
  assign again_valid  = bad && compare_found_q.more;
  assign again_slot   = compare3_slot_q;
  assign again_key    = compare_key_q;
  assign again_cursor = compare_found_q.cursor;

  // ---- ends: no record to look at, at once if no other is there; or the record has decided ----
  localparam int unsigned EndBits = SlotBits + 3 + $bits(page_key) + $bits(compare_found_q.entry) +
                                    $bits(compare_found_q.location);
  logic                 soon_valid, soon_take, soon_room, now_valid, now_take;
  logic [EndBits-1:0]   soon, some, now, chosen;
  logic [LevelBits-1:0] soon_level;
  assign now       = {found_slot, found_page, found.error, found.ok, found_key, found.entry, found.location};
  assign now_valid = found_valid && (!found.ok || quick);
  lib_fifo #(.Width(EndBits), .Depth(Slots)) u_soon (
    .clk_i, .rst_ni, .in_valid_i(now_valid && !now_take), .in_ready_o(soon_room),
    .in_data_i(now), .out_valid_o(soon_valid), .out_ready_i(soon_take), .out_data_o(soon), .level_o(soon_level)
  );

  logic                 some_valid, some_take, some_room;
  logic [255:0]         some_head;
  logic [LevelBits-1:0] some_level;
  lib_fifo #(.Width(EndBits + 256), .Depth(Slots)) u_some (
    .clk_i, .rst_ni,
    .in_valid_i(compare3_q && !match_object && !again_valid), .in_ready_o(some_room),
    .in_data_i({compare3_slot_q, compare_page_q, error3_q, match, compare_key_q,
                compare_found_q.entry, compare_found_q.location, head3_q}),
    .out_valid_o(some_valid), .out_ready_i(some_take), .out_data_o({some, some_head}),
    .level_o(some_level)
  );

  logic                 end_page, end_error, end_match, end_spoilt, soon_stale, some_stale;
  index_pkg::key_t      end_key;
  index_pkg::slot_t     end_entry;
  index_pkg::location_t end_location;
  // One that is found just now is known late; if it has to begin anew, it waits like the others.
  logic now_goes;
  assign now_goes = !soon_valid && !some_valid && place_free && !(found_page && stale_q[found_slot]);
  assign now_take = now_valid && now_goes;
  assign chosen   = soon_valid ? soon : some_valid ? some : now;

  logic     soon_page, soon_error, soon_match, some_page, some_error, some_match;
  slot_id_t soon_slot, some_slot;
  assign {soon_slot, soon_page, soon_error, soon_match} = soon[EndBits-1 -: SlotBits+3];
  assign {some_slot, some_page, some_error, some_match} = some[EndBits-1 -: SlotBits+3];
  assign {end_slot, end_page, end_error, end_match, end_key, end_entry, end_location} = chosen;

  logic               place_valid_q, place_free, any_end;
  index_pkg::place_t  place, place_q;
  assign any_end    = soon_valid || some_valid;
  // Of either queue, beside which of them it is.
  assign soon_stale = soon_page && soon_match && !soon_error && stale_q[soon_slot];
  assign some_stale = some_page && some_match && !some_error && stale_q[some_slot];
  assign queue_slot = soon_valid ? soon_slot : some_slot;
  assign end_spoilt = soon_valid ? spoilt[soon_slot] : some_valid ? spoilt[some_slot] : spoilt[found_slot];
  assign place_free = !place_valid_q || place_ready_i;
  assign anew       = soon_valid ? soon_stale : some_valid && some_stale;
  assign soon_take  = soon_valid && (place_free || anew);
  assign some_take  = some_valid && !soon_valid && (place_free || anew);
  assign ends       = (soon_take || some_take || now_take) && !anew;
  always_comb begin
    place              = '0;
    place.id           = ids_q[end_slot];
    place.object       = objects_q[end_slot];
    place.error        = end_error || end_spoilt;
    place.object_found = !place.error && end_page;
    place.page_found   = place.object_found && end_match;
    place.entry        = end_entry;
    place.location     = end_location;
    place.head         = some_head;
    place.key          = end_key;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         place_valid_q <= 1'b0;
    else if (place_free) place_valid_q <= (any_end && !anew) || now_take;
  end
  // Of what ends as it is found, the key is known to be damaged only now.
  logic now_q, now_wrong;
  assign now_wrong = now_q && key_wrong;
  always_comb begin
    place_o = place_q;
    if (now_wrong) begin
      place_o.error        = 1'b1;
      place_o.object_found = 1'b0;
      place_o.page_found   = 1'b0;
    end
  end
  always_ff @(posedge clk_i) begin
    now_q   <= now_take;
    place_q <= place_free ? place : place_o;
  end
  assign place_valid_o = place_valid_q;

  logic unused;
  assign unused = &{1'b0, known_level, read_level, early_level, soon_level, some_level, handles, compare_found_q, drop_tag_i};

  `PAMC_ASSERT(a_room, (known_room || !(look3_q && hit)) && (early_room || !known_early) && (read_room || !match_object) &&
                       (soon_room || !now_valid) &&
                       (some_room || !compare3_q) && again_room)
  `PAMC_ASSERT(a_one_begins, !(begins && anew))

endmodule
