// SPDX-License-Identifier: Apache-2.0
//
// Extents that were given to pages on their way to a writer of records: those of a page
// that is still being placed are not seen by the writer until they are kept, and may be
// looked at again, from the first on, to be given back.

`include "check.svh"

module vault_puts_extents #(
  // Of ecc_pkg's Extents.
  parameter int unsigned Place = ecc_pkg::ExtentsWriter
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  ecc_pkg::inject_t    inject_i,
  // One was damaged, and used: what was written or freed by it is not known.
  output ecc_pkg::event_t     ecc_o,

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

  // Whether it is a page's last one is known three times over: a writer that did not know would mix
  // up the pages behind it.
  localparam int unsigned Width  = 2 + $bits(add_extent_i);
  localparam int unsigned Checks = 5;
  localparam int unsigned Word   = Width + Checks;

  logic [Word-1:0] word, again_q, out_q, mem_q [2**Bits];
  logic [1:0]      bad, wrong;
  logic [Bits:0] tail_q, kept_q, again_at_q, head_q, level;
  logic          loaded_q, load;
  assign level  = tail_q - head_q;
  assign room_o = level <= Most;

  // One port adds or looks again, the other one is the writer's.
  logic [Bits-1:0] at;
  assign at = add_i ? tail_q[Bits-1:0] : again_at_q[Bits-1:0];
  ecc_watch #(.Memory(ecc_pkg::Extents), .Place(Place), .Width(Width), .Ports(2), .Checks(Checks)) u_watch (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .write_i(add_i), .data_i({{2{add_extent_i.last}}, add_extent_i}), .word_o(word),
    .look_i({looks_again_q, loaded_q}), .use_i({next_i, loaded_q && extent_ready_i}), .word_i({again_q, out_q}), .bad_o(bad), .wrong_o(wrong)
  );
  always_ff @(posedge clk_i) begin
    if (add_i) mem_q[at] <= word;
    else       again_q <= mem_q[at];
  end
  // Whatever becomes of a damaged one: it is an extent, and the vault fails.
  localparam logic [39:0] Some = {8'(record_pkg::MinRun), 32'd0};
  assign again_o = {again_q[40], bad[1] ? Some : again_q[39:0]};

  // One extent ahead.
  assign load = head_q != kept_q && (!loaded_q || extent_ready_i);
  always_ff @(posedge clk_i) if (load) out_q <= mem_q[head_q[Bits-1:0]];
  // What is being looked at again has been read.
  logic looks_again_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) looks_again_q <= 1'b0;
    else         looks_again_q <= !add_i && again_at_q != tail_q;
  end
  assign extent_valid_o = loaded_q;
  assign extent_o       = {(out_q[40] && out_q[41]) || (out_q[40] && out_q[42]) || (out_q[41] && out_q[42]),
                           bad[0] ? Some : out_q[39:0]};

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

  logic unused;
  assign unused = &{1'b0, wrong};

  `PAMC_ASSERT(a_room, !add_i || level < (Bits+1)'(2 ** Bits))
  `PAMC_ASSERT(a_one_at_a_time, !(add_i && (keep_i || drop_i || next_i)))

endmodule
