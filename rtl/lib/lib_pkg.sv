// SPDX-License-Identifier: Apache-2.0
//
// What the building blocks of rtl/lib share.

/* verilator lint_off UNUSEDPARAM */
package lib_pkg;

  // What an engine that pages pass through tells of itself (engine_stats.sv). Counters
  // start at zero after reset and wrap at 32 bits; times are in cycles of its clock.
  typedef struct packed {
    // Pages that have left.
    logic [31:0] pages;
    // Cycles with at least one page inside.
    logic [31:0] busy;
    // Cycles in which the engine wanted the next beat of a page and was not given it.
    logic [31:0] starved;
    // Cycles in which it offered a beat and nobody took it.
    logic [31:0] blocked;
    // Pages inside now, and the most there ever were.
    logic [31:0] occupancy;
    logic [31:0] occupancy_max;
    // From a page's first beat in to its last beat out: of the page that left last, the
    // longest ever, and the sum over all.
    logic [31:0] latency;
    logic [31:0] latency_max;
    logic [31:0] latency_sum;
  } engine_stats_t;

endpackage
