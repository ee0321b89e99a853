// SPDX-License-Identifier: Apache-2.0
//
// Makes room: vault_make_room of the model. Reclaims one page of dead ephemeral contents,
// or, by the sweep, any dead one, or else drops the oldest ephemeral page of all.

`include "check.svh"

module vault_room (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Steps of a whole sweep, less one. Stays as it is.
  input  logic [31:0]          buckets_i,

  // ok: something went.
  input  vault_pkg::call_t     call_i,
  output vault_pkg::return_t   return_o,

  input  logic [31:0]          dead_pages_i,
  input  logic [31:0]          sweep_step_i,

  output vault_pkg::row_req_t  row_o,
  input  vault_pkg::row_rsp_t  row_i,
  output vault_pkg::call_t     evict_o,
  input  vault_pkg::return_t   evict_i,
  output vault_pkg::call_t     sweep_o,
  input  vault_pkg::return_t   sweep_i
);

  typedef enum logic [2:0] {S_IDLE, S_OLDEST, S_SWEEP, S_NEXT, S_EVICT, S_DONE} state_e;
  state_e state_q;

  logic        found_q, ok_q, error_q;
  logic [8:0]  number_q;
  logic [31:0] steps_q, step_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:   if (call_i.valid) state_q <= S_OLDEST;
        S_OLDEST: if (row_i.done) state_q <= row_i.ok && row_i.row.dead ? S_EVICT :
                                             dead_pages_i != '0 ? S_SWEEP : row_i.ok ? S_EVICT : S_DONE;
        S_SWEEP:  if (sweep_i.done) state_q <= sweep_i.ok || sweep_i.error ? S_DONE : S_NEXT;
        // Once around finds one, or there are none, whatever their count says.
        S_NEXT:   state_q <= steps_q <= buckets_i ? S_SWEEP : found_q ? S_EVICT : S_DONE;
        S_EVICT:  if (evict_i.done) state_q <= S_DONE;
        default:  state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        ok_q    <= 1'b0;
        error_q <= 1'b0;
        steps_q <= '0;
        step_q  <= sweep_step_i;
      end
      S_OLDEST: if (row_i.done) begin
        found_q  <= row_i.ok;
        number_q <= row_i.number;
      end
      S_SWEEP: if (sweep_i.done) begin
        ok_q    <= sweep_i.ok;
        error_q <= sweep_i.error;
        steps_q <= steps_q + 32'd1;
      end
      S_NEXT:  step_q <= sweep_step_i;
      S_EVICT: if (evict_i.done) begin
        ok_q    <= evict_i.ok;
        error_q <= evict_i.error;
      end
      default: ;
    endcase
  end

  always_comb begin
    row_o = '0;
    if (state_q == S_OLDEST) begin
      row_o.valid = 1'b1;
      row_o.op    = vault_pkg::ROW_OLDEST;
    end
    sweep_o = '0;
    if (state_q == S_SWEEP) begin
      sweep_o.valid = 1'b1;
      sweep_o.what  = step_q;
    end
    evict_o = '0;
    if (state_q == S_EVICT) begin
      evict_o.valid = 1'b1;
      evict_o.what  = 32'(number_q);
    end
  end

  assign return_o.done  = state_q == S_DONE;
  assign return_o.ok    = ok_q;
  assign return_o.error = error_q;

  logic unused;
  assign unused = &{1'b0, call_i.what, row_i};

endmodule
