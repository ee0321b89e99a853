// SPDX-License-Identifier: Apache-2.0
//
// Which contents are durable, learnt from what the management core tells the vault: they are
// not when they are made. Nothing names contents that were never made. Each bit is there three
// times, and what two say holds.

module exec_durable (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  ecc_pkg::inject_t                  inject_i,
  output ecc_pkg::event_t                   ecc_o,

  // A command of the core that has been done.
  input  logic                              done_i,
  input  vault_pkg::command_t               command_i,
  input  vault_pkg::answer_t                answer_i,

  // Answer in the same cycle. It is of use.
  input  logic                              use_i,
  input  logic [exec_pkg::ContentsBits-1:0] contents_i,
  output logic                              durable_o
);

  logic [2:0] word, read, mem_q [2 ** exec_pkg::ContentsBits];

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
    if (write_q)    mem_q[write_at_q] <= word;
    else if (fix_q) mem_q[fix_at_q] <= {3{fix_known_q}};
  end
  ecc_inject #(.Memory(ecc_pkg::Durable), .Width(3)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i(write_q), .word_i({3{known_q}}), .word_o(word)
  );
  assign read      = mem_q[contents_i];
  assign durable_o = (read[0] && read[1]) || (read[0] && read[2]) || (read[1] && read[2]);

  // One that differs is put right, unless another is written just then.
  logic                              fix_q, fix_known_q;
  logic [exec_pkg::ContentsBits-1:0] fix_at_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fix_q <= 1'b0;
    else         fix_q <= use_i && !fix_q && !write_q && read != {3{read[0]}};
  end
  always_ff @(posedge clk_i) begin
    fix_at_q    <= contents_i;
    fix_known_q <= durable_o;
  end
  assign ecc_o.corrected     = fix_q;
  assign ecc_o.uncorrectable = 1'b0;

  // Most of it is not for here.
  logic unused;
  assign unused = ^{command_i, answer_i};

endmodule
