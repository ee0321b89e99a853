// SPDX-License-Identifier: Apache-2.0
//
// Carries out what the management asks for. Whatever begins or ends a queue pair goes
// through the intake as an item of its own, so that all doorbells before it are judged
// by what was before.
//
// A queue pair that ends is drained: its batches come back and are dropped, the entries
// that were handed out complete, its last interrupt leaves. Both of its indices for that are there
// twice; the others are looked at if one of these is wrong.

`include "check.svh"

module queue_control #(
  parameter int unsigned QueuePairs = 64,
  // Derived, not to be set.
  parameter int unsigned QpBits = $clog2(QueuePairs)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // An index was found to be wrong, and not needed.
  output logic                   lost_o,

  input  logic                   control_valid_i,
  output logic                   control_ready_o,
  input  queue_pkg::control_t    control_i,
  output logic                   rsp_valid_o,
  input  logic                   rsp_ready_i,
  output queue_pkg::control_rsp_t rsp_o,

  input  logic [QueuePairs-1:0]  valid_i,
  input  logic [QueuePairs-1:0]  broken_i,

  // A new queue pair: every block writes its memories, in a cycle in which none of them
  // does otherwise.
  input  logic                   busy_i,
  // Nothing is to be pushed or fetched, so that init_o may come.
  output logic                   hold_o,
  output logic                   init_o,
  output logic                   coalesce_o,
  output logic [QpBits-1:0]      qid_o,
  output queue_pkg::config_t     config_o,

  // Items, and that one of them is being judged (polls are others').
  output logic                   item_valid_o,
  input  logic                   item_ready_i,
  output queue_core_pkg::item_kind_e item_kind_o,
  output logic [5:0]             item_qid_o,
  input  logic                   judged_i,
  input  logic                   judged_exists_i,
  input  logic [15:0]            judged_tail_i,

  // Of queue pair qid_o: no batches; entries handed out, completions sent.
  input  logic                   none_i,
  input  logic [queue_core_pkg::IndexBits-1:0] next_i,
  input  logic [queue_core_pkg::IndexBits-1:0] posted_i,
  input  logic [15:0]            second_next_i,
  input  logic [15:0]            second_posted_i,
  input  logic                   irq_busy_i,
  input  logic [QpBits-1:0]      irq_qid_i,
  // Completions are dropped.
  output logic                   drop_o,

  // Aborts.
  output logic                   abort_o,
  output logic [5:0]             abort_qid_o,
  output logic [15:0]            abort_cid_o,
  output logic [3:0]             abort_tag_o,
  output logic [15:0]            abort_tail_o,
  // Those of queue pair qid_o have nothing to look for.
  output logic                   end_o,
  input  logic                   over_valid_i,
  output logic                   over_ready_o,
  input  logic [3:0]             over_tag_i,
  input  logic                   over_found_i
);

  typedef enum logic [2:0] {IDLE, INIT, ITEM, JUDGE, SETTLE, DRAIN, ANSWER} state_e;
  state_e              state_q;
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  queue_pkg::control_t control_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [QpBits-1:0]   qid_q;
  logic                ok_q;

  // Of a queue pair that ends, what passes the blocks' pipelines has passed after so long.
  localparam int unsigned SettleBits = 4;
  logic [SettleBits-1:0] settle_q;

  // Queue pairs that were begun and not drained since.
  logic [QueuePairs-1:0] begun_q;
  // The one that is to be drained is, as was found a cycle before.
  logic                  drained_q;

  logic create, discard, last, exists, drained, in_range, wrong, lost_q;
  // What it is, from registers: whether doorbells are taken hangs on it.
  logic                       create_q, discard_q;
  queue_core_pkg::item_kind_e kind_q;
  always_ff @(posedge clk_i) begin
    if (state_q == IDLE) begin
      create_q  <= control_i.op == queue_pkg::CONTROL_CREATE;
      discard_q <= control_i.op == queue_pkg::CONTROL_DISCARD;
      case (control_i.op)
        queue_pkg::CONTROL_CREATE: kind_q <= queue_core_pkg::ITEM_CREATE;
        queue_pkg::CONTROL_ABORT:  kind_q <= queue_core_pkg::ITEM_ABORT;
        default:                   kind_q <= queue_core_pkg::ITEM_DELETE;
      endcase
    end
  end
  assign create   = create_q;
  assign discard  = discard_q;
  assign last     = !discard || qid_q == QpBits'(QueuePairs - 1);
  assign in_range = 32'(control_i.qid) < QueuePairs;
  assign exists   = in_range && valid_i[control_i.qid[QpBits-1:0]];
  assign drained  = !begun_q[qid_q] ||
                    (none_i && !(irq_busy_i && irq_qid_i == qid_q) &&
                     (wrong ? second_next_i == second_posted_i : next_i[15:0] == posted_i[15:0]));
  assign wrong    = ^next_i || ^posted_i;

  // Answers: those of aborts go first.
  logic                    rsp_valid_q, rsp_free;
  queue_pkg::control_rsp_t rsp_q;
  assign rsp_free = rsp_ready_i || !rsp_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      begun_q  <= '0;
      ok_q     <= 1'b0;
      qid_q    <= '0;
      settle_q <= '0;
      drained_q <= 1'b0;
      lost_q    <= 1'b0;
    end else begin
      lost_q    <= state_q == DRAIN && begun_q[qid_q] && drained && !drained_q && wrong;
      drained_q <= state_q == DRAIN && drained && !drained_q;
      case (state_q)
        IDLE: begin
          if (control_valid_i) begin
            qid_q   <= control_i.qid[QpBits-1:0];
            ok_q    <= 1'b1;
            case (control_i.op)
              queue_pkg::CONTROL_CREATE: begin
                ok_q    <= in_range && !exists;
                state_q <= in_range && !exists ? INIT : ANSWER;
              end
              queue_pkg::CONTROL_DISCARD: begin
                qid_q   <= '0;
                state_q <= ITEM;
              end
              queue_pkg::CONTROL_COALESCE: begin
                ok_q    <= exists;
                state_q <= exists ? INIT : ANSWER;
              end
              default: begin
                ok_q    <= exists;
                state_q <= exists ? ITEM : ANSWER;
              end
            endcase
          end
        end
        INIT: begin
          if (coalesce_o) state_q <= ANSWER;
          if (init_o) begin
            begun_q[qid_q] <= 1'b1;
            state_q        <= ITEM;
          end
        end
        ITEM: begin
          if (item_ready_i) state_q <= JUDGE;
        end
        JUDGE: begin
          if (judged_i) begin
            settle_q <= '1;
            case (control_q.op)
              queue_pkg::CONTROL_CREATE: state_q <= ANSWER;
              // Its answer comes when it is over; or there is nothing to look for.
              queue_pkg::CONTROL_ABORT:  state_q <= abort_o ? IDLE : ANSWER;
              default: begin
                // All queue pairs end before the first one is drained.
                state_q <= last ? SETTLE : ITEM;
                qid_q   <= !discard ? qid_q : last ? '0 : qid_q + 1'b1;
              end
            endcase
          end
        end
        SETTLE: begin
          settle_q <= settle_q - 1'b1;
          if (settle_q == '0) state_q <= DRAIN;
        end
        DRAIN: begin
          if (drained_q) begin
            begun_q[qid_q] <= 1'b0;
            if (last) state_q <= ANSWER;
            else qid_q <= qid_q + 1'b1;
          end
        end
        default: if (!over_valid_i && rsp_free) state_q <= IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == IDLE) control_q <= control_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) rsp_valid_q <= 1'b0;
    else if (rsp_free) rsp_valid_q <= over_valid_i || state_q == ANSWER;
  end

  always_ff @(posedge clk_i) begin
    if (rsp_free) begin
      rsp_q.tag   <= over_valid_i ? over_tag_i : control_q.tag;
      rsp_q.ok    <= over_valid_i || ok_q;
      rsp_q.found <= over_valid_i && over_found_i;
    end
  end

  assign lost_o          = lost_q;
  assign control_ready_o = state_q == IDLE;
  assign rsp_valid_o     = rsp_valid_q;
  assign rsp_o           = rsp_q;
  assign over_ready_o    = rsp_free;

  assign hold_o          = state_q == INIT && create;
  assign init_o          = hold_o && !busy_i;
  assign coalesce_o      = state_q == INIT && !create;
  assign qid_o           = qid_q;
  assign config_o        = control_q.cfg;
  assign item_valid_o    = state_q == ITEM;
  assign item_qid_o      = 6'(qid_q);
  assign item_kind_o     = kind_q;

  assign drop_o = discard && (state_q == SETTLE || state_q == DRAIN || state_q == ITEM ||
                              state_q == JUDGE);

  assign abort_o = state_q == JUDGE && judged_i && control_q.op == queue_pkg::CONTROL_ABORT &&
                   judged_exists_i && !broken_i[qid_q];
  assign end_o        = state_q == DRAIN && drained_q;
  assign abort_qid_o  = 6'(qid_q);
  assign abort_cid_o  = control_q.cid;
  assign abort_tag_o  = control_q.tag;
  assign abort_tail_o = judged_tail_i;

endmodule
