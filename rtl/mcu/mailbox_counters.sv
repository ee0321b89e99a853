// SPDX-License-Identifier: Apache-2.0
//
// Every counter of the card, by number, for the management core to read: whoever wants to
// know why a page was slow finds out here. Counters of 32 bits wrap.

module mailbox_counters #(
  parameter int unsigned Lanes = 4
) (
  input  logic                       clk_i,

  input  logic [7:0]                 select_i,
  // Two cycles later.
  output logic [63:0]                value_o,

  input  queue_pkg::counters_t       queue_i,
  input  exec_pkg::counters_t        exec_i,
  input  logic [31:0]                hazard_stalls_i,
  input  vault_pkg::globals_t        vault_i,
  input  vault_pkg::counters_t       vault_counters_i,
  input  store_pkg::counters_t       store_i,
  input  vault_puts_pkg::stats_t     puts_i,
  input  logic [31:0]                index_used_i,
  input  logic [63:0]                index_moves_i,
  input  logic [5:0]                 stash_used_i,
  input  dram_pkg::stats_t           dram_i,
  input  pcie_pkg::pcie_stats_t      pcie_i,
  // Cycles with a command inside.
  input  logic [63:0]                busy_i,
  // lib_pkg::engine_stats_t of each lane: put lanes, then get lanes.
  input  logic [Lanes-1:0][287:0]    codec_i
);

  // From 0x00 on the queues', 0x10 the executor's, 0x20 vault, store and index, 0x40
  // memory, 0x50 PCI Express, 0x80 nine for each lane, 16 apart.
  logic [63:0] value_q, value_d;
  logic [7:0]  select_q;

  // Nine words, the last of the struct first.
  logic [287:0] lane;
  logic [8:0][31:0] lane_words;
  always_comb begin
    lane = '0;
    for (int unsigned n = 0; n < Lanes; n++) if (select_q[6:4] == 3'(n)) lane = codec_i[n];
  end
  assign lane_words = lane;

  always_comb begin
    value_d = '0;
    case (select_q)
      8'h00: value_d[31:0] = queue_i.bad_doorbell;
      8'h01: value_d[31:0] = queue_i.pushed;
      8'h02: value_d[31:0] = queue_i.push_dropped;
      8'h03: value_d[31:0] = queue_i.fetched;
      8'h04: value_d[31:0] = queue_i.cq_full_stalls;
      8'h05: value_d[31:0] = queue_i.interrupts;
      8'h06: value_d[31:0] = queue_i.completions;
      8'h10: value_d = exec_i.puts;
      8'h11: value_d = exec_i.puts_refused;
      8'h12: value_d = exec_i.gets;
      8'h13: value_d = exec_i.misses;
      8'h14: value_d = exec_i.aborts;
      8'h15: value_d = exec_i.errors;
      8'h16: value_d = exec_i.unlogged;
      8'h17: value_d[31:0] = hazard_stalls_i;
      8'h18: value_d = busy_i;
      8'h20: value_d = vault_counters_i.puts;
      8'h21: value_d = vault_counters_i.puts_refused;
      8'h22: value_d = vault_counters_i.evictions;
      8'h23: value_d = vault_counters_i.flushes;
      8'h24: value_d = vault_counters_i.index_full;
      8'h25: value_d[47:0] = vault_i.committed_units;
      8'h26: value_d[47:0] = vault_i.committed_slots;
      8'h27: value_d[31:0] = vault_i.dead_pages;
      8'h28: value_d[31:0] = vault_i.extents;
      8'h29: value_d[31:0] = vault_i.objects;
      8'h2a: value_d[31:0] = store_i.free_units;
      8'h2b: value_d[31:0] = store_i.runs;
      8'h2c: value_d = store_i.merges;
      8'h2d: value_d = store_i.splits;
      8'h2e: value_d[31:0] = index_used_i;
      8'h2f: value_d = index_moves_i;
      8'h30: value_d[5:0] = stash_used_i;
      8'h31: value_d[31:0] = vault_i.dead.pages;
      8'h32: value_d[31:0] = vault_i.dead.units;
      8'h33: value_d[39:0] = vault_i.dead.stored;
      8'h34: value_d[31:0] = vault_i.dead.same;
      8'h35: value_d[31:0] = vault_i.dead.raw;
      8'h36: value_d[31:0] = puts_i.puts;
      8'h37: value_d[31:0] = puts_i.diverted;
      8'h38: value_d[31:0] = puts_i.wait_inside;
      8'h39: value_d[31:0] = puts_i.wait_drained;
      8'h3a: value_d[31:0] = puts_i.wait_object;
      8'h3b: value_d[31:0] = puts_i.wait_room;
      8'h3c: value_d[31:0] = puts_i.wait_stream;
      8'h3d: value_d[31:0] = puts_i.wait_lookup;
      8'h3e: value_d[31:0] = puts_i.wait_index;
      8'h3f: value_d[31:0] = puts_i.wait_free;
      8'h40: value_d[31:0] = dram_i.read_bursts;
      8'h41: value_d[31:0] = dram_i.write_bursts;
      8'h42: value_d[31:0] = dram_i.read_lines;
      8'h43: value_d[31:0] = dram_i.write_lines;
      8'h44: value_d[31:0] = dram_i.conflicts;
      8'h45: value_d[31:0] = dram_i.latency_sum;
      8'h46: value_d[31:0] = dram_i.latency_max;
      8'h47: value_d[31:0] = dram_i.outstanding_max;
      8'h48: value_d[31:0] = dram_i.write_errors;
      8'h49: value_d[31:0] = dram_i.read_errors;
      8'h50: value_d[31:0] = pcie_i.cq_write_lines;
      8'h51: value_d[31:0] = pcie_i.cq_reads;
      8'h52: value_d[31:0] = pcie_i.cq_unsupported;
      8'h53: value_d[31:0] = pcie_i.cq_dropped;
      8'h54: value_d[31:0] = pcie_i.cq_damaged;
      8'h55: value_d[31:0] = pcie_i.read_packets;
      8'h56: value_d[31:0] = pcie_i.read_lines;
      8'h57: value_d[31:0] = pcie_i.read_ends;
      8'h58: value_d[31:0] = pcie_i.read_latency_sum;
      8'h59: value_d[31:0] = pcie_i.read_latency_max;
      8'h5a: value_d[31:0] = pcie_i.tags;
      8'h5b: value_d[31:0] = pcie_i.tags_max;
      8'h5c: value_d[31:0] = pcie_i.read_stall_tag;
      8'h5d: value_d[31:0] = pcie_i.read_stall_ready;
      8'h5e: value_d[31:0] = pcie_i.read_errors;
      8'h5f: value_d[31:0] = pcie_i.read_timeouts;
      8'h60: value_d[31:0] = pcie_i.read_aborts;
      8'h61: value_d[31:0] = pcie_i.read_strays;
      8'h62: value_d[31:0] = pcie_i.read_expired;
      8'h63: value_d[31:0] = pcie_i.write_packets;
      8'h64: value_d[31:0] = pcie_i.write_dwords;
      8'h65: value_d[31:0] = pcie_i.write_requests;
      8'h66: value_d[31:0] = pcie_i.write_dropped;
      8'h67: value_d[31:0] = pcie_i.write_stall_ready;
      8'h68: value_d[31:0] = pcie_i.interrupts;
      default: if (select_q[7] && select_q[3:0] < 4'd9) value_d[31:0] = lane_words[4'd8 - select_q[3:0]];
    endcase
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
