// SPDX-License-Identifier: Apache-2.0
//
// Entries that found no place in their buckets, each with its two buckets, in the order
// in which sim/model/index.c keeps them: a new one goes behind the last, and the last one
// takes the place of one that leaves.
//
// All are searched at once. A search takes two steps, so that comparing and choosing need
// not fit one cycle: search_i compares, and from the next cycle on the hit is at
// search_hit_o, until something is changed or compared anew. So nothing may be changed in
// between. The search for an entry that could come home to a bucket works alike.

`include "check.svh"

module index_stash #(
  parameter int unsigned Places = index_pkg::StashPlaces,
  // Derived, not to be set.
  parameter int unsigned LevelBits = $clog2(Places + 1)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // Entries that agree with match (any, if everything_i), in places from_i and above.
  input  logic                               search_i,
  input  logic                               everything_i,
  input  index_pkg::match_t                  match_i,
  input  logic [LevelBits-1:0]               from_i,
  output index_pkg::hit_t                    search_hit_o,

  // Entries that have this bucket.
  input  logic                               home_i,
  input  logic [index_pkg::BucketBits-1:0]   home_bucket_i,
  output index_pkg::hit_t                    home_hit_o,

  // What is at a place; the next cycle.
  input  logic [4:0]                         look_place_i,
  output index_pkg::slot_t                   look_entry_o,

  // Changes, one at a time. Not behind the last: ask level_o first.
  input  logic                               add_i,
  input  logic                               remove_i,
  input  logic                               replace_i,
  input  logic                               clear_i,
  // Of remove and replace.
  input  logic [4:0]                         place_i,
  // Of add and replace.
  input  index_pkg::slot_t                   entry_i,
  // Of add.
  input  logic [index_pkg::BucketBits-1:0]   first_i,
  input  logic [index_pkg::BucketBits-1:0]   second_i,

  output logic [LevelBits-1:0]               level_o
);

  `PAMC_PARAM(g_places, Places <= 32)

  localparam int unsigned B = index_pkg::BucketBits;
  localparam int unsigned S = index_pkg::SlotBits;
  localparam int unsigned LastBits = S + 2 * B;

  logic [S*Places-1:0]  entry_q /* verilator public_flat_rd */;
  logic [B*Places-1:0]  first_q /* verilator public_flat_rd */;
  logic [B*Places-1:0]  second_q;
  logic [LevelBits-1:0] level_q;

  // The last one, to take the place of one that leaves.
  logic [LevelBits-1:0] last_at;
  logic [LastBits-1:0]  last;
  assign last_at = level_q - 1'b1;
  always_comb begin
    last = '0;
    for (int unsigned i = 0; i < Places; i++) begin
      if (last_at == LevelBits'(i)) begin
        last |= {first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]};
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       level_q <= '0;
    else if (clear_i)  level_q <= '0;
    else if (add_i)    level_q <= level_q + 1'b1;
    else if (remove_i) level_q <= last_at;
  end

  // Most of the time nothing changes, which is quickly said.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      entry_q  <= '0;
      first_q  <= '0;
      second_q <= '0;
    end else if (clear_i || remove_i || add_i || replace_i) begin
      for (int unsigned i = 0; i < Places; i++) begin
        if (clear_i || (remove_i && last_at == LevelBits'(i))) begin
          entry_q[S*i +: S]  <= '0;
          first_q[B*i +: B]  <= '0;
          second_q[B*i +: B] <= '0;
        end else if (add_i && level_q == LevelBits'(i)) begin
          entry_q[S*i +: S]  <= entry_i;
          first_q[B*i +: B]  <= first_i;
          second_q[B*i +: B] <= second_i;
        end else if (remove_i && place_i == 5'(i)) begin
          {first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]} <= last;
        end else if (replace_i && place_i == 5'(i)) begin
          entry_q[S*i +: S] <= entry_i;
        end
      end
    end
  end

  // Searches: which places agree,
  logic [Places-1:0] agree, agree_q, home, home_q;
  for (genvar i = 0; i < Places; i++) begin : gen_compare
    index_pkg::slot_t entry;
    assign entry    = entry_q[S*i +: S];
    assign agree[i] = (everything_i || {entry.kind, entry.tag} == match_i) &&
                      LevelBits'(i) < level_q && LevelBits'(i) >= from_i;
    assign home[i]  = (first_q[B*i +: B] == home_bucket_i || second_q[B*i +: B] == home_bucket_i) &&
                      LevelBits'(i) < level_q;
    logic unused;
    assign unused = &{1'b0, entry};
  end
  always_ff @(posedge clk_i) begin
    if (search_i) agree_q <= agree;
    if (home_i)   home_q  <= home;
  end

  // and the first of them.
  index_choose #(.Places(Places)) u_search (
    .set_i(agree_q), .entries_i(entry_q), .hit_o(search_hit_o)
  );
  index_choose #(.Places(Places)) u_home (
    .set_i(home_q), .entries_i(entry_q), .hit_o(home_hit_o)
  );

  index_pkg::slot_t look, look_q;
  always_comb begin
    look = '0;
    for (int unsigned i = 0; i < Places; i++) begin
      if (look_place_i == 5'(i)) look |= entry_q[S*i +: S];
    end
  end
  always_ff @(posedge clk_i) look_q <= look;

  assign look_entry_o = look_q;
  assign level_o      = level_q;

  `PAMC_ASSUME(m_one_change, 32'(add_i) + 32'(remove_i) + 32'(replace_i) + 32'(clear_i) <= 32'd1)
  `PAMC_ASSERT(a_level, level_q <= LevelBits'(Places))
  `PAMC_ASSUME(m_room, !add_i || level_q != LevelBits'(Places))
  `PAMC_ASSUME(m_there, !(remove_i || replace_i) || 32'(place_i) < 32'(level_q))

endmodule
