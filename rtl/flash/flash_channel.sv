// SPDX-License-Identifier: Apache-2.0
//
// One channel of flash: pages of data in and out, of dies that share a bus. What is written
// is scrambled and coded, what is read is corrected and scrambled back, and what is said of
// it is never better than it is.
//
//   requests --> die (one request each) --> sequencer --> pins
//   in  --> scramble --> encode --> bytes ----^  |
//   out <-- scramble <-- decode <-- bytes -------'
//   ends <-- die
//
// A request waits for its die, and those behind it wait too: who has several dies asks each
// in turn. Data of programs are taken in the order of the requests; data of reads leave page
// by page, in the order in which the dies get the bus, with their tag. Each request has one
// end, behind its data.
//
// The bus stands while a page's data do, in or out: who sends or takes them must wait for
// nothing else of this channel, for other data and ends least of all.

`include "check.svh"

module flash_channel #(
  parameter int unsigned Dies          = 4,
  parameter int unsigned Bytes         = 4,
  parameter int unsigned Chunks        = 16,   // of a page
  parameter int unsigned PageBits      = 8,    // a block's pages: 2^PageBits rows
  // The bus, in cycles (flash_sequencer).
  parameter int unsigned Period        = 5,
  parameter int unsigned ReadDelay     = 2,
  parameter int unsigned CsCycles      = 4,
  parameter int unsigned WhrCycles     = 20,
  parameter int unsigned AdlCycles     = 100,
  parameter int unsigned CcsCycles     = 125,
  parameter int unsigned RhwCycles     = 25,
  parameter int unsigned WbCycles      = 25,
  parameter int unsigned PollCycles    = 250,
  parameter int unsigned TimeoutCycles = 25_000_000
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          request_valid_i,
  output logic                          request_ready_o,
  input  flash_pkg::request_t           request_i,
  output logic                          end_valid_o,
  input  logic                          end_ready_i,
  output flash_pkg::end_t               end_o,

  // A page of each program, without marks between.
  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  logic [8*Bytes-1:0]            in_data_i,
  output logic                          out_valid_o,
  input  logic                          out_ready_i,
  output logic [8*Bytes-1:0]            out_data_o,
  output logic                          out_last_o,
  output logic [flash_pkg::DieBits-1:0] out_die_o,
  output logic [7:0]                    out_tag_o,
  output flash_pkg::found_t             out_found_o,   // with the last beat

  output logic [Dies-1:0]               ce_no,
  output logic                          cle_o,
  output logic                          ale_o,
  output logic                          we_no,
  output logic                          re_no,
  output logic                          dq_oe_o,
  output logic [7:0]                    dq_o,
  input  logic [7:0]                    dq_i,
  input  logic [Dies-1:0]               ready_i,       // R/B#

  output flash_pkg::channel_stats_t     stats_o,
  output flash_pkg::stats_t             bus_stats_o,
  output lib_pkg::engine_stats_t        read_stats_o,     // from a page's first byte on
  output lib_pkg::engine_stats_t        program_stats_o,
  // No die is at work or still to be woken, no request or end is inside.
  output logic                          idle_o
);

  localparam int unsigned DieBits    = flash_pkg::DieBits;
  localparam int unsigned RowBits    = flash_pkg::RowBits;
  localparam int unsigned ColumnBits = flash_pkg::ColumnBits;
  localparam int unsigned Stored     = flash_bch_pkg::StoredBytes;
  // The maker's mark: the first byte behind what it calls the page's data.
  localparam int unsigned MarkColumn = Chunks * flash_bch_pkg::DataBytes;

  `PAMC_PARAM(g_dies, Dies >= 1 && Dies <= 2 ** DieBits)
  `PAMC_PARAM(g_page, Chunks >= 1 && Chunks * Stored < 2 ** ColumnBits)
  `PAMC_PARAM(g_rows, PageBits >= 1 && PageBits <= 16)

  // ---- requests ----
  logic                r_valid, r_take, r_legal, r_idle, r_issue, r_refuse;
  flash_pkg::request_t r;
  logic [1:0]          r_level;
  // Whether it is one that can be is found as it comes in.
  logic [31:0]         in_row;
  logic                in_legal;
  assign in_row   = 32'(request_i.block) << PageBits | 32'(request_i.page);
  assign in_legal = 32'(request_i.die) < Dies && 32'(request_i.page) < 2 ** PageBits && in_row[31:RowBits] == '0 &&
                    3'(request_i.op) <= 3'(flash_pkg::DieStatus) &&
                    (request_i.op != flash_pkg::PageRead ||
                     (request_i.count != '0 && 32'(request_i.first) + 32'(request_i.count) <= Chunks));
  lib_fifo #(.Width(1 + flash_pkg::RequestBits), .Depth(2)) u_requests (
    .clk_i, .rst_ni,
    .in_valid_i(request_valid_i), .in_ready_o(request_ready_o), .in_data_i({in_legal, request_i}),
    .out_valid_o(r_valid), .out_ready_i(r_take), .out_data_o({r_legal, r}), .level_o(r_level)
  );

  logic [31:0] r_row;
  logic        r_programs;
  assign r_row      = 32'(r.block) << PageBits | 32'(r.page);
  assign r_programs = r.op == flash_pkg::PageProgram;

  // ---- dies ----
  logic [Dies-1:0]                             idle, asleep, take, answer_to, mark_of, data_end_of;
  logic [Dies-1:0]                             end_of, end_taken, end_reads, marking;
  logic [Dies-1:0][7:0]                        tags;
  logic [Dies-1:0][flash_pkg::RequestBits-1:0] requests;
  logic [Dies-1:0][2:0]                        end_results;
  logic [Dies-1:0][7:0]                        end_statuses;
  logic [Dies-1:0][flash_pkg::FoundBits-1:0]   end_founds;
  logic [Dies-1:0][31:0]                       latencies;
  logic                                        answer_valid;
  flash_pkg::answer_t                          answer;
  logic [7:0]                                  b_data;
  for (genvar n = 0; n < Dies; n++) begin : g_die
    flash_pkg::request_t    mine;
    flash_pkg::end_result_t mine_result;
    flash_pkg::found_t      mine_found;
    flash_channel_die u_die (
      .clk_i, .rst_ni, .idle_o(idle[n]), .asleep_o(asleep[n]), .take_i(take[n]), .take_request_i(r),
      .request_o(mine), .answer_i(answer_to[n]), .result_i(answer.result), .status_i(answer.status),
      .mark_i(mark_of[n]), .mark_data_i(b_data), .data_end_i(data_end_of[n]), .found_i(out_found_o),
      .end_valid_o(end_of[n]), .end_taken_i(end_taken[n]), .end_result_o(mine_result),
      .end_status_o(end_statuses[n]), .end_found_o(mine_found), .end_read_o(end_reads[n]),
      .latency_o(latencies[n])
    );
    assign requests[n]    = mine;
    assign tags[n]        = mine.tag;
    assign marking[n]     = mine.op == flash_pkg::BlockMark;
    assign end_results[n] = mine_result;
    assign end_founds[n]  = mine_found;
    assign answer_to[n]   = answer_valid && answer.die == DieBits'(n);
    assign data_end_of[n] = out_valid_o && out_ready_i && out_last_o && out_die_o == DieBits'(n);
  end

  // ---- to the bus ----
  // First of all a Reset to each die, then requests.
  logic                s_valid, s_ready, waking, w_ready;
  logic [DieBits-1:0]  sleeper;
  flash_pkg::command_t s;
  always_comb begin
    sleeper = '0;
    r_idle  = 1'b0;
    for (int unsigned n = Dies; n > 0; n--) if (asleep[n-1]) sleeper = DieBits'(n - 1);
    for (int unsigned n = 0; n < Dies; n++) if (r.die == DieBits'(n)) r_idle = idle[n];
  end
  assign waking  = asleep != '0;
  assign r_issue = !waking && r_valid && r_legal && r_idle && (!r_programs || w_ready);
  assign s_valid = waking || r_issue;

  always_comb begin
    s.op     = flash_pkg::Reset;
    s.joined = 1'b0;
    s.die    = waking ? sleeper : r.die;
    s.row    = r_row[RowBits-1:0];
    s.column = '0;
    s.length = '0;
    s.tag    = r.tag;
    if (!waking) begin
      case (r.op)
        flash_pkg::PageRead: begin
          s.op     = flash_pkg::Read;
          s.column = ColumnBits'(32'(r.first) * Stored);
          s.length = 16'(32'(r.count) * Stored);
        end
        flash_pkg::PageProgram: begin
          s.op     = flash_pkg::Program;
          s.length = 16'(Chunks * Stored);
        end
        flash_pkg::BlockErase: s.op = flash_pkg::Erase;
        flash_pkg::BlockMark: begin
          s.op     = flash_pkg::Read;
          s.column = ColumnBits'(MarkColumn);
          s.length = 16'd1;
        end
        flash_pkg::DieStatus: s.op = flash_pkg::Status;
        default: ;
      endcase
    end
    for (int unsigned n = 0; n < Dies; n++) take[n] = s_valid && s_ready && s.die == DieBits'(n);
  end

  logic                w_valid, w_byte_ready, b_valid, b_ready, b_last, b_marks, read_ready;
  logic [7:0]          w_byte, b_tag;
  logic [DieBits-1:0]  b_die;
  flash_sequencer #(
    .Dies(Dies), .Period(Period), .ReadDelay(ReadDelay), .CsCycles(CsCycles), .WhrCycles(WhrCycles),
    .AdlCycles(AdlCycles), .CcsCycles(CcsCycles), .RhwCycles(RhwCycles), .WbCycles(WbCycles),
    .PollCycles(PollCycles), .TimeoutCycles(TimeoutCycles)
  ) u_sequencer (
    .clk_i, .rst_ni,
    .command_valid_i(s_valid), .command_ready_o(s_ready), .command_i(s),
    .answer_valid_o(answer_valid), .answer_ready_i(1'b1), .answer_o(answer),
    .in_valid_i(w_valid), .in_ready_o(w_byte_ready), .in_data_i(w_byte),
    .out_valid_o(b_valid), .out_ready_i(b_ready), .out_data_o(b_data), .out_last_o(b_last),
    .out_die_o(b_die), .out_tag_o(b_tag),
    .ce_no, .cle_o, .ale_o, .we_no, .re_no, .dq_oe_o, .dq_o, .dq_i, .ready_i, .stats_o(bus_stats_o)
  );

  // ---- data ----
  flash_channel_write #(.Bytes(Bytes), .Chunks(Chunks)) u_write (
    .clk_i, .rst_ni,
    .program_valid_i(r_take && r_programs), .program_ready_o(w_ready),
    .program_row_i(r_row[RowBits-1:0]), .program_drop_i(r_refuse),
    .in_valid_i, .in_ready_o, .in_data_i,
    .byte_valid_o(w_valid), .byte_ready_i(w_byte_ready), .byte_o(w_byte), .stats_o(program_stats_o)
  );

  logic [DieBits-1:0]  o_die;
  flash_pkg::request_t o;
  logic                corrected_valid;
  logic [6:0]          corrected;
  always_comb begin
    o       = '0;
    b_marks = 1'b0;
    for (int unsigned n = 0; n < Dies; n++) begin
      if (o_die == DieBits'(n)) o = requests[n];
    end
    for (int unsigned n = 0; n < Dies; n++) begin
      mark_of[n] = b_valid && b_die == DieBits'(n) && marking[n];
      if (mark_of[n]) b_marks = 1'b1;
    end
  end
  assign b_ready = b_marks || read_ready;

  flash_channel_read #(.Bytes(Bytes)) u_read (
    .clk_i, .rst_ni,
    .byte_valid_i(b_valid && !b_marks), .byte_ready_o(read_ready), .byte_i(b_data),
    .byte_last_i(b_last), .byte_die_i(b_die),
    .die_o(o_die), .row_i(RowBits'(32'(o.block) << PageBits | 32'(o.page))),
    .first_i(o.first), .count_i(o.count), .tag_i(o.tag),
    .out_valid_o, .out_ready_i, .out_data_o, .out_last_o, .out_die_o, .out_tag_o, .out_found_o,
    .corrected_valid_o(corrected_valid), .corrected_o(corrected), .stats_o(read_stats_o)
  );

  // ---- ends ----
  // Dies take turns only by being slow: each is idle between two of its ends.
  flash_pkg::end_t    e;
  logic               e_valid, e_ready, e_reads;
  logic [1:0]         e_level;
  logic [31:0]        e_latency;
  logic [DieBits-1:0] ender;
  assign r_refuse = r_valid && !r_legal && !waking && end_of == '0 && e_ready && (!r_programs || w_ready);
  assign r_take   = (r_issue && s_ready) || r_refuse;
  assign e_valid  = end_of != '0 || r_refuse;
  always_comb begin
    ender = '0;
    for (int unsigned n = Dies; n > 0; n--) if (end_of[n-1]) ender = DieBits'(n - 1);
    e.result  = flash_pkg::EndRefused;
    e.die     = r.die;
    e.tag     = r.tag;
    e.status  = '0;
    e.found   = '0;
    e_reads   = 1'b0;
    e_latency = '0;
    for (int unsigned n = 0; n < Dies; n++) begin
      end_taken[n] = end_of[n] && e_ready && ender == DieBits'(n);
      if (end_of[n] && ender == DieBits'(n)) begin
        e.result  = flash_pkg::end_result_t'(end_results[n]);
        e.die     = DieBits'(n);
        e.tag     = tags[n];
        e.status  = end_statuses[n];
        e.found   = end_founds[n];
        e_reads   = end_reads[n];
        e_latency = latencies[n];
      end
    end
  end
  lib_fifo #(.Width(flash_pkg::EndBits), .Depth(2)) u_ends (
    .clk_i, .rst_ni,
    .in_valid_i(e_valid), .in_ready_o(e_ready), .in_data_i(e),
    .out_valid_o(end_valid_o), .out_ready_i(end_ready_i), .out_data_o(end_o), .level_o(e_level)
  );

  // ---- counters, a cycle after the end ----
  flash_pkg::channel_stats_t stats_q;
  logic                      pushed_q, pushed_read_q, refused_q;
  flash_pkg::found_t         pushed_found_q;
  logic [31:0]               pushed_latency_q;
  always_ff @(posedge clk_i) begin
    pushed_read_q    <= e_reads;
    pushed_found_q   <= e.found;
    pushed_latency_q <= e_latency;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q   <= '0;
      pushed_q  <= 1'b0;
      refused_q <= 1'b0;
    end else begin
      pushed_q  <= e_valid && e_ready;
      refused_q <= r_refuse;
      if (corrected_valid) begin
        stats_q.corrected <= stats_q.corrected + 32'(corrected);
        if (32'(corrected) > stats_q.corrected_most) stats_q.corrected_most <= 32'(corrected);
      end
      stats_q.uncorrectable <= stats_q.uncorrectable + 32'(pushed_q && pushed_found_q.uncorrectable);
      stats_q.erased        <= stats_q.erased + 32'(pushed_q && pushed_found_q.erased);
      stats_q.refused       <= stats_q.refused + 32'(refused_q);
      if (pushed_q && pushed_read_q) begin
        stats_q.latency     <= pushed_latency_q;
        stats_q.latency_sum <= stats_q.latency_sum + pushed_latency_q;
        if (pushed_latency_q > stats_q.latency_max) stats_q.latency_max <= pushed_latency_q;
      end
    end
  end
  assign stats_o = stats_q;
  assign idle_o  = idle == '1 && !r_valid && !end_valid_o;

  logic unused;
  assign unused = &{1'b0, r_level, e_level, b_tag, answer.tag, o.op, o.die, r_row, in_row, pushed_found_q};

  logic reading;
  always_comb begin
    reading = 1'b0;
    for (int unsigned n = 0; n < Dies; n++) if (out_die_o == DieBits'(n)) reading = !idle[n] && !asleep[n];
  end
  `PAMC_ASSERT(a_data_belong_to_a_read, !out_valid_o || reading)

endmodule
