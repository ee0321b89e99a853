// SPDX-License-Identifier: Apache-2.0
//
// What the register block promises, proved for every sequence of accesses by
// k-induction (tests/unit/rtl_interface.py runs it). A shadow of two registers is
// kept by other means than the block's own.

module pamc_regs_proof (
  input logic                clk_i,
  input logic                write_i,
  input logic                read_i,
  input logic [12:2]         addr_i,
  input logic [31:0]         wdata_i,
  input logic [3:0]          wstrb_i,
  input pamc_pkg::regs_in_t  hw_i
);

  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;

  logic                rvalid;
  logic [31:0]         rdata;
  pamc_pkg::regs_out_t hw;

  pamc_regs dut (
    .clk_i, .rst_ni(started_q), .write_i, .read_i, .addr_i, .wdata_i, .wstrb_i,
    .rvalid_o(rvalid), .rdata_o(rdata), .hw_i, .hw_o(hw)
  );

  // Yosys 0.52 gets the width of $past() of a structure member's slice wrong.
  logic [63:0] cap, asq_base;
  logic [31:0] status, scratch;
  assign cap      = hw_i.cap;
  assign status   = hw_i.status;
  assign asq_base = hw.asq_base;
  assign scratch  = hw.scratch;
  logic enabled;
  assign enabled  = hw.ctrl[0];

  // Byte by byte: the third byte of SCRATCH, and the last one of ASQ_BASE.
  logic [7:0] scratch_q = 8'h0;
  logic [7:0] base_q = 8'h0;
  always_ff @(posedge clk_i) begin
    if (started_q && write_i && wstrb_i[2] && addr_i == pamc_pkg::REG_SCRATCH[12:2])
      scratch_q <= wdata_i[23:16];
    if (started_q && write_i && wstrb_i[3] && addr_i == pamc_pkg::REG_ASQ_BASE[12:2] + 11'd1 &&
        !enabled)
      base_q <= wdata_i[31:24];
  end

  always_comb begin
    if (started_q) begin
      assert (hw.scratch[23:16] == scratch_q);
      assert (hw.asq_base[63:56] == base_q);
      // Bits that are no field stay zero.
      assert ((hw.ctrl & ~32'h3) == 32'h0);
      assert ((hw.aq_attr & ~32'hff) == 32'h0);
    end
  end

  logic past_q = 1'b0;
  always_ff @(posedge clk_i) begin
    past_q <= started_q;
    if (past_q) begin
      assert (rvalid == $past(read_i));
      // The admin queue stays as it is while the card is enabled.
      if ($past(enabled)) begin
        assert (hw.aq_attr == $past(hw.aq_attr));
        assert (hw.asq_base == $past(hw.asq_base));
        assert (hw.acq_base == $past(hw.acq_base));
      end
      if (hw.ctrl != $past(hw.ctrl)) assert (hw.ctrl_we);
      if (hw.asq_base != $past(hw.asq_base)) assert (hw.asq_base_we);
      if ($past(read_i)) begin
        case ($past(addr_i))
          pamc_pkg::REG_MAGIC[12:2]:            assert (rdata == pamc_pkg::MAGIC);
          pamc_pkg::REG_VERSION[12:2]:
            assert (rdata == {pamc_pkg::VERSION_MAJOR, pamc_pkg::VERSION_MINOR});
          pamc_pkg::REG_CAP[12:2]:              assert (rdata == $past(cap[31:0]));
          pamc_pkg::REG_CAP[12:2] + 11'd1:      assert (rdata == $past(cap[63:32]));
          pamc_pkg::REG_STATUS[12:2]:           assert (rdata == $past(status));
          pamc_pkg::REG_SCRATCH[12:2]:          assert (rdata == $past(scratch));
          pamc_pkg::REG_ASQ_BASE[12:2] + 11'd1: assert (rdata == $past(asq_base[63:32]));
          default: if ($past(addr_i) > pamc_pkg::REG_BAD_DOORBELL[12:2]) assert (rdata == 32'h0);
        endcase
      end
    end
  end

endmodule
