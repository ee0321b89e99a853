// SPDX-License-Identifier: Apache-2.0
//
// Pages from host memory to a compressor: each block is read into one of two buffers,
// its lines in any order, and handed on in order, 8 bytes a cycle, from the moment that
// its first line is there. While one buffer is being emptied the other one is filled, so
// a compressor that takes 512 cycles a block never waits, if the host answers in 512.
//
// Every block that comes in goes out as 512 words, even if it has no address (skip) or
// could not be read: then what is missing are zeros, and done_o says so. A block is
// reported done when its last word was taken.
//
// The page has no CRC yet, so its lines are protected here; one that is lost is told with the block.

`include "check.svh"

module exec_page_in (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  ecc_pkg::inject_t   inject_i,
  output ecc_pkg::event_t    ecc_o,

  input  logic               block_valid_i,
  output logic               block_ready_o,
  input  logic [63:12]       block_addr_i,
  input  logic               block_skip_i,

  // Bit 0 of a request's tag is the buffer's number; the other bits are zero.
  output logic               read_valid_o,
  input  logic               read_ready_i,
  output dma_pkg::read_req_t read_o,
  input  logic               answer_valid_i,
  input  dma_pkg::read_rsp_t answer_i,

  output logic               word_valid_o,
  input  logic               word_ready_i,
  output logic [63:0]        word_o,

  output logic               done_o,
  output logic               done_error_o,
  // A line of it was lost in here.
  output logic               done_lost_o,

  // No block is inside: nothing is under way to or from the host.
  output logic               idle_o
);

  // Of each buffer: it has a block; the read is still to be asked for; answers are still to
  // come; one of them was an error; its lines that are there.
  logic [1:0]       used_q, ask_q, open_q, error_q, skip_q;
  logic [1:0][63:0] there_q;
  logic [51:0]      addr_q;
  // Next to be filled, next to be emptied.
  logic             fill_q, drain_q;

  logic accept;
  assign block_ready_o = !used_q[fill_q] && ask_q == '0;
  assign accept        = block_valid_i && block_ready_o;

  assign read_valid_o = ask_q != '0;
  always_comb begin
    read_o        = '0;
    read_o.line   = {addr_q, 6'd0};
    read_o.lines  = 7'd64;
    read_o.tag[0] = ask_q[1];
  end

  // What comes out: a line is fetched from memory, then given word by word.
  logic         line_valid_q, fetch, fetched_q;
  logic [511:0] line_q, mem_data;
  logic         load, mem_lost, never;
  logic [1:0]   lost_q;
  logic [2:0]   word_q;
  logic [5:0]   line_at_q;
  logic         all_fetched_q, zero_mem_q;
  // The next line is the last one; the word is the line's last one.
  logic         last_line_q, last_word_q;

  logic line_done, can_fetch, place;
  assign line_done = line_valid_q && word_ready_i && last_word_q;
  // The line is there, or it never will be.
  assign can_fetch = used_q[drain_q] && !all_fetched_q &&
                     (there_q[drain_q][line_at_q] || skip_q[drain_q] ||
                      (error_q[drain_q] && !open_q[drain_q] && !ask_q[drain_q]));
  // One line waits where the memory gives it for the one that is being given.
  assign place     = !fetched_q || !line_valid_q || line_done;
  assign fetch     = can_fetch && place;

  assign word_valid_o = line_valid_q;
  assign word_o       = line_q[64*word_q +: 64];

  // The block's last word is taken.
  logic done;
  assign done         = line_done && all_fetched_q && !fetched_q;
  assign done_o       = done;
  assign done_error_o = error_q[drain_q] || skip_q[drain_q];
  assign done_lost_o  = lost_q[drain_q];

  // The buffers, a line each. Whether the line is there is not waited for.
  assign load = fetched_q && (!line_valid_q || line_done);
  ecc_ram #(.Memory(ecc_pkg::PageIn), .Width(512), .Depth(128), .Parts(8), .LateEvent(1'b1)) u_lines (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_o),
    .write_i(answer_valid_i && !answer_i.error), .write_at_i({answer_i.tag[0], answer_i.offset}), .write_data_i(answer_i.data),
    .read_i(place), .read_at_i({drain_q, line_at_q}), .look_i(load && !zero_mem_q),
    .data_o(mem_data), .wait_o(never), .error_o(mem_lost)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q        <= '0;
      ask_q         <= '0;
      open_q        <= '0;
      error_q       <= '0;
      skip_q        <= '0;
      there_q       <= '0;
      fill_q        <= 1'b0;
      drain_q       <= 1'b0;
      line_valid_q  <= 1'b0;
      fetched_q     <= 1'b0;
      all_fetched_q <= 1'b0;
      word_q        <= '0;
      last_word_q   <= 1'b0;
      line_at_q     <= '0;
      last_line_q   <= 1'b0;
      lost_q        <= '0;
    end else begin
      if (load && !zero_mem_q && mem_lost) lost_q[drain_q] <= 1'b1;
      if (accept) begin
        used_q[fill_q]  <= 1'b1;
        ask_q[fill_q]   <= !block_skip_i;
        skip_q[fill_q]  <= block_skip_i;
        error_q[fill_q] <= 1'b0;
        lost_q[fill_q]  <= 1'b0;
        fill_q          <= !fill_q;
      end
      if (read_valid_o && read_ready_i) begin
        ask_q              <= '0;
        open_q[read_o.tag[0]] <= 1'b1;
      end
      if (answer_valid_i) begin
        if (answer_i.error) error_q[answer_i.tag[0]] <= 1'b1;
        if (answer_i.last) open_q[answer_i.tag[0]] <= 1'b0;
      end

      for (int unsigned n = 0; n < 2; n++) begin
        if (accept && fill_q == 1'(n)) there_q[n] <= '0;
        else if (answer_valid_i && !answer_i.error && answer_i.tag[0] == 1'(n)) begin
          there_q[n] <= there_q[n] | (64'd1 << answer_i.offset);
        end
      end

      if (fetch) begin
        line_at_q   <= line_at_q + 6'd1;
        last_line_q <= line_at_q == 6'd62;
      end
      // Whether a word is taken is known late.
      all_fetched_q <= line_valid_q && last_word_q && word_ready_i ? (all_fetched_q ? fetched_q : can_fetch && last_line_q) :
                       all_fetched_q || (can_fetch && last_line_q && (!fetched_q || !line_valid_q));
      fetched_q <= fetch || (fetched_q && line_valid_q && !line_done);
      if (load) begin
        line_valid_q <= 1'b1;
        word_q       <= '0;
        last_word_q  <= 1'b0;
      end else if (line_done) begin
        line_valid_q <= 1'b0;
        word_q       <= '0;
        last_word_q  <= 1'b0;
      end else if (line_valid_q && word_ready_i) begin
        word_q      <= word_q + 3'd1;
        last_word_q <= word_q == 3'd6;
      end
      if (done) begin
        used_q[drain_q] <= 1'b0;
        drain_q         <= !drain_q;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) addr_q <= block_addr_i;
    if (place) zero_mem_q <= !there_q[drain_q][line_at_q];
    if (load) line_q <= zero_mem_q ? '0 : mem_data;
  end

  assign idle_o = used_q == '0;

  logic unused;
  assign unused = ^{answer_i.tag, never};

  // A block is drained only when all answers are there, or the buffer could be filled by
  // late ones of the block before.
  `PAMC_ASSERT(a_closed_when_done, !done || (!open_q[drain_q] && !ask_q[drain_q]))
  `PAMC_ASSERT(a_last_line, last_line_q == (line_at_q == 6'd63))
  `PAMC_ASSERT(a_last_word, last_word_q == (word_q == 3'd7))
  `PAMC_ASSERT(a_one_request, ask_q != 2'b11)
  `PAMC_ASSUME(m_answers_only_when_asked, !answer_valid_i || open_q[answer_i.tag[0]])

endmodule
