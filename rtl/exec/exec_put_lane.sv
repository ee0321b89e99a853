// SPDX-License-Identifier: Apache-2.0
//
// A put lane: pages from host memory through a compressor to the vault.
//
//   job ─► exec_blocks ─► exec_page_in ─► lz4_compressor ─► record_gather ─► vault
//             list           2 blocks                          page
//
// The front (all up to the compressor) takes the next page while the back waits for the
// vault, so the compressor gets block after block. Whatever goes wrong in front (list,
// host memory), every block of a page passes, as zeros if need be; the back learns of it
// in time and then has the page's handle made absent instead.
//
// With flash behind memory (ask_pkg::ask_t): durable pages come in only when there is room for
// them in flash; a put that finds no memory waits until some of it is in flash, and is tried
// again; and flash is told of a handle that is made absent.

`include "check.svh"

module exec_put_lane (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  ecc_pkg::inject_t              inject_i,
  output ecc_pkg::event_t               ecc_o,

  // For tests of hosts: there is no space for anything.
  input  logic                          full_i,
  // Dead pages take room; steps of a whole sweep, less one.
  input  logic                          dead_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,

  // A put that may run.
  input  logic                          job_valid_i,
  output logic                          job_ready_o,
  input  logic [exec_pkg::SlotBits-1:0] job_slot_i,

  // Commands in front and in the back.
  output logic [exec_pkg::SlotBits-1:0] front_slot_o,
  input  exec_pkg::command_t            front_i,
  output logic [exec_pkg::SlotBits-1:0] back_slot_o,
  input  exec_pkg::command_t            back_i,
  // The one in the back was wrong in the cycle before.
  input  logic                          back_bad_i,

  // Of host memory; bits 1:0 of the tag are this lane's, the others zero.
  output logic                          read_valid_o,
  input  logic                          read_ready_i,
  output dma_pkg::read_req_t            read_o,
  input  logic                          answer_valid_i,
  input  dma_pkg::read_rsp_t            answer_i,

  // To the vault: valid until its answer comes, payload in between.
  output logic                          vault_valid_o,
  output vault_pkg::command_t           vault_o,
  input  logic                          vault_done_i,
  input  vault_pkg::answer_t            vault_answer_i,
  output logic                          payload_valid_o,
  input  logic                          payload_ready_i,
  output logic [127:0]                  payload_o,

  // About the command in the back; held until done.
  output logic                          ask_valid_o,
  output ask_pkg::kind_e                ask_kind_o,
  input  logic                          ask_done_i,
  input  ask_pkg::answer_e             ask_answer_i,

  output logic                          result_valid_o,
  input  logic                          result_ready_i,
  output exec_pkg::result_t             result_o,

  output logic                          idle_o,
  output lib_pkg::engine_stats_t        compress_o,
  output exec_pkg::put_wait_t           wait_o
);

  localparam logic [15:0] FieldAddr = 16'h28;
  localparam logic [15:0] FieldCrc  = 16'h30;
  localparam logic [15:0] FieldNone = 16'hffff;

  // ---- Front: from a job to words.

  logic       job, jobs_ready, page_ready;
  assign front_slot_o = job_slot_i;
  assign job_ready_o  = jobs_ready && page_ready;
  assign job          = job_valid_i && job_ready_o;

  // Pages whose blocks are under way, or that the back has not finished.
  logic                          back_valid, back_take;
  logic [exec_pkg::SlotBits-1:0] back_slot;
  logic [2:0]                    jobs_level;

  lib_fifo #(.Width(exec_pkg::SlotBits), .Depth(4)) u_jobs (
    .clk_i, .rst_ni,
    .in_valid_i(job), .in_ready_o(jobs_ready), .in_data_i(job_slot_i),
    .out_valid_o(back_valid), .out_ready_i(back_take), .out_data_o(back_slot),
    .level_o(jobs_level)
  );

  logic               list_valid, list_ready, list_answer, list_offer, block_valid, block_ready, info_ready;
  dma_pkg::read_req_t list_read;
  logic [63:12]       block_addr;
  logic               block_last, block_fault, block_bad;

  exec_blocks u_blocks (
    .clk_i, .rst_ni,
    .page_valid_i(job), .page_ready_o(page_ready),
    .page_addr_i(front_i.addr), .page_listed_i(front_i.listed), .page_order_i(front_i.order),
    .read_valid_o(list_valid), .read_ready_i(list_ready), .read_o(list_read),
    .answer_valid_i(list_answer), .answer_i,
    .offer_o(list_offer), .block_valid_o(block_valid), .block_ready_i(block_ready && info_ready),
    .block_addr_o(block_addr), .block_last_o(block_last),
    .block_fault_o(block_fault), .block_bad_o(block_bad)
  );

  logic               page_valid, page_read_ready, page_answer, page_idle;
  dma_pkg::read_req_t page_read;
  logic               word_valid, word_ready, page_done, page_error, page_lost, block_done, block_error, block_lost;
  logic [63:0]        word;

  exec_page_in u_page_in (
    .clk_i, .rst_ni, .inject_i, .ecc_o,
    .block_valid_i(block_valid && info_ready), .block_ready_o(block_ready),
    .block_addr_i(block_addr), .block_skip_i(block_fault || block_bad),
    .read_valid_o(page_valid), .read_ready_i(page_read_ready), .read_o(page_read),
    .answer_valid_i(page_answer), .answer_i,
    .word_valid_o(word_valid), .word_ready_i(word_ready), .word_o(word),
    .done_o(page_done), .done_error_o(page_error), .done_lost_o(page_lost), .idle_o(page_idle)
  );

  // Whether the compressor takes a block's last word is known late; that it did is told a cycle later.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) block_done <= 1'b0;
    else         block_done <= page_done;
  end
  always_ff @(posedge clk_i) {block_error, block_lost} <= {page_error, page_lost};

  // Lists before pages: they are short, and a page behind one waits for it.
  always_comb begin
    read_o      = list_valid ? list_read : page_read;
    read_o.tag  = '0;
    read_o.tag[1:0] = list_valid ? 2'd2 : {1'b0, page_read.tag[0]};
  end
  assign read_valid_o    = list_valid || page_valid;
  assign list_ready      = read_ready_i;
  assign page_read_ready = read_ready_i && !list_valid;
  assign list_answer     = answer_valid_i && answer_i.tag[1];
  assign page_answer     = answer_valid_i && !answer_i.tag[1];

  // What is known of the blocks that are in exec_page_in, or were until now: at most three.
  typedef struct packed {
    logic         last;
    logic         bad;
    logic [63:12] addr;
  } block_t;
  block_t     info, done_info;
  logic       done_info_valid;
  logic [2:0] info_level;
  always_comb begin
    info.last = block_last;
    info.bad  = block_bad;
    // A list that could not be read: its own address.
    info.addr = block_fault ? list_addr_q : block_addr;
  end

  logic [63:12] list_addr_q;
  always_ff @(posedge clk_i) if (job) list_addr_q <= front_i.addr[63:12];

  lib_fifo #(.Width(54), .Depth(4)) u_infos (
    .clk_i, .rst_ni,
    .in_valid_i(block_valid && block_ready), .in_ready_o(info_ready), .in_data_i(info),
    .out_valid_o(done_info_valid), .out_ready_i(block_done), .out_data_o(done_info),
    .level_o(info_level)
  );

  // The first thing that went wrong in a page, known a cycle after its last word was taken: before
  // the compressor has begun to tell of it.
  logic         fault_q, bad_q, lost_q, fault, bad, lost;
  logic [63:12] fault_addr_q, fault_addr;
  assign bad        = bad_q || done_info.bad;
  assign fault      = fault_q || block_error;
  assign lost       = lost_q || block_lost;
  assign fault_addr = fault_q ? fault_addr_q : done_info.addr;

  logic         verdict_valid, verdict_ready, verdict_fault, verdict_bad, verdict_lost;
  logic [63:12] verdict_addr;
  logic [2:0]   verdicts_level;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fault_q      <= 1'b0;
      bad_q        <= 1'b0;
      lost_q       <= 1'b0;
      fault_addr_q <= '0;
    end else if (block_done) begin
      fault_q      <= fault && !done_info.last;
      bad_q        <= bad && !done_info.last;
      lost_q       <= lost && !done_info.last;
      fault_addr_q <= fault_addr;
    end
  end

  lib_fifo #(.Width(55), .Depth(4)) u_verdicts (
    .clk_i, .rst_ni,
    .in_valid_i(block_done && done_info.last), .in_ready_o(verdict_ready),
    .in_data_i({lost, fault, bad, fault_addr}),
    .out_valid_o(verdict_valid), .out_ready_i(back_take),
    .out_data_o({verdict_lost, verdict_fault, verdict_bad, verdict_addr}),
    .level_o(verdicts_level)
  );

  // ---- The lane.

  logic                    packed_valid, packed_ready;
  codec_pkg::packed_beat_t packed_beat;

  lz4_compressor u_compressor (
    .clk_i, .rst_ni,
    .in_valid_i(word_valid), .in_ready_o(word_ready), .in_data_i(word),
    .out_valid_o(packed_valid), .out_ready_i(packed_ready), .out_o(packed_beat),
    .stats_o(compress_o)
  );

  // The page that comes next out of the compressor is the oldest whose blocks were given:
  // told once, when its first block is on its way.
  logic       gather_page, gather_ready, drop;
  logic [4:0] gather_blocks;
  logic       orders_valid, orders_ready;
  logic [2:0] order, orders_level;

  lib_fifo #(.Width(3), .Depth(4)) u_orders (
    .clk_i, .rst_ni,
    .in_valid_i(job), .in_ready_o(orders_ready), .in_data_i(front_i.order),
    .out_valid_o(orders_valid), .out_ready_i(gather_page && gather_ready), .out_data_o(order),
    .level_o(orders_level)
  );
  assign gather_page   = orders_valid;
  assign gather_blocks = 5'd1 << order;

  logic                   page_known, page_take;
  record_pkg::page_info_t page;
  logic                   stream_valid;

  record_gather u_gather (
    .clk_i, .rst_ni,
    .page_valid_i(gather_page), .page_ready_o(gather_ready), .page_blocks_i(gather_blocks),
    .drop_i(drop),
    .in_valid_i(packed_valid), .in_ready_o(packed_ready), .in_i(packed_beat),
    .info_valid_o(page_known), .info_ready_i(page_take), .info_o(page),
    .stream_valid_o(stream_valid), .stream_ready_i(payload_ready_i || drains), .stream_o(payload_o)
  );
  assign payload_valid_o = stream_valid;

  // ---- Back: a page that is gathered, and known to be good or not.

  typedef enum logic [3:0] {
    WAIT,
    // Is there room in flash? May memory be had?
    DURABLE,
    ROOM,
    // There is none, but what dead pages have.
    SWEEP,
    SWEPT,
    // It is given up: its stream goes.
    DRAIN,
    FORGET,
    VAULT,
    UNDO,
    RESULT
  } state_e;
  state_e      state_q, back_q;
  logic [7:0]  status_q;
  logic        swept_q, drains;
  logic [12:0] beats_q;
  logic [index_pkg::BucketBits:0] steps_q;

  // What the command says of it is from a register, in which it is once its turn has been for a cycle.
  logic        decide, mismatch, settled_q, check_q, frozen_q;
  logic [2:0]  order_q;
  logic [31:0] crc_q;
  assign back_slot_o = back_slot;
  assign decide      = state_q == WAIT && settled_q && !back_bad_i && verdict_valid && page_known;
  assign mismatch    = check_q && crc_q != page.crc;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) settled_q <= 1'b0;
    else         settled_q <= state_q == WAIT && back_valid;
  end
  always_ff @(posedge clk_i) {check_q, frozen_q, order_q, crc_q} <= {back_i.check, back_i.frozen, back_i.order, back_i.crc};

  logic [7:0] status;
  always_comb begin
    status = pamc_pkg::STATUS_SUCCESS;
    if (verdict_bad) status = pamc_pkg::STATUS_BAD_FIELD;
    else if (verdict_fault) status = pamc_pkg::STATUS_DMA_FAULT;
    else if (verdict_lost) status = pamc_pkg::STATUS_INTERNAL;
    else if (mismatch) status = pamc_pkg::STATUS_CRC_MISMATCH;
    else if (full_i) status = pamc_pkg::STATUS_NO_SPACE;
    else if (frozen_q) status = pamc_pkg::STATUS_FROZEN;
  end

  // What is not to be stored is thrown away at once, and its handle made absent.
  assign drop      = decide && status != pamc_pkg::STATUS_SUCCESS;
  assign page_take = decide && status == pamc_pkg::STATUS_SUCCESS;
  logic stores_q;

  // All its blocks are of one pattern: known before the vault has answered.
  logic                   pattern_q;
  record_pkg::page_info_t page_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= WAIT;
      back_q   <= VAULT;
      status_q <= '0;
      stores_q <= 1'b0;
      swept_q  <= 1'b0;
      steps_q  <= '0;
    end else begin
      case (state_q)
        WAIT: begin
          if (decide) begin
            state_q  <= !back_i.durable ? VAULT : status == pamc_pkg::STATUS_SUCCESS ? DURABLE : FORGET;
            status_q <= status;
            stores_q <= status == pamc_pkg::STATUS_SUCCESS;
            swept_q  <= 1'b0;
          end
        end
        DURABLE, ROOM: begin
          steps_q <= '0;
          back_q  <= state_q == ROOM ? VAULT : DURABLE;
          if (ask_done_i) begin
            if (ask_answer_i == ask_pkg::ANSWER_DONE) begin
              state_q <= VAULT;
            end else if (ask_answer_i == ask_pkg::ANSWER_NO && dead_i && !swept_q) begin
              state_q <= SWEEP;
            end else if (ask_answer_i != ask_pkg::ANSWER_AGAIN) begin
              state_q  <= DRAIN;
              status_q <= pamc_pkg::STATUS_NO_SPACE;
              stores_q <= 1'b0;
            end
          end
        end
        SWEEP: begin
          if (vault_done_i) begin
            state_q <= SWEPT;
            steps_q <= steps_q + 1'b1;
            // Memory has failed.
            if (vault_answer_i.result == vault_pkg::RESULT_ERROR) swept_q <= 1'b1;
          end
        end
        SWEPT: begin
          state_q <= dead_i && !swept_q && steps_q <= {1'b0, buckets_i} ? SWEEP : back_q;
          if (steps_q > {1'b0, buckets_i}) swept_q <= 1'b1;
        end
        DRAIN: if (stream_valid && beats_q <= 13'd1) state_q <= back_i.durable ? FORGET : VAULT;
        // The put has failed; it fails no worse if this does.
        FORGET: if (ask_done_i) state_q <= stores_q ? UNDO : VAULT;
        VAULT: begin
          if (vault_done_i) begin
            state_q <= RESULT;
            if (vault_answer_i.result == vault_pkg::RESULT_REFUSED && stores_q) begin
              if (vault_answer_i.value[0]) begin
                state_q <= ROOM;
              end else begin
                status_q <= pamc_pkg::STATUS_NO_SPACE;
                if (back_i.durable) state_q <= FORGET;
              end
            end
            if (vault_answer_i.result == vault_pkg::RESULT_ERROR) begin
              status_q <= pamc_pkg::STATUS_INTERNAL;
              if (stores_q) state_q <= back_i.durable ? FORGET : UNDO;
              // Its stream was not taken.
              if (stores_q && vault_answer_i.value[0]) begin
                state_q  <= DRAIN;
                stores_q <= 1'b0;
              end
            end
          end
        end
        // What was there before must not be found any more (contract, rule 2). Should this fail,
        // too, it is because the handle cannot be looked up, and so it will be for a get.
        UNDO:    if (vault_done_i) state_q <= RESULT;
        default: if (result_ready_i) state_q <= WAIT;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (decide) page_q <= page;
    pattern_q <= page_q.same == 5'd1 << order_q;
    if (state_q == DRAIN) beats_q <= beats_q - 13'(stream_valid);
    else                  beats_q <= 13'((page_q.bytes + 17'd15) >> 4);
  end
  assign drains      = state_q == DRAIN;
  assign ask_valid_o = state_q == DURABLE || state_q == ROOM || state_q == FORGET;
  assign ask_kind_o  = state_q == DURABLE ? ask_pkg::ASK_DURABLE_ROOM :
                       state_q == ROOM ? ask_pkg::ASK_ROOM : ask_pkg::ASK_FLUSH_PAGE;

  // What the vault is to do is looked at in the cycle after it was asked for, and behind.
  vault_pkg::op_e    op, op_q;
  vault_pkg::count_e count, count_q;
  assign op    = state_q == SWEEP ? vault_pkg::OP_SWEEP :
                 stores_q && state_q == VAULT ? vault_pkg::OP_PUT : vault_pkg::OP_REMOVE;
  // Of one that the vault itself refused it knows.
  assign count = state_q == VAULT && (status_q == pamc_pkg::STATUS_FROZEN ||
                 status_q == pamc_pkg::STATUS_NO_SPACE) ? vault_pkg::COUNT_REFUSED : vault_pkg::COUNT_NONE;
  always_ff @(posedge clk_i) begin
    op_q    <= op;
    count_q <= count;
  end

  always_comb begin
    vault_o          = '0;
    vault_o.op       = op_q;
    vault_o.tag      = back_slot;
    vault_o.contents = back_i.contents;
    vault_o.object   = back_i.object;
    vault_o.index    = back_i.index;
    vault_o.shape    = page_q.shape;
    vault_o.bytes    = page_q.bytes;
    vault_o.stored   = page_q.stored;
    vault_o.same     = page_q.same;
    vault_o.raw      = page_q.raw;
    vault_o.crc      = page_q.crc;
    vault_o.count    = count_q;
  end
  assign vault_valid_o = state_q == VAULT || state_q == UNDO || state_q == SWEEP;

  always_comb begin
    result_o        = '0;
    result_o.slot   = back_slot;
    result_o.status = status_q;
    result_o.field  = status_q == pamc_pkg::STATUS_BAD_FIELD ||
                      status_q == pamc_pkg::STATUS_DMA_FAULT ? FieldAddr
                      : status_q == pamc_pkg::STATUS_CRC_MISMATCH ? FieldCrc : FieldNone;
    result_o.addr   = status_q == pamc_pkg::STATUS_DMA_FAULT ? {verdict_addr, 12'd0} : '0;
    if (status_q == pamc_pkg::STATUS_SUCCESS) begin
      result_o.result = page_q.crc;
      result_o.info   = {pattern_q ? pamc_pkg::TIER_PATTERN : pamc_pkg::TIER_DRAM,
                         7'd0, page_q.stored};
    end
  end
  assign result_valid_o = state_q == RESULT;
  assign back_take      = result_valid_o && result_ready_i;
  assign idle_o         = !back_valid && page_idle;

  always_comb begin
    wait_o.host   = (!page_idle || !page_ready) && !word_valid;
    wait_o.codec  = back_valid && state_q == WAIT && !wait_o.host;
    wait_o.vault  = state_q != WAIT && state_q != RESULT;
    wait_o.result = state_q == RESULT;
    wait_o.held   = packed_valid && !packed_ready;
  end

  // Most of a command is not for here.
  logic unused;
  assign unused = ^{front_i, back_i, vault_answer_i, jobs_level, info_level, verdicts_level,
                    orders_level, list_offer};

  `PAMC_ASSERT(a_verdict_has_room, !(block_done && done_info.last) || verdict_ready)
  `PAMC_ASSERT(a_info_for_each, !block_done || done_info_valid)
  `PAMC_ASSERT(a_order_has_room, !job || orders_ready)

endmodule
