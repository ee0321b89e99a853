// SPDX-License-Identifier: Apache-2.0
//
// What stands in front of a page's payload (sim/model/record.h), taken from the window at
// its record. Only wires.

module vault_header (
  input  logic [vault_pkg::Window-1:0] window_i,

  output logic [31:0]                  object_o,
  output logic [63:0]                  index_o,
  output logic [13:0]                  shape_o,
  output logic                         fifo_o,
  // Where the FIFO node is, in 8 bytes less 2.
  output logic [1:0]                   node_at_o,
  output logic [31:0]                  previous_o,
  output logic [31:0]                  next_o,
  output logic [63:0]                  age_o,
  // Another extent follows; the link to it.
  output logic                         chained_o,
  output logic [63:0]                  link_o,
  // One block; else so many, and their shapes.
  output logic                         single_o,
  output logic [11:0]                  blocks_o,
  output logic [255:0]                 table_o,
  // The page is in flash; what is known of it.
  output logic                         is_stub_o,
  output record_pkg::stub_t             stub_o
);

  logic         wide;
  logic [63:0]  node_wide;
  logic [127:0] node;
  logic [383:0] rest, behind_node;

  assign object_o  = {1'b0, window_i[30:0]};
  assign fifo_o    = window_i[31];
  assign shape_o   = window_i[93:80];
  assign wide      = window_i[94];
  assign chained_o = window_i[95];
  assign link_o    = window_i[191:128];
  assign node_wide = chained_o ? window_i[255:192] : window_i[191:128];
  assign index_o   = wide ? node_wide : {16'd0, window_i[79:64], window_i[63:32]};

  assign node_at_o = {1'b0, wide} + {1'b0, chained_o};
  always_comb begin
    case (node_at_o)
      2'd0:    rest = window_i[128 +: 384];
      2'd1:    rest = window_i[192 +: 384];
      default: rest = window_i[256 +: 384];
    endcase
  end
  assign node       = rest[127:0];
  assign previous_o = node[31:0];
  assign next_o     = node[63:32];
  assign age_o      = node[127:64];

  assign behind_node = fifo_o ? {128'd0, rest[383:128]} : rest;
  assign table_o     = behind_node[255:0];
  assign is_stub_o   = shape_o == record_pkg::StubShape;
  assign stub_o      = behind_node[record_pkg::StubBits-1:0];
  assign single_o    = shape_o[13:12] != 2'd0 || shape_o[11:0] == 12'hfff;
  assign blocks_o    = shape_o[11:0] + 12'd1;

  logic unused;
  assign unused = &{1'b0, window_i[127:96], window_i[767:640], behind_node[383:256]};

endmodule
