// SPDX-License-Identifier: Apache-2.0
//
// The words of the mailbox by which firmware is the tier in flash (spec/mailbox.toml, TIER_*):
// with what the vault's OP_TIER_* are done and what they tell, places in flash that no page is
// at any more, what the data path asks for, and a wake-up when memory gets short.
//
// Whether a durable put may come in is answered here, as firmware has said beforehand how much may be in memory
// (TIER_GRANT); that is seen once, in the first cycle in which it is asked and firmware writes nothing, which may be
// the answer to a fetch and has the same way; so what firmware has once seen it answers itself.
//
// Places are taken here whatever the vault is at: it waits in the middle of a command when
// nobody does, so who waits for it has to be able to.

`include "check.svh"

module mailbox_tier (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     write_i,
  input  logic [12:0]              addr_i,
  input  logic [31:0]              data_i,
  output logic [31:0]              data_o,

  // A command of the mailbox's is inside the vault; one begins that is its INIT.
  input  logic                     busy_i,
  input  logic                     init_i,
  output logic                     flash_o,
  output vault_pkg::tier_args_t    args_o,
  input  vault_pkg::tier_record_t  record_i,

  input  logic                     drop_valid_i,
  output logic                     drop_ready_o,
  input  vault_pkg::drop_t         drop_i,

  // What the executor asks for, held until it is answered; records (fetch) apart from all else.
  output logic [dram_pkg::LineBits-1:0] staging_line_o,
  input  logic                     ask_valid_i,
  input  ask_pkg::ask_t            ask_i,
  output logic                     ask_done_o,
  // fetch_left: firmware may answer it; fetch_read: it was read without firmware.
  input  logic                     fetch_valid_i,
  input  ask_pkg::ask_t            fetch_i,
  input  logic                     fetch_left_i,
  input  logic                     fetch_read_i,
  output logic                     fetch_done_o,
  output logic                     answers_o,
  output ask_pkg::answer_e         ask_answer_o,

  input  logic [31:0]              free_units_i,
  input  logic [39:0]              durable_bytes_i,

  // For EVENTS: firmware is asked for something; a place waits; memory has become short since clear_i.
  output logic                     asked_o,
  output logic                     dropped_o,
  output logic                     short_o,
  input  logic                     clear_i
);

  // From the first word on; those that are only kept.
  localparam int unsigned Words = 16;
  logic [Words-1:0][31:0] word_q;
  logic                   flash_q, kept;
  // What a command is done with stays while it is inside.
  assign kept = write_i && !busy_i && addr_i >= mailbox_pkg::TIER && addr_i < mailbox_pkg::TIER + 13'(4 * Words);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      word_q  <= '0;
      flash_q <= 1'b0;
    end else begin
      for (int unsigned n = 0; n < Words; n++) begin
        if (kept && addr_i[5:2] == 4'(n)) word_q[n] <= data_i;
      end
      // Pages that are there know nothing of another setting.
      if (init_i) flash_q <= word_q[0][0];
    end
  end
  function [3:0] w(input logic [12:0] offset);
    w = 4'(offset >> 2);
  endfunction

  logic [31:0] what, low, dirty;
  assign what  = word_q[w(mailbox_pkg::TIER_WHICH)];
  assign low   = word_q[w(mailbox_pkg::TIER_LOW)];
  assign dirty = word_q[w(mailbox_pkg::TIER_DIRTY)];
  always_comb begin
    // The fourth is none: that of the contents.
    args_o.which   = vault_pkg::which_e'(what[1:0] == 2'd3 ? 2'd0 : what[1:0]);
    args_o.copy    = what[2];
    args_o.line    = word_q[w(mailbox_pkg::TIER_LINE)][29:0];
    args_o.version = {word_q[w(mailbox_pkg::TIER_VERSION) + 4'd1], word_q[w(mailbox_pkg::TIER_VERSION)]};
    args_o.place   = {word_q[w(mailbox_pkg::TIER_PLACE) + 4'd1], word_q[w(mailbox_pkg::TIER_PLACE)]};
    args_o.to      = {word_q[w(mailbox_pkg::TIER_TO) + 4'd1], word_q[w(mailbox_pkg::TIER_TO)]};
    args_o.bytes   = word_q[w(mailbox_pkg::TIER_BYTES)];
  end
  assign flash_o = flash_q;

  assign staging_line_o = word_q[w(mailbox_pkg::TIER_STAGING)][dram_pkg::LineBits-1:0];

  // ---- questions: it is a long way to the lanes, from registers ----
  logic               ask_done_q, fetch_done_q;
  // A question is there, and has been looked at; it is firmware's; it needs none.
  logic               ask_seen_q, left_q, granted_q, fits, looks, grants;
  logic [31:0]        grant_q;
  assign fits   = durable_bytes_i == '0 || durable_bytes_i + 40'(ask_i.bytes) <= 40'(grant_q);
  assign looks  = ask_valid_i && !ask_seen_q && !write_i;
  assign grants = looks && ask_i.kind == ask_pkg::ASK_DURABLE_ROOM && grant_q != '0 && fits;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ask_seen_q <= 1'b0;
      left_q     <= 1'b0;
      granted_q  <= 1'b0;
      grant_q    <= '0;
    end else begin
      ask_seen_q <= ask_valid_i && !ask_done_o && (ask_seen_q || looks);
      left_q     <= ask_valid_i && !ask_done_o && (ask_seen_q ? left_q : looks && !grants);
      granted_q  <= grants;
      if (write_i && addr_i == mailbox_pkg::TIER_GRANT) grant_q <= data_i;
    end
  end
  assign asked_o = ask_valid_i && left_q;
  ask_pkg::answer_e   answer_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ask_done_q   <= 1'b0;
      fetch_done_q <= 1'b0;
    end else begin
      ask_done_q   <= write_i && addr_i == mailbox_pkg::TIER_ASK && asked_o;
      fetch_done_q <= write_i && addr_i == mailbox_pkg::TIER_FETCH && fetch_left_i;
    end
  end
  always_ff @(posedge clk_i) answer_q <= grants ? ask_pkg::ANSWER_DONE : ask_pkg::answer_e'(data_i[1:0]);
  assign ask_done_o   = ask_valid_i && (ask_done_q || granted_q);
  assign fetch_done_o = fetch_valid_i && (fetch_done_q || fetch_read_i);
  assign answers_o    = ask_done_q || granted_q || fetch_done_q;
  assign ask_answer_o = fetch_read_i ? ask_pkg::ANSWER_DONE : answer_q;

  `PAMC_ASSERT(a_one_answer, !(granted_q && (ask_done_q || fetch_done_q)))

  // ---- places ----
  assign drop_ready_o = write_i && addr_i == mailbox_pkg::TIER_DROP;
  assign dropped_o    = drop_valid_i;

  // ---- memory gets short: told when it does, not while it is ----
  logic [31:0] free_q;
  logic [39:0] durable_q;
  logic        less, short_q;
  assign less = flash_q && ((free_units_i < free_q && free_units_i < low) ||
                            (durable_bytes_i > durable_q && durable_bytes_i > 40'(dirty)));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      free_q    <= '0;
      durable_q <= '0;
      short_q   <= 1'b0;
    end else begin
      free_q    <= free_units_i;
      durable_q <= durable_bytes_i;
      if (less) short_q <= 1'b1;
      else if (clear_i) short_q <= 1'b0;
    end
  end
  assign short_o = short_q;

  // ---- reading ----
  logic [13:0][31:0] record;
  always_comb begin
    record[5:0]   = record_i.object;
    record[7:6]   = record_i.index;
    record[9:8]   = record_i.version;
    record[11:10] = record_i.place;
    record[12]    = record_i.bytes;
    record[13]    = {11'd0, record_i.known, record_i.lost, record_i.in_flash, record_i.leaving, record_i.durable,
                     16'(record_i.contents)};
  end
  logic [7:0][31:0] ask, fetch;
  assign ask   = {ask_i.object, ask_i.index};
  assign fetch = {fetch_i.object, fetch_i.index};
  always_comb begin
    data_o = '0;
    if (addr_i >= mailbox_pkg::TIER_RECORD && addr_i < mailbox_pkg::TIER_RECORD + 13'd56) begin
      data_o = record[4'((addr_i - mailbox_pkg::TIER_RECORD) >> 2)];
    end
    if (addr_i == mailbox_pkg::TIER)                      data_o = {31'd0, flash_q};
    if (addr_i == mailbox_pkg::TIER_DROP && drop_valid_i) data_o = {1'b1, drop_i.bytes[30:0]};
    if (addr_i == mailbox_pkg::TIER_DROP_PLACE)           data_o = drop_i.place[31:0];
    if (addr_i == mailbox_pkg::TIER_DROP_PLACE + 13'd4)   data_o = drop_i.place[63:32];
    if (addr_i == mailbox_pkg::TIER_ASK && asked_o)       data_o = {1'b1, 6'd0, ask_i.contents, 13'd0, ask_i.kind};
    if (addr_i == mailbox_pkg::TIER_ASK_BYTES)            data_o = 32'(ask_i.bytes);
    if (addr_i == mailbox_pkg::TIER_GRANT)                data_o = grant_q;
    if (addr_i >= mailbox_pkg::TIER_ASK_INDEX && addr_i < mailbox_pkg::TIER_ASK_INDEX + 13'd32) begin
      data_o = ask[3'((addr_i - mailbox_pkg::TIER_ASK_INDEX) >> 2)];
    end
    if (addr_i == mailbox_pkg::TIER_FETCH && fetch_valid_i) data_o = {1'b1, 6'd0, fetch_i.contents, 13'd0, fetch_i.kind};
    if (addr_i == mailbox_pkg::TIER_FETCH_LINE)             data_o = 32'(fetch_i.line);
    if (addr_i >= mailbox_pkg::TIER_FETCH_INDEX && addr_i < mailbox_pkg::TIER_FETCH_INDEX + 13'd32) begin
      data_o = fetch[3'((addr_i - mailbox_pkg::TIER_FETCH_INDEX) >> 2)];
    end
  end

  logic unused;
  assign unused = ^{word_q, drop_i, what, ask_i.line, fetch_i.bytes};

endmodule
