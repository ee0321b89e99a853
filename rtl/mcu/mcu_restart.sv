// SPDX-License-Identifier: Apache-2.0
//
// Restarts the core, and only it, when nothing else helps: the watchdog bites, the core
// traps, a word of its memory or a line of its share of card memory is lost, it asks for what is not there, or for this. The data
// path hears nothing of it. Why, and how often, is there to be read afterwards.

module mcu_restart (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        trap_i,
  input  logic        lost_i,
  input  logic        line_lost_i,
  input  logic        nowhere_i,
  input  logic        ask_i,

  // The watchdog: cycles until it bites.
  input  logic        kick_i,
  input  logic [31:0] kick_cycles_i,
  input  logic        asleep_i,
  output logic [31:0] left_o,

  // Reset of the core.
  output logic        core_rst_no,
  // 2:0 why, 31:8 how often.
  output logic [31:0] restart_o
);

  localparam logic [31:0] Most = 32'h0fff_ffff;

  typedef enum logic [2:0] {Power, Watchdog, Trap, Lost, Nowhere, Asked, LineLost} why_e;
  why_e        why_q, why;
  logic [23:0] count_q;
  logic [31:0] left_q;
  logic [3:0]  hold_q;
  logic        running, restart;
  assign running = hold_q == '0;
  assign restart = running && why != Power;

  always_comb begin
    why = Power;
    if (trap_i)             why = Trap;
    else if (lost_i)        why = Lost;
    else if (line_lost_i)   why = LineLost;
    else if (nowhere_i)     why = Nowhere;
    else if (ask_i)         why = Asked;
    else if (left_q == '0)  why = Watchdog;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      why_q   <= Power;
      count_q <= '0;
      left_q  <= Most;
      hold_q  <= '1;
    end else begin
      if (!running) hold_q <= hold_q - 4'd1;
      if (!running) left_q <= Most;
      else if (kick_i) left_q <= kick_cycles_i;
      else if (left_q != '0 && !asleep_i) left_q <= left_q - 32'd1;
      if (restart) begin
        why_q  <= why;
        hold_q <= '1;
        if (count_q != '1) count_q <= count_q + 24'd1;
      end
    end
  end

  // From a register, as the core's reset is synchronous.
  assign core_rst_no = running;
  assign restart_o   = {count_q, 5'd0, why_q};
  assign left_o      = left_q;

endmodule
