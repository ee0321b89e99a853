// SPDX-License-Identifier: Apache-2.0
//
// The vault's own reads and writes of card DRAM: a window of 96 bytes from a unit on,
// which is the shortest run and has all that stands in front of a page's payload, its
// table of shapes included, or all of an object. It takes two lines, wherever it begins.
//
// A request is taken as it comes and looked at in the next cycle: it comes from whoever has
// its turn, by a long way.
//
// Where a window would not lie in the store, a damaged header or link has led here: that
// is an error like a line that memory cannot correct.

`include "check.svh"

module vault_memory (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Where unit 0 is; how many there are. Stay as they are.
  input  logic [dram_pkg::LineBits-1:0] base_line_i,
  input  logic [31:0]                   units_i,

  input  vault_pkg::mem_req_t           req_i,
  output vault_pkg::mem_rsp_t           rsp_o,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i
);

  typedef enum logic [2:0] {S_IDLE, S_LOOK, S_ASK, S_WRITE, S_READ, S_DONE} state_e;
  state_e state_q, state_d;
  // Those in which a window changes, which is wide.
  logic   takes_q, looks_q, writes_q, reads_q;

  // Until it is looked at, strb_q and data_q are as they came, in their lower part.
  logic          outside, write_q, error_q, key_error_q, came_q, twice_q, upper_q, ends, done_q;
  logic [31:0]   unit_q;
  logic [127:0]  strb, strb_q;
  logic [1023:0] data, data_q;
  dram_pkg::req_t req_q;
  assign outside = units_i < 32'd3 || unit_q > units_i - 32'd3;
  assign strb    = unit_q[0] ? {strb_q[95:0], 32'd0} : {32'd0, strb_q[95:0]};
  assign data    = unit_q[0] ? {data_q[767:0], 256'd0} : {256'd0, data_q[767:0]};

  // Which lines it touches; of each third of the window first, and then where it begins.
  logic       low, high;
  logic [2:0] third;
  assign third = {strb_q[95:64] != '0, strb_q[63:32] != '0, strb_q[31:0] != '0};
  assign low   = third[0] || (!unit_q[0] && third[1]);
  assign high  = third[2] || (unit_q[0] && third[1]);

  // Many wait for it.
  assign ends = (state_q == S_LOOK && (outside || (write_q && !low && !high))) ||
                (state_q == S_WRITE && wdata_ready_i && !twice_q) || (state_q == S_READ && rdata_valid_i && came_q);

  always_comb begin
    state_d = state_q;
    case (state_q)
      S_IDLE:  if (req_i.valid) state_d = S_LOOK;
      S_LOOK:  state_d = ends ? S_DONE : S_ASK;
      S_ASK:   if (req_ready_i) state_d = req_q.write ? S_WRITE : S_READ;
      S_WRITE, S_READ: if (ends) state_d = S_DONE;
      default: state_d = S_IDLE;
    endcase
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
      done_q  <= 1'b0;
      {takes_q, looks_q, writes_q, reads_q} <= 4'b1000;
    end else begin
      state_q  <= state_d;
      done_q   <= ends;
      takes_q  <= state_d == S_IDLE;
      looks_q  <= state_d == S_LOOK;
      writes_q <= state_d == S_WRITE;
      reads_q  <= state_d == S_READ;
    end
  end

  always_ff @(posedge clk_i) begin
    if (takes_q) begin
      write_q <= req_i.write;
      unit_q  <= req_i.unit;
      // Nobody writes who does not ask.
      if (req_i.write) begin
        strb_q[95:0]  <= req_i.strb;
        data_q[767:0] <= req_i.data;
      end
    end
    if (looks_q) begin
      error_q     <= outside;
      key_error_q <= outside;
      came_q      <= 1'b0;
      req_q.write <= write_q;
      req_q.line  <= base_line_i + unit_q[30:1] + 30'(write_q && !low);
      req_q.lines <= !write_q || (low && high) ? 7'd2 : 7'd1;
      twice_q     <= low && high;
      upper_q     <= 1'b0;
      // What is read comes over it.
      strb_q <= low ? strb : {64'd0, strb[127:64]};
      data_q <= low ? data : {512'd0, data[1023:512]};
    end
    if (writes_q && wdata_ready_i) begin
      twice_q <= 1'b0;
      upper_q <= 1'b1;
    end
    if (reads_q && rdata_valid_i) begin
      came_q  <= 1'b1;
      error_q <= error_q || rdata_i.error;
      if (!came_q) key_error_q <= key_error_q || rdata_i.error;
      // From the window's beginning on.
      if (!came_q) begin
        data_q[255:0]   <= unit_q[0] ? rdata_i.data[511:256] : rdata_i.data[255:0];
        data_q[511:256] <= rdata_i.data[511:256];
      end else begin
        if (unit_q[0]) data_q[511:256] <= rdata_i.data[255:0];
        data_q[767:512] <= unit_q[0] ? rdata_i.data[511:256] : rdata_i.data[255:0];
      end
    end
  end

  assign rsp_o.done    = done_q;
  assign rsp_o.error   = error_q;
  assign rsp_o.key_error = key_error_q;
  assign rsp_o.data    = data_q[767:0];
  assign req_valid_o   = state_q == S_ASK;
  assign req_o         = req_q;
  assign wdata_valid_o = state_q == S_WRITE;
  // Chosen, not shifted: that a line was taken comes late, and a line is wide.
  assign wdata_o.strb  = upper_q ? strb_q[127:64] : strb_q[63:0];
  assign wdata_o.data  = upper_q ? data_q[1023:512] : data_q[511:0];

  logic unused;
  assign unused = &{1'b0, rdata_i.last};

  `PAMC_ASSERT(a_bits, {takes_q, looks_q, writes_q, reads_q} == {state_q == S_IDLE, state_q == S_LOOK, state_q == S_WRITE, state_q == S_READ})
  `PAMC_ASSUME(m_line_asked_for, !rdata_valid_i || state_q == S_READ)
  `PAMC_ASSUME(m_stays, state_q == S_IDLE || req_i.valid)

endmodule
