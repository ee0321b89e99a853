// SPDX-License-Identifier: Apache-2.0
//
// The registers that the host sees in BAR_REGS.
//
// GENERATED from spec/card.toml by tools/ifgen; do not edit. "make generate"
// renews it and "make test" fails when it is stale. docs/interface.md is the
// same in prose.

module pamc_regs (
  input  logic clk_i,
  input  logic rst_ni,

  // Access by the host, 32 bits at a time; both in one cycle is not allowed.
  // Offsets that are no register read as zero and ignore writes.
  input  logic                write_i,
  input  logic                read_i,
  input  logic [12:2]         addr_i,    // byte offset
  input  logic [31:0]         wdata_i,
  input  logic [3:0]          wstrb_i,   // which bytes to write
  output logic                rvalid_o,  // one cycle after read_i
  output logic [31:0]         rdata_o,

  // The card's side.
  input  pamc_pkg::regs_in_t  hw_i,      // what the host may only read
  output pamc_pkg::regs_out_t hw_o       // what the host wrote
);

  // Which bits are written.
  logic [31:0] strobes;
  assign strobes = {{8{wstrb_i[3]}}, {8{wstrb_i[2]}}, {8{wstrb_i[1]}}, {8{wstrb_i[0]}}};

  logic [31:0] ctrl_q;
  logic [31:0] aq_attr_q;
  logic [63:0] asq_base_q;
  logic [63:0] acq_base_q;
  logic [31:0] scratch_q;

  // Control. EN 1 to 0 is the controller reset: every queue pair, the admin one included, is
  // dropped with its commands; pools and their pages stay.
  logic ctrl_we_q;
  logic ctrl_w0;
  assign ctrl_w0 = write_i && addr_i == 11'h4;
  assign hw_o.ctrl = ctrl_q;
  assign hw_o.ctrl_we = ctrl_we_q;

  // Admin queue pair; writable while CTRL.EN is 0.
  logic aq_attr_we_q;
  logic aq_attr_w0;
  assign aq_attr_w0 = write_i && addr_i == 11'h9 && !ctrl_q[0];
  assign hw_o.aq_attr = aq_attr_q;
  assign hw_o.aq_attr_we = aq_attr_we_q;

  // Bus address of the admin submission ring, 4 KiB aligned; writable while CTRL.EN is 0.
  logic asq_base_we_q;
  logic asq_base_w0;
  assign asq_base_w0 = write_i && addr_i == 11'ha && !ctrl_q[0];
  logic asq_base_w1;
  assign asq_base_w1 = write_i && addr_i == 11'hb && !ctrl_q[0];
  assign hw_o.asq_base = asq_base_q;
  assign hw_o.asq_base_we = asq_base_we_q;

  // Bus address of the admin completion ring, 4 KiB aligned; writable while CTRL.EN is 0. The
  // admin completions use vector 0.
  logic acq_base_we_q;
  logic acq_base_w0;
  assign acq_base_w0 = write_i && addr_i == 11'hc && !ctrl_q[0];
  logic acq_base_w1;
  assign acq_base_w1 = write_i && addr_i == 11'hd && !ctrl_q[0];
  assign hw_o.acq_base = acq_base_q;
  assign hw_o.acq_base_we = acq_base_we_q;

  // No effect; a probe writes and reads it to prove the path to the card.
  logic scratch_we_q;
  logic scratch_w0;
  assign scratch_w0 = write_i && addr_i == 11'he;
  assign hw_o.scratch = scratch_q;
  assign hw_o.scratch_we = scratch_we_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ctrl_q <= pamc_pkg::REG_CTRL_RESET;
      ctrl_we_q <= 1'b0;
      aq_attr_q <= pamc_pkg::REG_AQ_ATTR_RESET;
      aq_attr_we_q <= 1'b0;
      asq_base_q <= pamc_pkg::REG_ASQ_BASE_RESET;
      asq_base_we_q <= 1'b0;
      acq_base_q <= pamc_pkg::REG_ACQ_BASE_RESET;
      acq_base_we_q <= 1'b0;
      scratch_q <= pamc_pkg::REG_SCRATCH_RESET;
      scratch_we_q <= 1'b0;
    end else begin
      ctrl_we_q <= ctrl_w0;
      if (ctrl_w0) ctrl_q[31:0] <= ((ctrl_q[31:0] & ~strobes) | (wdata_i & strobes)) & 32'h3;
      aq_attr_we_q <= aq_attr_w0;
      if (aq_attr_w0) aq_attr_q[31:0] <= ((aq_attr_q[31:0] & ~strobes) | (wdata_i & strobes)) & 32'hff;
      asq_base_we_q <= asq_base_w0 || asq_base_w1;
      if (asq_base_w0) asq_base_q[31:0] <= (asq_base_q[31:0] & ~strobes) | (wdata_i & strobes);
      if (asq_base_w1) asq_base_q[63:32] <= (asq_base_q[63:32] & ~strobes) | (wdata_i & strobes);
      acq_base_we_q <= acq_base_w0 || acq_base_w1;
      if (acq_base_w0) acq_base_q[31:0] <= (acq_base_q[31:0] & ~strobes) | (wdata_i & strobes);
      if (acq_base_w1) acq_base_q[63:32] <= (acq_base_q[63:32] & ~strobes) | (wdata_i & strobes);
      scratch_we_q <= scratch_w0;
      if (scratch_w0) scratch_q[31:0] <= (scratch_q[31:0] & ~strobes) | (wdata_i & strobes);
    end
  end

  logic [31:0] rdata_d;

  always_comb begin
    rdata_d = 32'h0;
    case (addr_i)
      11'h0: rdata_d = pamc_pkg::REG_MAGIC_RESET;  // MAGIC
      11'h1: rdata_d = pamc_pkg::REG_VERSION_RESET;  // VERSION
      11'h2: rdata_d = hw_i.cap[31:0];  // CAP
      11'h3: rdata_d = hw_i.cap[63:32];  // CAP
      11'h4: rdata_d = ctrl_q;  // CTRL
      11'h5: rdata_d = hw_i.status;  // STATUS
      11'h6: rdata_d = hw_i.boot_epoch[31:0];  // BOOT_EPOCH
      11'h7: rdata_d = hw_i.boot_epoch[63:32];  // BOOT_EPOCH
      11'h8: rdata_d = hw_i.resets;  // RESETS
      11'h9: rdata_d = aq_attr_q;  // AQ_ATTR
      11'ha: rdata_d = asq_base_q[31:0];  // ASQ_BASE
      11'hb: rdata_d = asq_base_q[63:32];  // ASQ_BASE
      11'hc: rdata_d = acq_base_q[31:0];  // ACQ_BASE
      11'hd: rdata_d = acq_base_q[63:32];  // ACQ_BASE
      11'he: rdata_d = scratch_q;  // SCRATCH
      11'hf: rdata_d = hw_i.bad_doorbell;  // BAD_DOORBELL
      default: rdata_d = 32'h0;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rvalid_o <= 1'b0;
      rdata_o  <= 32'h0;
    end else begin
      rvalid_o <= read_i;
      if (read_i) rdata_o <= rdata_d;
    end
  end

endmodule
