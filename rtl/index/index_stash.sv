// SPDX-License-Identifier: Apache-2.0
//
// Entries that found no place in their buckets, each with its two buckets, in the order
// in which sim/model/index.c keeps them: a new one goes behind the last, and the last one
// takes the place of one that leaves.
//
// All are searched at once. A search takes two steps, so that comparing and choosing need
// not fit one cycle: search_i compares, and from the next cycle on the hit is at
// search_hit_o, until something is changed or compared anew. So nothing may be changed in
// between. The search for an entry that could come home to a bucket works alike, and takes
// a cycle more.
//
// What a change needs of the places is read a cycle before it: the last one, and that at
// look_place_i, which is the one to be replaced. So two changes are never in successive cycles.
//
// Entries and their buckets are protected, and all are checked in each cycle, since an entry
// with a wrong bit would not be found. While one may be wrong, sound_o says that no search
// may begin; it is corrected in place. A search that met one all the same has an error; so
// have all when one is lost, until all are cleared.

`include "check.svh"

module index_stash #(
  parameter int unsigned Places = index_pkg::StashPlaces,
  // Derived, not to be set.
  parameter int unsigned LevelBits = $clog2(Places + 1)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  ecc_pkg::inject_t                   inject_i,
  output ecc_pkg::event_t                    ecc_o,

  // Entries that agree with match (any, if everything_i), in places from_i and above.
  input  logic                               search_i,
  input  logic                               everything_i,
  input  index_pkg::match_t                  match_i,
  input  logic [LevelBits-1:0]               from_i,
  output index_pkg::hit_t                    search_hit_o,
  output logic                               search_error_o,
  output logic                               sound_o,
  output logic                               failed_o,

  // Entries that have this bucket; the hit comes two cycles later.
  input  logic                               home_i,
  input  logic [index_pkg::BucketBits-1:0]   home_bucket_i,
  output index_pkg::hit_t                    home_hit_o,

  // What is at a place; the next cycle.
  input  logic [4:0]                         look_place_i,
  output index_pkg::slot_t                   look_entry_o,

  // Changes, one at a time, and none in the cycle after one. Not behind the last: ask level_o
  // first. What is replaced has been looked at in the cycle before.
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

  logic [S*Places-1:0]  entry_q /* verilator public_flat_rd */;
  logic [B*Places-1:0]  first_q /* verilator public_flat_rd */;
  logic [B*Places-1:0]  second_q;
  logic [LevelBits-1:0] level_q;

  // A word of the code: both buckets, then the entry.
  localparam int unsigned Width     = S + 2 * B;
  localparam int unsigned CheckBits = ecc_pkg::check_bits(Width);
  logic [CheckBits*Places-1:0] check_q;

  // The last one, to take the place of one that leaves, and the one to be replaced, as they were
  // a cycle ago: one that is corrected meanwhile goes on as it was, and is corrected again.
  localparam int unsigned WordBits = CheckBits + Width;
  logic [LevelBits-1:0] last_at;
  logic [WordBits-1:0]  last, last_q, look, look_q;
  assign last_at = level_q - 1'b1;
  always_comb begin
    last = '0;
    look = '0;
    for (int unsigned i = 0; i < Places; i++) begin
      if (last_at == LevelBits'(i)) begin
        last |= {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]};
      end
      if (look_place_i == 5'(i)) begin
        look |= {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]};
      end
    end
  end
  always_ff @(posedge clk_i) begin
    last_q <= last;
    look_q <= look;
  end

  // What is written: a new word, or one whose entry is another one. Its check bits are those of
  // the word as it stands, turned by what changes, so an error stays one. Sums are made of what
  // is there early, and chosen from.
  logic [CheckBits-1:0] sum_entry, sum_buckets, sum_old, check;
  logic [WordBits-1:0]  word;
  ecc_encode #(.Width(Width)) u_sum_entry (
    .active_i(add_i || replace_i), .data_i({{(2*B){1'b0}}, entry_i}), .check_o(sum_entry)
  );
  ecc_encode #(.Width(Width)) u_sum_buckets (
    .active_i(add_i), .data_i({first_i, second_i, {S{1'b0}}}), .check_o(sum_buckets)
  );
  ecc_encode #(.Width(Width)) u_sum_old (
    .active_i(replace_i), .data_i({{(2*B){1'b0}}, look_q[S-1:0]}), .check_o(sum_old)
  );
  assign check = sum_entry ^ (add_i ? sum_buckets : sum_old ^ look_q[Width +: CheckBits]);
  ecc_inject #(.Memory(ecc_pkg::IndexStash), .Width(WordBits)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i(add_i || replace_i),
    .word_i({check, add_i ? {first_i, second_i} : look_q[S +: 2*B], entry_i}), .word_o(word)
  );

  // Which places are wrong; the first of them is corrected.
  logic [Places-1:0] wrong;
  for (genvar i = 0; i < Places; i++) begin : gen_check
    logic [CheckBits-1:0] sum;
    logic                 used;
    assign used = LevelBits'(i) < level_q;
    ecc_encode #(.Width(Width)) u_sum (
      .active_i(used), .data_i({first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]}), .check_o(sum)
    );
`ifdef ECC_OFF
    assign wrong[i] = 1'b0;
    logic unused;
    assign unused = ^sum;
`else
    assign wrong[i] = used && sum != check_q[CheckBits*i +: CheckBits];
`endif
  end

  logic                       changes, mends, sound_q, failed_q;
  logic [CheckBits+Width-1:0] wrong_word;
  logic [Width-1:0]           mended;
  logic [CheckBits-1:0]       mended_check;
  ecc_pkg::event_t            found, found_q;
  assign changes = add_i || remove_i || replace_i || clear_i;

  // To mend is done in steps, which together are too long for a cycle: what is wrong, which
  // place, its word, what that should be, whether that is known, its check bits. No search begins
  // meanwhile; a change begins it anew.
  logic              changed_q, picked_q, read_q, decoded_q, mended_q;
  logic [Places-1:0] wrong_q, place_q;
  assign mends = mended_q && !changes;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wrong_q   <= '0;
      changed_q <= 1'b0;
      picked_q  <= 1'b0;
      read_q    <= 1'b0;
      decoded_q <= 1'b0;
      mended_q  <= 1'b0;
    end else begin
      // What was changed meanwhile is looked at again.
      wrong_q   <= changes || mends ? '0 : wrong;
      changed_q <= changes || mends;
      picked_q  <= wrong_q != '0 && !changes && !failed_q && !picked_q && !read_q && !decoded_q && !mended_q;
      read_q    <= picked_q && !changes;
      decoded_q <= read_q && !changes;
      mended_q  <= decoded_q && !changes && !found_q.uncorrectable;
    end
  end
  logic [CheckBits+Width-1:0] wrong_word_q;
  logic [Width-1:0]           mended_word_q;
  always_comb begin
    wrong_word = '0;
    if (picked_q) begin
      for (int unsigned i = 0; i < Places; i++) begin
        if (place_q[i]) begin
          wrong_word |= {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]};
        end
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (!picked_q && !read_q && !decoded_q && !mended_q) place_q <= wrong_q & ~(wrong_q - 1'b1);
    if (picked_q) wrong_word_q <= wrong_word;
    if (read_q) mended_word_q <= mended;
  end
  ecc_decode #(.Width(Width)) u_decode (
    .active_i(read_q && !changes), .data_i(wrong_word_q[Width-1:0]), .check_i(wrong_word_q[Width +: CheckBits]),
    .data_o(mended), .event_o(found)
  );
  ecc_encode #(.Width(Width)) u_mended (.active_i(mends), .data_i(mended_word_q), .check_o(mended_check));

  assign ecc_o = found_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sound_q  <= 1'b1;
      failed_q <= 1'b0;
      found_q  <= '0;
    end else begin
      sound_q <= !changes && !mends && !changed_q && wrong_q == '0;
      found_q <= found;
      if (clear_i) failed_q <= 1'b0;
      else if (found_q.uncorrectable) failed_q <= 1'b1;
    end
  end

  // What was wrong when places were compared.
  logic [Places-1:0] search_wrong_q, home_wrong_q;
  always_ff @(posedge clk_i) begin
    if (search_i) search_wrong_q <= wrong;
    if (home_i)   home_wrong_q   <= wrong;
  end
  // Nobody has to wait for what will not come.
  logic failed, home_error;
`ifdef ECC_OFF
  assign failed         = 1'b0;
  assign home_error     = 1'b0;
  assign sound_o        = 1'b1;
  assign search_error_o = 1'b0;
  logic unused_ecc;
  assign unused_ecc = ^{sound_q, failed_q, search_wrong_q, home_wrong_q};
`else
  assign failed         = failed_q;
  assign home_error     = home_wrong_q != '0 || failed_q;
  assign sound_o        = sound_q || failed_q;
  assign search_error_o = search_wrong_q != '0 || failed_q;
`endif
  assign failed_o       = failed;

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
      check_q  <= '0;
    end else if (changes || mends) begin
      for (int unsigned i = 0; i < Places; i++) begin
        if (clear_i || (remove_i && last_at == LevelBits'(i))) begin
          entry_q[S*i +: S]  <= '0;
          first_q[B*i +: B]  <= '0;
          second_q[B*i +: B] <= '0;
          check_q[CheckBits*i +: CheckBits] <= '0;
        end else if (add_i && level_q == LevelBits'(i)) begin
          {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]} <= word;
        end else if (remove_i && place_i == 5'(i)) begin
          {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]} <= last_q;
        end else if (replace_i && place_i == 5'(i)) begin
          {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]} <= word;
        end else if (mends && place_q[i]) begin
          {check_q[CheckBits*i +: CheckBits], first_q[B*i +: B], second_q[B*i +: B], entry_q[S*i +: S]} <=
              {mended_check, mended_word_q};
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
  index_pkg::hit_t home_hit, home_hit_q;
  index_choose #(.Places(Places)) u_home (.set_i(home_q), .entries_i(entry_q), .hit_o(home_hit));
  always_ff @(posedge clk_i) begin
    home_hit_q <= home_hit;
    // An entry may as well stay.
    home_hit_q.any <= home_hit.any && !home_error;
  end

  assign home_hit_o   = home_hit_q;
  assign look_entry_o = look_q[S-1:0];
  assign level_o      = level_q;

  logic       last_change_q;
  logic [4:0] last_look_q;
  always_ff @(posedge clk_i) begin
    last_change_q <= rst_ni && changes;
    last_look_q   <= look_place_i;
  end
  `PAMC_ASSUME(m_one_change, 32'(add_i) + 32'(remove_i) + 32'(replace_i) + 32'(clear_i) <= 32'd1)
  `PAMC_ASSERT(a_level, level_q <= LevelBits'(Places))
  `PAMC_ASSUME(m_room, !add_i || level_q != LevelBits'(Places))
  `PAMC_ASSUME(m_apart, !(changes && last_change_q))
  `PAMC_ASSUME(m_looked, !replace_i || place_i == last_look_q)
  `PAMC_ASSUME(m_there, !(remove_i || replace_i) || 32'(place_i) < 32'(level_q))

endmodule
