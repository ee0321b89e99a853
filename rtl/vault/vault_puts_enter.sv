// SPDX-License-Identifier: Apache-2.0
//
// A page that is written is entered in the index: the fourth stage of vault_puts. It takes
// the place of the one that was there, or a new one. When another page's entry has pushed
// aside the one that is to be replaced, its place is looked up again.

`include "check.svh"

module vault_puts_enter (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // The page is written. write_error: not all of it.
  input  logic                     valid_i,
  input  logic                     write_error_i,
  input  vault_puts_pkg::given_t   given_i,
  // Its lookup has come.
  input  logic                     came_i,
  input  vault_puts_pkg::found_t   found_i,
  output logic                     done_o,
  output vault_puts_pkg::outcome_t outcome_o,

  // It is to be looked up once more.
  output logic                     again_valid_o,
  input  logic                     again_ready_i,

  output logic                     command_valid_o,
  input  logic                     command_ready_i,
  output index_pkg::command_t      command_o,
  input  logic                     answer_valid_i,
  input  index_pkg::answer_t       answer_i,

  output logic                     index_full_o,
  output logic                     waits_lookup_o,
  output logic                     waits_index_o
);

  typedef enum logic [2:0] {S_IDLE, S_ASK, S_WAIT, S_AGAIN, S_DONE} state_e;
  state_e state_q;

  logic                     again_q, bad, moved;
  vault_puts_pkg::outcome_t outcome_q;
  index_pkg::slot_t         old;
  index_pkg::key_t          key;
  logic [63:0]              first_q;
  assign old   = found_i.entry;
  assign key   = found_i.key;
  // Nobody else changes this handle: the second lookup finds the same entry.
  assign bad   = write_error_i || found_i.error || !found_i.object_found || found_i.object != given_i.object ||
                 (again_q && (!found_i.page_found || found_i.entry != first_q));
  assign moved = !answer_i.ok && !answer_i.error && found_i.page_found;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
      again_q <= 1'b0;
    end else begin
      case (state_q)
        S_IDLE:  if (valid_i && came_i) state_q <= bad ? S_DONE : S_ASK;
        S_ASK:   if (command_ready_i) state_q <= S_WAIT;
        S_WAIT:  if (answer_valid_i) state_q <= moved ? S_AGAIN : S_DONE;
        S_AGAIN: if (again_ready_i) begin
          state_q <= S_IDLE;
          again_q <= 1'b1;
        end
        default: begin
          state_q <= S_IDLE;
          again_q <= 1'b0;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: outcome_q <= {2'b00, 1'b1};
      S_ASK:  first_q <= found_i.entry;
      S_WAIT: if (answer_valid_i) outcome_q <= {answer_i.ok, answer_i.ok && found_i.page_found, !answer_i.ok && (answer_i.error || found_i.page_found)};
      default: ;
    endcase
  end

  always_comb begin
    command_o          = '0;
    command_o.op       = found_i.page_found ? index_pkg::OP_REPLACE : index_pkg::OP_INSERT;
    command_o.key      = key;
    command_o.location = found_i.location;
    command_o.expected = found_i.page_found ? found_i.entry : '0;
    // The same key, and so the same tag.
    command_o.entry    = found_i.page_found ? {old.kind, given_i.units, old.tag, given_i.unit} :
                         {key.match.kind, given_i.units, key.match.tag, given_i.unit};
  end
  assign command_valid_o = state_q == S_ASK;
  assign again_valid_o   = state_q == S_AGAIN;
  assign done_o          = state_q == S_DONE;
  assign outcome_o       = outcome_q;
  assign index_full_o    = state_q == S_WAIT && answer_valid_i && !answer_i.ok && !answer_i.error && !found_i.page_found;
  assign waits_lookup_o  = state_q == S_IDLE && valid_i && !came_i;
  assign waits_index_o   = state_q == S_ASK || state_q == S_WAIT;

  logic unused;
  assign unused = &{1'b0, answer_i, old.units, old.unit_at, found_i, given_i};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || valid_i)

endmodule
