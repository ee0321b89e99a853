// SPDX-License-Identifier: Apache-2.0
//
// Nobody uses a wrong word of ecc_checked without being told in the next cycle, though any word may
// be damaged in a bit as it is written; and nobody is told without cause.

`include "check.svh"

module ecc_checked_proof (
  input logic       clk_i,
  input logic       write_i,
  input logic       write_at_i,
  input logic [4:0] write_data_i,
  input logic [1:0] read_at_i,
  input logic [1:0] use_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic [1:0][4:0] read_data;
  logic [1:0]      wrong;
  logic [13:0]     words;
  ecc_pkg::event_t ecc;
  ecc_checked #(.Memory(3), .Width(5), .Depth(2), .Ports(2), .Checks(2)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .write_i, .kept_i(1'b1), .write_at_i, .write_data_i,
    .read_at_i, .read_data_o(read_data), .use_i, .wrong_o(wrong), .words_o(words)
  );

  // What was written last, and whether it was damaged, in its data or in its parities.
  logic [1:0]      there_q = '0, damaged_q = '0;
  logic [1:0][4:0] last_q;
  (* hierconn *) wire [6:0] \dut.spoils ;
  always_ff @(posedge clk_i) begin
    if (rst_ni && write_i) begin
      there_q[write_at_i]   <= 1'b1;
      damaged_q[write_at_i] <= \dut.spoils != '0;
      last_q[write_at_i]    <= write_data_i;
    end
  end

  logic [1:0] used_q = '0, right_q, clean_q;
  always_ff @(posedge clk_i) begin
    for (int unsigned n = 0; n < 2; n++) begin
      used_q[n]  <= rst_ni && use_i[n] && there_q[read_at_i[n]];
      right_q[n] <= read_data[n] == last_q[read_at_i[n]];
      clean_q[n] <= !damaged_q[read_at_i[n]];
    end
  end
  `PAMC_ASSERT(a_right_or_told, (used_q & ~right_q & ~wrong) == '0)
  `PAMC_ASSERT(a_told_with_cause, (used_q & clean_q & wrong) == '0)

  // For induction: what is in the memory is that.
  logic [1:0] fits;
  for (genvar i = 0; i < 2; i++) begin : g_word
    logic [6:0] word, clean, bits;
    assign word    = words[7*i +: 7];
    assign clean   = {^last_q[i][4:3], ^last_q[i][2:0], last_q[i]};
    assign bits    = word ^ clean;
    assign fits[i] = !there_q[i] || (damaged_q[i] ? bits != '0 && (bits & (bits - 1'b1)) == '0 : bits == '0);
  end
  `PAMC_ASSERT(a_memory, fits == '1)

  `PAMC_COVER(c_wrong, used_q == 2'b11 && wrong == 2'b11)
  `PAMC_COVER(c_right_beside_wrong, used_q == 2'b11 && wrong == 2'b01 && ecc.uncorrectable)

endmodule
