// SPDX-License-Identifier: Apache-2.0
//
// The few objects that were found last, by their whole key: most lookups are of one that
// was looked up a moment ago, and need not wait for the hash that leads to its row in
// index_cache. Answers come two cycles after the question.
//
// What is known here was known to index_cache, so whoever drops an object there drops it
// here: a question that has not been answered when its object is dropped finds nothing.
// The answer itself may be overtaken by a drop as that of index_cache may; who asked has
// to watch from the cycle of the answer on.
//
// Keys may differ in one bit, so every part of an entry has a parity, looked at in every cycle:
// what is wrong is dropped, and found in index_cache again. Whether there is an entry is known twice.

`include "check.svh"

module index_recent #(
  parameter int unsigned Entries    = 4,
  parameter int unsigned RowBits    = 6,
  parameter int unsigned KeyBits    = 208,
  parameter int unsigned ObjectBits = index_pkg::ObjectBits,
  parameter int unsigned SlotBits   = 4
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  ecc_pkg::inject_t      inject_i,
  output ecc_pkg::event_t       ecc_o,

  input  logic                  look_i,
  input  logic [SlotBits-1:0]   look_slot_i,
  input  logic [KeyBits-1:0]    look_key_i,

  output logic                  answer_o,
  output logic [SlotBits-1:0]   answer_slot_o,
  // With an answer only.
  output logic                  hit_o,
  output logic [ObjectBits-1:0] hit_object_o,
  output logic [RowBits-1:0]    hit_row_o,

  // Found elsewhere, and not dropped since.
  input  logic                  learn_i,
  input  logic [RowBits-1:0]    learn_row_i,
  input  logic [KeyBits-1:0]    learn_key_i,
  input  logic [ObjectBits-1:0] learn_object_i,

  input  logic                  drop_i,
  input  logic [RowBits-1:0]    drop_row_i,
  input  logic                  drop_all_i
);

  localparam int unsigned EntryBits = $clog2(Entries);
  // The key is compared in parts of so many bits.
  localparam int unsigned PartBits  = 26;
  localparam int unsigned Parts     = (KeyBits + PartBits - 1) / PartBits;
  // A parity for each, and one for what is told.
  localparam int unsigned Checks    = Parts + 1;
  localparam int unsigned WordBits  = Checks + RowBits + ObjectBits + KeyBits;

  logic [Entries-1:0]            valid_q, valid2_q;
  logic [Entries*Checks-1:0]     checks_q;
  logic [Entries*KeyBits-1:0]    keys_q;
  logic [Entries*ObjectBits-1:0] objects_q;
  logic [Entries*RowBits-1:0]    rows_q;
  logic [EntryBits-1:0]          next_q;

  // What is learned.
  logic [Checks-1:0]     learn_checks, checks_w;
  logic [WordBits-1:0]   word;
  logic [KeyBits-1:0]    key_w;
  logic [ObjectBits-1:0] object_w;
  logic [RowBits-1:0]    row_w;
  always_comb begin
    for (int unsigned p = 0; p < Parts; p++) begin
      learn_checks[p] = ^(PartBits'(learn_key_i >> (p * PartBits)));
    end
    learn_checks[Parts] = ^{learn_row_i, learn_object_i};
  end
  ecc_inject #(.Memory(ecc_pkg::IndexRecent), .Width(WordBits)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i(learn_i),
    .word_i({learn_checks, learn_row_i, learn_object_i, learn_key_i}), .word_o(word)
  );
  assign {checks_w, row_w, object_w, key_w} = word;

  // An entry that is not what was learned.
  logic [Entries-1:0] wrong, bad_q;
  always_comb begin
    for (int unsigned n = 0; n < Entries; n++) begin
      wrong[n] = checks_q[n*Checks+Parts] != ^{rows_q[n*RowBits +: RowBits], objects_q[n*ObjectBits +: ObjectBits]};
      for (int unsigned p = 0; p < Parts; p++) begin
        if (checks_q[n*Checks+p] != ^(PartBits'(keys_q[n*KeyBits +: KeyBits] >> (p * PartBits)))) wrong[n] = 1'b1;
      end
    end
  end

  // First cycle: parts.
  logic                     look_q;
  logic [SlotBits-1:0]      look_slot_q;
  logic [Entries*Parts-1:0] same_q;

  // Second: an entry.
  logic [Entries-1:0]    agrees;
  logic [ObjectBits-1:0] object;
  logic [RowBits-1:0]    row;
  logic                  answer_q, hit_q, dropped_q;
  logic [SlotBits-1:0]   answer_slot_q;
  logic [ObjectBits-1:0] object_q;
  logic [RowBits-1:0]    row_q;

  always_comb begin
    object = '0;
    row    = '0;
    for (int unsigned n = 0; n < Entries; n++) begin
      agrees[n] = valid_q[n] && valid2_q[n] && !bad_q[n] && (&same_q[n*Parts +: Parts]);
      // If there are two, both say the same.
      if (agrees[n]) begin
        object = objects_q[n*ObjectBits +: ObjectBits];
        row    = rows_q[n*RowBits +: RowBits];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q   <= '0;
      valid2_q  <= '0;
      bad_q     <= '0;
      next_q    <= '0;
      look_q    <= 1'b0;
      answer_q  <= 1'b0;
      hit_q     <= 1'b0;
      dropped_q <= 1'b0;
    end else begin
      for (int unsigned n = 0; n < Entries; n++) begin
        if (drop_all_i || bad_q[n] || valid_q[n] != valid2_q[n] ||
            (drop_i && rows_q[n*RowBits +: RowBits] == drop_row_i)) begin
          valid_q[n]  <= 1'b0;
          valid2_q[n] <= 1'b0;
        end
        if (learn_i && next_q == EntryBits'(n)) begin
          valid_q[n]  <= 1'b1;
          valid2_q[n] <= 1'b1;
        end
        bad_q[n] <= valid_q[n] && wrong[n] && !bad_q[n] && !(learn_i && next_q == EntryBits'(n));
      end
      if (learn_i) next_q <= next_q + 1'b1;
      look_q    <= look_i;
      answer_q  <= look_q;
      hit_q     <= agrees != '0;
      dropped_q <= drop_i || drop_all_i;
    end
  end

  always_ff @(posedge clk_i) begin
    look_slot_q   <= look_slot_i;
    answer_slot_q <= look_slot_q;
    object_q      <= object;
    row_q         <= row;
    for (int unsigned n = 0; n < Entries; n++) begin
      for (int unsigned p = 0; p < Parts; p++) begin
        same_q[n*Parts+p] <= PartBits'(look_key_i >> (p * PartBits)) ==
                             PartBits'(keys_q[n*KeyBits +: KeyBits] >> (p * PartBits));
      end
      if (learn_i && next_q == EntryBits'(n)) begin
        keys_q[n*KeyBits +: KeyBits]          <= key_w;
        objects_q[n*ObjectBits +: ObjectBits] <= object_w;
        rows_q[n*RowBits +: RowBits]          <= row_w;
        checks_q[n*Checks +: Checks]          <= checks_w;
        // That was compared with the key before.
        same_q[n*Parts +: Parts] <= '0;
      end
    end
  end

  assign ecc_o.corrected     = bad_q != '0;
  assign ecc_o.uncorrectable = 1'b0;
  assign answer_o      = answer_q;
  assign answer_slot_o = answer_slot_q;
  assign hit_o         = hit_q && !dropped_q;
  assign hit_object_o  = object_q;
  assign hit_row_o     = row_q;

  `PAMC_PARAM(g_entries, Entries >= 2 && (Entries & (Entries - 1)) == 0)
  `PAMC_ASSUME(m_learn_what_stays, !learn_i || (!drop_i && !drop_all_i))

endmodule
