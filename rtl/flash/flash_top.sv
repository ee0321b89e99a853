// SPDX-License-Identifier: Apache-2.0
//
// All of the card's flash: channels, the way of their pages to and from card memory, and the
// mailbox's words for both (flash_words) and for card memory itself (mailbox_window). The management
// core's share of card memory is at the same port (mcu_line).
//
// Clocks stand while nothing is under way, that of a channel and that of all: a card that is not
// asked for what is in its flash pays nothing for it, and one whose board has none (blocks_i)
// wakes its channels for a reset only. So an access comes through a register here, a cycle after the
// mailbox has it.

`include "check.svh"

module flash_top #(
  parameter int unsigned Channels      = 1,    // 0: the window to card memory alone
  parameter int unsigned Dies          = 4,    // of a channel
  parameter int unsigned Chunks        = 4,    // of a page
  parameter int unsigned PageBits      = 6,    // a block's pages: 2^PageBits
  // The bus, in cycles (flash_sequencer).
  parameter int unsigned Period        = 5,
  parameter int unsigned ReadDelay     = 2,
  parameter int unsigned TimeoutCycles = 25_000_000,
  // Derived, not to be set: ports of a card without channels are not used.
  parameter int unsigned Buses         = Channels > 0 ? Channels : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // Of a die on this board; 0: there is no flash.
  input  logic [15:0]                  blocks_i,

  // Accesses of the mailbox: a word is written; a read of a word ends. What is read is there in
  // the second cycle of an access, or when ready_o is high again.
  input  logic                         write_i,
  input  logic                         read_done_i,
  input  logic [12:0]                  addr_i,
  input  logic [31:0]                  data_i,
  output logic [31:0]                  data_o,
  output logic                         ready_o,
  output logic                         end_o,      // an end waits to be taken

  // What a get wants (flash_fetch).
  input  logic                         fetch_look_i,
  input  logic                         fetch_valid_i,
  input  flash_pkg::fetch_t            fetch_i,
  input  logic [dram_pkg::LineBits-1:0] fetch_line_i,
  output logic                         fetch_end_o,
  output flash_pkg::fetch_end_t        fetch_end_data_o,

  output logic [Buses-1:0][Dies-1:0]   ce_no,
  output logic [Buses-1:0]             cle_o,
  output logic [Buses-1:0]             ale_o,
  output logic [Buses-1:0]             we_no,
  output logic [Buses-1:0]             re_no,
  output logic [Buses-1:0]             dq_oe_o,
  output logic [Buses-1:0][7:0]        dq_o,
  input  logic [Buses-1:0][7:0]        dq_i,
  input  logic [Buses-1:0][Dies-1:0]   ready_i,    // R/B#

  // mcu_line.sv
  input  logic                         line_access_i,
  input  logic                         line_write_i,
  input  logic [dram_pkg::LineBits-1:0] line_i,
  input  logic [511:0]                 line_data_i,
  output logic                         line_ack_o,
  output logic                         line_error_o,
  output logic [511:0]                 line_data_o,

  output logic                         req_valid_o,
  input  logic                         req_ready_i,
  output dram_pkg::req_t               req_o,
  output logic                         wdata_valid_o,
  input  logic                         wdata_ready_i,
  output dram_pkg::wdata_t             wdata_o,
  input  logic                         rdata_valid_i,
  input  dram_pkg::rdata_t             rdata_i,

  output logic                         idle_o
);

  localparam int unsigned Bytes   = 4;
  localparam int unsigned Clients = Channels + 2;

  // ---- accesses, a cycle later; the clock ----
  logic        write_q, read_done_q, clk, busy, share_idle, window_idle, words_idle, line_idle;
  logic [12:0] addr_q;
  logic [31:0] data_q;
  logic [Buses-1:0] channel_idle;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q     <= 1'b0;
      read_done_q <= 1'b0;
    end else begin
      write_q     <= write_i;
      read_done_q <= read_done_i;
    end
  end
  always_ff @(posedge clk_i) begin
    addr_q <= addr_i;
    if (write_i) data_q <= data_i;
  end
  assign busy = write_q || read_done_q || fetch_look_i || !share_idle || !window_idle || !words_idle || !line_idle ||
                (blocks_i != '0 && channel_idle != '1);
  lib_idle_clock #(.Linger(63)) u_clock (.clk_i, .rst_ni, .busy_i(busy), .clk_o(clk));
  assign idle_o = !busy;

  // ---- memory ----
  logic [Clients-1:0] req_valid, req_ready, wdata_valid, wdata_ready, rdata_valid;
  logic [Clients-1:0][dram_pkg::ReqBits-1:0]   req;
  logic [Clients-1:0][dram_pkg::WdataBits-1:0] wdata;
  dram_share #(.Clients(Clients)) u_share (
    .clk_i(clk), .rst_ni, .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
    .wdata_valid_i(wdata_valid), .wdata_ready_o(wdata_ready), .wdata_i(wdata),
    .rdata_valid_o(rdata_valid), .req_valid_o, .req_ready_i, .req_o, .wdata_valid_o,
    .wdata_ready_i, .wdata_o, .rdata_valid_i, .rdata_last_i(rdata_i.last), .idle_o(share_idle)
  );

  // ---- words ----
  logic [31:0]      words, window, window_data;
  logic [15:0]      window_lines_q;
  logic             window_ready, window_error, go;
  dram_pkg::req_t   window_req;
  dram_pkg::wdata_t window_wdata;
  assign go = write_q && addr_q == mailbox_pkg::WINDOW;
  always_ff @(posedge clk) begin
    if (write_q && addr_q == mailbox_pkg::WINDOW_LINES) window_lines_q <= data_q[15:0];
  end
  mailbox_window u_window (
    .clk_i(clk), .rst_ni, .go_i(go), .go_data_i(data_q), .lines_i(window_lines_q),
    .write_i(write_q && addr_q == mailbox_pkg::WINDOW_DATA), .data_i(data_q),
    .read_done_i(read_done_q && addr_q == mailbox_pkg::WINDOW_DATA),
    .data_o(window_data), .ready_o(window_ready), .error_o(window_error),
    .req_valid_o(req_valid[Channels]), .req_ready_i(req_ready[Channels]), .req_o(window_req),
    .wdata_valid_o(wdata_valid[Channels]), .wdata_ready_i(wdata_ready[Channels]), .wdata_o(window_wdata),
    .rdata_valid_i(rdata_valid[Channels]), .rdata_i, .idle_o(window_idle)
  );
  assign req[Channels]   = window_req;
  assign wdata[Channels] = window_wdata;

  // ---- the core's lines ----
  dram_pkg::req_t   line_req;
  dram_pkg::wdata_t line_wdata;
  mcu_line u_line (
    .clk_i(clk), .rst_ni, .access_i(line_access_i), .write_i(line_write_i), .line_i, .data_i(line_data_i),
    .ack_o(line_ack_o), .error_o(line_error_o), .data_o(line_data_o),
    .req_valid_o(req_valid[Channels+1]), .req_ready_i(req_ready[Channels+1]), .req_o(line_req),
    .wdata_valid_o(wdata_valid[Channels+1]), .wdata_ready_i(wdata_ready[Channels+1]), .wdata_o(line_wdata),
    .rdata_valid_i(rdata_valid[Channels+1]), .rdata_i, .idle_o(line_idle)
  );
  assign req[Channels+1]   = line_req;
  assign wdata[Channels+1] = line_wdata;

  always_comb begin
    window = words;
    if (addr_i == mailbox_pkg::WINDOW)      window = {31'd0, window_error};
    if (addr_i == mailbox_pkg::WINDOW_DATA) window = window_data;
  end
  // An access to the window's words is held while it is not done.
  assign ready_o = window_ready || (addr_i != mailbox_pkg::WINDOW && addr_i != mailbox_pkg::WINDOW_DATA);
  always_ff @(posedge clk_i) data_o <= window;

  // ---- channels ----
  logic [Buses-1:0]              ask, asked, end_valid, end_ready, end_damaged;
  logic [Buses-1:0][flash_pkg::EndBits-1:0] ends;
  logic [Buses-1:0][flash_pkg::CounterWords-1:0][31:0] counters;
  flash_pkg::request_t           request;
  logic [dram_pkg::LineBits-1:0] line;
  flash_pkg::part_t              part;
  if (Channels > 0) begin : g_flash
    logic                  fetch_ask, fetch_asked, fetched, erase;
    logic [6:0]            fetch_die;
    flash_pkg::request_t   fetch_request;
    flash_pkg::part_t      fetch_part;
    flash_pkg::fetch_end_t fetched_data;
    flash_fetch #(.Dies(Channels * Dies), .Chunks(Chunks), .PageBits(PageBits)) u_fetch (
      .clk_i(clk), .rst_ni, .blocks_i, .look_i(fetch_look_i), .valid_i(fetch_valid_i), .fetch_i,
      .end_o(fetch_end_o), .end_data_o(fetch_end_data_o), .request_valid_o(fetch_ask), .request_ready_i(fetch_asked),
      .die_o(fetch_die), .request_o(fetch_request), .part_o(fetch_part), .erase_i(erase),
      .end_valid_i(fetched), .end_i(fetched_data)
    );
    flash_words #(.Channels(Channels), .Dies(Dies), .Chunks(Chunks), .PageBits(PageBits)) u_words (
      .clk_i(clk), .rst_ni, .blocks_i, .write_i(write_q), .addr_i(addr_q), .data_i(data_q), .data_o(words),
      .request_valid_o(ask), .request_ready_i(asked), .request_o(request), .line_o(line),
      .part_o(part),
      .fetch_valid_i(fetch_ask), .fetch_ready_o(fetch_asked), .fetch_die_i(fetch_die), .fetch_i(fetch_request),
      .fetch_line_i, .fetch_part_i(fetch_part), .fetch_end_o(fetched), .fetch_end_data_o(fetched_data), .erase_o(erase),
      .end_valid_i(end_valid), .end_ready_o(end_ready), .end_i(ends), .end_damaged_i(end_damaged),
      .counters_i(counters), .end_o, .idle_o(words_idle)
    );
    for (genvar n = 0; n < int'(Channels); n++) begin : g_channel
      logic                          c_valid, c_ready, e_valid, e_ready, in_valid, in_ready;
      logic                          out_valid, out_ready, out_last, c_idle, d_idle;
      logic [8*Bytes-1:0]            in_data, out_data;
      logic [flash_pkg::DieBits-1:0] out_die;
      logic [7:0]                    out_tag;
      flash_pkg::found_t             out_found;
      flash_pkg::end_t               e;
      flash_pkg::channel_stats_t     stats;
      flash_pkg::stats_t             bus_stats;
      lib_pkg::engine_stats_t        read_stats, program_stats;
      flash_pkg::dma_stats_t         dma_stats;
      dram_pkg::req_t                dma_req;
      dram_pkg::wdata_t              dma_wdata;
      logic                          channel_clk;
      lib_idle_clock #(.Linger(63)) u_clock (
        .clk_i, .rst_ni, .busy_i(ask[n] || (blocks_i != '0 && !channel_idle[n])), .clk_o(channel_clk)
      );
      flash_channel #(
        .Dies(Dies), .Bytes(Bytes), .Chunks(Chunks), .PageBits(PageBits), .Period(Period),
        .ReadDelay(ReadDelay), .TimeoutCycles(TimeoutCycles)
      ) u_channel (
        .clk_i(channel_clk), .rst_ni, .request_valid_i(c_valid), .request_ready_o(c_ready), .request_i(request),
        .end_valid_o(e_valid), .end_ready_i(e_ready), .end_o(e),
        .in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data),
        .out_valid_o(out_valid), .out_ready_i(out_ready), .out_data_o(out_data), .out_last_o(out_last),
        .out_die_o(out_die), .out_tag_o(out_tag), .out_found_o(out_found),
        .ce_no(ce_no[n]), .cle_o(cle_o[n]), .ale_o(ale_o[n]), .we_no(we_no[n]), .re_no(re_no[n]),
        .dq_oe_o(dq_oe_o[n]), .dq_o(dq_o[n]), .dq_i(dq_i[n]), .ready_i(ready_i[n]),
        .stats_o(stats), .bus_stats_o(bus_stats), .read_stats_o(read_stats),
        .program_stats_o(program_stats), .idle_o(c_idle)
      );
      flash_dma #(.Dies(Dies), .Bytes(Bytes), .Chunks(Chunks)) u_dma (
        .clk_i(channel_clk), .rst_ni, .request_valid_i(ask[n]), .request_ready_o(asked[n]), .request_i(request),
        .line_i(line), .part_i(part), .channel_valid_o(c_valid), .channel_ready_i(c_ready),
        .channel_end_valid_i(e_valid), .channel_end_ready_o(e_ready), .end_i(e),
        .end_valid_o(end_valid[n]), .end_ready_i(end_ready[n]), .end_damaged_o(end_damaged[n]),
        .program_valid_o(in_valid), .program_ready_i(in_ready), .program_data_o(in_data),
        .read_valid_i(out_valid), .read_ready_o(out_ready), .read_data_i(out_data),
        .read_last_i(out_last), .read_die_i(out_die),
        .req_valid_o(req_valid[n]), .req_ready_i(req_ready[n]), .req_o(dma_req),
        .wdata_valid_o(wdata_valid[n]), .wdata_ready_i(wdata_ready[n]), .wdata_o(dma_wdata),
        .rdata_valid_i(rdata_valid[n]), .rdata_i, .stats_o(dma_stats), .idle_o(d_idle)
      );
      assign req[n]          = dma_req;
      assign wdata[n]        = dma_wdata;
      assign ends[n]         = e;
      assign counters[n]     = {stats, bus_stats, read_stats, program_stats, dma_stats};
      assign channel_idle[n] = c_idle && d_idle;
      logic unused;
      assign unused = ^{out_tag, out_found};
    end
  end else begin : g_none
    assign {words, end_o, words_idle, channel_idle} = {32'd0, 1'b0, 1'b1, 1'b1};
    assign ce_no = '1;
    assign we_no = '1;
    assign re_no = '1;
    assign {cle_o, ale_o, dq_oe_o, dq_o} = '0;
    assign {ask, asked, end_valid, end_ready, end_damaged, ends, counters, request, line, part} = '0;
    // Nobody asks.
    assign {fetch_end_o, fetch_end_data_o} = '0;
    logic unused;
    assign unused = ^{fetch_valid_i, fetch_i, fetch_line_i, dq_i, ready_i, ask, asked, end_valid, end_ready, end_damaged, ends, counters, request, line, part};
  end

endmodule
