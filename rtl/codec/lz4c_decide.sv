// SPDX-License-Identifier: Apache-2.0
//
// The step of the search that must know where the last match ended: it looks up the row
// of the window's first free byte, and so knows the next window's. All else is prepared
// before or done after, so this loop is one multiplexer deep.
//
// A match that covers the 16 bytes behind its window is open: it may go on. Three
// windows later, when what is known of it is used up, its text is compared with that
// window, 8 bytes each time, until one differs. The comparison takes two cycles ahead of
// the decision; that is why a diagonal is looked at 16 bytes beyond its window.
//
//   window        w          w+1        w+2        w+3
//   known        |   ======= | ======== | ======== |
//   compared                                       | ====x
//
// Matches leave when their ends are known, in order: at most an open one that ended, and
// two that began.

`include "check.svh"

module lz4c_decide (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // Two stages ahead of the decision: the window, and its bytes.
  input  logic [lz4c_pkg::WindowBits-1:0]     ahead_index_i,
  input  logic [8*lz4c_pkg::WindowBytes-1:0]  ahead_text_i,
  // Words for the text memory.
  input  logic                                write_i,
  input  logic [8:0]                          word_i,
  input  logic [63:0]                         data_i,

  // The window to decide on, with its rows and the matches that they speak of.
  input  logic                                valid_i,
  input  logic [lz4c_pkg::WindowBits-1:0]     index_i,
  input  logic                                same_i,
  input  logic [lz4c_pkg::WindowBytes-1:0][lz4c_pkg::RowBits-1:0] rows_i,
  input  logic [lz4c_pkg::WindowBytes-1:0][4:0]  ends_i,
  input  logic [lz4c_pkg::WindowBytes-1:0][11:0] offset_i,

  // A window decided on; record_valid_o only if there is something to tell.
  output logic                                decided_o,
  output logic                                record_valid_o,
  output lz4c_pkg::record_t                   record_o
);

  localparam int unsigned W = lz4c_pkg::WindowBytes;

  // The match that is open, if any: how far back its text is.
  logic        open_q, open_d;
  logic [11:0] offset_q, offset_d;
  // Bytes of this window that the last match covers: 0 ... 16.
  logic [4:0]  covered_q, covered_d;

  // Compare ahead: the text is read, then shifted and compared.
  logic [12:0]  address;
  logic [63:0]  text;
  logic [W-1:0] believed_d, believed_q;
  logic [W-1:0] equal_d, equal_q;
  logic [63:0]  own_q;

  assign address = {1'b0, ahead_index_i, 3'b000} - {1'b0, offset_q};

  lz4c_text #(.BankBits(1), .OutBytes(W), .OutReg(1'b0)) u_text (
    .clk_i, .write_i, .word_i, .data_i, .address_i(address), .text_o(text)
  );

  logic late;
  assign late = ahead_index_i >= lz4c_pkg::LateFrom;

  always_comb begin
    for (int unsigned j = 0; j < W; j++) begin
      believed_d[j] = {ahead_index_i, 3'(j)} < 12'(lz4c_pkg::LastEnd);
    end
    // An open match's text is never before the page.
    for (int unsigned j = 0; j < W; j++) begin
      if (late && address + 13'(j) < 13'(8 * lz4c_pkg::LateWords)) believed_d[j] = 1'b0;
      equal_d[j] = believed_q[j] && text[8*j +: 8] == own_q[8*j +: 8];
    end
  end

  always_ff @(posedge clk_i) begin
    believed_q <= believed_d;
    own_q      <= ahead_text_i;
    equal_q    <= equal_d;
  end

  // How far the open match goes on in this window.
  logic [3:0] more;
  always_comb begin
    more = 4'd8;
    for (int unsigned j = W; j > 0; j--) begin
      if (!equal_q[j-1]) more = 4'(j - 1);
    end
  end

  // Decide.
  logic             resumed;
  logic [4:0]       free;
  lz4c_pkg::row_t   row;
  // Widened, as a choice among powers of two of bits is a plain multiplexer.
  logic [W-1:0][31:0] rows;
  for (genvar i = 0; i < W; i++) begin : gen_rows
    assign rows[i] = 32'(rows_i[i]);
  end

  assign resumed = open_q && covered_q == 5'd0;
  assign free    = resumed ? {1'b0, more} : covered_q;
  assign row     = rows[free[2:0]][lz4c_pkg::RowBits-1:0];

  always_comb begin
    open_d    = open_q;
    offset_d  = offset_q;
    covered_d = covered_q;
    if (valid_i) begin
      if (free >= 5'd8) begin
        covered_d = free - 5'd8;
      end else begin
        covered_d = row.beyond;
        open_d    = row.open;
        if (row.open) offset_d = row.offset;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q    <= 1'b0;
      offset_q  <= 12'd0;
      covered_q <= 5'd0;
    end else begin
      open_q    <= open_d;
      offset_q  <= offset_d;
      covered_q <= covered_d;
    end
  end

  // What was decided, to be told.
  logic                 valid1_q, ended1_q, first1_q, second1_q, same1_q;
  logic [lz4c_pkg::WindowBits-1:0] index1_q;
  logic [3:0]           more1_q;
  logic [2:0]           start1_q, start2_q;
  logic [W-1:0][7:0]    ends1_q;
  logic [W-1:0][15:0]   offset1_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid1_q <= 1'b0;
    else valid1_q <= valid_i;
  end

  always_ff @(posedge clk_i) begin
    ended1_q  <= resumed && more != 4'd8;
    first1_q  <= free < 5'd8 && row.first;
    second1_q <= free < 5'd8 && row.second;
    start1_q  <= row.first_start;
    start2_q  <= row.second_start;
    same1_q   <= same_i;
    index1_q  <= index_i;
    more1_q   <= more;
    for (int unsigned i = 0; i < W; i++) begin
      ends1_q[i]   <= 8'(ends_i[i]);
      offset1_q[i] <= 16'(offset_i[i]);
    end
  end

  // The open match waits here for its end.
  lz4c_pkg::match_t  waiting_q, first, second;
  lz4c_pkg::record_t record;
  logic [11:0]       base;
  logic              first_open, second_open;

  assign base        = {index1_q, 3'b000};
  assign first_open  = ends1_q[start1_q][4:0] == 5'(lz4c_pkg::SpanBytes);
  assign second_open = ends1_q[start2_q][4:0] == 5'(lz4c_pkg::SpanBytes);

  always_comb begin
    first.valid  = first1_q && !first_open;
    first.start  = base + 12'(start1_q);
    first.ends   = base + 12'(ends1_q[start1_q]);
    first.offset = offset1_q[start1_q][11:0];

    second.valid  = second1_q && !second_open;
    second.start  = base + 12'(start2_q);
    second.ends   = base + 12'(ends1_q[start2_q]);
    second.offset = offset1_q[start2_q][11:0];

    record.last         = index1_q == lz4c_pkg::LastWindow;
    record.same         = same1_q;
    record.first.valid  = ended1_q;
    record.first.start  = waiting_q.start;
    record.first.ends   = base + 12'(more1_q);
    record.first.offset = waiting_q.offset;
    record.second       = first;
    record.third        = second;
  end

  always_ff @(posedge clk_i) begin
    if (valid1_q && second1_q && second_open) waiting_q <= second;
    else if (valid1_q && first1_q && first_open) waiting_q <= first;
    record_o <= record;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      decided_o      <= 1'b0;
      record_valid_o <= 1'b0;
    end else begin
      decided_o      <= valid1_q;
      record_valid_o <= valid1_q && (ended1_q || first.valid || second.valid || record.last);
    end
  end

  // A page ends with all matches ended: the next one starts with nothing covered.
  `PAMC_ASSERT(PageStartsFree, !(valid_i && index_i == '0) || (covered_q == '0 && !open_q))
  `PAMC_ASSERT(CoveredRange, covered_q <= 5'd16)

  logic unused;
  assign unused = ^{waiting_q.valid, waiting_q.ends};

endmodule
