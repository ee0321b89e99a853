// SPDX-License-Identifier: Apache-2.0
//
// One step of the sweep: the dead pages in one bucket of the index, or in its stash, are
// reclaimed. After each the bucket is looked at from its beginning, since an entry may have
// come home to it.

`include "check.svh"

module vault_sweep (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // what: the step. ok: found something.
  input  vault_pkg::call_t       call_i,
  output vault_pkg::return_t     return_o,

  output vault_pkg::row_req_t    row_o,
  input  vault_pkg::row_rsp_t    row_i,
  output vault_pkg::object_req_t object_o,
  input  vault_pkg::object_rsp_t object_i,
  output vault_pkg::index_req_t  index_o,
  input  vault_pkg::index_rsp_t  index_i,
  output vault_pkg::call_t       forget_o,
  input  vault_pkg::return_t     forget_i,
  output vault_pkg::change_t     change_o
);

  typedef enum logic [2:0] {S_IDLE, S_SCAN, S_OBJECT, S_ROW, S_REMOVE, S_FORGET, S_DONE} state_e;
  state_e state_q;

  logic        ok_q, error_q, bad;
  logic [5:0]  place_q;
  // What a step may take, whatever memory says: a bucket's and the stash's entries.
  logic [5:0]  limit_q;
  index_pkg::slot_t entry;
  logic [15:0] number;
  assign entry  = index_i.entry;
  assign number = object_i.object.contents;
  assign bad    = object_i.error || number[15:vault_pkg::ContentsBits] != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE: if (call_i.valid) state_q <= S_SCAN;
        S_SCAN: if (index_i.done) begin
          if (index_i.error || !index_i.ok)             state_q <= S_DONE;
          else if (entry.kind == index_pkg::KindPage)   state_q <= S_OBJECT;
        end
        S_OBJECT: if (object_i.done) state_q <= bad ? S_DONE : S_ROW;
        S_ROW:    if (row_i.done) state_q <= row_i.row.dead || object_i.object.dead != '0 ? S_REMOVE : S_SCAN;
        S_REMOVE: if (index_i.done) state_q <= index_i.ok ? S_FORGET : S_DONE;
        S_FORGET: if (forget_i.done) state_q <= forget_i.error || limit_q == '0 ? S_DONE : S_SCAN;
        default:  state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        ok_q    <= 1'b0;
        error_q <= 1'b0;
        place_q <= '0;
        limit_q <= '1;
      end
      S_SCAN: if (index_i.done) begin
        error_q <= index_i.error;
        place_q <= index_i.place;
      end
      S_OBJECT: if (object_i.done) error_q <= bad;
      S_REMOVE: if (index_i.done) error_q <= !index_i.ok;
      S_FORGET: if (forget_i.done) begin
        ok_q    <= 1'b1;
        error_q <= forget_i.error;
        place_q <= '0;
        limit_q <= limit_q - 6'd1;
      end
      default: ;
    endcase
  end

  logic [31:0] page_object;
  assign page_object = {1'b0, index_i.window[30:0]};

  always_comb begin
    index_o = '0;
    if (state_q == S_SCAN) begin
      index_o.valid = 1'b1;
      index_o.op    = vault_pkg::INDEX_SCAN;
      index_o.step  = call_i.what[23:0];
      index_o.place = place_q;
    end else if (state_q == S_REMOVE) begin
      index_o.valid    = 1'b1;
      index_o.op       = vault_pkg::INDEX_REMOVE;
      index_o.location = index_i.location;
      index_o.entry    = index_i.entry;
    end

    object_o = '0;
    if (state_q == S_OBJECT) begin
      object_o.valid = 1'b1;
      object_o.unit  = page_object;
    end

    row_o = '0;
    if (state_q == S_ROW) begin
      row_o.valid  = 1'b1;
      row_o.op     = vault_pkg::ROW_READ;
      row_o.number = number[vault_pkg::ContentsBits-1:0];
    end

    forget_o       = '0;
    forget_o.valid = state_q == S_FORGET;

    change_o            = '0;
    change_o.sweep_next = state_q == S_IDLE && call_i.valid;
  end

  assign return_o.done  = state_q == S_DONE;
  assign return_o.ok    = ok_q;
  assign return_o.error = error_q;

  logic unused;
  assign unused = &{1'b0, call_i.what, entry, index_i, row_i, object_i, forget_i.ok};

endmodule
