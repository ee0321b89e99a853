// SPDX-License-Identifier: Apache-2.0
//
// One bit a unit tells used from free; the bits are in card DRAM, 512 a line. This block
// sets the bits of extents that are given out, which nobody waits for, and clears those of
// extents that come back, for which it tells whether all were set, and whether the units
// before and behind are free. Nothing is changed if not all were set.
//
// Lines that it has lately had to do with are kept, and written through, so that a row of
// allocations from one run costs one read. It is the only one that writes the map. Lines of
// operations to come are read ahead (store_map_ahead): a line on its way is in nobody's way but
// that of who needs its place, and no line comes to a place that is being worked on.
//
// What the cache holds is protected, tags included. A line that is lost, or is another one
// than its tag said, is read again, three times at most; found so only when it is being changed, after all lines
// were good a few cycles before, it breaks the map.
//
// No extent and its neighbours touch more than two lines, which are next to each other and
// so in different places of the cache.

`include "check.svh"

module store_map #(
  parameter int unsigned CacheBits = 5,
  // Units that a line tells of. A proof has fewer; the rest of its lines is zero.
  parameter int unsigned LineUnits = 512
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
  // An operation that will come: a hint.
  input  logic                   soon_valid_i,
  output logic                   soon_ready_o,
  input  store_pkg::map_op_t     soon_i,
  // Of operations that clear; always taken.
  output logic                   done_valid_o,
  output store_pkg::map_done_t   done_o,

  // Lines of the map, numbered from its beginning. A read is taken when ready, whether there is one or not;
  // a write is finished when written, which is only said of one that is offered.
  output logic                   line_valid_o,
  input  logic                   line_ready_i,
  input  logic                   line_written_i,
  output logic                   line_write_o,
  // What would be written is worthless, which is known late: it is not offered.
  output logic                   line_lost_o,
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
  localparam int unsigned U = $clog2(LineUnits);
  `PAMC_PARAM(g_line_units, LineUnits == 2 ** U && LineUnits <= 512)

  logic               valid, ready;
  store_pkg::map_op_t op;
  logic [2:0]         level;

  lib_fifo #(.Width(41), .Depth(4)) u_ops (
    .clk_i, .rst_ni,
    .in_valid_i(op_valid_i), .in_ready_o(op_ready_o), .in_data_i(op_i),
    .out_valid_o(valid), .out_ready_i(ready), .out_data_o(op), .level_o(level)
  );

  typedef enum logic [2:0] {Idle, Look, Read, Check, Again, Write} state_e;
  state_e state_q;

  logic [31:0] op_end;
  logic        op_before, op_behind;
  assign op_end    = op.unit + 32'(op.units);
  assign op_before = op.clear && op.unit != '0;
  assign op_behind = op.clear && op_end < units_i;

  // Units looked at: those of the extent, and its neighbours when it comes back.
  logic        clear_q, has_before_q, has_behind_q;
  logic [31:0] first_q, last_q;
  // Bits to be changed in the two lines: from ... from + count - 1, of twice LineUnits.
  logic [U:0]  from_q, to_q;
  logic [7:0]  count_q;
  // Which of the two lines; whether there are two.
  logic        second_q, two, last_line;
  assign two       = first_q[U] != last_q[U];
  assign last_line = second_q == two;

  // That line, from a register.
  logic        second_d;
  logic [22:0] line, line_q;
  logic [31:0] first_d;
  assign first_d = op_before ? op.unit - 32'd1 : op.unit;
  always_ff @(posedge clk_i) begin
    line_q <= second_d ? first_q[U +: 23] + 23'd1 : state_q == Idle ? first_d[U +: 23] : first_q[U +: 23];
  end
  assign line = line_q;

  // The cache.
  logic [TagBits-1:0]   tag_q  [Places];
  logic [Places-1:0]    valid_q;
  logic [CacheBits-1:0] place;
  logic                 hit;
  assign place = line[CacheBits-1:0];
  assign hit   = valid_q[place] && tag_q[place] == line[22:CacheBits];

  // ---- Fetches, in order: asked for, come. ----
  localparam int unsigned Fetches = 4;
  logic [1:0]           start_q, come_q;
  logic [2:0]           under_q;
  logic [22:0]          fetch_q [Fetches];
  logic [Fetches-1:0]   open_q, own_q;
  logic                 ask_q, can, looks, fetches, ahead_valid, ahead_fetches, ahead_quiet, on_way, ahead_way, ahead_hit;
  logic                 place_held;
  logic [22:0]          ask_line_q, ahead_line, come_line;
  logic [CacheBits-1:0] ahead_place, come_place;

  // It is told of an operation a cycle later.
  logic               ahead_op_q;
  store_pkg::map_op_t ahead_op_data_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ahead_op_q <= 1'b0;
    else         ahead_op_q <= op_valid_i && op_ready_o;
  end
  always_ff @(posedge clk_i) ahead_op_data_q <= op_i;
  store_map_ahead #(.LineUnits(LineUnits)) u_ahead (
    .clk_i, .rst_ni, .units_i, .op_valid_i(ahead_op_q), .op_i(ahead_op_data_q), .soon_valid_i, .soon_ready_o, .soon_i,
    .line_valid_o(ahead_valid), .line_o(ahead_line), .line_done_i(can && !looks), .quiet_o(ahead_quiet)
  );

  assign ahead_place = ahead_line[CacheBits-1:0];
  assign ahead_hit   = valid_q[ahead_place] && tag_q[ahead_place] == ahead_line[22:CacheBits];
  // Places that are being worked on.
  assign place_held = state_q != Idle && (ahead_place == first_q[U +: CacheBits] || ahead_place == last_q[U +: CacheBits]);
  always_comb begin
    on_way    = 1'b0;
    ahead_way = 1'b0;
    for (int unsigned n = 0; n < Fetches; n++) begin
      if (open_q[n] && fetch_q[n][CacheBits-1:0] == place) on_way = 1'b1;
      if (open_q[n] && fetch_q[n][CacheBits-1:0] == ahead_place) ahead_way = 1'b1;
    end
  end

  // What is ahead waits while it may be that a line has to be fetched.
  assign can           = !ask_q && under_q != 3'(Fetches);
  assign looks         = state_q == Look && !on_way;
  assign fetches       = looks && !hit && can;
  assign ahead_fetches = ahead_valid && can && !looks && !ahead_hit && !ahead_way && !place_held;
  assign come_line     = fetch_q[come_q];
  assign come_place    = come_line[CacheBits-1:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {start_q, come_q, under_q} <= '0;
      open_q <= '0;
      ask_q <= 1'b0;
    end else begin
      if (fetches || ahead_fetches) begin
        start_q         <= start_q + 1'b1;
        open_q[start_q] <= 1'b1;
        ask_q           <= 1'b1;
      end else if (line_ready_i && !line_write_o) begin
        ask_q <= 1'b0;
      end
      if (got_valid_i) begin
        come_q         <= come_q + 1'b1;
        open_q[come_q] <= 1'b0;
      end
      under_q <= under_q + 3'(fetches || ahead_fetches) - 3'(got_valid_i);
    end
  end
  always_ff @(posedge clk_i) begin
    // Whether there is one at all is not waited for: none is under way in that place.
    if (can) begin
      fetch_q[start_q] <= looks ? line : ahead_line;
      own_q[start_q]   <= looks;
      ask_line_q       <= looks ? line : ahead_line;
    end
  end

  // Of the first or second line, what is at or above a place in the two: bits, bytes.
  function automatic logic [LineUnits-1:0] bits_above(input logic [U:0] at, input logic second);
    bits_above = {LineUnits{second}};
    if (at[U] == second) bits_above = {LineUnits{1'b1}} << at[U-1:0];
  endfunction
  function automatic logic [LineUnits/8-1:0] bytes_above(input logic [U-3:0] at, input logic second);
    bytes_above = {(LineUnits/8){second}};
    if (at[U-3] == second) bytes_above = {(LineUnits/8){1'b1}} << at[U-4:0];
  endfunction

  // A line, which bits of it are to be changed, and what it becomes.
  logic [LineUnits-1:0] row, row_new, mask_q;
  logic [TagBits-1:0] row_tag;
  logic               waits, row_error, lost, gives_up, comes, fails, written;
  // The row has been looked at for a cycle: it is right by now, or lost.
  logic               looked_q, settled_q;
  logic [1:0]         tries_q;
  ecc_pkg::event_t    found;
  ecc_ram #(
    .Memory(ecc_pkg::StoreMap), .Width(LineUnits + TagBits), .Depth(Places), .Parts(8), .Late(1'b1)
  ) u_lines (
    .clk_i, .rst_ni, .inject_i, .event_o(found),
    .write_i(comes || keeps), .write_at_i(got_valid_i ? come_place : place),
    .write_data_i(got_valid_i ? {come_line[22:CacheBits], got_i[LineUnits-1:0]} : {line[22:CacheBits], row_new}),
    .read_i(state_q == Read || state_q == Again), .read_at_i(place),
    .look_i((state_q == Check || state_q == Write) && !looked_q), .data_o({row_tag, row}), .wait_o(waits), .error_o(row_error)
  );
  logic unused;
  assign unused = found.uncorrectable ^ waits;

  // Of a line that is read again, nothing is lost.
  logic checks;
  assign checks = state_q == Check && looked_q && (settled_q || !found.corrected);
  assign lost   = row_error || row_tag != line[22:CacheBits];
  assign gives_up            = tries_q == 2'd3;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ecc_o <= '0;
    end else begin
      ecc_o.corrected     <= found.corrected || (checks && lost && !gives_up);
      ecc_o.uncorrectable <= (checks && lost && gives_up) || (state_q == Write && looked_q && lost);
    end
  end
  logic [U-3:0] byte_to_q;
  logic [LineUnits/8-1:0] bytes;
  logic                   any_change_q;
  // As the mask: known before the line is written.
  logic [LineUnits/8-1:0] strb_q;
  assign bytes       = bytes_above(from_q[U:3], second_q) & ~bytes_above(byte_to_q, second_q);
  assign line_strb_o = 64'(strb_q);
  assign row_new    = clear_q ? row & ~mask_q : row | mask_q;

  // As they should be, in this line and those before. That and the neighbours' bits are found, part by
  // part, while the row is looked at; a row that had to be corrected then is looked at once more.
  logic [7:0] parts_q, parts;
  logic       good_q, good, before_used_q, first_used_q, last_used_q;
  always_comb begin
    for (int unsigned n = 0; n < 8; n++) begin
      parts[n] = (mask_q[n*(LineUnits/8) +: LineUnits/8] & (row[n*(LineUnits/8) +: LineUnits/8] ^ {(LineUnits/8){clear_q}})) == '0;
    end
  end
  always_ff @(posedge clk_i) begin
    parts_q      <= parts;
    first_used_q <= row[first_q[U-1:0]];
    last_used_q  <= row[last_q[U-1:0]];
  end
  assign good = good_q && parts_q == '1;

  // A line is written to memory and to the cache, each when it can be; nothing is asked for
  // while the other thing is being taken.
  logic due_q, writes_q, sent, sent_q, keeps, kept_q, change;
  assign change = state_q == Write && looked_q && !lost;
  // There is a line to be written to memory: from a register, as whose turn it is there follows it.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) due_q <= 1'b0;
    else         due_q <= any_change_q && ((checks && !lost && last_line && good && !two) || (state_q == Write && !looked_q) ||
                                           (due_q && !lost && !line_written_i));
  end
  assign line_lost_o = lost;
  assign sent   = !any_change_q || sent_q || line_written_i;
  // What comes is told before whether it could be read.
  assign keeps  = change && !kept_q && !got_valid_i;

  assign ready        = state_q == Idle;
  assign quiet_o      = state_q == Idle && level == '0 && under_q == '0 && ahead_quiet && !ahead_op_q;
  assign line_write_o = due_q && (writes_q || !ask_q);
  assign line_valid_o = due_q || ask_q;
  // A write is not offered together with a read but if it was before.
  assign line_o       = ask_q && !writes_q ? ask_line_q : line;
  assign line_data_o  = 512'(row_new);

  assign comes   = got_valid_i && !got_error_i;
  assign fails   = got_valid_i && got_error_i && own_q[come_q];
  assign written = state_q == Write && looked_q && (lost || (sent && (kept_q || keeps)));

  always_comb begin
    second_d = second_q;
    case (state_q)
      Idle:        second_d = 1'b0;
      Look:        if (!fails && hit && !on_way) second_d = !last_line;
      Read, Again: second_d = second_q;
      Check:       if (checks) second_d = !lost && !last_line;
      default:     if (written) second_d = !last_line;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= Idle;
      second_q     <= 1'b0;
      valid_q      <= '0;
      done_valid_o <= 1'b0;
      broken_o     <= 1'b0;
      tries_q      <= '0;
      looked_q     <= 1'b0;
      settled_q    <= 1'b0;
      writes_q     <= 1'b0;
      sent_q       <= 1'b0;
      kept_q       <= 1'b0;
    end else begin
      second_q     <= second_d;
      writes_q     <= line_write_o && !lost && !line_written_i;
      sent_q       <= change && !written && sent;
      kept_q       <= change && !written && (kept_q || keeps);
      looked_q     <= state_q == Check || state_q == Write;
      settled_q    <= state_q == Check && looked_q;
      done_valid_o <= clear_q && ((checks && (lost ? gives_up : last_line)) || fails);
      if (clear_i) valid_q <= '0;
      if (comes) valid_q[come_place] <= 1'b1;
      if (clear_i) broken_o <= 1'b0;
      else if (fails) broken_o <= 1'b1;
      case (state_q)
        Idle: begin
          tries_q  <= '0;
          if (valid) state_q <= Look;
        end
        // Are the lines here? Each that is not is fetched.
        Look: begin
          if (fails) begin
            state_q <= Idle;
          end else if (hit && !on_way) begin
            if (last_line) state_q <= Read;
          end
        end
        // All lines are looked at; then, if there is nothing wrong, changed.
        Read:  state_q <= Check;
        Check: if (!checks) begin
          state_q <= Check;
        end else if (lost) begin
          valid_q[place] <= 1'b0;
          tries_q        <= tries_q + 2'd1;
          state_q        <= gives_up ? Idle : Look;
          if (gives_up) broken_o <= 1'b1;
        end else begin
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
      first_q      <= first_d;
      last_q       <= op_behind ? op_end : op_end - 32'd1;
      // One more than where the first line begins with the unit before.
      from_q       <= {op_before && op.unit[U-1:0] == '0, op.unit[U-1:0]};
      count_q      <= op.units;
    end
    to_q      <= from_q + (U+1)'(count_q);
    byte_to_q <= (U-2)'((from_q + (U+1)'(count_q) + (U+1)'(7)) >> 3);
    if (state_q == Read || state_q == Again) begin
      mask_q     <= bits_above(from_q, second_q) & ~bits_above(to_q, second_q);
      strb_q     <= bytes;
      any_change_q <= bytes != '0;
    end
    if (checks) good_q <= good;
    else if (state_q != Check && state_q != Read) good_q <= 1'b1;
    if (checks && !second_q) before_used_q <= first_used_q;
    if (checks && (lost || last_line)) begin
      done_o.good        <= good && !lost;
      done_o.before_free <= has_before_q && !(second_q ? before_used_q : first_used_q);
      done_o.behind_free <= has_behind_q && !last_used_q;
    end
    if (fails) done_o.good <= 1'b0;
    if (comes) tag_q[come_place] <= come_line[22:CacheBits];
  end

`ifdef FORMAL
  // For the proof, which cannot see into memories.
  logic [Places-1:0][TagBits-1:0] all_tags;
  logic [Fetches-1:0][22:0]       all_fetches;
  always_comb begin
    for (int unsigned n = 0; n < Places; n++) all_tags[n] = tag_q[n];
    for (int unsigned n = 0; n < Fetches; n++) all_fetches[n] = fetch_q[n];
  end
`endif

  `PAMC_ASSERT(a_strb, !(state_q == Check || state_q == Write) || (strb_q == bytes && any_change_q == (bytes != '0)))
  `PAMC_ASSERT(a_parts, !checks || lost || (parts_q == parts && first_used_q == row[first_q[U-1:0]] && last_used_q == row[last_q[U-1:0]]))
  `PAMC_ASSERT(a_write_was_offered, !writes_q || due_q)
  `PAMC_ASSERT(a_due, due_q == (state_q == Write && looked_q && any_change_q && !sent_q))
  `PAMC_ASSERT(a_not_none, !op_valid_i || op_i.units != '0)
  `PAMC_ASSERT(a_got_waited_for, !got_valid_i || open_q[come_q])
  `PAMC_ASSERT(a_own_is_waited_for, !(got_valid_i && own_q[come_q]) || (state_q == Look && come_line == line))
  `PAMC_ASSERT(a_place_is_held, !comes || state_q == Idle || state_q == Look ||
                                (come_place != first_q[U +: CacheBits] && come_place != last_q[U +: CacheBits]))
  `PAMC_ASSERT(a_clear_quiet, !clear_i || quiet_o)
  `PAMC_ASSERT(a_line, state_q == Idle || line == first_q[U +: 23] + 23'(second_q))
  // No more than two lines.
  `PAMC_ASSERT(a_lines, state_q == Idle || last_q[31:U] - first_q[31:U] <= (32-U)'(1))

endmodule
