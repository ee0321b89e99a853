// SPDX-License-Identifier: Apache-2.0
//
// MSI-X: the table and the pending bits that the host sees in BAR0, and interrupts as
// writes of one dword. They take their turn among all writes of the card, so one comes
// after what was accepted before it was asked for.
//
// Addresses and data of the table are memory; they mean nothing after a reset, when all
// vectors are masked.

`include "check.svh"

module pcie_msix (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Function-level reset: masks all, forgets what is pending.
  input  logic                   clear_i,
  // The function's MSI-X enable and mask.
  input  logic                   enable_i,
  input  logic                   function_mask_i,

  // BAR0 from MSIX_TABLE on; the answer comes in the next cycle.
  input  logic                   write_i,
  input  logic                   read_i,
  input  logic [12:2]            addr_i,
  input  logic [31:0]            wdata_i,
  input  logic [3:0]             wstrb_i,
  output logic [31:0]            rdata_o,

  input  logic                   irq_valid_i,
  output logic                   irq_ready_o,
  input  logic [5:0]             irq_i,

  output logic                   req_valid_o,
  input  logic                   req_ready_i,
  output dma_pkg::write_req_t    req_o,
  output logic                   data_valid_o,
  input  logic                   data_ready_i,
  output logic [511:0]           data_o,

  output logic                   idle_o
);

  localparam int unsigned Vectors = pamc_pkg::MAX_VECTORS;
  localparam logic [12:0] PbaPlace = 13'(pamc_pkg::MSIX_PBA - pamc_pkg::MSIX_TABLE);

  // Words 0 ... 2 of the entries: address, data. Word 3 is the mask bit.
  logic [31:0]        low_q [Vectors];
  logic [31:0]        high_q [Vectors];
  logic [31:0]        data_q [Vectors];
  logic [Vectors-1:0] mask_q, pending;

  logic       in_table, in_pba;
  logic [5:0] entry;
  assign in_table = addr_i[12:10] == '0;
  assign in_pba   = addr_i[12:3] == PbaPlace[12:3];
  assign entry    = addr_i[9:4];

  // One side reads for the host, also what it does not overwrite.
  logic [31:0] old_low, old_high, old_data, old, merged;
  assign old_low  = low_q[entry];
  assign old_high = high_q[entry];
  assign old_data = data_q[entry];
  always_comb begin
    case (addr_i[3:2])
      2'd0:    old = old_low;
      2'd1:    old = old_high;
      2'd2:    old = old_data;
      default: old = {31'd0, mask_q[entry]};
    endcase
    for (int n = 0; n < 4; n++) merged[8*n+:8] = wstrb_i[n] ? wdata_i[8*n+:8] : old[8*n+:8];
  end

  logic write;
  assign write = write_i && in_table;

  always_ff @(posedge clk_i) begin
    if (write && addr_i[3:2] == 2'd0) low_q[entry] <= {merged[31:2], 2'b00};
    if (write && addr_i[3:2] == 2'd1) high_q[entry] <= merged;
    if (write && addr_i[3:2] == 2'd2) data_q[entry] <= merged;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) mask_q <= '1;
    else if (clear_i) mask_q <= '1;
    else if (write && addr_i[3:2] == 2'd3) mask_q[entry] <= merged[0];
  end

  logic [31:0] rdata_q;
  always_ff @(posedge clk_i) begin
    if (read_i) rdata_q <= in_table ? old : in_pba ? (addr_i[2] ? pending[63:32] : pending[31:0]) : '0;
  end
  assign rdata_o = rdata_q;

  logic       fire_valid, fire_ready;
  logic [5:0] fire;
  pcie_msix_pending #(.Vectors(Vectors)) u_pending (
    .clk_i, .rst_ni, .clear_i, .irq_valid_i, .irq_i,
    .enable_i(enable_i && !function_mask_i), .mask_i(mask_q), .pending_o(pending),
    .fire_valid_o(fire_valid), .fire_ready_i(fire_ready), .fire_o(fire)
  );
  assign irq_ready_o = 1'b1;

  // The message: request, then data.
  logic        req_valid_q, data_valid_q;
  logic [63:2] address_q;
  logic [31:0] message_q;
  assign fire_ready = !req_valid_q && !data_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_valid_q  <= 1'b0;
      data_valid_q <= 1'b0;
    end else if (fire_ready) begin
      req_valid_q  <= fire_valid;
      data_valid_q <= fire_valid;
    end else begin
      if (req_ready_i) req_valid_q <= 1'b0;
      if (data_ready_i) data_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (fire_ready) begin
      address_q <= {high_q[fire], low_q[fire][31:2]};
      message_q <= data_q[fire];
    end
  end

  assign req_valid_o  = req_valid_q;
  assign req_o.dword  = address_q;
  assign req_o.dwords = 11'd1;
  assign req_o.tag    = '0;
  assign data_valid_o = data_valid_q;
  assign data_o       = {480'd0, message_q};
  assign idle_o       = !fire_valid && !req_valid_q && !data_valid_q;

  logic unused;
  assign unused = &{1'b0, PbaPlace};

endmodule
