// SPDX-License-Identifier: Apache-2.0
//
// For what commands wait, stage by stage: each counter is the sum, over cycles, of the lanes
// in which something waits for that (exec_pkg::put_wait_t, get_wait_t). So a counter's
// growth divided by the commands is how long each of them waited there, and by cycles and
// lanes which part of the lanes' time went there: what limits a card can be told by name.

module mailbox_waits #(
  parameter int unsigned PutLanes = 2,
  parameter int unsigned GetLanes = 2,
  // Derived, not to be set.
  parameter int unsigned Counts = 2 + exec_pkg::PutWaitBits + exec_pkg::GetWaitBits
) (
  input  logic                                           clk_i,
  input  logic                                           rst_ni,

  // A put, a get for which there is no lane.
  input  logic [1:0]                                     lane_i,
  input  logic [PutLanes-1:0][exec_pkg::PutWaitBits-1:0] put_i,
  input  logic [GetLanes-1:0][exec_pkg::GetWaitBits-1:0] get_i,

  // In the order of the structs: a put's lane, host ...; then a get's lane, index ....
  output logic [Counts-1:0][31:0]                        counts_o
);

  localparam int unsigned Gets = 1 + exec_pkg::PutWaitBits;

  logic [1:0]                                     lane_q;
  logic [PutLanes-1:0][exec_pkg::PutWaitBits-1:0] put_q;
  logic [GetLanes-1:0][exec_pkg::GetWaitBits-1:0] get_q;
  logic [Counts-1:0][3:0]                         more_d, more_q;
  logic [Counts-1:0][31:0]                        count_q;

  // A struct's first field is its highest bit.
  always_comb begin
    more_d       = '0;
    more_d[0]    = {3'd0, lane_q[0]};
    more_d[Gets] = {3'd0, lane_q[1]};
    for (int unsigned n = 0; n < PutLanes; n++) begin
      for (int unsigned b = 0; b < exec_pkg::PutWaitBits; b++) begin
        more_d[1+b] = more_d[1+b] + 4'(put_q[n][exec_pkg::PutWaitBits-1-b]);
      end
    end
    for (int unsigned n = 0; n < GetLanes; n++) begin
      for (int unsigned b = 0; b < exec_pkg::GetWaitBits; b++) begin
        more_d[Gets+1+b] = more_d[Gets+1+b] + 4'(get_q[n][exec_pkg::GetWaitBits-1-b]);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lane_q  <= '0;
      put_q   <= '0;
      get_q   <= '0;
      more_q  <= '0;
      count_q <= '0;
    end else begin
      lane_q <= lane_i;
      put_q  <= put_i;
      get_q  <= get_i;
      more_q <= more_d;
      for (int unsigned n = 0; n < Counts; n++) count_q[n] <= count_q[n] + 32'(more_q[n]);
    end
  end

  assign counts_o = count_q;

endmodule
