// SPDX-License-Identifier: Apache-2.0
//
// Every counter of the card, by number (spec/mailbox.toml), for the management core to read:
// whoever wants to know why a page was slow finds out here. Counters of 32 bits wrap.

`include "check.svh"

module mailbox_counters #(
  parameter int unsigned PutLanes = 2,
  parameter int unsigned GetLanes = 2,
  // Derived, not to be set.
  parameter int unsigned Lanes = PutLanes + GetLanes,
  parameter int unsigned Waits = 2 + exec_pkg::PutWaitBits + exec_pkg::GetWaitBits
) (
  input  logic                       clk_i,

  input  logic [mailbox_pkg::CounterBits-1:0] select_i,
  // Two cycles later.
  output logic [63:0]                value_o,

  input  queue_pkg::counters_t       queue_i,
  input  exec_pkg::counters_t        exec_i,
  input  logic [31:0]                hazard_stalls_i,
  input  vault_pkg::globals_t        vault_i,
  input  flash_pkg::fetch_stats_t    fetch_i,
  input  vault_pkg::counters_t       vault_counters_i,
  input  store_pkg::counters_t       store_i,
  input  vault_puts_pkg::stats_t     puts_i,
  input  logic [31:0]                index_used_i,
  input  logic [63:0]                index_moves_i,
  input  logic [5:0]                 stash_used_i,
  input  dram_pkg::stats_t           dram_i,
  input  pcie_pkg::pcie_stats_t      pcie_i,
  // Of the memory on the chip that bits 4:0 choose, a cycle later: corrected, above lost.
  input  logic [63:0]                ecc_i,
  // Cycles with a command inside.
  input  logic [63:0]                busy_i,
  // From mailbox_waits.sv.
  input  logic [Waits-1:0][31:0]     waits_i,
  // lib_pkg::engine_stats_t of each lane: put lanes, then get lanes.
  input  logic [Lanes-1:0][287:0]    codec_i
);

  // Those of lanes are the upper half of all numbers.
  `PAMC_PARAM(g_waits, 32'(mailbox_pkg::COUNTER_WAIT_GET_RESULT) == 32'(mailbox_pkg::COUNTER_WAIT_PUT_LANE) + Waits - 1)
  `PAMC_PARAM(g_lanes, mailbox_pkg::COUNTER_LANE == 9'h100 && Lanes <= 16)

  logic [63:0] value_q, value_d;
  logic [mailbox_pkg::CounterBits-1:0] select_q;

  // Nine words, the last of the struct first.
  logic [287:0] lane;
  logic [8:0][31:0] lane_words;
  always_comb begin
    lane = '0;
    for (int unsigned n = 0; n < Lanes; n++) if (select_q[7:4] == 4'(n)) lane = codec_i[n];
  end
  assign lane_words = lane;

  logic [31:0] waits;
  always_comb begin
    waits = '0;
    for (int unsigned n = 0; n < Waits; n++) begin
      if (select_q == mailbox_pkg::COUNTER_WAIT_PUT_LANE + mailbox_pkg::CounterBits'(n)) waits = waits_i[n];
    end
  end

  always_comb begin
    value_d = '0;
    case (select_q)
      mailbox_pkg::COUNTER_QUEUE_BAD_DOORBELL:      value_d[31:0] = queue_i.bad_doorbell;
      mailbox_pkg::COUNTER_QUEUE_PUSHED:            value_d[31:0] = queue_i.pushed;
      mailbox_pkg::COUNTER_QUEUE_PUSH_DROPPED:      value_d[31:0] = queue_i.push_dropped;
      mailbox_pkg::COUNTER_QUEUE_FETCHED:           value_d[31:0] = queue_i.fetched;
      mailbox_pkg::COUNTER_QUEUE_CQ_FULL_STALLS:    value_d[31:0] = queue_i.cq_full_stalls;
      mailbox_pkg::COUNTER_QUEUE_INTERRUPTS:        value_d[31:0] = queue_i.interrupts;
      mailbox_pkg::COUNTER_QUEUE_COMPLETIONS:       value_d[31:0] = queue_i.completions;
      mailbox_pkg::COUNTER_EXEC_PUTS:               value_d = exec_i.puts;
      mailbox_pkg::COUNTER_EXEC_PUTS_REFUSED:       value_d = exec_i.puts_refused;
      mailbox_pkg::COUNTER_EXEC_GETS:               value_d = exec_i.gets;
      mailbox_pkg::COUNTER_EXEC_MISSES:             value_d = exec_i.misses;
      mailbox_pkg::COUNTER_EXEC_ABORTS:             value_d = exec_i.aborts;
      mailbox_pkg::COUNTER_EXEC_ERRORS:             value_d = exec_i.errors;
      mailbox_pkg::COUNTER_EXEC_UNLOGGED:           value_d = exec_i.unlogged;
      mailbox_pkg::COUNTER_HAZARD_STALLS:           value_d[31:0] = hazard_stalls_i;
      mailbox_pkg::COUNTER_BUSY_CYCLES:             value_d = busy_i;
      mailbox_pkg::COUNTER_EXEC_DAMAGED:            value_d = exec_i.damaged;
      mailbox_pkg::COUNTER_VAULT_PUTS:              value_d = vault_counters_i.puts;
      mailbox_pkg::COUNTER_VAULT_PUTS_REFUSED:      value_d = vault_counters_i.puts_refused;
      mailbox_pkg::COUNTER_VAULT_EVICTIONS:         value_d = vault_counters_i.evictions;
      mailbox_pkg::COUNTER_VAULT_FLUSHES:           value_d = vault_counters_i.flushes;
      mailbox_pkg::COUNTER_VAULT_INDEX_FULL:        value_d = vault_counters_i.index_full;
      mailbox_pkg::COUNTER_VAULT_COMMITTED_UNITS:   value_d[47:0] = vault_i.committed_units;
      mailbox_pkg::COUNTER_VAULT_COMMITTED_SLOTS:   value_d[47:0] = vault_i.committed_slots;
      mailbox_pkg::COUNTER_VAULT_DEAD_PAGES:        value_d[31:0] = vault_i.dead_pages;
      mailbox_pkg::COUNTER_VAULT_EXTENTS:           value_d[31:0] = vault_i.extents;
      mailbox_pkg::COUNTER_VAULT_OBJECTS:           value_d[31:0] = vault_i.objects;
      mailbox_pkg::COUNTER_STORE_FREE_UNITS:        value_d[31:0] = store_i.free_units;
      mailbox_pkg::COUNTER_STORE_RUNS:              value_d[31:0] = store_i.runs;
      mailbox_pkg::COUNTER_STORE_MERGES:            value_d = store_i.merges;
      mailbox_pkg::COUNTER_STORE_SPLITS:            value_d = store_i.splits;
      mailbox_pkg::COUNTER_INDEX_USED:              value_d[31:0] = index_used_i;
      mailbox_pkg::COUNTER_INDEX_MOVES:             value_d = index_moves_i;
      mailbox_pkg::COUNTER_STASH_USED:              value_d[5:0] = stash_used_i;
      mailbox_pkg::COUNTER_VAULT_DEAD_TOTAL_PAGES:  value_d[31:0] = vault_i.dead.pages;
      mailbox_pkg::COUNTER_VAULT_DEAD_TOTAL_UNITS:  value_d[31:0] = vault_i.dead.units;
      mailbox_pkg::COUNTER_VAULT_DEAD_TOTAL_STORED: value_d[39:0] = vault_i.dead.stored;
      mailbox_pkg::COUNTER_VAULT_DEAD_TOTAL_SAME:   value_d[31:0] = vault_i.dead.same;
      mailbox_pkg::COUNTER_VAULT_DEAD_TOTAL_RAW:    value_d[31:0] = vault_i.dead.raw;
      mailbox_pkg::COUNTER_TIER_CLOCK:              value_d = vault_i.age;
      mailbox_pkg::COUNTER_TIER_DURABLE_BYTES:      value_d[39:0] = vault_i.durable_bytes;
      mailbox_pkg::COUNTER_TIER_PAGES:              value_d[31:0] = vault_i.flash_pages;
      mailbox_pkg::COUNTER_TIER_COMMITTED_FLASH:    value_d[47:0] = vault_i.committed_flash;
      mailbox_pkg::COUNTER_TIER_COMMITTED_DURABLE:  value_d[9:0] = vault_i.committed_durable;
      mailbox_pkg::COUNTER_TIER_READS:              value_d[31:0] = fetch_i.reads;
      mailbox_pkg::COUNTER_TIER_READS_LEFT:         value_d[31:0] = fetch_i.left;
      mailbox_pkg::COUNTER_TIER_READS_FINDING:      value_d[31:0] = fetch_i.finding;
      mailbox_pkg::COUNTER_TIER_READS_READING:      value_d[31:0] = fetch_i.reading;
      mailbox_pkg::COUNTER_TIER_READS_READING_MAX:  value_d[31:0] = fetch_i.reading_max;
      mailbox_pkg::COUNTER_PUTS_ENTERED:            value_d[31:0] = puts_i.puts;
      mailbox_pkg::COUNTER_PUTS_DIVERTED:           value_d[31:0] = puts_i.diverted;
      mailbox_pkg::COUNTER_PUTS_WAIT_INSIDE:        value_d[31:0] = puts_i.wait_inside;
      mailbox_pkg::COUNTER_PUTS_WAIT_DRAINED:       value_d[31:0] = puts_i.wait_drained;
      mailbox_pkg::COUNTER_PUTS_WAIT_OBJECT:        value_d[31:0] = puts_i.wait_object;
      mailbox_pkg::COUNTER_PUTS_WAIT_ROOM:          value_d[31:0] = puts_i.wait_room;
      mailbox_pkg::COUNTER_PUTS_WAIT_STREAM:        value_d[31:0] = puts_i.wait_stream;
      mailbox_pkg::COUNTER_PUTS_WAIT_LOOKUP:        value_d[31:0] = puts_i.wait_lookup;
      mailbox_pkg::COUNTER_PUTS_WAIT_INDEX:         value_d[31:0] = puts_i.wait_index;
      mailbox_pkg::COUNTER_PUTS_WAIT_FREE:          value_d[31:0] = puts_i.wait_free;
      mailbox_pkg::COUNTER_DRAM_READ_BURSTS:        value_d[31:0] = dram_i.read_bursts;
      mailbox_pkg::COUNTER_DRAM_WRITE_BURSTS:       value_d[31:0] = dram_i.write_bursts;
      mailbox_pkg::COUNTER_DRAM_READ_LINES:         value_d[31:0] = dram_i.read_lines;
      mailbox_pkg::COUNTER_DRAM_WRITE_LINES:        value_d[31:0] = dram_i.write_lines;
      mailbox_pkg::COUNTER_DRAM_CONFLICTS:          value_d[31:0] = dram_i.conflicts;
      mailbox_pkg::COUNTER_DRAM_LATENCY_SUM:        value_d[31:0] = dram_i.latency_sum;
      mailbox_pkg::COUNTER_DRAM_LATENCY_MAX:        value_d[31:0] = dram_i.latency_max;
      mailbox_pkg::COUNTER_DRAM_OUTSTANDING_MAX:    value_d[31:0] = dram_i.outstanding_max;
      mailbox_pkg::COUNTER_DRAM_WRITE_ERRORS:       value_d[31:0] = dram_i.write_errors;
      mailbox_pkg::COUNTER_DRAM_READ_ERRORS:        value_d[31:0] = dram_i.read_errors;
      mailbox_pkg::COUNTER_PCIE_CQ_WRITE_LINES:     value_d[31:0] = pcie_i.cq_write_lines;
      mailbox_pkg::COUNTER_PCIE_CQ_READS:           value_d[31:0] = pcie_i.cq_reads;
      mailbox_pkg::COUNTER_PCIE_CQ_UNSUPPORTED:     value_d[31:0] = pcie_i.cq_unsupported;
      mailbox_pkg::COUNTER_PCIE_CQ_DROPPED:         value_d[31:0] = pcie_i.cq_dropped;
      mailbox_pkg::COUNTER_PCIE_CQ_DAMAGED:         value_d[31:0] = pcie_i.cq_damaged;
      mailbox_pkg::COUNTER_PCIE_READ_PACKETS:       value_d[31:0] = pcie_i.read_packets;
      mailbox_pkg::COUNTER_PCIE_READ_LINES:         value_d[31:0] = pcie_i.read_lines;
      mailbox_pkg::COUNTER_PCIE_READ_ENDS:          value_d[31:0] = pcie_i.read_ends;
      mailbox_pkg::COUNTER_PCIE_READ_LATENCY_SUM:   value_d[31:0] = pcie_i.read_latency_sum;
      mailbox_pkg::COUNTER_PCIE_READ_LATENCY_MAX:   value_d[31:0] = pcie_i.read_latency_max;
      mailbox_pkg::COUNTER_PCIE_TAGS:               value_d[31:0] = pcie_i.tags;
      mailbox_pkg::COUNTER_PCIE_TAGS_MAX:           value_d[31:0] = pcie_i.tags_max;
      mailbox_pkg::COUNTER_PCIE_READ_STALL_TAG:     value_d[31:0] = pcie_i.read_stall_tag;
      mailbox_pkg::COUNTER_PCIE_READ_STALL_READY:   value_d[31:0] = pcie_i.read_stall_ready;
      mailbox_pkg::COUNTER_PCIE_READ_ERRORS:        value_d[31:0] = pcie_i.read_errors;
      mailbox_pkg::COUNTER_PCIE_READ_TIMEOUTS:      value_d[31:0] = pcie_i.read_timeouts;
      mailbox_pkg::COUNTER_PCIE_READ_ABORTS:        value_d[31:0] = pcie_i.read_aborts;
      mailbox_pkg::COUNTER_PCIE_READ_STRAYS:        value_d[31:0] = pcie_i.read_strays;
      mailbox_pkg::COUNTER_PCIE_READ_EXPIRED:       value_d[31:0] = pcie_i.read_expired;
      mailbox_pkg::COUNTER_PCIE_WRITE_PACKETS:      value_d[31:0] = pcie_i.write_packets;
      mailbox_pkg::COUNTER_PCIE_WRITE_DWORDS:       value_d[31:0] = pcie_i.write_dwords;
      mailbox_pkg::COUNTER_PCIE_WRITE_REQUESTS:     value_d[31:0] = pcie_i.write_requests;
      mailbox_pkg::COUNTER_PCIE_WRITE_DROPPED:      value_d[31:0] = pcie_i.write_dropped;
      mailbox_pkg::COUNTER_PCIE_WRITE_STALL_READY:  value_d[31:0] = pcie_i.write_stall_ready;
      mailbox_pkg::COUNTER_PCIE_INTERRUPTS:         value_d[31:0] = pcie_i.interrupts;
      mailbox_pkg::COUNTER_LANES:                   value_d[15:0] = {8'(GetLanes), 8'(PutLanes)};
      default: begin
        if (!select_q[8]) value_d[31:0] = waits;
        else if (select_q[3:0] < 4'd9) value_d[31:0] = lane_words[4'd8 - select_q[3:0]];
      end
    endcase
    if (select_q[8:5] == mailbox_pkg::COUNTER_ECC[8:5]) value_d = ecc_i;
  end

  always_ff @(posedge clk_i) begin
    select_q <= select_i;
    value_q  <= value_d;
  end
  assign value_o = value_q;

  // What the counters of the card interface have no place for.
  logic unused;
  assign unused = ^vault_i;

endmodule
