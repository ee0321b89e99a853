// SPDX-License-Identifier: Apache-2.0
//
// Looks for an entry of a full bucket that has room in its other bucket, as displace() of
// sim/model/index.c does: the first such entry, the lowest free slot. All eight other
// buckets are read at once: a tag a cycle goes through the arithmetic, and what comes out
// is asked for.
//
// An other bucket that the memory could not correct counts as full.

`include "check.svh"

module index_others (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Stays as it is.
  input  logic [index_pkg::BucketBits-1:0] buckets_i,

  // One cycle; line and bucket stay until done.
  input  logic                             begin_i,
  input  logic [511:0]                     line_i,
  input  logic [index_pkg::BucketBits-1:0] bucket_i,

  // A bucket is asked for in the next cycle, this one; it is, if ready, one every other cycle.
  output logic                             request_soon_o,
  input  logic                             request_ready_i,
  output logic [index_pkg::BucketBits-1:0] request_bucket_o,

  // Of the lines that were asked for: slots that are free.
  input  logic                             line_valid_i,
  input  logic [7:0]                       free_i,
  input  logic                             line_error_i,

  // One cycle, when all are looked at. The rest is good from then until begin_i.
  output logic                             done_o,
  output logic                             found_o,
  output index_pkg::slot_t                 entry_o,
  output logic [2:0]                       from_o,
  output logic [index_pkg::BucketBits-1:0] to_bucket_o,
  output logic [2:0]                       to_o
);

  localparam int unsigned B = index_pkg::BucketBits;
  localparam int unsigned Latency = 4;

  // Tags given to the arithmetic, buckets that came out, requests, lines.
  logic [3:0]         given_q, known_q, asked_q, came_q;
  logic               giving;
  logic [Latency:0]   pipe_q;
  assign giving = !given_q[3];

  // The line moves along, so that the next entry is always the lowest.
  logic [511:0]     rest_q;
  index_pkg::slot_t next;
  logic [B-1:0]     sum, sum_soon, other_q;
  assign next = rest_q[63:0];
  index_sum u_sum (
    .clk_i, .tag_i(next.tag), .buckets_i, .sum_o(sum), .soon_o(sum_soon)
  );

  logic [B*8-1:0] others_q;
  logic           request_fire;
  logic           offer_q;
  assign request_soon_o = asked_q < known_q && !request_fire && !begin_i;
  assign request_fire   = offer_q && request_ready_i;
  always_comb begin
    request_bucket_o = '0;
    to_bucket_o      = '0;
    entry_o          = '0;
    for (int unsigned i = 0; i < 8; i++) begin
      if (asked_q[2:0] == 3'(i)) request_bucket_o |= others_q[B*i +: B];
      if (from_q == 3'(i)) begin
        to_bucket_o |= others_q[B*i +: B];
        entry_o     |= line_i[64*i +: 64];
      end
    end
  end

  // A line's free slots, a cycle after it came.
  logic       free_valid_q;
  logic [7:0] free_q;
  logic       found_q, done_q;
  logic [2:0] from_q, to_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      given_q      <= 4'd8;
      known_q      <= 4'd8;
      asked_q      <= 4'd8;
      came_q       <= 4'd8;
      pipe_q       <= '0;
      free_valid_q <= 1'b0;
      offer_q      <= 1'b0;
      done_q       <= 1'b0;
    end else begin
      pipe_q       <= {pipe_q[Latency-1:0], giving && !begin_i};
      free_valid_q <= line_valid_i;
      done_q       <= free_valid_q && came_q == 4'd7;
      offer_q      <= request_soon_o;
      if (begin_i) begin
        given_q <= '0;
        known_q <= '0;
        asked_q <= '0;
        came_q  <= '0;
      end else begin
        if (giving)          given_q <= given_q + 4'd1;
        if (pipe_q[Latency]) known_q <= known_q + 4'd1;
        if (request_fire)    asked_q <= asked_q + 4'd1;
        if (free_valid_q)    came_q  <= came_q + 4'd1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    rest_q  <= begin_i ? line_i : {64'h0, rest_q[511:64]};
    other_q <= index_pkg::other(sum, bucket_i, buckets_i);
    for (int unsigned i = 0; i < 8; i++) begin
      if (pipe_q[Latency] && known_q[2:0] == 3'(i)) others_q[B*i +: B] <= other_q;
    end
    free_q <= line_error_i ? '0 : free_i;
    if (begin_i) begin
      found_q <= 1'b0;
    end else if (free_valid_q && !found_q && free_q != '0) begin
      found_q <= 1'b1;
      from_q  <= came_q[2:0];
      to_q    <= index_pkg::lowest8(free_q);
    end
  end

  assign done_o  = done_q;
  assign found_o = found_q;
  assign from_o  = from_q;
  assign to_o    = to_q;

  logic unused;
  assign unused = &{1'b0, next, sum_soon};

  `PAMC_ASSUME(m_begin_when_done, !begin_i || came_q == 4'd8)
  `PAMC_ASSUME(m_line_asked_for, !free_valid_q || came_q < asked_q)

endmodule
