// SPDX-License-Identifier: Apache-2.0
//
// The core's window to the mailbox. The mailbox wants an access to be held until it is over;
// the core may restart before. So the access is kept here, and its answer then is nobody's.

`include "check.svh"

module mcu_mail (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        valid_i,
  input  logic        write_i,
  input  logic [12:2] addr_i,
  input  logic [31:0] data_i,
  output logic        ready_o,
  output logic [31:0] data_o,

  // mailbox.sv
  output logic        access_o,
  output logic        write_o,
  output logic [12:2] addr_o,
  output logic [31:0] data_mail_o,
  input  logic        ack_i,
  input  logic [31:0] data_mail_i
);

  logic busy_q, own_q, done_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {busy_q, own_q, done_q} <= '0;
    end else begin
      done_q <= 1'b0;
      if (!busy_q) begin
        {busy_q, own_q} <= {2{valid_i && !done_q}};
      end else begin
        if (!valid_i) own_q <= 1'b0;
        if (ack_i) {busy_q, done_q} <= {1'b0, own_q && valid_i};
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (!busy_q) {write_o, addr_o, data_mail_o} <= {write_i, addr_i, data_i};
    if (ack_i) data_o <= data_mail_i;
  end
  assign access_o = busy_q;
  assign ready_o  = done_q && valid_i;

  `PAMC_ASSERT(m_access_holds, !$past(access_o && !ack_i && rst_ni) || access_o)

endmodule
