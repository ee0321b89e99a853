// SPDX-License-Identifier: Apache-2.0
//
// The code that protects memories on the chip, and what protected memories have in common:
// numbers, counters, errors made for tests.
//
// Single errors are corrected, double ones detected: a code whose columns all have an odd
// number of ones (Hsiao), so that the sum of the check bits tells one from two. The column
// of data bit n is the n-th number that is no power of two, with the bit behind it that
// makes its ones odd; that of a check bit is a single one.

/* verilator lint_off UNUSEDPARAM */
package ecc_pkg;

  // ---- the code ----

  // Check bits for so many data bits.
  function automatic int unsigned check_bits(input int unsigned width);
    check_bits = 4;
    for (int unsigned n = 4; n < 12; n++) begin
      if ((32'd1 << (n - 1)) - n < width) check_bits = n + 1;
    end
  endfunction

  // The column of a data bit, without the bit that makes it odd.
  function automatic logic [15:0] place(input int unsigned n);
    place = 16'(n + 1);
    for (int unsigned p = 0; p < 11; p++) begin
      if (16'd1 << p <= place) place = place + 16'd1;
    end
  endfunction

  function automatic logic [16:0] column(input int unsigned n);
    logic [15:0] upper;
    upper = place(n);
    column = {upper, ~^upper};
  endfunction

  // ---- memories ----

  // Which one, for counters and injected errors.
  localparam int unsigned Memories    = 32;
  localparam int unsigned Pools       = 0;   // exec_pools
  localparam int unsigned Contents    = 1;   // vault_contents
  localparam int unsigned StoreLists  = 2;   // store_lists
  localparam int unsigned StoreMap    = 3;   // store_map, a cache
  localparam int unsigned IndexCache  = 4;   // index_cache, a cache
  localparam int unsigned IndexStash  = 5;   // index_stash
  localparam int unsigned QueueFetch  = 6;   // queue_fetch: rings, shifts
  localparam int unsigned QueuePost   = 7;   // queue_post: rings, shifts
  localparam int unsigned QueueDomain = 8;   // queue_handout: domains
  localparam int unsigned Msix        = 9;   // pcie_msix
  localparam int unsigned McuLines    = 10;  // mcu_dram, a cache: words of its lines
  localparam int unsigned McuTags     = 11;  // mcu_dram: which lines they are
  localparam int unsigned McuRam      = 12;  // mcu_ram
  localparam int unsigned IndexAhead  = 13;  // index_ahead, a cache
  localparam int unsigned IndexRecent = 14;  // index_recent, a cache
  localparam int unsigned VaultRecent = 15;  // vault_recent, a cache
  localparam int unsigned QueueIndex  = 16;  // queue_*: indices of rings
  localparam int unsigned QueueIrq    = 17;  // queue_irq: settings of interrupts
  localparam int unsigned QueueBatch  = 18;  // queue_batches: entries that were fetched
  localparam int unsigned Commands    = 19;  // exec_commands: what is read
  localparam int unsigned CommandCopy = 20;  // exec_commands: from which it is put right
  localparam int unsigned PageIn      = 21;  // exec_page_in
  localparam int unsigned Extents     = 22;  // vault_store, vault_puts_extents, store_give: room of pages on their way
  localparam int unsigned AheadPlaces = 23;  // index_ahead, a cache: which buckets its lines are
  localparam int unsigned LookupHandles = 24;  // index_lookup: what is looked for
  localparam int unsigned LookupKeys  = 25;  // index_searches: where
  localparam int unsigned LookupFound = 26;  // index_lookup: candidates
  localparam int unsigned Durable     = 27;  // exec_durable

  // Of Extents: the two writers' of puts beside each other, the list of one at a time, what is
  // being given. rtl/lib/ecc_watch.sv
  localparam int unsigned ExtentsWriter = 0;
  localparam int unsigned ExtentsStep   = 64;
  localparam int unsigned ExtentsList   = 128;
  localparam int unsigned ExtentsGiven  = 192;

  // The memory's next write is damaged: two bits of the word, or one if they are the same.
  // Check bits stand above the data.
  typedef struct packed {
    logic       valid;
    logic [4:0] memory;
    logic [9:0] first;
    logic [9:0] second;
  } inject_t;

  // For a cycle: what was read was wrong, and is right now; or is lost.
  typedef struct packed {
    logic corrected;
    logic uncorrectable;
  } event_t;

endpackage
