// SPDX-License-Identifier: Apache-2.0
//
// pcie_writes never pauses inside a packet, however its data comes; it holds what it
// offers, and its packets are as long as they say and no longer than they may be.
//
// The queues in it are proved by themselves (lib_fifo): what comes out of the queue of
// requests is taken to be a request, and data is not looked at.

`include "check.svh"

module pcie_writes_proof (
  input logic        clk_i,
  input logic        req_valid_i,
  input logic [dma_pkg::WriteReqBits-1:0] req_i,
  input logic [1:0]  max_payload_i,
  input logic        bus_master_i,
  input logic        data_valid_i,
  input logic        rq_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                  req_ready, data_ready, done_valid, rq_valid, idle;
  logic [dma_pkg::TagBits-1:0] done_tag;
  pcie_pkg::rq_beat_t    beat;
  pcie_pkg::pcie_stats_t stats;

  pcie_writes dut (
    .clk_i, .rst_ni, .bus_master_i, .max_payload_i,
    .req_valid_i, .req_ready_o(req_ready), .req_i,
    .data_valid_i, .data_ready_o(data_ready), .data_i('0),
    .done_valid_o(done_valid), .done_tag_o(done_tag),
    .rq_valid_o(rq_valid), .rq_ready_i, .rq_o(beat), .idle_o(idle), .stats_o(stats)
  );

  (* hierconn *) wire        \dut.req_valid ;
  (* hierconn *) wire [dma_pkg::WriteReqBits-1:0] \dut.req ;
  dma_pkg::write_req_t req;
  logic                has_req;
  assign req     = \dut.req ;
  assign has_req = \dut.req_valid ;
  `PAMC_ASSUME(m_request, !has_req || (req.dwords != '0 && req.dwords <= 11'd1024))

  // Inside a packet the next beat is there, and it is as long as its descriptor says.
  logic               moves, mid_q = 1'b0;
  logic [10:0]        left_q = '0, left;
  pcie_pkg::rq_desc_t desc;
  assign moves = rq_valid && rq_ready_i;
  assign desc  = beat.data[127:0];
  assign left  = beat.first ? desc.dwords + 11'd4 : left_q;
  always_ff @(posedge clk_i) begin
    // An induction may begin in reset.
    if (!rst_ni) mid_q <= 1'b0;
    else if (moves) begin
      mid_q  <= !beat.last;
      left_q <= left - 11'(beat.dwords);
    end
  end
  `PAMC_ASSERT(a_no_pause, !mid_q || rq_valid)
  `PAMC_ASSERT(a_first, !rq_valid || beat.first == !mid_q)
  `PAMC_ASSERT(a_length, !rq_valid ||
               (beat.last ? 11'(beat.dwords) == left : beat.dwords == 5'd16 && left > 11'd16))
  `PAMC_ASSERT(a_payload, !rq_valid || !beat.first || (desc.dwords != '0 && desc.dwords <= 11'd256))
  `PAMC_ASSERT(a_enables, !rq_valid || !beat.first ||
               (beat.first_be == 4'hf && beat.last_be == (desc.dwords == 11'd1 ? 4'h0 : 4'hf)))

  // An offer stands.
  logic         waits_q = 1'b0;
  logic [142:0] offer, offer_q;
  assign offer = {beat.first, beat.last, beat.first_be, beat.last_be, beat.dwords,
                  beat.first ? beat.data[127:0] : 128'd0};
  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && rq_valid && !rq_ready_i;
    offer_q <= offer;
  end
  `PAMC_ASSERT(a_stands, !waits_q || (rq_valid && offer == offer_q))

  // For induction: every beat of data in the queue or in front of it is spare, of the next packet
  // or of the one that leaves.
  (* hierconn *) wire        \dut.active_q ;
  (* hierconn *) wire [10:0] \dut.left_q ;
  (* hierconn *) wire        \dut.next_valid_q ;
  (* hierconn *) wire [8:0]  \dut.next_dwords_q ;
  (* hierconn *) wire        \dut.sending_q ;
  (* hierconn *) wire        \dut.first_q ;
  (* hierconn *) wire        \dut.drop_q ;
  (* hierconn *) wire        \dut.one_q ;
  (* hierconn *) wire [8:0]  \dut.rest_q ;
  (* hierconn *) wire [8:0]  \dut.length_q ;
  (* hierconn *) wire [5:0]  \dut.spare_q ;
  (* hierconn *) wire [5:0]  \dut.level ;
  (* hierconn *) wire        \dut.come_q ;
  logic       active, next_valid, sending, first, drop, one, come;
  logic [8:0] next_dwords, rest, length;
  logic [5:0] spare, level;
  logic [10:0] request_left;
  assign active       = \dut.active_q ;
  assign request_left = \dut.left_q ;
  assign next_valid   = \dut.next_valid_q ;
  assign next_dwords  = \dut.next_dwords_q ;
  assign sending      = \dut.sending_q ;
  assign first        = \dut.first_q ;
  assign drop         = \dut.drop_q ;
  assign one          = \dut.one_q ;
  assign rest         = \dut.rest_q ;
  assign length       = \dut.length_q ;
  assign spare        = \dut.spare_q ;
  assign level        = \dut.level ;
  assign come         = \dut.come_q ;

  logic [8:0] of_next, of_this;
  assign of_next = next_valid ? (next_dwords + 9'd15) >> 4 : '0;
  assign of_this = sending ? (rest + (first ? 9'd15 : 9'd11)) >> 4 : '0;
  `PAMC_ASSERT(i_level, 9'(level) + 9'(come) == 9'(spare) + of_next + of_this)
  `PAMC_ASSERT(i_request, !active || (request_left != '0 && request_left <= 11'd1024))
  `PAMC_ASSERT(i_next, !next_valid || (next_dwords != '0 && next_dwords <= 9'd256))
  `PAMC_ASSERT(i_this, !sending || (rest != '0 && length <= 9'd256 && (first ? rest == length : rest < length)))
  `PAMC_ASSERT(i_one, !sending || one == (length == 9'd1))
  `PAMC_ASSERT(i_mid, mid_q == (sending && !first && !drop))
  `PAMC_ASSERT(i_left, !mid_q || left_q == 11'(rest))

  // No cycle is lost between two packets.
  logic ended_q = 1'b0;
  always_ff @(posedge clk_i) ended_q <= rst_ni && moves && beat.last && !beat.first;
  `PAMC_COVER(c_back_to_back, ended_q && moves)
  `PAMC_COVER(c_dropped, done_valid && stats.write_packets == 32'd0)

endmodule
