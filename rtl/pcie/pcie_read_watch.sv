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
  parameter int unsigned Timeout = 2_500_000,
  parameter int unsigned Quarantine = 25_000_000,
  // The same when the host wants short ones.
  parameter int unsigned ShortTimeout = 25_000,
  parameter int unsigned ShortQuarantine = 250_000,
  // Derived, not to be set.
  parameter int unsigned TagBits = $clog2(Tags)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  short_i,
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
  logic               busy_q, quarantine_q, valid_q, expire_q;
  logic [31:0]        age_q, timeout, expiry;
  assign timeout = short_i ? 32'(ShortTimeout) : 32'(Timeout);
  assign expiry  = short_i ? 32'(ShortTimeout + ShortQuarantine) : 32'(Timeout + Quarantine);

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
      valid_q      <= (busy_q && age_q > timeout) || (quarantine_q && age_q > expiry);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!valid_q || event_ready_i) begin
      seen_q   <= at_q;
      age_q    <= now_i - started_q[at_q];
      tag_q    <= seen_q;
      expire_q <= quarantine_q;
    end
  end

  assign event_valid_o  = valid_q;
  assign event_expire_o = expire_q;
  assign event_tag_o    = tag_q;

endmodule
