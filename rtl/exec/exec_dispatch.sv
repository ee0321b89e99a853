// SPDX-License-Identifier: Apache-2.0
//
// Commands that may run, to whom they are for: puts to the put lanes, gets and queries to
// the get lanes, a SYNC that waits for flash to exec_sync, the rest to exec_flush. Each kind
// waits in a queue of its own, which has room for all commands that there are, so no kind waits
// for another. The lanes of a kind get the next one in rotation, whichever is ready. A lane is given
// one that it has been shown for a cycle, if it has seen the command as it is (exec_commands).

`include "check.svh"

module exec_dispatch #(
  parameter int unsigned PutLanes = 2,
  parameter int unsigned GetLanes = 2
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          start_valid_i,
  output logic                          start_ready_o,
  input  logic [exec_pkg::SlotBits-1:0] start_slot_i,
  // Of that command, as a mask: bit 1 a put, 2 a get or query, 3 a SYNC that waits for flash, 0 the rest.
  input  logic [3:0]                    start_kind_i,

  output logic [PutLanes-1:0]           put_valid_o,
  input  logic [PutLanes-1:0]           put_ready_i,
  output logic [exec_pkg::SlotBits-1:0] put_slot_o,
  // What the lane was shown in the cycle before is wrong.
  input  logic [PutLanes-1:0]           put_bad_i,
  output logic [GetLanes-1:0]           get_valid_o,
  input  logic [GetLanes-1:0]           get_ready_i,
  output logic [exec_pkg::SlotBits-1:0] get_slot_o,
  input  logic [GetLanes-1:0]           get_bad_i,
  output logic                          rest_valid_o,
  input  logic                          rest_ready_i,
  output logic [exec_pkg::SlotBits-1:0] rest_slot_o,
  output logic                          sync_valid_o,
  input  logic                          sync_ready_i,
  output logic [exec_pkg::SlotBits-1:0] sync_slot_o,

  // One that may run finds no lane: bit 0 a put, bit 1 a get.
  output logic [1:0]                    wait_o
);

  logic is_rest, is_put, is_get, is_sync;
  assign {is_sync, is_get, is_put, is_rest} = start_kind_i;

  logic                       put_in, get_in, rest_in, sync_in, put_valid, put_take, get_valid, get_take;
  logic [exec_pkg::SlotBits:0] put_level, get_level, rest_level, sync_level;
  // Those that are in no hurry come a cycle later.
  logic                        rest_q, sync_q;
  logic [exec_pkg::SlotBits-1:0] slot_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q <= 1'b0;
      sync_q <= 1'b0;
    end else begin
      rest_q <= start_valid_i && start_ready_o && is_rest;
      sync_q <= start_valid_i && start_ready_o && is_sync;
    end
  end
  always_ff @(posedge clk_i) slot_q <= start_slot_i;

  // There is always room for what there is.
  assign start_ready_o = put_in && get_in && rest_in && sync_in;

  lib_fifo #(.Width(exec_pkg::SlotBits), .Depth(exec_pkg::Slots)) u_puts (
    .clk_i, .rst_ni,
    .in_valid_i(start_valid_i && is_put), .in_ready_o(put_in), .in_data_i(start_slot_i),
    .out_valid_o(put_valid), .out_ready_i(put_take), .out_data_o(put_slot_o), .level_o(put_level)
  );
  lib_fifo #(.Width(exec_pkg::SlotBits), .Depth(exec_pkg::Slots)) u_gets (
    .clk_i, .rst_ni,
    .in_valid_i(start_valid_i && is_get), .in_ready_o(get_in), .in_data_i(start_slot_i),
    .out_valid_o(get_valid), .out_ready_i(get_take), .out_data_o(get_slot_o), .level_o(get_level)
  );
  lib_fifo #(.Width(exec_pkg::SlotBits), .Depth(exec_pkg::Slots)) u_rest (
    .clk_i, .rst_ni,
    .in_valid_i(rest_q), .in_ready_o(rest_in), .in_data_i(slot_q),
    .out_valid_o(rest_valid_o), .out_ready_i(rest_ready_i), .out_data_o(rest_slot_o), .level_o(rest_level)
  );
  lib_fifo #(.Width(exec_pkg::SlotBits), .Depth(exec_pkg::Slots)) u_syncs (
    .clk_i, .rst_ni,
    .in_valid_i(sync_q), .in_ready_o(sync_in), .in_data_i(slot_q),
    .out_valid_o(sync_valid_o), .out_ready_i(sync_ready_i), .out_data_o(sync_slot_o), .level_o(sync_level)
  );

  // Whose turn it is, as a mask: of the lanes that were ready in the cycle before, the first one behind
  // the lane that had the last job. So no lane's room leads to another lane. A turn passes on once its
  // lane has taken a job, or when that is not ready while another one is.
  // The one that is next has been shown for a cycle.
  logic                put_seen_q, get_seen_q;
  logic [PutLanes-1:0] put_turn_q, put_others, put_next, put_behind;
  logic [GetLanes-1:0] get_turn_q, get_others, get_next, get_behind;
  lib_turn #(.Width(PutLanes)) u_put_turn (
    .valid_i(put_others), .behind_i(~(put_turn_q | (put_turn_q - 1'b1))), .turn_o(put_next), .behind_o(put_behind)
  );
  lib_turn #(.Width(GetLanes)) u_get_turn (
    .valid_i(get_others), .behind_i(~(get_turn_q | (get_turn_q - 1'b1))), .turn_o(get_next), .behind_o(get_behind)
  );

  always_comb begin
    put_others  = put_ready_i & ~put_turn_q;
    get_others  = get_ready_i & ~get_turn_q;
    put_valid_o = put_seen_q ? put_turn_q & ~put_bad_i : '0;
    get_valid_o = get_seen_q ? get_turn_q & ~get_bad_i : '0;
  end
  assign put_take = (put_valid_o & put_ready_i) != '0;
  assign get_take = (get_valid_o & get_ready_i) != '0;
  assign wait_o   = {get_valid && !get_take, put_valid && !put_take};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      put_turn_q <= PutLanes'(1);
      get_turn_q <= GetLanes'(1);
      put_seen_q <= 1'b0;
      get_seen_q <= 1'b0;
    end else begin
      if ((put_take || (put_ready_i & put_turn_q) == '0) && put_others != '0) put_turn_q <= put_next;
      if ((get_take || (get_ready_i & get_turn_q) == '0) && get_others != '0) get_turn_q <= get_next;
      put_seen_q <= put_valid && !put_take;
      get_seen_q <= get_valid && !get_take;
    end
  end

  logic unused;
  assign unused = ^{put_level, get_level, rest_level, sync_level, put_behind, get_behind};

  `PAMC_ASSERT(a_room, !(rest_q && !rest_in) && !(sync_q && !sync_in))
  `PAMC_ASSERT(a_put_turn, put_turn_q != '0 && (put_turn_q & (put_turn_q - 1'b1)) == '0)
  `PAMC_ASSERT(a_get_turn, get_turn_q != '0 && (get_turn_q & (get_turn_q - 1'b1)) == '0)

endmodule
