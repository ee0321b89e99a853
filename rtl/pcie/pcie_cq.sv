// SPDX-License-Identifier: Apache-2.0
//
// What the host asks of the card: memory writes become lines of a BAR, whatever their
// length and place; everything that wants an answer goes to reads_*, with a count of the
// lines written before it; the rest is dropped and counted.
//
// A write is damaged if the hard block says so in its last beat, so its lines wait until
// then. Requests that want an answer have a credit each (np_req_o), so that they never
// stand in the way of the writes behind them: a rule of PCI Express, without which host
// and card may wait for each other.

`include "check.svh"

module pcie_cq #(
  parameter int unsigned Reads = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   cq_valid_i,
  output logic                   cq_ready_o,
  input  logic [511:0]           cq_data_i,
  input  logic                   cq_last_i,
  input  pcie_pkg::cq_user_t     cq_user_i,
  output logic [1:0]             np_req_o,

  output logic                   write_valid_o,
  input  logic                   write_ready_i,
  output dma_pkg::host_write_t   write_o,

  output logic                   read_valid_o,
  input  logic                   read_ready_i,
  output pcie_pkg::cq_read_t     read_o,

  // A request was dropped: nothing takes such; it was damaged.
  output logic                   dropped_o,
  output logic                   damaged_o
);

  localparam int unsigned LineWidth = 592;  // host_write_t
  localparam int unsigned ReadWidth = 111;  // cq_read_t

  // ---- A slice, then the payload is rotated to where it belongs in its line.

  logic         in_valid, in_ready, in_last, in_discontinue;
  logic [511:0] in_data;
  logic [63:0]  in_be;
  logic [3:0]   in_first_be, in_last_be;

  lib_skid #(.Width(586)) u_skid (
    .clk_i, .rst_ni, .in_valid_i(cq_valid_i), .in_ready_o(cq_ready_o),
    .in_data_i({cq_user_i.discontinue, cq_user_i.last_be0, cq_user_i.first_be0, cq_last_i,
                cq_user_i.byte_en, cq_data_i}),
    .out_valid_o(in_valid), .out_ready_i(in_ready),
    .out_data_o({in_discontinue, in_last_be, in_first_be, in_last, in_be, in_data})
  );

  logic               in_first_q;
  logic [3:0]         turn_q, turn;  // dwords to rotate by
  pcie_pkg::cq_desc_t desc;
  logic               move;
  assign desc     = in_data[127:0];
  assign turn     = in_first_q ? desc.address[5:2] - 4'd4 : turn_q;
  assign move     = in_valid && in_ready;

  // Twice the beat, shifted, and the upper half of it.
  logic [1023:0] turned_data;
  logic [127:0]  turned_be;
  logic [63:0]   be;
  assign be          = in_first_q ? {in_be[63:16], 16'd0} : in_be;
  assign turned_data = {in_data, in_data} << {turn, 5'd0};
  assign turned_be   = {be, be} << {turn, 2'd0};

  // Whether it has anything for the line at work, for the one after it, and parts of dwords: by
  // dwords, of which those below the turn come from the beat's end.
  logic [15:0] touched, parts, round;
  logic        this_any, next_any, this_partial, next_partial;
  always_comb begin
    for (int n = 0; n < 16; n++) begin
      touched[n] = be[4*n+:4] != '0;
      parts[n]   = be[4*n+:4] != '0 && be[4*n+:4] != '1;
      round[n]   = 5'(n) + 5'(turn) >= 5'd16;
    end
  end
  assign this_any     = (touched & ~round) != '0;
  assign next_any     = (touched & round) != '0;
  assign this_partial = (parts & ~round) != '0;
  assign next_partial = (parts & round) != '0;

  // ---- A beat at work.

  logic               beat_q, first_q, last_q, discontinue_q, this_any_q, next_any_q, this_partial_q, next_partial_q;
  logic [3:0]         beat_turn_q;
  logic [511:0]       data_q;
  logic [63:0]        be_q;
  pcie_pkg::cq_desc_t desc_q;
  logic [3:0]         first_be_q, last_be_q;
  logic               proceed;
  assign in_ready = !beat_q || proceed;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_first_q <= 1'b1;
      beat_q     <= 1'b0;
    end else begin
      if (move) in_first_q <= in_last;
      if (in_ready) beat_q <= in_valid;
    end
  end

  always_ff @(posedge clk_i) begin
    if (move) begin
      turn_q         <= turn;
      beat_turn_q    <= turn;
      first_q        <= in_first_q;
      last_q         <= in_last;
      discontinue_q  <= in_discontinue;
      data_q         <= turned_data[1023:512];
      be_q           <= turned_be[127:64];
      this_any_q     <= this_any;
      next_any_q     <= next_any;
      this_partial_q <= this_partial;
      next_partial_q <= next_partial;
      if (in_first_q) begin
        desc_q     <= desc;
        first_be_q <= in_first_be;
        last_be_q  <= in_last_be;
      end
    end
  end

  // ---- What it is.

  logic known_bar, is_write, is_posted, is_read;
  assign known_bar = desc_q.bar == 3'(pamc_pkg::BAR_REGS) || desc_q.bar == 3'(pamc_pkg::BAR_DB);
  assign is_write  = desc_q.req_type == pcie_pkg::REQ_MEM_WRITE && known_bar;
  assign is_posted = desc_q.req_type == pcie_pkg::REQ_MEM_WRITE || desc_q.req_type >= pcie_pkg::REQ_MESSAGE;
  assign is_read   = desc_q.req_type == pcie_pkg::REQ_MEM_READ && known_bar && desc_q.dwords <= 11'd16 && desc_q.dwords != '0;

  // Bits of an address within its BAR.
  logic [17:2] place;
  assign place = desc_q.bar == 3'(pamc_pkg::BAR_REGS) ?
                 desc_q.address[17:2] & 16'(pamc_pkg::BAR_REGS_SIZE / 4 - 1) :
                 desc_q.address[17:2] & 16'(pamc_pkg::BAR_DB_SIZE / 4 - 1);

  // ---- Lines. What a beat has for the line after the one at work is held back; in the
  // cycle after a last beat it goes out, too ("flush").

  logic [511:0] held_q, line;
  logic [63:0]  held_be_q, line_be, below, this_be, next_be;
  logic [11:0]  number_q, number;
  logic         flush_q, held_any_q, line_any, held_partial_q, partial, room, push, commit, drop, read_room, read_push, over;
  // Dwords below the turn came round: they are of the next line.
  assign below   = ~({64{1'b1}} << {beat_turn_q, 2'd0});
  assign this_be = flush_q ? '0 : be_q & ~below;
  assign next_be = flush_q ? '0 : be_q & below;
  assign line_be = (first_q && !flush_q ? '0 : held_be_q) | this_be;
  always_comb begin
    for (int n = 0; n < 64; n++) begin
      line[8*n+:8] = this_be[n] ? data_q[8*n+:8] : held_q[8*n+:8];
    end
  end
  assign line_any = flush_q ? held_any_q : (!first_q && held_any_q) || this_any_q;
  // Held dwords and those of the beat are never the same.
  assign partial  = flush_q ? held_partial_q : (!first_q && held_partial_q) || this_partial_q;
  // In a line's first dwords the payload begins behind the turn: nothing is for "this".
  assign number = first_q && !flush_q ? place[17:6] - 12'(beat_turn_q >= 4'd12) : number_q;

  assign proceed   = beat_q && room && read_room && (flush_q || !(last_q && next_any_q));
  assign push      = beat_q && room && read_room && is_write && line_any;
  assign over      = proceed && last_q;
  assign commit    = over && is_write && !discontinue_q;
  assign drop      = over && is_write && discontinue_q;
  assign read_push = over && !is_posted && !discontinue_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) flush_q <= 1'b0;
    else if (beat_q && room && read_room) flush_q <= !flush_q && last_q && next_any_q;
  end

  always_ff @(posedge clk_i) begin
    if (beat_q && room && read_room) begin
      held_q         <= data_q;
      held_be_q      <= next_be;
      held_any_q     <= !flush_q && next_any_q;
      held_partial_q <= !flush_q && next_partial_q;
      number_q       <= number + 12'd1;
    end
  end

  pcie_commit_fifo #(.Width(LineWidth), .Depth(32)) u_lines (
    .clk_i, .rst_ni,
    .push_i(push && !drop), .room_o(room), .data_i({partial, desc_q.bar, number, line_be, line}),
    .commit_i(commit), .drop_i(drop),
    .out_valid_o(write_valid_o), .out_ready_i(write_ready_i), .out_data_o(write_o)
  );

  // ---- Requests that want an answer.

  logic [31:0] lines_q;  // committed and to be committed, dropped ones taken back
  logic [31:0] kept_q;
  pcie_pkg::cq_read_t read;
  always_comb begin
    read.unsupported     = !is_read;
    read.locked          = desc_q.req_type == pcie_pkg::REQ_MEM_READ_LOCKED;
    read.memory          = desc_q.req_type == pcie_pkg::REQ_MEM_READ || desc_q.req_type == pcie_pkg::REQ_MEM_READ_LOCKED;
    read.attr            = desc_q.attr;
    read.tc              = desc_q.tc;
    read.target_function = desc_q.target_function;
    read.tag             = desc_q.tag;
    read.requester_id    = desc_q.requester_id;
    read.bar             = desc_q.bar;
    read.dword           = place;
    read.dwords          = desc_q.dwords;
    read.first_be        = first_be_q;
    read.last_be         = last_be_q;
    read.after           = kept_q;
  end

  // A place more than there are credits: it is never full, or the write behind would stand.
  logic [$clog2(Reads + 2)-1:0] level;
  lib_fifo #(.Width(ReadWidth), .Depth(Reads + 1)) u_reads (
    .clk_i, .rst_ni, .in_valid_i(read_push), .in_ready_o(read_room), .in_data_i(read),
    .out_valid_o(read_valid_o), .out_ready_i(read_ready_i), .out_data_o(read_o), .level_o(level)
  );

  // Credits that the hard block has not been told of.
  logic [$clog2(Reads + 1)-1:0] owed_q;
  logic                         dropped_q, damaged_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lines_q   <= '0;
      kept_q    <= '0;
      owed_q    <= ($clog2(Reads + 1))'(Reads);
      dropped_q <= 1'b0;
      damaged_q <= 1'b0;
    end else begin
      lines_q <= drop ? kept_q : lines_q + 32'(push);
      if (commit) kept_q <= lines_q + 32'(push);
      // A damaged one never comes out of the queue; its credit is back at once.
      owed_q    <= owed_q - ($clog2(Reads + 1))'(owed_q != '0) +
                   ($clog2(Reads + 1))'((read_valid_o && read_ready_i)) +
                   ($clog2(Reads + 1))'(over && !is_posted && discontinue_q);
      dropped_q <= over && is_posted && !is_write && !discontinue_q;
      damaged_q <= over && discontinue_q;
    end
  end

  assign np_req_o  = {1'b0, owed_q != '0};
  assign dropped_o = dropped_q;
  assign damaged_o = damaged_q;

  logic [15:0] some, all;
  always_comb begin
    for (int n = 0; n < 16; n++) begin
      some[n] = line_be[4*n+:4] != '0;
      all[n]  = line_be[4*n+:4] == '1;
    end
  end
  `PAMC_ASSERT(a_partial, !push || partial == (some != all))
  `PAMC_ASSERT(a_any, !beat_q || (line_any == (line_be != '0) && (flush_q || next_any_q == (next_be != '0))))

  logic unused;
  assign unused = &{1'b0, some, all, level, desc_q, cq_user_i, turned_data[511:0], turned_be[63:0]};

endmodule
