// SPDX-License-Identifier: Apache-2.0
//
// Admin data between host memory and a buffer of one page that the management core sees
// as words. One transfer at a time, within one 4 KiB page of the host: from the host by
// whole lines, each to its place in the buffer counted from the first one; to the host
// exactly the bytes asked for, from the buffer's start.

`include "check.svh"

module mailbox_dma (
  input  logic                clk_i,
  input  logic                rst_ni,

  // Words of the buffer; what is read comes in the next cycle.
  input  logic                write_i,
  input  logic [11:2]         word_i,
  input  logic [31:0]         data_i,
  output logic [31:0]         data_o,

  input  logic                go_i,
  input  logic [1:0]          kind_i,
  input  logic [12:0]         bytes_i,
  input  logic [63:0]         addr_i,
  output logic                busy_o,
  output logic                error_o,

  output logic                read_valid_o,
  input  logic                read_ready_i,
  output dma_pkg::read_req_t  read_o,
  input  logic                answer_valid_i,
  input  dma_pkg::read_rsp_t  answer_i,

  output logic                write_valid_o,
  input  logic                write_ready_i,
  output dma_pkg::write_req_t write_o,
  output logic                line_valid_o,
  input  logic                line_ready_i,
  output logic [511:0]        line_o
);

  localparam logic [1:0] KindWrite = 2'd1;
  localparam logic [1:0] KindProbe = 2'd2;

  typedef enum logic [2:0] {
    IDLE,
    ASK,
    ANSWERS,
    REQUEST,
    FETCH,
    LINE
  } state_e;
  state_e      state_q;
  logic        probe_q, error_q;
  logic [63:2] dword_q;
  logic [10:0] dwords_q;
  logic [6:0]  lines_q, left_q;
  logic [5:0]  at_q;

  // 16 words a line, each with a write enable.
  logic [511:0] mem_q [64];
  logic [511:0] line_q;
  logic [3:0]   word_q;

  logic answer_good;
  assign answer_good = answer_valid_i && !answer_i.error && !probe_q;

  always_ff @(posedge clk_i) begin
    if (answer_good) begin
      mem_q[answer_i.offset] <= answer_i.data;
    end else if (write_i) begin
      mem_q[word_i[11:6]][32*word_i[5:2] +: 32] <= data_i;
    end
    line_q <= mem_q[state_q == FETCH || state_q == LINE ? at_q : word_i[11:6]];
    word_q <= word_i[5:2];
  end
  assign data_o = line_q[32*word_q +: 32];

  // Of a read: the line after the last byte.
  logic [12:0] read_end;
  assign read_end = {7'd0, addr_i[5:0]} + bytes_i + 13'd63;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= IDLE;
      probe_q  <= 1'b0;
      error_q  <= 1'b0;
      dword_q  <= '0;
      dwords_q <= '0;
      lines_q  <= '0;
      left_q   <= '0;
      at_q     <= '0;
    end else begin
      case (state_q)
        IDLE: begin
          if (go_i) begin
            state_q  <= kind_i == KindWrite ? REQUEST : ASK;
            probe_q  <= kind_i == KindProbe;
            error_q  <= 1'b0;
            dword_q  <= addr_i[63:2];
            dwords_q <= bytes_i[12:2];
            lines_q  <= kind_i == KindProbe ? 7'd1 : read_end[12:6];
            left_q   <= 7'((bytes_i + 13'd63) >> 6);
            at_q     <= '0;
          end
        end
        ASK: if (read_ready_i) state_q <= ANSWERS;
        ANSWERS: begin
          if (answer_valid_i) begin
            if (answer_i.error) error_q <= 1'b1;
            if (answer_i.last) state_q <= IDLE;
          end
        end
        REQUEST: if (write_ready_i) state_q <= FETCH;
        FETCH:   state_q <= LINE;
        default: begin
          if (line_ready_i) begin
            at_q    <= at_q + 6'd1;
            left_q  <= left_q - 7'd1;
            state_q <= left_q == 7'd1 ? IDLE : FETCH;
          end
        end
      endcase
    end
  end

  always_comb begin
    read_o        = '0;
    read_o.probe  = probe_q;
    read_o.line   = dword_q[63:6];
    read_o.lines  = lines_q;
    write_o        = '0;
    write_o.dword  = dword_q;
    write_o.dwords = dwords_q;
  end
  assign read_valid_o  = state_q == ASK;
  assign write_valid_o = state_q == REQUEST;
  assign line_valid_o  = state_q == LINE;
  assign line_o        = line_q;
  assign busy_o        = state_q != IDLE;
  assign error_o       = error_q;

  logic unused;
  assign unused = ^{answer_i.tag, addr_i[1:0], bytes_i[1:0], read_end[5:0]};

endmodule
