// SPDX-License-Identifier: Apache-2.0
//
// Where bytes move. The page is its own history: 32 lanes, each a memory of a byte wide
// and 128 rows deep; a chunk touches each lane once, as does the source of its match.
//
//     cycle 1   lane memories --> read_q            source bytes, still in their lanes
//     cycle 2   source = chunk's own literal | byte the last chunk wrote | read_q
//               byte n = literal n | source[select n]   (crossbar 32:1)
//               byte n --> lane memory n, bytes_q n     when written
//     cycle 3   full row --> row_o
//
// Cycle 2 is the loop: a match may want what was written in the cycle before, which the
// lane memory did not have when it was read. The choice between the three sources is
// made beforehand from positions (lz4d_plan.sv), so the loop is a 3:1 choice, the crossbar, and a
// choice of literals: four levels of 6-input LUTs.
//
// bytes_q keeps what each lane was last given, so it is also the row in the making;
// when the chunk that fills the row goes on into the next one, the lanes it overwrites
// there are in before_q still.

`include "check.svh"

module lz4d_copy (
  input  logic            clk_i,
  input  logic            rst_ni,

  input  logic            plan_valid_i,
  input  lz4d_pkg::plan_t plan_i,

  // Full rows, or whatever there is at a page's end after an error; no stalls.
  output logic            row_valid_o,
  output logic [255:0]    row_data_o,
  output logic            row_last_o,
  output logic [2:0]      row_error_o
);

  localparam int unsigned Lanes = lz4d_pkg::Lanes;

  // One lane of 32, as a tree: two bits of the select a level of 6-input LUTs.
  function [7:0] pick(input logic [255:0] lanes, input logic [4:0] at);
    logic [127:0] a;
    logic [63:0]  b;
    logic [31:0]  c;
    logic [15:0]  d;
    integer n;
    for (n = 0; n < 16; n = n + 1) a[8*n +: 8] = at[0] ? lanes[16*n + 8 +: 8] : lanes[16*n +: 8];
    for (n = 0; n < 8; n = n + 1)  b[8*n +: 8] = at[1] ? a[16*n + 8 +: 8] : a[16*n +: 8];
    for (n = 0; n < 4; n = n + 1)  c[8*n +: 8] = at[2] ? b[16*n + 8 +: 8] : b[16*n +: 8];
    for (n = 0; n < 2; n = n + 1)  d[8*n +: 8] = at[3] ? c[16*n + 8 +: 8] : c[16*n +: 8];
    pick = at[4] ? d[15:8] : d[7:0];
  endfunction

  // Cycle 1.
  logic [6:0]   next_row;
  logic [255:0] read_d;
  assign next_row = plan_i.row + 7'd1;

  // Cycle 2.
  logic            valid_q;
  lz4d_pkg::plan_t plan_q;
  logic [223:0]    write_row_q;
  logic [31:0]     write;
  logic [255:0]    read_q, source, bytes_d, bytes_q;
  assign write = valid_q ? plan_q.write : 32'h0;

  // Cycle 3.
  logic [255:0] before_q;
  logic [31:0]  row_before_q;

  for (genvar n = 0; n < Lanes; n++) begin : g_lane
    lz4d_lane u_lane (
      .clk_i,
      .write_i(write[n]),
      .write_row_i(write_row_q[7*n +: 7]),
      .write_data_i(bytes_d[8*n +: 8]),
      .read_row_i(plan_i.read_row[7*n +: 7]),
      .read_data_o(read_d[8*n +: 8])
    );

    logic [7:0] literal;
    assign literal = plan_q.literals[8*(n % 16) +: 8];
    assign source[8*n +: 8]  = plan_q.own[n] ? literal : plan_q.fresh[n] ? bytes_q[8*n +: 8] : read_q[8*n +: 8];
    assign bytes_d[8*n +: 8] = plan_q.literal[n] ? literal : pick(source, plan_q.select[5*n +: 5]);

    always_ff @(posedge clk_i) begin
      if (write[n]) bytes_q[8*n +: 8] <= bytes_d[8*n +: 8];
      write_row_q[7*n +: 7] <= plan_i.wrapped[n] ? next_row : plan_i.row;
      before_q[8*n +: 8] <= bytes_q[8*n +: 8];
    end

    // Lanes below the chunk's first were given their bytes of this row before.
    assign row_data_o[8*n +: 8] = row_before_q[n] ? before_q[8*n +: 8] : bytes_q[8*n +: 8];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q     <= 1'b0;
      row_valid_o <= 1'b0;
    end else begin
      valid_q     <= plan_valid_i;
      row_valid_o <= valid_q && plan_q.emit;
    end
  end

  always_ff @(posedge clk_i) begin
    plan_q      <= plan_i;
    read_q      <= read_d;
    row_last_o  <= plan_q.last;
    row_before_q <= plan_q.wrapped;
    row_error_o <= plan_q.error;
  end

  logic unused;
  assign unused = &{1'b0, plan_q};

endmodule
