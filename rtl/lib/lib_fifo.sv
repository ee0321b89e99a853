// SPDX-License-Identifier: Apache-2.0
//
// A small first-in first-out queue of one clock, for Depth of 2 to about 64: the
// memory is read without a clock, so it becomes LUT RAM (or registers), and a beat can
// leave one cycle after it came. No combinational path leads from one side to the
// other: a full queue takes nothing, even when it is being read.
//
// level_o is the number of beats inside, 0 ... Depth.

`include "check.svh"

module lib_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 16,
  // Derived, not to be set.
  parameter int unsigned LevelBits = $clog2(Depth + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [Width-1:0]     in_data_i,

  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [Width-1:0]     out_data_o,

  output logic [LevelBits-1:0] level_o
);

  `PAMC_PARAM(g_depth, Depth >= 2)

  localparam int unsigned PlaceBits = $clog2(Depth);
  localparam logic [PlaceBits-1:0] LastPlace = PlaceBits'(Depth - 1);

  logic [Width-1:0] mem_q [Depth];

  logic [PlaceBits-1:0] write_at_q, read_at_q;
  logic [LevelBits-1:0] level_q, level_d;
  // Registers of their own, so that the handshake does not wait for a comparison.
  logic in_ready_q, out_valid_q;

  logic push, pop;
  assign push = in_valid_i && in_ready_q;
  assign pop  = out_valid_q && out_ready_i;

  // Push and pop come late, so nothing but a choice is made of them.
  logic up, down;
  assign up   = push && !pop;
  assign down = pop && !push;

  always_comb begin
    level_d = level_q;
    if (up)   level_d = level_q + 1'b1;
    if (down) level_d = level_q - 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_at_q  <= '0;
      read_at_q   <= '0;
      level_q     <= '0;
      in_ready_q  <= 1'b0;
      out_valid_q <= 1'b0;
    end else begin
      if (push) write_at_q <= write_at_q == LastPlace ? '0 : write_at_q + 1'b1;
      if (pop)  read_at_q  <= read_at_q == LastPlace ? '0 : read_at_q + 1'b1;
      level_q     <= level_d;
      in_ready_q  <= down || level_q < LevelBits'(Depth - 1) || (!up && level_q != LevelBits'(Depth));
      out_valid_q <= up || level_q > LevelBits'(1) || (!down && level_q != '0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) mem_q[write_at_q] <= in_data_i;
  end

  assign in_ready_o  = in_ready_q;
  assign out_valid_o = out_valid_q;
  assign out_data_o  = mem_q[read_at_q];
  assign level_o     = level_q;

  `PAMC_ASSERT(a_level_in_range, level_q <= LevelBits'(Depth))
  `PAMC_ASSERT(a_valid_is_level, out_valid_q == (level_q != '0))
  `PAMC_ASSERT(a_ready_has_room, !in_ready_q || level_q != LevelBits'(Depth))
  `PAMC_ASSERT(a_places_in_range, 32'(read_at_q) < Depth && 32'(write_at_q) < Depth)
  // Places between the two are as many as the level says; equal means empty or full.
  if (Depth == 2 ** PlaceBits) begin : gen_places_wrap
    `PAMC_ASSERT(a_places_make_level, PlaceBits'(write_at_q - read_at_q) == PlaceBits'(level_q))
  end else begin : gen_places
    `PAMC_ASSERT(a_places_make_level,
                 level_q == LevelBits'(Depth) ? read_at_q == write_at_q :
                 32'(write_at_q) == (32'(read_at_q) + 32'(level_q) >= Depth ?
                                     32'(read_at_q) + 32'(level_q) - Depth :
                                     32'(read_at_q) + 32'(level_q)))
  end

`ifdef FORMAL
  // Further ways to read, from which the proof's invariants speak of what is inside: one
  // place, or all.
  logic [PlaceBits-1:0]   peek_at;
  logic [Width-1:0]       peek;
  logic [Depth*Width-1:0] whole;
  assign peek = mem_q[peek_at];
  for (genvar i = 0; i < Depth; i++) begin : gen_whole
    assign whole[i*Width +: Width] = mem_q[i];
  end
`endif

endmodule
