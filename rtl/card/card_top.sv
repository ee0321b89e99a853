// SPDX-License-Identifier: Apache-2.0
//
// The card: from the PCI Express hard block's streams to the memory controller's AXI4,
// with the management core's bus at the side. docs/rtl.md has the figure.

`include "check.svh"

module card_top #(
  // Lanes each way, 1 to 8.
  parameter int unsigned PutLanes    = 2,
  parameter int unsigned GetLanes    = 2,
  parameter int unsigned QueuePairs  = 64,
  parameter int unsigned CyclesPerUs = 250,
  // Cycles after which a read of host memory has failed; until its tag is used again.
  parameter int unsigned ReadTimeout = 2_500_000,
  parameter int unsigned Quarantine  = 25_000_000,
  parameter int unsigned AxiIdBits   = 4,
  // NAND flash: channels, 0 for none, dies of each, KiB of a page, log2 of a block's pages, cycles
  // of a byte on the bus.
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

  // ---- Management core: mailbox.sv.

  input  logic                                mcu_access_i,
  input  logic                                mcu_write_i,
  input  logic [12:2]                         mcu_addr_i,
  input  logic [31:0]                         mcu_data_i,
  output logic                                mcu_ack_o,
  output logic [31:0]                         mcu_data_o,
  output logic                                mcu_irq_o,
  // Its memory: what the mailbox is to count, and damage.
  input  ecc_pkg::event_t                     mcu_ecc_i,
  input  ecc_pkg::event_t                     mcu_ecc_lines_i,
  input  ecc_pkg::event_t                     mcu_ecc_tags_i,
  output ecc_pkg::inject_t                    mcu_inject_o,
  // Its share of card memory: mcu_line.sv.
  input  logic                                mcu_line_access_i,
  input  logic                                mcu_line_write_i,
  input  logic [dram_pkg::LineBits-1:0]       mcu_line_i,
  input  logic [511:0]                        mcu_line_data_i,
  output logic                                mcu_line_ack_o,
  output logic                                mcu_line_error_o,
  output logic [511:0]                        mcu_line_data_o,

  // Nothing is under way anywhere: the clock may stop until something comes in.
  output logic                                idle_o
);

  localparam int unsigned Readers = PutLanes + GetLanes;
  // Of host memory: queues, management, put lanes, get lanes.
  localparam int unsigned Clients = 2 + Readers;
  localparam int unsigned ReadReqBits  = dma_pkg::ReadReqBits;
  localparam int unsigned WriteReqBits = dma_pkg::WriteReqBits;

  logic [31:0] now_q;
  logic [63:0] busy_q;
  logic [31:0] bad_before_q;

  // Memories that are protected.
  ecc_pkg::inject_t                  ecc_inject;
  logic [ecc_pkg::Memories-1:0][1:0] pcie_ecc, queue_ecc, exec_ecc, vault_ecc;
  logic                              ecc_inject_go, ecc_clear, ecc_lost, vault_failed, vault_fails;
  logic [63:0]                       ecc_counters;

  // ---- Host.

  pamc_pkg::regs_in_t                    regs_in;
  pamc_pkg::regs_out_t                   regs_out;
  logic                                  doorbell_valid, doorbell_ready, flr, flr_done, quiet;
  dma_pkg::host_write_t                  doorbell;
  logic [Clients-1:0]                    read_valid, read_ready, rsp_valid;
  logic [Clients-1:0][ReadReqBits-1:0]   read;
  dma_pkg::read_rsp_t                    rsp;
  logic [Clients-1:0]                    write_valid, write_ready, data_valid, data_ready, sent;
  logic [Clients-1:0][WriteReqBits-1:0]  write;
  logic [Clients-1:0][511:0]             data;
  logic [dma_pkg::TagBits-1:0]           sent_tag;
  logic                                  irq_valid, irq_ready;
  logic [5:0]                            irq_vector;
  pcie_pkg::pcie_stats_t                 pcie_stats;

  pcie_top #(.Clients(Clients), .Timeout(ReadTimeout), .Quarantine(Quarantine)) u_pcie (
    .clk_i, .rst_ni, .inject_i(ecc_inject), .ecc_o(pcie_ecc),
    .cq_tvalid_i, .cq_tready_o, .cq_tdata_i, .cq_tkeep_i, .cq_tlast_i, .cq_tuser_i, .cq_np_req_o,
    .cc_tvalid_o, .cc_tready_i, .cc_tdata_o, .cc_tkeep_o, .cc_tlast_o, .cc_tuser_o,
    .rq_tvalid_o, .rq_tready_i, .rq_tdata_o, .rq_tkeep_o, .rq_tlast_o, .rq_tuser_o,
    .rc_tvalid_i, .rc_tready_o, .rc_tdata_i, .rc_tkeep_i, .rc_tlast_i, .rc_tuser_i,
    .cfg_max_payload_i, .cfg_max_read_req_i, .cfg_ext_tag_i, .cfg_cpl_timeout_i, .cfg_bus_master_i,
    .cfg_msix_enable_i, .cfg_msix_mask_i, .cfg_flr_in_process_i, .cfg_flr_done_o,
    .regs_i(regs_in), .regs_o(regs_out),
    .doorbell_valid_o(doorbell_valid), .doorbell_ready_i(doorbell_ready), .doorbell_o(doorbell),
    .read_valid_i(read_valid), .read_ready_o(read_ready), .read_i(read),
    .rsp_valid_o(rsp_valid), .rsp_o(rsp),
    .write_valid_i(write_valid), .write_ready_o(write_ready), .write_i(write),
    .data_valid_i(data_valid), .data_ready_o(data_ready), .data_i(data),
    .done_valid_o(sent), .done_tag_o(sent_tag),
    .irq_valid_i(irq_valid), .irq_ready_o(irq_ready), .irq_i(irq_vector),
    .flr_o(flr), .idle_i(flr_done), .quiet_o(quiet), .stats_o(pcie_stats)
  );

  // ---- Queue pairs.

  dma_pkg::read_req_t      queue_read, mail_read;
  dma_pkg::write_req_t     queue_write, mail_write;
  logic                    queue_write_valid, queue_data_room;
  logic [127:0]            queue_data, queue_data_out;
  logic                    io_valid, io_ready, admin_valid, admin_ready;
  queue_pkg::entry_t       io, admin;
  logic                    done_valid, done_ready, io_done_valid, io_done_ready, mail_done_valid;
  queue_pkg::completion_t  done, io_done, mail_done;
  logic                    control_valid, control_ready, control_rsp_valid, control_rsp_ready;
  queue_pkg::control_t     control;
  queue_pkg::control_rsp_t control_rsp;
  logic                    fault_valid, fault_ready, stop;
  queue_pkg::fault_t       fault;
  logic [QueuePairs-1:0]   queues;
  queue_pkg::counters_t    queue_counters;

  queue_top #(.QueuePairs(QueuePairs), .CyclesPerUs(CyclesPerUs), .Client('0)) u_queue (
    .clk_i, .rst_ni, .inject_i(ecc_inject), .ecc_o(queue_ecc),
    .host_valid_i(doorbell_valid), .host_ready_o(doorbell_ready), .host_i(doorbell),
    .read_valid_o(read_valid[0]), .read_ready_i(read_ready[0]), .read_o(queue_read),
    .rsp_valid_i(rsp_valid[0]), .rsp_i(rsp),
    .write_valid_o(queue_write_valid), .write_ready_i(write_ready[0] && queue_data_room),
    .write_o(queue_write), .write_data_o(queue_data),
    .irq_valid_o(irq_valid), .irq_ready_i(irq_ready), .irq_vector_o(irq_vector),
    .io_valid_o(io_valid), .io_ready_i(io_ready), .io_o(io),
    .admin_valid_o(admin_valid), .admin_ready_i(admin_ready), .admin_o(admin),
    .done_valid_i(done_valid), .done_ready_o(done_ready), .done_i(done),
    .control_valid_i(control_valid), .control_ready_o(control_ready), .control_i(control),
    .control_rsp_valid_o(control_rsp_valid), .control_rsp_ready_i(control_rsp_ready),
    .control_rsp_o(control_rsp),
    .fault_valid_o(fault_valid), .fault_ready_i(fault_ready), .fault_o(fault),
    .stop_i(stop), .valid_o(queues), .counters_o(queue_counters)
  );
  assign read[0]  = queue_read;
  assign write[0] = queue_write;

  // A completion entry's data follow its request.
  assign write_valid[0] = queue_write_valid && queue_data_room;
  lib_skid #(.Width(128)) u_queue_data (
    .clk_i, .rst_ni,
    .in_valid_i(write_valid[0] && write_ready[0]), .in_ready_o(queue_data_room), .in_data_i(queue_data),
    .out_valid_o(data_valid[0]), .out_ready_i(data_ready[0]), .out_data_o(queue_data_out)
  );
  assign data[0] = {384'd0, queue_data_out};

  // Admin completions are few and go first.
  assign done_valid    = mail_done_valid || io_done_valid;
  assign done          = mail_done_valid ? mail_done : io_done;
  assign io_done_ready = done_ready && !mail_done_valid;

  // ---- Executor.

  logic                          pool_write, pause, offline, refuse, full, ask_busy, exec_idle;
  logic [exec_pkg::PoolBits-1:0] pool_number, ask_pool;
  exec_pkg::watch_t              watch;
  logic                          watch_inside;
  exec_pkg::pool_t               pool;
  logic                          mail_vault_valid, mail_vault_done, error_valid, error_ready, latency;
  vault_pkg::command_t           mail_vault;
  exec_pkg::error_t              error;
  logic [1:0]                    latency_kind;
  logic [31:0]                   latency_cycles, hazard_stalls;
  exec_pkg::counters_t           exec_counters;
  logic                          get;
  logic [1:0]                    get_kind;
  logic [exec_pkg::ContentsBits-1:0] get_contents;
  logic                          handle_valid, handle_ready, place_valid, place_ready;
  index_pkg::handle_t            handle;
  index_pkg::place_t             place;
  logic                          vault_valid, vault_ready, answer_valid;
  logic [1:0]                    payload_valid, payload_ready;
  logic [1:0][vault_pkg::TagBits-1:0] payload_tag;
  vault_pkg::command_t           vault;
  logic [1:0][127:0]             payload;
  vault_puts_pkg::stats_t        puts_stats;
  vault_pkg::answer_t            answer;
  // As the executor hands it on, a cycle later.
  vault_pkg::answer_t            mail_answer;
  logic [dram_pkg::LineBits-1:0] table_line, map_line, units_line;
  logic [index_pkg::BucketBits-1:0] buckets;
  logic [31:0]                   units, slot_limit;
  logic [127:0]                  page_secret, object_secret;
  logic [Readers-1:0][287:0]     codec_stats;
  logic [1:0]                    lane_wait;
  logic [PutLanes-1:0][exec_pkg::PutWaitBits-1:0] put_wait;
  logic [GetLanes-1:0][exec_pkg::GetWaitBits-1:0] get_wait;
  logic [1+exec_pkg::PutWaitBits+exec_pkg::GetWaitBits:0][31:0] waits;

  // What the executor asks of flash; there is some behind memory.
  logic                vault_flash;
  logic                ask_valid, ask_done, fetch_valid, fetch_done, dead_pages;
  ask_pkg::ask_t       ask, fetch;
  ask_pkg::answer_e    ask_answer;
  logic [dram_pkg::LineBits-1:0] staging_line;

  // Card memory: the vault's five ports, get lanes, the flash with the mailbox's window and the core.
  localparam int unsigned Ports = 6 + GetLanes;
  logic [Ports-1:0]              req_valid, req_ready, wdata_valid, wdata_ready, rdata_valid;
  logic [Ports-1:0][dram_pkg::LineBits+7:0] req;
  logic [Ports-1:0][575:0]       wdata;
  dram_pkg::rdata_t              rdata;

  exec_top #(.PutLanes(PutLanes), .GetLanes(GetLanes)) u_exec (
    .clk_i, .rst_ni, .inject_i(ecc_inject), .ecc_o(exec_ecc), .fail_o(vault_fails), .failed_i(vault_failed), .units_base_i(units_line), .units_i(units), .now_i(now_q),
    .flash_i(vault_flash), .staging_line_i(staging_line), .dead_i(dead_pages), .buckets_i(buckets),
    .ask_valid_o(ask_valid), .ask_o(ask), .ask_done_i(ask_done), .ask_answer_i(ask_answer),
    .fetch_valid_o(fetch_valid), .fetch_o(fetch), .fetch_done_i(fetch_done),
    .entry_valid_i(io_valid), .entry_ready_o(io_ready), .entry_i(io),
    .completion_valid_o(io_done_valid), .completion_ready_i(io_done_ready), .completion_o(io_done),
    .pool_write_i(pool_write), .pool_number_i(pool_number), .pool_i(pool),
    .pause_i(pause), .offline_i(offline), .refuse_i(refuse), .full_i(full), .ask_pool_i(ask_pool), .ask_busy_o(ask_busy),
    .watch_i(watch), .watch_inside_o(watch_inside),
    .idle_o(exec_idle),
    .vault_valid_i(mail_vault_valid), .vault_i(mail_vault), .vault_done_o(mail_vault_done), .vault_answer_o(mail_answer),
    .error_valid_o(new_error_valid), .error_ready_i(new_error_ready), .error_o(new_error),
    .latency_o(latency), .latency_kind_o(latency_kind), .latency_cycles_o(latency_cycles),
    .get_o(get), .get_kind_o(get_kind), .get_contents_o(get_contents),
    .counters_o(exec_counters), .hazard_stalls_o(hazard_stalls),
    .read_valid_o(read_valid[Clients-1:2]), .read_ready_i(read_ready[Clients-1:2]),
    .read_o(lane_read), .answer_valid_i(rsp_valid[Clients-1:2]), .answer_i(rsp),
    .write_valid_o(write_valid[Clients-1:2+PutLanes]), .write_ready_i(write_ready[Clients-1:2+PutLanes]),
    .write_o(lane_write),
    .data_valid_o(data_valid[Clients-1:2+PutLanes]), .data_ready_i(data_ready[Clients-1:2+PutLanes]),
    .data_o(data[Clients-1:2+PutLanes]),
    .handle_valid_o(handle_valid), .handle_ready_i(handle_ready), .handle_o(handle),
    .place_valid_i(place_valid), .place_ready_o(place_ready), .place_i(place),
    .vault_valid_o(vault_valid), .vault_ready_i(vault_ready), .vault_o(vault),
    .payload_tag_i(payload_tag), .payload_valid_o(payload_valid), .payload_ready_i(payload_ready), .payload_o(payload),
    .vault_answer_valid_i(answer_valid), .vault_answer_i(answer),
    .req_valid_o(req_valid[5+:GetLanes]), .req_ready_i(req_ready[5+:GetLanes]), .req_o(req[5+:GetLanes]),
    .rdata_valid_i(rdata_valid[5+:GetLanes]), .rdata_i(rdata),
    .codec_stats_o(codec_stats), .lane_wait_o(lane_wait), .put_wait_o(put_wait), .get_wait_o(get_wait)
  );

  // Errors wait until the management core has time for them.
  logic              new_error_valid, new_error_ready;
  exec_pkg::error_t  new_error;
  logic [4:0]        errors_level;
  lib_fifo #(.Width(exec_pkg::ErrorWidth), .Depth(16)) u_errors (
    .clk_i, .rst_ni,
    .in_valid_i(new_error_valid), .in_ready_o(new_error_ready), .in_data_i(new_error),
    .out_valid_o(error_valid), .out_ready_i(error_ready), .out_data_o(error), .level_o(errors_level)
  );

  // A client's number is the upper part of its tags.
  logic [Readers-1:0][ReadReqBits-1:0]   lane_read;
  logic [GetLanes-1:0][WriteReqBits-1:0] lane_write;
  for (genvar n = 0; n < int'(Readers); n++) begin : g_read
    dma_pkg::read_req_t own;
    always_comb begin
      own     = lane_read[n];
      own.tag = {dma_pkg::ClientBits'(2 + n), own.tag[dma_pkg::TagBits-dma_pkg::ClientBits-1:0]};
    end
    assign read[2+n] = own;
  end
  for (genvar n = 0; n < int'(GetLanes); n++) begin : g_write
    dma_pkg::write_req_t own;
    always_comb begin
      own     = lane_write[n];
      own.tag = {dma_pkg::ClientBits'(2 + PutLanes + n), own.tag[dma_pkg::TagBits-dma_pkg::ClientBits-1:0]};
    end
    assign write[2+int'(PutLanes)+n] = own;
  end
  // Put lanes write nothing to the host, and nothing to memory but through the vault.
  assign write_valid[2+:PutLanes] = '0;
  assign write[2+:PutLanes]       = '0;
  assign data_valid[2+:PutLanes]  = '0;
  assign data[2+:PutLanes]        = '0;
  assign wdata_valid[5+:GetLanes] = '0;
  assign wdata[5+:GetLanes]       = '0;

  // ---- Vault and memory.

  dram_pkg::req_t      core_req, table_req, lookup_req, store_req, write_req;
  dram_pkg::wdata_t    core_wdata, table_wdata, store_wdata, write_wdata;
  vault_pkg::globals_t globals;
  vault_pkg::counters_t vault_counters;
  vault_pkg::event_t   vault_event;
  logic [31:0]         index_used;
  logic [63:0]         index_moves;
  logic [5:0]          stash_used;
  store_pkg::counters_t store_counters;
  logic                store_busy, broken;
  dram_pkg::stats_t    dram_stats;

  assign dead_pages = globals.dead_pages != '0;

  vault_pkg::tier_args_t   tier_args;
  vault_pkg::tier_record_t tier_record;
  logic                drop_valid, drop_ready;
  vault_pkg::drop_t    drop;

  vault_top u_vault (
    .clk_i, .rst_ni,
    .table_line_i(table_line), .buckets_i(buckets), .map_line_i(map_line), .units_line_i(units_line),
    .units_i(units), .slot_limit_i(slot_limit), .page_secret_i(page_secret), .object_secret_i(object_secret),
    .flash_i(vault_flash), .tier_args_i(tier_args), .tier_record_o(tier_record), .drop_valid_o(drop_valid), .drop_ready_i(drop_ready), .drop_o(drop),
    .command_valid_i(vault_valid), .command_ready_o(vault_ready), .command_i(vault),
    .payload_tag_o(payload_tag), .payload_valid_i(payload_valid), .payload_ready_o(payload_ready), .payload_i(payload),
    .answer_valid_o(answer_valid), .answer_ready_i(1'b1), .answer_o(answer),
    .handle_valid_i(handle_valid), .handle_ready_o(handle_ready), .handle_i(handle),
    .place_valid_o(place_valid), .place_ready_i(place_ready), .place_o(place),
    .globals_o(globals), .counters_o(vault_counters), .event_o(vault_event), .puts_stats_o(puts_stats),
    .index_used_o(index_used), .index_moves_o(index_moves), .stash_used_o(stash_used),
    .store_counters_o(store_counters), .store_busy_o(store_busy), .broken_o(broken), .failed_o(vault_failed), .fail_i(vault_fails),
    .inject_i(ecc_inject), .ecc_o(vault_ecc),
    .core_req_valid_o(req_valid[0]), .core_req_ready_i(req_ready[0]), .core_req_o(core_req),
    .core_wdata_valid_o(wdata_valid[0]), .core_wdata_ready_i(wdata_ready[0]), .core_wdata_o(core_wdata),
    .core_rdata_valid_i(rdata_valid[0]), .core_rdata_i(rdata),
    .table_req_valid_o(req_valid[1]), .table_req_ready_i(req_ready[1]), .table_req_o(table_req),
    .table_wdata_valid_o(wdata_valid[1]), .table_wdata_ready_i(wdata_ready[1]), .table_wdata_o(table_wdata),
    .table_rdata_valid_i(rdata_valid[1]), .table_rdata_i(rdata),
    .lookup_req_valid_o(req_valid[2]), .lookup_req_ready_i(req_ready[2]), .lookup_req_o(lookup_req),
    .lookup_rdata_valid_i(rdata_valid[2]), .lookup_rdata_i(rdata),
    .store_req_valid_o(req_valid[3]), .store_req_ready_i(req_ready[3]), .store_req_o(store_req),
    .store_wdata_valid_o(wdata_valid[3]), .store_wdata_ready_i(wdata_ready[3]), .store_wdata_o(store_wdata),
    .store_rdata_valid_i(rdata_valid[3]), .store_rdata_i(rdata),
    .write_req_valid_o(req_valid[4]), .write_req_ready_i(req_ready[4]), .write_req_o(write_req),
    .write_wdata_valid_o(wdata_valid[4]), .write_wdata_ready_i(wdata_ready[4]), .write_wdata_o(write_wdata)
  );
  assign req[0]   = core_req;
  assign req[1]   = table_req;
  assign req[2]   = lookup_req;
  assign req[3]   = store_req;
  assign req[4]   = write_req;
  assign wdata[0] = core_wdata;
  assign wdata[1] = table_wdata;
  assign wdata[2] = '0;
  assign wdata[3] = store_wdata;
  assign wdata[4] = write_wdata;
  assign wdata_valid[2] = 1'b0;

  // What gets wait for goes before what puts have already been promised room for.
  logic [Ports-1:0] urgent;
  always_comb begin
    urgent      = '1;
    urgent[0]   = 1'b0;
    urgent[4:3] = 2'b00;
    urgent[Ports-1] = 1'b0;
  end

  dram_top #(.Ports(Ports), .IdBits(AxiIdBits)) u_dram (
    .clk_i, .rst_ni, .urgent_i(urgent),
    .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
    .wdata_valid_i(wdata_valid), .wdata_ready_o(wdata_ready), .wdata_i(wdata),
    .rdata_valid_o(rdata_valid), .rdata_o(rdata), .stats_o(dram_stats),
    .axi_arvalid_o, .axi_arready_i, .axi_arid_o, .axi_araddr_o, .axi_arlen_o, .axi_arsize_o,
    .axi_arburst_o, .axi_rvalid_i, .axi_rready_o, .axi_rid_i, .axi_rdata_i, .axi_rresp_i, .axi_rlast_i,
    .axi_awvalid_o, .axi_awready_i, .axi_awid_o, .axi_awaddr_o, .axi_awlen_o, .axi_awsize_o,
    .axi_awburst_o, .axi_wvalid_o, .axi_wready_i, .axi_wdata_o, .axi_wstrb_o, .axi_wlast_o,
    .axi_bvalid_i, .axi_bready_o, .axi_bid_i, .axi_bresp_i
  );

  // ---- Flash.

  logic             flash_write, flash_read_done, flash_ready, flash_end, flash_idle;
  logic [12:0]      flash_addr;
  logic [31:0]      flash_data;
  dram_pkg::req_t   flash_req;
  dram_pkg::wdata_t flash_wdata;
  logic                          fetch_look, fetch_read_valid, fetch_read_end;
  flash_pkg::fetch_t             fetch_read;
  flash_pkg::fetch_end_t         fetch_end;
  flash_pkg::fetch_stats_t       fetch_stats;
  logic [dram_pkg::LineBits-1:0] fetch_read_line;
  flash_top #(
    .Channels(FlashChannels), .Dies(FlashDies), .Chunks(FlashChunks), .PageBits(FlashPageBits),
    .Period(FlashPeriod)
  ) u_flash (
    .clk_i, .rst_ni, .blocks_i(nand_blocks_i),
    .write_i(flash_write), .read_done_i(flash_read_done), .addr_i(flash_addr), .data_i(mcu_data_i),
    .data_o(flash_data), .ready_o(flash_ready), .end_o(flash_end),
    .fetch_look_i(fetch_look), .fetch_valid_i(fetch_read_valid), .fetch_i(fetch_read), .fetch_line_i(fetch_read_line),
    .fetch_end_o(fetch_read_end), .fetch_end_data_o(fetch_end),
    .ce_no(nand_ce_no), .cle_o(nand_cle_o), .ale_o(nand_ale_o), .we_no(nand_we_no), .re_no(nand_re_no),
    .dq_oe_o(nand_dq_oe_o), .dq_o(nand_dq_o), .dq_i(nand_dq_i), .ready_i(nand_ready_i),
    .line_access_i(mcu_line_access_i), .line_write_i(mcu_line_write_i), .line_i(mcu_line_i), .line_data_i(mcu_line_data_i),
    .line_ack_o(mcu_line_ack_o), .line_error_o(mcu_line_error_o), .line_data_o(mcu_line_data_o),
    .req_valid_o(req_valid[Ports-1]), .req_ready_i(req_ready[Ports-1]), .req_o(flash_req),
    .wdata_valid_o(wdata_valid[Ports-1]), .wdata_ready_i(wdata_ready[Ports-1]), .wdata_o(flash_wdata),
    .rdata_valid_i(rdata_valid[Ports-1]), .rdata_i(rdata), .idle_o(flash_idle)
  );
  assign req[Ports-1]   = flash_req;
  assign wdata[Ports-1] = flash_wdata;

  // ---- Management.

  logic [mailbox_pkg::CounterBits-1:0] counter_select;
  logic [63:0] counter, boot_epoch;
  logic [31:0] status, resets;

  mailbox u_mailbox (
    .clk_i, .rst_ni,
    .access_i(mcu_access_i), .write_i(mcu_write_i), .addr_i(mcu_addr_i), .data_i(mcu_data_i),
    .ack_o(mcu_ack_o), .data_o(mcu_data_o), .irq_o(mcu_irq_o),
    .regs_i(regs_out), .status_o(status), .boot_epoch_o(boot_epoch), .resets_o(resets),
    .flr_i(flr), .flr_done_o(flr_done), .quiet_i(quiet), .now_i(now_q),
    .entry_valid_i(admin_valid), .entry_ready_o(admin_ready), .entry_i(admin),
    .done_valid_o(mail_done_valid), .done_ready_i(done_ready), .done_o(mail_done),
    .control_valid_o(control_valid), .control_ready_i(control_ready), .control_o(control),
    .control_rsp_valid_i(control_rsp_valid), .control_rsp_ready_o(control_rsp_ready),
    .control_rsp_i(control_rsp),
    .fault_valid_i(fault_valid), .fault_ready_o(fault_ready), .fault_i(fault), .stop_o(stop),
    .pool_write_o(pool_write), .pool_number_o(pool_number), .pool_o(pool),
    .pause_o(pause), .offline_o(offline), .refuse_o(refuse), .full_o(full), .ask_pool_o(ask_pool), .ask_busy_i(ask_busy),
    .watch_o(watch), .watch_inside_i(watch_inside),
    .idle_i(exec_idle), .error_valid_i(error_valid), .error_ready_o(error_ready), .error_i(error),
    .latency_i(latency), .latency_kind_i(latency_kind), .latency_cycles_i(latency_cycles),
    .vault_valid_o(mail_vault_valid), .vault_o(mail_vault), .vault_done_i(mail_vault_done),
    .vault_answer_i(mail_answer),
    .table_line_o(table_line), .buckets_o(buckets), .map_line_o(map_line), .units_line_o(units_line),
    .units_o(units), .slot_limit_o(slot_limit), .page_secret_o(page_secret),
    .object_secret_o(object_secret),
    .vault_flash_o(vault_flash), .tier_args_o(tier_args), .tier_record_i(tier_record),
    .drop_valid_i(drop_valid), .drop_ready_o(drop_ready), .drop_i(drop),
    .staging_line_o(staging_line), .ask_valid_i(ask_valid), .ask_i(ask), .ask_done_o(ask_done), .ask_answer_o(ask_answer),
    .fetch_valid_i(fetch_valid), .fetch_i(fetch), .fetch_done_o(fetch_done),
    .fetch_look_o(fetch_look), .fetch_read_valid_o(fetch_read_valid), .fetch_read_o(fetch_read),
    .fetch_read_line_o(fetch_read_line), .fetch_read_end_i(fetch_read_end), .fetch_end_i(fetch_end),
    .fetch_stats_o(fetch_stats), .free_units_i(store_counters.free_units), .durable_bytes_i(globals.durable_bytes),
    .vault_event_i(vault_event), .get_i(get), .get_kind_i(get_kind), .get_contents_i(get_contents),
    .ecc_inject_o(ecc_inject_go), .ecc_clear_o(ecc_clear), .ecc_lost_i(ecc_lost),
    .flash_write_o(flash_write), .flash_read_done_o(flash_read_done), .flash_addr_o(flash_addr),
    .flash_data_i(flash_data), .flash_ready_i(flash_ready), .flash_end_i(flash_end),
    .counter_o(counter_select), .counter_i(counter),
    .read_valid_o(read_valid[1]), .read_ready_i(read_ready[1]), .read_o(mail_read),
    .answer_valid_i(rsp_valid[1]), .answer_i(rsp),
    .write_valid_o(write_valid[1]), .write_ready_i(write_ready[1]), .write_o(mail_write),
    .line_valid_o(data_valid[1]), .line_ready_i(data_ready[1]), .line_o(data[1])
  );
  always_comb begin
    read[1]  = mail_read;
    write[1] = mail_write;
    read[1][dma_pkg::TagBits-1-:dma_pkg::ClientBits]  = dma_pkg::ClientBits'(1);
    write[1][dma_pkg::TagBits-1-:dma_pkg::ClientBits] = dma_pkg::ClientBits'(1);
  end

  logic [ecc_pkg::Memories-1:0][1:0] mcu_ecc;
  always_comb begin
    mcu_ecc                    = '0;
    mcu_ecc[ecc_pkg::McuRam]   = mcu_ecc_i;
    mcu_ecc[ecc_pkg::McuLines] = mcu_ecc_lines_i;
    mcu_ecc[ecc_pkg::McuTags]  = mcu_ecc_tags_i;
  end
  assign mcu_inject_o = ecc_inject;

  mailbox_ecc u_ecc (
    .clk_i, .rst_ni, .ecc_i(pcie_ecc | queue_ecc | exec_ecc | vault_ecc | mcu_ecc),
    .inject_i(ecc_inject_go), .inject_data_i(mcu_data_i[24:0]), .inject_o(ecc_inject),
    .clear_i(ecc_clear), .lost_o(ecc_lost), .select_i(counter_select[4:0]), .value_o(ecc_counters)
  );

  mailbox_waits #(.PutLanes(PutLanes), .GetLanes(GetLanes)) u_waits (
    .clk_i, .rst_ni, .lane_i(lane_wait), .put_i(put_wait), .get_i(get_wait), .counts_o(waits)
  );

  mailbox_counters #(.PutLanes(PutLanes), .GetLanes(GetLanes)) u_counters (
    .clk_i, .select_i(counter_select), .value_o(counter),
    .queue_i(queue_counters), .exec_i(exec_counters), .hazard_stalls_i(hazard_stalls),
    .vault_i(globals), .fetch_i(fetch_stats), .vault_counters_i(vault_counters), .store_i(store_counters), .puts_i(puts_stats),
    .index_used_i(index_used), .index_moves_i(index_moves), .stash_used_i(stash_used),
    .dram_i(dram_stats), .pcie_i(pcie_stats), .ecc_i(ecc_counters), .busy_i(busy_q), .waits_i(waits),
    .codec_i(codec_stats)
  );

  always_comb begin
    regs_in              = '0;
    regs_in.cap          = pamc_pkg::REG_CAP_RESET;
    regs_in.cap[7:0]     = 8'(QueuePairs);
    // Set by firmware before a host can look.
    regs_in.cap[26]      = vault_flash;
    regs_in.cap[27]      = vault_flash;
    if (vault_flash) regs_in.cap[39:32] = 8'hff;
    regs_in.status       = status;
    regs_in.boot_epoch   = boot_epoch;
    regs_in.resets       = resets;
    regs_in.bad_doorbell = queue_counters.bad_doorbell - bad_before_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      now_q        <= '0;
      busy_q       <= '0;
      bad_before_q <= '0;
    end else begin
      now_q <= now_q + 32'd1;
      if (!exec_idle) busy_q <= busy_q + 64'd1;
      // As all registers, but what counts for the logs goes on.
      if (flr) bad_before_q <= queue_counters.bad_doorbell;
    end
  end

  assign idle_o = exec_idle && quiet && !store_busy && !io_valid && !admin_valid && !doorbell_valid &&
                  !mail_vault_valid && flash_idle;

  logic unused;
  assign unused = ^{sent, sent_tag, queues, broken, write_ready, data_ready, wdata_ready,
                    rdata_valid, errors_level};

endmodule
