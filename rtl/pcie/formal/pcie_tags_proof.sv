// SPDX-License-Identifier: Apache-2.0
//
// pcie_tags gives no number to two holders and loses none: any one number, watched, is
// at every moment in exactly one place, with the one who got it or inside; and whoever
// waits is given one as long as not all are out: of the first few, while only those may be
// given out.

`include "check.svh"

module pcie_tags_proof #(
  parameter int unsigned Count = 8
) (
  input logic                     clk_i,
  input logic                     few_i,
  input logic                     get_ready_i,
  input logic                     put_valid_i,
  input logic [$clog2(Count)-1:0] put_tag_i
);

  localparam int unsigned TagBits = $clog2(Count);
  localparam int unsigned Few = Count / 2;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic               get_valid, all_free, get, few_q = 1'b1;
  always_ff @(posedge clk_i) few_q <= !rst_ni || few_i;
  logic [TagBits-1:0] tag;

  pcie_tags #(.Count(Count), .Few(Few)) dut (
    .clk_i, .rst_ni, .few_i, .get_valid_o(get_valid), .get_ready_i, .get_tag_o(tag),
    .put_valid_i, .put_tag_i, .all_free_o(all_free)
  );

  // Who got what.
  logic [Count-1:0] out_q = '0;
  assign get = get_valid && get_ready_i;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      for (int n = 0; n < int'(Count); n++) begin
        if (get && tag == TagBits'(n)) out_q[n] <= 1'b1;
        else if (put_valid_i && put_tag_i == TagBits'(n)) out_q[n] <= 1'b0;
      end
    end
  end

  // Only what is held comes back.
  `PAMC_ASSUME(m_put, !put_valid_i || out_q[put_tag_i])

  `PAMC_ASSERT(a_not_two_holders, !get_valid || !out_q[tag])
  `PAMC_ASSERT(a_few, !(get_valid && few_q) || 32'(tag) < Few)

  (* hierconn *) wire [Count-1:0] \dut.free_q ;
  (* hierconn *) wire             \dut.next_valid_q ;
  logic [Count-1:0] waiting;
  assign waiting = \dut.next_valid_q ? Count'(1) << tag : '0;
  `PAMC_ASSERT(a_none_in_two_places,
               (out_q & \dut.free_q ) == '0 && (out_q & waiting) == '0 && (\dut.free_q & waiting) == '0)
  `PAMC_ASSERT(a_none_lost, (out_q | \dut.free_q | waiting) == '1)
  `PAMC_ASSERT(a_all_free, !all_free || out_q == '0)

  // Numbers are handed out in rotation: what is searched first is behind the last one.
  (* hierconn *) wire [Count-1:0]   \dut.behind_q ;
  (* hierconn *) wire [TagBits-1:0] \dut.next_q ;
  `PAMC_ASSERT(a_rotation, \dut.behind_q == ~({Count{1'b1}} >> (TagBits'(Count - 1) - \dut.next_q )))

  // One that is inside is offered in the next cycle, unless it no longer may be.
  logic inside_q = 1'b0, few_before_q = 1'b0;
  always_ff @(posedge clk_i) begin
    inside_q     <= rst_ni && (few_q ? \dut.free_q [Few-1:0] != '0 : \dut.free_q != '0);
    few_before_q <= few_q;
  end
  `PAMC_ASSERT(a_offered, !inside_q || get_valid || (few_q && !few_before_q))

  `PAMC_COVER(c_all_out, out_q == '1)
  logic emptied_q = 1'b0;
  always_ff @(posedge clk_i) emptied_q <= emptied_q || out_q == '1;
  `PAMC_COVER(c_all_back, emptied_q && all_free)

endmodule
