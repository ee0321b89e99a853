// SPDX-License-Identifier: Apache-2.0
//
// What store_give gives away and what it leaves make up the run it took, without overlap
// or gap; no extent is shorter or longer than allowed, and no rest is. So no unit is given
// twice or lost, as long as lists hold each free run once. Lists, map and memory answer
// what and when they like, but a list that fits has runs that are long enough.

`include "check.svh"

module store_give_proof (
  input logic              clk_i,
  input logic              cmd_valid_i,
  input logic [16:0]       bytes_i,
  input logic [9:0]        most_i,
  input logic              answer_ready_i,
  input logic              op_ready_i,
  input logic              map_ready_i,
  input logic              run_ready_i,
  input store_pkg::list_t  list_i,
  input logic              seek_fit_i,
  input logic [8:0]        seek_fit_bin_i,
  input logic              seek_any_i,
  input logic [8:0]        seek_largest_bin_i,
  input logic [31:0]       free_units_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [31:0] long_units;

  logic                cmd_ready, answer_valid, op_valid, map_valid, run_valid, undo_valid;
  store_pkg::answer_t  answer;
  store_pkg::op_t      op;
  store_pkg::map_op_t  map_op;
  store_pkg::run_cmd_t run;
  logic [31:0]         undo_unit;
  logic [7:0]          undo_units, seek_units;
  logic [8:0]          bin;
  store_pkg::count_t   count;

  ecc_pkg::event_t     ecc;
  store_give dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .cmd_valid_i, .cmd_ready_o(cmd_ready), .bytes_i, .most_i,
    .answer_valid_o(answer_valid), .answer_ready_i, .answer_o(answer),
    .op_valid_o(op_valid), .op_ready_i, .op_o(op),
    .map_valid_o(map_valid), .map_ready_i, .map_o(map_op),
    .run_valid_o(run_valid), .run_ready_i, .run_o(run),
    .undo_valid_o(undo_valid), .undo_ready_i(1'b1), .undo_unit_o(undo_unit),
    .undo_units_o(undo_units),
    .bin_o(bin), .list_i, .list_wait_i(1'b0), .long_i(long_units), .seek_units_o(seek_units),
    .seek_fit_i, .seek_fit_bin_i, .seek_any_i, .seek_largest_bin_i,
    .free_units_i, .count_o(count), .broken_i(1'b0)
  );

  `PAMC_ASSUME(m_long, long_units > 32'd255 && long_units <= 32'h8000_0000)
  `PAMC_ASSUME(m_fit, !seek_fit_i || (seek_fit_bin_i >= 9'(seek_units) && seek_fit_bin_i <= 9'd256))
  `PAMC_ASSUME(m_largest, seek_largest_bin_i >= 9'd3 && seek_largest_bin_i <= 9'd256)

  // Nobody is at work before it begins.
  logic        taken_q = 1'b0;
  logic [31:0] free_q;
  always_ff @(posedge clk_i) begin
    taken_q <= cmd_valid_i && cmd_ready;
    free_q  <= free_units_i;
  end
  `PAMC_ASSUME(m_free, !taken_q || free_units_i == free_q)

  // The extent given last; the run that was taken off its list for it.
  logic        given_q = 1'b0, unlinked_q = 1'b0;
  logic [31:0] unit_q, units_q, run_unit_q, run_units_q, map_unit_q, map_units_q;
  logic        gives, runs, whole;
  assign gives = answer_valid && answer_ready_i && answer.ok;
  assign runs  = run_valid && run_ready_i;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (map_valid && map_ready_i) begin
        map_unit_q  <= map_op.unit;
        map_units_q <= 32'(map_op.units);
      end
      if (gives) begin
        given_q <= 1'b1;
        unit_q  <= answer.unit;
        units_q <= 32'(answer.units);
      end else if (runs && run.kind != store_pkg::RUN_UNLINK) begin
        given_q <= 1'b0;
      end else if (unlinked_q && whole) begin
        given_q <= 1'b0;
      end
      unlinked_q <= runs && run.kind == store_pkg::RUN_UNLINK || (unlinked_q && given_q && !runs && !whole);
      if (runs && run.kind == store_pkg::RUN_UNLINK) begin
        run_unit_q  <= run.unit;
        run_units_q <= run.units;
      end
    end
  end
  assign whole = unit_q == run_unit_q && units_q == run_units_q;

  `PAMC_ASSERT(a_length, !gives || (32'(answer.units) >= 32'd3))
  `PAMC_ASSERT(a_map_is_told, !gives || (map_unit_q == answer.unit && map_units_q == 32'(answer.units)))
  `PAMC_ASSERT(a_run_for_an_extent, !runs || given_q)
  `PAMC_ASSERT(a_link, !(runs && run.kind == store_pkg::RUN_LINK) ||
               (unlinked_q && run.unit == run_unit_q && run.unit + run.units == unit_q &&
                run.units + units_q == run_units_q && run.units >= 32'd3))
  `PAMC_ASSERT(a_trim, !(runs && run.kind == store_pkg::RUN_TRIM) ||
               (run.units > 32'd255 && run.units + units_q == long_units &&
                run.unit + run.units == unit_q))
  // Before the next one is given, the run is dealt with.
  `PAMC_ASSERT(a_dealt_with, !((answer_valid || cmd_ready) && given_q) || (unlinked_q && whole))
  // What is given back is what was given.
  `PAMC_ASSERT(a_unlink_length, !(runs && run.kind == store_pkg::RUN_UNLINK) ||
               run.units == (bin == 9'd256 ? long_units : 32'(bin)))

  `PAMC_COVER(c_cut, runs && run.kind == store_pkg::RUN_LINK)
  `PAMC_COVER(c_trim, runs && run.kind == store_pkg::RUN_TRIM)
  `PAMC_COVER(c_whole, unlinked_q && whole && cmd_ready)

endmodule
