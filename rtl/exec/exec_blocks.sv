// SPDX-License-Identifier: Apache-2.0
//
// The blocks of a page in host memory: one after the other from the page's address, or
// from the list that stands there. A list is read and looked at as a whole before its
// first block is given, so that a bad one harms nothing.
//
// For each page 2^order blocks come out, whatever happens. If the list could not be read
// or is bad they say so and have no address. Without a list the first block comes one
// cycle after the page.
//
// The list is 8-byte aligned and does not cross a 4 KiB page (exec_decode has seen to
// that), so it is in at most three lines.

`include "check.svh"

module exec_blocks (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  page_valid_i,
  output logic                  page_ready_o,
  input  logic [63:0]           page_addr_i,
  input  logic                  page_listed_i,
  input  logic [2:0]            page_order_i,

  // Reads of lists. Answers are those of this block alone; tag in requests is not set.
  output logic                  read_valid_o,
  input  logic                  read_ready_i,
  output dma_pkg::read_req_t    read_o,
  input  logic                  answer_valid_i,
  input  dma_pkg::read_rsp_t    answer_i,

  // A list is to be read, or there is a block that is neither a fault nor bad: it is known early.
  output logic                  offer_o,

  output logic                  block_valid_o,
  input  logic                  block_ready_i,
  output logic [63:12]          block_addr_o,
  output logic                  block_last_o,
  // There is no such block: the list could not be read (fault) or is bad.
  output logic                  block_fault_o,
  output logic                  block_bad_o
);

  typedef enum logic [2:0] {
    IDLE,
    REQUEST,
    ANSWER,
    CHECK,
    GIVE
  } state_e;

  state_e       state_q;
  logic [63:12] addr_q;
  logic [11:3]  start_q;
  logic         listed_q, fault_q, bad_q;
  logic [3:0]   last_q, at_q;

  // The list's lines, as they come. Registers, not a memory that might lose where a page is to go.
  (* ram_style = "registers" *) logic [511:0] lines_q [4];
  logic [511:0] line;
  logic [63:0]  entry;
  // Words of 8 bytes from the start of the list's first line to the entry at_q.
  logic [4:0]   word_q;
  assign line  = lines_q[word_q[4:3]];
  assign entry = line[64*word_q[2:0] +: 64];

  // Lines that a list is in, found as its page comes.
  // From where it begins in a line and the page's order alone, as either comes late: no sum.
  logic [3:0] page_last;
  logic [1:0] list_lines, list_lines_q;
  always_comb begin
    case (page_order_i)
      3'd0:    {page_last, list_lines} = {4'd0, 2'd1};
      3'd1:    {page_last, list_lines} = {4'd1, page_addr_i[5:3] == 3'd7 ? 2'd2 : 2'd1};
      3'd2:    {page_last, list_lines} = {4'd3, page_addr_i[5:3] >= 3'd5 ? 2'd2 : 2'd1};
      3'd3:    {page_last, list_lines} = {4'd7, page_addr_i[5:3] != 3'd0 ? 2'd2 : 2'd1};
      default: {page_last, list_lines} = {4'd15, page_addr_i[5:3] != 3'd0 ? 2'd3 : 2'd2};
    endcase
  end

  always_comb begin
    read_o       = '0;
    read_o.line  = {addr_q, start_q[11:6]};
    read_o.lines = {5'd0, list_lines_q};
  end
  assign read_valid_o = state_q == REQUEST;
  assign page_ready_o = state_q == IDLE;

  // From a register: it goes a long way. An entry of a list is there a cycle after its turn has come.
  logic         settled_q;
  logic [63:12] block_addr_q;
  logic         offer_q;
  assign offer_o       = offer_q;
  assign block_valid_o = state_q == GIVE && settled_q;
  assign block_addr_o  = block_addr_q;
  assign block_last_o  = at_q == last_q;
  assign block_fault_o = fault_q;
  assign block_bad_o   = bad_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      addr_q   <= '0;
      start_q  <= '0;
      listed_q <= 1'b0;
      fault_q  <= 1'b0;
      bad_q    <= 1'b0;
      last_q   <= '0;
      at_q     <= '0;
      word_q   <= '0;
      settled_q <= 1'b0;
      offer_q   <= 1'b0;
    end else begin
      case (state_q)
        IDLE: begin
          offer_q  <= page_valid_i;
          addr_q   <= page_addr_i[63:12];
          start_q  <= page_addr_i[11:3];
          listed_q <= page_listed_i;
          last_q   <= page_last;
          fault_q  <= 1'b0;
          bad_q    <= 1'b0;
          at_q     <= '0;
          word_q   <= {2'd0, page_addr_i[5:3]};
          settled_q <= !page_listed_i;
          if (page_valid_i) state_q <= page_listed_i ? REQUEST : GIVE;
        end
        REQUEST: begin
          if (read_ready_i) state_q <= ANSWER;
          if (read_ready_i) offer_q <= 1'b0;
        end
        ANSWER: begin
          if (answer_valid_i) begin
            if (answer_i.error) fault_q <= 1'b1;
            if (answer_i.last) state_q <= fault_q || answer_i.error ? GIVE : CHECK;
          end
        end
        CHECK: begin
          at_q   <= at_q + 4'd1;
          word_q <= word_q + 5'd1;
          if (entry[11:0] != '0) bad_q <= 1'b1;
          if (at_q == last_q) begin
            at_q    <= '0;
            word_q  <= {2'd0, start_q[5:3]};
            state_q <= GIVE;
          end
        end
        default: begin
          settled_q <= 1'b1;
          if (!settled_q) offer_q <= !fault_q && !bad_q;
          if (settled_q && block_ready_i) begin
            offer_q   <= !listed_q && at_q != last_q;
            at_q      <= at_q + 4'd1;
            word_q    <= word_q + 5'd1;
            settled_q <= !listed_q;
            if (at_q == last_q) state_q <= IDLE;
          end
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == IDLE)                            list_lines_q <= list_lines;
    if (state_q == IDLE)                            block_addr_q <= page_addr_i[63:12];
    else if (listed_q)                              block_addr_q <= entry[63:12];
    else if (block_valid_o && block_ready_i)        block_addr_q <= block_addr_q + 52'd1;
    if (answer_valid_i && !answer_i.error) lines_q[answer_i.offset[1:0]] <= answer_i.data;
  end

  logic unused;
  assign unused = ^{answer_i.tag, answer_i.offset[5:2], page_addr_i[2:0]};

  `PAMC_ASSUME(m_order, !page_valid_i || page_order_i <= 3'd4)
  `PAMC_ASSUME(m_answers_only_when_asked, !answer_valid_i || state_q == ANSWER)
  `PAMC_ASSUME(m_three_lines, !answer_valid_i || answer_i.error || answer_i.offset <= 6'd2)
  `PAMC_ASSERT(a_list_in_page, state_q != REQUEST ||
                               8'({2'd0, start_q[11:6]} + {6'd0, list_lines_q}) <= 8'd64)
  `PAMC_ASSERT(a_offer, offer_q == (state_q == REQUEST || (block_valid_o && !fault_q && !bad_q)))

endmodule
