// SPDX-License-Identifier: Apache-2.0
//
// A window from the mailbox to card memory, for what firmware keeps there: it names a line, and
// then reads or writes word after word from its beginning. Lines are fetched ahead of reads,
// as many as were announced; written words go out with the line's last one, or when the next
// line is named.
//
// Nothing is polled: ready_o tells the mailbox to hold an access until the word is there, or
// until what was written has been accepted by memory. So whoever is told of it afterwards, by
// whatever way, finds it there. It never waits for anything but memory.

`include "check.svh"

module mailbox_window (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // WINDOW, with WINDOW_LINES; WINDOW_DATA written; the end of a read of it.
  input  logic                          go_i,
  input  logic [31:0]                   go_data_i,
  input  logic [15:0]                   lines_i,
  input  logic                          write_i,
  input  logic [31:0]                   data_i,
  input  logic                          read_done_i,
  output logic [31:0]                   data_o,
  output logic                          ready_o,
  // A line since WINDOW was written was one that memory could not correct.
  output logic                          error_o,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output logic                          idle_o
);

  localparam int unsigned LineBits = dram_pkg::LineBits;

  logic                go_q, writes_q, error_q, ask_q, write_q, data_q;
  logic [31:0]         go_data_q;
  logic [LineBits-1:0] line_q;
  logic [15:0]         left_q, mask_q;
  logic [3:0]          at_q;
  logic [1:0]          held_q;
  logic [511:0]        line_data_q;

  // ---- lines read ----
  logic         room, valid, pop, error;
  logic [511:0] got;
  logic [1:0]   level;
  lib_fifo #(.Width(513), .Depth(2)) u_got (
    .clk_i, .rst_ni,
    .in_valid_i(rdata_valid_i), .in_ready_o(room), .in_data_i({rdata_i.error, rdata_i.data}),
    .out_valid_o(valid), .out_ready_i(pop), .out_data_o({error, got}), .level_o(level)
  );
  logic read_end, taken;
  assign data_o   = valid ? got[32*at_q +: 32] : '0;
  assign read_end = read_done_i && valid && at_q == 4'd15;
  // What was fetched and is not wanted any more goes the same way.
  assign pop      = valid && (read_end || go_q);
  assign taken    = ask_q && req_ready_i;

  // ---- line written ----
  // A window that was opened to read from takes nothing.
  logic full, flush, sent, writes;
  assign writes = write_i && writes_q;
  assign full  = mask_q[15];
  assign flush = mask_q != '0 && (full || go_q);
  assign sent  = data_q && wdata_ready_i;

  logic begins, asks;
  assign begins = go_q && mask_q == '0 && held_q == '0 && !ask_q && !data_q;
  assign asks   = !ask_q && !data_q && (flush || (!go_q && left_q != '0 && held_q != 2'd2));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      go_q     <= 1'b0;
      writes_q <= 1'b0;
      error_q  <= 1'b0;
      ask_q    <= 1'b0;
      write_q  <= 1'b0;
      data_q   <= 1'b0;
      line_q   <= '0;
      left_q   <= '0;
      mask_q   <= '0;
      at_q     <= '0;
      held_q   <= '0;
    end else begin
      if (go_i) go_q <= 1'b1;
      else if (begins) go_q <= 1'b0;
      if (asks) begin
        ask_q   <= 1'b1;
        write_q <= flush;
        data_q  <= flush;
      end else begin
        if (taken) ask_q <= 1'b0;
        if (sent) data_q <= 1'b0;
      end
      held_q <= held_q + 2'(taken && !write_q) - 2'(pop);
      if (taken || begins) line_q <= begins ? go_data_q[LineBits-1:0] : line_q + 1'b1;
      if (begins) begin
        writes_q <= go_data_q[31];
        left_q   <= go_data_q[31] ? '0 : lines_i;
        error_q  <= 1'b0;
        at_q     <= '0;
      end else begin
        if (taken && !write_q) left_q <= left_q - 16'd1;
        if (pop && !go_q && error) error_q <= 1'b1;
        if (writes || (read_done_i && valid)) at_q <= at_q + 4'd1;
      end
      if (writes) mask_q[at_q] <= 1'b1;
      else if (sent) mask_q <= '0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (go_i)    go_data_q <= go_data_i;
    for (int unsigned n = 0; n < 16; n++) if (writes && at_q == 4'(n)) line_data_q[32*n +: 32] <= data_i;
  end

  always_comb begin
    req_o.write  = write_q;
    req_o.line   = line_q;
    req_o.lines  = 7'd1;
    wdata_o.data = line_data_q;
    for (int unsigned n = 0; n < 16; n++) wdata_o.strb[4*n +: 4] = {4{mask_q[n]}};
  end
  assign req_valid_o   = ask_q;
  assign wdata_valid_o = data_q;
  // With nothing announced a read finds zeroes.
  assign ready_o = !go_q && (writes_q ? !full : valid || (left_q == '0 && held_q == '0));
  assign error_o = error_q || (valid && error);
  assign idle_o  = !go_q && !ask_q && !data_q && held_q == 2'(level);

  logic unused;
  assign unused = ^{rdata_i.last, go_data_q[30]};

  `PAMC_ASSERT(a_room, room || !rdata_valid_i)
  `PAMC_ASSERT(a_write_finds_room, !write_i || (!full && !go_q))

endmodule
