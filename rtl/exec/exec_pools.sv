// SPDX-License-Identifier: Apache-2.0
//
// The pool table: what a command must know of its pool, for 256 pools. The management
// core writes it, one entry at a time, and looks after the rest (names, owners, limits).
// Entries are not valid after power-up; a controller reset leaves them alone.
//
// A read takes one cycle, every cycle. A write is seen by reads of the next cycle.

`include "check.svh"

module exec_pools (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          write_i,
  input  logic [exec_pkg::PoolBits-1:0] write_pool_i,
  input  exec_pkg::pool_t               write_data_i,

  input  logic                          read_i,
  input  logic [exec_pkg::PoolBits-1:0] read_pool_i,
  // In the next cycle, until the next read.
  output exec_pkg::pool_t               read_data_o
);

  `PAMC_PARAM(g_width, exec_pkg::PoolWidth == 56)

  logic [exec_pkg::PoolWidth-1:0] mem_q [exec_pkg::Pools];
  logic [exec_pkg::Pools-1:0]     valid_q;
  logic [exec_pkg::PoolWidth-1:0] data_q;
  logic                           data_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q      <= '0;
      data_valid_q <= 1'b0;
    end else begin
      if (write_i) valid_q[write_pool_i] <= write_data_i.valid;
      if (read_i) data_valid_q <= valid_q[read_pool_i];
    end
  end

  always_ff @(posedge clk_i) begin
    if (write_i) mem_q[write_pool_i] <= write_data_i;
    if (read_i) data_q <= mem_q[read_pool_i];
  end

  always_comb begin
    read_data_o = data_q;
    read_data_o.valid = data_valid_q;
  end

endmodule
