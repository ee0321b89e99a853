// SPDX-License-Identifier: Apache-2.0
//
// Which contents are durable, learnt from what the management core tells the vault: they are
// not when they are made. Nothing names contents that were never made.

module exec_durable (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  // A command of the core that has been done.
  input  logic                              done_i,
  input  vault_pkg::command_t               command_i,
  input  vault_pkg::answer_t                answer_i,

  // Answer in the same cycle.
  input  logic [exec_pkg::ContentsBits-1:0] contents_i,
  output logic                              durable_o
);

  logic mem_q [2 ** exec_pkg::ContentsBits];

  logic made, known;
  assign made  = command_i.op == vault_pkg::OP_CREATE && answer_i.result == vault_pkg::RESULT_DONE;
  assign known = command_i.op == vault_pkg::OP_TIER_DURABLE;
  // A cycle later: who asked hears of it later still.
  logic                              write_q, known_q;
  logic [exec_pkg::ContentsBits-1:0] write_at_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_q <= 1'b0;
    else         write_q <= done_i && (made || known);
  end
  always_ff @(posedge clk_i) begin
    known_q    <= known;
    write_at_q <= made ? answer_i.value[exec_pkg::ContentsBits-1:0] : command_i.contents;
    if (write_q) mem_q[write_at_q] <= known_q;
  end
  assign durable_o = mem_q[contents_i];

  // Most of it is not for here.
  logic unused;
  assign unused = ^{command_i, answer_i};

endmodule
