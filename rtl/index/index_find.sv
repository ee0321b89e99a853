// SPDX-License-Identifier: Apache-2.0
//
// The second half of a search: what was asked for waits here for its buckets, in order.
// Each line is reduced to its first candidate as it comes, so no line is stored; answers
// wait for their taker in a queue that has room for every search that was begun.
//
// A search is begun with its first read (begin_i), and what the stash holds comes with
// the last one (stash_i), at the same time or later, but not after the line of it.

`include "check.svh"

module index_find #(
  // Most searches at a time.
  parameter int unsigned Finds = 28,
  // Derived, not to be set.
  parameter int unsigned LevelBits = $clog2(Finds + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  begin_i,
  input  logic [index_pkg::IdBits-1:0] id_i,
  input  index_pkg::key_t       key_i,
  input  logic [index_pkg::CursorBits-1:0] cursor_i,
  input  logic [index_pkg::EpochBits-1:0]  epoch_i,
  // One bucket (key.first), all its entries; or all of the stash.
  input  logic                  scan_i,
  input  logic                  scan_stash_i,
  output logic                  room_o,

  input  logic                  stash_valid_i,
  input  index_pkg::hit_t       stash_i,
  input  logic                  stash_error_i,

  // The searches' lines, in the order of begin_i; two for each but a scan.
  input  logic                  line_valid_i,
  input  logic [511:0]          line_i,
  input  logic                  line_error_i,

  output logic                  answer_valid_o,
  input  logic                  answer_ready_i,
  output index_pkg::answer_t    answer_o
);

  localparam int unsigned Slots = index_pkg::BucketSlots;
  localparam int unsigned S     = index_pkg::SlotBits;

  // What is known of a search when it begins. from: first candidate of each bucket to look
  // at, as a mask.
  typedef struct packed {
    logic                            scan;
    logic                            scan_stash;
    logic [index_pkg::IdBits-1:0]    id;
    index_pkg::key_t                 key;
    logic [Slots-1:0]                from_first;
    logic [Slots-1:0]                from_second;
    logic [index_pkg::EpochBits-1:0] epoch;
  } search_t;

  search_t asked, search;
  logic    take, search_room, search_any;
  logic [LevelBits-1:0] searches;
  assign asked.scan        = scan_i;
  assign asked.scan_stash  = scan_stash_i;
  assign asked.id          = id_i;
  assign asked.key         = key_i;
  assign asked.from_first  = scan_stash_i || cursor_i > 6'd7 ? '0 : 8'hff << cursor_i[2:0];
  assign asked.from_second = scan_i || cursor_i > 6'd15 ? '0 :
                             cursor_i < 6'd8 ? 8'hff : 8'hff << cursor_i[2:0];
  assign asked.epoch       = epoch_i;

  lib_fifo #(.Width($bits(asked)), .Depth(Finds)) u_searches (
    .clk_i, .rst_ni,
    .in_valid_i(begin_i), .in_ready_o(search_room), .in_data_i(asked),
    .out_valid_o(search_any), .out_ready_i(take), .out_data_o(search), .level_o(searches)
  );

  // First cycle: which slots of the line agree.
  logic             second_q;  // the line is a search's second
  logic             last;
  logic [Slots-1:0] agree;
  assign last = second_q || search.scan;
  assign take = line_valid_i && last;
  for (genvar i = 0; i < Slots; i++) begin : gen_slot
    index_pkg::slot_t slot;
    assign slot     = line_i[S*i +: S];
    assign agree[i] = (search.scan ? slot != '0 : {slot.kind, slot.tag} == search.key.match) &&
                      (second_q ? search.from_second[i] : search.from_first[i]);
  end

  logic              agree_valid_q, agree_last_q, agree_error_q;
  logic [Slots-1:0]  agree_q;
  logic [S*Slots-1:0] line_q;
  search_t           search1_q, search2_q;

  // Second cycle: the first of them.
  index_pkg::hit_t hit, hit_q, held_q;
  logic            hit_valid_q, hit_last_q, hit_error_q, held_error_q;
  index_choose #(.Places(Slots)) u_choose (
    .set_i(agree_q), .entries_i(line_q), .hit_o(hit)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      second_q      <= 1'b0;
      agree_valid_q <= 1'b0;
      hit_valid_q   <= 1'b0;
    end else begin
      if (line_valid_i) second_q <= !last;
      agree_valid_q <= line_valid_i;
      hit_valid_q   <= agree_valid_q;
    end
  end
  always_ff @(posedge clk_i) begin
    agree_last_q  <= last;
    agree_error_q <= line_error_i;
    agree_q       <= agree;
    line_q        <= line_i;
    search1_q     <= search;
    hit_q         <= hit;
    hit_last_q    <= agree_last_q;
    hit_error_q   <= agree_error_q;
    search2_q     <= search1_q;
    // A search's first line waits for the second.
    if (hit_valid_q) begin
      held_q       <= hit_q;
      held_error_q <= hit_error_q;
    end
  end

  // Third cycle: the first of all places.
  logic            stash_room, stash_any, finish;
  logic            stash_error;
  index_pkg::hit_t stash, stashed;
  logic [LevelBits-1:0] stashes;
  assign finish = hit_valid_q && hit_last_q;
  lib_fifo #(.Width($bits(stash_i) + 1), .Depth(Finds)) u_stash (
    .clk_i, .rst_ni,
    .in_valid_i(stash_valid_i), .in_ready_o(stash_room), .in_data_i({stash_error_i, stash_i}),
    .out_valid_o(stash_any), .out_ready_i(finish), .out_data_o({stash_error, stash}), .level_o(stashes)
  );

  index_pkg::hit_t    first, second;
  index_pkg::answer_t answer;
  always_comb begin
    first   = search2_q.scan ? hit_q : held_q;
    second  = search2_q.scan ? '0 : hit_q;
    stashed = search2_q.scan && !search2_q.scan_stash ? '0 : stash;

    answer          = '0;
    answer.id       = search2_q.id;
    answer.error    = hit_error_q || (!search2_q.scan && held_error_q) ||
                      (stash_error && !(search2_q.scan && !search2_q.scan_stash));
    answer.epoch    = search2_q.epoch;
    if (first.any) begin
      answer.ok              = 1'b1;
      answer.more            = first.more || second.any || stashed.any;
      answer.cursor          = 6'(first.place) + 6'd1;
      answer.location.bucket = search2_q.key.first;
      answer.location.slot   = first.place;
      answer.entry           = first.entry;
    end else if (second.any) begin
      answer.ok              = 1'b1;
      answer.more            = second.more || stashed.any;
      answer.cursor          = 6'(second.place) + 6'd9;
      answer.location.bucket = search2_q.key.second;
      answer.location.slot   = second.place;
      answer.entry           = second.entry;
    end else if (stashed.any) begin
      answer.ok              = 1'b1;
      answer.more            = stashed.more;
      answer.cursor          = 6'(stashed.place) + (search2_q.scan ? 6'd1 : 6'd17);
      answer.location.stash  = 1'b1;
      answer.location.slot   = stashed.place;
      answer.entry           = stashed.entry;
    end
    if (answer.error) begin
      answer.ok   = 1'b0;
      answer.more = 1'b0;
    end
  end

  // Taken at once, if none waits.
  logic                 answer_room, answer_waits;
  index_pkg::answer_t   answer_first;
  logic [LevelBits-1:0] answers;
  lib_fifo #(.Width($bits(answer)), .Depth(Finds)) u_answers (
    .clk_i, .rst_ni,
    .in_valid_i(finish && !(answer_ready_i && !answer_waits)), .in_ready_o(answer_room), .in_data_i(answer),
    .out_valid_o(answer_waits), .out_ready_i(answer_ready_i), .out_data_o(answer_first),
    .level_o(answers)
  );
  assign answer_valid_o = answer_waits || finish;
  assign answer_o       = answer_waits ? answer_first : answer;

  // Searches begun whose answer is not yet taken.
  logic [LevelBits-1:0] open_q, open_d;
  logic                 room_q;
  assign open_d = open_q + LevelBits'(begin_i) - LevelBits'(answer_valid_o && answer_ready_i);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q <= '0;
      room_q <= 1'b0;
    end else begin
      open_q <= open_d;
      room_q <= open_d != LevelBits'(Finds);
    end
  end
  assign room_o = room_q;

  logic unused;
  assign unused = &{1'b0, searches, stashes, answers, search2_q};

  `PAMC_ASSUME(m_room, !begin_i || room_q)
  `PAMC_ASSUME(m_line_asked_for, !line_valid_i || search_any)
  `PAMC_ASSUME(m_stash_in_time, !finish || stash_any)
  `PAMC_ASSERT(a_room_for_search, !begin_i || search_room)
  `PAMC_ASSERT(a_room_for_stash, !stash_valid_i || stash_room)
  `PAMC_ASSERT(a_room_for_answer, !finish || answer_room)

endmodule
