// SPDX-License-Identifier: Apache-2.0
//
// Items find room in lz4d_items, however the parser steps when it is not told to stop and
// however they are taken: the three places that it keeps if not told otherwise are enough.
// That they come out in order is lib_fifo_proof's.

`include "check.svh"

module lz4d_items_proof (
  input logic            clk_i,
  input logic            go_i,
  input lz4d_pkg::item_t item_i,
  input logic            out_ready_i
);

  localparam int unsigned Depth  = lz4d_pkg::ItemDepth;
  localparam int unsigned FullAt = Depth - 3;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  // A step, the step's register, the extraction's: as in lz4d_parse and lz4d_extract.
  logic            full, out_valid, step_q = 1'b0, made_q = 1'b0;
  lz4d_pkg::item_t out;

  lz4d_items dut (
    .clk_i, .rst_ni, .full_o(full), .in_valid_i(made_q), .in_i(item_i),
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  always_ff @(posedge clk_i) begin
    step_q <= rst_ni && go_i && !full;
    made_q <= rst_ni && step_q;
  end

  (* hierconn *) wire [4:0] \dut.level ;
  (* hierconn *) wire       \dut.u_fifo.in_ready_q ;
  logic [4:0] level;
  logic       awake_q = 1'b0;
  assign level = \dut.level ;
  always_ff @(posedge clk_i) awake_q <= rst_ni;
  `PAMC_ASSERT(i_level, 32'(level) + 32'(step_q) + 32'(made_q) <= Depth)
  `PAMC_ASSERT(i_not_full, full || 32'(level) <= FullAt)
  `PAMC_ASSERT(i_ready, !awake_q || \dut.u_fifo.in_ready_q == (level != 5'(Depth)))
  `PAMC_ASSERT(i_awake, awake_q || (level == '0 && !step_q && !made_q))
  // The parser is not stopped as long as nobody has reason to.
  `PAMC_ASSERT(a_goes_on, !full || 32'(level) >= FullAt - 1)

  `PAMC_COVER(c_full, level == 5'(Depth))

endmodule
