// SPDX-License-Identifier: Apache-2.0
//
// exec_dispatch gives each command that starts to one taker, of its kind, once, in the order of
// its kind: any one, watched, comes out behind exactly those of its kind that were inside when it
// came, and nothing comes that did not start. No two lanes take the same job, and a lane that is
// ready and stays so gets a job that waits in the next cycle, or another one does. None gets one that it has
// not been shown for a cycle, or of which it saw a wrong command then.
//
// There are never more commands of a kind than places, all of which exec_hazard hands out.

`include "check.svh"

module exec_dispatch_proof #(
  parameter int unsigned PutLanes = 3,
  parameter int unsigned GetLanes = 2
) (
  input logic                start_valid_i,
  input logic                clk_i,
  input logic [5:0]          start_slot_i,
  input logic [3:0]          start_kind_i,
  input logic [PutLanes-1:0] put_ready_i,
  input logic [GetLanes-1:0] get_ready_i,
  input logic [PutLanes-1:0] put_bad_i,
  input logic [GetLanes-1:0] get_bad_i,
  input logic                rest_ready_i,
  input logic                sync_ready_i,
  // Free: which of the commands to watch.
  input logic                watch_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                start_ready, rest_valid, sync_valid;
  logic [PutLanes-1:0] put_valid, put_takes;
  logic [GetLanes-1:0] get_valid, get_takes;
  logic [3:0][5:0]     slot;
  logic [1:0]          waits;

  exec_dispatch #(.PutLanes(PutLanes), .GetLanes(GetLanes)) dut (
    .clk_i, .rst_ni, .start_valid_i, .start_ready_o(start_ready), .start_slot_i, .start_kind_i,
    .put_valid_o(put_valid), .put_ready_i, .put_slot_o(slot[1]), .put_bad_i, .get_bad_i, .get_valid_o(get_valid), .get_ready_i, .get_slot_o(slot[2]),
    .rest_valid_o(rest_valid), .rest_ready_i, .rest_slot_o(slot[0]), .sync_valid_o(sync_valid), .sync_ready_i, .sync_slot_o(slot[3]),
    .wait_o(waits)
  );

  // By kind: that start, that are offered, that leave.
  logic [3:0] in, offered, out, late_q = '0;
  assign in        = start_valid_i && start_ready ? start_kind_i : '0;
  assign put_takes = put_valid & put_ready_i;
  assign get_takes = get_valid & get_ready_i;
  assign offered   = {sync_valid, get_valid != '0, put_valid != '0, rest_valid};
  assign out       = {sync_valid && sync_ready_i, get_takes != '0, put_takes != '0, rest_valid && rest_ready_i};

  logic [3:0][6:0] inside_q = '0;
  logic            many;
  logic            watching_q = 1'b0, awake_q = 1'b0;
  logic [3:0]      kind_q;
  logic [5:0]      slot_q, came_q;
  logic [6:0]      before_q, now_inside;
  logic            leaves;
  // As many as there are places; an overstatement, as all kinds share these.
  assign many = inside_q[0] >= 7'd64 || inside_q[1] >= 7'd64 || inside_q[2] >= 7'd64 || inside_q[3] >= 7'd64;
  always_comb begin
    now_inside = '0;
    for (int k = 0; k < 4; k++) if (start_kind_i[k]) now_inside = now_inside | (inside_q[k] - 7'(out[k]));
  end
  assign leaves = (out & kind_q) != '0;
  always_ff @(posedge clk_i) begin
    came_q <= start_slot_i;
    if (!rst_ni) begin
      inside_q   <= '0;
      watching_q <= 1'b0;
      awake_q    <= 1'b0;
      late_q     <= '0;
    end else begin
      awake_q <= 1'b1;
      late_q  <= in & 4'b1001;
      for (int k = 0; k < 4; k++) inside_q[k] <= inside_q[k] + 7'(in[k]) - 7'(out[k]);
      if (!watching_q && in != '0 && watch_i) begin
        watching_q <= 1'b1;
        kind_q     <= start_kind_i;
        slot_q     <= start_slot_i;
        before_q   <= now_inside;
      end else if (watching_q && leaves) begin
        before_q <= before_q - 7'd1;
        if (before_q == '0) watching_q <= 1'b0;
      end
    end
  end

  `PAMC_ASSUME(m_kind, start_kind_i == 4'd1 || start_kind_i == 4'd2 || start_kind_i == 4'd4 || start_kind_i == 4'd8)
  `PAMC_ASSUME(m_places, !start_valid_i || !many)

  // SYNC and the rest come a cycle later.
  logic [3:0] there;
  for (genvar k = 0; k < 4; k++) begin : g_there
    assign there[k] = inside_q[k] != 7'(late_q[k]);
  end
  `PAMC_ASSERT(a_ready, many || start_ready == awake_q)
  // Those of lanes were there in the cycle before.
  logic [1:0] seen_q = '0;
  always_ff @(posedge clk_i) seen_q <= rst_ni ? there[2:1] & ~out[2:1] : '0;
  `PAMC_ASSERT(a_offered, (offered & 4'b1001) == (there & 4'b1001) && (offered & ~there) == '0)
  `PAMC_ASSERT(a_seen, (offered[2:1] & ~seen_q) == '0)
  `PAMC_ASSERT(a_good, (put_valid & put_bad_i) == '0 && (get_valid & get_bad_i) == '0)
  logic right;
  always_comb begin
    right = 1'b1;
    for (int k = 0; k < 4; k++) if (kind_q[k] && offered[k]) right = right && slot[k] == slot_q;
  end
  `PAMC_ASSERT(a_comes, !watching_q || before_q != '0 || right)
  `PAMC_ASSERT(a_one_put, (put_valid & (put_valid - 1'b1)) == '0)
  `PAMC_ASSERT(a_one_get, (get_valid & (get_valid - 1'b1)) == '0)
  `PAMC_ASSERT(a_waits, waits == {there[2] && !out[2], there[1] && !out[1]})

  // A job waits, and some lane that can have it waited in the cycle before, too, and nobody took a job.
  logic [PutLanes-1:0] put_idle_q = '0;
  logic [GetLanes-1:0] get_idle_q = '0;
  always_ff @(posedge clk_i) begin
    put_idle_q <= rst_ni && there[1] && !out[1] ? put_ready_i : '0;
    get_idle_q <= rst_ni && there[2] && !out[2] ? get_ready_i : '0;
  end
  `PAMC_ASSERT(a_put_goes, put_idle_q == '0 || (put_idle_q & ~put_ready_i) != '0 || put_bad_i != '0 || out[1])
  `PAMC_ASSERT(a_get_goes, get_idle_q == '0 || (get_idle_q & ~get_ready_i) != '0 || get_bad_i != '0 || out[2])

  // ---- For induction: where the watched command waits, as lib_fifo_proof has it.

  (* hierconn *) wire [5:0] \dut.u_rest.read_at_q ;
  (* hierconn *) wire [5:0] \dut.u_puts.read_at_q ;
  (* hierconn *) wire [5:0] \dut.u_gets.read_at_q ;
  (* hierconn *) wire [5:0] \dut.u_syncs.read_at_q ;
  (* hierconn *) wire [5:0] \dut.u_rest.peek_at ;
  (* hierconn *) wire [5:0] \dut.u_puts.peek_at ;
  (* hierconn *) wire [5:0] \dut.u_gets.peek_at ;
  (* hierconn *) wire [5:0] \dut.u_syncs.peek_at ;
  (* hierconn *) wire [5:0] \dut.u_rest.peek ;
  (* hierconn *) wire [5:0] \dut.u_puts.peek ;
  (* hierconn *) wire [5:0] \dut.u_gets.peek ;
  (* hierconn *) wire [5:0] \dut.u_syncs.peek ;
  (* hierconn *) wire [6:0] \dut.u_rest.level_q ;
  (* hierconn *) wire [6:0] \dut.u_puts.level_q ;
  (* hierconn *) wire [6:0] \dut.u_gets.level_q ;
  (* hierconn *) wire [6:0] \dut.u_syncs.level_q ;
  (* hierconn *) wire       \dut.u_rest.in_ready_q ;
  (* hierconn *) wire       \dut.u_puts.in_ready_q ;
  (* hierconn *) wire       \dut.u_gets.in_ready_q ;
  (* hierconn *) wire       \dut.u_syncs.in_ready_q ;
  (* hierconn *) wire       \dut.rest_q ;
  (* hierconn *) wire       \dut.put_seen_q ;
  (* hierconn *) wire       \dut.get_seen_q ;
  `PAMC_ASSERT(i_seen, seen_q == {\dut.get_seen_q , \dut.put_seen_q })
  (* hierconn *) wire       \dut.sync_q ;
  (* hierconn *) wire [5:0] \dut.slot_q ;
  assign \dut.u_rest.peek_at  = \dut.u_rest.read_at_q + before_q[5:0];
  assign \dut.u_puts.peek_at  = \dut.u_puts.read_at_q + before_q[5:0];
  assign \dut.u_gets.peek_at  = \dut.u_gets.read_at_q + before_q[5:0];
  assign \dut.u_syncs.peek_at = \dut.u_syncs.read_at_q + before_q[5:0];
  logic [3:0][5:0] peek;
  logic [3:0][6:0] level;
  logic [3:0]      ready;
  assign peek  = {\dut.u_syncs.peek , \dut.u_gets.peek , \dut.u_puts.peek , \dut.u_rest.peek };
  assign level = {\dut.u_syncs.level_q , \dut.u_gets.level_q , \dut.u_puts.level_q , \dut.u_rest.level_q };
  assign ready = {\dut.u_syncs.in_ready_q , \dut.u_gets.in_ready_q , \dut.u_puts.in_ready_q , \dut.u_rest.in_ready_q };
  logic levels, kept;
  always_comb begin
    levels = 1'b1;
    kept   = 1'b1;
    for (int k = 0; k < 4; k++) begin
      levels = levels && inside_q[k] == level[k] + 7'(late_q[k]) && inside_q[k] <= 7'd64 && ready[k] == (awake_q && level[k] != 7'd64);
      if (kind_q[k]) kept = kept && before_q < inside_q[k] && (before_q < level[k] ? peek[k] : came_q) == slot_q;
    end
  end
  `PAMC_ASSERT(i_levels, levels && (awake_q || inside_q == '0))
  `PAMC_ASSERT(i_late, late_q == {\dut.sync_q , 2'b00, \dut.rest_q } && (late_q == '0 || \dut.slot_q == came_q) && late_q != 4'b1001)
  `PAMC_ASSERT(i_kept, !watching_q || (kept && (kind_q == 4'd1 || kind_q == 4'd2 || kind_q == 4'd4 || kind_q == 4'd8)))

  // Jobs for two lanes; a command of each kind, each behind another.
  logic [3:0] second_q = '0;
  logic [1:0] lanes_q = '0;
  always_ff @(posedge clk_i) begin
    if (rst_ni && watching_q && leaves && before_q == 7'd1) second_q <= second_q | kind_q;
    if (rst_ni) lanes_q <= lanes_q | {put_takes[2], put_takes[1]};
  end
  `PAMC_COVER(c_kinds, second_q == 4'b1111)
  `PAMC_COVER(c_lanes, lanes_q == 2'b11)

endmodule
