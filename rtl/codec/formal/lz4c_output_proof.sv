// SPDX-License-Identifier: Apache-2.0
//
// lz4c_output sends each page that it was told of once, in order, in just the beats that
// its length wants, "last" with the last one only; each beat has its page's kind, length
// and CRC; it holds what it offers, and offers whatever it has whether or not anybody is
// ready. Any one page, watched, is followed from when it is told to its last beat.
//
// With lz4c_pages, which says when pages may come in, and with any emitter: CRCs find
// room, and no page's words, of those that are kept twice, and none of its output, are
// overwritten before they are read.
//
// The bytes are left to tests/rtl/compressor.cpp.

`include "check.svh"

module lz4c_output_proof (
  input logic        clk_i,
  // Words come; one is the page's last. Pages have as many words as they like.
  input logic        word_i,
  input logic        final_i,
  // The emitter begins pages, when it may, and ends those; later that is told.
  input logic        begin_i,
  input logic        end_i,
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

  logic                    page_ok, out_valid, begins, word, first, final_word;
  logic [1:0]              pages, word_page;
  codec_pkg::packed_beat_t out;
  // The next word is not the first of its page.
  logic                    inside_q = 1'b0;
  logic [8:0]              word_index;
  assign word_index = !inside_q ? 9'd0 : final_i ? lz4c_pkg::LastWindow : 9'd1;
  assign word       = word_i && rst_ni && (inside_q || !pages[1]);
  assign first      = word && !inside_q;
  assign final_word = word && inside_q && final_i;

  lz4c_pages u_kept (
    .clk_i, .rst_ni, .word_i(word), .word_index_i(word_index), .page_end_i(end_i && rst_ni),
    .pages_o(pages), .page_o(word_page)
  );

  lz4c_output dut (
    .clk_i, .rst_ni, .word_i(word), .word_at_i({word_page, word_index}), .word_data_i('0),
    .page_ok_o(page_ok), .page_begin_i(begins),
    .write_i(1'b0), .write_at_i('0), .write_data_i('0),
    .page_i, .kind_i, .length_i, .crc_valid_i, .crc_i,
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  // Pages, each number of those that got so far and not to the next one: the first word is
  // in, all words are in, begun by the emitter, ended by it, told, read.
  logic [2:0] first_q = '0, whole_q = '0, ended_q = '0;
  // And the same without those in between: begun and not told; told and not read. CRCs
  // that have come, of pages that are not read.
  logic [2:0] begun_q = '0, told_q = '0, crcs_q = '0, owed_q = '0;
  logic       awake_q = 1'b0, open_q = 1'b0;
  assign begins = begin_i && page_ok && rst_ni && !open_q && {first_q, whole_q} != '0;
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
  // The emitter ends a page when all of its words are in. The CRC comes after the last.
  `PAMC_ASSUME(m_end, !end_i || (open_q && whole_q != '0))
  `PAMC_ASSUME(m_page, !page_i || (ended_q != '0 && length_i != '0 && length_i <= 13'd4096))
  `PAMC_ASSUME(m_crc, !crc_valid_i || owed_q != '0)
  `PAMC_ASSUME(m_awake, awake_q || !word_i)

  // Reset as the module is, or induction might begin with a reset and go on from anything.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {awake_q, open_q, begun_q, told_q, crcs_q, owed_q, first_q, whole_q, ended_q, inside_q} <= '0;
    end else begin
      awake_q <= 1'b1;
      if (word) inside_q <= !final_word;
      if (begins || end_i) open_q <= begins;
      first_q <= first_q + 3'(first) - 3'(final_word);
      whole_q <= whole_q + 3'(final_word) - 3'(end_i);
      ended_q <= ended_q + 3'(end_i) - 3'(page_i);
      owed_q  <= owed_q + 3'(final_word) - 3'(crc_valid_i);
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

  // What is kept. The page that words are written of is at most three ahead of the one
  // that is read, which four pages' memory has room for; and of the emitter's, which it
  // reads for some cycles when it has ended, at most one ahead.
  (* hierconn *) wire [4:0] \u_kept.page_end_q ;
  (* hierconn *) wire [1:0] \dut.read_page_q ;
  logic [2:0] leaving, kept;
  logic [4:0] ahead;
  assign leaving = 3'(\u_kept.page_end_q [0]) + 3'(\u_kept.page_end_q [1]) + 3'(\u_kept.page_end_q [2]) +
                   3'(\u_kept.page_end_q [3]) + 3'(\u_kept.page_end_q [4]);
  assign kept    = first_q + whole_q + leaving;
  assign ahead   = 5'(whole_q) + 5'(ended_q) + 5'(told_q) + 5'(\dut.reading_q );
  `PAMC_ASSERT(a_text_kept, !word || ahead <= 5'd3)
  `PAMC_ASSERT(a_page_number, word_page == \dut.read_page_q + ahead[1:0])
  `PAMC_ASSERT(a_literals_kept, !word || whole_q + leaving <= 3'd1)

  // For induction.
  `PAMC_ASSERT(i_kept, 3'(pages) == kept && first_q <= 3'd1 && (first_q == 3'd1) == inside_q &&
                       whole_q <= 3'd2 && leaving <= 3'd2)
  `PAMC_ASSERT(i_open, begun_q == ended_q + 3'(open_q) && ended_q <= 3'd2 && (!open_q || {first_q, whole_q} != '0))
  `PAMC_ASSERT(i_crcs, 6'(crcs_q) + 6'(owed_q) == 6'(whole_q) + 6'(ended_q) + 6'(told_q) && owed_q <= 3'd4)
  `PAMC_ASSERT(i_recent, ended_q + told_q + 3'(\dut.reading_q ) <= 3'd2)
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
  `PAMC_ASSERT(i_awake, awake_q || (begun_q == '0 && told_q == '0 && whole_q == '0 && first_q == '0 && owed_q == '0 && crcs_q == '0 && inside == '0 && (!\dut.reading_q )))
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

  `PAMC_COVER(c_page, done_q && beats == 9'd2)
  `PAMC_COVER(c_waits, \dut.queue_level == 4'd3)
  `PAMC_COVER(c_another, \dut.reading_q && whole_q == 3'd1 && word_page == 2'd2)

endmodule
