// SPDX-License-Identifier: Apache-2.0
//
// Looks at one tag after the other, a cycle each, and offers the one that has been out
// for too long. What it says may be a few cycles old; who takes it looks again.
//
// Quarantine: after its timeout a tag is not used until its completion has come after
// all, or so much time has passed that none will. Else that completion would be taken
// for the data of another request.

`include "check.svh"

module pcie_read_watch #(
  parameter int unsigned Tags = 64,
  // Derived, not to be set.
  parameter int unsigned TagBits = $clog2(Tags)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // What left then or before is late, and its quarantine over.
  input  logic [31:0]           late_i,
  input  logic [31:0]           over_i,
  input  logic [31:0]           now_i,
  input  logic                  issue_valid_i,
  input  logic [TagBits-1:0]    issue_tag_i,

  input  logic [Tags-1:0]       busy_i,
  input  logic [Tags-1:0]       quarantine_i,

  output logic                  event_valid_o,
  input  logic                  event_ready_i,
  output logic                  event_expire_o,
  output logic [TagBits-1:0]    event_tag_o
);

  logic [31:0] started_q [Tags];

  always_ff @(posedge clk_i) begin
    if (issue_valid_i) started_q[issue_tag_i] <= now_i;
  end

  logic [TagBits-1:0] at_q, seen_q, tag_q;
  logic               busy_q, quarantine_q, late_q, over_q, valid_q, expire_q;
  logic [31:0]        since_late, since_over;
  assign since_late = late_i - started_q[at_q];
  assign since_over = over_i - started_q[at_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      at_q         <= '0;
      busy_q       <= 1'b0;
      quarantine_q <= 1'b0;
      valid_q      <= 1'b0;
    end else if (!valid_q || event_ready_i) begin
      at_q         <= at_q + 1'b1;
      busy_q       <= busy_i[at_q];
      quarantine_q <= quarantine_i[at_q];
      valid_q      <= (busy_q && late_q) || (quarantine_q && over_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!valid_q || event_ready_i) begin
      seen_q   <= at_q;
      late_q   <= !since_late[31];
      over_q   <= !since_over[31];
      tag_q    <= seen_q;
      expire_q <= quarantine_q;
    end
  end

  logic unused;
  assign unused = ^{since_late[30:0], since_over[30:0]};

  assign event_valid_o  = valid_q;
  assign event_expire_o = expire_q;
  assign event_tag_o    = tag_q;

endmodule
