// SPDX-License-Identifier: Apache-2.0
//
// The lists of free runs, as far as they are on chip: each one's first run and, ahead of
// need, the run after it, so that taking the first one waits for no memory. That second
// one is read from the header of the first when a run becomes first by the loss of the one
// before it; such a read is on its way while other work goes on. If the list is changed
// meanwhile, what it brings is of no use and dropped.
//
// Of the list of long runs, also the length of the first.
//
// Entries are protected, and looked at for a cycle before they are used (wait_o), whether a bit
// is wrong or not: to know that would take as long as to put it right. One that is
// lost is given as that of an empty list, so that nobody follows it into memory, and is told:
// the store cannot go on then.

`include "check.svh"

module store_lists (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  ecc_pkg::inject_t   inject_i,
  // A cycle later, as the entry is right, or lost.
  output ecc_pkg::event_t    ecc_o,

  // Empties all lists; only when quiet.
  input  logic               clear_i,

  // The list's entry is there a cycle later. What is written must not be read in the same
  // cycle.
  input  logic [8:0]         bin_i,
  output store_pkg::list_t   list_o,
  output logic               occupied_o,
  output logic               wait_o,

  input  store_pkg::list_write_t write_i,
  output logic [31:0]        long_o,

  // Together with a write that does not know the next run: the writer reads the header.
  input  logic               fetch_valid_i,
  output logic               fetch_ready_o,
  input  logic               got_valid_i,
  input  logic [31:0]        got_next_i,
  input  logic [31:0]        got_length_i,

  // Nothing is being fetched.
  output logic               quiet_o,

  input  logic [7:0]         seek_units_i,
  output logic               seek_fit_o,
  output logic [8:0]         seek_fit_bin_o,
  output logic               seek_any_o,
  output logic [8:0]         seek_largest_bin_o,

  // A second way to read, for diagnosis: two cycles later.
  input  logic [8:0]         peek_bin_i,
  output logic [31:0]        peek_head_o
);

  localparam int unsigned Fetches = 4;

  localparam int unsigned Width     = $bits(list_o);
  localparam int unsigned CheckBits = ecc_pkg::check_bits(Width);
  logic [CheckBits+Width-1:0] table_q [512];

  // The fetches in order of age: started, come, written.
  logic [1:0]         start_q, come_q, done_q;
  logic [2:0]         count_q;
  logic [Fetches-1:0] came_q, dead_q;
  logic [8:0]         bin_q    [Fetches];
  logic [31:0]        unit_q   [Fetches];
  logic [31:0]        next_q   [Fetches];
  logic [31:0]        length_q [Fetches];

  logic               fetch, fill, drop;
  store_pkg::list_t   entry;
  logic [8:0]         entry_bin;
  logic               entry_write;

  assign fetch_ready_o = count_q != 3'(Fetches);
  assign quiet_o       = count_q == '0;
  assign fetch         = fetch_valid_i && fetch_ready_o;
  // The oldest has come: it is written when the table is free.
  assign fill          = came_q[done_q] && !dead_q[done_q] && !write_i.set_list;
  assign drop          = came_q[done_q] && dead_q[done_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      start_q <= '0;
      come_q  <= '0;
      done_q  <= '0;
      count_q <= '0;
      came_q  <= '0;
      dead_q  <= '0;
    end else begin
      for (int unsigned n = 0; n < Fetches; n++) begin
        if (write_i.set_list && bin_q[n] == write_i.bin) dead_q[n] <= 1'b1;
      end
      if (fetch) begin
        start_q         <= start_q + 1'b1;
        dead_q[start_q] <= 1'b0;
      end
      if (got_valid_i) begin
        come_q         <= come_q + 1'b1;
        came_q[come_q] <= 1'b1;
      end
      if (fill || drop) begin
        done_q         <= done_q + 1'b1;
        came_q[done_q] <= 1'b0;
      end
      count_q <= count_q + 3'(fetch) - 3'(fill || drop);
    end
  end

  always_ff @(posedge clk_i) begin
    if (fetch) begin
      bin_q[start_q]  <= write_i.bin;
      unit_q[start_q] <= write_i.entry.head;
    end
    if (got_valid_i) begin
      next_q[come_q]   <= got_next_i;
      length_q[come_q] <= got_length_i;
    end
  end

  // One write a cycle.
  assign entry_write = write_i.set_list || fill;
  assign entry_bin   = write_i.set_list ? write_i.bin : bin_q[done_q];
  assign entry       = write_i.set_list ? write_i.entry : filled;

  // Check bits of both that may be written: which of them it is is known late.
  logic [CheckBits-1:0]       check, set_check, fill_check;
  logic [CheckBits+Width-1:0] word, read_q;
  store_pkg::list_t           filled;
  assign filled = {1'b1, next_q[done_q], unit_q[done_q]};
  ecc_encode #(.Width(Width)) u_encode_set (.active_i(write_i.set_list), .data_i(write_i.entry), .check_o(set_check));
  ecc_encode #(.Width(Width)) u_encode_fill (.active_i(fill), .data_i(filled), .check_o(fill_check));
  assign check = write_i.set_list ? set_check : fill_check;
  ecc_inject #(.Memory(ecc_pkg::StoreLists), .Width(CheckBits + Width)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i(entry_write), .word_i({check, entry}), .word_o(word)
  );

  ecc_pkg::event_t  found;
  store_pkg::list_t right;
  // Read when there may be something new: so an error is told once a read.
  logic       wrote_q, read, occupied, checked_q, lost_q, lost;
  logic [8:0] read_bin_q;
  assign read = wrote_q || bin_i != read_bin_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wrote_q <= 1'b1;
    else         wrote_q <= entry_write;
  end
  always_ff @(posedge clk_i) begin
    if (entry_write) table_q[entry_bin] <= word;
    read_bin_q <= bin_i;
    if (read) begin
      read_q     <= table_q[bin_i];
      checked_q  <= 1'b0;
      lost_q     <= 1'b0;
    end else if (wait_o) begin
      read_q[Width-1:0] <= right;
      checked_q         <= 1'b1;
      lost_q            <= found.uncorrectable;
    end
  end

  // Entries of lists that are empty may never have been written.
  ecc_decode #(.Width(Width)) u_decode (
    .active_i(wait_o), .data_i(read_q[Width-1:0]), .check_i(read_q[Width +: CheckBits]),
    .data_o(right), .event_o(found)
  );
  assign lost       = lost_q;
  assign wait_o     = occupied && !checked_q;
  assign occupied_o = occupied && !lost;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ecc_o <= '0;
    else         ecc_o <= found;
  end
  always_comb begin
    list_o = read_q[Width-1:0];
    if (lost) begin
      list_o.known = 1'b0;
      list_o.next  = store_pkg::Nowhere;
      list_o.head  = store_pkg::Nowhere;
    end
  end

  always_ff @(posedge clk_i) begin
    if (write_i.set_long) long_o <= write_i.long_units;
    else if (fill && bin_q[done_q] == store_pkg::LongBin) long_o <= length_q[done_q];
  end

  logic peek_occupied;

  store_seek u_seek (
    .clk_i, .rst_ni, .clear_i,
    .set_valid_i(write_i.set_list), .set_bin_i(write_i.bin), .set_occupied_i(write_i.occupied),
    .bin_i, .occupied_o(occupied), .peek_bin_i, .peek_occupied_o(peek_occupied),
    .units_i(seek_units_i), .fit_o(seek_fit_o), .fit_bin_o(seek_fit_bin_o),
    .any_o(seek_any_o), .largest_bin_o(seek_largest_bin_o)
  );

  store_pkg::list_t peek_q;
  logic [31:0]      peek_head_q;

  always_ff @(posedge clk_i) begin
    peek_q      <= table_q[peek_bin_i][Width-1:0];
    peek_head_q <= peek_occupied ? peek_q.head : store_pkg::Nowhere;
  end
  assign peek_head_o = peek_head_q;

  logic unused;
  assign unused = &{1'b0, peek_q.known, peek_q.next};

  `PAMC_ASSERT(a_fetch_is_write, !fetch_valid_i || (write_i.set_list && !write_i.entry.known))
  `PAMC_ASSERT(a_got_was_fetched, !got_valid_i || (count_q != '0 && !came_q[come_q]))
  `PAMC_ASSERT(a_clear_quiet, !clear_i || quiet_o)

endmodule
