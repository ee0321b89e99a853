// SPDX-License-Identifier: Apache-2.0
//
// Commands, one at a time, and who carries them out: giving (store_give), freeing
// (store_free), both with the help of store_runs. Only one of them asks for anything at a
// time, but that store_runs may still be at work for the one before. store_near reads ahead
// of what is freed whenever nobody else asks or is about to (op_first of store_runs).
//
// When memory says that it could not correct what the store must know, or what it says
// makes no sense, everything is refused from then on: broken_o, until the next CMD_INIT. So
// it is when an entry of a list is lost.

`include "check.svh"

module store_main (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  output ecc_pkg::event_t        ecc_o,
  output ecc_pkg::event_t        ecc_extents_o,

  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  store_pkg::cmd_t        cmd_i,
  // An extent that will be freed: a hint.
  input  logic                   soon_valid_i,
  output logic                   soon_ready_o,
  input  logic [31:0]            soon_unit_i,
  input  logic [31:0]            soon_end_i,
  output logic                   answer_valid_o,
  input  logic                   answer_ready_i,
  output store_pkg::answer_t     answer_o,

  output logic                   op_valid_o,
  input  logic                   op_ready_i,
  output store_pkg::op_t         op_o,
  input  logic                   got_valid_i,
  input  store_pkg::get_e        got_i,
  input  logic                   got_error_i,
  input  store_pkg::words_t      got_words_i,

  output logic                   map_valid_o,
  input  logic                   map_ready_i,
  output store_pkg::map_op_t     map_o,
  input  logic                   map_done_valid_i,
  input  store_pkg::map_done_t   map_done_i,
  input  logic                   map_broken_i,
  input  logic                   map_quiet_i,
  output logic                   clear_o,
  output logic [31:0]            units_o,

  input  logic [8:0]             peek_bin_i,
  output logic [31:0]            peek_head_o,
  output store_pkg::counters_t   counters_o,
  output logic                   busy_o,
  output logic                   broken_o
);

  typedef enum logic [2:0] {Idle, Give, Free, Init, InitLink, Refuse, InitDone} state_e;
  state_e state_q;

  store_pkg::cmd_t      cmd_q;
  store_pkg::counters_t counters_q;
  logic [31:0]          units_q;
  logic                 broken, broken_q, list_waits, runs_first;

  // ---- the three ----
  logic                   give_start, give_idle, give_answers, give_asks, give_maps, give_runs;
  logic                   undo, free_start, free_idle, free_answers, free_asks, free_maps;
  logic                   free_runs, free_broken, run_ready, runs_asks, op_ready;
  store_pkg::answer_t     give_answer, free_answer;
  store_pkg::op_t         give_op, free_op, runs_op;
  store_pkg::map_op_t     give_map, free_map;
  store_pkg::run_cmd_t    give_run, free_run, run;
  store_pkg::count_t      give_count, free_count, count_q;
  logic [31:0]            undo_unit;
  logic [7:0]             undo_units, seek_units;
  logic [8:0]             give_bin, runs_bin, seek_fit_bin, seek_largest_bin;
  logic                   seek_fit, seek_any, occupied, fetch, fetch_ready, lists_quiet;
  store_pkg::list_t       entry;
  store_pkg::list_write_t list_write;
  logic [31:0]            long_units;
  logic                   got_head;

  logic                   near, near_here, near_header_here, near_asks, near_quiet;
  logic [31:0]            near_unit, near_end, near_footer;
  store_pkg::words_t      near_behind, near_header;
  logic [2:0]             near_error;
  store_pkg::op_t         near_op;

  assign give_start = state_q == Idle && cmd_valid_i && cmd_i.kind == store_pkg::CMD_ALLOC;
  assign free_start = state_q == Idle && cmd_valid_i && cmd_i.kind == store_pkg::CMD_FREE &&
                      !broken;
  assign got_head   = got_valid_i && got_i == store_pkg::GET_HEAD;

  store_give u_give (
    .clk_i, .rst_ni, .inject_i, .ecc_o(ecc_extents_o),
    .cmd_valid_i(give_start), .cmd_ready_o(give_idle), .bytes_i(cmd_i.bytes), .most_i(cmd_i.most),
    .answer_valid_o(give_answers), .answer_ready_i, .answer_o(give_answer),
    .op_valid_o(give_asks), .op_ready_i(op_ready), .op_o(give_op),
    .map_valid_o(give_maps), .map_ready_i, .map_o(give_map),
    .run_valid_o(give_runs), .run_ready_i(run_ready), .run_o(give_run),
    .undo_valid_o(undo), .undo_ready_i(free_idle && run_ready), .undo_unit_o(undo_unit),
    .undo_units_o(undo_units),
    .bin_o(give_bin), .list_i(entry), .list_wait_i(list_waits), .long_i(long_units), .seek_units_o(seek_units),
    .seek_fit_i(seek_fit), .seek_fit_bin_i(seek_fit_bin), .seek_any_i(seek_any),
    .seek_largest_bin_i(seek_largest_bin),
    .free_units_i(counters_q.free_units), .count_o(give_count), .broken_i(broken)
  );

  store_free u_free (
    .clk_i, .rst_ni, .units_i(units_q),
    .cmd_valid_i(free_start || (undo && run_ready)), .cmd_ready_o(free_idle), .silent_i(undo),
    .cmd_unit_i(undo ? undo_unit : cmd_i.unit),
    .cmd_units_i(undo ? 32'(undo_units) : cmd_i.units),
    .answer_valid_o(free_answers), .answer_ready_i, .answer_o(free_answer),
    .near_valid_o(near), .near_unit_o(near_unit), .near_end_o(near_end), .near_here_i(near_here),
    .near_header_here_i(near_header_here), .near_behind_i(near_behind), .near_footer_i(near_footer),
    .near_header_i(near_header), .near_error_i(near_error),
    .op_valid_o(free_asks), .op_ready_i(op_ready), .op_o(free_op),
    .map_valid_o(free_maps), .map_ready_i, .map_o(free_map), .map_done_valid_i, .map_done_i,
    .run_valid_o(free_runs), .run_ready_i(run_ready), .run_o(free_run),
    .count_o(free_count), .broken_o(free_broken)
  );

  store_near u_near (
    .clk_i, .rst_ni, .units_i(units_q), .clear_i(clear_o), .quiet_o(near_quiet),
    .soon_valid_i, .soon_ready_o, .soon_unit_i, .soon_end_i,
    .free_i(near), .unit_i(near_unit), .end_i(near_end), .here_o(near_here),
    .header_here_o(near_header_here), .behind_o(near_behind), .footer_o(near_footer),
    .header_o(near_header), .error_o(near_error),
    .op_valid_o(near_asks), .op_ready_i(op_ready && !give_asks && !free_asks), .op_o(near_op),
    .got_valid_i, .got_i, .got_error_i, .got_words_i,
    .asked_i(op_valid_o && op_ready_i), .asked_op_i(op_o)
  );

  store_runs u_runs (
    .clk_i, .rst_ni,
    .cmd_valid_i(give_runs || free_runs || state_q == InitLink), .cmd_ready_o(run_ready),
    .cmd_i(run),
    .op_valid_o(runs_asks), .op_ready_i, .op_o(runs_op), .op_first_o(runs_first),
    .bin_o(runs_bin), .list_i(entry), .list_wait_i(list_waits), .occupied_i(occupied), .broken_i(broken), .write_o(list_write),
    .fetch_valid_o(fetch), .fetch_ready_i(fetch_ready)
  );

  store_lists u_lists (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .clear_i(clear_o), .wait_o(list_waits),
    .bin_i(run_ready ? give_bin : runs_bin), .list_o(entry), .occupied_o(occupied),
    .write_i(list_write), .long_o(long_units),
    .fetch_valid_i(fetch), .fetch_ready_o(fetch_ready),
    .got_valid_i(got_head), .got_next_i(got_words_i.next), .got_length_i(got_words_i.length),
    .quiet_o(lists_quiet),
    .seek_units_i(seek_units), .seek_fit_o(seek_fit), .seek_fit_bin_o(seek_fit_bin),
    .seek_any_o(seek_any), .seek_largest_bin_o(seek_largest_bin),
    .peek_bin_i, .peek_head_o
  );

  // ---- what they ask for ----
  // What store_runs was told first goes first.
  assign op_ready   = op_ready_i && !runs_first;
  assign op_valid_o = runs_first ? runs_asks : give_asks || free_asks || near_asks;
  assign op_o       = runs_first ? runs_op : give_asks ? give_op : free_asks ? free_op : near_op;

  assign map_valid_o = give_maps || free_maps;
  assign map_o       = give_maps ? give_map : free_map;

  always_comb begin
    run = give_runs ? give_run : free_run;
    if (state_q == InitLink) begin
      run         = '0;
      run.kind    = store_pkg::RUN_LINK;
      run.units   = units_q;
      run.is_long = units_q > 32'(store_pkg::MaxExtent);
    end
  end

  assign answer_valid_o = give_answers || free_answers || state_q == Refuse ||
                          (state_q == InitDone && run_ready);
  assign answer_o       = give_answers ? give_answer :
                          free_answers ? free_answer : {40'd0, 1'b1, state_q == InitDone};

  // ---- commands ----
  assign clear_o     = state_q == Init && map_quiet_i && lists_quiet && near_quiet && run_ready;
  assign cmd_ready_o = state_q == Idle;
  assign units_o     = units_q;
  // An entry that is lost is known in the same cycle.
  assign broken      = broken_q || ecc_o.uncorrectable;
  assign broken_o    = broken;
  assign busy_o      = state_q != Idle || !run_ready || !lists_quiet || !map_quiet_i || !near_quiet;

  logic init_bad;
  assign init_bad = cmd_i.units < 32'(store_pkg::MinRun) || cmd_i.units > 32'h8000_0000;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= Idle;
      units_q  <= '0;
      broken_q <= 1'b0;
    end else begin
      case (state_q)
        Idle: if (cmd_valid_i) begin
          case (cmd_i.kind)
            store_pkg::CMD_ALLOC: state_q <= Give;
            store_pkg::CMD_FREE:  state_q <= broken ? Refuse : Free;
            store_pkg::CMD_INIT:  state_q <= init_bad ? Refuse : Init;
            default:              state_q <= Refuse;
          endcase
        end
        // Their first cycle is over, so they are idle when they are done. Freeing for an
        // allocation that failed has to be done, too.
        Give, Free: if (give_idle && free_idle) state_q <= Idle;
        Init:       if (clear_o) begin
          state_q <= InitLink;
          units_q <= cmd_q.units;
        end
        InitLink:   if (run_ready) state_q <= InitDone;
        default:    if (answer_valid_o && answer_ready_i) state_q <= Idle;
      endcase
      if (clear_o) broken_q <= 1'b0;
      else if (free_broken || ecc_o.uncorrectable || map_broken_i ||
               (got_head && got_error_i)) broken_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == Idle) cmd_q <= cmd_i;
  end

  // Added a cycle later: who asks how much is free does so long after.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      counters_q <= '0;
      count_q    <= '0;
    end else begin
      count_q <= give_answers ? give_count : free_count;
      if (state_q == InitLink) begin
        counters_q            <= '0;
        counters_q.free_units <= units_q;
        counters_q.runs       <= 32'd1;
      end else begin
        counters_q.free_units <= counters_q.free_units + count_q.free_units;
        counters_q.runs       <= counters_q.runs + count_q.runs;
        counters_q.merges     <= counters_q.merges + 64'(count_q.merges);
        counters_q.splits     <= counters_q.splits + 64'(count_q.splits);
      end
    end
  end
  assign counters_o = counters_q;

  logic unused;
  assign unused = &{1'b0, cmd_q};

  `PAMC_ASSERT(a_one_asks, !(give_asks && free_asks) && !(give_runs && free_runs) &&
                           !(give_maps && free_maps) && !(give_answers && free_answers))

endmodule
