// SPDX-License-Identifier: Apache-2.0
//
// One bit a unit tells used from free; the bits are in card DRAM, 512 a line. This block
// sets the bits of extents that are given out, which nobody waits for, and clears those of
// extents that come back, for which it tells whether all were set, and whether the units
// before and behind are free. Nothing is changed if not all were set.
//
// Lines that it has lately had to do with are kept, and written through, so that a row of
// allocations from one run costs one read. It is the only one that writes the map.
//
// What the cache holds is protected, tags included. A line that is lost, or is another one
// than its tag said, is read again, three times at most; found so only when it is being changed, after all lines
// were good a few cycles before, it breaks the map.
//
// No extent and its neighbours touch more than two lines, which are next to each other and
// so in different places of the cache.

`include "check.svh"

module store_map #(
  parameter int unsigned CacheBits = 4
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  output ecc_pkg::event_t        ecc_o,

  // The store's size; forgets all lines when clear_i; only when quiet.
  input  logic [31:0]            units_i,
  input  logic                   clear_i,
  output logic                   quiet_o,

  input  logic                   op_valid_i,
  output logic                   op_ready_o,
  input  store_pkg::map_op_t     op_i,
  // Of operations that clear; always taken.
  output logic                   done_valid_o,
  output store_pkg::map_done_t   done_o,

  // Lines of the map, numbered from its beginning. A write is finished when it is ready.
  output logic                   line_valid_o,
  input  logic                   line_ready_i,
  output logic                   line_write_o,
  output logic [22:0]            line_o,
  output logic [63:0]            line_strb_o,
  output logic [511:0]           line_data_o,
  input  logic                   got_valid_i,
  input  logic [511:0]           got_i,
  // It cannot be read: the operation is given up.
  input  logic                   got_error_i,

  // Bits to be set were set: memory or sender is broken.
  output logic                   broken_o
);

  localparam int unsigned Places = 2 ** CacheBits;
  localparam int unsigned TagBits = 23 - CacheBits;

  logic               valid, ready;
  store_pkg::map_op_t op;
  logic [2:0]         level;

  lib_fifo #(.Width(41), .Depth(4)) u_ops (
    .clk_i, .rst_ni,
    .in_valid_i(op_valid_i), .in_ready_o(op_ready_o), .in_data_i(op_i),
    .out_valid_o(valid), .out_ready_i(ready), .out_data_o(op), .level_o(level)
  );

  typedef enum logic [2:0] {Idle, Look, Fetch, Wait, Read, Check, Again, Write} state_e;
  state_e state_q;

  logic [31:0] op_end;
  logic        op_before, op_behind;
  assign op_end    = op.unit + 32'(op.units);
  assign op_before = op.clear && op.unit != '0;
  assign op_behind = op.clear && op_end < units_i;

  // Units looked at: those of the extent, and its neighbours when it comes back.
  logic        clear_q, has_before_q, has_behind_q;
  logic [31:0] first_q, last_q;
  // Bits to be changed in the two lines: from ... from + count - 1, of 1024.
  logic [9:0]  from_q, to_q;
  logic [7:0]  count_q;
  // Which of the two lines; whether there are two.
  logic        second_q, two, last_line;
  assign two       = first_q[9] != last_q[9];
  assign last_line = second_q == two;

  logic [22:0] line;
  assign line = first_q[31:9] + 23'(second_q);

  // The cache.
  logic [TagBits-1:0]   tag_q  [Places];
  logic [Places-1:0]    valid_q;
  logic [CacheBits-1:0] place;
  logic                 hit;
  assign place = line[CacheBits-1:0];
  assign hit   = valid_q[place] && tag_q[place] == line[22:CacheBits];

  // Of the first or second line, what is at or above a place in the two: bits, bytes.
  function automatic logic [511:0] bits_above(input logic [9:0] at, input logic second);
    bits_above = {512{second}};
    if (at[9] == second) bits_above = {512{1'b1}} << at[8:0];
  endfunction
  function automatic logic [63:0] bytes_above(input logic [6:0] at, input logic second);
    bytes_above = {64{second}};
    if (at[6] == second) bytes_above = {64{1'b1}} << at[5:0];
  endfunction

  // A line, which bits of it are to be changed, and what it becomes.
  logic [511:0] row, row_new, mask_q;
  logic [TagBits-1:0] row_tag;
  logic               waits, row_error, lost, gives_up, comes, fails, written;
  // The row has been looked at for a cycle: it is right by now, or lost.
  logic               looked_q;
  logic [1:0]         tries_q;
  ecc_pkg::event_t    found;
  ecc_ram #(
    .Memory(ecc_pkg::StoreMap), .Width(512 + TagBits), .Depth(Places), .Parts(8), .Late(1'b1)
  ) u_lines (
    .clk_i, .rst_ni, .inject_i, .event_o(found),
    .write_i(comes || (written && !lost)), .write_at_i(place),
    .write_data_i({line[22:CacheBits], comes ? got_i : row_new}),
    .read_i(state_q == Read || state_q == Again), .read_at_i(place),
    .look_i((state_q == Check || state_q == Write) && !looked_q), .data_o({row_tag, row}), .wait_o(waits), .error_o(row_error)
  );
  logic unused;
  assign unused = found.uncorrectable ^ waits;

  // Of a line that is read again, nothing is lost.
  logic checks;
  assign checks = state_q == Check && looked_q;
  assign lost   = row_error || row_tag != line[22:CacheBits];
  assign gives_up            = tries_q == 2'd3;
  assign ecc_o.corrected     = found.corrected || (checks && lost && !gives_up);
  assign ecc_o.uncorrectable = (checks && lost && gives_up) || (state_q == Write && looked_q && lost);
  logic [6:0]   byte_to_q;
  logic         any_change;
  assign line_strb_o = bytes_above(from_q[9:3], second_q) & ~bytes_above(byte_to_q, second_q);
  assign row_new    = clear_q ? row & ~mask_q : row | mask_q;
  assign any_change = line_strb_o != '0;

  // As they should be, in this line and those before.
  logic good_q, good, before_used_q;
  assign good = good_q && (row & mask_q) == (clear_q ? mask_q : '0);

  assign ready        = state_q == Idle;
  assign quiet_o      = state_q == Idle && level == '0;
  assign line_valid_o = state_q == Fetch || (state_q == Write && looked_q && any_change && !lost);
  assign line_write_o = state_q == Write;
  assign line_o       = line;
  assign line_data_o  = row_new;

  assign comes   = state_q == Wait && got_valid_i && !got_error_i;
  assign fails   = state_q == Wait && got_valid_i && got_error_i;
  assign written = state_q == Write && looked_q && (line_ready_i || !any_change || lost);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= Idle;
      second_q     <= 1'b0;
      valid_q      <= '0;
      done_valid_o <= 1'b0;
      broken_o     <= 1'b0;
      tries_q      <= '0;
      looked_q     <= 1'b0;
    end else begin
      looked_q     <= state_q == Check || state_q == Write;
      done_valid_o <= clear_q && ((checks && (lost ? gives_up : last_line)) || fails);
      if (clear_i) valid_q <= '0;
      if (comes) valid_q[place] <= 1'b1;
      if (clear_i) broken_o <= 1'b0;
      case (state_q)
        Idle: begin
          second_q <= 1'b0;
          tries_q  <= '0;
          if (valid) state_q <= Look;
        end
        // Are the lines here? Each that is not is fetched.
        Look: begin
          if (hit)            second_q <= !last_line;
          if (!hit)           state_q <= Fetch;
          else if (last_line) state_q <= Read;
        end
        Fetch: if (line_ready_i) state_q <= Wait;
        Wait:  if (got_valid_i) state_q <= got_error_i ? Idle : Look;
        // All lines are looked at; then, if there is nothing wrong, changed.
        Read:  state_q <= Check;
        Check: if (!looked_q) begin
          state_q <= Check;
        end else if (lost) begin
          second_q       <= 1'b0;
          valid_q[place] <= 1'b0;
          tries_q        <= tries_q + 2'd1;
          state_q        <= gives_up ? Idle : Look;
          if (gives_up) broken_o <= 1'b1;
        end else begin
          second_q <= !last_line;
          if (!last_line) begin
            state_q <= Read;
          end else if (!good) begin
            state_q <= Idle;
            if (!clear_q) broken_o <= 1'b1;
          end else begin
            state_q <= two ? Again : Write;
          end
        end
        Again: state_q <= Write;
        default: if (written) begin
          second_q <= !last_line;
          state_q  <= last_line || lost ? Idle : Again;
          if (lost) valid_q[place] <= 1'b0;
          if (lost) broken_o <= 1'b1;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == Idle) begin
      clear_q      <= op.clear;
      has_before_q <= op_before;
      has_behind_q <= op_behind;
      first_q      <= op_before ? op.unit - 32'd1 : op.unit;
      last_q       <= op_behind ? op_end : op_end - 32'd1;
      // One more than where the first line begins with the unit before.
      from_q       <= {op_before && op.unit[8:0] == '0, op.unit[8:0]};
      count_q      <= op.units;
    end
    to_q      <= from_q + 10'(count_q);
    byte_to_q <= 7'((from_q + 10'(count_q) + 10'd7) >> 3);
    if (state_q == Read || state_q == Again) begin
      mask_q <= bits_above(from_q, second_q) & ~bits_above(to_q, second_q);
    end
    if (checks) good_q <= good;
    else if (state_q != Check && state_q != Read) good_q <= 1'b1;
    if (checks && !second_q) before_used_q <= row[first_q[8:0]];
    if (checks && (lost || last_line)) begin
      done_o.good        <= good && !lost;
      done_o.before_free <= has_before_q && !(second_q ? before_used_q : row[first_q[8:0]]);
      done_o.behind_free <= has_behind_q && !row[last_q[8:0]];
    end
    if (fails) done_o.good <= 1'b0;
    if (comes) tag_q[place] <= line[22:CacheBits];
  end

  `PAMC_ASSERT(a_not_none, !op_valid_i || op_i.units != '0)
  `PAMC_ASSERT(a_got_waited_for, !got_valid_i || state_q == Wait)
  `PAMC_ASSERT(a_clear_quiet, !clear_i || quiet_o)
  // No more than two lines.
  `PAMC_ASSERT(a_lines, state_q == Idle || last_q[31:9] - first_q[31:9] <= 23'd1)

endmodule
