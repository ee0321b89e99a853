// SPDX-License-Identifier: Apache-2.0
//
// Where in the table each position of a window is looked for, and by what it is told
// from others there: parts of the hash of its own four bytes, of the four that follow
// and of four further on (bytes 0-3, 4-7 and 12-15). One register stage.

module lz4c_hash (
  input  logic                                  clk_i,
  input  logic [lz4c_pkg::WindowBits-1:0]       index_i,
  // The window's bytes and 15 behind it.
  input  logic [8*(lz4c_pkg::WindowBytes+15)-1:0] text_i,
  // Positions at which a match may start, and their keys.
  output logic [lz4c_pkg::WindowBytes-1:0]      start_ok_o,
  output logic [lz4c_pkg::WindowBytes*lz4c_pkg::KeyBits-1:0] keys_o
);

  localparam int unsigned W = lz4c_pkg::WindowBytes;
  localparam int unsigned NearAt = 4;
  localparam int unsigned FarAt  = 12;
  localparam int unsigned TagAt  = lz4c_pkg::BankBits + lz4c_pkg::SetBits;

  for (genvar i = 0; i < W; i++) begin : gen_position
    logic [15:0]    own;
    logic [3:0]     near_hash, far_hash;
    lz4c_pkg::key_t key;

    assign own  = lz4c_pkg::hash(text_i[8*i +: 32]);
    assign near_hash = lz4c_pkg::hash_low(text_i[8*(i+NearAt) +: 32]);
    assign far_hash  = lz4c_pkg::hash_low(text_i[8*(i+FarAt) +: 32]);

    assign key.bank      = own[0 +: lz4c_pkg::BankBits];
    assign key.set_index = own[lz4c_pkg::BankBits +: lz4c_pkg::SetBits];
    assign key.tag       = own[TagAt +: lz4c_pkg::TagBits];
    assign key.tag_near  = near_hash[0 +: lz4c_pkg::NearBits];
    assign key.tag_far   = far_hash[0 +: lz4c_pkg::FarBits];

    logic unused;
    assign unused = ^own;

    always_ff @(posedge clk_i) begin
      keys_o[i*lz4c_pkg::KeyBits +: lz4c_pkg::KeyBits] <= key;
      start_ok_o[i] <= {index_i, 3'(i)} <= 12'(lz4c_pkg::LastStart);
    end
  end

endmodule
