// SPDX-License-Identifier: Apache-2.0
//
// Numbers of objects that were looked up before, on the chip: most pages come from the
// same few objects, and each would else cost two reads of card DRAM, one after the other.
// Direct mapped; the row is given by the lowest bits of the tag in the object's slot.
//
// It must not answer with an object whose slot is no longer in the index. So whoever
// removes (or replaces) the slot of an object drops its row, which the slot's tag gives,
// when it gives the command. What was looked for before and is being read from DRAM
// meanwhile may then be of the past; so a drop also takes from all lookups under way the
// right to fill. A lookup gets it anew with look_i.

`include "check.svh"

module index_cache #(
  parameter int unsigned RowBits = 6,
  parameter int unsigned KeyBits = 208,
  parameter int unsigned ObjectBits = index_pkg::ObjectBits,
  // Lookups under way are told apart by so many bits.
  parameter int unsigned SlotBits = 4
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Is it known? The answer is there two cycles later, and stays for one.
  input  logic                  look_i,
  input  logic [SlotBits-1:0]   look_slot_i,
  input  logic [RowBits-1:0]    look_row_i,
  input  logic [KeyBits-1:0]    look_key_i,
  output logic                  hit_o,
  output logic [ObjectBits-1:0] hit_object_o,

  // What a lookup has found.
  input  logic                  fill_i,
  input  logic [SlotBits-1:0]   fill_slot_i,
  input  logic [RowBits-1:0]    fill_row_i,
  input  logic [KeyBits-1:0]    fill_key_i,
  input  logic [ObjectBits-1:0] fill_object_i,

  // An object goes; all go.
  input  logic                  drop_i,
  input  logic [RowBits-1:0]    drop_row_i,
  input  logic                  drop_all_i
);

  localparam int unsigned Rows  = 1 << RowBits;
  localparam int unsigned Slots = 1 << SlotBits;

  logic [KeyBits+ObjectBits-1:0] mem_q [Rows];
  logic [Rows-1:0]               valid_q;
  logic [Slots-1:0]              may_fill_q;

  logic fill;
  assign fill = fill_i && may_fill_q[fill_slot_i] && !drop_i && !drop_all_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q    <= '0;
      may_fill_q <= '0;
    end else if (drop_all_i) begin
      valid_q    <= '0;
      may_fill_q <= '0;
    end else begin
      if (fill) valid_q[fill_row_i] <= 1'b1;
      if (drop_i) begin
        valid_q[drop_row_i] <= 1'b0;
        may_fill_q          <= '0;
      end else if (look_i) begin
        may_fill_q[look_slot_i] <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (fill) mem_q[fill_row_i] <= {fill_key_i, fill_object_i};
  end

  logic [KeyBits-1:0]    key_q, look_key_q;
  logic [ObjectBits-1:0] object_q, hit_object_q;
  logic                  known_q, hit_q;
  always_ff @(posedge clk_i) begin
    {key_q, object_q} <= mem_q[look_row_i];
    known_q           <= look_i && valid_q[look_row_i];
    look_key_q        <= look_key_i;
    hit_q             <= known_q && key_q == look_key_q;
    hit_object_q      <= object_q;
  end
  assign hit_o        = hit_q;
  assign hit_object_o = hit_object_q;

`ifdef FORMAL
  // A second way to read, for the proof's invariants.
  logic [RowBits-1:0]            peek_at;
  logic [KeyBits+ObjectBits-1:0] peek;
  assign peek = mem_q[peek_at];
`endif

endmodule
