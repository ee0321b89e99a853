// SPDX-License-Identifier: Apache-2.0
//
// Keeps the output of two pages, one being written and one being read, so that a page's
// length and kind lead its bytes; joins them with the page's CRC, and sends it off. A raw
// page is taken as it came in, from a memory of its own, so that it costs the emitter
// nothing. That one keeps four pages: two may be on their way to the emitter, and two
// behind it.

`include "check.svh"

module lz4c_output (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  // Words of pages as they come in: page modulo 4, place.
  input  logic                    word_i,
  input  logic [10:0]             word_at_i,
  input  logic [63:0]             word_data_i,
  // A page's output may begin: there is a memory for it. It did begin.
  output logic                    page_ok_o,
  input  logic                    page_begin_i,
  // Words of the page; its end, with what it is.
  input  logic                    write_i,
  input  logic [7:0]              write_at_i,
  input  logic [127:0]            write_data_i,
  input  logic                    page_i,
  input  logic [7:0]              kind_i,
  input  logic [12:0]             length_i,
  // CRCs of the pages in order, each before its page's end.
  input  logic                    crc_valid_i,
  input  logic [31:0]             crc_i,

  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output codec_pkg::packed_beat_t out_o
);

  localparam int unsigned QueueDepth = 8;

  logic [127:0] mem_q [512];
  logic [127:0] raw_q [1024];

  logic [63:0] low_q;
  always_ff @(posedge clk_i) begin
    if (word_i && !word_at_i[0]) low_q <= word_data_i;
    if (word_i && word_at_i[0]) raw_q[word_at_i[10:1]] <= {word_data_i, low_q};
  end

  // Memories in use: from a page's begin until its last word was read.
  logic [1:0] used_q;
  logic       write_page_q;
  logic [1:0] read_page_q;
  logic       released;
  assign page_ok_o = !used_q[1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q       <= 2'd0;
      write_page_q <= 1'b0;
      read_page_q  <= 2'd0;
    end else begin
      used_q <= used_q + {1'b0, page_begin_i} - {1'b0, released};
      if (page_i) write_page_q <= ~write_page_q;
      if (released) read_page_q <= read_page_q + 2'd1;
    end
  end

  always_ff @(posedge clk_i) if (write_i) mem_q[{write_page_q, write_at_i}] <= write_data_i;

  // Pages to be read, and their CRCs.
  logic        load;
  logic        page_room, page_valid, crc_room, crc_valid;
  logic [7:0]  kind;
  logic [12:0] length;
  logic [31:0] crc;
  logic [1:0]  page_level;
  logic [2:0]  crc_level;

  lib_fifo #(.Width(21), .Depth(2)) u_pages (
    .clk_i, .rst_ni,
    .in_valid_i(page_i), .in_ready_o(page_room), .in_data_i({kind_i, length_i}),
    .out_valid_o(page_valid), .out_ready_i(load), .out_data_o({kind, length}),
    .level_o(page_level)
  );
  lib_fifo #(.Width(32), .Depth(4)) u_crcs (
    .clk_i, .rst_ni,
    .in_valid_i(crc_valid_i), .in_ready_o(crc_room), .in_data_i(crc_i),
    .out_valid_o(crc_valid), .out_ready_i(load), .out_data_o(crc),
    .level_o(crc_level)
  );

  // The page being read.
  logic        reading_q;
  logic [52:0] tell_q;  // CRC, length, kind
  logic [7:0]  last_at_q;
  assign load = page_valid && crc_valid && !reading_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) reading_q <= 1'b0;
    else reading_q <= load || (reading_q && !released);
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      tell_q    <= {crc, length, kind};
      last_at_q <= 8'((length - 13'd1) >> 4);
    end
  end

  // A word a cycle while there is room for those under way.
  logic [7:0]  at_q;
  logic        last, go, queue_room;
  logic [3:0]  queue_level;
  logic [1:0]  go_q;
  assign last     = at_q == last_at_q;
  assign go       = reading_q && queue_level < 4'(QueueDepth - 2);
  assign released = go && last;

  logic [127:0]           data1_q, raw1_q, data2_q;
  logic                   is_raw1_q;
  logic [53:0]            tell1_q, tell2_q;
  codec_pkg::packed_beat_t beat;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      at_q <= 8'd0;
      go_q <= 2'b00;
    end else begin
      go_q <= {go_q[0], go};
      if (go) at_q <= last ? 8'd0 : at_q + 8'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    data1_q   <= mem_q[{read_page_q[0], at_q}];
    raw1_q    <= raw_q[{read_page_q, at_q}];
    is_raw1_q <= tell_q[7:0] == pamc_pkg::CODEC_RAW;
    data2_q   <= is_raw1_q ? raw1_q : data1_q;
    tell1_q <= {tell_q, last};
    tell2_q <= tell1_q;
  end

  assign beat = {tell2_q, data2_q};

  lib_fifo #(.Width(182), .Depth(QueueDepth)) u_queue (
    .clk_i, .rst_ni,
    .in_valid_i(go_q[1]), .in_ready_o(queue_room), .in_data_i(beat),
    .out_valid_o, .out_ready_i, .out_data_o(out_o),
    .level_o(queue_level)
  );

  `PAMC_ASSERT(QueueRoom, !go_q[1] || queue_room)
  `PAMC_ASSERT(PageRoom, !page_i || page_room)
  `PAMC_ASSERT(CrcRoom, !crc_valid_i || crc_room)
  `PAMC_ASSERT(PagesUsed, used_q <= 2'd2 && !(page_begin_i && used_q[1]))

  logic unused;
  assign unused = ^{page_level, crc_level};

endmodule
