// SPDX-License-Identifier: Apache-2.0
//
// The pool table: what a command must know of its pool, for 256 pools. The management
// core writes it, one entry at a time, and looks after the rest (names, owners, limits).
// Entries are not valid after power-up; a controller reset leaves them alone.
//
// A read takes one cycle, every cycle. A write is seen by reads of the next cycle. An entry
// with a wrong bit comes one cycle later (wait); one that is lost is told as such until it
// is written anew, which nobody may do before the pool has gone: a put that could not be
// told from others may have left an older page behind.

`include "check.svh"

module exec_pools (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  ecc_pkg::inject_t              inject_i,
  output ecc_pkg::event_t               ecc_o,

  input  logic                          write_i,
  input  logic [exec_pkg::PoolBits-1:0] write_pool_i,
  input  exec_pkg::pool_t               write_data_i,

  input  logic                          read_i,
  input  logic [exec_pkg::PoolBits-1:0] read_pool_i,
  // In the next cycle, until the next read.
  output exec_pkg::pool_t               read_data_o,
  output logic                          read_wait_o,
  output logic                          read_error_o
);

  `PAMC_PARAM(g_width, exec_pkg::PoolWidth == 56)

  logic [exec_pkg::Pools-1:0] valid_q;
  logic                       data_valid_q, lost;
  exec_pkg::pool_t            data;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q      <= '0;
      data_valid_q <= 1'b0;
    end else begin
      if (write_i) valid_q[write_pool_i] <= write_data_i.valid;
      if (read_i) data_valid_q <= valid_q[read_pool_i];
    end
  end

  ecc_ram #(.Memory(ecc_pkg::Pools), .Width(exec_pkg::PoolWidth), .Depth(exec_pkg::Pools), .Late(1'b1)) u_table (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_o),
    .write_i, .write_at_i(write_pool_i), .write_data_i,
    .read_i, .read_at_i(read_pool_i), .look_i(data_valid_q), .data_o(data), .wait_o(read_wait_o), .error_o(lost)
  );

  always_comb begin
    read_data_o = data;
    read_data_o.valid = data_valid_q;
  end
  assign read_error_o = data_valid_q && lost;

endmodule
