// SPDX-License-Identifier: Apache-2.0
//
// lz4c_output sends each page that it was told of once, in order, in just the beats that
// its length wants, "last" with the last one only; each beat has its page's kind, length
// and CRC; it holds what it offers, and offers whatever it has whether or not anybody is
// ready. Any one page, watched, is followed from when it is told to its last beat.
//
// The bytes are left to tests/rtl/compressor.cpp; that memories are not overwritten
// before they are read follows from page_ok_o and a_in_use.

`include "check.svh"

module lz4c_output_proof (
  input logic        clk_i,
  // The emitter begins pages, when it may, and ends those.
  input logic        begin_i,
  input logic        page_i,
  input logic [7:0]  kind_i,
  input logic [12:0] length_i,
  input logic        crc_valid_i,
  input logic [31:0] crc_i,
  input logic        out_ready_i,
  // Free: which of the pages to watch, and which of the beats.
  input logic        watch_i,
  input logic        watch_beat_i
);

  localparam int unsigned QueueDepth = 8;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                    page_ok, out_valid, begins;
  codec_pkg::packed_beat_t out;
  assign begins = begin_i && page_ok && rst_ni;

  lz4c_output dut (
    .clk_i, .rst_ni, .word_i(1'b0), .word_at_i('0), .word_data_i('0),
    .page_ok_o(page_ok), .page_begin_i(begins),
    .write_i(1'b0), .write_at_i('0), .write_data_i('0),
    .page_i, .kind_i, .length_i, .crc_valid_i, .crc_i,
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  // Pages: begun and not told; told and not read; CRCs that came before their pages were
  // told, of pages not begun, too.
  logic [2:0] begun_q = '0, told_q = '0, crcs_q = '0;
  logic       awake_q = 1'b0;
  (* hierconn *) wire        \dut.load ;
  (* hierconn *) wire [31:0] \dut.crc ;
  (* hierconn *) wire        \dut.released ;
  (* hierconn *) wire        \dut.reading_q ;
  (* hierconn *) wire [52:0] \dut.tell_q ;
  (* hierconn *) wire [7:0]  \dut.last_at_q ;
  (* hierconn *) wire [7:0]  \dut.at_q ;
  (* hierconn *) wire [1:0]  \dut.go_q ;
  (* hierconn *) wire [1:0]  \dut.used_q ;
  (* hierconn *) wire        \dut.go ;
  (* hierconn *) wire [53:0] \dut.tell1_q ;
  (* hierconn *) wire [53:0] \dut.tell2_q ;
  (* hierconn *) wire [1:0]  \dut.page_level ;
  (* hierconn *) wire [2:0]  \dut.crc_level ;
  (* hierconn *) wire [3:0]  \dut.queue_level ;
  `PAMC_ASSUME(m_page, !page_i || (begun_q != '0 && awake_q && length_i != '0 && length_i <= 13'd4096))
  // As lz4_compressor keeps to: two pages that are not told, two that are.
  `PAMC_ASSUME(m_crc, !crc_valid_i || (crcs_q != 3'd4 && awake_q))

  // Reset as the module is, or induction might begin with a reset and go on from anything.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {awake_q, begun_q, told_q, crcs_q} <= '0;
    end else begin
      awake_q <= 1'b1;
      begun_q <= begun_q + 3'(begins) - 3'(page_i);
      told_q  <= told_q + 3'(page_i) - 3'(\dut.load );
      crcs_q  <= crcs_q + 3'(crc_valid_i) - 3'(\dut.load );
    end
  end

  // The watched page; pages told before it that are not read. Its CRC is what is in front
  // when it is: CRCs leave their queue with pages only.
  logic        page_q = 1'b0, done_q = 1'b0;
  logic [2:0]  page_before_q = '0;
  logic [20:0] tell_q = '0;
  logic [31:0] sum_q = '0;
  // It is being read; beats of it that were read, that came out.
  logic        reads_q = 1'b0;
  logic [8:0]  read_q = '0, beats;
  assign beats = 9'((tell_q[12:0] + 13'd15) >> 4);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {page_q, reads_q, done_q, read_q} <= '0;
    end else begin
      if (!page_q && !reads_q && !done_q && page_i && watch_i) begin
        page_q        <= 1'b1;
        page_before_q <= told_q - 3'(\dut.load );
        tell_q        <= {kind_i, length_i};
      end else if (page_q && \dut.load ) begin
        page_before_q <= page_before_q - 3'd1;
        if (page_before_q == '0) begin
          page_q  <= 1'b0;
          reads_q <= 1'b1;
          sum_q   <= \dut.crc ;
        end
      end
      if (reads_q && \dut.go ) begin
        read_q <= read_q + 9'd1;
        if (\dut.released ) begin
          reads_q <= 1'b0;
          done_q  <= 1'b1;
        end
      end
    end
  end

  // Its beats are read one after the other, and only the last is "last".
  `PAMC_ASSERT(a_reads_all, !(reads_q && \dut.go ) || (\dut.at_q == read_q[7:0] && \dut.released == (read_q + 9'd1 == beats)))
  `PAMC_ASSERT(a_reads_its_own, !reads_q || (\dut.tell_q == {sum_q, tell_q[12:0], tell_q[20:13]} && \dut.reading_q ))
  `PAMC_ASSERT(a_read_in_full, !done_q || read_q == beats)

  // From there, every beat comes out once, in order: any one, watched.
  logic        beat_q = 1'b0;
  logic [3:0]  beat_before_q = '0, inside;
  logic [53:0] beat_tell_q = '0;
  logic        take;
  assign take   = out_valid && out_ready_i && rst_ni;
  assign inside = \dut.queue_level + 4'(\dut.go_q [0]) + 4'(\dut.go_q [1]);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beat_q <= 1'b0;
    end else begin
      if (!beat_q && \dut.go && watch_beat_i) begin
        beat_q        <= 1'b1;
        beat_before_q <= inside - 4'(take);
        beat_tell_q   <= {\dut.tell_q , \dut.released };
      end else if (beat_q && take) begin
        beat_before_q <= beat_before_q - 4'd1;
        beat_q        <= beat_before_q != '0;
      end
    end
  end
  `PAMC_ASSERT(a_beat_comes, !(beat_q && beat_before_q == '0 && out_valid) ||
               {out.crc, out.length, out.kind, out.last} == beat_tell_q)

  logic                    offered_q = 1'b0;
  codec_pkg::packed_beat_t offer_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= out;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (out_valid && out == offer_q))
  // What is in the queue is offered.
  `PAMC_ASSERT(a_offers, out_valid == (\dut.queue_level != '0))
  // And it goes on: a page told, with its CRC, is read; a beat is read when there is room.
  `PAMC_ASSERT(a_loads, \dut.load == (told_q != '0 && crcs_q != '0 && !\dut.reading_q ))
  `PAMC_ASSERT(a_goes_on, !\dut.reading_q || \dut.queue_level >= 4'(QueueDepth - 2) || (\dut.go ))
  `PAMC_ASSERT(a_no_beat_of_nothing, !\dut.go || (\dut.reading_q ))
  // Memories in use are those of pages that began and were not read to their end.
  `PAMC_ASSERT(a_in_use, 3'(\dut.used_q ) == begun_q + told_q + 3'(\dut.reading_q ))
  `PAMC_ASSERT(a_page_ok, page_ok == (\dut.used_q != 2'd2))

  // For induction.
  (* hierconn *) wire         \dut.u_pages.read_at_q ;
  (* hierconn *) wire         \dut.u_pages.peek_at ;
  (* hierconn *) wire [20:0]  \dut.u_pages.peek ;
  (* hierconn *) wire [2:0]   \dut.u_queue.read_at_q ;
  (* hierconn *) wire [2:0]   \dut.u_queue.peek_at ;
  (* hierconn *) wire [181:0] \dut.u_queue.peek ;
  (* hierconn *) wire         \dut.u_pages.in_ready_q ;
  (* hierconn *) wire         \dut.u_crcs.in_ready_q ;
  (* hierconn *) wire         \dut.u_queue.in_ready_q ;
  assign \dut.u_pages.peek_at = \dut.u_pages.read_at_q + page_before_q[0];
  assign \dut.u_queue.peek_at = \dut.u_queue.read_at_q + beat_before_q[2:0];
  `PAMC_ASSERT(i_levels, 3'(\dut.page_level ) == told_q && \dut.crc_level == crcs_q)
  `PAMC_ASSERT(i_room, inside <= 4'(QueueDepth) && crcs_q <= 3'd4 && begun_q <= 3'd2 && told_q <= 3'd2)
  `PAMC_ASSERT(i_awake, awake_q || (begun_q == '0 && told_q == '0 && crcs_q == '0 && inside == '0 && (!\dut.reading_q )))
  `PAMC_ASSERT(i_ready, !awake_q || (\dut.u_pages.in_ready_q == (told_q != 3'd2) &&
                                     \dut.u_crcs.in_ready_q == (crcs_q != 3'd4) &&
                                     \dut.u_queue.in_ready_q == (\dut.queue_level != 4'd8)))
  `PAMC_ASSERT(i_waiting, !page_q || (page_before_q < told_q && \dut.u_pages.peek == tell_q && read_q == '0))
  `PAMC_ASSERT(i_one, 2'(page_q) + 2'(reads_q) + 2'(done_q) <= 2'd1)
  `PAMC_ASSERT(i_length, !(page_q || reads_q || done_q) || (tell_q[12:0] != '0 && tell_q[12:0] <= 13'd4096))
  `PAMC_ASSERT(i_reads, !reads_q || (read_q < beats && \dut.at_q == read_q[7:0] && \dut.last_at_q == 8'(beats - 9'd1)))
  `PAMC_ASSERT(i_nothing, page_q || reads_q || done_q || read_q == '0)
  `PAMC_ASSERT(i_begins_at_0, \dut.reading_q || \dut.at_q == '0)
  `PAMC_ASSERT(i_at, !\dut.reading_q || (\dut.at_q <= \dut.last_at_q ))
  // Where the watched beat is.
  logic in_queue, in_second;
  assign in_queue  = beat_before_q < \dut.queue_level ;
  assign in_second = \dut.go_q [1] && beat_before_q == \dut.queue_level ;
  `PAMC_ASSERT(i_beat, !beat_q || (beat_before_q < inside &&
               (in_queue ? {\dut.u_queue.peek [181:128]} == beat_tell_q :
                in_second ? \dut.tell2_q == beat_tell_q : \dut.tell1_q == beat_tell_q)))

  `PAMC_COVER(c_page, done_q && beats == 9'd3)
  `PAMC_COVER(c_full, \dut.queue_level == 4'd8)
  `PAMC_COVER(c_short_pages, crcs_q == 3'd4 && told_q == 3'd1)

endmodule
