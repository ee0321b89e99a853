// SPDX-License-Identifier: Apache-2.0
//
// Looks at an entry, field by field in the order in which they stand, and says what is
// to be done: so the same wrong entry gets the same status from every card (the C model's
// is sim/model/exec.c). A put that fails here has still to make its handle absent, as far
// as the queue pair may reach it.
//
// One entry every two cycles; a command comes out two cycles after its entry went in.
// pause_i keeps new entries out, for the time in which the pool table is changed.

`include "check.svh"

module exec_decode (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          pause_i,
  // Pages cannot be reached now: NOT_READY.
  input  logic                          offline_i,
  // The card is shut down: every command is ABORTED.
  input  logic                          refuse_i,
  // What the card must know to find pages is lost: INTERNAL.
  input  logic                          failed_i,

  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  queue_pkg::entry_t             in_i,

  // To the pool table.
  output logic                          read_o,
  output logic [exec_pkg::PoolBits-1:0] read_pool_o,
  input  exec_pkg::pool_t               pool_i,
  // Its contents are durable.
  input  logic                          durable_i,
  // It comes a cycle later; it is lost.
  input  logic                          pool_wait_i,
  input  logic                          pool_error_i,

  output logic                          out_valid_o,
  input  logic                          out_ready_i,
  output exec_pkg::command_t            out_o,
  output exec_pkg::key_t                key_o,
  // It waits for all earlier commands of its queue pair.
  output logic                          after_o,

  // Nothing is inside.
  output logic                          idle_o,
  // This command is inside, or about to come in. Answer in the next cycle.
  input  exec_pkg::watch_t              watch_i,
  output logic                          watch_inside_o
);

  // Bytes from the entry's start (spec/card.toml, struct sqe).
  localparam logic [15:0] FieldOpcode   = 16'h00;
  localparam logic [15:0] FieldFlags    = 16'h01;
  localparam logic [15:0] FieldPool     = 16'h04;
  localparam logic [15:0] FieldAddr     = 16'h28;
  localparam logic [15:0] FieldFunction = 16'h34;
  localparam logic [15:0] FieldRsvd     = 16'h38;
  localparam logic [15:0] FieldNone     = 16'hffff;

  // Stage 1: an entry whose pool is being read, and what can be said of it without the pool.
  // Stage 2: the command.
  logic              stage1_q, stage2_q;
  queue_pkg::entry_t entry_q;

  logic accept, advance;
  assign in_ready_o = !stage1_q && !pause_i;
  assign accept     = in_valid_i && in_ready_o;
  assign advance    = stage1_q && !pool_wait_i && (!stage2_q || out_ready_i);
  assign idle_o     = !stage1_q && !stage2_q;

  // The pool's place in the entry.
  assign read_o      = accept;
  assign read_pool_o = in_i.sqe[32 +: exec_pkg::PoolBits];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stage1_q <= 1'b0;
      stage2_q <= 1'b0;
    end else begin
      if (accept) stage1_q <= 1'b1;
      else if (advance) stage1_q <= 1'b0;
      if (advance) stage2_q <= 1'b1;
      else if (out_ready_i) stage2_q <= 1'b0;
    end
  end

  // ---- Without the pool.

  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  pamc_pkg::sqe_t fields;
  /* verilator lint_on UNUSEDSIGNAL */
  logic           in_put, in_get;
  logic [191:0]   object;
  assign fields = in_i.sqe;
  assign object = fields.object;
  assign in_put = fields.opcode == pamc_pkg::OP_PUT;
  assign in_get = fields.opcode == pamc_pkg::OP_GET;

  // Flags that the opcode defines.
  logic [7:0] known_flags;
  always_comb begin
    known_flags = '0;
    known_flags[pamc_pkg::SQE_LIST[2:0]]      = in_put || in_get;
    known_flags[pamc_pkg::SQE_CRC[2:0]]       = in_put;
    known_flags[pamc_pkg::SQE_EXCLUSIVE[2:0]] = in_get;
  end

  // The address, for pools of each order: a list of 8 << order bytes stays within its 4 KiB,
  // a page does not wrap around.
  logic [7:0] addr_good;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [7:0][12:0] list_end;
  logic [7:0][4:0]  last_block;
  /* verilator lint_on UNUSEDSIGNAL */
  always_comb begin
    for (int unsigned n = 0; n < 8; n++) begin
      list_end[n]   = {1'b0, fields.addr[11:0]} + (13'd8 << n);
      last_block[n] = {1'b0, fields.addr[15:12]} + (5'd1 << n) - 5'd1;
      addr_good[n]  = fields.flags[pamc_pkg::SQE_LIST[2:0]] ? fields.addr[2:0] == 3'd0 && list_end[n] <= 13'd4096 :
                      fields.addr[11:0] == 12'd0 && !(last_block[n][4] && fields.addr[63:16] == '1);
      if (!in_put && !in_get) addr_good[n] = 1'b1;
    end
  end

  // What is wrong with it by itself; a pool does not matter, then, nor if nothing is to be done.
  logic              settled;
  pamc_pkg::status_e early;
  logic [15:0]       early_field;
  always_comb begin
    settled     = 1'b1;
    early       = pamc_pkg::STATUS_SUCCESS;
    early_field = FieldNone;
    if (in_i.aborted || refuse_i) begin
      early = pamc_pkg::STATUS_ABORTED;
    end else if (fields.opcode > pamc_pkg::OP_QUERY) begin
      early       = pamc_pkg::STATUS_BAD_OPCODE;
      early_field = FieldOpcode;
    end else if ((fields.flags & ~known_flags) != '0) begin
      early       = pamc_pkg::STATUS_BAD_FIELD;
      early_field = FieldFlags;
    end else if (fields.function_ != '0) begin
      early       = pamc_pkg::STATUS_BAD_FIELD;
      early_field = FieldFunction;
    end else if (fields.rsvd != '0) begin
      early       = pamc_pkg::STATUS_BAD_FIELD;
      early_field = FieldRsvd;
    end else if (fields.opcode != pamc_pkg::OP_NOP) begin
      if (offline_i)     early = pamc_pkg::STATUS_NOT_READY;
      else if (failed_i) early = pamc_pkg::STATUS_INTERNAL;
      else               settled = 1'b0;
    end
  end

  exec_pkg::task_e task_;
  always_comb begin
    case (fields.opcode)
      pamc_pkg::OP_PUT:          task_ = exec_pkg::TASK_PUT;
      pamc_pkg::OP_GET:          task_ = exec_pkg::TASK_GET;
      pamc_pkg::OP_QUERY:        task_ = exec_pkg::TASK_QUERY;
      pamc_pkg::OP_FLUSH_PAGE:   task_ = exec_pkg::TASK_FLUSH;
      pamc_pkg::OP_FLUSH_OBJECT: task_ = exec_pkg::TASK_FLUSH_OBJECT;
      pamc_pkg::OP_SYNC:         task_ = exec_pkg::TASK_SYNC;
      default:                   task_ = exec_pkg::TASK_NOTHING;
    endcase
  end

  // Folded, not hashed: see exec_pkg.
  logic [exec_pkg::FoldBits-1:0] object_fold, index_fold;
  always_comb begin
    object_fold = '0;
    for (int unsigned n = 0; n < 8; n++) object_fold = object_fold ^ object[24*n +: 24];
    index_fold = fields.index[23:0] ^ fields.index[47:24] ^ {8'h0, fields.index[63:48]};
  end

  logic                          settled_q, forgets_q;
  pamc_pkg::status_e             early_q;
  logic [15:0]                   early_field_q;
  logic [7:0]                    addr_good_q;
  exec_pkg::task_e               task_q;
  logic [exec_pkg::FoldBits-1:0] object_fold_q, index_fold_q;
  always_ff @(posedge clk_i) begin
    if (accept) begin
      entry_q       <= in_i;
      settled_q     <= settled;
      early_q       <= early;
      early_field_q <= early_field;
      addr_good_q   <= addr_good;
      task_q        <= task_;
      forgets_q     <= in_put && !offline_i && !failed_i;
      object_fold_q <= object_fold;
      index_fold_q  <= index_fold;
    end
  end

  // ---- With the pool.

  pamc_pkg::sqe_t sqe;
  assign sqe = entry_q.sqe;

  logic pool_found, pool_ours;
  // Id 0 is no pool's.
  assign pool_found = pool_i.valid && !pool_error_i && sqe.pool == {pool_i.uses, sqe.pool[exec_pkg::PoolBits-1:0]} &&
                      sqe.pool != '0;
  assign pool_ours  = pool_i.domain == entry_q.domain;

  exec_pkg::command_t command;

  always_comb begin
    command           = '0;
    command.status    = early_q;
    command.field     = early_field_q;
    command.qid       = entry_q.qid;
    command.cid       = sqe.cid;
    command.opcode    = sqe.opcode;
    command.start     = entry_q.start;
    command.uses      = sqe.pool[31:exec_pkg::PoolBits];
    command.pool      = sqe.pool[exec_pkg::PoolBits-1:0];
    command.order     = pool_i.order;
    command.ephemeral = pool_i.ephemeral;
    command.frozen    = pool_i.frozen;
    command.durable   = durable_i;
    command.contents  = pool_i.contents;
    command.exclusive = pool_i.exclusive || sqe.flags[pamc_pkg::SQE_EXCLUSIVE[2:0]];
    command.listed    = sqe.flags[pamc_pkg::SQE_LIST[2:0]];
    command.check     = sqe.flags[pamc_pkg::SQE_CRC[2:0]];
    command.crc       = sqe.crc;
    command.addr      = sqe.addr;
    command.index     = sqe.index;
    command.object    = sqe.object;

    if (!settled_q) begin
      if (pool_error_i) begin
        command.status = pamc_pkg::STATUS_INTERNAL;
      end else if (!pool_found) begin
        command.status = pamc_pkg::STATUS_BAD_POOL;
        command.field  = FieldPool;
      end else if (!pool_ours) begin
        command.status = pamc_pkg::STATUS_ACCESS_DENIED;
        command.field  = FieldPool;
      end else if (!addr_good_q[pool_i.order]) begin
        command.status = pamc_pkg::STATUS_BAD_FIELD;
        command.field  = FieldAddr;
      end
    end

    if (!settled_q && pool_found && pool_ours && addr_good_q[pool_i.order]) command.todo = task_q;
    else if (forgets_q && pool_found && pool_ours)                          command.todo = exec_pkg::TASK_FORGET;
    else                                                                    command.todo = exec_pkg::TASK_NOTHING;
  end

  // Looked at where the entry came in, or of no use any more.
  logic unused;
  assign unused = ^{entry_q.aborted, entry_q.pushed, sqe.push_crc, sqe.sq_index, sqe.function_, sqe.rsvd};

  exec_pkg::key_t key;
  always_comb begin
    key.keyed  = command.todo != exec_pkg::TASK_NOTHING && command.todo != exec_pkg::TASK_SYNC;
    key.whole  = command.todo == exec_pkg::TASK_FLUSH_OBJECT;
    key.qid    = command.qid;
    key.cid    = command.cid;
    key.pool   = command.pool;
    key.object = object_fold_q;
    key.index  = index_fold_q;
  end

  always_ff @(posedge clk_i) begin
    if (advance) begin
      out_o   <= command;
      key_o   <= key;
      after_o <= key.whole || command.todo == exec_pkg::TASK_SYNC;
    end
  end

  assign out_valid_o = stage2_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) watch_inside_o <= 1'b0;
    else watch_inside_o <=
      watch_i.valid && ((in_valid_i && in_i.qid == watch_i.qid && in_i.sqe[31:16] == watch_i.cid) ||
                        (stage1_q && entry_q.qid == watch_i.qid && sqe.cid == watch_i.cid) ||
                        (stage2_q && key_o.qid == watch_i.qid && key_o.cid == watch_i.cid));
  end

  `PAMC_PARAM(g_command, $bits(command) == exec_pkg::CommandWidth)
  `PAMC_ASSERT(a_offer_holds, !$past(stage2_q && !out_ready_i && rst_ni) || stage2_q)
  `PAMC_ASSERT(a_failed_put_forgets,
               !stage2_q || out_o.todo != exec_pkg::TASK_PUT ||
               out_o.status == pamc_pkg::STATUS_SUCCESS)

endmodule
