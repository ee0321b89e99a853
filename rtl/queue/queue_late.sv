// SPDX-License-Identifier: Apache-2.0
//
// What is known late of the beats of a lib_fifo: registers beside it, which are written without a
// choice before them.

`include "check.svh"

module queue_late #(
  parameter int unsigned Width = 4,
  parameter int unsigned Depth = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // A beat enters, and what is known of it; one leaves, of which data_o tells.
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  input  logic             pop_i,
  output logic [Width-1:0] data_o
);

  `PAMC_PARAM(g_depth, Depth >= 2)

  // Places as a bit each.
  logic [Depth-1:0]            write_at_q, read_at_q;
  logic [Depth-1:0][Width-1:0] known_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_at_q <= Depth'(1);
      read_at_q  <= Depth'(1);
    end else begin
      if (push_i) write_at_q <= {write_at_q[Depth-2:0], write_at_q[Depth-1]};
      if (pop_i)  read_at_q  <= {read_at_q[Depth-2:0], read_at_q[Depth-1]};
    end
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned n = 0; n < Depth; n++) begin
      if (push_i && write_at_q[n]) known_q[n] <= data_i;
    end
  end
  always_comb begin
    data_o = '0;
    for (int unsigned n = 0; n < Depth; n++) data_o = data_o | (read_at_q[n] ? known_q[n] : '0);
  end

endmodule
