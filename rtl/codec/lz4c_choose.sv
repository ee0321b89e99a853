// SPDX-License-Identifier: Apache-2.0
//
// What to do in a window, for each of the eight places at which its first free byte can
// be: the matches (two at most) that make the window cheapest. As the answer is there
// for all of them, the step that must know where the last match ended (lz4c_decide) is
// a single look-up.
//
// Costs are in half bytes: 2 for a literal, 6 for a match, 1 back for each byte that it
// covers beyond the window; 48 back when it may go on from there. least(i) is the least
// cost of the window up to its end when the first match starts at i or later, counted
// from the window's first byte:
//
//   cost(i)  = 2i + 6 + rest(ends(i))      rest(e) = least(e) - 2e   within the window
//                                                    8 - e           beyond it
//   least(i) = min(cost(i), least(i+1))              -48             still going on
//
// They are kept with 42 added, which makes the least of them 0.
//
// A match is 4 bytes long at least, so least(4...7) needs nothing of the others, and
// least(0...3) nothing but those. Seven register stages.

module lz4c_choose (
  input  logic                            clk_i,
  // Stage 0: the best match of each start, ends 0: none.
  input  logic [lz4c_pkg::WindowBytes-1:0][4:0]  ends_i,
  // Stage 1: offsets of those (they are looked up meanwhile).
  input  logic [lz4c_pkg::WindowBytes-1:0][11:0] offset1_i,
  // Stage 7: what to do; and the matches.
  output logic [lz4c_pkg::WindowBytes-1:0][lz4c_pkg::RowBits-1:0] rows_o,
  output logic [lz4c_pkg::WindowBytes-1:0][4:0]  ends_o,
  output logic [lz4c_pkg::WindowBytes-1:0][11:0] offset_o
);

  localparam int unsigned W = lz4c_pkg::WindowBytes;

  // A cost, and the start that it is of; 8: none, only literals.
  typedef struct packed {
    logic [5:0] cost;
    logic [3:0] start;
  } choice_t;
  localparam logic [5:0] NoneCost = 6'd58;
  localparam choice_t    None     = {NoneCost, 4'd8};

  // The earlier start where they cost the same.
  function choice_t better(input choice_t early, input choice_t late);
    better = early.cost <= late.cost ? early : late;
  endfunction

  // A start's choice from its cost; a match that gains nothing is none.
  function choice_t choice(input logic exists, input logic [5:0] cost, input logic [3:0] start);
    choice = exists && cost < NoneCost ? {cost, start} : None;
  endfunction

  // Cost of a match that ends beyond the window.
  function logic [5:0] cost_beyond(input logic [3:0] start, input logic [4:0] ends);
    cost_beyond = ends == 5'(lz4c_pkg::SpanBytes) ? 6'({start, 1'b0})
                                                  : 6'({start, 1'b0}) + 6'd56 - 6'(ends);
  endfunction

  // Ends and offsets pass along.
  logic [6:0][W-1:0][4:0]  ends_q;
  logic [6:1][W-1:0][11:0] offset_q;
  always_ff @(posedge clk_i) begin
    ends_q   <= {ends_q[5:0], ends_i};
    offset_q <= {offset_q[5:1], offset1_i};
  end
  assign ends_o   = ends_q[6];
  assign offset_o = offset_q[6];

  // Stage 1: costs of the later starts, pairs compared.
  choice_t v4, v5, v6, v7;
  assign v4 = choice(ends_i[4] != '0, cost_beyond(4'd4, ends_i[4]), 4'd4);
  assign v5 = choice(ends_i[5] != '0, cost_beyond(4'd5, ends_i[5]), 4'd5);
  assign v6 = choice(ends_i[6] != '0, cost_beyond(4'd6, ends_i[6]), 4'd6);
  assign v7 = choice(ends_i[7] != '0, cost_beyond(4'd7, ends_i[7]), 4'd7);

  choice_t v4_1, v5_1, v6_1, v7_1;
  always_ff @(posedge clk_i) begin
    v4_1 <= v4;
    v5_1 <= v5;
    v6_1 <= v6;
    v7_1 <= v7;
  end

  choice_t v5_2, m45_2, m67_2, l7_2;
  always_ff @(posedge clk_i) begin
    v5_2  <= v5_1;
    m45_2 <= better(v4_1, v5_1);
    m67_2 <= better(v6_1, v7_1);
    l7_2  <= v7_1;
  end

  // Stage 3: least(4...7).
  choice_t l4_3, l5_3, l6_3, l7_3;
  always_ff @(posedge clk_i) begin
    l4_3 <= better(m45_2, m67_2);
    l5_3 <= better(v5_2, m67_2);
    l6_3 <= m67_2;
    l7_3 <= l7_2;
  end

  // Stage 4: costs of the earlier starts, and which match follows one that ends inside.
  logic [3:0][9:0] v_4;
  choice_t       l4_4, l5_4, l6_4, l7_4;
  logic [3:0][3:0] follow_4;

  for (genvar i = 0; i < 4; i++) begin : gen_early
    logic [4:0]        ends;
    choice_t           rest;
    logic              is_within;
    logic [5:0]        cost;

    assign ends   = ends_q[2][i];
    assign is_within = ends < 5'd8;
    always_comb begin
      case (ends[1:0])
        2'd0:    rest = l4_3;
        2'd1:    rest = l5_3;
        2'd2:    rest = l6_3;
        default: rest = l7_3;
      endcase
      cost = is_within ? rest.cost + 6'(2*i + 6) - 6'({ends, 1'b0}) : cost_beyond(4'(i), ends);
    end

    always_ff @(posedge clk_i) begin
      v_4[i]      <= choice(ends != '0, cost, 4'(i));
      follow_4[i] <= is_within ? rest.start : 4'd8;
    end
  end

  always_ff @(posedge clk_i) begin
    l4_4 <= l4_3;
    l5_4 <= l5_3;
    l6_4 <= l6_3;
    l7_4 <= l7_3;
  end

  // Stage 5: pairs; what comes of each start, with the match that follows it.
  choice_t v1_5, m01_5, m23_5, l3_5, l4_5, l5_5, l6_5, l7_5;

  always_ff @(posedge clk_i) begin
    v1_5  <= v_4[1];
    m01_5 <= better(v_4[0], v_4[1]);
    m23_5 <= better(v_4[2], v_4[3]);
    l3_5  <= better(v_4[3], l4_4);
    l4_5  <= l4_4;
    l5_5  <= l5_4;
    l6_5  <= l6_4;
    l7_5  <= l7_4;
  end

  logic [W-1:0][lz4c_pkg::RowBits-1:0] after_5, after_6;

  // Widened, as a choice among powers of two of bits is a plain multiplexer.
  logic [W-1:0][7:0]  ends_4;
  logic [W-1:0][15:0] offset_4;
  for (genvar i = 0; i < W; i++) begin : gen_wide
    assign ends_4[i]   = {3'b000, ends_q[3][i]};
    assign offset_4[i] = {4'h0, offset_q[3][i]};
  end

  for (genvar i = 0; i < W; i++) begin : gen_after
    logic       second;
    logic [2:0] second_start, last;
    logic [4:0] ends;
    lz4c_pkg::row_t after;

    if (i < 4) begin : gen_follow
      assign second       = follow_4[i] != 4'd8;
      assign second_start = {1'b1, follow_4[i][1:0]};
    end else begin : gen_single
      assign second       = 1'b0;
      assign second_start = 3'd0;
    end
    assign last = second ? second_start : 3'(i);
    assign ends = ends_4[last][4:0];

    assign after.first        = 1'b1;
    assign after.first_start  = 3'(i);
    assign after.second       = second;
    assign after.second_start = second_start;
    assign after.beyond       = ends >= 5'd8 ? ends - 5'd8 : 5'd0;
    assign after.open         = ends == 5'(lz4c_pkg::SpanBytes);
    assign after.offset       = offset_4[last][11:0];

    always_ff @(posedge clk_i) after_5[i] <= after;
  end

  // Stage 6: least(2), and what it takes for least(0) and least(1).
  choice_t v1_6, m01_6, l2_6, l3_6, l4_6, l5_6, l6_6, l7_6;
  always_ff @(posedge clk_i) begin
    v1_6  <= v1_5;
    m01_6 <= m01_5;
    l2_6  <= better(m23_5, l4_5);
    l3_6  <= l3_5;
    l4_6  <= l4_5;
    l5_6  <= l5_5;
    l6_6  <= l6_5;
    l7_6  <= l7_5;
  end

  always_ff @(posedge clk_i) after_6 <= after_5;

  // Stage 7: a row for each place of the first free byte.
  logic [W-1:0][3:0] pick;
  choice_t l0, l1;
  assign l0 = better(m01_6, l2_6);
  assign l1 = better(v1_6, l2_6);
  assign pick = {l7_6.start, l6_6.start, l5_6.start, l4_6.start, l3_6.start, l2_6.start,
                 l1.start, l0.start};

  for (genvar s = 0; s < W; s++) begin : gen_row
    logic [lz4c_pkg::RowBits-1:0] row;
    always_comb begin
      row = '0;
      for (int unsigned i = s; i < W; i++) begin
        if (pick[s] == 4'(i)) row = row | after_6[i];
      end
    end
    always_ff @(posedge clk_i) rows_o[s] <= row;
  end

  logic unused;
  assign unused = ^{l0.cost, l1.cost, l3_6.cost, l4_6.cost, l5_6.cost, l6_6.cost, l7_6.cost};

endmodule
