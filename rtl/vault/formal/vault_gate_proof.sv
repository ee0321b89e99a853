// SPDX-License-Identifier: Apache-2.0
//
// For ever: the serial engine works only while no put is inside but the one that it was
// handed, nothing enters then, the table of contents is not read beside it; and each
// command is handed on exactly once, as it was, before the next one is taken.
//
// The surroundings are as vault_puts is: a diverted put stays so until it is done, and
// none of those inside ends while it is.

module vault_gate_proof (
  input logic                   clk_i,
  input logic                   flash_i,
  input logic                   command_valid_i,
  input vault_pkg::command_t    command_i,
  input vault_pkg::row_rsp_t    row_i,
  input logic                   put_ready_i,
  input logic                   diverts_i,
  input logic                   ends_i,
  input vault_puts_pkg::tried_e tried_i,
  input vault_pkg::command_t    divert_i,
  input logic                   done_i
);

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                command_ready, put_valid, diverted, serial, waits;
  vault_pkg::row_req_t row_req;
  vault_pkg::row_rsp_t row;
  vault_pkg::command_t put, command;
  logic [2:0]          order;
  vault_puts_pkg::tried_e tried;

  // Puts inside; the oldest is diverted.
  logic [3:0] inside_q;
  logic       diverts_q, ready, done;
  assign ready = put_ready_i && inside_q != 4'd8;
  assign done  = done_i && serial;
  always_comb begin
    row      = row_i;
    row.done = row_i.done && row_req.valid;
  end

  vault_gate dut (
    .clk_i, .rst_ni, .flash_i, .command_valid_i, .command_ready_o(command_ready), .command_i,
    .row_o(row_req), .row_i(row), .put_valid_o(put_valid), .put_ready_i(ready), .put_o(put), .order_o(order),
    .puts_empty_i(inside_q == '0), .divert_valid_i(diverts_q), .divert_i, .tried_i, .diverted_o(diverted),
    .serial_o(serial), .command_o(command), .tried_o(tried), .done_i(done), .waits_drained_o(waits)
  );

  (* hierconn *) wire [1:0] \dut.front_q ;
  (* hierconn *) wire       \dut.diverted_q ;

  logic ends, enters;
  assign enters = put_valid && ready;
  assign ends   = diverted || (ends_i && inside_q != '0 && !diverts_q);
  // A command taken and not handed on; what it is; it is with the serial engine.
  logic                taken_q, handed, slow_q;
  vault_pkg::command_t taken_command_q;
  assign handed = enters || (!slow_q && serial && !diverts_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      inside_q  <= '0;
      diverts_q <= 1'b0;
      taken_q   <= 1'b0;
      slow_q    <= 1'b0;
    end else begin
      inside_q  <= inside_q + 4'(enters) - 4'(ends);
      diverts_q <= !diverted && (diverts_q || (diverts_i && inside_q != '0 && !ends));
      slow_q    <= serial && !diverts_q && !done;
      if (command_valid_i && command_ready) begin
        taken_q         <= 1'b1;
        taken_command_q <= command_i;
        assert (!taken_q || handed);
      end else if (handed) begin
        taken_q <= 1'b0;
      end
      // What makes the rest inductive.
      assert (taken_q == (\dut.front_q != 2'd0 || (serial && !diverts_q && !slow_q)));
      assert (!(serial && !diverts_q) || \dut.front_q == 2'd0);
      if (serial) assert (\dut.diverted_q == diverts_q);
      assert (!slow_q || (serial && !diverts_q));
      if (\dut.front_q != 2'd0) assert (put == taken_command_q);
      if (\dut.front_q == 2'd2) assert (put.op == vault_pkg::OP_PUT);
      if (\dut.front_q == 2'd1) assert (put.op == vault_pkg::OP_PUT);
      if (enters) assert (taken_q && put == taken_command_q && put.op == vault_pkg::OP_PUT);
      if (!slow_q && serial && !diverts_q) assert (taken_q && command == taken_command_q && tried == vault_puts_pkg::TRIED_NOTHING);
      if (serial) assert (inside_q == '0 || diverts_q);
      if (serial && !diverts_q) assert (!enters);
      if (serial) assert (!row_req.valid);
      assert (!diverted || diverts_q);
      assert (inside_q <= 4'd8 && (!diverts_q || inside_q != '0));
      cover (diverted);
      cover (done && !diverted);
      cover (enters && inside_q == 4'd2);
    end
  end

endmodule
