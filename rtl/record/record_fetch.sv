// SPDX-License-Identifier: Apache-2.0
//
// Reads the lines of a record, extent after extent, and queues those that hold a part of
// the stream. What is in front of the stream is told as it comes; the link of an extent
// is in its first line, so the next extent is asked for while this one is still coming.
//
// A flat record is one as it is in flash (ask_pkg::ASK_READ): lines one behind the other, CRC
// and shape in the first word.
//
// Lines are asked for only when there is room for them in the queue. stop_i: no more are
// wanted; what was asked for still comes, and idle_o tells when all of it was taken.
//
//   start ─┐
//   link ──┴→ extent → req      rdata ─┬→ lines
//     ↑                                ├→ header
//     └────────────────────────────────┘

`include "check.svh"

module record_fetch #(
  parameter int unsigned Depth = 128,
  // Derived, not to be set.
  parameter int unsigned LineBits = dram_pkg::LineBits
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Where unit 0 is; how many units there are.
  input  logic [dram_pkg::LineBits-1:0] base_i,
  input  logic [31:0]                   units_i,

  // A record, when idle; refused when its first extent cannot be. What comes with it is taken at load_i,
  // which is known before it is known that it starts; only when idle, too.
  input  logic                          load_i,
  input  logic                          start_i,
  input  logic [31:0]                   start_unit_i,
  input  logic [7:0]                    start_units_i,
  output logic                          start_ok_o,
  // A flat one of so many bytes from this line on.
  input  logic                          start_flat_i,
  input  logic [LineBits-1:0]           start_line_i,
  input  logic [16:0]                   start_bytes_i,
  input  logic                          stop_i,
  output logic                          idle_o,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  // Valid for one cycle. index: from where it stands apart, if it does.
  output logic                          header_valid_o,
  output logic                          header_error_o,
  output record_pkg::header_t           header_o,
  output logic [63:0]                   header_index_o,

  // Lines: words start ... 7, or 3 when half; final: no line follows.
  output logic                          line_valid_o,
  input  logic                          line_ready_i,
  output logic [511:0]                  line_data_o,
  output logic [2:0]                    line_start_o,
  output logic                          line_half_o,
  output logic                          line_final_o,

  // Since start: a line was lost; a link is impossible; and of the extent that came
  // last (its first line did): another follows, words of the stream before it and up to
  // its end.
  output logic                          memory_error_o,
  output logic                          link_error_o,
  output logic                          more_o,
  output logic [13:0]                   before_o,
  output logic [13:0]                   words_o
);

  localparam int unsigned RoomBits = $clog2(Depth + 1);

  `PAMC_PARAM(g_depth, Depth >= dram_pkg::MostLines && dram_pkg::MostLines == 64)

  // Lines of an extent: half its units, and one more if one is left or its first one begins in the middle of a line.
  function [10:0] lines_of(input logic odd, input logic [7:0] units);
    lines_of = 11'(units[7:1]) + 11'(units[0] || odd);
  endfunction
  // Of so many lines, those of one request.
  function [6:0] chunk_of(input logic [10:0] lines);
    chunk_of = lines > 11'(dram_pkg::MostLines) ? 7'(dram_pkg::MostLines) : lines[6:0];
  endfunction
  // Of an extent's lines those of its first request: told from its units, as that is sooner.
  function [6:0] first_of(input logic odd, input logic [7:0] units);
    first_of = units[7] ? 7'd64 : 7'(units[6:1]) + 7'(units[0] || odd);
  endfunction
  logic [10:0] start_lines, flat_lines;
  logic [6:0]  start_chunk;
  assign flat_lines  = 11'((start_bytes_i + 17'd63) >> 6);
  assign start_lines = start_flat_i ? flat_lines : lines_of(start_unit_i[0], start_units_i);
  assign start_chunk = start_flat_i ? chunk_of(flat_lines) : first_of(start_unit_i[0], start_units_i);

  // The extent under way: lines that came are counted here.
  // Known from the first line on whether a link is there.
  logic        active_q, first_q, head_q, more_q, odd_q, half_q, spill_q;
  logic        flat_q;
  logic [13:0] flat_words_q;
  logic [7:0]  units_q;
  logic [10:0] lines_q;
  logic [1:0]  spill_words_q;
  // The link last seen: not followed yet.
  record_pkg::link_t link, link_q;
  logic        link_new_q, link_wait_q, link_lost_q;
  logic        link_ok;
  // Where its extent ends, found as it comes: there is no time for that when it is judged.
  logic [32:0] link_end_q;
  assign link_ok  = !link_lost_q && 32'(link_q.units) >= record_pkg::MinRun &&
                    32'(link_q.units) <= record_pkg::MostUnits && link_end_q <= {1'b0, units_i};

  // Where the first extent is comes late. Whatever its length, it ends in the store if it does not begin among
  // the last units: this is told by one comparison, and then it is asked for at once. Else it is known a
  // cycle later (late_q, ok_q) whether it does. That is found as one sum: units behind it, negative if it
  // reaches beyond the last one.
  logic [32:0] most_start;
  logic [33:0] start_left;
  logic        start_long, start_fits, late_q, ok_q;
  assign start_long = 32'(start_units_i) >= record_pkg::MinRun;
  assign most_start = {1'b0, units_i} - 33'(record_pkg::MostUnits);
  assign start_fits = start_flat_i || (start_long && !most_start[32] && start_unit_i <= most_start[31:0]);
  assign start_left = {2'd0, units_i} - {2'd0, start_unit_i} - {26'd0, start_units_i};
  assign start_ok_o = start_flat_i || (start_long && !start_left[33]);

  // What is asked for: wanted, and offered, as there is room for the next chunk of it.
  logic                want_q, ask_q;
  logic [LineBits-1:0] want_line_q;
  logic [10:0]         want_lines_q;
  // Of what is wanted, as much as one request may have: from a register, as it goes a long way.
  logic [6:0]          chunk, chunk_q;
  logic [10:0]         follow_lines, rest_lines;
  assign follow_lines = lines_of(link_q.unit[0], link_q.units[7:0]);
  assign rest_lines   = want_lines_q - 11'(chunk);
  logic [RoomBits-1:0] room_q, level;
  logic [RoomBits-1:0] coming_q;
  logic                take, follow, late;

  assign chunk       = chunk_q;
  assign req_valid_o = ask_q;
  assign req_o.write = 1'b0;
  assign req_o.line  = want_line_q;
  assign req_o.lines = chunk;
  assign take        = req_valid_o && req_ready_i;
  assign late        = late_q && ok_q && !stop_i;
  assign follow      = link_wait_q && link_ok && !want_q && !stop_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      want_q <= 1'b0;
      ask_q  <= 1'b0;
      late_q <= 1'b0;
    end else begin
      late_q <= start_i && !start_fits;
      // Nothing is inside at a start, so there is room. Else there is as much as there was. That it starts
      // is known late, so it is but one more reason beside all else, which does not hold then.
      ask_q  <= (start_i && start_fits) || late || (ask_q ? !req_ready_i : want_q && !stop_i && room_q >= RoomBits'(chunk));
      want_q <= (start_i && start_fits) || late || follow ||
                (want_q && !(stop_i && !ask_q) && !(take && (want_lines_q == 11'(chunk) || stop_i)));
    end
  end

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      ok_q         <= start_ok_o;
      want_line_q  <= start_flat_i ? start_line_i : base_i + start_unit_i[LineBits:1];
      want_lines_q <= start_lines;
      chunk_q      <= start_chunk;
    end else if (follow) begin
      want_line_q  <= base_i + link_q.unit[LineBits:1];
      want_lines_q <= follow_lines;
      chunk_q      <= first_of(link_q.unit[0], link_q.units[7:0]);
    end else if (take) begin
      want_line_q  <= want_line_q + LineBits'(chunk);
      want_lines_q <= rest_lines;
      chunk_q      <= chunk_of(rest_lines);
    end
  end

  // What comes.
  logic [255:0]        unit;
  logic [511:0]        data;
  logic                link_has;
  logic [3:0]          prefix, begins;
  logic [2:0]          start;
  logic                extent_end, final_line, keep, head, first;
  assign data   = rdata_i.data;
  assign first  = rdata_valid_i && active_q && first_q;
  assign head   = first && head_q;
  assign link   = head_q ? unit[191:128] : unit[63:0];
  assign unit   = odd_q ? data[511:256] : data[255:0];

  always_comb begin
    header_o = unit[127:0];
    if (flat_q) begin
      header_o       = '0;
      header_o.crc   = data[31:0];
      header_o.shape = data[45:32];
    end
  end
  assign header_valid_o = head;
  assign header_error_o = rdata_i.error;
  assign header_index_o = !header_o.wide ? {16'd0, header_o.index_high, header_o.index_low} :
                          header_o.chained ? unit[255:192] : unit[191:128];

  // Words in front of the stream; they may reach into the second line.
  assign link_has = head_q ? header_o.chained : more_q;
  assign prefix   = {3'd0, link_has} +
                    (!head_q ? 4'd0 : flat_q ? 4'd1 : 4'd2 + {3'd0, header_o.wide} + {2'd0, header_o.fifo, 1'b0});
  assign begins   = {1'b0, odd_q, 2'b00} + prefix;
  assign start    = first_q ? begins[2:0] : spill_q ? {1'b0, spill_words_q} : 3'd0;
  // None of the first line: from an odd unit on, four words or more are in front (begins[3]). These are
  // told from the upper half of the line, which is known without waiting for which half it is.
  record_pkg::header_t upper;
  logic                skip;
  assign upper    = data[383:256];
  assign skip     = odd_q && head_q && !flat_q && (upper.fifo || (upper.chained && upper.wide));
  assign keep     = rdata_valid_i && active_q && !(first_q && skip);

  // An extent has two lines at least, so the link is known in its last one.
  assign extent_end = rdata_valid_i && active_q && lines_q == 11'd1;
  assign final_line = lines_q == 11'd1 && !(more_q && link_ok);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      link_wait_q <= 1'b0;
      link_new_q  <= 1'b0;
    end else begin
      // Of one that is refused nothing comes.
      if (start_i) active_q <= 1'b1;
      else if (late_q && !ok_q) active_q <= 1'b0;
      else if (extent_end && final_line) active_q <= 1'b0;
      link_new_q <= first && link_has;
      // At a start there is none.
      if (stop_i || follow || (link_wait_q && !link_ok)) link_wait_q <= 1'b0;
      else if (first && link_has) link_wait_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      first_q <= 1'b1;
      head_q  <= 1'b1;
      flat_q  <= start_flat_i;
      odd_q   <= start_unit_i[0] && !start_flat_i;
      units_q <= start_units_i;
      lines_q <= start_lines;
      half_q  <= (start_unit_i[0] ^ start_units_i[0]) && !start_flat_i;
      flat_words_q <= 14'((start_bytes_i + 17'd7) >> 3);
    end else if (rdata_valid_i && active_q) begin
      first_q <= 1'b0;
      lines_q <= lines_q - 11'd1;
      if (extent_end) begin
        first_q <= 1'b1;
        head_q  <= 1'b0;
        odd_q   <= link_q.unit[0];
        units_q <= link_q.units[7:0];
        lines_q <= lines_of(link_q.unit[0], link_q.units[7:0]);
        half_q  <= link_q.unit[0] ^ link_q.units[0];
      end
    end
    spill_q <= rdata_valid_i ? first && skip : spill_q;
    if (first) begin
      spill_words_q <= begins[1:0];
      link_q        <= link;
      link_end_q    <= {1'b0, link.unit} + {17'd0, link.units};
      link_lost_q   <= rdata_i.error;
    end
    if (load_i) more_q <= 1'b0;
    else if (first && head_q) more_q <= header_o.chained;
    else if (extent_end) more_q <= |link_q.more;
    if (load_i) begin
      words_o  <= '0;
      before_o <= '0;
    end else if (first) begin
      words_o  <= words_o + (flat_q ? flat_words_q : {4'd0, units_q, 2'b00}) - {10'd0, prefix};
      before_o <= words_o;
    end
    if (load_i) more_o <= 1'b0;
    else if (first) more_o <= link_has;
    if (load_i) link_error_o <= 1'b0;
    else if (link_new_q && !link_ok) link_error_o <= 1'b1;
    if (load_i) memory_error_o <= 1'b0;
    else if (rdata_valid_i && active_q && rdata_i.error) memory_error_o <= 1'b1;
  end

  logic         line_room, pop;
  logic [516:0] line;
  assign pop = line_valid_o && line_ready_i;

  lib_fifo #(.Width(517), .Depth(Depth)) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i(keep), .in_ready_o(line_room),
    .in_data_i({final_line, lines_q == 11'd1 && half_q, start, data}),
    .out_valid_o(line_valid_o), .out_ready_i(line_ready_i), .out_data_o(line),
    .level_o(level)
  );

  assign {line_final_o, line_half_o, line_start_o, line_data_o} = line;

  // Lines that may be asked for; lines to come.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      room_q   <= RoomBits'(Depth);
      coming_q <= '0;
    end else begin
      room_q   <= room_q - (take ? RoomBits'(chunk) : '0) + RoomBits'(pop) +
                  RoomBits'(rdata_valid_i && !keep);
      coming_q <= coming_q + (take ? RoomBits'(chunk) : '0) - RoomBits'(rdata_valid_i);
    end
  end

  assign idle_o = !want_q && !late_q && !link_wait_q && coming_q == '0 && level == '0;

  `PAMC_ASSUME(m_asked_for, !rdata_valid_i || coming_q != '0)
  `PAMC_ASSUME(m_load_when_idle, !load_i || idle_o)
  `PAMC_ASSUME(m_start_is_load, !start_i || load_i)
  `PAMC_ASSERT(a_link_end, !(link_wait_q || link_new_q) || link_end_q == {1'b0, link_q.unit} + {17'd0, link_q.units})
  `PAMC_ASSERT(a_room, !keep || line_room)
  `PAMC_ASSERT(a_skip, !first || skip == begins[3])
  `PAMC_ASSERT(a_start_ok, start_left[33] == ({1'b0, start_unit_i} + {25'd0, start_units_i} > {1'b0, units_i}))
  `PAMC_ASSERT(a_start_fits, !start_fits || start_ok_o)
  `PAMC_ASSERT(a_starts_at_rest, !start_i || !(ask_q || want_q || late_q || follow))
  `PAMC_ASSERT(a_asks, !ask_q || (want_q && room_q >= RoomBits'(chunk)))
  `PAMC_ASSERT(a_chunk, !want_q || chunk == chunk_of(want_lines_q))
  `PAMC_ASSERT(a_rooms, 32'(room_q) + 32'(coming_q) + 32'(level) == Depth)

  logic unused;
  assign unused = ^{rdata_i.last, start_unit_i[31], start_left, upper, level};

endmodule
