// SPDX-License-Identifier: Apache-2.0
//
// What lanes and flushes ask of flash (ask_pkg::ask_t), one thing at a time, in rotation. Who
// asks names a slot; what is asked is about the command there, and stays until it is answered.

`include "check.svh"

module exec_ask #(
  parameter int unsigned Sources = 2,
  // Derived, not to be set.
  parameter int unsigned LineBits = dram_pkg::LineBits
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,

  // Held until done. kind: ask_pkg::kind_e.
  input  logic [Sources-1:0]                         valid_i,
  input  logic [Sources-1:0][2:0]                    kind_i,
  input  logic [Sources-1:0][exec_pkg::SlotBits-1:0] slot_i,
  input  logic [Sources-1:0][LineBits-1:0]           line_i,
  output logic [Sources-1:0]                         done_o,

  // The command in a slot; answer in the same cycle. Whether what was there in the cycle before was wrong.
  output logic [exec_pkg::SlotBits-1:0]              slot_o,
  input  exec_pkg::command_t                         command_i,
  input  logic                                       command_bad_i,

  output logic                                       ask_valid_o,
  output ask_pkg::ask_t                             ask_o,
  input  logic                                       ask_done_i
);

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= 32)
  `PAMC_PARAM(g_width, ask_pkg::AskBits == $bits(ask_o))

  typedef enum logic [2:0] {IDLE, LOOK, CHECK, ASK, REST} state_e;
  state_e              state_q;
  // Whose turn it is: those behind the last one, as a mask, and so is the choice.
  logic [Sources-1:0]  behind_q, behind, source_q, chosen;
  // Chosen among those that asked in the cycle before. Who has taken its question back did so in REST.
  logic [Sources-1:0]  valid_q;
  logic [2:0]          kind;
  logic [LineBits-1:0] line;

  lib_turn #(.Width(Sources)) u_turn (
    .valid_i(valid_q), .behind_i(behind_q), .turn_o(chosen), .behind_o(behind)
  );

  always_comb begin
    kind   = '0;
    line   = '0;
    slot_o = '0;
    for (int unsigned n = 0; n < Sources; n++) begin
      if (source_q[n]) begin
        kind   = kind | kind_i[n];
        line   = line | line_i[n];
        slot_o = slot_o | slot_i[n];
      end
    end
    done_o = ask_valid_o && ask_done_i ? source_q : '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      behind_q <= ~(Sources'(1));
      source_q <= '0;
      valid_q  <= '0;
    end else begin
      valid_q <= valid_i;
      case (state_q)
        IDLE: if (valid_q != '0) begin
          state_q  <= LOOK;
          source_q <= chosen;
          behind_q <= behind;
        end
        // It is taken as it is then, and seen to be right.
        LOOK:    state_q <= CHECK;
        CHECK:   if (!command_bad_i) state_q <= ASK;
        ASK:     if (ask_done_i) state_q <= REST;
        // Who asked takes its question back.
        default: state_q <= IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == CHECK) begin
      ask_o.kind     <= ask_pkg::kind_e'(kind);
      ask_o.contents <= command_i.contents;
      ask_o.object   <= command_i.object;
      ask_o.index    <= command_i.index;
      ask_o.bytes    <= ask_pkg::RecordMost;
      ask_o.line     <= line;
    end
  end
  assign ask_valid_o = state_q == ASK;

  // Most of a command is not for here.
  logic unused;
  assign unused = ^command_i;

  `PAMC_ASSERT(a_still_asked, state_q != IDLE || (valid_q & ~valid_i) == '0)
  `PAMC_ASSERT(a_held, state_q != ASK || (valid_i & source_q) != '0)

endmodule
