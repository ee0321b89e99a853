// SPDX-License-Identifier: Apache-2.0
//
// Takes what a parser's step points at out of the packed bytes: literals, offset,
// lengths. The first cycle ends in registers, the second in the queue of items.
//
// Literals are not shifted to the front. Those of a step lie in 16 neighbouring bytes,
// so each of 16 banks holds one of them, and which bank holds the first is passed on:
//
//     word 0   . . . . . T l l l l l l l l l l        T token, l literal
//     word 1   l l l o o . . . . . . . . . . .        o offset
//     banks    l l l x x x l l l l l l l l l l        first = 6
//
// The shift to where they belong in the page is done later, once.

module lz4d_extract (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             step_valid_i,
  input  lz4d_pkg::step_t  step_i,
  input  logic [263:0]     step_data_i,

  output logic             item_valid_o,
  output lz4d_pkg::item_t  item_o
);

  // First cycle: bytes.
  logic       has_token, has_ext, is_head, is_tail, is_error;
  logic [3:0] first;
  logic [4:0] offset_at;
  logic [7:0] this_byte;
  assign has_token = step_i.op == lz4d_pkg::OP_SEQ || step_i.op == lz4d_pkg::OP_SEQ_EXT ||
                     step_i.op == lz4d_pkg::OP_LAST;
  assign is_tail   = step_i.op == lz4d_pkg::OP_TAIL || step_i.op == lz4d_pkg::OP_TAIL_EXT ||
                     step_i.op == lz4d_pkg::OP_RUN_LAST;
  assign has_ext   = step_i.op == lz4d_pkg::OP_SEQ_EXT || step_i.op == lz4d_pkg::OP_TAIL_EXT;
  assign is_head   = step_i.op == lz4d_pkg::OP_HEAD;
  assign is_error  = step_i.op == lz4d_pkg::OP_ERROR;
  assign first     = step_i.at + {2'b00, is_head, has_token};
  assign offset_at = 5'(step_i.next - (has_ext ? 6'd3 : 6'd2));
  assign this_byte = step_data_i[8*step_i.at +: 8];

  // Bit n of a table: is literal b in the second word, for {is_head, has_token, at} = n:
  // a LUT a literal, where a sum and a comparison would be chains.
  function [63:0] in_second(input integer b);
    integer n;
    for (n = 0; n < 64; n = n + 1) in_second[n] = b < (n % 16) + (n / 16);
  endfunction

  logic [15:0] second;
  for (genvar b = 0; b < 16; b++) begin : g_second
    localparam logic [63:0] Table = in_second(b);
    assign second[b] = Table[{is_head, has_token, step_i.at}];
  end

  // Views of the data, one and two bytes on; the offset is in bytes 1 ... 32.
  logic [255:0] data, data1, data2;
  assign data  = step_data_i[255:0];
  assign data1 = step_data_i[263:8];
  assign data2 = {8'h0, step_data_i[263:16]};

  logic            valid_q;
  lz4d_pkg::op_e   op_q;
  logic [127:0]    literals_q;
  logic [3:0]      first_q;
  logic [4:0]      count_q;
  logic [15:0]     offset_q;
  logic [7:0]      byte_q, ext_q;
  logic [3:0]      match_q;
  logic [2:0]      error_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else         valid_q <= step_valid_i;
  end

  always_ff @(posedge clk_i) begin
    op_q    <= step_i.op;
    first_q <= first;
    byte_q  <= this_byte;
    error_q <= is_error ? step_i.error : codec_pkg::DECODE_OK;
    match_q <= has_token ? this_byte[3:0] : step_i.match;

    if (has_token)                               count_q <= 5'(this_byte[7:4]);
    else if (is_tail)                            count_q <= offset_at - 5'(step_i.at);
    else if (is_head)                            count_q <= 5'd15;
    else if (step_i.op == lz4d_pkg::OP_RUN)      count_q <= 5'd16;
    else if (step_i.op == lz4d_pkg::OP_SAME)     count_q <= 5'd8;
    else                                         count_q <= 5'd0;

    offset_q <= {data1[8*offset_at +: 8], data[8*offset_at +: 8]};
    ext_q    <= data2[8*offset_at +: 8];
    for (int b = 0; b < 16; b++) begin
      literals_q[8*b +: 8] <= second[b] ? step_data_i[128 + 8*b +: 8] : step_data_i[8*b +: 8];
    end
  end

  // Second cycle: lengths.
  logic [12:0] match_bytes;
  always_comb begin
    case (op_q)
      lz4d_pkg::OP_SEQ,
      lz4d_pkg::OP_TAIL:     match_bytes = 13'(match_q) + 13'd4;
      lz4d_pkg::OP_SEQ_EXT,
      lz4d_pkg::OP_TAIL_EXT: match_bytes = 13'(ext_q) + 13'd19;
      lz4d_pkg::OP_MORE:     match_bytes = 13'(byte_q);
      lz4d_pkg::OP_SAME:     match_bytes = 13'(codec_pkg::PageBytes - 8);
      default:               match_bytes = 13'd0;
    endcase
  end

  assign item_valid_o = valid_q;

  always_comb begin
    item_o.literals  = literals_q;
    item_o.first     = first_q;
    item_o.count     = count_q;
    item_o.total     = 13'(count_q) + match_bytes;
    item_o.offset    = op_q == lz4d_pkg::OP_SAME ? 16'd8 : offset_q;
    item_o.match     = op_q == lz4d_pkg::OP_SEQ || op_q == lz4d_pkg::OP_SEQ_EXT ||
                      op_q == lz4d_pkg::OP_TAIL || op_q == lz4d_pkg::OP_TAIL_EXT ||
                      op_q == lz4d_pkg::OP_SAME;
    item_o.more      = op_q == lz4d_pkg::OP_MORE;
    item_o.same      = op_q == lz4d_pkg::OP_SAME;
    item_o.last      = op_q == lz4d_pkg::OP_LAST || op_q == lz4d_pkg::OP_RUN_LAST ||
                      op_q == lz4d_pkg::OP_SAME || op_q == lz4d_pkg::OP_ERROR;
    item_o.error     = error_q;
  end

endmodule
