// SPDX-License-Identifier: Apache-2.0
//
// The sums, and the answer: the last stage of vault_puts. What a page takes has been booked
// when it got its room, so here only less is committed, never more.

`include "check.svh"

module vault_puts_book (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     valid_i,
  input  vault_pkg::command_t      command_i,
  input  vault_puts_pkg::given_t   given_i,
  input  vault_puts_pkg::outcome_t outcome_i,
  input  vault_puts_pkg::freed_t   freed_i,
  output logic                     done_o,

  output vault_pkg::object_req_t   object_o,
  input  vault_pkg::object_rsp_t   object_i,
  output vault_pkg::row_req_t      row_o,
  input  vault_pkg::row_rsp_t      row_i,
  output vault_pkg::change_t       change_o,

  output logic                     answer_valid_o,
  input  logic                     answer_ready_i,
  output vault_pkg::answer_t       answer_o
);

  typedef enum logic [2:0] {S_IDLE, S_OBJECT_OLD, S_OBJECT_NEW, S_ROW_OLD, S_ROW_NEW, S_ANSWER} state_e;
  state_e state_q;

  logic             error_q;
  vault_pkg::sums_t new_sums, old_sums;
  always_comb begin
    new_sums        = '0;
    new_sums.pages  = 32'd1;
    new_sums.stored = 40'(command_i.stored);
    new_sums.same   = 32'(command_i.same);
    new_sums.raw    = 32'(command_i.raw);

    old_sums        = '0;
    old_sums.pages  = 32'd1;
    old_sums.units  = freed_i.units;
    old_sums.stored = freed_i.stored;
    old_sums.same   = 32'(freed_i.same);
    old_sums.raw    = 32'(freed_i.raw);
    // It never was a page: its room alone goes.
    if (!outcome_i.stored) begin
      old_sums       = '0;
      old_sums.units = given_i.sum;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:       if (valid_i) state_q <= !outcome_i.stored ? S_ROW_OLD : freed_i.counted ? S_OBJECT_OLD : S_OBJECT_NEW;
        S_OBJECT_OLD: if (object_i.done) state_q <= S_OBJECT_NEW;
        S_OBJECT_NEW: if (object_i.done) state_q <= freed_i.counted ? S_ROW_OLD : S_ROW_NEW;
        S_ROW_OLD:    if (row_i.done) state_q <= outcome_i.stored ? S_ROW_NEW : S_ANSWER;
        S_ROW_NEW:    if (row_i.done) state_q <= S_ANSWER;
        default:      if (answer_ready_i) state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: error_q <= outcome_i.error || freed_i.error;
      S_OBJECT_OLD, S_OBJECT_NEW: if (object_i.done && object_i.error) error_q <= 1'b1;
      default: ;
    endcase
  end

  always_comb begin
    object_o = '0;
    if (state_q == S_OBJECT_OLD || state_q == S_OBJECT_NEW) begin
      object_o.valid    = 1'b1;
      object_o.op       = vault_pkg::OBJECT_BOOK;
      object_o.unit     = 32'(given_i.object);
      object_o.subtract = state_q == S_OBJECT_OLD;
      object_o.sums     = state_q == S_OBJECT_OLD ? old_sums : new_sums;
      if (state_q == S_OBJECT_NEW) object_o.sums.units = given_i.sum;
    end

    row_o = '0;
    if (state_q == S_ROW_OLD || state_q == S_ROW_NEW) begin
      row_o.valid    = 1'b1;
      row_o.op       = vault_pkg::ROW_BOOK;
      row_o.number   = command_i.contents;
      row_o.subtract = state_q == S_ROW_OLD;
      row_o.sums     = state_q == S_ROW_OLD ? old_sums : new_sums;
      row_o.slots    = 32'(state_q == S_ROW_OLD);
      row_o.records  = 32'(outcome_i.stored);
    end

    change_o = '0;
    if (row_i.done && (state_q == S_ROW_NEW || (state_q == S_ROW_OLD && !outcome_i.stored))) begin
      if (outcome_i.stored) begin
        change_o.extents_add      = 32'(given_i.count);
        change_o.extents_subtract = freed_i.extents;
      end
      change_o.happened.valid    = 1'b1;
      change_o.happened.contents = command_i.contents;
      change_o.happened.what     = outcome_i.stored ? vault_pkg::EVENT_PUT : vault_pkg::EVENT_REFUSED;
      change_o.happened.pages    = 32'd1;
    end

    answer_o        = '0;
    answer_o.tag    = command_i.tag;
    // What fails behind the index's change loses memory or sums, not the page, which is found.
    answer_o.result = outcome_i.stored ? vault_pkg::RESULT_DONE :
                      error_q ? vault_pkg::RESULT_ERROR : vault_pkg::RESULT_REFUSED;
  end
  assign answer_valid_o = state_q == S_ANSWER;
  assign done_o         = answer_valid_o && answer_ready_i;

  logic unused;
  assign unused = &{1'b0, command_i, given_i, object_i.object, row_i, outcome_i.replaced};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || valid_i)

endmodule
