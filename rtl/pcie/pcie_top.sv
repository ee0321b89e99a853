// SPDX-License-Identifier: Apache-2.0
//
// The card's PCI Express side, all of it: below are the hard block's four streams
// (AMD UltraScale+, 512 bits, dword-aligned, no straddling, client tags), above are the
// streams of dma_pkg, registers and interrupts.
//
// Clients are numbered alike for reads and writes. Interrupts are one more client of
// the writes, behind the last.

module pcie_top #(
  // Of host memory, at most 7.
  parameter int unsigned Clients = 4,
  // Read packets that may be out, and lines that may be on their way for them.
  parameter int unsigned Tags = 64,
  parameter int unsigned MaxLines = 512,
  // Cycles after which a read has failed, and after that until its tag is used again.
  parameter int unsigned Timeout = 2_500_000,
  parameter int unsigned Quarantine = 25_000_000
) (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                              inject_i,
  output logic [ecc_pkg::Memories-1:0][1:0]             ecc_o,

  // ---- The hard block.

  input  logic                                          cq_tvalid_i,
  output logic                                          cq_tready_o,
  input  logic [511:0]                                  cq_tdata_i,
  input  logic [15:0]                                   cq_tkeep_i,
  input  logic                                          cq_tlast_i,
  input  logic [pcie_pkg::CqUserBits-1:0]               cq_tuser_i,
  output logic [1:0]                                    cq_np_req_o,

  output logic                                          cc_tvalid_o,
  input  logic                                          cc_tready_i,
  output logic [511:0]                                  cc_tdata_o,
  output logic [15:0]                                   cc_tkeep_o,
  output logic                                          cc_tlast_o,
  output logic [pcie_pkg::CcUserBits-1:0]               cc_tuser_o,

  output logic                                          rq_tvalid_o,
  input  logic                                          rq_tready_i,
  output logic [511:0]                                  rq_tdata_o,
  output logic [15:0]                                   rq_tkeep_o,
  output logic                                          rq_tlast_o,
  output logic [pcie_pkg::RqUserBits-1:0]               rq_tuser_o,

  input  logic                                          rc_tvalid_i,
  output logic                                          rc_tready_o,
  input  logic [511:0]                                  rc_tdata_i,
  input  logic [15:0]                                   rc_tkeep_i,
  input  logic                                          rc_tlast_i,
  input  logic [pcie_pkg::RcUserBits-1:0]               rc_tuser_i,

  // 128 << n bytes.
  input  logic [1:0]                                    cfg_max_payload_i,
  input  logic [2:0]                                    cfg_max_read_req_i,
  // Extended Tag Field Enable of the host; low is always right, and half the tags.
  input  logic                                          cfg_ext_tag_i,
  // Completion Timeout Value of the host: 1, 50 to 100 us, is taken as that; by all others
  // it is Timeout.
  input  logic [3:0]                                    cfg_cpl_timeout_i,
  input  logic                                          cfg_bus_master_i,
  input  logic                                          cfg_msix_enable_i,
  input  logic                                          cfg_msix_mask_i,
  input  logic                                          cfg_flr_in_process_i,
  output logic                                          cfg_flr_done_o,

  // ---- The card.

  // Registers.
  input  pamc_pkg::regs_in_t                            regs_i,
  output pamc_pkg::regs_out_t                           regs_o,

  // What the host writes to the doorbell BAR, in order. The receiver never stops taking.
  output logic                                          doorbell_valid_o,
  input  logic                                          doorbell_ready_i,
  output dma_pkg::host_write_t                          doorbell_o,

  // dma_pkg::read_req_t of each client; answers have no ready.
  input  logic [Clients-1:0]                            read_valid_i,
  output logic [Clients-1:0]                            read_ready_o,
  input  logic [Clients-1:0][dma_pkg::ReadReqBits-1:0]  read_i,
  output logic [Clients-1:0]                            rsp_valid_o,
  output dma_pkg::read_rsp_t                            rsp_o,

  // dma_pkg::write_req_t of each client, its data, packed from the first dword.
  input  logic [Clients-1:0]                            write_valid_i,
  output logic [Clients-1:0]                            write_ready_o,
  input  logic [Clients-1:0][dma_pkg::WriteReqBits-1:0] write_i,
  input  logic [Clients-1:0]                            data_valid_i,
  output logic [Clients-1:0]                            data_ready_o,
  input  logic [Clients-1:0][511:0]                     data_i,
  // The last packet of a write left.
  output logic [Clients-1:0]                            done_valid_o,
  output logic [dma_pkg::TagBits-1:0]                   done_tag_o,

  // Interrupts: vectors.
  input  logic                                          irq_valid_i,
  output logic                                          irq_ready_o,
  input  logic [5:0]                                    irq_i,

  // Function-level reset: the card stops, and says when it is idle.
  output logic                                          flr_o,
  input  logic                                          idle_i,
  // No read is open, no write waits.
  output logic                                          quiet_o,

  output pcie_pkg::pcie_stats_t                         stats_o
);

  pcie_pkg::pcie_stats_t host_stats, read_stats, write_stats, irq_stats;

  // ---- The host's requests.

  logic                 write_valid, write_ready, dword_valid, dword_ready, answer_valid;
  dma_pkg::host_write_t write;
  dma_pkg::host_read_t  dword;
  logic [31:0]          answer;

  pcie_completer u_completer (
    .clk_i, .rst_ni,
    .cq_valid_i(cq_tvalid_i), .cq_ready_o(cq_tready_o), .cq_data_i(cq_tdata_i),
    .cq_last_i(cq_tlast_i), .cq_user_i(cq_tuser_i), .np_req_o(cq_np_req_o),
    .cc_valid_o(cc_tvalid_o), .cc_ready_i(cc_tready_i), .cc_data_o(cc_tdata_o),
    .cc_keep_o(cc_tkeep_o), .cc_last_o(cc_tlast_o), .cc_user_o(cc_tuser_o),
    .write_valid_o(write_valid), .write_ready_i(write_ready), .write_o(write),
    .read_valid_o(dword_valid), .read_ready_i(dword_ready), .read_o(dword),
    .answer_valid_i(answer_valid), .answer_i(answer),
    .stats_o(host_stats)
  );

  logic        reg_write, reg_read, reg_rvalid, msix_write, msix_read;
  logic [12:2] addr;
  logic [31:0] wdata, reg_rdata, msix_rdata;
  logic [3:0]  wstrb;

  pcie_bar0 u_bar0 (
    .clk_i, .rst_ni,
    .write_valid_i(write_valid), .write_ready_o(write_ready), .write_i(write),
    .read_valid_i(dword_valid), .read_ready_o(dword_ready), .read_i(dword),
    .answer_valid_o(answer_valid), .answer_o(answer),
    .doorbell_valid_o, .doorbell_ready_i, .doorbell_o,
    .reg_write_o(reg_write), .reg_read_o(reg_read),
    .msix_write_o(msix_write), .msix_read_o(msix_read),
    .addr_o(addr), .wdata_o(wdata), .wstrb_o(wstrb),
    .reg_rdata_i(reg_rdata), .msix_rdata_i(msix_rdata)
  );

  // Registers go back to what they are at power-on with the function, too.
  logic regs_rst_nq;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) regs_rst_nq <= 1'b0;
    else regs_rst_nq <= !flr_o;
  end

  pamc_regs u_regs (
    .clk_i, .rst_ni(regs_rst_nq), .write_i(reg_write), .read_i(reg_read), .addr_i(addr),
    .wdata_i(wdata), .wstrb_i(wstrb), .rvalid_o(reg_rvalid), .rdata_o(reg_rdata),
    .hw_i(regs_i), .hw_o(regs_o)
  );

  // ---- Writes and interrupts.

  logic                        irq_req_valid, irq_req_ready, irq_data_valid, irq_data_ready, irq_idle;
  dma_pkg::write_req_t         irq_req;
  logic [511:0]                irq_data;

  ecc_pkg::event_t msix_ecc;
  always_comb begin
    ecc_o                = '0;
    ecc_o[ecc_pkg::Msix] = msix_ecc;
  end

  pcie_msix u_msix (
    .clk_i, .rst_ni, .inject_i, .ecc_o(msix_ecc), .clear_i(flr_o), .enable_i(cfg_msix_enable_i), .function_mask_i(cfg_msix_mask_i),
    .write_i(msix_write), .read_i(msix_read), .addr_i(addr), .wdata_i(wdata), .wstrb_i(wstrb),
    .rdata_o(msix_rdata), .irq_valid_i, .irq_ready_o, .irq_i,
    .req_valid_o(irq_req_valid), .req_ready_i(irq_req_ready), .req_o(irq_req),
    .data_valid_o(irq_data_valid), .data_ready_i(irq_data_ready), .data_o(irq_data),
    .idle_o(irq_idle)
  );

  logic                        req_valid, req_ready, data_valid, data_ready, done_valid, irq_done;
  logic                        mux_idle, writes_idle;
  dma_pkg::write_req_t         req;
  logic [511:0]                data;
  logic [dma_pkg::TagBits-1:0] done_tag;

  dma_write_mux #(.Clients(Clients + 1)) u_write_mux (
    .clk_i, .rst_ni,
    .req_valid_i({irq_req_valid, write_valid_i}), .req_ready_o({irq_req_ready, write_ready_o}),
    .req_i({irq_req, write_i}),
    .data_valid_i({irq_data_valid, data_valid_i}), .data_ready_o({irq_data_ready, data_ready_o}),
    .data_i({irq_data, data_i}),
    .done_valid_o({irq_done, done_valid_o}), .done_tag_o,
    .req_valid_o(req_valid), .req_ready_i(req_ready), .req_o(req),
    .data_valid_o(data_valid), .data_ready_i(data_ready), .data_o(data),
    .done_valid_i(done_valid), .done_tag_i(done_tag), .idle_o(mux_idle)
  );

  logic               wr_valid, wr_ready, rd_valid, rd_ready, rq_valid, rq_ready;
  pcie_pkg::rq_beat_t wr_beat, rd_beat, rq_beat;

  pcie_writes u_writes (
    .clk_i, .rst_ni, .bus_master_i(cfg_bus_master_i), .max_payload_i(cfg_max_payload_i),
    .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
    .data_valid_i(data_valid), .data_ready_o(data_ready), .data_i(data),
    .done_valid_o(done_valid), .done_tag_o(done_tag),
    .rq_valid_o(wr_valid), .rq_ready_i(wr_ready), .rq_o(wr_beat),
    .idle_o(writes_idle), .stats_o(write_stats)
  );

  // ---- Reads.

  logic               rreq_valid, rreq_ready, rrsp_valid, reads_idle;
  dma_pkg::read_req_t rreq;
  dma_pkg::read_rsp_t rrsp;

  dma_read_mux #(.Clients(Clients)) u_read_mux (
    .clk_i, .rst_ni, .req_valid_i(read_valid_i), .req_ready_o(read_ready_o), .req_i(read_i),
    .rsp_valid_o, .rsp_o,
    .req_valid_o(rreq_valid), .req_ready_i(rreq_ready), .req_o(rreq),
    .rsp_valid_i(rrsp_valid), .rsp_i(rrsp)
  );

  pcie_pkg::rc_user_t rc_user;
  assign rc_user = rc_tuser_i;

  pcie_reads #(.Tags(Tags), .MaxLines(MaxLines), .Timeout(Timeout), .Quarantine(Quarantine)) u_reads (
    .clk_i, .rst_ni, .bus_master_i(cfg_bus_master_i), .max_read_req_i(cfg_max_read_req_i),
    .ext_tag_i(cfg_ext_tag_i), .short_i(cfg_cpl_timeout_i == 4'd1),
    .req_valid_i(rreq_valid), .req_ready_o(rreq_ready), .req_i(rreq),
    .rsp_valid_o(rrsp_valid), .rsp_o(rrsp),
    .rq_valid_o(rd_valid), .rq_ready_i(rd_ready), .rq_o(rd_beat),
    .rc_valid_i(rc_tvalid_i), .rc_ready_o(rc_tready_o), .rc_data_i(rc_tdata_i),
    .rc_last_i(rc_tlast_i), .rc_discontinue_i(rc_user.discontinue),
    .idle_o(reads_idle), .stats_o(read_stats)
  );

  // ---- RQ.

  pcie_rq_arbiter u_arbiter (
    .clk_i, .rst_ni, .read_valid_i(rd_valid), .read_ready_o(rd_ready), .read_i(rd_beat),
    .write_valid_i(wr_valid), .write_ready_o(wr_ready), .write_i(wr_beat),
    .out_valid_o(rq_valid), .out_ready_i(rq_ready), .out_o(rq_beat)
  );

  pcie_pkg::rq_user_t rq_user;
  always_comb begin
    rq_user           = '0;
    rq_user.first_be0 = rq_beat.first ? rq_beat.first_be : '0;
    rq_user.last_be0  = rq_beat.first ? rq_beat.last_be : '0;
    rq_user.is_sop[0] = rq_beat.first;
    rq_user.is_eop[0] = rq_beat.last;
    rq_user.eop0_ptr  = rq_beat.last ? 4'(rq_beat.dwords - 5'd1) : '0;
  end

  assign rq_tvalid_o = rq_valid;
  assign rq_ready    = rq_tready_i;
  assign rq_tdata_o  = rq_beat.data;
  assign rq_tkeep_o  = ~(16'hffff << rq_beat.dwords);
  assign rq_tlast_o  = rq_beat.last;
  assign rq_tuser_o  = rq_user;

  // ---- Reset of the function, counters.

  assign quiet_o = reads_idle && writes_idle && mux_idle && irq_idle && !rreq_valid && !rq_valid;

  pcie_flr u_flr (
    .clk_i, .rst_ni, .in_process_i(cfg_flr_in_process_i), .done_o(cfg_flr_done_o), .flr_o,
    .idle_i(idle_i && quiet_o)
  );

  logic [31:0] interrupts_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) interrupts_q <= '0;
    else interrupts_q <= interrupts_q + 32'(irq_done);
  end

  always_comb begin
    irq_stats            = '0;
    irq_stats.interrupts = interrupts_q;
  end

  assign stats_o = host_stats | read_stats | write_stats | irq_stats;

  logic unused;
  assign unused = &{1'b0, cq_tkeep_i, rc_tkeep_i, rc_user, reg_rvalid};

endmodule
