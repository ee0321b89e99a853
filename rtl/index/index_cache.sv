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
//
// Rows are protected, so as to find errors: one that has any is as good as not there, and
// is looked for in card DRAM.

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
  input  ecc_pkg::inject_t      inject_i,
  output ecc_pkg::event_t       ecc_o,

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

  logic [Rows-1:0]               valid_q;
  logic [Slots-1:0]              may_fill_q;

  logic [KeyBits-1:0]    key, look_key_q;
  logic [ObjectBits-1:0] object, hit_object_q;
  logic                  known_q, hit_q, wrong, worthless;
  logic [RowBits-1:0]    look_row_q;
  ecc_pkg::event_t       found;
`ifdef FORMAL
  logic [Rows*(KeyBits+ObjectBits)-1:0] whole;
`endif

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
      if (wrong) valid_q[look_row_q] <= 1'b0;
      if (fill) valid_q[fill_row_i] <= 1'b1;
      if (drop_i) begin
        valid_q[drop_row_i] <= 1'b0;
        may_fill_q          <= '0;
      end else if (look_i) begin
        may_fill_q[look_slot_i] <= 1'b1;
      end
    end
  end

  // Correcting would come too late (wait): nobody waits for it.
  ecc_ram #(
    .Memory(ecc_pkg::IndexCache), .Width(KeyBits + ObjectBits), .Depth(Rows), .Parts(2), .Late(1'b1)
  ) u_rows (
    .clk_i, .rst_ni, .inject_i, .event_o(found),
    .write_i(fill), .write_at_i(fill_row_i), .write_data_i({fill_key_i, fill_object_i}),
    .read_i(look_i), .read_at_i(look_row_i), .look_i(known_q), .data_o({key, object}),
    .wait_o(wrong), .error_o(worthless)
`ifdef FORMAL
    , .whole_o(whole)
`endif
  );
  // Nothing is ever lost.
  assign ecc_o.corrected     = found != '0;
  assign ecc_o.uncorrectable = 1'b0;

  always_ff @(posedge clk_i) begin
    known_q      <= look_i && valid_q[look_row_i];
    look_row_q   <= look_row_i;
    look_key_q   <= look_key_i;
    hit_q        <= known_q && key == look_key_q && !wrong;
    hit_object_q <= object;
  end
  assign hit_o        = hit_q;
  assign hit_object_o = hit_object_q;

  logic unused;
  assign unused = worthless;

`ifdef FORMAL
  // A second way to read, for the proof's invariants.
  logic [RowBits-1:0]            peek_at;
  logic [KeyBits+ObjectBits-1:0] peek;
  assign peek = whole[peek_at*(KeyBits+ObjectBits) +: KeyBits+ObjectBits];
`endif

endmodule
