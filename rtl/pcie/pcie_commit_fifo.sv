// SPDX-License-Identifier: Apache-2.0
//
// A queue for packets of which only the end tells if they are any good: what was pushed
// can be read only when it is committed, and until then be taken back. Depth must be
// more than the longest packet has beats, or the queue waits for ever.
//
// A push in the cycle of a commit is committed with the rest. What is read comes from a register.

`include "check.svh"

module pcie_commit_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 32,
  // Derived, not to be set.
  parameter int unsigned PlaceBits = $clog2(Depth)
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             push_i,
  output logic             room_o,
  input  logic [Width-1:0] data_i,
  input  logic             commit_i,
  input  logic             drop_i,

  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  `PAMC_PARAM(g_depth, Depth >= 2 && (Depth & (Depth - 1)) == 0)

  logic [Width-1:0] mem_q [Depth];

  // One bit more than a place: full and empty differ.
  logic [PlaceBits:0] write_q, write_d, commit_q, commit_d, read_q, read_d, read;
  logic [PlaceBits:0] pushed;
  logic               room_q, valid_q, pop;

  assign pushed   = write_q + 1'b1;
  assign write_d  = drop_i ? commit_q : push_i ? pushed : write_q;
  function automatic logic full(input logic [PlaceBits:0] write);
    full = (write ^ read_q) == {1'b1, {PlaceBits{1'b0}}};
  endfunction
  assign commit_d = commit_i ? write_d : commit_q;
  assign read     = read_q + 1'b1;
  assign pop      = valid_q && out_ready_i;
  assign read_d   = pop ? read : read_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q  <= '0;
      commit_q <= '0;
      read_q   <= '0;
      room_q   <= 1'b0;
      valid_q  <= 1'b0;
    end else begin
      write_q  <= write_d;
      commit_q <= commit_d;
      read_q   <= read_d;
      // Push, commit and whether one is read are known late, so each case is judged beside them. A
      // place that is read in this cycle is free in the next one.
      room_q   <= drop_i ? !full(commit_q) : push_i ? !full(pushed) : !full(write_q);
      valid_q  <= pop ? !commit_i ? commit_q != read : push_i ? pushed != read : write_q != read :
                        !commit_i ? commit_q != read_q : push_i ? pushed != read_q : write_q != read_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) mem_q[write_q[PlaceBits-1:0]] <= data_i;
  end

  // The one at read_q, as soon as it is there: pushed just now, or read when that before it left. Whether that
  // is so is known late, so both are at hand.
  logic [Width-1:0] head_q, after;
  assign after = push_i && write_q == read ? data_i : mem_q[read[PlaceBits-1:0]];
  always_ff @(posedge clk_i) begin
    if (valid_q ? out_ready_i : push_i && write_q == read_q) head_q <= valid_q ? after : data_i;
  end

  assign room_o      = room_q;
  assign out_valid_o = valid_q;
  assign out_data_o  = head_q;

  `PAMC_ASSUME(m_push_has_room, !push_i || room_q)
  `PAMC_ASSUME(m_drop_alone, !drop_i || !(push_i || commit_i))
  `PAMC_ASSERT(a_order, (PlaceBits + 1)'(commit_q - read_q) <= (PlaceBits + 1)'(write_q - read_q))
  `PAMC_ASSERT(a_level, (PlaceBits + 1)'(write_q - read_q) <= (PlaceBits + 1)'(Depth))
  `PAMC_ASSERT(a_valid, valid_q == (commit_q != read_q))
  `PAMC_ASSERT(a_head, write_q == read_q || head_q == mem_q[read_q[PlaceBits-1:0]])
  `PAMC_ASSERT(a_room, !room_q || (PlaceBits + 1)'(write_q - read_q) != (PlaceBits + 1)'(Depth))

`ifdef FORMAL
  // A second way to read, from which the proof's invariants speak of what is inside.
  logic [PlaceBits-1:0] peek_at;
  logic [Width-1:0]     peek;
  assign peek = mem_q[peek_at];
`endif

endmodule
