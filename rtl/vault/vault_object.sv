// SPDX-License-Identifier: Apache-2.0
//
// Object records, which are in card DRAM. The last one is kept here as well, since most
// pages come from the same object as the one before; it is written through.

`include "check.svh"

module vault_object (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  vault_pkg::object_req_t req_i,
  output vault_pkg::object_rsp_t rsp_o,
  // Memory of the object at unit has been freed.
  input  logic                   forget_i,

  output vault_pkg::mem_req_t    mem_o,
  input  vault_pkg::mem_rsp_t    mem_i
);

  typedef enum logic [2:0] {S_IDLE, S_READ, S_CHANGE, S_WRITE, S_DONE} state_e;
  state_e state_q, state_d;

  logic               known_q, error_q, here;
  logic [31:0]        unit_q;
  vault_pkg::object_t object_q, next;
  assign here = known_q && unit_q == req_i.unit;

  vault_pkg::sums_t sums;
  assign sums = req_i.sums;
  always_comb begin
    next = object_q;
    case (req_i.op)
      vault_pkg::OBJECT_BOOK: begin
        next.pages  = req_i.subtract ? object_q.pages - sums.pages : object_q.pages + sums.pages;
        next.units  = req_i.subtract ? object_q.units - sums.units : object_q.units + sums.units;
        next.stored = req_i.subtract ? object_q.stored - 64'(sums.stored) : object_q.stored + 64'(sums.stored);
        next.same   = req_i.subtract ? object_q.same - sums.same : object_q.same + sums.same;
        next.raw    = req_i.subtract ? object_q.raw - sums.raw : object_q.raw + sums.raw;
      end
      vault_pkg::OBJECT_KILL: next.dead = 16'd1;
      vault_pkg::OBJECT_NEW:  next = req_i.object;
      default: ;
    endcase
  end

  logic is_new, is_read;
  assign is_new  = req_i.op == vault_pkg::OBJECT_NEW;
  assign is_read = req_i.op == vault_pkg::OBJECT_READ;

  // Whether memory is asked, and is written, from registers: what is asked is wide.
  logic asks_q, writes_q;
  always_comb begin
    state_d = state_q;
    case (state_q)
      S_IDLE:   if (req_i.valid) state_d = is_new ? S_CHANGE : !here ? S_READ : is_read ? S_DONE : S_CHANGE;
      S_READ:   if (mem_i.done) state_d = mem_i.error || is_read ? S_DONE : S_CHANGE;
      S_CHANGE: state_d = S_WRITE;
      S_WRITE:  if (mem_i.done) state_d = S_DONE;
      default:  state_d = S_IDLE;
    endcase
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= S_IDLE;
      asks_q   <= 1'b0;
      writes_q <= 1'b0;
      known_q  <= 1'b0;
    end else begin
      state_q  <= state_d;
      asks_q   <= state_d == S_READ || state_d == S_WRITE;
      writes_q <= state_d == S_WRITE;
      if (state_q == S_READ || state_q == S_WRITE) known_q <= mem_i.done && !mem_i.error;
      if (forget_i) known_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE:   error_q <= 1'b0;
      S_READ:   if (mem_i.done) begin
        error_q  <= mem_i.error;
        object_q <= mem_i.data[447:0];
        unit_q   <= req_i.unit;
      end
      S_CHANGE: begin
        object_q <= next;
        unit_q   <= req_i.unit;
      end
      S_WRITE:  if (mem_i.done) error_q <= mem_i.error;
      default: ;
    endcase
  end

  assign mem_o.valid = asks_q;
  assign mem_o.write = writes_q;
  assign mem_o.unit  = asks_q ? req_i.unit : '0;
  assign mem_o.strb  = writes_q ? 96'({56{1'b1}}) : '0;
  assign mem_o.data  = writes_q ? 768'(object_q) : '0;

  assign rsp_o.done   = state_q == S_DONE;
  assign rsp_o.error  = error_q;
  assign rsp_o.object = object_q;

  logic unused;
  assign unused = &{1'b0, mem_i.key_error, mem_i.data[767:448]};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || req_i.valid)
  `PAMC_ASSERT(a_asks, asks_q == (state_q == S_READ || state_q == S_WRITE) && writes_q == (state_q == S_WRITE))

endmodule
