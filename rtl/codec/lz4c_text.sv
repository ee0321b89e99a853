// SPDX-License-Identifier: Apache-2.0
//
// A copy of the page's text from which one unaligned piece can be read each cycle. Every
// reader has a copy of its own; it is LUT RAM, in banks of one 8-byte word in width, so
// that neighbouring words can be read together.
//
//   address ──┬─ bank 0: words 0, B, 2B, ...     B banks give B words from the one that
//             ├─ bank 1: words 1, B+1, ...       holds the first byte; rotated by words,
//             └─ ...                             then shifted by bytes: 8(B-1) bytes + 1
//
// Two register stages: memory, and shifter (which may go without, OutReg 0). Addresses
// before the page (negative) read something; who asks knows not to believe it.

module lz4c_text #(
  parameter int unsigned BankBits = 2,
  parameter int unsigned OutBytes = 24,
  parameter bit          OutReg   = 1'b1,
  // Derived, not to be set.
  parameter int unsigned Banks    = 1 << BankBits
) (
  input  logic                    clk_i,
  // A word to be written.
  input  logic                    write_i,
  input  logic [8:0]              word_i,
  input  logic [63:0]             data_i,
  // Byte address of what is to be read.
  input  logic [12:0]             address_i,
  output logic [8*OutBytes-1:0]   text_o
);

  localparam int unsigned RowBits = 9 - BankBits;

  logic [9:0] word;
  assign word = address_i[12:3];

  logic [Banks-1:0][63:0]  raw_q;
  logic [BankBits-1:0]     turn_q;
  logic [2:0]              shift_q;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    logic [63:0] mem_q [1 << RowBits];

    always_ff @(posedge clk_i) begin
      if (write_i && word_i[BankBits-1:0] == BankBits'(b)) mem_q[word_i[8:BankBits]] <= data_i;
    end

    // Banks before the one of the first byte give a word of the next row.
    logic [RowBits-1:0] read_row;
    logic               next_row;
    if (b == Banks - 1) begin : gen_last
      assign next_row = 1'b0;
    end else begin : gen_other
      assign next_row = word[BankBits-1:0] > BankBits'(b);
    end
    assign read_row = word[8:BankBits] + RowBits'(next_row);

    always_ff @(posedge clk_i) raw_q[b] <= mem_q[read_row];
  end

  always_ff @(posedge clk_i) begin
    turn_q  <= word[BankBits-1:0];
    shift_q <= address_i[2:0];
  end

  logic [64*Banks-1:0] turned;
  always_comb begin
    for (int unsigned b = 0; b < Banks; b++) begin
      turned[64*b +: 64] = raw_q[BankBits'(turn_q + BankBits'(b))];
    end
  end

  logic [8*OutBytes-1:0] text;
  assign text = turned[{{BankBits{1'b0}}, shift_q, 3'b000} +: 8*OutBytes];

  if (OutReg) begin : gen_reg
    always_ff @(posedge clk_i) text_o <= text;
  end else begin : gen_no_reg
    assign text_o = text;
  end

  logic unused;
  assign unused = ^{word[9], turned};

endmodule
