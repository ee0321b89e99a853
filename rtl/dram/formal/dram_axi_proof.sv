// SPDX-License-Identifier: Apache-2.0
//
// dram_axi is a master as AXI4 wants it (AMBA AXI and ACE, IHI 0022, A3.2 and A3.4): what it
// offers on AR, AW and W stays until it is taken; no burst crosses 4 KiB; each W burst has as
// many beats as its AW says, and WLAST with the last one. A write is told of as finished once, after the answers to all of its
// bursts. (That the bursts of a request are its lines: dram_split_proof.)
//
// Requests and the memory may do what their rules allow: offers hold, a burst is answered after
// its last beat was taken.

`include "check.svh"

module dram_axi_proof #(
  parameter int unsigned LineBits = dram_pkg::LineBits
) (
  input logic                clk_i,
  input logic                read_valid_i,
  input logic [LineBits-1:0] read_line_i,
  input logic [6:0]          read_lines_i,
  input logic                write_valid_i,
  input logic [LineBits-1:0] write_line_i,
  input logic [6:0]          write_lines_i,
  input logic                wdata_valid_i,
  input logic [575:0]        wdata_i,
  input logic                arready_i,
  input logic                awready_i,
  input logic                wready_i,
  input logic                bvalid_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                read_ready, write_ready, wdata_ready, got_valid, got_error, written, write_error;
  logic [0:0]          got_port;
  logic [511:0]        got_data, w_data;
  logic                ar_valid, r_ready, aw_valid, w_valid, w_last, b_ready;
  logic [0:0]          ar_id, aw_id;
  logic [LineBits+5:0] ar_addr, aw_addr;
  logic [7:0]          ar_len, aw_len;
  logic [2:0]          ar_size, aw_size;
  logic [1:0]          ar_burst, aw_burst;
  logic [63:0]         w_strb;
  dram_axi #(.Ports(2), .WriteDepth(2), .IdBits(1)) dut (
    .clk_i, .rst_ni,
    .read_valid_i, .read_ready_o(read_ready), .read_port_i(1'b0), .read_line_i, .read_lines_i,
    .read_fits_i(8'(read_line_i[5:0]) + 8'(read_lines_i) <= 8'd64), .write_fits_i(8'(write_line_i[5:0]) + 8'(write_lines_i) <= 8'd64),
    .write_valid_i, .write_ready_o(write_ready), .write_line_i, .write_lines_i,
    .wdata_valid_i, .wdata_ready_o(wdata_ready), .wdata_i,
    .got_valid_o(got_valid), .got_port_o(got_port), .got_error_o(got_error), .got_data_o(got_data),
    .written_o(written), .write_error_o(write_error),
    .axi_arvalid_o(ar_valid), .axi_arready_i(arready_i), .axi_arid_o(ar_id), .axi_araddr_o(ar_addr),
    .axi_arlen_o(ar_len), .axi_arsize_o(ar_size), .axi_arburst_o(ar_burst),
    .axi_rvalid_i(1'b0), .axi_rready_o(r_ready), .axi_rid_i(1'b0), .axi_rdata_i('0), .axi_rresp_i(2'd0), .axi_rlast_i(1'b0),
    .axi_awvalid_o(aw_valid), .axi_awready_i(awready_i), .axi_awid_o(aw_id), .axi_awaddr_o(aw_addr),
    .axi_awlen_o(aw_len), .axi_awsize_o(aw_size), .axi_awburst_o(aw_burst),
    .axi_wvalid_o(w_valid), .axi_wready_i(wready_i), .axi_wdata_o(w_data), .axi_wstrb_o(w_strb), .axi_wlast_o(w_last),
    .axi_bvalid_i(bvalid_i), .axi_bready_o(b_ready), .axi_bid_i(1'b0), .axi_bresp_i(2'd0)
  );

  // ---- What the surroundings owe. ----
  logic                waits_read_q = 1'b0, waits_write_q = 1'b0, waits_data_q = 1'b0;
  logic [LineBits+6:0] read_q, write_q;
  logic [575:0]        data_q;
  always_ff @(posedge clk_i) begin
    waits_read_q  <= rst_ni && read_valid_i && !read_ready;
    waits_write_q <= rst_ni && write_valid_i && !write_ready;
    waits_data_q  <= rst_ni && wdata_valid_i && !wdata_ready;
    read_q        <= {read_line_i, read_lines_i};
    write_q       <= {write_line_i, write_lines_i};
    data_q        <= wdata_i;
  end
  `PAMC_ASSUME(m_read_holds, !waits_read_q || (read_valid_i && read_q == {read_line_i, read_lines_i}))
  `PAMC_ASSUME(m_write_holds, !waits_write_q || (write_valid_i && write_q == {write_line_i, write_lines_i}))
  `PAMC_ASSUME(m_data_holds, !waits_data_q || (wdata_valid_i && data_q == wdata_i))
  logic [LineBits:0] read_end, write_end;
  assign read_end  = {1'b0, read_line_i} + (LineBits+1)'(read_lines_i);
  assign write_end = {1'b0, write_line_i} + (LineBits+1)'(write_lines_i);
  `PAMC_ASSUME(m_read, read_lines_i != '0 && read_lines_i <= 7'd64 && read_end <= {1'b1, {LineBits{1'b0}}})
  `PAMC_ASSUME(m_write, write_lines_i != '0 && write_lines_i <= 7'd64 && write_end <= {1'b1, {LineBits{1'b0}}})

  // ---- Offers hold. ----
  logic                ar_waits_q = 1'b0, aw_waits_q = 1'b0, w_waits_q = 1'b0;
  logic [LineBits+13:0] ar_q, aw_q;
  logic [576:0]        w_q;
  always_ff @(posedge clk_i) begin
    ar_waits_q <= rst_ni && ar_valid && !arready_i;
    aw_waits_q <= rst_ni && aw_valid && !awready_i;
    w_waits_q  <= rst_ni && w_valid && !wready_i;
    ar_q       <= {ar_addr, ar_len};
    aw_q       <= {aw_addr, aw_len};
    w_q        <= {w_data, w_strb, w_last};
  end
  `PAMC_ASSERT(a_ar_holds, !ar_waits_q || (ar_valid && ar_q == {ar_addr, ar_len}))
  `PAMC_ASSERT(a_aw_holds, !aw_waits_q || (aw_valid && aw_q == {aw_addr, aw_len}))
  `PAMC_ASSERT(a_w_holds, !w_waits_q || (w_valid && w_q == {w_data, w_strb, w_last}))

  // ---- Bursts: whole lines, in 4 KiB. ----
  logic [8:0] ar_end, aw_end;
  assign ar_end = {3'd0, ar_addr[11:6]} + {1'b0, ar_len};
  assign aw_end = {3'd0, aw_addr[11:6]} + {1'b0, aw_len};
  `PAMC_ASSERT(a_ar_in_4k, !ar_valid || (ar_end < 9'd64 && ar_addr[5:0] == '0 && ar_size == 3'd6 && ar_burst == 2'd1))
  `PAMC_ASSERT(a_aw_in_4k, !aw_valid || (aw_end < 9'd64 && aw_addr[5:0] == '0 && aw_size == 3'd6 && aw_burst == 2'd1))

  // ---- W bursts: one, any, watched by its number. ----
  (* anyconst *) logic [2:0] which;
  logic                takes_write, takes_aw;
  logic [2:0]          writes_q = '0;
  assign takes_write = rst_ni && write_valid_i && write_ready;
  assign takes_aw    = aw_valid && awready_i;
  always_ff @(posedge clk_i) if (takes_write) writes_q <= writes_q + 3'd1;
  logic [2:0] aws_q = '0, ws_q = '0, bs_q = '0, done_q = '0;
  logic [7:0] w_beat_q = '0, len_q;
  logic       len_known_q = 1'b0, w_known_q = 1'b0;
  logic [7:0] w_len_q;
  logic       takes_w;
  assign takes_w = w_valid && wready_i;
  always_ff @(posedge clk_i) begin
    if (takes_aw) aws_q <= aws_q + 3'd1;
    if (takes_w) w_beat_q <= w_last ? '0 : w_beat_q + 8'd1;
    if (takes_w && w_last) ws_q <= ws_q + 3'd1;
    if (takes_aw && aws_q == which && !len_known_q) {len_known_q, len_q} <= {1'b1, aw_len};
    if (takes_w && w_last && ws_q == which && !w_known_q) {w_known_q, w_len_q} <= {1'b1, w_beat_q};
    if (rst_ni && bvalid_i) bs_q <= bs_q + 3'd1;
    if (rst_ni && written) done_q <= done_q + 3'd1;
  end
  `PAMC_ASSERT(a_w_beats, !(len_known_q && w_known_q) || len_q == w_len_q)
  // No more than was announced, or will be in this cycle.
  logic [2:0] ahead_w;
  assign ahead_w = ws_q - aws_q;
  `PAMC_ASSERT(a_w_announced, !w_valid || ahead_w != 3'd1)

  // An answer for each burst whose address and last beat were taken.
  logic may_b;
  assign may_b = bs_q != aws_q && bs_q != ws_q;
  `PAMC_ASSUME(m_b, !bvalid_i || may_b)
  // Finished: not before it was taken, and all that were, when all is answered.
  logic [2:0] unfinished;
  assign unfinished = writes_q - done_q;
  `PAMC_ASSERT(a_finished_once, !written || unfinished != '0)
  logic all_answered_q = 1'b0;
  // (A burst that dram_split has yet.)
  (* hierconn *) wire \dut.burst_valid ;
  always_ff @(posedge clk_i) begin
    all_answered_q <= rst_ni && !aw_valid && !write_valid_i && bs_q == aws_q && !\dut.burst_valid && !bvalid_i;
  end
  `PAMC_ASSERT(a_finished, !(all_answered_q && !written) || unfinished == '0 || takes_write || write_valid_i || aw_valid)

  `PAMC_COVER(c_two_bursts, takes_aw && aw_addr[11:6] == '0 && aw_len == 8'd0 && aws_q == 3'd1)
  `PAMC_COVER(c_written, written && done_q == 3'd1)

  logic unused;
  assign unused = &{1'b0, got_valid, got_error, got_port, got_data, write_error, r_ready, b_ready, ar_id, aw_id};

endmodule
