// SPDX-License-Identifier: Apache-2.0
//
// exec_lookup_mux makes of each lookup one handle, as it was asked, under an id that no other open
// lookup has; and each answer is told once, to the one whose lookup it is of and to nobody else,
// with what was found. A handle that is offered stays, and nobody waits for more turns of others than
// there are sources.
//
// Any source is watched, against any other; the index answers in any order, but only what was asked.

`include "check.svh"

module exec_lookup_mux_proof #(
  parameter int unsigned Sources = 5
) (
  input logic                                          clk_i,
  input logic [Sources-1:0]                            valid_i,
  input logic [Sources*exec_pkg::LookupWidth-1:0]      lookup_i,
  input logic                                          handle_ready_i,
  input logic                                          place_valid_i,
  input logic [7:0]                                    place_id_i,
  input logic                                          error_i,
  input logic                                          object_found_i,
  input logic                                          page_found_i,
  input logic [30:0]                                   object_i,
  input logic [7:0]                                    units_i,
  input logic [31:0]                                   first_i
);

  (* anyconst *) logic [4:0] who;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic [Sources-1:0]  ready, found_valid;
  logic                handle_valid, place_ready;
  exec_pkg::found_t    found;
  exec_pkg::lookup_t   lookup;
  index_pkg::handle_t  handle;
  index_pkg::place_t   place;
  assign lookup = lookup_i[exec_pkg::LookupWidth*who+:exec_pkg::LookupWidth];

  // What is not looked at here is nobody's.
  always_comb begin
    place               = '0;
    place.id            = place_id_i;
    place.error         = error_i;
    place.object_found  = object_found_i;
    place.page_found    = page_found_i;
    place.object        = object_i;
    place.entry.units   = units_i;
    place.entry.unit_at = first_i;
  end

  exec_lookup_mux #(.Sources(Sources)) dut (
    .clk_i, .rst_ni, .valid_i, .ready_o(ready), .lookup_i, .found_valid_o(found_valid), .found_o(found),
    .handle_valid_o(handle_valid), .handle_ready_i, .handle_o(handle),
    .place_valid_i, .place_ready_o(place_ready), .place_i(place)
  );

  // Whose the handle on offer is: of whom it was told in this cycle, or before.
  logic [Sources-1:0]      owner_q = '0, owner, open_q = '0, asked;
  logic [Sources-1:0][7:0] id_q;
  logic                    sends;
  assign owner = ready != '0 ? ready : owner_q;
  assign sends = handle_valid && handle_ready_i;
  // Lookups that the answer may be of.
  always_comb begin
    for (int n = 0; n < int'(Sources); n++) asked[n] = open_q[n] && id_q[n] == place.id;
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      owner_q <= '0;
      open_q  <= '0;
    end else begin
      owner_q <= sends ? '0 : owner;
      open_q  <= (open_q & ~(place_valid_i ? asked : '0)) | (sends ? owner : '0);
      for (int n = 0; n < int'(Sources); n++) if (sends && owner[n]) id_q[n] <= handle.id;
    end
  end

  // ---- What the surroundings owe: a lookup is asked for until it is told of, and one at a time.

  logic [Sources-1:0]               waits_q = '0, found_q = '0;
  logic [exec_pkg::LookupWidth-1:0] lookup_q;
  always_ff @(posedge clk_i) begin
    waits_q  <= rst_ni ? valid_i & ~ready : '0;
    lookup_q <= lookup;
  end
  `PAMC_ASSUME(m_who, 32'(who) < Sources)
  `PAMC_ASSUME(m_holds, (waits_q & ~valid_i) == '0 && (!waits_q[who] || lookup == lookup_q))
  `PAMC_ASSUME(m_one, (valid_i & (open_q | owner_q | found_q)) == '0)
  `PAMC_ASSUME(m_answer, !place_valid_i || asked != '0)

  // ---- Handles.

  `PAMC_ASSERT(a_asks, (ready & ~valid_i) == '0 && (ready & (ready - 1'b1)) == '0 && (ready == '0 || (handle_valid && owner_q == '0)))
  `PAMC_ASSERT(a_whose, handle_valid == (owner != '0))
  `PAMC_ASSERT(a_handle, !ready[who] || (handle.contents == 16'(lookup.contents) && handle.object == lookup.object &&
               handle.index == lookup.index && handle.quick == lookup.quick))
  `PAMC_ASSERT(a_id, !handle_valid || owner[who] || !open_q[who] || handle.id != id_q[who])
  logic               offered_q = 1'b0;
  index_pkg::handle_t handle_q;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && handle_valid && !handle_ready_i;
    handle_q  <= handle;
  end
  `PAMC_ASSERT(a_stands, !offered_q || (handle_valid && handle == handle_q))

  // Whoever waits sees as many others' turns as there are sources, at most: how many come before it yet.
  logic [5:0] turns_q = '0, last_q = '0, now;
  function automatic logic [5:0] before(input logic [5:0] last);
    before = last < 6'(who) ? 6'(who) - last - 6'd1 : 6'(who) + 6'(Sources) - last - 6'd1;
  endfunction
  always_comb begin
    now = '0;
    for (int n = 0; n < int'(Sources); n++) if (ready[n]) now = now | 6'(n);
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) {turns_q, last_q} <= '0;
    else begin
      turns_q <= !valid_i[who] || ready[who] ? '0 : turns_q + 6'(ready != '0);
      if (ready != '0) last_q <= now;
    end
  end
  `PAMC_ASSERT(a_fair, 32'(turns_q) <= Sources)

  // ---- Answers.

  index_pkg::place_t place_q;
  always_ff @(posedge clk_i) begin
    found_q <= rst_ni && place_valid_i ? asked : '0;
    place_q <= place;
  end
  `PAMC_ASSERT(a_taken, place_ready)
  `PAMC_ASSERT(a_found_one, (found_valid & (found_valid - 1'b1)) == '0)
  `PAMC_ASSERT(a_found, found_valid == found_q)
  `PAMC_ASSERT(a_what, found_valid == '0 || (found.error == place_q.error && found.page == (place_q.object_found && place_q.page_found) &&
               found.object == place_q.object && found.units == place_q.entry.units && found.first == place_q.entry.unit_at))

  // ---- For induction.

  (* hierconn *) wire [Sources*7-1:0] \dut.id ;
  logic [Sources-1:0][6:0] ids;
  logic [Sources-1:0]      right, mine;
  assign ids = \dut.id ;
  // For as many sources as there can be, too: no one's two bits are another one's.
  logic apart;
  always_comb begin
    apart = 1'b1;
    for (int n = 0; n < int'(Sources); n++)
      for (int m = 0; m < int'(Sources); m++) if (n != m && (ids[n] & ids[m]) == ids[n]) apart = 1'b0;
  end
  `PAMC_ASSERT(a_ids, apart)
  always_comb begin
    for (int n = 0; n < int'(Sources); n++) begin
      right[n] = !open_q[n] || id_q[n] == {1'b0, ids[n]};
      mine[n]  = !owner[n] || handle.id == {1'b0, ids[n]};
    end
  end
  `PAMC_ASSERT(i_ids, right == '1 && mine == '1)
  (* hierconn *) wire [Sources-1:0] \dut.behind_q ;
  logic [Sources-1:0] behind;
  always_comb begin
    for (int n = 0; n < int'(Sources); n++) behind[n] = 6'(n) > last_q;
  end
  `PAMC_ASSERT(i_last, \dut.behind_q == behind && 32'(last_q) < Sources)
  `PAMC_ASSERT(i_before, turns_q == '0 || 32'(turns_q + before(last_q)) <= Sources)
  `PAMC_ASSERT(i_nearer, ready == '0 || ready[who] || !waits_q[who] || before(now) < before(last_q))
  `PAMC_ASSERT(i_waits, turns_q == '0 || waits_q[who])
  `PAMC_ASSERT(i_owner, (owner & (owner - 1'b1)) == '0 && (owner & open_q) == '0)

  `PAMC_COVER(c_all_open, open_q[who] && (open_q & (open_q - 1'b1)) != '0 && place_valid_i && asked[who])
  `PAMC_COVER(c_again, found_valid[who] && open_q != '0 && ready != '0)

endmodule
