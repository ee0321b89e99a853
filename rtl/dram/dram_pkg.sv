// SPDX-License-Identifier: Apache-2.0
//
// A port to card DRAM, as every block of the card has it. Memory is read and written in
// lines of 64 bytes; byte n of a line is in bits 8n+7:8n.
//
// A port is three streams:
//   req    requests, valid/ready, reads and writes in one order
//   wdata  the lines of write requests, valid/ready, in the order of the requests
//   rdata  the lines of read requests, valid only, in the order of the requests
//
// Requests of all ports that touch the same line take effect in the order in which they
// were accepted: a read that is accepted after a write sees it. So no block waits for a
// write to be finished.
//
// Two rules keep ports from stalling each other: a block asks for a write only when the
// lines will come without waiting for anything else, and for a read only when it has room
// for all of its lines.

/* verilator lint_off UNUSEDPARAM */
package dram_pkg;

  localparam int unsigned LineBytes = 64;
  // Bits of a line's number: 64 GiB.
`ifdef DRAM_FEW_LINES
  // For proofs.
  localparam int unsigned LineBits = 8;
`else
  localparam int unsigned LineBits = 30;
`endif
  // Most lines of a request.
  localparam int unsigned MostLines = 64;

  typedef struct packed {
    logic                write;
    logic [LineBits-1:0] line;
    // 1 ... MostLines.
    logic [6:0]          lines;
  } req_t;

  // strb bit n: byte n is written.
  typedef struct packed {
    logic [LineBytes-1:0]   strb;
    logic [8*LineBytes-1:0] data;
  } wdata_t;

  // error: the memory could not correct the line; its data is worthless. last: of a request.
  typedef struct packed {
    logic                   error;
    logic                   last;
    logic [8*LineBytes-1:0] data;
  } rdata_t;

  // Widths of the two, for ports side by side: Yosys takes an array of structs for bits.
  localparam int unsigned ReqBits   = 1 + LineBits + 7;
  localparam int unsigned WdataBits = 9 * LineBytes;

  // What dram_top counts; wrapping, but for the last two and the errors, which stay.
  typedef struct packed {
    // Bursts and lines read and written.
    logic [31:0] read_bursts;
    logic [31:0] write_bursts;
    logic [31:0] read_lines;
    logic [31:0] write_lines;
    // Requests that had to wait for an earlier one on the same lines.
    logic [31:0] conflicts;
    // Cycles from accepting a read to its last line, over all of them; most ever.
    logic [31:0] latency_sum;
    logic [31:0] latency_max;
    // Most reads there ever were at a time.
    logic [31:0] outstanding_max;
    // Write bursts that memory did not take, and lines that it could not correct.
    logic [31:0] write_errors;
    logic [31:0] read_errors;
  } stats_t;

endpackage
