// SPDX-License-Identifier: Apache-2.0
//
// MSI-X: the table and the pending bits that the host sees in BAR0, and interrupts as
// writes of one dword. They take their turn among all writes of the card, so one comes
// after what was accepted before it was asked for.
//
// Addresses and data of the table are memory, which is protected (pcie_msix_word); they mean
// nothing after a reset, when all vectors are masked. A message of which a word is lost is
// not sent.

`include "check.svh"

module pcie_msix (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  output ecc_pkg::event_t        ecc_o,

  // Function-level reset: masks all, forgets what is pending.
  input  logic                   clear_i,
  // The function's MSI-X enable and mask.
  input  logic                   enable_i,
  input  logic                   function_mask_i,

  // BAR0 from MSIX_TABLE on; the answer comes two cycles later. What was written in one cycle
  // must not be touched in the next.
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
  logic [2:0][31:0]   words, message;
  logic [2:0][1:0]    found, found_q;
  logic [2:0]         waits, losts;
  logic [Vectors-1:0] mask_q, pending;

  // A cycle later: the words of the entry are there.
  logic        write_q, read_q;
  logic [12:2] addr_q;
  logic [31:0] wdata_q;
  logic [3:0]  wstrb_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {write_q, read_q} <= '0;
    else         {write_q, read_q} <= {write_i, read_i};
  end
  always_ff @(posedge clk_i) begin
    addr_q  <= addr_i;
    wdata_q <= wdata_i;
    wstrb_q <= wstrb_i;
  end

  logic       in_table, in_pba;
  logic [5:0] entry;
  assign in_table = addr_q[12:10] == '0;
  assign in_pba   = addr_q[12:3] == PbaPlace[12:3];
  assign entry    = addr_q[9:4];

  logic       write, fire_valid, fire_ready, req_valid_q, data_valid_q;
  logic [5:0] fire;
  assign write = write_q && in_table;

  for (genvar n = 0; n < 3; n++) begin : gen_word
    pcie_msix_word #(.Vectors(Vectors)) u_word (
      .clk_i, .rst_ni, .inject_i, .ecc_o(found[n]),
      .entry_i(addr_i[9:4]), .write_i(write && addr_q[3:2] == 2'(n)),
      // Addresses are those of dwords.
      .wdata_i(n == 0 ? {wdata_q[31:2], 2'b00} : wdata_q), .wstrb_i(wstrb_q),
      .read_i(read_q && in_table && addr_q[3:2] == 2'(n)), .rdata_o(words[n]),
      .fire_i(fire_ready), .fire_entry_i(fire), .look_i(req_valid_q),
      .data_o(message[n]), .wait_o(waits[n]), .lost_o(losts[n])
    );
  end
  // From a register: those who count are far away.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {ecc_o, found_q} <= '0;
    else         {ecc_o, found_q} <= {found_q[0] | found_q[1] | found_q[2], found};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) mask_q <= '1;
    else if (clear_i) mask_q <= '1;
    else if (write && addr_q[3:2] == 2'd3 && wstrb_q[0]) mask_q[entry] <= wdata_q[0];
  end

  // Words have been through their check before one is chosen; whatever is no word of theirs is the rest.
  logic [2:0][31:0] words_q;
  logic [31:0]      rest_q;
  logic [1:0]       word_q;
  always_ff @(posedge clk_i) begin
    if (read_q) begin
      words_q <= words;
      rest_q  <= in_table ? {31'd0, mask_q[entry]} : in_pba ? (addr_q[2] ? pending[63:32] : pending[31:0]) : '0;
      word_q  <= in_table ? addr_q[3:2] : 2'd3;
    end
  end
  always_comb begin
    case (word_q)
      2'd0:    rdata_o = words_q[0];
      2'd1:    rdata_o = words_q[1];
      2'd2:    rdata_o = words_q[2];
      default: rdata_o = rest_q;
    endcase
  end

  pcie_msix_pending #(.Vectors(Vectors)) u_pending (
    .clk_i, .rst_ni, .clear_i, .irq_valid_i, .irq_i,
    .enable_i(enable_i && !function_mask_i), .mask_i(mask_q), .pending_o(pending),
    .fire_valid_o(fire_valid), .fire_ready_i(fire_ready), .fire_o(fire)
  );
  assign irq_ready_o = 1'b1;

  // The message: request, then data, offered in the cycle after all words are known to be right.
  logic waits_any, lost, offers_q;
  assign waits_any  = waits != '0;
  assign lost       = losts != '0;
  assign fire_ready = !req_valid_q && !data_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_valid_q  <= 1'b0;
      data_valid_q <= 1'b0;
      offers_q     <= 1'b0;
    end else if (fire_ready) begin
      offers_q     <= 1'b0;
      req_valid_q  <= fire_valid;
      data_valid_q <= fire_valid;
    end else begin
      if (req_valid_q && !waits_any && !lost) offers_q <= 1'b1;
      if ((req_valid_o && req_ready_i) || (lost && req_valid_q)) req_valid_q <= 1'b0;
      if ((data_valid_o && data_ready_i) || (lost && req_valid_q)) data_valid_q <= 1'b0;
    end
  end

  assign req_valid_o  = req_valid_q && offers_q;
  assign req_o.dword  = {message[1], message[0][31:2]};
  assign req_o.dwords = 11'd1;
  assign req_o.tag    = '0;
  // The data may be taken before the request is.
  assign data_valid_o = data_valid_q && offers_q;
  assign data_o       = {480'd0, message[2]};
  assign idle_o       = !fire_valid && !req_valid_q && !data_valid_q;

  `PAMC_ASSUME(m_apart, !write_q || !(read_i || (write_i && addr_i == addr_q)))

  logic unused;
  assign unused = &{1'b0, PbaPlace, message[0][1:0]};

endmodule
