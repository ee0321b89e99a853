// SPDX-License-Identifier: Apache-2.0
//
// Any operation on a table of two contents, of any content: if before it what is committed
// is the sum over the table of the larger of what is held and what was promised, and not
// more than there is, then so it is behind it. That is the step of an induction over
// operations (CLEAR, with which it begins, makes all of it zero), so it starts without a
// reset, in any state between two operations.
//
// The caller owes that it takes off no more than was added; that what it adds without
// "fits" takes no room.

module vault_contents_proof (
  input logic                clk_i,
  input vault_pkg::row_req_t req_i
);

  logic rst_ni;
  assign rst_ni = 1'b1;
  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;

  (* anyconst *) logic [31:0] units;
  (* anyconst *) logic [31:0] slots;
  vault_pkg::row_req_t req;
  vault_pkg::row_rsp_t rsp;
  logic [47:0]         committed_units, committed_slots, committed_flash;
  logic [9:0]          committed_durable;

  // An operation, held until done.
  logic                open_q = 1'b0;
  vault_pkg::row_req_t held_q;
  always_comb begin
    req        = open_q ? held_q : req_i;
    req.number = {8'd0, req.number[0]};
  end
  always_ff @(posedge clk_i) begin
    if (rsp.done)       open_q <= 1'b0;
    else if (req.valid) open_q <= 1'b1;
    if (!open_q) held_q <= req;
    if (!open_q) assume (first_q ? req.valid : !req.valid);
  end

  ecc_pkg::event_t ecc;
  logic            failed;
  vault_contents #(.Contents(2)) dut (
    .fail_i(1'b0),
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .failed_o(failed), .units_i(units), .slots_i(slots), .flash_i(1'b0), .promise_i('0), .req_i(req), .rsp_o(rsp),
    .committed_units_o(committed_units), .committed_slots_o(committed_slots),
    .committed_flash_o(committed_flash), .committed_durable_o(committed_durable)
  );

  (* hierconn *) wire [1027:0] \dut.whole ;
  (* hierconn *) wire [3:0]   \dut.state_q ;

  vault_pkg::row_t row0, row1, row;
  assign row0 = \dut.whole [513:0];
  assign row1 = \dut.whole [1027:514];
  assign row  = req.number[0] ? row1 : row0;

  function [47:0] units_of(input logic [39:0] held, input logic [39:0] promised, input logic commits);
    units_of = !commits ? 48'd0 : held > promised ? 48'(held) : 48'(promised);
  endfunction
  logic commits0, commits1;
  assign commits0 = row0.in_use && !row0.dead && !row0.ephemeral;
  assign commits1 = row1.in_use && !row1.dead && !row1.ephemeral;

  // What the caller owes.
  always_comb begin
    if (req.valid && req.op == vault_pkg::ROW_BOOK) begin
      if (req.subtract) assume (req.sums.units <= row.units && req.slots <= row.slots && !req.fits);
      else assume (req.fits || (req.sums.units == '0 && req.slots == '0));
      assume (!row.units[31] && !req.sums.units[31] && !row.slots[31] && !req.slots[31]);
    end
    assume (req.op <= vault_pkg::ROW_DURABLE);
  end

  logic idle;
  assign idle = \dut.state_q == 4'd0;

  // Numbers of a few bits: wider ones take the solver too long.
  logic small;
  assign small = units < 32'd16 && slots < 32'd16 &&
                 row0.units < 32'd16 && row0.slots < 32'd16 && row0.reserve_units < 40'd16 && row0.reserve_slots < 32'd16 &&
                 row1.units < 32'd16 && row1.slots < 32'd16 && row1.reserve_units < 40'd16 && row1.reserve_slots < 32'd16 &&
                 req.sums.units < 32'd16 && req.slots < 32'd16 && req.reserve_units < 40'd16 && req.reserve_slots < 32'd16;

  logic good;
  assign good = committed_units == units_of(40'(row0.units), row0.reserve_units, commits0) +
                                   units_of(40'(row1.units), row1.reserve_units, commits1) &&
                committed_slots == units_of(40'(row0.slots), 40'(row0.reserve_slots), commits0) +
                                   units_of(40'(row1.slots), 40'(row1.reserve_slots), commits1) &&
                committed_units <= 48'(units) && committed_slots <= 48'(slots);

  always_ff @(posedge clk_i) begin
    if (first_q) assume (idle && good && small);
    else if (idle) still_good : assert (good);
  end

  // Reached: a promise that was refused, and room that was, and room that was given.
  always_ff @(posedge clk_i) begin
    if (!first_q && rsp.done) begin
      no_promise : cover (req.op == vault_pkg::ROW_RESERVE && !rsp.ok && row.in_use);
      no_room    : cover (req.op == vault_pkg::ROW_BOOK && !rsp.ok && row.in_use);
      booked     : cover (req.op == vault_pkg::ROW_BOOK && rsp.ok && req.sums.units != '0 && committed_units != '0);
    end
  end

endmodule
