// SPDX-License-Identifier: Apache-2.0
//
// Extents that were given to pages on their way to a writer of records: those of a page
// that is still being placed are not seen by the writer until they are kept, and may be
// looked at again, from the first on, to be given back.

`include "check.svh"

module vault_puts_extents (
  input  logic                clk_i,
  input  logic                rst_ni,

  // Room for all that a page may have.
  output logic                room_o,
  input  logic                add_i,
  input  record_pkg::extent_t add_extent_i,
  input  logic                keep_i,
  input  logic                drop_i,

  // The first one not kept, in the cycle after it was added or the next one was asked for.
  input  logic                next_i,
  output record_pkg::extent_t again_o,

  output logic                extent_valid_o,
  input  logic                extent_ready_i,
  output record_pkg::extent_t extent_o
);

  localparam int unsigned Bits = 10;
  localparam logic [Bits:0] Most = (Bits+1)'(2 ** Bits) - (Bits+1)'(vault_pkg::MostExtents) - 11'd2;

  logic [40:0]   mem_q [2**Bits];
  logic [40:0]   again_q, out_q;
  logic [Bits:0] tail_q, kept_q, again_at_q, head_q, level;
  logic          loaded_q, load;
  assign level  = tail_q - head_q;
  assign room_o = level <= Most;

  // One port adds or looks again, the other one is the writer's.
  logic [Bits-1:0] at;
  assign at = add_i ? tail_q[Bits-1:0] : again_at_q[Bits-1:0];
  always_ff @(posedge clk_i) begin
    if (add_i) mem_q[at] <= add_extent_i;
    else       again_q <= mem_q[at];
  end
  assign again_o = again_q;

  // One extent ahead.
  assign load = head_q != kept_q && (!loaded_q || extent_ready_i);
  always_ff @(posedge clk_i) if (load) out_q <= mem_q[head_q[Bits-1:0]];
  assign extent_valid_o = loaded_q;
  assign extent_o       = out_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tail_q     <= '0;
      kept_q     <= '0;
      again_at_q <= '0;
      head_q     <= '0;
      loaded_q   <= 1'b0;
    end else begin
      if (add_i) tail_q <= tail_q + 1'b1;
      if (next_i) again_at_q <= again_at_q + 1'b1;
      if (keep_i) begin
        kept_q     <= tail_q;
        again_at_q <= tail_q;
      end
      if (drop_i) begin
        tail_q     <= kept_q;
        again_at_q <= kept_q;
      end
      if (load) begin
        head_q   <= head_q + 1'b1;
        loaded_q <= 1'b1;
      end else if (extent_ready_i) begin
        loaded_q <= 1'b0;
      end
    end
  end

  `PAMC_ASSERT(a_room, !add_i || level < (Bits+1)'(2 ** Bits))
  `PAMC_ASSERT(a_one_at_a_time, !(add_i && (keep_i || drop_i || next_i)))

endmodule
