// SPDX-License-Identifier: Apache-2.0
//
// Hands out numbers 0 ... Count-1, each to one holder at a time, and takes them back. A
// number that came back is given out again as late as possible: they are tried in a
// circle. While few_i is high, heard a cycle later, only those below Few are given out.
//
// One number waits in a register, so that taking it costs no time; one a cycle.

`include "check.svh"

module pcie_tags #(
  parameter int unsigned Count = 64,
  parameter int unsigned Few = Count,
  // Derived, not to be set.
  parameter int unsigned TagBits = $clog2(Count)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               few_i,

  output logic               get_valid_o,
  input  logic               get_ready_i,
  output logic [TagBits-1:0] get_tag_o,

  // Must be one that is held.
  input  logic               put_valid_i,
  input  logic [TagBits-1:0] put_tag_i,

  // All are back.
  output logic               all_free_o
);

  `PAMC_PARAM(g_count, Count >= 2 && (Count & (Count - 1)) == 0)
  `PAMC_PARAM(g_few, Few >= 1 && Few <= Count)

  // Those that may be given out are a register of their own, as the search begins with them.
  logic [Count-1:0]   free_q, free_d, usable_q;
  logic               few_q;
  logic               next_valid_q;
  logic [TagBits-1:0] next_q;

  // The first free one after the one that was found last, else the first of all. The
  // numbers after it are kept as a mask, and a choice as a bit, too: to make either of a
  // number takes longer than to find it.
  logic [Count-1:0]   behind_q, behind, bit_first, bit_behind, after_first, after_behind;
  logic               found, found_behind;
  logic [TagBits-1:0] choice, choice_behind;
  assign behind = usable_q & behind_q;

  lib_first #(.Width(Count)) u_first (
    .set_i(usable_q), .any_o(found), .first_o(bit_first), .above_o(after_first), .place_o(choice)
  );
  lib_first #(.Width(Count)) u_behind (
    .set_i(behind), .any_o(found_behind), .first_o(bit_behind), .above_o(after_behind),
    .place_o(choice_behind)
  );

  // One that waits since before few_q rose goes back.
  logic               refill, back;
  logic [TagBits-1:0] chosen;
  assign back   = next_valid_q && few_q && 32'(next_q) >= Few;
  assign refill = !next_valid_q || get_ready_i || back;
  assign chosen = found_behind ? choice_behind : choice;

  always_comb begin
    free_d = free_q;
    if (refill && found) free_d = free_q & ~(found_behind ? bit_behind : bit_first);
    if (back) free_d[next_q] = 1'b1;
    if (put_valid_i) free_d[put_tag_i] = 1'b1;
  end

  logic all_free_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      free_q       <= '1;
      usable_q     <= {Count{1'b1}} >> (Count - Few);
      few_q        <= 1'b1;
      next_valid_q <= 1'b0;
      next_q       <= TagBits'(Count - 1);
      behind_q     <= '0;
      all_free_q   <= 1'b1;
    end else begin
      free_q   <= free_d;
      usable_q <= few_i ? free_d & ({Count{1'b1}} >> (Count - Few)) : free_d;
      few_q    <= few_i;
      if (refill) next_valid_q <= found;
      if (refill && found) begin
        next_q   <= chosen;
        behind_q <= found_behind ? after_behind : after_first;
      end
      all_free_q <= (free_q | (next_valid_q ? Count'(1) << next_q : '0)) == '1 && !get_ready_i;
    end
  end

  assign get_valid_o = next_valid_q && !back;
  assign get_tag_o   = next_q;
  assign all_free_o  = all_free_q;

  `PAMC_ASSERT(a_usable, usable_q == (few_q ? free_q & ({Count{1'b1}} >> (Count - Few)) : free_q))
  `PAMC_ASSERT(a_next_is_not_free, !next_valid_q || !free_q[next_q])
  `PAMC_ASSUME(m_put_is_held, !put_valid_i || (!free_q[put_tag_i] && !(next_valid_q && next_q == put_tag_i)))

endmodule
