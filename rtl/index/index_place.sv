// SPDX-License-Identifier: Apache-2.0
//
// Where a key belongs, by its hash: index_key() of sim/model/index.c, four cycles. What
// is asked for comes with the payload that went in beside it.

module index_place #(
  parameter int unsigned PayloadBits = 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Stay as they are.
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [index_pkg::KindBits-1:0]   kind_i,

  input  logic                             valid_i,
  input  logic [63:0]                      hash_i,
  input  logic [PayloadBits-1:0]           payload_i,

  output logic                             valid_o,
  output index_pkg::key_t                  key_o,
  output logic [PayloadBits-1:0]           payload_o
);

  localparam int unsigned Latency = 4;
  localparam int unsigned B = index_pkg::BucketBits;
  localparam int unsigned T = index_pkg::TagBits;

  logic [B-1:0] first1, first2, first3_q, sum3, sum4;
  index_scale u_first (
    .clk_i, .x_i(hash_i[63:32]), .buckets_i, .bucket_o(first2), .soon_o(first1)
  );
  index_sum u_sum (
    .clk_i, .tag_i(hash_i[T-1:0]), .buckets_i, .sum_o(sum4), .soon_o(sum3)
  );

  index_pkg::key_t          key_q;
  logic [T*(Latency-1)-1:0] tag_q;
  logic [PayloadBits*Latency-1:0] payload_q;
  logic [Latency-1:0]       valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else         valid_q <= {valid_q[Latency-2:0], valid_i};
  end
  always_ff @(posedge clk_i) begin
    first3_q  <= first2;
    tag_q     <= {tag_q[T*(Latency-2)-1:0], hash_i[T-1:0]};
    payload_q <= {payload_q[PayloadBits*(Latency-1)-1:0], payload_i};
    key_q.first      <= first3_q;
    key_q.second     <= index_pkg::other(sum3, first3_q, buckets_i);
    key_q.match.kind <= kind_i;
    key_q.match.tag  <= tag_q[T*(Latency-2) +: T];
  end

  assign valid_o   = valid_q[Latency-1];
  assign key_o     = key_q;
  assign payload_o = payload_q[PayloadBits*(Latency-1) +: PayloadBits];

  logic unused;
  assign unused = &{1'b0, hash_i[31:T], first1, sum4};

endmodule
