// SPDX-License-Identifier: Apache-2.0
//
// Who may tell the vault what to do: one command of each source at a time, in rotation.
// Several may be under way; a command's tag is the number of its source, by which answers
// find back and by which the vault asks for the stream of a put. It takes no more of a
// stream than that put has: behind it may stand the next page's, which is another
// command's.

`include "check.svh"

module exec_vault_mux #(
  parameter int unsigned Sources = 4,
  // Streams that go on at the same time.
  parameter int unsigned Streams = 2
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // vault_pkg::command_t of each; valid until done.
  input  logic [Sources-1:0]                  valid_i,
  input  logic [Sources-1:0][exec_pkg::VaultCommandWidth-1:0] command_i,
  output logic [Sources-1:0]                  done_o,
  input  logic [Sources-1:0]                  payload_valid_i,
  output logic [Sources-1:0]                  payload_ready_o,
  input  logic [Sources-1:0][127:0]           payload_i,

  output logic                                vault_valid_o,
  input  logic                                vault_ready_i,
  output vault_pkg::command_t                 vault_o,
  input  logic [Streams-1:0][vault_pkg::TagBits-1:0] vault_payload_tag_i,
  output logic [Streams-1:0]                  vault_payload_valid_o,
  input  logic [Streams-1:0]                  vault_payload_ready_i,
  output logic [Streams-1:0][127:0]           vault_payload_o,
  input  logic                                vault_answer_i,
  input  logic [vault_pkg::TagBits-1:0]       vault_answer_tag_i
);

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= 32)
  `PAMC_PARAM(g_width, exec_pkg::VaultCommandWidth == $bits(vault_o))

  // Under way: given to the vault, until the cycle after the answer, in which the source
  // takes its valid back.
  logic [Sources-1:0] inside_q, answered_q, answered, wants, after;
  logic               offer_q;
  logic [4:0]         source_q, chosen;
  assign wants = valid_i & ~inside_q & ~answered_q;

  always_comb begin
    for (int unsigned n = 0; n < Sources; n++) after[n] = wants[n] && 5'(n) > source_q;
    chosen = '0;
    for (int n = int'(Sources) - 1; n >= 0; n--) begin
      if (after != '0 ? after[n] : wants[n]) chosen = 5'(n);
    end
    for (int unsigned n = 0; n < Sources; n++) begin
      answered[n] = vault_answer_i && vault_answer_tag_i == vault_pkg::TagBits'(n);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      offer_q    <= 1'b0;
      source_q   <= '0;
      inside_q   <= '0;
      answered_q <= '0;
    end else begin
      answered_q <= answered;
      inside_q   <= inside_q & ~answered;
      if (!offer_q) begin
        if (wants != '0) begin
          offer_q  <= 1'b1;
          source_q <= chosen;
        end
      end else if (vault_ready_i) begin
        offer_q <= 1'b0;
        for (int unsigned n = 0; n < Sources; n++) if (source_q == 5'(n)) inside_q[n] <= 1'b1;
      end
    end
  end

  always_comb begin
    vault_o = '0;
    for (int unsigned n = 0; n < Sources; n++) if (source_q == 5'(n)) vault_o = command_i[n];
    vault_o.tag = vault_pkg::TagBits'(source_q);
  end
  assign vault_valid_o = offer_q;
  assign done_o        = answered;

  always_comb begin
    payload_ready_o       = '0;
    vault_payload_valid_o = '0;
    vault_payload_o       = '0;
    for (int unsigned s = 0; s < Streams; s++) begin
      for (int unsigned n = 0; n < Sources; n++) begin
        if (vault_payload_tag_i[s] == vault_pkg::TagBits'(n)) begin
          // Two may have the same tag, but the vault takes that stream at one of them only.
          if (vault_payload_ready_i[s]) payload_ready_o[n] = 1'b1;
          vault_payload_valid_o[s] = payload_valid_i[n];
          vault_payload_o[s]       = payload_i[n];
        end
      end
    end
  end

  `PAMC_ASSERT(a_answers_are_asked_for, (answered & ~inside_q) == '0)
  `PAMC_ASSERT(a_valid_until_done, (inside_q & ~valid_i) == '0)

endmodule
