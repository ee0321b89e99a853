// SPDX-License-Identifier: Apache-2.0
//
// Takes each byte of a packed word for a token and works out what the parser would have
// to: is it a sequence that can be taken in one cycle, does the page end in it, and
// where is the next token. So the parser, which has to know where a token is before it
// can know where the next one is, is left with picking one of 16 answers.
//
//     byte   i       i+1 ... i+L    i+L+1   i+L+2   i+L+3
//          token     L literals      offset         length byte, when M = 15
//          L | M
//
// Two cycles, one word a cycle, no stalls.

module lz4d_predecode (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 in_valid_i,
  input  logic [127:0]         in_data_i,
  // Which bytes are 255, of the word and of the 17 bytes behind it.
  input  logic [32:0]          in_is255_i,
  input  lz4d_pkg::word_info_t in_info_i,

  output logic                 out_valid_o,
  output lz4d_pkg::marks_t     out_o
);

  // First cycle: where things would be, and whether that is inside the page.
  logic                 valid_q, valid2_q;
  logic [127:0]         data_q;
  logic [32:0]          is255_q;
  lz4d_pkg::word_info_t info_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {valid_q, valid2_q} <= '0;
    else         {valid_q, valid2_q} <= {in_valid_i, valid_q};
  end

  always_ff @(posedge clk_i) begin
    data_q  <= in_data_i;
    is255_q <= in_is255_i;
    info_q  <= in_info_i;
  end

  // Second cycle: what it is.
  logic [32:0]          is255_2q;
  lz4d_pkg::word_info_t info_2q;

  always_ff @(posedge clk_i) begin
    is255_2q <= is255_q;
    info_2q  <= info_q;
  end

  assign out_valid_o = valid2_q;
  assign out_o.is255 = is255_2q;
  assign out_o.bad   = info_2q.bad;
  assign out_o.last  = info_2q.last;
  assign out_o.left  = info_2q.left;

  for (genvar i = 0; i < 16; i++) begin : g_byte
    logic [3:0]  lits, match;
    logic [15:0] length255;   // entry L: is the match's length byte 255 behind L literals
    assign lits      = data_q[8*i + 4 +: 4];
    assign match     = data_q[8*i +: 4];
    assign length255 = {1'b0, is255_q[i + 3 +: 15]};

    logic [5:0] ends, after, next_q;
    logic       long_q, long255_q, ext_q, ext255_q, last_q, cut_q, short_q, near_q;
    assign ends  = 6'(i + 1) + 6'(lits);
    assign after = 6'(i + 3) + 6'(lits) + 6'(match == 4'd15);

    always_ff @(posedge clk_i) begin
      next_q    <= after;
      last_q    <= ends == info_q.left;
      cut_q     <= after >= info_q.left;
      // Of a long run: its length byte is not there; what is behind 15 literals is not.
      short_q   <= 6'(i + 1) >= info_q.left;
      near_q    <= 6'(i + 17) >= info_q.left;
      long_q    <= lits == 4'd15;
      long255_q <= is255_q[i + 1];
      ext_q     <= match == 4'd15;
      ext255_q  <= length255[lits];
    end

    lz4d_pkg::kind_e kind;
    logic [5:0]      next;

    always_comb begin
      next = 6'd0;
      if (info_2q.bad) begin
        kind = lz4d_pkg::KIND_BAD;
      end else if (info_2q.mode == lz4d_pkg::MODE_RAW) begin
        kind = lz4d_pkg::KIND_RAW;
      end else if (info_2q.mode == lz4d_pkg::MODE_SAME) begin
        kind = lz4d_pkg::KIND_SAME;
        next = 6'd16;
      end else if (long_q) begin
        // What is to be looked at next has to be there.
        if (short_q) begin
          kind = lz4d_pkg::KIND_CUT;
        end else if (long255_q || near_q) begin
          kind = lz4d_pkg::KIND_LONG_CHAIN;
          next = 6'(i + 1);
        end else begin
          kind = lz4d_pkg::KIND_LONG;
          next = 6'(i + 17);
        end
      end else if (last_q) begin
        kind = lz4d_pkg::KIND_LAST;
        next = info_2q.last ? 6'd16 : 6'd32;
      end else if (cut_q) begin
        kind = lz4d_pkg::KIND_CUT;
      end else begin
        next = next_q;
        if (!ext_q)        kind = lz4d_pkg::KIND_SEQ;
        else if (ext255_q) kind = lz4d_pkg::KIND_SEQ_CHAIN;
        else               kind = lz4d_pkg::KIND_SEQ_EXT;
      end
    end

    assign out_o.kind[4*i +: 4] = kind;
    assign out_o.next[6*i +: 6] = next;
  end

endmodule
