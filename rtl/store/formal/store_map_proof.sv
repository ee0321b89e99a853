// SPDX-License-Identifier: Apache-2.0
//
// store_map gives no unit to two owners and frees none twice: of any one unit, watched, it
// says "free" of a neighbour exactly when it is; an extent comes back only if the unit in it
// was used; it is given out only if it was free; and memory says of it what has been said,
// as soon as the block is quiet, whatever the cache holds and whatever is read ahead.
//
// Card DRAM answers reads in their order with what the watched bit was when it took them; all
// other bits are free, so nothing here rests on them. The queues of operations and of hints are
// proved by themselves (lib_fifo): what comes out of the first is taken to be an operation that
// makes sense; hints may be anything. Lines are of LineUnits units.

`include "check.svh"

module store_map_proof #(
  parameter int unsigned LineUnits = 16
) (
  input logic         clk_i,
  input logic         clear_i,
  input logic         op_valid_i,
  input logic [40:0]  op_i,
  input logic         soon_valid_i,
  input logic [40:0]  soon_i,
  input logic         line_ready_i,
  input logic         line_written_i,
  input logic         got_valid_i,
  input logic [511:0] got_i,
  input logic         got_error_i
);

  localparam int unsigned U = $clog2(LineUnits);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [31:0] units;
  (* anyconst *) logic [31:0] watch;

  logic                 quiet, op_ready, soon_ready, done_valid, line_valid, line_write, line_lost, broken;
  store_pkg::map_done_t done;
  logic [22:0]          line;
  logic [63:0]          strb;
  logic [511:0]         data;
  ecc_pkg::event_t      ecc;

  store_map #(.CacheBits(1), .LineUnits(LineUnits)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .units_i(units), .clear_i, .quiet_o(quiet),
    .op_valid_i, .op_ready_o(op_ready), .op_i,
    .soon_valid_i, .soon_ready_o(soon_ready), .soon_i,
    .done_valid_o(done_valid), .done_o(done),
    .line_valid_o(line_valid), .line_ready_i, .line_written_i, .line_write_o(line_write), .line_lost_o(line_lost), .line_o(line), .line_strb_o(strb), .line_data_o(data),
    .got_valid_i, .got_i, .got_error_i, .broken_o(broken)
  );

  logic [22:0]  watch_line;
  logic [U-1:0] watch_bit;
  assign watch_line = watch[U +: 23];
  assign watch_bit  = watch[U-1:0];
  `PAMC_ASSUME(m_watch, watch < units && units < 32'd1024)
  `PAMC_ASSUME(m_not_none, op_i[7:0] != '0)
  `PAMC_ASSUME(m_clear, !clear_i || quiet)

`ifdef STORE_MAP_REACH
  // To reach what is to be reached soon: one extent that is freed.
  `PAMC_ASSUME(m_reach, units == 32'd100 && watch == 32'd70 && line_ready_i && line_written_i == (line_valid && line_write && !line_lost) && op_i == {1'b1, 32'd66, 8'd6} &&
                        soon_i == op_i && !got_error_i && !clear_i && soon_valid_i)
`endif

  // What comes out of the queue of operations.
  (* hierconn *) wire [40:0] \dut.op ;
  (* hierconn *) wire        \dut.valid ;
  (* hierconn *) wire [2:0]  \dut.state_q ;
  store_pkg::map_op_t op, op_q;
  logic [2:0]         state;
  logic               begins;
  assign op     = \dut.op ;
  assign state  = \dut.state_q ;
  assign begins = state == 3'd0 && \dut.valid ;
  `PAMC_ASSUME(m_op, !begins || (op.units != '0 && 32'(op.units) < LineUnits / 2 && op.unit < units &&
                                 units - op.unit >= 32'(op.units)))
  // It stays while it waits, and is taken when the block is idle.
  always_ff @(posedge clk_i) if (begins) op_q <= op;

  localparam logic [2:0] Idle = 3'd0, Look = 3'd1, Read = 3'd2, Check = 3'd3, Again = 3'd4, Write = 3'd5;

  // The watched unit in the operation, before it, behind it.
  logic in, is_before, is_behind;
  assign in        = watch - op_q.unit < 32'(op_q.units);
  assign is_before = watch + 32'd1 == op_q.unit;
  assign is_behind = watch == op_q.unit + 32'(op_q.units);

  // ---- Memory, and what has been said: that, when all lines were found to be good. ----

  logic mem_q, truth_q, commits, committed_q = 1'b0, takes, gives;
  (* hierconn *) wire \dut.checks ;
  (* hierconn *) wire \dut.lost ;
  (* hierconn *) wire \dut.last_line ;
  (* hierconn *) wire \dut.good ;
  assign commits = \dut.checks && !\dut.lost && \dut.last_line && \dut.good ;
  assign takes   = line_valid && line_ready_i && !line_write;
  assign gives   = line_valid && line_written_i && line_write && !line_lost;
  `PAMC_ASSUME(m_written, !line_written_i || (line_valid && line_write && !line_lost))

  // Reads that it has taken: of the watched line; what the bit was.
  logic [3:0] is_watched_q, was_q;
  logic [1:0] taken_q = '0, given_q = '0;
  logic [2:0] waiting_q = '0;
  always_ff @(posedge clk_i) begin
    // An induction may begin in reset.
    if (!rst_ni) begin
      taken_q     <= '0;
      given_q     <= '0;
      waiting_q   <= '0;
      committed_q <= 1'b0;
      mem_q       <= truth_q;
    end else begin
      if (gives && line == watch_line && strb[watch_bit[U-1:3]]) mem_q <= data[watch_bit];
      if (takes) begin
        taken_q               <= taken_q + 2'd1;
        is_watched_q[taken_q] <= line == watch_line;
        was_q[taken_q]        <= mem_q;
      end
      if (got_valid_i) given_q <= given_q + 2'd1;
      waiting_q <= waiting_q + 3'(takes) - 3'(got_valid_i);
      if (commits && in) truth_q <= !op_q.clear;
      committed_q <= begins ? 1'b0 : committed_q || commits;
    end
  end
  `PAMC_ASSUME(m_got, !got_valid_i || waiting_q != '0)
  `PAMC_ASSUME(m_data, !got_valid_i || got_error_i || !is_watched_q[given_q] || got_i[watch_bit] == was_q[given_q])

  // ---- What is promised. ----

  `PAMC_ASSERT(a_was_used, !(commits && op_q.clear && in) || truth_q)
  `PAMC_ASSERT(a_was_free, !(commits && !op_q.clear && in) || !truth_q)
  `PAMC_ASSERT(a_tells_what_it_did, !done_valid || !done.good || committed_q)
  `PAMC_ASSERT(a_before, !(done_valid && done.good && is_before) || done.before_free == !truth_q)
  `PAMC_ASSERT(a_behind, !(done_valid && done.good && is_behind) || done.behind_free == !truth_q)
  `PAMC_ASSERT(a_no_neighbour, !(done_valid && done.good) || ((op_q.unit != '0 || !done.before_free) &&
               (op_q.unit + 32'(op_q.units) < units || !done.behind_free)))
  `PAMC_ASSERT(a_memory, !quiet || mem_q == truth_q)
  // An operation that sets is never dropped in silence.
  logic set_ends_q = 1'b0;
  always_ff @(posedge clk_i) set_ends_q <= rst_ni && state != Idle && !op_q.clear;
  `PAMC_ASSERT(a_set, !(set_ends_q && state == Idle) || committed_q || broken)

  // ---- For induction: what the registers say of the operation. ----

  (* hierconn *) wire        \dut.clear_q ;
  (* hierconn *) wire        \dut.has_before_q ;
  (* hierconn *) wire        \dut.has_behind_q ;
  (* hierconn *) wire [31:0] \dut.first_q ;
  (* hierconn *) wire [31:0] \dut.last_q ;
  (* hierconn *) wire [U:0]  \dut.from_q ;
  (* hierconn *) wire [U:0]  \dut.to_q ;
  (* hierconn *) wire [7:0]  \dut.count_q ;
  (* hierconn *) wire        \dut.second_q ;
  (* hierconn *) wire        \dut.looked_q ;
  (* hierconn *) wire        \dut.good_q ;
  (* hierconn *) wire        \dut.sent_q ;
  (* hierconn *) wire        \dut.kept_q ;
  (* hierconn *) wire        \dut.writes_q ;
  (* hierconn *) wire        \dut.before_used_q ;
  (* hierconn *) wire [U-3:0] \dut.byte_to_q ;
  (* hierconn *) wire [LineUnits-1:0] \dut.mask_q ;
  (* hierconn *) wire [LineUnits-1:0] \dut.row ;
  (* hierconn *) wire [21:0] \dut.row_tag ;
  (* hierconn *) wire [22:0] \dut.line ;
  (* hierconn *) wire [1:0]  \dut.valid_q ;
  (* hierconn *) wire [2*(LineUnits+22)-1:0] \dut.u_lines.whole_o ;
  (* hierconn *) wire [43:0] \dut.all_tags ;
  (* hierconn *) wire [91:0] \dut.all_fetches ;
  (* hierconn *) wire [3:0]  \dut.open_q ;
  (* hierconn *) wire [3:0]  \dut.own_q ;
  (* hierconn *) wire [1:0]  \dut.start_q ;
  (* hierconn *) wire [1:0]  \dut.come_q ;
  (* hierconn *) wire [2:0]  \dut.under_q ;
  (* hierconn *) wire        \dut.ask_q ;
  (* hierconn *) wire [22:0] \dut.ask_line_q ;

  logic [31:0]  first, last, end_;
  logic         second, two, has_before, has_behind, looked, sent, kept;
  logic [1:0]   valid;
  logic [1:0][LineUnits+21:0] rows;
  logic [1:0][21:0] tags;
  logic [22:0]  now;
  assign first  = \dut.first_q ;
  assign last   = \dut.last_q ;
  assign second = \dut.second_q ;
  assign looked = \dut.looked_q ;
  assign sent   = \dut.sent_q ;
  assign kept   = \dut.kept_q ;
  assign now    = \dut.line ;
  assign two    = first[U] != last[U];
  assign end_   = op_q.unit + 32'(op_q.units);
  assign has_before = op_q.clear && op_q.unit != '0;
  assign has_behind = op_q.clear && end_ < units;
  assign valid  = \dut.valid_q ;
  assign rows   = \dut.u_lines.whole_o ;
  assign tags   = \dut.all_tags ;

  logic         good_first, before_used, mask_bit;
  logic [LineUnits+21:0] row;
  assign good_first  = \dut.good_q ;
  assign before_used = \dut.before_used_q ;
  assign mask_bit    = \dut.mask_q [watch_bit];
  assign row         = {\dut.row_tag , \dut.row };

  logic works, decided, changing;
  assign works    = state != Idle;
  assign decided  = state == Read || state == Check || state == Again || state == Write;
  assign changing = state == Again || state == Write;
  `PAMC_ASSERT(i_state, state <= Write)
  `PAMC_ASSERT(i_op, !works || (op_q.units != '0 && 32'(op_q.units) < LineUnits / 2 && op_q.unit < units &&
                                units - op_q.unit >= 32'(op_q.units)))
  `PAMC_ASSERT(i_fields, !works || (\dut.clear_q == op_q.clear && \dut.has_before_q == has_before && \dut.has_behind_q == has_behind &&
               first == op_q.unit - 32'(has_before) && last == end_ - 32'(!has_behind) && \dut.count_q == op_q.units))
  `PAMC_ASSERT(i_from, !works || \dut.from_q == {has_before && op_q.unit[U-1:0] == '0, op_q.unit[U-1:0]})
  `PAMC_ASSERT(i_to, !decided || (\dut.to_q == \dut.from_q + (U+1)'(op_q.units) &&
               \dut.byte_to_q == (U-2)'((\dut.from_q + (U+1)'(op_q.units) + (U+1)'(7)) >> 3)))
  `PAMC_ASSERT(i_second, !works || !second || two)
  `PAMC_ASSERT(i_done, !done_valid || !works || changing)
  `PAMC_ASSERT(i_sent, (!sent && !kept) || (state == Write && looked))
  `PAMC_ASSERT(i_writes, !\dut.writes_q || (state == Write && looked && !sent))

  // ---- Reads: those that memory has taken, and one that is asked for. ----

  logic [3:0][22:0] fetches;
  logic [3:0]       open, own, is_open;
  logic [1:0]       come;
  logic [2:0]       under;
  logic             ask;
  assign fetches = \dut.all_fetches ;
  assign open    = \dut.open_q ;
  assign own     = \dut.own_q ;
  assign come    = \dut.come_q ;
  assign under   = \dut.under_q ;
  assign ask     = \dut.ask_q ;
  logic [3:0] slot_ok, apart;
  logic [3:0][1:0] ahead_of;
  logic       on_first, on_last, own_waits;
  always_comb begin
    on_first  = 1'b0;
    on_last   = 1'b0;
    own_waits = 1'b1;
    for (int unsigned n = 0; n < 4; n++) begin
      // How many are before it.
      ahead_of[n] = 2'(n) - come;
      is_open[n] = {1'b0, ahead_of[n]} < under;
      slot_ok[n] = open[n] == is_open[n] &&
                   (!is_open[n] || (ask && {1'b0, ahead_of[n]} == under - 3'd1) ||
                    (is_watched_q[n] == (fetches[n] == watch_line) && (!is_watched_q[n] || was_q[n] == mem_q)));
      apart[n]   = 1'b1;
      for (int unsigned m = 0; m < 4; m++) begin
        if (m != n && open[n] && open[m] && fetches[n][0] == fetches[m][0]) apart[n] = 1'b0;
      end
      if (open[n] && fetches[n][0] == first[U]) on_first = 1'b1;
      if (open[n] && fetches[n][0] == last[U]) on_last = 1'b1;
      if (open[n] && own[n] && !(state == Look && fetches[n] == now)) own_waits = 1'b0;
    end
  end
  logic [1:0] start_before, start_expected, taken_expected;
  logic [2:0] waiting_expected;
  assign start_before     = \dut.start_q - 2'd1;
  assign start_expected   = come + under[1:0];
  assign waiting_expected = under - {2'd0, ask};
  assign taken_expected   = given_q + waiting_q[1:0];
  `PAMC_ASSERT(i_counts, under <= 3'd4 && \dut.start_q == start_expected && given_q == come && waiting_q == waiting_expected &&
                         taken_q == taken_expected && (!ask || under != '0))
  `PAMC_ASSERT(i_asked, !ask || (fetches[start_before] == \dut.ask_line_q && open[start_before]))
  `PAMC_ASSERT(i_slots, slot_ok == '1)
  `PAMC_ASSERT(i_apart, apart == '1)
  `PAMC_ASSERT(i_own, own_waits)
  // No line comes to where one is worked on.
  `PAMC_ASSERT(i_held, !(decided || (state == Look && second)) || !on_first)
  `PAMC_ASSERT(i_held_last, !decided || !on_last)

  // ---- The cache: what is in it is what memory says, and its tags are those beside it. ----

  logic [22:0] line_first, line_second;
  logic        have_first, have_second;
  assign line_first  = first[U +: 23];
  assign line_second = first[U +: 23] + 23'd1;
  assign have_first  = valid[line_first[0]] && tags[line_first[0]] == line_first[22:1];
  assign have_second = valid[line_second[0]] && tags[line_second[0]] == line_second[22:1];

  // What is changed is behind memory, and the cache, until its line has been written.
  logic in_second, pending, cached, now_watched;
  assign in_second   = watch_line != line_first;
  assign pending     = changing && in && in_second >= second;
  assign now_watched = state == Write && now == watch_line;
  assign cached      = valid[watch_line[0]] && tags[watch_line[0]] == watch_line[22:1];
  `PAMC_ASSERT(i_tags, (!valid[0] || rows[0][LineUnits+21:LineUnits] == tags[0]) &&
                       (!valid[1] || rows[1][LineUnits+21:LineUnits] == tags[1]))
  `PAMC_ASSERT(i_memory, mem_q == (pending && !(now_watched && sent) ? op_q.clear : truth_q))
  `PAMC_ASSERT(i_cached, !cached || rows[watch_line[0]][watch_bit] == (pending && !(now_watched && kept) ? op_q.clear : truth_q))
  `PAMC_ASSERT(i_have_first, !(decided || (works && second)) || have_first)
  `PAMC_ASSERT(i_have_second, !(two && decided) || have_second)
  `PAMC_ASSERT(i_row, !(state == Check || (state == Write && !kept)) || row == rows[now[0]])
  `PAMC_ASSERT(i_row_kept, !(now_watched && kept) || row[watch_bit] == (in ? op_q.clear : truth_q))
  `PAMC_ASSERT(i_row_tag, !(state == Check || state == Write) || row[LineUnits+21:LineUnits] == now[22:1])

  // Bits to be changed, in this line.
  `PAMC_ASSERT(i_mask, !((state == Check || state == Write) && now == watch_line) || mask_bit == in)
  `PAMC_ASSERT(i_good_first, !((state == Read || state == Check) && !second) || good_first)
  // Of the first line, when the second is looked at.
  `PAMC_ASSERT(i_good, !((state == Read || state == Check) && second && in && !in_second && good_first) || truth_q == op_q.clear)
  `PAMC_ASSERT(i_before, !((state == Read || state == Check) && second && has_before && is_before) || before_used == truth_q)
  `PAMC_ASSERT(i_truth, !(changing && in) || truth_q == !op_q.clear)
  `PAMC_ASSERT(i_committed, !works || committed_q == changing)

  `PAMC_COVER(c_freed, done_valid && done.good && in)
  `PAMC_COVER(c_refused, done_valid && !done.good)
  `PAMC_COVER(c_read_ahead, state == Idle && under != '0)

  logic unused;
  assign unused = &{1'b0, op_ready, soon_ready, ecc};

endmodule
