// SPDX-License-Identifier: Apache-2.0
//
// The end of a get in its lane: a page that is good goes from the output buffer to the
// host, if the probes say that all of it will be taken; any other one is dropped. What has
// to be flushed with it (an exclusive get, a damaged ephemeral page) is flushed before the
// command is over, and an exclusive get only once its page has been accepted. A command
// whose record was another page's has no result yet, but begins again.
//
// When there is nothing else to be sent, a page that may be sent early (exec_get_read) goes
// ahead while it comes. What it is worth is told by its status alone, as ever.

`include "check.svh"

module exec_get_send (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          page_valid_i,
  output logic                          page_ready_o,
  input  exec_pkg::page_t               page_i,
  // The page that comes next may be sent before it does; what it is told to be, in the cycle
  // before it comes.
  input  logic                          early_i,
  // It will be all there is to be done for it.
  input  logic                          plain_i,
  input  logic                          judged_i,
  input  logic [7:0]                    judged_status_i,

  input  logic                          verdict_valid_i,
  output logic                          verdict_ready_o,
  input  logic                          verdict_fault_i,
  input  logic                          verdict_bad_i,
  input  logic                          addr_valid_i,
  output logic                          addr_ready_o,
  input  logic [63:12]                  addr_i,

  // To the output buffer.
  output logic                          send_valid_o,
  input  logic                          send_ready_i,
  output logic                          send_ahead_o,
  output logic [63:12]                  send_addr_o,
  // Something of the block to be sent next is there, and nothing else.
  input  logic                          begun_i,
  output logic                          drop_o,
  input  logic                          drop_ready_i,
  output logic [4:0]                    drop_blocks_o,

  output logic [exec_pkg::SlotBits-1:0] slot_o,
  input  exec_pkg::command_t            command_i,
  // It was wrong in the cycle before.
  input  logic                          command_bad_i,

  // FLUSH_PAGE, held until done.
  output logic                          ask_valid_o,
  input  logic                          ask_done_i,
  input  ask_pkg::answer_e             ask_answer_i,

  // Valid until the vault's answer comes.
  output logic                          vault_valid_o,
  output vault_pkg::command_t           vault_o,
  input  logic                          vault_done_i,
  input  vault_pkg::result_e            vault_result_i,

  output logic                          result_valid_o,
  input  logic                          result_ready_i,
  output exec_pkg::result_t             result_o,

  output logic                          retry_valid_o,
  input  logic                          retry_ready_i,

  output logic                          idle_o,
  // For the counters: a page is on its way to the host.
  output logic                          sends_o
);

  localparam logic [15:0] FieldAddr = 16'h28;
  localparam logic [15:0] FieldNone = 16'hffff;

  typedef enum logic [2:0] {
    IDLE,
    AHEAD,
    SEND,
    SENT,
    DROP,
    // Flash has to forget it before the index does.
    ASK,
    FLUSH,
    RESULT
  } state_e;
  state_e     state_q;
  logic [4:0] left_q;
  logic [7:0] status_q;
  logic       fault_q;
  // What was sent ahead has nothing behind it: no flush, and no second turn either.
  logic       plain_q, plain_sent;
  // The page's, which has been there for a cycle when it is asked for its result.
  logic       retry_q;
  // Its command has been seen as it is.
  logic       seen_q, sound;
  assign plain_sent = state_q == SENT && plain_q && send_ready_i;

  assign slot_o = page_i.slot;

  logic good, both;
  assign both = page_valid_i && verdict_valid_i;
  assign good = page_i.status == pamc_pkg::STATUS_SUCCESS;

  logic [4:0] blocks;
  assign blocks = 5'd1 << command_i.order;

  logic early;
  assign early = state_q == IDLE && early_i && !page_valid_i && begun_i && addr_valid_i &&
                 verdict_valid_i && !verdict_bad_i && !verdict_fault_i;

  assign send_ahead_o  = state_q == IDLE;
  assign send_valid_o  = (state_q == SEND && addr_valid_i) || early;
  assign send_addr_o   = addr_i;
  // Addresses that are of no use go, too.
  assign addr_ready_o  = (state_q == SEND && send_ready_i) || early || (state_q == DROP && left_q != '0);
  assign drop_o        = state_q == DROP && left_q == '0 && page_i.blocks != '0 && drop_ready_i;
  assign drop_blocks_o = page_i.blocks;

  // After the page was sent, or when there is nothing to be sent.
  logic flush;
  assign flush = page_i.retry                               ? 1'b0
                 : status_q == pamc_pkg::STATUS_SUCCESS     ? command_i.exclusive && !page_i.query
                 : status_q == pamc_pkg::STATUS_UNCORRECTABLE && command_i.ephemeral && !page_i.query;

  state_e flushes;
  assign flushes = command_i.durable ? ASK : FLUSH;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      left_q   <= '0;
      status_q <= '0;
      fault_q  <= 1'b0;
      plain_q  <= 1'b0;
    end else begin
      case (state_q)
        IDLE: begin
          plain_q <= early && plain_i;
          if (early) begin
            state_q <= AHEAD;
          end else if (both && send_ready_i && sound) begin
            left_q   <= page_i.query ? 5'd0 : blocks;
            status_q <= !good ? page_i.status
                        : verdict_bad_i ? pamc_pkg::STATUS_BAD_FIELD
                        : verdict_fault_i ? pamc_pkg::STATUS_DMA_FAULT : pamc_pkg::STATUS_SUCCESS;
            fault_q  <= verdict_fault_i;
            state_q  <= !page_i.query && good && !verdict_bad_i && !verdict_fault_i ? SEND : DROP;
          end
        end
        // It has been judged.
        AHEAD: begin
          status_q <= page_valid_i ? page_i.status : judged_status_i;
          fault_q  <= 1'b0;
          if (page_valid_i || judged_i) state_q <= SENT;
        end
        SEND: begin
          if (addr_valid_i && send_ready_i) begin
            left_q <= left_q - 5'd1;
            if (left_q == 5'd1) state_q <= SENT;
          end
        end
        // The last block's write was accepted, or what was left of it is forgotten.
        SENT: if (send_ready_i && (plain_q || sound)) state_q <= flush ? flushes : page_ready_o ? IDLE : RESULT;
        DROP: begin
          if (left_q == '0) state_q <= !drop_ready_i && page_i.blocks != '0 ? DROP : flush ? flushes : RESULT;
          else if (addr_valid_i) left_q <= left_q - 5'd1;
        end
        ASK: begin
          if (ask_done_i) begin
            state_q <= ask_answer_i == ask_pkg::ANSWER_DONE ? FLUSH : RESULT;
            if (ask_answer_i != ask_pkg::ANSWER_DONE) status_q <= pamc_pkg::STATUS_INTERNAL;
          end
        end
        FLUSH: begin
          if (vault_done_i) begin
            state_q <= RESULT;
            // The page went out, but is still there, or may be.
            if (vault_result_i == vault_pkg::RESULT_ERROR) status_q <= pamc_pkg::STATUS_INTERNAL;
          end
        end
        default: if (page_ready_o) state_q <= IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) retry_q <= page_i.retry;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) seen_q <= 1'b0;
    else         seen_q <= page_valid_i && !page_ready_o;
  end
  assign sound = seen_q && !command_bad_i;

  always_comb begin
    vault_o          = '0;
    vault_o.op       = vault_pkg::OP_REMOVE;
    vault_o.tag      = page_i.slot;
    vault_o.contents = command_i.contents;
    vault_o.object   = command_i.object;
    vault_o.index    = command_i.index;
    vault_o.count    = status_q == pamc_pkg::STATUS_SUCCESS ? vault_pkg::COUNT_FLUSH
                                                            : vault_pkg::COUNT_NONE;
  end
  assign vault_valid_o = state_q == FLUSH;
  assign ask_valid_o   = state_q == ASK;

  always_comb begin
    result_o        = '0;
    result_o.slot   = page_i.slot;
    result_o.status = status_q;
    result_o.field  = status_q == pamc_pkg::STATUS_BAD_FIELD ||
                      status_q == pamc_pkg::STATUS_DMA_FAULT ? FieldAddr : FieldNone;
    result_o.addr   = fault_q ? command_i.addr : '0;
    if (status_q == pamc_pkg::STATUS_SUCCESS) begin
      result_o.result = page_i.crc;
      result_o.info   = {page_i.tier, page_i.stored};
    end
  end
  assign result_valid_o  = (state_q == RESULT && !retry_q) || plain_sent;
  assign retry_valid_o   = state_q == RESULT && retry_q;
  assign page_ready_o    = plain_sent ? result_ready_i :
                           state_q == RESULT && (retry_q ? retry_ready_i : result_ready_i);
  assign verdict_ready_o = page_ready_o;
  assign idle_o          = !page_valid_i && state_q == IDLE;
  assign sends_o         = state_q == SEND || state_q == SENT || (state_q == AHEAD && page_valid_i);

  // Most of a command is not for here.
  logic unused;
  assign unused = ^{command_i, page_i};

  `PAMC_ASSERT(a_retry, state_q != RESULT || retry_q == page_i.retry)
  `PAMC_ASSERT(a_plain, !plain_sent || (page_valid_i && !flush && !page_i.retry))

endmodule
