// SPDX-License-Identifier: Apache-2.0
//
// The words of the mailbox that only keep what was written, and so say with what something
// is to be done: put together here to the structs in which it is said. They are not read
// back; the management core knows what it wrote.

module mailbox_words (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic                             write_i,
  input  logic [12:2]                      addr_i,
  input  logic [31:0]                      data_i,

  output logic [31:0]                      status_o,
  output logic [63:0]                      boot_epoch_o,
  output logic [31:0]                      resets_o,
  output logic [5:0]                       hold_o,
  output logic [7:0]                       ask_pool_o,
  output exec_pkg::watch_t                 watch_o,

  output logic [31:0]                      done_result_o,
  output logic [31:0]                      done_info_o,
  output queue_pkg::config_t               config_o,
  output logic [31:0]                      pool_attr_o,
  // All but what is in the word that starts it.
  output vault_pkg::command_t              vault_o,
  output logic [63:0]                      dma_addr_o,
  output logic [mailbox_pkg::CounterBits-1:0] counter_o,
  output logic [10:0]                      latency_o,
  output logic [11:0]                      contents_o,

  output logic [dram_pkg::LineBits-1:0]    table_line_o,
  output logic [index_pkg::BucketBits-1:0] buckets_o,
  output logic [dram_pkg::LineBits-1:0]    map_line_o,
  output logic [dram_pkg::LineBits-1:0]    units_line_o,
  output logic [31:0]                      units_o,
  output logic [31:0]                      slot_limit_o,
  output logic [127:0]                     page_secret_o,
  output logic [127:0]                     object_secret_o
);

  // Whatever lies below 1 KiB. A word that nobody reads here costs nothing.
  localparam int unsigned Words = 256;
  logic [Words-1:0][31:0] word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      word_q <= '0;
    end else if (write_i && addr_i[12:10] == '0) begin
      for (int unsigned n = 0; n < Words; n++) begin
        if (addr_i[9:2] == 8'(n)) word_q[n] <= data_i;
      end
    end
  end

  // The number of a word.
  function [7:0] w(input logic [12:0] offset);
    w = 8'(offset >> 2);
  endfunction

  assign status_o      = word_q[w(mailbox_pkg::STATUS)];
  assign boot_epoch_o  = word_q[w(mailbox_pkg::BOOT_EPOCH)+:2];
  assign resets_o      = word_q[w(mailbox_pkg::RESETS)];
  assign hold_o        = word_q[w(mailbox_pkg::HOLD)][5:0];
  assign ask_pool_o    = word_q[w(mailbox_pkg::POOL_BUSY)][7:0];
  assign watch_o       = {word_q[w(mailbox_pkg::WATCH)][31], word_q[w(mailbox_pkg::WATCH)][21:0]};
  assign done_result_o = word_q[w(mailbox_pkg::DONE_RESULT)];
  assign done_info_o   = word_q[w(mailbox_pkg::DONE_INFO)];
  assign pool_attr_o   = word_q[w(mailbox_pkg::POOL_ATTR)];
  assign dma_addr_o    = word_q[w(mailbox_pkg::DMA_ADDR)+:2];
  assign counter_o     = word_q[w(mailbox_pkg::COUNTER_SELECT)][mailbox_pkg::CounterBits-1:0];
  assign latency_o     = word_q[w(mailbox_pkg::LATENCY_SELECT)][10:0];
  assign contents_o    = word_q[w(mailbox_pkg::CONTENTS_SELECT)][11:0];

  logic [63:0] sq, cq, units;
  logic [31:0] attr, coalesce;
  assign sq       = word_q[w(mailbox_pkg::CONTROL_SQ)+:2];
  assign cq       = word_q[w(mailbox_pkg::CONTROL_CQ)+:2];
  assign attr     = word_q[w(mailbox_pkg::CONTROL_ATTR)];
  assign coalesce = word_q[w(mailbox_pkg::CONTROL_COALESCE)];
  assign units    = word_q[w(mailbox_pkg::VAULT_UNITS)+:2];

  always_comb begin
    config_o                = '0;
    config_o.sq_base        = sq[63:12];
    config_o.cq_base        = cq[63:12];
    config_o.sq_shift       = attr[3:0];
    config_o.cq_shift       = attr[7:4];
    config_o.irq_vector     = attr[13:8];
    config_o.irq            = attr[14];
    config_o.domain         = attr[31:16];
    config_o.coalesce_count = coalesce[15:0];
    config_o.coalesce_usec  = coalesce[31:16];

    vault_o               = '0;
    vault_o.object        = word_q[w(mailbox_pkg::VAULT_OBJECT)+:6];
    vault_o.index         = word_q[w(mailbox_pkg::VAULT_INDEX)+:2];
    vault_o.reserve_units = units[39:0];
    vault_o.reserve_slots = word_q[w(mailbox_pkg::VAULT_SLOTS)];
    vault_o.limit         = word_q[w(mailbox_pkg::VAULT_LIMIT)];
  end

  assign table_line_o    = word_q[w(mailbox_pkg::LAYOUT)][dram_pkg::LineBits-1:0];
  assign buckets_o       = word_q[w(mailbox_pkg::LAYOUT) + 8'd1][index_pkg::BucketBits-1:0];
  assign map_line_o      = word_q[w(mailbox_pkg::LAYOUT) + 8'd2][dram_pkg::LineBits-1:0];
  assign units_line_o    = word_q[w(mailbox_pkg::LAYOUT) + 8'd3][dram_pkg::LineBits-1:0];
  assign units_o         = word_q[w(mailbox_pkg::LAYOUT) + 8'd4];
  assign slot_limit_o    = word_q[w(mailbox_pkg::LAYOUT) + 8'd5];
  assign page_secret_o   = word_q[w(mailbox_pkg::PAGE_SECRET)+:4];
  assign object_secret_o = word_q[w(mailbox_pkg::OBJECT_SECRET)+:4];

  // Pages' addresses are those of pages; words have more bits than some values.
  logic unused;
  assign unused = ^{word_q, sq[11:0], cq[11:0], attr[15], units[63:40]};

endmodule
