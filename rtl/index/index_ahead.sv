// SPDX-License-Identifier: Apache-2.0
//
// Buckets that a change will read, read before it is there: whoever will change the index says
// so, and its line waits here. A hint and no more: a line that is not here is read when it is
// needed. What is here is as memory has it, as only changes write the table: each of their
// writes drops what is here, or on its way, of that bucket.

`include "check.svh"

module index_ahead #(
  parameter int unsigned Lines = 8
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

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
  // turn out to be unreadable. Is the line here, or on its way? Shown is the second or the first.
  input  logic                             begin_i,
  input  logic                             reads_i,
  input  logic [1:0][index_pkg::BucketBits-1:0] bucket_i,
  output logic [1:0]                       here_o,
  output logic [1:0]                       coming_o,
  input  logic                             second_i,
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
  logic [511:0]            line_q [Lines];
  logic [PlaceBits-1:0]    next_q, come_q;
  logic                    hint_q, ask_q;
  logic [B-1:0]            hint_bucket_q, ask_bucket_q;

  logic [Lines-1:0] is_soon, is_written;
  logic             known, takes;
  always_comb begin
    for (int unsigned n = 0; n < Lines; n++) begin
      is_soon[n]    = good_q[n] && bucket_q[n] == hint_bucket_q;
      is_written[n] = write_i && bucket_q[n] == write_bucket_i;
    end
  end
  assign known        = is_soon != '0;
  assign takes        = hint_q && !known && !begin_i && !reads_i && !ask_q && !open_q[next_q];
  assign soon_ready_o = !hint_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {good_q, open_q} <= '0;
      {next_q, come_q} <= '0;
      ask_q            <= 1'b0;
      hint_q           <= 1'b0;
    end else begin
      hint_q <= hint_q ? !known && !takes : soon_valid_i;
      if (takes)                ask_q <= 1'b1;
      else if (request_ready_i) ask_q <= 1'b0;
      if (takes)                next_q <= next_q + 1'b1;
      if (line_valid_i)         come_q <= come_q + 1'b1;
      for (int unsigned n = 0; n < Lines; n++) begin
        if (takes && next_q == PlaceBits'(n)) begin
          {good_q[n], open_q[n]} <= {!clear_i, 1'b1};
        end else begin
          if (line_valid_i && come_q == PlaceBits'(n)) open_q[n] <= 1'b0;
          if (clear_i || is_written[n] || (line_valid_i && line_error_i && come_q == PlaceBits'(n))) good_q[n] <= 1'b0;
        end
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (!hint_q) hint_bucket_q <= soon_bucket_i;
    if (takes) begin
      bucket_q[next_q] <= hint_bucket_q;
      ask_bucket_q     <= hint_bucket_q;
    end
    if (line_valid_i) line_q[come_q] <= line_i;
  end
  assign request_valid_o  = ask_q;
  assign request_bucket_o = ask_bucket_q;

  // ---- What a change asks for.
  logic [1:0]                found_q;
  logic [1:0][PlaceBits-1:0] place_q;
  for (genvar k = 0; k < 2; k++) begin : g_look
    logic                 found;
    logic [PlaceBits-1:0] place;
    always_comb begin
      found = 1'b0;
      place = '0;
      for (int unsigned n = 0; n < Lines; n++) begin
        if (good_q[n] && bucket_q[n] == bucket_i[k]) begin
          found = 1'b1;
          place = place | PlaceBits'(n);
        end
      end
    end
    always_ff @(posedge clk_i) begin
      if (begin_i) {found_q[k], place_q[k]} <= {found, place};
    end
    assign here_o[k]   = found_q[k] && good_q[place_q[k]] && !open_q[place_q[k]];
    assign coming_o[k] = found_q[k] && good_q[place_q[k]] && open_q[place_q[k]];
  end
  assign line_o = line_q[place_q[second_i]];

`ifdef FORMAL
  // For the proof, which cannot see into memories.
  logic [Lines-1:0] first_bits;
  always_comb begin
    for (int unsigned n = 0; n < Lines; n++) first_bits[n] = line_q[n][0];
  end
`endif

  // The same bucket is not here twice.
  logic [Lines-1:0] twice;
  always_comb begin
    twice = '0;
    for (int unsigned n = 0; n < Lines; n++) begin
      for (int unsigned m = 0; m < n; m++) begin
        if (good_q[n] && good_q[m] && bucket_q[n] == bucket_q[m]) twice[n] = 1'b1;
      end
    end
  end
  `PAMC_ASSERT(a_once, twice == '0)
  `PAMC_ASSUME(m_line_asked_for, !line_valid_i || open_q[come_q])

endmodule
