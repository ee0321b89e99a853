// SPDX-License-Identifier: Apache-2.0
//
// The sum (mod buckets) of the two buckets of an entry, which depends on its tag alone:
// so either bucket gives the other (index_pkg::other). Four cycles.

module index_sum (
  input  logic                             clk_i,
  input  logic [index_pkg::TagBits-1:0]    tag_i,
  // Stays as it is.
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  output logic [index_pkg::BucketBits-1:0] sum_o,
  // The same, a cycle before.
  output logic [index_pkg::BucketBits-1:0] soon_o
);

  localparam logic [15:0] FactorLow  = index_pkg::TagFactor[15:0];
  localparam logic [15:0] FactorHigh = index_pkg::TagFactor[31:16];

  // The lowest 32 bits of tag times factor.
  logic [31:0] low_q, spread_q;
  logic [15:0] high_q;
  always_ff @(posedge clk_i) begin
    low_q    <= 32'(tag_i) * 32'(FactorLow);
    high_q   <= 16'(tag_i) * FactorHigh;
    spread_q <= low_q + {high_q, 16'h0};
  end

  index_scale u_scale (
    .clk_i, .x_i(spread_q), .buckets_i, .bucket_o(sum_o), .soon_o
  );

endmodule
