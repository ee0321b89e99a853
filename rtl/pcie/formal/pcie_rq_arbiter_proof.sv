// SPDX-License-Identifier: Apache-2.0
//
// pcie_rq_arbiter keeps packets whole, holds what it offers, and is fair: whoever offers
// a packet sees at most one packet of the other's before its own first beat is taken,
// and while nobody is in its way it waits for two cycles at most.

`include "check.svh"

module pcie_rq_arbiter_proof (
  input logic       clk_i,
  input logic       read_valid_i,
  input logic       write_valid_i,
  input logic       write_last_i,
  input logic [1:0] write_data_i,
  input logic [1:0] read_data_i,
  input logic       out_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic               read_ready, write_ready, out_valid, write_first_q = 1'b1;
  pcie_pkg::rq_beat_t read, write, out;

  // Bit 2 of the data tells whose it is.
  always_comb begin
    read        = '0;
    read.first  = 1'b1;
    read.last   = 1'b1;
    read.data   = {509'd0, 1'b0, read_data_i};
    write       = '0;
    write.first = write_first_q;
    write.last  = write_last_i;
    write.data  = {509'd0, 1'b1, write_data_i};
  end

  pcie_rq_arbiter dut (
    .clk_i, .rst_ni, .read_valid_i, .read_ready_o(read_ready), .read_i(read),
    .write_valid_i, .write_ready_o(write_ready), .write_i(write),
    .out_valid_o(out_valid), .out_ready_i, .out_o(out)
  );

  logic read_moves, write_moves, out_moves;
  assign read_moves  = read_valid_i && read_ready;
  assign write_moves = write_valid_i && write_ready;
  assign out_moves   = out_valid && out_ready_i;

  // Offers stand, and a packet that began is offered to its end.
  logic       read_waits_q = 1'b0, write_waits_q = 1'b0, write_last_q = 1'b0;
  logic [1:0] read_data_q = '0, write_data_q = '0;
  always_ff @(posedge clk_i) begin
    read_waits_q  <= rst_ni && read_valid_i && !read_ready;
    write_waits_q <= rst_ni && write_valid_i && !write_ready;
    read_data_q   <= read_data_i;
    write_data_q  <= write_data_i;
    write_last_q  <= write_last_i;
    if (rst_ni && write_moves) write_first_q <= write_last_i;
  end
  `PAMC_ASSUME(m_read_stands, !read_waits_q || (read_valid_i && read_data_i == read_data_q))
  `PAMC_ASSUME(m_write_stands, !write_waits_q ||
               (write_valid_i && write_data_i == write_data_q && write_last_i == write_last_q))
  `PAMC_ASSUME(m_write_whole, write_first_q || write_valid_i)

  // Packets are whole: behind a beat that is no last one comes one of the same side.
  logic mid_q = 1'b0;
  always_ff @(posedge clk_i) if (rst_ni && out_moves) mid_q <= !out.last;
  `PAMC_ASSERT(a_whole, !out_valid || (mid_q ? !out.first && out.data[2] : out.first))

  // An offer stands.
  logic               waits_q = 1'b0;
  pcie_pkg::rq_beat_t beat_q;
  always_ff @(posedge clk_i) begin
    waits_q <= rst_ni && out_valid && !out_ready_i;
    beat_q  <= out;
  end
  `PAMC_ASSERT(a_stands, !waits_q || (out_valid && out == beat_q))

  // Packets of the other's that ended while one waited for its first beat.
  logic [1:0] before_read_q = '0, before_write_q = '0;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      before_read_q <= !read_valid_i || read_moves ? '0 :
                       before_read_q + 2'(write_moves && write_last_i && before_read_q != '1);
      before_write_q <= !write_valid_i || !write_first_q || write_moves ? '0 :
                        before_write_q + 2'(read_moves && before_write_q != '1);
    end
  end
  `PAMC_ASSERT(a_fair_to_reads, before_read_q <= 2'd1)
  `PAMC_ASSERT(a_fair_to_writes, before_write_q <= 2'd1)

  // Cycles in which one could have moved, had it had the turn.
  logic [1:0] lost_q = '0;
  (* hierconn *) wire \dut.ready ;
  (* hierconn *) wire \dut.writes_q ;
  (* hierconn *) wire \dut.inside_q ;
  logic ready, writes, inside_packet, has_spare, holds;
  assign ready  = \dut.ready ;
  assign writes = \dut.writes_q ;
  assign inside_packet = \dut.inside_q ;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      lost_q <= (read_valid_i || write_valid_i) && ready && !read_moves && !write_moves ?
                lost_q + 2'(lost_q != '1) : '0;
    end
  end
  `PAMC_ASSERT(a_no_idling, lost_q <= 2'd1)

  // For induction.
  (* hierconn *) wire         \dut.u_skid.spare_valid_q ;
  (* hierconn *) wire         \dut.u_skid.out_valid_q ;
  (* hierconn *) wire [526:0] \dut.u_skid.spare_data_q ;
  pcie_pkg::rq_beat_t spare;
  assign spare     = \dut.u_skid.spare_data_q ;
  assign has_spare = \dut.u_skid.spare_valid_q ;
  assign holds     = \dut.u_skid.out_valid_q ;
  `PAMC_ASSERT(i_inside, inside_packet == !write_first_q)
  `PAMC_ASSERT(i_turn, !inside_packet || writes)
  // What the next beat from outside continues.
  logic goes_on;
  assign goes_on = has_spare ? !spare.last : holds ? !out.last : mid_q;
  `PAMC_ASSERT(i_goes_on, goes_on == inside_packet)
  `PAMC_ASSERT(i_spare, !has_spare || (!out.last ? !spare.first && spare.data[2] : spare.first))
  `PAMC_ASSERT(i_reads_single, !out_valid || out.last || out.data[2])
  `PAMC_ASSERT(i_spare_single, !has_spare || spare.last || spare.data[2])
  `PAMC_ASSERT(i_read_turn, before_read_q == '0 || !writes)
  `PAMC_ASSERT(i_write_turn, before_write_q == '0 || writes)
  `PAMC_ASSERT(i_lost, lost_q == '0 || (writes ? write_valid_i : read_valid_i))

  `PAMC_COVER(c_turns, before_read_q == 2'd1 && read_moves && mid_q)

endmodule
