// SPDX-License-Identifier: Apache-2.0
//
// The whole card: data path (card_top) and management core (mcu_top), which meet at the
// mailbox. This is what a board's top holds. A simulation has the two as models of their own
// (sim/verilator/core.hpp), so that one that boots need not take the other along.

module pam_card #(
  parameter              RomFile = "",

  // Lanes each way, 1 to 8.
  parameter int unsigned PutLanes    = 2,
  parameter int unsigned GetLanes    = 2,
  parameter int unsigned QueuePairs  = 64,
  parameter int unsigned CyclesPerUs = 250,
  // Cycles after which a read of host memory has failed; until its tag is used again.
  parameter int unsigned ReadTimeout = 2_500_000,
  parameter int unsigned Quarantine  = 25_000_000,
  parameter int unsigned AxiIdBits   = 4,
  // NAND flash (card_top).
  parameter int unsigned FlashChannels = 1,
  parameter int unsigned FlashDies     = 4,
  parameter int unsigned FlashChunks   = 4,
  parameter int unsigned FlashPageBits = 6,
  parameter int unsigned FlashPeriod   = 5,
  // Derived, not to be set.
  parameter int unsigned FlashBuses    = FlashChannels > 0 ? FlashChannels : 1
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // ---- PCI Express hard block (AMD UltraScale+, PG213).

  input  logic                                cq_tvalid_i,
  output logic                                cq_tready_o,
  input  logic [511:0]                        cq_tdata_i,
  input  logic [15:0]                         cq_tkeep_i,
  input  logic                                cq_tlast_i,
  input  logic [pcie_pkg::CqUserBits-1:0]     cq_tuser_i,
  output logic [1:0]                          cq_np_req_o,
  output logic                                cc_tvalid_o,
  input  logic                                cc_tready_i,
  output logic [511:0]                        cc_tdata_o,
  output logic [15:0]                         cc_tkeep_o,
  output logic                                cc_tlast_o,
  output logic [pcie_pkg::CcUserBits-1:0]     cc_tuser_o,
  output logic                                rq_tvalid_o,
  input  logic                                rq_tready_i,
  output logic [511:0]                        rq_tdata_o,
  output logic [15:0]                         rq_tkeep_o,
  output logic                                rq_tlast_o,
  output logic [pcie_pkg::RqUserBits-1:0]     rq_tuser_o,
  input  logic                                rc_tvalid_i,
  output logic                                rc_tready_o,
  input  logic [511:0]                        rc_tdata_i,
  input  logic [15:0]                         rc_tkeep_i,
  input  logic                                rc_tlast_i,
  input  logic [pcie_pkg::RcUserBits-1:0]     rc_tuser_i,
  input  logic [1:0]                          cfg_max_payload_i,
  input  logic [2:0]                          cfg_max_read_req_i,
  input  logic                                cfg_ext_tag_i,
  input  logic [3:0]                          cfg_cpl_timeout_i,
  input  logic                                cfg_bus_master_i,
  input  logic                                cfg_msix_enable_i,
  input  logic                                cfg_msix_mask_i,
  input  logic                                cfg_flr_in_process_i,
  output logic                                cfg_flr_done_o,

  // ---- Memory controller.

  output logic                                axi_arvalid_o,
  input  logic                                axi_arready_i,
  output logic [AxiIdBits-1:0]                axi_arid_o,
  output logic [dram_pkg::LineBits+5:0]       axi_araddr_o,
  output logic [7:0]                          axi_arlen_o,
  output logic [2:0]                          axi_arsize_o,
  output logic [1:0]                          axi_arburst_o,
  input  logic                                axi_rvalid_i,
  output logic                                axi_rready_o,
  input  logic [AxiIdBits-1:0]                axi_rid_i,
  input  logic [511:0]                        axi_rdata_i,
  input  logic [1:0]                          axi_rresp_i,
  input  logic                                axi_rlast_i,
  output logic                                axi_awvalid_o,
  input  logic                                axi_awready_i,
  output logic [AxiIdBits-1:0]                axi_awid_o,
  output logic [dram_pkg::LineBits+5:0]       axi_awaddr_o,
  output logic [7:0]                          axi_awlen_o,
  output logic [2:0]                          axi_awsize_o,
  output logic [1:0]                          axi_awburst_o,
  output logic                                axi_wvalid_o,
  input  logic                                axi_wready_i,
  output logic [511:0]                        axi_wdata_o,
  output logic [63:0]                         axi_wstrb_o,
  output logic                                axi_wlast_o,
  input  logic                                axi_bvalid_i,
  output logic                                axi_bready_o,
  input  logic [AxiIdBits-1:0]                axi_bid_i,
  input  logic [1:0]                          axi_bresp_i,

  // ---- NAND flash, a bus for each channel; blocks of a die, 0 if the board has none.

  input  logic [15:0]                         nand_blocks_i,
  output logic [FlashBuses-1:0][FlashDies-1:0] nand_ce_no,
  output logic [FlashBuses-1:0]               nand_cle_o,
  output logic [FlashBuses-1:0]               nand_ale_o,
  output logic [FlashBuses-1:0]               nand_we_no,
  output logic [FlashBuses-1:0]               nand_re_no,
  output logic [FlashBuses-1:0]               nand_dq_oe_o,
  output logic [FlashBuses-1:0][7:0]          nand_dq_o,
  input  logic [FlashBuses-1:0][7:0]          nand_dq_i,
  input  logic [FlashBuses-1:0][FlashDies-1:0] nand_ready_i,

  // ---- The management core's board: mcu_top.sv.

  output logic                                flash_cs_no,
  output logic                                flash_sck_o,
  output logic                                flash_mosi_o,
  input  logic                                flash_miso_i,
  input  logic [31:0]                         random_i,
  output logic                                random_taken_o,
  input  logic [31:0]                         dram_lines_i,
  output logic                                clear_o,
  output logic [31:0]                         clear_end_o,
  input  logic [6:0]                          cleared_i,
  input  logic                                mcu_restart_i,

  output logic                                idle_o
);

  logic             access, write, ack, irq, restarting, asleep, data_path_idle;
  logic [12:2]      addr;
  logic [31:0]      to_mailbox, from_mailbox;
  ecc_pkg::event_t  ecc, ecc_lines, ecc_tags;
  ecc_pkg::inject_t inject;
  logic             line_access, line_write, line_ack, line_error;
  logic [511:0]     line_to_memory, line_from_memory;
  logic [dram_pkg::LineBits-1:0] line;

  card_top #(
    .PutLanes(PutLanes), .GetLanes(GetLanes), .QueuePairs(QueuePairs), .CyclesPerUs(CyclesPerUs),
    .ReadTimeout(ReadTimeout), .Quarantine(Quarantine), .AxiIdBits(AxiIdBits),
    .FlashChannels(FlashChannels), .FlashDies(FlashDies), .FlashChunks(FlashChunks), .FlashPageBits(FlashPageBits),
    .FlashPeriod(FlashPeriod)
  ) u_card (
    .clk_i, .rst_ni, .cq_tvalid_i, .cq_tready_o, .cq_tdata_i, .cq_tkeep_i, .cq_tlast_i, .cq_tuser_i, .cq_np_req_o,
    .cc_tvalid_o, .cc_tready_i, .cc_tdata_o, .cc_tkeep_o, .cc_tlast_o, .cc_tuser_o, .rq_tvalid_o, .rq_tready_i,
    .rq_tdata_o, .rq_tkeep_o, .rq_tlast_o, .rq_tuser_o, .rc_tvalid_i, .rc_tready_o, .rc_tdata_i, .rc_tkeep_i,
    .rc_tlast_i, .rc_tuser_i, .cfg_max_payload_i, .cfg_max_read_req_i, .cfg_ext_tag_i, .cfg_cpl_timeout_i,
    .cfg_bus_master_i, .cfg_msix_enable_i, .cfg_msix_mask_i, .cfg_flr_in_process_i, .cfg_flr_done_o, .axi_arvalid_o,
    .axi_arready_i, .axi_arid_o, .axi_araddr_o, .axi_arlen_o, .axi_arsize_o, .axi_arburst_o, .axi_rvalid_i,
    .axi_rready_o, .axi_rid_i, .axi_rdata_i, .axi_rresp_i, .axi_rlast_i, .axi_awvalid_o, .axi_awready_i, .axi_awid_o,
    .axi_awaddr_o, .axi_awlen_o, .axi_awsize_o, .axi_awburst_o, .axi_wvalid_o, .axi_wready_i, .axi_wdata_o,
    .axi_wstrb_o, .axi_wlast_o, .axi_bvalid_i, .axi_bready_o, .axi_bid_i, .axi_bresp_i,
    .nand_blocks_i, .nand_ce_no, .nand_cle_o, .nand_ale_o, .nand_we_no, .nand_re_no, .nand_dq_oe_o, .nand_dq_o,
    .nand_dq_i, .nand_ready_i, .mcu_access_i(access), .mcu_write_i(write), .mcu_addr_i(addr), .mcu_data_i(to_mailbox), .mcu_ack_o(ack),
    .mcu_data_o(from_mailbox), .mcu_irq_o(irq), .mcu_ecc_i(ecc), .mcu_ecc_lines_i(ecc_lines), .mcu_ecc_tags_i(ecc_tags),
    .mcu_inject_o(inject), .mcu_line_access_i(line_access), .mcu_line_write_i(line_write), .mcu_line_i(line),
    .mcu_line_data_i(line_to_memory), .mcu_line_ack_o(line_ack), .mcu_line_error_o(line_error), .mcu_line_data_o(line_from_memory), .idle_o(data_path_idle)
  );

  mcu_top #(.RomFile(RomFile)) u_mcu (
    .clk_i, .rst_ni,
    .access_o(access), .write_o(write), .addr_o(addr), .data_o(to_mailbox), .ack_i(ack), .data_i(from_mailbox), .irq_i(irq),
    .line_access_o(line_access), .line_write_o(line_write), .line_o(line), .line_data_o(line_to_memory),
    .line_ack_i(line_ack), .line_error_i(line_error), .line_data_i(line_from_memory),
    .inject_i(inject), .ecc_o(ecc), .ecc_lines_o(ecc_lines), .ecc_tags_o(ecc_tags),
    .flash_cs_no, .flash_sck_o, .flash_mosi_o, .flash_miso_i, .random_i, .random_taken_o, .dram_lines_i, .clear_o, .clear_end_o, .cleared_i,
    .restart_i(mcu_restart_i), .restarting_o(restarting), .asleep_o(asleep)
  );

  assign idle_o = data_path_idle && asleep && !restarting;

endmodule
