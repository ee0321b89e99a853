// SPDX-License-Identifier: Apache-2.0
//
// Lookups of all lanes through one index_lookup: requests in rotation, answers by the
// number of who asked. Everybody has one lookup at a time.

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

  `PAMC_PARAM(g_sources, Sources >= 1 && Sources <= 32)
  `PAMC_PARAM(g_width, exec_pkg::LookupWidth == $bits(next))

  logic [4:0]         turn_q, chosen;
  logic [Sources-1:0] after;
  exec_pkg::lookup_t  next;

  // Chosen, then offered from a register: one every other cycle, so that nobody waits for whether it is
  // taken.
  logic               handle_valid_q, load;
  index_pkg::handle_t handle_q;
  assign load = valid_i != '0 && !handle_valid_q;

  always_comb begin
    for (int unsigned n = 0; n < Sources; n++) after[n] = valid_i[n] && 5'(n) > turn_q;
    chosen = '0;
    for (int n = int'(Sources) - 1; n >= 0; n--) begin
      if (after != '0 ? after[n] : valid_i[n]) chosen = 5'(n);
    end
    next = '0;
    for (int unsigned n = 0; n < Sources; n++) begin
      ready_o[n] = load && chosen == 5'(n);
      if (chosen == 5'(n)) next = lookup_i[n];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q         <= '0;
      handle_valid_q <= 1'b0;
    end else begin
      if (load) turn_q <= chosen;
      if (load) handle_valid_q <= 1'b1;
      else if (handle_ready_i) handle_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      handle_q.id       <= {3'd0, chosen};
      handle_q.contents <= {7'd0, next.contents};
      handle_q.object   <= next.object;
      handle_q.index    <= next.index;
      handle_q.quick    <= next.quick;
    end
  end
  assign handle_valid_o = handle_valid_q;
  assign handle_o       = handle_q;

  // Answers, which come from a register. The rest of an id is zero.
  assign place_ready_o = 1'b1;
  always_comb begin
    for (int unsigned n = 0; n < Sources; n++) found_valid_o[n] = place_valid_i && place_i.id[4:0] == 5'(n);
    found_o.error  = place_i.error;
    found_o.page   = place_i.object_found && place_i.page_found;
    found_o.object = place_i.object;
    found_o.units  = place_i.entry.units;
    found_o.first  = place_i.entry.unit_at;
  end

  // What only the vault would need.
  logic unused;
  assign unused = ^place_i;

  `PAMC_ASSERT(a_asked_for, !place_valid_i || 32'(place_i.id) < Sources)

endmodule
