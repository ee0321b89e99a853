// SPDX-License-Identifier: Apache-2.0
//
// index_stash loses no entry and has none twice: any one entry, watched from when it is
// added, is in one place, whole, with its buckets, until it is removed, and is nowhere
// afterwards. It is found by both searches. A smaller stash, all else as it is.

`include "check.svh"

module index_stash_proof #(
  parameter int unsigned Places = 4
) (
  input logic              clk_i,
  input logic              search_i,
  input logic              home_i,
  input logic [23:0]       home_bucket_i,
  input index_pkg::match_t match_i,
  input logic              add_i,
  input logic              remove_i,
  input logic              replace_i,
  input logic              clear_i,
  input logic [4:0]        place_i,
  input index_pkg::slot_t  entry_i,
  input logic [23:0]       first_i,
  input logic [23:0]       second_i,
  // Free: which of the entries to watch.
  input logic              watch_i
);

  localparam int unsigned LevelBits = $clog2(Places + 1);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [31:0] unit_at;  // that no other entry has

  index_pkg::hit_t      search_hit, home_hit;
  index_pkg::slot_t     look;
  logic [LevelBits-1:0] level;
  ecc_pkg::event_t ecc;
  logic            failed;
  logic            search_error, sound;
  index_stash #(.Places(Places)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .failed_o(failed), .search_error_o(search_error), .sound_o(sound),
    .search_i, .everything_i(1'b0), .match_i, .from_i('0), .search_hit_o(search_hit),
    .home_i, .home_bucket_i, .home_hit_o(home_hit),
    .look_place_i(place_i), .look_entry_o(look),
    .add_i, .remove_i, .replace_i, .clear_i, .place_i, .entry_i, .first_i, .second_i,
    .level_o(level)
  );

  // What index_change keeps to.
  logic change;
  assign change = add_i || remove_i || replace_i || clear_i;
  `PAMC_ASSUME(m_one, 32'(add_i) + 32'(remove_i) + 32'(replace_i) + 32'(clear_i) <= 32'd1)
  `PAMC_ASSUME(m_room, !add_i || 32'(level) != Places)
  `PAMC_ASSUME(m_there, !(remove_i || replace_i) || 32'(place_i) < 32'(level))
  logic       changed_q = 1'b0;
  logic [4:0] looked_q = '0;
  always_ff @(posedge clk_i) begin
    changed_q <= rst_ni && change;
    looked_q  <= place_i;
  end
  `PAMC_ASSUME(m_apart, !(change && changed_q))
  `PAMC_ASSUME(m_looked, !replace_i || place_i == looked_q)
  // A slot is never zero; units are told apart.
  logic inside_q = 1'b0, watches, same_place;
  assign watches = add_i && watch_i && !inside_q;
  `PAMC_ASSUME(m_kind, !(add_i || replace_i) || entry_i.kind != 2'd0)
  `PAMC_ASSUME(m_unit, !(add_i || replace_i) || (entry_i.unit_at == unit_at) == watches)
  // Searches are for what is watched, and see what was there when they compared.
  logic [4:0]       place_q = 5'd0;
  index_pkg::slot_t entry_q = '0;
  logic [23:0]      first_q = '0, second_q = '0;
  logic [LevelBits-1:0] level_q = '0;
  assign same_place = inside_q && place_i == place_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      level_q <= clear_i ? '0 : level_q + LevelBits'(add_i) - LevelBits'(remove_i);
      if (watches) begin
        inside_q <= 1'b1;
        place_q  <= 5'(level_q);
        entry_q  <= entry_i;
        first_q  <= first_i;
        second_q <= second_i;
      end
      if (remove_i && inside_q) begin
        if (same_place)                            inside_q <= 1'b0;
        // The last one takes the place that became free.
        else if (32'(place_q) + 1 == 32'(level_q)) place_q <= place_i;
      end
      if ((replace_i && same_place) || clear_i) inside_q <= 1'b0;
    end
  end

  `PAMC_ASSERT(a_level, level == level_q)

  // Where it is: in its place, and in no other.
  (* hierconn *) wire [64*Places-1:0] \dut.entry_q ;
  (* hierconn *) wire [24*Places-1:0] \dut.first_q ;
  (* hierconn *) wire [24*Places-1:0] \dut.second_q ;
  logic [Places-1:0] whole, once, filled, zero;
  for (genvar i = 0; i < Places; i++) begin : gen_place
    logic here;
    assign here     = inside_q && place_q == 5'(i);
    assign whole[i] = !here || (\dut.entry_q [64*i +: 64] == entry_q &&
                                \dut.first_q [24*i +: 24] == first_q &&
                                \dut.second_q [24*i +: 24] == second_q);
    assign once[i]  = here || \dut.entry_q [64*i +: 64] == '0 ||
                      \dut.entry_q [64*i +: 32] != unit_at;
    // Places are filled without gaps.
    assign filled[i] = (\dut.entry_q [64*i+62 +: 2] != 2'd0) == (32'(level) > i);
    assign zero[i]   = 32'(level) > i || \dut.entry_q [64*i +: 64] == '0;
  end
  `PAMC_ASSERT(a_whole, &whole)
  `PAMC_ASSERT(a_once, &once)
  `PAMC_ASSERT(a_no_gap, &filled && &zero)
  `PAMC_ASSERT(a_inside, !inside_q || 32'(place_q) < 32'(level))
  `PAMC_ASSERT(a_watched, !inside_q || (entry_q.unit_at == unit_at && entry_q.kind != 2'd0))

  // Nothing is wrong here, so nothing is mended.
  (* hierconn *) wire [Places-1:0] \dut.wrong_q ;
  (* hierconn *) wire              \dut.picked_q ;
  (* hierconn *) wire              \dut.read_q ;
  (* hierconn *) wire              \dut.mended_q ;
  logic mends_nothing;
  assign mends_nothing = \dut.wrong_q == '0 && {\dut.picked_q , \dut.read_q , \dut.mended_q } == '0;
  `PAMC_ASSERT(i_mends_nothing, mends_nothing)

  // Searches for it find it, or one before it.
  logic searched_q = 1'b0, homed_q = 1'b0, home_hit_q = 1'b0;
  always_ff @(posedge clk_i) begin
    searched_q <= rst_ni && search_i && !change && inside_q &&
                  match_i == {entry_q.kind, entry_q.tag};
    homed_q    <= rst_ni && home_i && !change && inside_q &&
                  (home_bucket_i == first_q || home_bucket_i == second_q);
    home_hit_q <= rst_ni && homed_q && !change;
  end
  `PAMC_ASSERT(a_found, !searched_q || (search_hit.any && search_hit.place <= place_q &&
                        (search_hit.place != place_q || search_hit.entry == entry_q) &&
                        (search_hit.place == place_q || search_hit.more)))
  `PAMC_ASSERT(a_comes_home, !home_hit_q || (home_hit.any && home_hit.place <= place_q &&
                             (home_hit.place != place_q || home_hit.entry == entry_q)))

  `PAMC_COVER(c_moved, inside_q && searched_q && search_hit.more && place_q == 5'd1 && level_q == LevelBits'(2))
  `PAMC_COVER(c_full, 32'(level) == Places && inside_q)

endmodule
