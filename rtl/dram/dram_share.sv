// SPDX-License-Identifier: Apache-2.0
//
// Several that need little of card memory behind one of its ports (dram_pkg): each port of
// dram_mux costs a ring of requests to compare with, and an ID. One request at a time is offered,
// and is a client's accepted one when memory has accepted it; data go their ways in that order.

`include "check.svh"

module dram_share #(
  parameter int unsigned Clients = 2
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Of client n: a req_t, a wdata_t.
  input  logic [Clients-1:0]               req_valid_i,
  output logic [Clients-1:0]               req_ready_o,
  input  logic [Clients-1:0][dram_pkg::ReqBits-1:0] req_i,
  input  logic [Clients-1:0]               wdata_valid_i,
  output logic [Clients-1:0]               wdata_ready_o,
  input  logic [Clients-1:0][dram_pkg::WdataBits-1:0] wdata_i,
  // The data are the port's.
  output logic [Clients-1:0]               rdata_valid_o,

  output logic                             req_valid_o,
  input  logic                             req_ready_i,
  output dram_pkg::req_t                   req_o,
  output logic                             wdata_valid_o,
  input  logic                             wdata_ready_i,
  output dram_pkg::wdata_t                 wdata_o,
  input  logic                             rdata_valid_i,
  input  logic                             rdata_last_i,

  output logic                             idle_o
);

  `PAMC_PARAM(g_clients, Clients >= 1 && Clients <= 16)

  // ---- whose turn it is: the next behind the one before that wants ----
  logic [3:0]     which_q, next;
  logic           ask_q, any, accepted, read_room, write_room;
  dram_pkg::req_t req;
  always_comb begin
    next = which_q;
    any  = 1'b0;
    for (int unsigned n = Clients; n > 0; n--) begin
      if (req_valid_i[n-1]) begin
        next = 4'(n - 1);
        any  = 1'b1;
      end
    end
    for (int unsigned n = Clients; n > 0; n--) begin
      if (req_valid_i[n-1] && 4'(n - 1) > which_q) next = 4'(n - 1);
    end
  end
  always_comb begin
    req = req_i[0];
    for (int unsigned n = 0; n < Clients; n++) begin
      if (which_q == 4'(n)) req = req_i[n];
      req_ready_o[n] = accepted && which_q == 4'(n);
    end
  end
  assign req_valid_o = ask_q;
  assign req_o       = req;
  assign accepted    = ask_q && req_ready_i;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ask_q   <= 1'b0;
      which_q <= '0;
    end else if (ask_q) begin
      ask_q <= !req_ready_i;
    end else if (any && read_room && write_room) begin
      ask_q   <= 1'b1;
      which_q <= next;
    end
  end

  // ---- data: whose, and of writes how many lines ----
  logic       reader_valid, writer_valid, writer_done, line_moves;
  logic [3:0] reader, writer;
  logic [6:0] writer_lines, line_q;
  logic [4:0] reader_level, writer_level;
  lib_fifo #(.Width(4), .Depth(16)) u_readers (
    .clk_i, .rst_ni,
    .in_valid_i(accepted && !req.write), .in_ready_o(read_room), .in_data_i(which_q),
    .out_valid_o(reader_valid), .out_ready_i(rdata_valid_i && rdata_last_i), .out_data_o(reader),
    .level_o(reader_level)
  );
  lib_fifo #(.Width(11), .Depth(16)) u_writers (
    .clk_i, .rst_ni,
    .in_valid_i(accepted && req.write), .in_ready_o(write_room), .in_data_i({which_q, req.lines}),
    .out_valid_o(writer_valid), .out_ready_i(writer_done), .out_data_o({writer, writer_lines}),
    .level_o(writer_level)
  );
  logic             line_valid, line_ready;
  dram_pkg::wdata_t line;
  always_comb begin
    line       = wdata_i[0];
    line_valid = 1'b0;
    for (int unsigned n = 0; n < Clients; n++) begin
      if (writer == 4'(n)) line = wdata_i[n];
      if (writer_valid && writer == 4'(n) && wdata_valid_i[n]) line_valid = 1'b1;
      wdata_ready_o[n] = writer_valid && writer == 4'(n) && line_ready;
      rdata_valid_o[n] = rdata_valid_i && reader == 4'(n);
    end
  end
  assign line_moves  = line_valid && line_ready;
  // Whose line it is takes a while to find, and so does where it goes from here.
  lib_skid #(.Width(dram_pkg::WdataBits)) u_line (
    .clk_i, .rst_ni, .in_valid_i(line_valid), .in_ready_o(line_ready), .in_data_i(line),
    .out_valid_o(wdata_valid_o), .out_ready_i(wdata_ready_i), .out_data_o(wdata_o)
  );
  assign writer_done = line_moves && line_q == writer_lines - 7'd1;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         line_q <= '0;
    else if (line_moves) line_q <= writer_done ? '0 : line_q + 7'd1;
  end
  assign idle_o = !ask_q && !reader_valid && !writer_valid && !wdata_valid_o;

  logic unused;
  assign unused = ^{reader_level, writer_level};

  `PAMC_ASSERT(a_data_have_a_reader, reader_valid || !rdata_valid_i)

endmodule
