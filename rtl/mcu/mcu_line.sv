// SPDX-License-Identifier: Apache-2.0
//
// The other end of mcu_dram's accesses: lines of card memory at a port (dram_pkg), one at a
// time. A write is answered when memory has accepted it: from then on everyone finds it. It
// waits for nothing but memory.

`include "check.svh"

module mcu_line (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // Held until ack_o, and gone in the cycle after it.
  input  logic                          access_i,
  input  logic                          write_i,
  input  logic [dram_pkg::LineBits-1:0] line_i,
  input  logic [511:0]                  data_i,
  output logic                          ack_o,
  // Of a read: memory could not correct it.
  output logic                          error_o,
  output logic [511:0]                  data_o,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output logic                          idle_o
);

  logic busy_q, ask_q, data_q, over, ack_q;
  assign over = busy_q && (write_i ? (!ask_q || req_ready_i) && (!data_q || wdata_ready_i) : rdata_valid_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {busy_q, ask_q, data_q, ack_q} <= '0;
    end else begin
      ack_q <= over;
      if (!busy_q) begin
        {busy_q, ask_q} <= {2{access_i && !ack_q}};
        data_q          <= access_i && !ack_q && write_i;
      end else begin
        if (req_ready_i)   ask_q  <= 1'b0;
        if (wdata_ready_i) data_q <= 1'b0;
        if (over)          busy_q <= 1'b0;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (rdata_valid_i) {error_o, data_o} <= {rdata_i.error, rdata_i.data};
  end

  assign ack_o         = ack_q;
  assign req_valid_o   = ask_q;
  assign req_o.write   = write_i;
  assign req_o.line    = line_i;
  assign req_o.lines   = 7'd1;
  assign wdata_valid_o = data_q;
  assign wdata_o.strb  = '1;
  assign wdata_o.data  = data_i;
  assign idle_o        = !busy_q && !access_i;

  logic unused;
  assign unused = rdata_i.last;

  `PAMC_ASSERT(a_access_holds, !busy_q || access_i)
  `PAMC_ASSERT(a_asked_for, !rdata_valid_i || (busy_q && !write_i))

endmodule
