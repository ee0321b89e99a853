// SPDX-License-Identifier: Apache-2.0
//
// Commands that may run, to whom they are for: puts to the put lanes, gets and queries to
// the get lanes, a SYNC that waits for flash to exec_sync, the rest to exec_flush. Each kind
// waits in a queue of its own, which has room for all commands that there are, so no kind waits
// for another. The lanes of a kind get the next one in rotation, whichever is ready.

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
  // Of that command: 1 a put, 2 a get or query, 3 a SYNC that waits for flash, 0 the rest.
  input  logic [1:0]                    start_kind_i,

  output logic [PutLanes-1:0]           put_valid_o,
  input  logic [PutLanes-1:0]           put_ready_i,
  output logic [exec_pkg::SlotBits-1:0] put_slot_o,
  output logic [GetLanes-1:0]           get_valid_o,
  input  logic [GetLanes-1:0]           get_ready_i,
  output logic [exec_pkg::SlotBits-1:0] get_slot_o,
  output logic                          rest_valid_o,
  input  logic                          rest_ready_i,
  output logic [exec_pkg::SlotBits-1:0] rest_slot_o,
  output logic                          sync_valid_o,
  input  logic                          sync_ready_i,
  output logic [exec_pkg::SlotBits-1:0] sync_slot_o,

  // One that may run finds no lane: bit 0 a put, bit 1 a get.
  output logic [1:0]                    wait_o
);

  logic is_put, is_get, is_sync;
  assign is_put  = start_kind_i == 2'd1;
  assign is_get  = start_kind_i == 2'd2;
  assign is_sync = start_kind_i == 2'd3;

  logic                       put_in, get_in, rest_in, sync_in, put_valid, put_take, get_valid, get_take;
  logic [exec_pkg::SlotBits:0] put_level, get_level, rest_level, sync_level;
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
    .in_valid_i(start_valid_i && !is_put && !is_get && !is_sync), .in_ready_o(rest_in), .in_data_i(start_slot_i),
    .out_valid_o(rest_valid_o), .out_ready_i(rest_ready_i), .out_data_o(rest_slot_o), .level_o(rest_level)
  );
  lib_fifo #(.Width(exec_pkg::SlotBits), .Depth(exec_pkg::Slots)) u_syncs (
    .clk_i, .rst_ni,
    .in_valid_i(start_valid_i && is_sync), .in_ready_o(sync_in), .in_data_i(start_slot_i),
    .out_valid_o(sync_valid_o), .out_ready_i(sync_ready_i), .out_data_o(sync_slot_o), .level_o(sync_level)
  );

  // The first ready lane behind the one that had the last job.
  logic [4:0]          put_turn_q, put_lane, get_turn_q, get_lane;
  logic [PutLanes-1:0] put_after;
  logic [GetLanes-1:0] get_after;

  always_comb begin
    for (int unsigned n = 0; n < PutLanes; n++) put_after[n] = put_ready_i[n] && 5'(n) > put_turn_q;
    for (int unsigned n = 0; n < GetLanes; n++) get_after[n] = get_ready_i[n] && 5'(n) > get_turn_q;
    put_lane = '0;
    get_lane = '0;
    for (int n = int'(PutLanes) - 1; n >= 0; n--) begin
      if (put_after != '0 ? put_after[n] : put_ready_i[n]) put_lane = 5'(n);
    end
    for (int n = int'(GetLanes) - 1; n >= 0; n--) begin
      if (get_after != '0 ? get_after[n] : get_ready_i[n]) get_lane = 5'(n);
    end
    for (int unsigned n = 0; n < PutLanes; n++) put_valid_o[n] = put_valid && put_lane == 5'(n);
    for (int unsigned n = 0; n < GetLanes; n++) get_valid_o[n] = get_valid && get_lane == 5'(n);
  end
  assign put_take = put_ready_i != '0;
  assign get_take = get_ready_i != '0;
  assign wait_o   = {get_valid && !get_take, put_valid && !put_take};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      put_turn_q <= '0;
      get_turn_q <= '0;
    end else begin
      if (put_valid && put_take) put_turn_q <= put_lane;
      if (get_valid && get_take) get_turn_q <= get_lane;
    end
  end

  logic unused;
  assign unused = ^{put_level, get_level, rest_level, sync_level};

endmodule
