// SPDX-License-Identifier: Apache-2.0
//
// index_recent never answers for an object that was dropped: when it does answer for a key
// (any one is watched), then that key has been learnt and not been dropped since, not even
// in the cycle before the answer; and it answers with what was learnt, though any one bit of it
// may have been damaged.

`include "check.svh"

module index_recent_proof (
  input logic       clk_i,
  input logic       spoil_i,
  input logic [9:0] spoilt_bit_i,
  input logic       look_i,
  input logic       look_slot_i,
  input logic [2:0] look_key_i,
  input logic       learn_i,
  input logic       learn_row_i,
  input logic [2:0] learn_key_i,
  input logic [1:0] learn_object_i,
  input logic       drop_i,
  input logic       drop_row_i,
  input logic       drop_all_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [2:0] key;
  (* anyconst *) logic       row;

  // One bit of what is learned next.
  ecc_pkg::inject_t inject;
  ecc_pkg::event_t  found;
  always_comb begin
    inject        = '0;
    inject.valid  = spoil_i;
    inject.memory = 5'(ecc_pkg::IndexRecent);
    inject.first  = spoilt_bit_i;
    inject.second = spoilt_bit_i;
  end

  logic       answer, answer_slot, hit, hit_row;
  logic [1:0] hit_object;
  index_recent #(.Entries(2), .RowBits(1), .KeyBits(3), .ObjectBits(2), .SlotBits(1)) dut (
    .clk_i, .rst_ni, .inject_i(inject), .ecc_o(found), .look_i, .look_slot_i, .look_key_i,
    .answer_o(answer), .answer_slot_o(answer_slot), .hit_o(hit), .hit_object_o(hit_object),
    .hit_row_o(hit_row), .learn_i, .learn_row_i, .learn_key_i, .learn_object_i,
    .drop_i, .drop_row_i, .drop_all_i
  );

  // Learnt and not dropped since; with what.
  logic       known_q = 1'b0;
  logic [1:0] object_q = 2'd0;
  logic       learnt;
  assign learnt = learn_i && learn_key_i == key;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (learnt) begin
        known_q  <= 1'b1;
        object_q <= learn_object_i;
      end
      if (drop_all_i || (drop_i && drop_row_i == row)) known_q <= 1'b0;
    end
  end

  // A key has one row: it comes from its hash. And one object, until that is dropped.
  `PAMC_ASSUME(m_row, !learnt || learn_row_i == row)
  `PAMC_ASSUME(m_object, !learnt || !known_q || learn_object_i == object_q)

  logic look1_q = 1'b0, look2_q = 1'b0, slot1_q = 1'b0, slot2_q = 1'b0, any1_q = 1'b0, any2_q = 1'b0;
  always_ff @(posedge clk_i) begin
    {look2_q, look1_q} <= {look1_q, look_i && look_key_i == key && rst_ni};
    {any2_q, any1_q}   <= {any1_q, look_i && rst_ni};
    {slot2_q, slot1_q} <= {slot1_q, look_slot_i};
  end
  `PAMC_ASSERT(a_answers, answer == any2_q && (!answer || answer_slot == slot2_q))
  `PAMC_ASSERT(a_known, !(look2_q && hit) || (known_q && hit_object == object_q && hit_row == row))

  // For induction.
  (* hierconn *) wire [1:0] \dut.valid_q ;
  (* hierconn *) wire [5:0] \dut.keys_q ;
  (* hierconn *) wire [3:0] \dut.objects_q ;
  (* hierconn *) wire [1:0] \dut.rows_q ;
  (* hierconn *) wire [1:0] \dut.same_q ;
  (* hierconn *) wire       \dut.look_q ;
  (* hierconn *) wire       \dut.look_slot_q ;
  (* hierconn *) wire [1:0] \dut.wrong ;
  (* hierconn *) wire [1:0] \dut.bad_q ;
  (* hierconn *) wire [9:0] \dut.u_inject.first_q ;
  (* hierconn *) wire [9:0] \dut.u_inject.second_q ;
  (* hierconn *) wire       \dut.u_inject.armed_q ;
  logic one_bit;
  assign one_bit = !\dut.u_inject.armed_q || \dut.u_inject.first_q == \dut.u_inject.second_q ;
  `PAMC_ASSERT(i_one_bit, one_bit)
  logic [1:0] here, valid, wrong, bad;
  assign valid = \dut.valid_q ;
  assign wrong = \dut.wrong ;
  assign bad   = \dut.bad_q ;
  assign here  = {valid[1] && !wrong[1] && \dut.keys_q [5:3] == key, valid[0] && !wrong[0] && \dut.keys_q [2:0] == key};
  `PAMC_ASSERT(i_here0, !here[0] || (known_q && \dut.objects_q [1:0] == object_q && \dut.rows_q [0] == row))
  `PAMC_ASSERT(i_here1, !here[1] || (known_q && \dut.objects_q [3:2] == object_q && \dut.rows_q [1] == row))
  `PAMC_ASSERT(i_same, !look1_q || (\dut.same_q & valid & ~bad & ~here) == 2'd0)
  `PAMC_ASSERT(i_look, \dut.look_q == any1_q && (!any1_q || \dut.look_slot_q == slot1_q) && (!look1_q || any1_q) &&
                       (!look2_q || any2_q))

  `PAMC_COVER(c_hit, look2_q && hit && hit_object == 2'd3)
  logic drops_q = 1'b0;
  always_ff @(posedge clk_i) if (rst_ni && drop_i && drop_row_i == row && known_q) drops_q <= 1'b1;
  `PAMC_COVER(c_hit_after_drop, drops_q && look2_q && hit)

endmodule
