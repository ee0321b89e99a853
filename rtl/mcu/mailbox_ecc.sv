// SPDX-License-Identifier: Apache-2.0
//
// Errors in memories on the chip, as the management core sees them: how many of each memory
// were corrected and how many were not, a sign that there was one that was not, and errors
// made for tests. Counters of 32 bits wrap.

module mailbox_ecc (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  input  logic [ecc_pkg::Memories-1:0][1:0]   ecc_i,

  // 4:0 memory, 14:5 and 24:15 the two bits.
  input  logic                                inject_i,
  input  logic [24:0]                         inject_data_i,
  output ecc_pkg::inject_t                    inject_o,

  // A word was lost since it was cleared.
  input  logic                                clear_i,
  output logic                                lost_o,

  // Of a memory, a cycle later: corrected, and above lost.
  input  logic [4:0]                          select_i,
  output logic [63:0]                         value_o
);

  logic [ecc_pkg::Memories-1:0][1:0]  found_q;
  logic [ecc_pkg::Memories-1:0][31:0] corrected_q, lost_q;
  logic                               sign_q;
  logic [4:0]                         select_q;
  ecc_pkg::inject_t                   inject_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      found_q     <= '0;
      corrected_q <= '0;
      lost_q      <= '0;
      sign_q      <= 1'b0;
      inject_q    <= '0;
    end else begin
      found_q <= ecc_i;
      if (clear_i) sign_q <= 1'b0;
      // Hardly ever, which is quickly said.
      if (found_q != '0) begin
        for (int unsigned n = 0; n < ecc_pkg::Memories; n++) begin
          corrected_q[n] <= corrected_q[n] + 32'(found_q[n][1]);
          lost_q[n]      <= lost_q[n] + 32'(found_q[n][0]);
          if (found_q[n][0]) sign_q <= 1'b1;
        end
      end
      inject_q.valid <= inject_i;
      if (inject_i) {inject_q.second, inject_q.first, inject_q.memory} <= inject_data_i;
    end
  end
  always_ff @(posedge clk_i) select_q <= select_i;

  assign inject_o = inject_q;
  assign lost_o   = sign_q;
  assign value_o  = {lost_q[select_q], corrected_q[select_q]};

endmodule
