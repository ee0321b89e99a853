// SPDX-License-Identifier: Apache-2.0
//
// Writes that are put aside until the read that followed them has come, so that the read is
// not held up by them in card DRAM. All else that touches their lines waits for them.
//
// Each is the write of a header's link to the run before, followed by the GET_HEAD of the
// same header, which is not read for that link. So GET_HEADs wait for none of them, and come
// in the order of the writes.

`include "check.svh"

module store_aside (
  input  logic           clk_i,
  input  logic           rst_ni,

  input  logic           in_valid_i,
  output logic           in_ready_o,
  input  store_pkg::op_t in_i,
  output logic           out_valid_o,
  input  logic           out_ready_i,
  output store_pkg::op_t out_o,

  // One that has waited long enough: to go before the others.
  output logic           late_valid_o,
  input  logic           late_ready_i,
  output store_pkg::op_t late_o,

  // What went out before has been accepted.
  input  logic           clear_i,
  // A GET_HEAD has come.
  input  logic           come_i,
  // One was put aside just now, or took such one's place.
  output logic           aside_o,
  output logic           busy_o
);

  // As many as there are GET_HEADs at a time (store_lists).
  localparam int unsigned Places = 4;

  logic [1:0]        start_q, come_q, done_q;
  logic [Places-1:0] used_q, came_q, touches, same, same_q;
  logic [Places-1:0][31:0] unit_q, previous_q;

  // The next one is held here until it is known whether it touches one that waits.
  store_pkg::op_t op_q;
  logic           valid_q, looked_q, free_q, put, replaces, goes;
  logic [30:0]    last_line;
  assign last_line  = op_q.unit[31:1] + 31'(op_q.lines - 7'd1);
  assign goes       = aside_o || (out_valid_o && out_ready_i);
  assign in_ready_o = !valid_q || goes;

  always_comb begin
    for (int unsigned n = 0; n < Places; n++) begin
      same[n]    = used_q[n] && unit_q[n] == op_q.unit && op_q.mask == 4'b0010 && op_q.write && !op_q.scrub && !op_q.later;
      touches[n] = used_q[n] && unit_q[n][31:1] >= op_q.unit[31:1] && unit_q[n][31:1] <= last_line;
    end
  end

  assign put         = clear_i && valid_q && looked_q && free_q && op_q.later && !used_q[start_q];
  assign replaces    = clear_i && valid_q && looked_q && (same_q & used_q & ~came_q) != '0;
  assign aside_o     = put || replaces;
  assign out_valid_o = valid_q && looked_q && free_q && !op_q.later;
  assign out_o       = op_q;
  assign busy_o      = valid_q || used_q != '0;

  assign late_valid_o = came_q[done_q];
  always_comb begin
    late_o                = '0;
    late_o.write          = 1'b1;
    late_o.lines          = 7'd1;
    late_o.unit           = unit_q[done_q];
    late_o.mask           = 4'b0010;
    late_o.words.previous = previous_q[done_q];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {valid_q, looked_q}       <= '0;
      {start_q, come_q, done_q}    <= '0;
      {used_q, came_q}             <= '0;
    end else begin
      if (in_ready_o) valid_q <= in_valid_i;
      // Since it was looked at, only others can have gone.
      looked_q <= valid_q && !goes;
      if (put) begin
        start_q         <= start_q + 1'b1;
        used_q[start_q] <= 1'b1;
      end
      if (come_i) begin
        come_q         <= come_q + 1'b1;
        came_q[come_q] <= 1'b1;
      end
      if (late_valid_o && late_ready_i) begin
        done_q         <= done_q + 1'b1;
        used_q[done_q] <= 1'b0;
        came_q[done_q] <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (in_ready_o) op_q <= in_i;
    free_q <= touches == '0 || (!op_q.write && op_q.get == store_pkg::GET_HEAD);
    same_q <= same;
    for (int unsigned n = 0; n < Places; n++) begin
      if (put && start_q == 2'(n)) unit_q[n] <= op_q.unit;
      if (replaces ? same_q[n] : put && start_q == 2'(n)) previous_q[n] <= op_q.words.previous;
    end
  end

  // Behind a write that is put aside comes its GET_HEAD and nothing else: what else touches the
  // line would wait for the write, which waits for that read.
  logic        head_next_q;
  logic [31:0] head_unit_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) head_next_q <= 1'b0;
    else if (goes) head_next_q <= put;
  end
  always_ff @(posedge clk_i) if (put) head_unit_q <= op_q.unit;
  `PAMC_ASSERT(a_head_next, !(valid_q && head_next_q) ||
                            (!op_q.write && op_q.get == store_pkg::GET_HEAD && op_q.unit == head_unit_q))
  `PAMC_ASSERT(a_come_was_put_aside, !come_i || (used_q[come_q] && !came_q[come_q]))
  `PAMC_ASSERT(a_later_is_a_link, !(valid_q && op_q.later) || (op_q.write && !op_q.scrub && op_q.mask == 4'b0010))

endmodule
