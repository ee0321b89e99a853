// SPDX-License-Identifier: Apache-2.0
//
// The commands inside, by slot. Everybody else passes slot numbers on and looks a command
// up when it needs it: a memory with one write port and any number of read ports, each of
// them without a clock.
//
// A command is somebody's handle and bus addresses, so it is protected (ecc_ports): whoever
// turns to a slot uses what is there from the next cycle on, and only while bad_o is not set. A
// command that cannot be put right (lost_o) makes the vault fail, and with it the card: whose page
// it was about to replace or to flush is not known any more. Its bus address becomes one that no
// host has, so what is left of it reaches nobody's memory.

module exec_commands #(
  parameter int unsigned Ports = 2
) (
  input  logic                                                  clk_i,
  input  logic                                                  rst_ni,
  input  ecc_pkg::inject_t                                      inject_i,
  output ecc_pkg::event_t                                       ecc_o,
  output ecc_pkg::event_t                                       ecc_copy_o,

  input  logic                                                  write_i,
  input  logic [exec_pkg::SlotBits-1:0]                         write_slot_i,
  input  exec_pkg::command_t                                    write_data_i,

  input  logic [Ports-1:0][exec_pkg::SlotBits-1:0]              read_slot_i,
  // exec_pkg::command_t of each.
  output logic [Ports-1:0][exec_pkg::CommandWidth-1:0]          read_data_o,
  // What was read in the cycle before was wrong.
  output logic [Ports-1:0]                                      bad_o,
  output logic                                                  lost_o
);

  localparam logic [exec_pkg::CommandWidth-1:0] NoAddress = exec_pkg::CommandWidth'({64'hffff_ffff_ffff_ffff, 256'd0});

  ecc_ports #(
    .Memory(ecc_pkg::Commands), .Copy(ecc_pkg::CommandCopy), .Width(exec_pkg::CommandWidth), .Depth(exec_pkg::Slots),
    .Ports(Ports), .Checks(14), .Parts(8), .Lost(NoAddress)
  ) u_memory (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .ecc_copy_o, .write_i, .write_at_i(write_slot_i), .write_data_i(write_data_i),
    .read_at_i(read_slot_i), .read_data_o, .bad_o, .lost_o
  );

endmodule
