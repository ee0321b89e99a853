// SPDX-License-Identifier: Apache-2.0
//
// The store's requests to card DRAM: runs' headers, footers and the scrubbing of what is
// freed on one side, lines of the map on the other, one port of dram_pkg together. Each
// side's requests keep their order but for writes that are put aside; between the two no order
// matters, as their lines are others. What comes from memory is sorted by what it was read for.
//
// Card DRAM lets a read wait for an unfinished write of its line, and all behind it. A list
// that loses its first run has the new first one's header written and read at the same time,
// but not the same words: so that the read need not wait, the write is put aside (store_aside)
// until it has come. Nothing may come between the two: what touches the line, too, would wait
// for the write, and the read for it.

`include "check.svh"

module store_port (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Where the store's units and map are, in lines.
  input  logic [dram_pkg::LineBits-1:0] units_line_i,
  input  logic [dram_pkg::LineBits-1:0] map_line_i,

  input  logic                   op_valid_i,
  output logic                   op_ready_o,
  input  store_pkg::op_t         op_i,
  // Operations that memory has accepted, modulo.
  output logic [15:0]            accepted_o,
  output logic                   busy_o,

  // A read is taken when it is ready; a write is over when it is written.
  input  logic                   map_valid_i,
  output logic                   map_ready_o,
  output logic                   map_written_o,
  input  logic                   map_write_i,
  // A write is none after all; known late.
  input  logic                   map_lost_i,
  input  logic [22:0]            map_line_n_i,
  input  logic [63:0]            map_strb_i,
  input  logic [511:0]           map_data_i,

  output logic                   got_valid_o,
  // It is a line of the map.
  output logic                   got_map_o,
  output store_pkg::get_e        got_o,
  output logic                   got_error_o,
  output store_pkg::words_t      got_words_o,
  output logic [511:0]           got_line_o,

  output logic                   req_valid_o,
  input  logic                   req_ready_i,
  output dram_pkg::req_t         req_o,
  output logic                   wdata_valid_o,
  input  logic                   wdata_ready_i,
  output dram_pkg::wdata_t       wdata_o,
  input  logic                   rdata_valid_i,
  input  dram_pkg::rdata_t       rdata_i
);

  logic           first_valid, first_ready, op_valid, op_ready;
  store_pkg::op_t first, op, next;
  logic [4:0]     op_level;

  lib_fifo #(.Width(178), .Depth(16)) u_ops (
    .clk_i, .rst_ni,
    .in_valid_i(op_valid_i), .in_ready_o(op_ready_o), .in_data_i(op_i),
    .out_valid_o(first_valid), .out_ready_i(first_ready), .out_data_o(first), .level_o(op_level)
  );

  logic           late_valid, late_ready, set_aside, aside_busy;
  store_pkg::op_t late;
  store_aside u_aside (
    .clk_i, .rst_ni,
    .in_valid_i(first_valid), .in_ready_o(first_ready), .in_i(first),
    .out_valid_o(op_valid), .out_ready_i(op_ready), .out_o(op),
    .late_valid_o(late_valid), .late_ready_i(late_ready), .late_o(late),
    .clear_i(!req_valid_o || !req_is_op_q), .come_i(got_valid_o && got_o == store_pkg::GET_HEAD), .aside_o(set_aside), .busy_o(aside_busy)
  );

  // What is written, in the order of the requests.
  typedef struct packed {
    logic              of_map;
    logic              scrub;
    logic              half;
    logic              odd;
    logic [6:0]        lines;
    logic [3:0]        mask;
    store_pkg::words_t words;
  } write_t;
  write_t     new_write, write;
  logic       write_room, write_push, write_valid, write_done;
  logic [3:0] write_level;

  lib_fifo #(.Width(143), .Depth(8)) u_writes (
    .clk_i, .rst_ni,
    .in_valid_i(write_push), .in_ready_o(write_room), .in_data_i(new_write),
    .out_valid_o(write_valid), .out_ready_i(write_done), .out_data_o(write),
    .level_o(write_level)
  );

  // What is read, likewise; and whether from the upper half of the line.
  typedef struct packed {
    store_pkg::get_e get;
    logic            odd;
  } read_t;
  read_t      new_read, read;
  logic       read_room, read_push, read_valid;
  logic [4:0] read_level;

  lib_fifo #(.Width(4), .Depth(16)) u_reads (
    .clk_i, .rst_ni,
    .in_valid_i(read_push), .in_ready_o(read_room), .in_data_i(new_read),
    .out_valid_o(read_valid), .out_ready_i(rdata_valid_i), .out_data_o(read),
    .level_o(read_level)
  );

  // The map is asked for rarely, and then somebody waits for it: it goes first, but for what is there
  // in the first cycle in which it asks, so that whose turn it is does not wait for that. Its write is
  // taken with the request, but it is written when its data have gone, which it is told a cycle later.
  logic map_sent_q, map_written_q, map_asks, map_asked_q, map_turn, room, free, take, req_is_op_q;
  assign map_asks   = map_valid_i && !map_sent_q;
  assign map_turn   = map_asked_q || !(late_valid || op_valid);
  assign free       = !req_valid_o || req_ready_i;
  assign room       = free && write_room && read_room;
  assign take       = room && (map_asks || !map_turn);
  assign op_ready   = room && !map_turn && !late_valid;
  assign late_ready = room && !map_turn && late_valid;
  assign next       = late_valid ? late : op;

  logic map_data_goes;
  assign map_data_goes = line_goes && write.of_map;
  assign map_written_o = map_written_q;
  assign map_ready_o   = room && map_turn && !map_sent_q;

  assign write_push = take && (map_turn ? map_write_i && !map_lost_i : next.write);
  assign read_push  = take && !(map_turn ? map_write_i : next.write);
  assign new_read   = {map_turn ? store_pkg::GET_MAP : next.get, next.unit[0]};
  always_comb begin
    new_write.of_map = map_turn;
    new_write.scrub = next.scrub;
    new_write.half  = next.half;
    new_write.odd   = next.unit[0];
    new_write.lines = !map_turn && next.scrub ? next.lines : 7'd1;
    new_write.mask  = next.mask;
    new_write.words = next.words;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_valid_o <= 1'b0;
      req_is_op_q <= 1'b0;
      map_sent_q  <= 1'b0;
      map_written_q <= 1'b0;
      map_asked_q <= 1'b0;
      accepted_o  <= '0;
    end else begin
      if (free) req_valid_o <= take && !(map_turn && map_write_i && map_lost_i);
      if (free) req_is_op_q <= !map_turn && !late_valid;
      if (take && map_turn && map_write_i && !map_lost_i) map_sent_q <= 1'b1;
      else if (map_written_q) map_sent_q <= 1'b0;
      map_written_q <= map_data_goes;
      map_asked_q <= map_asks && !(room && map_turn);
      // One that is put aside is never of what somebody has been given. It is counted in its turn.
      accepted_o <= accepted_o + 16'(req_valid_o && req_ready_i && req_is_op_q) + 16'(set_aside);
    end
  end

  always_ff @(posedge clk_i) begin
    if (free) begin
      req_o.write <= map_turn ? map_write_i : next.write;
      req_o.line  <= map_turn ? map_line_i + 30'(map_line_n_i) : units_line_i + 30'(next.unit[31:1]);
      req_o.lines <= new_write.lines;
    end
  end

  // Lines to be written. A unit's words are there twice, once for each half.
  logic [6:0]  at_q;
  logic        last_line;
  logic [31:0] strb;
  assign last_line  = at_q == write.lines - 7'd1;
  assign write_done = line_goes && last_line;
  assign line_goes  = write_valid && line_ready;
  // What it is takes a while to find, and so does where it goes from here.
  logic             line_ready, line_goes;
  dram_pkg::wdata_t line;
  lib_skid #(.Width(dram_pkg::WdataBits)) u_line (
    .clk_i, .rst_ni, .in_valid_i(write_valid), .in_ready_o(line_ready), .in_data_i(line),
    .out_valid_o(wdata_valid_o), .out_ready_i(wdata_ready_i), .out_data_o(wdata_o)
  );
  assign strb = {{4{write.mask[3]}}, 16'd0, {4{write.mask[2]}}, {4{write.mask[1]}},
                 {4{write.mask[0]}}};
  always_comb begin
    if (write.of_map) begin
      line.strb = map_strb_i;
      line.data = map_data_i;
    end else if (write.scrub) begin
      line.strb = {{32{!(last_line && write.half)}}, {32{!(at_q == '0 && write.odd)}}};
      line.data = '0;
    end else begin
      line.strb = write.odd ? {strb, 32'd0} : {32'd0, strb};
      line.data = {2{write.words.footer, 128'd0, write.words.length, write.words.previous,
                     write.words.next}};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      at_q <= '0;
    end else if (line_goes) begin
      at_q <= last_line ? '0 : at_q + 7'd1;
    end
  end

  // Lines read.
  logic         odd_q;
  logic [255:0] unit;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {got_valid_o, got_map_o} <= '0;
    else         {got_valid_o, got_map_o} <= {rdata_valid_i, rdata_valid_i && read.get == store_pkg::GET_MAP};
  end
  always_ff @(posedge clk_i) begin
    got_o       <= read.get;
    odd_q       <= read.odd;
    got_error_o <= rdata_i.error;
    got_line_o  <= rdata_i.data;
  end
  assign unit        = odd_q ? got_line_o[511:256] : got_line_o[255:0];
  assign got_words_o = {unit[255:224], unit[95:0]};

  assign busy_o = aside_busy || req_valid_o || op_level != '0 || write_level != '0 || read_level != '0 || wdata_valid_o;

  logic unused;
  assign unused = &{1'b0, rdata_i.last, unit[223:96], next};

  `PAMC_ASSERT(a_read_was_asked, !rdata_valid_i || read_valid)
  `PAMC_ASSERT(a_one_line, !rdata_valid_i || rdata_i.last)
  `PAMC_ASSERT(a_lines, !req_valid_o || (req_o.lines != '0 &&
                                         32'(req_o.lines) <= dram_pkg::MostLines))

endmodule
