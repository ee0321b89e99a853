// SPDX-License-Identifier: Apache-2.0
//
// Who may tell the vault what to do: one command of each source at a time, in rotation.
// Several may be under way; a command's tag is that of its source, by which answers
// find back and by which the vault asks for the stream of a put. Three bits of a tag are set, others
// for each source, so that it is known by those three whose it is. It takes no more of a
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

  localparam int unsigned TagBits = vault_pkg::TagBits;
  // Three of six: the last one and two others; three others. Streams are those of the first kind, so two
  // bits are enough for them.
  localparam logic [20*TagBits-1:0] Tags = {
    6'h1c, 6'h1a, 6'h19, 6'h16, 6'h15, 6'h13, 6'h0e, 6'h0d, 6'h0b, 6'h07,
    6'h38, 6'h34, 6'h32, 6'h31, 6'h2c, 6'h2a, 6'h29, 6'h26, 6'h25, 6'h23
  };

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= 20 && TagBits == 6)
  `PAMC_PARAM(g_width, exec_pkg::VaultCommandWidth == $bits(vault_o))

  // Under way: given to the vault, until the cycle after the answer, in which the source
  // takes its valid back. Whose turn it is: those behind the last one, as a mask, and so is the choice, which
  // is among those that wanted in the cycle before: lanes are far away.
  logic [Sources-1:0]              inside_q, answered_q, answered, wants, wants_q, behind_q, behind, source_q, chosen;
  logic [Streams-1:0][Sources-1:0] pays;
  logic [Sources-1:0][TagBits-1:0] tags;
  logic                            offer_q;
  for (genvar n = 0; n < int'(Sources); n++) begin : g_tag
    assign tags[n] = Tags[TagBits*n +: TagBits];
  end
  assign wants = valid_i & ~inside_q & ~answered_q & ~(offer_q ? source_q : '0);

  lib_turn #(.Width(Sources)) u_turn (
    .valid_i(wants_q), .behind_i(behind_q), .turn_o(chosen), .behind_o(behind)
  );

  always_comb begin
    for (int unsigned n = 0; n < Sources; n++) begin
      answered[n] = vault_answer_i && (vault_answer_tag_i & tags[n]) == tags[n];
      // The others have none.
      for (int unsigned s = 0; s < Streams; s++) begin
        pays[s][n] = n < 10 && (vault_payload_tag_i[s][TagBits-2:0] & tags[n][TagBits-2:0]) == tags[n][TagBits-2:0];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      offer_q    <= 1'b0;
      source_q   <= '0;
      behind_q   <= ~(Sources'(1));
      inside_q   <= '0;
      answered_q <= '0;
      wants_q    <= '0;
    end else begin
      answered_q <= answered;
      wants_q    <= wants;
      inside_q   <= (inside_q & ~answered) | (offer_q && vault_ready_i ? source_q : '0);
      if (!offer_q) begin
        offer_q  <= wants_q != '0;
        source_q <= chosen;
      end else begin
        behind_q <= ~(source_q | (source_q - 1'b1));
        if (vault_ready_i) offer_q <= 1'b0;
      end
    end
  end

  logic [TagBits-1:0] tag;
  always_comb begin
    vault_o = '0;
    tag     = '0;
    for (int unsigned n = 0; n < Sources; n++) begin
      if (source_q[n]) vault_o = vault_o | command_i[n];
      if (source_q[n]) tag = tag | tags[n];
    end
    vault_o.tag = tag;
  end
  assign vault_valid_o = offer_q;
  assign done_o        = answered;

  always_comb begin
    payload_ready_o       = '0;
    vault_payload_valid_o = '0;
    vault_payload_o       = '0;
    for (int unsigned s = 0; s < Streams; s++) begin
      for (int unsigned n = 0; n < Sources; n++) begin
        // Two may have the same tag, but the vault takes that stream at one of them only.
        if (pays[s][n] && vault_payload_ready_i[s]) payload_ready_o[n] = 1'b1;
        if (pays[s][n] && payload_valid_i[n]) vault_payload_valid_o[s] = 1'b1;
        if (pays[s][n]) vault_payload_o[s] = vault_payload_o[s] | payload_i[n];
      end
    end
  end

  for (genvar s = 0; s < int'(Streams); s++) begin : g_payload
    `PAMC_ASSERT(a_one_pays, !vault_payload_ready_i[s] || (pays[s] & (pays[s] - 1'b1)) == '0)
  end

  logic unused;
  assign unused = ^behind;

  `PAMC_ASSERT(a_streams, (payload_valid_i >> 10) == '0)
  `PAMC_ASSERT(a_answers_are_asked_for, (answered & ~inside_q) == '0)
  `PAMC_ASSERT(a_still_wants, offer_q || (wants_q & (~valid_i | inside_q)) == '0)
  `PAMC_ASSERT(a_valid_until_done, (inside_q & ~valid_i) == '0)

endmodule
