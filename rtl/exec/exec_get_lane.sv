// SPDX-License-Identifier: Apache-2.0
//
// A get lane: pages from card DRAM through a decompressor to host memory.
//
//   job ─► exec_get_front ──► exec_get_read ──────────► exec_get_send ─► result
//          lookup, probes      record_read ─► lz4_decompressor ─► exec_page_out ─► host
//
// Each of the three is at another page: while one is sent, the next one is decompressed
// and a third one looked up; but if none is being sent, one is sent while it is decompressed.
// A command whose record was another page's goes back to the
// front, where nothing can be in its way: all that the lane has find room there. One whose page is
// in flash waits aside, while others pass, until it was asked for and its record has come to
// where the lane has room for one; then it goes through the three once more.

`include "check.svh"

module exec_get_lane (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // Where units begin, how many there are.
  input  logic [dram_pkg::LineBits-1:0] base_i,
  input  logic [31:0]                   units_i,
  // There is flash; where a record that comes from there is to be, a line.
  input  logic                          flash_i,
  input  logic [dram_pkg::LineBits-1:0] staging_line_i,

  // A get or query that may run.
  input  logic                          job_valid_i,
  output logic                          job_ready_o,
  input  logic [exec_pkg::SlotBits-1:0] job_slot_i,

  // Commands in the three stages.
  output logic [exec_pkg::SlotBits-1:0] front_slot_o,
  input  exec_pkg::command_t            front_i,
  output logic [exec_pkg::SlotBits-1:0] judge_slot_o,
  input  exec_pkg::command_t            judge_i,
  output logic [exec_pkg::SlotBits-1:0] send_slot_o,
  input  exec_pkg::command_t            send_i,
  // They were wrong in the cycle before.
  input  logic                          front_bad_i,
  input  logic                          judge_bad_i,
  input  logic                          send_bad_i,

  // Of host memory; bit 0 of the tag is this lane's, the others zero.
  output logic                          read_valid_o,
  input  logic                          read_ready_i,
  output dma_pkg::read_req_t            read_o,
  input  logic                          answer_valid_i,
  input  dma_pkg::read_rsp_t            answer_i,

  // To host memory; the tag is zero.
  output logic                          write_valid_o,
  input  logic                          write_ready_i,
  output dma_pkg::write_req_t           write_o,
  output logic                          data_valid_o,
  input  logic                          data_ready_i,
  output logic [511:0]                  data_o,

  // Lookups of the front and, after it was read, of an ephemeral page.
  output logic [1:0]                    lookup_valid_o,
  input  logic [1:0]                    lookup_ready_i,
  output exec_pkg::lookup_t             lookup_front_o,
  output exec_pkg::lookup_t             lookup_judge_o,
  input  logic [1:0]                    found_valid_i,
  input  exec_pkg::found_t              found_i,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output logic                          vault_valid_o,
  output vault_pkg::command_t           vault_o,
  input  logic                          vault_done_i,
  input  vault_pkg::answer_t            vault_answer_i,

  // READ of the page in the slot; FLUSH_PAGE of the one that is being sent. Held until done.
  output logic [1:0]                    ask_valid_o,
  output logic [exec_pkg::SlotBits-1:0] ask_slot_o,
  input  logic [1:0]                    ask_done_i,
  input  ask_pkg::answer_e             ask_answer_i,

  output logic                          result_valid_o,
  input  logic                          result_ready_i,
  output exec_pkg::result_t             result_o,

  output logic                          idle_o,
  output lib_pkg::engine_stats_t        decompress_o,
  output exec_pkg::get_wait_t           wait_o
);

  localparam int unsigned S = exec_pkg::SlotBits;

  // The one that is being sent.
  exec_pkg::page_t page;

  logic            retry_valid, retry_ready, again_valid, again_room, front_ready;
  logic [S-1:0]    again_slot;
  exec_pkg::turn_t again_turn, front_turn, flash_turn;
  logic [3:0]      again_level;
  lib_fifo #(.Width(S + exec_pkg::TurnBits), .Depth(8)) u_again (
    .clk_i, .rst_ni,
    .in_valid_i(retry_valid && !page.in_flash), .in_ready_o(again_room), .in_data_i({send_slot_o, page.turn}),
    .out_valid_o(again_valid), .out_ready_i(again_go), .out_data_o({again_slot, again_turn}),
    .level_o(again_level)
  );
  assign retry_ready = page.in_flash ? flash_room : again_room;

  // Those that wait for flash; there is room for all commands that there are. The first one's
  // record is asked for, and then is the only one that is staged.
  logic         flash_valid, flash_room, flash_take, flash_offer, staged_done, staged_known;
  // The first one, in a register: it is there for two cycles at least before it is offered.
  logic [S+53:0] flash_first, flash_first_q;
  logic [S-1:0] flash_slot;
  logic [16:0]  staged_bytes;
  logic [31:0]  staged_crc;
  logic [3:0]   tries;
  logic [6:0]   flash_level;
  always_ff @(posedge clk_i) flash_first_q <= flash_first;
  assign {flash_slot, staged_bytes, staged_known, staged_crc, tries} = flash_first_q;
  lib_fifo #(.Width(S + 54), .Depth(exec_pkg::Slots)) u_flash (
    .clk_i, .rst_ni,
    .in_valid_i(retry_valid && page.in_flash), .in_ready_o(flash_room),
    .in_data_i({send_slot_o, page.bytes, page.known, page.crc, page.turn.tries}),
    .out_valid_o(flash_valid), .out_ready_i(flash_take),
    .out_data_o(flash_first), .level_o(flash_level)
  );

  typedef enum logic [1:0] {F_IDLE, F_ASK, F_OFFER, F_STAGED} flash_e;
  flash_e            flash_q;
  ask_pkg::answer_e answer_q;
  logic              gives_up;
  assign gives_up = answer_q != ask_pkg::ANSWER_DONE && (answer_q != ask_pkg::ANSWER_AGAIN || tries == '1);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flash_q  <= F_IDLE;
      answer_q <= ask_pkg::ANSWER_DONE;
    end else begin
      case (flash_q)
        F_IDLE:  if (flash_valid) flash_q <= F_ASK;
        F_ASK: if (ask_done_i[0]) begin
          flash_q  <= F_OFFER;
          answer_q <= ask_answer_i;
        end
        F_OFFER: if (flash_go) flash_q <= flash_turn.staged ? F_STAGED : F_IDLE;
        default: if (staged_done) flash_q <= F_IDLE;
      endcase
    end
  end
  always_comb begin
    flash_turn        = '0;
    flash_turn.again  = 1'b1;
    flash_turn.staged = answer_q == ask_pkg::ANSWER_DONE || gives_up;
    flash_turn.failed = gives_up;
    flash_turn.tries  = tries + 4'd1;
  end
  assign flash_offer    = flash_q == F_OFFER && !again_valid;
  assign flash_take     = (flash_go && !flash_turn.staged) || (flash_q == F_STAGED && staged_done);
  assign ask_valid_o[0] = flash_q == F_ASK;
  assign ask_slot_o     = flash_slot;

  // Those that come again go first.
  always_comb begin
    front_slot_o = job_slot_i;
    front_turn   = '0;
    if (flash_offer) begin
      front_slot_o = flash_slot;
      front_turn   = flash_turn;
    end
    if (again_valid) begin
      front_slot_o = again_slot;
      front_turn   = again_turn;
    end
  end
  assign job_ready_o  = front_ready && !again_valid && flash_q != F_OFFER;

  // Begun when they have been there for a cycle, and are as they should be; of a job that was looked at before.
  logic again_seen_q, flash_seen_q, again_go, flash_go, front_valid;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {again_seen_q, flash_seen_q} <= '0;
    else         {again_seen_q, flash_seen_q} <= {again_valid && !again_go, flash_offer && !flash_go};
  end
  assign front_valid = again_valid ? again_seen_q && !front_bad_i : flash_offer ? flash_seen_q && !front_bad_i : job_valid_i;
  assign again_go    = again_valid && again_seen_q && !front_bad_i && front_ready;
  assign flash_go    = flash_offer && flash_seen_q && !front_bad_i && front_ready;

  logic           asks, reads, judges, again, sends;
  logic           hit_valid, hit_ready, addr_valid, addr_ready, front_idle, read_idle, send_idle;
  exec_pkg::hit_t hit;
  logic [63:12]   addr;
  logic           found_verdict, verdict_ready, verdict_fault, verdict_bad;

  exec_get_front u_front (
    .clk_i, .rst_ni, .job_valid_i(front_valid), .job_ready_o(front_ready),
    .job_slot_i(front_slot_o), .job_i(front_i), .job_turn_i(front_turn),
    .read_valid_o, .read_ready_i, .read_o, .answer_valid_i, .answer_i,
    .lookup_valid_o(lookup_valid_o[0]), .lookup_ready_i(lookup_ready_i[0]), .lookup_o(lookup_front_o),
    .found_valid_i(found_valid_i[0]), .found_i,
    .hit_valid_o(hit_valid), .hit_ready_i(hit_ready), .hit_o(hit),
    .addr_valid_o(addr_valid), .addr_ready_i(addr_ready), .addr_o(addr),
    .verdict_valid_o(found_verdict), .verdict_ready_i(verdict_ready),
    .verdict_fault_o(verdict_fault), .verdict_bad_o(verdict_bad),
    .idle_o(front_idle), .asks_o(asks)
  );

  // Verdicts wait for their page to be read.
  logic       verdict_valid, verdict_take, late_fault, late_bad;
  logic [2:0] verdicts_level;
  lib_fifo #(.Width(2), .Depth(4)) u_verdicts (
    .clk_i, .rst_ni,
    .in_valid_i(found_verdict), .in_ready_o(verdict_ready), .in_data_i({verdict_fault, verdict_bad}),
    .out_valid_o(verdict_valid), .out_ready_i(verdict_take), .out_data_o({late_fault, late_bad}),
    .level_o(verdicts_level)
  );

  logic                     cmd_valid, cmd_ready, header_valid, header_ready, done_valid, done_ready;
  record_pkg::read_cmd_t    cmd;
  record_pkg::read_header_t header;
  record_pkg::read_done_t   done;
  logic                     packed_valid, packed_ready, discard, cmd_flat, stub_valid;
  record_pkg::stub_t        stub;
  codec_pkg::packed_beat_t  packed_beat;

  record_read u_record (
    .clk_i, .rst_ni, .base_i, .units_i,
    .cmd_valid_i(cmd_valid), .cmd_ready_o(cmd_ready), .cmd_i(cmd),
    .cmd_flat_i(cmd_flat), .cmd_line_i(staging_line_i), .cmd_bytes_i(staged_bytes),
    .req_valid_o, .req_ready_i, .req_o, .rdata_valid_i, .rdata_i,
    .header_valid_o(header_valid), .header_ready_i(header_ready), .header_o(header),
    .stub_valid_o(stub_valid), .stub_o(stub),
    .packed_valid_o(packed_valid), .packed_ready_i(packed_ready || discard), .packed_o(packed_beat),
    .done_valid_o(done_valid), .done_ready_i(done_ready), .done_o(done)
  );

  logic                   plain_valid, plain_ready;
  codec_pkg::plain_beat_t plain;

  lz4_decompressor u_decompressor (
    .clk_i, .rst_ni,
    .in_valid_i(packed_valid && !discard), .in_ready_o(packed_ready), .in_i(packed_beat),
    .out_valid_o(plain_valid), .out_ready_i(plain_ready), .out_o(plain),
    .stats_o(decompress_o)
  );

  logic                     block, send_valid, send_ready, send_ahead, begun, drop, drop_ready;
  codec_pkg::decode_error_e block_error;
  logic [31:0]              block_crc;
  logic [63:12]             send_addr;
  logic [4:0]               drop_blocks, room;

  exec_page_out u_page_out (
    .clk_i, .rst_ni,
    .beat_valid_i(plain_valid), .beat_ready_o(plain_ready), .beat_i(plain),
    .block_o(block), .block_error_o(block_error), .block_crc_o(block_crc),
    .send_valid_i(send_valid), .send_ready_o(send_ready), .send_ahead_i(send_ahead),
    .send_addr_i(send_addr), .begun_o(begun),
    .drop_i(drop), .drop_ready_o(drop_ready), .drop_blocks_i(drop_blocks), .room_o(room),
    .write_valid_o, .write_ready_i, .write_o, .data_valid_o, .data_ready_i, .data_o
  );

  logic            page_valid, page_ready, judged_valid, judged_ready, early, plain_page;
  exec_pkg::page_t judged;
  logic [1:0]      pages_level;

  exec_get_read u_read (
    .clk_i, .rst_ni,
    .hit_valid_i(hit_valid), .hit_ready_o(hit_ready), .hit_i(hit),
    .flash_i, .staged_known_i(staged_known), .staged_crc_i(staged_crc),
    .staged_done_o(staged_done),
    .cmd_valid_o(cmd_valid), .cmd_ready_i(cmd_ready), .cmd_o(cmd), .cmd_flat_o(cmd_flat),
    .header_valid_i(header_valid), .header_ready_o(header_ready), .header_i(header),
    .stub_valid_i(stub_valid), .stub_i(stub),
    .done_valid_i(done_valid), .done_ready_o(done_ready), .done_i(done), .discard_o(discard),
    .last_i(packed_valid && (packed_ready || discard) && packed_beat.last),
    .block_i(block), .block_error_i(block_error), .block_crc_i(block_crc), .room_i(room),
    .slot_o(judge_slot_o), .command_i(judge_i), .command_bad_i(judge_bad_i),
    .lookup_valid_o(lookup_valid_o[1]), .lookup_ready_i(lookup_ready_i[1]), .lookup_o(lookup_judge_o),
    .found_valid_i(found_valid_i[1]), .found_i,
    .early_o(early), .plain_o(plain_page), .page_valid_o(judged_valid), .page_ready_i(judged_ready), .page_o(judged),
    .idle_o(read_idle), .reads_o(reads), .judges_o(judges), .again_o(again)
  );

  // So that the next page is judged while one is sent.
  lib_fifo #(.Width(exec_pkg::PageWidth), .Depth(2)) u_pages (
    .clk_i, .rst_ni,
    .in_valid_i(judged_valid), .in_ready_o(judged_ready), .in_data_i(judged),
    .out_valid_o(page_valid), .out_ready_i(page_ready), .out_data_o(page),
    .level_o(pages_level)
  );

  exec_get_send u_send (
    .clk_i, .rst_ni,
    .page_valid_i(page_valid), .page_ready_o(page_ready), .page_i(page),
    .early_i(early), .plain_i(plain_page), .judged_i(judged_valid), .judged_status_i(judged.status),
    .verdict_valid_i(verdict_valid), .verdict_ready_o(verdict_take),
    .verdict_fault_i(late_fault), .verdict_bad_i(late_bad),
    .addr_valid_i(addr_valid), .addr_ready_o(addr_ready), .addr_i(addr),
    .send_valid_o(send_valid), .send_ready_i(send_ready), .send_ahead_o(send_ahead),
    .send_addr_o(send_addr), .begun_i(begun), .drop_o(drop), .drop_ready_i(drop_ready), .drop_blocks_o(drop_blocks),
    .slot_o(send_slot_o), .command_i(send_i), .command_bad_i(send_bad_i),
    .ask_valid_o(ask_valid_o[1]), .ask_done_i(ask_done_i[1]), .ask_answer_i,
    .vault_valid_o, .vault_o, .vault_done_i, .vault_result_i(vault_answer_i.result),
    .result_valid_o, .result_ready_i, .result_o,
    .retry_valid_o(retry_valid), .retry_ready_i(retry_ready),
    .idle_o(send_idle), .sends_o(sends)
  );

  always_comb begin
    wait_o.index  = asks;
    wait_o.room   = hit_valid && !hit_ready && !asks;
    wait_o.memory = reads && !packed_valid;
    wait_o.codec  = judges && !wait_o.memory;
    wait_o.again  = again;
    wait_o.probe  = page_valid && !verdict_valid;
    wait_o.host   = sends;
    wait_o.vault  = vault_valid_o;
    wait_o.result = result_valid_o;
  end

  // While a lookup or a result is waited for, front, read or send is at work.
  assign idle_o = front_idle && read_idle && send_idle && !verdict_valid && !again_valid && !flash_valid;

  logic unused;
  assign unused = ^{vault_answer_i, verdicts_level, pages_level, again_level, flash_level};

  `PAMC_ASSERT(a_flash_first, flash_q == F_IDLE || flash_first_q == flash_first)
  `PAMC_ASSERT(a_again_has_room, !retry_valid || retry_ready)
  `PAMC_ASSERT(a_awake, !idle_o || !(hit_valid || found_valid_i != '0 || lookup_valid_o != '0 || result_valid_o))

endmodule
