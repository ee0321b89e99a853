// SPDX-License-Identifier: Apache-2.0
//
// record_unpack, whatever the lines hold and wherever they end: a block has the kind and
// length it says, as many beats as that length takes, and its last one is the last; a page
// ends once, never inside a block; and of any six cycles in which it need not wait for a
// line or for the lane, one takes it on.

`include "check.svh"

module record_unpack_proof (
  input logic                             clk_i,
  input logic                             clear_i,
  input logic                             load_i,
  input logic                             start_i,
  input logic [record_pkg::ShapeBits-1:0] start_shape_i,
  input logic [4:0]                       start_blocks_i,
  input logic                             line_valid_i,
  input logic [511:0]                     line_data_i,
  input logic [2:0]                       line_start_i,
  input logic                             line_half_i,
  input logic                             line_final_i,
  input logic                             packed_ready_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                              line_ready, packed_valid, ended, too_short, table_error;
  codec_pkg::packed_beat_t           packed_beat;
  logic [record_pkg::StreamBits-1:0] taken, stored;
  logic [4:0]                        blocks, same, raw;

  record_unpack dut (
    .clk_i, .rst_ni, .clear_i, .load_i, .start_i, .start_shape_i, .start_blocks_i, .start_crc_i('0),
    .line_valid_i, .line_ready_o(line_ready), .line_data_i, .line_start_i, .line_half_i, .line_final_i,
    .packed_valid_o(packed_valid), .packed_ready_i, .packed_o(packed_beat),
    .end_o(ended), .short_o(too_short), .table_error_o(table_error), .taken_o(taken),
    .stored_o(stored), .blocks_o(blocks), .same_o(same), .raw_o(raw)
  );

  (* hierconn *) wire [1:0]  \dut.state_q ;
  (* hierconn *) wire        \dut.go ;
  (* hierconn *) wire        \dut.ends ;
  (* hierconn *) wire        \dut.load ;
  (* hierconn *) wire        \dut.out_ready ;
  (* hierconn *) wire [181:0] \dut.beat ;
  (* hierconn *) wire [12:0] \dut.left_q ;
  (* hierconn *) wire        \dut.last_q ;
  (* hierconn *) wire [4:0]  \dut.last_reach_q ;
  (* hierconn *) wire [3:0]  \dut.offset_q ;
  (* hierconn *) wire        \dut.e0_valid_q ;
  (* hierconn *) wire        \dut.e1_valid_q ;
  (* hierconn *) wire        \dut.e0_end_q ;
  (* hierconn *) wire        \dut.e1_end_q ;
  (* hierconn *) wire        \dut.ended_q ;
  (* hierconn *) wire        \dut.flush_q ;
  (* hierconn *) wire        \dut.carry_q ;
  (* hierconn *) wire        \dut.take_pair ;
  (* hierconn *) wire        \dut.final_pair ;

  localparam logic [1:0] Idle = 2'd0, Table = 2'd1, Load = 2'd2, Block = 2'd3;

  logic [1:0]              state;
  logic                    push;
  codec_pkg::packed_beat_t beat;
  assign state = \dut.state_q ;
  assign push  = state == Block && \dut.go ;
  assign beat  = \dut.beat ;

  // A page is under way; so is a block, of which so many bytes are left; the last line
  // was taken; cycles since something went on.
  logic        page_q = 1'b0, block_q = 1'b0, final_q = 1'b0;
  logic [12:0] left_q, left;
  logic [2:0]  quiet_q = '0;
  logic        waits;
  assign left  = block_q ? left_q : beat.length;
  assign waits = (!line_valid_i && !final_q) || (state == Block && !\dut.out_ready );

  `PAMC_ASSUME(m_start, !start_i || (!page_q && !clear_i && start_blocks_i != '0 && start_blocks_i <= 5'd16))
  `PAMC_ASSUME(m_load, load_i ? !page_q : !start_i)
  `PAMC_ASSUME(m_clear, !clear_i || !page_q)
  `PAMC_ASSUME(m_final, !final_q || !line_valid_i)

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (start_i) page_q <= 1'b1;
      else if (\dut.ends ) page_q <= 1'b0;
      if (push) begin
        block_q <= !beat.last;
        left_q  <= left - 13'd16;
      end
      if (!page_q) final_q <= 1'b0;
      else if (\dut.take_pair && \dut.final_pair ) final_q <= 1'b1;
      if (!page_q || \dut.go || \dut.load ) quiet_q <= '0;
      else if (!waits) quiet_q <= quiet_q + 3'd1;
    end
  end

  `PAMC_ASSERT(a_one_end, !\dut.ends || page_q)
  `PAMC_ASSERT(a_not_inside, !\dut.ends || (push ? beat.last : !block_q))
  `PAMC_ASSERT(a_last, !push || beat.last == (left <= 13'd16))
  `PAMC_ASSERT(a_form, !push || (beat.length != '0 && beat.length <= 13'd4096 &&
               (beat.kind == 8'(pamc_pkg::CODEC_LZ4) ||
                (beat.kind == 8'(pamc_pkg::CODEC_RAW) && beat.length == 13'd4096) ||
                (beat.kind == 8'(pamc_pkg::CODEC_SAME) && beat.length == 13'd8))))
  `PAMC_ASSERT(a_progress, quiet_q <= 3'd5)

  // For induction. What is gathered grows by each cycle in which nothing goes on.
  logic [2:0] gathered;
  assign gathered = {1'b0, \dut.e0_valid_q , 1'b0} + {1'b0, \dut.e1_valid_q , 1'b0} + 3'(\dut.carry_q );
  `PAMC_ASSERT(i_page, page_q == (state != Idle))
  `PAMC_ASSERT(i_block, !block_q || state == Block)
  `PAMC_ASSERT(i_left, state != Block || (left == \dut.left_q && left != '0 && left <= beat.length))
  `PAMC_ASSERT(i_form, state != Block || (beat.length != '0 && beat.length <= 13'd4096 &&
               (beat.kind == 8'(pamc_pkg::CODEC_LZ4) ||
                (beat.kind == 8'(pamc_pkg::CODEC_RAW) && beat.length == 13'd4096) ||
                (beat.kind == 8'(pamc_pkg::CODEC_SAME) && beat.length == 13'd8))))
  `PAMC_ASSERT(i_quiet, !page_q || quiet_q <= gathered)
  `PAMC_ASSERT(i_load, state != Load || quiet_q == '0)
  `PAMC_ASSERT(i_flush, !page_q || !\dut.flush_q || (final_q && \dut.carry_q ))
  `PAMC_ASSERT(i_final, !page_q || final_q == (\dut.flush_q || \dut.ended_q ||
               (\dut.e0_valid_q && \dut.e0_end_q ) || (\dut.e1_valid_q && \dut.e1_end_q )))
  logic [12:0] dut_left;
  logic [4:0]  dut_reach;
  logic [3:0]  dut_offset;
  assign dut_left   = \dut.left_q ;
  assign dut_reach  = \dut.last_reach_q ;
  assign dut_offset = \dut.offset_q ;
  `PAMC_ASSERT(i_last, (state != Table && state != Block) || \dut.last_q == (dut_left <= 13'd16))
  `PAMC_ASSERT(i_reach, (state != Table && state != Block) || dut_reach == {1'b0, dut_offset} + dut_left[4:0])
  `PAMC_ASSERT(i_load_reach, state != Load || dut_reach[3:0] == dut_offset)
  `PAMC_ASSERT(i_table, state != Table || \dut.left_q != '0)

  logic [1:0] pages_q = '0;
  always_ff @(posedge clk_i) if (\dut.ends && push) pages_q <= pages_q + 2'd1;
  `PAMC_COVER(c_two_pages, pages_q == 2'd2)
  `PAMC_COVER(c_table, \dut.ends && push && blocks != '0)
  `PAMC_COVER(c_short, ended && too_short && blocks == 5'd1)

endmodule
