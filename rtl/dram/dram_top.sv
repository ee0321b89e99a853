// SPDX-License-Identifier: Apache-2.0
//
// Card DRAM for everything that has memory there: ports of dram_pkg on one side, one AXI4
// master on the other, and counters of what passes.

`include "check.svh"

module dram_top #(
  parameter int unsigned Ports      = 4,
  parameter int unsigned ReadDepth  = 8,
  parameter int unsigned WriteDepth = 32,
  parameter int unsigned IdBits     = 4
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Ports whose requests go before others'.
  input  logic [Ports-1:0]                 urgent_i,
  // Of port n: a req_t, a wdata_t.
  input  logic [Ports-1:0]                 req_valid_i,
  output logic [Ports-1:0]                 req_ready_o,
  input  logic [Ports-1:0][dram_pkg::ReqBits-1:0] req_i,
  input  logic [Ports-1:0]                 wdata_valid_i,
  output logic [Ports-1:0]                 wdata_ready_o,
  input  logic [Ports-1:0][dram_pkg::WdataBits-1:0] wdata_i,
  // The data are the same to all; valid says whose they are.
  output logic [Ports-1:0]                 rdata_valid_o,
  output dram_pkg::rdata_t                 rdata_o,

  output dram_pkg::stats_t                 stats_o,

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

  localparam int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1;

  logic                             read_valid, read_ready, write_valid, write_ready;
  logic [PortBits-1:0]              read_port, got_port;
  logic [dram_pkg::LineBits-1:0]    read_line, write_line;
  logic [6:0]                       read_lines, write_lines;
  logic                             read_fits, write_fits;
  logic                             wdata_valid, wdata_ready, got_valid, got_error;
  dram_pkg::wdata_t                 wdata;
  logic [8*dram_pkg::LineBytes-1:0] got_data;
  logic                             written, write_error, conflict, ended, begun;
  logic [15:0]                      latency;

  dram_mux #(.Ports(Ports), .ReadDepth(ReadDepth), .WriteDepth(WriteDepth)) u_mux (
    .clk_i, .rst_ni, .urgent_i, .req_valid_i, .req_ready_o, .req_i,
    .wdata_valid_i, .wdata_ready_o, .wdata_i, .rdata_valid_o, .rdata_o,
    .read_valid_o(read_valid), .read_ready_i(read_ready), .read_port_o(read_port),
    .read_line_o(read_line), .read_lines_o(read_lines), .read_fits_o(read_fits),
    .write_valid_o(write_valid), .write_ready_i(write_ready), .write_line_o(write_line),
    .write_lines_o(write_lines), .write_fits_o(write_fits),
    .wdata_valid_o(wdata_valid), .wdata_ready_i(wdata_ready), .wdata_o(wdata),
    .got_valid_i(got_valid), .got_port_i(got_port), .got_error_i(got_error), .got_data_i(got_data),
    .written_i(written), .conflict_o(conflict), .ended_o(ended), .latency_o(latency),
    .begun_o(begun)
  );

  dram_axi #(.Ports(Ports), .WriteDepth(WriteDepth), .IdBits(IdBits)) u_axi (
    .clk_i, .rst_ni,
    .read_valid_i(read_valid), .read_ready_o(read_ready), .read_port_i(read_port),
    .read_line_i(read_line), .read_lines_i(read_lines), .read_fits_i(read_fits),
    .write_valid_i(write_valid), .write_ready_o(write_ready), .write_line_i(write_line),
    .write_lines_i(write_lines), .write_fits_i(write_fits),
    .wdata_valid_i(wdata_valid), .wdata_ready_o(wdata_ready), .wdata_i(wdata),
    .got_valid_o(got_valid), .got_port_o(got_port), .got_error_o(got_error), .got_data_o(got_data),
    .written_o(written), .write_error_o(write_error),
    .axi_arvalid_o, .axi_arready_i, .axi_arid_o, .axi_araddr_o, .axi_arlen_o, .axi_arsize_o,
    .axi_arburst_o, .axi_rvalid_i, .axi_rready_o, .axi_rid_i, .axi_rdata_i, .axi_rresp_i,
    .axi_rlast_i, .axi_awvalid_o, .axi_awready_i, .axi_awid_o, .axi_awaddr_o, .axi_awlen_o,
    .axi_awsize_o, .axi_awburst_o, .axi_wvalid_o, .axi_wready_i, .axi_wdata_o, .axi_wstrb_o,
    .axi_wlast_o, .axi_bvalid_i, .axi_bready_o, .axi_bid_i, .axi_bresp_i
  );

  // ---- counters, a cycle late ----
  dram_pkg::stats_t stats_q;
  logic             ar_q, aw_q, w_q;
  logic [31:0]      reads_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q <= '0;
      reads_q <= '0;
      {ar_q, aw_q, w_q} <= '0;
    end else begin
      ar_q    <= axi_arvalid_o && axi_arready_i;
      aw_q    <= axi_awvalid_o && axi_awready_i;
      w_q     <= axi_wvalid_o && axi_wready_i;
      reads_q <= reads_q + 32'(begun) - 32'(ended);
      stats_q.read_bursts  <= stats_q.read_bursts + 32'(ar_q);
      stats_q.write_bursts <= stats_q.write_bursts + 32'(aw_q);
      stats_q.read_lines   <= stats_q.read_lines + 32'(got_valid);
      stats_q.write_lines  <= stats_q.write_lines + 32'(w_q);
      stats_q.conflicts    <= stats_q.conflicts + 32'(conflict);
      if (ended) begin
        stats_q.latency_sum <= stats_q.latency_sum + 32'(latency);
        if (32'(latency) > stats_q.latency_max) stats_q.latency_max <= 32'(latency);
      end
      if (reads_q > stats_q.outstanding_max) stats_q.outstanding_max <= reads_q;
      if (write_error && stats_q.write_errors != '1)
        stats_q.write_errors <= stats_q.write_errors + 32'd1;
      if (got_valid && got_error && stats_q.read_errors != '1)
        stats_q.read_errors <= stats_q.read_errors + 32'd1;
    end
  end
  assign stats_o = stats_q;

endmodule
