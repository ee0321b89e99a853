// SPDX-License-Identifier: Apache-2.0
//
// Checks the form of a packed page as its beats come, and cuts it into words for the
// parser: after this block every page has a last word, and what came behind it, if the
// sender's "last" was late, is dropped. A word whose "bad" is set is a page's last.
//
// Length possible: LZ4 1 ... 4096, RAW 4096, SAME 8. The number of beats has to be what
// the length says.

`include "check.svh"

module lz4d_form (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  codec_pkg::packed_beat_t in_i,

  // Words; ready does not depend on valid.
  output logic                   word_valid_o,
  input  logic                   word_ready_i,
  output logic [127:0]           word_data_o,
  output lz4d_pkg::word_info_t   word_info_o,

  // A page begins; its expected CRC. Comes with the page's first word.
  output logic                   page_valid_o,
  input  logic                   page_ready_i,
  output logic [31:0]            page_crc_o
);

  // The next beat is not the first of a page; it is to be dropped; bytes from it on.
  logic        inside_q, drop_q;
  logic [12:0] left_q;

  logic beat;
  assign in_ready_o = word_ready_i && page_ready_i;
  assign beat       = in_valid_i && in_ready_o;

  lz4d_pkg::mode_e mode;
  logic            possible;
  always_comb begin
    mode     = lz4d_pkg::MODE_LZ4;
    possible = 1'b0;
    case (in_i.kind)
      pamc_pkg::CODEC_LZ4: begin
        possible = in_i.length != '0 && in_i.length <= 13'(codec_pkg::PageBytes);
      end
      pamc_pkg::CODEC_RAW: begin
        mode     = lz4d_pkg::MODE_RAW;
        possible = in_i.length == 13'(codec_pkg::PageBytes);
      end
      pamc_pkg::CODEC_SAME: begin
        mode     = lz4d_pkg::MODE_SAME;
        possible = in_i.length == 13'(codec_pkg::SameBytes);
      end
      default: ;
    endcase
  end

  logic [12:0] left;
  logic        first, ends, bad;
  assign first = !inside_q;
  assign left  = first ? in_i.length : left_q;
  assign ends  = left <= 13'd16;
  assign bad   = (first && !possible) || in_i.last != ends;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q <= 1'b0;
      drop_q   <= 1'b0;
    end else if (beat) begin
      inside_q <= !in_i.last;
      drop_q   <= !in_i.last && (drop_q || bad);
    end
  end

  always_ff @(posedge clk_i) begin
    if (beat) left_q <= left - 13'd16;
  end

  assign word_valid_o     = beat && !drop_q;
  assign word_data_o      = in_i.data;
  assign word_info_o.bad  = bad;
  assign word_info_o.last = bad || ends;
  assign word_info_o.mode = first ? mode : lz4d_pkg::MODE_LZ4;
  assign word_info_o.left = left > 13'd63 ? 6'd63 : left[5:0];

  assign page_valid_o = beat && first;
  assign page_crc_o   = in_i.crc;

  `PAMC_ASSERT(a_bad_is_last, !word_valid_o || !bad || word_info_o.last)
  `PAMC_ASSERT(a_drop_inside, !drop_q || inside_q)

endmodule
