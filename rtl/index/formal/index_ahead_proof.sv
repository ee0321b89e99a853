// SPDX-License-Identifier: Apache-2.0
//
// What index_ahead has of a bucket is what memory has: of any one bucket, watched, that a change
// asks for, whatever was read ahead, written and cleared, for ever. Memory answers in order, with
// what was there when it took the request; a write is taken when it is told of.

`include "check.svh"

module index_ahead_proof (
  input logic              clk_i,
  input logic              soon_valid_i,
  input logic [23:0]       soon_bucket_i,
  input logic              request_ready_i,
  input logic              line_valid_i,
  input logic [511:0]      line_i,
  input logic              line_error_i,
  input logic              begin_i,
  input logic [1:0][23:0]  bucket_i,
  input logic              reads_i,
  input logic              want_i,
  input logic              second_i,
  input logic              take_i,
  input logic              write_i,
  input logic [23:0]       write_bucket_i,
  input logic              written_bit_i,
  input logic              clear_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [23:0] watch;

  logic         soon_ready, request_valid, here;
  logic [23:0]  request_bucket;
  logic [1:0]   coming;
  ecc_pkg::event_t ecc, ecc_places;
  logic [511:0] line;
  index_ahead #(.Lines(2)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .ecc_places_o(ecc_places), .soon_valid_i, .soon_ready_o(soon_ready), .soon_bucket_i,
    .request_valid_o(request_valid), .request_ready_i, .request_bucket_o(request_bucket),
    .line_valid_i, .line_i, .line_error_i, .begin_i, .reads_i, .bucket_i, .coming_o(coming),
    .want_i, .second_i, .here_o(here), .take_i, .line_o(line), .write_i, .write_bucket_i, .clear_i
  );

  // A change begins when none reads, reads at once, and writes afterwards.
  logic reads_q = 1'b0;
  always_ff @(posedge clk_i) reads_q <= rst_ni && (begin_i || (reads_q && reads_i));
  `PAMC_ASSUME(m_begin, !begin_i || (!reads_i && !write_i && !clear_i))
  `PAMC_ASSUME(m_reads, reads_i == reads_q)
  `PAMC_ASSUME(m_write, !((write_i || clear_i) && reads_i))
  `PAMC_ASSUME(m_request, !(request_ready_i && write_i))

  // It wants one until that is taken, or turns out not to come, and then the other one.
  logic wants_q = 1'b0, wanted_q;
  always_ff @(posedge clk_i) begin
    wants_q  <= rst_ni && reads_i && want_i && coming[second_i] && !take_i;
    wanted_q <= second_i;
  end
  `PAMC_ASSUME(m_want, !wants_q || (reads_i && (want_i || take_i) && second_i == wanted_q))
  `PAMC_ASSUME(m_take, !take_i || (here && reads_i))

  // Memory, of the watched bucket one bit; reads that it has taken.
  logic       mem_q = 1'b0, takes;
  logic [1:0] watched_q, was_q, count_q = '0;
  assign takes = request_valid && request_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
    end else begin
      if ((write_i && write_bucket_i == watch) || clear_i) mem_q <= written_bit_i;
      // The oldest is the lowest.
      if (line_valid_i) {watched_q[0], was_q[0]} <= {watched_q[1], was_q[1]};
      if (takes && (count_q == 2'd0 || (line_valid_i && count_q == 2'd1))) {watched_q[0], was_q[0]} <= {request_bucket == watch, mem_q};
      if (takes && (count_q == (line_valid_i ? 2'd2 : 2'd1)))                {watched_q[1], was_q[1]} <= {request_bucket == watch, mem_q};
      count_q <= count_q + 2'(takes) - 2'(line_valid_i);
    end
  end
  `PAMC_ASSUME(m_line, !line_valid_i || (count_q != '0 && (line_error_i || !watched_q[0] || line_i[0] == was_q[0])))

  logic [1:0][23:0] asked_q;
  always_ff @(posedge clk_i) if (begin_i) asked_q <= bucket_i;
  `PAMC_ASSERT(a_is_what_memory_has, !(reads_i && here && asked_q[second_i] == watch) || line[0] == mem_q)

  // ---- For induction.
  (* hierconn *) wire \dut.look_q ;
  (* hierconn *) wire \dut.shown_q ;
  (* hierconn *) wire \dut.spoilt ;
  (* hierconn *) wire [1:0]  \dut.good_q ;
  (* hierconn *) wire [1:0]  \dut.open_q ;
  (* hierconn *) wire [47:0] \dut.bucket_q ;
  (* hierconn *) wire        \dut.next_q ;
  (* hierconn *) wire        \dut.come_q ;
  (* hierconn *) wire        \dut.ask_q ;
  (* hierconn *) wire [23:0] \dut.ask_bucket_q ;
  (* hierconn *) wire [3:0]  \dut.mine_q ;
  (* hierconn *) wire [1:0]  \dut.first_bits ;
  logic [1:0]       good, open, first_bits, found, place;
  logic [1:0][23:0] bucket;
  logic [1:0][1:0]  mine;
  logic             come, last, ask;
  logic [1:0]       opens;
  assign good       = \dut.good_q ;
  assign open       = \dut.open_q ;
  assign bucket     = \dut.bucket_q ;
  assign come       = \dut.come_q ;
  assign ask        = \dut.ask_q ;
  assign last       = !\dut.next_q ;
  assign first_bits = \dut.first_bits ;
  assign mine       = \dut.mine_q ;
  assign found      = {mine[1] != '0, mine[0] != '0};
  assign place      = {mine[1][1], mine[0][1]};
  assign opens      = {1'b0, open[0]} + {1'b0, open[1]};
  // No bucket is damaged here.
  (* hierconn *) wire [1:0] \dut.parity_q ;
  (* hierconn *) wire [1:0] \dut.strange_q ;
  `PAMC_ASSERT(i_parity, (!good[0] || \dut.parity_q [0] == ^bucket[0]) && (!good[1] || \dut.parity_q [1] == ^bucket[1]) && \dut.strange_q == '0)
  // Places are asked for, and come, in turn.
  `PAMC_ASSERT(i_counts, count_q == opens - {1'b0, ask} && (!ask || (open[last] && bucket[last] == \dut.ask_bucket_q )) &&
                         (opens == '0 ? come == \dut.next_q : opens == 2'd1 ? open[come] && come == last : come == \dut.next_q ))
  // Reads that memory has taken: good ones say what it has.
  logic other;
  assign other = !come;
  `PAMC_ASSERT(i_first, !(count_q != '0) || (watched_q[0] == (bucket[come] == watch) && (!good[come] || !watched_q[0] || was_q[0] == mem_q)))
  `PAMC_ASSERT(i_second, !(count_q == 2'd2) || (watched_q[1] == (bucket[other] == watch) && (!good[other] || !watched_q[1] || was_q[1] == mem_q)))
  `PAMC_ASSERT(i_here_0, !(good[0] && !open[0] && bucket[0] == watch) || first_bits[0] == mem_q)
  `PAMC_ASSERT(i_here_1, !(good[1] && !open[1] && bucket[1] == watch) || first_bits[1] == mem_q)
  `PAMC_ASSERT(i_once, !reads_i || (mine[0] != 2'b11 && mine[1] != 2'b11))
  `PAMC_ASSERT(i_found_0, !(reads_i && found[0] && good[place[0]]) || bucket[place[0]] == asked_q[0])
  `PAMC_ASSERT(i_found_1, !(reads_i && found[1] && good[place[1]]) || bucket[place[1]] == asked_q[1])

  // What is looked at or shown is the line of the place, and is wanted.
  logic at, looked_at, shown, spoilt;
  assign at        = place[second_i];
  assign looked_at = \dut.look_q ;
  assign shown     = \dut.shown_q ;
  assign spoilt    = \dut.spoilt ;
  `PAMC_ASSERT(i_shown, !(looked_at || shown) || (wants_q && !(looked_at && shown) && found[second_i] && good[at] &&
                        !open[at] && line[0] == first_bits[at]))
  `PAMC_ASSERT(i_spoilt, !spoilt || (wants_q && !looked_at && !shown && found[second_i] && good[at]))

  `PAMC_COVER(c_here, reads_i && here && second_i && asked_q[1] == watch && line[0])
  `PAMC_COVER(c_coming, reads_i && coming[0])

  logic unused;
  assign unused = &{1'b0, soon_ready, ecc, ecc_places};

endmodule
