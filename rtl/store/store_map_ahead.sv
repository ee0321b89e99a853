// SPDX-License-Identifier: Apache-2.0
//
// Lines of the map that store_map will need: of operations that wait for their turn, and of
// extents that will be freed. One after the other is asked for unless it is in the cache or on
// its way, or something else is in its place just now. It is a hint, so nothing is waited for.

`include "check.svh"

module store_map_ahead #(
  parameter int unsigned LineUnits = 512
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [31:0]        units_i,

  // Operations go before hints; one that finds no room is not looked at.
  input  logic               op_valid_i,
  input  store_pkg::map_op_t op_i,
  input  logic               soon_valid_i,
  output logic               soon_ready_o,
  input  store_pkg::map_op_t soon_i,

  // A line that may be fetched, held until done.
  output logic               line_valid_o,
  output logic [22:0]        line_o,
  input  logic               line_done_i,
  output logic               quiet_o
);

  localparam int unsigned U = $clog2(LineUnits);

  logic               room, valid, ready;
  store_pkg::map_op_t op;
  logic [2:0]         level;
  assign soon_ready_o = room && !op_valid_i;

  lib_fifo #(.Width(41), .Depth(4)) u_ops (
    .clk_i, .rst_ni,
    .in_valid_i(op_valid_i || soon_valid_i), .in_ready_o(room), .in_data_i(op_valid_i ? op_i : soon_i),
    .out_valid_o(valid), .out_ready_i(ready), .out_data_o(op), .level_o(level)
  );

  // As store_map looks at them: with their neighbours when they come back.
  logic [31:0] op_end;
  assign op_end = op.unit + 32'(op.units);

  logic        valid_q;
  logic [22:0] first_q, last_q;
  logic [31:0] last;
  assign last  = op.clear && op_end < units_i ? op_end : op_end - 32'd1;
  assign ready = !valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)          valid_q <= 1'b0;
    else if (!valid_q)    valid_q <= valid;
    else if (line_done_i) valid_q <= first_q != last_q;
  end
  always_ff @(posedge clk_i) begin
    if (!valid_q) begin
      first_q <= op.clear && op.unit[U-1:0] == '0 && op.unit != '0 ? op.unit[U +: 23] - 23'd1 : op.unit[U +: 23];
      last_q  <= last[U +: 23];
    end else if (line_done_i) begin
      first_q <= last_q;
    end
  end

  assign line_valid_o = valid_q;
  assign line_o       = first_q;
  logic unused;
  assign unused = &{1'b0, last};
  assign quiet_o      = !valid_q && level == '0;

endmodule
