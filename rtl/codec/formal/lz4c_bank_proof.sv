// SPDX-License-Identifier: Apache-2.0
//
// A guess of lz4c_bank is a position that was entered in this page, in this set, with the
// tag, near and far bits that are claimed: never one of an earlier page, however many
// pages there are and whenever the page's number wraps. Any one row and any one position
// are watched.

`include "check.svh"

module lz4c_bank_proof #(
  parameter int unsigned SetBits   = 2,
  parameter int unsigned Ways      = 2,
  parameter int unsigned EpochBits = 3
) (
  input logic               clk_i,
  // What the table does: a request, or the end of a page, or neither.
  input logic               request_i,
  input logic               end_i,
  input logic [SetBits-1:0] set_i,
  input logic [11:0]        position_i,
  input logic [11:0]        tell_i
);

  localparam int unsigned Sets    = 1 << SetBits;
  localparam int unsigned WayBits = 24;
  localparam int unsigned RowBits = EpochBits + Ways + Ways * WayBits;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  // Which row, which position.
  (* anyconst *) logic [SetBits-1:0] row;
  (* anyconst *) logic [11:0]        place;

  // First of all every row is cleared; then pages come, and each clears a row at its end.
  logic [SetBits:0]     init_q = '0;
  logic [EpochBits-1:0] epoch_q = '0;
  logic                 init, clear, request;
  logic [SetBits-1:0]   set_index;
  assign init      = !init_q[SetBits];
  assign clear     = rst_ni && (init || end_i);
  assign request   = rst_ni && !init && !end_i && request_i;
  assign set_index = init ? init_q[SetBits-1:0] : end_i ? epoch_q[SetBits-1:0] : set_i;

  logic [Ways-1:0]    fits, fits_near, fits_far;
  logic [12*Ways-1:0] positions;

  lz4c_bank #(.SetBits(SetBits), .Ways(Ways), .EpochBits(EpochBits)) dut (
    .clk_i, .rst_ni, .set_i(set_index), .clear_i(clear), .request_i(request),
    .epoch_i(epoch_q), .position_i, .tell_i,
    .fits_o(fits), .near_o(fits_near), .far_o(fits_far), .positions_o(positions)
  );

  // Positions grow within a page.
  logic        any_q = 1'b0;
  logic [11:0] latest_q = '0;
  `PAMC_ASSUME(m_positions_grow, !(request && any_q) || position_i > latest_q)

  // Whether the place was entered in the row in this page, and by what it is told; pages
  // since anything was entered in the row.
  logic               entered_q = 1'b0;
  logic [11:0]        told_q = '0;
  logic [EpochBits:0] age_q = '0;

  // What was asked in the cycle before, and what was true then.
  logic        asked_q = 1'b0, was_entered_q = 1'b0;
  logic [11:0] asked_tell_q = '0, was_told_q = '0;
  logic        wrapped_q = 1'b0;

  always_ff @(posedge clk_i) begin
    asked_q       <= request && set_i == row;
    asked_tell_q  <= tell_i;
    was_entered_q <= entered_q;
    was_told_q    <= told_q;
    if (rst_ni && init) init_q <= init_q + 1'b1;
    if (request) begin
      any_q    <= 1'b1;
      latest_q <= position_i;
      if (set_i == row) begin
        age_q <= '0;
        if (position_i == place) begin
          entered_q <= 1'b1;
          told_q    <= tell_i;
        end
      end
    end
    if (clear && !init) begin
      epoch_q   <= epoch_q + 1'b1;
      entered_q <= 1'b0;
      any_q     <= 1'b0;
      wrapped_q <= wrapped_q || &epoch_q;
      if (!age_q[EpochBits]) age_q <= age_q + 1'b1;
    end
  end

  // Ways that say the watched position; and those of them that say so by mistake.
  logic [Ways-1:0] watched;
  for (genvar k = 0; k < Ways; k++) begin : gen_way
    assign watched[k] = asked_q && fits[k] && positions[12*k +: 12] == place;
  end
  `PAMC_ASSERT(a_guess_was_entered, watched == '0 || was_entered_q)
  `PAMC_ASSERT(a_tag, watched == '0 || was_told_q[11:8] == asked_tell_q[11:8])
  `PAMC_ASSERT(a_near, (watched & fits_near) == '0 || was_told_q[7:4] == asked_tell_q[7:4])
  `PAMC_ASSERT(a_far, (watched & fits_far) == '0 || was_told_q[3:0] == asked_tell_q[3:0])
  `PAMC_ASSERT(a_better_is_good, (fits_far & ~fits_near) == '0 && (fits_near & ~fits) == '0)
  `PAMC_COVER(c_guess, watched != '0 && wrapped_q)
  `PAMC_COVER(c_oldest_guess, watched[Ways-1] && fits_far[Ways-1] && wrapped_q)

  // For induction: what the watched row holds.
  (* hierconn *) wire [SetBits-1:0] \dut.peek_at ;
  (* hierconn *) wire [RowBits-1:0] \dut.peek ;
  assign \dut.peek_at = row;

  logic [EpochBits-1:0]    row_epoch;
  logic [Ways-1:0]         used;
  logic [Ways*WayBits-1:0] ways;
  logic                    clean;
  logic [SetBits-1:0]      since;
  assign {row_epoch, used, ways} = \dut.peek ;
  assign clean = init_q > {1'b0, row};
  // The page that wrote the row.
  logic [EpochBits-1:0] writer;
  assign writer = epoch_q - age_q[EpochBits-1:0];
  // Pages since the row was cleared.
  assign since = SetBits'(epoch_q) - row - 1'b1;

  `PAMC_ASSERT(i_init, init_q <= (SetBits+1)'(Sets))
  `PAMC_ASSERT(i_before_pages, !init || (epoch_q == '0 && !any_q && !entered_q && !wrapped_q))
  `PAMC_ASSERT(i_empty_at_first, !(init && clean) || used == '0)
  `PAMC_ASSERT(i_row_is_young, !clean || used == '0 || age_q <= (EpochBits+1)'(since))
  `PAMC_ASSERT(i_row_number, !clean || used == '0 || row_epoch == writer)
  `PAMC_ASSERT(i_entered_before, !entered_q || (any_q && place <= latest_q))
  logic [Ways-1:0] wrong;
  for (genvar k = 0; k < Ways; k++) begin : gen_held
    assign wrong[k] = used[k] && ways[WayBits*k+12 +: 12] == place &&
                      !(entered_q && ways[WayBits*k +: 12] == told_q);
  end
  `PAMC_ASSERT(i_held, !(clean && age_q == '0) || wrong == '0)

  // A row survives pages, but is not believed.
  `PAMC_COVER(c_old_row, used != '0 && age_q == (EpochBits+1)'(Sets - 1) && wrapped_q)

endmodule
