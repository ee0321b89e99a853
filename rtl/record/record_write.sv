// SPDX-License-Identifier: Apache-2.0
//
// Writes a record: header, link, wide index and FIFO node, then the page's stream over
// as many extents as are given, each with a link to the next. Every extent is written to
// its end, zeroes behind the stream: so no line but those shared with a neighbour is
// written in part, which would cost a memory with ECC a read.
//
//   prefix of an extent (header, link ...), 8-byte words ─┐
//   stream, 16 bytes a beat ──────────────────────────────┼─ line under way ─→ lines ─→ wdata
//   zeroes, a line a cycle ───────────────────────────────┘        └─→ bursts ─→ req
//
// A burst is asked for when all of its lines are in the queue, so the memory never waits
// for this block. Two words a cycle are put into the line; an extent costs a cycle, and
// another when the stream has to be cut inside a beat.
//
// Commands, extents and beats come in the same order: for each command one or more
// extents up to "last", and bytes / 16 beats, rounded up; what is behind the stream's end
// in the last one has to be zero. done comes when the page's last request was accepted,
// with error when the extents were too short: all the rest of the stream was dropped by then.

`include "check.svh"

module record_write #(
  // Lines in the queue; most lines of a burst.
  parameter int unsigned Depth = 64,
  parameter int unsigned BurstLines = 32
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  // Where unit 0 is.
  input  logic [dram_pkg::LineBits-1:0]   base_i,

  input  logic                            cmd_valid_i,
  output logic                            cmd_ready_o,
  input  record_pkg::write_cmd_t          cmd_i,

  input  logic                            extent_valid_i,
  output logic                            extent_ready_o,
  input  record_pkg::extent_t             extent_i,

  input  logic                            stream_valid_i,
  output logic                            stream_ready_o,
  input  logic [127:0]                    stream_i,

  output logic                            req_valid_o,
  input  logic                            req_ready_i,
  output dram_pkg::req_t                  req_o,
  output logic                            wdata_valid_o,
  input  logic                            wdata_ready_i,
  output dram_pkg::wdata_t                wdata_o,

  output logic                            done_valid_o,
  input  logic                            done_ready_i,
  output logic                            done_error_o
);

  localparam int unsigned LineBits = dram_pkg::LineBits;

  // The page under way; its first extent is the next; the rest of its stream is dropped.
  logic                   page_q, first_q, drop_q;
  record_pkg::write_cmd_t cmd_q;
  // Words of the stream not yet taken; the first half of the beat offered is.
  logic [13:0]            words_q;
  logic                   none_q, one_q;   // there is no word left, or one
  logic                   half_q;

  // The extent under way, and the next one, to which it links.
  logic                cur_valid_q, next_valid_q, begun_q;
  record_pkg::extent_t cur_q, next_q;
  // Words left in the extent; those to come before the stream.
  logic [9:0]          left_q;
  logic                left_one_q, left_two_q;
  logic [383:0]        prefix_q;
  logic [2:0]          prefix_words_q;

  logic page_end, extent_end;
  assign cmd_ready_o    = !page_q;
  assign extent_ready_o = !next_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cur_valid_q  <= 1'b0;
      next_valid_q <= 1'b0;
    end else begin
      if (!cur_valid_q || extent_end) begin
        cur_valid_q  <= next_valid_q;
        next_valid_q <= 1'b0;
      end
      if (extent_valid_i && extent_ready_o) next_valid_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!cur_valid_q || extent_end) cur_q <= next_q;
    if (extent_valid_i && extent_ready_o) next_q <= extent_i;
  end

  // What the extent begins with.
  logic                begin_extent, wide;
  record_pkg::header_t header;
  record_pkg::link_t   link;
  record_pkg::node_t   node;
  logic [255:0]        tail;
  logic [319:0]        node_wide;
  assign begin_extent = page_q && !drop_q && !begun_q && cur_valid_q && (cur_q.last || next_valid_q);
  assign wide         = cmd_q.index[63:48] != '0;

  assign header.crc        = cmd_q.crc;
  assign header.chained    = !cur_q.last;
  assign header.wide       = wide;
  assign header.shape      = cmd_q.shape;
  assign header.index_high = cmd_q.index[47:32];
  assign header.index_low  = cmd_q.index[31:0];
  assign header.fifo       = cmd_q.fifo;
  assign header.object     = cmd_q.object;
  assign link.more         = {15'd0, !next_q.last};
  assign link.units        = {8'd0, next_q.units};
  assign link.unit         = next_q.unit;
  assign node.age          = cmd_q.age;
  assign node.next         = record_pkg::Nowhere;
  assign node.previous     = cmd_q.previous;

  assign node_wide = wide ? {128'd0, node, cmd_q.index} : {192'd0, node};
  assign tail      = cur_q.last ? node_wide[255:0] : {node_wide[191:0], link};

  // A step: words into the line under way, from word at_q on.
  logic [2:0]   at_q;
  logic [511:0] line_q, line;
  logic [7:0]   mask_q, mask;
  logic         room, prefix, fill, step, beat_done;
  logic [1:0]   have, count;
  logic [63:0]  word0, word1;
  logic [3:0]   reach;
  logic         spills, emit;

  assign prefix = prefix_words_q != '0;
  assign fill   = !prefix && none_q;

  always_comb begin
    word0 = half_q ? stream_i[127:64] : stream_i[63:0];
    word1 = stream_i[127:64];
    have  = half_q || one_q ? 2'd1 : 2'd2;
    if (prefix) begin
      {word1, word0} = prefix_q[127:0];
      have           = prefix_words_q == 3'd1 ? 2'd1 : 2'd2;
    end
    count = left_one_q ? 2'd1 : have;
  end

  assign step      = begun_q && room && (prefix || fill || stream_valid_i);
  // All of the beat that counts is taken.
  assign beat_done = half_q || count == 2'd2 || one_q;
  assign stream_ready_o = drop_q ? !none_q : begun_q && room && !prefix && !fill && beat_done;

  assign reach = {1'b0, at_q} + {2'b00, count};
  assign spills = !fill && at_q == 3'd7 && count == 2'd2;
  assign extent_end = step && (fill ? left_q <= 10'd8 - {7'd0, at_q} : left_one_q || (left_two_q && have == 2'd2));
  assign emit  = step && (fill || reach[3] || extent_end);

  always_comb begin
    for (int unsigned i = 0; i < 8; i++) begin
      line[64*i +: 64] = line_q[64*i +: 64];
      mask[i]          = mask_q[i];
      if (fill) begin
        if (3'(i) >= at_q) line[64*i +: 64] = '0;
        if (3'(i) >= at_q && 10'(i) < {7'd0, at_q} + left_q) mask[i] = 1'b1;
      end else begin
        if (at_q == 3'(i)) begin
          line[64*i +: 64] = word0;
          mask[i]          = 1'b1;
        end
        if (i != 0 && count == 2'd2 && at_q + 3'd1 == 3'(i)) begin
          line[64*i +: 64] = word1;
          mask[i]          = 1'b1;
        end
      end
    end
  end

  // The stream's words that are taken; too short an extent leaves some, which are dropped.
  logic        take, short_end, none;
  logic [13:0] words_left;
  logic [1:0]  taken;
  assign take       = drop_q ? stream_valid_i && !none_q : step && !prefix && !fill;
  assign taken      = drop_q ? have : count;
  assign words_left = words_q - (take ? {12'd0, taken} : 14'd0);
  // What is compared with is known before it is known what is taken.
  assign none       = take ? (taken == 2'd2 ? words_q == 14'd2 : one_q) : none_q;
  assign short_end  = extent_end && cur_q.last && !none;
  assign page_end   = drop_q ? none_q : extent_end && cur_q.last && !short_end;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      page_q  <= 1'b0;
      first_q <= 1'b0;
      begun_q <= 1'b0;
      drop_q  <= 1'b0;
      half_q  <= 1'b0;
    end else begin
      if (cmd_valid_i && cmd_ready_o) begin
        page_q  <= 1'b1;
        first_q <= 1'b1;
      end
      if (begin_extent) begin
        begun_q <= 1'b1;
        first_q <= 1'b0;
      end
      if (take) half_q <= !beat_done;
      if (extent_end) begun_q <= 1'b0;
      if (short_end) drop_q <= 1'b1;
      if (page_end) begin
        page_q <= 1'b0;
        drop_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_valid_i && cmd_ready_o) begin
      cmd_q   <= cmd_i;
      words_q <= cmd_i.bytes[16:3] + 14'(cmd_i.bytes[2:0] != '0);
      none_q  <= cmd_i.bytes == '0;
      one_q   <= cmd_i.bytes != '0 && cmd_i.bytes <= 17'd8;
    end
    if (take) begin
      words_q <= words_left;
      none_q  <= none;
      one_q   <= taken == 2'd2 ? words_q == 14'd3 : words_q == 14'd2;
    end
    if (begin_extent) begin
      left_q         <= {cur_q.units, 2'b00};
      left_one_q     <= 1'b0;
      left_two_q     <= 1'b0;
      at_q           <= {cur_q.unit[0], 2'b00};
      mask_q         <= '0;
      prefix_q       <= first_q ? {tail, header} : {320'd0, link};
      prefix_words_q <= {2'b00, !cur_q.last} +
                        (first_q ? 3'd2 + {2'b00, wide} + {1'b0, cmd_q.fifo, 1'b0} : 3'd0);
    end
    if (step) begin
      left_q     <= left_q - (fill ? 10'd8 - {7'd0, at_q} : {8'd0, count});
      left_one_q <= !fill && left_q == (count == 2'd2 ? 10'd3 : 10'd2);
      left_two_q <= !fill && left_q == (count == 2'd2 ? 10'd4 : 10'd3);
      at_q   <= fill ? 3'd0 : reach[2:0];
      line_q <= line;
      mask_q <= emit ? 8'd0 : mask;
      if (spills) begin
        line_q[63:0] <= word1;
        mask_q[0]    <= 1'b1;
      end
      if (prefix) begin
        prefix_q       <= {128'd0, prefix_q[383:128]};
        prefix_words_q <= prefix_words_q - {1'b0, count};
      end
    end
  end

  logic written, drops;
  record_bursts #(.Depth(Depth), .BurstLines(BurstLines)) u_bursts (
    .clk_i, .rst_ni,
    .begin_i(begin_extent), .begin_line_i(base_i + cur_q.unit[LineBits:1]),
    .line_valid_i(emit), .line_ready_o(room), .line_i(line), .mask_i(mask),
    .extent_end_i(extent_end), .page_end_i(extent_end && cur_q.last), .error_i(short_end),
    .req_valid_o, .req_ready_i, .req_o, .wdata_valid_o, .wdata_ready_i, .wdata_o,
    .done_valid_o(written), .done_ready_i(done_ready_i && !drops), .done_error_o
  );
  // Who hears of the end no longer expects a stream.
  assign drops        = done_error_o && drop_q;
  assign done_valid_o = written && !drops;

  `PAMC_ASSUME(m_extent_units, !extent_valid_i || 32'(extent_i.units) >= record_pkg::MinRun)
  `PAMC_ASSUME(m_bytes, !cmd_valid_i || 32'(cmd_i.bytes) <= record_pkg::StreamMost)
  `PAMC_ASSERT(a_words, !page_q || (none_q == (words_q == '0) && one_q == (words_q == 14'd1)))
  `PAMC_ASSERT(a_begun_is_of_a_page, !begun_q || (page_q && !drop_q))
  `PAMC_ASSERT(a_dropped_behind_prefix, !drop_q || (page_q && !prefix))
  `PAMC_ASSERT(a_left, !begun_q || fill || (left_one_q == (left_q == 10'd1) && left_two_q == (left_q == 10'd2)))
  `PAMC_ASSERT(a_line_in_extent, !begun_q || left_q != '0)
  // A line ends where the extent does, so nothing of it is left over.
  `PAMC_ASSERT(a_no_cross_at_end, !(step && spills) || !extent_end)
  `PAMC_ASSERT(a_prefix_fits, !(step && prefix) || !extent_end)

  logic unused;
  assign unused = ^{cmd_q.bytes, cur_q.unit[31], tail, node_wide};

endmodule
