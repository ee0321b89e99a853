// SPDX-License-Identifier: Apache-2.0
//
// The end of every command: results come from several sides, and each becomes the
// completion that goes to the command's queue pair, an entry for the error log if a host
// should not see such a thing in normal use, and a count. Only when the completion has
// been taken does the command leave its slot, so that what waits for it sees it done.
//
// One result every three cycles, four for the first of several that come at once; sources that wait in rotation. A source is told in the cycle after it was
// chosen that its result has been taken, so no lane waits for what is offered in another one.

`include "check.svh"

module exec_done #(
  parameter int unsigned Sources = 4
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic [Sources-1:0]               result_valid_i,
  output logic [Sources-1:0]               result_ready_o,
  // exec_pkg::result_t of each.
  input  logic [Sources-1:0][exec_pkg::ResultWidth-1:0] result_i,

  // The command in a slot; answer in the same cycle. Whether what was there in the cycle before was wrong.
  output logic [exec_pkg::SlotBits-1:0]    slot_o,
  input  exec_pkg::command_t               command_i,
  input  logic                             command_bad_i,
  // The vault has failed, or is about to.
  input  logic                             failing_i,

  output logic                             completion_valid_o,
  input  logic                             completion_ready_i,
  output queue_pkg::completion_t           completion_o,

  output logic                             leave_o,
  output logic [exec_pkg::SlotBits-1:0]    leave_slot_o,

  // Only counted when it finds no room.
  output logic                             error_valid_o,
  input  logic                             error_ready_i,
  output exec_pkg::error_t                 error_o,

  // A command of this kind (pamc_pkg::lat_e) took so many cycles.
  output logic                             latency_o,
  output logic [1:0]                       latency_kind_o,
  output logic [31:0]                      latency_cycles_o,
  input  logic [31:0]                      now_i,

  // A get of these contents hit (0), missed (1) or found its page damaged (2).
  output logic                             get_o,
  output logic [1:0]                       get_kind_o,
  output logic [exec_pkg::ContentsBits-1:0] get_contents_o,

  output exec_pkg::counters_t              counters_o
);

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= 32)
  `PAMC_PARAM(g_width, exec_pkg::ResultWidth == $bits(result_q))

  // The next source in rotation: those after the last one are a mask, and so is the choice. Of results
  // that were there in the cycle before it has been made by then; if none was, there is no time
  // to look for whose turn it is: one that just came is taken, of several that did in the cycle after.
  logic [Sources-1:0] behind_q, behind, turn, turn_q, chosen, chosen_q;
  logic               any, several, found, turns_q;

  lib_turn #(.Width(Sources)) u_turn (
    .valid_i(result_valid_i), .behind_i(behind_q), .turn_o(turn), .behind_o(behind)
  );

  always_comb begin
    any     = result_valid_i != '0;
    several = 1'b0;
    for (int unsigned n = 0; n < Sources; n++) begin
      if (result_valid_i[n] && (result_valid_i & ((Sources'(1) << n) - 1'b1)) != '0) several = 1'b1;
    end
    chosen = turns_q ? turn_q : result_valid_i;
    found  = turns_q || (any && !several);
  end

  typedef enum logic [1:0] {
    IDLE,
    LOOK,
    GIVE,
    // What was seen of the command is wrong: once more, when it is right.
    AGAIN
  } state_e;
  state_e            state_q;
  exec_pkg::result_t result_q;
  logic              timed_q, leave_q, first_q, wrong, counts, gives;
  logic [31:0]       start_q;

  // None but in LOOK.
  assign result_ready_o = chosen_q;

  assign slot_o = result_q.slot;

  // What the vault, or a command that was lost, would have been is not known, whatever came of it.
  logic [7:0] status;
  assign status = failing_i && (result_q.status == pamc_pkg::STATUS_SUCCESS || result_q.status == pamc_pkg::STATUS_MISS)
                  ? pamc_pkg::STATUS_INTERNAL : result_q.status;

  // As sim/model/complete.c's worth_logging().
  logic worth_logging;
  always_comb begin
    case (status)
      pamc_pkg::STATUS_SUCCESS, pamc_pkg::STATUS_MISS, pamc_pkg::STATUS_NO_SPACE,
      pamc_pkg::STATUS_FROZEN, pamc_pkg::STATUS_ABORTED, pamc_pkg::STATUS_NOT_READY:
               worth_logging = 1'b0;
      default: worth_logging = 1'b1;
    endcase
  end

  // The histogram that the command belongs to, if any.
  logic       timed;
  logic [1:0] kind;
  always_comb begin
    timed = 1'b0;
    kind  = pamc_pkg::LAT_PUT[1:0];
    case (command_i.opcode)
      // A put counts whatever it came to, once its page was asked for.
      pamc_pkg::OP_PUT: timed = command_i.todo == exec_pkg::TASK_PUT;
      pamc_pkg::OP_GET: begin
        timed = status == pamc_pkg::STATUS_SUCCESS ||
                status == pamc_pkg::STATUS_MISS;
        kind  = status == pamc_pkg::STATUS_MISS ? pamc_pkg::LAT_MISS[1:0]
                                                         : pamc_pkg::LAT_GET[1:0];
      end
      pamc_pkg::OP_FLUSH_PAGE: begin
        timed = command_i.todo == exec_pkg::TASK_FLUSH;
        kind  = pamc_pkg::LAT_FLUSH[1:0];
      end
      default: ;
    endcase
  end

  logic       get_known;
  logic [1:0] get_kind;
  always_comb begin
    get_known = 1'b1;
    get_kind  = 2'd0;
    case (status)
      pamc_pkg::STATUS_SUCCESS:       get_kind = 2'd0;
      pamc_pkg::STATUS_MISS:          get_kind = 2'd1;
      pamc_pkg::STATUS_UNCORRECTABLE: get_kind = 2'd2;
      default:                        get_known = 1'b0;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= IDLE;
      // As if the first one had been the last.
      behind_q      <= ~(Sources'(1));
      turn_q        <= '0;
      turns_q       <= 1'b0;
      chosen_q      <= '0;
      error_valid_o <= 1'b0;
      latency_o     <= 1'b0;
      leave_q       <= 1'b0;
      get_o         <= 1'b0;
      first_q       <= 1'b0;
      counters_o    <= '0;
    end else begin
      first_q   <= looks;
      chosen_q  <= state_q == IDLE && found ? chosen : '0;
      // In LOOK the result that is being taken is still offered.
      turn_q    <= turn;
      turns_q   <= any && (state_q == GIVE || (state_q == IDLE && !found));
      latency_o <= 1'b0;
      leave_q   <= gives && completion_ready_i;
      get_o     <= counts && command_i.todo == exec_pkg::TASK_GET && get_known;
      if (error_ready_i) error_valid_o <= 1'b0;
      case (state_q)
        IDLE: begin
          if (found) state_q <= LOOK;
        end
        LOOK: begin
          state_q <= GIVE;
          behind_q <= ~(chosen_q | (chosen_q - 1'b1));
        end
        AGAIN: if (!command_bad_i) state_q <= GIVE;
        default: begin
          if (wrong) begin
            state_q <= AGAIN;
          end else if (completion_ready_i) begin
            state_q   <= IDLE;
            latency_o <= timed_q;
          end
        end
      endcase
      // The command is as it was seen.
      if (counts) begin
        if (worth_logging) begin
          if (error_valid_o && !error_ready_i) counters_o.unlogged <= counters_o.unlogged + 64'd1;
          error_valid_o <= 1'b1;
        end
        if (status == pamc_pkg::STATUS_CRC_MISMATCH || status == pamc_pkg::STATUS_UNCORRECTABLE)
          counters_o.damaged <= counters_o.damaged + 64'd1;
        case (status)
          pamc_pkg::STATUS_SUCCESS: begin
            if (command_i.opcode == pamc_pkg::OP_PUT) counters_o.puts <= counters_o.puts + 64'd1;
            if (command_i.opcode == pamc_pkg::OP_GET) counters_o.gets <= counters_o.gets + 64'd1;
          end
          pamc_pkg::STATUS_MISS: begin
            if (command_i.opcode == pamc_pkg::OP_GET) counters_o.misses <= counters_o.misses + 64'd1;
          end
          pamc_pkg::STATUS_NO_SPACE, pamc_pkg::STATUS_FROZEN:
            counters_o.puts_refused <= counters_o.puts_refused + 64'd1;
          pamc_pkg::STATUS_ABORTED: counters_o.aborts <= counters_o.aborts + 64'd1;
          default:                  counters_o.errors <= counters_o.errors + 64'd1;
        endcase
      end
    end
  end

  logic [exec_pkg::ResultWidth-1:0] chosen_result;
  always_comb begin
    chosen_result = '0;
    for (int unsigned n = 0; n < Sources; n++) if (chosen[n]) chosen_result = chosen_result | result_i[n];
  end

  always_ff @(posedge clk_i) begin
    if (state_q == IDLE) result_q <= chosen_result;
    if (looks) begin
      completion_o.qid    <= command_i.qid;
      completion_o.cid    <= command_i.cid;
      completion_o.logged <= worth_logging;
      completion_o.status <= status;
      completion_o.result <= result_q.result;
      completion_o.info   <= result_q.info;
      latency_kind_o      <= kind;
      get_kind_o          <= get_kind;
      get_contents_o      <= command_i.contents;
      timed_q             <= timed;
      start_q             <= command_i.start;
    end
    if (counts && worth_logging && (!error_valid_o || error_ready_i)) begin
      error_o.qid    <= command_i.qid;
      error_o.cid    <= command_i.cid;
      error_o.status <= status;
      error_o.opcode <= command_i.opcode;
      error_o.field  <= result_q.field;
      error_o.pool   <= {command_i.uses, command_i.pool};
      error_o.addr   <= result_q.addr;
      error_o.index  <= command_i.index;
    end
    latency_cycles_o <= now_i - start_q;
  end

  // In the first cycle of GIVE it is known whether what was seen before is right.
  logic looks;
  assign looks  = state_q == LOOK || state_q == AGAIN;
  assign wrong  = first_q && command_bad_i;
  assign counts = first_q && !command_bad_i && state_q == GIVE;
  assign gives  = state_q == GIVE && !wrong;

  assign completion_valid_o = gives;
  // A cycle later, in which the next result may be chosen, but is not taken yet.
  assign leave_o            = leave_q;
  assign leave_slot_o       = result_q.slot;

  // Where a command came from and went to is of no use here.
  logic unused;
  assign unused = ^{command_i.status, command_i.field, command_i.order, command_i.ephemeral,
                    command_i.frozen, command_i.durable, command_i.contents, command_i.exclusive, command_i.listed,
                    command_i.check, behind, command_i.crc, command_i.addr, command_i.object};

  `PAMC_ASSERT(a_turn_is_one, !turns_q || (turn_q != '0 && (turn_q & (turn_q - 1'b1)) == '0))
  `PAMC_ASSERT(a_result_stays, (chosen_q & ~result_valid_i) == '0)

endmodule
