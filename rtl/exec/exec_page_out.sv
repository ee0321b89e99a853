// SPDX-License-Identifier: Apache-2.0
//
// Pages from a decompressor to host memory. Blocks gather in a buffer until somebody has
// seen that the whole page is good; then each block is sent to its address as one write, or
// the page is dropped.
//
// A page of one block may also be sent ahead, while the rest of it comes: as a write for
// whatever there is of whole groups of 512 bytes, so that nobody else's write ever waits
// for bytes that have not come. The last group goes in pieces of 128 bytes if the one before it was
// accepted at once, so that less is left to be sent when the block's last beat has come. If the block
// ends with an error, what is left of it stays here, and is forgotten.
//
// The buffer is a ring of 16 blocks: a page of 64 KiB, or several shorter ones, so that
// one is filled while those before it are sent. Blocks are sent or dropped in the order
// in which they came. room_o counts the blocks that can still come.

`include "check.svh"

module exec_page_out (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Blocks of 128 beats; one with an error may have fewer.
  input  logic                   beat_valid_i,
  output logic                   beat_ready_o,
  input  codec_pkg::plain_beat_t beat_i,

  // A block has come.
  output logic                     block_o,
  output codec_pkg::decode_error_e block_error_o,
  output logic [31:0]              block_crc_o,

  // The oldest block goes to this address: as a whole, or ahead, of which begun_o tells
  // that there is something. It was sent, or forgotten, when ready comes again.
  input  logic                   send_valid_i,
  output logic                   send_ready_o,
  input  logic                   send_ahead_i,
  input  logic [63:12]           send_addr_i,
  output logic                   begun_o,

  // The oldest blocks are worthless; only when idle.
  input  logic                   drop_i,
  output logic                   drop_ready_o,
  input  logic [4:0]             drop_blocks_i,

  output logic [4:0]             room_o,

  // To the host; the tag is zero. A block was sent when its last write was accepted: nothing
  // that is written later can overtake it, although its lines may still leave.
  output logic                   write_valid_o,
  input  logic                   write_ready_i,
  output dma_pkg::write_req_t    write_o,
  output logic                   data_valid_o,
  input  logic                   data_ready_i,
  output logic [511:0]           data_o
);

  // Lines of 64 bytes, written by halves.
  logic [255:0] low_q [1024];
  logic [255:0] high_q [1024];

  logic [3:0] write_block_q, read_block_q;
  logic [6:0] half_q;
  logic [4:0] room_q, blocks_q;

  logic take;
  assign beat_ready_o  = room_q != '0;
  assign take          = beat_valid_i && beat_ready_o;
  assign block_o       = take && beat_i.last;
  assign block_error_o = beat_i.error;
  assign block_crc_o   = beat_i.crc;
  assign room_o        = room_q;

  // Sending: requests, of pieces of two lines that have all come; then the lines, read one
  // cycle ahead, from when they are asked for on.
  localparam logic [5:0] Pieces = 6'd32;
  localparam logic [5:0] Last   = 6'd28;  // the first one of the last group
  logic         active_q, ahead_q, cut_q, request_q, read_q;
  // Pieces that were asked for, those of them in the request that is offered.
  logic [5:0]   asked_q, count_q;
  // Lines that may be read: they were asked for.
  logic [6:0]   owed_q;
  logic [5:0]   line_q;
  logic [63:7]  addr_q;
  logic         line_room, read, last_read, start, accepted, more, ask, forget;
  logic [5:0]   part, next_part, next_rest, next_count;
  logic         all;
  // The request has waited; the last one had not.
  logic         waited_q, calm_q, pieces;

  assign drop_ready_o = !active_q && owed_q == '0;
  // Of one block at most lines are still to be read.
  assign send_ready_o = !active_q && !owed_q[6];
  assign begun_o      = drop_ready_o && blocks_q == '0 && half_q[6:4] != '0;
  assign start        = send_valid_i && send_ready_o;
  assign accepted     = request_q && write_ready_i;

  // What has come of the block: of one that is sent ahead, which is the oldest then. What
  // comes just now is there when it is read.
  assign pieces     = asked_q >= Last && (calm_q || asked_q[1:0] != 2'd0);
  assign part       = {1'b0, half_q[6:4], pieces ? half_q[3:2] : 2'd0};
  assign more       = active_q && !request_q && asked_q != Pieces && !cut_q;
  // That all of it has come is known late, so what follows is found for either case.
  assign all        = !ahead_q || blocks_q != '0 || (block_o && beat_i.error == codec_pkg::DECODE_OK);
  assign next_rest  = Pieces - asked_q;
  assign next_part  = part - asked_q;
  assign next_count = all ? next_rest : next_part;
  assign ask        = more && (all || part != asked_q);
  assign forget     = cut_q && !request_q && owed_q == '0;

  always_comb begin
    write_o        = '0;
    write_o.dword  = {addr_q, 5'd0};
    write_o.dwords = {count_q, 5'd0};
  end
  assign write_valid_o = request_q;

  // A line waits where the memory gives it, and the next one is read as it is taken: it has a long way, and
  // memory is slow, so nothing is between.
  logic [511:0] line_data_q;
  assign line_room    = !read_q || data_ready_i;
  assign read         = owed_q != '0 && line_room;
  assign last_read    = read && line_q == 6'd63;
  assign data_valid_o = read_q;
  assign data_o       = line_data_q;

  // Lines owed less those that were asked for of this block, which changes by reading alone; and one
  // less than that, as it is known late whether one is read.
  logic [6:0] owed, owed_rest, owed_part, base, base_q, less_q;
  assign owed      = read ? owed_q - 7'd1 : owed_q;
  assign base      = read ? less_q : base_q;
  assign owed_rest = base ^ {Pieces, 1'b0};
  assign owed_part = read ? less_q + {part, 1'b0} : base_q + {part, 1'b0};

  logic [4:0] freed;
  assign freed = last_read || forget ? 5'd1 : drop_i ? drop_blocks_i : 5'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_block_q <= '0;
      read_block_q  <= '0;
      half_q        <= '0;
      room_q        <= 5'd16;
      blocks_q      <= '0;
      active_q      <= 1'b0;
      ahead_q       <= 1'b0;
      cut_q         <= 1'b0;
      request_q     <= 1'b0;
      asked_q       <= '0;
      owed_q        <= '0;
      base_q        <= '0;
      less_q        <= '1;
      read_q        <= 1'b0;
      line_q        <= '0;
      waited_q      <= 1'b0;
      calm_q        <= 1'b0;
    end else begin
      if (take) half_q <= beat_i.last ? '0 : half_q + 7'd1;
      if (block_o) write_block_q <= write_block_q + 4'd1;
      room_q       <= room_q - 5'(block_o) + freed;
      blocks_q     <= blocks_q + 5'(block_o) - freed;
      read_block_q <= read_block_q + freed[3:0];

      base_q <= start ? owed : base;
      less_q <= !start ? less_q - 7'(read) : read ? owed_q - 7'd2 : owed_q - 7'd1;
      if (start) begin
        active_q <= 1'b1;
        ahead_q  <= send_ahead_i;
        asked_q  <= '0;
      end else if (forget || (accepted && asked_q == Pieces)) begin
        active_q <= 1'b0;
      end
      if (more) asked_q <= all ? Pieces : part;
      if (ask) request_q <= 1'b1;
      else if (write_ready_i) request_q <= 1'b0;
      // The block that is sent ahead has ended, and is worthless.
      if (block_o && beat_i.error != codec_pkg::DECODE_OK && blocks_q == '0 &&
          (ahead_q && active_q && asked_q != Pieces || start && send_ahead_i)) cut_q <= 1'b1;
      else if (forget) cut_q <= 1'b0;
      waited_q <= request_q && !write_ready_i;
      if (start) calm_q <= 1'b0;
      else if (accepted) calm_q <= !waited_q;
      owed_q <= !more ? owed : all ? owed_rest : owed_part;
      read_q <= read || (read_q && !data_ready_i);
      if (forget) line_q <= '0;
      else if (read) line_q <= line_q + 6'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take && !half_q[0]) low_q[{write_block_q, half_q[6:1]}] <= beat_i.data;
    if (take && half_q[0]) high_q[{write_block_q, half_q[6:1]}] <= beat_i.data;
    if (read) line_data_q <= {high_q[{read_block_q, line_q}], low_q[{read_block_q, line_q}]};
    if (start) addr_q <= {send_addr_i, 5'd0};
    else if (accepted) addr_q <= addr_q + 57'(count_q);
    if (more) count_q <= next_count;
  end

  `PAMC_ASSERT(a_blocks, blocks_q + room_q == 5'd16)
  `PAMC_ASSERT(a_owed, !ask || 8'(owed_q) + {1'b0, next_count, 1'b0} < 8'd128)
  `PAMC_ASSERT(a_base, !active_q || base_q == owed_q - {asked_q, 1'b0})
  `PAMC_ASSERT(a_less, less_q == base_q - 7'd1)
  `PAMC_ASSERT(a_asked, !more || (all ? Pieces : part) >= asked_q)
  `PAMC_ASSUME(m_send_what_is_there, !start || (send_ahead_i ? begun_o : blocks_q > 5'(owed_q != '0)))
  `PAMC_ASSUME(m_drop_what_is_there, !drop_i || (drop_ready_o && !send_valid_i && drop_blocks_i <= blocks_q))

endmodule
