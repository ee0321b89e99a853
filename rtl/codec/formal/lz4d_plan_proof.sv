// SPDX-License-Identifier: Apache-2.0
//
// lz4d_plan finds the right byte for a lane: for all chunks (positions, offsets) what the
// plan says of lane Lane is what the definition of LZ4 says of the byte that lives there.
// A plan depends on its chunk and the one before, so a few cycles are all there is to it.

`include "check.svh"

module lz4d_plan_proof #(
  parameter int unsigned Lane = 0
) (
  input logic         clk_i,
  // A chunk.
  input logic [127:0] literals_i,
  input logic [3:0]   first_i,
  input logic [11:0]  from_i,
  input logic [4:0]   count_i,
  input logic [5:0]   bytes_i,
  input logic [15:0]  offset_i,
  input logic         last_i,
  input logic         bad_i,
  // Free, made quotient and remainder by assumption: cheaper than a division.
  input logic [4:0]   times_i,
  input logic [4:0]   rest_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic [12:0] split, to;
  assign split = 13'(from_i) + 13'(count_i);
  assign to    = 13'(from_i) + 13'(bytes_i);

  logic [4:0] lane_i;
  assign lane_i = 5'(Lane);

  // What lz4d_split promises; a chunk begins where the last one ended, or the page.
  logic [11:0] last_from_q;
  logic [12:0] last_to_q;
  logic        last_bad_q, any_q = 1'b0;
  always_ff @(posedge clk_i) begin
    any_q       <= rst_ni;
    last_from_q <= from_i;
    last_to_q   <= to;
    last_bad_q  <= bad_i;
  end
  `PAMC_ASSUME(m_follows, from_i == '0 || !any_q || last_bad_q || 13'(from_i) == last_to_q)
  `PAMC_ASSUME(m_sizes, count_i <= 5'd16 && 6'(count_i) <= bytes_i && bytes_i <= 6'd32)
  `PAMC_ASSUME(m_inside, to <= 13'd4096)
  `PAMC_ASSUME(m_offset, offset_i != '0 && offset_i <= 16'(split))

  lz4d_pkg::chunk_t chunk;
  always_comb begin
    chunk          = '0;
    chunk.literals = literals_i;
    chunk.first    = first_i;
    chunk.from     = 13'(from_i);
    chunk.split    = split;
    chunk.to       = to;
    chunk.offset   = offset_i;
  end

  // The byte in the lane: its place in the chunk, and where its value comes from.
  logic [4:0]  place, behind;
  logic [11:0] at, source;
  logic        written, is_literal;
  logic [3:0]  bank;
  assign place      = lane_i - from_i[4:0];
  assign at         = from_i + 12'(place);
  assign written    = 6'(place) < bytes_i;
  assign is_literal = place < count_i;
  assign bank       = first_i + place[3:0];
  assign behind     = place - count_i;
  assign source     = split[11:0] - offset_i[11:0] + 12'(rest_i);
  `PAMC_ASSUME(m_rest, offset_i > 16'(behind) ? rest_i == behind :
                       rest_i < offset_i[4:0] && 10'(times_i) * 10'(offset_i[4:0]) + 10'(rest_i) == 10'(behind))

  // Is the value no history yet?
  logic own, fresh;
  assign own   = source >= from_i;
  assign fresh = any_q && !last_bad_q && from_i != '0 && source >= last_from_q;

  // As the plan comes, two cycles later; the verdict on the chunk comes after one.
  logic        seen1_q = 1'b0, seen2_q = 1'b0;
  logic        written1_q, written2_q, literal1_q, literal2_q, last1_q, last2_q, bad1_q, bad2_q;
  logic        full1_q, full2_q, own1_q, own2_q, fresh1_q, fresh2_q;
  logic [4:0]  lane1_q, lane2_q;
  logic [11:0] at1_q, at2_q, source1_q, source2_q;
  logic [7:0]  value1_q, value2_q;
  always_ff @(posedge clk_i) begin
    {seen2_q, seen1_q}       <= {seen1_q, rst_ni};
    {written2_q, written1_q} <= {written1_q, written};
    {literal2_q, literal1_q} <= {literal1_q, is_literal};
    {last2_q, last1_q}       <= {last1_q, last_i};
    {bad2_q, bad1_q}         <= {bad1_q, bad_i};
    {full2_q, full1_q}       <= {full1_q, to[12:5] != 8'(from_i[11:5])};
    {own2_q, own1_q}         <= {own1_q, own};
    {fresh2_q, fresh1_q}     <= {fresh1_q, fresh};
    {lane2_q, lane1_q}       <= {lane1_q, lane_i};
    {at2_q, at1_q}           <= {at1_q, at};
    {source2_q, source1_q}   <= {source1_q, source};
    {value2_q, value1_q}     <= {value1_q, literals_i[8*bank +: 8]};
  end

  logic            plan_valid;
  lz4d_pkg::plan_t plan;

  lz4d_plan dut (
    .clk_i, .rst_ni, .chunk_i(chunk),
    .judged_valid_i(seen1_q), .judged_last_i(last1_q), .judged_error_i(bad1_q ? 3'd2 : 3'd0),
    .plan_valid_o(plan_valid), .plan_o(plan)
  );

  // One lane of each field.
  logic [31:0]  write, literal, wrapped, owns, freshes;
  logic [223:0] read_rows;
  logic [159:0] select;
  logic [127:0] literals;
  logic [4:0]   lane_select;
  logic [6:0]   lane_row, source_row;
  assign write          = plan.write >> lane2_q;
  assign literal        = plan.literal >> lane2_q;
  assign wrapped        = plan.wrapped >> lane2_q;
  assign select         = plan.select >> (8'd5 * 8'(lane2_q));
  assign literals       = plan.literals >> {lane2_q[3:0], 3'b000};
  assign lane_select    = select[4:0];
  assign owns           = plan.own >> lane_select;
  assign freshes        = plan.fresh >> lane_select;
  assign read_rows      = plan.read_row >> (8'd7 * 8'(lane_select));
  assign lane_row       = plan.row + 7'(wrapped[0]);
  assign source_row     = read_rows[6:0];

  `PAMC_ASSERT(a_valid, plan_valid == seen2_q)
  `PAMC_ASSERT(a_written, !seen2_q || write[0] == (written2_q && !bad2_q))
  `PAMC_ASSERT(a_row, !seen2_q || !written2_q || lane_row == at2_q[11:5])
  `PAMC_ASSERT(a_literal, !seen2_q || !written2_q || literal[0] == literal2_q)
  `PAMC_ASSERT(a_literal_value, !seen2_q || !written2_q || !literal2_q || literals[7:0] == value2_q)
  `PAMC_ASSERT(a_source_lane, !seen2_q || !written2_q || literal2_q || lane_select == source2_q[4:0])
  `PAMC_ASSERT(a_source_row, !seen2_q || !written2_q || literal2_q || source_row == source2_q[11:5])
  `PAMC_ASSERT(a_own, !seen2_q || !written2_q || literal2_q || owns[0] == own2_q)
  `PAMC_ASSERT(a_fresh, !seen2_q || !written2_q || literal2_q || own2_q || freshes[0] == fresh2_q)
  `PAMC_ASSERT(a_emit, !seen2_q || plan.emit == (full2_q || last2_q))
  `PAMC_COVER(c_overlap, seen2_q && written2_q && !literal2_q && !bad2_q && plan.emit)

endmodule
