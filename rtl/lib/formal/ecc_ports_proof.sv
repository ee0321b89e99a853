// SPDX-License-Identifier: Apache-2.0
//
// Nobody uses a wrong word of ecc_ports: what a port read is what was written, or bad_o says in the
// next cycle that it is not, though any word may be damaged in a bit as it is written; and what was
// wrong is right again after some cycles in which nobody writes.

`include "check.svh"

module ecc_ports_proof (
  input logic            clk_i,
  input logic            write_i,
  input logic            write_at_i,
  input logic [2:0]      write_data_i,
  input logic [1:0]      read_at_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic [1:0][2:0] read_data;
  logic [1:0]      bad;
  logic            lost;
  logic [9:0]      words;
  logic [5:0]      whole;
  ecc_pkg::event_t ecc, ecc_copy;
  ecc_ports #(.Memory(3), .Copy(4), .Width(3), .Depth(2), .Ports(2), .Checks(2), .Parts(1)) dut (
    .clk_i, .rst_ni, .inject_i('0), .ecc_o(ecc), .ecc_copy_o(ecc_copy),
    .write_i, .write_at_i, .write_data_i, .read_at_i, .read_data_o(read_data), .bad_o(bad), .lost_o(lost),
    .words_o(words), .whole_o(whole)
  );

  // What was written last.
  logic [1:0]      there_q = '0;
  logic [1:0][2:0] last_q;
  always_ff @(posedge clk_i) begin
    if (rst_ni && write_i) begin
      there_q[write_at_i] <= 1'b1;
      last_q[write_at_i]  <= write_data_i;
    end
  end

  // What ports read in the cycle before, and whether it was that.
  logic [1:0] right_q, read_q = '0, at_q;
  always_ff @(posedge clk_i) begin
    at_q   <= read_at_i;
    read_q <= rst_ni ? {there_q[read_at_i[1]], there_q[read_at_i[0]]} : 2'd0;
    right_q <= {read_data[1] == last_q[read_at_i[1]], read_data[0] == last_q[read_at_i[0]]};
  end
  `PAMC_ASSERT(a_right_or_told, ((read_q & ~right_q) & ~bad) == '0)
  `PAMC_ASSERT(a_none_lost, !lost && !ecc.uncorrectable && ecc_copy == '0)

  // How long nobody has written; then all is right, unless a port looks elsewhere.
  logic [4:0] calm_q = '0;
  logic       stays;
  assign stays = at_q == read_at_i && !write_i;
  always_ff @(posedge clk_i) calm_q <= !rst_ni || !stays ? 5'd0 : calm_q == '1 ? calm_q : calm_q + 5'd1;
  `PAMC_ASSERT(a_put_right, calm_q < 5'd20 || bad == '0)

  // For induction: a word with the right parities is what was written, the copy always is. A port has been
  // told of what it read, unless that was written since.
  logic [1:0][2:0] data;
  logic [1:0][1:0] checks;
  logic [1:0]      fits, word_right, copy_right, told;
  for (genvar i = 0; i < 2; i++) begin : g_word
    assign {checks[i], data[i]} = words[5*i +: 5];
    assign fits[i]       = checks[i] == {^{1'b0, data[i][2]}, ^data[i][1:0]};
    assign word_right[i] = !there_q[i] || !fits[i] || data[i] == last_q[i];
    assign copy_right[i] = !there_q[i] || whole[3*i +: 3] == last_q[i];
  end
  (* hierconn *) wire [1:0] \dut.ever_q ;
  (* hierconn *) wire [1:0] \dut.known_q ;
  (* hierconn *) wire [1:0] \dut.port_at_q ;
  (* hierconn *) wire [2:0] \dut.state_q ;
  (* hierconn *) wire       \dut.at_q ;
  (* hierconn *) wire       \dut.written_q ;
  (* hierconn *) wire       \dut.written_at_q ;
  for (genvar n = 0; n < 2; n++) begin : g_told
    assign told[n] = !\dut.known_q [n] || (\dut.port_at_q [n] == at_q[n] &&
                     ((\dut.written_q && \dut.written_at_q == at_q[n]) ||
                      bad[n] == (there_q[at_q[n]] && !fits[at_q[n]])));
  end
  `PAMC_ASSERT(a_word, word_right == '1)
  `PAMC_ASSERT(a_copy, copy_right == '1)
  `PAMC_ASSERT(a_ever, \dut.ever_q == there_q)
  `PAMC_ASSERT(a_told, told == '1)
  // What is being put right was written once.
  `PAMC_ASSERT(a_there, \dut.state_q == 3'd0 || there_q[\dut.at_q ])
  // And has been read from the copy as it is.
  (* hierconn *) wire [2:0]  \dut.copy ;
  `PAMC_ASSERT(a_read, (\dut.state_q != 3'd2 && \dut.state_q != 3'd3) || \dut.copy == last_q[\dut.at_q ])
  `PAMC_ASSERT(a_state, \dut.state_q <= 3'd5)

  `PAMC_COVER(c_bad, bad == 2'b11)
  `PAMC_COVER(c_put_right, ecc.corrected)
  `PAMC_COVER(c_written_meanwhile, bad[0] && write_i && write_at_i == read_at_i[0])

endmodule
