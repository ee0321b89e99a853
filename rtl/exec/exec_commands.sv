// SPDX-License-Identifier: Apache-2.0
//
// The commands inside, by slot. Everybody else passes slot numbers on and looks a command
// up when it needs it: a memory with one write port and any number of read ports, each of
// them without a clock (LUT RAM, copied for each port).

module exec_commands #(
  parameter int unsigned Ports = 2
) (
  input  logic                                                  clk_i,

  input  logic                                                  write_i,
  input  logic [exec_pkg::SlotBits-1:0]                         write_slot_i,
  input  exec_pkg::command_t                                    write_data_i,

  input  logic [Ports-1:0][exec_pkg::SlotBits-1:0]              read_slot_i,
  // exec_pkg::command_t of each.
  output logic [Ports-1:0][exec_pkg::CommandWidth-1:0]          read_data_o
);

  logic [exec_pkg::CommandWidth-1:0] mem_q [exec_pkg::Slots];

  always_ff @(posedge clk_i) begin
    if (write_i) mem_q[write_slot_i] <= write_data_i;
  end

  always_comb begin
    for (int unsigned n = 0; n < Ports; n++) read_data_o[n] = mem_q[read_slot_i[n]];
  end

endmodule
