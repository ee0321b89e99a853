// SPDX-License-Identifier: Apache-2.0
//
// Puts chunks together into 16-byte words: reads their literals from the page's memory,
// joins head, literals and tail, shifts the result to where the page's output ends, and
// writes each word that becomes full. Takes a chunk every cycle and never stalls.
//
//   1  addresses   2  memory   3, 4  literals shifted   5  joined
//   6  rotated to the fill level of the word under way   7  merged, written
//
//   word under way:  | a b c d . . . . . . . . . . . . |      fill = 4
//   chunk, rotated:  | m n . . e f g h i j k l ...      |     bytes of the next word: m n

`include "check.svh"

module lz4c_pack (
  input  logic               clk_i,
  input  logic               rst_ni,
  // Words of pages as they come in, two pages being kept: page parity, place.
  input  logic               word_i,
  input  logic [9:0]         word_at_i,
  input  logic [63:0]        word_data_i,

  input  logic               chunk_valid_i,
  input  lz4c_pkg::chunk_t   chunk_i,

  // Words of the page's output; and its end, not before its last word.
  output logic               write_o,
  output logic [7:0]         write_at_o,
  output logic [127:0]       write_data_o,
  output logic               page_o,
  output logic [7:0]         kind_o,
  output logic [12:0]        length_o
);

  // Literals' memory: even and odd 16-byte words, so that two neighbours can be read.
  logic [127:0] even_q [256];
  logic [127:0] odd_q [256];
  logic         parity_q;

  // Words of 8 bytes come in pairs.
  logic [63:0] low_q;
  logic        pair;
  assign pair = word_i && word_at_i[0];

  always_ff @(posedge clk_i) begin
    if (word_i && !word_at_i[0]) low_q <= word_data_i;
    if (pair && !word_at_i[1]) even_q[word_at_i[9:2]] <= {word_data_i, low_q};
    if (pair && word_at_i[1]) odd_q[word_at_i[9:2]] <= {word_data_i, low_q};
  end

  // 1 - 2
  logic [5:0]           valid_q;
  logic [7:0]           row;
  logic [127:0]         even2_q, odd2_q;
  lz4c_pkg::chunk_t     chunk1_q, chunk2_q, chunk3_q, chunk4_q;
  logic [7:0]           even_at_q, odd_at_q;
  assign row = {parity_q, chunk_i.literal_at[11:5]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      parity_q <= 1'b0;
    end else begin
      valid_q <= {valid_q[4:0], chunk_valid_i};
      if (chunk_valid_i && chunk_i.last) parity_q <= ~parity_q;
    end
  end

  always_ff @(posedge clk_i) begin
    odd_at_q  <= row;
    even_at_q <= row + 8'(chunk_i.literal_at[4]);
    chunk1_q  <= chunk_i;
    even2_q   <= even_q[even_at_q];
    odd2_q    <= odd_q[odd_at_q];
    chunk2_q  <= chunk1_q;
    chunk3_q  <= chunk2_q;
    chunk4_q  <= chunk3_q;
  end

  // 3 - 4: by multiples of 4 bytes, then by the rest.
  logic [255:0] both;
  logic [159:0] coarse_d, coarse_q;
  logic [127:0] literals_q;
  assign both = {odd2_q, even2_q};

  always_comb begin
    for (int unsigned i = 0; i < 5; i++) begin
      coarse_d[32*i +: 32] = both[{chunk2_q.literal_at[4:2] + 3'(i), 5'b00000} +: 32];
    end
  end

  always_ff @(posedge clk_i) begin
    coarse_q   <= coarse_d;
    literals_q <= coarse_q[{3'b000, chunk3_q.literal_at[1:0], 3'b000} +: 128];
  end

  // 5: joined; how full the word under way is before and after.
  logic [127:0] joined_d, joined_q;
  logic [4:0]   tail_at;
  logic [4:0]   count;
  logic [3:0]   fill_q, fill5_q, fill;
  logic [4:0]   filled, filled5_q;
  logic         restart5_q, last5_q, last6_q;
  logic [7:0]   kind5_q, kind6_q;
  logic [12:0]  length5_q, length6_q;

  assign tail_at = 5'(chunk4_q.head_count) + chunk4_q.literal_count;
  assign count   = tail_at + 5'(chunk4_q.tail_count);
  assign fill    = chunk4_q.restart ? 4'd0 : fill_q;
  assign filled  = {1'b0, fill} + count;

  always_comb begin
    case (chunk4_q.head_count)
      2'd0:    joined_d = literals_q;
      2'd1:    joined_d = {literals_q[119:0], chunk4_q.head[7:0]};
      default: joined_d = {literals_q[111:0], chunk4_q.head};
    endcase
    for (int unsigned i = 0; i < 16; i++) begin
      if (tail_at == 5'(i)) joined_d[8*i +: 8] = chunk4_q.tail[7:0];
      if (tail_at + 5'd1 == 5'(i)) joined_d[8*i +: 8] = chunk4_q.tail[15:8];
      if (tail_at + 5'd2 == 5'(i)) joined_d[8*i +: 8] = chunk4_q.tail[23:16];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fill_q <= 4'd0;
    else if (valid_q[3]) fill_q <= chunk4_q.last ? 4'd0 : filled[3:0];
  end

  always_ff @(posedge clk_i) begin
    joined_q   <= joined_d;
    fill5_q    <= fill;
    filled5_q  <= filled;
    restart5_q <= chunk4_q.restart;
    last5_q    <= chunk4_q.last;
    kind5_q    <= chunk4_q.kind;
    length5_q  <= chunk4_q.length;
  end

  // 6: byte p is byte p - fill of the chunk.
  logic [127:0] turned_d, turned_q;
  logic [3:0]   fill6_q;
  logic [4:0]   filled6_q;
  logic         restart6_q;

  always_comb begin
    for (int unsigned p = 0; p < 16; p++) begin
      turned_d[8*p +: 8] = joined_q[{4'(p) - fill5_q, 3'b000} +: 8];
    end
  end

  always_ff @(posedge clk_i) begin
    turned_q   <= turned_d;
    fill6_q    <= fill5_q;
    filled6_q  <= filled5_q;
    restart6_q <= restart5_q;
    last6_q    <= last5_q;
    kind6_q    <= kind5_q;
    length6_q  <= length5_q;
  end

  // 7: merged with the word under way, zeroes behind the end of the page.
  logic [127:0] word_q, merged, cut;
  logic [7:0]   at_q, at;
  logic         full, write;
  assign full  = filled6_q[4];
  assign write = valid_q[5] && (full || (last6_q && filled6_q != 5'd0));
  assign at    = restart6_q ? 8'd0 : at_q;

  always_comb begin
    for (int unsigned p = 0; p < 16; p++) begin
      merged[8*p +: 8] = 4'(p) < fill6_q ? word_q[8*p +: 8] : turned_q[8*p +: 8];
      cut[8*p +: 8]    = 5'(p) < filled6_q ? merged[8*p +: 8] : 8'h00;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      at_q    <= 8'd0;
      write_o <= 1'b0;
      page_o  <= 1'b0;
    end else begin
      write_o <= write;
      page_o  <= valid_q[5] && last6_q;
      if (valid_q[5]) at_q <= last6_q ? 8'd0 : at + 8'(write);
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_q[5]) word_q <= full ? turned_q : merged;
    write_at_o   <= at;
    write_data_o <= cut;
    kind_o       <= kind6_q;
    length_o     <= length6_q;
  end

  // The last chunk ends in the word under way, so one word ends the page.
  `PAMC_ASSERT(LastInOneWord, !(valid_q[5] && last6_q) || filled6_q <= 5'd16)

`ifndef SYNTHESIS
  // A page may get longer than its memory before the emitter knows that it is too long;
  // its words come round then, and it ends with a restart.
  logic wrapped_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         wrapped_q <= 1'b0;
    else if (valid_q[5]) wrapped_q <= !last6_q && ((write && at == 8'd255) || (wrapped_q && !restart6_q));
  end
  `PAMC_ASSERT(OutputInPage, !(valid_q[5] && last6_q && wrapped_q) || restart6_q)
`endif

  logic unused;
  assign unused = ^{chunk1_q, chunk2_q, chunk3_q, chunk4_q};

endmodule
