// SPDX-License-Identifier: Apache-2.0
//
// The host's side of the card: CQ and CC to writes of lines and reads of dwords. A read
// sees all that was written before it, whichever BAR that was in.

module pcie_completer (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   cq_valid_i,
  output logic                   cq_ready_o,
  input  logic [511:0]           cq_data_i,
  input  logic                   cq_last_i,
  input  pcie_pkg::cq_user_t     cq_user_i,
  output logic [1:0]             np_req_o,

  output logic                   cc_valid_o,
  input  logic                   cc_ready_i,
  output logic [511:0]           cc_data_o,
  output logic [15:0]            cc_keep_o,
  output logic                   cc_last_o,
  output pcie_pkg::cc_user_t     cc_user_o,

  // A line counts as taken when it moves.
  output logic                   write_valid_o,
  input  logic                   write_ready_i,
  output dma_pkg::host_write_t   write_o,

  output logic                   read_valid_o,
  input  logic                   read_ready_i,
  output dma_pkg::host_read_t    read_o,
  input  logic                   answer_valid_i,
  input  logic [31:0]            answer_i,

  // Fields of the host's requests; the others are zero.
  output pcie_pkg::pcie_stats_t  stats_o
);

  logic               req_valid, req_ready, dropped, damaged, served, unsupported;
  pcie_pkg::cq_read_t req;
  logic [31:0]        drained_q;

  pcie_cq u_cq (
    .clk_i, .rst_ni, .cq_valid_i, .cq_ready_o, .cq_data_i, .cq_last_i, .cq_user_i, .np_req_o,
    .write_valid_o, .write_ready_i, .write_o,
    .read_valid_o(req_valid), .read_ready_i(req_ready), .read_o(req),
    .dropped_o(dropped), .damaged_o(damaged)
  );

  pcie_cc u_cc (
    .clk_i, .rst_ni, .read_valid_i(req_valid), .read_ready_o(req_ready), .read_i(req),
    .drained_i(drained_q),
    .dword_valid_o(read_valid_o), .dword_ready_i(read_ready_i), .dword_o(read_o),
    .answer_valid_i, .answer_i,
    .cc_valid_o, .cc_ready_i, .cc_data_o, .cc_keep_o, .cc_last_o, .cc_user_o,
    .served_o(served), .unsupported_o(unsupported)
  );

  pcie_pkg::pcie_stats_t s_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      drained_q <= '0;
      s_q       <= '0;
    end else begin
      drained_q          <= drained_q + 32'(write_valid_o && write_ready_i);
      s_q.cq_write_lines <= drained_q;
      s_q.cq_reads       <= s_q.cq_reads + 32'(served);
      s_q.cq_unsupported <= s_q.cq_unsupported + 32'(unsupported);
      s_q.cq_dropped     <= s_q.cq_dropped + 32'(dropped);
      s_q.cq_damaged     <= s_q.cq_damaged + 32'(damaged);
    end
  end

  assign stats_o = s_q;

endmodule
