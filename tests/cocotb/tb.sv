// SPDX-License-Identifier: Apache-2.0
//
// What cocotb sees of the card: the hard block's user side as ports that Python drives and
// reads. The card behind them is the model that all other tests use, Verilated already;
// card.cpp steps it, with its memory and its management. So nothing of it is built twice,
// and only these few ports pay for being visible.
//
// card_eval is called whenever an input changes; a rising clock is a cycle of the card.

module tb (
  input  logic         clk,
  input  logic         reset,
  // Cycles of the card that one of clk may stand for while no stream moves.
  input  logic [31:0]  hurry,

  input  logic         cq_tvalid,
  output logic         cq_tready,
  input  logic [511:0] cq_tdata,
  input  logic [15:0]  cq_tkeep,
  input  logic         cq_tlast,
  input  logic [182:0] cq_tuser,
  output logic [1:0]   pcie_cq_np_req,
  output logic         cc_tvalid,
  input  logic         cc_tready,
  output logic [511:0] cc_tdata,
  output logic [15:0]  cc_tkeep,
  output logic         cc_tlast,
  output logic [80:0]  cc_tuser,
  output logic         rq_tvalid,
  input  logic         rq_tready,
  output logic [511:0] rq_tdata,
  output logic [15:0]  rq_tkeep,
  output logic         rq_tlast,
  output logic [136:0] rq_tuser,
  input  logic         rc_tvalid,
  output logic         rc_tready,
  input  logic [511:0] rc_tdata,
  input  logic [15:0]  rc_tkeep,
  input  logic         rc_tlast,
  input  logic [160:0] rc_tuser,

  input  logic [1:0]   cfg_max_payload,
  input  logic [2:0]   cfg_max_read_req,
  input  logic         cfg_ext_tag,
  input  logic [15:0]  cfg_function_status,
  input  logic [3:0]   cfg_interrupt_msix_enable,
  input  logic [3:0]   cfg_interrupt_msix_mask,
  input  logic [3:0]   cfg_flr_in_process,
  output logic [3:0]   cfg_flr_done,

  // Cycles of the card since the beginning; the card is done with all it had to do.
  output logic [63:0]  cycles,
  output logic         idle
);

  import "DPI-C" function void card_eval(
    input bit clk, input bit reset, input int unsigned hurry,
    input bit cq_valid, input bit [511:0] cq_data, input bit [15:0] cq_keep, input bit cq_last,
    input bit [182:0] cq_user, input bit cc_ready, input bit rq_ready,
    input bit rc_valid, input bit [511:0] rc_data, input bit [15:0] rc_keep, input bit rc_last,
    input bit [160:0] rc_user,
    input byte max_payload, input byte max_read_req, input bit ext_tag, input bit bus_master, input bit msix_enable,
    input bit msix_mask, input bit flr,
    output bit cq_ready, output byte np_req,
    output bit cc_valid, output bit [511:0] cc_data, output bit [15:0] cc_keep, output bit cc_last,
    output bit [80:0] cc_user,
    output bit rq_valid, output bit [511:0] rq_data, output bit [15:0] rq_keep, output bit rq_last,
    output bit [136:0] rq_user,
    output bit rc_ready, output bit flr_done, output longint unsigned now, output bit is_idle
  );

  bit           cq_ready, cc_valid, cc_last, rq_valid, rq_last, rc_ready, flr_done, is_idle;
  byte          np_req;
  bit [511:0]   cc_data, rq_data;
  bit [15:0]    cc_keep, rq_keep;
  bit [80:0]    cc_user;
  bit [136:0]   rq_user;
  longint unsigned now;

  always_comb card_eval(
    clk, reset, hurry, cq_tvalid, cq_tdata, cq_tkeep, cq_tlast, cq_tuser, cc_tready, rq_tready,
    rc_tvalid, rc_tdata, rc_tkeep, rc_tlast, rc_tuser, {6'd0, cfg_max_payload}, {5'd0, cfg_max_read_req}, cfg_ext_tag,
    cfg_function_status[2], cfg_interrupt_msix_enable[0], cfg_interrupt_msix_mask[0], cfg_flr_in_process[0],
    cq_ready, np_req, cc_valid, cc_data, cc_keep, cc_last, cc_user,
    rq_valid, rq_data, rq_keep, rq_last, rq_user, rc_ready, flr_done, now, is_idle
  );

  assign cq_tready = cq_ready;
  assign pcie_cq_np_req = np_req[1:0];
  assign cc_tvalid = cc_valid;
  assign cc_tdata  = cc_data;
  assign cc_tkeep  = cc_keep;
  assign cc_tlast  = cc_last;
  assign cc_tuser  = cc_user;
  assign rq_tvalid = rq_valid;
  assign rq_tdata  = rq_data;
  assign rq_tkeep  = rq_keep;
  assign rq_tlast  = rq_last;
  assign rq_tuser  = rq_user;
  assign rc_tready = rc_ready;
  assign cfg_flr_done = {3'd0, flr_done};
  assign cycles = now;
  assign idle = is_idle;

endmodule
