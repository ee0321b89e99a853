// SPDX-License-Identifier: Apache-2.0
//
// Reads through dram_axi, for ever: each port's lines are asked for from memory once, in the
// order of its requests, none else, under its number, in bursts that AXI4 allows and that stay
// until they are taken (IHI 0022, A3.2, A3.4); what comes back is taken at once, and goes to the
// port of its number as it came, with its error. As the lines of one number come in order, each
// port gets those that it asked for, as many, in order.
//
// One port, whichever, and one line of it are followed; lines are counted modulo 4096. The memory
// may do what AXI4 allows (A5.3), those of other ports anything. (Writes: dram_axi_proof.)

`include "check.svh"

module dram_axi_reads_proof #(
  parameter int unsigned LineBits = dram_pkg::LineBits
) (
  input logic                clk_i,
  input logic                read_valid_i,
  input logic [1:0]          read_port_i,
  input logic [LineBits-1:0] read_line_i,
  input logic [6:0]          read_lines_i,
  input logic                arready_i,
  input logic                rvalid_i,
  input logic [3:0]          rid_i,
  input logic [511:0]        rdata_i,
  input logic [1:0]          rresp_i,
  input logic                rlast_i
);

  (* anyconst *) logic [1:0]  port;
  (* anyconst *) logic [11:0] which;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                read_ready, got_valid, got_error, ar_valid, r_ready, fits;
  logic [1:0]          got_port, ar_burst;
  logic [511:0]        got_data;
  logic [3:0]          ar_id;
  logic [LineBits+5:0] ar_addr;
  logic [7:0]          ar_len;
  logic [2:0]          ar_size;
  assign fits = 8'(read_line_i[5:0]) + 8'(read_lines_i) <= 8'd64;
  logic                write_ready, wdata_ready, written, write_error, aw_valid, w_valid, w_last, b_ready;
  logic [3:0]          aw_id;
  logic [LineBits+5:0] aw_addr;
  logic [7:0]          aw_len;
  logic [2:0]          aw_size;
  logic [1:0]          aw_burst;
  logic [511:0]        w_data;
  logic [63:0]         w_strb;

  dram_axi #(.Ports(4), .WriteDepth(2), .IdBits(4)) dut (
    .clk_i, .rst_ni,
    .read_valid_i, .read_ready_o(read_ready), .read_port_i, .read_line_i, .read_lines_i, .read_fits_i(fits),
    .write_valid_i(1'b0), .write_ready_o(write_ready), .write_line_i('0), .write_lines_i(7'd1), .write_fits_i(1'b1),
    .wdata_valid_i(1'b0), .wdata_ready_o(wdata_ready), .wdata_i('0),
    .got_valid_o(got_valid), .got_port_o(got_port), .got_error_o(got_error), .got_data_o(got_data),
    .written_o(written), .write_error_o(write_error),
    .axi_arvalid_o(ar_valid), .axi_arready_i(arready_i), .axi_arid_o(ar_id), .axi_araddr_o(ar_addr),
    .axi_arlen_o(ar_len), .axi_arsize_o(ar_size), .axi_arburst_o(ar_burst),
    .axi_rvalid_i(rvalid_i), .axi_rready_o(r_ready), .axi_rid_i(rid_i), .axi_rdata_i(rdata_i), .axi_rresp_i(rresp_i), .axi_rlast_i(rlast_i),
    .axi_awvalid_o(aw_valid), .axi_awready_i(1'b1), .axi_awid_o(aw_id), .axi_awaddr_o(aw_addr),
    .axi_awlen_o(aw_len), .axi_awsize_o(aw_size), .axi_awburst_o(aw_burst),
    .axi_wvalid_o(w_valid), .axi_wready_i(1'b1), .axi_wdata_o(w_data), .axi_wstrb_o(w_strb), .axi_wlast_o(w_last),
    .axi_bvalid_i(1'b0), .axi_bready_o(b_ready), .axi_bid_i(4'd0), .axi_bresp_i(2'd0)
  );

  // ---- Lines of the port: asked for by it, from memory, come back.

  logic [11:0] asked_q = '0, ars_q = '0, gots_q = '0, owed, lines;
  logic        mine, takes, takes_ar, gets;
  assign mine     = read_valid_i && read_port_i == port;
  assign takes    = mine && read_ready;
  assign takes_ar = ar_valid && arready_i && ar_id == 4'(port);
  assign gets     = got_valid && got_port == port;
  assign lines    = 12'(ar_len) + 12'd1;
  assign owed     = ars_q - gots_q;

  // The line that is watched: of the request that is offered, or of one before it.
  logic                in_offer, known_q = 1'b0, known;
  logic [LineBits-1:0] line_q, line, ar_line;
  assign in_offer = mine && which - asked_q < 12'(read_lines_i);
  assign known    = in_offer || known_q;
  assign line     = in_offer ? read_line_i + LineBits'(which - asked_q) : line_q;
  assign ar_line  = ar_addr[LineBits+5:6];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {asked_q, ars_q, gots_q} <= '0;
      known_q                  <= 1'b0;
    end else begin
      if (takes) asked_q <= asked_q + 12'(read_lines_i);
      if (takes_ar) ars_q <= ars_q + lines;
      if (gets) gots_q <= gots_q + 12'd1;
      if (takes && in_offer) {known_q, line_q} <= {1'b1, line};
      // (It may be one of the next 4096 lines later.)
      else if (takes && which - asked_q >= 12'd2048) known_q <= 1'b0;
    end
  end

  // ---- What the surroundings owe.

  logic                waits_q = 1'b0;
  logic [LineBits+8:0] offer_q;
  logic [LineBits:0]   read_end;
  assign read_end = {1'b0, read_line_i} + (LineBits + 1)'(read_lines_i);
  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && read_valid_i && !read_ready;
    offer_q <= {read_port_i, read_line_i, read_lines_i};
  end
  `PAMC_ASSUME(m_read_holds, !waits_q || (read_valid_i && offer_q == {read_port_i, read_line_i, read_lines_i}))
  `PAMC_ASSUME(m_read, read_lines_i != '0 && read_lines_i <= 7'd64 && read_end <= {1'b1, {LineBits{1'b0}}})
  // Who asks has room.
  `PAMC_ASSUME(m_room, !mine || asked_q - gots_q <= 12'd1024)
  `PAMC_ASSUME(m_id, rid_i < 4'd4)
  `PAMC_ASSUME(m_owed, !rvalid_i || rid_i != 4'(port) || owed != '0)

  // ---- AR.

  logic                 ar_waits_q = 1'b0;
  logic [LineBits+17:0] ar_q;
  logic [8:0]           ar_end;
  assign ar_end = 9'(ar_line[5:0]) + 9'(ar_len);
  always_ff @(posedge clk_i) begin
    ar_waits_q <= rst_ni && ar_valid && !arready_i;
    ar_q       <= {ar_id, ar_addr, ar_len};
  end
  `PAMC_ASSERT(a_ar_holds, !ar_waits_q || (ar_valid && ar_q == {ar_id, ar_addr, ar_len}))
  `PAMC_ASSERT(a_ar, !ar_valid || (ar_end < 9'd64 && ar_addr[5:0] == '0 && ar_size == 3'd6 && ar_burst == 2'd1 && ar_id < 4'd4))
  // No line but those that are asked for, each in its place.
  `PAMC_ASSERT(a_asked_for, !takes_ar || lines <= asked_q + (mine ? 12'(read_lines_i) : '0) - ars_q)
  `PAMC_ASSERT(a_line, !takes_ar || which - ars_q >= lines || (known && ar_line + LineBits'(which - ars_q) == line))
  `PAMC_ASSERT(a_all, mine || (ar_valid && ar_id == 4'(port)) || ars_q == asked_q)

  // ---- R.

  `PAMC_ASSERT(a_r_ready, r_ready)
  `PAMC_ASSERT(a_got, got_valid == rvalid_i && (!got_valid || (4'(got_port) == rid_i && got_data == rdata_i)))
  // SLVERR and DECERR.
  `PAMC_ASSERT(a_error, !got_valid || got_error == (rresp_i == 2'd2 || rresp_i == 2'd3))
  `PAMC_ASSERT(a_not_more, !gets || (gots_q != ars_q && owed <= 12'd1152))

  // ---- For induction.

  (* hierconn *) wire                \dut.u_reads.valid_q ;
  (* hierconn *) wire                \dut.u_reads.second_q ;
  (* hierconn *) wire [1:0]          \dut.u_reads.tag_q ;
  (* hierconn *) wire [LineBits-1:0] \dut.u_reads.line_q ;
  (* hierconn *) wire [6:0]          \dut.u_reads.lines_q ;
  logic                waiting, second;
  logic [1:0]          tag;
  logic [LineBits-1:0] burst_line;
  logic [6:0]          burst_lines;
  logic [11:0]         waiting_lines, begun_lines;
  assign waiting     = \dut.u_reads.valid_q ;
  assign second      = \dut.u_reads.second_q ;
  assign tag         = \dut.u_reads.tag_q ;
  assign burst_line  = \dut.u_reads.line_q ;
  assign burst_lines = \dut.u_reads.lines_q ;
  // A burst that waits, the first burst of a request that was not taken yet.
  assign waiting_lines = waiting && tag == port ? 12'(burst_lines) : '0;
  assign begun_lines   = second && mine ? 12'd64 - 12'(read_line_i[5:0]) : '0;
  `PAMC_ASSERT(i_second, !second || (read_valid_i && !fits && waits_q))
  `PAMC_ASSERT(i_burst, !waiting || (burst_lines != '0 && 8'(burst_line[5:0]) + 8'(burst_lines) <= 8'd64))
  `PAMC_ASSERT(i_lines, asked_q + begun_lines == ars_q + waiting_lines)
  `PAMC_ASSERT(i_owed, asked_q - gots_q + begun_lines <= 12'd1088 && ars_q - gots_q <= 12'd1088)
  `PAMC_ASSERT(i_line, which - ars_q >= waiting_lines || (known && burst_line + LineBits'(which - ars_q) == line))

  // A request that is two bursts and one of another port's before; data with an error.
  logic other_q = 1'b0, two_q = 1'b0;
  always_ff @(posedge clk_i) begin
    other_q <= rst_ni && (other_q || (ar_valid && arready_i && ar_id != 4'(port)));
    two_q   <= rst_ni && (two_q || (takes_ar && other_q && second && waiting));
  end
  `PAMC_COVER(c_two, two_q && takes_ar && ars_q == 12'd2 && lines == 12'd2)
  `PAMC_COVER(c_got, two_q && gets && got_error && asked_q == gots_q + 12'd1)

  logic unused;
  assign unused = &{1'b0, write_ready, wdata_ready, written, write_error, aw_valid, w_valid, w_last, b_ready, aw_id, aw_addr, aw_len, aw_size, aw_burst, w_data, w_strb};

endmodule
