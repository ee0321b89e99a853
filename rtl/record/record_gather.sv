// SPDX-License-Identifier: Apache-2.0
//
// Collects the packed blocks of a page, as a compressor gives them, into the stream of its
// record: for one block its payload, for several a table of their shapes and then the
// payloads, byte behind byte. What the record will need is told with the first beat of the
// page's last block, so that it can be placed while that is still coming in; the stream
// may be taken while it is written.
//
//   beats ─→ turned to the fill level ─→ row under way ─→ rows (RAM) ─┐
//     └─→ shapes (table) ───────────────────────────────────────────┴→ stream
//
// One page at a time: page_* tells how many blocks it has. drop_i throws the page away,
// at any time: info and stream are withdrawn, blocks still to come are swallowed; then the
// next page may begin.

`include "check.svh"

module record_gather #(
  // Pages of up to 2^MaxOrder blocks.
  parameter int unsigned MaxOrder = 4
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     page_valid_i,
  output logic                     page_ready_o,
  input  logic [4:0]               page_blocks_i,
  input  logic                     drop_i,

  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  codec_pkg::packed_beat_t  in_i,

  output logic                     info_valid_o,
  input  logic                     info_ready_i,
  output record_pkg::page_info_t   info_o,

  output logic                     stream_valid_o,
  input  logic                     stream_ready_i,
  output logic [127:0]             stream_o
);

  localparam int unsigned RowBits = 8 + MaxOrder;
  localparam int unsigned StreamBits = record_pkg::StreamBits;
  localparam int unsigned OutDepth = 8;

  `PAMC_PARAM(g_max_order, MaxOrder <= 4)

  // The page under way; it is thrown away; what is needed is known, and was told.
  logic       page_q, drop_q, known_q, info_valid_q;
  logic [4:0] blocks_q, blocks_left_q;
  // The next beat is not the first of its block.
  logic       inside_q;
  logic       begin_page, beat, first, block_end, finished;
  assign page_ready_o = !page_q;
  assign begin_page   = page_valid_i && page_ready_o;
  assign in_ready_o   = page_q && blocks_left_q != '0;
  assign beat         = in_valid_i && in_ready_o;
  assign first        = beat && !inside_q;
  assign block_end    = beat && in_i.last;

  // Sums and shapes.
  logic [4:0]             raw_q, same_q;
  logic [StreamBits-1:0]  stored_q, bytes_q;
  logic [13:0]            shape_q;
  logic [255:0]           table_q;
  logic [4:0]             block;
  logic [15:0]            shape;
  assign block = blocks_q - blocks_left_q;
  assign shape = {2'b00, in_i.kind[1:0], 12'(in_i.length - 13'd1)};

  crc32c_join u_crc (
    .clk_i, .valid_i(first), .first_i(block == '0), .crc_i(in_i.crc), .crc_o(info_o.crc)
  );

  always_ff @(posedge clk_i) begin
    if (begin_page) begin
      blocks_q      <= page_blocks_i;
      raw_q    <= '0;
      same_q   <= '0;
      stored_q <= '0;
      bytes_q  <= page_blocks_i == 5'd1 ? '0 : {11'd0, page_blocks_i, 1'b0};
    end
    if (first) begin
      raw_q    <= raw_q + 5'(in_i.kind == pamc_pkg::CODEC_RAW);
      same_q   <= same_q + 5'(in_i.kind == pamc_pkg::CODEC_SAME);
      stored_q <= stored_q + {4'd0, in_i.length};
      bytes_q  <= bytes_q + {4'd0, in_i.length};
      shape_q  <= blocks_q == 5'd1 ? shape[13:0] :
                       {pamc_pkg::CODEC_RAW[1:0], 12'(blocks_q) - 12'd1};
      for (int unsigned n = 0; n < 16; n++) begin
        if (block[3:0] == 4'(n)) table_q[16*n +: 16] <= shape;
      end
    end
  end

  // Where the row under way is filled up to. A row may begin with the end of the table.
  logic [12:0] left_q, left;
  logic [4:0]  count, filled;
  logic [3:0]  fill_q;
  logic        last;
  assign left   = first ? in_i.length : left_q;
  assign count  = left > 13'd16 ? 5'd16 : left[4:0];
  assign filled = {1'b0, fill_q} + count;
  assign last   = block_end && blocks_left_q == 5'd1;

  always_ff @(posedge clk_i) begin
    if (begin_page) fill_q <= page_blocks_i == 5'd1 ? 4'd0 : {page_blocks_i[2:0], 1'b0};
    else if (beat) fill_q <= filled[3:0];
    if (beat) left_q <= left - 13'd16;
  end

  // 1: byte p is byte p - fill of the beat; 2: merged with the row under way.
  logic         valid1_q, last1_q, flush_q;
  logic [3:0]   fill1_q;
  logic [4:0]   filled1_q;
  logic [127:0] turned_d, turned_q, row_q, merged, cut;
  logic         full, write;

  always_comb begin
    for (int unsigned p = 0; p < 16; p++) begin
      turned_d[8*p +: 8] = in_i.data[{4'(p) - fill_q, 3'b000} +: 8];
      merged[8*p +: 8]   = flush_q || 4'(p) < fill1_q ? row_q[8*p +: 8] : turned_q[8*p +: 8];
      // The end of the stream: what is behind it is zero, as it is in a block's last beat.
      cut[8*p +: 8]      = flush_q && 4'(p) >= fill1_q ? 8'h00 : merged[8*p +: 8];
    end
  end

  assign full  = filled1_q[4];
  assign write = flush_q || (valid1_q && (full || last1_q));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      last1_q  <= 1'b0;
      flush_q  <= 1'b0;
    end else begin
      valid1_q <= beat;
      last1_q  <= last;
      flush_q  <= valid1_q && last1_q && filled1_q > 5'd16;
    end
  end

  always_ff @(posedge clk_i) begin
    turned_q  <= turned_d;
    filled1_q <= filled;
    // For the flush: how much of the last row there is.
    fill1_q   <= valid1_q && last1_q ? filled1_q[3:0] : fill_q;
    if (valid1_q) row_q <= full ? turned_q : merged;
  end

  // Rows of the table stand in front of those of the RAM.
  logic [127:0]      mem_q [2**RowBits];
  logic [127:0]      ram1_q, row2_q;
  logic [RowBits:0]  written_q;
  logic [12:0]       read_q, rows;
  logic [1:0]        table_rows;
  logic [12:0]       at;
  logic              issue, from_table, read1_q, read2_q, table1_q, mixed1_q, high1_q;
  logic [3:0]        room_q;
  logic [127:0]      table_row;
  assign rows       = bytes_q[StreamBits-1:4] + 13'(bytes_q[3:0] != '0);
  assign table_rows = blocks_q == 5'd1 ? 2'd0 : blocks_q[4:3];
  assign at         = read_q - {11'd0, table_rows};
  assign from_table = read_q < {11'd0, table_rows};
  assign issue      = known_q && !drop_q && read_q != rows && room_q != '0 &&
                      (from_table || at < 13'(written_q));

  always_ff @(posedge clk_i) begin
    if (write) mem_q[written_q[RowBits-1:0]] <= cut;
    if (issue) ram1_q <= mem_q[at[RowBits-1:0]];
    table1_q <= from_table;
    mixed1_q <= blocks_q != 5'd1 && read_q == {11'd0, table_rows};
    high1_q  <= read_q != '0;
  end

  assign table_row = high1_q ? table_q[255:128] : table_q[127:0];
  always_ff @(posedge clk_i) begin
    for (int unsigned p = 0; p < 16; p++) begin
      row2_q[8*p +: 8] <= table1_q || (mixed1_q && 4'(p) < {blocks_q[2:0], 1'b0}) ?
                          table_row[8*p +: 8] : ram1_q[8*p +: 8];
    end
  end

  logic         out_room, out_valid, pop;
  logic [3:0]   level;
  assign stream_valid_o = out_valid && !drop_q;
  assign pop            = out_valid && (stream_ready_i || drop_q);

  lib_fifo #(.Width(128), .Depth(OutDepth)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(read2_q), .in_ready_o(out_room), .in_data_i(row2_q),
    .out_valid_o(out_valid), .out_ready_i(stream_ready_i || drop_q), .out_data_o(stream_o),
    .level_o(level)
  );

  // All blocks are in, and all that was read is taken.
  logic quiet;
  assign quiet    = blocks_left_q == '0 && !valid1_q && !flush_q && room_q == 4'(OutDepth);
  assign finished = page_q && quiet && (drop_q || (known_q && !info_valid_q && read_q == rows));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      page_q        <= 1'b0;
      drop_q        <= 1'b0;
      known_q       <= 1'b0;
      info_valid_q  <= 1'b0;
      inside_q      <= 1'b0;
      blocks_left_q <= '0;
      written_q     <= '0;
      read_q        <= '0;
      room_q        <= 4'(OutDepth);
      {read1_q, read2_q} <= '0;
    end else begin
      read1_q <= issue;
      read2_q <= read1_q;
      room_q  <= room_q - 4'(issue) + 4'(pop);
      if (beat) inside_q <= !in_i.last;
      if (block_end) blocks_left_q <= blocks_left_q - 5'd1;
      if (first && blocks_left_q == 5'd1) {known_q, info_valid_q} <= 2'b11;
      if (info_valid_q && info_ready_i) info_valid_q <= 1'b0;
      if (write) written_q <= written_q + 1'b1;
      if (issue) read_q <= read_q + 13'd1;
      if (drop_i && page_q) drop_q <= 1'b1;
      if (finished) begin
        page_q  <= 1'b0;
        drop_q  <= 1'b0;
        known_q <= 1'b0;
        info_valid_q <= 1'b0;
      end
      if (begin_page) begin
        page_q        <= 1'b1;
        blocks_left_q <= page_blocks_i;
        written_q     <= '0;
        read_q        <= '0;
      end
    end
  end

  assign info_valid_o  = info_valid_q && !drop_q;
  assign info_o.raw    = raw_q;
  assign info_o.same   = same_q;
  assign info_o.stored = stored_q;
  assign info_o.bytes  = bytes_q;
  assign info_o.shape  = shape_q;

  `PAMC_ASSUME(m_blocks, !page_valid_i || (page_blocks_i != '0 && 32'(page_blocks_i) <= 2**MaxOrder))
  `PAMC_ASSUME(m_length, !first || (in_i.length != '0 && 32'(in_i.length) <= codec_pkg::PageBytes))
  `PAMC_ASSUME(m_last, !beat || in_i.last == (left <= 13'd16))
  `PAMC_ASSERT(a_room, !read2_q || out_room)
  `PAMC_ASSERT(a_in_ram, !write || !written_q[RowBits])

  logic unused;
  assign unused = ^{level, in_i.kind, at, block, shape[15:14]};

endmodule
