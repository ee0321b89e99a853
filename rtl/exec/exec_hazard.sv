// SPDX-License-Identifier: Apache-2.0
//
// Which commands may run: two that concern one handle never do at the same time, and they
// run in the order in which they came. Every command has a slot from hand-out to
// completion. As it enters, its key is compared with those of all commands inside, and
// the slots that it must wait for are noted, one bit each; a slot that is left clears
// its bit everywhere. So who waits for whom is decided once, in order of arrival, and
// nothing can wait in a circle.
//
// A command can start three cycles after it entered if it has to wait for nobody, or two after
// the last one left that it waited for; one command enters every two cycles, one starts and
// one leaves each cycle.

`include "check.svh"

module exec_hazard #(
  parameter int unsigned Slots = exec_pkg::Slots,
  // Derived, not to be set.
  parameter int unsigned SlotBits = $clog2(Slots)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // A command enters; it gets slot enter_slot_o.
  input  logic                          enter_valid_i,
  output logic                          enter_ready_o,
  input  exec_pkg::key_t                enter_key_i,
  // It waits for all earlier commands of its queue pair, too.
  input  logic                          enter_after_i,
  // Of what kind it is, a mask, which is told again when it may run: a memory of commands would be
  // asked too late then.
  input  logic [3:0]                    enter_kind_i,
  output logic [SlotBits-1:0]           enter_slot_o,

  // A command may run, each once.
  output logic                          start_valid_o,
  input  logic                          start_ready_i,
  output logic [SlotBits-1:0]           start_slot_o,
  output logic [3:0]                    start_kind_o,

  // A command that was started is over.
  input  logic                          leave_i,
  input  logic [SlotBits-1:0]           leave_slot_i,

  // Is any command of that pool inside? Answer in the next cycle.
  input  logic [exec_pkg::PoolBits-1:0] ask_pool_i,
  output logic                          ask_busy_o,
  // Is this command inside, or entering? Answer in the next cycle.
  input  exec_pkg::watch_t              watch_i,
  output logic                          watch_inside_o,

  output logic                          idle_o,
  // Commands that had to wait when they entered.
  output logic [31:0]                   stalls_o,
  output logic [SlotBits:0]             inside_o
);

  `PAMC_PARAM(g_slots, Slots >= 2 && Slots == 2 ** SlotBits)

  logic [Slots-1:0]               used_q, started_q;
  // The one that is offered until it is taken, none otherwise; it is among those that were started in
  // the cycle after its choice, which comes late.
  logic                           start_q;
  logic [Slots-1:0]               start_bit_q, started;
  // Where the command that is watched was found, by an eighth of the slots.
  logic [7:0]                     watch_q;
  assign started = started_q | start_bit_q;
  // waits_q[n][m]: the command in slot n waits for that in slot m.
  logic [Slots-1:0][Slots-1:0]    waits_q;
  // It waits for nobody; not yet known of one that has just entered.
  logic [Slots-1:0]               clear_q;
  // The keys, field by field.
  logic [Slots-1:0]                         keyed_q, whole_q;
  logic [3:0][Slots-1:0]                    kind_q;
  logic [Slots-1:0][5:0]                    qid_q;
  logic [Slots-1:0][15:0]                   cid_q;
  logic [Slots-1:0][exec_pkg::PoolBits-1:0] pool_q;
  logic [Slots-1:0][exec_pkg::FoldBits-1:0] object_q, index_q;

  // The slot for the next command: chosen a cycle ahead, as a mask, too, which writes it.
  logic                free_q;
  logic [SlotBits-1:0] free_slot_q;
  logic [Slots-1:0]    free_bit_q, entering;
  logic                enter;
  assign enter_ready_o = free_q;
  assign enter_slot_o  = free_slot_q;
  assign enter         = enter_valid_i && free_q;
  assign entering      = enter ? free_bit_q : '0;

  logic [Slots-1:0] leaving;
  assign leaving = leave_i ? Slots'(1) << leave_slot_i : '0;

  // Whom the entering command must wait for.
  logic [Slots-1:0] conflict, conflict_q;
  always_comb begin
    conflict = '0;
    for (int unsigned n = 0; n < Slots; n++) begin
      logic same_object, same_handle;
      same_object = keyed_q[n] && enter_key_i.keyed && pool_q[n] == enter_key_i.pool &&
                    object_q[n] == enter_key_i.object;
      same_handle = same_object && (whole_q[n] || enter_key_i.whole ||
                                    index_q[n] == enter_key_i.index);
      conflict[n] = used_q[n] && !leaving[n] &&
                    (same_handle || (enter_after_i && qid_q[n] == enter_key_i.qid));
    end
  end

  // A free slot, and one whose command may run: the next one after the last, in rotation.
  // The slots after the last and the choice are masks: to make one of a number takes longer
  // than to find it, and what is offered is made a number when it is offered.
  logic [Slots-1:0]    ready, ready_after, free, after_q;
  logic [Slots-1:0]    bit_free, bit_first, bit_after, rest_free, rest_first, rest_after;
  logic [SlotBits-1:0] free_slot, first_ready, first_after;
  logic                any_free, any_ready, any_after;

  always_comb begin
    for (int unsigned n = 0; n < Slots; n++) begin
      ready[n] = used_q[n] && !started[n] && clear_q[n];
    end
    ready_after = ready & after_q;
  end
  // The slot that is being given away is not free any more, but no slot is offered in the
  // cycle after.
  assign free = ~used_q;

  lib_first #(.Width(Slots)) u_free (
    .set_i(free), .any_o(any_free), .first_o(bit_free), .above_o(rest_free), .place_o(free_slot)
  );
  lib_first #(.Width(Slots)) u_ready (
    .set_i(ready), .any_o(any_ready), .first_o(bit_first), .above_o(rest_first), .place_o(first_ready)
  );
  lib_first #(.Width(Slots)) u_after (
    .set_i(ready_after), .any_o(any_after), .first_o(bit_after), .above_o(rest_after), .place_o(first_after)
  );
  logic unused;
  assign unused = ^{rest_free, first_ready, first_after};

  // Nothing is chosen if nothing is ready.
  logic                take;
  logic [Slots-1:0]    chosen;
  assign take   = !start_q || start_ready_i;
  assign chosen = any_after ? bit_after : bit_first;

  assign start_valid_o = start_q;
  lib_place #(.Width(Slots)) u_start (.bit_i(start_bit_q), .place_o(start_slot_o));
  always_comb begin
    for (int unsigned k = 0; k < 4; k++) start_kind_o[k] = (start_bit_q & kind_q[k]) != '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q       <= '0;
      started_q    <= '0;
      waits_q      <= '0;
      clear_q      <= '0;
      free_q       <= 1'b0;
      free_slot_q  <= '0;
      free_bit_q   <= '0;
      start_q      <= 1'b0;
      conflict_q   <= '0;
      start_bit_q  <= '0;
      after_q      <= {{(Slots-1){1'b1}}, 1'b0};
      stalls_o     <= '0;
      inside_o     <= '0;
      ask_busy_o     <= 1'b0;
      watch_q        <= '0;
    end else begin
      used_q <= (used_q & ~leaving) | entering;
      // Who enters is not among those that may start.
      started_q <= started & ~entering;
      if (enter || leave_i) begin
        for (int unsigned n = 0; n < Slots; n++) waits_q[n] <= entering[n] ? conflict : waits_q[n] & ~leaving;
      end
      for (int unsigned n = 0; n < Slots; n++) clear_q[n] <= !entering[n] && (waits_q[n] & ~leaving) == '0;
      conflict_q <= enter ? conflict : '0;
      if (conflict_q != '0) stalls_o <= stalls_o + 32'd1;
      // A slot that was just given away is looked for again in the cycle after.
      free_q      <= any_free && !enter;
      free_slot_q <= free_slot;
      free_bit_q  <= bit_free;
      start_q <= any_ready || !take;
      if (take) start_bit_q <= chosen;
      if (take && any_ready) after_q <= any_after ? rest_after : rest_first;
      inside_o <= inside_o + (SlotBits+1)'(enter) - (SlotBits+1)'(leave_i);
      // Who enters has left the decoder by the time this is told.
      ask_busy_o <= enter && enter_key_i.keyed && enter_key_i.pool == ask_pool_i;
      for (int unsigned n = 0; n < Slots; n++) begin
        if (used_q[n] && keyed_q[n] && pool_q[n] == ask_pool_i) ask_busy_o <= 1'b1;
      end
      watch_q <= '0;
      if (watch_i.valid) begin
        watch_q[0] <= enter && enter_key_i.qid == watch_i.qid && enter_key_i.cid == watch_i.cid;
        for (int unsigned n = 0; n < Slots; n++) begin
          if (used_q[n] && qid_q[n] == watch_i.qid && cid_q[n] == watch_i.cid) watch_q[n % 8] <= 1'b1;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (enter) begin
      for (int unsigned n = 0; n < Slots; n++) begin
        if (free_bit_q[n]) begin
          keyed_q[n]  <= enter_key_i.keyed;
          whole_q[n]  <= enter_key_i.whole;
          for (int unsigned k = 0; k < 4; k++) kind_q[k][n] <= enter_kind_i[k];
          qid_q[n]    <= enter_key_i.qid;
          cid_q[n]    <= enter_key_i.cid;
          pool_q[n]   <= enter_key_i.pool;
          object_q[n] <= enter_key_i.object;
          index_q[n]  <= enter_key_i.index;
        end
      end
    end
  end

  assign watch_inside_o = watch_q != '0;
  assign idle_o = used_q == '0;

  `PAMC_ASSUME(m_only_started_leave,
               !leave_i || (used_q[leave_slot_i] && started_q[leave_slot_i] &&
                            !(start_q && start_slot_o == leave_slot_i)))
  `PAMC_ASSERT(a_free_slot_is_free, !free_q || !used_q[free_slot_q])
  `PAMC_ASSERT(a_free_bit, !free_q || free_bit_q == Slots'(1) << free_slot_q)
  `PAMC_ASSERT(a_offered_is_used, !start_q || used_q[start_slot_o])
  `PAMC_ASSERT(a_start_bit, start_bit_q == (start_q ? Slots'(1) << start_slot_o : '0))

endmodule
