// SPDX-License-Identifier: Apache-2.0
//
// The lookups' way to the table and back. Three queues, each with room for all lookups:
// searches that go on, for objects, and for pages, served in this order. None starves: a
// lookup that waits keeps its slot, and so what would go before it runs out. What is offered
// to the table may change until it is taken; a page that comes when nobody waits is offered at once.
//
// A search that goes on behind a candidate is good only if no entry has moved since; if
// one may have, it begins anew. So it does if the number that tells is damaged.

`include "check.svh"

module index_searches #(
  parameter int unsigned SlotBits = 4
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  ecc_pkg::inject_t      inject_i,
  output ecc_pkg::event_t       ecc_o,

  input  logic                  object_valid_i,
  input  logic [SlotBits-1:0]   object_slot_i,
  input  index_pkg::key_t       object_key_i,

  input  logic                  page_valid_i,
  input  logic [SlotBits-1:0]   page_slot_i,
  input  index_pkg::key_t       page_key_i,

  input  logic                  again_valid_i,
  input  logic [SlotBits-1:0]   again_slot_i,
  input  index_pkg::key_t       again_key_i,
  input  logic [index_pkg::CursorBits-1:0] again_cursor_i,

  // Always, as long as nobody has more searches than slots.
  output logic                  room_o,

  output logic                  command_valid_o,
  input  logic                  command_ready_i,
  output index_pkg::command_t   command_o,
  // Always taken.
  input  logic                  answer_valid_i,
  input  index_pkg::answer_t    answer_i,

  // A candidate, or (not ok) that there is none; one cycle.
  output logic                  found_valid_o,
  output logic [SlotBits-1:0]   found_slot_o,
  output logic                  found_page_o,
  output index_pkg::key_t       found_key_o,
  output index_pkg::answer_t    found_o,

  // A cycle later: the key of what was found, or of a search that began anew, is damaged.
  output logic                  found_wrong_o,
  output logic                  anew_wrong_o,
  output logic [SlotBits-1:0]   anew_slot_o
);

  localparam int unsigned Slots     = 1 << SlotBits;
  localparam int unsigned LevelBits = SlotBits + 1;
  localparam int unsigned KeyBits   = $bits(page_key_i);

  typedef logic [SlotBits-1:0] slot_id_t;

  logic [LevelBits-1:0] object_level, page_level, again_level, anew_level;
  logic     object_valid, page_valid, again_valid, anew_valid;
  logic     object_take, page_take, again_take, anew_take;
  logic     object_room, page_room, again_room, anew_room;
  slot_id_t object_slot, page_slot, again_slot, anew_slot;
  index_pkg::key_t object_key, page_key, again_key;
  logic [index_pkg::CursorBits-1:0] again_cursor;
  lib_fifo #(.Width(SlotBits + KeyBits), .Depth(Slots)) u_object (
    .clk_i, .rst_ni, .in_valid_i(object_valid_i), .in_ready_o(object_room),
    .in_data_i({object_slot_i, object_key_i}), .out_valid_o(object_valid),
    .out_ready_i(object_take), .out_data_o({object_slot, object_key}), .level_o(object_level)
  );
  lib_fifo #(.Width(SlotBits + KeyBits), .Depth(Slots)) u_page (
    .clk_i, .rst_ni, .in_valid_i(page_valid_i && !page_now), .in_ready_o(page_room),
    .in_data_i({page_slot_i, page_key_i}), .out_valid_o(page_valid),
    .out_ready_i(page_take), .out_data_o({page_slot, page_key}), .level_o(page_level)
  );
  lib_fifo #(.Width(SlotBits + KeyBits + index_pkg::CursorBits), .Depth(Slots)) u_again (
    .clk_i, .rst_ni, .in_valid_i(again_valid_i), .in_ready_o(again_room),
    .in_data_i({again_slot_i, again_key_i, again_cursor_i}), .out_valid_o(again_valid),
    .out_ready_i(again_take), .out_data_o({again_slot, again_key, again_cursor}),
    .level_o(again_level)
  );
  // From the beginning, with the key it has.
  lib_fifo #(.Width(SlotBits), .Depth(Slots)) u_anew (
    .clk_i, .rst_ni, .in_valid_i(anew), .in_ready_o(anew_room), .in_data_i(answer_slot),
    .out_valid_o(anew_valid), .out_ready_i(anew_take), .out_data_o(anew_slot),
    .level_o(anew_level)
  );
  assign room_o = (object_room || !object_valid_i) && (page_room || !page_valid_i) &&
                  (again_room || !again_valid_i) && (anew_room || !anew);

  // What is asked for, by slot.
  logic [1:0][KeyBits-1:0] keys;
  logic [1:0]              key_wrong;
  ecc_checked #(.Memory(ecc_pkg::LookupKeys), .Width(KeyBits), .Depth(Slots), .Ports(2), .Checks(3)) u_keys (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .write_i(next_take), .kept_i(1'b1), .write_at_i(next_slot), .write_data_i(next_key),
    .read_at_i({anew_slot, answer_slot}), .read_data_o(keys), .use_i({anew_take, found_valid_o}), .wrong_o(key_wrong)
  );
  assign found_wrong_o = key_wrong[0];
  assign anew_wrong_o  = key_wrong[1];
  always_ff @(posedge clk_i) anew_slot_o <= anew_slot;
  logic [Slots-1:0] page_q, on_q;  // on: behind a candidate

  logic                next_on, next_take, page_now;
  slot_id_t            next_slot;
  index_pkg::key_t     next_key;
  index_pkg::command_t next;
  assign command_valid_o = anew_valid || again_valid || object_valid || page_valid || page_valid_i;
  assign next_take       = command_valid_o && command_ready_i;
  assign anew_take       = command_ready_i && anew_valid;
  assign again_take      = command_ready_i && !anew_valid && again_valid;
  assign object_take     = command_ready_i && !anew_valid && !again_valid && object_valid;
  assign page_take       = command_ready_i && !anew_valid && !again_valid && !object_valid && page_valid;
  assign page_now        = command_ready_i && !anew_valid && !again_valid && !object_valid && !page_valid;
  always_comb begin
    next_on   = 1'b0;
    next_slot = page_valid ? page_slot : page_slot_i;
    next_key  = page_valid ? page_key : page_key_i;
    if (anew_valid) begin
      next_slot = anew_slot;
      next_key  = keys[1];
    end else if (again_valid) begin
      next_on   = 1'b1;
      next_slot = again_slot;
      next_key  = again_key;
    end else if (object_valid) begin
      next_slot = object_slot;
      next_key  = object_key;
    end
    next        = '0;
    next.op     = index_pkg::OP_FIND;
    next.id     = index_pkg::IdBits'(next_slot);
    next.key    = next_key;
    next.cursor = next_on ? again_cursor : '0;
  end

  always_ff @(posedge clk_i) begin
    // A lookup is at one place at a time, so this can be known as it comes.
    for (int unsigned n = 0; n < Slots; n++) begin
      if (again_valid_i && again_slot_i == SlotBits'(n)) on_q[n] <= 1'b1;
      if (anew && answer_slot == SlotBits'(n)) on_q[n] <= 1'b0;
      if (object_valid_i && object_slot_i == SlotBits'(n)) {page_q[n], on_q[n]} <= 2'b00;
      if (page_valid_i && page_slot_i == SlotBits'(n)) {page_q[n], on_q[n]} <= 2'b10;
    end
  end
  assign command_o = next;

  // Answers, which come from a register.
  logic                            anew;
  slot_id_t                        answer_slot;
  // With a parity, which is compared, too: of one wrong bit it is seen in any case, as an epoch that
  // differs in that bit alone has another parity.
  logic [index_pkg::EpochBits:0]   epoch, epochs_q [Slots];
  assign answer_slot = answer_i.id[SlotBits-1:0];
  assign epoch       = {^answer_i.epoch, answer_i.epoch};
  assign anew        = answer_valid_i && on_q[answer_slot] && epochs_q[answer_slot] != epoch;
  always_ff @(posedge clk_i) if (answer_valid_i) epochs_q[answer_slot] <= epoch;
  assign found_valid_o = answer_valid_i && !anew;
  assign found_slot_o  = answer_slot;
  assign found_page_o  = page_q[answer_slot];
  assign found_key_o   = keys[0];
  assign found_o       = answer_i;

  logic unused;
  assign unused = &{1'b0, object_level, page_level, again_level, anew_level};

  `PAMC_ASSERT(a_room, room_o)

endmodule
