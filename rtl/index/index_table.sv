// SPDX-License-Identifier: Apache-2.0
//
// The table from keys to places in card DRAM: commands in, one answer for each.
//
// Searches (FIND, SCAN) are pipelined: each asks for its buckets and goes its way
// (index_find). What changes the table is done one at a time (index_change), and searches
// overtake it while it reads, unless they want one of its buckets. Commands are started in
// order, and dram/ keeps the order of what touches a line, so:
//   - a search that was accepted before a change has asked for all its lines, and seen the
//     stash, before the change writes anything;
//   - one accepted after it, if it could see a difference, waits until all is written.
// An entry that the change moves away has one of the change's own buckets, whatever its
// other one is: so a search for it is one that waits. (One for a key with the same tag
// waits, too: in the stash, which has entries of all buckets, it could see the new entry.)

`include "check.svh"

module index_table #(
  // Most searches at a time.
  parameter int unsigned Finds = 28,
  // Buckets read ahead.
  parameter int unsigned Ahead = 8
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Of the stash: errors to be made, errors found; an entry is lost.
  input  ecc_pkg::inject_t                 inject_i,
  output ecc_pkg::event_t                  ecc_o,
  // Of what is read ahead: errors found.
  output ecc_pkg::event_t                  ecc_ahead_o,
  output ecc_pkg::event_t                  ecc_places_o,
  output logic                             failed_o,

  // Where the table is; stay as they are. At least 2 buckets.
  input  logic [dram_pkg::LineBits-1:0]    base_line_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,

  input  logic                             command_valid_i,
  output logic                             command_ready_o,
  input  index_pkg::command_t              command_i,

  output logic                             answer_valid_o,
  input  logic                             answer_ready_i,
  output index_pkg::answer_t               answer_o,

  // A bucket that a change will want: a hint.
  input  logic                             soon_valid_i,
  output logic                             soon_ready_o,
  input  logic [index_pkg::BucketBits-1:0] soon_bucket_i,

  output logic                             req_valid_o,
  input  logic                             req_ready_i,
  output dram_pkg::req_t                   req_o,
  output logic                             wdata_valid_o,
  input  logic                             wdata_ready_i,
  output dram_pkg::wdata_t                 wdata_o,
  input  logic                             rdata_valid_i,
  input  dram_pkg::rdata_t                 rdata_i,

  // Entries, the stash's included; entries moved since INIT; entries in the stash.
  output logic [31:0]                      used_o,
  output logic [63:0]                      moves_o,
  output logic [5:0]                       stash_level_o
);

  localparam int unsigned B = index_pkg::BucketBits;

  // The next command, from a register.
  logic                command_valid, command_take;
  index_pkg::command_t command;
  lib_skid #(.Width($bits(command_i))) u_command (
    .clk_i, .rst_ni,
    .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(command_valid), .out_ready_i(command_take), .out_data_o(command)
  );

  logic searches, scans;
  assign scans    = command.op == index_pkg::OP_SCAN;
  assign searches = command.op == index_pkg::OP_FIND || scans;

  // May it overtake the change that is under way?
  logic         change_busy, change_idle, change_exclusive, commit_wanted, commit_go;
  logic [B-1:0] change_first, change_second;
  index_pkg::match_t change_match;
  logic         meets, waits;
  assign meets = scans || change_exclusive || command.key.match == change_match ||
                 command.key.first == change_first || command.key.first == change_second ||
                 command.key.second == change_first || command.key.second == change_second;
  assign waits = change_busy && (meets || commit_wanted || committing_q);

  // A search that is asking for its lines: first or second.
  logic                search_q, search_second_q;
  index_pkg::command_t search_command_q;
  logic                stash_sound;
  logic                search_fire, search_ends, find_room, search_load, change_start;
  // That it is a scan, from a register: whose request is next goes by it.
  logic                search_scan_q, search_scan_stash;
  assign search_scan_stash = search_scan_q && search_command_q.key.first == buckets_i;
  assign search_ends       = search_q && search_second_q && (search_scan_q || search_fire);
  assign search_load  = command_valid && searches && !waits && (!search_q || search_ends);
  assign change_start = command_valid && !searches && change_idle;
  assign command_take = search_load || change_start;

  // Committing: from the commit to the end of the change.
  logic committing_q;
  assign commit_go = commit_wanted && !search_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      search_q        <= 1'b0;
      search_second_q <= 1'b0;
      committing_q    <= 1'b0;
    end else begin
      if (search_load)      search_q <= 1'b1;
      else if (search_ends) search_q <= 1'b0;
      if (search_ends)      search_second_q <= 1'b0;
      else if (search_fire) search_second_q <= 1'b1;
      committing_q <= change_busy && (committing_q || commit_go);
    end
  end
  always_ff @(posedge clk_i) begin
    if (search_load) begin
      search_command_q <= command;
      search_scan_q    <= scans;
    end
  end

  // Requests: the change's first, which are few; what is read ahead last, unless a change reads: it
  // may wait for just that.
  logic         change_request, change_ready, change_write;
  logic [B-1:0] change_bucket, search_bucket, bucket;
  logic [6:0]   change_lines;
  logic         search_request, owner_room, req_room, req_valid, req_fire;
  dram_pkg::req_t req;
  assign search_bucket  = search_scan_stash ? '0 :
                          search_second_q ? search_command_q.key.second :
                          search_command_q.key.first;
  assign search_request = search_q && (search_second_q ? !search_scan_q : find_room && stash_sound);
  logic         ahead_request, ahead_ready, ahead_first, change_reads;
  logic [B-1:0] ahead_bucket;
  assign req_valid      = (change_request || search_request || ahead_request) && owner_room;
  assign req_fire       = req_valid && req_room;
  assign change_ready   = req_room && owner_room;
  assign search_fire    = search_request && !change_request && !ahead_first && req_room && owner_room;
  assign ahead_first    = ahead_request && change_reads;
  assign ahead_ready    = !change_request && (!search_request || ahead_first) && req_room && owner_room;
  assign bucket         = change_request ? change_bucket : search_request && !ahead_first ? search_bucket : ahead_bucket;
  assign req.write      = change_request && change_write;
  assign req.line       = base_line_i + dram_pkg::LineBits'(bucket);
  assign req.lines      = change_request ? change_lines : 7'd1;

  lib_skid #(.Width($bits(req_o))) u_req (
    .clk_i, .rst_ni,
    .in_valid_i(req_valid), .in_ready_o(req_room), .in_data_i(req),
    .out_valid_o(req_valid_o), .out_ready_i(req_ready_i), .out_data_o(req_o)
  );

  // Whose line comes next. A change reads at most eight at a time, and so many are read ahead.
  localparam int unsigned Lines     = 2 * Finds + 8 + Ahead;
  localparam int unsigned LinesBits = $clog2(Lines + 1);
  logic                 owner_any, owner_change, owner_ahead;
  logic [LinesBits-1:0] owners;
  lib_fifo #(.Width(2), .Depth(Lines)) u_owner (
    .clk_i, .rst_ni,
    .in_valid_i(req_fire && !req.write), .in_ready_o(owner_room), .in_data_i({ahead_request && ahead_ready, change_request}),
    .out_valid_o(owner_any), .out_ready_i(rdata_valid_i), .out_data_o({owner_ahead, owner_change}),
    .level_o(owners)
  );

  // The stash.
  logic             home, stash_add, stash_remove, stash_replace, stash_clear;
  logic [4:0]       look_place, stash_place;
  index_pkg::slot_t look_entry, stash_entry;
  index_pkg::hit_t  search_hit, home_hit;
  logic             search_error;
  logic [5:0]       stash_level, search_from;
  logic             search_begin;
  assign search_begin = search_fire && !search_second_q;
  assign search_from  = search_scan_q ? search_command_q.cursor :
                        search_command_q.cursor < 6'd16 ? '0 : search_command_q.cursor - 6'd16;
  index_stash u_stash (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .search_error_o(search_error), .sound_o(stash_sound), .failed_o,
    .search_i(search_begin), .everything_i(search_scan_q), .match_i(search_command_q.key.match),
    .from_i(search_from), .search_hit_o(search_hit),
    .home_i(home), .home_bucket_i(change_first), .home_hit_o(home_hit),
    .look_place_i(look_place), .look_entry_o(look_entry),
    .add_i(stash_add), .remove_i(stash_remove), .replace_i(stash_replace),
    .clear_i(stash_clear), .place_i(stash_place), .entry_i(stash_entry),
    .first_i(change_first), .second_i(change_second), .level_o(stash_level)
  );

  logic                            find_valid, find_take;
  index_pkg::answer_t              find_answer;
  logic [index_pkg::EpochBits-1:0] epoch;
  index_find #(.Finds(Finds)) u_find (
    .clk_i, .rst_ni,
    .begin_i(search_begin), .id_i(search_command_q.id), .key_i(search_command_q.key),
    .cursor_i(search_command_q.cursor), .epoch_i(epoch),
    .scan_i(search_scan_q), .scan_stash_i(search_scan_stash), .room_o(find_room),
    .stash_valid_i(search_ends), .stash_i(search_hit), .stash_error_i(search_error),
    .line_valid_i(rdata_valid_i && !owner_change && !owner_ahead), .line_i(rdata_i.data),
    .line_error_i(rdata_i.error),
    .answer_valid_o(find_valid), .answer_ready_i(find_take), .answer_o(find_answer)
  );

  logic              change_begins, change_clears, want_ahead, second_ahead, here, take_ahead;
  logic [1:0][B-1:0] change_buckets;
  logic [1:0]        coming;
  logic [511:0]      line_ahead;
  index_ahead #(.Lines(Ahead)) u_ahead (
    .clk_i, .rst_ni, .inject_i, .ecc_o(ecc_ahead_o), .ecc_places_o, .soon_valid_i, .soon_ready_o, .soon_bucket_i,
    .request_valid_o(ahead_request), .request_ready_i(ahead_ready), .request_bucket_o(ahead_bucket),
    .line_valid_i(rdata_valid_i && owner_ahead), .line_i(rdata_i.data), .line_error_i(rdata_i.error),
    .begin_i(change_begins), .reads_i(change_reads), .bucket_i(change_buckets), .coming_o(coming),
    .want_i(want_ahead), .second_i(second_ahead), .here_o(here), .take_i(take_ahead), .line_o(line_ahead),
    .write_i(change_request && change_write && change_ready), .write_bucket_i(change_bucket), .clear_i(change_clears)
  );

  logic               change_answers, change_taken;
  index_pkg::answer_t change_answer;
  index_change u_change (
    .clk_i, .rst_ni, .buckets_i,
    .start_i(change_start), .idle_o(change_idle), .command_i(command),
    .busy_o(change_busy), .exclusive_o(change_exclusive),
    .first_o(change_first), .second_o(change_second), .match_o(change_match),
    .commit_o(commit_wanted), .commit_go_i(commit_go),
    .request_valid_o(change_request), .request_ready_i(change_ready),
    .request_write_o(change_write), .request_bucket_o(change_bucket),
    .request_lines_o(change_lines),
    .write_valid_o(wdata_valid_o), .write_ready_i(wdata_ready_i), .write_o(wdata_o),
    .line_valid_i(rdata_valid_i && owner_change), .line_i(rdata_i.data),
    .line_error_i(rdata_i.error),
    .begin_o(change_begins), .reads_o(change_reads), .bucket_o(change_buckets), .coming_i(coming),
    .want_ahead_o(want_ahead), .second_ahead_o(second_ahead), .here_i(here), .take_ahead_o(take_ahead), .line_ahead_i(line_ahead), .clears_o(change_clears),
    .home_o(home), .home_hit_i(home_hit), .look_place_o(look_place),
    .look_entry_i(look_entry), .stash_sound_i(stash_sound), .stash_level_i(stash_level),
    .stash_add_o(stash_add), .stash_remove_o(stash_remove),
    .stash_replace_o(stash_replace), .stash_clear_o(stash_clear),
    .stash_place_o(stash_place), .stash_entry_o(stash_entry),
    .answer_valid_o(change_answers), .answer_ready_i(change_taken), .answer_o(change_answer),
    .epoch_o(epoch), .used_o, .moves_o
  );

  // Answers: the change's first, since the next one waits for it.
  logic answer_room;
  assign change_taken = answer_room;
  assign find_take    = answer_room && !change_answers;
  lib_skid #(.Width($bits(answer_o))) u_answer (
    .clk_i, .rst_ni,
    .in_valid_i(change_answers || find_valid), .in_ready_o(answer_room),
    .in_data_i(change_answers ? change_answer : find_answer),
    .out_valid_o(answer_valid_o), .out_ready_i(answer_ready_i), .out_data_o(answer_o)
  );

  assign stash_level_o = stash_level;

  logic unused;
  assign unused = &{1'b0, owners, rdata_i.last, search_command_q};

  `PAMC_ASSUME(m_line_asked_for, !rdata_valid_i || owner_any)
  `PAMC_ASSERT(a_scan, !search_q || search_scan_q == (search_command_q.op == index_pkg::OP_SCAN))
  `PAMC_ASSERT(a_nobody_searches_a_change, !(committing_q && search_q))

endmodule
