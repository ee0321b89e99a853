// SPDX-License-Identifier: Apache-2.0
//
// Code and data of the firmware, each word protected (ecc_ram). A read takes two cycles, a
// write of a word one, of a part of it three: the rest of the word is read, and corrected,
// first. Words that were never written are lost: the boot loader writes all of them after
// power-up.
//
// The memory itself knows no reset but that of its ports: firmware that restarts finds its
// data here. The cache of card memory (mcu_dram) keeps its words in another one.

module mcu_ram #(
  parameter int unsigned Words  = mcu_pkg::RAM_BYTES / 4,
  parameter int unsigned Memory = ecc_pkg::McuRam,
  // Derived, not to be set.
  parameter int unsigned AtBits = $clog2(Words)
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  ecc_pkg::inject_t  inject_i,
  output ecc_pkg::event_t   event_o,

  // May be given up at any time.
  input  logic              valid_i,
  input  logic [AtBits-1:0] at_i,
  input  logic [3:0]        strobe_i,
  input  logic [31:0]       data_i,
  output logic              ready_o,
  // Instead of ready_o: the word is lost.
  output logic              lost_o,
  output logic [31:0]       data_o
);

  typedef enum logic [1:0] {Idle, Read, Merged} state_e;
  state_e      state_q;
  logic        whole, read, error, waits;
  logic [31:0] word, merged_q;
  assign whole = strobe_i == 4'hf;
  assign read  = state_q == Idle && valid_i && !whole;

  ecc_ram #(.Memory(Memory), .Width(32), .Depth(Words)) u_ram (
    .clk_i, .rst_ni, .inject_i, .event_o,
    .write_i(valid_i && (state_q == Merged || (state_q == Idle && whole))), .write_at_i(at_i),
    .write_data_i(state_q == Merged ? merged_q : data_i),
    .read_i(read), .read_at_i(at_i), .look_i(state_q == Read), .data_o(word), .wait_o(waits), .error_o(error)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      case (state_q)
        Idle:    if (read) state_q <= Read;
        Read:    state_q <= valid_i && strobe_i != '0 && !error ? Merged : Idle;
        default: state_q <= Idle;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned n = 0; n < 4; n++) merged_q[8*n +: 8] <= strobe_i[n] ? data_i[8*n +: 8] : word[8*n +: 8];
  end

  assign ready_o = valid_i && ((state_q == Idle && whole) || (state_q == Read && strobe_i == '0 && !error) || state_q == Merged);
  assign lost_o  = valid_i && state_q == Read && error;
  assign data_o  = word;

  logic unused;
  assign unused = waits;

endmodule
