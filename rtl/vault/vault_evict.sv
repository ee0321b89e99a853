// SPDX-License-Identifier: Apache-2.0
//
// Drops the oldest page of ephemeral contents: vault_evict_from of the model. The list
// leads to the record, the key in its header to its place in the index.

`include "check.svh"

module vault_evict (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // what: the contents. ok: dropped one; else they have none.
  input  vault_pkg::call_t        call_i,
  output vault_pkg::return_t      return_o,

  output vault_pkg::mem_req_t     mem_o,
  input  vault_pkg::mem_rsp_t     mem_i,
  output vault_pkg::row_req_t     row_o,
  input  vault_pkg::row_rsp_t     row_i,
  output vault_pkg::object_req_t  object_o,
  input  vault_pkg::object_rsp_t  object_i,
  output vault_pkg::index_req_t   index_o,
  input  vault_pkg::index_rsp_t   index_i,
  output vault_pkg::call_t        forget_o,
  input  vault_pkg::return_t      forget_i,
  output vault_pkg::change_t      change_o
);

  typedef enum logic [3:0] {S_IDLE, S_ROW, S_READ, S_OBJECT, S_FIND, S_REMOVE, S_FORGET, S_DONE} state_e;
  state_e state_q;

  logic        ok_q, error_q, dead_q;
  logic [31:0] unit_q, object_q;
  logic [63:0] index_q;

  logic [31:0]  object, previous, next;
  logic [63:0]  page_index, age, link_here;
  logic [13:0]  shape;
  logic         fifo, chained, single, is_stub;
  record_pkg::stub_t stub;
  logic [1:0]   node_at;
  logic [11:0]  blocks;
  logic [255:0] shapes;
  vault_header u_header (
    .window_i(mem_i.data), .object_o(object), .index_o(page_index), .shape_o(shape), .fifo_o(fifo),
    .node_at_o(node_at), .previous_o(previous), .next_o(next), .age_o(age), .chained_o(chained),
    .link_o(link_here), .single_o(single), .blocks_o(blocks), .table_o(shapes), .is_stub_o(is_stub), .stub_o(stub)
  );

  logic empty, missed, bad;
  index_pkg::slot_t entry;
  assign empty  = row_i.row.oldest == vault_pkg::Nowhere;
  assign bad    = mem_i.error || !fifo;
  assign entry  = index_i.entry;
  assign missed = !index_i.ok || entry.unit_at != unit_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:   if (call_i.valid) state_q <= S_ROW;
        S_ROW:    if (row_i.done) state_q <= empty ? S_DONE : S_READ;
        S_READ:   if (mem_i.done) state_q <= bad ? S_DONE : S_OBJECT;
        S_OBJECT: if (object_i.done) state_q <= object_i.error ? S_DONE : S_FIND;
        S_FIND:   if (index_i.done) state_q <= missed ? S_DONE : S_REMOVE;
        S_REMOVE: if (index_i.done) state_q <= index_i.ok ? S_FORGET : S_DONE;
        S_FORGET: if (forget_i.done) state_q <= S_DONE;
        default:  state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        ok_q    <= 1'b0;
        error_q <= 1'b0;
      end
      S_ROW: if (row_i.done) begin
        unit_q <= row_i.row.oldest;
        dead_q <= row_i.row.dead;
      end
      S_READ: if (mem_i.done) begin
        error_q  <= bad;
        object_q <= object;
        index_q  <= page_index;
      end
      S_OBJECT: if (object_i.done) begin
        error_q <= object_i.error;
        dead_q  <= dead_q || object_i.object.dead != '0;
      end
      S_FIND:   if (index_i.done) error_q <= missed;
      S_REMOVE: if (index_i.done) error_q <= !index_i.ok;
      S_FORGET: if (forget_i.done) begin
        ok_q    <= 1'b1;
        error_q <= forget_i.error;
      end
      default: ;
    endcase
  end

  always_comb begin
    row_o = '0;
    if (state_q == S_ROW) begin
      row_o.valid  = 1'b1;
      row_o.op     = vault_pkg::ROW_READ;
      row_o.number = call_i.what[vault_pkg::ContentsBits-1:0];
    end

    mem_o = '0;
    if (state_q == S_READ) begin
      mem_o.valid = 1'b1;
      mem_o.unit  = unit_q;
    end

    object_o = '0;
    if (state_q == S_OBJECT) begin
      object_o.valid = 1'b1;
      object_o.unit  = object_q;
    end

    index_o = '0;
    if (state_q == S_FIND) begin
      index_o.valid = 1'b1;
      index_o.op    = vault_pkg::INDEX_FIND_PAGE;
      index_o.words = {128'd0, index_q, 32'd0, object_q};
    end else if (state_q == S_REMOVE) begin
      index_o.valid    = 1'b1;
      index_o.op       = vault_pkg::INDEX_REMOVE;
      index_o.location = index_i.location;
      index_o.entry    = index_i.entry;
    end

    forget_o       = '0;
    forget_o.valid = state_q == S_FORGET;

    // Dead ones were counted when they were flushed.
    change_o = '0;
    if (state_q == S_FORGET && forget_i.done && !dead_q) begin
      change_o.happened.valid    = 1'b1;
      change_o.happened.contents = call_i.what[vault_pkg::ContentsBits-1:0];
      change_o.happened.what     = vault_pkg::EVENT_EVICTED;
      change_o.happened.pages    = 32'd1;
    end
  end

  assign return_o.done  = state_q == S_DONE;
  assign return_o.ok    = ok_q;
  assign return_o.error = error_q;

  logic unused;
  assign unused = &{1'b0, mem_i.key_error, call_i.what, previous, next, age, link_here, shape, chained, single, node_at,
                    blocks, shapes, is_stub, stub, entry, row_i, object_i, index_i, forget_i.ok};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i.valid)

endmodule
