// SPDX-License-Identifier: Apache-2.0
//
// The middle of a get in its lane: the record is read, its blocks run through the
// decompressor into the output buffer, and what came is judged.
//
// A page is good when its record is that of the handle, its stream is whole, and its
// CRC32C is that of the record. That of an ephemeral page may be freed at any moment, also
// while it is being read. So it is looked up again afterwards: if it is not there any
// more, the get missed, and what was read is forgotten. (Memory is scrubbed from the
// record's start on when it is freed, so a record that is still found was whole.) A lookup that
// fails is made once more, with all that follows: only if that fails, too, is the page an error.
//
// A record of another page, which a quick lookup may have led to, is no damage: the command
// has to try again.
//
// A page may be sent while it comes, before its CRC is known, if nothing can be sent by that
// which is not of this handle: not one of several blocks (whose order would have to be kept),
// nor an ephemeral one (which may be freed and be another's), nor a record of several extents
// (as a damaged link leads elsewhere).
//
// With flash behind memory the record of a persistent page may give way to a stub at any moment.
// So nothing is sent ahead, and what is bad is looked up once more before it is said to be; by
// then it is in flash, or was bad before, as a page goes there once at most while a get of it
// runs: a put would wait for the get. What a stub leads to has to be brought; then the
// command comes again, staged, and reads it where it was brought to, of which it is known that it is
// the handle's. A query of a stub is answered by the stub, unless power was away since the page was
// put: then its CRC is in flash, and the page is read as for a get.
//
// While one page is judged the next one is read already, if there is room for it.

`include "check.svh"

module exec_get_read (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          hit_valid_i,
  output logic                          hit_ready_o,
  input  exec_pkg::hit_t                hit_i,

  // There is flash. Of what is staged: its CRC, if that is known.
  input  logic                          flash_i,
  input  logic                          staged_known_i,
  input  logic [31:0]                   staged_crc_i,
  // It is not needed there any more.
  output logic                          staged_done_o,

  // To record_read.
  output logic                          cmd_valid_o,
  input  logic                          cmd_ready_i,
  output record_pkg::read_cmd_t         cmd_o,
  output logic                          cmd_flat_o,
  input  logic                          header_valid_i,
  output logic                          header_ready_o,
  input  record_pkg::read_header_t      header_i,
  input  logic                          stub_valid_i,
  input  record_pkg::stub_t             stub_i,
  input  logic                          done_valid_i,
  output logic                          done_ready_o,
  input  record_pkg::read_done_t        done_i,
  // What it reads now is thrown away.
  output logic                          discard_o,
  // The last beat of one of its blocks was taken, or thrown away.
  input  logic                          last_i,

  // Blocks that came into the output buffer; how many may still come.
  input  logic                          block_i,
  input  codec_pkg::decode_error_e      block_error_i,
  input  logic [31:0]                   block_crc_i,
  input  logic [4:0]                    room_i,

  // The command being judged.
  output logic [exec_pkg::SlotBits-1:0] slot_o,
  input  exec_pkg::command_t            command_i,
  // It was wrong in the cycle before.
  input  logic                          command_bad_i,

  output logic                          lookup_valid_o,
  input  logic                          lookup_ready_i,
  output exec_pkg::lookup_t             lookup_o,
  input  logic                          found_valid_i,
  input  exec_pkg::found_t              found_i,

  // The page being judged is the handle's own and stays so: its block, which may have come
  // in part, can be sent before it is known to be good. Then there is nothing to be flushed after it.
  output logic                          early_o,
  output logic                          plain_o,

  output logic                          page_valid_o,
  input  logic                          page_ready_i,
  output exec_pkg::page_t               page_o,

  output logic                          idle_o,
  // For the counters (exec_pkg::get_wait_t): what is read has not all come; a page is judged,
  // or looked up again.
  output logic                          reads_o,
  output logic                          judges_o,
  output logic                          again_o
);

  `PAMC_PARAM(g_widths, exec_pkg::HitWidth == $bits(hit_i) && exec_pkg::PageWidth == $bits(page_o))

  // ---- Reading. Blocks that were asked for and have not come are owed.

  logic       reads, room_q, start, todo_ready, glances;
  logic [5:0] owed_q;
  // Is there room for a page of 1, 2, 4, 8, 16 blocks? And for this one, of the cycle before: it only grows
  // but by a page's being begun, and it takes longer than that until the next one is. What is found comes
  // late, how many blocks it has is known before.
  logic [4:0] fits;
  assign reads       = hit_i.found.page && !hit_i.found.error;
  // Of a query that is not staged, blocks are of no use.
  assign glances     = hit_i.query && !hit_i.turn.staged;
  assign hit_ready_o = todo_ready && (!reads || (room_q && drained_q && cmd_ready_i));
  assign start       = hit_valid_i && hit_ready_o;
  assign cmd_valid_o = hit_valid_i && todo_ready && reads && room_q && drained_q;
  always_comb begin
    for (int unsigned n = 0; n < 5; n++) fits[n] = {1'b0, room_i} >= owed_q + (6'd1 << n);
  end
  // Counted a cycle later, too: a page is found far away, in the cycle in which it is begun.
  logic [5:0] begun_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      room_q  <= 1'b0;
      begun_q <= '0;
    end else begin
      begun_q <= cmd_valid_o && cmd_ready_i && !glances ? {1'b0, hit_i.blocks} : '0;
      room_q  <= glances || (fits & hit_i.blocks) != '0;
    end
  end
  always_comb begin
    cmd_o        = '0;
    cmd_o.unit   = hit_i.found.first;
    cmd_o.units  = hit_i.found.units;
    cmd_o.blocks = hit_i.blocks;
  end
  assign cmd_flat_o = hit_i.turn.staged;

  // record_read has one record at a time, but may be done with it while beats still wait:
  // these go where that record's go, so the next one is begun when they have gone.
  logic       query_q;
  logic [4:0] lasts_q, given_q;
  // They have; found a cycle before, for either case, as it is known late whether a last one leaves.
  logic       drained_q, done, same, same_next;
  assign done      = done_valid_i && done_ready_o;
  assign same      = (done ? done_i.blocks : given_q) == lasts_q;
  assign same_next = (done ? done_i.blocks : given_q) == lasts_q + 5'd1;
  assign discard_o = query_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      query_q <= 1'b0;
      lasts_q <= '0;
      given_q <= '0;
      drained_q <= 1'b1;
    end else if (cmd_valid_o && cmd_ready_i) begin
      query_q <= glances;
      lasts_q <= '0;
      given_q <= '1;
      drained_q <= 1'b0;
    end else begin
      if (last_i) lasts_q <= lasts_q + 5'd1;
      if (done) given_q <= done_i.blocks;
      drained_q <= last_i ? same_next : same;
    end
  end

  logic           todo_valid, todo_take;
  exec_pkg::hit_t todo;
  logic [1:0]     todo_level;

  lib_fifo #(.Width(exec_pkg::HitWidth), .Depth(2)) u_todo (
    .clk_i, .rst_ni,
    .in_valid_i(start), .in_ready_o(todo_ready), .in_data_i(hit_i),
    .out_valid_o(todo_valid), .out_ready_i(todo_take), .out_data_o(todo),
    .level_o(todo_level)
  );

  // ---- Judging.

  typedef enum logic [2:0] {
    IDLE,
    HEADER,
    BLOCKS,
    AGAIN,
    ANSWER,
    GIVE
  } state_e;
  state_e state_q;

  // What is judged, from a register: it is there as soon as judging begins.
  exec_pkg::hit_t todo_q;
  always_ff @(posedge clk_i) todo_q <= todo;

  // Blocks as they come, of the next page perhaps, until it is their page's turn.
  logic        block_valid, block_take, block_good, block_ready;
  logic [31:0] block_crc;
  logic [4:0]  blocks_level;
  codec_pkg::decode_error_e block_error;

  // The only block of a page that is the handle's in any case ends it at once.
  logic block_now;
  lib_fifo #(.Width(35), .Depth(17)) u_blocks (
    .clk_i, .rst_ni,
    .in_valid_i(block_i && !block_now), .in_ready_o(block_ready), .in_data_i({block_error_i, block_crc_i}),
    .out_valid_o(block_valid), .out_ready_i(block_take), .out_data_o({block_error, block_crc}),
    .level_o(blocks_level)
  );

  // Of the page being judged: blocks that have come, or will; record_read is done with it.
  logic [4:0]              came_q, end_q;
  logic                    ended_q, good_q, gone_q, joined_q, other_q, early_q, plain_q, stub_q;
  logic                    todo_glances;
  record_pkg::stub_t       found_q;
  logic [31:0]             crc, want_q;
  record_pkg::read_error_e error_q;

  crc32c_join u_crc (
    .clk_i, .valid_i(block_take && block_valid), .first_i(came_q == '0), .crc_i(block_crc), .crc_o(crc)
  );

  logic reads_todo, reads_first, whole, single;
  assign reads_todo     = todo_q.found.page && !todo_q.found.error;
  assign reads_first    = todo.found.page && !todo.found.error;
  assign todo_glances   = todo_q.query && !todo_q.turn.staged;
  assign header_ready_o = state_q == HEADER;
  assign done_ready_o   = state_q == BLOCKS && !ended_q;
  // All that record_read gave has come through the decompressor. The CRC of a single block is
  // the page's, and was compared there.
  assign single = todo_q.blocks == 5'd1;
  assign whole  = ended_q && (todo_glances || joined_q || (single && came_q == end_q));
  assign block_now = state_q == BLOCKS && block_i && !block_valid && single && !todo_q.ephemeral &&
                     ended_q && came_q == '0 && end_q == 5'd1;

  // Its command is to be there with the first of these.
  assign slot_o = todo.slot;

  always_comb begin
    lookup_o.contents = command_i.contents;
    lookup_o.object   = command_i.object;
    lookup_o.index    = command_i.index;
    lookup_o.quick    = 1'b0;
  end
  assign lookup_valid_o = state_q == AGAIN;

  // A block of several has no CRC to compare with.
  assign block_good = block_error == codec_pkg::DECODE_OK ||
                      (block_error == codec_pkg::DECODE_CRC && todo_q.blocks != 5'd1);
  assign block_take = state_q == BLOCKS;

  logic [23:0] stored_q;
  logic        same_q;

  // From a register, in which it is as soon as its turn has been for a cycle.
  logic [63:0] index_q;
  always_ff @(posedge clk_i) index_q <= command_i.index;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= IDLE;
      owed_q  <= '0;
      came_q  <= '0;
      ended_q <= 1'b0;
      good_q  <= 1'b0;
      joined_q <= 1'b0;
      other_q <= 1'b0;
      early_q <= 1'b0;
      stub_q  <= 1'b0;
    end else begin
      owed_q <= owed_q + begun_q
                - 6'(block_i)
                // Blocks of a damaged record that never come.
                - (done_valid_i && done_ready_o && !todo_glances ? {1'b0, todo_q.blocks} - {1'b0, done_i.blocks}
                                                               : 6'd0);
      if (block_valid && block_take) begin
        came_q <= came_q + 5'd1;
        if (!block_good) good_q <= 1'b0;
      end
      if (block_now && block_error_i != codec_pkg::DECODE_OK) good_q <= 1'b0;
      // The CRC of the last block is joined in the cycle after.
      joined_q <= ended_q && came_q == end_q;
      case (state_q)
        IDLE: begin
          if (todo_valid) begin
            state_q <= reads_first ? HEADER : GIVE;
            came_q  <= '0;
            ended_q <= 1'b0;
            good_q  <= 1'b1;
            joined_q <= 1'b0;
            other_q <= 1'b0;
            early_q <= 1'b0;
            stub_q  <= 1'b0;
          end
        end
        HEADER: begin
          if (header_valid_i) begin
            state_q <= BLOCKS;
            early_q <= !todo_q.query && !todo_q.ephemeral && single && !header_i.chained && !flash_i;
            if (todo_q.turn.staged) begin
              if (header_i.error || (staged_known_i && header_i.crc != staged_crc_i)) good_q <= 1'b0;
            end else if (header_i.error || header_i.object != todo_q.found.object ||
                         header_i.index != index_q || command_bad_i) begin
              good_q  <= 1'b0;
              early_q <= 1'b0;
              other_q <= todo_q.quick;
              // What it was compared with is wrong.
              if (command_bad_i) other_q <= 1'b1;
            end else if (stub_valid_i) begin
              // Without flash there is none.
              stub_q <= flash_i;
              if (!flash_i) good_q <= 1'b0;
              if (!flash_i) other_q <= todo_q.quick;
            end
          end
        end
        BLOCKS: begin
          if (done_valid_i && done_ready_o) ended_q <= 1'b1;
          if (whole) state_q <= todo_q.ephemeral && !other_q ? AGAIN : GIVE;
          if (block_now) state_q <= GIVE;
        end
        AGAIN:  if (lookup_ready_i) state_q <= ANSWER;
        ANSWER: begin
          if (found_valid_i) state_q <= GIVE;
          // It is not known whether it was freed while it was read.
          if (found_valid_i && found_i.error) begin
            good_q  <= 1'b0;
            other_q <= !todo_q.turn.again;
          end
        end
        default: begin
          if (page_ready_i) state_q <= IDLE;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == HEADER) plain_q <= !command_i.exclusive;
    if (state_q == HEADER) want_q <= header_i.crc;
    if (state_q == HEADER) found_q <= stub_i;
    if (done_valid_i && done_ready_o) begin
      end_q    <= done_i.blocks;
      error_q  <= done_i.error;
      stored_q <= {7'd0, done_i.stored};
      same_q   <= done_i.same == todo_q.blocks;
    end
    if (state_q == ANSWER && found_valid_i) begin
      gone_q <= !found_i.error && (!found_i.page || found_i.first != todo_q.found.first ||
                                   found_i.object != todo_q.found.object);
    end else if (state_q == IDLE) begin
      gone_q <= 1'b0;
    end
  end
  logic good;
  assign good = good_q && error_q == record_pkg::READ_OK && (todo_glances || stub_q || single || crc == want_q);

  // What is to be brought from flash; what is bad but may be there by now.
  // What a stub says is looked at in the cycle after its header came; a page is given a cycle later at least.
  logic brings, doubtful, unknown, known_q, plausible_q;
  always_ff @(posedge clk_i) begin
    known_q     <= found_q.known != '0;
    plausible_q <= found_q.lost == '0 && found_q.bytes > 32'd8 && found_q.bytes <= 32'(ask_pkg::RecordMost);
  end
  assign brings    = stub_q && good && !(todo_q.query && known_q) && plausible_q;
  // A lookup that came to nothing, by damage of its own perhaps, is made once more.
  assign unknown   = todo_q.found.error && !todo_q.turn.again && !todo_q.turn.staged;
  assign doubtful  = flash_i && reads_todo && !good && !todo_q.ephemeral && !todo_q.turn.staged && !todo_q.turn.sure;

  always_comb begin
    page_o.slot     = todo_q.slot;
    page_o.stored   = stub_q ? found_q.stored[23:0] : stored_q;
    page_o.query    = todo_q.query;
    page_o.retry    = other_q || brings || doubtful || unknown;
    page_o.in_flash = brings;
    page_o.known    = known_q;
    page_o.bytes    = found_q.bytes[16:0];
    page_o.turn       = todo_q.turn;
    page_o.turn.again = 1'b1;
    page_o.turn.sure  = todo_q.turn.sure || (doubtful && !other_q);
    page_o.blocks   = todo_glances || !reads_todo ? 5'd0 : end_q;
    page_o.crc      = want_q;
    page_o.tier     = stub_q || todo_q.turn.staged ? pamc_pkg::TIER_FLASH
                      : same_q ? pamc_pkg::TIER_PATTERN : pamc_pkg::TIER_DRAM;
    page_o.status   = todo_q.found.error   ? pamc_pkg::STATUS_UNCORRECTABLE
                      : !todo_q.found.page || gone_q ? pamc_pkg::STATUS_MISS
                      : good && !(stub_q && !(todo_q.query && known_q)) ? pamc_pkg::STATUS_SUCCESS
                      : pamc_pkg::STATUS_UNCORRECTABLE;
  end
  assign staged_done_o = todo_take && todo_q.turn.staged;
  assign page_valid_o = state_q == GIVE;
  assign todo_take    = page_valid_o && page_ready_i;
  assign idle_o       = !todo_valid;
  assign reads_o      = !drained_q;
  assign judges_o     = state_q == HEADER || state_q == BLOCKS;
  assign early_o      = state_q == BLOCKS && early_q;
  assign plain_o      = plain_q;
  assign again_o      = state_q == AGAIN || state_q == ANSWER;

  // Most of a command is not for here.
  logic unused;
  assign unused = ^{command_i, header_i, found_i.units, done_i.raw, done_i.tag, todo_level, blocks_level, found_q};

  `PAMC_ASSERT(a_blocks_have_room, !block_i || block_ready)
  `PAMC_ASSERT(a_todo, state_q == IDLE || (todo_valid && todo_q == todo))
  `PAMC_ASSERT(a_index, state_q != HEADER || command_bad_i || index_q == command_i.index)
  `PAMC_ASSERT(a_known, state_q != GIVE || !stub_q || known_q == (found_q.known != '0))
  `PAMC_ASSERT(a_drained, drained_q == (lasts_q == given_q))
  `PAMC_ASSERT(a_owed, !block_i || owed_q != '0)
  `PAMC_ASSERT(a_room, !cmd_valid_o || glances || {1'b0, room_i} >= owed_q + {1'b0, hit_i.blocks})

endmodule
