// SPDX-License-Identifier: Apache-2.0
//
// The clock of what often has nothing to do, such as a lane: it runs while there is something
// to do and for Linger cycles after, in which what is left inside (blocks to be swallowed, tables
// to be cleared) comes to rest; also after a reset. Two thirds of the card's registers are in
// lanes, and most lanes have nothing to do most of the time.
//
// busy_i has to include all that is offered to the clocked and all that it offers or owes an
// answer for; then nothing waits for a clock that stands.

`include "check.svh"

module lib_idle_clock #(
  parameter int unsigned Linger = 1023
) (
  input  logic clk_i,
  input  logic rst_ni,
  // There is, or is offered, something to do.
  input  logic busy_i,
  output logic clk_o
);

  localparam int unsigned Bits = $clog2(Linger + 1);

  logic [Bits-1:0] left_q;
  logic            run_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= Bits'(Linger);
      run_q  <= 1'b1;
    end else begin
      if (busy_i) left_q <= Bits'(Linger);
      else if (left_q != '0) left_q <= left_q - 1'b1;
      run_q <= busy_i || left_q != '0;
    end
  end

  lib_clock_gate u_gate (.clk_i, .enable_i(busy_i || run_q), .clk_o);

endmodule
