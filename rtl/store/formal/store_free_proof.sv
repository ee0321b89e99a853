// SPDX-License-Identifier: Apache-2.0
//
// What is freed becomes one run together with the free runs on either side, which are taken
// off their lists: nothing is lost, nothing counted twice. All of it is scrubbed. If the map
// says that the extent is not all used, or it is not one, nothing is done. Map, neighbours and
// lists say what they like; how long the runs next to it are does not change meanwhile.

`include "check.svh"

module store_free_proof (
  input logic                 clk_i,
  input logic                 cmd_valid_i,
  input logic [31:0]          cmd_unit_i,
  input logic [31:0]          cmd_units_i,
  input logic                 answer_ready_i,
  input logic                 op_ready_i,
  input logic                 near_here_i,
  input logic                 near_header_here_i,
  input store_pkg::words_t    near_behind_i,
  input store_pkg::words_t    near_header_i,
  input logic [2:0]           near_error_i,
  input logic                 map_ready_i,
  input logic                 map_done_valid_i,
  input store_pkg::map_done_t map_done_i,
  input logic                 run_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [31:0] units;
  (* anyconst *) logic [31:0] behind_length;
  (* anyconst *) logic [31:0] footer;

  logic                cmd_ready, answer_valid, op_valid, map_valid, run_valid, broken;
  store_pkg::answer_t  answer;
  store_pkg::op_t      op;
  store_pkg::map_op_t  map_op;
  store_pkg::run_cmd_t run;
  store_pkg::count_t   count;
  logic                near;
  logic [31:0]         near_unit, near_end;
  store_pkg::words_t   behind;
  always_comb begin
    behind        = near_behind_i;
    behind.length = behind_length;
  end

  store_free dut (
    .clk_i, .rst_ni, .units_i(units),
    .cmd_valid_i, .cmd_ready_o(cmd_ready), .silent_i(1'b0), .cmd_unit_i, .cmd_units_i,
    .answer_valid_o(answer_valid), .answer_ready_i, .answer_o(answer),
    .op_valid_o(op_valid), .op_ready_i, .op_o(op),
    .near_valid_o(near), .near_unit_o(near_unit), .near_end_o(near_end), .near_here_i,
    .near_header_here_i, .near_behind_i(behind), .near_footer_i(footer), .near_header_i,
    .near_error_i,
    .map_valid_o(map_valid), .map_ready_i, .map_o(map_op), .map_done_valid_i, .map_done_i,
    .run_valid_o(run_valid), .run_ready_i, .run_o(run), .count_o(count), .broken_o(broken)
  );

  // Small numbers, that the solver gets done.
  `PAMC_ASSUME(m_units, units <= 32'd63)
  `PAMC_ASSUME(m_words, behind_length <= 32'd63 && footer <= 32'd63 && near_header_i.length <= 32'd63)
  `PAMC_ASSUME(m_cmd, cmd_unit_i <= 32'd63 && cmd_units_i <= 32'd63)

  // The command, and what was answered to what was asked.
  logic [31:0]          unit_q, count_q, end_q;
  store_pkg::map_done_t done_q;
  logic                 asked_map_q = 1'b0, fine_q = 1'b0;
  // Where scrubbing is to begin and go on; runs taken off.
  logic [32:0]          scrub_q;
  logic                 scrubbed_q = 1'b0, off_behind_q = 1'b0, off_before_q = 1'b0;
  logic                 scrubs, runs;
  assign scrubs = op_valid && op_ready_i;
  assign runs   = run_valid && run_ready_i;

  `PAMC_ASSUME(m_map_was_asked, !map_done_valid_i || asked_map_q)
  // Whoever is asked answers at the next edge, and takes what is offered, so that a whole free
  // with both its neighbours is short enough.
  `PAMC_ASSUME(m_map_at_once, !asked_map_q || map_done_valid_i)
  `PAMC_ASSUME(m_near_at_once, near_here_i && near_header_here_i)
  `PAMC_ASSUME(m_ready, op_ready_i && map_ready_i && run_ready_i && answer_ready_i)
  // The map knows where the store ends, and what is before it.
  `PAMC_ASSUME(m_no_behind, !map_done_valid_i || !map_done_i.behind_free || end_q != units)
  `PAMC_ASSUME(m_no_before, !map_done_valid_i || !map_done_i.before_free || unit_q != '0)

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (cmd_valid_i && cmd_ready) begin
        unit_q  <= cmd_unit_i;
        count_q <= cmd_units_i;
        end_q   <= cmd_unit_i + cmd_units_i;
        {off_behind_q, off_before_q, scrubbed_q, fine_q} <= '0;
      end
      if (map_valid && map_ready_i) asked_map_q <= 1'b1;
      else if (map_done_valid_i)    asked_map_q <= 1'b0;
      if (map_done_valid_i) done_q <= map_done_i;
      if (answer_valid && answer_ready_i) fine_q <= answer.ok;
      if (scrubs) begin
        scrubbed_q <= 1'b1;
        scrub_q    <= ({1'b0, op.unit[31:1]} + 32'(op.lines)) * 2 - 33'(op.half);
      end
      if (runs && run.kind == store_pkg::RUN_UNLINK) begin
        if (done_q.behind_free && !off_behind_q) off_behind_q <= 1'b1;
        else                                     off_before_q <= 1'b1;
      end
    end
  end

  logic [31:0] from, to;
  assign from = done_q.before_free ? unit_q - footer : unit_q;
  assign to   = done_q.behind_free ? end_q + behind_length : end_q;

  `PAMC_ASSERT(a_only_when_fine, !(scrubs || runs) || (fine_q && done_q.good))
  `PAMC_ASSERT(a_range, !fine_q || (count_q >= 32'd3 && count_q <= 32'd255 && end_q <= units &&
                                    end_q > unit_q))
  `PAMC_ASSERT(a_run, !(runs && run.kind == store_pkg::RUN_LINK) ||
               (run.unit == from && run.unit + run.units == to && run.unit <= unit_q &&
                to >= end_q && to <= units))
  `PAMC_ASSERT(a_taken_off, !(runs && run.kind == store_pkg::RUN_LINK) ||
               (off_behind_q == done_q.behind_free && off_before_q == done_q.before_free))
  `PAMC_ASSERT(a_off_units, !(runs && run.kind == store_pkg::RUN_UNLINK) ||
               run.units == (done_q.behind_free && !off_behind_q ? behind_length : footer))
  `PAMC_ASSERT(a_near, !near || (near_unit == unit_q && near_end == end_q))
  `PAMC_ASSERT(a_only_scrubs, !op_valid || (op.write && op.scrub))
  // From the unit before to the one behind, as far as they are free.
  `PAMC_ASSERT(a_scrub, !scrubs || {1'b0, op.unit} ==
               (scrubbed_q ? scrub_q : {1'b0, unit_q} - 33'(done_q.before_free)))
  `PAMC_ASSERT(a_all_scrubbed, !(runs && run.kind == store_pkg::RUN_LINK) || (scrubbed_q &&
               (scrub_q == 33'(end_q) + 33'(done_q.behind_free))))

  `PAMC_COVER(c_both, runs && run.kind == store_pkg::RUN_LINK && off_behind_q && off_before_q)
  `PAMC_COVER(c_broken, broken)

endmodule
