// SPDX-License-Identifier: Apache-2.0
//
// Lookups of all lanes through one index_lookup: requests in rotation, answers by the
// id of who asked, a cycle after they came. Everybody has one lookup at a time. Two bits of an id
// are set, others for each source, so that an answer is known by those two to be somebody's.

`include "check.svh"

module exec_lookup_mux #(
  parameter int unsigned Sources = 4
) (
  input  logic                                             clk_i,
  input  logic                                             rst_ni,

  // exec_pkg::lookup_t of each.
  input  logic [Sources-1:0]                               valid_i,
  output logic [Sources-1:0]                               ready_o,
  input  logic [Sources-1:0][exec_pkg::LookupWidth-1:0]    lookup_i,
  output logic [Sources-1:0]                               found_valid_o,
  output exec_pkg::found_t                                 found_o,

  output logic                                             handle_valid_o,
  input  logic                                             handle_ready_i,
  output index_pkg::handle_t                               handle_o,
  input  logic                                             place_valid_i,
  output logic                                             place_ready_o,
  input  index_pkg::place_t                                place_i
);

  // The highest bit of an id is not ours.
  localparam int unsigned IdBits = index_pkg::IdBits - 1;

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= IdBits * (IdBits / 2))
  `PAMC_PARAM(g_width, exec_pkg::LookupWidth == $bits(next))

  // Whose turn it is: those behind the last one, as a mask, and so is the choice.
  logic [Sources-1:0]             behind_q, behind, chosen, chosen_q;
  logic [Sources-1:0][IdBits-1:0] id;
  logic [IdBits-1:0]              chosen_id;
  exec_pkg::lookup_t              next;

  // Two places on a circle of an odd number: where, and how far from each other.
  for (genvar n = 0; n < int'(Sources); n++) begin : g_id
    localparam int unsigned One   = n % int'(IdBits);
    localparam int unsigned Other = (n + n / int'(IdBits) + 1) % int'(IdBits);
    assign id[n] = IdBits'(1) << One | IdBits'(1) << Other;
    // From a register: who reads what is found asks for it at once, and has a long way to that.
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) found_valid_o[n] <= 1'b0;
      else         found_valid_o[n] <= place_valid_i && place_i.id[One] && place_i.id[Other];
    end
  end

  // Chosen, then offered from a register, and told in that cycle that it was: one every other cycle,
  // so that nobody waits for whether it is taken, nor for a choice.
  logic               handle_valid_q, load;
  index_pkg::handle_t handle_q;
  assign load = valid_i != '0 && !handle_valid_q;

  lib_turn #(.Width(Sources)) u_turn (
    .valid_i, .behind_i(behind_q), .turn_o(chosen), .behind_o(behind)
  );

  always_comb begin
    ready_o   = chosen_q;
    next      = '0;
    chosen_id = '0;
    for (int unsigned n = 0; n < Sources; n++) begin
      if (chosen[n]) next = next | lookup_i[n];
      if (chosen[n]) chosen_id = chosen_id | id[n];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      behind_q       <= ~(Sources'(1));
      chosen_q       <= '0;
      handle_valid_q <= 1'b0;
    end else begin
      chosen_q <= load ? chosen : '0;
      if (chosen_q != '0) behind_q <= ~(chosen_q | (chosen_q - 1'b1));
      if (load) handle_valid_q <= 1'b1;
      else if (handle_ready_i) handle_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      handle_q.id       <= {1'b0, chosen_id};
      handle_q.contents <= {7'd0, next.contents};
      handle_q.object   <= next.object;
      handle_q.index    <= next.index;
      handle_q.quick    <= next.quick;
    end
  end
  assign handle_valid_o = handle_valid_q;
  assign handle_o       = handle_q;

  // Answers.
  assign place_ready_o = 1'b1;
  always_ff @(posedge clk_i) begin
    found_o.error  <= place_i.error;
    found_o.page   <= place_i.object_found && place_i.page_found;
    found_o.object <= place_i.object;
    found_o.units  <= place_i.entry.units;
    found_o.first  <= place_i.entry.unit_at;
  end

  // What only the vault would need.
  logic unused;
  assign unused = ^{place_i, behind};

  `PAMC_ASSERT(a_told_once, (chosen_q & ~valid_i) == '0 && (chosen_q == '0 || handle_valid_q))
  logic asked_for;
  always_comb begin
    asked_for = 1'b0;
    for (int unsigned n = 0; n < Sources; n++) if (place_i.id == {1'b0, id[n]}) asked_for = 1'b1;
  end
  `PAMC_ASSERT(a_asked_for, !place_valid_i || asked_for)

endmodule
