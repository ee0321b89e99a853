// SPDX-License-Identifier: Apache-2.0
//
// The allocator of a store: which units of a region of card DRAM are free. It gives and
// takes exactly as sim/model/store.c does, down to every byte of memory; a card may have
// several, each with a region and a map of its own.
//
// Answers come in the order of the commands. An extent is answered when memory has accepted
// all that the allocator will write to it, so that its new owner may write at once; he must
// have had all his own requests accepted before he frees it.

`include "check.svh"

module store_alloc (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t              inject_i,
  output logic [ecc_pkg::Memories-1:0][1:0] ecc_o,

  // First lines of the units and of the map; they stay as they are.
  input  logic [dram_pkg::LineBits-1:0] units_line_i,
  input  logic [dram_pkg::LineBits-1:0] map_line_i,

  input  logic                          cmd_valid_i,
  output logic                          cmd_ready_o,
  input  store_pkg::cmd_t               cmd_i,

  // Extents that will most likely be freed, in this order: what their freeing needs is read
  // ahead. Nothing comes of one that never is, or is no extent.
  input  logic                          soon_valid_i,
  output logic                          soon_ready_o,
  input  logic [31:0]                   soon_unit_i,
  input  logic [7:0]                    soon_units_i,

  output logic                          answer_valid_o,
  input  logic                          answer_ready_i,
  output store_pkg::answer_t            answer_o,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output store_pkg::counters_t          counters_o,
  // At work, if only for itself: memory and lists may change.
  output logic                          busy_o,
  // Memory, or its own, failed it; it refuses everything until it is made anew.
  output logic                          broken_o,
  // For diagnosis: the first unit of a list, two cycles later.
  input  logic [8:0]                    peek_bin_i,
  output logic [31:0]                   peek_head_o
);

  logic                 op_valid, op_ready;
  store_pkg::op_t       op;
  logic                 got_valid, got_map, got_error;
  store_pkg::get_e      got;
  store_pkg::words_t    got_words;
  logic [511:0]         got_line;
  logic                 map_valid, map_ready, map_done_valid, map_broken, map_quiet, clear;
  store_pkg::map_op_t   map;
  store_pkg::map_done_t map_done;
  logic [31:0]          units;
  logic                 line_valid, line_ready, line_written, line_write, line_lost;
  logic [22:0]          line;
  logic [63:0]          line_strb;
  logic [511:0]         line_data;
  logic                 answer_valid, answer_room, main_busy;
  store_pkg::answer_t   answer;

  ecc_pkg::event_t lists_ecc, map_ecc, extents_ecc;
  always_comb begin
    ecc_o                      = '0;
    ecc_o[ecc_pkg::StoreLists] = lists_ecc;
    ecc_o[ecc_pkg::StoreMap]   = map_ecc;
    ecc_o[ecc_pkg::Extents]    = extents_ecc;
  end

  // Hints: taken, looked at, given to those that read ahead, to the map a cycle later.
  logic        soon_q, soon_looked_q, soon_sane_q, soon_goes, soon_near, soon_map, map_soon_q;
  logic [39:0] map_soon_extent_q;
  logic [31:0] soon_unit_q, soon_units_q;
  logic [32:0] soon_end_q;
  assign soon_goes    = soon_looked_q && (!soon_sane_q || (soon_near && !map_soon_q));
  assign soon_ready_o = !soon_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      soon_q        <= 1'b0;
      soon_looked_q <= 1'b0;
      map_soon_q    <= 1'b0;
    end else begin
      map_soon_q    <= map_soon_q ? !soon_map : soon_goes && soon_sane_q;
      soon_q        <= soon_q ? !soon_goes : soon_valid_i;
      soon_looked_q <= soon_q && !soon_goes;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!soon_q) begin
      soon_unit_q  <= soon_unit_i;
      soon_units_q <= 32'(soon_units_i);
      soon_end_q   <= {1'b0, soon_unit_i} + 33'(soon_units_i);
    end
    if (!map_soon_q) map_soon_extent_q <= {soon_unit_q, soon_units_q[7:0]};
    soon_sane_q <= soon_units_q >= 32'(store_pkg::MinRun) && soon_end_q <= {1'b0, units};
  end

  // The map was quiet, and nothing is given to it in this cycle or offered to it in the next: so it still
  // is. A hint that waits behind does not count, as it may wait for what INIT makes anew.
  logic quiet_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) quiet_q <= 1'b0;
    else         quiet_q <= map_quiet && !map_valid && !map_soon_q && !(soon_goes && soon_sane_q);
  end

  store_main u_main (
    .clk_i, .rst_ni, .inject_i, .ecc_o(lists_ecc), .ecc_extents_o(extents_ecc),
    .cmd_valid_i, .cmd_ready_o, .cmd_i,
    .soon_valid_i(soon_looked_q && soon_sane_q && !map_soon_q), .soon_ready_o(soon_near),
    .soon_unit_i(soon_unit_q), .soon_end_i(soon_end_q[31:0]),
    .answer_valid_o(answer_valid), .answer_ready_i(answer_room), .answer_o(answer),
    .op_valid_o(op_valid), .op_ready_i(op_ready), .op_o(op),
    .got_valid_i(got_valid), .got_i(got), .got_error_i(got_error), .got_words_i(got_words),
    .map_valid_o(map_valid), .map_ready_i(map_ready), .map_o(map),
    .map_done_valid_i(map_done_valid), .map_done_i(map_done), .map_broken_i(map_broken),
    .map_quiet_i(quiet_q), .clear_o(clear), .units_o(units),
    .peek_bin_i, .peek_head_o, .counters_o, .busy_o(main_busy), .broken_o
  );

  store_map u_map (
    .clk_i, .rst_ni, .inject_i, .ecc_o(map_ecc), .units_i(units), .clear_i(clear), .quiet_o(map_quiet),
    .op_valid_i(map_valid), .op_ready_o(map_ready), .op_i(map),
    .soon_valid_i(map_soon_q), .soon_ready_o(soon_map), .soon_i({1'b1, map_soon_extent_q}),
    .done_valid_o(map_done_valid), .done_o(map_done),
    .line_valid_o(line_valid), .line_ready_i(line_ready), .line_written_i(line_written), .line_write_o(line_write), .line_lost_o(line_lost),
    .line_o(line), .line_strb_o(line_strb), .line_data_o(line_data),
    .got_valid_i(got_map), .got_i(got_line),
    .got_error_i(got_error),
    .broken_o(map_broken)
  );

  logic [15:0] accepted;
  logic        port_busy;

  store_port u_port (
    .clk_i, .rst_ni, .units_line_i, .map_line_i,
    .op_valid_i(op_valid), .op_ready_o(op_ready), .op_i(op), .accepted_o(accepted),
    .busy_o(port_busy),
    .map_valid_i(line_valid), .map_ready_o(line_ready), .map_written_o(line_written), .map_write_i(line_write), .map_lost_i(line_lost),
    .map_line_n_i(line), .map_strb_i(line_strb), .map_data_i(line_data),
    .got_valid_o(got_valid), .got_map_o(got_map), .got_o(got), .got_error_o(got_error), .got_words_o(got_words),
    .got_line_o(got_line),
    .req_valid_o, .req_ready_i, .req_o, .wdata_valid_o, .wdata_ready_i, .wdata_o,
    .rdata_valid_i, .rdata_i
  );

  // An answer waits until memory has accepted what was asked for before it. The numbers are
  // so long that an answer that nobody takes does not see them come round: the allocator
  // stops when a few wait. The first one is in a register, past the queue if that is empty; that its
  // time has come is known there a cycle later, so who waits for it need not count.
  logic [15:0]        asked_q, since, late;
  store_pkg::answer_t behind, next, first_q;
  logic [15:0]        behind_since, next_since, since_q;
  logic               behind_valid, first_valid_q, first_free, late_q;
  logic [2:0]         answer_level;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                   asked_q <= '0;
    else if (op_valid && op_ready) asked_q <= asked_q + 16'd1;
  end

  assign first_free = !first_valid_q || (answer_valid_o && answer_ready_i);
  lib_fifo #(.Width(42 + 16), .Depth(4)) u_answers (
    .clk_i, .rst_ni,
    .in_valid_i(answer_valid && (behind_valid || !first_free)), .in_ready_o(answer_room), .in_data_i({asked_q, answer}),
    .out_valid_o(behind_valid), .out_ready_i(first_free), .out_data_o({behind_since, behind}),
    .level_o(answer_level)
  );
  assign {next_since, next} = behind_valid ? {behind_since, behind} : {asked_q, answer};
  assign since              = first_free ? next_since : since_q;
  assign late               = accepted - since;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         first_valid_q <= 1'b0;
    else if (first_free) first_valid_q <= behind_valid || (answer_valid && answer_room);
  end
  always_ff @(posedge clk_i) begin
    late_q <= late[15];
    if (first_free) {since_q, first_q} <= {next_since, next};
  end

  logic unused;
  assign unused = &{1'b0, late[14:0]};

  assign answer_valid_o = first_valid_q && !late_q;
  assign answer_o       = first_q;
  assign busy_o         = soon_q || map_soon_q || main_busy || port_busy || first_valid_q || answer_level != '0;

endmodule
