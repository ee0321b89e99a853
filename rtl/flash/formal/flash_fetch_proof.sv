// SPDX-License-Identifier: Apache-2.0
//
// Whatever is wanted: a read is asked for only if no erase was since its page was looked up, of a die, a
// block and chunks that there are; a question has one end, after that of its read or without a read, and
// it is called good only if that was.

`include "check.svh"

module flash_fetch_proof (
  input logic                  clk_i,
  input logic [15:0]           blocks_i,
  input logic                  look_i,
  input logic                  valid_i,
  input flash_pkg::fetch_t     fetch_i,
  input logic                  request_ready_i,
  input logic                  erase_i,
  input logic                  end_valid_i,
  input flash_pkg::fetch_end_t end_i
);

  localparam int unsigned Dies = 3, Chunks = 2, PageBits = 3;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                  over, request_valid;
  flash_pkg::fetch_end_t over_data;
  logic [6:0]            die;
  flash_pkg::request_t   request;
  flash_pkg::part_t      part;
  flash_fetch #(.Dies(Dies), .Chunks(Chunks), .PageBits(PageBits)) dut (
    .clk_i, .rst_ni, .blocks_i, .look_i, .valid_i, .fetch_i, .end_o(over), .end_data_o(over_data),
    .request_valid_o(request_valid), .request_ready_i, .die_o(die), .request_o(request), .part_o(part),
    .erase_i, .end_valid_i, .end_i
  );

  // An erase since the page was looked up; a read is under way, and has ended well.
  logic erased_q = 1'b0, open_q = 1'b0, good_q = 1'b0, asked;
  assign asked = request_valid && request_ready_i;
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      erased_q <= look_i && (erased_q || erase_i);
      if (asked) open_q <= 1'b1;
      else if (end_valid_i) open_q <= 1'b0;
      good_q <= end_valid_i ? end_i.good : good_q && !over;
    end
  end

  `PAMC_ASSUME(m_looked_up, !valid_i || look_i)
  `PAMC_ASSUME(m_end, !end_valid_i || open_q)
  `PAMC_ASSUME(m_blocks, blocks_i != '0 && (!$past(rst_ni) || blocks_i == $past(blocks_i)))
  `PAMC_ASSUME(m_held, !$past(rst_ni && valid_i && !over) || (valid_i && fetch_i == $past(fetch_i)))
  // Who asked sees the end, and takes the question back.
  `PAMC_ASSUME(m_taken_back, !$past(rst_ni && over) || (!valid_i && !look_i))

  `PAMC_ASSERT(a_no_erase, !request_valid || (valid_i && !erased_q && !erase_i))
  `PAMC_ASSERT(a_one_read, !request_valid || !open_q)
  `PAMC_ASSERT(a_die, !request_valid || 32'(die) < Dies)
  `PAMC_ASSERT(a_block, !request_valid || request.block < blocks_i)
  `PAMC_ASSERT(a_page, !request_valid || 32'(request.page) < 1 << PageBits)
  `PAMC_ASSERT(a_chunks, !request_valid || (request.count != '0 && 32'(request.first) + 32'(request.count) <= Chunks))
  `PAMC_ASSERT(a_end, !over || (valid_i && !open_q))
  `PAMC_ASSERT(a_good, !(over && over_data.good) || good_q)
  // What the induction has to know of its beginning.
  (* hierconn *) wire [2:0] \dut.state_q ;
  (* hierconn *) wire       \dut.stale_q ;
  `PAMC_ASSERT(a_stale, !rst_ni || \dut.stale_q == erased_q)
  `PAMC_ASSERT(a_waits, !rst_ni || open_q == (\dut.state_q == 3'd4))
  `PAMC_ASSERT(a_busy, !rst_ni || \dut.state_q == 3'd0 || valid_i)
  `PAMC_ASSERT(a_none_yet, !rst_ni || \dut.state_q == 3'd0 || \dut.state_q > 3'd3 || !over_data.good)
  (* hierconn *) wire [22:0] \dut.block_q ;
  (* hierconn *) wire        \dut.fits_q ;
  (* hierconn *) wire [8:0]  \dut.from_q ;
  (* hierconn *) wire [9:0]  \dut.last_q ;
  `PAMC_ASSERT(a_die_before, !rst_ni || \dut.state_q == 3'd0 || \dut.state_q > 3'd4 || 32'(die) < Dies)
  `PAMC_ASSERT(a_found, !rst_ni || \dut.state_q != 3'd2 || 32'(\dut.block_q ) < 32'(blocks_i))
  `PAMC_ASSERT(a_fits, !rst_ni || \dut.state_q != 3'd2 || !\dut.fits_q ||
               (\dut.last_q >= 10'(\dut.from_q ) && 32'(\dut.last_q ) < Chunks * 256))
  `PAMC_ASSERT(a_asks, !rst_ni || \dut.state_q != 3'd3 || (request.block < blocks_i && 32'(request.page) < 1 << PageBits &&
               request.count != '0 && 32'(request.first) + 32'(request.count) <= Chunks))
  `PAMC_ASSERT(a_page_before, !rst_ni || \dut.state_q == 3'd0 || 32'(request.page) < 1 << PageBits)
  `PAMC_ASSERT(a_states, !rst_ni || \dut.state_q <= 3'd5)

  `PAMC_COVER(c_read, over && over_data.good)
  `PAMC_COVER(c_stale, over && erased_q)
  `PAMC_COVER(c_nowhere, over && die == 7'(Dies - 1) && request.count == '0)

endmodule
