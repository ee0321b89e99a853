// SPDX-License-Identifier: Apache-2.0
//
// Buckets that a change will read, read before it is there: whoever will change the index says
// so, and its line waits here. A hint and no more: a line that is not here is read when it is
// needed. What is here is as memory has it, as only changes write the table (and a wipe, which an
// INIT follows): each of their writes drops what is here, or on its way, of that bucket.
//
// Lines are protected; one with a wrong bit is dropped. It is read, looked at for a cycle, and
// shown in the third. Which buckets they are of has a parity, which is looked at all the time: a line
// whose bucket is not known any more is no change's, and dropped as soon as none reads.

`include "check.svh"

module index_ahead #(
  parameter int unsigned Lines = 8
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  ecc_pkg::inject_t                 inject_i,
  output ecc_pkg::event_t                  ecc_o,
  output ecc_pkg::event_t                  ecc_places_o,

  input  logic                             soon_valid_i,
  output logic                             soon_ready_o,
  input  logic [index_pkg::BucketBits-1:0] soon_bucket_i,

  // A line to be read, and those that were, in order.
  output logic                             request_valid_o,
  input  logic                             request_ready_i,
  output logic [index_pkg::BucketBits-1:0] request_bucket_o,
  input  logic                             line_valid_i,
  input  logic [511:0]                     line_i,
  input  logic                             line_error_i,

  // A change begins, and these are its buckets; until it has read them, none goes but those that
  // turn out to be unreadable. Will the line be shown? It is wanted, the first or the second; it
  // is shown until it is taken.
  input  logic                             begin_i,
  input  logic                             reads_i,
  input  logic [1:0][index_pkg::BucketBits-1:0] bucket_i,
  output logic [1:0]                       coming_o,
  input  logic                             want_i,
  input  logic                             second_i,
  output logic                             here_o,
  input  logic                             take_i,
  output logic [511:0]                     line_o,

  // A bucket is written; all may be.
  input  logic                             write_i,
  input  logic [index_pkg::BucketBits-1:0] write_bucket_i,
  input  logic                             clear_i
);

  localparam int unsigned B = index_pkg::BucketBits;
  localparam int unsigned PlaceBits = $clog2(Lines);
  `PAMC_PARAM(g_lines, Lines == 2 ** PlaceBits)

  logic [Lines-1:0][B-1:0] bucket_q;
  // Right, or going to be; not there yet.
  logic [Lines-1:0]        good_q, open_q;
  logic [PlaceBits-1:0]    next_q, come_q;
  logic                    hint_q, ask_q;
  logic [B-1:0]            hint_bucket_q, ask_bucket_q;

  logic [Lines-1:0] is_soon, is_written;
  logic             known_q, looked_q, takes;
  always_comb begin
    for (int unsigned n = 0; n < Lines; n++) begin
      is_soon[n]    = good_q[n] && bucket_q[n] == hint_bucket_q;
      is_written[n] = write_i && bucket_q[n] == write_bucket_i;
    end
  end
  // The bucket that a line is of is wrong; is not looked at yet.
  logic [B:0]       place_word, place_damaged;
  logic [Lines-1:0] parity_q, strange_q, fresh_q;
  logic             strange_told_q;
  assign place_word = {^hint_bucket_q, hint_bucket_q};
  ecc_inject #(.Memory(ecc_pkg::AheadPlaces), .Width(B + 1)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i(takes), .word_i(place_word), .word_o(place_damaged)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      strange_q      <= '0;
      fresh_q        <= '0;
      strange_told_q <= 1'b0;
    end else begin
      strange_told_q <= !reads_i && (strange_q & good_q) != '0;
      for (int unsigned n = 0; n < Lines; n++) begin
        strange_q[n] <= good_q[n] && parity_q[n] != ^bucket_q[n];
        fresh_q[n]   <= takes && next_q == PlaceBits'(n);
      end
    end
  end
  assign ecc_places_o.corrected     = strange_told_q;
  assign ecc_places_o.uncorrectable = 1'b0;

  // Known a cycle later; what is not known then will not be before the hint is taken.
  assign takes        = looked_q && !known_q && !begin_i && !held && !ask_q && !open_q[next_q];
  assign soon_ready_o = !hint_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {good_q, open_q} <= '0;
      {next_q, come_q} <= '0;
      ask_q            <= 1'b0;
      hint_q           <= 1'b0;
      looked_q         <= 1'b0;
    end else begin
      hint_q   <= hint_q ? !(looked_q && known_q) && !takes : soon_valid_i;
      looked_q <= hint_q && !(looked_q && known_q) && !takes;
      if (takes)                ask_q <= 1'b1;
      else if (request_ready_i) ask_q <= 1'b0;
      if (takes)                next_q <= next_q + 1'b1;
      if (line_valid_i)         come_q <= come_q + 1'b1;
      for (int unsigned n = 0; n < Lines; n++) begin
        if (takes && next_q == PlaceBits'(n)) begin
          {good_q[n], open_q[n]} <= {!clear_i, 1'b1};
        end else begin
          if (line_valid_i && come_q == PlaceBits'(n)) open_q[n] <= 1'b0;
          if (clear_i || is_written[n] || (strange_q[n] && !reads_i) || (spoilt && place == PlaceBits'(n)) || (line_valid_i && line_error_i && come_q == PlaceBits'(n))) good_q[n] <= 1'b0;
        end
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (!hint_q) hint_bucket_q <= soon_bucket_i;
    known_q <= is_soon != '0;
    for (int unsigned n = 0; n < Lines; n++) begin
      if (takes && next_q == PlaceBits'(n)) {parity_q[n], bucket_q[n]} <= place_damaged;
    end
    if (takes) ask_bucket_q <= hint_bucket_q;
  end
  assign request_valid_o  = ask_q;
  assign request_bucket_o = ask_bucket_q;

  // ---- What a change asks for.
  // Where each of its buckets is, if it is: a mask, as it comes late which buckets they are.
  logic [1:0][Lines-1:0] mine_q;
  logic [Lines-1:0]      wanted;
  logic [PlaceBits-1:0]  place;
  logic                  held, spoilt;
  // Lines that are there; of either place, beside which of them is wanted.
  logic [Lines-1:0]      ready;
  logic [1:0]            there;
  assign ready  = good_q & ~open_q;
  assign held   = reads_i && (mine_q[0][next_q] || mine_q[1][next_q]);
  assign wanted = mine_q[second_i];
  always_comb begin
    place = '0;
    for (int unsigned n = 0; n < Lines; n++) if (wanted[n]) place = place | PlaceBits'(n);
  end
  for (genvar k = 0; k < 2; k++) begin : g_look
    logic [Lines-1:0] mine;
    for (genvar n = 0; n < int'(Lines); n++) begin : g_line
      assign mine[n] = good_q[n] && !strange_q[n] && !fresh_q[n] && bucket_q[n] == bucket_i[k];
    end
    always_ff @(posedge clk_i) begin
      if (begin_i) mine_q[k] <= mine;
    end
    assign coming_o[k] = (mine_q[k] & good_q) != '0;
    assign there[k]    = (mine_q[k] & ready) != '0;
  end

  // Read, looked at, shown.
  logic            reads, look_q, shown_q, bad_bit, wrong, error;
`ifdef FORMAL
  (* anyseq *) logic spoils;
  assign wrong = bad_bit || spoils;
`else
  assign wrong = bad_bit;
`endif
  ecc_pkg::event_t found;
  assign reads = want_i && (second_i ? there[1] : there[0]) && reads_i && !look_q && !shown_q && !spoilt;
  ecc_ram #(.Memory(ecc_pkg::IndexAhead), .Width(512), .Depth(Lines), .Parts(8), .Late(1'b1)) u_lines (
    .clk_i, .rst_ni, .inject_i, .event_o(found),
    .write_i(line_valid_i), .write_at_i(come_q), .write_data_i(line_i),
    .read_i(reads), .read_at_i(place), .look_i(look_q), .data_o(line_o), .wait_o(bad_bit), .error_o(error)
`ifdef FORMAL
    , .whole_o(whole)
`endif
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {look_q, shown_q, spoilt} <= '0;
    end else begin
      look_q  <= reads;
      spoilt  <= look_q && wrong;
      shown_q <= (look_q && !wrong) || (shown_q && reads_i && !take_i);
    end
  end
  assign here_o              = shown_q;
  // It is read again, from memory.
  assign ecc_o.corrected     = found.corrected || found.uncorrectable;
  assign ecc_o.uncorrectable = 1'b0;

`ifdef FORMAL
  // For the proof, which cannot see into memories.
  logic [512*Lines-1:0] whole;
  logic [Lines-1:0]     first_bits;
  always_comb begin
    for (int unsigned n = 0; n < Lines; n++) first_bits[n] = whole[512*n];
  end
`endif
  logic unused;
  assign unused = error;


  // The same bucket is not here twice, of those that are known.
  logic [Lines-1:0] twice, known;
  always_comb begin
    for (int unsigned n = 0; n < Lines; n++) known[n] = good_q[n] && parity_q[n] == ^bucket_q[n];
    twice = '0;
    for (int unsigned n = 0; n < Lines; n++) begin
      for (int unsigned m = 0; m < n; m++) begin
        if (known[n] && known[m] && bucket_q[n] == bucket_q[m]) twice[n] = 1'b1;
      end
    end
  end
  `PAMC_ASSERT(a_once, twice == '0)
  // So a change finds each of its buckets in one place at most: the masks are put together by OR.
  `PAMC_ASSERT(a_mine_0, !reads_i || (mine_q[0] & (mine_q[0] - 1'b1)) == '0)
  `PAMC_ASSERT(a_mine_1, !reads_i || (mine_q[1] & (mine_q[1] - 1'b1)) == '0)
  `PAMC_ASSUME(m_line_asked_for, !line_valid_i || open_q[come_q])

endmodule
