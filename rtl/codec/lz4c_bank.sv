// SPDX-License-Identifier: Apache-2.0
//
// One bank of the table of recent positions. A set is a row of LUT RAM: the latest
// positions that hashed to it, newest first, with a few bits by which a guess is told
// from a bad one. A request reads the set and, in the same cycle, writes it back with
// the new position in front and the oldest gone; so the next cycle's request, to the
// same set perhaps, sees it. Candidates come out a cycle later.
//
// Nothing is cleared between pages. Each row carries the number (epoch) of the page
// that wrote it; a row of another page counts as empty. As the number wraps, a stale
// row must be gone by then: each page clears one row of the bank, in a cycle in which
// no position is entered (its last window), and after Sets pages all have been.
//
//   row: | epoch | used[Ways-1:0] | way Ways-1 | ... | way 0 (newest) |
//   way: | position | tag | near | far |

`include "check.svh"

module lz4c_bank #(
  parameter int unsigned SetBits   = lz4c_pkg::SetBits,
  parameter int unsigned Ways      = lz4c_pkg::Ways,
  parameter int unsigned EpochBits = lz4c_pkg::EpochBits,
  // Derived, not to be set.
  parameter int unsigned TellBits  = lz4c_pkg::TagBits + lz4c_pkg::NearBits + lz4c_pkg::FarBits
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // The row that is meant: to be cleared, or to be looked up and entered into.
  input  logic [SetBits-1:0]   set_i,
  input  logic                 clear_i,
  input  logic                 request_i,
  input  logic [EpochBits-1:0] epoch_i,
  input  logic [11:0]          position_i,
  input  logic [TellBits-1:0]  tell_i,  // {tag, near, far}
  // A cycle later: for each way, whether it is a guess (the tag fits), a good one (near
  // bits, too), or the best (far bits, too); and the ways' positions.
  output logic [Ways-1:0]      fits_o,
  output logic [Ways-1:0]      near_o,
  output logic [Ways-1:0]      far_o,
  output logic [12*Ways-1:0]   positions_o
);

  localparam int unsigned Sets    = 1 << SetBits;
  localparam int unsigned WayBits = 12 + TellBits;
  localparam int unsigned RowBits = EpochBits + Ways + Ways * WayBits;

  `PAMC_PARAM(g_wrap, (1 << EpochBits) > Sets)

  logic [RowBits-1:0] row_q [Sets];

  logic [RowBits-1:0]       row, row_new;
  logic [EpochBits-1:0]     row_epoch;
  logic [Ways-1:0]          row_used, used;
  logic [Ways*WayBits-1:0]  row_ways;

  assign row = row_q[set_i];
  assign {row_epoch, row_used, row_ways} = row;
  assign used = row_epoch == epoch_i ? row_used : '0;

  // The oldest way falls out at the left.
  if (Ways == 1) begin : gen_one_way
    assign row_new = {epoch_i, 1'b1, position_i, tell_i};
  end else begin : gen_ways
    assign row_new = {epoch_i, used[Ways-2:0], 1'b1, row_ways[0 +: (Ways-1)*WayBits],
                      position_i, tell_i};
  end

  always_ff @(posedge clk_i) begin
    if (clear_i || request_i) row_q[set_i] <= clear_i ? '0 : row_new;
  end

  // Way by way; only on request, which spares simulation most of the banks' work.
  logic [Ways-1:0]    fits_d, near_d, far_d;
  logic [12*Ways-1:0] positions_d;
  logic [WayBits-1:0] way;

  always_comb begin
    fits_d      = '0;
    near_d      = '0;
    far_d       = '0;
    positions_d = '0;
    way         = '0;
    if (request_i) begin
      for (int unsigned k = 0; k < Ways; k++) begin
        way       = row_ways[k*WayBits +: WayBits];
        fits_d[k] = used[k] && way[TellBits-1 -: lz4c_pkg::TagBits] ==
                               tell_i[TellBits-1 -: lz4c_pkg::TagBits];
        near_d[k] = fits_d[k] && way[lz4c_pkg::FarBits +: lz4c_pkg::NearBits] ==
                                 tell_i[lz4c_pkg::FarBits +: lz4c_pkg::NearBits];
        far_d[k]  = near_d[k] && way[lz4c_pkg::FarBits-1:0] == tell_i[lz4c_pkg::FarBits-1:0];
        positions_d[12*k +: 12] = way[TellBits +: 12];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    fits_o      <= fits_d;
    near_o      <= near_d;
    far_o       <= far_d;
    positions_o <= positions_d;
  end

  `PAMC_ASSERT(OneWriter, !(clear_i && request_i))

`ifdef FORMAL
  // A second way to read, from which the proof's invariants speak of what is inside.
  logic [SetBits-1:0] peek_at;
  logic [RowBits-1:0] peek;
  assign peek = row_q[peek_at];
`endif

endmodule
