// SPDX-License-Identifier: Apache-2.0
//
// The table of recent positions: eight positions of a window are looked up and entered
// in one cycle. Each goes to a bank by its hash; a bank takes one a cycle, the first
// that wants it, and the others get no guess and are not entered. That costs some
// matches (a tenth of the positions loses, most of them where text repeats and any
// would do) and saves seven of eight copies of the table.
//
// Five register stages from keys to guesses, in step with the search:
//   1  who is served           2  what each bank is asked
//   3  banks read and written  4  best way of each bank   5  back to the positions

`include "check.svh"

module lz4c_table (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // After reset the table is cleared; no windows before ready.
  output logic                          ready_o,
  // A window's keys (stage 0). Positions that are not start_ok are left out.
  input  logic                          valid_i,
  input  logic [lz4c_pkg::WindowBits-1:0] index_i,
  input  logic [lz4c_pkg::EpochBits-1:0]  epoch_i,
  input  logic [lz4c_pkg::WindowBytes-1:0] start_ok_i,
  input  logic [lz4c_pkg::WindowBytes*lz4c_pkg::KeyBits-1:0] keys_i,
  // Stage 5: for each position, an earlier one that begins with the same bytes, maybe.
  output logic [lz4c_pkg::WindowBytes-1:0]    guess_o,
  output logic [lz4c_pkg::WindowBytes*12-1:0] guesses_o
);

  localparam int unsigned W        = lz4c_pkg::WindowBytes;
  localparam int unsigned Banks    = lz4c_pkg::Banks;
  localparam int unsigned BankBits = lz4c_pkg::BankBits;
  localparam int unsigned SetBits  = lz4c_pkg::SetBits;
  localparam int unsigned Ways     = lz4c_pkg::Ways;
  localparam int unsigned TellBits = lz4c_pkg::TagBits + lz4c_pkg::NearBits + lz4c_pkg::FarBits;
  localparam int unsigned KeyBits  = lz4c_pkg::KeyBits;

  // Clearing after reset, one set of all banks a cycle.
  logic [SetBits:0] init_q;
  logic             init;
  assign ready_o = init_q[SetBits];
  assign init    = !init_q[SetBits];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) init_q <= '0;
    else if (init) init_q <= init_q + 1'b1;
  end

  // Stage 1: a position is served when no earlier one wants its bank. What it asks of
  // the bank: set, what to tell it by, its place in the window.
  localparam int unsigned AskBits = SetBits + TellBits + 3;

  logic [W-1:0][BankBits-1:0] bank;
  logic [W-1:0][AskBits-1:0]  ask;
  logic [W-1:0]               served;

  for (genvar i = 0; i < W; i++) begin : gen_key
    lz4c_pkg::key_t key;
    assign key     = keys_i[i*KeyBits +: KeyBits];
    assign bank[i] = key.bank;
    assign ask[i]  = {key.set_index, key.tag, key.tag_near, key.tag_far, 3'(i)};
  end

  always_comb begin
    for (int unsigned i = 0; i < W; i++) begin
      served[i] = valid_i && start_ok_i[i];
      for (int unsigned j = 0; j < i; j++) begin
        if (start_ok_i[j] && bank[j] == bank[i]) served[i] = 1'b0;
      end
    end
  end

  // Rows are cleared one after the other: all after reset, one in each page's last window.
  logic [2:1]                                clear_q;
  logic [SetBits-1:0]                        clear_set1_q;
  logic [2:1][lz4c_pkg::EpochBits-1:0]       epoch_q;
  logic [2:1][lz4c_pkg::WindowBits-1:0]      index_q;
  logic [4:1][W-1:0]                         served_q;
  logic [4:1][W-1:0][BankBits-1:0]           bank_q;
  logic [W-1:0][AskBits-1:0]                 ask1_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clear_q  <= '0;
      served_q <= '0;
    end else begin
      clear_q  <= {clear_q[1], init || (valid_i && index_i == lz4c_pkg::LastWindow)};
      served_q <= {served_q[3:1], served};
    end
  end

  always_ff @(posedge clk_i) begin
    clear_set1_q <= init ? init_q[SetBits-1:0] : epoch_i[SetBits-1:0];
    epoch_q      <= {epoch_q[1], epoch_i};
    index_q      <= {index_q[1], index_i};
    bank_q       <= {bank_q[3:1], bank};
    ask1_q       <= ask;
  end

  // Stage 2: from positions to banks, for all banks at once, bit by bit of what is asked.
  logic [Banks-1:0]              request2_d, request2_q, to_bank;
  logic [AskBits-1:0][Banks-1:0] asked2_d, asked2_q;

  always_comb begin
    request2_d = '0;
    asked2_d   = '0;
    for (int unsigned i = 0; i < W; i++) begin
      to_bank    = served_q[1][i] ? Banks'(1) << bank_q[1][i] : '0;
      request2_d = request2_d | to_bank;
      for (int unsigned k = 0; k < AskBits; k++) begin
        asked2_d[k] = asked2_d[k] | (ask1_q[i][k] ? to_bank : '0);
      end
    end
    // The set to be cleared is the same in all banks.
    for (int unsigned k = 0; k < SetBits; k++) begin
      if (clear_q[1]) asked2_d[AskBits-SetBits+k] = {Banks{clear_set1_q[k]}};
    end
  end

  always_ff @(posedge clk_i) begin
    request2_q <= request2_d;
    asked2_q   <= asked2_d;
  end

  logic [Banks-1:0]       hit4_q;
  // Widened, as a choice among powers of two of bits is a plain multiplexer.
  logic [Banks-1:0][15:0] position4_q;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    logic [SetBits-1:0]  set_index;
    logic [TellBits-1:0] tell;
    logic [2:0]          place;

    for (genvar k = 0; k < AskBits; k++) begin : gen_bit
      if (k < 3) begin : gen_place
        assign place[k] = asked2_q[k][b];
      end else if (k < 3 + TellBits) begin : gen_tell
        assign tell[k-3] = asked2_q[k][b];
      end else begin : gen_set
        assign set_index[k-3-TellBits] = asked2_q[k][b];
      end
    end

    // Stage 3.
    logic [Ways-1:0]    fits, fits_near, fits_far;
    logic [12*Ways-1:0] positions;

    lz4c_bank u_bank (
      .clk_i, .rst_ni,
      .set_i(set_index), .clear_i(clear_q[2]), .request_i(request2_q[b]), .epoch_i(epoch_q[2]),
      .position_i({index_q[2], place}), .tell_i(tell),
      .fits_o(fits), .near_o(fits_near), .far_o(fits_far), .positions_o(positions)
    );

    // Stage 4: the most telling way, the newest of those.
    logic [Ways-1:0] rank;
    logic [11:0]     position;
    assign rank = |fits_far ? fits_far : |fits_near ? fits_near : fits;

    always_comb begin
      position = '0;
      for (int unsigned k = Ways; k > 0; k--) begin
        if (rank[k-1]) position = positions[12*(k-1) +: 12];
      end
    end

    always_ff @(posedge clk_i) begin
      hit4_q[b]      <= |fits;
      position4_q[b] <= 16'(position);
    end
  end

  // Stage 5.
  for (genvar i = 0; i < W; i++) begin : gen_back
    always_ff @(posedge clk_i) begin
      guess_o[i]            <= served_q[4][i] && hit4_q[bank_q[4][i]];
      guesses_o[12*i +: 12] <= position4_q[bank_q[4][i]][11:0];
    end
  end

endmodule
