// SPDX-License-Identifier: Apache-2.0
//
// An object's record without a page goes, unless a put holds it: vault_object_settle of
// the model.

`include "check.svh"

module vault_settle (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // what: the object.
  input  vault_pkg::call_t        call_i,
  output vault_pkg::return_t      return_o,

  // The object that must stay although it has no page.
  input  logic [31:0]             held_i,

  output vault_pkg::object_req_t  object_o,
  input  vault_pkg::object_rsp_t  object_i,
  output logic                    object_forget_o,
  output vault_pkg::index_req_t   index_o,
  input  vault_pkg::index_rsp_t   index_i,
  output vault_pkg::row_req_t     row_o,
  input  vault_pkg::row_rsp_t     row_i,
  output vault_pkg::store_req_t   store_o,
  input  vault_pkg::store_rsp_t   store_i,
  output vault_pkg::change_t      change_o
);

  typedef enum logic [2:0] {S_IDLE, S_LOOK, S_FIND, S_REMOVE, S_BOOK, S_FREE, S_DONE} state_e;
  state_e state_q;

  logic               error_q, bad, stays, is_held_q;
  logic [31:0]        unit_q;
  vault_pkg::object_t object;
  assign object = object_i.object;
  // It is looked at for longer than it takes to know that it is the one that is held.
  assign stays  = object.pages != '0 || is_held_q;
  // Numbers that lead out of tables must not.
  assign bad    = object_i.error || object.contents[15:vault_pkg::ContentsBits] != '0 ||
                  object.record_units[31:8] != '0 || object.record_units < 32'd3;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:   if (call_i.valid) state_q <= S_LOOK;
        S_LOOK:   if (object_i.done) state_q <= bad || stays ? S_DONE : object.dead != '0 ? S_BOOK : S_FIND;
        S_FIND:   if (index_i.done) state_q <= index_i.ok ? S_REMOVE : S_DONE;
        S_REMOVE: if (index_i.done) state_q <= index_i.ok ? S_BOOK : S_DONE;
        S_BOOK:   if (row_i.done) state_q <= S_FREE;
        S_FREE:   if (store_i.done) state_q <= S_DONE;
        default:  state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        error_q <= 1'b0;
        unit_q  <= call_i.what;
      end
      S_LOOK: error_q <= bad;
      S_FIND, S_REMOVE: error_q <= !index_i.ok;
      S_FREE: error_q <= !store_i.ok;
      default: ;
    endcase
    is_held_q <= unit_q == held_i;
  end

  always_comb begin
    object_o       = '0;
    object_o.valid = state_q == S_LOOK;
    object_o.op    = vault_pkg::OBJECT_READ;
    if (state_q == S_LOOK) object_o.unit = unit_q;

    index_o = '0;
    if (state_q == S_FIND) begin
      index_o.valid = 1'b1;
      index_o.op    = vault_pkg::INDEX_FIND_OBJECT;
      index_o.words = {object.id, 48'd0, object.contents};
    end else if (state_q == S_REMOVE) begin
      index_o.valid    = 1'b1;
      index_o.op       = vault_pkg::INDEX_REMOVE;
      index_o.location = index_i.location;
      index_o.entry    = index_i.entry;
    end

    row_o = '0;
    if (state_q == S_BOOK) begin
      row_o.valid    = 1'b1;
      row_o.op       = vault_pkg::ROW_BOOK;
      row_o.number   = object.contents[vault_pkg::ContentsBits-1:0];
      row_o.subtract = 1'b1;
      row_o.records  = 32'd1;
      // A dead one was taken off the sums when it was flushed.
      if (object.dead == '0) begin
        row_o.sums.units = object.record_units;
        row_o.slots      = 32'd1;
      end
    end

    store_o = '0;
    if (state_q == S_FREE) begin
      store_o.valid = 1'b1;
      store_o.op    = vault_pkg::STORE_FREE;
      store_o.unit  = unit_q;
      store_o.units = object.record_units[7:0];
    end

    change_o = '0;
    if (state_q == S_FREE && store_i.done) begin
      change_o.objects_subtract = 1'b1;
      if (object.dead != '0) change_o.dead_subtract.units = object.record_units;
    end
  end

  assign object_forget_o = state_q == S_FREE;
  assign return_o.done   = state_q == S_DONE;
  assign return_o.ok     = !error_q;
  assign return_o.error  = error_q;

  logic unused;
  assign unused = &{1'b0, object, row_i, store_i, index_i};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i.valid)

endmodule
