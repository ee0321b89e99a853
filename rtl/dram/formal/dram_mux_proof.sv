// SPDX-License-Identifier: Apache-2.0
//
// Of any one line, watched: while a read of it is not finished, no write to it is accepted,
// and the other way round; so what memory does with the two in whatever order is what was
// asked for. (That a request counts as unfinished until its last beat: dram_ring_proof.)
// Requests are accepted one at a time, go to memory in that order, none before or twice.
//
// Memory and the ports may do what they like.

`include "check.svh"

module dram_mux_proof #(
  // define=DRAM_FEW_LINES, or the solver has a long day.
  parameter int unsigned LineBits = dram_pkg::LineBits,
  parameter int unsigned ReqBits  = dram_pkg::ReqBits
) (
  input logic            clk_i,
  input logic [1:0]      urgent_i,
  input logic [1:0]      req_valid_i,
  input logic [1:0][ReqBits-1:0] req_i,
  input logic            read_ready_i,
  input logic            write_ready_i,
  input logic            got_valid_i,
  input logic            got_port_i,
  input logic            written_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  localparam int unsigned Wide = LineBits + 1;
  (* anyconst *) logic [LineBits-1:0] watched;

  logic [1:0]       req_ready, wdata_ready, rdata_valid;
  logic             read_valid, write_valid, wdata_valid, conflict, ended, begun;
  logic [0:0]       read_port;
  logic [LineBits-1:0]      read_line, write_line;
  logic [6:0]       read_lines, write_lines;
  logic             read_fits, write_fits;
  logic [15:0]      latency;
  dram_pkg::rdata_t rdata;
  dram_pkg::wdata_t wdata;

  dram_mux #(.Ports(2), .ReadDepth(2), .WriteDepth(4)) dut (
    .clk_i, .rst_ni, .urgent_i, .req_valid_i, .req_ready_o(req_ready), .req_i,
    .wdata_valid_i('0), .wdata_ready_o(wdata_ready), .wdata_i('0),
    .rdata_valid_o(rdata_valid), .rdata_o(rdata),
    .read_valid_o(read_valid), .read_ready_i, .read_port_o(read_port), .read_line_o(read_line),
    .read_lines_o(read_lines), .read_fits_o(read_fits), .write_fits_o(write_fits),
    .write_valid_o(write_valid), .write_ready_i, .write_line_o(write_line),
    .write_lines_o(write_lines),
    .wdata_valid_o(wdata_valid), .wdata_ready_i(1'b1), .wdata_o(wdata),
    .got_valid_i, .got_port_i, .got_error_i(1'b0), .got_data_i('0), .written_i,
    .conflict_o(conflict), .ended_o(ended), .latency_o(latency), .begun_o(begun)
  );

  // What the ports offer stays, and no port asks for lines beyond the last.
  logic [1:0]       offered_q = '0;
  logic [1:0][ReqBits-1:0] offer_q;
  logic [1:0]       holds, legal, accepts_read, accepts_write, touches;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni ? req_valid_i & ~req_ready : '0;
    offer_q   <= req_i;
  end
  always_comb begin
    for (int unsigned n = 0; n < 2; n++) begin
      holds[n] = !offered_q[n] || (req_valid_i[n] && req_i[n] == offer_q[n]);
      legal[n] = req_i[n][6:0] != '0 && req_i[n][6:0] <= 7'd64 &&
                 Wide'(req_i[n][ReqBits-2:7]) + Wide'(req_i[n][6:0]) <= {1'b1, {LineBits{1'b0}}};
      touches[n] = watched >= req_i[n][ReqBits-2:7] &&
                   Wide'(watched) < Wide'(req_i[n][ReqBits-2:7]) + Wide'(req_i[n][6:0]);
      accepts_read[n]  = req_valid_i[n] && req_ready[n] && !req_i[n][ReqBits-1];
      accepts_write[n] = req_valid_i[n] && req_ready[n] && req_i[n][ReqBits-1];
    end
  end
  `PAMC_ASSUME(m_offer_holds, holds == '1)
  `PAMC_ASSUME(m_legal, legal == '1)

  // Unfinished, by the tables: who touches the line?
  (* hierconn *) wire [LineBits-1:0] \dut.g_port[0].u_reads.watch_line ;
  (* hierconn *) wire        \dut.g_port[0].u_reads.watched ;
  (* hierconn *) wire [LineBits-1:0] \dut.g_port[1].u_reads.watch_line ;
  (* hierconn *) wire        \dut.g_port[1].u_reads.watched ;
  (* hierconn *) wire [LineBits-1:0] \dut.u_writes.watch_line ;
  (* hierconn *) wire        \dut.u_writes.watched ;
  assign \dut.g_port[0].u_reads.watch_line = watched;
  assign \dut.g_port[1].u_reads.watch_line = watched;
  assign \dut.u_writes.watch_line = watched;

  logic reads_it, writes_it;
  assign reads_it  = \dut.g_port[0].u_reads.watched || \dut.g_port[1].u_reads.watched ||
                     (accepts_read & touches) != '0;
  assign writes_it = \dut.u_writes.watched || (accepts_write & touches) != '0;
  `PAMC_ASSERT(a_never_both, !(reads_it && writes_it))
  `PAMC_ASSERT(a_one_at_a_time, req_ready != 2'b11)

  // Sent and not finished, so that memory does not finish what it was not sent.
  logic [7:0] reads_waiting_q = '0, writes_waiting_q = '0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reads_waiting_q  <= '0;
      writes_waiting_q <= '0;
    end else begin
      reads_waiting_q  <= reads_waiting_q + 8'(accepts_read != '0) - 8'(read_valid && read_ready_i);
      writes_waiting_q <= writes_waiting_q + 8'(accepts_write != '0) -
                          8'(write_valid && write_ready_i);
    end
  end
  (* hierconn *) wire [3:0] \dut.u_read.level_q ;
  (* hierconn *) wire [3:0] \dut.u_write.level_q ;
  `PAMC_ASSERT(a_reads_were_accepted, reads_waiting_q == 8'(\dut.u_read.level_q ))
  `PAMC_ASSERT(a_writes_were_accepted, writes_waiting_q == 8'(\dut.u_write.level_q ))

  // Memory finishes what there is.
  (* hierconn *) wire       \dut.ring_empty ;
  (* hierconn *) wire [1:0] \dut.read_empty ;
  logic written_empty;
  logic [1:0] read_empty;
  assign written_empty = \dut.ring_empty ;
  assign read_empty    = \dut.read_empty ;
  `PAMC_ASSUME(m_written_was_asked, !written_i || !written_empty)
  `PAMC_ASSUME(m_got_was_asked, !got_valid_i || !read_empty[got_port_i])

  // For induction: who is looked at, and who is taken.
  (* hierconn *) wire        \dut.ask_q ;
  (* hierconn *) wire [1:0]  \dut.asks_q ;
  (* hierconn *) wire        \dut.pick_q ;
  (* hierconn *) wire        \dut.port_q ;
  (* hierconn *) wire [ReqBits-1:0] \dut.req_q ;
  (* hierconn *) wire        \dut.take_valid_q ;
  (* hierconn *) wire [1:0]  \dut.looked_q ;
  logic        ask, pick, port, take;
  logic [1:0]  asks, writes, here, looked;
  logic [ReqBits-1:0] req;
  assign ask    = \dut.ask_q ;
  assign asks   = \dut.asks_q ;
  assign writes = {req_i[1][ReqBits-1], req_i[0][ReqBits-1]};
  assign pick   = \dut.pick_q ;
  assign port   = \dut.port_q ;
  assign take   = \dut.take_valid_q ;
  assign looked = \dut.looked_q ;
  assign req    = \dut.req_q ;
  assign here   = pick ? 2'b01 << port : 2'b00;
  // The one that was refused a cycle ago.
  (* hierconn *) wire [1:0]  \dut.before_q ;
  logic [1:0] back;
  assign back   = conflict ? \dut.before_q : 2'b00;
  `PAMC_ASSERT(i_ask, ask == (asks != '0) && asks != 2'b11)
  `PAMC_ASSERT(i_looked_at_is_offered, ((asks | here) & ~(req_valid_i & offered_q)) == '0)
  `PAMC_ASSERT(i_looked_at_is_the_offer, !pick || req == req_i[port])
  `PAMC_ASSERT(i_taken, take == (req_ready != '0))
  `PAMC_ASSERT(i_looked, (asks | here | req_ready | back) == looked && (here & req_ready) == '0 &&
                         (asks & (here | req_ready)) == '0 && (back & (asks | here | req_ready)) == '0)

  // ... and all that is looked at has room.
  (* hierconn *) wire       \dut.room_q ;
  (* hierconn *) wire [2:0] \dut.writing_q ;
  (* hierconn *) wire [2:0] \dut.whose_level ;
  (* hierconn *) wire [3:0] \dut.u_writes.valid_q ;
  (* hierconn *) wire [1:0] \dut.g_port[0].u_reads.valid_q ;
  (* hierconn *) wire [1:0] \dut.g_port[1].u_reads.valid_q ;
  logic       room;
  logic [3:0] ahead, reads_level, writes_level, valid_writes;
  logic [2:0] writing, whose;
  logic [1:0] valid_0, valid_1;
  assign room         = \dut.room_q ;
  assign reads_level  = \dut.u_read.level_q ;
  assign writes_level = \dut.u_write.level_q ;
  assign writing      = \dut.writing_q ;
  assign whose        = \dut.whose_level ;
  assign valid_writes = \dut.u_writes.valid_q ;
  assign valid_0      = \dut.g_port[0].u_reads.valid_q ;
  assign valid_1      = \dut.g_port[1].u_reads.valid_q ;
  assign ahead        = (room ? 4'd7 : 4'd8) - 4'(ask) - 4'(pick) - 4'(take);
  `PAMC_ASSERT(i_room, reads_level <= ahead && writes_level <= ahead)
  `PAMC_ASSERT(i_writing, writing == 3'(valid_writes[0]) + 3'(valid_writes[1]) +
                                     3'(valid_writes[2]) + 3'(valid_writes[3]))
  `PAMC_ASSERT(i_writes_room, 4'(writing) + 4'(accepts_write != '0) + 4'(pick && req[ReqBits-1]) +
                              4'((asks & writes) != '0) <= 4'd4)
  `PAMC_ASSERT(i_whose, whose <= writing)
  // No write is finished before its lines were taken.
  `PAMC_ASSUME(m_written_has_lines, !written_i || writing > whose)
  `PAMC_ASSERT(i_read_room, (valid_0 != 2'b11 || !((pick && !req[ReqBits-1] && !port) || accepts_read[0] ||
                             (asks[0] && !writes[0]))) &&
                            (valid_1 != 2'b11 || !((pick && !req[ReqBits-1] && port) || accepts_read[1] ||
                             (asks[1] && !writes[1]))))

  logic read_0, read_1, write_any;
  assign read_0    = \dut.g_port[0].u_reads.watched ;
  assign read_1    = \dut.g_port[1].u_reads.watched ;
  assign write_any = \dut.u_writes.watched ;
  `PAMC_COVER(c_conflict, conflict && write_any)
  `PAMC_COVER(c_two_reads, read_0 && read_1)

endmodule
