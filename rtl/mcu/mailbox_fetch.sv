// SPDX-License-Identifier: Apache-2.0
//
// A page that a get wants from flash, without waiting for firmware: the vault is asked where its
// record is (OP_TIER_FIND), and what lies in one page of flash is read at once (flash_fetch). The
// lane is answered as the read ends. Firmware hears of it meanwhile: it may hold the answer back
// (the page is to come back to memory first), and counts what was read. What cannot be done
// here is left to it: records of several pages, those that are not in flash any more, reads that
// fail, which firmware makes again.
//
// Each question has a number, the next one after the one before. Firmware names it, so what it says
// about one is never taken for another one's. Ends wait in a queue until firmware takes them; when
// it is full, questions are left to firmware.

`include "check.svh"

module mailbox_fetch #(
  parameter int unsigned Ends = 8
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  // Words TIER_READ*, TIER_FOUND.
  input  logic                           write_i,
  input  logic [12:0]                    addr_i,
  input  logic [31:0]                    data_i,
  output logic [31:0]                    data_o,

  // The question; its answer, DONE, from here, unless firmware answers something else just then;
  // firmware may answer it (left_o), and has.
  input  logic                           flash_i,
  input  logic                           fetch_valid_i,
  input  ask_pkg::ask_t                  fetch_i,
  output logic                           done_o,
  input  logic                           other_i,
  output logic                           left_o,
  input  logic                           answered_i,

  // OP_TIER_FIND of it, held until done; it begins while firmware has no command for the vault.
  input  logic                           vault_free_i,
  output logic                           find_o,
  input  logic                           find_done_i,
  input  vault_pkg::answer_t             answer_i,
  input  vault_pkg::tier_record_t        record_i,

  // flash_fetch; look_o: from before the vault is asked until the read has ended.
  output logic                           look_o,
  output logic                           read_valid_o,
  output flash_pkg::fetch_t              read_o,
  output logic [dram_pkg::LineBits-1:0]  read_line_o,
  input  logic                           read_end_i,
  input  flash_pkg::fetch_end_t          end_i,

  // Firmware has something to do.
  output logic                           event_o,
  output flash_pkg::fetch_stats_t        stats_o
);

  typedef enum logic [2:0] {
    IDLE = 3'd0,
    FIND = 3'd1,
    READ = 3'd2,
    HELD = 3'd3,   // it was read, and firmware will answer
    LEFT = 3'd4,   // firmware's
    OVER = 3'd5,   // answered
    TELL = 3'd6    // the lane hears of it
  } state_e;
  state_e       state_q;
  logic [7:0]   number_q;
  logic         hold_q, noted_q, asked_q, room, take, waits, push, named, good;
  logic [16:0]  most_q;
  vault_pkg::tier_record_t found_q;

  assign named = write_i && addr_i == mailbox_pkg::TIER_READ && data_i[23:16] == number_q;
  // All of a place but the highest bit, which says flash, is below 2^32 units; what is not is refused.
  assign good  = answer_i.result == vault_pkg::RESULT_DONE && record_i.in_flash && record_i.place[63] &&
                 record_i.place[62:32] == '0 && record_i.bytes != '0 && record_i.bytes <= 32'(most_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      number_q <= '0;
      hold_q   <= 1'b0;
      noted_q  <= 1'b0;
      asked_q  <= 1'b0;
      most_q   <= '0;
    end else begin
      if (write_i && addr_i == mailbox_pkg::TIER_READ_MOST) most_q <= data_i[16:0];
      if (named && (state_q == FIND || state_q == READ)) begin
        hold_q  <= data_i[0];
        noted_q <= 1'b1;
      end
      case (state_q)
        IDLE: if (fetch_valid_i) begin
          state_q  <= most_q != '0 && flash_i && room ? FIND : LEFT;
          number_q <= number_q + 8'd1;
          hold_q   <= 1'b0;
          noted_q  <= 1'b0;
        end
        FIND: begin
          if (vault_free_i) asked_q <= 1'b1;
          if (asked_q && find_done_i) begin
            asked_q <= 1'b0;
            state_q <= good ? READ : LEFT;
          end
        end
        READ: if (read_end_i) state_q <= !end_i.good ? LEFT : hold_q || (named && data_i[0]) ? HELD : TELL;
        TELL: if (!other_i) state_q <= OVER;
        HELD, LEFT: if (answered_i) state_q <= OVER;
        // The lane takes its question back.
        default: if (!fetch_valid_i) state_q <= IDLE;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (asked_q && find_done_i) found_q <= record_i;
  end

  assign find_o       = asked_q;
  assign look_o       = state_q == FIND || state_q == READ;
  assign read_valid_o = state_q == READ;
  assign read_o.place = found_q.place[31:0];
  assign read_o.bytes = found_q.bytes[16:0];
  assign read_line_o  = fetch_i.line[dram_pkg::LineBits-1:0];
  assign done_o       = state_q == TELL && !other_i;
  assign left_o       = state_q == LEFT || state_q == HELD;

  // ---- ends ----
  localparam int unsigned EndBits = 32 + 7;
  logic [EndBits-1:0]        first;
  logic [$clog2(Ends+1)-1:0] level;
  // One that is bad is firmware's, who knows of it.
  assign push = state_q == READ && read_end_i && end_i.good;
  assign take = write_i && addr_i == mailbox_pkg::TIER_READ_END;
  lib_fifo #(.Width(EndBits), .Depth(Ends)) u_ends (
    .clk_i, .rst_ni,
    .in_valid_i(push), .in_ready_o(room), .in_data_i({found_q.place[31:0], end_i.corrected}),
    .out_valid_o(waits), .out_ready_i(take), .out_data_o(first), .level_o(level)
  );

  assign event_o = waits || left_o || (look_o && !noted_q) ||
                   (fetch_valid_i && state_q == IDLE);

  // ---- counters ----
  flash_pkg::fetch_stats_t stats_q;
  logic [31:0]             cycles_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q  <= '0;
      cycles_q <= '0;
    end else begin
      cycles_q        <= state_q == READ ? cycles_q + 32'd1 : '0;
      stats_q.reads   <= stats_q.reads + 32'(push);
      stats_q.finding <= stats_q.finding + 32'(state_q == FIND);
      stats_q.reading <= stats_q.reading + 32'(state_q == READ);
      stats_q.left    <= stats_q.left + 32'(most_q != '0 && state_q == LEFT && answered_i);
      if (push && cycles_q > stats_q.reading_max) stats_q.reading_max <= cycles_q;
    end
  end
  assign stats_o = stats_q;

  // ---- reading ----
  logic [5:0][31:0] found;
  always_comb begin
    found[1:0] = found_q.version;
    found[3:2] = found_q.place;
    found[4]   = found_q.bytes;
    found[5]   = {15'd0, found_q.durable, 16'(found_q.contents)};
    data_o     = '0;
    if (addr_i >= mailbox_pkg::TIER_FOUND && addr_i < mailbox_pkg::TIER_FOUND + 13'd24) begin
      data_o = found[3'((addr_i - mailbox_pkg::TIER_FOUND) >> 2)];
    end
    if (addr_i == mailbox_pkg::TIER_FETCH) data_o = {1'b0, waits, 30'd0};
    if (addr_i == mailbox_pkg::TIER_READ) data_o = {waits, 7'd0, number_q, 13'd0, state_q};
    if (addr_i == mailbox_pkg::TIER_READ_MOST) data_o = 32'(most_q);
    if (addr_i == mailbox_pkg::TIER_READ_END) data_o = waits ? {1'b1, first[6:0], 24'd0} : '0;
    if (addr_i == mailbox_pkg::TIER_READ_PLACE) data_o = first[EndBits-1:7];
  end

  logic unused;
  assign unused = ^{level, answer_i, record_i, fetch_i, found_q, data_i};

  `PAMC_ASSERT(a_room, !push || room)
  `PAMC_ASSERT(a_held_until_answered, state_q == IDLE || state_q == OVER || fetch_valid_i)

endmodule
