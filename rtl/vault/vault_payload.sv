// SPDX-License-Identifier: Apache-2.0
//
// The way of a put's stream into the vault. Streams wait with those who gave the commands;
// the vault says whose it wants, and takes as many beats as that put has: what stands
// behind them is another put's.

`include "check.svh"

module vault_payload (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // The stream of that command comes next; only when all of the last one was taken in.
  input  logic                             begin_i,
  input  logic [vault_pkg::TagBits-1:0]    tag_i,
  input  logic [vault_pkg::StreamBits-1:0] bytes_i,
  output logic                             free_o,
  // Wanted, and it does not come.
  output logic                             starves_o,

  // From whoever gave the command with that tag.
  output logic [vault_pkg::TagBits-1:0]    tag_o,
  input  logic                             payload_valid_i,
  output logic                             payload_ready_o,
  input  logic [127:0]                     payload_i,

  output logic                             stream_valid_o,
  input  logic                             stream_ready_i,
  output logic [127:0]                     stream_o
);

  localparam int unsigned BeatBits = vault_pkg::StreamBits - 3;

  logic [vault_pkg::TagBits-1:0] tag_q;
  logic [BeatBits-1:0]           left_q;
  logic                          open_q, room;
  assign free_o          = !open_q;
  assign tag_o           = tag_q;
  assign payload_ready_o = open_q && room;
  assign starves_o       = payload_ready_o && !payload_valid_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
      open_q <= 1'b0;
      tag_q  <= '0;
    end else if (begin_i) begin
      left_q <= BeatBits'((bytes_i + 17'd15) >> 4);
      open_q <= bytes_i != '0;
      tag_q  <= tag_i;
    end else if (payload_valid_i && payload_ready_o) begin
      left_q <= left_q - 1'b1;
      open_q <= left_q != BeatBits'(1);
    end
  end

  lib_skid #(.Width(128)) u_skid (
    .clk_i, .rst_ni,
    .in_valid_i(payload_valid_i && open_q), .in_ready_o(room), .in_data_i(payload_i),
    .out_valid_o(stream_valid_o), .out_ready_i(stream_ready_i), .out_data_o(stream_o)
  );

  `PAMC_ASSERT(a_one_after_the_other, !begin_i || !open_q)
  `PAMC_ASSERT(a_open, open_q == (left_q != '0))

endmodule
