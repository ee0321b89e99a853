// SPDX-License-Identifier: Apache-2.0
//
// pcie_commit_fifo gives out what was committed, in order, and nothing of what was taken
// back: any one beat that was pushed, watched, comes out behind exactly those that were
// pushed before it and kept, or never. What it offers stands.

`include "check.svh"

module pcie_commit_fifo_proof #(
  parameter int unsigned Depth = 4
) (
  input logic       clk_i,
  input logic       push_i,
  input logic [3:0] data_i,
  input logic       commit_i,
  input logic       drop_i,
  input logic       out_ready_i,
  // Free: which of the beats to watch.
  input logic       watch_i
);

  localparam int unsigned Bits = $clog2(Depth) + 1;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic       room, out_valid, pop;
  logic [3:0] out_data;

  pcie_commit_fifo #(.Width(4), .Depth(Depth)) dut (
    .clk_i, .rst_ni, .push_i, .room_o(room), .data_i, .commit_i, .drop_i,
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data)
  );
  assign pop = out_valid && out_ready_i;

  // How many are kept, how many of them not yet for good.
  logic [Bits-1:0] level_q = '0, loose_q = '0, before_q = '0;
  logic            watching_q = 1'b0, sure_q = 1'b0, done_q = 1'b0;
  logic [3:0]      data_q = '0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      level_q <= level_q + Bits'(push_i) - Bits'(pop) - (drop_i ? loose_q : '0);
      loose_q <= commit_i || drop_i ? '0 : loose_q + Bits'(push_i);
      if (!watching_q && !done_q && push_i && watch_i) begin
        watching_q <= 1'b1;
        sure_q     <= commit_i;
        before_q   <= level_q - Bits'(pop);
        data_q     <= data_i;
      end else if (watching_q) begin
        if (commit_i) sure_q <= 1'b1;
        before_q <= before_q - Bits'(pop);
        if ((pop && before_q == '0) || (drop_i && !sure_q)) begin
          watching_q <= 1'b0;
          done_q     <= 1'b1;
        end
      end
    end
  end

  `PAMC_ASSERT(a_comes, !(watching_q && sure_q && before_q == '0) || (out_valid && out_data == data_q))
  `PAMC_ASSERT(a_waits_for_commit, !(watching_q && !sure_q && before_q == '0) || !out_valid)
  `PAMC_ASSERT(a_valid, out_valid == (level_q != loose_q))

  logic       offered_q = 1'b0;
  logic [3:0] offer_q = '0;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && out_valid && !out_ready_i;
    offer_q   <= out_data;
  end
  `PAMC_ASSERT(a_stands, !offered_q || (out_valid && out_data == offer_q))

  // For induction.
  (* hierconn *) wire [Bits-1:0] \dut.write_q ;
  (* hierconn *) wire [Bits-1:0] \dut.commit_q ;
  (* hierconn *) wire [Bits-1:0] \dut.read_q ;
  (* hierconn *) wire [Bits-2:0] \dut.peek_at ;
  (* hierconn *) wire [3:0]      \dut.peek ;
  assign \dut.peek_at = (Bits - 1)'(\dut.read_q + before_q);
  `PAMC_ASSERT(i_level, level_q == Bits'(\dut.write_q - \dut.read_q ) && 32'(level_q) <= Depth)
  `PAMC_ASSERT(i_loose, loose_q == Bits'(\dut.write_q - \dut.commit_q ) && loose_q <= level_q)
  `PAMC_ASSERT(i_before, !watching_q || before_q < level_q)
  `PAMC_ASSERT(i_sure, !watching_q || sure_q == (before_q < level_q - loose_q))
  `PAMC_ASSERT(i_data, !watching_q || \dut.peek == data_q)

  `PAMC_COVER(c_full, 32'(level_q) == Depth && loose_q == Bits'(2))
  `PAMC_COVER(c_dropped, done_q && !sure_q)
  `PAMC_COVER(c_came, done_q && sure_q && data_q == 4'd5)

endmodule
