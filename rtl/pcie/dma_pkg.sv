// SPDX-License-Identifier: Apache-2.0
//
// Access to host memory and by the host, as the card's blocks see it: nothing of PCI
// Express but its ordering is left. Byte n of a line (64 bytes, aligned) is in bits
// 8n+7:8n.
//
// Reads: a request names whole lines of one 4 KiB page of the host. Its lines come in any
// order, each with its place, also between those of other requests. The last answer of a
// request is marked, whatever happened: exactly one for each request, at the latest when
// the timeout is over. Answers have no ready: a client asks for what it has room for.
//
// Writes: a request of dwords within one 4 KiB page of the host, with its data packed from
// its first dword. Writes leave in the order in which they were accepted, interrupts
// among them; that is what makes a completion entry come after its page.

/* verilator lint_off UNUSEDPARAM */
package dma_pkg;

  localparam int unsigned LineBytes = 64;
  // A tag comes back with the answers; its upper bits number the client, so that answers
  // find their way. Clients are the queues, the management core, up to 8 + 8 lanes, and, of
  // writes, interrupts.
  localparam int unsigned TagBits = 10;
  localparam int unsigned ClientBits = 5;
  // Widths of the requests below, for ports that have one for each client: a tool reads
  // no array of structs.
  localparam int unsigned ReadReqBits = 76;
  localparam int unsigned WriteReqBits = 83;

  typedef struct packed {
    // Nothing is transferred: a read of no bytes that finds out if the page is there.
    logic               probe;
    logic [63:6]        line;
    // 1 ... 64; a probe has 1.
    logic [6:0]         lines;
    logic [TagBits-1:0] tag;
  } read_req_t;

  // error: the lines that this answer stands for could not be read; data and offset are
  // worthless. An answer without error has one line, but that of a probe, which has none.
  typedef struct packed {
    logic [TagBits-1:0]     tag;
    logic                   error;
    logic                   last;
    // The line's place in the request, 0 ... 63.
    logic [5:0]             offset;
    logic [8*LineBytes-1:0] data;
  } read_rsp_t;

  typedef struct packed {
    logic [63:2]        dword;
    // 1 ... 1024.
    logic [10:0]        dwords;
    logic [TagBits-1:0] tag;
  } write_req_t;

  // A write by the host, at most one line of a BAR. strb bit n: byte n is written; at least one
  // is. partial: of some dword not all bytes are, which whoever takes the line need not find out.
  typedef struct packed {
    logic                   partial;
    logic [2:0]             bar;
    logic [17:6]            line;
    logic [LineBytes-1:0]   strb;
    logic [8*LineBytes-1:0] data;
  } host_write_t;

  // A read by the host, a dword at a time.
  typedef struct packed {
    logic [2:0]  bar;
    logic [17:2] dword;
  } host_read_t;

endpackage
