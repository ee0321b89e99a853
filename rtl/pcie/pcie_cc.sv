// SPDX-License-Identifier: Apache-2.0
//
// Answers requests by the host, one after the other: collects the dwords of a read, then
// sends a completion, as the hard block must not wait in the middle of one. What is not
// supported is told so.
//
// A read begins when all that the host wrote before it has been taken: drained_i counts
// the lines that were.

`include "check.svh"

module pcie_cc (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   read_valid_i,
  output logic                   read_ready_o,
  input  pcie_pkg::cq_read_t     read_i,
  input  logic [31:0]            drained_i,

  // One dword at a time; the answer comes once for each.
  output logic                   dword_valid_o,
  input  logic                   dword_ready_i,
  output dma_pkg::host_read_t    dword_o,
  input  logic                   answer_valid_i,
  input  logic [31:0]            answer_i,

  output logic                   cc_valid_o,
  input  logic                   cc_ready_i,
  output logic [511:0]           cc_data_o,
  output logic [15:0]            cc_keep_o,
  output logic                   cc_last_o,
  output pcie_pkg::cc_user_t     cc_user_o,

  output logic                   served_o,
  output logic                   unsupported_o
);

  typedef enum logic [2:0] {STATE_IDLE, STATE_ASK, STATE_WAIT, STATE_FIRST, STATE_SECOND} state_e;

  state_e             state_q;
  pcie_pkg::cq_read_t read_q;
  logic [31:0]        words_q [16];
  logic [3:0]         at_q;
  logic               last;
  assign last = 11'(at_q) + 11'd1 == read_q.dwords;

  logic two, sent;
  assign two  = !read_q.unsupported && read_q.dwords > 11'd13;
  assign sent = cc_valid_o && cc_ready_i;

  // Lines that are still to be taken before the read, less one: none if that is negative.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [31:0] missing;
  /* verilator lint_on UNUSEDSIGNAL */
  assign missing = read_i.after + ~drained_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= STATE_IDLE;
    end else begin
      case (state_q)
        STATE_IDLE: begin
          if (read_valid_i && missing[31]) begin
            state_q <= read_i.unsupported ? STATE_FIRST : STATE_ASK;
          end
        end
        STATE_ASK:   if (dword_ready_i) state_q <= STATE_WAIT;
        STATE_WAIT:  if (answer_valid_i) state_q <= last ? STATE_FIRST : STATE_ASK;
        STATE_FIRST: if (sent) state_q <= two ? STATE_SECOND : STATE_IDLE;
        default:     if (sent) state_q <= STATE_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == STATE_IDLE) begin
      read_q <= read_i;
      at_q   <= '0;
    end
    if (state_q == STATE_WAIT && answer_valid_i) begin
      words_q[at_q] <= answer_i;
      at_q          <= at_q + 4'd1;
    end
  end

  assign read_ready_o  = sent && (state_q == STATE_SECOND || !two);
  assign dword_valid_o = state_q == STATE_ASK;
  assign dword_o.bar   = read_q.bar;
  assign dword_o.dword = read_q.dword + 16'(at_q);

  // ---- The completion.

  // Bytes before the first that is wanted; behind the last.
  logic [1:0]  skip_first, skip_last;
  logic [12:0] bytes;
  logic [3:0]  final_be;
  assign final_be = read_q.dwords == 11'd1 ? read_q.first_be : read_q.last_be;
  always_comb begin
    skip_first = read_q.first_be[0] ? 2'd0 : read_q.first_be[1] ? 2'd1 : read_q.first_be[2] ? 2'd2 :
                 read_q.first_be[3] ? 2'd3 : 2'd0;
    skip_last  = final_be[3] ? 2'd0 : final_be[2] ? 2'd1 : final_be[1] ? 2'd2 : 2'd3;
    // A read of no bytes counts as one.
    bytes = {read_q.dwords, 2'b00} - 13'(skip_first) - 13'(skip_last);
  end

  pcie_pkg::cc_desc_t desc;
  always_comb begin
    desc               = '0;
    desc.attr          = read_q.attr;
    desc.tc            = read_q.tc;
    desc.completer_id  = {8'd0, read_q.target_function};
    desc.tag           = read_q.tag;
    desc.requester_id  = read_q.requester_id;
    desc.locked        = read_q.locked;
    desc.status        = read_q.unsupported ? pcie_pkg::CPL_UNSUPPORTED : pcie_pkg::CPL_SUCCESS;
    desc.dwords        = read_q.unsupported ? '0 : read_q.dwords;
    desc.byte_count    = read_q.memory ? bytes : 13'd4;
    desc.lower_address = read_q.memory ? {read_q.dword[6:2], skip_first} : '0;
  end

  logic [511:0] words;
  always_comb begin
    for (int n = 0; n < 16; n++) words[32*n+:32] = words_q[n];
  end

  logic [4:0]  lanes;
  assign lanes      = state_q == STATE_SECOND ? read_q.dwords[4:0] - 5'd13 :
                      read_q.unsupported ? 5'd3 : two ? 5'd16 : read_q.dwords[4:0] + 5'd3;
  assign cc_valid_o = state_q == STATE_FIRST || state_q == STATE_SECOND;
  assign cc_data_o  = state_q == STATE_SECOND ? {416'd0, words[511:416]} : {words[415:0], desc};
  assign cc_keep_o  = ~(16'hffff << lanes);
  assign cc_last_o  = state_q == STATE_SECOND || !two;

  always_comb begin
    cc_user_o           = '0;
    cc_user_o.is_sop[0] = state_q == STATE_FIRST;
    cc_user_o.is_eop[0] = cc_last_o;
    cc_user_o.eop0_ptr  = cc_last_o ? 4'(lanes - 5'd1) : '0;
  end

  assign served_o      = read_ready_o;
  assign unsupported_o = read_ready_o && read_q.unsupported;

  logic unused;
  assign unused = &{1'b0, read_q.after, final_be[0]};

endmodule
