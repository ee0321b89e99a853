// SPDX-License-Identifier: Apache-2.0
//
// index_cache never answers for an object that was dropped: when it does answer for a key
// (any one is watched), then since that key's row was last dropped some lookup has looked
// for it, found it afterwards and said so. What a lookup found that had looked before the
// drop is never answered with.

`include "check.svh"

module index_cache_proof (
  input logic       clk_i,
  input logic       look_i,
  input logic       look_slot_i,
  input logic       look_row_i,
  input logic [2:0] look_key_i,
  input logic       fill_i,
  input logic       fill_slot_i,
  input logic       fill_row_i,
  input logic [2:0] fill_key_i,
  input logic [1:0] fill_object_i,
  input logic       drop_i,
  input logic       drop_row_i,
  input logic       drop_all_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [2:0] key;
  (* anyconst *) logic       row;

  logic       hit;
  logic [1:0] hit_object;
  ecc_pkg::event_t ecc;
  index_cache #(.RowBits(1), .KeyBits(3), .ObjectBits(2), .SlotBits(1)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .look_i, .look_slot_i, .look_row_i, .look_key_i,
    .hit_o(hit), .hit_object_o(hit_object),
    .fill_i, .fill_slot_i, .fill_row_i, .fill_key_i, .fill_object_i,
    .drop_i, .drop_row_i, .drop_all_i
  );

  // A key has one row: it comes from its hash.
  `PAMC_ASSUME(m_look_row, !look_i || look_key_i != key || look_row_i == row)
  `PAMC_ASSUME(m_fill_row, !fill_i || fill_key_i != key || fill_row_i == row)

  // Lookups that have looked since the last drop; whether one of them has filled, with what.
  logic [1:0] looked_q = 2'd0;
  logic       known_q = 1'b0;
  logic [1:0] object_q = 2'd0;
  logic       dropped;
  assign dropped = drop_all_i || (drop_i && drop_row_i == row);
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (look_i) looked_q[look_slot_i] <= 1'b1;
      if (fill_i && fill_key_i == key && looked_q[fill_slot_i]) begin
        known_q  <= 1'b1;
        object_q <= fill_object_i;
      end
      if (dropped) begin
        looked_q <= '0;
        known_q  <= 1'b0;
      end
    end
  end

  // Who looked for it two cycles ago, and what could be known then.
  logic look1_q = 1'b0, look2_q = 1'b0, known1_q = 1'b0, known2_q = 1'b0;
  always_ff @(posedge clk_i) begin
    {look2_q, look1_q}   <= {look1_q, look_i && look_key_i == key && rst_ni};
    {known2_q, known1_q} <= {known1_q, known_q};
  end
  `PAMC_ASSERT(a_dropped_is_not_answered, !(look2_q && hit) || known2_q)

  // For induction.
  (* hierconn *) wire [1:0] \dut.valid_q ;
  (* hierconn *) wire [1:0] \dut.may_fill_q ;
  (* hierconn *) wire       \dut.peek_at ;
  (* hierconn *) wire [4:0] \dut.peek ;
  (* hierconn *) wire       \dut.known_q ;
  (* hierconn *) wire [2:0] \dut.key ;
  (* hierconn *) wire [2:0] \dut.look_key_q ;
  assign \dut.peek_at = row;
  `PAMC_ASSERT(i_may_fill, (\dut.may_fill_q & ~looked_q) == 2'd0)
  `PAMC_ASSERT(i_stored, !(\dut.valid_q [row] && \dut.peek [4:2] == key) || known_q)
  `PAMC_ASSERT(i_read, !(look1_q && \dut.known_q && \dut.key == key) || known1_q)
  `PAMC_ASSERT(i_look, !look1_q || \dut.look_key_q == key)

  `PAMC_COVER(c_hit_after_drop, look2_q && hit && hit_object == 2'd3 && object_q == 2'd3)
  logic drops_q = 1'b0, late_q = 1'b0;
  always_ff @(posedge clk_i) begin
    if (rst_ni && drop_i && drop_row_i == row && known_q) drops_q <= 1'b1;
    if (drops_q && fill_i && fill_key_i == key && !looked_q[fill_slot_i]) late_q <= 1'b1;
  end
  `PAMC_COVER(c_late_fill_then_hit, late_q && look2_q && hit)

endmodule
