// SPDX-License-Identifier: Apache-2.0
//
// Of any one list, watched, whatever is written to it and to others, and however long its
// second runs take to be read: a run that is on a list is found again. The list is told as
// occupied exactly if it has a first run, which is the one that was written last; the run
// behind it, if told, is that which was written with it or read from its header, and once all
// reads have come it is told. (That a search finds it: store_seek_proof.)
//
// The codes are left out (ECC_OFF): "store" tests them.

`include "check.svh"

module store_lists_proof (
  input logic                   clk_i,
  input logic                   clear_i,
  input logic [8:0]             bin_i,
  input store_pkg::list_write_t write_i,
  input logic                   fetch_valid_i,
  input logic                   got_valid_i,
  input logic [31:0]            got_next_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  (* anyconst *) logic [8:0] watched;
  `PAMC_ASSUME(m_watched, 32'(watched) < store_pkg::Bins)

  store_pkg::list_t entry;
  ecc_pkg::event_t  ecc;
  logic             occupied, waits, fetch_ready, quiet, fit, any;
  logic [8:0]       fit_bin, largest_bin;
  logic [31:0]      long_units, peek_head;
  store_lists dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .clear_i, .bin_i, .list_o(entry), .occupied_o(occupied),
    .wait_o(waits), .write_i, .long_o(long_units), .fetch_valid_i, .fetch_ready_o(fetch_ready), .got_valid_i,
    .got_next_i, .got_length_i('0), .quiet_o(quiet),
    .seek_units_i('0), .seek_fit_o(fit), .seek_fit_bin_o(fit_bin), .seek_any_o(any),
    .seek_largest_bin_o(largest_bin), .peek_bin_i('0), .peek_head_o(peek_head)
  );

  // Reads that are on their way: answered in order.
  logic [2:0] coming_q;
  logic       sets, fetches;
  assign sets    = write_i.set_list && write_i.bin == watched;
  assign fetches = fetch_valid_i && write_i.bin == watched;

  // What the users of the lists see to.
  `PAMC_ASSUME(m_bins, 32'(bin_i) < store_pkg::Bins && 32'(write_i.bin) < store_pkg::Bins)
  `PAMC_ASSUME(m_clear, !clear_i || (quiet && !write_i.set_list))
  `PAMC_ASSUME(m_fetch, !fetch_valid_i || (fetch_ready && write_i.set_list && write_i.occupied &&
                                           !write_i.entry.known))
  `PAMC_ASSUME(m_unknown_is_fetched, !(write_i.set_list && write_i.occupied && !write_i.entry.known) || fetch_valid_i)
  `PAMC_ASSUME(m_got, !got_valid_i || coming_q != '0)

  // The watched list as it should be. Its newest read, if it is on its way: how many come
  // before it.
  logic        occupied_q, next_q, awaited_q;
  logic [31:0] head_is_q, next_is_q;
  logic [2:0]  before_q;
  logic        comes;
  assign comes = got_valid_i && awaited_q && before_q == '0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      coming_q   <= '0;
      occupied_q <= 1'b0;
      next_q     <= 1'b0;
      awaited_q  <= 1'b0;
      before_q   <= '0;
    end else begin
      coming_q <= coming_q + 3'(fetch_valid_i) - 3'(got_valid_i);
      if (got_valid_i && awaited_q) before_q <= before_q - 3'd1;
      if (comes) begin
        awaited_q <= 1'b0;
        next_q    <= 1'b1;
        next_is_q <= got_next_i;
      end
      if (sets) begin
        occupied_q <= write_i.occupied;
        head_is_q  <= write_i.entry.head;
        next_q     <= write_i.entry.known;
        next_is_q  <= write_i.entry.next;
        awaited_q  <= fetches;
        before_q   <= coming_q - 3'(got_valid_i);
      end
      if (clear_i) occupied_q <= 1'b0;
    end
  end

  // Asked for a cycle ago, and nothing written then.
  (* hierconn *) wire \dut.entry_write ;
  logic asked_q, quiet_q;
  always_ff @(posedge clk_i) begin
    asked_q <= rst_ni && bin_i == watched && !\dut.entry_write && !clear_i;
    quiet_q <= rst_ni && quiet;
  end
  `PAMC_ASSERT(a_occupied, !asked_q || occupied == occupied_q)
  `PAMC_ASSERT(a_head, !(asked_q && occupied_q) || entry.head == head_is_q)
  `PAMC_ASSERT(a_next, !(asked_q && occupied_q && entry.known) || (next_q && entry.next == next_is_q))
  `PAMC_ASSERT(a_next_is_told, !(asked_q && occupied_q && quiet_q && quiet) || entry.known)

  `PAMC_COVER(c_read, asked_q && occupied_q && entry.known && quiet && next_is_q == 32'd5)
  `PAMC_COVER(c_late, comes && coming_q == 3'd2)

endmodule
