// SPDX-License-Identifier: Apache-2.0
//
// Between a flash channel's streams and card memory: a program's page is fetched from the lines
// that its request names, a read's chunks are written to them, the first chunk asked for to the
// first line. So firmware has a page as memory, and the channel as streams that nobody makes wait.
// Of a read's chunks there may be wanted a part (flash_pkg::part_t): a record is where it is in
// its page, and goes to where the data path has it. No other byte of memory is written.
//
// What keeps the bus from standing: memory is asked for a page's lines only when there is room
// for them here, and takes those of a read whatever the channel does; neither waits for the other.
// An end passes when memory has accepted all that came before it, so who is told of it finds the
// data there. A die has one request at a time here, too, as the lines are the die's.
//
// A line that memory cannot correct is programmed as it came, and the end says so: the page's
// own sum does not fit what is on flash, and firmware need not wait for a read to learn of it.

`include "check.svh"

module flash_dma #(
  parameter int unsigned Dies   = 4,
  parameter int unsigned Bytes  = 4,
  parameter int unsigned Chunks = 16
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // A request and its place in memory; it passes to the channel by the same handshake.
  input  logic                          request_valid_i,
  output logic                          request_ready_o,
  input  flash_pkg::request_t           request_i,
  input  logic [dram_pkg::LineBits-1:0] line_i,
  input  flash_pkg::part_t              part_i,     // of a read
  output logic                          channel_valid_o,
  input  logic                          channel_ready_i,

  input  logic                          channel_end_valid_i,
  output logic                          channel_end_ready_o,
  input  flash_pkg::end_t               end_i,
  output logic                          end_valid_o,
  input  logic                          end_ready_i,
  output logic                          end_damaged_o,

  // The channel's streams.
  output logic                          program_valid_o,
  input  logic                          program_ready_i,
  output logic [8*Bytes-1:0]            program_data_o,
  input  logic                          read_valid_i,
  output logic                          read_ready_o,
  input  logic [8*Bytes-1:0]            read_data_i,
  input  logic                          read_last_i,
  input  logic [flash_pkg::DieBits-1:0] read_die_i,

  // Card memory.
  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output flash_pkg::dma_stats_t         stats_o,
  output logic                          idle_o
);

  // A part counts beats.
  `PAMC_PARAM(g_beats, Bytes == 4)

  localparam int unsigned DieBits   = flash_pkg::DieBits;
  localparam int unsigned LineBits  = dram_pkg::LineBits;
  localparam int unsigned Width     = 8 * Bytes;
  localparam int unsigned Places    = dram_pkg::LineBytes / Bytes;
  localparam int unsigned PlaceBits = $clog2(Places);
  // Lines of a page, fetched so many at a time, with room for so many here.
  localparam int unsigned Lines     = Chunks * 1024 / dram_pkg::LineBytes;
  localparam int unsigned CountBits = $clog2(Lines + 1);
  localparam int unsigned Burst     = 4;
  localparam int unsigned Room      = 8;

  // ---- requests ----
  logic [Dies-1:0]               busy_q, damaged_q;
  logic [Dies-1:0][LineBits-1:0] place_q;
  logic                          take, own, free, programs, p_room, end_taken;
  logic [Dies-1:0]               asks, ends;
  assign programs = request_i.op == flash_pkg::PageProgram;
  always_comb begin
    for (int unsigned n = 0; n < Dies; n++) begin
      asks[n] = request_i.die == DieBits'(n);
      ends[n] = end_i.die == DieBits'(n);
    end
  end
  assign free            = (asks & busy_q) == '0;
  assign own             = free && (!programs || p_room);
  assign channel_valid_o = request_valid_i && own;
  assign request_ready_o = channel_ready_i && own;
  assign take            = request_valid_i && request_ready_o;

  logic unpack_bad;
  logic [DieBits-1:0] unpack_die;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q    <= '0;
      damaged_q <= '0;
    end else begin
      busy_q <= (busy_q & ~(end_taken ? ends : '0)) | (take ? asks : '0);
      for (int unsigned n = 0; n < Dies; n++) begin
        if (take && asks[n]) damaged_q[n] <= 1'b0;
        else if (unpack_bad && unpack_die == DieBits'(n)) damaged_q[n] <= 1'b1;
      end
    end
  end
  logic [Dies-1:0][flash_pkg::PartBits-1:0] part_q;
  always_ff @(posedge clk_i) begin
    for (int unsigned n = 0; n < Dies; n++) begin
      if (take && asks[n]) begin
        place_q[n] <= line_i;
        part_q[n]  <= part_i;
      end
    end
  end

  // ---- programs: lines from memory ----
  logic                p_valid, p_take, d_room, d_valid, page_done;
  logic [DieBits-1:0]  p_die;
  logic [LineBits-1:0] p_line, fetch_line_q;
  logic [CountBits-1:0] fetch_left_q;
  logic [3:0]          p_level, d_level, held_q;
  lib_fifo #(.Width(DieBits + LineBits), .Depth(8)) u_programs (
    .clk_i, .rst_ni,
    .in_valid_i(take && programs), .in_ready_o(p_room), .in_data_i({request_i.die, line_i}),
    .out_valid_o(p_valid), .out_ready_i(p_take), .out_data_o({p_die, p_line}), .level_o(p_level)
  );
  // Whose pages are on their way.
  lib_fifo #(.Width(DieBits), .Depth(8)) u_dies (
    .clk_i, .rst_ni,
    .in_valid_i(p_take), .in_ready_o(d_room), .in_data_i(p_die),
    .out_valid_o(d_valid), .out_ready_i(page_done), .out_data_o(unpack_die), .level_o(d_level)
  );
  assign p_take = p_valid && d_room && fetch_left_q == '0;

  logic         l_room, l_valid, l_done, l_error;
  logic [511:0] l_data;
  logic [3:0]   l_level;
  lib_fifo #(.Width(513), .Depth(Room)) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i(rdata_valid_i), .in_ready_o(l_room), .in_data_i({rdata_i.error, rdata_i.data}),
    .out_valid_o(l_valid), .out_ready_i(l_done), .out_data_o({l_error, l_data}), .level_o(l_level)
  );

  logic [PlaceBits-1:0] place_at_q;
  logic [CountBits-1:0] page_at_q;
  logic                 program_move;
  assign program_valid_o = l_valid;
  assign program_data_o  = l_data[Width*place_at_q +: Width];
  assign program_move    = l_valid && program_ready_i;
  assign l_done          = program_move && place_at_q == PlaceBits'(Places - 1);
  assign page_done       = l_done && page_at_q == CountBits'(Lines - 1);
  assign unpack_bad      = l_done && l_error;

  // ---- reads: lines to memory ----
  // What is to come of the page that comes now. A page's first beat waits for a cycle, in which
  // it is looked up what was asked of it; what is to be known of a beat is in registers then.
  flash_pkg::part_t     part;
  logic                 begun_q, wanted_q, final_q;   // the next beat is wanted; none behind it is
  logic [7:0]           skip_q;
  logic [15:0]          left_q;
  logic [Places-1:0]    at_q, mask_q, send_mask_q;    // which place is next
  logic [Width*Places-1:0] gather_q;
  logic [511:0]         send_q;
  logic [LineBits-1:0]  read_line_q, send_line_q, read_place;
  logic                 send_ask_q, send_data_q, read_move, completes, line_done, page_begins, page_ends;
  always_comb begin
    read_place = '0;
    part       = '0;
    for (int unsigned n = 0; n < Dies; n++) begin
      if (read_die_i == DieBits'(n)) begin
        read_place = place_q[n];
        part       = part_q[n];
      end
    end
  end
  assign page_begins  = read_valid_i && !begun_q;
  assign completes    = wanted_q && (at_q[Places-1] || final_q || read_last_i);
  assign read_ready_o = begun_q && (!completes || (!send_ask_q && !send_data_q));
  assign read_move    = read_valid_i && read_ready_o;
  assign line_done    = read_move && completes;
  assign page_ends    = read_move && read_last_i;
  always_ff @(posedge clk_i) begin
    if (page_begins) begin
      skip_q      <= part.skip;
      left_q      <= part.words;
      wanted_q    <= part.skip == '0 && part.words != '0;
      final_q     <= part.words == 16'd1;
      read_line_q <= read_place;
    end else if (read_move) begin
      skip_q   <= skip_q - 8'(skip_q != '0);
      left_q   <= left_q - 16'(wanted_q);
      wanted_q <= skip_q[7:1] == '0 && left_q != '0 && !(wanted_q && final_q);
      final_q  <= wanted_q ? left_q == 16'd2 : left_q == 16'd1;
      if (line_done) read_line_q <= read_line_q + 1'b1;
    end
    for (int unsigned n = 0; n < Places; n++) begin
      if (page_begins) at_q[n] <= part.at == PlaceBits'(n);
      else if (read_move && wanted_q) at_q[n] <= at_q[(n + Places - 1) % Places];
      if (read_move && at_q[n]) gather_q[Width*n +: Width] <= read_data_i;
      if (line_done) send_q[Width*n +: Width] <= at_q[n] ? read_data_i : gather_q[Width*n +: Width];
    end
    if (line_done) begin
      send_mask_q <= mask_q | at_q;
      send_line_q <= read_line_q;
    end
  end

  // ---- memory: what is asked stays until it is taken ----
  logic ask_q, ask_write_q, wants_lines, asked, asked_lines, wrote;
  assign wants_lines = fetch_left_q != '0 && 32'(held_q) <= Room - Burst;
  assign asked       = ask_q && req_ready_i;
  assign asked_lines = asked && !ask_write_q;
  assign wrote       = wdata_valid_o && wdata_ready_i;
  assign req_valid_o   = ask_q;
  assign req_o.write   = ask_write_q;
  assign req_o.line    = ask_write_q ? send_line_q : fetch_line_q;
  assign req_o.lines   = ask_write_q ? 7'd1 : 7'(Burst);
  assign wdata_valid_o = send_data_q;
  assign wdata_o.data  = send_q;
  always_comb begin
    for (int unsigned n = 0; n < Places; n++) wdata_o.strb[Bytes*n +: Bytes] = {Bytes{send_mask_q[n]}};
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ask_q        <= 1'b0;
      ask_write_q  <= 1'b0;
      send_ask_q   <= 1'b0;
      send_data_q  <= 1'b0;
      fetch_left_q <= '0;
      held_q       <= '0;
      place_at_q   <= '0;
      page_at_q    <= '0;
      begun_q      <= 1'b0;
      mask_q       <= '0;
    end else begin
      if (ask_q) begin
        ask_q <= !req_ready_i;
      end else begin
        ask_q       <= send_ask_q || wants_lines;
        ask_write_q <= send_ask_q;
      end
      send_ask_q  <= line_done || (send_ask_q && !(asked && ask_write_q));
      send_data_q <= line_done || (send_data_q && !wrote);
      if (p_take)           fetch_left_q <= CountBits'(Lines);
      else if (asked_lines) fetch_left_q <= fetch_left_q - CountBits'(Burst);
      held_q <= held_q + (asked_lines ? 4'(Burst) : '0) - 4'(l_done);
      if (program_move) place_at_q <= place_at_q + 1'b1;
      if (l_done)       page_at_q <= page_done ? '0 : page_at_q + 1'b1;
      if (page_begins)    begun_q <= 1'b1;
      else if (page_ends) begun_q <= 1'b0;
      if (line_done)    mask_q <= '0;
      else if (read_move && wanted_q) mask_q <= mask_q | at_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (p_take)           fetch_line_q <= p_line;
    else if (asked_lines) fetch_line_q <= fetch_line_q + LineBits'(Burst);
  end

  // ---- ends ----
  assign end_valid_o         = channel_end_valid_i && !send_ask_q;
  assign channel_end_ready_o = end_ready_i && !send_ask_q;
  assign end_taken           = channel_end_valid_i && channel_end_ready_o;
  assign end_damaged_o       = (ends & damaged_q) != '0;

  // ---- counters ----
  flash_pkg::dma_stats_t stats_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q <= '0;
    end else begin
      stats_q.busy      <= stats_q.busy + 32'(busy_q != '0);
      stats_q.waiting   <= stats_q.waiting + 32'((read_valid_i && begun_q && !read_ready_o) ||
                                                 (program_ready_i && !l_valid && d_valid));
      stats_q.lines_in  <= stats_q.lines_in + 32'(line_done);
      stats_q.lines_out <= stats_q.lines_out + 32'(l_done);
      stats_q.damaged   <= stats_q.damaged + 32'(unpack_bad);
    end
  end
  assign stats_o = stats_q;
  assign idle_o  = busy_q == '0 && !p_valid && !d_valid && held_q == '0 && !send_ask_q && !send_data_q;

  logic unused;
  assign unused = ^{p_level, d_level, l_level, request_i, end_i, rdata_i.last};

  `PAMC_ASSERT(a_room, l_room || !rdata_valid_i)
  `PAMC_ASSERT(a_end_finds_its_data, !end_taken || !send_ask_q)
  `PAMC_ASSERT(a_lines_are_a_page, d_valid || !l_valid)
  `PAMC_ASSERT(a_nothing_left, begun_q || mask_q == '0)

endmodule
