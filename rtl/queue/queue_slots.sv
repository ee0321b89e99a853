// SPDX-License-Identifier: Apache-2.0
//
// Memory of the push slots: 32 lines for each queue pair, written byte by byte, read in
// the same cycle as they were before. BRAM or URAM; its content after power-on does not
// matter (queue_doorbell.sv knows which slots were written).

module queue_slots #(
  parameter int unsigned Lines = 2048,
  // Derived, not to be set.
  parameter int unsigned LineBits = $clog2(Lines)
) (
  input  logic                clk_i,
  input  logic [LineBits-1:0] line_i,
  // Dword n is written.
  input  logic [15:0]         write_i,
  input  logic [511:0]        data_i,
  // The line before the write, a cycle later.
  output logic [511:0]        data_o
);

  // Said, as Yosys prefers LUTs as a memory of a depth that its own library has not.
  (* ram_style = "block" *)
  logic [511:0] mem_q [Lines];
  logic [511:0] data_q;

  always_ff @(posedge clk_i) begin
    for (int i = 0; i < 16; i++) begin
      if (write_i[i]) mem_q[line_i][32*i +: 32] <= data_i[32*i +: 32];
    end
    data_q <= mem_q[line_i];
  end

  assign data_o = data_q;

endmodule
