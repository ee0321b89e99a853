// SPDX-License-Identifier: Apache-2.0
//
// lz4d_finish sends every row once, in order, and holds what it offers: any one row,
// watched, leaves as the beat behind just those that came before it, with its data,
// "last" and error. So a page has as many beats as it had rows, and one "last". Rows find
// room as long as no more than Late come while it stalls; the CRCs of pages find room and
// are there soon after their last rows; the page they are compared with is the right one.
//
// What the CRC of a page is, is for crc32c_proof: here it is whatever the module makes it.

`include "check.svh"

module lz4d_finish_proof #(
  // One of two halves: how many pages end in the rows that wait, so that all that comes
  // with a page is there in time (solvers count them in a small queue only); or, with that
  // assumed, what becomes of the rows.
  parameter bit          Pages = 1'b1,
  parameter int unsigned Rows  = 32,
  parameter int unsigned Slack = 12,
  // Rows in a row of cycles with stall_o.
  parameter int unsigned Late  = Slack - 1
) (
  input logic         clk_i,
  input logic         row_valid_i,
  input logic [255:0] row_data_i,
  input logic         row_last_i,
  input logic [2:0]   row_error_i,
  // A page begins: its expected CRC enters the queue of those.
  input logic         begin_i,
  input logic [31:0]  begin_crc_i,
  input logic         out_ready_i,
  // Free: which of the rows to watch.
  input logic         watch_i
);

  localparam int unsigned Level = $clog2(Rows + 1);
  localparam int unsigned Place = $clog2(Rows);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                   stall, page_valid, page_ready, page_room, out_valid;
  logic [31:0]            page_crc;
  logic [4:0]             pages;
  codec_pkg::plain_beat_t out;

  // As in lz4_decompressor.
  lib_fifo #(.Width(32), .Depth(lz4d_pkg::MostPages)) u_pages (
    .clk_i, .rst_ni, .in_valid_i(begin_i), .in_ready_o(page_room), .in_data_i(begin_crc_i),
    .out_valid_o(page_valid), .out_ready_i(page_ready), .out_data_o(page_crc), .level_o(pages)
  );

  lz4d_finish #(.Rows(Rows), .Slack(Slack)) dut (
    .clk_i, .rst_ni, .row_valid_i, .row_data_i, .row_last_i, .row_error_i, .stall_o(stall),
    .page_valid_i(page_valid), .page_ready_o(page_ready), .page_crc_i(page_crc),
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  // Rows come to pages that have begun, and not too many when there is no more room.
  logic       awake_q = 1'b0;
  logic [4:0] open_q = '0;  // pages of which the last row has not come
  logic [4:0] late_q = '0;
  logic       begins, ends;
  assign begins = begin_i && page_room;
  assign ends   = row_valid_i && row_last_i;
  `PAMC_ASSUME(m_page_begun, !row_valid_i || (open_q != '0 && awake_q))
  `PAMC_ASSUME(m_late, !(row_valid_i && stall) || late_q < 5'(Late))

  // Rows inside, that of the output register not counted; those before the watched one.
  logic       watching_q = 1'b0, shown_q = 1'b0;
  logic [Level-1:0] rows_q = '0, before_q = '0;
  logic [259:0] watched_q = '0;
  logic       take;
  (* hierconn *) wire        \dut.beat_valid ;
  (* hierconn *) wire        \dut.beat_ready ;
  assign take = \dut.beat_valid && \dut.beat_ready ;

  // The page that the last beat belongs to.
  logic [31:0] expected_q = '0;

  // Reset as the module is, or induction might begin with a reset and go on from anything.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {awake_q, open_q, late_q, rows_q, watching_q, shown_q} <= '0;
    end else begin
      awake_q <= 1'b1;
      open_q  <= open_q + 5'(begins) - 5'(ends);
      late_q  <= stall ? late_q + 5'(row_valid_i) : '0;
      rows_q  <= rows_q + Level'(row_valid_i) - Level'(take);
      if (!watching_q && row_valid_i && watch_i) begin
        watching_q <= 1'b1;
        before_q   <= rows_q - Level'(take);
        watched_q  <= {row_error_i, row_last_i, row_data_i};
      end else if (watching_q && take) begin
        before_q   <= before_q - 1'b1;
        watching_q <= before_q != '0;
      end
      if (take) shown_q <= watching_q && before_q == '0;
      if (take && page_ready) expected_q <= page_crc;
    end
  end

  // The watched row is the beat that is offered.
  codec_pkg::plain_beat_t want;
  always_comb begin
    want       = watched_q[255:0];
    want.last  = watched_q[256];
    want.crc   = out.crc;
    want.error = !watched_q[256] ? codec_pkg::DECODE_OK :
                 watched_q[259:257] != '0 ? codec_pkg::decode_error_e'(watched_q[259:257]) :
                 out.crc == expected_q ? codec_pkg::DECODE_OK : codec_pkg::DECODE_CRC;
  end
  logic shown;
  logic shown_valid_q = 1'b0;
  // A new row may be watched when the old one is in the output register.
  assign shown = shown_q && out_valid && shown_valid_q;
  always_ff @(posedge clk_i) begin
    if (take) shown_valid_q <= 1'b1;
    if (!watching_q && row_valid_i && watch_i) shown_valid_q <= 1'b0;
  end
  `PAMC_ASSERT(a_watched_leaves, Pages || !shown || out == want)
  `PAMC_ASSERT(a_nothing_made_up, out_valid || !take || rows_q != '0)

  logic                   offered_q = 1'b0;
  codec_pkg::plain_beat_t offer_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= out;
  end
  `PAMC_ASSERT(a_offer_holds, Pages || !offered_q || (out_valid && out == offer_q))
  // A row is taken in the cycle in which there is one and room for it, but for a last one
  // that waits for its CRC, a few cycles; so valid does not wait for ready.
  logic [1:0] waits_q = '0;
  logic       room;
  assign room = !out_valid || out_ready_i;
  always_ff @(posedge clk_i) waits_q <= rst_ni && rows_q != '0 && room && !take ? waits_q + 2'd1 : '0;
  `PAMC_ASSERT(a_goes_on, !Pages || waits_q != 2'd3 || !room || take)
  `PAMC_ASSERT(a_page_with_last, page_ready == (take && \dut.last ))
  `PAMC_ASSERT(a_right_page, Pages || !(out_valid && out.last && out.error == codec_pkg::DECODE_OK) || out.crc == expected_q)

  // For induction: what is in the queues.
  (* hierconn *) wire                \dut.last ;
  (* hierconn *) wire                \dut.out_valid_q ;
  (* hierconn *) wire [Place-1:0]    \dut.u_rows.read_at_q ;
  (* hierconn *) wire [Place-1:0]    \dut.u_rows.peek_at ;
  (* hierconn *) wire [259:0]        \dut.u_rows.peek ;
  (* hierconn *) wire [260*Rows-1:0] \dut.u_rows.whole ;
  (* hierconn *) wire                \dut.u_rows.in_ready_q ;
  (* hierconn *) wire                \dut.u_crcs.in_ready_q ;
  (* hierconn *) wire                \u_pages.in_ready_q ;
  (* hierconn *) wire [Level-1:0]    \dut.rows ;
  (* hierconn *) wire [4:0]          \dut.crcs ;
  (* hierconn *) wire                \dut.u_crc.last1_q ;
  (* hierconn *) wire                \dut.u_crc.last2_q ;
  (* hierconn *) wire                \dut.u_crc.last3_q ;
  assign \dut.u_rows.peek_at = \dut.u_rows.read_at_q + before_q[Place-1:0];
  `PAMC_ASSERT(i_watched, Pages || !watching_q || (\dut.u_rows.peek == watched_q && before_q < rows_q))
  `PAMC_ASSERT(i_rows, \dut.rows == rows_q)
  `PAMC_ASSERT(i_room, 32'(rows_q) <= Rows - Slack + (stall ? 32'(late_q) + 1 : 0) && 32'(late_q) <= Late)
  `PAMC_ASSERT(i_awake, awake_q || (open_q == '0 && rows_q == '0 && pages == '0))
  `PAMC_ASSERT(i_ready, !awake_q || (\dut.u_rows.in_ready_q == (rows_q != Level'(Rows)) &&
                                     \dut.u_crcs.in_ready_q == (\dut.crcs != 5'd16) &&
                                     \u_pages.in_ready_q == (pages != 5'd16)))

  // Last rows in the queue are as many as CRCs in theirs and on the way to it.
  logic [5:0] lasts, on_the_way;
  logic [Place-1:0] place;
  always_comb begin
    lasts = '0;
    for (int k = 0; k < Rows; k++) begin
      place = Place'(k) - \dut.u_rows.read_at_q ;
      lasts = lasts + 6'(Pages && Level'(place) < rows_q && \dut.u_rows.whole [260*k + 256]);
    end
  end
  assign on_the_way = 6'(\dut.u_crc.last1_q ) + 6'(\dut.u_crc.last2_q ) + 6'(\dut.u_crc.last3_q );
  `PAMC_ASSERT(i_lasts, !Pages || lasts == 6'(\dut.crcs ) + on_the_way)
  `PAMC_ASSUME(m_pages, Pages || ((!page_ready || page_valid) && 6'(\dut.crcs ) + on_the_way <= 6'd16))
  `PAMC_ASSERT(i_pages, !Pages || 6'(pages) == lasts + 6'(open_q))

  `PAMC_COVER(c_watched, shown && out.last && out.error == codec_pkg::DECODE_OK)
  `PAMC_COVER(c_stall, stall && 32'(rows_q) == Rows - Slack + 2)

endmodule
