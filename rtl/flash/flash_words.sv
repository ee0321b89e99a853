// SPDX-License-Identifier: Apache-2.0
//
// The words of the mailbox that are the flash's (spec/mailbox.toml, FLASH_*): what firmware asks
// of the channels, and what came of it. It names a die as one of all channels'; here it becomes
// the channel's own, and the number goes along as the request's tag. A die that is not there is
// refused by the first channel.

`include "check.svh"

module flash_words #(
  parameter int unsigned Channels = 1,
  parameter int unsigned Dies     = 4,
  parameter int unsigned Chunks   = 4,
  parameter int unsigned PageBits = 6
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic [15:0]                   blocks_i,

  input  logic                          write_i,
  input  logic [12:0]                   addr_i,
  input  logic [31:0]                   data_i,
  output logic [31:0]                   data_o,

  output logic [Channels-1:0]           request_valid_o,
  input  logic [Channels-1:0]           request_ready_i,
  output flash_pkg::request_t           request_o,
  output logic [dram_pkg::LineBits-1:0] line_o,
  output flash_pkg::part_t              part_o,
  input  logic [Channels-1:0]           end_valid_i,
  output logic [Channels-1:0]           end_ready_o,
  input  logic [Channels-1:0][flash_pkg::EndBits-1:0] end_i,
  input  logic [Channels-1:0]           end_damaged_i,
  input  logic [Channels-1:0][flash_pkg::CounterWords-1:0][31:0] counters_i,

  // What a get wants: flash_fetch. Its request is taken when its die has none of the words' and no request
  // of theirs is offered.
  input  logic                          fetch_valid_i,
  output logic                          fetch_ready_o,
  input  logic [6:0]                    fetch_die_i,
  input  flash_pkg::request_t           fetch_i,
  input  logic [dram_pkg::LineBits-1:0] fetch_line_i,
  input  flash_pkg::part_t              fetch_part_i,
  output logic                          fetch_end_o,
  output flash_pkg::fetch_end_t         fetch_end_data_o,
  output logic                          erase_o,

  // An end waits; nothing is to be done.
  output logic                          end_o,
  output logic                          idle_o
);

  localparam int unsigned DieBits = flash_pkg::DieBits;

  // ---- requests ----
  logic [31:0]                 place_q, line_q, part_q;
  logic [Channels-1:0]         ask_q, to;
  logic [9:0]                  select_q;
  flash_pkg::request_t         request_q;
  flash_pkg::part_t            request_part_q;
  logic                        go;
  logic [DieBits-1:0]          die;
  logic                        found;
  // FLASH_GEOMETRY has to tell them, a request to name them.
  `PAMC_PARAM(g_channels, Channels >= 1 && Channels <= 15)
  `PAMC_PARAM(g_dies, Dies >= 1 && Dies <= 15 && Channels * Dies <= 128)
  `PAMC_PARAM(g_chunks, Chunks >= 1 && Chunks <= 255)
  `PAMC_PARAM(g_pages, PageBits >= 1 && PageBits <= 15)

  // The tag of what a get wants, beside the die's number.
  localparam logic [7:0] Fetch = 8'h80;

  // Without flash nobody would answer.
  assign go = write_i && addr_i == mailbox_pkg::FLASH && ask_q == '0 && blocks_i != '0;
  always_comb begin
    to    = '0;
    die   = '0;
    found = 1'b0;
    for (int unsigned n = 0; n < Channels; n++) begin
      if (32'(data_i[15:8]) >= n * Dies && 32'(data_i[15:8]) < (n + 1) * Dies) begin
        to[n] = 1'b1;
        die   = DieBits'(32'(data_i[15:8]) - n * Dies);
        found = 1'b1;
      end
    end
    if (!found) to[0] = 1'b1;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q  <= '0;
      line_q   <= '0;
      part_q   <= '0;
      select_q <= '0;
      ask_q    <= '0;
    end else begin
      if (write_i && addr_i == mailbox_pkg::FLASH_PLACE && ask_q == '0) place_q <= data_i;
      if (write_i && addr_i == mailbox_pkg::FLASH_LINE && ask_q == '0) line_q <= data_i;
      // Of one request; the next one is of whole chunks unless it is said anew.
      if (write_i && addr_i == mailbox_pkg::FLASH_PART && ask_q == '0) part_q <= data_i;
      else if (go) part_q <= '0;
      if (write_i && addr_i == mailbox_pkg::FLASH_SELECT) select_q <= data_i[9:0];
      ask_q <= go ? to : fetch_q != '0 ? ask_q : ask_q & ~request_ready_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (go) begin
      request_q.op    <= found ? flash_pkg::page_op_t'(data_i[2:0]) : flash_pkg::page_op_t'(3'd7);
      request_q.die   <= die;
      request_q.block <= place_q[15:0];
      request_q.page  <= place_q[31:16];
      request_q.first <= data_i[23:16];
      request_q.count <= data_i[31:24];
      request_q.tag   <= data_i[15:8];
      request_part_q.skip  <= part_q[7:0];
      request_part_q.at    <= part_q[11:8];
      request_part_q.words <= part_q[31:16] == '0 ? '1 : part_q[31:16];
    end
  end
  assign erase_o = go && data_i[2:0] == flash_pkg::BlockErase;

  // ---- what a get wants: what is offered stays, so the words' request waits for it. busy_q: dies that have
  // one of the words' ----
  logic [Channels-1:0]           fetch_q, fetch_to;
  logic [Channels*Dies-1:0]      busy_q, begins, ends, of_fetch;
  logic [DieBits-1:0]            fetch_die;
  flash_pkg::request_t           fetch;
  always_comb begin
    fetch_to  = '0;
    fetch_die = '0;
    for (int unsigned n = 0; n < Channels; n++) begin
      for (int unsigned d = 0; d < Dies; d++) begin
        of_fetch[n*Dies+d] = 32'(fetch_die_i) == n * Dies + d;
        begins[n*Dies+d]   = go && 32'(data_i[15:8]) == n * Dies + d;
        if (32'(fetch_die_i) == n * Dies + d) begin
          fetch_to[n] = 1'b1;
          fetch_die   = DieBits'(d);
        end
      end
    end
  end
  assign fetch_ready_o = ask_q == '0 && !go && fetch_q == '0 && (of_fetch & busy_q) == '0;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fetch_q <= '0;
      busy_q  <= '0;
    end else begin
      fetch_q <= fetch_valid_i && fetch_ready_o ? fetch_to : fetch_q & ~request_ready_i;
      busy_q  <= (busy_q & ~ends) | begins;
    end
  end
  always_comb begin
    fetch     = fetch_i;
    fetch.op  = flash_pkg::PageRead;
    fetch.die = fetch_die;
    fetch.tag = Fetch | 8'(fetch_die_i);
  end
  assign request_valid_o = fetch_q != '0 ? fetch_q : ask_q;
  assign request_o       = fetch_q != '0 ? fetch : request_q;
  assign line_o          = fetch_q != '0 ? fetch_line_i : line_q[dram_pkg::LineBits-1:0];
  assign part_o          = fetch_q != '0 ? fetch_part_i : request_part_q;

  // ---- ends ----
  flash_pkg::end_t e;
  logic            e_valid, e_room, e_damaged, waits, next;
  logic [Channels-1:0] first;
  assign first = end_valid_i & (~end_valid_i + 1'b1);
  always_comb begin
    e         = end_i[0];
    e_valid   = 1'b0;
    e_damaged = 1'b0;
    for (int unsigned n = 0; n < Channels; n++) begin
      if (first[n]) begin
        e         = end_i[n];
        e_valid   = 1'b1;
        e_damaged = end_damaged_i[n];
      end
    end
  end
  logic fetched;
  assign fetched     = e_valid && e.tag[7];
  assign end_ready_o = e_room || fetched ? first : '0;
  assign fetch_end_o                = fetched;
  assign fetch_end_data_o.good      = e.result == flash_pkg::EndDone && !e_damaged;
  assign fetch_end_data_o.corrected = e.found.corrected;
  always_comb begin
    for (int unsigned n = 0; n < Channels * Dies; n++) ends[n] = e_valid && e_room && 32'(e.tag) == n;
  end
  localparam int unsigned WordBits = 28;
  logic [WordBits-1:0] word;
  logic [4:0]          level;
  lib_fifo #(.Width(WordBits), .Depth(16)) u_ends (
    .clk_i, .rst_ni,
    .in_valid_i(e_valid && !fetched), .in_ready_o(e_room),
    .in_data_i({e.found.erased, e.found.corrected, e.status, e.tag, e_damaged, e.result}),
    .out_valid_o(waits), .out_ready_i(next), .out_data_o(word), .level_o(level)
  );
  assign next   = write_i && addr_i == mailbox_pkg::FLASH_END;
  // Requests whose ends were not taken: firmware that starts anew waits until there is none, and
  // takes no end of those for one of its own.
  logic [9:0] open_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) open_q <= '0;
    else         open_q <= open_q + 10'(go) - 10'(next && waits);
  end
  assign end_o  = waits;
  assign idle_o = ask_q == '0 && fetch_q == '0 && end_valid_i == '0;

  // ---- reading ----
  logic [31:0] geometry, counter;
  logic [flash_pkg::CounterWords-1:0][31:0] counters;
  always_comb begin
    geometry = {8'd0, 4'd0, 4'(PageBits), 8'(Chunks), 4'(Dies), 4'(Channels)};
    if (blocks_i == '0) geometry = '0;
    counters = counters_i[0];
    for (int unsigned n = 0; n < Channels; n++) if (select_q[9:6] == 4'(n)) counters = counters_i[n];
    // The first word of a packed struct is its highest.
    counter = '0;
    for (int unsigned n = 0; n < flash_pkg::CounterWords; n++) begin
      if (select_q[5:0] == 6'(n)) counter = counters[flash_pkg::CounterWords-1-n];
    end
  end
  always_comb begin
    case (addr_i)
      mailbox_pkg::FLASH_GEOMETRY: data_o = geometry;
      mailbox_pkg::FLASH_BLOCKS:   data_o = {16'd0, blocks_i};
      mailbox_pkg::FLASH:          data_o = {30'd0, open_q != '0, ask_q != '0};
      mailbox_pkg::FLASH_END:      data_o = waits ? {word[27:4], 3'd0, 1'b1, word[3:0]} : '0;
      mailbox_pkg::FLASH_COUNTER:  data_o = counter;
      default:                     data_o = '0;
    endcase
  end

  logic unused;
  assign unused = ^{level, line_q, part_q, e};

endmodule
