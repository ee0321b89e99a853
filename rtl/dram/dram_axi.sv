// SPDX-License-Identifier: Apache-2.0
//
// Reads and writes to an AXI4 slave of 512 bits. Reads have their port's number as their
// ID, so each port's come in order and no port waits for another one's; writes all have the
// same one, so they are done in order.

`include "check.svh"

module dram_axi #(
  parameter int unsigned Ports      = 4,
  parameter int unsigned WriteDepth = 32,
  parameter int unsigned IdBits     = 4,
  // Derived, not to be set.
  parameter int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic                             read_valid_i,
  output logic                             read_ready_o,
  input  logic [PortBits-1:0]              read_port_i,
  input  logic [dram_pkg::LineBits-1:0]    read_line_i,
  input  logic [6:0]                       read_lines_i,
  input  logic                             read_fits_i,
  input  logic                             write_valid_i,
  output logic                             write_ready_o,
  input  logic [dram_pkg::LineBits-1:0]    write_line_i,
  input  logic [6:0]                       write_lines_i,
  input  logic                             write_fits_i,
  input  logic                             wdata_valid_i,
  output logic                             wdata_ready_o,
  input  dram_pkg::wdata_t                 wdata_i,
  output logic                             got_valid_o,
  output logic [PortBits-1:0]              got_port_o,
  output logic                             got_error_o,
  output logic [8*dram_pkg::LineBytes-1:0] got_data_o,
  output logic                             written_o,
  output logic                             write_error_o,

  output logic                             axi_arvalid_o,
  input  logic                             axi_arready_i,
  output logic [IdBits-1:0]                axi_arid_o,
  output logic [dram_pkg::LineBits+5:0]    axi_araddr_o,
  output logic [7:0]                       axi_arlen_o,
  output logic [2:0]                       axi_arsize_o,
  output logic [1:0]                       axi_arburst_o,
  input  logic                             axi_rvalid_i,
  output logic                             axi_rready_o,
  input  logic [IdBits-1:0]                axi_rid_i,
  input  logic [8*dram_pkg::LineBytes-1:0] axi_rdata_i,
  input  logic [1:0]                       axi_rresp_i,
  input  logic                             axi_rlast_i,
  output logic                             axi_awvalid_o,
  input  logic                             axi_awready_i,
  output logic [IdBits-1:0]                axi_awid_o,
  output logic [dram_pkg::LineBits+5:0]    axi_awaddr_o,
  output logic [7:0]                       axi_awlen_o,
  output logic [2:0]                       axi_awsize_o,
  output logic [1:0]                       axi_awburst_o,
  output logic                             axi_wvalid_o,
  input  logic                             axi_wready_i,
  output logic [8*dram_pkg::LineBytes-1:0] axi_wdata_o,
  output logic [dram_pkg::LineBytes-1:0]   axi_wstrb_o,
  output logic                             axi_wlast_o,
  input  logic                             axi_bvalid_i,
  output logic                             axi_bready_o,
  input  logic [IdBits-1:0]                axi_bid_i,
  input  logic [1:0]                       axi_bresp_i
);

  `PAMC_PARAM(g_ids, IdBits >= PortBits)

  // ---- reads ----
  logic [PortBits-1:0]           ar_port;
  logic [dram_pkg::LineBits-1:0] ar_line;
  logic [6:0]                    ar_lines;
  logic                          ar_last;
  dram_split #(.TagBits(PortBits), .Through(1'b1)) u_reads (
    .clk_i, .rst_ni,
    .in_valid_i(read_valid_i), .in_ready_o(read_ready_o), .in_tag_i(read_port_i),
    .in_line_i(read_line_i), .in_lines_i(read_lines_i), .in_fits_i(read_fits_i),
    .out_valid_o(axi_arvalid_o), .out_ready_i(axi_arready_i), .out_tag_o(ar_port),
    .out_line_o(ar_line), .out_lines_o(ar_lines), .out_last_o(ar_last)
  );
  assign axi_arid_o    = IdBits'(ar_port);
  assign axi_araddr_o  = {ar_line, 6'd0};
  assign axi_arlen_o   = {1'b0, ar_lines - 7'd1};
  assign axi_arsize_o  = 3'd6;
  assign axi_arburst_o = 2'd1;

  // Who asks has room. What comes is a register's in whoever gets it.
  assign axi_rready_o = 1'b1;
  assign got_valid_o  = axi_rvalid_i;
  assign got_port_o   = axi_rid_i[PortBits-1:0];
  assign got_error_o  = axi_rresp_i[1];
  assign got_data_o   = axi_rdata_i;

  // ---- writes ----
  logic                          burst_valid, burst_ready, aw_valid_q, aw_last;
  logic [dram_pkg::LineBits-1:0] burst_line, aw_line_q;
  logic [6:0]                    burst_lines, aw_lines_q;
  logic                          aw_tag;
  dram_split #(.TagBits(1)) u_writes (
    .clk_i, .rst_ni,
    .in_valid_i(write_valid_i), .in_ready_o(write_ready_o), .in_tag_i(1'b0),
    .in_line_i(write_line_i), .in_lines_i(write_lines_i), .in_fits_i(write_fits_i),
    .out_valid_o(burst_valid), .out_ready_i(burst_ready), .out_tag_o(aw_tag),
    .out_line_o(burst_line), .out_lines_o(burst_lines), .out_last_o(aw_last)
  );

  // A burst is announced, its data follow, and it is waited for.
  logic       data_room, wait_room, data_valid, data_done, wait_valid, wait_last;
  logic [6:0] data_lines, line_q;
  logic [4:0] data_level;
  logic [$clog2(2*WriteDepth+1)-1:0] wait_level;
  assign burst_ready = (!aw_valid_q || axi_awready_i) && data_room && wait_room;

  lib_fifo #(.Width(7), .Depth(16)) u_data (
    .clk_i, .rst_ni,
    .in_valid_i(burst_valid && burst_ready), .in_ready_o(data_room), .in_data_i(burst_lines),
    .out_valid_o(data_valid), .out_ready_i(data_done), .out_data_o(data_lines),
    .level_o(data_level)
  );
  lib_fifo #(.Width(1), .Depth(2 * WriteDepth)) u_wait (
    .clk_i, .rst_ni,
    .in_valid_i(burst_valid && burst_ready), .in_ready_o(wait_room), .in_data_i(aw_last),
    .out_valid_o(wait_valid), .out_ready_i(axi_bvalid_i), .out_data_o(wait_last),
    .level_o(wait_level)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_valid_q <= 1'b0;
    end else if (!aw_valid_q || axi_awready_i) begin
      aw_valid_q <= burst_valid && burst_ready;
    end
  end
  always_ff @(posedge clk_i) begin
    if (burst_ready) begin
      aw_line_q  <= burst_line;
      aw_lines_q <= burst_lines;
    end
  end
  assign axi_awvalid_o = aw_valid_q;
  assign axi_awid_o    = '0;
  assign axi_awaddr_o  = {aw_line_q, 6'd0};
  assign axi_awlen_o   = {1'b0, aw_lines_q - 7'd1};
  assign axi_awsize_o  = 3'd6;
  assign axi_awburst_o = 2'd1;

  assign axi_wvalid_o  = wdata_valid_i && data_valid;
  assign axi_wdata_o   = wdata_i.data;
  assign axi_wstrb_o   = wdata_i.strb;
  assign axi_wlast_o   = line_q == data_lines - 7'd1;
  assign wdata_ready_o = axi_wready_i && data_valid;
  assign data_done     = axi_wvalid_o && axi_wready_i && axi_wlast_o;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                           line_q <= '0;
    else if (axi_wvalid_o && axi_wready_i) line_q <= axi_wlast_o ? '0 : line_q + 7'd1;
  end

  assign axi_bready_o = 1'b1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      written_o     <= 1'b0;
      write_error_o <= 1'b0;
    end else begin
      written_o     <= axi_bvalid_i && wait_last;
      write_error_o <= axi_bvalid_i && axi_bresp_i[1];
    end
  end

  logic unused;
  assign unused = &{1'b0, ar_last, aw_tag, data_level, wait_level, axi_rid_i, axi_rresp_i[0],
                    axi_rlast_i, axi_bid_i, axi_bresp_i[0]};

  `PAMC_ASSUME(m_answer_was_waited_for, !axi_bvalid_i || wait_valid)

endmodule
