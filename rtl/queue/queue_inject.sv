// SPDX-License-Identifier: Apache-2.0
//
// Errors made in one of several memories that share a number (ecc_pkg): each has bits of its own
// among those that are named, from Place on. A bit of another one's hits nothing here.

module queue_inject #(
  parameter int unsigned Memory = ecc_pkg::QueueIndex,
  parameter int unsigned Place = 0,
  parameter int unsigned Width = queue_core_pkg::IndexBits
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  ecc_pkg::inject_t inject_i,

  input  logic             write_i,
  input  logic [Width-1:0] word_i,
  output logic [Width-1:0] word_o
);

  // Below Place it becomes a large number.
  ecc_pkg::inject_t here;
  always_comb begin
    here        = inject_i;
    here.first  = inject_i.first - 10'(Place);
    here.second = inject_i.second - 10'(Place);
  end

  ecc_inject #(.Memory(Memory), .Width(Width)) u_inject (
    .clk_i, .rst_ni, .inject_i(here), .write_i, .word_i, .word_o
  );

endmodule
