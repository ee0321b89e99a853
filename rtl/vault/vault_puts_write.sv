// SPDX-License-Identifier: Apache-2.0
//
// One writer of records: the third stage of vault_puts. The next page's command and stream
// follow without a gap; extents find their own way (vault_puts_extents).

`include "check.svh"

module vault_puts_write (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // A page that has room.
  input  logic                         valid_i,
  input  vault_pkg::command_t          command_i,
  input  logic [30:0]                  object_i,
  output logic                         begun_o,

  // Its stream; wanted when all of the last one is here.
  input  logic                         stream_free_i,

  output logic                         write_valid_o,
  input  logic                         write_ready_i,
  output record_pkg::write_cmd_t       write_o
);

  logic                   write_q;
  record_pkg::write_cmd_t write, cmd_q;
  always_comb begin
    write        = '0;
    write.bytes  = command_i.bytes;
    write.shape  = command_i.shape;
    write.crc    = command_i.crc;
    write.index  = command_i.index;
    write.object = object_i;
  end

  assign begun_o = valid_i && stream_free_i && !write_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)            write_q <= 1'b0;
    else if (begun_o)       write_q <= 1'b1;
    else if (write_ready_i) write_q <= 1'b0;
  end
  always_ff @(posedge clk_i) if (begun_o) cmd_q <= write;
  assign write_valid_o = write_q;
  assign write_o       = cmd_q;

  logic unused;
  assign unused = &{1'b0, command_i};

endmodule
