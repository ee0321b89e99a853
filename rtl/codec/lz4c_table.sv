// SPDX-License-Identifier: Apache-2.0
//
// The table of recent positions: eight positions of a window are looked up and entered
// in one cycle. Each goes to a bank by its hash; a bank takes one a cycle, the first
// that wants it, and the others get no guess and are not entered. That costs some
// matches (a tenth of the positions loses, most of them where text repeats and any
// would do) and saves seven of eight copies of the table.
//
// Four register stages from keys to guesses, in step with the search:
//   1  who gets which bank     2  banks read and written
//   3  best way of each bank   4  back to the positions

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
  // Stage 4: for each position, an earlier one that begins with the same bytes, maybe.
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

  // Stage 1: a position is served when no earlier one wants its bank.
  logic [W-1:0][BankBits-1:0] bank;
  logic [W-1:0][SetBits-1:0]  set_index;
  logic [W-1:0][TellBits-1:0] tell;
  logic [W-1:0]               served;

  for (genvar i = 0; i < W; i++) begin : gen_key
    lz4c_pkg::key_t key;
    assign key     = keys_i[i*KeyBits +: KeyBits];
    assign bank[i] = key.bank;
    assign set_index[i]  = key.set_index;
    assign tell[i] = {key.tag, key.tag_near, key.tag_far};
  end

  always_comb begin
    for (int unsigned i = 0; i < W; i++) begin
      served[i] = start_ok_i[i];
      for (int unsigned j = 0; j < i; j++) begin
        if (start_ok_i[j] && bank[j] == bank[i]) served[i] = 1'b0;
      end
    end
  end

  logic                          valid1_q, valid2_q, valid3_q;
  // Rows are cleared one after the other: all after reset, one in each page's last window.
  logic                          clear_d, clear1_q;
  logic [SetBits-1:0]            clear_set;
  assign clear_d   = init || (valid_i && index_i == lz4c_pkg::LastWindow);
  assign clear_set = init ? init_q[SetBits-1:0] : epoch_i[SetBits-1:0];

  logic [lz4c_pkg::EpochBits-1:0] epoch1_q;
  logic [lz4c_pkg::WindowBits-1:0] index1_q;
  logic [W-1:0]                  served1_q, served2_q, served3_q;
  logic [W-1:0][BankBits-1:0]    bank1_q, bank2_q, bank3_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
      clear1_q <= 1'b0;
    end else begin
      valid1_q <= valid_i;
      valid2_q <= valid1_q;
      valid3_q <= valid2_q;
      clear1_q <= clear_d;
    end
  end

  always_ff @(posedge clk_i) begin
    epoch1_q  <= epoch_i;
    index1_q  <= index_i;
    served1_q <= served;
    served2_q <= served1_q;
    served3_q <= served2_q;
    bank1_q   <= bank;
    bank2_q   <= bank1_q;
    bank3_q   <= bank2_q;
  end

  logic [Banks-1:0]       hit3_q;
  // Widened, as a choice among powers of two of bits is a plain multiplexer.
  logic [Banks-1:0][15:0] position3_q;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    // Stage 1, continued: what the bank is asked.
    logic                request_d, request_q;
    logic [SetBits-1:0]  set_d, set_q;
    logic [TellBits-1:0] tell_d, tell_q;
    logic [2:0]          place_d, place_q;

    always_comb begin
      request_d = 1'b0;
      set_d     = '0;
      tell_d    = '0;
      place_d   = '0;
      for (int unsigned i = 0; i < W; i++) begin
        if (served[i] && bank[i] == BankBits'(b)) begin
          request_d = 1'b1;
          set_d     = set_d | set_index[i];
          tell_d    = tell_d | tell[i];
          place_d   = place_d | 3'(i);
        end
      end
    end

    always_ff @(posedge clk_i) begin
      request_q <= request_d && valid_i;
      set_q     <= clear_d ? clear_set : set_d;
      tell_q    <= tell_d;
      place_q   <= place_d;
    end

    // Stage 2.
    logic [Ways-1:0]    fits, fits_near, fits_far;
    logic [12*Ways-1:0] positions;

    lz4c_bank u_bank (
      .clk_i, .rst_ni,
      .set_i(set_q), .clear_i(clear1_q), .request_i(request_q), .epoch_i(epoch1_q),
      .position_i({index1_q, place_q}), .tell_i(tell_q),
      .fits_o(fits), .near_o(fits_near), .far_o(fits_far), .positions_o(positions)
    );

    // Stage 3: the most telling way, the newest of those.
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
      hit3_q[b]      <= |fits;
      position3_q[b] <= 16'(position);
    end
  end

  // Stage 4.
  for (genvar i = 0; i < W; i++) begin : gen_back
    always_ff @(posedge clk_i) begin
      guess_o[i]            <= valid3_q && served3_q[i] && hit3_q[bank3_q[i]];
      guesses_o[12*i +: 12] <= position3_q[bank3_q[i]][11:0];
    end
  end

endmodule
