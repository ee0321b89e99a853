// SPDX-License-Identifier: Apache-2.0
//
// x mapped evenly onto 0 ... buckets - 1: the upper half of their product. Two cycles, by
// products that one multiplier of an FPGA can do.

module index_scale (
  input  logic                             clk_i,
  input  logic [31:0]                      x_i,
  // Stays as it is.
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  output logic [index_pkg::BucketBits-1:0] bucket_o,
  // The same, a cycle before.
  output logic [index_pkg::BucketBits-1:0] soon_o
);

  localparam int unsigned ProductBits = index_pkg::BucketBits + 16;

  logic [ProductBits-1:0] low_q, high_q, sum;
  logic [index_pkg::BucketBits-1:0] bucket_q;
  assign sum = high_q + (low_q >> 16);

  always_ff @(posedge clk_i) begin
    low_q    <= ProductBits'(x_i[15:0]) * ProductBits'(buckets_i);
    high_q   <= ProductBits'(x_i[31:16]) * ProductBits'(buckets_i);
    bucket_q <= sum[16 +: index_pkg::BucketBits];
  end

  assign bucket_o = bucket_q;
  assign soon_o   = sum[16 +: index_pkg::BucketBits];

  logic unused;
  assign unused = &{1'b0, sum[15:0]};

endmodule
