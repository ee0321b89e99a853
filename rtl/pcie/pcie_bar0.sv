// SPDX-License-Identifier: Apache-2.0
//
// What is behind the two BARs as far as dwords go: registers and MSI-X in BAR0. Lines
// that the host wrote are written dword by dword, those that have a byte to write; lines
// of the doorbell BAR pass. Reads of that BAR give zeros.

module pcie_bar0 (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 write_valid_i,
  output logic                 write_ready_o,
  input  dma_pkg::host_write_t write_i,

  input  logic                 read_valid_i,
  output logic                 read_ready_o,
  input  dma_pkg::host_read_t  read_i,
  output logic                 answer_valid_o,
  output logic [31:0]          answer_o,

  // Doorbells.
  output logic                 doorbell_valid_o,
  input  logic                 doorbell_ready_i,
  output dma_pkg::host_write_t doorbell_o,

  // Registers and, from MSIX_TABLE on, MSI-X: at most one of the two in a cycle. The
  // answer to a read comes in the next cycle, that of MSI-X one later. A read never comes in
  // the cycle after a write.
  output logic                 reg_write_o,
  output logic                 reg_read_o,
  output logic                 msix_write_o,
  output logic                 msix_read_o,
  output logic [12:2]          addr_o,
  output logic [31:0]          wdata_o,
  output logic [3:0]           wstrb_o,
  input  logic [31:0]          reg_rdata_i,
  input  logic [31:0]          msix_rdata_i
);

  // A line at work: dwords of it that are to be written.
  logic                 busy_q;
  dma_pkg::host_write_t line_q;
  logic [15:0]          todo_q, todo_d;
  logic [3:0]           at;

  // No ready depends on what is offered.
  logic is_bell;
  assign is_bell          = write_i.bar == 3'(pamc_pkg::BAR_DB);
  assign write_ready_o    = !busy_q && doorbell_ready_i;
  assign doorbell_valid_o = write_valid_i && !busy_q && is_bell;
  assign doorbell_o       = write_i;

  always_comb begin
    at = '0;
    for (int n = 15; n >= 0; n--) if (todo_q[n]) at = 4'(n);
  end
  // Without the lowest.
  assign todo_d = todo_q & (todo_q - 1'b1);

  // A read waits for the dwords of the line before it, and that the last one is written.
  // Reads go one after the other: seen by registers and MSI-X, answered by the one, the other.
  logic       read, write, wrote_q, zero_q, msix_q;
  logic [2:0] read_q;
  assign read_ready_o = !busy_q && !wrote_q && read_q == '0;
  assign read         = read_valid_i && read_ready_o;
  assign write        = busy_q;

  logic [15:0] touched;
  always_comb begin
    for (int n = 0; n < 16; n++) touched[n] = write_i.strb[4*n+:4] != '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q  <= 1'b0;
      wrote_q <= 1'b0;
      read_q  <= '0;
    end else begin
      wrote_q <= busy_q;
      if (busy_q) busy_q <= todo_d != '0;
      else busy_q <= write_valid_i && write_ready_o && !is_bell && touched != '0;
      read_q <= {read_q[1:0], read};
    end
  end

  always_ff @(posedge clk_i) begin
    if (busy_q) begin
      todo_q <= todo_d;
    end else begin
      line_q <= write_i;
      todo_q <= touched;
    end
    if (read) begin
      zero_q <= read_i.bar != 3'(pamc_pkg::BAR_REGS);
      msix_q <= upper;
    end
  end

  logic [13:2] place;
  logic        upper;
  assign place        = write ? {line_q.line[13:6], at} : read_i.dword[13:2];
  assign upper        = place[13];

  logic [31:0] reg_rdata_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {reg_write_o, msix_write_o, reg_read_o, msix_read_o} <= '0;
    end else begin
      reg_write_o  <= write && !upper;
      msix_write_o <= write && upper;
      reg_read_o   <= read && !upper;
      msix_read_o  <= read && upper;
    end
  end
  always_ff @(posedge clk_i) begin
    addr_o      <= place[12:2];
    wdata_o     <= line_q.data[32*at+:32];
    wstrb_o     <= line_q.strb[4*at+:4];
    reg_rdata_q <= reg_rdata_i;
  end

  assign answer_valid_o = read_q[2];
  assign answer_o       = zero_q ? '0 : msix_q ? msix_rdata_i : reg_rdata_q;

  logic unused;
  assign unused = &{1'b0, line_q, read_i};

endmodule
