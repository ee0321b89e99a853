// SPDX-License-Identifier: Apache-2.0
//
// One of the three words of each entry of the MSI-X table, protected: a message that went
// astray would be a write to any of the host's memory. Words that were never written read
// as zero.
//
// Two ways to read: for the host, who gets all ones for a word that is lost; and for messages, a
// cycle after fire_i, or, if it has to be corrected, one more (wait_o).

module pcie_msix_word #(
  parameter int unsigned Vectors = pamc_pkg::MAX_VECTORS,
  // Derived, not to be set.
  parameter int unsigned VectorBits = $clog2(Vectors)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  ecc_pkg::inject_t      inject_i,
  output ecc_pkg::event_t       ecc_o,

  // The host's side. What it writes only in part keeps the rest as it stands in memory: no
  // host may do that (PCI Express, MSI-X table).
  // The entry first, the rest, and what is read, a cycle later.
  input  logic [VectorBits-1:0] entry_i,
  input  logic                  write_i,
  input  logic [31:0]           wdata_i,
  input  logic [3:0]            wstrb_i,
  input  logic                  read_i,
  output logic [31:0]           rdata_o,

  input  logic                  fire_i,
  input  logic [VectorBits-1:0] fire_entry_i,
  // The word is of use; until it is not, it stays.
  input  logic                  look_i,
  output logic [31:0]           data_o,
  output logic                  wait_o,
  output logic                  lost_o
);

  localparam int unsigned CheckBits = ecc_pkg::check_bits(32);
  localparam int unsigned Word      = 32 + CheckBits;

  logic [Word-1:0]      mem_q [Vectors];
  logic [Vectors-1:0]   written_q;
  logic [Word-1:0]      old_q, word;
  logic                 has_q;
  logic [VectorBits-1:0] entry_q;
  logic [31:0]          merged, right;
  logic [CheckBits-1:0] check;
  ecc_pkg::event_t      host, found;
  always_ff @(posedge clk_i) begin
    old_q   <= mem_q[entry_i];
    has_q   <= written_q[entry_i];
    entry_q <= entry_i;
  end
  always_comb begin
    for (int n = 0; n < 4; n++) begin
      merged[8*n+:8] = wstrb_i[n] ? wdata_i[8*n+:8] : has_q ? old_q[8*n+:8] : 8'd0;
    end
  end

  ecc_encode #(.Width(32)) u_encode (.active_i(write_i), .data_i(merged), .check_o(check));
  ecc_inject #(.Memory(ecc_pkg::Msix), .Width(Word)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i, .word_i({check, merged}), .word_o(word)
  );
  always_ff @(posedge clk_i) if (write_i) mem_q[entry_q] <= word;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) written_q <= '0;
    else if (write_i) written_q[entry_q] <= 1'b1;
  end

  ecc_decode #(.Width(32)) u_host (
    .active_i(read_i && has_q), .data_i(old_q[31:0]), .check_i(old_q[Word-1:32]),
    .data_o(right), .event_o(host)
  );
  assign rdata_o = !has_q ? '0 : host.uncorrectable ? '1 : right;

  // Messages.
  logic [Word-1:0] read_q;
  logic [31:0]     fixed;
  logic            known_q, fixed_q, lost_q;
  ecc_decode #(.Width(32)) u_fire (
    .active_i(look_i && known_q && !fixed_q), .data_i(read_q[31:0]), .check_i(read_q[Word-1:32]),
    .data_o(fixed), .event_o(found)
  );
  assign wait_o = found != '0;
  always_ff @(posedge clk_i) begin
    if (fire_i) begin
      read_q  <= written_q[fire_entry_i] ? mem_q[fire_entry_i] : '0;
      known_q <= written_q[fire_entry_i];
      fixed_q <= 1'b0;
      lost_q  <= 1'b0;
    end else if (wait_o) begin
      read_q[31:0] <= fixed;
      fixed_q      <= 1'b1;
      lost_q       <= found.uncorrectable;
    end
  end
  assign data_o = read_q[31:0];
  assign lost_o = lost_q;
  assign ecc_o  = host | found;

endmodule
