// SPDX-License-Identifier: Apache-2.0
//
// pcie_cc answers each request once, in order, and nothing else: it asks for each dword of
// it once, when all lines written before it are taken, and then sends a completion that is
// whole, with the fields that PCI Express wants and the dwords that came. It holds what it
// offers, does not pause inside a completion, and waits for nobody but others.
//
// One dword of each request, whichever, is followed from its answer to its lane.

`include "check.svh"

module pcie_cc_proof (
  input logic         clk_i,
  input logic         read_valid_i,
  input logic [110:0] read_i,
  input logic [31:0]  drained_i,
  input logic         dword_ready_i,
  input logic         answer_valid_i,
  input logic [31:0]  answer_i,
  input logic         cc_ready_i
);

  (* anyconst *) logic [3:0] which;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  pcie_pkg::cq_read_t  read;
  dma_pkg::host_read_t dword;
  pcie_pkg::cc_user_t  user;
  logic                read_ready, dword_valid, cc_valid, cc_last, served, unsupported;
  logic [511:0]        data;
  logic [15:0]         keep;
  assign read = read_i;

  pcie_cc dut (
    .clk_i, .rst_ni, .read_valid_i, .read_ready_o(read_ready), .read_i(read), .drained_i,
    .dword_valid_o(dword_valid), .dword_ready_i, .dword_o(dword), .answer_valid_i, .answer_i,
    .cc_valid_o(cc_valid), .cc_ready_i, .cc_data_o(data), .cc_keep_o(keep), .cc_last_o(cc_last), .cc_user_o(user),
    .served_o(served), .unsupported_o(unsupported)
  );

  // ---- What the surroundings owe. (For requests of no bytes and of more than one dword see
  // PCI Express, 2.2.5.)

  logic         begun_q = 1'b0;
  logic [110:0] begun_read_q;
  always_ff @(posedge clk_i) begin
    begun_q      <= rst_ni && read_valid_i && !read_ready;
    begun_read_q <= read_i;
  end
  `PAMC_ASSUME(m_stands, !begun_q || (read_valid_i && read_i == begun_read_q))
  `PAMC_ASSUME(m_dwords, read.dwords != '0 && read.dwords <= 11'd1024 && (read.unsupported || read.dwords <= 11'd16))
  `PAMC_ASSUME(m_enables, read.dwords == 11'd1 ? read.last_be == '0 : read.first_be != '0 && read.last_be != '0)

  // ---- Dwords: each once, in order, one at a time.

  logic        asks, may_q = 1'b0, out_q = 1'b0;
  logic [10:0] asked_q = '0, answered_q = '0;
  logic [31:0] kept_q;
  assign asks = dword_valid && dword_ready_i;
  `PAMC_ASSUME(m_answer, !answer_valid_i || out_q)
  always_ff @(posedge clk_i) begin
    if (!rst_ni || read_ready) {may_q, out_q, asked_q, answered_q} <= '0;
    else begin
      // Lines are counted modulo 2^32.
      if (read_valid_i && $signed(drained_i - read.after) >= 0) may_q <= 1'b1;
      out_q      <= asks || (out_q && !answer_valid_i);
      asked_q    <= asked_q + 11'(asks);
      answered_q <= answered_q + 11'(answer_valid_i);
      if (answer_valid_i && answered_q == 11'(which)) kept_q <= answer_i;
    end
  end
  `PAMC_ASSERT(a_begins, !(dword_valid || cc_valid) || (read_valid_i && may_q))
  `PAMC_ASSERT(a_asks, !dword_valid || (!read.unsupported && !out_q && asked_q < read.dwords &&
               dword.bar == read.bar && dword.dword == read.dword + 16'(asked_q)))

  // ---- The completion.

  logic moves, mid_q = 1'b0;
  assign moves = cc_valid && cc_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) mid_q <= 1'b0;
    else if (moves) mid_q <= !cc_last;
  end

  pcie_pkg::cc_desc_t desc;
  logic [10:0]        dwords;
  logic [4:0]         lanes;  // in the beat
  assign desc   = data[127:0];
  assign dwords = read.unsupported ? '0 : read.dwords;
  assign lanes  = 5'(mid_q ? dwords - 11'd13 : dwords > 11'd13 ? 11'd16 : dwords + 11'd3);

  `PAMC_ASSERT(a_all_there, !cc_valid || (!out_q && answered_q == dwords))
  `PAMC_ASSERT(a_no_pause, !mid_q || cc_valid)
  `PAMC_ASSERT(a_last, !cc_valid || cc_last == (mid_q || dwords <= 11'd13))
  `PAMC_ASSERT(a_keep, !cc_valid || keep == 16'((17'd1 << lanes) - 17'd1))
  `PAMC_ASSERT(a_user, !cc_valid || (user.is_sop == {1'b0, !mid_q} && user.sop0_ptr == '0 && !user.discontinue &&
               user.is_eop == {1'b0, cc_last} && (!cc_last || 5'(user.eop0_ptr) == lanes - 5'd1)))
  // A request is over with its completion, which is one.
  `PAMC_ASSERT(a_once, read_ready == (moves && cc_last) && served == read_ready && unsupported == (served && read.unsupported))
  `PAMC_ASSERT(a_data, !cc_valid || 11'(which) >= dwords || mid_q == (which < 4'd13) ||
               data[32*(mid_q ? which - 4'd13 : which + 4'd3)+:32] == kept_q)

  // Bytes from the first that is wanted to the last, by the table of PCI Express.
  logic [12:0] bytes;
  logic [1:0]  skipped;
  always_comb begin
    if (read.dwords == 11'd1) begin
      casez (read.first_be)
        4'b1??1: bytes = 13'd4;
        4'b01?1: bytes = 13'd3;
        4'b1?10: bytes = 13'd3;
        4'b0011: bytes = 13'd2;
        4'b0110: bytes = 13'd2;
        4'b1100: bytes = 13'd2;
        default: bytes = 13'd1;
      endcase
    end else begin
      bytes = 13'(read.dwords) * 13'd4;
      casez (read.first_be)
        4'b???1: ;
        4'b??10: bytes = bytes - 13'd1;
        4'b?100: bytes = bytes - 13'd2;
        default: bytes = bytes - 13'd3;
      endcase
      casez (read.last_be)
        4'b1???: ;
        4'b01??: bytes = bytes - 13'd1;
        4'b001?: bytes = bytes - 13'd2;
        default: bytes = bytes - 13'd3;
      endcase
    end
    casez (read.first_be)
      4'b??10: skipped = 2'd1;
      4'b?100: skipped = 2'd2;
      4'b1000: skipped = 2'd3;
      default: skipped = 2'd0;
    endcase
  end

  logic head;
  assign head = cc_valid && !mid_q;
  `PAMC_ASSERT(a_whose, !head || (desc.requester_id == read.requester_id && desc.tag == read.tag &&
               desc.completer_id == {8'd0, read.target_function} && desc.tc == read.tc && desc.attr == read.attr))
  `PAMC_ASSERT(a_status, !head || (desc.status == (read.unsupported ? 3'd1 : 3'd0) && !desc.poisoned &&
               desc.locked == read.locked && desc.dwords == dwords))
  `PAMC_ASSERT(a_bytes, !head || desc.byte_count == (read.memory ? bytes : 13'd4))
  `PAMC_ASSERT(a_lower, !head || desc.lower_address == (read.memory ? {read.dword[6:2], skipped} : 7'd0))
  `PAMC_ASSERT(a_zeroes, !head || (!desc.force_ecrc && !desc.completer_id_enable && !desc.rsvd47 && desc.rsvd30 == '0 &&
               desc.rsvd10 == '0 && desc.address_type == '0 && !desc.rsvd7))

  // ---- Offers stand.

  logic         cc_waits_q = 1'b0, dword_waits_q = 1'b0;
  logic [609:0] offer, offer_q;
  logic [18:0]  dword_q;
  assign offer = {user, cc_last, keep, data};
  always_ff @(posedge clk_i) begin
    cc_waits_q    <= rst_ni && cc_valid && !cc_ready_i;
    dword_waits_q <= rst_ni && dword_valid && !dword_ready_i;
    offer_q       <= offer;
    dword_q       <= dword;
  end
  `PAMC_ASSERT(a_cc_stands, !cc_waits_q || (cc_valid && offer == offer_q))
  `PAMC_ASSERT(a_dword_stands, !dword_waits_q || (dword_valid && dword == dword_q))

  // It goes on when nobody else is to: a cycle to begin.
  logic [1:0] lost_q = '0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || !read_valid_i || !may_q || dword_valid || out_q || cc_valid) lost_q <= '0;
    else if (lost_q != '1) lost_q <= lost_q + 2'd1;
  end
  `PAMC_ASSERT(a_goes_on, lost_q == '0)

  // ---- For induction.

  (* hierconn *) wire [2:0]   \dut.state_q ;
  (* hierconn *) wire [110:0] \dut.read_q ;
  (* hierconn *) wire [3:0]   \dut.at_q ;
  (* hierconn *) wire [511:0] \dut.words ;
  logic [2:0]   state;
  logic [110:0] read_kept;
  logic [3:0]   at;
  logic [511:0] words;
  assign state     = \dut.state_q ;
  assign read_kept = \dut.read_q ;
  assign at        = \dut.at_q ;
  assign words     = \dut.words ;
  `PAMC_ASSERT(i_state, state <= 3'd4 && may_q == (state != 3'd0) && out_q == (state == 3'd2) && mid_q == (state == 3'd4))
  `PAMC_ASSERT(i_asked, answered_q <= dwords && asked_q == answered_q + 11'(out_q) && (state != 3'd0 || asked_q == '0) &&
               (state != 3'd1 || answered_q < dwords) && (state != 3'd2 || asked_q <= dwords))
  `PAMC_ASSERT(i_read, state == 3'd0 || (begun_q && read_kept == begun_read_q))
  `PAMC_ASSERT(i_at, state == 3'd0 || at == answered_q[3:0])
  `PAMC_ASSERT(i_kept, state == 3'd0 || answered_q <= 11'(which) || words[32*which+:32] == kept_q)

  // A completion of two beats (of dwords that are there soon); one right behind the other.
  logic ended_q = 1'b0;
  always_ff @(posedge clk_i) ended_q <= ended_q || (rst_ni && read_ready && !read.unsupported && read.dwords == 11'd2);
  `PAMC_COVER(c_two_beats, moves && cc_last && mid_q && cc_waits_q)
  `PAMC_COVER(c_unsupported, ended_q && moves && read.unsupported && read.dwords == 11'd1024 && desc.byte_count == 13'd4090)
  `PAMC_COVER(c_no_bytes, ended_q && moves && !read.unsupported && read.first_be == '0 && read.memory)

endmodule
