// SPDX-License-Identifier: Apache-2.0
//
// A memory of words that are protected (ecc_pkg), with one port to write and one to read:
// a block RAM. What was read is there in the next cycle and until the next read; a read of
// the word that is being written gives the old one. error_o: it is lost, and worthless.
//
// Long words are protected in parts, so that correcting one costs no more levels of logic
// than correcting a short one, and Width need be no multiple of them.
//
// Words are corrected on their way out. With Late, they come out as they are, and wait_o
// says that this one is wrong: a cycle later it is right, or error_o. So nobody pays for
// the correction but when there is one.
//
// The event is told once for each read, in the first cycle in which look_i says that it is
// of use (with Late, in the one behind it): words that were never written have no right check
// bits. Without look_i, nothing is corrected.

module ecc_ram #(
  parameter int unsigned Memory = 0,
  parameter int unsigned Width = 64,
  parameter int unsigned Depth = 64,
  parameter int unsigned Parts = 1,
  parameter bit          Late = 1'b0,
  // The event is told a cycle later, as with Late, where it would come too late for the one it is of.
  parameter bit          LateEvent = 1'b0,
  // Derived, not to be set.
  parameter int unsigned AtBits = $clog2(Depth)
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  ecc_pkg::inject_t  inject_i,
  output ecc_pkg::event_t   event_o,

  input  logic              write_i,
  input  logic [AtBits-1:0] write_at_i,
  input  logic [Width-1:0]  write_data_i,

  input  logic              read_i,
  input  logic [AtBits-1:0] read_at_i,
  input  logic              look_i,
  output logic [Width-1:0]  data_o,
  output logic              wait_o,
  output logic              error_o
`ifdef FORMAL
  ,
  // The whole memory, for proofs, which have a small one.
  output logic [Depth*Width-1:0] whole_o
`endif
);

  localparam int unsigned PartBits  = (Width + Parts - 1) / Parts;
  localparam int unsigned CheckBits = ecc_pkg::check_bits(PartBits);
  localparam int unsigned PartWord  = PartBits + CheckBits;
  localparam int unsigned Word      = Parts * PartWord;

  logic [Parts*PartBits-1:0] write_data, raw, data;
  logic [Word-1:0]           clean, word, mem_q [Depth], read_q;
  logic [Parts-1:0]          corrected, uncorrectable;
  assign write_data = (Parts*PartBits)'(write_data_i);

  for (genvar p = 0; p < Parts; p++) begin : gen_part
    ecc_pkg::event_t found;
    assign clean[p*PartWord +: PartBits] = write_data[p*PartBits +: PartBits];
    ecc_encode #(.Width(PartBits)) u_encode (
      .active_i(write_i), .data_i(write_data[p*PartBits +: PartBits]), .check_o(clean[p*PartWord + PartBits +: CheckBits])
    );
    assign raw[p*PartBits +: PartBits] = read_q[p*PartWord +: PartBits];
    ecc_decode #(.Width(PartBits)) u_decode (
      .active_i(look_i), .data_i(read_q[p*PartWord +: PartBits]), .check_i(read_q[p*PartWord + PartBits +: CheckBits]),
      .data_o(data[p*PartBits +: PartBits]), .event_o(found)
    );
    assign corrected[p]     = found.corrected;
    assign uncorrectable[p] = found.uncorrectable;
  end

  ecc_inject #(.Memory(Memory), .Width(Word)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i, .word_i(clean), .word_o(word)
  );

  always_ff @(posedge clk_i) begin
    if (write_i) mem_q[write_at_i] <= word;
  end

  ecc_pkg::event_t found;
  assign found.uncorrectable = uncorrectable != '0;
  assign found.corrected     = corrected != '0 && uncorrectable == '0;

  logic told_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     told_q <= 1'b1;
    else if (read_i) told_q <= 1'b0;
    else if (look_i) told_q <= 1'b1;
  end

  if (Late) begin : gen_late
    // The word's data are right now, or its parts are lost.
    logic             fixed_q, lost_q;
    logic [Word-1:0]  fixed;
    always_comb begin
      fixed = read_q;
      for (int unsigned p = 0; p < Parts; p++) fixed[p*PartWord +: PartBits] = data[p*PartBits +: PartBits];
    end
    always_ff @(posedge clk_i) begin
      // Whether there was anything to put right: to know that takes longer.
      if (read_i)                  read_q <= mem_q[read_at_i];
      else if (look_i && !fixed_q) read_q <= fixed;
      if (read_i)                  {fixed_q, lost_q} <= 2'b00;
      else if (look_i && !fixed_q) {fixed_q, lost_q} <= {1'b1, found.uncorrectable};
    end
    logic [Parts-1:0] corrected_q, uncorrectable_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) {corrected_q, uncorrectable_q} <= '0;
      else         {corrected_q, uncorrectable_q} <= look_i && !told_q ? {corrected, uncorrectable} : '0;
    end
    assign event_o.uncorrectable = uncorrectable_q != '0;
    assign event_o.corrected     = corrected_q != '0 && uncorrectable_q == '0;
    assign wait_o  = look_i && (corrected | uncorrectable) != '0 && !fixed_q;
    assign data_o  = raw[Width-1:0];
`ifdef ECC_OFF
    assign error_o = 1'b0;
`else
    assign error_o = lost_q;
`endif
  end else begin : gen_early
    always_ff @(posedge clk_i) begin
      if (read_i) read_q <= mem_q[read_at_i];
    end
    if (LateEvent) begin : gen_late_event
      logic [Parts-1:0] corrected_q, uncorrectable_q;
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) {corrected_q, uncorrectable_q} <= '0;
        else         {corrected_q, uncorrectable_q} <= look_i && !told_q ? {corrected, uncorrectable} : '0;
      end
      assign event_o.uncorrectable = uncorrectable_q != '0;
      assign event_o.corrected     = corrected_q != '0 && uncorrectable_q == '0;
    end else begin : gen_event
      assign event_o = look_i && !told_q ? found : '0;
    end
    assign wait_o  = 1'b0;
    assign data_o  = data[Width-1:0];
    assign error_o = found.uncorrectable;
  end

  logic unused;
  assign unused = &{1'b0, raw, data, found};

`ifdef FORMAL
  for (genvar i = 0; i < Depth; i++) begin : gen_whole
    logic [Word-1:0]           one;
    logic [Parts*PartBits-1:0] plain;
    assign one = mem_q[i];
    for (genvar p = 0; p < Parts; p++) begin : gen_plain
      assign plain[p*PartBits +: PartBits] = one[p*PartWord +: PartBits];
    end
    assign whole_o[i*Width +: Width] = plain[Width-1:0];
  end
`endif

endmodule
