// SPDX-License-Identifier: Apache-2.0
//
// exec_hazard: no two commands that concern one handle, or an object and a handle of it,
// are started at the same time; of any two such commands the one that entered first is
// started first; a command that must wait for all earlier ones of its queue pair does; a
// command that is asked for by its name, or by its pool, is found from when it enters to when it leaves.

`include "check.svh"

module exec_hazard_proof #(
  parameter int unsigned Slots = 4
) (
  input logic           clk_i,
  input logic           enter_valid_i,
  input exec_pkg::key_t enter_key_i,
  input logic           enter_after_i,
  input logic [3:0]     enter_kind_i,
  input logic           start_ready_i,
  input logic           leave_i,
  input logic [1:0]     leave_slot_i,
  input logic [7:0]     ask_pool_i,
  // Free: which two commands to watch.
  input logic           watch_first_i,
  input logic           watch_second_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  exec_pkg::watch_t watch;
  logic        enter_ready, start_valid, ask_busy, watched, idle;
  logic [1:0]  enter_slot, start_slot;
  logic [3:0]  start_kind;
  logic [31:0] stalls;
  logic [2:0]  inside;

  exec_hazard #(.Slots(Slots)) dut (
    .clk_i, .rst_ni,
    .enter_valid_i, .enter_ready_o(enter_ready), .enter_key_i, .enter_after_i, .enter_kind_i,
    .enter_slot_o(enter_slot),
    .start_valid_o(start_valid), .start_ready_i, .start_slot_o(start_slot), .start_kind_o(start_kind),
    .leave_i, .leave_slot_i, .ask_pool_i, .ask_busy_o(ask_busy),
    .watch_i(watch), .watch_inside_o(watched), .idle_o(idle),
    .stalls_o(stalls), .inside_o(inside)
  );

  (* hierconn *) wire [Slots-1:0]            \dut.used_q ;
  (* hierconn *) wire [Slots-1:0]            \dut.started ;
  (* hierconn *) wire [Slots-1:0][Slots-1:0] \dut.waits_q ;
  (* hierconn *) wire [Slots-1:0]            \dut.clear_q ;
  (* hierconn *) wire [Slots-1:0]            \dut.keyed_q ;
  (* hierconn *) wire [Slots-1:0]            \dut.whole_q ;
  (* hierconn *) wire [Slots-1:0][5:0]       \dut.qid_q ;
  (* hierconn *) wire [Slots-1:0][15:0]      \dut.cid_q ;
  (* hierconn *) wire [Slots-1:0][7:0]       \dut.pool_q ;
  (* hierconn *) wire [Slots-1:0][23:0]      \dut.object_q ;
  (* hierconn *) wire [Slots-1:0][23:0]      \dut.index_q ;

  logic enter;
  assign enter = enter_valid_i && enter_ready;

  // Who entered in the cycle before.
  logic [Slots-1:0] entered_q = '0;
  always_ff @(posedge clk_i) entered_q <= rst_ni && enter ? Slots'(1) << enter_slot : '0;

  // Over all pairs of slots.
  logic never_both, one_waits, waits_for_somebody, started_waits_for_nobody, clear_waits_for_nobody, clear_is_told;
  always_comb begin
    never_both               = 1'b1;
    one_waits                = 1'b1;
    waits_for_somebody       = 1'b1;
    started_waits_for_nobody = 1'b1;
    clear_waits_for_nobody   = 1'b1;
    clear_is_told            = 1'b1;
    for (int unsigned n = 0; n < Slots; n++) begin
      for (int unsigned m = 0; m < Slots; m++) begin
        logic conflict;
        conflict = n != m && \dut.used_q [n] && \dut.used_q [m] &&
                   \dut.keyed_q [n] && \dut.keyed_q [m] &&
                   \dut.pool_q [n] == \dut.pool_q [m] &&
                   \dut.object_q [n] == \dut.object_q [m] &&
                   (\dut.whole_q [n] || \dut.whole_q [m] || \dut.index_q [n] == \dut.index_q [m]);
        if (conflict) begin
          if (\dut.started [n] && \dut.started [m]) never_both = 1'b0;
          if (!\dut.waits_q [n][m] && !\dut.waits_q [m][n]) one_waits = 1'b0;
        end
        if (\dut.used_q [n] && \dut.waits_q [n][m] && (n == m || !\dut.used_q [m])) begin
          waits_for_somebody = 1'b0;
        end
      end
      if (\dut.used_q [n] && \dut.started [n] && \dut.waits_q [n] != '0) begin
        started_waits_for_nobody = 1'b0;
      end
      if (\dut.used_q [n] && \dut.clear_q [n] && \dut.waits_q [n] != '0) clear_waits_for_nobody = 1'b0;
      if (\dut.used_q [n] && !\dut.clear_q [n] && \dut.waits_q [n] == '0 && !entered_q[n]) clear_is_told = 1'b0;
    end
  end
  `PAMC_ASSERT(a_never_both, never_both)
  `PAMC_ASSERT(i_one_waits, one_waits)
  `PAMC_ASSERT(i_waits_for_somebody, waits_for_somebody)
  `PAMC_ASSERT(i_started_waits_for_nobody, started_waits_for_nobody)
  `PAMC_ASSERT(i_clear_waits_for_nobody, clear_waits_for_nobody)
  `PAMC_ASSERT(i_clear_is_told, clear_is_told)

  // Two commands, in the order in which they entered.
  logic           first_q = 1'b0, second_q = 1'b0;
  logic [1:0]     first_slot_q = '0, second_slot_q = '0;
  exec_pkg::key_t first_key_q = '0;
  logic           second_after_q = 1'b0, related_q = 1'b0;

  logic related;
  assign related = first_key_q.keyed && enter_key_i.keyed &&
                   first_key_q.pool == enter_key_i.pool &&
                   first_key_q.object == enter_key_i.object &&
                   (first_key_q.whole || enter_key_i.whole ||
                    first_key_q.index == enter_key_i.index);

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (!first_q && !second_q && enter && watch_first_i) begin
        first_q      <= 1'b1;
        first_slot_q <= enter_slot;
        first_key_q  <= enter_key_i;
      end else if (first_q && leave_i && leave_slot_i == first_slot_q) begin
        first_q <= 1'b0;
      end
      if (first_q && !second_q && enter && watch_second_i &&
          !(leave_i && leave_slot_i == first_slot_q)) begin
        second_q       <= 1'b1;
        second_slot_q  <= enter_slot;
        related_q      <= related;
        second_after_q <= enter_after_i && enter_key_i.qid == first_key_q.qid;
      end
    end
  end

  `PAMC_ASSERT(a_in_order, !(first_q && second_q && (related_q || second_after_q)) ||
                           !\dut.started [second_slot_q])
  `PAMC_ASSERT(i_second_waits, !(first_q && second_q && (related_q || second_after_q)) ||
                               (\dut.used_q [second_slot_q] &&
                                \dut.waits_q [second_slot_q][first_slot_q]))
  `PAMC_ASSERT(i_first_inside, !first_q || \dut.used_q [first_slot_q])
  `PAMC_ASSERT(i_first_key, !first_q ||
                            (\dut.keyed_q [first_slot_q] == first_key_q.keyed &&
                             \dut.whole_q [first_slot_q] == first_key_q.whole &&
                             \dut.qid_q [first_slot_q] == first_key_q.qid &&
                             \dut.cid_q [first_slot_q] == first_key_q.cid &&
                             \dut.pool_q [first_slot_q] == first_key_q.pool &&
                             \dut.object_q [first_slot_q] == first_key_q.object &&
                             \dut.index_q [first_slot_q] == first_key_q.index))

  // Somebody who waits for nobody starts within two cycles, if starts are taken; not counted is
  // the one in which he has just entered.
  logic [1:0] patience_q = '0;
  logic       startable;
  always_comb begin
    startable = 1'b0;
    for (int unsigned n = 0; n < Slots; n++) begin
      if (\dut.used_q [n] && !\dut.started [n] && \dut.waits_q [n] == '0 && !entered_q[n]) startable = 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_valid || !startable) patience_q <= '0;
    else patience_q <= patience_q + 2'd1;
  end
  `PAMC_ASSERT(a_starts, patience_q < 2'd2)

  // Asked for by its name, the first one is found: the one that enters or that has.
  assign watch = {1'b1, first_q ? first_key_q.qid : enter_key_i.qid, first_q ? first_key_q.cid : enter_key_i.cid};
  logic        found_q = 1'b0;
  always_ff @(posedge clk_i) found_q <= rst_ni && (first_q || enter);
  `PAMC_ASSERT(a_found, !found_q || watched)
  // Of three names, one is not found.
  `PAMC_COVER(c_not_found, rst_ni && !watched && \dut.used_q == '1)

  // Asked for by its pool, each is found that is inside by the time of the answer.
  logic       asked_q = 1'b0, inside_asked;
  logic [7:0] ask_pool_q = '0;
  always_ff @(posedge clk_i) begin
    asked_q    <= rst_ni;
    ask_pool_q <= ask_pool_i;
  end
  always_comb begin
    inside_asked = 1'b0;
    for (int unsigned n = 0; n < Slots; n++) begin
      if (\dut.used_q [n] && \dut.keyed_q [n] && \dut.pool_q [n] == ask_pool_q) inside_asked = 1'b1;
    end
  end
  `PAMC_ASSERT(a_pool_found, !(asked_q && inside_asked) || ask_busy)
  `PAMC_COVER(c_pool_not_found, asked_q && !ask_busy && \dut.used_q == '1 && \dut.keyed_q == '1)

  // An offer stays.
  logic       offered_q = 1'b0;
  logic [1:0] offer_q = '0;
  always_ff @(posedge clk_i) begin
    offered_q <= rst_ni && start_valid && !start_ready_i;
    offer_q   <= start_slot;
  end
  `PAMC_ASSERT(a_offer_holds, !offered_q || (start_valid && start_slot == offer_q))

  `PAMC_COVER(c_full, \dut.used_q == '1)
  `PAMC_COVER(c_second_starts_after_first,
              second_q && related_q && !first_q && \dut.started [second_slot_q])

  logic unused;
  assign unused = ^{idle, stalls, inside};

endmodule
